"""Erosion in numpy, as Blender has it, and in the engine: python -m dreamgrove.benchmarks.erosion [--points 1024] [--steps 20]

Running water of one and the same land, both in one run: numpy's step, and (where torch and numba are) the engine's compiled one and torch's on a
GPU if there is one; valleys both ways; then the whole erosion with 200 steps of water. The processor's seconds are of all threads, those that
wait for another included (NUMBA_NUM_THREADS=1 has none); wall time needs idle cores.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..land_params import ErosionParams, HydraulicParams, ValleyParams
from ..procedural.grow.erosion import carve, erode
from ..procedural.grow.erosion.hydraulic import ShallowWater
from ..procedural.grow.erosion.resample import resample
from ..procedural.terrain.field import HeightField
from .machine import load, peak_mib


def land(count: int, size: float = 4000.0, height: float = 500.0) -> HeightField:
    """Noise at nine widths."""
    rng = np.random.default_rng(1)
    heights = np.zeros((count, count), np.float32)
    for octave in range(9):
        heights += resample(rng.standard_normal((2 << octave,) * 2, np.float32), count) * np.float32(0.45**octave)
    heights -= heights.min()
    return HeightField(heights * np.float32(height / heights.max()), size)


def measure(name: str, work: Callable[[], object], times: int) -> float:
    """Print what one of `times` takes, ms; returns the processor's."""
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(times):
        work()
    wall, cpu = (
        (end - start) / times * 1e3 for end, start in ((time.perf_counter(), wall), (time.process_time(), cpu))
    )
    print(f"{name}: {wall:.1f} ms wall, {cpu:.1f} ms of the processor")
    return cpu


def _valleys(field: HeightField) -> None:
    """Four steps of rivers at each resolution, both ways."""
    import torch

    from ..engine.land import carve as carve_there

    heights, params = torch.from_numpy(field.heights), ValleyParams(steps=4, sea_level=-1e6)
    carve_there(heights[:64, :64].contiguous(), field.size, params)
    numpy_ms = measure("valleys, numpy", lambda: carve(field, params), 1)
    ours = measure("valleys, compiled", lambda: carve_there(heights, field.size, params), 1)
    same = np.array_equal(carve_there(heights, field.size, params).heights.numpy(), carve(field, params).heights)
    print(f"  {numpy_ms / ours:.1f} times; the same bits: {same}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--points", type=int, default=1024)
    parser.add_argument("--steps", type=int, default=20)
    options = parser.parse_args()
    field, params = land(options.points), HydraulicParams()
    print(f"{options.points} x {options.points} points, load {load()}")
    water = ShallowWater(field, params)
    with water.bands:
        water.step()
        numpy_ms = measure("a step of water, numpy", water.step, options.steps)
    there_too = importlib.util.find_spec("torch") and importlib.util.find_spec("numba")
    if there_too:
        import torch

        from ..engine.land.water import ShallowWater as EngineWater

        heights = torch.from_numpy(field.heights)
        there = EngineWater(heights, field.size, params)
        there.step_compiled()
        ours = measure("a step of water, compiled", there.step_compiled, options.steps)
        print(f"  {numpy_ms / ours:.1f} times; the same bits: {np.array_equal(there.bed.numpy(), water.bed)}")
        if torch.cuda.is_available():
            there = EngineWater(heights.cuda(), field.size, params)
            there.step()

            def many() -> None:
                for _ in range(options.steps):
                    there.step()
                torch.cuda.synchronize()

            measure(f"{options.steps} steps of water, torch on {torch.cuda.get_device_name()}", many, 1)
        _valleys(field)
    whole = ErosionParams(sea_level=-1e6, snow=1.5)
    numpy_ms = measure("all erosion with 200 steps of water, numpy", lambda: erode(field, whole), 1)
    if there_too:
        from ..engine.land import erode as erode_there

        erode_there(heights[:64, :64].contiguous(), field.size, replace(whole, iterations=1))
        ours = measure("the same, compiled", lambda: erode_there(heights, field.size, whole), 1)
        print(f"  {numpy_ms / ours:.1f} times")
    print(f"peak {peak_mib()} MiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
