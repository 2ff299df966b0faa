"""How long it takes to read, transpile, execute and compare Blender's own node groups, and a chain of 2,000 nodes.

python -m dreamgrove.benchmarks.graphs [--quick]           in the Python of a bpy wheel

CPU seconds of one process, so that other work on the machine counts little. "exact": groups that come back from every style
with no difference at level "everything". "by hand": the same graph made by the calls that a person would write down, with
`nodes.new`, `links.new` and what is not a default, in the same process just before.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import bpy

from ..procedural.graph import GraphSpec, build, compare, read, to_python
from ..procedural.graph.write import STYLES
from .graphs_by_hand import by_hand


def timed(function: Callable, *arguments: Any) -> tuple[Any, float]:
    start = time.process_time()
    result = function(*arguments)
    return result, time.process_time() - start


def executed(text: str) -> Callable[[], bpy.types.ID]:
    space: dict[str, Any] = {"__name__": "script"}
    exec(compile(text, "script", "exec", dont_inherit=True), space)
    return space["build"]


def code_lines(text: str) -> int:
    """Lines that are neither empty nor comments."""
    return sum(1 for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#"))


def measure(source: bpy.types.ID) -> dict[str, float]:
    spec, reading = timed(read, source)
    row: dict[str, float] = {"nodes": sum(len(tree.nodes) for tree in spec.trees), "read": reading}
    row["compare"] = timed(compare, spec, spec, "layout")[1]
    exact = True
    for style in STYLES:
        text, row[f"{style} write"] = timed(to_python, source, style)
        row[f"{style} lines"] = code_lines(text)
        with warnings.catch_warnings(record=True) as told:
            made, row[f"{style} run"] = timed(executed(text))
        level = "layout" if style == "standalone" else "everything"
        exact = exact and not told and not compare(spec, read(made), level)
    row["exact"] = exact
    _, row["by hand"] = timed(by_hand, spec)
    return row


def bundled(quick: bool) -> list[dict[str, float]]:
    rows = []
    for file in sorted(Path(bpy.utils.resource_path("LOCAL")).rglob("*.blend")):
        bpy.ops.wm.read_factory_settings(use_empty=True)
        with bpy.data.libraries.load(str(file)) as (source, target):
            target.node_groups = list(source.node_groups)
        groups = list(bpy.data.node_groups)
        for group in groups[:: 5 if quick else 1]:
            rows.append(measure(group))
            bpy.data.batch_remove([g for g in bpy.data.node_groups if g not in groups])
    return rows


def chain(length: int) -> bpy.types.NodeTree:
    tree = bpy.data.node_groups.new("Chain", "ShaderNodeTree")
    first, second = tree.nodes.new("ShaderNodeMath"), tree.nodes.new("ShaderNodeMath")
    tree.links.new(first.outputs[0], second.inputs[0])
    spec: GraphSpec = read(tree)
    names = [f"Math {index}" for index in range(length)]
    nodes = tuple(replace(spec.root.nodes[0], name=name) for name in names)
    links = tuple(replace(spec.root.links[0], from_node=a, to_node=b) for a, b in pairwise(names))
    return build(replace(spec, trees=(replace(spec.root, nodes=nodes, links=links, active=""),)))


def main() -> None:
    rows = bundled("--quick" in sys.argv)
    largest = max(rows, key=lambda row: row["nodes"])
    middle = {key: statistics.median(row[key] for row in rows) for key in rows[0]}
    nodes = sum(row["nodes"] for row in rows)
    print(
        f"Blender {bpy.app.version_string}: {len(rows)} groups, {nodes} nodes, {sum(row['exact'] for row in rows)} exact"
    )
    for style in STYLES:
        lines = sum(row[f"{style} lines"] for row in rows) / nodes
        slower = statistics.median(row[f"{style} run"] / row["by hand"] for row in rows)
        whole = sum(row[f"{style} run"] for row in rows) / sum(row["by hand"] for row in rows)
        print(f"{style}: {lines:.2f} lines a node; run / by hand: median {slower:.2f}, of all {whole:.2f}")
    for name, row in (("median", middle), ("largest", largest), ("chain", measure(chain(2000)))):
        print(name, {key: round(float(value), 4) for key, value in row.items()})


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # the 4.2 wheel does not survive its own end
