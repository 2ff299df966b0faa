"""A glacier: ice that flows down a trough between mountains, torn by crevasses, with rubble along its sides and middle."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import nodes as n
from ..base import Family
from .ground import LandFormParams, land_form, size_param
from .heights import backs, fbm, octaves, warp, winding


@dataclass(frozen=True)
class GlacierParams(LandFormParams):
    """Metres and radians; the ice flows towards -Y. Leaves the attributes `snow` where ice is, `sediment` on moraines."""

    size: float = size_param(3000.0)
    width: float = param(760.0, "Width of the ice", min=2.0, max=20_000.0, unit="m", panel="Ice", spread=0.21)
    fall: float = param(0.14, "Fall of the ice, m a m", min=0.0, max=1.0, panel="Ice", usual=(0.1, 0.18))
    bends: float = param(2600.0, "Distance between bends", min=5.0, max=50_000.0, unit="m", panel="Ice", spread=0.19)
    swing: float = param(340.0, "How far bends swing out", min=0.0, max=10_000.0, unit="m", panel="Ice", spread=0.35)
    dome: float = param(
        28.0,
        "How far the ice's middle is above its sides",
        min=0.0,
        max=500.0,
        unit="m",
        panel="Ice",
        spread=0.36,
    )
    snout: float = param(
        0.8,
        "Where the ice ends, from the middle, 0, to the border, 1",
        min=-1.0,
        max=2.0,
        panel="Ice",
        usual=(0.5, 1.1),
    )
    crevasses: float = param(0.6, "How torn the ice is", min=0.0, max=1.0, panel="Crevasses", usual=(0.4, 0.8))
    crevasse: float = param(
        36.0, "Distance between crevasses", min=0.5, max=500.0, unit="m", panel="Crevasses", spread=0.22
    )
    crevasse_depth: float = param(
        16.0, "Depth of crevasses", min=0.0, max=100.0, unit="m", panel="Crevasses", spread=0.31
    )
    moraine: float = param(14.0, "Height of the moraines", min=0.0, max=200.0, unit="m", panel="Moraines", spread=0.36)
    middle: float = param(
        0.25,
        "Where the middle moraine lies, from side to side; 1 for none",
        min=-1.0,
        max=1.0,
        panel="Moraines",
        usual=(-0.4, 0.4),
    )
    mountains: float = param(
        720.0,
        "Height of the mountains beside it",
        min=0.0,
        max=5000.0,
        unit="m",
        panel="Mountains",
        spread=0.19,
    )
    steep: float = param(
        0.75, "Slope of the trough's walls", min=0.1, max=1.4, unit="rad", panel="Mountains", usual=(0.65, 0.85)
    )
    gully: float = param(
        330.0, "Width of the widest gullies", min=0.5, max=5000.0, unit="m", panel="Mountains", spread=0.21
    )
    rounds: int = param(5, "How often gullies branch, 0 for none", min=0, max=8, panel="Mountains")


PRESETS = {
    "glacier": GlacierParams(),
    "ice_fall": GlacierParams(
        fall=0.3, crevasses=1.0, crevasse=48.0, crevasse_depth=28.0, swing=150.0, width=620.0, snout=1.5, seed=3
    ),
    "valley_glacier": GlacierParams(
        width=520.0,
        fall=0.09,
        crevasses=0.35,
        moraine=22.0,
        middle=-0.15,
        snout=0.2,
        mountains=900.0,
        dome=20.0,
        seed=6,
    ),
}


def build(p: GlacierParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of GlacierParams."""
    with land_form("Glacier", p, "arctic_land") as land:
        i = land.i
        with land.tree.frame("Trough"):
            bent = warp(land.at, i.width * 1.5, 0.1, i.seed, 1.0)
            side = bent.x - winding(bent.y, i.bends, i.seed) * i.swing
            across = side / (i.width * 0.5)
            bed = bent.y * i.fall
            rise = n.maximum(abs(side) - i.width * 0.5, 0.0) * n.math("TANGENT", i.steep)
            peaks = backs(fbm(bent, i.width * 1.6, i.seed, 2, 1.5, 0.5), 0.08)
            top = i.mountains * (0.35 + n.maximum(peaks, 0.0) * 0.75)
            # A smooth lesser of the wall's rise and the mountains' height
            rock = bed + rise * top / n.maximum(rise + top, 0.01) * 1.25
        carved, slope = land.carve(rock, i.gully, i.rounds, 1.0)
        with land.tree.frame("Ice"):
            end = (bent.y + i.snout * i.size * 0.5) / i.width - across * across * 0.35  # in widths up from the snout
            lives = n.smoothstep(end, 0.0, 0.25)
            thick = (1.0 - n.minimum(across * across, 1.0)) * i.dome + i.dome * 1.4
            thick = thick * n.math("POWER", n.clamp(end * 1.6), 0.45)
            waves = fbm(bent, i.width * 0.3, i.seed, 3, 2.0, 0.4) * i.dome * 0.3
            ice = bed - i.dome * 1.4 + across * across * i.dome * 0.5 + thick + waves * lives
        with land.tree.frame("Crevasses"):
            torn = fbm(bent, i.width * 0.8, i.seed, 4, 2.0, 0.5) + i.crevasses * 0.9 - 0.5
            # They open across the flow and bow uphill towards the sides
            along = bent.y + across * across * i.width * 0.25
            along = along + fbm(bent, i.crevasse * 4.5, i.seed, 5, 2.0, 0.5) * i.crevasse * 1.6
            gap = fbm(bent, i.crevasse * 2.2, i.seed, 6, 2.0, 0.5)
            shown = n.smoothstep(i.crevasse, land.step * 2.0, land.step * 3.5)
            opened = n.smoothstep(torn, 0.0, 0.5) * n.smoothstep(gap, -0.25, 0.25) * shown
            from_middle = abs(n.math("FRACT", along / i.crevasse) - 0.5)
            cut = (
                n.smoothstep(from_middle, 0.16, 0.03)
                * opened
                * i.crevasse_depth
                * lives
                * n.smoothstep(abs(across), 1.0, 0.75)
            )
        with land.tree.frame("Moraines"):
            rubble = fbm(
                land.at, i.moraine * 2.0 + 0.1, i.seed, 7, octaves(i.moraine * 2.0 + 0.1, land.step, 7.0), 0.55
            )
            beside = n.maximum(1.0 - abs(abs(across) - 0.94) / 0.13, 0.0)
            amid = n.maximum(1.0 - abs(across - i.middle * 0.8) / 0.06, 0.0) * (abs(i.middle) < 0.99) * lives
            debris = n.maximum(beside, amid * 0.7)
            heap = debris * i.moraine * (1.0 + rubble * 0.5)
        with land.tree.frame("Together"):
            crag = fbm(land.at, i.gully * 0.4, i.seed, 8, octaves(i.gully * 0.4, land.step), 0.5) * i.gully
            rocky = carved + crag * n.mix(n.smoothstep(slope.length, 0.2, 1.0), 0.005, 0.045)
            inside = n.smoothstep(abs(across), 1.08, 0.92)
            bare = n.smoothstep(debris + rubble * 0.3, 0.15, 0.4)
        land.rise(
            n.mix(inside, rocky, ice - cut) + heap, {"snow": inside * lives * (1.0 - bare), "sediment": bare * 3.0}
        )
    return land.tree.data


GLACIER = Family(
    "glacier", "Glacier", "Terrain", GlacierParams, build, PRESETS, "Ice in a trough between mountains", solid=False
)
