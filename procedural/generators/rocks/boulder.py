"""Boulder: a lump split by planes and robbed of blocks, worn, bedded and cracked; moss and lichen settle on it."""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ....params import param
from ...graph import Inputs, Socket, current_tree, math, new_tree
from ...graph import nodes as n
from ...materials import shared
from ...materials.cover import WEATHERED_ROCK, WeatheredRockParams
from ...parts.cells import cells
from ...parts.stones import chiselled, cut_group, fitted, notch_group, shaded
from ..base import Family


@dataclass(frozen=True)
class BoulderParams:
    """Metres; shares of the half size where no unit is told."""

    width: float = param(1.6, "Width from side to side", min=0.1, max=20.0, unit="m", panel="Size", usual=(1.2, 2.1))
    depth: float = param(1.35, "Depth from front to back", min=0.1, max=20.0, unit="m", panel="Size", usual=(1.0, 1.7))
    height: float = param(1.1, "Height above the ground", min=0.05, max=20.0, unit="m", panel="Size", usual=(0.8, 1.5))
    blocks: float = param(
        0.5, "How far blocks have broken out of it", min=0.0, max=1.5, panel="Shape", usual=(0.25, 0.8)
    )
    cut: float = param(0.6, "How deep planes have split it", min=0.0, max=1.0, panel="Shape", usual=(0.4, 0.8))
    wear: float = param(0.05, "How round edges have been worn", min=0.0, max=0.6, panel="Shape", usual=(0.02, 0.12))
    bedding: float = param(0.25, "How far beds stand out", min=0.0, max=1.0, panel="Shape", usual=(0.0, 0.5))
    dip: float = param(0.25, "How steeply beds dip", min=-1.5, max=1.5, unit="rad", panel="Shape", usual=(-0.4, 0.4))
    cracks: float = param(0.45, "How deep cracks are", min=0.0, max=1.0, panel="Surface", usual=(0.2, 0.8))
    rough: float = param(0.5, "How rough faces are", min=0.0, max=1.5, panel="Surface", usual=(0.3, 0.8))
    buried: float = param(
        0.36, "Share of it that is in the ground", min=0.0, max=0.8, panel="Shape", usual=(0.26, 0.48)
    )
    color: tuple[float, ...] = param(
        (0.19, 0.175, 0.155), "Colour, linear RGB", min=0, max=1, panel="Colour", spread=0.25
    )
    moss: float = param(0.25, "How much moss grows on it", min=0.0, max=1.0, panel="Colour", usual=(0.0, 0.45))
    lichen: float = param(0.3, "How much lichen grows on it", min=0.0, max=1.0, panel="Colour", usual=(0.1, 0.7))
    seed: int = param(0, "Another boulder of the same kind", min=0, max=9999)
    detail: float = param(1.0, "Mesh density", min=0.1, max=4.0)


PRESETS = {
    "boulder": BoulderParams(),
    "mossy_boulder": BoulderParams(moss=0.7, lichen=0.3, wear=0.12, bedding=0.1, color=(0.17, 0.165, 0.15)),
    "crag": BoulderParams(
        width=1.5, depth=1.2, height=2.3, blocks=1.0, cut=0.85, wear=0.015, bedding=0.5, dip=0.5, rough=0.8, moss=0.08,
        lichen=0.6, color=(0.15, 0.15, 0.15),
    ),
    "erratic": BoulderParams(
        width=2.2, depth=1.8, height=1.6, blocks=0.25, cut=0.45, wear=0.3, bedding=0.0, cracks=0.3, rough=0.3,
        moss=0.1, lichen=0.7, color=(0.25, 0.225, 0.2),
    ),
    "desert_boulder": BoulderParams(
        wear=0.1, bedding=0.9, dip=0.1, cut=0.5, moss=0.0, lichen=0.0, color=(0.36, 0.17, 0.085), height=1.3
    ),
}  # fmt: skip


def build(p: BoulderParams) -> bpy.types.NodeTree:
    """The group; its inputs are the fields of BoulderParams."""
    stone = shared(WEATHERED_ROCK, WeatheredRockParams(size=0.2, relief=0.022), "Boulder Rock")
    with new_tree("Boulder", p) as tree:
        i = tree.i
        material = tree.material_input("Rock Material", stone, "What the boulder is made of")
        with tree.frame("Block"):
            rock = _block(i)
        with tree.frame("Split by planes"):
            rock, crack = _split(rock, i)
        with tree.frame("Roughness"):
            rock, light = _roughen(rock, i, crack)
        with tree.frame("Size"):
            rock = fitted(rock, i.width, i.depth, i.height)
        with tree.frame("Colours"):
            up = n.normal().z
            damp = n.noise(n.position() / i.width, scale=2.2, detail=2.0, w=i.seed * 0.61) - 0.5
            low = n.smoothstep(n.position().z / i.height, 0.5, 0.0) * 0.3
            some = n.minimum(i.moss * 4.0, 1.0)
            moss = n.clamp(i.moss + (up * 0.55 - 0.2 + damp * 0.8 + low + crack * 0.4) * some)
            lichen = n.clamp(i.lichen * (0.75 + up * 0.35 - damp * 0.8) - low * 0.6)
            rock = n.store(rock, "moss", moss)
            rock = n.store(rock, "lichen", lichen)
            rock = n.store(rock, "tint", shaded(i.color, light))
        tree.o.geometry << n.set_material(n.shade_smooth(rock), material)
    return tree.data


