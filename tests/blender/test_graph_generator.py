"""Graphs as generators: at their defaults the graph that was read, typed parameters, seeds, and a structure that can be varied."""

from __future__ import annotations

import itertools
import random
import warnings
from pathlib import Path
from typing import Any

import bpy
import numpy as np
import pytest

from dreamgrove.params import ParameterError, from_mapping, params_of
from dreamgrove.procedural.graph import GraphError, apply_group, compare, evaluate, read, to_python
from dreamgrove.procedural.graph.library import Input, Output, group, material, n
from dreamgrove.procedural.graph.structure import bypass, insert_after, swap


@pytest.fixture(autouse=True)
def _clean_scene():
    bpy.ops.wm.read_factory_settings(use_empty=True)


def module(text: str) -> dict[str, Any]:
    space: dict[str, Any] = {"__name__": "script"}
    exec(compile(text, "script", "exec"), space)
    return space


def differences(source: bpy.types.ID, made: bpy.types.ID) -> list[str]:
    return [str(d) for d in compare(read(source), read(made), "everything")]


def bumps() -> bpy.types.NodeTree:
    interface = [
        Output("Mesh", "Geometry"),
        Input("Height", "Float", 0.5, min=0.0, max=2.0, subtype="DISTANCE", tip="How high the bumps are."),
        Input("Scale", "Float", 3.0, min=0.0),
        Input("Level", "Int", 3, min=1, max=5),
        Input("Round", "Bool", True),
        Input("Tint", "Color", (0.1, 0.2, 0.3, 1.0)),
        Input("Shift", "Vector", (0.0, 0.0, 1.0)),
        Input("Kind", "Menu", "Soft"),
        Input("seed", "Int", 0, min=-10000, max=10000),
        Input("class", "String", 'a "name"'),
    ]
    with group("Bumps", interface) as t:
        i = n.group_input()
        noise = n.tex_noise(scale=i.scale, w=i.seed, noise_dimensions="4D")
        height = n.menu_switch(i.kind, noise * i.height, n.math(noise, 0.5, operation="GREATER_THAN") * i.height,
                               data_type="FLOAT", enum_items=("Soft", "Hard"))  # fmt: skip
        grid = n.subdivide_mesh(n.mesh_grid(), i.level)
        moved = n.set_position(grid, offset=n.combine_xyz(z=height) + i.shift)
        smooth = n.set_shade_smooth(moved, shade_smooth=i.round)
        n.group_output(n.store_named_attribute(smooth, name="tint", value=i.tint, data_type="FLOAT_COLOR"))
    return t.data


def test_at_its_defaults_it_is_the_graph():
    tree = bumps()
    made = module(to_python(tree, "generator"))["build"]()
    assert differences(tree, made) == []


def test_parameters_are_typed_and_have_ranges():
    space = module(to_python(bumps(), "generator"))
    infos = {info.name: info for info in params_of(space["Params"])}
    assert (
        set(infos) == {"height", "scale", "level", "round", "tint", "shift", "kind", "seed", "value"}
        or "socket_9" in infos
    )
    assert (infos["height"].min, infos["height"].max, infos["height"].unit) == (0.0, 2.0, "m")
    assert infos["height"].help == "How high the bumps are"
    assert infos["level"].kind is int and infos["round"].kind is bool and len(infos["tint"].default) == 4
    assert infos["kind"].choices == ("Soft", "Hard")
    with pytest.raises(ParameterError, match="height is 3"):
        from_mapping(space["Params"], {"height": 3.0})


def test_defaults_beyond_their_range():
    """Blender keeps a default that a range was drawn around later; the parameter then has no such end."""
    with group("Beyond", [Input("Size", "Float", 0.0), Input("Lean", "Vector", (0.0, 0.0, 5.0))]) as t:
        n.group_input()
    for item in t.data.interface.items_tree:
        item.min_value, item.max_value = 0.1, 4.0
    tree = t.data
    assert tree.interface.items_tree["Size"].default_value == 0.0
    space = module(to_python(tree, "generator"))
    infos = {info.name: info for info in params_of(space["Params"])}
    assert (infos["size"].min, infos["size"].max) == (None, 4.0)
    assert (infos["lean"].min, infos["lean"].max) == (None, None)
    assert differences(tree, space["build"]()) == []


