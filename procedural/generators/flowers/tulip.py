"""Tulips: a goblet of six petals, three within three, over broad folded leaves that clasp the stem."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...materials import shared
from ...materials.herb import GRASS, STEM, GrassParams, StemParams
from ...materials.petal import SATIN_PETAL, SatinPetalParams
from ...materials.plain import PLAIN, PlainParams
from ...parts.blooms import Foliage, Stand, stem_leaves, variants
from ...parts.leaves import Arc, lay, marked, sheets, stalk, stalks, tinted, wavy
from ...parts.plant_parts import TAU, direction, draw
from ...parts.shapes import count
from ..base import Family


@dataclass(frozen=True)
class TulipParams:
    """Metres and radians."""

    flowers: int = param(3, "Number of flowers", min=1, max=40, panel="Stems", usual=(1, 5))
    height: float = param(
        0.38, "Height of the tallest stem", min=0.05, max=1.2, unit="m", panel="Stems", usual=(0.3, 0.46)
    )
    spread: float = param(
        0.22, "Lean of the outer stems", min=0.0, max=1.0, unit="rad", panel="Stems", usual=(0.12, 0.32)
    )
    bend: float = param(0.14, "How much stems sway", min=0.0, max=0.8, unit="rad", panel="Stems", usual=(0.05, 0.25))
    nod: float = param(
        0.12, "How far flowers turn aside", min=0.0, max=1.6, unit="rad", panel="Stems", usual=(0.0, 0.3)
    )
    radius: float = param(
        0.0038, "Radius of a stem", min=0.001, max=0.02, unit="m", panel="Stems", usual=(0.0033, 0.0043)
    )
    rows: int = param(2, "Whorls of three petals", min=1, max=8, panel="Flower")
    size: float = param(0.062, "Length of a petal", min=0.01, max=0.2, unit="m", panel="Flower", usual=(0.054, 0.07))
    width: float = param(0.046, "Width of a petal", min=0.005, max=0.15, unit="m", panel="Flower", usual=(0.042, 0.05))
    belly: float = param(0.4, "How far the goblet swells", min=0.0, max=1.0, panel="Flower", usual=(0.25, 0.55))
    point: float = param(0.3, "How pointed petals are", min=0.0, max=1.0, panel="Flower", usual=(0.15, 0.5))
    flare: float = param(
        0.15, "How far tips turn out", min=-0.5, max=2.0, unit="rad", panel="Flower", usual=(-0.1, 0.4)
    )
    open: float = param(0.45, "From a bud, 0, to wide open, 1", min=0.0, max=1.0, panel="Flower", usual=(0.2, 0.7))
    fringe: float = param(0.0, "How frayed and wavy the rims are", min=0.0, max=1.0, panel="Flower", usual=(0.0, 0.15))
    wilt: float = param(0.0, "From fresh, 0, to withered, 1", min=0.0, max=1.0, panel="Flower", usual=(0.0, 0.05))
    leaves: int = param(3, "Leaves of a stem", min=0, max=8, panel="Leaves", usual=(2, 4))
    leaf_length: float = param(0.24, "Length of a leaf", min=0.03, max=0.8, unit="m", panel="Leaves", usual=(0.2, 0.28))
    color: tuple[float, ...] = param(
        (0.62, 0.03, 0.05), "Colour of the petals, linear RGB", min=0, max=1, panel="Colour", spread=0.25
    )
    rim: tuple[float, ...] = param(
        (0.72, 0.12, 0.05), "Colour of the petals' rims", min=0, max=1, panel="Colour", spread=0.2
    )
    foot: tuple[float, ...] = param(
        (0.7, 0.55, 0.08), "Colour of the petals' foot", min=0, max=1, panel="Colour", spread=0.15
    )
    leaf_color: tuple[float, ...] = param(
        (0.1, 0.2, 0.09), "Colour of leaves and stems", min=0, max=1, panel="Colour", spread=0.15
    )
    seed: int = param(0, "Another plant of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "tulip": TulipParams(),
    "lily_tulip": TulipParams(
        size=0.078, width=0.034, point=1.0, flare=1.1, belly=0.5, open=0.5, color=(0.78, 0.62, 0.06), rim=(0.8, 0.68, 0.12),
        foot=(0.55, 0.5, 0.05),
    ),
    "parrot_tulip": TulipParams(
        size=0.07, width=0.052, fringe=0.9, open=0.8, flare=0.6, color=(0.76, 0.62, 0.42), rim=(0.6, 0.04, 0.08), foot=(0.3, 0.4, 0.06),
    ),
    "double_tulip": TulipParams(
        rows=5, open=0.8, size=0.055, width=0.045, flare=0.25, color=(0.74, 0.24, 0.36), rim=(0.8, 0.52, 0.56), foot=(0.75, 0.7, 0.5),
    ),
}  # fmt: skip


def build(p: TulipParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of TulipParams."""
    silk = shared(
        SATIN_PETAL, SatinPetalParams(color=p.color, crinkle=0.12, veins=0.22, vein_count=40.0), "Tulip Petal"
    )
    dust = shared(PLAIN, PlainParams(color=(0.06, 0.03, 0.05), roughness=0.7, size=0.002, bump=0.0001), "Tulip Stamen")
    blade = shared(GRASS, GrassParams(color=p.leaf_color, lines=26.0, dry=0.05, roughness=0.5, glow=0.25), "Tulip Leaf")
    stalk_skin = shared(STEM, StemParams(color=p.leaf_color, fuzz=0.15, flushed=0.1), "Tulip Stem")
    with new_tree("Tulip", p) as tree:
        i = tree.i
        petals = tree.material_input("Petal Material", silk, "What petals are made of")
        stamens = tree.material_input("Stamen Material", dust, "What stamens are made of")
        green = tree.material_input("Leaf Material", blade, "What leaves are made of")
        stems = tree.material_input("Stem Material", stalk_skin, "What stems are made of")
        stand = Stand(i.flowers, i.height, i.spread, i.bend, i.nod + i.wilt * 1.5, i.seed)
        with tree.frame("Heads"):
            heads = []
            for number, opened in enumerate((1.0, 0.75, 0.45)):
                seed, opening = i.seed + 23 * (number + 1), i.open * opened
                cup = n.set_material(n.shade_smooth(_petals(i, seed, opening)), petals)
                heart = n.set_material(n.shade_smooth(_heart(i, seed)), stamens)
                heads.append(n.join(cup, heart))
        mesh = n.store(stand.stems(i.radius, i.detail, 1.15), "tint", tinted(i.leaf_color, 1.35))
        broad = Foliage(i.leaf_length, i.leaf_length * 0.27, 0.38, 1.15, 0.42, fold=0.9, wave=0.16)
        leaves = stem_leaves(
            stand, i.leaves, broad, i.leaf_color, (0.02, 0.3), 0.3, 0.75, i.detail, (10, 26), (1.0, 0.72), i.wilt, 2.6
        )
        tree.o.geometry << n.join(
            n.set_material(n.shade_smooth(mesh), stems),
            n.set_material(n.shade_smooth(leaves), green),
            stand.heads(variants(*heads)),
        )
    return tree.data


