"""Table coral: a wide plate on a stalk, covered above with upright branchlets."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, math, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.coral import STONY_CORAL, StonyCoralParams
from ...parts.branches import scatter
from ...parts.plant_parts import TAU, draw
from ...parts.shapes import count, lathe
from ..base import Family


@dataclass(frozen=True)
class TableCoralParams:
    """Metres."""

    width: float = param(0.9, "Width of the plate", min=0.05, max=5.0, unit="m", panel="Plate", usual=(0.7, 1.2))
    height: float = param(
        0.3, "Height of the plate above the ground", min=0.02, max=2.0, unit="m", panel="Plate", usual=(0.22, 0.4)
    )
    thickness: float = param(
        0.03, "Thickness of the plate", min=0.002, max=0.3, unit="m", panel="Plate", usual=(0.024, 0.04)
    )
    dish: float = param(
        0.1,
        "How far the rim stands above the middle, as a share of the width",
        min=-0.3,
        max=0.6,
        panel="Plate",
        usual=(0.02, 0.18),
    )
    ragged: float = param(0.22, "How ragged the rim is", min=0.0, max=0.6, panel="Plate", usual=(0.14, 0.3))
    wavy: float = param(
        0.05, "How wavy the plate is, as a share of the width", min=0.0, max=0.3, panel="Plate", usual=(0.03, 0.08)
    )
    offset: float = param(
        0.2,
        "How far the stalk stands aside, as a share of the width",
        min=0.0,
        max=0.45,
        panel="Stalk",
        usual=(0.0, 0.3),
    )
    stalk: float = param(
        0.2, "Width of the stalk, as a share of the plate's", min=0.03, max=0.8, panel="Stalk", usual=(0.15, 0.28)
    )
    branchlet: float = param(
        0.05, "Length of a branchlet", min=0.002, max=0.4, unit="m", panel="Branchlets", usual=(0.035, 0.065)
    )
    slender: float = param(
        0.24,
        "Thickness of a branchlet, as a share of its length",
        min=0.05,
        max=1.0,
        panel="Branchlets",
        usual=(0.2, 0.3),
    )
    gap: float = param(
        0.017, "Distance of the branchlets", min=0.002, max=0.2, unit="m", panel="Branchlets", usual=(0.015, 0.02)
    )
    lean: float = param(0.5, "How far branchlets lean outward", min=0.0, max=1.5, panel="Branchlets", usual=(0.25, 0.8))
    color: tuple[float, ...] = param((0.4, 0.26, 0.11), "Colour, linear RGB", min=0, max=1, panel="Colour", spread=0.3)
    light: tuple[float, ...] = param(
        (0.7, 0.58, 0.4), "Colour of tips and rim", min=0, max=1, panel="Colour", spread=0.15
    )
    below: tuple[float, ...] = param((0.22, 0.15, 0.08), "Colour below", min=0, max=1, panel="Colour", spread=0.2)
    seed: int = param(0, "Another colony of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "table_coral": TableCoralParams(),
    "plate_coral": TableCoralParams(
        width=0.7, height=0.2, dish=0.25, ragged=0.3, offset=0.0, branchlet=0.022, slender=0.4, gap=0.013, color=(0.2, 0.26, 0.16), light=(0.6, 0.66, 0.5)
    ),
    "violet_table_coral": TableCoralParams(
        width=1.2, height=0.4, dish=0.04, branchlet=0.06, color=(0.22, 0.14, 0.36), light=(0.62, 0.55, 0.75), below=(0.14, 0.1, 0.18)
    ),
}  # fmt: skip


def build(p: TableCoralParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of TableCoralParams."""
    skin = shared(STONY_CORAL, StonyCoralParams(size=0.003, depth=0.0006, mottle=0.3), "Table Coral")
    with new_tree("Table Coral", p) as tree:
        i = tree.i
        material = tree.material_input("Coral Material", skin, "What the coral is made of")
        with tree.frame("Plate"):
            plate, upper, far = _plate(i)
        with tree.frame("Branchlets"):
            lets = _branchlets(i, plate, upper, far)
        tree.o.geometry << n.set_material(n.join(n.shade_smooth(plate), lets), material)
    return tree.data


