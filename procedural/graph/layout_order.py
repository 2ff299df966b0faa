"""The order in each layer: few crossings, with what is in a frame together and frames in one order from end to end.

Links over several layers pass through virtual items, as in Sugiyama, Tagawa and Toda (1981). A frame takes one place in every layer
between its first and its last, and siblings keep one order in all layers: so frames can become rectangles.
"""

from __future__ import annotations

import random
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from .layout_model import ROOT, Graph, Link

GAP = 30.0  # between boxes
LINK_GAP = 12.0  # round a link that passes
SWEEPS = 24
PATIENCE = 6  # sweeps without gain
MOST_STARTS = 10  # first orders by chance, besides that of reading ...
EFFORT = 2500  # ... and items in all of these together


@dataclass(frozen=True)
class Segment:
    """A link's part between a layer and the next: items, and where at their heights it ends."""

    left: int
    right: int
    left_y: float
    right_y: float
    weight: float


def top_of(cluster: int) -> int:
    """The entry in an order that stands for a cluster's upper border; cluster is above 0, borders are below."""
    return -2 * cluster


def bottom_of(cluster: int) -> int:
    return -2 * cluster - 1


class Layered:
    """Items (boxes first, under their numbers, then virtual ones) in layers, with the segments between these.

    order: the items of each layer from the top, and the borders of clusters. span: first and last layer of each cluster.
    """

    def __init__(self, graph: Graph, links: list[Link], layer: list[int]) -> None:
        self.graph = graph
        self.layer = list(layer)
        self.cluster = list(graph.cluster)
        self.height = list(graph.height)
        self.num_layers = max(layer, default=-1) + 1
        self.span: dict[int, tuple[int, int]] = {}
        for box, cluster in enumerate(graph.cluster):
            for each in graph.above(cluster):
                low, high = self.span.get(each, (layer[box], layer[box]))
                self.span[each] = (min(low, layer[box]), max(high, layer[box]))
        self.segments: list[list[Segment]] = [[] for _ in range(self.num_layers)]  # from this layer to the next
        self._route(links)
        self.left: list[list[Segment]] = [[] for _ in self.layer]
        self.right: list[list[Segment]] = [[] for _ in self.layer]
        for segments in self.segments:
            for segment in segments:
                self.right[segment.left].append(segment)
                self.left[segment.right].append(segment)
        self.above = [graph.above(cluster) for cluster in self.cluster]
        # What each cluster holds in each layer: items, and clusters.
        self.direct: list[dict[int, list[int]]] = [defaultdict(list) for _ in range(self.num_layers)]
        self.inner: list[dict[int, list[int]]] = [defaultdict(list) for _ in range(self.num_layers)]
        for item, number in enumerate(self.layer):
            self.direct[number][self.cluster[item]].append(item)
        for cluster, (low, high) in self.span.items():
            for number in range(low, high + 1):
                self.inner[number][graph.clusters[cluster].parent].append(cluster)
        self.y = [0.0] * len(self.layer)
        self.lane: dict[int, float] = {}
        self.order: list[list[int]] = [[] for _ in range(self.num_layers)]

    def _route(self, links: list[Link]) -> None:
        passing: dict[tuple, int] = {}
        for link in links:
            if link.weight == 0:
                continue
            here, here_y = link.source, link.out_y
            for number in range(self.layer[link.source] + 1, self.layer[link.target]):
                # Links from one socket to one frame share their way.
                cluster = self._cluster_on_way(link, number)
                key = (link.source, link.out_y, self.graph.cluster[link.target], number)
                if key not in passing:
                    passing[key] = len(self.layer)
                    self.layer.append(number)
                    self.cluster.append(cluster)
                    self.height.append(0.0)
                    self.segments[number - 1].append(Segment(here, passing[key], here_y, 0.0, link.weight / 2))
                here, here_y = passing[key], 0.0
            last = self.layer[link.target] - 1
            direct = here == link.source
            weight = link.weight if direct else link.weight / 2
            self.segments[last].append(Segment(here, link.target, here_y, link.in_y, weight))

    def _cluster_on_way(self, link: Link, number: int) -> int:
        """The source's frame as far as that reaches, then none, then the target's."""
        holders = self.graph.above(self.graph.cluster[link.target])
        for cluster in self.graph.above(self.graph.cluster[link.source]):
            if self.span[cluster][0] <= number <= self.span[cluster][1]:
                if cluster in holders:
                    break
                return cluster
        for cluster in holders:
            if self.span[cluster][0] <= number <= self.span[cluster][1]:
                return cluster
        return ROOT

    # Ordering

    def sort_layer(self, number: int, key: Sequence[float] | dict[int, float]) -> None:
        """Order a layer by `key` of its items, as far as frames allow it, and stack it round height 0."""
        sums: dict[int, list[float]] = {}
        for items in self.direct[number].values():
            for item in items:
                for cluster in self.above[item]:
                    entry = sums.setdefault(cluster, [0.0, 0.0])
                    entry[0] += key[item]
                    entry[1] += 1
        result: list[int] = []
        stack = [(ROOT, True)]
        while stack:
            entry, is_cluster = stack.pop()
            if not is_cluster:
                result.append(entry)
                continue
            if entry != ROOT:
                result.append(top_of(entry))
                stack.append((bottom_of(entry), False))
            rows = [(key[item], item, False) for item in self.direct[number].get(entry, ())]
            inner = sorted(self.inner[number].get(entry, ()), key=lambda c: (self.lane[c], c))
            wishes = [sums[c][0] / sums[c][1] if c in sums else self.lane[c] for c in inner]
            rows += [(wish, c, True) for wish, c in zip(_rising(wishes), inner, strict=True)]
            rows.sort(key=lambda row: row[0])
            stack.extend((entry, is_cluster) for _, entry, is_cluster in reversed(rows))
        self.order[number] = result
        self._stack(number)

    def _stack(self, number: int) -> None:
        items = self.order[number]
        y = -sum(map(self._room, items)) / 2
        for item in items:
            if item >= 0:
                self.y[item] = y
            y += self._room(item)

    def _room(self, item: int) -> float:
        if item < 0:
            return GAP
        return self.height[item] + (GAP if self.height[item] else LINK_GAP)

    def _set_lanes(self, key: list[float]) -> None:
        sums: dict[int, list[float]] = defaultdict(lambda: [0.0, 0.0])
        for item, above in enumerate(self.above):
            for cluster in above:
                sums[cluster][0] += key[item] + self.height[item] / 2
                sums[cluster][1] += 1
        self.lane = {cluster: total / count for cluster, (total, count) in sums.items()}

    def _first_order(self) -> list[float]:
        """Numbers in a walk from the sinks upstream, inputs from the top: the order in which a person reads."""
        key = [-1.0] * len(self.layer)
        count = 0.0
        for segments in self.left:
            segments.sort(key=lambda s: s.right_y)
        for start in sorted(
            (i for i in range(len(self.layer)) if not self.right[i]), key=lambda i: (-self.layer[i], i)
        ):
            stack = [start]
            while stack:
                item = stack.pop()
                if key[item] < 0:
                    key[item] = count
                    count += 1
                    stack.extend(segment.left for segment in reversed(self.left[item]))
        return key

    def crossings(self) -> int:
        """Pairs of segments that cross."""
        total = 0
        for segments in self.segments:
            ends = sorted((self.y[s.left] + s.left_y, self.y[s.right] + s.right_y) for s in segments)
            seen: list[float] = []
            for _, right in ends:
                total += len(seen) - bisect_right(seen, right)
                insort(seen, right)
        return total

    def reduce_crossings(self) -> None:
        """Barycentre sweeps to and fro with exchanges of neighbours, from several first orders; the best order found stays."""
        starts = [self._first_order()]
        for seed in range(min(MOST_STARTS, EFFORT // (len(self.layer) + 1))):
            rng = random.Random(seed)
            starts.append([rng.random() for _ in self.layer])
        best: tuple[int, list[list[int]], list[float]] | None = None
        for key in starts:
            found = self._sweeps(key)
            if best is None or found[0] < best[0]:
                best = found
            if not best[0]:
                break
        if best is not None:
            self.order, self.y = best[1], best[2]

    def _sweeps(self, key: list[float]) -> tuple[int, list[list[int]], list[float]]:
        """The best that sweeps make of an order: crossings, order, heights."""
        self._set_lanes(key)
        for number in range(self.num_layers):
            self.sort_layer(number, key)
        best = (self.crossings(), [list(items) for items in self.order], list(self.y))
        idle = 0
        for sweep in range(SWEEPS):
            self._set_lanes(self.y)
            leftward = sweep % 2 == 0
            for number in range(self.num_layers - 1, -1, -1) if leftward else range(self.num_layers):
                self._sweep_layer(number, leftward, both=sweep >= 2 * PATIENCE)
            self._exchange()
            found = self.crossings()
            if found < best[0]:
                best, idle = (found, [list(items) for items in self.order], list(self.y)), 0
            else:
                idle += 1
            if idle >= PATIENCE or not best[0]:
                break
        return best

    def _sweep_layer(self, number: int, leftward: bool, both: bool) -> None:
        key = self.y
        wishes: dict[int, float] = {}
        for items in self.direct[number].values():
            for item in items:
                ends = []
                if leftward or both:
                    ends += [key[s.right] + s.right_y - s.left_y for s in self.right[item]]
                if not leftward or both:
                    ends += [key[s.left] + s.left_y - s.right_y for s in self.left[item]]
                wishes[item] = sum(ends) / len(ends) if ends else key[item]
        self.sort_layer(number, wishes)

    def _exchange(self) -> None:
        for number, items in enumerate(self.order):
            changed = True
            rounds = 0
            while changed and rounds < 4:
                changed = False
                rounds += 1
                for index in range(len(items) - 1):
                    upper, lower = items[index], items[index + 1]
                    if min(upper, lower) >= 0 and self._gain(upper, lower) > 0:
                        items[index], items[index + 1] = lower, upper
                        changed = True
            self._stack(number)

    def _gain(self, upper: int, lower: int) -> int:
        """By how many crossings an exchange would be better."""
        gain = 0
        above = [self.y[s.left] + s.left_y for s in self.left[upper]]
        below = [self.y[s.left] + s.left_y for s in self.left[lower]]
        gain += sum((a > b) - (a < b) for a in above for b in below)
        above = [self.y[s.right] + s.right_y for s in self.right[upper]]
        below = [self.y[s.right] + s.right_y for s in self.right[lower]]
        return gain + sum((a > b) - (a < b) for a in above for b in below)


def _rising(values: list[float]) -> list[float]:
    """The nearest sequence that never falls (pool adjacent violators)."""
    pools: list[list[float]] = []
    for value in values:
        pools.append([value, 1.0])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            mean, count = pools.pop()
            pools[-1][0] = (pools[-1][0] * pools[-1][1] + mean * count) / (pools[-1][1] + count)
            pools[-1][1] += count
    return [mean for mean, count in pools for _ in range(int(count))]
