"""The "Dreamgrove" tab in the node editors' sidebar, and the entries in their menus and in File > Export."""

from __future__ import annotations

import bpy

from ..operators.graph_diff import MOST_SHOWN, Comparison, chosen, draw_choices, last_comparison
from ..operators.graph_properties import graphs
from ..operators.graph_scripts import counted
from ..operators.graph_sources import NoGraph, block_of, title, tree_in
from ..operators.transpile import last_report
from .text import paragraph

_TREES = {"GeometryNodeTree", "ShaderNodeTree", "CompositorNodeTree"}
_NOTES = 6


def _in_node_editor(context: bpy.types.Context) -> bool:
    space = context.space_data
    return space is not None and space.type == "NODE_EDITOR" and space.tree_type in _TREES


class _InTab:
    bl_space_type = "NODE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Dreamgrove"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return _in_node_editor(context)


class DREAMGROVE_PT_transpile(_InTab, bpy.types.Panel):
    """Nodes as a Python script"""

    bl_label = "Transpile to Python"
    bl_order = 0

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, graphs()
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column()
        column.prop(state, "source")
        column.prop(state, "style")
        if state.source == "FILE":
            button = layout.row()
            button.scale_y = 1.4
            button.operator("dreamgrove.export_all_python", text="Transpile All...").style = state.style
            return
        column.prop(state, "check")
        # Without a label, which would leave no room for the three words.
        row = layout.row()
        row.use_property_split = False
        row.prop(state, "target", expand=True)
        problem = _problem(context, state.source)
        row = layout.row()
        row.scale_y = 1.4
        row.enabled = not problem
        name, label = {
            "TEXT": ("dreamgrove.transpile", "Transpile"),
            "CLIPBOARD": ("dreamgrove.copy_as_python", "Transpile"),
            "FILE": ("dreamgrove.export_python", "Transpile..."),
        }[state.target]
        button = row.operator(name, text=label)
        button.source, button.style, button.check = state.source, state.style, state.check
        if problem:
            paragraph(layout, problem, context, icon="INFO")
        else:
            _report(layout, context, state.source)


class DREAMGROVE_PT_run_as_nodes(_InTab, bpy.types.Panel):
    """A Python script as nodes"""

    bl_label = "Run as Node Tree"
    bl_order = 1

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, graphs()
        row = layout.row(align=True)
        row.prop_search(state, "text", bpy.data, "texts", text="", icon="TEXT")
        row.operator("dreamgrove.run_file_as_nodes", text="", icon="FILE_FOLDER").use = state.use
        layout.prop(state, "use")
        row = layout.row()
        row.enabled = state.text in bpy.data.texts
        button = row.operator("dreamgrove.run_as_nodes", text="Run")
        button.text, button.use = state.text, state.use


class DREAMGROVE_UL_differences(bpy.types.UIList):
    """Differences, a line each; Blender's own filter searches in them"""

    def draw_item(self, context, layout, data, item, icon, active_data, active_property, index=0, flt_flag=0):
        layout.label(text=item.name)


class DREAMGROVE_PT_compare_graphs(_InTab, bpy.types.Panel):
    """What differs between two node trees"""

    bl_label = "Compare"
    bl_order = 2

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, graphs()
        draw_choices(layout, context.scene)
        layout.row().prop(state, "level", expand=True)
        row = layout.row()
        row.operator_context = "EXEC_DEFAULT"
        row.operator("dreamgrove.compare_graphs", text="Compare").level = state.level
        found = last_comparison()
        if found is None or not _is_of(found, context):
            return
        if not found.differences:
            paragraph(layout, f"No differences between {found.words}", context)
            return
        row = layout.row()
        shown = f" (the first {MOST_SHOWN})" if len(found.differences) > MOST_SHOWN else ""
        row.label(text=counted(len(found.differences), "difference") + shown)
        row.operator("dreamgrove.copy_differences", text="", icon="COPYDOWN")
        layout.template_list(
            "DREAMGROVE_UL_differences",
            "",
            state,
            "differences",
            state,
            "shown",
            rows=max(2, min(6, len(state.differences))),
            maxrows=12,
        )
        if state.shown < len(state.differences):
            paragraph(layout, state.differences[state.shown].name, context)


