"""Vase: a hollow turned body of real wall thickness with a painted band, and two handles at the sides if wanted."""

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

GLAZES = (
    (0.72, 0.64, 0.50), (0.80, 0.76, 0.68), (0.03, 0.04, 0.06), (0.55, 0.33, 0.08), (0.10, 0.16, 0.12), (0.30, 0.10, 0.05),
)  # fmt: skip


@dataclass(frozen=True)
class VaseParams:
    """Metres; the handles stand at -X and +X. Radii but the belly's are shares of the belly's, levels shares of the height."""

    height: float = param(0.35, "Height of the lip", min=0.08, max=1.5, unit="m")
    belly: float = param(0.11, "Radius at the widest place", min=0.03, max=0.6, unit="m", panel="Body")
    belly_level: float = param(0.42, "Where the belly is, as a share of the height", min=0.2, max=0.75, panel="Body")
    foot: float = param(0.55, "Radius of the foot", min=0.25, max=1.0, panel="Body")
    neck: float = param(0.45, "Radius of the neck", min=0.25, max=1.0, panel="Body")
    neck_level: float = param(0.82, "Where the neck is", min=0.55, max=0.95, panel="Body")
    lip: float = param(0.62, "Radius of the lip", min=0.25, max=1.3, panel="Body")
    wall: float = param(0.014, "Thickness of the wall", min=0.004, max=0.08, unit="m", panel="Body")
    flutes: float = param(0.0, "Depth of upright flutes around the body", min=0.0, max=0.12, panel="Body")
    handles: float = param(0.0, "How far the handles stand out, 0 for none", min=0.0, max=1.0, panel="Handles")
    band: float = param(
        0.22, "Height of the painted band, as a share of the body; 0 for none", min=0.0, max=0.6, panel="Paint"
    )
    band_level: float = param(0.5, "Where the band's middle is", min=0.1, max=0.9, panel="Paint")
    band_color: tuple[float, ...] = param((0.72, 0.64, 0.5), "Colour of band and lip", min=0, max=1, panel="Paint")
    seed: int = param(0, "Other glaze, other small unevenness", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.2, max=3.0)


TRAITS = {"height": Trait("height", 0.24, 0.46), "width": Trait("belly", 0.075, 0.165)}


def sample(seed: int, traits: Traits | None = None) -> VaseParams:
    """A vase of this seed; `traits` (each -1..1) sets what was asked for."""
    draw = Draw(VaseParams, TRAITS, seed, traits)
    height = TRAITS["height"].value(draw.traits["height"])
    belly = TRAITS["width"].value(draw.traits["width"])
    neck = draw.uniform(0.36, 0.8)
    level = draw.uniform(0.3, 0.62)
    wall = max(height, belly * 2.0) * draw.uniform(0.042, 0.055)
    return draw.params(
        belly_level=level,
        foot=draw.uniform(0.45, 0.75),
        neck=max(neck, 3.0 * wall / belly),  # the mouth stays open
        neck_level=draw.uniform(max(0.74, level + 0.22), 0.9),
        lip=min(1.2, max(neck + draw.uniform(0.06, 0.32), 3.3 * wall / belly)),
        wall=wall,
        flutes=draw.uniform(0.03, 0.07) if draw.chance(0.25) else 0.0,
        handles=draw.uniform(0.35, 0.85) if draw.chance(0.65) else 0.0,
        band=draw.uniform(0.14, 0.32) if draw.chance(0.8) else 0.0,
        band_level=level + draw.uniform(-0.1, 0.08),
        band_color=draw.color(draw.choice(GLAZES)),
    )


