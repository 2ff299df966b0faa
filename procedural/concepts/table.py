"""Table: a round or rectangular top on four legs with an apron, a drawer at the front or a shelf below if wanted."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import Inputs, Socket, math, new_tree
from ..graph import nodes as n
from ..graph.sockets import Input
from ..materials.surface import surface
from ..parts.shapes import count, lathe, paint
from ..parts.solids import BoxMaker, box_maker, copies, handmade, outline
from .base import Draw, Generator, Trait, Traits

BRASS = (0.48, 0.32, 0.10)


@dataclass(frozen=True)
class TableParams:
    """Metres and radians; the front, with the drawer, is at -Y."""

    height: float = param(0.74, "Height of the top", min=0.25, max=1.4, unit="m")
    width: float = param(1.2, "Width of the top, or its diameter if round", min=0.4, max=3.0, unit="m")
    round: bool = param(False, "Round top", panel="Top")
    depth: float = param(0.7, "Depth as a share of the width; round tops ignore it", min=0.35, max=1.0, panel="Top")
    top: float = param(0.06, "Thickness of the top", min=0.02, max=0.2, unit="m", panel="Top")
    overhang: float = param(0.06, "How far the top stands out over the legs", min=0.0, max=0.3, unit="m", panel="Top")
    legs: str = param("square", "Kind of legs", choices=("square", "turned", "pedestal"), panel="Legs")
    thickness: float = param(0.08, "Thickness of the legs", min=0.03, max=0.25, unit="m", panel="Legs")
    splay: float = param(0.06, "How far the legs spread outward", min=0.0, max=0.35, unit="rad", panel="Legs")
    apron: float = param(0.11, "Height of the boards under the top", min=0.03, max=0.3, unit="m", panel="Below")
    drawer: bool = param(False, "A drawer with a knob at the front; rectangular tops only", panel="Below")
    shelf: bool = param(False, "A shelf between the legs", panel="Below")
    seed: int = param(0, "Other grain, other small unevenness", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.2, max=3.0)


TRAITS = {"height": Trait("height", 0.48, 1.02), "width": Trait("width", 0.85, 1.6)}


def sample(seed: int, traits: Traits | None = None) -> TableParams:
    """A table of this seed; `traits` (each -1..1) sets what was asked for."""
    draw = Draw(TableParams, TRAITS, seed, traits)
    width = TRAITS["width"].value(draw.traits["width"])
    is_round = draw.chance(0.35)
    legs = draw.choice(("square", "turned", "pedestal") if is_round else ("square", "square", "turned"))
    size = 0.4 + width * 0.6
    return draw.params(
        round=is_round,
        depth=draw.uniform(0.5, 0.72),
        top=size * draw.uniform(0.05, 0.075),
        overhang=size * draw.uniform(0.01, 0.09),
        legs=legs,
        thickness=size * draw.uniform(0.062, 0.095),
        splay=draw.choice((0.0, draw.uniform(0.05, 0.22))),
        apron=size * draw.uniform(0.08, 0.13),
        drawer=draw.chance(0.55),
        shelf=draw.chance(0.35) and legs != "pedestal",
    )


def build(p: TableParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of TableParams."""
    material = surface("Table", (0.30, 0.12, 0.04), roughness=0.4, coat=0.25)
    with new_tree("Table", p) as tree:
        i = tree.i
        box = box_maker(i.detail, i.seed)
        half_x = i.width * 0.5
        half_y = half_x * n.switch(i.round, i.depth, 1.0)
        # the legs of a round top stand on a circle's inside square
        inset = i.overhang + i.thickness * 0.5
        leg_x = n.maximum(n.switch(i.round, half_x - inset, (half_x - inset) * 0.72), i.thickness * 0.5)
        leg_y = n.maximum(n.switch(i.round, half_y - inset, (half_x - inset) * 0.72), i.thickness * 0.5)
        under = i.height - i.top
        with tree.frame("Top"):
            board = box(n.combine_xyz(i.width, half_y * 2.0, i.top), i.top * 0.42, (6, 6, 0), 1)
            board = n.transform(board, n.combine_xyz(0.0, 0.0, i.height - i.top * 0.5))
            top = n.switch(i.round, board, _disc(i, half_x, i.height, i.top))
        with tree.frame("Legs"):
            square = _square_legs(i, box, leg_x, leg_y, under)
            turned = _turned_legs(i, leg_x, leg_y, under)
            on_pedestal = i.legs == "pedestal"
            legs = n.switch(i.legs == "turned", square, turned)
            legs = n.switch(on_pedestal, legs, _pedestal(i, half_x, under))
        with tree.frame("Apron"):
            apron = n.switch(on_pedestal, _apron(i, box, leg_x, leg_y, under), None)
        with tree.frame("Shelf"):
            low = n.maximum(under * 0.24, i.thickness)
            spread = math("TANGENT", i.splay) * (under - low)
            size = n.combine_xyz((leg_x + spread) * 2.0, (leg_y + spread) * 2.0, i.top * 0.85)
            shelf = n.transform(box(size, i.top * 0.35, (4, 4, 0), 2), n.combine_xyz(0.0, 0.0, low))
            shelf = n.switch(i.shelf & ~on_pedestal, None, shelf)
        with tree.frame("Drawer"):
            wanted = i.drawer & ~i.round & ~on_pedestal
            drawer = n.switch(wanted, None, _drawer(i, box, leg_x, leg_y, under))
        with tree.frame("Finish"):
            wood = paint(n.join(top, legs, apron, shelf), 1.0, n.attribute("tone"))
            whole = handmade(n.join(wood, drawer), i.width, i.seed, 0.03)
            tree.o.geometry << n.set_material(n.shade_smooth(whole), material)
    return tree.data


