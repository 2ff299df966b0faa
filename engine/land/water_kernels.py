"""A step of running water on a CPU, one pass over the land: each band of rows does the whole step, with two rows of its neighbours' work.

Every number is made by the same operations in the same order as in procedural/grow/erosion/hydraulic.py, in single precision and without
fused operations, so that both give the same land to the last bit. Loops write one row each: that is what compilers vectorise.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import prange

from ..numerics import exact_kernel

BAND = 40  # rows
SCRATCH = 7  # arrays of BAND + 4 rows and count + 1 columns that a band needs
ZERO, ONE, HALF, TINY = np.float32(0.0), np.float32(1.0), np.float32(0.5), np.float32(1e-20)


def _row(function: Any) -> Any:
    return numba.njit(cache=True, nogil=True, error_model="numpy", inline="never")(function)


@_row
def _accelerate(q, out, surface_a, surface_b, bed_a, bed_b, deep, push, drag):
    for j in range(len(out)):
        a, b = surface_a[j], surface_b[j]
        top = a if a > b else b
        floor = bed_a[j] if bed_a[j] > bed_b[j] else bed_b[j]
        hf = top - floor
        hf = hf if hf < deep else deep
        old = q[j]
        new = old + ((a - b) * hf) * push
        square = hf * hf
        out[j] = (new * square) / ((abs(old) * drag + square) + TINY)


@_row
def _share(share, water, qx, qy, qy_below, flow, least):
    for j in range(len(share)):
        right, left, down, up = qx[j + 1], qx[j], qy_below[j], qy[j]
        total = (right if right > ZERO else ZERO) - (left if left < ZERO else ZERO)
        total = total + (down if down > ZERO else ZERO)
        total = total - (up if up < ZERO else ZERO)
        part = water[j] / (total * flow + least)
        share[j] = part if part < ONE else ONE


@_row
def _load(load, soil, water, least):
    for j in range(len(load)):
        wet = water[j] if water[j] > least else least
        load[j] = soil[j] / wet


@_row
def _scale(q, out, share_a, share_b):
    for j in range(len(out)):
        forth = q[j] if q[j] > ZERO else ZERO
        back = q[j] if q[j] < ZERO else ZERO
        out[j] = forth * share_a[j] + back * share_b[j]


@_row
def _soil_of(q, soil, share_a, share_b, load_a, load_b):
    for j in range(len(soil)):
        forth = q[j] if q[j] > ZERO else ZERO
        back = q[j] if q[j] < ZERO else ZERO
        soil[j] = (forth * share_a[j]) * load_a[j] + (back * share_b[j]) * load_b[j]


@_row
def _fill(amount, out, qx, qy, qy_below, flow):
    for j in range(len(out)):
        new = amount[j] + ((qx[j] - qx[j + 1]) + (qy[j] - qy_below[j])) * flow
        out[j] = new if new > ZERO else ZERO


@_row
def _hold(hold, qx, qy, qy_below):
    for j in range(len(hold)):
        x, y = qx[j] + qx[j + 1], qy[j] + qy_below[j]
        hold[j] = np.sqrt(x * x + y * y) * HALF


@_row
def _add(total, part):
    for j in range(len(total)):
        total[j] += part[j]


@_row
def _slope(hold, here, above, below, up, capacity):
    """hold *= sine of the surface's steepness, times capacity."""
    count = len(here)
    for j in range(1, count - 1):
        x, y = (here[j + 1] - here[j - 1]) * up, (below[j] - above[j]) * up
        square = x * x + y * y
        hold[j] = (hold[j] * np.sqrt(square / (square + ONE))) * capacity
    for j in (0, count - 1):
        inner = here[1] - here[0] if j == 0 else here[j] - here[j - 1]
        x, y = inner * up, (below[j] - above[j]) * up
        square = x * x + y * y
        hold[j] = (hold[j] * np.sqrt(square / (square + ONE))) * capacity


@_row
def _drop(drop, here, above, below, bite):
    count = len(here)
    for j in range(1, count - 1):
        low = here[j + 1] if here[j + 1] < here[j - 1] else here[j - 1]
        low = low if low < above[j] else above[j]
        low = low if low < below[j] else below[j]
        fall = here[j] - low
        drop[j] = (fall if fall > ZERO else ZERO) * bite
    for j in (0, count - 1):
        low = here[1] if j == 0 else here[j - 1]
        low = low if low < above[j] else above[j]
        low = low if low < below[j] else below[j]
        fall = here[j] - low
        drop[j] = (fall if fall > ZERO else ZERO) * bite


@_row
def _taken(hold, soil, softness, drop, wear, settling):
    """hold: becomes what the ground loses, negative where it gains."""
    for j in range(len(hold)):
        lack = hold[j] - soil[j]
        take = ((lack if lack > ZERO else ZERO) * wear) * softness[j]
        take = take if take < drop[j] else drop[j]
        hold[j] = take + (lack if lack < ZERO else ZERO) * settling


@_row
def _minus(bed, out, taken):
    for j in range(len(out)):
        out[j] = bed[j] - taken[j]


@_row
def _times(values, factor):
    for j in range(len(values)):
        values[j] *= factor


@_row
def _rain(water, surface, before, rain, bed):
    for j in range(len(water)):
        water[j] = before[j] + rain[j]
    for j in range(len(water)):
        surface[j] = bed[j] + water[j]


