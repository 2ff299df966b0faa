"""How good automatic layouts are, beside those of people: crossings, length of links, area, over Blender's bundled groups and ours.

python -m dreamgrove.benchmarks.layout            in the Python of a bpy wheel

Links count as straight lines between sockets, by estimated sizes of nodes (as everywhere without a window). "shuffled" has the
columns of our layout with their nodes in a random order.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np

from ..procedural.concepts import GENERATORS
from ..procedural.graph.layout import arrange
from ..procedural.graph.layout_keep import Rect, around, node_rect
from ..procedural.graph.layout_size import port

LEAST_NODES = 15


@dataclass(frozen=True)
class Figures:
    """crossings: pairs of links. length: of all links. area: of the rectangle round all nodes. overlaps: pairs of nodes.

    backward: links that end left of where they start. All in the editor's units.
    """

    crossings: int
    length: float
    area: float
    overlaps: int
    backward: int


def rects_of(tree: bpy.types.NodeTree) -> dict[str, Rect]:
    return {n.name: node_rect(n) for n in tree.nodes if n.bl_idname != "NodeFrame"}


def figures(tree: bpy.types.NodeTree, rects: dict[str, Rect] | None = None) -> Figures:
    rects = rects or rects_of(tree)
    ends = []
    for link in tree.links:
        start, end = rects.get(link.from_node.name), rects.get(link.to_node.name)
        if start and end:
            out_y = start.top - port(link.from_socket, start.top - start.bottom)
            in_y = end.top - port(link.to_socket, end.top - end.bottom)
            ends.append((start.right, out_y, end.left, in_y))
    lines = np.array(ends, float).reshape(-1, 4)
    whole = around(rects.values())
    boxes = np.array([(r.left, r.bottom, r.right, r.top) for r in rects.values()])
    left, bottom, right, top = (boxes[:, i, None] for i in range(4))
    meets = (left < right.T) & (right > left.T) & (bottom < top.T) & (top > bottom.T)
    return Figures(
        crossings=crossings(lines),
        length=float(np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1]).sum()),
        area=(whole.right - whole.left) * (whole.top - whole.bottom),
        overlaps=(int(meets.sum()) - len(boxes)) // 2,
        backward=int((lines[:, 2] < lines[:, 0]).sum()),
    )


def crossings(lines: np.ndarray) -> int:
    """Pairs of lines [N, 4] (x, y, x, y) that cross within both; those that only touch at their ends do not count."""
    a, b = lines[:, :2], lines[:, 2:]

    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
        """[N, N]: on which side of the line i (p to q) the point j (r) is."""
        d = (q - p)[:, None]
        e = r[None] - p[:, None]
        return np.sign(d[..., 0] * e[..., 1] - d[..., 1] * e[..., 0])

    apart = side(a, b, a) * side(a, b, b) < 0
    return int((apart & apart.T).sum()) // 2


def shuffled(tree: bpy.types.NodeTree, seed: int = 0) -> Figures:
    """The nodes of each column of the present layout in a random order, one below the other."""
    rng = random.Random(seed)
    columns: dict[int, list[str]] = defaultdict(list)
    rects = rects_of(tree)
    for name, rect in rects.items():
        columns[round(rect.right)].append(name)
    found = {}
    for names in columns.values():
        rng.shuffle(names)
        y = sum(rects[n].top - rects[n].bottom + 30.0 for n in names) / 2
        for name in names:
            height = rects[name].top - rects[name].bottom
            found[name] = Rect(rects[name].left, y - height, rects[name].right, y)
            y -= height + 30.0
    return figures(tree, found)


def row(tree: bpy.types.NodeTree) -> dict[str, Figures | float]:
    authored = figures(tree)
    start = time.process_time()
    arrange(tree)
    seconds = time.process_time() - start
    return {"authored": authored, "ours": figures(tree), "shuffled": shuffled(tree), "seconds": seconds}


def bundled() -> list[dict[str, Figures | float]]:
    rows = []
    for file in sorted(Path(bpy.utils.resource_path("LOCAL")).rglob("*.blend")):
        bpy.ops.wm.read_factory_settings(use_empty=True)
        with bpy.data.libraries.load(str(file)) as (source, target):
            target.node_groups = list(source.node_groups)
        rows += [row(g) for g in bpy.data.node_groups if len(g.nodes) >= LEAST_NODES]
    return rows


def generators() -> list[dict[str, Figures | float]]:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return [row(generator.build(generator.sample(1))) for generator in GENERATORS]


def report(name: str, rows: list[dict[str, Figures | float]], which: tuple[str, ...]) -> None:
    print(f"{name}: {len(rows)} groups; own time median {statistics.median(r['seconds'] for r in rows):.3f} s", end="")
    print(f", longest {max(r['seconds'] for r in rows):.3f} s")
    for each in which:
        found = [r[each] for r in rows]
        print(
            f"  {each:9s} crossings {sum(f.crossings for f in found)}, length {sum(f.length for f in found) / 1000:.0f} k,"
            f" area {sum(f.area for f in found) / 1e6:.0f} M, overlaps {sum(f.overlaps for f in found)},"
            f" backward {sum(f.backward for f in found)}"
        )
    if "authored" in which:
        for measure in ("crossings", "length", "area"):
            shares = [getattr(r["ours"], measure) / max(getattr(r["authored"], measure), 1) for r in rows]
            better = sum(share <= 1 for share in shares)
            print(f"  {measure}: ours / authored, median {statistics.median(shares):.2f}; no worse in {better}")


def main() -> None:
    print(f"Blender {bpy.app.version_string}")
    report("bundled", bundled(), ("authored", "ours", "shuffled"))
    report("generators", generators(), ("ours", "shuffled"))


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # the 4.2 wheel does not survive its own end
