"""Operators on the active grown object: another individual, locks, saving as a preset, applying, materials."""

from __future__ import annotations

import json
import random
from typing import Any, ClassVar

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from ..params import params_of
from ..procedural.bake import bake, hull, lods
from ..procedural.generators import Family, modifier_of, params_of_object
from ..procedural.graph.modifiers import set_inputs
from ..procedural.materials import MATERIALS, make, material_named
from . import growing
from .file_blocks import removed_on_failure
from .grow import in_object_mode, sentence
from .grow_properties import roll_seed
from .growing import LARGEST_SEED, family_of
from .importing import RECIPE_KEY, select_alone
from .user_presets import delete_preset, find_user_preset, save_preset

VARIATION = "How far it strays from its preset: 0 only another seed, 1 as individuals of the family do"


class _OnGrown:
    """What these share: an active object that carries a family live."""

    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}
    doing: ClassVar[str]

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if family_of(context.active_object) is None:
            cls.poll_message_set("Select an object that was grown and not applied")
            return False
        return in_object_mode(cls, context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        item = context.active_object
        name = item.name  # applying removes it
        try:
            with removed_on_failure():
                self.act(context, item, family_of(item))
        except Exception as error:
            self.report({"ERROR"}, sentence(error, f"{name} cannot be {self.doing}"))
            return {"CANCELLED"}
        return {"FINISHED"}


class DREAMGROVE_OT_randomise_grown(_OnGrown, bpy.types.Operator):
    """Make the active object another individual of its kind; locked parameters stay"""

    bl_idname = "dreamgrove.randomise_grown"
    bl_label = "Randomise"
    doing = "randomised"

    seed: IntProperty(name="Seed", description="Which individual", min=0, max=LARGEST_SEED, options={"SKIP_SAVE"})
    variation: FloatProperty(
        name="Variation", description=VARIATION, default=1.0, min=0.0, max=1.0, subtype="FACTOR"
    )  # fmt: skip

    def draw(self, context: bpy.types.Context) -> None:
        self.layout.use_property_split = True
        self.layout.prop(self, "seed")
        self.layout.prop(self, "variation", slider=True)

    def act(self, context: bpy.types.Context, item: bpy.types.Object, family: Family) -> None:
        if not self.properties.is_property_set("seed"):
            self.seed = random.randrange(LARGEST_SEED + 1)
        growing.change(item, family, growing.randomised(item, family, self.seed, self.variation))


class DREAMGROVE_OT_reset_grown(_OnGrown, bpy.types.Operator):
    """Give the active object its preset's parameters again, but for the locked ones"""

    bl_idname = "dreamgrove.reset_grown"
    bl_label = "Reset to Preset"
    doing = "reset"

    def act(self, context: bpy.types.Context, item: bpy.types.Object, family: Family) -> None:
        now = params_of_object(item, family)
        growing.change(item, family, growing.randomised(item, family, now.seed, 0.0))


class DREAMGROVE_OT_lock_parameter(_OnGrown, bpy.types.Operator):
    """Keep this parameter when the object is randomised"""

    bl_idname = "dreamgrove.lock_parameter"
    bl_label = "Lock Parameter"
    bl_options: ClassVar[set[str]] = {"UNDO", "INTERNAL"}
    doing = "changed"

    name: StringProperty(name="Parameter", description="Its name", options={"SKIP_SAVE"})

    def act(self, context: bpy.types.Context, item: bpy.types.Object, family: Family) -> None:
        known = [info.name for info in params_of(family.params)]
        if self.name not in known:
            raise ValueError(f"{self.name!r} is not a parameter; there are {', '.join(known)}")
        growing.lock(item, growing.locked(item) ^ {self.name})


class DREAMGROVE_OT_save_preset(_OnGrown, bpy.types.Operator):
    """Save the active object's parameters as a preset of yours, to be grown again in any file"""

    bl_idname = "dreamgrove.save_preset"
    bl_label = "Save as Preset"
    doing = "saved as a preset"

    title: StringProperty(name="Name", description="What the preset is called", options={"SKIP_SAVE"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        self.title = f"My {context.active_object.name}"
        return context.window_manager.invoke_props_dialog(self)

    def act(self, context: bpy.types.Context, item: bpy.types.Object, family: Family) -> None:
        saved = save_preset(self.title, family, params_of_object(item, family))
        item[growing.PRESET_KEY] = saved.name
        self.report({"INFO"}, f"Saved as {saved.title}, of {family.title}")


class DREAMGROVE_OT_delete_preset(bpy.types.Operator):
    """Delete a preset that you have saved; objects that were grown from it stay"""

    bl_idname = "dreamgrove.delete_preset"
    bl_label = "Delete Preset"
    bl_options: ClassVar[set[str]] = {"REGISTER"}

    name: StringProperty(name="Preset", description="Its name", options={"SKIP_SAVE"})

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        return context.window_manager.invoke_confirm(self, event)

    def execute(self, context: bpy.types.Context) -> set[str]:
        try:
            delete_preset(self.name)
        except Exception as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return {"FINISHED"}


class DREAMGROVE_OT_apply_grown(_OnGrown, bpy.types.Operator):
    """Turn the active object into a plain mesh: modifiers applied, instances real, materials kept"""

    bl_idname = "dreamgrove.apply_grown"
    bl_label = "Apply"
    doing = "applied"

    levels: IntProperty(
        name="Levels of Detail", description="How many coarser meshes to make besides", min=0, max=4, options={"SKIP_SAVE"}
    )  # fmt: skip
    ratio: FloatProperty(
        name="Faces per Level", description="Share of the faces that each level keeps of the one before",
        default=0.5, min=0.05, max=0.9, subtype="FACTOR",
    )  # fmt: skip
    hull: BoolProperty(
        name="Collision Hull", description="Also make a closed convex mesh about it, for games", options={"SKIP_SAVE"}
    )
    keep: BoolProperty(
        name="Keep Live Object", description="Hide the object instead of replacing it", options={"SKIP_SAVE"}
    )

    def act(self, context: bpy.types.Context, item: bpy.types.Object, family: Family) -> None:
        name = item.name
        item[RECIPE_KEY] = json.dumps(growing.recipe(item))  # as its sliders stand
        made = [bake(item)]
        made += lods(item, family, self.levels, self.ratio, len(made[0].data.polygons))
        if self.hull:
            made.append(hull(item, baked=made[0]))
        targets = list(item.users_collection)
        if len(made) > 1:
            together = bpy.data.collections.new(name)
            targets[0].children.link(together)
            targets = [together]
        for each in made:
            for collection in targets:
                collection.objects.link(each)
            each.parent, each.matrix_parent_inverse = item.parent, item.matrix_parent_inverse.copy()
            each.matrix_basis = item.matrix_basis.copy()
        if self.keep:
            item.hide_set(True)
            item.hide_render = True
            made[0].name = f"{name} Mesh"
        else:
            mesh = item.data
            bpy.data.objects.remove(item)
            if mesh.users == 0:
                bpy.data.meshes.remove(mesh)
            made[0].name = made[0].data.name = name
        for each in made[1:]:
            each.hide_set(True)
        select_alone(made[0], context.view_layer)


class DREAMGROVE_OT_roll_seed(bpy.types.Operator):
    """Choose another seed for what is grown next"""

    bl_idname = "dreamgrove.roll_seed"
    bl_label = "Roll Seed"
    bl_options: ClassVar[set[str]] = {"INTERNAL"}

    def execute(self, context: bpy.types.Context) -> set[str]:
        roll_seed()
        return {"FINISHED"}


class DREAMGROVE_OT_add_material(bpy.types.Operator):
    """Give the active object a new material, whose parameters are in the material's tab"""

    bl_idname = "dreamgrove.add_material"
    bl_label = "Add Material"
    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    kind: EnumProperty(
        name="Kind",
        description="What it is made of",
        items=[(kind.name, kind.title, kind.help) for kind in sorted(MATERIALS, key=lambda kind: kind.title)],
    )
    preset: StringProperty(
        name="Preset", description="A preset of the kind, empty for its default", options={"SKIP_SAVE"}
    )
    individual: BoolProperty(
        name="Individual", description="Another piece of the same stuff for every seed", options={"SKIP_SAVE"}
    )
    seed: IntProperty(name="Seed", description="Which individual", min=0, max=LARGEST_SEED, options={"SKIP_SAVE"})
    part: StringProperty(
        name="Part",
        description="Of a grown object: the material input to fill, such as Leaf Material; empty for its first",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        item = context.active_object
        if item is None or not hasattr(item.data, "materials"):
            cls.poll_message_set("Select an object that can have a material")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[str]:
        kind = material_named(self.kind)
        try:
            with removed_on_failure():
                if self.preset and self.preset not in kind.presets:
                    known = ", ".join(kind.presets) or "none"
                    raise ValueError(f"{kind.title} has no preset {self.preset!r}; there are: {known}")
                if self.individual:
                    params = kind.sample(self.seed, self.preset or None)
                else:
                    params = kind.presets[self.preset] if self.preset else kind.params()
                wear(context.active_object, make(kind, params), self.part)
        except Exception as error:
            self.report({"ERROR"}, sentence(error, f"{kind.title} cannot be made"))
            return {"CANCELLED"}
        return {"FINISHED"}


def material_inputs(item: bpy.types.Object) -> list[Any]:
    """The interface items of a grown object's group that take materials."""
    family = family_of(item)
    if family is None:
        return []
    tree = modifier_of(item, family).node_group
    items = [each for each in tree.interface.items_tree if each.item_type == "SOCKET" and each.in_out == "INPUT"]
    return [each for each in items if each.socket_type == "NodeSocketMaterial"]


def wear(item: bpy.types.Object, material: bpy.types.Material, part: str = "") -> None:
    """Give an object a material: a grown one at an input of its group (the first, or `part`), any other in its active slot.

    Raises ValueError if there is no such input.
    """
    inputs = [each.name for each in material_inputs(item)]
    if inputs:
        if part and part not in inputs:
            raise ValueError(f"{item.name} has no {part!r}; it has {', '.join(inputs)}")
        set_inputs(modifier_of(item, family_of(item)), {part or inputs[0]: material})
    elif item.material_slots:
        item.active_material = material
    else:
        item.data.materials.append(material)


def own_preset(item: bpy.types.Object) -> str:
    """The name of the artist's own preset that an object was grown from; "" for ours."""
    family = family_of(item)
    name = growing.preset_of(item, family) if family else ""
    return name if family and name not in family.presets and find_user_preset(name) else ""


CLASSES = (
    DREAMGROVE_OT_randomise_grown,
    DREAMGROVE_OT_reset_grown,
    DREAMGROVE_OT_lock_parameter,
    DREAMGROVE_OT_roll_seed,
    DREAMGROVE_OT_save_preset,
    DREAMGROVE_OT_delete_preset,
    DREAMGROVE_OT_apply_grown,
    DREAMGROVE_OT_add_material,
)
