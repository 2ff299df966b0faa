"""Rock that falls, as procedural/grow/erosion/thermal.py does it: by a compiled kernel on a CPU, by array operations on any device."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from ...land_params import ThermalParams
from ...params import check as check_params
from ..numerics import array, check, finite
from . import flow_kernels
from .water import Eroded

SHARE = 0.12
PAIRS = ((0, 1), (1, 0), (1, 1), (1, -1))


def crumble(heights: Tensor, size: float, params: ThermalParams | None = None,
            progress: Callable[[float], None] | None = None, compiled: bool | None = None) -> Eroded:  # fmt: skip
    """Let fall what of heights [N, N] float32 m, a square `size` m wide, is steeper than the talus, on the tensor's device.

    progress is called with the share done and may raise to stop. compiled: by the CPU's kernel; None wherever the heights are a CPU's. Raises ValueError for other shapes, NaN or infinity.
    """
    check("heights", heights, (None, None))
    finite("heights", heights)
    p = check_params(params or ThermalParams())
    cell = size / (len(heights) - 1)
    on_cpu = heights.device.type == "cpu" if compiled is None else compiled
    ground = heights.clone()
    slide = _compiled(ground, cell, p) if on_cpu else _by_torch(ground, cell, p)
    for iteration in range(p.iterations):
        if slide() < 1e-4 * cell:
            break
        if progress is not None:
            progress((iteration + 1) / p.iterations)
    change = ground - heights
    return Eroded(ground, change.clamp(min=0.0), (-change).clamp(min=0.0))


def _compiled(ground: Tensor, cell: float, p: ThermalParams) -> Callable[[], float]:
    """A step on a CPU, in place; it returns the most that any point rose or fell, m."""
    limits = np.array([np.tan(p.talus) * cell * np.hypot(*pair) for pair in PAIRS], np.float32)
    heights, spare = array(ground), np.zeros(ground.shape, np.float32)

    def step() -> float:
        largest = flow_kernels.slide(heights, spare, limits, np.float32(SHARE * p.rate))
        heights[:] = spare
        return float(largest)

    return step


def _by_torch(ground: Tensor, cell: float, p: ThermalParams) -> Callable[[], float]:
    """The same on any device."""
    count = len(ground)

    def step() -> float:
        moved = torch.zeros_like(ground)
        for down, right in PAIRS:
            limit = math.tan(p.talus) * cell * math.hypot(down, right)
            here = (slice(0, count - down), slice(max(0, -right), count - max(0, right)))
            there = (slice(down, count), slice(max(0, right), count + min(0, right)))
            over = ground[there] - ground[here]
            part = (over - over.clamp(-limit, limit)) * (SHARE * p.rate)
            moved[here] += part
            moved[there] -= part
        ground.add_(moved)
        return float(moved.abs().max())

    return step
