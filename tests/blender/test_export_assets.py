"""Shards: the arrays that training reads, in the order and types that it demands."""

from __future__ import annotations

import numpy as np
import pytest

from dreamgrove.procedural.concepts.base import CONCEPT_NAMES
from dreamgrove.procedural.export_assets import export_shard, main, tasks


def test_shards_hold_what_training_reads(tmp_path, capsys):
    assert main(["--concepts", "crystal,pumpkin", "--per-concept", "3", "--seed", "5", "--shard-size", "2",
                 "--output", str(tmp_path)]) == 0  # fmt: skip
    paths = sorted(tmp_path.iterdir())
    assert [p.name for p in paths] == [f"{c}-{s:07d}.npz" for c in ("crystal", "pumpkin") for s in (5, 7)]
    with np.load(paths[0], allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    num_vertices, num_triangles = arrays["vertex_offsets"][-1], arrays["triangle_offsets"][-1]
    shapes = {
        "vertices": (num_vertices, 3), "normals": (num_vertices, 3), "primary": (num_vertices,), "tone": (num_vertices,),
        "color": (num_vertices, 3), "triangles": (num_triangles, 3), "thin": (num_triangles,), "concept": (2,),
        "seed": (2,), "traits": (2, 5), "scale": (2,), "vertex_offsets": (3,), "triangle_offsets": (3,),
    }  # fmt: skip
    assert {name: array.shape for name, array in arrays.items()} == shapes
    types = {"triangles": np.int32, "thin": np.uint8, "concept": np.int32, "seed": np.int64,
             "vertex_offsets": np.int64, "triangle_offsets": np.int64}  # fmt: skip
    assert {name: array.dtype for name, array in arrays.items()} == {n: types.get(n, np.float32) for n in shapes}
    assert arrays["seed"].tolist() == [5, 6]
    assert set(arrays["concept"]) == {CONCEPT_NAMES.index("crystal")}
    assert np.isnan(arrays["traits"][:, 3]).all(), "crystals have no spikes"
    assert "ms each" in capsys.readouterr().out


def test_same_seeds_give_the_same_bytes(tmp_path):
    made = []
    for folder in ("a", "b"):
        (task,) = tasks(["pumpkin"], 2, 3, 100, tmp_path / folder)
        export_shard(task)
        made.append(task.path.read_bytes())
    assert made[0] == made[1]


def test_a_task_a_shard(tmp_path):
    todo = tasks(["rock", "shell"], 250, 10, 100, tmp_path)
    assert [(t.concept, t.first, t.count) for t in todo] == [
        (name, *rest) for rest in ((10, 100), (110, 100), (210, 50)) for name in ("rock", "shell")
    ]


def test_unknown_concepts_are_named(tmp_path, capsys):
    assert main(["--concepts", "dragon", "--output", str(tmp_path)]) == 1
    assert "no concept 'dragon'; there are mushroom" in capsys.readouterr().err


@pytest.mark.parametrize("processes", [2])
def test_processes_share_the_work(tmp_path, processes):
    arguments = ["--concepts", "crystal", "--per-concept", "2", "--shard-size", "1", "--output", str(tmp_path)]
    assert main([*arguments, "--processes", str(processes)]) == 0
    assert len(list(tmp_path.iterdir())) == 2
