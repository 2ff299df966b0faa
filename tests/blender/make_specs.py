"""Writes tests/blender/specs: graphs as JSON from this Blender, for the others to make. Run it in the Python of a bpy wheel.

    python tests/blender/make_specs.py

The files of 4.2 and 5.2 are in the repository; make them anew when the spec's format changes, and only then.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import bpy

from dreamgrove.procedural.graph import read

FOLDER = Path(__file__).parent / "specs"
LIMIT = 60_000  # bytes a file


def link(tree: bpy.types.NodeTree, source: bpy.types.Node, output: str, target: bpy.types.Node, name: str) -> object:
    return tree.links.new(
        next(s for s in source.outputs if s.enabled and s.name == output),
        next(s for s in target.inputs if s.enabled and s.name == name),
    )


def geometry() -> bpy.types.NodeTree:
    """Zones, items, a menu, a multi-input, fields, panels, frames, a shared group."""
    leaf = bpy.data.node_groups.new("Leaf", "GeometryNodeTree")
    leaf.interface.new_socket("Amount", in_out="INPUT", socket_type="NodeSocketFloat").default_value = 0.1
    leaf.interface.new_socket("Offset", in_out="OUTPUT", socket_type="NodeSocketVector")
    start, combine, end = (leaf.nodes.new(n) for n in ("NodeGroupInput", "ShaderNodeCombineXYZ", "NodeGroupOutput"))
    link(leaf, start, "Amount", combine, "Z")
    link(leaf, combine, "Vector", end, "Offset")
    tree = bpy.data.node_groups.new("Steps", "GeometryNodeTree")
    tree.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    panel = tree.interface.new_panel("Shape", description="What it looks like", default_closed=True)
    count = tree.interface.new_socket("Count", in_out="INPUT", socket_type="NodeSocketInt", parent=panel)
    count.default_value, count.min_value, count.max_value, count.description = 4, 1, 9, "How many steps"
    tree.interface.new_socket("Kind", in_out="INPUT", socket_type="NodeSocketMenu", parent=panel)
    add = tree.nodes.new
    frame, start, end = add("NodeFrame"), add("NodeGroupInput"), add("NodeGroupOutput")
    frame.label, frame.location, frame.use_custom_color, frame.color = "steps", (120.0, 40.0), True, (0.2, 0.3, 0.1)
    switch = add("GeometryNodeMenuSwitch")
    switch.enum_items.clear()
    for name in ("Cubes", "Balls"):
        switch.enum_items.new(name)
    link(tree, start, "Kind", switch, "Menu")
    cube, ball, join = add("GeometryNodeMeshCube"), add("GeometryNodeMeshUVSphere"), add("GeometryNodeJoinGeometry")
    cube.inputs["Size"].default_value = (1.0, 0.3, 0.1)
    link(tree, cube, "Mesh", switch, "Cubes")
    link(tree, ball, "Mesh", switch, "Balls")
    repeat, until = add("GeometryNodeRepeatInput"), add("GeometryNodeRepeatOutput")
    repeat.pair_with_output(until)
    until.repeat_items.new("FLOAT", "Height")
    move, half = add("GeometryNodeSetPosition"), add("ShaderNodeMath")
    half.operation, half.use_clamp, half.label = "MULTIPLY", True, "half as high"
    half.inputs[1].default_value = 0.5
    offsets = [add("GeometryNodeGroup") for _ in range(2)]
    for each in offsets:
        each.node_tree = leaf
    link(tree, start, "Count", repeat, "Iterations")
    link(tree, switch, "Output", repeat, "Geometry")
    link(tree, repeat, "Height", half, "Value")
    link(tree, half, "Value", until, "Height")
    link(tree, repeat, "Height", offsets[0], "Amount")
    link(tree, offsets[0], "Offset", move, "Offset")
    link(tree, cube, "Mesh", join, "Geometry")
    link(tree, repeat, "Geometry", join, "Geometry")
    link(tree, join, "Geometry", move, "Geometry")
    link(tree, move, "Geometry", until, "Geometry")
    compare, noise = add("FunctionNodeCompare"), add("ShaderNodeTexNoise")
    compare.operation, compare.data_type = "LESS_THAN", "FLOAT"
    link(tree, noise, "Color", move, "Position").is_muted = True
    link(tree, compare, "Result", move, "Selection")
    capture = add("GeometryNodeCaptureAttribute")
    if hasattr(capture, "capture_items"):
        capture.capture_items.new("FLOAT", "Height")
    link(tree, until, "Geometry", capture, "Geometry")
    store, curve = add("GeometryNodeStoreNamedAttribute"), add("ShaderNodeFloatCurve")
    curve.mapping.curves[0].points.new(0.3, 0.8)
    curve.mapping.update()
    next(s for s in store.inputs if s.name == "Name").default_value = "shade"
    link(tree, capture, "Geometry", store, "Geometry")
    link(tree, curve, "Value", store, "Value")
    link(tree, store, "Geometry", end, "Geometry")
    for index, node in enumerate((cube, ball, switch, repeat, join, move, until)):
        node.location, node.parent = (200.0 * index, -30.0 * index), frame if index < 3 else None
    return tree


def material() -> bpy.types.Material:
    """Image and noise textures, a ramp, curves, a driver, the principled shader."""
    made = bpy.data.materials.new("Bark")
    if made.node_tree is None:
        made.use_nodes = True
    tree = made.node_tree
    tree.nodes.clear()
    add = tree.nodes.new
    principled, end, noise = add("ShaderNodeBsdfPrincipled"), add("ShaderNodeOutputMaterial"), add("ShaderNodeTexNoise")
    ramp, curves, mix = add("ShaderNodeValToRGB"), add("ShaderNodeRGBCurve"), add("ShaderNodeMix")
    where, mapping, bump = add("ShaderNodeTexCoord"), add("ShaderNodeMapping"), add("ShaderNodeBump")
    mix.data_type, mix.blend_type = "RGBA", "SOFT_LIGHT"
    principled.inputs["Roughness"].default_value = 0.83
    principled.inputs["Coat Weight"].default_value = 0.25
    principled.inputs["Emission Strength"].default_value = 0.5
    ramp.color_ramp.interpolation = "EASE"
    ramp.color_ramp.elements.new(0.4).color = (0.2, 0.1, 0.05, 1.0)
    curves.mapping.curves[2].points.new(0.25, 0.6)
    curves.mapping.update()
    mapping.inputs["Scale"].default_value = (1.0, 1.0, 7.5)
    link(tree, where, "Object", mapping, "Vector")
    link(tree, mapping, "Vector", noise, "Vector")
    link(tree, noise, "Fac" if bpy.app.version < (5, 0) else noise.outputs[0].name, ramp, ramp.inputs[0].name)
    link(tree, ramp, "Color", curves, "Color")
    link(tree, curves, "Color", mix, "A")
    link(tree, mix, "Result", principled, "Base Color")
    link(tree, ramp, "Alpha", bump, "Height")
    link(tree, bump, "Normal", principled, "Normal")
    link(tree, principled, "BSDF", end, "Surface")
    driver = noise.inputs["Scale"].driver_add("default_value").driver
    driver.type, driver.expression = "SCRIPTED", "2 + 3"
    return made


def compositor() -> bpy.types.NodeTree:
    tree = bpy.data.node_groups.new("Glow", "CompositorNodeTree")
    tree.interface.new_socket("Image", in_out="INPUT", socket_type="NodeSocketColor")
    tree.interface.new_socket("Image", in_out="OUTPUT", socket_type="NodeSocketColor")
    add = tree.nodes.new
    start, end, blur, over = (
        add(n) for n in ("NodeGroupInput", "NodeGroupOutput", "CompositorNodeBlur", "CompositorNodeAlphaOver")
    )
    balance, key, matte = add("CompositorNodeHueSat"), add("CompositorNodeExposure"), add("CompositorNodeDilateErode")
    for node, name, value in ((blur, "size_x", 12), (matte, "distance", 3)):  # sockets since 5.0
        if hasattr(node, name):
            setattr(node, name, value)
    link(tree, start, "Image", blur, "Image")
    link(tree, blur, "Image", balance, "Image")
    link(tree, balance, "Image", key, "Image")
    behind, before = (socket for socket in over.inputs if socket.type == "RGBA")
    tree.links.new(key.outputs[0], before)
    tree.links.new(start.outputs[0], behind)
    link(tree, over, "Image", end, "Image")
    return tree


def from_blender() -> bpy.types.NodeTree:
    """A group that every Blender brings."""
    for file in sorted(Path(bpy.utils.resource_path("LOCAL")).rglob("*.blend")):
        with bpy.data.libraries.load(str(file)) as (source, target):
            target.node_groups = [name for name in source.node_groups if name == "Smooth by Angle"]
        if target.node_groups:
            return target.node_groups[0]
    raise SystemExit("this Blender brings no group 'Smooth by Angle'")


MAKERS: dict[str, Callable[[], bpy.types.ID]] = {
    "steps": geometry,
    "bark": material,
    "glow": compositor,
    "smooth-by-angle": from_blender,
}


def main() -> None:
    for name, make in MAKERS.items():
        bpy.ops.wm.read_factory_settings(use_empty=True)
        data = (read(make()).to_json() + "\n").encode()
        assert len(data) < LIMIT, f"{name} has {len(data)} bytes"
        (FOLDER / f"{name}-{bpy.app.version[0]}.{bpy.app.version[1]}.json").write_bytes(data)


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # the 4.2 wheel does not survive its own end
