"""Cacti."""

from __future__ import annotations

from ..base import Family
from .columnar import COLUMNAR
from .globular import GLOBULAR
from .prickly_pear import PRICKLY_PEAR

FAMILIES: tuple[Family, ...] = (
    COLUMNAR,
    GLOBULAR,
    PRICKLY_PEAR,
)
