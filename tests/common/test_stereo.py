"""Stereo pairs from one picture with depth, against the true second view of a scene that is known everywhere."""

from __future__ import annotations

import pytest

np = pytest.importorskip("numpy")

from dreamgrove.procedural.scene import stereo  # noqa: E402

FOCAL, BASELINE, WIDTH, HEIGHT = 120.0, 0.1, 160, 96
THINGS = (
    (-0.5, 0.4, -0.3, 0.5, 2.0),
    (0.5, 1.1, -0.5, 0.1, 1.5),
    (-1.2, -0.9, -0.6, 0.6, 1.2),
)  # left, right, bottom, top, z; m


def view(eye: float) -> tuple[np.ndarray, np.ndarray]:
    """Picture and depth from x = eye, m: textured cards before a slanted wall."""
    v, u = np.mgrid[0:HEIGHT, 0:WIDTH]
    a, b = (u - WIDTH / 2 + 0.5) / FOCAL, (v - HEIGHT / 2 + 0.5) / FOCAL
    depth = (6.0 + 0.4 * eye) / (1.0 - 0.4 * a)  # the wall z = 6 + 0.4 x
    color = texture(eye + a * depth, b * depth, 0)
    for number, (left, right, bottom, top, z) in enumerate(sorted(THINGS, key=lambda each: -each[4]), 1):
        x, y = eye + a * z, b * z
        inside = (x > left) & (x < right) & (y > bottom) & (y < top) & (z < depth)
        depth = np.where(inside, z, depth)
        color = np.where(inside[..., None], texture(x, y, number), color)
    return color, depth


def texture(x, y, number):
    waves = [0.5 + 0.4 * np.sin((5 + k) * x + number * 2.1 + k) * np.cos((4 - k) * y + k) for k in range(3)]
    return np.stack(waves, -1)


def psnr(one, other, where=None):
    squared = (one - other) ** 2
    return -10 * np.log10(float((squared if where is None else squared[where]).mean()))


def test_the_right_eye_sees_what_it_would_see():
    image, depth = view(0.0)
    true, _ = view(BASELINE)
    pair = stereo.stereo_pair(image, stereo.disparity_of_depth(depth, FOCAL, BASELINE))
    assert np.isfinite(pair.right).all() and pair.left is image
    assert 0.005 < pair.filled_right.mean() < 0.12
    assert psnr(pair.right, true, ~pair.filled_right) > 30
    assert psnr(pair.right, true) > 26 > 20 > psnr(image, true)


def test_soft_edges_of_depth_are_sharpened():
    """Depth as networks guess it, blurred over edges: without sharpening, fringes hang between near and far."""
    image, depth = view(0.0)
    true, _ = view(BASELINE)
    exact = FOCAL * BASELINE / depth
    soft = exact
    for axis in (0, 1):
        soft = (np.roll(soft, 1, axis) + soft + np.roll(soft, -1, axis)) / 3
    sharp = stereo.sharpened(soft, 2)
    edges = np.abs(soft - exact) > 0.5
    assert edges.sum() > 200 and np.abs(sharp - exact)[edges].mean() < 0.4 * np.abs(soft - exact)[edges].mean()
    better, worse = (psnr(stereo.stereo_pair(image, soft, sharpen=r).right, true) for r in (2, 0))
    assert better > worse + 0.5
    np.testing.assert_allclose(stereo.sharpened(np.linspace(0, 40, 50)[None] + np.zeros((40, 1)), 2)[5:-5, 5:-5],
                               (np.linspace(0, 40, 50)[None] + np.zeros((40, 1)))[5:-5, 5:-5])  # fmt: skip


def test_centred_pairs_are_mirror_images():
    image, depth = view(0.0)
    disparity = FOCAL * BASELINE / depth
    pair = stereo.stereo_pair(image, disparity, centred=True)
    mirrored = stereo.stereo_pair(image[:, ::-1], disparity[:, ::-1], centred=True)
    np.testing.assert_allclose(mirrored.right[:, ::-1], pair.left)
    for eye, picture in ((-BASELINE / 2, pair.left), (BASELINE / 2, pair.right)):
        assert psnr(picture, view(eye)[0]) > 26


def test_what_is_nearer_hides_what_is_farther():
    disparity = np.zeros((1, 20))
    disparity[0, 12:15] = 4.0
    found = stereo.forward_disparity(disparity)[0]
    assert (
        (found[8:11] == 4).all() and np.isnan(found[12:15]).all() and (found[:8] == 0).all() and (found[15:] == 0).all()
    )


def test_infinity_stays_and_bad_input_is_refused():
    image = np.random.default_rng(0).random((8, 9, 3))
    far = stereo.disparity_of_depth(np.full((8, 9), np.inf), FOCAL, BASELINE)
    np.testing.assert_array_equal(stereo.stereo_pair(image, far).right, image)
    with pytest.raises(ValueError, match="one size"):
        stereo.stereo_pair(image, far[:4])
    with pytest.raises(ValueError, match="positive"):
        stereo.disparity_of_depth(np.zeros((2, 2)), FOCAL, BASELINE)
    huge = stereo.stereo_pair(image, np.full((8, 9), 50.0))
    assert np.isfinite(huge.right).all() and huge.filled_right.all()
