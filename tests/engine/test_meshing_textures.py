"""UVs, tangent frames and baked textures, checked by looking them up again on the surface."""

from __future__ import annotations

import time

import numpy as np
import pytest

from dreamgrove.engine.color import to_linear, to_srgb
from dreamgrove.engine.meshing.bake import bake, onto_surface
from dreamgrove.engine.meshing.clean import clean, inspect
from dreamgrove.engine.meshing.extract import extract_field
from dreamgrove.engine.meshing.kernels import cubic_at, trilinear_at
from dreamgrove.engine.meshing.mesh import Mesh, MeshingError, Silent, UnwrappedMesh, face_normals
from dreamgrove.engine.meshing.simplify import simplify
from dreamgrove.engine.meshing.tangents import tangents
from dreamgrove.engine.meshing.unwrap import Unwrapper, count_overlaps, unwrap

SIZE = 256


def bumpy(points):
    waves = np.sin(9 * points[:, 0]) * np.sin(9 * points[:, 1]) * np.sin(9 * points[:, 2])
    return 0.6 - np.linalg.norm(points, axis=1) + 0.05 * waves


def colorful(points):
    return 0.5 + 0.4 * np.sin(3 * points + np.array([0.0, 1.0, 2.0]))


@pytest.fixture(scope="module")
def fine():
    surface = extract_field(bumpy, 0.0, 64)
    mesh = clean(surface.mesh, smoothing=2)
    return Mesh(mesh.vertices, mesh.triangles, surface.grid.outward(mesh.vertices))


@pytest.fixture(scope="module")
def cut(fine):
    return unwrap(simplify(fine, 1500), SIZE)


@pytest.fixture(scope="module")
def textures(cut, fine):
    return bake(cut, fine, colorful, lambda points: 0.5 + 0.4 * points[:, 2], SIZE)


def on_faces(mesh: UnwrappedMesh, seed: int, count: int = 4000):
    """Random places: (barycentric [N, 3], corners [N, 3]); rims included, since that is where seams show."""
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet([0.6, 0.6, 0.6], count)
    area = np.linalg.norm(face_normals(mesh.vertices, mesh.triangles), axis=1)
    return weights, mesh.triangles[rng.choice(len(area), count, p=area / area.sum())]


def mixed(values, weights, corners):
    return np.einsum("nk,nkc->nc", weights, values[corners])


def looked_up(texture, uv):
    """Bilinear, repeating, as renderers do: [N, C] in 0..1."""
    size = texture.shape[0]
    place = uv * size - 0.5
    first = np.floor(place).astype(int)
    t = place - first
    out = np.zeros((len(uv), texture.shape[2]))
    for i in (0, 1):
        for j in (0, 1):
            share = (t[:, 0] if j else 1 - t[:, 0]) * (t[:, 1] if i else 1 - t[:, 1])
            out += share[:, None] * texture[(first[:, 1] + i) % size, (first[:, 0] + j) % size]
    return out / 255.0


def test_uvs_lie_in_the_unit_square_without_overlap(cut):
    assert cut.uv.min() >= 0.0
    assert cut.uv.max() <= 1.0
    assert count_overlaps(cut.uv, cut.triangles, 1024) == 0


def test_the_overlap_counter_counts(cut):
    stacked = np.concatenate([cut.triangles, cut.triangles[:1]])
    assert count_overlaps(cut.uv, stacked, 1024) > 0


def test_cutting_keeps_the_surface(cut, fine):
    closed = inspect(cut.closed())
    assert closed.manifold
    assert closed.genus == 0
    np.testing.assert_array_equal(cut.closed().vertices[cut.source], cut.vertices)
    area = lambda uv: uv[:, 0] * np.roll(uv[:, 1], -1) - uv[:, 1] * np.roll(uv[:, 0], -1)  # noqa: E731
    used = sum(abs(area(cut.uv[t]).sum()) / 2 for t in cut.triangles)
    assert used > 0.35  # of the square; xatlas reaches .5 to .65 here


def test_no_piece_is_mirrored(cut):
    a, b, c = (cut.uv[cut.triangles[:, k]] for k in range(3))
    up = np.array([1.0, -1.0])  # v grows downwards
    turn = np.cross(np.pad((b - a) * up, ((0, 0), (0, 1))), np.pad((c - a) * up, ((0, 0), (0, 1))))[:, 2]
    assert (turn > -1e-9).all()
    assert (cut.tangents[:, 3] == 1.0).all()


def test_tangents_of_a_plane_follow_its_uvs():
    vertices = np.array([[0, 0, 0], [2, 0, 0], [2, 2, 0], [0, 2, 0]], float)
    normals = np.tile([0.0, 0.0, 1.0], (4, 1))
    triangles = np.array([[0, 1, 2], [0, 2, 3]])
    straight = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], float)  # v downwards: y = 0 is at v = 1
    np.testing.assert_allclose(tangents(vertices, normals, straight, triangles), [[1, 0, 0, 1]] * 4, atol=1e-6)
    mirrored = straight * [-1, 1] + [1, 0]
    np.testing.assert_allclose(tangents(vertices, normals, mirrored, triangles), [[-1, 0, 0, -1]] * 4, atol=1e-6)
    turned = straight[[3, 0, 1, 2]]
    np.testing.assert_allclose(tangents(vertices, normals, turned, triangles), [[0, 1, 0, 1]] * 4, atol=1e-6)


