"""Nautilus: shells that coil in a plane, from the smooth, striped nautilus to ribbed ammonites."""

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
class NautilusParams:
    """Metres and radians; shares are of the aperture's size."""

    diameter: float = param(0.17, "Across the coil", min=0.01, max=2.0, unit="m", panel="Spiral", usual=(0.13, 0.2))
    whorls: float = param(3.4, "Turns of the spiral", min=1.5, max=10.0, panel="Spiral", usual=(3.0, 4.0))
    expansion: float = param(3.1, "Growth a turn", min=1.2, max=6.0, panel="Spiral", usual=(2.8, 3.5))
    navel: float = param(0.0, "How much of the inner turns is seen at the side", min=0.0, max=1.0, panel="Spiral")
    width: float = param(0.62, "Half the thickness of the coil", min=0.1, max=1.5, panel="Mouth", usual=(0.56, 0.7))
    height: float = param(0.6, "Half the height of the mouth", min=0.1, max=1.5, panel="Mouth", usual=(0.56, 0.64))
    keel: float = param(0.0, "How sharp the outer edge is", min=0.0, max=1.0, panel="Mouth")
    sinus: float = param(
        0.35,
        "How far the lip is drawn back outside and at the sides",
        min=0.0,
        max=1.0,
        panel="Mouth",
        usual=(0.2, 0.5),
    )
    wall: float = param(0.035, "Thickness of the wall", min=0.01, max=0.3, panel="Mouth", usual=(0.03, 0.05))
    chamber: float = param(
        0.35, "How deep the open mouth goes, in turns", min=0.05, max=0.9, panel="Mouth", usual=(0.3, 0.42)
    )
    ribs: int = param(0, "Ribs a turn", min=0, max=120, panel="Relief")
    rib: float = param(0.05, "Height of the ribs", min=0.0, max=0.4, panel="Relief")
    fork: float = param(0.0, "How far ribs split on their way outward", min=0.0, max=1.0, panel="Relief")
    color: tuple[float, ...] = param(
        (0.78, 0.7, 0.58), "Colour outside, linear RGB", min=0, max=1, panel="Colour", spread=0.12
    )
    mark: tuple[float, ...] = param(
        (0.42, 0.12, 0.035), "Colour of the stripes", min=0, max=1, panel="Colour", spread=0.2
    )
    marks: float = param(1.0, "How plain the stripes are", min=0.0, max=1.0, panel="Colour", usual=(0.8, 1.0))
    lip: tuple[float, ...] = param(
        (0.8, 0.77, 0.72), "Colour inside the mouth", min=0, max=1, panel="Colour", spread=0.06
    )
    heart: tuple[float, ...] = param(
        (0.09, 0.07, 0.06), "Colour where the coil comes out of the mouth", min=0, max=1, panel="Colour"
    )
    roll: float = param(
        -1.25, "Turn about its own axis", min=-3.2, max=3.2, unit="rad", panel="Pose", usual=(-1.6, -0.9)
    )
    lay: float = param(0.0, "From standing, 0, to lying on its side", min=0.0, max=1.6, unit="rad", panel="Pose")
    seed: int = param(0, "Another shell of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "nautilus": NautilusParams(),
    "ammonite": NautilusParams(
        diameter=0.22, whorls=6.0, expansion=2.0, navel=0.85, width=0.3, height=0.32, sinus=0.05, wall=0.05, ribs=30, rib=0.09,
        fork=0.6, marks=0.0, color=(0.36, 0.27, 0.18), lip=(0.3, 0.24, 0.18), heart=(0.2, 0.15, 0.1), lay=0.7,
    ),
    "keeled_ammonite": NautilusParams(
        diameter=0.12, whorls=4.5, expansion=2.6, navel=0.4, width=0.24, height=0.46, keel=0.8, sinus=0.1, ribs=22, rib=0.06, marks=0.12,
        color=(0.5, 0.4, 0.3), lip=(0.5, 0.42, 0.34), heart=(0.3, 0.24, 0.18), lay=0.4,
    ),
}  # fmt: skip


def build(p: NautilusParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of NautilusParams."""
    skin = shared(
        SEASHELL,
        ShellParams(
            mark=(0.42, 0.12, 0.035),
            bands=13,
            band=0.42,
            flame=0.75,
            spots=0.0,
            size=0.02,
            lines=110,
            gloss=0.7,
            fade=0.3,
        ),
        "Nautilus",
    )
    with new_tree("Nautilus", p) as tree:
        i = tree.i
        material = tree.material_input("Shell Material", skin, "What the shell is made of")
        with tree.frame("Spiral"):
            cuts = n.maximum(64.0, i.ribs * (6.0 + i.fork * 4.0))
            along = n.minimum(n.maximum(i.whorls * cuts * math("POWER", i.detail, 0.7), 60.0), 1600.0)
            shell = whorls(i.whorls, i.expansion, count(i.detail, 64, 16), along, back=i.chamber)
            mesh = _outline(i, shell)
            inside = n.attribute("inside")
            # The black film of the coil where it leaves the mouth
            film = hump(shell.turn, -5.2, 1.3) * (1.0 - inside)
            mesh = n.store(mesh, "tint", n.mix(inside, n.mix(film, i.color, i.heart), i.lip))
            mesh = n.store(n.store(mesh, "mark", i.mark), "plain", 1.0 - i.marks)
        with tree.frame("Pose"):
            mesh = fit(mesh, i.diameter, n.combine_xyz(i.lay * -1.0 - 1.5708, 0.0, 0.0))
        tree.o.geometry << n.set_material(n.shade_smooth(mesh), material)
    return tree.data


def _outline(i: Inputs, w: Whorls) -> Socket:
    a = w.angle
    outer = n.smoothstep(n.cos(a), -0.8, 0.2)
    # Ribs come by twos further out: the finer beat wins there
    fork = i.fork * n.smoothstep(n.cos(a), 0.0, 0.7)
    wiggle = w.turn + n.sin(a) * n.sin(a) * 0.06
    coarse = n.cos(wiggle * i.ribs) * 0.5 + 0.5
    fine = n.cos(wiggle * i.ribs * 2.0) * 0.5 + 0.5
    rise = n.mix(fork, coarse, fine) * i.rib * outer * (i.ribs > 0) * (1.0 - 0.5 * n.smoothstep(n.cos(a), 0.93, 1.0))
    worn = n.noise(n.combine_xyz(n.cos(a), n.sin(a), w.turn * 0.7), scale=1.2, detail=2.0, w=i.seed) - 0.5
    swell = 1.0 + rise + worn * 0.03
    pinch = n.smoothstep(n.cos(a), -0.2, 1.0) * i.keel * 0.75
    across = n.cos(a) * i.height * swell
    up = n.sin(a) * i.width * swell * (1.0 - pinch)
    # At navel 1 each turn just touches the one before
    distance = i.height * n.mix(i.navel, 1.0, (i.expansion + 1.0) / (i.expansion - 0.999))
    # The lip is not straight: drawn back at the outer edge (for the funnel) and before the navel
    back = (n.smoothstep(n.cos(a), 0.55, 1.0) * 0.5 + n.smoothstep(n.cos(a), 0.1, -0.9) * 0.75) * i.sinus
    near = n.smoothstep(w.turn, -0.8, 0.0)
    return w.shape(across, up, distance, 0.0, i.wall, i.roll - back * near)


NAUTILUS = Family(
    "nautilus", "Nautilus", "Sea", NautilusParams, build, PRESETS, "A shell coiled in a plane, striped or ribbed"
)
