"""Limbs: chains of points, each a branch from where it leaves its parent to its tip. What every way of growing ends in.

A limb begins on its parent's axis, inside of it, so that thick limbs join without gaps.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from .colonise import Nodes
from .grid import count_up
from .vectors import unit


@dataclass(frozen=True)
class Limbs:
    """Chains one after the other. Points: point [P, 3] m, radius [P] m, age [P] (1 at the tree's foot, 0 at a tip), limb [P] (the number
    of the chain). Limbs: order [L] (0 the trunk), dead [L] bool, chance [L] (a random number 0..1), parent [L] (the limb that it leaves, -1).
    """

    point: np.ndarray
    radius: np.ndarray
    age: np.ndarray
    limb: np.ndarray
    order: np.ndarray
    dead: np.ndarray
    chance: np.ndarray
    parent: np.ndarray

    @property
    def first(self) -> np.ndarray:
        """Whether a point [P] is its limb's first."""
        return np.concatenate([[True], self.limb[1:] != self.limb[:-1]])

    @property
    def last(self) -> np.ndarray:
        """Whether a point [P] is its limb's last."""
        return np.concatenate([self.limb[1:] != self.limb[:-1], [True]])

    @property
    def edges(self) -> np.ndarray:
        """[E, 2]: numbers of points that follow one another in a limb."""
        start = np.flatnonzero(~self.last)
        return np.stack([start, start + 1], -1)

    @property
    def tangent(self) -> np.ndarray:
        """Unit direction of the limb at each point [P, 3]."""
        before = np.where(self.first, 0, -1) + np.arange(len(self.point))
        after = np.where(self.last, 0, 1) + np.arange(len(self.point))
        return unit(self.point[after] - self.point[before])

    @property
    def along(self) -> np.ndarray:
        """Metres from the limb's beginning to each point [P]."""
        length = np.zeros(len(self.point))
        length[1:] = np.linalg.norm(np.diff(self.point, axis=0), axis=1) * ~self.first[1:]
        total = np.cumsum(length)
        starts = np.flatnonzero(self.first)
        return total - np.repeat(total[starts], np.diff(np.append(starts, len(total))))

    def keep(self, limbs: np.ndarray) -> Limbs:
        """Only the limbs of a mask [L]; a limb whose parent goes has none."""
        points = limbs[self.limb]
        number = np.where(limbs, np.cumsum(limbs) - 1, -1)
        values = {f.name: getattr(self, f.name)[limbs] for f in fields(self) if f.name in _PER_LIMB}
        values["parent"] = np.where(values["parent"] >= 0, number[values["parent"]], -1)
        of_points = {name: getattr(self, name)[points] for name in ("point", "radius", "age")}
        return Limbs(limb=number[self.limb[points]], **of_points, **values)

    def under(self, roots: np.ndarray) -> np.ndarray:
        """A mask [L] of the limbs of a mask and all that leave them."""
        mask = roots.copy()
        while True:
            more = mask | ((self.parent >= 0) & mask[self.parent])
            if (more == mask).all():
                return mask
            mask = more


_PER_LIMB = ("order", "dead", "chance", "parent")


def join(*parts: Limbs) -> Limbs:
    """All in one; the parents of later parts must already be numbered in the whole."""
    offsets = np.cumsum([0] + [len(part.order) for part in parts[:-1]])
    values = {f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Limbs)}
    values["limb"] = np.concatenate([part.limb + offset for part, offset in zip(parts, offsets, strict=True)])
    return Limbs(**values)


def depths(parent: np.ndarray) -> np.ndarray:
    """How many nodes lie before each [N]; by pointer jumping, log2 of the depth rounds."""
    depth = (parent >= 0).astype(int)
    ancestor = parent.copy()
    while (ancestor >= 0).any():
        known = ancestor >= 0
        depth[known] += depth[ancestor[known]]
        ancestor[known] = ancestor[ancestor[known]]
    return depth


