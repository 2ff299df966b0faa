"""GLB, pictures, the bundle and the whole pipeline."""

from __future__ import annotations

import io
import json
import os
import struct
import sys

import numpy as np
import pytest
import trimesh
from PIL import Image

from dreamgrove.engine.meshing.bundle import make_recipe, write_bundle
from dreamgrove.engine.meshing.clean import inspect
from dreamgrove.engine.meshing.gltf import RECIPE_KEY, encode_glb, to_metres
from dreamgrove.engine.meshing.mesh import MeshingError, Part, Silent
from dreamgrove.engine.meshing.params import MeshingParams
from dreamgrove.engine.meshing.pipeline import FieldSource, SdfSource, mesh_asset, torch_callable
from dreamgrove.engine.meshing.preview import render_preview, render_turntable, tone

sys.path.insert(0, os.path.dirname(__file__))
from painted_box import CENTRE, FACES, FILE, HALF, RECIPE, SIZE_M, box

SMALL = MeshingParams(faces=600, resolution=48, texture_size=128)
RED = (0.6, 0.02, 0.02)


def red_ball(n=32):
    side = (np.arange(n) + 0.5) * 2.0 / n - 1.0
    sdf = np.linalg.norm(np.stack(np.meshgrid(side, side, side, indexing="ij"), -1), axis=-1) - 0.6
    return SdfSource(np.clip(sdf, -0.15, 0.15).astype(np.float32), np.broadcast_to(np.float32(RED), (n, n, n, 3)))


class Log(Silent):
    def __init__(self):
        self.told = []

    def progress(self, fraction, stage):
        self.told.append((fraction, stage))


@pytest.fixture(scope="module")
def asset():
    return mesh_asset(red_ball(), SMALL)


def chunks(data):
    """(JSON, binary) of a GLB; checks header, lengths and alignment."""
    magic, version, length = struct.unpack_from("<4sII", data)
    assert (magic, version, length) == (b"glTF", 2, len(data))
    size, kind = struct.unpack_from("<I4s", data, 12)
    assert kind == b"JSON"
    assert size % 4 == 0
    document = json.loads(data[20 : 20 + size])
    size2, kind2 = struct.unpack_from("<I4s", data, 20 + size)
    assert kind2 == b"BIN\0"
    assert 28 + size + size2 == len(data)
    return document, data[28 + size :]


def test_trimesh_reads_back_what_was_written(tmp_path):
    mesh, textures = box()
    path = tmp_path / "box.glb"
    path.write_bytes(encode_glb(mesh, textures, SIZE_M, "painted box", RECIPE))
    scene = trimesh.load(path, process=False)
    (read,) = scene.geometry.values()
    expected = (mesh.vertices - CENTRE) * SIZE_M / (2 * HALF.max())
    expected[:, 2] += HALF[2] * SIZE_M / (2 * HALF.max())
    np.testing.assert_allclose(read.vertices, np.stack([expected[:, 0], expected[:, 2], -expected[:, 1]], 1), atol=1e-7)
    np.testing.assert_array_equal(read.faces, mesh.triangles)
    np.testing.assert_allclose(read.visual.uv, mesh.uv * [1, -1] + [0, 1], atol=1e-6)  # trimesh has v upwards
    np.testing.assert_allclose(read.extents, [0.5, 0.375, 0.25], atol=1e-6)
    assert read.volume == pytest.approx(0.5 * 0.375 * 0.25, rel=1e-5)  # outward, after the turn to Y up
    np.testing.assert_allclose(read.bounds[0], [-0.25, 0, -0.125], atol=1e-7)
    front = read.faces[(read.face_normals @ [0, 0, 1]) > 0.9]
    color = np.asarray(read.visual.material.baseColorTexture)
    spot = (mesh.uv[front[0]].mean(axis=0) * 64).astype(int)
    assert tuple(color[spot[1], spot[0]][:3]) == FACES[0, -1, 0]


