"""Berries: drupelets packed about a core in a golden spiral, with threads and a calyx; or a hanging bunch of single berries."""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, new_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...materials import shared
from ...materials.fruit import BERRY_SKIN, BerryParams
from ...materials.fungus import MUSHROOM_GILL, GillParams
from ...materials.plain import PLAIN, PlainParams
from ...parts.cactus_parts import facing, varied
from ...parts.fruit_parts import leaf, stalk
from ...parts.plant_parts import GOLDEN_ANGLE, TAU, draw, tubes
from ...parts.shapes import count, lathe
from ..base import Family


@dataclass(frozen=True)
class BerryClusterParams:
    """Metres and radians. The thing hangs: its stalk is above, its tip on the ground."""

    berries: int = param(66, "Number of drupelets or berries", min=1, max=300, panel="Cluster", usual=(54, 82))
    width: float = param(
        0.0088, "Radius of the cluster", min=0.001, max=0.2, unit="m", panel="Cluster", usual=(0.0076, 0.0098)
    )
    length: float = param(
        0.021, "Length of the cluster", min=0.002, max=0.6, unit="m", panel="Cluster", usual=(0.018, 0.024)
    )
    taper: float = param(0.45, "How much it narrows to the tip", min=0.0, max=1.0, panel="Cluster", usual=(0.3, 0.6))
    loose: float = param(0.0, "From drupelets on a core, 0, to berries on stalks, 1", min=0.0, max=1.0, panel="Cluster")
    berry: float = param(
        0.0026, "Radius of a drupelet or berry", min=0.0005, max=0.03, unit="m", panel="Berries", usual=(0.0024, 0.0028)
    )
    long_: float = param(
        1.1, "Length of a berry as a share of its width", min=0.6, max=2.5, panel="Berries", label="Elongation"
    )
    disorder: float = param(0.35, "How much they differ", min=0.0, max=1.0, panel="Berries", usual=(0.2, 0.6))
    threads: float = param(
        0.7, "Dry threads on drupelets, crowns on berries", min=0.0, max=1.0, panel="Berries", usual=(0.4, 1.0)
    )
    sepals: int = param(5, "Leaves of the calyx", min=0, max=8, panel="Stalk")
    stalk: float = param(0.022, "Length of the stalk", min=0.0, max=0.2, unit="m", panel="Stalk", usual=(0.016, 0.03))
    stalk_radius: float = param(
        0.0008, "Radius of the stalk", min=0.0001, max=0.01, unit="m", panel="Stalk", usual=(0.0006, 0.001)
    )
    color: tuple[float, ...] = param(
        (0.4, 0.012, 0.028), "Colour of ripe berries, linear RGB", min=0, max=1, panel="Colour", spread=0.25
    )
    unripe_color: tuple[float, ...] = param(
        (0.52, 0.13, 0.06), "Colour of unripe berries", min=0, max=1, panel="Colour", spread=0.2
    )
    unripe: float = param(0.12, "Share of unripe berries", min=0.0, max=1.0, panel="Colour", usual=(0.0, 0.3))
    green: tuple[float, ...] = param(
        (0.13, 0.24, 0.06), "Colour of calyx and stalk", min=0, max=1, panel="Colour", spread=0.2
    )
    seed: int = param(0, "Another cluster of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "raspberry": BerryClusterParams(),
    "blackberry": BerryClusterParams(
        berries=42, width=0.0095, length=0.024, taper=0.35, berry=0.0034, threads=0.35, color=(0.022, 0.006, 0.016),
        unripe_color=(0.25, 0.012, 0.02), unripe=0.18,
    ),
    "grapes": BerryClusterParams(
        berries=72, width=0.042, length=0.15, taper=0.65, loose=1.0, berry=0.0088, long_=1.12, threads=0.0, sepals=0, stalk=0.045,
        stalk_radius=0.002, color=(0.055, 0.012, 0.05), unripe_color=(0.16, 0.06, 0.07), unripe=0.25, green=(0.23, 0.25, 0.08),
    ),
    "green_grapes": BerryClusterParams(
        berries=80, width=0.044, length=0.17, taper=0.55, loose=1.0, berry=0.0085, long_=1.3, threads=0.0, sepals=0, stalk=0.05,
        stalk_radius=0.002, color=(0.34, 0.42, 0.07), unripe_color=(0.27, 0.38, 0.07), unripe=0.4, green=(0.25, 0.27, 0.08),
    ),
    "redcurrants": BerryClusterParams(
        berries=17, width=0.009, length=0.07, taper=0.35, loose=1.0, berry=0.0043, long_=1.0, threads=0.8, sepals=0, stalk=0.025,
        stalk_radius=0.0007, color=(0.45, 0.012, 0.012), unripe_color=(0.5, 0.16, 0.06), unripe=0.15, disorder=0.5,
    ),
}  # fmt: skip


