"""Branching growth: all tips advance together, turn by turn away from where it is crowded, fork, and stop; and the chains of a tree.

A tip is repelled by the gradient of a coarse, blurred grid that counts what has grown, so that a step costs the same however much
there is (after the idea of growth along the gradient of a Laplacian field, which the blurred count stands in for).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CELLS = 28  # of the grid, each way


@dataclass(frozen=True)
class Branching:
    """How a colony branches. Lengths in units of its size; a step is 1 / steps of it.

    steps: how many steps the first branches take. starts: how many branches begin. spread: rad, how far the first lean outward. fork: chance of
    a side branch a step; angle: rad, at which it leaves; rest: steps before a branch may fork again. up, wander, shy: how strongly tips
    turn upward, at random, and away from the crowd, a step. keep: share of the remaining length that a side branch gets.
    """

    steps: int = 30
    starts: int = 7
    spread: float = 0.9
    fork: float = 0.16
    angle: float = 0.85
    rest: int = 3
    up: float = 0.08
    wander: float = 0.12
    shy: float = 0.25
    keep: float = 0.85
    most: int = 6000


@dataclass(frozen=True)
class Tree:
    """Nodes in the order of growth: position [N, 3], parent [N] (-1 at roots), branch [N] (the number of its branch)."""

    position: np.ndarray
    parent: np.ndarray
    branch: np.ndarray


def grow_branches(p: Branching, seed: int) -> Tree:
    """Grow from near the origin upward; at most `p.most` nodes. Deterministic."""
    rng = np.random.default_rng(seed)
    turn = np.arange(p.starts) * 2.399963 + rng.uniform(0, 6.28)
    lean = p.spread * np.sqrt((np.arange(p.starts) + 0.35) / p.starts) * rng.uniform(0.85, 1.1, p.starts)
    heading = np.stack([np.cos(turn) * np.sin(lean), np.sin(turn) * np.sin(lean), np.cos(lean)], -1)
    at = heading * np.array([1.0, 1.0, 0.0]) * 0.03
    parent = np.full(p.starts, -1)
    branch = np.arange(p.starts)
    left = rng.integers(int(p.steps * 0.75), p.steps + 1, p.starts)
    rested = rng.integers(-2, 1, p.starts)
    positions, parents, branches = [at], [parent], [branch]
    numbers, total, branch_count = np.arange(p.starts), p.starts, p.starts
    step = 1.0 / p.steps
    density = np.zeros((CELLS, CELLS, CELLS))
    while len(at) and total < p.most:
        _count(density, at)
        push = _gradient(density, at)
        heading = heading - p.shy * push + rng.normal(0, p.wander, heading.shape) + np.array([0, 0, p.up])
        heading /= np.linalg.norm(heading, axis=1, keepdims=True)
        # Nothing grows through the ground
        heading[:, 2] = np.where(at[:, 2] < 0.06, np.maximum(heading[:, 2], 0.12), heading[:, 2])
        at = at + heading * step
        fresh = np.arange(total, total + len(at))
        positions.append(at)
        parents.append(numbers)
        branches.append(branch)
        total += len(at)
        left, rested = left - 1, rested + 1
        forks = (rng.random(len(at)) < p.fork) & (rested >= p.rest) & (left > 3)
        rested[forks] = 0
        side = _aside(heading[forks], rng)
        lean = p.angle * rng.uniform(0.75, 1.2, (len(side), 1))
        young = heading[forks] * np.cos(lean) + side * np.sin(lean)
        count = int(forks.sum())
        share = p.keep * rng.uniform(0.6, 1.1, count)
        at = np.concatenate([at, at[forks]])
        heading = np.concatenate([heading, young])
        left = np.concatenate([left, (left[forks] * share).astype(int)])
        rested = np.concatenate([rested, rng.integers(-1, 1, count)])
        numbers = np.concatenate([fresh, fresh[forks]])
        branch = np.concatenate([branch, np.arange(branch_count, branch_count + count)])
        branch_count += count
        alive = left > 0
        at, heading, left, rested = at[alive], heading[alive], left[alive], rested[alive]
        numbers, branch = numbers[alive], branch[alive]
    return Tree(np.concatenate(positions), np.concatenate(parents), np.concatenate(branches))


def _cell(at: np.ndarray) -> np.ndarray:
    """Grid cells [N, 3] of points; the grid spans -1.25..1.25 in x and y, -0.2..2.3 in z."""
    return np.clip(((at + np.array([1.25, 1.25, 0.2])) / 2.5 * CELLS).astype(int), 1, CELLS - 2)


def _count(density: np.ndarray, at: np.ndarray) -> None:
    i, j, k = _cell(at).T
    for dx, dy, dz, weight in _KERNEL:
        np.add.at(density, (i + dx, j + dy, k + dz), weight)


_KERNEL = [
    (dx, dy, dz, 0.5 ** (abs(dx) + abs(dy) + abs(dz))) for dx in (-1, 0, 1) for dy in (-1, 0, 1) for dz in (-1, 0, 1)
]


def _gradient(density: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Direction towards the crowd, [N, 3], of length below 1."""
    i, j, k = _cell(at).T
    slope = np.stack(
        [
            density[i + 1, j, k] - density[i - 1, j, k],
            density[i, j + 1, k] - density[i, j - 1, k],
            density[i, j, k + 1] - density[i, j, k - 1],
        ],
        -1,
    )
    return slope / (np.linalg.norm(slope, axis=1, keepdims=True) + 1.0)


