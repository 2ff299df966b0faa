"""Words for the panels: wrapped lines, times, states."""

from __future__ import annotations

import textwrap

import bpy


def lines(sentence: str, context: bpy.types.Context, margin: float = 0.0) -> list[str]:
    """A sentence in lines that fit the region; Blender's labels do not wrap. margin: width that is taken already, in
    interface units (the height of a button)."""
    unit = 20.0 * context.preferences.system.ui_scale
    width = (context.region.width if context.region else 300) - (margin + 2.5) * unit
    letter = 0.31 * unit  # the mean width of Blender's interface font
    return textwrap.wrap(sentence, max(16, int(width / letter)))


def paragraph(
    layout: bpy.types.UILayout, sentence: str, context: bpy.types.Context, icon: str = "NONE", margin: float = 0.0
) -> None:
    """Draw a sentence, the icon before its first line."""
    column = layout.column(align=True)
    column.scale_y = 0.8
    for number, line in enumerate(lines(sentence, context, margin + (1.2 if icon != "NONE" else 0.0))):
        if icon == "NONE":
            column.label(text=line)
        else:
            column.label(text=line, icon=icon if number == 0 else "BLANK1")


def clock(seconds: float) -> str:
    """Such as 0:24 or 1:02:03."""
    whole = max(0, round(seconds))
    if whole >= 3600:
        return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}"


def about(seconds: float) -> str:
    """Such as ~ 10 s or ~ 5 min: no more exact than it is known."""
    if seconds < 55:
        return f"~ {max(1, round(seconds, -1 if seconds >= 10 else 0)):.0f} s"
    return f"~ {max(1, round(seconds / 60)):.0f} min"


def size(count: int) -> str:
    return f"{count / 1024**3:.1f} GB" if count >= 1000 * 1024**2 else f"{max(1, round(count / 1024**2))} MB"
