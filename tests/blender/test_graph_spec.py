"""Specs of node trees: what artists put into trees besides nodes comes back, differences are found, errors say what is wrong."""

from __future__ import annotations

import random

import bpy
import pytest
from graphs import (
    KINDS,
    NAMES,
    ZONES,
    chain,
    differing,
    new_tree,
    node_types,
    randomise_node,
    round_trip,
    some_data,
)

from dreamgrove.procedural.graph import GraphError, build, compare, read


@pytest.fixture(autouse=True)
def _clean_scene():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    some_data()


# Items and zones


@pytest.mark.parametrize("zone", [name for name in ZONES if hasattr(bpy.types, name)])
def test_zones_keep_their_items_in_order_under_their_numbers(zone):
    tree = new_tree()
    start, end = tree.nodes.new(zone), tree.nodes.new(ZONES[zone])
    other = tree.nodes.new(ZONES[zone])  # without its start
    assert start.pair_with_output(end)
    for name in ("state_items", "repeat_items", "input_items", "main_items", "generation_items", "output_items"):
        items = getattr(end, name, None)
        if items is None:
            continue
        # a loop over geometry passes on fields, and no texts
        for index, kind in enumerate(("FLOAT", "VECTOR", "INT", "RGBA", "BOOLEAN")):
            items.new(kind, NAMES[index])
        items.remove(items[1])
        items.move(len(items) - 1, 0)
        getattr(other, name).new("FLOAT", "lonely")
    for source, target in zip(start.outputs, end.inputs, strict=False):
        tree.links.new(source, target)
    assert len(tree.links) > 2
    assert round_trip(tree) == []


def test_every_collection_of_items_tells_its_numbers():
    """So that a new node with items is noticed on the day it comes."""
    from importlib import import_module

    from dreamgrove.procedural.graph.rna import Schema

    item_numbers = import_module("dreamgrove.procedural.graph.build_items").item_numbers
    schema, silent = Schema(), []
    for kind in KINDS[:3]:
        tree = new_tree(kind)
        for type_name in node_types(kind):
            node = tree.nodes.new(type_name)
            start = next((s for s, e in ZONES.items() if e == type_name), None)
            pair = tree.nodes.new(start) if start else None
            if pair:
                pair.pair_with_output(node)
            for field in schema.fields(node):
                if field.kind == "items":
                    items = getattr(node, field.name)
                    arguments = {"name": "x", "socket_type": "FLOAT"}
                    wanted = [p.identifier for p in items.bl_rna.functions["new"].parameters if not p.is_output]
                    items.new(**{name: arguments[name] for name in wanted})
                    if len(item_numbers(node, pair, type_name, field.name)) != len(items):
                        silent.append((type_name, field.name))
    if bpy.app.version < (5, 0):  # file slots go by name; 4.5's closures cannot be paired
        silent = [s for s in silent if s[0] not in {"CompositorNodeOutputFile", "GeometryNodeClosureOutput"}]
    assert silent == []


@pytest.mark.parametrize("kind", KINDS[:3])
def test_items_that_were_added_removed_and_moved(kind):
    rng = random.Random(kind)
    tree = new_tree(kind)
    for type_name in node_types(kind):
        rna = getattr(bpy.types, type_name).bl_rna
        names = [
            p.identifier
            for p in rna.properties
            if p.type == "COLLECTION" and "move" in getattr(p.srna, "functions", ())
        ]
        if bpy.app.version < (5, 0) and ("Closure" in type_name or type_name == "CompositorNodeOutputFile"):
            continue  # these cannot be asked for their pairs, and cannot remove an item
        if not set(names) - {"inputs", "outputs"}:
            continue
        node = tree.nodes.new(type_name)
        for name in sorted(set(names) - {"inputs", "outputs"}):
            items = getattr(node, name)
            parameters = [p.identifier for p in items.bl_rna.functions["new"].parameters if not p.is_output]
            for _ in range(6):
                arguments = {"name": rng.choice(NAMES), "socket_type": "FLOAT"}
                items.new(**{parameter: arguments[parameter] for parameter in parameters})
            items.remove(items[rng.randrange(len(items))])
            items.move(rng.randrange(len(items)), rng.randrange(len(items)))
            items.remove(items[0])
    assert len(tree.nodes) > 1 or kind != "GeometryNodeTree"
    assert round_trip(tree) == []


# Groups


