"""Solid land as an object."""

from __future__ import annotations

import bpy
import numpy as np

from ..field import HeightField
from .blocks import Region
from .elements import Solid
from .forms import elements
from .nets import SolidMesh, mesh_steps
from .params import SolidParams


def solid_steps(field: HeightField, params: SolidParams | None = None, camera: tuple[float, float, float] | None = None,
                name: str = "Solid Land"):  # fmt: skip
    """Mesh the land with its forms, step by step (yields the share done); returns a new object, not yet in a collection.

    camera: place that is seen from, m: fine near it, coarse far away; None = as fine everywhere. The mesh has the point attributes
    `altitude` m, `slope` rad (of its normals: 0 up, pi a ceiling) and `depth` m (under the ground that heights had: > 0 in caves, < 0 on
    arches and boulders).
    """
    mesh = yield from mesh_land(field, params or SolidParams(), camera)
    return object_of(mesh, field, name)


def mesh_land(field: HeightField, p: SolidParams, camera: tuple[float, float, float] | None = None):
    """The land's mesh, step by step: numbers only."""
    forms = elements(field, p)
    low, high = float(field.heights.min()), float(field.heights.max())
    for form in forms:
        boxes = form.parts.boxes
        low, high = min(low, float(boxes[:, 0, 2].min())), max(high, float(boxes[:, 1, 2].max()))
    margin = 4.0 * p.cell
    half = field.size / 2
    x, y = field.center
    floor = low - 0.05 * field.size if p.closed else None
    wide = half + margin if p.closed else half
    region = Region(
        (x - wide, y - wide, (low if floor is None else floor) - margin),
        (x + wide, y + wide, high + margin), p.cell, camera, p.spread,
    )  # fmt: skip
    solid = Solid(field, forms, floor)
    return (yield from mesh_steps(solid, region, solid.steepest))


def object_of(mesh: SolidMesh, field: HeightField, name: str) -> bpy.types.Object:
    """A new object of the mesh with its attributes."""
    data = bpy.data.meshes.new(name)
    quads, triangles = len(mesh.quads), len(mesh.triangles)
    data.vertices.add(len(mesh.vertices))
    data.vertices.foreach_set("co", mesh.vertices.ravel())
    data.loops.add(4 * quads + 3 * triangles)
    data.loops.foreach_set("vertex_index", np.concatenate([mesh.quads.ravel(), mesh.triangles.ravel()]))
    data.polygons.add(quads + triangles)
    starts = np.concatenate([np.arange(quads) * 4, quads * 4 + np.arange(triangles) * 3]).astype(np.int32)
    data.polygons.foreach_set("loop_start", starts)
    data.update(calc_edges=True)
    data.polygons.foreach_set("use_smooth", np.ones(quads + triangles, bool))
    normals = np.empty(3 * len(mesh.vertices), np.float32)
    data.vertex_normals.foreach_get("vector", normals)
    depth = field.at(mesh.vertices[:, :2]) - mesh.vertices[:, 2]
    steep = np.arccos(np.clip(normals[2::3], -1.0, 1.0))
    for attribute, values in (("altitude", mesh.vertices[:, 2]), ("slope", steep), ("depth", depth)):
        layer = data.attributes.new(attribute, "FLOAT", "POINT")
        layer.data.foreach_set("value", np.ascontiguousarray(values, np.float32))
    return bpy.data.objects.new(name, data)
