"""Pine cone: woody scales in a golden spiral about an axis, closed when wet, open when dry."""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...materials import shared
from ...materials.fruit import CONE_SCALE, ConeScaleParams
from ...parts.cactus_parts import store_uv, varied
from ...parts.fruit_parts import stalk
from ...parts.plant_parts import GOLDEN_ANGLE, draw, tube
from ...parts.shapes import count, lathe
from ..base import Family


@dataclass(frozen=True)
class PineConeParams:
    """Metres and radians. The cone stands on its stalk's end."""

    scales: int = param(105, "Number of scales", min=12, max=400, panel="Scales", usual=(88, 125))
    length: float = param(0.068, "Length of the axis", min=0.01, max=0.5, unit="m", panel="Cone", usual=(0.055, 0.08))
    width: float = param(
        0.0155, "Radius of the closed cone", min=0.003, max=0.1, unit="m", panel="Cone", usual=(0.0135, 0.018)
    )
    belly: float = param(
        0.32, "Height where it is widest as a share of the length", min=0.1, max=0.7, panel="Cone", usual=(0.26, 0.4)
    )
    open: float = param(
        0.75, "From closed and wet, 0, to open and dry, 1", min=0.0, max=1.2, panel="Cone", usual=(0.4, 1.0)
    )
    scale: float = param(
        0.022, "Length of a scale", min=0.003, max=0.12, unit="m", panel="Scales", usual=(0.019, 0.026)
    )
    scale_width: float = param(
        0.6, "Width of a scale as a share of its length", min=0.2, max=1.5, panel="Scales", usual=(0.52, 0.68)
    )
    thickness: float = param(
        0.17,
        "Thickness of a scale's end as a share of its length",
        min=0.02,
        max=0.5,
        panel="Scales",
        usual=(0.13, 0.2),
    )
    point: float = param(0.3, "From round ends, 0, to pointed, 1", min=0.0, max=1.0, panel="Scales", usual=(0.2, 0.45))
    spur: float = param(0.35, "Boss on the end of a scale", min=0.0, max=1.5, panel="Scales", usual=(0.2, 0.6))
    curl: float = param(
        0.35, "How far scales bend back", min=-0.6, max=1.5, unit="rad", panel="Scales", usual=(0.15, 0.6)
    )
    bend: float = param(0.12, "How crooked the cone is", min=0.0, max=1.0, unit="rad", panel="Cone", usual=(0.0, 0.3))
    disorder: float = param(0.3, "How much scales differ", min=0.0, max=1.0, panel="Scales", usual=(0.15, 0.5))
    stalk: float = param(0.008, "Length of the stalk", min=0.0, max=0.1, unit="m", panel="Cone", usual=(0.004, 0.012))
    color: tuple[float, ...] = param(
        (0.11, 0.045, 0.018), "Colour inside, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    end_color: tuple[float, ...] = param(
        (0.25, 0.145, 0.072), "Colour of the ends", min=0, max=1, panel="Colour", spread=0.2
    )
    seed: int = param(0, "Another cone of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "pine_cone": PineConeParams(),
    "closed_pine_cone": PineConeParams(open=0.06, disorder=0.15, end_color=(0.26, 0.21, 0.09), color=(0.2, 0.14, 0.06)),
    "spruce_cone": PineConeParams(
        scales=170, length=0.13, width=0.0135, belly=0.4, open=0.3, scale=0.021, scale_width=0.72, thickness=0.035, point=0.25,
        spur=0.0, curl=-0.1, bend=0.25, color=(0.2, 0.09, 0.035), end_color=(0.33, 0.19, 0.085),
    ),
    "stone_pine_cone": PineConeParams(
        scales=80, length=0.085, width=0.032, belly=0.35, open=0.5, scale=0.036, scale_width=0.75, thickness=0.28, point=0.12,
        spur=0.5, curl=0.15, color=(0.11, 0.045, 0.02), end_color=(0.29, 0.15, 0.07),
    ),
}  # fmt: skip


