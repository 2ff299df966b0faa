"""Table: a top of planks with breadboard ends, an apron pegged to the legs; farm table, round table, trestle, bench."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...materials import shared
from ...materials.wood import OAK, OakParams
from ...parts.boards import Board, at, carpenter, grain, rod, tinted, turned
from ...parts.plant_parts import draw, points
from ...parts.solids import box_maker
from ..base import Family


@dataclass(frozen=True)
class TableParams:
    length: float = param(1.8, "Length, from left to right", min=0.15, max=6.0, unit="m", usual=(1.5, 2.1))
    width: float = param(0.85, "Width", min=0.15, max=3.0, unit="m", usual=(0.75, 0.95))
    height: float = param(0.75, "Height", min=0.1, max=1.5, unit="m", usual=(0.72, 0.78))
    shape: str = param("rectangle", "Outline of the top", choices=("rectangle", "round"), panel="Top")
    planks: int = param(5, "Planks of the top", min=1, max=16, panel="Top", usual=(4, 6))
    thickness: float = param(
        0.038, "Thickness of the top", min=0.008, max=0.2, unit="m", panel="Top", usual=(0.03, 0.045)
    )
    gap: float = param(0.0015, "Gap between planks", min=0.0, max=0.02, unit="m", panel="Top", usual=(0.0008, 0.003))
    breadboard: float = param(
        0.1, "Width of the boards across the ends, 0 for none", min=0.0, max=0.4, unit="m", panel="Top"
    )
    uneven: float = param(
        0.0012, "How uneven the planks lie", min=0.0, max=0.02, unit="m", panel="Top", usual=(0.0005, 0.002)
    )
    bevel: float = param(0.004, "Roundness of edges", min=0.0003, max=0.03, unit="m", panel="Top", usual=(0.003, 0.007))
    legs: str = param("square", "Kind of legs", choices=("square", "turned", "trestle"), panel="Legs")
    leg: float = param(0.085, "Thickness of a leg", min=0.015, max=0.4, unit="m", panel="Legs", usual=(0.075, 0.1))
    taper: float = param(0.25, "How much square legs taper", min=0.0, max=0.8, panel="Legs", usual=(0.0, 0.4))
    inset: float = param(
        0.07, "How far legs stand in from the edge", min=0.0, max=1.0, unit="m", panel="Legs", usual=(0.04, 0.1)
    )
    apron: float = param(0.1, "Height of the apron", min=0.02, max=0.4, unit="m", panel="Legs", usual=(0.08, 0.12))
    stretcher: bool = param(False, "A bar between the legs", panel="Legs")
    color: tuple[float, ...] = param(
        (0.33, 0.19, 0.09), "Colour of the wood, linear RGB", min=0, max=1, panel="Colour", spread=0.3
    )
    seed: int = param(0, "Other wood", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "table": TableParams(),
    "round_table": TableParams(
        length=1.15, width=1.15, shape="round", planks=6, legs="turned", breadboard=0.0, inset=0.2, leg=0.075, color=(0.2, 0.09, 0.04)
    ),
    "trestle_table": TableParams(length=2.2, planks=4, thickness=0.05, legs="trestle", stretcher=True, leg=0.09, inset=0.28, breadboard=0.0),
    "coffee_table": TableParams(
        length=1.05, width=0.58, height=0.42, planks=4, leg=0.055, taper=0.5, apron=0.06, inset=0.045, thickness=0.026, breadboard=0.06,
        color=(0.42, 0.27, 0.14),
    ),
    "bench": TableParams(
        length=1.4, width=0.32, height=0.45, planks=2, legs="trestle", leg=0.06, inset=0.2, apron=0.06, thickness=0.036, breadboard=0.0,
        stretcher=True,
    ),
}  # fmt: skip


def build(p: TableParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of TableParams."""
    oak = shared(OAK, OakParams(color=p.color, wear=0.4, roughness=0.45, variety=0.35), "Table Oak")
    with new_tree("Table", p) as tree:
        i = tree.i
        wood = tree.material_input("Wood Material", oak, "What it is made of")
        board = carpenter(i.detail, i.seed)
        with tree.frame("Top"):
            top = _top(i)
        with tree.frame("Legs"):
            x, y = _corners(i)
            apron = _apron(i, board, x, y)
            kinds = {
                "square": _square(i, board, apron),
                "turned": _turned(i, board, apron),
                "trestle": _trestle(i, board),
            }
            stand = n.menu_switch(i.legs, kinds)
        tree.o.geometry << n.set_material(tinted(n.shade_smooth(n.join(top, stand)), i.color), wood)
    return tree.data


