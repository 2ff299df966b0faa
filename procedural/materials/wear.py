"""The layers: dust, scratches, rust, moss on top, wetness, snow on top. Lengths are metres in the object's space; up is the world's.

Hollows are where rays to the surroundings soon hit something, and where geometry says so by the attribute `cavity` (0..1).
"""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Socket, Tree
from ..graph import nodes as n
from ..graph.sockets import Input
from .base import principled, told
from .layers import Covered, Layer
from .metal import rust_color
from .textures import own_place, upward
from .textures import scratches as scratch_lines
from .tones import lit


def hollow(tree: Tree, reach: Input) -> Socket:
    """How much of the sky is hidden by what is nearer than `reach` m, 0..1."""
    seen = tree.add("ShaderNodeAmbientOcclusion", samples=4, distance=reach)["AO"]
    return n.maximum(1.0 - seen, told("cavity"))


def over(tree: Tree, mask: Input, below: Input, above: Input) -> Socket:
    return tree.add("ShaderNodeMixShader", mask, below, above).as_socket()


@dataclass(frozen=True)
class DustParams:
    amount: float = param(0.5, "How much there is", min=0, max=1, usual=(0.25, 0.75))
    color: tuple[float, ...] = param((0.36, 0.32, 0.27), "Colour, linear RGB", min=0, max=1, spread=0.15)
    slope: float = param(0.45, "How steep a face may be that holds it: 0 level ones only, 1 all", min=0, max=1)
    hollows: float = param(0.6, "How much gathers in hollows", min=0, max=1, usual=(0.3, 0.9))
    reach: float = param(0.03, "How near walls make a hollow", min=0.001, max=2.0, unit="m", usual=(0.02, 0.06))
    wiped: float = param(0.4, "How patchy it is", min=0, max=1, usual=(0.2, 0.7))
    size: float = param(0.08, "Size of the patches", min=0.002, max=5.0, unit="m", usual=(0.05, 0.15))


def dust(tree: Tree, shader: Socket) -> Covered:
    i = tree.i
    at = own_place()
    patch = n.noise(at / i.size, scale=1.0, detail=5.0, roughness=0.6)
    fine = n.noise(at / i.size, scale=40.0, detail=4.0, roughness=0.7)
    low = 0.9 - i.slope * 1.5
    level = n.smoothstep(upward() + (fine - 0.5) * 0.3, low, low + 0.6)
    wiped = 1.0 - n.smoothstep(patch, 0.68, 0.4) * i.wiped
    gathered = n.smoothstep(hollow(tree, i.reach) + (patch - 0.5) * 0.3, 0.15, 0.75) * i.hollows
    thick = n.maximum(level * wiped, gathered) * i.amount
    mask = n.clamp(thick * (0.55 + fine * 1.1))
    above = principled(base_color=lit(i.color, 0.8 + fine * 0.4), roughness=1.0, specular=0.1, sheen_weight=0.15)
    return Covered(over(tree, mask, shader, above), height=mask * fine * 0.0003, hides=mask * 0.5)


@dataclass(frozen=True)
class ScratchesParams:
    amount: float = param(0.5, "How many there are", min=0, max=1, usual=(0.25, 0.8))
    color: tuple[float, ...] = param((0.5, 0.48, 0.45), "What they bare, linear RGB", min=0, max=1, spread=0.1)
    metallic: float = param(0.0, "Whether they bare metal", min=0, max=1)
    depth: float = param(0.00015, "Depth of a scratch", min=0.0, max=0.01, unit="m", usual=(0.00005, 0.0003))
    size: float = param(0.04, "Distance between scratches", min=0.001, max=2.0, unit="m", usual=(0.02, 0.08))
    edges: float = param(0.5, "Chips along edges, where the geometry stores `edge`", min=0, max=1)
    seed: float = param(0.0, "Others", min=0.0, max=1000.0, usual=(0.0, 100.0))


