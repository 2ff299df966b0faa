"""Assets for training: every seed evaluated once to a compact mesh with colours, in shards.

    python -m dreamgrove.procedural.export_assets --concepts all --per-concept 300 --seed 0 --output DIR

runs inside Blender's Python. One object and one node group a concept are reused, so that nothing grows in the file. The shard's arrays are
described in engine/training/assets.py, which reads them; `compact` makes one asset of an evaluated mesh.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from .concepts import GENERATORS, Generator, generator_named
from .concepts.base import CONCEPT_NAMES, TRAIT_NAMES, grow
from .ending import end
from .graph import EvaluatedMesh, evaluate, set_inputs

MAX_TRIANGLES = 6000
RADIUS = 0.95  # engine units from the centre of the bounding box to the farthest vertex


class ExportError(ValueError):
    """A generator yields something that cannot be trained on; the text names generator, seed and what is wrong."""


@dataclass(frozen=True)
class CompactAsset:
    """See engine/training/assets.py for shapes and units; traits NaN where the concept has none."""

    vertices: np.ndarray
    triangles: np.ndarray
    normals: np.ndarray
    primary: np.ndarray
    tone: np.ndarray
    color: np.ndarray
    thin: np.ndarray
    concept: int
    seed: int
    traits: np.ndarray
    scale: float


_PER_VERTEX = ("vertices", "normals", "primary", "tone", "color")
_PER_TRIANGLE = ("triangles", "thin")


class Exporter:
    """One generator on one object, evaluated again and again."""

    def __init__(self, generator: Generator) -> None:
        self.generator = generator
        first = generator.for_training(generator.sample(0))
        self._object = grow(generator, first, f"export {generator.name}")
        self._modifier = self._object.modifiers[0]

    def params(self, seed: int) -> Any:
        return self.generator.for_training(self.generator.sample(seed))

    def asset(self, seed: int) -> CompactAsset:
        """The asset of a seed. Raises ExportError when it breaks the contract."""
        params = self.params(seed)
        set_inputs(self._modifier, params)
        return compact(evaluate(self._object), self.generator, seed, self.generator.traits_of(params))

    def close(self) -> None:
        """Remove object, mesh and group from the file."""
        mesh, tree = self._object.data, self._modifier.node_group
        bpy.data.objects.remove(self._object)
        bpy.data.meshes.remove(mesh)
        bpy.data.node_groups.remove(tree)


def compact(mesh: EvaluatedMesh, generator: Generator, seed: int, traits: dict[str, float]) -> CompactAsset:
    """An evaluated mesh of a generator in engine space. Raises ExportError."""
    who = f"{generator.name}, seed {seed}"
    if not 0 < len(mesh.triangles) <= MAX_TRIANGLES:
        raise ExportError(
            f"{who} has {len(mesh.triangles)} triangles, the budget is 1 to {MAX_TRIANGLES}; lower its training_detail"
        )
    said = np.array([traits.get(name, np.nan) for name in TRAIT_NAMES], np.float32)
    return pack(mesh, who, CONCEPT_NAMES.index(generator.name), seed, said)


def pack(mesh: EvaluatedMesh, who: str, concept: int, seed: int, traits: np.ndarray) -> CompactAsset:
    """A mesh with `primary`, `tone` and `part_color` on its points in engine space; vertices are split where shading normals differ.

    who: its name in messages. traits: [5] float32, NaN where the concept has none. Raises ExportError.
    """
    for name in ("primary", "tone", "part_color"):
        if mesh.domains.get(name) != "POINT":
            raise ExportError(
                f"{who}: {name} is {mesh.domains.get(name, 'missing')}; paint() every part before joining"
            )
    if not len(mesh.triangles) or not np.isfinite(mesh.vertices).all():
        raise ExportError(f"{who} has no triangles, or vertices that are not finite")
    source, triangles, normals = _split_by_normal(mesh)
    low, high = mesh.vertices[source].min(0), mesh.vertices[source].max(0)
    centred = mesh.vertices[source].astype(np.float64) - (low.astype(np.float64) + high) / 2
    scale = float(np.sqrt((centred**2).sum(1).max())) / RADIUS
    thin = mesh.attributes.get("thin")
    return CompactAsset(
        vertices=(centred / scale).astype(np.float32),
        triangles=triangles,
        normals=normals,
        primary=np.clip(mesh.attributes["primary"][source], 0, 1),
        tone=np.maximum(mesh.attributes["tone"][source], 0),
        color=np.clip(mesh.attributes["part_color"][source, :3], 0, 1),
        thin=(np.zeros(len(triangles), bool) if thin is None else thin[mesh.polygon_of]).astype(np.uint8),
        concept=concept,
        seed=seed,
        traits=traits,
        scale=scale,
    )


def _split_by_normal(mesh: EvaluatedMesh) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Source vertex of each new vertex [V], triangles [F, 3] int32 over the new ones, unit normals [V, 3] float32."""
    corners = mesh.normals.reshape(-1, 3)
    steps = np.rint(corners * 100.0).astype(np.int64) + 100  # equal to about half a degree: one vertex
    key = ((mesh.triangles.reshape(-1).astype(np.int64) * 256 + steps[:, 0]) * 256 + steps[:, 1]) * 256 + steps[:, 2]
    _, first, new = np.unique(key, return_index=True, return_inverse=True)
    length = np.linalg.norm(corners[first], axis=1, keepdims=True)
    normals = np.where(length > 1e-6, corners[first] / np.maximum(length, 1e-6), (0.0, 0.0, 1.0)).astype(np.float32)
    return mesh.triangles.reshape(-1)[first], new.reshape(-1, 3).astype(np.int32), normals


