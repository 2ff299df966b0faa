"""What grows on the ground."""

from __future__ import annotations

from ..base import Family
from .agave import AGAVE
from .bamboo import BAMBOO
from .clover import CLOVER
from .fern import FERN
from .frond import FERN_FROND
from .grass import GRASS_TUFT
from .moss_patch import MOSS_PATCH
from .reeds import REEDS
from .rosette_succulent import ROSETTE_SUCCULENT

FAMILIES: tuple[Family, ...] = (
    AGAVE,
    BAMBOO,
    CLOVER,
    FERN,
    FERN_FROND,
    GRASS_TUFT,
    MOSS_PATCH,
    REEDS,
    ROSETTE_SUCCULENT,
)
