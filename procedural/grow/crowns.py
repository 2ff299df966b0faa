"""The outlines of crowns, and points of light within them."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from .vectors import Wander

Crown = Literal["dome", "round", "oval", "column", "umbrella", "vase", "cone"]
CROWNS: tuple[Crown, ...] = get_args(Crown)

# Radius, as a share of the widest, at heights from the crown's foot, 0, to its top, 1
_OUTLINES: dict[Crown, tuple[tuple[float, float], ...]] = {
    "dome": ((0, 0.5), (0.06, 0.78), (0.18, 0.97), (0.3, 1), (0.5, 0.93), (0.7, 0.75), (0.85, 0.53), (0.95, 0.28), (1, 0.1)),
    "round": ((0, 0.15), (0.1, 0.6), (0.25, 0.87), (0.45, 1), (0.65, 0.94), (0.8, 0.77), (0.92, 0.48), (1, 0.12)),
    "oval": ((0, 0.3), (0.1, 0.68), (0.25, 0.93), (0.4, 1), (0.6, 0.92), (0.78, 0.7), (0.9, 0.44), (1, 0.1)),
    "column": ((0, 0.35), (0.12, 0.75), (0.28, 1), (0.45, 0.93), (0.65, 0.68), (0.82, 0.4), (0.94, 0.18), (1, 0.05)),
    "umbrella": ((0, 0.35), (0.2, 0.7), (0.45, 0.96), (0.62, 1), (0.8, 0.9), (0.92, 0.66), (1, 0.3)),
    "vase": ((0, 0.22), (0.2, 0.52), (0.45, 0.86), (0.65, 1), (0.82, 0.86), (0.93, 0.55), (1, 0.2)),
    "cone": ((0, 0.85), (0.08, 1), (0.3, 0.78), (0.6, 0.46), (0.85, 0.2), (1, 0.02)),
}  # fmt: skip


def outline(crown: Crown, height: np.ndarray) -> np.ndarray:
    """The radius, as a share of the widest, at heights 0..1 of the crown."""
    knots = np.array(_OUTLINES[crown])
    return np.interp(height, knots[:, 0], knots[:, 1])


def light_points(
    crown: Crown, count: int, foot: float, top: float, radius: float, lumps: float, rng: np.random.Generator
) -> np.ndarray:
    """`count` points [count, 3] of light in a crown between heights `foot` and `top` (m), denser towards its outside.

    lumps: how far the outline swells and shrinks, as a share: what makes a crown look like clouds, not like a balloon.
    """
    swell = Wander(max(radius, (top - foot) / 2) * 0.9, rng)
    kept = np.zeros((0, 3))
    while len(kept) < count:
        at = rng.random((count * 4, 3)) * 2.0 - 1.0
        share = (at[:, 2] + 1.0) / 2.0
        z = foot + (top - foot) * share
        points = np.stack([at[:, 0] * radius, at[:, 1] * radius, z], -1)
        edge = outline(crown, share) * (1.0 - lumps * 0.5 + swell(points)[:, 0] * lumps)
        out = np.hypot(at[:, 0], at[:, 1]) / np.maximum(edge, 1e-6)
        out = np.maximum(out, np.abs(at[:, 2]) ** 3)
        chosen = (out < 1.0) & (rng.random(len(at)) < 0.12 + 0.88 * out**2)
        kept = np.concatenate([kept, points[chosen]])
    return kept[:count]
