"""Volcanoes: a cone that is steeper the higher, a crater, ravines down its sides, small cones at its foot."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import nodes as n
from ..base import Family
from .ground import LandFormParams, land_form, size_param
from .heights import cells, fbm, octaves, warp


@dataclass(frozen=True)
class VolcanoParams(LandFormParams):
    """Metres and radians."""

    size: float = size_param(3000.0)
    height: float = param(720.0, "Height of the rim", min=0.0, max=6000.0, unit="m", panel="Cone", spread=0.17)
    radius: float = param(1300.0, "Radius of the foot", min=2.0, max=50_000.0, unit="m", panel="Cone", spread=0.12)
    hollow: float = param(
        1.9, "From a straight cone, 1, to one that steepens upward", min=0.6, max=5.0, panel="Cone", usual=(1.6, 2.2)
    )
    uneven: float = param(0.25, "How far it is from round", min=0.0, max=1.0, panel="Cone", usual=(0.15, 0.35))
    crater: float = param(170.0, "Radius of the crater", min=0.0, max=20_000.0, unit="m", panel="Crater", spread=0.24)
    crater_depth: float = param(
        130.0, "Depth of the crater", min=0.0, max=3000.0, unit="m", panel="Crater", spread=0.31
    )
    floor: float = param(0.35, "How flat its floor is", min=0.0, max=0.95, panel="Crater", usual=(0.2, 0.5))
    breach: float = param(
        0.3, "How far the rim is broken down on one side", min=0.0, max=1.0, panel="Crater", usual=(0.0, 0.6)
    )
    breach_at: float = param(-1.2, "On which side", min=-6.3, max=6.3, unit="rad", panel="Crater", usual=(-3.1, 3.1))
    gully: float = param(
        230.0, "Width of the widest ravines", min=0.5, max=5000.0, unit="m", panel="Ravines", spread=0.22
    )
    gully_depth: float = param(0.9, "How deep ravines are", min=0.0, max=3.0, panel="Ravines", usual=(0.7, 1.1))
    rounds: int = param(5, "How often ravines branch, 0 for none", min=0, max=8, panel="Ravines")
    cones: float = param(0.3, "How many small cones stand about it", min=0.0, max=1.0, panel="Cones", usual=(0.1, 0.5))
    cone: float = param(55.0, "Height of a small cone", min=0.0, max=1000.0, unit="m", panel="Cones", spread=0.27)
    lava: float = param(9.0, "Roughness of the lava fields", min=0.0, max=200.0, unit="m", panel="Ground", spread=0.33)


PRESETS = {
    "volcano": VolcanoParams(),
    "caldera": VolcanoParams(
        height=420.0, radius=1400.0, crater=620.0, crater_depth=300.0, floor=0.75, hollow=1.3, breach=0.0, cones=0.6, seed=4
    ),
    "cinder_cone": VolcanoParams(
        size=700.0, height=170.0, radius=280.0, crater=52.0, crater_depth=45.0, hollow=1.15, gully=40.0, gully_depth=0.35, rounds=3,
        cones=0.15, cone=18.0, lava=6.0, breach=0.15, uneven=0.15, seed=6,
    ),
}  # fmt: skip


def build(p: VolcanoParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of VolcanoParams."""
    with land_form("Volcano", p, "volcanic_land") as land:
        i = land.i
        with land.tree.frame("Cone"):
            bent = warp(land.at, i.radius * 0.9, i.uneven * 0.5, i.seed, 1.0)
            away = bent.length
            side = n.math("COSINE", n.math("ARCTAN2", bent.y, bent.x) - i.breach_at) * 0.5 + 0.5
            rim_uneven = (
                fbm(bent, i.crater + 1.0, i.seed, 2, octaves(i.crater + 1.0, land.step, 5.0), 0.5) * i.crater * 0.08
            )
            rim = i.crater * 1.05
            lobes = fbm(bent, i.radius * 0.5, i.seed, 7, 3.0, 0.45) * i.uneven
            flank = n.clamp(1.0 - n.maximum(away - rim, 0.0) / n.maximum(i.radius - rim, 1.0) * (1.0 + lobes * 0.9))
            flank = n.mix(n.smoothstep(flank, 0.35, 0.0), flank, flank * flank * 1.6 + flank * 0.3)
            cone = n.math("POWER", flank, i.hollow) * i.height
            inside = n.smoothstep(away, rim, rim * i.floor * 0.9)
            broken = n.math("POWER", side, 3.0) * i.breach * n.smoothstep(away, rim * 2.6, rim * 0.4)
            height = cone - inside * n.minimum(i.crater_depth, i.height * 0.9) * (1.0 - broken * 0.2)
            height = height - broken * i.crater_depth * (1.0 - inside) + rim_uneven * n.smoothstep(away, rim * 2.0, rim)
        with land.tree.frame("Small Cones"):
            spaced = i.radius * 0.42
            near = cells(land.at, spaced, i.seed, 5, 0.8)
            there = (near.random.x < i.cones * 0.8) * n.smoothstep(away, rim * 1.6, rim * 2.4)
            tall = i.cone * (0.5 + near.random.y * 0.5)
            from_middle = near.distance * spaced
            mound = tall - n.maximum(from_middle - tall * 0.35, 0.0) * 0.6
            mound = n.maximum(mound - n.smoothstep(from_middle, tall * 0.4, 0.0) * tall * 0.45, 0.0)
            height = height + mound * there
        height, _ = land.carve(height, i.gully, i.rounds, i.gully_depth)
        with land.tree.frame("Lava"):
            rough = fbm(land.at, i.radius * 0.35, i.seed, 6, octaves(i.radius * 0.35, land.step), 0.5) * i.lava
            flat = 1.0 - n.smoothstep(flank, 0.1, 0.5) * 0.6
        land.rise(height + rough * flat)
    return land.tree.data


VOLCANO = Family(
    "volcano", "Volcano", "Terrain", VolcanoParams, build, PRESETS, "A cone with a crater and ravines", solid=False
)
