"""The growth of sea life in numpy against the same in plain Python loops, in one run.

    python -m dreamgrove.benchmarks.growth_sea

The twins compute the same numbers (checked here) on the sizes that the default corals have; the plain ones run for fewer steps, and
the times are those of one step.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable

import numpy as np

from ..procedural.grow.differential_growth import crowding
from ..procedural.grow.fan import fan_places, nearest_of
from ..procedural.grow.icosphere import icosphere, neighbours
from ..procedural.grow.reaction_diffusion import gray_scott


def plain_gray_scott(
    table: list[list[int]], u: list[float], v: list[float], steps: int, feed: float, kill: float, spread: float
) -> tuple[list[float], list[float]]:
    """Steps of Gray and Scott's model, vertex by vertex. table: the neighbours of each vertex."""
    for _ in range(steps):
        u_next, v_next = [], []
        for vertex, around in enumerate(table):
            here_u, here_v = u[vertex], v[vertex]
            mean_u = sum(u[other] for other in around) / len(around)
            mean_v = sum(v[other] for other in around) / len(around)
            reaction = here_u * here_v * here_v
            u_next.append(here_u + spread * (mean_u - here_u) - reaction + feed * (1.0 - here_u))
            v_next.append(here_v + spread * 0.5 * (mean_v - here_v) + reaction - (feed + kill) * here_v)
        u, v = u_next, v_next
    return u, v


def plain_nearest(places: list[tuple[float, float]], nodes: list[tuple[float, float]]) -> list[int]:
    """Which node is nearest to each place: the heart of space colonisation."""
    found = []
    for x, y in places:
        best, nearest = 0, math.inf
        for number, (a, b) in enumerate(nodes):
            distance = (x - a) * (x - a) + (y - b) * (y - b)
            if distance < nearest:
                best, nearest = number, distance
        found.append(best)
    return found


def plain_crowd(points: list[tuple[float, float, float]], room: float) -> list[list[float]]:
    """How the parts of a rim push each other away: the heart of differential growth."""
    moves = []
    for i, (x, y, z) in enumerate(points):
        move = [0.0, 0.0, 0.0]
        for j, (a, b, c) in enumerate(points):
            if abs(i - j) <= 3:
                continue
            gap = (x - a, y - b, z - c)
            distance = math.sqrt(gap[0] ** 2 + gap[1] ** 2 + gap[2] ** 2) + 1e-9
            if distance < room:
                for axis in range(3):
                    move[axis] += gap[axis] * (room - distance) / distance
        moves.append(move)
    return moves


def best_of(work: Callable[[], object], times: int) -> float:
    """The shortest of several runs, s."""
    took = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return min(took)


def reaction() -> tuple[float, float]:
    """Seconds a step, plain and numpy, on the default brain coral's graph."""
    vertices, faces = icosphere(6)
    table = neighbours(faces, len(vertices))
    count, feed, kill, spread, seed = len(vertices), 0.055, 0.062, 0.22, 3
    rng = np.random.default_rng(seed)
    u, v = np.ones(count), np.zeros(count)
    sown = rng.random(count) < 0.04
    for ring in table:
        v[ring[sown]] = 0.5
        u[ring[sown]] = 0.5
    rows, start_u, start_v = table.T.tolist(), u.tolist(), v.tolist()
    after = np.array(plain_gray_scott(rows, start_u, start_v, 2, feed, kill, spread)[1])
    low, high = np.quantile(after, [0.02, 0.98])
    expected = np.clip((after - low) / max(high - low, 1e-6), 0.0, 1.0)
    if not np.allclose(gray_scott(table, seed, 2, feed, kill, spread), expected, atol=1e-4):
        raise RuntimeError("the plain twin of gray_scott does not agree with it")
    plain = best_of(lambda: plain_gray_scott(rows, start_u, start_v, 1, feed, kill, spread), 3)
    # What comes before and after the steps is left out of numpy's time by taking the difference of two runs
    few, many = (best_of(lambda s=s: gray_scott(table, seed, s, feed, kill, spread), 3) for s in (20, 220))
    return plain, (many - few) / 200


def colonisation() -> tuple[float, float]:
    """Seconds for the nearest of 60 new nodes to each of 3,600 places."""
    places = fan_places(3600, 0)
    nodes = fan_places(60, 1)
    plain_places, plain_nodes = [tuple(p) for p in places.tolist()], [tuple(p) for p in nodes.tolist()]
    if plain_nearest(plain_places, plain_nodes) != nearest_of(places, nodes)[0].tolist():
        raise RuntimeError("the plain twin of the colonisation's search does not agree with it")
    return best_of(lambda: plain_nearest(plain_places, plain_nodes), 3), best_of(lambda: nearest_of(places, nodes), 20)


def rim() -> tuple[float, float]:
    """Seconds for one round of pushing among the 110 points of a rim."""
    points = np.random.default_rng(0).normal(0, 0.3, (110, 3))
    number = np.arange(len(points))
    near = np.abs(number[:, None] - number[None]) <= 3
    plain = [tuple(p) for p in points.tolist()]
    if not np.allclose(plain_crowd(plain, 0.1), crowding(points, 0.1, near)):
        raise RuntimeError("the plain twin of the rim's crowding does not agree with it")
    return best_of(lambda: plain_crowd(plain, 0.1), 5), best_of(lambda: crowding(points, 0.1, near), 50)


def main() -> int:
    for title, measure in (
        ("Gray-Scott", reaction),
        ("space colonisation", colonisation),
        ("differential growth", rim),
    ):
        plain, fast = measure()
        sys.stdout.write(f"{title}: {plain * 1e3:.2f} ms plain, {fast * 1e3:.3f} ms numpy, {plain / fast:.0f} times\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
