"""A method of some seconds that ends in a mesh as large as the largest that is offered, so that the window's smoothness is
measured at its worst, with and without trained weights. For `--methods` of the engine's server; not in the product."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dreamgrove.engine.methods.base import Method
from dreamgrove.engine.methods.context import JobContext
from dreamgrove.engine.protocol import JobRequest
from dreamgrove.params import param, to_mapping

sys.path.append(str(Path(__file__).parents[1] / "blender"))
from bundles import checker, write_bundle


@dataclass(frozen=True)
class BallParams:
    steps: int = param(60, "How many steps", min=1, max=10_000)
    faces: int = param(20_000, "Triangles of the finished mesh", min=100, max=200_000, panel="Mesh")
    texture_size: int = param(1024, "Width and height of the textures", min=16, max=4096, unit="px", panel="Mesh")


def run(request: JobRequest, p: BallParams, context: JobContext) -> None:
    y, x = np.mgrid[-1:1:160j, -1:1:160j]
    for step in range(p.steps):
        time.sleep(0.1)
        share = (step + 1) / p.steps
        inside = x**2 + y**2 < 0.8 * share
        context.preview(np.where(inside[..., None], checker(160), 230).astype(np.uint8))
        context.progress(share * 0.95, "Drafting" if share < 0.3 else "Growing")
    size_m = request.size_m or 0.15
    recipe = {
        "method": "ball", "prompt": request.prompt, "preset": request.preset, "seed": request.seed, "size_m": size_m,
        "params": to_mapping(p),
    }  # fmt: skip
    write_bundle(context.folder, recipe, faces=p.faces, texture_px=p.texture_size)
    context.progress(1.0, "Done")


METHODS = (Method("ball", "Ball", BallParams, {"draft": {}, "standard": {"steps": 120}, "fine": {"steps": 240}}, run),)
