"""Coast: a sandy bay between cliffs, surf on the beach, grass on the tops and in the dunes, stacks in the sea before the headlands."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import bpy
import numpy as np

from ...generators.terrain.cliffs import CLIFFS
from ...materials import MATERIALS, material_named
from ...materials.rock_layers import StrataParams
from ...materials.soil_loose import SandParams
from ...terrain.field import HeightField
from ..fog import make_fog
from ..forms import formed, heights_of, wide
from ..ground import Coat, Heights, backdrop, coated, hills, smooth, square
from ..recipe import SceneRecipe
from ..scatter import ScatterParams
from ..sky import Air
from ..sources import Plant
from ..surf import Line, SurfParams, surf_sheet
from ..viewpoints import Wish
from .base import Biome, Layer, weathered

_KIND = {kind.name: kind for kind in MATERIALS}
REACH = 1500.0
POINTS = 560  # along a side of the wide land
FOOT = 62.0  # m, where the cliffs stand behind the middle of the bay
DRY_SAND, DRY_DARK = (0.5, 0.405, 0.285), (0.33, 0.26, 0.18)
WET_SAND, WET_DARK = (0.17, 0.13, 0.09), (0.11, 0.085, 0.06)


@lru_cache(maxsize=2)
def _cliffs(seed: int) -> tuple[HeightField, float, float]:
    """The coast of cliffs with its steepness as the layer `steep`, and the place (m) in it of a bay's innermost point."""
    params = replace(
        CLIFFS.params(), size=REACH * 2.0, height=46.0, bays=430.0, swing=175.0, ragged=0.6, lean=0.24, beach=0.0, stacks=0.75, slope=0.035, beds=4.5,
        stepped=0.75, depth=14.0, waves=7.0, fallen=0.3, seed=seed % 10_000,
    )  # fmt: skip
    field = formed(wide(REACH, POINTS), [(CLIFFS, params)])
    field = field.with_layers(steep=field.slope())
    shore = _shore(field)
    along = np.linspace(-REACH, REACH, POINTS)
    near = max(1, int(90.0 / field.step))
    smoothed = np.convolve(
        np.pad(shore, near, "edge"), np.hanning(2 * near + 1) / np.hanning(2 * near + 1).sum(), "valid"
    )
    away = int(260.0 / field.step)
    depth = smoothed - 0.5 * (np.roll(smoothed, away) + np.roll(smoothed, -away))
    depth[np.abs(along) > REACH * 0.6] = -np.inf
    best = int(depth.argmax())
    return field, float(along[best]), float(smoothed[best])


def _shore(field: HeightField) -> np.ndarray:
    """y (m) at which the land ends, for every column: the last low point seen from inland."""
    low = field.heights < 2.0
    last = field.count - 1 - low[::-1].argmax(axis=0)
    return field.points()[last, np.arange(field.count), 1]


def waterline(recipe: SceneRecipe) -> Line:
    """y (m) of the beach's edge at x: a crescent, a little uneven."""

    def at(x: np.ndarray) -> np.ndarray:
        return (
            -2.0
            - 34.0 * (1.0 - np.exp(-((x / 175.0) ** 2)))
            + hills(x, np.zeros_like(x), recipe.seed + 1, 70.0, 2) * 2.6
        )

    return at


