"""A graph made by plain bpy calls, as somebody would write them down: the measure for how fast scripts run.

It makes nodes, sets what is not as Blender has it, links, names and places them; it keeps no promise of `build` (no order, no numbers
of items, no second look), and stumbles over nothing, since it is only for taking the time.
"""

from __future__ import annotations

import contextlib
from typing import Any

import bpy

from ..procedural.graph.spec import GraphSpec, GroupRef, NodeSpec, Ref, SocketSpec, TreeSpec, Value, same

_LATER = {"location", "location_absolute", "width", "height"}
_REFUSED = (TypeError, ValueError, AttributeError, RuntimeError, IndexError, KeyError)


def by_hand(spec: GraphSpec) -> bpy.types.NodeTree:
    """The root tree, in new groups."""
    trees: dict[str, bpy.types.NodeTree] = {}
    for part in spec.trees:
        tree = bpy.data.node_groups.new(part.name, part.type)
        trees["" if part is spec.root else part.name] = tree
        _fill(tree, part, trees)
    return trees[""]


def _fill(tree: bpy.types.NodeTree, part: TreeSpec, trees: dict[str, bpy.types.NodeTree]) -> None:
    panels: dict[int, Any] = {}
    for index, item in enumerate(part.interface):
        if item.type == "PANEL":
            panels[index] = tree.interface.new_panel(item.name)
            continue
        parent = panels.get(item.parent)
        made = tree.interface.new_socket(item.name, in_out=item.type, socket_type=item.socket_type, parent=parent)
        _set(made, dict(item.properties), trees)
    nodes: dict[str, bpy.types.Node] = {}
    for each in part.nodes:
        node = nodes[each.name] = tree.nodes.new(each.type)
        node.name = each.name
    for each in part.nodes:
        if each.pair in nodes:
            nodes[each.name].pair_with_output(nodes[each.pair])
    for each in part.nodes:
        _node(nodes[each.name], each, nodes, trees)
    for link in part.links:
        with contextlib.suppress(*_REFUSED):
            source = nodes[link.from_node].outputs[link.from_socket]
            tree.links.new(source, nodes[link.to_node].inputs[link.to_socket])


def _node(
    node: bpy.types.Node, spec: NodeSpec, nodes: dict[str, bpy.types.Node], trees: dict[str, bpy.types.NodeTree]
) -> None:
    if spec.parent in nodes:
        node.parent = nodes[spec.parent]
    node.location = spec.properties.get("location_absolute", spec.properties.get("location", (0.0, 0.0)))
    _set(node, {k: v for k, v in spec.properties.items() if k not in _LATER}, trees)
    for name, rows in spec.properties.items():
        items = getattr(node, name, None)
        if isinstance(rows, tuple) and rows and isinstance(rows[0], dict) and hasattr(items, "new"):
            _items(items, rows)
    for sockets, wanted in ((node.inputs, spec.inputs), (node.outputs, spec.outputs)):
        for socket, each in zip(sockets, wanted, strict=False):
            _socket(socket, each, trees)


def _items(items: Any, rows: tuple[dict[str, Value], ...]) -> None:
    for row in rows[len(items) :]:
        with contextlib.suppress(*_REFUSED):
            kind = row.get("socket_type") or row.get("data_type")
            items.new(*([kind] if kind else []), *([row["name"]] if "name" in row else []))


def _socket(socket: bpy.types.NodeSocket, spec: SocketSpec, trees: dict[str, bpy.types.NodeTree]) -> None:
    said = {k: v for k, v in spec.properties.items() if k in {"default_value", "hide"}}
    _set(socket, said, trees)


def _set(struct: Any, wanted: dict[str, Value], trees: dict[str, bpy.types.NodeTree]) -> None:
    """What differs: a person would not write down a default."""
    for name, value in wanted.items():
        if isinstance(value, dict) or (isinstance(value, tuple) and value and isinstance(value[0], dict)):
            continue
        if isinstance(value, GroupRef):
            value = trees[value.name]
        elif isinstance(value, Ref):
            value = getattr(bpy.data, value.kind).get((value.name, value.library or None))
        with contextlib.suppress(*_REFUSED):
            has = getattr(struct, name)
            if isinstance(value, tuple) and hasattr(has, "__len__") and not isinstance(has, str):
                has = tuple(has)
            if not same(has, value):
                setattr(struct, name, value)
