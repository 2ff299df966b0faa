"""Operators that add grown objects: one a family, with all its parameters, made from the family's dataclass."""

from __future__ import annotations

import json
import logging
import math
from dataclasses import replace
from typing import Any, ClassVar

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, StringProperty

from ..params import ParameterError, ParamInfo, params_of, to_mapping
from ..procedural.generators import FAMILIES, Family, params_of_object
from . import growing
from .grow_properties import roll_seed
from .growing import family_of, individual, title_of
from .param_properties import plain, property_of
from .user_presets import params_of_preset

log = logging.getLogger(__name__)

_OWN = {"preset", "own_preset", "variation", "filled", "next_seed", "family", "shown"}
_TAKEN = set(dir(bpy.types.Operator)) | set(bpy.types.Operator.bl_rna.properties.keys()) | _OWN
VARIATION = "How far the individual strays from the preset"


def property_name(parameter: str) -> str:
    """What a parameter is called on its operator: as it is, with _ after it where Blender's operators have that name."""
    return f"{parameter}_" if parameter in _TAKEN else parameter


def in_object_mode(cls: type[bpy.types.Operator], context: bpy.types.Context) -> bool:
    """Whether objects can be added and changed now; says why not."""
    if context.mode != "OBJECT":
        cls.poll_message_set("Go to Object Mode first")
        return False
    return True


def sentence(error: Exception, doing: str) -> str:
    """What an artist reads of an error. Its details go to the console."""
    if not isinstance(error, ParameterError):
        log.exception("%s", doing)
    return f"{doing}: {' '.join(str(error).split())[:240] or type(error).__name__}"


class _OfFamily:
    """What the operators of one family share: their parameters, drawn as in the modifier's panels."""

    family: ClassVar[Family]
    shown: ClassVar[tuple[ParamInfo, ...]]

    def draw(self, context: bpy.types.Context) -> None:
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        self.draw_head(layout)
        for number, panel in enumerate(dict.fromkeys(info.panel for info in self.shown)):
            body = layout
            if panel:
                header, body = layout.panel(f"{self.bl_idname}.{panel}", default_closed=number > 0)
                header.label(text=panel)
            if body is not None:
                column = body.column()
                for info in self.shown:
                    if info.panel == panel:
                        column.prop(self, property_name(info.name))

    def draw_head(self, layout: bpy.types.UILayout) -> None:
        """What comes before the parameters."""

    def value(self, info: ParamInfo) -> Any:
        """A property in the parameter's own type and precision."""
        value = info.clamp(plain(getattr(self, property_name(info.name))))
        return info.check(value)

    def show(self, values: dict[str, Any]) -> None:
        for info in self.shown:
            setattr(self, property_name(info.name), values[info.name])


class _Adds(_OfFamily):
    """Adding a family's objects. Parameters that are not given are the preset's. `filled` has what the last execution has put into the
    properties, so that another preset or variation chosen in F9 changes all but what the artist has set since."""

    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        return in_object_mode(cls, context)

    def draw_head(self, layout: bpy.types.UILayout) -> None:
        if self.own_preset:
            layout.prop(self, "own_preset")
        else:
            layout.prop(self, "preset")
        layout.prop(self, "variation", slider=True)

    def execute(self, context: bpy.types.Context) -> set[str]:
        try:
            preset = self.own_preset or self.preset
            params = self._params(preset)
            growing.add(context.scene, self.family, preset, params, context.scene.cursor.location, context.view_layer)
        except Exception as error:
            self.report({"ERROR"}, sentence(error, f"{self.family.title} cannot be grown"))
            return {"CANCELLED"}
        if self.next_seed:  # pressed in the panel; what F9 changes later leaves the panel alone
            self.next_seed = False
            roll_seed()
        return {"FINISHED"}

    def _params(self, preset: str) -> Any:
        around = params_of_preset(self.family, preset)
        if around is None:
            raise ParameterError(f"there is no preset {preset!r}; there are {', '.join(self.family.presets)}")
        before = json.loads(self.filled or "{}")
        seed = self.seed if self._is_set("seed", self.seed, before) else around.seed
        base = individual(self.family, preset, around, seed, self.variation)
        base = replace(base, detail=around.detail)
        values = to_mapping(base)
        chosen = {}
        for info in params_of(self.family.params):
            value = self.value(info)
            if self._is_set(info.name, value, before):
                chosen[info.name] = value
        params = replace(base, **chosen)
        self.filled = json.dumps(values)
        self.show(to_mapping(params))
        return params

    def _is_set(self, name: str, value: Any, before: dict[str, Any]) -> bool:
        """Whether the artist or the script has set it, and not this operator's last execution."""
        if not self.properties.is_property_set(property_name(name)):
            return False
        return name not in before or not _alike(value, before[name])


