"""The tab's panel "World": a place to build, its steps, and what each of them is at. It needs no engine."""

from __future__ import annotations

import bpy

from ..operators import session
from ..operators.world import TITLES, built
from ..operators.world_properties import INFOS
from ..procedural.scene.steps import STEPS, step_collection
from .text import paragraph

FIRST = ("seed", "size", "time", "weather")


class DREAMGROVE_PT_world(bpy.types.Panel):
    """Whole places: land, water, plants, sky and a camera"""

    bl_label = "World"
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Dreamgrove"
    bl_order = 3

    def draw(self, context: bpy.types.Context) -> None:
        layout, state = self.layout, context.scene.dreamgrove_world
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column()
        column.enabled = session.builder().running is None
        column.prop(state, "look")
        row = column.row(align=True)
        row.prop(state, "seed")
        row.operator("dreamgrove.roll_world_seed", text="", icon="FILE_REFRESH")
        for name in FIRST[1:]:
            column.prop(state, name)
        _more(column, state)
        row = layout.row()
        row.scale_y = 1.4
        build = row.operator("dreamgrove.build_world", text="Build Again" if built(context.scene) else "Build")
        build.step = "ALL"
        _steps(layout, context)
        if step_collection(built(context.scene), "camera") is not None:
            row = layout.row(align=True)
            row.operator("dreamgrove.fly_through", icon="CON_FOLLOWPATH")
            row.operator("dreamgrove.stereo_rig", icon="CAMERA_STEREO")


def _more(layout: bpy.types.UILayout, state: bpy.types.PropertyGroup) -> None:
    header, body = layout.panel("DREAMGROVE_world_more", default_closed=True)
    header.label(text="More")
    if body is None:
        return
    for panel in dict.fromkeys(info.panel for info in INFOS):
        column = body.column()
        for info in INFOS:
            if info.panel == panel and info.name not in FIRST:
                column.prop(state, info.name)


def _steps(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """A row a step: done, under way, waiting, failed; and a button that builds it anew."""
    builder, home = session.builder(), built(context.scene)
    running = builder.running
    if running is not None and running.scene != context.scene.name:
        paragraph(layout, f"{running.title} is being built in {running.scene}", context, icon="TIME")
        running = None
    if home is None and running is None and not builder.problem:
        return
    column = layout.column(align=True)
    for step in STEPS:
        row = column.row(align=True)
        if running is not None and step == running.step:
            text = "cancelling ..." if running.cancelled else running.text
            row.progress(factor=running.fraction, text=f"{TITLES[step]}: {text}" if text else TITLES[step])
            row.operator("dreamgrove.cancel_world", text="", icon="X")
            continue
        there = step_collection(home, step) is not None
        failed = builder.failed_step == step
        row.label(text=TITLES[step], icon="ERROR" if failed else "CHECKMARK" if there else "DOT")
        if running is None and home is not None:
            row.operator("dreamgrove.build_world", text="", icon="FILE_REFRESH").step = step
    if builder.problem:
        paragraph(layout, builder.problem, context, icon="ERROR")


CLASSES = (DREAMGROVE_PT_world,)