def _plate(i: Inputs) -> tuple[Socket, Socket, Socket]:
    """One closed skin: foot, stalk, under the plate to the rim, and over it; whether a point is above; how far out it is, 0..1."""
    ball = lathe(count(i.detail, 160, 32), count(i.detail, 90, 24))
    t = ball.t
    ring = n.combine_xyz(ball.cos, ball.sin, 0.0)
    rag = n.noise(ring, scale=1.6, detail=4.0, roughness=0.6, w=i.seed * 1.3) - 0.5
    half = i.width * 0.5 * (1.0 + rag * i.ragged * 2.6)
    post = i.width * i.stalk * 0.5
    # Foot 0..0.1, stalk ..0.3, under the plate ..0.6, rim, over the plate ..1
    out = n.clamp((t - 0.3) / 0.3)
    over = n.clamp((t - 0.62) / 0.38)
    foot = n.float_curve(n.clamp(t / 0.3), [(0, 0.0), (0.3, 0.72), (0.45, 0.7), (0.75, 0.5), (1, 0.55)]) * 2.0 * post
    radius = n.mix(t > 0.3, foot, n.mix(math("POWER", out, 0.9), post * 1.1, half) * (1.0 - over))
    share = n.clamp(radius / half)
    rise = n.clamp(t / 0.3)
    level = i.height - i.thickness
    under = n.float_curve(rise, [(0, 0.0), (0.3, 0.0), (0.5, 0.12), (1, 0.82)]) * level
    bowl = share * share * i.dish * i.width
    sheet = n.mix(n.smoothstep(out, 0.0, 0.8), level * 0.82, level) + i.thickness * 0.3 * n.smoothstep(out, 0.6, 1.0)
    above = level + i.thickness * n.mix(n.smoothstep(over, 0.0, 0.12), 0.35, 1.0)
    height = n.mix(t > 0.3, under, n.mix(t > 0.61, sheet, above) + bowl)
    wave = n.noise(ring * share, scale=2.0, detail=2.0, w=i.seed + 8.0) - 0.5
    rib = n.noise(n.combine_xyz(ball.cos * 9.0, ball.sin * 9.0, share * 2.0), scale=1.0, detail=2.0, w=i.seed) - 0.5
    height = height + (
        wave * i.wavy * i.width * 2.0 * share + rib * i.thickness * 0.5 * n.smoothstep(share, 0.1, 0.4)
    ) * (t > 0.3)
    mesh, upper = n.capture(ball.geometry, n.smoothstep(t, 0.61, 0.63))
    mesh, far = n.capture(mesh, share)
    shift = n.combine_xyz(i.offset * i.width * 0.5, 0.0, 0.0) * n.smoothstep(t, 0.12, 0.34)
    mesh = n.set_position(mesh, n.combine_xyz(ball.cos * radius, ball.sin * radius, height) + shift)
    cloud = n.noise(n.position() / i.width, scale=7.0, detail=3.0, w=i.seed + 2.0)
    tint = n.mix(upper, i.below, n.mix(n.smoothstep(far, 0.86, 1.0), i.color, i.light))
    tint = n.mix(1.0, tint, n.combine_xyz(*(0.65 + cloud * 0.7,) * 3), blend="MULTIPLY")
    return n.store(mesh, "tint", tint), upper, far


def _branchlets(i: Inputs, plate: Socket, upper: Socket, far: Socket) -> Socket:
    carried, top = n.capture(plate, upper)
    carried, away = n.capture(carried, far)
    cloud, normal = scatter(carried, i.gap / n.clamp(n.sqrt(i.detail), 0.5, 1.4), i.seed, top > 0.9)
    at = n.position()
    outward = n.combine_xyz(at.x - i.offset * i.width * 0.5, at.y, 0.0).normalized()
    stray = n.combine_xyz(draw(i.seed, 71, -0.3, 0.3), draw(i.seed, 72, -0.3, 0.3), 0.0)
    way = (n.combine_xyz(0.0, 0.0, 1.0) + normal * 0.4 + outward * (i.lean * away * away * 1.8) + stray).normalized()
    patch = n.noise(at / i.width, scale=9.0, detail=2.0, w=i.seed + 5.0)
    size = (
        i.branchlet
        * draw(i.seed, 73, 0.6, 1.15)
        * n.mix(n.smoothstep(away, 0.75, 1.0), 1.0, 0.62)
        * (0.55 + patch * 0.9)
    )
    cloud = n.set_position(cloud, offset=normal * (i.thickness * -0.1))
    spin = n.node("FunctionNodeRotateRotation", rotation_space="LOCAL", rotation=n.align_to(way))
    spin.set(rotate_by=n.combine_xyz(0.0, 0.0, draw(i.seed, 74, 0.0, TAU)))
    made = n.instance_on(cloud, _branchlet(i), rotation=spin.as_socket(), scale=n.combine_xyz(size, size, size))
    return n.store(made, "random", draw(i.seed, 75), domain="INSTANCE")  # type: ignore[return-value]


def _branchlet(i: Inputs) -> Socket:
    """A finger of length 1 with little cups, lighter at its tip."""
    finger = lathe(count(i.detail, 9, 5), count(i.detail, 13, 6))
    t = finger.t
    cups = n.voronoi(n.combine_xyz(finger.cos * 1.3, finger.sin * 1.3, t * 5.0), scale=1.0)["Distance"]
    wide = n.float_curve(t, [(0, 0.0), (0.04, 0.9), (0.4, 1.0), (0.85, 0.72), (0.96, 0.42), (1, 0.0)]) * i.slender * 0.5
    lean = n.combine_xyz(t * t * 0.12, 0.0, 0.0)
    mesh = finger.shape(wide * (1.2 - cups * 0.5), t)
    mesh = n.set_position(mesh, offset=lean)
    return n.shade_smooth(n.store(mesh, "tint", n.mix(n.smoothstep(t, 0.35, 0.95), i.color, i.light)))  # type: ignore[return-value]


TABLE_CORAL = Family(
    "table_coral", "Table Coral", "Sea", TableCoralParams, build, PRESETS, "A wide plate covered with branchlets"
)
