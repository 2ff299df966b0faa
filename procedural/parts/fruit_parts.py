"""What fruits share: stalks along a bow, leaves on a stalk, all closed."""

from __future__ import annotations

from ..graph import Socket, math
from ..graph import nodes as n
from ..graph.sockets import Input
from .cactus_parts import store_uv
from .plant_parts import tube, tubes
from .shapes import count


def stalk(length: Input, radius: Input, foot: Input, head: Input, bow: Input, detail: Input, ridges: int = 0) -> Socket:
    """A stalk from the origin up, bowed towards +X by `bow` rad; closed, with `limb`.

    foot, head: how much wider its ends are; ridges: corners along it, for pumpkins.
    """
    c = tube(count(detail, max(10, ridges * 6), 6), count(detail, 20, 6))
    s = c.along
    turn = bow * s + 1e-3
    way = length / (bow + 1e-3)
    middle = n.combine_xyz((1.0 - n.cos(turn)) * way, 0.0, n.sin(turn) * way)
    over = n.combine_xyz(n.cos(turn), 0.0, n.sin(turn) * -1.0)
    girth = radius * (1.0 + foot * n.math("POWER", 1.0 - s, 3.0) + head * n.math("POWER", s, 4.0))
    if ridges:
        corner = n.cos((c.angle + s * 1.1) * ridges) * n.mix(s, 0.3, 0.2)
        girth = girth * (1.0 + corner)
    ring = over * n.cos(c.angle) + n.combine_xyz(0.0, n.sin(c.angle), 0.0)
    mesh = n.set_position(c.mesh, middle + ring * girth)
    flat = n.combine_xyz(n.cos(c.angle), n.sin(c.angle), 0.0) * radius
    return n.shade_smooth(n.store(mesh, "limb", flat + n.combine_xyz(0.0, 0.0, length * s + 0.001)))


def stalk_place(length: Input, bow: Input, s: Input) -> Socket:
    """Where such a stalk's middle is, s of the way up it."""
    way = math("DIVIDE", length, math("ADD", bow, 1e-3))
    turn = math("ADD", math("MULTIPLY", bow, s), 1e-3)
    return n.combine_xyz((1.0 - n.cos(turn)) * way, 0.0, n.sin(turn) * way)


def leaf(
    length: Input, width: Input, curl: Input, fold: Input, color: Input, vein: Input, seed: Input, detail: Input,
    teeth: float = 0.0,
) -> Socket:  # fmt: skip
    """A leaf from the origin towards +X, a closed sheet with UVMap and `tint`; curl: rad, how far it bends down."""
    c = tubes(1, count(detail, 18, 8), count(detail, 30, 8))
    s = c.along
    x, y = n.cos(c.angle), n.sin(c.angle)
    blade = n.clamp((s - 0.16) / 0.84)
    outline = n.float_curve(blade, [(0, 0.0), (0.12, 0.55), (0.38, 1.0), (0.7, 0.68), (1, 0.0)])
    saw = 1.0 - n.math("PINGPONG", blade * 26.0, 0.5) * teeth * n.smoothstep(abs(x), 0.6, 1.0)
    half = width * 0.5 * outline * saw + length * 0.007
    turn = curl * s
    middle = n.combine_xyz(n.sin(turn) / (curl + 1e-3), 0.0, (n.cos(turn) - 1.0) / (curl + 1e-3)) * length
    up = n.combine_xyz(n.sin(turn), 0.0, n.cos(turn))
    side = abs(x)
    # veins run from the midrib forward to the rim
    ribs = n.math("PINGPONG", (blade - side * 0.16) * 8.0, 0.5) * 2.0
    lines = n.maximum(
        n.smoothstep(ribs, 0.2, 0.0) * n.smoothstep(outline, 0.1, 0.4) * 0.7,
        n.smoothstep(side * half / (width * 0.5), 0.07, 0.03),
    )
    wave = n.sin(blade * 9.0 + n.math("SIGN", x) * 1.3 + seed * 1.0) * side * side * width * 0.05
    lift = side * half * fold + wave + n.smoothstep(ribs, 0.3, 0.0) * width * -0.006
    thick = n.mix(n.smoothstep(side, 0.0, 0.25), length * 0.011, length * 0.004) * n.mix(
        n.smoothstep(s, 0.9, 1.0), 1.0, 0.4
    )
    # +Y is across, so that the ring turns about +X
    mesh = n.set_position(c.mesh, middle + n.combine_xyz(0.0, x * half, 0.0) + up * (lift + y * thick))
    light = 0.85 + n.noise(n.combine_xyz(x, s * 3.0, seed), scale=1.5, detail=2.0) * 0.3
    mesh = n.store(
        mesh, "tint", n.mix(lines, n.mix(1.0, color, n.combine_xyz(light, light, light), blend="MULTIPLY"), vein)
    )
    mesh = store_uv(mesh, x * 0.5 + 0.5, s)
    return n.shade_smooth(n.store(mesh, "leaf", 1.0))


def stand(whole: Input, body: Input) -> Socket:
    """The whole moved so that the body's lowest point is at z = 0."""
    lowest = n.node("GeometryNodeBoundBox", geometry=body)["Min"].z
    return n.transform(whole, translation=n.combine_xyz(0.0, 0.0, lowest * -1.0))
