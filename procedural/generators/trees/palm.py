"""Palm: a ringed trunk that leans and curves up, and a crown of arching, feathered fronds. All of it a graph."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, current_tree, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...graph.sockets import Input
from ...materials import shared
from ...materials.bark import PALM as PALM_BARK
from ...materials.leaf import NEEDLE, NeedleParams
from ...materials.plain import PLAIN, PlainParams
from ...parts.plant_parts import GOLDEN_ANGLE, draw, points, tube
from ...parts.shapes import count
from ..base import Family

VARIANTS = 4


@dataclass(frozen=True)
class PalmParams:
    """Metres and radians; `length` is a grown frond's."""

    height: float = param(9.0, "Height of the trunk", min=0.1, max=30.0, unit="m", panel="Trunk", usual=(8.4, 9.6))
    radius: float = param(0.15, "Radius of the trunk", min=0.02, max=1.0, unit="m", panel="Trunk", usual=(0.13, 0.18))
    lean: float = param(0.45, "Lean at the foot", min=0.0, max=1.2, unit="rad", panel="Trunk", usual=(0.15, 0.65))
    bend: float = param(
        -0.55,
        "How far it turns on its way: upright below zero",
        min=-1.5,
        max=1.5,
        unit="rad",
        panel="Trunk",
        usual=(-0.75, -0.2),
    )
    foot: float = param(0.75, "How much thicker the foot is", min=0.0, max=3.0, panel="Trunk", usual=(0.4, 1.0))
    rings: float = param(0.075, "From ring to ring", min=0.02, max=0.5, unit="m", panel="Trunk", usual=(0.06, 0.09))
    fronds: int = param(26, "Number of fronds", min=3, max=80, panel="Fronds", usual=(22, 30))
    length: float = param(3.6, "Length of a grown frond", min=0.2, max=10.0, unit="m", panel="Fronds", usual=(3.1, 4.1))
    open: float = param(
        1.75, "Lean of the lowest fronds", min=0.3, max=2.8, unit="rad", panel="Fronds", usual=(1.5, 2.0)
    )
    heart: float = param(
        0.15, "Lean of the youngest fronds", min=0.0, max=1.0, unit="rad", panel="Fronds", usual=(0.08, 0.25)
    )
    arch: float = param(
        1.25, "How far fronds arch over", min=0.0, max=2.5, unit="rad", panel="Fronds", usual=(1.0, 1.5)
    )
    leaflets: int = param(46, "Pairs of leaflets", min=6, max=120, panel="Leaflets", usual=(42, 52))
    leaflet: float = param(
        0.62, "Length of a leaflet", min=0.03, max=2.0, unit="m", panel="Leaflets", usual=(0.52, 0.7)
    )
    width: float = param(
        0.05, "Width of a leaflet", min=0.004, max=0.3, unit="m", panel="Leaflets", usual=(0.042, 0.058)
    )
    hang: float = param(0.7, "How far leaflets hang", min=0.0, max=1.6, panel="Leaflets", usual=(0.4, 1.0))
    fruit: int = param(14, "Coconuts under the crown", min=0, max=40, panel="Fruit", usual=(6, 20))
    dry: float = param(0.2, "Share of the fronds that have dried", min=0.0, max=1.0, panel="Colour", usual=(0.05, 0.35))
    color: tuple[float, ...] = param(
        (0.085, 0.175, 0.035), "Fronds, linear RGB", min=0, max=1, panel="Colour", spread=0.25
    )
    wind: float = param(0.0, "Strength of the wind, with the scene's time", min=0.0, max=2.0, panel="Wind")
    seed: int = param(0, "Another palm of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "palm": PalmParams(),
    "date_palm": PalmParams(
        height=7.0, radius=0.24, lean=0.06, bend=0.0, foot=0.35, rings=0.13, fronds=46, length=3.4, open=2.25, arch=0.85, leaflets=56,
        leaflet=0.36, width=0.024, hang=0.12, fruit=0, dry=0.25, color=(0.115, 0.17, 0.085),
    ),
    "young_palm": PalmParams(
        height=1.1, radius=0.11, lean=0.1, bend=-0.1, foot=0.6, rings=0.06, fronds=15, length=2.6, open=1.25, heart=0.1, arch=1.1,
        leaflets=36, leaflet=0.55, width=0.05, hang=0.45, fruit=0, dry=0.05, color=(0.1, 0.21, 0.035),
    ),
}  # fmt: skip


