"""What cacti are made of: waxy skin, horn spines, the wool of areoles."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, leaf_place, limb_place, own_color, principled, told
from .tones import lit, specks


@dataclass(frozen=True)
class CactusSkinParams:
    color: tuple[float, ...] = param((0.1, 0.2, 0.075), "Colour, linear RGB", min=0, max=1, spread=0.25)
    mottle: float = param(0.3, "How much light and dark vary", min=0, max=1, usual=(0.15, 0.5))
    bloom: float = param(0.3, "Pale wax that can be rubbed off", min=0, max=1, usual=(0.1, 0.6))
    dots: float = param(0.4, "Fine pale dots", min=0, max=1, usual=(0.2, 0.6))
    cork: float = param(1.0, "Brown cork where it is old (attribute age)", min=0, max=1)
    scars: float = param(0.15, "Dry scars", min=0, max=1, usual=(0.05, 0.3))
    size: float = param(0.02, "Size of the mottle", min=0.001, max=1.0, unit="m", usual=(0.015, 0.035))
    bump: float = param(0.0003, "Height of wrinkles", min=0, max=0.01, unit="m", usual=(0.0002, 0.0006))
    seed: float = param(0.0, "Another pattern", min=0, max=1000, usual=(0, 100))


def shade_cactus_skin(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place()
    scaled = at / n.combine_xyz(i.size, i.size, i.size)
    wide = n.noise(scaled, scale=1.0, detail=4.0, w=i.seed)
    broad = n.noise(scaled, scale=0.22, detail=3.0, w=i.seed + 9.0)
    fine = n.noise(scaled, scale=9.0, detail=3.0, w=i.seed + 4.0)
    dots = specks(at, i.size * 0.08, i.dots, i.seed)
    wax = n.smoothstep(wide * 0.6 + broad * 0.4, 0.62 - i.bloom * 0.35, 0.8 - i.bloom * 0.3) * i.bloom
    scar = n.smoothstep(n.noise(scaled, scale=0.9, detail=5.0, roughness=0.65, w=i.seed + 13.0), 0.74, 0.78)
    scar = n.minimum(scar * i.scars * 4.0, 0.9)
    cork = n.smoothstep(told("age") + (wide - 0.5) * 0.7, 0.55, 0.85) * i.cork
    green = lit(own_color(i.color), 1.0 + (wide - 0.5) * i.mottle + (broad - 0.5) * i.mottle + (fine - 0.5) * 0.15)
    green = n.mix(wax * 0.45, green, n.color((0.36, 0.45, 0.4)))
    green = n.mix(dots * 0.3, green, n.color((0.5, 0.55, 0.4)))
    bark = lit(n.color((0.2, 0.145, 0.09)), 0.6 + fine * 0.8)
    color = n.mix(n.maximum(scar, cork), green, bark)
    dry = n.maximum(scar, cork)
    shader = principled(
        base_color=color,
        roughness=n.clamp(0.42 + wax * 0.25 + dry * 0.35 + (fine - 0.5) * 0.2, 0.15, 1.0),
        specular=0.45,
        subsurface_weight=0.06 * (1.0 - dry),
        subsurface_scale=0.006,
    )
    wrinkles = (fine - 0.5) * (0.6 + dry * 3.0) + (wide - 0.5) * 1.2 + dots * 0.25
    return Shaded(shader, height=wrinkles * i.bump)


@dataclass(frozen=True)
class SpineParams:
    color: tuple[float, ...] = param((0.45, 0.32, 0.17), "Colour, linear RGB", min=0, max=1, spread=0.25)
    tip: tuple[float, ...] = param((0.09, 0.035, 0.02), "Colour of the point", min=0, max=1, spread=0.25)
    pointed: float = param(0.35, "Share that has the point's colour", min=0, max=1, usual=(0.2, 0.5))
    bands: float = param(0.35, "Rings of growth", min=0, max=1, usual=(0.1, 0.6))
    translucency: float = param(0.15, "How much light glows through", min=0, max=1, usual=(0.05, 0.3))


def shade_spine(tree: Tree) -> Shaded:
    i = tree.i
    _, along = leaf_place()
    own = told("random")
    ring = n.noise(n.combine_xyz(along * 22.0, own * 40.0, 0.0), scale=1.0, detail=2.0)
    point = n.smoothstep(along, 1.02 - i.pointed * 1.3, 1.0 - i.pointed * 0.2)
    body = lit(own_color(i.color), 0.88 + own * 0.24 + (ring - 0.5) * i.bands * 1.6)
    color = n.mix(point * n.minimum(i.pointed * 8.0, 1.0), body, i.tip)
    shader = principled(
        base_color=color,
        roughness=0.38 + (ring - 0.5) * 0.2,
        subsurface_weight=i.translucency,
        subsurface_scale=0.002,
        coat_weight=0.15,
    )
    return Shaded(shader)


@dataclass(frozen=True)
class WoolParams:
    color: tuple[float, ...] = param((0.62, 0.56, 0.44), "Colour, linear RGB", min=0, max=1, spread=0.2)
    size: float = param(0.0008, "Size of the tufts", min=0.0001, max=0.02, unit="m", usual=(0.0005, 0.0015))
    dirt: float = param(0.35, "Grey and brown in it", min=0, max=1, usual=(0.15, 0.6))
    bump: float = param(0.0006, "Height of the tufts", min=0, max=0.02, unit="m", usual=(0.0004, 0.001))
    seed: float = param(0.0, "Another pattern", min=0, max=1000, usual=(0, 100))


def shade_wool(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place()
    scaled = at / n.combine_xyz(i.size, i.size, i.size)
    hair = n.noise(scaled, scale=1.0, detail=4.0, roughness=0.7, distortion=1.5, w=i.seed + told("random") * 20.0)
    wide = n.noise(scaled, scale=0.15, detail=2.0, w=i.seed + 3.0)
    color = lit(own_color(i.color), 0.75 + hair * 0.5)
    color = n.mix(n.smoothstep(wide, 0.4, 0.75) * i.dirt, color, n.color((0.16, 0.115, 0.07)))
    shader = principled(base_color=color, roughness=0.9, specular=0.15, sheen_weight=0.5, sheen_roughness=0.5)
    return Shaded(shader, height=(hair - 0.5) * i.bump)


CACTUS_SKIN = MaterialKind(
    "cactus_skin", "Cactus Skin", "Cacti", CactusSkinParams, shade_cactus_skin,
    "Waxy green skin with bloom, scars, and cork where it is old", sample_size=0.2,
    presets={"blue_cactus_skin": CactusSkinParams(color=(0.16, 0.26, 0.22), bloom=0.75, mottle=0.2)},
)  # fmt: skip
SPINE = MaterialKind(
    "spine", "Spine", "Cacti", SpineParams, shade_spine, "Horn with rings of growth and a dark point",
    sample_size=0.05, sample_shape="sheet",
)  # fmt: skip
AREOLE_WOOL = MaterialKind(
    "areole_wool", "Areole Wool", "Cacti", WoolParams, shade_wool, "The felt that spines and flowers come from",
    sample_size=0.015,
)  # fmt: skip
KINDS = (CACTUS_SKIN, SPINE, AREOLE_WOOL)
