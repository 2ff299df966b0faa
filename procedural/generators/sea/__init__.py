"""What lives in the sea."""

from __future__ import annotations

from ..base import Family
from .conch import CONCH

FAMILIES: tuple[Family, ...] = (
    CONCH,
)
