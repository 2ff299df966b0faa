"""Streams fall where the land has a step, and nowhere else; the sheet leaves the lip, flies clear of the rock and ends in the pool."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from dreamgrove.params import ParameterError
from dreamgrove.procedural.graph import evaluate
from dreamgrove.procedural.scene.biomes import canyon
from dreamgrove.procedural.terrain.fall_sheet import GRAVITY, WaterfallParams, fall_along, fall_object, sized, thrown
from dreamgrove.procedural.terrain.falls import FallParams, find_falls, lay_pools, waterfalls, without_falls
from dreamgrove.procedural.terrain.field import HeightField
from dreamgrove.procedural.terrain.rivers import RiverParams, Stream, lay_beds, river_object, streams_of

RIVER = RiverParams(least=0.1, width=60.0)
BARE = {"pool": 0.0, "mist": 0.0, "detail": 0.5}


@pytest.fixture(autouse=True)
def _empty_file():
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)


def valley(step: float, ledge: float = 0.0) -> HeightField:
    """200 m, a valley that falls gently to -Y, with a step at y = 0, and another `ledge` m before it."""
    along = np.linspace(-100.0, 100.0, 101)
    x, y = np.meshgrid(along, along)
    heights = y * 0.05 + np.abs(x) * 0.15 + step * 0.5 * (np.sign(y - 1.0) + np.sign(y - 1.0 + ledge))
    return HeightField(heights, 200.0)


def shown(obj: bpy.types.Object) -> np.ndarray:
    """The points that an object shows, [V, 3] m, of the world."""
    if not obj.users_collection:
        bpy.context.scene.collection.objects.link(obj)
    return evaluate(obj).vertices + np.array(obj.location, np.float32)


def test_water_falls_over_a_step_and_not_on_a_slope():
    assert find_falls(streams_of(valley(0.0), RIVER)) == []
    field = valley(10.0)
    streams = streams_of(field, RIVER)
    falls = find_falls(streams)
    assert len(falls) == 1 and falls[0].plunges
    assert falls[0].drop == pytest.approx(20.0, abs=2.0)
    assert np.abs(falls[0].points[:, 1]).max() < 8.0 and (np.diff(falls[0].points[:, 2]) <= 1e-9).all()
    np.testing.assert_array_equal(find_falls(streams)[0].points, falls[0].points)
    assert find_falls(streams, FallParams(least_drop=30.0)) == []
    with pytest.raises(ParameterError, match="least_drop"):
        find_falls(streams, FallParams(least_drop=-1.0))


def test_near_steps_are_one_cascade_and_far_ones_two_falls():
    near, far = (find_falls(streams_of(valley(10.0, ledge), RIVER), FallParams(gap=10.0)) for ledge in (8.0, 60.0))
    assert [fall.plunges for fall in near] == [False] and near[0].drop > 18.0
    assert [fall.plunges for fall in far] == [True, True]


def test_a_fall_may_lie_across_the_end_of_a_stream():
    points = np.array([[0.0, -y, 0.0 if y < 10 else -3.0 * (min(y, 14) - 9)] for y in range(30)])
    wide = np.full(30, 4.0)
    whole = find_falls([Stream(points, wide)])
    parts = [Stream(points[:13], wide[:13]), Stream(points[12:], wide[12:])]
    split = find_falls(parts)
    assert len(whole) == len(split) == 1 and split[0].drop == pytest.approx(whole[0].drop)
    assert [span[0] for span in split[0].spans] == [0, 1]
    left = without_falls(parts, split)
    assert left and all(np.diff(stream.points[:, 2]).min() > -1.0 for stream in left)


def test_the_sheet_leaves_the_lip_ends_in_the_pool_and_is_never_in_the_land():
    field = valley(10.0)
    streams = streams_of(field, RIVER)
    falls = find_falls(streams)
    laid = lay_pools(field, falls)
    foot = falls[0].water[-1]
    assert laid.at(foot[:2]) < foot[2] - 0.5
    assert laid.layers["wetness"].max() == pytest.approx(1.0) and laid.layers["wetness"][:10].max() < 0.05
    lip = falls[0].points[0]
    behind = lip[:2] + (0.0, field.step)
    assert laid.at(behind) == pytest.approx(field.at(behind), abs=1e-6)
    water = without_falls(streams, falls)
    laid = lay_beds(laid, water, RIVER)
    (obj,) = waterfalls(laid, streams, look=BARE)
    points = shown(obj)
    assert np.linalg.norm(points[:, 1:] - lip[1:], axis=1).min() < 0.5
    assert points[:, 2].max() == pytest.approx(lip[2], abs=0.5) and points[:, 2].min() == pytest.approx(
        foot[2], abs=0.1
    )
    middle = points[np.abs(points[:, 0] - lip[0]) < falls[0].width * 0.4]
    assert (middle[:, 2] - laid.at(middle[:, :2])).min() > -0.3
    ribbon = river_object(laid, water, RIVER)
    assert ribbon is not None
    edges = np.array([[ribbon.data.vertices[k].co.z for k in edge.vertices] for edge in ribbon.data.edges])
    assert np.ptp(edges, axis=1).max() < 3.0 < 20.0  # nowhere over the step


@pytest.mark.parametrize("speed", [0.5, 4.0])
def test_water_flies_on_a_parabola_where_no_rock_is_in_its_way(speed: float):
    wall = np.array([[0.0, 2.0 - 0.05 * k, 0.0] for k in range(41)] + [[0.0, 0.0, -0.25 * k] for k in range(1, 81)])
    expected = speed * np.sqrt(2.0 * 20.0 / GRAVITY)
    assert -thrown(wall, speed)[-1, 1] == pytest.approx(expected, rel=0.05)
    points = shown(
        fall_object(wall, WaterfallParams(width=3.0, speed=speed, layers=1, ragged=0.0, **BARE | {"detail": 2.0}))
    )
    lowest = points[points[:, 2] < points[:, 2].min() + 0.01]
    assert -lowest[:, 1].mean() - (-wall[-1, 1]) == pytest.approx(expected, rel=0.08, abs=0.2)
    # A ledge half-way down stops it: from there it falls anew
    ledge = wall.copy()
    ledge[81:, 1] -= 9.0
    assert np.isclose(thrown(ledge, 0.5)[100, 1] - ledge[100, 1], thrown(ledge, 0.5)[-1, 1] - ledge[-1, 1], atol=1.0)
    assert (thrown(ledge, speed)[:, 1] <= ledge[:, 1] + 1e-9).all()


def test_it_runs_with_the_scenes_time_and_follows_its_curve():
    data = bpy.data.curves.new("Line", "CURVE")
    data.dimensions = "3D"
    spline = data.splines.new("POLY")
    spline.points.add(2)
    for point, at in zip(spline.points, ((0, 2, 10), (0, 0, 10), (0, 0, 0)), strict=True):
        point.co = (*at, 1.0)
    curve = bpy.data.objects.new("Line", data)
    bpy.context.scene.collection.objects.link(curve)
    fall = fall_along(curve, sized(3.0, 10.0, 1.5, detail=0.5, mist=0.0))
    first = shown(fall)
    assert first[:, 2].max() == pytest.approx(10.0, abs=0.5) and abs(first[:, 2].min()) < 0.5
    bpy.context.scene.frame_set(13)
    moved = np.linalg.norm(shown(fall) - first, axis=1)
    assert 0.02 < moved.max() < 3.0
    curve.location.x = 5.0
    assert shown(fall)[:, 0].mean() == pytest.approx(5.0, abs=0.5)
    curve.data.splines.clear()
    assert len(shown(fall)) == 0
    with pytest.raises(ValueError, match="draw a curve"):
        fall_along(fall)


@pytest.mark.parametrize("seed", [2, 5, 9])
def test_the_canyons_side_streams_fall_free_of_the_rock_into_pools(seed):
    recipe = canyon.CANYON.recipe(seed=seed, size=120.0)
    field, streams = canyon.land(recipe), canyon.side_streams(recipe)
    falls = find_falls(streams)
    assert len(falls) == 2 and all(fall.plunges and 15.0 < fall.drop < 25.0 for fall in falls)
    for fall in falls:
        flying = fall.water[fall.lip + 4 : -4]
        assert (field.at(flying[:, :2]) < flying[:, 2]).all()
        around = fall.water[-1, :2] + fall.radius * 0.5 * np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
        assert (field.at(around) < fall.water[-1, 2]).sum() >= 3  # water stands on the ground there
    for stream in streams:
        assert stream.points[-1, 2] == pytest.approx(canyon.WATER, abs=0.5)
        assert field.at(stream.points[-1:, :2], "river")[0] > 0.5


def test_a_canyon_too_small_for_side_canyons_has_none():
    recipe = canyon.CANYON.recipe(seed=2, size=60.0)
    field = canyon.land(recipe)
    assert canyon.side_streams(recipe) == [] and "stream" not in field.layers
    assert [obj.name for obj in canyon.river(recipe, field)] == ["River"]
