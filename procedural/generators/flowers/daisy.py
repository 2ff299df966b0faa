"""Daisies: two rows of strap-shaped rays about a dome of florets in golden-angle spirals, over a rosette of spoon-shaped leaves."""

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
from ...parts.blooms import Foliage, Stand, disc, rosette, share_of, stem_leaves, variants
from ...parts.leaves import Arc, lay, marked, sheets, tinted
from ...parts.plant_parts import GOLDEN_ANGLE, TAU, direction, draw
from ...parts.shapes import count, lathe, profile
from ..base import Family


@dataclass(frozen=True)
class DaisyParams:
    """Metres and radians."""

    flowers: int = param(5, "Number of flowers", min=1, max=40, panel="Stems", usual=(3, 8))
    height: float = param(
        0.3, "Height of the tallest stem", min=0.02, max=1.5, unit="m", panel="Stems", usual=(0.22, 0.38)
    )
    spread: float = param(
        0.3, "Lean of the outer stems", min=0.0, max=1.2, unit="rad", panel="Stems", usual=(0.2, 0.45)
    )
    bend: float = param(0.12, "How much stems sway", min=0.0, max=0.8, unit="rad", panel="Stems", usual=(0.05, 0.25))
    nod: float = param(
        0.45, "How far flowers turn aside", min=0.0, max=1.6, unit="rad", panel="Stems", usual=(0.25, 0.7)
    )
    radius: float = param(
        0.0016, "Radius of a stem", min=0.0003, max=0.01, unit="m", panel="Stems", usual=(0.0013, 0.002)
    )
    petals: int = param(24, "Rays about a flower", min=5, max=60, panel="Flower", usual=(18, 30))
    size: float = param(
        0.026, "Length of a ray, from the middle", min=0.004, max=0.15, unit="m", panel="Flower", usual=(0.022, 0.03)
    )
    width: float = param(
        0.0062, "Width of a ray", min=0.001, max=0.06, unit="m", panel="Flower", usual=(0.0052, 0.0072)
    )
    disc: float = param(0.34, "Share of the yellow disc", min=0.1, max=0.8, panel="Flower", usual=(0.3, 0.38))
    dome: float = param(0.45, "How far the disc swells", min=0.05, max=2.0, panel="Flower", usual=(0.3, 0.6))
    open: float = param(1.0, "From a bud, 0, to full bloom, 1", min=0.0, max=1.0, panel="Flower", usual=(0.85, 1.0))
    reflex: float = param(0.1, "How far rays hang", min=-0.5, max=1.5, unit="rad", panel="Flower", usual=(-0.05, 0.3))
    wilt: float = param(0.0, "From fresh, 0, to withered, 1", min=0.0, max=1.0, panel="Flower", usual=(0.0, 0.08))
    leaves: int = param(16, "Leaves of the rosette", min=0, max=60, panel="Leaves", usual=(12, 20))
    leaf_length: float = param(
        0.085, "Length of a leaf", min=0.01, max=0.5, unit="m", panel="Leaves", usual=(0.07, 0.1)
    )
    stem_leaves: int = param(4, "Leaves along a stem", min=0, max=30, panel="Leaves", usual=(2, 6))
    color: tuple[float, ...] = param(
        (0.86, 0.85, 0.82), "Colour of the rays, linear RGB", min=0, max=1, panel="Colour", spread=0.04
    )
    disc_color: tuple[float, ...] = param(
        (0.85, 0.5, 0.015), "Colour of the disc", min=0, max=1, panel="Colour", spread=0.12
    )
    leaf_color: tuple[float, ...] = param(
        (0.07, 0.16, 0.025), "Colour of leaves and stems", min=0, max=1, panel="Colour", spread=0.2
    )
    seed: int = param(0, "Another plant of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "daisy": DaisyParams(),
    "lawn_daisy": DaisyParams(
        flowers=7, height=0.09, stem_leaves=0, spread=0.5, radius=0.0009, petals=38, size=0.0125, width=0.0022, disc=0.36, dome=0.5,
        leaves=18, leaf_length=0.035, reflex=-0.1, nod=0.3, color=(0.86, 0.8, 0.8),
    ),
    "coneflower": DaisyParams(
        flowers=6, height=0.7, stem_leaves=7, spread=0.14, radius=0.003, petals=17, size=0.058, width=0.015, disc=0.36, dome=1.1,
        reflex=0.75, nod=0.18, leaves=12, leaf_length=0.2, color=(0.52, 0.12, 0.34), disc_color=(0.34, 0.09, 0.015),
    ),
    "gerbera": DaisyParams(
        flowers=3, height=0.4, stem_leaves=0, spread=0.3, radius=0.0032, petals=44, size=0.055, width=0.0125, disc=0.3, dome=0.12,
        reflex=-0.05, nod=0.55, leaves=10, leaf_length=0.22, color=(0.8, 0.12, 0.02), disc_color=(0.5, 0.3, 0.02),
    ),
}  # fmt: skip


