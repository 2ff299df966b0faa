"""Elements of solid land as signed distances: many simple parts a kind, each looked at only where it is near.

Distances take x, y, z that broadcast to [B, ., ., .] (blocks, see blocks.py) and are negative inside, m. Blends: I. Quilez, "Smooth minimum"
(the polynomial one).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ..field import HeightField, sample

GROUP = 16  # parts that are looked for together; neighbours in their list are neighbours on the land


class Parts(Protocol):
    """Parts of one kind: boxes [M, 2, 3] m that hold them; `distance` of some of them (indices [P]) at places [P, ., ., .]."""

    @property
    def boxes(self) -> np.ndarray: ...

    def distance(self, chosen: np.ndarray, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray: ...


@dataclass(frozen=True)
class Strands:
    """Rods with round ends: start, end [M, 3], radii [M, 2] m there. flat: how much lower than wide (1 round)."""

    start: np.ndarray
    end: np.ndarray
    radii: np.ndarray
    flat: float = 1.0

    @property
    def boxes(self) -> np.ndarray:
        reach = self.radii.max(1)[:, None]
        return np.stack([np.minimum(self.start, self.end) - reach, np.maximum(self.start, self.end) + reach], 1)

    def distance(self, chosen: np.ndarray, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Nearest place on the rod first, then its radius there."""
        tall = np.float32(1.0 / self.flat)
        start, end = self.start[chosen].astype(np.float32), self.end[chosen].astype(np.float32)
        along = end - start
        along[:, 2] *= tall
        length = np.maximum((along * along).sum(1), np.float32(1e-12))
        ax, ay, az = (_column(along[:, k]) for k in range(3))
        dx, dy, dz = x - _column(start[:, 0]), y - _column(start[:, 1]), (z - _column(start[:, 2])) * tall
        t = dx * (ax / _column(length)) + dy * (ay / _column(length)) + dz * (az / _column(length))
        np.clip(t, 0.0, 1.0, out=t)
        square = (dx - t * ax) ** 2
        square += (dy - t * ay) ** 2
        square += (dz - t * az) ** 2
        radius = self.radii[chosen].astype(np.float32)
        np.sqrt(square, out=square)
        square -= t * _column(radius[:, 1] - radius[:, 0])
        square -= _column(radius[:, 0])
        return square * np.float32(min(self.flat, 1.0))


