"""Cliffs: a coast that breaks off to the sea, with buttresses, fallen rock, a beach in its bays, and stacks before it."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import nodes as n
from ..base import Family
from .ground import LandFormParams, land_form, size_param
from .heights import cells, fbm, octaves, terraces, winding


@dataclass(frozen=True)
class CliffParams(LandFormParams):
    """Metres and radians; the coast runs along X, land lies towards +Y, z = 0 is the sea."""

    size: float = size_param(500.0)
    height: float = param(62.0, "Height of the cliffs", min=0.0, max=1500.0, unit="m", panel="Cliffs", spread=0.28)
    bays: float = param(
        190.0, "Distance between headlands", min=1.0, max=10_000.0, unit="m", panel="Cliffs", spread=0.21
    )
    swing: float = param(
        95.0, "How far headlands stand out", min=0.0, max=5000.0, unit="m", panel="Cliffs", spread=0.26
    )
    ragged: float = param(0.5, "How broken the edge is", min=0.0, max=1.5, panel="Cliffs", usual=(0.35, 0.65))
    lean: float = param(
        0.2, "Width of the wall, as a share of its height", min=0.02, max=1.5, panel="Cliffs", usual=(0.14, 0.28)
    )
    beds: float = param(5.0, "Thickness of the beds of rock", min=0.1, max=200.0, unit="m", panel="Rock", spread=0.3)
    stepped: float = param(0.6, "How clearly beds make ledges", min=0.0, max=1.0, panel="Rock", usual=(0.4, 0.8))
    fallen: float = param(
        0.4, "How much fallen rock lies at the foot", min=0.0, max=1.0, panel="Shore", usual=(0.25, 0.55)
    )
    beach: float = param(22.0, "Width of the beach in bays", min=0.0, max=500.0, unit="m", panel="Shore", spread=0.36)
    stacks: float = param(0.35, "How many stacks stand in the sea", min=0.0, max=1.0, panel="Shore", usual=(0.2, 0.5))
    depth: float = param(16.0, "Depth of the sea", min=0.0, max=500.0, unit="m", panel="Shore", spread=0.38)
    slope: float = param(
        0.09, "Rise of the land behind, m a m", min=-1.0, max=1.0, panel="Land Behind", usual=(0.04, 0.14)
    )
    waves: float = param(
        5.0, "Unevenness of the land behind", min=0.0, max=200.0, unit="m", panel="Land Behind", spread=0.4
    )


PRESETS = {
    "cliffs": CliffParams(),
    "chalk_cliffs": CliffParams(height=95.0, swing=25.0, ragged=0.3, lean=0.09, stepped=0.2, stacks=0.3, slope=0.02, waves=9.0, seed=3),
    "fjord_wall": CliffParams(
        size=1600.0, height=520.0, bays=600.0, swing=110.0, ragged=0.8, lean=0.55, beds=40.0, stepped=0.35, stacks=0.0, beach=0.0,
        depth=120.0, slope=0.3, waves=40.0, seed=6,
    ),
}  # fmt: skip


def build(p: CliffParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of CliffParams."""
    with land_form("Cliffs", p, "coast_land") as land:
        i = land.i
        with land.tree.frame("Edge"):
            line = winding(land.at.x, i.bays, i.seed)
            rough = fbm(land.at, i.bays * 0.3, i.seed, 2, octaves(i.bays * 0.3, land.step, 8.0), 0.52)
            inland = land.at.y - line * i.swing + rough * i.ragged * i.bays * 0.14
            wide = n.maximum(i.height * i.lean, land.step * 1.5)
        with land.tree.frame("Wall"):
            behind = n.maximum(inland - wide, 0.0)
            waves = fbm(land.at, i.bays * 0.8, i.seed, 3, octaves(i.bays * 0.8, land.step, 9.0), 0.45)
            top = (
                i.height * (1.0 + waves * 0.12)
                + behind * i.slope
                + waves * i.waves * n.smoothstep(behind, 0.0, i.bays * 0.3)
            )
            t = n.clamp(inland / wide)
            bulge = fbm(land.at, i.height * 0.25 + 0.1, i.seed, 4, octaves(i.height * 0.25 + 0.1, land.step, 8.0), 0.55)
            stands_out = n.smoothstep(t, 0.0, 0.2) * n.smoothstep(t, 1.0, 0.8)
            wall = n.math("POWER", t, 1.3) * top + bulge * i.height * 0.07 * stands_out
            beds = terraces(wall + bulge * i.beds * 0.3, i.beds, i.stepped) - bulge * i.beds * 0.3
            wall = n.mix(n.smoothstep(t, 1.0, 0.85), wall, beds)
        with land.tree.frame("Shore"):
            out = n.maximum(inland * -1.0, 0.0)
            bay = n.smoothstep(line, -0.1, 0.3)
            sand = n.clamp(1.0 - out / n.maximum(i.beach * (0.35 + bay), 0.1)) * 2.6 * bay * n.minimum(i.beach, 1.0)
            block = cells(land.at, i.height * 0.09 + 0.3, i.seed, 5)
            stones = n.maximum(0.55 - block.distance, 0.0) * (0.4 + block.random.x) * i.height * 0.13
            talus = n.clamp(1.0 - out / n.maximum(i.height * i.fallen * 0.9 * (0.6 + waves), 0.1))
            fallen = talus * talus * i.height * i.fallen * 0.3 + stones * n.smoothstep(talus, 0.0, 0.25)
            floor = n.smoothstep(out, 0.0, i.bays * 0.9) * (i.depth + 1.5) * -1.0 + rough * 0.6 * n.minimum(
                i.depth, 1.0
            )
        with land.tree.frame("Stacks"):
            spaced = i.bays * 0.28
            column = cells(land.at, spaced, i.seed, 7, 0.9)
            offshore = n.smoothstep(out, i.swing * 0.15, i.swing * 0.4) * n.smoothstep(out, i.bays * 0.75, i.bays * 0.6)
            thick = (0.1 + column.random.y * 0.1) * spaced
            away = column.distance * spaced + (rough * 1.2 + bulge * 0.5) * thick
            tall = i.height * (0.25 + column.random.z * 0.5) + i.depth
            stack = n.smoothstep(away, thick, thick * 0.55) * tall
            stack = (
                n.mix(0.7, stack, terraces(stack, i.beds, i.stepped)) * (column.random.x < i.stacks * 0.55) * offshore
            )
            shore = n.maximum(floor + sand + bay * 0.4, floor + stack) + fallen
        land.rise(n.mix(n.smoothstep(inland, -0.5, 0.5), shore, n.maximum(wall, fallen)))
    return land.tree.data


CLIFFS = Family(
    "cliffs", "Cliffs", "Terrain", CliffParams, build, PRESETS, "A coast of cliffs with bays and stacks", solid=False
)
