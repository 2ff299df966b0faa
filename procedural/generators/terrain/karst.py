"""Karst: limestone that water has dissolved into towers, cones, sinkholes and furrowed pavement."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import nodes as n
from ..base import Family
from .ground import LandFormParams, land_form, size_param
from .heights import cells, fbm, octaves, seams, warp


@dataclass(frozen=True)
class KarstParams(LandFormParams):
    """Metres and radians."""

    size: float = size_param(1000.0)
    height: float = param(
        150.0, "Height of the tallest towers", min=0.0, max=2000.0, unit="m", panel="Towers", spread=0.2
    )
    spacing: float = param(150.0, "Distance between towers", min=1.0, max=5000.0, unit="m", panel="Towers", spread=0.2)
    towers: float = param(0.75, "How many of their places have one", min=0.0, max=1.0, panel="Towers", usual=(0.6, 0.9))
    width: float = param(
        0.42, "Width of a tower, in their distance", min=0.05, max=0.8, panel="Towers", usual=(0.36, 0.48)
    )
    walls: float = param(0.75, "From cones, 0, to walls, 1", min=0.0, max=1.0, panel="Towers", usual=(0.6, 0.9))
    ragged: float = param(0.5, "How far towers are from round", min=0.0, max=1.5, panel="Towers", usual=(0.35, 0.65))
    sinkholes: float = param(
        0.15, "How many sinkholes there are", min=0.0, max=1.0, panel="Sinkholes", usual=(0.05, 0.25)
    )
    sinkhole: float = param(45.0, "Width of a sinkhole", min=0.5, max=2000.0, unit="m", panel="Sinkholes", spread=0.22)
    hole_depth: float = param(14.0, "Depth of a sinkhole", min=0.0, max=500.0, unit="m", panel="Sinkholes", spread=0.36)
    grikes: float = param(0.0, "Depth of the furrows in bare pavement", min=0.0, max=20.0, unit="m", panel="Pavement")
    clint: float = param(2.5, "Distance between furrows", min=0.1, max=100.0, unit="m", panel="Pavement", spread=0.2)
    plain: float = param(5.0, "Unevenness of the plain", min=0.0, max=200.0, unit="m", panel="Ground", spread=0.4)


PRESETS = {
    "karst": KarstParams(),
    "cone_karst": KarstParams(height=75.0, spacing=130.0, towers=1.0, width=0.62, walls=0.1, ragged=0.35, sinkholes=0.4, seed=3),
    "sinkhole_plain": KarstParams(size=600.0, height=0.0, towers=0.0, sinkholes=0.8, sinkhole=60.0, hole_depth=18.0, seed=5),
    "limestone_pavement": KarstParams(
        size=60.0, height=3.0, spacing=22.0, towers=0.3, walls=0.8, sinkholes=0.1, sinkhole=6.0, hole_depth=1.2, grikes=0.9, clint=2.2,
        plain=0.8, seed=8,
    ),
}  # fmt: skip


def build(p: KarstParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of KarstParams."""
    with land_form("Karst", p, "limestone_land") as land:
        i = land.i
        with land.tree.frame("Towers"):
            fine = fbm(land.at, i.spacing * 0.3, i.seed, 2, octaves(i.spacing * 0.3, land.step, 9.0), 0.52)
            bent = warp(land.at, i.spacing * 0.8, i.ragged * 0.5, i.seed, 2.0)
            total = 0.0
            # Two sets of places, so that towers stand alone, lean together, and are of all sizes
            for salt, scale in ((3, 1.0), (4, 0.62)):
                place = cells(bent, i.spacing * scale, i.seed, salt, 0.9)
                tall = i.height * (0.3 + place.random.y * 0.7) * scale
                wide = i.width * (0.65 + place.random.z * 0.45)
                ragged = fine * i.ragged * 0.25 * n.smoothstep(place.distance, 0.0, 0.2)
                t = n.clamp(1.0 - place.distance / wide + ragged)
                wall = n.smoothstep(t, 0.02, 0.3) * 0.72 + n.math("POWER", t, 0.7) * 0.28
                shape = n.mix(i.walls, t * (1.6 - t * 0.6), wall) * tall * (place.random.x < i.towers)
                total = n.maximum(total, shape)
            foot = fbm(land.at, i.spacing * 1.3, i.seed, 5, octaves(i.spacing, land.step, 9.0), 0.42) * i.plain
            crag = fbm(land.at, i.spacing * 0.09, i.seed, 6, octaves(i.spacing * 0.09, land.step, 7.0), 0.55)
            high = n.smoothstep(total, i.height * 0.03, i.height * 0.25 + 0.01)
            height = total + crag * i.height * 0.07 * high + foot
        with land.tree.frame("Sinkholes"):
            hole = cells(warp(land.at, i.sinkhole, 0.3, i.seed, 2.0, 7), i.sinkhole * 1.7, i.seed, 8, 0.9)
            radius = 0.18 + hole.random.y * 0.16
            sunk = n.smoothstep(hole.distance, radius, radius * 0.15) * (hole.random.x < i.sinkholes) * (1.0 - high)
        with land.tree.frame("Pavement"):
            furrow = seams(warp(land.at, i.clint, 0.25, i.seed, 2.0, 9), i.clint, i.seed, 10, 0.85)
            gap = n.maximum(i.clint * 0.1, land.step * 0.8)
            shown = n.smoothstep(i.clint, land.step * 2.0, land.step * 4.0)
            cut = n.smoothstep(furrow, gap, gap * 0.2) * i.grikes * shown
        land.rise(height - sunk * i.hole_depth * (0.5 + hole.random.z * 0.5) - cut)
    return land.tree.data


KARST = Family(
    "karst",
    "Karst",
    "Terrain",
    KarstParams,
    build,
    PRESETS,
    "Limestone towers, cones, sinkholes and pavement",
    solid=False,
)