def _block(i: Inputs) -> Socket:
    """An even ball of about radius 1, uneven as a lump of rock is before it splits."""
    level = 3 + (i.detail >= 0.15) + (i.detail >= 0.4) + (i.detail >= 0.9) + (i.detail >= 2.0)
    ball = current_tree().add("GeometryNodeMeshIcoSphere", radius=1.08, subdivisions=level)["Mesh"]
    return n.set_position(ball, offset=n.noise_vector(n.position(), scale=0.8, w=i.seed * 2.13) * 0.75)


def _split(rock: Socket, i: Inputs) -> tuple[Socket, Socket]:
    """Blocks broken out of it, planes cut off; returns the rock and how deep in a crack a point is (0..1)."""
    cut, notch = cut_group(), notch_group()
    before = n.position()
    # Planes are laid through a place that is bent a little: broken faces are not flat
    uneven = n.noise_vector(before, scale=1.5, detail=2.0, w=i.seed * 1.91) * (0.16 * i.rough)
    near = 1.0 - i.cut * 0.66
    shape = chiselled(before + uneven, cut, i.seed, 10, near, near + 0.3, i.wear)
    fine = n.noise_vector(shape, scale=3.2, detail=2.0, w=i.seed * 2.71) * (0.07 * i.rough)
    hold = n.mix(i.blocks, 0.75, 0.25)
    shape = chiselled(shape + fine, notch, i.seed + 211, 5, hold, hold + 0.3, i.wear * 0.5 + 0.01, -0.2)
    shape = chiselled(shape, cut, i.seed + 517, 8, near + 0.04, near + 0.24, i.wear * 0.4 + 0.01)
    bent = shape + n.noise_vector(shape, scale=1.6, detail=3.0, w=i.seed * 0.37) * 0.35
    seam = cells(bent * 0.85, i.seed).edge * 0.7
    crack = n.smoothstep(seam, 0.05, 0.0) * n.smoothstep(n.noise(shape, scale=0.9, w=i.seed * 0.93), 0.42, 0.52)
    rock, crack = n.capture(rock, crack)
    rock = n.set_position(rock, shape)
    floor = n.mix(i.buried, -0.85, 0.5)
    at = n.position()
    return n.set_position(rock, n.combine_xyz(at.x, at.y, math("SMOOTH_MAX", at.z, floor, 0.04))), crack


def _roughen(rock: Socket, i: Inputs, crack: Socket) -> tuple[Socket, Socket]:
    """Beds, chips, grain and cracks along the normal; returns the rock and its light and dark."""
    at = n.position()
    level = at.z * n.cos(i.dip) + at.x * n.sin(i.dip) + (n.noise(at, scale=1.2, w=i.seed * 1.1) - 0.5) * 0.35
    bed = n.noise(n.combine_xyz(at.x * 0.25, at.y * 0.25, level * 5.5), scale=1.0, detail=2.0, w=i.seed * 0.7)
    hard = n.smoothstep(bed, 0.42, 0.56) - 0.5
    side = 1.0 - abs(n.normal().z) * 0.7
    chip = cells((at + n.noise_vector(at, scale=3.0) * 0.25) * 4.2).near - 0.5
    grain = n.noise(at, scale=7.0, detail=4.0, roughness=0.6, w=i.seed * 0.53) - 0.5
    lumps = n.noise(at, scale=2.3, detail=2.0, w=i.seed * 0.29) - 0.5
    out = (
        hard * side * i.bedding * 0.13
        + (chip * -0.045 + grain * 0.07 + lumps * 0.06) * i.rough
        - crack * i.cracks * 0.11
    )
    rock, light = n.capture(
        rock, n.clamp(1.0 + hard * i.bedding * 0.35 + lumps * 0.9 + grain * 0.5 - crack * 0.35, 0.45, 1.6)
    )
    above = n.smoothstep(at.z, n.mix(i.buried, -0.85, 0.5), n.mix(i.buried, -0.85, 0.5) + 0.1)
    return n.set_position(rock, offset=n.normal() * (out * n.mix(above, 0.3, 1.0))), light


BOULDER = Family(
    "boulder", "Boulder", "Rocks", BoulderParams, build, PRESETS, "A split and weathered block with moss and lichen"
)
