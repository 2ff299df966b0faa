"""Tube sponge: a cluster of hollow tubes with thick lips; one wide one is a barrel."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, math, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.coral import SPONGE_SKIN, SpongeParams
from ...parts.plant_parts import GOLDEN_ANGLE, draw, tubes
from ...parts.shapes import count
from ..base import Family


@dataclass(frozen=True)
class TubeSpongeParams:
    """Metres and radians."""

    tubes: int = param(9, "Number of tubes", min=1, max=60, panel="Tubes", usual=(6, 13))
    height: float = param(
        0.45, "Height of the tallest tube", min=0.02, max=2.5, unit="m", panel="Tubes", usual=(0.34, 0.55)
    )
    radius: float = param(0.045, "Radius of a tube", min=0.003, max=1.0, unit="m", panel="Tubes", usual=(0.036, 0.055))
    uneven: float = param(0.5, "How tubes differ in height", min=0.0, max=0.9, panel="Tubes", usual=(0.3, 0.65))
    spread: float = param(
        0.45, "Lean of the outermost tubes", min=0.0, max=1.3, unit="rad", panel="Tubes", usual=(0.3, 0.65)
    )
    belly: float = param(0.12, "How far a tube widens on its way", min=-0.6, max=1.5, panel="Shape", usual=(0.0, 0.25))
    mouth: float = param(0.08, "How far it widens at the mouth", min=-0.6, max=1.5, panel="Shape", usual=(-0.05, 0.2))
    foot: float = param(0.65, "Width at the foot, as a share", min=0.15, max=1.5, panel="Shape", usual=(0.5, 0.8))
    wall: float = param(
        0.24, "Thickness of the wall, as a share of the radius", min=0.03, max=0.8, panel="Shape", usual=(0.18, 0.3)
    )
    hollow: float = param(0.7, "How deep a tube is, as a share of its length", min=0.1, max=0.95, panel="Shape")
    lumps: float = param(0.12, "How lumpy it is", min=0.0, max=0.6, panel="Surface", usual=(0.06, 0.2))
    folds: int = param(0, "Folds that run along a tube", min=0, max=40, panel="Surface")
    fold: float = param(0.12, "Depth of the folds", min=0.0, max=0.5, panel="Surface")
    color: tuple[float, ...] = param((0.66, 0.42, 0.05), "Colour, linear RGB", min=0, max=1, panel="Colour", spread=0.3)
    lip: tuple[float, ...] = param((0.75, 0.58, 0.2), "Colour of the lips", min=0, max=1, panel="Colour", spread=0.2)
    deep: tuple[float, ...] = param((0.2, 0.1, 0.03), "Colour within", min=0, max=1, panel="Colour", spread=0.2)
    seed: int = param(0, "Another sponge of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "tube_sponge": TubeSpongeParams(),
    "violet_tube_sponge": TubeSpongeParams(
        tubes=14, height=0.36, radius=0.026, spread=0.7, belly=0.0, mouth=0.25, wall=0.3, lumps=0.25, color=(0.32, 0.14, 0.46), lip=(0.5, 0.3, 0.62),
        deep=(0.1, 0.04, 0.15),
    ),
    "barrel_sponge": TubeSpongeParams(
        tubes=1, height=0.8, radius=0.32, spread=0.0, uneven=0.0, belly=0.35, mouth=-0.1, foot=0.75, wall=0.26, hollow=0.75, lumps=0.1, folds=22,
        fold=0.12, color=(0.42, 0.2, 0.13), lip=(0.55, 0.33, 0.24), deep=(0.12, 0.05, 0.04),
    ),
    "vase_sponge": TubeSpongeParams(
        tubes=3, height=0.3, radius=0.075, spread=0.55, belly=0.3, mouth=0.9, foot=0.3, wall=0.1, hollow=0.85, lumps=0.18, color=(0.6, 0.3, 0.42),
        lip=(0.75, 0.5, 0.6), deep=(0.3, 0.12, 0.2),
    ),
}  # fmt: skip
OUTSIDE = 0.58  # share of the skin's length that is outside; the rest goes over the lip and down inside


def build(p: TubeSpongeParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of TubeSpongeParams."""
    skin = shared(SPONGE_SKIN, SpongeParams(size=0.009, depth=0.002), "Sponge")
    with new_tree("Tube Sponge", p) as tree:
        i = tree.i
        material = tree.material_input("Sponge Material", skin, "What the sponge is made of")
        with tree.frame("Tubes"):
            mesh = _tubes(i)
        tree.o.geometry << n.set_material(n.shade_smooth(mesh), material)
    return tree.data


