"""The whole way from a field or a draft to a textured mesh."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .bake import Lookup, bake
from .clean import clean, inspect
from .extract import Silhouettes, Surface, Value, choose_threshold, extract_field, extract_sdf, sample_grid
from .kernels import cubic_at
from .mesh import Context, Floats, Mesh, MeshingError, Part, Silent, Textures, UnwrappedMesh
from .params import MeshingParams
from .simplify import simplify
from .unwrap import Unwrapper, unwrap

COARSE = 64  # samples along each side of the first look at a field
DEFAULT_ROUGHNESS = 0.6


@dataclass(frozen=True)
class SdfSource:
    """A draft. sdf: [N, N, N] engine units, negative inside. albedo: [N, N, N, 3] linear. Samples at voxel centres."""

    sdf: NDArray
    albedo: NDArray
    roughness: float | Lookup = DEFAULT_ROUGHNESS

    def __post_init__(self) -> None:
        if self.albedo.shape != (*self.sdf.shape, 3):
            raise ValueError(f"albedo must be {[*self.sdf.shape, 3]} like sdf, not {list(self.albedo.shape)}.")


@dataclass(frozen=True)
class FieldSource:
    """A field that can be asked anywhere, of numpy arrays (see `torch_callable`).

    value: points [N, 3] -> [N], larger inside (density, logit, negated distance). albedo: points [N, 3] -> [N, 3] linear.
    Give the threshold, or views of the field by which it is chosen.
    """

    value: Value
    albedo: Lookup
    threshold: float | None = None
    views: Silhouettes | None = None
    roughness: float | Lookup = DEFAULT_ROUGHNESS

    def __post_init__(self) -> None:
        if self.threshold is None and self.views is None:
            raise ValueError("Give a threshold, or views to choose it by.")


@dataclass(frozen=True)
class Asset:
    """A mesh with its textures, still in engine space. timings: seconds by stage. notes: figures for the recipe and the log."""

    mesh: UnwrappedMesh
    textures: Textures
    timings: dict[str, float] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)


def torch_callable(fn: Callable[[Any], Any], device: Any = "cpu") -> Callable[[Floats], NDArray]:
    """A function of torch points [N, 3] as one of numpy points; runs on `device` without gradients."""
    import torch

    def ask(points: Floats) -> NDArray:
        with torch.no_grad():
            return fn(torch.from_numpy(points).to(device)).float().cpu().numpy()

    return ask


def mesh_asset(
    source: SdfSource | FieldSource, options: MeshingParams | None = None, context: Context | None = None
) -> Asset:
    """Cut out, clean, simplify, unwrap and bake. Raises MeshingError (a sentence) where there is nothing sound to mesh.

    context is told of progress at least every 2 s and asked for cancellation as often.
    """
    options = options or MeshingParams()
    context = context or Silent()
    timings: dict[str, float] = {}
    notes: dict[str, Any] = {}
    with Unwrapper() as unwrapper:  # started now, so that its libraries load while the surface is cut
        started = time.perf_counter()

        def timed(stage: str) -> None:
            nonlocal started
            now = time.perf_counter()
            timings[stage] = round(now - started, 3)
            started = now

        surface = _surface(source, options, Part(context, 0.0, 0.2), notes)
        timed("surface")
        context.check_cancelled()
        context.progress(0.2, "Cleaning the mesh")
        fine = clean(surface.mesh, options.min_part, options.smoothing)
        if options.smoothing:
            # The grid's gradient is smoother than what the moved triangles give.
            fine = Mesh(fine.vertices, fine.triangles, surface.grid.outward(fine.vertices))
        timed("clean")
        low = simplify(fine, options.faces, Part(context, 0.25, 0.35))
        report = inspect(low)
        if not report.manifold:
            raise MeshingError("The surface could not be made closed; try a higher resolution or another seed.")
        notes |= {
            "vertices": len(low.vertices),
            "faces": len(low.triangles),
            "parts": report.components,
            "genus": report.genus,
            "threshold": surface.threshold,
        }
        timed("simplify")
        cut = unwrap(low, options.texture_size, options.margin, Part(context, 0.35, 0.7), unwrapper)
        timed("unwrap")
        textures = bake(cut, fine, _albedo(source), source.roughness, options.texture_size, Part(context, 0.7, 1.0))
        timed("bake")
    return Asset(cut, textures, timings, notes)


def _surface(
    source: SdfSource | FieldSource, options: MeshingParams, context: Context, notes: dict[str, Any]
) -> Surface:
    if isinstance(source, SdfSource):
        # At least twice the draft's grid, so that its steps do not show.
        upsample = max(2, round(options.resolution / max(source.sdf.shape)))
        return extract_sdf(source.sdf, upsample, context)
    coarse = sample_grid(source.value, counts=(COARSE,) * 3, context=Part(context, 0.0, 0.2))
    threshold = source.threshold
    if threshold is None:
        assert source.views is not None  # FieldSource sees to it
        context.check_cancelled()
        context.progress(0.2, "Finding the surface")
        threshold, notes["silhouette_iou"] = choose_threshold(coarse, source.views)
    return extract_field(source.value, threshold, options.resolution, coarse, Part(context, 0.3, 1.0))


def _albedo(source: SdfSource | FieldSource) -> Lookup:
    if isinstance(source, FieldSource):
        return source.albedo
    grid = np.ascontiguousarray(source.albedo, np.float32)
    half = 0.5 * np.array(grid.shape[:3], np.float32)
    return lambda points: np.clip(cubic_at(grid, (points + 1.0) * half - 0.5, threads=2), 0.0, 1.0)
