"""An icosphere as arrays, with the neighbours of every vertex."""

from __future__ import annotations

import numpy as np


def icosphere(levels: int) -> tuple[np.ndarray, np.ndarray]:
    """Unit sphere: vertices [V, 3] float64 and triangles [F, 3] int64 facing outward; 20 * 4**levels triangles."""
    golden = (1 + 5**0.5) / 2
    a = np.array([[-1, golden, 0], [1, golden, 0], [-1, -golden, 0], [1, -golden, 0]], float)
    vertices = np.concatenate([a, a[:, [2, 0, 1]], a[:, [1, 2, 0]]])
    vertices /= np.linalg.norm(vertices[0])
    # The faces are the triples of vertices that are one edge apart
    near = np.linalg.norm(vertices[:, None] - vertices[None], axis=-1) < 1.2
    i, j, k = np.nonzero(near[:, :, None] & near[:, None, :] & near[None])
    distinct = (i < j) & (j < k)
    faces = np.stack([i, j, k], -1)[distinct]
    corners = vertices[faces]
    inward = (
        np.einsum("fi,fi->f", corners.mean(1), np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]))
        < 0
    )
    faces[inward] = faces[inward][:, ::-1]
    for _ in range(levels):
        vertices, faces = _subdivide(vertices, faces)
    return vertices, faces


def _subdivide(vertices: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), 1)
    key = edges[:, 0] * len(vertices) + edges[:, 1]
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    ends = edges[first]
    middle = vertices[ends].mean(1)
    middle /= np.linalg.norm(middle, axis=1, keepdims=True)
    ab, bc, ca = (which.reshape(-1, 3) + len(vertices)).T
    a, b, c = faces.T
    made = np.stack([a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca], -1).reshape(-1, 3)
    return np.concatenate([vertices, middle]), made


def neighbours(faces: np.ndarray, count: int, most: int = 6) -> np.ndarray:
    """Of each of `count` vertices the vertices one edge away, [most, count] int64; where there are fewer, the vertex itself stands in."""
    edges = np.unique(np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), 1), axis=0)
    both = np.concatenate([edges, edges[:, ::-1]])
    both = both[np.argsort(both[:, 0], kind="stable")]
    start = np.searchsorted(both[:, 0], np.arange(count))
    place = np.arange(len(both)) - start[both[:, 0]]
    table = np.tile(np.arange(count), (most, 1))
    kept = place < most
    table[place[kept], both[kept, 0]] = both[kept, 1]
    return table
