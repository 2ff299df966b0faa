"""Operators of the World panel: build a place, build one of its steps anew, cancel, another seed; a flight and two eyes for its camera."""

from __future__ import annotations

import random
from typing import Any, ClassVar

import bpy
from bpy.props import EnumProperty

from ..params import ParameterError, params_of
from ..procedural.scene.biomes import biome_of, find_biome
from ..procedural.scene.paths import FlightParams, NoWay, fly_through
from ..procedural.scene.rig import RigParams, make_rig, remove_rig, rig_of, rigged_camera, use_multiview
from ..procedural.scene.steps import STEPS, SceneError, scene_collection, scene_place
from . import session
from .grow import in_object_mode
from .param_properties import plain, property_of
from .world_properties import recipe_of_panel

LARGEST_SEED = 9999
TITLES = {
    "land": "Land", "erosion": "Erosion", "water": "Water", "scatter": "Plants", "sky": "Sky", "camera": "Camera",
}  # fmt: skip

_ITEMS = (
    ("ALL", "All", "All steps, one after the other"),
    *((step, TITLES[step], f"Only this step: {TITLES[step].lower()}") for step in STEPS),
)


def built(scene: bpy.types.Scene) -> bpy.types.Collection | None:
    """The collection of the place that the panel shows, if it has been begun."""
    biome, _ = find_biome(scene.dreamgrove_world.look)
    return scene_collection(biome, scene)


class DREAMGROVE_OT_build_world(bpy.types.Operator):
    """Build the place in steps, which can be cancelled and built anew one by one"""

    bl_idname = "dreamgrove.build_world"
    bl_label = "Build"
    bl_options: ClassVar[set[str]] = {"REGISTER"}

    step: EnumProperty(name="Step", description="What to build", items=_ITEMS, options={"SKIP_SAVE"})

    @classmethod
    def description(cls, context: bpy.types.Context, properties: bpy.types.OperatorProperties) -> str:
        if properties.step == "ALL":
            return "Build the place, step by step; what an earlier build of it has made is replaced"
        return (
            f"Build {TITLES[properties.step].lower()} anew with what is chosen above; the other steps stay as they are"
        )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        running = session.builder().running
        if running is not None:
            cls.poll_message_set(f"{running.title} is being built; wait for it or cancel it")
            return False
        return in_object_mode(cls, context)

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """In a window: the steps run between redraws."""
        try:
            session.tracker().pump.steps(self._begin(context))
        except (ParameterError, SceneError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        """From a script: at once."""
        try:
            for _ in self._begin(context):
                pass
        except (ParameterError, SceneError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if session.builder().problem:
            self.report({"ERROR"}, session.builder().problem)
            return {"CANCELLED"}
        return {"FINISHED"}

    def _begin(self, context: bpy.types.Context):
        recipe = recipe_of_panel(context.scene)
        if self.step not in ("ALL", "land") and scene_collection(biome_of(recipe), context.scene) is None:
            raise SceneError(f"{biome_of(recipe).title} has no land yet: press Build first")
        steps = STEPS if self.step == "ALL" else (self.step,)
        return session.builder().begin(recipe, steps, context.scene)


class DREAMGROVE_OT_cancel_world(bpy.types.Operator):
    """Stop building; the unfinished step is taken back, those before it stay"""

    bl_idname = "dreamgrove.cancel_world"
    bl_label = "Cancel"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return session.builder().running is not None

    def execute(self, context: bpy.types.Context) -> set[str]:
        session.builder().cancel()
        return {"FINISHED"}


class DREAMGROVE_OT_roll_world_seed(bpy.types.Operator):
    """Another place of the same kind"""

    bl_idname = "dreamgrove.roll_world_seed"
    bl_label = "Another Seed"
    bl_options: ClassVar[set[str]] = {"INTERNAL", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        state = context.scene.dreamgrove_world
        state.seed = (state.seed + random.randrange(1, LARGEST_SEED)) % (LARGEST_SEED + 1)
        return {"FINISHED"}


class DREAMGROVE_OT_fly_through(bpy.types.Operator):
    """Key the scene's camera along a way through the place that touches nothing; the scene's frames are set to it"""

    bl_idname = "dreamgrove.fly_through"
    bl_label = "Fly Through"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    __annotations__: ClassVar = {info.name: property_of(info) for info in params_of(FlightParams)}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return _place_stands(cls, context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        scene = context.scene
        try:
            flight = fly_through(scene, _chosen(self, FlightParams))
        except (ParameterError, SceneError, NoWay) as error:
            self.report({"ERROR"}, _sentence(error))
            return {"CANCELLED"}
        frames = f"frames {scene.frame_start} to {scene.frame_end}"
        self.report({"INFO"}, f"{flight.length:.1f} m in {frames}, nothing nearer than {flight.room:.2f} m")
        return {"FINISHED"}


class DREAMGROVE_OT_stereo_rig(bpy.types.Operator):
    """Put two eyes on the scene's camera, which go where it goes, and have Blender render both"""

    bl_idname = "dreamgrove.stereo_rig"
    bl_label = "Stereo Rig"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    __annotations__: ClassVar = {info.name: property_of(info) for info in params_of(RigParams)}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if context.scene.camera is None:
            cls.poll_message_set("The scene has no camera; build a place, or add one")
            return False
        return in_object_mode(cls, context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        try:
            put_eyes(context.scene, _chosen(self, RigParams))
        except (ParameterError, ValueError) as error:
            self.report({"ERROR"}, _sentence(error))
            return {"CANCELLED"}
        return {"FINISHED"}


def put_eyes(scene: bpy.types.Scene, params: RigParams) -> None:
    """A rig on the scene's camera, in place of one that it has; Blender renders both eyes. Raises ValueError for no perspective camera."""
    camera = rigged_camera(scene.camera)
    if camera is None or camera.type != "CAMERA" or camera.data.type != "PERSP":
        raise ValueError("A stereo rig needs a perspective camera; choose one")
    if (old := rig_of(camera)) is not None:
        remove_rig(old)
    use_multiview(scene, make_rig(camera, params))


def _place_stands(cls: type[bpy.types.Operator], context: bpy.types.Context) -> bool:
    if session.builder().running is not None:
        cls.poll_message_set(f"{session.builder().running.title} is being built; wait for it or cancel it")
        return False
    if scene_place(context.scene) is None or context.scene.camera is None:
        cls.poll_message_set("There is no place with a camera in this scene; build one first")
        return False
    return in_object_mode(cls, context)


def _chosen(operator: bpy.types.Operator, cls: type) -> Any:
    """The operator's properties as parameters. Raises ParameterError."""
    return cls(**{info.name: info.check(plain(getattr(operator, info.name))) for info in params_of(cls)})


def _sentence(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text[:1].upper() + text[1:]


CLASSES = (
    DREAMGROVE_OT_build_world,
    DREAMGROVE_OT_cancel_world,
    DREAMGROVE_OT_roll_world_seed,
    DREAMGROVE_OT_fly_through,
    DREAMGROVE_OT_stereo_rig,
)
