"""The meshing settings that methods pass on to people."""

from __future__ import annotations

from dataclasses import dataclass

from ...params import param


@dataclass(frozen=True)
class MeshingParams:
    """How a field becomes a mesh with textures."""

    faces: int = param(20_000, "Triangles of the finished mesh, at most", min=200, max=200_000, panel="Mesh")
    resolution: int = param(
        128, "Cells along the longest side of the object when the surface is cut out", min=32, max=384, panel="Mesh"
    )
    texture_size: int = param(1024, "Width and height of the textures", min=128, max=4096, unit="px", panel="Mesh")
    min_part: float = param(
        0.02,
        "Loose parts smaller than this share of the largest one's volume are removed",
        min=0.0,
        max=1.0,
        unit="factor",
        panel="Mesh",
    )
    smoothing: int = param(2, "Passes of smoothing that keep the volume", min=0, max=50, panel="Mesh")
    margin: int = param(4, "Gap between the pieces of the texture", min=1, max=32, unit="px", panel="Mesh")


DRAFT = MeshingParams(faces=5_000)
