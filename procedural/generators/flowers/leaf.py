"""Single leaves as assets: a broad leaf, a maple's, a compound leaf; for scattering, for litter, and for trees of one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy

from ....params import param
from ...graph import Inputs, Socket, current_tree, new_tree
from ...graph import nodes as n
from ...graph.field_nodes import first_output
from ...graph.parts import grouped
from ...materials import shared
from ...materials.herb import HERB_LEAF, STEM, HerbLeafParams, StemParams
from ...parts.blooms import Foliage
from ...parts.compound import compound_leaf
from ...parts.leaves import Arc, Sheet, lay, leaf_outline, marked, saw, sheets, stalk, stalks, tinted, wavy
from ...parts.plant_parts import draw
from ...parts.shapes import count
from ..base import Family

SHAPES = ("broad", "maple", "compound")


@dataclass(frozen=True)
class LeafParams:
    """Metres and radians. The blade begins at the origin and lies towards -Y, its upper side up; the stalk is behind it."""

    shape: str = param("broad", "What kind of leaf", choices=SHAPES)
    length: float = param(
        0.1, "Length of the blade, or of a leaflet", min=0.005, max=1.5, unit="m", panel="Blade", usual=(0.08, 0.12)
    )
    width: float = param(0.6, "Its width by its length", min=0.05, max=1.6, panel="Blade", usual=(0.5, 0.7))
    belly: float = param(0.4, "Where along it is widest", min=0.15, max=0.85, panel="Blade", usual=(0.34, 0.48))
    point: float = param(
        1.15, "From a rounded tip, .5, to a drawn-out one, 2", min=0.4, max=2.5, panel="Blade", usual=(0.95, 1.4)
    )
    teeth: int = param(22, "Teeth of a rim", min=0, max=60, panel="Rim", usual=(16, 28))
    depth: float = param(0.07, "How deep they are cut", min=0.0, max=0.8, panel="Rim", usual=(0.04, 0.1))
    pairs: int = param(4, "Pairs of leaflets of a compound leaf", min=1, max=16, panel="Compound", usual=(3, 6))
    stalk: float = param(
        0.35, "Length of the stalk by the blade's", min=0.02, max=6.0, panel="Stalk", usual=(0.25, 0.45)
    )
    fold: float = param(
        0.4, "How far the halves are folded up", min=-0.8, max=2.0, unit="rad", panel="Pose", usual=(0.2, 0.6)
    )
    droop: float = param(
        0.6, "How far it bends down along its way", min=-1.5, max=2.5, unit="rad", panel="Pose", usual=(0.3, 0.9)
    )
    curl: float = param(
        0.0, "How far the rims roll in as it dries", min=-1.0, max=3.0, unit="rad", panel="Pose", usual=(-0.1, 0.3)
    )
    wave: float = param(0.2, "How wavy the rim is", min=0.0, max=1.5, panel="Pose", usual=(0.1, 0.35))
    color: tuple[float, ...] = param(
        (0.06, 0.16, 0.025), "Colour of the blade, linear RGB", min=0, max=1, panel="Colour", spread=0.25
    )
    autumn: tuple[float, ...] = param(
        (0.55, 0.13, 0.015), "Colour it turns to, from the rim in", min=0, max=1, panel="Colour", spread=0.3
    )
    turned: float = param(0.0, "How far it has turned", min=0.0, max=1.0, panel="Colour")
    seed: int = param(0, "Another leaf of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "broad_leaf": LeafParams(),
    "maple_leaf": LeafParams(
        shape="maple", length=0.09, width=1.0, teeth=5, depth=0.35, stalk=0.75, fold=0.25, droop=0.8, wave=0.2, turned=0.75,
    ),
    "compound_leaf": LeafParams(shape="compound", length=0.06, width=0.42, teeth=14, depth=0.1, stalk=3.6, pairs=5, droop=0.5),
    "fallen_leaf": LeafParams(turned=1.0, autumn=(0.24, 0.12, 0.04), curl=1.3, droop=-0.9, wave=0.6, fold=0.6, teeth=0),
}  # fmt: skip


def build(p: LeafParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of LeafParams."""
    blade = shared(HERB_LEAF, HerbLeafParams(color=p.color), "Leaf")
    skin = shared(STEM, StemParams(color=(0.14, 0.2, 0.05), fuzz=0.05, fibre=0.0006), "Leaf Stalk")
    with new_tree("Leaf", p) as tree:
        i = tree.i
        green = tree.material_input("Leaf Material", blade, "What the blade is made of")
        stems = tree.material_input("Stalk Material", skin, "What the stalk is made of")
        foliage = Foliage(i.length, i.length * i.width, i.belly, i.point, 0.05, i.teeth, i.depth, i.fold, i.wave * 0.6)
        leaflets, rachis = compound_leaf(
            i.length * i.stalk, i.pairs, foliage, i.color, i.droop, i.seed, i.detail, bare=0.25, mesh=(8, 44)
        )
        leaflets = n.store(leaflets, "tint", _turned(i, leaflets, n.attribute("tint", "FLOAT_COLOR")))
        single = n.menu_switch(i.shape, {"broad": _broad(i), "maple": _maple(i), "compound": leaflets})
        tail = n.menu_switch(i.shape, {"broad": _stalk(i), "maple": _stalk(i), "compound": rachis})
        whole = n.join(n.set_material(n.shade_smooth(single), green), n.set_material(n.shade_smooth(tail), stems))
        # It lies on the ground, however it curls
        low = n.node("GeometryNodeBoundBox", geometry=whole)["Min"].z
        lifted = n.combine_xyz(0.0, 0.0, low * -1.0)
        tree.o.geometry << n.transform(whole, rotation=(0.0, 0.0, -1.5708), translation=lifted)
    return tree.data


