"""Badlands: soft clay in bands, cut by rain into countless sharp ribs and gullies."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import nodes as n
from ..base import Family
from .ground import LandFormParams, land_form, size_param
from .heights import fbm, octaves, terraces, warp


@dataclass(frozen=True)
class BadlandParams(LandFormParams):
    """Metres and radians."""

    size: float = size_param(300.0)
    height: float = param(42.0, "Height of the ridges", min=0.0, max=1000.0, unit="m", panel="Ridges", spread=0.24)
    spacing: float = param(120.0, "Distance between ridges", min=0.5, max=5000.0, unit="m", panel="Ridges", spread=0.21)
    tables: float = param(
        0.25, "How much of the old flat top is left", min=0.0, max=1.0, panel="Ridges", usual=(0.1, 0.4)
    )
    washes: float = param(
        0.3, "How much is flat wash between the ridges", min=0.0, max=1.0, panel="Ridges", usual=(0.2, 0.4)
    )
    bend: float = param(0.5, "How far ridges are bent", min=0.0, max=2.0, panel="Ridges", usual=(0.35, 0.65))
    gully: float = param(
        26.0, "Width of the widest gullies", min=0.1, max=1000.0, unit="m", panel="Gullies", spread=0.23
    )
    gully_depth: float = param(1.7, "How deep gullies are", min=0.0, max=3.0, panel="Gullies", usual=(1.4, 2.0))
    rounds: int = param(6, "How often gullies branch, 0 for none", min=0, max=8, panel="Gullies")
    beds: float = param(3.2, "Thickness of the bands", min=0.05, max=100.0, unit="m", panel="Bands", spread=0.25)
    stepped: float = param(0.3, "How far hard bands stand out", min=0.0, max=1.0, panel="Bands", usual=(0.15, 0.45))
    crumbs: float = param(0.25, "Roughness of the clay", min=0.0, max=10.0, unit="m", panel="Bands", spread=0.4)


PRESETS = {
    "badlands": BadlandParams(),
    "hoodoo_ridges": BadlandParams(
        height=60.0, spacing=90.0, gully=18.0, gully_depth=2.2, stepped=0.6, tables=0.1, seed=4
    ),
    "clay_hills": BadlandParams(
        height=24.0, spacing=100.0, gully_depth=1.1, stepped=0.08, washes=0.45, tables=0.0, seed=7
    ),
}


def build(p: BadlandParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of BadlandParams."""
    with land_form("Badlands", p, "banded_land") as land:
        i = land.i
        with land.tree.frame("Ridges"):
            bent = warp(land.at, i.spacing * 1.3, i.bend * 0.5, i.seed, 1.0)
            shape = fbm(bent, i.spacing, i.seed, 2, 1.6, 0.45)
            up = n.smoothstep(shape, i.washes * 1.1 - 0.75, 0.62 - i.tables * 0.5)
            height = n.math("POWER", up, 1.15) * i.height
        height, slope = land.carve(height, i.gully, i.rounds, i.gully_depth)
        with land.tree.frame("Bands"):
            sway = fbm(land.at, i.spacing * 1.5, i.seed, 3, 1.0) * i.beds * 0.5
            steps = terraces(height + sway, i.beds, i.stepped) - sway
            height = n.mix(n.smoothstep(height, 0.0, i.beds) * n.smoothstep(slope.length, 0.05, 0.3), height, steps)
            fine = fbm(land.at, i.gully * 0.2, i.seed, 4, octaves(i.gully * 0.2, land.step, 8.0), 0.55)
        land.rise(height + fine * i.crumbs)
    return land.tree.data


BADLANDS = Family(
    "badlands",
    "Badlands",
    "Terrain",
    BadlandParams,
    build,
    PRESETS,
    "Banded clay cut into ribs and gullies",
    solid=False,
)
