"""Slab stack: broken, bedded slabs lying on each other, dipping together, their rims splintered in ledges."""

from __future__ import annotations

import math as pymath
from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, current_tree, math, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.cover import WEATHERED_ROCK, WeatheredRockParams
from ...parts.plant_parts import draw, points
from ...parts.shapes import count
from ...parts.stones import shaded
from ..base import Family

SIDES = 6  # planes that break a slab's outline


@dataclass(frozen=True)
class SlabStackParams:
    """Metres and radians."""

    slabs: int = param(6, "Number of slabs", min=1, max=40, panel="Stack", usual=(4, 9))
    length: float = param(0.8, "Length of a slab", min=0.05, max=10.0, unit="m", panel="Slab", usual=(0.65, 1.0))
    width: float = param(0.6, "Width of a slab", min=0.05, max=10.0, unit="m", panel="Slab", usual=(0.48, 0.75))
    thickness: float = param(
        0.085, "Thickness of a slab", min=0.005, max=2.0, unit="m", panel="Slab", usual=(0.06, 0.12)
    )
    variety: float = param(
        0.45, "How much slabs differ in thickness", min=0.0, max=0.9, panel="Stack", usual=(0.25, 0.65)
    )
    shift: float = param(
        0.07, "How far slabs are pushed aside", min=0.0, max=1.0, unit="m", panel="Stack", usual=(0.04, 0.12)
    )
    turn: float = param(0.3, "How far slabs are turned", min=0.0, max=3.15, unit="rad", panel="Stack", usual=(0.1, 0.6))
    dip: float = param(
        0.12, "How steeply the stack dips", min=0.0, max=0.8, unit="rad", panel="Stack", usual=(0.04, 0.25)
    )
    tilt: float = param(
        0.025, "How unevenly slabs rest on each other", min=0.0, max=0.3, unit="rad", panel="Stack",
        usual=(0.01, 0.045),
    )  # fmt: skip
    smaller: float = param(0.3, "How much smaller the topmost is", min=0.0, max=0.9, panel="Stack", usual=(0.1, 0.5))
    broken: float = param(0.55, "How irregular outlines are", min=0.0, max=1.0, panel="Slab", usual=(0.35, 0.8))
    ledges: float = param(0.5, "How far beds stand out at the rims", min=0.0, max=1.0, panel="Slab", usual=(0.25, 0.8))
    wear: float = param(0.35, "How far rims are rounded", min=0.0, max=1.0, panel="Slab", usual=(0.15, 0.6))
    color: tuple[float, ...] = param(
        (0.17, 0.165, 0.16), "Colour, linear RGB", min=0, max=1, panel="Colour", spread=0.25
    )
    moss: float = param(0.15, "Moss on its ledges", min=0.0, max=1.0, panel="Colour", usual=(0.0, 0.4))
    lichen: float = param(0.3, "How much lichen grows on it", min=0.0, max=1.0, panel="Colour", usual=(0.1, 0.6))
    seed: int = param(0, "Another stack of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "slab_stack": SlabStackParams(),
    "sandstone_slabs": SlabStackParams(
        slabs=5, thickness=0.15, length=1.1, width=0.85, wear=0.7, ledges=0.8, color=(0.36, 0.22, 0.115), moss=0.0, lichen=0.1
    ),
    "slate_pile": SlabStackParams(
        slabs=16, thickness=0.026, length=0.5, width=0.36, turn=1.2, shift=0.06, variety=0.6, wear=0.1,
        color=(0.075, 0.082, 0.092), moss=0.05, lichen=0.15, tilt=0.03,
    ),
    "cairn": SlabStackParams(
        slabs=9, thickness=0.07, length=0.42, width=0.36, smaller=0.72, turn=3.0, shift=0.015, dip=0.0, wear=0.8, variety=0.35
    ),
}  # fmt: skip