def scratches(tree: Tree, shader: Socket) -> Covered:
    i = tree.i
    at = own_place()
    long = scratch_lines(at, i.size, i.seed, 4)
    fine = scratch_lines(at, i.size * 0.35, i.seed + 40.0, 3) * 0.6
    noise = n.noise(at / i.size, scale=6.0, detail=4.0, roughness=0.65, w=i.seed)
    chips = n.smoothstep(told("edge") * 0.35 + noise, 1.0 - i.edges * 0.2, 1.03 - i.edges * 0.2) * n.minimum(
        i.edges * 8.0, 1.0
    )
    there = n.smoothstep(
        n.noise(at / i.size, scale=0.5, detail=2.0, w=i.seed + 9.0), 0.7 - i.amount * 0.5, 0.8 - i.amount * 0.5
    )
    line = n.maximum(n.maximum(long, fine) * there * n.minimum(i.amount * 4.0, 1.0), chips)
    above = principled(base_color=lit(i.color, 0.8 + noise * 0.4), metallic=i.metallic, roughness=0.5)
    return Covered(over(tree, n.clamp(line * 0.85), shader, above), height=line * i.depth * -1.0)


@dataclass(frozen=True)
class RustParams:
    amount: float = param(0.45, "How much has rusted", min=0, max=1, usual=(0.25, 0.7))
    size: float = param(0.08, "Size of the patches", min=0.002, max=5.0, unit="m", usual=(0.05, 0.15))
    runs: float = param(0.6, "How far rust has run down", min=0, max=1, usual=(0.3, 0.9))
    flakes: float = param(0.0006, "How high it stands", min=0.0, max=0.02, unit="m", usual=(0.0003, 0.001))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def rust(tree: Tree, shader: Socket) -> Covered:
    i = tree.i
    at = own_place()
    wide = n.noise(at / i.size, scale=1.0, detail=6.0, roughness=0.64, w=i.seed)
    fine = n.noise(at / i.size, scale=14.0, detail=4.0, roughness=0.68, w=i.seed + 2.0)
    run = n.noise(n.vector_math("DIVIDE", at / i.size, (0.14, 0.14, 2.6)), scale=1.0, detail=3.0, w=i.seed + 4.0)
    where = wide * 0.75 + fine * 0.25 + told("edge") * 0.12 + told("cavity") * 0.15
    limit = 0.74 - i.amount * 0.44
    thick = n.smoothstep(where, limit, limit + 0.05)
    raised = n.smoothstep(where, limit + 0.02, limit + 0.12)  # within the patch, so that no bare metal slopes
    # Below a patch its stain runs down: the same patch, blurred along z
    stain = n.smoothstep(wide * 0.5 + run * 0.5, limit - 0.06, limit + 0.12) * i.runs
    mask = n.clamp(n.maximum(thick, stain * 0.65) * n.minimum(i.amount * 10.0, 1.0))
    color = n.mix(
        thick, n.mix(0.5, rust_color(at, fine, i.seed), n.color((0.3, 0.1, 0.025))), rust_color(at, fine, i.seed)
    )
    above = principled(base_color=color, roughness=0.85 + (fine - 0.5) * 0.15, specular=0.25)
    return Covered(over(tree, mask, shader, above), height=raised * (0.3 + fine) * i.flakes, hides=thick * 0.6)


