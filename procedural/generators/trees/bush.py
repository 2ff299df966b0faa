"""Bushes and hedges: stems from the ground under a dense cover of leaves."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import new_tree
from ...graph import nodes as n
from ...grow.shrub import Shrub, grow_shrub
from ...materials import shared
from ...materials.bark import SMOOTH
from ...materials.leaf import BLOSSOM, LEAF
from ..base import Family, Skeleton
from .crown import Foliage, crown
from .leaf_shapes import SHAPES
from .skeleton import skeleton_of
from .wood import sway_of, wood


@dataclass(frozen=True)
class BushParams:
    """Metres; a season of 0 or 1 is midwinter, 0.5 midsummer."""

    height: float = param(1.5, "Height", min=0.1, max=6.0, unit="m", panel="Growth", usual=(1.2, 1.8), live=False)
    width: float = param(
        1.8, "Diameter, or a hedge's depth", min=0.1, max=8.0, unit="m", panel="Growth", usual=(1.5, 2.1), live=False
    )
    length: float = param(
        0.0, "Length of a hedge, 0 for a bush", min=0.0, max=30.0, unit="m", panel="Growth", live=False
    )
    stems: int = param(9, "Stems from the ground", min=1, max=80, panel="Growth", usual=(6, 12), live=False)
    branches: int = param(
        2200,
        "Points of light that branches grow to",
        min=30,
        max=20_000,
        panel="Growth",
        usual=(1900, 2500),
        live=False,
    )
    gnarl: float = param(0.5, "How crooked it grows", min=0.0, max=1.0, panel="Growth", usual=(0.3, 0.7), live=False)
    lift: float = param(
        0.2, "How branches rise, or sag below zero", min=-1.0, max=1.0, panel="Growth", usual=(0.0, 0.4), live=False
    )
    stem: float = param(
        0.018, "Radius of a stem", min=0.002, max=0.2, unit="m", panel="Growth", usual=(0.014, 0.022), live=False
    )
    twig: float = param(0.06, "From leafy twig to leafy twig", min=0.01, max=1.0, unit="m", panel="Growth", live=False)
    leaf: str = param("ovate", "Shape of a leaf", choices=SHAPES, panel="Leaves")
    leaf_length: float = param(
        0.052, "Length of a leaf", min=0.004, max=0.5, unit="m", panel="Leaves", usual=(0.045, 0.06)
    )
    leaf_density: float = param(
        0.95, "Share of the twigs that are there", min=0.0, max=1.0, panel="Leaves", usual=(0.85, 1.0)
    )
    leaf_droop: float = param(
        0.2, "How far leaves and twigs hang", min=-0.3, max=1.5, panel="Leaves", usual=(0.05, 0.35)
    )
    season: float = param(
        0.5, "Time of the year: 0 winter, 0.25 spring, 0.5 summer, 0.75 autumn", min=0.0, max=1.0, panel="Season"
    )
    blossom: float = param(0.0, "How much it flowers in spring", min=0.0, max=1.0, panel="Season")
    color: tuple[float, ...] = param(
        (0.075, 0.16, 0.03), "Leaves in summer, linear RGB", min=0, max=1, panel="Season", spread=0.25
    )
    autumn: tuple[float, ...] = param((0.45, 0.08, 0.03), "Leaves in autumn", min=0, max=1, panel="Season", spread=0.25)
    flower: tuple[float, ...] = param((0.8, 0.55, 0.05), "Blossom", min=0, max=1, panel="Season", spread=0.08)
    wind: float = param(0.0, "Strength of the wind, with the scene's time", min=0.0, max=2.0, panel="Wind")
    seed: int = param(0, "Another of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "bush": BushParams(),
    "hedge": BushParams(
        height=1.3, width=0.75, length=2.6, stems=16, branches=4200, gnarl=0.35, lift=0.1, stem=0.013, twig=0.06, leaf="round", leaf_length=0.036,
        leaf_density=1.0, leaf_droop=0.05, color=(0.055, 0.135, 0.028), autumn=(0.2, 0.13, 0.03),
    ),
    "forsythia": BushParams(
        height=1.9, width=2.2, stems=16, branches=1500, gnarl=0.25, lift=0.55, stem=0.014, twig=0.055, leaf="lance", leaf_length=0.07,
        season=0.215, blossom=1.0, flower=(0.82, 0.55, 0.03), color=(0.11, 0.21, 0.03),
    ),
}  # fmt: skip


def skeleton(p: BushParams) -> Skeleton:
    """Grow the stems and where leafy twigs sit."""
    return skeleton_of(
        *grow_shrub(Shrub(p.height, p.width, p.length, p.stems, p.branches, p.gnarl, p.lift, p.stem, p.twig, p.seed))
    )


def build(p: BushParams) -> bpy.types.NodeTree:
    """The group; its inputs are the live fields of BushParams."""
    with new_tree("Bush", p) as tree:
        i = tree.i
        grown = tree.geometry_input("Skeleton")
        bark = tree.material_input("Bark", shared(SMOOTH, name="Smooth Bark"), "What the stems are made of")
        leaf = tree.material_input("Leaf Material", shared(LEAF, name="Tree Leaf"), "What the leaves are made of")
        petal = tree.material_input(
            "Blossom Material", shared(BLOSSOM, name="Tree Blossom"), "What the petals are made of"
        )
        sway = sway_of(grown, i.wind * 0.6)
        with tree.frame("Wood"):
            limbs = n.set_material(wood(grown, n.minimum(i.detail, 1.5), i.seed, 0.0, 0.1, sway), bark)
        with tree.frame("Crown"):
            shape = n.menu_switch(i.leaf, {name: number for number, name in enumerate(SHAPES)})
            foliage = Foliage(
                shape, i.leaf_length, i.leaf_density, i.leaf_droop, i.season, i.blossom, i.color, i.autumn, i.flower, leaf, petal, bark
            )  # fmt: skip
            leaves = crown(grown, foliage, i.seed, i.detail, sway)
        tree.o.geometry << n.join(limbs, leaves)
    return tree.data


BUSH = Family(
    "bush",
    "Bush",
    "Trees",
    BushParams,
    build,
    PRESETS,
    "Stems from the ground under dense leaves; hedges",
    skeleton=skeleton,
)
