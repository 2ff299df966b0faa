"""Cacti."""

from __future__ import annotations

from ..base import Family
from .columnar import COLUMNAR

FAMILIES: tuple[Family, ...] = (COLUMNAR,)
