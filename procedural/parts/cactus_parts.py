"""What cacti share: ribs, tufts of spines on a pad of wool, flowers. All stand at the origin and point to +Z."""

from __future__ import annotations

import math as pymath

from ..graph import Socket
from ..graph import nodes as n
from ..graph.parts import grouped
from ..graph.sockets import Input
from .plant_parts import GOLDEN_ANGLE, TAU, draw, tubes
from .shapes import count


def store_uv(geometry: Input, across: Input, along: Input) -> Socket:
    """A UVMap: across and along, each 0..1."""
    return n.first_output(
        "GeometryNodeStoreNamedAttribute", data_type="FLOAT2", domain="CORNER", geometry=geometry, name="UVMap",
        value=n.combine_xyz(across, along, 0.0),
    )  # fmt: skip


def rib(turns: Input, sharp: Input) -> Socket:
    """The profile of ribs, 1 on the crest and 0 in the furrow; turns: rad, 2 pi a rib; sharp: 0 round crests .. 1 like a roof."""
    wave = abs(n.cos(turns * 0.5))
    roof = 1.0 - n.math("PINGPONG", turns / TAU, 0.5) * 2.0
    return n.mix(sharp, wave, roof)


@grouped("Spine Tuft")
def spine_tuft(
    radials: Input, centrals: Input, length: Input, thickness: Input, spread: Input, hook: Input, seed: Input,
    detail: Input, central_length: float = 1.7,
) -> Socket:  # fmt: skip
    """Spines from one areole, a closed mesh with UVMap, `random` and `limb`.

    radials lie about it, leaning `spread` (rad) from the axis; centrals, longer, stand up. length, thickness: m; hook: rad, how far
    they curve on their way.
    """
    c = tubes(radials + centrals, count(detail, 5, 3), count(detail, 5, 2))
    middle = c.number >= radials
    own = draw(seed, 71, of=c.number)
    rank = n.switch(middle, c.number / n.maximum(radials, 1), (c.number - radials) / n.maximum(centrals, 1))
    azimuth = rank * TAU + draw(seed, 72, -0.3, 0.3, of=c.number) + n.switch(middle, 0.0, 0.9)
    lean = n.switch(middle, spread, n.switch(centrals > 1.5, 0.12, 0.62)) + draw(seed, 73, -0.14, 0.14, of=c.number)
    long_ = length * n.switch(middle, 1.0, central_length) * (0.72 + own * 0.5)
    s = c.along
    bent = hook * n.switch(middle, -0.6, 1.0)
    turn = lean + bent * s * s * 0.5
    outward = n.combine_xyz(n.cos(azimuth), n.sin(azimuth), 0.0)
    side = n.combine_xyz(n.sin(azimuth) * -1.0, n.cos(azimuth), 0.0)
    axis = outward * n.sin(turn) + n.combine_xyz(0.0, 0.0, n.cos(turn))
    up = outward * n.cos(turn) - n.combine_xyz(0.0, 0.0, n.sin(turn))
    swell = n.mix(n.smoothstep(s, 0.0, 0.12), 1.35, 1.0)
    girth = thickness * 0.5 * n.switch(middle, 0.75, 1.15) * swell * n.mix(s, 1.0, 0.06)
    # the side and the way up are swapped, so that faces stay outward
    ring = up * n.cos(c.angle) + side * n.sin(c.angle)
    mesh = n.set_position(c.mesh, axis * (long_ * s) + ring * girth)
    mesh = store_uv(mesh, c.angle / TAU + 0.5, s)
    mesh = n.store(mesh, "random", own)
    return n.shade_smooth(mesh)


@grouped("Areole Wool")
def wool_pad(radius: Input, height: Input, seed: Input, detail: Input) -> Socket:
    """The felt that a tuft comes from: a low lump, m."""
    pad = n.sphere(count(detail, 8, 5), count(detail, 5, 3), 1.0)
    at = n.position()
    lump = 1.0 + n.noise_vector(at, scale=2.0, w=seed).x * 0.3
    pad = n.set_position(pad, n.combine_xyz(at.x * radius * lump, at.y * radius * lump, at.z * height))
    return n.shade_smooth(n.store(pad, "limb", n.position() + n.combine_xyz(0.0, 0.0, 1.0)))


