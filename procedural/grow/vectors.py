"""Small tools on arrays of vectors [N, 3], and a smooth random field."""

from __future__ import annotations

import numpy as np

UP = np.array([0.0, 0.0, 1.0])
GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))


def unit(vectors: np.ndarray) -> np.ndarray:
    """Each of length 1; a zero stays one."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.maximum(length, 1e-9)


def across(directions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two unit vectors square to each direction and to each other; the first is horizontal unless the direction is upright."""
    side = np.stack([-directions[..., 1], directions[..., 0], np.zeros(directions.shape[:-1])], -1)
    flat = np.linalg.norm(side, axis=-1, keepdims=True) < 0.05
    side = unit(np.where(flat, np.array([1.0, 0.0, 0.0]), side))
    side = unit(side - directions * (side * directions).sum(-1, keepdims=True))
    return side, np.cross(directions, side)


def turned(directions: np.ndarray, angle: np.ndarray, azimuth: np.ndarray) -> np.ndarray:
    """Directions leant away from themselves by an angle, towards an azimuth about them (0 is sideways, pi / 2 above); rad."""
    side, above = across(directions)
    azimuth = np.asarray(azimuth)[..., None]
    angle = np.asarray(angle)[..., None]
    lean = side * np.cos(azimuth) + above * np.sin(azimuth)
    return unit(directions * np.cos(angle) + lean * np.sin(angle))


class Wander:
    """A smooth random vector field, about -1..1: six waves for each component. size: m, of its features."""

    def __init__(self, size: float, rng: np.random.Generator) -> None:
        self._waves = unit(rng.random((3, 6, 3)) - 0.5) * (
            (0.6 + rng.random((3, 6, 1)) * 1.4) * (2.0 * np.pi / size / 2.0)
        )
        self._phases = rng.random((3, 6)) * 2.0 * np.pi

    def __call__(self, at: np.ndarray) -> np.ndarray:
        waves = np.einsum("...k,cwk->...cw", at, self._waves) + self._phases
        return np.sin(waves).sum(-1) * (0.58 / 1.0)
