"""Chanterelle: a wavy funnel in one piece with its stem, ridges that fork and run down the outside."""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.fungus import MUSHROOM_SKIN, SkinParams
from ...parts.caps import ring_noise
from ...parts.plant_parts import draw
from ...parts.shapes import count, lathe
from ..base import Family

RIM = 0.64  # the share of the outline from the foot to the rim
STALK = 0.34  # the share of that which is stem


@dataclass(frozen=True)
class ChanterelleParams:
    """Metres and radians."""

    radius: float = param(
        0.034, "Radius of the funnel", min=0.004, max=0.3, unit="m", panel="Funnel", usual=(0.024, 0.046)
    )
    height: float = param(0.06, "Height of the rim", min=0.01, max=0.4, unit="m", panel="Funnel", usual=(0.048, 0.075))
    hollow: float = param(
        0.55, "Depth of the funnel, a bulge below zero", min=-0.6, max=1.0, panel="Funnel", usual=(0.2, 0.9)
    )
    flare: float = param(
        0.3,
        "Height of the stem below the funnel as a share of the whole",
        min=0.05,
        max=0.85,
        panel="Funnel",
        usual=(0.2, 0.42),
    )
    rollover: float = param(0.22, "How far the rim turns down", min=0.0, max=1.0, panel="Rim", usual=(0.05, 0.4))
    lobes: float = param(5.0, "Waves around the rim", min=1.0, max=16.0, panel="Rim", usual=(3.5, 7.0))
    wave: float = param(0.5, "Height of the waves", min=0.0, max=1.5, panel="Rim", usual=(0.3, 0.75))
    crimp: float = param(0.35, "Fine waves along the edge", min=0.0, max=1.0, panel="Rim", usual=(0.2, 0.6))
    ridges: int = param(34, "Ridges on the stem, which fork outward", min=0, max=120, panel="Ridges", usual=(28, 40))
    ridge_height: float = param(
        0.0011, "Height of the ridges", min=0.0, max=0.01, unit="m", panel="Ridges", usual=(0.0009, 0.0014)
    )
    decurrent: float = param(
        0.35, "How far down the stem ridges run", min=0.0, max=1.0, panel="Ridges", usual=(0.2, 0.6)
    )
    stem_radius: float = param(
        0.0068, "Radius of the stem", min=0.0005, max=0.06, unit="m", panel="Stem", usual=(0.0055, 0.0085)
    )
    taper: float = param(0.35, "How much thinner the foot is", min=-0.5, max=0.9, panel="Stem", usual=(0.2, 0.5))
    lean: float = param(
        0.16,
        "How far the funnel stands aside as a share of the height",
        min=0.0,
        max=1.0,
        panel="Stem",
        usual=(0.0, 0.35),
    )
    heading: float = param(
        0.6, "Where it leans to", min=-math.pi, max=math.pi, unit="rad", panel="Stem", usual=(-3.0, 3.0)
    )
    color: tuple[float, ...] = param(
        (0.62, 0.3, 0.025), "Colour of the funnel, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    rim_color: tuple[float, ...] = param(
        (0.68, 0.39, 0.05), "Colour of the rim", min=0, max=1, panel="Colour", spread=0.15
    )
    ridge_color: tuple[float, ...] = param(
        (0.66, 0.38, 0.07), "Colour of the ridges", min=0, max=1, panel="Colour", spread=0.15
    )
    stem_color: tuple[float, ...] = param(
        (0.62, 0.36, 0.09), "Colour of the stem", min=0, max=1, panel="Colour", spread=0.15
    )
    seed: int = param(0, "Another mushroom of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "chanterelle": ChanterelleParams(),
    "young_chanterelle": ChanterelleParams(
        radius=0.017, height=0.042, hollow=-0.3, rollover=0.75, wave=0.2, flare=0.5, stem_radius=0.007, lean=0.08
    ),
    "trumpet_of_death": ChanterelleParams(
        radius=0.03, height=0.085, hollow=1.0, flare=0.12, rollover=0.85, wave=0.55, ridges=0, stem_radius=0.006, taper=0.5,
        color=(0.035, 0.03, 0.027), rim_color=(0.06, 0.05, 0.042), ridge_color=(0.13, 0.12, 0.115), stem_color=(0.1, 0.09, 0.085),
    ),
    "milk_cap": ChanterelleParams(
        radius=0.048, height=0.055, hollow=0.8, flare=0.55, rollover=0.3, lobes=3.0, wave=0.15, crimp=0.1, ridges=60,
        ridge_height=0.0024, decurrent=0.1, stem_radius=0.0085, taper=0.05, lean=0.08, color=(0.55, 0.2, 0.07),
        rim_color=(0.62, 0.31, 0.13), ridge_color=(0.6, 0.36, 0.18), stem_color=(0.58, 0.33, 0.17),
    ),
}  # fmt: skip