@dataclass(frozen=True)
class Facets:
    """Convex stones: middle [M, 3]; normals [M, K, 3] and how far each face lies from the middle [M, K] m; round: of edges, m [M]."""

    middle: np.ndarray
    normals: np.ndarray
    faces: np.ndarray
    round: np.ndarray

    @property
    def boxes(self) -> np.ndarray:
        reach = (self.faces.max(1) * 1.7)[:, None]
        return np.stack([self.middle - reach, self.middle + reach], 1)

    def distance(self, chosen: np.ndarray, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """The farthest face's plane, with edges rounded off."""
        middle = self.middle[chosen].astype(np.float32)
        dx, dy, dz = x - _column(middle[:, 0]), y - _column(middle[:, 1]), z - _column(middle[:, 2])
        soft = _column(self.round[chosen].astype(np.float32))
        result = np.full(np.broadcast_shapes(dx.shape, dy.shape, dz.shape), -1e9, np.float32)
        for face in range(self.normals.shape[1]):
            normal = self.normals[chosen, face].astype(np.float32)
            plane = dx * _column(normal[:, 0]) + dy * _column(normal[:, 1]) + dz * _column(normal[:, 2])
            plane -= _column(self.faces[chosen, face].astype(np.float32))
            near = np.maximum(soft - np.abs(result - plane), np.float32(0.0))
            np.maximum(result, plane, out=result)
            near *= near
            result += near * (np.float32(0.25) / soft)
        return result


@dataclass(frozen=True)
class Element:
    """Parts that are added to the land, or cut out of it. blend: m over which they grow together. rough: height of their roughness, m.
    grain: its width, m. seed: of the roughness.
    """

    parts: Parts
    cut: bool = False
    blend: float = 1.0
    rough: float = 0.0
    grain: float = 4.0
    seed: int = 0

    def __post_init__(self) -> None:
        boxes = np.asarray(self.parts.boxes, np.float32)
        groups = [boxes[start : start + GROUP] for start in range(0, len(boxes), GROUP)]
        around = [np.stack([group[:, 0].min(0), group[:, 1].max(0)]) for group in groups]
        object.__setattr__(self, "_boxes", boxes)
        object.__setattr__(self, "_groups", np.array(around, np.float32).reshape(-1, 2, 3))

    def _find(self, low: np.ndarray, high: np.ndarray, reach: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Pairs of block and part no farther apart than reach [B]; and how far the nearest of the others is at least, [B]."""
        gap = _gaps(low[:, None], high[:, None], self._groups[None])
        near = gap <= reach[:, None]
        far = np.where(near, np.inf, gap).min(1).astype(np.float32)
        block, group = np.nonzero(near)
        part = group[:, None] * GROUP + np.arange(GROUP)
        block, part = np.repeat(block, GROUP), part.ravel()
        there = part < len(self._boxes)
        block, part = block[there], part[there]
        gap = _gaps(low[block], high[block], self._boxes[part])
        near = gap <= reach[block]
        np.minimum.at(far, block[~near], gap[~near])
        return block[near], part[near], far

    def combine(self, values: np.ndarray, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """values [B, ., ., .] of all before, with this; may be changed in place."""
        if not len(self._boxes):
            return values
        low = np.stack([each.reshape(len(each), -1)[:, 0] for each in (x, y, z)], 1)
        high = np.stack([each.reshape(len(each), -1)[:, -1] for each in (x, y, z)], 1)
        # what is nearer than a blend and two cells acts on the surface here; for single points, all that is nearer than the land
        cell = (high - low).max(1) / max(x.shape[1] - 1, 1)
        block, part, far = self._find(low, high, self.blend + 2.5 * self.rough + 2.0 * cell)
        if x.size == len(x):
            away = far.reshape(-1, 1, 1, 1)
            values = np.maximum(values, -away) if self.cut else np.minimum(values, away)
        if not len(block):
            return values
        touched, first = np.unique(block, return_index=True)
        each = self.parts.distance(part, x[block], y[block], z[block])
        each = np.minimum.reduceat(each, first, axis=0)
        if self.rough > 0.0 and np.abs(each).min() < 1.8 * self.rough + self.blend:
            at = x[touched], y[touched], z[touched]
            noise = lattice_noise(*at, self.grain, self.seed)
            for octave, share in ((1, 0.5), (2, 0.25)):  # folded: edges, as broken rock has them
                fold = np.abs(lattice_noise(*at, self.grain * 0.45**octave, self.seed + octave))
                noise += np.float32(share) * (np.float32(1.0) - np.float32(3.0) * fold)
            each += noise * np.float32(self.rough)
        before = values[touched]
        soft = np.float32(self.blend)
        values[touched] = -smooth_min(-before, each, soft) if self.cut else smooth_min(before, each, soft)
        return values


class Solid:
    """A height field's ground with elements, one after the other: a distance for nets.mesh_solid. floor: the land's underside, m; None = none.

    steepest: by how much it changes in a metre at most.
    """

    steepest = 1.6

    def __init__(self, field: HeightField, elements: Sequence[Element] = (), floor: float | None = None) -> None:
        self.field, self.elements, self.floor = field, tuple(elements), floor
        slope = np.tan(field.slope())
        reach = max(1, field.count // 48)
        for axis in (0, 1):  # the steepest about each point, so that distances are never told too long
            for _ in range(reach):
                padded = np.pad(slope, [(1, 1) if k == axis else (0, 0) for k in (0, 1)], mode="edge")
                slope = np.maximum.reduce([padded.take(range(k, k + len(slope)), axis) for k in range(3)])
        flat = (1.0 / np.sqrt(1.0 + slope * slope)).astype(np.float32)
        self._layers = np.stack([np.asarray(field.heights, np.float32), flat], -1)

    def __call__(self, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        shape = np.broadcast_shapes(x.shape, y.shape)
        points = np.stack([np.broadcast_to(x, shape), np.broadcast_to(y, shape)], -1)
        ground = sample(self._layers, self.field.grid_place(points)).astype(np.float32)
        values = (z - ground[..., 0]) * ground[..., 1]
        for element in self.elements:
            values = element.combine(values, x, y, z)
        if self.floor is not None:
            half = np.float32(self.field.size / 2)
            across, along = (np.abs(v - np.float32(c)) - half for v, c in zip((x, y), self.field.center, strict=True))
            values = np.maximum(np.maximum(values, np.float32(self.floor) - z), np.maximum(across, along))
        return values


def smooth_min(a: np.ndarray, b: np.ndarray, soft: np.ndarray | np.float32) -> np.ndarray:
    """The smaller of both; where they differ by less than `soft` a little less."""
    soft = np.maximum(soft, np.float32(1e-6))
    near = np.maximum(soft - np.abs(a - b), np.float32(0.0))
    return np.minimum(a, b) - near * near / (soft * np.float32(4.0))


def _gaps(low: np.ndarray, high: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Between boxes [..., 3] to [..., 3] and boxes [..., 2, 3], 0 where they meet."""
    gap = np.maximum(np.maximum(boxes[..., 0, :] - high, low - boxes[..., 1, :]), 0.0)
    return np.sqrt((gap * gap).sum(-1, dtype=np.float32))


_SIDE = 32
_TABLE = np.random.default_rng(71).uniform(-1.0, 1.0, (_SIDE,) * 3).astype(np.float32).ravel()


def lattice_noise(x: np.ndarray, y: np.ndarray, z: np.ndarray, grain: float, seed: int) -> np.ndarray:
    """Smooth noise of -1..1 at places that broadcast, its lumps `grain` m wide; it repeats after 32 of them."""
    shift = np.random.default_rng(seed).uniform(0.0, _SIDE, 3)
    lows, highs, shares = [], [], []
    for values, offset, stride in zip((x, y, z), shift, (_SIDE * _SIDE, _SIDE, 1), strict=True):
        place = values * np.float32(1.0 / grain) + np.float32(offset)
        floor = np.floor(place)
        share = place - floor
        cell = floor.astype(np.int32)
        lows.append((cell % _SIDE) * stride)
        highs.append(((cell + 1) % _SIDE) * stride)
        shares.append(share * share * (np.float32(3.0) - np.float32(2.0) * share))
    u, v, w = shares
    sides = []
    for i in (lows[0], highs[0]):
        edges = []
        for j in (lows[1], highs[1]):
            a, b = _TABLE[i + j + lows[2]], _TABLE[i + j + highs[2]]
            edges.append(a + (b - a) * w)
        sides.append(edges[0] + (edges[1] - edges[0]) * v)
    return sides[0] + (sides[1] - sides[0]) * u


def _column(values: np.ndarray) -> np.ndarray:
    return values.reshape(-1, 1, 1, 1)