@grouped("Table Top")
def _top(i: Inputs) -> Socket:
    box = box_maker(i.detail, i.seed)
    round_ = i.shape == "round"
    board_ends = i.breadboard * n.switch(round_, 1.0, 0.0)
    inner = i.length - board_ends * 2.0
    wide = i.width / i.planks
    plank = box(n.combine_xyz(inner, wide - i.gap, i.thickness), i.bevel, (10, 4, 0), 1)
    cloud, number = points(i.planks)
    mesh = n.realize(n.instance_on(cloud, plank))
    mesh = grain(mesh, draw(i.seed, 11, of=number), "x")
    spot = n.position()
    y = (number - (i.planks - 1.0) * 0.5) * wide + spot.y
    radius = i.width * 0.5
    share = n.sqrt(n.maximum(1.0 - y * y / (radius * radius), 0.01))
    x = spot.x * n.switch(round_, 1.0, share)
    # planks lie a little high or low, and cup
    cup = spot.y / wide * spot.y / wide * draw(i.seed, 13, -1.0, 1.0, of=number) * 2.0
    z = spot.z + (draw(i.seed, 12, -0.5, 0.5, of=number) + cup) * i.uneven
    planks = n.set_position(mesh, n.combine_xyz(x, y, z + i.height - i.thickness * 0.5))
    end = box(n.combine_xyz(i.breadboard - i.gap, i.width + 0.006, i.thickness), i.bevel, (0, 4, 0), 2)
    sides, side = points(2)
    ends = n.realize(n.instance_on(sides, end))
    ends = grain(ends, draw(i.seed, 14, of=side), "y")
    ends = n.set_position(
        ends,
        offset=n.combine_xyz((side * 2.0 - 1.0) * (i.length - i.breadboard) * 0.5, 0.0, i.height - i.thickness * 0.5),
    )
    return n.join(planks, n.switch((board_ends > 0.01), None, ends))


def _corners(i: Inputs) -> tuple[Socket, Socket]:
    narrow = n.switch(i.shape == "round", 1.0, 0.72)
    return (i.length * 0.5 - i.inset) * narrow - i.leg * 0.5, (i.width * 0.5 - i.inset) * narrow - i.leg * 0.5


def _four(part: Socket, i: Inputs, x: Socket, y: Socket) -> Socket:
    """The part at each corner, turned so that the same face looks outward, each of its own wood."""
    cloud, number = points(4)
    right = n.math("FLOOR", number * 0.5) * 2.0 - 1.0
    back = (number - n.math("FLOOR", number * 0.5) * 2.0) * 2.0 - 1.0
    made = n.realize(n.instance_on(cloud, part, scale=n.combine_xyz(1.0, 1.0, 1.0)))
    made = n.store(made, "random", draw(i.seed, 41, of=number))
    return n.set_position(made, offset=n.combine_xyz(right * x, back * y, 0.0))


@grouped("Apron")
def _apron(i: Inputs, board: Board, x: Socket, y: Socket) -> Socket:
    """Boards between the legs, set back, tenoned and pegged."""
    low = i.height - i.thickness - i.apron * 0.5
    thick = n.minimum(i.leg * 0.3, 0.028)
    long = board(n.combine_xyz(x * 2.0, thick, i.apron), i.bevel * 0.6, "x", 3)
    short = board(n.combine_xyz(thick, y * 2.0, i.apron), i.bevel * 0.6, "y", 4)
    parts = [at(long, 0.0, y * side, low) for side in (-1.0, 1.0)] + [
        at(short, x * side, 0.0, low) for side in (-1.0, 1.0)
    ]
    peg = grain(rod(0.0045, 0.004, i.detail, 12), 0.37, "z")
    out = i.leg * 0.5 + 0.0004
    cloud, number = points(8)  # two at each corner, in the legs' front and back faces
    corner = n.math("FLOOR", number * 0.5)
    right = n.math("FLOOR", corner * 0.5) * 2.0 - 1.0
    back = (corner - n.math("FLOOR", corner * 0.5) * 2.0) * 2.0 - 1.0
    level = low + i.apron * ((number - corner * 2.0) * 0.44 - 0.22)
    spots = n.set_position(cloud, n.combine_xyz((x + i.leg * 0.12) * right, (y + out) * back, level))
    pegs = n.realize(n.instance_on(spots, peg, rotation=(1.5708, 0.0, 0.0)))
    return n.join(*parts, pegs)