def build(p: DaisyParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of DaisyParams."""
    ray = shared(
        PETAL, PetalParams(color=p.color, veins=0.14, vein_count=7.0, blush=0.0, mottle=0.08, glow=0.35), "Daisy Ray"
    )
    eye = shared(
        PLAIN, PlainParams(color=p.disc_color, roughness=0.65, size=0.004, bump=0.0001, mottle=0.2), "Daisy Disc"
    )
    leaf = shared(HERB_LEAF, HerbLeafParams(color=p.leaf_color, vein_pairs=5.0, veins=0.35), "Daisy Leaf")
    stalk = shared(STEM, StemParams(color=p.leaf_color, fuzz=0.5), "Daisy Stem")
    with new_tree("Daisy", p) as tree:
        i = tree.i
        rays = tree.material_input("Ray Material", ray, "What the rays are made of")
        discs = tree.material_input("Disc Material", eye, "What the florets are made of")
        green = tree.material_input("Leaf Material", leaf, "What leaves are made of")
        stems = tree.material_input("Stem Material", stalk, "What stems are made of")
        stand = Stand(i.flowers, i.height, i.spread, i.bend, i.nod + i.wilt * 1.3, i.seed)
        with tree.frame("Heads, the last a young one"):
            heads = [
                _head(i, i.seed + 17 * (number + 1), i.open * opened, rays, discs, green)
                for number, opened in enumerate((1.0, 0.9, 0.6))
            ]
        mesh = n.store(stand.stems(i.radius, i.detail), "tint", tinted(i.leaf_color, 1.25))
        foliage = Foliage(i.leaf_length, i.leaf_length * 0.3, 0.74, 0.75, 0.12, 7, 0.16, fold=0.35, wave=0.12, hook=0.6)
        low = rosette(i.leaves, foliage, i.leaf_color, (0.5, 1.35), 0.35, i.seed, i.detail, wilt=i.wilt)
        narrow = Foliage(
            i.leaf_length * 0.6, i.leaf_length * 0.11, 0.5, 1.0, 0.3, 5, 0.3, fold=0.5, wave=0.15, hook=0.6
        )
        high = stem_leaves(
            stand, i.stem_leaves, narrow, i.leaf_color, (0.08, 0.72), 0.55, 0.6, i.detail, (4, 14), wilt=i.wilt
        )
        tree.o.geometry << n.join(
            n.set_material(n.shade_smooth(mesh), stems),
            n.set_material(n.shade_smooth(n.join(low, high)), green),
            stand.heads(variants(*heads)),
        )
    return tree.data


@grouped("Daisy Head")
def _head(i: Inputs, seed: Socket, opened: Socket, rays: Socket, discs: Socket, green: Socket) -> Socket:
    """One flower that looks along +Z from its stem's end."""
    core = i.size * i.disc
    deep = core * 0.5  # the calyx, from the stem's end to the rays
    return n.join(
        n.set_material(n.shade_smooth(_rays(i, seed, opened, core, deep)), rays),
        n.set_material(n.shade_smooth(_disc(i, seed, core, deep)), discs),
        n.set_material(n.shade_smooth(_bracts(i, seed, opened, core, deep)), green),
    )


@grouped("Daisy Rays")
def _rays(i: Inputs, seed: Socket, opened: Socket, core: Socket, deep: Socket) -> Socket:
    """Two rows: the second lies a little lower, between those of the first."""
    sheet = sheets(i.petals, count(i.detail, 6, 2), count(i.detail, 10, 4))
    number, s = sheet.number, sheet.along
    row = n.math("MODULO", number, 2.0)
    azimuth = number * TAU / i.petals + draw(seed, 1, -0.09, 0.09, number)
    start = n.mix(opened, 0.1, 1.3) + row * 0.13 + draw(seed, 2, -0.1, 0.1, number)
    bent = n.mix(opened, -0.55, 0.35) + i.reflex * opened + draw(seed, 3, -0.14, 0.14, number) + i.wilt * 1.4
    long = (i.size - core * 0.85) * draw(seed, 4, 0.9, 1.06, number) * n.mix(opened, 0.7, 1.0) * (1.0 - i.wilt * 0.25)
    root = direction(azimuth) * (core * 0.88) + n.combine_xyz(0.0, 0.0, deep - row * i.size * 0.015)
    arc = Arc(root, azimuth, lambda t: start + t * bent, long)
    outline = n.float_curve(s, [(0, 0.4), (0.2, 0.72), (0.62, 1.0), (0.88, 0.93), (1, 0.72)])
    half = i.width * 0.5 * outline * draw(seed, 5, 0.9, 1.1, number) * (1.0 - i.wilt * 0.5)
    notch = n.cos(sheet.across * 9.4) * 0.022 - n.math("POWER", abs(sheet.across), 3.0) * 0.075
    groove = n.cos(sheet.across * TAU) * i.width * -0.02
    twist = draw(seed, 6, -0.2, 0.2, number)
    petal = lay(sheet, arc, half, cup=0.45 + i.wilt * 1.5, lift=groove, reach=0.98 + notch, roll=twist)
    foot = n.mix(n.smoothstep(s, 0.3, 0.0) * 0.35, i.color, i.disc_color)
    brown = n.mix(i.wilt * n.smoothstep(s + i.wilt, 0.5, 1.3), foot, n.color((0.25, 0.14, 0.05)))
    return marked(petal, tinted(brown, 0.94 + s * 0.06 - row * 0.05), draw(seed, 7, of=number))


@grouped("Daisy Disc")
def _disc(i: Inputs, seed: Socket, core: Socket, deep: Socket) -> Socket:
    """Florets, open ones at the rim and tight buds in the middle, on a closed cup that ends at the stem."""
    florets = n.math("ROUND", n.clamp(core * core * 2.4e6, 60.0, 420.0) * n.clamp(i.detail, 0.3, 2.0))
    share = share_of(florets)
    young = n.smoothstep(share, 0.35, 0.1)
    bud = n.transform(n.sphere(6, 5), scale=(0.62, 0.62, 1.0))
    tint = n.mix(young * 0.4, tinted(i.disc_color, 0.75 + share * 0.35), n.color((0.36, 0.38, 0.027)))
    grain = core * 1.62 / n.sqrt(florets) * n.mix(young, 1.0, 0.75)
    tint = n.mix(i.wilt * 0.7, tint, n.color((0.12, 0.06, 0.02)))
    dots = disc(florets, bud, core * 0.97, core * i.dome, grain, seed, tint)
    dots = n.set_position(dots, offset=n.combine_xyz(0.0, 0.0, deep))
    ball = lathe(count(i.detail, 24, 8), count(i.detail, 10, 6))
    radius, level = profile(ball.t, [(0, 0.0), (0.3, 0.02), (0.75, 0.3), (1.0, 0.75), (0.97, 1.0), (0, 1.0)])
    swell = n.maximum(1.0 - radius * radius, 0.0) * i.dome * n.smoothstep(ball.t, 0.6, 0.8)
    below = ball.shape(radius * core, level * deep + swell * core)
    below = n.store(below, "tint", n.mix(n.smoothstep(ball.t, 0.7, 0.8), i.leaf_color, tinted(i.disc_color, 0.4)))
    return n.join(dots, below)


@grouped("Daisy Bracts")
def _bracts(i: Inputs, seed: Socket, opened: Socket, core: Socket, deep: Socket) -> Socket:
    """Small green scales that held the bud."""
    scale = sheets(26, 2, count(i.detail, 5, 3))
    number = scale.number
    azimuth = number * GOLDEN_ANGLE
    high = n.math("MODULO", number, 2.0)
    root = direction(azimuth) * (core * n.mix(high, 0.5, 0.86)) + n.combine_xyz(0.0, 0.0, deep * n.mix(high, 0.0, 0.25))
    lean = n.mix(opened, 0.6, 1.0)
    arc = Arc(root, azimuth, lambda t: lean - t * 0.35 * (1.0 - opened), core * n.mix(opened, 0.95, 0.55))
    width = core * 0.17 * n.float_curve(scale.along, [(0, 0.8), (0.5, 1.0), (0.85, 0.6), (1, 0.08)])
    bract = lay(scale, arc, width, cup=-0.4)
    return marked(bract, tinted(i.leaf_color, 0.75 + scale.along * 0.3), draw(seed, 8, of=number))


DAISY = Family("daisy", "Daisy", "Flowers", DaisyParams, build, PRESETS, "White rays about a dome of golden florets")
