"""Dunes: gentle to windward (-X), as steep as sand holds to leeward, with crests that wind, fork and end."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Socket
from ...graph import nodes as n
from ...graph.parts import grouped
from ..base import Family
from .ground import LandFormParams, land_form, size_param, turned
from .heights import elsewhere, fbm


@dataclass(frozen=True)
class DuneParams(LandFormParams):
    """Metres and radians; wind blows towards +X."""

    size: float = size_param(500.0)
    height: float = param(14.0, "Height of the tallest dunes", min=0.0, max=300.0, unit="m", panel="Dunes", spread=0.29)
    spacing: float = param(95.0, "Distance between dunes", min=0.5, max=3000.0, unit="m", panel="Dunes", spread=0.21)
    lee: float = param(
        0.22, "Share of a dune that is its steep side", min=0.05, max=0.9, panel="Dunes", usual=(0.18, 0.27)
    )
    bend: float = param(0.7, "How far crests wind", min=0.0, max=3.0, panel="Dunes", usual=(0.5, 0.9))
    length: float = param(
        2.2, "How long crests are, against their spacing", min=0.3, max=12.0, panel="Dunes", usual=(1.7, 2.7)
    )
    gaps: float = param(
        0.45, "How much of the ground lies between dunes", min=0.0, max=1.0, panel="Dunes", usual=(0.3, 0.6)
    )
    stars: float = param(0.0, "How much winds change: dunes with several arms", min=0.0, max=1.0, panel="Dunes")
    small: float = param(
        0.35, "Smaller dunes on the backs of large ones", min=0.0, max=1.0, panel="Small Dunes", usual=(0.2, 0.5)
    )
    small_spacing: float = param(
        17.0, "Distance between small dunes", min=0.2, max=500.0, unit="m", panel="Small Dunes", spread=0.24
    )
    swell: float = param(
        4.0, "Rise and fall of the ground below", min=0.0, max=200.0, unit="m", panel="Ground", spread=0.5
    )


PRESETS = {
    "dunes": DuneParams(),
    "barchans": DuneParams(height=9.0, spacing=70.0, gaps=0.8, bend=0.8, length=1.1, small=0.2, swell=2.0, seed=3),
    "star_dunes": DuneParams(
        size=900.0, height=48.0, spacing=240.0, stars=0.85, gaps=0.5, bend=0.9, small_spacing=30.0, seed=5
    ),
    "ripples": DuneParams(
        size=24.0, height=0.28, spacing=1.6, gaps=0.1, bend=0.45, length=3.5, small_spacing=0.4, swell=0.35, seed=7
    ),
}


def build(p: DuneParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of DuneParams."""
    with land_form("Dunes", p, "dune_land") as land:
        i = land.i
        with land.tree.frame("Large"):
            first = _dunes(land.at, i.spacing, i.lee, i.bend, i.length, i.gaps, i.seed, 2)
            away = turned(land.at, -1.9)
            second = _dunes(away, i.spacing * 1.15, i.lee, i.bend, i.length, i.gaps, i.seed, 6)
            away = turned(land.at, 2.2)
            third = _dunes(away, i.spacing * 1.3, i.lee, i.bend, i.length, i.gaps, i.seed, 10)
            arms = n.maximum(second, third) * i.stars
            large = n.maximum(first, arms) + n.minimum(first, arms) * 0.35
        with land.tree.frame("Small"):
            small = _dunes(land.at, i.small_spacing, 0.3, i.bend, i.length, 0.3, i.seed, 14)
            shown = n.smoothstep(i.small_spacing, land.step * 2.0, land.step * 5.0)
            calm = n.smoothstep(large, 0.75, 0.35)
            ground = fbm(land.at, i.spacing * 3.0, i.seed, 18, 2.0, 0.4) * i.swell
            share = i.small * i.small_spacing / i.spacing
        land.rise(large * i.height + small * calm * shown * share * i.height + ground)
    return land.tree.data


@grouped("Dunes across the Wind")
def _dunes(
    at: Socket, spacing: Socket, lee: Socket, bend: Socket, length: Socket, gaps: Socket, seed: Socket, salt: int
) -> Socket:
    """Height 0..1 of dunes whose steep side looks to +X.

    A saw of rounded teeth along X; noise far longer than they shifts it, so that crests wind and fork, and lowers it, so that they end.
    """
    drawn = at * n.combine_xyz(1.0, 1.0 / length, 1.0)
    shift = fbm(drawn, spacing * 2.4, seed, salt, 1.0, 0.4) * bend * 3.2
    phase = at.x / spacing + shift + elsewhere(seed, salt + 1).x
    low = fbm(drawn, spacing * 1.3, seed, salt + 2, 1.0, 0.4)
    tall = n.smoothstep(low, gaps * 0.75 - 0.75, gaps * 0.75 - 0.1)
    place = n.math("FRACT", phase)
    # Lower dunes are shorter to windward: their crest comes later
    back = n.smoothstep(place, (1.0 - tall) * 0.35, 1.0 - lee)
    face = n.clamp((1.0 - place) / lee)
    face = face * face * (3.0 - face * 2.0) * 0.25 + face * 0.75
    return n.minimum(back * back * 0.3 + back * 0.7, face) * tall


DUNES = Family(
    "dunes", "Dunes", "Terrain", DuneParams, build, PRESETS, "Dunes with gentle backs and steep faces", solid=False
)
