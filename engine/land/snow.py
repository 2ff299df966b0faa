"""Snow, as procedural/grow/erosion/snowfall.py lets it fall (method and sources are told there).

On a CPU a compiled kernel does the avalanches; elsewhere torch does them, array by array.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from ...land_params import SnowParams
from ...params import check as check_params
from ..numerics import array, check, finite
from . import flow_kernels
from .falling import PAIRS
from .resample import resample

WIDTHS = (1.0, 0.25, 0.0625)  # as in the numpy side's snowfall.py, as are those below
STEEP = 0.35
SHARE = 0.11
HIGH = np.float32(1e30)  # m, a wall about the land


def snow(heights: Tensor, size: float, params: SnowParams | None = None,
         progress: Callable[[float], None] | None = None, compiled: bool | None = None) -> Tensor:  # fmt: skip
    """Metres of snow [N, N] on heights [N, N] float32 m, a square `size` m wide, on the tensor's device.

    progress is called with the share done and may raise to stop. compiled: by the CPU's kernel; None wherever the heights are a CPU's.
    Raises ValueError for other shapes, NaN or infinity.
    """
    check("heights", heights, (None, None))
    finite("heights", heights)
    p = check_params(params or SnowParams())
    step = size / (len(heights) - 1)
    low, high = float(heights.min()), float(heights.max())
    t = (((heights - low) / max(high - low, 1e-6) - p.line) / p.fade + 0.5).clamp(0.0, 1.0)
    load = 1.0 + p.wind * (shelter(heights, step, p.direction) / STEEP).clamp(-1.0, 1.0)
    depth = p.depth * t * t * (3.0 - 2.0 * t) * load
    limit = math.tan(p.hold) * step
    on_cpu = heights.device.type == "cpu" if compiled is None else compiled
    slide = _compiled(heights, depth, limit) if on_cpu else lambda: _slide(heights, depth, limit)
    for number in range(p.slides):
        slide()
        if progress is not None:
            progress((number + 1) / p.slides)
    return depth


def shelter(heights: Tensor, step: float, direction: float) -> Tensor:
    """[N, N] fall per metre along the wind: positive on sides away from it."""
    count = len(heights)
    total = torch.zeros_like(heights)
    for width in WIDTHS:
        points = max(int(count * width), 4)
        down, across = torch.gradient(resample(heights, points), spacing=step * (count - 1) / (points - 1))
        total -= resample(across * math.cos(direction) + down * math.sin(direction), count)
    return total / len(WIDTHS)


def _compiled(ground: Tensor, depth: Tensor, limit: float) -> Callable[[], None]:
    """`_slide` on a CPU."""
    count = len(ground)
    surface, share = np.full((count + 2, count + 2), HIGH, np.float32), np.zeros((count + 2, count + 2), np.float32)
    far = np.array([limit * math.hypot(*pair) for pair in PAIRS], np.float32)
    rows, snow_there = array(ground), depth.numpy()
    return lambda: flow_kernels.avalanche(rows, snow_there, surface, share, far, np.float32(SHARE))


def _slide(ground: Tensor, depth: Tensor, limit: float) -> None:
    """Snow, in place, goes down where ground and snow together are steeper than the limit; no more than lies there."""
    surface, count = ground + depth, len(ground)
    wanted, ways = torch.zeros_like(depth), []
    for down, right in PAIRS:
        here = (slice(0, count - down), slice(max(0, -right), count - max(0, right)))
        there = (slice(down, count), slice(max(0, right), count + min(0, right)))
        over, far = surface[here] - surface[there], limit * math.hypot(down, right)
        for source, target, excess in ((here, there, over - far), (there, here, -over - far)):
            amount = excess.clamp_(min=0.0).mul_(SHARE)
            wanted[source] += amount
            ways.append((source, target, amount))
    share = (depth / wanted.clamp(min=1e-9)).clamp_(max=1.0)
    depth.sub_(wanted * share).clamp_(min=0.0)
    for source, target, amount in ways:
        depth[target] += amount * share[source]
