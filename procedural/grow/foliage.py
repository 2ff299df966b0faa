"""Where leafy twigs sit on limbs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .grid import count_up
from .limbs import Limbs
from .vectors import GOLDEN_ANGLE, turned, unit


@dataclass(frozen=True)
class Sites:
    """Places of leafy twigs. point [S, 3] m; direction [S, 3] in which they grow; outer [S], 0 inside the crown, 1 at its surface; radius
    [S] m, of the limb there.
    """

    point: np.ndarray
    direction: np.ndarray
    outer: np.ndarray
    radius: np.ndarray


def sites_on(
    limbs: Limbs, thinner: float, spacing: float, angle: float, rng: np.random.Generator, phyllotaxis: float = GOLDEN_ANGLE,
    flat: float = 0.0, tips: bool = True, bare: float = 0.0,
) -> Sites:  # fmt: skip
    """Twigs every `spacing` metres on living limbs that are thinner than `thinner` (m), and one at each tip.

    angle: rad, between twig and limb. phyllotaxis: rad, from one to the next about the limb. flat: 1 lays them all in the limb's
    horizontal plane, as on a conifer's bough. bare: m, of each limb's beginning without twigs.
    """
    a, b = limbs.edges.T
    thin = (limbs.radius[b] < thinner) & ~limbs.dead[limbs.limb[b]] & (limbs.along[b] > bare)
    a, b = a[thin], b[thin]
    lengths = np.linalg.norm(limbs.point[b] - limbs.point[a], axis=1)
    # How many fall on each stretch, so that the spacing holds over stretches that are shorter than it
    reached = np.cumsum(lengths) / spacing
    counts = np.floor(reached).astype(int) - np.floor(np.append(0.0, reached[:-1])).astype(int)
    at, number = np.repeat(np.arange(len(a)), counts), np.arange(counts.sum())
    share = (count_up(counts) + 0.2 + rng.random(len(at)) * 0.6) / np.maximum(counts[at], 1)
    tangent = unit(limbs.point[b] - limbs.point[a])[at]
    point = limbs.point[a[at]] + (limbs.point[b[at]] - limbs.point[a[at]]) * share[:, None]
    azimuth = number * phyllotaxis + (rng.random(len(at)) - 0.5) * 0.5
    level = np.where(number % 2 == 0, 0.0, np.pi)
    azimuth = azimuth * (1.0 - flat) + level * flat
    direction = turned(tangent, angle * (0.75 + rng.random(len(at)) * 0.5), azimuth)
    radius = limbs.radius[b[at]]
    if tips:
        end = np.flatnonzero(limbs.last & ~limbs.dead[limbs.limb])
        point = np.concatenate([point, limbs.point[end]])
        direction = np.concatenate([direction, limbs.tangent[end]])
        radius = np.concatenate([radius, limbs.radius[end]])
    return Sites(point, direction, outerness(point), radius)


def outerness(point: np.ndarray) -> np.ndarray:
    """0 at the middle of a cloud of points [S, 3], 1 at its surface: the distance by that of the farthest in about the same direction."""
    if not len(point):
        return np.zeros(0)
    centre = (point.min(0) + point.max(0)) / 2.0
    half = np.maximum((point.max(0) - point.min(0)) / 2.0, 1e-6)
    ball = (point - centre) / half
    distance = np.linalg.norm(ball, axis=1)
    way = unit(ball)
    sector = (
        np.floor((np.arctan2(way[:, 1], way[:, 0]) / (2 * np.pi) + 0.5) * 11.999)
        + 12 * np.floor((way[:, 2] + 1) * 3.999)
    ).astype(int)
    farthest = np.zeros(12 * 8)
    np.maximum.at(farthest, sector, distance)
    return distance / np.maximum(farthest[sector], 1e-6)


def tilted(direction: np.ndarray, amount: float | np.ndarray) -> np.ndarray:
    """Directions pulled down (or up, below zero) by a share."""
    down = np.zeros_like(direction)
    down[:, 2] = -1.0
    return unit(direction + down * np.asarray(amount)[..., None])
