"""Prickly pear: flat pads that grow from the rims of pads, tufts of spines in spirals, flowers and fruits on the youngest."""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...graph.sockets import Input
from ...materials import shared
from ...materials.cactus import AREOLE_WOOL, CACTUS_SKIN, SPINE, CactusSkinParams, SpineParams, WoolParams
from ...materials.fruit import BERRY_SKIN, BerryParams
from ...materials.fungus import MUSHROOM_GILL, GillParams
from ...parts.cactus_parts import cactus_flower, facing, spine_tuft, varied, wool_pad
from ...parts.plant_parts import GOLDEN_ANGLE, TAU, draw
from ...parts.shapes import count, lathe
from ..base import Family

LEVELS = 6


@dataclass(frozen=True)
class PricklyPearParams:
    """Metres and radians."""

    stems: int = param(3, "Pads that stand on the ground", min=1, max=12, panel="Pads", usual=(2, 4))
    ages: int = param(4, "How often pads have grown on pads", min=1, max=LEVELS, panel="Pads", usual=(3, 5))
    branching: float = param(1.55, "Pads that grow from a pad", min=0.3, max=3.0, panel="Pads", usual=(1.35, 1.8))
    length: float = param(0.25, "Length of a pad", min=0.02, max=0.8, unit="m", panel="Pads", usual=(0.2, 0.3))
    width: float = param(
        0.68, "Width of a pad as a share of its length", min=0.15, max=1.2, panel="Pads", usual=(0.58, 0.8)
    )
    thickness: float = param(
        0.085, "Thickness of a pad as a share of its length", min=0.03, max=0.5, panel="Pads", usual=(0.07, 0.1)
    )
    neck: float = param(0.5, "How narrow a pad's foot is", min=0.0, max=0.9, panel="Pads", usual=(0.4, 0.6))
    twist: float = param(
        0.75, "How far pads are turned against each other", min=0.0, max=1.6, unit="rad", panel="Pads", usual=(0.5, 1.0)
    )
    spread: float = param(
        0.75, "How far pads lean from their parent", min=0.0, max=1.5, panel="Pads", usual=(0.55, 0.95)
    )
    warp: float = param(0.5, "How bent and uneven pads are", min=0.0, max=1.5, panel="Pads", usual=(0.3, 0.8))
    tufts: int = param(44, "Tufts on each side of a pad", min=0, max=200, panel="Spines", usual=(36, 56))
    spines: int = param(3, "Spines around a tuft", min=0, max=20, panel="Spines", usual=(2, 4))
    spine: float = param(0.022, "Length of a spine", min=0.001, max=0.1, unit="m", panel="Spines", usual=(0.016, 0.03))
    fruits: float = param(1.6, "Fruits on a young pad", min=0.0, max=8.0, panel="Fruit", usual=(0.6, 3.0))
    ripe: float = param(0.65, "Share of fruits that is ripe", min=0.0, max=1.0, panel="Fruit", usual=(0.3, 0.9))
    flowers: float = param(0.5, "Flowers on a young pad", min=0.0, max=6.0, panel="Fruit", usual=(0.0, 1.2))
    color: tuple[float, ...] = param(
        (0.12, 0.215, 0.09), "Colour of old pads, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    young_color: tuple[float, ...] = param(
        (0.17, 0.31, 0.075), "Colour of young pads", min=0, max=1, panel="Colour", spread=0.2
    )
    spine_color: tuple[float, ...] = param(
        (0.66, 0.58, 0.42), "Colour of the spines", min=0, max=1, panel="Colour", spread=0.15
    )
    fruit_color: tuple[float, ...] = param(
        (0.33, 0.015, 0.06), "Colour of ripe fruits", min=0, max=1, panel="Colour", spread=0.2
    )
    flower_color: tuple[float, ...] = param(
        (0.76, 0.56, 0.04), "Colour of the flowers", min=0, max=1, panel="Colour", spread=0.15
    )
    seed: int = param(0, "Another cactus of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "prickly_pear": PricklyPearParams(),
    "bunny_ears": PricklyPearParams(
        stems=2, ages=3, branching=1.9, length=0.1, width=0.72, thickness=0.13, tufts=95, spines=0, spine=0.006, fruits=0.0,
        flowers=0.0, twist=0.35, warp=0.25, color=(0.12, 0.25, 0.07), young_color=(0.16, 0.33, 0.08),
    ),
    "purple_prickly_pear": PricklyPearParams(
        stems=4, ages=3, length=0.17, width=0.92, thickness=0.08, spine=0.035, spines=2, fruits=0.2, flowers=1.8, color=(0.17, 0.2, 0.17),
        young_color=(0.27, 0.14, 0.2), spine_color=(0.08, 0.04, 0.03),
    ),
    "indian_fig": PricklyPearParams(
        stems=2, ages=6, branching=1.45, length=0.4, width=0.5, thickness=0.075, tufts=36, spines=1, spine=0.01, fruits=3.0,
        flowers=0.4, ripe=0.8, fruit_color=(0.5, 0.1, 0.02),
    ),
}  # fmt: skip


