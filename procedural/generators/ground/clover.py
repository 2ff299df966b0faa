"""Clover: a patch of three-part leaves with pale chevrons at their own heights, and round heads of small flowers."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...materials import shared
from ...materials.herb import HERB_LEAF, STEM, HerbLeafParams, StemParams
from ...materials.petal import PETAL, PetalParams
from ...parts.blooms import Stand, variants
from ...parts.leaves import Arc, lay, marked, sheets, stalk, stalks, tinted
from ...parts.plant_parts import GOLDEN_ANGLE, TAU, direction, draw
from ...parts.shapes import count
from ..base import Family


@dataclass(frozen=True)
class CloverParams:
    """Metres and radians."""

    leaves: int = param(120, "Number of leaves", min=1, max=2000, panel="Leaves", usual=(90, 160))
    radius: float = param(0.1, "Radius of the patch", min=0.005, max=3.0, unit="m", panel="Leaves", usual=(0.08, 0.13))
    height: float = param(0.09, "Height of the leaves", min=0.01, max=0.5, unit="m", panel="Leaves", usual=(0.07, 0.12))
    leaflet: float = param(
        0.017, "Length of a leaflet", min=0.003, max=0.1, unit="m", panel="Leaves", usual=(0.014, 0.02)
    )
    width: float = param(0.9, "Width of a leaflet by its length", min=0.3, max=1.4, panel="Leaves", usual=(0.8, 1.0))
    notch: float = param(0.1, "How deep the tip is notched", min=0.0, max=0.5, panel="Leaves", usual=(0.04, 0.16))
    lucky: float = param(
        0.02, "Share of leaves with four leaflets", min=0.0, max=1.0, panel="Leaves", usual=(0.0, 0.05)
    )
    heads: int = param(9, "Number of flower heads", min=0, max=200, panel="Flowers", usual=(5, 14))
    stalk: float = param(
        0.125, "Height of the flowers", min=0.01, max=0.6, unit="m", panel="Flowers", usual=(0.11, 0.15)
    )
    head: float = param(
        0.011, "Radius of a flower head", min=0.002, max=0.05, unit="m", panel="Flowers", usual=(0.009, 0.013)
    )
    florets: int = param(64, "Florets of a head", min=8, max=200, panel="Flowers", usual=(50, 75))
    color: tuple[float, ...] = param(
        (0.06, 0.18, 0.03), "Colour of the leaves, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    chevron: float = param(0.6, "How plain the pale chevrons are", min=0.0, max=1.0, panel="Colour", usual=(0.3, 0.8))
    flower: tuple[float, ...] = param(
        (0.8, 0.74, 0.7), "Colour of the flowers", min=0, max=1, panel="Colour", spread=0.08
    )
    flush: tuple[float, ...] = param(
        (0.62, 0.3, 0.34), "Colour of the florets' foot", min=0, max=1, panel="Colour", spread=0.15
    )
    seed: int = param(0, "Another patch of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "clover": CloverParams(),
    "red_clover": CloverParams(
        leaves=70, height=0.2, leaflet=0.03, width=0.55, notch=0.0, heads=8, stalk=0.28, head=0.015, florets=90,
        flower=(0.6, 0.14, 0.36), flush=(0.72, 0.5, 0.6), radius=0.09,
    ),
    "lucky_clover": CloverParams(leaves=24, lucky=1.0, heads=0, radius=0.045, leaflet=0.02, notch=0.2, chevron=0.8),
}  # fmt: skip


def build(p: CloverParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of CloverParams."""
    leaf = shared(
        HERB_LEAF,
        HerbLeafParams(color=p.color, vein_pairs=11.0, veins=0.22, vein_rise=0.35, relief=0.0001),
        "Clover Leaf",
    )
    petal = shared(PETAL, PetalParams(color=p.flower, veins=0.1, vein_count=5.0, blush=0.0), "Clover Floret")
    skin = shared(STEM, StemParams(color=p.color, fuzz=0.2, fibre=0.0004), "Clover Stalk")
    with new_tree("Clover", p) as tree:
        i = tree.i
        green = tree.material_input("Leaf Material", leaf, "What leaves are made of")
        petals = tree.material_input("Floret Material", petal, "What florets are made of")
        stems = tree.material_input("Stalk Material", skin, "What stalks are made of")
        with tree.frame("Leaves: three of three leaflets, one of four"):
            kinds = []
            for k in range(4):
                blades, tube = _leaf(i, n.math("ADD", 0.0, 4.0 if k == 3 else 3.0), i.seed + 7 * k)
                kinds.append(
                    n.join(n.set_material(n.shade_smooth(blades), green), n.set_material(n.shade_smooth(tube), stems))
                )
            patch = _patch(i, variants(*kinds))
        with tree.frame("Flowers"):
            heads = [n.set_material(n.shade_smooth(_head(i, i.seed + 13 * k)), petals) for k in (1, 2, 3)]
            stand = Stand(i.heads, i.stalk, i.radius / i.stalk * 0.75, 0.15, 0.25, i.seed)
            tubes = n.store(stand.stems(i.leaflet * 0.045, i.detail, 1.2), "tint", tinted(i.color, 1.5))
            tubes = n.set_material(n.shade_smooth(tubes), stems)
        tree.o.geometry << n.join(patch, tubes, stand.heads(variants(*heads)))
    return tree.data


