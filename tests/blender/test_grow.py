"""Growth in numpy: neighbours, colonisation, limbs, and what broad-leaved trees, conifers and shrubs are made of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dreamgrove.benchmarks.growth import colonise_plainly
from dreamgrove.procedural.grow.broadleaf import Broadleaf, grow_broadleaf
from dreamgrove.procedural.grow.colonise import Habit, Nodes, colonise
from dreamgrove.procedural.grow.conifer import Conifer, grow_conifer
from dreamgrove.procedural.grow.grid import Grid, count_up
from dreamgrove.procedural.grow.limbs import accumulate, depths
from dreamgrove.procedural.grow.shrub import Shrub, grow_shrub

OAK = Broadleaf(9.0, 9.0, 0.2, "dome", 0.3, 600, 0.6, 0.0, 0.0, 0.3, 0.05, 0.0, 0.6, 1)
BIRCH = replace(OAK, crown="column", leader=0.95, hang=1.0)
DEAD = replace(OAK, dead=1.0, bare=1.0)
SPRUCE = Conifer(10.0, 4.0, 0.15, 0.05, 0.0, 0.5, 5, 1.7, 0.3, 0.7, 0.2, 0.2, 0.3, 0.4, 3)
BUSH = Shrub(1.4, 1.6, 0.0, 7, 400, 0.5, 0.2, 0.015, 0.08, 2)
GROWN = {
    "oak": lambda: grow_broadleaf(OAK),
    "birch": lambda: grow_broadleaf(BIRCH),
    "dead": lambda: grow_broadleaf(DEAD),
    "spruce": lambda: grow_conifer(SPRUCE)[:2],
    "bush": lambda: grow_shrub(BUSH),
    "hedge": lambda: grow_shrub(replace(BUSH, length=2.0)),
}


def test_grid_finds_what_comparing_all_finds():
    rng = np.random.default_rng(5)
    points, centres = rng.random((400, 3)) * 3.0, rng.random((60, 3)) * 5.0 - 1.0
    centre, point, squared = Grid(points, 0.7).pairs(centres)
    apart = ((centres[:, None] - points[None]) ** 2).sum(-1)
    assert set(zip(centre.tolist(), point.tolist(), strict=True)) == set(map(tuple, np.argwhere(apart < 0.49).tolist()))
    assert np.allclose(squared, apart[centre, point])


def test_count_up():
    assert count_up(np.array([2, 0, 3])).tolist() == [0, 1, 0, 1, 2]


def test_colonise_is_as_its_plain_twin():
    light = np.random.default_rng(2).random((200, 3)) * 2.0 + (-1.0, -1.0, 1.0)
    z = np.arange(0.0, 1.5, 0.1)
    start = Nodes(z[:, None] * np.array([0.0, 0.0, 1.0]), np.arange(len(z)) - 1)
    habit = Habit(0.1, reach=0.9, kill=0.2)
    fast = colonise(light, start, habit)
    assert np.allclose(fast.position, colonise_plainly([tuple(p) for p in light.tolist()], start, habit), atol=1e-9)
    assert (fast.parent[1:] < np.arange(1, len(fast.parent))).all()


def test_sums_over_what_grows_from_a_node():
    parent = np.array([-1, 0, 1, 1, 3])
    assert depths(parent).tolist() == [0, 1, 2, 2, 3]
    assert accumulate(parent, depths(parent), np.ones(5)).tolist() == [5, 4, 1, 2, 1]


@pytest.mark.parametrize("name", GROWN)
def test_limbs_are_whole(name):
    """Every limb has two points or more, positive radii, and begins inside of its parent; sites are on living wood."""
    limbs, sites = GROWN[name]()
    assert np.isfinite(limbs.point).all() and (limbs.radius > 0).all()
    assert (np.bincount(limbs.limb) >= 2).all() and (np.diff(limbs.limb) >= 0).all()
    assert len(limbs.order) == limbs.limb.max() + 1
    assert limbs.point[:, 2].min() > -0.5
    first = np.flatnonzero(limbs.first)
    if name not in ("bush", "hedge"):
        for limb in np.flatnonzero(limbs.parent >= 0)[::7]:
            mother = limbs.limb == limbs.parent[limb]
            apart = np.linalg.norm(limbs.point[mother] - limbs.point[first[limb]], axis=1)
            step = np.linalg.norm(np.diff(limbs.point[mother], axis=0), axis=1).max()
            assert apart.min() <= limbs.radius[mother].max() + step
    assert (len(sites.point) == 0) == (name == "dead")
    assert np.allclose(np.linalg.norm(sites.direction, axis=1), 1.0)


def test_same_seed_same_tree_another_seed_another():
    one, again, other = (grow_broadleaf(replace(OAK, seed=seed))[0].point for seed in (4, 4, 5))
    assert np.array_equal(one, again)
    assert one.shape != other.shape or not np.allclose(one, other)
