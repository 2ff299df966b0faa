"""Asset meshes to signed distance grids: what the draft model learns from.

    python -m dreamgrove.engine.training.distance --assets DIR --output DIR [--processes N]

A grid is n^3 voxel centres over [-1, 1]^3, index order [x, y, z], truncated at +-0.15 engine units, negative inside. Parts of an
asset may overlap: inside is where the winding number is positive, and walls buried in other parts are no surface. Open sheets
(`thin` triangles) become slabs, and walls of closed parts thinner than `MIN_THICKNESS` voxels are moved apart, since neither a
64^3 grid nor a latent can hold them. Voxels near the surface carry the attributes of their nearest surface point: primary share,
tone and secondary colour. The prompt's colour is applied only when a draft is decoded.

One shard of grids is one `.npz` beside each shard of meshes (see `write_grids`), about 60 kB an asset.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import igl
import numpy as np
from scipy.ndimage import distance_transform_edt, label
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from ..files import written_aside
from ..priors.draft import TRUNCATION
from . import distance_kernels as kernels
from .assets import Asset, read_shard

RESOLUTION = 64
MIN_THICKNESS = 1.75  # voxels
BAND = 1.75  # voxels: attributes are kept where |signed distance| is below this
EXACT = 2.25  # voxels: distances below this are exact, those beyond within .2 voxels
ATTRIBUTES = ("primary", "tone", "red", "green", "blue")  # one byte each; colour is the square root of linear RGB
TONE_RANGE = 1.6
_ZERO = 128  # code of distance 0; codes 1..255 are -truncation..truncation
_WELD = 1e-5  # engine units: vertices closer than this are one
_SHEET_VOLUME = 0.01  # an open part with less volume / area^1.5 than this is a sheet, marked or not (a sphere has .094)


@dataclass(frozen=True)
class Grid:
    """One asset as a truncated signed distance with attributes near its surface."""

    distance: np.ndarray  # [n, n, n] uint8, see `decode_distance`
    attributes: np.ndarray  # [M, 5] uint8 for the voxels of `band(distance)`, in C order
    concept: int = 0
    seed: int = 0
    traits: np.ndarray | None = None  # [5] float32, NaN = unknown
    scale: float = 1.0  # metres per engine unit


def encode_distance(distance: np.ndarray) -> np.ndarray:
    """float [...] engine units -> uint8 [...], a step of .0012 units (.04 voxels at 64^3)."""
    return (np.clip(distance / TRUNCATION, -1, 1) * 127 + _ZERO + 0.5).astype(np.uint8)


def decode_distance(code: np.ndarray) -> np.ndarray:
    """uint8 [...] -> float32 [...] engine units."""
    return (code.astype(np.float32) - _ZERO) * np.float32(TRUNCATION / 127)


def band(code: np.ndarray) -> np.ndarray:
    """bool [n, n, n]: the voxels that carry attributes."""
    width = int(BAND * 2 / code.shape[0] / TRUNCATION * 127)
    return np.abs(code.astype(np.int16) - _ZERO) <= width


def voxel_centers(resolution: int = RESOLUTION) -> np.ndarray:
    """float64 [n, n, n, 3] sample positions of a grid."""
    t = (np.arange(resolution) + 0.5) * 2 / resolution - 1
    return np.stack(np.meshgrid(t, t, t, indexing="ij"), -1)


# -- one asset ------------------------------------------------------------------------------------


def distance_grid(asset: Asset, resolution: int = RESOLUTION) -> Grid:
    """Signed distances and attributes of one asset. Raises ValueError if it has no surface."""
    distance, nearest, corners, triangles = signed_distance(
        asset.vertices, asset.triangles, asset.thin, resolution=resolution
    )
    code = encode_distance(distance)
    where = np.flatnonzero(band(code))
    values = np.column_stack([asset.primary, asset.tone / TONE_RANGE, np.sqrt(np.clip(asset.color, 0, 1))])
    sampled = np.zeros((len(where), len(ATTRIBUTES)), np.float32)
    kernels.interpolate(corners, triangles, values.astype(np.float32), nearest, where, sampled)
    attributes = (np.clip(sampled, 0, 1) * 255 + 0.5).astype(np.uint8)
    return Grid(code, attributes, asset.concept, asset.seed, asset.traits, asset.scale)


def signed_distance(
    vertices: np.ndarray,
    triangles: np.ndarray,
    thin: np.ndarray | None = None,
    resolution: int = RESOLUTION,
    min_thickness: float = MIN_THICKNESS,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Truncated signed distance of a union of closed parts and open sheets.

    vertices: [V, 3], triangles: int [F, 3], thin: [F] nonzero for sheets; min_thickness: voxels, 0 leaves walls as they are.
    Returns (distance float64 [n, n, n], nearest int32 [n, n, n] triangle or -1 beyond the truncation, corners float64 [T, 3, 3] of
    the T non-degenerate triangles as thickened, triangles int64 [T, 3]: their vertices). Raises ValueError without any.
    """
    mesh = _Parts(np.asarray(vertices, np.float64), np.asarray(triangles, np.int64), thin)
    n, voxel = resolution, 2 / resolution
    if min_thickness > 0:
        mesh.thicken(min_thickness * voxel, n)
    shape = (n, n, n)
    distance = np.full(shape, TRUNCATION)
    nearest = np.full(shape, kernels.NO_TRIANGLE, np.int32)
    solid = np.flatnonzero(~mesh.sheet)
    if len(solid):
        corners, normals = mesh.corners[solid], mesh.normals[solid]
        inside = winding_inside(corners, n)
        squared, found = np.full(shape, np.inf), np.full(shape, kernels.NO_TRIANGLE, np.int32)
        kernels.scatter(corners, normals, inside, EXACT * voxel, squared, found)
        kernels.propagate(corners, inside, False, TRUNCATION, squared, found)
        kernels.propagate(corners, inside, True, TRUNCATION, squared, found)
        distance = np.where(inside, -1.0, 1.0) * np.minimum(np.sqrt(squared), TRUNCATION)
        nearest = np.where(found >= 0, solid.astype(np.int32)[found], found)
        distance = without_cavities(distance)
    sheets = np.flatnonzero(mesh.sheet)
    if len(sheets):
        half = max(min_thickness, 1.0) * voxel / 2
        outside = np.zeros(shape, bool)
        squared, found = np.full(shape, np.inf), np.full(shape, kernels.NO_TRIANGLE, np.int32)
        kernels.scatter(mesh.corners[sheets], mesh.normals[sheets], outside, EXACT * voxel, squared, found)
        kernels.propagate(mesh.corners[sheets], outside, False, TRUNCATION + half, squared, found)
        slab = np.minimum(np.sqrt(squared) - half, TRUNCATION)
        closer = slab < distance
        distance = np.where(closer, slab, distance)
        nearest = np.where(closer, sheets.astype(np.int32)[found], nearest)
    return distance, nearest, mesh.corners, mesh.triangles


