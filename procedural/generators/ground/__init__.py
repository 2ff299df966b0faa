"""What grows on the ground."""

from __future__ import annotations

from ..base import Family
from .agave import AGAVE

FAMILIES: tuple[Family, ...] = (
    AGAVE,
)
