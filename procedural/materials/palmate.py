"""Palmate leaf: ivy, maple, vine. Pale veins run from the stalk to every lobe, with side veins between; waxy above, light shines through."""

from __future__ import annotations

import math as pymath
from dataclasses import dataclass

from ...params import param
from ..graph import Inputs, Socket, Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, leaf_place, own_color, principled, told


@dataclass(frozen=True)
class PalmateLeafParams:
    color: tuple[float, ...] = param(
        (0.035, 0.105, 0.025), "Colour of the blade, linear RGB", min=0, max=1, spread=0.25
    )
    vein_color: tuple[float, ...] = param((0.2, 0.3, 0.13), "Colour of the veins", min=0, max=1, spread=0.2)
    lobes: int = param(5, "Number of main veins", min=1, max=11)
    spread: float = param(
        1.9, "Angle between the outermost veins and the middle one", min=0.2, max=3.0, unit="rad", usual=(1.6, 2.2)
    )
    vein: float = param(0.035, "Width of a main vein as a share of the leaf's", min=0.0, max=0.2, usual=(0.025, 0.045))
    side_veins: float = param(0.45, "Strength of the side veins", min=0, max=1, usual=(0.3, 0.6))
    gloss: float = param(0.6, "How waxy it is", min=0, max=1, usual=(0.35, 0.75))
    translucency: float = param(0.25, "How much light shines through", min=0, max=1, usual=(0.15, 0.35))
    bump: float = param(0.0006, "Depth of the veins", min=0.0, max=0.01, unit="m", usual=(0.0003, 0.0009))


def shade(tree: Tree) -> Shaded:
    i = tree.i
    across, along = leaf_place()
    # The stalk joins at (0, .12); polar coordinates about it, the middle vein at angle 0
    y = along - 0.12
    angle = n.math("ARCTAN2", across * 0.5, y)
    reach = n.sqrt(across * across * 0.25 + y * y + 1e-6)
    between = i.spread * 2.0 / n.maximum(i.lobes - 1.0, 1.0)
    # Distance to the nearest vein's line, as a share of the leaf
    off = n.math("ABSOLUTE", n.math("WRAP", angle, between * -0.5, between * 0.5))
    inside = n.smoothstep(n.math("ABSOLUTE", angle), i.spread + 0.12, i.spread)
    main = n.smoothstep(n.sin(n.minimum(off, pymath.pi / 2)) * reach, i.vein * (1.2 - reach), 0.0) * inside
    slant = reach * 17.0 - off * 9.0
    side = n.math("POWER", n.math("PINGPONG", slant, 0.5) * 2.0, 7.0) * i.side_veins * n.smoothstep(off, 0.0, 0.12)
    net = n.voronoi(
        n.combine_xyz(across * 9.0, along * 18.0, told("random") * 40.0), scale=1.0, feature="DISTANCE_TO_EDGE"
    )
    mesh = n.smoothstep(net["Distance"], 0.09, 0.0) * 0.35 * i.side_veins
    veins = n.maximum(main, n.maximum(side * 0.55, mesh * 0.4))
    shader, color = _blade(i, veins, across, along)
    back = tree.add("ShaderNodeBsdfTranslucent", color=n.mix(1.0, color, n.color((1.5, 1.7, 0.6)), blend="MULTIPLY"))
    both = tree.add("ShaderNodeMixShader", i.translucency, shader, back).as_socket()
    return Shaded(both, height=(veins - 0.3) * i.bump * -1.0)


def _blade(i: Inputs, veins: Socket, across: Socket, along: Socket) -> tuple[Socket, Socket]:
    """The surface's shader and its colour: each leaf a little lighter or darker, mottled, its underside pale and dull."""
    own = 0.75 + told("random") * 0.5
    mottle = (
        0.85 + n.noise(n.combine_xyz(across * 2.0, along * 4.0, told("random") * 30.0), scale=1.5, detail=3.0) * 0.3
    )
    light = own * mottle
    blade = n.mix(1.0, own_color(i.color), n.combine_xyz(light, light, light * 0.9), blend="MULTIPLY")
    color = n.mix(veins * 0.7, blade, i.vein_color)
    below = n.node("ShaderNodeNewGeometry")["Backfacing"]
    color = n.mix(below * 0.45, color, n.color((0.16, 0.22, 0.11)))
    rough = 0.72 - i.gloss * 0.42 * (1.0 - below) + veins * 0.1
    return principled(base_color=color, roughness=rough, specular=0.45), color


PALMATE_LEAF = MaterialKind(
    "palmate_leaf", "Palmate Leaf", "Leaves", PalmateLeafParams, shade, "A leaf whose veins fan out, as ivy's and maple's do",
    presets={
        "autumn": PalmateLeafParams(color=(0.42, 0.075, 0.02), vein_color=(0.45, 0.25, 0.06), gloss=0.3, translucency=0.4),
        "vine": PalmateLeafParams(color=(0.07, 0.17, 0.025), vein_color=(0.22, 0.32, 0.1), gloss=0.35),
    },
    sample_size=0.12, sample_shape="sheet",
)  # fmt: skip
KINDS = (PALMATE_LEAF,)
