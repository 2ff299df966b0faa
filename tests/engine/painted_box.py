"""A box whose six faces have colours of their own: what the GLB tests write, here and in Blender's environment.

Run as a script (in the engine's environment) it writes tests/blender/painted_box.glb anew.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from dreamgrove.engine.meshing.gltf import write_glb
from dreamgrove.engine.meshing.mesh import Textures, UnwrappedMesh
from dreamgrove.engine.meshing.tangents import tangents

FILE = Path(__file__).parents[1] / "blender" / "painted_box.glb"
SIZE_M = 0.5  # the longest side, which is x
HALF = np.array([0.8, 0.4, 0.6])  # engine units
CENTRE = np.array([0.1, -0.2, 0.3])  # the origin must not matter
RECIPE = {"method": "test", "seed": 3, "prompt": "a painted box"}
# Face direction -> sRGB colour; the front, -Y, is red.
FACES = {
    (0, -1, 0): (255, 0, 0),
    (0, 1, 0): (0, 255, 0),
    (1, 0, 0): (0, 0, 255),
    (-1, 0, 0): (255, 255, 0),
    (0, 0, 1): (255, 255, 255),
    (0, 0, -1): (0, 0, 0),
}
CELL = 8  # texels; faces lie in a row of cells, 64 texels wide


def box() -> tuple[UnwrappedMesh, Textures]:
    vertices, normals, uv, triangles = [], [], [], []
    base = np.zeros((64, 64, 3), np.uint8)
    for i, (normal, color) in enumerate(FACES.items()):
        n = np.array(normal, float)
        right = np.array([-n[1], n[0], 0.0]) if n[2] == 0 else np.array([1.0, 0.0, 0.0])
        up = np.cross(n, right)
        for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
            vertices.append((n + x * right + y * up) * HALF + CENTRE)
            normals.append(n)
            uv.append(((i + 0.5 + 0.4 * x) * CELL / 64, (0.5 - 0.4 * y) * CELL / 64))
        triangles += [[4 * i, 4 * i + 1, 4 * i + 2], [4 * i, 4 * i + 2, 4 * i + 3]]
        base[:CELL, i * CELL : (i + 1) * CELL] = color
    places, faces = np.array(vertices, np.float32), np.array(triangles, np.int32)
    around, flat = np.array(normals, np.float32), np.array(uv, np.float32)
    mesh = UnwrappedMesh(
        places, faces, around, flat, tangents(places, around, flat, faces), np.arange(24, dtype=np.int32)
    )
    level = np.full((64, 64, 3), (128, 128, 255), np.uint8)
    rough = np.full((64, 64, 3), (255, 64, 0), np.uint8)
    return mesh, Textures(base, level, rough, 1.0, np.ones((64, 64), bool))


def write(path: Path) -> None:
    write_glb(path, *box(), SIZE_M, "painted box", RECIPE)


if __name__ == "__main__":
    write(FILE)
