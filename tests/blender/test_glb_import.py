"""Our GLB in Blender's own importer: size, orientation, origin, material, colour spaces, recipe.

painted_box.glb is written by tests/engine/painted_box.py, and a test in the engine's environment holds it up to date.
"""

from __future__ import annotations

import json
from pathlib import Path

import bpy
import numpy as np
import pytest

FILE = Path(__file__).with_name("painted_box.glb")
# Face direction in Blender -> sRGB colour; the front is -Y.
COLORS = {
    (0, -1, 0): (1, 0, 0),
    (0, 1, 0): (0, 1, 0),
    (1, 0, 0): (0, 0, 1),
    (-1, 0, 0): (1, 1, 0),
    (0, 0, 1): (1, 1, 1),
    (0, 0, -1): (0, 0, 0),
}


@pytest.fixture
def box(clean_scene):
    bpy.ops.import_scene.gltf(filepath=str(FILE))
    (item,) = [each for each in bpy.data.objects if each.type == "MESH"]
    return item


def to_world(item, vectors):
    """Directions or points [N, 3] of the mesh in the scene, without the object's place."""
    turn = np.array(item.matrix_world.to_3x3())
    return np.asarray(vectors) @ turn.T


def source_of(socket):
    """The image whose colour reaches a socket, and the node that the link comes from."""
    (link,) = socket.links
    node = link.from_node
    while node.type != "TEX_IMAGE":
        socket = next(s for s in node.inputs if s.is_linked)
        node = socket.links[0].from_node
    return node.image, link.from_node


def test_size_and_origin(box):
    points = to_world(box, [v.co for v in box.data.vertices]) + np.array(box.matrix_world.translation)
    np.testing.assert_allclose(points.min(axis=0), [-0.25, -0.125, 0.0], atol=1e-6)
    np.testing.assert_allclose(points.max(axis=0), [0.25, 0.125, 0.375], atol=1e-6)
    np.testing.assert_allclose(box.matrix_world.translation, [0, 0, 0], atol=1e-7)
    np.testing.assert_allclose(box.scale, [1, 1, 1], atol=1e-6)


def test_each_face_looks_its_way_and_wears_its_colour(box):
    image, _ = source_of(principled(box).inputs["Base Color"])
    pixels = np.array(image.pixels[:]).reshape(image.size[1], image.size[0], 4)
    uv = box.data.uv_layers.active.data
    seen = set()
    for face in box.data.polygons:
        normal = tuple(int(c) for c in np.rint(to_world(box, [face.normal])[0]))
        middle = np.mean([uv[i].uv for i in face.loop_indices], axis=0)
        color = pixels[int(middle[1] * image.size[1]), int(middle[0] * image.size[0]), :3]
        np.testing.assert_allclose(color, COLORS[normal], atol=0.01)
        seen.add(normal)
    assert seen == set(COLORS)


def test_the_material_is_principled_with_textures_in_their_colour_spaces(box):
    shader = principled(box)
    base, _ = source_of(shader.inputs["Base Color"])
    assert base.colorspace_settings.name == "sRGB"
    rough, separate = source_of(shader.inputs["Roughness"])
    assert rough.colorspace_settings.name == "Non-Color"
    assert shader.inputs["Roughness"].links[0].from_socket.name == "Green"
    assert shader.inputs["Metallic"].links[0].from_socket.name == "Blue"
    assert shader.inputs["Metallic"].links[0].from_node == separate
    level, node = source_of(shader.inputs["Normal"])
    assert node.type == "NORMAL_MAP"
    assert level.colorspace_settings.name == "Non-Color"
    assert all(image.packed_file for image in (base, rough, level))


def test_the_recipe_rides_on_the_object(box):
    assert box.name == "painted box"
    assert json.loads(box["dreamgrove_recipe"])["prompt"] == "a painted box"


def test_shading_normals_are_the_files(box):
    normals = np.array([loop.normal for loop in box.data.loops])
    faces = np.repeat([f.normal for f in box.data.polygons], [f.loop_total for f in box.data.polygons], axis=0)
    np.testing.assert_allclose(normals, faces, atol=1e-3)


def test_blenders_tangents_are_the_files(box):
    """MikkTSpace, computed by Blender from our UVs, must give the frames that the normal map was made in."""
    box.data.calc_tangents()
    directions = to_world(box, [loop.tangent for loop in box.data.loops])
    normals = to_world(box, [loop.normal for loop in box.data.loops])
    assert {loop.bitangent_sign for loop in box.data.loops} == {1.0}
    for normal, direction in zip(np.rint(normals), directions, strict=True):
        right = [-normal[1], normal[0], 0.0] if normal[2] == 0 else [1.0, 0.0, 0.0]  # as painted_box lays them out
        np.testing.assert_allclose(direction, right, atol=1e-5)


def principled(item):
    return next(node for node in item.active_material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
