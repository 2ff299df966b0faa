"""Stones that water has had: river pebbles, and the stone that dripping water leaves in caves."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, own_color, principled, told
from .patterns import blend, cells, clear, seams, shifted, spot, squeeze, vein, warp
from .tones import lit


@dataclass(frozen=True)
class PebbleParams:
    color: tuple[float, ...] = param((0.24, 0.225, 0.205), "Colour, linear RGB", min=0, max=1, spread=0.3)
    vein_color: tuple[float, ...] = param((0.58, 0.56, 0.52), "Veins of quartz", min=0, max=1, spread=0.1)
    size: float = param(0.05, "Size of a stone, for its pattern", min=0.002, max=5, unit="m", usual=(0.03, 0.08))
    veins: float = param(0.5, "How many have veins", min=0, max=1, usual=(0.2, 0.8))
    specks: float = param(0.5, "How speckled they are", min=0, max=1, usual=(0.2, 0.8))
    wetness: float = param(0.0, "How wet they are", min=0, max=1, usual=(0.0, 0.4))
    relief: float = param(0.0005, "Height of pits and grain", min=0, max=0.1, unit="m", usual=(0.0002, 0.0008))
    roughness: float = param(0.55, "Roughness when dry", min=0, max=1, usual=(0.4, 0.7))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def pebble(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.size, i.seed)
    own = told("random")
    kind = n.math("FRACT", own * 7.31)  # what sort of stone it is
    other = n.math("FRACT", own * 13.7)
    bent = warp(at, 0.3, 0.9, 2.0)
    band = n.noise(squeeze(bent, 0.25, 0.3, 1.6), scale=2.2, detail=3.0, roughness=0.6)
    line = vein(n.noise(warp(bent, 0.2, 2.0), scale=0.8, detail=1.0), 0.012 + other * 0.03)
    line = n.maximum(line, vein(n.noise(shifted(bent, 5.0, 0.0, 0.0), scale=1.5, detail=1.0), 0.014) * 0.6)
    grain = n.noise(at, scale=24.0, detail=3.0, roughness=0.7)
    speck = cells(warp(at, 0.02, 20.0), 15.0)
    dot = n.smoothstep(speck.distance, 0.42, 0.3)
    soft = n.noise(at, scale=1.1, detail=4.0, roughness=0.6)
    color = lit(own_color(i.color), (0.82 + grain * 0.3) * (0.8 + clear(soft) * 0.35))
    color = lit(color, 1.0 + (clear(band) - 0.5) * 0.5 * n.smoothstep(kind, 0.45, 0.55))
    dots = i.specks * n.smoothstep(kind, 0.5, 0.35)
    color = lit(color, 1.0 + ((speck.random.x > 0.75) * 0.7 - (speck.random.x < 0.3) * 0.5) * dots * dot)
    color = n.mix(line * (other < i.veins) * 0.85, color, i.vein_color)
    stain = clear(n.noise(at, scale=0.7, detail=5.0, roughness=0.65), 0.56, 0.75)
    color = blend(stain * 0.3, color, lit(n.color((0.22, 0.13, 0.065)), 0.8 + grain * 0.4))
    color = lit(color, 1.0 - i.wetness * 0.42)
    pit = cells(at, 9.0)
    hole = n.smoothstep(pit.distance, 0.22, 0.05) * (pit.random.x < 0.2)
    roughness = n.mix(i.wetness, i.roughness + (grain - 0.5) * 0.3 + stain * 0.15, 0.08 + grain * 0.06)
    height = (grain * 0.5 + soft * 1.2 - hole * 0.9) * i.relief * (1.0 - i.wetness * 0.6)
    return Shaded(principled(base_color=color, roughness=n.clamp(roughness, 0.04, 0.95)), height=height)


@dataclass(frozen=True)
class FlowstoneParams:
    color: tuple[float, ...] = param((0.5, 0.38, 0.24), "Colour, linear RGB", min=0, max=1, spread=0.2)
    stain: tuple[float, ...] = param((0.24, 0.115, 0.045), "Where iron has stained it", min=0, max=1, spread=0.2)
    ring: float = param(0.02, "Distance between drip rings", min=0.001, max=1, unit="m", usual=(0.012, 0.03))
    staining: float = param(0.5, "How much is stained", min=0, max=1, usual=(0.2, 0.8))
    wetness: float = param(0.5, "How wet it is", min=0, max=1, usual=(0.2, 0.8))
    sparkle: float = param(0.3, "How many crystals flash", min=0, max=1, usual=(0.1, 0.5))
    relief: float = param(0.004, "Height of the rings", min=0, max=0.5, unit="m", usual=(0.002, 0.006))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def flowstone(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.ring, i.seed)
    hang = warp(at, 0.5, 0.4, 2.0)
    ring = n.noise(squeeze(hang, 0.12, 0.12, 1.0), scale=0.8, detail=2.0)
    run = n.noise(squeeze(warp(at, 0.4, 0.3), 0.55, 0.55, 0.06), scale=1.0, detail=4.0, roughness=0.6)
    wide = n.noise(at, scale=0.12, detail=4.0)
    knobs = cells(warp(at, 0.3, 0.6), 0.7)
    dome = 1.0 - n.minimum(knobs.distance * 1.3, 1.0)
    fine = n.noise(at, scale=9.0, detail=4.0, roughness=0.65)
    color = lit(own_color(i.color), 0.7 + clear(ring) * 0.25 + fine * 0.3)
    rust = clear(run * 0.6 + wide * 0.5, 0.66 - i.staining * 0.22, 0.76 - i.staining * 0.18)
    color = n.mix(rust * 0.8, color, lit(i.stain, 0.6 + fine * 0.8))
    color = blend(clear(wide + (ring - 0.5) * 0.4, 0.55, 0.7) * 0.5, color, (0.6, 0.54, 0.44))
    grey = n.smoothstep(seams(warp(at, 0.4, 0.4), 0.25), 0.03, 0.0) * 0.22 * clear(n.noise(at, scale=0.3), 0.45, 0.6)
    color = lit(color, 1.0 - grey)
    crystal = cells(at, 26.0)
    flash = (crystal.random.x > 1.0 - i.sparkle * 0.08) * (crystal.distance < 0.4)
    wet = clear(run, 0.68 - i.wetness * 0.3, 0.74 - i.wetness * 0.24)
    color = lit(color, 1.0 - wet * 0.25)
    roughness = n.clamp(0.78 - wet * 0.6 - flash * 0.5 + (fine - 0.5) * 0.2, 0.06, 0.95)
    shader = principled(
        base_color=color, roughness=roughness, subsurface_weight=0.2, subsurface_radius=(1.0, 0.7, 0.4),
        subsurface_scale=i.ring * 0.4,
    )  # fmt: skip
    height = (clear(ring, 0.25, 0.75) + dome * 0.5 + clear(run) * 0.5 + fine * 0.08) * i.relief
    return Shaded(shader, height=height)


PEBBLE = MaterialKind(
    "pebble", "Pebble", "Rock", PebbleParams, pebble, "Water-worn stone, speckled, banded or veined, each its own way",
    {"wet_pebble": PebbleParams(wetness=0.9)}, 0.08,
)  # fmt: skip
FLOWSTONE = MaterialKind(
    "flowstone", "Flowstone", "Rock", FlowstoneParams, flowstone, "Dripstone of caves, ringed and stained, wet in runs",
    {"white_flowstone": FlowstoneParams(color=(0.64, 0.6, 0.53), staining=0.15)}, 0.25,
)  # fmt: skip
KINDS = (PEBBLE, FLOWSTONE)
