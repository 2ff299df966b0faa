"""What every biome is made of: its land, what grows on it, its air and the picture that is looked for in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import bpy

from ....land_params import ErosionParams
from ...terrain.field import HeightField
from ..recipe import SceneRecipe, with_changes
from ..scatter import ScatterParams
from ..sky import Air
from ..sources import Plant
from ..viewpoints import Wish

STEP_KEY = "dreamgrove_step"  # on a step's collection, world: which step made it; on objects of the land: what they are


@dataclass(frozen=True)
class Layer:
    """One kind of growth. tall: whether it may stand before the camera, and so counts in the search of a viewpoint. beyond: how densely
    it stands on the land beyond the square, as a share. beyond_as: what is different there (a mask of the land beyond, culling).
    """

    name: str
    plants: tuple[Plant, ...]
    scatter: ScatterParams
    tall: bool = False
    beyond: float = 0.0
    beyond_as: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Biome:
    """A kind of place.

    name: its word for scripts. land: heights and masks by the recipe. cover: the land's material. layers: what grows, tallest first.
    air: sky and fog. wish: the picture. looks: other recipes of it by name (the first, its own name, is the usual one). water: objects
    of water, unlinked. erosion: how weather has worn the land, if it has. extra: further objects of the Land step (a far backdrop). submerge:
    what a place under water makes of the sky that stands over it: given the land and the sky's collection, which it may change.
    lies: how much snow lies there (0..1) when none is falling.
    """

    name: str
    title: str
    help: str
    land: Callable[[SceneRecipe], HeightField]
    cover: Callable[[SceneRecipe], bpy.types.Material]
    layers: Callable[[SceneRecipe], tuple[Layer, ...]]
    air: Callable[[SceneRecipe], Air]
    wish: Callable[[SceneRecipe], Wish]
    looks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    water: Callable[[SceneRecipe, HeightField], list[bpy.types.Object]] | None = None
    extra: Callable[[SceneRecipe, HeightField], list[bpy.types.Object]] | None = None
    erosion: Callable[[SceneRecipe], ErosionParams] | None = None
    lies: Callable[[SceneRecipe], float] | None = None
    submerge: Callable[[SceneRecipe, HeightField, bpy.types.Collection], None] | None = None

    def recipe(self, look: str | None = None, **changes: Any) -> SceneRecipe:
        """A recipe of this biome. Raises ParameterError, or KeyError for an unknown look."""
        return with_changes(
            SceneRecipe(biome=self.name), {**self.looks[look or self.name], **changes, "biome": self.name}
        )


def weathered(air: Air, recipe: SceneRecipe) -> Air:
    """The biome's clear air under the recipe's weather."""
    weather = recipe.weather
    if weather == "fair":
        return replace(air, clouds=max(air.clouds, 0.4), thick=0.25)
    if weather == "overcast":
        return replace(air, clouds=0.95, thick=0.5, haze=air.haze + 1.0)
    if weather == "mist":
        return replace(
            air, fog=max(air.fog, 0.75), patches=0.85, fog_top=max(air.fog_top, 12.0), haze=air.haze + 2.0,
            clouds=max(air.clouds, 0.3),
        )  # fmt: skip
    if weather == "rain":
        return replace(air, clouds=1.0, thick=0.6, fog=max(air.fog, 0.35), haze=air.haze + 2.0)
    if weather == "storm":
        return replace(air, clouds=0.84, thick=1.0, fog=max(air.fog, 0.4), haze=air.haze + 3.0)
    if weather == "snow":
        return replace(air, clouds=1.0, thick=0.35, fog=max(air.fog, 0.5), haze=air.haze + 1.0)
    if weather == "dust":
        return replace(
            air, fog=max(air.fog, 0.72), fog_top=max(air.fog_top, 40.0), fog_color=(1.0, 0.72, 0.4), patches=0.5,
            haze=air.haze + 5.0, warmth=max(air.warmth, 0.3),
        )  # fmt: skip
    if weather == "fireflies":
        return replace(air, fog=max(air.fog, 0.1), clouds=min(air.clouds, 0.25))
    return air
