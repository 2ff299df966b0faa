"""Bushes and hedges: many stems from the ground that fill a ball or a clipped box of light."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .colonise import Habit, Nodes, colonise
from .crowns import light_points
from .foliage import Sites, sites_on, tilted
from .limbs import Limbs, limbs_of, thinned, with_collars
from .vectors import GOLDEN_ANGLE, UP, Wander, unit


@dataclass(frozen=True)
class Shrub:
    """What a shrub grows from. height, width (its diameter, or a hedge's depth), length (a hedge's, 0 for a bush), stem (radius), twig: m."""

    height: float
    width: float
    length: float
    stems: int
    branches: int
    gnarl: float
    lift: float
    stem: float
    twig: float
    seed: int


def grow_shrub(p: Shrub) -> tuple[Limbs, Sites]:
    """Limbs and the places of leafy twigs; base at the origin, a hedge along X."""
    rng = np.random.default_rng([p.seed, 13])
    if p.length > 0.0:
        light, size = _box(p, rng), (p.height * p.width * p.length) ** (1.0 / 3.0)
    else:
        light = light_points("round", p.branches, p.height * 0.06, p.height, p.width / 2.0, 0.3, rng)
        size = (p.height * p.width * p.width / 4.0 * 3.0) ** (1.0 / 3.0)
    spacing = size * (1.1 / p.branches) ** (1.0 / 3.0)
    habit = Habit(
        0.4 * spacing, reach=5.0 * spacing, kill=0.8 * spacing, inertia=0.7, lift=p.lift * 0.4, wander=Wander(size * 0.15, rng),
        gnarl=p.gnarl * 0.6,
    )  # fmt: skip
    nodes = colonise(light, _stems(p, 0.4 * spacing, rng), habit)
    limbs = limbs_of(nodes, p.stem * max(p.stems, 1) ** 0.45, 2.25, max(0.0012, p.stem * 0.06), 2, rng)
    limbs = _apart(limbs)
    limbs = replace(limbs, radius=np.minimum(limbs.radius, p.stem))
    sites = sites_on(limbs, thinner=p.stem * 0.4, spacing=p.twig, angle=0.8, rng=rng)
    sites = replace(sites, direction=tilted(sites.direction, -0.25))
    return thinned(with_collars(limbs), p.stem * 0.5), sites


def _box(p: Shrub, rng: np.random.Generator) -> np.ndarray:
    """Light in a clipped hedge, denser towards its faces; a little narrower above, as hedges are cut."""
    kept = np.zeros((0, 3))
    half = np.array([p.length, p.width, p.height]) / 2.0
    while len(kept) < p.branches:
        at = rng.random((p.branches * 4, 3)) * 2.0 - 1.0
        inside = (1.0 - np.abs(at)) * half
        depth = np.minimum(inside[:, :2].min(1), np.where(at[:, 2] > 0, inside[:, 2], np.inf))
        chosen = rng.random(len(at)) < 0.1 + 0.9 * np.exp(-depth / (0.16 * p.width))
        points = at[chosen] * half * 0.96
        points[:, 2] += half[2]
        points[:, 1] *= 1.0 - 0.15 * points[:, 2:3].ravel() / p.height
        kept = np.concatenate([kept, points])
    return kept[: p.branches]


def _stems(p: Shrub, step: float, rng: np.random.Generator) -> Nodes:
    """One root below all, and from it the beginnings of the stems: in a spiral, or along a hedge."""
    number = np.arange(p.stems)
    if p.length > 0.0:
        x = ((number + 0.5) / p.stems - 0.5) * p.length * 0.94
        foot = np.stack([x, (rng.random(p.stems) - 0.5) * p.width * 0.25, np.zeros(p.stems)], -1)
        out = np.stack([np.zeros(p.stems), np.sign(foot[:, 1] + 1e-9), np.zeros(p.stems)], -1) * 0.25
    else:
        azimuth = number * GOLDEN_ANGLE
        ring = np.sqrt((number + 0.3) / p.stems)
        out = np.stack([np.cos(azimuth), np.sin(azimuth), np.zeros(p.stems)], -1) * ring[:, None]
        foot = out * p.width * 0.07
    way = unit(UP + out * 0.75 + (rng.random((p.stems, 3)) - 0.5) * 0.25)
    steps = max(int(p.height * 0.22 / step), 2)
    reach = np.arange(steps + 1)[None, :, None] * step
    points = foot[:, None] + way[:, None] * reach
    parent = np.arange(1, p.stems * (steps + 1) + 1).reshape(p.stems, steps + 1) - 1
    parent[:, 0] = 0
    return Nodes(np.concatenate([[[0.0, 0.0, -0.02]], points.reshape(-1, 3)]), np.concatenate([[-1], parent.ravel()]))


def _apart(limbs: Limbs) -> Limbs:
    """Stems begin on the ground below themselves, not at the root that holds them together while they grow."""
    first = np.flatnonzero(limbs.first)
    at_root = first[np.linalg.norm(limbs.point[first] - np.array([0.0, 0.0, -0.02]), axis=1) < 1e-6]
    point = limbs.point.copy()
    point[at_root] = point[at_root + 1] - np.array([0.0, 0.0, 0.03])
    return replace(limbs, point=point)
