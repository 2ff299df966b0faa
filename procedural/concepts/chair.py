"""Chair: a rounded seat on four legs, a curved back of slats, rungs or a panel, arm rests and a cushion if wanted."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import Inputs, Socket, math, new_tree
from ..graph import nodes as n
from ..graph.sockets import Input
from ..materials.surface import surface
from ..parts.shapes import paint
from ..parts.solids import box_maker, copies, handmade
from .base import Draw, Generator, Trait, Traits

CUSHIONS = (
    (0.55, 0.05, 0.04), (0.05, 0.12, 0.35), (0.72, 0.62, 0.42), (0.03, 0.22, 0.16), (0.10, 0.10, 0.11), (0.62, 0.27, 0.05),
)  # fmt: skip


@dataclass(frozen=True)
class ChairParams:
    """Metres and radians; the front is at -Y, the back rises at +Y."""

    height: float = param(0.95, "Height of the back's upper edge", min=0.5, max=1.6, unit="m")
    width: float = param(0.48, "Width of the seat", min=0.25, max=0.9, unit="m")
    seat_height: float = param(0.45, "Height of the seat", min=0.2, max=0.9, unit="m", panel="Seat")
    depth: float = param(0.46, "Depth of the seat", min=0.25, max=0.8, unit="m", panel="Seat")
    cushion: float = param(0.0, "Thickness of the cushion, 0 for none", min=0.0, max=0.15, unit="m", panel="Seat")
    cushion_color: tuple[float, ...] = param((0.5, 0.06, 0.05), "Colour of the cushion", min=0, max=1, panel="Seat")
    thickness: float = param(0.05, "Thickness of the legs", min=0.025, max=0.12, unit="m", panel="Frame")
    rounding: float = param(0.35, "Roundness of all edges, 0.5 makes round legs", min=0.1, max=0.5, panel="Frame")
    splay: float = param(0.06, "How far the legs spread outward", min=0.0, max=0.3, unit="rad", panel="Frame")
    stretchers: bool = param(False, "Bars between the legs", panel="Frame")
    back: str = param("slats", "Kind of back", choices=("slats", "rungs", "panel"), panel="Back")
    tilt: float = param(0.14, "How far the back leans", min=0.0, max=0.5, unit="rad", panel="Back")
    arms: bool = param(False, "Arm rests", panel="Back")
    seed: int = param(0, "Other grain, other small unevenness", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.2, max=3.0)


TRAITS = {"height": Trait("height", 0.74, 1.2), "width": Trait("width", 0.36, 0.66)}


def sample(seed: int, traits: Traits | None = None) -> ChairParams:
    """A chair of this seed; `traits` (each -1..1) sets what was asked for."""
    draw = Draw(ChairParams, TRAITS, seed, traits)
    height = TRAITS["height"].value(draw.traits["height"])
    width = TRAITS["width"].value(draw.traits["width"])
    return draw.params(
        seat_height=height * draw.uniform(0.41, 0.5),
        depth=0.3 + width * draw.uniform(0.25, 0.42),
        cushion=draw.uniform(0.05, 0.085) if draw.chance(0.55) else 0.0,
        cushion_color=draw.color(draw.choice(CUSHIONS)),
        thickness=max(0.047, height * 0.049) * draw.uniform(1.0, 1.3),
        rounding=draw.choice((0.18, 0.3, 0.5)),
        splay=draw.uniform(0.0, 0.16),
        stretchers=draw.chance(0.35),
        back=draw.choice(("slats", "rungs", "panel")),
        tilt=draw.uniform(0.05, 0.26),
        arms=draw.chance(0.4),
    )


def build(p: ChairParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of ChairParams."""
    material = surface("Chair", (0.26, 0.095, 0.027), roughness=0.45, coat=0.2)
    with new_tree("Chair", p) as tree:
        i = tree.i
        box = box_maker(i.detail, i.seed)
        half_width, half_depth = i.width * 0.5, i.depth * 0.5
        leg_x, leg_y = half_width - i.thickness * 0.5, half_depth - i.thickness * 0.5
        radius = i.thickness * i.rounding
        with tree.frame("Seat"):
            plank = i.thickness * 1.05
            seat = box(n.combine_xyz(i.width * 1.06, i.depth * 1.04, plank), i.thickness * 0.4, (2, 2, 0), 1)
            seat = n.transform(seat, n.combine_xyz(0.0, 0.0, i.seat_height - plank * 0.5))
        with tree.frame("Legs"):
            below = _legs(i, box, leg_x, leg_y, radius)
        with tree.frame("Back"):
            above = _back(i, box, leg_x, leg_y, radius)
        with tree.frame("Arm rests"):
            arms = n.switch(i.arms, None, _arms(i, box, leg_x))
        with tree.frame("Cushion"):
            cushion = n.switch(i.cushion > 0.005, None, _cushion(i, box))
        with tree.frame("Finish"):
            wood = paint(n.join(seat, below, above, arms), 1.0, n.attribute("tone"))
            whole = handmade(n.join(wood, cushion), i.height, i.seed)
            tree.o.geometry << n.set_material(n.shade_smooth(whole), material)
    return tree.data


