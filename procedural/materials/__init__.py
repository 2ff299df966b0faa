"""Shader graphs with parameters, one file a topic; append yours to MATERIALS."""

from __future__ import annotations

from . import (
    bark,
    building,
    cactus,
    ceramic,
    coral,
    cover,
    crystal,
    fabric,
    frozen,
    fruit,
    fungus,
    glass,
    herb,
    land,
    leaf,
    metal,
    palmate,
    pebble,
    petal,
    plain,
    rock,
    rock_layers,
    sea,
    shell,
    soil,
    soil_loose,
    water,
    wood,
)
from .base import MaterialKind, make, shared

MATERIALS: tuple[MaterialKind, ...] = (
    *bark.KINDS,
    *building.KINDS,
    *cactus.KINDS,
    *ceramic.KINDS,
    *coral.KINDS,
    *cover.KINDS,
    *crystal.KINDS,
    *fabric.KINDS,
    *frozen.KINDS,
    *fruit.KINDS,
    *fungus.KINDS,
    *glass.KINDS,
    *herb.KINDS,
    *land.KINDS,
    *leaf.KINDS,
    *metal.KINDS,
    *palmate.KINDS,
    *pebble.KINDS,
    *petal.KINDS,
    *plain.KINDS,
    *rock.KINDS,
    *rock_layers.KINDS,
    *sea.KINDS,
    *shell.KINDS,
    *soil.KINDS,
    *soil_loose.KINDS,
    *water.KINDS,
    *wood.KINDS,
)


def material_named(name: str) -> MaterialKind:
    """The kind of that name. Raises KeyError naming what there is."""
    for kind in MATERIALS:
        if kind.name == name:
            return kind
    raise KeyError(f"no material {name!r}; there are {', '.join(kind.name for kind in MATERIALS)}")


__all__ = ["MATERIALS", "MaterialKind", "make", "material_named", "shared"]