@grouped("Clover Leaf")
def _leaf(i: Inputs, leaflets: Socket, seed: Socket) -> tuple[Socket, Socket]:
    """Leaflets about the upper end of an upright stalk of length 1 x the patch's height, which ends at the origin."""
    sheet = sheets(leaflets, count(i.detail, 8, 4), count(i.detail, 9, 4))
    number, s, x = sheet.number, sheet.along, sheet.across
    azimuth = number * TAU / leaflets + draw(seed, 1, -0.1, 0.1, number)
    start = 1.25 + draw(seed, 2, -0.2, 0.2, number)
    bent = draw(seed, 3, 0.1, 0.6, number)
    size = draw(seed, 4, 0.92, 1.06, number)
    arc = Arc(direction(azimuth) * (i.leaflet * 0.03), azimuth, lambda t: start + t * bent, i.leaflet * size)
    outline = n.float_curve(s, [(0, 0.08), (0.2, 0.46), (0.5, 0.9), (0.7, 1.0), (0.9, 0.84), (1, 0.55)])
    half = i.leaflet * i.width * 0.5 * size * outline
    dent = n.smoothstep(abs(x), 0.5, 0.0) * i.notch * s * s
    reach = 0.98 - n.math("POWER", abs(x), 2.5) * 0.16 * s - dent
    mesh = lay(sheet, arc, half, cup=0.25, lift=abs(x) * half * 0.3, reach=reach)
    bow = s + abs(x) * 0.3
    band = n.smoothstep(bow, 0.42, 0.56) * n.smoothstep(bow, 0.78, 0.62) * n.smoothstep(abs(x), 0.95, 0.75)
    green = tinted(i.color, draw(seed, 5, 0.9, 1.1, number) * (0.88 + s * 0.22))
    tint = n.mix(band * i.chevron * 0.75, green, n.color((0.3, 0.42, 0.2)))
    blades = marked(mesh, tint)
    tube = stalks(1, 5, count(i.detail, 7, 4))
    sway = draw(seed, 6, 0.15, 0.5, seed)
    # told from the leaf down, so that the leaf can be placed and tilted by itself
    down = Arc((0.0, 0.0, 0.0), draw(seed, 7, 0.0, TAU, seed), lambda t: TAU / 2 - t * sway, i.height)
    stem = stalk(tube, down, i.leaflet * 0.035)
    return blades, n.store(stem, "tint", tinted(i.color, 1.5))  # type: ignore[return-value]


@grouped("Clover Patch")
def _patch(i: Inputs, kinds: Socket) -> Socket:
    points = n.points(i.leaves)
    number = n.index()
    share = (number + 0.5) / n.maximum(i.leaves, 1)
    ragged = n.noise(direction(number * GOLDEN_ANGLE) * 1.1, scale=1.0, detail=1.0, w=i.seed * 3.1) + 0.5
    out = n.sqrt(share) * i.radius * ragged * draw(i.seed, 11, 0.9, 1.1, number)
    around = number * GOLDEN_ANGLE
    size = draw(i.seed, 12, 0.62, 1.1, number) * n.mix(share, 1.05, 0.8)
    dome = i.height * size * 0.97
    points = n.set_position(points, direction(around) * out + n.combine_xyz(0.0, 0.0, dome))
    tilt = share * 0.35
    stray = n.combine_xyz(draw(i.seed, 13, -0.22, 0.22, number), draw(i.seed, 14, -0.22, 0.22, number), 0.0)
    euler = n.combine_xyz(n.sin(around) * tilt * -1.0, n.cos(around) * tilt, draw(i.seed, 15, 0.0, TAU, number)) + stray
    points, turned = n.capture(points, euler)
    points, scale = n.capture(points, size)
    lucky = draw(i.seed, 16, of=number) < i.lucky
    points, pick = n.capture(points, n.switch(lucky, n.math("FLOOR", draw(i.seed, 17, 0.0, 2.99, number)), 3.0))
    points, own = n.capture(points, draw(i.seed, 18, of=number))
    made = n.instance_on(points, kinds, rotation=turned, scale=scale, pick=pick)
    return n.store(made, "random", own, domain="INSTANCE")  # type: ignore[return-value]


@grouped("Clover Head")
def _head(i: Inputs, seed: Socket) -> Socket:
    """A ball of narrow florets: the lower ones fade and hang, the upper ones are still buds."""
    tubes = stalks(i.florets, 6, count(i.detail, 8, 5))
    number, s = tubes.number, tubes.along
    up = (number + 0.5) / n.maximum(i.florets, 1)  # 0 below, 1 on top
    azimuth = number * GOLDEN_ANGLE
    tilt = n.math("ARCCOSINE", n.clamp(up * 1.75 - 0.75, -0.999, 0.999))
    lean = tilt + draw(seed, 21, -0.15, 0.15, number)
    length = i.head * n.mix(up, 0.95, 0.8) * draw(seed, 22, 0.9, 1.1, number)
    root = (direction(azimuth) * n.sin(tilt) + n.combine_xyz(0.0, 0.0, n.cos(tilt))) * (i.head * 0.22)
    arc = Arc(root + n.combine_xyz(0.0, 0.0, i.head * 0.35), azimuth, lambda t: lean - t * 0.55, length)
    wide = n.float_curve(s, [(0, 0.4), (0.25, 0.5), (0.6, 1.0), (0.85, 0.7), (1, 0.12)])
    mesh = stalk(tubes, arc, i.head * 0.115 * wide, 1.5)
    old = n.smoothstep(up, 0.16, 0.02)
    tint = n.mix(n.smoothstep(s, 0.55, 0.1), i.flower, i.flush)
    tint = n.mix(n.smoothstep(up, 0.8, 1.0) * 0.6, tint, n.color((0.42, 0.48, 0.24)))
    tint = n.mix(old * 0.8, tint, n.color((0.3, 0.18, 0.09)))
    return marked(mesh, tinted(tint, draw(seed, 23, 0.88, 1.08, number)), draw(seed, 24, of=number))


CLOVER = Family(
    "clover", "Clover", "Ground", CloverParams, build, PRESETS, "A patch of three-part leaves with round flower heads"
)
