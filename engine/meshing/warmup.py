"""Compile the meshing's kernels ahead of the first job: numba keeps the machine code on disk."""

from __future__ import annotations

import numpy as np

from .mesh import Context
from .params import MeshingParams
from .pipeline import FieldSource, SdfSource, mesh_asset
from .preview import render_preview, render_turntable


def warm_up(context: Context | None = None) -> None:
    """Mesh and draw a small ball by both ways. Takes some ten seconds the first time, under two later."""
    side = (np.arange(24) + 0.5) / 12 - 1.0
    x, y, z = np.meshgrid(side, side, side, indexing="ij")
    sdf = np.sqrt(x * x + y * y + z * z) - 0.6
    small = MeshingParams(faces=400, resolution=32, texture_size=128)
    asset = mesh_asset(SdfSource(sdf, np.full((*sdf.shape, 3), 0.5)), small, context)
    ball = FieldSource(
        lambda points: 0.6 - np.linalg.norm(points, axis=1), lambda points: np.abs(points), threshold=0.0
    )
    mesh_asset(ball, small, context)
    render_preview(asset.mesh, asset.textures, size=64)
    render_turntable(asset.mesh, asset.textures, size=32, frames=2)


if __name__ == "__main__":
    warm_up()
