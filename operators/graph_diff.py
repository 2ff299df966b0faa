"""What differs between two graphs, as a list of sentences for the tab."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import bpy
from bpy.props import EnumProperty, StringProperty

from ..procedural.graph import GraphError, compare, read
from .graph_properties import LEVEL_ITEMS, graphs
from .graph_scripts import counted
from .graph_sources import NoGraph, block_of, find_any, node_editor, title, tree_in

MOST_SHOWN = 500  # a list of Blender's draws all of its lines; the clipboard gets all


@dataclass(frozen=True)
class Comparison:
    """Two graphs by session_uid, and in words; at which level; the differences as sentences."""

    trees: tuple[int, int]
    words: str
    level: str
    differences: tuple[str, ...]


_last: list[Comparison] = []


def last_comparison() -> Comparison | None:
    return _last[-1] if _last else None


def difference_words(a: bpy.types.ID, b: bpy.types.ID, level: str) -> tuple[str, ...]:
    """The differences between two graphs in sentences. Raises GraphError."""
    return tuple(str(each) for each in compare(read(a), read(b), level))


def chosen(context: bpy.types.Context) -> tuple[bpy.types.ID, bpy.types.ID]:
    """The two that are chosen in the tab. Raises NoGraph."""
    both = context.scene.dreamgrove_compared
    blocks = []
    for choice, which in ((both.first, "first"), (both.second, "second")):
        block = getattr(choice, choice.attribute) if choice.attribute else block_of(context, "TREE")
        if tree_in(block) is None:
            raise NoGraph(f"Choose the {which} {choice.attribute.replace('_', ' ')}")
        blocks.append(block)
    return blocks[0], blocks[1]


class DREAMGROVE_OT_compare_graphs(bpy.types.Operator):
    """Tell in words what differs between two node trees, in the sidebar's tab"""

    bl_idname = "dreamgrove.compare_graphs"
    bl_label = "Compare Node Trees"
    bl_options: ClassVar[set[str]] = {"REGISTER"}

    first: StringProperty(
        name="First", description="Name of what is compared; empty for what the tab says", options={"SKIP_SAVE"}
    )
    second: StringProperty(
        name="Second",
        description="Name of what it is compared with; empty for what the tab says",
        options={"SKIP_SAVE"},
    )
    level: EnumProperty(
        name="Level", description="What counts as a difference", items=LEVEL_ITEMS, default="EVERYTHING"
    )

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        space = node_editor(context)
        if space is not None:
            space.show_region_ui = True  # where the answer will be
        return context.window_manager.invoke_props_dialog(self, width=360)

    def draw(self, context: bpy.types.Context) -> None:
        draw_choices(self.layout, context.scene)
        self.layout.row().prop(self, "level", expand=True)

    def execute(self, context: bpy.types.Context) -> set[str]:
        try:
            if self.first or self.second:
                first, second = find_any(self.first), find_any(self.second)
            else:
                first, second = chosen(context)
            if tree_in(first) == tree_in(second):
                raise NoGraph("These are one and the same; choose another to compare with")
            level = self.level.lower()
            differences = difference_words(first, second, level)
        except (NoGraph, GraphError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        words = f"{title(first)} and {title(second)}"
        uids = (tree_in(first).session_uid, tree_in(second).session_uid)
        _last[:] = [Comparison(uids, words, level, differences)]
        items = graphs().differences
        items.clear()
        root = repr(tree_in(first).name)
        for each in differences[:MOST_SHOWN]:
            items.add().name = _short(each, root)
        number = counted(len(differences), "difference") if differences else "No differences"
        self.report({"INFO"}, f"{number} between {words}")
        return {"FINISHED"}


class DREAMGROVE_OT_copy_differences(bpy.types.Operator):
    """Copy all differences to the clipboard, a line each"""

    bl_idname = "dreamgrove.copy_differences"
    bl_label = "Copy Differences"
    bl_options: ClassVar[set[str]] = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if not _last or not _last[-1].differences:
            cls.poll_message_set("Compare two node trees that differ first")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        lines = _last[-1].differences
        context.window_manager.clipboard = "\n".join(lines) + "\n"
        self.report({"INFO"}, f"{counted(len(lines), 'difference')} copied")
        return {"FINISHED"}


def _short(difference: str, root: str) -> str:
    """Without the name of the tree itself, which would fill half of each line."""
    for beginning in (f"{root} > ", f"{root}: "):
        if difference.startswith(beginning):
            return difference[len(beginning) :]
    return difference


def draw_choices(layout: bpy.types.UILayout, scene: bpy.types.Scene) -> None:
    """The two choices, one under the other: the kind as an icon, then which."""
    both = scene.dreamgrove_compared
    column = layout.column(align=True)
    for choice in (both.first, both.second):
        row = column.row(align=True)
        if choice.attribute:
            row.prop(choice, "kind", text="", icon_only=True)
            row.prop(choice, choice.attribute, text="")
        else:
            row.prop(choice, "kind", text="")


CLASSES = (DREAMGROVE_OT_compare_graphs, DREAMGROVE_OT_copy_differences)
