"""Parts of graphs: what comes along, what stays away, and that what is left can be built."""

from __future__ import annotations

import random

import bpy
import pytest
from graphs import KINDS, NAMES, ZONES, new_tree, node_types, some_data

from dreamgrove.procedural.graph import GraphError, GraphSpec, build, compare, read
from dreamgrove.procedural.graph.subset import subset, without_inferred


@pytest.fixture(autouse=True)
def _clean_scene():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    some_data()


def test_frames_and_zones_come_along():
    tree = new_tree()
    inner, outer = tree.nodes.new("NodeFrame"), tree.nodes.new("NodeFrame")
    inner.parent = outer
    start, end = tree.nodes.new("GeometryNodeRepeatInput"), tree.nodes.new("GeometryNodeRepeatOutput")
    start.pair_with_output(end)
    framed, alone = tree.nodes.new("ShaderNodeMath"), tree.nodes.new("ShaderNodeMix")
    framed.parent = inner
    spec = read(tree)
    assert {n.name for n in subset(spec, [framed.name]).root.nodes} == {framed.name, inner.name, outer.name}
    for one in (start, end):
        assert {n.name for n in subset(spec, [one.name]).root.nodes} == {start.name, end.name}
    assert {n.name for n in subset(spec, [outer.name]).root.nodes} == {outer.name}, "a frame does not bring its nodes"
    assert subset(spec, [n.name for n in tree.nodes]) == spec
    assert subset(spec, [alone.name]).root.active == (alone.name if tree.nodes.active == alone else "")
    assert subset(spec, []).root.nodes == ()


def test_links_of_a_multi_input_are_numbered_anew():
    tree = new_tree()
    join = tree.nodes.new("GeometryNodeJoinGeometry")
    cubes = [tree.nodes.new("GeometryNodeMeshCube") for _ in range(4)]
    for cube in cubes:
        tree.links.new(cube.outputs[0], join.inputs[0])
    spec = read(tree)
    orders = {link.from_node: link.order for link in spec.root.links}
    kept = sorted(cubes[1:], key=lambda cube: orders[cube.name])
    part = subset(spec, [join.name, *(cube.name for cube in cubes[1:])])
    assert {link.from_node: link.order for link in part.root.links} == {c.name: i for i, c in enumerate(kept)}
    assert compare(without_inferred(part), without_inferred(read(build(part))), "layout") == []
    assert subset(spec, [join.name, cubes[3].name]).root.links[0].order == 0


def test_groups_that_are_not_used_stay_away():
    deep, used, unused = (new_tree(name=name) for name in ("deep", "used", "unused"))
    used.nodes.new("GeometryNodeGroup").node_tree = deep
    tree = new_tree(name="root")
    names = {}
    for group in (used, unused):
        node = tree.nodes.new("GeometryNodeGroup")
        node.node_tree, names[group.name] = group, node.name
    spec = read(tree)
    assert [t.name for t in subset(spec, [names["used"]]).trees] == ["deep", "used", "root"]
    assert [t.name for t in subset(spec, [names["unused"]]).trees] == ["unused", "root"]
    assert [t.name for t in subset(spec, []).trees] == ["root"]


@pytest.mark.parametrize("name", NAMES)
def test_drivers_and_curves_of_nodes_that_go(name):
    """Names are escaped in the paths of curves."""
    tree = new_tree("ShaderNodeTree")
    stays, goes = tree.nodes.new("ShaderNodeMath"), tree.nodes.new("ShaderNodeMath")
    stays.name, goes.name = name, f"{name} 2"
    for node in (stays, goes):
        node.inputs[0].driver_add("default_value").driver.expression = "frame"
        node.inputs[1].keyframe_insert("default_value", frame=1)
    spec = read(tree)
    part = subset(spec, [stays.name]).root
    assert len(part.animation.drivers) == len(part.animation.curves) == 1
    assert compare(subset(spec, [stays.name]), read(build(subset(spec, [stays.name]))), "layout") == []
    assert subset(spec, []).root.animation is None
    assert subset(spec, [stays.name, goes.name]).root.animation == spec.root.animation


def test_a_name_that_no_node_has():
    with pytest.raises(GraphError, match="'Tree' has no node 'no such'"):
        subset(read(new_tree()), ["no such"])


@pytest.mark.parametrize("kind", KINDS[:3])
@pytest.mark.parametrize("seed", range(2))
def test_random_parts(kind, seed):
    """Any part of any graph is a graph: whole in itself, through JSON, part of itself, and it can be built."""
    rng = random.Random(seed)
    left_out = ("Closure", "ColorBalance", "MenuSwitch", "IndexSwitch")
    types = [t for t in node_types(kind) if not any(name in t for name in left_out)]
    tree = new_tree(kind)
    group = new_tree(kind, NAMES[0])
    nodes = [tree.nodes.new(rng.choice(types)) for _ in range(20)]
    nodes.append(tree.nodes.new(kind.replace("Tree", "Group")))
    nodes[-1].node_tree = group
    for start in [n for n in nodes if n.bl_idname in ZONES]:
        start.pair_with_output(tree.nodes.new(ZONES[start.bl_idname]))
    frames = [tree.nodes.new("NodeFrame") for _ in range(3)]
    for node in nodes:
        if rng.random() < 0.4:
            node.parent = rng.choice(frames)
    outputs = [s for n in tree.nodes for s in n.outputs if s.bl_idname not in ("NodeSocketVirtual", "NodeSocketMenu")]
    inputs = [s for n in tree.nodes for s in n.inputs if s.bl_idname not in ("NodeSocketVirtual", "NodeSocketMenu")]
    for _ in range(40):
        source, target = rng.choice(outputs), rng.choice(inputs)
        if source.node != target.node and source.type == target.type:
            tree.links.new(source, target)
    spec = read(tree)
    for _ in range(3):
        names = rng.sample([n.name for n in tree.nodes], rng.randint(0, 20))
        part = subset(spec, names)
        kept = {n.name for n in part.root.nodes}
        assert set(names) <= kept <= {n.name for n in spec.root.nodes}
        assert {n.parent for n in part.root.nodes} | {n.pair for n in part.root.nodes} <= kept | {""}
        assert {(link.from_node, link.to_node) for link in part.root.links} == {
            (link.from_node, link.to_node)
            for link in spec.root.links
            if link.from_node in kept and link.to_node in kept
        }
        assert subset(part, kept) == part and subset(part, names) == part
        assert GraphSpec.from_json(part.to_json()) == part
        problems: list[str] = []
        again = without_inferred(read(build(part, problems)))
        assert problems == [] and [str(d) for d in compare(without_inferred(part), again, "layout")] == []
