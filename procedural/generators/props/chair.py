"""Chair: a scooped plank seat, splayed legs and stretchers, a back of slats, rungs or spindles; a cushion; also a stool."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, math, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...materials import shared
from ...materials.fabric import VELVET, VelvetParams
from ...materials.wood import WALNUT, WalnutParams
from ...parts.boards import Board, at, carpenter, grain, tinted, turned
from ...parts.plant_parts import draw, points
from ...parts.solids import box_maker
from ..base import Family


@dataclass(frozen=True)
class ChairParams:
    width: float = param(0.45, "Width of the seat", min=0.2, max=1.5, unit="m", usual=(0.42, 0.5))
    depth: float = param(0.43, "Depth of the seat", min=0.2, max=1.0, unit="m", usual=(0.4, 0.46))
    seat_height: float = param(0.455, "Height of the seat", min=0.15, max=1.1, unit="m", usual=(0.44, 0.48))
    back_height: float = param(
        0.47, "Height of the back above the seat, 0 for a stool", min=0.0, max=1.2, unit="m", usual=(0.42, 0.56)
    )
    seat: float = param(0.032, "Thickness of the seat", min=0.01, max=0.1, unit="m", panel="Seat", usual=(0.026, 0.04))
    scoop: float = param(
        0.01, "How deep the seat is scooped", min=0.0, max=0.05, unit="m", panel="Seat", usual=(0.006, 0.014)
    )
    planks: int = param(3, "Planks of the seat", min=1, max=8, panel="Seat", usual=(2, 4))
    cushion: float = param(0.0, "Thickness of the cushion, 0 for none", min=0.0, max=0.2, unit="m", panel="Seat")
    leg: float = param(
        0.036, "Thickness of the legs", min=0.012, max=0.15, unit="m", panel="Frame", usual=(0.032, 0.042)
    )
    turned: bool = param(False, "Legs from the lathe", panel="Frame")
    splay: float = param(0.1, "How far legs spread", min=0.0, max=0.4, unit="rad", panel="Frame", usual=(0.04, 0.15))
    stretchers: bool = param(True, "Bars between the legs", panel="Frame")
    back: str = param("rungs", "What fills the back", choices=("rungs", "slats", "spindles"), panel="Back")
    bars: int = param(3, "Number of them", min=1, max=14, panel="Back", usual=(3, 4))
    lean: float = param(0.2, "How far the back leans", min=0.0, max=0.6, unit="rad", panel="Back", usual=(0.14, 0.26))
    hollow: float = param(
        0.04, "How hollow the back is", min=0.0, max=0.15, unit="m", panel="Back", usual=(0.025, 0.055)
    )
    color: tuple[float, ...] = param(
        (0.2, 0.092, 0.042), "Colour of the wood, linear RGB", min=0, max=1, panel="Colour", spread=0.3
    )
    cloth: tuple[float, ...] = param(
        (0.02, 0.075, 0.05), "Colour of the cushion", min=0, max=1, panel="Colour", spread=0.4
    )
    seed: int = param(0, "Other wood", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "chair": ChairParams(),
    "dining_chair": ChairParams(
        back="slats", bars=4, cushion=0.055, splay=0.03, stretchers=False, back_height=0.52, color=(0.13, 0.06, 0.028), leg=0.04, scoop=0.004
    ),
    "windsor_chair": ChairParams(
        back="spindles", bars=8, turned=True, splay=0.2, scoop=0.014, seat=0.042, planks=1, back_height=0.55, hollow=0.075,
        color=(0.07, 0.04, 0.024), width=0.48,
    ),
    "stool": ChairParams(
        width=0.34, depth=0.34, seat_height=0.62, back_height=0.0, planks=1, turned=True, splay=0.13, seat=0.038, color=(0.34, 0.19, 0.09)
    ),
}  # fmt: skip


def build(p: ChairParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of ChairParams."""
    walnut = shared(
        WALNUT,
        WalnutParams(color=p.color, varnish=0.45, roughness=0.42, wear=0.35, ring=0.004, unrest=1.8),
        "Chair Wood",
    )
    velvet = shared(VELVET, VelvetParams(color=p.cloth), "Chair Velvet")
    with new_tree("Chair", p) as tree:
        i = tree.i
        wood = tree.material_input("Wood Material", walnut, "What the frame is made of")
        cover = tree.material_input("Cushion Material", velvet, "What the cushion is covered with")
        board = carpenter(i.detail, i.seed)
        with tree.frame("Seat"):
            seat = _seat(i)
        with tree.frame("Legs"):
            legs = _legs(i, board)
        with tree.frame("Back"):
            back = n.switch(i.back_height > 0.05, None, _back(i, board))
        with tree.frame("Cushion"):
            soft = n.switch(i.cushion > 0.005, None, _cushion(i))
            soft = n.set_material(tinted(soft, i.cloth), cover)
        frame = n.set_material(tinted(n.shade_smooth(n.join(seat, legs, back)), i.color), wood)
        tree.o.geometry << n.join(frame, soft)
    return tree.data


