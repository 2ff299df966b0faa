"""Automatic layout: columns by depth from the output, a lane for each frame, group inputs near their users."""

from __future__ import annotations

from collections import defaultdict

import bpy

GAP_X, GAP_Y = 60.0, 30.0  # editor units between columns and between nodes


def depths(tree: bpy.types.NodeTree) -> dict[str, int]:
    """For each node (by name), the longest way to a sink, counted in links; without recursion, so chains may be long."""
    users: dict[str, set[str]] = defaultdict(set)
    sources: dict[str, set[str]] = defaultdict(set)
    for link in tree.links:
        users[link.from_node.name].add(link.to_node.name)
        sources[link.to_node.name].add(link.from_node.name)
    waiting = {n.name: len(users[n.name]) for n in tree.nodes}
    depth = dict.fromkeys(waiting, 0)
    ready = [name for name, count in waiting.items() if count == 0]
    while ready:
        name = ready.pop()
        for source in sources[name]:
            depth[source] = max(depth[source], depth[name] + 1)
            waiting[source] -= 1
            if waiting[source] == 0:
                ready.append(source)
    return depth


def split_group_input(tree: bpy.types.NodeTree) -> None:
    """Replace the one Group Input by one a column and frame, with only the used sockets shown: short links, fewer crossings."""
    inputs = [n for n in tree.nodes if n.bl_idname == "NodeGroupInput"]
    if len(inputs) != 1:
        return
    original = inputs[0]
    depth = depths(tree)
    copies: dict[tuple[int, str], bpy.types.Node] = {}
    links = [(link.from_socket.identifier, link.to_socket) for link in tree.links if link.from_node == original]
    for identifier, target in links:
        frame = target.node.parent
        key = (depth[target.node.name], frame.name if frame else "")
        if key not in copies:
            copies[key] = tree.nodes.new("NodeGroupInput")
            copies[key].parent = frame
        source = next(s for s in copies[key].outputs if s.identifier == identifier)
        # A multi-input keeps its other links; a plain one is replaced.
        tree.links.new(source, target)
    tree.nodes.remove(original)
    for node in copies.values():
        for socket in node.outputs:
            socket.hide = not socket.is_linked


def arrange(tree: bpy.types.NodeTree) -> None:
    """Place all nodes. Frames are kept apart as horizontal lanes, in the order in which they were made."""
    depth = depths(tree)
    nodes = [n for n in tree.nodes if n.bl_idname != "NodeFrame"]
    frames = [n for n in tree.nodes if n.bl_idname == "NodeFrame"]
    width: dict[int, float] = defaultdict(float)
    for node in nodes:
        width[depth[node.name]] = max(width[depth[node.name]], node.width)
    x_of: dict[int, float] = {}
    x = 0.0
    for column in sorted(width):
        x -= width[column] + GAP_X
        x_of[column] = x
    users = defaultdict(list)
    for link in tree.links:
        users[link.from_node.name].append(link.to_node.name)
    top = 0.0
    places: dict[str, tuple[float, float]] = {}
    y_of: dict[str, float] = {}
    for lane in [*frames, None]:
        members = [n for n in nodes if n.parent == lane]
        bottom = top
        for column in sorted({depth[n.name] for n in members}):
            in_column = [n for n in members if depth[n.name] == column]
            in_column.sort(key=lambda n: -_mean([y_of[u] for u in users[n.name] if u in y_of], top))
            y = top
            for node in in_column:
                places[node.name] = (x_of[column], y)
                y_of[node.name] = y
                y -= _height(node) + GAP_Y
            bottom = min(bottom, y)
        top = bottom - (3 * GAP_Y if members else 0.0)
    # All at once: each single assignment would make Blender update the whole tree.
    flat = [number for node in tree.nodes for number in places.get(node.name, (0.0, 0.0))]
    tree.nodes.foreach_set("location", flat)


def _mean(numbers: list[float], otherwise: float) -> float:
    return sum(numbers) / len(numbers) if numbers else otherwise


def _height(node: bpy.types.Node) -> float:
    """An estimate: Blender knows a node's height only once it has drawn it."""
    shown = [s for s in [*node.inputs, *node.outputs] if s.enabled and not s.hide]
    vectors = [s for s in node.inputs if s.enabled and not s.is_linked and s.type in {"VECTOR", "ROTATION"}]
    curve = 200.0 if hasattr(node, "mapping") else 90.0 if hasattr(node, "color_ramp") else 0.0
    own = len(node.bl_rna.properties) - len(bpy.types.Node.bl_rna.properties)
    return 40.0 + 22.0 * (len(shown) + min(max(own, 0), 4)) + 60.0 * len(vectors) + curve
