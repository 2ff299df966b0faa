"""Live graphs as plain meshes: the mesh itself, coarser levels of detail, and a convex hull for collisions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import bmesh
import bpy
import numpy as np

from .generators import Family, params_of_object, regrow
from .graph import Socket, new_tree
from .graph import nodes as n
from .graph.modifiers import realized
from .graph.sockets import Input, type_of

HULL_DIRECTIONS = 200  # game engines take convex hulls of up to 255 vertices
AT_A_TIME = 65_536  # points, so that an oak's five million need no gigabytes
LEAFY = ("Trees", "Flowers", "Ground", "Cacti")  # categories whose small parts are so many that some may be left out
SMALL_FACES, MANY_PARTS = 64, 500  # how small such a part is, and how many of them make foliage
NEAR_ENOUGH = 1.06  # times the faces that were asked for: not worth the time of collapsing edges


class BakeError(ValueError):
    """What cannot be baked; one sentence."""


def bake(obj: bpy.types.Object, name: str | None = None) -> bpy.types.Object:
    """A new object, in no collection, with the object's evaluated mesh: modifiers applied, instances real, materials and attributes kept.

    It stands where the object stands. Raises BakeError if there is no surface.
    """
    with realized(obj) as copy:
        return _plain_object(copy, obj, name or obj.name)


def lods(
    obj: bpy.types.Object, family: Family, count: int, ratio: float = 0.5, faces: int | None = None
) -> list[bpy.types.Object]:
    """Coarser ones, each with `ratio` times the faces of the one before; NAME_LOD1 and so on, as `bake` makes them.

    First the family's own `detail` is lowered, which keeps shapes. Of foliage some leaves are then left out and the others grow, so that
    it stays as dense (`_thin_out`); what is still too much is decimated. faces: how many the object has when it is baked, if that is
    known. Raises BakeError.
    """
    params = params_of_object(obj, family)
    if faces is None and count:
        full = bake(obj)
        faces = len(full.data.polygons)
        _remove(full)
    made: list[bpy.types.Object] = []
    try:
        for level in range(1, count + 1):
            share = ratio**level
            # A mesh's faces go with the square of its density
            detail = max(0.1, params.detail * math.sqrt(share))
            with _copied(obj) as copy:
                regrow(copy, family, replace(params, detail=min(detail, params.detail)))
                few = round((faces or 0) * share)
                with _thinned_out(copy, few if family.category in LEAFY else None):
                    made.append(bake(copy, f"{obj.name}_LOD{level}"))
            _decimate(made[-1], few)
    except BaseException:
        for each in made:
            _remove(each)
        raise
    return made


def hull(obj: bpy.types.Object, name: str | None = None, baked: bpy.types.Object | None = None) -> bpy.types.Object:
    """A closed convex mesh of few faces within which nearly all of the object lies, in no collection, where the object stands.

    baked: what `bake` made of the object, if that is at hand.
    """
    solid = baked or bake(obj)
    points = np.zeros(len(solid.data.vertices) * 3, np.float32)
    solid.data.vertices.foreach_get("co", points)
    if baked is None:
        _remove(solid)
    points = points.reshape(-1, 3)
    outermost = np.unique(_farthest(points, _directions(HULL_DIRECTIONS).astype(np.float32)))
    shape = bmesh.new()
    try:
        for each in points[outermost].tolist():
            shape.verts.new(each)
        # Points that nearly coincide would make slivers that face anywhere
        size = float((points.max(axis=0) - points.min(axis=0)).max())
        bmesh.ops.remove_doubles(shape, verts=shape.verts, dist=size * 0.01)
        bmesh.ops.convex_hull(shape, input=shape.verts)
        bmesh.ops.delete(shape, geom=[vertex for vertex in shape.verts if not vertex.link_faces], context="VERTS")
        bmesh.ops.recalc_face_normals(shape, faces=shape.faces)
        if not shape.faces:
            raise BakeError(f"{obj.name} is flat and has no hull")
        mesh = bpy.data.meshes.new(name or f"{obj.name}_hull")
        shape.to_mesh(mesh)
    finally:
        shape.free()
    made = bpy.data.objects.new(mesh.name, mesh)
    made.matrix_world = obj.matrix_world
    made.display_type = "WIRE"
    made.hide_render = True
    return made


def _plain_object(copy: bpy.types.Object, obj: bpy.types.Object, name: str) -> bpy.types.Object:
    mesh = evaluated_mesh(copy)
    if not mesh.polygons:
        bpy.data.meshes.remove(mesh)
        raise BakeError(f"{obj.name} has no surface as it stands")
    _drop_unused_materials(mesh)
    mesh.name = name
    made = bpy.data.objects.new(name, mesh)
    made.matrix_world = obj.matrix_world
    for key, value in obj.items():
        if key.startswith("dreamgrove_recipe"):
            made[key] = value
    return made


def _drop_unused_materials(mesh: bpy.types.Mesh) -> None:
    """Leave the slots that faces use, each material once; Blender adds an empty one for geometry that never had any."""
    indices = np.zeros(len(mesh.polygons), np.int32)
    mesh.polygons.foreach_get("material_index", indices)
    slots = list(mesh.materials)
    used = [slots[index] if index < len(slots) else None for index in np.unique(indices)]
    kept = list(dict.fromkeys(used))
    place = np.zeros(max(len(slots), int(indices.max()) + 1), np.int32)
    place[np.unique(indices)] = [kept.index(material) for material in used]
    mesh.materials.clear()
    for material in kept if kept != [None] else ():
        mesh.materials.append(material)
    mesh.polygons.foreach_set("material_index", place[indices])


@contextmanager
def _copied(obj: bpy.types.Object) -> Iterator[bpy.types.Object]:
    """A copy with a mesh of its own, in the same collections; removed at the end."""
    copy = obj.copy()
    copy.data = obj.data.copy()
    try:
        for collection in obj.users_collection or (bpy.context.scene.collection,):
            collection.objects.link(copy)
        yield copy
    finally:
        _remove(copy)


def evaluated_mesh(obj: bpy.types.Object) -> bpy.types.Mesh:
    """A new mesh: what the object in the scene shows now, with all its attributes."""
    depsgraph = bpy.context.evaluated_depsgraph_get()
    depsgraph.update()
    return bpy.data.meshes.new_from_object(
        obj.evaluated_get(depsgraph), preserve_all_data_layers=True, depsgraph=depsgraph
    )


def collapsed(obj: bpy.types.Object, triangles: int, triangulate: bool = False) -> bpy.types.Mesh:
    """A new mesh: that of a plain object in the scene, its edges collapsed until about so many triangles are left. triangulate: all faces."""
    modifier = obj.modifiers.new("Collapse", "DECIMATE")
    try:
        modifier.ratio = max(0.001, triangles / sum(len(polygon.vertices) - 2 for polygon in obj.data.polygons))
        modifier.use_collapse_triangulate = triangulate
        return evaluated_mesh(obj)
    finally:
        obj.modifiers.remove(modifier)


def _decimate(obj: bpy.types.Object, faces: int) -> None:
    """Bring a plain object to about so many faces at most."""
    mesh = obj.data
    if len(mesh.polygons) <= faces * NEAR_ENOUGH:
        return
    with _in_scene(obj):
        fewer = collapsed(obj, faces)  # it makes triangles of some of what was quads
    obj.data = fewer
    bpy.data.meshes.remove(mesh)
    fewer.name = obj.name


@contextmanager
def _thinned_out(obj: bpy.types.Object, faces: int | None) -> Iterator[None]:
    """For a while the object's foliage is thinned out to so many faces (None: it is not); `realized` is applied after it."""
    if faces is None:
        yield
        return
    tree = _thin_out(faces)
    modifier = obj.modifiers.new("Thin Out", "NODES")
    modifier.node_group = tree
    try:
        yield
    finally:
        obj.modifiers.remove(modifier)
        bpy.data.node_groups.remove(tree)