def accumulate(parent: np.ndarray, depth: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Sums [N] of `own` over each node and all that grow from it."""
    total = own.astype(float).copy()
    order = np.argsort(depth, kind="stable")
    levels = np.split(order, np.flatnonzero(np.diff(depth[order])) + 1)
    for level in reversed(levels[1:]):
        total += np.bincount(parent[level], total[level], len(total))
    return total


def limbs_of(nodes: Nodes, trunk: float, exponent: float, tip: float, smooth: int, rng: np.random.Generator) -> Limbs:
    """Limbs of a branching structure with one root; radii by the pipe model.

    trunk: radius at the foot, m. exponent: of the pipe model (da Vinci's rule is 2, most trees have 2 to 2.6): a branch's radius to this
    power is the sum of its children's. tip: radius of the last point, m. smooth: rounds that take the corners out of the branches.
    """
    parent = nodes.parent
    depth = depths(parent)
    children = np.bincount(parent[parent >= 0], minlength=len(parent))
    # A little for each node, so that unbranched stretches taper, too
    area = accumulate(parent, depth, np.where(children == 0, 1.0, 0.07))
    root = int(np.argmin(depth))
    radius = np.maximum(trunk * (area / area[root]) ** (1.0 / exponent), tip)
    radius[children == 0] = tip
    # The child with the most wood goes on as the same limb
    ranked = np.lexsort((area, parent))
    is_last = np.append(parent[ranked][1:] != parent[ranked][:-1], True)
    main = np.zeros(len(parent), bool)
    main[ranked[is_last]] = True
    main[root] = False
    position = _smoothed(nodes.position, parent, main, smooth)
    head = np.where(main, parent, np.arange(len(parent)))
    while (head[head] != head).any():
        head = head[head]
    height = _to_tip(parent, depth)
    return _chains(position, parent, depth, head, radius, height / max(height.max(), 1), rng)


def _smoothed(position: np.ndarray, parent: np.ndarray, main: np.ndarray, rounds: int) -> np.ndarray:
    position = position.copy()
    after = np.full(len(parent), -1)
    after[parent[main]] = np.flatnonzero(main)
    inner = np.flatnonzero((parent >= 0) & (after >= 0))
    for _ in range(rounds):
        position[inner] = 0.5 * position[inner] + 0.25 * (position[parent[inner]] + position[after[inner]])
    return position


def _to_tip(parent: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """How many nodes there are from each [N] to the farthest tip that grows from it."""
    far = depth.copy()
    order = np.argsort(depth, kind="stable")
    for level in reversed(np.split(order, np.flatnonzero(np.diff(depth[order])) + 1)[1:]):
        np.maximum.at(far, parent[level], far[level])
    return far - depth


def _chains(
    position: np.ndarray, parent: np.ndarray, depth: np.ndarray, head: np.ndarray, radius: np.ndarray, age: np.ndarray,
    rng: np.random.Generator,
) -> Limbs:  # fmt: skip
    order = np.lexsort((depth, head, depth[head]))  # limbs that leave early come first
    heads = head[order]
    starts = np.flatnonzero(np.append(True, heads[1:] != heads[:-1]))
    number = np.zeros(len(parent), int)
    number[order[starts]] = np.arange(len(starts))
    limb = number[head[order]]
    before = parent[order[starts]]  # the node of the parent that a limb begins on
    mother = np.where(before >= 0, number[head[np.maximum(before, 0)]], -1)
    level = np.zeros(len(starts), int)
    while True:
        deeper = np.where(mother >= 0, level[mother] + 1, 0)
        if (deeper == level).all():
            break
        level = deeper
    # The limb's beginning on its parent's axis
    there = before >= 0
    at = starts[there]
    chain = np.insert(order, at, before[there])
    limb = np.insert(limb, at, limb[at])
    first = np.insert(np.zeros(len(order), bool), at, True)
    wide, old = radius[chain].copy(), age[chain].copy()
    next_one = np.flatnonzero(first) + 1
    wide[first], old[first] = wide[next_one], old[next_one]
    count = len(starts)
    return Limbs(position[chain], wide, old, limb, level, np.zeros(count, bool), rng.random(count), mother)


def with_collars(limbs: Limbs, amount: float = 0.45) -> Limbs:
    """Limbs that swell where they leave their parent, by the share `amount`, over about two radii beyond its bark."""
    start = limbs.point[limbs.first]
    thick = limbs.radius[limbs.first]
    mother_radius = np.zeros(len(limbs.order))
    has = limbs.parent >= 0
    if has.any():
        # the parent's radius where the limb begins is that of its nearest point: limbs begin on points of their parents
        for_limb = _radius_at(limbs, np.flatnonzero(has), start[has])
        mother_radius[has] = for_limb
    beyond = np.maximum(limbs.along - mother_radius[limbs.limb] * 0.85, 0.0)
    swell = 1.0 + amount * np.exp(-beyond / np.maximum(thick[limbs.limb] * 1.6, 1e-6)) * has[limbs.limb]
    cap = np.where(has[limbs.limb], np.maximum(mother_radius[limbs.limb] * 0.92, limbs.radius), np.inf)
    return replace(limbs, radius=np.minimum(limbs.radius * swell, cap))


def _radius_at(limbs: Limbs, which: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Radius of the parent's point nearest to where each limb begins; which, at: [K]."""
    starts = np.flatnonzero(limbs.first)
    counts = np.diff(np.append(starts, len(limbs.limb)))
    mother = limbs.parent[which]
    asker = np.repeat(np.arange(len(which)), counts[mother])
    candidate = np.repeat(starts[mother], counts[mother]) + count_up(counts[mother])
    squared = ((limbs.point[candidate] - at[asker]) ** 2).sum(1)
    ranked = np.lexsort((squared, asker))
    best = ranked[np.append(True, asker[ranked][1:] != asker[ranked][:-1])]
    return limbs.radius[candidate[best]]


def thinned(limbs: Limbs, below: float) -> Limbs:
    """Every second point taken out of limbs whose thickest point is below a radius (m): what is thin needs few points."""
    thick = np.zeros(len(limbs.order))
    np.maximum.at(thick, limbs.limb, limbs.radius)
    starts = np.flatnonzero(limbs.first)
    rank = count_up(np.diff(np.append(starts, len(limbs.limb))))
    kept = (thick[limbs.limb] >= below) | (rank % 2 == 0) | limbs.last
    return replace(
        limbs, point=limbs.point[kept], radius=limbs.radius[kept], age=limbs.age[kept], limb=limbs.limb[kept]
    )
