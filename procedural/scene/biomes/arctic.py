"""Arctic: a frozen fjord under a low sun; wind-carved snow, blue ice heaped where floes have met, bergs held fast, a glacier between dark peaks."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import bpy
import numpy as np

from ....land_params import ErosionParams
from ...generators.terrain.glacier import GLACIER
from ...generators.terrain.mountains import MOUNTAINS
from ...materials import MATERIALS, make
from ...materials.frozen import IceParams, SnowParams
from ...materials.land import LandParams
from ...materials.layers import add_layer
from ...terrain.field import HeightField
from ..distance import aerial, fineness
from ..floes import floe_ridge, ice_bergs
from ..forms import eroded, formed, heights_of, wide
from ..ground import Coat, Heights, backdrop, coated, hills, smooth, square
from ..recipe import SceneRecipe
from ..scatter import ScatterParams
from ..sky import Air
from ..snow_cover import KEEP_KEY, LYING, LyingParams
from ..sources import Plant
from ..viewpoints import Wish
from .base import Biome, Layer, weathered

_KIND = {kind.name: kind for kind in MATERIALS}
REACH = 5200.0  # m, of the land each way
GLACIER_AT = 2900.0  # m to the middle of the glacier
WIND = 0.55  # where the wind blows to, from +X to +Y, rad


def bearing(seed: int) -> float:
    """Where the glacier comes from as seen from the ice, from +Y by +X, rad."""
    return float(np.random.default_rng(seed + 91).uniform(-0.3, 0.3))


@lru_cache(maxsize=2)
def shores(seed: int, half: float, count: int) -> HeightField:
    """The wide land: sea ice at 0 m, peaks about it, a glacier that comes down between them. Layers: snow, sediment (m), range."""
    along = np.linspace(-REACH, REACH, count)
    x, y = np.meshgrid(along, along)
    away, ahead = np.hypot(x, y), bearing(seed)
    off = np.arctan2(x, y) - ahead
    off = np.abs((off + np.pi) % (2.0 * np.pi) - np.pi)
    # The fjord is open to the south: there peaks stand far off.
    shore = half + 850.0 + 1400.0 * smooth(off, 0.9, 2.6) + hills(x, y, seed + 2, 1100.0, 4) * 380.0
    range_ = smooth(away, shore, shore + 1300.0) * (
        0.2 + 0.8 * smooth(off, 1.35, 0.75)
    )  # low where the evening sun stands
    ground = replace(wide(REACH, count, range=range_), heights=smooth(away, shore - 150.0, shore + 900.0) * 150.0 - 6.0)
    peaks = replace(
        MOUNTAINS.presets["jagged_peaks"], size=2.0 * REACH, height=900.0, spacing=1250.0, ranges=0.2, mask="range", seed=seed % 10_000
    )  # fmt: skip
    tongue = replace(
        GLACIER.presets["glacier"], size=3600.0, width=820.0, fall=0.13, swing=200.0, mountains=560.0, crevasse=46.0, crevasse_depth=20.0,
        place=(GLACIER_AT * np.sin(ahead), GLACIER_AT * np.cos(ahead), 215.0), turn=-ahead, blend="higher", margin=0.35, seed=seed % 10_000,
    )  # fmt: skip
    weather = ErosionParams(
        seed=seed, valleys=0.25, talus=0.95, crumbling=10, iterations=40, snow=0.9, snow_line=0.1, sea_level=0.0, wind=WIND
    )  # fmt: skip
    raised = formed(ground, [(MOUNTAINS, peaks), (GLACIER, tongue)])
    ice = raised.layers.get("snow", np.zeros_like(raised.heights))
    worn = eroded(raised, weather, range_ * (1.0 - smooth(ice, 0.1, 0.4)))
    return worn.with_layers(snow=np.maximum(worn.layers["snow"], ice * 2.0))


def sastrugi(x: np.ndarray, y: np.ndarray, seed: int) -> np.ndarray:
    """Snow that wind has carved, m: long ridges along it, steep and undercut against it, gentle behind."""
    c, s = np.cos(WIND), np.sin(WIND)
    u, v = x * c + y * s, y * c - x * s
    v = v + hills(x, y, seed + 31, 17.0, 3) * 1.8
    u = u + hills(v, u, seed + 32, 7.0, 2) * 2.5
    total = np.zeros(np.shape(x))
    for long, wide_, height, salt in ((22.0, 5.5, 0.34, 33), (9.0, 2.3, 0.17, 34)):
        ridge = hills(u / long * wide_, v, seed + salt, wide_, 3, 0.45)
        # Steeper against the wind: the pattern leans by its own height.
        leaning = hills((u + ridge * long * 0.12) / long * wide_, v, seed + salt, wide_, 3, 0.45)
        total += height * np.maximum(leaning + 0.1, 0.0) ** 1.4 * 1.6
    return total


def heights(recipe: SceneRecipe) -> Heights:
    """The wide land with wind-carved snow, ponds of bare ice and small rises on it.

    Layers: ice (1 on bare ice), rise (1 on rocky rises), stand (1 where a camera stands), behind (hundredths of the way back from the middle),
    snow, sediment (m).
    """
    seed, half = recipe.seed, recipe.size / 2
    ground = heights_of(shores(seed, half, fineness(recipe, 480)), ("snow", "sediment", "slope", "range"))
    ahead = bearing(seed)

    def at(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        z, told = ground(x, y)
        away = np.hypot(x, y)
        land = smooth(told["range"], 0.0, 0.08)
        along, across = x * np.sin(ahead) + y * np.cos(ahead), x * np.cos(ahead) - y * np.sin(ahead)
        pond = smooth(hills(x, y, seed + 3, 46.0, 3, 0.45), 0.16, 0.3)
        rise = (
            smooth(hills(x, y, seed + 4, 90.0, 3) + np.abs(across) / half * 0.5 - 0.3, 0.15, 0.5)
            * smooth(np.abs(across), half * 0.5, half * 0.85)
            * smooth(away, half + 400.0, half)
        )
        carved = sastrugi(x, y, seed) * smooth(away, half + 250.0, half + 50.0)
        snow = 0.32 + hills(x, y, seed + 5, 38.0, 3) * 0.35 + carved + rise * 3.2
        flat = snow * (1.0 - pond) - pond * 0.4
        steep = smooth(told["slope"], 0.4, 0.85) * land
        crags = (hills(x, y, seed + 6, 150.0, 3, 0.5, True) - 0.35) * 26.0 * steep
        z = np.where(land > 0.0, np.maximum(z, -0.5), 0.0) + flat * (1.0 - land) + crags
        stand = smooth(np.abs(across), half * 0.3, half * 0.2) * smooth(
            np.abs(along + half * 0.5), half * 0.12, half * 0.08
        )
        stand = stand * (1.0 - pond)
        return z, {
            "ice": pond * (1.0 - land),
            "rise": rise,
            "stand": stand,
            "behind": -along * 100.0 / half,
            "snow": told["snow"] * land,
            "sediment": told["sediment"] * land,
        }

    return at


def land(recipe: SceneRecipe) -> HeightField:
    return square(heights(recipe), recipe.resolution, recipe.size)


def cover(recipe: SceneRecipe) -> bpy.types.Material:
    material = coated("Snow Field", (Coat(_KIND["snow"], SnowParams(drift=1.1, drifts=0.07, crust=0.5, dirt=0.0)),))
    material[KEEP_KEY] = True
    return material


def peaks(recipe: SceneRecipe, field: HeightField) -> list[bpy.types.Object]:
    """Sea ice and mountains to the horizon, and the air before them."""
    dark = LandParams(
        rock=(0.06, 0.062, 0.068), bed=(0.105, 0.1, 0.098), rubble=(0.12, 0.12, 0.122), soil=(0.1, 0.1, 0.1), grass=(0.1, 0.1, 0.1), dry=(0.1, 0.1, 0.1),
        cover=0.0, grass_line=-900.0, snow_line=-900.0, snow=0.72, steep=0.7, scree=0.3, strata=0.5, bed_height=22.0, size=50.0, relief=2.0,
        snow_color=(0.8, 0.83, 0.87), seed=float(recipe.seed % 100),
    )  # fmt: skip
    material = coated("Arctic Peaks", (Coat(_KIND["land"], dark),))
    material[KEEP_KEY] = True
    around = backdrop(
        "Arctic Peaks",
        heights(recipe),
        field.size,
        REACH,
        material,
        around=fineness(recipe, 920),
        rings=fineness(recipe, 380),
    )
    return [around, aerial("Arctic Air", REACH * 1.05, -40.0, 1300.0, seen=9000.0, color=(0.7, 0.82, 1.0))]


def ice(recipe: SceneRecipe, field: HeightField) -> list[bpy.types.Object]:
    """Bare ice at z = 0, floes heaped across the view, bergs held fast behind them."""
    half = field.size / 2
    mesh = bpy.data.meshes.new("Ice")
    mesh.from_pydata([(-half, -half, 0), (half, -half, 0), (half, half, 0), (-half, half, 0)], [], [(0, 1, 2, 3)])
    mesh.materials.append(make(_KIND["ice"], IceParams(frost=0.3, crack=1.6, depth=0.7), "Arctic Ice"))
    # Old ice glows from within but shows nothing behind it: snow's light in ice's colour.
    blue = SnowParams(color=(0.46, 0.69, 0.78), drift=0.8, drifts=0.05, crust=1.0, sparkle=0.15, dirt=0.0)
    blocks = make(_KIND["snow"], blue, "Blue Ice")
    add_layer(blocks, LYING, LyingParams(steepest=0.95, ragged=0.6, lumps=1.5, plaster=0.35, depth=0.04))
    ridge = floe_ridge("Floes", field, bearing(recipe.seed), blocks, recipe.seed, recipe.density)
    bergs = ice_bergs("Bergs", bearing(recipe.seed), half, blocks, recipe.seed)
    return [bpy.data.objects.new("Ice", mesh), ridge, *bergs]


def layers(recipe: SceneRecipe) -> tuple[Layer, ...]:
    """Dark rock on the rises."""
    d, k, seed = recipe.density, recipe.detail, recipe.seed
    dark = {"moss": 0.0, "lichen": 0.35, "color": (0.075, 0.075, 0.08)}
    return (
        Layer(
            "Crags",
            (Plant("crag", 3, dark, 0.8 * k, far=1.0), Plant("erratic", 2, dark, 0.8 * k, far=1.0)),
            ScatterParams(
                density=0.09 * d, spacing=0.9, mask="rise", patch=22.0, patchiness=0.8, cover=0.45, clump=9.0, clumping=0.8, smallest=0.12,
                largest=1.8, small_many=2.0, upright=0.4, tilt=0.5, sink=0.2, near=30.0, shown=1.0, seed=seed + 1,
            ),
            tall=True,
        ),
    )  # fmt: skip


def air(recipe: SceneRecipe) -> Air:
    return weathered(Air(haze=0.7, clouds=0.3, thick=0.15, sunlight=2.0, skylight=1.5), recipe)


def wish(recipe: SceneRecipe) -> Wish:
    """Over the ice to the glacier, the sun from the side."""
    return Wish(
        mask="stand", mask_low=0.5, sky=0.36, ground=0.55, clear=3.0, sun_side=2.0, pitch=0.03, middle=150.0, lens=30.0, margin=0.12, beyond=True,
        rise=3.5, things=0.03, highest=2.0, headings=16,
        follow="behind", follow_within=42.0,
    )  # fmt: skip


ARCTIC = Biome(
    "arctic",
    "Arctic",
    "A frozen fjord with blue ice, dark peaks and a glacier under a low sun",
    land,
    cover,
    layers,
    air,
    wish,
    {"arctic": {"time": 17.0, "day": 95, "latitude": 1.26}},
    water=ice,
    extra=peaks,
    lies=lambda recipe: 0.75,
)