@_row
def _edge(water, bed, inner, per_cell, edge_fall, chezy):
    fall = (inner - bed) * per_cell
    fall = fall if fall > edge_fall else edge_fall
    return np.sqrt((water * fall) * chezy) * water


@exact_kernel
def step(
    bed, water, soil, qx, qy, new_bed, new_water, new_soil, new_qx, new_qy, runoff, rain, softness, scratch, constants
):
    """One step from the state to the new one: [N, N], discharges [N, N + 1] and [N + 1, N]; runoff is added to.

    scratch [bands, SCRATCH, BAND + 4, N + 1]. constants: deep, push, drag, flow, least, drying left, gradient, capacity, bite, wear,
    settling, a cell's inverse, edge fall, edge friction; see water.py.
    """
    count = bed.shape[0]
    deep, push, drag, flow, least, left, up, capacity, bite, wear, settling, per_cell, edge_fall, chezy = constants
    for band in prange((count + BAND - 1) // BAND):
        first, last = band * BAND, min(count, (band + 1) * BAND)
        base = first - 2  # row r lies in row r - base of the scratch
        wet, surface, x, y, share, load, spare = (
            scratch[band, 0], scratch[band, 1], scratch[band, 2], scratch[band, 3], scratch[band, 4], scratch[band, 5], scratch[band, 6],
        )  # fmt: skip
        for r in range(max(first - 2, 0), min(last + 2, count)):
            k = r - base
            _rain(wet[k, :count], surface[k, :count], water[r], rain[r], bed[r])
        for r in range(max(first - 1, 0), min(last + 1, count)):
            k = r - base
            _accelerate(qx[r, 1:count], x[k, 1:count], surface[k, : count - 1], surface[k, 1:count], bed[r, : count - 1],
                        bed[r, 1:], deep, push, drag)  # fmt: skip
            x[k, 0] = -_edge(wet[k, 0], bed[r, 0], bed[r, 1], per_cell, edge_fall, chezy)
            x[k, count] = _edge(wet[k, count - 1], bed[r, count - 1], bed[r, count - 2], per_cell, edge_fall, chezy)
        for r in range(max(first - 1, 0), min(last + 2, count + 1)):
            k = r - base
            if r == 0:
                for j in range(count):
                    y[k, j] = -_edge(wet[k, j], bed[0, j], bed[1, j], per_cell, edge_fall, chezy)
            elif r == count:
                for j in range(count):
                    y[k, j] = _edge(wet[k - 1, j], bed[r - 1, j], bed[r - 2, j], per_cell, edge_fall, chezy)
            else:
                _accelerate(
                    qy[r],
                    y[k, :count],
                    surface[k - 1, :count],
                    surface[k, :count],
                    bed[r - 1],
                    bed[r],
                    deep,
                    push,
                    drag,
                )
        for r in range(max(first - 1, 0), min(last + 1, count)):
            k = r - base
            _share(share[k, :count], wet[k, :count], x[k], y[k], y[k + 1], flow, least)
            _load(load[k, :count], soil[r], wet[k, :count], least)
        above = np.empty(count, np.float32)  # soil over a row's upper and lower edges
        under = np.empty(count, np.float32)
        beside = np.empty(count + 1, np.float32)
        lower = np.empty(count, np.float32)  # water over the lower edge
        for r in range(first, last):
            k = r - base
            _scale(x[k, 1:count], new_qx[r, 1:count], share[k, : count - 1], share[k, 1:count])
            _soil_of(
                x[k, 1:count],
                beside[1:count],
                share[k, : count - 1],
                share[k, 1:count],
                load[k, : count - 1],
                load[k, 1:count],
            )
            new_qx[r, 0], new_qx[r, count] = x[k, 0] * share[k, 0], x[k, count] * share[k, count - 1]
            beside[0], beside[count] = new_qx[r, 0] * load[k, 0], new_qx[r, count] * load[k, count - 1]
            if r == first:
                a = k if r == 0 else k - 1
                _scale(y[k, :count], new_qy[r], share[a, :count], share[k, :count])
                _soil_of(y[k, :count], above, share[a, :count], share[k, :count], load[a, :count], load[k, :count])
            b = k if r == count - 1 else k + 1
            _scale(y[k + 1, :count], lower, share[k, :count], share[b, :count])
            _soil_of(y[k + 1, :count], under, share[k, :count], share[b, :count], load[k, :count], load[b, :count])
            if r + 1 < last or r + 1 == count:  # else the next band writes it
                new_qy[r + 1] = lower
            here = spare[0, :count]
            if r > first:
                here[:] = new_qy[r]
            else:
                _scale(y[k, :count], here, share[k if r == 0 else k - 1, :count], share[k, :count])
            _fill(wet[k, :count], new_water[r], new_qx[r], here, lower, flow)
            _fill(soil[r], new_soil[r], beside, above, under, flow)
            _times(new_water[r], left)
            hold, drop = spare[1, :count], spare[2, :count]
            _hold(hold, new_qx[r], here, lower)
            _add(runoff[r], hold)
            high, low = surface[k if r == 0 else k - 1, :count], surface[k if r == count - 1 else k + 1, :count]
            _slope(hold, surface[k, :count], high, low, up, capacity)
            # at the land's edge the lowest neighbour is the inner one
            _drop(drop, surface[k, :count], low if r == 0 else high, high if r == count - 1 else low, bite)
            _taken(hold, new_soil[r], softness[r], drop, wear, settling)
            _minus(bed[r], new_bed[r], hold)
            _add(new_soil[r], hold)
            above[:] = under
