"""Distance grids: exact against libigl, unions, open sheets, thin walls, attributes, shards."""

from __future__ import annotations

import igl
import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import label

from dreamgrove.engine.training import distance as d
from dreamgrove.engine.training import distance_kernels as kernels
from dreamgrove.engine.training.assets import Asset, write_shard

VOXEL = 2 / d.RESOLUTION


def asset(mesh: trimesh.Trimesh, thin: bool = False, primary=None) -> Asset:
    count = len(mesh.vertices)
    return Asset(
        mesh.vertices.astype(np.float32),
        mesh.faces.astype(np.int32),
        np.zeros((count, 3), np.float32),
        np.ones(count, np.float32) if primary is None else primary.astype(np.float32),
        np.full(count, 0.8, np.float32),
        np.tile(np.float32([0.1, 0.2, 0.3]), (count, 1)),
        np.full(len(mesh.faces), thin, np.uint8),
        concept=3,
        seed=11,
    )


def moved(mesh: trimesh.Trimesh, *offset: float) -> trimesh.Trimesh:
    mesh.apply_translation(offset)
    return mesh


def sphere_distance(radius: float, resolution: int = d.RESOLUTION) -> np.ndarray:
    return np.clip(np.linalg.norm(d.voxel_centers(resolution), axis=-1) - radius, -d.TRUNCATION, d.TRUNCATION)


def test_sphere_matches_the_closed_form():
    mesh = trimesh.creation.icosphere(5, 0.6)
    distance, nearest, _, _ = d.signed_distance(mesh.vertices, mesh.faces)
    true = sphere_distance(0.6)
    near = np.abs(true) < (d.EXACT - 0.1) * VOXEL
    np.testing.assert_allclose(distance[near], true[near], atol=1e-3)  # the inscribed polyhedron is .0004 smaller
    np.testing.assert_allclose(distance, true, atol=8e-3)  # worst seen .0069, far from the surface
    assert ((nearest >= 0) == (np.abs(distance) < d.TRUNCATION)).all()


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**31))
def test_agrees_with_libigl(seed):
    """Random closed meshes: the same sign everywhere, the same distance up to what propagation costs."""
    rng = np.random.default_rng(seed)
    mesh = trimesh.creation.icosphere(3, 0.5)
    mesh.vertices = (mesh.vertices + rng.normal(size=mesh.vertices.shape) * 0.01) * rng.uniform(0.4, 1.6, 3)
    distance, _, _, _ = d.signed_distance(mesh.vertices, mesh.faces, resolution=32, min_thickness=0)
    points = d.voxel_centers(32).reshape(-1, 3)
    vertices, faces = np.asarray(mesh.vertices, np.float64), np.asarray(mesh.faces, np.int64)
    true, *_ = igl.signed_distance(points, vertices, faces, sign_type=igl.SIGNED_DISTANCE_TYPE_FAST_WINDING_NUMBER)
    true = np.clip(true.reshape(distance.shape), -d.TRUNCATION, d.TRUNCATION)
    # libigl's fast winding number is itself approximate: ties within a hair of the surface may differ.
    clear = np.abs(true) > 1e-3
    assert (np.sign(true) == np.sign(distance))[clear].all()
    near = np.abs(true) < 2 / 32
    np.testing.assert_allclose(np.abs(distance[near]), np.abs(true[near]), atol=1e-3)
    # Far away the nearest triangle comes from a neighbour: on spiky meshes .014 at worst.
    assert np.quantile(np.abs(np.abs(distance) - np.abs(true)), 0.999) < 6e-3
    np.testing.assert_allclose(np.abs(distance), np.abs(true), atol=0.03)


def test_walls_inside_a_union_are_no_surface():
    """A stem that ends inside a cap leaves no crease there."""
    outer = trimesh.creation.icosphere(4, 0.6)
    inner = trimesh.creation.icosphere(3, 0.3)
    both = trimesh.util.concatenate([outer, inner])
    distance, _, _, _ = d.signed_distance(both.vertices, both.faces)
    alone, _, _, _ = d.signed_distance(outer.vertices, outer.faces)
    np.testing.assert_allclose(distance, alone, atol=1e-9)


