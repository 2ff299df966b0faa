"""Numba kernels on grids and points. They release the GIL and run on one thread; callers cut the work for several.

Index coordinates: sample (i, j, k) of a grid lies at (i, j, k); points outside are clamped to the border.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray


def in_threads(kernel: Callable[..., Any], count: int, threads: int, *arguments: Any) -> None:
    """Call `kernel(first, end, *arguments)` on even shares of range(count). The kernel must release the GIL."""
    if threads <= 1 or count < 4096:
        kernel(0, count, *arguments)
        return
    edges = np.linspace(0, count, threads + 1).astype(np.int64)
    with ThreadPoolExecutor(threads) as pool:
        done = [pool.submit(kernel, edges[i], edges[i + 1], *arguments) for i in range(threads)]
        for each in done:
            each.result()


def trilinear_at(values: NDArray, points: NDArray, threads: int = 1) -> NDArray[np.float32]:
    """values [X, Y, Z] or [X, Y, Z, C] float32 at index points [N, 3] float32: [N] or [N, C]."""
    grid = np.ascontiguousarray(values, np.float32).reshape((*values.shape[:3], -1))
    points = np.ascontiguousarray(points, np.float32)
    out = np.zeros((len(points), grid.shape[3]), np.float32)
    in_threads(_trilinear, len(points), threads, grid, points, out)
    return out if values.ndim == 4 else out[:, 0]


def gradient_at(values: NDArray, points: NDArray) -> NDArray[np.float32]:
    """Gradient [N, 3], per index step, of values [X, Y, Z] at index points [N, 3]: interpolated central differences."""
    points = np.ascontiguousarray(points, np.float32)
    out = np.zeros((len(points), 3), np.float32)
    for axis in range(3):
        shift = np.zeros(3, np.float32)
        shift[axis] = 1.0
        out[:, axis] = 0.5 * (trilinear_at(values, points + shift) - trilinear_at(values, points - shift))
    return out


def cubic_at(values: NDArray, points: NDArray, threads: int = 1) -> NDArray[np.float32]:
    """values [X, Y, Z, C] float32 at index points [N, 3] by Catmull-Rom splines, kept within the eight nearest samples' range.

    Sharper than trilinear and without its creases; the clamping removes the overshoot beside an edge of colour.
    """
    points = np.ascontiguousarray(points, np.float32)
    out = np.zeros((len(points), values.shape[3]), np.float32)
    in_threads(_cubic, len(points), threads, np.ascontiguousarray(values, np.float32), points, out)
    return out


@njit(cache=True, nogil=True)
def _trilinear(first, end, values, points, out):
    nx, ny, nz, channels = values.shape
    for n in range(first, end):
        x = min(max(points[n, 0], 0.0), nx - 1.0)
        y = min(max(points[n, 1], 0.0), ny - 1.0)
        z = min(max(points[n, 2], 0.0), nz - 1.0)
        i, j, k = min(int(x), max(nx - 2, 0)), min(int(y), max(ny - 2, 0)), min(int(z), max(nz - 2, 0))
        fx, fy, fz = x - i, y - j, z - k
        for corner in range(8):
            a, b, c = corner & 1, (corner >> 1) & 1, corner >> 2
            weight = (fx if a else 1.0 - fx) * (fy if b else 1.0 - fy) * (fz if c else 1.0 - fz)
            if weight != 0.0:
                for channel in range(channels):
                    out[n, channel] += weight * values[i + a, j + b, k + c, channel]


@njit(cache=True, nogil=True)
def _catmull_rom(t, weights):
    weights[0] = t * (-0.5 + t * (1.0 - 0.5 * t))
    weights[1] = 1.0 + t * t * (-2.5 + 1.5 * t)
    weights[2] = t * (0.5 + t * (2.0 - 1.5 * t))
    weights[3] = t * t * (-0.5 + 0.5 * t)


@njit(cache=True, nogil=True)
def _cubic(first, end, values, points, out):
    nx, ny, nz, channels = values.shape
    wx, wy, wz = np.zeros(4), np.zeros(4), np.zeros(4)
    low, high = np.zeros(channels), np.zeros(channels)
    for n in range(first, end):
        x = min(max(points[n, 0], 0.0), nx - 1.0)
        y = min(max(points[n, 1], 0.0), ny - 1.0)
        z = min(max(points[n, 2], 0.0), nz - 1.0)
        i, j, k = min(int(x), max(nx - 2, 0)), min(int(y), max(ny - 2, 0)), min(int(z), max(nz - 2, 0))
        _catmull_rom(x - i, wx)
        _catmull_rom(y - j, wy)
        _catmull_rom(z - k, wz)
        low[:] = np.inf
        high[:] = -np.inf
        for a in range(4):
            p = min(max(i + a - 1, 0), nx - 1)
            for b in range(4):
                q = min(max(j + b - 1, 0), ny - 1)
                weight_ab = wx[a] * wy[b]
                for c in range(4):
                    r = min(max(k + c - 1, 0), nz - 1)
                    weight = weight_ab * wz[c]
                    near = 1 <= a <= 2 and 1 <= b <= 2 and 1 <= c <= 2
                    for channel in range(channels):
                        value = values[p, q, r, channel]
                        out[n, channel] += weight * value
                        if near:
                            low[channel] = min(low[channel], value)
                            high[channel] = max(high[channel], value)
        for channel in range(channels):
            out[n, channel] = min(max(out[n, channel], low[channel]), high[channel])


@njit(cache=True)
def bin_points(points, low, cell, shape):
    """Sort points [N, 3] into cells: (start [cells + 1], order [N]) with the points of cell c at order[start[c]:start[c + 1]]."""
    count = points.shape[0]
    keys = np.zeros(count, np.int64)
    start = np.zeros(shape[0] * shape[1] * shape[2] + 1, np.int64)
    for n in range(count):
        i = min(max(int((points[n, 0] - low[0]) / cell), 0), shape[0] - 1)
        j = min(max(int((points[n, 1] - low[1]) / cell), 0), shape[1] - 1)
        k = min(max(int((points[n, 2] - low[2]) / cell), 0), shape[2] - 1)
        keys[n] = (i * shape[1] + j) * shape[2] + k
        start[keys[n] + 1] += 1
    for c in range(1, len(start)):
        start[c] += start[c - 1]
    fill = start[:-1].copy()
    order = np.zeros(count, np.int64)
    for n in range(count):
        order[fill[keys[n]]] = n
        fill[keys[n]] += 1
    return start, order


@njit(cache=True, nogil=True)
def gather_surface(
    first, end, points, facing, fine_points, fine_normals, start, order, low, cell, shape, normal, offset
):
    """For points first .. end - 1: the fine surface's smooth normal and the way along it to the fine surface.

    points, facing: [N, 3] f4, places on a coarse surface and its normals. fine_points, fine_normals: [M, 3] f4, binned by
    `bin_points`. Writes normal [N, 3] f4 (left alone where no fine point is near that faces the same way) and offset [N] f4,
    engine units along `normal`. Fine points are weighted by nearness (Gauss, sigma half a cell) and by facing, so that the
    other side of a thin wall does not count.
    """
    falloff = 1.0 / (2.0 * (0.5 * cell) ** 2)
    for n in range(first, end):
        x, y, z = points[n, 0], points[n, 1], points[n, 2]
        fx, fy, fz = facing[n, 0], facing[n, 1], facing[n, 2]
        i0, j0, k0 = int((x - low[0]) / cell), int((y - low[1]) / cell), int((z - low[2]) / cell)
        total, sx, sy, sz, along = 0.0, 0.0, 0.0, 0.0, 0.0
        for i in range(max(i0 - 1, 0), min(i0 + 2, shape[0])):
            for j in range(max(j0 - 1, 0), min(j0 + 2, shape[1])):
                for k in range(max(k0 - 1, 0), min(k0 + 2, shape[2])):
                    c = (i * shape[1] + j) * shape[2] + k
                    for s in range(start[c], start[c + 1]):
                        m = order[s]
                        nx, ny, nz = fine_normals[m, 0], fine_normals[m, 1], fine_normals[m, 2]
                        same = nx * fx + ny * fy + nz * fz
                        if same <= 0.1:
                            continue
                        dx, dy, dz = fine_points[m, 0] - x, fine_points[m, 1] - y, fine_points[m, 2] - z
                        weight = same * math.exp(-falloff * (dx * dx + dy * dy + dz * dz))
                        total += weight
                        sx += weight * nx
                        sy += weight * ny
                        sz += weight * nz
                        along += weight * (dx * nx + dy * ny + dz * nz)
        length = math.sqrt(sx * sx + sy * sy + sz * sz)
        if total > 1e-9 and length > 0.3 * total:
            normal[n, 0], normal[n, 1], normal[n, 2] = sx / length, sy / length, sz / length
            offset[n] = along / total