@dataclass(frozen=True)
class MossParams:
    amount: float = param(0.5, "How much has grown over", min=0, max=1, usual=(0.3, 0.75))
    color: tuple[float, ...] = param((0.11, 0.145, 0.028), "Colour, linear RGB", min=0, max=1, spread=0.3)
    young: tuple[float, ...] = param((0.24, 0.26, 0.05), "Colour of young cushions", min=0, max=1, spread=0.2)
    height: float = param(0.012, "Height of a cushion", min=0.0, max=0.5, unit="m", usual=(0.006, 0.02))
    cushion: float = param(0.045, "Width of a cushion", min=0.002, max=2.0, unit="m", usual=(0.03, 0.07))
    slope: float = param(0.5, "How steep a face it climbs", min=0, max=1, usual=(0.35, 0.7))
    hollows: float = param(0.5, "How much it likes hollows", min=0, max=1)
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def moss(tree: Tree, shader: Socket) -> Covered:
    i = tree.i
    at = own_place()
    wide = n.noise(at / i.cushion, scale=0.28, detail=5.0, roughness=0.6, w=i.seed)
    bent = at + n.noise_vector(at / i.cushion, scale=2.0, detail=2.0, w=i.seed) * i.cushion * 0.4
    cell = n.voronoi(bent / i.cushion, scale=1.0, feature="SMOOTH_F1").distance
    dome = 1.0 - n.clamp(cell * cell * 1.4)
    fine = n.noise(at / i.cushion, scale=26.0, detail=5.0, roughness=0.72, w=i.seed + 3.0)
    damp = hollow(tree, i.cushion) * i.hollows * 0.35
    where = upward() * 0.5 + (wide - 0.5) * 1.3 + dome * 0.2 + damp + (fine - 0.5) * 0.22
    limit = 0.92 - i.slope * 0.5 - i.amount * 0.75
    mask = n.smoothstep(where, limit, limit + 0.04) * n.minimum(i.amount * 10.0, 1.0)
    thick = n.smoothstep(where, limit, limit + 0.45) * mask
    color = n.mix(n.clamp(dome * 0.75 + (wide - 0.5) * 2.0), i.color, i.young)
    color = lit(color, 0.3 + fine * 0.8 + dome * 0.25)
    above = principled(base_color=color, roughness=0.95, specular=0.15, sheen_weight=0.35, sheen_roughness=0.4)
    height = thick * (0.35 + dome * 0.65) * i.height + mask * (fine - 0.35) * i.height * 0.35
    return Covered(over(tree, mask, shader, above), height=height, hides=thick)


@dataclass(frozen=True)
class WetParams:
    amount: float = param(0.6, "How much of it is wet", min=0, max=1, usual=(0.3, 0.9))
    dark: float = param(0.45, "How much darker water makes it: most for what drinks it", min=0, max=1, usual=(0.2, 0.6))
    gloss: float = param(0.9, "How much the film shines", min=0, max=1, usual=(0.7, 1.0))
    drips: float = param(0.7, "Runs down upright faces", min=0, max=1, usual=(0.3, 0.9))
    drops: float = param(0.4, "Standing drops", min=0, max=1, usual=(0.1, 0.7))
    drop: float = param(0.006, "Size of a drop", min=0.0005, max=0.2, unit="m", usual=(0.004, 0.009))
    size: float = param(0.25, "Size of the wet patches", min=0.01, max=20.0, unit="m", usual=(0.15, 0.5))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def wetness(tree: Tree, shader: Socket) -> Covered:
    i = tree.i
    at = own_place()
    up = upward()
    patch = n.noise(at / i.size, scale=1.0, detail=4.0, roughness=0.55, w=i.seed)
    run = n.noise(n.vector_math("DIVIDE", at / i.size, (0.09, 0.09, 1.6)), scale=1.0, detail=2.0, w=i.seed + 2.0)
    upright = 1.0 - n.smoothstep(abs(up), 0.5, 0.9)
    where = patch + (run - 0.5) * i.drips * 1.3 * upright + n.smoothstep(up, 0.3, 1.0) * 0.12
    limit = 0.75 - i.amount * 0.55
    soaked = n.smoothstep(where, limit - 0.07, limit + 0.04) * n.minimum(i.amount * 10.0, 1.0)
    film = n.smoothstep(where, limit, limit + 0.1) * n.minimum(i.amount * 10.0, 1.0)
    cells = n.voronoi(at / i.drop, scale=0.5, w=i.seed)
    bead = n.smoothstep(cells.distance, 0.42, 0.1) * n.math("LESS_THAN", cells.color.x, i.drops * 0.6)
    bead = bead * (1.0 - film * 0.6)
    # Water in the pores lets light sink in: darkness mixed in; the film mirrors by its own index of refraction
    black = tree.add("ShaderNodeBsdfDiffuse", color=(0.02, 0.02, 0.02, 1.0))
    darker = over(tree, soaked * i.dark, shader, black)
    shine = tree.add("ShaderNodeFresnel", ior=1.33).as_socket()
    mirror = tree.add("ShaderNodeBsdfGlossy", color=(1.0, 1.0, 1.0, 1.0), roughness=0.04)
    wet = over(tree, n.clamp(n.maximum(film, bead) * shine * i.gloss * 1.4), darker, mirror)
    height = film * upright * n.smoothstep(run, 0.45, 0.75) * i.drips * 0.0006 + bead * i.drop * 0.25
    return Covered(wet, height=height, hides=film * 0.65)


