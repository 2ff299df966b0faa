"""Land from afar and from near: rock where it is steep, rubble below it, grass and soil where it is flat, a beach, snow high up.

Which lies where follows from the surface itself (slope, height over z = 0 of the object) and from what land says of itself by attributes,
each 0 where it is missing:

- `snow` (m deep), `wetness` (0..1): more of both;
- `catchment` (m2 of land that drain through a point) and `stream` (0..1): beds of streams; `sediment` (m): rubble where it is thick;
- `wear` (m of rock that is gone): bared ground;
- `tint` (colour): in place of the rock's own colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ...params import param
from ..graph import Inputs, Socket, Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, own_color, place, principled, told
from .patterns import cells, clear, ridges, squeeze
from .tones import lit

DRY = -999.0  # a sea below this is none


@dataclass(frozen=True)
class LandParams:
    """Metres and radians; heights over the object's z = 0."""

    rock: tuple[float, ...] = param((0.2, 0.185, 0.165), "Rock, linear RGB", min=0, max=1, spread=0.15)
    bed: tuple[float, ...] = param((0.29, 0.255, 0.21), "Every other bed of the rock", min=0, max=1, spread=0.15)
    rubble: tuple[float, ...] = param((0.3, 0.275, 0.245), "Rubble and stream beds", min=0, max=1, spread=0.15)
    soil: tuple[float, ...] = param((0.13, 0.09, 0.055), "Bare soil", min=0, max=1, spread=0.2)
    grass: tuple[float, ...] = param((0.075, 0.11, 0.025), "Grass", min=0, max=1, spread=0.2)
    dry: tuple[float, ...] = param((0.23, 0.19, 0.075), "Dry grass", min=0, max=1, spread=0.15)
    sand: tuple[float, ...] = param((0.52, 0.43, 0.29), "Sand of the shore", min=0, max=1, spread=0.1)
    snow_color: tuple[float, ...] = param((0.8, 0.82, 0.85), "Snow", min=0, max=0.9, spread=0.02)
    size: float = param(30.0, "Size of the patches", min=0.5, max=1000, unit="m", usual=(22.0, 40.0))
    steep: float = param(0.62, "Slope above which rock is bare", min=0.05, max=1.57, unit="rad", usual=(0.54, 0.7))
    scree: float = param(0.5, "How much rubble lies below the rock", min=0, max=1, usual=(0.3, 0.7))
    cover: float = param(0.85, "How much of the flat ground is grown over", min=0, max=1, usual=(0.7, 0.95))
    dryness: float = param(0.4, "How much of the grass is dry", min=0, max=1, usual=(0.2, 0.6))
    grass_line: float = param(
        420.0, "Height above which no grass grows", min=-1000, max=9000, unit="m", usual=(380.0, 460.0)
    )
    snow_line: float = param(620.0, "Height above which snow lies", min=-1000, max=9000, unit="m", usual=(580.0, 660.0))
    snow: float = param(0.7, "How much snow lies above it", min=0, max=1, usual=(0.55, 0.85))
    sea: float = param(
        -1000.0, "Height of still water, under which ground is wet; below -999 m none", min=-1000, max=9000, unit="m"
    )
    beach: float = param(0.0, "Height over it up to which sand lies", min=0, max=10000, unit="m")
    strata: float = param(0.35, "How clearly rock lies in beds", min=0, max=1, usual=(0.2, 0.5))
    bed_height: float = param(9.0, "Thickness of a bed", min=0.05, max=500, unit="m", usual=(6.0, 12.0))
    relief: float = param(2.2, "Relief of the rock", min=0, max=50, unit="m", usual=(1.6, 2.8))
    catchment: float = param(
        40_000.0,
        "Area, m2, that must drain through a point for a stream to lay its bed bare",
        min=10,
        max=1e9,
        usual=(3e4, 5e4),
    )
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


class _Noises(NamedTuple):
    """0..1: patches of `size`, larger ones, and crumbs."""

    wide: Socket
    other: Socket
    fine: Socket


