"""Lamp: a turned or thrown body on a foot, brass fittings, a bulb, and a shade of linen that light comes through."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, current_tree, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...materials import shared
from ...materials.ceramic import GLAZE, GlazeParams
from ...materials.fabric import LINEN, LinenParams
from ...materials.glass import BULB, BulbParams
from ...materials.metal import BRASS, BrassParams
from ...materials.wood import WALNUT, WalnutParams
from ...parts.boards import TAU, at, band, grain, hollow_ring, ring_of, tinted, turned
from ...parts.plant_parts import draw
from ...parts.shapes import count, tube
from ..base import Family


@dataclass(frozen=True)
class LampParams:
    height: float = param(0.52, "Height of the whole", min=0.1, max=3.0, unit="m", usual=(0.44, 0.6))
    body: float = param(
        0.085, "Greatest radius of the body", min=0.006, max=0.5, unit="m", panel="Body", usual=(0.07, 0.1)
    )
    belly: float = param(0.45, "Where the body is widest", min=0.1, max=0.9, panel="Body", usual=(0.35, 0.65))
    foot: float = param(0.075, "Radius of the foot", min=0.02, max=0.5, unit="m", panel="Body", usual=(0.065, 0.09))
    stem: float = param(
        0.012, "Radius of the body's upper end", min=0.003, max=0.1, unit="m", panel="Body", usual=(0.01, 0.02)
    )
    finish: str = param("ceramic", "What the body is made of", choices=("ceramic", "wood", "metal"), panel="Body")
    shade_radius: float = param(
        0.165, "Radius of the shade's lower rim", min=0.03, max=1.0, unit="m", panel="Shade", usual=(0.14, 0.19)
    )
    shade_top: float = param(
        0.66, "Radius of the upper rim, of the lower", min=0.1, max=1.2, panel="Shade", usual=(0.5, 0.9)
    )
    shade_height: float = param(
        0.21, "Height of the shade", min=0.03, max=1.0, unit="m", panel="Shade", usual=(0.17, 0.25)
    )
    sweep: float = param(0.0, "How far its sides curve in", min=-0.3, max=0.5, panel="Shade")
    pleats: int = param(0, "Pleats, 0 for a smooth shade", min=0, max=120, panel="Shade")
    tilt: float = param(
        0.0, "How askew the shade sits", min=-0.4, max=0.4, unit="rad", panel="Shade", usual=(-0.03, 0.03)
    )
    lit: bool = param(True, "Whether it is on", panel="Light")
    cable: float = param(
        0.45, "Length of the cable that lies behind it, 0 for none", min=0.0, max=3.0, unit="m", panel="Light"
    )
    color: tuple[float, ...] = param(
        (0.1, 0.2, 0.27), "Colour of the body, linear RGB", min=0, max=1, panel="Colour", spread=0.4
    )
    cloth: tuple[float, ...] = param(
        (0.74, 0.66, 0.52), "Colour of the shade", min=0, max=1, panel="Colour", spread=0.15
    )
    seed: int = param(0, "Another one", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "lamp": LampParams(),
    "bedside_lamp": LampParams(
        height=0.36, body=0.045, belly=0.3, foot=0.055, finish="wood", color=(0.16, 0.075, 0.035), shade_radius=0.11, shade_top=0.85,
        shade_height=0.15, cable=0.3,
    ),
    "floor_lamp": LampParams(
        height=1.6, body=0.014, belly=0.5, foot=0.15, stem=0.011, finish="metal", color=(0.62, 0.41, 0.16), shade_radius=0.24, shade_top=0.72,
        shade_height=0.27, cable=0.8,
    ),
    "pleated_lamp": LampParams(
        height=0.56, body=0.07, belly=0.62, pleats=56, sweep=0.25, shade_top=0.45, shade_radius=0.19, color=(0.62, 0.6, 0.54),
        cloth=(0.66, 0.42, 0.36),
    ),
}  # fmt: skip


def build(p: LampParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of LampParams."""
    glaze = shared(GLAZE, GlazeParams(color=p.color, crackle=0.3), "Lamp Glaze")
    walnut = shared(WALNUT, WalnutParams(varnish=0.6), "Lamp Wood")
    brass = shared(BRASS, BrassParams(tarnish=0.35), "Lamp Brass")
    linen = shared(LINEN, LinenParams(color=p.cloth, through=0.95, folds=0.05), "Lamp Shade")
    glow = shared(BULB, BulbParams(strength=90.0), "Lamp Bulb")
    with new_tree("Lamp", p) as tree:
        i = tree.i
        ceramic = tree.material_input("Ceramic", glaze, "What a ceramic body is made of")
        wood = tree.material_input("Wood Material", walnut, "What a wooden body is made of")
        metal = tree.material_input("Metal", brass, "What the fittings are made of")
        cloth = tree.material_input("Shade Material", linen, "What the shade is covered with")
        bulb_on = tree.material_input("Bulb Material", glow, "The bulb where it is on")
        with tree.frame("Body"):
            body, fittings, top = _body(i)
            body = tinted(grain(body, draw(i.seed, 1, of=i.seed)), i.color)
            for word, material in (("ceramic", ceramic), ("wood", wood), ("metal", metal)):
                body = n.set_material(body, material, selection=i.finish == word)
        with tree.frame("Shade"):
            shade, wires = _shade(i, top)
            shade = n.set_material(shade, cloth)
        with tree.frame("Bulb"):
            bulb = _bulb(i, top)
            bulb = n.set_material(n.set_material(bulb, ceramic), bulb_on, selection=i.lit)
        with tree.frame("Fittings"):
            cable = n.switch(i.cable > 0.02, None, tinted(_cable(i), n.color((0.05, 0.045, 0.04))))
            brassy = n.set_material(n.join(fittings, wires), metal)
            cord = n.set_material(cable, cloth)
        tree.o.geometry << n.join(body, brassy, bulb, shade, cord)
    return tree.data


