"""Leaving basins: every pit's water is led back up to the lowest pass and over it (Cordonnier, Bovy and Braun 2019, sections 3 and 4.2)."""

from __future__ import annotations

import numpy as np

HALF = ((0, 1), (1, 0), (1, 1), (1, -1))  # each pair of neighbours once


def roots_of(receiver: np.ndarray) -> np.ndarray:
    """[P] where following receivers ends."""
    ahead = receiver.astype(np.intp)
    while True:
        further = ahead[ahead]
        if np.array_equal(further, ahead):
            return ahead
        ahead = further


def leave_basins(heights: np.ndarray, receiver: np.ndarray, outlet: np.ndarray) -> np.ndarray:
    """Change `receiver` [P] in place so that all ways end at outlets; returns the level to which each point's basin fills, [N, N]."""
    root = roots_of(receiver)
    pits = np.flatnonzero((receiver == np.arange(len(receiver))) & ~outlet.ravel())
    if not len(pits):
        return np.full(heights.shape, -np.inf, np.float32)
    number = np.zeros(len(receiver), np.int32)  # of basins; 0 is all that already drains to outlets
    number[pits] = np.arange(1, len(pits) + 1, dtype=np.int32)
    basin = number[root]
    a, b, cell_a, cell_b, height = _passes(heights, basin)
    used = _spanning(a, b, len(pits) + 1)
    level, own, other = _orient(a[used], b[used], cell_a[used], cell_b[used], height[used], len(pits) + 1)
    _carve(receiver, pits, own[1:], other[1:])
    return level[basin].reshape(heights.shape)


def _passes(heights: np.ndarray, basin: np.ndarray) -> tuple[np.ndarray, ...]:
    """The lowest pass between each two basins that touch: basins a < b, points beside it, height; from the lowest pass to the highest."""
    count = len(heights)
    grid = basin.reshape(count, count)
    index = np.arange(count * count, dtype=np.int32).reshape(count, count)
    found = []
    for down, right in HALF:
        here = (slice(0, count - down), slice(max(0, -right), count - max(0, right)))
        there = (slice(down, count), slice(max(0, right), count + min(0, right)))
        differ = grid[here] != grid[there]
        found.append((index[here][differ], index[there][differ]))
    first, second = (np.concatenate(each) for each in zip(*found, strict=True))
    flat = heights.ravel()
    height = np.maximum(flat[first], flat[second])
    swap = basin[first] > basin[second]
    first, second = np.where(swap, second, first), np.where(swap, first, second)
    order = np.lexsort((second, first, height))
    first, second, height = first[order], second[order], height[order]
    a, b = basin[first], basin[second]
    _, lowest = np.unique(a.astype(np.int64) * (basin.max() + 1) + b, return_index=True)
    lowest.sort()
    return a[lowest], b[lowest], first[lowest], second[lowest], height[lowest]


def _spanning(a: np.ndarray, b: np.ndarray, count: int) -> np.ndarray:
    """Indices of the passes, sorted by height, that make the minimum spanning tree (Boruvka's, all basins at once)."""
    group = np.arange(count)
    left = np.arange(len(a))
    used = []
    while True:
        in_a, in_b = group[a[left]], group[b[left]]
        apart = in_a != in_b
        left, in_a, in_b = left[apart], in_a[apart], in_b[apart]
        if not len(left):
            return np.unique(np.concatenate(used))
        best = np.full(count, len(a))
        np.minimum.at(best, in_a, left)
        np.minimum.at(best, in_b, left)
        groups = np.flatnonzero(best < len(a))
        chosen = best[groups]
        used.append(chosen)
        ends = group[a[chosen]], group[b[chosen]]
        parent = np.arange(count)
        parent[groups] = np.where(ends[0] == groups, ends[1], ends[0])
        mutual = parent[parent[groups]] == groups
        keep = groups[mutual & (groups < parent[groups])]
        parent[keep] = keep
        group = roots_of(parent)[group]


def _orient(a: np.ndarray, b: np.ndarray, cell_a: np.ndarray, cell_b: np.ndarray, height: np.ndarray,
            count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """From basin 0 outward along the tree: the level of each basin, its own point at the pass, and the point beyond."""
    start, end = np.concatenate([a, b]), np.concatenate([b, a])
    order = np.argsort(start, kind="stable")
    end = end[order]
    beyond, own = np.concatenate([cell_a, cell_b])[order], np.concatenate([cell_b, cell_a])[order]
    rise = np.concatenate([height, height])[order]
    offset = np.concatenate([[0], np.cumsum(np.bincount(start, minlength=count))])
    level = np.full(count, -np.inf, np.float32)
    leave, target = np.zeros(count, np.int32), np.zeros(count, np.int32)
    seen = np.zeros(count, bool)
    seen[0] = True
    front = np.zeros(1, np.intp)
    while len(front):
        sizes = offset[front + 1] - offset[front]
        before = np.repeat(front, sizes)
        edges = np.repeat(offset[front] - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes) + np.arange(sizes.sum())
        fresh = ~seen[end[edges]]
        before, edges = before[fresh], edges[fresh]
        front = end[edges].astype(np.intp)
        seen[front] = True
        level[front] = np.maximum(level[before], rise[edges])
        leave[front], target[front] = own[edges], beyond[edges]
    return level, leave, target


def _carve(receiver: np.ndarray, pits: np.ndarray, leave: np.ndarray, target: np.ndarray) -> None:
    """Turn the way from each pass down to its pit around, so that it leads from the pit over the pass; basins are independent."""
    here, ahead = leave.astype(np.intp), target.astype(np.int32)
    goal = pits
    while len(here):
        following = receiver[here].astype(np.intp)
        receiver[here] = ahead
        going = here != goal
        ahead, here, goal = here[going].astype(np.int32), following[going], goal[going]
