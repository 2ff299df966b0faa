"""Contact sheets of coloured distance fields, by sphere tracing: a quick look while training, no mesh needed."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numba import njit
from PIL import Image

from ..color import to_srgb
from ..files import written_aside


@njit(cache=True)
def _sample(grid, x, y, z):
    """Trilinear value of a voxel-centred grid at a point of [-1, 1]^3, held at the border."""
    n = grid.shape[0]
    fx = min(max((x + 1) * 0.5 * n - 0.5, 0.0), n - 1.001)
    fy = min(max((y + 1) * 0.5 * n - 0.5, 0.0), n - 1.001)
    fz = min(max((z + 1) * 0.5 * n - 0.5, 0.0), n - 1.001)
    i, j, k = int(fx), int(fy), int(fz)
    a, b, c = fx - i, fy - j, fz - k
    return (
        (grid[i, j, k] * (1 - a) + grid[i + 1, j, k] * a) * (1 - b) * (1 - c)
        + (grid[i, j + 1, k] * (1 - a) + grid[i + 1, j + 1, k] * a) * b * (1 - c)
        + (grid[i, j, k + 1] * (1 - a) + grid[i + 1, j, k + 1] * a) * (1 - b) * c
        + (grid[i, j + 1, k + 1] * (1 - a) + grid[i + 1, j + 1, k + 1] * a) * b * c
    )


@njit(cache=True)
def _trace(sdf, albedo, eye, right, up, forward, spread, light, image):
    """Lambert-shaded linear RGB into image [size, size, 3], white where nothing is hit."""
    size = image.shape[0]
    e = 1.0 / sdf.shape[0]
    for row in range(size):
        for column in range(size):
            u = ((column + 0.5) / size * 2 - 1) * spread
            v = (1 - (row + 0.5) / size * 2) * spread
            d = forward + u * right + v * up
            d /= math.sqrt((d * d).sum())
            b = (eye * d).sum()
            gap = b * b - (eye * eye).sum() + 1.05**2
            if gap <= 0:
                continue
            t, end = -b - math.sqrt(gap), -b + math.sqrt(gap)
            while t < end:
                p = eye + t * d
                s = _sample(sdf, p[0], p[1], p[2])
                if s < 0.001:
                    g = np.array(
                        [
                            _sample(sdf, p[0] + e, p[1], p[2]) - _sample(sdf, p[0] - e, p[1], p[2]),
                            _sample(sdf, p[0], p[1] + e, p[2]) - _sample(sdf, p[0], p[1] - e, p[2]),
                            _sample(sdf, p[0], p[1], p[2] + e) - _sample(sdf, p[0], p[1], p[2] - e),
                        ]
                    )
                    g /= math.sqrt((g * g).sum()) + 1e-9
                    shade = 0.35 + 0.65 * max(0.0, (g * light).sum())
                    for c in range(3):
                        image[row, column, c] = shade * _sample(albedo[:, :, :, c], p[0], p[1], p[2])
                    break
                t += max(s * 0.8, 0.004)


def render(sdf: np.ndarray, albedo: np.ndarray, azimuth: float, elevation: float = 0.35, size: int = 96) -> np.ndarray:
    """One picture. sdf: [n, n, n] engine units; albedo: [n, n, n, 3] linear; angles in rad, azimuth 0 from -Y. Returns uint8
    [size, size, 3], sRGB."""
    ce, se, ca, sa = math.cos(elevation), math.sin(elevation), math.cos(azimuth), math.sin(azimuth)
    back = np.array([ce * sa, -ce * ca, se])
    right = np.array([ca, sa, 0.0])
    up = np.cross(back, right)
    light = back + 0.6 * up + 0.4 * right
    image = np.ones((size, size, 3))
    light /= np.linalg.norm(light)
    _trace(
        np.ascontiguousarray(sdf, np.float32), np.ascontiguousarray(albedo, np.float32),
        3.0 * back, right, up, -back, math.tan(math.radians(20)), light, image,
    )  # fmt: skip
    return (to_srgb(image) * 255 + 0.5).astype(np.uint8)


def save_sheet(path: Path, rows: Sequence[Sequence[np.ndarray]]) -> None:
    """Rows of equal pictures as one PNG."""
    picture = np.concatenate([np.concatenate(list(row), 1) for row in rows], 0)
    with written_aside(path) as aside:
        Image.fromarray(picture).save(aside, format="PNG")
