"""Seaweed: ruffled blades from one holdfast, straps or broad sheets, that sway when the scene plays."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, math, new_tree
from ...graph import nodes as n
from ...graph.sockets import Input
from ...materials import shared
from ...materials.sea import SEAWEED_SKIN, SeaweedParams
from ...parts.plant_parts import GOLDEN_ANGLE, draw, points
from ...parts.shapes import count, lathe
from ...parts.solidify import grid, grid_uv
from ..base import Family


@dataclass(frozen=True)
class SeaweedBladesParams:
    """Metres and radians."""

    blades: int = param(11, "Number of blades", min=1, max=200, panel="Blades", usual=(8, 15))
    length: float = param(
        0.6, "Length of the longest blade", min=0.02, max=6.0, unit="m", panel="Blades", usual=(0.45, 0.8)
    )
    width: float = param(0.075, "Width of a blade", min=0.001, max=1.0, unit="m", panel="Blades", usual=(0.06, 0.095))
    pointed: float = param(0.5, "From round ends, 0, to pointed ones, 1", min=0.0, max=1.0, panel="Blades")
    neck: float = param(0.16, "Share of a blade that is stalk", min=0.0, max=0.7, panel="Blades", usual=(0.1, 0.22))
    ruffle: float = param(0.55, "How far the hems are thrown up", min=0.0, max=1.5, panel="Blades", usual=(0.35, 0.8))
    waves: float = param(8.0, "Ruffles along a hem", min=0.5, max=60.0, panel="Blades", usual=(6.0, 11.0))
    torn: float = param(0.25, "How ragged the hems are", min=0.0, max=1.0, panel="Blades", usual=(0.1, 0.4))
    spread: float = param(
        0.75, "Lean of the outermost blades", min=0.0, max=1.5, unit="rad", panel="Habit", usual=(0.5, 0.95)
    )
    droop: float = param(
        0.7, "How far blades bend over", min=-0.5, max=2.5, unit="rad", panel="Habit", usual=(0.3, 1.1)
    )
    twist: float = param(0.7, "How blades are twisted", min=0.0, max=3.0, panel="Habit", usual=(0.3, 1.1))
    current: float = param(
        0.2, "How far a current bends it towards +X", min=-1.5, max=1.5, panel="Habit", usual=(-0.1, 0.5)
    )
    color: tuple[float, ...] = param((0.2, 0.15, 0.035), "Colour, linear RGB", min=0, max=1, panel="Colour", spread=0.3)
    young: tuple[float, ...] = param(
        (0.38, 0.3, 0.07), "Colour at hems and ends", min=0, max=1, panel="Colour", spread=0.2
    )
    sway: float = param(0.0, "Strength of the swell when the scene plays", min=0.0, max=1.0, panel="Motion")
    period: float = param(5.0, "Seconds from swell to swell", min=0.5, max=30.0, unit="s", panel="Motion")
    seed: int = param(0, "Another plant of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "seaweed": SeaweedBladesParams(),
    "sea_lettuce": SeaweedBladesParams(
        blades=14, length=0.2, width=0.15, pointed=0.0, neck=0.03, ruffle=0.4, waves=3.0, torn=0.35, spread=1.05, droop=0.45, twist=0.8,
        color=(0.14, 0.36, 0.03), young=(0.36, 0.55, 0.08),
    ),
    "dulse": SeaweedBladesParams(
        blades=20, length=0.3, width=0.04, pointed=0.25, neck=0.1, ruffle=0.4, waves=6.0, torn=0.5, spread=0.9, droop=0.9, color=(0.26, 0.025, 0.045),
        young=(0.45, 0.08, 0.09),
    ),
    "eelgrass": SeaweedBladesParams(
        blades=46, length=0.7, width=0.011, pointed=0.15, neck=0.0, ruffle=0.0, waves=2.0, torn=0.0, spread=0.35, droop=0.8, twist=1.3, current=0.5,
        color=(0.1, 0.22, 0.03), young=(0.2, 0.3, 0.06),
    ),
}  # fmt: skip


def build(p: SeaweedBladesParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of SeaweedBladesParams."""
    skin = shared(SEAWEED_SKIN, SeaweedParams(rib=0.2), "Seaweed")
    with new_tree("Seaweed", p) as tree:
        i = tree.i
        material = tree.material_input("Weed Material", skin, "What blades and holdfast are made of")
        with tree.frame("Blades"):
            mesh = n.join(_blades(i), _holdfast(i))
        tree.o.geometry << n.set_material(n.shade_smooth(mesh), material)
    return tree.data


def hems(u: Socket, v: Socket, waves: Input, number: Input) -> Socket:
    """The ruffle of a blade, -1..1, for each of its two hems by itself; two beats, so that none looks like the next."""
    side = n.math("SIGN", u)
    wander = n.sin(v * waves * 2.7 + number * 4.1 + side) * 0.9
    long = n.sin(v * waves * 6.2832 + wander + side * 1.3 + number * 2.3)
    short = n.sin(v * waves * 14.7 + wander * 2.0 - side * 0.7 + number * 5.9)
    return long * 0.75 + short * 0.3


