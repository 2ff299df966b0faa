"""The crown of a broad-leaved tree: leafy twigs on the skeleton's sites, through the year."""

from __future__ import annotations

from dataclasses import dataclass

from ...graph import Socket, current_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...graph.sockets import Input
from ...parts.plant_parts import GOLDEN_ANGLE
from .leaf_shapes import SHAPES
from .leafy_twig import twig_group
from .wood import Sway

VARIANTS = 4


@dataclass(frozen=True)
class Foliage:
    """What a crown is made of: sockets. shape: the number of a leaf's shape; lengths in m; season 0..1; colours; materials."""

    shape: Socket
    leaf_length: Socket
    density: Socket
    droop: Socket
    season: Socket
    blossom: Socket
    color: Socket
    autumn: Socket
    flower: Socket
    leaf: Socket
    petal: Socket
    bark: Socket
    twig_length: Input = None


@dataclass(frozen=True)
class Moment:
    """What a time of the year does: share of the leaves that hang, their size, colour, share of the flowers that are open."""

    amount: Socket
    size: Socket
    color: Socket
    blossom: Socket


def moment(season: Socket, color: Socket, autumn: Socket) -> Moment:
    """The year: buds open at .17, leaves are grown at .36, turn from .6 on, and fall until .9."""
    out = n.smoothstep(season, 0.16, 0.27)
    fall = n.smoothstep(season, 0.73, 0.9)
    fresh = n.mix(1.0, color, n.color((1.75, 1.5, 0.9)), blend="MULTIPLY")
    summer = n.mix(n.smoothstep(season, 0.24, 0.42), fresh, color)
    turned = n.mix(n.smoothstep(season, 0.58, 0.73), summer, autumn)
    late = n.mix(n.smoothstep(season, 0.76, 0.9) * 0.6, turned, n.color((0.14, 0.075, 0.03)))
    open_ = n.smoothstep(season, 0.17, 0.22) * (1.0 - n.smoothstep(season, 0.27, 0.33))
    return Moment(n.clamp(out - fall), n.mix(n.smoothstep(season, 0.17, 0.36), 0.3, 1.0), late, open_)


@grouped("Crown of Twigs")
def crown(skeleton: Socket, f: Foliage, seed: Socket, detail: Socket, sway: Sway) -> Socket:
    """The instances, with materials. Twigs of one of a few kinds each, so that no two neighbours look alike."""
    group = twig_group()
    kinds = [_kind(group, f, seed, detail, number) for number in range(VARIANTS)]
    chosen = n.attribute("site", "BOOLEAN")
    sites = n.delete(skeleton, n.math("SUBTRACT", 1.0, chosen) > 0.5)
    points = n.node("GeometryNodeMeshToPoints", sites, radius=0.01).as_socket()
    points = n.set_position(points, offset=sway.offset(n.position()))
    way = n.attribute("way", "FLOAT_VECTOR")
    turn = n.align_to(way - n.combine_xyz(0.0, 0.0, f.droop * 0.35), "Z")
    stray = n.random_value((-0.5, -0.5, 0.35), (0.5, 0.5, 1.0), seed=seed * 31 + 5)
    facing = n.node(
        "FunctionNodeAlignRotationToVector", axis="X", pivot_axis="Z", rotation=turn, vector=stray
    ).as_socket()
    size = n.random_value(0.75, 1.15, seed=seed * 31 + 6) * n.attribute("size")
    there = n.random_value(0.0, 1.0, seed=seed * 31 + 7) < f.density
    pick = n.random_value(0, VARIANTS - 1, seed=seed * 31 + 8)
    made = n.instance_on(
        points, n.join(*kinds), rotation=facing, scale=n.combine_xyz(size, size, size), selection=there, pick=pick
    )
    return n.store(made, "random", n.random_value(0.0, 1.0, seed=seed * 31 + 9), domain="INSTANCE")


@grouped("Twig in its Season")
def _kind(group: object, f: Foliage, seed: Socket, detail: Socket, number: int) -> Socket:
    # Some twigs are ahead of the others
    now = moment(n.clamp(f.season + (number - 1.5) * 0.012), f.color, f.autumn)
    shape = n.maximum(f.shape, 0.0)
    feathered = shape == SHAPES.index("leaflet")
    hanging = shape == SHAPES.index("lance")
    opposite = shape == SHAPES.index("maple")
    # Leaflets stand close, in two rows; most leaves in a spiral; a maple's in crossed pairs
    leaves = n.switch(feathered, n.switch(hanging, 6, 7), 14)
    turn = n.switch(feathered, n.switch(opposite, GOLDEN_ANGLE, 1.5708), 3.14159)
    length = f.leaf_length * n.switch(feathered, n.switch(hanging, 4.0, 4.6), 6.0)
    if f.twig_length is not None:
        length = f.twig_length
    twig = current_tree().group(
        group,  # type: ignore[arg-type]
        length=length, thickness=length * 0.006 + 0.0006, leaves=leaves, leaf_length=f.leaf_length * now.size, shape=shape, turn=turn,
        droop=f.droop, bend=f.droop * 0.5 + 0.08 * (number - 1.5), amount=now.amount, blossom=now.blossom * f.blossom,
        blossom_size=0.04, branching=n.switch(hanging, 1.0, 0.35), seed=seed * 7.0 + number * 13.0, detail=detail,
    )  # fmt: skip
    leaf = n.set_material(n.store(twig["Leaves"], "tint", now.color), f.leaf)
    petals = n.set_material(n.store(twig["Blossoms"], "tint", f.flower), f.petal)
    whole = n.join(n.set_material(twig["Stem"], f.bark), leaf, petals)
    return n.node("GeometryNodeGeometryToInstance", whole).as_socket()
