"""Snow that lies: on level ground and not on walls, over copies alone, and gone when a step is built again without it."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest

from dreamgrove.procedural.generators import find_preset, grow
from dreamgrove.procedural.graph.modifiers import read_input
from dreamgrove.procedural.materials import make, material_named
from dreamgrove.procedural.materials.layers import layer_name, layers_of
from dreamgrove.procedural.scene import steps
from dreamgrove.procedural.scene.biomes import find_biome
from dreamgrove.procedural.scene.biomes.base import Layer
from dreamgrove.procedural.scene.recipe import SceneRecipe
from dreamgrove.procedural.scene.scatter import ScatterParams
from dreamgrove.procedural.scene.snow_cover import DEPTH, KEEP_KEY, LYING, amount_of, snow_lies_on, winter
from dreamgrove.procedural.scene.sources import Plant

SMALL = {"size": 24.0, "resolution": 40, "density": 0.15, "detail": 0.1}


@pytest.fixture(autouse=True)
def empty(clean_scene):
    """An empty file."""


def snowy(material: bpy.types.Material | None) -> bool:
    return material is not None and [layer_name(node) for node in layers_of(material)] == [LYING.name]


def box(material: bpy.types.Material) -> bpy.types.Object:
    """A cube of two metres that stands on z = 0."""
    mesh = bpy.data.meshes.new("Box")
    corners = [(x, y, z) for z in (0, 2) for y in (-1, 1) for x in (-1, 1)]
    mesh.from_pydata(corners, [], [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (1, 3, 7, 5), (3, 2, 6, 7), (2, 0, 4, 6)])
    mesh.materials.append(material)
    obj = bpy.data.objects.new("Box", mesh)
    bpy.context.scene.collection.objects.link(obj)
    return obj


def albedo(look: tuple[float, float, float], tmp_path, name: str) -> float:
    """Mean brightness of what a camera sees in a white world, looking along `look` at a box from 6 m off."""
    from mathutils import Vector

    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.max_bounces = 4, False, 0
    scene.render.resolution_x = scene.render.resolution_y = 16
    scene.render.image_settings.file_format = "OPEN_EXR"
    scene.render.filepath = str(tmp_path / f"{name}.exr")
    scene.world = scene.world or bpy.data.worlds.new("World")
    if scene.world.node_tree is None:
        scene.world.use_nodes = True
    background = next(node for node in scene.world.node_tree.nodes if node.type == "BACKGROUND")
    background.inputs["Color"].default_value = (1, 1, 1, 1)
    data = bpy.data.cameras.new(name)
    data.type, data.ortho_scale = "ORTHO", 1.2
    camera = bpy.data.objects.new(name, data)
    way = Vector(look)
    camera.location = Vector((0, 0, 1)) - way * 6.0
    camera.rotation_euler = way.to_track_quat("-Z", "Y").to_euler()
    scene.collection.objects.link(camera)
    scene.camera = camera
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(scene.render.filepath)
    pixels = np.array(image.pixels[:]).reshape(-1, 4)[:, :3]
    return float(pixels.mean())


def test_level_ground_turns_white_and_walls_do_not(tmp_path):
    soil = make(material_named("plain"))
    obj = box(soil)
    bare_top, bare_wall = albedo((0, 0, -1), tmp_path, "a"), albedo((-1, 0, 0), tmp_path, "b")
    assert snow_lies_on([obj], 1.0) == 1
    top, wall = albedo((0, 0, -1), tmp_path, "c"), albedo((-1, 0, 0), tmp_path, "d")
    assert top > 0.75 > bare_top
    assert wall == pytest.approx(bare_wall, abs=0.03)


def test_shared_materials_stay_and_copies_are_used_once():
    rock, ice = make(material_named("granite")), make(material_named("ice"))
    ice[KEEP_KEY] = True
    first, second, frozen = box(rock), box(rock), box(ice)
    assert snow_lies_on([first, second, frozen], 0.7) == 1
    copy = first.material_slots[0].material
    assert copy != rock and second.material_slots[0].material == copy and snowy(copy)
    assert layers_of(rock) == [] and frozen.material_slots[0].material == ice and layers_of(ice) == []
    assert snow_lies_on([first], 0.7) == 0, "not twice"
    assert len(layers_of(copy)) == 1


def test_what_a_generator_takes_as_inputs_is_covered():
    family, preset = find_preset("boulder")
    obj = grow(family, replace(family.presets[preset], detail=0.1))
    modifier = obj.modifiers[0]
    item = next(
        i for i in modifier.node_group.interface.items_tree if getattr(i, "socket_type", "") == "NodeSocketMaterial"
    )
    before = read_input(modifier, item)
    assert snow_lies_on([obj], 1.0) == 1
    after = read_input(modifier, item)
    assert after != before and snowy(after) and layers_of(before) == []
    depsgraph = bpy.context.evaluated_depsgraph_get()
    depsgraph.update()
    assert any(snowy(m.original) for m in obj.evaluated_get(depsgraph).data.materials if m)


def test_how_much_lies_follows_weather_and_season():
    january, july = SceneRecipe(day=15), SceneRecipe(day=196)
    assert winter(january) == 1.0 and winter(july) == 0.0
    assert winter(replace(july, latitude=-0.8)) == 1.0
    assert amount_of(january) == 0.0, "where winters are mild none lies unless it falls"
    assert amount_of(january, winter) == 1.0
    assert amount_of(replace(january, weather="snow")) == 1.0
    assert 0.0 < amount_of(replace(july, weather="snow")) < 1.0


def test_rebuilding_without_snow_brings_the_old_look_back(monkeypatch):
    biome, look = find_biome("forest")
    layers = lambda recipe: (  # noqa: E731
        Layer("Stones", (Plant("boulder", 1, {}, 0.1),), ScatterParams(density=0.2, spacing=0.5, shown=1.0, sink=0.1)),
    )
    white = biome.recipe(look, seed=1, day=15, weather="snow", **SMALL)
    green = replace(white, weather="clear")
    monkeypatch.setattr(steps, "biome_of", lambda recipe: replace(biome, layers=layers))

    def built(recipe: SceneRecipe) -> tuple[list[bool], float]:
        for step in ("land", "scatter"):
            for _ in steps.run_step(step, recipe):
                pass
        home = steps.scene_collection(biome, bpy.context.scene)
        stones = [
            obj
            for obj in steps.step_collection(home, "scatter").all_objects
            if obj.type == "MESH" and obj.data.materials
        ]
        layer = next(obj for obj in steps.step_collection(home, "scatter").objects if obj.name.startswith("Stones"))
        modifier = layer.modifiers[0]
        item = next(i for i in modifier.node_group.interface.items_tree if i.name == "Sink")
        found = [snowy(each) for obj in [steps.land_of(home), *stones] for each in obj.data.materials if each]
        assert len(found) > 2
        return found, read_input(modifier, item)

    covered, deep = built(white)
    bare, usual = built(green)
    assert all(covered) and not any(bare)
    assert deep - usual == pytest.approx(DEPTH, abs=1e-5)
