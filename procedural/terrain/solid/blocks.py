"""Which parts of space hold the surface, and how finely each is looked at: blocks of N^3 cells, the leaves of an octree.

A block of level l has cells 2^l times the finest. Where the distance at a node's middle is beyond its corners, nothing of the surface can be
inside, and it is left out at once; so only space near the surface is ever sampled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

N = 16  # cells along a block's side
Distance = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
SIDES = np.array(np.meshgrid([0, 1], [0, 1], [0, 1], indexing="ij")).reshape(3, -1).T
BATCH = 4096  # nodes looked at together


@dataclass(frozen=True)
class Region:
    """Where to look and how closely. low, high: corners of a box, m. cell: the finest cells, m. camera: place that is seen from, m; None =
    equally fine everywhere. spread: size of a cell for its distance from the camera, m per m (a pixel's angle times the pixels of a cell).
    coarsest: cells are at most so large, m.
    """

    low: tuple[float, float, float]
    high: tuple[float, float, float]
    cell: float
    camera: tuple[float, float, float] | None = None
    spread: float = 0.004
    coarsest: float = float("inf")

    def __post_init__(self) -> None:
        if not all(a < b for a, b in zip(self.low, self.high, strict=True)):
            raise ValueError(f"the box from {self.low} to {self.high} is empty: its first corner must be the lower one")
        if not self.cell > 0.0:
            raise ValueError(f"cells must be larger than 0 m, not {self.cell:g}")

    @property
    def levels(self) -> int:
        """The level of the root, whose one block holds the box."""
        extent = max(b - a for a, b in zip(self.low, self.high, strict=True))
        return max(0, int(np.ceil(np.log2(max(extent / (N * self.cell), 1.0)))))

    def cells_at(self, low: np.ndarray, side: float) -> np.ndarray:
        """The size of cell that is wanted in cubes [K, 3] with that side, [K] m."""
        if self.camera is None:
            return np.full(len(low), self.cell)
        eye = np.asarray(self.camera)
        far = np.linalg.norm(np.maximum(np.maximum(low - eye, eye - low - side), 0.0), axis=1)
        return np.clip(far * self.spread, self.cell, self.coarsest)


@dataclass(frozen=True)
class Blocks:
    """Leaves, fine ones first: level [B], place [B, 3] in blocks of the level. first: level -> its first block; keys: sorted, by level."""

    region: Region
    level: np.ndarray
    place: np.ndarray
    first: np.ndarray
    keys: list[np.ndarray] = field(repr=False)

    def axes(self, chosen: slice) -> list[np.ndarray]:
        """x [B, N + 1, 1, 1], y [B, 1, N + 1, 1], z [B, 1, 1, N + 1] m of some blocks' corners; shared corners to the last bit."""
        scale = (1 << self.level[chosen])[:, None]
        axes = []
        for axis in range(3):
            lattice = (self.place[chosen, axis, None] * N + np.arange(N + 1)) * scale
            shape = [len(lattice), 1, 1, 1]
            shape[axis + 1] = N + 1
            values = self.region.low[axis] + lattice * self.region.cell
            axes.append(values.astype(np.float32).reshape(shape))
        return axes

    def find(self, level: int, place: np.ndarray) -> np.ndarray:
        """The blocks [K] of a level that lie at places [K, 3]; -1 where there is none."""
        keys = self.keys[level]
        if not len(keys):
            return np.full(len(place), -1)
        wanted = pack(place)
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where((keys[at] == wanted) & (place >= 0).all(1), at + self.first[level], -1)


def pack(place: np.ndarray) -> np.ndarray:
    """[K, 3] of at most 20 bits -> [K] int64, in the order of x, y, z."""
    place = place.astype(np.int64)
    return (place[:, 0] << 40) | (place[:, 1] << 20) | place[:, 2]


def find_blocks(distance: Distance, region: Region, steepest: float = 1.0) -> Blocks:
    """The blocks that can hold the surface. steepest: by how much the distance changes in a metre at most."""
    top = region.levels
    if top > 18:
        raise ValueError(f"cells of {region.cell:g} m are too small for a box that large: take larger ones")
    low, high = np.asarray(region.low), np.asarray(region.high)
    nodes = np.zeros((1, 3), np.int64)
    found: list[np.ndarray] = [np.zeros((0, 3), np.int64)] * (top + 1)
    for level in range(top, -1, -1):
        cell = region.cell * (1 << level)
        side = N * cell
        corner = low + nodes * side
        nodes = nodes[((corner < high) & (corner + side > low)).all(1)]
        nodes = nodes[_near(distance, low + (nodes + 0.5) * side, steepest * side * np.sqrt(3.0) / 2)]
        split = (region.cells_at(low + nodes * side, side) < cell * 0.999) & (level > 0)
        leaves = nodes[~split]
        leaves = leaves[_near_eighths(distance, low + leaves * side, side, steepest)]
        found[level] = leaves[np.argsort(pack(leaves))]
        nodes = (nodes[split][:, None] * 2 + SIDES).reshape(-1, 3)
    sizes = [len(each) for each in found]
    return Blocks(
        region,
        np.repeat(np.arange(top + 1), sizes),
        np.concatenate(found),
        np.concatenate([[0], np.cumsum(sizes)[:-1]]),
        [pack(each) for each in found],
    )


def _near(distance: Distance, middles: np.ndarray, reach: float) -> np.ndarray:
    """[K] whether the surface can be within reach of each point."""
    near = np.zeros(len(middles), bool)
    for start in range(0, len(middles), BATCH):
        x, y, z = middles[start : start + BATCH].astype(np.float32).T.reshape(3, -1, 1, 1, 1)
        near[start : start + BATCH] = np.abs(distance(x, y, z)).ravel() <= reach
    return near


def _near_eighths(distance: Distance, corners: np.ndarray, side: float, steepest: float) -> np.ndarray:
    """[K] whether the surface can be in any eighth of each cube."""
    near = np.zeros(len(corners), bool)
    places = np.array([0.25, 0.75]) * side
    for start in range(0, len(corners), BATCH // 8):
        some = corners[start : start + BATCH // 8]
        x, y, z = ((some[:, axis, None] + places).astype(np.float32) for axis in range(3))
        values = distance(x[:, :, None, None], y[:, None, :, None], z[:, None, None, :])
        reach = steepest * side * np.sqrt(3.0) / 4
        near[start : start + BATCH // 8] = (np.abs(values) <= reach).reshape(len(some), -1).any(1)
    return near
