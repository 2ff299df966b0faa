"""Canyons: a river's winding cut through beds of hard and soft rock, with side canyons."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import nodes as n
from ..base import Family
from .ground import LandFormParams, land_form, size_param
from .heights import backs, fbm, octaves, terraces, warp, winding


@dataclass(frozen=True)
class CanyonParams(LandFormParams):
    """Metres and radians; the canyon runs along X, its floor at z = 0."""

    size: float = size_param(1600.0)
    depth: float = param(
        240.0, "Height of the plain over the river", min=0.0, max=3000.0, unit="m", panel="Canyon", spread=0.21
    )
    width: float = param(560.0, "Width from rim to rim", min=1.0, max=10_000.0, unit="m", panel="Canyon", spread=0.18)
    floor: float = param(70.0, "Width of the floor", min=0.0, max=5000.0, unit="m", panel="Canyon", spread=0.36)
    bends: float = param(700.0, "Distance between bends", min=5.0, max=20_000.0, unit="m", panel="Canyon", spread=0.18)
    swing: float = param(260.0, "How far bends swing out", min=0.0, max=10_000.0, unit="m", panel="Canyon", spread=0.27)
    sides: float = param(0.7, "How far side canyons reach", min=0.0, max=1.5, panel="Side Canyons", usual=(0.5, 0.9))
    side: float = param(
        420.0,
        "Distance between side canyons",
        min=2.0,
        max=10_000.0,
        unit="m",
        panel="Side Canyons",
        spread=0.19,
    )
    beds: float = param(30.0, "Thickness of the beds", min=0.2, max=500.0, unit="m", panel="Rock", spread=0.23)
    stepped: float = param(0.8, "How clearly beds make steps", min=0.0, max=1.0, panel="Rock", usual=(0.65, 0.92))
    gully: float = param(80.0, "Width of the widest gullies", min=0.5, max=5000.0, unit="m", panel="Rock", spread=0.25)
    gully_depth: float = param(0.9, "How deep gullies are", min=0.0, max=3.0, panel="Rock", usual=(0.7, 1.1))
    rounds: int = param(4, "How often gullies branch, 0 for none", min=0, max=8, panel="Rock")
    plain: float = param(12.0, "Unevenness of the plain", min=0.0, max=300.0, unit="m", panel="Rock", spread=0.33)


PRESETS = {
    "canyon": CanyonParams(),
    "slot_canyon": CanyonParams(
        size=240.0, depth=46.0, width=26.0, floor=4.0, bends=60.0, swing=22.0, sides=0.35, side=50.0, beds=4.0, stepped=0.35, gully=12.0,
        gully_depth=0.5, plain=3.0, seed=2,
    ),
    "grand_canyon": CanyonParams(
        size=5000.0, depth=900.0, width=2600.0, floor=160.0, bends=2200.0, swing=700.0, sides=1.0, side=1100.0, beds=110.0, gully=260.0,
        rounds=5, plain=30.0, seed=4,
    ),
}  # fmt: skip


def build(p: CanyonParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of CanyonParams."""
    with land_form("Canyon", p, "desert_land") as land:
        i = land.i
        with land.tree.frame("River"):
            bent = warp(land.at, i.bends * 0.6, 0.12, i.seed, 1.0)
            away = abs(bent.y - winding(bent.x, i.bends, i.seed) * i.swing)
            # Side canyons: where a noise's crest lines run, deeper towards the river
            branch = backs(fbm(warp(land.at, i.side, 0.3, i.seed, 1.0 * i.sides, 9), i.side, i.seed, 3, 1.2), 0.05)
            near = n.smoothstep(away, i.width * (0.5 + i.sides * 0.9), i.width * 0.1)
            ragged = fbm(land.at, i.gully * 2.0, i.seed, 4, octaves(i.gully * 2.0, land.step, 7.0), 0.5)
            reach = away - n.smoothstep(branch, 0.35, 1.0) * i.width * i.sides * near * 0.8 + ragged * i.gully * 0.5
            t = n.clamp((reach - i.floor * 0.5) / n.maximum((i.width - i.floor) * 0.5, 0.1))
            height = n.mix(t, n.math("POWER", t, 0.8), n.math("POWER", t, 2.2)) * i.depth
        height, _ = land.carve(height, i.gully, i.rounds, i.gully_depth)
        with land.tree.frame("Beds"):
            sway = fbm(land.at, i.bends * 1.5, i.seed, 5, 1.0) * i.beds * 0.5
            uneven = height + sway + ragged * i.beds * 0.2
            big = terraces(uneven, i.beds * 2.3, i.stepped)
            steps = terraces(n.mix(0.55, uneven, big), i.beds, i.stepped * 0.9) - sway - ragged * i.beds * 0.08
            sides = n.smoothstep(height, 0.0, i.beds * 0.6) * n.smoothstep(t, 1.0, 0.93)
            height = n.mix(sides, height, steps)
            waves = fbm(land.at, i.bends * 0.5, i.seed, 6, octaves(i.bends * 0.5, land.step, 9.0), 0.42)
            wavy = waves * i.plain * n.mix(n.smoothstep(t, 0.6, 1.0), 0.12, 1.0)
        land.rise(height + wavy)
    return land.tree.data


CANYON = Family(
    "canyon", "Canyon", "Terrain", CanyonParams, build, PRESETS, "A winding canyon in beds of rock", solid=False
)
