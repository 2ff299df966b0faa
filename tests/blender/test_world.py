"""The World panel's operators: building in steps, one step anew, cancelling, failing; nothing half-built stays."""

from __future__ import annotations

from dataclasses import replace

import addon_utils
import bpy
import pytest

OPS = bpy.ops.dreamgrove
SMALL = {"size": 24.0, "resolution": 40, "density": 0.1, "detail": 0.1, "seed": 3}
KINDS = ("objects", "meshes", "collections", "worlds", "lights", "cameras")


@pytest.fixture(autouse=True)
def world(extension, module, clean_scene, monkeypatch):
    """An empty file; the panel's choices make a tiny place, on which only little things grow."""
    addon_utils.enable(extension.__name__, default_set=True)
    steps = module("procedural.scene.steps")
    few, find = ("Clover", "Mushrooms"), steps.biome_of

    def small(recipe):
        biome = find(recipe)
        return replace(biome, layers=lambda r: tuple(each for each in biome.layers(r) if each.name in few), extra=None)

    monkeypatch.setattr(steps, "biome_of", small)
    state = bpy.context.scene.dreamgrove_world
    for name, value in SMALL.items():
        setattr(state, name, value)
    return state


@pytest.fixture
def session(module):
    return module("operators.session")


@pytest.fixture
def begun(session, module):
    """As the button begins in a window; without one, operators run to their end at once."""
    builder, pump = session.builder(), session.tracker().pump
    recipe = module("operators.world_properties").recipe_of_panel(bpy.context.scene)
    pump.steps(builder.begin(recipe, module("procedural.scene.steps").STEPS, bpy.context.scene))
    return builder, pump


def counts() -> dict[str, int]:
    return {kind: len(getattr(bpy.data, kind)) for kind in KINDS}


def test_it_is_built_and_a_step_is_built_anew(world, module):
    assert OPS.build_world() == {"FINISHED"}
    home = module("operators.world").built(bpy.context.scene)
    made = {each["dreamgrove_step"]: each for each in home.children}
    assert set(made) == set(module("procedural.scene.steps").STEPS)
    assert bpy.context.scene.camera.name in {obj.name for obj in made["camera"].objects}
    before, land = counts(), made["land"].objects[0]
    sun = next(obj for obj in made["sky"].objects if obj.type == "LIGHT").matrix_world.copy()
    world.time = 8.0
    assert OPS.build_world(step="sky") == {"FINISHED"}
    sky = module("procedural.scene.steps").step_collection(home, "sky")
    assert next(obj for obj in sky.objects if obj.type == "LIGHT").matrix_world != sun
    assert counts() == before and land.name in home.all_objects


def test_another_look_brings_its_day_but_keeps_the_seed(world):
    day = world.day
    world.look = "autumn_forest"
    assert world.day != day and world.seed == SMALL["seed"] and world.size == SMALL["size"]


def test_a_step_without_its_land_says_so(world):
    before = counts()
    with pytest.raises(RuntimeError, match="has no land yet: press Build first"):
        OPS.build_world(step="scatter")
    assert counts() == before


def test_in_a_window_it_runs_between_redraws_and_is_cancelled(world, begun, module):
    builder, pump = begun
    assert builder.running is not None and not OPS.build_world.poll()
    assert pump.run_until(lambda: builder.running.step == "scatter" and builder.running.fraction > 0.2, 120.0)
    OPS.cancel_world()
    assert pump.run_until(lambda: builder.running is None, 60.0)
    home = module("operators.world").built(bpy.context.scene)
    assert {each["dreamgrove_step"] for each in home.children} == {"land", "erosion", "water"}
    assert not [each.name for each in bpy.data.collections if "being made" in each.name]
    assert OPS.build_world.poll() and not builder.problem


def test_loading_in_the_middle_stops_it(world, begun):
    """Whatever changes the file stops it first: nothing goes on with objects that are no more."""
    builder, pump = begun
    assert pump.run_until(lambda: builder.running.step == "scatter", 120.0)
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    assert builder.running is None
    pump.tick()
    assert not builder.problem


def test_a_failing_step_is_a_sentence(world, session, module, monkeypatch):
    steps = module("procedural.scene.steps")

    def broken(*_):
        yield steps.Progress(0.5, "half way")
        raise steps.SceneError("there is no room for a sky; make some")

    monkeypatch.setitem(steps._MAKERS, "sky", broken)
    with pytest.raises(RuntimeError, match="stopped at sky: there is no room for a sky; make some"):
        OPS.build_world()
    home = module("operators.world").built(bpy.context.scene)
    assert {each["dreamgrove_step"] for each in home.children} == {"land", "erosion", "water", "scatter"}
    assert session.builder().failed_step == "sky"


def test_a_flight_and_two_eyes_for_the_camera(world):
    assert not OPS.fly_through.poll()
    assert OPS.build_world() == {"FINISHED"}
    scene = bpy.context.scene
    camera = scene.camera
    before = counts()
    assert OPS.fly_through(seconds=1.0, speed=4.0) == {"FINISHED"}
    assert scene.frame_end == 24 and camera.animation_data.action is not None
    assert OPS.stereo_rig(baseline=0.1) == {"FINISHED"}
    assert OPS.stereo_rig(baseline=0.2) == {"FINISHED"}, "in place of the first"
    assert counts() == {**before, "objects": before["objects"] + 3, "cameras": before["cameras"] + 2}
    assert scene.camera.name.endswith("_L") and scene.render.use_multiview
    assert OPS.fly_through(seconds=0.5, speed=4.0) == {"FINISHED"} and scene.frame_end == 12
    with pytest.raises(RuntimeError, match="No way leads far from here"):
        OPS.fly_through(seconds=3600.0, speed=100.0)
    assert scene.frame_end == 12
