"""Shell: a tube wound along a logarithmic spiral, from squat snail to tall turret, with ribs, bands, spines and a real opening."""

from __future__ import annotations

import math as pymath
from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import math, new_tree
from ..graph import nodes as n
from ..materials.surface import surface
from ..parts.shapes import count, lathe, paint
from .base import Draw, Generator, Trait, Traits

PEARL = (0.86, 0.62, 0.5)
PALE = (0.84, 0.76, 0.62)
LIP = 0.86  # the share of the tube's length that lies outside; the rest turns inward at the opening


@dataclass(frozen=True)
class ShellParams:
    """Metres and radians; the axis stands upright, the opening faces the front."""

    size: float = param(0.06, "Radius of the last whorl's middle line", min=0.005, max=0.5, unit="m")
    spire: float = param(1.3, "How far the spiral climbs for its width", min=0.0, max=5.0)
    fat: float = param(0.62, "Radius of the tube as a share of its distance from the axis", min=0.3, max=1.2)
    breadth: float = param(1.0, "Stretched sideways", min=0.4, max=2.5)
    turns: float = param(3.6, "Number of whorls", min=1.5, max=8.0)
    growth: float = param(1.9, "How much wider each whorl is than the one before", min=1.2, max=4.0)
    spikes: float = param(0.2, "Length of the spines as a share of the tube's radius", min=0.0, max=2.0, panel="Relief")
    spike_count: int = param(9, "Spines on one whorl", min=3, max=24, panel="Relief")
    ribs: float = param(0.04, "Depth of the ribs", min=0.0, max=0.2, panel="Relief")
    rib_count: int = param(14, "Ribs on one whorl", min=4, max=40, panel="Relief")
    flare: float = param(0.25, "How far the lip opens", min=0.0, max=1.0, panel="Relief")
    bands: float = param(0.6, "Strength of the pale bands", min=0.0, max=1.0)
    seed: int = param(0, "Another shell of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.2, max=3.0)


TRAITS = {
    "height": Trait("spire", 0.5, 3.2),
    "width": Trait("breadth", 0.72, 1.45),
    "spikes": Trait("spikes", 0.0, 1.6),
}


def sample(seed: int, traits: Traits | None = None) -> ShellParams:
    """A shell of this seed; `traits` (each -1..1) sets what was asked for."""
    draw = Draw(ShellParams, TRAITS, seed, traits)
    return draw.params(
        size=draw.uniform(0.03, 0.06),
        fat=draw.uniform(0.6, 0.95),
        turns=draw.uniform(3.2, 4.2),
        growth=draw.uniform(1.65, 2.1),
        spike_count=draw.integer(6, 9),
        ribs=draw.uniform(0.0, 0.07),
        rib_count=draw.integer(10, 16),
        flare=draw.uniform(0.1, 0.5),
        bands=draw.uniform(0.2, 0.9),
    )


def build(p: ShellParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of ShellParams."""
    material = surface("Shell", (0.72, 0.37, 0.2), roughness=0.3, specular=0.55, coat=0.35)
    with new_tree("Shell", p) as tree:
        i = tree.i
        with tree.frame("Spiral"):
            tube = lathe(count(i.detail, 48, 20), count(i.detail, 320, 96))
            outside = n.minimum(tube.t / LIP, 1.0)
            inside = n.maximum((tube.t - LIP) / (1.0 - LIP), 0.0)
            # The way along the spiral, 0 at the apex, 1 at the lip, and back into the opening.
            way = outside - n.smoothstep(inside, 0.15, 1.0) * 0.035
            # The last point lies at -X, where the tube runs towards the front.
            angle = (way - 1.0) * i.turns * (2.0 * pymath.pi) + pymath.pi
            far = i.size * math("POWER", i.growth, (way - 1.0) * i.turns)
            drop = far * i.spire
        with tree.frame("Section"):
            around = tube.angle
            girth = far * i.fat * (1.0 + (n.noise(n.combine_xyz(way * 3.0, 0.0, 0.0), w=i.seed * 1.9) - 0.5) * 0.4)
            lip = n.smoothstep(way, 0.93, 1.0) * i.flare
            wall = 1.0 - 0.17 * n.smoothstep(inside, 0.0, 0.25)
            close = 1.0 - n.smoothstep(inside, 0.75, 1.0)
            out = 1.0 - n.smoothstep(inside, 0.0, 0.1)
            old = n.smoothstep(outside, 0.15, 0.6)  # no relief near the apex, where it would be too fine
            ribs = n.sin(angle * i.rib_count) * i.ribs * out * old
            # Spines stand on the shoulder, above and outside.
            shoulder = n.maximum(n.cos(around + 0.5), 0.0) ** 7.0
            spine = n.maximum(n.cos(angle * i.spike_count), 0.0) ** 4.0
            spines = shoulder * spine * i.spikes * out * old
            grow_in = n.smoothstep(tube.t, 0.0, 0.03)
            radius = girth * (wall + ribs + spines + lip) * close * grow_in
        with tree.frame("Place"):
            # Below, the section is drawn out and towards the axis.
            below = n.maximum(n.sin(around), 0.0)
            away = far * 0.92 + radius * (n.cos(around) - 0.3 * below * below)
            level = drop * -1.0 - radius * n.sin(around) * (1.0 + 0.1 * i.spire + 0.25 * below)
            position = n.combine_xyz(n.cos(angle) * away * i.breadth, n.sin(angle) * away * i.breadth, level)
            shell = n.set_position(tube.geometry, position)
        with tree.frame("Colours"):
            wave = n.noise(n.combine_xyz(n.cos(angle), n.sin(angle), way * 4.0), scale=1.5, w=i.seed * 1.3)
            stripe = n.smoothstep(n.sin(around * 3.0 + wave * 2.5), 0.25, 0.75) * i.bands
            within = n.smoothstep(inside, 0.02, 0.12)
            shade = n.clamp(0.8 + 0.3 * n.sin(angle * 2.0 + wave * 8.0) * 0.5 + 0.25 * (1.0 - outside), 0.5, 1.3)
            pale = n.mix(within, n.color(PALE), n.color(PEARL))
            primary = (1.0 - stripe * 0.85) * (1.0 - within)
            shell = paint(shell, primary, shade + spines * 0.15, pale)
        with tree.frame("Finish"):
            box = tree.add("GeometryNodeBoundBox", shell)
            low, high = box["Min"], box["Max"]
            stand = n.combine_xyz((low.x + high.x) * -0.5, (low.y + high.y) * -0.5, low.z * -1.0)
            shell = n.transform(shell, translation=stand)
            tree.o.geometry << n.set_material(n.shade_smooth(shell), material)
    return tree.data


GENERATOR = Generator("shell", ShellParams, sample, build, TRAITS)
