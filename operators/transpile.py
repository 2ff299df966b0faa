"""Operators that write nodes as Python: to a text block, the clipboard, a file, and the whole file to a folder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import bpy
from bpy.props import BoolProperty, EnumProperty, StringProperty
from bpy_extras.io_utils import ExportHelper

from ..procedural.graph import GraphError
from .graph_check import checked
from .graph_properties import CHECK, graphs
from .graph_scripts import STYLE_ITEMS, Script, counted, file_name, transpile, write_all, write_file
from .graph_sources import SOURCES, NoGraph, all_blocks, block_of, part_of, title, tree_in

_HASH, _GRAPH = "dreamgrove_sha256", "dreamgrove_graph"


@dataclass(frozen=True)
class Report:
    """What the last transpiling did, for the tab: of which tree (session_uid), its script, where it went."""

    tree: int
    script: Script
    place: str
    text: str = ""


_last: list[Report] = []


def last_report() -> Report | None:
    return _last[-1] if _last else None


class _Transpiles:
    """What these operators share: which nodes, which style, and saying what was kept."""

    source: EnumProperty(name="Source", description="Which nodes to write as Python", items=SOURCES)
    style: EnumProperty(name="Style", description="What kind of script to write", items=STYLE_ITEMS)
    check: BoolProperty(name="Check", description=CHECK)

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if next(all_blocks(linked=True), None) is None:
            cls.poll_message_set("Nothing in this file has nodes")
            return False
        return True

    def script(self, context: bpy.types.Context) -> Script | None:
        """The script; None if there can be none, and why has been reported."""
        try:
            block = block_of(context, self.source)
            part = part_of(block) if self.source == "SELECTED" else None
            script = transpile(block, self.style.lower(), part)
            return checked(script, block, part) if self.check else script
        except (NoGraph, GraphError) as error:
            self.report({"ERROR"}, str(error))
            return None

    def tell(self, context: bpy.types.Context, script: Script, place: str, text: str = "") -> None:
        for note in script.notes:
            self.report({"WARNING"}, note)
        notes = f"; {counted(len(script.notes), 'note')} in the Dreamgrove tab" if script.notes else ""
        self.report({"INFO"}, f"{script.sentence()}: {place}{notes}")
        _last[:] = [Report(tree_in(block_of(context, self.source)).session_uid, script, place, text)]


class DREAMGROVE_OT_transpile(_Transpiles, bpy.types.Operator):
    """Write nodes as a Python script that makes them again, into a text block"""

    bl_idname = "dreamgrove.transpile"
    bl_label = "Transpile to Python"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        script = self.script(context)
        if script is None:
            return {"CANCELLED"}
        text = write_text(script)
        show_text(context, text)
        graphs().text = text.name
        self.tell(context, script, text.name, text.name)
        return {"FINISHED"}


class DREAMGROVE_OT_copy_as_python(_Transpiles, bpy.types.Operator):
    """Write nodes as a Python script that makes them again, to the clipboard"""

    bl_idname = "dreamgrove.copy_as_python"
    bl_label = "Copy as Python"
    bl_options: ClassVar[set[str]] = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if bpy.app.background:
            cls.poll_message_set("Without a window there is no clipboard")
            return False
        return super().poll(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        script = self.script(context)
        if script is None:
            return {"CANCELLED"}
        context.window_manager.clipboard = script.text
        self.tell(context, script, "Clipboard")
        return {"FINISHED"}


class DREAMGROVE_OT_export_python(_Transpiles, bpy.types.Operator, ExportHelper):
    """Write nodes as a Python script that makes them again, to a file"""

    bl_idname = "dreamgrove.export_python"
    bl_label = "Export as Python"
    bl_options: ClassVar[set[str]] = {"REGISTER"}

    filename_ext = ".py"
    filter_glob: StringProperty(default="*.py", options={"HIDDEN"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        if not self.properties.is_property_set("source") and not _available(context, self.source):
            self.source = next((name for name, *_ in SOURCES if _available(context, name)), self.source)
        try:
            name = file_name(title(block_of(context, self.source)))
        except NoGraph as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        folder = Path(bpy.data.filepath).parent if bpy.data.filepath else Path.home()
        self.filepath = str(folder / name)
        return super().invoke(context, event)

    def execute(self, context: bpy.types.Context) -> set[str]:
        script = self.script(context)
        if script is None:
            return {"CANCELLED"}
        path = Path(bpy.path.abspath(self.filepath))
        if not self.filepath or not path.name:
            self.report({"ERROR"}, "Give the file a name")
            return {"CANCELLED"}
        try:
            write_file(path, script.text)
        except OSError as error:
            self.report({"ERROR"}, f"{path} cannot be written: {error.strerror or error}")
            return {"CANCELLED"}
        self.tell(context, script, path.name)
        return {"FINISHED"}


class DREAMGROVE_OT_export_all_python(bpy.types.Operator):
    """Write everything in this file that has nodes as Python scripts, each to a file of its own in a folder"""

    bl_idname = "dreamgrove.export_all_python"
    bl_label = "Export All as Python"
    bl_options: ClassVar[set[str]] = {"REGISTER"}

    style: EnumProperty(name="Style", description="What kind of scripts to write", items=STYLE_ITEMS)
    directory: StringProperty(name="Folder", description="Where to write the scripts", subtype="DIR_PATH")
    filter_folder: BoolProperty(default=True, options={"HIDDEN"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if next(all_blocks(), None) is None:
            cls.poll_message_set("Nothing in this file has nodes")
            return False
        return True

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        if not self.directory:
            self.report({"ERROR"}, "Choose a folder")
            return {"CANCELLED"}
        folder = Path(bpy.path.abspath(self.directory))
        try:
            done = write_all(all_blocks(), folder, self.style.lower())
        except OSError as error:
            self.report({"ERROR"}, f"{error.filename or folder} cannot be written: {error.strerror or error}")
            return {"CANCELLED"}
        for each in done:
            for sentence in (each.problem,) if each.script is None else each.script.notes:
                self.report({"WARNING"}, f"{each.title}: {sentence}")
        written = [each for each in done if each.script is not None]
        failed = f"; {len(done) - len(written)} cannot be written, see the warnings" if len(written) < len(done) else ""
        self.report({"INFO"} if written else {"ERROR"}, f"{counted(len(written), 'script')} in {folder}{failed}")
        return {"FINISHED"} if written else {"CANCELLED"}


class DREAMGROVE_OT_show_text(bpy.types.Operator):
    """Show the text block in a Text editor; without one, in a new window"""

    bl_idname = "dreamgrove.show_text"
    bl_label = "Show Text"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    text: StringProperty(name="Text", description="The name of the text block")

    def execute(self, context: bpy.types.Context) -> set[str]:
        text = bpy.data.texts.get(self.text)
        if text is None:
            self.report({"ERROR"}, f"There is no text {self.text!r} any more")
            return {"CANCELLED"}
        if not show_text(context, text):
            bpy.ops.wm.window_new()
            area = context.window_manager.windows[-1].screen.areas[0]
            area.type = "TEXT_EDITOR"
            space = area.spaces.active
            space.show_syntax_highlight = space.show_line_numbers = True
            _show_in(space, text)
        return {"FINISHED"}


def _available(context: bpy.types.Context, source: str) -> bool:
    try:
        block_of(context, source)
    except NoGraph:
        return False
    return True


def write_text(script: Script) -> bpy.types.Text:
    """The script as a text block: the one of an earlier time if nobody has touched it since, else a new one."""
    name = file_name(script.title)
    digest = hashlib.sha256(script.text.encode("utf-8", "surrogatepass")).hexdigest()
    text = next((each for each in bpy.data.texts if _untouched(each, script)), None) or bpy.data.texts.new(name)
    text.from_string(script.text)
    text[_HASH], text[_GRAPH] = digest, script.title
    return text


def _untouched(text: bpy.types.Text, script: Script) -> bool:
    if text.library is not None or text.filepath or text.get(_GRAPH) != script.title:
        return False
    return text.get(_HASH) == hashlib.sha256(text.as_string().encode("utf-8", "surrogatepass")).hexdigest()


def show_text(context: bpy.types.Context, text: bpy.types.Text) -> bool:
    """Show a text block in the largest Text editor of the window; whether there is one."""
    areas = [area for area in context.screen.areas if area.type == "TEXT_EDITOR"] if context.screen else []
    if not areas:
        return False
    _show_in(max(areas, key=lambda area: area.width * area.height).spaces.active, text)
    return True


def _show_in(space: bpy.types.SpaceTextEditor, text: bpy.types.Text) -> None:
    """From its first line; filling a text leaves the cursor at the end."""
    text.cursor_set(0)
    space.text, space.top = text, 0


CLASSES = (
    DREAMGROVE_OT_transpile,
    DREAMGROVE_OT_copy_as_python,
    DREAMGROVE_OT_export_python,
    DREAMGROVE_OT_export_all_python,
    DREAMGROVE_OT_show_text,
)
