"""Land forms: each raises the mesh it is given, or makes its own."""

from __future__ import annotations

from ..base import Family
from .badlands import BADLANDS
from .canyon import CANYON
from .cliffs import CLIFFS
from .cracked_ground import CRACKED_GROUND
from .craters import CRATERS
from .dunes import DUNES
from .glacier import GLACIER
from .hills import HILLS
from .islands import ISLANDS
from .karst import KARST
from .mesa import MESA
from .mountains import MOUNTAINS
from .plateau import PLATEAU
from .volcano import VOLCANO
from .voronoi_rocks import VORONOI_ROCKS

FAMILIES: tuple[Family, ...] = (
    MOUNTAINS,
    HILLS,
    MESA,
    CANYON,
    DUNES,
    VOLCANO,
    ISLANDS,
    CLIFFS,
    KARST,
    GLACIER,
    CRATERS,
    PLATEAU,
    BADLANDS,
    VORONOI_ROCKS,
    CRACKED_GROUND,
)
