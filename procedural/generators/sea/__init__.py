"""What lives in the sea."""

from __future__ import annotations

from ..base import Family
from .brain_coral import BRAIN_CORAL
from .conch import CONCH
from .jellyfish import JELLYFISH
from .lettuce_coral import LETTUCE_CORAL
from .nautilus import NAUTILUS
from .scallop import SCALLOP
from .seaweed import SEAWEED
from .starfish import STARFISH
from .urchin import URCHIN

FAMILIES: tuple[Family, ...] = (
    BRAIN_CORAL,
    LETTUCE_CORAL,
    SEAWEED,
    CONCH,
    NAUTILUS,
    SCALLOP,
    STARFISH,
    URCHIN,
    JELLYFISH,
)
