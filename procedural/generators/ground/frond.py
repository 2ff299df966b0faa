"""A single fern frond as an asset, close enough to be looked at: pinnae in two ranks, each cut into pinnules or whole, green or turned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...graph.sockets import Input
from ...materials import shared
from ...materials.herb import HERB_LEAF, STEM, HerbLeafParams, StemParams
from ...parts.leaves import Arc, frame, marked, saw, sheets, stalk, stalks, tinted
from ...parts.plant_parts import TAU, draw
from ...parts.shapes import count
from ..base import Family


@dataclass(frozen=True)
class FrondParams:
    """Metres and radians. The stalk begins at the origin and the frond lies towards -Y, its upper side up."""

    length: float = param(0.55, "Length with its stalk", min=0.03, max=3.0, unit="m", panel="Frond", usual=(0.45, 0.65))
    width: float = param(0.24, "Its greatest width", min=0.01, max=2.0, unit="m", panel="Frond", usual=(0.2, 0.28))
    triangle: float = param(
        0.12, "From spindle-shaped, 0, to triangular, 1", min=0.0, max=1.0, panel="Frond", usual=(0.0, 0.3)
    )
    bare: float = param(0.16, "Share of the stalk without leaf", min=0.02, max=0.7, panel="Frond", usual=(0.1, 0.22))
    rise: float = param(
        0.6, "How far it rises at its foot", min=0.0, max=1.5, unit="rad", panel="Pose", usual=(0.4, 0.8)
    )
    arch: float = param(0.95, "How far it arches over", min=-0.5, max=3.5, unit="rad", panel="Pose", usual=(0.7, 1.3))
    sway: float = param(0.12, "How far it bends aside", min=-0.8, max=0.8, panel="Pose", usual=(-0.2, 0.2))
    disorder: float = param(0.3, "How uneven its pinnae are", min=0.0, max=1.0, panel="Pose", usual=(0.2, 0.5))
    pinnae: int = param(24, "Pairs of pinnae", min=3, max=60, panel="Pinnae", usual=(20, 28))
    sweep: float = param(
        0.26, "How far they point to the tip", min=-0.3, max=1.1, unit="rad", panel="Pinnae", usual=(0.16, 0.36)
    )
    droop: float = param(0.14, "How far they hang", min=-0.4, max=0.9, panel="Pinnae", usual=(0.05, 0.25))
    slim: float = param(
        0.165, "Half the width of a pinna by its length", min=0.02, max=0.5, panel="Pinnae", usual=(0.145, 0.185)
    )
    pinnules: int = param(
        14, "Pairs of pinnules of a pinna, 0 for whole pinnae", min=0, max=24, panel="Pinnules", usual=(12, 16)
    )
    teeth: int = param(4, "Teeth on a side of the last parts", min=0, max=30, panel="Pinnules", usual=(3, 5))
    cut: float = param(0.3, "How deep the teeth are cut", min=0.0, max=0.8, panel="Pinnules", usual=(0.2, 0.4))
    fold: float = param(0.35, "How far rims are turned down", min=-0.8, max=1.0, panel="Pinnules", usual=(0.2, 0.5))
    color: tuple[float, ...] = param(
        (0.08, 0.2, 0.025), "Colour of the blade, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    stalk_color: tuple[float, ...] = param(
        (0.17, 0.19, 0.05), "Colour of the stalk", min=0, max=1, panel="Colour", spread=0.2
    )
    autumn: tuple[float, ...] = param(
        (0.38, 0.17, 0.035), "Colour it turns to, from the tips in", min=0, max=1, panel="Colour", spread=0.2
    )
    turned: float = param(0.0, "How far it has turned", min=0.0, max=1.0, panel="Colour", usual=(0.0, 0.12))
    seed: int = param(0, "Another frond of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "fern_frond": FrondParams(),
    "bracken_frond": FrondParams(
        length=1.1, width=0.75, triangle=1.0, bare=0.38, pinnae=15, slim=0.17, pinnules=20, teeth=7, cut=0.55, rise=0.95, arch=1.15,
        sweep=0.36, droop=0.2, color=(0.11, 0.21, 0.03),
    ),
    "autumn_bracken": FrondParams(
        length=0.95, width=0.62, triangle=1.0, bare=0.34, pinnae=14, slim=0.16, pinnules=18, teeth=6, cut=0.55, rise=0.7, arch=1.5,
        sweep=0.4, droop=0.42, fold=0.7, disorder=0.7, turned=0.95, stalk_color=(0.28, 0.17, 0.06),
    ),
    "sword_frond": FrondParams(
        length=0.7, width=0.13, triangle=0.35, bare=0.1, pinnae=40, slim=0.15, pinnules=0, teeth=14, cut=0.16, sweep=0.16, droop=0.06,
        color=(0.055, 0.16, 0.025), stalk_color=(0.14, 0.1, 0.04),
    ),
}  # fmt: skip


class Pinna(NamedTuple):
    """Where pinnae lie: the point at the stalk (m), the way they go, across it, their upper side, their length (m), their place 0..1."""

    point: Socket
    way: Socket
    across: Socket
    face: Socket
    reach: Socket
    share: Socket

    def at(self, place: Input, droop: Input) -> Socket:
        """A point on a pinna's midrib, place 0 at the stalk and 1 at its tip: they hang, and their tips bend forward."""
        bow = self.across * n.math("MULTIPLY", place, place) * (self.reach * 0.05)
        hang = self.face * (n.math("POWER", n.maximum(place, 0.0), 1.7) * self.reach * droop)
        return self.point + self.way * (self.reach * place) + bow - hang


