"""Green things: leaves with veins, grass, stems, moss, and the waxy skin of succulents.

Leaves reflect 5 to 10 % of visible light and let about as much through, yellower than what they reflect (Woolley 1971, "Reflectance
and transmittance of light by leaves"); the underside is paler and duller. Veins are laid by the UVMap, stems by the attribute `limb` (m).
"""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Socket, Tree, current_tree
from ..graph import nodes as n
from ..graph.sockets import Input
from .base import MaterialKind, Shaded, leaf_place, limb_place, own_color, place, principled, told
from .tones import lit


@dataclass(frozen=True)
class HerbLeafParams:
    color: tuple[float, ...] = param((0.06, 0.15, 0.025), "Colour, linear RGB", min=0, max=1, spread=0.25)
    veins: float = param(0.5, "How pale the veins are", min=0, max=1, usual=(0.3, 0.7))
    vein_pairs: float = param(8.0, "Side veins on a side", min=0.0, max=40.0, usual=(6.0, 11.0))
    vein_rise: float = param(
        0.28, "How far side veins climb, as a share of the length", min=0, max=1, usual=(0.2, 0.38)
    )
    mottle: float = param(0.3, "How much light and dark vary", min=0, max=1, usual=(0.15, 0.45))
    glow: float = param(0.35, "Share of the light that goes through", min=0, max=0.9, usual=(0.25, 0.45))
    roughness: float = param(0.45, "From a mirror, 0, to chalk, 1", min=0, max=1, usual=(0.35, 0.6))
    pale_below: float = param(0.5, "How much paler the underside is", min=0, max=1, usual=(0.3, 0.7))
    relief: float = param(
        0.0003, "How far the blade swells between veins", min=0.0, max=0.02, unit="m", usual=(0.0002, 0.0005)
    )
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


@dataclass(frozen=True)
class GrassParams:
    color: tuple[float, ...] = param((0.1, 0.2, 0.03), "Colour, linear RGB", min=0, max=1, spread=0.25)
    dry: float = param(0.2, "How far tips have dried, more in old blades", min=0, max=1, usual=(0.0, 0.4))
    dry_color: tuple[float, ...] = param((0.42, 0.32, 0.14), "Colour of what has dried", min=0, max=1, spread=0.15)
    lines: float = param(9.0, "Veins across a blade", min=1.0, max=60.0, usual=(7.0, 13.0))
    glow: float = param(0.4, "Share of the light that goes through", min=0, max=0.9, usual=(0.3, 0.5))
    roughness: float = param(0.42, "From a mirror, 0, to chalk, 1", min=0, max=1, usual=(0.35, 0.55))
    relief: float = param(0.00015, "Height of the ribs", min=0.0, max=0.01, unit="m", usual=(0.0001, 0.0002))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


@dataclass(frozen=True)
class StemParams:
    color: tuple[float, ...] = param((0.12, 0.2, 0.045), "Colour, linear RGB", min=0, max=1, spread=0.25)
    flush: tuple[float, ...] = param(
        (0.22, 0.07, 0.05), "Colour of the sunny side and the foot", min=0, max=1, spread=0.25
    )
    flushed: float = param(0.2, "How much of it has that colour", min=0, max=1, usual=(0.0, 0.45))
    fibre: float = param(0.0012, "Distance of the ribs", min=0.0001, max=0.1, unit="m", usual=(0.0008, 0.0018))
    fuzz: float = param(0.3, "Fine hair that shines at the rim", min=0, max=1, usual=(0.1, 0.6))
    roughness: float = param(0.5, "From a mirror, 0, to chalk, 1", min=0, max=1, usual=(0.4, 0.65))
    relief: float = param(0.00012, "Height of the ribs", min=0.0, max=0.01, unit="m", usual=(0.00006, 0.0002))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


@dataclass(frozen=True)
class MossParams:
    color: tuple[float, ...] = param((0.09, 0.17, 0.02), "Colour of the tips, linear RGB", min=0, max=1, spread=0.25)
    deep: tuple[float, ...] = param((0.025, 0.045, 0.008), "Colour between them", min=0, max=1, spread=0.2)
    brown: float = param(0.2, "Share that has browned", min=0, max=1, usual=(0.05, 0.35))
    size: float = param(0.003, "Size of a shoot", min=0.0003, max=0.1, unit="m", usual=(0.002, 0.005))
    relief: float = param(0.0025, "Height of the shoots", min=0.0, max=0.05, unit="m", usual=(0.0015, 0.004))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


