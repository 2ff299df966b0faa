"""Reeds: tall stiff blades in fans, with cattails' velvet spikes on bare stalks."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...materials import shared
from ...materials.herb import GRASS, STEM, GrassParams, StemParams
from ...materials.plain import PLAIN, PlainParams
from ...parts.blooms import Stand
from ...parts.leaves import Arc, frame, lay, marked, sheets, stalk, stalks, tinted
from ...parts.plant_parts import GOLDEN_ANGLE, direction, draw
from ...parts.shapes import count
from ..base import Family


@dataclass(frozen=True)
class ReedParams:
    """Metres and radians."""

    shoots: int = param(16, "Fans of blades", min=1, max=200, panel="Blades", usual=(11, 22))
    each: int = param(7, "Blades of a fan", min=1, max=20, panel="Blades", usual=(5, 9))
    height: float = param(1.6, "Length of a blade", min=0.1, max=5.0, unit="m", panel="Blades", usual=(1.3, 1.9))
    width: float = param(0.018, "Width of a blade", min=0.002, max=0.1, unit="m", panel="Blades", usual=(0.014, 0.022))
    radius: float = param(0.3, "Radius of the clump", min=0.02, max=5.0, unit="m", panel="Blades", usual=(0.22, 0.4))
    spread: float = param(
        0.2, "Lean of the outer shoots", min=0.0, max=1.0, unit="rad", panel="Blades", usual=(0.1, 0.3)
    )
    bend: float = param(0.5, "How far blades bend over", min=0.0, max=2.0, unit="rad", panel="Blades", usual=(0.3, 0.8))
    broken: float = param(0.1, "Share of blades that are snapped", min=0.0, max=1.0, panel="Blades", usual=(0.0, 0.2))
    spikes: int = param(7, "Stalks with a spike", min=0, max=100, panel="Spikes", usual=(4, 10))
    stalk: float = param(1.5, "Height of the stalks", min=0.1, max=5.0, unit="m", panel="Spikes", usual=(1.3, 1.75))
    spike: float = param(0.17, "Length of a spike", min=0.01, max=0.6, unit="m", panel="Spikes", usual=(0.13, 0.21))
    thick: float = param(
        0.0125, "Radius of a spike", min=0.001, max=0.05, unit="m", panel="Spikes", usual=(0.01, 0.0145)
    )
    ripe: float = param(
        0.15, "How far spikes have burst into fluff", min=0.0, max=1.0, panel="Spikes", usual=(0.0, 0.35)
    )
    color: tuple[float, ...] = param(
        (0.11, 0.2, 0.05), "Colour of the blades, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    dry: float = param(0.15, "Share of blades that have dried", min=0.0, max=1.0, panel="Colour", usual=(0.0, 0.35))
    spike_color: tuple[float, ...] = param(
        (0.11, 0.045, 0.018), "Colour of the spikes", min=0, max=1, panel="Colour", spread=0.2
    )
    seed: int = param(0, "Another clump of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "cattail": ReedParams(),
    "reeds": ReedParams(shoots=26, each=5, height=1.2, width=0.011, spikes=0, bend=0.35, dry=0.1, radius=0.4),
    "winter_reeds": ReedParams(dry=1.0, broken=0.4, ripe=0.9, bend=0.9, spike_color=(0.24, 0.15, 0.08)),
}  # fmt: skip


def build(p: ReedParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of ReedParams."""
    blade = shared(GRASS, GrassParams(color=p.color, lines=17.0, dry=0.25), "Reed Blade")
    velvet = shared(
        PLAIN, PlainParams(color=p.spike_color, roughness=0.95, size=0.002, bump=0.0006, mottle=0.4), "Cattail Spike"
    )
    skin = shared(STEM, StemParams(color=p.color, fuzz=0.0, fibre=0.001), "Reed Stalk")
    with new_tree("Reeds", p) as tree:
        i = tree.i
        green = tree.material_input("Blade Material", blade, "What blades are made of")
        velvets = tree.material_input("Spike Material", velvet, "What spikes are made of")
        stems = tree.material_input("Stalk Material", skin, "What stalks are made of")
        stand = Stand(i.spikes, i.stalk, i.spread * 0.8, 0.03, 0.08, i.seed)
        tubes = n.store(stand.stems(i.width * 0.2, i.detail, 1.3), "tint", tinted(i.color, 1.3))
        spikes = _spikes(i, stand)
        tree.o.geometry << n.join(
            n.set_material(n.shade_smooth(_blades(i)), green),
            n.set_material(n.shade_smooth(tubes), stems),
            n.set_material(n.shade_smooth(spikes), velvets),
        )
    return tree.data


