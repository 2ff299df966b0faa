"""Meshing solids of any shape, fine near the camera and coarse far away, without cracks: surface nets on an octree.

Each cell that the surface passes has one vertex, the mean of where its edges are cut (S. F. F. Gibson, "Constrained elastic surface nets",
MICCAI 1998). Each cut edge becomes the face between the cells around it, whatever their sizes, if none of them is divided further (minimal
edges: T. Ju, F. Losasso, S. Schaefer, J. Warren, "Dual contouring of Hermite data", SIGGRAPH 2002). Around the face between two cells an even
number of edges is cut, so every edge of the mesh has an even number of faces: cracks cannot be. Blocks are meshed by themselves, on threads;
only edges on their borders need to know who is next to them.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from .blocks import Blocks, Distance, N, Region, find_blocks

TOGETHER = 96  # blocks sampled together: 2 MiB of distances
CELLS = N**3
AROUND = ((0, 0), (1, 0), (1, 1), (0, 1))  # the four cells about an edge, counter-clockwise seen from its end


@dataclass(frozen=True)
class SolidMesh:
    """vertices [V, 3] float32 m; quads [Q, 4], triangles [T, 3] int32, facing out."""

    vertices: np.ndarray
    quads: np.ndarray
    triangles: np.ndarray


@dataclass
class _Part:
    """What some blocks give: used cells (sorted keys) with sums and counts of cuts, faces by cells' places in them; and cut edges on borders."""

    keys: np.ndarray
    sums: np.ndarray
    counts: np.ndarray
    quads: np.ndarray
    block: np.ndarray  # of border edges, as are all below
    corner: np.ndarray
    axis: np.ndarray
    point: np.ndarray
    flip: np.ndarray


def mesh_solid(distance: Distance, region: Region, steepest: float = 1.0) -> SolidMesh:
    """The surface where distance is 0: `mesh_steps` to the end."""
    steps = mesh_steps(distance, region, steepest)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def mesh_steps(distance: Distance, region: Region, steepest: float = 1.0,
               threads: int | None = None) -> Generator[float, None, SolidMesh]:  # fmt: skip
    """The surface where distance is 0, step by step (yields the share done).

    distance(x, y, z): arrays that broadcast -> [B, .., .., ..] float32 m, negative inside, depending on the place alone; it is called from
    several threads. steepest: by how much it changes in a metre at most; too small a number loses parts. The mesh ends where the box does.
    """
    blocks = find_blocks(distance, region, steepest)
    starts = range(0, len(blocks.level), TOGETHER)
    parts = []
    with ThreadPoolExecutor(threads or min(8, os.cpu_count() or 1)) as pool:
        try:
            for part in pool.map(lambda start: _mesh_part(distance, blocks, start), starts):
                parts.append(part)
                yield 0.9 * len(parts) / len(starts)
        finally:
            pool.shutdown(cancel_futures=True)
    return _join(blocks, parts)


def _mesh_part(distance: Distance, blocks: Blocks, start: int) -> _Part:
    chosen = slice(start, min(start + TOGETHER, len(blocks.level)))
    axes = blocks.axes(chosen)
    values = np.asarray(distance(*axes), np.float32)
    inside = values < 0
    cells, points, border = [], [], []
    for axis in range(3):
        u, w = (axis + 1) % 3, (axis + 2) % 3
        ends = [slice(None)] * 4
        starts = list(ends)
        starts[axis + 1], ends[axis + 1] = slice(0, N), slice(1, N + 1)
        cut = inside[tuple(starts)] != inside[tuple(ends)]
        at = np.unravel_index(np.flatnonzero(cut), cut.shape)
        block, corner = at[0], np.stack(at[1:], 1)
        a, b = values[tuple(starts)][at], values[tuple(ends)][at]
        point = np.stack([each.reshape(len(each), -1)[block, corner[:, k]] for k, each in enumerate(axes)], 1)
        beyond = axes[axis].reshape(len(values), -1)[block, corner[:, axis] + 1]
        point[:, axis] += (beyond - point[:, axis]) * (a / (a - b))
        inner = (corner[:, u] > 0) & (corner[:, u] < N) & (corner[:, w] > 0) & (corner[:, w] < N)
        flip = a >= 0
        stride = (N * N, N, 1)
        local = block * CELLS + corner @ np.array(stride)
        four = np.stack([local + (du - 1) * stride[u] + (dw - 1) * stride[w] for du, dw in AROUND], 1)[inner]
        turned = flip[inner]
        four[turned] = four[turned, ::-1]
        cells.append(four)
        points.append(point[inner])
        edge = ~inner
        border.append((block[edge] + start, corner[edge], np.full(edge.sum(), axis), point[edge], flip[edge]))
    corners, point = np.concatenate(cells), np.concatenate(points)
    keys, place = _used(corners, len(values) * CELLS)
    sums, counts = _sum(place, point, len(keys))
    edges = [np.concatenate(each) for each in zip(*border, strict=True)]
    return _Part(keys.astype(np.int64) + start * CELLS, sums, counts, place.astype(np.int32), *edges)


