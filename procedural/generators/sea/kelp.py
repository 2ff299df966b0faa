"""Kelp: long stipes from a holdfast of roots, with gas bladders and ruffled blades all the way; it sways when the scene plays."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, math, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.sea import SEAWEED_SKIN, SeaweedParams
from ...parts.plant_parts import GOLDEN_ANGLE, TAU, draw, points, tubes
from ...parts.shapes import count, lathe
from ...parts.solidify import grid, grid_uv
from ..base import Family
from .seaweed import hems


@dataclass(frozen=True)
class KelpParams:
    """Metres and radians."""

    height: float = param(
        4.0, "Height of the tallest stipe", min=0.2, max=30.0, unit="m", panel="Stipes", usual=(3.0, 5.0)
    )
    stipes: int = param(5, "Number of stipes", min=1, max=40, panel="Stipes", usual=(4, 7))
    thickness: float = param(
        0.022, "Thickness of a stipe at its foot", min=0.002, max=0.3, unit="m", panel="Stipes", usual=(0.018, 0.028)
    )
    spread: float = param(
        0.16, "How far stipes part, as a share of the height", min=0.0, max=0.8, panel="Stipes", usual=(0.1, 0.24)
    )
    wander: float = param(
        0.1, "How stipes meander, as a share of the height", min=0.0, max=0.5, panel="Stipes", usual=(0.06, 0.15)
    )
    current: float = param(
        0.18,
        "How far a current bends it towards +X, as a share of the height",
        min=-1.0,
        max=1.0,
        panel="Stipes",
        usual=(0.0, 0.35),
    )
    blades: int = param(26, "Blades on a stipe", min=0, max=200, panel="Blades", usual=(20, 32))
    bare: float = param(
        0.12, "Share of a stipe that is bare below", min=0.0, max=0.9, panel="Blades", usual=(0.08, 0.2)
    )
    length: float = param(0.65, "Length of a blade", min=0.03, max=4.0, unit="m", panel="Blades", usual=(0.5, 0.8))
    width: float = param(0.1, "Width of a blade", min=0.005, max=1.0, unit="m", panel="Blades", usual=(0.08, 0.13))
    ruffle: float = param(0.5, "How far the hems are thrown up", min=0.0, max=1.5, panel="Blades", usual=(0.3, 0.7))
    droop: float = param(
        0.9, "How far blades bend over", min=-0.5, max=2.5, unit="rad", panel="Blades", usual=(0.6, 1.2)
    )
    bladder: float = param(
        0.06, "Length of a gas bladder, 0 for none", min=0.0, max=0.4, unit="m", panel="Blades", usual=(0.05, 0.075)
    )
    color: tuple[float, ...] = param(
        (0.23, 0.17, 0.035), "Colour of the blades, linear RGB", min=0, max=1, panel="Colour", spread=0.25
    )
    young: tuple[float, ...] = param(
        (0.42, 0.35, 0.08), "Colour of bladders and hems", min=0, max=1, panel="Colour", spread=0.2
    )
    stem: tuple[float, ...] = param((0.16, 0.1, 0.03), "Colour of the stipes", min=0, max=1, panel="Colour", spread=0.2)
    sway: float = param(0.0, "Strength of the swell when the scene plays", min=0.0, max=1.0, panel="Motion")
    period: float = param(7.0, "Seconds from swell to swell", min=0.5, max=30.0, unit="s", panel="Motion")
    seed: int = param(0, "Another plant of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "kelp": KelpParams(),
    "kelp_forest_giant": KelpParams(height=12.0, stipes=9, thickness=0.035, blades=56, length=1.0, width=0.16, spread=0.1, bladder=0.09, bare=0.06),
    "bull_kelp": KelpParams(
        height=5.0, stipes=1, thickness=0.03, blades=16, bare=0.9, length=1.6, width=0.12, ruffle=0.25, droop=1.5, bladder=0.0, current=0.25, wander=0.07
    ),
    "young_kelp": KelpParams(height=1.2, stipes=3, thickness=0.01, blades=12, length=0.3, width=0.06, bladder=0.03, spread=0.12),
}  # fmt: skip


def build(p: KelpParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of KelpParams."""
    skin = shared(SEAWEED_SKIN, SeaweedParams(rib=0.1, size=0.02, bump=0.0015), "Kelp Blade")
    stem = shared(
        SEAWEED_SKIN, SeaweedParams(rib=0.0, translucency=0.0, size=0.01, color=(0.16, 0.1, 0.03)), "Kelp Stipe"
    )
    with new_tree("Kelp", p) as tree:
        i = tree.i
        of_blades = tree.material_input("Blade Material", skin, "What the blades are made of")
        of_stipes = tree.material_input("Stipe Material", stem, "What stipes, bladders and holdfast are made of")
        with tree.frame("Stipes"):
            stipes = n.set_material(n.shade_smooth(n.join(_stipes(i), _holdfast(i))), of_stipes)
        with tree.frame("Blades"):
            blades = n.set_material(n.shade_smooth(_blade(i)), of_blades)
            bladders = n.set_material(n.shade_smooth(_bladder(i)), of_stipes)
            leaves = n.switch(i.blades > 0, None, _leaves(i, n.join(blades, n.switch(i.bladder > 0.0, None, bladders))))
        tree.o.geometry << n.join(stipes, leaves)
    return tree.data


