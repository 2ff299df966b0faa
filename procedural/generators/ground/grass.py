"""Grass: a tuft of arching blades, with seed heads on thin culms where it is tall; sways in the wind when asked to."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...materials import shared
from ...materials.herb import GRASS, STEM, GrassParams, StemParams
from ...parts.blooms import variants
from ...parts.leaves import Arc, frame, lay, sheets, stalk, stalks, tinted
from ...parts.plant_parts import GOLDEN_ANGLE, TAU, direction, draw
from ...parts.shapes import count
from ..base import Family


@dataclass(frozen=True)
class GrassTuftParams:
    """Metres and radians; `height` is a grown blade's length."""

    blades: int = param(260, "Number of blades", min=3, max=4000, panel="Blades", usual=(200, 340))
    height: float = param(0.24, "Length of a blade", min=0.01, max=3.0, unit="m", panel="Blades", usual=(0.18, 0.32))
    width: float = param(
        0.0042, "Width of a blade", min=0.0005, max=0.06, unit="m", panel="Blades", usual=(0.0034, 0.005)
    )
    radius: float = param(
        0.05, "Radius of the tuft's foot", min=0.002, max=3.0, unit="m", panel="Blades", usual=(0.035, 0.07)
    )
    spread: float = param(
        0.6, "Lean of the outer blades", min=0.0, max=1.5, unit="rad", panel="Blades", usual=(0.4, 0.8)
    )
    arch: float = param(1.1, "How far blades bend over", min=0.0, max=2.8, unit="rad", panel="Blades", usual=(0.8, 1.5))
    disorder: float = param(0.6, "How much blades differ", min=0.0, max=1.0, panel="Blades", usual=(0.4, 0.8))
    heads: int = param(0, "Culms with seed heads", min=0, max=300, panel="Seed Heads")
    culm: float = param(0.4, "Height of a culm", min=0.02, max=4.0, unit="m", panel="Seed Heads")
    head: float = param(0.09, "Length of a seed head", min=0.01, max=0.8, unit="m", panel="Seed Heads")
    plume: float = param(0.3, "From a tight spike, 0, to a loose plume, 1", min=0.0, max=1.0, panel="Seed Heads")
    wind: float = param(0.0, "How strongly it sways over time", min=0.0, max=2.0, panel="Wind")
    color: tuple[float, ...] = param(
        (0.09, 0.2, 0.025), "Colour of the blades, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    dry: float = param(0.12, "Share of blades that have dried", min=0.0, max=1.0, panel="Colour", usual=(0.03, 0.3))
    head_color: tuple[float, ...] = param(
        (0.36, 0.27, 0.12), "Colour of the seed heads", min=0, max=1, panel="Colour", spread=0.2
    )
    seed: int = param(0, "Another tuft of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "grass": GrassTuftParams(),
    "tall_grass": GrassTuftParams(
        blades=340, height=0.62, width=0.0055, radius=0.07, spread=0.5, arch=1.25, heads=26, culm=0.85, head=0.14, plume=0.35,
        color=(0.12, 0.19, 0.035), dry=0.3,
    ),
    "fountain_grass": GrassTuftParams(
        blades=420, height=0.75, width=0.004, radius=0.06, spread=0.65, arch=1.9, heads=34, culm=0.72, head=0.13, plume=0.1,
        color=(0.14, 0.2, 0.05), head_color=(0.42, 0.28, 0.2), dry=0.15,
    ),
    "lawn": GrassTuftParams(blades=1800, height=0.06, width=0.0026, radius=0.15, spread=0.25, arch=0.8, dry=0.06),
}  # fmt: skip


def build(p: GrassTuftParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of GrassTuftParams."""
    blade = shared(GRASS, GrassParams(color=p.color), "Grass Blade")
    husk = shared(STEM, StemParams(color=p.head_color, fuzz=0.5, flushed=0.2), "Grass Seed Head")
    with new_tree("Grass", p) as tree:
        i = tree.i
        green = tree.material_input("Blade Material", blade, "What blades are made of")
        husks = tree.material_input("Seed Head Material", husk, "What culms and seed heads are made of")
        with tree.frame("Five blades, straight to arched"):
            blades = [
                _blade(i, n.math("ADD", 0.0, arch), i.seed + k) for k, arch in enumerate((0.15, 0.45, 0.75, 1.0, 1.35))
            ]
            tuft = _tuft(i, n.set_material(n.shade_smooth(variants(*blades)), green))
        with tree.frame("Seed heads"):
            heads = [n.set_material(n.shade_smooth(_head(i, i.seed + 11 * k)), husks) for k in (1, 2, 3)]
            culms = _culms(i, variants(*heads))
        tree.o.geometry << n.join(tuft, culms)
    return tree.data


def _sway(i: Inputs, at: Socket, number: Socket) -> Socket:
    """How far the wind turns something, rad about X and Y: gusts that run over the ground, and a flutter of its own."""
    seconds = n.node("GeometryNodeInputSceneTime")["Seconds"]
    gust = n.noise_vector(at * 1.5 - n.combine_xyz(seconds * 1.2, 0.0, 0.0), scale=1.0, detail=1.0, w=seconds * 0.3)
    flutter = n.sin(seconds * 5.0 + draw(i.seed, 91, 0.0, TAU, number)) * 0.06
    return (gust * 0.9 + n.combine_xyz(flutter, flutter, 0.0)) * i.wind * (1.0, 1.0, 0.0)


@grouped("Grass Tuft")
def _tuft(i: Inputs, blades: Socket) -> Socket:
    points = n.points(i.blades)
    number = n.index()
    share = (number + 0.5) / n.maximum(i.blades, 1)
    out = n.sqrt(share) * draw(i.seed, 1, 0.75, 1.1, number)
    around = number * GOLDEN_ANGLE + draw(i.seed, 2, -1.0, 1.0, number) * i.disorder
    at = direction(around) * (out * i.radius)
    points = n.set_position(points, at)
    turn = around + draw(i.seed, 3, -1.3, 1.3, number) * i.disorder
    lean = out * out * i.spread + draw(i.seed, 4, -0.18, 0.22, number) * (0.3 + i.disorder)
    points, turned = n.capture(points, n.combine_xyz(0.0, lean, turn) + _sway(i, at, number))
    long = draw(i.seed, 5, 0.45, 1.0, number) * n.mix(out, 1.0, 0.8)
    thin = draw(i.seed, 6, 0.75, 1.2, number)
    points, size = n.capture(points, n.combine_xyz(long, long * 0.5 + thin * 0.5, long))
    points, pick = n.capture(points, n.math("FLOOR", draw(i.seed, 7, 0.0, 4.99, number)))
    points, own = n.capture(points, draw(i.seed, 8, of=number))
    dried = draw(i.seed, 9, of=number) < i.dry * n.mix(out, 0.6, 1.3)
    light = draw(i.seed, 10, 0.72, 1.25, number)
    hue = n.mix(draw(i.seed, 11, 0.0, 0.3, number), i.color, n.color((0.2, 0.24, 0.02)))
    points, tint = n.capture(points, n.mix(dried, tinted(hue, light), tinted(n.color((0.42, 0.32, 0.14)), light)))
    points, old = n.capture(points, dried * 1.0)
    made = n.instance_on(points, blades, rotation=turned, scale=size, pick=pick)
    made = n.store(made, "tint", tint, domain="INSTANCE")
    made = n.store(made, "age", old, domain="INSTANCE")
    return n.store(made, "random", own, domain="INSTANCE")  # type: ignore[return-value]


@grouped("Grass Blade")
def _blade(i: Inputs, arch: Socket, seed: Socket) -> Socket:
    """One blade from the origin that bends towards +X, folded along its keel and a little twisted."""
    sheet = sheets(1, 2, count(i.detail, 12, 4))
    s = sheet.along
    bend = i.arch * arch
    arc = Arc((0.0, 0.0, 0.0), 0.0, lambda t: n.math("POWER", n.maximum(t, 0.0), 1.6) * bend, i.height)
    half = (
        i.width * 0.5 * n.float_curve(s, [(0, 0.55), (0.2, 0.95), (0.45, 1.0), (0.75, 0.68), (0.93, 0.25), (1, 0.03)])
    )
    twist = draw(seed, 21, -1.0, 1.0, seed) * s
    mesh = lay(sheet, arc, half, cup=0.7, roll=twist)
    return n.store(mesh, "leaf", 1.0)  # type: ignore[return-value]


@grouped("Grass Seed Head")
def _head(i: Inputs, seed: Socket) -> Socket:
    """A culm from the origin to a nodding head of spikelets, with awns."""
    nod = draw(seed, 31, 0.25, 0.8, seed)
    culm = Arc((0.0, 0.0, 0.0), 0.0, lambda t: n.math("POWER", n.maximum(t, 0.0), 2.5) * nod, i.culm)
    tube = stalks(1, 5, count(i.detail, 18, 8))
    knot = n.smoothstep(abs(n.math("PINGPONG", tube.along * 3.0 + 0.5, 0.5) - 0.5), 0.06, 0.0) * 0.8
    stem = stalk(tube, culm, i.width * 0.24 * (1.15 - tube.along * 0.8) * (1.0 + knot))
    stem = n.store(stem, "tint", n.mix(tube.along * 0.7, tinted(i.color, 1.3), i.head_color))
    grains = stalks(n.math("ROUND", n.clamp(i.detail, 0.3, 2.0) * 70.0), 5, 6)
    number, s = grains.number, grains.along
    share = (number + 0.5) / n.math("ROUND", n.clamp(i.detail, 0.3, 2.0) * 70.0)
    at = frame(culm, 1.0 - (i.head / i.culm) * (1.0 - share))
    azimuth = number * GOLDEN_ANGLE
    loose = i.plume * n.float_curve(share, [(0, 0.7), (0.25, 1.0), (1, 0.15)]) * draw(seed, 32, 0.2, 1.0, number)
    root = at.point + direction(azimuth) * (i.head * 0.3 * loose) + n.combine_xyz(0.0, 0.0, loose * i.head * 0.12)
    lean = n.mix(i.plume, 0.5, 0.85) + draw(seed, 33, -0.2, 0.2, number) + at.turn * 0.5
    size = i.head * n.mix(i.plume, 0.13, 0.09) * n.float_curve(share, [(0, 0.7), (0.4, 1.0), (1, 0.6)])
    arc = Arc(root, azimuth, lambda t: lean - t * 0.4, size * 1.5)
    fat = n.float_curve(s, [(0, 0.25), (0.22, 1.0), (0.45, 0.7), (0.6, 0.12), (1, 0.04)])
    grain = stalk(grains, arc, size * 0.15 * fat)
    grain = n.store(grain, "tint", tinted(i.head_color, draw(seed, 34, 0.75, 1.3, number) * (0.9 + s * 0.4)))
    twigs = stalks(n.math("ROUND", n.clamp(i.detail, 0.3, 2.0) * 70.0), 3, 3)
    k, t = twigs.number, twigs.along
    start = frame(
        culm, 1.0 - (i.head / i.culm) * (1.0 - (k + 0.5) / n.math("ROUND", n.clamp(i.detail, 0.3, 2.0) * 70.0))
    )
    wide = (
        i.plume
        * n.float_curve(
            (k + 0.5) / n.math("ROUND", n.clamp(i.detail, 0.3, 2.0) * 70.0), [(0, 0.7), (0.25, 1.0), (1, 0.15)]
        )
        * draw(seed, 32, 0.2, 1.0, k)
    )
    end = direction(k * GOLDEN_ANGLE) * (i.head * 0.3 * wide) + n.combine_xyz(0.0, 0.0, wide * i.head * 0.12)
    # rings lie level: a twig never goes straight aside
    thin = direction(twigs.angle) * (i.width * 0.05)
    twig = n.set_position(twigs.mesh, start.point + end * t + thin + n.combine_xyz(0.0, 0.0, (t - 1.0) * i.head * 0.03))
    twig = n.store(twig, "tint", i.head_color)
    return n.join(stem, grain, twig)


@grouped("Grass Culms")
def _culms(i: Inputs, heads: Socket) -> Socket:
    points = n.points(i.heads)
    number = n.index()
    out = n.sqrt((number + 0.5) / n.maximum(i.heads, 1)) * 0.8
    around = number * GOLDEN_ANGLE + i.seed
    at = direction(around) * (out * i.radius)
    points = n.set_position(points, at)
    lean = out * i.spread * 0.75 + draw(i.seed, 41, -0.1, 0.1, number)
    points, turned = n.capture(
        points, n.combine_xyz(0.0, lean, around + draw(i.seed, 42, -0.5, 0.5, number)) + _sway(i, at, number)
    )
    points, size = n.capture(points, draw(i.seed, 43, 0.72, 1.05, number))
    points, pick = n.capture(points, n.math("FLOOR", draw(i.seed, 44, 0.0, 2.99, number)))
    points, own = n.capture(points, draw(i.seed, 45, of=number))
    made = n.instance_on(points, heads, rotation=turned, scale=size, pick=pick)
    return n.store(made, "random", own, domain="INSTANCE")  # type: ignore[return-value]


GRASS_TUFT = Family(
    "grass", "Grass", "Ground", GrassTuftParams, build, PRESETS, "A tuft of arching blades, tall ones with seed heads"
)
