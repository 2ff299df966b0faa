"""Node groups of families and materials, built beforehand: Blender looks through a whole tree at every change to it, so a graph of a
thousand nodes takes seconds to build, but a moment to load.

`prebuilt/NAME.blend` is written by the oldest Blender that we support (`python3 dev.py prebuild`), one file a category; each group says of which
sources it was made. A group whose sources have changed since is not used: it is built, slowly but rightly.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

import bpy

from .sources import closure

log = logging.getLogger(__name__)

HERE = Path(__file__).resolve().parent
FOLDER = HERE / "prebuilt"
SOURCE_KEY = "dreamgrove_source"  # on prebuilt groups: the fingerprint of what they were made of
NAME_KEY = "dreamgrove_name"  # on materials: their name when they were made, which an appended copy may not have
# Of the graph layer only what says which nodes there are: how constants are written and nodes are placed changes no result.
_GRAPH = ("builder", "handles", "sockets", "interface", "nodes", "field_nodes", "geometry_nodes", "zones", "parts")
_FOLLOWED = ("materials", "parts", "grow", "generators")


@lru_cache(maxsize=64)
def fingerprint(category: str) -> str:
    """Of all sources that a category's groups depend on; "" for the materials alone."""
    digest = hashlib.sha256()
    for path in sorted(sources(category)):
        digest.update(path.relative_to(HERE.parent).as_posix().encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:16]


def sources(category: str) -> set[Path]:
    """The files that a category's groups are made of."""
    starts = (HERE / "generators" / category if category else HERE / "materials").glob("*.py")
    followed = closure(starts, lambda path: path.relative_to(HERE.parent).parts[1:2] in {(name,) for name in _FOLLOWED})
    return followed | {HERE.parent / "params.py"} | {HERE / "graph" / f"{name}.py" for name in _GRAPH}


def path_of(category: str) -> Path:
    return FOLDER / f"{category or 'materials'}.blend"


def load(category: str, key: str, value: str) -> bpy.types.NodeTree | None:
    """The prebuilt group whose custom property `key` is `value`, as this file's own; None if there is none that is up to date.

    Materials and groups that it brings and this file has already are the file's.
    """
    path = path_of(category)
    name = f"{key}:{value}:{fingerprint(category)}"
    if not path.is_file():
        return None
    before = {kind: set(getattr(bpy.data, kind)) for kind in ("node_groups", "materials")}
    with bpy.data.libraries.load(str(path), link=False) as (there, wanted):
        if name not in there.node_groups:
            log.info("%s has no %s %s of these sources", path.name, key, value)
            return None
        wanted.node_groups = [name]
    tree = wanted.node_groups[0]
    tree.name = tree["dreamgrove_title"]
    _reuse(set(bpy.data.materials) - before["materials"], before["materials"], _material_identity)
    _reuse(set(bpy.data.node_groups) - before["node_groups"] - {tree}, before["node_groups"], _group_identity)
    return tree


def _reuse(
    new: Iterable[bpy.types.ID], old: Iterable[bpy.types.ID], identity: Callable[[bpy.types.ID], object]
) -> None:
    """Put what the file had in place of equal things that came with a group; give the rest their proper names."""
    known = {identity(each): each for each in old if identity(each) is not None and each.library is None}
    for each in new:
        found = known.get(identity(each))
        if found is not None:
            each.user_remap(found)
            (bpy.data.materials if isinstance(each, bpy.types.Material) else bpy.data.node_groups).remove(each)
        elif "dreamgrove_title" in each:
            each.name = each["dreamgrove_title"]


def _material_identity(material: bpy.types.ID) -> object:
    kind = material.get("dreamgrove_material")
    return (kind, material.get(NAME_KEY)) if kind and material.get(NAME_KEY) else None


def _group_identity(tree: bpy.types.ID) -> object:
    kind = tree.get("dreamgrove_material")
    return (kind, tree.get("dreamgrove_version")) if kind else None


def write(category: str, trees: dict[tuple[str, str], bpy.types.NodeTree]) -> None:
    """Write a category's groups, by (key, value), aside first. Their names in this file are changed on the way."""
    FOLDER.mkdir(exist_ok=True)
    for (key, value), tree in trees.items():
        tree["dreamgrove_title"] = tree.name
        tree.name = f"{key}:{value}:{fingerprint(category)}"
    aside = path_of(category).with_suffix(".part.blend")
    bpy.data.libraries.write(str(aside), set(trees.values()), fake_user=True, compress=True)
    aside.replace(path_of(category))