def _tubes(i: Inputs) -> Socket:
    c = tubes(i.tubes, count(i.detail, 40, 10), count(i.detail, 84, 20))
    rank = (c.number + 0.35) / i.tubes
    lean = i.spread * n.sqrt(rank) * draw(i.seed, 81, 0.75, 1.1, of=c.number) * (i.tubes > 1)
    azimuth = c.number * GOLDEN_ANGLE + i.seed * 1.3
    size = 1.0 - i.uneven * draw(i.seed, 82, 0.0, 1.0, of=c.number) * (0.35 + 0.65 * rank)
    length = i.height * size
    thick = i.radius * n.mix(0.55, 1.0, size) * draw(i.seed, 83, 0.85, 1.15, of=c.number)
    up = n.clamp(c.along / OUTSIDE)
    down = n.clamp((c.along - OUTSIDE) / (1.0 - OUTSIDE))
    inside = n.smoothstep(down, 0.02, 0.2)
    s = up - n.smoothstep(down, 0.1, 1.0) * i.hollow  # 0 at the foot, 1 at the lip
    # Widening, with the belly at two thirds; lumps and folds follow
    body = n.mix(n.smoothstep(s, 0.0, 0.5), i.foot, 1.0) + i.belly * n.sin(n.clamp(s) * 2.4) * 0.9
    body = body + i.mouth * math("POWER", n.clamp(s), 3.0)
    place = n.combine_xyz(n.cos(c.angle) * 0.7, n.sin(c.angle) * 0.7, s * length / thick * 0.5 + c.number * 9.1)
    lump = n.noise(place, scale=1.0, detail=3.0, roughness=0.5, w=i.seed) - 0.5
    wave = (
        n.math("ABSOLUTE", n.cos(c.angle * i.folds * 0.5 + lump * 2.0))
        * (i.folds > 0)
        * i.fold
        * n.smoothstep(s, 0.0, 0.2)
    )
    bulge = (1.0 + lump * i.lumps * 2.2 + wave - 0.4 * i.fold * (i.folds > 0)) * body
    # Over the lip in a half circle
    over = n.smoothstep(down, 0.0, 0.2)
    lip = n.sin(n.clamp(down / 0.2) * 3.14159)
    radius = (
        thick * (bulge - i.wall * over * n.mix(n.smoothstep(down, 0.2, 0.6), 1.0, 1.15)) * n.smoothstep(down, 1.08, 0.9)
    )
    radius = n.maximum(radius, thick * 0.03)
    height = s * length + lip * i.wall * thick * 0.45 + lump * thick * 0.25 * n.smoothstep(s, 0.8, 1.0)
    # Tubes leave the foot leaning and turn upward
    turn = lean * (1.0 - 0.55 * n.clamp(s))
    out = n.combine_xyz(n.cos(azimuth), n.sin(azimuth), 0.0)
    side = n.combine_xyz(n.sin(azimuth) * -1.0, n.cos(azimuth), 0.0)
    bow = n.sin(s * 3.1 + c.number) * thick * 0.35 * (i.tubes > 1)
    centre = out * (n.sin(lean) * height * (1.0 - 0.28 * n.clamp(s)) + i.radius * 0.5 * n.sqrt(rank) * (i.tubes > 1))
    centre = centre + n.combine_xyz(0.0, 0.0, n.cos(turn) * height) + side * bow
    tilted = out * n.cos(turn) - n.combine_xyz(0.0, 0.0, n.sin(turn))
    ring = tilted * (n.cos(c.angle - azimuth) * radius) + side * (n.sin(c.angle - azimuth) * radius)
    mesh = n.set_position(c.mesh, centre + ring)
    at = n.position()
    mesh = n.set_position(mesh, n.combine_xyz(at.x, at.y, n.maximum(at.z, (s - 0.02) * 0.002)))
    tint = n.mix(inside * n.smoothstep(s, 1.0, 0.75), n.mix(n.smoothstep(s, 0.8, 1.0), i.color, i.lip), i.deep)
    mesh = n.store(mesh, "tint", n.mix(1.0, tint, n.combine_xyz(*(0.75 + (lump + 0.5) * 0.5,) * 3), blend="MULTIPLY"))
    return n.store(mesh, "random", draw(i.seed, 84, of=c.number))  # type: ignore[return-value]


TUBE_SPONGE = Family(
    "tube_sponge", "Tube Sponge", "Sea", TubeSpongeParams, build, PRESETS, "A cluster of hollow tubes, or a barrel"
)
