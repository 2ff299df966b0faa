"""Gullies: what running water does to slopes, without letting it run.

Each round lays stripes of hills and hollows across the slope, so that their hollows lead down, half as wide as the round before, on the land
that the rounds before have made; so hollows branch upward like valleys do. The stripes are cosines about scattered points, each turned to the
slope where it is seen and blended with its neighbours' (a kernel noise: Lagae et al., "Procedural noise using sparse Gabor convolution", 2009;
turned to the slope after an idea of Clay John and Felix Westin in their shaders, and Rune Skovbo Johansen's notes on them).
"""

from __future__ import annotations

import math

from ...graph import Socket
from ...graph import nodes as n
from ...graph.parts import grouped
from ...graph.sockets import Input
from .heights import elsewhere

REACH = (
    1.25  # of a point's stripes, in cells: points lie in the middle half of their cells, so those not asked are farther
)


@grouped("Stripes")
def stripes(where: Socket, side: Socket, other: Socket) -> tuple[Socket, Socket]:
    """Cosine and sine, -1..1, of stripes one cell wide across `side` (a unit vector in the plane); where: in cells, `other`: a draw."""
    cell = n.vector_math("FLOOR", where)
    cosines: Input = 0.0
    sines: Input = 0.0
    for x in (-1.0, 0.0, 1.0):
        for y in (-1.0, 0.0, 1.0):
            middle = n.vector_math("ADD", cell, (x, y, 0.0))
            told = n.node("ShaderNodeTexWhiteNoise", noise_dimensions="4D", vector=middle, w=other)
            away = where - middle - n.vector_math("MULTIPLY_ADD", told["Color"], (0.5, 0.5, 0.0), (0.25, 0.25, 0.0))
            weight = n.maximum(1.0 - n.vector_math("DOT_PRODUCT", away, away) / REACH**2, 0.0)
            weight = weight * weight * weight
            angle = n.vector_math("DOT_PRODUCT", away, side) * (2.0 * math.pi)
            cosines = n.cos(angle) * weight + cosines
            sines = n.sin(angle) * weight + sines
    length = n.maximum(n.sqrt(cosines * cosines + sines * sines), 0.12)
    return cosines / length, sines / length


def gullies(
    mesh: Socket, at: Socket, gradient: Socket, size: Input, rounds: Input, depth: Input, step: Input, seed: Input
) -> tuple[Socket, Socket]:
    """The mesh, on which is captured the height (m, about 0 in the mean) that gullies add at each point.

    at: place, m; gradient: rise per metre there, of the land as it is (z 0); both in one frame. size: width of the widest, m; depth: 1 the
    usual. Gullies narrower than four steps of the mesh are left out. Where it is level there are none.
    """
    mesh, at = n.capture(mesh, at)
    mesh, start = n.capture(mesh, gradient * 1.0)
    mesh, zero = n.capture(mesh, n.math("MULTIPLY", at.x, 0.0))
    shift = elsewhere(seed, 71)
    rounds = n.minimum(
        rounds, n.maximum(n.math("CEIL", n.math("LOGARITHM", n.maximum(size / (step * 4.0), 0.01), 2.0)), 0.0)
    )

    def round_(s: dict[str, Socket]) -> dict[str, Input]:
        steep = s["gradient"].length
        side = n.combine_xyz(s["gradient"].y * -1.0, s["gradient"].x, 0.0) / n.maximum(steep, 1e-5)
        cosine, sine = stripes(at / s["size"] + shift, side, shift.x + s["size"])
        # Their sides are a share as steep as the slope that they are in: none where water does not run
        deep = s["size"] * s["share"] * steep / n.sqrt(steep * steep * 0.5 + 1.0)
        height = s["height"] + cosine * deep
        tilt = side * (sine * deep * (-2.0 * math.pi) / s["size"])
        geometry, height = n.capture(s["mesh"], height)
        geometry, tilted = n.capture(geometry, s["gradient"] + tilt)
        return {
            "mesh": geometry, "height": height, "gradient": tilted, "size": s["size"] * 0.5, "share": s["share"] * 0.92,
        }  # fmt: skip

    state = {
        "mesh": mesh,
        "height": zero,
        "gradient": start,
        "size": n.math("MULTIPLY", size, 1.0),
        "share": n.math("MULTIPLY", depth, 0.13),
    }
    after = n.repeat(rounds, state, round_)
    return after["mesh"], after["height"]
