"""The other way: a script that defines `build()` is run, and what it makes is put where it can be seen and used.

A script is code and can do what Blender can do. It is run only when the artist (or the command line) has named it.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
import traceback
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType

import bpy

from ..procedural import graph
from ..procedural.graph import GraphError
from .file_blocks import removed_on_failure
from .graph_sources import kind_of, node_editor, title, tree_in

_PACKAGE = __package__.rpartition(".")[0]  # of the extension, or plain "dreamgrove"
_NAMES = re.compile(r"\b(?:bl_ext\.\w+\.)?dreamgrove\b")  # under which scripts may import it
_MODULE = "dreamgrove_script"
_TAKE_NODES = {"MESH", "CURVE", "CURVES", "SURFACE", "FONT", "POINTCLOUD", "VOLUME", "GREASEPENCIL"}  # as modifiers


class ScriptFailed(RuntimeError):
    """A script that made nothing; one sentence, with the line."""


@dataclass(frozen=True)
class Made:
    """What a script has built, and what it warned of."""

    block: bpy.types.ID
    warnings: tuple[str, ...]


def run_script(text: str, name: str) -> Made:
    """Run a script's `build()`. Raises ScriptFailed, and everything that it had added to the file is then removed again.

    name: of the text block or file, for the sentence.
    """
    with removed_on_failure(), warnings.catch_warnings(record=True) as told, _importable(text):
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        block = _built(text, name)
    return Made(block, tuple(str(each.message) for each in told))


def _built(text: str, name: str) -> bpy.types.ID:
    space = {"__name__": _MODULE, "__file__": name}
    try:
        exec(compile(text, name, "exec"), space)
        build = space.get("build")
        if not callable(build):
            raise ScriptFailed(
                f"{name} defines no build(), which makes the nodes in the scripts of Transpile to Python"
            )
        block = build()
    except ScriptFailed:
        raise
    except (Exception, SystemExit, KeyboardInterrupt) as error:
        raise ScriptFailed(_sentence(error, name)) from error
    if not isinstance(block, bpy.types.ID) or tree_in(block) is None:
        raise ScriptFailed(f"build() of {name} returned {_short(repr(block))}, which is nothing that has nodes")
    return block


def _sentence(error: BaseException, name: str) -> str:
    """What went wrong in which line of the script."""
    if (isinstance(error, SyntaxError) and error.filename in (name, None)) or "null bytes" in str(error):
        line = getattr(error, "lineno", None)
        return _short(f"{name} is no Python: " + (f"line {line}: " if line else "") + getattr(error, "msg", str(error)))
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name]
    line = f" in line {frames[-1].lineno}" if frames else ""
    # An error of the graph layer is a sentence by itself; a standalone script brings a class of its own for it.
    kind = "" if type(error).__name__ == GraphError.__name__ else type(error).__name__
    return _short(f"{name} failed{line}: " + ": ".join(part for part in (kind, str(error)) if part))


def _short(text: str) -> str:
    """On one line, of a length to be read, and without what Blender cannot show."""
    text = " ".join(text.split()).encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= 300 else text[:297] + "..."


@contextmanager
def _importable(text: str) -> Iterator[None]:
    """Let this package answer to the names that a script imports it by, while it runs: in Blender it is called after the
    repository that it was installed from, elsewhere plainly `dreamgrove`."""
    names = {name for name in _NAMES.findall(text) if name != _PACKAGE and name not in sys.modules}
    if names:
        for each in pkgutil.iter_modules(graph.__path__):  # one that is imported later would be there twice
            importlib.import_module(f"{graph.__name__}.{each.name}")
    ours = [name for name in sys.modules if (name + ".").startswith(_PACKAGE + ".")]
    added = {known_as + name[len(_PACKAGE) :]: sys.modules[name] for name in ours for known_as in names}
    sys.modules.update(added)
    sys.modules[_MODULE] = ModuleType(_MODULE)  # dataclasses look for the module that they are in
    try:
        yield
    finally:
        for name in list(sys.modules):
            if name == _MODULE or any((name + ".").startswith(known_as + ".") for known_as in names):
                del sys.modules[name]


# Where it goes


def place(block: bpy.types.ID, context: bpy.types.Context, use: bool) -> str:
    """Show what was made in the node editor, if that is of its kind; use: also give it to the active object or the scene.

    Returns a sentence on what was done. Nothing that was in use before is removed.
    """
    said = [f"Made {title(block)}"]
    if use:
        said.append(_use(block, context))
    if _show(block, context):
        said.append("open in the node editor")
    if isinstance(block, bpy.types.NodeTree) and block.users == 0:
        block.use_fake_user = True  # saving would drop it
    return ", ".join(part for part in said if part)


def _use(block: bpy.types.ID, context: bpy.types.Context) -> str:
    item, scene = context.object, context.scene
    item = item if item is not None and item.library is None else None
    kind = kind_of(block).name
    if isinstance(block, bpy.types.World):
        scene.world = block
        return "the scene's world now"
    if isinstance(block, bpy.types.Light) and item is not None and item.type == "LIGHT":
        item.data = block
        return f"the light of {item.name!r} now"
    if isinstance(block, bpy.types.Material):
        if item is None or not hasattr(item.data, "materials"):
            return "but there is no active object that takes a material"
        item.active_material = block
        return f"the active material of {item.name!r} now"
    if isinstance(block, bpy.types.NodeTree) and block.bl_idname == "CompositorNodeTree":
        if hasattr(scene, "compositing_node_group"):
            scene.compositing_node_group = block
            return "the scene's compositing now"
    elif isinstance(block, bpy.types.NodeTree) and block.bl_idname == "GeometryNodeTree" and block.is_modifier:
        if item is None or item.type not in _TAKE_NODES:
            return "but there is no active object that takes the modifier"
        modifier = item.modifiers.new(block.name, "NODES")
        modifier.node_group = block
        item.modifiers.active = modifier
        return f"on a modifier of {item.name!r} now"
    return f"but a {kind} like this is not used by objects or scenes as such"


def _show(block: bpy.types.ID, context: bpy.types.Context) -> bool:
    """Open a tree in the node editor if there is one of its kind; pinned, or Blender would at once go back to the active one."""
    tree, space = tree_in(block), node_editor(context)
    if space is None or space.tree_type != tree.bl_idname or isinstance(block, bpy.types.Scene):
        return False
    if space.node_tree == tree:
        return True
    space.pin = True
    space.node_tree = tree
    return space.node_tree == tree
