"""The World panel, for drive.py: a small place by a click, its steps' progress, one step anew, undo. Runs in Blender."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import bpy
import robot
from robot import click, find_button, place, screenshot, scroll, wait

SMALL = {"size": 30.0, "resolution": 60, "density": 0.4, "detail": 0.3, "seed": 2}


def steps(package: str, out: Path, check: Callable[[object, str], None]) -> Iterator[float]:
    """A corner of a forest: built in steps with progress, seen from above, its sky built again, undone."""
    session = import_module(f"{package}.operators.session")
    world = import_module(f"{package}.operators.world")
    scene = bpy.context.scene
    robot.look_at("VIEW_3D")
    state = scene.dreamgrove_world
    for name, value in SMALL.items():
        setattr(state, name, value)
    before = {obj.name for obj in bpy.data.objects}
    yield 0.3
    yield from scroll(60)
    yield from find_button("dreamgrove.build_world", 0.3)
    yield from click(*robot.found)
    builder = session.builder()
    yield from wait(lambda: builder.running is not None and builder.running.step == "scatter", 60.0, "plants")
    screenshot(out / "12-building.png")
    yield from wait(lambda: builder.running is None, 240.0, "the end of building")
    check(not builder.problem, f"it was built without a problem {builder.problem}")
    home = world.built(scene)
    check(home is not None and len(home.children) == 6, "every step has its collection")
    check(scene.camera is not None, "the scene has a camera")
    view = place()[1].spaces.active
    view.region_3d.view_location, view.region_3d.view_distance = (0.0, 0.0, 2.0), 60.0
    view.clip_end = 2000.0
    yield 1.0
    screenshot(out / "13-world.png")

    sun = next(obj for obj in home.all_objects if obj.type == "LIGHT").matrix_world.to_euler()
    state.time = 8.0
    yield from scroll(60)
    yield from find_button("sky", 0.92)
    yield from click(*robot.found)
    yield from wait(lambda: builder.running is None, 30.0, "another sky")
    turned = next(obj for obj in home.all_objects if obj.type == "LIGHT").matrix_world.to_euler()
    check(math.dist(sun, turned) > 0.1, "the sun has moved")
    with bpy.context.temp_override(window=place()[0], area=place()[1], region=_main_region()):
        bpy.ops.ed.undo()
        bpy.ops.ed.undo()
    yield 0.5
    check({obj.name for obj in bpy.data.objects} == before, "undo takes it away")


def _main_region() -> bpy.types.Region:
    return next(region for region in place()[1].regions if region.type == "WINDOW")
