"""Height fields: what is asked between points, at edges, of slopes."""

import numpy as np
import pytest

from dreamgrove.procedural.terrain.field import HeightField


def plane(count: int = 33, size: float = 16.0) -> HeightField:
    """Rises 0.5 m a metre to +X and falls 0.25 to +Y; its centre at (10, -20)."""
    flat = HeightField(np.zeros((count, count)), size, (10.0, -20.0))
    points = flat.points()
    return HeightField(0.5 * points[..., 0] - 0.25 * points[..., 1], size, (10.0, -20.0))


def test_a_plane_is_read_exactly_between_its_points():
    field = plane()
    points = np.random.default_rng(0).uniform((2, -28), (18, -12), (200, 2))
    assert np.allclose(field.at(points), 0.5 * points[:, 0] - 0.25 * points[:, 1])


def test_beyond_the_edge_it_is_the_edge():
    field = plane()
    assert np.isclose(field.at(np.array([1e6, -20.0])), field.at(np.array([18.0, -20.0])))


def test_slope_and_normals_of_a_plane():
    field = plane()
    assert np.allclose(field.slope(), np.arctan(np.hypot(0.5, 0.25)))
    normal = np.array([-0.5, 0.25, 1.0]) / np.linalg.norm([-0.5, 0.25, 1.0])
    assert np.allclose(field.normals(), normal)


def test_a_layer_of_another_size_is_refused():
    with pytest.raises(ValueError, match="flow has"):
        plane().with_layers(flow=np.zeros((2, 2)))
