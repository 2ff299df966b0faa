"""What has a trunk or woody stems."""

from __future__ import annotations

from ..base import Family
from .ivy import IVY

FAMILIES: tuple[Family, ...] = (IVY,)
