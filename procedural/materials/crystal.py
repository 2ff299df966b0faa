"""Crystals: quartz in its colours, cut gems. A generator may store `foot` (1 where a crystal is rooted, 0 at its tip)."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, limb_place, own_color, principled, told
from .patterns import blend, cells, clear, seams, spot, squeeze, warp
from .tones import lit


@dataclass(frozen=True)
class QuartzParams:
    color: tuple[float, ...] = param(
        (0.9, 0.91, 0.92), "Colour of what shines through, linear RGB", min=0, max=1, spread=0.1
    )
    milk: tuple[float, ...] = param((0.74, 0.73, 0.7), "Colour where it is milky", min=0, max=1, spread=0.08)
    veil: float = param(0.02, "Size of the veils within", min=0.001, max=2, unit="m", usual=(0.012, 0.035))
    cloud: float = param(0.35, "How milky it is", min=0, max=1, usual=(0.15, 0.6))
    flaws: float = param(0.4, "Cracks and wisps within", min=0, max=1, usual=(0.2, 0.7))
    zoning: float = param(0.25, "How far colour gathers towards the tip", min=0, max=1, usual=(0.1, 0.5))
    striation: float = param(0.5, "How strongly faces are lined", min=0, max=1, usual=(0.2, 0.8))
    roughness: float = param(0.06, "Roughness", min=0, max=1, usual=(0.03, 0.12))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def quartz(tree: Tree) -> Shaded:
    i = tree.i
    at = spot(i.veil, i.seed)
    foot = n.clamp(told("foot"))
    wisps = ridge = n.noise(warp(at, 0.7, 0.8, 2.0), scale=1.0, detail=5.0, roughness=0.6)
    plane = n.smoothstep(seams(warp(squeeze(at, 0.6, 0.6, 1.1), 0.25, 0.8), 0.6), 0.03, 0.0)
    sheet = plane * clear(n.noise(at, scale=0.7, detail=2.0), 0.66 - i.flaws * 0.3, 0.72 - i.flaws * 0.25)
    thread = n.smoothstep(abs(wisps - 0.5), 0.03, 0.0) * clear(
        n.noise(at, scale=0.5), 0.62 - i.flaws * 0.3, 0.7 - i.flaws * 0.25
    )
    milky = clear(ridge + foot * 0.35, 0.92 - i.cloud * 0.6, 1.1 - i.cloud * 0.5)
    fine = n.noise(at, scale=12.0, detail=4.0, roughness=0.65)
    white = n.clamp(milky * 0.85 + (sheet * 0.5 + thread * 0.35) * n.minimum(i.flaws * 5.0, 1.0))
    hue = n.clamp(1.0 - i.zoning * (0.25 + foot * 0.75))
    through = n.mix(hue, n.color((0.93, 0.93, 0.93)), own_color(i.color))
    solid = n.mix(0.45, i.milk, n.mix(1.0, i.milk, through, blend="MULTIPLY"))
    color = n.mix(white, through, lit(solid, 0.85 + fine * 0.3))
    dirty = clear(n.noise(at, scale=0.4, detail=5.0, roughness=0.65), 0.62, 0.78) * n.smoothstep(foot, 0.3, 1.0)
    color = blend(dirty * 0.7, color, (0.24, 0.15, 0.075))
    shader = principled(
        base_color=color,
        roughness=n.clamp(i.roughness + milky * 0.22 + dirty * 0.4 + (fine - 0.5) * 0.08, 0.02, 0.9),
        ior=1.545,
        transmission_weight=n.clamp(0.95 - white * 0.75 - dirty),
        subsurface_weight=white * 0.4,
        subsurface_scale=0.01,
    )
    along = limb_place().z / i.veil
    lines = n.noise(n.combine_xyz(at.x * 0.15, at.y * 0.15, along), scale=5.0, detail=4.0, roughness=0.7)
    height = (clear(lines) * i.striation * 0.012 + fine * 0.004 + dirty * 0.03) * i.veil
    return Shaded(shader, height=height)


@dataclass(frozen=True)
class GemParams:
    color: tuple[float, ...] = param(
        (0.75, 0.02, 0.06), "What is left of white light after `depth`", min=0, max=1, spread=0.15
    )
    depth: float = param(0.012, "The colour's depth", min=0.0005, max=1, unit="m", usual=(0.008, 0.018))
    ior: float = param(1.77, "Index of refraction: quartz 1.54, sapphire 1.77, diamond 2.42", min=1.3, max=2.7)
    facet: float = param(
        0.008, "Size of facets cut into a round thing, 0 for one that has its own", min=0, max=1, unit="m"
    )
    inclusions: float = param(0.2, "Silk and feathers within", min=0, max=1, usual=(0.0, 0.4))
    roughness: float = param(0.01, "Roughness", min=0, max=1, usual=(0.0, 0.03))
    seed: float = param(0.0, "Another pattern", min=0, max=100, usual=(0, 100))


def gem(tree: Tree) -> Shaded:
    i = tree.i
    size = n.maximum(i.facet, 0.0005)
    at = spot(size, i.seed)
    facet = cells(at, 1.0, 0.55)
    # A plane that touches a ball at its cell's middle rises over the ball as the square of the distance
    cut = facet.distance * facet.distance * size * 0.42 * (i.facet > 0.0)
    inner = spot(n.math("MULTIPLY", i.depth, 0.5), i.seed)
    silk = n.noise(squeeze(warp(inner, 0.5, 0.6), 1.0, 4.0, 1.0), scale=1.2, detail=5.0, roughness=0.65)
    feather = n.smoothstep(abs(n.noise(warp(inner, 0.6, 0.9), scale=0.8, detail=3.0) - 0.5), 0.025, 0.0)
    flaw = n.clamp(clear(silk, 0.55, 0.8) * 0.35 + feather * 0.5) * i.inclusions
    light = n.mix(0.35, n.color((1.0, 1.0, 1.0)), own_color(i.color))
    shader = principled(
        base_color=blend(flaw, light, lit(own_color(i.color), 0.9)),
        roughness=n.clamp(i.roughness + flaw * 0.25 + facet.random.x * 0.01),
        ior=i.ior,
        transmission_weight=1.0 - flaw * 0.6,
        coat_weight=0.3,
        coat_roughness=0.01,
    )
    sigma = [n.math("LOGARITHM", n.maximum(part, 0.005), 2.718282) * -1.0 for part in tree.separate(own_color(i.color))]
    strongest = n.maximum(n.maximum(sigma[0], sigma[1]), n.maximum(sigma[2], 0.01))
    left = n.combine_xyz(*[1.0 - part / strongest for part in sigma])
    volume = tree.add("ShaderNodeVolumeAbsorption", color=left, density=strongest / i.depth)
    return Shaded(shader, height=cut, volume=volume)


QUARTZ = MaterialKind(
    "quartz", "Quartz", "Crystal", QuartzParams, quartz, "Clear crystal with veils, milky at its root",
    {
        "amethyst": QuartzParams(color=(0.36, 0.11, 0.62), milk=(0.55, 0.46, 0.63), zoning=0.6),
        "smoky_quartz": QuartzParams(color=(0.3, 0.2, 0.13), milk=(0.3, 0.25, 0.21), cloud=0.2),
        "rose_quartz": QuartzParams(color=(0.82, 0.46, 0.48), milk=(0.72, 0.5, 0.5), cloud=0.75, zoning=0.0),
        "citrine": QuartzParams(color=(0.85, 0.5, 0.09), milk=(0.7, 0.55, 0.3), cloud=0.2),
    }, 0.12,
)  # fmt: skip
KINDS = (
    QUARTZ,
    MaterialKind(
        "gem", "Gem", "Crystal", GemParams, gem, "A cut stone, deep in colour",
        {
            "sapphire": GemParams(color=(0.02, 0.06, 0.6)),
            "emerald": GemParams(color=(0.02, 0.5, 0.14), ior=1.58, inclusions=0.6),
            "diamond": GemParams(color=(0.93, 0.94, 0.95), depth=0.1, ior=2.42, inclusions=0.0),
        }, 0.03,
    ),
)  # fmt: skip
