"""Still water in the basins of a land: flat sheets that reach a little into the banks."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from ...params import check, param
from ..grow.erosion.flow import drain
from ..materials import material_named, shared
from ..materials.water import WaterParams
from .field import HeightField


@dataclass(frozen=True)
class LakeParams:
    """Metres."""

    least_area: float = param(200.0, "Area, m2, below which a basin holds no lake", min=0.0, max=1e9)
    least_depth: float = param(0.3, "Depth below which a basin holds no lake", min=0.0, max=1000.0, unit="m")
    fill: float = param(1.0, "How far basins are filled, of their depth", min=0.0, max=1.0)


@dataclass(frozen=True)
class Lake:
    """level: of its surface, m; cells [N, N] bool: points under water; depth: at its deepest, m."""

    level: float
    cells: np.ndarray
    depth: float


def find_lakes(field: HeightField, params: LakeParams | None = None, sea_level: float = -np.inf) -> list[Lake]:
    """The basins of a land as lakes, the largest first; what lies under the sea is none. Raises ParameterError."""
    p = check(params or LakeParams())
    heights = np.asarray(field.heights, np.float32)
    filled = drain(heights, sea_level).filled
    wet = (filled > heights + 1e-4) & (heights >= sea_level)
    found = []
    for basin in _parts(wet, filled):
        full = float(filled[basin].max())
        bottom = float(heights[basin].min())
        level = bottom + (full - bottom) * p.fill
        cells = basin & (heights < level)
        if level - bottom >= p.least_depth and cells.sum() * field.step**2 >= p.least_area:
            found.append(Lake(level, cells, level - bottom))
    return sorted(found, key=lambda lake: -int(lake.cells.sum()))


def lakes(
    field: HeightField,
    params: LakeParams | None = None,
    sea_level: float = -np.inf,
    material: bpy.types.Material | None = None,
) -> bpy.types.Object | None:
    """All lakes of a land as one new object, not yet in any collection; None if it has none. Attribute `depth` (m) on points.

    Its coordinates are the land's own (`field.center` is its place). Raises ParameterError.
    """
    found = find_lakes(field, params, sea_level)
    if not found:
        return None
    vertices, faces, depths = [], [], []
    count = field.count
    flat = field.points() - (*field.center, 0.0)
    start = 0
    for lake in found:
        reach = _grown(lake.cells, 2)  # under the banks, so that the water's edge is where the land says
        square = reach[:-1, :-1] & reach[:-1, 1:] & reach[1:, 1:] & reach[1:, :-1]
        rows, columns = np.nonzero(square)
        corners = np.stack(
            [
                rows * count + columns,
                rows * count + columns + 1,
                (rows + 1) * count + columns + 1,
                (rows + 1) * count + columns,
            ],
            1,
        )
        used, numbers = np.unique(corners, return_inverse=True)
        points = flat.reshape(-1, 3)[used].copy()
        depths.append(lake.level - points[:, 2])
        points[:, 2] = lake.level
        vertices.append(points)
        faces.append(numbers.reshape(-1, 4) + start)
        start += len(points)
    mesh = bpy.data.meshes.new("Lakes")
    mesh.from_pydata(np.concatenate(vertices).tolist(), [], np.concatenate(faces).tolist())
    mesh.polygons.foreach_set("use_smooth", np.ones(len(mesh.polygons), bool))
    told = mesh.attributes.new("depth", "FLOAT", "POINT")
    told.data.foreach_set("value", np.concatenate(depths).astype(np.float32))
    still = WaterParams(depth=3.0, cloudiness=0.08, wave=0.5, waves=0.012)
    mesh.materials.append(material or shared(material_named("water_clear"), still, "Lake Water"))
    mesh.update()
    obj = bpy.data.objects.new("Lakes", mesh)
    obj.location = (*field.center, 0.0)
    return obj


def _grown(cells: np.ndarray, times: int) -> np.ndarray:
    for _ in range(times):
        padded = np.pad(cells, 1)
        cells = cells | padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]
    return cells


def _parts(wet: np.ndarray, level: np.ndarray) -> list[np.ndarray]:
    """Connected parts of a mask that share one level: by spreading the greatest number over neighbours, at doubling strides of its tree."""
    count = wet.size
    label = np.where(wet.ravel(), np.arange(count), -1)
    grid = label.reshape(wet.shape)
    while True:
        before = grid.copy()
        for a, b in (
            ((slice(1, None), slice(None)), (slice(None, -1), slice(None))),
            ((slice(None), slice(1, None)), (slice(None), slice(None, -1))),
        ):
            same = wet[a] & wet[b] & (np.abs(level[a] - level[b]) < 1e-3)
            both = np.maximum(grid[a], grid[b])
            grid[a] = np.where(same, both, grid[a])
            grid[b] = np.where(same, np.maximum(both, grid[b]), grid[b])
        flat = grid.ravel()
        inside = flat >= 0
        for _ in range(4):  # a label's own label: whole regions at once
            flat[inside] = flat[flat[inside]]
        if np.array_equal(grid, before):
            break
    return [grid == number for number in np.unique(grid[grid >= 0])]
