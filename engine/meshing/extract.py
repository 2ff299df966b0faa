"""Iso-surfaces: of a field that can be asked anywhere, and of a draft's grid of signed distances.

A field is evaluated twice: on a coarse grid, which finds the box that the object occupies, and on a fine grid that fills
this box, only where the coarse grid leaves it open where the surface runs. Borders are closed, so every surface is watertight.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import mcubes
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import make_interp_spline
from scipy.ndimage import maximum_filter, minimum_filter

from ..rendering.raster_core import project, rasterize
from .kernels import gradient_at, trilinear_at
from .mesh import Context, Floats, Mesh, MeshingError, Part, Silent, normalized

Value = Callable[[Floats], NDArray]  # points [N, 3] float32 -> [N]

CHUNK = 1 << 17  # points per call: bounds a field's memory, and the time between two progress events
EMPTY = (
    "There is no surface: the field is empty at this threshold. Try another seed, more iterations or a lower threshold."
)


@dataclass(frozen=True)
class ScalarGrid:
    """Samples of a scalar in a box. values: [X, Y, Z] float32, larger inside. low: [3], where values[0, 0, 0] is. step: [3]."""

    values: Floats
    low: NDArray[np.float64]
    step: NDArray[np.float64]

    def at(self, points: NDArray) -> Floats:
        """Trilinear values [N] at points [N, 3]; clamped at the border."""
        return trilinear_at(self.values, self._indices(points))

    def outward(self, points: NDArray) -> Floats:
        """Unit normals [N, 3] at points [N, 3]: down the gradient."""
        return normalized(-gradient_at(self.values, self._indices(points)) / self.step)

    def _indices(self, points: NDArray) -> Floats:
        return np.ascontiguousarray((points - self.low) / self.step, np.float32)


@dataclass(frozen=True)
class Surface:
    """A fine surface with the grid that it was cut from, and the value at which it was cut."""

    mesh: Mesh
    grid: ScalarGrid
    threshold: float


@dataclass(frozen=True)
class Silhouettes:
    """What a field looks like from B cameras. alpha: [B, H, W] in 0..1. cam_to_world: [B, 4, 4]. fov_y: [B], rad."""

    alpha: NDArray
    cam_to_world: NDArray
    fov_y: NDArray

    def __post_init__(self) -> None:
        if self.alpha.ndim != 3 or self.cam_to_world.shape != (len(self.alpha), 4, 4):
            raise ValueError(
                f"alpha must be [B, H, W] and cam_to_world [B, 4, 4], not {list(self.alpha.shape)} "
                f"and {list(self.cam_to_world.shape)}."
            )


def sample_grid(
    value: Value,
    low: ArrayLike = (-1.0, -1.0, -1.0),
    high: ArrayLike = (1.0, 1.0, 1.0),
    counts: ArrayLike = (64, 64, 64),
    context: Context | None = None,
    where: NDArray[np.bool_] | None = None,
    fill: NDArray | None = None,
) -> ScalarGrid:
    """Evaluate `value` on counts [3] samples whose first and last lie on `low` and `high`.

    where: [X, Y, Z], the samples to ask for; `fill` [X, Y, Z] supplies the rest. Raises MeshingError on NaN.
    """
    context = context or Silent()
    begin, end, num = np.asarray(low, float), np.asarray(high, float), np.asarray(counts, int)
    step = (end - begin) / (num - 1)
    axes = [(begin[k] + step[k] * np.arange(num[k])).astype(np.float32) for k in range(3)]
    values = np.zeros(tuple(num), np.float32) if fill is None else np.array(fill, np.float32)
    asked = np.arange(values.size) if where is None else np.flatnonzero(where)
    flat = values.reshape(-1)
    for start in range(0, len(asked), CHUNK):
        context.check_cancelled()
        context.progress(start / len(asked), "Sampling the field")
        some = asked[start : start + CHUNK]
        i, j, k = np.unravel_index(some, values.shape)
        points = np.stack([axes[0][i], axes[1][j], axes[2][k]], axis=1)
        got = np.asarray(value(points), np.float32).reshape(-1)
        if len(got) != len(points):
            raise ValueError(f"value must return [{len(points)}] numbers for that many points, not {len(got)}.")
        flat[some] = got
    _refuse_nan(values)
    return ScalarGrid(values, begin, step)


def extract_field(
    value: Value,
    threshold: float,
    resolution: int = 128,
    coarse: ScalarGrid | None = None,
    context: Context | None = None,
) -> Surface:
    """The surface where `value` (larger inside) crosses the threshold, with `resolution` cells along the object's longest side.

    coarse: a grid over the whole cube, if the caller has one already. Raises MeshingError if the field is empty or has NaN.
    """
    context = context or Silent()
    coarse = coarse or sample_grid(value, context=Part(context, 0.0, 0.2))
    for attempt in range(3):
        box = _occupied_box(coarse, threshold)
        fine = _fine_grid(value, threshold, resolution, coarse, box, Part(context, 0.2, 0.9))
        touched = _touched_sides(fine, threshold, coarse)
        if not touched.any() or attempt == 2:
            break
        # The coarse grid missed something thin that leaves the box: a coarse grid of twice the density sees it.
        counts = 2 * np.array(coarse.values.shape)
        coarse = sample_grid(value, coarse.low, coarse.low + coarse.step * (np.array(coarse.values.shape) - 1), counts)
    context.progress(0.9, "Cutting the surface")
    return march(fine, threshold)


def extract_sdf(sdf: NDArray, upsample: int = 2, context: Context | None = None) -> Surface:
    """The zero surface of signed distances [N, N, N] (negative inside, samples at voxel centres of [-1, 1]^3).

    Cubic splines between the samples hide the grid's steps; only the occupied box is refined. The grid in the result holds
    the negated distance. Raises MeshingError if nothing is inside or a value is not finite.
    """
    context = context or Silent()
    sdf = np.asarray(sdf, np.float32)
    if sdf.ndim != 3 or min(sdf.shape) < 4:
        raise ValueError(f"sdf must be [N, N, N] with N at least 4, not {list(sdf.shape)}.")
    _refuse_nan(sdf)
    size = np.array(sdf.shape)
    step = 2.0 / size
    coarse = ScalarGrid(-sdf, -1.0 + 0.5 * step, step)
    context.progress(0.1, "Cutting the surface")
    low, high = _occupied_box(coarse, 0.0)
    values = -sdf
    new_low, new_step = np.zeros(3), step / upsample
    for axis in range(3):
        first = max(0, int(np.floor((low[axis] - coarse.low[axis]) / step[axis])))
        last = min(size[axis] - 1, int(np.ceil((high[axis] - coarse.low[axis]) / step[axis])))
        positions = np.arange(first, last + 0.5 / upsample, 1.0 / upsample)
        weights = make_interp_spline(np.arange(size[axis]), np.eye(size[axis]), k=3)(positions)  # [M, N]
        values = np.moveaxis(np.tensordot(weights.astype(np.float32), values, axes=(1, axis)), 0, axis)
        new_low[axis] = coarse.low[axis] + first * step[axis]
    context.progress(0.6, "Cutting the surface")
    return march(ScalarGrid(np.ascontiguousarray(values, np.float32), new_low, new_step), 0.0)


def march(grid: ScalarGrid, threshold: float) -> Surface:
    """Marching cubes, closed at the border, triangles facing outwards, normals from the gradient."""
    spread = max(float(np.abs(grid.values - np.float32(threshold)).max()), 1e-6)
    # Closed by samples so low that the surface cut at the border stays within a fifth of a cell of it.
    values = np.pad(grid.values, 1, constant_values=np.float32(threshold - 4.0 * spread))
    # A sample exactly on the threshold would give triangles without area.
    values[np.abs(values - np.float32(threshold)) < 1e-5 * spread] = threshold - 1e-5 * spread
    if not (values > threshold).any():
        raise MeshingError(EMPTY)
    vertices, triangles = mcubes.marching_cubes(values.astype(np.float64), float(threshold))
    points = grid.low + (vertices - 1.0) * grid.step
    return Surface(Mesh.of(points, triangles, grid.outward(points)), grid, float(threshold))


def choose_threshold(
    grid: ScalarGrid, views: Silhouettes, candidates: Sequence[float] | None = None
) -> tuple[float, float]:
    """The threshold whose mesh looks most like the field: highest mean IoU of its silhouettes with alpha > 0.5.

    The grid may hold densities, logits, anything that is larger inside: by default 12 thresholds are tried that leave
    from 0.05 % to 50 % of the box inside, then 5 about the best. Returns (threshold, IoU). Raises MeshingError if the field
    shows nothing or none of its surfaces can be seen.
    """
    _refuse_nan(grid.values)
    wanted = np.asarray(views.alpha) > 0.5
    if not wanted.any() or float(grid.values.max()) <= float(grid.values.min()):
        raise MeshingError(EMPTY)
    if candidates is not None:
        tried = [(_silhouette_iou(grid, views, wanted, float(t)), float(t)) for t in candidates]
    else:
        wide = np.geomspace(5e-4, 0.5, 12)
        first = [_silhouette_iou(grid, views, wanted, t) for t in _thresholds(grid, wide)]
        best = int(np.argmax(first))
        narrow = np.geomspace(wide[max(best - 1, 0)], wide[min(best + 1, 11)], 7)[1:-1]
        tried = list(zip(first, _thresholds(grid, wide), strict=True))
        tried += [(_silhouette_iou(grid, views, wanted, t), t) for t in _thresholds(grid, narrow)]
    iou, threshold = max(tried)
    if iou <= 0.0:
        raise MeshingError(EMPTY)
    return threshold, iou


def _thresholds(grid: ScalarGrid, inside_shares: NDArray) -> list[float]:
    return [float(t) for t in np.quantile(grid.values, 1.0 - inside_shares)]


def _silhouette_iou(grid: ScalarGrid, views: Silhouettes, wanted: NDArray[np.bool_], threshold: float) -> float:
    try:
        mesh = march(grid, threshold).mesh
    except MeshingError:  # a field that is level inside has nothing above its own height: only this threshold is out
        return 0.0
    height, width = wanted.shape[1:]
    ious = []
    for i, seen in enumerate(wanted):
        screen = project(mesh.vertices, views.cam_to_world[i], float(views.fov_y[i]), height, width)
        mask = rasterize(screen, mesh.triangles, height, width).mask
        ious.append((mask & seen).sum() / max(1, (mask | seen).sum()))
    return float(np.mean(ious))


def _occupied_box(grid: ScalarGrid, threshold: float) -> tuple[NDArray, NDArray]:
    """Corners [3], [3] of what is inside, one and a half cells wider, within the grid."""
    inside = grid.values > threshold
    if not inside.any():
        raise MeshingError(EMPTY)
    low, high = np.zeros(3), np.zeros(3)
    for axis in range(3):
        hit = np.flatnonzero(inside.any(axis=tuple(a for a in range(3) if a != axis)))
        low[axis] = grid.low[axis] + max(hit[0] - 1.5, 0.0) * grid.step[axis]
        high[axis] = grid.low[axis] + min(hit[-1] + 1.5, inside.shape[axis] - 1.0) * grid.step[axis]
    return low, high


def _fine_grid(
    value: Value,
    threshold: float,
    resolution: int,
    coarse: ScalarGrid,
    box: tuple[NDArray, NDArray],
    context: Context,
) -> ScalarGrid:
    """The box on cubic cells; samples whose coarse neighbourhood lies wholly inside or outside keep the coarse value."""
    low, high = box
    step = float((high - low).max()) / resolution
    counts = np.maximum(2, np.ceil((high - low) / step - 1e-6).astype(int) + 1)
    high = low + step * (counts - 1)
    # "Wholly outside" is judged well below the threshold: fields rise smoothly, so a wall that slips between two coarse
    # samples still shows as a rise beside it.
    inside = coarse.values[coarse.values > threshold]
    alert = threshold - 0.25 * (float(inside.mean()) - threshold)
    if threshold > 0.0:
        alert = max(alert, 0.1 * threshold)
    # Normals look two fine cells to each side; there must be no coarse value among what they see.
    reach = 3 if 2.0 * step <= float(coarse.step.min()) else 5
    open_cells = (maximum_filter(coarse.values, reach) > alert) & (minimum_filter(coarse.values, reach) <= threshold)
    axes = [low[k] + step * np.arange(counts[k]) for k in range(3)]
    nearest = [
        np.clip(np.rint((axes[k] - coarse.low[k]) / coarse.step[k]).astype(int), 0, coarse.values.shape[k] - 1)
        for k in range(3)
    ]
    where = open_cells[np.ix_(*nearest)]
    fill = coarse.values[np.ix_(*nearest)]
    return sample_grid(value, low, high, counts, context, where, fill)


def _touched_sides(fine: ScalarGrid, threshold: float, coarse: ScalarGrid) -> NDArray[np.bool_]:
    """[6]: sides of the fine box that cut through matter although the coarse grid reaches further."""
    inside = fine.values > threshold
    coarse_high = coarse.low + coarse.step * (np.array(coarse.values.shape) - 1)
    fine_high = fine.low + fine.step * (np.array(fine.values.shape) - 1)
    sides = []
    for axis in range(3):
        first, last = inside.take(0, axis).any(), inside.take(-1, axis).any()
        sides.append(first and fine.low[axis] > coarse.low[axis] + 1e-6)
        sides.append(last and fine_high[axis] < coarse_high[axis] - 1e-6)
    return np.array(sides)


def _refuse_nan(values: NDArray) -> None:
    bad = int((~np.isfinite(values)).sum())
    if bad:
        raise MeshingError(
            f"The field holds {bad} values that are not numbers, so it has no surface: the optimisation diverged. "
            "Try another seed or a lower learning rate."
        )
