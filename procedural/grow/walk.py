"""Shoots that walk: all of one order at once, by length, angle and what pulls at them; then the next order on these.

The parameters are those of J. Weber and J. Penn, "Creation and Rendering of Realistic Trees", 1995, as far as they shape conifers, weeping
twigs, stems of bushes: length by place on the parent, angle of leaving, gravitropism along the shoot, whorls.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .limbs import Limbs
from .vectors import UP, unit


@dataclass(frozen=True)
class Shoots:
    """Where shoots begin: origin [S, 3] m, direction [S, 3] unit, length [S] m, radius [S] m, parent [S], age [S] of their beginning."""

    origin: np.ndarray
    direction: np.ndarray
    length: np.ndarray
    radius: np.ndarray
    parent: np.ndarray
    age: np.ndarray


def walk(
    shoots: Shoots, steps: int, order: int, rng: np.random.Generator, pull: float | np.ndarray = 0.0,
    late_pull: float | np.ndarray = 0.0, wander: float = 0.05, taper: float = 0.85, tip: float = 0.002,
) -> Limbs:  # fmt: skip
    """Limbs [S] of `steps` + 1 points. pull: rad, how far they turn upwards (down below zero) on their way, more so on its second
    half by late_pull; numbers or [S]. wander: rad a step, at random. taper: the share of the radius that is lost towards the tip.
    """
    count = len(shoots.origin)
    points = np.zeros((count, steps + 1, 3))
    points[:, 0] = shoots.origin
    heading = shoots.direction.copy()
    drift = unit(rng.random((count, 3)) - 0.5)
    stride = (shoots.length / steps)[:, None]
    for step in range(steps):
        points[:, step + 1] = points[:, step] + heading * stride
        turn = np.broadcast_to(np.asarray(pull, float) / steps, (count,)).copy()
        turn += (
            np.broadcast_to(np.asarray(late_pull, float), (count,)) * (2.0 * max(0.0, step / steps - 0.5)) * 4.0 / steps
        )
        drift = unit(drift + (rng.random((count, 3)) - 0.5) * 1.2)
        heading = _toward_up(heading, turn)
        heading = unit(heading + drift * wander)
    share = np.linspace(0.0, 1.0, steps + 1)
    radius = np.maximum(shoots.radius[:, None] * (1.0 - taper * share), tip)
    radius[:, -1] = tip
    age = shoots.age[:, None] * (1.0 - share)
    numbers = np.repeat(np.arange(count), steps + 1)
    return Limbs(
        points.reshape(-1, 3), radius.ravel(), age.ravel(), numbers, np.full(count, order), np.zeros(count, bool),
        rng.random(count), shoots.parent,
    )  # fmt: skip


def _toward_up(heading: np.ndarray, turn: np.ndarray) -> np.ndarray:
    """Headings turned upwards by angles [S], rad, never beyond the vertical."""
    upright = UP * np.sign(turn)[:, None]
    cosine = np.clip((heading * upright).sum(1), -1.0, 1.0)
    left = np.arccos(cosine)
    square = unit(upright - heading * cosine[:, None])
    angle = np.minimum(np.abs(turn), left)[:, None]
    return unit(heading * np.cos(angle) + square * np.sin(angle))


def places(limbs: Limbs, which: np.ndarray, share: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Points on limbs `which` [K] at shares 0..1 of their points: place [K, 3], direction [K, 3], radius [K], age [K]."""
    starts = np.flatnonzero(limbs.first)
    counts = np.diff(np.append(starts, len(limbs.limb)))
    at = np.clip(share, 0.0, 1.0) * (counts[which] - 1)
    low = np.minimum(np.floor(at).astype(int), counts[which] - 2)
    mix = (at - low)[:, None]
    a, b = starts[which] + low, starts[which] + low + 1
    blend = lambda values: values[a] * (1.0 - mix[:, 0]) + values[b] * mix[:, 0]  # noqa: E731
    place = limbs.point[a] * (1.0 - mix) + limbs.point[b] * mix
    return place, unit(limbs.point[b] - limbs.point[a]), blend(limbs.radius), blend(limbs.age)
