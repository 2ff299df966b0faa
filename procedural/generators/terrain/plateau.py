"""A plateau: high, nearly flat land that valleys cut into from its edge, in stairs of hard beds."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import nodes as n
from ..base import Family
from .ground import LandFormParams, land_form, size_param
from .heights import fbm, octaves, terraces, warp


@dataclass(frozen=True)
class PlateauParams(LandFormParams):
    """Metres and radians; its edge runs along X, the high land lies towards +Y."""

    size: float = size_param(3000.0)
    height: float = param(360.0, "Height of the plateau", min=0.0, max=5000.0, unit="m", panel="Plateau", spread=0.19)
    edge: float = param(900.0, "Width of its edge", min=1.0, max=20_000.0, unit="m", panel="Plateau", spread=0.22)
    bays: float = param(
        1300.0,
        "Distance between valleys that reach into it",
        min=5.0,
        max=50_000.0,
        unit="m",
        panel="Plateau",
        spread=0.19,
    )
    reach: float = param(0.75, "How far valleys reach into it", min=0.0, max=2.0, panel="Plateau", usual=(0.55, 0.95))
    tilt: float = param(
        0.02, "Rise of the plateau away from its edge, m a m", min=-0.3, max=0.3, panel="Plateau", usual=(0.0, 0.04)
    )
    beds: float = param(55.0, "Thickness of its beds", min=0.5, max=1000.0, unit="m", panel="Beds", spread=0.24)
    stepped: float = param(0.7, "How clearly beds make stairs", min=0.0, max=1.0, panel="Beds", usual=(0.5, 0.85))
    gully: float = param(
        420.0, "Width of the widest ravines", min=0.5, max=5000.0, unit="m", panel="Ravines", spread=0.19
    )
    gully_depth: float = param(1.1, "How deep ravines are", min=0.0, max=3.0, panel="Ravines", usual=(0.9, 1.3))
    rounds: int = param(5, "How often ravines branch, 0 for none", min=0, max=8, panel="Ravines")
    waves: float = param(18.0, "Unevenness of the top", min=0.0, max=300.0, unit="m", panel="Ground", spread=0.33)
    foot: float = param(20.0, "Unevenness of the plain below", min=0.0, max=300.0, unit="m", panel="Ground", spread=0.4)


PRESETS = {
    "plateau": PlateauParams(),
    "basalt_stairs": PlateauParams(height=520.0, beds=75.0, stepped=0.95, edge=1200.0, gully=300.0, reach=0.9, seed=3),
    "grass_table": PlateauParams(height=180.0, edge=700.0, beds=90.0, stepped=0.3, gully_depth=0.8, waves=10.0, seed=6),
}


def build(p: PlateauParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of PlateauParams."""
    with land_form("Plateau", p, "green_land") as land:
        i = land.i
        with land.tree.frame("Edge"):
            bent = warp(land.at, i.bays * 1.3, 0.35, i.seed, 1.0)
            cut = fbm(bent * (1.0, 0.55, 1.0), i.bays * 0.8, i.seed, 2, 2.0, 0.45)
            inland = land.at.y + cut * i.bays * i.reach
            t = n.clamp(inland / i.edge + 0.5)
            rise = t * t * (3.0 - t * 2.0)
            height = rise * (i.height + n.maximum(inland, 0.0) * i.tilt)
        height, slope = land.carve(height, i.gully, i.rounds, i.gully_depth)
        with land.tree.frame("Beds"):
            sway = fbm(land.at, i.bays, i.seed, 3, 1.0) * i.beds * 0.4
            fine = fbm(land.at, i.beds, i.seed, 4, octaves(i.beds, land.step, 8.0), 0.52)
            steps = terraces(height + sway + fine * i.beds * 0.12, i.beds, i.stepped) - sway - fine * i.beds * 0.05
            on_edge = n.smoothstep(t, 0.02, 0.12) * n.smoothstep(slope.length, 0.03, 0.15)
            height = n.mix(on_edge, height, steps)
            waves = fbm(land.at, i.bays * 0.5, i.seed, 5, octaves(i.bays * 0.5, land.step), 0.43)
        land.rise(height + waves * n.mix(rise, i.foot, i.waves))
    return land.tree.data


PLATEAU = Family(
    "plateau",
    "Plateau",
    "Terrain",
    PlateauParams,
    build,
    PRESETS,
    "High flat land with ravines in its edge",
    solid=False,
)
