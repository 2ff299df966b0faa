"""Reroutes that nothing is linked to keep the type of what was linked once; there is no setter for most types."""

from __future__ import annotations

import re

import bpy

from .spec import NodeSpec


def type_reroutes(tree: bpy.types.NodeTree, nodes: dict[str, bpy.types.Node], specs: dict[str, NodeSpec]) -> None:
    """Give reroutes their types by linking each, for a moment, to a socket of that type. What fails is found when settling."""
    for name, node in nodes.items():
        if node.bl_idname == "NodeReroute" and specs[name].inputs:
            wanted = specs[name].inputs[0].type
            if node.inputs[0].bl_idname != wanted and not node.inputs[0].is_linked:
                _link_once(tree, node, wanted)


def _link_once(tree: bpy.types.NodeTree, reroute: bpy.types.Node, wanted: str) -> None:
    group = bpy.data.node_groups.new("type of a reroute", tree.bl_idname)
    node = tree.nodes.new(tree.bl_idname.replace("Tree", "Group"))
    try:
        if _new_output(group, wanted):
            node.node_tree = group
            link = tree.links.new(node.outputs[0], reroute.inputs[0])
            tree.links.remove(link)
    finally:
        tree.nodes.remove(node)
        bpy.data.node_groups.remove(group)


def _new_output(group: bpy.types.NodeTree, wanted: str) -> bool:
    """An output whose sockets are of a type such as "NodeSocketVectorEuler2D": a Vector, of subtype EULER, in two dimensions."""
    for end in range(len(wanted), len("NodeSocket"), -1):
        try:
            item = group.interface.new_socket("type", in_out="OUTPUT", socket_type=wanted[:end])
        except TypeError:
            continue
        match = re.fullmatch(r"(.*?)(?:(\d)D)?", wanted[end:])
        try:
            if match and match[2]:
                item.dimensions = int(match[2])
            if match and match[1]:
                item.subtype = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", match[1]).upper()
        except (TypeError, AttributeError):
            return False
        return True
    return False