def build(p: BerryClusterParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of BerryClusterParams."""
    with new_tree("Berry Cluster", p) as tree:
        i = tree.i
        skin = tree.material_input(
            "Berry Material", shared(BERRY_SKIN, BerryParams(), "Berry Skin"), "What berries are made of"
        )
        green = tree.material_input(
            "Stalk Material", shared(MUSHROOM_GILL, GillParams(color=(0.13, 0.24, 0.06), translucency=0.15), "Berry Stalk"),
            "What stalk and calyx are made of",
        )  # fmt: skip
        dry = tree.material_input(
            "Thread Material", shared(PLAIN, PlainParams(color=(0.3, 0.19, 0.09), size=0.002, bump=0.0), "Berry Threads"),
            "What threads and crowns are made of",
        )  # fmt: skip
        with tree.frame("Berries"):
            berries = _berries(i, skin, dry)
        with tree.frame("Core, stalk, calyx"):
            rest = n.set_material(n.join(_core(i), _pedicels(i), _top(i)), green)
        tree.o.geometry << n.transform(
            n.join(berries, rest), translation=n.combine_xyz(0.0, 0.0, i.length + i.berry * n.mix(i.loose, 0.6, 1.0))
        )
    return tree.data


def _place(i: Inputs, k: Socket) -> tuple[Socket, Socket, Socket]:
    """Where the k-th berry sits, below the origin, m; its way out of the cluster; where its stalk leaves the middle."""
    share = (k + 0.5) / n.maximum(i.berries, 1)
    angle = k * GOLDEN_ANGLE + draw(i.seed, 11, -0.35, 0.35, of=k) * i.disorder
    # drupelets: even over a dome; berries: in shoulders of all depths along the stalk
    lat = n.math("ARCCOSINE", 1.0 - share * 1.86)
    bowl = n.sin(lat) * (1.0 - i.taper * 0.45 * n.smoothstep(share, 0.2, 1.0))
    depth_tight = (1.0 - n.cos(lat)) * 0.5
    deep = n.sqrt(draw(i.seed, 12, 0.08, 1.0, of=k))
    bunch = n.math("POWER", n.sin(n.clamp(share * 0.94 + 0.06) * math.pi), 0.55) * n.mix(
        share, 1.0 + i.taper * 0.3, 1.0 - i.taper * 0.75
    )
    r = i.width * n.mix(i.loose, bowl, bunch * deep)
    z = (
        i.length * -1.0 * n.mix(i.loose, depth_tight, share * 0.97)
        + draw(i.seed, 13, -0.4, 0.4, of=k) * i.berry * i.loose
    )
    out = n.combine_xyz(n.cos(angle), n.sin(angle), 0.0)
    where = out * r + n.combine_xyz(0.0, 0.0, z)
    tight = out * (n.sin(lat) * i.length) - n.combine_xyz(0.0, 0.0, n.cos(lat) * -1.0) * (i.width * 2.0)
    hang = out * (r / i.width) - n.combine_xyz(0.0, 0.0, 0.7)
    way = n.mix(i.loose, tight.normalized(), hang.normalized()).normalized()
    root = n.combine_xyz(0.0, 0.0, n.minimum(z + i.berry * 0.9 + r * 0.35, 0.0))
    return where, way, root


@grouped("Berries")
def _berries(i: Inputs, skin: Socket, dry: Socket) -> Socket:
    sorts = []
    for sort in range(2):
        s = lathe(count(i.detail, 18, 8), count(i.detail, 14, 6))
        lat = s.t * math.pi
        dent = n.math("EXPONENT", n.sin(lat) * n.sin(lat) * -14.0) * 0.1 * (s.t > 0.5)
        lump = (
            1.0
            + (n.noise(n.combine_xyz(s.cos, s.sin, s.t * 2.0), scale=0.8, detail=1.0, w=i.seed + sort * 4.0) - 0.5)
            * 0.16
        )
        ball = s.shape(n.sin(lat) * i.berry * lump, (n.cos(lat) * -1.0 - dent) * i.berry * i.long_)
        ball = n.set_material(n.shade_smooth(ball), skin)
        sorts.append(n.join(ball, n.set_material(_thread(i, sort), dry)))
    k = n.index()
    where, way, _ = _place(i, k)
    made = n.points(i.berries)
    made, way = n.capture(made, way)
    made = n.set_position(made, where)
    own = draw(i.seed, 21, of=n.index())
    size = 1.0 + (draw(i.seed, 22, -0.4, 0.22, of=n.index())) * i.disorder
    grown = n.mix(i.loose, n.smoothstep(n.index() / n.maximum(i.berries, 1), -0.06, 0.1) * 0.35 + 0.65, 1.0)
    size = size * grown
    placed = n.instance_on(
        made, varied(sorts), rotation=facing(way, draw(i.seed, 23, 0.0, TAU, of=n.index())), scale=n.combine_xyz(size, size, size),
        pick=draw(i.seed, 24, 0, 1, of=n.index()),
    )  # fmt: skip
    late = n.smoothstep(own, 1.02 - i.unripe, 1.12 - i.unripe)
    light = 0.85 + draw(i.seed, 25, 0.0, 0.3, of=n.index())
    tint = n.mix(
        1.0,
        n.mix(n.clamp(late + own * 0.12), i.color, i.unripe_color),
        n.combine_xyz(light, light, light),
        blend="MULTIPLY",
    )
    placed = n.store(placed, "tint", tint, domain="INSTANCE")
    return n.store(placed, "random", own, domain="INSTANCE")


@grouped("Dry Threads")
def _thread(i: Inputs, sort: int) -> Socket:
    """The style that stays on a drupelet: a thread; on a currant: a short dry crown."""
    c = tubes(n.switch(i.loose > 0.5, 1, 5), 4, count(i.detail, 6, 3))
    s = c.along
    crown = i.loose > 0.5
    angle = c.number * (TAU / 5) + sort * 1.0
    out = n.combine_xyz(n.cos(angle), n.sin(angle), 0.0)
    curl = n.sin(s * 2.6 + sort) * s * 0.5
    length = i.berry * i.threads * n.switch(crown, 1.5, 0.55)
    middle = (
        n.switch(
            crown,
            n.combine_xyz(curl, s * s * 0.5 * (1 - 2 * sort), s),
            n.combine_xyz(0.0, 0.0, s) + out * (0.15 + s * 0.25),
        )
        * length
    )
    thick = i.berry * n.switch(crown, 0.035, 0.09) * n.mix(s, 1.0, 0.45)
    ring = n.combine_xyz(n.cos(c.angle), n.sin(c.angle), 0.0) * thick
    mesh = n.set_position(c.mesh, middle + ring + n.combine_xyz(0.0, 0.0, i.berry * (i.long_ - 0.12)))
    return n.switch(i.threads > 0.02, None, n.shade_smooth(mesh))


@grouped("Core")
def _core(i: Inputs) -> Socket:
    """What is seen between drupelets; nothing in a loose bunch."""
    s = lathe(count(i.detail, 20, 8), count(i.detail, 14, 6))
    lat = s.t * math.pi
    up = 0.5 - n.cos(lat) * 0.5
    mesh = s.shape(n.sin(lat) * i.width * n.mix(up, 1.0 - i.taper * 0.45, 1.0) * 0.93, (up - 1.0) * i.length * 0.97)
    mesh = n.store(mesh, "tint", n.mix(0.45, i.color, n.color((0.03, 0.01, 0.008))))
    return n.switch(i.loose > 0.5, n.shade_smooth(mesh), None)


@grouped("Pedicels")
def _pedicels(i: Inputs) -> Socket:
    """The bunch's middle and a stalk to each berry."""
    c = tubes(i.berries + 1, count(i.detail, 5, 3), count(i.detail, 5, 2))
    where, way, root = _place(i, c.number)
    s = c.along
    main = c.number >= i.berries
    end = where - way * (i.berry * i.long_ * 0.9)
    bowed = n.mix(s, n.mix(s, root, n.mix(0.5, root, end) + n.combine_xyz(0.0, 0.0, i.berry * 0.25)), end)
    middle = n.switch(main, bowed, n.combine_xyz(0.0, 0.0, i.length * -0.9 * s + i.berry * 0.5 * (1.0 - s)))
    # rings square to the way of the stalk
    axis = n.switch(main, end - root, n.combine_xyz(0.0, 0.0, -1.0)).normalized()
    side = axis.cross(n.combine_xyz(0.31, 0.94, 0.12)).normalized()
    up = axis.cross(side)
    thick = i.stalk_radius * n.switch(main, n.mix(n.smoothstep(s, 0.8, 1.0), 0.5, 0.85), n.mix(s, 1.0, 0.45))
    mesh = n.set_position(c.mesh, middle + (side * n.cos(c.angle) + up * n.sin(c.angle)) * thick)
    mesh = n.store(mesh, "tint", i.green)
    return n.switch(i.loose > 0.5, None, n.shade_smooth(mesh))


@grouped("Stem and Calyx")
def _top(i: Inputs) -> Socket:
    stem = n.store(stalk(i.stalk, i.stalk_radius, 0.8, 0.6, 0.7, i.detail), "tint", i.green)
    stem = n.switch(i.stalk > 0.0, None, stem)
    size = i.width * 1.15
    sepal = leaf(
        size, size * 0.42, 0.9, 0.3, i.green, n.mix(0.35, i.green, n.color((0.4, 0.42, 0.2))), i.seed, i.detail * 0.6
    )
    k = n.index()
    turn = n.combine_xyz(0.0, draw(i.seed, 31, -0.45, 0.15, of=k), k * (TAU / 5) + draw(i.seed, 32, -0.2, 0.2, of=k))
    calyx = n.realize(n.instance_on(n.points(i.sepals, n.combine_xyz(0.0, 0.0, i.berry * 0.25)), sepal, rotation=turn))
    return n.join(stem, calyx)


BERRY_CLUSTER = Family(
    "berry_cluster",
    "Berry Cluster",
    "Fruit",
    BerryClusterParams,
    build,
    PRESETS,
    "Raspberries, blackberries, grapes and currants",
)
