"""What mushrooms are made of: the skin of caps, gills, the pores of boletes, stems."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, limb_place, own_color, principled
from .tones import fibres, lit, specks


@dataclass(frozen=True)
class SkinParams:
    color: tuple[float, ...] = param((0.42, 0.025, 0.012), "Colour, linear RGB", min=0, max=1, spread=0.3)
    mottle: float = param(0.3, "How much light and dark vary", min=0, max=1, usual=(0.15, 0.5))
    fibre: float = param(0.35, "How much radial fibres show", min=0, max=1, usual=(0.15, 0.7))
    fibre_size: float = param(0.0007, "Width of a fibre", min=0.0001, max=0.02, unit="m", usual=(0.0005, 0.0012))
    scurf: float = param(0.0, "Small dark scales", min=0, max=1, usual=(0.0, 0.3))
    wet: float = param(0.5, "From dry, 0, to slimy, 1", min=0, max=1, usual=(0.1, 0.8))
    roughness: float = param(0.45, "Of the dry skin", min=0.05, max=1, usual=(0.35, 0.6))
    bump: float = param(0.00012, "Height of fibres and pits", min=0, max=0.01, unit="m", usual=(0.00005, 0.0002))
    softness: float = param(0.12, "How far light goes into it", min=0, max=1, usual=(0.05, 0.2))
    seed: float = param(0.0, "Another pattern", min=0, max=1000, usual=(0, 100))


def shade_skin(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place()
    threads = fibres(at, i.fibre_size, 16.0, i.seed)
    wide = n.noise(at / 0.014, scale=1.0, detail=3.0, w=i.seed + 3.0)
    pits = n.noise(at / 0.0011, scale=1.0, detail=2.0, w=i.seed + 5.0)
    scales = specks(n.combine_xyz(at.x, at.y, at.z * 0.55), 0.0035, i.scurf, i.seed)
    light = 1.0 + (threads - 0.5) * i.fibre * 1.4 + (wide - 0.5) * i.mottle * 1.6 - scales * 0.5
    dull = i.roughness + (pits - 0.5) * 0.25 + (threads - 0.5) * i.fibre * 0.2
    # slime lies in pools: where it is thick the skin beneath is smooth
    pool = n.smoothstep(wide, 0.62 - i.wet * 0.4, 0.75 - i.wet * 0.4) * i.wet
    shader = principled(
        base_color=lit(own_color(i.color), light * (1.0 - pool * 0.08)),
        roughness=n.clamp(dull - pool * 0.12, 0.08, 1.0),
        coat_weight=pool * 0.5,
        coat_roughness=0.14,
        subsurface_weight=i.softness,
        subsurface_scale=0.004,
    )
    relief = (threads - 0.5) * i.fibre + (pits - 0.5) * 0.4 + scales * 1.6
    return Shaded(shader, height=relief * i.bump * (1.0 - pool * 0.6))


@dataclass(frozen=True)
class GillParams:
    color: tuple[float, ...] = param((0.74, 0.68, 0.54), "Colour, linear RGB", min=0, max=1, spread=0.2)
    mottle: float = param(0.25, "How much light and dark vary", min=0, max=1, usual=(0.1, 0.4))
    size: float = param(0.0012, "Size of the grain", min=0.0001, max=0.05, unit="m", usual=(0.0008, 0.002))
    translucency: float = param(0.3, "How much light comes through", min=0, max=1, usual=(0.15, 0.45))
    bump: float = param(0.00004, "Height of the grain", min=0, max=0.01, unit="m", usual=(0, 0.0001))
    seed: float = param(0.0, "Another pattern", min=0, max=1000, usual=(0, 100))


def shade_gill(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place()
    grain = fibres(at, i.size, 4.0, i.seed)
    wide = n.noise(at / 0.02, scale=1.0, detail=2.0, w=i.seed + 2.0)
    color = lit(own_color(i.color), 1.0 + ((grain - 0.5) * 0.9 + (wide - 0.5) * 0.7) * i.mottle)
    solid = principled(base_color=color, roughness=0.62, specular=0.3, subsurface_weight=0.25, subsurface_scale=0.0015)
    through = tree.add("ShaderNodeBsdfTranslucent", color=lit(color, 0.9))
    return Shaded(tree.add("ShaderNodeMixShader", i.translucency, solid, through).as_socket(), (grain - 0.5) * i.bump)


@dataclass(frozen=True)
class PoresParams:
    color: tuple[float, ...] = param((0.5, 0.42, 0.14), "Colour, linear RGB", min=0, max=1, spread=0.25)
    size: float = param(0.0011, "Width of a pore", min=0.0001, max=0.02, unit="m", usual=(0.0007, 0.0018))
    depth: float = param(0.0006, "Depth of a pore", min=0, max=0.02, unit="m", usual=(0.0004, 0.0009))
    bruise: float = param(0.15, "Share that has turned dark where it was touched", min=0, max=1, usual=(0, 0.4))
    bruise_color: tuple[float, ...] = param((0.06, 0.09, 0.11), "Colour of bruises", min=0, max=1, spread=0.2)
    seed: float = param(0.0, "Another pattern", min=0, max=1000, usual=(0, 100))


def shade_pores(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place()
    walls = n.voronoi(
        at / n.combine_xyz(i.size, i.size, i.size) + n.combine_xyz(i.seed, 0.0, 0.0),
        scale=1.0,
        feature="DISTANCE_TO_EDGE",
    ).distance
    open_ = n.smoothstep(walls, 0.02, 0.16)
    wide = n.noise(at / 0.018, scale=1.0, detail=4.0, w=i.seed + 4.0)
    touched = n.smoothstep(wide, 0.78 - i.bruise * 0.5, 0.84 - i.bruise * 0.5) * n.minimum(i.bruise * 8.0, 1.0) * 0.8
    color = n.mix(touched, lit(own_color(i.color), 0.9 + wide * 0.3), i.bruise_color)
    shader = principled(
        base_color=lit(color, 1.05 - open_ * 0.62),
        roughness=0.7,
        specular=0.3,
        subsurface_weight=0.15,
        subsurface_scale=0.002,
    )
    return Shaded(shader, height=open_ * i.depth * -1.0)


@dataclass(frozen=True)
class StemParams:
    color: tuple[float, ...] = param((0.74, 0.68, 0.56), "Colour, linear RGB", min=0, max=1, spread=0.2)
    fibre: float = param(0.5, "How much fibres along it show", min=0, max=1, usual=(0.3, 0.8))
    fibre_size: float = param(0.0009, "Width of a fibre", min=0.0001, max=0.02, unit="m", usual=(0.0006, 0.0014))
    net: float = param(0.0, "A raised net, as on some boletes", min=0, max=1, usual=(0.0, 0.2))
    scurf: float = param(0.2, "Loose woolly flakes", min=0, max=1, usual=(0.0, 0.5))
    soil: float = param(0.012, "Height to which soil clings", min=0, max=0.2, unit="m", usual=(0.005, 0.02))
    bump: float = param(0.0003, "Height of fibres and flakes", min=0, max=0.01, unit="m", usual=(0.0002, 0.0005))
    seed: float = param(0.0, "Another pattern", min=0, max=1000, usual=(0, 100))


def shade_stem(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place()
    threads = fibres(at, i.fibre_size, 14.0, i.seed)
    wide = n.noise(at / 0.016, scale=1.0, detail=3.0, w=i.seed + 3.0)
    cells = n.voronoi(
        n.combine_xyz(at.x, at.y, at.z * 0.45) / 0.0028 + n.combine_xyz(i.seed, 0.0, 0.0),
        scale=1.0,
        feature="DISTANCE_TO_EDGE",
    ).distance
    net = n.smoothstep(cells, 0.16, 0.03) * i.net
    flakes = n.smoothstep(n.noise(at / 0.0016, scale=1.0, detail=4.0, roughness=0.6, w=i.seed + 6.0), 0.55, 0.7)
    flakes = flakes * i.scurf
    light = 1.0 + (threads - 0.5) * i.fibre * 0.8 + (wide - 0.5) * 0.35 + flakes * 0.12 - net * 0.35
    earth = n.smoothstep(at.z + (wide - 0.5) * i.soil * 2.6, i.soil, i.soil * 0.25)
    earth = earth * n.smoothstep(i.soil, 0.0, 0.002)
    color = n.mix(earth * 0.85, lit(own_color(i.color), light), n.color((0.075, 0.048, 0.028)))
    shader = principled(
        base_color=color,
        roughness=n.clamp(0.66 + (threads - 0.5) * 0.3 + earth * 0.2, 0.3, 1.0),
        specular=0.35,
        subsurface_weight=0.12 * (1.0 - earth),
        subsurface_scale=0.004,
    )
    relief = (threads - 0.5) * i.fibre + flakes * 1.2 + net * 1.5 + earth * wide * 1.5
    return Shaded(shader, height=relief * i.bump)


MUSHROOM_SKIN = MaterialKind(
    "mushroom_skin", "Mushroom Skin", "Fungi", SkinParams, shade_skin,
    "The moist skin of a cap with radial fibres", sample_size=0.08,
    presets={
        "bun_skin": SkinParams(color=(0.22, 0.1, 0.035), fibre=0.15, wet=0.35, mottle=0.45),
        "scaly_skin": SkinParams(color=(0.4, 0.27, 0.14), scurf=0.6, wet=0.0, roughness=0.7, fibre=0.5),
    },
)  # fmt: skip
MUSHROOM_GILL = MaterialKind(
    "mushroom_gill", "Mushroom Gill", "Fungi", GillParams, shade_gill, "Thin lamellae that light shines through",
    sample_size=0.06, presets={"spored_gill": GillParams(color=(0.16, 0.07, 0.045), mottle=0.4, translucency=0.12)},
)  # fmt: skip
MUSHROOM_PORES = MaterialKind(
    "mushroom_pores", "Mushroom Pores", "Fungi", PoresParams, shade_pores, "The spongy underside of a bolete",
    sample_size=0.03,
)  # fmt: skip
MUSHROOM_STEM = MaterialKind(
    "mushroom_stem", "Mushroom Stem", "Fungi", StemParams, shade_stem, "A fibrous stem with flakes, earth at its foot",
    sample_size=0.06,
    presets={"netted_stem": StemParams(color=(0.55, 0.36, 0.16), net=1.0, fibre=0.25, scurf=0.1)},
)  # fmt: skip
KINDS = (MUSHROOM_SKIN, MUSHROOM_GILL, MUSHROOM_PORES, MUSHROOM_STEM)
