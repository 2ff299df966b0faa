"""The "Dreamgrove" tab in the 3D viewport's sidebar: Generate, Jobs, Selected Asset."""

from __future__ import annotations

from statistics import median
from typing import Any

import bpy

from ..engine.protocol import JobState
from ..engine.words import Understanding
from ..operators.engine_access import remote_host
from ..operators.engine_link import Link
from ..operators.growing import is_grown
from ..operators.importing import PROMPT_KEY, recipe_of
from ..operators.jobs import Job, Phase
from ..operators.properties import shown_method, tab, understood
from ..operators.session import setup, tracker
from ..operators.settings import PRESET_SECONDS, PRESETS
from .icons import icon_of
from .mending import mending_button
from .text import about, clock, paragraph

FEW_JOBS = 6


class _InTab:
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Dreamgrove"


class DREAMGROVE_PT_generate(_InTab, bpy.types.Panel):
    """From words to an object"""

    bl_label = "Generate"
    bl_order = 0

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        _engine(layout, context)
        state = tab()
        column = layout.column()
        # No label, which would take half of the width: the field's own hint says what it is for.
        column.prop(state, "prompt", text="", placeholder="What to make, such as: a red mushroom")
        _understood(column, state.prompt, bool(state.request_prior), context)
        row = layout.row(align=True)
        row.prop(state, "preset", expand=True)
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column()
        column.prop(state, "size_m")
        row = column.row(align=True)
        row.prop(state, "seed")
        row.prop(state, "lock_seed", text="", icon="LOCKED" if state.lock_seed else "UNLOCKED")
        _advanced(layout, state)
        row = layout.row()
        row.scale_y = 1.4
        row.operator("dreamgrove.generate", text=f"Generate   ({about(_expected_s(state.preset))})")


class DREAMGROVE_PT_jobs(_InTab, bpy.types.Panel):
    """What is being made, and what has been"""

    bl_label = "Jobs"
    bl_order = 1

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return bool(tracker().jobs)

    def draw_header_preset(self, context: bpy.types.Context) -> None:
        self.layout.label(text=str(len(tracker().jobs)))

    def draw(self, context: bpy.types.Context) -> None:
        jobs = tracker().jobs
        column = self.layout.column()
        active = sum(job.active for job in jobs)
        shown = jobs if tab().all_jobs else jobs[: max(FEW_JOBS, active)]
        for job in shown:
            _job(column.box(), job, context)
        if len(jobs) > FEW_JOBS:
            column.prop(tab(), "all_jobs", toggle=True, text=f"Show All {len(jobs)}")


class DREAMGROVE_PT_asset(_InTab, bpy.types.Panel):
    """The active object, if Dreamgrove has made it"""

    bl_label = "Selected Asset"
    bl_order = 4

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        recipe = recipe_of(context.active_object)
        return recipe is not None and not is_grown(recipe)

    def draw(self, context: bpy.types.Context) -> None:
        layout, item = self.layout, context.active_object
        recipe = recipe_of(item) or {}
        prompt = str(item.get(PROMPT_KEY, item.name))
        paragraph(layout, f"\u201c{prompt}\u201d", context)
        facts = [str(recipe[name]) for name in ("method", "preset") if name in recipe]
        paragraph(layout, ", ".join([*facts, f"seed {recipe.get('seed', 0)}"]), context)
        row = layout.row(align=True)
        row.operator("dreamgrove.regenerate", text="Same Again").mode = "SAME"
        row.operator("dreamgrove.regenerate", text="Other Seed").mode = "OTHER_SEED"
        row = layout.row(align=True)
        row.operator("dreamgrove.mark_asset")
        row.operator("dreamgrove.copy_recipe")


class DREAMGROVE_MT_engine(bpy.types.Menu):
    """What can be done with the engine"""

    bl_label = "Engine"

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        layout.operator("dreamgrove.start_engine")
        layout.operator("dreamgrove.stop_engine")
        layout.separator()
        layout.operator("dreamgrove.open_folder", text="Show Log").what = "LOG"
        layout.operator("dreamgrove.open_folder", text="Open Assets Folder").what = "OUTPUT"
        layout.operator("dreamgrove.free_space", text="Free Space...")
        layout.separator()
        layout.operator("dreamgrove.open_preferences", text="Preferences...")


class DREAMGROVE_MT_job(bpy.types.Menu):
    """More that can be done with this job"""

    bl_label = "Job"

    def draw(self, context: bpy.types.Context) -> None:
        layout, job_id = self.layout, context.dreamgrove_job
        for mode, text in (("SAME", "Same Again"), ("OTHER_SEED", "Other Seed")):
            button = layout.operator("dreamgrove.repeat_job", text=text)
            button.mode, button.job = mode, job_id
        layout.operator("dreamgrove.edit_job", text="Edit Words").job = job_id
        layout.separator()
        button = layout.operator("dreamgrove.open_folder")
        button.what, button.job = "JOB", job_id
        layout.operator("dreamgrove.delete_job").job = job_id


