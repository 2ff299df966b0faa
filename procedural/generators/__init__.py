"""Families of generators, one file each, by category. Append yours to FAMILIES; its presets are what an artist sees."""

from __future__ import annotations

from .base import CATEGORIES, Family, Skeleton, grow, modifier_of, params_of_object, regrow
from .cacti import FAMILIES as CACTI
from .flowers import FAMILIES as FLOWERS
from .fruit import FAMILIES as FRUIT
from .fungi import FAMILIES as FUNGI
from .ground import FAMILIES as GROUND
from .props import FAMILIES as PROPS
from .rocks import FAMILIES as ROCKS
from .sea import FAMILIES as SEA
from .terrain import FAMILIES as TERRAIN
from .trees import FAMILIES as TREES

FAMILIES: tuple[Family, ...] = (*TREES, *FLOWERS, *GROUND, *CACTI, *FUNGI, *FRUIT, *SEA, *ROCKS, *PROPS, *TERRAIN)


def family_named(name: str) -> Family:
    """The family of that name. Raises KeyError naming what there is."""
    for family in FAMILIES:
        if family.name == name:
            return family
    raise KeyError(f"no family {name!r}; there are {', '.join(family.name for family in FAMILIES)}")


def find_preset(name: str) -> tuple[Family, str]:
    """The family and preset for a word: a preset's name, or a family's for its first. Raises KeyError naming what there is."""
    for family in FAMILIES:
        if name in family.presets:
            return family, name
    for family in FAMILIES:
        if name == family.name:
            return family, next(iter(family.presets))
    known = sorted({name for family in FAMILIES for name in (family.name, *family.presets)})
    raise KeyError(f"nothing called {name!r} can be grown; there are {', '.join(known)}")


__all__ = [
    "CATEGORIES",
    "FAMILIES",
    "Family",
    "Skeleton",
    "family_named",
    "find_preset",
    "grow",
    "modifier_of",
    "params_of_object",
    "regrow",
]
