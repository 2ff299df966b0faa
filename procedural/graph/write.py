"""A graph as Python source."""

from __future__ import annotations

from collections.abc import Sequence

import bpy

from .build import build_parts
from .errors import GraphError
from .images import with_images
from .owners import OWNERS, remove
from .read import _in_order, _tree_of, read
from .spec import GraphSpec
from .write_generator import generator
from .write_library import library
from .write_standalone import standalone

STYLES = ("standalone", "library", "generator")


def to_python(
    source: bpy.types.ID | GraphSpec,
    style: str = "standalone",
    *,
    parameters: Sequence[tuple[str, str]] | None = None,
    embed_images: bool = False,
) -> str:
    """Source text that makes the graph again: it defines `build()`, and calls it when run as a script.

    source: a node tree, what has one (material, world, light, scene), or a spec.
    style: "standalone" needs nothing but bpy, and keeps everything that a spec keeps; "library" is compact code on this package's
    builder, for people to edit, and keeps all but the order in which nodes are drawn; "generator" is that with typed parameters,
    `sample(seed)`, and a hook for varying the structure.
    parameters: of a generator, the (node, socket) pairs that become its parameters; None: the group's inputs, or if it has none
    the constants that somebody has changed.
    embed_images: put small images of this file into the script (`images`); others are told by a warning.
    Raises GraphError if there is no tree, if it cannot be read, or if a spec of another Blender is to be written in another style
    than "standalone"; ValueError for another style or a parameter that is not there.
    """
    if style not in STYLES:
        raise ValueError(f"style must be one of {', '.join(STYLES)}, not {style!r}")
    if parameters is not None and style != "generator":
        raise ValueError(f"parameters are for style 'generator', not {style!r}")
    spec = source if isinstance(source, GraphSpec) else read(source)
    if style == "standalone":
        text = standalone(spec)
    elif isinstance(source, GraphSpec):
        text = _with_trees(spec, style, parameters)
    else:
        text = _on_the_builder(spec, _trees(source), style, parameters)
    return with_images(text, spec) if embed_images else text


def _on_the_builder(
    spec: GraphSpec, trees: dict[str, bpy.types.NodeTree], style: str, parameters: Sequence[tuple[str, str]] | None
) -> str:
    return generator(spec, trees, parameters) if style == "generator" else library(spec, trees)


def _trees(source: bpy.types.ID) -> dict[str, bpy.types.NodeTree]:
    """The trees of a graph, by their names in its spec."""
    root = source if isinstance(source, bpy.types.NodeTree) else _tree_of(source)
    return {("" if tree == root else tree.name): tree for tree in _in_order(root)}


def _with_trees(spec: GraphSpec, style: str, parameters: Sequence[tuple[str, str]] | None) -> str:
    """For a spec, whose trees need not be in this file: they are made for as long as it is written."""
    if spec.blender[:2] != tuple(bpy.app.version[:2]):
        there, here = (".".join(map(str, version[:2])) for version in (spec.blender, bpy.app.version))
        raise GraphError(
            f"this node graph was read on Blender {there or 'unknown'}: code for people is written by the Blender that read it, "
            f"not by {here}; use style 'standalone', or build the graph here and transpile that"
        )
    before = {kind: set(getattr(bpy.data, kind)) for kind in ("node_groups", *OWNERS, "actions")}
    try:
        return _on_the_builder(spec, build_parts(spec, problems=[]), style, parameters)
    finally:
        remove(block for kind, known in before.items() for block in list(getattr(bpy.data, kind)) if block not in known)
