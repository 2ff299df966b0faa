"""Space colonisation in numpy against the same in plain Python, in one run.

    python -m dreamgrove.benchmarks.growth [--points 5000]

Both grow the default oak's crown from the same points with the same habit. The plain version compares every point with the nodes that are new,
as the one in `procedural/grow` does, but one after the other. Times are of the processor, so that what else runs does not count.
"""

from __future__ import annotations

import argparse
import math
import sys
import time

import numpy as np

from ..procedural.grow.colonise import Habit, Nodes, colonise
from ..procedural.grow.crowns import light_points


def colonise_plainly(light: list[tuple[float, ...]], start: Nodes, habit: Habit) -> list[tuple[float, ...]]:
    """Places of the nodes that grow; habits without wander."""
    position = [tuple(p) for p in start.position.tolist()]
    heading = [(0.0, 0.0, 1.0)] * len(position)
    children = [1] * (len(position) - 1) + [0]
    nearest = [-1] * len(light)
    squared = [math.inf] * len(light)
    alive = [True] * len(light)
    new, idle = list(range(len(position))), 0
    while idle < 12:
        found = False
        for point, at in enumerate(light):
            if not alive[point]:
                continue
            for node in new:
                distance = sum((a - b) ** 2 for a, b in zip(at, position[node], strict=True))
                if distance < min(squared[point], habit.reach**2):
                    squared[point], nearest[point], found = distance, node, True
            alive[point] = squared[point] > habit.kill**2
        idle = 0 if found else idle + 1
        pull: dict[int, list[float]] = {}
        for point, at in enumerate(light):
            node = nearest[point]
            if not alive[point] or node < 0:
                continue
            way = _unit([a - b for a, b in zip(at, position[node], strict=True)])
            if sum(a * b for a, b in zip(way, heading[node], strict=True)) > habit.sight:
                total = pull.setdefault(node, [0.0, 0.0, 0.0])
                for axis in range(3):
                    total[axis] += way[axis]
        new = []
        for node in sorted(pull):
            if children[node] >= 3:
                continue
            toward = _unit(pull[node])
            way = [a + habit.inertia * b for a, b in zip(toward, heading[node], strict=True)]
            way[2] += habit.lift
            way = _unit(way)
            children[node] += 1
            new.append(len(position))
            position.append(tuple(a + habit.step * b for a, b in zip(position[node], way, strict=True)))
            heading.append(tuple(way))
            children.append(0)
        if not new:
            break
    return position


def _unit(vector: list[float]) -> list[float]:
    length = math.sqrt(sum(a * a for a in vector)) or 1.0
    return [a / length for a in vector]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--points", type=int, default=5000)
    points = parser.parse_args().points
    light = light_points("dome", points, 2.6, 13.0, 7.5, 0.5, np.random.default_rng(1))
    spacing = 8.4 * (3.2 / points) ** (1 / 3)
    habit = Habit(0.36 * spacing, reach=4.2 * spacing, kill=0.7 * spacing)
    z = np.arange(0.0, 5.2, habit.step)
    start = Nodes(z[:, None] * np.array([0.0, 0.0, 1.0]), np.arange(len(z)) - 1)
    begin = time.process_time()
    fast = colonise(light, start, habit)
    middle = time.process_time()
    slow = colonise_plainly([tuple(p) for p in light.tolist()], start, habit)
    end = time.process_time()
    ratio = (end - middle) / (middle - begin)
    sys.stdout.write(
        f"{points} points: numpy {middle - begin:.3f} s, {len(fast.position)} nodes; "
        f"plain Python {end - middle:.2f} s, {len(slow)} nodes; {ratio:.0f} times\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
