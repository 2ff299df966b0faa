"""Desert: saguaros, agaves and prickly pears on stony red ground under mesas, late in the afternoon; or dunes to the horizon."""

from __future__ import annotations

import bpy
import numpy as np

from ...materials import MATERIALS
from ...materials.rock_layers import StrataParams
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
REACH = 3200.0


def heights(recipe: SceneRecipe) -> Heights:
    """A plain with dry washes, low dunes of sand in places, and mesas with stepped walls beyond 350 m.

    Layers: wash (1 on the bed of a dry stream), rock (1 on walls), sandy.
    """
    seed, half = recipe.seed, recipe.size / 2

    def at(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        swell = hills(x, y, seed + 1, 130.0, 3) * 2.6
        rubble = hills(x, y, seed + 2, 9.0, 5, 0.5) * 0.28
        bend = hills(x, y, seed + 3, 70.0, 3)
        wash = smooth(np.abs(bend), 0.07, 0.015)
        away = np.hypot(x, y)
        far = smooth(away, half + 220.0, half + 700.0)
        mass = hills(x, y, seed + 11, 950.0, 4, 0.45) + 0.12 * hills(x, y, seed + 4, 160.0, 4)
        mesa = _stepped(smooth(mass, 0.1, 0.3)) * (170.0 + 60.0 * hills(x, y, seed + 5, 1500.0, 1))
        talus = smooth(mass, -0.02, 0.2) ** 2 * 26.0
        gullies = (
            hills(x, y, seed + 6, 60.0, 4, 0.55, ridged=True) * 9.0 * smooth(mass, 0.0, 0.12) * smooth(mass, 0.3, 0.12)
        )
        z = swell + rubble * (1 - wash) - wash * 0.55 + (mesa + talus + gullies) * far
        rock = smooth(mass, 0.1, 0.2) * far
        sandy = smooth(hills(x, y, seed + 7, 34.0, 3), 0.0, 0.35) * 0.7
        return z, {"wash": wash, "rock": rock, "sandy": np.maximum(sandy, wash)}

    return at


def _stepped(t: np.ndarray) -> np.ndarray:
    """Walls and ledges: three cliffs with slopes of rubble between."""
    out = np.zeros_like(t)
    for low, high, rise in ((0.0, 0.3, 0.12), (0.1, 0.16, 0.2), (0.3, 0.62, 0.12), (0.42, 0.5, 0.26), (0.8, 0.88, 0.3)):
        out += smooth(t, low, high) * rise
    return out


def land(recipe: SceneRecipe) -> HeightField:
    return square(heights(recipe), recipe.resolution, recipe.size)


def cover(recipe: SceneRecipe) -> bpy.types.Material:
    """Red earth with stones, paler where water ran."""
    dirt = DirtParams(
        color=(0.33, 0.155, 0.075), light=(0.46, 0.265, 0.15), clod=0.05, stones=0.75, roots=0.3, relief=0.02
    )
    driven = {
        "stones": (("sandy", 0.15),),
        "color": (("sandy", (0.47, 0.28, 0.16)),),
        "light": (("sandy", (0.56, 0.36, 0.22)),),
        "crumbs": (("sandy", 0.3),),
    }
    return coated("Desert Ground", (Coat(_KIND["dirt"], dirt, driven=driven),))


def mesas(recipe: SceneRecipe, field: HeightField) -> list[bpy.types.Object]:
    """The land beyond the square, out to the horizon."""
    dirt = DirtParams(color=(0.34, 0.17, 0.085), light=(0.45, 0.26, 0.15), clod=2.5, stones=0.3, relief=0.0)
    strata = StrataParams()
    material = coated(
        "Desert Distance",
        (Coat(_KIND["dirt"], dirt), Coat(_KIND["mountain_strata"], strata, "rock", ragged=0.2)),
    )
    return [backdrop("Desert Distance", heights(recipe), field.size, REACH, material)]


def layers(recipe: SceneRecipe) -> tuple[Layer, ...]:
    """Cacti by their size, rosettes, dry grass, stones."""
    d, k, seed = recipe.density, recipe.detail, recipe.seed
    few_spines = {"spines": 4, "centrals": 1, "spacing": 0.05}  # a scene shows them from afar
    return (
        Layer(
            "Saguaros",
            (Plant("saguaro", 3, few_spines, 0.3 * k, far=1.0), Plant("flowering_saguaro", 1, few_spines, 0.3 * k, far=1.0)),
            ScatterParams(
                density=0.012 * d, spacing=5.5, avoid="wash", steepest=0.5, clump=26.0, clumping=0.3, smallest=0.45, largest=1.25,
                upright=1.0, tilt=0.02, sink=0.06, near=30.0, shown=1.0, seed=seed + 1,
            ),
            tall=True,
        ),
        Layer(
            "Boulders",
            (Plant("desert_boulder", 4, {}, 0.8 * k, far=1.0),),
            ScatterParams(
                density=0.05 * d, spacing=0.9, patch=26.0, patchiness=0.9, cover=0.28, clump=7.0, clumping=0.85, smallest=0.12, largest=1.5,
                small_many=2.6, upright=0.3, tilt=0.5, sink=0.06, near=30.0, shown=1.0, seed=seed + 2,
            ),
            tall=True,
        ),
        Layer(
            "Prickly Pears",
            (Plant("prickly_pear", 2, {}, 0.4 * k, far=1.0), Plant("purple_prickly_pear", 1, {}, 0.4 * k, far=1.0)),
            ScatterParams(
                density=0.05 * d, spacing=1.4, avoid="wash", steepest=0.7, patch=18.0, patchiness=0.8, cover=0.4, smallest=0.6, largest=1.5,
                upright=0.8, tilt=0.08, sink=0.02, near=20.0, shown=1.0, seed=seed + 3,
            ),
            tall=True,
        ),
        Layer(
            "Barrels",
            (Plant("golden_barrel", 2, {}, 0.35 * k, far=1.0), Plant("fishhook_barrel", 1, {}, 0.35 * k, far=1.0)),
            ScatterParams(
                density=0.05 * d, spacing=0.6, avoid="wash", steepest=0.7, clump=9.0, clumping=0.85, smallest=0.5, largest=1.4, upright=0.8,
                tilt=0.12, sink=0.02, near=20.0, shown=0.6, seed=seed + 4,
            ),
        ),
        Layer(
            "Agaves",
            (Plant("agave", 2, {}, 0.3 * k, far=1.0), Plant("artichoke_agave", 1, {}, 0.3 * k, far=1.0)),
            ScatterParams(
                density=0.07 * d, spacing=1.0, avoid="wash", steepest=0.7, patch=16.0, patchiness=0.6, cover=0.5, clump=6.0, clumping=0.6,
                smallest=0.5, largest=1.4, upright=0.6, tilt=0.12, near=20.0, shown=0.6, seed=seed + 5,
            ),
        ),
        Layer(
            "Dry Bushes",
            (
                Plant(
                    "bush", 2, {"height": 0.7, "width": 1.0, "branches": 420, "leaf_density": 0.55, "leaf_length": 0.024,
                                "color": (0.2, 0.2, 0.1), "season": 0.5, "wind": recipe.wind}, 0.25 * k, far=0.6,
                ),
            ),
            ScatterParams(
                density=0.16 * d, spacing=0.9, avoid="wash", steepest=0.7, patch=24.0, patchiness=0.5, cover=0.6, smallest=0.35, largest=1.2,
                upright=0.8, tilt=0.1, near=15.0, shown=0.8, seed=seed + 6,
            ),
        ),
        Layer(
            "Dry Grass",
            (
                Plant("grass", 2, {"dry": 1.0, "blades": 90, "color": (0.34, 0.28, 0.12), "height": 0.28, "wind": recipe.wind}, 0.2 * k, far=1.0),
                Plant("fountain_grass", 1, {"dry": 0.9, "blades": 120, "heads": 12, "wind": recipe.wind}, 0.2 * k, far=1.0),
            ),
            ScatterParams(
                density=1.1 * d, spacing=0.3, avoid="wash", steepest=0.8, patch=15.0, patchiness=0.85, cover=0.5, smallest=0.5, largest=1.3,
                upright=0.7, tilt=0.15, near=15.0, reach=120.0, shown=0.2, seed=seed + 7,
            ),
        ),
        Layer(
            "Stones",
            (Plant("desert_boulder", 3, {}, 0.2 * k, far=1.0),),
            ScatterParams(
                method="random", density=3.5 * d, patch=9.0, patchiness=0.8, cover=0.55, smallest=0.015, largest=0.13, small_many=3.5,
                upright=0.2, tilt=3.0, near=10.0, reach=70.0, shown=0.1, seed=seed + 8,
            ),
        ),
    )  # fmt: skip


def air(recipe: SceneRecipe) -> Air:
    return weathered(
        Air(
            haze=1.3,
            clouds=0.36,
            thick=0.15,
            sunlight=1.25,
            skylight=1.1,
            fog=0.012,
            fog_top=260.0,
            fog_color=(1.0, 0.9, 0.8),
        ),
        recipe,
    )


def wish(recipe: SceneRecipe) -> Wish:
    """A wide view over cacti to the mesas, the sun from the side."""
    return Wish(
        sky=0.45, ground=0.38, clear=2.4, sun_side=1.9, pitch=0.02, middle=150.0, eye=1.7, lens=30.0, margin=0.15, depth_weight=0.8,
        beyond=True, rise=1.6,
    )  # fmt: skip


DESERT = Biome(
    "desert",
    "Desert",
    "Saguaros, agaves and prickly pears on red ground under mesas",
    land,
    cover,
    layers,
    air,
    wish,
    {"desert": {"time": 17.4, "day": 120, "latitude": 0.56, "wind": 0.3}},
    extra=mesas,
)