@dataclass(frozen=True)
class SucculentParams:
    color: tuple[float, ...] = param((0.14, 0.26, 0.16), "Colour, linear RGB", min=0, max=1, spread=0.2)
    bloom: float = param(0.5, "Waxy bloom that pales it, rubbed off here and there", min=0, max=1, usual=(0.25, 0.75))
    bloom_color: tuple[float, ...] = param((0.42, 0.52, 0.5), "Colour of the bloom", min=0, max=1, spread=0.1)
    prints: float = param(0.35, "Faint prints of the leaves that lay on it in the bud", min=0, max=1, usual=(0.1, 0.6))
    roughness: float = param(0.42, "From a mirror, 0, to chalk, 1", min=0, max=1, usual=(0.35, 0.5))
    size: float = param(0.03, "Size of the cloudiness", min=0.001, max=1.0, unit="m", usual=(0.02, 0.05))
    relief: float = param(0.0002, "Height of the skin's grain", min=0.0, max=0.01, unit="m", usual=(0.0001, 0.0003))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def green_sheet(color: Input, glow: Input, **surface: Input) -> Socket:
    """The Principled BSDF with a share of light that goes through, yellower than what comes back."""
    tree = current_tree()
    through = n.mix(1.0, color, n.color((1.5, 1.35, 0.55)), blend="MULTIPLY")
    light = tree.add("ShaderNodeBsdfTranslucent", color=through).as_socket()
    return tree.add("ShaderNodeMixShader", glow, principled(base_color=color, **surface), light).as_socket()


def behind() -> Socket:
    """1 where the underside is seen."""
    return current_tree().add("ShaderNodeNewGeometry")["Backfacing"]


def facing_away(blend: Input) -> Socket:
    """0 where a surface is looked at squarely, 1 at its rim."""
    return current_tree().add("ShaderNodeLayerWeight", blend=blend)["Facing"]


def shade_leaf(tree: Tree) -> Shaded:
    i = tree.i
    x, y = leaf_place()
    own = told("random")
    away = abs(x)
    at = n.combine_xyz(x, y * 2.2, own * 31.0)
    waver = n.noise(at, scale=3.0, detail=2.0, w=i.seed) - 0.5
    rib = n.smoothstep(away, 0.075 - y * 0.045, 0.012)
    # side veins leave the rib steeply and bend towards the tip; left and right alternate
    side = n.math("GREATER_THAN", x, 0.0) * 0.5
    phase = (y - n.math("POWER", away, 1.25) * i.vein_rise + waver * 0.03) * (i.vein_pairs + 1.0) + side
    line = n.math("PINGPONG", phase, 0.5) * 2.0
    width = 0.2 - away * 0.14
    vein = (
        n.smoothstep(line, width, width * 0.2)
        * n.math("GREATER_THAN", i.vein_pairs, 0.5)
        * n.smoothstep(away, 1.05, 0.6)
    )
    net = tree.add(
        "ShaderNodeTexVoronoi",
        voronoi_dimensions="3D",
        feature="DISTANCE_TO_EDGE",
        vector=at,
        scale=i.vein_pairs * 2.5 + 6.0,
    )["Distance"]
    fine = n.smoothstep(net, 0.09, 0.0) * 0.35
    veined = n.maximum(n.maximum(rib, vein * 0.8), fine)
    cloud = n.noise(at, scale=2.6, detail=4.0, w=i.seed + 9.0) - 0.5
    light = (1.0 + cloud * i.mottle * 2.0) * (1.0 + (own - 0.5) * 0.3) * (1.0 - n.smoothstep(away, 0.8, 1.0) * 0.12)
    blade = lit(own_color(i.color), light)
    pale = n.mix(0.55, lit(blade, 1.6), n.color((0.3, 0.38, 0.14)))
    top = n.mix(veined * i.veins * 0.75, blade, pale)
    below = n.mix(i.pale_below * 0.6, lit(top, 1.25), n.color((0.24, 0.3, 0.18)))
    back = behind()
    color = n.mix(back, top, below)
    shader = green_sheet(
        color,
        i.glow,
        roughness=n.clamp(i.roughness + cloud * 0.2 + back * 0.2 + fine * 0.2),
        specular=0.45,
    )
    swell = (1.0 - n.maximum(rib, vein)) * n.smoothstep(line, 0.0, 0.8)
    return Shaded(shader, height=(swell - fine * 0.4 + cloud * 0.5) * i.relief)


