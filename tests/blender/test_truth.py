"""The ground truth of a scene whose geometry is known, against that geometry."""

from __future__ import annotations

import json

import bpy
import numpy as np
import pytest
import truth_scene
from truth_scene import blender_pixels, build, cast, triangles

from dreamgrove.procedural.graph import compare, read
from dreamgrove.procedural.scene.truth.load import open_truth
from dreamgrove.procedural.scene.truth.passes import TruthError
from dreamgrove.procedural.scene.truth.render import TruthParams, render_truth

BASELINE = 0.2


def plain(struct) -> dict:
    """All simple properties of a struct."""
    values = {}
    for each in struct.bl_rna.properties:
        if each.type in ("POINTER", "COLLECTION") or each.identifier == "rna_type":
            continue
        value = getattr(struct, each.identifier)
        values[each.identifier] = (
            tuple(value) if hasattr(value, "__len__") and not isinstance(value, str | set) else value
        )
    return values


def snapshot(scene) -> dict:
    """What must stay as it was: how many data-blocks of each kind, all settings, the camera's lens, who is where."""
    layer = scene.view_layers[0]
    kinds = [name for name in dir(bpy.data) if isinstance(getattr(bpy.data, name), bpy.types.bpy_prop_collection)]
    return {
        "blocks": {name: [each.name for each in getattr(bpy.data, name)] for name in kinds},
        "scene": plain(scene), "render": plain(scene.render), "image": plain(scene.render.image_settings),
        "cycles": plain(scene.cycles), "layer": plain(layer), "aovs": [each.name for each in layer.aovs],
        "materials": [plain(each) for each in bpy.data.materials],
        "focus": plain(scene.camera.data.dof), "camera": scene.camera.name,
        "places": {each.name: [list(row) for row in each.matrix_world] for each in bpy.data.objects},
        "active": [each.node_tree.nodes.active and each.node_tree.nodes.active.name for each in bpy.data.materials],
        "shown": bpy.context.window.scene.name,
    }  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The scene's truth, and the scene before and after."""
    scene = build()
    before = snapshot(scene)
    trees = {each.name: read(each.node_tree) for each in (*bpy.data.materials, scene.world)}
    folder = tmp_path_factory.mktemp("truth") / "out"
    facts = render_truth(folder, scene, [1, 2], TruthParams(samples=1, stereo=BASELINE))
    differences = [
        d for each in (*bpy.data.materials, scene.world) for d in compare(trees[each.name], read(each.node_tree))
    ]
    assert differences == []
    assert snapshot(scene) == before
    return open_truth(folder), facts


@pytest.fixture(scope="module")
def world(made):
    """World triangles at frame 1, as rays see them: what is nearly clear is passed through."""
    return triangles(1, without=("Pane",))


def eyes(made):
    return made[0].frames[0].views


def names(made) -> dict[int, str]:
    return {
        number: f"{each['instancer']}/{each['number']}/{each['name']}" if "instancer" in each else each["name"]
        for number, each in made[0].instances.items()
    }


def test_depth_and_ids_are_those_of_ray_casts(made, world):
    """So K, pose, depth and instance ids of both eyes agree with the geometry, but for rays that graze an edge."""
    for view in eyes(made).values():
        begin, direction = (each.reshape(-1, 3) for each in view.camera.rays())
        far, whose = cast(world, begin, direction)
        depth = view.depth.reshape(-1).astype(float)
        with np.errstate(invalid="ignore"):
            close = (np.abs(depth - far) <= 1e-3 * far) | (np.isinf(depth) & np.isinf(far))
        assert close.mean() > 0.995
        called = np.array(["", *(names(made)[number] for number in sorted(made[0].instances))])
        expected = np.array([*world, ""])[whose]
        assert (called[view.instance.reshape(-1)] == expected)[close].mean() > 0.999
        np.testing.assert_allclose(np.nan_to_num(view.distance().reshape(-1)[close], posinf=-1),
                                   np.nan_to_num((far * np.linalg.norm(direction, axis=1))[close], posinf=-1), rtol=1e-3)  # fmt: skip


def test_instances_are_told_apart(made):
    found = names(made)
    view = eyes(made)["left"]
    trees = [number for number, name in found.items() if name.endswith("/Tree")]
    assert {found[number] for number in trees} == {f"Land/{k}/Tree" for k in range(3)}
    assert all((view.instance == number).sum() > 20 for number in trees)
    assert {made[0].classes[k] for k in np.unique(view.semantic)} == {"", "land", "tree", "turning_box", "flag", "bare"}
    greens = made[0].materials.index("Green")
    leaves = (view.material == greens) & np.isin(view.instance, trees)
    assert leaves.sum() > 30, "leaves are parts of their tree"
    assert "Bare" in found.values() and "Clear" not in made[0].materials


