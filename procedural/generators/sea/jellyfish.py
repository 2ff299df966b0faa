"""Jellyfish: a bell with a scalloped rim, four horseshoes of eggs, ruffled oral arms and long tentacles; it pulses."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, math, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.sea import JELLY, JellyParams
from ...parts.plant_parts import TAU, draw, points, tubes
from ...parts.shapes import count, lathe
from ...parts.solidify import grid, grid_uv
from ..base import Family


@dataclass(frozen=True)
class JellyfishParams:
    """Metres and radians. The lowest tentacle ends at z = 0."""

    diameter: float = param(0.3, "Across the bell", min=0.01, max=2.5, unit="m", panel="Bell", usual=(0.22, 0.38))
    height: float = param(
        0.5, "Height of the bell, as a share of its width", min=0.15, max=1.5, panel="Bell", usual=(0.42, 0.62)
    )
    thickness: float = param(
        0.09, "Thickness of the bell at its crown, as a share of its width", min=0.01, max=0.3, panel="Bell"
    )
    tuck: float = param(0.12, "How far the rim turns in", min=-0.3, max=0.5, panel="Bell", usual=(0.05, 0.2))
    lobes: int = param(16, "Lappets of the rim", min=0, max=64, panel="Bell")
    scallop: float = param(
        0.05, "Depth of the lappets, as a share of the width", min=0.0, max=0.2, panel="Bell", usual=(0.03, 0.07)
    )
    rays: float = param(0.5, "How plain the rays on the bell are", min=0.0, max=1.0, panel="Bell", usual=(0.2, 0.8))
    arms: int = param(4, "Number of oral arms", min=0, max=12, panel="Arms")
    arm_length: float = param(
        1.3, "Length of the oral arms, as a share of the width", min=0.1, max=6.0, panel="Arms", usual=(1.0, 1.8)
    )
    ruffle: float = param(0.6, "How ruffled they are", min=0.0, max=1.5, panel="Arms", usual=(0.4, 0.9))
    tentacles: int = param(32, "Number of tentacles", min=0, max=400, panel="Tentacles", usual=(24, 48))
    tentacle_length: float = param(
        2.2, "Length of the tentacles, as a share of the width", min=0.05, max=12.0, panel="Tentacles", usual=(1.6, 2.8)
    )
    tentacle: float = param(
        0.008, "Thickness of a tentacle, as a share of the width", min=0.001, max=0.05, panel="Tentacles"
    )
    drift: float = param(
        0.35, "How far a current bends arms and tentacles", min=0.0, max=1.5, panel="Tentacles", usual=(0.1, 0.6)
    )
    eggs: float = param(
        0.8, "Size of the horseshoes within, 0 for none", min=0.0, max=1.5, panel="Bell", usual=(0.6, 1.0)
    )
    color: tuple[float, ...] = param(
        (0.5, 0.62, 0.85), "Colour of the bell, linear RGB", min=0, max=1, panel="Colour", spread=0.3
    )
    mark: tuple[float, ...] = param(
        (0.42, 0.3, 0.72), "Colour of rays and rim", min=0, max=1, panel="Colour", spread=0.3
    )
    within: tuple[float, ...] = param(
        (0.8, 0.36, 0.5), "Colour of arms and horseshoes", min=0, max=1, panel="Colour", spread=0.3
    )
    pulse: float = param(0.0, "Strength of the beat when the scene plays", min=0.0, max=1.0, panel="Motion")
    beat: float = param(1.8, "Seconds from beat to beat", min=0.2, max=20.0, unit="s", panel="Motion")
    seed: int = param(0, "Another animal of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "jellyfish": JellyfishParams(),
    "moon_jelly": JellyfishParams(
        diameter=0.26, height=0.34, thickness=0.07, tuck=0.06, lobes=8, scallop=0.02, arms=4, arm_length=0.55, ruffle=0.4, tentacles=160,
        tentacle_length=0.16, tentacle=0.003, drift=0.1, eggs=1.1, rays=0.25, color=(0.62, 0.7, 0.85), mark=(0.6, 0.6, 0.85), within=(0.7, 0.42, 0.75),
    ),
    "compass_jelly": JellyfishParams(
        diameter=0.24, height=0.52, lobes=32, scallop=0.045, rays=1.0, arms=4, arm_length=2.6, ruffle=0.8, tentacles=24, tentacle_length=3.4,
        eggs=0.0, color=(0.75, 0.6, 0.36), mark=(0.42, 0.14, 0.05), within=(0.8, 0.62, 0.42), drift=0.5,
    ),
    "barrel_jelly": JellyfishParams(
        diameter=0.5, height=0.72, thickness=0.13, tuck=0.22, lobes=48, scallop=0.03, rays=0.3, arms=8, arm_length=0.95, ruffle=1.2, tentacles=0,
        eggs=0.0, color=(0.7, 0.62, 0.55), mark=(0.25, 0.15, 0.62), within=(0.72, 0.55, 0.45), drift=0.15,
    ),
}  # fmt: skip


def build(p: JellyfishParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of JellyfishParams."""
    flesh = shared(JELLY, JellyParams(density=0.24, rim=0.8, size=0.01), "Jellyfish Bell")
    frill = shared(JELLY, JellyParams(density=0.55, rim=0.6, color=(0.8, 0.4, 0.5), size=0.004), "Jellyfish Arm")
    with new_tree("Jellyfish", p) as tree:
        i = tree.i
        of_bell = tree.material_input("Bell Material", flesh, "What the bell is made of")
        of_arms = tree.material_input("Arm Material", frill, "What arms, tentacles and eggs are made of")
        with tree.frame("Beat"):
            now = n.node("GeometryNodeInputSceneTime")["Seconds"] / i.beat
            phase = now - n.math("FLOOR", now)
            # A quick squeeze and a slow release
            squeeze = n.float_curve(phase, [(0, 0.0), (0.16, 0.85), (0.25, 1.0), (0.6, 0.3), (1, 0.0)]) * i.pulse
        with tree.frame("Bell"):
            bell = n.set_material(n.shade_smooth(_bell(i, squeeze)), of_bell)
        with tree.frame("Arms"):
            eggs = n.switch(i.eggs > 0.0, None, n.shade_smooth(_eggs(i, squeeze)))
            arms = n.switch(i.arms > 0, None, n.shade_smooth(_arms(i, now)))
            hairs = n.switch(i.tentacles > 0, None, n.shade_smooth(_tentacles(i, squeeze, now)))
            inner = n.set_material(n.join(eggs, arms, hairs), of_arms)
        with tree.frame("Above the ground"):
            reach = n.maximum(i.tentacle_length * (i.tentacles > 0), i.arm_length * (i.arms > 0)) * 1.08
            rise = n.combine_xyz(0.0, 0.0, i.diameter * n.maximum(reach, 0.1))
        tree.o.geometry << n.transform(n.join(bell, inner), translation=rise)
    return tree.data