def test_what_is_closed_off_is_solid():
    """A hollow ball is a ball; a bowl stays hollow."""
    n = 32
    points = d.voxel_centers(n)
    radius = np.linalg.norm(points, axis=-1)
    shell = np.clip(np.maximum(radius - 0.7, 0.5 - radius), -0.15, 0.15)  # the wall between two spheres
    solid = d.without_cavities(shell)
    true = np.clip(radius - 0.7, -0.15, 0.15)
    assert ((solid < 0) == (true < 0)).all()
    assert np.abs(solid - true)[np.abs(true) < 0.08].max() < 1e-6, "the surface that is seen stays where it is"
    assert np.abs(solid - true).max() < 2.0 * 2 / n
    bowl = np.where(points[..., 2] > 0.2, 0.15, shell)
    assert np.array_equal(d.without_cavities(bowl), bowl)


def test_inverted_parts_are_turned():
    mesh = trimesh.creation.icosphere(3, 0.5)
    distance, _, _, _ = d.signed_distance(mesh.vertices, mesh.faces[:, ::-1])
    assert distance[32, 32, 32] == -d.TRUNCATION


def test_open_solid_is_filled_by_winding_number():
    """A sphere without its pole is still a solid (the hole is closed as libigl sees fit)."""
    mesh = trimesh.creation.icosphere(3, 0.6)
    faces = mesh.faces[mesh.triangles_center[:, 2] < 0.55]
    distance, _, _, _ = d.signed_distance(mesh.vertices, faces)
    assert distance[32, 32, 32] < 0 < distance[0, 0, 0]
    assert (distance < 0).mean() == pytest.approx((sphere_distance(0.6) < 0).mean(), rel=0.1)


@pytest.mark.parametrize("thin", [True, False], ids=["marked", "found"])
def test_sheet_becomes_a_slab(thin):
    vertices = np.array([[-0.5, -0.5, 0.01], [0.5, -0.5, 0.01], [0.5, 0.5, 0.01], [-0.5, 0.5, 0.01]])
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    distance, nearest, _, _ = d.signed_distance(vertices, faces, np.full(2, thin))
    column = distance[32, 32]
    z = d.voxel_centers()[32, 32, :, 2]
    np.testing.assert_allclose(
        column, np.minimum(np.abs(z - 0.01) - d.MIN_THICKNESS * VOXEL / 2, d.TRUNCATION), atol=1e-9
    )
    assert nearest[32, 32, 32] >= 0


@pytest.mark.parametrize("radius_voxels", [0.1, 0.3, 0.6])
def test_thin_rod_is_thickened_and_stays_in_one_piece(radius_voxels):
    rod = trimesh.creation.cylinder(radius_voxels * VOXEL, 1.6, sections=10)
    rod.apply_transform(trimesh.transformations.rotation_matrix(0.7, (1, 0.3, 0.2)))
    distance, _, corners, _ = d.signed_distance(rod.vertices, rod.faces)
    inside = distance < 0
    assert label(inside, np.ones((3, 3, 3)))[1] == 1
    want = np.pi * (d.MIN_THICKNESS * VOXEL / 2) ** 2 * 1.6
    assert inside.mean() * 8 == pytest.approx(want, rel=0.25)
    assert np.abs(corners).max() < 0.95


def test_thin_plate_grows_in_thickness_only():
    plate = trimesh.creation.box((1.0, 0.8, 0.2 * VOXEL))
    _, _, corners, _ = d.signed_distance(plate.vertices, plate.faces)
    size = np.ptp(corners.reshape(-1, 3), axis=0)
    np.testing.assert_allclose(size, [1.0, 0.8, d.MIN_THICKNESS * VOXEL], atol=0.1 * VOXEL)


