"""What lives in the sea."""

from __future__ import annotations

from ..base import Family
from .brain_coral import BRAIN_CORAL
from .branching_coral import BRANCHING_CORAL
from .conch import CONCH
from .jellyfish import JELLYFISH
from .nautilus import NAUTILUS
from .scallop import SCALLOP
from .starfish import STARFISH
from .urchin import URCHIN

FAMILIES: tuple[Family, ...] = (CONCH, NAUTILUS, SCALLOP, STARFISH, URCHIN, JELLYFISH, BRAIN_CORAL, BRANCHING_CORAL)
