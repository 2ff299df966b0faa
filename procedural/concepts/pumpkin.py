"""Pumpkin: a ribbed body with dimpled ends and a five-edged, curved stem."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import math, new_tree
from ..graph import nodes as n
from ..materials.surface import surface
from ..parts.shapes import bend, count, lathe, paint, profile
from .base import Draw, Generator, Trait, Traits

STEM_GREEN = (0.17, 0.2, 0.055)
STEM_DRY = (0.36, 0.27, 0.12)

# Outlines (radius, height), from the bottom to the top.
BODY = [(0, 0.16), (0.2, 0.07), (0.45, 0.0), (0.8, 0.14), (1.0, 0.5), (0.86, 0.86), (0.55, 1.0), (0.25, 0.93), (0, 0.8)]
STEM = [(0, 0), (1.7, 0), (1.05, 0.25), (0.8, 0.6), (0.85, 0.92), (0.95, 1.0), (0, 1.02)]


@dataclass(frozen=True)
class PumpkinParams:
    """Metres and radians."""

    height: float = param(0.26, "Height of the body", min=0.05, max=1.0, unit="m", panel="Body")
    width: float = param(0.36, "Width of the body", min=0.05, max=1.5, unit="m", panel="Body")
    bend: float = param(0.2, "How far the body leans", min=-1.0, max=1.0, unit="rad", panel="Body")
    ribs: int = param(11, "Number of ribs", min=4, max=24, panel="Body")
    groove: float = param(0.16, "Depth of the grooves as a share of the radius", min=0.0, max=0.4, panel="Body")
    uneven: float = param(0.08, "How much ribs differ", min=0.0, max=0.4, panel="Body")
    neck: float = param(0.0, "How far the upper half narrows, as in a gourd", min=0.0, max=0.8, panel="Body")
    stem_length: float = param(0.09, "Length of the stem", min=0.01, max=0.4, unit="m", panel="Stem")
    stem_radius: float = param(0.022, "Radius of the stem", min=0.005, max=0.1, unit="m", panel="Stem")
    stem_bend: float = param(0.9, "How far the stem curves", min=-2.0, max=2.0, unit="rad", panel="Stem")
    seed: int = param(0, "Another pumpkin of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.2, max=3.0)


TRAITS = {
    "height": Trait("height", 0.17, 0.48),
    "width": Trait("width", 0.26, 0.52),
    "bend": Trait("bend", 0.0, 0.8),
}


def sample(seed: int, traits: Traits | None = None) -> PumpkinParams:
    """A pumpkin of this seed; `traits` (each -1..1) sets what was asked for."""
    draw = Draw(PumpkinParams, TRAITS, seed, traits)
    return draw.params(
        ribs=draw.integer(8, 13),
        groove=draw.uniform(0.1, 0.22),
        uneven=draw.uniform(0.03, 0.14),
        neck=draw.uniform(0.25, 0.45) if draw.chance(0.25) else draw.uniform(0.0, 0.1),
        stem_length=draw.uniform(0.08, 0.15),
        stem_radius=draw.uniform(0.024, 0.038),
        stem_bend=draw.uniform(0.3, 1.3) * draw.choice([-1, 1]),
    )


def build(p: PumpkinParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of PumpkinParams."""
    material = surface("Pumpkin", (0.72, 0.2, 0.015), roughness=0.45, specular=0.45, subsurface=0.05)
    with new_tree("Pumpkin", p) as tree:
        i = tree.i
        with tree.frame("Body"):
            # Eight points a rib at full density, at least six, and always whole ribs.
            body = lathe(i.ribs * n.maximum(math("ROUND", i.detail * 8.0), 6.0), count(i.detail, 48, 18))
            radius, along = profile(body.t, BODY)
            # Round ribs with pinched grooves between them.
            ridge = math("POWER", math("ABSOLUTE", n.sin(body.angle * i.ribs * 0.5)), 0.55)
            groove = (1.0 - ridge) * i.groove * n.smoothstep(radius, 0.0, 0.5)
            differ = (n.noise(n.combine_xyz(body.cos, body.sin, 0.0), scale=1.7, w=i.seed * 1.3) - 0.5) * i.uneven * 3.0
            narrow = 1.0 - i.neck * n.smoothstep(along, 0.35, 1.0)
            swell = radius * (1.0 - groove + differ) * narrow * i.width * 0.5
            sag = differ * n.smoothstep(along, 0.2, 1.0) * 0.5
            whole = body.shape(swell, (along + sag - groove * along * 0.5) * i.height)
            shade = 0.62 + 0.5 * ridge + (n.noise(scale=3.0, detail=2.0, w=i.seed * 0.9) - 0.5) * 0.22
            green = n.smoothstep(radius, 0.3, 0.12) * (body.t > 0.5)
            whole = paint(whole, 1.0 - green * 0.8, n.clamp(shade, 0.5, 1.25), STEM_GREEN)
        with tree.frame("Stem"):
            stem = lathe(count(i.detail, 40, 20), count(i.detail, 28, 12))
            radius, along = profile(stem.t, STEM)
            edges = 1.0 + 0.22 * n.sin(stem.angle * 5.0 + along * 1.2)
            stalk = stem.shape(radius * edges * i.stem_radius, along * i.stem_length)
            turn = i.seed * 1.9
            stalk = bend(stalk, i.stem_bend, i.stem_length, n.combine_xyz(n.cos(turn), n.sin(turn), 0.0))
            stalk = n.transform(stalk, translation=n.combine_xyz(0.0, 0.0, i.height * 0.76))
            dry = n.clamp(n.smoothstep(along, 0.3, 1.0) + (edges - 1.0))
            stalk = paint(stalk, 0.0, 1.0, n.mix(dry, n.color(STEM_GREEN), n.color(STEM_DRY)))
        with tree.frame("Finish"):
            turn = i.seed * 2.7
            direction = n.combine_xyz(n.cos(turn), n.sin(turn), 0.0)
            whole = bend(n.join(whole, stalk), i.bend, i.height, direction)
            tree.o.geometry << n.set_material(n.shade_smooth(whole), material)
    return tree.data


GENERATOR = Generator("pumpkin", PumpkinParams, sample, build, TRAITS)