def build(p: VaseParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of VaseParams."""
    material = surface("Vase", (0.033, 0.12, 0.34), roughness=0.25, specular=0.5, coat=0.5)
    with new_tree("Vase", p) as tree:
        i = tree.i
        body_size = n.maximum(i.height, i.belly * 2.0)
        with tree.frame("Body"):
            body = _body(i)
        with tree.frame("Handles"):
            handles = n.switch(i.handles > 0.01, None, _handles(i, body_size))
        with tree.frame("Finish"):
            whole = handmade(n.join(body, handles), body_size, i.seed, 0.035)
            tree.o.geometry << n.set_material(n.shade_smooth(whole), material)
    return tree.data


def _band_color() -> Socket:
    return n.mix(0.0, current_tree().i.band_color, n.color((0.0, 0.0, 0.0)))


def _body(i: Inputs) -> Socket:
    """One closed skin: up the outside from under the foot, over the lip, down the inside to the bottom of the hollow."""
    h, belly, w = i.height, i.belly, i.wall
    foot, neck, lip = belly * i.foot, belly * i.neck, belly * i.lip
    # between foot and belly the outline swells, between belly and neck it falls in a shoulder
    low_level, shoulder = i.belly_level * 0.45, i.belly_level + (i.neck_level - i.belly_level) * 0.5
    low = foot * 0.35 + belly * 0.62
    high = neck * 0.38 + belly * 0.62
    outside: list[tuple[Input, Input]] = [
        (0.0, 0.0),
        (foot * 0.7, 0.0),
        (foot, 0.0),
        (foot * 1.02, h * 0.035),
        (foot * 0.93, h * 0.075),
        (low, h * low_level),
        (belly, h * i.belly_level),
        (high, h * shoulder),
        (neck, h * i.neck_level),
        (lip * 0.55 + neck * 0.45, h * (i.neck_level * 0.4 + 0.6) - w * 0.5),
        (lip, h - w * 0.75),
        (lip + w * 0.12, h - w * 0.25),
        (lip - w * 0.5, h),
    ]
    inside: list[tuple[Input, Input]] = [
        (lip - w * 1.1, h - w * 0.4),
        (neck - w, h * i.neck_level),
        (high - w * 1.05, h * shoulder),
        (belly - w, h * i.belly_level),
        (low - w * 1.1, h * low_level + w * 0.2),
        (foot * 0.6, h * 0.075 + w * 0.7),
        (0.0, h * 0.06 + w * 0.7),
    ]
    skin = lathe(count(i.detail, 72, 28), count(i.detail, 110, 44))
    radius, level = outline(skin.t, outside + inside)
    share = level / h
    # The band's edges are hard: a wall's worth of the outside, told from the inside by the way along the outline.
    outer = skin.t < 0.6
    flute = (
        n.cos(skin.angle * 14.0)
        * i.flutes
        * n.smoothstep(share, 0.08, 0.3)
        * n.smoothstep(share, i.neck_level, i.neck_level - 0.2)
    )
    vase = skin.shape(radius * (1.0 + flute), level)
    near = abs(share - i.band_level) / n.maximum(i.band * 0.5, 0.001)
    banded = n.smoothstep(near, 1.08, 0.92) * outer * (i.band > 0.01)
    lipped = n.smoothstep(share, 0.93, 0.965) * (i.band > 0.01)
    stripe = n.smoothstep(near, 0.3, 0.2) * banded  # a line of the prompt's colour in the band's middle
    other = n.clamp(n.maximum(banded - stripe, lipped), 0.0, 1.0)
    hollow = n.smoothstep(skin.t, 0.62, 0.8)
    cloud = (n.noise(n.position() / h, scale=3.0, detail=2.0, w=i.seed * 1.3) - 0.5) * 0.22
    tone = 1.02 + cloud - hollow * 0.4 - n.smoothstep(share, 0.12, 0.0) * 0.12
    return paint(vase, 1.0 - other, tone, _band_color())


def _handles(i: Inputs, size: Input) -> Socket:
    """An ear on either side, from under the neck to the belly; its ends lie inside the wall."""
    r = size * 0.028
    upper = i.belly_level + (i.neck_level - i.belly_level) * 0.78
    top = n.combine_xyz(_outside(i, upper) - i.wall * 0.5, 0.0, i.height * upper)
    lower = i.belly_level + (i.neck_level - i.belly_level) * 0.1
    end = n.combine_xyz(_outside(i, lower) - i.wall * 0.6, 0.0, i.height * lower)
    # far enough out to leave a hole that can be seen
    reach = n.maximum(i.belly * (0.45 + i.handles * 0.75), size * 0.15)
    gap = i.height * (i.neck_level - i.belly_level)
    curve = current_tree().add(
        "GeometryNodeCurvePrimitiveBezierSegment",
        mode="POSITION",
        resolution=count(i.detail, 28, 12),
        start=top,
        start_handle=top + n.combine_xyz(reach, 0.0, gap * 0.6),
        end_handle=end + n.combine_xyz(reach * 0.85, 0.0, gap * 0.1),
        end=end,
    )
    thick = r * (1.0 + 0.3 * abs(n.spline_factor() * 2.0 - 1.0))
    ear = tube(curve, thick, count(i.detail, 16, 7))
    turned = n.transform(ear, rotation=(0.0, 0.0, 3.14159265))
    return paint(n.join(ear, turned), 1.0, 0.92, _band_color())


def _outside(i: Inputs, level: Input) -> Socket:
    """Radius of the body between belly and neck at a level (share of the height)."""
    down = n.clamp((level - i.belly_level) / (i.neck_level - i.belly_level), 0.0, 1.0)
    return n.mix(n.smoothstep(down, -0.25, 1.05), i.belly, i.belly * i.neck)


GENERATOR = Generator("vase", VaseParams, sample, build, TRAITS)