def shade_grass(tree: Tree) -> Shaded:
    i = tree.i
    x, y = leaf_place()
    own = told("random")
    line = n.math("PINGPONG", x * i.lines * 0.5, 0.5) * 2.0
    rib = n.smoothstep(line, 0.6, 0.0)
    keel = n.smoothstep(abs(x), 0.14, 0.0)
    streak = n.noise(n.combine_xyz(x * 5.0, y * 1.5, own * 41.0), scale=1.5, detail=3.0, w=i.seed) - 0.5
    light = (1.0 + streak * 0.5) * (0.72 + y * 0.4) * (1.0 + (own - 0.5) * 0.35) * (1.0 + keel * 0.3 - rib * 0.1)
    green = lit(own_color(i.color), light)
    pale = n.mix(n.smoothstep(y, 0.14, 0.0) * 0.6, green, n.color((0.34, 0.36, 0.16)))
    dryness = n.clamp(i.dry * (0.45 + own * 0.5 + told("age") * 0.6))
    dry = n.smoothstep(y + streak * 0.5 + dryness * 1.25, 1.02, 1.32) * n.math("GREATER_THAN", i.dry, 1e-3)
    color = n.mix(dry, pale, lit(i.dry_color, 1.0 + streak * 0.6))
    shader = green_sheet(
        color,
        i.glow,
        roughness=n.clamp(i.roughness + streak * 0.2 + dry * 0.25 + behind() * 0.12),
        specular=0.45,
    )
    return Shaded(shader, height=(line - keel) * i.relief)


