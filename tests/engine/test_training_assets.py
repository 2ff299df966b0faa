"""Shards: what is written is read back, and what would mislead the rasteriser is refused by name."""

from __future__ import annotations

import os
import sys

import numpy as np
import pytest

from dreamgrove.engine.training.assets import AssetLibrary, ShardError, read_shard, write_shard

sys.path.insert(0, os.path.dirname(__file__))
from compact_meshes import chair, sphere


def test_round_trip(tmp_path):
    written = [chair(seed=5), sphere(concept=2, seed=6, traits=(0.5, -1.0, float("nan"), 0.0, 1.0))]
    write_shard(tmp_path / "a.npz", written)
    read = read_shard(tmp_path / "a.npz")
    assert [p.name for p in tmp_path.iterdir()] == ["a.npz"]
    for a, b in zip(written, read, strict=True):
        assert (a.concept, a.seed) == (b.concept, b.seed)
        for name in ("vertices", "triangles", "normals", "primary", "tone", "color", "thin"):
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
    np.testing.assert_array_equal(read[1].traits, written[1].traits)
    assert np.isnan(read[0].traits).all()


def test_albedo_mixes_the_prompts_colour():
    asset = sphere(primary=0.25)
    np.testing.assert_allclose(asset.albedo((1.0, 0.0, 0.0))[0], [0.25 + 0.75 * 0.2, 0.75 * 0.4, 0.75 * 0.6], rtol=1e-6)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"triangles": lambda a: a + 100000}, "beyond"),
        ({"triangles": lambda a: a - 1}, "negative"),
        ({"vertices": lambda a: a * np.float32(np.nan)}, "finite"),
        ({"normals": lambda a: a.astype(np.float64)}, "float32"),
        ({"color": lambda a: a[:-1]}, "color"),
        ({"triangle_offsets": lambda a: a[::-1].copy()}, "triangle_offsets"),
        ({"thin": None}, "missing: thin"),
    ],
)
def test_misleading_shards_are_refused(tmp_path, change, says):
    write_shard(tmp_path / "a.npz", [chair(), sphere()])
    arrays = dict(np.load(tmp_path / "a.npz"))
    for name, function in change.items():
        if function is None:
            arrays.pop(name)
        else:
            arrays[name] = function(arrays[name])
    np.savez(tmp_path / "b.npz", **arrays)
    with pytest.raises(ShardError, match=f"b.npz.*{says}"):
        read_shard(tmp_path / "b.npz")


def test_pickled_objects_are_not_loaded(tmp_path):
    np.savez(tmp_path / "evil.npz", vertices=np.array([{"a": 1}], dtype=object))
    with pytest.raises(ShardError, match="not a readable shard"):
        read_shard(tmp_path / "evil.npz")


def test_the_library_grows_and_keeps_seeds_back(tmp_path):
    write_shard(tmp_path / "a.npz", [sphere(seed=s) for s in range(3)])
    library = AssetLibrary(tmp_path, holdout=0.3)
    write_shard(tmp_path / "b.npz", [sphere(seed=s) for s in range(3, 40)])
    assert library.refresh() == 37
    assert library.refresh() == 0
    kept, used = {a.seed for a in library.held_out()}, {a.seed for a in library.train()}
    assert kept | used == set(range(40))
    assert not kept & used
    assert 4 <= len(kept) <= 20