def _start(i: Inputs) -> Arc:
    """The midrib: out of the stalk's end, down by `droop`."""
    return Arc((0.0, 0.0, 0.0), 0.0, lambda t: 1.5708 - i.droop * 0.5 + t * i.droop, i.length)


def _turned(i: Inputs, mesh: Socket, tint: Socket) -> Socket:
    """Green that turns from the rims in, in blotches; veins keep it longest."""
    blotch = n.noise(n.position() / i.length, scale=4.0, detail=4.0, w=i.seed * 1.7)
    share = n.smoothstep(blotch * 0.6 + i.turned * 1.5, 0.75, 1.15) * (i.turned > 0.0)
    deep = tinted(i.autumn, 0.65 + blotch * 0.7)
    gold = n.mix(n.smoothstep(blotch, 0.42, 0.62) * 0.6, deep, n.mix(0.5, i.autumn, n.color((0.7, 0.42, 0.03))))
    return n.mix(share, tint, gold)


def _finish(i: Inputs, sheet: Sheet, mesh: Socket, edge: Socket) -> Socket:
    tint = tinted(i.color, draw(i.seed, 5, 0.9, 1.12, i.seed) * (0.9 + edge * 0.12))
    return marked(mesh, _turned(i, mesh, tint), draw(i.seed, 6, of=sheet.number), i.turned)


@grouped("Broad Leaf")
def _broad(i: Inputs) -> Socket:
    sheet = sheets(1, count(i.detail, 16, 4), count(i.detail, 110, 12))
    s, x = sheet.along, sheet.across
    outline = leaf_outline(s, i.belly, i.point, 0.03)
    cut = (1.0 - saw(s, n.maximum(i.teeth, 1))) * i.depth * (i.teeth > 0) * n.smoothstep(s, 0.0, 0.15)
    half = i.length * i.width * 0.5 * outline * (1.0 - cut)
    pucker = n.cos((s - abs(x) * 0.28) * 9.0 * 6.2832) * abs(x) * (1.0 - abs(x)) * i.length * 0.006
    lift = (
        abs(x) * half * n.math("TANGENT", i.fold * 0.5) + wavy(sheet, 4.0, i.seed) * i.length * i.wave * 0.35 + pucker
    )
    aside = (
        (n.noise(n.combine_xyz(s * 1.4, 0.0, 0.0), scale=1.0, detail=0.0, w=i.seed * 2.9) - 0.5) * i.length * 0.16 * s
    )
    mesh = lay(sheet, _start(i), half, cup=i.curl, lift=lift, aside=aside)
    return _finish(i, sheet, mesh, s)


# The rim of a sugar maple's blade, about the end of its stalk: (angle from the midrib in degrees, distance), the length being 1. Each half lobe
# from its tip to the bay: it is drawn out to a point, and has a tooth on its shoulder.
_MIDDLE = ((0, 1.0), (2.6, 0.88), (5.5, 0.77), (13.2, 0.82), (13.6, 0.69), (15, 0.55), (17.5, 0.4))
_INNER = (
    (43, 0.96),
    (40.2, 0.82),
    (36.5, 0.68),
    (28, 0.7),
    (26.5, 0.59),
    (22, 0.49),
    (17.5, 0.4),
)  # of the side lobes, to the middle one
_OUTER = ((43, 0.96), (46, 0.82), (49.5, 0.68), (58, 0.77), (59, 0.63), (62, 0.51), (67, 0.39))
_BACK = (
    (87, 0.68),
    (82.5, 0.57),
    (78, 0.48),
    (71.5, 0.53),
    (70, 0.47),
    (68.5, 0.43),
    (67, 0.39),
)  # of the lobes beside the stalk, to the side ones
_FOOT = ((87, 0.68), (92, 0.55), (97, 0.46), (106, 0.49), (112, 0.36), (132, 0.2), (170, 0.09))
_HALVES = (_MIDDLE, _INNER, _OUTER, _BACK, _FOOT)


