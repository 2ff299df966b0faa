"""How high each box stands, its layer and its place in it given: chains straight, links short, frames rectangles.

Straight chains are aligned as by Brandes and Koepf (2001): of the segments between two layers those are chosen that do not cross each
other nor a frame's border, the most important first; what they join is a block that moves as one. Borders are blocks as well. So the
blocks have an order without cycles, and any wish can be met as far as that order allows: each round every block wishes to be where
its links are level, and all are put as near to their wishes as they can be together (layout_separate).
"""

from __future__ import annotations

from bisect import bisect_left, insort
from itertools import pairwise

from .layout_model import weighted_median
from .layout_order import GAP, LINK_GAP, Layered, Segment, bottom_of
from .layout_separate import Neighbours, separate

ROUNDS = 40
STEP = 0.7
SETTLING = 6
FINE = 60.0
FRAME_GAP = 36.0
LOW = 45.0  # boxes of less height are level with the sockets that they are linked to
Levels = dict[Segment, tuple[float, float]]


def heights(layered: Layered) -> list[float]:
    """The top of each item, in the editor's units, downwards."""
    straight = [_alignments(layered, number) for number in range(layered.num_layers)]
    level = _levels(layered)
    block, offset = _blocks(layered, straight, level)
    below = _below(layered, block, offset)
    pulls = _pulls(layered, block, offset, level)
    num_blocks = max(max(block.values(), default=-1) + 1, len(pulls))
    above: Neighbours = [[] for _ in range(num_blocks)]
    for upper, others in enumerate(below):
        for lower, distance in others.items():
            above[lower].append((upper, distance))
    under = [list(others.items()) for others in below]
    order = _from_the_top(above, under)
    y = [0.0] * num_blocks
    for each in order:
        y[each] = max((y[u] + d for u, d in above[each]), default=0.0)
    borders = {block[entry]: entry % 2 for items in layered.order for entry in items if entry < 0}
    weight = [sum(w for _, _, w in own) or 0.01 for own in pulls]
    for number in range(ROUNDS):
        wish = list(y)
        for index, own in enumerate(pulls):
            if own:
                goal = sum((y[o] + d) * w for o, d, w in own) / sum(w for _, _, w in own)
                wish[index] = y[index] + STEP * (goal - y[index])
            elif index in borders:
                wish[index] = _tight(y, index, borders[index], above, under)
        if number % 2:  # now from the one end, now from the other, so that neither is favoured
            y = separate(wish, weight, order, above)
        else:
            y = [-v for v in separate([-v for v in wish], weight, order[::-1], under)]
    _settle(y, pulls, borders, order, above, under)
    return [y[block[item]] + offset[item] for item in range(len(layered.layer))]


def _alignments(layered: Layered, number: int) -> list[Segment]:
    """The segments from this layer to the next that become level."""
    if number + 1 >= layered.num_layers:
        return []
    left = {item: index for index, item in enumerate(layered.order[number])}
    right = {item: index for index, item in enumerate(layered.order[number + 1])}
    taken = sorted((left[item], right[item]) for item in left if item < 0 and item in right)
    ends = {index for _, index in taken}
    chosen = []
    candidates = [s for s in layered.segments[number] if _may_be_level(layered, s)]
    for segment in sorted(candidates, key=lambda s: _importance(layered, s), reverse=True):
        place = (left[segment.left], right[segment.right])
        at = bisect_left(taken, place)
        if place[1] in ends or (at < len(taken) and (taken[at][0] == place[0] or taken[at][1] < place[1])):
            continue
        if at and (taken[at - 1][0] == place[0] or taken[at - 1][1] > place[1]):
            continue
        insort(taken, place)
        ends.add(place[1])
        chosen.append(segment)
    return chosen


def _may_be_level(layered: Layered, segment: Segment) -> bool:
    """Only where it is worth the room that it costs: between neighbours, along a chain or the main stream."""
    if not layered.height[segment.left] or not layered.height[segment.right]:
        return False
    return segment.weight > 1 or len(layered.right[segment.left]) == 1


def _importance(layered: Layered, segment: Segment) -> tuple[float, float, int]:
    """The main stream first, then chains without branches, then what enters a node higher up."""
    alone = (len(layered.right[segment.left]) == 1) + (len(layered.left[segment.right]) == 1)
    return segment.weight + 0.6 * alone, -segment.right_y, -segment.left


