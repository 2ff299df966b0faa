"""The node editors' tab, for drive.py: from nodes to Python and back, by clicks and F3. Runs in Blender."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import bpy
import robot
from robot import click, find_button, open_tab, place, press, screenshot, wait, write


def steps(package: str, out: Path, check: Callable[[object, str], None]) -> Iterator[float]:
    """A material in a node editor: Transpile, Run, Compare, search; with pictures."""
    graph, state = (
        import_module(f"{package}.procedural.graph"),
        import_module(f"{package}.operators.graph_properties").graphs(),
    )
    material = _bark()
    area = place()[1]
    area.ui_type = "ShaderNodeTree"
    robot.look_at("NODE_EDITOR")
    area.spaces.active.pin = True
    area.spaces.active.node_tree = material.node_tree
    yield 0.3
    yield from open_tab("Dreamgrove")
    with bpy.context.temp_override(window=place()[0], area=area, region=_main_region(area)):
        bpy.ops.node.view_all()
    yield from find_button("dreamgrove.transpile")
    yield from click(*robot.found)
    yield from wait(lambda: bpy.data.texts, 5.0, "a text")
    text = bpy.data.texts[0]
    check(text.name == "material_bark.py" == state.text, "Transpile writes a text, and offers it to be run")
    yield 0.3
    screenshot(out / "6-nodes.png")

    yield from find_button("dreamgrove.run_as_nodes")
    yield from click(*robot.found)
    yield from wait(lambda: "Bark.001" in bpy.data.materials, 5.0, "the material again")
    again = bpy.data.materials["Bark.001"]
    check(graph.compare(graph.read(material), graph.read(again), "layout") == [], "Run makes the same material")
    check(area.spaces.active.node_tree == again.node_tree, "it is open in the editor")

    again.node_tree.nodes["Noise Texture"].inputs["Scale"].default_value = 7.0
    chosen = bpy.context.scene.dreamgrove_compared.second
    chosen.kind, chosen.material = "MATERIAL", material
    yield from find_button("dreamgrove.compare_graphs")
    yield from click(*robot.found)
    yield from wait(lambda: state.differences, 5.0, "differences")
    check(
        any("'Scale'" in each.name and "7.0" in each.name for each in state.differences), "Compare tells what differs"
    )
    yield 0.3
    screenshot(out / "7-compared.png")

    # F3 finds what is in the menus of the editor under the mouse.
    state.target = "CLIPBOARD"
    yield from robot.hover(area.x + area.width // 3, area.y + area.height // 2)
    press("F3")
    yield 0.5
    yield from write("copy as python")
    yield 0.3
    bpy.context.window_manager.clipboard = ""
    press("RET")
    yield from wait(lambda: "def build" in bpy.context.window_manager.clipboard, 5.0, "a script in the clipboard")
    check("Bark.001" in bpy.context.window_manager.clipboard, "F3 copies the tree in the editor")


def _bark() -> bpy.types.Material:
    """A few nodes, placed to be looked at."""
    material = bpy.data.materials.new("Bark")
    if material.node_tree is None:
        material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    kinds = ("ShaderNodeTexCoord", "ShaderNodeTexNoise", "ShaderNodeValToRGB", "ShaderNodeBump",
             "ShaderNodeBsdfPrincipled", "ShaderNodeOutputMaterial")  # fmt: skip
    places = ((-900, 150), (-680, 150), (-460, 250), (-420, -50), (-120, 200), (200, 200))
    nodes = []
    for kind, location in zip(kinds, places, strict=True):
        node = tree.nodes.new(kind)
        node.location = location
        node.select = False
        nodes.append(node)
    coordinates, noise, ramp, bump, shader, output = nodes
    ramp.color_ramp.elements[0].color, ramp.color_ramp.elements[1].color = (0.05, 0.02, 0.01, 1), (0.4, 0.25, 0.13, 1)
    for source, name, target, socket in (
        (coordinates, "Object", noise, "Vector"), (noise, 0, ramp, "Fac"), (noise, 0, bump, "Height"),
        (ramp, "Color", shader, "Base Color"), (bump, "Normal", shader, "Normal"), (shader, "BSDF", output, "Surface"),
    ):  # fmt: skip
        tree.links.new(source.outputs[name], target.inputs[socket])
    return material


def _main_region(area: bpy.types.Area) -> bpy.types.Region:
    return next(region for region in area.regions if region.type == "WINDOW")
