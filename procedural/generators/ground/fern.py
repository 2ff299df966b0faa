"""Ferns: a shuttlecock of arching fronds, each of lobed pinnae in two ranks, with fiddleheads that unroll in the middle."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...materials import shared
from ...materials.herb import HERB_LEAF, STEM, HerbLeafParams, StemParams
from ...parts.blooms import variants
from ...parts.leaves import Arc, frame, marked, sheets, stalk, stalks, tinted
from ...parts.plant_parts import GOLDEN_ANGLE, TAU, direction, draw
from ...parts.shapes import count
from ..base import Family


@dataclass(frozen=True)
class FernParams:
    """Metres and radians; `length` is a grown frond's, along its stalk."""

    fronds: int = param(15, "Number of fronds", min=1, max=60, panel="Fronds", usual=(11, 20))
    length: float = param(0.6, "Length of a frond", min=0.03, max=3.0, unit="m", panel="Fronds", usual=(0.48, 0.72))
    width: float = param(0.19, "Width of a frond", min=0.01, max=1.5, unit="m", panel="Fronds", usual=(0.16, 0.22))
    triangle: float = param(
        0.0, "From spindle-shaped, 0, to triangular, 1", min=0.0, max=1.0, panel="Fronds", usual=(0.0, 0.15)
    )
    bare: float = param(0.1, "Share of the stalk without leaf", min=0.0, max=0.7, panel="Fronds", usual=(0.07, 0.16))
    open: float = param(
        1.0, "Lean of the outer fronds", min=0.1, max=1.6, unit="rad", panel="Fronds", usual=(0.8, 1.15)
    )
    arch: float = param(
        1.0, "How far fronds arch over", min=-0.5, max=2.5, unit="rad", panel="Fronds", usual=(0.7, 1.3)
    )
    disorder: float = param(0.4, "How much fronds differ", min=0.0, max=1.0, panel="Fronds", usual=(0.25, 0.6))
    pinnae: int = param(27, "Pairs of pinnae", min=4, max=60, panel="Pinnae", usual=(23, 31))
    slim: float = param(0.185, "Width of a pinna by its length", min=0.03, max=0.6, panel="Pinnae", usual=(0.16, 0.21))
    sweep: float = param(
        0.22, "How far pinnae point to the tip", min=-0.3, max=1.0, unit="rad", panel="Pinnae", usual=(0.12, 0.32)
    )
    lobes: int = param(13, "Lobes on a side of a pinna", min=0, max=24, panel="Pinnae", usual=(11, 15))
    cut: float = param(0.78, "How deep lobes are cut", min=0.0, max=0.95, panel="Pinnae", usual=(0.65, 0.85))
    droop: float = param(0.16, "How far pinnae hang", min=-0.4, max=0.8, panel="Pinnae", usual=(0.05, 0.28))
    fiddleheads: int = param(3, "Fronds still rolled up", min=0, max=30, panel="Young", usual=(1, 5))
    fiddle: float = param(0.13, "Height of a fiddlehead", min=0.01, max=0.8, unit="m", panel="Young", usual=(0.1, 0.18))
    color: tuple[float, ...] = param(
        (0.075, 0.19, 0.022), "Colour of the fronds, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    stalk_color: tuple[float, ...] = param(
        (0.16, 0.2, 0.05), "Colour of the stalks", min=0, max=1, panel="Colour", spread=0.2
    )
    dead: float = param(
        0.08, "How far the oldest fronds have browned", min=0.0, max=1.0, panel="Colour", usual=(0.0, 0.25)
    )
    seed: int = param(0, "Another plant of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "fern": FernParams(),
    "sword_fern": FernParams(
        fronds=24, length=0.75, width=0.12, pinnae=44, slim=0.22, lobes=0, cut=0.0, sweep=0.12, bare=0.07, open=1.1, arch=1.15,
        fiddleheads=2, color=(0.055, 0.16, 0.025), droop=0.08,
    ),
    "bracken": FernParams(
        fronds=6, length=1.05, width=0.62, triangle=1.0, bare=0.42, pinnae=18, slim=0.165, lobes=20, cut=0.9, open=0.5, arch=1.0,
        sweep=0.3, fiddleheads=2, fiddle=0.3, color=(0.1, 0.2, 0.03),
    ),
    "fiddleheads": FernParams(
        fronds=5, length=0.34, width=0.12, fiddleheads=12, fiddle=0.16, open=0.5, arch=0.6, color=(0.12, 0.25, 0.03), dead=0.0,
    ),
}  # fmt: skip
AGES = (0.08, 0.4, 0.7, 1.0)  # of the four fronds that all others are instances of: 0 the youngest