@grouped("Reed Blades")
def _blades(i: Inputs) -> Socket:
    """Fans: the blades of a shoot stand in one plane, on alternating sides; some are snapped and hang."""
    sheet = sheets(i.shoots * i.each, 2, count(i.detail, 26, 8))
    number, s = sheet.number, sheet.along
    shoot = n.math("FLOOR", (number + 0.5) / n.maximum(i.each, 1))
    order = (number - shoot * i.each + 0.5) / n.maximum(i.each, 1)  # 0 the outermost blade of its fan
    share = (shoot + 0.5) / n.maximum(i.shoots, 1)
    around = shoot * GOLDEN_ANGLE + i.seed * 1.1
    plane = around + draw(i.seed, 1, -1.2, 1.2, shoot)
    side = n.math("MODULO", number, 2.0) * 2.0 - 1.0
    azimuth = plane + (side - 1.0) * 1.5708 + draw(i.seed, 2, -0.35, 0.35, number)
    outward = n.sqrt(share) * i.spread * n.cos(azimuth - around)
    lean = outward + n.mix(order, 0.24, 0.03) + draw(i.seed, 3, -0.05, 0.08, number)
    bent = i.bend * draw(i.seed, 4, 0.2, 1.5, number) * n.mix(order, 1.2, 0.6)
    snap = (draw(i.seed, 5, of=number) < i.broken) * draw(i.seed, 6, 1.4, 2.4, number)
    where = draw(i.seed, 7, 0.4, 0.75, number)

    def turn(t: Socket) -> Socket:
        return lean + n.math("POWER", n.maximum(t, 0.0), 2.0) * bent + n.smoothstep(t, where, where + 0.1) * snap

    size = draw(i.seed, 8, 0.68, 1.05, number) * n.mix(order, 0.82, 1.0)
    out = n.sqrt(share) * i.radius * draw(i.seed, 9, 0.8, 1.1, shoot)
    root = direction(around) * out + direction(azimuth) * (i.width * 0.4 * (1.0 - order))
    arc = Arc(root, azimuth, turn, i.height * size)
    half = i.width * 0.5 * n.float_curve(s, [(0, 0.9), (0.1, 0.8), (0.35, 1.0), (0.7, 0.72), (0.92, 0.25), (1, 0.03)])
    mesh = lay(sheet, arc, half, cup=n.mix(s, 1.1, 0.4), roll=draw(i.seed, 10, -1.6, 1.6, number) * s)
    dried = draw(i.seed, 11, of=number) < i.dry * n.mix(order, 1.4, 0.7)
    light = draw(i.seed, 12, 0.78, 1.2, number)
    tint = n.mix(dried, tinted(i.color, light), tinted(n.color((0.42, 0.31, 0.14)), light))
    return marked(mesh, tint, draw(i.seed, 13, of=number), 1.0 - order)


@grouped("Cattail Spikes")
def _spikes(i: Inputs, stand: Stand) -> Socket:
    """The velvet seed spike, and the thin spire of the male flowers above it; ripe ones burst from one side."""
    tubes = stalks(i.spikes, count(i.detail, 22, 8), count(i.detail, 44, 14))
    number, s = tubes.number, tubes.along
    tip = stand.arc(number)
    at = frame(tip, 0.985)
    own = draw(i.seed, 21, 0.75, 1.1, number)
    arc = Arc(at.point, tip.azimuth, lambda t: at.turn + t * 0.05, i.spike * 1.75 * own)
    velvet = n.float_curve(
        s,
        [
            (0, 0.25),
            (0.02, 0.85),
            (0.06, 1.0),
            (0.52, 0.98),
            (0.565, 0.8),
            (0.585, 0.16),
            (0.66, 0.13),
            (0.72, 0.26),
            (0.9, 0.2),
            (1, 0.05),
        ],
    )
    ragged = n.noise(
        n.combine_xyz(n.cos(tubes.angle) * 0.8, n.sin(tubes.angle) * 0.8 + number * 5.1, s * 7.0),
        scale=1.6,
        detail=4.0,
        w=i.seed,
    )
    burst = (
        n.smoothstep(ragged + i.ripe * 0.7, 0.72, 1.0)
        * n.smoothstep(s, 0.0, 0.1)
        * n.smoothstep(s, 0.58, 0.5)
        * (i.ripe > 0.01)
    )
    mesh = stalk(tubes, arc, i.thick * own * velvet * (1.0 + burst * (0.3 + ragged * 0.9)))
    above = n.smoothstep(s, 0.56, 0.6)
    brown = tinted(i.spike_color, 0.75 + ragged * 0.5)
    tint = n.mix(burst, n.mix(above, brown, n.color((0.32, 0.22, 0.1))), n.color((0.52, 0.42, 0.29)))
    return n.store(n.store(mesh, "tint", tint), "random", own)  # type: ignore[return-value]


REEDS = Family(
    "reeds", "Reeds", "Ground", ReedParams, build, PRESETS, "Stiff blades in fans, with cattails' velvet spikes"
)
