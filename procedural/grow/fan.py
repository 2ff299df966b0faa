"""Planar space colonisation: a fan of branches that grows towards whatever is not yet near, and nets that join them.

The idea: A. Runions, B. Lane, P. Prusinkiewicz, "Modeling trees with a space colonization algorithm", Eurographics Workshop on Natural
Phenomena (2007). Here in a plane, with all nodes of a turn at once: only what is new is compared with the places still to be reached.
"""

from __future__ import annotations

import numpy as np

from .branching import Tree


def fan_places(count: int, seed: int, opening: float = 1.25, stalk: float = 0.12) -> np.ndarray:
    """Places to be reached, [N, 2]: evenly strewn over a fan of radius about 1 above a stalk. opening: rad, to either side of upright."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(-opening, opening, count)
    # A ragged rim: sums of a few waves of random phase
    phase = rng.uniform(0, 6.28, 5)
    rim = 1.0 + sum(0.13 / (k + 1) * np.sin(angle * (2.0 + 2.3 * k) + phase[k]) for k in range(5))
    radius = np.sqrt(rng.uniform(0.03, 1.0, count)) * rim * (1.0 - 0.25 * (np.abs(angle) / opening) ** 3)
    return np.stack([np.sin(angle) * radius, np.cos(angle) * radius + stalk], -1)


def colonise(
    places: np.ndarray, seed: int, step: float = 0.025, near: float = 0.06, far: float = 0.45, turns: int = 220
) -> Tree:
    """Grow from the origin, upward, to all places. near: a place closer than this to a node is reached; far: beyond it none attracts.

    Lengths in the fan's units. A node that several places draw goes where they pull together. Deterministic.
    """
    rng = np.random.default_rng(seed + 1)
    nodes = [np.array([[0.0, 0.0]])]
    parents = [np.array([-1])]
    branches = [np.array([0])]
    position = nodes[0]
    forks = np.zeros(1, int)  # how many children a node has
    branch, heading = branches[0], np.array([[0.0, 1.0]])
    nearest = np.full(len(places), np.inf)
    owner = np.zeros(len(places), int)
    open_ = np.ones(len(places), bool)
    fresh = np.array([0])
    used = 1
    for _ in range(turns):
        # Only nodes of the last turn can have come closer to a place
        active = np.nonzero(open_)[0]
        if not len(active):
            break
        best, distance = nearest_of(places[active], position[fresh])
        closer = distance < nearest[active]
        nearest[active[closer]] = distance[closer]
        owner[active[closer]] = fresh[best[closer]]
        open_ &= nearest > near
        pulling = np.nonzero(open_ & (nearest < far))[0]
        if not len(pulling):
            pulling = np.nonzero(open_)[0]
            if not len(pulling):
                break
        pull = places[pulling] - position[owner[pulling]]
        pull /= np.maximum(np.linalg.norm(pull, axis=1, keepdims=True), 1e-9)
        total = np.zeros_like(position)
        np.add.at(total, owner[pulling], pull)
        grows = np.nonzero((np.abs(total).sum(1) > 1e-6) & (forks < 3))[0]
        if not len(grows):
            break
        way = total[grows] / np.maximum(np.linalg.norm(total[grows], axis=1, keepdims=True), 1e-9)
        way = way + heading[grows] * 0.6 + rng.normal(0, 0.12, way.shape)
        way /= np.linalg.norm(way, axis=1, keepdims=True)
        at = position[grows] + way * step
        # A node's first child goes on with its branch, others begin their own
        begins = forks[grows] > 0
        number = np.where(begins, used + np.cumsum(begins) - 1, branch[grows])
        used += int(begins.sum())
        forks[grows] += 1
        fresh = np.arange(len(position), len(position) + len(at))
        nodes.append(at)
        parents.append(grows)
        branches.append(number)
        position = np.concatenate([position, at])
        heading = np.concatenate([heading, way])
        branch = np.concatenate([branch, number])
        forks = np.concatenate([forks, np.zeros(len(at), int)])
    flat = np.stack([position[:, 0], np.zeros(len(position)), position[:, 1]], -1)
    return Tree(flat, np.concatenate(parents), branch)


def nearest_of(places: np.ndarray, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each place [P, 2] the number of the nearest node [N, 2], and its distance."""
    dx = places[:, 0, None] - nodes[None, :, 0]
    dy = places[:, 1, None] - nodes[None, :, 1]
    dx *= dx
    dy *= dy
    dx += dy
    best = dx.argmin(1)
    return best, np.sqrt(dx[np.arange(len(places)), best])


def cross_links(tree: Tree, distance: float, seed: int, share: float = 0.5) -> np.ndarray:
    """Pairs of nodes [L, 2] of different branches that lie within `distance` of each other, at most one a node: the meshes of a net."""
    rng = np.random.default_rng(seed + 2)
    flat = tree.position[:, [0, 2]]
    gap = np.linalg.norm(flat[:, None] - flat[None], axis=-1)
    gap[tree.branch[:, None] == tree.branch[None]] = np.inf
    gap[gap < distance * 0.3] = np.inf  # too near a fork to be a mesh of its own
    other = gap.argmin(1)
    number = np.arange(len(flat))
    picked = (gap[number, other] < distance) & (rng.random(len(flat)) < share)
    pairs = np.unique(np.sort(np.stack([number[picked], other[picked]], -1), 1), axis=0)
    # One in each cell of a grid, or two branches side by side would be joined by a ladder
    cell = np.floor(flat[pairs].mean(1) / (distance * 1.3)).astype(np.int64)
    _, first = np.unique(cell[:, 0] * 100_003 + cell[:, 1], return_index=True)
    return pairs[np.sort(first)]