def _path(i: Inputs, s: Socket, number: Socket) -> Socket:
    """Where a stipe is, m, at s of its length: 0 on the ground, 1 at its end."""
    size = i.height * draw(i.seed, 101, 0.7, 1.0, of=number)
    azimuth = number * GOLDEN_ANGLE + i.seed * 1.9
    apart = i.spread * i.height * n.sqrt((number + 0.4) / i.stipes) * n.smoothstep(s, -0.1, 0.9) + i.thickness * 1.2
    out = n.combine_xyz(n.cos(azimuth), n.sin(azimuth), 0.0) * apart
    swing = n.noise_vector(n.combine_xyz(s * i.height * 0.4 + 3.0, number * 6.1, i.seed * 2.7), scale=1.0, detail=1.0)
    meander = n.combine_xyz(swing.x, swing.y, 0.0) * (i.wander * i.height * 2.2 * n.smoothstep(s, 0.0, 0.5))
    now = n.node("GeometryNodeInputSceneTime")["Seconds"] / i.period
    beat = n.sin((now - s * 0.3) * TAU + draw(i.seed, 102, -0.4, 0.4, of=number)) * i.sway
    aside = (i.current + beat * 0.22) * i.height * s * s
    flutter = n.sin((now * 1.7 - s * 0.7) * TAU + number * 2.1) * i.sway * 0.05 * i.height * s * s
    sink = n.math("ABSOLUTE", aside) * s * 0.25
    return out + meander + n.combine_xyz(aside, flutter, s * size - sink)


def _stipes(i: Inputs) -> Socket:
    c = tubes(i.stipes, count(i.detail, 9, 5), count(i.detail, 90, 20))
    thick = i.thickness * 0.5 * n.mix(n.math("POWER", c.along, 0.6), 1.0, 0.42) * n.smoothstep(c.along, 1.003, 0.98)
    # A stipe with no bladders of its own ends in one great float
    bulb = n.smoothstep(n.math("ABSOLUTE", c.along - 0.965), 0.05, 0.0) * (i.bladder <= 0.0) * i.thickness * 1.5
    ring = n.combine_xyz(n.cos(c.angle), n.sin(c.angle), 0.0) * n.maximum(thick + bulb, i.thickness * 0.04)
    mesh = n.set_position(c.mesh, _path(i, c.along, c.number) + ring)
    mesh = n.store(mesh, "limb", n.combine_xyz(n.cos(c.angle) * 0.01, n.sin(c.angle) * 0.01, c.along * i.height))
    mesh = n.store(mesh, "tint", n.mix(c.along, i.stem, n.mix(0.5, i.stem, i.young)))
    return n.store(mesh, "bark", 1.0)  # type: ignore[return-value]


def _leaves(i: Inputs, leaf: Socket) -> Socket:
    """The leaf on every place of every stipe, turned by the golden angle, smaller at the young end."""
    cloud, number = points(i.stipes * i.blades)
    stipe = math("FLOOR", number / i.blades)
    step = number - stipe * i.blades
    s = n.mix((step + 0.5 + draw(i.seed, 111, -0.3, 0.3, of=number)) / i.blades, i.bare, 0.995)
    cloud = n.set_position(cloud, _path(i, s, stipe))
    azimuth = step * GOLDEN_ANGLE + stipe * 1.3 + draw(i.seed, 112, -0.4, 0.4, of=number)
    # They stream with the current
    pitch = draw(i.seed, 113, 0.75, 1.45, of=number) - n.smoothstep(s, 0.85, 1.0) * 0.5
    size = draw(i.seed, 114, 0.65, 1.1, of=number) * n.float_curve(s, [(0, 0.75), (0.4, 1.0), (0.85, 0.85), (1, 0.45)])
    x, y = n.cos(azimuth) + i.current * 2.0, n.sin(azimuth)
    heading = n.math("ARCTAN2", y, x)
    turn = n.combine_xyz(0.0, pitch, heading)
    made = n.instance_on(cloud, leaf, rotation=turn, scale=n.combine_xyz(size, size, size))
    return n.store(made, "random", draw(i.seed, 115), domain="INSTANCE")  # type: ignore[return-value]


