"""Coral reef: spurs of coral rock with channels of sand between them that run down into the blue; light from above in shafts and caustics."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np

from ...materials import MATERIALS
from ...materials.rock import LimestoneParams
from ...materials.soil_loose import SandParams
from ...terrain.field import HeightField
from .. import underwater
from ..ground import Coat, Heights, backdrop, coated, hills, smooth, square
from ..recipe import SceneRecipe
from ..scatter import ScatterParams
from ..sky import Air, sun_at
from ..sources import Plant
from ..underwater import CausticsParams, Water
from ..viewpoints import Wish
from ..weather import GROUP_KEY as WEATHER_KEY
from ..weather import falling
from .base import Biome, Layer, weathered

_KIND = {kind.name: kind for kind in MATERIALS}
REACH = 160.0
APART = 12.0  # from channel to channel, m
DEPTH = 6.8  # of the sand in the middle of the square, m


def heights(recipe: SceneRecipe) -> Heights:
    """Spurs and grooves along Y on a slope that falls towards +Y; z = 0 is the surface.

    Layers: rock (1 on spurs), sand (1 in channels), edge (1 where they meet), top (1 on the spurs' backs), channel (m to the nearest one's middle).
    """
    seed = recipe.seed

    def at(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        zero = np.zeros_like(x)
        bend = hills(zero, y, seed + 1, 34.0, 2) * 2.6 + hills(x, y, seed + 2, 18.0, 3) * 2.2
        across = (x + bend) / APART
        middle = np.abs(across - np.round(across)) * 2.0  # 0 in a channel's middle, 1 on a spur's
        wide = 0.3 + 0.09 * hills(x, y, seed + 3, 13.0, 3)
        wall = smooth(middle, wide, wide + 0.2)
        back = smooth(middle, wide + 0.06, 1.05)
        gap = smooth(hills(x, y, seed + 4, 21.0, 3), -0.55, -0.25)  # channels break through the spurs
        knolls = hills(x, y, seed + 5, 5.5, 4, 0.5)
        rough = hills(x, y, seed + 6, 1.9, 4, 0.55, ridged=True)
        spur = wall * (1.0 + 0.75 * back + 0.75 * knolls * (0.4 + 0.6 * wall)) * (0.25 + 0.75 * gap)
        shelf = -DEPTH - 0.055 * y - 0.9 * smooth(y, 18.0, 70.0) * (y - 18.0) / 18.0
        shelf = np.clip(shelf, -34.0, -3.2 - 0.5 * smooth(-y, 20.0, 60.0))
        rock = smooth(spur, 0.1, 0.3)
        z = shelf + spur + rough * 0.42 * rock * smooth(spur, 0.0, 0.6) + hills(x, y, seed + 7, 6.0, 3) * 0.12
        z = np.minimum(z, -1.2)
        layers = {
            "rock": rock,
            "sand": 1.0 - smooth(spur, 0.02, 0.12),
            "edge": smooth(spur, 0.0, 0.12) * smooth(spur, 0.75, 0.3),
            "top": smooth(spur, 0.7, 1.3),
            "channel": middle * APART / 2.0,
        }
        return z, layers

    return at


def land(recipe: SceneRecipe) -> HeightField:
    """Fine enough for the rock's holes: 12 cm on the usual 80 m."""
    return square(heights(recipe), max(recipe.resolution, min(700, int(recipe.size / 0.125))), recipe.size)


def _material(name: str) -> bpy.types.Material:
    sand = SandParams(
        color=(0.6, 0.54, 0.43), dark=(0.44, 0.38, 0.3), ripple=0.17, ripples=0.02, direction=1.45, waviness=0.8, sparkle=0.1, roughness=0.95
    )  # fmt: skip
    rock = LimestoneParams(
        color=(0.2, 0.13, 0.1),
        stain=(0.11, 0.06, 0.075),
        fossil=0.05,
        fossils=0.5,
        pits=0.8,
        weathering=0.75,
        relief=0.035,
        roughness=0.95,
    )
    return coated(name, (Coat(_KIND["sand"], sand), Coat(_KIND["limestone"], rock, "rock", ragged=0.5)))


def cover(recipe: SceneRecipe) -> bpy.types.Material:
    return _material("Reef Ground")


def beyond(recipe: SceneRecipe, field: HeightField) -> list[bpy.types.Object]:
    """The slope that the water hides."""
    return [backdrop("Reef Beyond", heights(recipe), field.size, REACH, _material("Reef Beyond"), around=480, rings=60)]


