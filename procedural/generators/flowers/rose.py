"""Roses: a golden-angle spiral of curled petals, tight in the heart and reflexed at the rim, over sepals, prickles and compound leaves."""

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
from ...parts.blooms import Foliage, Stand, stem_sprays, variants
from ...parts.compound import compound_leaf
from ...parts.leaves import Arc, frame, lay, marked, sheets, stalk, stalks, tinted, wavy
from ...parts.plant_parts import GOLDEN_ANGLE, TAU, direction, draw
from ...parts.shapes import count, lathe, profile
from ..base import Family


@dataclass(frozen=True)
class RoseParams:
    """Metres and radians."""

    flowers: int = param(3, "Number of flowers", min=1, max=40, panel="Stems", usual=(1, 5))
    height: float = param(
        0.45, "Height of the tallest stem", min=0.05, max=1.5, unit="m", panel="Stems", usual=(0.38, 0.55)
    )
    spread: float = param(
        0.38, "Lean of the outer stems", min=0.0, max=1.0, unit="rad", panel="Stems", usual=(0.28, 0.5)
    )
    bend: float = param(0.1, "How much stems sway", min=0.0, max=0.8, unit="rad", panel="Stems", usual=(0.05, 0.2))
    nod: float = param(0.4, "How far flowers turn aside", min=0.0, max=1.6, unit="rad", panel="Stems", usual=(0.2, 0.6))
    radius: float = param(
        0.0032, "Radius of a stem", min=0.001, max=0.02, unit="m", panel="Stems", usual=(0.0027, 0.0038)
    )
    prickles: int = param(14, "Prickles on a stem", min=0, max=60, panel="Stems", usual=(8, 18))
    petals: int = param(36, "Petals of a flower", min=5, max=120, panel="Flower", usual=(30, 44))
    size: float = param(
        0.046, "Length of an outer petal", min=0.008, max=0.15, unit="m", panel="Flower", usual=(0.04, 0.052)
    )
    open: float = param(0.75, "From a bud, 0, to full bloom, 1", min=0.0, max=1.0, panel="Flower", usual=(0.55, 0.95))
    reflex: float = param(
        0.9, "How far the rims roll out", min=-0.5, max=2.5, unit="rad", panel="Flower", usual=(0.6, 1.3)
    )
    ruffle: float = param(0.35, "How wavy the rims are", min=0.0, max=1.5, panel="Flower", usual=(0.2, 0.6))
    wilt: float = param(0.0, "From fresh, 0, to withered, 1", min=0.0, max=1.0, panel="Flower", usual=(0.0, 0.06))
    leaves: int = param(4, "Compound leaves of a stem", min=0, max=20, panel="Leaves", usual=(3, 6))
    leaflets: int = param(2, "Pairs of leaflets", min=1, max=6, panel="Leaves")
    leaf_length: float = param(
        0.045, "Length of a leaflet", min=0.008, max=0.2, unit="m", panel="Leaves", usual=(0.038, 0.052)
    )
    color: tuple[float, ...] = param(
        (0.56, 0.015, 0.03), "Colour of the petals, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    rim: tuple[float, ...] = param((0.66, 0.03, 0.05), "Colour of the rims", min=0, max=1, panel="Colour", spread=0.15)
    heart: tuple[float, ...] = param(
        (0.42, 0.008, 0.02), "Colour in the heart and at petals' foot", min=0, max=1, panel="Colour", spread=0.15
    )
    leaf_color: tuple[float, ...] = param(
        (0.045, 0.115, 0.03), "Colour of the leaves", min=0, max=1, panel="Colour", spread=0.2
    )
    seed: int = param(0, "Another plant of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "rose": RoseParams(),
    "tea_rose": RoseParams(
        flowers=1, height=0.5, petals=28, open=0.5, size=0.05, color=(0.8, 0.5, 0.36), rim=(0.82, 0.42, 0.36), heart=(0.8, 0.42, 0.12),
    ),
    "garden_rose": RoseParams(
        flowers=5, petals=80, size=0.044, open=1.0, reflex=0.5, ruffle=0.6, color=(0.76, 0.34, 0.4), rim=(0.8, 0.52, 0.55),
        heart=(0.7, 0.22, 0.26),
    ),
    "dog_rose": RoseParams(
        flowers=7, petals=5, size=0.028, open=1.0, reflex=0.1, ruffle=0.5, height=0.6, spread=0.6, radius=0.0024, prickles=22, leaflets=3,
        leaf_length=0.03, color=(0.78, 0.36, 0.46), rim=(0.78, 0.3, 0.42), heart=(0.82, 0.75, 0.66),
    ),
}  # fmt: skip


def build(p: RoseParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of RoseParams."""
    velvet = shared(PETAL, PetalParams(color=p.color, veins=0.16, vein_count=22.0, blush=0.1, glow=0.3), "Rose Petal")
    leaf = shared(
        HERB_LEAF, HerbLeafParams(color=p.leaf_color, vein_pairs=7.0, veins=0.3, roughness=0.32, glow=0.25), "Rose Leaf"
    )
    skin = shared(STEM, StemParams(color=(0.09, 0.16, 0.04), flushed=0.4, fuzz=0.0), "Rose Stem")
    with new_tree("Rose", p) as tree:
        i = tree.i
        petals = tree.material_input("Petal Material", velvet, "What petals are made of")
        green = tree.material_input("Leaf Material", leaf, "What leaves are made of")
        stems = tree.material_input("Stem Material", skin, "What stems are made of")
        stand = Stand(i.flowers, i.height, i.spread, i.bend, i.nod + i.wilt * 1.4, i.seed)
        heads = []
        for k, opened in enumerate((1.0, 0.8, 0.4)):
            seed, opening = i.seed + 31 * (k + 1), i.open * opened
            bloom = n.set_material(n.shade_smooth(_petals(i, seed, opening)), petals)
            cup = n.set_material(n.shade_smooth(_sepals(i, seed, opening)), green)
            stamens = n.set_material(n.shade_smooth(_stamens(i, seed)), petals)
            heads.append(n.join(bloom, cup, stamens))
        stem_color = tinted(i.leaf_color, 1.7)
        mesh = n.store(n.join(stand.stems(i.radius, i.detail, 1.3), _prickles(i, stand)), "tint", stem_color)
        foliage = Foliage(i.leaf_length, i.leaf_length * 0.62, 0.45, 0.85, 0.1, 14, 0.16, fold=0.45, wave=0.12)
        blades, stalk_mesh = compound_leaf(
            i.leaf_length * 2.0,
            i.leaflets,
            foliage,
            i.leaf_color,
            0.5 + i.wilt,
            i.seed,
            i.detail,
            mesh=(6, 40),
            wilt=i.wilt,
        )
        spray = n.join(n.set_material(n.shade_smooth(blades), green), n.set_material(n.shade_smooth(stalk_mesh), stems))
        tree.o.geometry << n.join(
            n.set_material(n.shade_smooth(mesh), stems),
            stem_sprays(stand, i.leaves, spray, (0.14, 0.82), 1.15 + i.wilt * 0.8, (1.05, 0.72)),
            stand.heads(variants(*heads)),
        )
    return tree.data


@grouped("Rose Petals")
def _petals(i: Inputs, seed: Socket, opened: Socket) -> Socket:
    """Numbered from the heart out: each wraps the ones within, one rim over and one under its neighbours."""
    sheet = sheets(i.petals, count(i.detail, 12, 5), count(i.detail, 12, 5))
    number, s, x = sheet.number, sheet.along, sheet.across
    single = i.petals <= 8
    out = n.switch(single, n.math("POWER", (number + 0.5) / n.maximum(i.petals, 1), 0.85), 0.95)
    azimuth = n.switch(single, number * GOLDEN_ANGLE, number * TAU / n.maximum(i.petals, 1)) + draw(
        seed, 1, -0.15, 0.15, number
    )
    loose = n.clamp(opened * 1.2 - 0.15 + out * 0.25)
    start = n.mix(n.math("POWER", out, 1.15), 0.12, 1.5) * n.mix(opened, 0.42, 1.0) + draw(seed, 2, -0.08, 0.08, number)
    close = n.mix(out, 0.34, 0.85) * n.mix(opened, 0.75, 0.85) + draw(seed, 3, -0.1, 0.12, number) - i.wilt * out * 1.3
    lip = i.reflex * n.mix(out, 0.3, 1.35) * loose * draw(seed, 4, 0.75, 1.25, number)

    def turn(t: Socket) -> Socket:
        late = n.math("POWER", n.maximum(t, 0.0), 6.0)
        return start - n.smoothstep(t, 0.0, 0.75) * n.switch(single, close, 0.45) + late * lip

    size = n.mix(out, 0.66, 1.0) * draw(seed, 5, 0.94, 1.06, number)
    root = direction(azimuth) * (i.size * (0.02 + out * 0.09)) + n.combine_xyz(0.0, 0.0, i.size * (0.09 - out * 0.06))
    arc = Arc(root, azimuth, turn, i.size * size)
    wide = n.float_curve(s, [(0, 0.28), (0.2, 0.55), (0.5, 0.9), (0.75, 1.0), (1, 0.86)])
    half = i.size * size * n.mix(out, 0.46, 0.56) * wide
    cup = n.mix(out, 1.75, 0.62) * n.mix(opened, 1.1, 0.9) * n.mix(s, 1.0, 0.8)
    wave = wavy(sheet, 3.0, seed, 1.0)
    lift = wave * i.size * i.ruffle * 0.55 * n.smoothstep(s, 0.25, 1.0)
    rolled = n.math("POWER", abs(x), 4.0) * n.smoothstep(s, 0.45, 1.0) * lip * i.size * -0.09
    heart = n.smoothstep(abs(x), 0.3, 0.0) * n.switch(
        single, 0.05, -0.1
    )  # a point in the middle, or a dog rose's notch
    reach = 0.95 - n.math("POWER", abs(x), 2.2) * 0.3 * s - heart * n.smoothstep(s, 0.7, 1.0) + wave * 0.1
    petal = lay(sheet, arc, half, cup, lift + rolled, reach, roll=draw(seed, 6, 0.1, 0.24, number))
    edge = n.smoothstep(n.maximum(abs(x), s), 0.6, 1.0)
    tint = n.mix(n.smoothstep(s, 0.5, 0.0) * 0.75 + (1.0 - out) * 0.35, i.color, i.heart)
    tint = n.mix(edge * out * 0.8, tint, i.rim)
    tint = n.mix(n.smoothstep(edge + i.wilt * (0.6 + out * 0.5), 0.9, 1.8) * 0.85, tint, n.color((0.2, 0.09, 0.04)))
    return marked(petal, tinted(tint, draw(seed, 7, 0.92, 1.06, number)), draw(seed, 8, of=number), out)


@grouped("Rose Sepals")
def _sepals(i: Inputs, seed: Socket, opened: Socket) -> Socket:
    """Five long sepals that bend back as the flower opens, on a round hip."""
    sheet = sheets(5, count(i.detail, 4, 2), count(i.detail, 14, 5))
    number, s = sheet.number, sheet.along
    azimuth = number * TAU / 5.0 + draw(seed, 21, -0.1, 0.1, number)
    start = n.mix(opened, 0.7, 1.5)
    curl = n.mix(opened, -0.7, 1.3) + draw(seed, 22, -0.3, 0.3, number)
    arc = Arc(direction(azimuth) * (i.size * 0.07), azimuth, lambda t: start + t * curl, i.size * 0.8)
    width = i.size * 0.15 * n.float_curve(s, [(0, 0.8), (0.2, 1.0), (0.5, 0.55), (0.75, 0.22), (1, 0.03)])
    scale = lay(sheet, arc, width, cup=-0.5)
    scale = marked(scale, tinted(i.leaf_color, 1.25 - s * 0.2), draw(seed, 23, of=number))
    ball = lathe(count(i.detail, 16, 8), count(i.detail, 12, 6))
    radius, height = profile(ball.t, [(0, 0), (0.5, 0.0), (0.9, 0.4), (1.0, 0.8), (0.75, 1.2), (0.9, 1.4), (0, 1.5)])
    hip = ball.shape(radius * i.size * 0.115, (height - 1.05) * i.size * 0.14)
    return n.join(scale, n.store(hip, "tint", tinted(i.leaf_color, 1.5)))


@grouped("Rose Stamens")
def _stamens(i: Inputs, seed: Socket) -> Socket:
    """A golden tuft, seen where there are few petals."""
    tubes = stalks(n.switch(i.petals <= 12, 12, 60), 5, 6)
    number, s = tubes.number, tubes.along
    lean = 0.2 + (number / 60.0) * 0.95 + draw(seed, 31, -0.12, 0.12, number)
    azimuth = number * GOLDEN_ANGLE
    arc = Arc(
        direction(azimuth) * (i.size * 0.05),
        azimuth,
        lambda t: lean - t * 0.3,
        i.size * 0.3 * draw(seed, 32, 0.8, 1.1, number),
    )
    width = n.float_curve(s, [(0, 0.3), (0.75, 0.25), (0.83, 1.0), (0.95, 0.9), (1, 0.25)])
    mesh = stalk(tubes, arc, i.size * 0.016 * width)
    tip = n.smoothstep(s, 0.7, 0.8)
    return n.store(mesh, "tint", n.mix(tip, n.color((0.72, 0.62, 0.2)), n.color((0.75, 0.42, 0.04))))  # type: ignore[return-value]


@grouped("Rose Prickles")
def _prickles(i: Inputs, stand: Stand) -> Socket:
    """Flattened cones that hook downwards, all along the stems."""
    tubes = stalks(i.flowers * i.prickles, 6, 5)
    number, s = tubes.number, tubes.along
    stem = n.math("FLOOR", (number + 0.5) / n.maximum(i.prickles, 1))
    arc = stand.arc(stem)
    at = frame(arc, draw(i.seed, 41, 0.04, 0.86, number))
    around = draw(i.seed, 42, 0.0, TAU, number)
    root = at.point + direction(around) * (i.radius * 0.75)
    lean = 1.35 + draw(i.seed, 43, -0.15, 0.15, number)
    hook = Arc(root, around, lambda t: lean + t * 0.7, i.radius * draw(i.seed, 44, 1.3, 2.4, number))
    return stalk(tubes, hook, i.radius * 0.42 * (1.04 - s), 2.2)


ROSE = Family(
    "rose",
    "Rose",
    "Flowers",
    RoseParams,
    build,
    PRESETS,
    "A spiral of curled petals on a prickly stem with compound leaves",
)
