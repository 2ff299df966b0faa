"""New nodes in a tree that has been laid out: near what they are linked to, over nothing, and nothing else moves."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import bpy

from .layout_place import place_part
from .layout_read import Read
from .layout_size import REROUTE, frame_padding, port, size

GAP_X, GAP_Y = 40.0, 20.0
COLUMNS = 7  # so many places across are tried for each group of new nodes


@dataclass(frozen=True)
class Rect:
    """In the editor's units, y upwards."""

    left: float
    bottom: float
    right: float
    top: float

    def moved(self, x: float, y: float) -> Rect:
        return Rect(self.left + x, self.bottom + y, self.right + x, self.top + y)

    def grown(self, x: float, y: float) -> Rect:
        return Rect(self.left - x, self.bottom - y, self.right + x, self.top + y)

    def meets(self, other: Rect) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.bottom < other.top and other.bottom < self.top
        )


def around(rects: Iterable[Rect]) -> Rect:
    every = list(rects)
    return Rect(
        min(r.left for r in every), min(r.bottom for r in every), max(r.right for r in every), max(r.top for r in every)
    )


def location(node: bpy.types.Node) -> tuple[float, float]:
    """Of a node in the editor, whatever frames it is in: `location` is relative to the frame."""
    x, y = 0.0, 0.0
    each: bpy.types.Node | None = node
    while each is not None:
        x, y, each = x + each.location.x, y + each.location.y, each.parent
    return x, y


def node_rect(node: bpy.types.Node) -> Rect:
    x, y = location(node)
    if node.bl_idname == "NodeReroute":
        x, y = x - REROUTE / 2, y + REROUTE / 2
    width, height = size(node)
    return Rect(x, y - height, x + width, y)


def arrange_only(tree: bpy.types.NodeTree, only: Collection[str]) -> None:
    """Place the nodes of these names; those that hang together, as a whole."""
    room = _Room(tree, only)
    read = Read(tree, only)
    for boxes in read.graph.components():
        part = read.graph.part(boxes)
        names = [read.names[box] for box in boxes]
        rects = {
            name: Rect(x, y - part.height[index], x + part.width[index], y)
            for index, (name, (x, y)) in enumerate(zip(names, place_part(part), strict=True))
        }
        x, y = room.find(rects)
        room.settle({name: rect.moved(x, y) for name, rect in rects.items()})
    for name in read.names:
        node = tree.nodes[name]
        rect = room.rects[name]
        x, y = (
            (rect.left + REROUTE / 2, rect.top - REROUTE / 2)
            if node.bl_idname == "NodeReroute"
            else (rect.left, rect.top)
        )
        if node.parent is not None:
            frame_x, frame_y = location(node.parent)
            x, y = x - frame_x, y - frame_y
        node.location = (round(x), round(y))


