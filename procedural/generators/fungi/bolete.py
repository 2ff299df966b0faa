"""Bolete: a bun on a fat, netted stem, with a cushion of pores beneath."""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.fungus import MUSHROOM_PORES, MUSHROOM_SKIN, MUSHROOM_STEM, PoresParams, SkinParams, StemParams
from ...parts.caps import Cap, ring_noise, sheet
from ...parts.plant_parts import draw
from ...parts.shapes import count, lathe
from ..base import Family


@dataclass(frozen=True)
class BoleteParams:
    """Metres and radians; `radius` is measured along the skin, from the crown to the rim."""

    radius: float = param(
        0.075, "Crown to rim along the skin", min=0.01, max=0.3, unit="m", panel="Cap", usual=(0.055, 0.095)
    )
    open: float = param(
        0.42, "From a button, 0, to flat, 1, and beyond", min=0.0, max=1.3, panel="Cap", usual=(0.22, 0.68)
    )
    flesh: float = param(
        0.3, "Thickness of the flesh as a share of the radius", min=0.08, max=0.5, panel="Cap", usual=(0.26, 0.34)
    )
    wave: float = param(0.22, "Unevenness of the cap", min=0.0, max=1.0, panel="Cap", usual=(0.12, 0.4))
    dents: float = param(0.25, "Dimples and bites in the skin", min=0.0, max=1.0, panel="Cap", usual=(0.1, 0.4))
    pores: float = param(
        0.16, "Thickness of the pores as a share of the radius", min=0.02, max=0.4, panel="Pores", usual=(0.12, 0.2)
    )
    gap: float = param(
        0.12, "Furrow about the stem as a share of the radius", min=0.0, max=0.4, panel="Pores", usual=(0.08, 0.16)
    )
    height: float = param(0.085, "Height of the stem", min=0.01, max=0.4, unit="m", panel="Stem", usual=(0.07, 0.11))
    stem_radius: float = param(
        0.0165, "Radius of the stem at the top", min=0.002, max=0.08, unit="m", panel="Stem", usual=(0.013, 0.02)
    )
    belly: float = param(0.75, "How much the stem swells below", min=0.0, max=2.0, panel="Stem", usual=(0.4, 1.2))
    belly_height: float = param(
        0.25, "Height of the belly as a share of the stem's", min=0.0, max=0.6, panel="Stem", usual=(0.15, 0.35)
    )
    net: float = param(0.8, "Raised net on the upper stem", min=0.0, max=1.0, panel="Stem", usual=(0.5, 1.0))
    lean: float = param(
        0.1, "How far the cap stands aside as a share of the height", min=0.0, max=1.0, panel="Stem", usual=(0.0, 0.25)
    )
    heading: float = param(
        0.6, "Where it leans to", min=-math.pi, max=math.pi, unit="rad", panel="Stem", usual=(-3.0, 3.0)
    )
    color: tuple[float, ...] = param(
        (0.17, 0.062, 0.018), "Colour of the crown, linear RGB", min=0, max=1, panel="Colour", spread=0.3
    )
    rim_color: tuple[float, ...] = param(
        (0.36, 0.19, 0.075), "Colour of the rim", min=0, max=1, panel="Colour", spread=0.25
    )
    pore_color: tuple[float, ...] = param(
        (0.5, 0.44, 0.2), "Colour of the pores", min=0, max=1, panel="Colour", spread=0.2
    )
    stem_color: tuple[float, ...] = param(
        (0.62, 0.5, 0.34), "Colour of the stem", min=0, max=1, panel="Colour", spread=0.15
    )
    net_color: tuple[float, ...] = param(
        (0.4, 0.24, 0.11), "Colour of the middle of the stem", min=0, max=1, panel="Colour", spread=0.15
    )
    seed: int = param(0, "Another mushroom of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "penny_bun": BoleteParams(),
    "young_penny_bun": BoleteParams(
        radius=0.062, open=0.2, height=0.06, stem_radius=0.016, belly=1.15, belly_height=0.3, pores=0.1, lean=0.04,
        pore_color=(0.68, 0.63, 0.5), rim_color=(0.42, 0.26, 0.12),
    ),
    "devils_bolete": BoleteParams(
        radius=0.095, open=0.4, height=0.075, stem_radius=0.022, belly=1.2, color=(0.5, 0.47, 0.4),
        rim_color=(0.56, 0.52, 0.44), pore_color=(0.42, 0.05, 0.02), stem_color=(0.6, 0.3, 0.06), net_color=(0.45, 0.05, 0.03),
    ),
    "birch_bolete": BoleteParams(
        radius=0.055, open=0.45, flesh=0.22, height=0.13, stem_radius=0.009, belly=0.55, belly_height=0.12, net=0.5, lean=0.15,
        color=(0.34, 0.12, 0.03), rim_color=(0.45, 0.2, 0.06), pore_color=(0.5, 0.46, 0.36), stem_color=(0.58, 0.55, 0.48),
        net_color=(0.3, 0.28, 0.25),
    ),
}  # fmt: skip


