"""Heights without fine detail, taken from a grid coarser than the mesh: noise is nearly all that land costs, and most of it is far wider than a
step between points.
"""

from __future__ import annotations

from collections.abc import Callable

from ...graph import Socket, current_tree
from ...graph import nodes as n
from ...graph.parts import grouped
from ...graph.sockets import Input

STEPS = (
    24.0  # of the coarse grid in the shortest wave: cubic interpolation errs by a few 1 / 10,000 of that wave's height
)
FINER = 1.5  # times that the mesh must be finer: then 16 look-ups and the grid cost less than the noise
MARGIN = 3.0  # steps beyond the land on each side


def from_coarse(mesh: Socket, at: Socket, step: Socket, wave: Input, height: Callable[[Socket], Socket]) -> Socket:
    """height(at) at the points of the mesh; at: their places, m (z 0). wave: the shortest wave (m) in it; step: m between points.

    Where points lie close against the wave, the height is made on a grid and interpolated; else it is made at every point.
    """
    tree = current_tree()
    apart = n.math("DIVIDE", wave, STEPS)
    told = tree.add("GeometryNodeAttributeStatistic", data_type="FLOAT_VECTOR", domain="POINT", geometry=mesh)
    told.set(attribute=at)
    low = told["Min"] - n.combine_xyz(apart, apart, 0.0) * MARGIN
    sides = n.vector_math("CEIL", (told["Max"] - told["Min"]) / apart) + (2.0 * MARGIN, 2.0 * MARGIN, 0.0)
    row = n.math("FLOOR", (n.index() + 0.5) / sides.x)
    places = low + n.combine_xyz(n.index() - row * sides.x, row, 0.0) * apart
    grid, place = n.capture(n.points(sides.x * sides.y), places)
    grid, made = n.capture(grid, height(place))
    return n.switch(apart > step * FINER, height(at), between(grid, made, sides.x, (at - low) / apart))


@grouped("Between Points of a Grid")
def between(grid: Socket, values: Socket, count: Socket, place: Socket) -> Socket:
    """Cubic (Catmull and Rom 1974) interpolation of the values on a grid of points, `count` in a row. place: in steps, from the first point on."""
    cell = n.vector_math("FLOOR", place)
    t = place - cell
    square, cube = t * t, t * t * t
    weights = (
        square - cube * 0.5 - t * 0.5,
        cube * 1.5 - square * 2.5 + (1.0, 1.0, 1.0),
        square * 2.0 - cube * 1.5 + t * 0.5,
        (cube - square) * 0.5,
    )
    first = cell.y * count + cell.x
    total: Input = 0.0
    for down in range(4):
        along: Input = 0.0
        for right in range(4):
            shift = n.math("MULTIPLY_ADD", count, down - 1.0, right - 1.0)
            found = current_tree().add("GeometryNodeSampleIndex", data_type="FLOAT", domain="POINT", geometry=grid)
            # a half, since whole numbers are cut off, not rounded
            value = found.set(value=values, index=first + (shift + 0.5)).as_socket()
            along = n.math("MULTIPLY_ADD", value, weights[right].x, along)
        total = n.math("MULTIPLY_ADD", along, weights[down].y, total)
    return total  # type: ignore[return-value]
