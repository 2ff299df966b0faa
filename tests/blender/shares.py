"""What is too slow to be done on every Blender is shared among them: a part of a list each."""

from __future__ import annotations

import bpy

VERSIONS = ((4, 2), (4, 5), (5, 0), (5, 2))
SHARE = VERSIONS.index(bpy.app.version[:2]) if bpy.app.version[:2] in VERSIONS else 0
