"""Fruit."""

from __future__ import annotations

from ..base import Family
from .apple import APPLE
from .pumpkin import PUMPKIN

FAMILIES: tuple[Family, ...] = (APPLE, PUMPKIN)
