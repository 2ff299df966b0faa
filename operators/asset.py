"""Operators on the object that a job has made: for the asset browser, and its recipe for the clipboard."""

from __future__ import annotations

import json
from typing import ClassVar

import bpy

from . import growing
from .asset_library import mark, mark_grown
from .growing import family_of, is_grown, preset_of, title_of
from .importing import PROMPT_KEY, recipe_of


class _OfObject:
    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if recipe_of(context.active_object) is None:
            cls.poll_message_set("Select an object that Dreamgrove has made")
            return False
        return True


class DREAMGROVE_OT_mark_asset(_OfObject, bpy.types.Operator):
    """Show the active object in the asset browser, with its words as description and tags"""

    bl_idname = "dreamgrove.mark_asset"
    bl_label = "Mark as Asset"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if not super().poll(context):
            return False
        if context.active_object.asset_data is not None:
            cls.poll_message_set("The object is marked as an asset already")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        item = context.active_object
        family = family_of(item)
        if family is not None:
            mark_grown(item, family, preset_of(item, family))
            return {"FINISHED"}
        recipe = recipe_of(item) or {}
        words = title_of(str(recipe["preset"])) if is_grown(recipe) else recipe.get("prompt", item.name)
        prompt = str(item.get(PROMPT_KEY, words))
        mark(item, prompt, [word.lower() for word in prompt.split() if len(word) > 2])
        return {"FINISHED"}


class DREAMGROVE_OT_copy_recipe(_OfObject, bpy.types.Operator):
    """Copy the active object's recipe, with which it can be made again, to the clipboard"""

    bl_idname = "dreamgrove.copy_recipe"
    bl_label = "Copy Recipe"
    bl_options: ClassVar[set[str]] = {"REGISTER"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        item = context.active_object
        recipe = growing.recipe(item) if family_of(item) else recipe_of(item)
        context.window_manager.clipboard = json.dumps(recipe, indent=1, ensure_ascii=False)
        self.report({"INFO"}, "Recipe copied")
        return {"FINISHED"}


CLASSES = (DREAMGROVE_OT_mark_asset, DREAMGROVE_OT_copy_recipe)
