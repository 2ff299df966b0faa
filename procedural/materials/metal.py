"""Metals with wear: brushed steel, rusty iron, copper with verdigris, brass and gold.

Colours are measured reflectances at normal incidence (linear RGB). Wear sits where noise and the attributes `edge` and `cavity` (both 0..1,
where geometry stores them) put it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Socket, Tree
from ..graph import nodes as n
from ..graph.sockets import Input
from .base import MaterialKind, Shaded, own_color, principled, told
from .textures import chance, floor, own_place, scratches, stretched, upward
from .tones import lit


@dataclass(frozen=True)
class SteelParams:
    color: tuple[float, ...] = param((0.53, 0.52, 0.5), "Colour of the metal, linear RGB", min=0, max=1, spread=0.08)
    brush: float = param(
        0.0004, "Width of the brush's strokes", min=0.00005, max=0.01, unit="m", usual=(0.0003, 0.0006)
    )
    stroke: float = param(0.03, "Length of the brush's strokes", min=0.001, max=1.0, unit="m", usual=(0.02, 0.05))
    depth: float = param(0.000012, "Depth of the strokes", min=0.0, max=0.001, unit="m", usual=(0.000008, 0.00002))
    roughness: float = param(0.3, "From a mirror, 0, to chalk, 1", min=0, max=1, usual=(0.22, 0.38))
    anisotropy: float = param(0.65, "How far highlights are drawn across the strokes", min=0, max=1, usual=(0.5, 0.8))
    smudges: float = param(0.4, "Fingerprints and grease", min=0, max=1, usual=(0.2, 0.7))
    wear: float = param(0.35, "Scratches and dents", min=0, max=1, usual=(0.1, 0.6))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_steel(tree: Tree) -> Shaded:
    """Strokes run round about z, as from a lathe or a belt."""
    i = tree.i
    at = own_place()
    around = n.math("ARCTAN2", at.y, at.x) * n.sqrt(at.x * at.x + at.y * at.y)
    depth = n.vector_math("LENGTH", at)
    strokes = n.noise(n.combine_xyz(at.z / i.brush, around / i.stroke, depth / 0.01), scale=1.0, detail=2.0, w=i.seed)
    grease = n.smoothstep(n.noise(at, scale=22.0, detail=4.0, roughness=0.62, w=i.seed + 3.0), 0.48, 0.72) * i.smudges
    scratch = scratches(at, 0.03, i.seed, 3) * i.wear
    dents = n.smoothstep(n.noise(at, scale=40.0, detail=1.0, w=i.seed + 5.0), 0.66, 0.78) * i.wear
    edge = n.smoothstep(told("edge") + strokes * 0.4, 0.75, 1.2) * i.wear
    color = lit(
        own_color(i.color), (0.9 + strokes * 0.16) * (1.0 - grease * 0.12) * (1.0 + edge * 0.3 + scratch * 0.25)
    )
    tangent = tree.add("ShaderNodeTangent", direction_type="RADIAL", axis="Z")
    shader = principled(
        base_color=color,
        metallic=1.0,
        roughness=n.clamp(i.roughness + (strokes - 0.5) * 0.2 + grease * 0.16 - edge * 0.08, 0.05, 0.9),
        anisotropic=i.anisotropy,
        tangent=tangent,
    )
    return Shaded(shader, height=(strokes - 0.5) * i.depth - scratch * 0.00004 - dents * 0.00012)


@dataclass(frozen=True)
class IronParams:
    color: tuple[float, ...] = param(
        (0.16, 0.15, 0.145), "Colour of the bare iron, linear RGB", min=0, max=1, spread=0.2
    )
    rust: float = param(0.55, "How much of it has rusted", min=0, max=1, usual=(0.3, 0.8))
    size: float = param(0.06, "Size of the rust's patches", min=0.002, max=2.0, unit="m", usual=(0.04, 0.1))
    flakes: float = param(0.0006, "How high rust stands", min=0.0, max=0.02, unit="m", usual=(0.0003, 0.001))
    runs: float = param(0.35, "How far rust has run down", min=0, max=1, usual=(0.1, 0.6))
    hammered: float = param(
        0.0004, "Depth of the smith's hammer marks", min=0.0, max=0.01, unit="m", usual=(0.0, 0.0008)
    )
    roughness: float = param(0.42, "Of the bare iron", min=0, max=1, usual=(0.32, 0.55))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def rust_color(at: Input, fine: Input, w: Input) -> Socket:
    """Rust from its dark, old scale to fresh orange dust."""
    tone = n.noise(at, scale=34.0, detail=5.0, roughness=0.65, w=w) * 0.7 + fine * 0.3
    return n.color_ramp(
        tone,
        [
            (0.28, (0.028, 0.011, 0.007)),
            (0.43, (0.1, 0.03, 0.012)),
            (0.53, (0.2, 0.062, 0.017)),
            (0.63, (0.33, 0.118, 0.028)),
            (0.78, (0.42, 0.19, 0.06)),
        ],
    )


def shade_iron(tree: Tree) -> Shaded:
    i = tree.i
    at = own_place()
    wide = n.noise(at / i.size, scale=1.0, detail=6.0, roughness=0.62, w=i.seed)
    fine = n.noise(at / i.size, scale=14.0, detail=4.0, roughness=0.65, w=i.seed + 2.0)
    run = stretched(at, 0.008, 0.12, 3.0, i.seed + 4.0)
    where = wide * 0.75 + fine * 0.25 + (run - 0.5) * i.runs * 0.5 + told("edge") * 0.1 + told("cavity") * 0.15
    limit = 0.72 - i.rust * 0.44
    rusty = n.smoothstep(where, limit, limit + 0.06)
    stain = n.smoothstep(where, limit - 0.1, limit + 0.02)
    marks = n.voronoi(at, scale=45.0, feature="SMOOTH_F1").distance
    bare = lit(own_color(i.color), 0.75 + fine * 0.5)
    bare = n.mix(stain * 0.6, bare, n.color((0.075, 0.04, 0.026)))
    color = n.mix(rusty, bare, rust_color(at, fine, i.seed + 6.0))
    roughness = n.mix(rusty, i.roughness + (fine - 0.5) * 0.35 + stain * 0.15, 0.82 + fine * 0.12)
    shader = principled(
        base_color=color, metallic=(1.0 - rusty) * (1.0 - stain * 0.5), roughness=roughness, specular=0.4
    )
    pits = n.noise(at / i.size, scale=30.0, detail=3.0, roughness=0.7, w=i.seed + 9.0)
    height = rusty * (0.35 + wide * 0.5 + (pits - 0.5) * 0.9) * i.flakes + marks * marks * i.hammered * (1.0 - rusty)
    return Shaded(shader, height=height)


@dataclass(frozen=True)
class CopperParams:
    color: tuple[float, ...] = param((0.72, 0.33, 0.2), "Colour of the metal, linear RGB", min=0, max=1, spread=0.08)
    patina: float = param(0.45, "How much verdigris covers", min=0, max=1, usual=(0.2, 0.8))
    verdigris: tuple[float, ...] = param((0.15, 0.36, 0.28), "Colour of the verdigris", min=0, max=1, spread=0.15)
    tarnish: float = param(0.6, "How brown the bare metal has become", min=0, max=1, usual=(0.3, 0.9))
    size: float = param(0.09, "Size of the patches", min=0.002, max=5.0, unit="m", usual=(0.06, 0.15))
    runs: float = param(0.6, "How far it has run down", min=0, max=1, usual=(0.3, 0.9))
    crust: float = param(0.0003, "Thickness of the verdigris", min=0.0, max=0.01, unit="m", usual=(0.0001, 0.0006))
    roughness: float = param(0.3, "Of the bare metal", min=0, max=1, usual=(0.22, 0.4))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_copper(tree: Tree) -> Shaded:
    i = tree.i
    at = own_place()
    wide = n.noise(at / i.size, scale=1.0, detail=6.0, roughness=0.6, w=i.seed)
    fine = n.noise(at / i.size, scale=18.0, detail=4.0, roughness=0.65, w=i.seed + 2.0)
    run = stretched(at, 0.012, 0.25, 4.0, i.seed + 4.0)
    wet = n.smoothstep(upward(), -0.6, 0.8)  # rain makes verdigris
    where = wide * 0.62 + fine * 0.22 + run * i.runs * 0.35 + wet * 0.1 + told("cavity") * 0.2 - told("edge") * 0.12
    where = where - i.runs * 0.17
    limit = 0.78 - i.patina * 0.6
    green = n.smoothstep(where, limit, limit + 0.09)
    rim = n.smoothstep(where, limit - 0.09, limit + 0.01) * (1.0 - green)
    dull = n.clamp(i.tarnish * (0.55 + wide * 0.5) + rim)
    bare = n.mix(dull, own_color(i.color), lit(n.color((0.17, 0.075, 0.042)), 0.7 + fine * 0.6))
    # Verdigris: bluer where thin, chalky where thick
    chalk = n.mix(n.smoothstep(fine, 0.35, 0.7), i.verdigris, n.mix(0.5, i.verdigris, n.color((0.5, 0.62, 0.54))))
    chalk = lit(chalk, 0.7 + run * 0.6)
    color = n.mix(green, bare, chalk)
    roughness = n.mix(green, i.roughness + dull * 0.2 + (fine - 0.5) * 0.2, 0.85)
    shader = principled(base_color=color, metallic=1.0 - green * 0.97, roughness=roughness)
    return Shaded(shader, height=green * (0.4 + fine) * i.crust)


@dataclass(frozen=True)
class BrassParams:
    color: tuple[float, ...] = param((0.78, 0.53, 0.21), "Colour of the metal, linear RGB", min=0, max=1, spread=0.06)
    tarnish: float = param(0.4, "How brown and dull it has become", min=0, max=1, usual=(0.15, 0.7))
    roughness: float = param(0.2, "Of the polished metal", min=0, max=1, usual=(0.12, 0.3))
    wear: float = param(0.4, "Scratches and bright edges", min=0, max=1, usual=(0.2, 0.6))
    beaten: float = param(0.0, "Depth of hammer marks", min=0.0, max=0.01, unit="m")
    mark: float = param(0.014, "Size of a hammer mark", min=0.001, max=0.2, unit="m", usual=(0.01, 0.02))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_brass(tree: Tree) -> Shaded:
    i = tree.i
    at = own_place()
    wide = n.noise(at, scale=16.0, detail=5.0, roughness=0.6, w=i.seed)
    fine = n.noise(at, scale=220.0, detail=3.0, roughness=0.6, w=i.seed + 2.0)
    spots = n.voronoi(at, scale=130.0)
    spot = (1.0 - n.smoothstep(spots.distance, 0.08, 0.3)) * n.math(
        "LESS_THAN", chance(floor(spots.position * 130.0)), 0.2
    )
    bright = n.smoothstep(told("edge") + (wide - 0.5), 0.55, 0.95) * i.wear
    dull = n.smoothstep(wide * 0.8 + fine * 0.2 + told("cavity") * 0.3, 0.62 - i.tarnish * 0.36, 0.74 - i.tarnish * 0.3)
    dull = n.maximum(dull, spot * i.tarnish) * (1.0 - bright) * n.minimum(i.tarnish * 4.0, 1.0)
    metal = own_color(i.color)
    brown = n.mix(1.0, metal, n.color((0.3, 0.2, 0.13)), blend="MULTIPLY")
    color = n.mix(dull * 0.85, metal, brown)
    scratch = scratches(at, 0.02, i.seed + 4.0, 3) * i.wear
    marks = n.voronoi(at, scale=1.0 / i.mark, feature="SMOOTH_F1").distance
    shader = principled(
        base_color=lit(color, 0.95 + fine * 0.1),
        metallic=1.0 - dull * 0.3,
        roughness=n.clamp(i.roughness + dull * 0.35 + (wide - 0.5) * 0.16 + scratch * 0.1, 0.04, 0.9),
    )
    return Shaded(shader, height=marks * marks * i.beaten - scratch * 0.00002)


STEEL = MaterialKind(
    "brushed_steel", "Brushed Steel", "Metal", SteelParams, shade_steel, "Steel brushed in rings, with smudges and scratches",
    presets={"black_steel": SteelParams(color=(0.09, 0.09, 0.095), roughness=0.42, anisotropy=0.3)}, sample_size=0.15,
)  # fmt: skip
IRON = MaterialKind(
    "rusty_iron", "Rusty Iron", "Metal", IronParams, shade_iron, "Forged iron that rusts in patches and runs",
    presets={"wrought_iron": IronParams(color=(0.07, 0.07, 0.072), rust=0.12, runs=0.1, roughness=0.5)}, sample_size=0.25,
)  # fmt: skip
COPPER = MaterialKind(
    "copper", "Copper", "Metal", CopperParams, shade_copper, "Copper that browns and grows verdigris where rain runs",
    presets={"new_copper": CopperParams(patina=0.0, tarnish=0.12), "green_copper": CopperParams(patina=0.9)}, sample_size=0.3,
)  # fmt: skip
BRASS = MaterialKind(
    "brass", "Brass", "Metal", BrassParams, shade_brass, "Brass with tarnish, or gold",
    presets={
        "gold": BrassParams(color=(0.83, 0.6, 0.24), tarnish=0.05, roughness=0.14),
        "beaten_brass": BrassParams(beaten=0.0012, tarnish=0.5),
        "bronze": BrassParams(color=(0.42, 0.24, 0.11), tarnish=0.65, roughness=0.3),
    },
    sample_size=0.15,
)  # fmt: skip
KINDS = (STEEL, IRON, COPPER, BRASS)
