"""Caps of mushrooms: one curved section with flesh and a rounded rim, gills beneath it, points spread over it.

A section runs from the crown, u = 0, to the rim, u = 1. It is an arc that turns by `turn` (rad) on its way, so that one number opens a
button (more than half a circle) to a parasol and on to a funnel (below zero); all else is laid over that.
"""

from __future__ import annotations

import math as pymath
from dataclasses import dataclass

from ..graph import Socket
from ..graph import nodes as n
from ..graph.sockets import Input
from .plant_parts import GOLDEN_ANGLE, Copies, draw, tubes
from .shapes import Lathe, lathe

RIM = 0.44  # the share of a sheet's outline that lies below, and how much of it the rounded rim takes to either side
TURN = 0.045


@dataclass(frozen=True)
class Sheet:
    """A closed sheet of revolution, not yet shaped: u 0 at the axis .. 1 at the rim; below: 1 on the lower side, 0 on the upper, between at
    the rim; edge: 1 at the middle of the rim, 0 off it."""

    lathe: Lathe
    u: Socket
    below: Socket
    edge: Socket

    @property
    def angle(self) -> Socket:
        return self.lathe.angle


def sheet(segments: Input, rings: Input) -> Sheet:
    """A lathe's ball told as a sheet: the lower side out to the rim, around it, and back on the upper side."""
    ball = lathe(segments, rings)
    lower, upper = RIM - TURN, RIM + TURN
    u = n.minimum(n.minimum(ball.t / lower, (1.0 - ball.t) / (1.0 - upper)), 1.0)
    q = n.clamp((ball.t - lower) / (2.0 * TURN))
    return Sheet(ball, u, n.cos(q * pymath.pi) * 0.5 + 0.5, n.sin(q * pymath.pi))


def ring_noise(angle: Input, times: float, seed: Input, detail: float = 1.0, z: Input = 0.0) -> Socket:
    """Noise 0..1 around a circle without a seam; times: about how many waves."""
    return n.noise(
        n.combine_xyz(n.cos(angle) * (times / 3.0), n.sin(angle) * (times / 3.0), z), scale=1.0, detail=detail, w=seed
    )


