"""Building the asset library from within Blender: in a process of its own, so that the window goes on; then it is registered."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import bpy

from . import asset_library
from .grow import sentence
from .grow_batch import BatchProblem, Crew, blender_spec, executor_named
from .redraw import redraw
from .session import tracker
from .settings import user_folder
from .user_presets import content_of, user_presets


class LibraryBuild:
    """working, fraction, stage: how it goes. said: how the last one ended, problem: why it failed."""

    def __init__(self) -> None:
        self.working = False
        self.fraction = 0.0
        self.stage = self.said = self.problem = ""

    def begin(self, folder: Path) -> None:
        """Raises RuntimeError when one is under way."""
        if self.working:
            raise RuntimeError("Wait: the asset library is being built")
        self.working, self.fraction, self.stage, self.said, self.problem = True, 0.0, "starting", "", ""
        own = [(each.name, content_of(each.title, each.family, each.params)) for each in user_presets()]
        message = {"type": "library", "folder": str(folder), "own": own}
        pump, spec = tracker().pump, blender_spec(folder)
        post = pump.post
        pump.spawn(lambda: self._work(message, spec, post), "library")
        redraw(preferences=True)

    def _work(self, message: dict[str, Any], spec: Any, post: Any) -> None:
        """In a thread: what is told goes to the main thread."""
        try:
            Crew(executor_named("local"), spec, 1, lambda number, told: post(self._told, told)).run([message])
        except (BatchProblem, OSError) as error:
            post(self._told, {"type": "failed", "error": str(error)})

    def _told(self, message: dict[str, Any]) -> None:
        if message["type"] == "progress":
            self.fraction, self.stage = message["fraction"], message["stage"]
        else:
            self.working = False
            if message["type"] == "done":
                asset_library.register_library(library_folder())
                self.said = f"{message['assets']} assets; choose Dreamgrove in the asset browser"
            else:
                self.problem = f"The library cannot be built: {message['error']}"
        redraw(preferences=True)


_build = LibraryBuild()


def library_build() -> LibraryBuild:
    return _build


def library_folder() -> Path:
    return user_folder() / "library"


class DREAMGROVE_OT_build_asset_library(bpy.types.Operator):
    """Write all presets, yours too, and all materials into an asset library, and show it in the asset browser"""

    bl_idname = "dreamgrove.build_asset_library"
    bl_label = "Build Asset Library"
    bl_options: ClassVar[set[str]] = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if _build.working:
            cls.poll_message_set("Wait: the asset library is being built")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        folder = library_folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if bpy.app.background:  # no timer would tell its end
                asset_library.build(folder, user_presets())
                asset_library.register_library(folder)
            else:
                _build.begin(folder)
        except Exception as error:
            self.report({"ERROR"}, sentence(error, "The library cannot be built"))
            return {"CANCELLED"}
        return {"FINISHED"}


CLASSES = (DREAMGROVE_OT_build_asset_library,)
