"""Barrel: bent staves held by iron hoops, plank heads let in below the chime; a cask, a keg, a tub, a bucket."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, math, new_tree
from ...graph import nodes as n
from ...graph.sockets import Input
from ...materials import shared
from ...materials.metal import IRON, IronParams
from ...materials.wood import OAK, OakParams
from ...parts.boards import TAU, at, band, grain, rod, tinted
from ...parts.plant_parts import draw, points
from ...parts.shapes import count
from ...parts.solids import box_maker
from ..base import Family


@dataclass(frozen=True)
class BarrelParams:
    height: float = param(0.9, "Height", min=0.05, max=4.0, unit="m", usual=(0.8, 1.0))
    radius: float = param(0.29, "Radius at the ends", min=0.02, max=2.0, unit="m", usual=(0.26, 0.32))
    belly: float = param(0.065, "How far it bulges", min=0.0, max=0.5, unit="m", usual=(0.05, 0.08))
    taper: float = param(0.0, "How much wider the top is than the foot, as a share", min=-0.8, max=0.8)
    staves: int = param(22, "Number of staves", min=6, max=60, panel="Wood", usual=(19, 26))
    thickness: float = param(
        0.027, "Thickness of a stave", min=0.003, max=0.15, unit="m", panel="Wood", usual=(0.022, 0.032)
    )
    gap: float = param(0.0016, "Gap between staves", min=0.0, max=0.02, unit="m", panel="Wood", usual=(0.001, 0.003))
    uneven: float = param(
        0.0018, "How much staves differ in place", min=0.0, max=0.02, unit="m", panel="Wood", usual=(0.001, 0.003)
    )
    chime: float = param(
        0.045, "How deep the heads lie below the rim", min=0.005, max=0.5, unit="m", panel="Wood", usual=(0.035, 0.055)
    )
    open: bool = param(False, "Without the upper head", panel="Wood")
    bung: bool = param(True, "A bung in the belly", panel="Wood")
    hoops: int = param(3, "Hoops on each half", min=1, max=5, panel="Hoops")
    hoop_width: float = param(
        0.042, "Width of a hoop", min=0.004, max=0.3, unit="m", panel="Hoops", usual=(0.036, 0.048)
    )
    hoop_thickness: float = param(0.0028, "Thickness of a hoop", min=0.0005, max=0.02, unit="m", panel="Hoops")
    color: tuple[float, ...] = param(
        (0.27, 0.155, 0.075), "Colour of the wood, linear RGB", min=0, max=1, panel="Colour", spread=0.3
    )
    seed: int = param(0, "Other staves", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "barrel": BarrelParams(),
    "keg": BarrelParams(
        height=0.42, radius=0.14, belly=0.035, staves=16, thickness=0.017, chime=0.026, hoop_width=0.024, hoops=2,
        color=(0.36, 0.22, 0.11),
    ),
    "bucket": BarrelParams(
        height=0.32, radius=0.135, belly=0.0, taper=0.28, staves=14, thickness=0.013, chime=0.03, open=True, bung=False, hoops=1,
        hoop_width=0.026, hoop_thickness=0.0018, color=(0.42, 0.28, 0.15),
    ),
    "wash_tub": BarrelParams(
        height=0.5, radius=0.42, belly=0.0, taper=0.16, staves=30, open=True, bung=False, hoops=1, hoop_width=0.04, color=(0.3, 0.2, 0.12)
    ),
}  # fmt: skip


def build(p: BarrelParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of BarrelParams."""
    oak = shared(
        OAK, OakParams(color=p.color, wear=0.3, weather=0.12, roughness=0.62, relief=0.0004, variety=0.5), "Barrel Oak"
    )
    iron = shared(IRON, IronParams(rust=0.42, size=0.05, hammered=0.0002), "Barrel Iron")
    with new_tree("Barrel", p) as tree:
        i = tree.i
        wood = tree.material_input("Wood Material", oak, "What staves and heads are made of")
        metal = tree.material_input("Hoop Material", iron, "What the hoops are made of")
        box = box_maker(i.detail, i.seed)
        with tree.frame("Staves"):
            staves = _staves(i, box)
        with tree.frame("Heads"):
            low, high = _head(i, box, i.chime, 1), n.switch(i.open, _head(i, box, i.height - i.chime, 2), None)
        with tree.frame("Bung"):
            plug = grain(rod(n.minimum(i.radius * 0.085, 0.025), 0.03, i.detail, 24), draw(i.seed, 5, of=i.seed), "x")
            plug = at(plug, 0.0, _radius(i, i.height * 0.5) * -1.0 - 0.004, i.height * 0.5, (1.5708, 0.0, 0.0))
            plug = n.switch(i.bung, None, plug)
        with tree.frame("Hoops"):
            hoops = n.set_material(_hoops(i), metal)
        timber = n.set_material(tinted(n.join(staves, low, high, plug), i.color), wood)
        tree.o.geometry << n.join(timber, hoops)
    return tree.data


