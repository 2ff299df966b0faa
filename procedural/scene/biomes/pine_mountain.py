"""Pine mountain: a meadow with flowers and boulders between spruces and pines, wooded slopes beyond a valley, and an eroded massif with snow in its gullies."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import bpy
import numpy as np

from ....land_params import NO_SEA, ErosionParams
from ...generators.terrain.mountains import MOUNTAINS
from ...materials import MATERIALS
from ...materials.land import LandParams
from ...materials.soil import DirtParams
from ...terrain.field import HeightField
from ..distance import aerial, fineness
from ..forms import eroded, formed, heights_of, wide
from ..ground import Coat, Heights, backdrop, coated, hills, smooth, square
from ..recipe import SceneRecipe
from ..scatter import ScatterParams
from ..sky import Air
from ..snow_cover import winter
from ..sources import Plant
from ..viewpoints import Wish
from .base import Biome, Layer, weathered

_KIND = {kind.name: kind for kind in MATERIALS}
REACH = 4600.0  # m, of the land each way
TREELINE = 450.0  # m over the meadow


def bearing(seed: int) -> float:
    """Where the massif stands as seen from the meadow, from +Y by +X, rad: about north, so that the sun is on its sides."""
    return float(np.random.default_rng(seed + 77).uniform(-0.35, 0.35))


@lru_cache(maxsize=2)
def massif(seed: int, half: float, count: int) -> HeightField:
    """The wide land: a shelf about the origin, a valley round it, and mountains that rivers, frost and snow have worn.

    Layers: snow m, sediment m, wear m, flow 0..1.
    """
    along = np.linspace(-REACH, REACH, count)
    x, y = np.meshgrid(along, along)
    away = np.hypot(x, y)
    off = np.arctan2(x, y) - bearing(seed)
    front = smooth(np.abs((off + np.pi) % (2.0 * np.pi) - np.pi), 1.5, 0.5)
    far = smooth(away, half + 700.0, half + 2700.0)
    base = smooth(away, half + 60.0, half + 1300.0) * -150.0 + far * (150.0 + front * 300.0)
    base += hills(x, y, seed + 12, 900.0, 3) * 45.0 * smooth(away, half + 100.0, half + 900.0)
    ground = replace(wide(REACH, count, range=far * (0.28 + 0.72 * front)), heights=base)
    alps = replace(
        MOUNTAINS.presets["alps"], size=2.0 * REACH, height=880.0, spacing=1450.0, ranges=0.25, mask="range", seed=seed % 10_000
    )  # fmt: skip
    weather = ErosionParams(
        seed=seed, valleys=0.4, talus=0.92, crumbling=16, iterations=60, snow=2.2, snow_line=0.5, sea_level=NO_SEA
    )
    return eroded(formed(ground, [(MOUNTAINS, alps)]), weather, smooth(away, half + 500.0, half + 1500.0))


def heights(recipe: SceneRecipe) -> Heights:
    """The wide land with what is finer: the meadow's swells, the crags of steep rock.

    Layers: open (1 in the meadow), stand (1 where a camera sees over it), wood (1 under the forest beyond), snow, sediment, wear (m).
    """
    seed, half = recipe.seed, recipe.size / 2
    ground = heights_of(massif(seed, half, fineness(recipe, 512)), ("snow", "sediment", "wear", "flow", "slope"))
    ahead = bearing(seed)

    def at(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        z, told = ground(x, y)
        away = np.hypot(x, y)
        near = smooth(away, half + 300.0, half)
        along, across = x * np.sin(ahead) + y * np.cos(ahead), x * np.cos(ahead) - y * np.sin(ahead)
        swell = hills(x, y, seed + 1, 95.0, 4, 0.42) * 3.6 + hills(x, y, seed + 2, 13.0, 4) * 0.35
        z = z + (swell - along * 0.06) * near
        # What the wide grid is too coarse for: ribs and crags where it is steep.
        far = smooth(away, half + 100.0, half + 900.0)
        steep = smooth(told["slope"], 0.5, 0.9) * far * smooth(z, TREELINE - 250.0, TREELINE + 100.0)
        z = (
            z
            + (hills(x, y, seed + 3, 150.0, 3, 0.5, True) - 0.35) * 26.0 * steep
            + hills(x, y, seed + 4, 60.0, 4) * 3.0 * far
        )
        # The meadow opens like a fan towards the mountains.
        ragged = hills(x, y, seed + 6, 26.0, 4) * 11.0
        scale = half / 100.0
        fan = (13.0 + np.clip(along / scale + 78.0, 0.0, 400.0) * 0.36) * scale
        fan = smooth(np.abs(across) + ragged, fan + 2.0, fan - 4.0) * smooth(along, -90.0 * scale, -78.0 * scale)
        fan = fan * smooth(along + ragged, 88.0 * scale, 66.0 * scale)
        glades = smooth(hills(x, y, seed + 7, 60.0, 3), 0.16, 0.3)
        stand = smooth(np.abs(across), 14.0 * scale, 9.0 * scale) * smooth(np.abs(along / scale + 56.0), 16.0, 12.0)
        # Forest: up to a ragged line, on what is not too steep, not where snow slides, with gaps.
        gaps = hills(x, y, seed + 8, 330.0, 4)
        line = TREELINE + hills(x, y, seed + 9, 260.0, 4) * 90.0
        wood = smooth(z, line + 30.0, line - 60.0) * smooth(told["slope"], 1.05, 0.9) * smooth(gaps, 0.34, 0.2)
        wood = (
            wood
            * smooth(told["snow"], 0.3, 0.1)
            * smooth(told["flow"], 0.62, 0.5)
            * smooth(np.maximum(fan, glades), 0.6, 0.3)
        )
        snow = told["snow"] * far
        layers = {"snow": snow, "sediment": told["sediment"] * far, "wear": told["wear"] * far * 0.4}
        return z, {
            "open": np.maximum(fan, glades) * near,
            "stand": stand,
            "wood": wood * smooth(away, half, half + 20.0),
            **layers,
        }

    return at


def land(recipe: SceneRecipe) -> HeightField:
    return square(heights(recipe), recipe.resolution, recipe.size)


def cover(recipe: SceneRecipe) -> bpy.types.Material:
    """Turf, seen between the grass and in its place far off."""
    turf = DirtParams(
        color=(0.075, 0.1, 0.03), light=(0.12, 0.15, 0.045), clod=0.06, stones=0.3, roots=0.8, relief=0.02
    )
    return coated("Alp Ground", (Coat(_KIND["dirt"], turf),))


def mountains(recipe: SceneRecipe, field: HeightField) -> list[bpy.types.Object]:
    """The land to the horizon, and its air."""
    rock = LandParams(
        rock=(0.115, 0.112, 0.11), bed=(0.2, 0.19, 0.175), rubble=(0.2, 0.192, 0.18), soil=(0.1, 0.085, 0.05), grass=(0.085, 0.125, 0.032),
        dry=(0.16, 0.155, 0.06), size=55.0, steep=0.74, scree=0.6, cover=0.95, dryness=0.25, grass_line=TREELINE + 130.0,
        snow_line=TREELINE + 180.0, snow=0.47, strata=0.4, bed_height=18.0, relief=3.0, seed=float(recipe.seed % 100),
    )  # fmt: skip
    forest = {
        "grass": (("wood", (0.022, 0.034, 0.014)),),
        "dry": (("wood", (0.04, 0.045, 0.02)),),
        "steep": (("wood", 1.2),),
        "scree": (("wood", 0.0),),
    }
    material = coated("Mountains", (Coat(_KIND["land"], rock, driven=forest),))
    around = backdrop(
        "Mountains",
        heights(recipe),
        field.size,
        REACH,
        material,
        around=fineness(recipe, 1000),
        rings=fineness(recipe, 400),
    )
    return [around, aerial("Mountain Air", REACH * 1.05, -400.0, 1600.0, seen=7500.0)]


def layers(recipe: SceneRecipe) -> tuple[Layer, ...]:
    """Conifers about the meadow and on the slopes, young ones in it, boulders, juniper, grass and, but in winter, flowers."""
    d, k, seed, wind = recipe.density, recipe.detail, recipe.seed, recipe.wind
    cold = winter(recipe)
    grass = {"color": (0.12, 0.2, 0.035), "dry": 0.1 + 0.8 * cold, "wind": wind}
    spruce = {"wind": wind, "height": 19.0, "spread": 5.4}
    return (
        Layer(
            "Conifers",
            (
                Plant("spruce", 3, spruce, k, far=0.16, live=True, variation=0.9),
                Plant("pine", 1, {"wind": wind}, k, far=0.4, live=True, variation=0.8),
            ),
            ScatterParams(
                density=0.045 * d, spacing=2.4, avoid="open", steepest=0.9, clump=17.0, clumping=0.55, smallest=0.22, largest=1.25, small_many=0.9,
                upright=1.0, tilt=0.035, sink=0.12, near=16.0, shown=1.0, seed=seed + 1,
            ),
            tall=True, beyond=0.9,
            beyond_as={
                "method": "random", "mask": "wood", "mask_low": 0.2, "steepest": 1.3, "clumping": 0.25, "clump": 30.0, "smallest": 0.3, "largest": 1.0, "cull": True,
                "reach": 3800.0, "shown": 0.04,
            },
        ),
        Layer(
            "Young Spruces",
            (Plant("spruce", 2, {"wind": wind, "height": 4.2, "spread": 2.6, "trunk": 0.06, "whorl": 0.26, "needles": 130}, 0.7 * k, far=0.5),),
            ScatterParams(
                density=0.02 * d, spacing=2.0, patch=40.0, patchiness=0.9, cover=0.35, avoid="stand", clump=9.0, clumping=0.9, smallest=0.2,
                largest=1.0, small_many=1.4, upright=1.0, tilt=0.05, sink=0.05, near=30.0, shown=1.0, seed=seed + 6,
            ),
            tall=True,
        ),
        Layer(
            "Boulders",
            (Plant("erratic", 2, {}, 0.8 * k, far=1.0), Plant("boulder", 2, {"lichen": 0.7}, 0.8 * k, far=1.0)),
            ScatterParams(
                density=0.05 * d, spacing=1.2, patch=24.0, patchiness=0.75, cover=0.45, clump=8.0, clumping=0.8, smallest=0.15, largest=2.1,
                small_many=2.8, upright=0.3, tilt=0.5, sink=0.06, near=30.0, shown=1.0, seed=seed + 2,
            ),
            tall=True,
        ),
        Layer(
            "Juniper",
            (Plant("bush", 2, {"height": 0.7, "width": 1.6, "branches": 600, "leaf_length": 0.022, "color": (0.045, 0.1, 0.045), "season": 0.5},
                   0.25 * k, far=0.5),),
            ScatterParams(
                density=0.06 * d, spacing=1.6, patch=26.0, patchiness=0.9, cover=0.35, smallest=0.4, largest=1.3, upright=0.5, tilt=0.1,
                near=15.0, shown=0.8, seed=seed + 3,
            ),
        ),
        Layer(
            "Grass",
            (
                Plant("grass", 2, {**grass, "blades": 170}, 0.2 * k, far=1.0),
                Plant("tall_grass", 1, {**grass, "blades": 120, "heads": 14, "height": 0.4, "culm": 0.5}, 0.2 * k, far=1.0),
            ),
            ScatterParams(
                method="random", density=10.0 * d * (1.0 - 0.7 * cold), patch=6.0, patchiness=0.4, cover=0.8, smallest=0.45, largest=1.2, upright=0.7, tilt=0.15,
                near=10.0, reach=110.0, cull=True, around=15.0, shown=0.05, seed=seed + 4,
            ),
        ),
        Layer(
            "Flowers",
            (
                Plant("daisy", 2, {}, 0.2 * k, far=1.0),
                Plant("poppy", 1, {}, 0.2 * k, far=1.0),
                Plant("iceland_poppy", 1, {}, 0.2 * k, far=1.0),
            ),
            ScatterParams(
                method="random", density=3.2 * d * (1.0 - cold), mask="open", patch=9.0, patchiness=0.9, cover=0.55, clump=2.0, clumping=0.6, smallest=0.8,
                largest=1.5, upright=0.8, tilt=0.15, near=10.0, reach=60.0, shown=0.1, seed=seed + 5,
            ),
        ),
    )  # fmt: skip


def air(recipe: SceneRecipe) -> Air:
    return weathered(Air(haze=0.9, clouds=0.42, thick=0.2, sunlight=2.3, skylight=2.0), recipe)


def wish(recipe: SceneRecipe) -> Wish:
    """From the lower end of a meadow, between trees, to the massif."""
    return Wish(
        mask="stand", mask_low=0.5, sky=0.3, ground=0.5, clear=4.0, sun_side=1.7, pitch=0.07, middle=160.0, lens=32.0, margin=0.1, beyond=True,
        rise=4.0, things=0.16, headings=16,
    )  # fmt: skip


PINE_MOUNTAIN = Biome(
    "pine_mountain",
    "Pine Mountain",
    "An alp with spruces, pines, boulders and flowers before snowy crests",
    land,
    cover,
    layers,
    air,
    wish,
    {"pine_mountain": {"time": 8.2, "day": 185, "latitude": 0.81}},
    extra=mountains,
    lies=winter,
)
