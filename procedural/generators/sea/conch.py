"""Conch: sea snails' shells from whelk to murex, one spiral with ribs, knobs, spines, cords, a siphonal canal and a flared lip."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, math, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.shell import SEASHELL, ShellParams
from ...parts.shapes import count
from ...parts.spiral import Whorls, fit, hump, whorls
from ..base import Family


@dataclass(frozen=True)
class ConchParams:
    """Metres and radians; shares are of the aperture's size."""

    length: float = param(
        0.2, "Length from tip to canal", min=0.005, max=1.0, unit="m", panel="Spiral", usual=(0.15, 0.24)
    )
    whorls: float = param(7.0, "Turns of the spiral", min=2.0, max=18.0, panel="Spiral", usual=(6.0, 8.0))
    expansion: float = param(1.75, "Growth a turn", min=1.1, max=4.0, panel="Spiral", usual=(1.65, 1.9))
    spire: float = param(1.75, "How far the spiral climbs", min=0.0, max=12.0, panel="Spiral", usual=(1.5, 2.0))
    width: float = param(0.62, "Half the width of the mouth", min=0.2, max=1.2, panel="Mouth", usual=(0.56, 0.68))
    height: float = param(0.95, "Half the height of the mouth", min=0.2, max=2.5, panel="Mouth", usual=(0.85, 1.05))
    canal: float = param(0.7, "Length of the canal below", min=0.0, max=4.0, panel="Mouth", usual=(0.5, 0.95))
    flare: float = param(0.8, "How far the lip is spread", min=0.0, max=2.0, panel="Mouth", usual=(0.55, 1.05))
    wall: float = param(0.06, "Thickness of the wall", min=0.01, max=0.3, panel="Mouth", usual=(0.05, 0.08))
    ribs: int = param(9, "Ribs or knobs a turn", min=0, max=40, panel="Relief", usual=(7, 11))
    rib: float = param(0.2, "Height of the ribs", min=0.0, max=0.6, panel="Relief", usual=(0.14, 0.26))
    knob: float = param(0.9, "From ribs, 0, to knobs on the shoulder, 1", min=0.0, max=1.0, panel="Relief")
    spine: float = param(0.25, "Length of the spines", min=0.0, max=2.5, panel="Relief", usual=(0.1, 0.4))
    spine_rows: int = param(1, "Rows of spines", min=1, max=6, panel="Relief")
    cords: int = param(16, "Cords along the spiral", min=0, max=60, panel="Relief", usual=(12, 22))
    cord: float = param(0.012, "Height of the cords", min=0.0, max=0.15, panel="Relief", usual=(0.006, 0.02))
    color: tuple[float, ...] = param(
        (0.62, 0.42, 0.24), "Colour outside, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    mark: tuple[float, ...] = param(
        (0.36, 0.16, 0.06), "Colour of bands and spots", min=0, max=1, panel="Colour", spread=0.25
    )
    marks: float = param(0.8, "How plain bands and spots are", min=0.0, max=1.0, panel="Colour", usual=(0.4, 1.0))
    lip: tuple[float, ...] = param(
        (0.75, 0.27, 0.2), "Colour inside the mouth", min=0, max=1, panel="Colour", spread=0.15
    )
    tilt: float = param(1.72, "From standing on its canal, 0, to lying", min=-3.2, max=3.2, unit="rad", panel="Pose")
    roll: float = param(0.75, "Turn about its own axis", min=-3.2, max=3.2, unit="rad", panel="Pose", usual=(0.5, 1.0))
    seed: int = param(0, "Another shell of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "conch": ConchParams(),
    "whelk": ConchParams(
        length=0.1, whorls=6.5, expansion=1.7, spire=2.3, width=0.6, height=0.85, canal=0.35, flare=0.12, ribs=11, rib=0.1,
        knob=0.1, spine=0.0, cords=24, cord=0.03, color=(0.52, 0.45, 0.34), lip=(0.62, 0.45, 0.3), wall=0.07,
    ),
    "murex": ConchParams(
        length=0.13, whorls=7, expansion=1.75, spire=1.9, width=0.6, height=0.7, canal=2.3, flare=0.1, ribs=3, rib=0.22,
        knob=0.3, spine=1.1, spine_rows=4, cords=20, cord=0.03, color=(0.62, 0.5, 0.36), lip=(0.75, 0.62, 0.5), marks=0.35, wall=0.09,
    ),
    "turret_shell": ConchParams(
        length=0.12, whorls=13, expansion=1.27, spire=5.1, width=0.64, height=0.72, canal=0.1, flare=0.0, ribs=0, rib=0.0,
        spine=0.0, cords=9, cord=0.045, color=(0.5, 0.3, 0.15), lip=(0.66, 0.5, 0.36),
    ),
    "moon_snail": ConchParams(
        length=0.06, whorls=5, expansion=2.1, spire=1.0, width=0.75, height=0.9, canal=0.0, flare=0.08, ribs=0, rib=0.0,
        spine=0.0, cords=0, cord=0.0, color=(0.5, 0.4, 0.32), lip=(0.5, 0.3, 0.2), wall=0.08, tilt=1.45, roll=0.75,
    ),
}  # fmt: skip


