"""Mushrooms."""

from __future__ import annotations

from ..base import Family
from .agaric import AGARIC
from .bolete import BOLETE
from .chanterelle import CHANTERELLE
from .cluster import CLUSTER

FAMILIES: tuple[Family, ...] = (
    AGARIC,
    BOLETE,
    CHANTERELLE,
    CLUSTER,
)
