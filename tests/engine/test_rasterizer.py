"""Training views: geometry against closed forms, colours against the composition's equation."""

from __future__ import annotations

import math
import os
import sys

import numpy as np
import pytest
import torch
import trimesh

from dreamgrove.engine.rendering.cameras import orbit
from dreamgrove.engine.rendering.rasterizer import Light, compose, draw_maps, draw_surface, render
from dreamgrove.engine.rendering.rasterizer_torch import PackedAssets, draw_maps_batch
from dreamgrove.engine.training.views import FOV_Y, cam_to_world

sys.path.insert(0, os.path.dirname(__file__))
from compact_meshes import chair, compact, sphere

FRONT = cam_to_world(0.0, 0.0, 3.0)


def test_a_sphere_covers_its_solid_angle():
    """The silhouette of a sphere of radius r at distance d is a disc of tan(asin(r / d)); the icosphere is a hair smaller."""
    maps = draw_maps(sphere(), FRONT, FOV_Y, 64)
    radius = math.tan(math.asin(0.95 / 3.0)) / math.tan(0.5 * FOV_Y) * 32.0
    assert maps[0].sum() == pytest.approx(math.pi * radius**2, rel=4e-3)


def test_depth_and_normals_of_a_sphere():
    seen = draw_surface(sphere(), FRONT, FOV_Y, 65)
    assert seen.depth[32, 32] == pytest.approx(3.0 - 0.95, abs=2e-3)
    np.testing.assert_allclose(seen.normal[32, 32], [0.0, -1.0, 0.0], atol=0.03)
    covered = seen.alpha > 0.99
    np.testing.assert_allclose(np.linalg.norm(seen.normal[covered], axis=-1), 1.0, atol=1e-5)


def test_cameras_agree_with_the_renderers():
    """The thread's own camera is `cameras.orbit`."""
    for azimuth, elevation, distance in ((0.3, 0.5, 2.9), (4.0, -0.17, 3.1), (math.pi, 1.0, 3.0)):
        np.testing.assert_allclose(
            cam_to_world(azimuth, elevation, distance),
            orbit(azimuth, elevation, distance).cam_to_world[0].numpy(),
            atol=1e-6,
        )


def test_azimuth_turns_counter_clockwise_seen_from_above():
    """From +X (90 degrees) the chair's back, which stands at +Y, is on the picture's right; from the front it is centred."""
    wide = draw_maps(chair(), cam_to_world(math.pi / 2, 0.0, 3.0), FOV_Y, 64)[0]
    upper = wide[:24]  # above the seat only the back is seen
    columns = np.nonzero(upper.sum(axis=0))[0]
    assert columns.mean() > 38
    front = draw_maps(chair(), FRONT, FOV_Y, 64)[0][:24]
    assert np.nonzero(front.sum(axis=0))[0].mean() == pytest.approx(31.5, abs=0.6)


def test_colours_are_composed_exactly():
    """A half-primary sphere: image = alpha (.5 C + .5 color) + (1 - alpha) background, edges included."""
    maps = draw_maps(sphere(primary=0.5), FRONT, FOV_Y, 32)
    color, background = np.array([0.9, 0.1, 0.3], np.float32), np.array([0.1, 0.2, 0.8], np.float32)
    image = compose(maps, color, background, False)
    albedo = 0.5 * color + 0.5 * np.array([0.2, 0.4, 0.6], np.float32)
    expected = maps[:1] * albedo[:, None, None] + (1.0 - maps[:1]) * background[:, None, None]
    np.testing.assert_allclose(image, expected, atol=2e-6)


def test_light_is_lambert_and_two_sided():
    light = Light((0.0, -1.0, 0.0), ambient=0.25, diffuse=0.75)
    maps = draw_maps(sphere(), FRONT, FOV_Y, 65, light)
    assert maps[5, 32, 32] == pytest.approx(1.0, abs=0.01)  # faces the light
    from_behind = draw_maps(sphere(), cam_to_world(math.pi, 0.0, 3.0), FOV_Y, 65, light)
    assert from_behind[5, 32, 32] == pytest.approx(0.25, abs=1e-3)
    plane = trimesh.Trimesh([[-1, 0, -1], [1, 0, -1], [1, 0, 1], [-1, 0, 1]], [[0, 1, 2], [0, 2, 3]], process=False)
    for turned in (0.0, math.pi):  # an open sheet is lit like a wall from whichever side it is seen
        towards = Light((0.0, -math.cos(turned), 0.0), 0.25, 0.75)
        seen = draw_maps(compact(plane), cam_to_world(turned, 0.0, 3.0), FOV_Y, 33, towards)
        assert seen[5, 16, 16] == pytest.approx(1.0, abs=1e-4)


