"""River networks: lines of points from each spring or confluence to the next, with how much they carry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...terrain.field import HeightField
from .flow import Drainage, drain


@dataclass(frozen=True)
class River:
    """One stretch, downstream. points [K, 3] m, on the land; its last point is the first of what it joins. flow [K] m2 that drains through.
    order: Strahler's, 1 at springs.
    """

    points: np.ndarray
    flow: np.ndarray
    order: int


def rivers(
    field: HeightField, least: float = 0.002, sea_level: float = -np.inf, drainage: Drainage | None = None
) -> list[River]:
    """The network of all streams through which at least `least` of the land drains; springs first."""
    drainage = drainage or drain(field.heights, sea_level, 1.0)
    area = drainage.accumulate()
    runs = area >= least * len(area)
    receiver = drainage.receiver
    outlet = receiver == np.arange(len(receiver))
    sources = np.flatnonzero(runs & ~outlet)
    donors = np.bincount(receiver[sources], minlength=len(receiver))
    starts = sources[(donors[sources] == 0) | (donors[sources] > 1)]
    points = field.points().reshape(-1, 3)
    flow = area * field.step**2
    order = np.zeros(len(receiver), int)  # of the stretch that begins at a point
    brought: dict[int, list[int]] = {}
    found = []
    for start in starts[np.argsort(area[starts], kind="stable")].tolist():  # each after all that flow into it
        orders = sorted(brought.get(start, [1]), reverse=True)
        order[start] = orders[0] + (1 if orders[:2] == [orders[0]] * 2 else 0)
        line = [start]
        while not outlet[line[-1]] and (len(line) == 1 or donors[line[-1]] == 1):
            line.append(int(receiver[line[-1]]))
        brought.setdefault(line[-1], []).append(int(order[start]))
        found.append(River(points[line], flow[line], int(order[start])))
    return found
