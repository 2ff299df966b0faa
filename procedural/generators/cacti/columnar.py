"""Columnar cactus: a ribbed column, arms that turn up at the elbow, tufts of spines along the crests, flowers at the crowns."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...graph.sockets import Input
from ...materials import shared
from ...materials.cactus import AREOLE_WOOL, CACTUS_SKIN, SPINE, CactusSkinParams, SpineParams, WoolParams
from ...materials.fungus import MUSHROOM_GILL, GillParams
from ...parts.cactus_parts import HALF_PI, cactus_flower, facing, rib, spine_tuft, varied, wool_pad
from ...parts.plant_parts import GOLDEN_ANGLE, TAU, draw, tubes
from ...parts.shapes import count
from ..base import Family

DOME = 0.3  # the share of rings that the round end takes


@dataclass(frozen=True)
class ColumnarParams:
    """Metres and radians."""

    height: float = param(4.6, "Height of the column", min=0.1, max=15.0, unit="m", panel="Column", usual=(3.4, 6.2))
    radius: float = param(0.21, "Radius on the crests", min=0.01, max=0.8, unit="m", panel="Column", usual=(0.17, 0.25))
    ribs: int = param(19, "Number of ribs", min=4, max=40, panel="Column", usual=(16, 23))
    rib_depth: float = param(
        0.2, "Depth of the furrows as a share of the radius", min=0.0, max=0.6, panel="Column", usual=(0.15, 0.25)
    )
    sharp: float = param(
        0.25, "Crests, from round, 0, to like a roof, 1", min=0.0, max=1.0, panel="Column", usual=(0.1, 0.4)
    )
    waist: float = param(
        0.12, "How much girth varies along a stem", min=0.0, max=0.5, panel="Column", usual=(0.06, 0.2)
    )
    bend: float = param(0.05, "How crooked it is", min=0.0, max=0.5, panel="Column", usual=(0.02, 0.1))
    arms: int = param(4, "Number of arms", min=0, max=16, panel="Arms", usual=(2, 6))
    arm_height: float = param(
        0.48,
        "Height of the arms' roots as a share of the column's",
        min=0.05,
        max=0.9,
        panel="Arms",
        usual=(0.38, 0.56),
    )
    arm_length: float = param(
        2.3, "Length of the longest arm", min=0.1, max=8.0, unit="m", panel="Arms", usual=(1.7, 2.9)
    )
    arm_reach: float = param(
        0.38, "How far elbows stand off", min=0.02, max=2.0, unit="m", panel="Arms", usual=(0.3, 0.48)
    )
    arm_radius: float = param(
        0.74, "Girth of arms as a share of the column's", min=0.2, max=1.2, panel="Arms", usual=(0.65, 0.82)
    )
    spacing: float = param(
        0.032,
        "Distance between tufts along a crest",
        min=0.005,
        max=0.3,
        unit="m",
        panel="Spines",
        usual=(0.028, 0.038),
    )
    spines: int = param(11, "Spines around a tuft", min=0, max=40, panel="Spines", usual=(9, 14))
    centrals: int = param(3, "Spines in its middle", min=0, max=12, panel="Spines", usual=(2, 4))
    spine: float = param(0.036, "Length of a spine", min=0.001, max=0.2, unit="m", panel="Spines", usual=(0.028, 0.046))
    flowers: int = param(0, "Flowers and buds on each crown", min=0, max=30, panel="Flowers")
    color: tuple[float, ...] = param(
        (0.105, 0.185, 0.07), "Colour of the skin, linear RGB", min=0, max=1, panel="Colour", spread=0.2
    )
    furrow_color: tuple[float, ...] = param(
        (0.075, 0.15, 0.06), "Colour of the furrows", min=0, max=1, panel="Colour", spread=0.2
    )
    spine_color: tuple[float, ...] = param(
        (0.42, 0.34, 0.24), "Colour of the spines", min=0, max=1, panel="Colour", spread=0.2
    )
    flower_color: tuple[float, ...] = param(
        (0.76, 0.74, 0.64), "Colour of the flowers", min=0, max=1, panel="Colour", spread=0.1
    )
    cork: float = param(0.6, "How far up the foot is corky", min=0.0, max=1.0, panel="Colour", usual=(0.2, 0.9))
    seed: int = param(0, "Another cactus of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "saguaro": ColumnarParams(),
    "flowering_saguaro": ColumnarParams(height=5.8, arms=6, arm_length=2.4, flowers=9, radius=0.24),
    "old_man_cactus": ColumnarParams(
        height=1.4, radius=0.09, ribs=22, arms=0, spacing=0.014, spines=22, centrals=4, spine=0.045, rib_depth=0.12,
        spine_color=(0.68, 0.66, 0.6), cork=0.3, waist=0.08,
    ),
    "organ_pipe": ColumnarParams(
        height=1.9, radius=0.075, ribs=13, rib_depth=0.26, arms=13, arm_height=0.05, arm_length=2.0, arm_reach=0.22, arm_radius=0.98,
        spacing=0.018, spine=0.012, spines=9, color=(0.1, 0.2, 0.085), spine_color=(0.2, 0.15, 0.11), cork=0.3, bend=0.12,
    ),
    "blue_torch": ColumnarParams(
        height=0.9, radius=0.06, ribs=7, rib_depth=0.42, sharp=0.3, arms=2, arm_height=0.12, arm_length=0.5, arm_reach=0.11,
        arm_radius=0.85, spacing=0.018, spine=0.011, spines=10, color=(0.13, 0.29, 0.31), furrow_color=(0.1, 0.22, 0.24),
        spine_color=(0.62, 0.42, 0.12), cork=0.15, waist=0.06,
    ),
}  # fmt: skip


def build(p: ColumnarParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of ColumnarParams."""
    with new_tree("Columnar Cactus", p) as tree:
        i = tree.i
        skin = tree.material_input(
            "Skin Material", shared(CACTUS_SKIN, CactusSkinParams(size=0.05), "Column Skin"), "What stems are made of"
        )
        horn = tree.material_input(
            "Spine Material", shared(SPINE, SpineParams(), "Column Spines"), "What spines are made of"
        )
        wool = tree.material_input(
            "Wool Material", shared(AREOLE_WOOL, WoolParams(), "Column Wool"), "What areoles are made of"
        )
        petal = tree.material_input(
            "Petal Material",
            shared(MUSHROOM_GILL, GillParams(mottle=0.15), "Cactus Petals"),
            "What flowers are made of",
        )
        with tree.frame("Stems"):
            stems = n.set_material(n.shade_smooth(_stems(i)), skin)
        with tree.frame("Spines"):
            spines = _spines(i, horn, wool)
        with tree.frame("Flowers"):
            flowers = _flowers(i, petal, skin)
        tree.o.geometry << n.join(stems, spines, flowers)
    return tree.data


