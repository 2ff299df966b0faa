"""Pumpkin: uneven ribs about a sunk crown, a twisted, ridged stalk, a tendril."""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.fruit import PUMPKIN_SKIN, PumpkinParams
from ...materials.fungus import MUSHROOM_STEM, StemParams
from ...parts.caps import ring_noise
from ...parts.fruit_parts import stalk, stand
from ...parts.plant_parts import TAU, tube
from ...parts.shapes import count, lathe
from ..base import Family


@dataclass(frozen=True)
class PumpkinFruitParams:
    """Metres and radians."""

    radius: float = param(0.145, "Radius on the ribs", min=0.01, max=1.0, unit="m", panel="Fruit", usual=(0.11, 0.19))
    tall: float = param(0.78, "Height as a share of the width", min=0.2, max=2.5, panel="Fruit", usual=(0.62, 0.98))
    ribs: int = param(15, "Number of ribs", min=3, max=40, panel="Ribs", usual=(12, 19))
    rib_depth: float = param(
        0.13, "Depth of the furrows as a share of the radius", min=0.0, max=0.5, panel="Ribs", usual=(0.09, 0.17)
    )
    rib_chance: float = param(0.5, "How much ribs differ in width", min=0.0, max=1.0, panel="Ribs", usual=(0.3, 0.7))
    dip: float = param(
        0.42, "Depth of the sunk crown as a share of the radius", min=0.0, max=0.8, panel="Fruit", usual=(0.3, 0.5)
    )
    neck: float = param(0.0, "Neck of a gourd", min=0.0, max=1.0, panel="Fruit")
    uneven: float = param(0.4, "How lopsided it is", min=0.0, max=1.0, panel="Fruit", usual=(0.2, 0.7))
    warts: float = param(0.0, "Bumps on the rind", min=0.0, max=1.0, panel="Fruit")
    stalk: float = param(0.085, "Length of the stalk", min=0.0, max=0.5, unit="m", panel="Stalk", usual=(0.055, 0.12))
    stalk_radius: float = param(
        0.0125, "Radius of the stalk", min=0.001, max=0.08, unit="m", panel="Stalk", usual=(0.01, 0.016)
    )
    bow: float = param(0.95, "How far the stalk bends", min=0.0, max=2.5, unit="rad", panel="Stalk", usual=(0.4, 1.5))
    tendril: float = param(1.0, "Length of the tendril, 0 for none", min=0.0, max=3.0, panel="Stalk", usual=(0.0, 1.5))
    color: tuple[float, ...] = param(
        (0.58, 0.155, 0.009), "Colour of the ribs, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    furrow_color: tuple[float, ...] = param(
        (0.46, 0.1, 0.008), "Colour of the furrows", min=0, max=1, panel="Colour", spread=0.2
    )
    patch_color: tuple[float, ...] = param(
        (0.62, 0.36, 0.06), "Colour of patches", min=0, max=1, panel="Colour", spread=0.15
    )
    patches: float = param(0.25, "Share of patches", min=0.0, max=1.0, panel="Colour", usual=(0.1, 0.4))
    stalk_color: tuple[float, ...] = param(
        (0.27, 0.25, 0.1), "Colour of the stalk", min=0, max=1, panel="Colour", spread=0.2
    )
    seed: int = param(0, "Another fruit of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "field_pumpkin": PumpkinFruitParams(),
    "fairytale_pumpkin": PumpkinFruitParams(
        radius=0.19, tall=0.46, ribs=13, rib_depth=0.22, dip=0.5, rib_chance=0.35, stalk=0.1, color=(0.5, 0.19, 0.05),
        furrow_color=(0.3, 0.1, 0.025), patch_color=(0.3, 0.27, 0.1), patches=0.35,
    ),
    "white_pumpkin": PumpkinFruitParams(
        radius=0.11, tall=0.68, color=(0.72, 0.68, 0.56), furrow_color=(0.6, 0.55, 0.4), patch_color=(0.56, 0.53, 0.3), patches=0.15,
    ),
    "blue_hubbard": PumpkinFruitParams(
        radius=0.12, tall=1.25, ribs=10, rib_depth=0.05, dip=0.12, warts=0.75, uneven=0.6, color=(0.25, 0.32, 0.29),
        furrow_color=(0.2, 0.27, 0.25), patch_color=(0.36, 0.36, 0.25), stalk=0.05,
    ),
    "bottle_gourd": PumpkinFruitParams(
        radius=0.075, tall=1.75, ribs=10, rib_depth=0.02, dip=0.0, neck=0.85, uneven=0.5, color=(0.5, 0.42, 0.14),
        furrow_color=(0.46, 0.38, 0.12), patch_color=(0.16, 0.24, 0.05), patches=0.55, stalk=0.045, stalk_radius=0.007,
    ),
}  # fmt: skip


