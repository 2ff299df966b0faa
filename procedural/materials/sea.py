"""Flesh and skins of the sea: jelly, wet weed, chitin, scales, slime, and the skin of starfish."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Socket, Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, leaf_place, limb_place, own_color, place, principled
from .tones import lit


@dataclass(frozen=True)
class JellyParams:
    color: tuple[float, ...] = param((0.55, 0.68, 0.85), "Colour of the flesh, linear RGB", min=0, max=1, spread=0.3)
    density: float = param(0.2, "How much of it hides what is behind", min=0.0, max=1.0, usual=(0.12, 0.35))
    rim: float = param(0.75, "How much more so at grazing sight", min=0.0, max=1.0, usual=(0.55, 0.9))
    glow: float = param(0.0, "Light of its own", min=0.0, max=20.0)
    size: float = param(0.012, "Size of its clouds", min=0.0005, max=1.0, unit="m", usual=(0.006, 0.02))
    roughness: float = param(0.18, "From a mirror, 0, to chalk, 1", min=0.0, max=1.0, usual=(0.1, 0.3))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_jelly(tree: Tree) -> Shaded:
    i = tree.i
    at = place() / i.size
    cloud = n.noise(at, scale=1.0, detail=3.0, w=i.seed)
    color = lit(own_color(i.color), 0.75 + cloud * 0.5)
    facing = tree.add("ShaderNodeLayerWeight", blend=0.35)["Facing"]
    cover = n.clamp(i.density * (0.5 + cloud) + facing * facing * i.rim * (1.0 - i.density), 0.03, 1.0)
    body = principled(
        base_color=color,
        roughness=i.roughness,
        specular=0.5,
        emission_color=color,
        emission_strength=i.glow,
        coat_weight=0.3,
    )
    through = tree.add("ShaderNodeBsdfTranslucent", color=color)
    flesh = tree.add("ShaderNodeMixShader", 0.5, body, through)
    shader = tree.add("ShaderNodeMixShader", cover, tree.add("ShaderNodeBsdfTransparent"), flesh)
    return Shaded(shader.as_socket(), height=(cloud - 0.5) * i.size * 0.02)


@dataclass(frozen=True)
class SeaweedParams:
    color: tuple[float, ...] = param((0.2, 0.17, 0.035), "Colour of the blade, linear RGB", min=0, max=1, spread=0.3)
    translucency: float = param(0.45, "Share of the light that shines through", min=0.0, max=0.9, usual=(0.3, 0.6))
    wet: float = param(0.7, "How wet it is", min=0.0, max=1.0, usual=(0.5, 0.9))
    rib: float = param(0.3, "How plain the midrib is", min=0.0, max=1.0, usual=(0.0, 0.6))
    size: float = param(0.01, "Size of the wrinkles", min=0.0005, max=1.0, unit="m", usual=(0.006, 0.02))
    bump: float = param(0.0008, "Height of the wrinkles", min=0.0, max=0.1, unit="m", usual=(0.0004, 0.0015))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_seaweed(tree: Tree) -> Shaded:
    i = tree.i
    across, along = leaf_place()
    at = place() / i.size
    wrinkle = n.noise(at, scale=1.0, detail=3.0, roughness=0.55, distortion=0.6, w=i.seed)
    wide = n.noise(at, scale=0.16, detail=2.0, w=i.seed + 3.0)
    rib = n.smoothstep(n.math("ABSOLUTE", across), 0.16, 0.03) * i.rib
    light = (0.6 + wide * 0.8) * (0.85 + wrinkle * 0.3) * (1.0 - rib * 0.35)
    base = own_color(i.color)
    color = n.mix(n.smoothstep(along, 0.75, 1.05) * 0.35, lit(base, light), lit(base, 1.5))
    gloss = principled(
        base_color=color,
        roughness=0.65 - i.wet * 0.42 + (wrinkle - 0.5) * 0.2,
        specular=0.5,
        coat_weight=i.wet * 0.4,
        coat_roughness=0.1,
    )
    through = tree.add("ShaderNodeBsdfTranslucent", color=lit(color, 1.6))
    shader = tree.add("ShaderNodeMixShader", i.translucency * (1.0 - rib), gloss, through)
    return Shaded(shader.as_socket(), height=(wrinkle - 0.5) * i.bump + rib * i.bump)


@dataclass(frozen=True)
class ChitinParams:
    color: tuple[float, ...] = param((0.3, 0.07, 0.03), "Colour of the armour, linear RGB", min=0, max=1, spread=0.3)
    mark: tuple[float, ...] = param((0.62, 0.4, 0.2), "Colour of its flecks", min=0, max=1, spread=0.2)
    flecks: float = param(0.3, "How much flecked it is", min=0.0, max=1.0, usual=(0.1, 0.5))
    size: float = param(0.01, "Size of the flecks", min=0.0003, max=1.0, unit="m", usual=(0.006, 0.02))
    pits: float = param(0.0004, "Depth of the pits", min=0.0, max=0.05, unit="m", usual=(0.0001, 0.0007))
    gloss: float = param(0.65, "From chalk, 0, to lacquer, 1", min=0.0, max=1.0, usual=(0.4, 0.9))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_chitin(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place() / i.size
    patch = n.noise(at, scale=0.8, detail=4.0, roughness=0.65, distortion=0.5, w=i.seed)
    limit = 0.68 - i.flecks * 0.3
    fleck = n.smoothstep(patch, limit, limit + 0.1) * n.minimum(i.flecks * 8.0, 1.0)
    pit = n.smoothstep(n.voronoi(at, scale=3.5, randomness=1.0)["Distance"], 0.28, 0.08)
    fine = n.noise(at, scale=9.0, detail=2.0, w=i.seed + 4.0)
    color = n.mix(fleck * 0.85, lit(own_color(i.color), 0.55 + patch * 0.85), i.mark)
    shader = principled(
        base_color=lit(color, 1.0 - pit * 0.35),
        roughness=0.68 - i.gloss * 0.46 + (fine - 0.5) * 0.2,
        specular=0.5,
        coat_weight=i.gloss * 0.5,
        coat_roughness=0.15,
        subsurface_weight=0.05,
        subsurface_scale=0.002,
    )
    return Shaded(shader, height=(fine - 0.5) * i.pits * 0.3 - pit * i.pits)


@dataclass(frozen=True)
class ScalesParams:
    """Laid along the UVMap: rows go up its second coordinate."""

    color: tuple[float, ...] = param((0.2, 0.32, 0.36), "Colour of the back, linear RGB", min=0, max=1, spread=0.3)
    edge: tuple[float, ...] = param((0.62, 0.6, 0.5), "Colour of the scales' rims", min=0, max=1, spread=0.2)
    columns: float = param(44.0, "Scales around", min=2.0, max=1000.0, usual=(30.0, 60.0))
    rows: float = param(40.0, "Rows of scales along", min=2.0, max=1000.0, usual=(30.0, 60.0))
    height: float = param(
        0.0006, "How far a scale stands over the next", min=0.0, max=0.1, unit="m", usual=(0.0003, 0.0009)
    )
    silver: float = param(0.5, "How metallic it gleams", min=0.0, max=1.0, usual=(0.2, 0.8))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def _scale_layer(u: Socket, v: Socket, shift: float) -> tuple[Socket, Socket, Socket]:
    """Discs of one of the two staggered layers of rows: how far from a disc's centre, how far up it, and its own number."""
    x, y = u + shift, v + shift
    column, row = n.math("FLOOR", x), n.math("FLOOR", y)
    dx = (x - column - 0.5) * 1.9
    dy = (y - row - 0.5) * 1.9
    return n.sqrt(dx * dx + dy * dy), dy, column * 12.99 + row * 78.23 + shift * 37.7


