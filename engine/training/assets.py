"""Compact asset meshes: what the generators export and both trainers read.

A shard is one `.npz` (never pickled objects) of A assets, their arrays concatenated:

    vertices float32 [V, 3]     engine space (Z up, front to -Y, bounding box centred, farthest vertex at .95)
    normals float32 [V, 3]      shading normals, unit
    primary float32 [V]         share of the prompt's colour, 0..1
    tone float32 [V]            multiplies the prompt's colour, about .5..1.3
    color float32 [V, 3]        linear RGB of whatever is not the prompt's colour
    triangles int32 [F, 3]      indices into the asset's own vertices (0 is its first vertex)
    thin uint8 [F]              1 where the triangle belongs to an open sheet
    vertex_offsets int64 [A+1]  asset i owns vertices[vertex_offsets[i]:vertex_offsets[i + 1]]
    triangle_offsets int64 [A+1]
    concept int32 [A]           index into words.CONCEPTS
    seed int64 [A]
    traits float32 [A, 5]       words.TRAITS order, -1..1; NaN where the concept has no such trait
    scale float32 [A]           metres per engine unit

    albedo(vertex) = primary * tone * C + (1 - primary) * color,   C = linear RGB of the prompt's colour
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..files import written_aside

NUM_TRAITS = 5
_PER_VERTEX = {"vertices": 3, "normals": 3, "primary": 0, "tone": 0, "color": 3}
_PER_TRIANGLE = {"triangles": 3, "thin": 0}


@dataclass(frozen=True)
class Asset:
    """One sampled asset; arrays as in the module's docstring (usually views into a shard)."""

    vertices: np.ndarray  # [V, 3] float32
    triangles: np.ndarray  # [F, 3] int32
    normals: np.ndarray  # [V, 3] float32
    primary: np.ndarray  # [V] float32
    tone: np.ndarray  # [V] float32
    color: np.ndarray  # [V, 3] float32, linear RGB
    thin: np.ndarray  # [F] uint8
    concept: int = 0
    seed: int = 0
    traits: np.ndarray | None = None  # [5] float32, NaN = the concept has no such trait
    scale: float = 1.0  # metres per engine unit

    def albedo(self, color: Sequence[float]) -> np.ndarray:
        """Linear RGB per vertex [V, 3] when the prompt's colour is `color` (linear RGB)."""
        share = self.primary[:, None]
        return share * self.tone[:, None] * np.asarray(color, np.float32) + (1.0 - share) * self.color


class ShardError(ValueError):
    """A shard that cannot be trusted; the message says which file and what is wrong with it."""


def write_shard(path: Path, assets: Sequence[Asset]) -> None:
    """Write `assets` as one shard, aside first and then into place."""
    if not assets:
        raise ValueError("A shard needs at least one asset.")
    no_traits = np.full(NUM_TRAITS, np.nan, np.float32)
    arrays: dict[str, Any] = {
        "vertex_offsets": np.cumsum([0] + [len(a.vertices) for a in assets]).astype(np.int64),
        "triangle_offsets": np.cumsum([0] + [len(a.triangles) for a in assets]).astype(np.int64),
        "concept": np.array([a.concept for a in assets], np.int32),
        "seed": np.array([a.seed for a in assets], np.int64),
        "traits": np.stack([no_traits if a.traits is None else a.traits for a in assets]).astype(np.float32),
        "scale": np.array([a.scale for a in assets], np.float32),
    }
    types = {"triangles": np.int32, "thin": np.uint8}
    for name in (*_PER_VERTEX, *_PER_TRIANGLE):
        arrays[name] = np.concatenate([getattr(a, name) for a in assets]).astype(types.get(name, np.float32))
    with written_aside(path) as aside, aside.open("wb") as file:
        np.savez(file, **arrays)


