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
    """near: distance to the nearest feature point; place: of that one; number, color: 0..1, its own; edge: distance to the border
    with the cell next to it. In cell widths."""

    near: Socket
    place: Socket
    number: Socket
    color: Socket
    edge: Socket


def cells(at: Input, seed: Input = 0.0, randomness: Input = 1.0) -> Scattered:
    """The cell that `at` (in cell widths) lies in, among the 27 around it. seed: another pattern; randomness: 0 for points in the middle
    of their cells."""
    return Scattered(*_cells3(at, seed, randomness))


@grouped("Scattered Cells")
def _cells3(at: Input, seed: Input, randomness: Input) -> tuple[Socket, ...]:
    corner = n.vector_math("FLOOR", at)
    near: Socket | None = None
    for step in [(x, y, z) for z in (-1.0, 0.0, 1.0) for y in (-1.0, 0.0, 1.0) for x in (-1.0, 0.0, 1.0)]:
        found, place = _candidate(at, n.vector_math("ADD", corner, step), seed, randomness)
        if near is None:
            near, second, where, other = found, found + 10.0, place, place
            continue
        closer = n.math("LESS_THAN", found, near)
        other = n.mix(closer, n.mix(n.math("LESS_THAN", found, second), other, place), where)
        second = n.minimum(second, n.maximum(near, found))
        where = n.mix(closer, where, place)
        near = n.minimum(near, found)
    assert near is not None
    # The border is the plane half way to the next point
    gap = n.maximum(n.vector_math("DISTANCE", where, other), 1e-4)
    edge = (second * second - near * near) / (gap * 2.0)
    own = current_tree().add(
        "ShaderNodeTexWhiteNoise", noise_dimensions="4D", vector=n.vector_math("FLOOR", where), w=seed + 0.5
    )
    return near, where, own["Value"], own["Color"], edge


@grouped("Cell's Point")
def _candidate(at: Input, cell: Input, seed: Input, randomness: Input) -> tuple[Socket, ...]:
    """Distance to a cell's feature point, and the point."""
    chance = current_tree().add("ShaderNodeTexWhiteNoise", noise_dimensions="4D", vector=cell, w=seed)
    offset = n.vector_math("SUBTRACT", chance["Color"], (0.5, 0.5, 0.5)) * (randomness * 0.998) + (0.5, 0.5, 0.5)
    place = cell + offset
    return n.vector_math("DISTANCE", at, place), place