@grouped("Lamp Body")
def _body(i: Inputs) -> tuple[Socket, Socket, Socket]:
    """Foot and body in one; collar, socket and their height, m."""
    top = i.height - i.shade_height * 0.78
    f, b, s = i.foot, i.body, i.stem
    base = n.minimum(f * 0.22, top * 0.08)
    wide = n.mix(i.belly, base * 2.2, top)
    narrow = n.minimum(b, f) * 0.55
    points = [
        (0.0, 0.001), (f * 0.92, 0.001), (f * 0.96, 0.0), (f, base * 0.15), (f, base * 0.6), (f * 0.97, base * 0.75), (f * 0.8, base),
        (n.minimum(narrow * 1.1, f * 0.7), base * 1.5), (n.minimum(narrow, b), base * 1.9), (n.mix(0.6, narrow, b), n.mix(0.42, base * 1.9, wide)),
        (b, wide), (n.mix(0.35, b, s), n.mix(0.45, wide, top)), (n.mix(0.86, b, s), n.mix(0.82, wide, top)), (s, top - s * 0.4), (s * 0.9, top),
        (0.0, top + 0.001),
    ]  # fmt: skip
    body = turned(points, i.detail, 96, 5).mesh
    r = n.maximum(n.minimum(s, 0.02), 0.008)
    fit = [
        (0.0, top - 0.001), (r * 1.5, top - 0.001), (r * 1.6, top + 0.003), (r * 1.25, top + 0.006), (r * 0.8, top + 0.01),
        (r * 0.8, top + 0.018), (0.0165, top + 0.024), (0.0175, top + 0.03), (0.0175, top + 0.062), (0.0165, top + 0.066), (0.0, top + 0.066),
    ]  # fmt: skip
    socket = turned(fit, i.detail, 40, 3).mesh
    return n.shade_smooth(body), n.shade_smooth(socket), top


@grouped("Bulb in its Socket")
def _bulb(i: Inputs, top: Socket) -> Socket:
    low = top + 0.064
    r = n.minimum(0.03, i.shade_radius * i.shade_top * 0.45)
    points = [
        (0.0, low), (r * 0.42, low), (r * 0.45, low + r * 0.3), (r * 0.72, low + r * 0.9), (r, low + r * 1.8), (r * 0.9, low + r * 2.4),
        (r * 0.5, low + r * 2.8), (0.0, low + r * 2.92),
    ]  # fmt: skip
    return turned(points, i.detail, 32, 3).mesh