def land(tree: Tree) -> Shaded:
    i = tree.i
    shift = n.combine_xyz(i.seed * 7.3, i.seed * 13.1, i.seed * 4.1)
    here = place()
    at = here / i.size + shift
    near = here / 1.3 + shift
    z = tree.separate(here)[2]
    noises = _Noises(
        n.noise(at, scale=1.0, detail=7.0, roughness=0.58),
        n.noise(at + (17.0, 3.0, 9.0), scale=0.6, detail=6.0, roughness=0.6),
        n.noise(near, scale=1.0, detail=3.0, roughness=0.65),
    )
    wide, other, fine = noises
    slope = n.math("ARCCOSINE", n.clamp(n.normal().z, -1.0, 1.0))
    stream = n.maximum(told("stream"), n.smoothstep(told("catchment"), i.catchment * 0.6, i.catchment * 2.0) * 0.8)
    flow = n.clamp(stream)
    sediment, wear = n.smoothstep(told("sediment"), 0.3, 2.5), n.smoothstep(told("wear"), 1.0, 8.0)
    # Rock where it is steep: at a bump or a hollow sooner or later
    bare = n.smoothstep(slope + (wide - 0.5) * 0.75 + (fine - 0.5) * 0.12, i.steep - 0.07, i.steep + 0.07)
    below_rock = n.smoothstep(slope + (other - 0.5) * 0.9, i.steep * 0.72 - 0.08, i.steep * 0.72 + 0.1)
    stones = n.clamp(below_rock * i.scree * 1.4 * clear(other, 0.36, 0.56) + sediment * 0.8 * clear(wide, 0.3, 0.6))
    stones = n.maximum(stones, n.smoothstep(flow + (fine - 0.5) * 0.3, 0.35, 0.6))
    shore = n.smoothstep(z + (wide - 0.5) * 0.9 + (other - 0.5) * 0.6, i.sea + i.beach + 0.3, i.sea + i.beach - 0.3) * (
        1.0 - bare
    )
    color = n.mix(stones, _ground(i, here, z, noises, wear), _rubble(i, near, noises))
    color = n.mix(bare, color, _rock(i, at, z, noises))
    color = n.mix(shore, color, lit(i.sand, 0.78 + wide * 0.3 + (fine - 0.5) * 0.2))
    in_water = n.smoothstep(z + (fine - 0.5) * 0.3, i.sea + 0.35, i.sea) * (i.sea > DRY)
    wet = n.clamp(n.maximum(told("wetness"), flow * 0.7) + in_water)
    color = lit(color, 1.0 - wet * 0.45)
    white = _snow(i, z, slope, noises)
    color = n.mix(white, color, lit(i.snow_color, 0.94 + fine * 0.12))
    roughness = n.mix(white, n.mix(wet * 0.7, 0.88 + (fine - 0.5) * 0.2, 0.3), 0.72)
    shader = principled(base_color=color, roughness=roughness, specular=0.28)
    return Shaded(shader, height=_relief(i, at, near, slope, z))


def _relief(i: Inputs, at: Socket, near: Socket, slope: Socket, z: Socket) -> Socket:
    """Height, m. Bump asks for it three times, so it has noises and masks of its own, fewer than colour."""
    rocky = n.smoothstep(slope, i.steep - 0.25, i.steep + 0.1)
    crags = ridges(at, 2.2, 6.0)
    fine = n.noise(near, scale=1.0, detail=3.0, roughness=0.65)
    snowed = n.clamp(told("snow") * 5.0 + n.smoothstep(z, i.snow_line, i.snow_line + i.size * 3.0) * i.snow)
    level = 1.0 - snowed * 0.75 * (1.0 - rocky * 0.5)
    return (n.mix(rocky, 0.12, 1.0) * crags * i.relief + fine * 0.15) * level


def _rock(i: Inputs, at: Socket, z: Socket, noises: _Noises) -> Socket:
    """Beds, bent a little, some hard and some soft; streaks down the face."""
    wide, _, fine = noises
    fold = n.noise(squeeze(at, 0.17, 0.17, 0.15), scale=1.0, detail=1.0) - 0.5
    level = z / i.bed_height + (wide - 0.5) * 1.6 + fold * 5.0
    hard = n.noise(n.combine_xyz(3.0, 5.0, level), scale=1.0, detail=3.0, roughness=0.7)
    streak = n.noise(squeeze(at, 6.0, 6.0, 0.7), scale=1.0, detail=3.0, roughness=0.6)
    color = n.mix(clear(hard, 0.4, 0.6) * i.strata * 1.6, own_color(i.rock), i.bed)
    tone = 0.5 + wide * 0.6 + (fine - 0.5) * 0.5 + (streak - 0.5) * 0.5
    tone = tone * (1.0 + (hard - 0.5) * i.strata) * (1.0 - clear(streak, 0.55, 0.72) * 0.3)
    return lit(color, tone)


def _rubble(i: Inputs, near: Socket, noises: _Noises) -> Socket:
    """Stones, light above and dark between."""
    stone = cells(near, 1.4)
    tone = 0.55 + stone.random.x * 0.45 + (noises.wide - 0.5) * 0.7
    return lit(i.rubble, tone * (1.1 - stone.distance * 0.55))


def _ground(i: Inputs, here: Socket, z: Socket, noises: _Noises, wear: Socket) -> Socket:
    """Soil, and grass in patches, withered in places and high up."""
    wide, other, fine = noises
    bare = (wide - 0.5) * 1.6 + (fine - 0.5) * 0.4 + 1.0 - i.cover * 1.6 + wear * 0.8
    ragged = z + (other - 0.5) * i.size * 3.0 + (wide - 0.5) * i.size * 2.0
    high = n.smoothstep(ragged, i.grass_line - i.size, i.grass_line + i.size)
    grown = n.smoothstep(bare + high * 2.0, 0.55, 0.1)
    withered = n.clamp(clear(other, 0.75 - i.dryness * 0.5, 0.8 - i.dryness * 0.4) * 0.85 + high * 0.4)
    tuft = n.noise(here, scale=2.3, detail=2.0, roughness=0.7)
    green = lit(n.mix(withered, i.grass, i.dry), (0.55 + wide * 0.5 + (fine - 0.5) * 0.4) * (0.6 + tuft * 0.8))
    return n.mix(grown, lit(i.soil, 0.55 + fine * 0.7 + (wide - 0.5) * 0.4), green)


