"""Mountains: ridges that branch, bent and of uneven height, with gullies down their sides and valleys between."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket
from ...graph import nodes as n
from ...graph.parts import grouped
from ..base import Family
from .ground import LandFormParams, land_form, size_param
from .heights import LACUNARITY, MOST, backs, fbm, grit, octaves, warp


@dataclass(frozen=True)
class MountainParams(LandFormParams):
    """Metres and radians."""

    size: float = size_param(4000.0)
    height: float = param(
        850.0, "Height of the tallest peaks", min=0.0, max=9000.0, unit="m", panel="Mountains", spread=0.18
    )
    spacing: float = param(
        1700.0, "Distance between ridges", min=1.0, max=50_000.0, unit="m", panel="Mountains", spread=0.15
    )
    ranges: float = param(
        0.6, "How much of the land is lower than the ranges", min=0.0, max=1.0, panel="Mountains", usual=(0.4, 0.75)
    )
    bend: float = param(0.5, "How far ridges are bent", min=0.0, max=2.0, panel="Mountains", usual=(0.35, 0.65))
    sharpness: float = param(
        1.5,
        "From broad backs, below 1, to peaks over wide valleys",
        min=0.3,
        max=5.0,
        panel="Mountains",
        usual=(1.25, 1.75),
    )
    gully: float = param(
        480.0, "Width of the widest gullies", min=0.5, max=10_000.0, unit="m", panel="Gullies", spread=0.21
    )
    gully_depth: float = param(1.0, "How deep gullies are", min=0.0, max=3.0, panel="Gullies", usual=(0.8, 1.2))
    rounds: int = param(5, "How often gullies branch, 0 for none", min=0, max=8, panel="Gullies")
    roughness: float = param(0.5, "How rough the rock is", min=0.0, max=1.0, panel="Rock", usual=(0.4, 0.6))
    octaves: float = param(
        12.0, "Finest detail: octaves of the noise, as far as the mesh shows them", min=0.0, max=MOST, panel="Rock"
    )
    foot: float = param(
        60.0, "Height of the hills in the valleys", min=0.0, max=2000.0, unit="m", panel="Mountains", spread=0.42
    )


PRESETS = {
    "alps": MountainParams(),
    "jagged_peaks": MountainParams(height=1100.0, spacing=1500.0, sharpness=2.1, ranges=0.5, bend=0.35, seed=4),
    "old_mountains": MountainParams(
        height=420.0, spacing=1800.0, sharpness=1.0, ranges=0.45, bend=0.6, foot=90.0, seed=7
    ),
    "foothills": MountainParams(height=190.0, spacing=900.0, sharpness=0.9, ranges=0.55, bend=0.7, foot=50.0, seed=2),
}


SPURS = 0.42  # distance between spurs, in distances between ridges


@grouped("Ranges")
def ranges(at: Socket, i: Inputs) -> Socket:
    """Height (m) of the ranges, with valleys between and hills in these, without gullies and rock."""
    bent = warp(at, i.spacing * 1.2, i.bend * 0.5, i.seed, 0.0)
    main = backs(fbm(bent, i.spacing, i.seed, 2, 0.6), 0.09)
    spurs = backs(fbm(bent, i.spacing * SPURS, i.seed, 6, 0.6), 0.12)
    tall = n.math("POWER", n.clamp(main * 1.15, 0.0, 2.0), i.sharpness) * (0.72 + spurs * 0.5)
    range_ = fbm(bent, i.spacing * 2.3, i.seed, 3, 1.0, 0.5)
    share = n.smoothstep(range_, i.ranges * 0.6 - 0.7, i.ranges * 0.6 + 0.25)
    low = fbm(at, i.spacing * 0.7, i.seed, 4, 0.6, 0.42)
    return tall * n.mix(share, 0.12, 1.0) * i.height * 0.65 + low * i.foot


def build(p: MountainParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of MountainParams."""
    with land_form("Mountains", p) as land:
        i = land.i
        with land.tree.frame("Ranges"):
            height = land.slow(i.spacing * (SPURS / LACUNARITY), lambda at: ranges(at, i))
        height, slope = land.carve(height, i.gully, i.rounds, i.gully_depth)
        with land.tree.frame("Rock"):
            steep = n.smoothstep(slope.length, 0.2, 1.0)
            crag = grit(land.at, i.gully * 0.5, i.seed, 5, octaves(i.gully * 0.5, land.step, i.octaves), 0.5)
            rough = crag * i.gully * i.roughness * n.mix(steep, 0.01, 0.08)
        land.rise(height + rough)
    return land.tree.data


MOUNTAINS = Family(
    "mountains",
    "Mountains",
    "Terrain",
    MountainParams,
    build,
    PRESETS,
    "Branching ridges with valleys between",
    solid=False,
)
