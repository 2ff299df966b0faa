"""Rock that falls: what is steeper than the talus slides to the lower neighbours (F. K. Musgrave, C. E. Kolb, R. S. Mace, "The synthesis
and rendering of eroded fractal terrains", SIGGRAPH 1989), between each pair of eight neighbours by the same amount, so that nothing is lost.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ....land_params import ThermalParams
from ....params import check
from ...terrain.field import HeightField
from .bands import Bands
from .base import Steps, account, finish

SHARE = 0.12  # of what is too steep, to each of eight neighbours: below 1 / 8 nothing swings
PAIRS = ((0, 1), (1, 0), (1, 1), (1, -1))


def crumble(field: HeightField, params: ThermalParams | None = None) -> HeightField:
    """Let fall what is too steep: `crumble_steps` to the end."""
    return finish(crumble_steps(field, params))


def crumble_steps(field: HeightField, params: ThermalParams | None = None, threads: int | None = None) -> Steps:
    """Let fall what is too steep, step by step; `sediment` is the scree, `wear` the rock that is gone. Ends early when nothing moves."""
    params = check(params or ThermalParams())
    first = np.array(field.heights, np.float32)
    slide = Slide(first, field.step, params.talus, params.rate, threads)
    with slide.bands:
        for iteration in range(params.iterations):
            if slide.step() < 1e-4 * field.step:
                break
            yield (iteration + 1) / params.iterations
    return account(replace(field, heights=first), slide.heights)


class Slide:
    """Heights [N, N] float32 m that slide, in a copy."""

    def __init__(
        self, heights: np.ndarray, step: float, talus: float, rate: float = 1.0, threads: int | None = None
    ) -> None:
        count = len(heights)
        self.heights = np.array(heights, np.float32)
        self.moved = np.zeros_like(self.heights)
        self.rate = np.float32(SHARE * rate)
        self.limits = [np.float32(np.tan(talus) * step * np.hypot(*pair)) for pair in PAIRS]
        self.bands = Bands(count, count, 3, threads)

    def step(self) -> float:
        """One step; returns the most that any point rose or fell, m."""
        self.bands.run(self._gather)
        largest = max(float(self.moved.max()), -float(self.moved.min()))
        self.heights += self.moved
        return largest

    def _gather(self, first: int, last: int, scratch: np.ndarray) -> None:
        """moved = sum over neighbours of what they send less what they get; a pair's amount is the same seen from both."""
        moved = self.moved[first:last]
        moved[:] = 0.0
        for (down, right), limit in zip(PAIRS, self.limits, strict=True):
            for way in (1, -1):
                self._add(moved, first, last, way * down, way * right, limit, scratch)

    def _add(self, moved: np.ndarray, first: int, last: int, down: int, right: int, limit: np.float32,
             scratch: np.ndarray) -> None:  # fmt: skip
        count = len(self.heights)
        low, high = max(first, -down, 0), min(last, count - down)
        left, end = max(0, -right), min(count, count - right)
        own = self.heights[low:high, left:end]
        other = self.heights[low + down : high + down, left + right : end + right]
        t, u = (each[: high - low, : end - left] for each in scratch[:2])
        # (difference - its part within the limit) * rate: 0 where it is not too steep
        np.subtract(other, own, out=t)
        np.maximum(t, -limit, out=u)
        np.minimum(u, limit, out=u)
        np.subtract(t, u, out=t)
        np.multiply(t, self.rate, out=t)
        part = moved[low - first : high - first, left:end]
        np.add(part, t, out=part)
