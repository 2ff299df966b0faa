"""Where every visible point is one frame later: in space (3D scene flow) and in the picture (optical flow).

From geometry: a point rides on its part, whose matrix changes; on a mesh that deforms it rides on its triangle. What has no successor (another
mesh with other vertices, an instance that is gone) has no flow. Background is infinitely far: it moves with the camera's rotation alone.
"""

from __future__ import annotations

import numpy as np
from mathutils.bvhtree import BVHTree

from .cameras import Camera
from .census import Census, MeshArrays, Part


def scene_flow(position: np.ndarray, now: Census, later: Census) -> np.ndarray:
    """World displacement [H, W, 3] float32 to the later census, m; NaN = unknown or nothing there. position: [H, W, 3], NaN where nothing is."""
    flow = np.full(position.shape, np.nan, np.float32)
    assert now.pixels is not None
    numbers = now.pixels.reshape(-1)
    points, out = position.reshape(-1, 3), flow.reshape(-1, 3)
    order = np.argsort(numbers, kind="stable")
    begins = np.searchsorted(numbers[order], np.arange(len(now.order) + 1))
    trees: dict[int, _Rider | None] = {}
    for number, key in enumerate(now.order):
        part, next_part = now.parts[key], later.parts.get(key)
        if next_part is None:
            continue
        pixels = order[begins[number] : begins[number + 1]]
        local = _moved(np.linalg.inv(part.matrix), points[pixels].astype(np.float64))
        local = _ridden(local, part, next_part, trees)
        if local is not None:
            out[pixels] = _moved(next_part.matrix, local) - points[pixels]
    return flow


def optical_flow(position: np.ndarray, flow: np.ndarray, now: Camera, later: Camera, nothing: np.ndarray) -> np.ndarray:
    """Displacement in the picture [H, W, 2] float32, px: u to the right, v down; NaN = unknown. nothing: [H, W] bool, the background."""
    here = now.pixels()
    moved, depth = later.project(position.astype(np.float64) + flow)
    still, _ = now.project(position.astype(np.float64))
    result = np.where((depth > 0)[..., None], moved - still, np.nan)
    if now.perspective and later.perspective:
        _, direction = now.rays()
        far, _ = later.project(later.cam_to_world[:3, 3] + direction)
        result[nothing] = (far - here)[nothing]
    return result.astype(np.float32)


class _Rider:
    """Finds the triangle that a point of a mesh is on, and where the triangle takes it."""

    def __init__(self, now: MeshArrays, later: MeshArrays) -> None:
        self._now, self._later = _frames(now), _frames(later)
        self._tree = BVHTree.FromPolygons(now.vertices.tolist(), now.triangles.tolist(), all_triangles=True)

    def ride(self, points: np.ndarray) -> np.ndarray:
        faces = np.array([self._tree.find_nearest(point)[2] for point in points.tolist()], int)
        origin, axes = self._now
        along = np.linalg.solve(axes[faces], (points - origin[faces])[..., None])
        origin, axes = self._later
        return origin[faces] + (axes[faces] @ along)[..., 0]


def _frames(mesh: MeshArrays) -> tuple[np.ndarray, np.ndarray]:
    """Of each triangle the first corner [F, 3] and two edges with a normal of their length as columns [F, 3, 3]."""
    corners = mesh.vertices.astype(np.float64)[mesh.triangles]
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    normal = np.cross(a, b)
    area = np.linalg.norm(normal, axis=-1, keepdims=True)
    bad = area[:, 0] < 1e-18
    normal /= np.maximum(np.sqrt(area), 1e-12)
    axes = np.stack([a, b, normal], -1)
    axes[bad] = np.eye(3)
    return corners[:, 0], axes


def _ridden(points: np.ndarray, now: Part, later: Part, trees: dict[int, _Rider | None]) -> np.ndarray | None:
    """Points [P, 3] of a part in its own coordinates, one frame later; None if that cannot be known."""
    if now.mesh is None or later.mesh is None:
        return points if now.mesh is later.mesh else None
    key = id(now.mesh)
    if key not in trees:
        same = now.mesh.vertices.shape == later.mesh.vertices.shape
        same = same and np.array_equal(now.mesh.triangles, later.mesh.triangles)
        moves = same and not np.array_equal(now.mesh.vertices, later.mesh.vertices)
        trees[key] = _Rider(now.mesh, later.mesh) if moves else None
        if not same:
            return None
    rider = trees[key]
    if rider is None:
        return points if now.mesh.vertices.shape == later.mesh.vertices.shape else None
    return rider.ride(points)


def _moved(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    return points @ matrix[:3, :3].T + matrix[:3, 3]
