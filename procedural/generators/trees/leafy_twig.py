"""A leafy twig: what is instanced a few thousand times to make a crown. A stem with side twigs, leaves in order along them, blossoms."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.sockets import Input
from ...parts.plant_parts import draw, points, tubes
from .leaf_shapes import blossom, leaf

SIDES = 4  # axes of a twig: the stem and its side twigs


@dataclass(frozen=True)
class TwigParams:
    """Inputs of the group "Leafy Twig"; the twig grows along +Z, the side that looks at the sky is +X."""

    length: float = param(0.45, "Length of the stem", min=0.01, max=3.0, unit="m")
    thickness: float = param(0.003, "Radius at its foot", min=0.0002, max=0.05, unit="m")
    branching: float = param(1.0, "Length of the side twigs, as a share of the usual", min=0.0, max=2.0)
    leaves: int = param(5, "Leaves on each of its axes", min=0, max=60)
    leaf_length: float = param(0.11, "Length of a leaf", min=0.002, max=1.0, unit="m")
    shape: int = param(0, "Number of the leaf's shape", min=0, max=10)
    turn: float = param(2.4, "From leaf to leaf about the twig", min=0.0, max=6.3, unit="rad")
    droop: float = param(0.3, "How far leaves hang", min=-0.5, max=1.5)
    bend: float = param(0.2, "How far the twig hangs", min=-1.0, max=1.5)
    amount: float = param(1.0, "Share of the leaves that are there", min=0.0, max=1.0)
    blossom: float = param(0.0, "Share of the places that flower", min=0.0, max=1.0)
    blossom_size: float = param(0.035, "Diameter of a flower", min=0.002, max=0.3, unit="m")
    seed: int = param(0, "Another twig", min=0, max=100_000)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


def twig_group() -> bpy.types.NodeTree:
    """The group; outputs Stem, Leaves, Blossoms, meshes without material."""
    with new_tree("Leafy Twig", TwigParams) as tree:
        i = tree.i
        with tree.frame("Stem"):
            tree.o.stem << _stems(i)
        with tree.frame("Leaves"):
            tree.o.leaves << _leaves(i)
        with tree.frame("Blossoms"):
            tree.o.blossoms << _blossoms(i)
    return tree.data


def _axis(i: Inputs, axis: Socket, along: Input) -> tuple[Socket, Socket]:
    """Place and direction at `along` 0..1 on an axis (0 the stem): side twigs leave it left and right, in its flat."""
    side = n.math("PINGPONG", axis, 1.0) * 2.0 - 1.0  # -1 for even, 1 for odd
    is_side = axis > 0.5
    at = n.switch(is_side, 0.0, 0.06 + axis * 0.2 + draw(i.seed, 3, -0.05, 0.05, of=axis))
    reach = n.switch(is_side, 1.0, i.branching * (0.72 - axis * 0.12 + draw(i.seed, 4, -0.08, 0.08, of=axis)))
    spread = n.switch(is_side, 0.0, side * (0.72 + draw(i.seed, 5, -0.15, 0.15, of=axis)))
    way = n.combine_xyz(draw(i.seed, 6, -0.25, 0.3, of=axis) * is_side, n.sin(spread), n.cos(spread))
    bend = n.combine_xyz(i.bend, 0.0, 0.0) * -1.0
    wiggle = n.combine_xyz(0.0, n.sin(along * 7.0 + i.seed + axis * 2.1) * 0.03, 0.0)  # type: ignore[operator]
    local = way * along + (bend * along + wiggle) * along
    root = n.combine_xyz(0.0, 0.0, at) + bend * at * at
    direction = (way + bend * (along * 2.0)).normalized()  # type: ignore[operator]
    return (root + local * reach) * i.length, direction


def _stems(i: Inputs) -> Socket:
    copies = tubes(float(SIDES), 3.0, n.maximum(n.math("ROUND", i.detail * 4.0), 2.0))
    place, way = _axis(i, copies.number, copies.along)
    side = way.cross((0.2, 0.94, 0.3)).normalized()
    ring = side * n.cos(copies.angle) + way.cross(side) * n.sin(copies.angle)
    radius = i.thickness * n.switch(copies.number > 0.5, 1.0, 0.6) * (1.0 - copies.along * 0.75)
    mesh = n.set_position(copies.mesh, place + ring * radius)
    limb = n.combine_xyz(
        n.cos(copies.angle) * radius, n.sin(copies.angle) * radius, copies.along * i.length + copies.number
    )
    return n.shade_smooth(n.store(n.store(mesh, "limb", limb), "bark", 1.0))


def _sites(i: Inputs, salt: int) -> tuple[Socket, Socket, Socket, Socket]:
    """Points where leaves are, their numbers, and the place and direction of the twig there."""
    cloud, number = points(i.leaves * SIDES)
    axis = n.math("FLOOR", number / n.maximum(i.leaves, 1.0))
    rank = number - axis * i.leaves
    along = (rank + 0.75 + draw(i.seed, salt, -0.2, 0.2, of=number)) / i.leaves
    along = n.mix(n.smoothstep(axis, 0.2, 0.8), 0.25 + along * 0.75, 0.1 + along * 0.9)
    place, way = _axis(i, axis, n.minimum(along, 1.0))
    cloud, way = n.capture(cloud, way)
    return n.set_position(cloud, place), number, rank + axis * 3.0, way


def _leaves(i: Inputs) -> Socket:
    cloud, number, rank, way = _sites(i, 11)
    azimuth = rank * i.turn + draw(i.seed, 12, -0.35, 0.35, of=number)
    side = way.cross((1.0, 0.02, 0.05)).normalized()
    around = side * n.cos(azimuth) + side.cross(way) * n.sin(azimuth)
    open_ = 0.85 + draw(i.seed, 13, -0.25, 0.25, of=number)
    out = way * n.cos(open_) + around * n.sin(open_) - n.combine_xyz(i.droop, 0.0, 0.0)
    turn = n.align_to(out, "Y")
    sky = n.combine_xyz(1.0, draw(i.seed, 14, -0.5, 0.5, of=number), draw(i.seed, 15, -0.3, 0.5, of=number))
    facing = n.node(
        "FunctionNodeAlignRotationToVector", axis="Z", pivot_axis="Y", rotation=turn, vector=sky
    ).as_socket()
    size = i.leaf_length * draw(i.seed, 16, 0.7, 1.1, of=number)
    there = draw(i.seed, 17, of=number) < i.amount
    made = n.instance_on(
        cloud, leaf(i.shape, i.detail), rotation=facing, scale=n.combine_xyz(size, size, size), selection=there
    )
    made = n.store(made, "random", n.random_value(0.0, 1.0, seed=i.seed + 18), domain="INSTANCE")
    return n.shade_smooth(n.store(n.realize(made), "leaf", 1.0))


def _blossoms(i: Inputs) -> Socket:
    cloud, number, _, way = _sites(i, 21)
    stray = n.combine_xyz(0.7, draw(i.seed, 22, -1.0, 1.0, of=number), draw(i.seed, 23, -0.6, 1.0, of=number))
    facing = n.align_to(way * 0.3 + stray, "Z")
    there = draw(i.seed, 24, of=number) < i.blossom
    offset = stray.normalized() * (i.blossom_size * 0.7)
    cloud = n.set_position(cloud, offset=offset)
    size = i.blossom_size * draw(i.seed, 25, 0.75, 1.15, of=number)
    made = n.instance_on(cloud, blossom(), rotation=facing, scale=n.combine_xyz(size, size, size), selection=there)
    made = n.store(made, "random", n.random_value(0.0, 1.0, seed=i.seed + 26), domain="INSTANCE")
    return n.shade_smooth(n.realize(made))
