"""Fruit and cones."""

from __future__ import annotations

from ..base import Family
from .apple import APPLE
from .berry import BERRY_CLUSTER
from .pine_cone import PINE_CONE
from .pumpkin import PUMPKIN

FAMILIES: tuple[Family, ...] = (
    APPLE,
    BERRY_CLUSTER,
    PINE_CONE,
    PUMPKIN,
)
