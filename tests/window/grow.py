"""The Grow panel, for drive.py: add, F9, undo, randomise, the picture grid, by clicks and keys. Runs in Blender."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import bpy
import robot
from robot import click, find_button, hover, place, press, screenshot, scroll, wait


def steps(package: str, out: Path, check: Callable[[object, str], None]) -> Iterator[float]:
    """An agave by a click: its picture, its sliders in F9, another individual, undo; with pictures."""
    state = import_module(f"{package}.operators.grow_properties").grow_tab()
    growing = import_module(f"{package}.operators.growing")
    generators = import_module(f"{package}.procedural.generators")
    robot.look_at("VIEW_3D")
    _shading("SOLID")
    state.category, state.chosen, state.seed, state.variation = "ALL", "agave", 7, 0.0
    state.search = "agave"
    yield 0.5
    check(state.preset == "agave", "the search shows the agave")

    before = set(bpy.data.objects)
    yield from find_button("dreamgrove.add_agave", 0.3)
    yield from click(*robot.found)
    yield from wait(lambda: len(bpy.data.objects) > len(before), 10.0, "the agave")
    (item,) = set(bpy.data.objects) - before
    check(growing.family_of(item) is generators.family_named("agave"), "it is live")
    check(item.select_get() and bpy.context.view_layer.objects.active == item, "it is selected and active")
    check(tuple(item.location) == tuple(bpy.context.scene.cursor.location), "it stands at the cursor")
    check(growing.recipe(item)["seed"] == 7 and state.seed != 7, "it has the seed, and the panel another one")
    _view_selected()
    yield 0.6
    screenshot(out / "8-grown.png")

    # F9 over the viewport: the parameters in panels, and a value typed into one changes the object.
    area = place()[1]
    x, y = area.x + area.width // 3, area.y + area.height // 2
    yield from hover(x, y)
    press("F9")
    yield 0.6
    screenshot(out / "9-f9.png")
    press("ESC")
    yield 0.3
    operator = bpy.context.window_manager.operators[-1]
    check(operator.bl_idname == "DREAMGROVE_OT_add_agave", "F9 is about the agave")
    check(abs(operator.properties.length - 0.55) < 1e-6, "it shows the preset's values")

    yield from scroll(8)
    yield from find_button("dreamgrove.randomise_grown", 0.3)
    yield from click(*robot.found)
    yield from wait(lambda: growing.recipe(_active())["seed"] != 7, 5.0, "another individual")
    yield 0.3
    with bpy.context.temp_override(window=place()[0], area=place()[1], region=_main_region()):
        bpy.ops.ed.undo()
    yield 0.4
    check(growing.recipe(_active())["seed"] == 7, "one undo brings the first one back")
    with bpy.context.temp_override(window=place()[0], area=place()[1], region=_main_region()):
        bpy.ops.ed.undo()
    yield 0.4
    check(not [each for each in bpy.data.objects if each.get("dreamgrove_family")], "another takes it away")

    # The picture grid, and the menu Add > Mesh > Dreamgrove.
    state.search = ""
    yield 0.4
    yield from scroll(-40)
    yield from find_button("dreamgrove_grow.search", 0.5)
    yield from click(robot.found[0], robot.found[1] - 100)  # a picture cannot be asked what it does
    yield 0.8
    screenshot(out / "10-grid.png")
    press("ESC")
    yield 0.3
    yield from hover(x, y)
    with bpy.context.temp_override(window=place()[0], area=place()[1], region=_main_region()):
        bpy.ops.wm.call_menu(name="DREAMGROVE_MT_add_ground")
    yield 0.6
    screenshot(out / "11-menu.png")
    press("ESC")
    yield 0.3


def _active() -> bpy.types.Object:
    return bpy.context.view_layer.objects.active


def _main_region() -> bpy.types.Region:
    return next(region for region in place()[1].regions if region.type == "WINDOW")


def _shading(kind: str) -> None:
    place()[1].spaces.active.shading.type = kind


def _view_selected() -> None:
    with bpy.context.temp_override(window=place()[0], area=place()[1], region=_main_region()):
        bpy.ops.view3d.view_selected()
