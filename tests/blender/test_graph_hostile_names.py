"""Names that try to be code stay names in every style of script: in its head, its docstrings, its calls, its comments."""

from __future__ import annotations

import ast

import bpy
import pytest
from graphs import NAMES
from scripts import each_style, level_of, run

from dreamgrove.procedural.graph import compare, read, to_python

HOSTILE = (
    *NAMES,
    '"""; import os; os.abort(); """',
    "'''; import os; os.abort(); '''",
    '\\"""\nimport os\nos.abort()\n"""',
    "# -*- coding: cp037 -*-",
    "\u2028import os",
    "\\",
    "os.abort()",
    "{os.abort()}",
    "class",
    "build",
    "bpy",
    "__import__",
    "x" * 63,
)


@each_style
@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_only_names(name, style):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    tree, inner = (bpy.data.node_groups.new(name, "GeometryNodeTree") for _ in range(2))
    for each in (tree, inner):
        panel = each.interface.new_panel(name, description=name)
        for kind, value in (("Float", 0.5), ("String", name), ("Int", 3)):
            item = each.interface.new_socket(
                name, in_out="INPUT", socket_type=f"NodeSocket{kind}", description=name, parent=panel
            )
            item.default_value = value
        each.interface.new_socket(name, in_out="OUTPUT", socket_type="NodeSocketFloat")
        start, math, end = (each.nodes.new(n) for n in ("NodeGroupInput", "ShaderNodeMath", "NodeGroupOutput"))
        frame = each.nodes.new("NodeFrame")
        frame.label = math.label = math.name = name
        math.parent = frame
        each.links.new(start.outputs[0], math.inputs[0])
        each.links.new(math.outputs[0], end.inputs[0])
    group, string = tree.nodes.new("GeometryNodeGroup"), tree.nodes.new("FunctionNodeInputString")
    group.node_tree, group.name, string.string = inner, name, name
    tree[name] = name
    text = to_python(tree, style)
    module = ast.parse(text.encode())  # as Python reads a file, which may say in its first two lines how to decode it
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            assert all(alias.name != "os" for alias in node.names)
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"abort", "system"}
    assert "coding" not in "".join(text.splitlines()[:2])
    assert [str(d) for d in compare(read(tree), read(run(text)), level_of(style))] == []
