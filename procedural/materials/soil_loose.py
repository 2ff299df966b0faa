"""Loose ground: sand with ripples, wet sand, a forest's floor of fallen leaves."""

from __future__ import annotations

import math as pymath
from dataclasses import dataclass

from ...params import param
from ..graph import Socket, Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, own_color, principled
from .patterns import blend, cells, clear, facing, shifted, spot, squeeze, warp
from .tones import lit


@dataclass(frozen=True)
class SandParams:
    color: tuple[float, ...] = param((0.5, 0.37, 0.22), "Colour, linear RGB", min=0, max=1, spread=0.2)
    dark: tuple[float, ...] = param(
        (0.26, 0.18, 0.11), "Heavy grains, which gather in the troughs", min=0, max=1, spread=0.2
    )
    ripple: float = param(0.09, "Distance between ripples", min=0.005, max=50, unit="m", usual=(0.06, 0.14))
    ripples: float = param(0.012, "Height of the ripples", min=0, max=5, unit="m", usual=(0.004, 0.018))
    direction: float = param(0.4, "Where the wind goes, from +X", min=-3.15, max=3.15, unit="rad", usual=(-0.8, 0.8))
    waviness: float = param(0.6, "How far ripples wind", min=0, max=2, usual=(0.3, 1.0))
    grain: float = param(0.0012, "Size of a grain", min=0.0001, max=0.02, unit="m", usual=(0.0008, 0.002))
    sparkle: float = param(0.4, "How many grains shine", min=0, max=1, usual=(0.1, 0.6))
    roughness: float = param(0.85, "Roughness", min=0, max=1, usual=(0.75, 0.92))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def _ripples(at: Socket, direction: Socket, waviness: Socket) -> tuple[Socket, Socket]:
    """Height 0..1 of ripples one unit apart, gentle to windward and steep to leeward, and a slow swell -0.5..0.5."""
    swell = n.noise(at, scale=0.3, detail=2.0) - 0.5
    branch = n.noise(squeeze(at, 1.0, 1.0, 1.0), scale=0.55, detail=2.0) - 0.5
    along = at.x * n.cos(direction) + at.y * n.sin(direction) + at.z * 0.35
    phase = n.math("FRACT", along + (branch * 1.3 + swell * 2.0) * waviness)
    rise = n.smoothstep(phase, 0.0, 0.68)
    fall = n.smoothstep(phase, 1.0, 0.68)
    return rise * fall, swell


def sand(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.ripple, i.seed)
    wave, swell = _ripples(at, i.direction, i.waviness)
    calm = 0.45 + clear(n.noise(at, scale=0.18, detail=2.0)) * 0.55
    grain = cells(spot(i.grain, i.seed))
    pick, tone, shine = tree.separate(grain.random)
    soft = n.noise(at, scale=4.0, detail=3.0)
    heavy = n.smoothstep(wave + (soft - 0.5) * 0.5, 0.4, 0.05)
    color = n.mix(n.clamp(heavy * 0.4 + (pick < 0.1) * 0.55), own_color(i.color), i.dark)
    color = blend((pick > 0.86) * 0.6, color, (0.66, 0.56, 0.42))
    color = lit(color, (0.72 + tone * 0.5) * (0.85 + clear(n.noise(at, scale=0.22, detail=4.0)) * 0.25))
    glint = (shine > 1.0 - i.sparkle * 0.08) * (grain.distance < 0.4)
    roughness = n.clamp(i.roughness + (tone - 0.5) * 0.25 - glint * 0.6, 0.12, 0.97)
    height = (wave * calm + swell * 0.9 + soft * 0.12) * i.ripples - grain.distance * i.grain * 0.45
    return Shaded(principled(base_color=color, roughness=roughness, specular=0.35), height=height)


