"""Corals and sponges: stony skeletons with polyp cups, the ridges of brain coral, soft flesh, and the pores of sponges."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, own_color, place, principled
from .tones import lit


@dataclass(frozen=True)
class StonyCoralParams:
    color: tuple[float, ...] = param(
        (0.5, 0.3, 0.16), "Colour of the living skin, linear RGB", min=0, max=1, spread=0.3
    )
    polyp: tuple[float, ...] = param((0.16, 0.2, 0.07), "Colour inside the cups", min=0, max=1, spread=0.3)
    size: float = param(0.0035, "Distance of the cups", min=0.0003, max=0.5, unit="m", usual=(0.003, 0.005))
    depth: float = param(
        0.0009, "Height of a cup's rim over its pit", min=0.0, max=0.1, unit="m", usual=(0.0006, 0.0012)
    )
    open: float = param(0.5, "How wide the cups are", min=0.1, max=1.0, usual=(0.35, 0.65))
    mottle: float = param(0.3, "How much light and dark vary over the colony", min=0.0, max=1.0, usual=(0.15, 0.45))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_stony(tree: Tree) -> Shaded:
    i = tree.i
    at = place() / i.size
    stray = n.noise_vector(at, scale=0.7, detail=1.0, w=i.seed) * 0.35  # cups are never quite round
    d = n.voronoi(at + stray, scale=1.0, randomness=0.7, w=None)["Distance"]
    radius = 0.18 + i.open * 0.26
    inside = n.smoothstep(d, radius, radius * 0.45)
    rim = n.smoothstep(d, radius * 0.75, radius) * n.smoothstep(d, radius * 1.75, radius * 1.1)
    grain = n.noise(at, scale=5.0, detail=3.0, roughness=0.65, w=i.seed + 3.0)
    wide = n.noise(place(), scale=18.0, detail=3.0, w=i.seed + 7.0)
    light = (0.86 + rim * 0.3 + (grain - 0.5) * 0.5) * (1.0 + (wide - 0.5) * i.mottle * 2.2)
    color = n.mix(inside * 0.85, lit(own_color(i.color), light), lit(i.polyp, 0.7 + grain * 0.6))
    height = (rim * 0.7 - inside * 0.55 + (grain - 0.5) * 0.25) * i.depth
    shader = principled(
        base_color=color,
        roughness=0.62 + (grain - 0.5) * 0.3 - inside * 0.2,
        specular=0.4,
        subsurface_weight=0.08,
        subsurface_scale=0.004,
    )
    return Shaded(shader, height=height)


@dataclass(frozen=True)
class BrainCoralParams:
    color: tuple[float, ...] = param((0.34, 0.23, 0.1), "Colour of the ridges, linear RGB", min=0, max=1, spread=0.3)
    valley: tuple[float, ...] = param((0.1, 0.2, 0.07), "Colour of the valleys", min=0, max=1, spread=0.3)
    size: float = param(0.011, "Distance of the ridges", min=0.001, max=1.0, unit="m", usual=(0.008, 0.016))
    depth: float = param(
        0.003, "Height of the ridges, 0 where the mesh has them", min=0.0, max=0.2, unit="m", usual=(0.002, 0.004)
    )
    septa: float = param(0.5, "How plain the fine plates across the ridges are", min=0.0, max=1.0, usual=(0.3, 0.7))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_brain(tree: Tree) -> Shaded:
    i = tree.i
    at = place() / i.size
    bent = at + n.noise_vector(at, scale=0.7, detail=0.0, w=i.seed) * 1.0
    # Level lines of a smooth noise meander as the ridges do
    field = n.noise(bent, scale=0.42, detail=0.0, w=i.seed + 5.0)
    wave = n.cos(field * 34.0) * 0.5 + 0.5
    ridge = n.smoothstep(wave, 0.1, 0.75) * (i.depth > 0.0)
    told_ridge = tree.add("ShaderNodeAttribute", attribute_name="ridge")["Fac"]
    ridge = n.maximum(ridge, told_ridge)
    fine = n.noise(at, scale=7.0, detail=2.0, w=i.seed + 9.0)
    plates = n.sin(n.noise(bent, scale=2.4, detail=0.0, w=i.seed + 2.0) * 70.0) * 0.5 + 0.5
    slope = n.smoothstep(ridge, 0.05, 0.4) * n.smoothstep(ridge, 1.0, 0.55)
    combed = slope * plates * i.septa
    high = own_color(i.color)
    # A mesh that has ridges of its own has both colours in its tint
    low = n.mix(1.0 - (i.depth > 0.0), i.valley, high)
    color = n.mix(n.smoothstep(ridge, 0.15, 0.6), lit(low, 0.75 + fine * 0.5), lit(high, 0.78 + fine * 0.45))
    color = n.mix(combed * 0.5, color, lit(high, 1.5))
    height = ridge * i.depth + combed * i.size * 0.05 + (fine - 0.5) * i.size * 0.04
    shader = principled(
        base_color=color,
        roughness=0.55 + (fine - 0.5) * 0.3,
        specular=0.4,
        subsurface_weight=0.1,
        subsurface_scale=0.005,
    )
    return Shaded(shader, height=height)


@dataclass(frozen=True)
class SoftCoralParams:
    color: tuple[float, ...] = param((0.55, 0.16, 0.24), "Colour of the flesh, linear RGB", min=0, max=1, spread=0.35)
    polyp: tuple[float, ...] = param((0.72, 0.55, 0.5), "Colour of the polyps", min=0, max=1, spread=0.2)
    size: float = param(0.004, "Distance of the polyps", min=0.0003, max=0.5, unit="m", usual=(0.003, 0.006))
    bump: float = param(0.0008, "Height of a polyp", min=0.0, max=0.1, unit="m", usual=(0.0005, 0.0012))
    softness: float = param(0.45, "How far light goes into it", min=0.0, max=1.0, usual=(0.3, 0.6))
    wet: float = param(0.6, "How it gleams", min=0.0, max=1.0, usual=(0.4, 0.8))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_soft(tree: Tree) -> Shaded:
    i = tree.i
    at = place() / i.size
    d = n.voronoi(at, scale=1.0, randomness=0.85)["Distance"]
    star = n.smoothstep(d, 0.46, 0.14)
    fine = n.noise(at, scale=3.0, detail=3.0, w=i.seed)
    wide = n.noise(at, scale=0.12, detail=2.0, w=i.seed + 4.0)
    color = lit(own_color(i.color), 0.7 + wide * 0.6)
    color = n.mix(star * (0.5 + fine * 0.3), color, i.polyp)
    shader = principled(
        base_color=color,
        roughness=0.62 - i.wet * 0.32 + (fine - 0.5) * 0.25,
        subsurface_weight=i.softness,
        subsurface_radius=(1.0, 0.5, 0.35),
        subsurface_scale=0.008,
        coat_weight=i.wet * 0.25,
        coat_roughness=0.25,
    )
    return Shaded(shader, height=(star + (fine - 0.5) * 0.4) * i.bump)


@dataclass(frozen=True)
class SpongeParams:
    color: tuple[float, ...] = param((0.62, 0.36, 0.06), "Colour of the skin, linear RGB", min=0, max=1, spread=0.35)
    size: float = param(0.008, "Distance of the larger pores", min=0.0005, max=1.0, unit="m", usual=(0.005, 0.012))
    pores: float = param(0.6, "How many pores are open", min=0.0, max=1.0, usual=(0.4, 0.8))
    depth: float = param(0.0025, "Depth of the pores", min=0.0, max=0.2, unit="m", usual=(0.0015, 0.0035))
    velvet: float = param(0.4, "Soft gleam of the fibres", min=0.0, max=1.0, usual=(0.2, 0.6))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_sponge(tree: Tree) -> Shaded:
    i = tree.i
    at = place() / i.size
    bent = at + n.noise_vector(at, scale=0.9, detail=1.0, w=i.seed) * 0.7
    big = n.voronoi(bent, scale=1.0, randomness=0.95)
    small = n.voronoi(bent, scale=3.3, randomness=1.0)
    chance = tree.separate(big["Color"])[0]
    width = (0.12 + chance * 0.32) * (0.4 + i.pores * 0.9)
    hole = n.smoothstep(big["Distance"], width, width * 0.55)
    prick = n.smoothstep(small["Distance"], 0.3, 0.12) * n.minimum(i.pores * 1.5, 1.0)
    fibre = n.noise(bent, scale=6.0, detail=4.0, roughness=0.7, w=i.seed + 2.0)
    wide = n.noise(at, scale=0.15, detail=2.0, w=i.seed + 6.0)
    light = (0.62 + wide * 0.5 + fibre * 0.35) * (1.0 - prick * 0.35)
    color = n.mix(hole * 0.8, lit(own_color(i.color), light), lit(own_color(i.color), 0.16))
    height = (fibre - 0.5) * i.depth * 0.5 - hole * i.depth - prick * i.depth * 0.3
    shader = principled(
        base_color=color,
        roughness=0.9,
        specular=0.2,
        sheen_weight=i.velvet * (1.0 - hole),
        sheen_roughness=0.4,
        subsurface_weight=0.15,
        subsurface_scale=0.006,
    )
    return Shaded(shader, height=height)


STONY_CORAL = MaterialKind(
    "stony_coral", "Stony Coral", "Sea", StonyCoralParams, shade_stony, "A coral's skin with the cups of its polyps",
    presets={
        "bleached_coral": StonyCoralParams(color=(0.72, 0.7, 0.64), polyp=(0.5, 0.47, 0.4), mottle=0.12),
        "fire_coral": StonyCoralParams(color=(0.55, 0.27, 0.05), polyp=(0.62, 0.5, 0.3), size=0.0015, depth=0.0003, open=0.2),
        "violet_coral": StonyCoralParams(color=(0.24, 0.13, 0.42), polyp=(0.5, 0.45, 0.55), open=0.4),
    },
    sample_size=0.05,
)  # fmt: skip
BRAIN_CORAL_SKIN = MaterialKind(
    "brain_coral_skin", "Brain Coral Skin", "Sea", BrainCoralParams, shade_brain, "Meandering ridges with green valleys",
    sample_size=0.15,
)  # fmt: skip
SOFT_CORAL = MaterialKind(
    "soft_coral", "Soft Coral", "Sea", SoftCoralParams, shade_soft, "Flesh that light goes into, dotted with polyps",
    sample_size=0.08,
)  # fmt: skip
SPONGE_SKIN = MaterialKind(
    "sponge_skin",
    "Sponge Skin",
    "Sea",
    SpongeParams,
    shade_sponge,
    "Velvety fibre riddled with pores",
    sample_size=0.12,
)

KINDS = (STONY_CORAL, BRAIN_CORAL_SKIN, SOFT_CORAL, SPONGE_SKIN)
