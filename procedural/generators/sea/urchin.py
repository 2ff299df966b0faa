"""Sea urchin: a flattened test of ten double rows of pores and knobs, and its spines."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, math, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.sea import CHITIN, STAR_SKIN, ChitinParams, StarSkinParams
from ...parts.plant_parts import TAU, draw, points
from ...parts.shapes import count, lathe
from ..base import Family

COLUMNS = 20  # two of plates for each of the five rays, and two between them: so it is with all living urchins


@dataclass(frozen=True)
class UrchinParams:
    """Metres and radians."""

    diameter: float = param(0.07, "Across the test", min=0.005, max=0.4, unit="m", panel="Test", usual=(0.055, 0.085))
    flat: float = param(
        0.62, "Height of the test, as a share of its width", min=0.2, max=1.2, panel="Test", usual=(0.55, 0.7)
    )
    bulge: float = param(0.04, "How far the rays bulge", min=0.0, max=0.2, panel="Test", usual=(0.02, 0.06))
    knob: float = param(
        0.02, "Height of the knobs that carry spines, as a share of the width", min=0.0, max=0.08, panel="Test"
    )
    rows: int = param(17, "Spines in a column", min=3, max=40, panel="Spines", usual=(14, 20))
    length: float = param(
        0.028,
        "Length of the longest spines, 0 for a bare test",
        min=0.0,
        max=0.6,
        unit="m",
        panel="Spines",
        usual=(0.02, 0.036),
    )
    thickness: float = param(
        0.0016,
        "Thickness of a spine at its foot",
        min=0.0002,
        max=0.03,
        unit="m",
        panel="Spines",
        usual=(0.0017, 0.0025),
    )
    blunt: float = param(0.15, "From needles, 0, to pencils, 1", min=0.0, max=1.0, panel="Spines")
    disorder: float = param(
        0.35, "How spines differ in length and direction", min=0.0, max=1.0, panel="Spines", usual=(0.2, 0.5)
    )
    short: float = param(
        0.55,
        "Length of the second spines, between the first, as a share",
        min=0.0,
        max=1.0,
        panel="Spines",
        usual=(0.4, 0.7),
    )
    color: tuple[float, ...] = param(
        (0.16, 0.05, 0.17), "Colour of the spines, linear RGB", min=0, max=1, panel="Colour", spread=0.35
    )
    tip: tuple[float, ...] = param((0.4, 0.22, 0.42), "Colour at their tips", min=0, max=1, panel="Colour", spread=0.25)
    test: tuple[float, ...] = param((0.09, 0.04, 0.08), "Colour of the test", min=0, max=1, panel="Colour", spread=0.2)
    stripe: tuple[float, ...] = param(
        (0.2, 0.1, 0.15), "Colour of its knobs and rays", min=0, max=1, panel="Colour", spread=0.2
    )
    rings: float = param(0.0, "How plain the spines are ringed", min=0.0, max=1.0, panel="Colour")
    seed: int = param(0, "Another animal of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "urchin": UrchinParams(),
    "long_spined_urchin": UrchinParams(
        diameter=0.06, flat=0.6, rows=13, length=0.17, thickness=0.0016, blunt=0.0, disorder=0.45, short=0.6, color=(0.035, 0.03, 0.05),
        tip=(0.06, 0.05, 0.09), test=(0.04, 0.035, 0.05), stripe=(0.08, 0.1, 0.25),
    ),
    "pencil_urchin": UrchinParams(
        diameter=0.06, flat=0.68, rows=6, length=0.075, thickness=0.0085, blunt=0.85, disorder=0.25, short=0.13, knob=0.03,
        color=(0.5, 0.13, 0.06), tip=(0.6, 0.3, 0.2), test=(0.35, 0.1, 0.06), stripe=(0.5, 0.25, 0.15), rings=0.6,
    ),
    "bare_urchin": UrchinParams(
        diameter=0.075, length=0.0, knob=0.022, rows=19, bulge=0.05, test=(0.36, 0.2, 0.32), stripe=(0.75, 0.66, 0.55)
    ),
}  # fmt: skip


def build(p: UrchinParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of UrchinParams."""
    spines = shared(CHITIN, ChitinParams(flecks=0.0, size=0.004, pits=0.00005, gloss=0.55), "Urchin Spine")
    skin = shared(
        STAR_SKIN,
        StarSkinParams(color=(0.2, 0.1, 0.14), grain=(0.5, 0.4, 0.4), size=0.0012, bump=0.0002),
        "Urchin Test",
    )
    with new_tree("Urchin", p) as tree:
        i = tree.i
        of_test = tree.material_input("Test Material", skin, "What the test is made of")
        of_spines = tree.material_input("Spine Material", spines, "What the spines are made of")
        with tree.frame("Test"):
            test = n.set_material(n.shade_smooth(_test(i)), of_test)
        with tree.frame("Spines"):
            sharp = n.set_material(_spines(i), of_spines)
        tree.o.geometry << n.join(test, n.switch(i.length > 0.0, None, sharp))
    return tree.data


