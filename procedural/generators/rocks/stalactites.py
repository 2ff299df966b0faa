"""Stalactites: a piece of cave: what drips from the ceiling, what grows up from the floor, and columns where both have met."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, math, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...graph.sockets import Input
from ...materials import shared
from ...materials.pebble import FLOWSTONE, FlowstoneParams
from ...parts.plant_parts import GOLDEN_ANGLE, draw, tubes
from ...parts.shapes import count
from ...parts.stones import shaded
from ..base import Family


@dataclass(frozen=True)
class StalactitesParams:
    """Metres."""

    radius: float = param(
        0.9, "Radius of the piece of cave", min=0.1, max=10.0, unit="m", panel="Cave", usual=(0.7, 1.2)
    )
    room: float = param(
        1.9, "Height from floor to ceiling", min=0.1, max=30.0, unit="m", panel="Cave", usual=(1.5, 2.4)
    )
    ceiling: bool = param(True, "Whether there is a ceiling", panel="Cave")
    floor: bool = param(True, "Whether there is a floor", panel="Cave")
    hanging: int = param(90, "Number of stalactites", min=0, max=300, panel="Stalactites", usual=(60, 120))
    length: float = param(
        0.85, "Length of the longest", min=0.01, max=20.0, unit="m", panel="Stalactites", usual=(0.65, 1.05)
    )
    thickness: float = param(
        0.15, "Thickness of the thickest", min=0.005, max=3.0, unit="m", panel="Stalactites", usual=(0.1, 0.17)
    )
    variety: float = param(0.75, "How much lengths differ", min=0.0, max=1.0, panel="Stalactites", usual=(0.55, 0.9))
    slender: float = param(0.5, "How thin their ends are", min=0.0, max=1.0, panel="Stalactites", usual=(0.3, 0.7))
    standing: int = param(
        11, "Number of stalagmites, each under a stalactite", min=0, max=300, panel="Stalagmites", usual=(7, 16)
    )
    rise: float = param(
        0.6, "Height of the tallest stalagmite", min=0.01, max=20.0, unit="m", panel="Stalagmites", usual=(0.4, 0.8)
    )
    stout: float = param(
        1.5, "How much thicker stalagmites are", min=0.5, max=5.0, panel="Stalagmites", usual=(1.2, 1.9)
    )
    columns: int = param(2, "Number of columns", min=0, max=40, panel="Columns", usual=(1, 3))
    rings: float = param(0.5, "How strongly drip rings stand out", min=0.0, max=1.0, panel="Surface", usual=(0.3, 0.8))
    ring: float = param(
        0.055, "Distance between drip rings", min=0.005, max=2.0, unit="m", panel="Surface", usual=(0.04, 0.08)
    )
    flutes: float = param(
        0.4, "How strongly water has fluted them", min=0.0, max=1.0, panel="Surface", usual=(0.2, 0.7)
    )
    color: tuple[float, ...] = param((0.47, 0.35, 0.22), "Colour, linear RGB", min=0, max=1, panel="Colour", spread=0.2)
    pale: tuple[float, ...] = param(
        (0.62, 0.55, 0.44), "Colour of fresh tips", min=0, max=1, panel="Colour", spread=0.1
    )
    seed: int = param(0, "Another cave of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "stalactites": StalactitesParams(),
    "stalagmites": StalactitesParams(
        ceiling=False, hanging=70, standing=16, rise=1.1, stout=1.9, columns=0, room=3.0, length=0.01, radius=0.8, thickness=0.16
    ),
    "cave_columns": StalactitesParams(columns=6, hanging=60, standing=9, thickness=0.17, room=2.4, radius=1.1, flutes=0.7),
    "white_cave": StalactitesParams(
        color=(0.6, 0.54, 0.45), pale=(0.72, 0.7, 0.64), rings=0.3, slender=0.8, hanging=120, thickness=0.1, standing=14,
        columns=1, length=1.0,
    ),
}  # fmt: skip


def build(p: StalactitesParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of StalactitesParams."""
    stone = shared(FLOWSTONE, FlowstoneParams(), "Dripstone")
    with new_tree("Stalactites", p) as tree:
        i = tree.i
        material = tree.material_input("Stone Material", stone, "What the water has left")
        with tree.frame("Stalactites"):
            # without a ceiling to hang from they are left out; length is then that of nothing
            hanging = n.switch(i.ceiling, None, _drips(i, i.hanging, "hanging"))
        with tree.frame("Stalagmites"):
            standing = n.switch(i.floor, None, _drips(i, n.minimum(i.standing, i.hanging), "standing"))
        with tree.frame("Columns"):
            columns = n.switch(i.floor & i.ceiling, None, _drips(i, i.columns, "column"))
        with tree.frame("Floor and ceiling"):
            ground = n.switch(i.floor, None, _shelf(i, 1.0))
            roof = n.switch(i.ceiling, None, _shelf(i, -1.0))
        whole = n.join(ground, roof, columns, standing, hanging)
        tree.o.geometry << n.set_material(n.shade_smooth(whole), material)
    return tree.data


