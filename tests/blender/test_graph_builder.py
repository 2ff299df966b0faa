"""The builder: typed inputs, operators that compute, clear refusals, readable layout, modifier inputs on every Blender."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
import pytest

import dreamgrove
from dreamgrove.params import param
from dreamgrove.procedural.graph import (
    GraphError,
    apply_group,
    build,
    compare,
    evaluate,
    evaluate_realized,
    math,
    new_material,
    new_tree,
    read,
)
from dreamgrove.procedural.graph import nodes as n


@dataclass(frozen=True)
class ThingParams:
    height: float = param(1.0, "How tall", min=0.1, max=3.0, unit="m")
    turn: float = param(0.3, "How far turned", min=-1.0, max=1.0, unit="rad")
    share: float = param(0.25, "A share", min=0, max=1)
    lean: tuple[float, ...] = param((0.5, 0.2, 0.1), "Where it leans", min=-1, max=1, unit="m")
    tint: tuple[float, ...] = param((0.5, 0.2, 0.1), "Its colour", min=0, max=1)
    round: bool = param(False, "Whether it is round")
    count: int = param(5, "How many", min=1, max=30, panel="Parts")
    style: str = param("plain", "Its style", choices=("plain", "ornate"), panel="Parts")


@dataclass(frozen=True)
class RoundsParams:
    rounds: int = param(2, "How often", min=0, max=30)


@pytest.fixture(autouse=True)
def _clean_scene():
    bpy.ops.wm.read_factory_settings(use_empty=True)


def object_with(tree: bpy.types.NodeTree, params: object = None) -> bpy.types.Object:
    obj = bpy.data.objects.new("thing", bpy.data.meshes.new("thing"))
    bpy.context.scene.collection.objects.link(obj)
    apply_group(obj, tree, params)
    return obj


def values_of(make, data_type: str = "FLOAT") -> np.ndarray:
    """Evaluate fields on a 3-point mesh at x = 0, 1, 2: `make(tree, x)` returns a socket."""
    with new_tree("Probe", ThingParams) as tree:
        line = tree.add("GeometryNodeMeshLine", count=3)
        line.set(offset=(1.0, 0.0, 0.0))
        tree.i.style == "plain"  # noqa: B015 (a menu must be used)
        tree.o.geometry << n.store(line, "value", make(tree, n.position().x))
    return evaluate(object_with(tree.data)).attributes["value"]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda t, x: x + 2, [2, 3, 4]),
        (lambda t, x: 2 - x, [2, 1, 0]),
        (lambda t, x: x * x / 2.0, [0, 0.5, 2]),
        (lambda t, x: 2**x, [1, 2, 4]),
        (lambda t, x: -x % 3, [0, 2, 1]),
        (lambda t, x: (x * 3) // 2, [0, 1, 3]),
        (lambda t, x: abs(x - 1), [1, 0, 1]),
        (lambda t, x: x * t.i.height + t.i.share, [0.25, 1.25, 2.25]),
        (lambda t, x: n.switch((x > 0.5) & ~(x >= 2), 0.0, 1.0), [0, 1, 0]),
        (lambda t, x: n.switch((x < 0.5) | (x == 2), 0.0, 1.0), [1, 0, 1]),
        (lambda t, x: n.switch(n.index() == 1, 5, 7), [5, 7, 5]),
        (lambda t, x: n.switch(t.i.style == "plain", 0.0, 1.0) + n.switch(t.i.style != "plain", 0.0, 1.0), [1, 1, 1]),
        (lambda t, x: n.combine_xyz(x, 2, 2).length, [8**0.5, 3, 12**0.5]),
        (lambda t, x: (n.combine_xyz(x, 1, 0) * 3 + (0, 0, 1)).y, [3, 3, 3]),
        (lambda t, x: n.combine_xyz(x, 1, 0).cross((0, 0, 1)).x, [1, 1, 1]),
        (lambda t, x: n.combine_xyz(x, 1, 2).dot(t.i.lean), [0.4, 0.9, 1.4]),
        (lambda t, x: n.mix(x / 2, 10.0, 20.0), [10, 15, 20]),
        (lambda t, x: n.map_range(x, 0, 2, 1, 0), [1, 0.5, 0]),
        (lambda t, x: n.float_curve(x / 2, [(0, 0), (0.5, 1), (1, 0)], "VECTOR"), [0, 1, 0]),
        (lambda t, x: n.minimum(x, 1) + n.maximum(x, 1) + n.clamp(x), [1, 3, 4]),
        (lambda t, x: math("MULTIPLY_ADD", x, 2, 1), [1, 3, 5]),
    ],
)
def test_operators_compute(make, expected):
    assert values_of(make) == pytest.approx(expected, abs=1e-4)


def test_colors_and_ramps():
    ramp = values_of(lambda t, x: n.color_ramp(x / 2, [(0, (0, 0, 0)), (1, (1, 0.5, 0))]))
    assert ramp[1] == pytest.approx([0.5, 0.25, 0, 1], abs=1e-3)
    mixed = values_of(lambda t, x: n.mix(x / 2, t.i.tint, n.color((1, 1, 1))))
    assert mixed[0] == pytest.approx([0.5, 0.2, 0.1, 1])
    assert mixed[2] == pytest.approx([1, 1, 1, 1])


def test_random_values_follow_the_seed():
    same = [values_of(lambda t, x: n.random_value(2.0, 3.0, seed=4)) for _ in range(2)]
    other = values_of(lambda t, x: n.random_value(2.0, 3.0, seed=5))
    assert np.array_equal(*same)
    assert not np.array_equal(same[0], other)
    assert (same[0] >= 2).all() and (same[0] <= 3).all()


def thing() -> bpy.types.NodeTree:
    with new_tree("Thing", ThingParams) as tree:
        i = tree.i
        with tree.frame("Body"):
            ball = n.transform(n.sphere(16, 8, 0.5), scale=n.combine_xyz(1, 1, i.height))
            ball, level = n.capture(ball, n.position().z)
        post = n.curve_to_mesh(
            n.line(end=(0, 0, 1), count=4), n.circle(8), scale=0.1 - 0.05 * n.spline_factor(), fill_caps=True
        )
        ring = n.points(i.count, n.combine_xyz(n.index(), 0, 0) * 0.1)
        beads = n.realize(n.instance_on(ring, n.sphere(8, 4, 0.05), rotation=n.align_to((1, 0, 0)), scale=1.5))
        whole = n.join(ball, n.switch(i.style == "ornate", None, beads), post)
        whole = n.store(n.set_position(whole, offset=i.lean), "tint", i.tint)
        whole = n.store(n.switch(i.round, whole, n.shade_smooth(whole)), "level", level)
        tree.o.geometry << whole
    return tree.data


def test_interface_comes_from_the_dataclass():
    tree = thing()
    items = {i.name: i for i in tree.interface.items_tree}
    height = items["Height"]
    assert (height.socket_type, height.subtype, height.description) == ("NodeSocketFloat", "DISTANCE", "How tall")
    assert (height.default_value, height.min_value, height.max_value) == pytest.approx((1.0, 0.1, 3.0))
    assert items["Turn"].subtype == "ANGLE"
    assert items["Share"].subtype == "FACTOR"
    assert items["Lean"].subtype == "TRANSLATION"
    assert items["Tint"].socket_type == "NodeSocketColor"
    assert items["Count"].parent.name == items["Style"].parent.name == "Parts"
    assert items["Style"].default_value == "plain"
    assert tree.is_modifier


def test_instances_values_become_defaults():
    with new_tree("Thing", ThingParams(height=2.5)) as tree:
        n.switch(tree.i.style == "plain", 0.0, 1.0)
    assert next(i for i in tree.data.interface.items_tree if i.name == "Height").default_value == pytest.approx(2.5)


def test_modifier_inputs_reach_the_mesh():
    obj = object_with(thing(), ThingParams())
    plain = evaluate(obj)
    apply_group(obj, obj.modifiers[0].node_group, ThingParams(height=3.0, lean=(0, 0, 1), tint=(1, 0, 0.5)))
    tall = evaluate(obj)
    assert np.ptp(plain.vertices[:, 2]) == pytest.approx(1.5)
    assert np.ptp(tall.vertices[:, 2]) == pytest.approx(3.0)
    assert tall.attributes["tint"][0] == pytest.approx([1, 0, 0.5, 1])
    apply_group(obj, obj.modifiers[0].node_group, {"style": "ornate", "count": 4})
    ornate = evaluate(obj)
    assert len(ornate.vertices) == len(tall.vertices) + 4 * 26
    assert len(obj.modifiers) == 1
    assert ornate.triangles.max() == len(ornate.vertices) - 1
    assert np.allclose(np.linalg.norm(ornate.normals, axis=2), 1, atol=1e-3)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (
            lambda t: t.add("GeometryNodeMeshCone", radius=1),
            r"Cone .* no input 'radius'; it has .*'Radius Top'.*fill_type",
        ),
        (
            lambda t: t.add("GeometryNodeMeshCone", radius_top="x"),
            r"Cone .*> 'Radius Top' takes a number or a socket, not 'x'",
        ),
        (lambda t: t.add("GeometryNodeMeshCone", fill_type="X"), r"'fill_type' cannot be 'X'; it takes NONE, NGON"),
        (
            lambda t: t.add("GeometryNodeMeshCone", vertices=3.5),
            r"'Vertices' takes a whole number or a socket, not 3.5",
        ),
        (lambda t: t.add("GeometryNodeMeshCone", radius_top=n.circle()), r"'Radius Top' takes VALUE, not GEOMETRY"),
        (lambda t: t.add("GeometryNodeTransform", translation=(1, 2)), r"'Translation' takes three numbers"),
        (lambda t: t.add("NoSuchNode"), r"Blender .* has no geometry node 'NoSuchNode'"),
        (lambda t: t.add("ShaderNodeMath", 1, 2, 3, operation="ADD"), r"has 2 inputs \(Value, Value\), not 3"),
        (lambda t: t.add("GeometryNodeMeshUVSphere").radius, r"no output 'radius'; it has 'Mesh'"),
        (lambda t: t.i.depth, r"'Wrong' has no input 'depth'; it has height, "),
        (lambda t: t.i.height + "a", r"'a' cannot be an operand"),
        (lambda t: n.sphere() * 2.0, r"arithmetic takes"),
        (lambda t: bool(t.i.height > 1), r"no truth value.*switch\(\)"),
        (lambda t: t.i.style == "gothic", r"no choice 'gothic'; it takes plain, ornate"),
        (lambda t: n.resample(n.line(), "many"), r"'Count' takes a whole number"),
        (lambda t: n.float_curve(0.5, [(0, 2)]), r"two or more points within 0..1"),
        (lambda t: n.set_material(n.sphere(), "red"), r"'Material' takes a bpy.types.Material"),
        (lambda t: t.output("geometry", 3.0), r"output 'geometry' .* takes a socket or node"),
        (lambda t: None, r"menu input 'Style' of 'Wrong' is not used"),
    ],
)
def test_errors_say_what_is_accepted(make, says):
    with pytest.raises(GraphError, match=says), new_tree("Wrong", ThingParams) as tree:
        make(tree)
    assert len(bpy.data.node_groups) == 0, "the unfinished tree stays in the file"


def test_nodes_outside_of_a_tree_are_refused():
    with pytest.raises(GraphError, match="no tree is being built"):
        n.position()


def test_sockets_of_another_tree_are_refused():
    with new_tree("A") as first:
        ball = n.sphere()
        first.o.geometry << ball
    with pytest.raises(GraphError, match="belongs to another tree, 'A'"), new_tree("B") as second:
        second.o.geometry << ball


def test_groups_nest():
    with new_tree("Half") as half:
        half.o.geometry << n.sphere(8, 4, 0.5)
    with new_tree("Whole") as whole:
        whole.o.geometry << n.transform(whole.group(half.data), translation=(0, 0, 2))
    assert evaluate(object_with(whole.data)).vertices[:, 2].min() == pytest.approx(1.5)


def test_materials_and_shader_arithmetic():
    with new_material("Paint") as tree:
        share = n.attribute("primary")
        color = n.mix((share > 0.5) & (share < 0.9), n.attribute("part_color", "FLOAT_COLOR"), (1, 0, 0))
        shader = tree.add("ShaderNodeBsdfPrincipled", base_color=color, roughness=0.4)
        tree.add("ShaderNodeOutputMaterial", surface=shader)
    assert tree.owner == bpy.data.materials["Paint"]
    assert shader.data.inputs["Base Color"].is_linked


def test_layout_runs_left_to_right_without_overlaps():
    tree = thing()
    nodes = [node for node in tree.nodes if node.bl_idname != "NodeFrame"]
    for link in tree.links:
        assert link.from_node.location.x < link.to_node.location.x
    boxes = [(node.location.x, node.location.y, node.width, node.name) for node in nodes]
    for index, (x, y, width, name) in enumerate(boxes):
        for other_x, other_y, other_width, other in boxes[index + 1 :]:
            apart = x + width <= other_x or other_x + other_width <= x or abs(y - other_y) > 40
            assert apart, f"{name} lies on {other}"


def test_group_inputs_stand_near_their_users():
    tree = thing()
    inputs = [node for node in tree.nodes if node.bl_idname == "NodeGroupInput"]
    assert len(inputs) > 1
    for node in inputs:
        shown = [s for s in node.outputs if not s.hide]
        assert shown and all(s.is_linked for s in shown)


def test_long_chains_need_no_recursion():
    with new_tree("Chain") as tree:
        value = n.position().x
        for _ in range(600):
            value = value + 1.0
        tree.o.geometry << n.set_position(n.sphere(4, 3), offset=n.combine_xyz(value, 0, 0))
    assert evaluate(object_with(tree.data)).vertices.max() > 599


def test_readme_example_runs():
    text = (Path(dreamgrove.__file__).parent / "procedural/graph/README.md").read_text(encoding="utf-8")
    scope: dict = {}
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL).group(1)
    exec(compile(code, "README.md", "exec", dont_inherit=True), scope)
    mesh = evaluate(object_with(scope["tree"].data, scope["PostParams"](height=2.0)))
    assert mesh.vertices[:, 2].min() == pytest.approx(0, abs=1e-5)
    assert mesh.vertices[:, 2].max() > 2.0


@pytest.mark.parametrize("style", ["plain", "ornate"])
def test_a_menu_can_be_switched_and_compared(style):
    """Both in one graph, and each twice: a menu whose choices two nodes define would be of no use."""
    with new_tree("Menu", ThingParams) as tree:
        menu = tree.i.style
        first = n.menu_switch(menu, {"plain": 1.0, "ornate": 2.0})
        second = n.menu_switch(menu, {"plain": 10.0, "ornate": 20.0})
        same = n.switch(menu == "ornate", 100.0, 200.0)
        other = n.switch(menu != "ornate", 1000.0, 2000.0)
        tree.o.geometry << n.store(tree.add("GeometryNodeMeshLine", count=2), "value", first + second + same + other)
    params = ThingParams(style=style)
    value = evaluate(object_with(tree.data, params)).attributes["value"]
    assert value.tolist() == ([2111.0] * 2 if style == "plain" else [1222.0] * 2)


def test_repeat_goes_round_as_often_as_asked():
    with new_tree("Rounds", RoundsParams) as tree:
        line = n.points(1, (0.0, 0.0, 0.0))

        def once(state):
            moved = n.set_position(state["Geometry"], offset=n.combine_xyz(state["Step"], 0.0, 0.0))
            return {"Geometry": moved, "Step": state["Step"] * 2.0}

        after = n.repeat(tree.i.rounds, {"Geometry": line, "Step": 1.0}, once)
        tree.o.geometry << n.instance_on(after["Geometry"], n.sphere(8, 4, 0.1))
    obj = object_with(tree.data, RoundsParams(rounds=3))
    assert evaluate_realized(obj).vertices.mean(0)[0] == pytest.approx(1 + 2 + 4, abs=1e-4)
    assert compare(read(tree.data), read(build(read(tree.data)))) == []


def thing_with(declare) -> None:
    """A group of ThingParams with more inputs; its output has the name of one, which is no harm."""
    with new_tree("Thing", ThingParams) as tree:
        declare(tree)
        tree.i.style == "plain"  # noqa: B015 (a menu must be used)
        tree.o.geometry << tree.geometry_input()


@pytest.mark.parametrize(
    "declare",
    [
        lambda tree, label: tree.geometry_input(label),
        lambda tree, label: tree.socket_input(label, "NodeSocketFloat"),
        lambda tree, label: tree.material_input(label, bpy.data.materials.new("Clay")),
        lambda tree, label: tree.object_input(label),
    ],
    ids=["geometry", "socket", "material", "object"],
)
def test_an_input_whose_label_is_taken_is_refused(declare):
    """Modifiers and recipes tell inputs by their labels: a second "Height" would silently be set in place of the first."""
    before = len(bpy.data.node_groups)
    for label in ("Height", "height", "Extra"):
        with pytest.raises(GraphError, match=f"'Thing' has an input '{label}' already; give the new one another"):
            thing_with(lambda tree, label=label: (tree.object_input("Extra"), declare(tree, label)))
    assert len(bpy.data.node_groups) == before, "an unfinished group does not stay"
    thing_with(lambda tree: declare(tree, "Other"))
