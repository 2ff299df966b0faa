"""Crystal: a cluster of pointed hexagonal prisms growing out of a stone."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ...params import param
from ..graph import Inputs, Socket, new_tree
from ..graph import nodes as n
from ..materials.surface import surface
from ..parts.shapes import bend, count, lathe, paint, profile
from .base import Draw, Generator, Trait, Traits

STONE = (0.13, 0.12, 0.115)
PRISM = [(0, 0), (0.85, 0), (1, 0.3), (0.94, 0.74), (0, 1.0)]
GOLDEN = 2.39996


@dataclass(frozen=True)
class CrystalParams:
    """Metres and radians."""

    height: float = param(0.28, "Length of the largest crystal", min=0.03, max=2.0, unit="m")
    thickness: float = param(0.045, "Radius of the largest crystal", min=0.005, max=0.5, unit="m")
    crystals: int = param(8, "Number of crystals", min=1, max=40)
    spread: float = param(0.7, "How far the outer ones lean outward", min=0.0, max=1.4, unit="rad")
    falloff: float = param(0.5, "How much shorter the outer ones are", min=0.0, max=0.9)
    bend: float = param(0.1, "How far the whole leans", min=-1.0, max=1.0, unit="rad")
    tip: float = param(0.3, "Length of the points as a share of the whole", min=0.05, max=0.7)
    stone: float = param(1.0, "Size of the stone beneath", min=0.0, max=2.0)
    seed: int = param(0, "Another cluster of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density of the stone", min=0.2, max=3.0)


TRAITS = {
    "height": Trait("height", 0.16, 0.46),
    "width": Trait("thickness", 0.028, 0.085),
    "bend": Trait("bend", 0.0, 0.9),
    "fullness": Trait("crystals", 3, 15),
}


def sample(seed: int, traits: Traits | None = None) -> CrystalParams:
    """A cluster of this seed; `traits` (each -1..1) sets what was asked for."""
    draw = Draw(CrystalParams, TRAITS, seed, traits)
    return draw.params(
        spread=draw.uniform(0.45, 1.05),
        falloff=draw.uniform(0.3, 0.65),
        tip=draw.uniform(0.18, 0.45),
        stone=draw.uniform(0.7, 1.2),
    )


def build(p: CrystalParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of CrystalParams."""
    material = surface("Crystal", (0.27, 0.1, 0.6), roughness=0.12, specular=0.6, transmission=0.25, coat=0.3)
    with new_tree("Crystal", p) as tree:
        i = tree.i
        with tree.frame("Crystals"):
            cluster = _cluster(i)
        with tree.frame("Stone"):
            ball = lathe(count(i.detail, 36, 14), count(i.detail, 20, 9))
            rough = 0.75 + 0.5 * n.noise(scale=1.4, detail=1.0, w=i.seed * 1.7)
            radius, along = profile(ball.t, [(0, 0), (0.9, 0), (1.1, 0.2), (0.8, 0.75), (0, 1.0)])
            size = i.stone * (i.thickness * 1.6 + i.height * 0.09)
            stone = ball.shape(radius * rough * size, along * rough * size * 0.75)
            stone = paint(
                stone, 0.0, 1.0, n.mix(n.noise(scale=4.0, w=i.seed * 0.7), n.color((0.05,) * 3), n.color((0.24,) * 3))
            )
        with tree.frame("Finish"):
            turn = i.seed * 2.1
            whole = n.join(cluster, n.switch(i.stone > 0.05, None, stone))
            at = n.position()
            whole = n.set_position(whole, n.combine_xyz(at.x, at.y, n.maximum(at.z, 0.0)))
            whole = bend(whole, i.bend, i.height, n.combine_xyz(n.cos(turn), n.sin(turn), 0.0))
            tree.o.geometry << n.set_material(n.shade_smooth(whole, False), material)
    return tree.data


def _cluster(i: Inputs) -> Socket:
    """The middle one stands upright, the others lean outward on a sunflower's spiral, shorter the farther out."""
    place = n.index()
    out = n.sqrt(place / n.maximum(i.crystals - 1.0, 1.0))
    around = place * GOLDEN + i.seed * 1.1 + n.random_value(-0.35, 0.35, seed=i.seed)
    lean = out * i.spread * n.random_value(0.8, 1.15, seed=i.seed + 3.0)
    reach = out * (i.thickness * 1.35)
    points = n.points(i.crystals, n.combine_xyz(n.cos(around) * reach, n.sin(around) * reach, -0.02 * i.height))
    toward = n.combine_xyz(n.cos(around) * n.sin(lean), n.sin(around) * n.sin(lean), n.cos(lean))
    points, up = n.capture(points, n.align_to(toward))
    long = i.height * (1.0 - out * i.falloff) * n.switch(place == 0, n.random_value(0.75, 1.1, seed=i.seed + 5.0), 1.0)
    thick = i.thickness * (1.0 - out * i.falloff * 0.6) * n.random_value(0.75, 1.15, seed=i.seed + 7.0)
    points, size = n.capture(points, n.combine_xyz(thick, thick, long))
    body = lathe(6, 5)
    radius, along = _prism(body.t, i.tip)
    prism = body.shape(radius, along)
    prism, along = n.capture(prism, along)
    cluster = n.realize(n.instance_on(points, prism, rotation=up, scale=size))
    piece = n.node("GeometryNodeInputMeshIsland")["Island Index"]
    shade = 0.72 + 0.42 * along + n.random_value(-0.12, 0.12, seed=i.seed + 9.0, id=piece)
    return paint(cluster, 1.0, n.clamp(shade, 0.5, 1.3))


def _prism(t: Socket, tip: Socket) -> tuple[Socket, Socket]:
    """Five rings of points: foot, shaft, shaft, shoulder, point. Radius and height in 0..1 as fields of `t`."""
    radius = n.float_curve(t, [(0, 0), (0.2, 0.86), (0.4, 0.95), (0.6, 1.0), (0.8, 0.95), (1, 0)], "VECTOR")
    level = n.float_curve(t, [(0, 0), (0.2, 0), (0.4, 0.33), (0.6, 0.66), (0.8, 1.0), (1, 1.0)], "VECTOR")
    return radius, level * (1.0 - tip) + n.smoothstep(t, 0.8, 1.0) * tip


GENERATOR = Generator("crystal", CrystalParams, sample, build, TRAITS)