@dataclass(frozen=True)
class Cap:
    """The form of a cap about its own axis, crown at the origin. reach: length of the section, m; turn, rad; peak: 0 round .. 1 a cone;
    umbo: height of the boss in the middle, below zero a navel, as a share of reach; flesh: thickness in the middle, rim: at the rim, m;
    wave: unevenness; seed."""

    reach: Input
    turn: Input
    peak: Input
    umbo: Input
    flesh: Input
    rim: Input
    wave: Input
    seed: Input

    def place(self, u: Socket, angle: Socket) -> tuple[Socket, Socket]:
        """The upper surface, m, and its normal."""
        theta = n.switch(n.math("ABSOLUTE", self.turn) < 0.02, self.turn, 0.02)
        at = theta * u
        cone = n.maximum(self.turn, 0.0) * 0.62
        soft = n.sqrt(u * u + 0.004) - 0.063  # a cone with a rounded top
        r = n.mix(self.peak, n.sin(at) / theta, u * n.cos(cone))
        z = n.mix(self.peak, (n.cos(at) - 1.0) / theta, soft * n.sin(cone) * -1.0)
        lean = n.mix(self.peak, at, cone * n.smoothstep(u, 0.0, 0.2))
        boss = n.math("EXPONENT", u * u * -26.0)
        rough = (ring_noise(angle, 3.0, self.seed * 1.31, 2.0, u * 0.9) - 0.5) * self.wave
        fine = (ring_noise(angle, 11.0, self.seed * 2.17, 1.0, u * 0.5) - 0.5) * self.wave
        z = z + self.umbo * boss + rough * u * u * 1.6 + fine * u * u * u * 0.35
        r = r * (1.0 + (ring_noise(angle, 4.0, self.seed * 3.7, 1.0) - 0.5) * self.wave * 0.9 * u)
        out, level = n.combine_xyz(n.cos(angle), n.sin(angle), 0.0), n.combine_xyz(0.0, 0.0, 1.0)
        where = (out * r + level * z) * self.reach
        normal = out * n.sin(lean) + level * n.cos(lean)
        return where, normal

    def depth(self, u: Socket) -> Socket:
        """How thick the flesh is, m."""
        return self.rim + (self.flesh - self.rim) * n.math("POWER", n.maximum(1.0 - u, 0.0), 1.1)

    def shape(self, s: Sheet) -> Socket:
        """The cap's body as a closed mesh."""
        where, normal = self.place(s.u, s.angle)
        thick = self.depth(s.u)
        out = n.combine_xyz(n.cos(s.angle), n.sin(s.angle), 0.0)
        along = (out - normal * out.dot(normal)).normalized()
        bulge = along * (s.edge * thick * 0.5)
        return n.set_position(s.lathe.geometry, where - normal * (thick * s.below) + bulge)

    def gills(
        self, number: Input, inner: Input, depth: Input, thickness: Input, around: Input, along: Input, seed: Input
    ) -> tuple[Copies, Socket, Socket]:
        """Radial lamellae of three lengths, closed, hanging from the flesh; the shaped copies, u on them, and 0 root .. 1 edge.

        inner: u where the longest begin; depth, thickness: m at the deepest place.
        """
        c = tubes(number, around, along)
        rank = c.number % 4.0
        begins = n.switch((rank % 2.0) > 0.5, n.switch(rank > 1.5, inner, 0.5), 0.72)
        begins = n.maximum(begins + draw(seed, 41, -0.06, 0.08, of=c.number) * (rank > 0.5), inner)
        u = begins + (0.985 - begins) * c.along
        turned = (c.number + draw(seed, 42, -0.17, 0.17, of=c.number)) / n.maximum(number, 1) * (2.0 * pymath.pi)
        wander = (n.noise(n.combine_xyz(u * 4.0, c.number * 3.3, seed), scale=1.0, detail=1.0) - 0.5) * 0.025
        angle = turned + wander * n.minimum(24.0 / n.maximum(number, 1) * 2.0, 1.0)
        where, normal = self.place(u, angle)
        # they rise from the stem in a curve and thin out to the rim
        rise = n.smoothstep(u, begins - 0.02, begins + 0.16)
        fall = n.math("POWER", n.maximum(1.0 - u, 0.0005), 0.55) * 1.25
        hang = depth * n.mix(rise, 0.12, 1.0) * n.minimum(fall, 1.0) * (0.92 + draw(seed, 43, 0.0, 0.16, of=c.number))
        down = (1.0 - n.sin(c.angle)) * 0.5
        sharp = n.mix(down, 1.0, 0.45) * n.mix(n.smoothstep(u, 0.9, 1.0), 1.0, 0.5)
        side = n.combine_xyz(n.sin(angle) * -1.0, n.cos(angle), 0.0)
        sunk = self.depth(u) * 0.8
        shaped = n.set_position(
            c.mesh,
            where
            - normal * (sunk + (hang + self.depth(u) * 0.2) * down)
            + side * (n.cos(c.angle) * thickness * 0.5 * sharp),
        )
        return Copies(shaped, c.angle, c.along, c.number), u, down

    def spread(self, number: Input, reach: Input, disorder: Input, seed: Input) -> tuple[Socket, Socket, Socket]:
        """Points over the upper side as a sunflower sets its seeds: the points, their normals and their u (both captured).

        reach: u of the outermost.
        """
        k = n.index()
        u = n.sqrt((k + 0.5) / n.maximum(number, 1)) * reach
        u = n.clamp(u + draw(seed, 51, -0.5, 0.5, of=k) * disorder * 0.14, 0.0, 0.985)
        angle = k * GOLDEN_ANGLE + draw(seed, 52, -0.5, 0.5, of=k) * disorder * 1.6
        where, normal = self.place(u, angle)
        made = n.points(number)
        made, normal = n.capture(made, normal)
        made, told = n.capture(made, u)
        return n.set_position(made, where), normal, told


__all__ = ["Cap", "Sheet", "ring_noise", "sheet"]
