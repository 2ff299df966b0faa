"""Parts that plants share: closed tubes, leaves and leaf masses, as fields over simple primitives.

Every shape here is a primitive whose vertices a field moves: no booleans, no remeshing, so a plant evaluates in
milliseconds and its parts are closed, overlapping solids.
"""

from __future__ import annotations

import math as pymath
from collections.abc import Callable
from typing import NamedTuple

from ..graph.builder import current_tree
from ..graph.nodes import (
    capture,
    clamp,
    combine_xyz,
    cos,
    index,
    instance_on,
    join,
    mix,
    noise,
    normal,
    position,
    random_value,
    realize,
    set_position,
    sin,
    switch,
    voronoi,
)
from ..graph.nodes import color as constant_color
from ..graph.sockets import Input, Socket, math, vector_math
from . import shapes

GOLDEN_ANGLE = pymath.pi * (3.0 - pymath.sqrt(5.0))
TAU = 2.0 * pymath.pi
Path = Callable[[Input], Socket]
"""A curve: place 0..1 along -> point, m."""


class Tube(NamedTuple):
    """A closed cylinder's mesh, and for each vertex its angle around (rad, -pi..pi) and its place along (0..1)."""

    mesh: Socket
    angle: Socket
    along: Socket


class Copies(NamedTuple):
    """Many tubes as one mesh; `number` is which copy (0, 1, ...) a vertex belongs to."""

    mesh: Socket
    angle: Socket
    along: Socket
    number: Socket


class Masses(NamedTuple):
    """Leaf masses as one mesh; crevice is 0 on the bumps, 1 between them; random is one number 0..1 a mass."""

    mesh: Socket
    crevice: Socket
    random: Socket


def tube(around: Input, along: Input) -> Tube:
    """A closed tube of `along` segments, to be shaped by `set_position`."""
    node = current_tree().add(
        "GeometryNodeMeshCylinder", vertices=around, side_segments=along, fill_segments=1, radius=1.0, depth=1.0
    )
    x, y, z = current_tree().separate(position())
    mesh, angle = capture(node["Mesh"], math("ARCTAN2", y, x))
    mesh, place = capture(mesh, z + 0.5)
    return Tube(mesh, angle, place)


def points(count: Input) -> tuple[Socket, Socket]:
    """`count` points and the field of their numbers."""
    return capture(current_tree().add("GeometryNodePoints", count=count), index())


def tubes(count: Input, around: Input, along: Input) -> Copies:
    """`count` tubes as one mesh, still unshaped."""
    base = tube(around, along)
    cloud, number = points(count)
    return Copies(realize(instance_on(cloud, base.mesh)), base.angle, base.along, number)


def draw(seed: Input, salt: int, low: Input = 0.0, high: Input = 1.0, of: Input = None) -> Socket:
    """A random number between `low` and `high` for each value of `of`; `salt` tells the draws of one plant apart.

    `of` must be a socket (the node ignores a constant): None draws one for each element, the seed's socket one for all.
    """
    return random_value(low, high, seed=math("MULTIPLY_ADD", seed, 31.0, float(salt)), id=of)


def direction(angle: Input) -> Socket:
    """The horizontal unit vector at an angle from +X."""
    return combine_xyz(cos(angle), sin(angle), 0.0)


def limb(shape: Tube | Copies, path: Path, radius: Input) -> Socket:
    """Sweep an upright tube along a path by horizontal rings (for stems and trunks that lean less than half a right angle)."""
    return set_position(shape.mesh, path(shape.along) + direction(shape.angle) * radius)


def bezier(start: Input, middle: Input, end: Input, t: Input) -> Socket:
    """A quadratic Bezier curve."""
    return mix(t, mix(t, start, middle), mix(t, middle, end))


def bough(shape: Copies, start: Input, middle: Input, end: Input, radius: Input) -> Socket:
    """Sweep tubes along Bezier curves with rings square to them; for branches of any direction but (nearly) +-Y."""
    t = shape.along
    tangent = mix(t, middle - start, end - middle).normalized()
    side = tangent.cross((0.31, 0.94, 0.12)).normalized()
    up = tangent.cross(side)
    ring = side * cos(shape.angle) + up * sin(shape.angle)
    return set_position(shape.mesh, bezier(start, middle, end, t) + ring * radius)


def blade(
    shape: Tube | Copies,
    root: Input,
    azimuth: Input,
    lean: Input,
    curl: Input,
    length: Input,
    half_width: Input,
    half_thickness: Input,
    fold: Input = 0.0,
) -> Socket:
    """Shape tubes into leaves that grow from `root` towards `azimuth`.

    lean: rad from the vertical at the root; curl: how much it turns further on the way, rad. half_width and half_thickness
    are fields over `shape.along`, m. fold: how far the rims are raised, as a share of the width.
    """
    s = shape.along
    outward = direction(azimuth)
    across = direction(azimuth + pymath.pi / 2)
    mean_turn = lean + curl * s * 0.5  # the chord of an arc from the root to s
    centre = root + (outward * sin(mean_turn) + combine_xyz(0.0, 0.0, cos(mean_turn))) * (length * s)
    turn = lean + curl * s
    face = combine_xyz(0.0, 0.0, sin(turn)) - outward * cos(turn)  # the upper side of the leaf
    x = cos(shape.angle) * half_width
    lift = sin(shape.angle) * half_thickness + abs(x) * fold
    return set_position(shape.mesh, centre + across * x + face * lift)