def _rim(i: Inputs, angle: Socket, squeeze: Socket) -> tuple[Socket, Socket]:
    """Radius and height (m) of the bell's rim, whose height is about 0."""
    lobe = n.math("ABSOLUTE", n.sin(angle * i.lobes * 0.5)) * (i.lobes > 0)
    radius = i.diameter * 0.5 * (1.0 - i.tuck - squeeze * 0.28)
    return radius, (0.3 - lobe) * i.diameter * i.scallop


def _bell(i: Inputs, squeeze: Socket) -> Socket:
    """One closed skin: under the bell from the middle to the rim, and over it to the crown."""
    ball = lathe(count(i.detail, 144, 32), count(i.detail, 72, 20))
    under = n.clamp(1.0 - ball.t / 0.46)  # 1 in the middle below, 0 at the rim
    over = n.clamp((ball.t - 0.46) / 0.54)  # 0 at the rim, 1 at the crown
    s = n.mix(ball.t > 0.46, under, over)
    rim_radius, rim_height = _rim(i, ball.angle, squeeze)
    # A dome that is widest a little above the rim
    wide = n.float_curve(s, [(0, 0.5), (0.12, 0.53), (0.3, 0.51), (0.55, 0.42), (0.8, 0.22), (1, 0.0)]) * 2.0
    high = n.float_curve(s, [(0, 0.0), (0.12, 0.13), (0.3, 0.4), (0.55, 0.73), (0.8, 0.94), (1, 1.0)])
    near_rim = n.smoothstep(s, 0.45, 0.0)
    full = i.diameter * 0.5 * (1.0 - squeeze * 0.2 * (1.0 - s))
    radius = n.mix(near_rim, full, rim_radius) * wide
    top = i.diameter * i.height * (1.0 + squeeze * 0.22)
    height = high * top + rim_height * near_rim
    # Rays are shallow furrows above; below are folds of muscle
    ray = math("POWER", n.math("ABSOLUTE", n.cos(ball.angle * n.maximum(i.lobes, 8) * 0.5)), 6.0)
    furrow = ray * n.smoothstep(s, 0.0, 0.2) * n.smoothstep(s, 0.75, 0.35)
    thick = i.diameter * i.thickness * n.mix(n.smoothstep(s, 0.0, 0.6), 0.06, 1.0)
    below = ball.t < 0.46
    height = height - n.mix(below, furrow * i.diameter * 0.006, thick)
    radius = radius * (1.0 - n.mix(below, 0.0, 0.03 + 0.05 * n.smoothstep(s, 0.0, 0.3)))
    sway = n.noise(n.combine_xyz(ball.cos * 1.2, ball.sin * 1.2, i.seed), scale=1.0, detail=1.0) - 0.5
    mesh = ball.shape(radius * (1.0 + sway * 0.1), height + sway * i.diameter * 0.05 * near_rim)
    wedge = n.smoothstep(ray, n.mix(s, 0.35, 0.95), 1.0) * n.smoothstep(s, 0.92, 0.6)
    hem = n.smoothstep(s, 0.09, 0.0)
    mesh, tone = n.capture(mesh, n.clamp(wedge * i.rays + hem * 0.8 + 0.15 * n.smoothstep(s, 0.9, 1.0) * i.rays))
    return n.store(mesh, "tint", n.mix(tone, i.color, i.mark))  # type: ignore[return-value]


