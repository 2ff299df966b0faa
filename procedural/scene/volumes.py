"""Boxes that hold a volume: fog, thin air, water."""

from __future__ import annotations

import bpy

_FACES = ((0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (1, 3, 7, 5), (3, 2, 6, 7), (2, 0, 4, 6))  # outward


def volume_box(
    name: str, low: tuple[float, float, float], high: tuple[float, float, float], material: bpy.types.Material
) -> bpy.types.Object:
    """A box of the material between two corners, m, not linked yet; in the viewport its bounds, which no click selects."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(
        [(x, y, z) for z in (low[2], high[2]) for y in (low[1], high[1]) for x in (low[0], high[0])], [], _FACES
    )
    mesh.materials.append(material)
    box = bpy.data.objects.new(name, mesh)
    box.display_type = "BOUNDS"
    box.hide_select = True
    return box
