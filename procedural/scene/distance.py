"""What a wide view needs beyond the square: land as fine as the square's is, the air that makes far things pale and blue."""

from __future__ import annotations

import math

import bpy

from ..graph import new_material
from .biomes.base import STEP_KEY
from .recipe import SceneRecipe
from .volumes import volume_box


def fineness(recipe: SceneRecipe, usual: int) -> int:
    """How many points stand in for `usual` ones (a multiple of 4) under the recipe's resolution: fewer for a rough scene, never more."""
    return int(min(1.0, max(0.2, recipe.resolution / 400.0)) * usual / 4) * 4


def aerial(
    name: str, reach: float, low: float, top: float, seen: float, color: tuple[float, float, float] = (0.55, 0.75, 1.0)
) -> bpy.types.Object:
    """A box of thin air, not linked yet: `reach` m each way from the origin, from `low` to `top` m, which takes half of the light over `seen` m.

    Even, so that Cycles walks it in one step. color: of what it scatters, linear RGB; the rest it swallows.
    """
    with new_material(name) as tree:
        volume = tree.add("ShaderNodeVolumeScatter", color=(*color, 1.0), density=math.log(2.0) / seen, anisotropy=0.25)
        tree.add("ShaderNodeOutputMaterial", volume=volume)
    tree.owner.diffuse_color = (*color, 0.02)
    box = volume_box(name, (-reach, -reach, low), (reach, reach, top), tree.owner)
    box[STEP_KEY] = "air"  # no land: no plants on it, no rays against it
    return box
