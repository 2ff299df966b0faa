"""A hundred graphs by chance, of up to 200 nodes in nested groups, come back as they were; every tenth from its script too."""

from __future__ import annotations

import random
from functools import cache

import bpy
import pytest
from graphs import KINDS, round_trip, some_data
from random_graphs import random_graph, sizes, some_types
from scripts import each_style, level_of, run

from dreamgrove.procedural.graph import GraphSpec, build, compare, read, to_python

COUNT, LARGEST = 100, 200
SIZES = sizes(COUNT, random.Random("sizes"), LARGEST)
types_of = cache(some_types)


def graph(seed: int) -> bpy.types.NodeTree:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    some_data()
    kind = KINDS[seed % 3]
    return random_graph(kind, SIZES[seed], random.Random(seed), types_of(kind))


@pytest.mark.parametrize("seed", range(COUNT))
def test_random_graph(seed):
    assert round_trip(graph(seed)) == []


@each_style
@pytest.mark.parametrize("seed", range(0, COUNT, 10))
def test_scripts_of_random_graphs(seed, style):
    spec = read(graph(seed))
    made = run(to_python(spec, style))
    told = [str(d) for d in compare(spec, read(made), level_of(style))]
    assert [t for t in told if not any(f"> node {name!r} >" in t for name in of_any_type(spec))] == []


def of_any_type(spec: GraphSpec) -> set[str]:
    """Reroutes that get nothing: before 5.0 Blender takes their type from any of the sockets that they feed (docs/graphs.md)."""
    if bpy.app.version >= (5, 0):
        return set()
    fed = {(tree.name, link.to_node) for tree in spec.trees for link in tree.links}
    nodes = [(tree.name, node) for tree in spec.trees for node in tree.nodes if node.type == "NodeReroute"]
    return {node.name for tree, node in nodes if (tree, node.name) not in fed}


def test_they_are_what_they_should_be():
    """Large ones of each kind, and in all of them together links, zones, groups, panels, frames."""
    assert sorted(SIZES)[-5:] == [LARGEST] * 5
    assert {seed % 3 for seed in range(COUNT) if SIZES[seed] == LARGEST} == {0, 1, 2}
    bpy.ops.wm.read_factory_settings(use_empty=True)
    some_data()
    counts = dict.fromkeys(("nodes", "links", "sound links", "muted links", "zones", "panels", "framed", "groups"), 0)
    for seed in (0, COUNT - 1, COUNT - 2):
        spec = read(random_graph(KINDS[seed % 3], 100, random.Random(seed), types_of(KINDS[seed % 3])))
        built = build(spec)
        counts["nodes"] += sum(len(tree.nodes) for tree in spec.trees)
        counts["links"] += sum(len(tree.links) for tree in spec.trees)
        counts["sound links"] += sum(link.is_valid for link in built.links)
        counts["muted links"] += sum(link.muted for tree in spec.trees for link in tree.links)
        counts["zones"] += sum(bool(node.pair) for tree in spec.trees for node in tree.nodes)
        counts["panels"] += sum(item.type == "PANEL" for tree in spec.trees for item in tree.interface)
        counts["framed"] += sum(bool(node.parent) for tree in spec.trees for node in tree.nodes)
        counts["groups"] += len(spec.trees) - 1
    assert counts["nodes"] >= 240 and counts["links"] > 150 and counts["sound links"] > counts["links"] / 2
    assert min(counts.values()) > 0, counts
