"""A graph as Python source."""

from __future__ import annotations

import bpy

from .images import with_images
from .read import read
from .spec import GraphSpec
from .write_standalone import standalone

STYLES = ("standalone",)


def to_python(source: bpy.types.ID | GraphSpec, style: str = "standalone", *, embed_images: bool = False) -> str:
    """Source text that makes the graph again: it defines `build()`, and calls it when run as a script.

    source: a node tree, what has one (material, world, light, scene), or a spec.
    style: "standalone" needs nothing but bpy, and keeps everything that a spec keeps.
    embed_images: put small images of this file into the script (`images`); others are told by a warning.
    Raises GraphError if there is no tree or if it cannot be read, ValueError for another style.
    """
    if style not in STYLES:
        raise ValueError(f"style must be one of {', '.join(STYLES)}, not {style!r}")
    spec = source if isinstance(source, GraphSpec) else read(source)
    text = standalone(spec)
    return with_images(text, spec) if embed_images else text
