"""Mushroom: a bulbous bent stem with a ring, a domed cap with gills beneath and raised spots on it."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import Inputs, Socket, new_tree
from ..graph import nodes as n
from ..materials.surface import surface
from ..parts.shapes import bend, count, lathe, paint, profile
from .base import Draw, Generator, Trait, Traits

CREAM = (0.78, 0.66, 0.48)
EARTH = (0.30, 0.19, 0.10)
SPOT = (0.86, 0.80, 0.68)
GILL = (0.62, 0.46, 0.30)

# Outlines (radius, height), from the bottom to the top.
STEM = [(0, 0), (0.8, 0), (1, 0.1), (1, 0.6), (1, 2.2), (0.85, 4), (0.85, 5.8), (0, 6)]
RING = [(0, 0.35), (0.9, 0.35), (1.75, 0), (1.95, 0.12), (1.7, 0.45), (0.95, 0.9), (0, 0.9)]
CAP = [
    (0, 0.5), (0.25, 0.5), (0.62, 0.42), (0.93, 0.3), (1.0, 0.38), (0.98, 0.52), (0.84, 0.86), (0.52, 1.2), (0.2, 1.34), (0, 1.36),
]  # fmt: skip
RIM = 0.39  # the share of CAP's length that lies below


@dataclass(frozen=True)
class MushroomParams:
    """Metres and radians; the cap's top is at `height` plus the dome."""

    height: float = param(0.13, "Height of the stem", min=0.03, max=0.4, unit="m", panel="Stem")
    stem_radius: float = param(0.016, "Radius of the stem in the middle", min=0.005, max=0.08, unit="m", panel="Stem")
    bulb: float = param(0.5, "How much the stem swells at its foot", min=0.0, max=1.5, panel="Stem")
    bend: float = param(0.2, "How far the stem leans over", min=-1.2, max=1.2, unit="rad", panel="Stem")
    ring: float = param(0.6, "Size of the skirt around the stem, 0 for none", min=0.0, max=1.0, panel="Stem")
    cap_radius: float = param(0.07, "Radius of the cap", min=0.02, max=0.2, unit="m", panel="Cap")
    dome: float = param(0.75, "Height of the cap as a share of its radius", min=0.2, max=1.8, panel="Cap")
    curl: float = param(0.15, "How far the rim hangs down", min=0.0, max=0.6, panel="Cap")
    wave: float = param(0.03, "Unevenness of the cap", min=0.0, max=0.2, panel="Cap")
    gills: int = param(22, "Number of gills", min=6, max=60, panel="Cap")
    spots: int = param(20, "Number of spots on the cap", min=0, max=60, panel="Spots")
    spot_size: float = param(0.16, "Radius of a spot as a share of the cap's", min=0.03, max=0.4, panel="Spots")
    spot_height: float = param(
        0.35, "How far spots stand out, as a share of their radius", min=0.1, max=2.5, panel="Spots"
    )
    seed: int = param(0, "Another mushroom of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.2, max=3.0)


TRAITS = {
    "height": Trait("height", 0.06, 0.24),
    "width": Trait("cap_radius", 0.045, 0.115),
    "bend": Trait("bend", 0.0, 1.0),
    "spikes": Trait("spot_height", 0.2, 1.9),
    "fullness": Trait("dome", 0.35, 1.35),
}


def sample(seed: int, traits: Traits | None = None) -> MushroomParams:
    """A mushroom of this seed; `traits` (each -1..1) sets what was asked for."""
    draw = Draw(MushroomParams, TRAITS, seed, traits)
    cap = TRAITS["width"].value(draw.traits["width"])
    return draw.params(
        stem_radius=cap * draw.uniform(0.2, 0.34),
        bulb=draw.uniform(0.1, 1.1),
        ring=draw.uniform(0.5, 1.0) if draw.chance(0.65) else 0.0,
        curl=draw.uniform(0.05, 0.4),
        wave=draw.uniform(0.01, 0.07),
        gills=draw.integer(16, 28),
        spots=draw.integer(10, 26),
        spot_size=draw.uniform(0.11, 0.2),
    )


def build(p: MushroomParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of MushroomParams."""
    material = surface("Mushroom", (0.48, 0.022, 0.012), roughness=0.42, specular=0.4, coat=0.15)
    with new_tree("Mushroom", p) as tree:
        i = tree.i
        with tree.frame("Stem"):
            body = lathe(count(i.detail, 32, 10), count(i.detail, 40, 14))
            swell = n.float_curve(body.t, [(0, 0.25), (0.06, 0.85), (0.14, 1.0), (0.42, 0.25), (0.7, 0.0), (1, 0.05)])
            lumps = 0.88 + 0.24 * n.noise(scale=2.5, w=i.seed * 7.31)
            radius, along = profile(body.t, STEM)
            stem = body.shape(
                radius * i.stem_radius * lumps * (1.0 + swell * i.bulb * 1.3), along / 6.0 * i.height * 1.02
            )
            soil = n.smoothstep(n.position().z / i.height, 0.3, 0.0) * 0.75
            stem = paint(stem, 0.0, 1.0, n.mix(soil, n.color(CREAM), n.color(EARTH)))
        with tree.frame("Ring"):
            skirt = lathe(count(i.detail, 36, 12), count(i.detail, 14, 8))
            radius, along = profile(skirt.t, RING)
            frill = 1.0 + 0.07 * n.sin(skirt.angle * 7.0 + i.seed)
            skirt_size = i.stem_radius * (0.75 + 0.5 * i.ring)
            ring = skirt.shape(radius * skirt_size * frill, along * skirt_size + i.height * 0.62)
            ring = paint(ring, 0.0, 1.0, CREAM)
            ring = n.switch(i.ring > 0.01, None, ring)
        with tree.frame("Cap"):
            # Four points a gill, so that every gill is drawn alike; the outline runs from the gills' root outward below,
            # around the rim and up to the crown.
            dome = lathe(i.gills * 4, count(i.detail, 36, 14))
            radius, along = profile(dome.t, CAP)
            rim = n.smoothstep(radius, 0.45, 1.0)
            uneven = 1.0 + i.wave * (n.noise(scale=1.6, w=i.seed * 3.17) - 0.5) * 6.0 * rim
            root_to_rim = n.smoothstep(radius, 0.2, 0.45) * n.smoothstep(radius, 0.97, 0.85)
            fold = n.sin(dome.angle * i.gills) * root_to_rim * (dome.t < RIM)
            level = (along - 0.5) * n.switch(along > 0.5, 0.7, i.dome * 1.16) - rim * rim * i.curl + fold * 0.05
            cap = dome.shape(radius * i.cap_radius * uneven, level * i.cap_radius + i.height)
            shade = 1.12 - 0.3 * n.smoothstep(radius, 0.5, 1.0) * (dome.t > RIM)
            mottle = (n.noise(scale=4.0, detail=2.0, w=i.seed * 1.7) - 0.5) * 0.35
            gill = n.mix(fold * 0.5 + 0.5, n.color(GILL), n.color(CREAM))
            cap = paint(cap, n.smoothstep(dome.t, RIM - 0.02, RIM + 0.02), shade + mottle, gill)
        with tree.frame("Spots"):
            spots = paint(_spots(i, cap), 0.0, 1.0, SPOT)
        with tree.frame("Finish"):
            turn = i.seed * 2.4
            direction = n.combine_xyz(n.cos(turn), n.sin(turn) * 0.6, 0.0)
            whole = bend(n.join(stem, ring, cap, spots), i.bend, i.height, direction)
            tree.o.geometry << n.set_material(n.shade_smooth(whole), material)
    return tree.data


def _spots(i: Inputs, cap: Socket) -> Socket:
    """Raised patches: a sunflower's spiral with some disorder, dropped onto the cap from above."""
    place = n.index()
    around = place * 2.39996 + n.random_value(-0.5, 0.5, seed=i.seed)
    share = n.sqrt((place + 0.3) / (i.spots + 0.0)) * 0.88
    reach = share * i.cap_radius
    above = n.combine_xyz(n.cos(around) * reach, n.sin(around) * reach, i.height + i.cap_radius * 3.0)
    hit = n.raycast(cap, n.position(), length=10.0)
    scattered = n.set_position(n.points(i.spots, above), position=hit.hit_position)
    up = n.align_to(hit.hit_normal)
    scattered, up = n.capture(scattered, up)
    # Big near the crown, small at the rim; a spike is a patch drawn out and pointed.
    size = i.cap_radius * i.spot_size * n.random_value(0.65, 1.25, seed=i.seed + 1.0) * (1.1 - 0.35 * share)
    scattered, size = n.capture(scattered, size)
    patch = n.sphere(count(i.detail, 16, 7), count(i.detail, 10, 5))
    at = n.position()
    pointed = 1.0 - 0.75 * n.smoothstep(i.spot_height, 0.4, 1.4) * n.smoothstep(at.z, -0.2, 1.0)
    patch = n.set_position(patch, n.combine_xyz(at.x * pointed, at.y * pointed, at.z * i.spot_height))
    return n.realize(n.instance_on(scattered, patch, rotation=up, scale=size * n.combine_xyz(1.0, 1.0, 1.0)))


GENERATOR = Generator("mushroom", MushroomParams, sample, build, TRAITS)
