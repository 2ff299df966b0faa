"""Leaves and flowers."""

from __future__ import annotations

from ..base import Family
from .daisy import DAISY
from .leaf import LEAF
from .poppy import POPPY
from .rose import ROSE
from .sunflower import SUNFLOWER
from .tulip import TULIP

FAMILIES: tuple[Family, ...] = (
    DAISY,
    LEAF,
    POPPY,
    ROSE,
    SUNFLOWER,
    TULIP,
)