def _snow(i: Inputs, z: Socket, slope: Socket, noises: _Noises) -> Socket:
    """0..1: high up, less where it is steep, long in gullies; and what the land says itself."""
    wide, other, fine = noises
    above = (z - i.snow_line + (other - 0.5) * i.size * 4.0) / (i.size * 3.0)
    holds = 0.1 - slope * 0.9 + (wide - 0.5) * 0.9 + (fine - 0.5) * 0.2
    lies = n.clamp(above * 0.5, -1.0, 0.45) + holds + (i.snow - 0.5) * 0.9
    own = n.smoothstep(lies, 0.0, 0.12) * n.minimum(i.snow * 8.0, 1.0) * n.smoothstep(above, -0.4, 0.3)
    # Thin snow lies in hollows first
    fallen = told("snow") * (1.0 + (wide - 0.5) * 1.6 + (fine - 0.5) * 0.8)
    return n.maximum(own, n.smoothstep(fallen, 0.04, 0.12))


LAND = MaterialKind(
    "land", "Land", "Land", LandParams, land, "Rock, rubble, soil, grass, sand and snow by slope and height",
    {
        "green_land": LandParams(grass_line=9000.0, snow=0.0, scree=0.3, cover=0.95, dryness=0.3),
        "desert_land": LandParams(
            rock=(0.36, 0.17, 0.085), bed=(0.47, 0.27, 0.15), rubble=(0.38, 0.22, 0.13), soil=(0.4, 0.24, 0.13),
            grass=(0.15, 0.14, 0.06), dry=(0.3, 0.24, 0.12), cover=0.25, dryness=0.9, snow=0.0, strata=0.9, grass_line=9000.0,
            scree=0.7,
        ),
        "coast_land": LandParams(
            rock=(0.27, 0.245, 0.21), bed=(0.36, 0.32, 0.26), grass_line=9000.0, snow=0.0, sea=0.0, beach=2.2, cover=0.95, dryness=0.35,
            scree=0.25, size=22.0,
        ),
        "limestone_land": LandParams(
            rock=(0.34, 0.325, 0.29), bed=(0.42, 0.4, 0.35), rubble=(0.4, 0.38, 0.34), grass=(0.05, 0.1, 0.018), dry=(0.12, 0.14, 0.03),
            grass_line=9000.0, snow=0.0, cover=1.0, dryness=0.25, steep=0.95, strata=0.3, size=18.0,
        ),
        "dune_land": LandParams(
            rock=(0.45, 0.26, 0.13), bed=(0.5, 0.31, 0.17), sand=(0.57, 0.37, 0.2), sea=-1000.0, beach=10_000.0, steep=1.2, cover=0.0,
            snow=0.0, grass_line=9000.0, relief=0.2, size=12.0,
        ),
        "moon_land": LandParams(
            rock=(0.17, 0.165, 0.16), bed=(0.22, 0.215, 0.21), rubble=(0.2, 0.195, 0.19), soil=(0.15, 0.145, 0.14), cover=0.0, snow=0.0,
            grass_line=-1000.0, strata=0.0, scree=0.3, steep=0.75,
        ),
        "banded_land": LandParams(
            rock=(0.42, 0.32, 0.22), bed=(0.33, 0.14, 0.085), rubble=(0.4, 0.3, 0.22), soil=(0.42, 0.32, 0.23), cover=0.0, snow=0.0,
            grass_line=9000.0, strata=0.95, bed_height=4.0, scree=0.0, relief=0.25, size=8.0, steep=0.3,
        ),
        "clay_land": LandParams(
            rock=(0.36, 0.24, 0.15), bed=(0.46, 0.33, 0.22), rubble=(0.4, 0.29, 0.19), soil=(0.4, 0.28, 0.18), cover=0.0, snow=0.0,
            grass_line=9000.0, strata=0.2, scree=0.0, relief=0.02, size=1.5, steep=1.3,
        ),
        "volcanic_land": LandParams(
            rock=(0.045, 0.04, 0.04), bed=(0.1, 0.06, 0.045), rubble=(0.06, 0.052, 0.05), soil=(0.055, 0.042, 0.036),
            cover=0.35, snow=0.0, strata=0.25,
        ),
        "arctic_land": LandParams(
            rock=(0.1, 0.105, 0.115), bed=(0.16, 0.16, 0.165), rubble=(0.2, 0.2, 0.2), grass=(0.1, 0.09, 0.03), dry=(0.2, 0.14, 0.07),
            cover=0.6, grass_line=60.0, snow_line=-40.0, snow=0.85,
        ),
    },
    120.0,
)  # fmt: skip
KINDS = (LAND,)