def build(p: PricklyPearParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of PricklyPearParams."""
    with new_tree("Prickly Pear", p) as tree:
        i = tree.i
        skin = tree.material_input(
            "Skin Material", shared(CACTUS_SKIN, CactusSkinParams(bloom=0.4), "Pad Skin"), "What pads are made of"
        )
        horn = tree.material_input(
            "Spine Material", shared(SPINE, SpineParams(pointed=0.1), "Pad Spines"), "What spines are made of"
        )
        felt = tree.material_input(
            "Wool Material",
            shared(AREOLE_WOOL, WoolParams(color=(0.4, 0.27, 0.1)), "Pad Wool"),
            "What areoles are made of",
        )
        fruit = tree.material_input(
            "Fruit Material",
            shared(BERRY_SKIN, BerryParams(bloom=0.3, gloss=0.3), "Pear Fruit"),
            "What fruits are made of",
        )
        petal = tree.material_input(
            "Petal Material",
            shared(MUSHROOM_GILL, GillParams(mottle=0.15), "Cactus Petals"),
            "What flowers are made of",
        )
        with tree.frame("Growth"):
            levels = [_ground(i)]
            for number in range(1, LEVELS):
                levels.append(_grown(i, levels[-1], number))
            places = n.join(*levels)
        with tree.frame("Pads"):
            pads = _pads(i, places, skin, horn, felt)
        with tree.frame("Flowers and fruits"):
            fruits = _fruits(i, places, fruit, petal)
        tree.o.geometry << n.join(pads, fruits)
    return tree.data


# Growth: points that carry their turn, size, number and level -----------------------------------------------------------------


def _mark(points: Socket, turn: Socket, size: Input, number: Input, level: int) -> Socket:
    points = n.store(points, "pad_turn", turn)
    points = n.store(points, "pad_size", size)
    points = n.store(points, "pad_number", number)
    return n.store(points, "pad_level", float(level))


def _read() -> tuple[Socket, Socket, Socket, Socket]:
    """Turn, size, number, level of the points at hand."""
    return (
        n.attribute("pad_turn", "QUATERNION"), n.attribute("pad_size"), n.attribute("pad_number"), n.attribute("pad_level"),
    )  # fmt: skip


def _turned(rotation: Input, by: Input) -> Socket:
    return n.node("FunctionNodeRotateRotation", rotation_space="LOCAL", rotation=rotation, rotate_by=by).as_socket()


@grouped("First Pads")
def _ground(i: Inputs) -> Socket:
    k = n.index()
    angle = k * GOLDEN_ANGLE + i.seed * 1.9
    away = n.sqrt(k) * i.length * 0.42
    made = n.points(i.stems, n.combine_xyz(n.cos(angle) * away, n.sin(angle) * away, i.length * -0.04))
    lean = n.combine_xyz(n.sin(angle) * -1.0, n.cos(angle), 0.0) * ((k > 0) * 0.35 + draw(i.seed, 1, -0.1, 0.15, of=k))
    turn = _turned(lean, n.combine_xyz(0.0, 0.0, draw(i.seed, 2, 0.0, TAU, of=k)))
    made, turn = n.capture(made, turn)
    made, number = n.capture(made, k * 13.0 + 1.0)
    return _mark(made, turn, draw(i.seed, 3, 0.95, 1.15, of=n.index()), number, 0)


def _children(
    i: Inputs, parents: Socket, amount: Socket, salt: int, low: float, high: float
) -> tuple[Socket, Socket, Socket]:
    """A point on the parents' rims for each child, at its place; the turn that stands it on the rim, and its number."""
    node = n.node("GeometryNodeDuplicateElements", domain="POINT", geometry=parents, amount=amount)
    made, which = node["Geometry"], node["Duplicate Index"]
    turn, size, number, _ = _read()
    made, own = n.capture(made, number * 7.0 + which * 1.0 + float(salt) * 3.0)
    # children take turns at the two shoulders, the first rather at the higher one, so that the plant stays upright
    side = n.first_output("FunctionNodeRotateVector", vector=(1.0, 0.0, 0.0), rotation=turn)
    lower = (side.z + draw(i.seed, salt + 3, -0.3, 0.3, of=own)) < 0.0
    left = ((which + lower) % 2.0) > 0.5
    t = n.clamp(draw(i.seed, salt + 1, low, high, of=own) - n.math("FLOOR", which * 0.5) * 0.1, 0.5, 1.0)
    flank = n.switch(left, 1.0, -1.0)
    lat = t * math.pi
    where = _pad(i, lat, flank, 0.0)
    outward = n.combine_xyz(n.sin(lat) * flank * i.length, 0.0, n.cos(lat) * i.length * i.width * -1.0).normalized()
    made, at = n.capture(
        made, n.position() + n.first_output("FunctionNodeRotateVector", vector=where * (size * 0.985), rotation=turn)
    )
    tilt = n.math("ARCTAN2", outward.x, outward.z) * i.spread
    nod = draw(i.seed, salt + 2, -0.3, 0.3, of=own)
    made, told = n.capture(made, _turned(turn, n.combine_xyz(nod * i.spread, tilt, 0.0)))
    return n.set_position(made, at), told, own


@grouped("Pads on Pads")
def _grown(i: Inputs, parents: Socket, level: int) -> Socket:
    _, _, number, _ = _read()
    chance = draw(i.seed, 10 * level, 0.0, 1.0, of=number)
    amount = n.math("FLOOR", i.branching + chance) * (i.ages > level)
    # the first pads always bear more, so that no plant stays a stump
    amount = n.maximum(amount, 1.0 * (i.ages > level)) if level < 3 else amount
    amount = n.node("FunctionNodeFloatToInt", amount).as_socket()
    made, turn, own = _children(i, parents, amount, 10 * level, 0.68, 0.98)
    spin = draw(i.seed, 10 * level + 5, -1.0, 1.0, of=own) * i.twist
    made, turn = n.capture(made, _turned(turn, n.combine_xyz(0.0, 0.0, spin)))
    young = draw(i.seed, 10 * level + 6, 0.72, 1.05, of=own) * (1.0 - 0.05 * level)
    made, young = n.capture(made, young)
    return _mark(made, turn, young, own, level)


# Pads ---------------------------------------------------------------------------------------------------------------------------


def _pad(i: Inputs, lat: Socket, x: Input, y: Input) -> Socket:
    """A place on the skin of a pad of size 1 that stands at the origin, flat to +-Y; x, y: on a unit circle about its axis."""
    up = 0.5 - n.cos(lat) * 0.5
    girth = n.math("POWER", n.maximum(n.sin(lat), 1e-4), 0.85) * n.mix(n.smoothstep(up, 0.0, 0.75), 1.0 - i.neck, 1.0)
    flat = n.mix(up, 1.25, 0.9) * n.mix(i.neck, 1.0, n.mix(n.smoothstep(up, 0.0, 0.5), 1.5, 1.0))
    return n.combine_xyz(
        girth * x * (i.length * i.width * 0.5), girth * y * flat * (i.length * i.thickness * 0.5), up * i.length
    )


def _bent(i: Inputs, at: Socket, sort: Socket) -> Socket:
    """What unevenness does to a place on a pad; `sort` tells the sorts of pads apart."""
    wave = n.noise_vector(at / i.length * (1.0, 0.0, 1.0), scale=1.5, detail=1.0, w=i.seed * 1.3 + sort * 5.0)
    return at + (wave * (0.25, 0.34, 0.0)) * (i.warp * i.length * n.smoothstep(at.z / i.length, 0.02, 0.5))


@grouped("Pads")
def _pads(i: Inputs, places: Socket, skin: Socket, horn: Socket, felt: Socket) -> Socket:
    sorts = []
    for number in range(4):
        sort = n.math("ADD", 0.0, float(number))  # a socket, so that all sorts are one group
        sorts.append(n.join(n.set_material(_body(i, sort), skin), _tufts(i, sort, horn, felt)))
    k = n.index()
    turn, size, number, level = _read()
    youth = n.clamp(level / n.maximum(i.ages - 1, 1))
    made, stray = n.capture(places, draw(i.seed, 91, -0.5, 0.5, of=number))
    made, sort = n.capture(made, draw(i.seed, 92, 0, 3, of=number))
    tint = n.mix(n.clamp(youth * youth + stray * 0.5), i.color, i.young_color)
    light = 1.0 + stray * 0.3
    made, tint = n.capture(made, n.mix(1.0, tint, n.combine_xyz(light, light, light), blend="MULTIPLY"))
    made, age = n.capture(made, n.smoothstep(level, 0.6, -0.4) * 0.7)
    placed = n.instance_on(made, varied(sorts), rotation=turn, scale=n.combine_xyz(size, size, size), pick=sort)
    placed = n.store(placed, "tint", tint, domain="INSTANCE")
    placed = n.store(placed, "age", age, domain="INSTANCE")
    return n.store(placed, "random", draw(i.seed, 93, of=k), domain="INSTANCE")


@grouped("Pad")
def _body(i: Inputs, sort: Socket) -> Socket:
    s = lathe(count(i.detail, 44, 12), count(i.detail, 34, 10))
    at = _pad(i, s.t * math.pi, s.cos, s.sin)
    body, at = n.capture(s.geometry, at)
    body = n.set_position(body, _bent(i, at, sort))
    body = n.store(body, "limb", at + n.combine_xyz(sort, 0.0, 0.001))
    return n.shade_smooth(body)


@grouped("Tufts of a Pad")
def _tufts(i: Inputs, sort: Socket, horn: Socket, felt: Socket) -> Socket:
    """Tufts of one pad, as a sunflower sets its seeds, on both sides."""
    tuft = spine_tuft(
        i.spines, i.spines > 0, i.spine, i.spine * 0.035 + 0.0002, 0.95, 0.1, i.seed + sort * 11, i.detail * 0.8
    )
    pad = wool_pad(i.length * 0.009 + 0.0006, i.length * 0.008, i.seed + sort, i.detail * 0.7)
    tuft = n.store(n.set_material(tuft, horn), "tint", i.spine_color)
    one = n.join(tuft, n.set_material(pad, felt))
    k = n.index()
    on_back = k >= i.tufts
    m = k - i.tufts * on_back
    u = n.sqrt((m + 0.5) / n.maximum(i.tufts, 1)) * 0.985
    way = m * GOLDEN_ANGLE + sort * 1.7 + on_back * 2.0
    dx, dz = u * n.cos(way), u * n.sin(way)
    wide = n.sqrt(n.maximum(1.0 - dz * dz, 1e-4))
    x = n.clamp(dx / wide, -1.0, 1.0)
    y = n.sqrt(n.maximum(1.0 - x * x, 0.0)) * n.switch(on_back, -1.0, 1.0)
    at = _pad(i, n.math("ARCCOSINE", dz * -1.0), x, y)
    normal = n.combine_xyz(wide * x * i.thickness, wide * y * i.width, dz * i.width * i.thickness).normalized()
    made = n.points(i.tufts * 2)
    made, normal = n.capture(made, normal)
    made = n.delete(n.set_position(made, _bent(i, at, sort)), n.position().z < i.length * 0.05)
    size = draw(i.seed, 95, 0.7, 1.25, of=n.index())
    turn = facing(normal, draw(i.seed, 96, 0.0, TAU, of=n.index()))
    return n.instance_on(made, one, rotation=turn, scale=n.combine_xyz(size, size, size))


@grouped("Flowers and Fruits")
def _fruits(i: Inputs, places: Socket, fruit: Socket, petal: Socket) -> Socket:
    size = i.length * n.mix(n.smoothstep(i.length, 0.1, 0.4), 0.24, 0.15)
    bodies = [
        _fruit(i, size, i.fruit_color, 1.0, 1),
        _fruit(i, size * 0.95, n.mix(0.55, i.young_color, i.fruit_color), 0.92, 2),
        _fruit(i, size * 0.8, i.young_color, 0.8, 3),
    ]
    bodies = [n.set_material(body, fruit) for body in bodies]
    bloom = cactus_flower(
        20,
        size * 0.85,
        size * 0.8,
        0.9,
        i.flower_color,
        n.mix(0.3, i.flower_color, i.fruit_color),
        i.seed,
        i.detail * 0.8,
    )
    bloom = n.transform(n.set_material(bloom, petal), translation=n.combine_xyz(0.0, 0.0, size * 0.68))
    bodies.append(n.join(bodies[2], bloom))
    _, _, number, level = _read()
    last = level >= n.maximum(i.ages - 2.0, 0.0)
    lot = draw(i.seed, 101, 0.0, 2.0, of=number)
    amount = n.math("ROUND", (i.fruits + i.flowers) * lot * last)
    made, turn, own = _children(i, places, n.node("FunctionNodeFloatToInt", amount).as_socket(), 110, 0.78, 1.0)
    flower = draw(i.seed, 121, of=own) < i.flowers / n.maximum(i.fruits + i.flowers, 1e-3)
    unripe = draw(i.seed, 122, of=own) > i.ripe
    pick = n.switch(flower, n.switch(unripe, draw(i.seed, 123, 0, 1, of=own), 2), 3)
    made, pick = n.capture(made, pick)
    scale = draw(i.seed, 124, 0.75, 1.15, of=own)
    made, scale = n.capture(made, scale)
    return n.instance_on(made, varied(bodies), rotation=turn, scale=n.combine_xyz(scale, scale, scale), pick=pick)


@grouped("Pear Fruit")
def _fruit(i: Inputs, size: Socket, color: Socket, fat: float, salt: int) -> Socket:
    """A fruit that stands at the origin: an egg with a dished top and dark dots."""
    s = lathe(count(i.detail, 28, 10), count(i.detail, 24, 10))
    lat = s.t * math.pi
    up = 0.5 - n.cos(lat) * 0.5
    r = n.math("POWER", n.maximum(n.sin(lat), 1e-4), 0.75) * n.mix(up, 0.68, 1.0) * (0.34 * fat)
    dish = n.smoothstep(n.sin(lat), 0.75, 0.0) * (s.t > 0.5) * 0.2
    lump = (
        1.0
        + (n.noise(n.combine_xyz(s.cos, s.sin, up * 2.0), scale=1.6, detail=1.0, w=i.seed + salt * 3.0) - 0.5) * 0.25
    )
    mesh = s.shape(r * lump * size, (up - dish - 0.06) * size)
    rings = n.voronoi(n.combine_xyz(s.cos, s.sin, up * 3.0), scale=2.4, randomness=0.3).distance
    dots = n.smoothstep(rings, 0.16, 0.06)
    tint = n.mix(n.smoothstep(dish, 0.02, 0.12) * 0.5, color, n.color((0.3, 0.26, 0.12)))
    mesh = n.store(mesh, "tint", n.mix(dots * 0.8, tint, n.color((0.12, 0.06, 0.03))))
    return n.shade_smooth(mesh)


PRICKLY_PEAR = Family(
    "prickly_pear",
    "Prickly Pear",
    "Cacti",
    PricklyPearParams,
    build,
    PRESETS,
    "Flat pads on pads with spines, flowers and fruits",
)
