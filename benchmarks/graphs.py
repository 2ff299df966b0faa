"""How long it takes to read, write, build and compare Blender's own node groups, and a chain of 2,000 nodes.

python -m dreamgrove.benchmarks.graphs            in the Python of a bpy wheel

CPU seconds of one process, so that other work on the machine counts little. "exact" counts the groups whose copy differs in
nothing, places included.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import bpy

from ..procedural.graph import GraphSpec, build, compare, read, to_python


def timed(function: Callable, *arguments: object) -> tuple[object, float]:
    start = time.process_time()
    result = function(*arguments)
    return result, time.process_time() - start


def measure(source: bpy.types.ID | GraphSpec) -> dict[str, float]:
    spec, reading = timed(read, source) if isinstance(source, bpy.types.ID) else (source, 0.0)
    text, writing = timed(to_python, spec)
    built, building = timed(build, spec)
    again, rereading = timed(read, built)
    differences, comparing = timed(compare, spec, again, "layout")
    return {
        "nodes": sum(len(tree.nodes) for tree in spec.trees),
        "read": reading or rereading,
        "write": writing,
        "build": building,
        "compare": comparing,
        "lines": len(text.splitlines()),
        "exact": not differences,
    }


def bundled() -> list[dict[str, float]]:
    rows = []
    for file in sorted(Path(bpy.utils.resource_path("LOCAL")).rglob("*.blend")):
        bpy.ops.wm.read_factory_settings(use_empty=True)
        with bpy.data.libraries.load(str(file)) as (source, target):
            target.node_groups = list(source.node_groups)
        groups = list(bpy.data.node_groups)
        for group in groups:
            rows.append(measure(group))
            bpy.data.batch_remove([g for g in bpy.data.node_groups if g not in groups])
    return rows


def chain(length: int) -> GraphSpec:
    tree = bpy.data.node_groups.new("Chain", "ShaderNodeTree")
    first, second = tree.nodes.new("ShaderNodeMath"), tree.nodes.new("ShaderNodeMath")
    tree.links.new(first.outputs[0], second.inputs[0])
    spec = read(tree)
    names = [f"Math {index}" for index in range(length)]
    nodes = tuple(replace(spec.root.nodes[0], name=name) for name in names)
    links = tuple(replace(spec.root.links[0], from_node=a, to_node=b) for a, b in pairwise(names))
    return replace(spec, trees=(replace(spec.root, nodes=nodes, links=links, active=""),))


def main() -> None:
    rows = bundled()
    largest = max(rows, key=lambda row: row["nodes"])
    middle = {key: statistics.median(row[key] for row in rows) for key in rows[0]}
    print(f"Blender {bpy.app.version_string}: {len(rows)} groups, {sum(row['exact'] for row in rows)} exact")
    for name, row in (("median", middle), ("largest", largest), ("chain", measure(chain(2000)))):
        print(name, {key: round(value, 4) for key, value in row.items()})


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # the 4.2 wheel does not survive its own end