def _legs(i: Inputs, box: Input, leg_x: Input, leg_y: Input, radius: Input) -> Socket:
    """Four legs from the floor into the seat, tapering to the foot, and the bars between them; spread outward at last."""
    length = i.seat_height - i.thickness * 0.4
    leg = box(n.combine_xyz(i.thickness, i.thickness, length), radius, (0, 0, 3), 2)
    at = n.position()
    slim = n.map_range(at.z / length, -0.5, 0.3, 0.8, 1.0)
    leg = n.set_position(leg, n.combine_xyz(at.x * slim, at.y * slim, at.z + length * 0.5))
    corners = [n.combine_xyz(leg_x * sx, leg_y * sy, 0.0) for sx in (-1.0, 1.0) for sy in (-1.0, 1.0)]
    bar = i.thickness * 0.85
    side = box(n.combine_xyz(bar, i.depth - i.thickness, bar), radius * 0.85, (0, 2, 0), 3)
    cross = box(n.combine_xyz(i.width - i.thickness, bar, bar), radius * 0.85, (2, 0, 0), 4)
    low = i.seat_height * 0.36
    bars = n.join(
        copies(side, [n.combine_xyz(leg_x * sx, 0.0, low) for sx in (-1.0, 1.0)]),
        n.transform(cross, n.combine_xyz(0.0, 0.0, low)),
    )
    whole = n.join(copies(leg, corners), n.switch(i.stretchers, None, bars))
    at = n.position()
    spread = math("TANGENT", i.splay) * n.maximum(i.seat_height - at.z, 0.0)
    return n.set_position(whole, offset=n.combine_xyz(at.x / leg_x * spread, at.y / leg_y * spread * 0.7, 0.0))


def _back(i: Inputs, box: Input, leg_x: Input, leg_y: Input, radius: Input) -> Socket:
    """Two posts, an upper rail and what is between them; leaning back and hollowed for the sitter."""
    rise = i.height - i.seat_height
    post = box(n.combine_xyz(i.thickness * 0.95, i.thickness * 0.95, rise - 0.01), radius, (0, 0, 2), 5)
    middle = i.seat_height + rise * 0.5
    posts = copies(post, [n.combine_xyz(leg_x * s, 0.0, middle - 0.012) for s in (-1.0, 1.0)])
    slim = i.thickness * 0.78
    rail_height = n.maximum(rise * 0.2, i.thickness * 1.3)
    rail = box(
        n.combine_xyz(i.width * 1.02, i.thickness, rail_height),
        n.minimum(radius * 1.2, i.thickness * 0.45),
        (4, 0, 0),
        6,
    )
    rail = n.transform(rail, n.combine_xyz(0.0, 0.0, i.height - rail_height * 0.5))
    inner = i.width - i.thickness * 1.6

    count = n.clamp(math("ROUND", inner / 0.15), 2.0, 5.0)
    slat = box(n.combine_xyz(i.thickness * 1.1, slim, rise - 0.03), slim * 0.35, (0, 0, 2), 7)
    x = ((n.index() + 1.0) / (count + 1.0) - 0.5) * (inner + i.thickness * 0.4)
    slats = n.realize(n.instance_on(n.points(count, n.combine_xyz(x, 0.0, middle - 0.01)), slat))
    rung = box(n.combine_xyz(inner, slim, n.maximum(rise * 0.15, i.thickness)), slim * 0.4, (4, 0, 0), 8)
    rungs = copies(rung, [n.combine_xyz(0.0, 0.0, i.seat_height + rise * share) for share in (0.26, 0.56)])
    board = box(n.combine_xyz(inner, slim, rise * 0.72), slim * 0.45, (4, 0, 2), 9)
    panel = n.transform(board, n.combine_xyz(0.0, 0.0, i.seat_height + rise * 0.5))

    whole = n.join(posts, rail, n.menu_switch(i.back, {"slats": slats, "rungs": rungs, "panel": panel}))
    at = n.position()
    up = n.maximum(at.z - i.seat_height, 0.0)
    hollow = (1.0 - (at.x / leg_x) ** 2.0) * i.width * 0.11 * n.smoothstep(up / rise, 0.0, 0.8)
    return n.set_position(whole, offset=n.combine_xyz(0.0, leg_y + math("TANGENT", i.tilt) * up + hollow, 0.0))


def _arms(i: Inputs, box: Input, leg_x: Input) -> Socket:
    """A rest on either side, from the back's post over an upright at the front."""
    lift = n.minimum(0.23, (i.height - i.seat_height) * 0.55)
    lean = math("TANGENT", i.tilt) * lift
    front, rear = i.depth * -0.42, i.depth * 0.5 + lean
    bar = i.thickness * 0.9
    rest = box(n.combine_xyz(i.thickness * 1.15, rear - front, bar), bar * 0.45, (0, 2, 0), 10)
    upright = box(n.combine_xyz(bar, bar, lift), bar * i.rounding, (0, 0, 1), 11)
    parts = n.join(
        n.transform(rest, n.combine_xyz(0.0, (rear + front) * 0.5 - 0.01, i.seat_height + lift)),
        n.transform(upright, n.combine_xyz(0.0, i.depth * -0.3, i.seat_height + lift * 0.5 - 0.01)),
    )
    return copies(parts, [n.combine_xyz(leg_x * side, 0.0, 0.0) for side in (-1.0, 1.0)])


def _cushion(i: Inputs, box: Input) -> Socket:
    """A stuffed cushion: thick in the middle, sunk a little into the seat so that no gap shows."""
    size = n.combine_xyz(i.width * 0.94 - i.thickness * 0.4, i.depth * 0.9, i.cushion)
    cushion = box(size, i.cushion * 0.48, (4, 4, 0), 12)
    at = n.position()
    dome = (1.0 - (at.x / i.width * 2.0) ** 2.0) * (1.0 - (at.y / i.depth * 2.0) ** 2.0) * (at.z > 0.0)
    lift = i.seat_height + i.cushion * 0.4
    cushion = n.set_position(cushion, offset=n.combine_xyz(0.0, i.depth * -0.03, lift + dome * i.cushion * 0.35))
    return paint(cushion, 0.0, 1.0, n.mix(0.0, i.cushion_color, n.color((0.0, 0.0, 0.0))))


GENERATOR = Generator("chair", ChairParams, sample, build, TRAITS)