def heights(recipe: SceneRecipe) -> Heights:
    """Sea towards -Y, a beach along a bay with dunes behind, cliffs on either side.

    Layers: beach (1 on wet sand), film (1 where the last wave ran), dune (1 on the dunes), ground (1 off the sand), rock (1 on cliffs),
    strand (1 where one stands to look along the beach), walk (m from the sand between there and the water).
    """
    seed = recipe.seed
    field, bay_x, bay_y = _cliffs(seed)
    wide_land, line = heights_of(field, ("steep",)), waterline(recipe)
    near = min(1.0, recipe.size / 140.0)  # a small square has room for the water's edge only

    def at(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        high, layers = wide_land(x + bay_x, y + bay_y - FOOT)
        steep = layers["steep"]
        # In the middle of the bay a valley comes down to the beach.
        mouth = np.exp(-(((x - 12.0 * np.sin(seed)) / 105.0) ** 2)) * smooth(high, 0.0, 3.0)
        ramp = np.clip(y - FOOT + 12.0, 0.0, None) * 0.16
        ramp = ramp + hills(x, y, seed + 2, 60.0, 4) * 3.0 * smooth(y, FOOT - 10, FOOT + 60)
        # What would stand as a stack within the bay is a reef that the swell breaks on.
        reef = hills(x, y, seed + 11, 9.0, 4) * 1.3 - 0.7
        ramp = ramp + (reef - ramp) * smooth(y, FOOT - 62.0, FOOT - 80.0)
        high = high + (np.minimum(ramp, high) - high) * mouth
        steep = steep * (1.0 - mouth)
        cliff = smooth(steep, 0.5, 0.85) * smooth(high, -2.0, 2.0)
        high = (
            high
            + cliff * (hills(x, y, seed + 3, 13.0, 5, 0.55) * 2.4)
            + smooth(high, 3.0, 8.0) * hills(x, y, seed + 4, 9.0, 5, 0.5) * 0.5
        )
        s = y - line(x)
        off = np.minimum(s, 0.0)
        beach = np.clip(s, 0.0, 34.0) * 0.05 + off * 0.034 - 0.0009 * off**2 + hills(x, y, seed + 5, 19.0, 3) * 0.06
        cusps = hills(x, s * 0.35, seed + 6, 11.0, 2) * 0.09 * smooth(s, -4.0, 6.0) * smooth(s, 30.0, 16.0)
        dune = smooth(s + hills(x, y, seed + 7, 26.0, 2) * 6.0, 19.0, 33.0) * smooth(np.abs(x), 210.0, 130.0)
        bumps = hills(x, y, seed + 8, 17.0, 4, 0.45)
        beach = beach + cusps + dune * (1.0 + bumps * 1.7)
        beach = beach - smooth(s, 62.0, 120.0) * 6.0
        z = 0.5 * (high + beach + np.sqrt((high - beach) ** 2 + 1.2))
        z = z + hills(x, y, seed + 9, 1.5, 3) * 0.02
        mine = smooth(high - beach, -0.2, 1.2)
        wash = 0.26 + 0.22 * hills(x, np.zeros_like(x), seed + 10, 21.0, 3)
        return z, {
            "beach": smooth(z, wash + 0.5, wash + 0.2),
            "film": smooth(z, wash + 0.12, wash - 0.06),
            "dune": dune * (1.0 - mine),
            "ground": mine * smooth(s, 15.0, 30.0),
            "rock": cliff * mine,
            "strand": smooth(s, 16.0 * near, 18.5 * near) * smooth(s, 28.0 * near, 25.0 * near),
            "walk": np.maximum(np.abs(s - 10.0 * near) - 7.0 * near, 0.0),
        }

    return at


def land(recipe: SceneRecipe) -> HeightField:
    return square(heights(recipe), recipe.resolution, recipe.size)


def cover(recipe: SceneRecipe) -> bpy.types.Material:
    """Sand: mirror-wet where the last wave ran, dark above it, then dry and rippled; turf where the land rises."""
    dry = SandParams(color=DRY_SAND, dark=DRY_DARK, ripple=0.13, ripples=0.0065, direction=1.2, waviness=0.9)
    driven = {
        "color": (("beach", WET_SAND),),
        "dark": (("beach", WET_DARK),),
        "roughness": (("beach", 0.34), ("film", 0.09)),
        "ripples": (("beach", 0.0015), ("film", 0.0004)),
        "sparkle": (("beach", 0.05),),
    }
    return coated("Beach", (Coat(_KIND["sand"], dry, driven=driven), Coat(_KIND["land"], _turf(), "ground")))


def _turf() -> object:
    base = material_named("land").presets["coast_land"]
    return replace(
        base,
        grass=(0.082, 0.115, 0.03),
        dry=(0.25, 0.205, 0.095),
        beach=1.0,
        sand=DRY_SAND,
        dryness=0.45,
        size=14.0,
        steep=0.7,
    )


def headland(recipe: SceneRecipe, field: HeightField) -> list[bpy.types.Object]:
    strata = StrataParams(
        color=(0.235, 0.19, 0.145), hard=(0.35, 0.295, 0.23), iron=(0.25, 0.155, 0.095), bed=2.6, dip=0.16, fold=0.35, ledge=0.7, gullies=0.6, scree=0.1,
    )  # fmt: skip
    material = coated(
        "Coast Distance",
        (Coat(_KIND["land"], _turf()), Coat(_KIND["mountain_strata"], strata, "rock", ragged=0.2)),
    )
    return [backdrop("Coast Distance", heights(recipe), field.size, REACH * 0.85, material, around=800, rings=190)]


def sea(recipe: SceneRecipe, field: HeightField) -> list[bpy.types.Object]:
    """The sea to the horizon with surf on the beach, and the haze that lies over it."""
    sheet = surf_sheet("Sea", waterline(recipe), heights(recipe), SurfParams(), recipe.seed)
    haze = Air(fog=0.009, fog_top=140.0, fog_color=(0.93, 0.95, 1.0), forward=0.5)
    fog = make_fog("Sea Haze", haze, (0.0, 0.0, 0.0), 2800.0)
    return [sheet] if fog is None else [sheet, fog]


def layers(recipe: SceneRecipe) -> tuple[Layer, ...]:
    d, k, seed, wind = recipe.density, recipe.detail, recipe.seed, recipe.wind
    marram = {
        "color": (0.2, 0.235, 0.1),
        "dry": 0.45,
        "blades": 170,
        "heads": 9,
        "height": 0.75,
        "spread": 0.75,
        "radius": 0.11,
        "wind": wind,
    }
    stone = {"moss": 0.0, "lichen": 0.12, "color": (0.19, 0.168, 0.145)}
    return (
        Layer(
            "Rocks",
            (Plant("erratic", 2, stone, 0.8 * k, far=1.0), Plant("crag", 2, stone | {"height": 1.5, "wear": 0.12}, 0.8 * k, far=1.0)),
            ScatterParams(
                density=0.16 * d, spacing=0.7, lowest=-0.7, highest=1.1, soft=0.3, patch=38.0, patchiness=1.0, cover=0.16, clump=9.0, clumping=0.95,
                smallest=0.12, largest=1.3, small_many=1.5, upright=0.3, tilt=0.35, sink=0.12, near=30.0, shown=1.0, seed=seed + 2,
            ),
            tall=True,
        ),
        Layer(
            "Marram",
            (Plant("tall_grass", 3, marram, 0.2 * k, far=1.0),),
            ScatterParams(
                method="random", density=13.0 * d, mask="dune", mask_low=0.25, mask_high=0.8, patch=6.0, patchiness=0.75, cover=0.6, clump=1.5,
                clumping=0.65, smallest=0.5, largest=1.25, upright=0.8, tilt=0.15, near=10.0, reach=130.0, shown=0.05, seed=seed + 3,
            ),
        ),
        Layer(
            "Turf",
            (Plant("grass", 2, {"dry": 0.4, "wind": wind}, 0.2 * k, far=1.0), Plant("tall_grass", 1, marram | {"height": 0.5}, 0.2 * k, far=1.0)),
            ScatterParams(
                method="random", density=7.0 * d, mask="ground", mask_low=0.5, mask_high=1.0, steepest=0.8, patch=5.0, patchiness=0.5, cover=0.75,
                smallest=0.6, largest=1.6, upright=0.8, tilt=0.15, near=10.0, reach=120.0, shown=0.03, seed=seed + 4,
            ),
        ),
        Layer(
            "Gorse",
            (Plant("bush", 2, {"height": 1.0, "width": 1.8, "branches": 500, "leaf_length": 0.03, "color": (0.07, 0.12, 0.035), "season": 0.5,
                               "wind": wind}, 0.25 * k, far=0.5),),
            ScatterParams(
                density=0.06 * d, spacing=1.4, mask="ground", mask_low=0.6, mask_high=1.0, steepest=0.8, patch=24.0, patchiness=0.9, cover=0.45,
                smallest=0.4, largest=1.3, upright=0.7, tilt=0.1, near=15.0, shown=1.0, seed=seed + 5,
            ),
            tall=True,
        ),
        Layer(
            "Pebbles",
            (Plant("erratic", 3, {"moss": 0.0, "lichen": 0.0, "color": (0.29, 0.265, 0.235), "wear": 0.5}, 0.15 * k, far=1.0),),
            ScatterParams(
                method="random", density=14.0 * d, lowest=0.25, highest=1.3, soft=0.4, patch=9.0, patchiness=1.0, cover=0.25, clump=3.0, clumping=0.95,
                smallest=0.01, largest=0.075, small_many=3.0, upright=0.0, tilt=1.0, near=10.0, reach=45.0, shown=0.1, seed=seed + 6,
            ),
        ),
        Layer(
            "Shells",
            (Plant("scallop", 2, {}, 0.2 * k, far=1.0), Plant("conch", 1, {}, 0.2 * k, far=1.0)),
            ScatterParams(
                density=0.4 * d, spacing=0.3, lowest=0.3, highest=1.1, soft=0.3, clump=4.0, clumping=0.8, smallest=0.4, largest=0.9, upright=0.0,
                tilt=0.4, near=10.0, reach=40.0, shown=0.3, seed=seed + 8,
            ),
        ),
    )  # fmt: skip


def air(recipe: SceneRecipe) -> Air:
    return weathered(Air(haze=1.0, clouds=0.5, thick=0.2, sunlight=2.2, skylight=1.2, fog=0.0, warmth=0.22), recipe)


def wish(recipe: SceneRecipe) -> Wish:
    """On the strand, along the water's edge, to the headland."""
    return Wish(
        mask="strand", mask_low=0.5, sky=0.45, ground=0.45, clear=2.5, sun_side=1.75, pitch=0.0, middle=150.0, lens=28.0, margin=0.12, beyond=True,
        rise=0.3, things=0.0, water=1.0, follow="walk", follow_within=0.6,
    )  # fmt: skip


COAST = Biome(
    "coast",
    "Coast",
    "A sandy bay between cliffs, with surf, dunes and sea stacks",
    land,
    cover,
    layers,
    air,
    wish,
    {"coast": {"time": 14.5, "day": 315, "latitude": 0.87, "wind": 0.8}},
    water=sea,
    extra=headland,
)
