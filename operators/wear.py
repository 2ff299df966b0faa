"""Operators that put wear (dust, scratches, rust, moss, wetness, snow) over the materials of an object, and take it off."""

from __future__ import annotations

from typing import ClassVar

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from ..params import from_mapping, params_of
from ..procedural.generators import modifier_of
from ..procedural.graph.modifiers import read_input
from ..procedural.materials.layers import add_layer, layers_of, remove_layer
from ..procedural.materials.wear import LAYERS, layer_named
from .file_blocks import removed_on_failure
from .grow import sentence
from .growing import family_of
from .grown import material_inputs, wear

LAYER_ITEMS = tuple((layer.name, layer.title, layer.help) for layer in LAYERS)


def material_of(item: bpy.types.Object | None, part: str = "") -> bpy.types.Material | None:
    """What a part of a grown object (its first) is made of; any other object's active material. None if there is none."""
    if item is None:
        return None
    inputs = material_inputs(item)
    if not inputs:
        return item.active_material
    chosen = next((each for each in inputs if each.name == part), inputs[0])
    return read_input(modifier_of(item, family_of(item)), chosen)


class DREAMGROVE_OT_add_wear(bpy.types.Operator):
    """Put wear over the active object's material; its sliders are in the material's tab"""

    bl_idname = "dreamgrove.add_wear"
    bl_label = "Add Wear"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    layer: EnumProperty(name="Layer", description="What goes over the material", items=LAYER_ITEMS)
    amount: FloatProperty(
        name="Amount", description="How much there is", default=0.5, min=0.0, max=1.0, subtype="FACTOR", options={"SKIP_SAVE"}
    )  # fmt: skip
    single: BoolProperty(
        name="Only This Object",
        description="Give the object a copy of its material, so that others of the same material stay clean",
        default=True,
    )
    part: StringProperty(
        name="Part", description="Of a grown object: whose material, such as Leaf Material", options={"SKIP_SAVE"}
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if material_of(context.active_object) is None:
            cls.poll_message_set("Select an object that has a material")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        item, layer = context.active_object, layer_named(self.layer)
        try:
            with removed_on_failure():
                material = material_of(item, self.part)
                if material is None:
                    raise ValueError("the part has no material")
                known = {info.name for info in params_of(layer.params)}
                given = (
                    {"amount": self.amount} if "amount" in known and self.properties.is_property_set("amount") else {}
                )
                if self.single and material.users > 1:
                    material = material.copy()
                    wear(item, material, self.part)
                add_layer(material, layer, from_mapping(layer.params, given))
        except Exception as error:
            self.report({"ERROR"}, sentence(error, f"{layer.title} cannot be added"))
            return {"CANCELLED"}
        return {"FINISHED"}


class DREAMGROVE_OT_remove_wear(bpy.types.Operator):
    """Take this layer of wear off again"""

    bl_idname = "dreamgrove.remove_wear"
    bl_label = "Remove Wear"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    number: IntProperty(name="Layer", description="Counted from the lowest", min=0, options={"SKIP_SAVE"})
    part: StringProperty(name="Part", description="Of a grown object: whose material", options={"SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        try:
            material = material_of(context.active_object, self.part)
            nodes = layers_of(material) if material is not None else []
            if self.number >= len(nodes):
                raise ValueError(f"there are {len(nodes)} layers")
            remove_layer(material, nodes[self.number])
        except Exception as error:
            self.report({"ERROR"}, sentence(error, "The layer cannot be removed"))
            return {"CANCELLED"}
        return {"FINISHED"}


CLASSES = (DREAMGROVE_OT_add_wear, DREAMGROVE_OT_remove_wear)
