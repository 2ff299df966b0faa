"""Operators that run a script as nodes: a text block, or a file."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import bpy
from bpy.props import BoolProperty, StringProperty
from bpy_extras.io_utils import ImportHelper

from .graph_properties import graphs
from .graph_scripts import counted
from .transpile_run import ScriptFailed, place, run_script

_LARGEST_BYTES = 64 * 1024 * 1024
_USE = "Give a material or a geometry group to the active object, a world or compositing nodes to the scene"


class _Runs:
    use: BoolProperty(name="Use on Active Object", description=_USE)

    def run(self, context: bpy.types.Context, source: str, name: str) -> set[str]:
        try:
            made = run_script(source, name)
        except ScriptFailed as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        said = place(made.block, context, self.use)
        for each in made.warnings:
            self.report({"WARNING"}, each)
        warned = f"; {counted(len(made.warnings), 'warning')}, see Info" if made.warnings else ""
        self.report({"INFO"}, said + warned)
        return {"FINISHED"}


class DREAMGROVE_OT_run_as_nodes(_Runs, bpy.types.Operator):
    """Run the chosen text block, a script of Transpile to Python, and show the nodes that it makes. A script is code, which \
can do whatever Blender can do: run only what you trust"""

    bl_idname = "dreamgrove.run_as_nodes"
    bl_label = "Run as Node Tree"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    text: StringProperty(
        name="Text",
        description="The name of the text block; empty for the one that is chosen in the tab",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if not bpy.data.texts:
            cls.poll_message_set("There is no text in this file")
            return False
        return True

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if not self.text:
            self.text = chosen_text(context)
        return self.execute(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        name = self.text or chosen_text(context)
        if not name:
            self.report({"ERROR"}, "Choose the text to run in the Dreamgrove tab")
            return {"CANCELLED"}
        text = bpy.data.texts.get(name)
        if text is None:
            self.report({"ERROR"}, f"There is no text {name!r} in this file")
            return {"CANCELLED"}
        return self.run(context, text.as_string(), text.name)


class DREAMGROVE_OT_run_file_as_nodes(_Runs, bpy.types.Operator, ImportHelper):
    """Run a file, a script of Transpile to Python, and show the nodes that it makes. A script is code, which can do whatever \
Blender can do: run only what you trust"""

    bl_idname = "dreamgrove.run_file_as_nodes"
    bl_label = "Run File as Node Tree"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    filename_ext = ".py"
    filter_glob: StringProperty(default="*.py", options={"HIDDEN"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        path = Path(bpy.path.abspath(self.filepath))
        try:
            if path.stat().st_size > _LARGEST_BYTES:
                raise OSError("it is too large for a script")
            source = path.read_text(encoding="utf-8")
        except OSError as error:
            self.report({"ERROR"}, f"{path} cannot be read: {error.strerror or error}")
            return {"CANCELLED"}
        except UnicodeDecodeError:
            self.report({"ERROR"}, f"{path.name} is no Python: it is not UTF-8 text")
            return {"CANCELLED"}
        return self.run(context, source, path.name)


def chosen_text(context: bpy.types.Context) -> str:
    """The text that the tab names; in a Text editor, the one that is open there."""
    space = context.space_data
    if space is not None and space.type == "TEXT_EDITOR" and space.text is not None:
        return space.text.name
    return graphs().text


CLASSES = (DREAMGROVE_OT_run_as_nodes, DREAMGROVE_OT_run_file_as_nodes)
