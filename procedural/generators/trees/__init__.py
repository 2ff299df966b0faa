"""What has a trunk or woody stems."""

from __future__ import annotations

from ..base import Family
from .bush import BUSH
from .conifer import CONIFER
from .ivy import IVY
from .palm import PALM
from .tree import TREE

FAMILIES: tuple[Family, ...] = (
    TREE,
    CONIFER,
    PALM,
    BUSH,
    IVY,
)
