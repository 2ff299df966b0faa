"""Shader graphs with parameters, one file a family; append yours to MATERIALS."""

from __future__ import annotations

from .base import MaterialKind, make, shared
from .cactus import KINDS as CACTUS
from .fruit import KINDS as FRUIT
from .fungus import KINDS as FUNGUS
from .plain import KINDS as PLAIN

MATERIALS: tuple[MaterialKind, ...] = (*PLAIN, *FUNGUS, *FRUIT, *CACTUS)


def material_named(name: str) -> MaterialKind:
    """The kind of that name. Raises KeyError naming what there is."""
    for kind in MATERIALS:
        if kind.name == name:
            return kind
    raise KeyError(f"no material {name!r}; there are {', '.join(kind.name for kind in MATERIALS)}")


__all__ = ["MATERIALS", "MaterialKind", "make", "material_named", "shared"]
