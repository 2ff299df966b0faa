"""What the tests of transpiling share: small groups, node editors that show them, and whether a script makes them again."""

from __future__ import annotations

from contextlib import contextmanager

import bpy

from dreamgrove.procedural.graph import compare, read

EDITORS = ("GeometryNodeTree", "ShaderNodeTree", "CompositorNodeTree")


def group_of(kind: str, name: str = "Scatter") -> bpy.types.NodeTree:
    """A small group with a group in it."""
    inner, tree = bpy.data.node_groups.new("Inner", kind), bpy.data.node_groups.new(name, kind)
    tree.interface.new_socket("Amount", in_out="INPUT", socket_type="NodeSocketFloat")
    node = tree.nodes.new(kind.replace("Tree", "Group"))
    node.node_tree = inner
    frame = inner.nodes.new("NodeFrame")
    inner.nodes.new("NodeReroute").parent = frame
    tree.nodes.new("NodeGroupInput")
    for each in tree.nodes:
        each.select = False
    return tree


@contextmanager
def node_editor(tree: bpy.types.NodeTree):
    """The largest area as a node editor that shows a tree, for a while."""
    window = bpy.context.window_manager.windows[0]
    area = max(window.screen.areas, key=lambda a: a.width * a.height)
    before = area.ui_type
    area.type = "NODE_EDITOR"
    area.ui_type = tree.bl_idname
    try:
        with bpy.context.temp_override(window=window, area=area, region=area.regions[-1]):
            space = bpy.context.space_data
            space.pin = True
            space.node_tree = tree
            assert space.node_tree == tree
            yield space
    finally:
        area.ui_type = before


def blocks() -> dict[str, list[str]]:
    """Everything in the file."""
    kinds = [p.identifier for p in bpy.data.bl_rna.properties if p.type == "COLLECTION" and p.identifier != "all_ids"]
    return {kind: sorted(b.name for b in getattr(bpy.data, kind)) for kind in kinds}


def run(text: str) -> bpy.types.ID:
    space = {"__name__": "script"}
    exec(compile(text, "script", "exec"), space)
    return space["build"]()


def comes_back(source: bpy.types.ID, text: str) -> bool:
    return compare(read(source), read(run(text)), "layout") == []
