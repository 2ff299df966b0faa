"""Mushroom cluster: agarics of five ages from one base, the old ones tall in the middle, buttons about their feet."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, current_tree, new_tree
from ...graph import nodes as n
from ...parts.plant_parts import GOLDEN_ANGLE, draw
from ..base import Family, group_of
from .agaric import AGARIC

SLOTS = ("Cap Material", "Gill Material", "Stem Material", "Wart Material")
# Five ages: their share of the size, of the height, of the way from young to old, and how far they lean out.
AGES = (
    (1.0, 1.0, 1.0, 0.07),
    (0.92, 0.93, 0.85, 0.5),
    (0.75, 0.74, 0.55, 0.66),
    (0.58, 0.52, 0.2, 0.7),
    (0.36, 0.32, 0.0, 0.6),
)


@dataclass(frozen=True)
class ClusterParams:
    """Metres and radians; sizes are those of the oldest."""

    stems: int = param(19, "Number of mushrooms", min=1, max=80, panel="Cluster", usual=(12, 28))
    base: float = param(
        0.014, "Radius of the common base", min=0.001, max=0.3, unit="m", panel="Cluster", usual=(0.01, 0.02)
    )
    splay: float = param(1.0, "How far outer ones lean out", min=0.0, max=2.0, panel="Cluster", usual=(0.75, 1.2))
    disorder: float = param(0.5, "How much they differ", min=0.0, max=1.0, panel="Cluster", usual=(0.3, 0.8))
    young: float = param(0.08, "How open the youngest is", min=0.0, max=1.4, panel="Cluster", usual=(0.04, 0.2))
    old: float = param(0.72, "How open the oldest is", min=0.0, max=1.4, panel="Cluster", usual=(0.55, 0.95))
    radius: float = param(
        0.028, "Crown to rim of the oldest", min=0.003, max=0.2, unit="m", panel="Cap", usual=(0.022, 0.035)
    )
    peak: float = param(0.0, "From a dome, 0, to a cone, 1", min=0.0, max=1.0, panel="Cap")
    umbo: float = param(
        0.06, "Boss in the middle, a navel below zero", min=-0.3, max=0.4, panel="Cap", usual=(0.02, 0.1)
    )
    wave: float = param(0.3, "Unevenness of caps", min=0.0, max=1.0, panel="Cap", usual=(0.15, 0.5))
    gills: int = param(72, "Number of gills", min=12, max=300, panel="Cap", usual=(60, 84))
    height: float = param(0.1, "Height of the oldest", min=0.01, max=0.6, unit="m", panel="Stem", usual=(0.08, 0.12))
    stem_radius: float = param(
        0.0036, "Radius of the oldest's stem", min=0.0004, max=0.04, unit="m", panel="Stem", usual=(0.003, 0.0044)
    )
    ring: float = param(0.7, "Size of the skirt, 0 for none", min=0.0, max=2.0, panel="Stem")
    scales: int = param(60, "Small scales about the crown", min=0, max=300, panel="Cap")
    color: tuple[float, ...] = param(
        (0.3, 0.13, 0.03), "Colour of crowns, linear RGB", min=0, max=1, panel="Colour", spread=0.25
    )
    rim_color: tuple[float, ...] = param((0.52, 0.31, 0.1), "Colour of rims", min=0, max=1, panel="Colour", spread=0.2)
    gill_color: tuple[float, ...] = param(
        (0.62, 0.5, 0.34), "Colour of gills", min=0, max=1, panel="Colour", spread=0.1
    )
    stem_color: tuple[float, ...] = param(
        (0.5, 0.35, 0.2), "Colour of stems", min=0, max=1, panel="Colour", spread=0.15
    )
    scale_color: tuple[float, ...] = param(
        (0.14, 0.06, 0.02), "Colour of scales", min=0, max=1, panel="Colour", spread=0.15
    )
    seed: int = param(0, "Another cluster of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "honey_fungus": ClusterParams(),
    "sulphur_tuft": ClusterParams(
        stems=26, radius=0.021, height=0.075, stem_radius=0.0026, ring=0.0, scales=0, umbo=0.03, old=0.68, wave=0.2,
        color=(0.55, 0.22, 0.02), rim_color=(0.66, 0.5, 0.09), gill_color=(0.36, 0.35, 0.1), stem_color=(0.6, 0.46, 0.12),
    ),
    "enoki": ClusterParams(
        stems=48, radius=0.0085, height=0.11, stem_radius=0.0014, base=0.015, splay=0.4, ring=0.0, scales=0, umbo=0.0, young=0.05,
        old=0.4, gills=36, wave=0.1, color=(0.72, 0.64, 0.46), rim_color=(0.75, 0.69, 0.54), gill_color=(0.74, 0.68, 0.55),
        stem_color=(0.73, 0.67, 0.53),
    ),
    "bonnet_cluster": ClusterParams(
        stems=22, radius=0.016, height=0.085, stem_radius=0.0013, base=0.02, peak=0.7, umbo=0.05, ring=0.0, scales=0, old=0.42,
        gills=44, color=(0.15, 0.085, 0.05), rim_color=(0.36, 0.26, 0.18), gill_color=(0.56, 0.5, 0.43), stem_color=(0.28, 0.17, 0.1),
    ),
}  # fmt: skip


def build(p: ClusterParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of ClusterParams, and it holds five of the group of agarics."""
    agaric = group_of(AGARIC)
    materials = {
        item.name: item.default_value
        for item in agaric.interface.items_tree
        if item.item_type == "SOCKET" and item.name in SLOTS
    }
    with new_tree("Mushroom Cluster", p) as tree:
        i = tree.i
        for label in SLOTS:
            tree.material_input(label, materials[label], f"What the {label.split()[0].lower()}s are made of")
        with tree.frame("Five ages"):
            ages = [_age(i, agaric, number) for number in range(len(AGES))]
            variants = n.node("GeometryNodeGeometryToInstance", geometry=ages[::-1]).as_socket()
        with tree.frame("Places"):
            tree.o.geometry << _placed(i, variants)
    return tree.data