def build(p: FrondParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of FrondParams."""
    blade = shared(
        HERB_LEAF,
        HerbLeafParams(color=p.color, vein_pairs=6.0, veins=0.3, vein_rise=0.15, glow=0.42, relief=0.0001),
        "Frond Leaf",
    )
    skin = shared(STEM, StemParams(color=p.stalk_color, fuzz=0.3, fibre=0.0008, relief=0.00005), "Frond Stalk")
    with new_tree("Fern Frond", p) as tree:
        i = tree.i
        green = tree.material_input("Blade Material", blade, "What pinnae are made of")
        stems = tree.material_input("Stalk Material", skin, "What the stalk is made of")
        leaf = n.join(_pinnules(i), _whole_pinnae(i))
        whole = n.join(n.set_material(n.shade_smooth(leaf), green), n.set_material(n.shade_smooth(_ribs(i)), stems))
        along = n.position().x / i.length
        whole = n.set_position(whole, offset=n.combine_xyz(0.0, along * along * i.sway * i.length, 0.0))
        # It lies on the ground, however it arches
        low = n.node("GeometryNodeBoundBox", geometry=whole)["Min"].z
        lifted = n.combine_xyz(0.0, 0.0, low * -1.0)
        tree.o.geometry << n.transform(whole, rotation=(0.0, 0.0, -1.5708), translation=lifted)
    return tree.data


def _rachis(i: Inputs) -> Arc:
    def turn(t: Socket) -> Socket:
        return TAU / 4 - i.rise + n.math("POWER", n.maximum(t, 0.0), 1.4) * i.arch

    return Arc((0.0, 0.0, 0.0), 0.0, turn, i.length)


def _pinna(i: Inputs, number: Socket) -> Pinna:
    """The pinna of that number: pairs from the foot to the tip, the two of a pair not quite opposite."""
    pair = n.math("FLOOR", number * 0.5 + 0.01)
    side = n.math("MODULO", number, 2.0) * 2.0 - 1.0
    share = (pair + 0.5 + side * 0.14) / n.maximum(i.pinnae, 1)
    at = frame(_rachis(i), i.bare + (1.0 - i.bare) * n.math("POWER", share, 0.88))
    spindle = n.float_curve(
        share, [(0, 0.4), (0.12, 0.64), (0.4, 1.0), (0.65, 0.84), (0.85, 0.45), (0.96, 0.14), (1, 0.04)]
    )
    wedge = n.float_curve(share, [(0, 1.0), (0.3, 0.8), (0.6, 0.47), (0.85, 0.18), (1, 0.03)])
    own = 1.0 + draw(i.seed, 11, -0.14, 0.1, number) * i.disorder
    reach = i.width * 0.5 * n.mix(i.triangle, spindle, wedge) * own
    sweep = i.sweep + share * 0.5 + draw(i.seed, 12, -0.25, 0.25, number) * i.disorder
    tilt = draw(i.seed, 13, -0.45, 0.3, number) * i.disorder
    level = at.right * (side * n.cos(sweep)) + at.forward * n.sin(sweep)
    way = level * n.cos(tilt) + at.face * n.sin(tilt)
    face = at.face * n.cos(tilt) - level * n.sin(tilt)
    # towards the frond's tip, on both sides
    across = (at.forward - way * at.forward.dot(way)).normalized()
    return Pinna(at.point, way, across, face, reach, share)


def _colored(i: Inputs, mesh: Socket, number: Socket, share: Socket, out: Socket) -> Socket:
    """Each pinna lighter or darker; what has turned did so from the tips, in blotches. out: 0 at the stalk, 1 at a pinna's tip."""
    green = tinted(i.color, draw(i.seed, 21, 0.85, 1.12, number) * (0.88 + share * 0.2 + out * 0.12))
    blotch = n.noise(n.combine_xyz(share * 7.0, out * 2.0, number * 0.7), scale=1.0, detail=3.0, w=i.seed * 1.7)
    brown = n.smoothstep(blotch * 0.6 + i.turned * 1.45 + (share + out) * 0.12, 0.85, 1.2) * (i.turned > 0.0)
    dry = tinted(i.autumn, 0.65 + blotch * 0.75)
    return marked(mesh, n.mix(brown, green, dry), draw(i.seed, 22, of=number), i.turned)


def _toothed(i: Inputs, place: Socket) -> Socket:
    """What teeth leave of a rim's width, 0..1."""
    notch = 1.0 - saw(place, n.maximum(i.teeth, 1), 0.7)
    return 1.0 - notch * i.cut * (i.teeth > 0) * n.smoothstep(place, 1.02, 0.7) * n.smoothstep(place, 0.0, 0.12)


@grouped("Pinnules")
def _pinnules(i: Inputs) -> Socket:
    """Two ranks of pinnules on every pinna, longest near its foot, that nearly touch."""
    each = i.pinnules * 2
    sheet = sheets(i.pinnae * 2 * each, 2, count(i.detail, 8, 3))
    number, s, x = sheet.number, sheet.along, sheet.across
    owner = n.math("FLOOR", (number + 0.5) / n.maximum(each, 1))
    pinna = _pinna(i, owner)
    rank = number - owner * each
    step = n.math("FLOOR", rank * 0.5 + 0.01)
    side = n.math("MODULO", rank, 2.0) * 2.0 - 1.0
    place = (step + 0.55 + side * 0.12) / (i.pinnules + 0.3)
    taper = n.float_curve(place, [(0, 0.72), (0.08, 0.98), (0.3, 1.0), (0.6, 0.72), (0.85, 0.36), (1, 0.1)])
    long = pinna.reach * i.slim * taper * (1.0 + draw(i.seed, 31, -0.15, 0.1, number) * i.disorder)
    lean = 0.32 + place * 0.35 + draw(i.seed, 32, -0.2, 0.2, number) * i.disorder
    way = pinna.across * (side * n.cos(lean)) + pinna.way * n.sin(lean)
    across = way.cross(pinna.face)
    # a broad foot, straight sides, a blunt tip
    outline = n.float_curve(s, [(0, 0.78), (0.1, 0.96), (0.35, 1.0), (0.7, 0.8), (0.9, 0.48), (1, 0.06)])
    half = pinna.reach / (i.pinnules + 0.3) * 0.64 * n.mix(place, 1.0, 0.8) * outline * _toothed(i, s)
    bend = s * s * long * (0.12 + draw(i.seed, 33, -0.25, 0.45, number) * i.disorder)
    down = abs(x) * half * i.fold + bend
    root = pinna.at(place, i.droop)
    mesh = n.set_position(sheet.mesh, root + way * (long * s) + across * (x * half) - pinna.face * down)
    return _colored(i, mesh, owner, pinna.share, place)


@grouped("Whole Pinnae")
def _whole_pinnae(i: Inputs) -> Socket:
    """Pinnae that are one blade each, with an ear at the foot of the side that looks to the tip; none where there are pinnules."""
    sheet = sheets(n.switch(i.pinnules > 0, i.pinnae * 2, 0), 4, count(i.detail, 48, 8))
    number, s, x = sheet.number, sheet.along, sheet.across
    pinna = _pinna(i, number)
    side = n.math("MODULO", number, 2.0) * 2.0 - 1.0
    to_tip = n.smoothstep(x * side, -0.1, 0.4)
    outline = n.float_curve(s, [(0, 0.45), (0.05, 0.9), (0.14, 1.0), (0.5, 0.84), (0.8, 0.48), (0.95, 0.16), (1, 0.02)])
    ear = 1.0 + to_tip * 0.55 * n.smoothstep(s, 0.16, 0.05)
    half = pinna.reach * i.slim * outline * ear * _toothed(i, s)
    ripple = n.noise(n.combine_xyz(s * 3.0, x, number * 3.7), scale=1.0, detail=1.0, w=i.seed) - 0.5
    down = abs(x) * half * i.fold - ripple * pinna.reach * 0.12 * s
    # across counts to the right of the pinna's own way, on both sides of the frond
    right = pinna.way.cross(pinna.face)
    mesh = n.set_position(sheet.mesh, pinna.at(s, i.droop) + right * (x * half) - pinna.face * down)
    return _colored(i, mesh, number, pinna.share, s)


@grouped("Ribs of a Frond")
def _ribs(i: Inputs) -> Socket:
    """The stalk, scaly at its foot, and the midribs of the pinnae."""
    tube = stalks(1, count(i.detail, 10, 5), count(i.detail, 40, 12))
    t = tube.along
    thick = i.length * 0.0068 * n.float_curve(t, [(0, 1.0), (0.12, 0.72), (0.6, 0.42), (1, 0.08)])
    stem = stalk(tube, _rachis(i), thick)
    scales = n.noise(n.combine_xyz(t * 90.0, n.cos(tube.angle), n.sin(tube.angle)), scale=1.2, detail=2.0, w=i.seed)
    scaly = n.smoothstep(t + (scales - 0.5) * 0.3, 0.17, 0.02)
    stem = n.store(stem, "tint", n.mix(scaly, i.stalk_color, n.color((0.13, 0.06, 0.025))))
    ribs = stalks(i.pinnae * 2, 4, count(i.detail, 8, 3))
    pinna = _pinna(i, ribs.number)
    girth = i.length * 0.0016 * n.mix(ribs.along, 1.0, 0.25) * n.mix(pinna.share, 1.0, 0.5)
    ring = (pinna.way.cross(pinna.face) * n.cos(ribs.angle) + pinna.face * n.sin(ribs.angle)) * girth
    midribs = n.set_position(ribs.mesh, pinna.at(ribs.along, i.droop) + ring)
    return n.join(stem, n.store(midribs, "tint", n.mix(0.5, i.stalk_color, tinted(i.color, 1.4))))


FERN_FROND = Family(
    "fern_frond",
    "Fern Frond",
    "Ground",
    FrondParams,
    build,
    PRESETS,
    "A single frond of a fern, its pinnae whole or cut into pinnules, green or turned",
)
