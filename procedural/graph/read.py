"""A node tree as a spec. Reading changes nothing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import bpy

from .animation import read_animation
from .errors import GraphError
from .exceptions import REFUSED
from .owners import OWNERS, owner_of
from .rna import Schema, identifier_of, read_custom
from .spec import GraphSpec, InterfaceItem, LinkSpec, NodeSpec, Ref, SocketSpec, TreeSpec


def read(source: bpy.types.ID) -> GraphSpec:
    """The spec of a node tree, with all groups that it uses; `source` may be the material, world, light or scene that has it.

    Groups from the library that the tree itself is from are part of the spec; groups linked from elsewhere are references.
    Raises GraphError if there is no tree, or if a group contains itself.
    """
    tree = source if isinstance(source, bpy.types.NodeTree) else _tree_of(source)
    schema = Schema()
    trees = _in_order(tree)
    schema.parts = {each: each.name for each in trees} | {tree: ""}
    return GraphSpec(
        trees=tuple(_read_tree(each, schema) for each in trees),
        owner=_owner_ref(tree) if tree.is_embedded_data else None,
        blender=tuple(bpy.app.version),
    )


def _tree_of(owner: bpy.types.ID) -> bpy.types.NodeTree:
    tree = getattr(owner, "node_tree", None) or getattr(owner, "compositing_node_group", None)
    if tree is None:
        raise GraphError(f"{owner.bl_rna.name} {owner.name!r} has no node tree")
    return tree


def _owner_ref(tree: bpy.types.NodeTree) -> Ref:
    owner = owner_of(tree)
    kind = next(kind for kind in OWNERS if owner in set(getattr(bpy.data, kind)))
    return Ref(kind, owner.name)


def _in_order(root: bpy.types.NodeTree) -> list[bpy.types.NodeTree]:
    """The tree and the groups that it uses, each once, users after what they use."""
    ordered: dict[bpy.types.NodeTree, None] = {}
    path = [(root, iter(_groups(root)))]
    while path:
        tree, rest = path[-1]
        group = next(rest, None)
        if group is None:
            ordered[tree] = None
            path.pop()
        elif any(group == above for above, _ in path):
            names = " > ".join(repr(above.name) for above, _ in path)
            raise GraphError(f"group {group.name!r} contains itself: {names} > {group.name!r}")
        elif group not in ordered:
            path.append((group, iter(_groups(group))))
    return list(ordered)


def _groups(tree: bpy.types.NodeTree) -> list[bpy.types.NodeTree]:
    inner = (getattr(node, "node_tree", None) for node in tree.nodes)
    return [group for group in inner if group is not None and group.library == tree.library]


def _read_tree(tree: bpy.types.NodeTree, schema: Schema) -> TreeSpec:
    where: dict[int, tuple[str, int]] = {}
    nodes = []
    for node in tree.nodes:
        for sockets in (node.inputs, node.outputs):
            for index, socket in enumerate(sockets):
                where[socket.as_pointer()] = (node.name, index)
        nodes.append(_read_node(node, schema))
    return TreeSpec(
        name=tree.name,
        type=tree.bl_idname,
        properties=schema.read(tree),
        interface=_read_interface(tree, schema),
        nodes=tuple(nodes),
        links=_read_links(tree, where),
        active=tree.nodes.active.name if tree.nodes.active else "",
        animation=read_animation(tree, schema),
        asset=schema.read(tree.asset_data) if tree.asset_data else None,
        custom=read_custom(tree, schema),
    )


def _read_node(node: bpy.types.Node, schema: Schema) -> NodeSpec:
    if node.bl_idname in REFUSED:
        raise GraphError(f"node {node.name!r} cannot be read: {REFUSED[node.bl_idname]}")
    if node.bl_idname == "NodeUndefined":
        raise GraphError(f"node {node.name!r} cannot be read: this Blender does not know its type")
    pair = getattr(node, "paired_output", None)
    return NodeSpec(
        name=node.name,
        type=node.bl_idname,
        parent=node.parent.name if node.parent else "",
        pair=pair.name if pair else "",
        properties=schema.read(node),
        inputs=tuple(_read_socket(s, schema) for s in node.inputs),
        outputs=tuple(_read_socket(s, schema) for s in node.outputs),
        custom=read_custom(node, schema),
    )


def _read_socket(socket: bpy.types.NodeSocket, schema: Schema) -> SocketSpec:
    return SocketSpec(
        socket.identifier, socket.name, socket.bl_idname, schema.read(socket), read_custom(socket, schema)
    )


def _read_links(tree: bpy.types.NodeTree, where: dict[int, tuple[str, int]]) -> tuple[LinkSpec, ...]:
    """The links in order; those of a multi-input among themselves in its order."""
    links: list[LinkSpec] = []
    places: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for place, link in enumerate(tree.links):
        target = where[link.to_socket.as_pointer()]
        links.append(LinkSpec(*where[link.from_socket.as_pointer()], *target, muted=link.is_muted))
        places[target].append((link.multi_input_sort_id, place))
    for several in places.values():
        if len(several) > 1:
            in_order = [links[place] for _, place in sorted(several)]
            for order, (place, link) in enumerate(zip(sorted(p for _, p in several), in_order, strict=True)):
                links[place] = replace(link, order=order)
    return tuple(links)


def _read_interface(tree: bpy.types.NodeTree, schema: Schema) -> tuple[InterfaceItem, ...]:
    items = list(tree.interface.items_tree)
    panels = {item.as_pointer(): index for index, item in enumerate(items) if item.item_type == "PANEL"}
    read_items = []
    for item in items:
        panel = item.item_type == "PANEL"
        read_items.append(
            InterfaceItem(
                type="PANEL" if panel else item.in_out,
                name=item.name,
                socket_type="" if panel else item.socket_type,
                identifier=identifier_of(item),
                parent=panels.get(item.parent.as_pointer(), -1) if item.parent else -1,
                properties=schema.read(item),
                custom=read_custom(item, schema),
            )
        )
    return tuple(read_items)
