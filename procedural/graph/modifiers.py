"""Node groups on objects: modifier inputs on every supported Blender, and evaluated meshes as arrays."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import bpy
import numpy as np

from ...params import params_of, to_mapping
from .errors import GraphError

_MENUS_ARE_TEXT = bpy.app.version >= (5, 2, 0)
_ATTRIBUTE_READERS = {  # data type -> (field, components, numpy type)
    "FLOAT": ("value", 1, np.float32),
    "INT": ("value", 1, np.int32),
    "BOOLEAN": ("value", 1, np.bool_),
    "FLOAT2": ("vector", 2, np.float32),
    "FLOAT_VECTOR": ("vector", 3, np.float32),
    "FLOAT_COLOR": ("color", 4, np.float32),
    "BYTE_COLOR": ("color", 4, np.float32),
}


@dataclass(frozen=True)
class EvaluatedMesh:
    """A mesh after all modifiers, in the object's space, m.

    vertices [V, 3], triangles [F, 3] int32, normals [F, 3, 3] (of each triangle's corners), polygon_of [F] int32 (the
    polygon each triangle came from), attributes: name -> [elements] or [elements, components], domains: name -> domain.
    """

    vertices: np.ndarray
    triangles: np.ndarray
    normals: np.ndarray
    polygon_of: np.ndarray
    attributes: dict[str, np.ndarray] = field(default_factory=dict)
    domains: dict[str, str] = field(default_factory=dict)


def apply_group(obj: bpy.types.Object, tree: bpy.types.NodeTree, params: Any = None) -> bpy.types.Modifier:
    """Put the group on the object (or reuse its modifier) and set its inputs.

    params: a parameter dataclass instance or a mapping of field names; None keeps the group's defaults.
    Raises GraphError for a name that is no input of the group.
    """
    modifier = next((m for m in obj.modifiers if m.type == "NODES" and m.node_group == tree), None)
    if modifier is None:
        modifier = obj.modifiers.new(tree.name, "NODES")
        modifier.node_group = tree
    if params is not None:
        set_inputs(modifier, params)
    return modifier


def set_inputs(modifier: bpy.types.Modifier, params: Any) -> None:
    """Set a Geometry Nodes modifier's inputs by field name; see `apply_group`."""
    tree = modifier.node_group
    if isinstance(params, Mapping):
        values: Mapping[str, Any] = params
        labels = {name: name.replace("_", " ").title() for name in values}
    else:
        values = to_mapping(params)
        labels = {info.name: info.label for info in params_of(type(params))}
    items = {i.name: i for i in tree.interface.items_tree if i.item_type == "SOCKET" and i.in_out == "INPUT"}
    for name, value in values.items():
        item = items.get(labels[name]) or items.get(name)
        if item is None:
            raise GraphError(f"group {tree.name!r} has no input {labels[name]!r}; it has {', '.join(items) or 'none'}")
        _set_input(modifier, item, value)
    # Without the tag the depsgraph keeps the old result.
    modifier.id_data.update_tag()


def read_inputs(modifier: bpy.types.Modifier, cls: type) -> dict[str, Any]:
    """What a Geometry Nodes modifier's inputs stand at, by field name of the dataclass; fields without an input are left out.

    Numbers are the modifier's own single-precision ones; colours have as many components as the field.
    """
    items = {
        i.name: i for i in modifier.node_group.interface.items_tree if i.item_type == "SOCKET" and i.in_out == "INPUT"
    }
    values: dict[str, Any] = {}
    for info in params_of(cls):
        item = items.get(info.label)
        if item is None:
            continue
        value = read_input(modifier, item)
        if info.kind is tuple:
            value = tuple(value)[: len(info.default)]  # type: ignore[arg-type]
        elif info.choices and not isinstance(value, str):
            value = _menu_names(modifier.node_group, item)[value]
        values[info.name] = info.kind(value)
    return values


def read_input(modifier: bpy.types.Modifier, item: Any) -> Any:
    """What the input of an interface item stands at, as the modifier has it."""
    if hasattr(modifier, "properties") and hasattr(modifier.properties, "inputs"):  # 5.2 and later
        return getattr(modifier.properties.inputs, item.identifier).value
    value = modifier.get(item.identifier)
    return item.default_value if value is None else value


def _set_input(modifier: bpy.types.Modifier, item: Any, value: Any) -> None:
    kind = item.socket_type
    if kind == "NodeSocketColor" and len(value) == 3:
        value = (*value, 1.0)
    if kind == "NodeSocketMenu" and not _MENUS_ARE_TEXT:
        value = _menu_number(modifier.node_group, item, value)
    if hasattr(modifier, "properties") and hasattr(modifier.properties, "inputs"):  # 5.2 and later
        getattr(modifier.properties.inputs, item.identifier).value = value
    else:
        modifier[item.identifier] = list(value) if isinstance(value, tuple) else value


def _menu_number(tree: bpy.types.NodeTree, item: Any, value: str) -> int:
    """The number by which modifiers before 5.2 know a menu item."""
    names = _menu_names(tree, item)
    for number, name in names.items():
        if name == value:
            return number
    raise GraphError(f"menu {item.name!r} of {tree.name!r} takes {', '.join(names.values())}, not {value!r}")


