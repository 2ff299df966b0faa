"""Ways of water on a CPU: what procedural/grow/erosion/flow.py, basins.py, valleys.py and thermal.py do array by array, point by point.

Choices and arithmetic are the same, in single precision without fused operations, and ties fall the same way: so is the land.
"""

# mypy: disable-error-code="no-untyped-def"
from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import prange

from ..numerics import exact_kernel

# Row and column steps to the eight neighbours, the four nearest first.
DOWN = np.array([0, 1, 0, -1, 1, 1, -1, -1])
RIGHT = np.array([1, 0, -1, 0, 1, -1, -1, 1])


def _exact(function: Any) -> Any:
    return numba.njit(cache=True, nogil=True, error_model="numpy")(function)


@exact_kernel
def steepest(heights, outlet, diagonal, receiver):
    """receiver [P]: the neighbour with the greatest weighed slope down; the point itself at outlets and in pits. Edges must be outlets."""
    count = heights.shape[0]
    for i in prange(count):
        for j in range(count):
            own = i * count + j
            receiver[own] = own
            if outlet[i, j]:
                continue
            best = np.float32(0.0)
            for k in range(8):
                fall = heights[i, j] - heights[i + DOWN[k], j + RIGHT[k]]
                if k >= 4:
                    fall *= diagonal[i, j]
                if fall > best:
                    best = fall
                    receiver[own] = own + DOWN[k] * count + RIGHT[k]


@_exact
def basins(receiver, outlet, basin, trail):
    """basin [P]: 0 for what drains to outlets, else a pit's number in the order of points, from 1. Returns the pits."""
    points = len(receiver)
    pits = 0
    for p in range(points):
        basin[p] = -1
        if receiver[p] == p:
            if outlet[p]:
                basin[p] = 0
            else:
                pits += 1
                basin[p] = pits
    found = np.empty(pits, np.int32)
    for p in range(points):
        if receiver[p] == p and not outlet[p]:
            found[basin[p] - 1] = p
    for p in range(points):
        at, length = p, 0
        while basin[at] < 0:
            trail[length] = at
            length += 1
            at = receiver[at]
        for k in range(length):
            basin[trail[k]] = basin[at]
    return found


@_exact
def passes(heights, basin):
    """Points beside each other in different basins, first the one of the lower basin: first, second [K], and heights of the passes."""
    count = heights.shape[0]
    flat = heights.ravel()
    total = 0
    for turn in range(2):
        if turn == 1:
            first, second, height = np.empty(total, np.int32), np.empty(total, np.int32), np.empty(total, np.float32)
        total = 0
        for k in (0, 1, 4, 5):
            for i in range(count - DOWN[k]):
                for j in range(max(0, -RIGHT[k]), count - max(0, RIGHT[k])):
                    a = i * count + j
                    b = a + DOWN[k] * count + RIGHT[k]
                    if basin[a] == basin[b]:
                        continue
                    if turn == 1:
                        swap = basin[a] > basin[b]
                        first[total], second[total] = (b, a) if swap else (a, b)
                        height[total] = max(flat[a], flat[b])
                    total += 1
    return first, second, height


@_exact
def spanning(basin, first, second, height, count):
    """Which passes join `count` basins at the least heights, ties by their points: the minimum spanning tree (Boruvka's, all basins at once)."""
    parent = np.arange(count)
    left = np.arange(len(first))
    best = np.empty(count, np.int64)
    used = np.empty(count - 1, np.int64)
    total, open_ = 0, len(left)
    while total < count - 1:
        best[:] = -1
        kept = 0
        for k in range(open_):
            at = left[k]
            a, b = basin[first[at]], basin[second[at]]
            while parent[a] != a:
                parent[a] = parent[parent[a]]
                a = parent[a]
            while parent[b] != b:
                parent[b] = parent[parent[b]]
                b = parent[b]
            if a == b:
                continue
            left[kept] = at
            kept += 1
            for group in (a, b):
                other = best[group]
                earlier = first[at] < first[other] or (first[at] == first[other] and second[at] < second[other])
                if other < 0 or height[at] < height[other] or (height[at] == height[other] and earlier):
                    best[group] = at
        open_ = kept
        before = total
        for group in range(count):
            at = best[group]
            if at < 0:
                continue
            a, b = basin[first[at]], basin[second[at]]
            while parent[a] != a:
                a = parent[a]
            while parent[b] != b:
                b = parent[b]
            if a != b:  # else the two chose each other
                parent[a] = b
                used[total] = at
                total += 1
        if total == before:
            break
    return used[:total]


@_exact
def leave(receiver, basin, pits, first, second, height, used, level):
    """From basin 0 outward along the tree: level [basins] to which each fills; receivers are turned from the pit up to the pass."""
    count = len(pits) + 1
    start = np.zeros(count + 1, np.int64)
    for at in used:
        start[basin[first[at]] + 1] += 1
        start[basin[second[at]] + 1] += 1
    for k in range(count):
        start[k + 1] += start[k]
    fill = start[:-1].copy()
    edges = np.empty(2 * len(used), np.int64)
    for at in used:
        for b in (basin[first[at]], basin[second[at]]):
            edges[fill[b]] = at
            fill[b] += 1
    seen = np.zeros(count, np.bool_)
    queue = np.empty(count, np.int64)
    queue[0], seen[0], level[0] = 0, True, -np.inf
    head, tail = 0, 1
    while head < tail:
        here = queue[head]
        head += 1
        for k in range(start[here], start[here + 1]):
            at = edges[k]
            own, beyond = (second[at], first[at]) if basin[first[at]] == here else (first[at], second[at])
            b = basin[own]
            if seen[b]:
                continue
            seen[b] = True
            level[b] = max(level[here], height[at])
            queue[tail] = b
            tail += 1
            ahead, point = beyond, own
            while True:
                following = receiver[point]
                receiver[point] = ahead
                if point == pits[b - 1]:
                    break
                ahead, point = point, following


