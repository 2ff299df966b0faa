"""Sunflowers: some six hundred florets in golden-angle spirals, two rows of rays, and broad rough leaves on a stout stem."""

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
from ...materials.plain import PLAIN, PlainParams
from ...parts.blooms import Foliage, Stand, disc, share_of, stem_leaves, variants
from ...parts.leaves import Arc, lay, marked, sheets, tinted, wavy
from ...parts.plant_parts import GOLDEN_ANGLE, TAU, direction, draw
from ...parts.shapes import count, lathe, profile
from ..base import Family


@dataclass(frozen=True)
class SunflowerParams:
    """Metres and radians."""

    flowers: int = param(1, "Number of stems", min=1, max=20, panel="Stems")
    height: float = param(1.7, "Height of the stem", min=0.2, max=4.5, unit="m", panel="Stems", usual=(1.4, 2.0))
    spread: float = param(0.2, "Lean of the outer stems", min=0.0, max=1.0, unit="rad", panel="Stems")
    bend: float = param(0.05, "How much stems sway", min=0.0, max=0.6, unit="rad", panel="Stems", usual=(0.02, 0.1))
    nod: float = param(
        1.15, "How far the head is turned from upright", min=0.0, max=2.6, unit="rad", panel="Stems", usual=(0.95, 1.4)
    )
    radius: float = param(
        0.013, "Radius of the stem", min=0.002, max=0.05, unit="m", panel="Stems", usual=(0.011, 0.016)
    )
    disc: float = param(0.085, "Radius of the disc", min=0.01, max=0.3, unit="m", panel="Head", usual=(0.07, 0.1))
    dome: float = param(0.22, "How far the disc swells", min=-0.3, max=0.8, panel="Head", usual=(0.1, 0.3))
    florets: int = param(640, "Florets of the disc", min=20, max=3000, panel="Head", usual=(560, 760))
    rays: int = param(34, "Rays about the disc", min=8, max=120, panel="Head", usual=(30, 42))
    ray: float = param(0.095, "Length of a ray", min=0.01, max=0.3, unit="m", panel="Head", usual=(0.08, 0.11))
    ray_width: float = param(0.031, "Width of a ray", min=0.004, max=0.1, unit="m", panel="Head", usual=(0.026, 0.036))
    open: float = param(1.0, "From a bud, 0, to full bloom, 1", min=0.0, max=1.0, panel="Head", usual=(0.88, 1.0))
    ripe: float = param(
        0.3, "How far the florets have bloomed, from the rim in", min=0.0, max=1.0, panel="Head", usual=(0.1, 0.6)
    )
    wilt: float = param(0.0, "From fresh, 0, to withered, 1", min=0.0, max=1.0, panel="Head", usual=(0.0, 0.06))
    leaves: int = param(11, "Leaves of a stem", min=0, max=40, panel="Leaves", usual=(9, 14))
    leaf_length: float = param(
        0.34, "Length of a leaf with its stalk", min=0.03, max=0.8, unit="m", panel="Leaves", usual=(0.28, 0.4)
    )
    color: tuple[float, ...] = param(
        (0.86, 0.48, 0.008), "Colour of the rays, linear RGB", min=0, max=1, panel="Colour", spread=0.1
    )
    eye: tuple[float, ...] = param((0.07, 0.03, 0.014), "Colour of the disc", min=0, max=1, panel="Colour", spread=0.2)
    leaf_color: tuple[float, ...] = param(
        (0.08, 0.17, 0.035), "Colour of leaves and stem", min=0, max=1, panel="Colour", spread=0.15
    )
    seed: int = param(0, "Another plant of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "sunflower": SunflowerParams(),
    "red_sunflower": SunflowerParams(
        flowers=4, height=1.2, spread=0.4, disc=0.05, florets=420, ray=0.07, ray_width=0.024, radius=0.009, leaf_length=0.24,
        color=(0.4, 0.06, 0.012), eye=(0.035, 0.015, 0.01), nod=0.9,
    ),
    "dwarf_sunflower": SunflowerParams(
        flowers=1, height=0.45, disc=0.055, florets=460, ray=0.06, ray_width=0.022, radius=0.008, leaves=8, leaf_length=0.17, nod=0.75,
    ),
    "ripe_sunflower": SunflowerParams(nod=2.2, wilt=0.65, ripe=1.0, disc=0.11, florets=900, dome=0.1),
}  # fmt: skip


