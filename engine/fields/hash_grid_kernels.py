"""CPU kernels of the multi-resolution hash grid (Instant-NGP, arXiv:2201.05989).

Layouts: points [N, 3] in -1..1, table [L, T, 2], features [2 L, N] (one row a feature, so that loops over points are contiguous),
resolutions int64 [L] (cells per axis of the cube). A level whose (res + 1)^3 corners fit the table is stored densely, any
other through the spatial hash. T is a power of two. Points outside the cube are clamped to it and have no gradient there.

Tasks are (level, block of points): one level's table (256 KiB at T = 2^15) stays in a core's cache while a block passes. The
scatter into the table is parallel over levels alone, hence without races and in a fixed order.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

import numpy as np
from numba import prange

from ..numerics import inline, kernel

BLOCK = 4096  # points per task: 48 KiB of coordinates
# Rows are found in 32 unsigned bits: half the work of 64, and numba asks no index whether it counts from the end.
_ONE = np.uint32(1)
_PRIME_Y = np.uint32(2654435761)
_PRIME_Z = np.uint32(805459861)


@inline
def _cell(x, res):
    """Cell index and position within it of a coordinate in -1..1, and whether it lies inside."""
    u = (x + np.float32(1.0)) * np.float32(0.5) * np.float32(res)
    inside = u >= np.float32(0.0) and u <= np.float32(res)
    u = u if u > np.float32(0.0) else np.float32(0.0)  # NaN becomes 0 here: it must never become an index
    u = u if u < np.float32(res) else np.float32(res)
    i = min(np.int32(u), np.int32(res - 1))
    return np.uint32(i), u - np.float32(i), inside


@inline
def _corners(i, j, k, side, dense, mask):
    """Table rows of the cell's eight corners; bit 0 of the order is x, bit 1 y, bit 2 z."""
    if dense:
        layer = side * side
        r = i + side * j + layer * k
        s = r + side
        t, u = r + layer, s + layer
        return r, r + _ONE, s, s + _ONE, t, t + _ONE, u, u + _ONE
    y0, z0 = j * _PRIME_Y, k * _PRIME_Z
    y1, z1 = y0 + _PRIME_Y, z0 + _PRIME_Z
    a, b, c, d = y0 ^ z0, y1 ^ z0, y0 ^ z1, y1 ^ z1
    n = i + _ONE
    return (
        (i ^ a) & mask, (n ^ a) & mask, (i ^ b) & mask, (n ^ b) & mask,
        (i ^ c) & mask, (n ^ c) & mask, (i ^ d) & mask, (n ^ d) & mask,
    )  # fmt: skip


@kernel
def encode(points, table, resolutions, features):
    """Trilinear features of the first `len(resolutions)` levels; writes features [2 L, N]."""
    count, levels = points.shape[0], len(resolutions)
    mask = np.uint32(table.shape[1] - 1)
    blocks = (count + BLOCK - 1) // BLOCK
    one = np.float32(1.0)
    for task in prange(blocks * levels):
        level, block = task % levels, task // levels
        res = resolutions[level]
        side, dense = np.uint32(res + 1), (res + 1) ** 3 <= mask + 1
        rows = table[level]
        out0, out1 = features[2 * level], features[2 * level + 1]
        for n in range(block * BLOCK, min(count, (block + 1) * BLOCK)):
            i, fx, _ = _cell(points[n, 0], res)
            j, fy, _ = _cell(points[n, 1], res)
            k, fz, _ = _cell(points[n, 2], res)
            c0, c1, c2, c3, c4, c5, c6, c7 = _corners(i, j, k, side, dense, mask)
            gx, gy, gz = one - fx, one - fy, one - fz
            w0, w1, w2, w3 = gx * gy, fx * gy, gx * fy, fx * fy
            out0[n] = gz * (w0 * rows[c0, 0] + w1 * rows[c1, 0] + w2 * rows[c2, 0] + w3 * rows[c3, 0]) + fz * (
                w0 * rows[c4, 0] + w1 * rows[c5, 0] + w2 * rows[c6, 0] + w3 * rows[c7, 0]
            )
            out1[n] = gz * (w0 * rows[c0, 1] + w1 * rows[c1, 1] + w2 * rows[c2, 1] + w3 * rows[c3, 1]) + fz * (
                w0 * rows[c4, 1] + w1 * rows[c5, 1] + w2 * rows[c6, 1] + w3 * rows[c7, 1]
            )


