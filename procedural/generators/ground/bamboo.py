"""Bamboo: jointed culms that taper and nod, twigs at the upper nodes, sprays of narrow leaves."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...graph.sockets import Input
from ...materials import shared
from ...materials.herb import GRASS, STEM, GrassParams, StemParams
from ...parts.blooms import variants
from ...parts.leaves import Arc, frame, lay, marked, sheets, stalk, stalks, tinted
from ...parts.plant_parts import GOLDEN_ANGLE, TAU, direction, draw
from ...parts.shapes import count
from ..base import Family


@dataclass(frozen=True)
class BambooParams:
    """Metres and radians."""

    culms: int = param(14, "Number of culms", min=1, max=120, panel="Culms", usual=(9, 20))
    height: float = param(
        4.5, "Height of the tallest culm", min=0.2, max=25.0, unit="m", panel="Culms", usual=(3.6, 5.5)
    )
    radius: float = param(
        0.021, "Radius of a culm at its foot", min=0.002, max=0.15, unit="m", panel="Culms", usual=(0.017, 0.026)
    )
    clump: float = param(0.45, "Radius of the clump", min=0.01, max=8.0, unit="m", panel="Culms", usual=(0.35, 0.6))
    spread: float = param(
        0.14, "Lean of the outer culms", min=0.0, max=0.8, unit="rad", panel="Culms", usual=(0.08, 0.22)
    )
    nod: float = param(0.9, "How far tips hang over", min=0.0, max=2.0, unit="rad", panel="Culms", usual=(0.6, 1.2))
    nodes: int = param(22, "Joints of a culm", min=4, max=60, panel="Culms", usual=(18, 26))
    knot: float = param(0.14, "How far joints stand out", min=0.0, max=0.5, panel="Culms", usual=(0.1, 0.2))
    bare: float = param(0.3, "Share of a culm without twigs", min=0.0, max=0.9, panel="Leaves", usual=(0.2, 0.42))
    twigs: int = param(3, "Twigs at a joint", min=0, max=5, panel="Leaves")
    twig: float = param(0.75, "Length of a twig", min=0.03, max=3.0, unit="m", panel="Leaves", usual=(0.62, 0.85))
    leaf: float = param(0.13, "Length of a leaf", min=0.01, max=0.6, unit="m", panel="Leaves", usual=(0.11, 0.16))
    leaf_width: float = param(
        0.016, "Width of a leaf", min=0.002, max=0.12, unit="m", panel="Leaves", usual=(0.013, 0.02)
    )
    sprays: int = param(45, "Leaves of a twig", min=2, max=120, panel="Leaves", usual=(38, 52))
    color: tuple[float, ...] = param(
        (0.16, 0.27, 0.05), "Colour of the culms, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    old_color: tuple[float, ...] = param(
        (0.4, 0.34, 0.11), "Colour of old culms", min=0, max=1, panel="Colour", spread=0.15
    )
    leaf_color: tuple[float, ...] = param(
        (0.09, 0.2, 0.03), "Colour of the leaves", min=0, max=1, panel="Colour", spread=0.2
    )
    seed: int = param(0, "Another clump of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "bamboo": BambooParams(),
    "black_bamboo": BambooParams(height=3.6, radius=0.015, color=(0.035, 0.028, 0.024), old_color=(0.05, 0.04, 0.035), culms=18),
    "golden_bamboo": BambooParams(height=5.5, radius=0.03, color=(0.5, 0.4, 0.08), old_color=(0.55, 0.4, 0.12), culms=10, knot=0.2),
    "dwarf_bamboo": BambooParams(
        culms=34, height=0.9, radius=0.004, clump=0.35, spread=0.4, nodes=12, bare=0.12, twig=0.22, leaf=0.12, leaf_width=0.02, sprays=10, twigs=2,
    ),
}  # fmt: skip
FAN = 5.0  # leaves of a branchlet


def build(p: BambooParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of BambooParams."""
    cane = shared(
        STEM,
        StemParams(color=p.color, fuzz=0.0, flushed=0.0, fibre=0.004, roughness=0.3, relief=0.00005),
        "Bamboo Culm",
    )
    blade = shared(GRASS, GrassParams(color=p.leaf_color, lines=15.0, dry=0.12), "Bamboo Leaf")
    with new_tree("Bamboo", p) as tree:
        i = tree.i
        canes = tree.material_input("Culm Material", cane, "What culms and twigs are made of")
        green = tree.material_input("Leaf Material", blade, "What leaves are made of")
        culms = n.set_material(n.shade_smooth(_culms(i)), canes)
        sprays = []
        for k in (1, 2, 3):
            leaves, wood = _spray(i, i.seed + 19 * k)
            sprays.append(
                n.join(n.set_material(n.shade_smooth(leaves), green), n.set_material(n.shade_smooth(wood), canes))
            )
        tree.o.geometry << n.join(culms, _twigs(i, variants(*sprays)))
    return tree.data


