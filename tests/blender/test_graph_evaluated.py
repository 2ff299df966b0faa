"""Copies of geometry node groups yield the same geometry, bit for bit: positions, topology, all attributes, materials."""

from __future__ import annotations

import random
from typing import Any

import bpy
import pytest
from bundled import FILES, load, nodes_in, one_in
from evaluation import evaluate_group, is_empty, sources, unequal
from graphs import some_data
from random_geometry import random_geometry
from scripts import run

from dreamgrove.procedural.concepts import GENERATORS
from dreamgrove.procedural.graph import GraphSpec, build, read, to_python
from dreamgrove.procedural.graph.write import STYLES

LARGE = 60  # nodes; of larger groups only some are built from their scripts
WAYS = ("build", *STYLES)


def copied(spec: GraphSpec, way: str) -> bpy.types.NodeTree:
    return build(spec) if way == "build" else run(to_python(spec, way))


def differing(
    tree: bpy.types.NodeTree, objects: list[bpy.types.Object], ways: tuple[str, ...] = WAYS
) -> tuple[list[Any], int]:
    """What differs between the results of a group and of its copies, and how many results are not empty."""
    results = [evaluate_group(tree, each) for each in objects]
    spec, lost = read(tree), []
    for way in ways:
        copy = copied(spec, way)
        for each, result in zip(objects, results, strict=True):
            found = unequal(result, evaluate_group(copy, each))
            lost += [(way, each.name, found[:5])] if found else []
    return lost, sum(not is_empty(result) for result in results)


def geometry_groups(groups: list[bpy.types.NodeTree]) -> list[bpy.types.NodeTree]:
    return [g for g in groups if g.bl_idname == "GeometryNodeTree"]


@pytest.mark.parametrize("file", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_bundled_groups(file, request):
    """Every geometry group, those that only compute a value too: their outputs become attributes."""
    everything = request.config.getoption("--all-scripts")
    loaded = load(file)
    groups = geometry_groups(loaded)
    objects = list(sources().values())
    kept = {*loaded}
    lost, filled = {}, {}
    for group in groups:
        scripted = everything or nodes_in(group) <= LARGE or one_in(6, group.name)
        found, filled[group.name] = differing(group, objects, WAYS if scripted else WAYS[:1])
        if found:
            lost[group.name] = found
        bpy.data.batch_remove([g for g in bpy.data.node_groups if g not in kept])
    assert lost == {}
    full = [name for name, count in filled.items() if count >= len(objects) - 1]  # nothing may stay nothing
    assert len(full) >= 0.8 * len(groups), f"{set(filled) - set(full)} yield nothing"


def test_there_are_bundled_geometry_groups():
    assert sum(len(geometry_groups(load(file))) for file in FILES) >= 25


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda g: g.name)
def test_our_generators(generator, request):
    """Each copied one way, by turns, for they have hundreds of nodes; with --all-scripts every way."""
    ways = WAYS if request.config.getoption("--all-scripts") else (WAYS[GENERATORS.index(generator) % len(WAYS)],)
    bpy.ops.wm.read_factory_settings(use_empty=True)
    tree = generator.build(generator.for_training(generator.sample(1)))
    lost, filled = differing(tree, [sources()["nothing"]], ways)
    assert (lost, filled) == ([], 1)


def test_random_geometry():
    """Thirty graphs of some 15 to 50 nodes, over all operations that Blender has."""
    empty, seen = 0, set()
    for seed in range(30):
        bpy.ops.wm.read_factory_settings(use_empty=True)
        some_data()
        objects = list(sources().values())[:2]
        rng = random.Random(seed)
        tree = random_geometry(rng, rng.randint(3, 9))
        seen |= {node.bl_idname for node in tree.nodes}
        lost, filled = differing(tree, objects, WAYS if seed % 3 == 0 else WAYS[:1])
        assert lost == [], f"seed {seed}"
        empty += filled < len(objects)
    assert empty <= 3
    assert len(seen) > 100
