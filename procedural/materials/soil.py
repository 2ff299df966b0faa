"""Soils that are wet or were: mud, cracked mud, dirt."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, own_color, principled
from .patterns import blend, cells, clear, ridges, seams, shifted, spot, warp
from .tones import lit


@dataclass(frozen=True)
class MudParams:
    color: tuple[float, ...] = param((0.075, 0.046, 0.026), "Colour when wet, linear RGB", min=0, max=1, spread=0.25)
    dry: tuple[float, ...] = param((0.2, 0.14, 0.088), "Colour where it has dried", min=0, max=1, spread=0.2)
    lump: float = param(0.09, "Size of its lumps", min=0.005, max=5, unit="m", usual=(0.06, 0.14))
    wetness: float = param(0.65, "How much of it is wet", min=0, max=1, usual=(0.35, 0.9))
    water: float = param(0.35, "Water standing in the hollows", min=0, max=1, usual=(0.0, 0.6))
    stones: float = param(0.25, "Small stones in it", min=0, max=1, usual=(0.0, 0.5))
    relief: float = param(0.05, "Height of the lumps", min=0, max=1, unit="m", usual=(0.03, 0.07))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def mud(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.lump, i.seed)
    slump = n.noise(warp(at, 0.4, 0.8), scale=0.45, detail=2.0)
    lump = cells(warp(at, 0.5, 1.0, 2.0), 1.0)
    smear = ridges(warp(at, 0.6, 0.9), 0.7, 3.0)
    grain = n.noise(at, scale=18.0, detail=4.0, roughness=0.7)
    body = slump * 1.3 - lump.distance * 0.35 + smear * 0.22 + n.noise(at, scale=2.6, detail=4.0) * 0.3
    level = 0.52 + i.water * 0.42
    pool = n.smoothstep(body, level, level - 0.035) * n.minimum(i.water * 8.0, 1.0)
    damp = n.clamp(clear(n.noise(at, scale=0.25, detail=4.0), 0.78 - i.wetness * 0.62, 0.86 - i.wetness * 0.5) + pool)
    damp = n.maximum(damp, n.smoothstep(body, level + 0.22, level + 0.04) * n.minimum(i.water * 8.0, 1.0))
    pebble = cells(at, 4.5)
    stone = n.smoothstep(pebble.distance, 0.36, 0.26) * (pebble.random.x < i.stones * 0.3) * (1.0 - pool)
    soil = n.mix(damp, i.dry, own_color(i.color))
    soil = lit(soil, (0.6 + grain * 0.8) * (0.75 + clear(slump) * 0.4))
    soil = blend(
        clear(n.noise(at, scale=0.8, detail=3.0), 0.5, 0.7) * 0.35, soil, lit(n.color((0.07, 0.062, 0.05)), 0.6 + grain)
    )
    color = blend(stone, soil, lit(n.color((0.2, 0.18, 0.155)), 0.4 + pebble.random.y * 0.9))
    color = n.mix(pool, color, lit(own_color(i.color), 0.42))
    film = damp * n.smoothstep(grain + smear * 0.15, 0.95, 0.45)
    roughness = 0.92 - film * 0.72 + (grain - 0.5) * 0.25 - stone * damp * 0.25
    shader = principled(
        base_color=color,
        roughness=n.mix(pool, n.clamp(roughness, 0.18, 0.96), 0.06),
        specular=0.5,
    )
    height = n.maximum(
        body + (grain - 0.5) * 0.05 * (1.0 - damp * 0.6), n.mix(n.minimum(i.water * 8.0, 1.0), -9.0, level - 0.02)
    )
    return Shaded(shader, height=(height + stone * 0.14) * i.relief)


@dataclass(frozen=True)
class CrackedMudParams:
    color: tuple[float, ...] = param((0.33, 0.25, 0.175), "Colour of the plates, linear RGB", min=0, max=1, spread=0.2)
    deep: tuple[float, ...] = param((0.12, 0.085, 0.055), "Colour within the cracks", min=0, max=1, spread=0.2)
    plate: float = param(0.15, "Size of a plate", min=0.005, max=10, unit="m", usual=(0.1, 0.22))
    gap: float = param(0.35, "Width of the cracks", min=0, max=1, usual=(0.2, 0.6))
    curl: float = param(0.5, "How far rims are turned up", min=0, max=1, usual=(0.1, 0.8))
    crazing: float = param(0.6, "Finer cracks within plates", min=0, max=1, usual=(0.3, 0.9))
    depth: float = param(0.018, "Depth of the cracks", min=0, max=1, unit="m", usual=(0.01, 0.028))
    roughness: float = param(0.9, "Roughness", min=0, max=1, usual=(0.75, 0.95))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def cracked_mud(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.plate, i.seed)
    bent = warp(warp(at, 0.09, 1.4), 0.02, 9.0, 2.0)
    plate, edge = cells(bent, 1.0, 0.85), seams(bent, 1.0, 0.85)
    tone, tilt, fine = tree.separate(plate.random)
    wide = n.noise(at, scale=0.4, detail=4.0)
    width = i.gap * 0.13 * (0.5 + n.noise(at, scale=3.0, detail=3.0))
    open_ = n.smoothstep(edge, width, width * 0.55)
    second = seams(warp(at, 0.05, 3.0), 2.7)
    thin = i.crazing * 0.06 * clear(n.noise(at, scale=1.3, detail=2.0), 0.38, 0.62)
    craze = n.smoothstep(second, thin + 0.004, thin * 0.3) * n.minimum(thin * 80.0, 1.0) * (1.0 - open_)
    rim = n.smoothstep(edge, width + 0.13, width)
    grain = n.noise(at, scale=34.0, detail=4.0, roughness=0.7)
    silt = n.noise(at, scale=5.0, detail=4.0, roughness=0.6)
    soil = lit(own_color(i.color), (0.8 + tone * 0.3) * (0.72 + grain * 0.36 + clear(silt) * 0.2))
    soil = blend(clear(wide) * 0.45, soil, lit(n.color((0.3, 0.2, 0.12)), 0.7 + silt * 0.5))
    soil = blend(rim * 0.35 * fine, soil, (0.5, 0.43, 0.34))
    color = n.mix(n.maximum(open_, craze * 0.8), soil, lit(i.deep, 0.5 + grain * 0.6))
    slope = plate.away.dot(plate.random - (0.5, 0.5, 0.5)) * 0.35
    top = rim * rim * i.curl * 0.45 + slope + silt * 0.1 + grain * 0.04 + tilt * 0.12 - craze * 0.28
    groove = n.smoothstep(edge, width * 1.6 + 0.03, width * 0.2)
    height = (top * (1.0 - groove) - groove * 0.85) * i.depth
    roughness = n.clamp(i.roughness + (grain - 0.5) * 0.25 - clear(silt, 0.5, 0.7) * 0.12, 0.3, 0.98)
    return Shaded(principled(base_color=color, roughness=roughness, specular=0.3), height=height)


@dataclass(frozen=True)
class DirtParams:
    color: tuple[float, ...] = param((0.165, 0.105, 0.062), "Colour, linear RGB", min=0, max=1, spread=0.25)
    light: tuple[float, ...] = param((0.27, 0.19, 0.12), "Where it is dusty", min=0, max=1, spread=0.2)
    clod: float = param(0.03, "Size of its crumbs", min=0.002, max=2, unit="m", usual=(0.02, 0.045))
    crumbs: float = param(0.6, "How crumbly it is", min=0, max=1, usual=(0.3, 0.9))
    stones: float = param(0.35, "How many stones", min=0, max=1, usual=(0.1, 0.6))
    roots: float = param(0.4, "Rootlets and straw", min=0, max=1, usual=(0.0, 0.7))
    relief: float = param(0.014, "Height of the crumbs", min=0, max=1, unit="m", usual=(0.009, 0.02))
    roughness: float = param(0.93, "Roughness", min=0, max=1, usual=(0.85, 0.97))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def dirt(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.clod, i.seed)
    bent = warp(at, 0.18, 2.2, 2.0)
    wide = n.noise(at, scale=0.12, detail=4.0)
    fine = n.noise(at, scale=7.0, detail=4.0, roughness=0.7)
    crumbs = 0.0
    tone = 0.5
    for scale, size in ((0.8, 1.0), (1.9, 0.5), (4.6, 0.24)):
        clod = cells(shifted(bent, scale * 3.0, 0.0, 0.0), scale)
        dome = n.smoothstep(clod.distance, 0.62, 0.08) * size * (0.3 + clod.random.x * 0.7)
        tone = n.mix(dome > crumbs, tone, clod.random.y)
        crumbs = n.maximum(crumbs, dome)
    soil = n.mix(clear(wide + (fine - 0.5) * 0.3) * 0.8, own_color(i.color), i.light)
    soil = lit(soil, (0.6 + tone * 0.4 + fine * 0.5) * (0.55 + n.smoothstep(crumbs, 0.05, 0.6) * 0.5))
    rock = cells(warp(shifted(at, 0.0, 17.0, 0.0), 0.12, 1.5), 0.7)
    size = 0.16 + rock.random.y * 0.2
    there = rock.random.x < i.stones * 0.4
    stone = n.smoothstep(rock.distance, size, size - 0.05) * there
    bulge = n.smoothstep(rock.distance, size, 0.0) * there
    speckle = n.noise(at + rock.random * 30.0, scale=4.0, detail=3.0)
    color = blend(stone, soil, lit(n.color((0.27, 0.25, 0.22)), (0.35 + rock.random.z * 0.8) * (0.6 + speckle * 0.8)))
    thread = n.noise(warp(at, 0.5, 0.7), scale=0.9, detail=1.0)
    line = n.smoothstep(abs(thread - 0.5), 0.007, 0.003) * clear(
        n.noise(at, scale=0.7), 0.62 - i.roots * 0.22, 0.64 - i.roots * 0.2
    )
    straw = line * n.minimum(i.roots * 6.0, 1.0) * (1.0 - stone)
    color = blend(straw * 0.8, color, lit(n.color((0.26, 0.19, 0.11)), 0.5 + fine))
    roughness = n.clamp(i.roughness + (fine - 0.5) * 0.15 - stone * 0.25, 0.3, 0.98)
    height = (crumbs * i.crumbs * 1.3 + fine * 0.22 + wide * 1.2 + bulge * 0.9 + straw * 0.14) * i.relief
    return Shaded(principled(base_color=color, roughness=roughness, specular=0.25), height=height)


KINDS = (
    MaterialKind(
        "mud", "Mud", "Soil", MudParams, mud, "Wet earth with water in its hollows",
        {"dark_mud": MudParams(color=(0.05, 0.037, 0.026), water=0.5), "drying_mud": MudParams(wetness=0.25, water=0.0)}, 0.7,
    ),
    MaterialKind(
        "cracked_mud", "Cracked Mud", "Soil", CrackedMudParams, cracked_mud, "Plates of dried mud with turned-up rims",
        {"red_cracked_mud": CrackedMudParams(color=(0.36, 0.19, 0.1), gap=0.25), "salt_pan": CrackedMudParams(
            color=(0.62, 0.58, 0.51), deep=(0.36, 0.3, 0.23), gap=0.15, curl=0.9, depth=0.014
        )}, 0.9,
    ),
    MaterialKind(
        "dirt", "Dirt", "Soil", DirtParams, dirt, "Crumbly earth with stones and rootlets",
        {"red_dirt": DirtParams(color=(0.26, 0.1, 0.045), light=(0.38, 0.19, 0.1)), "garden_soil": DirtParams(
            color=(0.06, 0.042, 0.03), light=(0.1, 0.075, 0.052), crumbs=0.9, stones=0.12
        )}, 0.3,
    ),
)  # fmt: skip
