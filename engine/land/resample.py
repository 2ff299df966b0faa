"""Square arrays at other resolutions, as procedural/grow/erosion/resample.py does it; first and last points stay on the edges."""

from __future__ import annotations

import torch
from torch import Tensor


def resample(values: Tensor, count: int) -> Tensor:
    """[N, N] -> [count, count] float32: the mean of what a coarse point stands for, or cubic (Catmull-Rom) between coarse points."""
    old = len(values)
    if old == count:
        return values.clone()
    taps, weights = _mean_taps(old, count) if count < old else _cubic_taps(old, count)
    taps, weights = taps.to(values.device), weights.to(values.device)
    return _along_rows(_along_rows(values, taps, weights).T, taps, weights).T.contiguous()


def _along_rows(values: Tensor, taps: Tensor, weights: Tensor) -> Tensor:
    total = values[taps[0]] * weights[0][:, None]
    for rows, weight in zip(taps[1:], weights[1:], strict=True):
        total = total + values[rows] * weight[:, None]
    return total


def _cubic_taps(old: int, new: int) -> tuple[Tensor, Tensor]:
    place = torch.linspace(0.0, old - 1.0, new, dtype=torch.float64)
    low = place.long().clamp(max=old - 2)
    t = place - low
    weights = torch.stack([
        ((-0.5 * t + 1.0) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1.0, ((-1.5 * t + 2.0) * t + 0.5) * t, (0.5 * t - 0.5) * t * t,
    ])  # fmt: skip
    return (low + torch.arange(-1, 3)[:, None]).clamp(0, old - 1), weights.float()


def _mean_taps(old: int, new: int) -> tuple[Tensor, Tensor]:
    place, width = torch.linspace(0.0, old - 1.0, new, dtype=torch.float64), (old - 1.0) / (new - 1.0)
    reach = -int(-width // 1)
    taps = place.round().long() + torch.arange(-reach, reach + 1)[:, None]
    weights = (1.0 - (taps - place).abs() / width).clamp(min=0.0)
    weights[(taps < 0) | (taps >= old)] = 0.0
    return taps.clamp(0, old - 1), (weights / weights.sum(0)).float()
