"""Solid parts that furniture and vessels are made of: rounded boxes, outlines with live points.

None of them uses booleans, merging or remeshing: each is one primitive whose vertices are moved, so that a part costs
well under a millisecond.
"""

from __future__ import annotations

import math as pymath
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import Socket, current_tree, math, new_tree, vector_math
from ..graph import nodes as n
from ..graph.sockets import Input


@dataclass(frozen=True)
class RoundedBoxParams:
    """Inputs of the group "Rounded Box"."""

    size: tuple[float, float, float] = param((1.0, 1.0, 1.0), "Outer size", min=0.0, max=100.0, unit="m")
    radius: float = param(0.02, "Radius of edges and corners", min=0.0, max=10.0, unit="m")
    rings: int = param(1, "Rings of faces on each side of an edge", min=1, max=16)
    cuts: tuple[float, float, float] = param((0.0, 0.0, 0.0), "More cuts across x, y, z", min=0.0, max=64.0, unit="m")
    grain: float = param(0.3, "How strongly the tone varies along the longest side", min=0.0, max=1.0)
    seed: int = param(0, "Other grain", min=0, max=1_000_000)


def rounded_box_group() -> bpy.types.NodeTree:
    """A box about the origin with rounded edges; on its points `tone` (grain, edges a little lighter) and `edge` (1 on edges)."""
    with new_tree("Rounded Box", RoundedBoxParams) as tree:
        i = tree.i
        with tree.frame("Grid of a cube, counted from the middle"):
            counts = i.cuts + vector_math("MULTIPLY", (2.0, 2.0, 2.0), _spread(i.rings)) + (2.0, 2.0, 2.0)
            cx, cy, cz = tree.separate(counts)
            cube = tree.add(
                "GeometryNodeMeshCube", size=(1.0, 1.0, 1.0), vertices_x=cx, vertices_y=cy, vertices_z=cz
            ).mesh
            half_count = (counts - (1.0, 1.0, 1.0)) * 0.5
            step = n.position() * (half_count * 2.0)
            # steps are 0 or at least a half; Vector Math knows no sign before Blender 4.3
            sign = vector_math("MAXIMUM", vector_math("MINIMUM", step * 2.0, (1.0, 1.0, 1.0)), (-1.0, -1.0, -1.0))
            away = vector_math("ABSOLUTE", step)
            core_count = half_count - _spread(i.rings)
        with tree.frame("Flat core, round rim"):
            # parameters at odds with each other may ask for less than nothing: thin then, never inside out
            size = vector_math("MAXIMUM", i.size, (1e-3, 1e-3, 1e-3))
            half = size * 0.5
            radius = n.minimum(i.radius, n.minimum(n.minimum(half.x, half.y), half.z) * 0.98)
            core = vector_math("MINIMUM", away, core_count) / core_count * (half - _spread(radius))
            around = vector_math("MAXIMUM", away - core_count, (0.0, 0.0, 0.0)) / _spread(i.rings)
            # tan() spaces the rings evenly in angle, 45 degrees to either side of an edge
            rim = vector_math("TANGENT", around * (pymath.pi / 4)).normalized() * radius
        box, edge = n.capture(cube, n.clamp(around.dot((1.0, 1.0, 1.0)) - 1.0, 0.0, 1.0))
        box = n.set_position(box, position=sign * (core + rim))
        with tree.frame("Grain along the longest side"):
            longest = n.maximum(n.maximum(size.x, size.y), size.z)
            # along the longest side the tone changes slowly, across it in streaks
            share = size / _spread(longest)
            frequency = (9.0, 9.0, 9.0) - share * share * share * 7.4
            grain = n.noise(n.position() / _spread(longest) * frequency, scale=1.0, detail=1.0, w=i.seed * 1.37) - 0.5
            plank = n.random_value(-0.5, 0.5, seed=i.seed, id=i.seed)
            tone = n.clamp(0.96 + i.grain * (grain * 3.0 + plank * 1.2) + edge * 0.07, 0.6, 1.28)
        box = n.store(box, "edge", edge)
        tree.o.geometry << n.shade_smooth(n.store(box, "tone", tone))
    return tree.data


def _spread(value: Input) -> Socket:
    """A number socket as a vector of three."""
    return n.combine_xyz(value, value, value)


def outline(t: Input, points: Sequence[tuple[Input, Input]], resolution: int = 6) -> tuple[Socket, Socket]:
    """Radius and height (m) along a smooth curve through (radius, height) points, even by length, as fields of `t` 0..1.

    For `shapes.lathe(...).shape(radius, height)`. Unlike `shapes.profile` the points may be sockets, so that the artist's
    parameters move them. Going up on the outside and down on the inside makes a hollow thing of one closed skin.
    """
    tree = current_tree()
    line = tree.add("GeometryNodeMeshLine", count=len(points)).mesh
    curve = tree.add("GeometryNodeMeshToCurve", line).as_socket()
    pick = tree.add("GeometryNodeIndexSwitch", data_type="VECTOR")
    while len(pick.data.index_switch_items) < len(points):
        pick.data.index_switch_items.new()
    sockets = [s for s in pick.data.inputs if s.enabled and s.type == "VECTOR"]
    for socket, (radius, height) in zip(sockets, points, strict=True):
        tree.link(n.combine_xyz(radius, height, 0.0), socket)
    pick.set(index=n.index())
    curve = n.set_position(curve, position=pick.as_socket())
    curve = tree.add("GeometryNodeCurveSplineType", curve, spline_type="CATMULL_ROM").as_socket()
    curve = tree.add("GeometryNodeSetSplineResolution", curve, resolution=resolution).as_socket()
    sampled = tree.add("GeometryNodeSampleCurve", mode="FACTOR", use_all_curves=True, curves=curve, factor=t)
    radius, height, _ = tree.separate(sampled["Position"])
    return n.maximum(radius, 0.0), height


def copies(part: Input, places: Sequence[Input]) -> Socket:
    """The part at each place (an offset in m), as one mesh."""
    return n.join(*[n.transform(part, translation=place) for place in places])


BoxMaker = Callable[..., Socket]


def box_maker(detail: Input, seed: Input) -> BoxMaker:
    """`box(size, radius, cuts, number)`: rounded boxes about the origin in whichever tree is being built then, all from one group.

    size: vector, m. radius: m. cuts: (x, y, z), how often to cut each way at detail 1. number: another grain for each part.
    """
    group = rounded_box_group()
    rings = math("ROUND", n.maximum(detail * 2.0, 1.0))

    def box(size: Input, radius: Input, cuts: tuple[int, int, int] = (0, 0, 0), number: int = 0) -> Socket:
        # rounded up, so that a bent part keeps a cut to bend at
        cuts_now = vector_math("CEIL", n.combine_xyz(*[n.minimum(detail, 4.0) * cut for cut in cuts]))
        other = seed * 31.0 + number
        return current_tree().group(group, size=size, radius=radius, rings=rings, cuts=cuts_now, seed=other).geometry

    return box


def handmade(geometry: Input, size: Input, seed: Input, amount: Input = 0.05) -> Socket:
    """Bend everything a little and smoothly, as hands do; another `seed`, another way. What stands on z = 0 keeps standing.

    size: m, how big the thing is. amount: the share of it by which points may be moved; about a third of that is usual.
    """
    at = n.position()
    shift = n.noise_vector(at / n.combine_xyz(size, size, size), scale=1.4, detail=0.0, w=seed * 2.71)
    return n.set_position(geometry, offset=shift * (n.smoothstep(at.z / size, 0.0, 0.2) * size * amount))
