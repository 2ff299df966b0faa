"""What is put into materials for the one render that the ground truth is taken from, and taken out again afterwards.

Cycles knows an index of objects, which all instances of an object share. What tells instances apart is in the shader: Object Info's Random (a
number of each instance) and Location. So every material gets one node that writes both, with the depth, into render passes (AOVs). Cycles *adds*
the AOVs of all surfaces that a ray passes through until it meets one that is at least half opaque; hence a pass for each number of surfaces passed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import bpy
import numpy as np

LAYERS = 8  # surfaces, half transparent ones included, that are told apart along a ray
COUNT = "dreamgrove_count"
LAYER = "dreamgrove_layer_{}"
WEIGHTS = (0.754877666, 0.569840291, 0.430159709)  # a location as one number


@dataclass(frozen=True)
class Seen:
    """What the marks tell of every pixel: random and place of the instance, float32 [H, W]; known [H, W] bool."""

    random: np.ndarray
    place: np.ndarray
    known: np.ndarray


def add_passes(layer: bpy.types.ViewLayer) -> None:
    for name, kind in ((COUNT, "VALUE"), *((LAYER.format(k), "COLOR") for k in range(LAYERS))):
        aov = layer.aovs.add()
        aov.name, aov.type = name, kind


def read_marks(channels: dict[str, np.ndarray], depth: np.ndarray) -> Seen:
    """channels: [H, W] by pass and component, such as "dreamgrove_count.X". depth: z, m; a mark counts where it has the same."""
    count = np.rint(channels[f"{COUNT}.X"]).astype(int)
    layers = np.stack([np.stack([channels[f"{LAYER.format(k)}.{c}"] for c in "RGB"], -1) for k in range(LAYERS)])
    last = np.take_along_axis(layers, np.clip(count - 1, 0, LAYERS - 1)[None, :, :, None], 0)[0]
    known = (count > 0) & (count <= LAYERS) & (np.abs(last[..., 2] - depth) <= 1e-3 * np.abs(depth) + 1e-5)
    return Seen(last[..., 0], last[..., 1], known)


def marking_group() -> bpy.types.NodeTree:
    """The node group that writes the marks; for every k, Random, Location and depth if k surfaces have been passed, else 0."""
    tree = bpy.data.node_groups.new("Dreamgrove Truth", "ShaderNodeTree")
    add, link = tree.nodes.new, tree.links.new
    info, path, camera = add("ShaderNodeObjectInfo"), add("ShaderNodeLightPath"), add("ShaderNodeCameraData")
    place = add("ShaderNodeVectorMath")
    place.operation = "DOT_PRODUCT"
    link(info.outputs["Location"], place.inputs[0])
    place.inputs[1].default_value = WEIGHTS
    mark = add("ShaderNodeCombineXYZ")
    for source, target in zip(
        (info.outputs["Random"], place.outputs["Value"], camera.outputs["View Z Depth"]), mark.inputs, strict=True
    ):
        link(source, target)
    count = add("ShaderNodeOutputAOV")
    count.aov_name = COUNT
    count.inputs["Value"].default_value = 1.0
    for k in range(LAYERS):
        here = add("ShaderNodeMath")
        here.operation = "COMPARE"
        link(path.outputs["Transparent Depth"], here.inputs[0])
        here.inputs[1].default_value, here.inputs[2].default_value = float(k), 0.5
        masked = add("ShaderNodeVectorMath")
        masked.operation = "SCALE"
        link(mark.outputs[0], masked.inputs[0])
        link(here.outputs[0], masked.inputs["Scale"])
        output = add("ShaderNodeOutputAOV")
        output.aov_name = LAYER.format(k)
        link(masked.outputs[0], output.inputs["Color"])
    return tree


@contextmanager
def marked(scene: bpy.types.Scene) -> Iterator[tuple[list[str], bpy.types.Material]]:
    """Materials that write marks, numbered from 1 by their pass index; without volumes, which would stop rays before surfaces.

    Yields the materials' names in the order of the numbers, and a material for things that have none. All is undone at the end.
    """
    group = marking_group()
    override = bpy.data.materials.new("Dreamgrove Truth")
    undo = []
    try:
        if override.node_tree is None:
            override.use_nodes = True
        _mark(override.node_tree, group)
        materials = [m for m in bpy.data.materials if m.node_tree and not m.is_grease_pencil and m != override]
        for number, material in enumerate(materials, 1):
            undo.append((setattr, material, "pass_index", material.pass_index))
            material.pass_index = number if number < 32768 else 0
            undo += _cleared(material.node_tree)
            undo.append((material.node_tree.nodes.remove, _mark(material.node_tree, group)))
        if scene.world and scene.world.node_tree:
            undo += _cleared(scene.world.node_tree)
        yield [material.name for material in materials], override
    finally:
        for step, *values in reversed(undo):
            step(*values)
        bpy.data.materials.remove(override)
        bpy.data.node_groups.remove(group)


def _mark(tree: bpy.types.NodeTree, group: bpy.types.NodeTree) -> bpy.types.Node:
    active = tree.nodes.active
    node = tree.nodes.new("ShaderNodeGroup")
    node.node_tree = group
    node.select = False
    if active is not None:
        tree.nodes.active = active
    return node


def _cleared(tree: bpy.types.NodeTree) -> list[tuple]:
    """Take the links out of the volume sockets of outputs; what has no surface becomes transparent. Returns how to undo it."""
    undo: list[tuple] = []
    for node in [n for n in tree.nodes if n.bl_idname in ("ShaderNodeOutputMaterial", "ShaderNodeOutputWorld")]:
        for link in list(node.inputs["Volume"].links):
            undo.append((tree.links.new, link.from_socket, link.to_socket))
            tree.links.remove(link)
            if node.bl_idname == "ShaderNodeOutputMaterial" and not node.inputs["Surface"].is_linked:
                clear = tree.nodes.new("ShaderNodeBsdfTransparent")
                tree.links.new(clear.outputs[0], node.inputs["Surface"])
                undo.append((tree.nodes.remove, clear))
    return undo