def _used(cells: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The cells named, sorted, and for each name its place among them."""
    number = np.zeros(count, np.int32)
    number[cells] = 1
    used = np.flatnonzero(number)
    number[used] = np.arange(len(used), dtype=np.int32)
    return used, number[cells]


def _sum(place: np.ndarray, point: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """For each of `count` cells the sum [count, 3] and number [count] of cuts; place [E, 4] of the cells about each cut [E, 3]."""
    flat = place.ravel()
    sums = np.stack([np.bincount(flat, np.repeat(point[:, k], 4), count) for k in range(3)], 1)
    return sums, np.bincount(flat, minlength=count)


def _join(blocks: Blocks, parts: list[_Part]) -> SolidMesh:
    if not parts:
        return SolidMesh(np.zeros((0, 3), np.float32), np.zeros((0, 4), np.int32), np.zeros((0, 3), np.int32))
    offsets = np.cumsum([0] + [len(part.keys) for part in parts])
    for part, offset in zip(parts, offsets, strict=False):
        part.quads += np.int32(offset)
    keys, sums, counts, quads, block, corner, axis, point, flip = (
        np.concatenate([getattr(part, name) for part in parts]) for name in _Part.__dataclass_fields__
    )
    parts.clear()
    cells, kept = _around_borders(blocks, block, corner, axis)
    cells, point, flip = cells[kept], point[kept], flip[kept]
    cells[flip] = cells[flip, ::-1]
    flat = cells.ravel()
    at = np.minimum(np.searchsorted(keys, flat), max(len(keys) - 1, 0))
    missing = keys[at] != flat if len(keys) else np.ones(len(flat), bool)
    extra, number = np.unique(flat[missing], return_inverse=True)
    at[missing] = len(keys) + number
    place = at.reshape(-1, 4)
    more, further = _sum(place, point, len(keys) + len(extra))
    more[: len(keys)] += sums
    further[: len(keys)] += counts
    vertices = (more / further[:, None]).astype(np.float32)
    same = place == np.roll(place, -1, axis=1)
    whole = ~same.any(1)
    corners = place[~whole]  # one coarse cell twice: three corners are left
    triangles = corners[~same[~whole]].reshape(-1, 3)
    return SolidMesh(vertices, np.concatenate([quads, place[whole].astype(np.int32)]), triangles.astype(np.int32))


def _around_borders(
    blocks: Blocks, block: np.ndarray, corner: np.ndarray, axis: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The four cells (keys) about each cut edge on a block's border; and which edges make a face.

    None does that has a finer block beside it (whose own edges do), nor one that an earlier block of the same level has, too, nor one at the
    end of space.
    """
    level = blocks.level[block]
    lattice = blocks.place[block] * N + corner  # in cells of the edge's level
    cells = np.full((len(block), 4), -1, np.int64)
    kept = np.ones(len(block), bool)
    rows = np.arange(len(block))
    u, w = (axis + 1) % 3, (axis + 2) % 3
    levels = len(blocks.keys)
    for number, (du, dw) in enumerate(AROUND):
        for own in np.unique(level):
            some = rows[(level == own) & kept]
            for other in range(levels):
                probe = lattice[some].copy()
                if other < own:  # the small cell at the edge's beginning
                    probe <<= own - other
                probe[np.arange(len(some)), u[some]] += du - 1
                probe[np.arange(len(some)), w[some]] += dw - 1
                if other > own:
                    probe >>= other - own
                found = blocks.find(other, probe // N)
                here = found >= 0
                if other < own:
                    kept[some[here]] = False
                else:
                    local = (probe[here] % N) @ np.array((N * N, N, 1))
                    cells[some[here], number] = found[here] * CELLS + local
                    if other == own:
                        kept[some[here]] &= found[here] >= block[some[here]]
                some = some[~here]
                if not len(some):
                    break
    return cells, kept & (cells >= 0).all(1)