def _eggs(i: Inputs, squeeze: Socket) -> Socket:
    """Four horseshoes under the crown."""
    c = tubes(4, count(i.detail, 10, 5), count(i.detail, 40, 12))
    bow = (c.along - 0.5) * 4.6
    size = i.diameter * 0.095 * i.eggs
    centre = (c.number + 0.5) * TAU / 4.0
    fold = 1.0 + n.sin(bow * 9.0 + c.number) * 0.07
    x = n.cos(bow) * size * fold
    y = n.sin(bow) * size * 1.15 * fold
    ring = (
        size * 0.28 * math("POWER", n.maximum(1.0 - n.math("ABSOLUTE", c.along * 2.0 - 1.0) ** 6.0, 0.0), 0.5)
        + size * 0.01
    )
    out = n.cos(c.angle) * ring
    x, y = x + n.cos(bow) * out, y + n.sin(bow) * out
    far = i.diameter * 0.15 * (1.0 - squeeze * 0.15) - x * 1.0
    level = i.diameter * i.height * (1.0 + squeeze * 0.22) * 0.96 - i.diameter * i.thickness * 1.45
    dip = (far * far + y * y) / i.diameter * -0.9
    place = n.combine_xyz(
        n.cos(centre) * far - n.sin(centre) * y,
        n.sin(centre) * far + n.cos(centre) * y,
        level + dip + n.sin(c.angle) * ring,
    )
    return n.store(n.set_position(c.mesh, place), "tint", i.within)  # type: ignore[return-value]


def _stream(i: Inputs, down: Socket, number: Socket, now: Socket) -> Socket:
    """How far (m) something that hangs `down` (m, below the rim) is carried aside by the current, and by its own waving."""
    depth = down / i.diameter
    swing = n.noise_vector(
        n.combine_xyz(depth * 0.55 - now * 0.35 * (i.pulse > 0.0), number * 7.7, i.seed * 3.1), scale=1.0, detail=1.0
    )
    own = n.combine_xyz(swing.x, swing.y, 0.0) * (depth * 0.35 + n.smoothstep(depth, 0.0, 0.6) * 0.25)
    current = n.combine_xyz(1.0, 0.35, 0.0) * (depth * depth * 0.16)
    return (own + current) * (i.drift * i.diameter)