def _thin_out(faces: int) -> bpy.types.NodeTree:
    """A graph that leaves out some of a plant's small parts at random, and makes the sheets among the others so much larger that their area
    stays (Cook et al. 2007, Stochastic Simplification of Aggregate Detail). What has few small parts, or few faces, stays as it is."""
    with new_tree("Thin Out") as tree:
        mesh = n.realize(tree.geometry_input())
        part = n.node("GeometryNodeInputMeshIsland")["Island Index"]
        size = _total(1, "FACE", part)
        small = size <= SMALL_FACES
        spare = _total(n.switch(small, 0, 1), "FACE")
        share = n.clamp((float(faces) - (_total(1, "FACE") - spare)) / n.maximum(spare, 1.0), 0.04, 1.0)
        foliage = _total(n.switch(small, 0.0, 1.0 / n.maximum(size, 1.0)), "FACE") > float(MANY_PARTS)
        gone = small & foliage & (n.random_value(0.0, 1.0, seed=1, id=part) > share)
        mesh, kept = n.capture(mesh, n.switch(foliage, 1.0, share), domain="FACE")
        mesh, grows = n.capture(mesh, n.switch(small & (n.attribute("thin", "BOOLEAN")), 0.0, 1.0), domain="FACE")
        mesh = n.delete(mesh, gone, domain="FACE")
        middle = _total(n.position(), "POINT", part) / _total(1, "POINT", part)
        larger = n.minimum(1.0 / n.sqrt(n.maximum(kept, 0.01)), 2.5) - 1.0
        tree.o.geometry << n.set_position(mesh, offset=(n.position() - middle) * (larger * (grows > 0.5)))
    return tree.data


