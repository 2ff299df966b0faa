"""What houses are made of: concrete, brick walls with mortar, plaster, roof tiles.

Walls are laid by the side a surface faces (object space, upright z), or along `limb` (x along the wall, z up; m) where geometry has it.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param
from ..graph import Socket, Tree
from ..graph import nodes as n
from ..graph.sockets import Input
from .base import MaterialKind, Shaded, own_color, place, principled, told
from .textures import chance, courses, floor, fraction, own_place, stretched, wall_place
from .tones import lit


def cracks(at: Input, size: Input, amount: Input, w: Input) -> Socket:
    """Hair cracks, 1 in the crack: the edges of wavy cells, broken up. size: m, of the cells."""
    wavy = at + n.noise_vector(at / size, scale=3.0, detail=4.0, roughness=0.6, w=w) * size * 0.5
    near = n.voronoi(wavy, scale=1.0 / size, feature="DISTANCE_TO_EDGE").distance
    there = n.smoothstep(n.noise(at / size, scale=0.7, detail=2.0, w=w + 3.0), 0.66 - amount * 0.3, 0.72 - amount * 0.3)
    return (1.0 - n.smoothstep(near, 0.0, 0.014)) * there * n.minimum(amount * 20.0, 1.0)


def grime(at: Input, w: Input) -> Socket:
    """Where rain has left dirt, 0..1: runs down from above, blurred patches."""
    run = stretched(at, 0.06, 1.1, 4.0, w)
    patch = n.noise(at, scale=1.7, detail=5.0, roughness=0.6, w=w + 2.0)
    return n.smoothstep(run * 0.55 + patch * 0.45, 0.42, 0.68)


@dataclass(frozen=True)
class ConcreteParams:
    color: tuple[float, ...] = param((0.37, 0.355, 0.33), "Colour, linear RGB", min=0, max=1, spread=0.15)
    form: float = param(0.0, "Width of the boards it was cast against, 0 for smooth", min=0.0, max=2.0, unit="m")
    holes: float = param(0.5, "Bubbles that burst at the surface", min=0, max=1, usual=(0.3, 0.8))
    gravel: float = param(0.25, "Gravel that shows through", min=0, max=1, usual=(0.0, 0.5))
    cracks: float = param(0.25, "Hair cracks", min=0, max=1, usual=(0.0, 0.5))
    grime: float = param(0.5, "Dirt that rain has left", min=0, max=1, usual=(0.2, 0.8))
    roughness: float = param(0.85, "From a mirror, 0, to chalk, 1", min=0, max=1, usual=(0.75, 0.92))
    relief: float = param(0.0005, "Unevenness", min=0.0, max=0.02, unit="m", usual=(0.0003, 0.0009))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_concrete(tree: Tree) -> Shaded:
    i = tree.i
    at = own_place()
    wide = n.noise(at, scale=2.2, detail=7.0, roughness=0.62, w=i.seed)
    fine = n.noise(at, scale=90.0, detail=5.0, roughness=0.68, w=i.seed + 2.0)
    _, up = wall_place()
    board = n.maximum(i.form, 1e-3)
    row = floor(up / board)
    formed = n.math("GREATER_THAN", i.form, 1e-4)
    seam = n.smoothstep(0.5 - abs(up / board - row - 0.5), 0.0, 0.02 / (board * 10.0)) * formed + 1.0 - formed
    tone = (chance(row, 1.0) - 0.5) * 0.22 * formed
    along, _ = wall_place()
    veins = n.noise(n.combine_xyz(along / 0.25, up / 0.006, row * 7.0), scale=1.0, detail=3.0) * formed
    cells = n.voronoi(at, scale=70.0, w=i.seed)
    pick = chance(cells.position * 913.0)
    hole = (1.0 - n.smoothstep(cells.distance, 0.1 + pick * 0.14, 0.2 + pick * 0.2)) * n.math(
        "LESS_THAN", pick, i.holes * 0.18
    )
    stones = n.voronoi(at, scale=110.0, feature="SMOOTH_F1")
    bared = n.smoothstep(wide, 0.64 - i.gravel * 0.25, 0.74 - i.gravel * 0.2) * n.minimum(i.gravel * 5.0, 1.0)
    stone = (1.0 - n.smoothstep(stones.distance, 0.32, 0.5)) * bared
    crack = cracks(at, 0.45, i.cracks, i.seed + 5.0)
    color = lit(own_color(i.color), (0.72 + wide * 0.4 + fine * 0.18) * (1.0 + tone))
    color = n.mix(stone * 0.7, color, lit(n.mix(0.5, stones.color, n.color((0.3, 0.28, 0.25))), 0.75))
    color = n.mix(grime(at, i.seed + 7.0) * i.grime * 0.55, color, lit(n.color((0.11, 0.1, 0.085)), 0.7 + fine * 0.6))
    color = lit(color, (1.0 - crack * 0.65) * (1.0 - hole * 0.55) * (0.6 + seam * 0.4))
    roughness = i.roughness + (fine - 0.5) * 0.2 - (wide - 0.5) * 0.25
    shader = principled(base_color=color, roughness=n.clamp(roughness, 0.4, 0.97), specular=0.35)
    height = (wide * 1.5 + fine + veins * 1.2 + tone * 6.0 + stone * 1.5) * i.relief - hole * 0.003 - crack * 0.0015
    return Shaded(shader, height=height - (1.0 - seam) * 0.002)


@dataclass(frozen=True)
class BrickParams:
    color: tuple[float, ...] = param(
        (0.33, 0.105, 0.055), "Colour of the bricks, linear RGB", min=0, max=1, spread=0.25
    )
    other: tuple[float, ...] = param((0.19, 0.07, 0.05), "Colour of the bricks fired hardest", min=0, max=1, spread=0.2)
    mortar: tuple[float, ...] = param((0.44, 0.4, 0.34), "Colour of the mortar", min=0, max=1, spread=0.15)
    length: float = param(0.225, "Length of a brick with its joint", min=0.01, max=2.0, unit="m", usual=(0.21, 0.25))
    height: float = param(0.075, "Height of a brick with its joint", min=0.005, max=1.0, unit="m", usual=(0.065, 0.085))
    joint: float = param(0.011, "Width of the joints", min=0.001, max=0.1, unit="m", usual=(0.008, 0.014))
    depth: float = param(0.006, "Depth of the joints", min=0.0, max=0.05, unit="m", usual=(0.003, 0.009))
    variety: float = param(0.6, "How much bricks differ", min=0, max=1, usual=(0.4, 0.8))
    age: float = param(0.45, "Chipped edges, lime and dirt", min=0, max=1, usual=(0.2, 0.7))
    seed: float = param(0.0, "Other bricks", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_bricks(tree: Tree) -> Shaded:
    i = tree.i
    along, up = wall_place()
    at = own_place()
    ragged = n.noise_vector(at, scale=38.0, detail=4.0, roughness=0.6, w=i.seed) * (0.004 + i.age * 0.01)
    wall = courses(along + ragged.x, up + ragged.y, i.length, i.height, i.joint, soft=0.004)
    one, two, three = (fraction(wall.own * k + i.seed * 0.137) for k in (1.0, 37.7, 191.3))
    wide = n.noise(at, scale=9.0, detail=5.0, roughness=0.6, w=i.seed)
    fine = n.noise(at, scale=150.0, detail=5.0, roughness=0.68, w=i.seed + 2.0)
    chips = n.smoothstep(n.noise(at, scale=55.0, detail=3.0, w=i.seed + 4.0), 0.7 - i.age * 0.12, 0.78 - i.age * 0.1)
    on_brick = wall.inside * (
        1.0 - chips * 0.8 * (1.0 - n.smoothstep(n.maximum(abs(wall.x) * 1.0, abs(wall.y)), 0.4, 0.3))
    )
    hard = n.smoothstep(one + (wide - 0.5) * 0.8, 1.0 - i.variety * 0.55, 1.12 - i.variety * 0.45)
    clay = n.mix(hard, own_color(i.color), i.other)
    clay = n.mix(
        (two - 0.5) * i.variety * 0.7 + 0.1, clay, n.mix(1.0, clay, n.color((1.35, 1.15, 0.95)), blend="MULTIPLY")
    )
    clay = lit(clay, (1.0 + (three - 0.5) * i.variety * 0.7) * (0.7 + wide * 0.35 + fine * 0.3))
    bloom = n.smoothstep(
        n.noise(at, scale=5.0, detail=6.0, roughness=0.66, w=i.seed + 6.0), 0.6 - i.age * 0.08, 0.8 - i.age * 0.1
    )
    clay = n.mix(bloom * i.age * 0.6, clay, n.color((0.5, 0.44, 0.38)))
    mortar = lit(i.mortar, 0.65 + fine * 0.7)
    color = n.mix(on_brick, mortar, clay)
    color = n.mix(grime(at, i.seed + 8.0) * i.age * 0.4, color, lit(n.color((0.07, 0.06, 0.05)), 0.7 + fine * 0.6))
    shader = principled(base_color=color, roughness=0.86 + (fine - 0.5) * 0.2 - hard * 0.18, specular=0.3)
    tilt = ((two - 0.5) * wall.x + (three - 0.5) * wall.y + (one - 0.5) * 0.5) * 0.004 * i.variety
    grain = (fine * 0.7 + wide) * 0.0018
    return Shaded(shader, height=on_brick * (i.depth + tilt) + grain * (0.5 + on_brick * 0.5))


@dataclass(frozen=True)
class PlasterParams:
    color: tuple[float, ...] = param((0.68, 0.63, 0.52), "Colour, linear RGB", min=0, max=1, spread=0.15)
    trowel: float = param(0.0016, "Height of the trowel's strokes", min=0.0, max=0.05, unit="m", usual=(0.0008, 0.003))
    stroke: float = param(0.16, "Size of a stroke", min=0.01, max=2.0, unit="m", usual=(0.1, 0.25))
    grain: float = param(0.0005, "Height of the sand in it", min=0.0, max=0.01, unit="m", usual=(0.0002, 0.001))
    cracks: float = param(0.3, "Hair cracks", min=0, max=1, usual=(0.0, 0.5))
    fallen: float = param(0.0, "How much has fallen off", min=0, max=1)
    under: tuple[float, ...] = param((0.33, 0.25, 0.18), "Colour of what is under it", min=0, max=1, spread=0.1)
    grime: float = param(0.4, "Dirt that rain has left", min=0, max=1, usual=(0.1, 0.7))
    seed: float = param(0.0, "Another pattern", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_plaster(tree: Tree) -> Shaded:
    i = tree.i
    at = own_place()
    bent = at + n.noise_vector(at / i.stroke, scale=1.0, detail=2.0, w=i.seed) * i.stroke * 0.9
    strokes = n.voronoi(bent, scale=1.0 / i.stroke, feature="SMOOTH_F1").distance
    wide = n.noise(at, scale=1.3, detail=6.0, roughness=0.6, w=i.seed + 1.0)
    fine = n.noise(at, scale=260.0, detail=4.0, roughness=0.65, w=i.seed + 2.0)
    crack = cracks(at, 0.7, i.cracks, i.seed + 4.0)
    gone = n.noise(at, scale=1.1, detail=7.0, roughness=0.58, w=i.seed + 6.0)
    limit = 0.8 - i.fallen * 0.4
    off = n.smoothstep(gone, limit, limit + 0.004) * n.math("GREATER_THAN", i.fallen, 1e-3)
    edge = n.smoothstep(gone, limit - 0.012, limit) * (1.0 - off)
    color = lit(own_color(i.color), 0.86 + wide * 0.16 + fine * 0.08 + strokes * 0.06)
    color = n.mix(grime(at, i.seed + 8.0) * i.grime * 0.45, color, n.mix(0.75, color, n.color((0.16, 0.13, 0.1))))
    rising = n.smoothstep(place().z + (wide - 0.5) * 0.5, 0.75, 0.0) * n.smoothstep(place().z, -0.2, 0.05)
    color = n.mix(
        rising * i.grime * 0.5, color, lit(n.color((0.24, 0.2, 0.15)), 0.7 + fine * 0.6)
    )  # splashed from the ground
    color = lit(color, 1.0 - crack * 0.55 + edge * 0.15)
    color = n.mix(off, color, lit(i.under, 0.5 + wide * 0.5 + fine * 0.5))
    shader = principled(base_color=color, roughness=0.88 + (fine - 0.5) * 0.12, specular=0.25)
    lumps = n.noise(at, scale=30.0, detail=4.0, w=i.seed + 9.0)
    height = strokes * i.trowel + fine * i.grain - crack * 0.001 + off * (lumps * 0.008 - 0.014)
    return Shaded(shader, height=height)


@dataclass(frozen=True)
class RoofTilesParams:
    color: tuple[float, ...] = param((0.34, 0.12, 0.06), "Colour of the tiles, linear RGB", min=0, max=1, spread=0.25)
    other: tuple[float, ...] = param((0.16, 0.07, 0.05), "Colour of the darkest", min=0, max=1, spread=0.2)
    width: float = param(0.18, "Width of a tile", min=0.01, max=2.0, unit="m", usual=(0.15, 0.22))
    course: float = param(
        0.16, "Height of a tile that the next course leaves bare", min=0.01, max=2.0, unit="m", usual=(0.13, 0.2)
    )
    rounded: float = param(0.6, "How round the tiles' lower edge is", min=0, max=1, usual=(0.3, 1.0))
    thickness: float = param(0.014, "Thickness of a tile", min=0.001, max=0.1, unit="m", usual=(0.01, 0.018))
    variety: float = param(0.6, "How much tiles differ", min=0, max=1, usual=(0.4, 0.8))
    moss: float = param(0.35, "Moss and lichen in the joints", min=0, max=1, usual=(0.0, 0.6))
    laid: float = param(1.0, "1 lays tiles over the surface, 0 for geometry that is tiles already", min=0, max=1)
    seed: float = param(0.0, "Other tiles", min=0.0, max=1000.0, usual=(0.0, 100.0))


def shade_tiles(tree: Tree) -> Shaded:
    """Courses from below up: each point asks whether the tile of its own row reaches it, else the row above does."""
    i = tree.i
    along, up = wall_place(slope=True)
    at = own_place()
    wander = n.noise_vector(at, scale=4.0, detail=2.0, w=i.seed) * 0.006
    u, v = (along + wander.x) / i.width, (up + wander.y) / i.course
    row = floor(v)
    here, height_here, gap_here, own_here = _tile(i, u, v - row, row)
    # Below its row's rounded edge a tile of the row above, laid half a tile aside, shows
    _, height_above, gap_above, own_above = _tile(i, u, v - row + 1.0, row - 1.0)
    own = n.mix(here, own_above, own_here)
    height = n.mix(here, height_above, height_here)
    gap = n.mix(here, gap_above, gap_here)
    solid = told("random") + at.x * 0.0
    own = n.mix(i.laid, solid, own)
    one, two = fraction(own * 13.7 + i.seed * 0.31), fraction(own * 171.1 + i.seed * 0.17)
    wide = n.noise(at, scale=7.0, detail=6.0, roughness=0.62, w=i.seed)
    fine = n.noise(at, scale=160.0, detail=5.0, roughness=0.65, w=i.seed + 2.0)
    dark = n.smoothstep(one + (wide - 0.5) * 0.7, 1.0 - i.variety * 0.6, 1.1 - i.variety * 0.4)
    color = n.mix(dark, own_color(i.color), i.other)
    color = n.mix(two * i.variety * 0.45, color, n.mix(1.0, color, n.color((1.5, 1.35, 1.1)), blend="MULTIPLY"))
    color = lit(color, (0.65 + wide * 0.45 + fine * 0.3) * n.mix(i.laid, 1.0, 0.45 + gap * 0.55))
    soft = n.noise(at, scale=3.2, detail=6.0, roughness=0.62, w=i.seed + 5.0)
    damp = soft + (1.0 - gap) * 0.12 * i.laid + told("cavity") * 0.1
    moss = n.smoothstep(damp, 0.7 - i.moss * 0.22, 0.8 - i.moss * 0.2) * n.minimum(i.moss * 4.0, 1.0)
    crust = n.voronoi(at + wander, scale=24.0).distance
    lichen = (1.0 - n.smoothstep(crust + (fine - 0.5) * 0.4, 0.12, 0.3)) * n.smoothstep(soft, 0.4, 0.55) * i.moss
    color = n.mix(lichen * 0.7, color, n.color((0.46, 0.43, 0.3)))
    color = n.mix(moss * 0.9, color, lit(n.color((0.085, 0.105, 0.025)), 0.5 + fine))
    shader = principled(base_color=color, roughness=0.8 + (fine - 0.5) * 0.2 + moss * 0.1, specular=0.3)
    laid = height * i.thickness * i.laid
    return Shaded(shader, height=laid + fine * 0.0012 + wide * 0.001 + moss * 0.006 + lichen * 0.0008)


def _tile(i: Input, u: Input, v: Input, row: Input) -> tuple[Socket, Socket, Socket, Socket]:
    """Of the tile of `row` at (u, v), v from its lower edge in courses: whether it reaches there, its height, light in joints, its number."""
    shifted = u + row * 0.5
    column = floor(shifted)
    x = (shifted - column - 0.5) * 2.0
    own = chance(n.combine_xyz(column, row, 0.0))
    ragged = own * 0.05
    edge = i.rounded * 0.4 * (1.0 - n.sqrt(n.maximum(1.0 - x * x * 0.96, 0.0))) + ragged  # type: ignore[union-attr]
    reaches = n.math("GREATER_THAN", v, edge)
    past = v - edge
    height = 1.0 - past * 0.62 - x * x * 0.1 + (own - 0.5) * 0.25
    beside = n.smoothstep(1.0 - abs(x), 0.0, 0.07)
    # Light fails beside neighbours and just above the edge of the course that lies on top
    under = n.smoothstep(1.0 + 0.02 - past, -0.55, 0.1)
    return reaches, height * beside, beside * (0.4 + 0.6 * under), own


CONCRETE = MaterialKind(
    "concrete", "Concrete", "Building", ConcreteParams, shade_concrete, "Cast concrete with bubbles, cracks and stains",
    presets={"board_marked_concrete": ConcreteParams(form=0.12, relief=0.0008)}, sample_size=1.2,
)  # fmt: skip
BRICK = MaterialKind(
    "brick_wall", "Brick Wall", "Building", BrickParams, shade_bricks, "Bricks in stretcher bond with mortar",
    presets={
        "yellow_brick": BrickParams(color=(0.5, 0.34, 0.17), other=(0.32, 0.2, 0.11), mortar=(0.4, 0.38, 0.35)),
        "white_brick": BrickParams(color=(0.68, 0.66, 0.62), other=(0.6, 0.58, 0.54), mortar=(0.6, 0.58, 0.55), age=0.6),
        "stone_blocks": BrickParams(
            color=(0.34, 0.31, 0.26), other=(0.24, 0.225, 0.2), length=0.52, height=0.26, joint=0.02, depth=0.012
        ),
    },
    sample_size=1.1,
)  # fmt: skip
PLASTER = MaterialKind(
    "plaster", "Plaster", "Building", PlasterParams, shade_plaster, "Trowelled plaster that cracks and falls off",
    presets={"fallen_plaster": PlasterParams(fallen=0.62, cracks=0.6, grime=0.7)}, sample_size=1.6,
)  # fmt: skip
ROOF_TILES = MaterialKind(
    "roof_tiles", "Roof Tiles", "Building", RoofTilesParams, shade_tiles, "Overlapping clay tiles with moss",
    presets={"slate_roof": RoofTilesParams(
        color=(0.1, 0.105, 0.115), other=(0.055, 0.058, 0.066), rounded=0.0, thickness=0.008, width=0.24, moss=0.2
    )},
    sample_size=1.8,
)  # fmt: skip
KINDS = (CONCRETE, BRICK, PLASTER, ROOF_TILES)
