"""Small things that people make."""

from __future__ import annotations

from ..base import Family
from .barrel import BARREL
from .bottle import BOTTLE
from .bowl import BOWL
from .chair import CHAIR
from .house import HOUSE
from .lamp import LAMP
from .lantern import LANTERN
from .table import TABLE
from .tower import TOWER
from .vase import VASE

FAMILIES: tuple[Family, ...] = (
    VASE,
    BARREL,
    BOTTLE,
    BOWL,
    CHAIR,
    HOUSE,
    LAMP,
    LANTERN,
    TABLE,
    TOWER,
)
