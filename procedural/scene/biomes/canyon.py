"""Canyon: red walls in steps on either side of a green river, two side canyons whose water falls into it, boulders, willows' bushes on its banks."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from ...materials import MATERIALS
from ...materials.rock_layers import StrataParams
from ...materials.soil import DirtParams
from ...terrain.falls import find_falls, lay_pools, waterfalls, without_falls
from ...terrain.field import HeightField
from ...terrain.rivers import Stream, lay_beds, river_object
from ..ground import Coat, Heights, backdrop, coated, hills, smooth, square
from ..recipe import SceneRecipe
from ..scatter import ScatterParams
from ..sky import Air
from ..sources import Plant
from ..surf import SurfParams, shore_water
from ..viewpoints import Wish
from .base import Biome, Layer, weathered

_KIND = {kind.name: kind for kind in MATERIALS}
REACH = 1500.0
WATER = -0.95  # m, the river
STEPS = (
    (0.0, 0.1, 0.08),
    (0.1, 0.14, 0.2),
    (0.14, 0.32, 0.09),
    (0.32, 0.37, 0.24),
    (0.37, 0.6, 0.07),
    (0.6, 0.66, 0.24),
    (0.66, 1.0, 0.08),
)

LIP = 35.0  # m from the river's middle: where the water of a side canyon leaves its floor
FOOT = 34.0  # where the wall under it stands
LEAST = 2.0 * (LIP + 8.0)  # m, the size of a scene that has room for side canyons
HANGING = 21.0  # m over the river, the floor of a side canyon at its mouth


@dataclass(frozen=True)
class SideCanyon:
    """Where it meets the gorge: m along the gorge, and on which side (1 or -1)."""

    y: float
    side: int
    turn: float

    def middle(self, off: np.ndarray) -> np.ndarray:
        """Where its floor runs, m along the gorge, `off` m from the river's middle."""
        return self.y + 5.0 * np.sin(off / 15.0 + self.turn) * smooth(off, LIP + 2.0, LIP + 30.0)


def side_canyons(recipe: SceneRecipe) -> tuple[SideCanyon, ...]:
    """One on either side, some way up and down the gorge; none where the scene is too small for them."""
    if recipe.size < LEAST:
        return ()
    rng = np.random.default_rng(recipe.seed + 41)
    side = 1 if rng.random() < 0.5 else -1
    up, down = rng.uniform(0.14, 0.22, 2) * recipe.size
    return SideCanyon(up, side, rng.uniform(0.0, 6.0)), SideCanyon(-down, -side, rng.uniform(0.0, 6.0))


def _bend(y: np.ndarray, seed: int) -> np.ndarray:
    """Where the river's middle is, m: 0 at y = 0."""
    none = np.zeros(1)
    return (hills(np.zeros_like(y), y, seed + 1, 330.0, 2) - hills(none, none, seed + 1, 330.0, 2)[0]) * 46.0


def _floor(off: np.ndarray) -> np.ndarray:
    """Height of a side canyon's floor, which hangs over the gorge, m."""
    return 0.9 - smooth(off, 22.0, 9.0) * 1.9 + smooth(off, FOOT, LIP) * HANGING + np.maximum(off - LIP, 0.0) * 0.14


