"""Automatic layout: nodes in layers from left to right, few crossings, straight chains, frames and zones as rectangles.

The steps are those of Sugiyama, Tagawa and Toda (1981); docs/layout.md tells what each does and how good the result is.
"""

from __future__ import annotations

import bpy

from .layout_keep import arrange_only
from .layout_layers import layers
from .layout_place import place
from .layout_read import Read
from .layout_size import REROUTE


def split_group_input(tree: bpy.types.NodeTree) -> None:
    """Replace the one Group Input by one a column and frame, with only the used sockets shown: short links, fewer crossings."""
    inputs = [n for n in tree.nodes if n.bl_idname == "NodeGroupInput"]
    if len(inputs) != 1:
        return
    original = inputs[0]
    read = Read(tree)
    column = layers(read.graph, read.graph.acyclic())
    copies: dict[tuple[int, str], bpy.types.Node] = {}
    links = [(link.from_socket.identifier, link.to_socket) for link in tree.links if link.from_node == original]
    for identifier, target in links:
        frame = target.node.parent
        key = (column[read.number[target.node.name]], frame.name if frame else "")
        if key not in copies:
            copies[key] = tree.nodes.new("NodeGroupInput")
            copies[key].parent = frame
        source = next(s for s in copies[key].outputs if s.identifier == identifier)
        # A multi-input keeps its other links; a plain one is replaced.
        tree.links.new(source, target)
    tree.nodes.remove(original)
    for node in copies.values():
        # all at once: each assignment alone would make Blender look through the whole tree
        node.outputs.foreach_set("hide", [not socket.is_linked for socket in node.outputs])


def arrange(tree: bpy.types.NodeTree, only: set[str] | None = None) -> None:
    """Place all nodes round the origin, or those of these names alone: near their neighbours, over no other node, which all stay.

    Frames are put at the origin when all is placed: they follow their nodes when they are drawn.
    """
    if only is not None and any(n.name not in only for n in tree.nodes if n.bl_idname != "NodeFrame"):
        arrange_only(tree, only)
        return
    read = Read(tree)
    limit = bpy.types.Node.bl_rna.properties["location"].hard_max
    places = place(read.graph, widest=1.9 * limit)
    if not places:
        return
    width, height = read.graph.width, read.graph.height
    middle_x = (min(x for x, _ in places) + max(x + w for (x, _), w in zip(places, width, strict=True))) / 2
    middle_y = (max(y for _, y in places) + min(y - h for (_, y), h in zip(places, height, strict=True))) / 2
    found = {name: (x - middle_x, y - middle_y) for name, (x, y) in zip(read.names, places, strict=True)}
    set_places(tree, found)


def set_places(tree: bpy.types.NodeTree, places: dict[str, tuple[float, float]]) -> None:
    """Left top corners by node, frames not counted in (they are at the origin); all at once, since each assignment alone
    would make Blender update the whole tree."""
    flat: list[float] = []
    for node in tree.nodes:
        x, y = places.get(node.name, (0.0, 0.0))
        if node.bl_idname == "NodeReroute":  # its place is its middle
            x, y = x + REROUTE / 2, y - REROUTE / 2
        flat += (round(x), round(y))
    tree.nodes.foreach_set("location", flat)
