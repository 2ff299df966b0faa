"""Tangent frames as MikkTSpace makes them, which glTF asks for and Blender's Normal Map node uses.

MikkTSpace (Mikkelsen, Simulation of Wrinkled Surfaces Revisited, 2008): at each vertex, triangles that share its position,
normal, UV and orientation are averaged, each one's tangent projected into the vertex' normal plane, made unit length and
weighted by the triangle's angle there. Our vertices are cut where UVs part, and a piece of the texture is never mirrored in part, so
the triangles around one vertex of an `UnwrappedMesh` are exactly such a group. Shading interpolates normal and tangent without making them
unit length, takes bitangent = sign * cross(normal, tangent), and makes only the result unit length; `bake` inverts just that.

Our UVs have v downwards; tangent space has green up, so the second axis of the pictures' plane is -v.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .mesh import Floats, normalized


def tangents(vertices: NDArray, normals: NDArray, uv: NDArray, triangles: NDArray) -> Floats:
    """[V, 4] float32: unit tangents along growing u, and the bitangent's sign (1 or -1).

    vertices, normals: [V, 3]. uv: [V, 2], v downwards. triangles: [F, 3]. Where the UVs give no direction any perpendicular serves.
    """
    points, around = np.asarray(vertices, np.float64), np.asarray(normals, np.float64)
    u, v = np.asarray(uv, np.float64)[:, 0], 1.0 - np.asarray(uv, np.float64)[:, 1]
    a, b, c = np.asarray(triangles).T
    side1, side2 = points[b] - points[a], points[c] - points[a]
    u1, v1, u2, v2 = u[b] - u[a], v[b] - v[a], u[c] - u[a], v[c] - v[a]
    area = u1 * v2 - u2 * v1  # [F], negative for mirrored triangles
    sign = np.where(area < 0.0, -1.0, 1.0)
    along = sign[:, None] * (v2[:, None] * side1 - v1[:, None] * side2)  # dP/du, up to a positive factor
    total = np.zeros_like(points)
    votes = np.zeros(len(points))
    for corner in range(3):
        here, after, before = (np.asarray(triangles)[:, (corner + k) % 3] for k in range(3))
        normal = around[here]
        flat = normalized(_into_plane(along, normal), np.zeros_like(normal))
        to_after = normalized(_into_plane(points[after] - points[here], normal))
        to_before = normalized(_into_plane(points[before] - points[here], normal))
        angle = np.arccos(np.clip(np.einsum("fi,fi->f", to_after, to_before, dtype=np.float64), -1.0, 1.0))
        weighted = flat * angle[:, None]
        for k in range(3):
            total[:, k] += np.bincount(here, weighted[:, k], minlength=len(points))
        votes += np.bincount(here, sign * np.abs(area), minlength=len(points))
    spare = np.cross(around, np.where(np.abs(around[:, :1]) > 0.9, [[0.0, 1.0, 0.0]], [[1.0, 0.0, 0.0]]))
    direction = normalized(total, normalized(spare))
    return np.concatenate([direction, np.where(votes < 0.0, -1.0, 1.0)[:, None]], axis=1).astype(np.float32)


def _into_plane(vectors: NDArray, normal: NDArray) -> NDArray:
    return vectors - normal * np.einsum("fi,fi->f", vectors, normal)[:, None]
