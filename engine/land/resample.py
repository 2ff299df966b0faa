"""Square arrays at other resolutions, as procedural/grow/erosion/resample.py does it; first and last points stay on the edges.

On a CPU compiled kernels do it, by the same operations in the same order: the same numbers to the last bit.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

import numpy as np
import torch
from numba import prange
from torch import Tensor

from ..numerics import exact_kernel


def resample(values: Tensor, count: int) -> Tensor:
    """[N, N] -> [count, count] float32: the mean of what a coarse point stands for, or cubic (Catmull-Rom) between coarse points."""
    old = len(values)
    if old == count:
        return values.clone()
    taps, weights = _mean_taps(old, count) if count < old else _cubic_taps(old, count)
    if values.device.type == "cpu":
        return _compiled(values, taps, weights)
    taps, weights = taps.to(values.device), weights.to(values.device)
    return _along_rows(_along_rows(values, taps, weights).T, taps, weights).T.contiguous()


def _compiled(values: Tensor, taps: Tensor, weights: Tensor) -> Tensor:
    """The same on a CPU, one pass for each axis."""
    old, count = len(values), len(weights[0])
    tall, out = torch.empty(count, old), torch.empty(count, count)
    _down(values.contiguous().numpy(), tall.numpy(), taps.numpy(), weights.numpy())
    _across(tall.numpy(), out.numpy(), taps.numpy(), weights.numpy())
    return out


@exact_kernel
def _down(values, out, taps, weights):
    for i in prange(len(out)):
        row = out[i]
        first, weight = values[taps[0, i]], weights[0, i]
        for j in range(len(row)):
            row[j] = first[j] * weight
        for k in range(1, len(taps)):
            more, weight = values[taps[k, i]], weights[k, i]
            for j in range(len(row)):
                row[j] += more[j] * weight


@exact_kernel
def _across(values, out, taps, weights):
    for i in prange(len(out)):
        row, own = out[i], values[i]
        for j in range(len(row)):
            total = own[taps[0, j]] * weights[0, j]
            for k in range(1, len(taps)):
                total += own[taps[k, j]] * weights[k, j]
            row[j] = total


def _along_rows(values: Tensor, taps: Tensor, weights: Tensor) -> Tensor:
    total = values[taps[0]] * weights[0][:, None]
    for rows, weight in zip(taps[1:], weights[1:], strict=True):
        total = total + values[rows] * weight[:, None]
    return total


def _cubic_taps(old: int, new: int) -> tuple[Tensor, Tensor]:
    place = np.linspace(0.0, old - 1.0, new)
    low = np.minimum(place.astype(int), old - 2)
    t = place - low
    weights = np.stack([
        ((-0.5 * t + 1.0) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1.0, ((-1.5 * t + 2.0) * t + 0.5) * t, (0.5 * t - 0.5) * t * t,
    ])  # fmt: skip
    taps = np.clip(low + np.arange(-1, 3)[:, None], 0, old - 1)
    return torch.from_numpy(taps), torch.from_numpy(weights.astype(np.float32))


def _mean_taps(old: int, new: int) -> tuple[Tensor, Tensor]:
    """A tent as wide as two coarse steps."""
    place, width = np.linspace(0.0, old - 1.0, new), (old - 1.0) / (new - 1.0)
    reach = int(np.ceil(width))
    taps = np.rint(place).astype(int) + np.arange(-reach, reach + 1)[:, None]
    weights = np.maximum(0.0, 1.0 - np.abs(taps - place) / width)
    weights[(taps < 0) | (taps >= old)] = 0.0
    weights = (weights / weights.sum(0)).astype(np.float32)
    return torch.from_numpy(np.clip(taps, 0, old - 1)), torch.from_numpy(weights)
