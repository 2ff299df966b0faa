"""Moss: a cushion with ragged edges, covered in small leafy shoots, with spore capsules on threads."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...materials import shared
from ...materials.herb import GRASS, MOSS, STEM, GrassParams, MossParams, StemParams
from ...parts.blooms import variants
from ...parts.leaves import Arc, lay, marked, sheets, stalk, stalks, tinted
from ...parts.plant_parts import GOLDEN_ANGLE, TAU, direction, draw
from ...parts.shapes import count, lathe
from ..base import Family


@dataclass(frozen=True)
class MossPatchParams:
    """Metres and radians."""

    radius: float = param(0.09, "Radius of the patch", min=0.01, max=2.0, unit="m", panel="Cushion", usual=(0.07, 0.12))
    height: float = param(
        0.028, "Height of the cushion", min=0.001, max=0.3, unit="m", panel="Cushion", usual=(0.02, 0.038)
    )
    lumps: float = param(0.5, "How lumpy the cushion is", min=0.0, max=1.0, panel="Cushion", usual=(0.3, 0.7))
    ragged: float = param(0.35, "How ragged its edge is", min=0.0, max=1.0, panel="Cushion", usual=(0.2, 0.5))
    shoots: int = param(2600, "Number of shoots", min=0, max=40000, panel="Shoots", usual=(2000, 3200))
    shoot: float = param(
        0.0075, "Height of a shoot", min=0.0005, max=0.1, unit="m", panel="Shoots", usual=(0.006, 0.009)
    )
    star: float = param(
        0.55, "How far the shoots' leaves stand out", min=0.1, max=1.4, unit="rad", panel="Shoots", usual=(0.4, 0.8)
    )
    capsules: int = param(26, "Spore capsules", min=0, max=1000, panel="Capsules", usual=(0, 50))
    thread: float = param(
        0.022, "Height of their threads", min=0.001, max=0.2, unit="m", panel="Capsules", usual=(0.016, 0.028)
    )
    color: tuple[float, ...] = param(
        (0.1, 0.19, 0.015), "Colour of the shoots, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    deep: tuple[float, ...] = param(
        (0.04, 0.06, 0.01), "Colour between them", min=0, max=1, panel="Colour", spread=0.15
    )
    capsule_color: tuple[float, ...] = param(
        (0.3, 0.09, 0.025), "Colour of capsules and threads", min=0, max=1, panel="Colour", spread=0.2
    )
    seed: int = param(0, "Another patch of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "moss_patch": MossPatchParams(),
    "cushion_moss": MossPatchParams(
        radius=0.05, height=0.04, lumps=0.2, ragged=0.15, shoots=2200, shoot=0.0045, star=0.35, capsules=0, color=(0.17, 0.25, 0.08),
    ),
    "star_moss": MossPatchParams(
        radius=0.08, height=0.02, shoots=520, shoot=0.02, star=0.95, capsules=18, thread=0.06, color=(0.07, 0.17, 0.015),
    ),
}  # fmt: skip


def build(p: MossPatchParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of MossPatchParams."""
    mat = shared(MOSS, MossParams(color=p.deep, deep=(0.02, 0.03, 0.008), size=0.002, relief=0.001), "Moss Cushion")
    leaf = shared(GRASS, GrassParams(color=p.color, dry=0.0, lines=3.0, glow=0.45, roughness=0.5), "Moss Shoot")
    wire = shared(STEM, StemParams(color=p.capsule_color, fuzz=0.0, fibre=0.0003, relief=0.00001), "Moss Capsule")
    with new_tree("Moss Patch", p) as tree:
        i = tree.i
        soil = tree.material_input("Cushion Material", mat, "What the cushion is made of")
        green = tree.material_input("Shoot Material", leaf, "What shoots are made of")
        wires = tree.material_input("Capsule Material", wire, "What capsules are made of")
        cushion = _cushion(i)
        shoots = n.set_material(n.shade_smooth(variants(*[_shoot(i, i.seed + 3 * k) for k in (1, 2, 3)])), green)
        capsules = n.set_material(n.shade_smooth(variants(*[_capsule(i, i.seed + 5 * k) for k in (1, 2)])), wires)
        grown = _placed(i, cushion, shoots, capsules)
        tree.o.geometry << n.join(n.set_material(n.shade_smooth(n.store(cushion, "tint", i.deep)), soil), grown)
    return tree.data


@grouped("Moss Cushion")
def _cushion(i: Inputs) -> Socket:
    ball = lathe(count(i.detail, 72, 16), count(i.detail, 40, 10))
    way = n.combine_xyz(ball.cos, ball.sin, 0.0)
    edge = n.noise(way * 1.6, scale=1.0, detail=3.0, w=i.seed * 2.3) - 0.5
    # the lower quarter of the ball is the flat foot
    up = n.maximum(ball.t - 0.25, 0.0) / 0.75
    out = n.minimum(ball.t * 4.0, n.sin(n.mix(up, TAU / 4, TAU / 2)))
    radius = i.radius * out * (1.0 + edge * i.ragged * 1.6)
    flat = way * radius
    lump = n.noise(flat / i.radius, scale=2.4, detail=2.0, w=i.seed * 1.9)
    dome = n.math("POWER", n.sin(up * (TAU / 4)), 0.6) * i.height * (1.0 + (lump - 0.5) * i.lumps * 1.8)
    return n.set_position(ball.geometry, flat + n.combine_xyz(0.0, 0.0, dome))


