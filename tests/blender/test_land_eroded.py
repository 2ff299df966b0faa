"""Erosion on a live land: the forms stay, the change can be turned off, eroding again begins from the forms."""

import bpy
import numpy as np
import pytest

from dreamgrove.land_params import ErosionParams
from dreamgrove.procedural.generators.base import grow
from dreamgrove.procedural.generators.terrain import FAMILIES
from dreamgrove.procedural.graph.modifiers import set_inputs
from dreamgrove.procedural.terrain.erode import (
    erode_land,
    erode_to_end,
    eroded_modifier,
    erosion_of,
    forget_erosion,
    forms_of,
)
from dreamgrove.procedural.terrain.land import read_field
from dreamgrove.procedural.terrain.solid.build import solid_steps
from dreamgrove.procedural.terrain.solid.params import SolidParams
from dreamgrove.procedural.terrain.surface import add_surface

QUICK = ErosionParams(iterations=8, crumbling=4, valleys=1.0, snow=2.0)


@pytest.fixture(scope="module", autouse=True)
def empty_file():
    bpy.ops.wm.read_factory_settings(use_empty=True)


@pytest.fixture
def land():
    """A small land alone in the file; its node groups are built once."""
    for obj in list(bpy.data.objects):
        bpy.data.objects.remove(obj)
    for mesh in list(bpy.data.meshes):
        bpy.data.meshes.remove(mesh)
    family = FAMILIES[0]
    obj = grow(family, family.params(detail=0.2, size=1000.0, height=300.0, spacing=400.0, rounds=1))
    add_surface(obj)
    return obj


def test_the_change_is_shown_and_can_be_turned_off(land):
    before = read_field(land)
    modifier = erode_to_end(land, QUICK)
    after = read_field(land)
    assert np.abs(after.heights - before.heights).max() > 5.0
    wanted = {"flow", "wetness", "sediment", "wear", "snow", "water", "slope", "altitude"}
    assert wanted <= set(after.layers)
    assert np.allclose(after.heights, before.heights - after.layers["wear"] + after.layers["sediment"], atol=0.02), (
        "heights are the first ones - wear + sediment"
    )
    assert np.allclose(after.layers["altitude"], after.heights, atol=1e-3), "it comes before the surface"
    set_inputs(modifier, {"amount": 0.5})
    half = read_field(land)
    assert np.allclose(half.heights, (before.heights + after.heights) / 2, atol=0.02)
    modifier.show_viewport = False
    land.update_tag()
    assert np.allclose(read_field(land).heights, before.heights)
    assert erosion_of(land) == QUICK


def test_forms_stay_live_and_eroding_again_begins_from_them(land):
    erode_to_end(land, QUICK)
    once = read_field(land).heights
    erode_to_end(land, QUICK)
    assert np.array_equal(read_field(land).heights, once), "not eroded twice"
    assert len([m for m in land.modifiers if "Eroded" in m.node_group.name]) == 1
    assert len([o for o in bpy.data.objects if "Erosion" in o.name]) == 1
    set_inputs(land.modifiers[0], {"height": 100.0})
    low = forms_of(land).heights
    assert low.max() < 0.6 * once.max()
    erode_to_end(land, QUICK)
    assert read_field(land).heights.max() <= low.max() + 5.0
    forget_erosion(land)
    assert eroded_modifier(land) is None and erosion_of(land) is None
    assert not [o for o in bpy.data.objects if "Erosion" in o.name]
    assert np.allclose(read_field(land).heights, low)


def test_stopping_and_failing_change_nothing(land):
    before = read_field(land).heights
    names = {block.name for block in (*bpy.data.objects, *bpy.data.meshes)}
    steps = erode_land(land, QUICK)
    next(steps)
    next(steps)
    steps.close()
    land.rotation_euler.x = 0.3
    bpy.context.view_layer.update()
    with pytest.raises(ValueError, match="apply its rotation"):
        erode_to_end(land, QUICK)
    land.rotation_euler.x = 0.0
    bpy.context.view_layer.update()
    assert {block.name for block in (*bpy.data.objects, *bpy.data.meshes)} == names
    assert eroded_modifier(land) is None
    assert np.array_equal(read_field(land).heights, before)


def test_a_land_elsewhere_is_eroded_where_it_is(land):
    here = read_field(land).heights
    erode_to_end(land, QUICK)
    eroded = read_field(land).heights
    forget_erosion(land)
    land.location = (5000.0, -300.0, 0.0)
    bpy.context.view_layer.update()
    erode_to_end(land, QUICK)
    assert np.allclose(read_field(land).heights, eroded, atol=0.5)
    assert not np.allclose(here, eroded, atol=5.0)


def test_solid_land_is_an_object_with_attributes(land):
    field = read_field(land, 65)
    params = SolidParams(caves=1, cave_radius=20.0, arches=0, overhangs=0, boulders=2, boulder_size=40.0, cell=8.0)
    steps = solid_steps(field, params)
    while True:
        try:
            share = next(steps)
            assert 0.0 < share <= 1.0
        except StopIteration as end:
            obj = end.value
            break
    mesh = obj.data
    assert not mesh.validate()
    assert {"altitude", "slope", "depth"} <= set(mesh.attributes.keys())
    depth = np.empty(len(mesh.vertices), np.float32)
    mesh.attributes["depth"].data.foreach_get("value", depth)
    assert depth.max() > 10.0 and depth.min() < -5.0, "a cave under the ground and stones on it"
