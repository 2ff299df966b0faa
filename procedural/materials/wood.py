"""Wood as solid growth rings about a pith, so that end grain and side grain fit: oak, oak planks, pine, varnished walnut.

The trunk runs along z of `limb` (each board's own coordinates) or, without it, along the object's z. `random` chooses where in the trunk
a board was cut, `edge` (0..1) says where edges are, which wear. Sizes from wood anatomy: rings of 1-5 mm, pores of 0.2-0.4 mm, rays of oak
up to 30 mm high.
"""

from __future__ import annotations

import math as pymath
from dataclasses import dataclass

from ...params import param
from ..graph import Inputs, Socket, Tree
from ..graph import nodes as n
from ..graph.sockets import Input
from .base import MaterialKind, Shaded, limb_place, own_color, principled, told
from .textures import chance, floor, fraction, stretched
from .tones import lit

TAU = 2.0 * pymath.pi


@dataclass(frozen=True)
class OakParams:
    color: tuple[float, ...] = param(
        (0.42, 0.25, 0.115), "Colour of the early wood, linear RGB", min=0, max=1, spread=0.2
    )
    late: tuple[float, ...] = param((0.5, 0.4, 0.31), "What late wood leaves of the colour", min=0, max=1, spread=0.1)
    ring: float = param(0.0032, "Width of a year's ring", min=0.0003, max=0.05, unit="m", usual=(0.0024, 0.0042))
    pith: float = param(0.09, "How far from the pith a board is cut", min=0.0, max=1.0, unit="m", usual=(0.05, 0.15))
    unrest: float = param(1.4, "How wavy the rings are, in rings", min=0.0, max=10.0, usual=(0.8, 2.4))
    pores: float = param(0.8, "How dark the pores are", min=0, max=1, usual=(0.6, 1.0))
    rays: float = param(0.5, "How plain the rays are", min=0, max=1, usual=(0.3, 0.7))
    knots: float = param(0.12, "Chance of a knot every 35 cm", min=0, max=1, usual=(0.0, 0.3))
    variety: float = param(0.25, "How much boards differ in tone", min=0, max=1, usual=(0.15, 0.4))
    wear: float = param(0.35, "How worn edges and patches are", min=0, max=1, usual=(0.1, 0.6))
    weather: float = param(0.0, "How grey the weather has made it", min=0, max=1)
    roughness: float = param(0.52, "From a mirror, 0, to chalk, 1", min=0, max=1, usual=(0.42, 0.62))
    varnish: float = param(0.0, "Coat of clear varnish", min=0, max=1)
    relief: float = param(0.00025, "Height of the grain", min=0.0, max=0.01, unit="m", usual=(0.0001, 0.0004))
    lie: tuple[float, ...] = param(
        (0.0, 0.0, 0.0), "How the trunk lies, turned from along z", min=-7, max=7, unit="rad"
    )
    seed: float = param(0.0, "Another trunk", min=0.0, max=1000.0, usual=(0.0, 100.0))


@dataclass(frozen=True)
class OakPlanksParams(OakParams):
    variety: float = param(0.6, "How much boards differ in tone", min=0, max=1, usual=(0.4, 0.8))
    lie: tuple[float, ...] = param(
        (0.0, 1.5708, 0.0), "How the boards lie, turned from along z", min=-7, max=7, unit="rad"
    )
    board: float = param(0.14, "Width of a board", min=0.01, max=2.0, unit="m", usual=(0.1, 0.2))
    length: float = param(1.6, "Length of a board", min=0.1, max=20.0, unit="m", usual=(1.2, 2.2))
    gap: float = param(0.0025, "Gap between boards", min=0.0, max=0.05, unit="m", usual=(0.001, 0.004))


@dataclass(frozen=True)
class PineParams(OakParams):
    color: tuple[float, ...] = param(
        (0.6, 0.38, 0.17), "Colour of the early wood, linear RGB", min=0, max=1, spread=0.15
    )
    late: tuple[float, ...] = param((0.68, 0.46, 0.26), "What late wood leaves of the colour", min=0, max=1, spread=0.1)
    ring: float = param(0.0048, "Width of a year's ring", min=0.0003, max=0.05, unit="m", usual=(0.0035, 0.0065))
    pores: float = param(0.1, "How dark the pores are", min=0, max=1)
    rays: float = param(0.0, "How plain the rays are", min=0, max=1)
    knots: float = param(0.65, "Chance of a knot every 35 cm", min=0, max=1, usual=(0.4, 0.9))
    unrest: float = param(0.9, "How wavy the rings are, in rings", min=0.0, max=10.0, usual=(0.5, 1.4))


