"""Trees that are part of another data-block."""

from __future__ import annotations

import bpy

from .errors import GraphError

# Where trees live that are part of another data-block, and the name of the property that has them.
OWNERS = {
    "materials": "node_tree",
    "worlds": "node_tree",
    "lights": "node_tree",
    "linestyles": "node_tree",
    "scenes": "node_tree",
    "textures": "node_tree",
}


def owner_of(tree: bpy.types.NodeTree) -> bpy.types.ID:
    """The material, world, light or scene that a tree is part of. Raises GraphError if there is none."""
    for kind, attribute in OWNERS.items():
        for block in getattr(bpy.data, kind):
            if getattr(block, attribute, None) == tree:
                return block
    raise GraphError(f"node tree {tree.name!r} is part of a data-block that cannot be found")
