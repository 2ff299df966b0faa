"""Land forms: each raises the mesh it is given, or makes its own."""

from __future__ import annotations

from ..base import Family
from .mountains import MOUNTAINS

FAMILIES: tuple[Family, ...] = (MOUNTAINS,)
