"""Tree: a broadleaf with a flared, tapering trunk, visible branches and a canopy of overlapping leaf masses."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import math, new_tree
from ..graph import nodes as n
from ..graph.sockets import Input, Socket
from ..materials.surface import surface
from ..parts import plant_parts as parts
from ..parts.shapes import count
from .base import Draw, Generator, Trait, Traits

BARK = (0.15, 0.085, 0.045)


@dataclass(frozen=True)
class TreeParams:
    """Metres and radians."""

    height: float = param(6.0, "Height of the whole tree", min=1.0, max=30.0, unit="m")
    crown_width: float = param(4.5, "Width of the crown", min=0.5, max=25.0, unit="m", panel="Crown")
    crown_share: float = param(0.62, "Share of the height that the crown takes", min=0.3, max=0.85, panel="Crown")
    fullness: float = param(0.6, "Few open leaf masses, or many that close the crown", min=0.0, max=1.0, panel="Crown")
    roughness: float = param(0.42, "How far clumps of leaves stand out", min=0.0, max=0.8, panel="Crown")
    unevenness: float = param(0.5, "How irregular the crown is", min=0.0, max=1.0, panel="Crown")
    leaf_size: float = param(
        0.26, "Length of single leaves (shown from detail 0.75); 0 for none", min=0.0, max=1.0, unit="m", panel="Crown"
    )
    trunk_radius: float = param(0.24, "Radius of the trunk above the roots", min=0.04, max=1.5, unit="m", panel="Trunk")
    flare: float = param(0.9, "How much the trunk widens into roots", min=0.0, max=2.0, panel="Trunk")
    bend: float = param(
        0.3, "How far the trunk leans and curves, as a share of its height", min=0.0, max=1.0, panel="Trunk"
    )
    bend_direction: float = param(0.0, "Where it leans to, from +X", min=-3.2, max=3.2, unit="rad", panel="Trunk")
    bark: tuple[float, ...] = param(BARK, "Colour of the bark, linear RGB", min=0, max=1, panel="Trunk")
    seed: int = param(0, "Another tree of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.2, max=3.0)


TRAITS = {
    "height": Trait("height", 4.0, 8.5),
    "width": Trait("crown_width", 2.2, 6.2),
    "bend": Trait("bend", 0.0, 0.75),
    "fullness": Trait("fullness", 0.0, 1.0),
}


def sample(seed: int, traits: Traits | None = None) -> TreeParams:
    """A tree of this seed; `traits` (each -1..1) sets what was asked for."""
    draw = Draw(TreeParams, TRAITS, seed, traits)
    size = (TRAITS["height"].value(draw.traits["height"]) + TRAITS["width"].value(draw.traits["width"])) / 2.0
    return draw.params(
        crown_share=draw.uniform(0.52, 0.72),
        roughness=draw.uniform(0.3, 0.55),
        unevenness=draw.uniform(0.2, 1.0),
        trunk_radius=size * draw.uniform(0.036, 0.062),
        flare=draw.uniform(0.5, 1.3),
        bend_direction=draw.uniform(-0.6, 0.6),
        bark=draw.color(BARK, 0.3),
        leaf_size=size * draw.uniform(0.036, 0.052),
    )


def build(p: TreeParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of TreeParams."""
    material = surface("Leaves and Bark", (0.045, 0.17, 0.018), roughness=0.85, specular=0.25)
    with new_tree("Tree", p) as tree:
        i = tree.i
        crown_half = i.height * i.crown_share * 0.5
        trunk_height = i.height - crown_half * 0.95

        def trunk_path(t: Input) -> Socket:
            """From the root to the middle of the crown, t in 0..1."""
            sway = math("POWER", t, 1.5) * i.bend - n.sin(t * 5.0) * i.bend * 0.13
            side = n.sin(t * 6.0 + i.seed) * 0.012
            lean = parts.direction(i.bend_direction) * (sway * i.height * 0.42)
            across = parts.direction(i.bend_direction + 1.57) * (side * i.height)
            return lean + across * t + n.combine_xyz(0.0, 0.0, t * trunk_height)

        with tree.frame("Trunk"):
            shape = parts.tube(count(i.detail, 28, 12), count(i.detail, 26, 12))
            t = math("POWER", shape.along, 1.5)
            roots = n.cos(shape.angle * 5.0 + i.seed) * 0.35 + n.cos(shape.angle * 3.0 - i.seed) * 0.2
            flare = math("EXPONENT", t * -11.0) * i.flare * (1.0 + roots)
            knots = (n.noise(scale=2.2, detail=1.0, w=i.seed * 2.3) - 0.5) * 0.3
            trunk = parts.limb(
                shape._replace(along=t), trunk_path, i.trunk_radius * (1.0 - t * 0.55 + flare + knots * 0.6)
            )
        with tree.frame("Where the leaf masses are"):
            total = math("ROUND", 5.0 + i.fullness * 6.0)

            def mass_centre(number: Socket) -> Socket:
                """Spread over the crown by the golden angle; the first is in the middle and closes the crown."""
                share = (number - 0.5) / (total - 1.0)
                up = n.map_range(share, 0.0, 1.0, 0.92, -0.5) + (
                    parts.draw(i.seed, 1, -0.22, 0.22, number) * i.unevenness
                )
                out = n.sqrt(n.maximum(1.0 - up * up * 0.92, 0.05)) * (
                    1.0 + parts.draw(i.seed, 2, -0.35, 0.2, number) * i.unevenness
                )
                turn = number * parts.GOLDEN_ANGLE + i.seed + parts.draw(i.seed, 3, -0.4, 0.4, number)
                ring = parts.direction(turn) * (out * i.crown_width * 0.335)
                away = ring + n.combine_xyz(0.0, 0.0, up * crown_half * 0.62)
                return trunk_path(1.0) + away * (number > 0.5)

            def mass_radius(number: Socket) -> Socket:
                own = parts.draw(i.seed, 4, 0.8, 1.22, number)
                mean = math("POWER", i.crown_width * i.crown_width * crown_half * 2.0, 1.0 / 3.0)
                outer = mean * own * n.mix(i.fullness, 0.185, 0.225)
                return n.switch(number > 0.5, mean * n.mix(i.fullness, 0.2, 0.37), outer)

        with tree.frame("Branches"):
            limbs = parts.tubes(total - 1.0, count(i.detail, 10, 5), count(i.detail, 10, 5))
            end = mass_centre(limbs.number + 1.0)
            leave = n.mix(parts.draw(i.seed, 5, 0.0, 1.0, limbs.number), 0.5, 0.9)
            start = trunk_path(leave)
            middle = n.mix(0.5, start, end) + n.combine_xyz(0.0, 0.0, -0.06 * i.height)
            girth = i.trunk_radius * (0.5 - limbs.along * 0.28)
            branches = parts.bough(limbs, start, middle, end, girth)
            wood = parts.paint(n.join(trunk, branches), 0.0, 1.0, parts.bark_of(i.bark, i.seed, 14.0 / i.height))
        with tree.frame("Crown"):
            cloud, number = parts.points(total)
            cloud = n.set_position(cloud, mass_centre(number))
            masses = parts.leaf_masses(cloud, mass_radius(number), i.seed, i.detail, i.roughness)
            middle = trunk_path(1.0)
            above = (n.position().z - middle.z) / crown_half
            deep = (n.position() - middle).length / (crown_half + i.crown_width * 0.5) * 2.0
            tone = 0.72 + above * 0.2 + deep * 0.2 - masses.crevice * 0.38 + masses.random * 0.18
            mottle = n.noise(scale=40.0 / i.height, detail=2.0, w=i.seed * 1.9) - 0.5
            mass, tone = n.capture(masses.mesh, tone + mottle * 0.3)
            crown = parts.with_leaves(
                parts.paint(mass, 1.0, tone, (0.1, 0.2, 0.05)), tone, i.leaf_size, i.seed, i.detail
            )
        tree.o.geometry << n.set_material(n.shade_smooth(n.join(wood, crown)), material)
    return tree.data


GENERATOR = Generator("tree", TreeParams, sample, build, TRAITS)
