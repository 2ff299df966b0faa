"""Skins of fruit, and the wood of cones.

Streaks run along `limb`'s z, from the stalk to the blossom's end; they stay away where the attribute `unripe` (0..1) says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, leaf_place, limb_place, own_color, place, principled, told
from .tones import fibres, lit, specks


@dataclass(frozen=True)
class AppleParams:
    color: tuple[float, ...] = param((0.5, 0.42, 0.06), "Ground colour, linear RGB", min=0, max=1, spread=0.2)
    streak_color: tuple[float, ...] = param((0.38, 0.02, 0.015), "Colour of the streaks", min=0, max=1, spread=0.2)
    streaks: float = param(0.5, "How much of it is streaked", min=0, max=1, usual=(0.2, 0.7))
    streak_size: float = param(0.0025, "Width of a streak", min=0.0002, max=0.05, unit="m", usual=(0.0018, 0.004))
    freckles: float = param(0.45, "Pale dots", min=0, max=1, usual=(0.2, 0.7))
    russet: float = param(0.15, "Rough brown patches", min=0, max=1, usual=(0.0, 0.3))
    wax: float = param(0.5, "Shine", min=0, max=1, usual=(0.3, 0.8))
    seed: float = param(0.0, "Another pattern", min=0, max=1000, usual=(0, 100))


def shade_apple(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place()
    broad = n.noise(at / 0.035, scale=1.0, detail=2.0, w=i.seed)
    long_ = fibres(at, i.streak_size, 15.0, i.seed, detail=4.0)
    fine = fibres(at, i.streak_size * 0.3, 22.0, i.seed + 5.0)
    inked = n.smoothstep(long_ * 0.55 + fine * 0.2 + broad * 0.45, 0.86 - i.streaks * 0.5, 1.0 - i.streaks * 0.45)
    ripe = 1.0 - told("unripe")
    color = n.mix(inked * ripe * n.minimum(i.streaks * 5.0, 0.92), own_color(i.color), i.streak_color)
    color = lit(color, 0.85 + broad * 0.3 + (fine - 0.5) * 0.25)
    dots = specks(at, 0.0045, i.freckles * 0.45, i.seed)
    color = n.mix(dots * 0.75, color, n.color((0.55, 0.46, 0.24)))
    rough = n.noise(at / 0.006, scale=1.0, detail=5.0, roughness=0.65, w=i.seed + 8.0)
    net = n.smoothstep(rough * 0.6 + broad * 0.4, 0.74 - i.russet * 0.3, 0.78 - i.russet * 0.3) * i.russet
    color = n.mix(net * 0.8, color, n.color((0.24, 0.15, 0.06)))
    shader = principled(
        base_color=color,
        roughness=n.clamp(0.42 - i.wax * 0.2 + net * 0.4 + (rough - 0.5) * 0.16, 0.1, 1.0),
        specular=0.45,
        coat_weight=i.wax * 0.4,
        coat_roughness=0.12,
        subsurface_weight=0.08,
        subsurface_scale=0.005,
    )
    return Shaded(shader, height=(rough - 0.5) * 0.00012 + dots * 0.00006 + net * 0.0002)


@dataclass(frozen=True)
class PumpkinParams:
    color: tuple[float, ...] = param((0.62, 0.2, 0.018), "Colour, linear RGB", min=0, max=1, spread=0.2)
    pale: tuple[float, ...] = param((0.68, 0.42, 0.14), "Colour of veins and pores", min=0, max=1, spread=0.15)
    veins: float = param(0.4, "Fine lines along the ribs", min=0, max=1, usual=(0.2, 0.6))
    pores: float = param(0.4, "Pale pores", min=0, max=1, usual=(0.2, 0.6))
    mottle: float = param(0.35, "How much light and dark vary", min=0, max=1, usual=(0.2, 0.5))
    shine: float = param(0.4, "From chalk, 0, to polish, 1", min=0, max=1, usual=(0.2, 0.6))
    bump: float = param(0.0006, "Height of dents and pores", min=0, max=0.02, unit="m", usual=(0.0004, 0.001))
    seed: float = param(0.0, "Another pattern", min=0, max=1000, usual=(0, 100))


def shade_pumpkin(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place()
    lines = fibres(at, 0.0035, 30.0, i.seed, detail=4.0)
    wide = n.noise(at / 0.05, scale=1.0, detail=5.0, w=i.seed + 3.0)
    dents = n.noise(at / 0.012, scale=1.0, detail=3.0, w=i.seed + 5.0)
    pores = specks(at, 0.006, i.pores * 0.4, i.seed)
    vein = n.smoothstep(lines, 0.6, 0.74) * i.veins
    color = lit(own_color(i.color), 1.0 + (wide - 0.5) * i.mottle * 1.5 + (dents - 0.5) * i.mottle * 0.6)
    # veins are of the rind's own colour, paler
    color = n.mix(n.maximum(vein * 0.6, pores * 0.55), color, n.mix(0.35, lit(own_color(i.color), 1.35), i.pale))
    dull = 0.62 - i.shine * 0.32 + (dents - 0.5) * 0.2 + pores * 0.2
    shader = principled(
        base_color=color,
        roughness=n.clamp(dull, 0.1, 1.0),
        coat_weight=i.shine * 0.2,
        coat_roughness=0.25,
        subsurface_weight=0.06,
        subsurface_scale=0.01,
    )
    return Shaded(shader, height=((dents - 0.5) * 1.6 + (lines - 0.5) * 0.5 - pores * 0.3) * i.bump)


@dataclass(frozen=True)
class BerryParams:
    color: tuple[float, ...] = param((0.38, 0.012, 0.025), "Colour, linear RGB", min=0, max=1, spread=0.25)
    juice: float = param(0.35, "How far light goes into it", min=0, max=1, usual=(0.2, 0.5))
    bloom: float = param(0.15, "Pale dust that can be rubbed off", min=0, max=1, usual=(0.0, 0.5))
    gloss: float = param(0.6, "Shine where there is no dust", min=0, max=1, usual=(0.4, 0.8))
    mottle: float = param(0.3, "How much light and dark vary", min=0, max=1, usual=(0.2, 0.4))
    seed: float = param(0.0, "Another pattern", min=0, max=1000, usual=(0, 100))


def shade_berry(tree: Tree) -> Shaded:
    i = tree.i
    at = place()
    own = told("random")
    wide = n.noise(at / 0.006, scale=1.0, detail=3.0, w=i.seed + own * 11.0)
    fine = n.noise(at / 0.0007, scale=1.0, detail=2.0, w=i.seed + 2.0)
    dust = n.smoothstep(wide * 0.8 + fine * 0.2, 0.6 - i.bloom * 0.5, 0.75 - i.bloom * 0.35) * i.bloom
    color = lit(own_color(i.color), 0.85 + own * 0.3 + (wide - 0.5) * i.mottle * 1.6)
    color = n.mix(dust * 0.55, color, n.color((0.36, 0.4, 0.5)))
    shader = principled(
        base_color=color,
        roughness=n.clamp(0.4 - i.gloss * 0.22 + dust * 0.5 + (fine - 0.5) * 0.08, 0.08, 1.0),
        coat_weight=i.gloss * 0.35 * (1.0 - dust),
        coat_roughness=0.08,
        subsurface_weight=i.juice,
        subsurface_scale=0.003,
    )
    return Shaded(shader, height=(fine - 0.5) * 0.00003)


@dataclass(frozen=True)
class ConeScaleParams:
    color: tuple[float, ...] = param((0.2, 0.1, 0.045), "Colour, linear RGB", min=0, max=1, spread=0.25)
    tip: tuple[float, ...] = param((0.34, 0.23, 0.13), "Colour of the outer end", min=0, max=1, spread=0.2)
    fibre: float = param(0.6, "How much fibres show", min=0, max=1, usual=(0.4, 0.8))
    resin: float = param(0.2, "Drops of resin", min=0, max=1, usual=(0.0, 0.4))
    weather: float = param(0.2, "Grey of rain and years", min=0, max=1, usual=(0.0, 0.6))
    bump: float = param(0.0003, "Height of fibres", min=0, max=0.01, unit="m", usual=(0.0002, 0.0005))
    seed: float = param(0.0, "Another pattern", min=0, max=1000, usual=(0, 100))


def shade_cone_scale(tree: Tree) -> Shaded:
    i = tree.i
    across, along = leaf_place()
    own = told("random") * 17.0 + i.seed
    threads = n.noise(n.combine_xyz(across * 9.0, along * 1.3, own), scale=1.0, detail=4.0, roughness=0.6)
    wide = n.noise(n.combine_xyz(across * 1.6, along * 2.5, own + 5.0), scale=1.0, detail=3.0)
    end = n.smoothstep(along + (wide - 0.5) * 0.2, 0.72, 0.95)
    color = n.mix(end, own_color(i.color), i.tip)
    color = lit(color, 1.0 + (threads - 0.5) * i.fibre * 1.6 + (wide - 0.5) * 0.5)
    grey = n.smoothstep(wide, 0.75 - i.weather * 0.6, 0.95 - i.weather * 0.5) * i.weather
    color = n.mix(grey * 0.7, color, n.color((0.2, 0.19, 0.175)))
    drop = n.smoothstep(n.noise(n.combine_xyz(across * 3.0, along * 4.0, own + 9.0), scale=1.0, detail=1.0), 0.74, 0.8)
    drop = drop * i.resin
    shader = principled(
        base_color=n.mix(drop, color, n.color((0.5, 0.38, 0.16))),
        roughness=n.clamp(0.68 + (threads - 0.5) * 0.3 - drop * 0.5, 0.1, 1.0),
        specular=0.35,
        coat_weight=drop * 0.6,
    )
    return Shaded(shader, height=(threads - 0.5) * i.fibre * i.bump + drop * 0.0004)


@dataclass(frozen=True)
class CitrusParams:
    color: tuple[float, ...] = param((0.7, 0.26, 0.015), "Colour, linear RGB", min=0, max=1, spread=0.15)
    pore: float = param(0.0016, "Distance between pores", min=0.0002, max=0.02, unit="m", usual=(0.0012, 0.0022))
    depth: float = param(0.00025, "Depth of a pore", min=0, max=0.01, unit="m", usual=(0.00015, 0.0004))
    green: float = param(0.1, "Unripe patches", min=0, max=1, usual=(0.0, 0.4))
    gloss: float = param(0.5, "Shine", min=0, max=1, usual=(0.3, 0.7))
    seed: float = param(0.0, "Another pattern", min=0, max=1000, usual=(0, 100))


def shade_citrus(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place()
    pit = n.voronoi(at / n.combine_xyz(i.pore, i.pore, i.pore) + n.combine_xyz(i.seed, 0.0, 0.0), scale=1.0).distance
    inside = n.smoothstep(pit, 0.5, 0.1)
    wide = n.noise(at / 0.03, scale=1.0, detail=3.0, w=i.seed + 4.0)
    fine = n.noise(at / 0.0006, scale=1.0, detail=2.0, w=i.seed + 7.0)
    color = lit(own_color(i.color), 0.88 + wide * 0.24 - inside * 0.12)
    unripe = n.smoothstep(wide, 0.78 - i.green * 0.45, 0.95 - i.green * 0.4) * n.minimum(i.green * 4.0, 0.75)
    color = n.mix(unripe, color, n.color((0.16, 0.26, 0.03)))
    shader = principled(
        base_color=color,
        roughness=n.clamp(0.48 - i.gloss * 0.2 + (fine - 0.5) * 0.14, 0.1, 1.0),
        coat_weight=i.gloss * 0.3,
        coat_roughness=0.2,
        subsurface_weight=0.1,
        subsurface_scale=0.004,
    )
    return Shaded(shader, height=(inside * -1.0 + (fine - 0.5) * 0.15) * i.depth)


APPLE_SKIN = MaterialKind(
    "apple_skin", "Apple Skin", "Fruit", AppleParams, shade_apple, "Waxy skin with streaks, freckles and russet",
    sample_size=0.08,
    presets={
        "green_apple_skin": AppleParams(color=(0.3, 0.42, 0.04), streaks=0.0, freckles=0.6, russet=0.05),
        "russet_apple_skin": AppleParams(color=(0.42, 0.33, 0.06), streaks=0.2, russet=0.9, wax=0.15),
    },
)  # fmt: skip
PUMPKIN_SKIN = MaterialKind(
    "pumpkin_skin", "Pumpkin Skin", "Fruit", PumpkinParams, shade_pumpkin, "Hard rind with veins, pores and dents",
    sample_size=0.25,
)  # fmt: skip
BERRY_SKIN = MaterialKind(
    "berry_skin", "Berry Skin", "Fruit", BerryParams, shade_berry, "Juicy skin with a dusty bloom", sample_size=0.02,
    presets={"blue_berry_skin": BerryParams(color=(0.02, 0.024, 0.085), bloom=0.8, juice=0.15)},
)  # fmt: skip
CONE_SCALE = MaterialKind(
    "cone_scale", "Cone Scale", "Fruit", ConeScaleParams, shade_cone_scale, "The wood of a pine cone's scales",
    sample_size=0.03, sample_shape="sheet",
)  # fmt: skip
CITRUS_SKIN = MaterialKind(
    "citrus_skin", "Citrus Skin", "Fruit", CitrusParams, shade_citrus, "Pitted rind of oranges and lemons",
    sample_size=0.08,
    presets={"lemon_skin": CitrusParams(color=(0.74, 0.55, 0.03), green=0.15)},
)  # fmt: skip
KINDS = (APPLE_SKIN, PUMPKIN_SKIN, BERRY_SKIN, CONE_SCALE, CITRUS_SKIN)
