"""Flower: a bending stem with two leaves and a head of petals round a seeded centre, facing the front and a little up."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import math, new_tree
from ..graph import nodes as n
from ..graph.sockets import Input, Socket
from ..materials.surface import surface
from ..parts import plant_parts as parts
from ..parts.shapes import count, lathe, profile
from .base import Draw, Generator, Trait, Traits

LEAF = (0.075, 0.21, 0.03)
CENTRES = ((0.62, 0.33, 0.02), (0.13, 0.055, 0.02), (0.35, 0.36, 0.06), (0.05, 0.02, 0.03))


@dataclass(frozen=True)
class FlowerParams:
    """Metres and radians."""

    height: float = param(0.4, "Height of the head's middle", min=0.08, max=2.5, unit="m")
    head_radius: float = param(
        0.12,
        "Radius of the head with its petals; pointed ones reach farther",
        min=0.02,
        max=0.8,
        unit="m",
        panel="Head",
    )
    centre: float = param(0.34, "Radius of the centre as a share of the head's", min=0.15, max=0.7, panel="Head")
    tilt: float = param(0.45, "How far the head looks up from the front", min=-0.5, max=1.57, unit="rad", panel="Head")
    fullness: float = param(0.5, "Few broad petals, or many in two rings", min=0.0, max=1.0, panel="Petals")
    point: float = param(0.3, "Round petals, or pointed ones", min=0.0, max=1.0, panel="Petals")
    cup: float = param(0.3, "How far petals rise from the head's plane", min=-0.6, max=1.2, unit="rad", panel="Petals")
    curl: float = param(0.3, "How far petals turn back at their tips", min=-1.5, max=1.5, unit="rad", panel="Petals")
    bend: float = param(0.3, "How far the stem leans aside, as a share of the height", min=0.0, max=1.0, panel="Stem")
    stem_radius: float = param(0.011, "Radius of the stem", min=0.002, max=0.08, unit="m", panel="Stem")
    leaf_length: float = param(0.17, "Length of the leaves", min=0.02, max=1.0, unit="m", panel="Leaves")
    leaf_height: float = param(
        0.25, "Where the leaves sit, as a share of the height", min=0.02, max=0.8, panel="Leaves"
    )
    leaf_color: tuple[float, ...] = param(LEAF, "Colour of stem and leaves, linear RGB", min=0, max=1, panel="Leaves")
    centre_color: tuple[float, ...] = param(CENTRES[0], "Colour of the centre, linear RGB", min=0, max=1, panel="Head")
    seed: int = param(0, "Another flower of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.2, max=3.0)


TRAITS = {
    "height": Trait("height", 0.22, 0.62),
    "width": Trait("head_radius", 0.075, 0.17),
    "bend": Trait("bend", 0.0, 0.7),
    "spikes": Trait("point", 0.0, 1.0),
    "fullness": Trait("fullness", 0.0, 1.0),
}


def sample(seed: int, traits: Traits | None = None) -> FlowerParams:
    """A flower of this seed; `traits` (each -1..1) sets what was asked for."""
    draw = Draw(FlowerParams, TRAITS, seed, traits)
    height = TRAITS["height"].value(draw.traits["height"])
    head = TRAITS["width"].value(draw.traits["width"])
    return draw.params(
        centre=draw.uniform(0.28, 0.44),
        tilt=draw.uniform(0.25, 0.65),
        cup=draw.uniform(0.05, 0.5),
        curl=draw.uniform(0.0, 0.7),
        stem_radius=0.007 + height * draw.uniform(0.012, 0.02),
        leaf_length=0.03 + head * draw.uniform(0.7, 1.0),
        leaf_height=draw.uniform(0.12, 0.34),
        leaf_color=draw.color(LEAF, 0.25),
        centre_color=draw.color(draw.choice(CENTRES), 0.2),
    )


def build(p: FlowerParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of FlowerParams."""
    material = surface("Flower", (0.78, 0.45, 0.02), roughness=0.55, specular=0.3)
    with new_tree("Flower", p) as tree:
        i = tree.i

        def stem_path(t: Input) -> Socket:
            """From the ground to the head: aside to +X, and behind the head so that it can look to the front."""
            side = (math("POWER", t, 1.8) - n.sin(t * 3.1416) * 0.22) * i.bend * i.height * 0.75
            back = n.sin(t * 3.1416) * 0.05 * i.height
            return n.combine_xyz(side, back, t * i.height)

        with tree.frame("Stem"):
            shape = parts.tube(count(i.detail, 16, 8), count(i.detail, 30, 14))
            stem = parts.limb(shape, stem_path, i.stem_radius * (1.3 - shape.along * 0.45))
            shade = n.noise(scale=10.0 / i.height, detail=1.0, w=i.seed * 1.9)
            stem = parts.paint(stem, 0.0, 1.0, tinted(i.leaf_color, 0.6 + shape.along * 0.35 + shade * 0.2))
        with tree.frame("Leaves"):
            leaves = parts.tubes(2, count(i.detail, 14, 8), count(i.detail, 22, 10))
            s, number = leaves.along, leaves.number
            attach = stem_path(i.leaf_height + number * 0.13)
            azimuth = number * 3.1416 + parts.draw(i.seed, 1, -0.6, 0.3, number)
            long = i.leaf_length * parts.draw(i.seed, 2, 0.85, 1.15, number)
            wide = long * 0.2 * n.float_curve(s, [(0, 0.2), (0.12, 0.38), (0.45, 1.0), (0.8, 0.6), (1, 0.05)])
            lean = parts.draw(i.seed, 3, 0.45, 0.8, number)
            curl = parts.draw(i.seed, 4, 0.6, 1.5, number)
            thick = n.maximum(long * 0.034 * (1.15 - s), long * 0.008)
            leaf = parts.blade(leaves, attach, azimuth, lean, curl, long, wide, thick, 0.3)
            vein = 1.0 - n.smoothstep(abs(n.cos(leaves.angle)), 0.0, 0.45)
            leaf = parts.paint(leaf, 0.0, 1.0, tinted(i.leaf_color, 0.7 + s * 0.45 + vein * 0.25))
        with tree.frame("Petals"):
            petals = math("ROUND", 5.0 + i.fullness * 7.0)
            rings = 1.0 + (i.fullness > 0.45)
            flat = parts.tubes(petals * rings, count(i.detail, 14, 8), count(i.detail, 16, 7))
            s, number = flat.along, flat.number
            outer = number >= petals  # the second ring lies behind, between the petals of the first
            azimuth = (number + n.mix(outer, 0.0, 0.5)) * parts.TAU / petals + parts.draw(i.seed, 5, -0.1, 0.1, number)
            core = i.head_radius * i.centre * 0.72
            long = (
                (i.head_radius * n.mix(i.point, 0.92, 1.2) - core)
                * parts.draw(i.seed, 6, 0.92, 1.06, number)
                * n.mix(outer, 1.0, 1.08)
            )
            rise = i.cup * n.mix(outer, 1.0, 0.45) + parts.draw(i.seed, 7, -0.1, 0.1, number)
            round_tip = n.float_curve(s, [(0, 0.42), (0.3, 0.68), (0.68, 1.0), (0.88, 0.84), (1, 0.2)])
            sharp_tip = n.float_curve(s, [(0, 0.5), (0.3, 0.95), (0.5, 0.9), (0.8, 0.42), (1, 0.03)])
            room = i.head_radius * 3.1416 * 0.8 / (petals + 1.2)
            wide = n.minimum(room, i.head_radius * 0.42) * n.mix(i.point, round_tip, sharp_tip)
            thick = i.head_radius * 0.055 * n.float_curve(s, [(0, 1.0), (0.6, 0.75), (1, 0.25)])
            below = n.combine_xyz(0.0, 0.0, outer * i.head_radius * -0.06)
            petal = parts.blade(
                flat, parts.direction(azimuth) * core + below, azimuth, 1.57 - rise, i.curl, long, wide, thick, 0.12
            )
            groove = n.cos(flat.angle)
            tone = 0.78 + s * 0.3 - n.smoothstep(groove * groove, 0.12, 0.0) * 0.12 * (1.0 - s) - outer * 0.13
            petal = parts.paint(petal, 1.0, tone + parts.draw(i.seed, 8, -0.07, 0.07, number), LEAF)
        with tree.frame("Centre"):
            disc = lathe(count(i.detail, 36, 16), count(i.detail, 22, 9))
            radius, level = profile(disc.t, [(0, 0.1), (0.75, 0.2), (1.0, 0.45), (0.88, 0.8), (0.5, 1.0), (0, 1.02)])
            size = i.head_radius * i.centre
            dome = disc.shape(radius * size, (level - 0.45) * size * 0.7)
            seeds = n.voronoi(n.position() / size, scale=4.2, w=i.seed * 3.3)["Distance"]
            dome, dot = n.capture(dome, seeds)
            dome = n.set_position(dome, offset=n.normal() * (size * 0.16 * (0.4 - dot)))
            ring = n.smoothstep(radius, 0.45, 1.0)
            dome = parts.paint(dome, 0.0, 1.0, tinted(i.centre_color, 1.3 - dot * 0.9 - ring * 0.25))
            cup = lathe(count(i.detail, 20, 10), count(i.detail, 14, 7))
            radius, level = profile(cup.t, [(0, 0), (0.32, 0.02), (0.5, 0.3), (1, 0.8), (0.7, 1.0), (0, 1.0)])
            calyx = cup.shape(radius * size * 1.02, (level - 1.05) * size * 0.75)
            calyx = parts.paint(calyx, 0.0, 1.0, tinted(i.leaf_color, 0.85))
        with tree.frame("Head on its stem"):
            head = n.join(petal, dome, calyx)
            yaw = i.bend * 0.35 + parts.draw(i.seed, 9, -0.2, 0.2, i.seed)
            facing = n.combine_xyz(1.5708 - i.tilt, 0.0, yaw)
            # The calyx ends where the stem does: the head sits that far before it.
            ahead = n.rotate(n.combine_xyz(0.0, n.cos(i.tilt) * -1.0, n.sin(i.tilt)), (0.0, 0.0, 1.0), yaw)
            head = n.transform(head, translation=stem_path(1.0) + ahead * (size * 0.6), rotation=facing)
        tree.o.geometry << n.set_material(n.shade_smooth(n.join(stem, leaf, head)), material)
    return tree.data


def tinted(color: Input, light: Input) -> Socket:
    """A colour made lighter or darker by a factor, a field."""
    return n.mix(1.0, color, n.combine_xyz(light, light, light), blend="MULTIPLY")


GENERATOR = Generator("flower", FlowerParams, sample, build, TRAITS)