@_exact
def upward(receiver, seen, trail, order):
    """order [P]: all points, each after its receiver, neighbours mostly after each other."""
    total = 0
    for p in range(len(receiver)):
        seen[p] = False
    for p in range(len(receiver)):
        at, length = p, 0
        while not seen[at]:
            seen[at] = True
            trail[length] = at
            length += 1
            at = receiver[at]
        for k in range(length - 1, -1, -1):
            order[total] = trail[k]
            total += 1


@_exact
def accumulate(order, receiver, total):
    """total [P] becomes the sum over all that drains through each point."""
    for k in range(len(order) - 1, -1, -1):
        p = order[k]
        if receiver[p] != p:
            total[receiver[p]] += total[p]


@_exact
def cut(order, receiver, ground, area, soft, count, straight, slant, reach, edge, base, heights):
    """Heights after a step of rivers (valleys.py: Rivers). reach: age times size; straight, slant: m to neighbours."""
    one, points = np.float32(1.0), len(order)
    for k in range(points):
        p = order[k]
        q = receiver[p]
        root = np.sqrt(np.float32(area[p] / points))
        own = ground[p]
        if q == p:
            strength = root * edge
            heights[p] = (own + strength * base) / (one + strength) if own > base else own
            continue
        oblique = (p // count != q // count) and (p % count != q % count)
        strength = root * soft[p] * reach / (slant if oblique else straight)
        below = heights[q]
        heights[p] = (own + strength * below) / (one + strength) if below < own else own


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="never")
def _fall(moved, own, other, limit, rate):
    """moved += what each point of a row gets from its neighbour in another."""
    for j in range(len(moved)):
        over = other[j] - own[j]
        held = over if over < limit else limit
        held = held if held > -limit else -limit
        moved[j] += (over - held) * rate


@exact_kernel
def slide(heights, out, limits, rate):
    """One step of falling rock (thermal.py: Slide): out = heights + what each gets from its neighbours. Returns the largest change."""
    count = heights.shape[0]
    largest = np.zeros(count, np.float32)
    for i in prange(count):
        own, moved = heights[i], np.zeros(count, np.float32)
        for k in range(8):  # pairs east, south, south-east, south-west, each there and back
            down, right = (0, 1) if k < 2 else (1, 0) if k < 4 else (1, 1) if k < 6 else (1, -1)
            if k & 1:
                down, right = -down, -right
            if 0 <= i + down < count:
                low, high = max(0, -right), count - max(0, right)
                _fall(
                    moved[low:high], own[low:high], heights[i + down, low + right : high + right], limits[k >> 1], rate
                )
        for j in range(count):
            out[i, j] = own[j] + moved[j]
        largest[i] = np.abs(moved).max()
    return largest.max()


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="never")
def _leaves(depth, share, above, own, below, far, part):
    """A row of snow that goes down: share [N + 2] of what each point would send; depth becomes what stays. Rows of the surface: [N + 2]."""
    zero, one, least = np.float32(0.0), np.float32(1.0), np.float32(1e-9)
    for j in range(len(depth)):
        k, here = j + 1, own[j + 1]
        wanted = max(here - own[k + 1] - far[0], zero) * part
        wanted += max(here - own[k - 1] - far[0], zero) * part
        wanted += max(here - below[k] - far[1], zero) * part
        wanted += max(here - above[k] - far[1], zero) * part
        wanted += max(here - below[k + 1] - far[2], zero) * part
        wanted += max(here - above[k - 1] - far[2], zero) * part
        wanted += max(here - below[k - 1] - far[3], zero) * part
        wanted += max(here - above[k + 1] - far[3], zero) * part
        given = min(depth[j] / max(wanted, least), one)
        share[k] = given
        depth[j] = max(depth[j] - wanted * given, zero)


@numba.njit(cache=True, nogil=True, error_model="numpy", inline="never")
def _arrives(depth, above, own, below, share_above, share, share_below, far, part):
    """depth: a row of snow with what its neighbours send."""
    zero = np.float32(0.0)
    for j in range(len(depth)):
        k, here = j + 1, own[j + 1]
        total = depth[j] + max(own[k - 1] - here - far[0], zero) * part * share[k - 1]
        total += max(own[k + 1] - here - far[0], zero) * part * share[k + 1]
        total += max(above[k] - here - far[1], zero) * part * share_above[k]
        total += max(below[k] - here - far[1], zero) * part * share_below[k]
        total += max(above[k - 1] - here - far[2], zero) * part * share_above[k - 1]
        total += max(below[k + 1] - here - far[2], zero) * part * share_below[k + 1]
        total += max(above[k + 1] - here - far[3], zero) * part * share_above[k + 1]
        total += max(below[k - 1] - here - far[3], zero) * part * share_below[k - 1]
        depth[j] = total


@exact_kernel
def avalanche(ground, depth, surface, share, far, part):
    """One step of sliding snow (snowfall.py: _slide), depth [N, N] in place. surface, share [N + 2, N + 2]: room for what is worked out, with
    a border so high that nothing goes there, and of which nothing comes.
    """
    count = ground.shape[0]
    for i in prange(count):
        for j in range(count):
            surface[i + 1, j + 1] = ground[i, j] + depth[i, j]
    for i in prange(count):
        _leaves(depth[i], share[i + 1], surface[i], surface[i + 1], surface[i + 2], far, part)
    for i in prange(count):
        _arrives(depth[i], surface[i], surface[i + 1], surface[i + 2], share[i], share[i + 1], share[i + 2], far, part)
