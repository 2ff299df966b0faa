"""The tab's panel "Selected Asset" for an object that was grown: what it is, other individuals, its parameters and materials."""

from __future__ import annotations

from typing import Any

import bpy

from ..operators.growing import family_of, is_grown, locked, preset_of, title_of
from ..operators.grown import material_inputs, own_preset
from ..operators.importing import recipe_of
from ..params import params_of
from ..procedural.generators import Family, modifier_of, params_of_object
from .text import paragraph


class _InTab:
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Dreamgrove"


class DREAMGROVE_PT_grown(_InTab, bpy.types.Panel):
    """The active object, if it was grown"""

    bl_label = "Selected Asset"
    bl_order = 4

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return is_grown(recipe_of(context.active_object)) or family_of(context.active_object) is not None

    def draw(self, context: bpy.types.Context) -> None:
        layout, item = self.layout, context.active_object
        family = family_of(item)
        if family is None:
            _applied(layout, item, context)
            return
        try:
            params = params_of_object(item, family)
        except ValueError as error:  # its modifier is gone
            paragraph(layout, str(error), context, icon="ERROR")
            return
        preset = preset_of(item, family)
        paragraph(layout, f"{title_of(preset)}, seed {params.seed}", context)
        row = layout.row(align=True)
        row.scale_y = 1.2
        row.operator("dreamgrove.randomise_grown")
        row.operator("dreamgrove.reset_grown")
        if family.skeleton is not None:
            layout.operator(f"dreamgrove.regrow_{family.name}", text="Grow Again...")
        row = layout.row(align=True)
        row.operator("dreamgrove.save_preset", text="Save as Preset...")
        if own := own_preset(item):
            row.operator("dreamgrove.delete_preset", text="", icon="TRASH").name = own
        row = layout.row(align=True)
        row.operator("dreamgrove.apply_grown")
        row.operator("dreamgrove.mark_asset")
        layout.operator("dreamgrove.copy_recipe")


class _OfGrown(_InTab):
    bl_parent_id = "DREAMGROVE_PT_grown"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        item = context.active_object
        family = family_of(item)
        if family is None:
            return False
        try:
            return modifier_of(item, family) is not None
        except ValueError:
            return False


class DREAMGROVE_PT_grown_parameters(_OfGrown, bpy.types.Panel):
    """The sliders of the modifier, each with a lock that keeps it when the object is randomised"""

    bl_label = "Parameters"
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012

    def draw(self, context: bpy.types.Context) -> None:
        layout, item = self.layout, context.active_object
        layout.use_property_split = True
        layout.use_property_decorate = False
        family = family_of(item)
        kept = locked(item)
        inputs = _inputs(item, family)
        infos = params_of(family.params)
        now = params_of_object(item, family)
        for panel in dict.fromkeys(info.panel for info in infos):
            column = layout.column()
            if panel:
                column.label(text=panel)
            for info in (each for each in infos if each.panel == panel):
                row = column.row(align=True)
                if info.label in inputs:
                    owner, name = inputs[info.label]
                    row.prop(owner, name, text=info.label)
                else:
                    _grown_value(row, info.label, getattr(now, info.name))
                icon = "LOCKED" if info.name in kept else "UNLOCKED"
                row.operator(
                    "dreamgrove.lock_parameter", text="", icon=icon, depress=info.name in kept
                ).name = info.name


class DREAMGROVE_PT_grown_materials(_OfGrown, bpy.types.Panel):
    """What the parts are made of"""

    bl_label = "Materials"
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012

    def draw(self, context: bpy.types.Context) -> None:
        layout, item = self.layout, context.active_object
        layout.use_property_split = True
        layout.use_property_decorate = False
        inputs = _inputs(item, family_of(item))
        for each in material_inputs(item):
            row = layout.row(align=True)
            owner, name = inputs[each.name]
            if name == "value":
                row.prop(owner, name, text=each.name)
            else:
                row.prop_search(owner, name, bpy.data, "materials", text=each.name)
            row.context_string_set("dreamgrove_part", each.name)
            row.menu("DREAMGROVE_MT_materials", text="", icon="ADD")


class DREAMGROVE_MT_materials(bpy.types.Menu):
    """A new material for this part"""

    bl_label = "New Material"

    def draw(self, context: bpy.types.Context) -> None:
        for item in bpy.ops.dreamgrove.add_material.get_rna_type().properties["kind"].enum_items:
            button = self.layout.operator("dreamgrove.add_material", text=item.name)
            button.kind, button.part = item.identifier, context.dreamgrove_part


def _inputs(item: bpy.types.Object, family: Family) -> dict[str, tuple[Any, str]]:
    """Where a layout finds the modifier's inputs: label -> owner and property."""
    modifier = modifier_of(item, family)
    found = {}
    for each in modifier.node_group.interface.items_tree:
        if each.item_type != "SOCKET" or each.in_out != "INPUT" or each.socket_type == "NodeSocketGeometry":
            continue
        if hasattr(modifier, "properties") and hasattr(modifier.properties, "inputs"):  # 5.2 and later
            found[each.name] = (getattr(modifier.properties.inputs, each.identifier), "value")
        elif each.identifier in modifier.keys():  # noqa: SIM118 - a modifier is no mapping
            found[each.name] = (modifier, f'["{each.identifier}"]')
    return found


def _grown_value(row: bpy.types.UILayout, label: str, value: Any) -> None:
    """A parameter that only growing anew changes."""
    split = row.split(factor=0.4)
    side = split.row()
    side.alignment = "RIGHT"
    side.label(text=label)
    split.label(text=f"{value:g}" if isinstance(value, float) else str(value).replace("_", " ").title())


def _applied(layout: bpy.types.UILayout, item: bpy.types.Object, context: bpy.types.Context) -> None:
    """An object that was grown and is a plain mesh now."""
    recipe = recipe_of(item) or {}
    paragraph(
        layout, f"{title_of(str(recipe.get('preset', item.name)))}, seed {recipe.get('seed', 0)}, applied", context
    )
    row = layout.row(align=True)
    row.operator("dreamgrove.mark_asset")
    row.operator("dreamgrove.copy_recipe")


CLASSES = (
    DREAMGROVE_PT_grown,
    DREAMGROVE_PT_grown_parameters,
    DREAMGROVE_PT_grown_materials,
    DREAMGROVE_MT_materials,
)