def _form(i: Inputs, number: Socket) -> tuple[Socket, Socket, Socket, Socket]:
    """Of a stem, 0 the column: its length, its radius, where it roots (height, m), and its azimuth."""
    arm = number > 0
    own = draw(i.seed, 31, of=number)
    length = n.switch(arm, i.height, i.arm_length * (0.55 + 0.45 * own))
    radius = i.radius * n.switch(arm, 1.0, i.arm_radius * (0.88 + 0.2 * own))
    root = i.height * (i.arm_height + draw(i.seed, 32, -0.09, 0.1, of=number) * n.minimum(i.arm_height * 4.0, 1.0))
    azimuth = number * GOLDEN_ANGLE + draw(i.seed, 33, -0.5, 0.5, of=number) + i.seed * 2.1
    return length, radius, n.switch(arm, 0.0, root), azimuth


def _skin(i: Inputs, number: Socket, at: Socket, lift: Socket, turns: Socket) -> tuple[Socket, Socket, Socket]:
    """A place on a stem, m; its normal but for ribs; and 1 on crests, 0 in furrows.

    at: m along the stem's middle, where the round end begins at length - radius; lift: rad, 0 on the column .. a quarter turn at the tip;
    turns: rad about the middle.
    """
    _, radius, root, azimuth = _form(i, number)
    arm = number > 0
    reach = i.arm_reach * (0.8 + 0.4 * draw(i.seed, 34, of=number))
    # arms leave level and turn up; the column stands; both then wander a little
    bow = n.switch(arm, HALF_PI, n.minimum(at / reach, HALF_PI))
    past = n.maximum(at - reach * HALF_PI, 0.0)
    away = n.switch(arm, 0.0, reach * n.sin(bow) + i.radius * 0.45)
    tall = n.switch(arm, at, root + reach * (1.0 - n.cos(bow)) + past)
    out = n.combine_xyz(n.cos(azimuth), n.sin(azimuth), 0.0)
    side = n.combine_xyz(n.sin(azimuth) * -1.0, n.cos(azimuth), 0.0)
    sway = n.noise_vector(
        n.combine_xyz(number * 7.7, 0.0, tall / i.height * 1.6), scale=1.0, detail=1.0, w=i.seed * 1.7
    )
    sway = sway * (1.0, 1.0, 0.0) * (i.bend * i.height * n.smoothstep(tall / i.height, 0.0, 0.6))
    middle = out * away + n.combine_xyz(0.0, 0.0, tall) + sway
    axis = out * n.cos(bow) + n.combine_xyz(0.0, 0.0, n.sin(bow))
    over = n.combine_xyz(0.0, 0.0, n.cos(bow)) - out * n.sin(bow)
    radial = side * n.cos(turns) + over * n.sin(turns)
    # girth: years of rain and drought, a narrow root of arms, a foot
    years = n.noise(n.combine_xyz(number * 3.1, 0.0, at / i.radius * 0.35), scale=1.0, detail=2.0, w=i.seed * 2.3) - 0.5
    girth = (
        radius
        * (1.0 + years * i.waist * 1.6)
        * n.switch(
            arm,
            n.mix(n.smoothstep(at / i.height, 0.0, 0.25), 0.86, 1.0),
            n.mix(n.smoothstep(at / radius, 0.6, 3.2), 0.62, 1.0),
        )
    )
    crest = rib(turns * i.ribs, i.sharp)
    ribbed = 1.0 - i.rib_depth * (1.0 - crest) * n.mix(n.smoothstep(lift, 0.9, 1.5), 1.0, 0.25)
    where = middle + radial * (girth * ribbed * n.cos(lift)) + axis * (girth * n.sin(lift) * n.mix(crest, 0.93, 1.0))
    return where, radial * n.cos(lift) + axis * n.sin(lift), crest


