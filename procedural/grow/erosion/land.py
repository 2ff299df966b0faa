"""All of a land's erosion in one go: valleys, falling rock, running water from coarse to fine, snow, and what is measured in the end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ....land_params import ErosionParams, HydraulicParams, SnowParams, ThermalParams, ValleyParams
from ....params import check
from ...terrain.field import HeightField
from .base import Steps, account, finish, part_of
from .hydraulic import run_off_steps
from .measure import measured
from .resample import resample
from .snowfall import snow_steps
from .thermal import crumble_steps
from .valleys import carve_steps, resolutions

COARSE = 192  # points along a side at which water first runs: it crosses all of the land there


def erode(field: HeightField, params: ErosionParams | None = None) -> HeightField:
    """Erode the land: `erode_steps` to the end."""
    return finish(erode_steps(field, params))


def erode_steps(field: HeightField, params: ErosionParams | None = None) -> Steps:
    """Erode step by step; yields the share done. Returns the land with the layers of all parts (see README.md).

    Nothing of the field given changes. The same field, parameters and resolution give the same land.
    """
    params = check(params or ErosionParams())
    field = replace(field, heights=np.array(field.heights, np.float32))
    if params.valleys > 0.0:
        valleys = ValleyParams(
            seed=params.seed,
            age=params.valleys,
            rise=params.rise,
            talus=min(params.talus * 1.1, 1.5),
            sea_level=params.sea_level,
        )
        field = yield from part_of(carve_steps(field, valleys), 0.0, 0.4)
    if params.crumbling:
        field = yield from part_of(crumble_steps(field, ThermalParams(params.crumbling, params.talus)), 0.4, 0.45)
    if params.iterations:
        water = HydraulicParams(
            seed=params.seed, iterations=params.iterations, rain=params.rain, capacity=params.capacity
        )
        field = yield from part_of(flood_steps(field, water), 0.45, 0.95)
    if params.snow > 0.0:
        fallen = SnowParams(depth=params.snow, line=params.snow_line, direction=params.wind)
        field = yield from part_of(snow_steps(field, fallen), 0.95, 0.98)
    yield 0.98
    return measured(field, params.sea_level)


def flood_steps(field: HeightField, params: HydraulicParams) -> Steps:
    """Running water on coarse grids first, whose changes the finer ones take over: plains and fans come from there, gullies from here."""
    counts = resolutions(field.count, COARSE)
    costs = np.cumsum([0] + [count**2 for count in counts]) / sum(count**2 for count in counts)
    for number, count in enumerate(counts):
        if count == field.count:
            return (yield from part_of(run_off_steps(field, params), costs[number], 1.0))
        coarse = replace(
            field,
            heights=resample(field.heights, count),
            layers={name: resample(values, count) for name, values in field.layers.items() if name == "hardness"},
        )
        made = yield from part_of(run_off_steps(coarse, params), costs[number], costs[number + 1])
        field = account(field, field.heights + resample(made.heights - coarse.heights, field.count))
    raise AssertionError("the finest resolution is the field's own")