@grouped("Dripstones")
def _drips(i: Inputs, number: Input, kind: str) -> Socket:
    """Closed tubes from ceiling or floor; along is 0 at the root."""
    copies = tubes(number, count(i.detail, 14, 6), count(i.detail, 32, 8))
    one, s = copies.number, copies.along
    column, hangs = kind == "column", kind == "hanging"
    if kind == "standing":  # each under one of the drips, picked evenly from all over the roof
        one = n.math("FLOOR", (one + 0.5) * i.hanging / n.maximum(number, 1))
    salt = {"hanging": 0, "standing": 100, "column": 200}[kind]
    stray = lambda k, low, high: draw(i.seed, salt + k, low, high, of=one)  # noqa: E731
    # Stalagmites stand where stalactites of the same number hang; columns take places of their own
    total = i.columns if column else i.hanging
    out = n.sqrt((one + 0.6) / n.maximum(total, 1)) * (0.55 if column else 0.88)
    around = one * GOLDEN_ANGLE + i.seed * 1.7 + (2.0 if column else 0.0)
    jitter = draw(i.seed, 31 + (200 if column else 0), (-1.0, -1.0, 0.0), (1.0, 1.0, 0.0), of=one) * 0.12
    root = (n.combine_xyz(n.cos(around), n.sin(around), 0.0) * out + jitter) * i.radius
    size = draw(i.seed, 33 + (200 if column else 0), 0.0, 1.0, of=one)  # of the drip above: long ones are thick ones
    share = n.mix(i.variety, 1.0, n.mix(size**1.9, 0.12, 1.0))
    if column:
        length: Input = i.room
        thick = i.thickness * 0.75 * stray(1, 0.8, 1.3)
        waist = abs(s * 2.0 - 1.0 + stray(2, -0.3, 0.3))
        shape = 0.52 + 0.4 * waist * waist + 0.9 * n.math("POWER", n.clamp(waist), 9.0)
    elif hangs:
        length = i.length * share * stray(1, 0.85, 1.1)
        thick = i.thickness * 0.5 * n.mix(i.variety, 1.0, n.mix(size, 0.2, 1.0))
        thin = n.math("POWER", 1.0 - s * 0.94, n.mix(i.slender, 0.5, 1.5))
        shape = thin * 0.8 + 0.05 + n.math("POWER", 1.0 - s, 14.0) * 0.9
        shape = shape * n.mix(n.smoothstep(s, 0.985, 1.0), 1.0, 0.35)
    else:
        length = i.rise * share * stray(1, 0.8, 1.15) + i.thickness * 0.6
        thick = i.thickness * 0.5 * i.stout * n.mix(i.variety, 1.0, n.mix(size, 0.45, 1.0))
        dome = n.sqrt(n.maximum(1.0 - s**3.0, 0.0))
        shape = dome * (0.72 - s * 0.16) + n.math("POWER", 1.0 - s, 8.0) * 0.8 + 0.015
    # Drip rings: collars of uneven width, deeper below than above
    height = s * length
    wander = n.noise(n.combine_xyz(one * 5.3, height / i.ring * 0.35, 0.0), scale=1.0, detail=1.0, w=i.seed * 0.7)
    turn = n.combine_xyz(n.cos(copies.angle), n.sin(copies.angle), 0.0)
    place = turn * 0.9 + n.combine_xyz(0.0, 0.0, height / i.ring * 0.22) + n.combine_xyz(0.0, 0.0, one * 7.1)
    uneven = n.noise(place, scale=1.0, detail=3.0, w=i.seed * 0.3) - 0.5
    collar = n.math("PINGPONG", height / i.ring + wander * 3.0 + uneven * 0.9, 0.5) * 2.0
    flute = n.noise(turn * 2.6 + n.combine_xyz(one * 3.1, 0.0, height / i.ring * 0.03), scale=1.0, detail=2.0) - 0.5
    firm = 1.0 - n.smoothstep(s, 0.9, 1.0) * (0.0 if column else 0.8)
    radius = (
        thick
        * shape
        * (1.0 + (n.smoothstep(collar, 0.1, 0.9) * 0.26 * i.rings + uneven * 0.4 + flute * i.flutes * 0.6) * firm)
    )
    sway = n.noise_vector(n.combine_xyz(one * 3.7, height * 1.2, 0.0), scale=1.0, detail=1.0, w=i.seed * 0.9) * thick
    sway = n.combine_xyz(sway.x, sway.y, 0.0) * n.smoothstep(s, 0.0, 0.3)
    inner = n.math("POWER", n.maximum(1.0 - root.dot(root) / (i.radius * i.radius), 0.02), 0.3)
    if hangs:  # upside down: the turn is mirrored, so that faces still look outward
        ring = n.combine_xyz(turn.x, turn.y * -1.0, 0.0)
        centre = n.combine_xyz(0.0, 0.0, i.room + i.radius * 0.04 + _vault(i, root, inner) - height)
    else:
        ring = turn
        centre = n.combine_xyz(0.0, 0.0, height - (0.0 if column else thick * 0.1))
    shape_ = n.set_position(copies.mesh, root + sway + centre + ring * radius)
    fresh = n.clamp(
        (n.smoothstep(s, 0.55, 1.0) if not column else n.smoothstep(collar, 0.6, 1.0) * 0.4) + collar * 0.25
    )
    shape_, tint = n.capture(
        shape_, shaded(n.mix(fresh * 0.8, i.color, i.pale), stray(5, 0.8, 1.15) * (0.85 + collar * 0.25))
    )
    shape_ = n.store(shape_, "tint", tint)
    at = n.position()
    shape_ = n.set_position(shape_, n.combine_xyz(at.x, at.y, math("MAXIMUM", at.z, 0.0)))
    return n.store(shape_, "random", stray(6, 0.0, 1.0))  # type: ignore[return-value]


