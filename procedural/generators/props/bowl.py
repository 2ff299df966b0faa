"""Bowl: thrown and glazed, or turned from a piece of wood."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Socket, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.ceramic import GLAZE, GlazeParams
from ...materials.wood import OAK, OakParams
from ...parts.boards import grain, tinted, turned
from ...parts.plant_parts import draw
from ..base import Family


@dataclass(frozen=True)
class BowlParams:
    radius: float = param(0.085, "Radius of the rim", min=0.01, max=1.0, unit="m", usual=(0.07, 0.11))
    height: float = param(0.07, "Height", min=0.005, max=1.0, unit="m", usual=(0.055, 0.085))
    foot: float = param(0.036, "Radius of the foot", min=0.005, max=1.0, unit="m", panel="Outline", usual=(0.03, 0.045))
    foot_height: float = param(
        0.008, "Height of the foot", min=0.0, max=0.5, unit="m", panel="Outline", usual=(0.005, 0.012)
    )
    fullness: float = param(
        0.55, "From a cone, 0, to a round belly, 1", min=0.0, max=1.0, panel="Outline", usual=(0.35, 0.75)
    )
    flare: float = param(0.15, "How far the rim turns out", min=-0.6, max=1.0, panel="Outline", usual=(-0.1, 0.4))
    wall: float = param(
        0.0045, "Thickness of the wall", min=0.001, max=0.05, unit="m", panel="Outline", usual=(0.0035, 0.006)
    )
    lobes: int = param(0, "Lobes of the rim, 0 for none", min=0, max=24, panel="Outline")
    rings: float = param(0.0, "Depth of turned grooves outside", min=0.0, max=0.01, unit="m", panel="Outline")
    unround: float = param(0.02, "How uneven it is", min=0.0, max=0.3, panel="Outline", usual=(0.005, 0.04))
    finish: str = param("glazed", "What it is made of", choices=("glazed", "wood"), panel="Colour")
    color: tuple[float, ...] = param((0.16, 0.36, 0.4), "Colour, linear RGB", min=0, max=1, panel="Colour", spread=0.35)
    seed: int = param(0, "Another one", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "bowl": BowlParams(),
    "wooden_bowl": BowlParams(
        radius=0.14, height=0.085, foot=0.06, foot_height=0.004, fullness=0.75, flare=-0.1, wall=0.009, rings=0.0012, finish="wood",
        color=(0.36, 0.2, 0.09), unround=0.015,
    ),
    "tea_bowl": BowlParams(
        radius=0.06, height=0.078, foot=0.028, foot_height=0.007, fullness=0.95, flare=-0.05, unround=0.07, color=(0.1, 0.04, 0.02)
    ),
    "plate": BowlParams(
        radius=0.13, height=0.024, foot=0.075, foot_height=0.004, fullness=0.3, flare=0.9, wall=0.004, color=(0.68, 0.66, 0.6)
    ),
    "lotus_bowl": BowlParams(radius=0.1, height=0.062, lobes=10, flare=0.35, fullness=0.6, color=(0.36, 0.48, 0.38)),
}  # fmt: skip


def build(p: BowlParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of BowlParams."""
    glaze = shared(GLAZE, GlazeParams(color=p.color, bare=0.003), "Bowl Glaze")
    oak = shared(OAK, OakParams(pith=0.06, roughness=0.42, wear=0.2), "Bowl Wood")
    with new_tree("Bowl", p) as tree:
        i = tree.i
        glazed = tree.material_input("Glaze", glaze, "What it is made of where it is glazed")
        wood = tree.material_input("Wood", oak, "What it is turned from")
        h, w, r, foot = i.height, i.wall, i.radius, i.foot
        rise = n.minimum(i.foot_height, h * 0.4)
        low = n.mix(i.fullness, n.mix(0.3, foot, r), n.mix(0.72, foot, r))
        middle = n.mix(i.fullness, n.mix(0.65, foot, r), r * 0.97)
        low_z, middle_z = n.mix(0.22, rise, h), n.mix(0.58, rise, h)
        out = i.flare * (h - middle_z) * 0.35
        points = [
            (0.0, rise * 0.6), (foot * 0.74, rise * 0.6), (foot * 0.84, 0.0005), (foot * 0.88, 0.0), (foot * 0.97, 0.0),
            (foot, 0.0008), (foot * 0.985, rise), (low, low_z), (middle, middle_z), (r - out * 0.4, n.mix(0.75, middle_z, h)),
            (r, h - w * 0.9), (r + w * 0.05, h - w * 0.45), (r - w * 0.3, h), (r - w * 0.85, h - w * 0.5),
            (r - out * 0.4 - w, n.mix(0.75, middle_z, h)), (middle - w, middle_z + w * 0.2),
            (low - w * 0.7, low_z + w * 0.75), (foot * 0.8, rise + w * 1.25), (0.0, rise + w),
        ]  # fmt: skip

        def swell(angle: Socket, place: Socket) -> Socket:
            lobe = abs(n.cos(angle * i.lobes * 0.5)) * (i.lobes > 0)
            rim = n.smoothstep(place, 6.0, 9.5) * (1.0 - n.smoothstep(place, 14.5, 18.0))
            return 1.0 + (lobe - 0.6 * (i.lobes > 0)) * rim * 0.07

        with tree.frame("Bowl"):
            body = turned(points, i.detail, 112, 4, swell)
            outside = n.smoothstep(body.place, 6.4, 7.2) * (1.0 - n.smoothstep(body.place, 9.0, 9.8))
            groove = n.smoothstep(abs(n.sin(n.position().z / (h + 1e-6) * 40.0)), 0.25, 0.0)
            mesh = n.set_position(body.mesh, offset=n.normal() * (groove * outside * i.rings * -1.0))
            shift = n.noise_vector(n.position() / r, scale=0.9, detail=0.0, w=i.seed * 1.71)
            mesh = n.set_position(
                mesh, offset=shift * (n.smoothstep(n.position().z / h, 0.1, 1.0) * r * i.unround * 2.0)
            )
            mesh = n.store(mesh, "edge", n.smoothstep(abs(body.place - 12.0), 1.5, 0.2))
            mesh = tinted(grain(mesh, draw(i.seed, 1, of=i.seed), "x"), i.color)
            mesh = n.set_material(mesh, glazed, selection=i.finish == "glazed")
        tree.o.geometry << n.set_material(mesh, wood, selection=i.finish == "wood")
    return tree.data


BOWL = Family("bowl", "Bowl", "Props", BowlParams, build, PRESETS, "A bowl, cup or plate, glazed or turned from wood")
