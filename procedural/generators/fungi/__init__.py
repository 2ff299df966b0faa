"""Mushrooms."""

from __future__ import annotations

from ..base import Family
from .agaric import AGARIC

FAMILIES: tuple[Family, ...] = (AGARIC,)
