"""Water lies where it must: the sea over land, lakes in basins, rivers in beds that lead down."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest

from dreamgrove.procedural.graph import evaluate
from dreamgrove.procedural.terrain.field import HeightField
from dreamgrove.procedural.terrain.lakes import LakeParams, find_lakes, lakes
from dreamgrove.procedural.terrain.land import write_field
from dreamgrove.procedural.terrain.rivers import RiverParams, lay_beds, river_object, streams_of
from dreamgrove.procedural.terrain.water import SeaParams, sea


@pytest.fixture(autouse=True)
def _empty_file():
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)


def place(size: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    along = np.linspace(-size / 2, size / 2, count)
    return np.meshgrid(along, along)


def test_the_sea_knows_its_depth_and_foams_on_the_shore():
    x, _ = place(100.0, 51)
    land = write_field("Land", HeightField(x * 0.2, 100.0))
    water = sea(land, SeaParams(size=100.0, points=41, height=0.5, surf=2.0))
    bpy.context.scene.collection.objects.link(water)
    mesh = evaluate(water)
    still = mesh.vertices[:, 0]
    deep = still < -25.0
    np.testing.assert_allclose(mesh.attributes["depth"][deep], -0.2 * still[deep], atol=0.2)
    assert 0.05 < mesh.vertices[deep, 2].std() < 0.3 and abs(mesh.vertices[deep, 2].mean()) < 0.1
    shore = (still > -5.0) & (still < 0.0)
    foam = mesh.attributes["foam"]
    assert foam[shore].mean() > 0.1 > 3.0 * foam[deep].mean()
    later = sea(land, SeaParams(size=100.0, points=41, height=0.5, surf=2.0, time=1.0))
    bpy.context.scene.collection.objects.link(later)
    assert np.abs(evaluate(later).vertices - mesh.vertices).max() > 0.05


def test_lakes_fill_basins_to_their_brims_and_no_further():
    x, y = place(100.0, 101)
    heights = 10.0 + x * 0.05
    for middle, radius, depth in (((-20.0, 0.0), 15.0, 6.0), ((25.0, 10.0), 8.0, 3.0), ((0.0, -35.0), 1.5, 2.0)):
        away = np.hypot(x - middle[0], y - middle[1])
        heights -= depth * np.clip(1.0 - (away / radius) ** 2, 0.0, 1.0)
    field = HeightField(heights, 100.0, (7.0, 0.0))
    found = find_lakes(field, LakeParams(least_area=30.0))
    assert len(found) == 2
    brim = 10.0 + 0.05 * -35.0  # the lowest of the first basin's rim
    assert found[0].level == pytest.approx(brim, abs=0.1) and (field.heights[found[0].cells] < found[0].level).all()
    obj = lakes(field, LakeParams(least_area=30.0))
    assert obj is not None and obj.location.x == 7.0
    points = np.array([v.co for v in obj.data.vertices])
    assert {round(float(z), 2) for z in np.unique(points[:, 2].round(2))} == {round(lake.level, 2) for lake in found}
    assert all(face.normal.z > 0.99 for face in obj.data.polygons)
    half = find_lakes(field, LakeParams(least_area=30.0, fill=0.5))
    assert half[0].depth == pytest.approx(found[0].depth / 2, abs=0.05)
    assert lakes(HeightField(10.0 + x, 100.0)) is None


def test_rivers_run_down_in_their_beds():
    x, y = place(1000.0, 129)
    field = HeightField(y * 0.1 + abs(x) * 0.2 + np.sin(y / 40.0) * 2.0, 1000.0)
    p = RiverParams(least=0.02, width=20.0)
    streams = streams_of(field, p)
    assert streams
    for stream in streams:
        assert (np.diff(stream.points[:, 2]) <= 1e-6).all()
    laid = lay_beds(field, streams, p)
    assert (laid.heights <= field.heights + 1e-6).all() and laid.layers["stream"].max() == pytest.approx(1.0)
    main = max(streams, key=lambda each: each.width.max())
    middle = main.points[len(main.points) // 2]
    assert laid.at(middle[:2]) < middle[2] - 0.5
    obj = river_object(laid, streams, p)
    assert obj is not None and all(face.normal.z > 0.0 for face in obj.data.polygons)
    assert river_object(field, []) is None
    cliff = replace(field, heights=field.heights + np.where(y > 0, 200.0, 0.0))
    falls = river_object(cliff, streams_of(cliff, p), p)
    assert falls is not None
    foam = np.array([each.value for each in falls.data.attributes["foam"].data])
    assert foam.max() == 1.0 and foam.mean() < 0.5
