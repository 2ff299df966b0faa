"""Land as a height over every point of a square: what erosion works on, what plants stand on, what maps hold.

Blender's world: Z up, metres. Row i, column j of an array of N x N is the point x = left + j step, y = bottom + i step; so rows run to +Y.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np


@dataclass(frozen=True)
class HeightField:
    """heights: [N, N] m. size: side of the square, m, its first and last columns on its edges. center: its middle, m.
    layers: name -> [N, N], measured or grown with it (flow, sediment, wear, wetness ...).
    """

    heights: np.ndarray
    size: float
    center: tuple[float, float] = (0.0, 0.0)
    layers: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.heights.ndim != 2 or self.heights.shape[0] != self.heights.shape[1] or self.heights.shape[0] < 2:
            raise ValueError(f"a height field is a square of at least 2 x 2 points, not {self.heights.shape}")
        if bad := [name for name, values in self.layers.items() if values.shape != self.heights.shape]:
            raise ValueError(f"{bad[0]} has {self.layers[bad[0]].shape} points, the heights {self.heights.shape}")

    @property
    def count(self) -> int:
        """Points along a side."""
        return len(self.heights)

    @property
    def step(self) -> float:
        """Metres between neighbours."""
        return self.size / (self.count - 1)

    def with_layers(self, **layers: np.ndarray) -> HeightField:
        """The same with more layers, or others of the same names."""
        return replace(self, layers={**self.layers, **layers})

    def at(self, points: np.ndarray, layer: str | None = None) -> np.ndarray:
        """Heights (or a layer) at points [..., 2] m, between four neighbours linearly; beyond the edge, the edge's."""
        values = self.heights if layer is None else self.layers[layer]
        return sample(values, self.grid_place(points))

    def grid_place(self, points: np.ndarray) -> np.ndarray:
        """Where points [..., 2] m lie in the array, as (column, row) [..., 2], between 0 and N - 1."""
        corner = np.asarray(self.center) - self.size / 2
        return np.clip((np.asarray(points, float) - corner) / self.step, 0.0, self.count - 1.0)

    def gradient(self) -> np.ndarray:
        """Rise per metre towards +X and +Y, [N, N, 2]."""
        down, across = np.gradient(self.heights, self.step)
        return np.stack([across, down], -1)

    def slope(self) -> np.ndarray:
        """Steepness in radians, 0 level, pi / 2 a wall, [N, N]."""
        return np.arctan(np.linalg.norm(self.gradient(), axis=-1))

    def normals(self) -> np.ndarray:
        """Unit normals upward, [N, N, 3]."""
        gradient = self.gradient()
        normals = np.concatenate([-gradient, np.ones_like(gradient[..., :1])], -1)
        return normals / np.linalg.norm(normals, axis=-1, keepdims=True)

    def points(self) -> np.ndarray:
        """All points, [N, N, 3] m."""
        along = np.linspace(-self.size / 2, self.size / 2, self.count)
        x, y = np.meshgrid(along + self.center[0], along + self.center[1])
        return np.stack([x, y, self.heights], -1)


def sample(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Bilinear values of an array [N, M] (or [N, M, C]) at (column, row) [..., 2] inside it."""
    rows, columns = values.shape[:2]
    low_j = np.clip(places[..., 0].astype(int), 0, max(columns - 2, 0))
    low_i = np.clip(places[..., 1].astype(int), 0, max(rows - 2, 0))
    high_j, high_i = np.minimum(low_j + 1, columns - 1), np.minimum(low_i + 1, rows - 1)
    u, v = places[..., 0] - low_j, places[..., 1] - low_i
    if values.ndim == 3:
        u, v = u[..., None], v[..., None]
    lower = values[low_i, low_j] * (1 - u) + values[low_i, high_j] * u
    upper = values[high_i, low_j] * (1 - u) + values[high_i, high_j] * u
    return lower * (1 - v) + upper * v
