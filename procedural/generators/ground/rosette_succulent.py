"""Rosette succulents: plump, waxy, pointed leaves in golden-angle spirals, as echeverias and houseleeks have them, with offsets."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.field_nodes import first_output
from ...graph.parts import grouped
from ...materials import shared
from ...materials.herb import SUCCULENT, SucculentParams
from ...parts.leaves import Arc, frame, marked, tinted
from ...parts.plant_parts import GOLDEN_ANGLE, direction, draw, tubes
from ...parts.shapes import count
from ..base import Family


@dataclass(frozen=True)
class RosetteSucculentParams:
    """Metres and radians."""

    leaves: int = param(44, "Leaves of the rosette", min=6, max=200, panel="Rosette", usual=(36, 54))
    radius: float = param(
        0.06, "Radius of the rosette", min=0.005, max=0.5, unit="m", panel="Rosette", usual=(0.045, 0.08)
    )
    open: float = param(
        1.25, "Lean of the outermost leaves", min=0.2, max=1.7, unit="rad", panel="Rosette", usual=(1.05, 1.4)
    )
    heart: float = param(
        0.1, "Lean of the innermost leaves", min=0.0, max=0.8, unit="rad", panel="Rosette", usual=(0.05, 0.2)
    )
    disorder: float = param(0.25, "How much leaves differ", min=0.0, max=1.0, panel="Rosette", usual=(0.15, 0.4))
    offsets: int = param(0, "Smaller rosettes around it", min=0, max=40, panel="Rosette")
    offset_size: float = param(0.42, "Their size", min=0.1, max=1.0, panel="Rosette", usual=(0.35, 0.5))
    width: float = param(0.5, "Width of a leaf by its length", min=0.08, max=1.0, panel="Leaves", usual=(0.42, 0.58))
    thickness: float = param(0.15, "Thickness by its length", min=0.03, max=0.6, panel="Leaves", usual=(0.12, 0.18))
    belly: float = param(0.68, "Where along it a leaf is widest", min=0.2, max=0.85, panel="Leaves", usual=(0.62, 0.74))
    hollow: float = param(0.4, "How hollow the upper side is", min=-1.0, max=1.0, panel="Leaves", usual=(0.25, 0.55))
    curl: float = param(
        -0.6, "How far leaves curve: up below zero", min=-2.0, max=1.5, unit="rad", panel="Leaves", usual=(-0.8, -0.35)
    )
    point: float = param(0.5, "Length of the point at the tip", min=0.0, max=1.0, panel="Leaves", usual=(0.3, 0.7))
    color: tuple[float, ...] = param(
        (0.17, 0.3, 0.23), "Colour of the leaves, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    tip: tuple[float, ...] = param(
        (0.5, 0.07, 0.1), "Colour of tips and rims in the sun", min=0, max=1, panel="Colour", spread=0.2
    )
    blush: float = param(0.45, "How far that colour reaches", min=0.0, max=1.0, panel="Colour", usual=(0.2, 0.7))
    seed: int = param(0, "Another plant of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "echeveria": RosetteSucculentParams(),
    "houseleek": RosetteSucculentParams(
        leaves=70, radius=0.04, width=0.36, thickness=0.14, belly=0.62, point=0.8, offsets=9, color=(0.13, 0.24, 0.07),
        tip=(0.3, 0.04, 0.05), blush=0.5, open=1.2, curl=-0.5,
    ),
    "ghost_plant": RosetteSucculentParams(
        leaves=26, radius=0.05, width=0.42, thickness=0.2, belly=0.64, point=0.7, offsets=5, offset_size=0.65, hollow=0.1,
        color=(0.36, 0.36, 0.34), tip=(0.5, 0.26, 0.3), blush=0.6, open=1.3, disorder=0.6,
    ),
    "black_aeonium": RosetteSucculentParams(
        leaves=64, radius=0.085, width=0.34, thickness=0.06, belly=0.76, point=0.35, color=(0.05, 0.09, 0.03), tip=(0.04, 0.008, 0.018),
        blush=0.95, hollow=0.25, open=1.35, curl=-0.35,
    ),
}  # fmt: skip


def build(p: RosetteSucculentParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of RosetteSucculentParams."""
    skin = shared(SUCCULENT, SucculentParams(color=p.color, prints=0.1, size=0.015), "Rosette Succulent")
    with new_tree("Rosette Succulent", p) as tree:
        i = tree.i
        material = tree.material_input("Leaf Material", skin, "What the leaves are made of")
        rosette = n.set_material(n.shade_smooth(_rosette(i)), material)
        tree.o.geometry << n.join(rosette, _offsets(i, rosette))
    return tree.data


