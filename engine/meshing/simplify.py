"""Fewer triangles: edges are collapsed, cheapest first, by quadric error (Garland & Heckbert, SIGGRAPH 1997).

Why our own: the fast simplifiers at hand join sheets and pinch handles (in 4 of 12 rough spheres of ours a closed surface came back
open or of another genus). Here a collapse is done only if it keeps the surface a closed manifold (the link condition: the edge's
ends have exactly two common neighbours) and turns no triangle over, so a closed mesh stays closed and keeps its genus.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .clean import inspect
from .mesh import Context, Mesh, MeshingError, Silent

STEPS = 20_000  # collapses between two progress events, about 0.2 s
SHAPE = 0.08  # below this a triangle counts as a sliver and may only get better; see _keeps_faces
_HEAP_SIZE, _FACES_LEFT = 0, 1  # places in the counters


def simplify(mesh: Mesh, faces: int, context: Context | None = None) -> Mesh:
    """The mesh with at most `faces` triangles, or as few as can be without opening it or losing a handle.

    mesh: closed and manifold (see `clean`). Normals are made anew. Raises MeshingError if the mesh is not closed.
    """
    context = context or Silent()
    if len(mesh.triangles) <= faces:
        return mesh
    if not inspect(mesh).manifold:
        raise MeshingError("Only a closed surface can be simplified; clean it first.")
    vertices = mesh.vertices.astype(np.float64)
    triangles = mesh.triangles.copy()
    first = len(triangles)
    for shape in (SHAPE, 0.0):  # a surface full of slivers may need the second, laxer round
        state = _start(vertices, triangles)
        while True:
            context.check_cancelled()
            left = state[-1][_FACES_LEFT]
            context.progress((first - left) / max(1, first - faces), "Simplifying")
            if left <= faces or _collapse(vertices, triangles, faces, STEPS, shape, *state) == 0:
                break
        triangles = triangles[triangles[:, 0] >= 0]
        if len(triangles) <= faces:
            break
    used = np.zeros(len(vertices), bool)
    used[triangles] = True
    renumber = np.cumsum(used) - 1
    return Mesh.of(vertices[used], renumber[triangles])


def _start(vertices: NDArray, triangles: NDArray) -> tuple[NDArray, ...]:
    """(quadrics [V, 10], head [V], next [3 F], stamp [V], heap cost, heap ends [N, 2], heap stamps [N, 2], counters)."""
    quadrics = np.zeros((len(vertices), 10))
    head = np.full(len(vertices), -1, np.int32)
    following = np.full(3 * len(triangles), -1, np.int32)
    stamp = np.zeros(len(vertices), np.int32)
    # Each collapse outdates the edges of one vertex and adds new ones (about 6, seldom more than 12).
    room = 3 * len(triangles) // 2 + 16 * (len(triangles) // 2) + 64
    cost, ends, stamps = np.zeros(room, np.float32), np.zeros((room, 2), np.int32), np.zeros((room, 2), np.int32)
    counters = np.array([0, len(triangles)], np.int64)
    _prepare(vertices, triangles, quadrics, head, following, stamp, cost, ends, stamps, counters)
    return quadrics, head, following, stamp, cost, ends, stamps, counters


@njit(cache=True, nogil=True)
def _prepare(vertices, triangles, quadrics, head, following, stamp, cost, ends, stamps, counters):
    """Link the corners of each vertex into lists, sum the plane quadrics, and put all edges on the heap."""
    for f in range(len(triangles)):
        a, b, c = triangles[f]
        ux, uy, uz = vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2]
        vx, vy, vz = vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2]
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        length = math.sqrt(nx * nx + ny * ny + nz * nz)
        for k in range(3):
            corner = 3 * f + k
            following[corner] = head[triangles[f, k]]
            head[triangles[f, k]] = corner
        if length < 1e-300:
            continue
        area = 0.5 * length
        x, y, z = nx / length, ny / length, nz / length
        d = -(x * vertices[a, 0] + y * vertices[a, 1] + z * vertices[a, 2])
        for k in range(3):
            q = quadrics[triangles[f, k]]
            q[0] += area * x * x
            q[1] += area * x * y
            q[2] += area * x * z
            q[3] += area * x * d
            q[4] += area * y * y
            q[5] += area * y * z
            q[6] += area * y * d
            q[7] += area * z * z
            q[8] += area * z * d
            q[9] += area * d * d
    place = np.zeros(3)
    for f in range(len(triangles)):
        for k in range(3):
            u, v = triangles[f, k], triangles[f, (k + 1) % 3]
            if u < v:
                _push(_edge_cost(vertices, quadrics, u, v, place), u, v, stamp, cost, ends, stamps, counters)


@njit(cache=True, nogil=True)
def _collapse(
    vertices, triangles, faces, steps, min_shape, quadrics, head, following, stamp, cost, ends, stamps, counters
):
    """Up to `steps` collapses, until `faces` are left. Returns how many were done; 0 when none is possible any more."""
    done = 0
    place = np.zeros(3)
    mark = np.full(len(vertices), -1, np.int64)
    ring = np.zeros(4096, np.int32)
    while done < steps and counters[_FACES_LEFT] > faces and counters[_HEAP_SIZE] > 0:
        u, v, fresh = _pop(stamp, cost, ends, stamps, counters)
        if not fresh or head[u] < 0 or head[v] < 0:
            continue
        _edge_cost(vertices, quadrics, u, v, place)
        if not _allowed(vertices, triangles, head, following, u, v, place, min_shape, mark, ring):
            continue
        # v disappears into u.
        vertices[u] = place
        quadrics[u] += quadrics[v]
        stamp[u] += 1
        stamp[v] += 1
        last = -1
        corner = head[v]
        while corner >= 0:
            triangles[corner // 3, corner % 3] = u
            last = corner
            corner = following[corner]
        following[last] = head[u]
        head[u] = head[v]
        head[v] = -1
        # Two triangles now name u twice: take them out of the lists.
        before, corner = -1, head[u]
        while corner >= 0:
            f = corner // 3
            a, b, c = triangles[f]
            dead = a < 0 or a == b or b == c or c == a
            if dead:
                if before < 0:
                    head[u] = following[corner]
                else:
                    following[before] = following[corner]
                if a >= 0:
                    for k in range(3):
                        w = triangles[f, k]
                        if w != u:
                            _unlink(head, following, w, 3 * f + k)
                    triangles[f, 0] = -1
                    counters[_FACES_LEFT] -= 1
            else:
                before = corner
            corner = following[corner]
        done += 1
        # Costs around u have changed.
        corner = head[u]
        while corner >= 0:
            f, k = corner // 3, corner % 3
            w = triangles[f, (k + 1) % 3]
            _push(_edge_cost(vertices, quadrics, u, w, place), u, w, stamp, cost, ends, stamps, counters)
            corner = following[corner]
    return done


@njit(cache=True, nogil=True)
def _unlink(head, following, vertex, corner):
    here = head[vertex]
    if here == corner:
        head[vertex] = following[corner]
        return
    while following[here] != corner:
        here = following[here]
    following[here] = following[corner]


@njit(cache=True, nogil=True)
def _allowed(vertices, triangles, head, following, u, v, place, min_shape, mark, ring):
    """Whether the collapse of edge u v to `place` keeps a closed manifold and turns no triangle over."""
    valence_u, valence_v, common = 0, 0, 0
    corner = head[u]
    while corner >= 0:
        f, k = corner // 3, corner % 3
        mark[triangles[f, (k + 1) % 3]] = u
        valence_u += 1
        corner = following[corner]
    corner = head[v]
    while corner >= 0:
        f, k = corner // 3, corner % 3
        w = triangles[f, (k + 1) % 3]
        if mark[w] == u:
            if common < len(ring):
                ring[common] = w
            common += 1
        valence_v += 1
        corner = following[corner]
    corner = head[u]
    while corner >= 0:  # unmark, since marks name u and u may come back
        f, k = corner // 3, corner % 3
        mark[triangles[f, (k + 1) % 3]] = -1
        corner = following[corner]
    if common != 2 or valence_u + valence_v - 4 < 3 or valence_u + valence_v > 40:
        return False
    for i in range(2):  # the two opposite vertices lose one triangle each
        valence = 0
        corner = head[ring[i]]
        while corner >= 0:
            valence += 1
            corner = following[corner]
        if valence < 4:
            return False
    return _keeps_faces(vertices, triangles, head, following, u, v, place, min_shape) and _keeps_faces(
        vertices, triangles, head, following, v, u, place, min_shape
    )


@njit(cache=True, nogil=True)
def _keeps_faces(vertices, triangles, head, following, u, other, place, min_shape):
    """Whether the triangles of u that stay keep their direction and some shape when u moves to `place`."""
    corner = head[u]
    while corner >= 0:
        f, k = corner // 3, corner % 3
        b, c = triangles[f, (k + 1) % 3], triangles[f, (k + 2) % 3]
        corner = following[corner]
        if b == other or c == other:
            continue
        ex, ey, ez = vertices[c, 0] - vertices[b, 0], vertices[c, 1] - vertices[b, 1], vertices[c, 2] - vertices[b, 2]
        ox, oy, oz = vertices[u, 0] - vertices[b, 0], vertices[u, 1] - vertices[b, 1], vertices[u, 2] - vertices[b, 2]
        px, py, pz = place[0] - vertices[b, 0], place[1] - vertices[b, 1], place[2] - vertices[b, 2]
        nx, ny, nz = ey * oz - ez * oy, ez * ox - ex * oz, ex * oy - ey * ox
        mx, my, mz = ey * pz - ez * py, ez * px - ex * pz, ex * py - ey * px
        old = math.sqrt(nx * nx + ny * ny + nz * nz)
        new = math.sqrt(mx * mx + my * my + mz * mz)
        # Twice the area against the sum of the squared edges: 0.29 for an equilateral triangle, 0 for a sliver.
        side = ex * ex + ey * ey + ez * ez
        qx, qy, qz = px - ex, py - ey, pz - ez
        shape = new / (side + px * px + py * py + pz * pz + qx * qx + qy * qy + qz * qz + 1e-300)
        qx, qy, qz = ox - ex, oy - ey, oz - ez
        before = old / (side + ox * ox + oy * oy + oz * oz + qx * qx + qy * qy + qz * qz + 1e-300)
        if shape < min_shape and shape < before:
            return False
        # The direction of a sliver is noise, so turning it over is no harm.
        if before > 1e-3 and nx * mx + ny * my + nz * mz < 0.3 * old * new:
            return False
    return True


@njit(cache=True, nogil=True)
def _edge_cost(vertices, quadrics, u, v, place):
    """Error of joining u and v; writes where the joint vertex should lie."""
    q = quadrics[u] + quadrics[v]
    length = 0.0
    for k in range(3):
        length += (vertices[u, k] - vertices[v, k]) ** 2
    # Pull towards the edge's middle: decides where the quadric does not (planes, straight edges), costs nothing elsewhere.
    weight = 1e-3 * (q[0] + q[4] + q[7])
    mx, my, mz = (
        0.5 * (vertices[u, 0] + vertices[v, 0]),
        0.5 * (vertices[u, 1] + vertices[v, 1]),
        0.5 * (vertices[u, 2] + vertices[v, 2]),
    )
    a, b, c, d = q[0] + weight, q[1], q[2], -q[3] + weight * mx
    e, f, g = q[4] + weight, q[5], -q[6] + weight * my
    h, i = q[7] + weight, -q[8] + weight * mz
    determinant = a * (e * h - f * f) - b * (b * h - f * c) + c * (b * f - e * c)
    x, y, z = mx, my, mz
    if abs(determinant) > 1e-30:
        x = (d * (e * h - f * f) - b * (g * h - f * i) + c * (g * f - e * i)) / determinant
        y = (a * (g * h - f * i) - d * (b * h - f * c) + c * (b * i - g * c)) / determinant
        z = (a * (e * i - g * f) - b * (b * i - g * c) + d * (b * f - e * c)) / determinant
        if (x - mx) ** 2 + (y - my) ** 2 + (z - mz) ** 2 > 4.0 * length:
            x, y, z = mx, my, mz
    place[0], place[1], place[2] = x, y, z
    error = (
        q[0] * x * x + 2.0 * q[1] * x * y + 2.0 * q[2] * x * z + 2.0 * q[3] * x
        + q[4] * y * y + 2.0 * q[5] * y * z + 2.0 * q[6] * y
        + q[7] * z * z + 2.0 * q[8] * z + q[9]
    )  # fmt: skip
    # Short edges first where all is flat, so that triangles stay even.
    return max(error, 0.0) + 1e-3 * length * (q[0] + q[4] + q[7])


@njit(cache=True, nogil=True)
def _push(value, u, v, stamp, cost, ends, stamps, counters):
    """Add an edge; a full heap (never seen) loses the newcomer, which costs quality but not soundness."""
    here = counters[_HEAP_SIZE]
    if here >= len(cost):
        return
    counters[_HEAP_SIZE] = here + 1
    while here > 0:
        parent = (here - 1) // 2
        if cost[parent] <= value:
            break
        cost[here] = cost[parent]
        ends[here] = ends[parent]
        stamps[here] = stamps[parent]
        here = parent
    cost[here] = value
    ends[here, 0], ends[here, 1] = u, v
    stamps[here, 0], stamps[here, 1] = stamp[u], stamp[v]


@njit(cache=True, nogil=True)
def _pop(stamp, cost, ends, stamps, counters):
    """The cheapest edge (u, v) and whether it is still as it was when it was added."""
    u, v = ends[0, 0], ends[0, 1]
    fresh = stamps[0, 0] == stamp[u] and stamps[0, 1] == stamp[v]
    size = counters[_HEAP_SIZE] - 1
    counters[_HEAP_SIZE] = size
    if size > 0:
        value, a, b, s, t = cost[size], ends[size, 0], ends[size, 1], stamps[size, 0], stamps[size, 1]
        here = 0
        while True:
            child = 2 * here + 1
            if child >= size:
                break
            if child + 1 < size and cost[child + 1] < cost[child]:
                child += 1
            if cost[child] >= value:
                break
            cost[here] = cost[child]
            ends[here] = ends[child]
            stamps[here] = stamps[child]
            here = child
        cost[here] = value
        ends[here, 0], ends[here, 1], stamps[here, 0], stamps[here, 1] = a, b, s, t
    return u, v, fresh