@grouped("Columns and Arms")
def _stems(i: Inputs) -> Socket:
    c = tubes(i.arms + 1, i.ribs * count(i.detail, 8, 4), count(i.detail, 64, 14))
    length, radius, _, _ = _form(i, c.number)
    straight = n.minimum(c.along / (1.0 - DOME), 1.0)
    lift = n.clamp((c.along - (1.0 - DOME)) / DOME) * (HALF_PI * 0.985)
    at = straight * n.maximum(length - radius, radius * 0.3)
    where, _, crest = _skin(i, c.number, at, lift, c.angle)
    tip = n.smoothstep(lift, 0.3, 1.4)
    tint = n.mix(n.smoothstep(crest, 0.1, 0.85), i.furrow_color, i.color)
    tint = n.mix(tip * 0.5, tint, n.color((0.2, 0.27, 0.09)))
    foot = n.smoothstep(at / i.height, i.cork * 0.35, 0.0) * (c.number < 1) * n.smoothstep(i.cork, 0.0, 0.1)
    body = n.store(c.mesh, "tint", tint)
    body = n.store(body, "age", foot)
    flat = n.combine_xyz(n.cos(c.angle), n.sin(c.angle), 0.0) * radius
    body = n.store(body, "limb", flat + n.combine_xyz(c.number * 3.0, 0.0, at + lift * radius))
    body = n.store(body, "random", draw(i.seed, 35, of=c.number))
    return n.set_position(body, where)