def _culm(i: Inputs, number: Socket) -> Arc:
    """The culm of that number."""
    share = (number + 0.5) / n.maximum(i.culms, 1)
    around = number * GOLDEN_ANGLE + draw(i.seed, 1, -0.6, 0.6, number) + i.seed * 0.77
    out = n.sqrt(share) * i.clump * draw(i.seed, 2, 0.75, 1.1, number)
    lean = n.sqrt(share) * i.spread + draw(i.seed, 3, -0.04, 0.06, number)
    nod = i.nod * draw(i.seed, 4, 0.6, 1.3, number)
    tall = i.height * draw(i.seed, 5, 0.55, 1.0, number)
    return Arc(direction(around) * out, around, lambda t: lean + n.math("POWER", n.maximum(t, 0.0), 3.0) * nod, tall)


@grouped("Bamboo Culms")
def _culms(i: Inputs) -> Socket:
    """Two rings of vertices close to each joint draw its ridge; the tube is dense enough for them."""
    rows = i.nodes * n.maximum(n.math("ROUND", i.detail * 6.0), 4.0)
    tubes = stalks(i.culms, count(i.detail, 12, 6), rows)
    number, t = tubes.number, tubes.along
    joint = n.math("FRACT", t * i.nodes + 0.5) - 0.5  # 0 at a joint
    ridge = n.smoothstep(abs(joint), 0.2, 0.0) * i.knot - n.smoothstep(abs(joint - 0.17), 0.2, 0.0) * i.knot * 0.3
    own = draw(i.seed, 6, 0.7, 1.1, number)
    taper = n.float_curve(t, [(0, 1.0), (0.4, 0.8), (0.75, 0.42), (1, 0.06)])
    mesh = stalk(tubes, _culm(i, number), i.radius * own * taper * (1.0 + ridge))
    years = draw(i.seed, 7, of=number)
    cane = n.mix(n.smoothstep(years, 0.45, 1.0) * 0.9, i.color, i.old_color)
    wax = n.smoothstep(joint, -0.2, -0.03) * n.smoothstep(joint, 0.01, -0.03)
    scar = n.smoothstep(abs(joint), 0.05, 0.0)
    tint = n.mix(wax * 0.5, tinted(cane, draw(i.seed, 8, 0.85, 1.12, number)), n.color((0.5, 0.52, 0.42)))
    mesh = n.store(mesh, "tint", n.mix(scar * 0.7, tint, n.color((0.14, 0.11, 0.06))))
    return n.store(n.store(mesh, "age", years), "random", own)  # type: ignore[return-value]


