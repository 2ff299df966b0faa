"""Biomes, one file each; append yours to BIOMES. A look (autumn_forest, say) is a biome under another recipe."""

from __future__ import annotations

from ..recipe import SceneRecipe
from .arctic import ARCTIC
from .base import Biome, Layer
from .canyon import CANYON
from .coast import COAST
from .desert import DESERT
from .forest import FOREST
from .pine_mountain import PINE_MOUNTAIN
from .plain import PLAIN
from .reef import REEF

BIOMES: tuple[Biome, ...] = (FOREST, DESERT, PINE_MOUNTAIN, COAST, ARCTIC, PLAIN, CANYON, REEF)


def find_biome(word: str) -> tuple[Biome, str]:
    """The biome and look for a word. Raises KeyError naming what there is."""
    for biome in BIOMES:
        if word in biome.looks:
            return biome, word
    known = ", ".join(look for biome in BIOMES for look in biome.looks)
    raise KeyError(f"there is no scene called {word!r}; there are {known}")


def biome_of(recipe: SceneRecipe) -> Biome:
    """The biome of a recipe. Raises KeyError naming what there is."""
    for biome in BIOMES:
        if biome.name == recipe.biome:
            return biome
    raise KeyError(f"there is no biome {recipe.biome!r}; there are {', '.join(biome.name for biome in BIOMES)}")


__all__ = ["BIOMES", "Biome", "Layer", "biome_of", "find_biome"]
