"""The add-on's preferences: the engine's environment, an engine elsewhere, models, folders."""

from __future__ import annotations

import bpy
from bpy.props import BoolProperty, CollectionProperty, StringProperty

from .. import __package__ as PACKAGE
from ..engine import environment
from ..operators.asset_build import library_build
from ..operators.engine_access import ONLINE_HINT, wanted
from ..operators.engine_link import Link
from ..operators.session import setup, tracker
from ..operators.settings import settings
from .text import paragraph, size

SHOWN_LINES = 8


def _changed(self: object, context: bpy.types.Context) -> None:
    tracker().link.look_again()


class DREAMGROVE_PG_model(bpy.types.PropertyGroup):
    """A folder with pretrained models."""

    folder: StringProperty(
        name="Folder",
        description="A diffusers pipeline, or a folder of several; only safetensors files are read",
        subtype="DIR_PATH",
        update=_changed,
    )


class DREAMGROVE_AddonPreferences(bpy.types.AddonPreferences):
    """Read by operators/settings.py, which also knows what holds when nothing is stored."""

    bl_idname = PACKAGE

    engine_folder: StringProperty(
        name="Engine Folder",
        description="Where the engine's own Python lies; empty for the extension's own folder",
        subtype="DIR_PATH",
        update=_changed,
    )
    output_folder: StringProperty(
        name="Assets Folder",
        description="Where the files of finished objects are kept; empty for the extension's own folder",
        subtype="DIR_PATH",
        update=_changed,
    )
    engine_url: StringProperty(
        name="Address",
        description="An engine that runs elsewhere, such as http://studio-gpu.local:8753; empty for this computer's own",
        update=_changed,
    )
    engine_token: StringProperty(
        name="Token",
        description="What lets you in there: the content of the file named token in that engine's data folder",
        subtype="PASSWORD",
        update=_changed,
    )
    big_priors: BoolProperty(
        name="Big Priors",
        description="Install what runs other people's models, such as Stable Diffusion; a good graphics card is needed",
        update=_changed,
    )
    models: CollectionProperty(type=DREAMGROVE_PG_model)

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        _environment(layout.box(), context)
        box = layout.box()
        box.label(text="Models")
        box.prop(self, "big_priors")
        for index, model in enumerate(self.models):
            row = box.row(align=True)
            row.prop(model, "folder", text="Folder")
            button = row.operator("dreamgrove.edit_models", text="", icon="X")
            button.action, button.index = "REMOVE", index
        box.operator("dreamgrove.edit_models", text="Add Model Folder", icon="ADD").action = "ADD"
        box = layout.box()
        box.label(text="Engine Elsewhere")
        box.prop(self, "engine_url")
        box.prop(self, "engine_token")
        if self.engine_url and not bpy.app.online_access:
            paragraph(box, f"{ONLINE_HINT} to use an engine on another computer", context, icon="INFO")
        _library(layout.box(), context)
        box = layout.box()
        box.label(text="Folders")
        box.prop(self, "output_folder")
        box.prop(self, "engine_folder")


def _environment(box: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """What is installed, what installing would cost, and how it goes."""
    here, task = settings(), setup()
    state = tracker().link.sight.environment
    box.label(text="Engine")
    if task.task is not None:
        row = box.row(align=True)
        words = "Cancelling ..." if task.cancelling else f"{task.doing}: {task.stage}"
        row.progress(factor=task.fraction, text=words)
        row.operator("dreamgrove.cancel_setup", text="", icon="X")
    elif here.remote:
        paragraph(box, f"The engine at {here.url} is used; none is needed on this computer", context)
    elif state is not None:
        row = box.row()
        installed = state.status is not environment.Status.MISSING
        if not installed:
            row.label(text="Not installed")
            row.operator("dreamgrove.install_engine", text="Install...")
        else:
            words = f"Installed, {size(state.size_bytes)}" if state.ready else state.problem
            row.label(text=words, icon="NONE" if state.ready else "ERROR")
            row.operator("dreamgrove.repair_engine", text="Repair...")
            row.operator("dreamgrove.remove_engine", text="Remove...")
        if not installed or not state.ready:
            paragraph(box, environment.plan(wanted(here)).sentence().rstrip("."), context)
            if not bpy.app.online_access:
                paragraph(box, f"{ONLINE_HINT} to download it", context, icon="INFO")
        if tracker().link.link is Link.READY:
            box.operator("dreamgrove.stop_engine")
    if task.problem:
        paragraph(box, task.problem, context, icon="ERROR")
    if task.lines and (task.task is not None or task.problem):
        column = box.box().column(align=True)
        column.scale_y = 0.7
        for line in list(task.lines)[-SHOWN_LINES:]:
            column.label(text=line[:120])


def _library(box: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The asset library of all that can be grown."""
    build = library_build()
    box.label(text="Asset Library")
    if build.working:
        box.progress(factor=build.fraction, text=build.stage)
        return
    paragraph(box, build.said or "Everything that can be grown, to be dragged from the asset browser", context)
    if build.problem:
        paragraph(box, build.problem, context, icon="ERROR")
    box.operator("dreamgrove.build_asset_library")


CLASSES = (DREAMGROVE_PG_model, DREAMGROVE_AddonPreferences)