def build(p: SunflowerParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of SunflowerParams."""
    petal = shared(PETAL, PetalParams(color=p.color, veins=0.2, vein_count=11.0, blush=0.0, glow=0.38), "Sunflower Ray")
    floret = shared(PLAIN, PlainParams(color=p.eye, roughness=0.75, size=0.003, bump=0.0001), "Sunflower Floret")
    leaf = shared(
        HERB_LEAF, HerbLeafParams(color=p.leaf_color, vein_pairs=6.0, roughness=0.6, relief=0.0012), "Sunflower Leaf"
    )
    skin = shared(STEM, StemParams(color=p.leaf_color, fuzz=0.9, fibre=0.003, relief=0.0003), "Sunflower Stem")
    with new_tree("Sunflower", p) as tree:
        i = tree.i
        rays = tree.material_input("Ray Material", petal, "What rays are made of")
        florets = tree.material_input("Floret Material", floret, "What florets are made of")
        green = tree.material_input("Leaf Material", leaf, "What leaves are made of")
        stems = tree.material_input("Stem Material", skin, "What the stem is made of")
        stand = Stand(i.flowers, i.height, i.spread, i.bend, i.nod, i.seed)
        deep = i.disc * 0.5
        heads = []
        for k, opened in enumerate((1.0, 0.9, 0.75)):
            seed, opening = i.seed + 41 * (k + 1), i.open * opened
            heads.append(
                n.join(
                    n.set_material(n.shade_smooth(_rays(i, seed, opening, deep)), rays),
                    n.set_material(n.shade_smooth(_disc(i, seed, deep)), florets),
                    n.set_material(n.shade_smooth(_bracts(i, seed, opening, deep)), green),
                )
            )
        mesh = n.store(stand.stems(i.radius, i.detail, 1.4), "tint", tinted(i.leaf_color, 1.3))
        heart = Foliage(
            i.leaf_length, i.leaf_length * 0.66, 0.3, 1.0, 0.03, 16, 0.12, fold=0.4, wave=0.22, hook=0.7, petiole=0.3
        )
        leaves = stem_leaves(
            stand, i.leaves, heart, i.leaf_color, (0.12, 0.86), 0.75, 1.1, i.detail, (8, 46), (1.0, 0.5), i.wilt, 2.4
        )
        pick = n.switch(n.index() > 0, 0.0, n.math("FLOOR", draw(i.seed, 51, 0.0, 2.99, n.index())))
        tree.o.geometry << n.join(
            n.set_material(n.shade_smooth(mesh), stems),
            n.set_material(n.shade_smooth(leaves), green),
            stand.heads(variants(*heads), pick=pick),
        )
    return tree.data


@grouped("Sunflower Rays")
def _rays(i: Inputs, seed: Socket, opened: Socket, deep: Socket) -> Socket:
    """Two rows of pointed, pleated rays, each with its own twist."""
    sheet = sheets(i.rays, count(i.detail, 8, 2), count(i.detail, 14, 4))
    number, s, x = sheet.number, sheet.along, sheet.across
    row = n.math("MODULO", number, 2.0)
    azimuth = number * TAU / i.rays + draw(seed, 1, -0.1, 0.1, number)
    start = n.mix(opened, -0.3, 1.3) + row * 0.14 + draw(seed, 2, -0.12, 0.12, number) + i.wilt * 0.5
    bent = n.mix(opened, -0.5, 0.35) + draw(seed, 3, -0.55, 0.45, number) + i.wilt * draw(seed, 9, -2.5, 2.0, number)
    long = i.ray * draw(seed, 4, 0.8, 1.1, number) * (1.0 - i.wilt * 0.35)
    root = direction(azimuth) * (i.disc * 0.97) + n.combine_xyz(0.0, 0.0, deep * (0.9 - row * 0.16))
    arc = Arc(root, azimuth, lambda t: start + t * bent, long)
    outline = n.float_curve(s, [(0, 0.35), (0.15, 0.66), (0.42, 1.0), (0.65, 0.88), (0.88, 0.4), (1, 0.03)])
    half = i.ray_width * 0.5 * outline * draw(seed, 5, 0.85, 1.12, number) * (1.0 - i.wilt * 0.55)
    pleat = n.cos(x * 9.4) * i.ray_width * 0.03 + wavy(sheet, 4.0, seed) * i.ray_width * 0.3
    petal = lay(sheet, arc, half, cup=0.5 + i.wilt, lift=pleat, roll=draw(seed, 6, -0.6, 0.6, number) * s)
    deep_tone = n.mix(n.smoothstep(s, 0.4, 0.0) * 0.55, i.color, tinted(n.mix(0.5, i.color, i.eye), 1.1))
    brown = n.mix(i.wilt * n.smoothstep(s + i.wilt, 0.4, 1.2), deep_tone, n.color((0.28, 0.15, 0.05)))
    return marked(petal, tinted(brown, 0.92 + s * 0.1 - row * 0.08), draw(seed, 7, of=number))


@grouped("Sunflower Disc")
def _disc(i: Inputs, seed: Socket, deep: Socket) -> Socket:
    """Florets: shedding pollen in a ring, open outside of it, tight and green in the middle; a closed back."""
    florets = n.math("ROUND", i.florets * n.clamp(i.detail, 0.3, 1.5))
    share = share_of(florets)
    done = 1.0 - i.ripe * 0.8  # by area, where the ring of pollen stands
    ring = n.smoothstep(abs(n.sqrt(share) - n.sqrt(done)), 0.13, 0.04) * (i.ripe < 0.95)
    core = n.smoothstep(n.sqrt(share), n.sqrt(done) * 0.75, n.sqrt(done) * 0.35) * (i.ripe < 0.95)
    floret = lathe(6, 6)
    radius, height = profile(floret.t, [(0, 0), (0.3, 0.05), (0.34, 0.6), (0.52, 1.0), (0.2, 1.12), (0, 1.05)])
    part = floret.shape(radius * 1.25, height * 1.5)
    tint = n.mix(ring, tinted(i.eye, 0.8 + draw(seed, 21, 0.0, 0.6, n.index())), tinted(i.color, 0.75))
    tint = n.mix(core * 0.75, tint, n.color((0.16, 0.17, 0.03)))
    tint = n.mix(i.wilt * 0.8, tint, tinted(n.color((0.05, 0.04, 0.035)), draw(seed, 22, 0.6, 1.8, n.index())))
    grain = i.disc * 1.5 / n.sqrt(florets) * (1.0 + ring * 0.35 - core * 0.25)
    dots = disc(florets, part, i.disc * 0.97, i.disc * i.dome, grain, seed, tint)
    dots = n.set_position(dots, offset=n.combine_xyz(0.0, 0.0, deep * 0.98))
    ball = lathe(count(i.detail, 40, 12), count(i.detail, 12, 6))
    wide, level = profile(ball.t, [(0, 0.0), (0.2, 0.0), (0.6, 0.25), (0.96, 0.7), (1.02, 1.0), (0, 1.0)])
    swell = n.maximum(1.0 - wide * wide, 0.0) * i.dome * n.smoothstep(ball.t, 0.6, 0.75)
    back = ball.shape(wide * i.disc, level * deep + swell * i.disc)
    back = n.store(back, "tint", n.mix(n.smoothstep(ball.t, 0.7, 0.76), tinted(i.leaf_color, 1.1), i.eye))
    return n.join(dots, back)


@grouped("Sunflower Bracts")
def _bracts(i: Inputs, seed: Socket, opened: Socket, deep: Socket) -> Socket:
    """Three rows of pointed green bracts behind the head."""
    sheet = sheets(48, count(i.detail, 4, 2), count(i.detail, 8, 4))
    number, s = sheet.number, sheet.along
    row = n.math("MODULO", number, 3.0) / 2.0
    azimuth = number * GOLDEN_ANGLE
    root = direction(azimuth) * (i.disc * (0.7 + row * 0.28)) + n.combine_xyz(0.0, 0.0, deep * (0.25 + row * 0.4))
    lean = n.mix(opened, 0.55, 1.45) + draw(seed, 31, -0.1, 0.2, number)
    bent = draw(seed, 32, -0.2, 0.9, number)
    arc = Arc(root, azimuth, lambda t: lean + t * bent, i.disc * 0.72 * draw(seed, 33, 0.85, 1.15, number))
    width = i.disc * 0.17 * n.float_curve(s, [(0, 0.8), (0.3, 1.0), (0.65, 0.5), (0.88, 0.14), (1, 0.03)])
    bract = lay(sheet, arc, width, cup=0.5)
    return marked(bract, tinted(i.leaf_color, 0.95 + s * 0.35), draw(seed, 34, of=number))


SUNFLOWER = Family(
    "sunflower",
    "Sunflower",
    "Flowers",
    SunflowerParams,
    build,
    PRESETS,
    "A great disc of spiral florets in a wreath of rays",
)