@kernel
def spatial_gradient(points, table, resolutions, weights, gradient):
    """d(sum_f weights[f] features[f]) / d points: weights [2 L, N] -> gradient [N, 3]."""
    count, levels = points.shape[0], len(resolutions)
    mask = np.uint32(table.shape[1] - 1)
    one = np.float32(1.0)
    for block in prange((count + BLOCK - 1) // BLOCK):
        first, last = block * BLOCK, min(count, (block + 1) * BLOCK)
        gradient[first:last] = np.float32(0.0)
        for level in range(levels):
            res = resolutions[level]
            side, dense = np.uint32(res + 1), (res + 1) ** 3 <= mask + 1
            scale = np.float32(0.5) * np.float32(res)
            rows = table[level]
            a, b = weights[2 * level], weights[2 * level + 1]
            for n in range(first, last):
                i, fx, in_x = _cell(points[n, 0], res)
                j, fy, in_y = _cell(points[n, 1], res)
                k, fz, in_z = _cell(points[n, 2], res)
                c0, c1, c2, c3, c4, c5, c6, c7 = _corners(i, j, k, side, dense, mask)
                gx, gy, gz = one - fx, one - fy, one - fz
                p, q = a[n] * scale, b[n] * scale
                v0 = p * rows[c0, 0] + q * rows[c0, 1]
                v1 = p * rows[c1, 0] + q * rows[c1, 1]
                v2 = p * rows[c2, 0] + q * rows[c2, 1]
                v3 = p * rows[c3, 0] + q * rows[c3, 1]
                v4 = p * rows[c4, 0] + q * rows[c4, 1]
                v5 = p * rows[c5, 0] + q * rows[c5, 1]
                v6 = p * rows[c6, 0] + q * rows[c6, 1]
                v7 = p * rows[c7, 0] + q * rows[c7, 1]
                if in_x:
                    gradient[n, 0] += gz * (gy * (v1 - v0) + fy * (v3 - v2)) + fz * (gy * (v5 - v4) + fy * (v7 - v6))
                if in_y:
                    gradient[n, 1] += gz * (gx * (v2 - v0) + fx * (v3 - v1)) + fz * (gx * (v6 - v4) + fx * (v7 - v5))
                if in_z:
                    gradient[n, 2] += gy * (gx * (v4 - v0) + fx * (v5 - v1)) + fy * (gx * (v6 - v2) + fx * (v7 - v3))


@kernel
def directional_derivative(points, table, resolutions, directions, slopes):
    """d features . directions: directions [N, 3] -> slopes [2 L, N]. The transpose of `spatial_gradient` in its weights."""
    count, levels = points.shape[0], len(resolutions)
    mask = np.uint32(table.shape[1] - 1)
    blocks = (count + BLOCK - 1) // BLOCK
    one, zero = np.float32(1.0), np.float32(0.0)
    for task in prange(blocks * levels):
        level, block = task % levels, task // levels
        res = resolutions[level]
        side, dense = np.uint32(res + 1), (res + 1) ** 3 <= mask + 1
        scale = np.float32(0.5) * np.float32(res)
        rows = table[level]
        out0, out1 = slopes[2 * level], slopes[2 * level + 1]
        for n in range(block * BLOCK, min(count, (block + 1) * BLOCK)):
            i, fx, in_x = _cell(points[n, 0], res)
            j, fy, in_y = _cell(points[n, 1], res)
            k, fz, in_z = _cell(points[n, 2], res)
            c0, c1, c2, c3, c4, c5, c6, c7 = _corners(i, j, k, side, dense, mask)
            ux = scale * directions[n, 0] if in_x else zero
            uy = scale * directions[n, 1] if in_y else zero
            uz = scale * directions[n, 2] if in_z else zero
            gx, gy, gz = one - fx, one - fy, one - fz
            w0 = -ux * gy * gz - uy * gx * gz - uz * gx * gy
            w1 = ux * gy * gz - uy * fx * gz - uz * fx * gy
            w2 = -ux * fy * gz + uy * gx * gz - uz * gx * fy
            w3 = ux * fy * gz + uy * fx * gz - uz * fx * fy
            w4 = -ux * gy * fz - uy * gx * fz + uz * gx * gy
            w5 = ux * gy * fz - uy * fx * fz + uz * fx * gy
            w6 = -ux * fy * fz + uy * gx * fz + uz * gx * fy
            w7 = ux * fy * fz + uy * fx * fz + uz * fx * fy
            out0[n] = (w0 * rows[c0, 0] + w1 * rows[c1, 0] + w2 * rows[c2, 0] + w3 * rows[c3, 0]) + (
                w4 * rows[c4, 0] + w5 * rows[c5, 0] + w6 * rows[c6, 0] + w7 * rows[c7, 0]
            )
            out1[n] = (w0 * rows[c0, 1] + w1 * rows[c1, 1] + w2 * rows[c2, 1] + w3 * rows[c3, 1]) + (
                w4 * rows[c4, 1] + w5 * rows[c5, 1] + w6 * rows[c6, 1] + w7 * rows[c7, 1]
            )


@kernel
def scatter(points, resolutions, feature_grads, grad_table):
    """Adds d loss / d table given d loss / d features [2 L, N]; grad_table [L, T, 2] comes zeroed."""
    count, levels = points.shape[0], len(resolutions)
    mask = np.uint32(grad_table.shape[1] - 1)
    one = np.float32(1.0)
    half = (levels + 1) // 2
    for task in prange(levels):
        level = 2 * task if task < half else 2 * (task - half) + 1  # coarse levels are cheaper: deal them out evenly
        res = resolutions[level]
        side, dense = np.uint32(res + 1), (res + 1) ** 3 <= mask + 1
        rows = grad_table[level]
        a, b = feature_grads[2 * level], feature_grads[2 * level + 1]
        for n in range(count):
            p, q = a[n], b[n]
            i, fx, _ = _cell(points[n, 0], res)
            j, fy, _ = _cell(points[n, 1], res)
            k, fz, _ = _cell(points[n, 2], res)
            c0, c1, c2, c3, c4, c5, c6, c7 = _corners(i, j, k, side, dense, mask)
            gx, gy, gz = one - fx, one - fy, one - fz
            w0, w1, w2, w3 = gx * gy, fx * gy, gx * fy, fx * fy
            _add(rows, c0, gz * w0, p, q)
            _add(rows, c1, gz * w1, p, q)
            _add(rows, c2, gz * w2, p, q)
            _add(rows, c3, gz * w3, p, q)
            _add(rows, c4, fz * w0, p, q)
            _add(rows, c5, fz * w1, p, q)
            _add(rows, c6, fz * w2, p, q)
            _add(rows, c7, fz * w3, p, q)


@kernel
def scatter_with_slopes(points, resolutions, feature_grads, weights, directions, grad_table):
    """Like `scatter`, plus d/d table of directions . spatial_gradient(weights), in the same pass over the table.

    directions [N, 3] is d loss / d (the spatial gradient); weights [2 L, N] as given to `spatial_gradient`.
    """
    count, levels = points.shape[0], len(resolutions)
    mask = np.uint32(grad_table.shape[1] - 1)
    one, zero = np.float32(1.0), np.float32(0.0)
    half = (levels + 1) // 2
    for task in prange(levels):
        level = 2 * task if task < half else 2 * (task - half) + 1
        res = resolutions[level]
        side, dense = np.uint32(res + 1), (res + 1) ** 3 <= mask + 1
        scale = np.float32(0.5) * np.float32(res)
        rows = grad_table[level]
        a, b = feature_grads[2 * level], feature_grads[2 * level + 1]
        s, t = weights[2 * level], weights[2 * level + 1]
        for n in range(count):
            p, q, r, h = a[n], b[n], s[n], t[n]
            i, fx, in_x = _cell(points[n, 0], res)
            j, fy, in_y = _cell(points[n, 1], res)
            k, fz, in_z = _cell(points[n, 2], res)
            c0, c1, c2, c3, c4, c5, c6, c7 = _corners(i, j, k, side, dense, mask)
            ux = scale * directions[n, 0] if in_x else zero
            uy = scale * directions[n, 1] if in_y else zero
            uz = scale * directions[n, 2] if in_z else zero
            gx, gy, gz = one - fx, one - fy, one - fz
            _add2(rows, c0, gx * gy * gz, -ux * gy * gz - uy * gx * gz - uz * gx * gy, p, q, r, h)
            _add2(rows, c1, fx * gy * gz, ux * gy * gz - uy * fx * gz - uz * fx * gy, p, q, r, h)
            _add2(rows, c2, gx * fy * gz, -ux * fy * gz + uy * gx * gz - uz * gx * fy, p, q, r, h)
            _add2(rows, c3, fx * fy * gz, ux * fy * gz + uy * fx * gz - uz * fx * fy, p, q, r, h)
            _add2(rows, c4, gx * gy * fz, -ux * gy * fz - uy * gx * fz + uz * gx * gy, p, q, r, h)
            _add2(rows, c5, fx * gy * fz, ux * gy * fz - uy * fx * fz + uz * fx * gy, p, q, r, h)
            _add2(rows, c6, gx * fy * fz, -ux * fy * fz + uy * gx * fz + uz * gx * fy, p, q, r, h)
            _add2(rows, c7, fx * fy * fz, ux * fy * fz + uy * fx * fz + uz * fx * fy, p, q, r, h)


@inline
def _add(rows, c, w, p, q):
    rows[c, 0] += w * p
    rows[c, 1] += w * q


@inline
def _add2(rows, c, w, d, p, q, r, h):
    rows[c, 0] += w * p + d * r
    rows[c, 1] += w * q + d * h
