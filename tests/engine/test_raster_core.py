"""The shared rasteriser: pixel rules, depth order, perspective, and independence of the number of threads."""

from __future__ import annotations

import numpy as np
import pytest

from dreamgrove.engine.rendering.raster_core import project, rasterize


def camera(distance: float = 3.0) -> np.ndarray:
    """[4, 4]: above the origin, looking down."""
    matrix = np.eye(4)
    matrix[2, 3] = distance
    return matrix


def test_project_puts_the_origin_in_the_middle_and_up_on_top():
    screen = project(np.array([[0, 0, 0], [0, 0.5, 0], [0.5, 0, 1.0]]), camera(), 0.7, 100, 200)
    focal = 50 / np.tan(0.35)
    np.testing.assert_allclose(screen[0], [100, 50, 1 / 3], rtol=1e-5)
    np.testing.assert_allclose(screen[1], [100, 50 - focal * 0.5 / 3, 1 / 3], rtol=1e-5)
    np.testing.assert_allclose(screen[2], [100 + focal * 0.5 / 2, 50, 1 / 2], rtol=1e-5)


def test_a_square_of_two_triangles_covers_each_pixel_centre_once():
    screen = np.array([[1, 1, 1], [5, 1, 1], [5, 4, 1], [1, 4, 1]], np.float32)
    seen = rasterize(screen, np.array([[0, 1, 2], [0, 2, 3]]), 6, 8)
    expected = np.zeros((6, 8), bool)
    expected[1:4, 1:5] = True
    np.testing.assert_array_equal(seen.mask, expected)
    np.testing.assert_allclose(seen.barycentric[seen.mask].sum(axis=1), 1, atol=1e-6)


def test_the_nearer_triangle_hides_the_farther_whatever_the_order():
    far = np.array([[0, 0, 0.2], [9, 0, 0.2], [0, 9, 0.2]], np.float32)
    near = far + np.array([0, 0, 0.1], np.float32)
    screen = np.concatenate([far, near])
    for triangles in ([[0, 1, 2], [3, 4, 5]], [[3, 4, 5], [0, 1, 2]]):
        seen = rasterize(screen, np.array(triangles), 9, 9)
        assert set(np.unique(seen.triangle)) == {-1, triangles.index([3, 4, 5])}


def test_interpolation_is_perspective_correct():
    """A floor seen at a grazing angle: the interpolated position must project back to the pixel's centre."""
    tilt = np.radians(70)
    rotation = np.array([[1, 0, 0], [0, np.cos(tilt), -np.sin(tilt)], [0, np.sin(tilt), np.cos(tilt)]])
    vertices = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]]) @ rotation.T
    triangles = np.array([[0, 1, 2], [0, 2, 3]])
    seen = rasterize(project(vertices, camera(), 0.8, 64, 64), triangles, 64, 64)
    points = seen.interpolate(vertices, triangles)[seen.mask]
    rows, columns = np.nonzero(seen.mask)
    back = project(points, camera(), 0.8, 64, 64)
    np.testing.assert_allclose(back[:, 0], columns + 0.5, atol=1e-3)
    np.testing.assert_allclose(back[:, 1], rows + 0.5, atol=1e-3)
    np.testing.assert_allclose(back[:, 2], seen.inverse_depth[seen.mask], rtol=1e-4)


def test_threads_do_not_change_the_picture():
    rng = np.random.default_rng(0)
    vertices = rng.uniform(-1, 1, (300, 3))
    triangles = rng.integers(0, 300, (200, 3))
    screen = project(vertices, camera(), 0.8, 96, 80)
    one, three = (rasterize(screen, triangles, 96, 80, threads=n) for n in (1, 3))
    np.testing.assert_array_equal(one.triangle, three.triangle)
    np.testing.assert_array_equal(one.barycentric, three.barycentric)


def test_triangles_behind_the_camera_are_left_out():
    vertices = np.array([[-1, -1, 5], [1, -1, 5], [0, 1, 5]], float)
    assert not rasterize(project(vertices, camera(), 0.8, 8, 8), np.array([[0, 1, 2]]), 8, 8).mask.any()


@pytest.mark.parametrize(
    ("screen", "triangles", "word"),
    [
        (np.zeros((3, 2)), np.zeros((1, 3), int), "screen"),
        (np.zeros((3, 3)), np.zeros((1, 2), int), "triangles"),
        (np.zeros((3, 3)), np.full((1, 3), 3), "triangles"),
    ],
)
def test_wrong_shapes_are_named(screen, triangles, word):
    with pytest.raises(ValueError, match=word):
        rasterize(screen, triangles, 4, 4)