def layers(recipe: SceneRecipe) -> tuple[Layer, ...]:
    """Bommies and tables first, thickets and small growth about them, then what lies on rock and sand."""
    d, k, seed = recipe.density, recipe.detail, recipe.seed
    rock = {"mask": "rock", "mask_low": 0.4, "mask_high": 0.9}
    return (
        Layer(
            "Coral Heads",
            (
                Plant("brain_coral", 2, {"color": (0.3, 0.22, 0.11), "valley": (0.12, 0.13, 0.05), "lumps": 0.25}, 0.8 * k, far=1.0),
                Plant("moon_coral", 1, {"lumps": 0.4, "height": 0.8, "color": (0.3, 0.24, 0.13), "valley": (0.13, 0.2, 0.09)}, 0.8 * k, far=1.0),
            ),
            ScatterParams(
                density=0.09 * d, spacing=1.2, steepest=1.0, clump=9.0, clumping=0.5, smallest=1.2, largest=4.6, small_many=2.2,
                upright=0.75, tilt=0.15, sink=0.12, near=30.0, shown=1.0, seed=seed + 1, mask="sand", mask_low=1.0, mask_high=0.85,
            ),
            tall=True,
            beyond=0.5,
        ),
        Layer(
            "Tables",
            (
                Plant("table_coral", 3, {"color": (0.3, 0.2, 0.1), "light": (0.55, 0.45, 0.31)}, 0.55 * k, far=1.0),
                Plant("plate_coral", 1, {}, 0.5 * k, far=1.0),
                Plant("violet_table_coral", 1, {"color": (0.2, 0.15, 0.22), "light": (0.5, 0.46, 0.55)}, 0.5 * k, far=1.0),
            ),
            ScatterParams(
                density=0.24 * d, spacing=0.7, steepest=1.0, clump=6.5, clumping=0.7, smallest=0.5, largest=2.5, small_many=1.7,
                upright=0.8, tilt=0.12, sink=0.07, near=30.0, shown=1.0, seed=seed + 2, **rock,
            ),
            tall=True,
        ),
        Layer(
            "Thickets",
            (
                Plant("staghorn_coral", 3, {"color": (0.36, 0.24, 0.11)}, 0.4 * k, far=1.0),
                Plant("blue_staghorn", 1, {"color": (0.15, 0.14, 0.3), "light": (0.5, 0.52, 0.66)}, 0.35 * k, far=1.0),
                Plant("elkhorn_coral", 1, {"color": (0.36, 0.23, 0.09)}, 0.4 * k, far=1.0),
            ),
            ScatterParams(
                density=3.2 * d, spacing=0.24, steepest=1.1, patch=6.0, patchiness=0.75, cover=0.6, clump=2.4, clumping=0.35, smallest=0.6,
                largest=1.7, small_many=1.3, upright=0.6, tilt=0.2, sink=0.05, near=20.0, shown=0.5, seed=seed + 3, **rock,
            ),
            tall=True,
        ),
        Layer(
            "Small Heads",
            (
                Plant("brain_coral", 1, {"color": (0.36, 0.26, 0.12)}, 0.4 * k, far=1.0),
                Plant("grooved_brain_coral", 1, {}, 0.4 * k, far=1.0),
                Plant("moon_coral", 1, {"valley": (0.13, 0.27, 0.13)}, 0.4 * k, far=1.0),
                Plant("rose_brain_coral", 1, {"color": (0.36, 0.16, 0.15)}, 0.4 * k, far=1.0),
            ),
            ScatterParams(
                density=1.9 * d, spacing=0.3, steepest=1.2, clump=2.6, clumping=0.25, smallest=0.35, largest=1.5, small_many=2.0,
                upright=0.4, tilt=0.2, sink=0.04, near=20.0, shown=0.5, seed=seed + 4, **rock,
            ),
        ),
        Layer(
            "Bushes",
            (
                Plant("finger_coral", 3, {"color": (0.38, 0.29, 0.12)}, 0.4 * k, far=1.0),
                Plant("birds_nest_coral", 2, {"color": (0.42, 0.2, 0.24)}, 0.3 * k, far=1.0),
                Plant("lettuce_coral", 2, {"color": (0.32, 0.2, 0.09)}, 0.35 * k, far=1.0),
                Plant("cabbage_coral", 1, {}, 0.35 * k, far=1.0),
            ),
            ScatterParams(
                density=9.0 * d, spacing=0.13, steepest=1.2, patch=4.0, patchiness=0.45, cover=0.7, clump=1.3, clumping=0.25, smallest=0.5,
                largest=2.0, small_many=1.6, upright=0.4, tilt=0.25, sink=0.025, near=20.0, shown=0.2, seed=seed + 5, **rock,
            ),
        ),
        Layer(
            "Fans",
            (
                Plant("fan_coral", 2, {"color": (0.33, 0.1, 0.22)}, 0.4 * k, far=1.0),
                Plant("yellow_fan", 1, {"color": (0.45, 0.28, 0.06)}, 0.4 * k, far=1.0),
                Plant("sea_whips", 1, {"color": (0.42, 0.13, 0.05)}, 0.4 * k, far=1.0),
            ),
            ScatterParams(
                density=0.5 * d, spacing=0.5, steepest=1.3, clump=4.5, clumping=0.7, smallest=0.6, largest=1.7, small_many=1.3,
                upright=0.85, tilt=0.1, turn=1.2, sink=0.03, near=20.0, shown=0.6, seed=seed + 6, **rock,
            ),
        ),
        Layer(
            "Sponges",
            (
                Plant("tube_sponge", 2, {"color": (0.48, 0.33, 0.06)}, 0.5 * k, far=1.0),
                Plant("violet_tube_sponge", 1, {}, 0.5 * k, far=1.0),
                Plant("barrel_sponge", 1, {}, 0.7 * k, far=1.0),
                Plant("vase_sponge", 1, {"color": (0.42, 0.26, 0.3)}, 0.5 * k, far=1.0),
            ),
            ScatterParams(
                density=0.22 * d, spacing=0.6, steepest=1.2, clump=5.0, clumping=0.6, smallest=0.5, largest=1.3, small_many=1.4,
                upright=0.7, tilt=0.12, sink=0.04, near=20.0, shown=0.6, seed=seed + 7, **rock,
            ),
        ),
        Layer(
            "Weeds",
            (
                Plant("sea_lettuce", 1, {"color": (0.12, 0.2, 0.04)}, 0.3 * k, far=1.0),
                Plant("dulse", 1, {"color": (0.16, 0.04, 0.04)}, 0.3 * k, far=1.0),
                Plant("seaweed", 1, {"length": 0.3}, 0.3 * k, far=1.0),
            ),
            ScatterParams(
                density=2.2 * d, spacing=0.15, steepest=1.3, patch=3.0, patchiness=0.8, cover=0.5, smallest=0.25, largest=0.8, small_many=1.4,
                upright=0.4, tilt=0.25, sink=0.01, near=20.0, reach=30.0, shown=0.2, seed=seed + 8, **rock,
            ),
        ),
        Layer(
            "Rubble",
            (Plant("erratic", 3, {"moss": 0.0, "color": (0.3, 0.26, 0.22)}, 0.3 * k, far=1.0), Plant("finger_coral", 1, {"color": (0.4, 0.36, 0.3)}, 0.3 * k, far=1.0)),
            ScatterParams(
                method="random", density=9.0 * d, mask="edge", mask_low=0.05, mask_high=0.8, patch=3.0, patchiness=0.7, cover=0.55, smallest=0.012,
                largest=0.16, small_many=3.0, upright=0.2, tilt=3.0, sink=0.004, near=15.0, reach=35.0, shown=0.1, seed=seed + 9,
            ),
        ),
        Layer(
            "Urchins and Stars",
            (
                Plant("long_spined_urchin", 1, {}, 0.3 * k, far=1.0),
                Plant("pencil_urchin", 1, {}, 0.3 * k, far=1.0),
                Plant("blue_starfish", 1, {}, 0.3 * k, far=1.0),
                Plant("knobbly_starfish", 1, {}, 0.3 * k, far=1.0),
            ),
            ScatterParams(
                density=0.25 * d, spacing=0.3, steepest=0.9, mask="edge", mask_low=0.1, mask_high=0.7, clump=3.0, clumping=0.7, smallest=0.8, largest=1.4,
                upright=0.0, tilt=0.1, sink=0.005, near=15.0, reach=30.0, shown=0.5, seed=seed + 10,
            ),
        ),
        Layer(
            "Shells",
            (Plant("conch", 1, {}, 0.3 * k, far=1.0), Plant("starfish", 1, {}, 0.3 * k, far=1.0), Plant("scallop", 1, {}, 0.3 * k, far=1.0)),
            ScatterParams(
                density=0.12 * d, spacing=0.4, mask="sand", mask_low=0.6, mask_high=1.0, clump=3.0, clumping=0.6, smallest=0.6, largest=1.3, upright=0.0,
                tilt=0.3, sink=0.008, near=12.0, reach=25.0, shown=0.5, seed=seed + 11,
            ),
        ),
        Layer(
            "Jellyfish",
            (Plant("moon_jelly", 2, {}, 0.5 * k, far=1.0),),
            ScatterParams(
                density=0.006 * d, spacing=2.5, highest=-4.5, clump=14.0, clumping=0.8, smallest=0.7, largest=1.3, upright=1.0, tilt=0.5, sink=-2.4,
                near=20.0, shown=1.0, seed=seed + 12,
            ),
        ),
    )  # fmt: skip


