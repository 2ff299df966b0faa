"""Shader graphs with parameters, one file a family; append yours to MATERIALS."""

from __future__ import annotations

from .base import MaterialKind, make, shared
from .cover import KINDS as COVER
from .crystal import KINDS as CRYSTAL
from .frozen import KINDS as FROZEN
from .pebble import KINDS as PEBBLE
from .plain import KINDS as PLAIN
from .rock import KINDS as ROCK
from .rock_layers import KINDS as ROCK_LAYERS
from .soil import KINDS as SOIL
from .soil_loose import KINDS as SOIL_LOOSE
from .water import KINDS as WATER

MATERIALS: tuple[MaterialKind, ...] = (*PLAIN, *ROCK, *ROCK_LAYERS, *SOIL, *SOIL_LOOSE, *WATER, *FROZEN, *CRYSTAL, *COVER, *PEBBLE)


def material_named(name: str) -> MaterialKind:
    """The kind of that name. Raises KeyError naming what there is."""
    for kind in MATERIALS:
        if kind.name == name:
            return kind
    raise KeyError(f"no material {name!r}; there are {', '.join(kind.name for kind in MATERIALS)}")


__all__ = ["MATERIALS", "MaterialKind", "make", "material_named", "shared"]