def build(p: PineConeParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of PineConeParams."""
    with new_tree("Pine Cone", p) as tree:
        i = tree.i
        wood = tree.material_input(
            "Scale Material", shared(CONE_SCALE, ConeScaleParams(), "Cone Scale"), "What the cone is made of"
        )
        with tree.frame("Scales"):
            scales = _scales(i)
        with tree.frame("Axis"):
            s = lathe(count(i.detail, 20, 8), count(i.detail, 24, 8))
            z = (s.t * 0.96) * i.length
            core = s.shape(n.math("POWER", n.maximum(n.sin(s.t * math.pi), 0.0), 0.5) * i.width * 0.42, z)
            core = n.set_position(core, _axis(i, n.position()))
            stem = stalk(i.stalk + i.width * 0.3, i.width * 0.16, 0.2, 0.5, 0.25, i.detail)
            stem = n.transform(stem, translation=n.combine_xyz(0.0, 0.0, i.stalk * -1.0))
            core = n.store(
                n.join(n.shade_smooth(core), stem), "tint", n.mix(0.3, i.color, n.color((0.06, 0.03, 0.015)))
            )
        whole = n.transform(n.join(scales, core), translation=n.combine_xyz(0.0, 0.0, i.stalk))
        tree.o.geometry << n.set_material(whole, wood)
    return tree.data


def _axis(i: Inputs, at: Socket) -> Socket:
    """Bends what stands along Z towards +X."""
    s = n.clamp(at.z / i.length)
    return at + n.combine_xyz(s * s * i.bend * i.length * 0.5, 0.0, 0.0)


@grouped("Cone Scale")
def _scale(i: Inputs, sort: int) -> Socket:
    """One scale from the origin towards +X, its outer side up; a closed wedge with a thick, rhombic end."""
    c = tube(count(i.detail, 14, 8), count(i.detail, 18, 7))
    s = c.along
    x, y = n.cos(c.angle), n.sin(c.angle)
    blunt = n.float_curve(s, [(0, 0.2), (0.25, 0.42), (0.62, 0.95), (0.8, 1.0), (0.93, 0.72), (1, 0.1)])
    sharp = n.float_curve(s, [(0, 0.22), (0.3, 0.6), (0.62, 1.0), (0.82, 0.68), (1, 0.06)])
    half = i.scale * i.scale_width * 0.5 * n.mix(i.point, blunt, sharp)
    end = n.smoothstep(s, 0.55, 0.86)
    shut = n.sqrt(n.clamp((1.0 - s) / 0.14))
    thick = (
        i.scale
        * n.mix(end, 0.05, i.thickness)
        * 0.5
        * n.mix(shut, 0.25, 1.0)
        * n.mix(n.smoothstep(s, 0.0, 0.2), 1.4, 1.0)
    )
    # the shield at the end: a keel across and a boss in its middle, on the outer side
    keel = n.math("POWER", 1.0 - abs(x), 1.5) * end
    boss = n.math("EXPONENT", ((s - 0.87) * (s - 0.87) * 150.0 + x * x * 7.0) * -1.0) * i.spur
    turn = i.curl * s * s + (draw(i.seed, 31 + sort, -0.2, 0.2, of=i.seed)) * s * i.disorder
    middle = n.combine_xyz(n.cos(turn * 0.5) * s, 0.0, n.sin(turn * 0.5) * s * -1.0) * i.scale
    up = n.combine_xyz(n.sin(turn), 0.0, n.cos(turn))
    outer = n.maximum(y, 0.0)
    # a hollow on the inner side for the seeds
    hollow = (
        n.maximum(y * -1.0, 0.0)
        * n.smoothstep(abs(x), 0.8, 0.2)
        * n.smoothstep(s, 0.1, 0.3)
        * n.smoothstep(s, 0.7, 0.5)
    )
    lift = y * thick * (1.0 + outer * keel * 0.5) + outer * boss * i.scale * 0.07 + hollow * i.scale * 0.015
    cup = x * x * half * -0.35
    rough = (
        (n.noise(n.combine_xyz(x, s * 3.0, y * 0.5), scale=2.2, detail=2.0, w=i.seed + sort * 3.0) - 0.5)
        * i.scale
        * 0.03
        * end
    )
    mesh = n.set_position(c.mesh, middle + n.combine_xyz(0.0, x * half, 0.0) + up * (lift + cup + rough))
    edge = n.smoothstep(s, 0.68, 0.8)
    tint = n.mix(edge, i.color, i.end_color)
    tint = n.mix(n.smoothstep(boss, 0.12, 0.3) * 0.7, tint, n.mix(0.5, i.color, n.color((0.03, 0.02, 0.012))))
    mesh = n.store(
        mesh, "tint", n.mix(n.smoothstep(s, 0.35, 0.05) * 0.6, tint, n.mix(0.6, i.color, n.color((0.04, 0.02, 0.01))))
    )
    mesh = store_uv(mesh, x * 0.5 + 0.5, s)
    return n.shade_smooth(n.store(mesh, "bark", 1.0))


@grouped("Scales in Spirals")
def _scales(i: Inputs) -> Socket:
    sorts = [_scale(i, sort) for sort in range(3)]
    k = n.index()
    share = (k + 0.5) / n.maximum(i.scales, 1)
    # more to the foot and to the tip, where they are small
    up = share * 0.97 + 0.015
    below = n.math("POWER", n.clamp(up / i.belly), 0.6)
    above = n.sqrt(n.maximum(1.0 - n.math("POWER", n.clamp((up - i.belly) / (1.0 - i.belly)), 2.0), 0.02))
    girth = n.switch(up > i.belly, n.mix(below, 0.45, 1.0), above)
    stray = draw(i.seed, 11, -1.0, 1.0, of=k) * i.disorder
    angle = k * GOLDEN_ANGLE + draw(i.seed, 12, -0.09, 0.09, of=k) * i.disorder + i.seed * 1.1
    out = n.combine_xyz(n.cos(angle), n.sin(angle), 0.0)
    # closed they stand along the axis, open they stand off; those at the tip less, those at the foot bent back
    rest = n.mix(up, 0.42, 0.12)
    wide = n.mix(n.smoothstep(up, 0.0, 1.0), 1.72, 0.5)
    lean = n.mix(i.open, rest, wide) + stray * 0.16
    size = n.mix(n.smoothstep(girth, 0.1, 0.9), 0.42, 1.0) * (1.0 + stray * 0.12)
    # the root lies so that a closed scale's end reaches the closed cone's outline
    root = n.maximum(girth * i.width - i.scale * size * n.sin(rest) * 0.75, i.width * 0.1)
    drop = i.scale * size * n.mix(i.open, 0.42, 0.12) * n.smoothstep(up, 0.0, 0.25)
    where = out * root + n.combine_xyz(0.0, 0.0, up * i.length - drop + i.scale * 0.1)
    made = n.points(i.scales)
    made, angle = n.capture(made, angle)
    made, lean = n.capture(made, lean)
    made, size = n.capture(made, size)
    made = n.set_position(made, _axis(i, where))
    # +X of the scale goes out and up, its outer side down and out
    pitch = n.combine_xyz(draw(i.seed, 13, -0.12, 0.12, of=n.index()) * i.disorder + math.pi, lean - math.pi / 2, 0.0)
    turn = n.node(
        "FunctionNodeRotateRotation", rotation_space="GLOBAL", rotation=pitch, rotate_by=n.combine_xyz(0.0, 0.0, angle)
    ).as_socket()
    placed = n.instance_on(
        made,
        varied(sorts),
        rotation=turn,
        scale=n.combine_xyz(size, size, size),
        pick=draw(i.seed, 14, 0, 2, of=n.index()),
    )
    return n.store(placed, "random", draw(i.seed, 15, of=n.index()), domain="INSTANCE")


PINE_CONE = Family(
    "pine_cone", "Pine Cone", "Fruit", PineConeParams, build, PRESETS, "Scales in a golden spiral, closed or open"
)
