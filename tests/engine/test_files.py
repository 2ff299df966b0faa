"""Files that are whole or not there, and the one curve of sRGB."""

from __future__ import annotations

import os

import numpy as np
import pytest
import torch

from dreamgrove.engine.color import linear_to_srgb, srgb_to_linear, to_linear, to_srgb
from dreamgrove.engine.files import written_aside


def write_half(path):
    with written_aside(path) as aside:
        aside.write_text("half of tw")
        raise RuntimeError


def test_a_file_is_whole_or_not_there(tmp_path):
    path = tmp_path / "new" / "a.txt"
    with written_aside(path) as aside:
        aside.write_text("one")
        assert not path.exists()
    assert path.read_text() == "one"
    with pytest.raises(RuntimeError):
        write_half(path)
    assert path.read_text() == "one"
    assert [each.name for each in path.parent.iterdir()] == ["a.txt"], "nothing is left beside it"


def test_what_a_killed_writer_left_is_written_over(tmp_path):
    path = tmp_path / "a.txt"
    (tmp_path / "a.txt.part").write_text("a longer text than the new one")
    with written_aside(path) as aside:
        aside.write_text("new")
    assert path.read_text() == "new"


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_permissions_hold_from_the_first_byte(tmp_path):
    with written_aside(tmp_path / "secret", 0o600) as aside:
        assert aside.stat().st_mode & 0o777 == 0o600
        aside.write_text("token")
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_arrays_and_tensors_share_the_curve():
    values = np.linspace(0.0, 1.0, 1001, dtype=np.float32)
    assert np.array_equal(to_srgb(values), linear_to_srgb(torch.from_numpy(values)).numpy())
    assert np.array_equal(to_linear(values), srgb_to_linear(torch.from_numpy(values)).numpy())
    np.testing.assert_allclose(to_linear(to_srgb(values)), values, atol=2e-6)
    assert to_linear((1.0, 0.0, 0.5)).dtype == np.float32
    assert to_srgb([-1.0, 2.0]).tolist() == pytest.approx([0.0, 1.0])
