"""What lives in the sea."""

from __future__ import annotations

from ..base import Family
from .brain_coral import BRAIN_CORAL
from .branching_coral import BRANCHING_CORAL
from .conch import CONCH
from .fan_coral import FAN_CORAL
from .jellyfish import JELLYFISH
from .kelp import KELP
from .lettuce_coral import LETTUCE_CORAL
from .nautilus import NAUTILUS
from .scallop import SCALLOP
from .seaweed import SEAWEED
from .starfish import STARFISH
from .table_coral import TABLE_CORAL
from .tube_sponge import TUBE_SPONGE
from .urchin import URCHIN

FAMILIES: tuple[Family, ...] = (
    BRAIN_CORAL,
    BRANCHING_CORAL,
    CONCH,
    FAN_CORAL,
    JELLYFISH,
    KELP,
    LETTUCE_CORAL,
    NAUTILUS,
    SCALLOP,
    SEAWEED,
    STARFISH,
    TABLE_CORAL,
    TUBE_SPONGE,
    URCHIN,
)
