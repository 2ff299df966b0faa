"""Massive rocks: granite, basalt, marble, limestone."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, own_color, principled
from .patterns import blend, cells, clear, ridges, seams, shifted, spot, squeeze, vein, warp
from .tones import lit


@dataclass(frozen=True)
class GraniteParams:
    color: tuple[float, ...] = param(
        (0.42, 0.32, 0.27), "Feldspar, most of the rock, linear RGB", min=0, max=1, spread=0.3
    )
    quartz: tuple[float, ...] = param((0.22, 0.215, 0.21), "Quartz", min=0, max=1, spread=0.2)
    mica: tuple[float, ...] = param((0.03, 0.028, 0.027), "Dark mica", min=0, max=1)
    grain: float = param(0.0045, "Size of the grains", min=0.0005, max=0.1, unit="m", usual=(0.003, 0.007))
    quartz_share: float = param(0.3, "Share of quartz", min=0, max=1, usual=(0.22, 0.4))
    mica_share: float = param(0.14, "Share of dark mica", min=0, max=1, usual=(0.08, 0.22))
    weathering: float = param(0.4, "How far it is stained", min=0, max=1, usual=(0.1, 0.7))
    relief: float = param(0.006, "Height of the broken face's relief", min=0, max=1, unit="m", usual=(0.003, 0.01))
    roughness: float = param(0.62, "From polished, 0.1, to hewn", min=0, max=1, usual=(0.5, 0.75))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def granite(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.grain, i.seed)
    bent = warp(at, 0.35, 1.6, 3.0)
    grain = cells(bent)
    pick, light, other = tree.separate(grain.random)
    speck = cells(shifted(bent, 5.0, 0.0, 0.0), 2.6)  # flakes between the grains
    crystal = cells(warp(at, 0.2, 0.8), 0.36)  # feldspar also grows in crystals several times as large
    large = (crystal.random.x > 0.72) * (crystal.distance < 0.42)
    clump = n.noise(at, scale=0.22, detail=1.0) - 0.5
    dark = (pick < i.mica_share + clump * i.mica_share * 2.2) * (1.0 - large)
    dark = n.maximum(dark, (speck.random.x < i.mica_share * 0.75) * (speck.distance < 0.5))
    glassy = (pick > 1.0 - i.quartz_share + clump * 0.3) * (1.0 - large)
    wide = n.noise(at, scale=0.035, detail=4.0)
    feldspar = lit(
        blend((other > 0.62) * (1.0 - large) * 0.6, own_color(i.color), (0.55, 0.52, 0.48)), 0.8 + light * 0.26
    )
    feldspar = lit(
        feldspar, 0.7 + n.noise(bent, scale=3.0, detail=3.0, roughness=0.7) * 0.5 - (speck.random.y < 0.15) * 0.18
    )
    color = blend(glassy, feldspar, lit(i.quartz, 0.5 + light * 0.6 + speck.random.z * 0.4))
    color = blend(dark, color, lit(i.mica, 0.6 + light * 1.2))
    stain = clear(wide + clump * 0.15, 0.42, 0.7) * i.weathering
    color = n.mix(stain * 0.55, color, lit(n.mix(0.6, color, n.color((0.2, 0.14, 0.085))), 0.62))
    color = lit(color, 0.82 + clear(n.noise(at, scale=0.012, detail=2.0)) * 0.3)
    roughness = i.roughness - glassy * 0.22 - dark * 0.18 + stain * 0.2 + (light - 0.5) * 0.12
    broken = ridges(at, 0.05, 4.0) * 0.7 + n.noise(at, scale=0.16, detail=4.0) * 0.5
    pitted = (other * 0.14 - dark * 0.16) * i.grain
    height = broken * i.relief + pitted * n.smoothstep(i.relief, 0.0, 0.002)
    return Shaded(principled(base_color=color, roughness=n.clamp(roughness, 0.06, 0.95)), height=height)


@dataclass(frozen=True)
class BasaltParams:
    color: tuple[float, ...] = param((0.05, 0.049, 0.05), "Colour, linear RGB", min=0, max=1, spread=0.25)
    rust: tuple[float, ...] = param((0.16, 0.085, 0.045), "Weathered crust", min=0, max=1, spread=0.2)
    bubble: float = param(0.008, "Size of the largest bubbles", min=0.0005, max=0.2, unit="m", usual=(0.005, 0.014))
    bubbles: float = param(0.7, "How many bubbles", min=0, max=1, usual=(0.15, 0.85))
    weathering: float = param(0.35, "How much of it is crust", min=0, max=1, usual=(0.1, 0.6))
    olivine: float = param(0.25, "How many green crystals", min=0, max=1, usual=(0.0, 0.5))
    relief: float = param(0.018, "Height of its lumps", min=0, max=1, unit="m", usual=(0.01, 0.028))
    roughness: float = param(0.75, "Roughness", min=0, max=1, usual=(0.62, 0.85))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def basalt(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.bubble, i.seed)
    drawn = warp(squeeze(at, 1.0, 1.0, 1.25), 0.12, 0.6)
    crowd = clear(n.noise(at, scale=0.13, detail=2.0)) * 0.5 + 0.5
    pit = 0.0
    for scale, size in ((0.55, 0.42), (1.5, 0.4), (3.4, 0.36)):
        hole = cells(shifted(drawn, scale * 7.0, 0.0, 0.0), scale)
        radius = size * crowd * (hole.random.x < i.bubbles) * (0.4 + hole.random.y * 0.6) + 1e-4
        deep = 1.0 - n.minimum(hole.distance / radius, 1.0)
        pit = n.maximum(pit, n.math("POWER", deep, 0.6) * radius * (1.9 / scale))
    hollow = n.smoothstep(pit, 0.0, 0.22)
    wide = n.noise(at, scale=0.05, detail=5.0, roughness=0.6)
    crust = clear(wide, 0.62 - i.weathering * 0.25, 0.75 - i.weathering * 0.2) * (1.0 - hollow)
    grain = n.noise(at, scale=6.0, detail=3.0, roughness=0.7)
    color = lit(own_color(i.color), 0.6 + grain * 0.8)
    color = lit(color, 0.75 + clear(n.noise(at, scale=0.14, detail=3.0)) * 0.5)
    color = blend(crust * 0.8, color, lit(i.rust, 0.5 + grain))
    green = cells(at, 2.2)
    gem = (green.random.x < i.olivine * 0.16) * (green.distance < 0.3) * (1.0 - hollow)
    color = blend(gem, color, lit(n.color((0.13, 0.17, 0.035)), 0.5 + green.random.y))
    color = lit(color, 1.0 - hollow * 0.6)
    roughness = i.roughness + crust * 0.12 + (grain - 0.5) * 0.25 - gem * 0.45
    lumps = n.noise(at, scale=0.07, detail=5.0, roughness=0.55) + ridges(at, 0.04, 3.0) * 0.4
    height = lumps * i.relief + (grain * 0.05 - pit) * i.bubble
    return Shaded(principled(base_color=color, roughness=n.clamp(roughness, 0.1, 0.97)), height=height)


@dataclass(frozen=True)
class MarbleParams:
    color: tuple[float, ...] = param((0.72, 0.71, 0.685), "Colour, linear RGB", min=0, max=1, spread=0.15)
    vein_color: tuple[float, ...] = param((0.16, 0.165, 0.175), "Veins", min=0, max=1, spread=0.3)
    gold: tuple[float, ...] = param((0.4, 0.25, 0.09), "The finest veins", min=0, max=1, spread=0.2)
    vein: float = param(0.14, "Distance between main veins", min=0.005, max=10, unit="m", usual=(0.09, 0.22))
    veins: float = param(0.75, "How strong they are", min=0, max=1, usual=(0.35, 0.9))
    folds: float = param(0.6, "How far they are folded", min=0, max=2, usual=(0.3, 1.0))
    clouds: float = param(0.4, "Soft grey between them", min=0, max=1, usual=(0.15, 0.6))
    relief: float = param(0.0, "Height of a weathered face's relief", min=0, max=0.1, unit="m")
    roughness: float = param(0.16, "Polished 0.1, honed 0.4, weathered 0.7", min=0, max=1, usual=(0.1, 0.35))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def marble(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.vein, i.seed)
    bent = at + n.noise_vector(at, scale=0.7, detail=3.0, roughness=0.55) * (i.folds * 1.8)
    flow = bent.x * 0.75 + bent.y * 0.35 + bent.z * 0.55
    strong = clear(n.noise(at, scale=0.5, detail=2.0), 0.3, 0.58)
    crossing = n.noise(squeeze(bent, 1.0, 0.5, 0.7), scale=0.8, detail=5.0, roughness=0.58)
    main = vein(crossing, 0.05 * (0.15 + strong)) * (0.25 + strong * 0.75)
    halo = vein(crossing, 0.16) * strong
    beds = vein(n.math("FRACT", flow * 0.8), 0.05) * clear(n.noise(bent, scale=1.1, detail=2.0), 0.45, 0.65)
    hair = n.smoothstep(seams(bent, 1.7), 0.012, 0.0) * clear(n.noise(at, scale=1.6, detail=2.0), 0.5, 0.62)
    thread = vein(n.noise(shifted(bent, 9.0, 0.0, 0.0), scale=2.6, detail=4.0), 0.012) * clear(
        n.noise(at, scale=0.9), 0.5, 0.6
    )
    cloud = clear(n.noise(bent, scale=0.9, detail=5.0, roughness=0.6), 0.4, 0.72)
    ground = lit(own_color(i.color), 0.93 + n.noise(at, scale=30.0, detail=1.0) * 0.14)
    color = n.mix(cloud * i.clouds * 0.55, ground, n.mix(0.55, ground, i.vein_color))
    color = n.mix(halo * i.veins * 0.4, color, n.mix(0.6, ground, i.vein_color))
    color = n.mix(n.clamp(main + beds * 0.5) * i.veins, color, i.vein_color)
    color = n.mix(n.maximum(hair * 0.6, thread) * i.veins * 0.75, color, i.gold)
    veined = n.clamp(main + beds)
    roughness = i.roughness + veined * 0.08 + (n.noise(at, scale=6.0, detail=4.0) - 0.5) * 0.12
    height = n.noise(at, scale=2.0, detail=6.0, roughness=0.6) * i.relief - veined * 0.00006
    shader = principled(
        base_color=color,
        roughness=n.clamp(roughness, 0.05, 0.95),
        subsurface_weight=0.25,
        subsurface_radius=(1.0, 0.8, 0.6),
        subsurface_scale=0.006,
    )
    return Shaded(shader, height=height)


@dataclass(frozen=True)
class LimestoneParams:
    color: tuple[float, ...] = param((0.47, 0.41, 0.32), "Colour, linear RGB", min=0, max=1, spread=0.15)
    stain: tuple[float, ...] = param((0.11, 0.1, 0.09), "Streaks of weather", min=0, max=1, spread=0.2)
    fossil: float = param(0.014, "Size of shell fragments", min=0.002, max=0.5, unit="m", usual=(0.008, 0.022))
    fossils: float = param(0.45, "How many shell fragments", min=0, max=1, usual=(0.15, 0.7))
    pits: float = param(0.5, "How far water has dissolved it", min=0, max=1, usual=(0.25, 0.8))
    weathering: float = param(0.45, "How far it is stained", min=0, max=1, usual=(0.2, 0.7))
    relief: float = param(0.02, "Depth of the pits", min=0, max=1, unit="m", usual=(0.012, 0.03))
    roughness: float = param(0.82, "Roughness", min=0, max=1, usual=(0.72, 0.9))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def limestone(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.fossil, i.seed)
    wide = n.noise(at, scale=0.06, detail=5.0, roughness=0.6)
    grain = n.noise(at, scale=8.0, detail=3.0, roughness=0.7)
    shell = cells(warp(at, 0.15, 1.0), 0.8)
    kind, size, bright = tree.separate(shell.random)
    # A broken shell in section: part of a thin ring about the cell's centre
    ring = 1.0 - n.smoothstep(abs(shell.distance - 0.2 - size * 0.2), 0.03, 0.06)
    side = shell.away.normalized().dot((shell.random - (0.5, 0.5, 0.5)).normalized())
    arc = ring * (kind < i.fossils) * n.smoothstep(side, -0.15, 0.25)
    bed = n.noise(squeeze(warp(at, 0.6, 0.12), 0.02, 0.02, 0.16), scale=1.0, detail=4.0)
    color = lit(own_color(i.color), 0.6 + grain * 0.45 + clear(bed) * 0.25)
    color = n.mix(clear(wide) * 0.6, color, lit(n.mix(0.4, color, n.color((0.36, 0.22, 0.1))), 0.85))
    color = blend(arc * 0.85, color, lit(n.color((0.5, 0.47, 0.41)), 0.4 + bright * 0.8))
    # Pits that water dissolves; it runs down in streaks
    bowl = cells(warp(at, 0.35, 0.5, 2.0), 0.3)
    deep = n.smoothstep(bowl.distance, 0.42, 0.05) * (bowl.random.x < i.pits) * clear(n.noise(at, scale=0.13))
    small = cells(warp(at, 0.2, 2.0), 1.6)
    deep_small = n.smoothstep(small.distance, 0.4, 0.1) * (small.random.x < i.pits * 0.55)
    streak = n.noise(squeeze(warp(at, 0.5, 0.2), 0.4, 0.4, 0.03), scale=1.0, detail=4.0, roughness=0.6)
    dirty = n.clamp(clear(streak * 0.65 + wide * 0.35, 0.46, 0.62) + deep * 0.6 + deep_small * 0.4) * i.weathering
    color = n.mix(dirty * 0.9, color, lit(i.stain, 0.7 + grain * 0.7))
    face = n.noise(at, scale=0.18, detail=6.0, roughness=0.58) + clear(bed) * 0.35
    height = (face * 0.6 - deep * i.pits - deep_small * 0.25 + arc * 0.12 + grain * 0.04) * i.relief
    roughness = n.clamp(i.roughness + (grain - 0.5) * 0.2 - arc * 0.2 - dirty * 0.06, 0.2, 0.97)
    return Shaded(principled(base_color=color, roughness=roughness), height=height)


BASALT = MaterialKind(
    "basalt", "Basalt", "Rock", BasaltParams, basalt, "Dark lava rock with bubbles and a rusty crust",
    {
        "dense_basalt": BasaltParams(bubbles=0.05, weathering=0.5, olivine=0.1),
        "scoria": BasaltParams(color=(0.14, 0.05, 0.035), bubbles=0.95, bubble=0.014, relief=0.02),
    }, 0.25,
)  # fmt: skip
KINDS = (
    MaterialKind(
        "granite", "Granite", "Rock", GraniteParams, granite, "Coarse grains of feldspar, quartz and mica",
        {
            "grey_granite": GraniteParams(color=(0.4, 0.395, 0.385), grain=0.003, weathering=0.3),
            "red_granite": GraniteParams(color=(0.45, 0.19, 0.12), quartz=(0.2, 0.19, 0.19), grain=0.008),
            "polished_granite": GraniteParams(relief=0.0, roughness=0.25, weathering=0.0, grain=0.005),
        }, 0.2,
    ),
    BASALT,
    MaterialKind(
        "marble", "Marble", "Rock", MarbleParams, marble, "Veined and folded, polished or weathered",
        {
            "green_marble": MarbleParams(
                color=(0.05, 0.12, 0.075), vein_color=(0.42, 0.5, 0.42), gold=(0.3, 0.36, 0.25), clouds=0.3, folds=0.9
            ),
            "black_marble": MarbleParams(
                color=(0.025, 0.025, 0.028), vein_color=(0.62, 0.6, 0.56), gold=(0.5, 0.33, 0.13), clouds=0.06
            ),
            "rosso_marble": MarbleParams(color=(0.38, 0.13, 0.085), vein_color=(0.62, 0.52, 0.45), gold=(0.5, 0.36, 0.26)),
            "weathered_marble": MarbleParams(relief=0.006, roughness=0.65, color=(0.62, 0.6, 0.55)),
        }, 0.4,
    ),
    MaterialKind(
        "limestone", "Limestone", "Rock", LimestoneParams, limestone, "Pale, with shell fragments, pits and streaks",
        {"grey_limestone": LimestoneParams(color=(0.4, 0.39, 0.37), fossils=0.2, pits=0.8, relief=0.02)}, 0.4,
    ),
)  # fmt: skip
