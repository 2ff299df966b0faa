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

from ..numerics import inline, kernel

TILE = 64  # points; the hidden layer of a tile is 16 KiB
PIECES = 32  # weight gradients are summed per piece, then over pieces in order


@inline
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


@inline
def _load(source, first, last, tile, rows):
    """tile[:, :] = source[:, first:last], padded with zeros."""
    for r in range(rows):
        row, target = source[r], tile[r]
        for p in range(last - first):
            target[p] = row[first + p]
        for p in range(last - first, TILE):
            target[p] = np.float32(0.0)


@kernel
def forward(x, w1, b1, w2, b2, y, slope):
    """Writes y [O, N] and, unless it is empty, slope [K, N]."""
    inputs, count = x.shape
    hidden, outputs = w1.shape[0], w2.shape[0]
    want_slope = slope.shape[1] == count and slope.shape[0] > 0
    tiles = (count + TILE - 1) // TILE
    zero = np.float32(0.0)
    for piece in prange(PIECES):
        tx = np.empty((inputs, TILE), np.float32)
        ta = np.empty((hidden, TILE), np.float32)
        ty = np.empty((outputs, TILE), np.float32)
        tm = np.empty((hidden, TILE), np.float32)
        ts = np.empty((inputs, TILE), np.float32)
        for tile in range(piece * tiles // PIECES, (piece + 1) * tiles // PIECES):
            first, last = tile * TILE, min(count, (tile + 1) * TILE)
            _load(x, first, last, tx, inputs)
            for j in range(hidden):
                ta[j, :] = b1[j]
            _matmul(w1, False, tx, ta, hidden, inputs)
            if want_slope:
                for j in range(hidden):
                    w = w2[0, j]
                    for p in range(TILE):
                        tm[j, p] = w if ta[j, p] > zero else zero
                ts[:] = zero
                _matmul(w1, True, tm, ts, inputs, hidden)
                for i in range(inputs):
                    for p in range(last - first):
                        slope[i, first + p] = ts[i, p]
            for j in range(hidden):
                for p in range(TILE):
                    ta[j, p] = max(ta[j, p], zero)
            for o in range(outputs):
                ty[o, :] = b2[o]
            _matmul(w2, False, ta, ty, outputs, hidden)
            for o in range(outputs):
                for p in range(last - first):
                    y[o, first + p] = ty[o, p]


@kernel
def backward(x, w1, b1, w2, grad_y, grad_slope, grad_x, grad_w1, grad_b1, grad_w2, grad_b2):
    """Writes grad_x [K, N]; adds per piece into grad_w1 [PIECES, H, K], grad_b1 [PIECES, H], grad_w2, grad_b2 (zeroed).

    grad_slope [K, N] may be empty.
    """
    inputs, count = x.shape
    hidden, outputs = w1.shape[0], w2.shape[0]
    has_slope = grad_slope.shape[1] == count and grad_slope.shape[0] > 0
    tiles = (count + TILE - 1) // TILE
    zero = np.float32(0.0)
    for piece in prange(PIECES):
        tx = np.empty((inputs, TILE), np.float32)
        ta = np.empty((hidden, TILE), np.float32)
        td = np.empty((hidden, TILE), np.float32)
        ty = np.empty((outputs, TILE), np.float32)
        ts = np.empty((inputs, TILE), np.float32)
        tg = np.empty((inputs, TILE), np.float32)
        tv = np.empty((hidden, TILE), np.float32)
        dw1, db1, dw2, db2 = grad_w1[piece], grad_b1[piece], grad_w2[piece], grad_b2[piece]
        for tile in range(piece * tiles // PIECES, (piece + 1) * tiles // PIECES):
            first, last = tile * TILE, min(count, (tile + 1) * TILE)
            _load(x, first, last, tx, inputs)
            _load(grad_y, first, last, ty, outputs)
            for j in range(hidden):
                ta[j, :] = b1[j]
            _matmul(w1, False, tx, ta, hidden, inputs)
            td[:] = zero
            _matmul(w2, True, ty, td, hidden, outputs)
            for o in range(outputs):
                row = ty[o]
                total = zero
                for p in range(TILE):
                    total += row[p]
                db2[o] += total
                for j in range(hidden):
                    act = ta[j]
                    total = zero
                    for p in range(TILE):
                        total += row[p] * max(act[p], zero)
                    dw2[o, j] += total
            for j in range(hidden):
                act, d = ta[j], td[j]
                total = zero
                for p in range(TILE):
                    d[p] = d[p] if act[p] > zero else zero
                    total += d[p]
                db1[j] += total
                for i in range(inputs):
                    row = tx[i]
                    total = zero
                    for p in range(TILE):
                        total += d[p] * row[p]
                    dw1[j, i] += total
            tg[:] = zero
            _matmul(w1, True, td, tg, inputs, hidden)
            for i in range(inputs):
                for p in range(last - first):
                    grad_x[i, first + p] = tg[i, p]
            if has_slope:
                _load(grad_slope, first, last, ts, inputs)
                tv[:] = zero
                _matmul(w1, False, ts, tv, hidden, inputs)
                for j in range(hidden):
                    act, v, d = ta[j], tv[j], td[j]
                    w = w2[0, j]
                    total = zero
                    for p in range(TILE):
                        on = act[p] > zero
                        total += v[p] if on else zero
                        d[p] = w if on else zero
                    dw2[0, j] += total
                    for i in range(inputs):
                        row = ts[i]
                        total = zero
                        for p in range(TILE):
                            total += d[p] * row[p]
                        dw1[j, i] += total
