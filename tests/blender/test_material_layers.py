"""Layers of wear go over any material, stack, and come off again."""

from __future__ import annotations

import bpy
import pytest

from dreamgrove.procedural.materials import make, material_named
from dreamgrove.procedural.materials.layers import add_layer, layer_name, layers_of, remove_layer
from dreamgrove.procedural.materials.wear import DUST, LAYERS, SNOW_ON_TOP, SnowParams, layer_named


def user_material(name: str = "Mine") -> bpy.types.Material:
    """What an artist has: a Principled BSDF and no displacement."""
    material = bpy.data.materials.new(name)
    if material.node_tree is None:
        material.use_nodes = True
    return material


def fed_by(material: bpy.types.Material, name: str) -> bpy.types.NodeSocket | None:
    socket = material.node_tree.get_output_node("ALL").inputs[name]
    return socket.links[0].from_socket if socket.is_linked else None


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.name)
def test_goes_over_a_users_material(layer):
    material = user_material()
    before = fed_by(material, "Surface")
    node = add_layer(material, layer)
    assert layer_name(node) == layer.name
    assert node.inputs["Shader"].links[0].from_socket == before
    assert fed_by(material, "Surface") == node.outputs["Shader"]
    assert fed_by(material, "Displacement") == node.outputs["Displacement"]
    remove_layer(material, node)
    assert fed_by(material, "Surface") == before
    assert fed_by(material, "Displacement") is None
    assert layers_of(material) == []


def test_stacks_and_comes_off_in_any_order():
    material = make(material_named("rusty_iron"))
    surface, relief = fed_by(material, "Surface"), fed_by(material, "Displacement")
    nodes = [add_layer(material, layer) for layer in LAYERS]
    assert [layer_name(node) for node in layers_of(material)] == [layer.name for layer in LAYERS]
    assert nodes[0].inputs["Displacement"].links[0].from_socket == relief
    for node in (nodes[2], nodes[0], nodes[5], nodes[1], nodes[4], nodes[3]):
        remove_layer(material, node)
    assert fed_by(material, "Surface") == surface
    assert fed_by(material, "Displacement") == relief


def test_one_group_for_all_materials_with_parameters_of_each():
    first, second = user_material("First"), user_material("Second")
    deep = add_layer(first, SNOW_ON_TOP, SnowParams(height=0.2))
    usual = add_layer(second, SNOW_ON_TOP)
    assert deep.node_tree == usual.node_tree
    assert deep.inputs["Height"].default_value == pytest.approx(0.2)
    assert usual.inputs["Height"].default_value == pytest.approx(SnowParams().height)


def test_refuses_what_it_cannot_cover():
    material = user_material("Bare")
    output = material.node_tree.get_output_node("ALL")
    for link in list(output.inputs["Surface"].links):
        material.node_tree.links.remove(link)
    with pytest.raises(ValueError, match="no surface"):
        add_layer(material, DUST)
    with pytest.raises(ValueError, match="not a layer"):
        remove_layer(material, output)
    with pytest.raises(KeyError, match="dust"):
        layer_named("soot")


def test_all_layers_render():
    """Cycles compiles the whole stack, and what comes out is no error's magenta or black."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    bpy.ops.mesh.primitive_uv_sphere_add(segments=16, ring_count=8)
    ball = bpy.context.object
    material = user_material()
    for layer in LAYERS:
        add_layer(material, layer)
    ball.data.materials.append(material)
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.location = (0.0, 0.0, 4.0)
    scene.collection.objects.link(camera)
    scene.camera = camera
    world = bpy.data.worlds.new("World")
    if world.node_tree is None:
        world.use_nodes = True
    scene.world = world
    world.node_tree.nodes["Background"].inputs["Color"].default_value = (1.0, 1.0, 1.0, 1.0)
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 2
    scene.render.resolution_x = scene.render.resolution_y = 16
    scene.view_settings.view_transform = "Raw"
    bpy.ops.render.render()
    path = bpy.app.tempdir + "layers.exr"
    scene.render.image_settings.file_format = "OPEN_EXR"
    bpy.data.images["Render Result"].save_render(path, scene=scene)
    image = bpy.data.images.load(path)
    pixels = list(image.pixels)
    middle = 4 * (8 * 16 + 8)
    red, green, blue = pixels[middle : middle + 3]
    assert 0.2 < green < 1.5
    assert abs(red - green) < 0.15 and abs(blue - green) < 0.15  # snow, on top of all
