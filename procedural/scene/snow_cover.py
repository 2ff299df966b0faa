"""Snow that lies: on the land and on all that stands on it, by how far a face looks up. A small layer over copies of their materials.

The shared materials of the file stay as they are; building a step again without snow brings the old look back. Small things drown in it,
for what is scattered stands as deep in the land as snow lies.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import bpy

from ...params import param
from ..graph import Socket, Tree
from ..graph import nodes as n
from ..graph.modifiers import read_input
from ..materials import MATERIALS
from ..materials.base import KIND_KEY
from ..materials.layers import Covered, Layer, add_layer, layer_name, layers_of
from ..materials.textures import own_place, upward
from ..materials.wear import over
from .recipe import SceneRecipe
from .scatter import set_data_inputs

KEEP_KEY = "dreamgrove_snowless"  # on a material: it is snow or ice already
DEPTH = 0.2  # m, of much snow on level ground
WIND = (0.8, 0.45)  # where snow flies to: what stands up is white on the other side
_SHEETS = {"Leaf", "Leaves", "Petal"}  # categories of materials that hold snow on every twig
_CATEGORY = {kind.name: kind.category for kind in MATERIALS}


@dataclass(frozen=True)
class LyingParams:
    """What the layer's node shows to an artist."""

    amount: float = param(1.0, "How much lies on it", min=0, max=1, usual=(0.6, 1.0))
    steepest: float = param(0.95, "Slope from which it slides", min=0.1, max=1.57, unit="rad", usual=(0.8, 1.0))
    ragged: float = param(0.35, "How broken its edge is", min=0, max=3, usual=(0.25, 0.5))
    lumps: float = param(0.35, "Size of its lumps", min=0.005, max=50.0, unit="m", usual=(0.2, 0.5))
    plaster: float = param(0.25, "How much sticks to what faces the wind", min=0, max=1, usual=(0.0, 0.4))
    depth: float = param(0.05, "How high its lumps stand", min=0, max=1, unit="m", usual=(0.02, 0.06))
    color: tuple[float, ...] = param((0.84, 0.87, 0.91), "Colour, linear RGB", min=0, max=1, spread=0.02)


def _lying(tree: Tree, shader: Socket) -> Covered:
    """One noise and one diffuse closure: it has to fit beside any material."""
    i = tree.i
    lump = n.noise(own_place() / i.lumps, scale=1.0, detail=4.0, roughness=0.6)
    windward = tree.add("ShaderNodeNewGeometry")["Normal"].dot((-WIND[0], -WIND[1], 0.0))
    up = upward() + n.maximum(windward, 0.0) * i.plaster
    limit = n.mix(i.amount, 1.2, n.cos(i.steepest))
    there = n.smoothstep(up + (lump - 0.5) * i.ragged, limit - 0.06, limit + 0.1)
    white = tree.add("ShaderNodeBsdfDiffuse", color=i.color)
    height = there * (0.6 + lump * 0.8) * i.depth
    return Covered(over(tree, there, shader, white), height=height, hides=there * 0.92)


LYING = Layer(
    "lying_snow",
    "Lying Snow",
    LyingParams,
    _lying,
    "Snow as it lies after a snowfall, light enough for every plant of a wood",
)


def amount_of(recipe: SceneRecipe, lies: Callable[[SceneRecipe], float] | None = None) -> float:
    """How much snow lies in a recipe's scene, 0..1. lies: how much does at a biome without any falling.

    Under the weather `snow` the most in winter, and a dusting that covers half the ground at midsummer.
    """
    before = lies(recipe) if lies is not None else 0.0
    fallen = 0.6 + 0.4 * winter(recipe) if recipe.weather == "snow" else 0.0
    return min(1.0, max(before, fallen))


def winter(recipe: SceneRecipe) -> float:
    """1 from December to the end of February (on the southern half June to August), 0 from May to the end of October."""
    return min(1.0, max(0.0, math.cos(2.0 * math.pi * recipe.season) * 1.6 - 0.2))


def snow_lies_on(objects: Iterable[bpy.types.Object], amount: float) -> int:
    """Cover all materials of the objects (land, sources of a scattering, whatever they are made by) with snow; how many there were.

    amount: 0 none, 1 all that holds. The objects get copies; materials under KEEP_KEY and volumes stay as they are.
    """
    if amount <= 0.0:
        return 0
    copies: dict[bpy.types.Material, bpy.types.Material] = {}

    def snowed(material: bpy.types.Material | None) -> bpy.types.Material | None:
        if material is None or material.get(KEEP_KEY) or not _takes_snow(material):
            return material
        if material not in copies:
            copies[material] = _copy(material, amount)
        return copies[material]

    for obj in objects:
        for slot in obj.material_slots:
            slot.material = snowed(slot.material)
        for modifier in obj.modifiers:
            if modifier.type == "NODES" and modifier.node_group is not None:
                _cover_inputs(modifier, snowed)
    return len(copies)


def snow_on_land(obj: bpy.types.Object, amount: float, lumps: float = 0.9) -> int:
    """The same for a scene's land, whose lumps are as large as drifts; lumps: m, larger for land that is seen from afar."""
    covered = snow_lies_on([obj], amount)
    for slot in obj.material_slots if covered else ():
        for node in layers_of(slot.material) if slot.material is not None else ():
            if layer_name(node) == LYING.name:
                node.inputs["Lumps"].default_value = lumps
                node.inputs["Depth"].default_value = min(1.0, 0.1 * lumps)
                node.inputs["Plaster"].default_value = 0.1
    return covered


def _cover_inputs(
    modifier: bpy.types.Modifier, snowed: Callable[[bpy.types.Material | None], bpy.types.Material | None]
) -> None:
    """The materials that a generator's group takes as inputs."""
    changed: dict[str, bpy.types.ID | None] = {}
    for item in modifier.node_group.interface.items_tree:
        if item.item_type == "SOCKET" and item.in_out == "INPUT" and item.socket_type == "NodeSocketMaterial":
            changed[item.name] = snowed(read_input(modifier, item))
    set_data_inputs(modifier, changed)


def _takes_snow(material: bpy.types.Material) -> bool:
    if material.node_tree is None:
        return False
    output = material.node_tree.get_output_node("ALL") or material.node_tree.get_output_node("CYCLES")
    if output is None or not output.inputs["Surface"].is_linked:
        return False
    return all(layer_name(node) != LYING.name for node in layers_of(material))


def _copy(material: bpy.types.Material, amount: float) -> bpy.types.Material:
    copy = material.copy()
    copy.name = f"{material.name} in Snow"
    if KIND_KEY in copy:
        del copy[KIND_KEY]  # what looks for the shared material of a kind shall not find this one
    params = LyingParams(amount=amount)
    if _CATEGORY.get(material.get(KIND_KEY, "")) in _SHEETS:
        params = replace(params, steepest=1.35, ragged=1.3, lumps=0.3, depth=0.004, plaster=0.0)
    add_layer(copy, LYING, params)
    copy.diffuse_color = (
        *(0.4 * own + 0.6 * white for own, white in zip(material.diffuse_color[:3], (0.85, 0.87, 0.9), strict=True)),
        1.0,
    )
    return copy
