"""A million instances over a land: seconds to evaluate (the best of five), memory; the goal is 3 s and 2 GB on two cores.

Run in Blender's Python: python -m dreamgrove.benchmarks.scatter. "surface" is Blender's own thinning.
"""

from __future__ import annotations

import resource
import sys
import time

import bpy
import numpy as np

from dreamgrove.procedural.scene.ground import land_object
from dreamgrove.procedural.scene.scatter import ScatterParams, add_layer
from dreamgrove.procedural.scene.sources import Plant, make_sources
from dreamgrove.procedural.terrain.field import HeightField

SIDE = 200.0
RUNS = 5


def memory() -> float:
    """The most that this process has held, GB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e9 if sys.platform == "darwin" else 1e6)


def evaluate(layer: bpy.types.Object) -> tuple[float, float]:
    """Seconds, and seconds of all processors, of one evaluation of a layer."""
    layer.update_tag()
    began, busy = time.perf_counter(), time.process_time()
    bpy.context.evaluated_depsgraph_get().update()
    return time.perf_counter() - began, time.process_time() - busy


def main() -> int:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    rng = np.random.default_rng(0)
    land = land_object("Land", HeightField(rng.normal(0, 0.05, (512, 512)), SIDE), None)
    scene.collection.objects.link(land)
    hidden = bpy.data.collections.new("Hidden")
    sources = make_sources("Grass", (Plant("grass", 3, detail=0.2, far=1.0),), 1, hidden)
    before = memory()
    for method, density in (("random", 30.0), ("spaced", 80.0), ("surface", 70.0)):
        params = ScatterParams(
            method=method, density=density, spacing=0.11, patchiness=0.4, shown=1.0, proxies=False, near=0.0
        )
        layer = add_layer(method, params, sources, land, scene.collection)
        seconds, busy = min(evaluate(layer) for _ in range(RUNS))
        depsgraph = bpy.context.evaluated_depsgraph_get()
        count = sum(1 for each in depsgraph.object_instances if each.is_instance)
        sys.stdout.write(
            f"{method}: {count:,} instances evaluated in {seconds:.2f} s, {busy:.2f} s of processors; "
            f"memory {memory():.2f} GB, {before:.2f} before\n"
        )
        sys.stdout.flush()
        bpy.data.objects.remove(layer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