def write_shard(path: Path, assets: Sequence[CompactAsset]) -> None:
    """Write one shard, aside first and then into place."""
    arrays = {
        "vertex_offsets": np.cumsum([0] + [len(a.vertices) for a in assets]).astype(np.int64),
        "triangle_offsets": np.cumsum([0] + [len(a.triangles) for a in assets]).astype(np.int64),
        "concept": np.array([a.concept for a in assets], np.int32),
        "seed": np.array([a.seed for a in assets], np.int64),
        "traits": np.stack([a.traits for a in assets]).astype(np.float32),
        "scale": np.array([a.scale for a in assets], np.float32),
    }
    for name in (*_PER_VERTEX, *_PER_TRIANGLE):
        arrays[name] = np.concatenate([getattr(a, name) for a in assets])
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        np.savez(file, **arrays)
    os.replace(aside, path)


@dataclass(frozen=True)
class Task:
    """One shard: seeds first .. first + count of a concept."""

    concept: str
    first: int
    count: int
    path: Path


def known_concepts() -> tuple[str, ...]:
    """The names of all that can be exported: the sixteen, then the grown ones."""
    from .concepts.grown import GROWN

    return tuple(each.name for each in (*GENERATORS, *GROWN))


def exporter_named(name: str) -> Any:
    """What exports a concept: Exporter or GrownExporter, both with `asset(seed)` and `close()`. Raises KeyError naming what there is."""
    _demand_known(name)
    if name in {each.name for each in GENERATORS}:
        return Exporter(generator_named(name))
    from .concepts.grown import grown_named
    from .export_grown import GrownExporter  # it builds on this module

    return GrownExporter(grown_named(name))


def _demand_known(name: str) -> None:
    if name not in known_concepts():
        raise KeyError(f"no concept {name!r}; there are {', '.join(known_concepts())}")


def export_shard(task: Task) -> tuple[Task, float]:
    """Make one shard; returns the task and the seconds it took."""
    start = time.perf_counter()
    exporter = exporter_named(task.concept)
    try:
        write_shard(task.path, [exporter.asset(seed) for seed in range(task.first, task.first + task.count)])
    finally:
        exporter.close()
    return task, time.perf_counter() - start


def tasks(concepts: Sequence[str], per_concept: int, seed: int, shard_size: int, output: Path) -> list[Task]:
    """The shards to make, one of each concept in turn, so that what there is when time is up is of all alike."""
    return [
        Task(name, first, min(shard_size, seed + per_concept - first), output / f"{name}-{first:07d}.npz")
        for first in range(seed, seed + per_concept, shard_size)
        for name in concepts
    ]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="export_assets", description="Export training assets from the generators.")
    parser.add_argument("--concepts", default="all", help="names with commas, all (that ship) or grown (the families)")
    parser.add_argument("--per-concept", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--shard-size", type=int, default=100)
    parser.add_argument("--keep", action="store_true", help="leave shards alone that are there: go on after a break")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument(
        "--share", default="0/1", help="k/n: only every n-th shard, from the k-th; what --processes uses"
    )
    options = parser.parse_args(arguments)
    sets = {"all": known_concepts()[: len(GENERATORS)], "grown": known_concepts()[len(GENERATORS) :]}
    names = sets.get(options.concepts) or options.concepts.split(",")
    try:
        for name in names:
            _demand_known(name)
        todo = tasks(names, options.per_concept, options.seed, options.shard_size, options.output)
        share, shares = (int(number) for number in options.share.split("/"))
        if options.processes > 1:
            return _run_shares(sys.argv[1:] if arguments is None else arguments, options.processes)
        for task in todo[share::shares]:
            if not (options.keep and task.path.exists()):
                _report(*export_shard(task))
    except (KeyError, ExportError) as error:
        sys.stderr.write(f"{error.args[0]}\n")
        return 1
    return 0


def _run_shares(arguments: Sequence[str], processes: int) -> int:
    """The same command in several processes, a share of the shards each; 0 when all succeeded.

    Whole processes rather than multiprocessing, whose pool waits for ever when a worker cannot start.
    """
    command = [sys.executable, "-m", f"{__package__}.export_assets", *arguments, "--processes", "1", "--share"]
    children = [subprocess.Popen([*command, f"{k}/{processes}"]) for k in range(processes)]
    return max([abs(child.wait()) for child in children])


def _report(task: Task, seconds: float) -> None:
    sys.stdout.write(f"{task.path.name}: {task.count} assets, {1000 * seconds / task.count:.1f} ms each\n")
    sys.stdout.flush()


if __name__ == "__main__":
    end(main())
