"""Bottle: blown glass of one skin, outside and in, with what is in it and a cork."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...materials import shared
from ...materials.glass import GLASS, GlassParams
from ...materials.wood import OAK, OakParams
from ...parts.boards import at, grain, rod, tinted, turned
from ...parts.plant_parts import draw
from ..base import Family


@dataclass(frozen=True)
class BottleParams:
    height: float = param(0.3, "Height without the cork", min=0.03, max=1.5, unit="m", usual=(0.26, 0.33))
    radius: float = param(0.0375, "Radius of the body", min=0.005, max=0.5, unit="m", usual=(0.033, 0.043))
    shoulder: float = param(
        0.62, "Where the shoulder begins, of the height", min=0.1, max=0.9, panel="Outline", usual=(0.52, 0.68)
    )
    slope: float = param(
        0.14, "Length of the shoulder, of the height", min=0.02, max=0.5, panel="Outline", usual=(0.1, 0.22)
    )
    round: float = param(0.0, "From straight sides, 0, to a ball, 1", min=0.0, max=1.0, panel="Outline")
    neck: float = param(
        0.0135, "Radius of the neck", min=0.003, max=0.3, unit="m", panel="Outline", usual=(0.012, 0.016)
    )
    lip: float = param(
        0.002, "How far the lip stands out", min=0.0, max=0.05, unit="m", panel="Outline", usual=(0.0012, 0.003)
    )
    punt: float = param(
        0.02, "How far the bottom is pushed in", min=0.0, max=0.2, unit="m", panel="Outline", usual=(0.01, 0.028)
    )
    wall: float = param(
        0.003, "Thickness of the glass", min=0.0005, max=0.03, unit="m", panel="Outline", usual=(0.0025, 0.004)
    )
    square: float = param(0.0, "How square it is, seen from above", min=0.0, max=1.0, panel="Outline")
    fill: float = param(0.72, "How full it is, of the height", min=0.0, max=0.95, panel="Contents", usual=(0.3, 0.8))
    cork: bool = param(True, "A cork in the neck", panel="Contents")
    glass: tuple[float, ...] = param((0.2, 0.46, 0.16), "Colour of the glass", min=0, max=1, panel="Colour", spread=0.3)
    liquid: tuple[float, ...] = param(
        (0.35, 0.02, 0.035), "Colour of what is in it", min=0, max=1, panel="Colour", spread=0.3
    )
    seed: int = param(0, "Another one", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "bottle": BottleParams(),
    "potion_bottle": BottleParams(
        height=0.16, radius=0.058, shoulder=0.42, slope=0.25, round=0.95, neck=0.014, lip=0.006, punt=0.004, wall=0.0035, fill=0.45,
        glass=(0.9, 0.95, 0.93), liquid=(0.38, 0.05, 0.62),
    ),
    "medicine_bottle": BottleParams(
        height=0.13, radius=0.026, shoulder=0.68, slope=0.09, neck=0.011, lip=0.004, punt=0.003, fill=0.5, square=0.0,
        glass=(0.62, 0.22, 0.03), liquid=(0.7, 0.5, 0.3),
    ),
    "decanter": BottleParams(
        height=0.24, radius=0.05, shoulder=0.52, slope=0.1, square=0.85, neck=0.015, lip=0.007, punt=0.004, wall=0.005, fill=0.38,
        glass=(0.95, 0.97, 0.96), liquid=(0.72, 0.3, 0.05),
    ),
    "milk_bottle": BottleParams(
        height=0.23, radius=0.042, shoulder=0.58, slope=0.3, neck=0.019, lip=0.003, punt=0.008, fill=0.0, cork=False,
        glass=(0.94, 0.98, 0.96),
    ),
}  # fmt: skip


def build(p: BottleParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of BottleParams."""
    clear = shared(GLASS, GlassParams(color=p.glass, waves=0.00015, bubbles=0.25), "Bottle Glass")
    wet = shared(GLASS, GlassParams(color=p.liquid, waves=0.0, smudges=0.0, wear=0.0, bubbles=0.0), "Liquid")
    bark = shared(
        OAK, OakParams(color=(0.45, 0.27, 0.14), ring=0.006, rays=0.0, pores=1.0, relief=0.0004, roughness=0.8), "Cork"
    )
    with new_tree("Bottle", p) as tree:
        i = tree.i
        glass = tree.material_input("Glass Material", clear, "What the bottle is made of")
        liquid = tree.material_input("Liquid Material", wet, "What is in it")
        corky = tree.material_input("Cork Material", bark, "What the cork is cut from")
        with tree.frame("Glass"):
            body = n.set_material(tinted(_square(i, _skin(i)), i.glass), glass)
        with tree.frame("Contents"):
            inside = n.set_material(tinted(_square(i, _contents(i)), i.liquid), liquid)
        with tree.frame("Cork"):
            inner = i.neck - i.wall
            long = n.maximum(i.neck * 2.6, 0.012)
            plug = rod(inner * 1.01, long, i.detail, 32)
            spot = n.position()
            plug = n.set_position(
                plug, offset=n.combine_xyz(spot.x, spot.y, 0.0) * (n.smoothstep(spot.z, 0.0, long * 0.5) * 0.12)
            )
            plug = grain(at(plug, 0.0, 0.0, i.height - long * 0.1), draw(i.seed, 2, of=i.seed), "x")
            plug = n.set_material(n.shade_smooth(plug), corky)
        tree.o.geometry << n.join(body, n.switch(i.fill > 0.03, None, inside), n.switch(i.cork, None, plug))
    return tree.data


def _heights(i: Inputs) -> tuple[Socket, Socket, Socket, Socket]:
    start = i.height * i.shoulder
    neck = n.minimum(start + i.height * i.slope, i.height * 0.93)
    low = n.mix(i.round, i.radius * 0.16, start * 0.5)
    foot = i.radius * n.mix(i.round, 0.94, 0.55)
    return start, neck, low, foot