@grouped("Succulent Rosette")
def _rosette(i: Inputs) -> Socket:
    copies = tubes(i.leaves, count(i.detail, 16, 6), count(i.detail, 20, 7))
    number, s = copies.number, copies.along
    youth = (number + 0.5) / n.maximum(i.leaves, 1)
    stray = [draw(i.seed, salt, -1.0, 1.0, number) * i.disorder for salt in range(1, 6)]
    azimuth = number * GOLDEN_ANGLE + i.seed * 1.3 + stray[0] * 0.2
    lean = n.mix(n.math("POWER", youth, 0.85), i.open, i.heart) + stray[1] * 0.15
    size = n.float_curve(youth, [(0, 0.9), (0.2, 1.0), (0.6, 0.74), (0.85, 0.42), (1, 0.16)]) * (1.0 + stray[2] * 0.12)
    length = i.radius * size
    curl = i.curl + stray[3] * 0.3
    # leaves sit on a short cone: older ones lower and further out
    root = direction(azimuth) * (i.radius * 0.07 * (1.0 - youth)) + n.combine_xyz(
        0.0, 0.0, i.radius * (0.08 + youth * 0.16)
    )
    at = frame(Arc(root, azimuth, lambda t: lean + t * curl, length), s)
    below = n.math("POWER", n.sin(n.minimum(s / i.belly, 1.0) * 1.5708), 0.75)
    past = n.maximum(s - i.belly, 0.0) / (1.0 - i.belly)
    round_end = n.sqrt(n.maximum(1.0 - past * past, 0.0))
    spike = n.math("POWER", n.maximum(1.0 - past, 0.0), 0.75) * 0.92 + n.smoothstep(past, 1.0, 0.6) * 0.08
    outline = n.maximum(n.mix(0.75 * i.point + 0.1, round_end, spike) * n.mix(below, 0.3, 1.0), 0.012)
    half = length * i.width * 0.5 * outline
    thick = length * i.thickness * 0.5 * n.maximum(n.math("POWER", outline, 0.7), 0.02) * n.mix(s, 1.15, 0.8)
    x, z = n.cos(copies.angle), n.sin(copies.angle)
    upper = n.smoothstep(z, 0.0, 0.5)
    keel = n.maximum(z * -1.0, 0.0) * n.smoothstep(abs(x), 0.5, 0.0) * thick * 0.35 * n.smoothstep(s, 0.2, 0.8)
    dish = half * i.hollow * (x * x * 0.55 - upper * (1.0 - x * x) * 0.1)
    lift = z * thick * n.mix(upper, 1.0, 0.75) + dish - keel
    mesh = n.set_position(copies.mesh, at.point + at.right * (x * half) + at.face * lift)
    mesh = first_output("GeometryNodeFlipFaces", mesh)  # right, upper side, along: a left hand's order
    place = n.combine_xyz(x * 0.5 + 0.5, s, 0.0)
    mesh, uv = n.capture(mesh, place)
    mesh = first_output(
        "GeometryNodeStoreNamedAttribute", data_type="FLOAT2", domain="CORNER", geometry=mesh, name="UVMap", value=uv
    )
    rim = n.smoothstep(abs(x), 0.82, 1.0) * n.smoothstep(s, 0.3, 0.8)
    sunny = n.smoothstep(s + rim * 0.3 + stray[4] * 0.1 + i.blush * 0.75 - youth * 0.1, 1.0, 1.5)
    base = n.mix(
        n.smoothstep(youth, 0.55, 1.0) * 0.4, i.color, tinted(n.mix(0.3, i.color, n.color((0.3, 0.42, 0.18))), 1.25)
    )
    pale = n.mix(n.smoothstep(s, 0.35, 0.0) * 0.4, base, n.color((0.35, 0.4, 0.24)))
    tint = n.mix(n.maximum(sunny, rim * n.minimum(i.blush * 2.0, 1.0) * 0.7), pale, i.tip)
    return marked(mesh, tint, draw(i.seed, 8, of=number), 1.0 - youth)


@grouped("Succulent Offsets")
def _offsets(i: Inputs, rosette: Socket) -> Socket:
    """Young rosettes that crowd about the foot, leaning outwards."""
    points = n.points(i.offsets)
    number = n.index()
    around = number * GOLDEN_ANGLE + draw(i.seed, 21, -0.3, 0.3, number)
    out = i.radius * (0.66 + 0.26 * n.math("FLOOR", number / 7.0) + draw(i.seed, 22, -0.1, 0.15, number))
    size = i.offset_size * draw(i.seed, 23, 0.6, 1.15, number)
    points = n.set_position(points, direction(around) * out)
    points, turned = n.capture(points, n.combine_xyz(0.0, draw(i.seed, 24, 0.1, 0.4, number), around))
    points, size = n.capture(points, size)
    return n.instance_on(points, rosette, rotation=turned, scale=size)


ROSETTE_SUCCULENT = Family(
    "rosette_succulent", "Rosette Succulent", "Ground", RosetteSucculentParams, build, PRESETS,
    "A rosette of plump, waxy leaves, alone or with offsets",
)  # fmt: skip