@grouped("Tulip Petals")
def _petals(i: Inputs, seed: Socket, opened: Socket) -> Socket:
    """Whorls of three; the inner ones a little smaller and steeper."""
    sheet = sheets(i.rows * 3, count(i.detail, 14, 4), count(i.detail, 18, 6))
    number, s, x = sheet.number, sheet.along, sheet.across
    row = n.math("FLOOR", number / 3.0 + 0.01)
    inner = row / n.maximum(i.rows, 1)
    azimuth = number * TAU / 3.0 + row * (TAU / 6.0) + row * 0.17 + draw(seed, 1, -0.08, 0.08, number)
    # out at the foot, upright at the belly, and over the heart or outwards at the tip
    out = 0.75 + i.belly * 0.5 + opened * 0.35 - inner * 0.25 + draw(seed, 2, -0.06, 0.06, number)
    close = out * 0.24 + n.mix(opened, 0.4, -0.3) - inner * 0.08 - i.wilt * draw(seed, 3, 0.2, 1.6, number)
    flare = i.flare * n.mix(opened, 0.3, 1.0) + draw(seed, 4, -0.15, 0.15, number)

    def turn(t: Socket) -> Socket:
        bulge = n.math("POWER", n.maximum(1.0 - t, 0.0), 3.0) * out
        late = n.maximum(t, 0.0)
        return bulge - n.smoothstep(t, 0.1, 0.75) * close + out * 0.24 + n.math("POWER", late, 4.0) * flare

    size = (1.0 - inner * 0.22) * draw(seed, 5, 0.95, 1.04, number)
    root = direction(azimuth) * (i.radius * 0.7 * (1.0 - inner * 0.5))
    arc = Arc(root, azimuth, turn, i.size * size)
    blunt = n.float_curve(s, [(0, 0.28), (0.14, 0.55), (0.45, 0.97), (0.62, 1.0), (0.86, 0.78), (1, 0.42)])
    sharp = n.float_curve(s, [(0, 0.28), (0.14, 0.55), (0.4, 0.98), (0.55, 0.96), (0.82, 0.5), (1, 0.03)])
    half = i.width * 0.5 * size * n.mix(i.point, blunt, sharp)
    wave = wavy(sheet, 4.0, seed)
    frill = (n.noise(n.combine_xyz(x * 5.0, s * 14.0, number * 3.1), scale=1.0, detail=2.0, w=seed) - 0.5) * i.fringe
    lift = wave * i.size * (0.12 + i.fringe * 0.5) + frill * n.smoothstep(s, 0.3, 1.0) * i.size * 0.2
    crest = n.math("POWER", abs(x), 2.0) * n.mix(i.point, 0.12, 0.02) - n.smoothstep(abs(x), 0.16, 0.0) * 0.02
    reach = 0.99 - crest * s + frill * n.smoothstep(s, 0.5, 1.0) * 0.4
    cup = n.mix(s, 1.5, 0.85) * n.mix(opened, 1.0, 0.6)
    petal = lay(sheet, arc, half * (1.0 + frill * 0.5 * n.smoothstep(abs(x), 0.5, 1.0)), cup, lift, reach)
    edge = n.smoothstep(n.maximum(abs(x), s * 0.98), 0.55, 1.0)
    tint = n.mix(edge * 0.85, i.color, i.rim)
    tint = n.mix(n.smoothstep(s + (abs(x) * 0.1), 0.3, 0.1) * 0.9, tint, i.foot)
    tint = n.mix(n.smoothstep(edge + i.wilt, 0.9, 1.9) * 0.8, tint, n.color((0.24, 0.12, 0.05)))
    return marked(petal, tinted(tint, draw(seed, 6, 0.9, 1.08, number)), draw(seed, 7, of=number))