def _blades(i: Inputs) -> Socket:
    sheet, u, v = grid(count(i.detail, 8, 3) * 2 + 1, count(i.detail, 84, 16))
    cloud, number = points(i.blades)
    mesh = grid_uv(n.realize(n.instance_on(cloud, sheet)), u, v)
    rank = (number + 0.5) / i.blades
    azimuth = number * GOLDEN_ANGLE + i.seed * 2.1
    lean = i.spread * n.sqrt(rank) * draw(i.seed, 91, 0.7, 1.1, of=number)
    length = i.length * n.mix(rank, 1.0, 0.7) * draw(i.seed, 92, 0.65, 1.0, of=number)
    curl = i.droop * draw(i.seed, 93, 0.4, 1.3, of=number)
    # Outline: a stalk, the blade, its end
    on = n.clamp((v - i.neck) / (1.001 - i.neck))
    begin = n.smoothstep(on, -0.02, 0.28)
    round_end = n.sqrt(n.maximum(1.0 - math("POWER", on, 8.0), 0.0))
    point = n.mix(i.pointed, round_end, math("POWER", n.maximum(1.0 - math("POWER", on, 1.7), 0.0), 0.75))
    rag = n.noise(n.combine_xyz(v * 9.0, n.math("SIGN", u) * 3.0, number * 5.3), scale=1.0, detail=3.0, w=i.seed) - 0.5
    half = i.width * 0.5 * n.mix(begin, 0.07, 1.0) * n.maximum(point, 0.02) * (1.0 + rag * i.torn * 1.6 * begin)
    hem = n.math("ABSOLUTE", u)
    fold = (
        hems(u, v, i.waves, number) * math("POWER", hem, 1.6) * half * i.ruffle * begin * n.smoothstep(on, 1.02, 0.85)
    )
    outward = n.combine_xyz(n.cos(azimuth), n.sin(azimuth), 0.0)
    across = n.combine_xyz(n.sin(azimuth) * -1.0, n.cos(azimuth), 0.0)
    chord = lean + curl * v * v * 0.5
    way = outward * n.sin(chord) + n.combine_xyz(0.0, 0.0, n.cos(chord))
    face = n.combine_xyz(0.0, 0.0, n.sin(chord)) - outward * n.cos(chord)
    turn = (n.noise(n.combine_xyz(v * 1.4, number * 3.7, i.seed), scale=1.0, detail=1.0) - 0.5) * i.twist * 4.0
    flat = across * n.cos(turn) + face * n.sin(turn)
    up = face * n.cos(turn) - across * n.sin(turn)
    bow = n.sin(v * 5.0 + number * 1.7) * length * 0.03 * v
    cup = n.math("ABSOLUTE", u) ** 2.0 * half * 0.25
    place = outward * (i.width * 0.1 * n.sqrt(rank)) + way * (length * v) + flat * (u * half) + up * (fold + bow + cup)
    mesh = n.set_position(mesh, place + _swell(i, v, length, number) + n.combine_xyz(0.0, 0.0, i.width * 0.05))
    at = n.position()
    mesh = n.set_position(mesh, n.combine_xyz(at.x, at.y, n.maximum(at.z, 0.004 * i.length + 0.02 * hem * half)))
    spot = n.noise(n.combine_xyz(u * 1.5, v * 7.0, number * 3.3), scale=1.5, detail=3.0, w=i.seed)
    light = n.clamp(hem * hem * 0.45 + on * 0.3 + (spot - 0.5) * 0.6)
    own = draw(i.seed, 95, 0.8, 1.2, of=number)
    tint = n.mix(1.0, n.mix(light, i.color, i.young), n.combine_xyz(own, own, own), blend="MULTIPLY")
    mesh = n.store(mesh, "tint", tint)
    mesh = n.store(mesh, "leaf", 1.0)
    mesh = n.store(mesh, "random", draw(i.seed, 96, of=number))
    return n.store(mesh, "thin", True, domain="FACE")  # type: ignore[return-value]


def _swell(i: Inputs, v: Socket, length: Socket, number: Socket) -> Socket:
    """How far (m) the water carries a blade: the steady current, and the swell to and fro, late at the ends."""
    now = n.node("GeometryNodeInputSceneTime")["Seconds"] / i.period
    beat = n.sin((now - v * 0.22) * 6.2832 + draw(i.seed, 97, -0.5, 0.5, of=number)) * i.sway
    flutter = n.sin((now * 2.3 - v * 0.8) * 6.2832 + number * 2.1) * i.sway * 0.16
    along = (i.current + beat * 0.45) * v * v * length
    return n.combine_xyz(along, flutter * v * v * length, n.math("ABSOLUTE", along) * -0.35 * v)


def _holdfast(i: Inputs) -> Socket:
    """The knot by which it holds to the rock."""
    knot = lathe(count(i.detail, 30, 10), count(i.detail, 16, 6))
    lump = n.noise(n.combine_xyz(knot.cos, knot.sin, knot.t * 2.0), scale=2.6, detail=2.0, w=i.seed) * 1.1 + 0.45
    wide = n.minimum(i.width * 0.5, i.length * 0.05) + i.length * 0.012
    radius = n.float_curve(knot.t, [(0, 0.0), (0.2, 0.9), (0.35, 1.0), (0.6, 0.62), (1, 0.0)]) * wide * lump
    height = n.float_curve(knot.t, [(0, 0.0), (0.2, 0.0), (0.35, 0.1), (0.6, 0.6), (1, 1.0)]) * wide * 0.8
    mesh = n.store(knot.shape(radius, height), "tint", n.mix(0.5, i.color, n.color((0.1, 0.07, 0.03))))
    return n.store(mesh, "bark", 1.0)  # type: ignore[return-value]


SEAWEED = Family(
    "seaweed", "Seaweed", "Sea", SeaweedBladesParams, build, PRESETS, "Ruffled blades from one holdfast, swaying"
)
