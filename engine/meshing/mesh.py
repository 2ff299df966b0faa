"""Triangle meshes as plain arrays, and the protocol by which long work reports and is cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


class MeshingError(ValueError):
    """What cannot be meshed and why, in one sentence for people."""


class Context(Protocol):
    """Who is told of progress; `check_cancelled` raises when the work should stop (see engine/methods/context.py)."""

    def progress(self, fraction: float, stage: str) -> None: ...
    def check_cancelled(self) -> None: ...


class Silent:
    """A context that nobody listens to."""

    def progress(self, fraction: float, stage: str) -> None:
        del fraction, stage

    def check_cancelled(self) -> None:
        pass


class Part:
    """A share of a context's bar: its 0..1 is `start`..`end` of the whole."""

    def __init__(self, whole: Context, start: float, end: float) -> None:
        self.whole, self.start, self.end = whole, start, end

    def progress(self, fraction: float, stage: str) -> None:
        self.whole.progress(self.start + (self.end - self.start) * min(max(fraction, 0.0), 1.0), stage)

    def check_cancelled(self) -> None:
        self.whole.check_cancelled()


@dataclass(frozen=True)
class Mesh:
    """A closed surface in engine space.

    vertices: [V, 3] float32. triangles: [F, 3] int32, counter-clockwise seen from outside. normals: [V, 3] float32, unit.
    """

    vertices: Floats
    triangles: Ints
    normals: Floats

    @staticmethod
    def of(vertices: NDArray, triangles: NDArray, normals: NDArray | None = None) -> Mesh:
        """Convert the arrays' types; normals are made from the triangles where none are given."""
        vertices = np.ascontiguousarray(vertices, np.float32)
        triangles = np.ascontiguousarray(triangles, np.int32)
        if normals is None:
            normals = vertex_normals(vertices, triangles)
        return Mesh(vertices, triangles, np.ascontiguousarray(normals, np.float32))


@dataclass(frozen=True)
class UnwrappedMesh:
    """A mesh whose vertices are split where its texture is cut.

    vertices, normals: [V, 3] float32. triangles: [F, 3] int32. uv: [V, 2] float32 in 0..1, origin top left, v downwards.
    tangents: [V, 4] float32, glTF's: direction of growing u, and the sign of the bitangent. source: [V] int32, the vertex of
    the mesh before it was cut.
    """

    vertices: Floats
    triangles: Ints
    normals: Floats
    uv: Floats
    tangents: Floats
    source: Ints

    def closed(self) -> Mesh:
        """The same surface before it was cut."""
        count = int(self.source.max()) + 1
        vertices = np.zeros((count, 3), np.float32)
        normals = np.zeros((count, 3), np.float32)
        vertices[self.source], normals[self.source] = self.vertices, self.normals
        return Mesh(vertices, self.source[self.triangles], normals)


@dataclass(frozen=True)
class Textures:
    """What `bake` draws. base_color: [S, S, 3] uint8, sRGB. normal: [S, S, 3] uint8, linear, tangent space, green up.
    metallic_roughness: [S, S, 3] uint8, linear, G roughness, B metallic; None where the roughness is one number.
    roughness: that number, or the factor (1) of the texture. covered: [S, S] bool, texels inside a chart.
    """

    base_color: NDArray[np.uint8]
    normal: NDArray[np.uint8]
    metallic_roughness: NDArray[np.uint8] | None
    roughness: float
    covered: NDArray[np.bool_]


def face_normals(vertices: NDArray, triangles: NDArray) -> NDArray[np.float64]:
    """[F, 3] float64; their length is twice the triangle's area."""
    a, b, c = (np.asarray(vertices, np.float64)[triangles[:, k]] for k in range(3))
    return np.cross(b - a, c - a)


def vertex_normals(vertices: NDArray, triangles: NDArray) -> Floats:
    """[V, 3] float32 unit normals, faces weighted by area; (0, 0, 1) where a vertex has none."""
    faces = face_normals(vertices, triangles)
    corners = np.asarray(triangles).ravel()
    total = np.stack(
        [np.bincount(corners, np.repeat(faces[:, k], 3), minlength=len(vertices)) for k in range(3)], axis=1
    )
    return normalized(total)


def normalized(vectors: NDArray, fallback: NDArray | None = None) -> Floats:
    """[N, 3] to unit length; where there is no direction, the fallback [N, 3], else (0, 0, 1)."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    spare = np.broadcast_to(np.array([0.0, 0.0, 1.0]) if fallback is None else fallback, vectors.shape)
    return np.where(length > 1e-20, vectors / np.maximum(length, 1e-20), spare).astype(np.float32)


def signed_volume(vertices: NDArray, triangles: NDArray) -> float:
    """Volume enclosed by a closed mesh, positive if its triangles face outwards. Engine units cubed."""
    a, b, c = (np.asarray(vertices, np.float64)[triangles[:, k]] for k in range(3))
    return float(np.einsum("fi,fi->", a, np.cross(b, c)) / 6.0)
