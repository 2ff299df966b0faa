"""The tab's panel "Grow": what can be grown, in pictures; and Add > Mesh > Dreamgrove. It needs no engine."""

from __future__ import annotations

import bpy

from ..operators.grow_properties import MINE, Choice, choices, chosen, grow_tab, icon_of_preset
from ..procedural.generators import CATEGORIES
from .text import paragraph

PICTURE_SCALE, POPUP_SCALE = 8.0, 5.0
CATEGORY_COLUMNS = 4


class DREAMGROVE_PT_grow(bpy.types.Panel):
    """Plants, rocks and things that stay live: their sliders are in the modifier"""

    bl_label = "Grow"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Dreamgrove"
    bl_order = 2

    def draw_header_preset(self, context: bpy.types.Context) -> None:
        self.layout.menu("DREAMGROVE_MT_grow_more", text="", icon="DOWNARROW_HLT")

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, grow_tab()
        grid = layout.grid_flow(row_major=True, columns=CATEGORY_COLUMNS, even_columns=True, even_rows=True, align=True)
        grid.active = not state.search  # a search looks through all of them
        for item in state.bl_rna.properties["category"].enum_items:
            grid.prop_enum(state, "category", item.identifier)
        layout.prop(state, "search", text="", icon="VIEWZOOM", placeholder="Search")
        choice = chosen(state)
        if choice is None:
            paragraph(layout, _nothing(state.search), context)
            return
        layout.template_icon_view(state, "preset", show_labels=True, scale=PICTURE_SCALE, scale_popup=POPUP_SCALE)
        _named(layout, choice, context)
        column = layout.column()
        column.use_property_split = True
        column.use_property_decorate = False
        row = column.row(align=True)
        row.prop(state, "seed")
        row.operator("dreamgrove.roll_seed", text="", icon="FILE_REFRESH")
        row.prop(state, "lock_seed", text="", icon="LOCKED" if state.lock_seed else "UNLOCKED")
        column.prop(state, "variation", slider=True)
        column.prop(state, "detail")
        row = layout.row()
        row.scale_y = 1.4
        fill_add(row.operator(f"dreamgrove.add_{choice.family.name}", text="Add"), choice)


class DREAMGROVE_MT_grow_more(bpy.types.Menu):
    """More about what can be grown"""

    bl_label = "Grow"

    def draw(self, context: bpy.types.Context) -> None:
        layout, choice = self.layout, chosen(grow_tab())
        layout.operator("dreamgrove.build_asset_library")
        if choice is not None and choice.own:
            layout.separator()
            layout.operator("dreamgrove.delete_preset", text=f"Delete {choice.title}...").name = choice.name


class DREAMGROVE_MT_add(bpy.types.Menu):
    """What can be grown"""

    bl_label = "Dreamgrove"

    def draw(self, context: bpy.types.Context) -> None:
        for menu in CATEGORY_MENUS:
            if menu.listed():
                self.layout.menu(menu.bl_idname)


class _OfCategory:
    """A menu with the presets of one category; the artist's own have a menu of theirs."""

    category: str

    @classmethod
    def listed(cls) -> list[Choice]:
        return [each for each in choices() if (MINE if each.own else each.family.category) == cls.category]

    def draw(self, context: bpy.types.Context) -> None:
        for each in self.listed():
            options = {"text": each.title, "icon_value": icon_of_preset(each)}
            button = self.layout.operator(f"dreamgrove.add_{each.family.name}", **options)
            setattr(button, "own_preset" if each.own else "preset", each.name)


def _menu(category: str) -> type:
    name = f"DREAMGROVE_MT_add_{category.lower()}"
    title = "Mine" if category == MINE else category
    space = {
        "__doc__": f"Presets: {title.lower()}", "__module__": __name__, "bl_idname": name, "bl_label": title, "category": category,
    }  # fmt: skip
    return type(name, (_OfCategory, bpy.types.Menu), space)


CATEGORY_MENUS = tuple(_menu(category) for category in (*CATEGORIES, MINE))


def fill_add(button: bpy.types.OperatorProperties, choice: Choice) -> None:
    """Have a button add what the panel shows."""
    state = grow_tab()
    setattr(button, "own_preset" if choice.own else "preset", choice.name)
    button.seed, button.variation = state.seed, state.variation
    if state.detail != 1.0:
        button.detail = state.detail
    button.next_seed = not state.lock_seed


def _named(layout: bpy.types.UILayout, choice: Choice, context: bpy.types.Context) -> None:
    column = layout.column(align=True)
    title = choice.title if choice.title == choice.family.title else f"{choice.title} ({choice.family.title})"
    column.label(text=title)
    fine = column.column()
    fine.active = False
    paragraph(fine, choice.family.help, context)


def _nothing(search: str) -> str:
    if search:
        return f"Nothing has the words \u201c{search}\u201d"
    return "Save a grown object as a preset, and it is here"


def _add_menu(self: bpy.types.Menu, context: bpy.types.Context) -> None:
    self.layout.separator()
    self.layout.menu("DREAMGROVE_MT_add")


CLASSES = (DREAMGROVE_PT_grow, DREAMGROVE_MT_grow_more, *CATEGORY_MENUS, DREAMGROVE_MT_add)


def register() -> None:
    for each in CLASSES:
        bpy.utils.register_class(each)
    bpy.types.VIEW3D_MT_mesh_add.append(_add_menu)


def unregister() -> None:
    bpy.types.VIEW3D_MT_mesh_add.remove(_add_menu)
    for each in reversed(CLASSES):
        bpy.utils.unregister_class(each)