def _disc(i: Inputs, radius: Input, upper: Input, thickness: Input) -> Socket:
    """A round board with a rounded edge, its upper side at `upper`; rings of grain run straight across it."""
    body = lathe(count(i.detail, 72, 28), count(i.detail, 36, 14))
    # most rings go to the rim: t runs over the under side, the edge's half circle, the upper side
    edge = n.map_range(body.t, 0.25, 0.75, -1.5707963, 1.5707963)
    flat = n.minimum(body.t, 1.0 - body.t) / 0.25
    rim = thickness * 0.5
    inside = radius - rim
    out = n.switch(flat < 1.0, inside + n.cos(edge) * rim, inside * n.minimum(flat, 1.0))
    disc = body.shape(out, upper - rim + n.sin(edge) * rim)
    at = n.position()
    grain = n.noise(n.combine_xyz(at.x, at.y * 5.0, 0.0) / radius, scale=1.8, detail=2.0, w=i.seed * 1.37) - 0.5
    return n.store(disc, "tone", 0.98 + grain * 0.3 + n.cos(edge) * 0.06)


def _square_legs(i: Inputs, box: BoxMaker, leg_x: Input, leg_y: Input, under: Input) -> Socket:
    """Square legs that taper to the foot, spread outward."""
    length = under + i.top * 0.3
    leg = box(n.combine_xyz(i.thickness, i.thickness, length), i.thickness * 0.2, (0, 0, 2), 3)
    at = n.position()
    slim = n.map_range(at.z / length, -0.5, 0.3, 0.72, 1.0)
    leg = n.set_position(leg, n.combine_xyz(at.x * slim, at.y * slim, at.z + length * 0.5))
    return _spread(i, copies(leg, _corners(leg_x, leg_y)), under)


def _turned_legs(i: Inputs, leg_x: Input, leg_y: Input, under: Input) -> Socket:
    """Legs from a lathe: a foot, a swelling, a ring and a neck."""
    r = i.thickness * 0.5
    body = lathe(count(i.detail, 20, 10), count(i.detail, 44, 22))
    length = under + i.top * 0.3
    shape = [(0.0, 0.0), (0.72, 0.005), (0.8, 0.03), (0.66, 0.1), (0.72, 0.2), (1.12, 0.5), (0.98, 0.64), (0.74, 0.72)]
    shape += [(1.14, 0.77), (0.8, 0.82), (1.0, 0.88), (1.05, 0.97), (0.0, 1.0)]
    leg = body.shape(*outline(body.t, [(r * radius, length * share) for radius, share in shape]))
    leg = n.store(leg, "tone", 0.9 + 0.2 * n.noise(scale=9.0, detail=1.0, w=i.seed * 1.9))
    return _spread(i, copies(leg, _corners(leg_x, leg_y)), under)


