"""Where nodes are, for the Blender that runs: from 4.4 on they are asked for their place in the tree, before for that in their frame."""

from __future__ import annotations

from dataclasses import replace

from .spec import TreeSpec

IN_FRAME, IN_TREE = "location", "location_absolute"


def places_for_here(spec: TreeSpec, known: frozenset[str] | set[str]) -> TreeSpec:
    """The tree with the places of nodes as the running Blender keeps them; `known` are the properties of its nodes."""
    there = next((name for name in (IN_FRAME, IN_TREE) if spec.nodes and name in spec.nodes[0].properties), None)
    if there is None or there in known:
        return spec
    here, sign = (IN_TREE, 1.0) if there == IN_FRAME else (IN_FRAME, -1.0)
    by_name = {node.name: node for node in spec.nodes}
    nodes = []
    for node in spec.nodes:
        x, y = node.properties.get(there, (0.0, 0.0))
        frame = by_name.get(node.parent)
        while frame is not None:
            dx, dy = frame.properties.get(there, (0.0, 0.0))
            x, y = x + sign * dx, y + sign * dy
            # A place in the tree holds those of all frames around; one in a frame, only of that frame.
            frame = by_name.get(frame.parent) if there == IN_FRAME else None
        properties = {
            here if key == there else key: (x, y) if key == there else value for key, value in node.properties.items()
        }
        nodes.append(replace(node, properties=properties))
    return replace(spec, nodes=tuple(nodes))