@grouped("Seat")
def _seat(i: Inputs) -> Socket:
    """Planks from front to back, hollowed for the sitter, the front edge rounded over and the back a little narrower."""
    box = box_maker(i.detail, i.seed)
    wide = (i.width + 0.02) / i.planks
    plank = box(n.combine_xyz(wide - 0.0008, i.depth + 0.03, i.seat), i.seat * 0.22, (6, 12, 0), 1)
    cloud, number = points(i.planks)
    mesh = n.realize(n.instance_on(cloud, plank))
    mesh = grain(mesh, draw(i.seed, 11, of=number), "y")
    spot = n.position()
    x = (number - (i.planks - 1.0) * 0.5) * wide + spot.x
    u, v = x / (i.width * 0.5), spot.y / (i.depth * 0.5)
    narrow = 1.0 - 0.06 * (v + 1.0) * 0.5
    bowl = n.smoothstep(1.0 - abs(u), 0.05, 0.75) * n.smoothstep(1.0 - abs(v), 0.05, 0.7)
    ridge = n.smoothstep(abs(u), 0.35, 0.0) * n.smoothstep(v, 0.2, -0.9) * 0.7
    dip = (bowl * (1.0 - ridge)) * i.scoop * (spot.z > 0.0)
    corner = n.smoothstep(abs(u), 0.55, 1.0) * v * abs(v) * 0.03
    return n.set_position(mesh, n.combine_xyz(x * narrow, spot.y - corner, spot.z - dip + i.seat_height - i.seat * 0.5))


def _corners(i: Inputs) -> tuple[Socket, Socket]:
    return i.width * 0.5 - i.leg * 0.7, i.depth * 0.5 - i.leg * 0.7


def _leg_turned(i: Inputs, length: Socket) -> Socket:
    r = i.leg * 0.5
    shape = [
        (0.0, 0.0), (r * 0.55, 0.0), (r * 0.62, length * 0.01), (r * 0.82, length * 0.2), (r * 0.95, length * 0.27), (r * 0.7, length * 0.32),
        (r * 0.92, length * 0.335), (r * 0.92, length * 0.35), (r * 0.7, length * 0.365), (r * 1.12, length * 0.56), (r * 1.0, length * 0.7),
        (r * 0.65, length * 0.78), (r * 0.85, length * 0.8), (r * 0.62, length * 0.83), (r * 0.75, length * 0.99), (0.0, length),
    ]  # fmt: skip
    return grain(turned(shape, i.detail, 28, 3).mesh, 0.5)


@grouped("Legs")
def _legs(i: Inputs, board: Board) -> Socket:
    """Four legs into the seat, bars between them; spread together, so that joints stay closed."""
    x, y = _corners(i)
    length = i.seat_height - i.seat * 0.5
    plain = at(board(n.combine_xyz(i.leg, i.leg, length), i.leg * 0.22, "z", 2, (0, 0, 5)), 0.0, 0.0, length * 0.5)
    spot = n.position()
    slim = n.map_range(spot.z / length, 0.0, 0.8, 0.74, 1.0)
    plain = n.set_position(plain, n.combine_xyz(spot.x * slim, spot.y * slim, spot.z))
    leg = n.switch(i.turned, plain, _leg_turned(i, length))
    cloud, number = points(4)
    right = math("FLOOR", number * 0.5) * 2.0 - 1.0
    behind = (number - math("FLOOR", number * 0.5) * 2.0) * 2.0 - 1.0
    legs = n.realize(n.instance_on(cloud, leg))
    legs = n.store(legs, "random", draw(i.seed, 41, of=number))
    legs = n.set_position(legs, offset=n.combine_xyz(right * x, behind * y, 0.0))
    thin = i.leg * 0.62
    side = board(n.combine_xyz(thin, y * 2.0, thin * 1.15), thin * 0.34, "y", 3, (0, 4, 0))
    cross = board(n.combine_xyz(x * 2.0, thin, thin * 1.15), thin * 0.34, "x", 4, (4, 0, 0))
    low = i.seat_height * 0.34
    bars = n.join(*[at(side, x * s, 0.0, low) for s in (-1.0, 1.0)], at(cross, 0.0, 0.0, low))
    tall = i.seat_height > 0.55
    front = n.switch(tall, None, n.join(*[at(cross, 0.0, y * s, low * 0.72) for s in (-1.0, 1.0)]))
    whole = n.join(legs, n.switch(i.stretchers, None, n.join(bars, front)))
    spot = n.position()
    spread = math("TANGENT", i.splay) * n.maximum(i.seat_height - spot.z, 0.0)
    return n.set_position(whole, offset=n.combine_xyz(spot.x / x * spread, spot.y / y * spread * 0.75, 0.0))


