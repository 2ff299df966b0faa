"""Dunes: slabs of sand that leap downwind, rest in the lee and slide (B. T. Werner, "Eolian dunes: computer simulations and attractor
interpretation", Geology 23, 1995; wind faster over crests: H. Momiji et al., "Simulation of the effect of wind speedup in the formation of
transverse dune fields", Earth Surface Processes and Landforms 25, 2000). All points at once: in each gust a random third of them gives a slab.

It runs in a square that is turned into the wind and closes on itself, half as wide again as the land.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ....land_params import DuneParams
from ....params import check
from ...terrain.field import HeightField, sample
from .base import Steps, account, finish
from .resample import resample
from .snowfall import pair

SHADOW = 0.27  # rad: how steeply the lee's shadow falls behind a crest
GIVES = 0.33  # share of points that give in a gust
ON_SAND, ON_ROCK = 0.6, 0.4  # how likely a slab rests where it comes down
SLAB = 0.15  # of a point's distance, thickness of a slab
SPEEDUP = 0.4  # points further leapt, for a point's distance of height
WIDER = 1.5


def dunes(field: HeightField, params: DuneParams | None = None) -> HeightField:
    """Heap up dunes: `dunes_steps` to the end."""
    return finish(dunes_steps(field, params))


def dunes_steps(field: HeightField, params: DuneParams | None = None) -> Steps:
    """The field under dunes, step by step: heights, `sediment` with the sand added, and `sand`, its depth in m."""
    params = check(params or DuneParams())
    first = np.array(field.heights, np.float32)
    cell = field.size / (params.points - 1)
    side = int(np.ceil(params.points * WIDER))
    desert = Desert(_turned(first, field, params.direction, side, cell), cell, params)
    for gust in range(params.iterations):
        desert.gust()
        yield (gust + 1) / params.iterations
    desert.settle()
    sand = _turned_back(desert.sand, field, params.direction, cell)
    made = account(replace(field, heights=first), first + sand)
    return made.with_layers(sand=sand)


class Desert:
    """Ground and sand on it [M, M] float32 m, the wind along the columns; neighbours are taken around the edges."""

    def __init__(self, ground: np.ndarray, cell: float, p: DuneParams) -> None:
        self.ground, self.cell, self.p = ground, cell, p
        self.rng = np.random.default_rng(p.seed)
        level = p.sand * cell * (p.points - 1)
        self.sand = np.float32(level) * (0.7 + 0.6 * self.rng.random(ground.shape, np.float32))
        # Sand lies where land is low and level, and not on its walls.
        down, across = np.gradient(ground, cell)
        self.sand *= np.clip(1.5 - np.hypot(down, across) / np.tan(p.repose) * 1.5, 0.0, 1.0).astype(np.float32)
        self.turn = 0

    def gust(self) -> None:
        """Slabs leap once and rest or leap again; then what is too steep slides."""
        surface = self.ground + self.sand
        lee = self._lee(surface)
        slab = np.minimum(self.sand, np.float32(SLAB * self.cell))
        slab *= (self.rng.random(slab.shape, np.float32) < GIVES) & ~lee
        self.sand -= slab
        swing = self.p.turning * np.sin(self.turn * 0.37)
        relief = np.clip((surface - surface.mean()) / np.float32(self.cell), 0.0, 8.0)
        leap = np.maximum(np.rint(self.p.leap * np.cos(swing) + np.float32(SPEEDUP) * relief), 1.0).astype(np.int32)
        aside = round(float(self.p.leap * np.sin(swing)))
        count = slab.shape[1]
        rows, columns = np.nonzero(slab)
        amount = slab[rows, columns]
        while len(rows):
            columns = (columns + leap[rows, columns]) % count
            rows = (rows + aside) % count
            rest = np.where(self.sand[rows, columns] > 0.0, ON_SAND, ON_ROCK) > self.rng.random(len(rows))
            rest |= lee[rows, columns]
            np.add.at(self.sand, (rows[rest], columns[rest]), amount[rest])
            rows, columns, amount = rows[~rest], columns[~rest], amount[~rest]
        self.turn += 1
        self._slide()
        self._slide()

    def settle(self) -> None:
        """Let slide what is still too steep, and smooth the last slabs' traces."""
        for _ in range(30):
            self._slide()
        for axis in (0, 1) * 4:
            mean = 0.25 * (np.roll(self.sand, 1, axis) + np.roll(self.sand, -1, axis)) + 0.5 * self.sand
            self.sand = mean.astype(np.float32)

    def _lee(self, surface: np.ndarray) -> np.ndarray:
        """[M, M] bool: below a line that falls by SHADOW from something upwind."""
        count = surface.shape[1]
        ramp = np.arange(2 * count, dtype=np.float32) * np.float32(np.tan(SHADOW) * self.cell)
        raised = (
            np.concatenate([surface, surface], axis=1) + ramp
        )  # twice around, so that what lies beyond the edge shades
        return (np.maximum.accumulate(raised, axis=1) - raised)[:, count:] > np.float32(0.02 * self.cell)

    def _slide(self) -> None:
        surface = self.ground + self.sand
        change = np.zeros_like(surface)
        for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
            a, b = pair(down, right)
            limit = np.float32(np.tan(self.p.repose) * self.cell * np.hypot(down, right))
            over = surface[a] - surface[b]
            moved = (over - np.clip(over, -limit, limit)) * np.float32(0.12)
            moved = np.clip(moved, -self.sand[b] * np.float32(0.12), self.sand[a] * np.float32(0.12))
            change[a] -= moved
            change[b] += moved
        self.sand += change
        np.maximum(self.sand, 0.0, out=self.sand)


def _turned(heights: np.ndarray, field: HeightField, direction: float, side: int, cell: float) -> np.ndarray:
    """Heights [side, side] on a square turned so that its columns run with the wind, about the field's middle; edges repeated."""
    along = (np.arange(side) - (side - 1) / 2) * cell
    u, v = np.meshgrid(along, along)
    x = u * np.cos(direction) - v * np.sin(direction)
    y = u * np.sin(direction) + v * np.cos(direction)
    place = np.stack([x, y], -1) / field.step + (field.count - 1) / 2
    return sample(heights, np.clip(place, 0.0, field.count - 1.0)).astype(np.float32)


def _turned_back(sand: np.ndarray, field: HeightField, direction: float, cell: float) -> np.ndarray:
    count, side = field.count, len(sand)
    along = np.linspace(-field.size / 2, field.size / 2, count)
    x, y = np.meshgrid(along, along)
    u = x * np.cos(direction) + y * np.sin(direction)
    v = -x * np.sin(direction) + y * np.cos(direction)
    smooth = 2 * side - 1  # cubic between the coarse points, or slopes would show them
    place = (np.stack([u, v], -1) / cell + (side - 1) / 2) * ((smooth - 1) / (side - 1))
    return np.maximum(sample(resample(sand, smooth), np.clip(place, 0.0, smooth - 1.0)), 0.0).astype(np.float32)