@dataclass(frozen=True)
class SnowParams:
    amount: float = param(0.6, "How much lies on it", min=0, max=1, usual=(0.35, 0.9))
    height: float = param(0.04, "Depth on level ground", min=0.0, max=2.0, unit="m", usual=(0.02, 0.08))
    edge: float = param(0.35, "How softly it thins towards steep faces", min=0.01, max=1, usual=(0.2, 0.5))
    slope: float = param(0.45, "How steep a face holds it", min=0, max=1, usual=(0.3, 0.6))
    color: tuple[float, ...] = param((0.82, 0.84, 0.85), "Colour, linear RGB", min=0, max=1, spread=0.03)
    lumps: float = param(0.12, "Size of its lumps", min=0.005, max=5.0, unit="m", usual=(0.08, 0.2))
    sparkle: float = param(0.5, "Glints of single crystals", min=0, max=1, usual=(0.2, 0.8))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def snow(tree: Tree, shader: Socket) -> Covered:
    i = tree.i
    at = own_place()
    lump = n.noise(at / i.lumps, scale=1.0, detail=3.0, roughness=0.45, w=i.seed)
    fine = n.noise(at / i.lumps, scale=30.0, detail=4.0, roughness=0.6, w=i.seed + 2.0)
    up = upward()
    where = up + (lump - 0.5) * 0.6 + (fine - 0.5) * 0.12
    limit = 1.0 - i.slope * 0.8 - i.amount * 0.55 + 0.15
    mask = n.smoothstep(where, limit, limit + 0.08) * n.minimum(i.amount * 10.0, 1.0)
    # Depth begins well inside the border: what tilts there is still snow
    thick = n.smoothstep(up + (lump - 0.5) * 0.2, limit + 0.05, limit + 0.15 + i.edge * 0.9) * mask
    grains = n.voronoi(at, scale=900.0, w=i.seed)
    glint = n.math("LESS_THAN", grains.color.x, 0.012) * i.sparkle
    color = n.mix(1.0 - thick, i.color, lit(i.color, 0.86))
    above = principled(
        base_color=color,
        roughness=n.mix(glint, 0.75, 0.12),
        specular=0.4 + glint * 0.6,
        subsurface_weight=0.35,
        subsurface_radius=(0.6, 0.85, 1.0),
        subsurface_scale=0.015,
    )
    height = thick * (0.85 + lump * 0.3) * i.height + mask * (fine - 0.5) * 0.0012
    return Covered(
        over(tree, mask, shader, above), height=height, hides=n.maximum(mask * 0.6, n.smoothstep(thick, 0.0, 0.12))
    )


DUST = Layer("dust", "Dust", DustParams, dust, "Dust that settles on upward faces and in hollows")
SCRATCHES = Layer("scratches", "Scratches", ScratchesParams, scratches, "Scratches and chips that bare what is below")
RUST = Layer("rust", "Rust", RustParams, rust, "Rust in patches that run down")
MOSS_ON_TOP = Layer("moss_on_top", "Moss on Top", MossParams, moss, "Cushions of moss on upward faces and in hollows")
WETNESS = Layer("wetness", "Wetness", WetParams, wetness, "Rain: darker, glossier, with runs and drops")
SNOW_ON_TOP = Layer("snow_on_top", "Snow on Top", SnowParams, snow, "Snow on upward faces, with depth and a soft edge")
LAYERS: tuple[Layer, ...] = (DUST, SCRATCHES, RUST, MOSS_ON_TOP, WETNESS, SNOW_ON_TOP)


def layer_named(name: str) -> Layer:
    """The layer of that name. Raises KeyError naming what there is."""
    for layer in LAYERS:
        if layer.name == name:
            return layer
    raise KeyError(f"no layer {name!r}; there are {', '.join(layer.name for layer in LAYERS)}")