@dataclass(frozen=True)
class WetSandParams:
    color: tuple[float, ...] = param((0.125, 0.088, 0.054), "Colour when wet, linear RGB", min=0, max=1, spread=0.2)
    dry: tuple[float, ...] = param((0.43, 0.33, 0.21), "Colour where it has dried", min=0, max=1, spread=0.15)
    patch: float = param(0.4, "Size of wet patches", min=0.01, max=50, unit="m", usual=(0.25, 0.7))
    wetness: float = param(0.75, "How much of it is wet", min=0, max=1, usual=(0.5, 1.0))
    film: float = param(0.4, "Water that stands on it", min=0, max=1, usual=(0.1, 0.7))
    ripple: float = param(0.05, "Distance between the water's ripples", min=0.005, max=5, unit="m", usual=(0.03, 0.08))
    relief: float = param(0.006, "Height of the ripples", min=0, max=1, unit="m", usual=(0.002, 0.009))
    shells: float = param(0.4, "Bits of shell", min=0, max=1, usual=(0.0, 0.7))
    grain: float = param(0.0011, "Size of a grain", min=0.0001, max=0.02, unit="m")
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def wet_sand(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.patch, i.seed)
    near = spot(i.ripple, i.seed)
    wave, swell = _ripples(near, n.math("ADD", 0.3, n.noise(at, scale=0.3) * 0.6), n.math("ADD", 0.9, 0.0))
    grain = cells(spot(i.grain, i.seed))
    wide = n.noise(at, scale=0.8, detail=4.0, roughness=0.55)
    fine = n.noise(near, scale=3.0, detail=3.0)
    hollow = wave * 0.35 + wide * 1.4 + swell * 0.3
    wet = clear(wide * -1.0 + 1.0 + (fine - 0.5) * 0.1, 0.75 - i.wetness * 0.55, 0.8 - i.wetness * 0.42)
    pool = n.smoothstep(hollow, 0.58 + i.film * 0.62, 0.5 + i.film * 0.6) * wet * n.minimum(i.film * 8.0, 1.0)
    color = n.mix(wet, i.dry, own_color(i.color))
    color = lit(color, (0.74 + grain.random.x * 0.46) * (0.82 + clear(fine) * 0.25))
    color = lit(color, 1.0 - pool * 0.3)
    chip = cells(near, 1.7)
    pick, tone, _ = tree.separate(chip.random)
    size = 0.1 + tone * 0.12
    shell = n.smoothstep(chip.distance, size, size - 0.03) * (pick < i.shells * 0.07)
    color = blend(shell, color, lit(n.color((0.6, 0.54, 0.46)), 0.5 + tone * 0.7))
    roughness = n.mix(wet, 0.88, 0.24 + (grain.random.y - 0.5) * 0.2)
    roughness = n.mix(n.maximum(pool, shell * 0.4), roughness, 0.05)
    level = (wave + swell * 0.8 + wide * 1.5) * i.relief - grain.distance * i.grain * 0.4
    height = n.mix(pool, level, (swell * 0.8 + wide * 1.5 + 0.3) * i.relief) + shell * 0.0012
    return Shaded(principled(base_color=color, roughness=n.clamp(roughness, 0.04, 0.95)), height=height)


@dataclass(frozen=True)
class ForestFloorParams:
    color: tuple[float, ...] = param(
        (0.3, 0.155, 0.06), "Commonest colour of the leaves, linear RGB", min=0, max=1, spread=0.25
    )
    pale: tuple[float, ...] = param((0.4, 0.27, 0.12), "Of pale leaves", min=0, max=1, spread=0.25)
    old: tuple[float, ...] = param((0.1, 0.058, 0.033), "Of rotten ones", min=0, max=1, spread=0.2)
    leaf: float = param(0.06, "Length of a leaf", min=0.005, max=1, unit="m", usual=(0.04, 0.09))
    cover: float = param(0.85, "How much leaves cover", min=0, max=1, usual=(0.5, 1.0))
    twigs: float = param(0.4, "How many twigs", min=0, max=1, usual=(0.1, 0.7))
    moss: float = param(0.25, "Moss between them", min=0, max=1, usual=(0.0, 0.5))
    damp: float = param(0.3, "How damp it is", min=0, max=1, usual=(0.1, 0.7))
    relief: float = param(0.007, "Depth of the litter", min=0, max=1, unit="m", usual=(0.005, 0.012))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def _on_ground(away: Socket, up: Socket, angle: Socket) -> tuple[Socket, Socket]:
    """A vector's parts along and across a direction in the ground's plane; angle: rad, about `up`."""
    side = n.vector_math("CROSS_PRODUCT", up, (0.37, 0.91, 0.18)).normalized()
    other = up.cross(side)
    u, v = away.dot(side), away.dot(other)
    c, s = n.cos(angle), n.sin(angle)
    return u * c + v * s, v * c - u * s


