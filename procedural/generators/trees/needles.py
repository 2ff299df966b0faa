"""Needle twigs of conifers: a shoot with needles all around it, or combed into two rows; instanced over the boughs."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, current_tree, new_tree
from ...graph import nodes as n
from ...parts.plant_parts import GOLDEN_ANGLE, draw, points, tubes


@dataclass(frozen=True)
class NeedleTwigParams:
    """Inputs of the group "Needle Twig"; it grows along +Z, the side that looks at the sky is +X."""

    length: float = param(0.25, "Length of the shoot", min=0.01, max=2.0, unit="m")
    thickness: float = param(0.003, "Radius at its foot", min=0.0002, max=0.05, unit="m")
    needles: int = param(110, "Number of needles", min=3, max=1000)
    needle: float = param(0.022, "Length of a needle", min=0.002, max=0.5, unit="m")
    width: float = param(0.002, "Width of a needle", min=0.0002, max=0.03, unit="m")
    open: float = param(0.9, "From the shoot to a needle", min=0.1, max=1.6, unit="rad")
    combed: float = param(0.5, "How far needles lie left and right of the shoot", min=0.0, max=1.0)
    bare: float = param(0.05, "Share of the shoot below the needles", min=0.0, max=0.9)
    bend: float = param(0.1, "How far the shoot hangs", min=-1.0, max=1.5)
    sides: int = param(2, "Side shoots", min=0, max=6)
    seed: int = param(0, "Another twig", min=0, max=100_000)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


def needle_twig_group() -> bpy.types.NodeTree:
    """The group; outputs Stem and Needles, meshes without material."""
    with new_tree("Needle Twig", NeedleTwigParams) as tree:
        i = tree.i
        tree.o.stem << _stem(i)
        tree.o.needles << _needles(i)
    return tree.data


def _axis(i: Inputs, axis: Socket, along: Socket) -> tuple[Socket, Socket]:
    """Place and direction on the shoot (axis 0) or a side shoot."""
    is_side = axis > 0.5
    side = n.math("PINGPONG", axis, 1.0) * 2.0 - 1.0
    at = n.switch(is_side, 0.0, 0.1 + axis / (i.sides + 1.0) * 0.62)
    spread = n.switch(is_side, 0.0, side * (0.75 + draw(i.seed, 2, -0.15, 0.15, of=axis)))
    reach = n.switch(is_side, 1.0, 0.68 - axis / (i.sides + 1.0) * 0.25)
    way = n.combine_xyz(draw(i.seed, 3, -0.2, 0.35, of=axis) * is_side, n.sin(spread), n.cos(spread))
    bend = n.combine_xyz(i.bend * -1.0, 0.0, 0.0)
    local = way * along + bend * along * along
    return (n.combine_xyz(0.0, 0.0, at) + bend * at * at + local * reach) * i.length, (
        way + bend * along * 2.0
    ).normalized()


def _stem(i: Inputs) -> Socket:
    copies = tubes(i.sides + 1.0, 3.0, n.maximum(n.math("ROUND", i.detail * 3.0), 2.0))
    place, way = _axis(i, copies.number, copies.along)
    side = way.cross((0.2, 0.94, 0.3)).normalized()
    ring = side * n.cos(copies.angle) + way.cross(side) * n.sin(copies.angle)
    radius = i.thickness * n.switch(copies.number > 0.5, 1.0, 0.6) * (1.0 - copies.along * 0.7)
    limb = n.combine_xyz(
        n.cos(copies.angle) * radius, n.sin(copies.angle) * radius, copies.along * i.length + copies.number
    )
    mesh = n.store(n.set_position(copies.mesh, place + ring * radius), "limb", limb)
    return n.shade_smooth(n.store(mesh, "bark", 1.0))


def _needles(i: Inputs) -> Socket:
    # Far away, fewer and wider needles
    fewer = n.clamp(i.detail * 0.6 + 0.4, 0.2, 1.6)
    total = n.math("ROUND", i.needles * fewer)
    cloud, number = points(total)
    axis = n.math("FLOOR", n.maximum(number / total * (i.sides * 0.6 + 1.0) - 1.0, -0.001) / 0.6 + 1.0)
    along = n.mix(draw(i.seed, 5, of=number), i.bare, 1.0)
    place, way = _axis(i, axis, along)
    azimuth = number * GOLDEN_ANGLE
    side = way.cross((1.0, 0.02, 0.05)).normalized()
    rolled = n.combine_xyz(n.cos(azimuth), n.sin(azimuth) * (1.0 - i.combed * 0.85), 0.0)
    around = (side * rolled.x + side.cross(way) * (rolled.y + i.combed * 0.25)).normalized()
    open_ = i.open * (1.0 - n.smoothstep(along, 0.75, 1.0) * 0.55) + draw(i.seed, 6, -0.2, 0.2, of=number)
    out = way * n.cos(open_) + around * n.sin(open_)
    turn = n.align_to(out, "Y")
    facing = n.node(
        "FunctionNodeAlignRotationToVector",
        axis="Z",
        pivot_axis="Y",
        rotation=turn,
        vector=n.combine_xyz(1.0, 0.1, 0.3),
    ).as_socket()
    size = i.needle * draw(i.seed, 7, 0.75, 1.1, of=number)
    wide = i.width / fewer
    cloud = n.set_position(cloud, place)
    made = n.instance_on(cloud, _needle(i), rotation=facing, scale=n.combine_xyz(wide, size, wide))
    made = n.store(made, "random", n.random_value(0.0, 1.0, seed=i.seed + 8), domain="INSTANCE")
    return n.shade_smooth(n.store(n.realize(made), "leaf", 1.0))


def _needle(i: Inputs) -> Socket:
    """A strip of length 1 along +Y and width 1; bent where detail is high."""
    tree = current_tree()
    node = tree.add(
        "GeometryNodeMeshGrid", size_x=2.0, size_y=1.0, vertices_x=2, vertices_y=n.switch(i.detail > 1.5, 2, 3)
    )
    grid, at = n.capture(node["Mesh"], n.position())
    x, y = at.x, at.y + 0.5
    half = n.float_curve(y, [(0, 0.5), (0.5, 0.5), (1, 0.1)])
    uv = n.combine_xyz(x * 0.5 + 0.5, y, 0.0)
    grid = tree.add(
        "GeometryNodeStoreNamedAttribute", data_type="FLOAT2", domain="CORNER", geometry=grid, name="UVMap", value=uv
    ).as_socket()
    grid = n.set_position(grid, n.combine_xyz(x * half, y, y * y * -0.6))
    return n.store(grid, "thin", True, domain="FACE")  # type: ignore[return-value]
