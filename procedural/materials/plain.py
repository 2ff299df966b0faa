"""Plain: a colour with a soft mottle and a fine bump, for what has no material of its own."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, own_color, place, principled


@dataclass(frozen=True)
class PlainParams:
    color: tuple[float, ...] = param((0.35, 0.3, 0.22), "Colour, linear RGB", min=0, max=1, spread=0.3)
    mottle: float = param(0.25, "How much light and dark vary over the surface", min=0, max=1, usual=(0.1, 0.5))
    roughness: float = param(0.6, "From a mirror, 0, to chalk, 1", min=0, max=1, usual=(0.4, 0.8))
    size: float = param(0.02, "Size of the mottle", min=0.0005, max=10.0, unit="m", usual=(0.01, 0.04))
    bump: float = param(0.0004, "Height of the grain", min=0.0, max=1.0, unit="m", usual=(0.0, 0.001))
    softness: float = param(0.0, "How far light goes into it", min=0, max=1)
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade(tree: Tree) -> Shaded:
    i = tree.i
    at = place() / i.size
    wide = n.noise(at, scale=1.0, detail=4.0, w=i.seed)
    fine = n.noise(at, scale=6.0, detail=3.0, w=i.seed + 7.0)
    light = 1.0 + (wide - 0.5) * (i.mottle * 2.4)
    color = n.mix(1.0, own_color(i.color), n.combine_xyz(light, light, light), blend="MULTIPLY")
    shader = principled(
        base_color=color,
        roughness=i.roughness + (fine - 0.5) * 0.2,
        subsurface_weight=i.softness,
        subsurface_scale=0.02,
    )
    return Shaded(shader, height=(fine - 0.5) * i.bump)


PLAIN = MaterialKind("plain", "Plain", "Basic", PlainParams, shade, "A colour with a soft mottle and a fine grain")
KINDS = (PLAIN,)
