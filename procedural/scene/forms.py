"""Land forms as a scene's land: families of `procedural/generators/terrain`, stacked and evaluated on one wide grid, and eroded there.

A scene needs its land as numbers twice: finely on the square where plants stand, coarsely to the horizon. Both come from the one grid, between whose
points heights run smoothly; what is finer than its step is for the biome to add.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy
import numpy as np

from ...land_params import ErosionParams
from ..generators.base import Family, group_of
from ..graph.modifiers import set_inputs
from ..grow.erosion import erode
from ..grow.erosion.resample import catmull_rom
from ..terrain.field import HeightField
from ..terrain.land import read_field, write_field
from .ground import Heights

Form = tuple[Family, Any]  # a land form and its parameters


def wide(reach: float, count: int, **layers: np.ndarray) -> HeightField:
    """Level land that reaches `reach` m each way from the origin."""
    return HeightField(np.zeros((count, count)), 2.0 * reach, (0.0, 0.0), layers)


def formed(given: HeightField, forms: Sequence[Form]) -> HeightField:
    """The land given with land forms upon it, in order; its layers serve them as masks, and stay. The forms' `size` should cover it.

    Layers: the given ones, and what forms leave for materials.
    """
    obj = write_field("Dreamgrove Forms", given)
    try:
        for family, params in forms:
            modifier = obj.modifiers.new(family.title, "NODES")
            modifier.node_group = group_of(family)
            set_inputs(modifier, params)
        return read_field(obj)
    finally:
        mesh = obj.data
        bpy.data.objects.remove(obj)
        bpy.data.meshes.remove(mesh)


def eroded(field: HeightField, params: ErosionParams, share: np.ndarray | float = 1.0) -> HeightField:
    """The land worn by weather, by a share [N, N] of what it would do; erosion's layers are scaled alike."""
    after = erode(field, params)
    heights = field.heights + (np.asarray(after.heights, float) - field.heights) * share
    layers = {
        name: values if name in field.layers or name in ("slope", "altitude") else np.asarray(values, float) * share
        for name, values in after.layers.items()
    }
    return HeightField(heights, field.size, field.center, layers)


def heights_of(field: HeightField, names: Sequence[str] = ()) -> Heights:
    """The field as a function of places (m), with the named layers: heights by Catmull and Rom's cubic, layers linearly, beyond the edge as at it."""

    def at(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        points = np.stack([x, y], -1)
        return cubic(field.heights, field.grid_place(points)), {name: field.at(points, name) for name in names}

    return at


def cubic(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Values of an array [N, N] at (column, row) [..., 2] within it, through its points and with no kinks at them."""
    last = len(values) - 1
    low = np.clip(np.floor(places).astype(np.int64), 0, last - 1)
    part = places - low
    weights = [catmull_rom(part[..., axis]) for axis in (0, 1)]
    total = np.zeros(places.shape[:-1])
    for row in range(4):
        i = np.clip(low[..., 1] + row - 1, 0, last)
        for column in range(4):
            j = np.clip(low[..., 0] + column - 1, 0, last)
            total += values[i, j] * weights[1][row] * weights[0][column]
    return total
