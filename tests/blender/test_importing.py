"""A bundle becomes an object as the design promises, or nothing at all."""

from __future__ import annotations

import json
import struct

import bpy
import numpy as np
import pytest
from bundles import RECIPE, glb, write_bundle

KINDS = ("objects", "meshes", "materials", "images", "collections", "node_groups", "textures")

pytestmark = pytest.mark.usefixtures("clean_scene")


@pytest.fixture
def importing(module):
    return module("operators.importing")


def blocks() -> dict[str, int]:
    return {kind: len(getattr(bpy.data, kind)) for kind in KINDS}


def test_in_the_scene(importing, tmp_path):
    """Name, collection, size, origin, UVs, material with packed textures, recipe, selection."""
    folder = write_bundle(tmp_path, faces=2000)
    item = importing.import_bundle(bpy.context.scene, folder, "a red mushroom", (1.0, 2.0, 3.0))
    assert item.name == "a red mushroom"
    assert [each.name for each in item.users_collection] == ["Dreamgrove"]
    assert tuple(item.location) == (1.0, 2.0, 3.0) and tuple(item.scale) == (1.0, 1.0, 1.0)
    points = np.empty(len(item.data.vertices) * 3, np.float32)
    item.data.vertices.foreach_get("co", points)
    low, high = points.reshape(-1, 3).min(axis=0), points.reshape(-1, 3).max(axis=0)
    assert max(high - low) == pytest.approx(0.3, rel=1e-4)
    assert low[2] == pytest.approx(0.0, abs=1e-6)
    assert (low + high)[:2] == pytest.approx(0.0, abs=0.02)
    assert high[2] - low[2] == pytest.approx(0.3, rel=1e-4), "Z is up"
    assert [layer.name for layer in item.data.uv_layers] == ["UVMap"]
    assert all(polygon.use_smooth for polygon in item.data.polygons)
    material = item.data.materials[0]
    principled = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    assert all(principled.inputs[name].is_linked for name in ("Base Color", "Roughness", "Metallic", "Normal"))
    images = [node.image for node in material.node_tree.nodes if node.type == "TEX_IMAGE"]
    assert len(images) == 3 and all(image.packed_file is not None and image.has_data is not None for image in images)
    assert {image.colorspace_settings.name for image in images} == {"sRGB", "Non-Color"}
    assert json.loads(item["dreamgrove_recipe"]) == RECIPE == importing.recipe_of(item)
    assert item.select_get() and bpy.context.view_layer.objects.active == item


def test_the_surface_is_closed_again(importing, tmp_path):
    """Vertices that the texture's seam had split are one; every edge has two faces."""
    item = importing.import_bundle(bpy.context.scene, write_bundle(tmp_path, faces=500), "ball")
    mesh = item.data
    keys = [key for polygon in mesh.polygons for key in polygon.edge_keys]
    assert sorted(keys.count(key) for key in set(keys)) == [2] * len(set(keys))
    assert len(mesh.vertices) - len(mesh.edges) + len(mesh.polygons) == 2
    assert not mesh.validate(verbose=True), "nothing to mend"


def test_textures_survive_in_the_blend_file(importing, tmp_path):
    importing.import_bundle(bpy.context.scene, write_bundle(tmp_path / "bundle", texture_px=32), "ball")
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "saved.blend"))
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "saved.blend"))
    images = [image for image in bpy.data.images if image.packed_file]
    assert len(images) == 3
    color = next(image for image in images if image.colorspace_settings.name == "sRGB")
    assert tuple(color.size) == (32, 32)
    assert color.pixels[0] > color.pixels[2], "red"


def test_a_second_one_shares_the_collection(importing, tmp_path):
    folder = write_bundle(tmp_path)
    first = importing.import_bundle(bpy.context.scene, folder, "ball")
    second = importing.import_bundle(bpy.context.scene, folder, "ball")
    assert first.name == "ball" and second.name == "ball.001"
    assert first.users_collection == second.users_collection
    assert second.select_get() and not first.select_get()


