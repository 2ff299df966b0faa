"""Cactus: a ribbed column with arms that bend upward, bold spines, in a terracotta pot or on a mound of soil."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import Socket, math, new_tree
from ..graph import nodes as n
from ..graph.builder import Tree
from ..graph.sockets import Input
from ..materials.surface import surface
from ..parts import plant_parts as parts
from ..parts.shapes import count, lathe, profile
from .base import Draw, Generator, Trait, Traits

TERRACOTTA = (0.42, 0.13, 0.05)
SAND = (0.40, 0.28, 0.15)
SPINE = (0.80, 0.66, 0.40)
DOME = 0.75  # from here on the places along a limb lie on its rounded tip
HALF_PI = 1.5708
SHARED = ("height", "radius", "bulge", "ribs", "rib_depth", "bend", "arm_radius", "arm_height", "arm_length", "seed")


@dataclass(frozen=True)
class CactusParams:
    """Metres and radians."""

    height: float = param(1.2, "Height of the column above the ground", min=0.1, max=8.0, unit="m")
    radius: float = param(0.14, "Radius of the column", min=0.02, max=1.5, unit="m", panel="Column")
    bulge: float = param(0.2, "How much thicker the column is in the middle", min=0.0, max=0.8, panel="Column")
    ribs: int = param(9, "Number of ribs", min=5, max=20, panel="Column")
    rib_depth: float = param(0.28, "Depth of the furrows as a share of the radius", min=0.0, max=0.6, panel="Column")
    bend: float = param(0.1, "How far the top leans aside, as a share of the height", min=0.0, max=0.6, panel="Column")
    arms: float = param(0.5, "No arms, or up to four", min=0.0, max=1.0, panel="Arms")
    arm_radius: float = param(0.62, "Radius of an arm as a share of the column's", min=0.3, max=1.0, panel="Arms")
    arm_height: float = param(0.4, "Where arms leave, as a share of the height", min=0.1, max=0.8, panel="Arms")
    arm_length: float = param(
        0.35, "Length of an arm's upright part, as a share of the height", min=0.02, max=0.9, panel="Arms"
    )
    spines: float = param(0.5, "Length of the spines", min=0.0, max=1.0, panel="Spines")
    pot: float = param(0.0, "Size of a terracotta pot; 0 for a mound of soil", min=0.0, max=1.5, panel="Ground")
    seed: int = param(0, "Another cactus of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.2, max=3.0)


TRAITS = {
    "height": Trait("height", 0.7, 1.7),
    "width": Trait("radius", 0.085, 0.24),
    "bend": Trait("bend", 0.0, 0.4),
    "spikes": Trait("spines", 0.0, 1.0),
    "fullness": Trait("arms", 0.0, 1.0),
}


def sample(seed: int, traits: Traits | None = None) -> CactusParams:
    """A cactus of this seed; `traits` (each -1..1) sets what was asked for."""
    draw = Draw(CactusParams, TRAITS, seed, traits)
    return draw.params(
        bulge=draw.uniform(0.05, 0.4),
        ribs=draw.integer(7, 10),
        rib_depth=draw.uniform(0.22, 0.36),
        arm_radius=draw.uniform(0.55, 0.75),
        arm_height=draw.uniform(0.3, 0.48),
        arm_length=draw.uniform(0.16, 0.42),
        pot=draw.uniform(0.9, 1.1) if draw.chance(0.4) else 0.0,
    )


@dataclass(frozen=True)
class LimbParams:
    """Inputs of the group "Cactus Limb"; those that CactusParams has too mean the same."""

    number: int = param(0, "0 for the column, 1 and up for arms", min=0, max=16)
    angle: float = param(0.0, "Angle about the limb", unit="rad")
    along: float = param(0.0, "Place along the limb: 0 at its root, 1 at its tip", min=-1.0, max=2.0)
    height: float = param(1.2, "Height of the column", min=0.0, unit="m")
    radius: float = param(0.14, "Radius of the column", min=0.0, unit="m")
    bulge: float = param(0.2, "How much thicker the column is in the middle", min=0.0)
    ribs: int = param(9, "Number of ribs", min=1)
    rib_depth: float = param(0.28, "Depth of the furrows as a share of the radius", min=0.0)
    bend: float = param(0.1, "How far the top leans aside, as a share of the height", min=0.0)
    arm_radius: float = param(0.62, "Radius of an arm as a share of the column's", min=0.0)
    arm_height: float = param(0.4, "Where arms leave, as a share of the height", min=0.0)
    arm_length: float = param(0.35, "Length of an arm's upright part, as a share of the height", min=0.0)
    seed: int = param(0, "Other arms", min=0, max=9999)


def limb_group() -> bpy.types.NodeTree:
    """Column and arms as one family of swept shapes: where the surface is, its normal, and 0 in a furrow to 1 on a rib.

    An arm leaves the axis level, turns up along a quarter of a circle in its own upright plane, and goes on upright. The
    normal is a unit vector and leaves the ribs' own slope out.
    """
    with new_tree("Cactus Limb", LimbParams) as tree:
        i = tree.i
        number, angle = i.number, i.angle
        is_arm = number > 0.5
        with tree.frame("Where the limb goes"):
            pair = math("FLOOR", (number - 1.0) * 0.5)
            opposite = math("FLOORED_MODULO", number - 1.0, 2.0)
            azimuth = opposite * 3.1416 + pair * 1.4 + parts.draw(i.seed, 1, -0.45, 0.45, number) + 0.1
            radius = i.radius * n.mix(is_arm, 1.0, i.arm_radius)
            turn = i.radius * parts.draw(i.seed, 2, 1.25, 1.5, number) + radius * 0.85
            arc = turn * HALF_PI
            leave = i.height * n.clamp(
                i.arm_height + parts.draw(i.seed, 3, -0.13, 0.13, number) + pair * 0.1, 0.12, 0.7
            )
            upright = i.height * i.arm_length * parts.draw(i.seed, 4, 0.6, 1.3, number) + radius
            length = n.mix(is_arm, i.height, arc + upright)
        with tree.frame("Axis"):
            round_share = n.map_range(i.along, DOME, 1.0, 0.0, HALF_PI)
            way = n.minimum(i.along / DOME, 1.0) * (length - radius) + n.sin(round_share) * radius
            theta = n.minimum(way / arc, 1.0) * HALF_PI * is_arm
            straight = n.mix(is_arm, way, n.maximum(way - arc, 0.0))
            out = n.sin(theta) * turn * is_arm
            up = (1.0 - n.cos(theta)) * turn * is_arm + straight + leave * is_arm
            away = parts.direction(azimuth)
            # Arms go along with the column where they leave it, and lean a little themselves.
            sway = n.clamp(n.switch(is_arm, up, leave + up * 0.25) / i.height)
            lean = n.combine_xyz(math("POWER", sway, 1.8) * i.bend * i.height, 0.0, 0.0)
            centre = away * out + n.combine_xyz(0.0, 0.0, up) + lean
        with tree.frame("Skin"):
            tangent = n.mix(is_arm, (0.0, 0.0, 1.0), away * n.cos(theta) + n.combine_xyz(0.0, 0.0, n.sin(theta)))
            across = parts.direction(azimuth + HALF_PI)
            ring = across * n.cos(angle) + tangent.cross(across) * n.sin(angle)
            ridge = abs(n.cos(angle * i.ribs * 0.5))
            column = 1.0 - i.bulge * (1.0 - n.sin(n.clamp(way / length) * 2.6 + 0.25))
            swell = n.mix(is_arm, column, 0.88 + theta * 0.076)
            wide = radius * n.cos(round_share) * swell * (1.0 - i.rib_depth * (1.0 - ridge))
            tree.o.position << centre + ring * n.maximum(wide, radius * 0.02)
            tree.o.normal << (ring * n.cos(round_share) + tangent * n.sin(round_share)).normalized()
            tree.o.ridge << ridge
    return tree.data


def ground(tree: Tree) -> Socket:
    """The terracotta pot with its earth, or a mound of soil."""
    i = tree.i
    size = i.radius * 1.45 + i.height * 0.03
    body = lathe(count(i.detail, 40, 16), count(i.detail, 48, 16))
    radius, level = profile(
        body.t,
        [
            (0, 0),
            (0.7, 0),
            (0.74, 0.03),
            (0.98, 0.92),
            (1.14, 0.94),
            (1.2, 1.0),
            (1.2, 1.3),
            (1.06, 1.34),
            (1, 1.2),
            (0, 1.2),
        ],
        sharp=True,
    )
    rim = n.smoothstep(level, 0.9, 0.95)
    pot = body.shape(radius * size * i.pot, (level - 1.3) * size * i.pot)
    streak = n.noise(scale=3.0 / i.radius * 0.3, detail=2.0, w=i.seed * 1.1) - 0.5
    earth = n.smoothstep(body.t, 0.84, 0.86)
    clay = n.mix(1.0, n.color(TERRACOTTA), grey(0.85 + rim * 0.25 + streak * 0.5), blend="MULTIPLY")
    pot = parts.paint(pot, 0.0, 1.0, n.mix(earth, clay, n.color((0.10, 0.06, 0.035))))
    heap = lathe(count(i.detail, 36, 16), count(i.detail, 20, 8))
    radius, level = profile(heap.t, [(0, 0), (1.0, 0.0), (0.82, 0.24), (0.4, 0.44), (0, 0.5)])
    lumps = n.noise(parts.direction(heap.angle) * 1.0, scale=1.4, w=i.seed * 2.7) + 0.5
    mound = heap.shape(radius * size * 1.55 * lumps, (level - 0.08) * size)
    grain = n.noise(scale=12.0 / i.height, detail=3.0, w=i.seed * 1.3) - 0.5
    mound = parts.paint(mound, 0.0, 1.0, n.mix(1.0, n.color(SAND), grey(0.9 + grain * 0.8), blend="MULTIPLY"))
    return n.switch(i.pot > 0.01, mound, pot)


def grey(light: Input) -> Socket:
    """A grey to multiply a colour by; a field."""
    return n.combine_xyz(light, light, light)


def build(p: CactusParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of CactusParams."""
    material = surface("Cactus", (0.06, 0.21, 0.05), roughness=0.6, specular=0.35)
    limb = limb_group()
    with new_tree("Cactus", p) as tree:
        i = tree.i
        total = math("ROUND", i.arms * 4.0 - 0.1) + 1.0
        with tree.frame("Column and arms"):
            limbs = parts.tubes(total, i.ribs * count(i.detail, 6, 3), count(i.detail, 8, 3) * 4.0)  # a ring at DOME
            shared = {f: i[f] for f in SHARED}
            skin = tree.group(limb, number=limbs.number, angle=limbs.angle, along=limbs.along, **shared)
            ridge = skin["Ridge"]
            mottle = n.noise(n.position() / i.height, scale=9.0, detail=2.0, w=i.seed * 1.9) - 0.5
            tone = 0.58 + ridge * 0.36 + n.smoothstep(limbs.along, 0.3, 1.0) * 0.2 + mottle * 0.2
            body, tone = n.capture(limbs.mesh, tone)
            body = parts.paint(n.set_position(body, skin["Position"]), 1.0, tone, SPINE)
        with tree.frame("Spines"):
            rows = n.clamp(math("ROUND", i.height / i.radius * 0.75), 4.0, 8.0)
            grid = parts.tubes(total, i.ribs, rows)
            rib = math("ROUND", grid.angle * i.ribs / parts.TAU)
            stagger = (math("FLOORED_MODULO", rib, 2.0) - 0.5) * 0.5 / rows
            along = grid.along + stagger
            skin = tree.group(limb, number=grid.number, angle=grid.angle, along=along, **shared)
            is_arm = grid.number > 0.5
            roots, facing = n.capture(grid.mesh, skin["Normal"])
            size = n.smoothstep(i.spines, 0.0, 0.35) * i.radius
            roots, taper = n.capture(roots, 1.0 - is_arm * 0.2)
            roots, keep = n.capture(roots, (along > n.mix(is_arm, 0.1, 0.3)) & (along < 0.97))
            roots = n.set_position(roots, skin["Position"] - facing * (i.radius * 0.06))
            cone = tree.add(
                "GeometryNodeMeshCone", vertices=count(i.detail, 8, 3), radius_top=0.0, radius_bottom=1.0, depth=1.0
            )
            wide = size * 0.19 * taper
            scale = n.combine_xyz(wide, wide, size * taper * (0.3 + i.spines * 0.75))
            spines = n.realize(
                n.instance_on(roots, cone["Mesh"], rotation=n.align_to(facing), scale=scale, selection=keep)
            )
            spines = n.switch(i.spines > 0.06, None, parts.paint(spines, 0.0, 1.0, SPINE))
        base = n.join(ground(tree))
        whole = n.shade_smooth(n.join(body, base, spines))
        lift = n.combine_xyz(
            0.0, 0.0, (i.radius * 1.45 + i.height * 0.03) * 1.3 * i.pot
        )  # the base of the pot is the ground
        tree.o.geometry << n.set_material(n.transform(whole, translation=lift), material)
    return tree.data


GENERATOR = Generator("cactus", CactusParams, sample, build, TRAITS)
