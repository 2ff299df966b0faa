"""Desk lamp: a round foot, a stem that may arch over like a goose's neck, a conical shade turned to the front, its bulb."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import Inputs, Socket, current_tree, new_tree
from ..graph import nodes as n
from ..graph.sockets import Input
from ..materials.surface import surface
from ..parts.shapes import count, lathe, paint, tube
from ..parts.solids import handmade, outline
from .base import Draw, Generator, Trait, Traits

BULB = (1.0, 0.74, 0.25)
METALS = ((0.05, 0.05, 0.055), (0.50, 0.34, 0.11), (0.48, 0.48, 0.47), (0.20, 0.09, 0.035), (0.72, 0.68, 0.58))


@dataclass(frozen=True)
class LampParams:
    """Metres and radians; the shade looks down and to the front, -Y."""

    height: float = param(0.46, "Height of the stem's highest point", min=0.15, max=1.8, unit="m")
    shade_radius: float = param(0.12, "Radius of the shade's open end", min=0.04, max=0.5, unit="m", panel="Shade")
    shade_length: float = param(1.25, "Length of the shade, as a share of its radius", min=0.6, max=2.5, panel="Shade")
    shade_top: float = param(
        0.42, "Radius of the shade's narrow end, as a share of the open end's", min=0.2, max=1.0, panel="Shade"
    )
    dome: float = param(0.3, "0 makes the shade a cone, 1 a bell", min=0.0, max=1.0, panel="Shade")
    tilt: float = param(0.7, "How far the shade is turned up to the front", min=0.0, max=1.6, unit="rad", panel="Shade")
    bend: float = param(0.4, "How far the stem arches over", min=0.0, max=1.0, panel="Stem")
    thickness: float = param(0.026, "Thickness of the stem", min=0.008, max=0.1, unit="m", panel="Stem")
    foot_radius: float = param(0.1, "Radius of the foot", min=0.04, max=0.4, unit="m", panel="Foot")
    foot_height: float = param(0.04, "Height of the foot", min=0.015, max=0.2, unit="m", panel="Foot")
    bulb: float = param(0.42, "Radius of the bulb, as a share of the shade's", min=0.15, max=0.7, panel="Shade")
    metal: tuple[float, ...] = param((0.05, 0.05, 0.055), "Colour of foot and stem", min=0, max=1, panel="Foot")
    seed: int = param(0, "Other tone, other small unevenness", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.2, max=3.0)


TRAITS = {
    "height": Trait("height", 0.4, 0.72),
    "width": Trait("shade_radius", 0.085, 0.165),
    "bend": Trait("bend", 0.0, 1.0),
}


def sample(seed: int, traits: Traits | None = None) -> LampParams:
    """A lamp of this seed; `traits` (each -1..1) sets what was asked for."""
    draw = Draw(LampParams, TRAITS, seed, traits)
    height = TRAITS["height"].value(draw.traits["height"])
    shade = TRAITS["width"].value(draw.traits["width"])
    bend = TRAITS["bend"].value(draw.traits["bend"])
    return draw.params(
        shade_length=draw.uniform(1.05, 1.5),
        shade_top=draw.uniform(0.3, 0.5),
        dome=draw.uniform(0.0, 0.9),
        tilt=draw.uniform(0.45, 0.85) + 0.3 * (1.0 - bend),  # clear of a straight stem
        thickness=max(height, 0.45) * draw.uniform(0.052, 0.066),
        foot_radius=(0.06 + 0.05 * bend + 0.3 * shade) * draw.uniform(0.88, 1.15),
        foot_height=draw.uniform(0.035, 0.055),
        bulb=draw.uniform(0.4, 0.5),
        metal=draw.color(draw.choice(METALS)),
    )


def build(p: LampParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of LampParams."""
    material = surface("Lamp", (0.69, 0.48, 0.17), roughness=0.35, specular=0.5, coat=0.3)
    with new_tree("Lamp", p) as tree:
        i = tree.i
        with tree.frame("Foot"):
            foot = _foot(i)
        with tree.frame("Stem"):
            stem, tip = _stem(i)
        with tree.frame("Shade"):
            head = n.transform(_head(i), translation=tip, rotation=n.combine_xyz(-i.tilt, 0.0, 0.0))
        with tree.frame("Finish"):
            whole = handmade(n.join(foot, stem, head), i.height, i.seed, 0.03)
            tree.o.geometry << n.set_material(n.shade_smooth(whole), material)
    return tree.data


def _metal(i: Inputs, part: Input, tone: Input = 1.0) -> Socket:
    shade = n.mix(0.0, i.metal, n.color((0.0, 0.0, 0.0)))
    return paint(
        part, 0.0, 1.0, n.mix(1.0, shade, n.mix(tone, n.color((0, 0, 0)), n.color((1, 1, 1))), blend="MULTIPLY")
    )


