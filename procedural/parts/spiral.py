"""Shells as logarithmic spirals: an aperture that turns about the axis and grows by the same factor in every whorl.

The model is Raup's (D. M. Raup, "Geometric analysis of shell coiling", Journal of Paleontology 40, 1966): an outline is carried about the
Z axis while it grows. At the lip, where the angle is 0, everything has size 1; further back it is smaller by `expansion` a whorl, and
at minus infinity it ends in the origin, the tip of the spire. The wall is one closed tube, outside to the lip and back again inside.
"""

from __future__ import annotations

import math as pymath
from dataclasses import dataclass

from ..graph import Socket, current_tree, math
from ..graph import nodes as n
from ..graph.sockets import Input
from .plant_parts import TAU

OUTSIDE = 0.8  # share of the tube's length that is the outside; the rest leads back inside


@dataclass(frozen=True)
class Whorls:
    """A tube still to be shaped. Fields on its points:

    angle: about the aperture's centre, rad, -pi..pi, 0 away from the axis, pi/2 up. turn: rad about the axis, 0 at the lip, below 0 before it.
    inside: 0 outside, 1 inside. edge: 0 everywhere but 1 at the lip's very rim. size: growth, 1 at the lip. lip: 0 a whorl before the lip, 1 at it.
    """

    mesh: Socket
    angle: Socket
    turn: Socket
    inside: Socket
    size: Socket
    lip: Socket
    rate: Socket

    def shape(self, across: Input, up: Input, distance: Input, drop: Input, wall: Input, roll: Input = 0.0) -> Socket:
        """The shell, tip at the origin, growing down for `drop` above 0; everything in units of the size at the lip.

        across, up: the outline about its centre, fields over the points. distance: of its centre from the axis; drop: of the centre below
        the tip. wall: thickness. roll: rad, further about the axis; at 0 the lip is at +X and opens to -Y. Coils to the right. Stores `UVMap` (around, whorls), `limb`, `age` (0 at the lip, 1 at the tip) and `inside`.
        """
        reach = n.sqrt(across * across + up * up) + 1e-5
        inner = n.maximum(1.0 - wall * self.inside / reach, 0.02)
        radial = (distance + across * inner) * self.size
        height = (up * inner - drop) * self.size
        at = n.combine_xyz(n.cos(self.turn + roll) * radial, n.sin(self.turn + roll) * radial * -1.0, height)
        mesh, length = n.capture(self.mesh, self.size * n.maximum(distance, 0.15) / self.rate)
        mesh, wide = n.capture(mesh, self.size * 0.6)
        mesh = n.set_position(mesh, at)
        limb = n.combine_xyz(n.cos(self.angle) * wide, n.sin(self.angle) * wide, length)
        mesh = n.store(mesh, "limb", limb)
        mesh = n.store(mesh, "age", 1.0 - self.size)
        mesh = n.store(mesh, "inside", self.inside)
        return around_uv(mesh, self.angle, self.turn / TAU)


def whorls(number: Input, expansion: Input, around: Input, along: Input, back: Input = 0.6) -> Whorls:
    """Begin a shell. number: of whorls; expansion: growth a whorl, above 1; around, along: segments; back: whorls of inside that are seen."""
    tree = current_tree()
    tube = tree.add(
        "GeometryNodeMeshCylinder", vertices=around, side_segments=along, fill_segments=1, radius=1.0, depth=1.0
    )["Mesh"]
    x, y, z = tree.separate(n.position())
    tube, angle = n.capture(tube, math("ARCTAN2", y, x))
    tube, t = n.capture(tube, z + 0.5)
    # Denser towards the lip, where the shell is large
    before = n.clamp(1.0 - t / OUTSIDE)
    out = math("POWER", before, 1.5) * number * -TAU
    after = n.clamp((t - OUTSIDE) / (1.0 - OUTSIDE))
    turn = out - math("POWER", after, 1.5) * n.minimum(back, number * 0.9) * TAU
    rate = math("LOGARITHM", expansion, pymath.e) / TAU
    size = math("EXPONENT", rate * turn)
    inside = n.smoothstep(after, 0.0, 0.06)
    tube, turn = n.capture(tube, turn)
    tube, inside = n.capture(tube, inside)
    tube, size = n.capture(tube, size)
    lip = n.smoothstep(turn, -TAU, 0.0)
    return Whorls(tube, angle, turn, inside, size, lip, rate)


def around_uv(mesh: Input, angle: Input, along: Input) -> Socket:
    """Store a `UVMap` on corners: around (0..1, a seam where `angle` leaps from pi to -pi) and along. angle: rad, field of the points.

    Each corner's angle is taken near its face's own, so that the faces of the seam are not squeezed through the whole map.
    """
    tree = current_tree()
    x, y = n.cos(angle), n.sin(angle)
    mean_x = tree.add("GeometryNodeFieldOnDomain", x, data_type="FLOAT", domain="FACE").as_socket()
    mean_y = tree.add("GeometryNodeFieldOnDomain", y, data_type="FLOAT", domain="FACE").as_socket()
    middle = math("ARCTAN2", mean_y, mean_x)
    here = math("ARCTAN2", y, x)
    near = middle + math("WRAP", here - middle, pymath.pi, -pymath.pi)
    uv = n.combine_xyz(near / TAU + 0.5, along, 0.0)
    return n.first_output(
        "GeometryNodeStoreNamedAttribute", data_type="FLOAT2", domain="CORNER", geometry=mesh, name="UVMap", value=uv
    )


def fit(mesh: Input, length: Input, rotation: Input = None, axis: str = "LONGEST") -> Socket:
    """Turn a shell (Euler, rad), make it `length` m long, and set it on the ground, centred; `limb` grows along.

    axis: "LONGEST" measures the longest side of its box, "Z" the height, both before it is turned.
    """
    tree = current_tree()
    low, high = _box(mesh)
    side = high - low
    longest = n.maximum(n.maximum(side.x, side.y), side.z) if axis == "LONGEST" else side.z
    factor = length / n.maximum(longest, 1e-6)
    mesh = n.store(mesh, "limb", n.attribute("limb", "FLOAT_VECTOR") * factor)
    mesh = n.transform(mesh, rotation=rotation, scale=n.combine_xyz(factor, factor, factor))
    low, high = _box(mesh)
    middle = (low + high) * 0.5
    x, y, _ = tree.separate(middle)
    return n.transform(mesh, translation=n.combine_xyz(x * -1.0, y * -1.0, low.z * -1.0))


def _box(mesh: Input) -> tuple[Socket, Socket]:
    box = current_tree().add("GeometryNodeBoundBox", geometry=mesh)
    return box["Min"], box["Max"]


def hump(value: Input, centre: Input, width: Input) -> Socket:
    """A smooth bump of height 1 over `centre`, gone at `width` to either side."""
    return n.smoothstep(n.math("ABSOLUTE", value - centre), width, 0.0)
