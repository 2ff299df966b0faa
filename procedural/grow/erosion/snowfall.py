"""Snow: by altitude and slope, swept by wind from one side of ridges to the other, and sliding where it is too steep to lie.

Wind after A. Winstral, K. Elder, R. E. Davis, "Spatial snow modeling of wind-redistributed snow using terrain-based parameters", Journal of
Hydrometeorology 3, 2002: shelter is how steeply land rises upwind, here by slopes of the land at several widths. Slides move snow alone.
"""

from __future__ import annotations

import numpy as np

from ....land_params import SnowParams
from ....params import check
from ...terrain.field import HeightField
from .base import Steps, finish
from .resample import resample

WIDTHS = (1.0, 0.25, 0.0625)  # of the resolution, at which shelter is looked at
STEEP = 0.35  # rise per metre that shelters or bares fully
SHARE = 0.11


def snow(field: HeightField, params: SnowParams | None = None) -> HeightField:
    """Let snow fall: `snow_steps` to the end."""
    return finish(snow_steps(field, params))


def snow_steps(field: HeightField, params: SnowParams | None = None) -> Steps:
    """The field with `snow`, metres of it, step by step. Heights stay the ground's."""
    params = check(params or SnowParams())
    ground = np.array(field.heights, np.float32)
    low, high = float(ground.min()), float(ground.max())
    place = (ground - np.float32(low)) / np.float32(max(high - low, 1e-6))
    t = np.clip((place - params.line) / params.fade + 0.5, 0.0, 1.0)
    load = 1.0 + params.wind * np.clip(shelter(ground, field.step, params.direction) / STEEP, -1.0, 1.0)
    depth = (params.depth * t * t * (3.0 - 2.0 * t) * load).astype(np.float32)
    limit = np.tan(params.hold) * field.step
    for step in range(params.slides):
        _slide(ground, depth, limit)
        yield (step + 1) / params.slides
    return field.with_layers(snow=depth)


def shelter(ground: np.ndarray, step: float, direction: float) -> np.ndarray:
    """[N, N] fall per metre along the wind: positive on sides away from it."""
    count = len(ground)
    total = np.zeros((count, count), np.float32)
    for width in WIDTHS:
        points = max(int(count * width), 4)
        coarse = resample(ground, points)
        down, across = np.gradient(coarse, step * (count - 1) / (points - 1))
        total -= resample((across * np.cos(direction) + down * np.sin(direction)).astype(np.float32), count)
    return total / np.float32(len(WIDTHS))


def _slide(ground: np.ndarray, depth: np.ndarray, limit: float) -> None:
    """Snow, in place, goes down where ground and snow together are steeper than the limit; no more than lies there."""
    surface = ground + depth
    wanted, ways = np.zeros_like(depth), []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        a, b = pair(down, right)
        over = surface[a] - surface[b]
        far = np.float32(limit * np.hypot(down, right))
        for source, target, excess in ((a, b, over - far), (b, a, -over - far)):
            amount = np.maximum(excess, 0.0) * np.float32(SHARE)
            wanted[source] += amount
            ways.append((source, target, amount))
    share = np.minimum(depth / np.maximum(wanted, np.float32(1e-9)), 1.0)
    depth -= wanted * share
    np.maximum(depth, 0.0, out=depth)
    for source, target, amount in ways:
        depth[target] += amount * share[source]


def pair(down: int, right: int) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Slices of a square that hold each point with that neighbour, and the neighbour."""
    rows, below = (slice(None, -down or None), slice(down, None))
    if right >= 0:
        return (rows, slice(None, -right or None)), (below, slice(right, None))
    return (rows, slice(-right, None)), (below, slice(None, right))