def test_thick_box_is_left_alone():
    box = trimesh.creation.box((0.8, 0.6, 0.4))
    _, _, corners, _ = d.signed_distance(box.vertices, box.faces)
    np.testing.assert_allclose(np.ptp(corners.reshape(-1, 3), axis=0), [0.8, 0.6, 0.4], atol=1e-12)


def test_attributes_come_from_the_nearest_surface():
    mesh = trimesh.creation.icosphere(4, 0.7)
    grid = d.distance_grid(asset(mesh, primary=(mesh.vertices[:, 2] > 0).astype(float)))
    where = d.band(grid.distance)
    assert len(grid.attributes) == where.sum() > 5000
    z = d.voxel_centers()[..., 2][where]
    primary = grid.attributes[:, 0] / 255
    assert primary[z > 0.1].min() == 1 and primary[z < -0.1].max() == 0
    np.testing.assert_allclose(grid.attributes[:, 1] / 255 * d.TONE_RANGE, 0.8, atol=4e-3)
    np.testing.assert_allclose(
        (grid.attributes[:, 2:] / 255.0) ** 2, np.tile([0.1, 0.2, 0.3], (where.sum(), 1)), atol=4e-3
    )


def test_codes_round_trip_and_keep_the_sign():
    values = np.linspace(-0.2, 0.2, 1001)
    back = d.decode_distance(d.encode_distance(values))
    np.testing.assert_allclose(back, np.clip(values, -0.15, 0.15), atol=0.15 / 127 / 2 + 1e-6)


def test_closest_point_against_brute_force():
    rng = np.random.default_rng(0)
    weights = rng.dirichlet([0.3, 0.3, 0.3], 20000)
    for _ in range(50):
        corners, point = rng.normal(size=(3, 3)), rng.normal(size=3)
        squared, u, v, w = kernels.closest_on_triangle(*point, *corners)
        assert u + v + w == pytest.approx(1) and min(u, v, w) >= 0
        at = u * corners[0] + v * corners[1] + w * corners[2]
        assert ((at - point) ** 2).sum() == pytest.approx(squared)
        assert squared <= ((weights @ corners - point) ** 2).sum(1).min() + 1e-12


def test_no_surface_is_an_error():
    with pytest.raises(ValueError, match="no triangle"):
        d.signed_distance(np.zeros((3, 3)), np.array([[0, 1, 2]]))


def test_builder_is_resumable_and_sets_read_back(tmp_path, capsys):
    assets = [asset(trimesh.creation.icosphere(2, 0.5)), asset(moved(trimesh.creation.box((0.4,) * 3), 0.2, 0, 0))]
    write_shard(tmp_path / "meshes" / "a.npz", assets)
    arguments = ["--assets", str(tmp_path / "meshes"), "--output", str(tmp_path / "grids"), "--processes", "1"]
    assert d.main(arguments) == 0
    first = (tmp_path / "grids" / "a.npz").stat().st_mtime_ns
    assert d.main(arguments) == 0 and "0 shards" in capsys.readouterr().out
    assert (tmp_path / "grids" / "a.npz").stat().st_mtime_ns == first
    grids = d.GridSet(tmp_path / "grids")
    assert len(grids) == 2 and grids.concept.tolist() == [3, 3]
    for i, each in enumerate(assets):
        np.testing.assert_array_equal(grids[i].distance, d.distance_grid(each).distance)
        np.testing.assert_array_equal(grids[i].attributes, d.distance_grid(each).attributes)
        assert np.isnan(grids[i].traits).all()


def test_damaged_and_missing_shards_are_named(tmp_path):
    with pytest.raises(d.GridError, match="build them"):
        d.GridSet(tmp_path)
    (tmp_path / "b.npz").write_bytes(b"PK\x03\x04 not a shard")
    with pytest.raises(d.GridError, match=r"b\.npz"):
        d.GridSet(tmp_path)
