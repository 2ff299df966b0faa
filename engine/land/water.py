"""Running water over land, as procedural/grow/erosion/hydraulic.py does it (method, units and sources are told there).

On a CPU a compiled kernel does a step in one pass (water_kernels.py); elsewhere torch does it, array by array.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ...land_params import (
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
)  # fmt: skip
from ...params import check as check_params
from ..numerics import check, finite
from . import water_kernels
from .resample import resample


@dataclass(frozen=True)
class Eroded:
    """heights [N, N] m; sediment [N, N] m lying loose, more or less than before; wear [N, N] m of rock gone; runoff [N, N] 0..1."""

    heights: Tensor
    sediment: Tensor
    wear: Tensor
    runoff: Tensor | None = None


def run_off(heights: Tensor, size: float, params: HydraulicParams | None = None, hardness: Tensor | None = None,
            progress: Callable[[float], None] | None = None, compiled: bool | None = None) -> Eroded:  # fmt: skip
    """Erode heights [N, N] float32 m, a square `size` m wide, by running water, on the tensor's device.

    hardness [N, N] 0..1 slows wear. progress is called with the share done and may raise to stop. compiled: by the CPU's kernel; None
    wherever the heights are a CPU's. Raises ValueError for other shapes, NaN or infinity.
    """
    check("heights", heights, (None, None))
    finite("heights", heights)
    p = check_params(params or HydraulicParams())
    if heights.shape[0] != heights.shape[1] or len(heights) < 2:
        raise ValueError(f"heights must be a square of at least 2 x 2 points, not {list(heights.shape)}.")
    water = ShallowWater(heights, size, p, hardness)
    on_cpu = heights.device.type == "cpu" if compiled is None else compiled
    advance = water.step_compiled if on_cpu else water.step
    for iteration in range(p.iterations):
        advance()
        if progress is not None:
            progress((iteration + 1) / p.iterations)
    return water.result()


class ShallowWater:
    """The state: bed, water, suspended soil [N, N]; discharges over edges, along x [N, N + 1] and along y [N + 1, N], float32 units."""

    def __init__(self, heights: Tensor, size: float, p: HydraulicParams, hardness: Tensor | None = None) -> None:
        count, device = len(heights), heights.device
        self.p, self.unit, self.cell = p, size / 1000.0, 1000.0 / (count - 1)
        self.dt = COURANT * self.cell / float(np.sqrt(2.0 * GRAVITY * DEEP))
        self.first, self.base = heights, float(heights.min())
        self.bed = (heights - self.base) / self.unit
        self.water, self.soil, self.runoff = (torch.zeros_like(self.bed) for _ in range(3))
        self.along_x = torch.zeros(count, count + 1, device=device)
        self.along_y = torch.zeros(count + 1, count, device=device)
        self.rain = _showers(count, p).to(device) * float(np.float32(RAIN * p.rain * self.dt))
        self.softness = torch.ones_like(self.bed) if hardness is None else 1.0 - hardness.clamp(0.0, 1.0)
        self._spare: list[Tensor] = []

    def step(self) -> None:
        """One step of time on any device."""
        flow = self.dt / self.cell
        self.water += self.rain
        surface = self.bed + self.water
        x, y = self.along_x, self.along_y
        self._push(x[:, 1:-1], surface[:, :-1], surface[:, 1:], self.bed[:, :-1], self.bed[:, 1:])
        self._push(y[1:-1], surface[:-1], surface[1:], self.bed[:-1], self.bed[1:])
        x[:, 0], x[:, -1] = (
            -self._edge((slice(None), 0), (slice(None), 1)),
            self._edge((slice(None), -1), (slice(None), -2)),
        )
        y[0], y[-1] = -self._edge((0,), (1,)), self._edge((-1,), (-2,))
        out = x[:, 1:].clamp(min=0.0) - x[:, :-1].clamp(max=0.0) + y[1:].clamp(min=0.0) - y[:-1].clamp(max=0.0)
        share = (self.water / (out * flow + LEAST_WATER)).clamp(max=1.0)
        load = self.soil / self.water.clamp(min=LEAST_WATER)
        soil_x, soil_y = self._carry(x, share, load), self._carry(y.T, share.T, load.T).T
        self.water += ((x[:, :-1] - x[:, 1:]) + (y[:-1] - y[1:])) * flow
        self.soil += ((soil_x[:, :-1] - soil_x[:, 1:]) + (soil_y[:-1] - soil_y[1:])) * flow
        self.water.clamp_(min=0.0).mul_(1.0 - min(DRYING * self.p.drying * self.dt, 1.0))
        self.soil.clamp_(min=0.0)
        across, down = x[:, :-1] + x[:, 1:], y[:-1] + y[1:]
        hold = (across * across + down * down).sqrt() * 0.5
        self.runoff += hold
        slope, drop = self._slope(surface)
        lack = hold * slope * (CAPACITY * self.p.capacity) - self.soil
        take = lack.clamp(min=0.0) * min(WEAR * self.p.wear * self.dt, 1.0) * self.softness
        take = torch.minimum(take, drop * BITE) + lack.clamp(max=0.0) * min(SETTLING * self.p.settling * self.dt, 1.0)
        self.bed -= take
        self.soil += take

    def step_compiled(self) -> None:
        """The same on a CPU in one pass."""
        count = len(self.bed)
        state = [self.bed, self.water, self.soil, self.along_x, self.along_y]
        if not self._spare:
            self._spare = [torch.zeros_like(each) for each in state]
            bands = -(-count // water_kernels.BAND)
            self._scratch = np.zeros((bands, water_kernels.SCRATCH, water_kernels.BAND + 4, count + 1), np.float32)
        arrays = [each.numpy() for each in (*state, *self._spare, self.runoff, self.rain, self.softness)]
        water_kernels.step(*arrays, self._scratch, self._constants())
        self.bed, self.water, self.soil, self.along_x, self.along_y = self._spare
        self._spare = state

    def _constants(self) -> tuple[np.float32, ...]:
        p, dt, cell = self.p, self.dt, self.cell
        return tuple(np.float32(each) for each in (
            DEEP, GRAVITY * dt / cell, CHEZY * p.friction * dt, dt / cell, LEAST_WATER, 1.0 - min(DRYING * p.drying * dt, 1.0), 0.5 / cell,
            CAPACITY * p.capacity, BITE, min(WEAR * p.wear * dt, 1.0), min(SETTLING * p.settling * dt, 1.0), 1.0 / cell, EDGE_FALL,
            GRAVITY / (CHEZY * p.friction),
        ))  # fmt: skip

    def result(self) -> Eroded:
        """The land as it is, what is carried laid down."""
        heights = (self.bed + self.soil) * self.unit + self.base
        change = heights - self.first
        runoff = self.runoff / max(self.p.iterations, 1)
        return Eroded(heights, change.clamp(min=0.0), (-change).clamp(min=0.0), runoff / runoff.max().clamp(min=1e-9))

    def _push(self, q: Tensor, surface_a: Tensor, surface_b: Tensor, bed_a: Tensor, bed_b: Tensor) -> None:
        """In place: q = (q - g dt hf dH / l) hf^2 / (hf^2 + c dt |q|)."""
        hf = (torch.maximum(surface_a, surface_b) - torch.maximum(bed_a, bed_b)).clamp(max=DEEP)
        square = hf * hf
        drag = q.abs() * (CHEZY * self.p.friction * self.dt) + square
        q += (surface_a - surface_b) * hf * (GRAVITY * self.dt / self.cell)
        q *= square
        q /= drag + 1e-20

    def _edge(self, edge: tuple, inner: tuple) -> Tensor:
        fall = ((self.bed[inner] - self.bed[edge]) * (1.0 / self.cell)).clamp(min=EDGE_FALL)
        water = self.water[edge]
        return (water * fall * (GRAVITY / (CHEZY * self.p.friction))).sqrt() * water

    @staticmethod
    def _carry(q: Tensor, share: Tensor, load: Tensor) -> Tensor:
        """Cut discharges [.., N + 1] in place to what the cells they come from can give; returns the soil they take."""
        soil = torch.empty_like(q)
        inner = q[:, 1:-1]
        out, back = inner.clamp(min=0.0) * share[:, :-1], inner.clamp(max=0.0) * share[:, 1:]
        q[:, 1:-1] = out + back
        soil[:, 1:-1] = out * load[:, :-1] + back * load[:, 1:]
        for edge in (0, -1):
            q[:, edge] *= share[:, edge]
            soil[:, edge] = q[:, edge] * load[:, edge]
        return soil

    def _slope(self, surface: Tensor) -> tuple[Tensor, Tensor]:
        """Sine of the surface's steepness; how far it falls to its lowest neighbour of four, 0 in a pit."""
        padded = torch.nn.functional.pad(surface[None, None], (1, 1, 1, 1), mode="replicate")[0, 0]
        west, east, north, south = padded[1:-1, :-2], padded[1:-1, 2:], padded[:-2, 1:-1], padded[2:, 1:-1]
        across, down = (east - west) * (0.5 / self.cell), (south - north) * (0.5 / self.cell)
        square = across * across + down * down
        lowest = torch.minimum(torch.minimum(west, east), torch.minimum(north, south))
        return (square / (square + 1.0)).sqrt(), (surface - lowest).clamp(min=0.0)


def _showers(count: int, p: HydraulicParams) -> Tensor:
    """[N, N] about 1: where more rain falls; numpy's numbers, as there."""
    rng = np.random.default_rng(p.seed)
    total = torch.zeros(count, count)
    for cells, weight in ((9, 0.5), (33, 0.5)):
        total += weight * resample(torch.from_numpy(rng.standard_normal((cells, cells), np.float32)), count)
    return (1.0 + p.showers * total).clamp(0.0, 4.0)
