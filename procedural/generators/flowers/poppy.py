"""Poppies: four crumpled petals of silk, a crowned seed pod in a ring of stamens, hairy nodding buds and cut leaves."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...materials import shared
from ...materials.herb import HERB_LEAF, STEM, HerbLeafParams, StemParams
from ...materials.petal import SATIN_PETAL, SatinPetalParams
from ...materials.plain import PLAIN, PlainParams
from ...parts.blooms import Foliage, Stand, rosette, stem_leaves, variants
from ...parts.leaves import Arc, lay, marked, sheets, stalk, stalks, tinted, wavy
from ...parts.plant_parts import GOLDEN_ANGLE, TAU, direction, draw
from ...parts.shapes import count, lathe, profile
from ..base import Family


@dataclass(frozen=True)
class PoppyParams:
    """Metres and radians."""

    flowers: int = param(6, "Number of flowers, buds and pods", min=1, max=40, panel="Stems", usual=(4, 9))
    height: float = param(
        0.45, "Height of the tallest stem", min=0.05, max=1.5, unit="m", panel="Stems", usual=(0.35, 0.55)
    )
    spread: float = param(
        0.34, "Lean of the outer stems", min=0.0, max=1.0, unit="rad", panel="Stems", usual=(0.22, 0.45)
    )
    bend: float = param(0.2, "How much stems sway", min=0.0, max=0.8, unit="rad", panel="Stems", usual=(0.1, 0.35))
    nod: float = param(
        0.35, "How far flowers turn aside", min=0.0, max=1.6, unit="rad", panel="Stems", usual=(0.15, 0.6)
    )
    radius: float = param(
        0.0016, "Radius of a stem", min=0.0005, max=0.01, unit="m", panel="Stems", usual=(0.0014, 0.0019)
    )
    buds: float = param(0.2, "Share of stems with a bud", min=0.0, max=1.0, panel="Stems", usual=(0.1, 0.35))
    pods: float = param(0.12, "Share of stems with a seed pod", min=0.0, max=1.0, panel="Stems", usual=(0.0, 0.25))
    petals: int = param(4, "Petals of a flower", min=3, max=24, panel="Flower")
    size: float = param(0.042, "Length of a petal", min=0.01, max=0.2, unit="m", panel="Flower", usual=(0.036, 0.048))
    width: float = param(0.066, "Width of a petal", min=0.01, max=0.25, unit="m", panel="Flower", usual=(0.058, 0.072))
    open: float = param(0.7, "From a bud, 0, to full bloom, 1", min=0.0, max=1.0, panel="Flower", usual=(0.5, 0.9))
    crumple: float = param(0.5, "How crumpled petals are", min=0.0, max=1.5, panel="Flower", usual=(0.3, 0.8))
    blotch: float = param(
        0.28, "Size of the dark blotch at a petal's foot", min=0.0, max=0.8, panel="Flower", usual=(0.15, 0.35)
    )
    stamens: int = param(70, "Stamens of a flower", min=0, max=200, panel="Flower", usual=(55, 85))
    wilt: float = param(0.0, "From fresh, 0, to withered, 1", min=0.0, max=1.0, panel="Flower", usual=(0.0, 0.06))
    leaves: int = param(12, "Leaves at the foot", min=0, max=40, panel="Leaves", usual=(9, 15))
    leaf_length: float = param(0.13, "Length of a leaf", min=0.02, max=0.5, unit="m", panel="Leaves", usual=(0.1, 0.16))
    color: tuple[float, ...] = param(
        (0.78, 0.035, 0.012), "Colour of the petals, linear RGB", min=0, max=1, panel="Colour", spread=0.12
    )
    blotch_color: tuple[float, ...] = param((0.025, 0.012, 0.02), "Colour of the blotch", min=0, max=1, panel="Colour")
    stamen_color: tuple[float, ...] = param(
        (0.05, 0.035, 0.05), "Colour of the stamens", min=0, max=1, panel="Colour", spread=0.1
    )
    leaf_color: tuple[float, ...] = param(
        (0.1, 0.18, 0.06), "Colour of leaves and stems", min=0, max=1, panel="Colour", spread=0.15
    )
    seed: int = param(0, "Another plant of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "poppy": PoppyParams(),
    "iceland_poppy": PoppyParams(
        flowers=7, height=0.34, size=0.038, width=0.058, open=0.6, blotch=0.2, color=(0.82, 0.36, 0.02), blotch_color=(0.7, 0.6, 0.06),
        stamen_color=(0.75, 0.55, 0.04), crumple=0.7, leaf_length=0.11,
    ),
    "blue_poppy": PoppyParams(
        flowers=5, height=0.7, size=0.045, width=0.064, open=0.85, blotch=0.0, color=(0.07, 0.22, 0.68), stamen_color=(0.72, 0.5, 0.06),
        nod=0.9, leaf_length=0.2, radius=0.0025,
    ),
    "peony_poppy": PoppyParams(
        flowers=4, height=0.75, petals=18, size=0.05, width=0.05, open=0.75, crumple=1.2, blotch=0.12, color=(0.52, 0.12, 0.32),
        pods=0.3, radius=0.0028, leaf_length=0.22, leaf_color=(0.14, 0.22, 0.13),
    ),
}  # fmt: skip


def build(p: PoppyParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of PoppyParams."""
    silk = shared(SATIN_PETAL, SatinPetalParams(color=p.color, crinkle=0.9, relief=0.0005, veins=0.25), "Poppy Petal")
    dust = shared(PLAIN, PlainParams(color=p.stamen_color, roughness=0.8, size=0.001, bump=0.00005), "Poppy Stamen")
    leaf = shared(HERB_LEAF, HerbLeafParams(color=p.leaf_color, vein_pairs=6.0, veins=0.3, roughness=0.6), "Poppy Leaf")
    skin = shared(STEM, StemParams(color=p.leaf_color, fuzz=0.8), "Poppy Stem")
    with new_tree("Poppy", p) as tree:
        i = tree.i
        petals = tree.material_input("Petal Material", silk, "What petals are made of")
        stamens = tree.material_input("Stamen Material", dust, "What stamens are made of")
        green = tree.material_input("Leaf Material", leaf, "What leaves are made of")
        stems = tree.material_input("Stem Material", skin, "What stems, buds and pods are made of")
        number = n.index()
        kind = draw(i.seed, 41, of=number)
        is_bud = (kind < i.buds) & (number > 0)
        is_pod = (kind > 1.0 - i.pods) & (number > 0)

        def hooked(stem: Socket) -> Socket:
            """Buds hang until they open."""
            closed = (draw(i.seed, 41, of=stem) < i.buds) & (stem > 0)
            return closed * draw(i.seed, 43, 2.2, 2.9, of=stem)

        stand = Stand(i.flowers, i.height, i.spread, i.bend, i.nod + i.wilt, i.seed, hooked)
        with tree.frame("Heads: three flowers, a bud, a pod"):
            heads = []
            for k, opened in enumerate((1.0, 0.8, 0.5)):
                seed, opening = i.seed + 29 * (k + 1), i.open * opened
                flower = n.set_material(n.shade_smooth(_petals(i, seed, opening)), petals)
                ring = n.set_material(n.shade_smooth(_stamens(i, seed)), stamens)
                heads.append(n.join(flower, ring, n.set_material(n.shade_smooth(_pod(i, 0.16)), stems)))
            heads.append(n.set_material(n.shade_smooth(_bud(i)), stems))
            heads.append(n.set_material(n.shade_smooth(_pod(i, 0.3)), stems))
        pick = n.switch(is_bud, n.switch(is_pod, n.math("FLOOR", draw(i.seed, 42, 0.0, 2.99, number)), 4.0), 3.0)
        mesh = n.store(stand.stems(i.radius, i.detail, 1.3), "tint", tinted(i.leaf_color, 1.3))
        cut = Foliage(i.leaf_length, i.leaf_length * 0.42, 0.55, 0.9, 0.16, 6, 0.72, fold=0.5, wave=0.4, hook=0.62)
        low = rosette(i.leaves, cut, i.leaf_color, (0.35, 1.3), 0.6, i.seed, i.detail, (8, 42), wilt=i.wilt)
        high = stem_leaves(stand, 2, cut, i.leaf_color, (0.12, 0.45), 0.7, 0.7, i.detail, (8, 42), (0.7, 0.45), i.wilt)
        tree.o.geometry << n.join(
            n.set_material(n.shade_smooth(mesh), stems),
            n.set_material(n.shade_smooth(n.join(low, high)), green),
            stand.heads(variants(*heads), pick=pick),
        )
    return tree.data


