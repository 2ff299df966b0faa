"""Leaves, petals and stalks: grids and tubes laid along arcs that turn in one upright plane.

An arc leaves its root towards an azimuth; `turn` says how far from upright it points at a place along it, so that one function draws a
nodding stem, a reflexed petal or a curled frond. Everything is a field over primitives: thousands of leaves are a few milliseconds.
"""

from __future__ import annotations

import math as pymath
from collections.abc import Callable
from typing import NamedTuple

from ..graph.builder import current_tree
from ..graph.field_nodes import (
    capture,
    combine_xyz,
    cos,
    first_output,
    maximum,
    minimum,
    mix,
    noise,
    position,
    sin,
    store,
)
from ..graph.geometry_nodes import instance_on, realize, set_position
from ..graph.sockets import Input, Socket, math
from .plant_parts import Copies, Tube, direction, tubes
from .plant_parts import points as cloud

# Places and weights of a four-point Gauss rule on 0..1: exact for the smooth turns of plants
_GAUSS = ((0.0694318, 0.1739274), (0.3300095, 0.3260726), (0.6699905, 0.3260726), (0.9305682, 0.1739274))


class Sheet(NamedTuple):
    """Grids as one mesh with UVMap and `thin`: across -1..1 (to the right, looking along), along 0..1, number of the copy."""

    mesh: Socket
    across: Socket
    along: Socket
    number: Socket


class Arc(NamedTuple):
    """A curve in an upright plane. root: point, m. azimuth: rad from +X. turn: place 0..1 -> rad from upright. length: m."""

    root: Input
    azimuth: Input
    turn: Callable[[Input], Input]
    length: Input


class Frame(NamedTuple):
    """A place on an arc: the point (m), how far it is turned from upright (rad), the way it goes, right of it, and its upper side."""

    point: Socket
    turn: Socket
    forward: Socket
    right: Socket
    face: Socket


def sheets(count: Input, across: Input, along: Input) -> Sheet:
    """`count` flat grids of `across` x `along` faces, to be laid by `lay`."""
    tree = current_tree()
    grid = tree.add("GeometryNodeMeshGrid", size_x=2.0, size_y=1.0, vertices_x=across + 1, vertices_y=along + 1)
    mesh = first_output(
        "GeometryNodeStoreNamedAttribute",
        data_type="FLOAT2", domain="CORNER", geometry=grid["Mesh"], name="UVMap", value=grid["UV Map"],
    )  # fmt: skip
    mesh = store(mesh, "thin", True, domain="FACE")
    x, y, _ = tree.separate(position())
    mesh, u = capture(mesh, x)
    mesh, v = capture(mesh, y + 0.5)
    points, number = cloud(count)
    return Sheet(realize(instance_on(points, mesh)), u, v, number)


def frame(arc: Arc, at: Input) -> Frame:
    """Where an arc is at a place 0..1 (or a little beyond its end), and how it stands there."""
    place = math("ADD", at, 0.0)
    out, up = None, None
    for share, weight in _GAUSS:
        turn = math("ADD", arc.turn(place * share), 0.0)
        out = sin(turn) * weight if out is None else out + sin(turn) * weight
        up = cos(turn) * weight if up is None else up + cos(turn) * weight
    reach = place * arc.length
    away = direction(arc.azimuth)
    point = arc.root + away * (out * reach) + combine_xyz(0.0, 0.0, up * reach)
    turn = math("ADD", arc.turn(place), 0.0)
    sine, cosine = sin(turn), cos(turn)
    forward = away * sine + combine_xyz(0.0, 0.0, cosine)
    face = combine_xyz(0.0, 0.0, sine) - away * cosine
    right = direction(math("SUBTRACT", arc.azimuth, pymath.pi / 2))
    return Frame(point, turn, forward, right, face)


def lay(
    sheet: Sheet,
    arc: Arc,
    half: Input,
    cup: Input = 0.0,
    lift: Input = 0.0,
    reach: Input = 1.0,
    roll: Input = 0.0,
    aside: Input = 0.0,
) -> Socket:
    """Lay sheets along arcs. All but the arc may be fields of the sheet's across and along.

    half: half the width, m. cup: how far the rims turn up, rad (below 0: down). lift: m off the surface. reach: the share of the length
    that a place across reaches: less at the rims rounds the tip. roll: turns it about its midrib, rad. aside: moves it sideways, m.
    """
    place = frame(arc, sheet.along * reach)
    # never exactly flat: an arc of 1e-3 rad cannot be seen, and divides
    bow = math("ADD", cup, 1e-3)
    angle = bow * sheet.across
    x = sin(angle) / bow * half
    z = (1.0 - cos(angle)) / bow * half + lift
    if isinstance(roll, float):
        right, face = x, z
    else:
        right, face = x * cos(roll) - z * sin(roll), x * sin(roll) + z * cos(roll)
    return set_position(sheet.mesh, place.point + place.right * (right + aside) + place.face * face)


