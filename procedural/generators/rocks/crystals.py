"""Crystals: six-sided prisms with uneven points growing out of a stone, large ones among a crust of small ones."""

from __future__ import annotations

import math as pymath
from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.sockets import Input
from ...materials import shared
from ...materials.cover import WEATHERED_ROCK, WeatheredRockParams
from ...materials.crystal import QUARTZ, QuartzParams
from ...parts.plant_parts import GOLDEN_ANGLE, draw, tubes
from ...parts.shapes import count
from ...parts.stones import shaded
from ..base import Family


@dataclass(frozen=True)
class CrystalsParams:
    """Metres and radians."""

    crystals: int = param(34, "Number of large crystals", min=0, max=200, panel="Crystals", usual=(24, 46))
    length: float = param(
        0.16, "Length of the longest crystal", min=0.005, max=5.0, unit="m", panel="Crystals", usual=(0.12, 0.2)
    )
    thickness: float = param(
        0.036, "Thickness of the thickest", min=0.001, max=1.0, unit="m", panel="Crystals", usual=(0.028, 0.048)
    )
    spread: float = param(
        1.1, "How far the outer ones lean", min=0.0, max=1.6, unit="rad", panel="Crystals", usual=(0.8, 1.3)
    )
    disorder: float = param(
        0.4, "How far they grow their own way", min=0.0, max=1.0, panel="Crystals", usual=(0.2, 0.6)
    )
    falloff: float = param(
        0.55, "How much shorter the outer ones are", min=0.0, max=0.95, panel="Crystals", usual=(0.35, 0.7)
    )
    variety: float = param(0.6, "How much lengths differ", min=0.0, max=1.0, panel="Crystals", usual=(0.4, 0.8))
    point: float = param(
        0.75, "Length of the points in thicknesses", min=0.1, max=3.0, panel="Crystals", usual=(0.55, 1.0)
    )
    uneven: float = param(0.5, "How uneven the points' faces are", min=0.0, max=1.0, panel="Crystals", usual=(0.3, 0.8))
    taper: float = param(
        0.12, "How far crystals narrow upwards", min=-0.3, max=0.8, panel="Crystals", usual=(0.05, 0.2)
    )
    crust: int = param(320, "Number of small crystals between them", min=0, max=3000, panel="Crust", usual=(240, 420))
    small: float = param(
        0.24, "Size of the small ones, a share of the large", min=0.02, max=0.6, panel="Crust", usual=(0.18, 0.3)
    )
    stone: float = param(0.085, "Radius of the stone", min=0.0, max=3.0, unit="m", panel="Stone", usual=(0.07, 0.1))
    flat: float = param(0.5, "How flat the stone is", min=0.0, max=0.9, panel="Stone", usual=(0.35, 0.6))
    color: tuple[float, ...] = param(
        (0.34, 0.1, 0.6), "Colour of the crystals, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    rock: tuple[float, ...] = param(
        (0.12, 0.1, 0.085), "Colour of the stone", min=0, max=1, panel="Colour", spread=0.25
    )
    seed: int = param(0, "Another cluster of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density of the stone", min=0.1, max=4.0)


PRESETS = {
    "amethyst_cluster": CrystalsParams(),
    "quartz_cluster": CrystalsParams(
        crystals=18, length=0.24, thickness=0.034, point=1.0, falloff=0.6, crust=260, color=(0.86, 0.87, 0.88), disorder=0.6
    ),
    "smoky_cluster": CrystalsParams(
        crystals=9, length=0.2, thickness=0.06, point=0.9, crust=120, color=(0.2, 0.13, 0.085), spread=0.8, small=0.25
    ),
    "citrine_druse": CrystalsParams(
        crystals=60, length=0.06, thickness=0.032, point=0.9, falloff=0.3, crust=600, color=(0.78, 0.4, 0.05), spread=1.3,
        small=0.45, stone=0.12,
    ),
}  # fmt: skip