def _menu_names(tree: bpy.types.NodeTree, item: Any) -> dict[int, str]:
    """A menu's items by the number by which modifiers before 5.2 know them: their own in the Menu Switch that the input feeds."""
    for link in tree.links:
        source, target = link.from_node.bl_idname, link.to_node.bl_idname
        if (source, target) != ("NodeGroupInput", "GeometryNodeMenuSwitch"):
            continue
        if link.from_socket.identifier == item.identifier:
            names = [entry.name for entry in link.to_node.enum_items]
            return {_enum_identifier(link.to_node, place): name for place, name in enumerate(names)}
    raise GraphError(f"menu {item.name!r} of {tree.name!r} feeds no Menu Switch, so it cannot be set")


def _enum_identifier(node: bpy.types.Node, place: int) -> int:
    """An item's own number, which its socket's identifier "Item_7" carries."""
    sockets = [s for s in node.inputs if s.identifier.startswith("Item_")]
    return int(sockets[place].identifier.removeprefix("Item_"))


def evaluate(obj: bpy.types.Object, depsgraph: bpy.types.Depsgraph | None = None) -> EvaluatedMesh:
    """The object's mesh with all modifiers, triangulated; nothing stays in the file.

    Instances must have been realised in the group. Attributes that start with a dot (Blender's own) are left out.
    """
    if depsgraph is None:
        depsgraph = bpy.context.evaluated_depsgraph_get()
    depsgraph.update()
    evaluated = obj.evaluated_get(depsgraph)
    mesh = evaluated.to_mesh()
    try:
        return read_mesh(mesh)
    finally:
        evaluated.to_mesh_clear()


@contextmanager
def realized(obj: bpy.types.Object) -> Iterator[bpy.types.Object]:
    """A copy of the object whose last modifier makes instances real, in the same collections; removed at the end."""
    copy = obj.copy()
    tree = bpy.data.node_groups.new("Realize", "GeometryNodeTree")
    try:
        for in_out in ("INPUT", "OUTPUT"):
            tree.interface.new_socket("Geometry", in_out=in_out, socket_type="NodeSocketGeometry")
        nodes = [tree.nodes.new(n) for n in ("NodeGroupInput", "GeometryNodeRealizeInstances", "NodeGroupOutput")]
        for before, after in itertools.pairwise(nodes):
            tree.links.new(before.outputs[0], after.inputs[0])
        copy.modifiers.new("Realize", "NODES").node_group = tree
        for collection in obj.users_collection or (bpy.context.scene.collection,):
            collection.objects.link(copy)
        yield copy
    finally:
        bpy.data.objects.remove(copy)
        bpy.data.node_groups.remove(tree)


def evaluate_parts(obj: bpy.types.Object) -> list[tuple[EvaluatedMesh, int]]:
    """The different meshes that an object shows, each with how often: its own once, every instanced one as often as it is there.

    Own coordinates, m; meshes without vertices are left out. This is what a viewport holds in memory.
    """
    depsgraph = bpy.context.evaluated_depsgraph_get()
    depsgraph.update()
    parts: dict[int, list[Any]] = {}
    for shown in depsgraph.object_instances:
        owner = shown.parent if shown.is_instance else shown.object
        if owner is None or owner.original != obj or shown.object.type != "MESH":
            continue
        mesh = shown.object.data
        if mesh.as_pointer() in parts:
            parts[mesh.as_pointer()][1] += 1
        elif len(mesh.vertices):
            parts[mesh.as_pointer()] = [read_mesh(mesh), 1]
    return [(mesh, count) for mesh, count in parts.values()]


def evaluate_realized(obj: bpy.types.Object) -> EvaluatedMesh:
    """As `evaluate`, with all instances as real geometry."""
    with realized(obj) as copy:
        return evaluate(copy)


def read_mesh(mesh: bpy.types.Mesh) -> EvaluatedMesh:
    """A bpy mesh as arrays, copied; see `EvaluatedMesh`."""
    mesh.calc_loop_triangles()
    count = len(mesh.loop_triangles)
    vertices = _read(mesh.vertices, "co", 3, np.float32)
    triangles = _read(mesh.loop_triangles, "vertices", 3, np.int32)
    loops = _read(mesh.loop_triangles, "loops", 3, np.int32)
    polygon_of = _read(mesh.loop_triangles, "polygon_index", 1, np.int32)
    corner_normals = _read(mesh.corner_normals, "vector", 3, np.float32)
    normals = corner_normals[loops] if count else np.zeros((0, 3, 3), np.float32)
    attributes, domains = {}, {}
    for attribute in mesh.attributes:
        reader = _ATTRIBUTE_READERS.get(attribute.data_type)
        if reader is None or attribute.name.startswith(".") or attribute.name == "position":
            continue
        attributes[attribute.name] = _read(attribute.data, *reader)
        domains[attribute.name] = attribute.domain
    return EvaluatedMesh(vertices, triangles, normals, polygon_of, attributes, domains)


def _read(collection: Any, name: str, components: int, dtype: type) -> np.ndarray:
    flat = np.zeros(len(collection) * components, dtype)
    collection.foreach_get(name, flat)
    return flat.reshape(-1, components) if components > 1 else flat