def shade_scales(tree: Tree) -> Shaded:
    i = tree.i
    u, v, _ = tree.separate(tree.add("ShaderNodeUVMap", uv_map="UVMap").as_socket())
    u, v = u * i.columns, v * i.rows * 0.5
    far_a, up_a, own_a = _scale_layer(u, v, 0.0)
    far_b, up_b, own_b = _scale_layer(u, v, 0.5)
    # A disc stands highest at its free, lower rim; the higher of the two layers is seen
    tall_a = (0.55 - up_a * 0.5) * (far_a < 1.0)
    tall_b = (0.55 - up_b * 0.5) * (far_b < 1.0)
    first = tall_a > tall_b
    tall = n.maximum(tall_a, tall_b)
    far, own = n.mix(first, far_b, far_a), n.mix(first, own_b, own_a)
    chance = n.math("FRACT", n.sin(own + i.seed) * 43758.547)
    rim = n.smoothstep(far, 0.7, 0.98) * (far < 1.0)
    rays = n.noise(n.combine_xyz(u * 9.0, v * 1.2, i.seed), scale=1.0, detail=2.0)
    color = lit(own_color(i.color), 0.65 + chance * 0.5 + (rays - 0.5) * 0.4)
    color = n.mix(rim * 0.55, color, i.edge)
    shader = principled(
        base_color=color,
        metallic=i.silver * 0.7,
        roughness=0.28 + chance * 0.12 + (rays - 0.5) * 0.15,
        specular=0.5,
        coat_weight=0.5,
        coat_roughness=0.1,
    )
    return Shaded(shader, height=(tall + (rays - 0.5) * 0.06) * i.height)


