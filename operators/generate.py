"""Operators for jobs: ask for one, cancel, import, delete, make again."""

from __future__ import annotations

import random
from typing import Any, ClassVar

import bpy
from bpy.props import EnumProperty, StringProperty
from mathutils import Vector

from ..engine.protocol import MAX_PROMPT_CHARS, MAX_SEED, JobRequest, JobState, ProtocolError
from ..engine.words import Understanding
from . import properties
from .engine_link import Link
from .growing import is_grown
from .importing import recipe_of
from .jobs import Job
from .places import Place
from .properties import tab, understood
from .session import setup, tracker
from .settings import METHOD

AGAIN = (
    ("SAME", "Same Again", "The same words, seed and parameters"),
    ("OTHER_SEED", "Other Seed", "The same words and parameters with another seed"),
    ("DRAFT", "As Draft", "The same words and seed with the Draft preset, which needs the least memory and time"),
)


def engine_usable(cls: type[bpy.types.Operator]) -> bool:
    """Whether there is an engine, or one can be started; says why not."""
    if setup().task is not None:
        cls.poll_message_set(f"Wait: {setup().doing.lower()} the engine is under way")
        return False
    if tracker().link.link is Link.MISSING:
        cls.poll_message_set("Install the engine first")
        return False
    return True


class DREAMGROVE_OT_generate(bpy.types.Operator):
    """Make an object from the words; it comes to the 3D cursor when it is done"""

    bl_idname = "dreamgrove.generate"
    bl_label = "Generate"
    bl_options: ClassVar[set[str]] = {"REGISTER"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        prompt = tab().prompt.strip()
        if not prompt:
            cls.poll_message_set("Type what to make")
            return False
        if len(prompt) > MAX_PROMPT_CHARS:
            cls.poll_message_set(f"The prompt has {len(prompt):,} characters; shorten it to {MAX_PROMPT_CHARS:,}")
            return False
        if not isinstance(understood(prompt), Understanding) and not tab().request_prior:
            cls.poll_message_set(str(understood(prompt)))
            return False
        return engine_usable(cls)

    def execute(self, context: bpy.types.Context) -> set[str]:
        state = tab()
        try:
            request = JobRequest(
                method=METHOD, prompt=state.prompt, preset=state.preset, seed=state.seed, size_m=state.request_size,
                params=properties.changed_params(), prior=state.request_prior,
            )  # fmt: skip
        except ProtocolError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        tracker().submit(request, Place.at_cursor(context, state.size_m))
        if not state.lock_seed:
            state.seed = _other_seed(state.seed)
        return {"FINISHED"}


class _OfJob:
    """Operators on one row of the list."""

    bl_options: ClassVar[set[str]] = {"REGISTER", "INTERNAL"}
    job: StringProperty(name="Job", description="The job's identifier", options={"HIDDEN", "SKIP_SAVE"})

    def execute(self, context: bpy.types.Context) -> set[str]:
        job = tracker().find(self.job)
        if job is None:
            self.report({"ERROR"}, "This job is gone")
            return {"CANCELLED"}
        return self.act(context, job)


class DREAMGROVE_OT_cancel_job(_OfJob, bpy.types.Operator):
    """Stop this job"""

    bl_idname = "dreamgrove.cancel_job"
    bl_label = "Cancel"

    def act(self, context: bpy.types.Context, job: Job) -> set[str]:
        tracker().cancel(job)
        return {"FINISHED"}


class DREAMGROVE_OT_import_job(_OfJob, bpy.types.Operator):
    """Bring this job's object to the 3D cursor"""

    bl_idname = "dreamgrove.import_job"
    bl_label = "Import"

    def act(self, context: bpy.types.Context, job: Job) -> set[str]:
        if job.status.state is not JobState.DONE:
            self.report({"ERROR"}, f"The job is {job.status.state}; only a finished one can be imported")
            return {"CANCELLED"}
        tracker().bring(job, Place.at_cursor(context, job.status.request.size_m))
        return {"FINISHED"}


class DREAMGROVE_OT_delete_job(_OfJob, bpy.types.Operator):
    """Remove this job and the engine's files of it; imported objects and downloaded files stay"""

    bl_idname = "dreamgrove.delete_job"
    bl_label = "Delete"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return engine_usable(cls)

    def act(self, context: bpy.types.Context, job: Job) -> set[str]:
        tracker().delete(job)
        return {"FINISHED"}


class DREAMGROVE_OT_repeat_job(_OfJob, bpy.types.Operator):
    """Ask for this once more; the object comes to the 3D cursor"""

    bl_idname = "dreamgrove.repeat_job"
    bl_label = "Make Again"

    mode: EnumProperty(items=AGAIN, options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return engine_usable(cls)

    @classmethod
    def description(cls, context: bpy.types.Context, properties: Any) -> str:
        return next(text for mode, _, text in AGAIN if mode == properties.mode)

    def act(self, context: bpy.types.Context, job: Job) -> set[str]:
        try:
            request = _again(job.status.request.to_json(), self.mode)
        except ProtocolError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        tracker().submit(request, Place.at_cursor(context, request.size_m))
        return {"FINISHED"}


class DREAMGROVE_OT_edit_job(_OfJob, bpy.types.Operator):
    """Put this job's words and parameters into the tab, to change them"""

    bl_idname = "dreamgrove.edit_job"
    bl_label = "Edit"

    def act(self, context: bpy.types.Context, job: Job) -> set[str]:
        request, state = job.status.request, tab()
        if request.preset in state.bl_rna.properties["preset"].enum_items:
            state.preset = request.preset
        state.prompt, state.seed = request.prompt, request.seed
        if request.size_m is not None:
            state.size_m = request.size_m
        properties.set_params(request.params)
        return {"FINISHED"}


class DREAMGROVE_OT_regenerate(bpy.types.Operator):
    """Make the active object again from the recipe that it carries; the new one comes beside it"""

    bl_idname = "dreamgrove.regenerate"
    bl_label = "Make Again"
    bl_options: ClassVar[set[str]] = {"REGISTER"}

    mode: EnumProperty(items=AGAIN, options={"SKIP_SAVE"})

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        recipe = recipe_of(context.active_object)
        if recipe is None or is_grown(recipe):
            cls.poll_message_set("Select an object that Dreamgrove has made from words")
            return False
        return engine_usable(cls)

    @classmethod
    def description(cls, context: bpy.types.Context, properties: Any) -> str:
        return next(text for mode, _, text in AGAIN if mode == properties.mode) + "; the new object comes beside it"

    def execute(self, context: bpy.types.Context) -> set[str]:
        item = context.active_object
        try:
            request = _again(recipe_of(item) or {}, self.mode)
        except ProtocolError as error:
            self.report({"ERROR"}, f"The object's recipe cannot be used: {error}")
            return {"CANCELLED"}
        beside = item.matrix_world.translation + Vector((item.dimensions.x * 1.25, 0.0, 0.0))
        place = Place.at_cursor(context, request.size_m)
        tracker().submit(request, Place(place.file, place.scene, tuple(beside), request.size_m))
        return {"FINISHED"}


def _again(recipe: dict[str, Any], mode: str) -> JobRequest:
    """A recipe, or a request as JSON, as a request. Raises ProtocolError for one that is damaged."""
    known = ("method", "prompt", "preset", "seed", "size_m", "params", "name", "prior")
    values = {name: recipe[name] for name in known if name in recipe}
    values.setdefault("method", METHOD)
    request = JobRequest.from_json(values)
    if mode == "OTHER_SEED":
        return JobRequest.from_json({**request.to_json(), "seed": _other_seed(request.seed)})
    if mode == "DRAFT":
        return JobRequest.from_json({**request.to_json(), "preset": "draft", "params": {}})
    return request


def _other_seed(seed: int) -> int:
    """Small enough to be read and told; never the same."""
    other = random.randrange(min(10_000, MAX_SEED))
    return other if other != seed else other + 1


CLASSES = (
    DREAMGROVE_OT_generate,
    DREAMGROVE_OT_cancel_job,
    DREAMGROVE_OT_import_job,
    DREAMGROVE_OT_delete_job,
    DREAMGROVE_OT_repeat_job,
    DREAMGROVE_OT_edit_job,
    DREAMGROVE_OT_regenerate,
)