@grouped("Poppy Petals")
def _petals(i: Inputs, seed: Socket, opened: Socket) -> Socket:
    """Two pairs, crosswise, the outer pair lower and broader; crumpled as they were folded in the bud."""
    sheet = sheets(i.petals, count(i.detail, 20, 6), count(i.detail, 16, 5))
    number, s, x = sheet.number, sheet.along, sheet.across
    few = i.petals <= 4
    inner = n.switch(few, (number + 0.5) / n.maximum(i.petals, 1), n.math("MODULO", number, 2.0))
    azimuth = n.switch(few, number * GOLDEN_ANGLE, number * TAU / i.petals) + draw(seed, 1, -0.12, 0.12, number)
    start = n.mix(opened, 0.55, 1.42) - inner * 0.22 + draw(seed, 2, -0.1, 0.1, number)
    close = n.mix(opened, 0.75, 0.5) + draw(seed, 3, -0.2, 0.2, number) - i.wilt * 1.8
    flare = draw(seed, 4, 0.1, 0.7, number) * opened

    def turn(t: Socket) -> Socket:
        return start - n.smoothstep(t, 0.0, 0.7) * close + n.math("POWER", n.maximum(t, 0.0), 3.0) * flare

    size = (1.0 - inner * 0.1) * draw(seed, 5, 0.92, 1.05, number)
    lift_foot = n.combine_xyz(0.0, 0.0, inner * i.size * 0.03)
    arc = Arc(direction(azimuth) * (i.size * 0.04) + lift_foot, azimuth, turn, i.size * size)
    half = i.width * 0.5 * size * n.float_curve(s, [(0, 0.13), (0.25, 0.5), (0.6, 0.92), (0.85, 1.0), (1, 0.93)])
    own = n.combine_xyz(x * 1.6, s * 1.1, number * 5.3)
    big = n.noise(own, scale=1.7, detail=1.0, w=seed * 1.3) - 0.5
    small = n.noise(own, scale=6.0, detail=2.0, w=seed * 1.7) - 0.5
    rays = n.noise(n.combine_xyz(x * 9.0, s * 1.2, number * 5.3), scale=1.0, detail=2.0, w=seed * 2.1) - 0.5
    lift = (big * 0.38 + (small * 0.1 + rays * 0.16) * i.crumple) * n.smoothstep(s, 0.1, 0.8) * i.size
    lift = lift + wavy(sheet, 3.0, seed) * i.size * 0.25
    reach = 0.97 - n.math("POWER", abs(x), 2.6) * 0.34 * s + (small * 0.1 + rays * 0.06) * s * i.crumple
    petal = lay(sheet, arc, half, n.mix(s, 0.9, 0.5), lift, reach)
    dark = n.smoothstep(s + small * 0.1 + n.math("POWER", abs(x), 2.0) * 0.25 - i.blotch, 0.05, -0.03) * (
        i.blotch > 0.01
    )
    tint = n.mix(dark, tinted(i.color, 0.9 + s * 0.12 + rays * 0.1), i.blotch_color)
    tint = n.mix(n.smoothstep(s + i.wilt, 0.9, 1.8) * 0.85, tint, n.color((0.2, 0.08, 0.05)))
    return marked(petal, tint, draw(seed, 6, of=number))