@dataclass(frozen=True)
class WalnutParams(OakParams):
    color: tuple[float, ...] = param(
        (0.15, 0.07, 0.032), "Colour of the early wood, linear RGB", min=0, max=1, spread=0.2
    )
    late: tuple[float, ...] = param((0.42, 0.36, 0.33), "What late wood leaves of the colour", min=0, max=1, spread=0.1)
    unrest: float = param(3.0, "How wavy the rings are, in rings", min=0.0, max=10.0, usual=(2.0, 4.5))
    ring: float = param(0.006, "Width of a year's ring", min=0.0003, max=0.05, unit="m", usual=(0.004, 0.008))
    pores: float = param(0.6, "How dark the pores are", min=0, max=1, usual=(0.4, 0.8))
    rays: float = param(0.0, "How plain the rays are", min=0, max=1)
    knots: float = param(0.05, "Chance of a knot every 35 cm", min=0, max=1)
    wear: float = param(0.15, "How worn edges and patches are", min=0, max=1, usual=(0.0, 0.3))
    roughness: float = param(0.4, "From a mirror, 0, to chalk, 1", min=0, max=1, usual=(0.3, 0.5))
    varnish: float = param(0.8, "Coat of clear varnish", min=0, max=1, usual=(0.5, 1.0))
    relief: float = param(0.00006, "Height of the grain", min=0.0, max=0.01, unit="m")


@dataclass(frozen=True)
class _Cut:
    """A point in its trunk: from the pith (m), the board's number 0..1 and what is left of the surface at a joint, 0 in the gap."""

    x: Socket
    y: Socket
    z: Socket
    own: Socket
    joint: Input = None


def _laid(tree: Tree) -> tuple[Socket, Socket, Socket]:
    turned = tree.add(
        "ShaderNodeVectorRotate", rotation_type="EULER_XYZ", invert=True, vector=limb_place(), rotation=tree.i.lie
    )
    return tree.separate(turned.as_socket())


def shade(tree: Tree) -> Shaded:
    x, y, z = _laid(tree)
    own = fraction(told("random") * 0.973 + tree.i.seed * 0.377)
    return _wood(tree.i, _Cut(x, y, z, own))


def shade_planks(tree: Tree) -> Shaded:
    """Boards side by side across x (y where the surface looks along x), end to end along z."""
    i = tree.i
    x, y, z = _laid(tree)
    # Of the two directions across, boards lie side by side in the first; the second is their thickness.
    row = floor(y / i.board)
    start = z / i.length + chance(row, 3.0)
    piece = floor(start)
    own = fraction(chance(n.combine_xyz(row, piece, i.seed)) + told("random"))
    inner = y - (row + 0.5) * i.board
    end = (0.5 - abs(fraction(start) - 0.5)) * 1.0
    near = n.minimum(i.board * 0.5 - abs(inner), (0.5 - abs(end - 0.5)) * i.length)
    joint = n.smoothstep(near, i.gap * 0.25, i.gap * 0.5 + 0.0012)
    return _wood(i, _Cut(inner, x, z, own, joint))


