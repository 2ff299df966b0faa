"""CPU kernels of the tiny MLP: one hidden layer of ReLUs, fused, and the slope of its first output.

    a = w1 x + b1,  h = max(a, 0),  y = w2 h + b2              x [K, N], w1 [H, K], w2 [O, H], y [O, N]
    slope = d y[0] / d x = w1^T ((a > 0) * w2[0])              slope [K, N]

Points are the last axis: a tile of them passes through all layers in a core's first-level cache. ReLU's second derivative is
zero, so the backward pass of `slope` has a closed form too.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

import numpy as np
from numba import prange

from ..numerics import helper, kernel

TILE = 64  # points; the hidden layer of a tile is 16 KiB
PIECES = 32  # weight gradients are summed per piece, then over pieces in order


@helper
def _matmul(weights, transposed, x, out, rows, inner):
    """out[r, :] += sum_i w[r, i] x[i, :] over a tile, four inputs at a time (one load and store of out for four of x)."""
    zero = np.float32(0.0)
    for r in range(rows):
        target = out[r]
        for i in range(0, inner - inner % 4, 4):
            if transposed:
                w0, w1, w2, w3 = weights[i, r], weights[i + 1, r], weights[i + 2, r], weights[i + 3, r]
            else:
                w0, w1, w2, w3 = weights[r, i], weights[r, i + 1], weights[r, i + 2], weights[r, i + 3]
            x0, x1, x2, x3 = x[i], x[i + 1], x[i + 2], x[i + 3]
            for p in range(TILE):
                target[p] += w0 * x0[p] + w1 * x1[p] + w2 * x2[p] + w3 * x3[p]
        for i in range(inner - inner % 4, inner):
            w0 = weights[i, r] if transposed else weights[r, i]
            if w0 != zero:
                x0 = x[i]
                for p in range(TILE):
                    target[p] += w0 * x0[p]


@helper
def _load(source, first, last, tile, rows):
    """tile[:, :] = source[:, first:last], padded with zeros."""
    for r in range(rows):
        row, target = source[r], tile[r]
        for p in range(last - first):
            target[p] = row[first + p]
        for p in range(last - first, TILE):
            target[p] = np.float32(0.0)


@helper
def _outer(d, x, out, rows, inner):
    """out[r, i] += sum_p d[r, p] x[i, p] over a tile."""
    for r in range(rows):
        left = d[r]
        for i in range(inner):
            right = x[i]
            total = np.float32(0.0)
            for p in range(TILE):
                total += left[p] * right[p]
            out[r, i] += total


@helper
def _add_rows(x, out, rows):
    """out[r] += sum_p x[r, p] over a tile."""
    for r in range(rows):
        row = x[r]
        total = np.float32(0.0)
        for p in range(TILE):
            total += row[p]
        out[r] += total


@helper
def _fill(tile, values, rows):
    """tile[r, :] = values[r]; zeros if values is empty."""
    for r in range(rows):
        value = values[r] if len(values) > 0 else np.float32(0.0)
        for p in range(TILE):
            tile[r, p] = value


@helper
def _store(tile, target, first, last, rows):
    """target[:, first:last] = tile."""
    for r in range(rows):
        row, to = tile[r], target[r]
        for p in range(last - first):
            to[first + p] = row[p]


@kernel
def forward(x, w1, b1, w2, b2, y, slope):
    """Writes y [O, N] and, unless it is empty, slope [K, N]."""
    inputs, count = x.shape
    hidden, outputs = w1.shape[0], w2.shape[0]
    want_slope = slope.shape[0] > 0
    tiles = (count + TILE - 1) // TILE
    zero = np.float32(0.0)
    for piece in prange(PIECES):
        tx = np.empty((inputs, TILE), np.float32)
        ta = np.empty((hidden, TILE), np.float32)
        ty = np.empty((outputs, TILE), np.float32)
        tm = np.empty((hidden, TILE), np.float32)
        ts = np.empty((inputs, TILE), np.float32)
        none = np.empty(0, np.float32)
        for tile in range(piece * tiles // PIECES, (piece + 1) * tiles // PIECES):
            first, last = tile * TILE, min(count, (tile + 1) * TILE)
            _load(x, first, last, tx, inputs)
            _fill(ta, b1, hidden)
            _matmul(w1, False, tx, ta, hidden, inputs)
            for j in range(hidden):
                act, on, w = ta[j], tm[j], w2[0, j]
                for p in range(TILE):
                    on[p] = w if act[p] > zero else zero
                    act[p] = max(act[p], zero)
            if want_slope:
                _fill(ts, none, inputs)
                _matmul(w1, True, tm, ts, inputs, hidden)
                _store(ts, slope, first, last, inputs)
            _fill(ty, b2, outputs)
            _matmul(w2, False, ta, ty, outputs, hidden)
            _store(ty, y, first, last, outputs)


@kernel
def backward(x, w1, b1, w2, grad_y, grad_slope, grad_x, grad_w1, grad_b1, grad_w2, grad_b2):
    """Writes grad_x [K, N]; adds per piece into grad_w1 [PIECES, H, K], grad_b1 [PIECES, H], grad_w2, grad_b2 (zeroed).

    grad_slope [K, N] may be empty.
    """
    inputs, count = x.shape
    hidden, outputs = w1.shape[0], w2.shape[0]
    has_slope = grad_slope.shape[0] > 0
    tiles = (count + TILE - 1) // TILE
    zero = np.float32(0.0)
    for piece in prange(PIECES):
        tx = np.empty((inputs, TILE), np.float32)
        ta = np.empty((hidden, TILE), np.float32)
        td = np.empty((hidden, TILE), np.float32)
        tm = np.empty((hidden, TILE), np.float32)
        ty = np.empty((outputs, TILE), np.float32)
        tg = np.empty((inputs, TILE), np.float32)
        none = np.empty(0, np.float32)
        for tile in range(piece * tiles // PIECES, (piece + 1) * tiles // PIECES):
            first, last = tile * TILE, min(count, (tile + 1) * TILE)
            _load(x, first, last, tx, inputs)
            _load(grad_y, first, last, ty, outputs)
            _fill(ta, b1, hidden)
            _matmul(w1, False, tx, ta, hidden, inputs)
            _fill(td, none, hidden)
            _matmul(w2, True, ty, td, hidden, outputs)
            for j in range(hidden):
                act, d, on, w = ta[j], td[j], tm[j], w2[0, j]
                for p in range(TILE):
                    d[p] = d[p] if act[p] > zero else zero
                    on[p] = w if act[p] > zero else zero
                    act[p] = max(act[p], zero)
            _add_rows(ty, grad_b2[piece], outputs)
            _outer(ty, ta, grad_w2[piece], outputs, hidden)
            _add_rows(td, grad_b1[piece], hidden)
            _outer(td, tx, grad_w1[piece], hidden, inputs)
            _fill(tg, none, inputs)
            _matmul(w1, True, td, tg, inputs, hidden)
            _store(tg, grad_x, first, last, inputs)
            if has_slope:
                # slope = w1^T m with m = (a > 0) * w2[0]: tg is now its gradient, td what flows into m
                _load(grad_slope, first, last, tg, inputs)
                _outer(tm, tg, grad_w1[piece], hidden, inputs)
                _fill(td, none, hidden)
                _matmul(w1, False, tg, td, hidden, inputs)
                for j in range(hidden):
                    act, d = ta[j], td[j]
                    for p in range(TILE):
                        d[p] = d[p] if act[p] > zero else zero
                _add_rows(td, grad_w2[piece, 0], hidden)
