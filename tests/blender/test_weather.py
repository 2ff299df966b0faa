"""Moon, twilight, clouds that drift, fog in banks, and what goes with each weather."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import bpy
import numpy as np
import pytest
from truth_scene import box_mesh, item, item_camera, material

from dreamgrove.procedural.graph.modifiers import evaluate
from dreamgrove.procedural.scene.biomes.base import weathered
from dreamgrove.procedural.scene.clouds import CloudParams
from dreamgrove.procedural.scene.fog import make_fog
from dreamgrove.procedural.scene.night import darkness, moon_at, moonlight, twilight
from dreamgrove.procedural.scene.recipe import WEATHERS, SceneRecipe
from dreamgrove.procedural.scene.sky import Air, clouds_of, make_sun, make_world, sun_at
from dreamgrove.procedural.scene.truth.load import open_truth
from dreamgrove.procedural.scene.truth.render import TruthParams, render_truth
from dreamgrove.procedural.scene.weather import FALLS, KINDS, evening, falling, lit_hour, of_recipe, suited

NORTH = math.radians(48.0)


@pytest.fixture(autouse=True)
def empty(clean_scene):
    """An empty file."""


def picture(path: Path, frame: int = 1, size: tuple[int, int] = (24, 16)) -> np.ndarray:
    """[H, W, 3] scene-linear, of the open scene."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.seed, scene.cycles.use_denoising = 8, 1, False
    scene.cycles.use_adaptive_sampling = False
    if hasattr(scene.cycles, "volume_biased"):  # as picture_settings has it
        scene.cycles.volume_biased = True
    scene.render.resolution_x, scene.render.resolution_y = size
    scene.render.image_settings.file_format, scene.render.image_settings.color_depth = "OPEN_EXR", "32"
    scene.render.filepath = str(path / f"{frame}.exr")
    scene.frame_set(frame)
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath)
    pixels = np.array(image.pixels[:]).reshape(size[1], size[0], -1)[..., :3]
    bpy.data.images.remove(image)
    return pixels


def sky(hour: float, air: Air, flat: bool = False, **changes) -> bpy.types.World:
    """The open scene's sky; its camera looks up at 30 degrees, to the north."""
    scene = bpy.context.scene
    sun, moon = sun_at(NORTH, 172, hour), moon_at(NORTH, 172, hour)
    clouds = replace(clouds_of(sun, air, 3, 0.4, moon), **changes)
    scene.world = make_world("Sky", sun, air, 3, moon, clouds, flat)
    if scene.camera is None:
        scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
        scene.collection.objects.link(scene.camera)
        scene.camera.data.lens = 20.0
        scene.camera.rotation_euler = (math.radians(120.0), 0.0, 0.0)
    return scene.world


def test_the_full_moon_stands_where_the_sun_will_in_winter():
    moon = moon_at(NORTH, 172, 0.0, age=29.53 / 2)
    assert moon.lit == pytest.approx(1.0) and math.degrees(moon.elevation) == pytest.approx(90 - 48 - 23.4, abs=0.6)
    assert moon.direction.y < -0.9, "at midnight in the south"
    for hour in (1.0, 9.0, 20.0):
        new, sun = moon_at(NORTH, 30, hour, age=0.0), sun_at(NORTH, 30, hour)
        assert new.lit == pytest.approx(0.0) and new.direction.angle(sun.direction) < 0.03
    assert moon_at(NORTH, 172, 21.0).elevation > 0.2, "up when it gets dark"


def test_the_night_comes_by_degrees():
    elevations = [math.radians(each) for each in (2.0, -3.0, -6.0, -10.0, -18.0)]
    assert darkness(elevations[0]) == 0.0 and darkness(elevations[-1]) == 1.0
    for part in range(2):  # zenith, horizon
        light = [twilight(each)[part].mean() for each in elevations]
        assert all(a >= b > 0.0 for a, b in pairwise(light))
    hour = evening(NORTH, 172, math.radians(-7.5))
    assert math.degrees(sun_at(NORTH, 172, hour).elevation) == pytest.approx(-7.5, abs=0.01) and 20.5 < hour < 21.5
    lamps = {}
    for hour in (12.0, 23.5):
        sun, moon = sun_at(NORTH, 172, hour), moon_at(NORTH, 172, hour)
        lamp = lamps[hour] = make_sun("Sun", sun, Air(), moon)
        bpy.context.scene.collection.objects.link(lamp)
        bpy.context.view_layer.update()
        light = moon.direction if hour > 20 else sun.direction
        assert (lamp.matrix_world.to_3x3().col[2] - light).length < 1e-3
    assert 0.0 < lamps[23.5].data.energy < 0.3 * lamps[12.0].data.energy
    assert lamps[23.5].data.color[2] > lamps[23.5].data.color[0]
    assert moonlight(moon_at(NORTH, 172, 12.0), 0.9, 1.0).max() == 0.0


