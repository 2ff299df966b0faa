"""Agave: a rosette of thick, channelled leaves in a golden-angle spiral, with marginal teeth and a spine at each tip."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.herb import SUCCULENT, SucculentParams
from ...parts.plant_parts import GOLDEN_ANGLE, Copies, draw, tubes
from ...parts.shapes import count
from ..base import Family


@dataclass(frozen=True)
class AgaveParams:
    """Metres and radians; `length` is a grown leaf's, along its midrib."""

    leaves: int = param(38, "Number of leaves", min=5, max=120, panel="Leaves", usual=(28, 48))
    length: float = param(
        0.55, "Length of a grown leaf", min=0.05, max=2.5, unit="m", panel="Leaves", usual=(0.42, 0.7)
    )
    width: float = param(
        0.09, "Width of a grown leaf", min=0.01, max=0.5, unit="m", panel="Leaves", usual=(0.075, 0.11)
    )
    thickness: float = param(
        0.022, "Thickness at the foot", min=0.002, max=0.1, unit="m", panel="Leaves", usual=(0.018, 0.028)
    )
    belly: float = param(0.55, "Where along it a leaf is widest", min=0.1, max=0.8, panel="Leaves", usual=(0.42, 0.62))
    channel: float = param(0.35, "How far the rims are raised", min=0.0, max=1.0, panel="Leaves", usual=(0.2, 0.5))
    open: float = param(
        1.35, "Lean of the outermost leaves", min=0.2, max=1.7, unit="rad", panel="Rosette", usual=(1.1, 1.5)
    )
    heart: float = param(
        0.06, "Lean of the innermost leaves", min=0.0, max=0.8, unit="rad", panel="Rosette", usual=(0.03, 0.12)
    )
    curl: float = param(
        -0.25,
        "How far leaves turn on their way: up below zero",
        min=-1.5,
        max=1.5,
        unit="rad",
        panel="Rosette",
        usual=(-0.6, 0.25),
    )
    disorder: float = param(0.35, "How much leaves differ", min=0.0, max=1.0, panel="Rosette", usual=(0.2, 0.6))
    teeth: int = param(22, "Teeth on a rim, 0 for none", min=0, max=60, panel="Spines", usual=(16, 28))
    tooth: float = param(0.006, "Length of a tooth", min=0.0, max=0.03, unit="m", panel="Spines", usual=(0.004, 0.008))
    spine: float = param(
        0.03, "Length of the spine at the tip", min=0.0, max=0.1, unit="m", panel="Spines", usual=(0.02, 0.04)
    )
    color: tuple[float, ...] = param(
        (0.16, 0.27, 0.19), "Colour of the leaves, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    margin: tuple[float, ...] = param(
        (0.17, 0.26, 0.15), "Colour of the rims", min=0, max=1, panel="Colour", spread=0.15
    )
    dead: float = param(
        0.25, "Share of the outer leaves' tips that has dried", min=0.0, max=1.0, panel="Colour", usual=(0.0, 0.5)
    )
    seed: int = param(0, "Another plant of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "agave": AgaveParams(),
    "variegated_agave": AgaveParams(
        leaves=32, length=0.75, width=0.1, curl=0.5, open=1.3, margin=(0.62, 0.55, 0.2), teeth=16, dead=0.15
    ),
    "artichoke_agave": AgaveParams(
        leaves=60, length=0.24, width=0.11, thickness=0.02, belly=0.62, open=1.2, curl=-0.55, channel=0.25, tooth=0.007,
        teeth=14, spine=0.025, color=(0.2, 0.32, 0.29), margin=(0.2, 0.3, 0.26), dead=0.0,
    ),
}  # fmt: skip