def test_a_collection_that_is_excluded_is_no_trouble(importing, tmp_path):
    importing.import_bundle(bpy.context.scene, write_bundle(tmp_path), "ball")
    bpy.context.view_layer.layer_collection.children["Dreamgrove"].exclude = True
    assert importing.import_bundle(bpy.context.scene, tmp_path, "ball").name == "ball.001"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("", "Asset"),
        ("  a\n\tred   mushroom ", "a red mushroom"),
        ("红蘑菇", "红蘑菇"),
        ("x" * 5000, "x" * 60),
        ("é" * 80, "é" * 30),
        ("\x00\x1b[31m'; drop", "[31m'; drop"),
        ('"] or os.system("rm")#', '"] or os.system("rm")#'),
        ("../../etc/passwd", "../../etc/passwd"),
    ],
)
def test_hostile_names_stay_names(importing, tmp_path, name, shown):
    item = importing.import_bundle(bpy.context.scene, write_bundle(tmp_path), name)
    assert item.name == shown
    for image in bpy.data.images:
        if image.packed_file:
            assert image.filepath_raw.startswith("//textures/") and ".." not in image.filepath_raw


def damaged() -> list[tuple[str, bytes, str]]:
    good = glb()
    json_length = struct.unpack_from("<I", good, 12)[0]
    far = [{"bufferView": 2, "componentType": 5126, "count": 10**9, "type": "VEC3"}] * 3
    wild = [dict(each, count=0) for each in far]
    return [
        ("empty", b"", "damaged"),
        ("text", b"no glTF at all, but long enough", "no glTF"),
        ("short", good[: len(good) // 2], "ends too early"),
        ("json", good[:20] + b"{" * json_length + good[20 + json_length :], "damaged"),
        ("no mesh", glb(meshes=[]), "damaged"),
        ("far count", glb(accessors=far), "damaged"),
        ("no triangles", glb(accessors=wild), "damaged|hold together"),
        ("no image", glb(images=[]), "damaged"),
        ("list", glb(materials=["x"]), "damaged"),
    ]


@pytest.mark.parametrize(("content", "says"), [each[1:] for each in damaged()], ids=[each[0] for each in damaged()])
def test_a_damaged_file_is_a_sentence_and_leaves_nothing(importing, tmp_path, content, says):
    write_bundle(tmp_path)
    (tmp_path / "asset.glb").write_bytes(content)
    before = blocks()
    with pytest.raises(importing.ImportProblem, match=says):
        importing.import_bundle(bpy.context.scene, tmp_path, "ball")
    assert blocks() == before


def test_missing_files_and_a_damaged_recipe_are_sentences(importing, tmp_path):
    with pytest.raises(importing.ImportProblem, match="are gone"):
        importing.import_bundle(bpy.context.scene, tmp_path / "nowhere", "ball")
    write_bundle(tmp_path)
    (tmp_path / "recipe.json").write_text("{")
    with pytest.raises(importing.ImportProblem, match=r"recipe\.json is damaged"):
        importing.import_bundle(bpy.context.scene, tmp_path, "ball")
    assert not bpy.data.meshes


def test_an_import_that_is_stopped_half_way_leaves_nothing(importing, tmp_path):
    before = blocks()
    bundle = importing.read_bundle(write_bundle(tmp_path))
    taken = 0
    while True:
        steps = importing.import_steps(importing.Imported(), bpy.context.scene, bundle, "ball", (0, 0, 0))
        given = sum(1 for _ in zip(range(taken), steps, strict=False))
        steps.close()
        if given < taken:
            break
        assert blocks() == before, f"after {taken} steps"
        taken += 1
    assert taken > 4


def test_a_refusal_of_blenders_own_leaves_nothing(importing, tmp_path, monkeypatch):
    before = blocks()

    def refuse(*_):
        raise RuntimeError("no")

    monkeypatch.setattr(importing, "_picture", refuse)
    with pytest.raises(RuntimeError):
        importing.import_bundle(bpy.context.scene, write_bundle(tmp_path), "ball")
    assert blocks() == before
    assert not bpy.context.scene.collection.children
