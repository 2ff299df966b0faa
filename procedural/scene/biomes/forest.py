"""Temperate forest: oaks, beeches and birches over fern and fallen leaves, a path through it, light from the side. And its autumn."""

from __future__ import annotations

import math

import bpy
import numpy as np

from ...materials import MATERIALS
from ...materials.soil_loose import ForestFloorParams
from ...terrain.field import HeightField
from ..ground import Coat, backdrop, coated, distance_to, fractal, hills, smooth, wandering
from ..recipe import SceneRecipe
from ..scatter import ScatterParams
from ..sky import Air
from ..sources import Plant
from ..viewpoints import Wish
from .base import Biome, Layer, weathered

_KIND = {kind.name: kind for kind in MATERIALS}


def land(recipe: SceneRecipe) -> HeightField:
    """Low swells, hollows at the knee's height, a trodden path and a clearing on it.

    Layers: path (m to its middle), trodden (1 on it), open (1 where no trees stand), light (1 near gaps), moss.
    """
    count, size, seed = recipe.resolution, recipe.size, recipe.seed
    swell = fractal(count, size, seed + 1, 90.0, 3) * 4.5
    hollows = fractal(count, size, seed + 2, 11.0, 5, 0.45) * 0.42
    flat = HeightField(swell, size)
    way = wandering(size, seed + 3, min(9.0, size * 0.06))
    path, nearest = distance_to(flat, way)
    # Across the path the ground is level, as feet have made it.
    along = flat.at(way)
    along = np.convolve(np.pad(along, 12, "edge"), np.ones(25) / 25, "valid")
    ragged = fractal(count, size, seed + 4, 5.0, 3) * 0.5
    trodden = smooth(path + ragged * 0.8, 1.5, 0.6)
    level = smooth(path, 4.5, 0.8)
    heights = (swell + hollows) * (1 - level) + (along[nearest] - 0.12) * level
    heights += fractal(count, size, seed + 5, 2.4, 3) * 0.05
    middle = way[int(len(way) * (0.5 + 0.06 * math.sin(seed * 2.4)))]
    points = flat.points()
    glade = np.hypot(points[..., 0] - middle[0] - 5.0, points[..., 1] - middle[1]) + ragged * 6.0
    radius = min(15.0, size * 0.11)
    clearing = smooth(glade, radius, radius * 0.7)
    opened = np.maximum(smooth(path + ragged, 3.6, 2.8), clearing)
    bright = np.maximum(smooth(path, 9.0, 2.0) * 0.75, smooth(glade, radius * 1.6, radius * 0.8))
    moss = smooth(fractal(count, size, seed + 6, 16.0, 4), 0.12, 0.4) * (1 - trodden)
    return HeightField(heights, size).with_layers(
        path=path, trodden=trodden, open=opened, light=bright * (1 - trodden), moss=moss
    )


