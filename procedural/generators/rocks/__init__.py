"""Rocks and minerals."""

from __future__ import annotations

from ..base import Family
from .basalt_columns import BASALT_COLUMNS
from .boulder import BOULDER
from .crystals import CRYSTALS
from .river_pebbles import RIVER_PEBBLES
from .slab_stack import SLAB_STACK
from .stalactites import STALACTITES

FAMILIES: tuple[Family, ...] = (
    BOULDER,
    BASALT_COLUMNS,
    CRYSTALS,
    RIVER_PEBBLES,
    SLAB_STACK,
    STALACTITES,
)
