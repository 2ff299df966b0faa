"""What the node editors' tab keeps. On the window manager, as far as it can be: undo does not take it back, and it changes no file.

What points to other data-blocks is on the scene: Blender 5.0 does not notice on a window manager that what a property points to
has been removed, and ends when it is looked at.
"""

from __future__ import annotations

from typing import Any, ClassVar

import bpy
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, IntProperty, PointerProperty, StringProperty

from .graph_scripts import STYLE_ITEMS
from .graph_sources import KINDS, SOURCES, Kind, tree_in

TARGETS = (
    ("TEXT", "Text", "A text block of this file, shown in the Text editor if one is open"),
    ("CLIPBOARD", "Clipboard", "Ready to be pasted anywhere"),
    ("FILE", "File", "A file, which the next step asks for"),
)
ALL = (
    "FILE",
    "Everything in the File",
    "Every node group, material, world, light ... of this file, each as a file of its own",
)
LEVEL_ITEMS = (
    ("REACHABLE", "Result", "Only what the result depends on"),
    ("EVERYTHING", "Everything", "All but the places and sizes of nodes"),
    ("LAYOUT", "With Layout", "All, with the places and sizes of nodes"),
)
CHECK = "Run the script once, compare what it makes with the nodes, and remove it again; slow for large trees"
HERE = (
    "HERE",
    "Tree in the Editor",
    "The tree that is open in the node editor; inside a group, that group",
    "NODETREE",
    99,
)


def _attribute(kind: Kind) -> str:
    return kind.name.replace(" ", "_")


_KIND_ITEMS = tuple(
    (k.name.upper().replace(" ", "_"), k.name.title(), f"A {k.name} of this file", k.icon, number)
    for number, k in enumerate(KINDS)
)


def _has_nodes(self: Any, block: bpy.types.ID) -> bool:
    return tree_in(block) is not None


class _Choice:
    """Something with nodes: the kind, and the one that is chosen of each kind."""

    # One pointer for each kind.
    __annotations__: ClassVar[dict[str, Any]] = {
        _attribute(k): PointerProperty(
            type=getattr(bpy.types, k.type), name=k.name.title(), description=f"A {k.name} with nodes", poll=_has_nodes
        )
        for k in KINDS
    }

    @property
    def attribute(self) -> str:
        """The name of the pointer that counts; "" for the tree in the editor."""
        return "" if self.kind == "HERE" else self.kind.lower()


class DREAMGROVE_PG_first_graph(_Choice, bpy.types.PropertyGroup):
    """What is compared."""

    kind: EnumProperty(name="Kind", description="What has the nodes", items=(HERE, *_KIND_ITEMS), default="HERE")


class DREAMGROVE_PG_second_graph(_Choice, bpy.types.PropertyGroup):
    """What it is compared with."""

    kind: EnumProperty(name="Kind", description="What has the nodes", items=_KIND_ITEMS)


class DREAMGROVE_PG_compared(bpy.types.PropertyGroup):
    """The two graphs to compare."""

    first: PointerProperty(type=DREAMGROVE_PG_first_graph)
    second: PointerProperty(type=DREAMGROVE_PG_second_graph)


class DREAMGROVE_PG_graph_difference(bpy.types.PropertyGroup):
    """A line of the list of differences; its text is the name, by which lists are searched."""


class DREAMGROVE_PG_graphs(bpy.types.PropertyGroup):
    """The state of the node editors' tab."""

    source: EnumProperty(name="Source", description="Which nodes to write as Python", items=(*SOURCES, ALL))
    style: EnumProperty(name="Style", description="What kind of script to write", items=STYLE_ITEMS)
    check: BoolProperty(name="Check", description=CHECK)
    target: EnumProperty(name="To", description="Where to put the script", items=TARGETS)
    text: StringProperty(name="Script", description="The text block to run")
    use: BoolProperty(
        name="Use on Active Object",
        description="Give a material or a geometry group to the active object, a world or compositing nodes to the scene",
    )
    level: EnumProperty(
        name="Level", description="What counts as a difference", items=LEVEL_ITEMS, default="EVERYTHING"
    )
    differences: CollectionProperty(type=DREAMGROVE_PG_graph_difference)
    shown: IntProperty(description="The line of the list that is selected")


CLASSES = (
    DREAMGROVE_PG_first_graph,
    DREAMGROVE_PG_second_graph,
    DREAMGROVE_PG_compared,
    DREAMGROVE_PG_graph_difference,
    DREAMGROVE_PG_graphs,
)


def graphs() -> DREAMGROVE_PG_graphs:
    return bpy.context.window_manager.dreamgrove_graphs


def register() -> None:
    for each in CLASSES:
        bpy.utils.register_class(each)
    bpy.types.WindowManager.dreamgrove_graphs = PointerProperty(type=DREAMGROVE_PG_graphs)
    bpy.types.Scene.dreamgrove_compared = PointerProperty(type=DREAMGROVE_PG_compared)


def unregister() -> None:
    del bpy.types.Scene.dreamgrove_compared
    del bpy.types.WindowManager.dreamgrove_graphs
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)
