"""What a layout works on: boxes, links between their sides, nested frames; plain numbers that know nothing of Blender."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

Number = TypeVar("Number", int, float)
ROOT = 0  # the cluster that holds everything


@dataclass
class Link:
    """From box `source` to box `target`; the heights are measured from each box's top. `weight` 0 orders them left to right only."""

    source: int
    target: int
    out_y: float = 0.0
    in_y: float = 0.0
    weight: float = 1.0


@dataclass
class Cluster:
    """A frame (or a zone): the rectangle round its members. `parent` is an earlier cluster."""

    parent: int
    top: float = 0.0  # room between members and border
    pad: float = 0.0


@dataclass
class Graph:
    """Boxes by index: size and innermost cluster. `links` may hold cycles; `acyclic` are those that run left to right."""

    width: list[float] = field(default_factory=list)
    height: list[float] = field(default_factory=list)
    cluster: list[int] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    clusters: list[Cluster] = field(default_factory=lambda: [Cluster(-1)])

    def __len__(self) -> int:
        return len(self.width)

    def add(self, width: float, height: float, cluster: int = ROOT) -> int:
        self.width.append(width)
        self.height.append(height)
        self.cluster.append(cluster)
        return len(self.width) - 1

    def above(self, cluster: int) -> list[int]:
        """The cluster and those round it, innermost first, without ROOT."""
        found = []
        while cluster != ROOT:
            found.append(cluster)
            cluster = self.clusters[cluster].parent
        return found

    def acyclic(self) -> list[Link]:
        """The links without those that close a cycle in a walk from the first boxes on, and without those of a box to itself."""
        following: dict[int, list[Link]] = defaultdict(list)
        entered = [0] * len(self)
        for link in self.links:
            if link.source != link.target:
                following[link.source].append(link)
                entered[link.target] += 1
        kept = []
        state = [0] * len(self)  # 1: on the way, 2: done
        for start in sorted(range(len(self)), key=lambda box: entered[box] > 0):
            if state[start]:
                continue
            state[start] = 1
            stack = [(start, iter(following[start]))]
            while stack:
                box, links = stack[-1]
                for link in links:
                    if state[link.target] == 1:
                        continue
                    kept.append(link)
                    if state[link.target] == 0:
                        state[link.target] = 1
                        stack.append((link.target, iter(following[link.target])))
                        break
                else:
                    state[box] = 2
                    stack.pop()
        return kept

    def components(self, by_cluster: bool = True) -> list[list[int]]:
        """Boxes that links join, or (by_cluster) a common outermost cluster; in the order of their first box."""
        root = list(range(len(self)))

        def find(box: int) -> int:
            while root[box] != box:
                root[box] = root[root[box]]
                box = root[box]
            return box

        for link in self.links:
            root[find(link.source)] = find(link.target)
        if by_cluster:
            first: dict[int, int] = {}
            for box, cluster in enumerate(self.cluster):
                if cluster != ROOT:
                    outermost = self.above(cluster)[-1]
                    root[find(box)] = find(first.setdefault(outermost, box))
        found: dict[int, list[int]] = defaultdict(list)
        for box in range(len(self)):
            found[find(box)].append(box)
        return list(found.values())

    def part(self, boxes: Sequence[int]) -> Graph:
        """The graph of these boxes, renumbered in this order; all clusters are kept under their numbers."""
        number = {box: index for index, box in enumerate(boxes)}
        part = Graph(clusters=self.clusters)
        for box in boxes:
            part.add(self.width[box], self.height[box], self.cluster[box])
        for link in self.links:
            if link.source in number and link.target in number:
                part.links.append(Link(number[link.source], number[link.target], link.out_y, link.in_y, link.weight))
        return part


def weighted_median(wishes: list[tuple[Number, float]]) -> Number:
    """The value at which half of the weight is reached; `wishes`: at least one (value, weight), sorted here."""
    wishes.sort()
    half = sum(weight for _, weight in wishes) / 2
    for value, weight in wishes:
        half -= weight
        if half <= 0:
            return value
    return wishes[-1][0]
