"""Space colonisation: branches grow towards points of light until these are reached.

Source: A. Runions, B. Lane, P. Prusinkiewicz, "Modeling Trees with a Space Colonization Algorithm", 2007. The nearest node of every
point is remembered between rounds, so that a round compares the points with new nodes only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .grid import Grid
from .vectors import UP, unit

_CHILDREN = 3  # that a node may have; more come only from points that two branches cannot decide upon
_PATIENCE = 12  # rounds without a new node reached before growth ends


@dataclass(frozen=True)
class Nodes:
    """A branching structure: position [N, 3] m; parent [N], the number of the node before, -1 for the root, always below its own."""

    position: np.ndarray
    parent: np.ndarray


@dataclass(frozen=True)
class Habit:
    """How branches grow. step: m, between nodes; reach: m, how far a node sees light; kill: m, how near light counts as reached.

    sight: the cosine of the angle from its heading within which a node sees: without it, branches curl back for what was left behind.
    inertia: how much of its direction a branch keeps; lift: the pull upwards (down below zero); wander: a field of sideways pulls.
    """

    step: float
    reach: float
    kill: float
    inertia: float = 0.4
    sight: float = -0.1
    lift: float = 0.0
    wander: Callable[[np.ndarray], np.ndarray] | None = None
    gnarl: float = 0.0


def colonise(light: np.ndarray, start: Nodes, habit: Habit, most: int = 30_000) -> Nodes:
    """Grow `start` towards the points `light` [A, 3]; ends when all are reached or out of reach, or at `most` nodes."""
    grid, held = Grid(light, habit.reach), np.arange(len(light))
    alive = np.ones(len(light), bool)
    nearest = np.full(len(light), -1)
    distance = np.full(len(light), np.inf)
    position = np.zeros((most, 3))
    heading = np.zeros((most, 3))
    parent = np.full(most, -1)
    children = np.zeros(most, int)
    count = len(start.position)
    position[:count], parent[:count] = start.position, start.parent
    rooted = start.parent >= 0
    heading[:count] = UP
    heading[np.flatnonzero(rooted)] = unit(start.position[rooted] - start.position[start.parent[rooted]])
    children[:count] = np.bincount(start.parent[rooted], minlength=count)
    new = np.arange(count)
    idle = 0
    while count < most and idle < _PATIENCE:
        # What do the new nodes see that is nearer to them than to any node before?
        if alive.sum() < 0.8 * len(held):  # what was reached need not be looked at again
            held = np.flatnonzero(alive)
            if not len(held):
                break
            grid = Grid(light[held], habit.reach)
        node, point, squared = grid.pairs(position[new])
        point = held[point]
        keep = alive[point] & (squared < distance[point])
        node, point, squared = new[node[keep]], point[keep], squared[keep]
        last = np.lexsort((-squared, point))  # of one point's nodes the nearest is written last
        distance[point[last]], nearest[point[last]] = squared[last], node[last]
        idle = idle + 1 if not len(point) else 0
        alive &= distance > habit.kill**2
        seen = np.flatnonzero(alive & (nearest >= 0))
        by = nearest[seen]
        toward = unit(light[seen] - position[by])
        ahead = (toward * heading[by]).sum(1) > habit.sight
        seen, by, toward = seen[ahead], by[ahead], toward[ahead]
        growing, which = np.unique(by, return_inverse=True)
        pull = np.stack([np.bincount(which, toward[:, axis], len(growing)) for axis in range(3)], -1)
        able = children[growing] < _CHILDREN
        growing, pull = growing[able], unit(pull[able])
        if not len(growing):
            break
        way = pull + heading[growing] * habit.inertia + UP * habit.lift
        if habit.wander is not None:
            way = way + habit.wander(position[growing]) * habit.gnarl
        way = unit(way)
        room = min(len(growing), most - count)
        growing, way = growing[:room], way[:room]
        new = np.arange(count, count + room)
        position[new] = position[growing] + way * habit.step
        heading[new], parent[new] = way, growing
        children[growing] += 1
        count += room
    return Nodes(position[:count], parent[:count])
