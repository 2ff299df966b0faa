"""Make a triangle surface what artists expect: closed, manifold, one skin, no crumbs, facing outwards.

Half-edges: triangle f has half-edges 3 f + k from corner k to corner (k + 1) % 3. On a closed manifold every half-edge
has exactly one twin that runs the other way, and the triangles around each vertex form one fan.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from .extract import EMPTY
from .mesh import Floats, Ints, Mesh, MeshingError, face_normals, normalized, signed_volume, vertex_normals

TINY_AREA = 1e-14  # engine units squared; a triangle below it has no direction in float32
NUDGE = 2e-5  # engine units; keeps two sheets that touch apart when a reader merges equal positions


@dataclass(frozen=True)
class Report:
    """What a mesh is like. watertight: every edge has two triangles that agree on outside. manifold: also one fan a vertex.

    genus: number of handles, summed over the parts; None unless manifold. volume, area: engine units.
    """

    watertight: bool
    manifold: bool
    components: int
    genus: int | None
    volume: float
    area: float
    degenerate: int
    open_edges: int


def inspect(mesh: Mesh) -> Report:
    """Measure the mesh; changes nothing."""
    twins = _twins(mesh.triangles, len(mesh.vertices))
    watertight = bool(len(mesh.triangles)) and bool((twins >= 0).all())
    _, vertex_of_fan = _fans(mesh.triangles, twins)
    used = np.unique(mesh.triangles)
    manifold = watertight and len(vertex_of_fan) == len(used)
    components = len(np.unique(part_of_vertices(mesh)[used])) if len(used) else 0
    euler = len(used) - len(mesh.triangles) * 3 // 2 + len(mesh.triangles)
    areas = 0.5 * np.linalg.norm(face_normals(mesh.vertices, mesh.triangles), axis=1)
    return Report(
        watertight=watertight,
        manifold=manifold,
        components=components,
        genus=components - euler // 2 if manifold else None,
        volume=signed_volume(mesh.vertices, mesh.triangles),
        area=float(areas.sum()),
        degenerate=int((areas < TINY_AREA).sum()),
        open_edges=int((twins < 0).sum()),
    )


def clean(mesh: Mesh, min_part: float = 0.02, smoothing: int = 0) -> Mesh:
    """One closed manifold skin: repaired, small parts and inner cavities removed, outward, optionally smoothed.

    min_part: parts with less than this share of the largest part's volume go. smoothing: Taubin passes. Normals are kept where the
    vertices are, and made anew after smoothing. Raises MeshingError if nothing is left or a vertex is not a number.
    """
    if not np.isfinite(mesh.vertices).all():
        raise MeshingError("The mesh has vertices that are not numbers; the field it came from must be finite.")
    mesh = repair(mesh)
    mesh = keep_large_parts(mesh, min_part)
    if smoothing:
        vertices = taubin(mesh.vertices, mesh.triangles, smoothing)
        mesh = Mesh(vertices, mesh.triangles, vertex_normals(vertices, mesh.triangles))
    return mesh


def repair(mesh: Mesh) -> Mesh:
    """Drop broken triangles, close holes, part sheets that touch in an edge or a vertex. A sound mesh comes back as it is."""
    triangles = mesh.triangles
    a, b, c = triangles.T
    proper = (a != b) & (b != c) & (c != a)
    if not proper.all():
        triangles = triangles[proper]
    vertices, normals = mesh.vertices, mesh.normals
    twins = _twins(triangles, len(vertices))
    if (twins < 0).any():
        vertices, normals, triangles = _fill_holes(vertices, normals, triangles, twins)
        twins = _twins(triangles, len(vertices))
    fans, vertex_of_fan = _fans(triangles, twins)
    if len(vertex_of_fan) == len(vertices):
        return Mesh(vertices, triangles, normals)
    return _part_fans(Mesh(vertices, triangles, normals), fans, vertex_of_fan)


def keep_large_parts(mesh: Mesh, min_part: float) -> Mesh:
    """Remove parts below `min_part` of the largest volume, and parts turned inside out: the walls of inner cavities.

    A mesh that is inside out as a whole is turned. Raises MeshingError if no part has a volume.
    """
    labels = part_of_vertices(mesh)
    face_part = labels[mesh.triangles[:, 0]]
    a, b, c = (mesh.vertices.astype(np.float64)[mesh.triangles[:, k]] for k in range(3))
    volumes = np.bincount(face_part, np.einsum("fi,fi->f", a, np.cross(b, c)) / 6.0, minlength=int(labels.max()) + 1)
    if volumes.sum() < 0.0:
        volumes = -volumes
        mesh = Mesh(mesh.vertices, np.ascontiguousarray(mesh.triangles[:, ::-1]), -mesh.normals)
    if not len(volumes) or volumes.max() < 1e-9:
        raise MeshingError(EMPTY)
    keep = volumes >= max(min_part * volumes.max(), 1e-12)
    return _without_unused(mesh.vertices, mesh.triangles[keep[labels[mesh.triangles[:, 0]]]], mesh.normals)


def part_of_vertices(mesh: Mesh) -> Ints:
    """[V] int32: which connected part each vertex belongs to."""
    a, b, c = mesh.triangles.T
    rows, columns = np.concatenate([a, b]), np.concatenate([b, c])
    count = len(mesh.vertices)
    graph = coo_matrix((np.ones(len(rows), np.int8), (rows, columns)), shape=(count, count))
    return connected_components(graph, directed=False)[1].astype(np.int32)


def taubin(vertices: Floats, triangles: Ints, passes: int, shrink: float = 0.5, grow: float = -0.53) -> Floats:
    """Smooth vertices [V, 3] without shrinking the solid (Taubin, A signal processing approach to fair surface design, 1995)."""
    count = len(vertices)
    a, b, c = triangles.T
    rows, columns = np.concatenate([a, b, c, b, c, a]), np.concatenate([b, c, a, a, b, c])
    around = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(count, count)).tocsr()
    degree = np.maximum(np.asarray(around.sum(axis=1)), 1.0).reshape(-1, 1)
    moved = vertices.astype(np.float64)
    for _ in range(passes):
        for factor in (shrink, grow):
            moved += factor * (around @ moved / degree - moved)
    return moved.astype(np.float32)


def _twins(triangles: Ints, num_vertices: int) -> NDArray[np.int64]:
    """[3 F]: the half-edge that runs the other way, -1 where there is none. Where several sheets meet in an edge they are paired
    off in order, which `_fans` then turns into sheets of their own."""
    start = triangles.ravel().astype(np.int64)
    end = np.roll(triangles, -1, axis=1).ravel().astype(np.int64)
    low, high = np.minimum(start, end), np.maximum(start, end)
    forward = start < end
    key = low * num_vertices + high
    order = np.lexsort((~forward, key))  # each edge's forward half-edges, then its backward ones
    key, forward = key[order], forward[order]
    first = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    group = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(key)]))
    ahead = np.bincount(group, forward).astype(np.int64)  # forward half-edges of each edge
    rank = np.arange(len(key)) - first[group] - np.where(forward, 0, ahead[group])
    behind = np.bincount(group, ~forward).astype(np.int64)
    paired = rank < np.minimum(ahead, behind)[group]
    partner = np.where(forward, first[group] + ahead[group] + rank, first[group] + rank)
    twins = np.full(len(key), -1, np.int64)
    twins[order[paired]] = order[partner[paired]]
    return twins


def _fans(triangles: Ints, twins: NDArray) -> tuple[NDArray, NDArray]:
    """Corners joined around their vertices across twins: (fan of each corner [3 F], vertex of each fan)."""
    corners = 3 * len(triangles)
    if not corners:
        return np.zeros(0, int), np.zeros(0, int)
    half = np.flatnonzero(twins >= 0)
    after = half - half % 3 + (half + 1) % 3
    twin = twins[half]
    twin_after = twin - twin % 3 + (twin + 1) % 3
    # A half-edge starts where its twin ends.
    rows, columns = np.concatenate([half, after]), np.concatenate([twin_after, twin])
    graph = coo_matrix((np.ones(len(rows), np.int8), (rows, columns)), shape=(corners, corners))
    count, fans = connected_components(graph, directed=False)
    vertex_of_fan = np.zeros(count, np.int64)
    vertex_of_fan[fans] = triangles.ravel()
    return fans, vertex_of_fan


def _part_fans(mesh: Mesh, fans: NDArray, vertex_of_fan: NDArray) -> Mesh:
    """One vertex a fan; those that came from one vertex are moved apart by a hair, each towards its own triangles."""
    triangles = fans.reshape(-1, 3).astype(np.int32)
    vertices = mesh.vertices[vertex_of_fan].astype(np.float64)
    shared = np.bincount(vertex_of_fan, minlength=len(mesh.vertices))[vertex_of_fan] > 1
    centres = vertices[triangles].mean(axis=1)
    total = np.stack([np.bincount(fans, np.repeat(centres[:, k], 3)) for k in range(3)], axis=1)
    inward = normalized(total / np.bincount(fans)[:, None] - vertices)
    vertices[shared] += NUDGE * inward[shared]
    return Mesh.of(vertices, triangles, mesh.normals[vertex_of_fan])


def _fill_holes(vertices: Floats, normals: Floats, triangles: Ints, twins: NDArray) -> tuple[Floats, Floats, Ints]:
    """Close every boundary loop with a fan around its middle."""
    rim = np.flatnonzero(twins < 0)
    start = triangles.ravel()[rim]
    end = np.roll(triangles, -1, axis=1).ravel()[rim]
    graph = coo_matrix((np.ones(len(rim), np.int8), (start, end)), shape=(len(vertices),) * 2)
    loop = connected_components(graph, directed=False)[1][start]
    _, loop = np.unique(loop, return_inverse=True)
    sizes = np.bincount(loop)[:, None]
    middle = np.stack([np.bincount(loop, vertices[start, k]) for k in range(3)], axis=1) / sizes
    facing = np.stack([np.bincount(loop, normals[start, k]) for k in range(3)], axis=1)
    fans = np.stack([end, start, len(vertices) + loop], axis=1).astype(np.int32)
    return (
        np.concatenate([vertices, middle.astype(np.float32)]),
        np.concatenate([normals, normalized(facing)]),
        np.concatenate([triangles, fans]),
    )


def _without_unused(vertices: Floats, triangles: Ints, normals: Floats) -> Mesh:
    used = np.zeros(len(vertices), bool)
    used[triangles] = True
    renumber = np.cumsum(used) - 1
    return Mesh(vertices[used], renumber[triangles].astype(np.int32), normals[used])
