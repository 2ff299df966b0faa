"""What lives in the sea."""

from __future__ import annotations

from ..base import Family
from .conch import CONCH
from .jellyfish import JELLYFISH
from .nautilus import NAUTILUS
from .scallop import SCALLOP
from .starfish import STARFISH
from .urchin import URCHIN

FAMILIES: tuple[Family, ...] = (
    CONCH,
    JELLYFISH,
    NAUTILUS,
    SCALLOP,
    STARFISH,
    URCHIN,
)
