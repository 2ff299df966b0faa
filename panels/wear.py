"""In the material's tab: the layers of wear over a material, each with its sliders."""

from __future__ import annotations

import bpy

from ..operators.wear import LAYER_ITEMS, material_of
from ..procedural.materials.layers import layers_of


class DREAMGROVE_MT_wear(bpy.types.Menu):
    """Wear that goes over the material"""

    bl_label = "Add Wear"

    def draw(self, context: bpy.types.Context) -> None:
        for name, title, _ in LAYER_ITEMS:
            self.layout.operator("dreamgrove.add_wear", text=title).layer = name


class DREAMGROVE_PT_wear(bpy.types.Panel):
    """Dust, scratches, rust, moss, wetness and snow over the material"""

    bl_label = "Wear"
    bl_space_type = "PROPERTIES"
    bl_region_type = "WINDOW"
    bl_context = "material"
    bl_options = {"DEFAULT_CLOSED"}  # noqa: RUF012

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return material_of(context.object) is not None

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        material = material_of(context.object)
        try:
            nodes = layers_of(material)
        except ValueError:  # no output, or linked
            nodes = []
        layout.menu("DREAMGROVE_MT_wear", icon="ADD")
        for number, node in reversed(list(enumerate(nodes))):
            header, body = layout.panel(f"dreamgrove_wear_{number}", default_closed=number < len(nodes) - 1)
            header.label(text=node.label or node.node_tree.name)
            header.operator("dreamgrove.remove_wear", text="", icon="X", emboss=False).number = number
            if body is not None:
                for socket in node.inputs:
                    if not socket.is_linked and socket.type != "SHADER" and not socket.hide_value:
                        body.prop(socket, "default_value", text=socket.name)


CLASSES = (DREAMGROVE_MT_wear, DREAMGROVE_PT_wear)