def test_the_file_says_what_gltf_asks_for():
    mesh, textures = box()
    document, binary = chunks(encode_glb(mesh, textures, SIZE_M, "painted box", RECIPE))
    assert document["asset"]["version"] == "2.0"
    assert document["asset"]["extras"][RECIPE_KEY] == RECIPE
    assert json.loads(document["nodes"][0]["extras"][RECIPE_KEY]) == RECIPE
    assert all(view["byteOffset"] % 4 == 0 for view in document["bufferViews"])
    assert document["buffers"][0]["byteLength"] == len(binary)
    position = document["accessors"][document["meshes"][0]["primitives"][0]["attributes"]["POSITION"]]
    np.testing.assert_allclose(position["min"], [-0.25, 0, -0.125], atol=1e-7)
    np.testing.assert_allclose(position["max"], [0.25, 0.375, 0.125], atol=1e-7)
    material = document["materials"][0]
    assert material["pbrMetallicRoughness"]["metallicRoughnessTexture"]["index"] == 2
    assert material["normalTexture"]["index"] == 1
    for image, texture in zip(document["images"], (textures.base_color, textures.normal), strict=False):
        view = document["bufferViews"][image["bufferView"]]
        png = binary[view["byteOffset"] : view["byteOffset"] + view["byteLength"]]
        np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(png))), texture)


def test_names_may_be_in_any_script():
    document, _ = chunks(encode_glb(*box(), SIZE_M, '蘑菇 "é"', {"prompt": "蘑菇"}))
    assert document["nodes"][0]["name"] == '蘑菇 "é"'


def test_the_box_that_blender_reads_is_up_to_date():
    """Refresh with: python tests/engine/painted_box.py (the engine's environment)."""
    written, _ = chunks(FILE.read_bytes())
    made, _ = chunks(encode_glb(*box(), SIZE_M, "painted box", RECIPE))
    for document in (written, made):  # PNG bytes may differ between versions of zlib
        del document["buffers"], document["bufferViews"]
    assert written == made


def test_nan_and_nothing_are_refused_in_words():
    mesh, textures = box()
    mesh.vertices[0, 0] = np.nan
    with pytest.raises(MeshingError, match="vertices hold values that are not numbers"):
        encode_glb(mesh, textures, SIZE_M, "x")
    with pytest.raises(MeshingError, match="cannot be made"):
        to_metres(np.zeros((3, 3)), 1.0)


def test_a_draft_becomes_an_asset(asset):
    report = inspect(asset.mesh.closed())
    assert report.manifold
    assert report.volume == pytest.approx(4 / 3 * np.pi * 0.6**3, rel=0.02)
    assert asset.notes["faces"] <= 600
    assert asset.notes["parts"] == 1
    assert set(asset.timings) == {"surface", "clean", "simplify", "unwrap", "bake"}
    inside = asset.textures.base_color[asset.textures.covered]
    assert np.abs(inside.astype(float) - [203, 39, 39]).max() <= 1  # RED in sRGB


def test_a_torch_field_becomes_an_asset_and_tells_how_far_it_is():
    import torch

    log = Log()
    source = FieldSource(
        torch_callable(lambda p: 40 * torch.sigmoid((0.6 - p.norm(dim=-1)) * 50)),
        torch_callable(lambda p: p.abs()),
        threshold=20.0,
        roughness=lambda p: np.full(len(p), 0.4),
    )
    asset = mesh_asset(source, SMALL, Part(log, 0.5, 1.0))
    assert np.abs(np.linalg.norm(asset.mesh.vertices, axis=1) - 0.6).max() < 0.01
    assert asset.textures.metallic_roughness is not None
    fractions = [f for f, _ in log.told]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0.5
    assert fractions[-1] == 1.0


def test_the_same_draft_gives_the_same_asset(asset):
    again = mesh_asset(red_ball(), SMALL)
    np.testing.assert_array_equal(again.mesh.vertices, asset.mesh.vertices)
    np.testing.assert_array_equal(again.textures.base_color, asset.textures.base_color)
    np.testing.assert_array_equal(again.textures.normal, asset.textures.normal)


def test_cancelling_stops_the_work():
    class Impatient(Silent):
        left = 4

        def check_cancelled(self):
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mesh_asset(red_ball(), SMALL, Impatient())


