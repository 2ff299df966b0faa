"""Land between Blender and numpy: an object's evaluated heights and attributes as a HeightField, and a HeightField as an object."""

from __future__ import annotations

import bpy
import numpy as np

from ..graph.modifiers import evaluate
from .field import HeightField, sample

MOST_POINTS = 8192  # along a side


def read_field(obj: bpy.types.Object, count: int | None = None) -> HeightField:
    """The land that an object shows after its modifiers, with all its float point attributes as layers, in the world's metres.

    The object is a sheet seen from above: of a regular square grid every point is kept; anything else (and any grid, if `count` is given)
    is drawn from above onto a grid of `count` points a side (512 if it is not given), as large as its longer side; what it does not cover
    is as high as its lowest point. Rotation must be none but about Z by quarter turns for a grid to be kept.
    Raises ValueError if the object shows no faces.
    """
    mesh = evaluate(obj)
    if not len(mesh.triangles):
        raise ValueError(f"{obj.name} shows no faces to read heights from; give it a mesh or a land form")
    matrix = np.array(obj.matrix_world)
    points = mesh.vertices @ matrix[:3, :3].T.astype(np.float32) + matrix[:3, 3].astype(np.float32)
    values = {
        name: array.astype(np.float32)
        for name, array in mesh.attributes.items()
        if mesh.domains[name] == "POINT" and array.ndim == 1 and array.dtype.kind == "f"
    }
    field = _as_grid(points, values)
    if field is None:
        field = _drawn(points, mesh.triangles, values, count or 512)
    return field if count is None or field.count == count else resampled(field, count)


def resampled(field: HeightField, count: int) -> HeightField:
    """The same land with `count` points a side, linearly between those it had."""
    along = np.linspace(0.0, field.count - 1.0, count)
    places = np.stack(np.meshgrid(along, along), -1)
    layers = {name: sample(values, places) for name, values in field.layers.items()}
    return HeightField(sample(field.heights, places), field.size, field.center, layers)


def write_field(target: bpy.types.Object | str, field: HeightField) -> bpy.types.Object:
    """Give an object the land as its mesh, every layer as a float attribute on its points; a name makes a new object in the scene.

    The object's modifiers and materials stay; its transform becomes none but the land's place (x, y). Raises ValueError for a field with
    numbers that are not finite, or more than MOST_POINTS points a side; nothing has changed then.
    """
    if field.count > MOST_POINTS:
        raise ValueError(
            f"a land of {field.count} points a side is too large for a mesh; keep it at {MOST_POINTS} or fewer"
        )
    for name, values in {"heights": field.heights, **field.layers}.items():
        if not np.isfinite(values).all():
            raise ValueError(f"{name} of the land has numbers that are not finite; erode it again with smaller steps")
    mesh = bpy.data.meshes.new(target if isinstance(target, str) else target.data.name)
    _fill(mesh, field)
    if isinstance(target, str):
        obj = bpy.data.objects.new(target, mesh)
        bpy.context.scene.collection.objects.link(obj)
    else:
        obj = target
        old = obj.data
        for material in old.materials:
            mesh.materials.append(material)
        obj.data = mesh
        if old.users == 0:
            name = old.name
            bpy.data.meshes.remove(old)
            mesh.name = name
    obj.location = (*field.center, 0.0)
    obj.rotation_euler, obj.scale = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    return obj


def _fill(mesh: bpy.types.Mesh, field: HeightField) -> None:
    """Points row by row, faces upward, smooth; coordinates from the land's middle."""
    count = field.count
    points = field.points().astype(np.float32)
    points[..., :2] -= np.asarray(field.center, np.float32)
    number = np.arange(count * count, dtype=np.int32).reshape(count, count)
    corners = np.stack([number[:-1, :-1], number[:-1, 1:], number[1:, 1:], number[1:, :-1]], -1).reshape(-1)
    faces = (count - 1) ** 2
    mesh.vertices.add(count * count)
    mesh.vertices.foreach_set("co", points.reshape(-1))
    mesh.loops.add(len(corners))
    mesh.loops.foreach_set("vertex_index", corners)
    mesh.polygons.add(faces)
    mesh.polygons.foreach_set("loop_start", np.arange(faces, dtype=np.int32) * 4)
    mesh.polygons.foreach_set("use_smooth", np.ones(faces, bool))
    for name, values in field.layers.items():
        made = mesh.attributes.new(name, "FLOAT", "POINT")
        made.data.foreach_set("value", np.ascontiguousarray(values, np.float32).reshape(-1))
    mesh.update(calc_edges=True)


def _as_grid(points: np.ndarray, values: dict[str, np.ndarray]) -> HeightField | None:
    """The points [V, 3] as a field if they are a regular square grid, in any order."""
    count = round(len(points) ** 0.5)
    if count < 2 or count * count != len(points):
        return None
    low, high = points[:, :2].min(0).astype(float), points[:, :2].max(0).astype(float)
    size = float((high - low).max())
    if size <= 0.0 or abs(np.subtract(*(high - low))) > 1e-4 * size:
        return None
    places = (points[:, :2].astype(float) - low) / (size / (count - 1))
    nearest = np.rint(places).astype(np.int64)
    if np.abs(places - nearest).max() > 0.05:
        return None
    order = nearest[:, 1] * count + nearest[:, 0]
    if len(np.unique(order)) != len(points):
        return None
    heights = _scattered(points[:, 2], order, count)
    layers = {name: _scattered(array, order, count) for name, array in values.items()}
    middle = (low + high) / 2
    return HeightField(heights, size, (float(middle[0]), float(middle[1])), layers)


def _scattered(array: np.ndarray, order: np.ndarray, count: int) -> np.ndarray:
    out = np.empty(count * count)
    out[order] = array
    return out.reshape(count, count)


def _drawn(points: np.ndarray, triangles: np.ndarray, values: dict[str, np.ndarray], count: int) -> HeightField:
    """A mesh seen from above: by rays from its highest point downward, so that overhangs give their tops."""
    from mathutils.bvhtree import BVHTree

    low, high = points.min(0).astype(float), points.max(0).astype(float)
    size = float(max(high[0] - low[0], high[1] - low[1]))
    if size <= 0.0:
        raise ValueError("the object has no extent seen from above; land is a sheet over X and Y")
    middle = (low + high)[:2] / 2
    tree = BVHTree.FromPolygons(points.tolist(), triangles.tolist(), all_triangles=True)
    field = HeightField(np.full((count, count), low[2]), size, (float(middle[0]), float(middle[1])))
    layers = {name: np.zeros((count, count)) for name in values}
    nudge = size * 1e-5  # so that points on the border fall on the mesh
    for row, line in enumerate(field.points()):
        for column, (x, y, _) in enumerate(line):
            x, y = np.clip(x, low[0] + nudge, high[0] - nudge), np.clip(y, low[1] + nudge, high[1] - nudge)
            hit, _, face, _ = tree.ray_cast((x, y, high[2] + 1.0), (0.0, 0.0, -1.0))
            if hit is None:
                continue
            field.heights[row, column] = hit.z
            if layers:
                corners = triangles[face]
                shares = _barycentric(np.array([x, y]), points[corners, :2].astype(float))
                for name, array in values.items():
                    layers[name][row, column] = shares @ array[corners]
    return field.with_layers(**layers)


def _barycentric(place: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Shares [3] of a triangle's corners [3, 2] at a place in it."""
    edges = np.column_stack([corners[1] - corners[0], corners[2] - corners[0]])
    u, v = np.linalg.lstsq(edges, place - corners[0], rcond=None)[0]
    return np.array([1.0 - u - v, u, v])