def _skin(i: Inputs, t: Socket, angle: Socket) -> tuple[Socket, Socket]:
    """Radius and height (m) of the test's smooth form."""
    radius = i.diameter * 0.5
    ray = n.cos(angle * 5.0) * i.bulge
    wide = n.float_curve(
        t, [(0, 0.0), (0.1, 0.42), (0.25, 0.82), (0.42, 1.0), (0.62, 0.93), (0.8, 0.66), (0.93, 0.28), (1, 0.0)]
    )
    high = n.float_curve(
        t, [(0, 0.06), (0.1, 0.0), (0.25, 0.12), (0.42, 0.36), (0.62, 0.7), (0.8, 0.92), (0.93, 0.995), (1, 1.0)]
    )
    return wide * radius * (1.0 + ray), high * i.diameter * i.flat


def _test(i: Inputs) -> Socket:
    """The test. Its knobs sit where the spines are, which is why both count columns and rows the same way."""
    ball = lathe(count(i.detail, 200, 40), count(i.detail, 104, 20))
    t = ball.t
    column = ball.angle / TAU * COLUMNS + COLUMNS
    row = (t - 0.06) / 0.88 * i.rows - 0.5 * n.math("FLOORED_MODULO", n.math("FLOOR", column), 2.0)
    across = n.math("FRACT", column) - 0.5
    up = n.math("FRACT", row) - 0.5
    aspect = n.sin(t * 3.14159) * i.rows / COLUMNS * 2.2  # plates are wider than high
    far = n.sqrt(across * across * aspect * aspect + up * up)
    within = n.smoothstep(t, 0.04, 0.09) * n.smoothstep(t, 0.985, 0.93)
    boss = n.smoothstep(far, 0.4, 0.12) * within
    nipple = n.smoothstep(far, 0.14, 0.06) * within
    # Pairs of pores run along every second border between columns
    border = n.math("PINGPONG", column * 0.5 + 0.5, 0.5) * 2.0
    pore_row = n.math("PINGPONG", (t * i.rows * 3.0), 0.5) * 2.0
    pore = n.smoothstep(border, 0.16, 0.07) * n.smoothstep(pore_row, 0.5, 0.85) * within
    seam = n.smoothstep(border, 0.05, 0.0) * within
    lift = i.diameter * i.knob * (boss * 0.6 + nipple * 0.5 - pore * 0.35 - seam * 0.1)
    radius, height = _skin(i, t, ball.angle)
    mesh = ball.shape(radius + lift * n.sin(t * 3.0), height + lift * (t - 0.4))
    mesh, tone = n.capture(mesh, n.clamp(boss * 0.75 + n.smoothstep(border, 0.3, 0.05) * 0.35 - pore * 0.9))
    cloud = n.noise(n.position() / i.diameter, scale=5.0, detail=2.0, w=i.seed)
    tint = n.mix(tone, i.test, i.stripe)
    light = 0.75 + cloud * 0.5
    return n.store(mesh, "tint", n.mix(1.0, tint, n.combine_xyz(light, light, light), blend="MULTIPLY"))  # type: ignore[return-value]


