"""Operators for the engine itself: install, repair, remove, start, stop, and the folders where things lie."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy
from bpy.props import EnumProperty, StringProperty

from .. import __package__ as PACKAGE
from ..engine import environment, launcher
from .engine_access import ONLINE_HINT, wanted
from .engine_link import Link
from .session import setup, tracker
from .settings import settings


class _Setup:
    """A task of minutes: said beforehand what it costs, then done in a thread."""

    bl_options: ClassVar[set[str]] = {"REGISTER", "INTERNAL"}
    task = "install"
    confirm = "Install"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if setup().task is not None:
            cls.poll_message_set(f"Wait: {setup().doing.lower()} the engine is under way")
            return False
        return True

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_props_dialog(
            self, width=440, title=self.bl_label, confirm_text=self.confirm
        )

    def draw(self, context: bpy.types.Context) -> None:
        column = self.layout.column(align=True)
        for line in self.lines():
            column.label(text=line)

    def lines(self) -> list[str]:
        here = settings()
        sentence = environment.plan(wanted(here)).sentence()
        return [*sentence.rstrip(".").split("; "), f"Folder: {here.engine}", "Blender stays usable meanwhile"]

    def execute(self, context: bpy.types.Context) -> set[str]:
        if self.task != "remove" and not bpy.app.online_access:
            self.report({"ERROR"}, f"{ONLINE_HINT} to download the engine's packages")
            return {"CANCELLED"}
        try:
            setup().begin(self.task)
        except RuntimeError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class DREAMGROVE_OT_install_engine(_Setup, bpy.types.Operator):
    """Download what makes objects from words, into a folder of its own; Blender's Python is not touched"""

    bl_idname = "dreamgrove.install_engine"
    bl_label = "Install Engine"


class DREAMGROVE_OT_repair_engine(_Setup, bpy.types.Operator):
    """Make the engine's environment anew; jobs and objects stay"""

    bl_idname = "dreamgrove.repair_engine"
    bl_label = "Repair Engine"
    task = "repair"
    confirm = "Repair"


class DREAMGROVE_OT_remove_engine(_Setup, bpy.types.Operator):
    """Remove the engine's environment from the disk; jobs and objects stay"""

    bl_idname = "dreamgrove.remove_engine"
    bl_label = "Remove Engine"
    task = "remove"
    confirm = "Remove"

    def lines(self) -> list[str]:
        return [f"Removes {settings().engine}", "Jobs and objects stay; running jobs stop"]


class DREAMGROVE_OT_cancel_setup(bpy.types.Operator):
    """Stop; the engine stays as it was before"""

    bl_idname = "dreamgrove.cancel_setup"
    bl_label = "Cancel"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return setup().task in ("install", "repair") and not setup().cancelling

    def execute(self, context: bpy.types.Context) -> set[str]:
        setup().cancel()
        return {"FINISHED"}


class DREAMGROVE_OT_start_engine(bpy.types.Operator):
    """Start the engine, which also happens by itself when it is needed"""

    bl_idname = "dreamgrove.start_engine"
    bl_label = "Start Engine"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if tracker().link.link in (Link.MISSING, Link.STARTING, Link.READY):
            cls.poll_message_set("There is nothing to start")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        tracker().link.start()
        return {"FINISHED"}


class DREAMGROVE_OT_stop_engine(bpy.types.Operator):
    """Stop the engine and free its memory; running jobs go on when it is started again"""

    bl_idname = "dreamgrove.stop_engine"
    bl_label = "Stop Engine"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        link = tracker().link
        if link.settings.remote:
            cls.poll_message_set("An engine elsewhere is stopped there")
            return False
        if link.sight.client is None:
            cls.poll_message_set("The engine is not running")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        tracker().link.stop()
        return {"FINISHED"}


class DREAMGROVE_OT_free_space(bpy.types.Operator):
    """Delete the engine's files of all jobs that have ended; imported objects and downloaded files stay"""

    bl_idname = "dreamgrove.free_space"
    bl_label = "Free Space"

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_confirm(
            self, event, title="Free Space", message="Delete all jobs that have ended?", confirm_text="Delete"
        )

    def execute(self, context: bpy.types.Context) -> set[str]:
        count = tracker().delete_ended()
        self.report({"INFO"}, f"{count} jobs deleted")
        return {"FINISHED"}


class DREAMGROVE_OT_open_folder(bpy.types.Operator):
    """Show the files in the system's file browser"""

    bl_idname = "dreamgrove.open_folder"
    bl_label = "Open Folder"

    what: EnumProperty(
        items=(
            ("OUTPUT", "Assets", "The folder with all assets"),
            ("JOB", "Job", "The folder with the files of one job"),
            ("DATA", "Engine", "The folder with the engine's jobs and its log"),
            ("LOG", "Log", "The engine's log"),
        ),
        options={"SKIP_SAVE"},
    )
    job: StringProperty(options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        path = self._path()
        if path is None or not path.exists():
            self.report({"ERROR"}, "There is nothing yet" if path is None else f"{path} is not there yet")
            return {"CANCELLED"}
        return bpy.ops.wm.path_open(filepath=str(path))

    def _path(self) -> Path | None:
        here = settings()
        if self.what == "JOB":
            job = tracker().find(self.job)
            return tracker().folder_of(job) if job is not None else None
        return {"OUTPUT": here.output, "DATA": here.data, "LOG": launcher.log_file(here.data)}[self.what]


class DREAMGROVE_OT_open_preferences(bpy.types.Operator):
    """Show Dreamgrove's preferences"""

    bl_idname = "dreamgrove.open_preferences"
    bl_label = "Preferences"

    def execute(self, context: bpy.types.Context) -> set[str]:
        return bpy.ops.preferences.addon_show(module=PACKAGE)


class DREAMGROVE_OT_edit_models(bpy.types.Operator):
    """Change the list of model folders"""

    bl_idname = "dreamgrove.edit_models"
    bl_label = "Model Folders"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    action: EnumProperty(
        items=(("ADD", "Add", "Add a folder"), ("REMOVE", "Remove", "Remove this folder from the list")),
        options={"SKIP_SAVE"},
    )
    index: bpy.props.IntProperty(options={"HIDDEN", "SKIP_SAVE"})

    @classmethod
    def description(cls, context: bpy.types.Context, properties: object) -> str:
        return "Add a folder" if properties.action == "ADD" else "Remove this folder from the list; its files stay"

    def execute(self, context: bpy.types.Context) -> set[str]:
        models = context.preferences.addons[PACKAGE].preferences.models
        if self.action == "ADD":
            models.add()
        else:
            models.remove(self.index)
        context.preferences.is_dirty = True
        tracker().link.look_again()
        return {"FINISHED"}


CLASSES = (
    DREAMGROVE_OT_install_engine,
    DREAMGROVE_OT_repair_engine,
    DREAMGROVE_OT_remove_engine,
    DREAMGROVE_OT_cancel_setup,
    DREAMGROVE_OT_start_engine,
    DREAMGROVE_OT_stop_engine,
    DREAMGROVE_OT_free_space,
    DREAMGROVE_OT_open_folder,
    DREAMGROVE_OT_open_preferences,
    DREAMGROVE_OT_edit_models,
)
