"""Stereo rigs, and the operator that makes a pair of pictures."""

from __future__ import annotations

import math

import addon_utils
import bpy
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector

from dreamgrove.procedural.scene.rig import RigParams, make_rig, remove_rig, rig_of, use_multiview


@pytest.fixture
def camera(clean_scene):
    scene = bpy.context.scene
    made = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    made.location, made.rotation_euler, made.scale = (1, 2, 3), (1.2, 0.1, 0.7), (2, 2, 2)
    made.data.shift_x = 0.02
    scene.collection.objects.link(made)
    scene.camera = made
    bpy.context.view_layer.update()
    return made


def seen(eye, point) -> np.ndarray:
    """Across and up, px of a picture 1000 px wide."""
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = 1000, 600
    return np.array(world_to_camera_view(scene, eye, Vector(point)))[:2] * (1000, 600)


@pytest.mark.parametrize("mode", ["parallel", "toe_in", "off_axis"])
def test_rigs(camera, mode):
    before = camera.matrix_world.copy()
    rig = make_rig(camera, RigParams(baseline=0.2, convergence=4.0, mode=mode))
    bpy.context.view_layer.update()
    assert camera.matrix_world == before
    apart = rig.right.matrix_world.translation - rig.left.matrix_world.translation
    axis = camera.matrix_world.to_quaternion() @ Vector((1, 0, 0))
    assert (apart - axis * 0.2).length < 1e-5, "metres, whatever the camera's scale"
    ahead = camera.matrix_world.to_quaternion() @ Vector((0, 0, -1))
    middle = camera.matrix_world.translation + ahead * 4.0
    left, right, between = (seen(eye, middle) for eye in (rig.left, rig.right, camera))
    if mode == "parallel":
        assert left[0] - right[0] == pytest.approx(1000 * 50 / 36 * 0.2 / 4.0, rel=1e-4)
    else:
        assert np.abs(left - right).max() < 0.05
        assert (np.abs(left - between).max() < 0.05) == (mode == "off_axis") or mode == "toe_in"
    far = camera.matrix_world.translation + ahead * 9.0 + axis * 1.5
    if mode != "toe_in":
        assert abs(seen(rig.left, far)[1] - seen(rig.right, far)[1]) < 1e-3, "rectified: on the same row"
    assert rig_of(camera) == rig
    names = {each.name for each in bpy.data.objects}
    remove_rig(rig)
    assert len(names) - len(bpy.data.objects) == 3 and rig_of(camera) is None and len(bpy.data.cameras) == 1


def test_a_second_rig_and_blenders_own_views(camera):
    make_rig(camera)
    rig = make_rig(camera, RigParams(centred=False))
    bpy.context.view_layer.update()
    assert (rig.left.matrix_world.translation - camera.matrix_world.translation).length < 1e-6
    scene = bpy.context.scene
    use_multiview(scene, rig)
    views = {view.name: view.camera_suffix for view in scene.render.views if view.use}
    assert views == {"left": "_L", "right": "_R"} and scene.camera == rig.left
    assert rig.left.name.endswith("_L") and rig.right.name == rig.left.name[:-2] + "_R"
    camera.data.type = "ORTHO"
    count = len(bpy.data.objects)
    with pytest.raises(ValueError, match="perspective"):
        make_rig(camera)
    assert len(bpy.data.objects) == count


def picture(name: str, values: np.ndarray, is_float: bool = False) -> bpy.types.Image:
    height, width = values.shape[:2]
    image = bpy.data.images.new(name, width, height, alpha=False, float_buffer=is_float)
    full = np.ones((height, width, 4), np.float32)
    full[..., :3] = values if values.ndim == 3 else values[..., None]
    image.pixels.foreach_set(np.ascontiguousarray(full[::-1]).ravel())
    return image


@pytest.fixture
def operator(extension, clean_scene):
    addon_utils.enable(extension.__name__, default_set=True)
    return bpy.ops.dreamgrove.stereo_pair


def test_a_pair_of_pictures(operator):
    assert not operator.poll()
    x = np.linspace(0, 1, 64)[None] + np.zeros((32, 1))
    color = np.stack([x, 0.5 + 0.4 * np.sin(20 * x), 1 - x], -1)
    picture("Photo", color)
    depth = np.full((32, 64), 2.0)
    depth[8:24, 30:44] = 1.0
    picture("Depth", depth, is_float=True)
    assert operator.poll()
    f = 50 / 36 * 64
    assert operator(image="Photo", depth="Depth", baseline=4 / f, sharpen=0) == {"FINISHED"}
    left, right = bpy.data.images["Photo Left"], bpy.data.images["Photo Right"]
    pixels = np.array(right.pixels[:]).reshape(32, 64, -1)[::-1]
    np.testing.assert_allclose(pixels[2, 4:60, :3], color[2, 6:62], atol=0.02)  # 2 px at 2 m
    np.testing.assert_allclose(pixels[16, 27:39, :3], color[16, 31:43], atol=0.02)  # 4 px at 1 m
    assert left.packed_file is not None
    for layout, name, width in (("SIDE_BY_SIDE", "Photo Stereo", 128), ("ANAGLYPH", "Photo Anaglyph", 64)):
        assert operator(image="Photo", depth="Depth", kind="NEARNESS", centred=True, layout_of=layout) == {"FINISHED"}
        assert tuple(bpy.data.images[name].size) == (width, 32)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"image": "Photo"}, "Choose the depth"),
        ({"image": "Photo", "depth": "Small"}, "64 x 32 and 16 x 16"),
        ({"image": "Photo", "depth": "Photo"}, "not above 0"),
        ({"image": "Photo", "depth": "Photo", "kind": "NEARNESS"}, "one brightness"),
    ],
)
def test_what_does_not_fit_is_said(operator, given, says):
    picture("Photo", np.zeros((32, 64)))
    picture("Small", np.ones((16, 16)))
    with pytest.raises(RuntimeError, match=says):
        operator(**given)
    assert len(bpy.data.images) == 2 and not math.isnan(bpy.data.images["Photo"].pixels[0])
