"""Valleys cut by rivers, as procedural/grow/erosion/valleys.py does it (method and sources are told there), by compiled kernels on the CPU.

Ways of water are chains of points, one after the other: a GPU gains little, so land on one comes here and goes back.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from ...land_params import ValleyParams
from ...params import check as check_params
from ..numerics import check, finite
from . import flow_kernels
from .falling import PAIRS, SHARE
from .resample import resample
from .water import Eroded

EDGE = 0.35  # as in the numpy side's valleys.py, as are those below
SLIDES = 3
FINER = 0.35


def carve(heights: Tensor, size: float, params: ValleyParams | None = None, hardness: Tensor | None = None,
          progress: Callable[[float], None] | None = None) -> Eroded:  # fmt: skip
    """Cut valleys into heights [N, N] float32 m, a square `size` m wide. hardness [N, N] 0..1 slows rivers.

    progress is called with the share done and may raise to stop. Raises ValueError for other shapes, NaN or infinity.
    """
    check("heights", heights, (None, None))
    finite("heights", heights)
    p = check_params(params or ValleyParams())
    first = heights.cpu()
    hard = None if hardness is None else hardness.cpu()
    counts = resolutions(len(first), p.coarse)
    whole, done = sum(count**2 for count in counts), 0
    coarse = resample(first, counts[0])
    ground = coarse
    for number, count in enumerate(counts):
        if number:
            fine = resample(first, count)
            ground = resample(ground, count) + (fine - resample(coarse, count))
            coarse = fine
        soft = torch.ones(count, count) if hard is None else 1.0 - resample(hard, count).clamp(0.0, 1.0)
        rivers = Rivers(ground.numpy(), size, soft.numpy(), p, p.age * (1.0 if number == 0 else FINER))
        for step in range(p.steps):
            rivers.step()
            if progress is not None:
                progress((done + count**2 * (step + 1) / p.steps) / whole)
        done += count**2
        ground = torch.from_numpy(rivers.heights)
    made = ground.to(heights.device)
    change = made - heights
    return Eroded(made, change.clamp(min=0.0), (-change).clamp(min=0.0))


def resolutions(count: int, coarse: int) -> list[int]:
    """Points along a side, each about twice the one before, up to `count`."""
    counts = [count]
    while counts[0] // 2 >= coarse:
        counts.insert(0, (counts[0] + 1) // 2)
    return counts


class Drains:
    """Ways of water over N x N points; buffers are kept from one call to the next."""

    def __init__(self, count: int, wander: float, seed: int) -> None:
        points = count * count
        dice = np.float32(2.0) - np.random.default_rng(seed).random((count, count), np.float32)
        straight = np.float32(np.sqrt(0.5))
        self.diagonal = straight + np.float32(wander) * (np.float32(1.0) / dice - straight)
        self.receiver, self.basin, self.trail, self.order = (np.zeros(points, np.int32) for _ in range(4))
        self._seen, self._level = np.zeros(points, np.bool_), np.full(1, -np.inf, np.float32)

    def find(self, heights: np.ndarray, sea_level: float) -> np.ndarray:
        """Receivers and order for heights [N, N]; returns the points that drain through each, [P] float64."""
        outlet = heights < sea_level
        outlet[[0, -1]] = True
        outlet[:, [0, -1]] = True
        flow_kernels.steepest(heights, outlet, self.diagonal, self.receiver)
        pits = flow_kernels.basins(self.receiver, outlet.ravel(), self.basin, self.trail)
        self._level = np.full(len(pits) + 1, -np.inf, np.float32)
        if len(pits):
            first, second, height = flow_kernels.passes(heights, self.basin)
            used = flow_kernels.spanning(self.basin, first, second, height, len(pits) + 1)
            flow_kernels.leave(self.receiver, self.basin, pits, first, second, height, used, self._level)
        flow_kernels.upward(self.receiver, self._seen, self.trail, self.order)
        area = np.ones(len(self.receiver))
        flow_kernels.accumulate(self.order, self.receiver, area)
        return area

    def filled(self, heights: np.ndarray) -> np.ndarray:
        """Heights [N, N], those last asked for, with all basins full."""
        return np.maximum(heights, self._level[self.basin].reshape(heights.shape))


class Rivers:
    """Heights [N, N] float32 m that rivers cut, at one resolution."""

    def __init__(self, heights: np.ndarray, size: float, soft: np.ndarray, p: ValleyParams, age: float) -> None:
        self.heights = np.array(heights, np.float32)
        self.p, count = p, len(heights)
        self.cell = size / (count - 1)
        self.base = np.float32(max(float(self.heights.min()), p.sea_level))
        self.soft = soft.ravel()
        age /= p.steps
        self.reach, self.edge = np.float32(age) * np.float32(size), np.float32(age / EDGE)
        self.lift = np.maximum(self.heights.ravel() - self.base, np.float32(0.0)) * np.float32(p.rise / p.steps)
        self.limits = np.array([np.tan(p.talus) * self.cell * np.hypot(*pair) for pair in PAIRS], np.float32)
        self.straight = np.float32(self.cell)
        self.slant = np.float32(self.cell) + np.float32(self.cell * (np.sqrt(2.0) - 1.0))
        self.drains = Drains(count, p.wander, p.seed)
        self._spare = np.zeros_like(self.heights)

    def step(self) -> None:
        """One step of time: ways of water, rivers' work, falling sides."""
        drains, shape = self.drains, self.heights.shape
        area = drains.find(self.heights, self.p.sea_level)
        made = np.zeros(len(area), np.float32)
        ground = self.heights.ravel() + self.lift
        flow_kernels.cut(
            drains.order, drains.receiver, ground, area, self.soft, shape[0], self.straight, self.slant, self.reach, self.edge,
            self.base, made,
        )  # fmt: skip
        self.heights = made.reshape(shape)
        for _ in range(SLIDES):
            flow_kernels.slide(self.heights, self._spare, self.limits, np.float32(SHARE))
            self.heights, self._spare = self._spare, self.heights