def _age(i: Inputs, agaric: bpy.types.NodeTree, number: int) -> Socket:
    size, tall, opened, lean = AGES[number]
    tree = current_tree()
    node = tree.group(agaric)
    node.set(
        {label: tree.i[label] for label in SLOTS},
        radius=i.radius * size,
        open=n.mix(opened, i.young, i.old),
        peak=i.peak,
        umbo=i.umbo,
        flesh=0.1,
        wave=i.wave,
        gills=n.maximum(n.math("ROUND", i.gills * (0.5 + size * 0.5)), 12.0),
        gill_depth=0.11,
        height=i.height * tall,
        stem_radius=i.stem_radius * (0.45 + size * 0.55),
        bulb=0.35,
        lean=i.splay * lean,
        heading=0.0,
        ring=i.ring * (0.4 + 0.6 * opened),
        warts=i.scales,
        wart_size=i.radius * size * 0.055,
        wart_height=0.35,
        color=i.color,
        rim_color=i.rim_color,
        gill_color=i.gill_color,
        stem_color=i.stem_color,
        wart_color=i.scale_color,
        seed=i.seed + number * 131,
        detail=i.detail * (0.62 if number < 2 else 0.5),
    )  # fmt: skip
    return node.as_socket()


def _placed(i: Inputs, variants: Socket) -> Socket:
    k = n.index()
    rank = (k + 0.5) / n.maximum(i.stems, 1)
    stray = draw(i.seed, 1, -1.0, 1.0, of=k) * i.disorder
    away = i.base * n.sqrt(rank) * (1.0 + stray * 0.3)
    angle = k * GOLDEN_ANGLE + i.seed * 1.3 + draw(i.seed, 2, -0.5, 0.5, of=k) * i.disorder
    made = n.points(i.stems, n.combine_xyz(n.cos(angle) * away, n.sin(angle) * away, 0.0))
    # the first is the oldest; then old ones about it, then the young
    age = n.math("ROUND", n.clamp(n.math("POWER", rank, 0.8) * 4.6 + stray * 1.3, 0.0, 4.0))
    size = 1.0 + draw(i.seed, 3, -0.22, 0.16, of=k) * i.disorder
    lean = draw(i.seed, 4, -0.12, 0.2, of=k) * i.disorder + rank * 0.12 * i.splay
    # about Z to the outside first, then over to it
    turn = n.node(
        "FunctionNodeRotateRotation", rotation_space="GLOBAL", rotation=n.combine_xyz(0.0, lean, 0.0),
        rotate_by=n.combine_xyz(0.0, 0.0, angle + draw(i.seed, 5, -0.4, 0.4, of=k) * i.disorder),
    ).as_socket()  # fmt: skip
    scale = n.combine_xyz(size, size, size * (1.0 + draw(i.seed, 6, -0.1, 0.1, of=k) * i.disorder))
    placed = n.instance_on(
        made, variants, rotation=turn, scale=scale, pick=n.node("FunctionNodeFloatToInt", age).as_socket()
    )
    return n.store(placed, "random", draw(i.seed, 7, of=n.index()), domain="INSTANCE")


CLUSTER = Family(
    "mushroom_cluster",
    "Mushroom Cluster",
    "Fungi",
    ClusterParams,
    build,
    PRESETS,
    "Mushrooms of all ages from one base",
)
