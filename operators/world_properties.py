"""What the World panel keeps, on the scene: the choices of a scene's recipe, and the look that they began as."""

from __future__ import annotations

from typing import Any

import bpy
from bpy.props import EnumProperty, PointerProperty

from ..params import params_of
from ..procedural.scene.biomes import BIOMES, find_biome
from ..procedural.scene.recipe import SceneRecipe
from .param_properties import plain, property_of

HIDDEN = ("biome",)  # what the look decides
KEPT = ("seed", "size", "resolution", "density", "detail")  # what another look leaves as it is
INFOS = tuple(info for info in params_of(SceneRecipe) if info.name not in HIDDEN)


def _looks() -> tuple[tuple[str, str, str], ...]:
    return tuple((look, look.replace("_", " ").title(), biome.help) for biome in BIOMES for look in biome.looks)


def _another_look(self: Any, context: bpy.types.Context) -> None:
    """Its time, day and weather; what the artist asks of every place stays."""
    biome, look = find_biome(self.look)
    recipe = biome.recipe(look)
    for info in INFOS:
        if info.name not in KEPT:
            setattr(self, info.name, getattr(recipe, info.name))


def _group() -> type[bpy.types.PropertyGroup]:
    """The property group, its properties made from the recipe's parameters."""
    look = EnumProperty(name="Biome", description="What kind of place it is", items=_looks(), update=_another_look)
    annotations = {"look": look, **{info.name: property_of(info) for info in INFOS}}
    space = {"__doc__": "The choices of a scene.", "__annotations__": annotations, "__module__": __name__}
    return type("DREAMGROVE_PG_world", (bpy.types.PropertyGroup,), space)


def recipe_of_panel(scene: bpy.types.Scene) -> SceneRecipe:
    """The recipe that the panel shows. Raises ParameterError if a choice is out of range."""
    state = scene.dreamgrove_world
    biome, look = find_biome(state.look)
    return biome.recipe(look, **{info.name: info.check(plain(getattr(state, info.name))) for info in INFOS})


_registered: list[type] = []


def register() -> None:
    _registered.append(_group())
    bpy.utils.register_class(_registered[0])
    bpy.types.Scene.dreamgrove_world = PointerProperty(type=_registered[0])


def unregister() -> None:
    del bpy.types.Scene.dreamgrove_world
    bpy.utils.unregister_class(_registered.pop())