def build(p: AgaveParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of AgaveParams."""
    skin = shared(SUCCULENT, SucculentParams(color=(0.16, 0.27, 0.19), bloom=0.4, prints=0.4), "Agave")
    with new_tree("Agave", p) as tree:
        i = tree.i
        material = tree.material_input("Leaf Material", skin, "What the leaves are made of")
        with tree.frame("Leaves"):
            leaves = _leaves(i)
        tree.o.geometry << n.set_material(n.shade_smooth(leaves), material)
    return tree.data


def _leaves(i: Inputs) -> Socket:
    copies = tubes(i.leaves, count(i.detail, 14, 6), count(i.detail, 56, 10))
    # 0 the oldest, outermost leaf; 1 the youngest, in the heart
    youth = (copies.number + 0.5) / n.maximum(i.leaves, 1)
    stray = lambda salt, low, high: draw(i.seed, salt, low, high, of=copies.number) * i.disorder  # noqa: E731
    azimuth = copies.number * GOLDEN_ANGLE + i.seed * 1.7 + stray(1, -0.25, 0.25)
    lean = n.mix(n.math("POWER", youth, 0.75), i.open, i.heart) + stray(2, -0.15, 0.15)
    curl = i.curl * (1.15 - youth) + stray(3, -0.25, 0.25)
    size = n.float_curve(youth, [(0, 0.82), (0.3, 1.0), (0.75, 0.85), (1, 0.55)]) * (1.0 + stray(4, -0.15, 0.1))
    length = i.length * size
    s = copies.along
    with_spine = length + i.spine
    on_blade = n.clamp(s * with_spine / length)
    # Outline: narrow neck, belly, a long point; then the spine
    neck = n.mix(n.smoothstep(on_blade, 0.0, i.belly), 0.62, 1.0)
    point = n.math("POWER", 1.0 - n.smoothstep(on_blade, i.belly, 1.03) ** 1.4, 0.8)
    saw = n.math("PINGPONG", on_blade * i.teeth, 0.5) * 2.0
    tooth = (
        n.math("POWER", saw, 3.0)
        * i.tooth
        * size
        * (i.teeth > 0)
        * n.smoothstep(on_blade, 0.06, 0.16)
        * (on_blade < 0.96)
    )
    rim = n.math("POWER", n.math("ABSOLUTE", n.cos(copies.angle)), 8.0)
    half = i.width * 0.5 * size * neck * point + n.mix(on_blade, 0.0025, 0.0012) * size
    thick = i.thickness * 0.5 * size * n.mix(on_blade, 1.0, 0.3) * n.maximum(point, 0.12)
    taper = 1.0 - n.smoothstep(s * with_spine - length, 0.0, i.spine + 1e-4) * 0.9
    shape = _blade(copies, azimuth, lean, curl, with_spine, (half + tooth * rim) * taper, thick * taper, i, size)
    # Colour: rims, dried tips, dark spines and teeth
    shape, told = n.capture(shape, _color(i, copies, on_blade, rim, saw, youth, s * with_spine - length))
    shape = n.store(shape, "tint", told)
    shape, place = n.capture(shape, n.combine_xyz(n.cos(copies.angle) * 0.5 + 0.5, on_blade, 0.0))
    shape = n.first_output(
        "GeometryNodeStoreNamedAttribute",
        data_type="FLOAT2",
        domain="CORNER",
        geometry=shape,
        name="UVMap",
        value=place,
    )
    shape = n.store(shape, "age", 1.0 - youth)
    shape = n.store(shape, "random", draw(i.seed, 9, of=copies.number))
    return n.store(shape, "leaf", 1.0)  # type: ignore[return-value]


def _blade(
    c: Copies,
    azimuth: Socket,
    lean: Socket,
    curl: Socket,
    length: Socket,
    half: Socket,
    thick: Socket,
    i: Inputs,
    size: Socket,
) -> Socket:
    """Tubes laid along arcs: flat above where they are channelled, round below."""
    s = c.along
    outward = n.combine_xyz(n.cos(azimuth), n.sin(azimuth), 0.0)
    across = n.combine_xyz(n.sin(azimuth) * -1.0, n.cos(azimuth), 0.0)
    chord = lean + curl * s * 0.5
    centre = (outward * n.sin(chord) + n.combine_xyz(0.0, 0.0, n.cos(chord))) * (length * s)
    root = outward * (n.sin(lean) * i.length * 0.06) + n.combine_xyz(0.0, 0.0, 0.02 * size)
    turn = lean + curl * s
    face = n.combine_xyz(0.0, 0.0, n.sin(turn)) - outward * n.cos(turn)
    x, y = n.cos(c.angle), n.sin(c.angle)
    wave = n.sin(s * 9.0 + azimuth * 5.0) * half * 0.12 * i.disorder
    lift = y * thick + x * x * half * i.channel * 1.1 * (1.0 - s * 0.4) + wave * x
    shape = n.set_position(c.mesh, root + centre + across * (x * half) + face * lift)
    return n.first_output("GeometryNodeFlipFaces", shape)  # across, face, along: a left hand's order


def _color(i: Inputs, c: Copies, on_blade: Socket, rim: Socket, saw: Socket, youth: Socket, past: Socket) -> Socket:
    own = draw(i.seed, 8, 0.85, 1.15, of=c.number)
    streak = n.noise(
        n.combine_xyz(n.cos(c.angle) * 6.0, c.along * 1.5, c.number * 3.1), scale=1.0, detail=3.0, w=i.seed
    )
    light = own * (0.8 + streak * 0.4)
    green = n.mix(1.0, i.color, n.combine_xyz(light, light, light * 0.98), blend="MULTIPLY")
    pale = n.mix(n.smoothstep(on_blade, 0.22, 0.0) * 0.7, green, n.color((0.42, 0.45, 0.25)))  # blanched at the foot
    edged = n.mix(n.smoothstep(rim, 0.45, 0.75), pale, i.margin)
    dried = (
        n.smoothstep(on_blade, 1.0 - i.dead * (1.0 - youth) * 0.7, 1.02) * (1.0 - youth) * n.minimum(i.dead * 6.0, 1.0)
    )
    dry = n.mix(dried, edged, n.color((0.24, 0.15, 0.07)))
    horn = n.maximum(
        n.smoothstep(past, -0.004, 0.004), n.smoothstep(rim * saw, 0.55, 0.9) * (i.teeth > 0) * (i.tooth > 0.0)
    )
    return n.mix(horn, dry, n.color((0.05, 0.018, 0.012)))


AGAVE = Family(
    "agave", "Agave", "Ground", AgaveParams, build, PRESETS, "A rosette of thick, pointed leaves with teeth and spines"
)