def _spines(i: Inputs) -> Socket:
    first = _set(i, 0)
    return n.join(first, n.switch(i.short > 0.0, None, _set(i, 1)))


def _set(i: Inputs, second: int) -> Socket:
    """The first spines, on the knobs, or the second between them."""
    cloud, number = points(i.rows * COLUMNS)
    column = math("FLOOR", number / i.rows)
    row = number - column * i.rows
    odd = n.math("FLOORED_MODULO", column, 2.0)
    t = (row + 0.5 + 0.5 * odd + 0.5 * second) / i.rows * 0.88 + 0.06
    angle = (column + 0.5 + 0.5 * second - COLUMNS) / COLUMNS * TAU
    radius, height = _skin(i, t, angle)
    cloud = n.set_position(cloud, n.combine_xyz(n.cos(angle) * radius, n.sin(angle) * radius, height))
    cloud, high = n.capture(cloud, t)
    cloud, own = n.capture(cloud, number + 1000 * second)
    # Near the top columns crowd: only some of them go on
    crowded = n.sin(t * 3.14159) < draw(i.seed, 21 + second, 0.0, 0.75, of=number)
    cloud = n.delete(cloud, crowded | (t > 0.965) | (t < 0.06))
    stray = n.combine_xyz(*(draw(i.seed, 30 + second * 5 + k, -1.0, 1.0, of=own) for k in range(3))) * i.disorder * 0.42
    at = n.position()
    away = (n.combine_xyz(at.x, at.y, (at.z - i.diameter * i.flat * 0.38) * 1.25) / (i.diameter * 0.5)).normalized()
    # Below they stand on the ground and are short
    size = n.float_curve(high, [(0, 0.25), (0.22, 0.45), (0.45, 0.95), (0.7, 1.0), (1, 0.7)])
    size = size * i.length * (1.0 + draw(i.seed, 27 + second, -0.6, 0.25, of=own) * i.disorder)
    thick = i.thickness * 0.5 * n.mix(i.disorder, 1.0, draw(i.seed, 29, 0.75, 1.15, of=own))
    if second:
        size = size * i.short
        thick = thick * n.mix(i.blunt, 0.75, 0.55)
    direction = (away + stray).normalized()
    # None goes through the ground: those that would are turned up
    direction = n.combine_xyz(
        direction.x, direction.y, n.maximum(direction.z, (at.z - thick) / n.maximum(size, 1e-4) * -0.95)
    )
    spine = n.instance_on(cloud, _spine(i), rotation=n.align_to(direction), scale=n.combine_xyz(thick, thick, size))
    return n.store(spine, "random", draw(i.seed, 36 + second), domain="INSTANCE")  # type: ignore[return-value]


def _spine(i: Inputs) -> Socket:
    """A spine of length and half thickness 1: a collar, a shaft, and a tip."""
    rod = lathe(count(i.detail, 10, 5), count(i.detail, 26, 8))
    t = rod.t
    needle = n.float_curve(t, [(0, 0.0), (0.02, 0.8), (0.05, 1.0), (0.1, 0.72), (0.5, 0.48), (0.9, 0.16), (1, 0.0)])
    pencil = n.float_curve(
        t, [(0, 0.0), (0.03, 0.42), (0.08, 0.5), (0.14, 0.5), (0.4, 0.85), (0.8, 0.95), (0.97, 0.7), (1, 0.0)]
    )
    ridge = 1.0 + n.cos(rod.angle * 5.0) * 0.05 * i.blunt
    mesh = rod.shape(n.mix(i.blunt, needle, pencil) * ridge, t)
    wave = n.smoothstep(n.sin(t * 24.0) * 0.5 + 0.5, 0.55, 0.75) * i.rings
    far = n.mix(wave, n.smoothstep(t, 0.15, 1.0), n.smoothstep(t, 0.15, 1.0) * 0.3 + 0.6)
    return n.shade_smooth(n.store(mesh, "tint", n.mix(far, i.color, i.tip)))  # type: ignore[return-value]


URCHIN = Family(
    "urchin", "Sea Urchin", "Sea", UrchinParams, build, PRESETS, "A test of knobs and pores with spines in rows"
)