def build(p: FernParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of FernParams."""
    blade = shared(
        HERB_LEAF,
        HerbLeafParams(color=p.color, vein_pairs=13.0, veins=0.3, vein_rise=0.12, glow=0.42, relief=0.0001),
        "Fern Leaf",
    )
    skin = shared(STEM, StemParams(color=p.stalk_color, fuzz=0.35, fibre=0.0008, relief=0.00005), "Fern Stalk")
    with new_tree("Fern", p) as tree:
        i = tree.i
        green = tree.material_input("Frond Material", blade, "What pinnae are made of")
        stems = tree.material_input("Stalk Material", skin, "What stalks and fiddleheads are made of")
        with tree.frame("Four fronds, young to old"):
            fronds = []
            for k, age in enumerate(AGES):
                pinnae, rachis = _frond(i, i.seed + 37 * (k + 1), n.math("ADD", 0.0, age))
                fronds.append(
                    n.join(n.set_material(n.shade_smooth(pinnae), green), n.set_material(n.shade_smooth(rachis), stems))
                )
        with tree.frame("Placed"):
            placed = _placed(i, variants(*fronds))
            rolled = n.set_material(n.shade_smooth(_fiddleheads(i)), stems)
        tree.o.geometry << n.join(placed, rolled)
    return tree.data


@grouped("Fern Crown")
def _placed(i: Inputs, fronds: Socket) -> Socket:
    """The oldest fronds outermost; instances, each turned and scaled a little differently."""
    points = n.points(i.fronds)
    number = n.index()
    age = (number + 0.5) / n.maximum(i.fronds, 1)
    azimuth = number * GOLDEN_ANGLE + i.seed * 1.9 + draw(i.seed, 1, -0.5, 0.5, number) * i.disorder
    tilt = n.combine_xyz(draw(i.seed, 2, -0.4, 0.4, number), draw(i.seed, 3, -0.3, 0.22, number), 0.0) * i.disorder
    points, turned = n.capture(points, tilt + n.combine_xyz(0.0, 0.0, azimuth))
    points, size = n.capture(
        points, draw(i.seed, 4, 1.0, 1.0, number) - draw(i.seed, 5, -0.15, 0.35, number) * i.disorder
    )
    points, pick = n.capture(
        points, n.math("FLOOR", n.clamp(age * 4.0 + draw(i.seed, 6, -0.4, 0.4, number), 0.0, 3.99))
    )
    points, years = n.capture(points, age)
    points, own = n.capture(points, draw(i.seed, 7, of=number))
    root = direction(azimuth) * (i.length * 0.03 * n.sqrt(age)) + n.combine_xyz(
        0.0, 0.0, (1.0 - age) * i.length * 0.015
    )
    made = n.instance_on(n.set_position(points, root), fronds, rotation=turned, scale=size, pick=pick)
    return n.store(made, "age", n.mix(own, years, years), domain="INSTANCE")  # type: ignore[return-value]


@grouped("Fern Frond")
def _frond(i: Inputs, seed: Socket, age: Socket) -> tuple[Socket, Socket]:
    """Pinnae and rachis of a frond that leaves the crown towards +X."""
    lean = n.mix(n.math("POWER", age, 0.8), 0.1, i.open)
    sway = draw(seed, 11, -0.25, 0.25, seed) * i.disorder

    def turn(t: Socket) -> Socket:
        late = n.maximum(t, 0.0)
        return lean - 0.25 * (1.0 - late) + n.math("POWER", late, 1.6) * (i.arch * n.mix(age, 0.65, 1.0) + sway)

    rachis = Arc((0.0, 0.0, 0.0), 0.0, turn, i.length * n.mix(age, 0.72, 1.0))
    # Pinnae: two ranks and one at the tip
    total = i.pinnae * 2
    # four rows of faces a lobe, so that every cut lies on a row
    rows = n.maximum(n.math("ROUND", i.detail * 4.0), 2.0) * i.lobes
    sheet = sheets(total, 2, n.switch(i.lobes > 0, count(i.detail, 10, 5), rows))
    number, s, x = sheet.number, sheet.along, sheet.across
    side = n.math("MODULO", number, 2.0) * 2.0 - 1.0
    pair = n.math("FLOOR", number * 0.5 + 0.01)
    share = (pair + 0.3 + side * 0.1) / n.maximum(i.pinnae, 1)
    # closer together towards the tip, as they grow there
    at = frame(rachis, i.bare + (1.0 - i.bare) * n.math("POWER", share, 0.86))
    spindle = n.float_curve(
        share, [(0, 0.36), (0.12, 0.6), (0.42, 1.0), (0.65, 0.86), (0.85, 0.46), (0.96, 0.14), (1, 0.05)]
    )
    wedge = n.float_curve(share, [(0, 1.0), (0.3, 0.84), (0.6, 0.52), (0.85, 0.2), (1, 0.03)])
    reach = i.width * 0.5 * n.mix(i.triangle, spindle, wedge) * draw(seed, 12, 0.93, 1.05, number)
    sweep = i.sweep + share * 0.45 + draw(seed, 13, -0.06, 0.06, number)
    way = at.right * (side * n.cos(sweep)) + at.forward * n.sin(sweep)
    across = way.cross(at.face)
    # Outline: a long taper, cut into round lobes that lean to its tip
    taper = n.float_curve(s, [(0, 0.82), (0.08, 1.0), (0.5, 0.86), (0.8, 0.55), (0.95, 0.22), (1, 0.03)])
    plain = n.float_curve(s, [(0, 0.5), (0.06, 1.0), (0.5, 0.9), (0.85, 0.5), (1, 0.03)])
    beat = abs(n.sin(s * i.lobes * (TAU / 2)))
    lobe = 1.0 - i.cut * (1.0 - n.math("POWER", beat, 0.42)) * n.smoothstep(s, 1.02, 0.6)
    half = reach * i.slim * 0.5 * n.mix(i.lobes > 0, plain, taper * lobe)
    half = n.maximum(half, i.width * 0.0006)
    hang = n.math("POWER", s, 1.7) * reach * (i.droop + draw(seed, 14, -0.12, 0.12, number) * i.disorder + age * 0.05)
    ripple = n.noise(n.combine_xyz(s * 3.0, number * 3.7, 0.0), scale=1.0, detail=1.0, w=seed) - 0.5
    lift = abs(x) * half * -0.32 + ripple * reach * 0.1 * s - hang
    bow = n.math("POWER", s, 2.0) * reach * 0.12  # tips bend forward
    lobed = n.smoothstep(i.cut, 0.0, 0.5) * 0.55
    where = (
        at.point + way * (reach * s + abs(x) * half * lobed) + at.forward * bow + across * (x * half) + at.face * lift
    )
    mesh = n.set_position(sheet.mesh, where)
    own = draw(seed, 15, 0.88, 1.12, number)
    fresh = n.mix(n.smoothstep(age, 0.5, 0.0) * 0.4, i.color, tinted(i.color, 1.7))
    tint = tinted(fresh, own * (0.86 + share * 0.25 + s * 0.1))
    rot = n.noise(n.combine_xyz(share * 5.0, s, side), scale=1.0, detail=2.0, w=seed * 1.3)
    brown = n.smoothstep(rot + i.dead * n.smoothstep(age, 0.3, 1.0) * 1.1 + share * 0.15, 0.85, 1.1)
    tint = n.mix(brown * n.minimum(i.dead * 8.0, 1.0), tint, n.color((0.24, 0.12, 0.035)))
    mesh = marked(mesh, tint, draw(seed, 16, of=number))
    tube = stalks(1, count(i.detail, 8, 5), count(i.detail, 32, 10))
    t = tube.along
    thick = i.length * 0.0062 * n.float_curve(t, [(0, 1.0), (0.15, 0.8), (0.6, 0.45), (1, 0.1)])
    stem = stalk(tube, rachis, thick)
    scaly = n.smoothstep(t, 0.16, 0.0)
    return mesh, n.store(stem, "tint", n.mix(scaly, i.stalk_color, n.color((0.13, 0.06, 0.025))))  # type: ignore[return-value]


@grouped("Fiddleheads")
def _fiddleheads(i: Inputs) -> Socket:
    """Stalks that end in a spiral, scaly and a little lumpy from the pinnae rolled up in them."""
    tubes = stalks(i.fiddleheads, count(i.detail, 12, 6), count(i.detail, 110, 40))
    number, t = tubes.number, tubes.along
    tall = i.fiddle * draw(i.seed, 21, 0.3, 1.1, number)
    coil = i.fiddle * draw(i.seed, 22, 0.11, 0.16, number)
    rise = n.minimum(t / 0.4, 1.0)
    turn = n.maximum(t - 0.4, 0.0) / 0.6
    angle = n.math("POWER", turn, 0.9) * draw(i.seed, 23, 13.0, 16.5, number)
    reach = coil * n.math("POWER", 1.0 - turn * 0.93, 1.25)
    azimuth = number * GOLDEN_ANGLE + i.seed * 0.7
    away = direction(azimuth)
    right = direction(azimuth - TAU / 4)
    spoke = away * (n.cos(angle) * -1.0) + n.combine_xyz(0.0, 0.0, n.sin(angle))
    bow = n.sin(rise * (TAU / 4)) * draw(i.seed, 26, -0.05, 0.2, number) * tall
    foot = away * (i.length * 0.02 + i.fiddle * 0.13 * n.sqrt(number + 0.3))
    centre = foot + away * (bow + coil) + n.combine_xyz(0.0, 0.0, rise * tall)
    lumps = 1.0 + n.math("POWER", abs(n.sin(angle * 3.2)), 0.7) * 0.35 * n.smoothstep(turn, 0.02, 0.2)
    radius = coil * 0.16 * n.float_curve(t, [(0, 0.95), (0.35, 0.72), (0.5, 0.9), (0.75, 0.72), (1, 0.2)])
    aside = draw(i.seed, 24, -0.6, 0.6, number) * turn * coil
    ring = spoke * (n.cos(tubes.angle) * radius) + right * (n.sin(tubes.angle) * radius * 1.25 * lumps + aside)
    mesh = n.set_position(tubes.mesh, centre + spoke * reach + ring)
    mesh, around = n.capture(
        mesh, n.combine_xyz(n.cos(tubes.angle) * radius, n.sin(tubes.angle) * radius, t * tall * 2.0)
    )
    mesh = n.store(mesh, "limb", around)
    scales = n.noise(n.combine_xyz(t * 60.0, n.cos(tubes.angle), n.sin(tubes.angle)), scale=1.3, detail=2.0, w=i.seed)
    green = tinted(i.color, 1.35 + turn * 0.35)
    mesh = n.store(
        mesh, "tint", n.mix(n.smoothstep(scales - turn * 0.12, 0.55, 0.68), green, n.color((0.2, 0.1, 0.04)))
    )
    return n.store(mesh, "random", draw(i.seed, 25, of=number))  # type: ignore[return-value]


FERN = Family(
    "fern", "Fern", "Ground", FernParams, build, PRESETS, "A shuttlecock of arching, finely cut fronds with fiddleheads"
)