def test_seeds_make_others_of_the_kind():
    space = module(to_python(bumps(), "generator"))
    assert space["sample"](4) == space["sample"](4) != space["sample"](5)
    kinds = {space["sample"](seed).kind for seed in range(20)}
    assert kinds == {"Soft", "Hard"}
    meshes = []
    for seed in range(4):
        p = space["sample"](seed)
        assert 0.0 <= p.height <= 2.0 and 1 <= p.level <= 5 and 1.5 <= p.scale <= 4.5
        tree = space["build"](p)
        assert tree.interface.items_tree["Height"].default_value == np.float32(p.height)
        obj = bpy.data.objects.new("thing", bpy.data.meshes.new("thing"))
        bpy.context.scene.collection.objects.link(obj)
        apply_group(obj, tree)
        meshes.append(evaluate(obj).vertices)
    assert all(len(mesh) > 4 for mesh in meshes)
    assert any(a.shape != b.shape or not np.allclose(a, b) for a, b in itertools.pairwise(meshes))


def test_the_structure_varies_by_seed():
    space = module(to_python(bumps(), "generator"))
    plain = len(space["build"]().nodes)

    def vary(t, rng: random.Random) -> None:
        if rng.random() < 0.5:
            bypass(t, t.node("Set Shade Smooth"))
        else:
            insert_after(t, t.node("Set Position"), lambda geometry: n.triangulate(geometry))

    space["vary"] = vary
    assert len(space["build"]().nodes) == plain  # only where a seed is given
    made = {seed: space["build"](seed=seed) for seed in range(6)}
    assert {len(tree.nodes) - plain for tree in made.values()} == {-1, 1}
    for seed, tree in made.items():
        again = space["build"](seed=seed)
        assert compare(read(tree), read(again)) == []
        output = next(node for node in tree.nodes if node.bl_idname == "NodeGroupOutput")
        assert output.inputs[0].is_linked


def test_hooks_refuse_what_cannot_be():
    with group("Hook") as t:
        cube = n.mesh_cube()
        value = n.value(output=2.0)
        sine = n.math(value, operation="SINE")
        double = n.math(value, 2.0, operation="MULTIPLY")
        result = n.math(sine, double)
        with pytest.raises(GraphError, match="cannot be swapped"):
            swap(t, cube, sine)
        swap(t, sine, double)
        bypass(t, sine)
        with pytest.raises(GraphError, match="has no node 'Nobody'"):
            t.node("Nobody")
        assert result.data.name
    links = {(link.from_node.name, link.to_socket.identifier) for link in t.data.links}
    assert links == {("Value", "Value"), ("Math.001", "Value"), ("Value", "Value_001")}


def painted() -> bpy.types.Material:
    with material("Paint") as t:
        noise = n.tex_noise(scale=7.0)
        noise.data.name = "Grain"
        rough = n.value(output=0.3)
        shader = n.bsdf_principled((0.8, 0.1, 0.1, 1.0), roughness=rough, metallic=noise)
        n.output_material(shader)
    return t.owner


def test_a_material_without_inputs_opens_what_somebody_changed():
    block = painted()
    space = module(to_python(block, "generator"))
    names = {info.name for info in params_of(space["Params"])}
    assert names == {"scale_of_grain", "value", "base_color_of_principled_bsdf"}
    made = space["build"]()
    assert isinstance(made, bpy.types.Material) and differences(block, made) == []
    p = space["sample"](1)
    other = space["build"](p)
    assert other.node_tree.nodes["Grain"].inputs["Scale"].default_value == np.float32(p.scale_of_grain)
    assert other.node_tree.nodes["Value"].outputs[0].default_value == np.float32(p.value)


def test_chosen_sockets_become_parameters():
    block = painted()
    chosen = [("Grain", "Detail"), ("Principled BSDF", "IOR")]
    space = module(to_python(block, "generator", parameters=chosen))
    assert [info.name for info in params_of(space["Params"])] == ["detail_of_grain", "ior_of_principled_bsdf"]
    assert differences(block, space["build"]()) == []
    made = space["build"](from_mapping(space["Params"], {"detail_of_grain": 5.0}))
    assert made.node_tree.nodes["Grain"].inputs["Detail"].default_value == 5.0
    for wrong, message in ((("Nobody", "Scale"), "no node 'Nobody'"), (("Grain", "Nothing"), "it has .*Scale")):
        with pytest.raises(ValueError, match=message):
            to_python(block, "generator", parameters=[wrong])
    with pytest.raises(ValueError, match="for style 'generator'"):
        to_python(block, "library", parameters=chosen)


def test_bundled_groups():
    """Those of the file with the fewest; test_graph_library makes all, by the same code."""
    files = [p for p in Path(bpy.utils.resource_path("LOCAL")).rglob("*.blend") if p.parent.name.endswith("nodes")]
    file = min(files, key=lambda p: p.stat().st_size)
    with bpy.data.libraries.load(str(file)) as (source, target):
        target.node_groups = list(source.node_groups)
    groups = list(bpy.data.node_groups)
    assert groups
    for each in groups:
        space = module(to_python(each, "generator"))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert differences(each, space["build"]()) == []
            space["build"](space["sample"](1))
