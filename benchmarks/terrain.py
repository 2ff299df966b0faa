"""How fast land is evaluated: live height terrain by Geometry Nodes, without erosion.

python -m dreamgrove.benchmarks.terrain            in the Python of a bpy wheel

Best of five evaluations through the dependency graph, each of another seed, so that nothing is kept. "ten octaves": the mountains' noise in full and no
gullies, the issue's measure, whose waves of 3,900 m down to 8 m are ten octaves; "as it comes": the preset with all that it has, at the same
number of points. Seconds of all processors are told too, since a busy machine measures slow.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
import time
from dataclasses import replace

import bpy

from ..procedural.generators import FAMILIES, Family, family_named, grow, regrow
from ..procedural.generators.terrain.ground import POINTS

RUNS = 5
GOALS = {1024: 0.8, 436: 0.3}  # points a side: seconds


def measure(family: Family, params: object, side: int) -> tuple[float, float, float]:
    """Best and median seconds of an evaluation, and the least of all processors."""
    params = replace(params, detail=side / POINTS)  # type: ignore[type-var]
    obj = grow(family, params, "bench")
    depsgraph = bpy.context.evaluated_depsgraph_get()
    times = []
    for seed in range(RUNS + 1):
        regrow(obj, family, replace(params, seed=seed))  # type: ignore[type-var]
        start, cpu = time.perf_counter(), time.process_time()
        depsgraph.update()
        count = len(obj.evaluated_get(depsgraph).data.vertices)
        took = time.perf_counter() - start
        times.append((took, time.process_time() - cpu))
        assert count == side * side, count
    bpy.data.objects.remove(obj)
    wall, busy = zip(*times[1:], strict=True)  # the first warms up
    return min(wall), statistics.median(wall), min(busy)


def main() -> int:
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    print(f"Blender {bpy.app.version_string}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    mountains = family_named("mountains")
    plain = replace(mountains.default, rounds=0, octaves=10.0)
    late = 0
    print(f"{'land':<28}{'points':>12}{'best s':>9}{'median s':>10}{'processors s':>14}   goal")
    for side, goal in GOALS.items():
        best, median, busy = measure(mountains, plain, side)
        late += best > goal
        print(f"{'mountains, ten octaves':<28}{side * side:>12,}{best:>9.2f}{median:>10.2f}{busy:>14.2f}   {goal} s")
    print(f"memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most so far")
    for family in [f for f in FAMILIES if f.category == "Terrain"] if "--all" in sys.argv else [mountains]:
        best, median, busy = measure(family, family.default, 436)
        print(f"{family.title + ', as it comes':<28}{436 * 436:>12,}{best:>9.2f}{median:>10.2f}{busy:>14.2f}")
    print("within the goals" if not late else f"{late} of {len(GOALS)} beyond their goal")
    return int(bool(late))


if __name__ == "__main__":
    sys.exit(main())
