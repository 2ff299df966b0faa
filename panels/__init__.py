"""What an artist sees: draw code only. Data flows from here to operators, never back."""

from __future__ import annotations


def register() -> None:
    """Panels and preferences."""


def unregister() -> None:
    """Everything that `register` made, in reverse."""
