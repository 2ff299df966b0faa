"""Plain: tall grass in the wind, acacias here and there, a great sky with clouds in the evening."""

from __future__ import annotations

import bpy
import numpy as np

from ...materials import MATERIALS
from ...materials.soil import DirtParams
from ...terrain.field import HeightField
from ..ground import Coat, Heights, backdrop, coated, hills, smooth, square
from ..recipe import SceneRecipe
from ..scatter import ScatterParams
from ..sky import Air
from ..sources import Plant
from ..viewpoints import Wish
from .base import Biome, Layer, weathered

_KIND = {kind.name: kind for kind in MATERIALS}


def heights(recipe: SceneRecipe) -> Heights:
    """Long swells, a low range on the horizon. Layer: bare (1 where game has trodden the grass away)."""
    seed, half = recipe.seed, recipe.size / 2

    def at(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        away = np.hypot(x, y)
        far = smooth(away, half + 900.0, half + 2600.0)
        z = hills(x, y, seed + 1, 160.0, 3) * 3.2 + hills(x, y, seed + 2, 12.0, 4) * 0.18
        z += hills(x, y, seed + 3, 1400.0, 6, 0.5, True) * 260.0 * far
        bare = smooth(np.abs(hills(x, y, seed + 4, 55.0, 3)), 0.055, 0.02)
        return z - bare * 0.12 * (1 - far), {"bare": bare, "range": far}

    return at


def land(recipe: SceneRecipe) -> HeightField:
    return square(heights(recipe), recipe.resolution, recipe.size)


def _earth(coarse: float) -> DirtParams:
    return DirtParams(
        color=(0.2, 0.13, 0.062),
        light=(0.31, 0.22, 0.11),
        clod=0.05 * coarse,
        stones=0.3,
        roots=0.9,
        relief=0.015 / coarse,
    )


def cover(recipe: SceneRecipe) -> bpy.types.Material:
    return coated("Plain Ground", (Coat(_KIND["dirt"], _earth(1.0)),))


def distance(recipe: SceneRecipe, field: HeightField) -> list[bpy.types.Object]:
    """Grass to the horizon, in the colour of its blades."""
    straw = DirtParams(color=(0.29, 0.215, 0.085), light=(0.38, 0.3, 0.14), clod=3.0, stones=0.0, roots=0.0, relief=0.0)
    driven = {"color": (("range", (0.17, 0.14, 0.1)),), "light": (("range", (0.2, 0.17, 0.13)),)}
    material = coated("Plain Distance", (Coat(_KIND["dirt"], straw, driven=driven),))
    return [backdrop("Plain Distance", heights(recipe), field.size, 5000.0, material)]


def layers(recipe: SceneRecipe) -> tuple[Layer, ...]:
    d, k, seed, wind = recipe.density, recipe.detail, recipe.seed, recipe.wind
    straw = {"color": (0.36, 0.27, 0.09), "dry": 0.75, "wind": wind}
    return (
        Layer(
            "Acacias",
            (Plant("acacia", 2, {"wind": wind}, k, far=0.15, live=True, variation=0.8),),
            ScatterParams(
                density=0.0042 * d, spacing=11.0, avoid="bare", steepest=0.5, clump=60.0, clumping=0.5, smallest=0.35, largest=1.15, upright=1.0,
                tilt=0.03, sink=0.1, near=12.0, shown=1.0, seed=seed + 1,
            ),
            tall=True, beyond=0.3,
        ),
        Layer(
            "Bushes",
            (Plant("bush", 2, {"height": 1.2, "width": 1.9, "branches": 500, "leaf_length": 0.03, "color": (0.12, 0.15, 0.05), "season": 0.5,
                               "wind": wind}, 0.25 * k, far=0.5),),
            ScatterParams(
                density=0.012 * d, spacing=2.2, avoid="bare", patch=40.0, patchiness=0.8, cover=0.4, clump=12.0, clumping=0.6, smallest=0.4,
                largest=1.3, upright=0.8, tilt=0.08, near=15.0, shown=1.0, seed=seed + 2,
            ),
            tall=True, beyond=0.15,
        ),
        Layer(
            "Rocks",
            (Plant("boulder", 3, {"color": (0.26, 0.2, 0.15), "moss": 0.0}, 0.7 * k, far=1.0),),
            ScatterParams(
                density=0.012 * d, spacing=1.0, patch=30.0, patchiness=0.9, cover=0.25, clump=9.0, clumping=0.9, smallest=0.15, largest=1.6,
                small_many=2.2, upright=0.3, tilt=0.5, sink=0.06, near=30.0, shown=1.0, seed=seed + 3,
            ),
            tall=True,
        ),
        Layer(
            "Tall Grass",
            (
                Plant("tall_grass", 2, {**straw, "blades": 130, "heads": 16}, 0.2 * k, far=1.0),
                Plant("fountain_grass", 1, {**straw, "blades": 130, "heads": 18}, 0.2 * k, far=1.0),
            ),
            ScatterParams(
                method="random", density=7.0 * d, avoid="bare", patch=11.0, patchiness=0.45, cover=0.7, smallest=0.5, largest=1.15, upright=0.8,
                tilt=0.15, near=10.0, reach=130.0, shown=0.03, seed=seed + 4,
            ),
        ),
        Layer(
            "Short Grass",
            (Plant("grass", 2, {**straw, "blades": 120, "height": 0.2}, 0.2 * k, far=1.0),),
            ScatterParams(
                method="random", density=7.0 * d, patch=5.0, patchiness=0.5, cover=0.6, smallest=0.6, largest=1.4, upright=0.8, tilt=0.15,
                near=10.0, reach=45.0, shown=0.03, seed=seed + 5,
            ),
        ),
    )  # fmt: skip


def air(recipe: SceneRecipe) -> Air:
    return weathered(
        Air(haze=1.8, clouds=0.5, thick=0.2, sunlight=2.0, skylight=1.2, fog=0.012, fog_top=120.0, fog_color=(1.0, 0.9, 0.75)), recipe
    )  # fmt: skip


def wish(recipe: SceneRecipe) -> Wish:
    return Wish(
        sky=0.55,
        ground=0.36,
        clear=3.0,
        sun_side=0.75,
        pitch=0.05,
        middle=120.0,
        lens=30.0,
        margin=0.2,
        beyond=True,
        rise=0.4,
        depth_weight=1.4,
    )


PLAIN = Biome(
    "plain",
    "Plain",
    "Tall grass and acacias under a great evening sky",
    land,
    cover,
    layers,
    air,
    wish,
    {"plain": {"time": 17.0, "day": 80, "latitude": -0.05, "wind": 0.6}},
    extra=distance,
)
