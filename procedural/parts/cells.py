"""Scattered cells, the same on every Blender: the Voronoi texture draws other points in Blender 5 than in 4 for the same place, white noise does
not. One feature point a unit cell, anywhere in it (Worley 1996).
"""

from __future__ import annotations

from typing import NamedTuple

from ..graph import Socket, current_tree
from ..graph import nodes as n
from ..graph.parts import grouped
from ..graph.sockets import Input


class Scattered(NamedTuple):
    """near: distance to the nearest feature point; second: to the next one; place: of the nearest one; number: 0..1, its own."""

    near: Socket
    second: Socket
    place: Socket
    number: Socket

    @property
    def edge(self) -> Socket:
        """About the distance to the border between two cells, 0 there."""
        return (self.second - self.near) * 0.5


def cells(at: Input, seed: Input = 0.0) -> Scattered:
    """The cell that `at` (in cell widths) lies in, among the 27 around it. seed: another pattern."""
    return Scattered(*_cells3(at, seed))


def flat_cells(at: Input, seed: Input = 0.0) -> Scattered:
    """The same in the plane: z is left out, and 9 cells are looked at."""
    return Scattered(*_cells2(at, seed))


@grouped("Scattered Cells")
def _cells3(at: Input, seed: Input) -> tuple[Socket, ...]:
    return _nearest(at, seed, [(x, y, z) for z in (-1, 0, 1) for y in (-1, 0, 1) for x in (-1, 0, 1)])


@grouped("Scattered Cells, Flat")
def _cells2(at: Input, seed: Input) -> tuple[Socket, ...]:
    level = n.vector_math("MULTIPLY", at, (1.0, 1.0, 0.0))
    return _nearest(level, seed, [(x, y, 0) for y in (-1, 0, 1) for x in (-1, 0, 1)])


def _nearest(at: Input, seed: Input, neighbours: list[tuple[int, int, int]]) -> tuple[Socket, ...]:
    corner = n.vector_math("FLOOR", at)
    flat = all(z == 0 for _, _, z in neighbours)
    near: Socket | None = None
    for step in neighbours:
        cell = corner + n.combine_xyz(*map(float, step))
        found, place, number = _candidate(at, cell, seed, (1.0, 1.0, 0.0) if flat else (1.0, 1.0, 1.0))
        if near is None:
            near, second, where, which = found, found + 10.0, place, number
            continue
        closer = n.math("LESS_THAN", found, near)
        second = n.minimum(second, n.maximum(near, found))
        where, which = n.mix(closer, where, place), n.mix(closer, which, number)
        near = n.minimum(near, found)
    assert near is not None
    return near, second, where, which


@grouped("Cell's Point")
def _candidate(at: Input, cell: Input, seed: Input, spread: tuple[float, float, float]) -> tuple[Socket, ...]:
    """Distance to a cell's feature point, the point, the cell's number."""
    chance = current_tree().add("ShaderNodeTexWhiteNoise", noise_dimensions="4D", vector=cell, w=seed)
    place = cell + n.vector_math("MULTIPLY", chance["Color"], spread)
    return n.vector_math("DISTANCE", at, place), place, chance["Value"]
