"""All of a land's erosion in one go, as procedural/grow/erosion/land.py does it: valleys, falling rock, running water from coarse to fine, snow,
and what is measured in the end. Water, rock and snow run where the tensor lies; ways of water on the CPU.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from ...land_params import NO_SEA, ErosionParams, HydraulicParams, SnowParams, ThermalParams, ValleyParams
from ...params import check as check_params
from ..numerics import check, finite
from .falling import crumble
from .resample import resample
from .snow import snow
from .valleys import Drains, carve, resolutions
from .water import run_off

COARSE = 192  # as in the numpy side's land.py
LEVEL = 0.02  # as in measure.py there
Progress = Callable[[float], None]


@dataclass(frozen=True)
class Land:
    """heights [N, N] float32 m of a square `size` m wide; layers: name -> [N, N] float32, those that the numpy side's README lists."""

    heights: Tensor
    size: float
    layers: dict[str, Tensor] = field(default_factory=dict)

    def with_layers(self, **layers: Tensor) -> Land:
        return replace(self, layers={**self.layers, **layers})

    def worn_to(self, heights: Tensor) -> Land:
        """The land with new heights, `sediment` and `wear` brought up to date: what is taken is taken from the loose first."""
        none = torch.zeros_like(heights)
        loose = self.layers.get("sediment", none) + heights - self.heights
        rock = loose.clamp(max=0.0)
        return replace(self, heights=heights).with_layers(
            sediment=loose - rock, wear=self.layers.get("wear", none) - rock
        )


def erode(heights: Tensor, size: float, params: ErosionParams | None = None, hardness: Tensor | None = None,
          progress: Progress | None = None) -> Land:  # fmt: skip
    """Erode heights [N, N] float32 m, a square `size` m wide. hardness [N, N] 0..1 slows rivers and water. Nothing given changes.

    progress is called with the share done and may raise to stop. Raises ValueError for other shapes, NaN or infinity.
    """
    check("heights", heights, (None, None))
    finite("heights", heights)
    p = check_params(params or ErosionParams())
    land = Land(heights.clone(), size)
    if p.valleys > 0.0:
        talus = min(p.talus * 1.1, 1.5)
        rivers = ValleyParams(seed=p.seed, age=p.valleys, rise=p.rise, talus=talus, sea_level=p.sea_level)
        land = land.worn_to(carve(land.heights, size, rivers, hardness, _part(progress, 0.0, 0.4)).heights)
    if p.crumbling:
        falling = ThermalParams(p.crumbling, p.talus)
        land = land.worn_to(crumble(land.heights, size, falling, _part(progress, 0.4, 0.45)).heights)
    if p.iterations:
        water = HydraulicParams(seed=p.seed, iterations=p.iterations, rain=p.rain, capacity=p.capacity)
        land = _flood(land, water, hardness, _part(progress, 0.45, 0.95))
    if p.snow > 0.0:
        fallen = SnowParams(depth=p.snow, line=p.snow_line, direction=p.wind)
        land = land.with_layers(snow=snow(land.heights, size, fallen, _part(progress, 0.95, 0.98)))
    if hardness is not None:
        land = land.with_layers(hardness=hardness)
    return measured(land, p.sea_level)


def _part(progress: Progress | None, start: float, end: float) -> Progress | None:
    return None if progress is None else lambda share: progress(start + (end - start) * share)


def _flood(land: Land, p: HydraulicParams, hardness: Tensor | None, progress: Progress | None) -> Land:
    """Running water on coarse grids first, whose changes the finer ones take over."""
    counts = resolutions(len(land.heights), COARSE)
    whole, done = sum(count**2 for count in counts), 0
    for count in counts:
        part = _part(progress, done / whole, (done + count**2) / whole)
        done += count**2
        hard = None if hardness is None else resample(hardness, count)
        coarse = resample(land.heights, count)
        made = run_off(coarse, land.size, p, hard, part)
        if count < len(land.heights):
            land = land.worn_to(land.heights + resample(made.heights - coarse, len(land.heights)))
    assert made.runoff is not None
    return land.worn_to(made.heights).with_layers(runoff=made.runoff)


def measured(land: Land, sea_level: float = NO_SEA) -> Land:
    """The land with `slope` rad, `altitude` m, `catchment` m2, `flow` 0..1, `water` m deep and `wetness` 0..1 (see measure.py there)."""
    heights, count = land.heights, len(land.heights)
    step = land.size / (count - 1)
    drains, ground = Drains(count, 1.0, 0), heights.cpu().numpy()
    area = drains.find(ground, sea_level)
    catchment = torch.from_numpy(area * step**2).float().view(count, count).to(heights.device)
    filled = torch.from_numpy(drains.filled(ground)).to(heights.device)
    flow = ((torch.log10(catchment / land.size**2) + 4.0) / 3.0).clamp(0.0, 1.0)
    water = filled.clamp(min=sea_level) - heights
    down, across = torch.gradient(heights, spacing=step)
    rise = torch.hypot(down, across)
    index = torch.log(_soften(catchment) / (land.size / 1000.0 * step) / (rise + LEVEL))
    wetness = torch.where(water > 0.0, 1.0, ((index - 2.0) / 9.0).clamp(0.0, 1.0))
    return land.with_layers(
        slope=torch.atan(rise), altitude=heights.clone(), flow=flow, catchment=catchment, water=water, wetness=wetness
    )


def _soften(values: Tensor) -> Tensor:
    """[N, N] smoothed over neighbours: weights 1, 2, 1 along each axis, edges repeated."""
    for _ in range(2):
        padded = torch.cat([values[:1], values, values[-1:]])
        values = ((padded[:-2] + padded[2:]) * 0.25 + padded[1:-1] * 0.5).T
    return values
