"""What nodes, interface items and trees are like when new: what a script need not say. Asked of the running Blender, in a tree of its own.

Answers about nodes that depend on nothing else in the file are kept for the session: a node's defaults are the program's.
"""

from __future__ import annotations

from typing import Any

import bpy

from .build import _new_tree
from .build_interface import build_interface
from .build_reroutes import _link_once
from .create import fresh, set_properties
from .owners import remove
from .read import _read_node
from .references import references
from .rna import Schema
from .spec import InterfaceItem, NodeSpec, Properties, Ref, TreeSpec, Value

_IN_A_TREE = {"NodeGroupInput", "NodeGroupOutput"}  # whose sockets are those of the tree
_nodes: dict[tuple[str, str, str], tuple[NodeSpec, ...]] = {}
_others: dict[tuple[str, ...], Properties] = {}


class Scratch:
    """What probes make in the file; a context manager, for nothing of it stays.

    groups: the trees that are part of the graph, by their names in the spec.
    """

    def __init__(self, groups: dict[str, bpy.types.NodeTree]) -> None:
        self.schema = Schema()
        self.schema.groups = groups
        self.schema.linked = False
        self.schema.parts = {live: name for name, live in groups.items()}
        self.made: list[bpy.types.ID] = []

    def __enter__(self) -> Scratch:
        return self

    def __exit__(self, *_: object) -> None:
        remove(self.made)
        self.made.clear()


class Probe:
    """A scratch tree with the interface of a tree that is being written."""

    def __init__(self, tree: TreeSpec, owner: Ref | None, scratch: Scratch) -> None:
        self.spec, self.owner = tree, owner
        self.schema, self.made = scratch.schema, scratch.made
        self.data: bpy.types.NodeTree | None = None

    def tree(self) -> bpy.types.NodeTree:
        """The scratch tree; made when it is first needed, for often all is known."""
        if self.data is None:
            self.data = _new_tree(TreeSpec("scratch", self.spec.type), self.owner, self.made)
            build_interface(self.data, self.spec.interface, self.schema)
        return self.data

    def new_tree(self) -> Properties:
        """The properties of a new tree of this kind."""
        key = ("tree", self.spec.type, self.owner.kind if self.owner else "")
        if key not in _others:
            tree = _new_tree(TreeSpec("scratch", self.spec.type), self.owner, self.made)
            _others[key] = self.schema.read(tree)
        return _others[key]

    def new_item(self, item: InterfaceItem) -> Properties:
        """The properties of a new interface item of the same type."""
        key = ("item", self.spec.type, item.type, item.socket_type)
        if key not in _others:
            faces = _new_tree(TreeSpec("scratch", self.spec.type), self.owner, self.made).interface
            if item.type == "PANEL":
                made = faces.new_panel(item.name)
            else:
                made = faces.new_socket(item.name, in_out=item.type, socket_type=item.socket_type)
            _others[key] = self.schema.read(made)
        return _others[key]

    def new_asset(self) -> Properties:
        """The asset metadata of a tree that has just been marked as an asset."""
        if ("asset",) not in _others:
            tree = _new_tree(TreeSpec("scratch", self.spec.type), None, self.made)
            tree.asset_mark()
            _others[("asset",)] = self.schema.read(tree.asset_data)
        return _others[("asset",)]

    def node(self, node_type: str, properties: Properties) -> NodeSpec:
        """A new node with these properties. Raises GraphError if Blender does not take them."""
        return self._ask(node_type, "", properties)[0]

    def zone(self, start_type: str, end_type: str, properties: Properties) -> tuple[NodeSpec, NodeSpec]:
        """Both nodes of a new zone whose output node has these properties."""
        start, end = self._ask(start_type, end_type, properties)
        return start, end

    def reroute(self, socket_type: str) -> NodeSpec:
        """A reroute to which a socket of this type is linked."""
        key = (self.spec.type, "reroute", socket_type)
        if key not in _nodes:
            tree = self.tree()
            node = tree.nodes.new("NodeReroute")
            if node.inputs[0].bl_idname != socket_type:
                _link_once(tree, node, socket_type)
            _nodes[key] = (_read_node(node, self.schema),)
            tree.nodes.remove(node)
        return _nodes[key][0]

    def _ask(self, node_type: str, end_type: str, properties: Properties) -> tuple[NodeSpec, ...]:
        key = (f"{self.spec.type} {self.owner.kind if self.owner else ''}", f"{node_type} {end_type}", repr(properties))
        lasting = node_type not in _IN_A_TREE and not _refers(properties)
        if lasting and key in _nodes:
            return _nodes[key]
        tree = self.tree()
        node: Any = fresh(tree, node_type)
        end: Any = None
        try:
            if end_type:
                end = fresh(tree, end_type)
                node.pair_with_output(end)
                set_properties(end, properties, self.schema, node)
            else:
                set_properties(node, properties, self.schema)
            found = tuple(_read_node(each, self.schema) for each in (node, end) if each is not None)
        finally:
            # A node that is removed leaves what it uses counted as used; so such nodes go with the tree.
            if not any(_uses(each, self.schema) for each in (end, node) if each is not None):
                for each in (end, node):
                    if each is not None:
                        tree.nodes.remove(each)
        if lasting and not any(_refers(each.properties) for each in found):
            _nodes[key] = found
        return found


def _uses(node: bpy.types.Node, schema: Schema) -> bool:
    """Whether a node points to a data-block."""
    return any(f.kind == "block" and getattr(node, f.name) is not None for f in schema.fields(node))


def _refers(value: Value) -> bool:
    """Whether a value names something of this file."""
    return any(True for _ in references(value))
