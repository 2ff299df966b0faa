"""What a geometry node group yields on an object, to the last bit: all components as one mesh, with what else it puts out as attributes."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np

Mesh = dict[str, Any]

_STORED = {  # socket type -> type of the attribute that holds an output
    "VALUE": "FLOAT",
    "INT": "INT",
    "BOOLEAN": "BOOLEAN",
    "VECTOR": "FLOAT_VECTOR",
    "RGBA": "FLOAT_COLOR",
    "ROTATION": "QUATERNION",
    "MATRIX": "FLOAT4X4",
}
_READ = {  # type of an attribute -> (property, numbers, numpy's type)
    "FLOAT": ("value", 1, np.float32),
    "INT": ("value", 1, np.int32),
    "INT8": ("value", 1, np.int32),
    "BOOLEAN": ("value", 1, np.bool_),
    "FLOAT_VECTOR": ("vector", 3, np.float32),
    "FLOAT2": ("vector", 2, np.float32),
    "INT32_2D": ("value", 2, np.int32),
    "INT16_2D": ("value", 2, np.int32),
    "FLOAT_COLOR": ("color", 4, np.float32),
    "BYTE_COLOR": ("color", 4, np.float32),
    "QUATERNION": ("value", 4, np.float32),
    "FLOAT4X4": ("value", 16, np.float32),
}


def sources() -> dict[str, bpy.types.Object]:
    """What groups are applied to: a mesh with attributes and materials, a curve, hair, and a mesh of nothing."""
    made = {
        "mesh": _grid(),
        "curve": _curve(),
        "hair": _hair(),
        "nothing": bpy.data.objects.new("nothing", bpy.data.meshes.new("nothing")),
    }
    for each in made.values():
        bpy.context.scene.collection.objects.link(each)
    return made


def _grid() -> bpy.types.Object:
    """A bent sheet of 6 x 5 quads beside a loose triangle."""
    rng = np.random.default_rng(5)
    points = [(x * 0.4 - 1, y * 0.5 - 1, 0.2 * x * y % 1.0) for y in range(6) for x in range(7)]
    faces = [(7 * y + x, 7 * y + x + 1, 7 * y + x + 8, 7 * y + x + 7) for y in range(5) for x in range(6)]
    points += [(2, 0, 0), (3, 0, 0.5), (2, 1, 0)]
    mesh = bpy.data.meshes.new("sheet")
    mesh.from_pydata(points, [], [*faces, (42, 43, 44)])
    for name in ("bark", "leaf"):
        mesh.materials.append(bpy.data.materials.new(name))
    mesh.polygons.foreach_set("material_index", rng.integers(0, 2, len(mesh.polygons)).astype(np.int32))
    mesh.uv_layers.new(name="UVMap").data.foreach_set("uv", rng.random(2 * len(mesh.loops)).astype(np.float32))
    for name, kind, domain in (("weight", "FLOAT", "POINT"), ("id", "INT", "POINT"), ("tint", "FLOAT_COLOR", "CORNER")):
        attribute = mesh.attributes.new(name, kind, domain)
        field, count, dtype = _READ[kind]
        attribute.data.foreach_set(field, (rng.random(len(attribute.data) * count) * 100).astype(dtype))
    mesh.update()
    return bpy.data.objects.new("sheet", mesh)


def _curve() -> bpy.types.Object:
    curve = bpy.data.curves.new("curve", "CURVE")
    curve.dimensions = "3D"
    for kind, count in (("POLY", 5), ("NURBS", 6)):
        spline = curve.splines.new(kind)
        spline.points.add(count - 1)
        spline.points.foreach_set("co", [v for i in range(count) for v in (i * 0.3, (i * i) % 3, i % 2, 1.0)])
    return bpy.data.objects.new("curve", curve)


def _hair() -> bpy.types.Object:
    hair = bpy.data.hair_curves.new("hair")
    hair.add_curves([8] * 12)
    hair.attributes["position"].data.foreach_set(
        "vector", [v for c in range(12) for p in range(8) for v in (c * 0.1, 0.02 * p * p, p * 0.1)]
    )
    return bpy.data.objects.new("hair", hair)


def evaluate_group(group: bpy.types.NodeTree, source: bpy.types.Object, values: Any = None) -> Mesh:
    """The result of a group with its default inputs on an object's geometry; `values` sets inputs of the group node.

    A tree around the group makes it visible: each of its geometries is realised and becomes mesh, its other outputs become attributes.
    Nothing stays in the file.
    """
    tree = bpy.data.node_groups.new("around", "GeometryNodeTree")
    tree.interface.new_socket("Geometry", in_out="INPUT", socket_type="NodeSocketGeometry")
    tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    host = bpy.data.objects.new("host", bpy.data.meshes.new("host"))
    try:
        _around(tree, group, source, values)
        modifier = host.modifiers.new("around", "NODES")
        modifier.node_group = tree
        bpy.context.scene.collection.objects.link(host)
        depsgraph = bpy.context.evaluated_depsgraph_get()
        depsgraph.update()
        evaluated = host.evaluated_get(depsgraph)
        try:
            return read_mesh(evaluated.to_mesh())
        finally:
            evaluated.to_mesh_clear()
    finally:
        bpy.data.batch_remove([tree, host.data, host])


def _around(tree: bpy.types.NodeTree, group: bpy.types.NodeTree, source: bpy.types.Object, values: Any) -> None:
    node = tree.nodes.new("GeometryNodeGroup")
    node.node_tree = group
    info = tree.nodes.new("GeometryNodeObjectInfo")
    info.inputs["Object"].default_value = source
    given = next(s for s in info.outputs if s.type == "GEOMETRY")
    for socket in node.inputs:
        if socket.type == "GEOMETRY":
            tree.links.new(given, socket)
    if values is not None:
        values(node)
    join, end = tree.nodes.new("GeometryNodeJoinGeometry"), tree.nodes.new("NodeGroupOutput")
    geometries = [s for s in node.outputs if s.type == "GEOMETRY"]
    for index, geometry in enumerate(geometries or [given]):
        for mesh in _as_meshes(tree, geometry):
            if index == 0:
                mesh = _with_outputs(tree, mesh, [s for s in node.outputs if s.type in _STORED])
            tree.links.new(mesh, join.inputs[0])
    tree.links.new(join.outputs[0], end.inputs[0])


def _as_meshes(tree: bpy.types.NodeTree, geometry: Any) -> list[Any]:
    """The components of a geometry, each as mesh, instances made real."""
    realise, parts = tree.nodes.new("GeometryNodeRealizeInstances"), tree.nodes.new("GeometryNodeSeparateComponents")
    to_mesh, to_vertices = tree.nodes.new("GeometryNodeCurveToMesh"), tree.nodes.new("GeometryNodePointsToVertices")
    tree.links.new(geometry, realise.inputs[0])
    tree.links.new(realise.outputs[0], parts.inputs[0])
    tree.links.new(parts.outputs["Curve"], to_mesh.inputs[0])
    tree.links.new(parts.outputs["Point Cloud"], to_vertices.inputs[0])
    return [parts.outputs["Mesh"], to_mesh.outputs[0], to_vertices.outputs[0]]


def _with_outputs(tree: bpy.types.NodeTree, mesh: Any, outputs: list[Any]) -> Any:
    for index, output in enumerate(outputs):
        store = tree.nodes.new("GeometryNodeStoreNamedAttribute")
        store.data_type = _STORED[output.type]
        next(s for s in store.inputs if s.name == "Name").default_value = f"output {index}"
        tree.links.new(mesh, store.inputs[0])
        tree.links.new(output, next(s for s in store.inputs if s.name == "Value" and s.enabled))
        mesh = store.outputs[0]
    return mesh


def read_mesh(mesh: bpy.types.Mesh) -> Mesh:
    """All of a mesh, as bytes and names: topology, every attribute (hidden ones too), materials."""
    found: Mesh = {
        "counts": (len(mesh.vertices), len(mesh.edges), len(mesh.polygons), len(mesh.loops)),
        "materials": [material.name if material else None for material in mesh.materials],
        "positions": _bytes(mesh.vertices, "co", 3, np.float32),
        "edges": _bytes(mesh.edges, "vertices", 2, np.int32),
        "faces": _bytes(mesh.polygons, "loop_start", 1, np.int32),
        "corners": _bytes(mesh.loops, "vertex_index", 1, np.int32) + _bytes(mesh.loops, "edge_index", 1, np.int32),
        "normals": _bytes(mesh.corner_normals, "vector", 3, np.float32),
    }
    for attribute in mesh.attributes:
        if attribute.name.startswith(".a_"):  # an anonymous one, named anew each time, that Blender 4.2 lets through
            continue
        key = f"attribute {attribute.name!r} ({attribute.data_type}, {attribute.domain})"
        if attribute.data_type == "STRING":
            found[key] = [each.value for each in attribute.data]
        else:
            found[key] = _bytes(attribute.data, *_READ[attribute.data_type])
    return found


def _bytes(items: Any, name: str, count: int, dtype: type) -> bytes:
    array = np.zeros(len(items) * count, dtype)
    items.foreach_get(name, array)
    return array.tobytes()


def unequal(one: Mesh, other: Mesh) -> list[str]:
    """The parts in which two meshes differ."""
    return [key for key in (*one, *(other.keys() - one.keys())) if one.get(key) != other.get(key)]


def is_empty(mesh: Mesh) -> bool:
    return mesh["counts"][0] == 0