def _aside(heading: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Random unit vectors square to the headings."""
    side = rng.normal(size=heading.shape)
    side -= heading * np.einsum("ni,ni->n", side, heading)[:, None]
    return side / np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)


def reach(tree: Tree) -> np.ndarray:
    """How far it is from each node to the farthest tip that grew from it, [N]; in the tree's units."""
    length = np.where(
        tree.parent >= 0, np.linalg.norm(tree.position - tree.position[np.maximum(tree.parent, 0)], axis=1), 0.0
    )
    far = np.zeros(len(length))
    depth = depths(tree.parent)
    for level in range(int(depth.max()), 0, -1):  # all nodes of one depth at a time, from the tips down
        here = np.nonzero(depth == level)[0]
        np.maximum.at(far, tree.parent[here], far[here] + length[here])
    return far


def depths(parent: np.ndarray) -> np.ndarray:
    """How many steps each node is from its root, [N] int; parents come before their children."""
    depth, above = (parent >= 0).astype(int), parent.copy()
    while (live := above >= 0).any():  # pointers leap twice as far each time
        depth[live] += depth[above[live]]
        above[live] = above[above[live]]
    return depth


def chains(tree: Tree, values: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Every branch as a line of its own, beginning at a copy of the node it grew from: what Mesh to Curve keeps apart.

    Returns points [P, 3], edges [E, 2], and the values for the points.
    """
    number = np.arange(len(tree.parent))
    # The first node of a branch is the one whose parent belongs to another
    first = (tree.parent >= 0) & (tree.branch != tree.branch[np.maximum(tree.parent, 0)])
    order = np.concatenate([tree.parent[first], number])
    key = np.concatenate([tree.branch[first], tree.branch])
    place = np.concatenate([number[first] - 0.5, number.astype(float)])
    sort = np.lexsort((place, key))
    order, key = order[sort], key[sort]
    edges = np.stack([np.arange(len(order) - 1), np.arange(1, len(order))], -1)[key[1:] == key[:-1]]
    lonely = np.bincount(edges.ravel(), minlength=len(order)) == 0
    keep = np.cumsum(~lonely) - 1
    picked = order[~lonely]
    return tree.position[picked], keep[edges], {name: value[picked] for name, value in values.items()}