@grouped("Bamboo Spray")
def _spray(i: Inputs, seed: Socket) -> tuple[Socket, Socket]:
    """A branch along +X that rises and arches over, with branchlets to both sides; each ends in a fan of leaves that hang."""
    fans = n.maximum(n.math("ROUND", i.sprays / FAN), 1.0)
    branch = Arc((0.0, 0.0, 0.0), 0.0, lambda t: 0.65 + t * 1.05, i.twig)
    sheet = sheets(fans * FAN, 2, count(i.detail, 7, 3))
    number, s = sheet.number, sheet.along
    fan = n.math("FLOOR", (number + 0.5) / FAN)
    tip = _branchlet(i, branch, fan, fans, seed, 1.0)
    rank = number - fan * FAN  # the last leaf goes on as its branchlet did, the others stand to both sides behind it
    side = n.math("MODULO", rank, 2.0) * 2.0 - 1.0
    back = (FAN - 1.0 - rank) / (FAN - 1.0)
    root = _branchlet(i, branch, fan, fans, seed, 1.0 - back * 0.3)
    heading = n.math("ARCTAN2", (tip - root).y + side * back * 1e-4, (tip - root).x + 1e-5)
    heading = n.mix(n.minimum(back * 8.0, 1.0), _heading(fan, seed), heading)
    azimuth = heading + side * back * 0.75 + draw(seed, 12, -0.3, 0.3, number)
    lean = n.mix(back, 1.75, 1.5) + draw(seed, 13, -0.3, 0.35, number)
    bent = draw(seed, 14, 0.25, 0.85, number)
    size = draw(seed, 15, 0.7, 1.1, number)
    arc = Arc(root, azimuth, lambda t: lean + t * bent, i.leaf * size)
    outline = n.float_curve(s, [(0, 0.1), (0.07, 0.5), (0.3, 1.0), (0.65, 0.7), (0.9, 0.2), (1, 0.03)])
    mesh = lay(sheet, arc, i.leaf_width * 0.5 * size * outline, cup=0.4)
    leaves = marked(mesh, tinted(i.leaf_color, draw(seed, 16, 0.8, 1.2, number)), draw(seed, 17, of=number))
    tubes = stalks(fans + 1.0, 4, 6)
    k, t = tubes.number, tubes.along
    main = k > fans - 0.5
    spot = frame(branch, t)
    centre = n.switch(main, _branchlet(i, branch, k, fans, seed, t), spot.point)
    thick = i.twig * 0.0045 * n.switch(main, 0.4, 1.15 - t * 0.8)
    ring = (spot.right * n.cos(tubes.angle) - spot.face * n.sin(tubes.angle)) * thick
    wood = n.set_position(tubes.mesh, centre + ring)
    return leaves, n.store(wood, "tint", tinted(i.color, 1.1))  # type: ignore[return-value]


def _heading(fan: Socket, seed: Socket) -> Socket:
    """To which side a branchlet leaves its branch, rad."""
    side = n.math("MODULO", fan, 2.0) * 2.0 - 1.0
    return side * draw(seed, 11, 0.45, 1.1, fan)


def _branchlet(i: Inputs, branch: Arc, fan: Socket, fans: Socket, seed: Socket, t: Input) -> Socket:
    """A place on a branchlet: it leaves its branch aslant and hangs a little; the last one is the branch's own end."""
    share = (fan + 1.0) / fans
    last = fan > fans - 1.5
    foot = frame(branch, n.mix(share, 0.12, 0.97))
    away = _heading(fan, seed)
    long = i.twig * n.switch(last, n.mix(share, 0.42, 0.2), 0.05) * draw(seed, 18, 0.7, 1.1, fan)
    way = foot.forward * n.cos(away) + foot.right * n.sin(away) * -1.0
    hang = n.combine_xyz(0.0, 0.0, -0.3) * n.math("MULTIPLY", t, t)
    return foot.point + (way * t + hang) * long


@grouped("Bamboo Twigs")
def _twigs(i: Inputs, sprays: Socket) -> Socket:
    """Twigs at the joints from `bare` up, on alternating sides, shorter towards the tip."""
    points = n.points(i.culms * i.nodes * i.twigs)
    number = n.index()
    joint = n.math("FLOOR", (number + 0.5) / n.maximum(i.twigs, 1))
    culm = n.math("FLOOR", (joint + 0.5) / n.maximum(i.nodes, 1))
    place = (joint - culm * i.nodes + 1.0) / n.maximum(i.nodes, 1)
    at = frame(_culm(i, culm), place)
    points, there = n.capture(points, (place > i.bare + draw(i.seed, 21, -0.08, 0.08, culm)) & (place < 1.02))
    azimuth = joint * (TAU / 2) + culm * 2.1 + draw(i.seed, 22, -0.9, 0.9, number)
    tilt = draw(i.seed, 23, -0.35, 0.25, number)
    points, turned = n.capture(points, n.combine_xyz(draw(i.seed, 24, -0.3, 0.3, number), tilt, azimuth))
    points, size = n.capture(points, n.mix(place, 1.1, 0.5) * draw(i.seed, 25, 0.6, 1.1, number))
    points, pick = n.capture(points, n.math("FLOOR", draw(i.seed, 26, 0.0, 2.99, number)))
    points, own = n.capture(points, draw(i.seed, 27, of=number))
    points = n.set_position(points, at.point)
    made = n.instance_on(points, sprays, rotation=turned, scale=size, selection=there, pick=pick)
    return n.store(made, "age", own * 0.6, domain="INSTANCE")  # type: ignore[return-value]


BAMBOO = Family(
    "bamboo", "Bamboo", "Ground", BambooParams, build, PRESETS, "A clump of jointed culms with sprays of narrow leaves"
)
