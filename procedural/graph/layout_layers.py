"""Layers: which column each box stands in, so that links run left to right and are short, and frames are not torn apart."""

from __future__ import annotations

from collections import defaultdict

from .layout_model import ROOT, Graph, Link, weighted_median

FRAME_PULL = 1.5  # a frame's members keep together as if by so many links
ROUNDS = 6


def layers(graph: Graph, links: list[Link]) -> list[int]:
    """The layer of each box, from 0 at the left; links (without cycles) lead to higher ones.

    Longest path from the sinks, then each box moves to where its links, and its frame, want it (a weighted median within what its
    neighbours leave free): a cheap stand-in for the network simplex of Gansner and others (1993), with the same cost.
    """
    sources: list[list[Link]] = [[] for _ in range(len(graph))]
    users: list[list[Link]] = [[] for _ in range(len(graph))]
    for link in links:
        sources[link.target].append(link)
        users[link.source].append(link)
    order = _right_to_left(graph, sources, users)
    depth = [0] * len(graph)
    for box in order:
        depth[box] = max((depth[link.target] + 1 for link in users[box]), default=0)
    _bring_parts_together(graph, links, depth)
    members: dict[int, list[int]] = defaultdict(list)
    for box, cluster in enumerate(graph.cluster):
        if cluster != ROOT:
            members[cluster].append(box)
    for number in range(ROUNDS):
        moved = False
        middle = {cluster: sorted(depth[b] for b in boxes)[len(boxes) // 2] for cluster, boxes in members.items()}
        for box in order if number % 2 else reversed(order):
            low = max((depth[link.target] + 1 for link in users[box]), default=-len(graph))
            high = min((depth[link.source] - 1 for link in sources[box]), default=len(graph) * 2)
            wishes = [(depth[link.target] + 1, link.weight + 0.01) for link in users[box]]
            wishes += [(depth[link.source] - 1, link.weight) for link in sources[box]]
            if graph.cluster[box] in middle and len(members[graph.cluster[box]]) > 1:
                wishes.append((middle[graph.cluster[box]], FRAME_PULL))
            if not wishes:
                continue
            wish = min(max(weighted_median(wishes), low), high)
            moved |= wish != depth[box]
            depth[box] = wish
        if not moved:
            break
    # Columns that nothing stands in are left out.
    used = {value: index for index, value in enumerate(sorted(set(depth), reverse=True))}
    return [used[value] for value in depth]


def _right_to_left(graph: Graph, sources: list[list[Link]], users: list[list[Link]]) -> list[int]:
    """Every box after all that it leads to."""
    waiting = [len(each) for each in users]
    order = [box for box in range(len(graph)) if not waiting[box]]
    for box in order:  # it grows while we go
        for link in sources[box]:
            waiting[link.source] -= 1
            if not waiting[link.source]:
                order.append(link.source)
    return order


def _bring_parts_together(graph: Graph, links: list[Link], depth: list[int]) -> None:
    """What only a frame joins, not links, would stand at the right end; it goes to the middle of its frame."""
    plain = Graph(graph.width, graph.height, graph.cluster, links, graph.clusters)
    parts = sorted(plain.components(by_cluster=False), key=lambda boxes: (-len(boxes), boxes[0]))
    placed: dict[int, list[int]] = defaultdict(list)
    for index, boxes in enumerate(parts):
        here = [graph.above(graph.cluster[box]) for box in boxes]
        shared = next((c for above in here for c in above if placed[c]), None)
        if index and shared is not None:
            inside = [depth[b] for b, above in zip(boxes, here, strict=True) if shared in above]
            shift = round(_middle(placed[shared]) - _middle(inside))
            for box in boxes:
                depth[box] += shift
        for box, above in zip(boxes, here, strict=True):
            for cluster in above:
                placed[cluster].append(depth[box])


def _middle(values: list[int]) -> float:
    return (min(values) + max(values)) / 2