def _foot(i: Inputs) -> Socket:
    """A thick disc with a rounded edge that rises to a collar around the stem."""
    r, h, collar = i.foot_radius, i.foot_height, i.thickness * 0.95
    shape: list[tuple[Input, Input]] = [(0.0, 0.0), (r * 0.8, 0.0), (r * 0.97, 0.0), (r, h * 0.3), (r * 0.96, h * 0.62)]
    shape += [
        (r * 0.75, h * 0.86),
        (collar * 1.5, h * 1.02),
        (collar * 0.95, h * 1.5),
        (collar * 0.7, h * 1.8),
        (0.0, h * 1.85),
    ]
    body = lathe(count(i.detail, 64, 24), count(i.detail, 44, 18))
    foot = body.shape(*outline(body.t, shape))
    return _metal(i, foot)


def _stem(i: Inputs) -> tuple[Socket, Socket]:
    """The bent tube and its upper end, where the shade hangs.

    Straight it ends at the top; arched it rises to the back and comes over to the front.
    """
    reach = i.bend * (i.height * 0.3 + i.shade_radius * 0.8)
    drop = i.bend * i.height * 0.2
    back = i.bend * i.height * 0.1
    tip = n.combine_xyz(0.0, -reach, i.height - drop)
    arch = i.height * 0.42
    bow = current_tree().add(
        "GeometryNodeCurvePrimitiveBezierSegment",
        mode="POSITION",
        resolution=count(i.detail, 40, 16),
        start=n.combine_xyz(0.0, 0.0, i.foot_height * 0.4),
        start_handle=n.combine_xyz(0.0, back * 1.6, i.height * 0.62),
        end_handle=tip + n.combine_xyz(0.0, arch * i.bend * 1.15, drop * 2.3 - (1.0 - i.bend) * arch * 0.6),
        end=tip,
    )
    stem = tube(bow, i.thickness * 0.5, count(i.detail, 20, 8))
    return _metal(i, stem), tip


def _head(i: Inputs) -> Socket:
    """Shade, socket and bulb about the stem's end at the origin, opening downward; the whole is turned afterwards."""
    r = i.shade_radius
    length = r * i.shade_length
    narrow = r * i.shade_top
    wall = n.maximum(r * 0.13, i.thickness * 0.6)
    top = length * 0.16
    low = top - length
    bow = i.dome * r * 0.3
    middle, mid_r = top - length * 0.42, (narrow + (r - narrow) * 0.42) + bow
    shape: list[tuple[Input, Input]] = [
        (0.0, top - wall * 1.1),
        (narrow * 0.6, top - wall * 1.15),
        (mid_r - wall, middle - wall * 0.3),
        (r - wall * 1.05, low + wall * 0.4),
        (r - wall * 0.55, low),
        (r, low + wall * 0.35),
        (mid_r, middle),
        (narrow * 1.02 + bow * 0.2, top - wall * 0.5),
        (narrow * 0.8, top),
        (0.0, top + wall * 0.1),
    ]
    body = lathe(count(i.detail, 64, 26), count(i.detail, 60, 26))
    shade = body.shape(*outline(body.t, shape))
    inner = n.smoothstep(body.t, 0.46, 0.42)
    glow = 1.0 + 0.18 * n.smoothstep(n.position().z / length, -0.3, -0.8)
    tone = (0.98 + 0.1 * (n.noise(n.position() / r, scale=1.5, detail=1.0, w=i.seed * 1.7) - 0.5)) * glow + inner * 0.2
    shade = paint(shade, 1.0 - inner * 0.55, tone, n.mix(0.5, n.color(BULB), n.color((1.0, 1.0, 0.95))))
    joint = n.sphere(count(i.detail, 24, 10), count(i.detail, 14, 7), 1.0)
    size = i.thickness * 0.95
    joint = _metal(i, n.transform(joint, n.combine_xyz(0.0, 0.0, top * 0.9), scale=size * n.combine_xyz(1.0, 1.0, 1.0)))
    ball = lathe(count(i.detail, 32, 14), count(i.detail, 24, 12))
    size = r * i.bulb
    pear = [(0.0, -1.0), (0.6, -0.85), (1.0, -0.15), (0.8, 0.5), (0.5, 1.1), (0.45, 1.9), (0.0, 2.0)]
    bulb = ball.shape(*outline(ball.t, [(size * radius, low + size * (0.5 + z)) for radius, z in pear]))
    return n.join(shade, joint, paint(bulb, 0.0, 1.0, BULB))


GENERATOR = Generator("lamp", LampParams, sample, build, TRAITS)