class _Room:
    """rects: of the nodes that have their places, frames not among them. frames: what each frame covers so far."""

    def __init__(self, tree: bpy.types.NodeTree, only: Collection[str]) -> None:
        self.tree = tree
        self.holders: dict[str, list[str]] = {}
        for node in tree.nodes:
            above, each = [], node.parent
            while each is not None:
                above.append(each.name)
                each = each.parent
            self.holders[node.name] = above
        self.rects: dict[str, Rect] = {}
        self.frames: dict[str, Rect] = {}
        fixed = [n for n in tree.nodes if n.bl_idname != "NodeFrame" and n.name not in only]
        self.settle({node.name: node_rect(node) for node in fixed})

    def settle(self, rects: dict[str, Rect]) -> None:
        self.rects |= rects
        for name, rect in self._frames_with(rects).items():
            self.frames[name] = rect

    def _frames_with(self, rects: dict[str, Rect]) -> dict[str, Rect]:
        """The frames that hold these, as large as they become."""
        found: dict[str, Rect] = {}
        for name, rect in rects.items():
            inner = rect
            for frame in self.holders[name]:
                top, pad = frame_padding(self.tree.nodes[frame])
                outer = inner.grown(pad, pad)
                outer = Rect(outer.left, outer.bottom, outer.right, inner.top + top)
                before = found.get(frame) or self.frames.get(frame)
                found[frame] = around([outer, before]) if before else outer
                inner = found[frame]
        return found

    def find(self, rects: dict[str, Rect]) -> tuple[float, float]:
        """How far to move these so that they are near what they are linked to and lie on nothing."""
        low, high, y = self._wishes(rects)
        best: tuple[float, float, float] | None = None
        wish = high if high is not None else low if low is not None else 0.0
        tries = {wish}
        if low is not None and high is not None and low < high:
            tries |= {low + (high - low) * index / (COLUMNS - 1) for index in range(COLUMNS)}
        elif low is not None and high is not None:
            tries = {(low + high) / 2}
        else:
            step = 100.0 if high is None else -100.0
            tries |= {wish + step * index for index in range(COLUMNS)}
        for frames_too in (True, False):  # a full frame between others cannot grow: then it comes to lie over them
            for x in sorted(tries, key=lambda x: (abs(x - wish), x)):
                shifted = {name: rect.moved(x, y) for name, rect in rects.items()}
                aside = self._nearest_free(shifted, frames_too, best[0] - abs(x - wish) if best else None)
                if aside is not None and (best is None or abs(aside) + abs(x - wish) < best[0]):
                    best = (abs(aside) + abs(x - wish), x, y + aside)
            if best is not None:
                return best[1], best[2]
        raise ValueError("there is no room above nor below all nodes")

    def _wishes(self, rects: dict[str, Rect]) -> tuple[float | None, float | None, float]:
        """Least and greatest x that keep links running right, and the mean y that keeps them level."""
        low: list[float] = []
        high: list[float] = []
        level: list[float] = []
        for link in self.tree.links:
            source, target = link.from_node.name, link.to_node.name
            if (source in rects) == (target in rects):
                continue
            if (source if target in rects else target) not in self.rects:
                continue  # new as well, and not placed yet
            start, end = (rects | self.rects)[source], (rects | self.rects)[target]
            out_y = start.top - port(link.from_socket, start.top - start.bottom)
            in_y = end.top - port(link.to_socket, end.top - end.bottom)
            if target in rects:
                low.append(start.right + GAP_X - end.left)
                level.append(out_y - in_y)
            else:
                high.append(end.left - GAP_X - start.right)
                level.append(in_y - out_y)
        if level:
            return max(low, default=None), min(high, default=None), sum(level) / len(level)
        if not self.rects:
            return None, None, 0.0
        whole, own = around([*self.rects.values(), *self.frames.values()]), around(rects.values())
        return whole.left - own.left, None, whole.bottom - 3 * GAP_Y - own.top

    def _nearest_free(self, rects: dict[str, Rect], frames_too: bool, limit: float | None) -> float | None:
        """The least move up or down to a free place; None if that is beyond the limit."""
        grown = self._frames_with(rects)
        own = [*rects.values(), *(rect for name, rect in grown.items())]
        strip = around(own).grown(GAP_X, 0)
        others = [*self.rects.values(), *(r for name, r in self.frames.items() if name not in grown)]
        near = [r for r in others if r.left < strip.right and strip.left < r.right]
        moves = {0.0}
        for rect in near:
            for each in own:
                moves |= {rect.top + GAP_Y - each.bottom + 0.5, rect.bottom - GAP_Y - each.top - 0.5}
        for move in sorted(moves, key=lambda m: (abs(m), m)):
            if limit is not None and abs(move) >= limit:
                return None
            if self._is_free({name: rect.moved(0, move) for name, rect in rects.items()}, frames_too):
                return move
        return None

    def _is_free(self, rects: dict[str, Rect], frames_too: bool) -> bool:
        for rect in rects.values():
            wide = rect.grown(GAP_Y, GAP_Y)
            if any(wide.meets(other) for other in self.rects.values()):
                return False
        if not frames_too:
            return True
        grown = self._frames_with(rects)
        strange = [rect for name, rect in self.frames.items() if name not in grown]
        for rect in rects.values():
            if any(rect.grown(GAP_Y, GAP_Y).meets(other) for other in strange):
                return False
        for frame, rect in grown.items():
            if any(rect.meets(other) for name, other in self.rects.items() if frame not in self.holders[name]):
                return False
            for name, other in self.frames.items():
                related = name == frame or name in self.holders[frame] or frame in self.holders[name]
                if not related and name not in grown and rect.meets(other):
                    return False
        return True
