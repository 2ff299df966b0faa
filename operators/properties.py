"""What the tab keeps: one group on the window manager, so that undo does not take back what was typed and no file is changed
by it; and a group made from the parameters of the engine's method."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import bpy
from bpy.props import (
    BoolProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from ..engine.protocol import MAX_SEED, MAX_SIZE_M, MIN_SIZE_M, MethodInfo
from ..engine.words import NotUnderstoodError, Understanding, understand
from ..params import ParamInfo
from .param_properties import plain, property_of
from .settings import PRESETS

ANY_PRIOR = "ANY"
# Blender keeps no copy of the texts of an enum that is made by a function; they must live on here.
_priors: list[tuple[str, str, str]] = [(ANY_PRIOR, "Engine's Choice", "The prior that the engine takes by itself")]
_made: dict[str, Any] = {}


@lru_cache(maxsize=32)
def understood(prompt: str) -> Understanding | NotUnderstoodError:
    """What the embedded prior makes of a prompt, or why nothing."""
    try:
        return understand(prompt)
    except NotUnderstoodError as error:
        return error


def _prompt_changed(self: DREAMGROVE_PG_tab, context: bpy.types.Context) -> None:
    words = understood(self.prompt)
    if isinstance(words, Understanding):
        if words.concept != self.concept:
            self.concept, self.own_size = words.concept, False
        if not self.own_size:
            self.size_m = words.size_m
            self.own_size = False  # setting it has called `_size_changed`


def _size_changed(self: DREAMGROVE_PG_tab, context: bpy.types.Context) -> None:
    self.own_size = True


def _preset_changed(self: DREAMGROVE_PG_tab, context: bpy.types.Context) -> None:
    reset_params()


def _prior_items(self: DREAMGROVE_PG_tab, context: bpy.types.Context) -> list[tuple[str, str, str]]:
    return _priors


class DREAMGROVE_PG_tab(bpy.types.PropertyGroup):
    """The state of the sidebar's tab."""

    prompt: StringProperty(
        name="Prompt",
        description="What to make, in a few words, such as: a tall red mushroom",
        options={"TEXTEDIT_UPDATE", "SKIP_SAVE"},
        update=_prompt_changed,
    )
    preset: EnumProperty(name="Preset", description="How much time to spend", items=PRESETS, update=_preset_changed)
    size_m: FloatProperty(
        name="Size",
        description="Longest side of the object; follows the words until it is set by hand",
        default=0.3,
        min=MIN_SIZE_M,
        max=MAX_SIZE_M,
        soft_min=0.01,
        soft_max=20.0,
        precision=2,
        step=1,
        unit="LENGTH",
        update=_size_changed,
    )
    own_size: BoolProperty(description="Whether the size was set by hand")
    concept: StringProperty(description="What the prompt was last understood as")
    seed: IntProperty(
        name="Seed", description="The same words and seed give the same object", default=3, min=0, max=MAX_SEED
    )
    lock_seed: BoolProperty(name="Lock Seed", description="Keep the seed; otherwise every object gets a new one")
    prior: EnumProperty(name="Prior", description="The pretrained model that judges the views", items=_prior_items)
    all_jobs: BoolProperty(name="Show All", description="Show every job that the engine remembers")

    @property
    def request_prior(self) -> str:
        """A prior's name, "" leaves it to the engine."""
        return "" if self.prior in ("", ANY_PRIOR) else self.prior

    @property
    def request_size(self) -> float | None:
        """What is asked of the engine: None leaves the size to the words."""
        return round(self.size_m, 6) if self.own_size or not self.concept else None


def tab() -> DREAMGROVE_PG_tab:
    return bpy.context.window_manager.dreamgrove


# The method's parameters.


def show_method(method: MethodInfo, priors: tuple[tuple[str, str], ...]) -> None:
    """Make the group of a method's parameters, unless it is there already. priors: names and titles."""
    _priors[1:] = [(name, title or name, f"Use {title or name}") for name, title in priors]
    if _made.get("method") == method:
        return
    forget_method()
    infos = method.infos()
    annotations = {info.name: property_of(info) for info in infos}
    group = type("DREAMGROVE_PG_params", (bpy.types.PropertyGroup,), {"__annotations__": annotations})
    bpy.utils.register_class(group)
    bpy.types.WindowManager.dreamgrove_params = PointerProperty(type=group)
    _made.update(method=method, infos=infos, group=group)
    reset_params()


def forget_method() -> None:
    if "group" in _made:
        del bpy.types.WindowManager.dreamgrove_params
        bpy.utils.unregister_class(_made["group"])
        _made.clear()


def shown_method() -> tuple[MethodInfo, tuple[ParamInfo, ...]] | None:
    """The method whose parameters can be drawn; None before an engine has told them."""
    return (_made["method"], _made["infos"]) if "group" in _made else None


def reset_params() -> None:
    """Show what the chosen preset means."""
    if "group" in _made:
        values = bpy.context.window_manager.dreamgrove_params
        for name, value in _preset_values(tab().preset).items():
            setattr(values, name, value)


def set_params(changes: dict[str, Any]) -> None:
    """Show these on top of the preset's; what the method does not know is left out."""
    reset_params()
    if "group" in _made:
        values = bpy.context.window_manager.dreamgrove_params
        for info in _made["infos"]:
            if info.name in changes:
                setattr(values, info.name, info.check(changes[info.name]))


def changed_params() -> dict[str, Any]:
    """What the artist has set otherwise than the preset does."""
    if "group" not in _made:
        return {}
    values = bpy.context.window_manager.dreamgrove_params
    preset = _preset_values(tab().preset)
    changes = {}
    for info in _made["infos"]:
        value = plain(getattr(values, info.name))
        if value != plain(preset[info.name]):
            changes[info.name] = value
    return changes


def _preset_values(preset: str) -> dict[str, Any]:
    defaults = {info.name: info.default for info in _made["infos"]}
    return {**defaults, **_made["method"].presets.get(preset, {})}


def register() -> None:
    bpy.utils.register_class(DREAMGROVE_PG_tab)
    bpy.types.WindowManager.dreamgrove = PointerProperty(type=DREAMGROVE_PG_tab)


def unregister() -> None:
    forget_method()
    del bpy.types.WindowManager.dreamgrove
    bpy.utils.unregister_class(DREAMGROVE_PG_tab)