@grouped("Tufts on Crests")
def _spines(i: Inputs, horn: Socket, wool: Socket) -> Socket:
    """Tufts along every crest of every stem, closer and fresher at the tips."""
    sorts = []
    for sort in range(3):
        tuft = spine_tuft(
            i.spines, i.centrals, i.spine, i.spine * 0.05 + 0.0003, 1.2, 0.15, i.seed + sort * 17, i.detail * 0.7
        )
        pad = wool_pad(i.spine * 0.14 + 0.001, i.spine * 0.08 + 0.0006, i.seed + sort, i.detail * 0.7)
        sorts.append(n.join(n.set_material(tuft, horn), n.set_material(pad, wool)))
    longest = n.maximum(i.height, i.arm_length)
    rows = n.math("CEIL", longest / i.spacing) + 12.0
    k = n.index()
    number = n.math("FLOOR", k / (rows * i.ribs))
    left = k - number * rows * i.ribs
    crest = n.math("FLOOR", left / rows)
    row = left - crest * rows + draw(i.seed, 41, 0.0, 0.35, of=k)
    number = n.node("FunctionNodeFloatToInt", number).as_socket()
    length, radius, _, _ = _form(i, number)
    straight = n.maximum(length - radius, radius * 0.3)
    along = row * i.spacing + n.math("FRACT", crest * 0.618) * i.spacing
    lift = n.clamp((along - straight) / radius, 0.0, 1.52)
    there = (along < straight + radius * 1.48) & (along > n.switch(number > 0, 0.02, i.radius * 0.7) * 1.0)
    where, normal, _ = _skin(i, number, n.minimum(along, straight), lift, crest / i.ribs * TAU)
    made = n.points((i.arms + 1) * i.ribs * rows)
    made, normal = n.capture(made, normal)
    made, fresh = n.capture(made, n.smoothstep(lift, 0.1, 1.3))
    made, foot = n.capture(made, n.smoothstep(along / i.height, i.cork * 0.35, 0.02) * (number < 1))
    made, there = n.capture(made, there)
    made = n.set_position(made, where)
    there = there & (draw(i.seed, 42, of=n.index()) > foot * 0.75)
    made = n.delete(made, ~there)
    own = draw(i.seed, 43, of=n.index())
    size = (0.78 + own * 0.4) * n.mix(fresh, 1.0, 0.8) * n.mix(foot, 1.0, 0.6)
    placed = n.instance_on(
        made, varied(sorts), rotation=facing(normal, draw(i.seed, 44, 0.0, TAU, of=n.index())), scale=_even(size),
        pick=draw(i.seed, 45, 0, 2, of=n.index()),
    )  # fmt: skip
    tint = n.mix(n.clamp(foot + (own - 0.5) * 0.4), i.spine_color, n.color((0.16, 0.145, 0.13)))
    tint = n.mix(fresh * 0.6, tint, n.color((0.5, 0.33, 0.14)))
    placed = n.store(placed, "tint", tint, domain="INSTANCE")
    return n.switch((i.spines + i.centrals) > 0, None, placed)


@grouped("Flowers at the Crowns")
def _flowers(i: Inputs, petal: Socket, skin: Socket) -> Socket:
    size = i.radius * 0.22 + 0.006
    open_ = cactus_flower(34, size, size * 1.1, 1.0, i.flower_color, (0.6, 0.56, 0.3), i.seed, i.detail * 0.8)
    shut = cactus_flower(
        26, size * 0.42, size * 1.05, 0.12, i.flower_color, (0.2, 0.3, 0.1), i.seed + 3, i.detail * 0.8
    )
    kinds = [n.set_material(shut, petal), n.set_material(open_, petal)]
    k = n.index()
    number = k // n.maximum(i.flowers, 1)
    number = n.node("FunctionNodeFloatToInt", number).as_socket()
    length, radius, _, _ = _form(i, number)
    lift = draw(i.seed, 51, 0.55, 1.15, of=k)
    where, normal, _ = _skin(
        i, number, n.maximum(length - radius, radius * 0.3), lift, k * GOLDEN_ANGLE + draw(i.seed, 52, of=k)
    )
    made = n.points(i.flowers * (i.arms + 1))
    made, normal = n.capture(made, normal)
    made = n.set_position(made, where)
    scale = _even(draw(i.seed, 53, 0.75, 1.15, of=n.index()))
    return n.instance_on(
        made, varied(kinds), rotation=facing(n.vector_math("ADD", normal, (0.0, 0.0, 0.5)).normalized(), 0.0), scale=scale,
        pick=draw(i.seed, 54, 0, 1, of=n.index()),
    )  # fmt: skip


def _even(size: Input) -> Socket:
    return n.combine_xyz(size, size, size)


COLUMNAR = Family(
    "columnar_cactus",
    "Columnar Cactus",
    "Cacti",
    ColumnarParams,
    build,
    PRESETS,
    "A ribbed column with arms and tufts of spines",
)
