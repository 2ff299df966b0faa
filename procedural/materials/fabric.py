"""Cloth: a linen weave of slubby threads, and velvet whose pile shows how it was stroked."""

from __future__ import annotations

import math as pymath
from dataclasses import dataclass

from ...params import param
from ..graph import Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, own_color, principled
from .textures import chance, floor, own_place, wall_place
from .tones import lit

PI = pymath.pi


@dataclass(frozen=True)
class LinenParams:
    color: tuple[float, ...] = param((0.56, 0.49, 0.38), "Colour of the threads, linear RGB", min=0, max=1, spread=0.25)
    weft: tuple[float, ...] = param(
        (0.92, 0.9, 0.86), "What the cross threads leave of the colour", min=0, max=1, spread=0.08
    )
    thread: float = param(0.0011, "Width of a thread", min=0.0001, max=0.02, unit="m", usual=(0.0008, 0.0016))
    slubs: float = param(0.55, "How uneven the threads are", min=0, max=1, usual=(0.3, 0.8))
    relief: float = param(0.00035, "Height of the weave", min=0.0, max=0.01, unit="m", usual=(0.0002, 0.0005))
    through: float = param(0.0, "Light that comes through it", min=0, max=1)
    folds: float = param(0.35, "Creases", min=0, max=1, usual=(0.1, 0.6))
    roughness: float = param(0.88, "From a mirror, 0, to chalk, 1", min=0, max=1)
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_linen(tree: Tree) -> Shaded:
    """Plain weave: warp and weft take turns on top; where it is too far to see, only the threads' tones are left."""
    i = tree.i
    along, up = wall_place()
    at = own_place()
    sway = n.noise_vector(at, scale=25.0, detail=2.0, w=i.seed) * i.thread * i.slubs * 3.0
    u, v = (along + sway.x) / i.thread, (up + sway.y) / i.thread
    warp, weft = floor(u), floor(v)
    x, y = (u - warp - 0.5) * 2.0, (v - weft - 0.5) * 2.0
    over = n.math("PINGPONG", warp + weft, 1.0)  # 0 or 1: which of the two is on top here
    round_x, round_y = n.sqrt(n.maximum(1.0 - x * x, 0.0)), n.sqrt(n.maximum(1.0 - y * y, 0.0))
    arch_x, arch_y = n.cos(x * PI * 0.5), n.cos(y * PI * 0.5)
    lift = n.mix(over, round_x * (0.35 + 0.65 * arch_y), round_y * (0.35 + 0.65 * arch_x))
    # Threads swell and thin along their length, each of its own tone
    slub_warp = n.noise(n.combine_xyz(warp * 3.7, v * 0.05, i.seed), scale=1.0, detail=2.0)
    slub_weft = n.noise(n.combine_xyz(u * 0.05, weft * 3.7, i.seed + 50.0), scale=1.0, detail=2.0)
    tone_warp = 0.85 + 0.3 * chance(warp, 1.0) + (slub_warp - 0.5) * 0.9
    tone_weft = 0.85 + 0.3 * chance(weft, 2.0) + (slub_weft - 0.5) * 0.9
    tone = n.mix(i.slubs, 1.0, n.mix(over, tone_warp, tone_weft))
    base = own_color(i.color)
    color = n.mix(over, base, n.mix(1.0, base, i.weft, blend="MULTIPLY"))
    hairs = n.noise(n.combine_xyz(u * 2.0, v * 2.0, 0.0), scale=1.5, detail=3.0)
    color = lit(color, tone * (0.62 + lift * 0.42) * (0.88 + hairs * 0.24))
    crease = n.noise(at, scale=9.0, detail=3.0, distortion=0.8, w=i.seed + 3.0)
    shader = principled(base_color=color, roughness=i.roughness, sheen_weight=0.25, sheen_roughness=0.5, specular=0.2)
    light = tree.add("ShaderNodeBsdfTranslucent", color=n.mix(0.35, color, base))
    mixed = tree.add("ShaderNodeMixShader", i.through * 0.6, shader, light)
    swollen = n.mix(over, slub_warp, slub_weft) * i.slubs
    return Shaded(mixed, height=lift * (0.7 + swollen * 0.6) * i.relief + abs(crease - 0.5) * i.folds * 0.006)


@dataclass(frozen=True)
class VelvetParams:
    color: tuple[float, ...] = param((0.2, 0.012, 0.03), "Colour of the pile, linear RGB", min=0, max=1, spread=0.3)
    sheen: float = param(0.8, "Glow of the pile seen from the side", min=0, max=1, usual=(0.6, 1.0))
    stroked: float = param(0.5, "How plain the strokes in the pile are", min=0, max=1, usual=(0.3, 0.8))
    size: float = param(0.12, "Size of a stroke", min=0.005, max=2.0, unit="m", usual=(0.08, 0.2))
    pile: float = param(0.0008, "Length of the pile", min=0.0, max=0.02, unit="m", usual=(0.0005, 0.0015))
    bald: float = param(0.15, "How worn the pile is", min=0, max=1, usual=(0.0, 0.4))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_velvet(tree: Tree) -> Shaded:
    i = tree.i
    at = own_place()
    swirl = n.noise_vector(at / i.size, scale=1.0, detail=1.0, w=i.seed)
    stroke = n.noise(at / i.size + swirl * 1.5, scale=1.0, detail=3.0, roughness=0.45, w=i.seed + 3.0)
    laid = (n.smoothstep(stroke, 0.42, 0.58) - 0.5) * i.stroked
    fibre = n.noise(at, scale=1400.0, detail=2.0, w=i.seed + 5.0)
    worn = n.smoothstep(
        n.noise(at, scale=9.0, detail=5.0, roughness=0.6, w=i.seed + 7.0), 0.82 - i.bald * 0.3, 0.95 - i.bald * 0.25
    )
    facing = tree.add("ShaderNodeLayerWeight", blend=0.4)["Facing"]
    base = own_color(i.color)
    rim = n.mix(0.35, lit(base, 2.2), n.color((0.55, 0.5, 0.48)))
    color = lit(base, (0.55 + laid * 0.9 + fibre * 0.5) * (1.0 + facing * 0.6))
    color = n.mix(worn * i.bald, color, n.mix(0.5, base, n.color((0.3, 0.26, 0.21))))
    shader = principled(
        base_color=color, roughness=0.95, specular=0.1,
        sheen_weight=i.sheen * (0.55 + laid * 0.8) * (1.0 - worn * i.bald), sheen_roughness=0.32, sheen_tint=rim,
    )  # fmt: skip
    return Shaded(shader, height=fibre * i.pile * 0.35 * (1.0 - worn) + laid * i.pile * 0.6)


LINEN = MaterialKind(
    "linen", "Linen", "Fabric", LinenParams, shade_linen, "A plain weave of uneven threads",
    presets={
        "lampshade_linen": LinenParams(color=(0.72, 0.64, 0.5), through=0.8, folds=0.05),
        "sackcloth": LinenParams(color=(0.34, 0.25, 0.15), thread=0.0024, relief=0.0009, slubs=0.8),
    },
    sample_size=0.12,
)  # fmt: skip
VELVET = MaterialKind(
    "velvet", "Velvet", "Fabric", VelvetParams, shade_velvet, "A short pile that shines where it was stroked",
    presets={"green_velvet": VelvetParams(color=(0.015, 0.075, 0.045)), "blue_velvet": VelvetParams(color=(0.018, 0.035, 0.16))},
    sample_size=0.4,
)  # fmt: skip
KINDS = (LINEN, VELVET)