def _vault(i: Inputs, plan: Socket, inner: Socket) -> Socket:
    """How far the roof is above the room's height (m); inner: 0 at its rim, 1 in its middle, where it rises."""
    lumps = n.noise(plan / i.radius, scale=2.4, detail=4.0, roughness=0.55, w=i.seed * 0.5 - 1.0) - 0.5
    return ((1.0 - inner) * -0.1 + lumps * 0.26 * inner) * i.radius


@grouped("Rock Shelf")
def _shelf(i: Inputs, side: float) -> Socket:
    """A piece of rock with a ragged rim: the floor (side 1), lumpy above and flat below, or the ceiling (-1), broken out of a cave's roof."""
    ball = n.sphere(count(i.detail, 110, 16), count(i.detail, 56, 8))
    at = n.position()
    flat = n.combine_xyz(at.x, at.y, 0.0)
    edge = flat.normalized()
    rim = 1.05 + (n.noise(edge, scale=1.3, detail=3.0, w=i.seed * 0.9 + side) - 0.5) * 0.55
    rim = (
        rim + (n.noise(n.combine_xyz(at.x, at.y, abs(at.z)), scale=3.0, detail=3.0, w=i.seed * 0.8 + side) - 0.5) * 0.3
    )
    plan = flat * (i.radius * rim)
    lumps = n.noise(plan / i.radius, scale=2.4, detail=4.0, roughness=0.55, w=i.seed * 0.5 + side) - 0.5
    inner = n.math("POWER", abs(at.z), 0.6)
    if side > 0:
        level = (at.z > 0.0) * inner * (0.07 + lumps * 0.13) * i.radius
        level = n.maximum(level, (at.z > 0.0) * inner * 0.012 * i.radius)
    else:
        broken = n.noise(at, scale=2.1, detail=4.0, roughness=0.6, w=i.seed * 0.6) - 0.5
        crest = n.math("POWER", abs(at.z), 0.35) * (0.2 + broken * 0.42)
        level = i.room + n.mix((at.z > 0.0) * 1.0, _vault(i, plan, inner), n.maximum(crest, 0.02) * i.radius)
    ball = n.set_position(ball, plan + n.combine_xyz(0.0, 0.0, level))
    ball, light = n.capture(ball, 0.75 + lumps * 0.9)
    return n.store(ball, "tint", shaded(i.color, light))  # type: ignore[return-value]


STALACTITES = Family(
    "stalactites", "Stalactites", "Rocks", StalactitesParams, build, PRESETS,
    "Dripstone hanging from a cave's ceiling, standing on its floor, and grown together",
)  # fmt: skip