@grouped("Cactus Flower")
def cactus_flower(
    petals: Input, radius: Input, height: Input, opened: Input, color: Input, throat: Input, seed: Input, detail: Input
) -> Socket:
    """A funnel of many petals with stamens; closed parts with `tint`. radius, height: m, when open; opened: 0 bud .. 1."""
    c = tubes(petals, count(detail, 6, 4), count(detail, 8, 4))
    rank = (c.number + 0.5) / n.maximum(petals, 1)  # the outermost first
    azimuth = c.number * GOLDEN_ANGLE + draw(seed, 81, -0.15, 0.15, of=c.number)
    s = c.along
    lean = n.mix(rank, 1.25, 0.3) * opened + 0.05
    slope = lean * n.smoothstep(s, 0.12, 0.7)
    long_ = (
        n.sqrt(radius * radius + height * height)
        * n.mix(rank, 1.0, 0.82)
        * (0.92 + draw(seed, 82, 0.0, 0.16, of=c.number))
    )
    # the outline: a narrow claw, widest past the middle, a soft point
    half = radius * 0.3 * n.float_curve(s, [(0, 0.18), (0.3, 0.45), (0.68, 1.0), (0.9, 0.72), (1, 0.04)])
    outward = n.combine_xyz(n.cos(azimuth), n.sin(azimuth), 0.0)
    side = n.combine_xyz(n.sin(azimuth) * -1.0, n.cos(azimuth), 0.0)
    centre = outward * (long_ * s * n.sin(slope * 0.72) + radius * 0.07) + n.combine_xyz(
        0.0, 0.0, long_ * s * n.cos(slope * 0.72)
    )
    face = outward * n.cos(slope) - n.combine_xyz(0.0, 0.0, n.sin(slope))
    x, y = n.cos(c.angle), n.sin(c.angle)
    cup = x * x * half * 0.35
    mesh = n.set_position(c.mesh, centre + side * (x * half * -1.0) + face * (y * (radius * 0.008 + 0.00015) - cup))
    fade = n.smoothstep(s + (draw(seed, 83, of=c.number) - 0.5) * 0.2, 0.15, 0.65)
    mesh = n.store(mesh, "tint", n.mix(fade, throat, color))
    mesh = store_uv(mesh, x * 0.5 + 0.5, s)
    mesh = n.store(mesh, "random", draw(seed, 84, of=c.number))
    # stamens: a brush of threads with heads
    t = tubes(count(detail, 44, 10), 3, 3)
    place = n.sqrt((t.number + 0.5) / n.maximum(count(detail, 44, 10), 1)) * 0.3 * radius
    way = t.number * GOLDEN_ANGLE
    out = n.combine_xyz(n.cos(way), n.sin(way), 0.0)
    tall = height * (0.5 + draw(seed, 85, 0.0, 0.14, of=t.number))
    thick = radius * 0.012 * n.mix(n.smoothstep(t.along, 0.6, 0.95), 1.0, 2.6)
    ring = n.combine_xyz(n.cos(t.angle), n.sin(t.angle), 0.0)
    threads = n.set_position(
        t.mesh, out * place * (0.35 + 0.65 * t.along) + n.combine_xyz(0.0, 0.0, tall * t.along) + ring * thick
    )
    threads = n.store(threads, "tint", n.color((0.72, 0.52, 0.1)))
    return n.shade_smooth(n.join(mesh, threads))


def varied(parts: list[Socket]) -> Socket:
    """Several geometries as instances to pick from by number, 0 the first."""
    # the node lists what was linked last first
    return n.node("GeometryNodeGeometryToInstance", geometry=parts[::-1]).as_socket()


def facing(normal: Input, spin: Input) -> Socket:
    """A rotation that turns +Z to the normal, after a turn about itself (rad)."""
    return n.node(
        "FunctionNodeRotateRotation", rotation_space="LOCAL", rotation=n.align_to(normal),
        rotate_by=n.combine_xyz(0.0, 0.0, spin),
    ).as_socket()  # fmt: skip


HALF_PI = pymath.pi / 2