def without_cavities(distance: np.ndarray) -> np.ndarray:
    """[n, n, n] with everything inside that cannot be reached from the border: nobody sees into a closed barrel.

    What lies near a cavity is at least as deep as the nearest voxel outside is far, less the voxel in which the surface may be.
    """
    outside, count = label(distance > 0)
    faces = [np.take(outside, end, axis) for axis in range(3) for end in (0, -1)]
    reached = np.zeros(count + 1, bool)
    reached[np.unique(np.concatenate([face.ravel() for face in faces]))] = True
    reached[0] = False
    open_ = reached[outside]
    if not (~open_ & (distance > 0)).any():
        return distance
    depth = (distance_transform_edt(~open_) - 1) * 2 / distance.shape[0]
    return np.where(open_, distance, -np.clip(np.maximum(depth, np.where(distance < 0, -distance, 0)), 0, TRUNCATION))


def winding_inside(corners: np.ndarray, resolution: int) -> np.ndarray:
    """bool [n, n, n]: voxel centres with a positive winding number.

    Counted along the grid lines of three axes, by majority; lines on which the crossings do not cancel (an open mesh) do not vote,
    and voxels without a clear vote ask libigl's fast winding number. corners: float64 [F, 3, 3].
    """
    shape = (resolution,) * 3
    votes, known = np.zeros(shape, np.int8), np.zeros(shape, np.int8)
    for axis in range(3):
        winding, clean = kernels.crossings(corners, axis, resolution)
        kernels.vote(winding, clean, axis, votes, known)
    inside = votes > 0
    # Two agreeing axes settle a voxel; a single one, or a tie, does not.
    unclear = (known < 2) | (votes == 0)
    if unclear.any():
        points = voxel_centers(resolution)[unclear]
        flat = np.ascontiguousarray(corners.reshape(-1, 3))
        numbers = igl.fast_winding_number(flat, np.arange(len(flat), dtype=np.int64).reshape(-1, 3), points)
        inside[unclear] = numbers > 0.5
    return inside


