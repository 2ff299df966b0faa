"""Cameras: the conventions that every other part relies on."""

import math

import pytest
import torch

from dreamgrove.engine.rendering.cameras import (
    DREAMFUSION_ORBIT,
    PRIOR_ORBIT,
    Cameras,
    OrbitRange,
    look_at,
    orbit,
    random_orbit,
    view_word,
)

DEG = math.pi / 180.0


def project(cameras, points, height, width):
    """points [N, 3] -> pixel coordinates [B, N, 2] (column, row), by the OpenGL matrices."""
    homogeneous = torch.cat([points, torch.ones(len(points), 1)], dim=1)
    clip = homogeneous @ (cameras.projection(height, width) @ cameras.world_to_cam()).transpose(1, 2)
    ndc = clip[..., :2] / clip[..., 3:]
    return torch.stack([(ndc[..., 0] + 1) * 0.5 * width, (1 - ndc[..., 1]) * 0.5 * height], dim=-1)


@pytest.mark.parametrize(
    ("degrees", "position"), [(0, (0, -3, 0)), (90, (3, 0, 0)), (180, (0, 3, 0)), (270, (-3, 0, 0))]
)
def test_azimuth_turns_counter_clockwise_from_the_front(degrees, position):
    cameras = orbit(degrees * DEG, 0.0)
    assert torch.allclose(cameras.positions[0], torch.tensor(position, dtype=torch.float32), atol=1e-5)
    _, directions = cameras.rays(3, 3)
    assert torch.allclose(directions[0, 1, 1], -cameras.positions[0] / 3, atol=1e-6)  # the middle ray meets the origin


def test_front_view_has_x_to_the_right_and_z_up():
    pixels = project(orbit(0.0, 0.0), torch.tensor([[0.5, 0, 0], [0, 0, 0.5]]), 64, 64)[0]
    assert pixels[0, 0] > 32 and abs(pixels[0, 1] - 32) < 1e-3
    assert pixels[1, 1] < 32 and abs(pixels[1, 0] - 32) < 1e-3


@pytest.mark.parametrize(("height", "width"), [(64, 64), (32, 48)])
def test_rays_and_projection_agree(height, width):
    rng = torch.Generator().manual_seed(0)
    cameras = random_orbit(rng, 5, DREAMFUSION_ORBIT)
    origins, directions = cameras.rays(height, width)
    assert torch.allclose(directions.norm(dim=-1), torch.ones(5, height, width), atol=1e-6)
    for index in range(5):
        points = (origins + 1.7 * directions)[index].reshape(-1, 3)
        pixels = project(cameras[index], points, height, width)[0].reshape(height, width, 2)
        row, column = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
        assert torch.allclose(pixels, torch.stack([column, row], dim=-1), atol=2e-3)  # worst seen 6e-5


def test_plucker_moment_does_not_depend_on_the_point_of_the_ray():
    cameras = orbit(torch.tensor([0.3, 2.0]), 0.4)
    ray = cameras.plucker(8, 10)
    assert ray.shape == (2, 6, 8, 10)
    origins, directions = cameras.rays(8, 10)
    moment = torch.linalg.cross(origins + 2.5 * directions, directions).permute(0, 3, 1, 2)
    assert torch.allclose(ray[:, 3:], moment, atol=1e-5)
    assert torch.allclose(ray[:, :3], directions.permute(0, 3, 1, 2))


@pytest.mark.parametrize("elevation", [90 * DEG, -90 * DEG, 0.7])
def test_matrices_are_rigid_even_straight_above(elevation):
    cameras = orbit(torch.linspace(0, 6, 7), elevation)
    rotation = cameras.cam_to_world[:, :3, :3]
    assert torch.allclose(rotation @ rotation.transpose(1, 2), torch.eye(3).expand(7, 3, 3), atol=1e-5)
    assert torch.allclose(torch.linalg.det(rotation), torch.ones(7), atol=1e-5)
    assert torch.allclose(cameras.world_to_cam() @ cameras.cam_to_world, torch.eye(4).expand(7, 4, 4), atol=1e-5)


def test_look_at_without_jitter_is_orbit():
    straight = orbit(torch.tensor([0.3, -2.0]), torch.tensor([0.5, -0.1]))
    up = torch.tensor([0.0, 0.0, 1.0]).expand(2, 3)
    aimed = look_at(straight.positions, torch.zeros(2, 3), up, straight.fov_y)
    for name in ("cam_to_world", "azimuth", "elevation", "distance"):
        assert torch.allclose(getattr(aimed, name), getattr(straight, name), atol=1e-5), name


def test_random_orbit_keeps_its_ranges_and_spreads_azimuths():
    rng = torch.Generator().manual_seed(1)
    elevations = []
    for _ in range(50):
        cameras = random_orbit(rng, 4)
        gaps = torch.diff(cameras.azimuth)
        assert torch.allclose(gaps, torch.full((3,), math.pi / 2), atol=1e-5)
        assert (cameras.distance >= 2.8).all() and (cameras.distance <= 3.2).all()
        elevations.append(cameras.elevation)
    elevation = torch.cat(elevations)
    low, high = PRIOR_ORBIT.elevation
    assert low - 1e-6 <= elevation.min() < low + 0.1 and high - 0.1 < elevation.max() <= high + 1e-6


def test_random_orbit_is_its_generators():
    one = random_orbit(torch.Generator().manual_seed(3), 4, DREAMFUSION_ORBIT)
    two = random_orbit(torch.Generator().manual_seed(3), 4, DREAMFUSION_ORBIT)
    assert torch.equal(one.cam_to_world, two.cam_to_world)
    # ... and a setting does not shift the draws of what comes after
    first, second = torch.Generator().manual_seed(3), torch.Generator().manual_seed(3)
    random_orbit(first, 4, OrbitRange()), random_orbit(second, 4, DREAMFUSION_ORBIT)
    assert torch.equal(torch.rand(3, generator=first), torch.rand(3, generator=second))


@pytest.mark.parametrize(
    ("azimuth", "elevation", "word"),
    [(0, 0, "front"), (44, 0, "front"), (-44, 0, "front"), (316, 10, "front"), (46, 0, "side"), (-90, 0, "side"),
     (136, 0, "back"), (180, 59, "back"), (540, 0, "back"), (0, 61, "overhead"), (180, 80, "overhead")],
)  # fmt: skip
def test_view_word(azimuth, elevation, word):
    assert view_word(azimuth * DEG, elevation * DEG) == word


def test_errors_name_the_tensor():
    good = orbit(torch.zeros(2), 0.0)
    with pytest.raises(ValueError, match=r"fov_y must be \[2\]"):
        Cameras(good.cam_to_world, torch.zeros(3), good.azimuth, good.elevation, good.distance)
    with pytest.raises(ValueError, match=r"cam_to_world must be \[B, 4, 4\]"):
        Cameras(torch.zeros(2, 3, 4), good.fov_y, good.azimuth, good.elevation, good.distance)
    with pytest.raises(ValueError, match="views must be at least 1"):
        random_orbit(torch.Generator(), 0)
