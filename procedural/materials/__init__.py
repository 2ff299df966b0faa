"""Shader graphs with parameters, one file a family; append yours to MATERIALS."""

from __future__ import annotations

from .base import MaterialKind, make, shared
from .building import KINDS as BUILDING
from .ceramic import KINDS as CERAMIC
from .fabric import KINDS as FABRIC
from .glass import KINDS as GLASS
from .metal import KINDS as METAL
from .plain import KINDS as PLAIN
from .wood import KINDS as WOOD

MATERIALS: tuple[MaterialKind, ...] = (*PLAIN, *WOOD, *METAL, *CERAMIC, *FABRIC, *BUILDING, *GLASS)


def material_named(name: str) -> MaterialKind:
    """The kind of that name. Raises KeyError naming what there is."""
    for kind in MATERIALS:
        if kind.name == name:
            return kind
    raise KeyError(f"no material {name!r}; there are {', '.join(kind.name for kind in MATERIALS)}")


__all__ = ["MATERIALS", "MaterialKind", "make", "material_named", "shared"]