def build(p: PalmParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of PalmParams."""
    green = NeedleParams(color=(0.085, 0.175, 0.035), bloom=0.08, roughness=0.38, translucency=0.3, vary=0.3)
    with new_tree("Palm", p) as tree:
        i = tree.i
        bark = tree.material_input("Bark", shared(PALM_BARK, name="Palm Bark"), "What the trunk is made of")
        leaf = tree.material_input("Frond Material", shared(NEEDLE, green, "Palm Frond"), "What the fronds are made of")
        nut = tree.material_input(
            "Fruit Material",
            shared(PLAIN, PlainParams(color=(0.16, 0.15, 0.04), roughness=0.45, bump=0.001), "Coconut"),
            "Fruit",
        )
        with tree.frame("Trunk"):
            trunk = n.set_material(_trunk(i), bark)
        with tree.frame("Crown"):
            fronds = _crown(i, leaf)
        with tree.frame("Fruit"):
            fruit = n.set_material(_fruit(i), nut)
        tree.o.geometry << n.join(trunk, fronds, fruit)
    return tree.data


def _path(i: Inputs, along: Input) -> tuple[Socket, Socket]:
    """The trunk's axis: place, and angle from the vertical; it leans to the right and moves in the wind."""
    seconds = n.node("GeometryNodeInputSceneTime")["Seconds"]
    gust = n.noise(n.combine_xyz(seconds * 0.5, 0.0, 0.0), scale=1.0, detail=1.0, w=i.seed) * i.wind * 0.1
    lean = i.lean * (0.6 + 0.4 * n.sin(i.seed * 1.3))
    bend = i.bend * (0.6 + 0.4 * n.sin(i.seed * 1.3)) + gust
    turn = lean + bend * along
    chord = lean + bend * along * 0.5
    azimuth = i.seed * 2.1
    out = n.combine_xyz(n.cos(azimuth), n.sin(azimuth), 0.0)
    wobble = n.noise_vector(n.combine_xyz(0.0, 0.0, along * i.height * 0.35), scale=1.0, detail=0.0, w=i.seed) * (
        0.5 * along
    )  # type: ignore[operator]
    flat = n.combine_xyz(wobble.x, wobble.y, 0.0)
    return (out * n.sin(chord) + n.combine_xyz(0.0, 0.0, n.cos(chord))) * (i.height * along) + flat, turn


@grouped("Palm Trunk")
def _trunk(i: Inputs) -> Socket:
    shape = tube(
        count(n.minimum(i.detail, 3.0), 22, 6),
        n.maximum(n.math("ROUND", i.height / i.rings * n.minimum(i.detail * 2.0, 4.0)), 6.0),
    )
    place, turn = _path(i, shape.along)
    metres = shape.along * i.height
    swell = (
        1.0
        + i.foot * n.math("EXPONENT", metres / (i.radius * -2.2))
        + 0.22 * n.math("EXPONENT", (i.height - metres) / (i.radius * -3.0))
    )
    saw = n.math("FRACT", metres / i.rings)
    radius = i.radius * (1.0 - 0.28 * shape.along) * swell * (1.0 + 0.05 * (1.0 - saw) * n.minimum(i.detail, 1.0))
    azimuth = i.seed * 2.1
    out = n.combine_xyz(n.cos(azimuth), n.sin(azimuth), 0.0)
    side = n.combine_xyz(n.sin(azimuth) * -1.0, n.cos(azimuth), 0.0)
    level = out * n.cos(turn) - n.combine_xyz(0.0, 0.0, n.sin(turn))
    ring = side * n.sin(shape.angle) + level * n.cos(shape.angle)
    roots = n.noise(n.combine_xyz(n.cos(shape.angle), n.sin(shape.angle), 0.0), scale=3.0, detail=1.0, w=i.seed) - 0.4
    radius = radius * (1.0 + roots * 0.35 * i.foot * n.math("EXPONENT", metres / (i.radius * -1.0)))
    mesh = n.set_position(shape.mesh, n.vector_math("MAXIMUM", place + ring * radius, (-1e4, -1e4, 0.0)))
    mesh = n.store(mesh, "limb", n.combine_xyz(n.cos(shape.angle) * i.radius, n.sin(shape.angle) * i.radius, metres))
    mesh = n.store(n.store(mesh, "bark", 1.0), "age", 1.0 - shape.along)
    return n.shade_smooth(mesh)


@grouped("Palm Crown")
def _crown(i: Inputs, material: Socket) -> Socket:
    """Fronds in a golden-angle spiral, the youngest upright; each an instance of one of a few, turned, sized, coloured."""
    kinds = [
        # the kind is a socket, so that all are one group
        n.node(
            "GeometryNodeGeometryToInstance", n.set_material(_frond(i, n.math("ADD", 0.0, float(number))), material)
        ).as_socket()
        for number in range(VARIANTS)
    ]
    cloud, number = points(i.fronds)
    age = (number + 0.5) / n.maximum(i.fronds, 1.0)  # 1 the oldest, lowest
    seconds = n.node("GeometryNodeInputSceneTime")["Seconds"]
    flutter = n.noise(n.combine_xyz(number * 3.7, seconds * 1.2, 0.0), scale=1.0, detail=1.0) - 0.5
    azimuth = number * GOLDEN_ANGLE + draw(i.seed, 1, -0.2, 0.2, of=number) + flutter * i.wind * 0.35
    lean = (
        n.mix(n.math("POWER", age, 1.2), i.heart, i.open)
        + draw(i.seed, 2, -0.15, 0.15, of=number)
        + flutter * i.wind * 0.25
    )
    top, _ = _path(i, 1.0)
    root = (
        top
        + n.combine_xyz(n.cos(azimuth), n.sin(azimuth), 0.0) * (i.radius * 0.5)
        - n.combine_xyz(0.0, 0.0, age * i.radius * 2.2)
    )
    cloud = n.set_position(cloud, root)
    turn = n.combine_xyz(0.0, lean, azimuth)
    size = n.float_curve(age, [(0, 0.62), (0.2, 0.95), (0.6, 1.0), (1, 0.85)]) * draw(i.seed, 3, 0.88, 1.08, of=number)
    # Kinds differ in how far they arch: the young ones least
    pick = n.math("FLOOR", n.clamp(age + draw(i.seed, 4, -0.12, 0.12, of=number), 0.0, 0.99) * VARIANTS)
    made = n.instance_on(cloud, n.join(*kinds), rotation=turn, scale=n.combine_xyz(size, size, size), pick=pick)
    dried = n.smoothstep(
        age + draw(i.seed, 5, -0.06, 0.06, of=number), 1.0 - i.dry * 0.8, 1.1 - i.dry * 0.8
    ) * n.minimum(i.dry * 20.0, 1.0)
    fresh = n.mix(age * 0.5, n.mix(1.0, i.color, n.color((1.35, 1.25, 0.9)), blend="MULTIPLY"), i.color)
    tint = n.mix(dried, fresh, n.color((0.3, 0.2, 0.09)))
    made = n.store(made, "tint", tint, domain="INSTANCE")
    return n.store(made, "age", age, domain="INSTANCE")  # type: ignore[return-value]


def _spine(i: Inputs, arch: Socket, along: Input) -> tuple[Socket, Socket]:
    """A frond's midrib, from the origin upwards and over towards +X: place and angle from the vertical."""
    turn = arch * along
    chord = turn * 0.5
    return n.combine_xyz(n.sin(chord), 0.0, n.cos(chord)) * (i.length * along), turn  # type: ignore[operator]


@grouped("Palm Frond")
def _frond(i: Inputs, kind: Socket) -> Socket:
    arch = i.arch * (0.55 + kind * 0.27)
    seed = i.seed * 7 + kind * 17
    # The midrib
    rib = tube(5.0, count(i.detail, 14, 5))
    place, turn = _spine(i, arch, rib.along)
    thick = i.length * 0.0095 * (1.0 - rib.along * 0.88) * (1.0 + 1.4 * n.math("EXPONENT", rib.along * -14.0))
    normal = n.combine_xyz(n.cos(turn), 0.0, n.sin(turn) * -1.0)
    rim = n.combine_xyz(0.0, 1.0, 0.0) * (n.sin(rib.angle) * 1.5) + normal * n.cos(rib.angle)
    stalk = n.store(n.set_position(rib.mesh, place + rim * thick), "thin", False, domain="FACE")
    # Leaflets in two rows, hanging and swept towards the tip
    sheet = current_tree().add(
        "GeometryNodeMeshGrid", size_x=2.0, size_y=1.0, vertices_x=3, vertices_y=count(i.detail, 5, 3)
    )
    blade, at = n.capture(sheet["Mesh"], n.position())
    uv = n.combine_xyz(at.x * 0.5 + 0.5, at.y + 0.5, 0.0)
    blade = n.node(
        "GeometryNodeStoreNamedAttribute", data_type="FLOAT2", domain="CORNER", geometry=blade, name="UVMap", value=uv
    ).as_socket()
    cloud, number = points(i.leaflets * 2.0)
    both = n.realize(n.instance_on(cloud, blade))
    x, y = at.x, at.y + 0.5
    left = n.math("PINGPONG", number, 1.0) * 2.0 - 1.0
    share = n.math("FLOOR", number * 0.5) / i.leaflets
    along = 0.14 + share * 0.86 + draw(seed, 1, -0.006, 0.006, of=number)
    root, lean = _spine(i, arch, along)
    ahead = n.combine_xyz(n.sin(lean), 0.0, n.cos(lean))
    up = n.combine_xyz(n.cos(lean) * -1.0, 0.0, n.sin(lean))
    sweep = n.mix(share, 1.25, 0.45) + draw(seed, 2, -0.12, 0.12, of=number)
    raised = draw(seed, 3, -0.05, 0.35, of=number)
    out = n.combine_xyz(0.0, left * n.sin(sweep), 0.0) + ahead * n.cos(sweep) + up * raised
    size = (
        i.leaflet
        * n.float_curve(share, [(0, 0.45), (0.15, 0.85), (0.4, 1.0), (0.75, 0.8), (1, 0.4)])
        * draw(seed, 4, 0.88, 1.08, of=number)
    )
    # What is down for a frond that its instance will lean as the kind's usual ones
    usual = n.mix(n.math("POWER", (kind + 0.5) / VARIANTS, 1.2), i.heart, i.open)
    down = n.combine_xyz(n.sin(usual), 0.0, n.cos(usual) * -1.0)
    droop = down * (i.hang * draw(seed, 5, 0.7, 1.2, of=number))
    centre = root + (out * y + (droop + up * 0.25) * y * y) * size
    half = i.width * 0.5 * n.float_curve(y, [(0, 0.35), (0.2, 0.9), (0.5, 1.0), (1, 0.04)])
    across = out.cross(up).normalized()
    fold = n.math("ABSOLUTE", x) * half * 0.5
    both = n.set_position(both, centre + across * (x * half) + up * (fold * -1.0))
    both = n.store(n.store(both, "thin", True, domain="FACE"), "random", draw(seed, 6, of=number))
    return n.shade_smooth(n.store(n.join(stalk, both), "leaf", 1.0))


@grouped("Coconuts")
def _fruit(i: Inputs) -> Socket:
    top, _ = _path(i, 1.0)
    cloud, number = points(i.fruit)
    azimuth = number * GOLDEN_ANGLE + i.seed
    out = n.combine_xyz(n.cos(azimuth), n.sin(azimuth), 0.0) * (i.radius * draw(i.seed, 31, 1.2, 2.0, of=number))
    down = n.combine_xyz(0.0, 0.0, i.radius * draw(i.seed, 32, -3.8, -2.0, of=number))
    cloud = n.set_position(cloud, top + out + down)
    nut = n.sphere(10, 7, 0.13)
    size = draw(i.seed, 33, 0.75, 1.1, of=number)
    made = n.realize(
        n.instance_on(
            cloud, nut, rotation=n.combine_xyz(0.3, 0.0, azimuth), scale=n.combine_xyz(size, size, size * 1.2)
        )
    )
    return n.shade_smooth(made)


PALM = Family("palm", "Palm", "Trees", PalmParams, build, PRESETS, "A ringed trunk under a crown of feathered fronds")