class DREAMGROVE_MT_nodes(bpy.types.Menu):
    """Nodes as Python, and Python as nodes"""

    bl_label = "Dreamgrove"

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        for source, text in (("TREE", "Transpile to Python"), ("SELECTED", "Transpile Selected to Python")):
            layout.operator("dreamgrove.transpile", text=text).source = source
        layout.operator("dreamgrove.copy_as_python").source = "TREE"
        layout.operator_context = "INVOKE_DEFAULT"
        layout.operator("dreamgrove.export_python", text="Export as Python...").source = "TREE"
        layout.separator()
        layout.operator("dreamgrove.run_as_nodes")
        layout.operator("dreamgrove.run_file_as_nodes", text="Run File as Node Tree...")
        layout.separator()
        layout.operator("dreamgrove.compare_graphs", text="Compare With...")


def _problem(context: bpy.types.Context, source: str) -> str:
    """Why there is nothing to transpile; "" if there is."""
    try:
        block = block_of(context, source)
    except NoGraph as error:
        return str(error)
    if source == "SELECTED" and not any(node.select for node in tree_in(block).nodes):
        return "Select the nodes first"
    return ""


def _report(layout: bpy.types.UILayout, context: bpy.types.Context, source: str) -> None:
    """What the last transpiling of these nodes has kept, where it is, and what a reader must know."""
    report, tree = last_report(), tree_in(block_of(context, source))
    if report is None or report.tree != tree.session_uid:
        name = title(tree)
        paragraph(layout, f"{name[:1].upper()}{name[1:]}, {counted(len(tree.nodes), 'node')}", context)
        return
    box = layout.box()
    row = box.row()
    row.label(text=report.place, icon="CHECKMARK")
    if report.text in bpy.data.texts:
        row.operator("dreamgrove.show_text", text="", icon="TEXT").text = report.text
    paragraph(box, report.script.facts(), context)
    for note in report.script.notes[:_NOTES]:
        paragraph(box, note, context, icon="INFO")
    if len(report.script.notes) > _NOTES:
        box.label(text=f"{len(report.script.notes) - _NOTES} more, see the Info editor")


def _is_of(found: Comparison, context: bpy.types.Context) -> bool:
    """Whether what was found is about the two that are chosen now."""
    try:
        return found.trees == tuple(tree_in(block).session_uid for block in chosen(context))
    except NoGraph:
        return False


def _draw_menu(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    if _in_node_editor(context):
        self.layout.separator()
        self.layout.menu("DREAMGROVE_MT_nodes")


def _draw_text_menu(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.separator()
    self.layout.operator("dreamgrove.run_as_nodes")


def _draw_export(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.operator("dreamgrove.export_python", text="Node Graph as Python (.py)")


_MENUS = (
    ("NODE_MT_node", _draw_menu),  # what F3 searches
    ("NODE_MT_context_menu", _draw_menu),
    ("TEXT_MT_text", _draw_text_menu),
    ("TOPBAR_MT_file_export", _draw_export),
)
CLASSES = (
    DREAMGROVE_PT_transpile,
    DREAMGROVE_PT_run_as_nodes,
    DREAMGROVE_UL_differences,
    DREAMGROVE_PT_compare_graphs,
    DREAMGROVE_MT_nodes,
)


def register() -> None:
    for each in CLASSES:
        bpy.utils.register_class(each)
    for name, draw in _MENUS:
        getattr(bpy.types, name).append(draw)


def unregister() -> None:
    for name, draw in _MENUS:
        getattr(bpy.types, name).remove(draw)
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)
