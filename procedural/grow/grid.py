"""Neighbours within a radius, for many centres at once: points sorted by the cell of a grid that they lie in."""

from __future__ import annotations

import numpy as np

_ROWS = np.array([(x, y, -2) for x in range(-2, 3) for y in range(-2, 3)])  # where the rows about a cell begin


class Grid:
    """Points [N, 3] that stay where they are, in cells half as wide as the radius asked for."""

    def __init__(self, points: np.ndarray, radius: float) -> None:
        self._radius = radius
        self._cell = radius / 2.0
        # Four empty cells all around: what is in reach of a point lies within, and no neighbouring cell is one of the other side
        self._low = points.min(0) - 4.0 * self._cell
        self._shape = np.floor((points.max(0) - self._low) / self._cell).astype(np.int64) + 5
        keys = self._keys(self._cells(points))
        self._order = np.argsort(keys, kind="stable")
        self._sorted = keys[self._order]
        self._axes = [np.ascontiguousarray(points[self._order, axis]) for axis in range(3)]

    def pairs(self, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All pairs of a centre [M, 3] and a point within the radius: number of the centre, of the point, distance squared; each [P]."""
        cells = self._cells(centres)
        inside = np.flatnonzero(((cells >= 2) & (cells < self._shape - 2)).all(1))
        # Five cells in a row have keys in a row: 25 ranges of sorted points a centre
        first_key = (self._keys(cells[inside])[:, None] + self._keys(_ROWS)).ravel()
        first = np.searchsorted(self._sorted, first_key)
        counts = np.searchsorted(self._sorted, first_key + 5) - first
        centre = np.repeat(np.repeat(inside, len(_ROWS)), counts)
        place = np.repeat(first, counts) + count_up(counts)
        squared = np.zeros(len(place))
        for axis, values in enumerate(self._axes):
            apart = values[place] - centres[centre, axis]
            squared += apart * apart
        near = squared < self._radius**2
        return centre[near], self._order[place[near]], squared[near]

    def _cells(self, at: np.ndarray) -> np.ndarray:
        return np.floor((at - self._low) / self._cell).astype(np.int64)

    def _keys(self, cells: np.ndarray) -> np.ndarray:
        return (cells[..., 0] * self._shape[1] + cells[..., 1]) * self._shape[2] + cells[..., 2]


def count_up(counts: np.ndarray) -> np.ndarray:
    """0, 1, .. counts[0] - 1, 0, 1, .. counts[1] - 1, and so on."""
    ends = np.cumsum(counts)
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)
