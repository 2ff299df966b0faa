"""Valleys: rivers cut into all of the land, from the outlets upward.

    dh/dt = rise - K sqrt(A) S

A is the land that drains through a point, S its slope: the stream power law with exponents 1/2 and 1, solved implicitly from the outlets
upward (J. Braun, S. D. Willett, "A very efficient O(n), implicit and parallel method to solve the stream power equation", Geomorphology
180, 2013; for land as artists use it: G. Cordonnier et al., "Large scale terrain generation from tectonic uplift and fluvial erosion",
2016). What rivers take leaves the land here; what lies in plains and fans is laid down by running water (hydraulic.py). Fine grids begin
with a coarser one's valleys and add what it cannot hold; much below 512 points, streams would follow the grid and not the land.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from ....land_params import ValleyParams
from ....params import check
from ...terrain.field import HeightField
from .base import Steps, account, finish
from .flow import Drainage, drain
from .resample import resample
from .thermal import Slide

EDGE = 0.35  # how near, in sizes of the land, the base lies to which rivers fall beyond the edge
SLIDES = 3  # steps of falling for a step of rivers
FINER = 0.35  # of the age, what each finer resolution adds


def carve(field: HeightField, params: ValleyParams | None = None) -> HeightField:
    """Cut valleys: `carve_steps` to the end."""
    return finish(carve_steps(field, params))


def carve_steps(field: HeightField, params: ValleyParams | None = None) -> Steps:
    """Cut valleys, step by step and from coarse to fine; returns the land with `sediment` and `wear`.

    A layer `hardness` (0..1) slows rivers.
    """
    params = check(params or ValleyParams())
    first = np.array(field.heights, np.float32)
    hardness = field.layers.get("hardness")
    counts = resolutions(field.count, params.coarse)
    costs = np.cumsum([0] + [count**2 for count in counts]) / sum(count**2 for count in counts)
    coarse = resample(first, counts[0])
    heights = coarse
    for number, count in enumerate(counts):
        if number:
            fine = resample(first, count)
            heights = resample(heights, count) + (fine - resample(coarse, count))  # what is small comes back untouched
            coarse = fine
        soft = 1.0 if hardness is None else 1.0 - np.clip(resample(hardness, count), 0.0, 1.0)
        rivers = Rivers(heights, field.size, soft, params, params.age * (1.0 if number == 0 else FINER))
        for step in range(params.steps):
            rivers.step(step)
            yield costs[number] + (costs[number + 1] - costs[number]) * (step + 1) / params.steps
        heights = rivers.heights
    return account(replace(field, heights=first), heights)


def resolutions(count: int, coarse: int) -> list[int]:
    """Points along a side, each about twice the one before, up to `count`."""
    counts = [count]
    while counts[0] // 2 >= coarse:
        counts.insert(0, (counts[0] + 1) // 2)
    return counts


class Rivers:
    """Heights [N, N] float32 m that rivers cut, at one resolution."""

    def __init__(self, heights: np.ndarray, size: float, soft: np.ndarray | float, p: ValleyParams, age: float) -> None:
        self.heights = np.array(heights, np.float32)
        self.p, self.size = p, size
        self.cell = size / (len(heights) - 1)
        self.base = max(float(self.heights.min()), p.sea_level)
        self.soft = np.broadcast_to(np.asarray(soft, np.float32), self.heights.shape).ravel()
        self.age = age / p.steps
        self.lift = np.maximum(self.heights.ravel() - np.float32(self.base), 0.0) * np.float32(p.rise / p.steps)

    def step(self, number: int) -> None:
        """One step of time: ways of water, rivers' work, falling sides."""
        drainage = drain(self.heights, self.p.sea_level, self.p.wander, self.p.seed)
        area = drainage.accumulate()
        self.heights = self._cut(drainage, area).reshape(self.heights.shape)
        slide = Slide(self.heights, self.cell, self.p.talus)
        with slide.bands:
            for _ in range(SLIDES):
                slide.step()
        self.heights = slide.heights

    def _cut(self, drainage: Drainage, area: np.ndarray) -> np.ndarray:
        """Heights after the step, [P] float32. area: points that drain through each."""
        size = np.float32(self.size)
        root = np.sqrt((area / len(area)).astype(np.float32))
        power = root * self.soft * (np.float32(self.age) * size) / drainage.lengths(self.cell)
        return self._solve(drainage, self.heights.ravel() + self.lift, power, root)

    def _solve(self, drainage: Drainage, ground: np.ndarray, power: np.ndarray, root: np.ndarray) -> np.ndarray:
        """h = (ground + F h_receiver) / (1 + F) from the outlets upward; in a lake the ground rises to its way out at most."""
        heights = ground.copy()
        order, levels, receiver = drainage.order, drainage.levels, drainage.receiver
        outlets = order[: levels[1]]
        self._outlets(heights, outlets, root)
        one = np.float32(1.0)
        for low, high in pairwise(levels[1:]):
            points = order[low:high]
            below = heights[receiver[points]]
            own, strength = ground[points], power[points]
            cut = (own + strength * below) / (one + strength)
            heights[points] = np.where(below < own, cut, own)
        return heights

    def _outlets(self, heights: np.ndarray, outlets: np.ndarray, root: np.ndarray) -> None:
        """Edges fall towards the base, the faster the bigger the stream that leaves there; the sea's ground stays."""
        own = heights[outlets]
        strength = root[outlets] * np.float32(self.age / EDGE)
        fallen = (own + strength * np.float32(self.base)) / (np.float32(1.0) + strength)
        heights[outlets] = np.where(own > np.float32(self.base), fallen, own)
