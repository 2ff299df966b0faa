"""Jointed rock: blocks between joints, tilted and worn, some sunk, some standing out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import bpy

from ....params import param
from ...graph import Socket
from ...graph import nodes as n
from ...graph.parts import grouped
from ..base import Family
from .ground import LandFormParams, land_form, size_param
from .heights import cells, fbm, octaves, seams, warp


@dataclass(frozen=True)
class JointedRockParams(LandFormParams):
    """Metres and radians."""

    size: float = size_param(60.0)
    block: float = param(4.5, "Size of a block", min=0.05, max=1000.0, unit="m", panel="Blocks", spread=0.2)
    height: float = param(
        3.2, "How much blocks differ in height", min=0.0, max=500.0, unit="m", panel="Blocks", spread=0.31
    )
    tilt: float = param(
        0.22, "How far tops are tilted", min=0.0, max=1.2, unit="rad", panel="Blocks", usual=(0.12, 0.32)
    )
    joint: float = param(0.07, "Width of the joints, in blocks", min=0.0, max=0.5, panel="Joints", usual=(0.04, 0.1))
    joint_depth: float = param(1.6, "Depth of the joints", min=0.0, max=100.0, unit="m", panel="Joints", spread=0.31)
    worn: float = param(0.35, "How far edges are worn round", min=0.0, max=1.0, panel="Joints", usual=(0.2, 0.5))
    order: float = param(0.15, "From scattered, 0, to squares, 1", min=0.0, max=1.0, panel="Blocks", usual=(0.0, 0.3))
    split: float = param(0.6, "How far blocks are split again", min=0.0, max=1.0, panel="Blocks", usual=(0.4, 0.8))
    bend: float = param(0.15, "How far joints are bent", min=0.0, max=1.0, panel="Joints", usual=(0.08, 0.22))
    swell: float = param(3.0, "Rise and fall of the whole", min=0.0, max=200.0, unit="m", panel="Ground", spread=0.33)
    buried: float = param(0.35, "How much of it lies in the ground", min=0.0, max=1.0, panel="Ground", usual=(0.2, 0.5))
    roughness: float = param(0.12, "Roughness of the rock", min=0.0, max=10.0, unit="m", panel="Ground", spread=0.33)


PRESETS = {
    "jointed_rock": JointedRockParams(),
    "boulder_slope": JointedRockParams(
        block=2.4, height=1.8, tilt=0.5, joint=0.16, worn=0.85, split=0.3, buried=0.25, seed=3
    ),
    "rock_tables": JointedRockParams(
        block=7.0, height=1.4, tilt=0.04, joint=0.04, order=0.6, worn=0.15, buried=0.1, bend=0.06, seed=6
    ),
}


def build(p: JointedRockParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of JointedRockParams."""
    with land_form("Voronoi Rocks", p) as land:
        i = land.i
        bent = warp(land.at, i.block * 2.0, i.bend * 0.5, i.seed, 2.0)
        large = _blocks(bent, i.block, i.order, i.joint, i.worn, i.tilt, i.seed, 2)
        small = _blocks(bent, i.block * 0.43, i.order, i.joint, i.worn, i.tilt, i.seed, 3)
        fine = fbm(land.at, i.block * 0.5, i.seed, 6, octaves(i.block * 0.5, land.step, 9.0), 0.55)
        swell = fbm(land.at, i.block * 7.0, i.seed, 7, octaves(i.block * 7.0, land.step, 4.0), 0.42)
        tops = (
            large.own * i.height
            + large.lean * i.block
            + (small.own * i.height * 0.3 + small.lean * i.block * 0.43) * i.split
        )
        cut = n.maximum((1.0 - large.inside) * i.joint_depth, (1.0 - small.inside) * i.joint_depth * 0.4 * i.split)
        rock = tops - cut + fine * i.roughness
        ground = (i.buried - 0.5) * i.height * 1.6 + fine * i.roughness * 0.4
        soil = n.smoothstep(ground - rock, -0.05 * i.height, 0.05 * i.height)
        land.rise(n.mix(soil, rock, ground) + swell * i.swell)
    return land.tree.data


class _Blocks(NamedTuple):
    """own: a block's height, -0.5..0.5; lean: of its top, in blocks; inside: 0 in the joints, 1 on the block."""

    own: Socket
    lean: Socket
    inside: Socket


@grouped("Blocks")
def _blocks(
    at: Socket, size: Socket, order: Socket, joint: Socket, worn: Socket, tilt: Socket, seed: Socket, salt: int
) -> _Blocks:
    loose = 1.0 - order
    cell = cells(at, size, seed, salt, loose)
    from_seam = seams(at, size, seed, salt, loose) / size
    inside = n.smoothstep(from_seam, joint * 0.3, joint * 0.5 + 0.02 + worn * 0.28)
    way = n.combine_xyz(cell.random.y - 0.5, cell.random.z - 0.5, 0.0) * 2.0
    lean = n.vector_math("DOT_PRODUCT", cell.away, way) * n.math("TANGENT", tilt)
    return _Blocks(cell.random.x - 0.5, lean, inside)


VORONOI_ROCKS = Family(
    "voronoi_rocks",
    "Voronoi Rocks",
    "Terrain",
    JointedRockParams,
    build,
    PRESETS,
    "Blocks of rock between joints",
    solid=False,
)
