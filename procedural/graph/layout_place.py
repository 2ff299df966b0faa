"""Places for all boxes of a graph: each part that hangs together by itself, then the parts beside and below each other."""

from __future__ import annotations

from collections.abc import Sequence

from .layout_heights import heights
from .layout_layers import layers
from .layout_model import Graph, Link
from .layout_order import Layered

GAP_X = 48.0  # between columns
GAP_PART = 90.0  # between parts
WIDEST_ROW = 2.2  # a row of small parts is at least so many times as wide as all parts together are high

Place = tuple[float, float]  # left, top; y upwards, as in Blender


def place(graph: Graph, widest: float = 1e9) -> list[Place]:
    """The left top corner of each box. A part wider than `widest` is folded into rows."""
    parts = []
    for boxes in graph.components():
        places = place_part(graph.part(boxes), widest)
        parts.append((boxes, places, _extent(graph, boxes, places)))
    # The largest first, as it stands; the rest in rows below it.
    parts.sort(key=lambda part: -len(part[0]))
    area = sum((right - left + GAP_PART) * (top - bottom + GAP_PART) for _, _, (left, bottom, right, top) in parts)
    row_width = max([WIDEST_ROW * area**0.5 / 1.5, *(b[2] - b[0] for _, _, b in parts)]) if parts else 0.0
    found: list[Place] = [(0.0, 0.0)] * len(graph)
    x = y = low = 0.0
    for boxes, places, (left, bottom, right, top) in parts:
        if x and x + right - left > row_width:
            x, y = 0.0, low - GAP_PART
        for box, (box_x, box_y) in zip(boxes, places, strict=True):
            found[box] = (x + box_x - left, y + box_y - top)
        x += right - left + GAP_PART
        low = min(low, y + bottom - top)
    return found


def place_part(graph: Graph, widest: float = 1e9) -> list[Place]:
    """Places for boxes that hang together."""
    links = graph.acyclic()
    layer = layers(graph, links)
    layered = Layered(graph, links, layer)
    layered.reduce_crossings()
    top = heights(layered)
    x = _columns(layered, links)
    places = [(x[box], -top[box]) for box in range(len(graph))]
    return _folded(graph, places, widest)


def _columns(layered: Layered, links: list[Link]) -> list[float]:
    """The left of each box: columns as wide as their widest box, and room between them for links and the borders of frames."""
    graph = layered.graph
    width = [0.0] * layered.num_layers
    for box in range(len(graph)):
        width[layered.layer[box]] = max(width[layered.layer[box]], graph.width[box])
    opening, closing = _border_room(layered)
    starts = []
    x = 0.0
    for number in range(layered.num_layers):
        x += opening[number]
        starts.append(x)
        many = min(len(layered.segments[number]), 20)
        x += width[number] + closing[number] + GAP_X + 2.0 * many
    fed = {link.target for link in links if link.weight}
    return [
        # What has no input stands close to what it feeds.
        starts[layered.layer[box]] + (0.0 if box in fed else width[layered.layer[box]] - graph.width[box])
        for box in range(len(graph))
    ]


def _border_room(layered: Layered) -> tuple[list[float], list[float]]:
    """Before and after each layer: what the frames that begin and end there need, those in others too."""
    clusters = layered.graph.clusters
    opening, closing = [0.0] * layered.num_layers, [0.0] * layered.num_layers
    left: dict[int, float] = {}
    right: dict[int, float] = {}
    for cluster in sorted(layered.span, reverse=True):  # inner ones come after outer ones
        low, high = layered.span[cluster]
        parent = clusters[cluster].parent
        left[cluster] = left.get(cluster, 0.0) + clusters[cluster].pad
        right[cluster] = right.get(cluster, 0.0) + clusters[cluster].pad
        opening[low] = max(opening[low], left[cluster])
        closing[high] = max(closing[high], right[cluster])
        if parent in layered.span:
            if layered.span[parent][0] == low:
                left[parent] = max(left.get(parent, 0.0), left[cluster])
            if layered.span[parent][1] == high:
                right[parent] = max(right.get(parent, 0.0), right[cluster])
    return opening, closing


def _folded(graph: Graph, places: list[Place], widest: float) -> list[Place]:
    """Rows of at most `widest`, for Blender keeps places only up to a limit. Frames across a fold come out large."""
    left = min(x for x, _ in places)
    right = max(x + w for (x, _), w in zip(places, graph.width, strict=True))
    if right - left <= widest:
        return places
    height = max(y for _, y in places) - min(y - h for (_, y), h in zip(places, graph.height, strict=True))
    room = widest - max(graph.width)
    return [((x - left) % room, y - (x - left) // room * (height + GAP_PART)) for x, y in places]


def _extent(graph: Graph, boxes: Sequence[int], places: list[Place]) -> tuple[float, float, float, float]:
    """Left, bottom, right, top with the frames' borders (a little generous: all frames of the outermost box count)."""
    left = bottom = float("inf")
    right = top = float("-inf")
    for box, (x, y) in zip(boxes, places, strict=True):
        above = graph.above(graph.cluster[box])
        pad = sum(graph.clusters[c].pad for c in above)
        head = sum(graph.clusters[c].top for c in above)
        left, right = min(left, x - pad), max(right, x + graph.width[box] + pad)
        bottom, top = min(bottom, y - graph.height[box] - pad), max(top, y + head)
    return left, bottom, right, top
