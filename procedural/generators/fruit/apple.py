"""Apple: five soft lobes, a dimple with stalk and leaf, dry sepals below; a neck makes it a pear, a long stalk a cherry."""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.fruit import APPLE_SKIN, AppleParams
from ...materials.fungus import MUSHROOM_GILL, GillParams
from ...materials.plain import PLAIN, PlainParams
from ...parts.fruit_parts import leaf, stalk, stalk_place, stand
from ...parts.plant_parts import TAU, draw, tubes
from ...parts.shapes import count, lathe
from ..base import Family


@dataclass(frozen=True)
class AppleFruitParams:
    """Metres and radians."""

    radius: float = param(
        0.039, "Radius where it is widest", min=0.003, max=0.2, unit="m", panel="Fruit", usual=(0.034, 0.044)
    )
    tall: float = param(0.9, "Height as a share of the width", min=0.4, max=2.2, panel="Fruit", usual=(0.84, 1.0))
    shoulder: float = param(
        0.14, "How much wider it is above than below", min=-0.6, max=0.6, panel="Fruit", usual=(0.08, 0.2)
    )
    neck: float = param(0.0, "Neck of a pear", min=0.0, max=1.0, panel="Fruit")
    dimple: float = param(
        0.62, "Depth of the dimple about the stalk", min=0.0, max=1.2, panel="Fruit", usual=(0.5, 0.75)
    )
    basin: float = param(0.42, "Depth of the basin below", min=0.0, max=1.0, panel="Fruit", usual=(0.3, 0.5))
    lobes: float = param(0.35, "How much five lobes show", min=0.0, max=1.0, panel="Fruit", usual=(0.2, 0.55))
    uneven: float = param(0.35, "How lopsided it is", min=0.0, max=1.0, panel="Fruit", usual=(0.2, 0.6))
    stalk: float = param(0.023, "Length of the stalk", min=0.0, max=0.15, unit="m", panel="Stalk", usual=(0.018, 0.028))
    stalk_radius: float = param(
        0.0013, "Radius of the stalk", min=0.0002, max=0.01, unit="m", panel="Stalk", usual=(0.0011, 0.0016)
    )
    bow: float = param(0.5, "How far the stalk bends", min=0.0, max=2.0, unit="rad", panel="Stalk", usual=(0.2, 0.9))
    leaves: int = param(1, "Leaves on the stalk", min=0, max=4, panel="Leaf", usual=(0, 2))
    leaf_length: float = param(0.06, "Length of a leaf", min=0.01, max=0.2, unit="m", panel="Leaf", usual=(0.05, 0.07))
    sepals: int = param(5, "Dry sepals below, 0 for none", min=0, max=8, panel="Fruit")
    color: tuple[float, ...] = param(
        (0.52, 0.38, 0.05), "Colour of the ground, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    blush_color: tuple[float, ...] = param(
        (0.36, 0.012, 0.012), "Colour of the sunny side", min=0, max=1, panel="Colour", spread=0.2
    )
    blush: float = param(0.72, "Share that the sun has coloured", min=0.0, max=1.0, panel="Colour", usual=(0.5, 0.9))
    leaf_color: tuple[float, ...] = param(
        (0.07, 0.17, 0.03), "Colour of the leaf", min=0, max=1, panel="Colour", spread=0.2
    )
    seed: int = param(0, "Another fruit of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "apple": AppleFruitParams(),
    "green_apple": AppleFruitParams(
        color=(0.28, 0.4, 0.035), blush_color=(0.42, 0.4, 0.05), blush=0.2, tall=0.95, lobes=0.5, leaves=2
    ),
    "pear": AppleFruitParams(
        radius=0.036, tall=1.5, shoulder=-0.15, neck=0.85, dimple=0.06, basin=0.25, lobes=0.1, uneven=0.5, stalk=0.03,
        stalk_radius=0.0018, color=(0.42, 0.42, 0.06), blush_color=(0.45, 0.17, 0.03), blush=0.25,
    ),
    "cherry": AppleFruitParams(
        radius=0.0115, tall=0.94, shoulder=0.12, dimple=0.5, basin=0.08, lobes=0.0, uneven=0.15, stalk=0.045, stalk_radius=0.0007,
        bow=0.9, leaves=0, sepals=0, color=(0.34, 0.014, 0.014), blush_color=(0.17, 0.006, 0.012), blush=0.6,
    ),
}  # fmt: skip


