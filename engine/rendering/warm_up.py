"""Compiles the CPU kernels of fields and volume rendering, so that the first job need not: `python -m dreamgrove.engine.rendering.warm_up`.

Twenty seconds of a core once; a second when they are in numba's cache (NUMBA_CACHE_DIR, else beside the sources).
"""

from __future__ import annotations

import torch

from ..fields import GridStart, HashGridField, HashGridParams
from .cameras import orbit
from .occupancy import Occupancy
from .shading import Light
from .volume import render


def warm_up() -> None:
    """Draws a tiny ball once, lit and unlit, forwards and backwards. Touches no global random state."""
    t = torch.linspace(-1.0, 1.0, 8)
    radius = torch.stack(torch.meshgrid(t, t, t, indexing="ij"), dim=-1).norm(dim=-1)
    start = GridStart(radius - 0.5, torch.full((8, 8, 8, 3), 0.5))
    field = HashGridField(start, HashGridParams(levels=2, log2_rows=8), torch.Generator())
    occupancy, cameras = Occupancy.from_field(field, 8), orbit(0.0, 0.3)
    light = Light(torch.tensor([[0.0, -2.0, 1.0]]))
    for shading in ("albedo", "lambertian"):
        views = render(field, cameras, 4, 4, occupancy, None, shading, light, torch.Generator())
        views.rgb.sum().backward()


if __name__ == "__main__":
    warm_up()
