"""Solid land to a mesh: python -m dreamgrove.benchmarks.solid [--cell 0.25] [--size 400]

Rolling ground alone, then with caves, arches, overhangs, floating rocks and boulders, seen from a camera and as fine everywhere. Vertices a
second of the processor (all threads) and of wall time, which needs idle cores; the most memory that was had.
"""

from __future__ import annotations

import argparse
import sys
import time

from ..procedural.terrain.solid.blocks import Region
from ..procedural.terrain.solid.elements import Solid
from ..procedural.terrain.solid.forms import elements
from ..procedural.terrain.solid.nets import mesh_solid
from ..procedural.terrain.solid.params import SolidParams
from .erosion import land
from .machine import load, peak_mib


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--size", type=float, default=400.0, help="m along a side")
    parser.add_argument("--cell", type=float, default=0.5, help="m")
    options = parser.parse_args()
    field = land(513, options.size, options.size / 8)
    half, low, high = options.size / 2, -10.0, float(field.heights.max()) + 60.0
    forms = elements(field, SolidParams(caves=4, arches=4, overhangs=6, floating=3, boulders=60))
    print(f"{options.size:g} m, cells of {options.cell:g} m, load {load()}")
    for name, solid, camera in (
        ("ground", Solid(field), None),
        ("with forms", Solid(field, forms), None),
        ("with forms, from a camera", Solid(field, forms), (-half, -half, high - 60.0)),
    ):
        region = Region((-half, -half, low), (half, half, high), options.cell, camera, 0.006)
        wall, cpu = time.perf_counter(), time.process_time()
        mesh = mesh_solid(solid, region, solid.steepest)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        count = len(mesh.vertices)
        print(
            f"{name}: {count} vertices, {wall:.2f} s wall, {cpu:.2f} s of the processor: {count / wall / 1e6:.2f} "
            f"million a second of wall time, {count / cpu / 1e6:.2f} of the processor; peak {peak_mib()} MiB"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