@grouped("Lampshade")
def _shade(i: Inputs, top: Socket) -> tuple[Socket, Socket]:
    """A thin closed skin with rolled rims; the weave follows it by `limb` (around, through, up). And the wires that carry it."""
    r0, r1 = i.shade_radius, i.shade_radius * i.shade_top
    low, high = i.height - i.shade_height, i.height - 0.004
    t = 0.0012  # card and cloth
    waist = (r0 + r1) * 0.5 * (1.0 - i.sweep * 0.4)
    middle = n.mix(0.5, low, high)
    roll, hem = 0.0022, n.minimum(i.shade_height * 0.06, 0.012)  # rims are bound with tape
    # A ring in section: up the outside, in over the rim, down the inside
    outer = [(r0 + roll, low), (r0 + roll, low + hem), (r0, low + hem + 0.0005), (n.mix(0.3, r0, waist), n.mix(0.15, low, high)), (waist, middle),
             (n.mix(0.3, r1, waist), n.mix(0.85, low, high)), (r1, high - hem - 0.0005), (r1 + roll, high - hem), (r1 + roll, high)]  # fmt: skip
    inner = [(r1 - t, high), (n.mix(0.3, r1, waist) - t, n.mix(0.85, low, high)), (waist - t, middle), (n.mix(0.3, r0, waist) - t, n.mix(0.15, low, high)),
             (r0 - t, low)]  # fmt: skip
    mesh, angle, radius, height = hollow_ring([*outer, *inner], i.detail, 160, 3)
    fold = n.math("PINGPONG", angle * i.pleats / TAU, 0.5) * 2.0 - 0.5
    between = n.smoothstep(height, low, low + 0.02) * (1.0 - n.smoothstep(height, high - 0.02, high))
    radius = radius + fold * (i.pleats > 0) * between * i.shade_radius * 0.035
    mesh, around = n.capture(mesh, angle)
    mesh, up = n.capture(mesh, height)
    mesh = n.set_position(mesh, n.combine_xyz(n.cos(angle) * radius, n.sin(angle) * radius, height))
    mesh = n.shade_smooth(n.store(mesh, "limb", n.combine_xyz(around * i.shade_radius, 0.001, up)))
    from_rim = n.minimum(up - low, high - up)
    tape = n.smoothstep(from_rim, hem + 0.0006, hem - 0.0004)
    mesh = tinted(mesh, n.mix(tape, i.cloth, n.mix(1.0, i.cloth, n.color((0.6, 0.54, 0.5)), blend="MULTIPLY")))
    pivot = n.combine_xyz(0.0, 0.0, high)
    askew = n.set_position(mesh, n.rotate(n.position() - pivot, (1.0, 0.3, 0.0), i.tilt) + pivot)
    return askew, _wires(i, top, high, r1)


def _wires(i: Inputs, top: Socket, high: Socket, r1: Socket) -> Socket:
    """Three arms from the rim to the middle, a harp from the socket around the bulb, a knob."""
    thin = 0.0014
    z = high - 0.012
    arm = tube(n.line(n.combine_xyz(0.004, 0.0, z), n.combine_xyz(r1, 0.0, z), 2), thin, 8)
    arms = n.realize(ring_of(arm, 3, 0.0))
    hub = at(band(0.003, 0.004, 0.006, i.detail, 24), 0.0, 0.0, z)
    wide = n.minimum(0.048, r1 * 0.75)
    base = top + 0.02
    harp = current_tree().add(
        "GeometryNodeCurvePrimitiveBezierSegment", mode="POSITION", resolution=count(i.detail, 24, 8)
    )
    harp.set(start=n.combine_xyz(0.012, 0.0, base), start_handle=n.combine_xyz(wide * 1.5, 0.0, n.mix(0.2, base, z)))
    harp.set(end_handle=n.combine_xyz(wide * 1.2, 0.0, z), end=n.combine_xyz(0.0, 0.0, z))
    half = tube(harp.as_socket(), thin, 8)
    both = n.join(half, n.transform(half, rotation=(0.0, 0.0, 3.14159)))
    k = 0.006
    knob = turned(
        [(0.0, z), (k * 0.6, z), (k * 0.5, z + k), (k, z + k * 1.8), (k * 0.8, z + k * 2.8), (0.0, z + k * 3.2)],
        i.detail,
        20,
        3,
    ).mesh
    return n.shade_smooth(n.join(arms, hub, both, knob))


@grouped("Cable")
def _cable(i: Inputs) -> Socket:
    """A cloth-covered cord from the foot, lying in a bend on the ground."""
    long = i.cable
    side = draw(i.seed, 9, -0.4, 0.4, of=i.seed) * long
    bow = current_tree().add(
        "GeometryNodeCurvePrimitiveBezierSegment", mode="POSITION", resolution=count(i.detail, 40, 8)
    )
    bow.set(start=n.combine_xyz(0.0, i.foot * 0.9, 0.006), start_handle=n.combine_xyz(0.0, i.foot + long * 0.35, 0.003))
    bow.set(
        end_handle=n.combine_xyz(side * 2.0, i.foot + long * 0.45, 0.003), end=n.combine_xyz(side, i.foot + long, 0.003)
    )
    return n.shade_smooth(tube(bow.as_socket(), 0.003, count(i.detail, 12, 6)))


LAMP = Family("lamp", "Lamp", "Props", LampParams, build, PRESETS, "A table or floor lamp with a fabric shade")
