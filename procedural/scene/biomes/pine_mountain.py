"""Pine mountain: a meadow with boulders between spruces and pines, snowy crests beyond."""

from __future__ import annotations

import bpy
import numpy as np

from ....land_params import NO_SEA, ErosionParams
from ...materials import MATERIALS
from ...materials.rock_layers import StrataParams
from ...materials.soil import DirtParams
from ...terrain.field import HeightField
from ..ground import Coat, Heights, backdrop, coated, hills, smooth, square, worn
from ..recipe import SceneRecipe
from ..scatter import ScatterParams
from ..sky import Air
from ..sources import Plant
from ..viewpoints import Wish
from .base import Biome, Layer, weathered

_KIND = {kind.name: kind for kind in MATERIALS}
REACH = 7000.0


def heights(recipe: SceneRecipe) -> Heights:
    """A rolling alp that falls away, then valleys, and ridged crests from 900 m on.

    Layers: open (1 in the meadows), rock (1 where it is steep), snow (1 on the heights).
    """
    seed, half = recipe.seed, recipe.size / 2

    def at(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        away = np.hypot(x, y)
        alp = hills(x, y, seed + 1, 120.0, 4, 0.45) * 9.0 + hills(x, y, seed + 2, 14.0, 4) * 0.5
        fall = smooth(away, half * 0.7, half + 500.0) * -75.0
        far = smooth(away, half + 600.0, half + 3600.0)
        crest = hills(
            x + hills(x, y, seed + 8, 600.0, 3) * 160.0,
            y + hills(x, y, seed + 9, 600.0, 3) * 160.0,
            seed + 3,
            1900.0,
            8,
            0.5,
            True,
        )
        rise = (crest * 900.0 + 40.0) * far
        z = alp + fall + rise
        snow = smooth(z + hills(x, y, seed + 4, 140.0, 5) * 110.0, 170.0, 330.0)
        rock = smooth(rise + hills(x, y, seed + 5, 90.0, 4) * 60.0, 50.0, 170.0)
        meadow = smooth(hills(x, y, seed + 6, 75.0, 3), -0.12, 0.06)
        return z, {"open": meadow * (1 - far), "rock": rock, "snow": snow, "wood": (1 - rock) * far}

    return at


def land(recipe: SceneRecipe) -> HeightField:
    return square(heights(recipe), recipe.resolution, recipe.size)


def cover(recipe: SceneRecipe) -> bpy.types.Material:
    """Dark turf soil, seen between the grass; snow in winter."""
    turf = DirtParams(
        color=(0.06, 0.075, 0.028), light=(0.1, 0.115, 0.045), clod=0.06, stones=0.5, roots=0.8, relief=0.02
    )
    return coated("Alp Ground", (Coat(_KIND["dirt"], turf),))


def crests(recipe: SceneRecipe, field: HeightField) -> list[bpy.types.Object]:
    """The mountains about the alp."""
    strata = StrataParams(
        color=(0.19, 0.18, 0.17), hard=(0.28, 0.27, 0.255), iron=(0.17, 0.145, 0.125), bed=14.0, fold=1.2, dip=0.35, ledge=0.0, gullies=0.6,
        snow=0.0,
    )  # fmt: skip
    driven = {"snow": (("snow", 1.0),)}
    forest = DirtParams(
        color=(0.035, 0.055, 0.026), light=(0.06, 0.08, 0.036), clod=6.0, stones=0.0, roots=0.0, relief=0.0
    )
    material = coated(
        "Mountains",
        (Coat(_KIND["dirt"], forest), Coat(_KIND["mountain_strata"], strata, "rock", ragged=0.3, driven=driven)),
    )
    far = worn(
        heights(recipe), field.size, REACH, ErosionParams(seed=recipe.seed, valleys=1.5, iterations=0, sea_level=NO_SEA)
    )
    return [backdrop("Mountains", far, field.size, REACH, material, around=480, rings=190)]


def layers(recipe: SceneRecipe) -> tuple[Layer, ...]:
    """Conifers about the meadows, boulders, juniper, grass and flowers."""
    d, k, seed, wind = recipe.density, recipe.detail, recipe.seed, recipe.wind
    grass = {"color": (0.11, 0.19, 0.035), "dry": 0.12, "wind": wind}
    return (
        Layer(
            "Conifers",
            (
                Plant("spruce", 2, {"wind": wind, "height": 17.0}, k, far=0.16, live=True, variation=0.8),
                Plant("pine", 2, {"wind": wind}, k, far=0.4, live=True, variation=0.8),
            ),
            ScatterParams(
                density=0.04 * d, spacing=3.0, avoid="open", steepest=0.9, clump=20.0, clumping=0.6, smallest=0.3, largest=1.2, small_many=1.0,
                upright=1.0, tilt=0.03, sink=0.12, near=13.0, shown=1.0, seed=seed + 1,
            ),
            tall=True, beyond=0.45,
        ),
        Layer(
            "Boulders",
            (Plant("erratic", 2, {}, 0.8 * k, far=1.0), Plant("boulder", 2, {"lichen": 0.7}, 0.8 * k, far=1.0)),
            ScatterParams(
                density=0.025 * d, spacing=1.2, patch=24.0, patchiness=0.8, cover=0.4, clump=8.0, clumping=0.8, smallest=0.12, largest=1.5,
                small_many=2.3, upright=0.3, tilt=0.5, sink=0.06, near=30.0, shown=1.0, seed=seed + 2,
            ),
            tall=True,
        ),
        Layer(
            "Juniper",
            (Plant("bush", 2, {"height": 0.7, "width": 1.6, "branches": 600, "leaf_length": 0.022, "color": (0.045, 0.1, 0.045), "season": 0.5},
                   0.25 * k, far=0.5),),
            ScatterParams(
                density=0.05 * d, spacing=1.6, patch=26.0, patchiness=0.9, cover=0.35, smallest=0.4, largest=1.3, upright=0.5, tilt=0.1,
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
                method="random", density=9.0 * d, patch=6.0, patchiness=0.5, cover=0.75, smallest=0.5, largest=1.3, upright=0.7, tilt=0.15,
                near=10.0, reach=85.0, shown=0.05, seed=seed + 4,
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
                method="random", density=1.6 * d, mask="open", patch=9.0, patchiness=1.0, cover=0.4, clump=2.0, clumping=0.7, smallest=0.7,
                largest=1.3, upright=0.8, tilt=0.15, near=10.0, reach=50.0, shown=0.1, seed=seed + 5,
            ),
        ),
    )  # fmt: skip


def air(recipe: SceneRecipe) -> Air:
    return weathered(
        Air(haze=0.9, clouds=0.42, thick=0.2, sunlight=1.5, skylight=1.3, fog=0.006, fog_top=420.0, fog_color=(0.8, 0.9, 1.0), forward=0.2), recipe
    )  # fmt: skip


def wish(recipe: SceneRecipe) -> Wish:
    """From a meadow between trees to the crests."""
    return Wish(
        mask="open", mask_low=0.6, sky=0.36, ground=0.42, clear=2.5, sun_side=1.6, pitch=0.04, middle=160.0, lens=32.0, margin=0.12, beyond=True,
        rise=2.4,
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
    extra=crests,
    erosion=lambda recipe: ErosionParams(seed=recipe.seed, valleys=0.0, iterations=60, sea_level=NO_SEA),
)
