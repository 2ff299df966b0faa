"""Specs and the file: references, names, errors, and that reading changes nothing."""

from __future__ import annotations

import bpy
import pytest
from graphs import (
    KINDS,
    NAMES,
    chain,
    new_tree,
    node_types,
    round_trip,
    some_data,
)

from dreamgrove.procedural.graph import GraphError, GraphSpec, build, compare, read


@pytest.fixture(autouse=True)
def _clean_scene():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    some_data()


def test_references_by_library_and_name(tmp_path):
    bpy.data.libraries.write(str(tmp_path / "library.blend"), {bpy.data.objects[0], bpy.data.materials[0]})
    with bpy.data.libraries.load(str(tmp_path / "library.blend"), link=True) as (source, target):
        target.objects, target.materials = list(source.objects), list(source.materials)
    tree = new_tree()
    for library in (None, bpy.data.libraries[0].filepath):
        node = tree.nodes.new("GeometryNodeObjectInfo")
        node.inputs[0].default_value = bpy.data.objects[NAMES[0], library]
        tree.nodes.new("GeometryNodeSetMaterial").inputs[2].default_value = bpy.data.materials[NAMES[0], library]
    assert round_trip(tree) == []
    built = build(read(tree))
    assert (
        built.nodes["Object Info.001"].inputs[0].default_value == tree.nodes["Object Info.001"].inputs[0].default_value
    )
    assert built.nodes["Object Info.001"].inputs[0].default_value.library is not None


def test_a_missing_image_is_named():
    tree = new_tree("ShaderNodeTree")
    tree.nodes.new("ShaderNodeTexImage").image = bpy.data.images.new("bark", 4, 4)
    tree.nodes.new("ShaderNodeMath").operation = "SINE"
    spec = read(tree)
    bpy.data.images.remove(bpy.data.images["bark"])
    before = {b.name for b in bpy.data.node_groups}
    with pytest.raises(
        GraphError, match=r"node 'Image Texture'.*needs 'bark' in images, in this file, and there is none"
    ):
        build(spec)
    assert {b.name for b in bpy.data.node_groups} == before, "what was made is removed"
    problems: list[str] = []
    built = build(spec, problems)
    assert len(problems) == 1 and "bark" in problems[0]
    assert built.nodes["Math"].operation == "SINE"


def test_a_node_that_this_blender_does_not_have():
    tree = new_tree()
    nodes = chain(tree, 3)
    text = (
        read(tree)
        .to_json()
        .replace('"name": "Math.001", "type": "ShaderNodeMath"', '"name": "Math.001", "type": "ShaderNodeOfTomorrow"')
    )
    spec = GraphSpec.from_json(text)
    with pytest.raises(GraphError, match=r"'Math.001': this Blender has no node type 'ShaderNodeOfTomorrow'"):
        build(spec)
    problems: list[str] = []
    built = build(spec, problems)
    assert [n.name for n in built.nodes] == [nodes[0].name, nodes[2].name]
    assert len(problems) == 1


@pytest.mark.parametrize(
    "text", ["", "[]", "3", '{"$": "Ref", "kind": "a", "name": "b"}', '{"$": "GraphSpec"}', '{"$": "os"}']
)
def test_json_that_is_no_spec(text):
    with pytest.raises(ValueError, match=r"spec|JSON|Expecting"):
        GraphSpec.from_json(text)


# Reading changes nothing; names are only names


def test_reading_leaves_the_file_as_it_is():
    for kind in KINDS:
        tree = new_tree(kind, kind)
        for type_name in node_types(kind):
            if "Closure" not in type_name or bpy.app.version >= (5, 0):
                tree.nodes.new(type_name)
        counts = {
            p.identifier: len(getattr(bpy.data, p.identifier))
            for p in bpy.data.bl_rna.properties
            if p.type == "COLLECTION"
        }
        first = read(tree)
        assert compare(first, read(tree), "layout") == []
        assert counts == {name: len(getattr(bpy.data, name)) for name in counts}


@pytest.mark.parametrize("name", [*NAMES, "x" * 63, "ü" * 31, "a.001", ".hidden"])
def test_names_are_only_names(name):
    tree, inner = new_tree(name=name), new_tree(name=name)
    node = tree.nodes.new("GeometryNodeGroup")
    node.node_tree, node.name, node.label = inner, name, name
    tree.nodes.new("ShaderNodeMath").parent = tree.nodes.new("NodeFrame")
    tree.nodes[-1].name = name
    tree.interface.new_socket(name, in_out="INPUT", socket_type="NodeSocketFloat")
    assert round_trip(tree) == []
