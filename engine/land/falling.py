"""Rock that falls, as procedural/grow/erosion/thermal.py does it: array operations on any device."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from ...land_params import ThermalParams
from ...params import check as check_params
from ..numerics import check, finite
from .water import Eroded

SHARE = 0.12
PAIRS = ((0, 1), (1, 0), (1, 1), (1, -1))


def crumble(heights: Tensor, size: float, params: ThermalParams | None = None,
            progress: Callable[[float], None] | None = None) -> Eroded:  # fmt: skip
    """Let fall what of heights [N, N] float32 m, a square `size` m wide, is steeper than the talus, on the tensor's device.

    progress is called with the share done and may raise to stop. Raises ValueError for other shapes, NaN or infinity.
    """
    check("heights", heights, (None, None))
    finite("heights", heights)
    p = check_params(params or ThermalParams())
    count = len(heights)
    cell = size / (count - 1)
    ground = heights.clone()
    for iteration in range(p.iterations):
        moved = torch.zeros_like(ground)
        for down, right in PAIRS:
            limit = math.tan(p.talus) * cell * math.hypot(down, right)
            here = (slice(0, count - down), slice(max(0, -right), count - max(0, right)))
            there = (slice(down, count), slice(max(0, right), count + min(0, right)))
            over = ground[there] - ground[here]
            part = (over - over.clamp(-limit, limit)) * (SHARE * p.rate)
            moved[here] += part
            moved[there] -= part
        if float(moved.abs().max()) < 1e-4 * cell:
            ground += moved
            break
        ground += moved
        if progress is not None:
            progress((iteration + 1) / p.iterations)
    change = ground - heights
    return Eroded(ground, change.clamp(min=0.0), (-change).clamp(min=0.0))