@grouped("Poppy Stamens")
def _stamens(i: Inputs, seed: Socket) -> Socket:
    """Threads with a dusty anther at the end, all about the pod."""
    tubes = stalks(i.stamens, 5, 7)
    number, s = tubes.number, tubes.along
    share = (number + 0.5) / n.maximum(i.stamens, 1)
    azimuth = number * GOLDEN_ANGLE
    lean = 0.25 + share * 0.95 + draw(seed, 11, -0.15, 0.15, number)
    length = i.size * 0.36 * draw(seed, 12, 0.8, 1.1, number)
    arc = Arc(direction(azimuth) * (i.size * 0.06), azimuth, lambda t: lean - t * 0.35, length)
    width = n.float_curve(s, [(0, 0.3), (0.78, 0.25), (0.83, 0.9), (0.96, 0.9), (1, 0.25)])
    mesh = stalk(tubes, arc, i.size * 0.016 * width)
    tint = tinted(i.stamen_color, n.mix(n.smoothstep(s, 0.7, 0.85), 1.6, 1.0) * draw(seed, 13, 0.8, 1.2, number))
    return n.store(mesh, "tint", tint)  # type: ignore[return-value]


@grouped("Poppy Pod")
def _pod(i: Inputs, size: float) -> Socket:
    """A ribbed urn under a flat crown of rays."""
    ball = lathe(count(i.detail, 36, 12), count(i.detail, 26, 12))
    outline = [
        (0, 0),
        (0.16, 0.0),
        (0.22, 0.1),
        (0.55, 0.5),
        (0.66, 1.0),
        (0.5, 1.36),
        (0.44, 1.42),
        (0.78, 1.44),
        (0.8, 1.52),
        (0, 1.62),
    ]
    radius, height = profile(ball.t, outline)
    top = n.smoothstep(height, 1.4, 1.46)
    ribs = 1.0 + n.cos(ball.angle * 10.0) * n.mix(top, 0.025, 0.07)
    pod = ball.shape(radius * ribs * i.size * size, height * i.size * size)
    groove = n.smoothstep(n.cos(ball.angle * 10.0), 0.3, 0.9) * top
    green = n.mix(groove, tinted(i.leaf_color, n.mix(top, 1.7, 1.9)), n.color((0.12, 0.06, 0.05)))
    return n.store(pod, "tint", green)  # type: ignore[return-value]