def _side(i: Inputs) -> list[tuple[Socket, Socket]]:
    """The body's side from above the foot to the shoulder; points near its ends keep straight sides straight."""
    h, r = i.height, i.radius
    start, _, low, _ = _heights(i)
    return [
        (n.mix(i.round, r, r * 0.97), low), (n.mix(i.round, r, r * 0.99), n.mix(i.round, low + h * 0.025, start * 0.6)),
        (r, n.mix(i.round, n.mix(0.5, low, start), start * 0.72)), (n.mix(i.round, r, r * 0.955), n.mix(i.round, start - h * 0.03, start * 0.87)),
        (n.mix(i.round, r, r * 0.86), start),
    ]  # fmt: skip


def _shoulder(i: Inputs) -> list[tuple[Socket, Socket]]:
    """Between the body and the neck: it turns in like a quarter of a ball, and runs out into the neck in a hollow; a ball's is drawn in at once."""
    start, neck_at, _, _ = _heights(i)
    curve = ((0.26, 0.07, 0.26), (0.5, 0.24, 0.5), (0.68, 0.47, 0.68), (0.83, 0.78, 0.86), (0.92, 0.93, 0.95))
    return [
        (n.mix(n.mix(i.round, inward, ball), i.radius * n.mix(i.round, 1.0, 0.86), i.neck), n.mix(up, start, neck_at))
        for up, inward, ball in curve
    ]


@grouped("Bottle Glass")
def _skin(i: Inputs) -> Socket:
    h, r, w = i.height, i.radius, i.wall
    start, neck_at, _, foot = _heights(i)
    lip_low = n.maximum(h - i.neck * 0.9, neck_at + 0.002)
    n_in, edge = i.neck - w, i.neck + i.lip
    points = [
        (0.0, i.punt), (foot * 0.4, i.punt * 0.72), (foot * 0.8, w * 0.4), (foot * 0.88, 0.0), (foot * 0.96, w * 0.25),
        (n.mix(i.round, r * 0.99, r * 0.8), n.mix(i.round, w * 1.8, start * 0.16)), *_side(i), *_shoulder(i), (i.neck, neck_at), (i.neck * 0.985, n.mix(0.6, neck_at, lip_low)),
        (i.neck, lip_low), (edge, lip_low + i.lip * 0.6), (edge, h - i.lip * 0.7 - 0.0006), (edge - i.lip * 0.4 - 0.0004, h),
        (n_in + w * 0.25, h), (n_in, h - w * 0.5), (n_in, n.mix(0.6, neck_at, lip_low)), (n_in, neck_at),
        *[(radius - w, height - w * 0.3) for radius, height in reversed(_shoulder(i))],
        *[(radius - w, height) for radius, height in reversed(_side(i))],
        (n.mix(i.round, r * 0.99, r * 0.8) - w * 1.4, n.mix(i.round, w * 3.2, start * 0.16 + w)), (foot * 0.72, w * 2.4),
        (foot * 0.38, i.punt * 0.72 + w * 1.6), (0.0, i.punt + w * 1.6),
    ]  # fmt: skip
    return turned(points, i.detail, 96, 3).mesh


@grouped("Contents")
def _contents(i: Inputs) -> Socket:
    """Fills what the glass leaves, and a hair into it, so that no film of air shines between."""
    r, w = i.radius, i.wall * 0.9
    start, neck_at, _, foot = _heights(i)
    full = i.height * i.fill
    skin = [
        (n.mix(i.round, r * 0.99, r * 0.8) - w * 1.4, n.mix(i.round, w * 3.2, start * 0.16 + w)),
        *[(radius - w, height) for radius, height in _side(i)],
        *[(radius - w, height - w * 0.3) for radius, height in _shoulder(i)], (i.neck - w, neck_at), (i.neck - w, i.height * 0.96),
    ]  # fmt: skip
    points = [
        (0.0, i.punt + w * 1.6),
        (foot * 0.38, i.punt * 0.72 + w * 1.6),
        (foot * 0.72, w * 2.4),
        *skin,
        (0.0, i.height * 0.96),
    ]
    made = turned(points, i.detail, 96, 6)
    # What lies above the level comes down onto it, a flat lid within the body's width
    spot = n.position()
    above = n.maximum(spot.z - full, 0.0)
    shut = n.smoothstep(above, 0.0, 0.0005)
    inward = n.maximum(1.0 - above / (i.height * 0.97 - full) * 0.9, 0.05)
    keep = n.mix(shut, 1.0, inward)
    return n.set_position(made.mesh, n.combine_xyz(spot.x * keep, spot.y * keep, n.minimum(spot.z, full)))


@grouped("Pressed Square")
def _square(i: Inputs, mesh: Socket) -> Socket:
    """Press the body square towards its sides; the neck stays round."""
    spot = n.position()
    flat = n.sqrt(spot.x * spot.x + spot.y * spot.y) + 1e-6
    most = n.maximum(abs(spot.x), abs(spot.y)) / flat
    body = 1.0 - n.smoothstep(spot.z / i.height, i.shoulder, i.shoulder + i.slope)
    factor = n.mix(
        i.square * body * 0.9,
        1.0,
        0.8 / n.math("POWER", n.math("POWER", most, 6.0) + n.math("POWER", 1.0 - most * most + 1e-9, 3.0), 1.0 / 6.0),
    )
    return n.set_position(mesh, n.combine_xyz(spot.x * factor, spot.y * factor, spot.z))


BOTTLE = Family(
    "bottle", "Bottle", "Props", BottleParams, build, PRESETS, "A glass bottle with what is in it and a cork"
)
