"""What is drawn on land does to it what it says."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest

from dreamgrove.procedural.terrain.controls import (
    RIDGE,
    RIVER,
    FlattenParams,
    HeightMapParams,
    add_height_map,
    carve_river,
    flatten_around,
    raise_ridge,
)
from dreamgrove.procedural.terrain.field import HeightField
from dreamgrove.procedural.terrain.land import read_field, write_field
from dreamgrove.procedural.terrain.surface import add_surface


@pytest.fixture
def land() -> bpy.types.Object:
    """100 m, rising by one in ten to +Y."""
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    rise = np.repeat(np.linspace(-5.0, 5.0, 101)[:, None], 101, axis=1)
    return write_field("Land", HeightField(rise, 100.0))


def curve(*points: tuple[float, float, float]) -> bpy.types.Object:
    data = bpy.data.curves.new("Line", "CURVE")
    data.dimensions = "3D"
    spline = data.splines.new("POLY")
    spline.points.add(len(points) - 1)
    for point, at in zip(spline.points, points, strict=True):
        point.co = (*at, 1.0)
    obj = bpy.data.objects.new("Line", data)
    bpy.context.scene.collection.objects.link(obj)
    return obj


def test_a_river_lies_at_its_curve_and_moves_with_it(land: bpy.types.Object):
    line = curve((-60.0, 0.0, 3.0), (60.0, 0.0, -3.0))
    add_surface(land)
    carve_river(land, line, replace(RIVER, width=10.0, banks=10.0, rise=-2.0, ragged=0.0))
    assert [m.node_group.name for m in land.modifiers] == ["Land Along Curve", "Land Surface"]
    before = read_field(land)
    across = before.at(np.array([[-20.0, 0.0], [-20.0, 3.0], [20.0, 0.0]]))
    np.testing.assert_allclose(across, [1.0 - 2.0, 1.0 - 2.0, -1.0 - 2.0], atol=0.05)
    assert before.at(np.array([0.0, 30.0])) == pytest.approx(3.0, abs=1e-4)
    assert before.layers["stream"].max() == pytest.approx(1.0) and before.at(np.array([0.0, 30.0]), "stream") == 0.0
    line.location.y = 30.0
    after = read_field(land)
    assert after.at(np.array([-20.0, 30.0])) == pytest.approx(-1.0, abs=0.05)
    assert after.at(np.array([-20.0, 0.0])) == pytest.approx(0.0, abs=1e-4)


def test_a_ridge_is_raised_on_the_land_as_it_is(land: bpy.types.Object):
    raise_ridge(land, curve((-60.0, 0.0, 99.0), (60.0, 0.0, 99.0)), replace(RIDGE, rise=20.0, banks=30.0, ragged=0.0))
    field = read_field(land)
    np.testing.assert_allclose(field.at(np.array([[0.0, 0.0], [0.0, 45.0]])), [20.0, 4.5], atol=0.01)
    with pytest.raises(ValueError, match="Land is a mesh; draw a curve"):
        carve_river(land, land)


def test_an_image_is_laid_with_its_foot_to_the_south(land: bpy.types.Object):
    image = bpy.data.images.new("Heights", 64, 64, float_buffer=True, is_data=True)
    value = np.mgrid[0:64, 0:64][0] / 63.0  # brighter upward
    pixels = np.ones((64, 64, 4), np.float32)
    pixels[..., :3] = value[..., None]
    image.pixels.foreach_set(pixels.ravel())
    add_height_map(land, image, HeightMapParams(size=50.0, low=0.0, high=100.0, blend="replace"))
    heights = read_field(land).at(np.array([[0.0, -20.0], [0.0, 0.0], [0.0, 20.0], [40.0, 40.0]]))
    np.testing.assert_allclose(heights, [9.5, 50.0, 90.5, 4.0], atol=0.5)


def test_land_is_level_around_a_thing(land: bpy.types.Object):
    bpy.ops.mesh.primitive_cube_add(size=10.0, location=(10.0, 20.0, 11.0))
    thing = bpy.context.object
    flatten_around(land, thing, FlattenParams(margin=2.0, banks=5.0, above=0.5))
    field = read_field(land)
    inside = [[10.0, 20.0], [5.0, 15.0], [16.0, 26.0]]
    np.testing.assert_allclose(field.at(np.array(inside)), 6.5, atol=0.02)
    assert field.at(np.array([10.0, 40.0])) == pytest.approx(4.0, abs=1e-3)
    bpy.data.objects.remove(thing)
    assert read_field(land).at(np.array([10.0, 20.0])) == pytest.approx(2.0, abs=1e-3)
    with pytest.raises(ValueError, match="has no outline"):
        flatten_around(land, land)