class _Parts:
    """A mesh split into connected parts, welded, oriented outwards, ready to be thickened."""

    def __init__(self, vertices: np.ndarray, triangles: np.ndarray, thin: np.ndarray | None) -> None:
        keys = np.round(vertices / _WELD).astype(np.int64) + (1 << 19)
        packed = (keys[:, 0] << 40) | (keys[:, 1] << 20) | keys[:, 2]
        _, first, weld = np.unique(packed, return_index=True, return_inverse=True)
        self.positions = vertices[first]
        welded = weld[triangles]
        normals, areas = _normals(self.positions[welded])
        distinct = (welded[:, 0] != welded[:, 1]) & (welded[:, 1] != welded[:, 2]) & (welded[:, 2] != welded[:, 0])
        good = distinct & (areas > 1e-12)
        if not good.any():
            raise ValueError("This mesh has no triangle with an area.")
        self.triangles, self.welded = triangles[good], welded[good]
        self.normals, self.areas = normals[good], areas[good]
        self.sheet = np.zeros(len(self.welded), bool) if thin is None else np.asarray(thin)[good] != 0
        self._split()

    @property
    def corners(self) -> np.ndarray:
        return self.positions[self.welded]

    def _split(self) -> None:
        """Find connected parts; turn inverted closed ones; treat flat open ones as sheets."""
        a, b, c = self.welded.T
        count = len(self.positions)
        ends = np.concatenate([a, b]), np.concatenate([b, c])
        graph = coo_matrix((np.ones(2 * len(a), np.int8), ends), shape=(count, count))
        _, label = connected_components(graph, directed=False)
        self.part = label[a].astype(np.int32)
        num = int(self.part.max()) + 1
        start, end = np.concatenate([a, b, c]), np.concatenate([b, c, a])
        edge = np.minimum(start, end) * count + np.maximum(start, end)
        _, inverse, uses = np.unique(edge, return_inverse=True, return_counts=True)
        open_part = np.bincount(np.tile(self.part, 3), uses[inverse] % 2 == 1, num) > 0
        # Volumes about each part's own centre, so that an open part's number does not depend on where it stands.
        corners = self.corners
        area = np.bincount(self.part, self.areas, num)
        middle = np.stack([np.bincount(self.part, self.areas * m, num) for m in corners.mean(1).T], 1)
        corners = corners - (middle / np.maximum(area, 1e-30)[:, None])[self.part][:, None]
        volume = np.bincount(self.part, np.linalg.det(corners) / 6, num)
        flip = (~open_part & (volume < 0))[self.part]
        self.triangles[flip] = self.triangles[flip][:, ::-1]
        self.welded[flip] = self.welded[flip][:, ::-1]
        self.normals[flip] *= -1
        self.sheet |= (open_part & (np.abs(volume) < _SHEET_VOLUME * area**1.5))[self.part]

    def thicken(self, target: float, resolution: int) -> None:
        """Move the walls of closed parts that are thinner than `target` (engine units) apart, half the lack on each side."""
        solid = np.flatnonzero(~self.sheet)
        if not len(solid):
            return
        corners, normals = self.corners[solid], self.normals[solid]
        start, lists = kernels.cell_lists(corners, resolution)
        thickness = kernels.wall_thickness(corners, normals, self.part[solid], start, lists, resolution, target)
        lack = (target - thickness) / 2
        if lack.max() <= 0:
            return
        self.positions += kernels.vertex_offsets(self.positions, self.welded[solid], normals, self.areas[solid], lack)
        self.normals, self.areas = _normals(self.corners)