def _corners(x: Input, y: Input) -> list[Socket]:
    return [n.combine_xyz(x * sx, y * sy, 0.0) for sx in (-1.0, 1.0) for sy in (-1.0, 1.0)]


def _spread(i: Inputs, legs: Input, under: Input) -> Socket:
    """Lean standing legs outward, each away from the middle, the feet most."""
    at = n.position()
    away = math("TANGENT", i.splay) * n.maximum(under - at.z, 0.0)
    return n.set_position(legs, offset=n.combine_xyz(math("SIGN", at.x) * away, math("SIGN", at.y) * away, 0.0))


def _pedestal(i: Inputs, half: Input, under: Input) -> Socket:
    """One turned column on a broad round foot."""
    r = i.thickness * 0.75
    body = lathe(count(i.detail, 44, 22), count(i.detail, 64, 30))
    foot = half * 0.56
    thick = n.minimum(i.thickness, under * 0.25)
    shape: list[tuple[Input, Input]] = [
        (0.0, 0.0),
        (foot * 0.96, 0.0),
        (foot, thick * 0.25),
        (foot * 0.9, thick * 0.55),
    ]
    shape += [
        (foot * 0.5, thick * 0.85),
        (r * 1.1, under * 0.27),
        (r * 0.85, under * 0.38),
        (r * 1.35, under * 0.6),
    ]
    shape += [
        (r * 0.8, under * 0.76),
        (r * 1.15, under * 0.88),
        (half * 0.4, under + i.top * 0.1),
        (0.0, under + i.top * 0.3),
    ]
    column = body.shape(*outline(body.t, shape))
    return n.store(column, "tone", 0.88 + 0.2 * n.noise(scale=7.0, detail=1.0, w=i.seed * 1.9))


def _apron(i: Inputs, box: BoxMaker, leg_x: Input, leg_y: Input, under: Input) -> Socket:
    """Four boards between the legs, right under the top."""
    board = i.thickness * 0.6
    level = under - i.apron * 0.5 + 0.004
    long = box(n.combine_xyz(leg_x * 2.0, board, i.apron), board * 0.2, (3, 0, 0), 4)
    short = box(n.combine_xyz(board, leg_y * 2.0, i.apron), board * 0.2, (0, 2, 0), 5)
    return n.join(
        copies(long, [n.combine_xyz(0.0, leg_y * side, level) for side in (-1.0, 1.0)]),
        copies(short, [n.combine_xyz(leg_x * side, 0.0, level) for side in (-1.0, 1.0)]),
    )


def _drawer(i: Inputs, box: BoxMaker, leg_x: Input, leg_y: Input, under: Input) -> Socket:
    """A light front before the apron, deeper than it so that it reads from afar, with a brass knob."""
    tall = i.apron * 1.25
    proud = i.thickness * 0.5
    front = box(n.combine_xyz(leg_x * 1.3, proud * 2.0, tall), proud * 0.35, (2, 0, 0), 6)
    front = n.transform(front, n.combine_xyz(0.0, -leg_y - proud * 0.4, under - tall * 0.5 + 0.004))
    front = paint(front, 1.0, n.attribute("tone") * 1.12)
    knob = n.sphere(count(i.detail, 20, 10), count(i.detail, 12, 6), 1.0)
    size = i.thickness * 0.36
    knob = n.transform(
        knob,
        n.combine_xyz(0.0, -leg_y - proud * 1.4 - size * 0.55, under - tall * 0.5),
        scale=size * n.combine_xyz(1, 1, 1),
    )
    return n.join(front, paint(knob, 0.0, 1.0, BRASS))


GENERATOR = Generator("table", TableParams, sample, build, TRAITS)