def beyond(recipe: SceneRecipe, field: HeightField) -> list[bpy.types.Object]:
    """Wooded land about the square, so that no light shines in below the crowns."""
    seed = recipe.seed

    def heights(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        away = np.hypot(x, y) - recipe.size / 2
        return hills(x, y, seed + 1, 90.0, 3) * 4.5 + smooth(away, 0.0, 300.0) * 14.0, {}

    return [backdrop("Forest Distance", heights, field.size, recipe.size * 1.25, cover(recipe), around=160, rings=24)]


def _autumn(recipe: SceneRecipe) -> float:
    """0 in summer, 1 when leaves have turned."""
    return float(np.clip((recipe.season - 0.62) / 0.12, 0.0, 1.0)) if recipe.season < 0.95 else 0.0


def cover(recipe: SceneRecipe) -> bpy.types.Material:
    """Leaf litter, moss in the hollows, bare earth on the path, all under some leaves."""
    autumn = _autumn(recipe)
    floor = ForestFloorParams(
        color=_between((0.17, 0.095, 0.045), (0.42, 0.16, 0.035), autumn),
        pale=_between((0.26, 0.17, 0.085), (0.55, 0.36, 0.07), autumn),
        leaf=0.07, cover=0.9, moss=0.3 * (1 - autumn * 0.6), damp=0.35,
    )  # fmt: skip
    # The path: bare, dark earth with few leaves; hollows: moss between them.
    driven = {
        "cover": (("moss", 0.4 + autumn * 0.3), ("trodden", 0.45)),
        "moss": (("moss", 0.9 - autumn * 0.3), ("trodden", 0.0)),
        "twigs": (("trodden", 0.7),),
        "damp": (("trodden", 0.55),),
        "relief": (("trodden", 0.004),),
    }
    return coated("Forest Ground", (Coat(_KIND["forest_floor"], floor, driven=driven),))


def _between(a: tuple[float, ...], b: tuple[float, ...], share: float) -> tuple[float, ...]:
    return tuple(x + (y - x) * share for x, y in zip(a, b, strict=True))


def layers(recipe: SceneRecipe) -> tuple[Layer, ...]:
    """From the crowns down to what grows between the leaves."""
    d, k, wind = recipe.density, recipe.detail, recipe.wind
    autumn = _autumn(recipe)
    beech = {
        "height": 19.0, "spread": 9.0, "clear": 0.34, "trunk": 0.3, "branches": 2600, "crown": "oval", "leaf": "ovate", "leaf_length": 0.095,
        "color": (0.075, 0.165, 0.022), "autumn": (0.5, 0.2, 0.03), "twig": 0.62, "wind": wind,
    }  # fmt: skip
    oak = {
        "height": 17.0,
        "spread": 11.0,
        "clear": 0.3,
        "branches": 3000,
        "trunk": 0.38,
        "autumn": (0.42, 0.19, 0.03),
        "wind": wind,
    }
    birch = {"height": 17.0, "spread": 5.0, "clear": 0.34, "branches": 1100, "twig": 0.55, "wind": wind}
    young = {"height": 4.2, "spread": 3.0, "clear": 0.16, "trunk": 0.045, "branches": 420, "twig": 0.4, "leaf": "ovate", "leaf_length": 0.1,
             "autumn": (0.55, 0.3, 0.03), "color": (0.1, 0.2, 0.03), "wind": wind}  # fmt: skip
    bush = {
        "height": 1.1,
        "width": 1.5,
        "branches": 500,
        "wind": wind,
        "color": (0.07, 0.145, 0.03),
        "autumn": (0.4, 0.16, 0.03),
    }
    dry = 0.15 + 0.5 * autumn
    return (
        Layer(
            "Trees",
            (
                Plant("maple", 2, beech, k, far=0.35, live=True, variation=0.6),
                Plant("oak", 1, oak, k, far=0.35, live=True, variation=0.6),
                Plant("birch", 1, birch, k, far=0.45, live=True, variation=0.6),
            ),
            ScatterParams(
                density=0.05 * d, spacing=4.8 / max(d, 0.25) ** 0.5, avoid="open", steepest=0.9, clump=14.0, clumping=0.35,
                smallest=0.72, largest=1.15, upright=0.97, tilt=0.035, sink=0.12, near=13.0, shown=1.0, seed=recipe.seed + 1,
            ),
            tall=True,
            beyond=0.5,
        ),
        Layer(
            "Young Trees",
            (Plant("maple", 2, young, 0.3 * k, far=0.6),),
            ScatterParams(
                density=0.05 * d, spacing=2.0, avoid="open", patch=22.0, patchiness=0.9, cover=0.35, smallest=0.4, largest=1.2,
                small_many=1.5, upright=0.9, tilt=0.08, near=18.0, shown=1.0, seed=recipe.seed + 2,
            ),
            tall=True,
        ),
        Layer(
            "Bushes",
            (Plant("bush", 2, bush, 0.3 * k, far=0.4),),
            ScatterParams(
                density=0.12 * d, spacing=1.2, avoid="open", patch=14.0, patchiness=0.95, cover=0.3, smallest=0.4, largest=1.25,
                upright=0.7, tilt=0.1, near=16.0, shown=1.0, seed=recipe.seed + 3,
            ),
            tall=True,
        ),
        Layer(
            "Boulders",
            (Plant("mossy_boulder", 3, {"moss": 0.8}, 0.8 * k, far=1.0),),
            ScatterParams(
                density=0.03 * d, spacing=1.2, avoid="trodden", patch=30.0, patchiness=0.8, cover=0.3, clump=6.0, clumping=0.9, smallest=0.15,
                largest=1.3, small_many=2.5, upright=0.3, tilt=0.5, sink=0.05, near=30.0, shown=1.0, seed=recipe.seed + 4,
            ),
            tall=True,
        ),
        Layer(
            "Ferns",
            (
                Plant("fern", 2, {"dead": 0.1 + 0.3 * autumn, "length": 0.62}, 0.3 * k, far=1.0),
                Plant("bracken", 1, {"dead": 0.1 + 0.5 * autumn}, 0.3 * k, far=1.0),
            ),
            ScatterParams(
                density=2.2 * d, spacing=0.42, avoid="trodden", patch=12.0, patchiness=0.95, cover=0.5, smallest=0.5, largest=1.35,
                upright=0.6, tilt=0.2, sink=0.02, near=22.0, reach=90.0, shown=0.3, seed=recipe.seed + 5,
            ),
        ),
        Layer(
            "Grass",
            (
                Plant("grass", 2, {"dry": dry, "wind": wind}, 0.3 * k, far=1.0),
                Plant("tall_grass", 1, {"dry": dry + 0.1, "blades": 160, "heads": 10, "wind": wind}, 0.3 * k, far=1.0),
            ),
            ScatterParams(
                method="random", density=16.0 * d, mask="light", mask_low=0.15, mask_high=0.95, avoid="trodden", patch=5.0, patchiness=0.7,
                cover=0.6, smallest=0.45, largest=1.2, upright=0.6, tilt=0.2, near=25.0, reach=60.0, shown=0.08, seed=recipe.seed + 6,
            ),
        ),
        Layer(
            "Clover",
            (Plant("clover", 2, {}, 0.2 * k, far=1.0),),
            ScatterParams(
                density=2.5 * d, spacing=0.22, mask="light", mask_low=0.05, mask_high=0.6, avoid="trodden", patch=4.0, patchiness=1.0, cover=0.45,
                smallest=0.7, largest=1.4, upright=0.3, tilt=0.1, near=15.0, reach=35.0, shown=0.1, seed=recipe.seed + 7,
            ),
        ),
        Layer(
            "Mushrooms",
            (Plant("fly_agaric", 1, {}, 0.3 * k, far=1.0), Plant("penny_bun", 2, {}, 0.3 * k, far=1.0)),
            ScatterParams(
                density=(0.25 + 0.5 * autumn) * d, spacing=0.12, avoid="trodden", patch=7.0, patchiness=1.0, cover=0.25, clump=2.5, clumping=1.0,
                smallest=0.6, largest=1.5, upright=0.8, tilt=0.15, near=15.0, reach=35.0, shown=0.2, seed=recipe.seed + 8,
            ),
        ),
        Layer(
            "Fallen Leaves",
            (Plant("fallen_leaf", 5, {}, 0.2 * k, far=1.0),),
            ScatterParams(
                method="random", density=(9.0 + 22.0 * autumn) * d, mask="path", mask_low=24.0, mask_high=3.0, patch=1.4, patchiness=0.6, cover=0.6,
                smallest=0.55, largest=1.1, upright=0.0, tilt=0.45, sink=-0.004, near=10.0, reach=28.0, shown=0.05, seed=recipe.seed + 9,
            ),
        ),
    )  # fmt: skip


def air(recipe: SceneRecipe) -> Air:
    """Thin haze under the crowns, so that the sun draws beams. Turned crowns are thinner, so less light is needed."""
    bright = 1.0 - 0.4 * _autumn(recipe)
    return weathered(
        Air(
            haze=1.6, clouds=0.2, thick=0.1, fog=0.21 - 0.05 * _autumn(recipe), fog_top=26.0, forward=0.62,
            fog_color=(0.96, 0.95, 0.92), sunlight=6.2 * bright, skylight=2.3 * bright, warmth=0.1,
        ),
        recipe,
    )  # fmt: skip


def wish(recipe: SceneRecipe) -> Wish:
    """Standing on the path, looking along it into the light."""
    return Wish(
        mask="path", mask_high=0.9, follow="path", sky=0.16, ground=0.4, clear=3.0, sun_side=0.55, pitch=0.03, middle=32.0, headings=14, tries=40
    )  # fmt: skip


FOREST = Biome(
    "forest",
    "Forest",
    "A temperate forest of oak, beech and birch with a path, ferns and fallen leaves",
    land,
    cover,
    layers,
    air,
    wish,
    {
        "forest": {"time": 16.6, "day": 190},
        "autumn_forest": {"time": 14.6, "day": 285},
    },
    extra=beyond,
)