def _normals(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit normals [F, 3] (zero where degenerate) and areas [F]."""
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(cross, axis=1)
    return cross / np.maximum(length, 1e-30)[:, None], length / 2


# -- shards ---------------------------------------------------------------------------------------


class GridError(ValueError):
    """A shard of grids that cannot be read; the message says which file and what to do."""


def write_grids(path: Path, grids: Sequence[Grid]) -> None:
    """One shard: zlib streams of each grid's distance and attributes end to end, with their offsets."""
    if not grids:
        raise ValueError("A shard needs at least one grid.")
    streams = [zlib.compress(array.tobytes(), 4) for g in grids for array in (g.distance, g.attributes)]
    traits = [np.full(5, np.nan, np.float32) if g.traits is None else g.traits for g in grids]
    with written_aside(path) as aside, aside.open("wb") as file:
        np.savez(
            file,
            streams=np.frombuffer(b"".join(streams), np.uint8),
            offsets=np.cumsum([0] + [len(s) for s in streams]).astype(np.int64).reshape(-1),
            resolution=np.int32(grids[0].distance.shape[0]),
            concept=np.array([g.concept for g in grids], np.int32),
            seed=np.array([g.seed for g in grids], np.int64),
            traits=np.stack(traits).astype(np.float32),
            scale=np.array([g.scale for g in grids], np.float32),
        )


class GridSet:
    """All grids of a folder, compressed in memory, by index. Raises GridError if there are none or one cannot be read."""

    def __init__(self, folder: Path, limit: int | None = None) -> None:
        paths = sorted(Path(folder).glob("*.npz"))
        self._streams: list[tuple[memoryview, memoryview]] = []
        concept, seed, traits, scale = [], [], [], []
        for path in paths:
            try:
                with np.load(path, allow_pickle=False) as file:
                    arrays = {name: file[name] for name in file.files}
                data, offsets = memoryview(arrays["streams"]), arrays["offsets"]
                self.resolution = int(arrays["resolution"])
                concept.append(arrays["concept"])
                seed.append(arrays["seed"])
                traits.append(arrays["traits"])
                scale.append(arrays["scale"])
            except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
                raise GridError(
                    f"{path.name} is not a readable shard of grids ({error}); delete it, build it again."
                ) from error
            for i in range(len(arrays["concept"])):
                a, b, c = offsets[2 * i : 2 * i + 3]
                self._streams.append((data[a:b], data[b:c]))
        if not self._streams:
            raise GridError(f"No grids in {folder}; build them with `python -m dreamgrove.engine.training.distance`.")
        self.concept, self.seed = np.concatenate(concept), np.concatenate(seed)
        self.traits, self.scale = np.concatenate(traits), np.concatenate(scale)

    def __len__(self) -> int:
        return len(self._streams)

    def checksum(self, index: int) -> int:
        """Of an asset's grid as it is stored: tells whether it is still the same."""
        distance, attributes = self._streams[index]
        return zlib.crc32(attributes, zlib.crc32(distance))

    def __getitem__(self, index: int) -> Grid:
        n = self.resolution
        distance, attributes = (np.frombuffer(zlib.decompress(s), np.uint8) for s in self._streams[index])
        return Grid(
            distance.reshape(n, n, n),
            attributes.reshape(-1, len(ATTRIBUTES)),
            int(self.concept[index]),
            int(self.seed[index]),
            self.traits[index],
            float(self.scale[index]),
        )


def convert(source: Path, target: Path) -> tuple[int, int, float]:
    """One shard of meshes to one of grids. Returns (grids, assets without a surface, seconds)."""
    began = time.perf_counter()
    grids, empty = [], 0
    for asset in read_shard(source):
        try:
            grids.append(distance_grid(asset))
        except ValueError:
            empty += 1  # counted and reported by the caller
    if grids:
        write_grids(target, grids)
    return len(grids), empty, time.perf_counter() - began


def _jobs(assets: Path, output: Path) -> Iterator[tuple[Path, Path]]:
    """Shards whose grids are missing or older than the meshes."""
    for source in sorted(assets.glob("*.npz")):
        target = output / source.name
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            yield source, target


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Build signed distance grids from shards of asset meshes.")
    parser.add_argument("--assets", type=Path, required=True, help="folder with shards of meshes")
    parser.add_argument(
        "--output", type=Path, required=True, help="folder for the shards of grids; finished ones are kept"
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(arguments)
    jobs = list(_jobs(options.assets, options.output))
    sys.stdout.write(f"{len(jobs)} shards to convert.\n")
    with ProcessPoolExecutor(max(1, min(options.processes, len(jobs)))) as pool:
        done = pool.map(convert, [source for source, _ in jobs], [target for _, target in jobs])
        for job, (count, empty, seconds) in zip(jobs, done, strict=True):
            note = f", {empty} without a surface left out" if empty else ""
            sys.stdout.write(f"{job[1].name}: {count} grids, {1000 * seconds / max(count, 1):.0f} ms each{note}\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