def build(p: SlabStackParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of SlabStackParams."""
    stone = shared(WEATHERED_ROCK, WeatheredRockParams(size=0.13, relief=0.011), "Slab Rock")
    with new_tree("Slab Stack", p) as tree:
        i = tree.i
        material = tree.material_input("Rock Material", stone, "What the slabs are made of")
        slabs, light = _slabs(i)
        with tree.frame("Colours"):
            up = n.smoothstep(n.normal().z, 0.1, 0.9)
            damp = n.noise(n.position() / i.length, scale=2.6, detail=2.0, w=i.seed * 0.61) - 0.5
            some = n.minimum(i.moss * 4.0, 1.0)
            slabs = n.store(slabs, "moss", n.clamp(i.moss + (up * 0.35 - 0.2 + damp * 0.9) * some))
            slabs = n.store(slabs, "lichen", n.clamp(i.lichen * (0.6 + up * 0.4 - damp * 0.8)))
            slabs = n.store(slabs, "tint", shaded(i.color, light))
            crisp = n.node("GeometryNodeInputMeshEdgeAngle").unsigned_angle < 0.6
            slabs = n.node("GeometryNodeSetShadeSmooth", domain="EDGE").set_positional(
                n.shade_smooth(slabs), None, crisp
            )
        tree.o.geometry << n.set_material(slabs, material)
    return tree.data


def _slabs(i: Inputs) -> tuple[Socket, Socket]:
    """The slabs as one mesh, and the light and dark of their stone."""
    tree = current_tree()
    with tree.frame("Order"):
        cloud, number = points(i.slabs)
        thick = i.thickness * (1.0 + draw(i.seed, 1, -1.0, 1.0, of=number) * i.variety)
        cloud, thick = n.capture(cloud, thick)
        below = tree.add("GeometryNodeAccumulateField", data_type="FLOAT", domain="POINT", value=thick)["Trailing"]
        cloud, below = n.capture(cloud, below)
        height = n.math("DIVIDE", number, n.maximum(i.slabs - 1, 1))
        cloud, height = n.capture(cloud, height)
    with tree.frame("Blanks"):
        cuts = [count(i.detail, at_one, least) for at_one, least in ((26, 6), (20, 6), (6, 3))]
        cube = tree.add(
            "GeometryNodeMeshCube", size=(2.0, 2.0, 1.0), vertices_x=cuts[0], vertices_y=cuts[1], vertices_z=cuts[2]
        ).mesh
        cube, at = n.capture(cube, n.position())
        slabs = n.realize(n.instance_on(cloud, cube))
    with tree.frame("Outline"):
        stray = lambda salt, low, high: draw(i.seed, salt, low, high, of=number)  # noqa: E731
        size = 1.0 - height * i.smaller
        # a square with its corners taken in, then broken by planes
        square = n.combine_xyz(at.x, at.y, 0.0)
        edge = n.maximum(abs(at.x), abs(at.y))
        flat = n.mix(0.45, square, square * (edge / n.maximum(square.length, 1e-4)))
        flat = (
            flat + n.noise_vector(n.combine_xyz(at.x, at.y, number * 3.7), scale=1.6, detail=2.0, w=i.seed * 1.3) * 0.16
        )
        for side in range(SIDES):
            angle = (side + stray(20 + side, -0.45, 0.45)) * (2.0 * pymath.pi / SIDES) + stray(19, 0.0, 3.0)
            away = n.combine_xyz(n.cos(angle), n.sin(angle), 0.0)
            reach = 1.0 - i.broken * stray(40 + side, 0.0, 0.5)
            flat = flat - away * n.maximum(flat.dot(away) - reach, 0.0)
        # beds at the rim: each layer of the side stands out by its own measure
        layer = n.noise(
            n.combine_xyz(flat.x * 1.2, flat.y * 1.2, at.z * 6.0 + number * 5.1), scale=1.0, detail=3.0, w=i.seed * 0.7
        )
        rim = n.smoothstep(edge, 0.6, 1.0)
        flat = flat * (
            1.0 + (layer - 0.55) * rim * i.ledges * 0.42 - n.smoothstep(abs(at.z), 0.3, 0.5) * rim * i.wear * 0.07
        )
    with tree.frame("Lay"):
        x = flat.x * i.length * 0.5 * size * stray(2, 0.85, 1.1)
        y = flat.y * i.width * 0.5 * size * stray(3, 0.85, 1.1)
        yaw = stray(4, -1.0, 1.0) * i.turn
        aside = n.combine_xyz(stray(5, -1.0, 1.0), stray(6, -1.0, 1.0), 0.0) * i.shift
        c, s = n.cos(yaw), n.sin(yaw)
        place = n.combine_xyz(x * c - y * s, x * s + y * c, 0.0) + aside
        face = n.noise(n.combine_xyz(at.x, at.y, number * 7.7 + at.z), scale=2.2, detail=4.0, w=i.seed * 0.9) - 0.5
        swell = n.noise(n.combine_xyz(at.x, at.y, number * 2.1), scale=0.8, detail=1.0, w=i.seed * 0.5) - 0.5
        half = at.z * (1.02 - rim * rim * i.wear * 0.45) + face * 0.3 * abs(at.z) * 2.0
        level = below + thick * (0.5 + half + swell * 0.3)
        uneven = place.x * stray(7, -1.0, 1.0) * i.tilt + place.y * stray(8, -1.0, 1.0) * i.tilt
        toward = i.seed * 1.3
        down = place.x * n.cos(toward) + place.y * n.sin(toward)
        level = level + uneven + down * n.math("TANGENT", i.dip)
        # what would reach into the ground is levelled
        slabs = n.set_position(
            slabs, n.combine_xyz(place.x, place.y, math("SMOOTH_MAX", level, 0.0, i.thickness * 0.1))
        )
        slabs = n.store(slabs, "random", stray(9, 0.0, 1.0))
    slabs, light = n.capture(slabs, stray(10, 0.75, 1.25) * (0.8 + layer * 0.4) * (1.0 + face * 0.5))
    return slabs, light


SLAB_STACK = Family(
    "slab_stack",
    "Slab Stack",
    "Rocks",
    SlabStackParams,
    build,
    PRESETS,
    "Broken slabs of bedded rock lying on each other",
)
