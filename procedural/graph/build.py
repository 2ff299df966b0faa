"""A node tree from its spec."""

from __future__ import annotations

from typing import Any

import bpy

from .animation import write_animation
from .build_interface import build_interface, write_interface
from .build_items import build_items
from .build_places import places_for_here
from .build_reroutes import type_reroutes
from .errors import GraphError
from .exceptions import LAYOUT
from .owners import OWNERS, remove
from .rna import Problem, Schema, write_custom
from .spec import GraphSpec, LinkSpec, NodeSpec, Ref, SocketSpec, TreeSpec

_NEW = {"lights": ("POINT",), "textures": ("NONE",)}  # what `new` needs besides a name
# Nodes decide about each other's values through links (menus, reroutes): set what differs until nothing does.
_ROUNDS = 4


def build(spec: GraphSpec, problems: list[str] | None = None) -> bpy.types.NodeTree:
    """Make the graph, its groups, and the material, world, light, line style or texture that it belongs to; returns its tree.

    Everything is new: names that are taken get Blender's numbers. What Blender does not take as the spec has it (a node of
    another version, an image that is not in the file) raises GraphError, and what was made is removed; with a list for
    `problems` it is told there instead, in sentences, and the rest is built.
    """
    return build_parts(spec, problems)[""]


def build_parts(spec: GraphSpec, problems: list[str] | None = None) -> dict[str, bpy.types.NodeTree]:
    """As `build`, but all trees by their names in the spec, which may not be theirs in the file; the root under ""."""
    schema = Schema()
    made: list[bpy.types.ID] = []
    found: list[str] = []
    try:
        for part in spec.trees:
            is_root = part is spec.root
            tree = _new_tree(part, spec.owner if is_root else None, made)
            schema.groups["" if is_root else part.name] = tree
            schema.parts[tree] = "" if is_root else part.name
            found += _sentences(part.name, _build_tree(tree, part, schema, made))
        if found and problems is None:
            more = f" (and {len(found) - 5} more)" if len(found) > 5 else ""
            raise GraphError("; ".join(found[:5]) + more)
    except BaseException:
        remove(made)
        raise
    if problems is not None:
        problems += found
    return schema.groups


def _sentences(tree: str, problems: list[Problem]) -> list[str]:
    """Problems in words; one sentence for all places where the same is wrong: on another Blender that may be every socket."""
    places: dict[str, dict[str, None]] = {}
    for each in problems:
        places.setdefault(each.what, {})[each.where] = None
    return [f"{tree!r} > {', '.join(where)}: {what}" for what, where in places.items()]


def _new_tree(spec: TreeSpec, owner: Ref | None, made: list[bpy.types.ID]) -> bpy.types.NodeTree:
    if owner is None:
        try:
            tree = bpy.data.node_groups.new(spec.name, spec.type)
        except TypeError:
            raise GraphError(f"{spec.name!r}: this Blender has no tree type {spec.type!r}") from None
        made.append(tree)
        tree.use_fake_user = False
        return tree
    if owner.kind not in OWNERS:
        raise GraphError(f"{owner.name!r}: no node trees are in {owner.kind!r}")
    block = getattr(bpy.data, owner.kind).new(owner.name, *_NEW.get(owner.kind, ()))
    made.append(block)
    if getattr(block, OWNERS[owner.kind], None) is None:
        block.use_nodes = True
    tree = getattr(block, OWNERS[owner.kind], None)
    if tree is None or tree.bl_idname != spec.type:
        raise GraphError(f"{owner.name!r}: this Blender has no {spec.type} in {owner.kind}")
    tree.nodes.clear()
    return tree


def _build_tree(tree: bpy.types.NodeTree, spec: TreeSpec, schema: Schema, made: list[bpy.types.ID]) -> list[Problem]:
    spec = places_for_here(spec, {f.name for f in schema.fields(bpy.types.Node)})
    problems = schema.write(tree, spec.properties, "tree")
    waiting = build_interface(tree, spec.interface, schema)  # told only if the nodes do not mend it
    schema.linked = False
    nodes = _new_nodes(tree, spec, schema, problems)
    specs = {node.name: node for node in spec.nodes}
    _new_links(tree, spec.links, nodes, specs, problems)
    schema.linked = True
    type_reroutes(tree, nodes, specs)
    _place(tree, spec, schema)
    if waiting:
        waiting = write_interface(tree, spec.interface, schema)
    if spec.active in nodes:
        tree.nodes.active = nodes[spec.active]
    problems += _settle(nodes, specs, schema) + waiting
    if spec.asset is not None:
        tree.asset_mark()
        problems += schema.write(tree.asset_data, spec.asset, "asset")
        problems += schema.write(tree, spec.properties, "tree")  # an asset has got a fake user
    problems += write_custom(tree, spec.custom, "tree", schema)
    if spec.animation is not None:
        problems += write_animation(tree, spec.animation, schema, made)
    return problems


