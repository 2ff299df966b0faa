"""Coast: a sandy bay with dune grass and boulders, calm sea, a rocky headland."""

from __future__ import annotations

import bpy
import numpy as np

from ...materials import MATERIALS, make
from ...materials.rock_layers import StrataParams
from ...materials.soil_loose import SandParams
from ...materials.water import SeaWaterParams
from ...terrain.field import HeightField
from ..ground import Coat, Heights, backdrop, coated, hills, smooth, square
from ..recipe import SceneRecipe
from ..scatter import ScatterParams
from ..sky import Air
from ..sources import Plant
from ..viewpoints import Wish
from .base import Biome, Layer, weathered

_KIND = {kind.name: kind for kind in MATERIALS}
REACH = 3000.0


def heights(recipe: SceneRecipe) -> Heights:
    """Sea towards -X, a beach along a bay, dunes, and land that rises behind; a headland closes the bay.

    Layers: beach (1 near the water), dune (1 on the dunes), rock (1 on cliffs).
    """
    seed = recipe.seed

    def at(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        bay = (
            x
            + hills(np.zeros_like(x), y, seed + 1, 240.0, 3) * 42.0
            - 0.0011 * y**2 * np.exp(-((y / 420.0) ** 2))
            + 8.0
        )
        shelf = np.where(bay < 0, bay * 0.055, bay * 0.062)
        dune = smooth(bay, 26.0, 46.0)
        bumps = hills(x, y, seed + 2, 22.0, 4, 0.45)
        z = np.clip(shelf, -14.0, 1.6) + dune * (1.7 + bumps * 2.1) + smooth(bay, 60.0, 500.0) * 46.0
        z += hills(x, y, seed + 3, 260.0, 4) * 16.0 * smooth(bay, 90.0, 300.0)
        mass = (
            hills(x, y, seed + 4, 420.0, 5)
            - 0.1
            + 0.9 * np.exp(-(((np.abs(y) - 520.0) / 190.0) ** 2)) * smooth(bay, -260.0, -60.0)
        )
        cliff = smooth(mass, 0.28, 0.5) * smooth(np.abs(y), 190.0, 330.0)
        z += cliff * (34.0 + 12.0 * bumps) + smooth(mass, 0.1, 0.3) * smooth(np.abs(y), 190.0, 330.0) * 5.0
        z += hills(x, y, seed + 5, 1.6, 3) * 0.03
        return z, {"beach": smooth(z, 0.7, 0.15), "dune": dune * (1 - cliff), "rock": smooth(cliff, 0.02, 0.15)}

    return at


def land(recipe: SceneRecipe) -> HeightField:
    return square(heights(recipe), recipe.resolution, recipe.size)


def cover(recipe: SceneRecipe) -> bpy.types.Material:
    """Sand: wet, dark and smooth by the water, rippled above."""
    dry = SandParams(color=(0.56, 0.44, 0.29), dark=(0.36, 0.27, 0.17), ripple=0.14, ripples=0.012)
    driven = {
        "color": (("beach", (0.3, 0.225, 0.145)),),
        "dark": (("beach", (0.2, 0.15, 0.1)),),
        "roughness": (("beach", 0.28),),
        "ripples": (("beach", 0.002),),
    }
    return coated("Beach", (Coat(_KIND["sand"], dry, driven=driven),))


def headland(recipe: SceneRecipe, field: HeightField) -> list[bpy.types.Object]:
    far = SandParams(color=(0.2, 0.19, 0.09), dark=(0.12, 0.13, 0.06), ripple=5.0, ripples=0.0)
    strata = StrataParams(
        color=(0.24, 0.21, 0.17), hard=(0.36, 0.32, 0.27), iron=(0.22, 0.16, 0.11), bed=3.0, dip=0.2, ledge=0.6
    )
    material = coated(
        "Coast Distance",
        (
            Coat(_KIND["sand"], far, driven={"color": (("beach", (0.5, 0.4, 0.27)),)}),
            Coat(_KIND["mountain_strata"], strata, "rock", ragged=0.2),
        ),
    )
    return [backdrop("Coast Distance", heights(recipe), field.size, REACH, material, around=480, rings=130)]


def sea(recipe: SceneRecipe, field: HeightField) -> list[bpy.types.Object]:
    """A sheet of sea to the horizon; its waves are in the material."""
    mesh = bpy.data.meshes.new("Sea")
    reach = REACH * 2.0
    mesh.from_pydata(
        [(-reach, -reach, 0), (reach, -reach, 0), (reach, reach, 0), (-reach, reach, 0)], [], [(0, 1, 2, 3)]
    )
    waves = SeaWaterParams(color=(0.08, 0.3, 0.32), wave=5.0, waves=0.22, foam=0.25, chop=0.4)
    mesh.materials.append(make(_KIND["water_sea"], waves, "Coast Sea"))
    return [bpy.data.objects.new("Sea", mesh)]


def layers(recipe: SceneRecipe) -> tuple[Layer, ...]:
    d, k, seed, wind = recipe.density, recipe.detail, recipe.seed, recipe.wind
    return (
        Layer(
            "Palms",
            (Plant("palm", 2, {}, 0.5 * k, far=1.0), Plant("young_palm", 1, {}, 0.5 * k, far=1.0)),
            ScatterParams(
                density=0.02 * d, spacing=3.2, mask="dune", mask_low=0.02, mask_high=0.3, steepest=0.6, clump=18.0, clumping=0.75, smallest=0.6,
                largest=1.2, upright=0.95, tilt=0.12, sink=0.1, near=20.0, shown=1.0, seed=seed + 1,
            ),
            tall=True,
        ),
        Layer(
            "Boulders",
            (Plant("erratic", 3, {"moss": 0.05, "color": (0.17, 0.155, 0.14)}, 0.8 * k, far=1.0),),
            ScatterParams(
                density=0.05 * d, spacing=1.0, lowest=-1.2, highest=1.4, patch=36.0, patchiness=1.0, cover=0.24, clump=9.0, clumping=0.8,
                smallest=0.1, largest=1.3, small_many=2.0, upright=0.3, tilt=0.5, sink=0.1, near=30.0, shown=1.0, seed=seed + 2,
            ),
            tall=True,
        ),
        Layer(
            "Dune Grass",
            (
                Plant("tall_grass", 3, {"color": (0.2, 0.24, 0.09), "dry": 0.4, "blades": 150, "heads": 12, "wind": wind}, 0.2 * k, far=1.0),
            ),
            ScatterParams(
                method="random", density=7.0 * d, mask="dune", mask_low=0.15, mask_high=0.7, patch=7.0, patchiness=0.8, cover=0.55, clump=1.6,
                clumping=0.6, smallest=0.5, largest=1.3, upright=0.8, tilt=0.15, near=10.0, reach=110.0, shown=0.05, seed=seed + 3,
            ),
        ),
        Layer(
            "Bushes",
            (Plant("bush", 2, {"height": 1.0, "width": 2.0, "branches": 600, "leaf_length": 0.03, "color": (0.07, 0.13, 0.05), "season": 0.5,
                               "wind": wind}, 0.25 * k, far=0.5),),
            ScatterParams(
                density=0.04 * d, spacing=1.8, mask="dune", mask_low=0.6, mask_high=1.0, patch=18.0, patchiness=0.8, cover=0.5, smallest=0.5,
                largest=1.3, upright=0.7, tilt=0.1, near=15.0, shown=1.0, seed=seed + 4,
            ),
            tall=True,
        ),
        Layer(
            "Shells",
            (Plant("scallop", 2, {}, 0.2 * k, far=1.0), Plant("conch", 1, {}, 0.2 * k, far=1.0), Plant("starfish", 1, {}, 0.2 * k, far=1.0)),
            ScatterParams(
                density=0.5 * d, spacing=0.3, lowest=0.1, highest=1.1, soft=0.3, clump=4.0, clumping=0.8, smallest=0.5, largest=1.2, upright=0.0,
                tilt=0.4, near=10.0, reach=40.0, shown=0.3, seed=seed + 5,
            ),
        ),
    )  # fmt: skip


def air(recipe: SceneRecipe) -> Air:
    return weathered(Air(haze=1.2, clouds=0.42, thick=0.15, sunlight=1.3, skylight=0.95, fog=0.0), recipe)


def wish(recipe: SceneRecipe) -> Wish:
    """On the beach, along the water's edge."""
    return Wish(
        sky=0.48, ground=0.42, clear=2.5, sun_side=1.2, pitch=0.0, middle=150.0, lens=28.0, margin=0.15, beyond=True, rise=2.0, things=0.16, lowest=0.5,
        highest=3.4, water=1.4,
    )  # fmt: skip


COAST = Biome(
    "coast",
    "Coast",
    "A sandy bay with palms, dune grass and boulders on a calm sea",
    land,
    cover,
    layers,
    air,
    wish,
    {"coast": {"time": 16.8, "day": 200, "latitude": 0.4}},
    water=sea,
    extra=headland,
)