@grouped("Poppy Bud")
def _bud(i: Inputs) -> Socket:
    """A hairy egg that hangs from its bowed stem, its seam just opening."""
    ball = lathe(count(i.detail, 24, 10), count(i.detail, 16, 8))
    radius, height = profile(ball.t, [(0, 0), (0.3, 0.02), (0.85, 0.5), (1.0, 1.2), (0.7, 2.1), (0, 2.6)])
    seam = n.smoothstep(abs(n.sin(ball.angle)), 0.12, 0.0)
    size = i.size * 0.21
    body = ball.shape(radius * (1.0 - seam * 0.12) * size, height * size)
    tint = n.mix(seam * n.smoothstep(ball.t, 0.3, 0.5) * 0.9, tinted(i.leaf_color, 1.15), i.color)
    body = n.store(body, "tint", tint)
    hairs = stalks(90, 3, 2)
    number, s = hairs.number, hairs.along
    up = (number + 0.5) / 90.0
    azimuth = number * GOLDEN_ANGLE
    swell = n.sin(up * 2.9 + 0.1) * size * 0.95
    root = direction(azimuth) * swell + n.combine_xyz(0.0, 0.0, up * 2.5 * size)
    lean = 1.9 - up * 1.5
    arc = Arc(root, azimuth, lambda t: lean - t * 0.3, size * 0.75)
    hair = stalk(hairs, arc, size * 0.022 * (1.05 - s))
    return n.join(body, n.store(hair, "tint", n.color((0.4, 0.42, 0.3))))


POPPY = Family(
    "poppy",
    "Poppy",
    "Flowers",
    PoppyParams,
    build,
    PRESETS,
    "Crumpled silk petals about a crowned pod, with nodding buds",
)
