"""Iso-surfaces against closed forms; thresholds; what has no surface."""

from __future__ import annotations

import numpy as np
import pytest

from dreamgrove.engine.meshing.clean import inspect
from dreamgrove.engine.meshing.extract import (
    ScalarGrid,
    Silhouettes,
    choose_threshold,
    extract_field,
    extract_sdf,
    march,
    sample_grid,
)
from dreamgrove.engine.meshing.mesh import MeshingError, Silent

RADIUS = 0.6


def ball(points):
    return RADIUS - np.linalg.norm(points, axis=1)


def centres(n):
    side = (np.arange(n) + 0.5) * 2.0 / n - 1.0
    return np.stack(np.meshgrid(side, side, side, indexing="ij"), axis=-1)


def ball_sdf(n=64):
    return np.clip(np.linalg.norm(centres(n), axis=-1) - RADIUS, -0.15, 0.15).astype(np.float32)


def assert_is_the_ball(mesh, error):
    report = inspect(mesh)
    assert report.manifold
    assert report.components == 1
    assert report.genus == 0
    assert report.volume == pytest.approx(4 / 3 * np.pi * RADIUS**3, rel=2e-3)
    assert report.area == pytest.approx(4 * np.pi * RADIUS**2, rel=2e-3)
    assert np.abs(np.linalg.norm(mesh.vertices, axis=1) - RADIUS).max() < error
    assert np.abs(mesh.normals - mesh.vertices / RADIUS).max() < 5e-3


def test_a_ball_from_a_field_is_the_ball():
    assert_is_the_ball(extract_field(ball, 0.0, 64).mesh, 2e-4)  # worst seen 8e-5


def test_a_ball_from_a_draft_is_the_ball_without_steps():
    assert_is_the_ball(extract_sdf(ball_sdf()).mesh, 2e-4)  # worst seen 5e-5


def test_only_the_occupied_box_is_refined():
    asked = []

    def small(points):
        asked.append(len(points))
        return 0.2 - np.linalg.norm(points - 0.5, axis=1)

    surface = extract_field(small, 0.0, 96)
    assert np.abs(np.linalg.norm(surface.mesh.vertices - 0.5, axis=1) - 0.2).max() < 1e-4
    assert (surface.grid.step < 0.02).all()
    assert sum(asked) < 64**3 + 0.75 * 97**3


def test_a_thin_rod_that_leaves_the_coarse_box_is_kept_whole():
    """The coarse grid (cells of 0.032) sees the ball only; the rod is found when the box cuts it."""

    def value(points):
        rod = 0.012 - np.maximum(
            np.hypot(points[:, 0] - 0.016, points[:, 1] - 0.016), np.abs(points[:, 2]) - 0.8 + 0.012
        )
        return np.maximum(0.3 - np.linalg.norm(points, axis=1), rod)

    mesh = extract_field(value, 0.0, 160).mesh
    assert mesh.vertices[:, 2].max() == pytest.approx(0.8, abs=0.03)
    assert inspect(mesh).components == 1


def test_matter_at_the_border_is_closed():
    report = inspect(extract_field(lambda points: 1.0 - points[:, 2], 0.5, 32).mesh)
    assert report.manifold
    assert report.volume == pytest.approx(2 * 2 * 1.5, rel=0.06)


def test_samples_on_the_threshold_make_no_broken_triangles():
    values = np.zeros((9, 9, 9), np.float32)
    values[2:7, 2:7, 2:7] = 1.0
    values[4, 4, 6] = 0.5
    report = inspect(march(ScalarGrid(values, np.full(3, -1.0), np.full(3, 0.25)), 0.5).mesh)
    assert report.manifold
    assert report.degenerate == 0


def test_random_grids_give_closed_surfaces():
    for seed in range(3):
        values = np.random.default_rng(seed).normal(size=(14, 14, 14)).astype(np.float32)
        assert inspect(march(ScalarGrid(values, np.full(3, -1.0), np.full(3, 0.15)), 0.0).mesh).watertight


def test_the_threshold_is_the_one_whose_outline_agrees():
    """A foggy density: only one surface has the outline that the cameras saw."""
    grid = sample_grid(lambda points: np.exp(-6.0 * np.linalg.norm(points, axis=1)), counts=(40, 40, 40))
    camera = np.eye(4)
    camera[2, 3] = 3.0
    size, fov = 96, 0.7
    half = np.tan(0.5 * fov)
    side = ((np.arange(size) + 0.5) / size * 2 - 1) * half
    # Rays at less than this angle meet a ball of radius 0.5 at distance 3.
    seen = np.hypot(side[None], side[:, None]) < np.tan(np.arcsin(0.5 / 3.0))
    views = Silhouettes(seen[None].astype(np.float32), camera[None], np.array([fov]))
    threshold, iou = choose_threshold(grid, views)
    assert iou > 0.95
    assert -np.log(threshold) / 6.0 == pytest.approx(0.5, abs=0.03)
    logits = ScalarGrid(np.log(grid.values), grid.low, grid.step)
    assert -choose_threshold(logits, views)[0] / 6.0 == pytest.approx(0.5, abs=0.03)
    # Level inside, but for a grain of noise: the highest thresholds tried cut no surface, and are passed over.
    plateau = np.minimum(grid.values, np.float32(0.3)).astype(np.float32)
    plateau[20, 20, 20] += np.float32(1e-7)
    level = ScalarGrid(plateau, grid.low, grid.step)
    assert -np.log(choose_threshold(level, views)[0]) / 6.0 == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(
    "make", [lambda: extract_field(lambda p: np.zeros(len(p)), 1.0, 32), lambda: extract_sdf(np.ones((16,) * 3))]
)
def test_an_empty_field_says_so(make):
    with pytest.raises(MeshingError, match=r"the field is empty.*Try another seed"):
        make()


@pytest.mark.parametrize(
    "make",
    [
        lambda: extract_field(lambda p: np.where(p[:, 0] > 0.5, np.nan, 1.0), 0.5, 32),
        lambda: extract_sdf(np.where(centres(16)[..., 0] > 0, np.nan, ball_sdf(16))),
    ],
)
def test_numbers_that_are_none_are_refused(make):
    with pytest.raises(MeshingError, match=r"not numbers.*diverged"):
        make()


def test_wrong_shapes_are_named():
    with pytest.raises(ValueError, match="sdf must be"):
        extract_sdf(np.zeros((4, 4)))
    with pytest.raises(ValueError, match="value must return"):
        extract_field(lambda points: np.zeros(3), 0.0, 32)
    with pytest.raises(ValueError, match="alpha must be"):
        Silhouettes(np.zeros((2, 8, 8)), np.zeros((1, 4, 4)), np.zeros(1))


def test_sampling_can_be_cancelled():
    class Impatient(Silent):
        def check_cancelled(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract_field(ball, 0.0, 32, context=Impatient())
