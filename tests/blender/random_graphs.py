"""Graphs by chance: any nodes that the running Blender has, with random values, links, panels, zones, frames and nested groups."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import Any

import bpy
from graphs import LEFT_ALONE, NAMES, ZONES, choices_of, is_other_node, node_types, randomise_node

# Which sockets Blender links to which: numbers and the like among themselves, all else to its own kind.
NUMBERS = {"VALUE", "INT", "BOOLEAN", "VECTOR", "RGBA", "ROTATION"}
SOCKETS = {
    "GeometryNodeTree": ("Float", "Int", "Bool", "Vector", "Color", "Geometry", "String", "Object", "Material"),
    "ShaderNodeTree": ("Float", "Vector", "Color", "Shader"),
    "CompositorNodeTree": ("Float", "Vector", "Color"),
    "TextureNodeTree": ("Float", "Vector", "Color"),
}


def some_types(kind: str) -> list[str]:
    """The node types to draw from. The two left out are tested by themselves, and said to be what they are there."""
    left_out = () if bpy.app.version >= (5, 0) else ("Closure", "ColorBalance")
    types = [t for t in node_types(kind) if not any(name in t for name in left_out) and t not in ZONES.values()]
    return types + [t for t in types if t in ZONES] * 4


def sizes(count: int, rng: random.Random, largest: int = 200, at_largest: int = 5) -> list[int]:
    """How many nodes each of `count` graphs gets: log-uniform from 3, and some of the largest size."""
    drawn = [round(3 * (largest / 3) ** rng.random()) for _ in range(count - at_largest)]
    return [*drawn, *[largest] * at_largest]


def random_graph(kind: str, size: int, rng: random.Random, types: list[str] | None = None) -> bpy.types.NodeTree:
    """A tree with about `size` nodes, those of its nested groups among them; groups are used more than once."""
    types = types or some_types(kind)
    groups: list[bpy.types.NodeTree] = []
    for share in (0.1, 0.15) if size >= 10 else ():
        groups.append(random_tree(kind, max(3, round(size * share)), rng, types, groups))
    return random_tree(kind, size - sum(len(g.nodes) for g in groups), rng, types, groups)


def random_tree(
    kind: str, size: int, rng: random.Random, types: list[str], groups: list[bpy.types.NodeTree]
) -> bpy.types.NodeTree:
    tree = bpy.data.node_groups.new(rng.choice(NAMES), kind)
    random_interface(tree, rng)
    wanted = ["NodeGroupInput", "NodeGroupOutput", *rng.choices(types, k=max(size - 2 - len(groups), 1))]
    nodes = []
    for type_name in wanted:
        node = tree.nodes.new(type_name)
        nodes.append(node)
        if type_name in ZONES:
            node.pair_with_output(tree.nodes.new(ZONES[type_name]))
    for group in groups:
        tree.nodes.new(kind.replace("Tree", "Group")).node_tree = group
    for node in list(tree.nodes):
        if rng.random() < 0.4:
            randomise_node(node, rng)
            mend(node)
        node.location = (rng.uniform(-5000, 5000), rng.uniform(-5000, 5000))
    frames = [n for n in tree.nodes if n.bl_idname == "NodeFrame"]
    for node in tree.nodes:
        if frames and rng.random() < 0.3 and node not in frames:
            node.parent = rng.choice(frames)
    random_links(tree, rng)
    tree.nodes.active = rng.choice(list(tree.nodes))
    tree.nodes.remove(
        tree.nodes.new("NodeFrame")
    )  # muting a link leaves what follows from it as it was until the next change
    return tree


def mend(struct: Any, depth: int = 0) -> None:
    """Choose where a choice has been taken away: a codec, say, that another bit depth does not have. Nobody can set such a thing."""
    for prop in struct.bl_rna.properties:
        name = prop.identifier
        if prop.type == "ENUM" and not (
            prop.is_readonly or prop.is_enum_flag or isinstance(struct, bpy.types.NodeSocket)
        ):
            if getattr(struct, name) == "" and (choices := [c for c in choices_of(struct, prop) if c]):
                with suppress(TypeError):  # one that is not there for this kind of file
                    setattr(struct, name, choices[0])
        elif (
            prop.type == "POINTER"
            and prop.is_readonly
            and name not in LEFT_ALONE
            and not is_other_node(prop)
            and depth < 4
        ):
            inner = getattr(struct, name)
            if inner is not None and not isinstance(inner, bpy.types.ID):
                mend(inner, depth + 1)
        elif prop.type == "COLLECTION" and name not in {"inputs", "outputs", "internal_links"} and depth < 4:
            for item in getattr(struct, name):
                mend(item, depth + 1)


def random_interface(tree: bpy.types.NodeTree, rng: random.Random) -> None:
    """Some inputs and outputs, in panels, with gaps in the identifiers."""
    panels = [None, tree.interface.new_panel(rng.choice(NAMES), description=NAMES[0]), tree.interface.new_panel("b")]
    for _ in range(rng.randint(3, 10)):
        name = rng.choice(SOCKETS[tree.bl_idname])
        tree.interface.new_socket(
            rng.choice(NAMES),
            in_out=rng.choice(("INPUT", "OUTPUT")) if name != "Object" else "INPUT",
            socket_type=f"NodeSocket{name}",
            parent=rng.choice(panels),
        )
    sockets = [i for i in tree.interface.items_tree if i.item_type == "SOCKET"]
    tree.interface.remove(rng.choice(sockets))


def random_links(tree: bpy.types.NodeTree, rng: random.Random, share: float = 0.5) -> None:
    """Link about this share of all inputs, to outputs of nodes before them that fit, or now and then to anything."""
    nodes = list(tree.nodes)
    rng.shuffle(nodes)
    nodes.sort(key=lambda n: (n.bl_idname != "NodeGroupInput", n.bl_idname == "NodeGroupOutput"))
    outputs: list[tuple[bpy.types.Node, int]] = []  # by position: a link may make a node's sockets anew
    for node in nodes:
        for index in range(len(node.inputs)):
            if index >= len(node.inputs) or not usable(node.inputs[index]) or rng.random() > share:
                continue
            for _ in range(rng.randint(1, 4) if node.inputs[index].is_multi_input else 1):
                wild = rng.random() < 0.03
                there = [n.outputs[i] for n, i in outputs if i < len(n.outputs)]
                fitting = [s for s in there if usable(s) and (wild or fits(s, node.inputs[index]))]
                if fitting:
                    tree.links.new(rng.choice(fitting), node.inputs[index]).is_muted = rng.random() < 0.05
        outputs += [(node, index) for index in range(len(node.outputs))]
    if bpy.app.version < (4, 4):
        for node in nodes:
            leave_one_type(tree, node)


def leave_one_type(tree: bpy.types.NodeTree, node: bpy.types.Node) -> None:
    """Before Blender 4.4 a reroute that gets nothing has the type of one of the sockets that it feeds, whichever comes first in memory."""
    if node.bl_idname == "NodeReroute" and not node.inputs[0].is_linked:
        for link in list(node.outputs[0].links)[1:]:
            tree.links.remove(link)


def usable(socket: bpy.types.NodeSocket) -> bool:
    return socket.enabled and socket.bl_idname != "NodeSocketVirtual"


def fits(source: bpy.types.NodeSocket, target: bpy.types.NodeSocket) -> bool:
    return source.type == target.type or (source.type in NUMBERS and target.type in NUMBERS)
