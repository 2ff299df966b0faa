"""Grown objects: what the operators, the panel and the command line share. Adding, other individuals, locks, recipes.

A grown object's parameters are its modifier's inputs, which an artist may turn at any time; what it was grown from (family, preset) and which
parameters are to be kept is written on the object.
"""

from __future__ import annotations

import json
import random
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import bpy
from mathutils import Vector

from .. import __version__
from ..params import check, params_of, sample_usual, to_mapping
from ..procedural.generators import FAMILIES, Family, grow, params_of_object, regrow
from ..procedural.generators.base import FAMILY_KEY, VERSION
from .file_blocks import removed_on_failure
from .importing import RECIPE_KEY, asset_collection, select_alone
from .param_properties import plain
from .user_presets import params_of_preset

PRESET_KEY = "dreamgrove_preset"  # on objects: the preset's name
LOCKED_KEY = "dreamgrove_locked"  # on objects: the names of the parameters that Randomise keeps, as JSON
LARGEST_SEED = 9999


def title_of(name: str) -> str:
    """A preset's or family's name as artists read it."""
    return name.replace("_", " ").title()


def family_of(item: bpy.types.Object | None) -> Family | None:
    """The family that an object carries live; None for any other object."""
    name = item.get(FAMILY_KEY) if item is not None else None
    return next((family for family in FAMILIES if family.name == name), None)


def individual(family: Family, preset: str, around: Any, seed: int, amount: float) -> Any:
    """The individual of this seed about parameters. amount: how far it strays, 0 = not at all, 1 = as families do.

    preset: the name of the family's preset that `around` is; with another name, `around` is someone's own.
    """
    seed = seed % (LARGEST_SEED + 1)
    if amount <= 0.0:
        return replace(around, seed=seed)
    if around == family.presets.get(preset):
        return family.sample(seed, preset, amount)
    return replace(sample_usual(family.params, random.Random(f"{family.name}:{seed}"), around, amount), seed=seed)


def add(
    scene: bpy.types.Scene,
    family: Family,
    preset: str,
    params: Any,
    location: Vector | tuple[float, float, float] = (0.0, 0.0, 0.0),
    view_layer: bpy.types.ViewLayer | None = None,
) -> bpy.types.Object:
    """Grow an object in the scene's collection for assets, selected and active. If that fails, nothing of it stays in the file."""
    with removed_on_failure():
        item = grow(family, params, title_of(preset), asset_collection(scene))
        item.location = Vector(location)
        item[PRESET_KEY] = preset
        item[RECIPE_KEY] = json.dumps(recipe(item))
        select_alone(item, view_layer or scene.view_layers[0])
    return item


def change(item: bpy.types.Object, family: Family, params: Any) -> None:
    """Give a grown object other parameters, and write them into its recipe. Raises ValueError if it carries the family no more."""
    regrow(item, family, check(params))
    item[RECIPE_KEY] = json.dumps(recipe(item))


def preset_of(item: bpy.types.Object, family: Family) -> str:
    """What it was grown from: a preset of ours, someone's own, or the family's first if that is not known."""
    return str(item.get(PRESET_KEY, next(iter(family.presets))))


def randomised(item: bpy.types.Object, family: Family, seed: int, amount: float) -> Any:
    """The parameters of another individual near the object's preset; those that are locked, and its detail, stay.

    Raises ValueError if the object does not carry the family any more.
    """
    now, preset = params_of_object(item, family), preset_of(item, family)
    around = params_of_preset(family, preset) or now
    kept = {name: getattr(now, name) for name in {*locked(item), "detail"}}
    return replace(individual(family, preset, around, seed, amount), **kept)


def locked(item: bpy.types.Object) -> frozenset[str]:
    """The names of the parameters that Randomise keeps."""
    family = family_of(item)
    try:
        names = json.loads(item.get(LOCKED_KEY, "[]"))
    except (TypeError, ValueError):  # someone's own text
        return frozenset()
    known = {info.name for info in params_of(family.params)} if family else set()
    return frozenset(known & set(names)) if isinstance(names, list) else frozenset()


def lock(item: bpy.types.Object, names: Collection[str]) -> None:
    item[LOCKED_KEY] = json.dumps(sorted(names))


def recipe(item: bpy.types.Object) -> dict[str, Any]:
    """What makes this object again on the same versions, as its sliders stand. Raises ValueError if it carries no family any more."""
    family = family_of(item)
    if family is None:
        raise ValueError(f"{item.name} was not grown")
    return recipe_for(family, preset_of(item, family), params_of_object(item, family))


def is_grown(recipe: dict[str, Any] | None) -> bool:
    """Whether a recipe is that of a grown object, live or applied, and not of one that was made from words."""
    return recipe is not None and "family" in recipe


def recipe_for(family: Family, preset: str, params: Any) -> dict[str, Any]:
    values = {name: plain(value) for name, value in to_mapping(params).items()}
    versions = {"dreamgrove": __version__, "blender": bpy.app.version_string, "graph": VERSION}
    return {"family": family.name, "preset": preset, "seed": values["seed"], "parameters": values, "versions": versions}