def _alike(value: Any, other: Any) -> bool:
    """Equal but for what is lost in single precision."""
    if isinstance(value, list | tuple):
        return all(_alike(a, b) for a, b in zip(value, other, strict=True))
    if isinstance(value, float):
        return math.isclose(value, other, rel_tol=1e-5, abs_tol=1e-7)
    return value == other


def _add_operator(family: Family) -> type:
    presets = tuple((name, title_of(name), "") for name in family.presets)
    infos = params_of(family.params)
    own: dict[str, Any] = {
        "preset": EnumProperty(
            name="Preset", description="What the parameters begin with", items=presets, options={"SKIP_SAVE"}
        ),
        "own_preset": StringProperty(
            name="Preset",
            description="The name of a preset that you have saved, in place of Dreamgrove's",
            options={"SKIP_SAVE"},
        ),
        "variation": FloatProperty(
            name="Variation", description=VARIATION, min=0.0, max=1.0, subtype="FACTOR", options={"SKIP_SAVE"}
        ),
        "filled": StringProperty(options={"HIDDEN", "SKIP_SAVE"}),
        "next_seed": BoolProperty(options={"HIDDEN", "SKIP_SAVE"}),
    }
    return _operator_class("add", f"Add {family.title}", family.help, family, infos, _Adds, own)


class _GrowsAgain(_OfFamily):
    """Growing the active object's skeleton anew, with other parameters of those that are not live."""

    bl_options: ClassVar[set[str]] = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        if family_of(context.active_object) is not cls.family:
            cls.poll_message_set(f"Select an object of the family {cls.family.title}")
            return False
        return in_object_mode(cls, context)

    def invoke(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        try:
            self.show(to_mapping(params_of_object(context.active_object, self.family)))
        except ValueError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context: bpy.types.Context) -> set[str]:
        item = context.active_object
        try:
            now = params_of_object(item, self.family)
            given = {
                info.name: self.value(info)
                for info in self.shown
                if self.properties.is_property_set(property_name(info.name))
            }
            growing.change(item, self.family, replace(now, **given))
            self.show(to_mapping(replace(now, **given)))
        except Exception as error:
            self.report({"ERROR"}, sentence(error, f"{item.name} cannot be grown again"))
            return {"CANCELLED"}
        return {"FINISHED"}


def _regrow_operator(family: Family) -> type:
    infos = tuple(info for info in params_of(family.params) if not info.live or info.name == "seed")
    help = "Grow the active object anew with other parameters of its growth"
    return _operator_class("regrow", f"Grow {family.title} Again", help, family, infos, _GrowsAgain, {})


def _operator_class(
    verb: str, label: str, help: str, family: Family, infos: tuple[ParamInfo, ...], base: type, own: dict[str, Any]
) -> type:
    annotations = {**own, **{property_name(info.name): property_of(info) for info in infos}}
    name = f"{verb}_{family.name}"
    space = {
        "__annotations__": annotations,
        "__doc__": help,
        "__module__": __name__,
        "bl_idname": f"dreamgrove.{name}",
        "bl_label": label,
        "family": family,
        "shown": infos,
    }
    return type(f"DREAMGROVE_OT_{name}", (base, bpy.types.Operator), space)


CLASSES = (
    *(_add_operator(family) for family in FAMILIES),
    *(_regrow_operator(family) for family in FAMILIES if family.skeleton is not None),
)
