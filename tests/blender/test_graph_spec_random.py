"""Specs of interfaces by chance, and of a long chain."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import bpy
import pytest
from graphs import (
    KINDS,
    NAMES,
    chain,
    new_tree,
    randomise,
    round_trip,
    some_data,
)

from dreamgrove.procedural.graph import GraphSpec, build, compare, read


@pytest.fixture(autouse=True)
def _clean_scene():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    some_data()


@pytest.mark.parametrize("kind", KINDS[:3])
@pytest.mark.parametrize("seed", range(4))
def test_interfaces(kind, seed):
    """Every type of socket both ways, in nested panels, with random properties, and with gaps in the identifiers."""
    rng = random.Random(seed)
    tree = new_tree(kind)
    panels = [None]
    types = []
    for name in sorted(n for n in dir(bpy.types) if n.startswith("NodeSocket")):
        try:
            tree.interface.remove(tree.interface.new_socket("probe", in_out="INPUT", socket_type=name))
            types.append(name)
        except (TypeError, RuntimeError):
            continue  # no such type in this kind of tree
    for index in range(60):
        parent = rng.choice(panels)
        try:
            if index % 10 == 0:
                panel = tree.interface.new_panel(rng.choice(NAMES))
                if parent is not None:
                    tree.interface.move_to_parent(panel, parent, 0)
                panels.append(panel)
            else:
                tree.interface.new_socket(
                    rng.choice(NAMES),
                    in_out=rng.choice(("INPUT", "OUTPUT")),
                    socket_type=rng.choice(types),
                    parent=parent,
                )
        except (TypeError, RuntimeError):
            continue  # a shader is no output, say, or no panels are in panels
    sockets = [i for i in tree.interface.items_tree if i.item_type == "SOCKET"]
    assert len(sockets) > 8
    for item in rng.sample(sockets, 5):
        tree.interface.remove(item)
    for item in rng.sample(list(tree.interface.items_tree), 8):
        tree.interface.move(item, rng.randrange(4))
    for item in list(tree.interface.items_tree):
        randomise(item, rng)
        if hasattr(item, "subtype"):
            item.default_value = item.default_value  # into the range that the subtype has now, as in the interface
    tree.nodes.new("NodeGroupInput")
    tree.nodes.new("NodeGroupOutput")
    assert round_trip(tree) == []


def test_menus_take_their_defaults():
    tree = new_tree()
    item = tree.interface.new_socket("Shape", in_out="INPUT", socket_type="NodeSocketMenu")
    start, switch = tree.nodes.new("NodeGroupInput"), tree.nodes.new("GeometryNodeMenuSwitch")
    switch.enum_items.clear()
    for name in ("round", NAMES[0], "square"):
        switch.enum_items.new(name)
    tree.links.new(start.outputs[0], switch.inputs[0])
    item.default_value = NAMES[0]
    user = new_tree(name="User")
    group = user.nodes.new("GeometryNodeGroup")
    group.node_tree = tree
    group.inputs[0].default_value = "square"
    assert round_trip(user) == []
    built = build(read(user))
    assert built.nodes[0].node_tree.interface.items_tree[0].default_value == NAMES[0]


@pytest.mark.skipif(bpy.app.version < (5, 0), reason="came with Blender 5.0")
def test_panels_with_a_toggle():
    tree = new_tree()
    panel = tree.interface.new_panel("Options", default_closed=True)
    toggle = tree.interface.new_socket("Use", in_out="INPUT", socket_type="NodeSocketBool", parent=panel)
    toggle.is_panel_toggle = True
    tree.interface.new_socket("Amount", in_out="INPUT", socket_type="NodeSocketFloat", parent=panel)
    assert round_trip(tree) == []
    assert build(read(tree)).interface.items_tree[1].is_panel_toggle


def test_a_chain_of_2000_nodes():
    """No recursion along links. Made from data: Blender looks at the whole tree after each node and link, so once is enough."""
    tree = new_tree("ShaderNodeTree")
    chain(tree, 2)
    spec = read(tree)
    node, link = spec.root.nodes[0], spec.root.links[0]
    names = [f"Math {index}" for index in range(2000)]
    nodes = tuple(replace(node, name=name) for name in names)
    links = tuple(replace(link, from_node=one, to_node=other) for one, other in itertools.pairwise(names))
    spec = replace(spec, trees=(replace(spec.root, nodes=nodes, links=links, active=names[7]),))
    assert GraphSpec.from_json(spec.to_json()) == spec
    again = read(build(spec))
    assert compare(spec, again, "layout") == []
    assert compare(spec, again, "reachable") == []