def _back(i: Inputs, board: Board) -> Socket:
    """Posts, a crest and what is between, made upright, then leaned back and hollowed as one."""
    x, y = _corners(i)
    rise = i.back_height
    foot = i.seat_height - i.seat * 0.6
    tall = rise + i.seat * 0.6
    post = at(
        board(n.combine_xyz(i.leg * 0.86, i.leg * 0.8, tall), i.leg * 0.24, "z", 5, (0, 0, 10)),
        0.0,
        0.0,
        foot + tall * 0.5,
    )
    spot = n.position()
    slim = n.mix(n.smoothstep((spot.z - foot) / tall, 0.0, 1.0), 1.0, 0.72)
    post = n.set_position(post, n.combine_xyz(spot.x * slim, spot.y * slim, spot.z))
    posts = n.join(*[at(post, x * s) for s in (-1.0, 1.0)])
    crest_h = n.maximum(rise * 0.17, 0.05)
    crest = board(n.combine_xyz(x * 2.0 + i.leg * 1.3, i.leg * 0.52, crest_h), i.leg * 0.16, "x", 6, (18, 0, 4))
    spot = n.position()
    u = spot.x / (x + i.leg * 0.65)
    arch = (1.0 - u * u) * crest_h * 0.3
    crest = n.set_position(
        crest, offset=n.combine_xyz(0.0, 0.0, arch * (spot.z > 0.0) + i.seat_height + rise - crest_h * 0.45)
    )
    top = i.seat_height + rise - crest_h * 0.8
    span = top - i.seat_height

    cloud, number = points(i.bars)
    share = (number + 1.0) / (i.bars + 0.6)
    rung = board(
        n.combine_xyz(x * 2.0, i.leg * 0.36, n.minimum(span / (i.bars + 1.0) * 0.5, 0.06)),
        i.leg * 0.1,
        "x",
        7,
        (16, 0, 2),
    )
    rungs = n.realize(n.instance_on(cloud, rung))
    spot = n.position()
    bow = (1.0 - (spot.x / x) ** 2.0) * 0.012
    rungs = n.set_position(rungs, offset=n.combine_xyz(0.0, 0.0, i.seat_height + span * share * 0.95 - 0.03 + bow))

    where = ((number + 1.0) / (i.bars + 1.0) - 0.5) * (x * 2.0 + i.leg * 0.3)
    long = span + 0.03
    slat = board(n.combine_xyz(n.minimum(x * 1.1 / i.bars, 0.055), i.leg * 0.3, long), i.leg * 0.09, "z", 8, (2, 0, 12))
    slats = n.set_position(
        n.realize(n.instance_on(cloud, slat)), offset=n.combine_xyz(where, 0.0, i.seat_height + long * 0.5 - 0.012)
    )
    r = i.leg * 0.2
    stick = turned(
        [(0.0, -0.01), (r * 0.9, -0.01), (r * 1.35, long * 0.3), (r * 0.8, long * 0.97), (0.0, long)], i.detail, 14, 4
    ).mesh
    sticks = n.set_position(
        n.realize(n.instance_on(cloud, grain(stick, 0.3))), offset=n.combine_xyz(where, 0.0, i.seat_height)
    )
    fill = n.menu_switch(i.back, {"rungs": rungs, "slats": slats, "spindles": sticks})
    fill = n.store(fill, "random", draw(i.seed, 43, of=number))
    whole = n.join(posts, crest, fill)
    spot = n.position()
    up = n.maximum(spot.z - foot, 0.0)
    inward = (1.0 - (spot.x / x) ** 2.0) * i.hollow * n.smoothstep(up / tall, 0.0, 0.7)
    back = math("TANGENT", i.lean) * up * (0.55 + 0.45 * up / tall)
    wide = spot.x * up / tall * 0.05
    return n.set_position(whole, offset=n.combine_xyz(wide, y + back + inward, 0.0))


@grouped("Cushion")
def _cushion(i: Inputs) -> Socket:
    """Domed, with a piped seam around."""
    box = box_maker(i.detail, i.seed)
    body = box(n.combine_xyz(i.width * 0.96, i.depth * 0.94, i.cushion), i.cushion * 0.45, (14, 14, 2), 9)  # type: ignore[operator]
    spot = n.position()
    u, v = spot.x / (i.width * 0.48), spot.y / (i.depth * 0.47)
    dome = (1.0 - u * u) * (1.0 - v * v) * i.cushion * 0.35
    wrinkle = (n.noise(spot, scale=16.0, detail=2.0, w=i.seed) - 0.5) * 0.004
    body = n.set_position(body, offset=n.combine_xyz(0.0, 0.0, (dome + wrinkle) * (spot.z > 0.0)))
    rounded = n.map_range(n.maximum(abs(u), abs(v)), 0.6, 1.0, 0.0, 1.0) * n.minimum(abs(u), abs(v)) ** 3.0 * 0.08
    spot = n.position()
    body = n.set_position(body, n.combine_xyz(spot.x * (1.0 - rounded), spot.y * (1.0 - rounded), spot.z))
    return n.shade_smooth(at(body, 0.0, 0.0, i.seat_height + i.cushion * 0.42 - i.scoop * 0.5))


CHAIR = Family(
    "chair", "Chair", "Props", ChairParams, build, PRESETS, "A wooden chair with its back of your choice, or a stool"
)
