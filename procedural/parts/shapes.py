"""Bold closed shapes that generators share: lathes, tubes, bending, and painting the three colour attributes."""

from __future__ import annotations

import itertools
import math as pymath
from collections.abc import Sequence
from dataclasses import dataclass

from ..graph import GraphError, Socket, math
from ..graph import nodes as n
from ..graph.sockets import Input, Operand


def count(detail: Input, at_one: float, least: int) -> Socket:
    """A whole number of segments for a mesh density: `at_one` where detail is 1, never fewer than `least`."""
    return n.maximum(math("ROUND", math("MULTIPLY", detail, at_one)), float(least))


@dataclass(frozen=True)
class Lathe:
    """A closed ball whose points know their place: `t` 0 at the bottom pole, 1 at the top; `angle` -pi..pi about Z; cos, sin."""

    geometry: Socket
    t: Socket
    angle: Socket
    cos: Socket
    sin: Socket

    def shape(self, radius: Input, height: Input) -> Socket:
        """The ball drawn into a surface of revolution; radius and height are fields of `t` and `angle`, m.

        Closed whatever the fields are, and facing outward where height rises with `t`.
        """
        x = math("MULTIPLY", self.cos, radius)
        y = math("MULTIPLY", self.sin, radius)
        return n.set_position(self.geometry, n.combine_xyz(x, y, height))


def lathe(segments: Input = 48, rings: Input = 24) -> Lathe:
    """Begin a surface of revolution; see `Lathe`."""
    ball = n.sphere(segments, rings)
    ball, at = n.capture(ball, n.position())
    t = 1.0 - math("ARCCOSINE", n.clamp(at.z, -1.0, 1.0)) / pymath.pi
    flat = n.sqrt(at.x * at.x + at.y * at.y)
    # The node divides by zero to zero: poles stay on the axis.
    on_axis = flat > 1e-4
    return Lathe(ball, t, math("ARCTAN2", at.y, at.x), at.x / flat * on_axis, at.y / flat * on_axis)


def profile(t: Input, points: Sequence[tuple[float, float]], sharp: bool = False) -> tuple[Socket, Socket]:
    """Radius and height along a drawn outline, as fields of `t` (0 at the first point, 1 at the last, even by length).

    points: (radius, height) in any unit, both at least 0; two equal neighbours make a corner. `sharp` draws straight lines.
    """
    if len(points) < 2 or any(r < 0 or z < 0 for r, z in points):
        raise GraphError(f"profile() takes two or more points with radius and height of 0 or more, not {list(points)}")
    lengths = [0.0]
    for (r0, z0), (r1, z1) in itertools.pairwise(points):
        lengths.append(lengths[-1] + max(pymath.hypot(r1 - r0, z1 - z0), 1e-3))
    at = [length / lengths[-1] for length in lengths]
    handle = "VECTOR" if sharp else "AUTO_CLAMPED"
    fields = []
    for axis in (0, 1):
        top = max(p[axis] for p in points) or 1.0
        drawn = [(a, p[axis] / top) for a, p in zip(at, points, strict=True)]
        fields.append(n.float_curve(t, drawn, handle) * top)
    return fields[0], fields[1]


def tube(curve: Input, radius: Input, segments: Input = 12) -> Socket:
    """A closed tube along a curve; radius (m) may be a field of `n.spline_factor()`."""
    return n.curve_to_mesh(curve, n.circle(segments, 1.0), scale=radius, fill_caps=True)


def bend(geometry: Input, angle: Input, length: Input, direction: Input = (1.0, 0.0, 0.0)) -> Socket:
    """Bend a standing thing along a circle towards `direction` (horizontal, unit); what is above `length` (m) stays rigid.

    angle: rad, how far the upper end is turned from upright.
    """
    at = n.position()
    toward = direction if isinstance(direction, Operand) else n.combine_xyz(*direction)
    toward = toward.as_socket()
    across = at.dot(toward)
    bent = n.clamp(at.z, 0.0, length)
    # Never exactly 0, so that sin(a) / a and (1 - cos(a)) / a are defined; 1e-4 rad cannot be seen.
    turn = angle * (bent / length) + 1e-4
    sine, cosine = n.sin(turn), n.cos(turn)
    above = n.maximum(at.z, 0.0) - bent
    below = n.minimum(at.z, 0.0)
    along = bent * (1.0 - cosine) / turn + across * cosine + above * sine
    height = bent * sine / turn - across * sine + above * cosine + below
    flat = at - toward * across
    return n.set_position(geometry, n.combine_xyz(flat.x, flat.y, height) + toward * along)


def paint(geometry: Input, primary: Input, tone: Input, color: Input = (0.5, 0.5, 0.5), thin: bool = False) -> Socket:
    """Store what materials read: albedo = primary * tone * prompt colour + (1 - primary) * part_color (linear RGB).

    Not called "color": Cycles takes that name (and density, flame, heat, temperature, velocity) for a volume's and reads 0.

    `thin` marks the faces of an open sheet, which solid users thicken.
    """
    if isinstance(color, Sequence):
        color = n.color(color)
    elif color.as_socket().type == "VECTOR":  # type: ignore[union-attr]
        color = n.mix(0.0, color, n.color((0, 0, 0)))
    for name, value in (("primary", primary), ("tone", tone)):
        geometry = n.store(geometry, name, float(value) if isinstance(value, int) else value)
    geometry = n.store(geometry, "part_color", color)
    return n.store(geometry, "thin", thin, domain="FACE")  # type: ignore[return-value]
