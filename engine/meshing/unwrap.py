"""Cut a closed mesh into pieces and lay them flat in the unit square, without overlap (xatlas, in a process of its own)."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import io
import math
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
from numba import njit
from numpy.typing import NDArray

from .mesh import Context, Ints, Mesh, MeshingError, Silent, UnwrappedMesh
from .tangents import tangents

POLL_S = 0.1
PROGRESS_S = 0.5
TIMEOUT_S = 900.0
_CHILD = Path(__file__).with_name("xatlas_child.py")


class Unwrapper:
    """A waiting xatlas process. Start it early: loading its libraries then costs no time of ours.

    Use as a context manager, so that the process ends with the work, whatever happens.
    """

    def __init__(self) -> None:
        # -P: the child's folder is ours, and its modules must not hide the standard library's.
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(_CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self._talk: threading.Thread | None = None

    def __enter__(self) -> Unwrapper:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        if self._talk is not None:
            self._talk.join()  # it ends with the process, and uses the pipes until then
        self._process.communicate()

    def run(self, mesh: Mesh, texture_size: int, margin: int, context: Context) -> dict[str, NDArray]:
        """The child's answer (see xatlas_child). Raises MeshingError if it fails or takes longer than TIMEOUT_S."""
        question = io.BytesIO()
        np.savez(
            question,
            vertices=mesh.vertices,
            normals=mesh.normals,
            triangles=mesh.triangles.astype(np.uint32),
            texture_size=texture_size,
            margin=margin,
        )
        answer: list[tuple[bytes, bytes]] = []
        talk = threading.Thread(
            target=lambda: answer.append(self._process.communicate(question.getvalue())), daemon=True
        )
        self._talk = talk
        talk.start()
        began = time.monotonic()
        told = -math.inf
        expected = 0.2 + 0.35 * (len(mesh.triangles) / 5000) ** 1.5  # seconds, as measured on one core
        while talk.is_alive():
            context.check_cancelled()
            elapsed = time.monotonic() - began
            if elapsed > TIMEOUT_S:
                raise MeshingError("Unwrapping the mesh takes too long; ask for fewer faces.")
            if elapsed - told >= PROGRESS_S:
                told = elapsed
                context.progress(1.0 - math.exp(-1.5 * elapsed / expected), "Unwrapping")
            talk.join(POLL_S)
        output, errors = answer[0] if answer else (b"", b"")
        if self._process.returncode != 0:
            lines = errors.decode(errors="replace").strip().splitlines()
            raise MeshingError(
                f"Unwrapping the mesh failed ({lines[-1] if lines else 'no reason given'}); ask for fewer faces."
            )
        return dict(np.load(io.BytesIO(output), allow_pickle=False))


def unwrap(
    mesh: Mesh,
    texture_size: int = 1024,
    margin: int = 4,
    context: Context | None = None,
    unwrapper: Unwrapper | None = None,
) -> UnwrappedMesh:
    """UVs for the mesh, its vertices split along the cuts, with tangents.

    margin: texels between pieces. unwrapper: one started earlier; else one is started here. Progress comes at least every second.
    """
    context = context or Silent()
    if not len(mesh.triangles):
        raise MeshingError("There is nothing to unwrap: the mesh has no triangles.")
    if unwrapper is None:
        with Unwrapper() as started:
            got = started.run(mesh, texture_size, margin, context)
    else:
        got = unwrapper.run(mesh, texture_size, margin, context)
    source, triangles = got["source"].astype(np.int32), got["triangles"].astype(np.int32).reshape(-1, 3)
    vertices, normals = mesh.vertices[source], mesh.normals[source]
    uv = np.clip(got["uv"].astype(np.float32), 0.0, 1.0)
    uv[:, 1] = 1.0 - uv[:, 1]  # xatlas has v upwards; without this every piece would be mirrored
    return UnwrappedMesh(vertices, triangles, normals, uv, tangents(vertices, normals, uv, triangles), source)


def count_overlaps(uv: NDArray, triangles: Ints, size: int) -> int:
    """How many texel centres of a size x size picture lie well inside more than one triangle."""
    covered = np.zeros((size, size), np.int32)
    _cover(np.ascontiguousarray(uv, np.float64) * size, np.ascontiguousarray(triangles, np.int32), covered)
    return int((covered > 1).sum())


@njit(cache=True)
def _cover(uv, triangles, covered):
    """Count, for each texel, the triangles that hold its centre, their rims left out."""
    size = covered.shape[0]
    for f in range(len(triangles)):
        a, b, c = triangles[f, 0], triangles[f, 1], triangles[f, 2]
        ax, ay, bx, by, cx, cy = uv[a, 0], uv[a, 1], uv[b, 0], uv[b, 1], uv[c, 0], uv[c, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if abs(area) < 1e-9:
            continue
        for row in range(max(0, int(min(ay, by, cy) - 0.5)), min(size, int(max(ay, by, cy) + 1.5))):
            for column in range(max(0, int(min(ax, bx, cx) - 0.5)), min(size, int(max(ax, bx, cx) + 1.5))):
                x, y = column + 0.5 - ax, row + 0.5 - ay
                lb = (x * (cy - ay) - y * (cx - ax)) / area
                lc = (y * (bx - ax) - x * (by - ay)) / area
                if lb > 1e-4 and lc > 1e-4 and lb + lc < 1.0 - 1e-4:
                    covered[row, column] += 1
