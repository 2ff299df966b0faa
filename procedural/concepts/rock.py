"""Rock: a boulder chiselled by planes, with strata, weathered tops and, when jagged, peaks."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import Socket, math, new_tree
from ..graph import nodes as n
from ..materials.surface import surface
from ..parts.shapes import paint
from .base import Draw, Generator, Trait, Traits

LICHEN = (0.46, 0.45, 0.33)
CUTS = 9
PEAKS = 8


@dataclass(frozen=True)
class RockParams:
    """Metres; the rock stands on its flattened underside."""

    height: float = param(0.6, "Height", min=0.05, max=5.0, unit="m")
    width: float = param(0.9, "Width from side to side", min=0.05, max=8.0, unit="m")
    depth: float = param(0.85, "Front to back as a share of the width", min=0.3, max=1.5)
    cut: float = param(0.65, "How deep planes are chiselled off", min=0.0, max=1.0)
    jagged: float = param(0.0, "How far peaks stand out", min=0.0, max=1.0)
    lumps: float = param(0.35, "Unevenness of the whole", min=0.0, max=1.0)
    lichen: float = param(0.35, "How much of it is overgrown", min=0.0, max=1.0)
    seed: int = param(0, "Another rock of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.2, max=3.0)


TRAITS = {
    "height": Trait("height", 0.3, 1.35),
    "width": Trait("width", 0.6, 1.5),
    "spikes": Trait("jagged", 0.0, 1.0),
}


def sample(seed: int, traits: Traits | None = None) -> RockParams:
    """A rock of this seed; `traits` (each -1..1) sets what was asked for."""
    draw = Draw(RockParams, TRAITS, seed, traits)
    return draw.params(
        depth=draw.uniform(0.65, 1.0),
        cut=draw.uniform(0.4, 0.9),
        lumps=draw.uniform(0.2, 0.55),
        lichen=draw.uniform(0.0, 0.7),
    )


def build(p: RockParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of RockParams."""
    material = surface("Rock", (0.2, 0.18, 0.155), roughness=0.85, specular=0.25, bump=0.35, bump_scale=14.0)
    with new_tree("Rock", p) as tree:
        i = tree.i
        with tree.frame("Mass"):
            steps = math("ROUND", 6.0 + math("LOGARITHM", i.detail, 2.0))
            ball = tree.add("GeometryNodeMeshIcoSphere", subdivisions=steps, radius=1.0)
            ball, around = n.capture(ball, n.position())
            lump = (n.noise(around, scale=0.9, detail=0.0, w=i.seed * 1.37) - 0.5) * i.lumps * 1.6
            shape = around * (1.0 + lump)
        with tree.frame("Chisel"):
            for number in range(CUTS):
                shape = _cut(shape, number, i.seed, i.cut)
            chips = (n.noise(around, scale=3.5, detail=1.0, w=i.seed * 2.9) - 0.5) * 0.1
            shape = shape + around * chips
        with tree.frame("Peaks"):
            tallest: Socket | float = 0.0
            for number in range(PEAKS):
                tallest = n.maximum(tallest, _peak(around, number, i.seed))
            shape = shape * (1.0 + tallest * i.jagged * 1.25)
        with tree.frame("Stand"):
            floor = -0.55
            level = n.maximum(shape.z, floor)
            stone = n.set_position(ball, n.combine_xyz(shape.x, shape.y, level - floor))
            low, high = _bounds(stone)
            span = high - low
            centred = n.position() - (low + high) * 0.5
            stone = n.set_position(
                stone,
                n.combine_xyz(
                    centred.x / span.x * i.width,
                    centred.y / span.y * i.width * i.depth,
                    (n.position().z - low.z) / span.z * i.height,
                ),
            )
        with tree.frame("Colours"):
            strata = n.sin((around.z * 4.0 + n.noise(around, scale=1.5, w=i.seed * 0.31) * 3.0) * 2.0) * 0.1
            patches = (n.noise(around, scale=1.8, detail=2.0, w=i.seed * 0.77) - 0.5) * 0.9
            top = n.smoothstep(n.normal().z, -0.5, 0.9) * 0.22
            spread = n.noise(around, scale=1.4, detail=1.0, w=i.seed * 1.91) + n.normal().z * 0.12
            grown = n.smoothstep(spread, 0.72 - 0.2 * i.lichen, 0.8 - 0.2 * i.lichen) * n.clamp(i.lichen * 8.0)
            stone = paint(stone, 1.0 - grown * 0.8, n.clamp(0.86 + strata + patches + top, 0.5, 1.3), LICHEN)
            crisp = n.node("GeometryNodeInputMeshEdgeAngle").unsigned_angle < 0.45
            stone = n.node("GeometryNodeSetShadeSmooth", domain="EDGE").set_positional(
                n.shade_smooth(stone), None, crisp
            )
            stone = n.set_material(stone, material)
        tree.o.geometry << stone
    return tree.data


def _cut(shape: Socket, number: int, seed: Socket, depth: Socket) -> Socket:
    """Everything beyond a random plane is laid flat onto it."""
    away = n.random_value((-1.0, -1.0, -0.7), (1.0, 1.0, 1.0), seed=seed * 31.0 + float(number), id=number)
    away = away.normalized()
    reach = n.random_value(0.85, 1.05, seed=seed * 17.0 + float(number), id=number + 50) - depth * 0.32
    beyond = n.maximum(shape.dot(away) - reach, 0.0)
    return shape - away * beyond


def _peak(around: Socket, number: int, seed: Socket) -> Socket:
    """A pyramid, 0..1, about a random direction that does not look down."""
    toward = n.random_value((-1.0, -1.0, -0.15), (1.0, 1.0, 1.2), seed=seed * 13.0 + float(number), id=number + 100)
    toward = toward.normalized()
    # Distance along two crossed axes makes four flat flanks with crisp edges; it counts on the near side only.
    side = toward.cross((0.31, 0.87, 0.38)).normalized()
    far = abs(around.dot(side)) + abs(around.dot(toward.cross(side))) + n.maximum(around.dot(toward) * -4.0, 0.0)
    size = n.random_value(0.5, 1.0, seed=seed * 7.0 + float(number), id=number + 150)
    return n.clamp(1.0 - far / (0.4 + 0.35 * size)) * size


def _bounds(geometry: Socket) -> tuple[Socket, Socket]:
    """Corners of the bounding box, so that height and width are what the parameters say."""
    from ..graph.builder import current_tree

    box = current_tree().add("GeometryNodeBoundBox", geometry)
    return box["Min"], box["Max"]


GENERATOR = Generator("rock", RockParams, sample, build, TRAITS)