def build(p: CrystalsParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of CrystalsParams."""
    quartz = shared(QUARTZ, QuartzParams(zoning=0.55, cloud=0.3), "Crystal")
    stone = shared(WEATHERED_ROCK, WeatheredRockParams(size=0.05, relief=0.008), "Crystal Matrix")
    with new_tree("Crystals", p) as tree:
        i = tree.i
        of_crystal = tree.material_input("Crystal Material", quartz, "What the crystals are made of")
        of_stone = tree.material_input("Stone Material", stone, "What they grow on")
        with tree.frame("Large crystals"):
            large = _prisms(i, i.crystals, 1.0, i.falloff, 0)
        with tree.frame("Crust of small crystals"):
            crust = _prisms(i, i.crust, i.small, 0.35, 100)
        with tree.frame("Stone"):
            matrix = n.set_material(n.shade_smooth(_stone(i)), of_stone)
        grown = n.set_material(n.shade_smooth(n.join(large, crust), False), of_crystal)
        whole = n.join(n.switch(i.stone > 0.0, None, matrix), grown)
        at = n.position()
        tree.o.geometry << n.set_position(whole, n.combine_xyz(at.x, at.y, n.maximum(at.z, 0.0)))
    return tree.data


def _ground(i: Inputs, toward: Input) -> Socket:
    """Where the stone's surface is in a direction (unit vector) from its middle, which lies on the ground."""
    lump = 0.8 + n.noise(toward, scale=1.1, detail=2.0, w=i.seed * 1.7) * 0.45
    lump = lump + (n.noise(toward, scale=4.0, detail=3.0, w=i.seed * 0.9) - 0.5) * 0.22
    return n.vector_math("MULTIPLY", toward, n.combine_xyz(1.0, 1.0, 1.0 - i.flat)) * (i.stone * lump)


def _stone(i: Inputs) -> Socket:
    """A lump, flat beneath; its attributes told."""
    ball = n.sphere(count(i.detail, 56, 14), count(i.detail, 32, 8))
    at = n.position()
    ball, shade = n.capture(ball, n.noise(at, scale=5.0, detail=3.0))
    ball = n.set_position(ball, _ground(i, at))
    return n.store(ball, "tint", shaded(i.rock, 0.6 + shade * 0.8))  # type: ignore[return-value]


def _prisms(i: Inputs, number: Input, scale: Input, falloff: Input, salt: int) -> Socket:
    """Prisms on a sunflower's spiral over the stone's upper side; the first stands upright."""
    copies = tubes(number, 6, 2)
    one = copies.number
    stray = lambda s, low, high: draw(i.seed, salt + s, low, high, of=one)  # noqa: E731
    out = n.sqrt((one + (0.5 if salt else 0.0)) / n.maximum(number, 1))
    around = one * GOLDEN_ANGLE + i.seed * 1.1 + stray(1, -0.5, 0.5)
    lean = out * i.spread + stray(2, -0.2, 0.2) * i.disorder
    wide = n.combine_xyz(n.cos(around), n.sin(around), 0.0)
    root = _ground(i, wide * n.sin(out * 1.5) + n.combine_xyz(0.0, 0.0, n.cos(out * 1.5)))
    axis = wide * n.sin(lean) + n.combine_xyz(0.0, 0.0, n.cos(lean))
    axis = (
        axis + draw(i.seed, salt + 3, (-1.0, -1.0, -0.5), (1.0, 1.0, 1.0), of=one) * (i.disorder * 0.4)
    ).normalized()
    side = axis.cross((0.21, 0.94, 0.13)).normalized()
    other = axis.cross(side)
    share = (1.0 - out * falloff) * n.mix(i.variety, 1.0, n.mix(stray(4, 0.0, 1.0) ** 1.5, 1.0, 0.3))
    thick = i.thickness * 0.5 * scale * (1.0 - out * falloff * 0.5) * stray(5, 0.6, 1.05)
    long = i.length * scale * share + thick * 1.5
    tip = n.minimum(thick * 2.0 * i.point * stray(6, 0.8, 1.2), long * 0.6)
    # Rings: foot, shoulder, point. Every second side's shoulder is lower, as in quartz
    s = copies.along
    sector = n.math("ROUND", copies.angle * (3.0 / pymath.pi) + 6.0)
    odd = n.math("FLOORED_MODULO", sector, 2.0) - 0.5
    own = draw(i.seed, salt + 7, -1.0, 1.0, of=one * 8 + sector)
    shoulder = long - tip * (1.0 + i.uneven * (odd * 0.5 + own * 0.45))
    on_tip = n.smoothstep(s, 0.6, 0.9)
    height = n.mix(on_tip, shoulder * s * 2.0, long)
    radius = n.mix(on_tip, thick * (1.0 - s * 2.0 * i.taper), thick * 0.03)
    uneven_sides = 1.0 + draw(i.seed, salt + 8, -0.18, 0.18, of=one * 8 + sector)
    x, y = n.cos(copies.angle) * radius * uneven_sides, n.sin(copies.angle) * radius * uneven_sides
    apart = n.combine_xyz(stray(9, -0.5, 0.5), stray(10, -0.5, 0.5), 0.0) * thick * i.uneven * on_tip
    x, y = x + apart.x, y + apart.y
    spin = stray(11, 0.0, 6.28)
    x, y = x * n.cos(spin) - y * n.sin(spin), x * n.sin(spin) + y * n.cos(spin)
    begin = thick * -0.8
    prism, local = n.capture(copies.mesh, n.combine_xyz(x, y, height))
    foot = n.clamp(1.0 - height / n.maximum(i.length * scale * 0.7, 1e-5))
    prism, foot = n.capture(prism, foot)
    prism = n.set_position(prism, root + axis * (height + begin) + side * x + other * y)
    prism = n.store(prism, "limb", local)
    prism = n.store(prism, "foot", foot)
    prism = n.store(prism, "random", stray(12, 0.0, 1.0))
    return n.store(prism, "tint", shaded(i.color, stray(13, 0.75, 1.15)))  # type: ignore[return-value]


CRYSTALS = Family(
    "crystals",
    "Crystals",
    "Rocks",
    CrystalsParams,
    build,
    PRESETS,
    "A cluster of pointed six-sided crystals on a stone",
)
