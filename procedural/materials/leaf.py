"""Leaves of trees, needles and tree blossom: thin sheets that let light through."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Socket, Tree, current_tree
from ..graph import nodes as n
from ..graph.sockets import Input
from .base import MaterialKind, Shaded, leaf_place, own_color, principled, told


@dataclass(frozen=True)
class LeafParams:
    color: tuple[float, ...] = param((0.075, 0.17, 0.03), "Colour, linear RGB", min=0, max=1, spread=0.3)
    vary: float = param(0.4, "How much leaves differ in light and hue", min=0.0, max=1.0, usual=(0.25, 0.6))
    vein: float = param(0.35, "How far veins stand out in colour", min=0.0, max=1.0, usual=(0.2, 0.5))
    veins: float = param(7.0, "Side veins on each half", min=0.0, max=30.0, usual=(5.0, 10.0))
    slant: float = param(0.35, "How far side veins rise to the rim", min=0.0, max=2.0, usual=(0.2, 0.6))
    translucency: float = param(0.38, "Share of the light that goes through", min=0.0, max=1.0, usual=(0.3, 0.45))
    roughness: float = param(0.46, "From glossy to dull", min=0.0, max=1.0, usual=(0.35, 0.6))
    relief: float = param(0.0006, "Height of the veins' relief", min=0.0, max=0.02, unit="m", usual=(0.0003, 0.001))


@dataclass(frozen=True)
class NeedleParams:
    color: tuple[float, ...] = param((0.045, 0.1, 0.035), "Colour, linear RGB", min=0, max=1, spread=0.3)
    vary: float = param(0.4, "How much they differ in light and hue", min=0.0, max=1.0, usual=(0.25, 0.6))
    bloom: float = param(0.15, "Share of the blue-grey wax", min=0.0, max=1.0, usual=(0.0, 0.4))
    translucency: float = param(0.2, "Share of the light that goes through", min=0.0, max=1.0, usual=(0.1, 0.3))
    roughness: float = param(0.5, "From glossy to dull", min=0.0, max=1.0, usual=(0.4, 0.6))


@dataclass(frozen=True)
class BlossomParams:
    color: tuple[float, ...] = param((0.82, 0.62, 0.66), "Colour, linear RGB", min=0, max=1, spread=0.1)
    heart: tuple[float, ...] = param((0.55, 0.12, 0.2), "Colour at the foot of the petals", min=0, max=1, spread=0.2)
    vary: float = param(0.25, "How much flowers differ", min=0.0, max=1.0, usual=(0.1, 0.4))
    translucency: float = param(0.42, "Share of the light that goes through", min=0.0, max=1.0, usual=(0.3, 0.5))


def _thin(color: Input, through: Input, share: Input, roughness: Input, specular: Input = 0.4) -> Socket:
    """A sheet: a diffuse and a little glossy surface, and light from behind in the colour `through`."""
    surface = principled(base_color=color, roughness=roughness, specular=specular)
    behind = current_tree().add("ShaderNodeBsdfTranslucent", color=through).as_socket()
    mixed = current_tree().add("ShaderNodeMixShader", share)
    mixed.set_positional(share, surface, behind)
    return mixed.as_socket()


def _own(color: Socket, vary: Socket) -> tuple[Socket, Socket]:
    """The colour of this leaf among others, lighter or darker, greener or yellower; and its random number 0..1.

    The numbers of a leaf and of the twig that carries it are added up, hence the fraction.
    """
    chance = n.math("FRACT", told("random"))
    other = n.math("FRACT", chance * 7.31)
    light = 1.0 + (chance - 0.5) * vary * 1.1
    warm = n.combine_xyz(
        light * (1.0 + (other - 0.45) * vary * 0.7), light, light * (1.0 - (other - 0.45) * vary * 0.6)
    )
    return n.mix(1.0, color, warm, blend="MULTIPLY"), chance


def _backfacing() -> Socket:
    return current_tree().add("ShaderNodeNewGeometry")["Backfacing"]


def _leaf(tree: Tree) -> Shaded:
    i = tree.i
    across, along = leaf_place()
    off = n.math("ABSOLUTE", across)
    color, chance = _own(own_color(i.color), i.vary)
    mid = n.smoothstep(off, 0.05, 0.01)
    place = (along - off * i.slant) * i.veins
    side = n.smoothstep(n.math("PINGPONG", place, 0.5), 0.44, 0.495) * n.smoothstep(off, 1.0, 0.2)
    vein = n.maximum(mid, side * 0.6) * n.minimum(i.veins, 1.0)
    between = n.noise(n.combine_xyz(across * 6.0, along * 9.0, chance * 37.0), scale=1.0, detail=4.0)
    light = 0.85 + between * 0.3
    blade = n.mix(1.0, color, n.combine_xyz(light, light, light), blend="MULTIPLY")
    pale = n.mix(1.0, color, n.color((1.9, 1.75, 1.5)), blend="MULTIPLY")
    blade = n.mix(vein * i.vein, blade, pale)
    dull = n.mix(0.35, color, n.color((0.22, 0.25, 0.16)))  # the lower face is paler
    face = n.mix(_backfacing() * 0.6, blade, dull)
    # Light that went through is more saturated and yellower
    through = n.mix(1.0, blade, n.color((1.55, 1.35, 0.5)), blend="MULTIPLY")
    shader = _thin(face, through, i.translucency, i.roughness + (between - 0.5) * 0.15)
    return Shaded(shader, height=(0.5 - vein) * i.relief + between * i.relief * 0.3)


def _needle(tree: Tree) -> Shaded:
    i = tree.i
    _, along = leaf_place()
    color, chance = _own(own_color(i.color), i.vary)
    wax = n.mix(i.bloom * (0.5 + chance * 0.5), color, n.color((0.2, 0.27, 0.25)))
    face = n.mix(n.smoothstep(along, 0.7, 1.0) * 0.35, wax, n.color((0.2, 0.19, 0.06)))
    through = n.mix(1.0, face, n.color((1.4, 1.3, 0.6)), blend="MULTIPLY")
    return Shaded(_thin(face, through, i.translucency, i.roughness))


def _blossom(tree: Tree) -> Shaded:
    i = tree.i
    across, along = leaf_place()
    color, chance = _own(own_color(i.color), i.vary * 0.4)
    streak = n.noise(n.combine_xyz(across * 5.0, along * 1.2, chance * 31.0), scale=1.0, detail=3.0)
    petal = n.mix(n.smoothstep(along + (streak - 0.5) * 0.3, 0.42, 0.02) * 0.85, color, i.heart)
    edge = n.mix(n.smoothstep(along, 0.6, 1.0) * 0.25, petal, n.color((0.84, 0.8, 0.8)))
    return Shaded(_thin(edge, edge, i.translucency, 0.55, 0.3), height=(streak - 0.5) * 0.0003)


LEAF = MaterialKind(
    "leaf",
    "Leaf",
    "Leaves",
    LeafParams,
    _leaf,
    "A broad leaf with midrib and side veins; paler below",
    sample_size=0.1,
    sample_shape="sheet",
)
NEEDLE = MaterialKind(
    "needle", "Needle", "Leaves", NeedleParams, _needle, "Needles of conifers", sample_size=0.03, sample_shape="sheet"
)
BLOSSOM = MaterialKind(
    "blossom",
    "Blossom",
    "Leaves",
    BlossomParams,
    _blossom,
    "Petals of fruit trees",
    sample_size=0.03,
    sample_shape="sheet",
)
KINDS = (LEAF, NEEDLE, BLOSSOM)
