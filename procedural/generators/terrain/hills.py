"""Hills: round backs and hollows, with shallow valleys that water has made."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket
from ...graph import nodes as n
from ...graph.parts import grouped
from ..base import Family
from .ground import LandFormParams, land_form, size_param
from .heights import LACUNARITY, fbm, octaves, warp


@dataclass(frozen=True)
class HillParams(LandFormParams):
    """Metres and radians."""

    size: float = size_param(800.0)
    height: float = param(
        70.0, "Height of the tallest hills", min=0.0, max=2000.0, unit="m", panel="Hills", spread=0.29
    )
    spacing: float = param(320.0, "Distance between hills", min=1.0, max=20_000.0, unit="m", panel="Hills", spread=0.22)
    roundness: float = param(
        1.3, "From tables, below 1, to single knolls", min=0.3, max=4.0, panel="Hills", usual=(1.0, 1.6)
    )
    bend: float = param(0.5, "How far hills are drawn out and bent", min=0.0, max=2.0, panel="Hills", usual=(0.3, 0.7))
    stretch: float = param(
        1.0, "How long hills are, against their width", min=0.2, max=6.0, panel="Hills", usual=(0.8, 1.4)
    )
    gully: float = param(
        140.0, "Width of the widest valleys", min=0.5, max=5000.0, unit="m", panel="Valleys", spread=0.21
    )
    gully_depth: float = param(0.8, "How deep valleys are", min=0.0, max=3.0, panel="Valleys", usual=(0.6, 1.0))
    rounds: int = param(3, "How often valleys branch, 0 for none", min=0, max=8, panel="Valleys")
    hummocks: float = param(
        0.5, "Height of hummocks in the grass", min=0.0, max=20.0, unit="m", panel="Ground", spread=0.4
    )
    hummock: float = param(14.0, "Distance between hummocks", min=0.2, max=500.0, unit="m", panel="Ground", spread=0.29)


PRESETS = {
    "hills": HillParams(),
    "downs": HillParams(
        size=1400.0,
        height=75.0,
        spacing=480.0,
        stretch=1.8,
        gully_depth=0.5,
        rounds=2,
        hummocks=0.25,
        roundness=0.9,
        seed=3,
    ),
    "drumlins": HillParams(
        height=28.0, spacing=150.0, stretch=2.8, bend=0.15, gully_depth=0.2, rounds=1, roundness=1.8, seed=5
    ),
    "hummocks": HillParams(
        size=200.0, height=9.0, spacing=60.0, gully=30.0, hummocks=0.5, hummock=6.0, gully_depth=0.5, rounds=2, seed=8
    ),
}


@grouped("Hill Backs")
def backs(at: Socket, i: Inputs) -> Socket:
    """Height (m) of the hills, without valleys and hummocks."""
    drawn = at * n.combine_xyz(1.0, 1.0 / i.stretch, 1.0)
    bent = warp(drawn, i.spacing * 1.5, i.bend * 0.4, i.seed, 1.0)
    rise = fbm(bent, i.spacing, i.seed, 2, 1.4, 0.35)
    return n.math("POWER", n.smoothstep(rise, -0.75, 0.75), i.roundness) * i.height


def build(p: HillParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of HillParams."""
    with land_form("Hills", p, "green_land") as land:
        i = land.i
        wave = i.spacing * n.minimum(i.stretch, 1.0) / LACUNARITY**2
        height = land.slow(wave, lambda at: backs(at, i))
        height, _ = land.carve(height, i.gully, i.rounds, i.gully_depth)
        small = fbm(land.at, i.hummock, i.seed, 3, octaves(i.hummock, land.step, 4.0), 0.45)
        shown = n.smoothstep(i.hummock, land.step * 1.5, land.step * 4.0)
        land.rise(height + small * i.hummocks * shown)
    return land.tree.data


HILLS = Family("hills", "Hills", "Terrain", HillParams, build, PRESETS, "Round hills with shallow valleys", solid=False)