def test_tangents_are_perpendicular_units_even_where_uvs_are_a_point():
    vertices = np.random.default_rng(0).normal(size=(6, 3))
    normals = vertices / np.linalg.norm(vertices, axis=1, keepdims=True)
    got = tangents(vertices, normals, np.zeros((6, 2)), np.array([[0, 1, 2], [3, 4, 5]]))
    np.testing.assert_allclose(np.linalg.norm(got[:, :3], axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(np.einsum("ni,ni->n", got[:, :3], normals), 0, atol=1e-6)


def test_the_baked_colour_is_the_colour(cut, textures, fine):
    """Looked up at random places, seams included, as a renderer would."""
    weights, corners = on_faces(cut, 1)
    got = to_linear(looked_up(textures.base_color, mixed(cut.uv, weights, corners)))
    places = mixed(cut.vertices, weights, corners)
    _, places = onto_surface(places.astype(np.float32), mixed(cut.normals, weights, corners).astype(np.float32), fine)
    error = np.abs(got - colorful(places))
    assert error.mean() < 0.006  # seen .0025
    assert error.max() < 0.06  # seen .03


def test_roughness_is_green_and_metal_is_blue(cut, textures):
    weights, corners = on_faces(cut, 2)
    got = looked_up(textures.metallic_roughness, mixed(cut.uv, weights, corners))
    height = mixed(cut.vertices, weights, corners)[:, 2]
    np.testing.assert_allclose(got[:, 1], 0.5 + 0.4 * height, atol=0.02)
    assert textures.metallic_roughness[..., 2].max() == 0


def test_the_normal_map_gives_back_the_fine_surface(cut, textures):
    """Decoded as MikkTSpace shaders do, it must beat the low mesh's own normals by far."""
    weights, corners = on_faces(cut, 3)
    low, along = mixed(cut.normals, weights, corners), mixed(cut.tangents, weights, corners)
    local = looked_up(textures.normal, mixed(cut.uv, weights, corners)) * 2 - 1
    across = along[:, 3:] * np.cross(low, along[:, :3])
    got = local[:, :1] * along[:, :3] + local[:, 1:2] * across + local[:, 2:] * low
    got /= np.linalg.norm(got, axis=1, keepdims=True)
    places = mixed(cut.vertices, weights, corners)
    step = 1e-4 * np.eye(3)
    truth = -np.stack([bumpy(places + s) - bumpy(places - s) for s in step], axis=1)
    truth /= np.linalg.norm(truth, axis=1, keepdims=True)
    low /= np.linalg.norm(low, axis=1, keepdims=True)
    angle = lambda n: np.degrees(np.arccos(np.clip((n * truth).sum(axis=1), -1, 1)))  # noqa: E731
    assert np.median(angle(got)) < 1.5
    assert np.median(angle(got)) < 0.6 * np.median(angle(low))


def test_a_flat_normal_map_is_blue(cut):
    """Against its own surface a mesh needs no correction: (128, 128, 255)."""
    low = cut.closed()
    flat = bake(cut, Mesh(low.vertices, low.triangles, low.normals), colorful, 0.5, SIZE).normal
    assert np.abs(np.median(flat.reshape(-1, 3), axis=0) - [128, 128, 255]).max() <= 2


def test_no_texel_is_left_black(cut, fine):
    base = bake(cut, fine, lambda points: np.ones_like(points), 0.5, SIZE).base_color
    assert base.min() == 255


def test_constant_roughness_needs_no_texture(cut, fine):
    made = bake(cut, fine, colorful, 0.35, 128)
    assert made.metallic_roughness is None
    assert made.roughness == 0.35


def test_colours_that_are_none_are_refused(cut, fine):
    with pytest.raises(MeshingError, match=r"colours are not numbers.*another seed"):
        bake(cut, fine, lambda points: points * np.nan, 0.5, 128)
    with pytest.raises(ValueError, match="must return"):
        bake(cut, fine, lambda points: points[:, :1], 0.5, 128)


def test_srgb_there_and_back():
    values = np.linspace(0, 1, 300, dtype=np.float32)
    np.testing.assert_allclose(to_linear(to_srgb(values)), values, atol=2e-6)
    assert to_srgb(np.array([0.5]))[0] == pytest.approx(0.7353569, abs=1e-5)


def test_interpolation_reproduces_what_it_must():
    rng = np.random.default_rng(0)
    grid = np.stack(np.meshgrid(*[np.arange(8.0)] * 3, indexing="ij"), axis=-1).astype(np.float32)
    places = rng.uniform(1, 6, (200, 3)).astype(np.float32)
    np.testing.assert_allclose(trilinear_at(grid, places), places, atol=1e-5)
    np.testing.assert_allclose(cubic_at(grid, places), places, atol=1e-5)
    edge = np.zeros((8, 8, 8, 1), np.float32)
    edge[4:] = 1.0
    sharp = cubic_at(edge, rng.uniform(0, 7, (500, 3)))
    assert sharp.min() >= 0.0
    assert sharp.max() <= 1.0


def test_unwrapping_can_be_cancelled_at_once(fine):
    class Impatient(Silent):
        def check_cancelled(self):
            raise KeyboardInterrupt

    with Unwrapper() as unwrapper:
        started = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            unwrap(fine, context=Impatient(), unwrapper=unwrapper)
    assert unwrapper._process.poll() is not None
    assert (
        time.monotonic() - started < 10
    )  # the whole would take longer on this mesh of 20,000 faces, even on an idle machine


def test_what_xatlas_says_reaches_people(fine, monkeypatch, tmp_path):
    broken = tmp_path / "child.py"
    broken.write_text("raise SystemExit('out of luck')")
    monkeypatch.setattr("dreamgrove.engine.meshing.unwrap._CHILD", broken)
    with pytest.raises(MeshingError, match=r"out of luck.*fewer faces"):
        unwrap(simplify(fine, 500))