def forest_floor(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.leaf, i.seed)
    up = facing()
    wide = n.noise(at, scale=0.25, detail=3.0)
    fine = n.noise(at, scale=9.0, detail=4.0, roughness=0.65)
    soil = lit(n.color((0.06, 0.04, 0.025)), 0.4 + fine * 1.2)
    green = clear(wide + (fine - 0.5) * 0.2, 0.72 - i.moss * 0.3, 0.76 - i.moss * 0.26) * n.minimum(i.moss * 6.0, 1.0)
    color = blend(green, soil, lit(n.color((0.075, 0.11, 0.022)), 0.35 + fine * 1.3))
    height = fine * 0.12 + green * 0.2
    # Leaves in three layers, each over the one below
    for layer, share in enumerate((1.0, 0.95, 0.8)):
        leaf = cells(warp(shifted(at, layer * 3.7, layer * 1.9, layer * 5.3), 0.07, 2.5), 0.92, 0.8)
        pick, turn, tone = tree.separate(leaf.random)
        along, across = _on_ground(leaf.away, up, turn * (2.0 * pymath.pi))
        along, across = along / 0.52, abs(across) / (0.2 + tone * 0.12)
        outline = 1.0 - along * along - across * (1.0 + n.sin(along * 19.0) * 0.12 * (pick > 0.4))
        there = (pick < (0.4 + i.cover * 0.6) * share) * n.smoothstep(outline, 0.0, 0.06)
        side_veins = n.math("PINGPONG", along * 3.5 - across * 1.1, 0.5)
        ribs = n.maximum(n.smoothstep(across, 0.1, 0.03), n.smoothstep(side_veins, 0.09, 0.02) * 0.5)
        hue = n.math("FRACT", tone * 7.0 + pick * 3.0)
        skin = n.mix(n.smoothstep(hue, 0.5, 0.8), own_color(i.color), i.pale)
        skin = n.mix(n.smoothstep(hue, 0.34 - layer * 0.1, 0.12 - layer * 0.04), skin, i.old)
        mottle = n.noise(shifted(at, layer * 9.0, 0.0, 0.0), scale=3.5, detail=4.0, roughness=0.65)
        color = n.mix(there, color, lit(skin, (0.5 + turn * 0.35 + mottle * 0.5 + ribs * 0.2) * (0.55 + layer * 0.2)))
        cup = across * across * 0.3 - along * 0.3 * (tone - 0.5)
        height = n.mix(
            n.smoothstep(outline, -0.05, 0.2) * there, height, 0.25 + layer * 0.35 + cup + mottle * 0.12 - ribs * 0.05
        )
    stick = cells(shifted(at, 31.0, 7.0, 2.0), 0.55, 0.9)
    along, across = _on_ground(stick.away, up, stick.random.y * 6.283)
    bow = across - along * along * (stick.random.z - 0.5) * 0.6 - (n.noise(at, scale=2.0) - 0.5) * 0.07
    thin = 0.028 * (1.0 - abs(along) * 0.9)
    twig = n.smoothstep(abs(bow), thin, thin * 0.6) * (abs(along) < 0.62) * (stick.random.x < i.twigs * 0.55)
    round_ = n.smoothstep(abs(bow), thin, 0.0)
    color = blend(twig, color, lit(n.color((0.14, 0.1, 0.07)), 0.4 + fine * 0.8 + round_ * 0.4))
    height = n.mix(twig, height, 1.2 + round_ * 0.4) + wide * 1.5
    roughness = n.clamp(0.9 - i.damp * 0.45 + (fine - 0.5) * 0.3, 0.2, 0.97)
    color = lit(color, 1.05 - i.damp * 0.4)
    return Shaded(principled(base_color=color, roughness=roughness, specular=0.35), height=height * i.relief)


WET_SAND = MaterialKind(
    "wet_sand", "Wet Sand", "Soil", WetSandParams, wet_sand, "A beach at low tide, with water in its ripples",
    {"tidal_flat": WetSandParams(color=(0.12, 0.1, 0.08), film=0.8, wetness=1.0, shells=0.2)}, 0.8,
)  # fmt: skip
KINDS = (
    MaterialKind(
        "sand", "Sand", "Soil", SandParams, sand, "Dry sand in the wind's ripples",
        {
            "white_sand": SandParams(color=(0.66, 0.6, 0.5), dark=(0.46, 0.4, 0.32)),
            "red_sand": SandParams(color=(0.42, 0.17, 0.07), dark=(0.24, 0.08, 0.035)),
            "black_sand": SandParams(color=(0.05, 0.048, 0.047), dark=(0.025, 0.024, 0.024), sparkle=0.8),
        }, 0.6,
    ),
    WET_SAND,
    MaterialKind(
        "forest_floor", "Forest Floor", "Soil", ForestFloorParams, forest_floor, "Fallen leaves, twigs and moss on dark soil",
        {
            "autumn_floor": ForestFloorParams(color=(0.48, 0.16, 0.03), pale=(0.6, 0.38, 0.06), moss=0.1),
            "mossy_floor": ForestFloorParams(cover=0.4, moss=0.8, damp=0.5),
        }, 0.45,
    ),
)  # fmt: skip