def air(recipe: SceneRecipe) -> Air:
    """Of the sky above; fog is no matter down here."""
    return replace(
        weathered(Air(haze=1.0, clouds=0.2, thick=0.15, sunlight=2.1, skylight=1.4), recipe),
        fog=0.0,
    )


def water_of(recipe: SceneRecipe) -> Water:
    """The recipe's weather as the water has it: clouds take the caustics, rain and wind ruffle, mist is murk, snow is marine snow."""
    # A camera's white balance gives back some of the red.
    waves = CausticsParams(wave=2.4 + 1.5 * recipe.wind, patches=0.5)
    clear = Water(redness=0.6, forward=0.75, glow=0.8, waves=waves, chop=0.7 + 0.75 * recipe.wind)
    weather = recipe.weather
    if weather in ("clear", "fair"):
        return clear
    if weather == "mist":
        return replace(clear, sight=9.0, glow=1.3)
    if weather == "snow":
        return replace(clear, sight=18.0, waves=replace(clear.waves, contrast=0.3))
    return replace(
        clear, sight=18.0, chop=clear.chop * (1.2 if weather == "overcast" else 2.0), waves=replace(clear.waves, contrast=0.0)
    )  # fmt: skip


def submerge(recipe: SceneRecipe, field: HeightField, made: bpy.types.Collection) -> None:
    """Sink the sky's lamps, put the water over the land, and marine snow in the place of what falls above."""
    water = water_of(recipe)
    to_sun = underwater.refracted(sun_at(recipe.latitude, recipe.day, recipe.time).direction)
    for obj in list(made.objects):
        if obj.type == "LIGHT" and obj.data.type == "SUN":
            to_sun = underwater.sink_lamp(obj)
        elif any(m.type == "NODES" and m.node_group and m.node_group.get(WEATHER_KEY) for m in obj.modifiers):
            mesh = obj.data
            bpy.data.objects.remove(obj, do_unlink=True)
            bpy.data.meshes.remove(mesh)
    light = underwater.daylight(sun_at(recipe.latitude, recipe.day, recipe.time).elevation, air(recipe))
    half = REACH * 1.5
    made.objects.link(underwater.body("Reef Water", water, light, DEPTH * 0.6, half))
    made.objects.link(underwater.surface("Reef Surface", water, to_sun, half * 0.99))
    made.objects.link(falling("marine_snow", 0.15, recipe.seed, 5.0 if recipe.weather == "snow" else 0.6))


def wish(recipe: SceneRecipe) -> Wish:
    """Low over the sand, along a channel and down the slope, towards the light."""
    return Wish(
        mask="channel", mask_low=0.5, mask_high=2.4, follow="channel", follow_within=2.2, sky=0.4, ground=0.4, clear=0.9, sun_side=0.35,
        pitch=0.03, middle=14.0, margin=0.22, things=0.3, beyond=True, downhill=2.0,
    )  # fmt: skip


REEF = Biome(
    "reef",
    "Coral Reef",
    "Coral spurs and channels of sand under clear water, with caustics and shafts of light",
    land,
    cover,
    layers,
    air,
    wish,
    {"reef": {"size": 80.0, "time": 10.8, "day": 250, "latitude": -0.3, "lens": 20.0, "eye": 1.4, "wind": 0.25}},
    extra=beyond,
    submerge=submerge,
)
