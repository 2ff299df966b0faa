"""OpenEXR files and the loader of the ground truth, with numpy alone."""

from __future__ import annotations

import json
import struct
import subprocess
import sys

import pytest

np = pytest.importorskip("numpy")

from dreamgrove.procedural.scene.truth import boundaries, cameras, exr, load  # noqa: E402


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (16, 7), (37, 64)])
def test_pictures_come_back_bit_by_bit(tmp_path, shape):
    rng = np.random.default_rng(3)
    channels = {
        "depth.Z": rng.normal(size=shape).astype(np.float32),
        "half": rng.normal(size=shape).astype(np.float16),
        "instance": rng.integers(0, 2**32, shape, dtype=np.uint32),
        "a name that is longer than thirty-one characters": np.full(shape, np.inf, np.float32),
    }
    path = tmp_path / "a.exr"
    exr.write_exr(path, channels, {"made by": "a test"})
    back = exr.read_exr(path)
    assert list(back) == sorted(channels)
    for name, values in channels.items():
        assert back[name].dtype == values.dtype
        np.testing.assert_array_equal(back[name], values)
    assert exr.read_attributes(path)["made by"] == "a test"
    assert [each.name for each in tmp_path.iterdir()] == ["a.exr"]


def test_smooth_pictures_shrink(tmp_path):
    rows = np.linspace(0, 1, 256, dtype=np.float32)[:, None] + np.zeros((1, 256), np.float32)
    exr.write_exr(tmp_path / "a.exr", {"Z": rows})
    assert (tmp_path / "a.exr").stat().st_size < rows.nbytes / 8


def test_what_is_refused(tmp_path):
    path = tmp_path / "a.exr"
    path.write_bytes(b"\x89PNG....")
    with pytest.raises(exr.ExrError, match="no OpenEXR picture"):
        exr.read_exr(path)
    exr.write_exr(path, {"Z": np.random.default_rng(0).normal(size=(20, 20)).astype(np.float32)})
    whole = path.read_bytes()
    for length in (9, 100, len(whole) - 30):
        path.write_bytes(whole[:length])
        with pytest.raises(exr.ExrError):
            exr.read_exr(path)
    path.write_bytes(whole[:4] + struct.pack("<I", 2 | 0x200) + whole[8:])
    with pytest.raises(exr.ExrError, match="tiles"):
        exr.read_exr(path)
    with pytest.raises(ValueError, match="float64"):
        exr.write_exr(path, {"Z": np.zeros((2, 2))})


def turned(seed: int = 0) -> cameras.Camera:
    rng = np.random.default_rng(seed)
    rotation, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    rotation *= np.linalg.det(rotation)
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = rotation, rng.normal(size=3)
    return cameras.Camera(np.array([[50.0, 0, 15.3], [0, 52, 10.1], [0, 0, 1]]), matrix, (32, 24))


@pytest.mark.parametrize("perspective", [True, False])
def test_pixels_and_points_are_inverse(perspective):
    camera = turned()
    camera = cameras.Camera(camera.K, camera.cam_to_world, camera.size, perspective)
    depth = np.random.default_rng(1).uniform(1, 9, (24, 32))
    pixels, found = camera.project(camera.points(depth))
    np.testing.assert_allclose(pixels, camera.pixels(), atol=1e-9)
    np.testing.assert_allclose(found, depth)
    again = cameras.Camera.from_json(json.loads(json.dumps(camera.to_json())))
    np.testing.assert_array_equal(again.cam_to_world, camera.cam_to_world)
    behind, _ = camera.project(camera.cam_to_world[:3, 3] - camera.cam_to_world[:3, 2])
    assert np.isnan(behind).all() == perspective


def test_conventions():
    """A camera that Blender would have at the origin without rotation looks down -z with y up."""
    projection = np.zeros((4, 4))
    projection[0, 0], projection[1, 1], projection[3, 2] = 2.0, 2.0 * 4 / 3, -1.0
    camera = cameras.from_blender(np.eye(4), projection, (40, 30), True)
    np.testing.assert_allclose(camera.cam_to_world_blender, np.eye(4))
    pixels, depth = camera.project(np.array([[0.0, 0, -5], [1, 0, -5], [0, 1, -5]]))
    np.testing.assert_allclose(depth, 5.0)
    np.testing.assert_allclose(pixels[0], (19.5, 14.5))
    assert pixels[1, 0] == pytest.approx(19.5 + 8) and pixels[2, 1] == pytest.approx(14.5 - 8)


def test_boundaries_of_a_box_before_a_slanted_wall():
    v, u = np.mgrid[0:40, 0:60]
    depth = 1.0 / (0.05 + 0.003 * u)  # a plane: linear in 1 / depth, 4 to 20 m
    instance = np.ones(depth.shape, int)
    box = (v >= 10) & (v < 20) & (u >= 20) & (u < 30)
    depth[box], instance[box] = 2.0, 2
    depth[:, 58:], instance[:, 58:] = np.inf, 0
    found = boundaries.occlusion_boundaries(depth, instance)
    edge = box & ~((v > 10) & (v < 19) & (u > 20) & (u < 29))
    around = (found == boundaries.FAR) & (u < 50)
    assert (found[edge] == boundaries.NEAR).all() and not found[box & ~edge].any()
    assert around.sum() == 40 and not box[around].any()
    assert (found[:, 57] == 1).all() and (found[:, 58] == 2).all() and not found[:, 59].any()
    touching = np.where(v < 20, 1, 2)
    assert not occluded_at_contact(touching).any()


def occluded_at_contact(instance):
    return boundaries.occlusion_boundaries(np.full(instance.shape, 3.0), instance)


def test_a_folder_is_read(tmp_path):
    camera = turned()
    folder = tmp_path / "0001"
    folder.mkdir()
    depth = np.full((24, 32), 4.0, np.float32)
    exr.write_exr(folder / "depth.exr", {"Z": depth})
    right = camera.moved(0.1)
    views = {name: {"folder": "0001", **each.to_json()} for name, each in (("left", camera), ("right", right))}
    content = {
        "version": 1, "classes": ["", "tree"], "materials": [""], "baseline": 0.1, "frames": [{"frame": 1, "views": views}],
        "instances": [{"id": 1, "name": "Oak", "class": "tree", "class_id": 1}],
    }  # fmt: skip
    (tmp_path / "truth.json").write_text(json.dumps(content))
    truth = load.open_truth(tmp_path)
    view = truth.frames[0].views["left"]
    np.testing.assert_array_equal(view.depth, depth)
    np.testing.assert_allclose(truth.frames[0].disparity(), 50 * 0.1 / 4, rtol=1e-6)
    assert view.seen_by(truth.frames[0].views["right"])[:, 2:].all()
    assert not view.seen_by(truth.frames[0].views["right"])[:, 0].any(), "left of what the right eye shows"
    with pytest.raises(load.TruthFileError, match=r"flow\.exr is not there"):
        _ = view.flow
    with pytest.raises(load.TruthFileError, match="holds no ground truth"):
        load.open_truth(folder)


def test_the_loader_needs_numpy_alone():
    code = "import sys; import dreamgrove.procedural.scene.truth.load; assert not {'bpy', 'torch', 'scipy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
