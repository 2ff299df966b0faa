"""Checkpoints: everything comes back as it was, nothing comes back halfway."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dreamgrove.engine.methods.checkpoint import CheckpointError, read_checkpoint, write_checkpoint


def test_nested_state_comes_back(tmp_path):
    layer = torch.nn.Linear(3, 2)
    optimizer = torch.optim.Adam(layer.parameters())
    layer(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    shared = torch.arange(6.0)
    state = {
        "model": layer.state_dict(),
        "optimizer": optimizer.state_dict(),
        "views": [shared, shared[:3], shared.reshape(2, 3).T],
        "half": torch.ones(2, dtype=torch.bfloat16),
        "scalar": np.float32(2.5),
        "grid": np.arange(4, dtype=np.int16).reshape(2, 2),
        "zero_d": np.array(7.0),
        "rng": torch.get_rng_state(),
        "step": 3,
        "none": None,
        "pair": (1, "a"),
        "inf": float("inf"),
    }
    path = tmp_path / "c.safetensors"
    write_checkpoint(path, state)
    again = read_checkpoint(path)
    assert again is not None
    fresh = torch.optim.Adam(layer.parameters())
    fresh.load_state_dict(again["optimizer"])
    assert torch.equal(again["model"]["weight"], layer.weight)
    for one, other in zip(again["views"], state["views"], strict=True):
        assert torch.equal(one, other)
    assert again["half"].dtype == torch.bfloat16
    assert again["scalar"] == 2.5
    assert np.array_equal(again["grid"], state["grid"]) and again["grid"].dtype == np.int16
    assert again["zero_d"].shape == ()
    assert torch.equal(again["rng"], state["rng"])
    assert (again["step"], again["none"], again["pair"], again["inf"]) == (3, None, (1, "a"), float("inf"))
    assert [each.name for each in tmp_path.iterdir()] == ["c.safetensors"]


def test_no_checkpoint_is_none(tmp_path):
    assert read_checkpoint(tmp_path / "c.safetensors") is None


def test_a_failed_write_leaves_the_one_before(tmp_path, monkeypatch):
    path = tmp_path / "c.safetensors"
    write_checkpoint(path, {"step": 1})
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError, match="No space"):
        write_checkpoint(path, {"step": 2})
    assert read_checkpoint(path) == {"step": 1}
    assert [each.name for each in tmp_path.iterdir()] == ["c.safetensors"]


def test_damaged_and_foreign_files_are_refused(tmp_path):
    path = tmp_path / "c.safetensors"
    write_checkpoint(path, {"a": np.ones(100)})
    path.write_bytes(path.read_bytes()[:-50])
    with pytest.raises(CheckpointError, match="damaged"):
        read_checkpoint(path)
    path.write_bytes(b"\x80\x04\x95")  # a pickle's beginning
    with pytest.raises(CheckpointError, match="damaged"):
        read_checkpoint(path)


def test_what_has_no_place_is_refused(tmp_path):
    with pytest.raises(TypeError, match="not object"):
        write_checkpoint(tmp_path / "c.safetensors", {"a": object()})
