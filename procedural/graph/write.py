"""A graph as Python source."""

from __future__ import annotations

import bpy

from .build import build
from .owners import OWNERS
from .read import _in_order, _tree_of, read
from .spec import GraphSpec
from .write_library import library
from .write_standalone import standalone

STYLES = ("standalone", "library")


def to_python(source: bpy.types.ID | GraphSpec, style: str = "standalone") -> str:
    """Source text that makes the graph again: it defines `build()`, and calls it when run as a script.

    source: a node tree, what has one (material, world, light, scene), or a spec.
    style: "standalone" needs nothing but bpy, and keeps everything that a spec keeps; "library" is compact code on this package's
    builder, for people to edit, and keeps all but the order in which nodes are drawn.
    Raises GraphError if there is no tree or if it cannot be read, ValueError for another style.
    """
    if style not in STYLES:
        raise ValueError(f"style must be one of {', '.join(STYLES)}, not {style!r}")
    spec = source if isinstance(source, GraphSpec) else read(source)
    if style == "standalone":
        return standalone(spec)
    if isinstance(source, GraphSpec):
        return _with_trees(spec)
    return library(spec, _trees(source))


def _trees(source: bpy.types.ID) -> dict[str, bpy.types.NodeTree]:
    """The trees of a graph, by their names in its spec."""
    root = source if isinstance(source, bpy.types.NodeTree) else _tree_of(source)
    return {("" if tree == root else tree.name): tree for tree in _in_order(root)}


def _with_trees(spec: GraphSpec) -> str:
    """For a spec, whose trees need not be in this file: they are made for as long as it is written."""
    before = {kind: set(getattr(bpy.data, kind)) for kind in ("node_groups", *OWNERS, "actions")}
    try:
        root = build(spec, problems=[])
        return library(spec, _trees(root))
    finally:
        bpy.data.batch_remove(
            [block for kind, known in before.items() for block in getattr(bpy.data, kind) if block not in known]
        )
