"""Rocks in layers, and stones beside stones: sandstone, slate, mountain strata, cobble, gravel."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Socket, Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, own_color, principled
from .patterns import blend, cells, clear, ridges, seams, shifted, spot, squeeze, stairs, warp
from .textures import chance, upward
from .tones import lit


@dataclass(frozen=True)
class SandstoneParams:
    color: tuple[float, ...] = param((0.46, 0.28, 0.145), "Colour, linear RGB", min=0, max=1, spread=0.2)
    band: tuple[float, ...] = param((0.4, 0.17, 0.08), "Colour of the bands", min=0, max=1, spread=0.25)
    layer: float = param(0.03, "Thickness of a layer", min=0.001, max=5, unit="m", usual=(0.02, 0.05))
    waviness: float = param(0.5, "How far layers wander", min=0, max=2, usual=(0.2, 0.9))
    contrast: float = param(0.6, "How much bands differ", min=0, max=1, usual=(0.35, 0.85))
    pits: float = param(0.3, "How far wind has hollowed it", min=0, max=1, usual=(0.1, 0.6))
    grain: float = param(0.0012, "Size of the grains", min=0.0002, max=0.05, unit="m", usual=(0.0008, 0.002))
    relief: float = param(0.014, "How far hard layers stand out", min=0, max=1, unit="m", usual=(0.008, 0.022))
    roughness: float = param(0.88, "Roughness", min=0, max=1, usual=(0.8, 0.94))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def sandstone(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.layer, i.seed)
    drift = n.noise(squeeze(at, 0.16, 0.16, 0.1), scale=1.0, detail=3.0) - 0.5
    level = at.z + drift * i.waviness * 5.0
    bed = n.math("FLOOR", level * 0.42 + 0.3)
    lean = chance(bed) - 0.5  # within a bed the laminae dip their own way
    lamina_at = level + (at.x * 0.35 + at.y * 0.2) * lean
    flat = n.combine_xyz(at.x * 0.05, at.y * 0.05, level)
    band = clear(n.noise(flat, scale=0.7, detail=3.0, roughness=0.55), 0.4, 0.62)
    lamina = n.noise(n.combine_xyz(at.x * 0.03, at.y * 0.03, lamina_at), scale=4.0, detail=2.0)
    hard = clear(n.noise(shifted(flat, 3.0, 0.0, 40.0), scale=0.9, detail=4.0, roughness=0.6), 0.36, 0.6)
    wide = clear(n.noise(at, scale=0.09, detail=4.0))
    sand = cells(spot(i.grain, i.seed), 1.0)
    color = n.mix(n.clamp(band * 0.75 + (lamina - 0.4) * 0.9) * i.contrast, own_color(i.color), i.band)
    color = blend(n.smoothstep(chance(bed, 3.0), 0.7, 1.0) * 0.45 * i.contrast, color, (0.66, 0.52, 0.36))
    color = lit(color, (0.82 + wide * 0.3) * (0.72 + sand.random.x * 0.56))
    hollow = cells(warp(squeeze(at, 0.55, 0.55, 0.75), 0.3, 1.0), 1.0)
    pit = n.smoothstep(hollow.distance, 0.55, 0.1) * clear(
        n.noise(at, scale=0.11, detail=1.0), 0.62 - i.pits * 0.3, 0.66
    )
    color = lit(color, 1.0 - pit * 0.35)
    height = (hard * 0.8 + lamina * 0.35 + wide * 0.35 - pit * 1.4) * i.relief - sand.distance * i.grain * 0.35
    roughness = n.clamp(i.roughness + (sand.random.y - 0.5) * 0.2, 0.3, 0.98)
    return Shaded(principled(base_color=color, roughness=roughness, specular=0.35), height=height)


@dataclass(frozen=True)
class SlateParams:
    color: tuple[float, ...] = param((0.065, 0.071, 0.08), "Colour, linear RGB", min=0, max=1, spread=0.25)
    rust: tuple[float, ...] = param((0.22, 0.11, 0.05), "Rust on its faces", min=0, max=1, spread=0.2)
    sheet: float = param(0.012, "Thickness of a sheet", min=0.0005, max=1, unit="m", usual=(0.007, 0.02))
    splinter: float = param(0.6, "How ragged its broken edges are", min=0, max=1, usual=(0.35, 0.9))
    rusting: float = param(0.3, "How much is rusty", min=0, max=1, usual=(0.05, 0.6))
    sheen: float = param(0.4, "Shine of cleaved faces", min=0, max=1, usual=(0.2, 0.6))
    relief: float = param(0.013, "How far sheets stand out", min=0, max=1, unit="m", usual=(0.008, 0.02))
    roughness: float = param(0.6, "Roughness", min=0, max=1, usual=(0.5, 0.75))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def slate(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.sheet, i.seed)
    ripple = n.noise(squeeze(at, 0.06, 0.06, 0.02), scale=1.0, detail=4.0, roughness=0.6) - 0.5
    level = at.z * 0.97 + at.x * 0.12 + ripple * 5.0
    flaw = n.noise(at, scale=0.5, detail=4.0, roughness=0.65) - 0.5
    level = level + flaw * i.splinter * 1.1
    out = 0.0
    tone = 0.0
    for scale, weight in ((0.5, 0.6), (1.0, 0.4), (3.1, 0.16)):
        sheet = n.math("FLOOR", level * scale)
        along = n.combine_xyz(at.x * 0.05 * scale, at.y * 0.05 * scale, stairs(level * scale) * 1.31)
        out = out + clear(n.noise(along, scale=1.0, detail=4.0, roughness=0.65), 0.3, 0.7) * weight
        tone = tone + chance(sheet, scale) * weight
    wide = clear(n.noise(at, scale=0.05, detail=4.0))
    fine = n.noise(squeeze(at, 0.5, 0.5, 4.0), scale=2.0, detail=3.0)
    color = lit(own_color(i.color), 0.5 + tone * 0.55 + fine * 0.35)
    color = blend(
        clear(n.noise(at, scale=0.025, detail=3.0)) * 0.3, color, lit(n.color((0.09, 0.11, 0.085)), 0.7 + tone * 0.5)
    )
    spread = n.noise(squeeze(at, 0.12, 0.12, 0.5), scale=1.0, detail=5.0, roughness=0.62)
    rusty = clear(spread, 0.66 - i.rusting * 0.24, 0.76 - i.rusting * 0.2)
    color = n.mix(rusty * 0.8, color, lit(i.rust, 0.45 + fine * 0.9))
    color = lit(color, 0.85 + wide * 0.3)
    roughness = n.clamp(i.roughness + rusty * 0.25 - i.sheen * 0.4 * tone + (fine - 0.5) * 0.3, 0.15, 0.95)
    height = (out * 0.7 + fine * 0.06 + wide * 0.4) * i.relief
    return Shaded(principled(base_color=color, roughness=roughness), height=height)


@dataclass(frozen=True)
class StrataParams:
    color: tuple[float, ...] = param((0.25, 0.18, 0.12), "Soft beds, linear RGB", min=0, max=1, spread=0.2)
    hard: tuple[float, ...] = param((0.36, 0.28, 0.2), "Hard beds", min=0, max=1, spread=0.2)
    iron: tuple[float, ...] = param((0.25, 0.09, 0.045), "Red beds", min=0, max=1, spread=0.25)
    bed: float = param(4.0, "Thickness of a bed", min=0.05, max=200, unit="m", usual=(2.5, 7.0))
    fold: float = param(0.5, "How far beds are folded", min=0, max=3, usual=(0.1, 1.0))
    dip: float = param(0.12, "How steeply they dip", min=-1.5, max=1.5, unit="rad", usual=(-0.3, 0.3))
    gullies: float = param(0.5, "How far rain has cut into it", min=0, max=1, usual=(0.25, 0.8))
    ledge: float = param(3.0, "How far hard beds stand out", min=0, max=50, unit="m", usual=(2.0, 4.5))
    scree: float = param(0.5, "Rubble on what lies flat", min=0, max=1, usual=(0.2, 0.8))
    snow: float = param(0.0, "Snow on what lies flat", min=0, max=1)
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def mountain_strata(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.bed, i.seed)
    wave = n.noise(squeeze(at, 0.07, 0.07, 0.05), scale=1.0, detail=2.0) - 0.5
    small = n.noise(at, scale=0.8, detail=4.0, roughness=0.6) - 0.5
    level = at.z + at.x * n.math("TANGENT", i.dip) + wave * i.fold * 14.0 + small * 0.35
    flat = n.combine_xyz(at.x * 0.02, at.y * 0.02, level)
    kind = n.noise(flat, scale=0.5, detail=2.0)
    hardness = n.noise(shifted(flat, 0.0, 5.0, 31.0), scale=0.8, detail=4.0, roughness=0.65)
    thin = n.noise(flat, scale=5.0, detail=2.0)
    gully = ridges(squeeze(warp(at, 0.3, 0.4), 0.4, 0.4, 0.07), 1.0, 4.0)
    cut = clear(gully, 0.3, 0.75)
    grain = n.noise(at, scale=9.0, detail=5.0, roughness=0.65)
    color = n.mix(clear(hardness, 0.4, 0.6), own_color(i.color), i.hard)
    color = n.mix(clear(kind, 0.53, 0.6) * 0.85, color, i.iron)
    color = blend(
        clear(n.noise(shifted(flat, 0.0, 0.0, 77.0), scale=0.7, detail=2.0), 0.6, 0.66) * 0.6, color, (0.6, 0.53, 0.42)
    )
    color = lit(color, (0.62 + thin * 0.76) * (0.65 + grain * 0.7))
    varnish = clear(n.noise(squeeze(at, 0.9, 0.9, 0.06), scale=1.0, detail=4.0), 0.5, 0.68)
    color = lit(color, 1.0 - varnish * 0.45)
    up = upward() + (grain - 0.5) * 0.5 + small * 0.4
    rubble = n.smoothstep(up, 1.05 - i.scree * 0.6, 1.25 - i.scree * 0.6) * n.minimum(i.scree * 5.0, 1.0)
    stones = cells(at, 9.0)
    scree = lit(n.mix(0.5, own_color(i.color), i.hard), 0.55 + stones.random.x * 0.7)
    color = n.mix(rubble, color, scree)
    white = n.smoothstep(up, 1.05 - i.snow * 0.85, 1.15 - i.snow * 0.85) * n.minimum(i.snow * 8.0, 1.0)
    color = blend(white, color, (0.78, 0.8, 0.83))
    roughness = n.clamp(0.88 + (grain - 0.5) * 0.2 - varnish * 0.15 - white * 0.3, 0.3, 0.98)
    rock = clear(hardness, 0.36, 0.64) + thin * 0.3 - cut * i.gullies * 1.1 + grain * 0.25
    height = rock * i.ledge * (1.0 - rubble * 0.75) - rubble * stones.distance * i.bed * 0.05
    return Shaded(principled(base_color=color, roughness=roughness, specular=0.3), height=height)


@dataclass(frozen=True)
class CobbleParams:
    color: tuple[float, ...] = param(
        (0.26, 0.235, 0.205), "Colour of the stones, linear RGB", min=0, max=1, spread=0.25
    )
    other: tuple[float, ...] = param((0.2, 0.14, 0.11), "Colour of every third", min=0, max=1, spread=0.25)
    joint: tuple[float, ...] = param((0.1, 0.075, 0.05), "Earth between them", min=0, max=1, spread=0.2)
    stone: float = param(0.12, "Size of a stone", min=0.005, max=5, unit="m", usual=(0.09, 0.16))
    gap: float = param(0.3, "Width of the joints", min=0, max=1, usual=(0.15, 0.45))
    order: float = param(0.35, "From scattered, 0, to rows, 1", min=0, max=1, usual=(0.0, 0.6))
    moss: float = param(0.3, "Moss in the joints", min=0, max=1, usual=(0.0, 0.7))
    relief: float = param(0.03, "How high stones stand", min=0, max=1, unit="m", usual=(0.02, 0.04))
    roughness: float = param(0.55, "Roughness of their worn tops", min=0, max=1, usual=(0.4, 0.7))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def cobble(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.stone, i.seed)
    bent = warp(at, 0.06, 2.0, 2.0)
    loose = 1.0 - i.order
    stone = cells(bent, 1.0, loose)
    edge = seams(bent, 1.0, loose) - i.gap * 0.16
    pick, light, tall = tree.separate(stone.random)
    inside = n.smoothstep(edge, 0.0, 0.035)
    round_top = 1.0 - n.minimum(stone.distance, 0.8) * n.minimum(stone.distance, 0.8) * 1.1
    dome = n.math("POWER", n.smoothstep(edge, -0.02, 0.2), 0.6) * (0.45 + round_top * 0.55)
    own = at + stone.random * 40.0  # each stone has its own grain
    grain = n.noise(own, scale=14.0, detail=4.0, roughness=0.65)
    blotch = clear(n.noise(own, scale=2.2, detail=3.0))
    rock = n.mix(n.smoothstep(pick, 0.6, 0.75), own_color(i.color), i.other)
    rock = blend(n.smoothstep(pick, 0.28, 0.1) * 0.6, rock, (0.33, 0.32, 0.3))
    rock = lit(rock, (0.6 + light * 0.75) * (0.78 + blotch * 0.3) * (0.65 + grain * 0.7))
    wide = n.noise(at, scale=0.35, detail=4.0)
    earth = lit(i.joint, 0.45 + n.noise(at, scale=18.0, detail=3.0) * 1.1)
    green = clear(wide + (n.noise(at, scale=6.0, detail=3.0) - 0.5) * 0.5, 0.68 - i.moss * 0.36, 0.74 - i.moss * 0.3)
    green = green * n.smoothstep(dome, 0.62, 0.2) * n.minimum(i.moss * 6.0, 1.0)
    tuft = n.noise(at, scale=40.0, detail=2.0)
    color = n.mix(inside, earth, lit(rock, 0.55 + dome * 0.45))
    color = blend(green, color, lit(n.color((0.065, 0.1, 0.022)), 0.4 + tuft * 1.2))
    worn = n.smoothstep(dome, 0.3, 0.95)
    roughness = 0.9 - worn * inside * (0.9 - i.roughness) + (grain - 0.5) * 0.25 + green * 0.1
    lumps = n.noise(own, scale=2.6, detail=4.0) * 0.22
    foot = n.smoothstep(edge, -0.03, 0.07)
    height = (foot * (dome * (0.7 + tall * 0.35) + lumps + grain * 0.05) + green * (0.12 + tuft * 0.14)) * i.relief
    return Shaded(principled(base_color=color, roughness=n.clamp(roughness, 0.15, 0.97)), height=height)


@dataclass(frozen=True)
class GravelParams:
    color: tuple[float, ...] = param(
        (0.25, 0.23, 0.205), "Commonest colour of stones, linear RGB", min=0, max=1, spread=0.25
    )
    warm: tuple[float, ...] = param((0.35, 0.22, 0.13), "Of the brown ones", min=0, max=1, spread=0.2)
    dark: tuple[float, ...] = param((0.085, 0.085, 0.09), "Of the dark ones", min=0, max=1, spread=0.2)
    stone: float = param(0.02, "Size of the larger stones", min=0.001, max=1, unit="m", usual=(0.014, 0.03))
    variety: float = param(0.7, "How much colours differ", min=0, max=1, usual=(0.4, 1.0))
    dust: float = param(0.3, "Dust on them", min=0, max=1, usual=(0.1, 0.6))
    relief: float = param(0.009, "How high stones stand", min=0, max=1, unit="m", usual=(0.006, 0.013))
    roughness: float = param(0.72, "Roughness", min=0, max=1, usual=(0.6, 0.82))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def gravel(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.stone, i.seed)
    top: Socket | float = 0.02
    look: Socket | tuple = (0.5, 0.5, 0.5)
    inside: Socket | float = 0.0
    # Stones of three sizes, each lying in the gaps of the larger: the highest shows
    bent = warp(at, 0.05, 3.0)
    for scale, tallest, share in ((0.85, 1.0, 0.65), (1.6, 0.62, 0.85), (3.4, 0.3, 1.0)):
        moved = (shifted(bent, scale * 5.0, scale * 3.0, 0.0)) * scale
        stone, edge = cells(moved), seams(moved)
        face = n.math("POWER", n.smoothstep(edge, 0.015, 0.3), 0.55)
        tilt = stone.away.dot(stone.random - (0.5, 0.5, 0.5)) * 0.6  # broken stones lie aslant
        high = (face * (0.75 + stone.random.y * 0.4) + tilt) * tallest * (stone.random.x < share) * (edge > 0.015)
        shows = high > top
        top = n.maximum(top, high)
        look = n.mix(shows, look, stone.random)
        inside = n.mix(shows, inside, face)
    pick, light, tone = tree.separate(look)
    grain = n.noise(at + look * 30.0, scale=9.0, detail=4.0, roughness=0.65)
    fine = n.math("FRACT", pick * 37.0 + tone * 11.0)
    rock = n.mix((fine < 0.3) * i.variety, own_color(i.color), i.warm)
    rock = n.mix((fine > 0.78) * i.variety, rock, i.dark)
    rock = blend((fine > 0.45) * (fine < 0.53) * i.variety * 0.8, rock, (0.48, 0.46, 0.43))
    rock = lit(rock, (0.6 + light * 0.75) * (0.65 + grain * 0.7))
    depth = n.smoothstep(top, 0.0, 0.55)
    dusty = clear(n.noise(at, scale=0.12, detail=4.0) + (grain - 0.5) * 0.4) * i.dust
    color = blend(dusty * 0.6, rock, (0.22, 0.18, 0.13))
    color = lit(color, (0.3 + depth * 0.75) * (0.7 + inside * 0.3))
    height = (top + grain * 0.06 + n.noise(at, scale=0.25, detail=2.0) * 0.8) * i.relief
    roughness = n.clamp(i.roughness + (grain - 0.5) * 0.3 + dusty * 0.2, 0.2, 0.97)
    return Shaded(principled(base_color=color, roughness=roughness), height=height)


SLATE = MaterialKind(
    "slate", "Slate", "Rock", SlateParams, slate, "Dark sheets, splintered and a little rusty",
    {"green_slate": SlateParams(color=(0.1, 0.13, 0.105)), "purple_slate": SlateParams(color=(0.12, 0.085, 0.105))}, 0.3,
)  # fmt: skip
KINDS = (
    MaterialKind(
        "sandstone", "Sandstone", "Rock", SandstoneParams, sandstone, "Banded beds of sand, hollowed by wind",
        {
            "red_sandstone": SandstoneParams(color=(0.42, 0.16, 0.075), band=(0.55, 0.34, 0.2), pits=0.5),
            "yellow_sandstone": SandstoneParams(color=(0.56, 0.42, 0.22), band=(0.4, 0.24, 0.1), contrast=0.4, pits=0.1),
        }, 0.5,
    ),
    SLATE,
    MaterialKind(
        "mountain_strata", "Mountain Strata", "Rock", StrataParams, mountain_strata, "Beds of a cliff with ledges and gullies",
        {
            "canyon_strata": StrataParams(
                color=(0.4, 0.2, 0.11), hard=(0.52, 0.33, 0.2), iron=(0.36, 0.1, 0.045), fold=0.1, dip=0.0, bed=6.0
            ),
            "alpine_strata": StrataParams(
                color=(0.2, 0.2, 0.2), hard=(0.33, 0.325, 0.31), iron=(0.19, 0.16, 0.13), fold=1.5, dip=0.4, snow=0.6
            ),
        }, 80.0,
    ),
    MaterialKind(
        "cobble", "Cobble", "Rock", CobbleParams, cobble, "Rounded stones set in earth, mossy in the joints",
        {
            "clean_cobble": CobbleParams(moss=0.0, gap=0.2, order=0.7),
            "river_cobble": CobbleParams(moss=0.0, order=0.0, joint=(0.2, 0.17, 0.13), roughness=0.4, stone=0.09),
        }, 0.8,
    ),
    MaterialKind(
        "gravel", "Gravel", "Rock", GravelParams, gravel, "Broken stones of many sizes",
        {"limestone_gravel": GravelParams(color=(0.5, 0.47, 0.41), variety=0.25, dust=0.5)}, 0.25,
    ),
)  # fmt: skip