def _blade(i: Inputs) -> Socket:
    """A blade along +Z, bent towards +X, from the bladder's end."""
    sheet, u, v = grid(count(i.detail, 7, 3) * 2 + 1, count(i.detail, 60, 14))
    mesh = grid_uv(sheet, u, v)
    wide = n.float_curve(v, [(0, 0.1), (0.06, 0.4), (0.25, 0.92), (0.45, 1.0), (0.75, 0.68), (1, 0.03)])
    half = i.width * 0.5 * wide
    hem = n.math("ABSOLUTE", u)
    fold = hems(u, v, 6.0, i.seed * 1.0) * math("POWER", hem, 1.7) * half * i.ruffle * n.smoothstep(v, 1.0, 0.85)
    teeth = n.math("PINGPONG", v * 60.0, 0.5) * hem * n.smoothstep(hem, 0.9, 1.0) * i.width * 0.05
    chord = i.droop * v * 0.5
    now = n.node("GeometryNodeInputSceneTime")["Seconds"] / i.period
    flap = n.sin((now * 2.0 - v * 0.6) * TAU) * i.sway * 0.08 * v * i.length
    x = n.sin(chord) * v * i.length + (fold + n.sin(v * 7.0) * i.length * 0.02 * v) * n.cos(chord) + flap
    z = n.cos(chord) * v * i.length - fold * n.sin(chord) + i.bladder * 0.92
    y = u * (half + teeth) + n.sin(v * 4.0) * i.length * 0.03 * v
    mesh = n.set_position(mesh, n.combine_xyz(x, y, z))
    spot = n.noise(n.combine_xyz(u, v * 6.0, 0.0), scale=1.5, detail=3.0, w=i.seed)
    light = n.clamp(hem * hem * 0.4 + (1.0 - v) * 0.15 + (spot - 0.5) * 0.6)
    mesh = n.store(mesh, "tint", n.mix(light, i.color, i.young))
    mesh = n.store(mesh, "leaf", 1.0)
    return n.store(mesh, "thin", True, domain="FACE")  # type: ignore[return-value]


def _bladder(i: Inputs) -> Socket:
    """A pear full of gas, its stalk at the origin."""
    pear = lathe(count(i.detail, 14, 6), count(i.detail, 16, 8))
    wide = n.float_curve(
        pear.t, [(0, 0.0), (0.05, 0.16), (0.2, 0.22), (0.45, 0.75), (0.68, 1.0), (0.88, 0.62), (0.97, 0.24), (1, 0.0)]
    )
    mesh = pear.shape(wide * i.bladder * 0.24, pear.t * i.bladder)
    return n.store(mesh, "tint", i.young)  # type: ignore[return-value]


def _holdfast(i: Inputs) -> Socket:
    """Roots that grip the rock: arcs from the foot to the ground."""
    c = tubes(26, count(i.detail, 6, 4), count(i.detail, 14, 6))
    azimuth = c.number * GOLDEN_ANGLE
    far = i.thickness * (2.2 + 0.7 * n.sqrt(n.maximum(i.stipes, 1.0))) * draw(i.seed, 121, 0.5, 1.0, of=c.number)
    wave = n.sin(c.along * 5.0 + c.number * 2.0) * far * 0.14
    out = n.combine_xyz(n.cos(azimuth), n.sin(azimuth), 0.0)
    side = n.combine_xyz(n.sin(azimuth) * -1.0, n.cos(azimuth), 0.0)
    thick = i.thickness * 0.2 * n.mix(c.along, 1.0, 0.3)
    drop = n.cos(n.minimum(c.along * 1.25, 1.0) * 1.5708)
    centre = out * (c.along * far) + side * wave + n.combine_xyz(0.0, 0.0, drop * far * 0.7 + thick)
    slope = n.combine_xyz(0.0, 0.0, 1.0) * n.cos(c.angle) + side * n.sin(c.angle) + out * (n.cos(c.angle) * 0.7 * drop)
    mesh = n.set_position(c.mesh, centre + slope * thick)
    return n.store(n.store(mesh, "tint", i.stem), "bark", 1.0)  # type: ignore[return-value]


KELP = Family("kelp", "Kelp", "Sea", KelpParams, build, PRESETS, "Stipes with gas bladders and long blades, swaying")
