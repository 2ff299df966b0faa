"""Batches of grids for the draft model's autoencoder: patches for its encoder, and targets in sampled cells for its decoder."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numba import njit
from torch import Tensor

from .distance import GridSet

PATCH_CHANNELS = 64 + 8 * 6  # per 4^3 voxels: distances; then attributes and their presence, averaged in each 2^3 cell
BAND_CODES = 46  # distance.band's width in codes at 64^3; a test holds the two together
NO_FLIP = frozenset({9})  # concept indices that are not their own mirror images: a shell's spiral has a hand


@dataclass(frozen=True)
class Batch:
    """patches: [B, 112, 16, 16, 16] (channels last); cells: long [B, S] in 32^3; distance: [B, S, 8] in truncations; attributes:
    [B, S, 8, 5] in 0..1; present: [B, S, 8] 1 where attributes are known; weight: [B, S] for the distance."""

    patches: Tensor
    cells: Tensor
    distance: Tensor
    attributes: Tensor
    present: Tensor
    weight: Tensor

    def to(self, device: torch.device) -> Batch:
        return Batch(*(getattr(self, name).to(device) for name in self.__dataclass_fields__))


@njit(cache=True)
def _fill(code, attributes, flip, random, near_share, thin_depth, patches, cells, distance, values, present, weight):
    """One asset's arrays, in place. code: uint8 [64, 64, 64]; attributes: uint8 [M, 5], M voxels near the surface in C order;
    random: float64 [S]; thin_depth: a cell is thin if no code below 128 - thin_depth is near it."""
    n = code.shape[0]
    half = n // 2
    row = np.full((n, n, n), -1, np.int32)
    width = BAND_CODES
    count = 0
    lowest = np.full((half, half, half), 255, np.uint8)
    near = np.zeros((half, half, half), np.bool_)
    for i in range(n):
        x = n - 1 - i if flip else i
        for j in range(n):
            for k in range(n):
                c = code[i, j, k]
                d = (np.float32(c) - np.float32(128)) / np.float32(127)
                channel = ((x & 3) * 4 + (j & 3)) * 4 + (k & 3)
                patches[x >> 2, j >> 2, k >> 2, channel] = d
                p, q, r = x >> 1, j >> 1, k >> 1
                lowest[p, q, r] = min(lowest[p, q, r], c)
                if abs(np.int64(c) - 128) <= width:
                    row[x, j, k] = count
                    near[p, q, r] = True
                    base = 64 + (((p & 1) * 2 + (q & 1)) * 2 + (r & 1)) * 6
                    patches[x >> 2, j >> 2, k >> 2, base + 5] += 1
                    for a in range(5):
                        patches[x >> 2, j >> 2, k >> 2, base + a] += attributes[count, a]
                    count += 1
    for x in range(n // 4):
        for y in range(n // 4):
            for z in range(n // 4):
                for base in range(64, 112, 6):
                    found = patches[x, y, z, base + 5]
                    if found > 0:
                        for a in range(5):
                            patches[x, y, z, base + a] /= found * 255
                        patches[x, y, z, base + 5] = 1
    chosen = np.empty(3 * half**3, np.int32)
    thin = np.zeros((half, half, half), np.bool_)
    total = 0
    for p in range(half):
        for q in range(half):
            for r in range(half):
                if not near[p, q, r]:
                    continue
                deepest = 255
                for u in range(max(p - 2, 0), min(p + 3, half)):
                    for v in range(max(q - 2, 0), min(q + 3, half)):
                        for w in range(max(r - 2, 0), min(r + 3, half)):
                            deepest = min(deepest, lowest[u, v, w])
                thin[p, q, r] = deepest > 128 - thin_depth
                for _ in range(2 if thin[p, q, r] else 1):  # thin parts are drawn twice as often
                    chosen[total] = (p * half + q) * half + r
                    total += 1
    for s in range(cells.shape[0]):
        u = random[s]
        if u < near_share and total > 0:
            cell = chosen[min(int(u / near_share * total), total - 1)]
        else:
            cell = min(int((u - near_share) / (1 - near_share) * half**3), half**3 - 1)
        cells[s] = cell
        p, q, r = cell // (half * half), cell // half % half, cell % half
        weight[s] = 1.5 if thin[p, q, r] else (1.0 if near[p, q, r] else 0.3)
        for child in range(8):
            x, y, z = 2 * p + (child >> 2), 2 * q + ((child >> 1) & 1), 2 * r + (child & 1)
            i = n - 1 - x if flip else x
            distance[s, child] = (np.float32(code[i, y, z]) - np.float32(128)) / np.float32(127)
            at = row[x, y, z]
            if at >= 0:
                present[s, child] = 1
                for a in range(5):
                    values[s, child, a] = attributes[at, a] / 255


def make_batch(grids: GridSet, indices: np.ndarray, flips: np.ndarray, cells: int, rng: np.random.Generator) -> Batch:
    """indices: [B]; flips: bool [B], mirror in x; cells: S, sampled cells an asset, three quarters of them near the surface."""
    if grids.resolution != 64:
        raise ValueError(f"The draft model learns from grids of 64^3, not {grids.resolution}^3.")
    b = len(indices)
    patches = np.zeros((b, 16, 16, 16, PATCH_CHANNELS), np.float32)
    index, weight = np.zeros((b, cells), np.int64), np.zeros((b, cells), np.float32)
    distance, present = np.zeros((2, b, cells, 8), np.float32)
    attributes = np.zeros((b, cells, 8, 5), np.float32)
    random = rng.random((b, cells))
    for i, (which, flip) in enumerate(zip(indices, flips, strict=True)):
        g = grids[int(which)]
        # 1.3 voxels deep at most: the grid holds .15 units = 4.8 voxels in 127 codes.
        _fill(
            g.distance, g.attributes, bool(flip), random[i], 0.75, 34, patches[i], index[i], distance[i], attributes[i],
            present[i], weight[i],
        )  # fmt: skip
    t = torch.from_numpy
    return Batch(t(patches).permute(0, 4, 1, 2, 3), t(index), t(distance), t(attributes), t(present), t(weight))


def balanced(concepts: np.ndarray, amount: float) -> np.ndarray:
    """Indices [M] into assets of these concepts [N], M >= N: those of rare concepts several times.

    amount: 0 gives each asset once, 1 as many of every concept as of the most frequent one; between, a geometric mean of the two.
    """
    if amount == 0:
        return np.arange(len(concepts))
    chosen = []
    counts = {int(c): np.flatnonzero(concepts == c) for c in np.unique(concepts)}
    most = max(len(members) for members in counts.values())
    for members in counts.values():
        wanted = round(len(members) * (most / len(members)) ** amount)
        chosen.append(np.resize(members, wanted))
    return np.concatenate(chosen)


def epochs(num: int, batch: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Endless batches of indices, each asset once an epoch."""
    order = np.empty(0, np.int64)
    while True:
        while len(order) < batch:
            order = np.concatenate([order, rng.permutation(num)])
        yield order[:batch]
        order = order[batch:]
