"""The methods: one file a published method, listed here by import.

`METHODS` is made when it is first asked for, since the methods need torch and this package's `base` and `context` do not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import Method

if TYPE_CHECKING:
    METHODS: tuple[Method, ...]


def _methods() -> tuple[Method, ...]:
    """Every method, in the order in which they are offered. The first is the default."""
    from . import dreamfusion

    return (dreamfusion.METHOD,)


def __getattr__(name: str) -> tuple[Method, ...]:
    if name != "METHODS":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()["METHODS"] = _methods()
    return globals()["METHODS"]