def _total(value: Input, domain: str, group: Input = None) -> Socket:
    """The sum of a field over a domain, or over each group of it."""
    kind = {"VECTOR": "FLOAT_VECTOR", "VALUE": "FLOAT"}.get(type_of(value), "INT")
    made = n.node("GeometryNodeAccumulateField", data_type=kind, domain=domain)
    return made.set_positional(value, group)["Total"]


def _farthest(points: np.ndarray, directions: np.ndarray) -> np.ndarray:
    """The number of the point [P, 3] that lies farthest in each direction [D, 3]: [D] int."""
    best, found = np.full(len(directions), -np.inf, np.float32), np.zeros(len(directions), np.int64)
    for start in range(0, len(points), AT_A_TIME):
        along = points[start : start + AT_A_TIME] @ directions.T
        here = along.argmax(axis=0)
        reach = along[here, np.arange(len(directions))]
        found = np.where(reach > best, here + start, found)
        best = np.maximum(reach, best)
    return found


@contextmanager
def _in_scene(obj: bpy.types.Object) -> Iterator[None]:
    collection = bpy.context.scene.collection
    collection.objects.link(obj)
    try:
        yield
    finally:
        collection.objects.unlink(obj)


def _directions(count: int) -> np.ndarray:
    """Unit vectors [count, 3], evenly over the sphere (a Fibonacci lattice), and the six axes [6, 3]."""
    index = np.arange(count) + 0.5
    z = 1.0 - 2.0 * index / count
    angle = math.pi * (1.0 + math.sqrt(5.0)) * index
    radius = np.sqrt(1.0 - z * z)
    even = np.stack([radius * np.cos(angle), radius * np.sin(angle), z], -1)
    return np.concatenate([even, np.eye(3), -np.eye(3)])


def _remove(obj: bpy.types.Object) -> None:
    mesh = obj.data
    bpy.data.objects.remove(obj)
    if mesh.users == 0:
        bpy.data.meshes.remove(mesh)