@dataclass(frozen=True)
class SlimeParams:
    color: tuple[float, ...] = param((0.24, 0.42, 0.07), "Colour of the slime, linear RGB", min=0, max=1, spread=0.35)
    clear: float = param(0.55, "How clear it is", min=0.0, max=1.0, usual=(0.3, 0.8))
    size: float = param(0.03, "Size of its runs", min=0.001, max=1.0, unit="m", usual=(0.015, 0.05))
    bump: float = param(0.003, "Height of its runs", min=0.0, max=0.2, unit="m", usual=(0.001, 0.005))
    bubbles: float = param(0.4, "How many bubbles", min=0.0, max=1.0, usual=(0.1, 0.7))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_slime(tree: Tree) -> Shaded:
    i = tree.i
    x, y, z = tree.separate(place() / i.size)
    run = n.noise(n.combine_xyz(x, y, z * 0.35), scale=1.0, detail=2.0, distortion=0.4, w=i.seed)
    cell = n.voronoi(n.combine_xyz(x, y, z), scale=4.0, randomness=1.0)
    chance = tree.separate(cell["Color"])[0]
    bubble = n.smoothstep(cell["Distance"], 0.34, 0.1) * n.smoothstep(i.bubbles - chance, 0.0, 0.05)
    color = lit(own_color(i.color), 0.7 + run * 0.6)
    shader = principled(
        base_color=color,
        roughness=0.08 + (1.0 - run) * 0.1,
        transmission_weight=i.clear,
        ior=1.38,
        subsurface_weight=(1.0 - i.clear) * 0.8,
        subsurface_radius=(1.0, 1.0, 0.6),
        subsurface_scale=0.015,
        coat_weight=0.6,
        coat_roughness=0.03,
    )
    return Shaded(shader, height=run * i.bump + bubble * i.bump * 0.35)


@dataclass(frozen=True)
class StarSkinParams:
    color: tuple[float, ...] = param((0.6, 0.17, 0.05), "Colour of the skin, linear RGB", min=0, max=1, spread=0.3)
    grain: tuple[float, ...] = param((0.75, 0.5, 0.3), "Colour of its granules", min=0, max=1, spread=0.2)
    size: float = param(0.0025, "Distance of the granules", min=0.0002, max=0.2, unit="m", usual=(0.0018, 0.0035))
    bump: float = param(0.0006, "Height of the granules", min=0.0, max=0.05, unit="m", usual=(0.0003, 0.0009))
    mottle: float = param(0.5, "How much it is clouded", min=0.0, max=1.0, usual=(0.2, 0.8))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_star(tree: Tree) -> Shaded:
    i = tree.i
    at = place() / i.size
    cell = n.voronoi(at, scale=1.0, randomness=0.9)["Distance"]
    granule = n.smoothstep(cell, 0.42, 0.1)
    wide = n.noise(at, scale=0.09, detail=4.0, roughness=0.6, w=i.seed)
    fine = n.noise(at, scale=3.0, detail=2.0, w=i.seed + 5.0)
    base = lit(own_color(i.color), 1.0 + (wide - 0.5) * i.mottle * 2.0)
    color = n.mix(granule * (0.2 + n.smoothstep(wide, 0.45, 0.75) * 0.45), lit(base, 0.85), i.grain)
    shader = principled(
        base_color=color,
        roughness=0.62 + (fine - 0.5) * 0.3,
        specular=0.4,
        subsurface_weight=0.12,
        subsurface_scale=0.004,
    )
    return Shaded(shader, height=granule * i.bump + (fine - 0.5) * i.bump * 0.3)


JELLY = MaterialKind(
    "jelly", "Jelly", "Sea", JellyParams, shade_jelly, "Clear flesh that thickens towards its outline",
    presets={
        "rose_jelly": JellyParams(color=(0.8, 0.4, 0.5)),
        "glowing_jelly": JellyParams(color=(0.15, 0.5, 0.8), glow=1.2, rim=0.9),
    },
    sample_size=0.2,
)  # fmt: skip
SEAWEED_SKIN = MaterialKind(
    "seaweed_skin", "Seaweed", "Sea", SeaweedParams, shade_seaweed, "A wet blade that light shines through",
    presets={
        "green_weed": SeaweedParams(color=(0.12, 0.3, 0.03), rib=0.0),
        "red_weed": SeaweedParams(color=(0.3, 0.03, 0.05), rib=0.5),
    },
    sample_size=0.2, sample_shape="sheet",
)  # fmt: skip
CHITIN = MaterialKind(
    "chitin", "Chitin", "Sea", ChitinParams, shade_chitin, "Lacquered armour with flecks and pits", sample_size=0.1
)
SCALES = MaterialKind(
    "scales", "Scales", "Sea", ScalesParams, shade_scales, "Rows of a fish's overlapping scales", sample_size=0.1
)
SLIME = MaterialKind(
    "slime", "Slime", "Sea", SlimeParams, shade_slime, "Clear, running slime with bubbles", sample_size=0.2
)
STAR_SKIN = MaterialKind(
    "starfish_skin", "Starfish Skin", "Sea", StarSkinParams, shade_star, "Granular, clouded skin", sample_size=0.08
)

KINDS = (JELLY, SEAWEED_SKIN, CHITIN, SCALES, SLIME, STAR_SKIN)