def test_nearer_triangles_hide_others():
    near = trimesh.creation.box((0.4, 0.1, 0.4)).apply_translation((0.0, -0.5, 0.0))
    far = trimesh.creation.box((1.0, 0.1, 1.0)).apply_translation((0.0, 0.5, 0.0))
    both = compact(trimesh.util.concatenate([far, near]))
    both.primary[:] = (both.vertices[:, 1] < 0).astype(np.float32)
    maps = draw_maps(both, FRONT, FOV_Y, 33)
    assert maps[1, 16, 16] == pytest.approx(1.0)
    assert maps[1, 16, 10] == 0.0
    assert maps[0, 16, 10] == pytest.approx(1.0)


def test_perspective_interpolation():
    """A floor's attribute at a pixel is that of the point the pixel's ray meets, not linear on the screen."""
    floor = trimesh.Trimesh([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], [[0, 1, 2], [0, 2, 3]], process=False)
    asset = compact(floor)
    asset.primary[:] = 0.5 + 0.5 * asset.vertices[:, 1]
    camera = orbit(0.0, math.radians(25.0), 3.0)
    seen = draw_surface(asset, camera.cam_to_world[0].numpy(), FOV_Y, 63, supersample=1)
    origins, directions = camera.rays(63, 63)
    reach = -origins[0, ..., 2] / directions[0, ..., 2]
    met = (origins[0] + reach[..., None] * directions[0])[..., 1].numpy()
    covered = seen.alpha > 0
    assert covered.sum() > 200
    np.testing.assert_allclose(seen.primary[covered], 0.5 + 0.5 * met[covered], atol=2e-4)


@pytest.mark.parametrize(
    "device",
    ["cpu", pytest.param("cuda", marks=pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"))],
)
def test_the_batched_path_draws_the_same(device):
    """Plain torch against the kernel, several objects and lights at once; a sample on an edge may fall either way."""
    assets = [chair(), sphere(primary=0.3)]
    index = torch.tensor([0, 1, 0, 0], device=device)
    cameras = orbit(torch.tensor([0.3, 1.0, 2.5, 5.0]), torch.tensor([0.1, 0.5, 1.0, -0.1])).to(device)
    lights = [Light((0.1 * k, -0.5, 0.6), 0.2, 0.8).packed() for k in range(4)]
    packed = torch.from_numpy(np.stack(lights)).to(device)
    got = draw_maps_batch(PackedAssets.of(assets, device), index, cameras.cam_to_world, cameras.fov_y, 32, packed)
    for k in range(4):
        matrix = cameras.cam_to_world[k].cpu().numpy()
        wanted = draw_maps(assets[int(index[k])], matrix, float(cameras.fov_y[k]), 32, lights[k])
        off = np.abs(got[k].cpu().numpy() - wanted)
        assert off.mean() < 2e-4  # worst seen 1.4e-5
        assert (off.max(axis=0) > 1e-3).sum() <= 6


def test_32_pixels_are_the_means_of_64():
    fine = draw_maps(chair(), FRONT, FOV_Y, 64)
    coarse = draw_maps(chair(), FRONT, FOV_Y, 32, supersample=4)
    np.testing.assert_allclose(
        torch.nn.functional.avg_pool2d(torch.from_numpy(fine)[None], 2)[0].numpy(), coarse, atol=1e-5
    )


def test_render_returns_a_picture():
    image = render(sphere(), FRONT, FOV_Y, 16, (1.0, 0.0, 0.0), background=(0.0, 1.0, 0.0))
    assert image.shape == (16, 16, 3)
    np.testing.assert_allclose(image[8, 8], [1.0, 0.0, 0.0], atol=1e-5)
    np.testing.assert_allclose(image[0, 0], [0.0, 1.0, 0.0], atol=1e-5)


def test_wrong_cameras_are_refused():
    with pytest.raises(ValueError, match="cam_to_world"):
        draw_maps(sphere(), np.eye(3), FOV_Y, 8)
    with pytest.raises(ValueError, match="fov_y"):
        draw_maps(sphere(), FRONT, 0.0, 8)
