"""Plain: a sea of tall grass, golden on the swells and green in the hollows, acacias here and there, a track of game, a great evening sky."""

from __future__ import annotations

from functools import lru_cache

import bpy
import numpy as np

from ....land_params import ErosionParams
from ...generators.terrain.hills import HILLS, HillParams
from ...materials import MATERIALS
from ...materials.soil import DirtParams
from ...terrain.field import HeightField
from ..forms import eroded, formed, heights_of, wide
from ..ground import Coat, Heights, backdrop, coated, hills, off_winding, smooth, square
from ..recipe import SceneRecipe
from ..scatter import ScatterParams
from ..sky import Air
from ..sources import Plant
from ..viewpoints import Wish
from .base import Biome, Layer, weathered

_KIND = {kind.name: kind for kind in MATERIALS}
FAR = 3900.0  # m that land reaches
TRACK = 0.57  # rad from +Y towards -X that the track runs: the evening sun shines across it from ahead


# Land -----------------------------------------------------------------------------------------------------------------


def heights(recipe: SceneRecipe) -> Heights:
    """Long swells, rolling downs beyond, a low range on the horizon; a track that game has trodden.

    Layers: bare (1 on the track), off_track (m from it), trodden (1 where grass is kept short), verge (1 beside it), lush (1 in hollows), russet, bloom (drifts of flowers), plumes
    (waves of seed heads across the wind), brush (bushes from afar), veiled (how much air lies before it).
    """
    seed = recipe.seed
    open_ = min(recipe.size / 2, 300.0)
    wider = heights_of(_downs(seed, open_))

    def at(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        away = np.hypot(x, y)
        z, _ = wider(x, y)
        swell = hills(x, y, seed + 1, 150.0, 3) * (0.8 + 0.2 * smooth(away, 200.0, 900.0))
        off = _off_track(x, y, seed) + 0.25 * hills(x, y, seed + 2, 3.0, 3)
        bare = smooth(off, 0.95, 0.55)
        tussocks = hills(x, y, seed + 3, 9.0, 5, 0.55) * 0.2 * (1 - 0.7 * bare)
        z = z + swell * 5.0 + tussocks - smooth(off, 1.8, 0.5) * 0.18
        hollow = smooth(swell + 0.35 * hills(x, y, seed + 4, 31.0, 4, 0.6), -0.08, -0.42)
        lush = np.maximum(hollow, 0.55 * smooth(off, 5.0, 1.0))
        russet = smooth(hills(x, y, seed + 5, 44.0, 4, 0.6), 0.12, 0.4) * (1 - lush)
        # Gusts lie across the wind, which blows along X: long crests of pale heads
        gusts = hills(x, 0.36 * y, seed + 6, 15.0, 3, 0.45)
        layers = {
            "bare": bare,
            "off_track": off,
            "trodden": smooth(off, 3.2, 1.3),
            "verge": smooth(off, 0.8, 1.3) * smooth(off, 4.2, 2.0),
            "lush": lush,
            "russet": russet,
            "bloom": smooth(hills(x, y, seed + 7, 23.0, 4, 0.6), 0.14, 0.42) * (1 - bare),
            "plumes": smooth(gusts, 0.0, 0.35) * (1 - lush) * (1 - bare),
            "brush": smooth(hills(x, y, seed + 8, 26.0, 5, 0.75), 0.18, 0.4) * smooth(away, 150.0, 500.0),
            "veiled": 0.4 + 0.2 * smooth(away, 700.0, FAR * 0.95),
        }
        return z, layers

    return at


def _off_track(x: np.ndarray, y: np.ndarray, seed: int) -> np.ndarray:
    """Distance from the middle of the track, m, which winds by two waves."""
    return off_winding(x, y, seed * 11 + 1, TRACK, ((140.0, 8.0), (47.0, 2.2)))


@lru_cache(maxsize=2)
def _downs(seed: int, open_: float) -> HeightField:
    """Downs about an open place, and a range of hills at the edge of sight, with valleys that rain has cut."""
    start = wide(FAR, 360)
    away = np.hypot(*np.moveaxis(start.points()[..., :2], -1, 0))
    apart = smooth(away, open_ * 0.8, open_ + 500.0)
    start = start.with_layers(downs=apart, range=smooth(away, 1700.0, 3300.0))
    common = {"size": 8 * FAR, "hummocks": 0.0}
    downs = HillParams(
        height=34.0, spacing=620.0, stretch=1.8, roundness=0.9, gully=170.0, gully_depth=0.5, rounds=2, mask="downs", seed=seed % 10_000, **common
    )  # fmt: skip
    range_ = HillParams(
        height=230.0, spacing=1100.0, stretch=1.5, roundness=1.2, gully=420.0, gully_depth=0.9, mask="range", seed=(seed + 5) % 10_000, **common
    )  # fmt: skip
    field = formed(start, [(HILLS, downs), (HILLS, range_)])
    return eroded(field, ErosionParams(seed=seed, valleys=0.3, crumbling=0, iterations=40), apart * 0.6)


def land(recipe: SceneRecipe) -> HeightField:
    return square(heights(recipe), recipe.resolution, recipe.size)


STRAW, GREEN, RUSSET, PLUME = (0.4, 0.3, 0.115), (0.16, 0.185, 0.045), (0.34, 0.165, 0.075), (0.5, 0.4, 0.22)


def _tones(dim: float) -> dict[str, tuple[tuple[str, tuple[float, ...]], ...]]:
    """The colours of ground by what grows on it, times a factor."""

    def of(color: tuple[float, ...], more: float = 1.0) -> tuple[float, ...]:
        return tuple(c * dim * more for c in color)

    return {
        name: (("russet", of(RUSSET, k)), ("plumes", of(PLUME, k)), ("lush", of(GREEN, k)))
        for name, k in (("color", 0.85), ("light", 1.1))
    }


def cover(recipe: SceneRecipe) -> bpy.types.Material:
    """Earth under straw and litter, bare on the track."""
    earth = DirtParams(
        color=(0.21, 0.15, 0.068), light=(0.31, 0.24, 0.11), clod=0.04, stones=0.15, roots=1.0, relief=0.02
    )
    tones = _tones(0.6)
    driven = {
        "color": (*tones["color"], ("bare", (0.22, 0.15, 0.09))),
        "light": (*tones["light"], ("bare", (0.33, 0.25, 0.165))),
        "roots": (("bare", 0.4),),
        "stones": (("bare", 0.45),),
    }
    return coated("Plain Ground", (Coat(_KIND["dirt"], earth, driven=driven),))


def distance(recipe: SceneRecipe, field: HeightField) -> list[bpy.types.Object]:
    """Grass to the horizon, in the colours of its blades; bushes as specks; the range blue with air."""
    straw = DirtParams(
        color=tuple(0.8 * c for c in STRAW), light=STRAW, clod=2.2, crumbs=0.4, stones=0.0, roots=0.0, relief=0.0
    )
    tones = _tones(0.85)
    driven = {
        "color": (*tones["color"], ("brush", (0.1, 0.11, 0.035)), ("veiled", (0.2, 0.235, 0.3))),
        "light": (*tones["light"], ("brush", (0.14, 0.14, 0.05)), ("veiled", (0.24, 0.275, 0.34))),
    }
    material = coated("Plain Distance", (Coat(_KIND["dirt"], straw, driven=driven),))
    return [backdrop("Plain Distance", heights(recipe), field.size, FAR, material, around=640, rings=180)]


# Growth ---------------------------------------------------------------------------------------------------------------


def layers(recipe: SceneRecipe) -> tuple[Layer, ...]:
    """Trees and bushes; tall grass of four colours by where it stands, short grass, flowers in drifts and beside the track."""
    d, k, seed, wind = recipe.density, recipe.detail, recipe.seed, recipe.wind
    blades = {"blades": 110, "wind": wind, "width": 0.006}
    grass = {
        "method": "random", "avoid": "trodden", "upright": 0.8, "tilt": 0.16, "near": 8.0, "cull": True, "around": 12.0, "shown": 0.02,
    }  # fmt: skip
    low = {**grass, "avoid": "bare"}
    return (
        Layer(
            "Acacias",
            (Plant("acacia", 2, {"wind": wind}, 0.8 * k, far=0.4, live=True, variation=0.8),),
            ScatterParams(
                density=0.002 * d, spacing=16.0, avoid="trodden", steepest=0.5, clump=90.0, clumping=0.6, smallest=0.45, largest=1.2, upright=1.0,
                tilt=0.03, sink=0.1, near=10.0, reach=2600.0, shown=1.0, seed=seed + 1,
            ),
            tall=True, beyond=0.25,
        ),
        Layer(
            "Bushes",
            (
                Plant(
                    "bush", 2, {"height": 1.3, "width": 2.0, "branches": 600, "leaf_length": 0.04, "color": (0.11, 0.14, 0.05), "season": 0.5,
                                "wind": wind}, 0.25 * k, far=0.5,
                ),
            ),
            ScatterParams(
                density=0.012 * d, spacing=2.2, avoid="trodden", patch=40.0, patchiness=0.9, cover=0.36, clump=12.0, clumping=0.6, smallest=0.4,
                largest=1.3, upright=0.8, tilt=0.08, near=15.0, reach=900.0, shown=1.0, seed=seed + 2,
            ),
            tall=True, beyond=0.3,
        ),
        Layer(
            "Rocks",
            (Plant("boulder", 3, {"color": (0.27, 0.21, 0.16), "moss": 0.0, "lichen": 0.5}, 0.6 * k, far=1.0),),
            ScatterParams(
                density=0.008 * d, spacing=1.0, avoid="bare", patch=30.0, patchiness=0.9, cover=0.25, clump=9.0, clumping=0.9, smallest=0.15,
                largest=1.3, small_many=2.2, upright=0.3, tilt=0.5, sink=0.06, near=30.0, shown=1.0, seed=seed + 3,
            ),
            tall=True,
        ),
        Layer(
            "Straw",
            (
                Plant("tall_grass", 2, {**blades, "color": (0.4, 0.31, 0.11), "dry": 0.8, "heads": 14}, 0.2 * k, far=1.0),
                Plant("tall_grass", 1, {**blades, "color": (0.3, 0.27, 0.09), "dry": 0.5, "heads": 5}, 0.2 * k, far=1.0),
            ),
            ScatterParams(
                density=6.0 * d, patch=8.0, patchiness=0.45, cover=0.75, mask="lush", mask_low=0.9, mask_high=0.2, smallest=0.45, largest=1.15,
                reach=150.0, seed=seed + 4, **grass,
            ),
        ),
        Layer(
            "Green Grass",
            (Plant("tall_grass", 2, {**blades, "color": (0.15, 0.2, 0.04), "dry": 0.2, "heads": 8}, 0.2 * k, far=1.0),),
            ScatterParams(
                density=6.0 * d, mask="lush", mask_low=0.15, mask_high=0.7, smallest=0.4, largest=0.95, reach=150.0, seed=seed + 5, **grass,
            ),
        ),
        Layer(
            "Russet Grass",
            (Plant("tall_grass", 2, {**blades, "color": (0.36, 0.18, 0.075), "dry": 0.35, "heads": 18, "head_color": (0.4, 0.23, 0.14)}, 0.2 * k,
                   far=1.0),),
            ScatterParams(
                density=5.0 * d, mask="russet", mask_low=0.2, mask_high=0.8, smallest=0.55, largest=1.25, reach=150.0, seed=seed + 6, **grass,
            ),
        ),
        Layer(
            "Plumes",
            (Plant("fountain_grass", 2, {**blades, "color": (0.36, 0.3, 0.12), "dry": 0.6, "heads": 26, "head_color": (0.62, 0.5, 0.34),
                                         "plume": 0.5}, 0.2 * k, far=1.0),),
            ScatterParams(
                density=3.0 * d, mask="plumes", mask_low=0.1, mask_high=0.8, smallest=0.6, largest=1.2, reach=150.0, seed=seed + 7, **grass,
            ),
        ),
        Layer(
            "Short Grass",
            (
                Plant("grass", 2, {"blades": 110, "height": 0.2, "color": (0.3, 0.26, 0.09), "dry": 0.6, "wind": wind}, 0.2 * k, far=1.0),
                Plant("grass", 1, {"blades": 110, "height": 0.17, "color": (0.14, 0.19, 0.045), "dry": 0.25, "wind": wind}, 0.2 * k, far=1.0),
            ),
            ScatterParams(
                density=10.0 * d, patch=5.0, patchiness=0.4, cover=0.7, smallest=0.5, largest=1.4, reach=45.0, seed=seed + 8, **low,
            ),
        ),
        Layer(
            "Daisies",
            (Plant("daisy", 2, {"height": 0.55, "leaves": 6}, 0.15 * k, far=1.0),),
            ScatterParams(
                density=1.6 * d, mask="bloom", mask_low=0.3, clump=2.5, clumping=0.7, smallest=0.7, largest=1.2, reach=70.0, seed=seed + 9, **low,
            ),
        ),
        Layer(
            "Coneflowers",
            (
                Plant("coneflower", 1, {"height": 0.75}, 0.15 * k, far=1.0),
                Plant("coneflower", 1, {"height": 0.7, "color": (0.82, 0.52, 0.02), "disc_color": (0.08, 0.04, 0.02)}, 0.15 * k, far=1.0),
            ),
            ScatterParams(
                density=1.1 * d, mask="verge", mask_low=0.1, patch=9.0, patchiness=0.8, cover=0.5, clump=2.0, clumping=0.6, smallest=0.7, largest=1.15,
                reach=70.0, seed=seed + 10, **low,
            ),
        ),
        Layer(
            "Poppies",
            (Plant("poppy", 2, {"height": 0.5}, 0.12 * k, far=1.0),),
            ScatterParams(
                density=0.8 * d, mask="lush", mask_low=0.3, patch=13.0, patchiness=0.9, cover=0.4, clump=3.0, clumping=0.7, smallest=0.7, largest=1.2,
                reach=70.0, seed=seed + 11, **low,
            ),
        ),
    )  # fmt: skip


def air(recipe: SceneRecipe) -> Air:
    return weathered(
        Air(haze=1.6, clouds=0.52, thick=0.2, sunlight=2.2, skylight=1.4, fog_top=120.0, fog_color=(1.0, 0.9, 0.75)), recipe
    )  # fmt: skip


def wish(recipe: SceneRecipe) -> Wish:
    """Along the track under much sky, the sun before and beside."""
    return Wish(
        mask="off_track", mask_low=0.0, mask_high=0.8, follow="off_track", follow_within=1.8, sky=0.47, ground=0.42, clear=4.0, sun_side=1.0,
        pitch=0.0, middle=140.0, eye=1.75, lens=30.0, margin=0.32, beyond=True, rise=0.6, depth_weight=1.2, things=0.14, tries=64,
    )  # fmt: skip


PLAIN = Biome(
    "plain",
    "Plain",
    "A sea of grass with flowers and acacias under a great evening sky",
    land,
    cover,
    layers,
    air,
    wish,
    {"plain": {"time": 16.9, "day": 80, "latitude": -0.05, "wind": 0.6, "size": 320.0}},
    extra=distance,
)