def heights(recipe: SceneRecipe) -> Heights:
    """A gorge along Y that winds; its walls climb in cliffs and ledges to a plateau. Layers: river (1 on its bed), rock (1 on walls), bank."""
    seed = recipe.seed
    sides = side_canyons(recipe)

    def at(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        from_middle = x - _bend(y, seed)
        off = np.abs(from_middle)
        buttress = hills(x, y, seed + 2, 95.0, 4, 0.5) * 30.0 + hills(x, y, seed + 3, 22.0, 4, 0.5) * 7.0
        # Joints in the rock that rain has opened: slots between the buttresses.
        buttress = buttress - smooth(hills(x, y, seed + 5, 62.0, 3, 0.45, ridged=True), 0.25, 0.8) * 17.0
        for each in sides:  # where water has cut, the wall stands straight
            about = smooth(np.abs(y - each.y), 34.0, 9.0) * (from_middle * each.side > 0.0)
            buttress = buttress * (1.0 - about) + about * 2.0
        wall = np.clip((off + buttress * smooth(off, 10.0, 34.0) - 20.0) / 92.0, 0.0, 1.0)
        stairs = np.zeros_like(x)
        for low, high, rise in STEPS:
            stairs += smooth(wall, low, high) * rise
        z = stairs * 88.0 + hills(x, y, seed + 4, 12.0, 5) * 0.5 * smooth(off, 6.0, 12.0) + smooth(off, 5.0, 16.0) * 1.6
        rough = hills(x, y, seed + 6, 9.0, 4)
        for each in sides:
            beside = np.abs(y - each.middle(off)) + rough * 2.2
            slot = smooth(beside, 4.0 + np.maximum(off - LIP, 0.0) * 0.05, 1.6)
            # Under the lip the fall has hollowed out an alcove, which opens to the river.
            wide = 8.5 + np.clip(FOOT - off, 0.0, 30.0) * 1.4
            alcove = smooth(beside, wide + 4.0 + np.clip(FOOT - off, 0.0, 30.0) * 0.5, wide) * smooth(
                off, FOOT, FOOT - 0.6
            )
            cut = np.maximum(slot, alcove) * (from_middle * each.side > 0.0)
            z += (np.minimum(z, _floor(off) + 0.4 + rough * 0.25) - z) * cut
        bed = smooth(off, 9.5, 5.5)
        z -= bed * 1.5
        flat_ = smooth(wall, 0.05, 0.12)
        return z - 0.4, {"river": bed, "rock": flat_, "bank": smooth(off, 6.0, 9.0) * smooth(off, 22.0, 13.0)}

    return at


def side_streams(recipe: SceneRecipe) -> list[Stream]:
    """What runs down the side canyons, over their lips and into the river."""
    streams = []
    for each in side_canyons(recipe):
        away = recipe.size / 2.0 - 3.0 - abs(float(_bend(np.array([each.y]), recipe.seed)[0]))
        off = np.concatenate(
            [np.arange(max(away, LIP + 8.0), LIP, -1.0), np.arange(LIP, FOOT, -0.25), np.arange(FOOT, 6.0, -1.0)]
        )
        y = each.middle(off)
        points = np.stack([_bend(y, recipe.seed) + each.side * off, y, _floor(off)], -1)
        points[:, 2] = np.maximum(np.minimum.accumulate(points[:, 2]), WATER)
        streams.append(Stream(points, np.full(len(points), 2.4)))
    return streams


def land(recipe: SceneRecipe) -> HeightField:
    field = square(heights(recipe), max(recipe.resolution, 300), recipe.size)
    streams = side_streams(recipe)
    if not streams:
        return field
    falls = find_falls(streams)
    field = lay_beds(lay_pools(field, falls), without_falls(streams, falls))
    stream = np.asarray(field.layers["stream"])
    return field.with_layers(
        river=np.maximum(field.layers["river"], stream), bank=field.layers["bank"] * (1.0 - stream)
    )


def _material(name: str) -> bpy.types.Material:
    dirt = DirtParams(
        color=(0.3, 0.155, 0.085), light=(0.42, 0.255, 0.155), clod=0.07, stones=0.8, roots=0.2, relief=0.02
    )
    strata = StrataParams(
        color=(0.4, 0.2, 0.11), hard=(0.5, 0.3, 0.18), iron=(0.34, 0.12, 0.055), bed=2.2, fold=0.15, dip=0.03, ledge=0.5, gullies=0.6, scree=0.25
    )  # fmt: skip
    return coated(name, (Coat(_KIND["dirt"], dirt), Coat(_KIND["mountain_strata"], strata, "rock", ragged=0.3)))


def cover(recipe: SceneRecipe) -> bpy.types.Material:
    return _material("Canyon Rock")


def beyond(recipe: SceneRecipe, field: HeightField) -> list[bpy.types.Object]:
    return [
        backdrop("Canyon Beyond", heights(recipe), field.size, REACH, _material("Canyon Beyond"), around=640, rings=150)
    ]


def river(recipe: SceneRecipe, field: HeightField) -> list[bpy.types.Object]:
    """A sheet of slow water, seen where the bed lies below it, and what falls and runs into it."""
    mesh = bpy.data.meshes.new("River")
    half = REACH * 0.8
    mesh.from_pydata(
        [(x, y, WATER) for x, y in ((-half, -half), (half, -half), (half, half), (-half, half))], [], [(0, 1, 2, 3)]
    )
    depth = mesh.attributes.new("depth", "FLOAT", "POINT")
    depth.data.foreach_set("value", [1.1] * 4)
    mesh.materials.append(shore_water("Canyon River", SurfParams(color=(0.028, 0.05, 0.022), clear=0.6, chop=0.015)))
    streams = side_streams(recipe)
    falls = find_falls(streams)
    side = river_object(field, without_falls(streams, falls))
    return [
        bpy.data.objects.new("River", mesh), *([side] if side is not None else ()), *waterfalls(field, streams, falls=falls)
    ]  # fmt: skip


def layers(recipe: SceneRecipe) -> tuple[Layer, ...]:
    d, k, seed, wind = recipe.density, recipe.detail, recipe.seed, recipe.wind
    red = {"color": (0.38, 0.2, 0.11)}
    return (
        Layer(
            "Boulders",
            (Plant("desert_boulder", 4, red, 0.8 * k, far=1.0),),
            ScatterParams(
                density=0.06 * d, spacing=1.2, steepest=0.9, highest=16.0, patch=30.0, patchiness=0.7, cover=0.5, clump=9.0, clumping=0.8,
                smallest=0.15, largest=2.3, small_many=2.4, upright=0.3, tilt=0.6, sink=0.12, near=30.0, shown=1.0, seed=seed + 1,
            ),
            tall=True,
        ),
        Layer(
            "Cottonwoods",
            (Plant("willow", 1, {"height": 8.5, "spread": 7.0, "hang": 0.6, "branches": 1300, "leaf": "round", "leaf_length": 0.075, "leaf_droop": 0.5, "twig": 0.45,
                             "trunk": 0.3, "color": (0.15, 0.25, 0.045), "wind": wind}, 0.7 * k, far=0.5,
                   live=True),),
            ScatterParams(
                density=0.02 * d, spacing=4.5, mask="bank", mask_low=0.4, mask_high=0.9, steepest=0.6, clump=26.0, clumping=0.8, smallest=0.4,
                largest=1.1, upright=0.95, tilt=0.08, sink=0.1, near=12.0, shown=1.0, seed=seed + 2,
            ),
            tall=True,
        ),
        Layer(
            "Bushes",
            (Plant("bush", 2, {"height": 1.0, "width": 1.4, "branches": 500, "leaf_length": 0.03, "color": (0.16, 0.2, 0.08), "season": 0.5, "wind": wind},
                   0.25 * k, far=0.5),),
            ScatterParams(
                density=0.08 * d, spacing=1.1, avoid="river", steepest=0.6, patch=20.0, patchiness=0.7, cover=0.5, smallest=0.4, largest=1.3,
                upright=0.8, tilt=0.1, near=15.0, shown=1.0, seed=seed + 3,
            ),
            tall=True,
        ),
        Layer(
            "Bank Grass",
            (Plant("tall_grass", 2, {"color": (0.15, 0.22, 0.05), "dry": 0.3, "blades": 130, "heads": 10, "wind": wind}, 0.2 * k, far=1.0),),
            ScatterParams(
                method="random", density=6.0 * d, mask="bank", mask_low=0.35, mask_high=0.9, steepest=0.7, patch=6.0, patchiness=0.8, cover=0.55,
                smallest=0.5, largest=1.3, upright=0.8, tilt=0.15, near=10.0, reach=90.0, shown=0.05, seed=seed + 4,
            ),
        ),
        Layer(
            "Stones",
            (Plant("desert_boulder", 3, red, 0.2 * k, far=1.0),),
            ScatterParams(
                method="random", density=4.0 * d, steepest=0.8, patch=8.0, patchiness=0.7, cover=0.6, smallest=0.02, largest=0.16, small_many=3.0,
                upright=0.2, tilt=3.0, near=10.0, reach=60.0, shown=0.1, seed=seed + 5,
            ),
        ),
    )  # fmt: skip


def air(recipe: SceneRecipe) -> Air:
    return weathered(
        Air(
            haze=1.4,
            clouds=0.35,
            thick=0.15,
            sunlight=1.5,
            skylight=1.5,
            fog=0.025,
            fog_top=120.0,
            fog_color=(1.0, 0.88, 0.78),
        ),
        recipe,
    )


def wish(recipe: SceneRecipe) -> Wish:
    """On the bank, up the gorge."""
    return Wish(
        mask="bank", mask_low=0.5, sky=0.24, ground=0.66, clear=2.5, sun_side=1.5, pitch=0.1, middle=90.0, lens=24.0, margin=0.12, beyond=True,
        rise=0.6, things=0.08, lowest=-0.6, highest=5.0,
    )  # fmt: skip


CANYON = Biome(
    "canyon",
    "Canyon",
    "A gorge with stepped red walls, a slow green river and falls from its side canyons",
    land,
    cover,
    layers,
    air,
    wish,
    {"canyon": {"time": 9.3, "day": 150, "latitude": 0.63, "wind": 0.3}},
    water=river,
    extra=beyond,
)