def _arms(i: Inputs, now: Socket) -> Socket:
    """Ribbons hung under the crown's middle, their two hems longer than their middle: so they ruffle."""
    sheet, u, v = grid(count(i.detail, 12, 4) * 2 + 1, count(i.detail, 110, 20))
    cloud, arm = points(i.arms)
    mesh = grid_uv(n.realize(n.instance_on(cloud, sheet)), u, v)
    azimuth = (arm + 0.5) * TAU / n.maximum(i.arms, 1) + draw(i.seed, 41, -0.2, 0.2, of=arm)
    length = i.diameter * i.arm_length * draw(i.seed, 42, 0.8, 1.0, of=arm)
    down = v * (length + i.diameter * i.height * 0.6)
    half = i.diameter * 0.1 * n.float_curve(v, [(0, 0.35), (0.2, 0.75), (0.45, 1.0), (0.8, 0.5), (1, 0.06)])
    hem = n.math("ABSOLUTE", u)
    # Each hem waves for itself
    side = n.math("SIGN", u) * 1.7
    wave = n.sin(v * i.arm_length * 17.0 + side * 2.0 + arm * 2.1 + n.sin(v * 13.0 + arm) * 1.4)
    fine = n.sin(v * i.arm_length * 41.0 + side + n.sin(v * 29.0 + arm * 3.0) * 1.5)
    fold = (wave * 0.75 + fine * 0.3) * half * hem * hem * i.ruffle
    outward = n.combine_xyz(n.cos(azimuth), n.sin(azimuth), 0.0)
    across = n.combine_xyz(n.sin(azimuth) * -1.0, n.cos(azimuth), 0.0)
    twist = n.sin(v * 3.0 + arm * 1.9 + i.seed) * 0.9
    flat = across * n.cos(twist) + outward * n.sin(twist)
    out = outward * n.cos(twist) - across * n.sin(twist)
    root = outward * (i.diameter * n.mix(v, 0.045, 0.13))
    drop = n.combine_xyz(0.0, 0.0, down * -1.0 + i.diameter * i.height * 0.62 + fine * hem * half * 0.25 * i.ruffle)
    place = root + drop + flat * (u * half * (1.0 - 0.3 * n.math("ABSOLUTE", wave) * i.ruffle)) + out * fold
    mesh = n.set_position(mesh, place + _stream(i, n.maximum(down - i.diameter * i.height * 0.6, 0.0), arm, now))
    mesh = n.store(mesh, "tint", i.within)
    return n.store(mesh, "thin", True, domain="FACE")  # type: ignore[return-value]


def _tentacles(i: Inputs, squeeze: Socket, now: Socket) -> Socket:
    c = tubes(i.tentacles, count(i.detail, 5, 3), count(i.detail, 44, 10))
    angle = (c.number + draw(i.seed, 51, -0.3, 0.3, of=c.number)) * TAU / n.maximum(i.tentacles, 1)
    radius, height = _rim(i, angle, squeeze)
    length = i.diameter * i.tentacle_length * draw(i.seed, 52, 0.55, 1.0, of=c.number)
    down = c.along * length
    thick = i.diameter * i.tentacle * 0.5 * n.mix(n.math("POWER", c.along, 0.7), 1.0, 0.22)
    out = n.combine_xyz(n.cos(angle), n.sin(angle), 0.0)
    curl = n.sin(down / i.diameter * 15.0 + c.number * 2.4) * n.smoothstep(c.along, 0.3, 1.0) * 0.02 * i.diameter
    spread = radius * 0.985 + curl + n.smoothstep(down / i.diameter, 0.0, 1.2) * -0.12 * i.diameter
    ring = n.combine_xyz(n.cos(c.angle), n.sin(c.angle), 0.0) * thick
    place = out * spread + n.combine_xyz(0.0, 0.0, height * 0.5 + i.diameter * 0.015 - down) + ring
    mesh = n.set_position(c.mesh, place + _stream(i, down, c.number * 0.19 + 40.0, now))
    return n.store(mesh, "tint", n.mix(c.along, i.mark, i.color))  # type: ignore[return-value]


JELLYFISH = Family(
    "jellyfish", "Jellyfish", "Sea", JellyfishParams, build, PRESETS, "A bell that pulses, with arms and tentacles"
)
