"""Dreamgrove: 3D assets from words, pictures and mathematics, as things that can be edited.

The repository's root is the Blender extension's package; it is also importable without Blender, so nothing here may
import bpy, numpy or torch at the top level.
"""

from __future__ import annotations

__version__ = "0.1.0"


def register() -> None:
    """Called by Blender when the extension is enabled."""
    from . import operators, panels

    operators.register()
    panels.register()


def unregister() -> None:
    """Called by Blender when the extension is disabled."""
    from . import operators, panels

    panels.unregister()
    operators.unregister()