def _engine(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    """The tab's first line: how we stand with the engine, and the button that helps."""
    if setup().task is not None:
        row = layout.row(align=True)
        row.progress(factor=setup().fraction, text=f"{setup().doing} ... {setup().stage}")
        row.operator("dreamgrove.cancel_setup", text="", icon="X")
        return
    link = tracker().link
    row = layout.row()
    row.label(text=_engine_words())
    row.menu("DREAMGROVE_MT_engine", text="", icon="DOWNARROW_HLT")
    problem = setup().problem or link.sight.problem
    if problem and link.link is not Link.READY:
        paragraph(layout, problem, context, icon="ERROR")
    if link.link is Link.MISSING:
        if link.sight.problem:
            layout.operator("dreamgrove.repair_engine", text="Repair Engine...")
        else:
            paragraph(layout, "The engine makes objects from words, on this computer. It is installed once", context)
            layout.operator("dreamgrove.install_engine", text="Install Engine...")
    elif problem and link.link is not Link.READY:
        mending_button(layout, link.sight.mend)


def _engine_words() -> str:
    link = tracker().link
    sight = link.sight
    if link.link is Link.READY and sight.info is not None:
        priors = [prior.title or prior.name for prior in sight.info.priors]
        prior = (priors or ["no prior"])[0]
        host = remote_host(link.settings)
        first = f"Remote - {host}" if host else "Ready"
        return f"{first} - {prior[:1].lower()}{prior[1:]}, {sight.info.device or 'CPU'}"
    if link.link is Link.STARTING:
        return (link.stage or "Starting") + " ..."
    return {
        Link.UNKNOWN: "Looking for the engine ...",
        Link.MISSING: "Engine to be repaired" if sight.problem else "Engine not installed",
        Link.STOPPED: "Engine ready to start",
        Link.LOST: "Stopped working",
    }.get(link.link, "")


def _understood(layout: bpy.types.UILayout, prompt: str, other_prior: bool, context: bpy.types.Context) -> None:
    """What the embedded prior takes the words for; other priors read them as they are."""
    if not prompt.strip() or other_prior:
        return
    words = understood(prompt)
    column = layout.column()
    if isinstance(words, Understanding):
        column.active = bool(words.unknown or words.ignored)  # greyed as long as all is well
        paragraph(column, words.sentence().capitalize(), context)
    else:
        paragraph(column, str(words), context, icon="ERROR")


def _advanced(layout: bpy.types.UILayout, state: Any) -> None:
    """The method's own parameters, grouped as it says; hidden before an engine has told them."""
    shown = shown_method()
    if shown is None:
        return
    header, body = layout.panel("dreamgrove_advanced", default_closed=True)
    header.label(text="Advanced")
    if body is None:
        return
    _, infos = shown
    if len(state.bl_rna.properties["prior"].enum_items) > 1:
        body.prop(state, "prior")
    values = bpy.context.window_manager.dreamgrove_params
    groups = dict.fromkeys(info.panel for info in infos)
    for group in groups:
        column = body.column()
        if group:
            column.label(text=group)
        for info in infos:
            if info.panel == group:
                column.prop(values, info.name)


def _expected_s(preset: str) -> float:
    """How long a job takes: as this engine's last ones did, or as a common computer does."""
    times = [job.seconds for job in tracker().jobs if job.seconds and job.status.request.preset == preset]
    return median(times[:5]) if times else PRESET_SECONDS.get(preset, PRESET_SECONDS[PRESETS[0][0]])


def _job(box: bpy.types.UILayout, job: Job, context: bpy.types.Context) -> None:
    """One row: picture, words, then a bar, a result or what went wrong."""
    split = box.row()
    icon = icon_of(job)
    picture = split.column()
    if icon:
        picture.template_icon(icon, scale=2.2)
    else:
        picture.template_icon(_blank_icon(), scale=2.2)
    column = split.column()
    state, problem = job.status.state, job.problem or job.status.error
    column.label(text=job.status.request.prompt[:80])
    row = column.row(align=True)
    if not state.ended:
        row.progress(factor=job.status.fraction, text=_progress_words(job))
        row.operator("dreamgrove.cancel_job", text="", icon="X").job = job.id
        return
    if job.active:
        words = f"Done: {job.hint} to import" if job.hint else "Importing ..."
        row.progress(factor=1.0, text=words)
        row.operator("dreamgrove.delete_job", text="", icon="X").job = job.id
        return
    if state is JobState.DONE and not problem:
        row.label(text=_done_words(job))
        row.operator(
            "dreamgrove.import_job", text="Import Again" if job.phase is Phase.IMPORTED else "Import"
        ).job = job.id
    elif state is JobState.CANCELLED:
        row.label(text="Cancelled")
        button = row.operator("dreamgrove.repeat_job", text="Make Again")
        button.mode, button.job = "SAME", job.id
    else:
        row.label(text="Failed", icon="ERROR")
        mending_button(row, job.mend if job.problem else job.status.mend, job.id)
    menu = row.row(align=True)
    menu.context_string_set("dreamgrove_job", job.id)
    menu.menu("DREAMGROVE_MT_job", text="", icon="DOWNARROW_HLT")
    if problem:
        paragraph(box, problem, context)


def _progress_words(job: Job) -> str:
    status = job.status
    if job.cancelled.is_set():
        return "Cancelling ..."
    if status.state is JobState.QUEUED and job.submitted:
        return "Queued"
    if not job.submitted:
        return f"{tracker().link.stage or status.stage} ..."
    left = "" if status.remaining_s is None else f"   {clock(status.remaining_s)}"
    return f"{status.stage}   {status.fraction:.0%}{left}"


def _done_words(job: Job) -> str:
    if job.phase is not Phase.IMPORTED and job.hint:
        return job.hint
    return f"Done in {clock(job.seconds)}" if job.seconds is not None else "Done"


def _blank_icon() -> int:
    return bpy.types.UILayout.bl_rna.functions["prop"].parameters["icon"].enum_items["BLANK1"].value


CLASSES = (
    DREAMGROVE_PT_generate,
    DREAMGROVE_PT_jobs,
    DREAMGROVE_PT_asset,
    DREAMGROVE_MT_engine,
    DREAMGROVE_MT_job,
)
