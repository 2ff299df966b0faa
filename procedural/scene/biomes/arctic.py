"""Arctic: snow fields and blue ice under a low sun, crags that stand out of the snow, white ridges."""

from __future__ import annotations

import bpy
import numpy as np

from ...materials import MATERIALS, make
from ...materials.frozen import IceParams, SnowParams
from ...materials.rock_layers import StrataParams
from ...terrain.field import HeightField
from ..ground import Coat, Heights, backdrop, coated, hills, smooth, square
from ..recipe import SceneRecipe
from ..scatter import ScatterParams
from ..sky import Air
from ..sources import Plant
from ..viewpoints import Wish
from .base import Biome, Layer, weathered

_KIND = {kind.name: kind for kind in MATERIALS}
REACH = 6000.0


def heights(recipe: SceneRecipe) -> Heights:
    """Drifts about frozen ponds at z = 0, nunataks beyond. Layers: ice (1 near ponds), rock (1 on faces too steep for snow)."""
    seed, half = recipe.seed, recipe.size / 2

    def at(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        away = np.hypot(x, y)
        far = smooth(away, half + 300.0, half + 3000.0)
        drift = hills(x * 0.6 + y * 0.25, y - x * 0.25, seed + 1, 42.0, 4, 0.42)
        pond = smooth(hills(x, y, seed + 2, 85.0, 2), 0.02, 0.22) * (1 - far)
        z = (1.3 + hills(x, y, seed + 3, 130.0, 3) * 2.6 + drift * 1.1) * (1 - pond) - pond * 0.9
        crest = hills(x + hills(x, y, seed + 8, 500.0, 3) * 140.0, y, seed + 4, 1500.0, 8, 0.5, True)
        z += crest * 720.0 * far
        steep = smooth(crest + hills(x, y, seed + 5, 90.0, 5) * 0.3, 0.5, 0.62) * far
        return z, {"ice": smooth(z, 0.6, 0.0), "rock": steep}

    return at


def land(recipe: SceneRecipe) -> HeightField:
    return square(heights(recipe), recipe.resolution, recipe.size)


def cover(recipe: SceneRecipe) -> bpy.types.Material:
    return coated("Snow Field", (Coat(_KIND["snow"], SnowParams(drift=0.9, drifts=0.1, crust=0.35, dirt=0.02)),))


def ridges(recipe: SceneRecipe, field: HeightField) -> list[bpy.types.Object]:
    snow = SnowParams(drift=40.0, drifts=3.0, crust=0.2, dirt=0.0)
    strata = StrataParams(
        color=(0.1, 0.1, 0.105),
        hard=(0.16, 0.16, 0.165),
        iron=(0.1, 0.085, 0.08),
        bed=16.0,
        dip=0.5,
        ledge=0.0,
        snow=0.5,
    )
    material = coated(
        "Arctic Ridges", (Coat(_KIND["snow"], snow), Coat(_KIND["mountain_strata"], strata, "rock", ragged=0.3))
    )
    return [backdrop("Arctic Ridges", heights(recipe), field.size, REACH, material, around=480, rings=170)]


def ponds(recipe: SceneRecipe, field: HeightField) -> list[bpy.types.Object]:
    """Ice at z = 0."""
    half = field.size / 2
    mesh = bpy.data.meshes.new("Ice")
    mesh.from_pydata([(-half, -half, 0), (half, -half, 0), (half, half, 0), (-half, half, 0)], [], [(0, 1, 2, 3)])
    mesh.materials.append(make(_KIND["ice"], IceParams(frost=0.35, crack=1.4, depth=0.8), "Arctic Ice"))
    return [bpy.data.objects.new("Ice", mesh)]


def layers(recipe: SceneRecipe) -> tuple[Layer, ...]:
    d, k, seed = recipe.density, recipe.detail, recipe.seed
    dark = {"moss": 0.0, "lichen": 0.4, "color": (0.09, 0.09, 0.095)}
    return (
        Layer(
            "Crags",
            (Plant("crag", 3, dark, 0.8 * k, far=1.0), Plant("erratic", 2, dark, 0.8 * k, far=1.0)),
            ScatterParams(
                density=0.07 * d, spacing=0.9, lowest=0.2, patch=30.0, patchiness=1.0, cover=0.35, clump=9.0, clumping=0.85, smallest=0.12,
                largest=1.5, small_many=1.8, upright=0.4, tilt=0.5, sink=0.3, near=30.0, shown=1.0, seed=seed + 1,
            ),
            tall=True,
        ),
        Layer(
            "Winter Grass",
            (Plant("tall_grass", 2, {"dry": 1.0, "blades": 60, "heads": 14, "color": (0.3, 0.24, 0.13), "wind": recipe.wind}, 0.2 * k, far=1.0),),
            ScatterParams(
                density=0.7 * d, spacing=0.35, lowest=0.25, patch=15.0, patchiness=1.0, cover=0.3, smallest=0.4, largest=1.0, upright=0.8, tilt=0.2,
                sink=0.03, near=10.0, reach=90.0, shown=0.2, seed=seed + 2,
            ),
        ),
    )  # fmt: skip


def air(recipe: SceneRecipe) -> Air:
    return weathered(
        Air(haze=0.8, clouds=0.35, thick=0.15, sunlight=1.5, skylight=1.1, warmth=0.12, fog=0.01, fog_top=60.0, fog_color=(0.85, 0.93, 1.0)), recipe
    )  # fmt: skip


def wish(recipe: SceneRecipe) -> Wish:
    return Wish(
        sky=0.42, ground=0.46, clear=2.5, sun_side=1.2, pitch=0.02, middle=150.0, lens=30.0, margin=0.15, beyond=True, rise=1.6, lowest=0.1, highest=2.5,
    )  # fmt: skip


ARCTIC = Biome(
    "arctic",
    "Arctic",
    "Snow fields, crags and frozen ponds under a low sun",
    land,
    cover,
    layers,
    air,
    wish,
    {"arctic": {"time": 15.2, "day": 95, "latitude": 1.2}},
    water=ponds,
    extra=ridges,
)
