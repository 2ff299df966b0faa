"""Bush: overlapping leaf masses from the ground up, on a few stems that show where the bush is open."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import math, new_tree
from ..graph import nodes as n
from ..graph.sockets import Socket
from ..materials.surface import surface
from ..parts import plant_parts as parts
from ..parts.shapes import count
from .base import Draw, Generator, Trait, Traits

BARK = (0.16, 0.095, 0.05)


@dataclass(frozen=True)
class BushParams:
    """Metres and radians."""

    height: float = param(1.2, "Height of the bush", min=0.2, max=6.0, unit="m")
    width: float = param(1.5, "Width of the bush", min=0.2, max=8.0, unit="m")
    fullness: float = param(0.5, "Few open leaf masses on visible stems, or many that close", min=0.0, max=1.0)
    roughness: float = param(0.42, "How far clumps of leaves stand out", min=0.0, max=0.8, panel="Leaves")
    lumps: float = param(1.5, "Clumps of leaves across a leaf mass", min=0.5, max=4.0, panel="Leaves")
    leaf_size: float = param(
        0.08, "Length of single leaves (shown from detail 0.75); 0 for none", min=0.0, max=0.5, unit="m", panel="Leaves"
    )
    unevenness: float = param(0.5, "How irregular the outline is", min=0.0, max=1.0, panel="Leaves")
    stems: int = param(5, "Number of stems", min=1, max=12, panel="Stems")
    stem_radius: float = param(0.035, "Radius of a stem at the ground", min=0.005, max=0.3, unit="m", panel="Stems")
    bark: tuple[float, ...] = param(BARK, "Colour of the stems, linear RGB", min=0, max=1, panel="Stems")
    seed: int = param(0, "Another bush of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.2, max=3.0)


TRAITS = {
    "height": Trait("height", 0.7, 1.9),
    "width": Trait("width", 0.9, 2.3),
    "fullness": Trait("fullness", 0.0, 1.0),
}


def sample(seed: int, traits: Traits | None = None) -> BushParams:
    """A bush of this seed; `traits` (each -1..1) sets what was asked for."""
    draw = Draw(BushParams, TRAITS, seed, traits)
    size = (TRAITS["height"].value(draw.traits["height"]) + TRAITS["width"].value(draw.traits["width"])) / 2.0
    return draw.params(
        roughness=draw.uniform(0.3, 0.6),
        lumps=draw.uniform(1.2, 2.0),
        unevenness=draw.uniform(0.2, 1.0),
        stems=draw.integer(4, 6),
        stem_radius=draw.uniform(0.032, 0.05),
        bark=draw.color(BARK, 0.3),
        leaf_size=size * draw.uniform(0.05, 0.075),
    )


def build(p: BushParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of BushParams."""
    material = surface("Leaves and Stems", (0.065, 0.18, 0.027), roughness=0.85, specular=0.25)
    with new_tree("Bush", p) as tree:
        i = tree.i
        with tree.frame("Where the leaf masses are"):
            total = math("ROUND", 7.0 + i.fullness * 7.0)
            mean = math("POWER", i.width * i.width * i.height * 2.0, 1.0 / 3.0)
            lift = (1.0 - i.fullness) * 0.1  # an open bush shows its stems

            skirt = math("ROUND", (total - 1.0) * 0.55)  # so many masses stand round the foot

            def mass_centre(number: Socket) -> Socket:
                """Number 0 in the middle, closing the bush; then the skirt on the ground; the rest over the dome above."""
                over = number > skirt + 0.5
                share = (number - skirt - 0.5) / (total - 1.0 - skirt)
                own = parts.draw(i.seed, 1, -1.0, 1.0, number) * i.unevenness
                up = n.switch(over, 0.0, n.map_range(share, 0.0, 1.0, 0.45, 1.0) + own * 0.1)
                out = n.sqrt(n.maximum(1.0 - up * up, 0.03)) * (
                    1.0 + parts.draw(i.seed, 2, -0.28, 0.12, number) * i.unevenness
                )
                even = number * parts.TAU / skirt + i.seed
                turn = n.switch(over, even, number * parts.GOLDEN_ANGLE + i.seed) + parts.draw(
                    i.seed, 3, -0.3, 0.3, number
                )
                outer = parts.direction(turn) * (out * i.width * 0.35)
                low = 0.22 + own * 0.05 + lift
                high = i.height * n.switch(number > 0.5, 0.38, n.switch(over, low, up * 0.52 + 0.24))
                return outer * (number > 0.5) + n.combine_xyz(0.0, 0.0, high)

            def mass_radius(number: Socket) -> Socket:
                own = parts.draw(i.seed, 4, 0.85, 1.2, number) * n.switch(number > skirt + 0.5, 1.06, 0.96)
                return mean * n.switch(number > 0.5, n.mix(i.fullness, 0.2, 0.34), own * n.mix(i.fullness, 0.18, 0.215))

        with tree.frame("Stems"):
            limbs = parts.tubes(i.stems, count(i.detail, 10, 6), count(i.detail, 12, 6))
            aim = mass_centre(total - 1.0 - limbs.number)
            foot = n.combine_xyz(aim.x, aim.y, 0.0) * 0.2
            middle = n.combine_xyz(aim.x * 0.75, aim.y * 0.75, aim.z * 0.45)
            stems = parts.bough(limbs, foot, middle, aim, i.stem_radius * (1.1 - limbs.along * 0.5))
            stems = parts.paint(stems, 0.0, 1.0, parts.bark_of(i.bark, i.seed, 14.0 / i.height))
        with tree.frame("Leaves"):
            cloud, number = parts.points(total)
            cloud = n.set_position(cloud, mass_centre(number))
            masses = parts.leaf_masses(cloud, mass_radius(number), i.seed, i.detail, i.roughness, i.lumps)
            x, y, z = tree.separate(n.position())
            floor = i.height * 0.004
            leaves = n.set_position(masses.mesh, n.combine_xyz(x, y, n.maximum(z, floor)))
            deep = n.combine_xyz(x / i.width * 2.0, y / i.width * 2.0, z / i.height).length
            tone = 0.55 + z / i.height * 0.3 + deep * 0.22 - masses.crevice * 0.38 + masses.random * 0.18
            mottle = n.noise(scale=24.0 / i.height, detail=2.0, w=i.seed * 1.9) - 0.5
            leaves, tone = n.capture(leaves, tone + mottle * 0.3)
            leaves = parts.paint(leaves, 1.0, tone, (0.1, 0.2, 0.05))
            leaves = parts.with_leaves(leaves, tone, i.leaf_size, i.seed, i.detail)
        tree.o.geometry << n.set_material(n.shade_smooth(n.join(stems, leaves)), material)
    return tree.data


GENERATOR = Generator("bush", BushParams, sample, build, TRAITS)
