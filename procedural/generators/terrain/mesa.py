"""Mesas: tables of hard rock over ledges and slopes of rubble, and what is left of them."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import nodes as n
from ..base import Family
from .ground import LandFormParams, land_form, size_param
from .heights import fbm, octaves, terraces, warp


@dataclass(frozen=True)
class MesaParams(LandFormParams):
    """Metres and radians."""

    size: float = size_param(1600.0)
    height: float = param(190.0, "Height of the tables", min=0.0, max=3000.0, unit="m", panel="Tables", spread=0.21)
    spacing: float = param(
        620.0, "Distance between tables", min=2.0, max=20_000.0, unit="m", panel="Tables", spread=0.16
    )
    coverage: float = param(0.35, "How much of the land is table", min=0.0, max=1.0, panel="Tables", usual=(0.25, 0.45))
    ragged: float = param(0.45, "How ragged the edges are", min=0.0, max=1.0, panel="Tables", usual=(0.3, 0.6))
    uneven: float = param(0.5, "How much tables differ in height", min=0.0, max=1.0, panel="Tables", usual=(0.3, 0.7))
    cliff: float = param(
        0.55, "Share of the height that is a cliff", min=0.0, max=0.95, panel="Cliffs", usual=(0.45, 0.65)
    )
    slope: float = param(
        0.55, "Slope of the rubble below", min=0.1, max=1.3, unit="rad", panel="Cliffs", usual=(0.5, 0.62)
    )
    ledges: float = param(16.0, "Height of a bed of rock", min=0.2, max=500.0, unit="m", panel="Cliffs", spread=0.31)
    stepped: float = param(0.75, "How clearly beds make steps", min=0.0, max=1.0, panel="Cliffs", usual=(0.6, 0.9))
    gully: float = param(
        90.0, "Width of the widest gullies", min=0.5, max=5000.0, unit="m", panel="Gullies", spread=0.22
    )
    gully_depth: float = param(0.9, "How deep gullies are", min=0.0, max=3.0, panel="Gullies", usual=(0.7, 1.1))
    rounds: int = param(4, "How often gullies branch, 0 for none", min=0, max=8, panel="Gullies")
    waves: float = param(5.0, "Unevenness of the plain", min=0.0, max=200.0, unit="m", panel="Ground", spread=0.4)


PRESETS = {
    "mesa": MesaParams(),
    "buttes": MesaParams(
        height=240.0, spacing=430.0, coverage=0.15, ragged=0.3, cliff=0.7, uneven=0.6, ledges=24.0, seed=3
    ),
    "stepped_tables": MesaParams(
        height=160.0, coverage=0.5, cliff=0.15, slope=0.7, ledges=22.0, stepped=0.95, ragged=0.6, seed=6
    ),
}


def build(p: MesaParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of MesaParams."""
    with land_form("Mesa", p, "desert_land") as land:
        i = land.i
        with land.tree.frame("Tables"):
            detail = octaves(i.spacing, land.step, 7.0)
            bent = warp(land.at, i.spacing, 0.35, i.seed, 1.0)
            shape = (
                fbm(bent, i.spacing, i.seed, 2, 1.0, 0.4)
                + fbm(land.at, i.spacing * 0.3, i.seed, 3, detail, 0.5) * i.ragged * 0.3
            )
            # Distance (m) into the table, by the noise's usual rise
            inside = (shape - 0.55 + i.coverage * 1.1) * i.spacing * 0.42
            own = fbm(bent, i.spacing * 1.6, i.seed, 4, 0.0)
            top = i.height * (1.0 - i.uneven * 0.8 * n.smoothstep(own, 0.3, -0.5))
            foot = top * (1.0 - i.cliff)
            rubble = n.maximum(inside * n.math("TANGENT", i.slope) + foot, 0.0)
            soft = n.minimum(rubble, foot)
            wall = n.smoothstep(inside, 0.0, n.maximum(top * i.cliff * 0.25, land.step * 1.2)) * top * i.cliff
            height = soft * soft / n.maximum(foot, 0.01) * 0.35 + soft * 0.65 + wall
        height, slope = land.carve(height, i.gully, i.rounds, i.gully_depth)
        with land.tree.frame("Beds"):
            sway = fbm(land.at, i.spacing * 2.0, i.seed, 5, 1.0) * i.ledges * 0.6
            fine = fbm(land.at, i.ledges * 1.5, i.seed, 6, octaves(i.ledges * 1.5, land.step, 6.0), 0.55)
            uneven = height + sway + fine * i.ledges * 0.1
            steps = terraces(uneven, i.ledges, i.stepped) - sway - fine * i.ledges * 0.04
            height = n.mix(
                n.smoothstep(height, i.ledges * 0.3, i.ledges * 0.9) * n.smoothstep(slope.length, 0.15, 0.4),
                height,
                steps,
            )
            plain = fbm(land.at, i.spacing * 0.35, i.seed, 7, detail, 0.42) * i.waves
        land.rise(height + plain)
    return land.tree.data


MESA = Family(
    "mesa", "Mesa", "Terrain", MesaParams, build, PRESETS, "Tables of rock over ledges and rubble", solid=False
)
