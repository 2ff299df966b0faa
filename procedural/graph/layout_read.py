"""A node tree as a layout sees it: boxes of estimated size, links between sockets, frames and zones as clusters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import bpy

from .layout_model import ROOT, Cluster, Graph, Link
from .layout_size import frame_padding, port, size

ZONE_PAD = 24.0
STREAM = {"GEOMETRY": 3.0, "SHADER": 3.0}  # what a reader follows through the graph


class Read:
    """names: of the boxes, by number. A frame with nothing in it is a box; the others are clusters of `graph`."""

    def __init__(self, tree: bpy.types.NodeTree, only: Collection[str] | None = None) -> None:
        frames = {node.name: node for node in tree.nodes if node.bl_idname == "NodeFrame"}
        holders = {node.name: _holders(node) for node in tree.nodes}
        full = {frame for above in holders.values() for frame in above}
        nodes = [n for n in tree.nodes if n.name not in full and (only is None or n.name in only)]
        self.names = [node.name for node in nodes]
        self.number = {name: index for index, name in enumerate(self.names)}
        self.graph = Graph()
        for node in nodes:
            self.graph.add(*size(node))
        links = [link for link in tree.links if link.from_node.name in self.number and link.to_node.name in self.number]
        for link in links:
            self.graph.links.append(self._link(link))
        pairs = [(n.name, n.paired_output_node.name) for n in nodes if getattr(n, "paired_output_node", None)]
        pairs = [(start, end) for start, end in pairs if end in self.number]
        for start, end in pairs:
            self.graph.links.append(Link(self.number[start], self.number[end], weight=0.0))
        self._set_clusters(frames, holders, [self._zone(start, end) for start, end in pairs])

    def _link(self, link: bpy.types.NodeLink) -> Link:
        source, target = self.number[link.from_node.name], self.number[link.to_node.name]
        weight = STREAM.get(link.from_socket.type, 1.0)
        out_y = port(link.from_socket, self.graph.height[source])
        return Link(source, target, out_y, port(link.to_socket, self.graph.height[target]), weight)

    def _zone(self, start: str, end: str) -> frozenset[int]:
        """What depends on a zone's first node and is needed by its last, both included."""
        following, leading = defaultdict(list), defaultdict(list)
        for link in self.graph.links:
            following[link.source].append(link.target)
            leading[link.target].append(link.source)
        inside = _reached(self.number[start], following) & _reached(self.number[end], leading)
        return frozenset(inside | {self.number[start], self.number[end]})

    def _set_clusters(
        self, frames: dict[str, bpy.types.Node], holders: dict[str, list[str]], zones: list[frozenset[int]]
    ) -> None:
        """Frames, and those zones that lie wholly in, round or beside each frame and other zone."""
        members: dict[str, set[int]] = defaultdict(set)
        for name, box in self.number.items():
            for frame in holders[name]:
                members[frame].add(box)
        # A frame that also holds what is not laid out here is no rectangle of ours.
        for name, above in holders.items():
            if name not in self.number and name not in frames:
                for frame in above:
                    members.pop(frame, None)
        depth = {name: len(_holders(frame)) for name, frame in frames.items()}
        kept = [(frozenset(boxes), depth[name], frame_padding(frames[name])) for name, boxes in members.items()]
        for zone in sorted(zones, key=len):
            if all(zone <= other or other <= zone or not zone & other for other, _, _ in kept):
                kept.append((zone, 10**6, (ZONE_PAD, ZONE_PAD)))
        kept.sort(key=lambda each: (-len(each[0]), each[1]))
        innermost = [ROOT] * len(self.names)
        for boxes, _, (top, pad) in kept:
            parent = innermost[min(boxes)]
            self.graph.clusters.append(Cluster(parent, top, pad))
            for box in boxes:
                innermost[box] = len(self.graph.clusters) - 1
        self.graph.cluster = innermost


def _holders(node: bpy.types.Node) -> list[str]:
    found = []
    while node.parent is not None:
        node = node.parent
        found.append(node.name)
    return found


def _reached(start: int, following: dict[int, list[int]]) -> set[int]:
    found, waiting = {start}, [start]
    while waiting:
        for box in following[waiting.pop()]:
            if box not in found:
                found.add(box)
                waiting.append(box)
    return found
