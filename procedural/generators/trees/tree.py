"""Broad-leaved trees: oak, birch, maple, willow, acacia, fruit trees, dead ones. Grown by space colonisation, alive from there on."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, Tree, new_tree
from ...graph import nodes as n
from ...grow.broadleaf import Broadleaf, grow_broadleaf
from ...grow.crowns import CROWNS
from ...materials import shared
from ...materials.bark import BIRCH, DEAD, FURROWED, SMOOTH, FurrowedParams
from ...materials.leaf import BLOSSOM, LEAF
from ..base import Family, Skeleton
from .crown import Foliage, crown
from .leaf_shapes import SHAPES
from .skeleton import skeleton_of
from .wood import sway_of, wood

BARKS = ("furrowed", "birch", "smooth", "willow")
PHYLLOTAXIS = ("spiral", "alternate", "opposite")


@dataclass(frozen=True)
class TreeParams:
    """Metres; a season of 0 or 1 is midwinter, 0.5 midsummer."""

    height: float = param(13.0, "Height", min=1.0, max=40.0, unit="m", panel="Growth", usual=(12.2, 13.8), live=False)
    spread: float = param(
        15.0, "Diameter of the crown", min=0.5, max=40.0, unit="m", panel="Growth", usual=(14.2, 15.8), live=False
    )
    clear: float = param(
        0.2, "Share of the height below the crown", min=0.02, max=0.85, panel="Growth", usual=(0.17, 0.23), live=False
    )
    crown: str = param("dome", "Outline of the crown", choices=CROWNS, panel="Growth", live=False)
    leader: float = param(
        0.25,
        "How far the trunk runs up through the crown",
        min=0.05,
        max=1.0,
        panel="Growth",
        usual=(0.15, 0.35),
        live=False,
    )
    branches: int = param(
        5000,
        "Points of light that branches grow to",
        min=50,
        max=20_000,
        panel="Growth",
        usual=(4500, 5500),
        live=False,
    )
    gnarl: float = param(0.75, "How crooked it grows", min=0.0, max=1.0, panel="Growth", usual=(0.55, 0.95), live=False)
    lift: float = param(
        0.05, "How branches rise, or sag below zero", min=-1.0, max=1.0, panel="Growth", usual=(-0.1, 0.15), live=False
    )
    hang: float = param(0.0, "Length of hanging twigs", min=0.0, max=6.0, unit="m", panel="Growth", live=False)
    trunk: float = param(
        0.45, "Radius of the trunk", min=0.01, max=2.0, unit="m", panel="Growth", usual=(0.42, 0.48), live=False
    )
    dead: float = param(
        0.06,
        "Share of the limbs that have died, 1 for a dead tree",
        min=0.0,
        max=1.0,
        panel="Growth",
        usual=(0.0, 0.12),
        live=False,
    )
    flare: float = param(0.9, "How far the roots spread at the foot", min=0.0, max=3.0, panel="Bark", usual=(0.7, 1.1))
    relief: float = param(0.5, "Dents and swellings of the trunk", min=0.0, max=2.0, panel="Bark", usual=(0.3, 0.7))
    bark: str = param("furrowed", "Kind of bark", choices=BARKS, panel="Bark")
    leaf: str = param("oak", "Shape of a leaf", choices=SHAPES, panel="Leaves")
    leaf_length: float = param(
        0.15, "Length of a leaf", min=0.01, max=0.6, unit="m", panel="Leaves", usual=(0.14, 0.165)
    )
    leaf_density: float = param(
        0.95, "Share of the twigs that are there", min=0.0, max=1.0, panel="Leaves", usual=(0.85, 1.0)
    )
    leaf_droop: float = param(0.3, "How far leaves and twigs hang", min=-0.3, max=1.5, panel="Leaves", usual=(0.2, 0.5))
    twig: float = param(
        0.62, "From twig to leafy twig", min=0.05, max=2.0, unit="m", panel="Leaves", usual=(0.56, 0.68), live=False
    )
    season: float = param(
        0.5, "Time of the year: 0 winter, 0.25 spring, 0.5 summer, 0.75 autumn", min=0.0, max=1.0, panel="Season"
    )
    blossom: float = param(0.0, "How much it flowers in spring", min=0.0, max=1.0, panel="Season")
    color: tuple[float, ...] = param(
        (0.085, 0.165, 0.028), "Leaves in summer, linear RGB", min=0, max=1, panel="Season", spread=0.25
    )
    autumn: tuple[float, ...] = param(
        (0.36, 0.15, 0.025), "Leaves in autumn", min=0, max=1, panel="Season", spread=0.25
    )
    flower: tuple[float, ...] = param((0.82, 0.62, 0.66), "Blossom", min=0, max=1, panel="Season", spread=0.08)
    wind: float = param(0.0, "Strength of the wind, with the scene's time", min=0.0, max=2.0, panel="Wind")
    seed: int = param(0, "Another tree of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "oak": TreeParams(),
    "birch": TreeParams(
        height=15.0, spread=6.0, clear=0.2, crown="column", leader=0.97, branches=1800, gnarl=0.25, lift=0.35, hang=0.75, trunk=0.16,
        dead=0.03, flare=0.45, relief=0.25, bark="birch", leaf="ovate", leaf_length=0.062, leaf_density=0.9, leaf_droop=0.7, twig=0.42,
        color=(0.12, 0.21, 0.035), autumn=(0.62, 0.36, 0.03),
    ),
    "maple": TreeParams(
        height=14.0, spread=11.0, clear=0.2, crown="oval", leader=0.6, branches=4500, gnarl=0.35, lift=0.35, trunk=0.34, dead=0.02,
        flare=0.7, relief=0.35, bark="smooth", leaf="maple", leaf_length=0.16, leaf_density=1.0, leaf_droop=0.35, twig=0.5,
        season=0.74, color=(0.07, 0.17, 0.03), autumn=(0.55, 0.11, 0.018),
    ),
    "willow": TreeParams(
        height=12.0, spread=12.5, clear=0.22, crown="dome", leader=0.3, branches=1300, gnarl=0.6, lift=0.1, hang=5.0, trunk=0.48, dead=0.0,
        flare=0.8, relief=0.6, bark="willow", leaf="lance", leaf_length=0.14, leaf_density=1.0, leaf_droop=1.0, twig=0.62,
        color=(0.155, 0.24, 0.06), autumn=(0.55, 0.42, 0.06),
    ),
    "acacia": TreeParams(
        height=9.0, spread=14.0, clear=0.68, crown="umbrella", leader=0.08, branches=3200, gnarl=0.65, lift=0.0, trunk=0.24, dead=0.05,
        flare=0.45, relief=0.4, leaf="leaflet", leaf_length=0.075, leaf_density=0.95, leaf_droop=0.05, twig=0.5, bark="furrowed",
        color=(0.11, 0.17, 0.045), autumn=(0.25, 0.19, 0.05),
    ),
    "fruit_tree": TreeParams(
        height=5.0, spread=5.4, clear=0.22, crown="vase", leader=0.12, branches=1800, gnarl=0.5, lift=0.25, trunk=0.13, dead=0.0, flare=0.4,
        relief=0.4, bark="smooth", leaf="ovate", leaf_length=0.085, leaf_density=1.0, leaf_droop=0.2, twig=0.24, season=0.235, blossom=1.0,
        color=(0.09, 0.2, 0.03), autumn=(0.6, 0.26, 0.03),
    ),
    "dead_tree": TreeParams(
        height=9.0, spread=9.5, clear=0.25, crown="round", leader=0.4, branches=800, gnarl=1.0, lift=0.1, trunk=0.4, dead=1.0, flare=1.1,
        relief=0.9, bark="furrowed", leaf_density=0.0, season=0.0,
    ),
}  # fmt: skip


def skeleton(p: TreeParams) -> Skeleton:
    """Grow the limbs and where leafy twigs sit."""
    bare = max(0.0, (p.dead - 0.6) / 0.4)
    limbs, sites = grow_broadleaf(
        Broadleaf(
            p.height,
            p.spread,
            p.clear,
            p.crown,
            p.leader,
            p.branches,
            p.gnarl,
            p.lift,
            p.hang,
            p.trunk,
            p.dead,
            bare,
            p.twig,
            p.seed,
        )
    )
    return skeleton_of(limbs, sites)


def build(p: TreeParams) -> bpy.types.NodeTree:
    """The group; its inputs are the live fields of TreeParams."""
    with new_tree("Tree", p) as tree:
        i = tree.i
        grown = tree.geometry_input("Skeleton")
        bark = n.menu_switch(i.bark, _barks(tree))
        dead = tree.material_input("Dead Wood", shared(DEAD, name="Dead Wood"), "Limbs without bark")
        sway = sway_of(grown, i.wind)
        with tree.frame("Wood"):
            limbs = n.set_material(wood(grown, i.detail, i.seed, i.flare, i.relief, sway), bark)
            limbs = n.set_material(limbs, dead, selection=n.attribute("dead") > 0.5)
        with tree.frame("Crown"):
            leaves = crown(grown, _foliage(tree, i, bark), i.seed, i.detail, sway)
        tree.o.geometry << n.join(limbs, leaves)
    return tree.data


def _barks(tree: Tree) -> dict[str, Socket]:
    made = {
        "furrowed": shared(FURROWED, name="Oak Bark"),
        "birch": shared(BIRCH, name="Birch Bark"),
        "smooth": shared(SMOOTH, name="Smooth Bark"),
        "willow": shared(
            FURROWED,
            FurrowedParams(color=(0.24, 0.21, 0.16), width=0.045, depth=0.02, twig=(0.2, 0.17, 0.05)),
            "Willow Bark",
        ),
    }
    return {
        name: tree.material_input(f"{name.title()} Bark", made[name], f"Bark where {name} is chosen") for name in BARKS
    }


def _foliage(tree: Tree, i: Inputs, bark: Socket) -> Foliage:
    leaf = tree.material_input("Leaf Material", shared(LEAF, name="Tree Leaf"), "What the leaves are made of")
    petal = tree.material_input("Blossom Material", shared(BLOSSOM, name="Tree Blossom"), "What the petals are made of")
    shape = n.menu_switch(i.leaf, {name: number for number, name in enumerate(SHAPES)})
    return Foliage(
        shape,
        i.leaf_length,
        i.leaf_density,
        i.leaf_droop,
        i.season,
        i.blossom,
        i.color,
        i.autumn,
        i.flower,
        leaf,
        petal,
        bark,
    )


TREE = Family(
    "tree",
    "Tree",
    "Trees",
    TreeParams,
    build,
    PRESETS,
    "A broad-leaved tree with seasons, blossom and wind",
    skeleton=skeleton,
)
