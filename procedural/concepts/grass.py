"""Grass: a tuft of broad, tapered, arching blades from one root; blades are thick enough to be solids."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import math, new_tree
from ..graph import nodes as n
from ..materials.surface import surface
from ..parts import plant_parts as parts
from ..parts.shapes import count
from .base import Draw, Generator, Trait, Traits

STRAW = (0.42, 0.31, 0.12)


@dataclass(frozen=True)
class GrassParams:
    """Metres and radians."""

    height: float = param(0.4, "Height of the tuft", min=0.05, max=2.5, unit="m")
    width: float = param(0.45, "Width of the tuft", min=0.05, max=3.0, unit="m")
    bend: float = param(0.8, "How far blades arch over", min=0.0, max=2.5, unit="rad")
    wind: float = param(0.15, "How far all blades lean to +X", min=0.0, max=1.0, unit="rad")
    fullness: float = param(0.5, "Few blades, or many", min=0.0, max=1.0, panel="Blades")
    blade_width: float = param(0.034, "Width of a blade", min=0.004, max=0.2, unit="m", panel="Blades")
    thickness: float = param(0.4, "Thickness of a blade as a share of its width", min=0.1, max=1.0, panel="Blades")
    fold: float = param(0.35, "How far a blade is folded along its middle", min=0.0, max=1.0, panel="Blades")
    unevenness: float = param(0.5, "How much blades differ in length", min=0.0, max=1.0, panel="Blades")
    root: tuple[float, ...] = param(STRAW, "Colour at the root, linear RGB", min=0, max=1)
    seed: int = param(0, "Another tuft of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.2, max=3.0)


TRAITS = {
    "height": Trait("height", 0.2, 0.6),
    "width": Trait("width", 0.22, 0.75),
    "bend": Trait("bend", 0.1, 1.7),
    "fullness": Trait("fullness", 0.0, 1.0),
}


def sample(seed: int, traits: Traits | None = None) -> GrassParams:
    """A tuft of this seed; `traits` (each -1..1) sets what was asked for."""
    draw = Draw(GrassParams, TRAITS, seed, traits)
    height = TRAITS["height"].value(draw.traits["height"])
    width = TRAITS["width"].value(draw.traits["width"])
    return draw.params(
        blade_width=(0.45 * height + 0.35 * width + 0.1) * draw.uniform(0.095, 0.125),
        thickness=draw.uniform(0.36, 0.48),
        wind=draw.uniform(0.0, 0.3),
        fold=draw.uniform(0.15, 0.5),
        unevenness=draw.uniform(0.2, 1.0),
        root=draw.color(STRAW, 0.25),
    )


def build(p: GrassParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of GrassParams."""
    material = surface("Grass", (0.11, 0.275, 0.027), roughness=0.6, specular=0.35)
    with new_tree("Grass", p) as tree:
        i = tree.i
        with tree.frame("Blades"):
            total = math("ROUND", 8.0 + i.fullness * 14.0)
            blades = parts.tubes(total, count(i.detail, 10, 6), count(i.detail, 18, 8))
            s, number = blades.along, blades.number
            outer = math("POWER", (number + 0.5) / total, 0.7)  # 0 in the middle of the tuft, 1 at its rim
            azimuth = number * parts.GOLDEN_ANGLE + i.seed + parts.draw(i.seed, 1, -0.35, 0.35, number)
            own = parts.draw(i.seed, 2, -0.32, 0.12, number) * i.unevenness
            windward = n.cos(azimuth) * i.wind
            curl = i.bend * (0.35 + outer * 0.75) * parts.draw(i.seed, 4, 0.7, 1.25, number)
            reach = i.width * 0.5 * outer * parts.draw(i.seed, 3, 0.85, 1.15, number)
            rise = i.height * (1.05 - outer * outer * 0.25)
            # The chord from root to tip points at (reach, rise); an arching blade starts steeper and ends flatter.
            lean = math("ARCTAN2", reach, rise) - curl * 0.27 + windward
            arc = 1.0 + curl * curl * 0.04  # how much longer than its chord a blade is
            length = n.combine_xyz(reach, rise, 0.0).length * arc * (1.0 + own)
            taper = n.float_curve(s, [(0.0, 0.6), (0.35, 1.0), (0.75, 0.72), (1.0, 0.16)])
            half = i.blade_width * 0.5 * taper * parts.draw(i.seed, 5, 0.85, 1.15, number)
            root = parts.direction(azimuth) * (i.blade_width * outer * 0.9)
            thick = n.maximum(half * i.thickness, i.blade_width * 0.1)
            tuft = parts.blade(blades, root, azimuth, lean, curl, length, half, thick, i.fold)
            x, y, z = tree.separate(n.position())
            tuft = n.set_position(tuft, n.combine_xyz(x, y, n.maximum(z, 0.0)))  # arching tips rest on the ground
        with tree.frame("Colours"):
            chance = parts.draw(i.seed, 6, -0.12, 0.12, number)
            rim = abs(n.cos(blades.angle))
            mottle = n.noise(scale=8.0 / i.height, detail=1.0, w=i.seed * 1.9) - 0.5
            tone = 0.62 + s * 0.5 + rim * 0.08 + chance + mottle * 0.2
            green = n.smoothstep(s, -0.02, 0.16)
            tuft = parts.paint(tuft, green, tone, i.root)
        with tree.frame("Crown of the root"):
            ball = n.sphere(count(i.detail, 16, 8), count(i.detail, 10, 5))
            wide = i.blade_width * 0.95
            crown = n.transform(ball, scale=n.combine_xyz(wide, wide, i.blade_width * 0.55))
            x, y, z = tree.separate(n.position())
            crown = n.set_position(crown, n.combine_xyz(x, y, n.maximum(z, 0.0)))
            crown = parts.paint(crown, 0.0, 1.0, n.mix(1.0, i.root, n.color((0.4, 0.4, 0.4)), blend="MULTIPLY"))
        tree.o.geometry << n.set_material(n.shade_smooth(n.join(tuft, crown)), material)
    return tree.data


GENERATOR = Generator("grass", GrassParams, sample, build, TRAITS)