def test_shared_groups_stay_shared():
    leaf, middle, top = new_tree(name="Leaf"), new_tree(name="Middle"), new_tree(name="Top")
    for tree in (leaf, middle, top):
        tree.interface.new_socket("Value", in_out="INPUT", socket_type="NodeSocketFloat")
        tree.interface.new_socket("Value", in_out="OUTPUT", socket_type="NodeSocketFloat")
    for user, used in ((middle, leaf), (middle, leaf), (top, middle), (top, leaf), (top, None)):
        user.nodes.new("GeometryNodeGroup").node_tree = used
    assert round_trip(top) == []
    spec = read(top)
    assert [tree.name for tree in spec.trees] == ["Leaf", "Middle", "Top"]
    before = len(bpy.data.node_groups)
    built = build(spec)
    assert len(bpy.data.node_groups) == before + 3
    again = built.nodes[0].node_tree
    assert again.nodes[0].node_tree == again.nodes[1].node_tree == built.nodes[1].node_tree
    assert again.nodes[0].node_tree not in (leaf, middle, top)


def test_a_group_in_itself_is_refused(monkeypatch):
    """Blender does not let anybody make one; files from elsewhere may have it."""
    from importlib import import_module

    one, other = new_tree(name="One"), new_tree(name="Other")
    monkeypatch.setattr(
        import_module("dreamgrove.procedural.graph.read"), "_groups", lambda tree: [other if tree == one else one]
    )
    with pytest.raises(GraphError, match="'One' contains itself: 'One' > 'Other' > 'One'"):
        read(one)


# Looks and order


def test_frames_reroutes_and_muted_things():
    tree = new_tree("ShaderNodeTree")
    outer, inner = tree.nodes.new("NodeFrame"), tree.nodes.new("NodeFrame")
    outer.location, inner.parent = (10.5, -20.25), outer
    inner.label, inner.shrink, inner.label_size, inner.text = NAMES[2], False, 33, bpy.data.texts[0]
    inner.use_custom_color, inner.color = True, (0.1, 0.2, 0.3)
    nodes = chain(tree, 4)
    for index, node in enumerate(nodes):
        node.location, node.width = (index * 123.456, -index * 7.1), 150 + index
        node.parent = (None, outer, inner, inner)[index]
        node.hide, node.mute, node.label = index == 1, index == 2, NAMES[index]
    reroute = tree.nodes.new("NodeReroute")
    reroute.parent = inner
    tree.links.new(nodes[0].outputs[0], reroute.inputs[0])
    link = tree.links.new(reroute.outputs[0], nodes[3].inputs[1])
    link.is_muted = True
    tree.nodes.active = nodes[2]
    assert round_trip(tree) == []
    built = build(read(tree))
    assert [n.parent.name if n.parent else "" for n in built.nodes] == [
        n.parent.name if n.parent else "" for n in tree.nodes
    ]
    assert [link.is_muted for link in built.links] == [False, False, False, False, True]


def test_links_to_a_multi_input_keep_their_order():
    tree = new_tree()
    join = tree.nodes.new("GeometryNodeJoinGeometry")
    cubes = [tree.nodes.new("GeometryNodeMeshCube") for _ in range(5)]
    for index in (3, 0, 4, 1, 2):
        tree.links.new(cubes[index].outputs[0], join.inputs[0])
    links = list(tree.links)
    links[0].swap_multi_input_sort_id(links[3])
    assert round_trip(tree) == []

    def order(source):
        links = sorted(source.links, key=lambda link: link.multi_input_sort_id)
        return [link.from_node.name for link in links]

    assert order(build(read(tree))) == order(tree)


def test_clipped_curves_and_ramps():
    tree = new_tree("ShaderNodeTree")
    mapping = tree.nodes.new("ShaderNodeRGBCurve").mapping
    mapping.clip_min_x, mapping.clip_max_x, mapping.clip_max_y, mapping.use_clip = -0.5, 0.75, 0.9, True
    for x in (0.1, 0.30000001192092896, 0.7):
        mapping.curves[1].points.new(x, x * x).handle_type = "VECTOR"
    mapping.update()
    ramp = tree.nodes.new("ShaderNodeValToRGB").color_ramp
    ramp.color_mode, ramp.hue_interpolation = "HSV", "FAR"
    for position in (0.2, 0.2, 0.9):
        ramp.elements.new(position).color = (position, 0.1, 0.7, 0.123456789)
    ramp.elements.remove(ramp.elements[0])
    assert round_trip(tree) == []


def test_reroutes_without_links_keep_their_type():
    tree, group = new_tree(), new_tree(name="Inner")
    for subtype in ("DISTANCE", "FACTOR"):
        group.interface.new_socket(subtype, in_out="OUTPUT", socket_type="NodeSocketFloat").subtype = subtype
    user = tree.nodes.new("GeometryNodeGroup")
    user.node_tree = group
    for output in user.outputs[:2]:
        reroute = tree.nodes.new("NodeReroute")
        tree.links.remove(tree.links.new(output, reroute.inputs[0]))
    assert tree.nodes[-1].outputs[0].bl_idname == "NodeSocketFloatFactor"
    assert round_trip(tree) == []


