"""What grows on the ground."""

from __future__ import annotations

from .agave import AGAVE

FAMILIES = (AGAVE,)
