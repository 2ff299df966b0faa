"""Shader graphs with parameters, one file a family; append yours to MATERIALS."""

from __future__ import annotations

from .bark import KINDS as BARK
from .base import MaterialKind, make, shared
from .leaf import KINDS as LEAF
from .plain import KINDS as PLAIN

MATERIALS: tuple[MaterialKind, ...] = (*PLAIN, *BARK, *LEAF)


def material_named(name: str) -> MaterialKind:
    """The kind of that name. Raises KeyError naming what there is."""
    for kind in MATERIALS:
        if kind.name == name:
            return kind
    raise KeyError(f"no material {name!r}; there are {', '.join(kind.name for kind in MATERIALS)}")


__all__ = ["MATERIALS", "MaterialKind", "make", "material_named", "shared"]
