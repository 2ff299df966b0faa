"""Geometry node graphs by chance that yield something: primitives, operations on them, fields into these, all joined at the end."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache

import bpy
from graphs import choices_of, node_types
from random_graphs import fits, usable

PRIMITIVES = (
    *("GeometryNodeMeshCube", "GeometryNodeMeshGrid", "GeometryNodeMeshUVSphere", "GeometryNodeMeshCone"),
    *("GeometryNodeMeshIcoSphere", "GeometryNodeCurvePrimitiveCircle", "GeometryNodeCurveSpiral", "GeometryNodePoints"),
)
# Not here: what needs files, other objects, a tool, a partner, or much time.
LEFT_OUT = (
    *(
        "Bake",
        "Closure",
        "Foreach",
        "Gizmo",
        "Grid",
        "Group",
        "Import",
        "Object",
        "Repeat",
        "SDF",
        "Simulation",
        "Tool",
    ),
    *("Viewer", "Volume", "Warning", "Active", "Camera", "Collection", "Frame", "Reroute", "Image", "Self", "XPBD"),
    *(
        "Boolean",
        "Enable",
        "Field",
        "List",
        "Script",
        "Physics",
        "Pressure",
        "Solver",
        "Separate",
        "MenuSwitch",
        "Delete",
    ),
)


@cache
def operations() -> tuple[str, ...]:
    """Node types that take a geometry and give one."""
    return _types(lambda node: node.outputs[0].type == "GEOMETRY" and any(s.type == "GEOMETRY" for s in node.inputs))


@cache
def fields() -> tuple[str, ...]:
    """Node types without geometry that give numbers."""
    simple = {"VALUE", "INT", "BOOLEAN", "VECTOR", "RGBA", "ROTATION"}
    return _types(lambda n: {s.type for s in (*n.inputs, *n.outputs) if usable(s)} <= simple)


def _types(wanted: Callable[[bpy.types.Node], bool]) -> tuple[str, ...]:
    tree = bpy.data.node_groups.new("probe", "GeometryNodeTree")
    names = [n for n in node_types("GeometryNodeTree") if not any(part in n for part in LEFT_OUT)]
    nodes = [tree.nodes.new(name) for name in names]
    found = tuple(node.bl_idname for node in nodes if len(node.outputs) and wanted(node))
    bpy.data.node_groups.remove(tree)
    return found


def random_geometry(rng: random.Random, num_operations: int) -> bpy.types.NodeTree:
    """A group with geometry in and out. Counts and sizes stay small, so that it is evaluated in no time."""
    tree = bpy.data.node_groups.new("random geometry", "GeometryNodeTree")
    for direction in ("INPUT", "OUTPUT"):
        tree.interface.new_socket("Geometry", in_out=direction, socket_type="NodeSocketGeometry")
    start, end = tree.nodes.new("NodeGroupInput"), tree.nodes.new("NodeGroupOutput")
    # By node and position: a link may make a node's sockets anew.
    numbers: list[tuple[bpy.types.Node, int]] = []
    for name in rng.choices(fields(), k=num_operations * 2):
        numbers += _numbers(_new(tree, name, rng, numbers))
    geometries = [(start, 0), *((_new(tree, name, rng, []), 0) for name in rng.choices(PRIMITIVES, k=3))]
    for name in rng.choices(operations(), k=num_operations):
        node = _new(tree, name, rng, numbers)
        for index, socket in enumerate(node.inputs):
            if socket.type == "GEOMETRY" and usable(socket):
                source, output = geometries.pop(rng.randrange(len(geometries)))
                tree.links.new(source.outputs[output], node.inputs[index])
                geometries.append((source, output)) if rng.random() < 0.4 or not geometries else None
        geometries.append((node, 0))
        numbers += _numbers(node)
    join = tree.nodes.new("GeometryNodeJoinGeometry")
    for source, output in geometries:
        tree.links.new(source.outputs[output], join.inputs[0])
    tree.links.new(join.outputs[0], end.inputs[0])
    return tree


def _numbers(node: bpy.types.Node) -> list[tuple[bpy.types.Node, int]]:
    return [(node, index) for index, socket in enumerate(node.outputs) if usable(socket) and socket.type != "GEOMETRY"]


def _new(tree: bpy.types.NodeTree, name: str, rng: random.Random, numbers: list) -> bpy.types.Node:
    node = tree.nodes.new(name)
    node.location = (rng.uniform(-900, 900), rng.uniform(-900, 900))
    for prop in node.bl_rna.properties:
        own = not hasattr(bpy.types.Node, prop.identifier) and prop.identifier not in bpy.types.Node.bl_rna.properties
        if own and prop.type == "ENUM" and not prop.is_readonly and not prop.is_enum_flag and rng.random() < 0.5:
            setattr(node, prop.identifier, rng.choice(choices_of(node, prop)))
    for index, socket in enumerate(node.inputs):
        if not usable(socket):
            continue
        _set_value(socket, rng)
        fitting = [(n, i) for n, i in numbers if i < len(n.outputs) and fits(n.outputs[i], socket)]
        if fitting and rng.random() < 0.4:
            source, output = rng.choice(fitting)
            link = tree.links.new(source.outputs[output], node.inputs[index])
            if not link.is_valid:
                tree.links.remove(link)
    return node


def _set_value(socket: bpy.types.NodeSocket, rng: random.Random) -> None:
    match socket.type:
        case "VALUE":
            socket.default_value = rng.uniform(0.05, 1.5)
        case "INT":
            socket.default_value = rng.randint(1, 3 if "Level" in socket.name or "Subdivisions" in socket.name else 7)
        case "BOOLEAN":
            socket.default_value = rng.random() < 0.6
        case "VECTOR" | "ROTATION" | "RGBA":
            socket.default_value = [rng.uniform(-1.0, 1.0) for _ in socket.default_value]
