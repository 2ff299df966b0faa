"""Cracked ground: mud that has dried into plates, these cracked again, their rims turned up."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import nodes as n
from ..base import Family
from .ground import LandFormParams, land_form, size_param
from .heights import cells, fbm, octaves, seams, warp


@dataclass(frozen=True)
class CrackedGroundParams(LandFormParams):
    """Metres and radians."""

    size: float = size_param(16.0)
    plate: float = param(0.9, "Size of a plate", min=0.02, max=200.0, unit="m", panel="Plates", spread=0.22)
    gap: float = param(0.07, "Width of the cracks, in plates", min=0.0, max=0.5, panel="Cracks", usual=(0.045, 0.095))
    depth: float = param(0.16, "Depth of the cracks", min=0.0, max=50.0, unit="m", panel="Cracks", spread=0.31)
    finer: float = param(0.6, "How far plates are cracked again", min=0.0, max=1.0, panel="Cracks", usual=(0.4, 0.8))
    bend: float = param(0.3, "How far cracks are bent", min=0.0, max=1.0, panel="Cracks", usual=(0.2, 0.4))
    curl: float = param(0.045, "How far rims are turned up", min=0.0, max=10.0, unit="m", panel="Plates", spread=0.44)
    tilt: float = param(
        0.03, "How far plates are tilted", min=0.0, max=0.5, unit="rad", panel="Plates", usual=(0.015, 0.045)
    )
    sunk: float = param(
        0.02, "How much plates differ in height", min=0.0, max=10.0, unit="m", panel="Plates", spread=0.5
    )
    whole: float = param(
        0.25, "How much of the ground is not cracked", min=0.0, max=1.0, panel="Cracks", usual=(0.1, 0.4)
    )
    swell: float = param(0.3, "Rise and fall of the ground", min=0.0, max=50.0, unit="m", panel="Ground", spread=0.4)
    grain: float = param(0.006, "Roughness of the mud", min=0.0, max=1.0, unit="m", panel="Ground", spread=0.33)


PRESETS = {
    "cracked_ground": CrackedGroundParams(),
    "salt_polygons": CrackedGroundParams(
        size=60.0,
        plate=3.5,
        gap=0.05,
        depth=0.05,
        curl=0.22,
        finer=0.25,
        bend=0.2,
        whole=0.0,
        tilt=0.0,
        sunk=0.0,
        seed=4,
    ),
    "frost_polygons": CrackedGroundParams(
        size=240.0,
        plate=16.0,
        gap=0.14,
        depth=1.1,
        curl=0.6,
        finer=0.5,
        bend=0.35,
        whole=0.2,
        sunk=0.3,
        swell=3.0,
        grain=0.06,
        seed=7,
    ),
}


def build(p: CrackedGroundParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of CrackedGroundParams."""
    with land_form("Cracked Ground", p, "clay_land") as land:
        i = land.i
        bent = warp(land.at, i.plate * 1.3, i.bend * 0.5, i.seed, 3.0)
        fine = fbm(land.at, i.plate * 0.6, i.seed, 2, octaves(i.plate * 0.6, land.step, 8.0), 0.55)
        swell = fbm(land.at, i.plate * 9.0, i.seed, 3, octaves(i.plate * 9.0, land.step, 5.0), 0.4)
        cracked = n.smoothstep(swell + fine * 0.15, i.whole * 1.2 - 0.85, i.whole * 1.2 - 0.55)
        plate = cells(bent, i.plate, i.seed, 4, 0.85)
        edge = seams(bent, i.plate, i.seed, 4, 0.85)
        within = seams(bent, i.plate * 0.38, i.seed, 5, 0.9)
        half = n.maximum(i.gap * i.plate * 0.5, land.step * 0.7)
        open_ = n.smoothstep(edge, half * 1.25, half * 0.6)
        thin = n.smoothstep(within, half * 0.7, half * 0.3) * n.smoothstep(
            i.plate * 0.38, land.step * 3.0, land.step * 6.0
        )
        rim = n.smoothstep(edge, i.plate * 0.2, half) * (1.0 - open_)
        way = n.combine_xyz(plate.random.y - 0.5, plate.random.z - 0.5, 0.0) * 2.0
        lean = n.vector_math("DOT_PRODUCT", plate.away, way) * i.plate * n.math("TANGENT", i.tilt)
        top = rim * rim * i.curl * (0.4 + plate.random.z * 0.8) + lean + (plate.random.x - 0.5) * i.sunk
        cut = n.maximum(open_ * i.depth, thin * i.depth * 0.35 * i.finer)
        land.rise((top * (1.0 - open_) - cut) * cracked + fine * i.grain + swell * i.swell)
    return land.tree.data


CRACKED_GROUND = Family(
    "cracked_ground",
    "Cracked Ground",
    "Terrain",
    CrackedGroundParams,
    build,
    PRESETS,
    "Plates of dried mud",
    solid=False,
)
