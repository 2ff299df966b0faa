"""What props are made of: boards that know their grain, turned vessels, bands, rings of copies."""

from __future__ import annotations

import math as pymath
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import Socket, current_tree, math, new_tree, vector_math
from ..graph import nodes as n
from ..graph.sockets import Input
from .shapes import count, lathe
from .solids import rounded_box_group

TAU = 2.0 * pymath.pi


def grain(mesh: Input, own: Input, along: str = "z") -> Socket:
    """Store what wood reads: `limb`, each board's own coordinates (m, z along the grain), and `random`, where it was cut.

    along: the axis of the mesh, as it lies now, in which the grain runs.
    """
    x, y, z = current_tree().separate(n.position())
    turned = {"x": (y, z, x), "y": (z, x, y), "z": (x, y, z)}[along]
    mesh = n.store(mesh, "limb", n.combine_xyz(*turned))
    return n.store(mesh, "random", own)  # type: ignore[return-value]


Board = Callable[..., Socket]


@dataclass(frozen=True)
class BoardParams:
    """Inputs of the group "Board"."""

    size: tuple[float, float, float] = param((0.1, 0.02, 1.0), "Outer size", min=0.0, max=100.0, unit="m")
    radius: float = param(0.003, "Radius of edges and corners", min=0.0, max=10.0, unit="m")
    cuts: tuple[float, float, float] = param((0.0, 0.0, 0.0), "More cuts across x, y, z at detail 1", min=0.0, max=64.0)
    grain: int = param(2, "Axis of the grain: 0 x, 1 y, 2 z", min=0, max=2)
    number: int = param(0, "Another piece of wood", min=0, max=1_000_000)
    seed: int = param(0, "Other wood", min=0, max=1_000_000)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


def board_group() -> bpy.types.NodeTree:
    """A rounded box about the origin that knows its grain; one group, so that a piece of furniture is few nodes."""
    with new_tree("Board", BoardParams) as tree:
        i = tree.i
        rings = math("ROUND", n.maximum(i.detail * 2.0, 1.0))
        density = n.minimum(i.detail, 4.0)
        cuts = vector_math("CEIL", i.cuts * density)
        number = i.seed * 31 + i.number
        box = tree.group(
            rounded_box_group(), size=i.size, radius=i.radius, rings=rings, cuts=cuts, seed=number
        ).geometry
        x, y, z = tree.separate(n.position())
        pick = tree.add("GeometryNodeIndexSwitch", data_type="VECTOR")
        pick.data.index_switch_items.new()
        axes = (n.combine_xyz(y, z, x), n.combine_xyz(z, x, y), n.combine_xyz(x, y, z))
        pick.set_positional(i.grain, *axes)
        box = n.store(box, "limb", pick.as_socket())
        tree.o.geometry << n.store(box, "random", n.random_value(0.0, 1.0, seed=number, id=number))
    return tree.data


def carpenter(detail: Input, seed: Input) -> Board:
    """`board(size, radius, along, number, cuts)`: a board about the origin with rounded edges, in whichever tree is being built then.

    size: vector, m. radius: of its edges, m. along: the axis of its grain. number: another piece of wood. cuts: (x, y, z), at detail 1.
    """
    group = board_group()

    def board(
        size: Input, radius: Input, along: str = "z", number: int = 0, cuts: tuple[int, int, int] = (0, 0, 0)
    ) -> Socket:
        made = current_tree().group(
            group, size=size, radius=radius, grain="xyz".index(along), number=number, seed=seed, detail=detail
        )
        return made.set(cuts=tuple(float(cut) for cut in cuts)).geometry

    return board


def at(mesh: Input, x: Input = 0.0, y: Input = 0.0, z: Input = 0.0, turn: Input = None) -> Socket:
    """Move a part, m; turn: Euler angles, rad."""
    return n.transform(mesh, translation=n.combine_xyz(x, y, z), rotation=turn)