def read_shard(path: Path) -> list[Asset]:
    """All assets of one shard. Raises ShardError if anything in it could mislead the rasteriser."""
    path = Path(path)
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise ShardError(f"{path.name} is not a readable shard ({error}); export it again.") from error
    _check(path.name, arrays)
    vertex_offsets, triangle_offsets = arrays["vertex_offsets"], arrays["triangle_offsets"]
    assets = []
    for i in range(len(arrays["concept"])):
        v = slice(int(vertex_offsets[i]), int(vertex_offsets[i + 1]))
        f = slice(int(triangle_offsets[i]), int(triangle_offsets[i + 1]))
        assets.append(
            Asset(
                **{name: arrays[name][v] for name in _PER_VERTEX},
                **{name: arrays[name][f] for name in _PER_TRIANGLE},
                concept=int(arrays["concept"][i]),
                seed=int(arrays["seed"][i]),
                traits=arrays["traits"][i],
                scale=float(arrays["scale"][i]),
            )
        )
    return assets


def _check(name: str, arrays: dict[str, np.ndarray]) -> None:
    """The rasteriser indexes without bounds checks, so the shard is checked here, once."""

    def demand(condition: bool, what: str) -> None:
        if not condition:
            raise ShardError(f"{name}: {what}; export it again.")

    required = (
        *_PER_VERTEX,
        *_PER_TRIANGLE,
        "vertex_offsets",
        "triangle_offsets",
        "concept",
        "seed",
        "traits",
        "scale",
    )
    missing = [key for key in required if key not in arrays]
    demand(not missing, f"arrays missing: {', '.join(missing)}")
    num_assets = len(arrays["concept"])
    for group, offsets_name in ((_PER_VERTEX, "vertex_offsets"), (_PER_TRIANGLE, "triangle_offsets")):
        offsets = arrays[offsets_name]
        demand(offsets.shape == (num_assets + 1,) and offsets[0] == 0, f"{offsets_name} must be [assets + 1] from 0")
        demand(bool((np.diff(offsets) > 0).all()), f"{offsets_name} must increase (an asset is empty)")
        for key, width in group.items():
            expected = (int(offsets[-1]), width) if width else (int(offsets[-1]),)
            demand(arrays[key].shape == expected, f"{key} is {arrays[key].shape}, expected {expected}")
    for key in _PER_VERTEX:
        demand(arrays[key].dtype == np.float32, f"{key} must be float32")
        demand(bool(np.isfinite(arrays[key]).all()), f"{key} holds values that are not finite")
    demand(arrays["triangles"].dtype == np.int32, "triangles must be int32")
    demand(arrays["traits"].shape == (num_assets, NUM_TRAITS), f"traits must be [assets, {NUM_TRAITS}]")
    starts = arrays["triangle_offsets"][:-1].astype(np.intp)
    flat = arrays["triangles"]
    demand(int(flat.min()) >= 0, "a triangle has a negative index")
    highest = np.maximum.reduceat(flat.max(axis=1), starts)
    demand(bool((highest < np.diff(arrays["vertex_offsets"])).all()), "a triangle points beyond its asset's vertices")


class AssetLibrary:
    """All shards of a folder, in memory; `refresh` picks up shards that were written since."""

    def __init__(self, folder: Path, holdout: float = 0.0):
        """holdout: share of the assets (chosen by seed, per concept alike) that `train` never yields."""
        self.folder = Path(folder)
        self.holdout = holdout
        self.assets: list[Asset] = []
        self._read: set[str] = set()
        self.refresh()

    def refresh(self) -> int:
        """Read the shards not read yet; returns how many assets are new."""
        before = len(self.assets)
        for path in sorted(self.folder.glob("*.npz")):
            if path.name not in self._read:
                self.assets.extend(read_shard(path))
                self._read.add(path.name)
        return len(self.assets) - before

    def __len__(self) -> int:
        return len(self.assets)

    def __iter__(self) -> Iterator[Asset]:
        return iter(self.assets)

    def is_held_out(self, asset: Asset) -> bool:
        """Decided by the seed alone, so that every trainer and judge agrees on it."""
        return (asset.seed * 2654435761 + asset.concept * 40503) % 1000 < self.holdout * 1000

    def train(self) -> list[Asset]:
        return [a for a in self.assets if not self.is_held_out(a)]

    def held_out(self) -> list[Asset]:
        return [a for a in self.assets if self.is_held_out(a)]
