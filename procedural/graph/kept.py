"""Groups that code builds once a file: found again by a mark, built anew when their version has changed."""

from __future__ import annotations

from collections.abc import Callable

import bpy


def kept_group(key: str, version: int, build: Callable[[], bpy.types.NodeTree]) -> bpy.types.NodeTree:
    """This file's own group (no library's) whose property `key` is the version, or a new one, which `build` marks so."""
    for tree in bpy.data.node_groups:
        if tree.get(key) == version and tree.library is None:
            return tree
    return build()