def _radius(i: Inputs, z: Input) -> Socket:
    """The outside's radius at a height."""
    share = z / i.height  # type: ignore[operator]
    from_middle = share * 2.0 - 1.0
    return (i.radius + i.belly * (1.0 - from_middle * from_middle)) * (1.0 + i.taper * (share - 0.5))


def _staves(i: Inputs, box: Input) -> Socket:
    """Boards side by side, laid around and bent along the bulge; each of its own wood, none quite in line."""
    width = (i.radius + i.belly) * TAU / i.staves
    board = box(n.combine_xyz(width, i.thickness, i.height), n.minimum(i.thickness * 0.14, 0.005), (2, 0, 16), 1)  # type: ignore[operator]
    cloud, number = points(i.staves)
    mesh = n.realize(n.instance_on(cloud, board))
    own = draw(i.seed, 11, of=number)
    mesh = grain(mesh, own)
    spot = n.position()
    out = (draw(i.seed, 12, -1.0, 1.0, of=number)) * i.uneven
    tall = spot.z * (1.0 + draw(i.seed, 13, -1.0, 1.0, of=number) * i.uneven * 1.2 / i.height) + i.height * 0.5
    radius = _radius(i, spot.z + i.height * 0.5)
    # the bevel to the neighbours: the gap is cut off the width
    turn = (number + 0.5 - spot.x / width * (1.0 - i.gap / width)) * (TAU / i.staves)
    # the rim is bevelled inside, as a cooper's chime is
    rim = n.smoothstep(abs(spot.z) / (i.height * 0.5), 1.0 - 0.035 / (i.height * 0.5), 1.0)
    depth = spot.y - i.thickness * 0.5
    depth = depth * (1.0 - rim * 0.45)
    return n.set_position(
        mesh, n.combine_xyz(n.cos(turn) * (radius + depth + out), n.sin(turn) * (radius + depth + out), tall)
    )


def _head(i: Inputs, box: Input, z: Input, salt: int) -> Socket:
    """Planks across, cut round where they meet the staves."""
    planks = 5
    radius = _radius(i, z) - i.thickness * 0.55
    width = radius * (2.0 / planks)
    plank = box(n.combine_xyz(width - i.gap, radius * 2.0, i.thickness * 0.8), i.thickness * 0.1, (6, 2, 0), 1 + salt)  # type: ignore[operator]
    cloud, number = points(planks)
    mesh = n.realize(n.instance_on(cloud, plank))
    mesh = grain(mesh, draw(i.seed, 20 + salt, of=number + salt * 10), "y")
    spot = n.position()
    x = (number - (planks - 1) / 2.0) * width + spot.x
    half = n.sqrt(n.maximum(radius * radius - x * x, radius * radius * 0.01))
    lift = draw(i.seed, 24 + salt, -0.5, 0.5, of=number) * i.uneven * 0.6
    return n.set_position(mesh, n.combine_xyz(x, spot.y / radius * half, spot.z + z + lift))


def _hoops(i: Inputs) -> Socket:
    """Bands that follow the staves' slope, with two rivets where each overlaps."""
    loop = band(1.0, i.hoop_width, i.hoop_thickness, i.detail, 96)
    cloud, number = points(i.hoops * 2)
    mesh = n.realize(n.instance_on(cloud, loop))
    level = _level(i, number)
    spot = n.position()
    flat = n.sqrt(spot.x * spot.x + spot.y * spot.y)
    z = level + spot.z
    off = _radius(i, z) + i.uneven * 0.6 + (flat - 1.0)
    mesh = n.set_position(mesh, n.combine_xyz(spot.x / flat * off, spot.y / flat * off, z))
    ball = n.sphere(count(i.detail, 12, 6), count(i.detail, 6, 4), 0.0055)
    spots, place = points(i.hoops * 4)
    of = math("FLOOR", place * 0.5)
    high = _level(i, of)
    side = (place - of * 2.0 - 0.5) * 0.1
    angle = draw(i.seed, 31, 0.0, TAU, of=of) + side
    away = _radius(i, high) + i.uneven * 0.6 + i.hoop_thickness
    rivets = n.instance_on(
        n.set_position(spots, n.combine_xyz(n.cos(angle) * away, n.sin(angle) * away, high)),
        ball,
        scale=n.minimum(i.hoop_width / 0.04, 1.0),
    )
    return n.shade_smooth(n.join(mesh, n.realize(rivets)))


def _level(i: Inputs, number: Input) -> Socket:
    """The height of a hoop's middle; even numbers below, odd above."""
    pair = math("FLOOR", number * 0.5)  # type: ignore[operator]
    upper = number - pair * 2.0  # type: ignore[operator]
    near = i.hoop_width * 0.62 + 0.004 + pair * (i.height * 0.5 - i.hoop_width * 2.2) / (i.hoops + 0.4)
    return n.mix(upper, near, i.height - near)


BARREL = Family(
    "barrel",
    "Barrel",
    "Props",
    BarrelParams,
    build,
    PRESETS,
    "Staves, iron hoops and plank heads: a cask, a keg, a bucket",
)