def test_sources_are_checked():
    with pytest.raises(ValueError, match="albedo must be"):
        SdfSource(np.zeros((4, 4, 4)), np.zeros((4, 4, 4)))
    with pytest.raises(ValueError, match="threshold, or views"):
        FieldSource(lambda p: p, lambda p: p)


def test_the_preview_shows_a_red_ball_on_a_light_floor(asset):
    picture = render_preview(asset.mesh, asset.textures, size=96).astype(float)
    assert picture.shape == (96, 96, 3)
    middle, corner = picture[46, 48], picture[4, 4]
    assert middle[0] > 2 * middle[1]
    assert np.ptp(corner) < 15  # neutral
    assert corner.min() > 120
    red = (picture[..., 0] > 1.8 * picture[..., 1]).mean()
    assert 0.15 < red < 0.6  # of the picture
    lit = picture[:, :, 0] * (picture[..., 0] > 1.8 * picture[..., 1])
    assert lit[:48, :48].max() > lit[48:, 48:].max()  # the key light comes from the upper left
    floor = picture[70:90].mean(axis=2)
    assert floor[:, 60:80].min() < 0.8 * floor[:, 4:10].mean()  # the shadow falls to the lower right


def test_the_turntable_turns_and_its_light_stands(asset):
    mesh, textures = box()
    frames = render_turntable(mesh, textures, size=48, frames=4)
    assert frames.shape == (4, 48, 48, 3)
    hue = [frames[i, 24, 24].astype(int) for i in range(4)]
    assert np.ptp([h.argmax() for h in hue]) > 0 or len({tuple(h // 64) for h in hue}) > 1
    ball = render_turntable(asset.mesh, asset.textures, size=48, frames=3).astype(float)
    assert np.abs(ball[0] - ball[1]).mean() < 2.0  # a ball looks the same from all sides


def test_tone_leaves_colours_alone_and_never_burns_out():
    values = np.linspace(0, 6, 200, dtype=np.float32)
    np.testing.assert_array_equal(tone(values)[values < 0.6], values[values < 0.6])
    assert (np.diff(tone(values)) > -1e-7).all()
    assert tone(values).max() <= 1.0


def test_the_bundle_is_whole(asset, tmp_path):
    log = Log()
    recipe = make_recipe("dreamfusion", {"faces": 600}, 3, {"score": "ab" * 32}, {"draft": 0.5}) | {
        "prompt": "a red ball"
    }
    bundle = write_bundle(tmp_path / "job", asset, recipe, 0.3, "a red ball", log)
    assert sorted(p.name for p in (tmp_path / "job").iterdir()) == [
        "asset.glb",
        "preview.png",
        "recipe.json",
        "turntable.webp",
    ]
    written = json.loads(bundle.recipe.read_text(encoding="utf-8"))
    assert written["prompt"] == "a red ball"
    assert written["priors"] == [{"name": "score", "sha256": "ab" * 32}]
    assert written["size_m"] == 0.3
    assert written["timings"]["draft"] == 0.5
    assert "mesh.bake" in written["timings"]
    assert written["versions"]["xatlas"] != "absent"
    assert Image.open(bundle.preview).size == (512, 512)
    turntable = Image.open(bundle.turntable)
    assert (turntable.size, turntable.n_frames) == ((256, 256), 36)
    scene = trimesh.load(bundle.mesh, process=False)
    assert max(scene.extents) == pytest.approx(0.3, rel=1e-5)
    (read,) = scene.geometry.values()
    read.merge_vertices(merge_tex=True, merge_norm=True)
    assert read.is_watertight
    document, _ = chunks(bundle.mesh.read_bytes())
    assert document["asset"]["extras"][RECIPE_KEY]["seed"] == 3
    assert [f for f, _ in log.told] == sorted(f for f, _ in log.told)


def test_a_cancelled_bundle_leaves_what_was_there(asset, tmp_path):
    (tmp_path / "asset.glb").write_text("old")

    class Late(Silent):
        left = 38  # past the turntable, before the renaming

        def check_cancelled(self):
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_bundle(tmp_path, asset, make_recipe("m", {}, 0), 0.3, "x", Late())
    assert [p.name for p in tmp_path.iterdir()] == ["asset.glb"]
    assert (tmp_path / "asset.glb").read_text() == "old"
