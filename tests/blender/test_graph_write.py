"""Graphs as Python: what a script makes is what was there, names stay names, and it needs nothing but bpy."""

from __future__ import annotations

import ast
import random
import subprocess
import sys
import zlib
from pathlib import Path

import bpy
import pytest
from graphs import KINDS, NAMES, ZONES, node_types, randomise_node, some_data
from scripts import run

from dreamgrove.procedural.graph import GraphError, compare, read, to_python


@pytest.fixture(autouse=True)
def _clean_scene():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    some_data()


@pytest.mark.parametrize("kind", KINDS)
def test_every_node_type(kind):
    """Two trees of all nodes: as they come, and with random values."""
    left_out = () if bpy.app.version >= (5, 0) else ("Closure", "ColorBalance")  # see test_graph_spec_nodes
    types = [t for t in node_types(kind) if not any(name in t for name in left_out)]
    for rng in (None, random.Random(zlib.crc32(kind.encode()))):
        tree = bpy.data.node_groups.new(NAMES[0], kind)
        for type_name in types:
            node = tree.nodes.new(type_name)
            if type_name in ZONES:
                node.pair_with_output(tree.nodes.new(ZONES[type_name]))
        for node in list(tree.nodes) if rng else ():
            if rng.random() < 0.3:
                randomise_node(node, rng)
            node.location = (rng.uniform(-5000, 5000), rng.uniform(-5000, 5000))
        spec = read(tree)
        assert [str(d) for d in compare(spec, read(run(to_python(tree))), "layout")] == []


@pytest.mark.parametrize("name", [*NAMES, '"""', "\\", "\u2028", "# -*- coding: cp037 -*-"])
def test_names_are_only_names(name):
    tree, inner = bpy.data.node_groups.new(name, "GeometryNodeTree"), bpy.data.node_groups.new(name, "GeometryNodeTree")
    inner.interface.new_socket(name, in_out="INPUT", socket_type="NodeSocketString").default_value = name
    node = tree.nodes.new("GeometryNodeGroup")
    node.node_tree, node.name, node.label = inner, name, name
    node[name] = name
    text = to_python(tree)
    calls = [n.func.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    assert "__import__" not in calls and "exec" not in calls
    assert not any(
        isinstance(n, ast.Import) and any(a.name == "os" for a in n.names) for n in ast.walk(ast.parse(text))
    )
    assert compare(read(tree), read(run(text)), "layout") == []


def test_bundled_groups():
    """Those of the smaller files; test_graph_spec_bundled builds all, by the code that scripts bring along."""
    files = [p for p in Path(bpy.utils.resource_path("LOCAL")).rglob("*.blend") if p.parent.name.endswith("nodes")]
    for file in sorted(files, key=lambda p: p.stat().st_size)[:1]:
        with bpy.data.libraries.load(str(file)) as (source, target):
            target.node_groups = list(source.node_groups)
        groups = list(bpy.data.node_groups)
        assert groups
        for group in groups:
            assert [str(d) for d in compare(read(group), read(run(to_python(group))), "layout")] == []


def test_a_material_comes_back_as_a_material():
    material = bpy.data.materials.new("Bark")
    if material.node_tree is None:
        material.use_nodes = True
    made = run(to_python(material))
    assert isinstance(made, bpy.types.Material) and made != material
    assert compare(read(material), read(made), "layout") == []


def test_a_script_needs_nothing_but_bpy(tmp_path):
    tree = bpy.data.node_groups.new("Tree", "ShaderNodeTree")
    first, second = tree.nodes.new("ShaderNodeMath"), tree.nodes.new("ShaderNodeMath")
    tree.links.new(first.outputs[0], second.inputs[1])
    (tmp_path / "script.py").write_text(to_python(tree), encoding="utf-8")
    code = (
        "import runpy, sys, os, bpy; runpy.run_path('script.py', run_name='__main__');"
        "assert not any(name.startswith('dreamgrove.') for name in sys.modules);"
        "tree = bpy.data.node_groups['Tree']; assert len(tree.links) == 1; print('made', flush=True); os._exit(0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=120, env={"PATH": ""}
    )
    assert "made" in done.stdout, done.stderr


def test_what_is_missing_is_told():
    tree = bpy.data.node_groups.new("Tree", "ShaderNodeTree")
    tree.nodes.new("ShaderNodeTexImage").image = bpy.data.images.new("bark", 4, 4)
    text = to_python(tree)
    bpy.data.images.remove(bpy.data.images["bark"])
    with pytest.raises(UserWarning, match=r"needs 'bark' in images"):
        run(text)


def test_the_same_graph_gives_the_same_text():
    tree = bpy.data.node_groups.new("Tree", "ShaderNodeTree")
    tree.nodes.new("ShaderNodeValToRGB")
    assert to_python(tree) == to_python(tree) == to_python(read(tree))


def test_other_styles_and_things_without_a_tree_are_refused():
    with pytest.raises(ValueError, match=r"style must be one of standalone.*, not 'haiku'"):
        to_python(bpy.data.node_groups.new("Tree", "ShaderNodeTree"), "haiku")
    with pytest.raises(GraphError, match="has no node tree"):
        to_python(bpy.data.linestyles.new("Style"))
