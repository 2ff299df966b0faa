"""Running water: shallow water over the land takes soil, carries it and lays it down.

Water moves by the local inertial form of the shallow-water equations (P. D. Bates, M. S. Horritt, T. J. Fewtrell, "A simple inertial
formulation of the shallow water equations for efficient two-dimensional flood inundation modelling", Journal of Hydrology 387, 2010,
eq. 11, with Chezy's friction in place of Manning's), one signed discharge on every edge between two cells, never more than a cell holds. Soil
follows X. Mei, P. Decaudin, B.-G. Hu, "Fast hydraulic erosion simulation and visualization on GPU", Pacific Graphics 2007 (capacity by speed
and slope, wear and settling towards it), but is carried with the discharge, upwind, so that none is lost or made.

Lengths inside are thousandths of the land's size, times seconds, gravity 9.81 of those units.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ....land_params import (
    BITE,
    CAPACITY,
    CHEZY,
    COURANT,
    DEEP,
    DRYING,
    EDGE_FALL,
    GRAVITY,
    LEAST_WATER,
    RAIN,
    SETTLING,
    WEAR,
    HydraulicParams,
)
from ....params import check
from ...terrain.field import HeightField
from .bands import Bands
from .base import Steps, account, finish, layer
from .resample import resample


def run_off(field: HeightField, params: HydraulicParams | None = None) -> HeightField:
    """Erode by running water: `run_off_steps` to the end."""
    return finish(run_off_steps(field, params))


def run_off_steps(field: HeightField, params: HydraulicParams | None = None, threads: int | None = None) -> Steps:
    """Erode by running water, step by step; returns the land with `sediment`, `wear`, and `runoff` (mean discharge, 0..1).

    A layer `hardness` (0..1) slows wear. Water and soil leave over the edges. What is still carried at the end settles where it is.
    """
    params = check(params or HydraulicParams())
    water = ShallowWater(field, params, threads)
    with water.bands:
        for iteration in range(params.iterations):
            water.step()
            yield (iteration + 1) / params.iterations
    return water.result()


class ShallowWater:
    """The state: bed, water, suspended soil [N, N]; discharges over edges, along x [N, N + 1] and along y [N + 1, N], float32 units."""

    def __init__(self, field: HeightField, p: HydraulicParams, threads: int | None = None) -> None:
        count = field.count
        self.field, self.p = field, p
        self.unit = field.size / 1000.0
        self.cell = 1000.0 / (count - 1)
        self.dt = COURANT * self.cell / np.sqrt(2.0 * GRAVITY * DEEP)
        self.base = float(field.heights.min())
        self.bed = ((field.heights - self.base) / self.unit).astype(np.float32)
        self.water = np.zeros_like(self.bed)
        self.soil = np.zeros_like(self.bed)
        self.surface = np.zeros_like(self.bed)
        self.share = np.zeros_like(self.bed)
        self.load = np.zeros_like(self.bed)
        self.runoff = np.zeros_like(self.bed)
        self.along_x = np.zeros((count, count + 1), np.float32)
        self.along_y = np.zeros((count + 1, count), np.float32)
        self.soil_x = np.zeros_like(self.along_x)
        self.soil_y = np.zeros_like(self.along_y)
        self.rain = _showers(count, p) * np.float32(RAIN * p.rain * self.dt)
        self.softness = np.float32(1.0) - np.clip(layer(field, "hardness"), 0.0, 1.0)
        self.bands = Bands(count, count, 8, threads)

    def step(self) -> None:
        """One step of time."""
        self.bands.run(self._rain)
        self.bands.run(self._accelerate)
        self._edges()
        self.bands.run(self._limit)
        self.bands.run(self._carry)
        self.bands.run(self._move)

    def result(self) -> HeightField:
        """The land as it is, what is carried laid down."""
        heights = (self.bed + self.soil) * np.float32(self.unit)
        heights += np.float32(self.base)
        made = account(replace(self.field, heights=self.field.heights.astype(np.float32)), heights)
        mean = self.runoff / np.float32(max(self.p.iterations, 1))
        return made.with_layers(runoff=mean / np.float32(max(float(mean.max()), 1e-9)))

    def _rain(self, first: int, last: int, scratch: np.ndarray) -> None:
        water = self.water[first:last]
        np.add(water, self.rain[first:last], out=water)
        np.add(self.bed[first:last], water, out=self.surface[first:last])

    def _accelerate(self, first: int, last: int, scratch: np.ndarray) -> None:
        rows = slice(first, last)
        self._push(self.along_x[rows, 1:-1], self.surface[rows, :-1], self.surface[rows, 1:],
                   self.bed[rows, :-1], self.bed[rows, 1:], scratch)  # fmt: skip
        low = max(first, 1)
        if low < last:
            up, here = slice(low - 1, last - 1), slice(low, last)
            self._push(self.along_y[here], self.surface[up], self.surface[here], self.bed[up], self.bed[here], scratch)

    def _push(self, q: np.ndarray, surface_a: np.ndarray, surface_b: np.ndarray, bed_a: np.ndarray, bed_b: np.ndarray,
              scratch: np.ndarray) -> None:  # fmt: skip
        """q = (q - g dt hf dH / l) hf^2 / (hf^2 + c dt |q|), hf the water over the higher bed (Bates et al., eq. 11), at most DEEP."""
        hf, t, u = (each[: q.shape[0], : q.shape[1]] for each in scratch[:3])
        np.maximum(surface_a, surface_b, out=hf)
        np.maximum(bed_a, bed_b, out=t)
        np.subtract(hf, t, out=hf)
        np.minimum(hf, np.float32(DEEP), out=hf)
        np.subtract(surface_a, surface_b, out=t)
        np.multiply(t, hf, out=t)
        np.multiply(t, np.float32(GRAVITY * self.dt / self.cell), out=t)
        np.abs(q, out=u)
        np.add(q, t, out=q)
        np.multiply(u, np.float32(CHEZY * self.p.friction * self.dt), out=u)
        np.multiply(hf, hf, out=hf)
        np.add(u, hf, out=u)
        np.add(u, np.float32(1e-20), out=u)
        np.multiply(q, hf, out=q)
        np.divide(q, u, out=q)

    def _edges(self) -> None:
        """Over the land's edges water leaves as a steady stream down the slope that it comes from."""
        sides = (
            (self.along_x[:, 0], self.water[:, 0], self.bed[:, 0], self.bed[:, 1], -1.0),
            (self.along_x[:, -1], self.water[:, -1], self.bed[:, -1], self.bed[:, -2], 1.0),
            (self.along_y[0], self.water[0], self.bed[0], self.bed[1], -1.0),
            (self.along_y[-1], self.water[-1], self.bed[-1], self.bed[-2], 1.0),
        )
        for q, water, bed, inner, way in sides:
            fall = np.maximum((inner - bed) * np.float32(1.0 / self.cell), np.float32(EDGE_FALL))
            speed = np.sqrt(water * fall * np.float32(GRAVITY / (CHEZY * self.p.friction)))
            np.multiply(speed * np.float32(way), water, out=q)

    def _limit(self, first: int, last: int, scratch: np.ndarray) -> None:
        """share: what part of the asked discharges a cell can give. load: soil in a unit of its water."""
        rows, below = slice(first, last), slice(first + 1, last + 1)
        share, water, load = self.share[rows], self.water[rows], self.load[rows]
        t, u = (each[: last - first, : share.shape[1]] for each in scratch[:2])
        zero = np.float32(0.0)
        np.maximum(self.along_x[rows, 1:], zero, out=t)
        np.minimum(self.along_x[rows, :-1], zero, out=u)
        np.subtract(t, u, out=t)
        np.maximum(self.along_y[below], zero, out=u)
        np.add(t, u, out=t)
        np.minimum(self.along_y[rows], zero, out=u)
        np.subtract(t, u, out=t)
        np.multiply(t, np.float32(self.dt / self.cell), out=t)
        np.add(t, np.float32(LEAST_WATER), out=t)
        np.divide(water, t, out=share)
        np.minimum(share, np.float32(1.0), out=share)
        np.maximum(water, np.float32(LEAST_WATER), out=t)
        np.divide(self.soil[rows], t, out=load)

    def _carry(self, first: int, last: int, scratch: np.ndarray) -> None:
        rows = slice(first, last)
        self._scale(self.along_x[rows, 1:-1], self.soil_x[rows, 1:-1], self.share[rows, :-1], self.share[rows, 1:],
                    self.load[rows, :-1], self.load[rows, 1:], scratch)  # fmt: skip
        low = max(first, 1)
        if low < last:
            up, here = slice(low - 1, last - 1), slice(low, last)
            self._scale(self.along_y[here], self.soil_y[here], self.share[up], self.share[here],
                        self.load[up], self.load[here], scratch)  # fmt: skip
        for q, soil, share, load in (
            (self.along_x[rows, 0], self.soil_x[rows, 0], self.share[rows, 0], self.load[rows, 0]),
            (self.along_x[rows, -1], self.soil_x[rows, -1], self.share[rows, -1], self.load[rows, -1]),
        ):
            np.multiply(q, share, out=q)
            np.multiply(q, load, out=soil)
        for edge, row in ((0, 0), (-1, len(self.bed) - 1)):
            if first <= row < last:
                np.multiply(self.along_y[edge], self.share[row], out=self.along_y[edge])
                np.multiply(self.along_y[edge], self.load[row], out=self.soil_y[edge])

    @staticmethod
    def _scale(q: np.ndarray, soil: np.ndarray, share_a: np.ndarray, share_b: np.ndarray, load_a: np.ndarray,
               load_b: np.ndarray, scratch: np.ndarray) -> None:  # fmt: skip
        """Discharges cut to what the cell they come from can give, and the soil they take along."""
        out, back = (each[: q.shape[0], : q.shape[1]] for each in scratch[:2])
        np.maximum(q, np.float32(0.0), out=out)
        np.minimum(q, np.float32(0.0), out=back)
        np.multiply(out, share_a, out=out)
        np.multiply(back, share_b, out=back)
        np.add(out, back, out=q)
        np.multiply(out, load_a, out=out)
        np.multiply(back, load_b, out=back)
        np.add(out, back, out=soil)

    def _move(self, first: int, last: int, scratch: np.ndarray) -> None:
        """New water and soil, then wear or settling towards what the water can hold: C = k |q| sin(slope of the surface)."""
        p, dt = self.p, self.dt
        rows, below = slice(first, last), slice(first + 1, last + 1)
        bed, water, soil, runoff = self.bed[rows], self.water[rows], self.soil[rows], self.runoff[rows]
        t, u, hold, slope, drop = (each[: last - first, : bed.shape[1]] for each in scratch[:5])
        flow, speed_factor = np.float32(dt / self.cell), np.float32(0.5)
        for amount, x, y in ((water, self.along_x, self.along_y), (soil, self.soil_x, self.soil_y)):
            np.subtract(x[rows, :-1], x[rows, 1:], out=t)
            np.subtract(y[rows], y[below], out=u)
            np.add(t, u, out=t)
            np.multiply(t, flow, out=t)
            np.add(amount, t, out=amount)
            np.maximum(amount, np.float32(0.0), out=amount)
        np.multiply(water, np.float32(1.0 - min(DRYING * p.drying * dt, 1.0)), out=water)
        # |q| in the cell's middle
        np.add(self.along_x[rows, :-1], self.along_x[rows, 1:], out=t)
        np.add(self.along_y[rows], self.along_y[below], out=u)
        np.multiply(t, t, out=t)
        np.multiply(u, u, out=u)
        np.add(t, u, out=t)
        np.sqrt(t, out=hold)
        np.multiply(hold, speed_factor, out=hold)
        np.add(runoff, hold, out=runoff)
        self._slope(first, last, slope, drop, t, u)
        np.multiply(hold, slope, out=hold)
        np.multiply(hold, np.float32(CAPACITY * p.capacity), out=hold)
        # taken where positive, laid down where negative; never so much that a pit or a spike would arise
        np.subtract(hold, soil, out=hold)
        np.maximum(hold, np.float32(0.0), out=t)
        np.multiply(t, np.float32(min(WEAR * p.wear * dt, 1.0)), out=t)
        np.multiply(t, self.softness[rows], out=t)
        np.multiply(drop, np.float32(BITE), out=drop)
        np.minimum(t, drop, out=t)
        np.minimum(hold, np.float32(0.0), out=u)
        np.multiply(u, np.float32(min(SETTLING * p.settling * dt, 1.0)), out=u)
        np.add(t, u, out=t)
        np.subtract(bed, t, out=bed)
        np.add(soil, t, out=soil)

    def _slope(self, first: int, last: int, slope: np.ndarray, drop: np.ndarray, t: np.ndarray, u: np.ndarray) -> None:
        """slope: sine of the water surface's steepness. drop: how much the surface falls to its lowest neighbour, 0 in a pit."""
        surface = self.surface
        rows, end = surface[first:last], len(surface)
        up = np.float32(0.5 / self.cell)
        north, south = max(first - 1, 0), min(last + 1, end)
        # the edges' outer neighbours are themselves
        np.subtract(rows[:, 2:], rows[:, :-2], out=t[:, 1:-1])
        np.subtract(rows[:, 1], rows[:, 0], out=t[:, 0])
        np.subtract(rows[:, -1], rows[:, -2], out=t[:, -1])
        np.minimum(rows[:, 2:], rows[:, :-2], out=drop[:, 1:-1])
        drop[:, 0], drop[:, -1] = rows[:, 1], rows[:, -2]
        above, under = surface[north : last - 1], surface[first + 1 : south]
        head, tail = (1 if first == 0 else 0), (1 if last == end else 0)
        inner = slice(head, last - first - tail)
        shift = 1 if first == 0 else 0
        a = above[: inner.stop - inner.start] if shift == 0 else surface[first : first + inner.stop - inner.start]
        b = under[head : head + inner.stop - inner.start]
        np.subtract(b, a, out=u[inner])
        np.minimum(drop[inner], a, out=drop[inner])
        np.minimum(drop[inner], b, out=drop[inner])
        if head:
            np.subtract(surface[1], surface[0], out=u[0])
            np.minimum(drop[0], surface[1], out=drop[0])
        if tail:
            np.subtract(surface[-1], surface[-2], out=u[-1])
            np.minimum(drop[-1], surface[-2], out=drop[-1])
        np.subtract(rows, drop, out=drop)
        np.maximum(drop, np.float32(0.0), out=drop)
        np.multiply(t, up, out=t)
        np.multiply(u, up, out=u)
        np.multiply(t, t, out=t)
        np.multiply(u, u, out=u)
        np.add(t, u, out=t)
        np.add(t, np.float32(1.0), out=u)
        np.divide(t, u, out=t)
        np.sqrt(t, out=slope)


def _showers(count: int, p: HydraulicParams) -> np.ndarray:
    """[N, N] float32 about 1: where more rain falls."""
    rng = np.random.default_rng(p.seed)
    total = np.zeros((count, count), np.float32)
    for cells, weight in ((9, 0.5), (33, 0.5)):
        total += weight * resample(rng.standard_normal((cells, cells), np.float32), count)
    return np.clip(1.0 + np.float32(p.showers) * total, 0.0, 4.0).astype(np.float32)