@grouped("Moss Shoot")
def _shoot(i: Inputs, seed: Socket) -> Socket:
    """Pointed leaves in a golden-angle spiral about an upright axis."""
    sheet = sheets(n.math("ROUND", n.clamp(i.detail, 0.4, 2.0) * 11.0), 1, 3)
    number, s = sheet.number, sheet.along
    up = (number + 0.5) / n.math("ROUND", n.clamp(i.detail, 0.4, 2.0) * 11.0)
    azimuth = number * GOLDEN_ANGLE + draw(seed, 1, -0.3, 0.3, number)
    lean = i.star * n.mix(up, 1.25, 0.35) + draw(seed, 2, -0.15, 0.15, number)
    arc = Arc(n.combine_xyz(0.0, 0.0, up * i.shoot * 0.62), azimuth, lambda t: lean + t * 0.4, i.shoot * 0.52)
    half = i.shoot * 0.085 * n.float_curve(s, [(0, 0.7), (0.35, 1.0), (0.7, 0.6), (1, 0.05)])
    return marked(lay(sheet, arc, half, cup=0.5), tinted(i.color, 0.6 + up * 0.6 + s * 0.25))


@grouped("Moss Capsule")
def _capsule(i: Inputs, seed: Socket) -> Socket:
    """A thread that ends in a nodding urn."""
    tube = stalks(1, 6, count(i.detail, 22, 12))
    s = tube.along
    nod = draw(seed, 11, 0.8, 1.7, seed)
    arc = Arc((0.0, 0.0, 0.0), 0.0, lambda t: n.math("POWER", n.maximum(t, 0.0), 6.0) * nod, i.thread)
    # a smooth curve swings below its points before it rises
    wide = n.maximum(
        n.float_curve(s, [(0, 0.2), (0.8, 0.15), (0.85, 0.5), (0.92, 0.85), (0.985, 0.6), (1, 0.15)]), 0.13
    )
    mesh = stalk(tube, arc, n.maximum(i.thread * 0.055, 0.0016) * wide)
    return n.store(
        mesh, "tint", n.mix(n.smoothstep(s, 0.8, 0.9), i.capsule_color, tinted(n.color((0.26, 0.2, 0.05)), 1.0))
    )  # type: ignore[return-value]


@grouped("Moss Grown")
def _placed(i: Inputs, cushion: Socket, shoots: Socket, capsules: Socket) -> Socket:
    """Shoots by the golden angle, dropped onto the cushion by rays from above: the same on every Blender."""
    wanted = n.math("ROUND", i.shoots * n.clamp(i.detail, 0.1, 2.0))
    total = wanted + i.capsules
    points = n.points(total)
    number = n.index()
    thread = number > wanted - 0.5
    share = n.switch(thread, (number + 0.5) / n.maximum(wanted, 1), draw(i.seed, 31, 0.0, 0.6, number))
    flat = direction(number * GOLDEN_ANGLE) * (n.sqrt(share) * i.radius * 1.25)
    flat = (
        flat
        + n.combine_xyz(draw(i.seed, 32, -0.02, 0.02, number), draw(i.seed, 33, -0.02, 0.02, number), 0.0) * i.radius
    )
    hit = n.raycast(cushion, flat + n.combine_xyz(0.0, 0.0, i.height * 4.0), length=i.height * 8.0)
    points, found = n.capture(points, hit.is_hit & (hit.hit_normal.z > 0.02))
    lean = n.mix(n.switch(thread, 0.55, 0.15), n.combine_xyz(0.0, 0.0, 1.0), hit.hit_normal)
    wild = n.combine_xyz(draw(i.seed, 34, -0.35, 0.35, number), draw(i.seed, 35, -0.35, 0.35, number), 0.0)
    aligned = n.align_to(lean + wild, "Z")
    spun = n.node("FunctionNodeRotateRotation", rotation_space="LOCAL", rotation=aligned)
    spun.set(rotate_by=n.combine_xyz(0.0, 0.0, draw(i.seed, 36, 0.0, TAU, number)))
    points, turned = n.capture(points, spun.as_socket())
    points, size = n.capture(points, draw(i.seed, 37, 0.6, 1.2, number))
    points, own = n.capture(points, draw(i.seed, 39, of=number))
    points, is_thread = n.capture(points, thread)
    points, pick = n.capture(points, n.math("FLOOR", draw(i.seed, 40, 0.0, 1.99, number)))
    points = n.set_position(points, hit.hit_position)
    moss = n.instance_on(points, shoots, rotation=turned, scale=size, selection=found & ~is_thread, pick=pick)
    moss = n.store(moss, "random", own, domain="INSTANCE")
    stems = n.instance_on(points, capsules, rotation=turned, scale=size, selection=found & is_thread, pick=pick)
    return n.join(moss, n.store(stems, "random", own, domain="INSTANCE"))


MOSS_PATCH = Family(
    "moss_patch",
    "Moss Patch",
    "Ground",
    MossPatchParams,
    build,
    PRESETS,
    "A cushion of small leafy shoots with spore capsules",
)
