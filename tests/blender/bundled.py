"""The node groups in the .blend files that Blender itself brings."""

from __future__ import annotations

import zlib
from pathlib import Path

import bpy

FOLDER = Path(bpy.utils.resource_path("LOCAL"))
FILES = sorted(p for p in FOLDER.rglob("*.blend") if "brushes" not in p.parts)


def load(file: Path) -> list[bpy.types.NodeTree]:
    """All node groups of a file, in a fresh scene."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(file)) as (source, target):
        target.node_groups = list(source.node_groups)
    return list(bpy.data.node_groups)


def nodes_in(tree: bpy.types.NodeTree) -> int:
    """How many nodes a script of this group makes, those of its inner groups once each."""
    found, waiting = set(), [tree]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += [n.node_tree for n in each.nodes if getattr(n, "node_tree", None) is not None]
    return sum(len(each.nodes) for each in found)


def one_in(count: int, name: str) -> bool:
    """Whether this name is in the sample of one in `count`: always the same ones."""
    return zlib.crc32(name.encode()) % count == 0
