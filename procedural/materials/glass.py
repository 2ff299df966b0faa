"""What light goes through, and what gives light: glass, wax, a candle's flame, a lamp's bulb."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Tree
from ..graph import nodes as n
from .base import MaterialKind, Shaded, own_color, principled, told
from .textures import own_place, scratches
from .tones import lit


@dataclass(frozen=True)
class GlassParams:
    color: tuple[float, ...] = param((0.9, 0.96, 0.93), "Colour of the wall, linear RGB", min=0, max=1, spread=0.1)
    roughness: float = param(0.0, "How frosted it is", min=0, max=1)
    smudges: float = param(0.25, "Fingerprints and dust", min=0, max=1, usual=(0.0, 0.5))
    wear: float = param(0.1, "Fine scratches", min=0, max=1, usual=(0.0, 0.3))
    waves: float = param(0.0001, "Unevenness of hand-made glass", min=0.0, max=0.01, unit="m", usual=(0.0, 0.0003))
    bubbles: float = param(0.1, "Bubbles and seeds", min=0, max=1, usual=(0.0, 0.3))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_glass(tree: Tree) -> Shaded:
    """Each wall is two surfaces, and each takes half of the colour."""
    i = tree.i
    at = own_place()
    grease = n.smoothstep(n.noise(at, scale=35.0, detail=5.0, roughness=0.62, w=i.seed), 0.48, 0.72) * i.smudges
    scratch = scratches(at, 0.02, i.seed + 2.0, 2) * i.wear
    wave = n.noise(at, scale=32.0, detail=1.0, w=i.seed + 4.0)
    cells = n.voronoi(at * (1.0, 1.0, 0.6), scale=110.0, w=i.seed)
    bubble = (1.0 - n.smoothstep(cells.distance, 0.05, 0.22)) * n.math("LESS_THAN", cells.color.x, i.bubbles * 0.3)
    rough = i.roughness + grease * 0.12 + scratch * 0.15
    # Light on its way along the wall goes through more of it: the rims of a bottle are darker. Not a volume's absorption,
    # which cannot know the `tint`, and which EEVEE draws as fog
    slant = tree.add("ShaderNodeLayerWeight", blend=0.35)["Facing"]
    long = 0.5 * (1.0 + slant * 1.6)
    parts = [n.math("POWER", n.maximum(part, 0.003), long) for part in tree.separate(own_color(i.color))]
    shader = principled(
        base_color=n.combine_xyz(*parts), roughness=n.clamp(rough, 0.0, 1.0), ior=1.5, transmission_weight=1.0
    )
    return Shaded(shader, height=wave * i.waves + bubble * 0.0004 - scratch * 0.00002)


@dataclass(frozen=True)
class WaxParams:
    color: tuple[float, ...] = param((0.72, 0.6, 0.4), "Colour, linear RGB", min=0, max=1, spread=0.15)
    through: float = param(0.012, "How far light goes into it", min=0.0, max=1.0, unit="m", usual=(0.006, 0.02))
    roughness: float = param(0.38, "From a mirror, 0, to chalk, 1", min=0, max=1, usual=(0.28, 0.5))
    drips: float = param(0.0012, "Height of the runs down its side", min=0.0, max=0.05, unit="m", usual=(0.0005, 0.002))
    bloom: float = param(0.3, "White bloom", min=0, max=1, usual=(0.1, 0.5))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_wax(tree: Tree) -> Shaded:
    i = tree.i
    at = own_place()
    runs = n.noise(n.vector_math("DIVIDE", at, (0.009, 0.009, 0.09)), scale=1.0, detail=2.0, w=i.seed)
    fine = n.noise(at, scale=90.0, detail=4.0, w=i.seed + 2.0)
    wide = n.noise(at, scale=18.0, detail=4.0, roughness=0.6, w=i.seed + 4.0)
    bloom = n.smoothstep(wide, 0.5, 0.72) * i.bloom
    color = n.mix(bloom * 0.4, lit(own_color(i.color), 0.9 + fine * 0.12 + runs * 0.08), n.color((0.8, 0.77, 0.7)))
    shader = principled(
        base_color=color, roughness=i.roughness + (fine - 0.5) * 0.2 + bloom * 0.25, specular=0.45,
        subsurface_weight=1.0, subsurface_radius=(1.0, 0.55, 0.25), subsurface_scale=i.through,
    )  # fmt: skip
    return Shaded(shader, height=n.smoothstep(runs, 0.45, 0.7) * i.drips + fine * 0.0001)


@dataclass(frozen=True)
class FlameParams:
    color: tuple[float, ...] = param((1.0, 0.42, 0.09), "Colour of the light, linear RGB", min=0, max=1, spread=0.1)
    strength: float = param(60.0, "Brightness", min=0.0, max=10_000.0, usual=(40.0, 90.0))


def shade_flame(tree: Tree) -> Shaded:
    """`age` is 0 at the wick and 1 at the tip: blue and faint below, then the bright body, orange at the tip and the rim."""
    i = tree.i
    height = told("age")
    facing = 1.0 - tree.add("ShaderNodeLayerWeight", blend=0.5)["Facing"]
    body = n.color_ramp(
        height, [(0.0, (0.05, 0.12, 0.6)), (0.22, (0.75, 0.5, 0.25)), (0.5, (1.0, 0.8, 0.5)), (1.0, (1.0, 0.45, 0.12))]
    )
    own = n.mix(0.45, body, i.color)
    glow = n.smoothstep(height, 0.02, 0.35) * (1.0 - height * 0.45) * n.smoothstep(facing, 0.0, 0.7)
    light = tree.add("ShaderNodeEmission", color=own, strength=i.strength * (0.05 + glow))
    clear = tree.add("ShaderNodeBsdfTransparent")
    seen = n.clamp((0.15 + glow) * n.smoothstep(facing, 0.02, 0.4))
    return Shaded(tree.add("ShaderNodeMixShader", seen, clear, light))


@dataclass(frozen=True)
class BulbParams:
    color: tuple[float, ...] = param((1.0, 0.68, 0.34), "Colour of the light, linear RGB", min=0, max=1, spread=0.1)
    strength: float = param(25.0, "Brightness", min=0.0, max=10_000.0, usual=(15.0, 40.0))


def shade_bulb(tree: Tree) -> Shaded:
    """Frosted glass lit from within: brightest where one looks straight in."""
    i = tree.i
    facing = 1.0 - tree.add("ShaderNodeLayerWeight", blend=0.35)["Facing"]
    return Shaded(
        principled(
            base_color=(0.8, 0.8, 0.78, 1.0),
            roughness=0.25,
            emission_color=i.color,
            emission_strength=i.strength * (0.35 + 0.65 * facing),
        )
    )


GLASS = MaterialKind(
    "glass", "Glass", "Glass", GlassParams, shade_glass, "Clear or coloured glass, darker where it is thick",
    presets={
        "bottle_green_glass": GlassParams(color=(0.12, 0.42, 0.1), waves=0.0002, bubbles=0.3),
        "amber_glass": GlassParams(color=(0.62, 0.2, 0.03)),
        "frosted_glass": GlassParams(roughness=0.45, color=(0.9, 0.95, 0.93)),
        "window_glass": GlassParams(color=(0.86, 0.96, 0.92), waves=0.0004),
    },
    sample_size=0.1,
)  # fmt: skip
WAX = MaterialKind(
    "wax", "Wax", "Glass", WaxParams, shade_wax, "Candle wax that light goes into",
    presets={"red_wax": WaxParams(color=(0.42, 0.02, 0.018)), "honey_wax": WaxParams(color=(0.62, 0.32, 0.07))}, sample_size=0.08,
)  # fmt: skip
FLAME = MaterialKind("flame", "Flame", "Light", FlameParams, shade_flame, "A candle's flame", sample_size=0.04)
BULB = MaterialKind("bulb", "Bulb", "Light", BulbParams, shade_bulb, "A frosted bulb that is lit", sample_size=0.06)
KINDS = (GLASS, WAX, FLAME, BULB)
