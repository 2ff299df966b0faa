"""Comparing finds each difference, at the right level, and says it in words."""

from __future__ import annotations

import bpy
import pytest
from graphs import (
    chain,
    new_tree,
    some_data,
)

from dreamgrove.procedural.graph import compare, read


@pytest.fixture(autouse=True)
def _clean_scene():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    some_data()


def changed(change, level="everything"):
    """The differences after a change to a small tree."""
    tree = new_tree()
    tree.interface.new_socket("Value", in_out="OUTPUT", socket_type="NodeSocketFloat")
    nodes = chain(tree, 3)
    tree.links.new(nodes[2].outputs[0], tree.nodes.new("NodeGroupOutput").inputs[0])
    tree.nodes.new("ShaderNodeClamp")  # dangling
    before = read(tree)
    change(tree)
    return [str(d) for d in compare(before, read(tree), level)]


@pytest.mark.parametrize(
    ("change", "levels", "text"),
    [
        (
            lambda t: setattr(t.nodes[0], "operation", "SINE"),
            3,
            "node 'Math' > operation: is 'ADD' in one, 'SINE' in the other",
        ),
        (
            lambda t: setattr(t.nodes[0].inputs[1], "default_value", 0.25),
            3,
            "input 'Value' > default_value: is 0.5 in one, 0.25",
        ),
        (lambda t: t.nodes.remove(t.nodes[1]), 3, "node 'Math.001': is only in the first"),
        (lambda t: t.links.remove(t.links[0]), 3, "has the link 'Math'[0] -> 'Math.001'[0] only in the first"),
        (lambda t: setattr(t.links[0], "is_muted", True), 3, "has the link 'Math'[0] -> 'Math.001'[0]"),
        (
            lambda t: setattr(t.interface.items_tree[0], "name", "Sum"),
            3,
            "> name: is 'Value' in one, 'Sum' in the other",
        ),
        (lambda t: setattr(t.nodes[-1], "clamp_type", "RANGE"), 2, "clamp_type"),
        (lambda t: setattr(t.nodes[0], "label", "first"), 2, "label: is '' in one, 'first' in the other"),
        (lambda t: t.__setitem__("note", 1), 2, "custom property > note: is only in the second"),
        (lambda t: t.asset_mark(), 2, "is an asset only in the second"),
        (lambda t: t.nodes[0].inputs[0].driver_add("default_value"), 2, "is animated only in the second"),
        (lambda t: setattr(t.nodes[0], "location", (1.0, 2.0)), 1, "location"),
    ],
)
def test_differences_are_told(change, levels, text):
    """The last `levels` of the three see it."""
    seen = [any(text in line for line in changed(change, level)) for level in ("reachable", "everything", "layout")]
    assert seen == [levels >= 3, levels >= 2, True]


def test_only_known_levels():
    spec = read(new_tree())
    with pytest.raises(ValueError, match="level must be one of reachable, everything, layout, not 'strict'"):
        compare(spec, spec, "strict")
