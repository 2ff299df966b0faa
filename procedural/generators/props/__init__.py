"""Small things that people make."""

from __future__ import annotations

from ..base import Family

FAMILIES: tuple[Family, ...] = ()
