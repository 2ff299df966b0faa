"""What is measured on land: slope, altitude, the land that drains through each point, lakes, and how wet the ground is."""

from __future__ import annotations

import numpy as np

from ....land_params import NO_SEA
from ...terrain.field import HeightField
from .flow import Drainage, drain

LEVEL = 0.02  # rise per metre below which ground is as wet as where it is level


def measured(field: HeightField, sea_level: float = NO_SEA, drainage: Drainage | None = None) -> HeightField:
    """The field with `slope` rad, `altitude` m (its heights), `catchment` m2 (land that drains through), `flow` (0 on hillsides, where less than
    1 / 10,000 of the land drains through, 1 where a tenth does), `water` m (depth of lakes and sea), `wetness` 0..1 (topographic wetness:
    K. J. Beven, M. J. Kirkby, 1979), all float32.
    """
    shape = field.heights.shape
    drainage = drainage or drain(field.heights, sea_level, 1.0)
    catchment = (drainage.accumulate() * field.step**2).astype(np.float32).reshape(shape)
    flow = np.clip((np.log10(catchment / np.float32(field.size) ** 2) + 4.0) / 3.0, 0.0, 1.0).astype(np.float32)
    water = np.maximum(drainage.filled, np.float32(sea_level)) - np.asarray(field.heights, np.float32)
    slope = field.slope().astype(np.float32)
    unit = field.size / 1000.0
    index = np.log(soften(catchment) / np.float32(unit * field.step) / (np.tan(slope) + np.float32(LEVEL)))
    wetness = np.clip((index - 2.0) / 9.0, 0.0, 1.0)
    wetness[water > 0.0] = 1.0
    altitude = np.array(field.heights, np.float32)
    return field.with_layers(
        slope=slope, altitude=altitude, flow=flow, catchment=catchment, water=water, wetness=wetness.astype(np.float32)
    )


def soften(values: np.ndarray, times: int = 1) -> np.ndarray:
    """[N, N] smoothed over neighbours: weights 1, 2, 1 along each axis, edges repeated."""
    for _ in range(times):
        for _ in range(2):
            padded = np.pad(values, ((1, 1), (0, 0)), mode="edge")
            values = ((padded[:-2] + padded[2:]) * np.float32(0.25) + padded[1:-1] * np.float32(0.5)).T
    return values