def between(mesh: Input, start: Input, end: Input) -> Socket:
    """Lay a part that stands along z, centred on the origin, from one point to another (as long as it is already)."""
    way = end - start  # type: ignore[operator]
    return n.transform(mesh, translation=(start + end) * 0.5, rotation=n.align_to(way, "Z"))  # type: ignore[operator]


@dataclass(frozen=True)
class Turned:
    """A vessel from the wheel or the lathe: `place` counts along its outline's points (0 at the first), `angle` -pi..pi."""

    mesh: Socket
    angle: Socket
    place: Socket


def turned(
    points: Sequence[tuple[Input, Input]],
    detail: Input,
    segments: float = 96,
    rings: float = 5,
    swell: Callable[[Socket, Socket], Socket] | None = None,
    sharp: bool = False,
) -> Turned:
    """A closed surface of revolution through (radius, height) points, m, which may be sockets; the first and last lie on the axis.

    Every stretch between two points gets `rings` rings at detail 1, so that points close together make a crisp lip or foot. Going up outside
    and down inside makes a vessel of one skin. swell: a factor on the radius from (angle, place), for flutes. sharp: straight stretches.
    """
    tree = current_tree()
    spans = len(points) - 1
    per = count(detail, rings, 1)
    total = per * float(spans)
    curve = drawn(points)
    if sharp:
        curve = tree.add("GeometryNodeSubdivideCurve", curve=curve, cuts=per - 1.0).as_socket()
    else:
        curve = tree.add("GeometryNodeCurveSplineType", curve, spline_type="BEZIER").as_socket()
        curve = tree.add("GeometryNodeCurveSetHandles", curve, handle_type="AUTO").as_socket()
        curve = tree.add("GeometryNodeSetSplineResolution", curve, resolution=per).as_socket()
        curve = tree.add("GeometryNodeResampleCurve", curve=curve, mode="EVALUATED").as_socket()
    ball = lathe(count(detail, segments, 8), total)
    at_point = tree.add("GeometryNodeSampleIndex", data_type="FLOAT_VECTOR", geometry=curve, value=n.position())
    at_point.set(index=math("ROUND", ball.t * total))
    radius, height, _ = tree.separate(at_point.as_socket())
    radius = n.maximum(radius, 0.0)
    place = ball.t * float(spans)
    if swell is not None:
        radius = radius * swell(ball.angle, place)
    mesh, where = n.capture(ball.geometry, place)
    mesh, angle = n.capture(mesh, ball.angle)
    shaped = n.set_position(
        mesh, n.combine_xyz(math("MULTIPLY", ball.cos, radius), math("MULTIPLY", ball.sin, radius), height)
    )
    return Turned(n.shade_smooth(shaped), angle, where)


def hollow_ring(
    points: Sequence[tuple[Input, Input]], detail: Input, segments: float = 96, per: float = 3
) -> tuple[Socket, Socket, Socket, Socket]:
    """A closed ring about z, still to be shaped: mesh, and fields angle (rad), radius and height (m) of the outline's place.

    points: the section's corners (radius, height), joined by straight lines, up the outside and down the inside; sockets are welcome.
    """
    tree = current_tree()
    steps = count(detail, per, 1)
    total = steps * float(len(points))
    curve = tree.add("GeometryNodeSetSplineCyclic", geometry=drawn(points), cyclic=True).as_socket()
    curve = tree.add("GeometryNodeSubdivideCurve", curve=curve, cuts=steps - 1.0).as_socket()
    torus = n.curve_to_mesh(n.circle(count(detail, segments, 12), 1.0), n.circle(total, 0.1))
    x, y, z = tree.separate(n.position())
    turn = math("ARCTAN2", z, n.sqrt(x * x + y * y) - 1.0) / TAU
    number = math("FLOORED_MODULO", math("ROUND", turn * total), total)
    found = tree.add("GeometryNodeSampleIndex", data_type="FLOAT_VECTOR", geometry=curve, value=n.position())
    torus, place = n.capture(torus, found.set(index=number).as_socket())
    torus, angle = n.capture(torus, math("ARCTAN2", y, x))
    return torus, angle, place.x, place.y