def test_the_sky_gets_dark_and_clouds_cover_it(tmp_path):
    sky(12.0, Air())
    noon = picture(tmp_path)
    sky(22.0, Air())
    dusk = picture(tmp_path)
    assert 0.02 * noon.mean() < dusk.mean() < 0.5 * noon.mean() and dusk.mean(axis=(0, 1)).argmax() == 2
    sky(12.0, Air(clouds=1.0, thick=0.6))
    covered = picture(tmp_path)
    grey = covered.mean(axis=(0, 1))
    blue = noon.mean(axis=(0, 1))
    assert grey[2] / grey[0] < 0.75 * blue[2] / blue[0]


@pytest.mark.parametrize("flat", [False, True])
def test_clouds_drift_with_the_time_and_a_frame_can_be_rendered_alone(tmp_path, flat):
    sky(12.0, Air(clouds=0.5), flat, wind=40.0)
    first, later = picture(tmp_path, 1), picture(tmp_path, 400)
    assert np.abs(first - later).max() > 0.1
    if not flat:
        np.testing.assert_allclose(picture(tmp_path, 1), first, atol=1e-5)


def test_every_weather_has_its_air_and_what_falls():
    assert set(FALLS) < set(WEATHERS) and {kind for kind, _ in FALLS.values()} <= set(KINDS)
    clear = Air(fog=0.05, clouds=0.2)
    for name in WEATHERS:
        recipe = SceneRecipe(weather=name, latitude=NORTH)
        air = weathered(clear, recipe)
        assert (air == clear) == (name in ("clear", "leaves", "marine_snow")), name
        assert len(of_recipe(recipe)) == (name in FALLS), name
        cover = clouds_of(sun_at(NORTH, 172, 12.0), air, 1)
        assert isinstance(cover, CloudParams) and cover.cover == air.clouds
    assert 20.5 < suited(SceneRecipe(weather="fireflies", latitude=NORTH))["time"] < 21.5
    assert suited(SceneRecipe(weather="storm"))["wind"] > 1.0 and suited(SceneRecipe()) == {}


def test_nothing_hangs_before_the_lens():
    scene = bpy.context.scene
    scene.camera = item_camera(scene)
    scene.camera.location = (0.0, 0.0, 2.0)
    rain = falling("rain", seed=2)
    scene.collection.objects.link(rain)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    depsgraph.update()
    seen = [
        (each.matrix_world.translation - scene.camera.location).length
        for each in depsgraph.object_instances
        if each.is_instance and each.parent.original == rain and each.matrix_world.to_scale().z > 1e-6
    ]
    assert len(seen) > 1000 and min(seen) > 0.9


def test_banks_of_fog_drift_and_the_truth_sees_through_them(tmp_path):
    scene = bpy.context.scene
    item("Crate", box_mesh(1.0), (0.0, 0.0, 0.5), material("Wood"))
    scene.camera = item_camera(scene)
    scene.camera.location, scene.camera.rotation_euler = (0.0, -8.0, 0.5), (math.pi / 2, 0.0, 0.0)
    sky(12.0, Air())
    clear = picture(tmp_path)
    assert make_fog("None", Air(), (0.0, 0.0, 0.0), 40.0) is None
    fog = make_fog("Fog", Air(fog=0.97, patches=0.9, fog_top=9.0), (0.0, 0.0, 0.0), 40.0)
    scene.collection.objects.link(fog)
    assert evaluate(fog).triangles.shape == (12, 3)
    first, later = picture(tmp_path, 1), picture(tmp_path, 2000)
    assert np.abs(first - clear).mean() > 0.02 and np.abs(first - later).mean() > 0.005
    render_truth(tmp_path / "truth", scene, [1], TruthParams(samples=1, flow=False), size=(24, 16))
    view = open_truth(tmp_path / "truth").frames[0].views["main"]
    crate = view.instance == 1
    assert 0 < crate.sum() < crate.size and np.isinf(view.depth[~crate]).all()
    assert view.depth[crate].min() == pytest.approx(7.5, abs=1e-4), "its face, not the fog before it"


def test_an_hour_on_another_day_is_one_by_daylight():
    """Half past four is dusk in January, evening light in July; in the polar night noon is the best there is."""
    assert lit_hour(SceneRecipe(latitude=NORTH, time=16.6, day=190)) == 16.6
    for hour in (16.6, 7.4):
        winter = SceneRecipe(latitude=NORTH, time=hour, day=15)
        lit = lit_hour(winter)
        assert abs(lit - 12.0) < abs(hour - 12.0) and (lit > 12.0) == (hour > 12.0)
        assert math.isclose(sun_at(NORTH, 15, lit).elevation, math.radians(9.0), abs_tol=2e-3)
    assert lit_hour(SceneRecipe(latitude=math.radians(75.0), time=15.0, day=355)) == 12.0