def stalk(shape: Tube | Copies, arc: Arc, radius: Input, section: Input = 1.0) -> Socket:
    """Sweep closed tubes along arcs and store `limb`. radius: m, a field of `shape.along`; section: its height by its width."""
    place = frame(arc, shape.along)
    x, z = cos(shape.angle), sin(shape.angle)
    # the upper side counts backwards, so that faces look outwards
    ring = place.right * (x * radius) - place.face * (z * radius * section)
    mesh = set_position(shape.mesh, place.point + ring)
    mesh, around = capture(mesh, combine_xyz(x * radius, z * radius, shape.along * arc.length))
    return store(mesh, "limb", around)  # type: ignore[return-value]


def stalks(count: Input, around: Input, along: Input) -> Copies:
    """`count` closed tubes, to be swept by `stalk`."""
    return tubes(count, around, along)


def standing(place: Frame, azimuth: Input, spin: Input = 0.0) -> Socket:
    """The rotation that turns Z along an arc at a place, X to its upper-side's azimuth; spin: about Z first, rad."""
    euler = combine_xyz(0.0, place.turn, azimuth)
    turned = current_tree().add("FunctionNodeRotateRotation", rotation_space="LOCAL", rotation=euler)
    return turned.set(rotate_by=combine_xyz(0.0, 0.0, spin)).as_socket()


# Outlines ---------------------------------------------------------------------------------------------------------------


def leaf_outline(along: Input, belly: Input = 0.4, point: Input = 1.0, neck: Input = 0.04) -> Socket:
    """Half width 0..1 of a leaf: widest at `belly`; point above 1 draws the tip out, below 1 rounds it; neck: width at the foot."""
    place = math("ADD", along, 0.0)
    below = sin(minimum(place / belly, 1.0) * (pymath.pi / 2))
    above = maximum(1.0 - maximum(place - belly, 0.0) / (1.0 - belly), 0.0)
    rounded = math("POWER", maximum(1.0 - (1.0 - above) ** 2.0, 0.0), point)
    return maximum(mix(math("POWER", below, 0.8), neck, 1.0) * rounded, 0.006)


def saw(along: Input, teeth: Input, hook: float = 0.75) -> Socket:
    """Teeth 0..1 along a rim, leaning towards the tip by `hook` 0.5 (even)..1."""
    share = math("FRACT", math("MULTIPLY", along, teeth))
    rise = share / hook
    fall = (1.0 - share) / (1.0 - hook + 1e-3)
    return minimum(rise, fall)


def wavy(sheet: Sheet, waves: Input, seed: Input, at_rim: float = 1.5) -> Socket:
    """-0.5..0.5, stronger towards the rims: the wave of a margin, other for every copy. `waves`: about how many along it."""
    side = combine_xyz(sheet.across * 1.3, sheet.along * waves, sheet.number * 7.31)
    return (noise(side, scale=1.0, detail=1.0, w=seed) - 0.5) * math("POWER", abs(sheet.across), at_rim)


def tinted(color: Input, light: Input) -> Socket:
    """A colour made lighter or darker by a factor, a field."""
    return mix(1.0, color, combine_xyz(light, light, light), blend="MULTIPLY")


def marked(mesh: Input, tint: Input, random: Input = None, age: Input = None) -> Socket:
    """Store what materials and artists read: `tint`, `random`, `age`, and `leaf` = 1."""
    mesh = store(mesh, "tint", tint)
    if random is not None:
        mesh = store(mesh, "random", random)
    if age is not None:
        mesh = store(mesh, "age", age)
    return store(mesh, "leaf", 1.0)  # type: ignore[return-value]


__all__ = [
    "Arc",
    "Frame",
    "Sheet",
    "frame",
    "lay",
    "leaf_outline",
    "marked",
    "saw",
    "sheets",
    "stalk",
    "stalks",
    "standing",
    "tinted",
    "wavy",
]
