"""What grows on rock: moss and lichen, each on a rock of its own, and weathered rock for generators.

Generators steer weathered rock by the attributes `moss` and `lichen` (0..1, how much grows there).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ...params import param
from ..graph import Socket, Tree
from ..graph import nodes as n
from ..graph.sockets import Input
from .base import MaterialKind, Shaded, own_color, principled, told
from .patterns import blend, cells, clear, ridges, seams, shifted, spot, squeeze, warp
from .textures import upward
from .tones import lit


class Layer(NamedTuple):
    """cover: 0..1, where it lies; height in units of its size."""

    cover: Socket
    color: Socket
    roughness: Socket
    height: Socket


def bare_rock(at: Socket, color: Input, other: Input) -> Layer:
    """Grey rock in two colours with faint beds, specks, chips and cracks; `at` in units of about a hand."""
    wide = n.noise(at, scale=0.35, detail=4.0, roughness=0.6)
    fine = n.noise(at, scale=9.0, detail=5.0, roughness=0.7)
    bed = n.noise(squeeze(warp(at, 0.5, 0.5), 0.25, 0.25, 2.2), scale=1.0, detail=4.0, roughness=0.6)
    grit = n.noise(at, scale=38.0, detail=3.0, roughness=0.7)
    speck = cells(at, 17.0)
    dot = (speck.random.x > 0.8) * n.smoothstep(speck.distance, 0.34, 0.24)
    tone = n.mix(clear(wide * 0.6 + bed * 0.4, 0.4, 0.6), color, other)
    tone = lit(
        tone, (0.36 + fine * 0.95 + clear(bed) * 0.22) * (0.7 + grit * 0.6) * (1.0 + dot * (speck.random.y - 0.6) * 0.3)
    )
    net = seams(warp(warp(at, 0.22, 1.1, 3.0), 0.025, 9.0, 3.0), 0.42)
    there = clear(n.noise(at, scale=0.6, detail=2.0), 0.46, 0.56)
    crack = n.smoothstep(net, 0.009, 0.002) * there
    dent = n.smoothstep(net, 0.03, 0.0) * there
    rusty = clear(n.noise(at, scale=0.55, detail=5.0, roughness=0.65), 0.56, 0.72)
    tone = blend(rusty * 0.4, tone, lit(n.color((0.2, 0.12, 0.06)), 0.6 + fine * 0.8))
    tone = lit(tone, 1.0 - crack * 0.65 - dent * 0.12)
    chips = ridges(warp(at, 0.2, 2.0), 1.3, 4.0)
    height = chips * 0.34 + fine * 0.3 + clear(bed) * 0.12 + wide * 0.5 + grit * 0.09 - dent * 0.16 - crack * 0.12
    return Layer(
        n.math("MULTIPLY", crack, 1.0), tone, n.clamp(0.86 + (fine - 0.5) * 0.25 - rusty * 0.05, 0.4, 0.98), height
    )


def moss_layer(at: Socket, color: Input, dry: Input, amount: Input) -> Layer:
    """Cushions of moss; `at` in cushions, `amount` 0..1 how much grows there."""
    wide = n.noise(at, scale=0.22, detail=4.0, roughness=0.6)
    fronds = n.noise(at, scale=13.0, detail=5.0, roughness=0.75)
    there = amount * 1.15 - 0.5 + (wide - 0.5) * 2.2 + (fronds - 0.5) * 0.35
    cover = n.smoothstep(there, -0.04, 0.1) * n.smoothstep(amount, 0.0, 0.06)
    cushion = cells(warp(at, 0.2, 1.2), 0.9)
    dome = 1.0 - n.minimum(cushion.distance * cushion.distance * 1.5, 1.0)
    patch = clear(n.noise(at, scale=0.5, detail=3.0))
    green = lit(color, (0.5 + cushion.random.x * 0.45 + dome * 0.35) * (0.3 + fronds * 1.25))
    brown = n.clamp(clear(n.noise(at, scale=0.8, detail=3.0), 0.5, 0.7) * 0.7 + n.smoothstep(there, 0.3, 0.0) * 0.4)
    tint = n.mix(brown, green, lit(dry, 0.3 + fronds * 1.3))
    tint = blend(patch * 0.35 * dome, tint, lit(n.color((0.24, 0.27, 0.035)), 0.3 + fronds * 1.2))
    depth = n.smoothstep(there, -0.04, 0.45)
    height = cover * (depth * (0.45 + dome * 0.5) + fronds * 0.36)
    return Layer(cover, tint, n.math("ADD", 0.88, fronds * 0.1), height)


def lichen_layer(at: Socket, grey: Input, orange: Input, amount: Input) -> Layer:
    """Rosettes of crust in two kinds, older ones open in the middle; `at` in rosettes."""
    rough = warp(warp(at, 0.1, 2.5, 3.0), 0.03, 14.0, 2.0)
    crowd = n.noise(at, scale=0.18, detail=3.0)
    share = n.clamp(amount * 0.9 + (crowd - 0.5) * 3.2 * n.smoothstep(amount, 0.0, 0.3) - 0.12)
    cover: Input = 0.0
    color: Input = (0.0, 0.0, 0.0)
    height: Input = 0.0
    fine = n.noise(at, scale=22.0, detail=4.0, roughness=0.7)
    for scale, moved, one in ((0.6, 0.0, grey), (1.7, 11.0, orange), (2.4, 23.0, grey)):
        spotted = cells(shifted(rough, moved, 0.0, moved), scale)
        pick, size, tone = spotted.random.x, spotted.random.y, spotted.random.z
        radius = 0.16 + size * 0.3
        inside = spotted.distance / radius
        ring = n.sin(inside * 15.0 + fine * 5.0) * 0.5 + 0.5
        hole = n.smoothstep(inside, 0.5, 0.22) * (size > 0.75) * 0.7 * n.smoothstep(fine, 0.35, 0.6)
        there = n.smoothstep(inside, 1.0, 0.86) * (pick < share) * (1.0 - hole * 0.85)
        own = lit(one, (0.6 + tone * 0.5) * (0.75 + fine * 0.5) * (0.92 + ring * 0.12))
        pale = n.smoothstep(inside, 0.62, 0.95)
        own = blend(pale * 0.35, own, lit(n.color((0.6, 0.6, 0.54)), 0.8 + fine * 0.4))
        color = n.mix(there, color, own)
        cover = n.maximum(cover, there)
        height = n.maximum(height, there * (0.4 + ring * 0.2 + fine * 0.6 + pale * 0.2))
    return Layer(cover, color, n.math("SUBTRACT", 0.98, fine * 0.12), height)  # type: ignore[arg-type]


def over(lower: Layer, upper: Layer, lower_size: Input, upper_size: Input) -> tuple[Socket, Socket, Socket]:
    """Colour, roughness and height (m) of one layer on another; sizes: m a unit of their heights."""
    color = n.mix(upper.cover, lower.color, upper.color)
    roughness = n.mix(upper.cover, lower.roughness, upper.roughness)
    below = lower.height * lower_size
    return color, roughness, below * (1.0 - upper.cover * 0.6) + upper.height * upper_size


@dataclass(frozen=True)
class MossCoverParams:
    color: tuple[float, ...] = param((0.06, 0.09, 0.016), "Colour of the moss, linear RGB", min=0, max=1, spread=0.25)
    dry: tuple[float, ...] = param((0.15, 0.11, 0.035), "Where it is dry", min=0, max=1, spread=0.2)
    rock: tuple[float, ...] = param((0.22, 0.21, 0.195), "Colour of the rock", min=0, max=1, spread=0.2)
    cushion: float = param(0.04, "Size of a cushion", min=0.002, max=2, unit="m", usual=(0.025, 0.06))
    amount: float = param(0.6, "How much of the rock it covers", min=0, max=1, usual=(0.35, 0.85))
    top: float = param(0.6, "How far it keeps to what looks up", min=0, max=1, usual=(0.3, 0.9))
    thickness: float = param(0.02, "Thickness of the moss", min=0, max=1, unit="m", usual=(0.012, 0.03))
    relief: float = param(0.02, "Relief of the rock", min=0, max=1, unit="m", usual=(0.01, 0.03))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def moss_cover(tree: Tree) -> Shaded:
    i = tree.i
    rock = bare_rock(spot(i.cushion * 3.0, i.seed), i.rock, n.mix(0.5, i.rock, n.color((0.14, 0.12, 0.1))))
    grows = n.clamp(i.amount + (upward() - 0.25) * i.top * 0.9 * n.minimum(i.amount * 4.0, 1.0))
    moss = moss_layer(spot(i.cushion, i.seed + 3.0), own_color(i.color), i.dry, grows)
    color, roughness, height = over(rock, moss, i.relief, i.thickness)
    shader = principled(base_color=color, roughness=roughness, specular=0.3)
    return Shaded(shader, height=height)


@dataclass(frozen=True)
class LichenParams:
    color: tuple[float, ...] = param(
        (0.33, 0.35, 0.26), "Colour of the grey kind, linear RGB", min=0, max=1, spread=0.2
    )
    orange: tuple[float, ...] = param((0.5, 0.24, 0.035), "Colour of the other kind", min=0, max=1, spread=0.2)
    rock: tuple[float, ...] = param((0.17, 0.16, 0.15), "Colour of the rock", min=0, max=1, spread=0.2)
    rosette: float = param(0.05, "Size of a rosette", min=0.002, max=2, unit="m", usual=(0.03, 0.08))
    amount: float = param(0.6, "How much of the rock they cover", min=0, max=1, usual=(0.3, 0.85))
    thickness: float = param(0.003, "Thickness of the crust", min=0, max=0.2, unit="m", usual=(0.0015, 0.005))
    relief: float = param(0.02, "Relief of the rock", min=0, max=1, unit="m", usual=(0.01, 0.03))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def lichen(tree: Tree) -> Shaded:
    i = tree.i
    rock = bare_rock(spot(i.rosette * 2.5, i.seed), i.rock, n.mix(0.5, i.rock, n.color((0.26, 0.24, 0.21))))
    crust = lichen_layer(spot(i.rosette, i.seed + 3.0), own_color(i.color), i.orange, i.amount)
    color, roughness, height = over(rock, crust, i.relief, i.thickness)
    return Shaded(principled(base_color=color, roughness=roughness, specular=0.3), height=height)


@dataclass(frozen=True)
class WeatheredRockParams:
    color: tuple[float, ...] = param((0.2, 0.185, 0.165), "Colour of the rock, linear RGB", min=0, max=1, spread=0.25)
    other: tuple[float, ...] = param(
        (0.6, 0.55, 0.5), "What its colour is multiplied by in places", min=0, max=1, spread=0.1
    )
    moss_color: tuple[float, ...] = param((0.06, 0.09, 0.016), "Moss", min=0, max=1, spread=0.25)
    lichen_color: tuple[float, ...] = param((0.33, 0.35, 0.26), "Grey lichen", min=0, max=1, spread=0.2)
    orange: tuple[float, ...] = param((0.45, 0.22, 0.04), "Orange lichen", min=0, max=1, spread=0.2)
    size: float = param(0.15, "Size of the rock's pattern", min=0.005, max=20, unit="m", usual=(0.1, 0.22))
    moss: float = param(0.0, "Moss, more than the generator asks for", min=0, max=1)
    lichen: float = param(0.0, "Lichen, more than the generator asks for", min=0, max=1)
    relief: float = param(0.025, "Relief of the rock", min=0, max=2, unit="m", usual=(0.015, 0.035))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def weathered_rock(tree: Tree) -> Shaded:
    i = tree.i
    own = own_color(i.color)
    rock = bare_rock(spot(i.size, i.seed), own, n.mix(1.0, own, i.other, blend="MULTIPLY"))
    grown = spot(i.size * 0.33, i.seed + 3.0)
    crust = lichen_layer(spot(i.size * 0.4, i.seed + 3.0), i.lichen_color, i.orange, n.clamp(told("lichen") + i.lichen))
    color, roughness, height = over(rock, crust, i.relief, i.size * 0.02)
    moss = moss_layer(grown, i.moss_color, n.color((0.15, 0.11, 0.035)), n.clamp(told("moss") + i.moss))
    both = Layer(moss.cover, color, roughness, height)
    color, roughness, height = over(both, moss, 1.0, i.size * 0.12)
    return Shaded(principled(base_color=color, roughness=roughness, specular=0.3), height=height)


WEATHERED_ROCK = MaterialKind(
    "weathered_rock", "Weathered Rock", "Rock", WeatheredRockParams, weathered_rock,
    "Field stone on which a generator grows moss and lichen", {"mossy_rock": WeatheredRockParams(moss=0.6, lichen=0.3)}, 0.7,
)  # fmt: skip
KINDS = (
    MaterialKind("moss_cover", "Moss on Rock", "Cover", MossCoverParams, moss_cover, "Cushions of moss on grey rock", {}, 0.5),
    MaterialKind(
        "lichen", "Lichen on Rock", "Cover", LichenParams, lichen, "Rosettes of grey and orange crust on rock",
        {"map_lichen": LichenParams(color=(0.36, 0.4, 0.06), orange=(0.07, 0.07, 0.065), amount=0.8)}, 0.5,
    ),
    WEATHERED_ROCK,
)  # fmt: skip
