"""How long families take to grow, in one process: python3 dev.py bench families

For every family's default: `first`, from the call in an empty file to the evaluated mesh, its graph and materials made on the way; `again`, one
more of it; `slider`, from a changed input to the evaluated mesh, the worst of three live numbers; `faces` with instances counted once, and as
shown; `hero`, the same at the finest detail, from call to evaluated mesh, with its vertices as shown. Peers' figures on two cores are in the docs.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import bpy
import numpy as np

from ..params import ParamInfo, params_of
from ..procedural.ending import end
from ..procedural.generators import FAMILIES, Family, grow, modifier_of
from ..procedural.graph import evaluate_parts, set_inputs
from .machine import load

SLIDERS = 3
FINEST = 4.0


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    made = work()
    return time.perf_counter() - start, made


def grown(family: Family, params: Any) -> bpy.types.Object:
    """Grown and evaluated, as a viewport would ask for it."""
    obj = grow(family, params)
    bpy.context.evaluated_depsgraph_get().update()
    return obj


def sliders(family: Family) -> list[ParamInfo]:
    """Some live numbers, spread over the dataclass."""
    live = [i for i in params_of(family.params) if i.live and i.kind is float and i.usual and i.name != "detail"]
    return [live[int(k)] for k in np.linspace(0, len(live) - 1, min(SLIDERS, len(live)))] if live else []


def slide(obj: bpy.types.Object, family: Family, info: ParamInfo) -> float:
    modifier = modifier_of(obj, family)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    low, high = info.usual or (0.0, 1.0)
    took = []
    for value in (low, high, info.default):
        start = time.perf_counter()
        set_inputs(modifier, {info.label: value})
        depsgraph.update()
        took.append(time.perf_counter() - start)
    return sorted(took)[1]


def main() -> int:
    wanted = sys.argv[1:]
    print(f"Blender {bpy.app.version_string}, load {load()}")
    print(
        f"{'family':<20}{'first s':>9}{'again s':>9}{'slider ms':>11}{'faces':>10}{'shown':>10}{'hero s':>9}{'hero vertices':>15}"
    )
    for family in FAMILIES:
        if wanted and family.name not in wanted:
            continue
        bpy.ops.wm.read_factory_settings(use_empty=True)
        first, obj = seconds(lambda f=family: grown(f, f.default))
        again, obj = seconds(lambda f=family: grown(f, replace(f.default, seed=5)))
        slider = max((slide(obj, family, info) for info in sliders(family)), default=0.0)
        parts = evaluate_parts(obj)
        faces = sum(len(np.unique(mesh.polygon_of)) for mesh, _ in parts)
        shown = sum(len(np.unique(mesh.polygon_of)) * count for mesh, count in parts)
        bpy.ops.wm.read_factory_settings(use_empty=True)
        hero, obj = seconds(lambda f=family: grown(f, replace(f.default, detail=FINEST)))
        vertices = sum(len(mesh.vertices) * count for mesh, count in evaluate_parts(obj))
        print(
            f"{family.name:<20}{first:>9.2f}{again:>9.2f}{slider * 1000:>11.0f}{faces:>10,}{shown:>10,}{hero:>9.2f}{vertices:>15,}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    end(main())
