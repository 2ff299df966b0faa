"""Points that keep apart, anywhere in a plane: darts thrown onto one square whose opposite edges meet, laid side by side.

A dart stays if no dart that stayed before it lies nearer than 1 (random sequential addition: B. Widom, "Random Sequential Addition of Hard
Spheres to a Volume", J. Chem. Phys. 44, 1966). Each keeps the time at which it was thrown, in darts for a unit of area; those until a time are
what throwing that many leaves. So one square serves all densities, and is what thinning a million points one after the other would give.
"""

from __future__ import annotations

import math
from functools import lru_cache

import bpy
import numpy as np

from ..graph import Socket, current_tree
from ..graph import nodes as n
from ..graph.sockets import Input

SIDE = 256  # of the square, in least distances: wide enough that nobody sees it return
LATEST = 12.0  # darts for a unit of area: six sevenths of what can ever stand there
FEWEST = 0.05  # darts for a unit of area that are used at least: fewer would return too soon
TILE_KEY = "dreamgrove_spaced_points"
VERSION = 1
CELL = 0.5  # of the table of what stays, no wider than a half so that its diagonal is shorter than 1: one point a cell
CELLS = round(SIDE / CELL)
BATCH = 24_000
# Cells that a point nearer than 1 may lie in
REACH = [(i, j) for i in range(-2, 3) for j in range(-2, 3)]


@lru_cache(maxsize=1)
def thrown() -> tuple[np.ndarray, np.ndarray]:
    """Places [P, 2] in 0..SIDE, neighbours mostly after each other, and times [P]."""
    rng = np.random.default_rng(20)
    table = np.full((CELLS, CELLS), -1)
    places, times = np.zeros((SIDE * SIDE, 2)), np.zeros(SIDE * SIDE)
    kept = 0
    for start in range(0, int(LATEST * SIDE * SIDE), BATCH):
        darts = rng.random((BATCH, 2)) * SIDE
        when = (start + np.arange(BATCH)) / SIDE**2
        free = np.flatnonzero(~_taken(darts, table, places))
        stays = free[_first_come(darts[free])]
        last = kept + len(stays)
        places[kept:last], times[kept:last] = darts[stays], when[stays]
        table[tuple(_cells(darts[stays]).T)] = np.arange(kept, last)
        kept = last
    order = _along_a_curve(places[:kept])
    return places[order], times[order]


def _along_a_curve(places: np.ndarray) -> np.ndarray:
    """Order in which neighbours mostly follow each other (Morton's): what is looked up for one is at hand for the next."""
    x, y = ((places / SIDE * 65536.0).astype(np.uint64)).T
    key = np.zeros(len(places), np.uint64)
    for bit in range(16):
        key |= ((x >> bit & 1) << 2 * bit) | ((y >> bit & 1) << 2 * bit + 1)
    return np.argsort(key, kind="stable")


def _cells(places: np.ndarray) -> np.ndarray:
    return (places / CELL).astype(int) % CELLS


def apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Distances [P], squared, across the edges too."""
    way = np.abs(a - b)
    return (np.minimum(way, SIDE - way) ** 2).sum(-1)


def _taken(darts: np.ndarray, table: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Which darts [D] lie nearer than 1 to what stays."""
    home = _cells(darts)
    taken = np.zeros(len(darts), bool)
    for step in REACH:
        left = np.flatnonzero(~taken)
        at = (home[left] + step) % CELLS
        there = table[at[:, 0], at[:, 1]]
        some = there >= 0
        taken[left[some]] = apart(darts[left[some]], places[there[some]]) < 1.0
    return taken


def _first_come(darts: np.ndarray) -> np.ndarray:
    """Which of the darts [D] stay, thrown in their order: True [D]."""
    first, second = _close(darts)  # the earlier and the later of pairs
    stays = np.zeros(len(darts), bool)
    open_ = np.ones(len(darts), bool)
    while open_.any():
        waits = np.zeros(len(darts), bool)
        waits[second] = True  # an earlier one near it is not decided yet
        sure = open_ & ~waits
        stays |= sure
        open_ &= ~sure
        gone = second[sure[first]]
        open_[gone] = False
        undecided = open_[first] & open_[second]
        first, second = first[undecided], second[undecided]
    return stays


