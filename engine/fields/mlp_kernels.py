"""CPU kernels of the tiny MLP: one hidden layer of ReLUs, fused, and the slope of its first output.

    a = w1 x + b1,  h = max(a, 0),  y = w2 h + b2              x [K, N], w1 [H, K], w2 [O, H], y [O, N]
    slope = d y[0] / d x = w1^T ((a > 0) * w2[0])              slope [K, N]

Points are the last axis: a tile of them passes through all layers in a core's first-level cache. ReLU's second derivative is
zero, so the backward pass of `slope` has a closed form too.

Tiles are flat arrays, row after row: the compiler then knows that rows do not overlap and keeps two rows by four inputs in
registers. Matrices are padded to that block with zeros, so that no loop has a rest.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

import numpy as np
from numba import prange

from ..numerics import helper, kernel

TILE = 64  # points; the hidden layer of a tile is 16 KiB
PIECES = 32  # weight gradients are summed per piece, then over pieces in order
ROWS, INNER = 2, 4  # the block of a product


@helper
def _padded(matrix):
    """A copy with zeros up to whole blocks: [rows up to a multiple of 2, columns up to one of 4]."""
    rows, inner = matrix.shape
    out = np.zeros(((rows + ROWS - 1) // ROWS * ROWS, (inner + INNER - 1) // INNER * INNER), np.float32)
    for r in range(rows):
        for i in range(inner):
            out[r, i] = matrix[r, i]
    return out


@helper
def _tile(rows):
    """Zeros for so many rows of a tile and what padding may add."""
    return np.zeros((rows + INNER) * TILE, np.float32)


@helper
def _matmul(weights, x, out):
    """out[r, :] += sum_i w[r, i] x[i, :] over a tile; weights padded."""
    rows, inner = weights.shape
    for r in range(0, rows, ROWS):
        target = out[r * TILE : (r + ROWS) * TILE]
        for i in range(0, inner, INNER):
            a0, a1, a2, a3 = weights[r, i], weights[r, i + 1], weights[r, i + 2], weights[r, i + 3]
            b0, b1, b2, b3 = weights[r + 1, i], weights[r + 1, i + 1], weights[r + 1, i + 2], weights[r + 1, i + 3]
            source = x[i * TILE : (i + INNER) * TILE]
            for p in range(TILE):
                u, v, w, z = source[p], source[p + TILE], source[p + 2 * TILE], source[p + 3 * TILE]
                target[p] += a0 * u + a1 * v + a2 * w + a3 * z
                target[p + TILE] += b0 * u + b1 * v + b2 * w + b3 * z


@helper
def _outer(d, x, out):
    """out[r, i] += sum_p d[r, p] x[i, p] over a tile; out padded."""
    rows, inner = out.shape
    zero = np.float32(0.0)
    for r in range(0, rows, ROWS):
        left = d[r * TILE : (r + ROWS) * TILE]
        for i in range(0, inner, INNER):
            right = x[i * TILE : (i + INNER) * TILE]
            a0, a1, a2, a3, b0, b1, b2, b3 = zero, zero, zero, zero, zero, zero, zero, zero
            for p in range(TILE):
                u, v = left[p], left[p + TILE]
                x0, x1, x2, x3 = right[p], right[p + TILE], right[p + 2 * TILE], right[p + 3 * TILE]
                a0, a1, a2, a3 = a0 + u * x0, a1 + u * x1, a2 + u * x2, a3 + u * x3
                b0, b1, b2, b3 = b0 + v * x0, b1 + v * x1, b2 + v * x2, b3 + v * x3
            out[r, i] += a0
            out[r, i + 1] += a1
            out[r, i + 2] += a2
            out[r, i + 3] += a3
            out[r + 1, i] += b0
            out[r + 1, i + 1] += b1
            out[r + 1, i + 2] += b2
            out[r + 1, i + 3] += b3


@helper
def _load(source, chosen, first, last, tile):
    """tile = columns first to last of source [R, M], or those that `chosen` lists there unless it is empty; zeros behind."""
    for r in range(source.shape[0]):
        row, target = source[r], tile[r * TILE : (r + 1) * TILE]
        if len(chosen) > 0:
            for p in range(last - first):
                target[p] = row[chosen[first + p]]
        else:
            for p in range(last - first):
                target[p] = row[first + p]
        for p in range(last - first, TILE):
            target[p] = np.float32(0.0)


@helper
def _store(tile, target, first, last):
    """target[:, first:last] = tile."""
    for r in range(target.shape[0]):
        row, to = tile[r * TILE : (r + 1) * TILE], target[r]
        for p in range(last - first):
            to[first + p] = row[p]


@helper
def _constant(values):
    """A tile whose row r is values[r] everywhere."""
    tile = _tile(len(values))
    for r in range(len(values)):
        tile[r * TILE : (r + 1) * TILE] = values[r]
    return tile


@helper
def _copy(tile, out):
    """out = tile."""
    for p in range(len(out)):
        out[p] = tile[p]


@helper
def _add(tile, out):
    """out += tile."""
    for p in range(len(out)):
        out[p] += tile[p]


@helper
def _add_rows(tile, out):
    """out[r] += sum_p tile[r, p]."""
    for r in range(len(out)):
        out[r] += tile[r * TILE : (r + 1) * TILE].sum()


@helper
def _rectify(tile):
    """tile = max(tile, 0)."""
    zero = np.float32(0.0)
    for p in range(len(tile)):
        tile[p] = tile[p] if tile[p] > zero else zero


@helper
def _where_active(activations, values, out):
    """out[r, :] = values[r] where the activation is positive, else 0."""
    zero = np.float32(0.0)
    for r in range(len(values)):
        act, to, value = activations[r * TILE : (r + 1) * TILE], out[r * TILE : (r + 1) * TILE], values[r]
        for p in range(TILE):
            to[p] = value if act[p] > zero else zero


@helper
def _gate(activations, tile):
    """tile = 0 where the activation is not positive."""
    zero = np.float32(0.0)
    for p in range(len(tile)):
        tile[p] = tile[p] if activations[p] > zero else zero


@kernel
def forward(x, w1, b1, w2, b2, y, slope):
    """Writes y [O, N] and, unless it is empty, slope [K, N]."""
    inputs, count = x.shape
    hidden, outputs = w1.shape[0], w2.shape[0]
    want_slope = slope.shape[0] > 0
    tiles = (count + TILE - 1) // TILE
    first_layer, back, second_layer = _padded(w1), _padded(w1.T), _padded(w2)
    everything = np.empty(0, np.int64)
    for piece in prange(PIECES):
        tx, ta, ty = _tile(inputs), _tile(hidden), _tile(outputs)
        tm, ts = _tile(hidden), _tile(inputs)
        bias1, bias2 = _constant(b1), _constant(b2)
        for tile in range(piece * tiles // PIECES, (piece + 1) * tiles // PIECES):
            first, last = tile * TILE, min(count, (tile + 1) * TILE)
            _load(x, everything, first, last, tx)
            _copy(bias1, ta)
            _matmul(first_layer, tx, ta)
            if want_slope:
                _where_active(ta, w2[0], tm)
                ts[:] = np.float32(0.0)
                _matmul(back, tm, ts)
                _store(ts, slope, first, last)
            _rectify(ta)
            _copy(bias2, ty)
            _matmul(second_layer, ta, ty)
            _store(ty, y, first, last)


@kernel
def backward(x, chosen, w1, b1, w2, grad_y, grad_slope, grad_x, grad_w1, grad_b1, grad_w2, grad_b2):
    """Writes grad_x [K, M] of the M chosen points (int64, ascending); adds per piece into grad_w1 [PIECES, H, K], grad_b1
    [PIECES, H], grad_w2, grad_b2 (zeroed).

    x [K, N] and grad_y [O, N] are of all points; grad_slope [K, M], of those chosen, may be empty.
    """
    inputs, count = x.shape[0], len(chosen)
    hidden, outputs = w1.shape[0], w2.shape[0]
    has_slope = grad_slope.shape[0] > 0
    tiles = (count + TILE - 1) // TILE
    first_layer, back, second_back = _padded(w1), _padded(w1.T), _padded(w2.T)
    everything = np.empty(0, np.int64)
    for piece in prange(PIECES):
        tx, ta, ty = _tile(inputs), _tile(hidden), _tile(outputs)
        td, tm, tg = _tile(hidden), _tile(hidden), _tile(inputs)
        d_w1, d_w2, sum1, sum2 = _padded(grad_w1[piece]), _padded(grad_w2[piece]), _tile(hidden), _tile(outputs)
        bias1, summed = _constant(b1), _tile(hidden)
        for tile in range(piece * tiles // PIECES, (piece + 1) * tiles // PIECES):
            first, last = tile * TILE, min(count, (tile + 1) * TILE)
            _load(x, chosen, first, last, tx)
            _load(grad_y, chosen, first, last, ty)
            _copy(bias1, ta)
            _matmul(first_layer, tx, ta)
            td[:] = np.float32(0.0)
            _matmul(second_back, ty, td)
            _gate(ta, td)
            _where_active(ta, w2[0], tm)
            _rectify(ta)
            _add(ty, sum2)
            _outer(ty, ta, d_w2)
            _add(td, sum1)
            _outer(td, tx, d_w1)
            tg[:] = np.float32(0.0)
            _matmul(back, td, tg)
            _store(tg, grad_x, first, last)
            if has_slope:
                # slope = w1^T m with m = (a > 0) * w2[0]: tg is now its gradient, td what flows into m
                _load(grad_slope, everything, first, last, tg)
                _outer(tm, tg, d_w1)
                td[:] = np.float32(0.0)
                _matmul(first_layer, tg, td)
                _gate(ta, td)
                _add(td, summed)
        _add_rows(sum1, grad_b1[piece])
        _add_rows(sum2, grad_b2[piece])
        _add_rows(summed, d_w2[0, :hidden])
        for r in range(hidden):
            for i in range(inputs):
                grad_w1[piece, r, i] = d_w1[r, i]
        for r in range(outputs):
            for i in range(hidden):
                grad_w2[piece, r, i] = d_w2[r, i]