def build(p: ChanterelleParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of ChanterelleParams."""
    flesh = SkinParams(color=(0.62, 0.32, 0.04), fibre=0.3, wet=0.1, roughness=0.55, mottle=0.35, softness=0.2)
    with new_tree("Chanterelle", p) as tree:
        i = tree.i
        material = tree.material_input(
            "Material", shared(MUSHROOM_SKIN, flesh, "Chanterelle Flesh"), "What it is made of"
        )
        with tree.frame("Funnel"):
            body = _funnel(i)
        body = n.transform(body, rotation=n.combine_xyz(0.0, 0.0, i.heading))
        tree.o.geometry << n.set_material(n.shade_smooth(body), material)
    return tree.data


def _funnel(i: Inputs) -> Socket:
    s = lathe(count(i.detail, 264, 24), count(i.detail, 88, 20))
    under = n.clamp(s.t / RIM)
    stalk = n.clamp(under / STALK)
    q = n.clamp((under - STALK) / (1.0 - STALK))
    inside = n.clamp((s.t - RIM) / (1.0 - RIM))
    outer = s.t < RIM
    # below: stem, then a quarter of an ellipse; above: back to the middle
    z1 = i.height * i.flare
    arm = i.radius - i.stem_radius
    r_low = i.stem_radius + arm * (1.0 - n.cos(q * (math.pi / 2)))
    r_low = r_low * n.mix(stalk, 1.0 - i.taper, 1.0)
    z_low = n.mix(stalk, i.height * -0.03, z1) + (i.height - z1) * n.sin(q * (math.pi / 2))
    share = 1.0 - inside
    r_up = i.radius * share
    depth = i.hollow * (i.height - z1) * n.switch(i.hollow > 0.0, 0.45, 0.36)
    dip = 1.0 - n.math("POWER", share, 1.5)
    z_up = i.height - depth * dip
    r = n.switch(outer, r_up, r_low)
    z = n.switch(outer, z_up, z_low)
    # the foot is closed round
    r = r * n.sqrt(n.clamp(under / 0.03))
    reach = n.clamp(r / i.radius)
    lobes = i.lobes / 5.0
    swing = ring_noise(s.angle, 5.0, i.seed * 1.7, 1.0)
    sway = (
        n.noise(n.combine_xyz(s.cos * lobes, s.sin * lobes, reach * 0.5), scale=1.0, detail=1.0, w=i.seed * 1.3) - 0.5
    )
    crimp = ring_noise(s.angle, 22.0, i.seed * 2.1, 2.0) - 0.5
    outward = reach * reach
    lift = (sway * i.wave * outward * 1.25 + crimp * i.crimp * outward * outward * reach * 0.28) * i.radius
    roll = n.math("POWER", n.smoothstep(reach, 0.55, 1.08), 2.0) * i.rollover * i.radius * 0.5
    wide = (
        1.0 + (swing - 0.5) * 0.55 * outward + (ring_noise(s.angle, 3.0, i.seed * 3.3, 2.0, z / i.height) - 0.5) * 0.18
    )
    # ridges: few on the stem, twice as many from half way on; their heads wander
    warp = (
        n.noise(n.combine_xyz(s.cos * 2.0, s.sin * 2.0, z / i.height * 2.5), scale=1.6, detail=2.0, w=i.seed) - 0.5
    ) * 0.35
    fork = n.smoothstep(q + (swing - 0.5) * 0.3, 0.45, 0.7)
    turns = s.angle + warp * 0.7
    wide_ridges = n.math("POWER", n.cos(turns * i.ridges) * 0.5 + 0.5, 2.2)
    fine_ridges = n.math("POWER", n.cos(turns * i.ridges * 2.0) * 0.5 + 0.5, 2.0)
    ridge = n.mix(fork, wide_ridges, fine_ridges * 0.85)
    start = STALK * (1.0 - i.decurrent)
    on = n.smoothstep(under + (ring_noise(s.angle, 18.0, i.seed) - 0.5) * 0.15, start, start + 0.3)
    on = on * n.smoothstep(under, 0.985, 0.9) * outer * (i.ridges > 0)
    push = ridge * on * i.ridge_height
    # the way out of the flesh: outward at the stem, down under the rim
    tip = q * (math.pi / 2)
    edge = n.smoothstep(s.t, RIM - 0.03, RIM) * n.smoothstep(s.t, RIM + 0.035, RIM)
    thick = i.radius * 0.012 + 0.0003
    r = r * wide + push * n.cos(tip) + edge * thick * 0.6
    z = z + lift - roll - push * n.sin(tip) + (~outer) * thick * n.smoothstep(s.t, RIM, RIM + 0.03)
    bow = n.sin(n.clamp(z / i.height) * (math.pi / 2))
    body = n.set_position(s.geometry, n.combine_xyz(s.cos * r + bow * i.lean * i.height, s.sin * r, z))
    mottle = n.noise(n.position() / i.radius, scale=2.5, detail=3.0, w=i.seed)
    top = n.mix(n.clamp(n.smoothstep(reach, 0.5, 1.0) + (mottle - 0.5) * 0.8), i.color, i.rim_color)
    low = n.mix(n.smoothstep(under, 0.08, 0.5), i.stem_color, i.ridge_color)
    shade = n.mix(on * (1.0 - ridge), 1.0, 0.72)
    low = n.mix(1.0, low, n.combine_xyz(shade, shade, shade), blend="MULTIPLY")
    low = n.mix(n.smoothstep(under, 0.07, 0.0) * 0.6, low, n.color((0.09, 0.06, 0.035)))
    body = n.store(body, "tint", n.switch(outer, top, low))
    around = n.combine_xyz(s.cos, s.sin, 0.0) * (i.radius * 0.5)
    body = n.store(body, "limb", around + n.combine_xyz(0.0, 0.0, s.t * i.height * 2.0))
    return n.store(body, "random", draw(i.seed, 9, of=i.seed))


CHANTERELLE = Family(
    "chanterelle",
    "Chanterelle",
    "Fungi",
    ChanterelleParams,
    build,
    PRESETS,
    "A wavy funnel with ridges down its outside",
)
