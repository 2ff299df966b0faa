"""What falls keeps its pace and stays in its box; a camera flies past things without touching them; wind reaches all plants."""

from __future__ import annotations

import math

import bpy
import numpy as np
import pytest
from mathutils import Vector

from dreamgrove.procedural.graph import new_tree
from dreamgrove.procedural.graph import nodes as n
from dreamgrove.procedural.graph.modifiers import apply_group, read_inputs, set_inputs
from dreamgrove.procedural.scene.paths import NoWay, animate, fly
from dreamgrove.procedural.scene.sway import SwayParams, add_sway
from dreamgrove.procedural.scene.viewpoints import Obstacles
from dreamgrove.procedural.scene.weather import KINDS, FallingParams, falling, falling_group, wind_of
from dreamgrove.procedural.terrain.field import HeightField


@pytest.fixture(autouse=True)
def empty(clean_scene):
    """An empty file."""


def places(obj: bpy.types.Object, frame: int) -> np.ndarray:
    bpy.context.scene.frame_set(frame)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    depsgraph.update()
    found = [
        i.matrix_world.translation[:] for i in depsgraph.object_instances if i.is_instance and i.parent.original == obj
    ]
    return np.array(found)


def test_rain_falls_at_its_pace_in_a_box_about_the_camera():
    scene = bpy.context.scene
    scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.camera.location = (30.0, -4.0, 6.0)
    scene.collection.objects.link(scene.camera)
    rain = falling("rain", wind=0.0, seed=1, amount=0.3)
    scene.collection.objects.link(rain)
    before, after = places(rain, 10), places(rain, 11)
    box = KINDS["rain"].params
    half = np.array([box.width, box.width, box.height]) / 2
    assert len(before) == pytest.approx(box.density * 0.3 * box.width**2 * box.height, rel=0.01)
    assert (np.abs(before - np.array(scene.camera.location)) <= half + 0.01).all()
    fall = np.median((before - after)[:, 2]) * scene.render.fps
    assert fall == pytest.approx(box.speed, rel=0.1)
    assert np.array_equal(places(rain, 10), before), "a frame can be rendered alone"
    # The camera moves, the drops stand where they were (save those that wrap around).
    scene.camera.location.x += 1.0
    moved = places(rain, 10)
    assert (np.abs(moved - before).max(1) < 1e-3).mean() > 0.9


def test_every_weather_can_be_made_and_an_unknown_one_names_them():
    for kind in KINDS:
        obj = falling(kind)
        assert obj.data.materials[0] is not None
    with pytest.raises(KeyError, match="fireflies"):
        falling("frogs")
    assert sum(1 for tree in bpy.data.node_groups if tree.name.startswith("Falling")) == 1
    assert falling_group().name == "Falling"


def pillars(field: HeightField, size: float = 0.8, gap: float = 6.0) -> Obstacles:
    """A grid of square pillars, as instances of a layer."""
    scene = bpy.context.scene
    mesh = bpy.data.meshes.new("Pillar")
    h = size / 2
    corners = [(x, y, z) for z in (0.0, 6.0) for x, y in ((-h, -h), (h, -h), (h, h), (-h, h))]
    mesh.from_pydata(corners, [], [(0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7), (4, 5, 6, 7)])
    pillar = bpy.data.objects.new("Pillar", mesh)
    layer = bpy.data.objects.new("Layer", bpy.data.meshes.new("Layer"))
    along = np.arange(-30.0, 31.0, gap) + gap / 2
    layer.data.from_pydata([(x, y, 0.0) for x in along for y in along], [], [])
    layer.instance_type = "VERTS"
    for obj in (layer, pillar):
        scene.collection.objects.link(obj)
    pillar.parent = layer
    return Obstacles(field, [layer])


def test_a_flight_touches_nothing():
    field = HeightField(np.zeros((60, 60)), 80.0)
    obstacles = pillars(field)
    assert obstacles.count > 100
    flight = fly(obstacles, Vector((0.0, 0.0, 1.7)), 24.0, 1.7, seed=2, room=0.7, heading=0.3)
    assert flight.room >= 0.69
    assert np.linalg.norm(flight.places[-1] - flight.places[0]) > 12.0
    steps = np.linalg.norm(np.diff(flight.places, axis=0), axis=1)
    assert steps.max() < 0.9 and np.abs(np.linalg.norm(flight.ways, axis=1) - 1.0).max() < 1e-6
    turns = np.sum(flight.ways[1:] * flight.ways[:-1], 1)
    assert turns.min() > math.cos(0.6), "no jerks"
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    bpy.context.scene.collection.objects.link(camera)
    animate(camera, flight, 48)
    for frame in (1, 20, 48):
        bpy.context.scene.frame_set(frame)
        matrix = camera.matrix_world
        assert obstacles.nearest(matrix.translation, 5.0) > 0.6
        assert abs((matrix.to_3x3() @ Vector((1.0, 0.0, 0.0))).z) < 0.02, "a level horizon"
    with pytest.raises(NoWay, match="too near"):
        fly(obstacles, Vector((3.0, 3.0, 1.7)), 24.0, 1.7)


