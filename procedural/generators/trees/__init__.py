"""What has a trunk or woody stems."""

from __future__ import annotations

from ..base import Family
from .ivy import IVY
from .tree import TREE

FAMILIES: tuple[Family, ...] = (
    TREE,
    IVY,
)