@grouped("Maple Leaf")
def _maple(i: Inputs) -> Socket:
    """Five lobes that meet where the stalk ends: five fans that share their edges, each with a midrib of its own in UVMap."""
    spans = float(len(_MIDDLE) - 1)
    # a vertex on every tooth and in every bay, however coarse the mesh is
    sheet = sheets(5, count(i.detail, 2, 1) * (spans * 2.0), count(i.detail, 14, 4))
    number, s, x = sheet.number, sheet.along, sheet.across
    order = number - 2.0  # -2..2, the middle lobe is 0
    away, side = abs(order), abs(x)
    to_middle = x * order < 0.0
    half = n.switch(away > 0.5, 0.0, n.switch(away > 1.5, n.switch(to_middle, 2.0, 1.0), n.switch(to_middle, 4.0, 3.0)))
    angle, rim = _rim(half, side, i.depth * (i.teeth > 0))
    angle = angle * n.switch(away > 0.5, n.math("SIGN", x), n.math("SIGN", order))
    reach = rim * i.length
    out = reach * n.mix(s, 0.012, 1.0)
    along, across = out * n.cos(angle), out * n.sin(angle) * i.width
    # each lobe is folded up a little along its midrib, and the whole sheet bends as one leaf: along the axis by droop, across it by curl
    crease = (side * 0.5 - 0.15) * i.fold * out * n.mix(away * 0.5, 0.6, 0.35)
    ripple = (
        n.noise(n.combine_xyz(along / i.length * 3.0, across / i.length * 3.0, 0.0), scale=1.0, detail=1.0, w=i.seed)
        - 0.5
    )
    lift = crease + ripple * i.wave * out * 0.9 + (across * across / i.length) * (i.curl - 0.05)
    turn = (along / i.length * 0.3 + 0.42) * i.droop
    place = n.combine_xyz(along * n.cos(turn), across, lift - along * n.sin(turn))
    mesh = n.set_position(sheet.mesh, place)
    # sheets turn to the right along +X: keep the upper side up
    mesh = first_output("GeometryNodeFlipFaces", mesh)
    return _finish(i, sheet, mesh, s)


def _rim(half: Socket, place: Socket, depth: Socket) -> tuple[Socket, Socket]:
    """The rim's angle (rad, from the midrib outwards) and distance (of the length) on a half lobe, place 0 at its tip, 1 in the bay.

    half: a number, see _HALVES. depth: .35 as teeth are on a maple, 0 lobes without any.
    """
    steps = float(len(_MIDDLE) - 1)
    curves = [
        [n.float_curve(place, [(k / steps, p[axis] / (180.0, 1.0)[axis]) for k, p in enumerate(points)], "VECTOR") for points in _HALVES]
        for axis in (0, 1)
    ]  # fmt: skip
    angle, toothed = (_of_half(half, each) for each in curves)
    tip, bay = (_of_half(half, [points[end][1] for points in _HALVES]) for end in (0, -1))
    plain = n.mix(n.math("POWER", 1.0 - place, 1.6), bay, tip)
    return angle * 3.14159, n.mix(n.minimum(depth / 0.35, 1.6), plain, toothed)


def _of_half(half: Socket, values: list[Any]) -> Socket:
    pick = current_tree().add("GeometryNodeIndexSwitch", data_type="FLOAT")
    while len(pick.data.index_switch_items) < len(values):
        pick.data.index_switch_items.new()
    pick.set_positional(n.math("ROUND", half), *values)
    return pick.as_socket()


@grouped("Leaf Stalk")
def _stalk(i: Inputs) -> Socket:
    """From the blade's foot back to where it was attached, rising a little."""
    tube = stalks(1, count(i.detail, 8, 5), count(i.detail, 14, 5))
    lean = 1.5708 - i.droop * 0.5
    arc = Arc((0.0, 0.0, 0.0), 3.14159, lambda t: 3.14159 - lean + t * 0.5, i.length * i.stalk)
    thick = i.length * 0.011 * n.float_curve(tube.along, [(0, 0.8), (0.8, 0.85), (1, 1.0)])
    mesh = stalk(tube, arc, thick)
    red = tinted(n.color((0.3, 0.09, 0.05)), 1.0)
    return n.store(mesh, "tint", n.mix(0.25 + i.turned * 0.5, tinted(i.color, 1.4), red))  # type: ignore[return-value]


LEAF = Family(
    "leaf", "Leaf", "Flowers", LeafParams, build, PRESETS, "A single leaf: broad, maple or compound, green or turned"
)
