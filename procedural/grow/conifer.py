"""Conifers: a leader, boughs in whorls, branchlets in their plane. Spruces are cones to the ground; pines keep the crown's top only."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .foliage import Sites, sites_on, tilted
from .limbs import Limbs, join, thinned, with_collars
from .vectors import UP, across, unit
from .walk import Shoots, places, walk


@dataclass(frozen=True)
class Conifer:
    """What a conifer grows from. height, spread (the crown's diameter at its widest), trunk (radius at the foot), m.

    clear: share of the height without boughs; taper: where the crown is widest and how it narrows: 0 a cone, 1 a round, flat crown of a pine;
    whorl: m, from whorl to whorl; boughs: in a whorl; angle: rad, from the vertical, of the lower boughs; droop: how far boughs hang; tips: how
    far they rise again; branchlets: m, between two; disorder 0..1; dead: share of dead stubs on the bare trunk.
    """

    height: float
    spread: float
    trunk: float
    clear: float
    taper: float
    whorl: float
    boughs: int
    angle: float
    droop: float
    tips: float
    branchlets: float
    disorder: float
    dead: float
    twig: float
    seed: int


def grow_conifer(p: Conifer) -> tuple[Limbs, Sites, np.ndarray]:
    """Limbs, the places of needle twigs, and a size for each [S]."""
    rng = np.random.default_rng([p.seed, 11])
    trunk = _leader(p, rng)
    boughs = _boughs(p, trunk, rng)
    with_boughs = join(trunk, boughs)
    lets = _branchlets(p, with_boughs, rng)
    limbs = join(with_boughs, lets)
    stubs = _stubs(p, trunk, len(limbs.order), rng)
    limbs = join(limbs, stubs) if stubs is not None else limbs
    tufted = p.taper
    sites = sites_on(
        limbs, thinner=0.016 + 0.004 * tufted, spacing=p.twig * (0.55 - 0.22 * tufted), angle=0.75 + 0.15 * tufted, rng=rng, flat=1.0 - tufted,
        bare=0.0,
    )  # fmt: skip
    way = tilted(sites.direction, 0.25 * (1.0 - tufted) - 0.5 * tufted)
    size = 0.75 + 0.35 * rng.random(len(way))
    return thinned(with_collars(limbs, 0.3), 0.012), replace(sites, direction=way), size


def _leader(p: Conifer, rng: np.random.Generator) -> Limbs:
    lean = unit(np.array([[rng.random() - 0.5, rng.random() - 0.5, 0.0]])) * p.disorder * 0.06
    start = Shoots(
        np.zeros((1, 3)), unit(UP[None] + lean), np.array([p.height]), np.array([p.trunk]), np.array([-1]), np.array([1.0])
    )  # fmt: skip
    made = walk(
        start, 48, 0, rng, pull=0.4 + 0.6 * p.disorder, wander=0.004 + 0.028 * p.disorder, taper=0.97, tip=0.006
    )
    point = made.point.copy()
    point[:, 2] -= point[0, 2]
    return replace(made, point=point)


def _profile(p: Conifer, share: np.ndarray) -> np.ndarray:
    """Length of a bough, as a share of the longest, by the place in the crown: 0 its foot, 1 the top."""
    cone = (1.0 - share) ** 0.85 * np.minimum(0.72 + share * 3.0, 1.0) + 0.03
    flat = np.sqrt(np.clip(1.0 - (np.abs(share - 0.45) / 0.62) ** 2.2, 0.05, 1.0))
    return cone * (1.0 - p.taper) + flat * p.taper


def _boughs(p: Conifer, trunk: Limbs, rng: np.random.Generator) -> Limbs:
    crown = 1.0 - p.clear
    # Whorls come closer towards the top, where the tree is young
    whorls = max(int(p.height * crown / p.whorl), 3)
    share = (np.arange(whorls) / whorls) ** 0.9
    base = np.repeat(share, p.boughs)
    slot = np.tile(np.arange(p.boughs), whorls)
    count = len(base)
    share = np.clip(base + (rng.random(count) - 0.5) * (0.35 + 1.6 * p.disorder) / whorls, 0.0, 0.985)
    azimuth = (
        slot * 2 * np.pi / p.boughs
        + np.repeat(np.arange(whorls) * 2.39996, p.boughs)
        + (rng.random(count) - 0.5) * (0.5 + 1.2 * p.disorder)
    )
    kept = rng.random(count) > 0.08 + 0.3 * p.disorder
    share, azimuth = share[kept], azimuth[kept]
    count = len(share)
    origin, _, radius, age = places(trunk, np.zeros(count, int), p.clear + crown * share)
    lean = (
        p.angle * (1.0 - share) + (0.55 + 0.25 * p.taper) * share + (rng.random(count) - 0.5) * 0.3 * (0.4 + p.disorder)
    )
    way = np.stack([np.cos(azimuth) * np.sin(lean), np.sin(azimuth) * np.sin(lean), np.cos(lean)], -1)
    length = p.spread / 2.0 * _profile(p, share) * (1.0 - (0.15 + 0.35 * p.disorder) * rng.random(count))
    thick = np.minimum(0.008 + 0.0125 * length, radius * 0.7)
    shoots = Shoots(origin, way, length, thick, np.zeros(count, int), age * 0.8)
    weight = (1.0 - share) * (0.4 + 0.6 * length / length.max())
    down = -p.droop * weight
    return walk(
        shoots,
        10,
        1,
        rng,
        pull=down,
        late_pull=p.tips * (0.5 + 0.5 * weight),
        wander=0.03 + 0.1 * p.disorder,
        taper=0.8,
        tip=0.004,
    )


def _branchlets(p: Conifer, limbs: Limbs, rng: np.random.Generator) -> Limbs:
    """Side shoots left and right of each bough; of a pine only towards its end, and in all directions."""
    length = np.zeros(len(limbs.order))
    np.maximum.at(length, limbs.limb, limbs.along)
    boughs = np.flatnonzero(limbs.order == 1)
    counts = np.maximum((length[boughs] * (1.0 - 0.35 * p.taper) / p.branchlets).astype(int), 2)
    which = np.repeat(boughs, counts)
    rank = np.concatenate([np.arange(c) for c in counts])
    start = 0.1 + 0.4 * p.taper
    share = (
        start
        + (0.97 - start) * (rank + 0.5 + (rng.random(len(which)) - 0.5) * 0.6) / counts[np.searchsorted(boughs, which)]
    )
    origin, way, radius, age = places(limbs, which, share)
    side, above = across(way)
    left = np.where(rank % 2 == 0, 1.0, -1.0) * (1.0 + 0.3 * (rng.random(len(which)) - 0.5))
    roll = (rng.random(len(which)) - 0.35) * 1.6 * p.taper
    angle = 0.85 + (rng.random(len(which)) - 0.5) * 0.35
    out = unit(side * (left * np.cos(roll))[:, None] + above * np.sin(roll)[:, None])
    direction = unit(way * np.cos(angle)[:, None] + out * np.sin(angle)[:, None])
    reach = length[which] * (0.1 + 0.33 * (1.0 - share)) * (0.75 + 0.5 * rng.random(len(which)))
    reach = np.clip(reach * (1.0 - p.taper) + (0.35 + 0.25 * length[which] * 0.5) * p.taper, 0.12, 1.6)
    shoots = Shoots(origin, direction, reach, np.minimum(radius * 0.6, 0.004 + 0.006 * reach), which, age * 0.5)
    pull = -0.9 * p.droop * (1.0 - p.taper) + 0.7 * p.taper
    return walk(shoots, 4, 2, rng, pull=pull, wander=0.04 + 0.1 * p.disorder, taper=0.75, tip=0.002)


def _stubs(p: Conifer, trunk: Limbs, offset: int, rng: np.random.Generator) -> Limbs | None:
    """What is left of the boughs that died below the crown."""
    count = int(p.dead * p.clear * p.height * 3.0)
    if count == 0:
        return None
    share = p.clear * (0.25 + 0.75 * rng.random(count) ** 0.6)
    origin, _, radius, age = places(trunk, np.zeros(count, int), share)
    azimuth = rng.random(count) * 2 * np.pi
    lean = 1.2 + 0.5 * rng.random(count)
    way = np.stack([np.cos(azimuth) * np.sin(lean), np.sin(azimuth) * np.sin(lean), np.cos(lean)], -1)
    length = radius + (0.1 + 1.1 * rng.random(count) ** 2) * p.spread * 0.13
    made = walk(
        Shoots(origin, way, length, radius * 0.14, np.zeros(count, int), age * 0.3),
        4,
        1,
        rng,
        pull=-0.3,
        wander=0.12,
        taper=0.6,
    )
    return replace(made, dead=np.ones(count, bool))