def test_leaves_and_fireflies_are_elsewhere_in_the_next_frames():
    scene = bpy.context.scene
    scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(scene.camera)
    for kind in ("leaves", "fireflies", "marine_snow"):
        obj = falling(kind, wind=0.5, seed=4, amount=0.2)
        scene.collection.objects.link(obj)
        first, next_one = places(obj, 1), places(obj, 2)
        assert np.array_equal(places(obj, 1), first)
        moved = np.median(np.linalg.norm(next_one - first, axis=1)) * scene.render.fps
        assert 0.01 < moved < 8.0, kind
    glow = bpy.data.materials["Fireflies"].node_tree
    driven = [curve.driver.expression for curve in glow.animation_data.drivers]
    assert driven == ["frame / fps"]


def test_wind_reaches_plants_alone():
    from dataclasses import dataclass

    from dreamgrove.params import param

    @dataclass(frozen=True)
    class Windy:
        wind: float = param(0.0, "Wind", min=0.0, max=2.0)

    with new_tree("Plant", Windy()) as tree:
        tree.o.geometry << tree.geometry_input()
    plant = bpy.data.objects.new("Plant", bpy.data.meshes.new("Plant"))
    apply_group(plant, tree.data)
    rain = falling("rain")
    assert wind_of([plant, rain], 1.25) == 1
    assert read_inputs(plant.modifiers[0], Windy)["wind"] == 1.25
    assert read_inputs(rain.modifiers[0], FallingParams)["wind"] == 0.0


def _scattered(scene: bpy.types.Scene, frame: int) -> dict[tuple[int, ...], np.ndarray]:
    scene.frame_set(frame)
    depsgraph = bpy.context.evaluated_depsgraph_get()
    depsgraph.update()
    return {tuple(i.persistent_id): np.array(i.matrix_world) for i in depsgraph.object_instances if i.is_instance}


def test_what_is_scattered_bows_in_the_wind_about_its_foot_and_any_frame_stands_alone():
    scene = bpy.context.scene
    mesh = bpy.data.meshes.new("Field")
    mesh.from_pydata([(x * 2.0, y * 2.0, 0.0) for x in range(20) for y in range(20)], [], [])
    field = bpy.data.objects.new("Field", mesh)
    scene.collection.objects.link(field)
    with new_tree("Stalks") as tree:
        tree.o.geometry << n.instance_on(
            tree.geometry_input(), n.first_output("GeometryNodeMeshCube", size=(0.02, 0.02, 1.0))
        )
    apply_group(field, tree.data)
    still = _scattered(scene, 7)
    add_sway(field, SwayParams(wind=1.0, give=0.1, direction=0.0))
    one, two = _scattered(scene, 7), _scattered(scene, 9)
    assert one.keys() == still.keys() == two.keys() and len(one) == 400
    before, after = np.array([still[k] for k in one]), np.array(list(one.values()))
    np.testing.assert_allclose(after[:, :3, 3], before[:, :3, 3], atol=1e-5)
    up = after[:, :3, 2]
    assert (up[:, 0] > 0.01).all() and up[:, 0].max() < 0.14, (
        "all lean where the wind blows to, not beyond what they give"
    )
    assert np.ptp(up[:, 0]) > 0.03, "a gust is not everywhere"
    moved = np.linalg.norm(np.array([two[k] for k in one])[:, :3, 2] - up, axis=1)
    assert np.median(moved) > 1e-3
    again = _scattered(scene, 7)
    np.testing.assert_allclose(np.array([again[k] for k in one]), after, atol=1e-6)
    set_inputs(field.modifiers[-1], {"wind": 0.0})
    calm = _scattered(scene, 7)
    np.testing.assert_allclose(np.array([calm[k] for k in one]), before, atol=1e-5)