def test_flow_is_that_of_points_on_moving_things(made):
    """Points carried by hand from frame 1 to frame 2 and projected by Blender, for a box that turns, a flag that bends, still ground."""
    view = eyes(made)["left"]
    following = made[0].frames[1].views["left"]
    first, second = triangles(1), triangles(2)
    points, numbers = view.points(), view.instance
    for number, name in names(made).items():
        mask = numbers == number
        here = points[mask]
        one, two = first[name], second[name]
        moved = np.array([_carried(point, one, two) for point in here])
        np.testing.assert_allclose(view.scene_flow[mask], moved - here, atol=2e-3, err_msg=name)
        expected = blender_pixels(bpy.context.scene, following.camera.cam_to_world_blender, moved)
        pixels = view.camera.pixels()[mask]
        np.testing.assert_allclose(pixels + view.flow[mask], expected, atol=0.05, err_msg=name)
    assert not np.isnan(view.flow).any(), "the background flows with the camera's rotation"
    assert np.nanmax(np.linalg.norm(view.scene_flow[numbers == _id(made, "Flag")], axis=-1)) > 0.05


def test_the_next_frame_shows_what_flows_there(made):
    view, following = eyes(made)["left"], made[0].frames[1].views["left"]
    there = view.seen_by(following, view.points() + view.scene_flow)
    inside = np.isfinite(view.depth) & (view.boundary == 0)
    target = view.camera.pixels() + view.flow
    inside &= ((target >= 0) & (target <= np.array(truth_scene.SIZE) - 1)).all(-1)
    assert there[inside].mean() > 0.9


def test_known_points_are_found_again_from_two_eyes(made):
    """Corners of things, as Blender projects them into each eye, triangulated by our K and poses (least squares on the rays)."""
    left, right = (eyes(made)[name].camera for name in ("left", "right"))
    bpy.context.scene.frame_set(1)
    corners = triangles(1)["Turning Box.001"].reshape(-1, 3)
    offset = right.cam_to_world_blender[:3, 3] - left.cam_to_world_blender[:3, 3]
    np.testing.assert_allclose(offset, left.cam_to_world_blender[:3, 0] * BASELINE, atol=1e-6)
    rows, values = [], []
    for camera in (left, right):
        pixels = blender_pixels(bpy.context.scene, camera.cam_to_world_blender, corners)
        projection = camera.K @ camera.world_to_cam[:3]
        for axis in (0, 1):
            row = projection[axis] - pixels[:, axis, None] * projection[2]
            rows.append(row[:, :3])
            values.append(-row[:, 3])
    found = [np.linalg.lstsq(a, b, rcond=None)[0] for a, b in zip(np.stack(rows, 1), np.stack(values, 1), strict=True)]
    np.testing.assert_allclose(found, corners, atol=1e-4)
    disparity = made[0].frames[0].disparity()
    shown = eyes(made)["left"].seen_by(eyes(made)["right"])
    u = left.pixels()[..., 0]
    pixels, _ = right.project(eyes(made)["left"].points())
    np.testing.assert_allclose((u - disparity)[shown], pixels[..., 0][shown], atol=0.02)
    assert shown[np.isfinite(eyes(made)["left"].depth)].mean() > 0.9


def test_boxes_contain_their_things_and_no_more(made):
    view = eyes(made)["left"]
    world = triangles(1)
    for box in view.boxes:
        vertices = world[names(made)[box.instance]].reshape(-1, 3)
        assert box.contains(vertices, 1e-4).all()
        inner = (vertices - box.center) @ box.axes
        np.testing.assert_allclose(inner.max(0) - inner.min(0), box.size, atol=2e-3)
        np.testing.assert_allclose(box.axes.T @ box.axes, np.eye(3), atol=1e-6)
    turning = next(box for box in view.boxes if box.instance == _id(made, "Turning Box.001"))
    np.testing.assert_allclose(turning.size, 1.0, atol=1e-5)
    for each in view.objects:
        rows, columns = np.nonzero(view.instance == each["id"])
        assert each["pixels"] == len(rows) and each["box2d"] == [columns.min(), rows.min(), columns.max(), rows.max()]


