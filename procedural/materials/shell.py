"""Shells: growth lines, bands, flames and spots on the outside, mother-of-pearl within."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, limb_place, own_color, principled, told
from .tones import lit


@dataclass(frozen=True)
class ShellParams:
    """Bands and lines run across a shell's growth, which is the second coordinate of its UVMap, in whorls.

    A shell says by the attributes `inside` (0..1) and `plain` (0..1) where it has no marks, by `mark` what colour they are.
    """

    color: tuple[float, ...] = param((0.7, 0.56, 0.4), "Ground colour, linear RGB", min=0, max=1, spread=0.25)
    mark: tuple[float, ...] = param((0.3, 0.12, 0.04), "Colour of bands and spots", min=0, max=1, spread=0.3)
    bands: float = param(9.0, "Bands a whorl", min=0.0, max=200.0, usual=(5.0, 14.0))
    band: float = param(0.3, "Share of the surface that bands cover", min=0.0, max=1.0, usual=(0.1, 0.5))
    flame: float = param(0.5, "How the bands waver", min=0.0, max=3.0, usual=(0.2, 1.0))
    spots: float = param(0.15, "Share of the surface that spots cover", min=0.0, max=1.0, usual=(0.0, 0.3))
    size: float = param(0.012, "Distance of the spots", min=0.0005, max=1.0, unit="m", usual=(0.006, 0.02))
    lines: float = param(70.0, "Growth lines a whorl", min=0.0, max=1000.0, usual=(50.0, 110.0))
    relief: float = param(0.00012, "Height of the growth lines", min=0.0, max=0.02, unit="m", usual=(0.0, 0.0003))
    gloss: float = param(0.5, "From chalk, 0, to porcelain, 1", min=0.0, max=1.0, usual=(0.25, 0.8))
    fade: float = param(0.0, "How far from the lip bands begin, as a share of the age", min=0.0, max=1.0)
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_shell(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place() / i.size
    _, along, _ = tree.separate(tree.add("ShaderNodeUVMap", uv_map="UVMap").as_socket())
    outside = 1.0 - told("inside")
    stray = (n.noise(at, scale=0.3, detail=2.0, w=i.seed) - 0.5) * i.flame
    # Bands of uneven width: a wave whose own threshold wanders
    wave = n.cos((along * i.bands + stray * 2.0) * 6.2832) * 0.5 + 0.5
    limit = 1.0 - i.band + (n.noise(at, scale=0.22, detail=1.0, w=i.seed + 3.0) - 0.5) * i.flame
    banded = n.smoothstep(wave, limit, limit + 0.12) * (i.band > 0.0) * (i.bands > 0.0)
    old = n.smoothstep(told("age") + stray * 0.1, i.fade - 0.02, i.fade + 0.12)
    banded = banded * n.maximum(old, i.fade < 0.01)
    cell = n.voronoi(at + n.noise_vector(at, scale=1.2, detail=1.0, w=i.seed + 1.0) * 0.6, scale=1.0, randomness=0.9)
    chance = tree.separate(cell["Color"])[0]
    spot = n.smoothstep(cell["Distance"], chance * 0.5 + 0.06, chance * 0.5) * n.smoothstep(
        i.spots * 1.6 - chance, 0.0, 0.05
    )
    marked = n.maximum(banded, spot) * outside * (1.0 - told("plain"))
    grow_line = n.noise(n.combine_xyz(along * i.lines, stray * 3.0, i.seed), scale=1.0, detail=2.0, roughness=0.6)
    wear = n.noise(at, scale=2.0, detail=4.0, roughness=0.6, w=i.seed + 6.0)
    light = 0.86 + (grow_line - 0.5) * 0.45 * outside + (wear - 0.5) * 0.3 + 0.08
    color = n.mix(marked * (0.75 + wear * 0.3), own_color(i.color), own_color(i.mark, "mark"))
    shader = principled(
        base_color=lit(color, light),
        roughness=0.72 - i.gloss * 0.5 + (wear - 0.5) * 0.22 + (grow_line - 0.5) * 0.1,
        specular=0.5,
        subsurface_weight=0.06,
        subsurface_scale=0.003,
        coat_weight=n.maximum(i.gloss - 0.45, 0.0) * 0.6,
        coat_roughness=0.12,
    )
    return Shaded(shader, height=(grow_line - 0.5) * i.relief * outside + (wear - 0.5) * i.relief * 0.3)


@dataclass(frozen=True)
class NacreParams:
    color: tuple[float, ...] = param((0.6, 0.56, 0.5), "Ground colour, linear RGB", min=0, max=1, spread=0.15)
    shimmer: float = param(0.6, "Strength of the play of colours", min=0.0, max=1.0, usual=(0.4, 0.8))
    size: float = param(0.03, "Size of its clouds", min=0.001, max=1.0, unit="m", usual=(0.015, 0.05))
    roughness: float = param(0.22, "From a mirror, 0, to chalk, 1", min=0.02, max=1.0, usual=(0.15, 0.35))
    bump: float = param(0.0003, "Height of its waves", min=0.0, max=0.05, unit="m", usual=(0.0, 0.0006))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_nacre(tree: Tree) -> Shaded:
    i = tree.i
    at = limb_place() / i.size
    cloud = n.noise(at, scale=1.0, detail=4.0, roughness=0.55, distortion=0.8, w=i.seed)
    facing = tree.add("ShaderNodeLayerWeight", blend=0.4)["Facing"]
    hue = n.math("FRACT", facing * 1.6 + cloud * 1.9 + i.seed * 0.01)
    play = n.color_ramp(
        hue,
        [
            (0.0, (0.8, 0.3, 0.46)),
            (0.22, (0.82, 0.62, 0.32)),
            (0.45, (0.3, 0.72, 0.5)),
            (0.7, (0.28, 0.46, 0.8)),
            (1.0, (0.8, 0.3, 0.46)),
        ],
    )
    color = n.mix(i.shimmer * (0.45 + facing * 0.6), lit(own_color(i.color), 0.85 + cloud * 0.25), play)
    shader = principled(
        base_color=color,
        metallic=0.2 * i.shimmer,
        roughness=i.roughness + (cloud - 0.5) * 0.15,
        specular=0.6,
        specular_tint=n.mix(i.shimmer, n.color((1.0, 1.0, 1.0)), play),
        coat_weight=0.5,
        coat_roughness=0.08,
        subsurface_weight=0.08,
        subsurface_scale=0.003,
    )
    return Shaded(shader, height=(cloud - 0.5) * i.bump)


SEASHELL = MaterialKind(
    "seashell", "Seashell", "Sea", ShellParams, shade_shell, "Growth lines with bands, flames and spots",
    presets={
        "tiger_shell": ShellParams(color=(0.75, 0.62, 0.48), mark=(0.1, 0.045, 0.025), band=0.0, spots=0.5, gloss=0.95, relief=0.0),
        "flamed_shell": ShellParams(color=(0.78, 0.72, 0.6), mark=(0.4, 0.12, 0.03), bands=14, band=0.45, flame=1.2, spots=0.0),
        "chalky_shell": ShellParams(color=(0.66, 0.62, 0.54), mark=(0.4, 0.34, 0.27), band=0.15, spots=0.0, gloss=0.1, relief=0.0003),
    },
    sample_size=0.1,
)  # fmt: skip
NACRE = MaterialKind(
    "nacre",
    "Mother-of-pearl",
    "Sea",
    NacreParams,
    shade_nacre,
    "Pearl that plays in pink, green and blue",
    sample_size=0.1,
)

KINDS = (SEASHELL, NACRE)
