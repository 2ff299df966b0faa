"""Solid land: closed meshes whatever the sizes of cells, forms where they were asked for, bounded memory."""

import numpy as np
import pytest

from dreamgrove.procedural.terrain.field import HeightField
from dreamgrove.procedural.terrain.solid.blocks import Region
from dreamgrove.procedural.terrain.solid.elements import Element, Solid, Strands, smooth_min
from dreamgrove.procedural.terrain.solid.forms import elements
from dreamgrove.procedural.terrain.solid.nets import SolidMesh, mesh_solid, mesh_steps
from dreamgrove.procedural.terrain.solid.params import SolidParams


def edges(mesh: SolidMesh) -> np.ndarray:
    """All faces' edges as they go round, [E, 2]."""
    found = [faces[:, [k, (k + 1) % n]] for faces, n in ((mesh.quads, 4), (mesh.triangles, 3)) for k in range(n)]
    return np.concatenate(found).astype(np.int64)


def shares(mesh: SolidMesh) -> tuple[np.ndarray, np.ndarray]:
    """Edges [U, 2] and how many faces each has [U]."""
    unique, count = np.unique(np.sort(edges(mesh), axis=1), axis=0, return_counts=True)
    return unique, count


def volume(mesh: SolidMesh) -> float:
    corners = np.concatenate([mesh.quads[:, [0, 1, 2]], mesh.quads[:, [0, 2, 3]], mesh.triangles])
    a, b, c = mesh.vertices[corners].astype(float).transpose(1, 0, 2)
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)


def ball(radius: float = 10.0):
    return lambda x, y, z: np.sqrt(x * x + y * y + z * z) - np.float32(radius)


BOX = ((-12.0,) * 3, (12.0,) * 3)


@pytest.mark.parametrize("camera", [None, (12.0, 0.0, 0.0), (-12.0, -12.0, 3.0)])
def test_a_ball_is_closed_and_as_large_as_it_is(camera):
    mesh = mesh_solid(ball(), Region(*BOX, 0.25, camera, spread=0.06))
    assert set(shares(mesh)[1]) == {2}
    way = edges(mesh)
    assert len(np.unique(way, axis=0)) == len(way), "all faces turn the same way"
    assert abs(volume(mesh) / (4 / 3 * np.pi * 1000) - 1) < (0.02 if camera is None else 0.09)
    assert np.abs(np.linalg.norm(mesh.vertices, axis=1) - 10).max() < 0.05 * (1 if camera is None else 12)
    assert len(mesh.triangles) > 0 or camera is None, "levels of detail meet"
    euler = len(mesh.vertices) - len(shares(mesh)[0]) + len(mesh.quads) + len(mesh.triangles)
    assert euler == 2


def test_open_land_ends_at_the_box_only():
    def waves(x, y, z):
        return (z - np.sin(x * 0.9) * np.cos(y * 0.7)) * np.float32(0.7)

    mesh = mesh_solid(waves, Region((-16.0, -16.0, -8.0), (16.0, 16.0, 8.0), 0.25, (-10.0, -10.0, 2.0), 0.05), 1.2)
    unique, count = shares(mesh)
    assert len(mesh.triangles)
    ends = mesh.vertices[unique[count % 2 == 1]].reshape(-1, 3)
    assert np.all(np.abs(ends[:, :2]).max(1) > 15.0), "no crack anywhere within"


def test_threads_and_order_change_nothing():
    region = Region(*BOX, 0.5, (12.0, 0.0, 0.0), 0.05)

    def run(threads: int) -> SolidMesh:
        steps = mesh_steps(ball(), region, 1.0, threads)
        shares = []
        while True:
            try:
                shares.append(next(steps))
            except StopIteration as end:
                assert shares == sorted(shares)
                return end.value

    one, three = run(1), run(3)
    assert np.array_equal(one.vertices, three.vertices) and np.array_equal(one.quads, three.quads)


def test_nothing_and_what_cannot_be():
    empty = mesh_solid(lambda x, y, z: np.ones(np.broadcast_shapes(x.shape, y.shape, z.shape)) * 1e3, Region(*BOX, 1.0))
    assert len(empty.vertices) == 0
    with pytest.raises(ValueError, match="box"):
        Region((0, 0, 0), (1, 0, 1), 0.1)
    with pytest.raises(ValueError, match="larger than 0"):
        Region((0, 0, 0), (1, 1, 1), 0.0)


def hilly(count: int = 65) -> HeightField:
    field = HeightField(np.zeros((count, count), np.float32), 60.0)
    x, y = field.points()[..., 0], field.points()[..., 1]
    return HeightField((8 * np.tanh(x / 4) + np.sin(y * 0.5)).astype(np.float32), 60.0)


def test_all_forms_together_are_one_closed_block():
    field = hilly()
    params = SolidParams(seed=4, caves=1, cave_radius=2.0, arches=1, arch_span=12.0, overhangs=1, overhang_size=3.0, floating=1,
                         floating_size=6.0, floating_height=12.0, boulders=3, boulder_size=3.0)  # fmt: skip
    forms = elements(field, params)
    assert len(forms) == 6
    solid = Solid(field, forms, floor=-15.0)
    mesh = mesh_solid(solid, Region((-31.0, -31.0, -16.0), (31.0, 31.0, 45.0), 0.5, (-20.0, 0.0, 10.0), 0.04), 1.6)
    count = shares(mesh)[1]
    assert np.all(count % 2 == 0), "an odd number of faces at an edge is a crack"
    assert (count == 2).mean() > 0.999
    assert volume(mesh) > 0


def test_a_tube_through_a_hill_is_a_hole_of_its_width():
    field = HeightField(np.full((33, 33), 10.0, np.float32), 40.0)
    rod = Strands(np.array([[-30.0, 0.0, 5.0]]), np.array([[30.0, 0.0, 5.0]]), np.array([[2.0, 2.0]]))
    solid = Solid(field, [Element(rod, cut=True, blend=0.1)], floor=0.0)
    mesh = mesh_solid(solid, Region((-21.0, -21.0, -1.0), (21.0, 21.0, 11.0), 0.25), 1.6)
    assert set(shares(mesh)[1]) == {2}
    assert np.isclose(volume(mesh), 40 * 40 * 10 - np.pi * 4 * 40, rtol=0.01)
    inside = mesh.vertices[
        (np.abs(mesh.vertices[:, 0]) < 18) & (np.hypot(mesh.vertices[:, 1], mesh.vertices[:, 2] - 5) < 3)
    ]
    assert np.allclose(np.hypot(inside[:, 1], inside[:, 2] - 5), 2.0, atol=0.05)


def test_smooth_minimum():
    a = np.linspace(-2, 2, 41, dtype=np.float32)
    assert np.all(smooth_min(a, -a, np.float32(0.5)) <= np.minimum(a, -a))
    assert np.isclose(smooth_min(np.float32(1), np.float32(1), np.float32(0.8)), 0.8)
    assert np.allclose(smooth_min(a, a + 3, np.float32(0.5)), a)