def shade_stem(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place()
    x, y, z = tree.separate(at)
    around = n.math("ARCTAN2", y, x)
    radius = n.sqrt(x * x + y * y)
    # ribs at about their distance whatever the stem's thickness; a whole number of them, so that they meet
    ribs = n.maximum(n.math("ROUND", radius * 6.2832 / i.fibre), 3.0)
    streak = n.noise(at / n.combine_xyz(i.fibre, i.fibre, i.fibre * 14.0), scale=1.0, detail=3.0, w=i.seed) - 0.5
    rib = n.cos(around * ribs + streak * 1.5)
    cloud = n.noise(n.combine_xyz(x * 2.0, y * 2.0, z), scale=22.0, detail=3.0, w=i.seed + 3.0)
    light = 1.0 + streak * 0.5 + rib * 0.07
    base = lit(own_color(i.color), light)
    red = n.smoothstep(cloud + i.flushed * 0.6, 0.75, 1.05) * n.clamp(i.flushed * 3.0)
    color = n.mix(red * 0.85, base, lit(i.flush, light))
    hairy = n.mix(facing_away(0.3) * i.fuzz * 0.5, color, n.color((0.5, 0.52, 0.42)))
    shader = principled(
        base_color=hairy,
        roughness=n.clamp(i.roughness + streak * 0.25),
        specular=0.4,
        sheen_weight=i.fuzz * 0.25,
        sheen_roughness=0.5,
        subsurface_weight=0.08,
        subsurface_scale=0.002,
    )
    return Shaded(shader, height=(rib * 0.5 + streak) * i.relief)


def shade_moss(tree: Tree) -> Shaded:
    i = tree.i
    at = place() / i.size
    cell = tree.add("ShaderNodeTexVoronoi", voronoi_dimensions="4D", feature="F1", vector=at, w=i.seed, scale=1.0)
    shoot = 1.0 - n.clamp(cell["Distance"] * 1.25)
    leafy = n.noise(at, scale=5.0, detail=3.0, roughness=0.6, w=i.seed + 2.0)
    wide = n.noise(at, scale=0.09, detail=4.0, w=i.seed + 4.0)
    hue = tree.separate(cell["Color"])[0]
    height = n.math("POWER", shoot, 0.7) * (0.75 + leafy * 0.5)
    tips = lit(own_color(i.color), 0.7 + wide * 0.5 + (hue - 0.5) * 0.4)
    bright = n.mix(n.smoothstep(height, 0.75, 1.1) * 0.5, tips, n.color((0.3, 0.36, 0.06)))
    old = n.smoothstep(wide + hue * 0.25 + i.brown * 0.5, 0.7, 0.95) * n.clamp(i.brown * 4.0)
    brown = n.mix(old * 0.8, bright, n.color((0.16, 0.1, 0.03)))
    color = n.mix(n.smoothstep(height, 0.1, 0.75), i.deep, brown)
    shader = principled(
        base_color=color, roughness=0.85, specular=0.2, sheen_weight=0.1, sheen_roughness=0.5, subsurface_weight=0.1,
        subsurface_scale=0.003,
    )  # fmt: skip
    return Shaded(shader, height=height * i.relief)


def shade_succulent(tree: Tree) -> Shaded:
    i = tree.i
    x, y = leaf_place()
    own = told("random")
    at = place() / i.size
    cloud = n.noise(at, scale=1.0, detail=4.0, roughness=0.6, w=i.seed) - 0.5
    grain = n.noise(at, scale=24.0, detail=3.0, w=i.seed + 3.0) - 0.5
    streak = n.noise(n.combine_xyz(x * 8.0, y * 1.2, own * 17.0), scale=1.0, detail=3.0, w=i.seed + 5.0) - 0.5
    light = 1.0 + cloud * 0.35 + streak * 0.3 + (own - 0.5) * 0.16
    base = lit(own_color(i.color), light)
    # what lay on it in the bud left its outline: nested arches, wider towards the foot
    arch = abs(x) * (0.55 + own * 0.2) + y + streak * 0.05
    step = n.math("FRACT", arch * 2.2 + own)
    printed = n.smoothstep(step, 0.0, 0.05) * n.smoothstep(step, 0.3, 0.06) * n.smoothstep(y, 0.08, 0.25)
    marked = n.mix(printed * i.prints * 0.45, base, n.mix(0.6, lit(base, 1.5), i.bloom_color))
    rubbed = n.smoothstep(cloud + grain * 0.3, 0.16, -0.2)
    wax = n.clamp(i.bloom * (0.25 + rubbed * 0.55 + facing_away(0.35) * 0.45))
    powdery = n.mix(wax * 0.45, marked, n.mix(1.0, i.bloom_color, lit(own_color(i.color), 2.2), blend="SOFT_LIGHT"))
    shader = principled(
        base_color=powdery,
        roughness=n.clamp(i.roughness + wax * 0.25 + grain * 0.2),
        specular=0.42,
        subsurface_weight=0.12,
        subsurface_scale=0.006,
        subsurface_radius=(0.6, 1.0, 0.3),
    )
    return Shaded(shader, height=(grain + printed * 0.6) * i.relief)


HERB_LEAF = MaterialKind(
    "herb_leaf", "Herb Leaf", "Leaf", HerbLeafParams, shade_leaf, "A soft leaf with a midrib, side veins and a paler underside",
    presets={
        "glossy_leaf": HerbLeafParams(color=(0.03, 0.09, 0.02), roughness=0.25, glow=0.2, veins=0.35, vein_pairs=10.0),
        "autumn_leaf": HerbLeafParams(color=(0.42, 0.12, 0.02), roughness=0.6, mottle=0.6, veins=0.3),
        "felted_leaf": HerbLeafParams(color=(0.2, 0.27, 0.17), roughness=0.8, glow=0.2, veins=0.3, relief=0.0006),
    },
    sample_size=0.08, sample_shape="sheet",
)  # fmt: skip
GRASS = MaterialKind(
    "grass_blade", "Grass Blade", "Leaf", GrassParams, shade_grass, "A blade with long veins, pale at the foot, dry at the tip",
    presets={"straw": GrassParams(color=(0.5, 0.4, 0.17), dry=0.8, glow=0.25)},
    sample_size=0.03, sample_shape="sheet",
)  # fmt: skip
STEM = MaterialKind(
    "stem", "Stem", "Leaf", StemParams, shade_stem, "A soft green stem with fine ribs and hair",
    presets={"woody_stem": StemParams(color=(0.16, 0.11, 0.06), fuzz=0.0, roughness=0.75, relief=0.0004, fibre=0.003)},
    sample_size=0.03,
)  # fmt: skip
MOSS = MaterialKind(
    "moss", "Moss", "Leaf", MossParams, shade_moss, "A cushion of small shoots, dark between them", sample_size=0.15
)
SUCCULENT = MaterialKind(
    "succulent", "Succulent Skin", "Leaf", SucculentParams, shade_succulent, "A fleshy skin under a waxy bloom, with faint bud prints",
    sample_size=0.1, sample_shape="sheet",
)  # fmt: skip
KINDS = (HERB_LEAF, GRASS, STEM, MOSS, SUCCULENT)
