"""Conifers: spruce, fir, pine. Whorls of boughs from a leader, needles as instanced twigs."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, current_tree, new_tree
from ...graph import nodes as n
from ...grow.conifer import Conifer, grow_conifer
from ...materials import shared
from ...materials.bark import DEAD, PLATED, PlatedParams
from ...materials.leaf import NEEDLE
from ..base import Family, Skeleton
from .needles import needle_twig_group
from .skeleton import skeleton_of
from .wood import Sway, sway_of, wood

VARIANTS = 3
BARKS = ("grey", "orange")


@dataclass(frozen=True)
class ConiferParams:
    """Metres and radians."""

    height: float = param(16.0, "Height", min=1.0, max=60.0, unit="m", panel="Growth", usual=(14.8, 17.2), live=False)
    spread: float = param(
        6.5, "Diameter of the crown", min=0.3, max=25.0, unit="m", panel="Growth", usual=(6.0, 7.0), live=False
    )
    trunk: float = param(
        0.22, "Radius of the trunk", min=0.01, max=1.5, unit="m", panel="Growth", usual=(0.2, 0.24), live=False
    )
    clear: float = param(
        0.05, "Share of the height without boughs", min=0.0, max=0.9, panel="Growth", usual=(0.03, 0.08), live=False
    )
    taper: float = param(0.0, "Crown: 0 a cone, 1 round and tufted", min=0.0, max=1.0, panel="Growth", live=False)
    whorl: float = param(
        0.38, "From whorl to whorl", min=0.08, max=3.0, unit="m", panel="Growth", usual=(0.34, 0.42), live=False
    )
    boughs: int = param(6, "Boughs in a whorl", min=2, max=12, panel="Growth", live=False)
    angle: float = param(
        1.75, "Lean of the lower boughs", min=0.3, max=2.4, unit="rad", panel="Growth", usual=(1.6, 1.9), live=False
    )
    droop: float = param(0.35, "How far boughs hang", min=-0.5, max=2.0, panel="Growth", usual=(0.2, 0.5), live=False)
    tips: float = param(
        0.75, "How far their tips rise again", min=-0.5, max=2.0, panel="Growth", usual=(0.5, 1.0), live=False
    )
    branchlets: float = param(
        0.13, "From side shoot to side shoot", min=0.03, max=1.0, unit="m", panel="Growth", live=False
    )
    disorder: float = param(
        0.15, "How irregular it is", min=0.0, max=1.0, panel="Growth", usual=(0.05, 0.25), live=False
    )
    dead: float = param(
        0.3, "Dead stubs on the bare trunk", min=0.0, max=1.0, panel="Growth", usual=(0.1, 0.5), live=False
    )
    twig: float = param(
        0.32, "From needle twig to needle twig", min=0.05, max=1.0, unit="m", panel="Growth", live=False
    )
    flare: float = param(0.5, "How far the roots spread at the foot", min=0.0, max=3.0, panel="Bark", usual=(0.35, 0.7))
    relief: float = param(0.25, "Dents and swellings of the trunk", min=0.0, max=2.0, panel="Bark", usual=(0.15, 0.4))
    bark: str = param("grey", "Kind of bark", choices=BARKS, panel="Bark")
    needle: float = param(
        0.042, "Length of a needle", min=0.004, max=0.4, unit="m", panel="Needles", usual=(0.038, 0.046)
    )
    needles: int = param(260, "Needles on a twig", min=5, max=600, panel="Needles", usual=(240, 280))
    combed: float = param(0.45, "How far needles lie in two rows", min=0.0, max=1.0, panel="Needles")
    size: float = param(0.42, "Length of a needle twig", min=0.03, max=2.0, unit="m", panel="Needles")
    density: float = param(
        0.97, "Share of the twigs that are there", min=0.0, max=1.0, panel="Needles", usual=(0.9, 1.0)
    )
    color: tuple[float, ...] = param(
        (0.035, 0.085, 0.03), "Needles, linear RGB", min=0, max=1, panel="Needles", spread=0.25
    )
    wind: float = param(0.0, "Strength of the wind, with the scene's time", min=0.0, max=2.0, panel="Wind")
    seed: int = param(0, "Another tree of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "spruce": ConiferParams(),
    "pine": ConiferParams(
        height=15.0, spread=8.0, trunk=0.27, clear=0.55, taper=1.0, whorl=0.72, boughs=4, angle=1.25, droop=0.3, tips=0.9, branchlets=0.16,
        disorder=0.75, dead=0.5, twig=0.42, flare=0.4, relief=0.3, needle=0.085, needles=150, combed=0.0, size=0.34, bark="orange",
        color=(0.06, 0.115, 0.045),
    ),
    "blue_spruce": ConiferParams(
        height=9.0, spread=5.2, trunk=0.15, clear=0.02, whorl=0.36, boughs=6, angle=1.5, droop=0.12, tips=0.35, branchlets=0.14,
        disorder=0.08, twig=0.3, bark="grey", needle=0.042, needles=280, combed=0.1, size=0.4, color=(0.1, 0.17, 0.155),
    ),
}  # fmt: skip


def skeleton(p: ConiferParams) -> Skeleton:
    """Grow the leader, its boughs and where needle twigs sit."""
    limbs, sites, size = grow_conifer(
        Conifer(
            p.height,
            p.spread,
            p.trunk,
            p.clear,
            p.taper,
            p.whorl,
            p.boughs,
            p.angle,
            p.droop,
            p.tips,
            p.branchlets,
            p.disorder,
            p.dead,
            p.twig,
            p.seed,
        )
    )
    return skeleton_of(limbs, sites, size)


def build(p: ConiferParams) -> bpy.types.NodeTree:
    """The group; its inputs are the live fields of ConiferParams."""
    with new_tree("Conifer", p) as tree:
        i = tree.i
        grown = tree.geometry_input("Skeleton")
        brown = (0.13, 0.095, 0.075)
        grey = PlatedParams(color=(0.15, 0.115, 0.095), upper=brown, twig=(0.16, 0.095, 0.05), width=0.035, depth=0.008)
        bark = n.menu_switch(
            i.bark,
            {
                "grey": tree.material_input(
                    "Grey Bark", shared(PLATED, grey, "Spruce Bark"), "Bark where grey is chosen"
                ),
                "orange": tree.material_input(
                    "Orange Bark", shared(PLATED, name="Pine Bark"), "Bark where orange is chosen"
                ),
            },
        )
        dead = tree.material_input("Dead Wood", shared(DEAD, name="Dead Wood"), "Limbs without bark")
        needle = tree.material_input("Needle Material", shared(NEEDLE, name="Needle"), "What the needles are made of")
        sway = sway_of(grown, i.wind)
        with tree.frame("Wood"):
            limbs = n.set_material(wood(grown, i.detail, i.seed, i.flare, i.relief, sway, lobes=1.3), bark)
            limbs = n.set_material(limbs, dead, selection=n.attribute("dead") > 0.5)
        with tree.frame("Needles"):
            green = _needles(grown, i, sway, bark, needle)
        tree.o.geometry << n.join(limbs, green)
    return tree.data


def _needles(skeleton: Socket, i: Inputs, sway: Sway, bark: Socket, needle: Socket) -> Socket:
    group = needle_twig_group()
    kinds = []
    for number in range(VARIANTS):
        twig = current_tree().group(
            group,
            length=i.size,
            thickness=i.size * 0.005 + 0.001,
            needles=i.needles,
            needle=i.needle,
            width=i.needle * 0.05 + 0.0055,
            combed=i.combed,
            bend=0.1 * (number - 0.5),
            sides=2,
            seed=i.seed * 7.0 + number * 13.0,
            detail=i.detail,
            open=0.85,
        )
        green = n.set_material(n.store(twig["Needles"], "tint", i.color), needle)
        whole = n.join(n.set_material(twig["Stem"], bark), green)
        kinds.append(n.node("GeometryNodeGeometryToInstance", whole).as_socket())
    sites = n.delete(skeleton, n.math("SUBTRACT", 1.0, n.attribute("site", "BOOLEAN")) > 0.5)
    points = n.node("GeometryNodeMeshToPoints", sites, radius=0.01).as_socket()
    points = n.set_position(points, offset=sway.offset(n.position()))
    turn = n.align_to(n.attribute("way", "FLOAT_VECTOR"), "Z")
    stray = n.random_value((-0.3, -0.3, 0.6), (0.3, 0.3, 1.0), seed=i.seed * 31 + 5)
    facing = n.node(
        "FunctionNodeAlignRotationToVector", axis="X", pivot_axis="Z", rotation=turn, vector=stray
    ).as_socket()
    size = n.attribute("size")
    there = n.random_value(0.0, 1.0, seed=i.seed * 31 + 7) < i.density
    made = n.instance_on(
        points, n.join(*kinds), rotation=facing, scale=n.combine_xyz(size, size, size), selection=there,
        pick=n.random_value(0, VARIANTS - 1, seed=i.seed * 31 + 8),
    )  # fmt: skip
    return n.store(made, "random", n.random_value(0.0, 1.0, seed=i.seed * 31 + 9), domain="INSTANCE")  # type: ignore[return-value]


CONIFER = Family(
    "conifer",
    "Conifer",
    "Trees",
    ConiferParams,
    build,
    PRESETS,
    "A tree with boughs in whorls and needles",
    skeleton=skeleton,
)
