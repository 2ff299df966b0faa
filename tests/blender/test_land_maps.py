"""Maps come back as they went: EXR to the bit, PNG to a part in 65,535."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest

from dreamgrove.procedural.terrain.field import HeightField
from dreamgrove.procedural.terrain.maps import (
    CLASSES,
    read_height_map,
    read_map,
    read_semantic,
    semantic,
    write_map,
    write_maps,
    write_semantic,
)


@pytest.fixture
def field() -> HeightField:
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    rng = np.random.default_rng(3)
    heights = rng.normal(0.0, 300.0, (33, 33))
    return HeightField(heights, 640.0, (5.0, -7.0), {"flow": rng.random((33, 33)) * 1e5})


def test_exr_is_exact_and_png_has_sixteen_bits(field: HeightField, tmp_path: Path):
    exact = read_height_map(write_map(field.heights, tmp_path / "height.exr", field))
    np.testing.assert_array_equal(exact.heights.astype(np.float32), field.heights.astype(np.float32))
    assert exact.size == 640.0 and exact.center == (5.0, -7.0)
    coarse = read_height_map(write_map(field.heights, tmp_path / "coarse.png", field))
    np.testing.assert_allclose(coarse.heights, field.heights, atol=np.ptp(field.heights) / 65535 * 0.75)
    steps = np.unique(np.rint(read_map(tmp_path / "coarse.png")[..., 0] / (np.ptp(field.heights) / 65535)))
    assert len(steps) > 800  # of 1,089: more than eight bits could tell apart
    assert len(bpy.data.images) == 0 and len(bpy.data.scenes) == 1
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".part")]


def test_all_maps_of_a_land(field: HeightField, tmp_path: Path):
    files = write_maps(field, tmp_path / "maps")
    assert set(files) == {"height", "normal", "flow", "semantic"}
    normals = read_map(files["normal"]) * 2.0 - 1.0
    np.testing.assert_allclose(normals, field.normals(), atol=1e-6)
    np.testing.assert_array_equal(read_map(files["flow"])[..., 0], field.layers["flow"].astype(np.float32))


def test_semantics_say_what_lies_where(tmp_path: Path):
    x = np.linspace(-10.0, 10.0, 41)
    heights = np.tile(np.where(x > 5.0, 5.0 + (x - 5.0) * 3.0, x), (41, 1))
    snow = np.zeros((41, 41))
    snow[:5] = 0.4
    numbers = semantic(HeightField(heights * 0.3, 20.0, layers={"snow": snow}), sea_level=-1.0, beach=0.8)
    name = lambda row, column: CLASSES[numbers[row, column]]  # noqa: E731
    assert name(20, 0) == "water" and name(20, 18) == "sand" and name(20, 26) == "grass"
    assert name(20, 38) == "rock" and name(2, 38) == "snow" and name(2, 0) == "water"
    np.testing.assert_array_equal(read_semantic(write_semantic(numbers, tmp_path / "semantic.png")), numbers)


def test_what_is_wrong_is_said_and_nothing_written(field: HeightField, tmp_path: Path):
    with pytest.raises(ValueError, match=r"neither \.exr nor \.png"):
        write_map(field.heights, tmp_path / "height.jpg")
    with pytest.raises(ValueError, match="not finite"):
        write_map(field.heights * np.nan, tmp_path / "height.exr")
    assert not list(tmp_path.iterdir())
    (tmp_path / "text.png").write_text("no image")
    with pytest.raises(ValueError, match=r"text\.png cannot be read as an image"):
        read_map(tmp_path / "text.png")
    with pytest.raises(ValueError, match="give the size in metres"):
        read_height_map(write_map(field.heights, tmp_path / "bare.exr"))
