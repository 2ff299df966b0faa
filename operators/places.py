"""Where a job's object belongs: the file that was open when the job was started, its scene, and a place in it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

import bpy
from bpy.app.handlers import persistent

_numbers = itertools.count(1)
_unsaved = f"unsaved {next(_numbers)}"
_path: str | None = None  # None until it is first asked for: while add-ons register, bpy.data is out of reach
_watchers: list[Callable[[], None]] = []
_renamed: list[Callable[[str, str], None]] = []


@dataclass(frozen=True)
class Place:
    """file: as `current_file` names it. location: base of the object, m, world. size_m: its longest side, None = unknown."""

    file: str
    scene: str
    location: tuple[float, float, float]
    size_m: float | None = None

    @classmethod
    def at_cursor(cls, context: bpy.types.Context, size_m: float | None = None) -> Place:
        x, y, z = context.scene.cursor.location
        return cls(current_file(), context.scene.name, (x, y, z), size_m)

    @property
    def here(self) -> bool:
        """Whether its file is the one that is open."""
        return self.file == current_file()

    def moved(self, before: str, after: str) -> Place:
        return replace(self, file=after) if self.file == before else self

    def scene_and_layer(self) -> tuple[bpy.types.Scene, bpy.types.ViewLayer]:
        """The scene (the one in view if it is gone) and the view layer in which it is seen."""
        windows = bpy.context.window_manager.windows
        scene = bpy.data.scenes.get(self.scene)
        if scene is None:
            scene = windows[0].scene if windows else bpy.data.scenes[0]
        for window in windows:
            if window.scene == scene:
                return scene, window.view_layer
        return scene, scene.view_layers[0]


def current_file() -> str:
    """A name for what is open: its path, or a number for an unsaved one, which File > New changes."""
    global _path
    if _path is None:
        _path = bpy.data.filepath
    return _path or _unsaved


def hindrance() -> str:
    """Why nothing can be added to the scene just now, in words for the row of a job; "" when it can.

    An object that comes in the middle of Edit Mode, or while others are being dragged, would mix with that tool's undo.
    """
    windows = bpy.context.window_manager.windows
    for window in windows:
        active = window.view_layer.objects.active
        if active is not None and active.mode != "OBJECT":
            return "leave " + active.mode.replace("_", " ").title().replace("Edit", "Edit Mode", 1)
        if any(each.bl_idname.startswith("TRANSFORM_OT") for each in window.modal_operators):
            return "finish the tool"
    return ""


def register(before_change: Callable[[], None], renamed: Callable[[str, str], None]) -> None:
    """before_change: called before undo, redo and loading. renamed(before, after): when a file is saved under a name."""
    _watchers.append(before_change)
    _renamed.append(renamed)
    handlers = bpy.app.handlers
    for each in (handlers.undo_pre, handlers.redo_pre, handlers.load_pre):
        each.append(_before_change)
    handlers.load_post.append(_loaded)
    handlers.save_post.append(_saved)


def unregister() -> None:
    handlers = bpy.app.handlers
    for each in (handlers.undo_pre, handlers.redo_pre, handlers.load_pre):
        each.remove(_before_change)
    handlers.load_post.remove(_loaded)
    handlers.save_post.remove(_saved)
    _watchers.clear()
    _renamed.clear()


@persistent
def _before_change(*_: object) -> None:
    for call in _watchers:
        call()


@persistent
def _loaded(*_: object) -> None:
    global _path, _unsaved
    _path = bpy.data.filepath
    _unsaved = f"unsaved {next(_numbers)}"


@persistent
def _saved(*_: object) -> None:
    """Save As leaves a new path; a copy (Save a Copy) leaves the old one, and nothing changes."""
    global _path
    before, after = current_file(), bpy.data.filepath or _unsaved
    if after != before:
        _path = bpy.data.filepath
        for call in _renamed:
            call(before, after)
