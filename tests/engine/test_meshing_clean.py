"""Cleaning and simplifying: what goes in broken comes out closed, and stays so with fewer triangles."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from dreamgrove.engine.meshing.clean import clean, inspect, keep_large_parts, repair, taubin
from dreamgrove.engine.meshing.extract import ScalarGrid, extract_field, march
from dreamgrove.engine.meshing.mesh import Mesh, MeshingError, Silent
from dreamgrove.engine.meshing.simplify import simplify


def ball(points, radius=0.6, centre=(0.0, 0.0, 0.0)):
    return radius - np.linalg.norm(points - np.array(centre), axis=1)


def torus(points):
    return 0.2 - np.hypot(np.hypot(points[:, 0], points[:, 1]) - 0.6, points[:, 2])


def mesh_of(value, resolution=64):
    return extract_field(value, 0.0, resolution).mesh


def cube(centre=(0.0, 0.0, 0.0)):
    vertices = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float) * 0.5 + centre
    triangles = [[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
                 [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]]  # fmt: skip
    return vertices, np.array(triangles)


def joined(*parts):
    vertices, triangles, count = [], [], 0
    for v, t in parts:
        vertices.append(v)
        triangles.append(t + count)
        count += len(v)
    return np.concatenate(vertices), np.concatenate(triangles)


def welded(vertices, triangles):
    """Merge equal positions, as readers do."""
    _, index = np.unique(np.round(vertices, 6), axis=0, return_inverse=True)
    places = np.zeros((index.max() + 1, 3))
    places[index] = vertices
    return Mesh.of(places, index[triangles])


def test_the_cube_of_these_tests_is_sound():
    report = inspect(Mesh.of(*cube()))
    assert (report.manifold, report.genus, report.components) == (True, 0, 1)
    assert report.volume == pytest.approx(0.125)


def test_small_parts_go_and_large_ones_stay():
    mesh = mesh_of(
        lambda p: np.maximum(
            ball(p, 0.4, (-0.4, 0, 0)), np.maximum(ball(p, 0.3, (0.5, 0, 0)), ball(p, 0.06, (0, 0, 0.8)))
        )
    )
    assert inspect(mesh).components == 3
    assert inspect(clean(mesh, 0.02)).components == 2
    assert inspect(clean(mesh, 0.9)).components == 1


def test_a_hollow_is_filled():
    mesh = clean(mesh_of(lambda p: 0.1 - np.abs(ball(p, 0.6))))
    report = inspect(mesh)
    assert report.components == 1
    assert report.volume == pytest.approx(4 / 3 * np.pi * 0.7**3, rel=0.01)


def test_inside_out_is_turned():
    vertices, triangles = cube()
    assert inspect(keep_large_parts(Mesh.of(vertices, triangles[:, ::-1]), 0.0)).volume == pytest.approx(0.125)


def test_a_hole_is_closed():
    mesh = mesh_of(ball, 32)
    holed = Mesh(
        mesh.vertices,
        mesh.triangles[np.linalg.norm(mesh.vertices[mesh.triangles[:, 0]] - [0, 0, 0.6], axis=1) > 0.15],
        mesh.normals,
    )
    assert inspect(holed).open_edges > 0
    report = inspect(repair(holed))
    assert report.manifold
    assert report.volume == pytest.approx(4 / 3 * np.pi * 0.6**3, rel=0.02)


@pytest.mark.parametrize("shift", [(0.5, 0.5, 0.0), (0.5, 0.5, 0.5)], ids=["edge", "corner"])
def test_solids_that_touch_are_parted(shift):
    """By a hair, so that they stay parted when a reader merges equal positions."""
    mesh = welded(*joined(cube(), cube(shift)))
    assert not inspect(mesh).manifold
    mended = repair(mesh)
    report = inspect(mended)
    assert report.manifold
    assert report.components == 2
    assert report.volume == pytest.approx(0.25, rel=1e-3)
    assert inspect(welded(mended.vertices.astype(float), mended.triangles)).manifold


def test_a_sound_mesh_is_left_alone():
    mesh = mesh_of(ball, 32)
    again = repair(mesh)
    np.testing.assert_array_equal(again.vertices, mesh.vertices)
    np.testing.assert_array_equal(again.triangles, mesh.triangles)


def test_smoothing_keeps_the_volume():
    mesh = mesh_of(ball, 48)
    rough = mesh.vertices + np.random.default_rng(0).normal(0, 0.003, mesh.vertices.shape).astype(np.float32)
    smooth = taubin(rough, mesh.triangles, 10)
    spread = [np.abs(np.linalg.norm(v, axis=1) - 0.6).mean() for v in (rough, smooth)]
    assert spread[1] < 0.5 * spread[0]
    assert inspect(Mesh.of(smooth, mesh.triangles)).volume == pytest.approx(inspect(mesh).volume, rel=0.01)


def test_a_mesh_with_nan_is_refused():
    mesh = mesh_of(ball, 32)
    vertices = mesh.vertices.copy()
    vertices[3] = np.nan
    with pytest.raises(MeshingError, match="not numbers"):
        clean(Mesh(vertices, mesh.triangles, mesh.normals))


@pytest.mark.parametrize("faces", [4000, 600])
def test_simplifying_keeps_a_torus_a_torus(faces):
    mesh = clean(mesh_of(torus), smoothing=2)
    less = simplify(mesh, faces)
    before, after = inspect(mesh), inspect(less)
    assert faces - 2 <= len(less.triangles) <= faces
    assert after.manifold
    assert (after.genus, after.components) == (1, 1)
    assert after.volume == pytest.approx(before.volume, rel=0.02)
    assert np.abs(torus(less.vertices)).max() < 0.015


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("smoothing", [0, 2])
def test_rough_surfaces_stay_closed_and_keep_their_handles(seed, smoothing):
    noise = gaussian_filter(np.random.default_rng(seed).normal(size=(64, 64, 64)), 2)
    side = np.linspace(-1, 1, 64)
    radius = np.sqrt(sum(np.meshgrid(*[side**2] * 3, indexing="ij")))
    values = (0.6 - radius + 0.12 * noise / noise.std()).astype(np.float32)
    mesh = clean(march(ScalarGrid(values, np.full(3, -1.0), np.full(3, 2 / 63)), 0.0).mesh, smoothing=smoothing)
    before = inspect(mesh)
    less = simplify(mesh, 3000)
    after = inspect(less)
    assert after.manifold
    assert (after.genus, after.components) == (before.genus, before.components)
    assert 2900 < len(less.triangles) <= 3000
    assert after.volume == pytest.approx(before.volume, rel=0.02)


def test_few_faces_are_left_as_they_are_and_open_meshes_refused():
    mesh = mesh_of(ball, 32)
    assert simplify(mesh, 10**6) is mesh
    with pytest.raises(MeshingError, match="clean it first"):
        simplify(Mesh(mesh.vertices, mesh.triangles[5:], mesh.normals), 100)


def test_a_triangle_pyramid_cannot_get_smaller():
    vertices, triangles = cube()
    less = simplify(Mesh.of(vertices, triangles), 1)
    assert inspect(less).manifold
    assert len(less.triangles) >= 4


def test_simplifying_reports_and_can_be_cancelled():
    told = []

    class Listener(Silent):
        def progress(self, fraction, stage):
            told.append(fraction)

    simplify(clean(mesh_of(torus), smoothing=2), 500, Listener())
    assert told[0] == 0.0
    assert max(told) <= 1.0

    class Impatient(Silent):
        def check_cancelled(self):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simplify(mesh_of(torus), 500, Impatient())
