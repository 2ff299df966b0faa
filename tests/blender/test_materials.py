"""What every kind of material promises; parametrised over MATERIALS."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest
from shares import shared as share_of

from dreamgrove.params import check, params_of
from dreamgrove.procedural.graph import build, compare, read
from dreamgrove.procedural.graph.interface import is_color
from dreamgrove.procedural.materials import MATERIALS, MaterialKind, make, material_named, shared
from dreamgrove.procedural.materials.base import KIND_KEY, group_of
from dreamgrove.procedural.sheet import Studio

each_kind = pytest.mark.parametrize("kind", MATERIALS, ids=lambda k: k.name)


@pytest.fixture(autouse=True)
def _empty_file():
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)


def test_names_are_unique_and_can_be_found():
    names = [kind.name for kind in MATERIALS]
    assert len(names) == len(set(names)), sorted({n for n in names if names.count(n) > 1})
    assert len({kind.title for kind in MATERIALS}) == len(MATERIALS)
    for name in names:
        assert material_named(name).name == name == name.lower()
        assert name.replace("_", "").isalnum()
    with pytest.raises(KeyError, match="no material 'unobtainium'; there are"):
        material_named("unobtainium")


@each_kind
def test_parameters_are_declared_well(kind: MaterialKind):
    infos = params_of(kind.params)
    assert len(infos) >= 2
    assert any(info.usual or info.spread for info in infos)
    for info in infos:
        assert info.live
        assert info.help and not info.help.endswith("."), info.name
        if info.kind in (int, float):
            assert info.min is not None and info.max is not None, f"{info.name} has no range"
    assert not kind.help.endswith(".")


@each_kind
def test_individuals_are_in_range_and_plausible(kind: MaterialKind):
    for seed in range(30):
        check(kind.sample(seed))
    assert kind.sample(3) == kind.sample(3) != kind.sample(4)
    for params in (kind.params(), *kind.presets.values()):
        for info in params_of(kind.params):
            if is_color(info) and kind.category != "Light":  # what shines may be as bright as it likes
                assert max(getattr(params, info.name)[:3]) <= 0.96, f"{info.name} reflects more than snow does"


@pytest.mark.parametrize("kind", share_of(MATERIALS, 1), ids=lambda k: k.name)
def test_group_uses_its_inputs_and_comes_back(kind: MaterialKind):
    tree = group_of(kind)
    used = {link.from_socket.name for link in tree.links if link.from_node.bl_idname == "NodeGroupInput"}
    idle = {info.label for info in params_of(kind.params)} - used
    assert not idle, f"inputs that do nothing: {', '.join(sorted(idle))}"
    outputs = {i.name for i in tree.interface.items_tree if i.item_type == "SOCKET" and i.in_out == "OUTPUT"}
    assert outputs & {"Shader", "Volume"}
    spec = read(tree)
    assert compare(spec, read(build(spec))) == []


@each_kind
def test_a_material_carries_the_parameters(kind: MaterialKind):
    params = kind.sample(5)
    material = make(kind, params, "One")
    node = next(n for n in material.node_tree.nodes if n.bl_idname == "ShaderNodeGroup")
    for info in params_of(kind.params):
        value = node.inputs[info.label].default_value
        wanted = getattr(params, info.name)
        if info.kind is tuple:
            assert tuple(value)[: len(wanted)] == pytest.approx(wanted, rel=1e-5)
        else:
            assert value == pytest.approx(wanted, rel=1e-5)
    assert shared(kind, name="One") == material
    assert shared(kind, name="Other") != material
    assert material[KIND_KEY] == kind.name


@pytest.mark.parametrize("kind", share_of(MATERIALS), ids=lambda k: k.name)
def test_renders(kind: MaterialKind):
    """It compiles, gives finite numbers, is not the pink of what is missing, and another individual looks otherwise.

    A fourth of them on each Blender.
    """
    studio = Studio(24, 2, plain=True)
    first = studio.material(kind, kind.params())
    assert np.isfinite(first).all()
    ball = first[8:16, 8:16, :3].mean((0, 1))
    assert ball.max() > 0.02, "black"
    assert not (ball[0] > 0.9 and ball[1] < 0.1 and ball[2] > 0.9), "pink: an image or a node is missing"
    second = studio.material(kind, kind.sample(11))
    assert np.abs(first - second).mean() > 1e-4


def test_presets_of_a_kind_differ():
    for kind in MATERIALS:
        values = [kind.params(), *kind.presets.values()]
        assert len({str(v) for v in values}) == len(values), kind.name


def test_make_refuses_what_is_out_of_range():
    kind = MATERIALS[0]
    info = next(i for i in params_of(kind.params) if i.kind is float)
    count = len(bpy.data.materials)
    with pytest.raises(ValueError, match=info.name):
        make(kind, replace(kind.params(), **{info.name: 1e9}))
    assert len(bpy.data.materials) == count