def build(p: ConchParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of ConchParams."""
    skin = shared(
        SEASHELL,
        ShellParams(mark=(0.36, 0.16, 0.06), bands=11, band=0.22, flame=0.8, spots=0.12, size=0.012, gloss=0.45),
        "Conch",
    )
    with new_tree("Conch", p) as tree:
        i = tree.i
        material = tree.material_input("Shell Material", skin, "What the shell is made of")
        with tree.frame("Spiral"):
            along = n.minimum(
                n.maximum(i.whorls * n.maximum(55.0, i.ribs * 8.0) * math("POWER", i.detail, 0.7), 60.0), 1600.0
            )
            shell = whorls(i.whorls, i.expansion, count(i.detail, 56, 16), along, back=0.75)
            mesh = _tint(i, _outline(i, shell))
        with tree.frame("Pose"):
            mesh = fit(mesh, i.length, n.combine_xyz(0.0, i.tilt, 0.0), axis="Z")
        tree.o.geometry << n.set_material(n.shade_smooth(mesh), material)
    return tree.data


def _outline(i: Inputs, w: Whorls) -> Socket:
    a = w.angle
    shoulder, foot = 0.85, -1.5708
    outer = n.smoothstep(n.cos(a), -0.55, 0.35)
    # The lip spreads over the last third of a turn, most at its upper outer side; older lips left their traces in nothing
    spread = n.smoothstep(w.turn, -1.3, 0.0)
    spread = spread * spread * i.flare * hump(a, 0.35, 1.9)
    ruffle = n.noise(n.combine_xyz(a * 2.2, i.seed, 0.0), scale=1.0, detail=1.0) - 0.5
    beat = n.cos((w.turn + 0.35) * i.ribs) * 0.5 + 0.5
    rise = beat * beat * n.mix(i.knob, 1.0, hump(a, shoulder, 0.75)) * outer * i.rib * (i.ribs > 0)
    row = n.cos((a - shoulder) * i.spine_rows) * 0.5 + 0.5
    row = math("POWER", row, 32.0 / (i.spine_rows * i.spine_rows)) * n.smoothstep(n.cos(a - 0.1), 0.0, 0.3)
    down_row = (i.spine_rows > 1) * hump(a, foot + 0.12, 0.16) * 0.7
    spike = math("POWER", beat, n.maximum(260.0 / (n.maximum(i.ribs, 2) ** 1.5), 5.0))
    spike = spike * n.maximum(row, down_row) * i.spine * (i.ribs > 0)
    wave = n.cos(a * i.cords) * i.cord * outer * (i.cords > 0)
    worn = n.noise(n.combine_xyz(n.cos(a) * 1.3, n.sin(a) * 1.3, w.turn * 0.8), scale=1.0, detail=2.0, w=i.seed) - 0.5
    swell = 1.0 + rise + wave + worn * 0.07
    # Angular shoulder: a flat ramp above, straight sides below
    square = 1.0 + 0.1 * n.cos((a - shoulder) * 2.0) * outer
    across = n.cos(a) * i.width * (swell * square + spread * (1.0 + ruffle * 0.5)) + n.cos(shoulder) * spike
    up = n.sin(a) * i.height * (swell * square + spread * 0.55) + n.sin(shoulder) * spike * 0.7 * (a > 0.2)
    # The canal: the foot of the outline is drawn out and drawn in
    pipe = hump(a, foot, 0.8)
    up = up - i.canal * pipe * (0.75 + pipe * 0.25)
    lean = i.canal * pipe * 0.22 - down_row * spike
    distance = i.width * 0.86
    return w.shape(across - lean * 0.6, up, distance, i.spire, i.wall * (1.0 + spread * 0.5), i.roll)


def _tint(i: Inputs, mesh: Socket) -> Socket:
    inside = n.attribute("inside")
    mesh = n.store(mesh, "tint", n.mix(inside, i.color, i.lip))
    return n.store(n.store(mesh, "mark", i.mark), "plain", 1.0 - i.marks)  # type: ignore[return-value]


CONCH = Family(
    "conch", "Conch", "Sea", ConchParams, build, PRESETS, "A sea snail's shell with knobs, spines and a flared lip"
)
