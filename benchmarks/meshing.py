"""How long meshing takes: python -m dreamgrove.benchmarks.meshing [--output DIR]

A draft (signed distances 64^3 and colours of a mushroom) to a bundle of 5,000 faces, and the same shape as a field to 20,000 faces.
Kernels are compiled before the clock starts. Wall time needs idle cores; CPU time is given beside it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..engine.meshing.bundle import make_recipe, write_bundle
from ..engine.meshing.clean import inspect
from ..engine.meshing.mesh import Silent
from ..engine.meshing.params import MeshingParams
from ..engine.meshing.pipeline import Asset, FieldSource, SdfSource, mesh_asset
from ..engine.meshing.warmup import warm_up

TARGETS_S = {"draft to bundle, 5,000 faces": 4.0, "field to asset, 20,000 faces": 10.0}


def mushroom_distance(points: NDArray) -> NDArray:
    """[N] roughly the signed distance of a toadstool to points [N, 3], negative inside."""
    x, y, z = points.T
    radius = np.hypot(x, y)
    angle = np.arctan2(y, x)
    cap = np.hypot(radius / (1.0 + 0.03 * np.sin(5 * angle)), np.maximum(z - 0.15, 0.0) * 1.25) - 0.72
    cap = np.maximum(cap, 0.12 - z + 0.05 * radius)
    thick = 0.17 + 0.10 * np.clip((-z - 0.45) / 0.45, 0.0, 1.0) ** 2
    stem = np.maximum(np.hypot(x - 0.05 * np.sin(2 * z), y) - thick, np.abs(z + 0.35) - 0.52)
    blend = 0.08  # smooth union
    h = np.clip(0.5 + 0.5 * (stem - cap) / blend, 0.0, 1.0)
    return stem * (1 - h) + cap * h - blend * h * (1 - h)


def mushroom_albedo(points: NDArray) -> NDArray:
    """[N, 3] linear: a red cap with white spots, pale gills and stem."""
    x, y, z = points.T
    color = np.tile(np.array([0.55, 0.015, 0.012], np.float32), (len(points), 1))
    rng = np.random.default_rng(4)
    spots = rng.normal(size=(26, 3))
    spots /= np.linalg.norm(spots, axis=1, keepdims=True)
    spots[:, 2] = np.abs(spots[:, 2])
    direction = np.stack([x, y, 1.25 * np.maximum(z - 0.15, 0)], 1)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True) + 1e-9
    nearest = (direction @ spots.T).max(axis=1)
    color[nearest > np.cos(0.15)] = (0.85, 0.82, 0.74)
    pale = (z < 0.15 + 0.02 * np.sin(9 * np.arctan2(y, x))) | (np.hypot(x, y) < 0.2) & (z < 0.2)
    color[pale] = (0.78, 0.68, 0.52)
    return color


def mushroom_draft(size: int = 64) -> SdfSource:
    """The toadstool as a draft's grids, truncated at 0.15 like the draft model's."""
    side = (np.arange(size) + 0.5) * 2.0 / size - 1.0
    points = np.stack(np.meshgrid(side, side, side, indexing="ij"), axis=-1).reshape(-1, 3)
    sdf = np.clip(mushroom_distance(points), -0.15, 0.15).astype(np.float32).reshape((size,) * 3)
    return SdfSource(sdf, mushroom_albedo(points).reshape((size,) * 3 + (3,)))


def mushroom_field() -> FieldSource:
    """The toadstool as a density, 40 inside, over 0.02 units from 0 to that."""
    return FieldSource(
        lambda points: 40.0 / (1.0 + np.exp(np.clip(mushroom_distance(points) / 0.01, -40, 40))),
        mushroom_albedo,
        threshold=20.0,
        roughness=lambda points: 0.35 + 0.4 * (points[:, 2] < 0.15),
    )


class Gaps(Silent):
    """Remembers the longest silence between two progress events."""

    def __init__(self) -> None:
        self.last, self.longest = time.perf_counter(), 0.0

    def progress(self, fraction: float, stage: str) -> None:
        now = time.perf_counter()
        self.longest, self.last = max(self.longest, now - self.last), now


def measure(name: str, work: Callable[[Gaps], Asset]) -> None:
    """Run once, and print wall time, CPU time with the child processes' share, stages, and the mesh's soundness."""
    gaps = Gaps()
    wall, cpu = time.perf_counter(), _cpu_s()
    asset = work(gaps)
    wall, cpu = time.perf_counter() - wall, _cpu_s() - cpu
    report = inspect(asset.mesh.closed())
    print(
        f"{name}: {wall:.2f} s wall, {cpu:.2f} s CPU (target {TARGETS_S[name]:.0f} s); longest silence {gaps.longest:.2f} s"
    )
    print(f"  {asset.timings}")
    print(f"  {asset.notes}, closed: {report.manifold}")


def _cpu_s() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, help="keep the bundles here")
    output = parser.parse_args().output
    started = time.perf_counter()
    warm_up()
    print(f"kernels ready in {time.perf_counter() - started:.1f} s")
    with tempfile.TemporaryDirectory() as temporary:
        folder = output or Path(temporary)

        def bundle(asset: Asset, where: str, context: Gaps) -> Asset:
            started = time.perf_counter()
            write_bundle(folder / where, asset, make_recipe("benchmark", {}, 0), 0.3, "a red mushroom", context)
            asset.timings["bundle"] = round(time.perf_counter() - started, 3)
            return asset

        draft, field = mushroom_draft(), mushroom_field()
        measure(
            "draft to bundle, 5,000 faces",
            lambda gaps: bundle(mesh_asset(draft, MeshingParams(faces=5_000), gaps), "draft", gaps),
        )
        measure("field to asset, 20,000 faces", lambda gaps: mesh_asset(field, MeshingParams(), gaps))
        if output:
            bundle(mesh_asset(field, MeshingParams()), "field", Gaps())


if __name__ == "__main__":
    sys.exit(main())
