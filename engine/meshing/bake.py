"""Textures from a field: base colour, tangent-space normal map, roughness.

Each texel is a place on the low surface. From there the fine surface (before simplification) is looked up: its smooth
normal, which the normal map stores, and the place on it at which colour and roughness are asked. So the texture shows what the
simplification took away. Texels outside the pieces are filled from the nearest ones, so that neither filtering nor mip levels
show seams.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ..color import to_srgb
from ..rendering.raster_core import rasterize
from .kernels import bin_points, gather_surface, in_threads
from .mesh import Context, Floats, Mesh, MeshingError, Part, Silent, Textures, UnwrappedMesh

Lookup = Callable[[Floats], NDArray]  # points [N, 3] float32 -> [N, 3] linear colour, or [N] roughness

CHUNK = 1 << 17
THREADS = 2


def bake(
    mesh: UnwrappedMesh,
    fine: Mesh,
    albedo: Lookup,
    roughness: float | Lookup = 0.6,
    texture_size: int = 1024,
    context: Context | None = None,
) -> Textures:
    """Draw the textures of `mesh`.

    fine: the surface before simplification, with smooth normals. albedo: linear RGB. roughness: a number (then there is
    no texture for it) or a function of points. Raises MeshingError if a colour is not a number.
    """
    context = context or Silent()
    size = texture_size
    context.progress(0.0, "Baking")
    screen = np.concatenate([mesh.uv * size, np.ones((len(mesh.uv), 1), np.float32)], axis=1)
    texels = rasterize(screen, mesh.triangles, size, size, perspective=False, threads=THREADS)
    covered = texels.mask
    if not covered.any():
        raise MeshingError("The texture has no room for this mesh; ask for larger textures or fewer faces.")
    context.progress(0.1, "Baking")
    facing = texels.interpolate(mesh.normals, mesh.triangles)[covered]  # not unit length, see tangents.py
    tangent = texels.interpolate(mesh.tangents, mesh.triangles)[covered]
    points = texels.interpolate(mesh.vertices, mesh.triangles)[covered]
    context.check_cancelled()
    normals, points = onto_surface(points, facing, fine)
    context.progress(0.3, "Baking")
    normal = _fill(size, covered, _to_tangent_space(normals, facing, tangent) * 0.5 + 0.5)
    color = _ask(albedo, points, 3, Part(context, 0.35, 0.8))
    base = _fill(size, covered, to_srgb(color))
    packed, factor = None, 1.0
    if callable(roughness):
        rough = np.clip(_ask(roughness, points, 1, Part(context, 0.8, 0.95)), 0.0, 1.0)
        packed = np.zeros((size, size, 3), np.uint8)
        packed[..., 0] = 255
        packed[..., 1] = _to_bytes(_fill(size, covered, rough))[..., 0]
    else:
        factor = float(roughness)
    context.progress(1.0, "Baking")
    return Textures(_to_bytes(base), _to_bytes(normal), packed, factor, covered)


def onto_surface(points: Floats, facing: Floats, fine: Mesh) -> tuple[Floats, Floats]:
    """Smooth normals [N, 3] of the fine surface near points [N, 3] that face along `facing` [N, 3], and the points moved onto it.

    Where no fine vertex is near, the point and its own direction stay.
    """
    points = np.ascontiguousarray(points, np.float32)
    length = np.linalg.norm(facing, axis=1, keepdims=True)
    facing = np.ascontiguousarray(facing / np.maximum(length, 1e-12), np.float32)
    normals, offset = facing.copy(), np.zeros(len(points), np.float32)
    # Cells of about twice the distance between fine vertices: some 27 x 4 vertices are weighed for each point.
    area = 0.5 * np.linalg.norm(np.cross(*_edges(fine)), axis=1).sum()
    cell = max(2.0 * float(np.sqrt(area / max(1, len(fine.vertices)))), 1e-4)
    low = fine.vertices.min(axis=0).astype(np.float64) - cell
    extent = fine.vertices.max(axis=0) + cell - low
    cell = max(cell, float(extent.max()) / 256)
    shape = np.maximum(1, np.ceil(extent / cell)).astype(np.int64)
    start, order = bin_points(fine.vertices, low, cell, shape)
    in_threads(
        gather_surface,
        len(points),
        THREADS,
        *(points, facing, fine.vertices, fine.normals, start, order, low, cell, shape, normals, offset),
    )
    offset = np.clip(offset, -2.0 * cell, 2.0 * cell)
    return normals, (points + normals * offset[:, None]).astype(np.float32)


def _edges(mesh: Mesh) -> tuple[NDArray, NDArray]:
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    return b - a, c - a


def _to_tangent_space(normals: Floats, facing: Floats, tangent: Floats) -> Floats:
    """World normals [N, 3] in the frames (tangent, sign * cross(normal, tangent), normal) as shaders rebuild them: [N, 3] unit."""
    along, sign = tangent[:, :3], np.where(tangent[:, 3:] < 0.0, -1.0, 1.0)
    across = sign * np.cross(facing, along)
    # Cramer's rule for x along + y across + z facing = normal; the common determinant only scales the result.
    local = np.stack(
        [
            np.einsum("ni,ni->n", normals, np.cross(across, facing)),
            np.einsum("ni,ni->n", normals, np.cross(facing, along)),
            np.einsum("ni,ni->n", normals, np.cross(along, across)),
        ],
        axis=1,
    )
    local *= np.where(np.einsum("ni,ni->n", along, np.cross(across, facing)) < 0.0, -1.0, 1.0)[:, None]
    local[:, 2] = np.maximum(local[:, 2], 1e-3)  # a normal map cannot look inwards
    return (local / np.linalg.norm(local, axis=1, keepdims=True)).astype(np.float32)


def _ask(lookup: Lookup, points: Floats, channels: int, context: Context) -> Floats:
    """[N, channels] float32 in chunks. Raises MeshingError on values that are not numbers."""
    out = np.zeros((len(points), channels), np.float32)
    for start in range(0, len(points), CHUNK):
        context.check_cancelled()
        context.progress(start / len(points), "Baking")
        some = points[start : start + CHUNK]
        got = np.asarray(lookup(some), np.float32)
        if got.size != len(some) * channels:
            raise ValueError(f"A texture's function must return [{len(some)}, {channels}], not {list(got.shape)}.")
        out[start : start + CHUNK] = got.reshape(-1, channels)
    if not np.isfinite(out).all():
        raise MeshingError("The field's colours are not numbers: the optimisation diverged. Try another seed.")
    return out


def _fill(size: int, covered: NDArray[np.bool_], values: Floats) -> Floats:
    """[S, S, C]: values [N, C] on the covered texels, spread outwards over all others."""
    picture = np.zeros((size, size, values.shape[1]), np.float32)
    picture[covered] = values
    filled = covered.copy()
    for _ in range(8):
        picture, filled = _grow(picture, filled)
    return _pull_push(picture, filled)


def _pull_push(picture: Floats, filled: NDArray[np.bool_]) -> Floats:
    """Give empty texels the mean of what is near, by a pyramid of halves (Gortler et al., The Lumigraph, 1996)."""
    if filled.all() or not filled.any():
        return picture
    if min(picture.shape[:2]) < 2:
        picture[~filled] = picture[filled].mean(axis=0)
        return picture
    height, width = (picture.shape[0] + 1) // 2, (picture.shape[1] + 1) // 2
    pad = ((0, 2 * height - picture.shape[0]), (0, 2 * width - picture.shape[1]))
    weight = np.pad(filled, pad).astype(np.float32).reshape(height, 2, width, 2).sum(axis=(1, 3))
    shaped = np.pad(picture * filled[..., None], (*pad, (0, 0))).reshape(height, 2, width, 2, -1)
    half = shaped.sum(axis=(1, 3)) / np.maximum(weight, 1.0)[..., None]
    half = _pull_push(half, weight > 0)
    spread = half.repeat(2, axis=0).repeat(2, axis=1)[: picture.shape[0], : picture.shape[1]]
    return np.where(filled[..., None], picture, spread)


def _to_bytes(values: NDArray) -> NDArray[np.uint8]:
    return np.clip(np.rint(values * 255.0), 0, 255).astype(np.uint8)


@njit(cache=True, nogil=True)
def _grow(picture, filled):
    """One texel of dilation: each empty texel takes the mean of its filled neighbours."""
    height, width, channels = picture.shape
    grown, now = picture.copy(), filled.copy()
    for row in range(height):
        for column in range(width):
            if filled[row, column]:
                continue
            count = 0
            for i in range(max(row - 1, 0), min(row + 2, height)):
                for j in range(max(column - 1, 0), min(column + 2, width)):
                    if filled[i, j]:
                        count += 1
                        for channel in range(channels):
                            grown[row, column, channel] += picture[i, j, channel]
            if count:
                now[row, column] = True
                for channel in range(channels):
                    grown[row, column, channel] /= count
    return grown, now
