"""Desert: saguaros, palo verdes and brittlebush along a dry wash under mesas, late in the afternoon."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import bpy
import numpy as np

from ....land_params import ErosionParams
from ...generators.terrain.mesa import MESA, MesaParams
from ...materials import MATERIALS
from ...materials.rock_layers import StrataParams
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
NEAR, FAR = 1700.0, 3900.0  # m that land reaches: finely, and at all
EVENING, VIEW = (
    slice(9, 14),
    slice(17, 22),
)  # of 24 ways from +X to +Y: where the sun goes down, and where it lights what is seen
WASH = 0.35  # rad from +Y towards -X that the wash runs: towards what the evening sun lights


# Land -----------------------------------------------------------------------------------------------------------------


def heights(recipe: SceneRecipe) -> Heights:
    """Stony ground that falls gently, a dry wash, tracks of rain; mesas beyond it.

    Layers: wash (1 on the bed of the dry stream), off_wash (m from it), bank (1 along it), sandy, dark (desert pavement), brush (how grown over
    the distance is), rock (1 on walls), veiled (how much air lies before it).
    """
    seed, clear = recipe.seed, _clear(recipe.size)
    near, far = (heights_of(field, ("rock",)) for field in _mesas(seed, clear))

    def at(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        away = np.hypot(x, y)
        beyond = smooth(away, clear * 0.7, clear)
        # Cliffs are ragged more finely than the grid of land forms says: places are moved a little
        ragged = [
            beyond * (4.5 * hills(x, y, seed + k, 34.0, 3, 0.6) + 1.6 * hills(x, y, seed + k + 1, 9.0, 2))
            for k in (20, 22)
        ]
        px, py = x + ragged[0], y + ragged[1]
        outer = smooth(np.maximum(abs(px), abs(py)), NEAR - 250.0, NEAR - 50.0)
        z, named = near(px, py)
        wider, others = far(px, py)
        z = z * (1 - outer) + wider * outer
        rock = (named["rock"] * (1 - outer) + others["rock"] * outer) * beyond
        off = _off_wash(x, y, seed) + 1.1 * hills(x, y, seed + 3, 11.0, 3)
        bed = smooth(off, 4.2, 2.2)
        dip = smooth(off, 5.0, 2.6) * 0.75 + smooth(off, 16.0, 4.0) * 0.5
        bars = hills(x * 2.6, y * 0.5, seed + 4, 7.0, 3) * 0.14 * bed
        rills = smooth(np.abs(hills(x, y, seed + 5, 46.0, 3)), 0.035, 0.0) * (1 - bed)
        swell = hills(x, y, seed + 1, 120.0, 3) * 2.0
        rubble = (hills(x, y, seed + 2, 8.0, 5, 0.5) * 0.24) * (1 - bed) * (1 - 0.7 * rills)
        fade = smooth(away, FAR * 0.5, clear * 1.5)
        z = z + (swell + rubble - rills * 0.16) + (bars - dip) * fade
        pale = smooth(hills(x, y, seed + 7, 34.0, 4), 0.1, 0.45) * 0.75
        layers = {
            "wash": bed,
            "off_wash": off,
            "bank": smooth(off, 3.4, 5.0) * smooth(off, 17.0, 8.0),
            "sandy": np.maximum(np.maximum(pale, bed), rills * 0.8) * (1 - rock),
            "dark": smooth(hills(x, y, seed + 8, 21.0, 4, 0.6), 0.08, 0.4) * (1 - bed) * (1 - rills),
            "brush": smooth(hills(x, y, seed + 9, 7.0, 4, 0.75), -0.05, 0.25)
            * smooth(away, clear * 0.3, clear)
            * (1 - rock),
            "rock": rock,
            "veiled": 0.42 + 0.12 * smooth(away, 500.0, FAR),
        }
        return z, layers

    return at


def _clear(size: float) -> float:
    """Up to how far from the middle, m, no mesa stands."""
    return min(size / 2, 300.0) + 260.0


def _off_wash(x: np.ndarray, y: np.ndarray, seed: int) -> np.ndarray:
    """Distance from the middle of the dry stream, m, which winds by two waves."""
    return off_winding(x, y, seed * 7 + 3, WASH, ((170.0, 13.0), (64.0, 4.2)))


@lru_cache(maxsize=2)
def _mesas(seed: int, clear: float) -> tuple[HeightField, HeightField]:
    """Mesas about an open place, worn by weather: finely up to NEAR, coarsely up to FAR. Layer: rock."""
    form = MesaParams(
        size=8 * FAR, height=165.0, spacing=640.0, coverage=0.3, ragged=0.45, uneven=0.5, cliff=0.62, ledges=17.0, waves=2.0,
        rounds=3, seed=seed % 10_000,
    )  # fmt: skip
    form = replace(form, place=(*_open_place(form, clear), 0.0))
    weather = ErosionParams(seed=seed, valleys=0.25, talus=1.1, crumbling=6, iterations=40)
    fields = []
    for reach, count in ((NEAR, 440), (FAR, 220)):
        start = wide(reach, count)
        away = np.hypot(*np.moveaxis(start.points()[..., :2], -1, 0))
        apart = smooth(away, clear * 0.85, clear * 1.1)
        field = formed(start.with_layers(apart=apart), [(MESA, replace(form, mask="apart"))])
        field = eroded(field, weather, apart * 0.5) if reach == NEAR else field
        slope = np.hypot(*np.gradient(field.heights, field.step))
        fields.append(HeightField(field.heights, field.size, field.center, {"rock": smooth(slope, 0.42, 0.75)}))
    return fields[0], fields[1]


def _open_place(form: MesaParams, clear: float) -> tuple[float, float]:
    """How to move the form so that the middle has room, mesas stand about it on some sides, and none shades it in the evening: the best of many
    places."""
    coarse = formed(wide(FAR, 130), [(MESA, replace(form, rounds=0))])
    points = coarse.points()[::2, ::2].reshape(-1, 3)
    tall = points[points[:, 2] > 25.0]
    best, found = -np.inf, (0.0, 0.0)
    for x in np.linspace(-FAR / 2, FAR / 2, 27):
        for y in np.linspace(-FAR / 2, FAR / 2, 27):
            to = tall - (x, y, 0.0)
            away = np.hypot(to[:, 0], to[:, 1])
            around = np.zeros(24)  # how high the skyline stands each way, rad
            way = ((np.arctan2(to[:, 1], to[:, 0]) / (2 * np.pi)) % 1.0 * 24).astype(int) % 24
            within = away < 1600.0
            np.maximum.at(around, way[within], to[within, 2] / np.maximum(away[within], 1.0))
            inside = (away < clear * 1.15).sum()
            skyline = np.clip(around, 0.0, 0.17)
            score = (
                skyline.mean()
                + skyline.std()
                + skyline[VIEW].mean()
                - 0.03 * inside
                - np.clip(around[EVENING] - 0.1, 0.0, 0.3).sum()
            )
            if score > best:
                best, found = score, (-float(x), -float(y))
    return found


def land(recipe: SceneRecipe) -> HeightField:
    return square(heights(recipe), recipe.resolution, recipe.size)


EARTH = DirtParams(
    color=(0.29, 0.165, 0.095), light=(0.41, 0.27, 0.17), clod=0.05, stones=0.85, roots=0.35, relief=0.022
)  # fmt: skip
PALE, PALER = (0.43, 0.3, 0.195), (0.53, 0.395, 0.27)


def cover(recipe: SceneRecipe) -> bpy.types.Material:
    """Stony earth: paler where water ran, darker where wind has left a pavement of stones."""
    driven = {
        "stones": (("sandy", 0.25), ("dark", 1.0)),
        "color": (("sandy", PALE), ("dark", (0.2, 0.115, 0.075))),
        "light": (("sandy", PALER), ("dark", (0.3, 0.19, 0.125))),
        "crumbs": (("sandy", 0.3),),
    }
    return coated("Desert Ground", (Coat(_KIND["dirt"], EARTH, driven=driven),))


def mesas(recipe: SceneRecipe, field: HeightField) -> list[bpy.types.Object]:
    """The land beyond the square, out to the horizon."""
    earth = replace(EARTH, clod=1.6, stones=0.4, roots=0.0, relief=0.0)
    driven = {
        "color": (("sandy", PALE), ("brush", (0.12, 0.115, 0.06)), ("veiled", (0.3, 0.29, 0.31))),
        "light": (("sandy", PALER), ("brush", (0.2, 0.17, 0.09)), ("veiled", (0.36, 0.35, 0.37))),
    }
    faded = dict.fromkeys(("color", "hard", "iron"), (("veiled", (0.4, 0.36, 0.38)),))
    strata = StrataParams(
        color=(0.34, 0.185, 0.115), hard=(0.45, 0.29, 0.19), iron=(0.3, 0.125, 0.07), bed=5.5, fold=0.12, dip=0.02, gullies=0.75, ledge=2.6,
        scree=0.45,
    )  # fmt: skip
    material = coated(
        "Desert Distance",
        (
            Coat(_KIND["dirt"], earth, driven=driven),
            Coat(_KIND["mountain_strata"], strata, "rock", ragged=0.25, driven=faded),
        ),
    )
    return [backdrop("Desert Distance", heights(recipe), field.size, FAR, material, around=960, rings=280)]


# Growth ---------------------------------------------------------------------------------------------------------------


def layers(recipe: SceneRecipe) -> tuple[Layer, ...]:
    """Cacti by their size, small trees along the wash, shrubs, dry grass, stones."""
    d, k, seed, wind = recipe.density, recipe.detail, recipe.seed, recipe.wind
    few_spines = {"spines": 3, "centrals": 1, "spacing": 0.09}  # a scene shows them from afar
    column = {**few_spines, "color": (0.12, 0.17, 0.085), "furrow_color": (0.075, 0.125, 0.06)}
    tan = {"color": (0.3, 0.2, 0.135)}
    return (
        Layer(
            "Saguaros",
            (
                Plant("saguaro", 3, column, 0.22 * k, far=1.0),
                Plant("saguaro", 1, {**column, "arms": 0, "height": 2.6}, 0.22 * k, far=1.0),
                Plant("flowering_saguaro", 1, column, 0.22 * k, far=1.0),
            ),
            ScatterParams(
                density=0.011 * d, spacing=6.5, avoid="wash", steepest=0.5, clump=38.0, clumping=0.55, smallest=0.5, largest=1.6,
                upright=1.0, tilt=0.03, sink=0.08, near=30.0, reach=1300.0, shown=1.0, seed=seed + 1,
            ),
            tall=True, beyond=0.35,
        ),
        Layer(
            "Palo Verdes",
            (
                Plant(
                    "bush", 2, {"height": 3.6, "width": 4.6, "stems": 4, "branches": 1100, "stem": 0.05, "leaf_length": 0.034, "leaf_density": 1.0,
                                "gnarl": 0.7, "lift": 0.35, "color": (0.19, 0.22, 0.055), "season": 0.5, "wind": wind}, 0.3 * k, far=0.5,
                ),
            ),
            ScatterParams(
                density=0.012 * d, spacing=6.0, mask="bank", mask_low=0.1, avoid="wash", steepest=0.5, clump=24.0, clumping=0.5, smallest=0.5,
                largest=1.15, upright=0.95, tilt=0.06, sink=0.04, near=25.0, reach=700.0, shown=1.0, seed=seed + 9,
            ),
            tall=True, beyond=0.1,
        ),
        Layer(
            "Boulders",
            (Plant("desert_boulder", 4, {**tan, "bedding": 0.6}, 0.8 * k, far=1.0),),
            ScatterParams(
                density=0.06 * d, spacing=0.9, patch=26.0, patchiness=0.9, cover=0.32, clump=7.0, clumping=0.85, smallest=0.14, largest=1.35,
                small_many=2.8, upright=0.3, tilt=0.5, sink=0.08, near=30.0, shown=1.0, seed=seed + 2,
            ),
            tall=True,
        ),
        Layer(
            "Prickly Pears",
            (
                Plant("prickly_pear", 2, {"spines": 2, "tufts": 16, "ages": 4}, 0.25 * k, far=1.0),
                Plant("purple_prickly_pear", 1, {"spines": 2, "tufts": 16, "ages": 4}, 0.25 * k, far=1.0),
            ),
            ScatterParams(
                density=0.045 * d, spacing=1.4, avoid="wash", steepest=0.7, patch=18.0, patchiness=0.85, cover=0.4, smallest=0.6, largest=1.5,
                upright=0.8, tilt=0.08, sink=0.02, near=20.0, shown=1.0, seed=seed + 3,
            ),
            tall=True,
        ),
        Layer(
            "Barrels",
            (Plant("golden_barrel", 1, {}, 0.3 * k, far=1.0), Plant("fishhook_barrel", 1, {}, 0.3 * k, far=1.0)),
            ScatterParams(
                density=0.035 * d, spacing=0.6, avoid="wash", steepest=0.7, clump=9.0, clumping=0.85, smallest=0.5, largest=1.4, upright=0.8,
                tilt=0.12, sink=0.02, near=20.0, shown=0.6, seed=seed + 4,
            ),
        ),
        Layer(
            "Agaves",
            (Plant("agave", 2, {}, 0.3 * k, far=1.0), Plant("artichoke_agave", 1, {}, 0.3 * k, far=1.0)),
            ScatterParams(
                density=0.06 * d, spacing=1.0, avoid="wash", steepest=0.7, patch=16.0, patchiness=0.7, cover=0.45, clump=6.0, clumping=0.6,
                smallest=0.5, largest=1.4, upright=0.6, tilt=0.12, near=20.0, shown=0.6, seed=seed + 5,
            ),
        ),
        Layer(
            "Brittlebush",
            (
                Plant(
                    "bush", 2, {"height": 0.6, "width": 0.95, "stems": 14, "branches": 420, "leaf_density": 0.95, "leaf_length": 0.034,
                                "color": (0.27, 0.29, 0.2), "flower": (0.82, 0.55, 0.04), "blossom": 0.25, "season": 0.25, "wind": wind},
                    0.25 * k, far=0.6,
                ),
            ),
            ScatterParams(
                density=0.16 * d, spacing=0.8, avoid="wash", steepest=0.7, patch=22.0, patchiness=0.8, cover=0.42, clump=5.0, clumping=0.5,
                smallest=0.4, largest=1.15, upright=0.8, tilt=0.1, near=15.0, reach=260.0, shown=0.8, seed=seed + 10,
            ),
        ),
        Layer(
            "Creosote",
            (
                Plant(
                    "bush", 3, {"height": 1.2, "width": 1.5, "branches": 420, "leaf_density": 0.95, "leaf_length": 0.03, "lift": 0.6,
                                "color": (0.15, 0.165, 0.06), "season": 0.5, "wind": wind}, 0.25 * k, far=0.6,
                ),
            ),
            ScatterParams(
                density=0.1 * d, spacing=1.5, avoid="wash", steepest=0.6, patch=40.0, patchiness=0.4, cover=0.65, smallest=0.4, largest=1.25,
                upright=0.85, tilt=0.1, near=15.0, reach=750.0, shown=0.8, seed=seed + 6,
            ),
            beyond=0.35,
        ),
        Layer(
            "Dry Grass",
            (
                Plant("grass", 2, {"dry": 1.0, "blades": 90, "color": (0.42, 0.34, 0.16), "height": 0.28, "wind": wind}, 0.2 * k, far=1.0),
                Plant("fountain_grass", 1, {"dry": 0.9, "blades": 120, "heads": 12, "wind": wind}, 0.2 * k, far=1.0),
            ),
            ScatterParams(
                density=1.3 * d, spacing=0.3, avoid="wash", steepest=0.8, patch=15.0, patchiness=0.85, cover=0.5, smallest=0.4, largest=1.3,
                upright=0.7, tilt=0.15, near=15.0, reach=140.0, shown=0.2, seed=seed + 7,
            ),
        ),
        Layer(
            "Stones",
            (Plant("desert_boulder", 4, {"color": (0.37, 0.28, 0.21)}, 0.2 * k, far=1.0),),
            ScatterParams(
                method="random", density=6.0 * d, patch=9.0, patchiness=0.8, cover=0.55, smallest=0.01, largest=0.13, small_many=3.8,
                upright=0.2, tilt=3.0, near=10.0, reach=75.0, shown=0.05, seed=seed + 8,
            ),
        ),
    )  # fmt: skip


def air(recipe: SceneRecipe) -> Air:
    return weathered(
        Air(
            haze=1.3,
            clouds=0.4,
            thick=0.1,
            sunlight=2.5,
            skylight=1.5,
            fog_top=260.0,
            fog_color=(1.0, 0.9, 0.8),
        ),
        recipe,
    )


def wish(recipe: SceneRecipe) -> Wish:
    """From the bank along the dry wash to the mesas, the sun from the side."""
    return Wish(
        mask="off_wash", mask_low=2.5, mask_high=8.0, follow="off_wash", follow_within=6.0, sky=0.45, ground=0.42, clear=4.0, sun_side=2.0,
        pitch=0.0, middle=150.0, eye=1.9, lens=30.0, margin=0.15, depth_weight=0.8, beyond=True, rise=2.2, tries=64,
    )  # fmt: skip


DESERT = Biome(
    "desert",
    "Desert",
    "Saguaros and brittlebush along a dry wash under mesas",
    land,
    cover,
    layers,
    air,
    wish,
    {"desert": {"time": 17.4, "day": 120, "latitude": 0.56, "wind": 0.3}},
    extra=mesas,
)
