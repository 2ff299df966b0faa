"""Trees that are part of another data-block."""

from __future__ import annotations

from collections.abc import Iterable

import bpy

from .errors import GraphError
from .rna import lineage

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


def remove(blocks: Iterable[bpy.types.ID]) -> None:
    """Remove data-blocks from the file. One by one: `batch_remove` leaves what they used counted as used."""
    kinds = {p.fixed_type.identifier: p.identifier for p in bpy.data.bl_rna.properties if p.type == "COLLECTION"}
    for block in list(blocks):
        kind = next(kinds[name] for name in lineage(block.bl_rna) if name in kinds)
        getattr(bpy.data, kind).remove(block)