def _close(darts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of darts nearer than 1, the smaller number first."""
    wide = SIDE
    home = darts.astype(int) % wide
    number = home[:, 0] * wide + home[:, 1]
    order = np.argsort(number, kind="stable")
    starts = np.searchsorted(number[order], np.arange(wide * wide + 1))
    pairs = []
    for i, j in [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]:
        other = (home + (i, j)) % wide
        cell = other[:, 0] * wide + other[:, 1]
        low, many = starts[cell], starts[cell + 1] - starts[cell]
        a = np.repeat(np.arange(len(darts)), many)
        b = order[np.repeat(low - np.concatenate([[0], np.cumsum(many)[:-1]]), many) + np.arange(many.sum())]
        near = (a < b) & (apart(darts[a], darts[b]) < 1.0)
        pairs.append((a[near], b[near]))
    return tuple(np.concatenate(each) for each in zip(*pairs, strict=True))  # type: ignore[return-value]


def spaced_square() -> bpy.types.Object:
    """This file's object with those points, in no scene: its vertices, their times as attribute `time`."""
    for obj in bpy.data.objects:
        if obj.get(TILE_KEY) == VERSION and obj.library is None:
            return obj
    places, times = thrown()
    mesh = bpy.data.meshes.new("Spaced Points")
    obj = bpy.data.objects.new("Spaced Points", mesh)
    mesh.vertices.add(len(places))
    mesh.vertices.foreach_set("co", np.pad(places, ((0, 0), (0, 1))).astype(np.float32).ravel())
    mesh.attributes.new("time", "FLOAT", "POINT").data.foreach_set("value", times.astype(np.float32))
    obj[TILE_KEY] = VERSION
    return obj


def spaced_points(low: Input, high: Input, density: Input, spacing: Input, seed: Input) -> Socket:
    """Loose points at z 0 over the rectangle from `low` to `high` (m), and some way beyond it; as many as `density` darts a square metre leave
    when none may lie nearer than `spacing` (m) to another. The same seed puts them in the same places, whatever the rectangle.
    """
    tree = current_tree()
    darts = n.math("MULTIPLY", density, spacing) * spacing
    # m that a least distance of the square becomes; a little more than asked for, since places are rounded
    unit = n.maximum(spacing * 1.0003, n.sqrt(FEWEST / n.maximum(density, 1e-9)))
    square = tree.add("GeometryNodeObjectInfo", transform_space="ORIGINAL", object=spaced_square())["Geometry"]
    few = density * (1.0 - darts * (math.pi / 2)) * unit * unit
    # of n points a unit of area, as few as here, n + pi / 2 n^2 darts leave n: each keeps others off a circle
    until = n.switch(darts < FEWEST, darts, few + few * few * (math.pi / 2))
    points = tree.add("GeometryNodeMeshToPoints", mode="VERTICES", mesh=square)
    points.set(selection=n.attribute("time") <= until)
    points = tree.add("GeometryNodeSetID", geometry=points, id=n.index()).as_socket()
    # squares turned about the origin and moved by the seed, as many as reach into the rectangle
    turn = n.random_value(0.0, 6.2831853, seed=seed, id=41)
    start = n.random_value((0.0, 0.0, 0.0), (1.0, 1.0, 0.0), seed=seed, id=42)
    wide = unit * SIDE
    c, s = n.cos(turn), n.sin(turn)
    middle, half = (low + high) * 0.5, (high - low) * 0.5
    along = n.combine_xyz(middle.x * c + middle.y * s, middle.y * c - middle.x * s, 0.0) / wide - start
    c, s = abs(c), abs(s)
    reach = n.combine_xyz(half.x * c + half.y * s, half.y * c + half.x * s, 0.0) / wide
    first = n.vector_math("FLOOR", along - reach)
    sides = n.vector_math("FLOOR", along + reach) - first + (1.0, 1.0, 0.0)
    row = n.math("FLOOR", (n.index() + 0.5) / sides.x)
    corner = first + n.combine_xyz(n.index() - row * sides.x, row, 0.0) + start
    squares = n.points(sides.x * sides.y, n.rotate(corner * wide, (0.0, 0.0, 1.0), turn))
    beside = abs(n.position() + n.rotate(n.combine_xyz(wide, wide, 0.0) * 0.5, (0.0, 0.0, 1.0), turn) - middle)
    over = half + n.combine_xyz(1.0, 1.0, 0.0) * (wide * 0.5 * (c + s))
    squares = n.delete(squares, (beside.x > over.x) | (beside.y > over.y))
    laid = n.instance_on(squares, points, rotation=n.combine_xyz(0.0, 0.0, turn), scale=n.combine_xyz(unit, unit, unit))
    return n.realize(laid)