def test_boundaries_are_where_depth_jumps(made):
    """Around the box before the ground behind it, not on grazing ground, not where a thing stands on the ground."""
    view = eyes(made)["left"]
    sides = view.boundary
    depth = view.depth
    jump = np.zeros(depth.shape, bool)
    with np.errstate(invalid="ignore"):
        across = np.abs(depth[:, 1:] - depth[:, :-1]) > 1.0
    jump[:, 1:] |= across
    jump[:, :-1] |= across
    objects = ~np.isin(view.instance, (0, _id(made, "Land")))
    edges = jump & objects
    assert edges.sum() > 60 and (sides[edges] > 0).mean() > 0.93
    inner = (view.instance == _id(made, "Land")) & (sides > 0) & ~_grown(np.isinf(depth))
    assert (sides[inner] == 2).mean() > 0.85, "ground is behind what stands on it"
    flat = (view.instance == _id(made, "Land")) & ~_grown(view.instance != _id(made, "Land"))
    assert flat.sum() > 500 and not sides[flat].any()
    bare = view.instance == _id(made, "Bare")
    foot = bare & np.roll(view.instance == _id(made, "Land"), -1, 0)
    assert foot.sum() > 5 and (sides[foot] == 0).mean() > 0.6


def test_normals_albedo_and_image(made):
    view = eyes(made)["left"]
    land = view.instance == _id(made, "Land")
    np.testing.assert_allclose(view.normal[land], np.tile([0, 0, 1], (land.sum(), 1)), atol=2e-3)
    rotation = view.camera.cam_to_world[:3, :3]
    np.testing.assert_allclose(view.normal_camera[land] @ rotation.T, view.normal[land], atol=3e-3)
    there = np.isfinite(view.depth)
    toward = view.camera.rays()[1]
    assert ((view.normal * toward).sum(-1)[there] < 1e-3).mean() > 0.999
    # Cycles adds what is seen through: so not behind the pane
    red = view.instance == _id(made, "Turning Box.001")
    np.testing.assert_allclose(np.median(view.albedo[red], 0), (0.8, 0.1, 0.1), atol=0.015)
    assert view.image.shape == (*truth_scene.SIZE[::-1], 3) and (view.folder / "image.png").stat().st_size > 500


def test_index_and_facts(made):
    truth, facts = made
    index = json.loads((truth.folder / "truth.json").read_text())
    assert facts["frames"] == 2 and facts["views"] == ["left", "right"] and facts["bytes"] > 10_000
    assert index["baseline"] == BASELINE and [each["flow_to"] for each in index["frames"]] == [2, 3]
    last = truth.frames[1].views["right"]
    assert np.nanmax(np.abs(last.scene_flow)) < 1e-5, "nothing moves after the last key"


def test_refusals(clean_scene, tmp_path):
    with pytest.raises(TruthError, match="no camera"):
        render_truth(tmp_path / "a")
    scene = bpy.context.scene
    scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine.txt").write_text("mine")
    with pytest.raises(TruthError, match="holds other things"):
        render_truth(tmp_path / "b")
    scene.camera.data.type = "PANO"
    with pytest.raises(TruthError, match="perspective"):
        render_truth(tmp_path / "a", params=TruthParams(samples=1))
    assert sorted(each.name for each in tmp_path.iterdir()) == ["b"]


def _id(made, name: str) -> int:
    return next(number for number, called in names(made).items() if called == name)


def _grown(mask: np.ndarray) -> np.ndarray:
    wide = mask.copy()
    for axis in (0, 1):
        for step in (-1, 1):
            wide |= np.roll(mask, step, axis)
    return wide


def _carried(point: np.ndarray, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Where a point goes with the triangle [3, 3] that it is nearest to the plane and inside of."""
    a, b, c = one[:, 0], one[:, 1], one[:, 2]
    normal = np.cross(b - a, c - a)
    doubled = (normal**2).sum(-1)
    v = (np.cross(point - a, c - a) * normal).sum(-1) / doubled
    w = (np.cross(b - a, point - a) * normal).sum(-1) / doubled
    off = np.abs(((point - a) * normal).sum(-1)) / np.sqrt(doubled)
    outside = np.maximum(0, -np.minimum(np.minimum(v, w), 1 - v - w))
    best = np.argmin(off + outside)
    return two[best, 0] * (1 - v[best] - w[best]) + two[best, 1] * v[best] + two[best, 2] * w[best]
