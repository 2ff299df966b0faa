"""Sheets that ruffle because their rim grows faster than what carries it: differential growth, row upon row, by relaxation.

What is simulated is the newest row only; older rows are stiff. Its points want their distances to be longer than the row before allowed
(growth), stay a step away from the points below, dislike sharp bends, and keep away from every other part of the rim; so the rim buckles.
On the geometry: E. Sharon, B. Roman, H. L. Swinney, "Geometrically driven wrinkling observed in free plastic sheets and leaves", Physical
Review E 75 (2007).
"""

from __future__ import annotations

import numpy as np


def ruffled_sheet(
    start: np.ndarray, outward: np.ndarray, seed: int, rows: int = 36, growth: float = 0.06, step: float = 0.03, rise: float = 0.6,
    room: float = 0.035, rounds: int = 14,
    most: float = 14.0,
) -> np.ndarray:  # fmt: skip
    """Grow a sheet from an open line of points. Returns rows of points [rows + 1, N, 3].

    start: [N, 3], evenly spaced; outward: [N, 3], the way it begins to grow. growth: by how much a row is longer than the one before; step: its
    height; rise: 0 grows flat, 1 upward; room: what parts of the rim keep between them; rounds of relaxation a row; most: how
    many times longer than `start` a row may become. Deterministic.
    """
    rng = np.random.default_rng(seed)
    count = len(start)
    sheet = [start]
    below, way = start, outward / np.linalg.norm(outward, axis=1, keepdims=True)
    rest = np.linalg.norm(np.diff(start, axis=0), axis=1)
    base = rest.mean()
    # Growth is uneven along the rim, and always in the same places: lobes
    lobes = np.interp(np.linspace(0, 1, count - 1), np.linspace(0, 1, 14), rng.uniform(0.55, 1.45, 14))
    number = np.arange(count)
    near = np.abs(number[:, None] - number[None]) <= 3  # neighbours along the rim are not a crowd
    for _ in range(rows):
        rest = np.minimum(rest * (1.0 + growth * lobes), base * most)
        side = np.gradient(below, axis=0)
        side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
        way = way + np.array([0.0, 0.0, rise * 0.08]) + rng.normal(0, 0.1, way.shape)
        way = _square(way, side)
        at = below + way * step
        reach = np.maximum(room, rest.mean() * 0.9)
        for _ in range(rounds):
            move = np.zeros_like(at)
            link = np.diff(at, axis=0)
            length = np.maximum(np.linalg.norm(link, axis=1, keepdims=True), 1e-9)
            pull = link / length * (length - rest[:, None]) * 0.32
            move[:-1] += pull
            move[1:] -= pull
            # A step above the row below
            stalk = at - below
            tall = np.maximum(np.linalg.norm(stalk, axis=1, keepdims=True), 1e-9)
            move += stalk / tall * (step - tall) * 0.6
            # Stiff: towards the middle of the neighbours, and along the way it came
            move[1:-1] += (at[:-2] + at[2:] - 2 * at[1:-1]) * 0.06
            move += (below + way * step - at) * 0.03
            # Room between parts that are not neighbours
            move += crowding(at, reach, near) * 0.18
            long = np.maximum(np.linalg.norm(move, axis=1, keepdims=True), 1e-9)
            at = at + move * np.minimum(1.0, step * 0.5 / long)
            at[:, 2] = np.maximum(at[:, 2], 0.2 * step)
        fresh = at - below
        fresh /= np.maximum(np.linalg.norm(fresh, axis=1, keepdims=True), 1e-9)
        way = 0.55 * way + 0.45 * fresh
        # Neighbours agree on where they are going, or the sheet would fray
        way[1:-1] = 0.5 * way[1:-1] + 0.25 * (way[:-2] + way[2:])
        way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
        sheet.append(at)
        below = at
    return np.stack(sheet)


def crowding(at: np.ndarray, room: float, near: np.ndarray) -> np.ndarray:
    """How far points [N, 3] are pushed by all that are closer than `room`, [N, 3]; near [N, N]: pairs that are let be."""
    squares = np.einsum("ni,ni->n", at, at)
    between = at @ at.T
    between *= -2.0
    between += squares
    between += squares[:, None]  # squared distances, good enough to say which pairs are close
    close = between < room * room
    close &= ~near
    # Few pairs are that close: only they need a root
    i, j = np.nonzero(close)
    gap = at[i] - at[j]
    distance = np.sqrt(np.einsum("ni,ni->n", gap, gap)) + 1e-9
    gap *= (np.maximum(room - distance, 0.0) / distance)[:, None]
    return np.stack([np.bincount(i, gap[:, axis], len(at)) for axis in range(3)], -1)


def _square(vectors: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """Unit vectors, most of what lies along the unit axes taken out."""
    out = vectors - 0.8 * axes * np.einsum("ni,ni->n", vectors, axes)[:, None]
    return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