@grouped("Square Legs")
def _square(i: Inputs, board: Board, apron: Socket) -> Socket:
    x, y = _corners(i)
    tall = i.height - i.thickness
    leg = at(board(n.combine_xyz(i.leg, i.leg, tall), i.bevel, "z", 2, (0, 0, 6)), 0.0, 0.0, tall * 0.5)
    spot = n.position()
    slim = 1.0 - i.taper * n.smoothstep(tall - i.apron - spot.z, 0.0, tall)
    leg = n.set_position(leg, n.combine_xyz(spot.x * slim, spot.y * slim, spot.z))
    low = board(n.combine_xyz(x * 2.0, i.leg * 0.4, i.leg * 0.55), i.bevel, "x", 6)
    side = board(n.combine_xyz(i.leg * 0.4, y * 2.0, i.leg * 0.55), i.bevel, "y", 7)
    level = i.height * 0.16
    bars = n.join(at(low, 0.0, 0.0, level), *[at(side, x * s, 0.0, level) for s in (-1.0, 1.0)])
    return n.join(_four(leg, i, x, y), apron, n.switch(i.stretcher, None, bars))


@grouped("Turned Legs")
def _turned(i: Inputs, board: Board, apron: Socket) -> Socket:
    """Legs from the lathe under square blocks that take the apron."""
    x, y = _corners(i)
    tall = i.height - i.thickness
    block = i.apron * 1.25
    r = i.leg * 0.5
    low = tall - block
    shape = [
        (0.0, 0.0), (r * 0.42, 0.0), (r * 0.5, low * 0.01), (r * 0.58, low * 0.05), (r * 0.42, low * 0.1), (r * 0.62, low * 0.115),
        (r * 0.62, low * 0.13), (r * 0.45, low * 0.15), (r * 0.62, low * 0.35), (r * 0.92, low * 0.62), (r * 0.78, low * 0.78),
        (r * 0.5, low * 0.85), (r * 0.82, low * 0.875), (r * 0.82, low * 0.9), (r * 0.55, low * 0.92), (r * 0.9, low * 0.96),
        (r * 0.9, low * 0.985), (r * 0.6, low * 1.0), (0.0, low + 0.002),
    ]  # fmt: skip
    leg = grain(turned(shape, i.detail, 36, 3).mesh, 0.5)
    head = at(board(n.combine_xyz(i.leg, i.leg, block), i.bevel, "z", 2), 0.0, 0.0, tall - block * 0.5)
    return n.join(_four(n.join(leg, head), i, x, y), apron)


@grouped("Trestles")
def _trestle(i: Inputs, board: Board) -> Socket:
    """Two frames of foot, post and head, and a long bar wedged through the posts."""
    x, _ = _corners(i)
    tall = i.height - i.thickness
    foot_h, head_h = i.leg * 0.9, i.apron * 0.8
    foot = board(n.combine_xyz(i.leg, i.width * 0.84, foot_h), i.bevel * 1.4, "y", 2, (0, 6, 0))
    spot = n.position()
    end = n.smoothstep(abs(spot.y) / (i.width * 0.42), 0.35, 1.0)
    foot = n.set_position(
        foot, n.combine_xyz(spot.x, spot.y, spot.z - (spot.z > 0.0) * end * foot_h * 0.45 + foot_h * 0.5)
    )
    post = at(
        board(n.combine_xyz(i.leg * 0.8, i.width * 0.3, tall - foot_h), i.bevel, "z", 3),
        0.0,
        0.0,
        (tall + foot_h) * 0.5 - 0.004,
    )
    head = at(board(n.combine_xyz(i.leg * 0.9, i.width * 0.72, head_h), i.bevel, "y", 4), 0.0, 0.0, tall - head_h * 0.5)
    frame = n.join(foot, post, head)
    long = x * 2.0 + i.leg * 2.6
    bar = at(board(n.combine_xyz(long, i.leg * 0.42, i.leg * 1.1), i.bevel, "x", 5), 0.0, 0.0, tall * 0.42)
    wedge = board(n.combine_xyz(0.016, i.leg * 0.25, i.leg * 2.0), 0.003, "z", 6)
    pins = [at(wedge, (x + i.leg * 0.62) * s, 0.0, tall * 0.42, (0.0, 0.06 * s, 0.0)) for s in (-1.0, 1.0)]
    tie = n.join(bar, *pins)
    return n.join(*[at(frame, x * s) for s in (-1.0, 1.0)], n.switch(i.stretcher, None, tie))


TABLE = Family(
    "table", "Table", "Props", TableParams, build, PRESETS, "Planks on pegged legs or trestles: a table or a bench"
)
