"""Leaves and flowers."""

from __future__ import annotations

from ..base import Family
from .daisy import DAISY
from .poppy import POPPY
from .rose import ROSE
from .tulip import TULIP

FAMILIES: tuple[Family, ...] = (
    DAISY,
    POPPY,
    ROSE,
    TULIP,
)