def drawn(points: Sequence[tuple[Input, Input]]) -> Socket:
    """A curve of straight lines through (radius, height) points, m, as x and y."""
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
    return n.set_position(curve, position=pick.as_socket())


def band(radius: Input, width: Input, thickness: Input, detail: Input, segments: float = 96) -> Socket:
    """A closed hoop about z at the origin with rounded edges, m; radius: of its inner face."""
    tree = current_tree()
    ring = n.circle(count(detail, segments, 12), radius + thickness * 0.5)  # type: ignore[operator]
    outline = tree.add(
        "GeometryNodeCurvePrimitiveQuadrilateral", mode="RECTANGLE", width=thickness, height=width
    ).as_socket()
    fillet = tree.add("GeometryNodeFilletCurve", mode="POLY", curve=outline, count=2, limit_radius=True)
    fillet.set(radius=n.minimum(thickness, width) * 0.3)
    return n.shade_smooth(n.curve_to_mesh(ring, fillet.as_socket()))


def ring_of(part: Input, number: Input, radius: Input, height: Input = 0.0, start: Input = 0.0) -> Socket:
    """Instances about z, each turned so that its x looks outward."""
    angle = n.index() / number * TAU + start  # type: ignore[operator]
    spot = n.combine_xyz(n.cos(angle) * radius, n.sin(angle) * radius, height)
    return n.instance_on(n.points(number, spot), part, rotation=n.combine_xyz(0.0, 0.0, angle))


def rod(radius: Input, length: Input, detail: Input, segments: float = 16, edge: Input = None) -> Socket:
    """A closed round rod along z, centred on the origin, with rounded ends, m."""
    soft = n.minimum(radius, length) * 0.15 if edge is None else edge
    half = length * 0.5  # type: ignore[operator]
    points = [(0.0, half * -1.0), (radius - soft, half * -1.0), (radius, soft - half)]  # type: ignore[operator]
    points += [(radius, half - soft), (radius - soft, half), (0.0, half)]  # type: ignore[operator]
    return turned(points, detail, segments, 1, sharp=True).mesh


def crisp(mesh: Input, angle: float = 0.6) -> Socket:
    """Smooth shading but over edges that turn by more than `angle` rad."""
    turn = n.node("GeometryNodeInputMeshEdgeAngle")["Unsigned Angle"]
    return n.node(
        "GeometryNodeSetShadeSmooth",
        domain="EDGE",
        geometry=n.shade_smooth(mesh),
        selection=turn > angle,
        shade_smooth=False,
    ).as_socket()


def cornered(sides: Input, chamfer: float = 0.04) -> Callable[[Socket, Socket], Socket]:
    """For `turned`: a prism of so many sides instead of a round, its faces at the profile's radius, corners cut off a little."""

    def factor(angle: Socket, place: Socket) -> Socket:
        part = TAU / sides  # type: ignore[operator]
        aside = n.math("WRAP", angle + TAU, part * 0.5, part * -0.5)
        return n.minimum(1.0 / n.cos(aside), (1.0 - chamfer) / n.cos(part * 0.5))

    return factor


def tinted(mesh: Input, color: Input, light: Input = 1.0) -> Socket:
    """Store the `tint` that materials take in place of their own colour; light: a factor on it."""
    if not isinstance(light, float | int):
        color = n.mix(1.0, color, n.combine_xyz(light, light, light), blend="MULTIPLY")
    elif color.as_socket().type == "VECTOR":  # type: ignore[union-attr]
        color = n.mix(0.0, color, n.color((0.0, 0.0, 0.0)))
    return n.store(mesh, "tint", color)  # type: ignore[return-value]


__all__ = [
    "Turned",
    "at",
    "band",
    "between",
    "carpenter",
    "cornered",
    "crisp",
    "drawn",
    "grain",
    "hollow_ring",
    "ring_of",
    "rod",
    "tinted",
    "turned",
]
