"""Wear that goes over any material: dust, scratches, rust, moss, wetness, snow.

A layer is a group node with the material's shader and displacement going in and out, put between what feeds the Material Output and the
output. Layers stack in the order they are added, and come off again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import bpy

from ...params import check, params_of, to_mapping
from ..graph import Socket, Tree, new_tree
from ..graph.sockets import Input

LAYER_KEY = "dreamgrove_layer"  # on shader groups: the layer's name
VERSION = 1


@dataclass(frozen=True)
class Covered:
    """What a layer makes of a material. height: m along the normal, added to the relief; hides: 0..1, how far it levels that out."""

    shader: Input
    height: Input = None
    hides: Input = None


@dataclass(frozen=True)
class Layer:
    """A kind of wear. cover: adds the nodes to a shader group, given the shader below. help: a sentence without a full stop."""

    name: str
    title: str
    params: type
    cover: Callable[[Tree, Socket], Covered]
    help: str


def group_of(layer: Layer) -> bpy.types.NodeTree:
    """The layer's shader group: this file's, or a new one. Inputs Shader, Displacement and the fields; outputs Shader, Displacement."""
    for tree in bpy.data.node_groups:
        if tree.get(LAYER_KEY) == layer.name and tree.get("dreamgrove_version") == VERSION and tree.library is None:
            return tree
    with new_tree(layer.title, layer.params, kind="shader") as tree:
        shader = tree.socket_input("Shader", "NodeSocketShader", 0)
        below = tree.socket_input("Displacement", "NodeSocketVector", 1)
        made = layer.cover(tree, shader)
        relief = below if made.hides is None else below * (1.0 - made.hides)  # type: ignore[operator]
        if made.height is not None:
            raised = tree.add("ShaderNodeDisplacement", height=made.height, midlevel=0.0, scale=1.0)
            relief = relief + raised
        tree.o.shader << made.shader
        tree.o.displacement << relief
    for item in tree.data.interface.items_tree:
        if item.item_type == "SOCKET" and item.in_out == "INPUT" and item.name == "Displacement":
            item.hide_value = True  # nothing linked means no relief
    tree.data[LAYER_KEY] = layer.name
    tree.data["dreamgrove_version"] = VERSION
    return tree.data


def add_layer(material: bpy.types.Material, layer: Layer, params: Any = None) -> bpy.types.Node:
    """Put a layer over whatever the material is. Returns its node, whose inputs are the layer's parameters.

    Works on the output that Cycles and EEVEE share, else on Cycles', else on EEVEE's. Raises ValueError where there is nothing to cover.
    """
    values = params if params is not None else layer.params()
    check(values)
    output = _output(material)
    tree = material.node_tree
    surface = _source(output.inputs["Surface"])
    if surface is None:
        raise ValueError(
            f"{material.name} has no surface to put {layer.title.lower()} on; link a shader to its Material Output"
        )
    relief = _source(output.inputs["Displacement"])
    node = tree.nodes.new("ShaderNodeGroup")
    node.node_tree = group_of(layer)
    node.label = layer.title
    node.location = (output.location.x, output.location.y)
    output.location.x += 260.0
    fields = to_mapping(values)
    for info in params_of(layer.params):
        value = fields[info.name]
        if isinstance(value, list) and node.inputs[info.label].type == "RGBA":
            value = (*value[:3], 1.0)
        node.inputs[info.label].default_value = value
    tree.links.new(surface, node.inputs["Shader"])
    if relief is not None:
        tree.links.new(relief, node.inputs["Displacement"])
    tree.links.new(node.outputs["Shader"], output.inputs["Surface"])
    tree.links.new(node.outputs["Displacement"], output.inputs["Displacement"])
    return node


def remove_layer(material: bpy.types.Material, node: bpy.types.Node) -> None:
    """Take a layer's node off again; what it covered is linked on to what it fed. Raises ValueError for a node that is no layer."""
    if layer_name(node) is None:
        raise ValueError(f"{node.name} is not a layer of wear")
    tree = material.node_tree
    for name in ("Shader", "Displacement"):
        below = _source(node.inputs[name])
        for target in [link.to_socket for link in node.outputs[name].links]:
            if below is not None:
                tree.links.new(below, target)
    tree.nodes.remove(node)


def layers_of(material: bpy.types.Material) -> list[bpy.types.Node]:
    """The layers' nodes, the lowest first."""
    found: list[bpy.types.Node] = []
    source = _source(_output(material).inputs["Surface"])
    while source is not None and layer_name(source.node) is not None:
        found.insert(0, source.node)
        source = _source(source.node.inputs["Shader"])
    return found


def layer_name(node: bpy.types.Node) -> str | None:
    """Which layer a node is; None for any other node."""
    if node.bl_idname != "ShaderNodeGroup" or node.node_tree is None:
        return None
    return node.node_tree.get(LAYER_KEY)


def _output(material: bpy.types.Material) -> bpy.types.Node:
    if material.library is not None:
        raise ValueError(f"{material.name} is linked from {material.library.filepath}; make it local first")
    if material.node_tree is None:  # 4.x: a material without nodes
        material.use_nodes = True
    for target in ("ALL", "CYCLES", "EEVEE"):
        node = material.node_tree.get_output_node(target)
        if node is not None:
            return node
    raise ValueError(f"{material.name} has no Material Output; add one")


def _source(socket: bpy.types.NodeSocket) -> bpy.types.NodeSocket | None:
    return socket.links[0].from_socket if socket.is_linked else None