def _levels(layered: Layered) -> Levels:
    """For each segment the heights, from the tops of its two items, that should be one.

    People put the heads of nodes in a row, not their sockets: a chain of nodes that are entered far below where they are left
    would climb. So the uppermost link at a side of a box counts as if it ended at its head, and the others as far below as they
    are below that. What is low (a reroute, a collapsed node) stands level with its socket.
    """
    highest_in = [min((s.right_y for s in own), default=0.0) for own in layered.left]
    highest_out = [min((s.left_y for s in own), default=0.0) for own in layered.right]
    found: Levels = {}
    for segments in layered.segments:
        for s in segments:
            if 0 < layered.height[s.left] < LOW or 0 < layered.height[s.right] < LOW:
                found[s] = (s.left_y, s.right_y)
            else:
                found[s] = (s.left_y - highest_out[s.left], s.right_y - highest_in[s.right])
    return found


def _blocks(layered: Layered, straight: list[list[Segment]], level: Levels) -> tuple[dict[int, int], dict[int, float]]:
    """The block of each item and border, and how far below the block's height its top is."""
    before = {segment.right: segment for segments in straight for segment in segments}
    block: dict[int, int] = {}
    offset: dict[int, float] = {}
    count = 0
    for items in layered.order:
        for item in items:
            segment = before.get(item)
            if segment is not None:
                block[item] = block[segment.left]
                left_y, right_y = level[segment]
                if min(layered.height[segment.left], layered.height[item]) >= LOW:
                    left_y = right_y = 0.0
                offset[item] = offset[segment.left] + left_y - right_y
            elif item not in block:  # a border is the same in all its layers
                block[item] = count
                offset[item] = 0.0
                count += 1
    return block, offset


def _below(layered: Layered, block: dict[int, int], offset: dict[int, float]) -> list[dict[int, float]]:
    """For each block those that must be below it, and by how much."""
    found: list[dict[int, float]] = [{} for _ in range(max(block.values(), default=-1) + 1)]
    for items in layered.order:
        for upper, lower in pairwise(items):
            a, b = block[upper], block[lower]
            distance = offset[upper] + _distance(layered, upper, lower) - offset[lower]
            found[a][b] = max(found[a].get(b, distance), distance)
    return found


def _distance(layered: Layered, upper: int, lower: int) -> float:
    """From the top of one to the top of the next below it."""
    height = layered.height[upper] if upper >= 0 else 0.0
    if upper < 0 and upper % 2 == 0:  # an upper border, and what is inside
        cluster = layered.graph.clusters[-upper // 2]
        return cluster.top + (cluster.pad if lower == bottom_of(-upper // 2) else 0.0)
    if lower < 0 and lower % 2:  # a lower border
        return height + layered.graph.clusters[-lower // 2].pad
    if upper < 0 or lower < 0:
        return height + FRAME_GAP
    gaps = sorted((bool(height), bool(layered.height[lower])))
    return height + (GAP if all(gaps) else LINK_GAP)


def _pulls(
    layered: Layered, block: dict[int, int], offset: dict[int, float], level: Levels
) -> list[list[tuple[int, float, float]]]:
    """For each block (other, d, weight): a segment is level when the block is at the other's height plus d."""
    found: list[list[tuple[int, float, float]]] = [[] for _ in range(max(block.values(), default=-1) + 1)]
    for segments in layered.segments:
        for s in segments:
            a, b = block[s.left], block[s.right]
            if a != b:
                left_y, right_y = level[s]
                d = offset[s.left] + left_y - offset[s.right] - right_y
                found[b].append((a, d, s.weight))
                found[a].append((b, -d, s.weight))
    return found


def _from_the_top(above: Neighbours, under: Neighbours) -> list[int]:
    waiting = [len(each) for each in above]
    order = [index for index, count in enumerate(waiting) if not count]
    for index in order:  # it grows while we go
        for lower, _ in under[index]:
            waiting[lower] -= 1
            if not waiting[lower]:
                order.append(lower)
    if len(order) < len(above):
        raise ValueError("the order of frames and links in the layers contradicts itself")
    return order


def _tight(y: list[float], index: int, lower: int, above: Neighbours, under: Neighbours) -> float:
    """Where a border is close to what is inside."""
    return max(y[u] + d for u, d in above[index]) if lower else min(y[u] - d for u, d in under[index])


def _settle(
    y: list[float],
    pulls: list[list[tuple[int, float, float]]],
    borders: dict[int, int],
    order: list[int],
    above: Neighbours,
    under: Neighbours,
) -> None:
    """Each block a little towards the weighted median of its links, as far as there is room: some become quite level."""
    start = list(y)
    for number in range(SETTLING):
        for index in order if number % 2 else reversed(order):
            if index in borders:
                y[index] = _tight(y, index, borders[index], above, under)
            elif pulls[index]:
                goal = weighted_median([(y[o] + d, w) for o, d, w in pulls[index]])
                goal = min(max(goal, start[index] - FINE), start[index] + FINE)
                goal = min([goal, *(y[u] - d for u, d in under[index])])
                y[index] = max([goal, *(y[u] + d for u, d in above[index])])
