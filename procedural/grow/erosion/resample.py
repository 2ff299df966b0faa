"""Square arrays at other resolutions: first and last points stay on the edges."""

from __future__ import annotations

import numpy as np


def resample(values: np.ndarray, count: int) -> np.ndarray:
    """[N, N] -> [count, count] float32: the mean of what a coarse point stands for, or cubic (Catmull-Rom) between coarse points."""
    if len(values) == count:
        return np.array(values, np.float32)
    taps, weights = _mean_taps(len(values), count) if count < len(values) else _cubic_taps(len(values), count)
    return _along_rows(_along_rows(np.asarray(values, np.float32), taps, weights).T, taps, weights).T.copy()


def _along_rows(values: np.ndarray, taps: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The first axis becomes sum over k of weights[k] * values[taps[k]]."""
    total = values[taps[0]] * weights[0][:, None]
    for rows, weight in zip(taps[1:], weights[1:], strict=True):
        total += values[rows] * weight[:, None]
    return total


def _cubic_taps(old: int, new: int) -> tuple[np.ndarray, np.ndarray]:
    place = np.linspace(0.0, old - 1.0, new)
    low = np.minimum(place.astype(int), old - 2)
    t = place - low
    return np.clip(low + np.arange(-1, 3)[:, None], 0, old - 1), catmull_rom(t).astype(np.float32)


def catmull_rom(t: np.ndarray) -> np.ndarray:
    """Weights [4, ...] of the four points about places that lie a share t [...] of the way from the second to the third (Catmull and Rom, 1974)."""
    return np.stack([
        ((-0.5 * t + 1.0) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1.0, ((-1.5 * t + 2.0) * t + 0.5) * t, (0.5 * t - 0.5) * t * t,
    ])  # fmt: skip


def _mean_taps(old: int, new: int) -> tuple[np.ndarray, np.ndarray]:
    """A tent as wide as two coarse steps."""
    place, width = np.linspace(0.0, old - 1.0, new), (old - 1.0) / (new - 1.0)
    reach = int(np.ceil(width))
    taps = np.rint(place).astype(int) + np.arange(-reach, reach + 1)[:, None]
    weights = np.maximum(0.0, 1.0 - np.abs(taps - place) / width)
    weights[(taps < 0) | (taps >= old)] = 0.0
    return np.clip(taps, 0, old - 1), (weights / weights.sum(0)).astype(np.float32)