def build(p: BoleteParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of BoleteParams."""
    bun = SkinParams(color=(0.22, 0.1, 0.035), fibre=0.1, wet=0.4, mottle=0.5, bump=0.0002)
    with new_tree("Bolete", p) as tree:
        i = tree.i
        skin = tree.material_input("Cap Material", shared(MUSHROOM_SKIN, bun, "Bolete Cap"), "What the cap is made of")
        sponge = tree.material_input(
            "Pore Material", shared(MUSHROOM_PORES, PoresParams(), "Bolete Pores"), "What the underside is made of"
        )
        stalk = StemParams(color=(0.6, 0.5, 0.34), net=0.25, fibre=0.3, scurf=0.15, bump=0.0003)
        wood = tree.material_input(
            "Stem Material", shared(MUSHROOM_STEM, stalk, "Bolete Stem"), "What the stem is made of"
        )
        cap = Cap(
            i.radius, 2.3 - i.open * 2.0, 0.0, 0.0, i.radius * i.flesh, i.radius * 0.07, i.wave * 0.4, i.seed + 0.61
        )
        with tree.frame("Cap"):
            head = n.join(n.set_material(_cap(i, cap), skin), n.set_material(_pores(i, cap), sponge))
            tilt = n.combine_xyz(
                draw(i.seed, 6, -0.12, 0.12, of=i.seed), i.lean * 0.6 + draw(i.seed, 7, -0.05, 0.1, of=i.seed), 0.0
            )
            crown = n.combine_xyz(i.lean * i.height, 0.0, i.height + i.radius * i.flesh)
            head = n.transform(head, translation=crown, rotation=tilt)
        with tree.frame("Stem"):
            stem = n.set_material(_stem(i), wood)
        tree.o.geometry << n.shade_smooth(n.transform(n.join(head, stem), rotation=n.combine_xyz(0.0, 0.0, i.heading)))
    return tree.data


def _cap(i: Inputs, cap: Cap) -> Socket:
    s = sheet(count(i.detail, 112, 16), count(i.detail, 72, 16))
    body, u = n.capture(cap.shape(s), s.u)
    body, below = n.capture(body, s.below)
    at = n.position()
    broad = n.noise(at / i.radius, scale=2.2, detail=3.0, w=i.seed * 1.9)
    # slugs bite through the skin: shallow pits with steep sides and pale bottoms
    pit = n.smoothstep(
        n.noise(at / i.radius, scale=6.0, detail=1.0, w=i.seed * 2.3), 0.78 - i.dents * 0.12, 0.83 - i.dents * 0.12
    )
    pit = pit * n.smoothstep(i.dents, 0.0, 0.1) * (1.0 - below) * n.smoothstep(u, 0.97, 0.9)
    body, pit = n.capture(body, pit)
    soft = (broad - 0.5) * i.dents * i.radius * 0.12 * (1.0 - below)
    body, push = n.capture(body, n.normal() * (soft - pit * i.radius * 0.018))
    body = n.set_position(body, offset=push)
    tint = n.mix(n.clamp(n.smoothstep(u, 0.45, 1.0) + (broad - 0.5) * 0.8), i.color, i.rim_color)
    tint = n.mix(pit * 0.85, tint, n.color((0.6, 0.5, 0.34)))
    tint = n.mix(n.smoothstep(below, 0.5, 0.9), tint, i.pore_color)
    body = n.store(body, "tint", tint)
    around = n.combine_xyz(n.cos(s.angle), n.sin(s.angle), 0.0) * (i.radius * 0.45)
    return n.store(body, "limb", around + n.combine_xyz(0.0, 0.0, u * i.radius))


def _pores(i: Inputs, cap: Cap) -> Socket:
    """A cushion under the flesh, thin at the rim and sunk about the stem."""
    s = sheet(count(i.detail, 96, 16), count(i.detail, 44, 12))
    inner = i.stem_radius / i.radius
    u = s.u * 0.975
    where, normal = cap.place(u, s.angle)
    full = n.smoothstep(u, inner * 0.9, inner + i.gap) * n.math("POWER", 1.0 - u**3.0, 0.5)
    lump = 0.9 + (n.noise(where / i.radius, scale=3.0, detail=2.0, w=i.seed) - 0.5) * 0.5
    deep = cap.depth(u) * 0.85 + s.below * (cap.depth(u) * 0.1 + i.pores * i.radius * full * lump)
    body = n.set_position(s.lathe.geometry, where - normal * deep)
    body = n.store(body, "tint", i.pore_color)
    return n.store(body, "limb", n.position())


def _stem(i: Inputs) -> Socket:
    s = lathe(count(i.detail, 128, 12), count(i.detail, 110, 16))
    z = n.mix(s.t, i.height * -0.04, i.height + i.radius * i.flesh * 0.2)
    share = n.clamp(z / i.height)
    closed = n.sqrt(n.clamp(n.minimum(s.t, 1.0 - s.t) / 0.06))
    away = (share - i.belly_height) / n.switch(share > i.belly_height, i.belly_height + 0.12, 0.95 - i.belly_height)
    swell = n.math("EXPONENT", away * away * -3.2)
    lump = 1.0 + (ring_noise(s.angle, 4.0, i.seed * 2.3, 2.0, share * 1.6) - 0.5) * 0.35
    flare = n.smoothstep(share, 0.88, 1.05) * 0.22
    r = i.stem_radius * (1.0 + swell * i.belly + flare) * lump * closed
    # the net: meshes drawn out along the stem, finer above
    out = n.combine_xyz(s.cos, s.sin, 0.0)
    at = (out * 1.0 + n.combine_xyz(0.0, 0.0, z / i.stem_radius * 0.42)) * 6.2
    cells = n.voronoi(at + n.combine_xyz(i.seed * 1.3, 0.0, 0.0), scale=1.0, feature="DISTANCE_TO_EDGE").distance
    net = n.smoothstep(cells, 0.13, 0.02) * n.smoothstep(share, 0.25, 0.8) * i.net * closed
    body = n.set_position(
        s.geometry,
        n.combine_xyz(n.sin(share * (math.pi / 2)) * i.lean * i.height, 0.0, z)
        + out * (r + net * i.stem_radius * 0.022),
    )
    middle = n.smoothstep(share, 0.05, 0.35) * n.smoothstep(share, 0.98, 0.6)
    ground = n.mix(middle * 0.8, i.stem_color, i.net_color)
    body = n.store(body, "tint", n.mix(net * 0.7, ground, n.color((0.66, 0.58, 0.42))))
    return n.store(body, "limb", out * i.stem_radius + n.combine_xyz(0.0, 0.0, z))


BOLETE = Family("bolete", "Bolete", "Fungi", BoleteParams, build, PRESETS, "A bun on a fat stem with pores beneath")
