"""Neighbours within a radius, for many centres at once: points sorted by the cell of a grid that they lie in."""

from __future__ import annotations

import numpy as np


class Grid:
    """Points [N, 3] that stay where they are, in cells as wide as the radius asked for."""

    def __init__(self, points: np.ndarray, radius: float) -> None:
        self._radius = radius
        self._points = points
        # Two empty cells all around, so that a neighbouring cell is never one of the other side
        self._low = points.min(0) - 2.0 * radius
        self._shape = np.floor((points.max(0) - self._low) / radius).astype(np.int64) + 3
        keys = self._keys(self._cells(points))
        self._order = np.argsort(keys, kind="stable")
        self._sorted = keys[self._order]

    def pairs(self, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """All pairs of a centre [M, 3] and a point within the radius: number of the centre, of the point, distance squared; each [P]."""
        cells = self._cells(centres)
        inside = np.flatnonzero(((cells >= 1) & (cells < self._shape - 1)).all(1))
        cells = cells[inside]
        # Three cells in a row have keys in a row: nine ranges of sorted points a centre
        x, y = np.meshgrid((-1, 0, 1), (-1, 0, 1))
        rows = cells[:, None, :] + np.stack([x.ravel(), y.ravel(), np.full(9, -1)], -1)[None]
        first_key = self._keys(rows).ravel()
        first = np.searchsorted(self._sorted, first_key)
        counts = np.searchsorted(self._sorted, first_key + 3) - first
        centre = np.repeat(np.repeat(inside, 9), counts)
        point = self._order[np.repeat(first, counts) + count_up(counts)]
        apart = centres[centre] - self._points[point]
        squared = np.einsum("ij,ij->i", apart, apart)
        near = squared < self._radius**2
        return centre[near], point[near], squared[near]

    def _cells(self, at: np.ndarray) -> np.ndarray:
        return np.floor((at - self._low) / self._radius).astype(np.int64)

    def _keys(self, cells: np.ndarray) -> np.ndarray:
        return (cells[..., 0] * self._shape[1] + cells[..., 1]) * self._shape[2] + cells[..., 2]


def count_up(counts: np.ndarray) -> np.ndarray:
    """0, 1, .. counts[0] - 1, 0, 1, .. counts[1] - 1, and so on."""
    ends = np.cumsum(counts)
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)
