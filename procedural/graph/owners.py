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
        if isinstance(block, bpy.types.NodeTree) and not block.is_embedded_data:
            _forget(block)
        kind = next(kinds[name] for name in lineage(block.bl_rna) if name in kinds)
        getattr(bpy.data, kind).remove(block)


def _forget(tree: bpy.types.NodeTree) -> None:
    """Empty what points to data-blocks: some inputs and nodes do not count them as used in some Blenders, and yet take a user back
    when they go (4.5: the Object node); a block that nobody is counted for would not be saved."""
    for item in tree.interface.items_tree:
        if isinstance(getattr(item, "default_value", None), bpy.types.ID):
            item.default_value = None
    for node in tree.nodes:
        for prop in node.bl_rna.properties:
            if (
                prop.type == "POINTER"
                and not prop.is_readonly
                and isinstance(getattr(node, prop.identifier), bpy.types.ID)
            ):
                setattr(node, prop.identifier, None)