def _new_nodes(
    tree: bpy.types.NodeTree, spec: TreeSpec, schema: Schema, problems: list[Problem]
) -> dict[str, bpy.types.Node]:
    nodes: dict[str, bpy.types.Node] = {}
    for each in spec.nodes:
        try:
            node = tree.nodes.new(each.type)
        except RuntimeError:
            problems.append(
                Problem(f"node {each.name!r}", f"this Blender has no node type {each.type!r} in a {spec.type}")
            )
            continue
        node.name = each.name
        nodes[each.name] = node
    specs = {each.name: each for each in spec.nodes if each.name in nodes}
    zones = {each.pair: name for name, each in specs.items() if each.pair in nodes}
    for end, start in zones.items():
        nodes[start].pair_with_output(nodes[end])
    for name, node in nodes.items():
        start = zones.get(name, "")
        try:
            build_items(node, specs[name], nodes.get(start), specs.get(start), schema)
        except (TypeError, ValueError, RuntimeError) as error:
            problems.append(Problem(f"node {name!r}", f"cannot have all its items: {error}"))
        if specs[name].parent in nodes:
            node.parent = nodes[specs[name].parent]
        _write_node(node, specs[name], schema, LAYOUT)  # what fails is tried again, and told, when all is linked
        problems += write_custom(node, specs[name].custom, f"node {name!r}", schema)
    return nodes


def _socket(sockets: Any, specs: tuple[SocketSpec, ...], index: int) -> Any:
    """The socket at a position; found by its identifier where positions differ (a node of another version)."""
    wanted = specs[index]
    here = sockets[index] if index < len(sockets) else None
    if here is not None and here.identifier == wanted.identifier:
        return here
    found = next((s for s in sockets if s.identifier == wanted.identifier), None)
    if found is None and here is not None and here.name == wanted.name and here.bl_idname == wanted.type:
        return here  # an identifier of an old file, which Blender does not give any more
    return found


def _new_links(
    tree: bpy.types.NodeTree,
    links: tuple[LinkSpec, ...],
    nodes: dict[str, bpy.types.Node],
    specs: dict[str, NodeSpec],
    problems: list[Problem],
) -> None:
    for link in links:
        if link.from_node not in nodes or link.to_node not in nodes:
            continue  # the node's absence is told
        source = _socket(nodes[link.from_node].outputs, specs[link.from_node].outputs, link.from_socket)
        target = _socket(nodes[link.to_node].inputs, specs[link.to_node].inputs, link.to_socket)
        if source is None or target is None:
            missing = source is None
            node, side, index = (
                (link.from_node, "outputs", link.from_socket) if missing else (link.to_node, "inputs", link.to_socket)
            )
            wanted = getattr(specs[node], side)[index]
            what = f"has no {side[:-1]} {wanted.name!r} ({wanted.identifier}), which a link needs"
            problems.append(Problem(f"node {node!r}", what))
            continue
        new = tree.links.new(source, target, verify_limits=False)
        if link.muted:
            new.is_muted = True


def _place(tree: bpy.types.NodeTree, spec: TreeSpec, schema: Schema) -> None:
    """Set all places and sizes at once: one by one, each makes Blender look at the whole tree. What is missed is set later."""
    if not spec.nodes or len(tree.nodes) != len(spec.nodes):
        return
    for name in LAYOUT & {f.name for f in schema.fields(bpy.types.Node)}:
        values = [each.properties.get(name) for each in spec.nodes]
        if None not in values:
            numbers = [n for v in values for n in v] if isinstance(values[0], tuple) else values
            tree.nodes.foreach_set(name, numbers)


def _settle(nodes: dict[str, bpy.types.Node], specs: dict[str, NodeSpec], schema: Schema) -> list[Problem]:
    """Set what differs in nodes and sockets, in rounds, for some of them decide what others accept."""
    problems: list[Problem] = []
    for _ in range(_ROUNDS):
        before = schema.num_set
        problems = [p for name, node in nodes.items() for p in _write_node(node, specs[name], schema)]
        if schema.num_set == before:
            break
    return problems


def _write_node(
    node: bpy.types.Node, spec: NodeSpec, schema: Schema, left_out: frozenset[str] = frozenset()
) -> list[Problem]:
    where = f"node {spec.name!r}"
    problems = schema.write(node, {k: v for k, v in spec.properties.items() if k not in left_out}, where)
    for side, sockets, wanted in (("input", node.inputs, spec.inputs), ("output", node.outputs, spec.outputs)):
        for index, each in enumerate(wanted):
            socket = _socket(sockets, wanted, index)
            if socket is None:
                problems.append(Problem(where, f"has no {side} {each.name!r} ({each.identifier})"))
            else:
                if socket.name != each.name:
                    socket.name = each.name
                if each.custom and schema.linked:
                    problems += write_custom(socket, each.custom, f"{where} > {side} {each.name!r}", schema)
                problems += schema.write(socket, each.properties, f"{where} > {side} {each.name!r}")
    return problems
