"""The shapes that the shipped prior has learnt: sixteen concepts, simple on purpose (a few thousand triangles, closed parts).

What an artist grows is in `..generators`; these stay as they are for as long as the weights that were trained on them ship.
"""

from __future__ import annotations

from . import (
    bush,
    cactus,
    chair,
    conifer,
    coral,
    crystal,
    flower,
    grass,
    lamp,
    mushroom,
    pumpkin,
    rock,
    shell,
    table,
    tree,
    vase,
)
from .base import Draw, Generator, Trait, Traits, grow

GENERATORS: tuple[Generator, ...] = (
    mushroom.GENERATOR,
    chair.GENERATOR,
    tree.GENERATOR,
    conifer.GENERATOR,
    cactus.GENERATOR,
    flower.GENERATOR,
    bush.GENERATOR,
    grass.GENERATOR,
    table.GENERATOR,
    rock.GENERATOR,
    pumpkin.GENERATOR,
    crystal.GENERATOR,
    shell.GENERATOR,
    vase.GENERATOR,
    lamp.GENERATOR,
    coral.GENERATOR,
)  # fmt: skip


def generator_named(name: str) -> Generator:
    """The generator of a concept. Raises KeyError naming what there is."""
    for generator in GENERATORS:
        if generator.name == name:
            return generator
    raise KeyError(f"no generator {name!r}; there are {', '.join(each.name for each in GENERATORS)}")


__all__ = ["GENERATORS", "Draw", "Generator", "Trait", "Traits", "generator_named", "grow"]