def build(p: PumpkinFruitParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of PumpkinFruitParams."""
    with new_tree("Pumpkin", p) as tree:
        i = tree.i
        rind = tree.material_input(
            "Rind Material", shared(PUMPKIN_SKIN, PumpkinParams(), "Pumpkin Rind"), "What the fruit is made of"
        )
        woody = StemParams(color=(0.27, 0.25, 0.1), fibre=0.8, fibre_size=0.0022, scurf=0.25, soil=0.0, bump=0.0008)
        wood = tree.material_input(
            "Stalk Material", shared(MUSHROOM_STEM, woody, "Pumpkin Stalk"), "What the stalk is made of"
        )
        with tree.frame("Fruit"):
            body = n.set_material(_body(i), rind)
        with tree.frame("Stalk"):
            root = i.radius * i.tall * 2.0 - i.dip * i.radius * 0.95
            stem = stalk(i.stalk, i.stalk_radius, 1.5, 0.5, i.bow, i.detail, ridges=5)
            pale = n.smoothstep(n.attribute("limb", "FLOAT_VECTOR").z / n.maximum(i.stalk, 0.001), 0.25, 0.0)
            stem = n.store(stem, "tint", n.mix(pale * 0.6, i.stalk_color, n.mix(0.5, i.stalk_color, i.patch_color)))
            stem = n.switch(i.stalk > 0.0, None, stem)
            top = n.transform(
                n.join(stem, _tendril(i)), translation=n.combine_xyz(0.0, 0.0, root - i.radius * 0.035),
                rotation=n.combine_xyz(0.0, 0.0, i.seed * 2.4 + 0.5),
            )  # fmt: skip
        tree.o.geometry << stand(n.join(body, n.set_material(top, wood)), body)
    return tree.data


def _body(i: Inputs) -> Socket:
    s = lathe(i.ribs * count(i.detail, 12, 4), count(i.detail, 64, 14))
    lat = (s.t + n.sin(s.t * TAU) * 0.05) * math.pi
    wide, tall = n.math("POWER", n.maximum(n.sin(lat), 0.0), 0.78), n.cos(lat) * -1.0
    # ribs of their own widths: the angle is warped without a seam
    warp = (ring_noise(s.angle, 6.0, i.seed * 1.7, 1.0) - 0.5) * i.rib_chance * 1.5
    turns = s.angle * i.ribs + warp * TAU * 0.6
    valley = 1.0 - n.math("POWER", abs(n.cos(turns * 0.5)), 0.55)
    own = ring_noise(s.angle, 9.0, i.seed * 2.9, 0.0)
    fade = n.smoothstep(wide, 0.0, 0.5)
    lump = n.noise(n.combine_xyz(s.cos, s.sin, tall * 0.8), scale=0.7, detail=1.0, w=i.seed * 1.3) - 0.5
    bottle = n.mix(n.smoothstep(tall, -0.25, 0.75), 1.0, 0.36)
    girth = (
        wide * n.mix(i.neck, 1.0, bottle) * (1.0 + lump * i.uneven * 0.45) * (1.0 + (own - 0.5) * i.rib_chance * 0.12)
    )
    r = i.radius * girth * (1.0 - i.rib_depth * valley * (0.7 + own * 0.6) * n.mix(fade, 0.6, 1.0))
    height = i.radius * i.tall * 2.0
    top = n.math("EXPONENT", girth * girth * -4.5) * n.smoothstep(tall, 0.1, 0.85)
    foot = n.math("EXPONENT", girth * girth * -6.0) * n.smoothstep(tall, -0.1, -0.85)
    bulge = n.maximum(tall, 0.0) * fade * (1.0 - valley) * i.rib_depth * i.radius * 0.5
    z = (tall * 0.5 + 0.5) * height - top * i.dip * i.radius * 0.95 + foot * i.dip * i.radius * 0.35 + bulge
    z = z + s.cos * lump * i.uneven * i.radius * 0.15 * n.maximum(tall, 0.0) * girth
    body = s.shape(r, z)
    body, valley = n.capture(body, valley * fade)
    knobs = n.voronoi(n.position() / i.radius, scale=5.5, w=i.seed * 1.1).distance
    knob = n.smoothstep(knobs, 0.42, 0.05) * i.warts
    body, push = n.capture(body, n.normal() * (knob * i.radius * 0.07))
    body = n.set_position(body, offset=push)
    tint = n.mix(n.smoothstep(valley, 0.15, 0.85), i.color, i.furrow_color)
    cloud = n.noise(n.combine_xyz(s.cos, s.sin, tall * 0.5), scale=1.8, detail=4.0, w=i.seed * 2.3)
    spot = n.smoothstep(cloud + tall * 0.08, 0.78 - i.patches * 0.42, 0.92 - i.patches * 0.42)
    tint = n.mix(spot * 0.8, tint, i.patch_color)
    tint = n.mix(n.smoothstep(tall, -0.75, -1.0) * 0.5, tint, n.color((0.55, 0.42, 0.16)))
    body = n.store(body, "tint", tint)
    body = n.store(body, "limb", n.combine_xyz(s.cos, s.sin, 0.0) * i.radius + n.combine_xyz(0.0, 0.0, lat * i.radius))
    return n.shade_smooth(body)


def _tendril(i: Inputs) -> Socket:
    """A coil that springs from the stalk's foot and falls over the shoulder."""
    c = tube(count(i.detail, 6, 4), count(i.detail, 110, 24))
    s = c.along
    reach = i.radius * 1.05 * i.tendril
    coil = n.smoothstep(s, 0.3, 0.6) * i.radius * 0.075 * (1.0 - s * 0.55)
    wind = s * s * 46.0
    # away and over: up first, then down; the coil about the way
    out = reach * s * 0.8
    fall = n.sin(s * 2.2) * i.radius * 0.3 * n.minimum(i.tendril, 1.0) + i.stalk_radius
    middle = n.combine_xyz(out * -0.75, out * 0.66, fall) + n.combine_xyz(
        n.cos(wind) * coil * 0.66, n.cos(wind) * coil * 0.75, n.sin(wind) * coil
    )
    thick = i.stalk_radius * 0.11 * n.mix(s, 1.2, 0.4)
    # no frame: rings turned flat against the way's mean direction keep a thread round enough
    side, up = n.combine_xyz(0.66, 0.75, 0.0), n.combine_xyz(0.0, 0.0, 1.0)
    mesh = n.set_position(c.mesh, middle + (side * n.cos(c.angle) + up * n.sin(c.angle)) * thick)
    mesh = n.store(mesh, "tint", n.mix(0.4, i.stalk_color, n.color((0.3, 0.36, 0.1))))
    mesh = n.store(mesh, "limb", n.position() + n.combine_xyz(0.0, 0.0, 1.0))
    return n.switch(i.tendril > 0.02, None, n.shade_smooth(mesh))


PUMPKIN = Family(
    "pumpkin", "Pumpkin", "Fruit", PumpkinFruitParams, build, PRESETS, "Ribbed pumpkins, squashes and gourds"
)