def build(p: AppleFruitParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of AppleFruitParams."""
    with new_tree("Apple", p) as tree:
        i = tree.i
        skin = tree.material_input(
            "Skin Material", shared(APPLE_SKIN, AppleParams(), "Apple Skin"), "What the fruit is made of"
        )
        wood = tree.material_input(
            "Stalk Material", shared(PLAIN, PlainParams(color=(0.13, 0.08, 0.04), size=0.003, bump=0.0002), "Fruit Stalk"),
            "What stalk and sepals are made of",
        )  # fmt: skip
        green = tree.material_input(
            "Leaf Material", shared(MUSHROOM_GILL, GillParams(color=(0.07, 0.17, 0.03), translucency=0.3), "Fruit Leaf"),
            "What the leaf is made of",
        )  # fmt: skip
        with tree.frame("Fruit"):
            body = n.set_material(_body(i), skin)
        with tree.frame("Stalk and leaves"):
            pit = i.radius * i.tall * 2.0 - _hollow(i)
            stem = stalk(i.stalk + _hollow(i), i.stalk_radius, 0.5, 0.9, i.bow, i.detail)
            stem = n.store(stem, "tint", n.mix(i.neck, n.color((0.13, 0.085, 0.035)), n.color((0.2, 0.14, 0.06))))
            stem = n.switch(i.stalk > 0.0, None, n.set_material(stem, wood))
            top = n.join(stem, n.set_material(_leaves(i), green))
            top = n.transform(
                top,
                translation=n.combine_xyz(0.0, 0.0, pit - i.radius * 0.03),
                rotation=n.combine_xyz(0.0, 0.0, i.seed * 2.4 + 0.5),
            )
        tree.o.geometry << stand(n.join(body, top, n.set_material(_sepals(i), wood)), body)
    return tree.data


def _hollow(i: Inputs) -> Socket:
    """How deep the dimple is, m."""
    return i.dimple * i.radius * 0.55


def _body(i: Inputs) -> Socket:
    s = lathe(count(i.detail, 80, 16), count(i.detail, 60, 14))
    # rings crowd to the poles, where the dimple and the basin turn sharply
    share = s.t + n.sin(s.t * TAU) * 0.06
    lat = share * math.pi
    wide, tall = n.math("POWER", n.maximum(n.sin(lat), 0.0), 0.9), n.cos(lat) * -1.0
    above, below = n.maximum(tall, 0.0), n.maximum(tall * -1.0, 0.0)
    girth = wide * (1.0 + i.shoulder * (tall * 0.75 - 0.15))
    pear = n.mix(n.smoothstep(tall, -0.15, 0.95), 1.0, 0.42)
    girth = girth * n.mix(i.neck, 1.0, pear)
    five = n.cos(s.angle * 5.0 + i.seed)
    girth = girth * (1.0 + five * i.lobes * 0.05 * n.mix(below, 0.25, 1.0))
    lump = n.noise(n.combine_xyz(s.cos, s.sin, tall), scale=0.8, detail=1.0, w=i.seed * 1.7) - 0.5
    girth = girth * (1.0 + lump * i.uneven * 0.35)
    near_top = n.math("EXPONENT", girth * girth * -9.0) * n.smoothstep(tall, 0.3, 0.9)
    near_foot = n.math("EXPONENT", girth * girth * -12.0) * n.smoothstep(tall, -0.3, -0.9)
    height = i.radius * i.tall * 2.0
    tilt = s.cos * i.uneven * 0.07 * girth * i.radius * above
    knob = five * i.lobes * 0.09 * i.radius * below * n.smoothstep(girth, 0.1, 0.45) * n.smoothstep(girth, 0.95, 0.5)
    z = (tall * 0.5 + 0.5) * height - near_top * _hollow(i) + near_foot * i.basin * i.radius * 0.5 + tilt + knob
    body = s.shape(girth * i.radius, z)
    body, near_top = n.capture(body, near_top)
    # the sun shines from +X: there, above and by chance the ground is coloured
    at = n.combine_xyz(s.cos, s.sin, tall * 1.3)
    cloud = n.noise(at, scale=1.3, detail=3.0, w=i.seed * 2.3)
    sunny = n.cos(s.angle - i.seed * 1.9) * 0.22 + tall * 0.1 + cloud * 1.1
    blush = n.smoothstep(sunny, 1.05 - i.blush * 0.95, 1.35 - i.blush * 0.85) * n.smoothstep(near_top, 0.85, 0.35)
    tint = n.mix(blush * 0.92, i.color, i.blush_color)
    # green and russet lie in the dimple
    tint = n.mix(n.smoothstep(near_top, 0.5, 0.95) * 0.65, tint, n.mix(0.5, i.color, n.color((0.22, 0.17, 0.05))))
    body = n.store(body, "tint", tint)
    body = n.store(body, "unripe", 1.0 - n.smoothstep(i.blush, 0.22, 0.5) * n.clamp(blush + 0.45))
    body = n.store(body, "limb", n.combine_xyz(s.cos, s.sin, 0.0) * i.radius + n.combine_xyz(i.seed * 0.3, 0.0, z))
    return n.shade_smooth(body)


def _leaves(i: Inputs) -> Socket:
    size = draw(i.seed, 21, 0.85, 1.1, of=i.seed)
    one = leaf(
        i.leaf_length * size,
        i.leaf_length * 0.5,
        1.0,
        0.35,
        i.leaf_color,
        n.mix(0.4, i.leaf_color, n.color((0.4, 0.42, 0.15))),
        i.seed,
        i.detail,
        0.07,
    )
    k = n.index()
    turn = n.combine_xyz(
        draw(i.seed, 22, -0.3, 0.3, of=k),
        draw(i.seed, 23, -0.35, 0.05, of=k),
        k * 2.4 + draw(i.seed, 24, 0.0, 6.0, of=i.seed),
    )
    root = stalk_place(i.stalk + _hollow(i), i.bow, 0.72)
    return n.realize(n.instance_on(n.points(i.leaves, root), one, rotation=turn))


def _sepals(i: Inputs) -> Socket:
    """Five dry tips in the basin, curled back."""
    c = tubes(i.sepals, count(i.detail, 6, 4), count(i.detail, 8, 4))
    angle = (c.number + draw(i.seed, 31, -0.15, 0.15, of=c.number)) / n.maximum(i.sepals, 1) * TAU
    s = c.along
    out = n.combine_xyz(n.cos(angle), n.sin(angle), 0.0)
    side = n.combine_xyz(n.sin(angle) * -1.0, n.cos(angle), 0.0)
    length = i.radius * 0.2
    half = length * 0.24 * n.mix(s, 1.0, 0.12)
    # out along the basin's floor and down; the faces look down
    middle = out * (length * (0.12 + s * 0.7)) + n.combine_xyz(0.0, 0.0, length * (s * s * -0.45 - s * 0.25))
    base = n.combine_xyz(0.0, 0.0, i.basin * i.radius * 0.5 + length * 0.1)
    ring = side * (n.cos(c.angle) * half) + n.combine_xyz(0.0, 0.0, n.sin(c.angle) * length * 0.05)
    mesh = n.set_position(c.mesh, base + middle + ring)
    return n.shade_smooth(n.store(mesh, "tint", n.color((0.1, 0.065, 0.035))))


APPLE = Family(
    "apple", "Apple", "Fruit", AppleFruitParams, build, PRESETS, "Apples, pears and cherries with stalk and leaf"
)