def leaf_masses(
    cloud: Input, radius: Input, seed: Input, detail: Input, roughness: Input, lumps: Input = 1.7, flatten: Input = 0.85
) -> Masses:
    """A displaced ball of leaves on every point of `cloud`.

    radius: field on the points, m. detail: 320 triangles a mass from 0.3, 1,280 from 0.75, 5,120 from 1.75. roughness: how far the lumps stand out, as a share
    of the radius; lumps: how many across a radius.
    """
    cloud, size = capture(cloud, radius)
    cloud, chance = capture(cloud, draw(seed, 91))
    levels = 2 + (detail >= 0.3) + (detail >= 0.75) + (detail >= 1.75)
    ball = current_tree().add("GeometryNodeMeshIcoSphere", radius=1.0, subdivisions=levels)["Mesh"]
    turn = random_value((0.0, 0.0, -3.1), (0.4, 0.4, 3.1), seed=seed * 31 + 92)
    mesh = realize(instance_on(cloud, ball, rotation=turn, scale=combine_xyz(size, size, size * flatten)))
    cell = voronoi(position() / size, scale=lumps, w=seed * 7.31)["Distance"]
    mesh, crevice = capture(mesh, clamp(cell * cell * 1.9))  # squared: domes, not peaks
    ripple = noise(position() / size, scale=1.3, detail=0.0, w=seed * 3.17) - 0.5
    mesh = set_position(mesh, offset=normal() * (size * roughness * (0.45 - crevice + ripple)))
    return Masses(mesh, crevice, chance)


def with_leaves(mesh: Input, tone: Input, size: Input, seed: Input, detail: Input) -> Socket:
    """The painted leaf masses with single leaves on them, from detail 0.75 on; below it, or at size 0, the masses alone.

    size: length of a leaf, m; tone: field on the masses that leaves take over. Leaves are open sheets, marked `thin`.
    """
    tree = current_tree()
    mesh, under = capture(mesh, tone)
    scatter = tree.add("GeometryNodeDistributePointsOnFaces", distribute_method="RANDOM", mesh=mesh, seed=seed)
    scatter.set(density=1.4 / (size * size + 1e-6))
    grid = tree.add("GeometryNodeMeshGrid", size_x=1.0, size_y=1.0, vertices_x=3, vertices_y=4)["Mesh"]
    x, y, _ = tree.separate(position())
    along = y + 0.5
    width = sin(along * 2.6 + 0.35) * 0.62
    leaf = set_position(grid, combine_xyz(x * width, along, abs(x) * width * 0.5 - along * along * 0.25))
    tilt = random_value((0.15, -0.35, 0.0), (0.95, 0.35, TAU), seed=seed * 31 + 93)
    turned = tree.add("FunctionNodeRotateRotation", rotation_space="LOCAL", rotation=scatter["Rotation"])
    turned.set(rotate_by=combine_xyz(0.0, 0.0, tilt.z))
    facing = tree.add("FunctionNodeRotateRotation", rotation_space="LOCAL", rotation=turned)
    facing.set(rotate_by=combine_xyz(tilt.x, tilt.y, 0.0))
    cloud, own = capture(scatter["Points"], random_value(-0.16, 0.16, seed=seed * 31 + 94))
    leaves = realize(
        instance_on(cloud, leaf, rotation=facing, scale=size * random_value(0.7, 1.2, seed=seed * 31 + 95))
    )
    shade = clamp(under * 1.06 + own, 0.45, 1.35)
    leaves = shapes.paint(leaves, 1.0, shade, (0.1, 0.2, 0.05), thin=True)
    return switch((detail >= 0.75) & (size > 0.0), mesh, join(mesh, leaves))


def paint(mesh: Input, primary: float, tone: Input, color: Input = (0.5, 0.5, 0.5)) -> Socket:
    """`shapes.paint` with the tone held within the 0.45..1.35 that assets may carry."""
    return shapes.paint(mesh, primary, clamp(tone, 0.45, 1.35), color)


def bark_of(base: Input, seed: Input, scale: Input) -> Socket:
    """A bark colour streaked along the trunk: `base` (a colour) between a darker and a lighter tint by stretched noise."""
    streak = noise(vector_math("MULTIPLY", position(), (1.0, 1.0, 0.25)), scale=scale, detail=2.0, w=seed * 1.7)
    shade = clamp(streak * 2.2 - 0.6)
    return mix(
        1.0, base, mix(shade, constant_color((0.5, 0.5, 0.5)), constant_color((1.5, 1.5, 1.5))), blend="MULTIPLY"
    )


__all__ = [
    "GOLDEN_ANGLE",
    "TAU",
    "Copies",
    "Masses",
    "Tube",
    "bark_of",
    "bezier",
    "blade",
    "bough",
    "direction",
    "draw",
    "leaf_masses",
    "limb",
    "paint",
    "points",
    "tube",
    "tubes",
    "with_leaves",
]