# Owners


def test_trees_of_materials_worlds_lights_and_line_styles():
    made = [
        bpy.data.materials.new(NAMES[0]),
        bpy.data.worlds.new("World"),
        bpy.data.lights.new("Light", "SUN"),
        bpy.data.linestyles.new("Style"),
        bpy.data.textures.new("Texture", "NONE"),
    ]
    for owner in made:
        if owner.node_tree is None:
            owner.use_nodes = True
        rng = random.Random(owner.name)
        for node in owner.node_tree.nodes:
            randomise_node(node, rng)
        assert round_trip(owner) == []
        spec = read(owner)
        assert (spec.owner.name, compare(spec, read(owner.node_tree))) == (owner.name, [])
        again = build(spec)
        assert again.is_embedded_data and differing(owner.node_tree, again) == []


def test_the_compositor_of_a_scene():
    scene = bpy.context.scene
    if hasattr(scene, "compositing_node_group"):
        scene.compositing_node_group = new_tree("CompositorNodeTree")
    else:
        scene.use_nodes = True
    tree = getattr(scene, "compositing_node_group", None) or scene.node_tree
    blur = tree.nodes.new("CompositorNodeBlur")
    layers = tree.nodes.new("CompositorNodeRLayers")
    tree.links.new(layers.outputs[0], blur.inputs[0])
    assert round_trip(scene) == []


def test_something_without_a_tree_is_refused():
    with pytest.raises(GraphError, match=r"Sun.* has no node tree"):
        read(bpy.data.lights.new("Sun", "SUN") if bpy.app.version < (5, 0) else bpy.data.linestyles.new("Sun"))


# Animation, custom properties, assets


def test_drivers_and_f_curves():
    tree = new_tree()
    nodes = chain(tree, 2)
    curve = nodes[0].inputs[1].driver_add("default_value")
    driver = curve.driver
    driver.type, driver.expression = "SCRIPTED", "var * 2 + frame"
    variable = driver.variables.new()
    variable.name, variable.type = "var", "SINGLE_PROP"
    variable.targets[0].id_type, variable.targets[0].id = "NODETREE", tree
    variable.targets[0].data_path = 'nodes["Math"].inputs[0].default_value'
    moves = driver.variables.new()
    moves.type = "LOC_DIFF"
    moves.targets[0].id = moves.targets[1].id = bpy.data.objects[0]
    curve.modifiers.new("NOISE").strength = 0.3
    for frame, value in ((1, 0.5), (12.5, 3.25), (20, -1)):
        nodes[1].inputs[1].default_value = value
        nodes[1].inputs[1].keyframe_insert("default_value", frame=frame, group="Values")
    action = tree.animation_data.action
    action.name = NAMES[0]
    curves = action.layers[0].strips[0].channelbags[0].fcurves if hasattr(action, "layers") else action.fcurves
    curves[0].keyframe_points[1].interpolation = "BOUNCE"
    curves[0].keyframe_points[0].handle_right_type = "FREE"
    curves[0].keyframe_points[0].handle_right = (5.0, 7.0)
    curves[0].extrapolation = "LINEAR"
    curves[0].modifiers.new("CYCLES").cycles_after = 3
    assert round_trip(tree) == []
    built = build(read(tree))
    assert built.animation_data.drivers[0].driver.variables[0].targets[0].id == built
    assert built.animation_data.action != action


def test_custom_properties():
    tree = new_tree()
    node = tree.nodes.new("ShaderNodeMath")
    owners = [tree, node]
    if bpy.app.version < (5, 0):  # these lost them in 5.0
        owners += [node.inputs[1], tree.interface.new_socket("in", in_out="INPUT", socket_type="NodeSocketFloat")]
    for owner in owners:
        owner["number"], owner["whole"], owner["yes"], owner["text"] = 0.1, -7, True, NAMES[0]
        owner["vector"], owner["nested"] = [0.1, 0.2, 0.30000001], {"a": 1, "b": {NAMES[2]: [1, 2]}, "$": "x"}
        owner["object"], owner["empty"] = bpy.data.objects[0], []
        owner[NAMES[0]] = "a name that tries to be code"
    assert round_trip(tree) == []


def test_assets():
    tree = new_tree()
    tree.asset_mark()
    tree.asset_data.author, tree.asset_data.description = NAMES[0], "two\nlines"
    tree.asset_data.catalog_id = "4e4a4b5c-7d3c-4a5b-9a52-6f3c2f9f9a11"
    for tag in ("plant", "green"):
        tree.asset_data.tags.new(tag)
    tree["bracket"] = "("
    assert round_trip(tree) == []
