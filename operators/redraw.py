"""Tells the window which regions are out of date: the tab, the viewport where a preview stands, the preferences."""

from __future__ import annotations

import bpy


def redraw(viewport: bool = False, preferences: bool = False) -> None:
    """Only what shows Dreamgrove is drawn anew; on a slow graphics card a whole window takes long."""
    manager = bpy.context.window_manager
    for window in manager.windows if manager is not None else ():
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if (region.type == "UI" and region.width > 1) or (viewport and region.type == "WINDOW"):
                        region.tag_redraw()
            elif preferences and area.type == "PREFERENCES":
                area.tag_redraw()