@grouped("Tulip Heart")
def _heart(i: Inputs, seed: Socket) -> Socket:
    """Six stamens about a thick, three-sided pistil."""
    tubes = stalks(7, 8, count(i.detail, 12, 6))
    number, s = tubes.number, tubes.along
    pistil = number < 0.5
    azimuth = number * TAU / 6.0
    lean = n.switch(pistil, draw(seed, 11, 0.12, 0.32, number), 0.0)
    arc = Arc(
        direction(azimuth) * n.switch(pistil, i.size * 0.05, 0.0), azimuth, lambda t: lean - t * 0.12, i.size * 0.4
    )
    thread = n.float_curve(s, [(0, 0.16), (0.5, 0.16), (0.58, 0.5), (0.9, 0.5), (1, 0.1)])
    column = n.float_curve(s, [(0, 0.7), (0.5, 0.9), (0.82, 0.7), (0.9, 1.0), (1, 0.5)])
    mesh = stalk(tubes, arc, i.size * 0.05 * n.switch(pistil, thread, column))
    return n.store(mesh, "tint", n.mix(pistil, n.color((0.05, 0.022, 0.05)), n.color((0.36, 0.42, 0.12))))  # type: ignore[return-value]


TULIP = Family(
    "tulip", "Tulip", "Flowers", TulipParams, build, PRESETS, "A goblet of six silky petals over folded leaves"
)
