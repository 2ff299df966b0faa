"""Broad-leaved trees: a trunk, a crown colonised from it, and hanging twigs on top of that."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .colonise import Habit, Nodes, colonise
from .crowns import Crown, light_points
from .foliage import Sites, sites_on, tilted
from .limbs import Limbs, join, limbs_of, thinned, with_collars
from .vectors import UP, Wander, turned, unit
from .walk import Shoots, places, walk


@dataclass(frozen=True)
class Broadleaf:
    """What a tree grows from. height, spread (the crown's diameter), trunk (radius near the ground), hang (length of hanging twigs), m.

    clear: share of the height below the crown; leader: share of the crown through which the trunk runs; branches: points of light;
    gnarl 0..1; lift -1..1; dead: share of limbs that died; bare: limbs break and twigs are gone (a dead tree); stems: trunks.
    """

    height: float
    spread: float
    clear: float
    crown: Crown
    leader: float
    branches: int
    gnarl: float
    lift: float
    hang: float
    trunk: float
    dead: float
    bare: float
    twig: float
    seed: int


def grow_broadleaf(p: Broadleaf) -> tuple[Limbs, Sites]:
    """Limbs and the places of leafy twigs, base at the origin, m."""
    rng = np.random.default_rng([p.seed, 7])
    foot, radius = p.height * p.clear, p.spread / 2.0
    crown = p.height - foot
    size = (crown * radius * radius) ** (1.0 / 3.0)
    light = light_points(p.crown, p.branches, foot, p.height * 0.985, radius, 0.3 + 0.25 * p.gnarl, rng)
    spacing = size * (3.2 / p.branches) ** (1.0 / 3.0)  # about what lies between two points of light
    step = 0.36 * spacing
    habit = Habit(
        step, reach=4.2 * spacing, kill=0.7 * spacing, inertia=0.55 + 0.4 * (1.0 - p.gnarl), lift=p.lift * 0.3,
        wander=Wander(size * 0.13, rng), gnarl=p.gnarl * 0.55,
    )  # fmt: skip
    nodes = colonise(light, _trunk(p, step, rng), habit)
    limbs = limbs_of(nodes, p.trunk, 2.05 + 0.25 * (1.0 - p.gnarl), max(0.004, p.trunk * 0.012), 3, rng)
    limbs = _sagged(limbs, -min(p.lift, 0.0) * size * 0.06)
    limbs = _died(limbs, p, rng)
    if p.hang > 0.0:
        limbs = join(limbs, _hanging(limbs, p, rng))
    elif p.bare == 0.0:
        limbs = join(limbs, _sprouts(limbs, p, size, rng))
    sites = sites_on(
        limbs, thinner=max(0.028, p.trunk * 0.07) if not p.hang else 0.018, spacing=p.twig * (0.44 if not p.hang else 0.62), angle=0.85, rng=rng,
    )  # fmt: skip
    way = tilted(sites.direction, -0.15 if not p.hang else 0.0)
    return thinned(with_collars(limbs), p.trunk * 0.1), replace(sites, direction=way)


def _trunk(p: Broadleaf, step: float, rng: np.random.Generator) -> Nodes:
    """The bole and, as far as it leads, the trunk within the crown; it leans and sways more where a tree is gnarled."""
    foot = p.height * p.clear
    length = foot + (p.height - foot) * p.leader
    count = max(int(length / step), 4)
    z = np.linspace(0.0, length, count + 1)
    sway = Wander(max(p.height * 0.35, 1.0), rng)
    start = sway(np.zeros((1, 3)))
    bend = (sway(z[:, None] * UP) - start) * (p.height * (0.006 + 0.035 * p.gnarl)) * (z / p.height)[:, None] ** 0.8
    lean = unit(rng.random(3) - 0.5) * p.gnarl * 0.12
    points = z[:, None] * UP + bend + lean * z[:, None] * np.linspace(0.0, 1.0, count + 1)[:, None]
    points[:, 2] = z
    return Nodes(points, np.arange(count + 1) - 1)


def _sagged(limbs: Limbs, depth: float) -> Limbs:
    """Limbs let down by their own weight: the farther from the trunk, the more. depth: m, at the crown's rim."""
    if depth <= 0.0:
        return limbs
    out = np.hypot(limbs.point[:, 0], limbs.point[:, 1])
    drop = depth * (out / max(out.max(), 1e-6)) ** 2
    return replace(limbs, point=limbs.point - drop[:, None] * UP)


def _died(limbs: Limbs, p: Broadleaf, rng: np.random.Generator) -> Limbs:
    """Some limbs die, and lose their twigs; of a dead tree all did, and most have broken off."""
    thick = np.zeros(len(limbs.order))
    np.maximum.at(thick, limbs.limb, limbs.radius)
    if p.bare > 0.0:
        ends = thick < p.trunk * (0.05 + 0.09 * p.bare)
        lost = ends & (limbs.chance < 0.35 + 0.6 * p.bare) | (limbs.order > 5)
        limbs = limbs.keep(~limbs.under(lost & (limbs.order > 0)))
        return _broken(replace(limbs, dead=np.ones(len(limbs.order), bool)), p, rng)
    inner = (limbs.order > 0) & (thick < p.trunk * 0.2) & (thick > p.trunk * 0.05)
    low = np.full(len(limbs.order), np.inf)
    np.minimum.at(low, limbs.limb, limbs.point[:, 2])
    odds = p.dead * np.clip(1.6 - (low - p.height * p.clear) / (p.height * (1.0 - p.clear)) * 2.0, 0.15, 1.6)
    dead = limbs.under(inner & (limbs.chance < odds))
    limbs = replace(limbs, dead=dead)
    lost = dead & (thick < p.trunk * 0.05) & (rng.random(len(dead)) < 0.75)
    return limbs.keep(~limbs.under(lost))


def _broken(limbs: Limbs, p: Broadleaf, rng: np.random.Generator) -> Limbs:
    """Every second thick limb ends in a stump: the points beyond where it broke go, with what left them."""
    share = np.where(rng.random(len(limbs.order)) < 0.45 * p.bare, 0.35 + 0.5 * rng.random(len(limbs.order)), 1.0)
    share[limbs.order == 0] = 1.0 - 0.12 * p.bare
    along = limbs.along
    length = np.zeros(len(limbs.order))
    np.maximum.at(length, limbs.limb, along)
    gone = along > (length * share)[limbs.limb] + 1e-9
    # a limb goes if it begins where its parent is gone: beyond the last point that is left
    first = np.flatnonzero(limbs.first)
    starts, tree = limbs.point[first], limbs.parent
    lost = np.zeros(len(limbs.order), bool)
    for limb in np.flatnonzero(share < 1.0):
        children = np.flatnonzero(tree == limb)
        left = limbs.point[(limbs.limb == limb) & gone]
        if len(children) and len(left):
            near = ((starts[children][:, None] - left[None]) ** 2).sum(-1).min(1)
            lost[children[near < 1e-8]] = True
    lost = limbs.under(lost)
    counts = np.bincount(limbs.limb[~gone], minlength=len(lost))
    lost |= limbs.under(counts < 2)
    kept = ~gone & ~lost[limbs.limb]
    number = np.cumsum(~lost) - 1
    parent = np.where(tree >= 0, number[tree], -1)
    return Limbs(
        limbs.point[kept], limbs.radius[kept], limbs.age[kept], number[limbs.limb[kept]], limbs.order[~lost], limbs.dead[~lost],
        limbs.chance[~lost], parent[~lost],
    )  # fmt: skip


def _hanging(limbs: Limbs, p: Broadleaf, rng: np.random.Generator) -> Limbs:
    """Long thin twigs along the outer limbs that turn down under their weight: birches, willows."""
    thin = np.zeros(len(limbs.order))
    np.maximum.at(thin, limbs.limb, limbs.radius)
    length = np.zeros(len(limbs.order))
    np.maximum.at(length, limbs.limb, limbs.along)
    able = np.flatnonzero((thin < p.trunk * 0.45) & ~limbs.dead)
    counts = np.maximum((length[able] / max(p.twig * 0.5, 0.06)).astype(int), 1)
    which = np.repeat(able, counts)
    share = 0.15 + 0.85 * rng.random(len(which)) ** 0.7
    origin, way, radius, age = places(limbs, which, share)
    start = turned(way, 0.35 + 0.5 * rng.random(len(which)), rng.random(len(which)) * 2.0 * np.pi)
    reach = p.hang * (0.45 + 0.75 * rng.random(len(which)))
    reach = np.minimum(reach, np.maximum(origin[:, 2] - 0.25 - 0.5 * rng.random(len(which)), 0.12))
    shoots = Shoots(origin, start, reach, np.minimum(radius * 0.7, 0.004 + 0.0025 * p.hang), which, age * 0.5)
    down = -(1.6 + 0.9 * rng.random(len(which))) * np.clip(0.5 + 0.5 * p.hang, 0.5, 1.4)
    strands = walk(shoots, 6, 9, rng, pull=down, wander=0.05, tip=0.0012)
    point = strands.point.copy()
    point[:, 2] = np.maximum(point[:, 2], 0.12)  # what would reach the ground lies close above it
    return replace(strands, point=point)


def _sprouts(limbs: Limbs, p: Broadleaf, size: float, rng: np.random.Generator) -> Limbs:
    """Side shoots on limbs that grew long without branching, short, at wide angles, rising a little."""
    thick = np.zeros(len(limbs.order))
    np.maximum.at(thick, limbs.limb, limbs.radius)
    length = np.zeros(len(limbs.order))
    np.maximum.at(length, limbs.limb, limbs.along)
    able = np.flatnonzero((thick < p.trunk * 0.3) & ~limbs.dead & (limbs.order > 0))
    counts = (length[able] / (size * 0.075)).astype(int)
    which = np.repeat(able, counts)
    share = 0.15 + 0.8 * rng.random(len(which))
    origin, way, radius, age = places(limbs, which, share)
    start = turned(way, 0.7 + 0.45 * rng.random(len(which)), rng.random(len(which)) * 2.0 * np.pi)
    reach = size * (0.05 + 0.1 * rng.random(len(which))) * (1.15 - share * 0.5)
    shoots = Shoots(origin, start, reach, np.minimum(radius * 0.55, 0.004 + 0.011 * reach), which, age * 0.5)
    return walk(shoots, 3, 8, rng, pull=0.4, wander=0.06 + 0.14 * p.gnarl, tip=0.003)
