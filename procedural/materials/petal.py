"""Petals: thin coloured sheets that light shines through, with veins that fan out from the foot.

A petal's colour comes from its cells' lens-like skin and pigments that stay in the upper layer, hence the depth of colour at grazing
angles and the glow against the light (Kay, Daoud and Stirton 1981, on petal epidermis and its optics). Sizes in metres; a petal's UVMap says where it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Socket, Tree, current_tree
from ..graph import nodes as n
from ..graph.sockets import Input
from .base import MaterialKind, Shaded, leaf_place, own_color, principled, told
from .tones import lit


@dataclass(frozen=True)
class PetalParams:
    color: tuple[float, ...] = param((0.62, 0.08, 0.16), "Colour, linear RGB", min=0, max=1, spread=0.3)
    veins: float = param(0.35, "How dark the veins are", min=0, max=1, usual=(0.15, 0.5))
    vein_count: float = param(26.0, "Veins across a petal", min=2.0, max=120.0, usual=(18.0, 36.0))
    blush: float = param(0.2, "How much lighter the rim is than the foot", min=-1, max=1, usual=(-0.1, 0.4))
    mottle: float = param(0.15, "How much light and dark vary", min=0, max=1, usual=(0.05, 0.25))
    glow: float = param(0.4, "Share of the light that goes through", min=0, max=0.9, usual=(0.3, 0.5))
    roughness: float = param(0.55, "From a mirror, 0, to chalk, 1", min=0, max=1, usual=(0.45, 0.65))
    relief: float = param(0.00008, "Height of the veins", min=0.0, max=0.01, unit="m", usual=(0.00004, 0.00012))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


@dataclass(frozen=True)
class SatinPetalParams:
    color: tuple[float, ...] = param((0.72, 0.04, 0.02), "Colour, linear RGB", min=0, max=1, spread=0.3)
    veins: float = param(0.18, "How dark the fine lines are", min=0, max=1, usual=(0.1, 0.3))
    vein_count: float = param(60.0, "Fine lines across a petal", min=2.0, max=200.0, usual=(45.0, 80.0))
    flame: float = param(0.0, "A paler flame along the middle", min=-1, max=1, usual=(-0.15, 0.3))
    crinkle: float = param(0.3, "How crumpled the silk is", min=0, max=1, usual=(0.1, 0.6))
    glow: float = param(0.42, "Share of the light that goes through", min=0, max=0.9, usual=(0.35, 0.5))
    roughness: float = param(0.34, "From a mirror, 0, to chalk, 1", min=0, max=1, usual=(0.28, 0.42))
    sheen: float = param(0.35, "Silky sheen at grazing angles", min=0, max=1, usual=(0.2, 0.5))
    relief: float = param(0.0003, "Height of the crinkles", min=0.0, max=0.01, unit="m", usual=(0.0001, 0.0005))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def sheet_shader(color: Input, glow: Input, **surface: Input) -> Socket:
    """The Principled BSDF with a share of light that goes through the sheet; what comes through is deeper in colour."""
    tree = current_tree()
    through = tree.add("ShaderNodeGamma", color=color, gamma=1.15).as_socket()
    light = tree.add("ShaderNodeBsdfTranslucent", color=through).as_socket()
    return tree.add("ShaderNodeMixShader", glow, principled(base_color=color, **surface), light).as_socket()


def shade_petal(tree: Tree) -> Shaded:
    i = tree.i
    x, y = leaf_place()
    own = told("random")
    # lines fan out from the foot, waver, and fork towards the rim
    at = n.combine_xyz(x * 2.0, y * 1.5, own * 37.0)
    waver = (n.noise(at, scale=2.0, detail=2.0, w=i.seed) - 0.5) * (0.5 + y)
    main = n.math("PINGPONG", (x + waver * 0.12) * i.vein_count * 0.5, 0.5) * 2.0
    fork = n.math("PINGPONG", (x + waver * 0.16) * i.vein_count + 0.5, 0.5) * 2.0
    line = n.smoothstep(main, 0.42, 0.0)
    fine = n.smoothstep(fork, 0.5, 0.0) * n.smoothstep(y, 0.25, 0.7) * 0.6
    vein = n.maximum(line, fine) * (1.0 - y * 0.45)
    cloud = n.noise(n.combine_xyz(x * 1.2, y * 3.0, own * 11.0), scale=2.4, detail=4.0, w=i.seed + 5.0) - 0.5
    light = (1.0 + cloud * (i.mottle * 2.2)) * (1.0 + (own - 0.5) * 0.16) * (1.0 - vein * (i.veins * 0.55))
    base = lit(own_color(i.color), light)
    pale = lit(base, 1.0 + abs(i.blush))
    rim = n.smoothstep(n.maximum(abs(x), y), 0.35, 1.0)
    weight = n.mix(n.math("GREATER_THAN", i.blush, 0.0), 1.0 - rim, rim) * abs(i.blush)
    color = n.mix(weight * 0.7, base, n.mix(0.25, pale, n.color((0.85, 0.8, 0.76))))
    shader = sheet_shader(
        color,
        i.glow,
        roughness=n.clamp(i.roughness + cloud * 0.2 - vein * 0.08),
        specular=0.35,
        sheen_weight=0.1,
        sheen_roughness=0.4,
    )
    return Shaded(shader, height=(cloud * 0.6 - vein) * i.relief)


def shade_satin(tree: Tree) -> Shaded:
    i = tree.i
    x, y = leaf_place()
    own = told("random")
    at = n.combine_xyz(x * 3.0, y * 1.1, own * 23.0)
    fold = n.noise(at, scale=3.0, detail=4.0, roughness=0.55, w=i.seed)
    warp = (fold - 0.5) * 0.1 * i.crinkle
    line = n.smoothstep(n.math("PINGPONG", (x + warp) * i.vein_count * 0.5, 0.5) * 2.0, 0.9, 0.0)
    broad = n.noise(n.combine_xyz(x * 9.0, y * 1.3, own * 7.0), scale=1.0, detail=2.0, w=i.seed + 3.0) - 0.5
    light = (1.0 - line * i.veins * 0.5) * (1.0 + broad * 0.22) * (1.0 + (own - 0.5) * 0.14)
    base = lit(own_color(i.color), light)
    flame = n.smoothstep(abs(x + broad * 0.25), 0.5, 0.0) * n.smoothstep(y, 1.0, 0.1)
    pale = n.mix(abs(i.flame) * flame, base, n.color((0.82, 0.66, 0.42)))
    dark = n.mix(abs(i.flame) * flame, base, n.color((0.12, 0.015, 0.03)))
    color = n.mix(n.math("GREATER_THAN", i.flame, 0.0), dark, pale)
    shader = sheet_shader(
        color,
        i.glow,
        roughness=n.clamp(i.roughness + (fold - 0.5) * 0.25),
        specular=0.45,
        sheen_weight=i.sheen,
        sheen_roughness=0.3,
        anisotropic=0.4,
    )
    height = (fold - 0.5) * i.relief * (0.2 + i.crinkle) - line * i.relief * 0.12
    return Shaded(shader, height=height)


PETAL = MaterialKind(
    "petal", "Petal", "Petal", PetalParams, shade_petal, "A thin petal with veins that fan out, glowing against the light",
    presets={
        "white_petal": PetalParams(color=(0.8, 0.78, 0.74), veins=0.12, blush=0.0),
        "blue_petal": PetalParams(color=(0.1, 0.13, 0.62), veins=0.5, blush=0.3),
    },
    sample_size=0.05, sample_shape="sheet",
)  # fmt: skip
SATIN_PETAL = MaterialKind(
    "satin_petal", "Satin Petal", "Petal", SatinPetalParams, shade_satin, "A silky petal with fine lines and a sheen",
    presets={
        "tulip_petal": SatinPetalParams(color=(0.6, 0.03, 0.05), crinkle=0.1, flame=0.3),
        "poppy_petal": SatinPetalParams(crinkle=0.9, relief=0.0006),
    },
    sample_size=0.06, sample_shape="sheet",
)  # fmt: skip
KINDS = (PETAL, SATIN_PETAL)