def _wood(i: Inputs, cut: _Cut) -> Shaded:
    own = cut.own
    heading = own * TAU * 3.7
    far = i.pith * (0.5 + fraction(own * 7.77))
    z = cut.z + own * 23.0
    wobble = n.noise_vector(n.combine_xyz(0.0, own * 9.0, z), scale=1.6, detail=1.0, w=i.seed) * 0.012
    x = cut.x + n.cos(heading) * far + wobble.x
    y = cut.y + n.sin(heading) * far + wobble.y
    at = n.combine_xyz(x, y, z)
    radius = n.sqrt(x * x + y * y)
    knot, swirl, eye = _knot(i, x, y, z, heading, own)
    unrest = (stretched(at, 0.035, 0.3, 2.0, i.seed) - 0.5) * 2.0
    years = radius / i.ring + unrest * i.unrest + swirl * 2.2
    year = floor(years)
    part = years - year
    strength = 0.55 + 0.45 * chance(year + floor(own * 97.0) * 13.0)
    late = n.smoothstep(part, 0.15, 0.9) * (1.0 - n.smoothstep(part, 0.93, 1.0)) * strength
    fibre = stretched(at, 0.0011, 0.05, 3.0, i.seed + 3.0)
    pore = n.smoothstep(stretched(at, 0.0007, 0.011, 1.0, i.seed + 5.0), 0.6, 0.7) * (1.0 - part * 0.75) * i.pores
    angle = n.math("ARCTAN2", y, x)
    fleck = n.noise(n.combine_xyz(angle * 75.0, radius / 0.011, z / 0.016), scale=1.0, detail=1.0, w=i.seed + 8.0)
    fleck = n.smoothstep(fleck, 0.6, 0.68) * i.rays
    streak = stretched(at, 0.03, 0.6, 2.0, i.seed + 11.0)

    early = own_color(i.color)
    wood = n.mix(late, early, n.mix(1.0, early, i.late, blend="MULTIPLY"))
    light = (0.8 + fibre * 0.4) * (0.85 + streak * 0.3) * (1.0 + (fraction(own * 31.7) - 0.5) * i.variety * 1.4)
    wood = lit(wood, light * (1.0 - pore * 0.5) * (1.0 + fleck * 0.22))
    wood = n.mix(knot, wood, lit(n.mix(1.0, early, n.color((0.42, 0.27, 0.18)), blend="MULTIPLY"), 0.75 + eye * 0.6))
    # Wear bares and dulls the wood where hands and feet come: at edges, in patches
    patch = n.noise(at, scale=14.0, detail=4.0, roughness=0.6, w=i.seed + 17.0)
    worn = n.smoothstep(told("edge") * 0.28 + patch, 0.78 - i.wear * 0.22, 0.92 - i.wear * 0.2) * i.wear
    wood = n.mix(worn * 0.55, wood, lit(early, 1.25 - late * 0.3))
    grey = lit(n.color((0.36, 0.34, 0.31)), (0.55 + fibre * 0.7) * (1.0 - pore * 0.4) * (1.05 - late * 0.35))
    wood = n.mix(i.weather * (0.75 + patch * 0.3), wood, grey)
    roughness = i.roughness + (fibre - 0.5) * 0.18 + worn * 0.15 + pore * 0.15 + i.weather * 0.25
    height = (late * 0.5 - pore * 1.2 + fibre * 0.35 - knot * 0.3) * i.relief * (1.0 + i.weather * 3.0)
    varnish: Input = i.varnish * (1.0 - worn * 0.7)
    if cut.joint is not None:
        wood = n.mix(cut.joint, n.color((0.025, 0.017, 0.011)), wood)
        height = height + (cut.joint - 1.0) * 0.003
        varnish = varnish * cut.joint
    shader = principled(
        base_color=wood, roughness=n.clamp(roughness, 0.1, 0.95), coat_weight=varnish, coat_roughness=0.12, specular=0.4
    )
    return Shaded(shader, height=height)


def _knot(i: Inputs, x: Socket, y: Socket, z: Socket, heading: Socket, own: Socket) -> tuple[Socket, Socket, Socket]:
    """Branches grown over: how much a point is of one, how far rings swerve about it, the branch's own rings."""
    step = 0.35
    level = z / step
    which = floor(level) + floor(own * 997.0) * 3.0
    there = n.math("LESS_THAN", chance(which, 1.0), i.knots)
    rise = (level - floor(level) - 0.3 - 0.4 * chance(which, 2.0)) * step
    to = heading + (chance(which, 4.0) - 0.5) * 0.9
    along = x * n.cos(to) + y * n.sin(to)
    aside = y * n.cos(to) - x * n.sin(to)
    thick = n.clamp(along * 0.13, 0.002, 0.017) * (0.5 + chance(which, 5.0) * 0.8)
    up = (rise - along * 0.3) * 0.75
    away = n.sqrt(aside * aside + up * up) / thick
    there = there * n.math("GREATER_THAN", along, 0.0)
    inside = (1.0 - n.smoothstep(away, 0.75, 1.1)) * there
    swerve = n.math("EXPONENT", away * away * -0.09) * there
    return inside, swerve, n.math("PINGPONG", away * 2.5, 0.5) * 2.0


OAK = MaterialKind(
    "oak_wood", "Oak Wood", "Wood", OakParams, shade, "Solid oak with pores, rays and growth rings", sample_size=0.3,
    presets={
        "dark_oak": OakParams(color=(0.13, 0.068, 0.032), wear=0.5, pores=1.0),
        "weathered_oak": OakParams(color=(0.3, 0.2, 0.11), weather=0.8, relief=0.0006, roughness=0.7, wear=0.3),
    },
)  # fmt: skip
OAK_PLANKS = MaterialKind(
    "oak_planks", "Oak Planks", "Wood", OakPlanksParams, shade_planks, "Oak boards side by side, each of its own trunk",
    sample_size=0.9,
)  # fmt: skip
PINE = MaterialKind(
    "pine_wood", "Pine Wood", "Wood", PineParams, shade, "Pine with plain rings and knots", sample_size=0.3
)
WALNUT = MaterialKind(
    "walnut_wood", "Walnut Wood", "Wood", WalnutParams, shade, "Dark walnut under varnish", sample_size=0.3,
    presets={"cherry_wood": WalnutParams(color=(0.3, 0.11, 0.045), late=(0.62, 0.5, 0.42), unrest=1.8)},
)  # fmt: skip
KINDS = (OAK, OAK_PLANKS, PINE, WALNUT)
