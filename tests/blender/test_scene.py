"""Scenes: the sun's place, recipes, scattered points against their masks, thinned plants, steps that can be done again or fail."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import bpy
import numpy as np
import pytest

from dreamgrove.land_params import NO_SEA, ErosionParams
from dreamgrove.params import ParameterError
from dreamgrove.procedural.scene import biomes, steps
from dreamgrove.procedural.scene.biomes.base import Layer
from dreamgrove.procedural.scene.ground import land_object, read_land
from dreamgrove.procedural.scene.recipe import KEY, SceneRecipe, from_json, to_json
from dreamgrove.procedural.scene.scatter import ScatterParams, add_layer
from dreamgrove.procedural.scene.sky import sun_at, sunlight
from dreamgrove.procedural.scene.sources import Plant, Sources, make_sources
from dreamgrove.procedural.scene.thinning import Polygons, read_polygons, thin_out
from dreamgrove.procedural.scene.viewpoints import Obstacles, Wish, search
from dreamgrove.procedural.terrain.field import HeightField

SMALL = {"size": 24.0, "resolution": 40, "density": 0.15, "detail": 0.1}


@pytest.fixture(autouse=True)
def empty(clean_scene):
    """An empty file."""


def test_the_sun_stands_where_almanacs_say():
    noon = sun_at(math.radians(48.0), 172, 12.0)
    assert math.degrees(noon.elevation) == pytest.approx(90 - 48 + 23.44, abs=0.1)
    assert math.degrees(noon.azimuth) == pytest.approx(180.0, abs=0.5)
    morning, evening = (sun_at(math.radians(48.0), 80, hour) for hour in (6.0, 18.0))
    assert math.degrees(morning.elevation) == pytest.approx(0.0, abs=0.6)  # equinox: up in the east, down in the west
    assert math.degrees(morning.azimuth) == pytest.approx(90.0, abs=1.0)
    assert math.degrees(evening.azimuth) == pytest.approx(270.0, abs=1.0)
    assert morning.direction.x > 0.99
    low, high = sunlight(math.radians(4.0), 1.0), sunlight(math.radians(60.0), 1.0)
    assert low[0] / low[2] > 2.0 * high[0] / high[2] and high.max() > 3.0 and sunlight(-0.2, 1.0).max() == 0.0


def test_recipes_survive_json_and_refuse_nonsense():
    recipe = SceneRecipe("forest", seed=4, weather="mist", latitude=0.3)
    assert from_json(to_json(recipe)) == recipe
    for bad in ("{", "[]", json.dumps({"biome": "forest", "size": -1}), json.dumps({"no_such": 1}), '{"format": 99}'):
        with pytest.raises(ParameterError):
            from_json(bad)
    assert SceneRecipe(day=172).season == pytest.approx(0.5, abs=0.01)
    assert SceneRecipe(day=172, latitude=-0.5).season == pytest.approx(1.0, abs=0.01)


def slope_field(count: int = 41, size: float = 40.0) -> HeightField:
    """Level on the left, a slope of 45 degrees on the right."""
    x = np.linspace(-size / 2, size / 2, count)
    return HeightField(np.tile(np.maximum(x, 0.0), (count, 1)), size)


def boxes(collection: bpy.types.Collection) -> Sources:
    made = []
    for level, side in (("far", 0.1), ("near", 0.2), ("proxy", 0.05)):
        each = bpy.data.collections.new(level)
        mesh = bpy.data.meshes.new(level)
        mesh.from_pydata([(0, 0, 0), (side, 0, 0), (0, side, 0)], [], [(0, 1, 2)])
        each.objects.link(bpy.data.objects.new(level, mesh))
        made.append(each)
    return Sources(*made, 1, 1.0)


def scattered(params: ScatterParams, field: HeightField, camera=None) -> tuple[np.ndarray, list[str]]:
    """Places [N, 3] and what stands there."""
    scene = bpy.context.scene
    land = land_object("Land", field, None)
    scene.collection.objects.link(land)
    obj = add_layer("Layer", params, boxes(scene.collection), land, scene.collection, camera)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    depsgraph.update()
    found = [
        (tuple(each.matrix_world.translation), each.object.name)
        for each in depsgraph.object_instances
        if each.is_instance and each.parent.original == obj
    ]
    return np.array([place for place, _ in found]).reshape(-1, 3), [name for _, name in found]


USUAL = ScatterParams(density=2.0, spacing=0.5, proxies=False, shown=1.0, near=0.0, seed=3)


def test_scatter_keeps_apart_and_to_its_masks():
    field = slope_field()
    painted = np.zeros((41, 41))
    painted[20:] = 1.0  # the half towards +Y
    field = field.with_layers(painted=painted, path=np.tile(np.linspace(1.0, 0.0, 41) > 0.75, (41, 1)).astype(float))
    points, _ = scattered(replace(USUAL, steepest=0.6, mask="painted", avoid="path"), field)
    assert len(points) > 100
    assert points[:, 0].max() < 1.5 and points[:, 0].min() > -11.5 and points[:, 1].min() > -1.5
    assert np.abs(points[:, 2] - np.maximum(points[:, 0], 0.0)).max() < 0.01
    assert least_distance(points[:, :2]) >= 0.5
    again, _ = scattered(replace(USUAL, steepest=0.6, mask="painted", avoid="path"), field)
    assert np.array_equal(points, again), "the same seed, the same places"


def least_distance(points: np.ndarray) -> float:
    """Between any two of [N, 2], by sweeping along x."""
    points = points[np.argsort(points[:, 0])]
    least = np.inf
    for step in range(1, len(points)):
        way = points[step:] - points[:-step]
        least = min(least, float((way**2).sum(1).min()) ** 0.5)
        if way[:, 0].min() > least:
            break
    return least


@pytest.mark.parametrize(("density", "spacing"), [(1.0, 0.85), (60.0, 0.03), (3.0, 0.01)])
def test_spaced_points_keep_apart_and_are_as_many_as_blender_keeps(density, spacing):
    """Also across the edges of the squares that are laid side by side: the second has ten of them or more."""
    size = 20.0 if spacing == 0.03 else 40.0
    field = HeightField(np.zeros((9, 9)), size)
    params = replace(USUAL, density=density, spacing=spacing)
    points, _ = scattered(params, field)
    assert least_distance(points[:, :2]) >= spacing
    there, _ = scattered(replace(params, method="surface"), field)
    assert len(points) == pytest.approx(len(there), rel=0.1)
    quarters = np.histogram2d(points[:, 0], points[:, 1], bins=2, range=[[-size / 2, size / 2]] * 2)[0]
    assert quarters.min() > 0.9 * quarters.max() and np.abs(points[:, :2]).max() <= size / 2


def test_a_scattered_individual_stays_the_same_when_others_are_left_out():
    flat = HeightField(np.zeros((9, 9)), 40.0)
    obj_of = {}
    for reach in (0.0, 10.0):
        scattered(replace(USUAL, reach=reach), flat)
        depsgraph = bpy.context.evaluated_depsgraph_get()
        layer = bpy.data.objects["Layer"]
        obj_of[reach] = {
            tuple(np.round(each.matrix_world.translation, 4)): round(each.matrix_world.median_scale, 5)
            for each in depsgraph.object_instances
            if each.is_instance and each.parent.original == layer
        }
        bpy.data.objects.remove(layer)
    everyone, near = obj_of[0.0], obj_of[10.0]
    assert 100 < len(near) < len(everyone) / 3
    assert all(everyone[place] == size for place, size in near.items())
    assert len(set(everyone.values())) > 0.95 * len(everyone), "each has a size of its own"


def test_scatter_levels_and_culling():
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.location = (0.0, -20.0, 1.0)
    camera.rotation_euler = (math.pi / 2, 0.0, 0.0)
    bpy.context.scene.collection.objects.link(camera)
    flat = HeightField(np.zeros((41, 41)), 40.0)
    points, names = scattered(
        replace(USUAL, near=10.0, reach=30.0, cull=True, view_angle=0.5, around=3.0), flat, camera
    )
    away = points - np.array([0.0, -20.0, 1.0])
    distance = np.linalg.norm(away, axis=1)
    angle = np.arccos(away[:, 1] / distance)
    assert distance.max() <= 30.0 and ((angle < 0.501) | (distance < 3.0)).all()
    assert all((name.startswith("near")) == (d < 10.0) for name, d in zip(names, distance, strict=True))
    assert {name.split(".")[0] for name in names} == {"near", "far"}
    shown, names = scattered(replace(USUAL, shown=0.25, proxies=True), flat)
    everything, _ = scattered(USUAL, flat)
    assert 0.15 < len(shown) / len(everything) < 0.35 and all(name.startswith("proxy") for name in names)


def test_thinned_leaves_keep_their_area():
    rng = np.random.default_rng(0)
    leaf = np.array([(0, 0, 0), (0.3, 1, 0), (0, 2, 0), (-0.3, 1, 0)], np.float32)
    points = np.concatenate([leaf + rng.uniform(0, 50, 3).astype(np.float32) for _ in range(2000)])
    full = Polygons(
        points, np.arange(8000, dtype=np.int32), np.full(2000, 4, np.int32), np.zeros(2000, np.int32), np.ones(2000, bool),
        np.zeros((8000, 2), np.float32), {"tint": np.repeat(np.arange(2000, dtype=np.float32), 4)},
    )  # fmt: skip
    thin = thin_out(full, 0.25, 1)
    assert 400 < len(thin.sizes) < 600

    def area(of: Polygons) -> float:
        quads = of.points[of.corners].reshape(-1, 4, 3)
        return float(np.linalg.norm(np.cross(quads[:, 2] - quads[:, 0], quads[:, 3] - quads[:, 1]), axis=1).sum() / 2)

    assert area(thin) == pytest.approx(area(full) * 1.15, rel=0.12)
    middle = thin.points.reshape(-1, 4, 3).mean(1)
    own = thin.of_points["tint"][::4].astype(int)
    assert np.abs(middle - points.reshape(-1, 4, 3)[own].mean(1)).max() < 0.05, "each stays where it grew"


def test_sources_have_the_same_individuals_at_each_level():
    hidden = bpy.data.collections.new("Hidden")
    made = make_sources("Ferns", (Plant("fern", 1, detail=0.1, far=0.5), Plant("boulder", 1, detail=0.1)), 3, hidden)
    levels = [[obj.name.split(".")[0] for obj in each.objects] for each in (made.far, made.near, made.proxy)]
    assert levels[0] == levels[1] == levels[2] and made.count == 2
    near, far = (len(read_polygons(each.objects[0].data).sizes) for each in (made.near, made.far))
    assert far < near / 4
    assert not bpy.context.scene.collection.all_objects, "growing leaves nothing in the scene"


def test_a_viewpoint_sees_sky_and_no_edge():
    rng = np.random.default_rng(1)
    field = HeightField(rng.normal(0, 0.1, (60, 60)), 100.0)
    view = search(field, Obstacles(field, []), Wish(sky=0.5, ground=0.5, sun_side=0.6, tries=6), 1.0, 1.7, 28.0, 1)
    assert 0.3 < view.sky < 0.7 and view.nearest > 1.0
    assert abs(view.eye.z - 1.7) < 0.5 and abs(view.direction.z) < 0.01
    turn = math.atan2(view.direction.x, view.direction.y) - 1.0
    assert abs(abs((turn + math.pi) % (2 * math.pi) - math.pi) - 0.6) < 0.5


@pytest.fixture
def tiny(monkeypatch):
    """A forest of one kind of fern, quickly built."""
    forest = biomes.FOREST
    few = lambda recipe: (  # noqa: E731
        Layer("Ferns", (Plant("fern", 1, detail=0.1),), ScatterParams(density=0.5, spacing=1.0, shown=1.0), tall=True),
    )
    made = replace(forest, layers=few)
    monkeypatch.setattr(biomes, "BIOMES", (made,))
    return made


def test_steps_build_a_scene_and_can_be_done_again(tiny):
    recipe = tiny.recipe(None, **SMALL)
    steps.build_all(recipe)
    scene = bpy.context.scene
    home = steps.scene_collection(tiny, scene)
    assert home.name == "Dreamgrove Forest" and from_json(home[KEY]) == recipe
    made = [each.get(steps.STEP_KEY) for each in home.children]
    assert made == list(steps.STEPS)
    assert scene.camera is not None and scene.world.get(steps.STEP_KEY) == "sky"
    names = {obj.name for obj in bpy.data.objects}
    land = read_land(steps.land_of(home))
    assert land.size == pytest.approx(24.0) and "path" in land.layers
    for step in ("scatter", "sky", "land"):
        list(steps.run_step(step, replace(recipe, time=9.0)))
    home = steps.scene_collection(tiny, scene)
    assert sorted(each.get(steps.STEP_KEY) for each in home.children) == sorted(steps.STEPS)
    assert len({obj.name for obj in bpy.data.objects}) == len(names)
    assert sum(1 for world in bpy.data.worlds if world.get(steps.STEP_KEY)) == 1


def test_soft_plants_sway_where_there_is_wind_and_stones_do_not(tiny, monkeypatch):
    layers = lambda recipe: (  # noqa: E731
        Layer("Ferns", (Plant("fern", 1, detail=0.1),), ScatterParams(density=0.5, spacing=1.0)),
        Layer("Stones", (Plant("boulder", 1, detail=0.1),), ScatterParams(density=0.5, spacing=1.0)),
    )
    monkeypatch.setattr(biomes, "BIOMES", (replace(tiny, layers=layers),))
    for wind, sways in ((0.5, ["Sway in Wind"]), (0.0, [])):
        recipe = tiny.recipe(None, **SMALL, wind=wind)
        for step in ("land", "scatter"):
            list(steps.run_step(step, recipe))
        made = {obj.name.split(".")[0]: [m.name for m in obj.modifiers] for obj in bpy.context.scene.objects}
        assert made["Ferns"] == ["Scatter", *sways] and made["Stones"] == ["Scatter"]


def test_erosion_can_be_done_again_and_keeps_the_edge(tiny, monkeypatch):
    worn = replace(tiny, erosion=lambda _: ErosionParams(valleys=0.0, iterations=12, sea_level=NO_SEA))
    monkeypatch.setattr(biomes, "BIOMES", (worn,))
    recipe = worn.recipe(None, **SMALL)
    list(steps.run_step("land", recipe))
    home = steps.scene_collection(worn, bpy.context.scene)
    raised = read_land(steps.land_of(home)).heights
    once, twice = ((list(steps.run_step("erosion", recipe)), read_land(steps.land_of(home)))[1] for _ in range(2))
    assert np.abs(once.heights - raised).max() > 1e-3
    assert np.array_equal(once.heights, twice.heights) and np.allclose(twice.layers["raised"], raised, atol=1e-5)
    for edge in (once.heights[0] - raised[0], once.heights[:, -1] - raised[:, -1]):
        assert np.abs(edge).max() < 1e-5


def test_a_failed_or_cancelled_step_changes_nothing(tiny, monkeypatch):
    recipe = tiny.recipe(None, **SMALL)
    with pytest.raises(steps.SceneError, match="Land first"):
        list(steps.run_step("scatter", recipe))
    list(steps.run_step("land", recipe))
    before = {kind: len(getattr(bpy.data, kind)) for kind in ("objects", "collections", "meshes", "worlds")}

    def broken(*_):
        raise RuntimeError("no")

    monkeypatch.setattr(steps, "add_layer", broken)
    with pytest.raises(RuntimeError, match="no"):
        list(steps.run_step("scatter", recipe))
    assert before == {kind: len(getattr(bpy.data, kind)) for kind in before}
    monkeypatch.undo()
    running = steps.run_step("land", recipe)
    next(running)
    running.close()
    assert before == {kind: len(getattr(bpy.data, kind)) for kind in before}
