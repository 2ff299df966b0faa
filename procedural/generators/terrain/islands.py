"""Islands: land out of the sea, with beaches, headlands, and shallows that go on below."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import nodes as n
from ..base import Family
from .ground import LandFormParams, land_form, size_param
from .heights import fbm, octaves, warp


@dataclass(frozen=True)
class IslandParams(LandFormParams):
    """Metres and radians; z = 0 is the sea."""

    size: float = size_param(1600.0)
    height: float = param(150.0, "Height of the middle", min=0.0, max=5000.0, unit="m", panel="Islands", spread=0.27)
    radius: float = param(560.0, "Radius of the group", min=2.0, max=50_000.0, unit="m", panel="Islands", spread=0.14)
    scatter: float = param(0.35, "From one island, 0, to many", min=0.0, max=1.0, panel="Islands", usual=(0.2, 0.5))
    spacing: float = param(
        420.0, "Size of bays and headlands", min=1.0, max=20_000.0, unit="m", panel="Islands", spread=0.19
    )
    ragged: float = param(0.5, "How ragged the coast is", min=0.0, max=1.0, panel="Islands", usual=(0.35, 0.65))
    steep: float = param(1.5, "From low backs, below 1, to peaks", min=0.4, max=4.0, panel="Islands", usual=(1.2, 1.8))
    beach: float = param(
        3.0,
        "Height up to which land is levelled to a beach",
        min=0.0,
        max=50.0,
        unit="m",
        panel="Coast",
        spread=0.33,
    )
    cliffs: float = param(0.4, "Share of the coast that is cliffs", min=0.0, max=1.0, panel="Coast", usual=(0.2, 0.6))
    cliff: float = param(22.0, "Height of the cliffs", min=0.0, max=500.0, unit="m", panel="Coast", spread=0.34)
    depth: float = param(38.0, "Depth of the sea around", min=0.0, max=3000.0, unit="m", panel="Sea Floor", spread=0.26)
    shelf: float = param(0.35, "How wide the shallows are", min=0.0, max=1.0, panel="Sea Floor", usual=(0.2, 0.5))
    gully: float = param(
        170.0, "Width of the widest valleys", min=0.5, max=5000.0, unit="m", panel="Valleys", spread=0.24
    )
    gully_depth: float = param(0.8, "How deep valleys are", min=0.0, max=3.0, panel="Valleys", usual=(0.6, 1.0))
    rounds: int = param(4, "How often valleys branch, 0 for none", min=0, max=8, panel="Valleys")


PRESETS = {
    "islands": IslandParams(),
    "tropical_island": IslandParams(height=180.0, scatter=0.1, radius=620.0, steep=1.6, cliffs=0.15, shelf=0.7, gully_depth=0.7, seed=4),
    "skerries": IslandParams(
        size=600.0, height=16.0, radius=330.0, scatter=0.85, spacing=85.0, ragged=0.75, steep=0.9, cliffs=0.5, cliff=3.0, beach=0.6,
        depth=14.0, gully=22.0, gully_depth=0.5, rounds=3, seed=7,
    ),
}  # fmt: skip


def build(p: IslandParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of IslandParams."""
    with land_form("Islands", p, "coast_land") as land:
        i = land.i
        detail = octaves(i.spacing, land.step, 9.0)
        with land.tree.frame("Outline"):
            bent = warp(land.at, i.spacing * 1.2, 0.3, i.seed, 1.0)
            near = 1.0 - (bent.length / i.radius) * (bent.length / i.radius)
            many = fbm(bent, i.spacing, i.seed, 2, 1.0, 0.4)
            fine = fbm(land.at, i.spacing * 0.4, i.seed, 3, n.minimum(detail, 2.5), 0.5) * i.ragged
            # 1 in the middle of the group, 0 on its shore, less in the sea
            up = n.maximum(near, -1.5) * n.mix(i.scatter, 1.0, 0.55) + many * (0.35 + i.scatter * 1.1)
            up = up - i.scatter * 0.35 + fine * 0.22
        with land.tree.frame("Land and Sea Floor"):
            inland = up * i.radius * 0.5  # m, about, so that beaches have a width in metres
            hills = n.math("POWER", n.clamp(up * 0.9, 0.0, 1.5), i.steep) * i.height + n.clamp(inland, 0.0, 60.0) * 0.06
            deep = n.smoothstep(up * -1.0, i.shelf * 0.3, i.shelf * 0.3 + 0.7) * i.depth
            shallow = n.clamp(inland * -0.09, 0.0, n.minimum(i.depth, 8.0))
            height = n.switch(up > 0.0, shallow * -1.0 - deep, hills)
        height, _ = land.carve(height, i.gully, i.rounds, i.gully_depth)
        with land.tree.frame("Coast"):
            side = fbm(land.at, i.spacing * 1.3, i.seed, 4, 2.0, 0.5)
            rocky = n.smoothstep(side, 0.5 - i.cliffs, 0.62 - i.cliffs)
            low = n.clamp(height / n.maximum(i.beach * 2.0, 0.01))
            # Beach: the lowest metres of land are drawn out
            level = height * n.mix(n.smoothstep(low, 1.0, 0.0) * (1.0 - rocky) * (height > 0.0), 1.0, 0.35)
            wall = n.smoothstep(height + fine * i.cliff * 0.14, 0.2, n.maximum(i.cliff * 0.3, 0.5)) * i.cliff
            crag = fbm(land.at, i.cliff + 1.0, i.seed, 5, octaves(i.cliff + 1.0, land.step, 8.0), 0.55)
            height = level + rocky * (
                wall * (1.0 + fine * 0.5) + crag * i.cliff * 0.15 * n.smoothstep(height, -4.0, 3.0)
            )
            ground = fbm(land.at, i.spacing * 0.15, i.seed, 6, octaves(i.spacing * 0.15, land.step, 8.0), 0.45)
            height = height + ground * i.spacing * 0.006 * n.smoothstep(abs(height), 1.0, 8.0)
        land.rise(height)
    return land.tree.data


ISLANDS = Family(
    "islands",
    "Islands",
    "Terrain",
    IslandParams,
    build,
    PRESETS,
    "Islands with beaches, cliffs and shallows",
    solid=False,
)
