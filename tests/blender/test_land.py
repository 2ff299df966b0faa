"""Land between Blender and numpy, and what its surface says."""

from __future__ import annotations

import math
from dataclasses import replace

import bpy
import numpy as np
import pytest

from dreamgrove.procedural.generators import family_named, grow
from dreamgrove.procedural.graph import evaluate
from dreamgrove.procedural.terrain.field import HeightField
from dreamgrove.procedural.terrain.land import read_field, write_field
from dreamgrove.procedural.terrain.surface import SurfaceParams, add_surface


@pytest.fixture(autouse=True)
def _empty_file():
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)


def lopsided(count: int = 17) -> HeightField:
    """No symmetry, so that a flip or a turn shows; away from the origin."""
    y, x = np.mgrid[0:count, 0:count] / (count - 1.0)
    return HeightField(3.0 * x + 7.0 * y * y, 20.0, (5.0, -2.0), {"flow": x * y})


def test_a_field_comes_back_as_it_went():
    field = lopsided()
    obj = write_field("Land", field)
    back = read_field(obj)
    assert back.size == pytest.approx(20.0) and back.center == pytest.approx((5.0, -2.0))
    np.testing.assert_allclose(back.heights, field.heights, atol=1e-5)
    np.testing.assert_allclose(back.layers["flow"], field.layers["flow"], atol=1e-6)
    assert (evaluate(obj).normals[..., 2] > 0.0).all()
    write_field(obj, replace(field, heights=field.heights + 1.0))
    assert len(bpy.data.meshes) == 1 and read_field(obj).heights.min() == pytest.approx(1.0, abs=1e-5)


def test_a_form_is_read_point_by_point_and_with_fewer():
    mountains = family_named("mountains")
    obj = grow(mountains, replace(mountains.default, detail=0.2))
    field = read_field(obj)
    assert field.count == 60 and field.size == pytest.approx(mountains.default.size, rel=1e-5)
    vertices = evaluate(obj).vertices
    np.testing.assert_allclose(field.at(vertices[:, :2]), vertices[:, 2], atol=0.5)
    assert read_field(obj, 31).heights.shape == (31, 31)


@pytest.mark.parametrize(("name", "still"), [("mountains", {"roughness": 0.0}), ("hills", {"hummocks": 0.0})])
def test_a_fine_mesh_has_the_heights_of_a_coarse_one(name, still):
    """On fine meshes slow noise is made on a grid of its own and interpolated (generators/terrain/coarse.py), on coarse ones at each point."""
    family = family_named(name)
    bare = replace(family.default, rounds=0, place=(300.0, -170.0, 0.0), turn=0.4, **still)
    heights = []
    for count in (31, 571):
        made = evaluate(grow(family, replace(bare, detail=count / 300)))
        heights.append(made.vertices[:, 2].reshape(count, count))
    coarse, fine = heights[0], heights[1][::19, ::19]
    apart = np.abs(fine - coarse) / np.ptp(coarse)
    assert 0.0 < apart.max() < 1e-3 and apart.mean() < 5e-5


def test_any_mesh_is_read_from_above():
    bpy.ops.mesh.primitive_cone_add(vertices=64, radius1=2.0, depth=3.0, location=(1.0, 0.0, 1.5))
    field = read_field(bpy.context.object, 41)
    assert field.size == pytest.approx(4.0, rel=1e-3)
    assert field.heights.max() == pytest.approx(3.0, abs=0.01)
    assert field.at(np.array([2.0, 0.0])) == pytest.approx(1.5, abs=0.05)


def test_what_cannot_be_read_or_written_says_so_and_changes_nothing():
    empty = bpy.data.objects.new("Nothing", bpy.data.meshes.new("Nothing"))
    bpy.context.scene.collection.objects.link(empty)
    with pytest.raises(ValueError, match="Nothing shows no faces"):
        read_field(empty)
    with pytest.raises(ValueError, match="heights of the land has numbers that are not finite"):
        write_field("Land", HeightField(np.full((3, 3), np.nan), 1.0))
    assert len(bpy.data.objects) == 1 and len(bpy.data.meshes) == 1


def test_forms_stack_and_blend():
    mountains = family_named("mountains")
    flat = HeightField(np.full((40, 40), 100.0), mountains.default.size, (0.0, 0.0), {"here": np.eye(40)})
    heights = {}
    for blend in ("add", "higher", "lower", "replace"):
        obj = grow(mountains, replace(mountains.default, blend=blend))
        write_field(obj, flat)
        heights[blend] = read_field(obj).heights
    np.testing.assert_allclose(heights["add"], heights["replace"] + 100.0, atol=1e-2)
    np.testing.assert_allclose(heights["higher"], np.maximum(heights["replace"], 100.0), atol=1e-2)
    np.testing.assert_allclose(heights["lower"], np.minimum(heights["replace"], 100.0), atol=1e-2)
    obj = write_field(grow(mountains, replace(mountains.default, mask="here")), flat)
    masked = read_field(obj).heights
    assert np.allclose(masked[~np.eye(40, dtype=bool)], 100.0) and np.ptp(np.diag(masked)) > 10.0


def test_the_surface_tells_slope_height_and_snow():
    count = 33
    x = np.linspace(-1.0, 1.0, count)
    heights = np.tile(np.where(x < 0, 0.0, x * 50.0), (count, 1))  # flat, then as steep as 45 degrees
    obj = write_field("Land", HeightField(heights, 100.0, layers={"snow": np.eye(count)}))
    add_surface(obj, SurfaceParams(snow=1.0, shore=5.0))
    field = read_field(obj)
    inner = (slice(2, -2), slice(2, 14))
    assert field.layers["slope"][5, 5] == pytest.approx(0.0, abs=1e-3)
    assert field.layers["slope"][5, 25] == pytest.approx(math.pi / 4, abs=1e-3)
    np.testing.assert_allclose(field.layers["altitude"], heights, atol=1e-4)
    assert field.layers["wetness"][inner] == pytest.approx(1.0) and field.layers["wetness"][5, 30] == 0.0
    assert field.layers["snow"][inner] == pytest.approx(1.0) and field.layers["snow"][30, 30] == pytest.approx(1.0)
    assert field.layers["snow"][5, 30] < 0.5
    add_surface(obj, SurfaceParams())
    assert len(obj.modifiers) == 1 and obj.evaluated_get(bpy.context.evaluated_depsgraph_get()).data.materials[0]
