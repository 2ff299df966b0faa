"""Fog on the land: an even box, or banks that lie in the hollows, thin out upward and drift."""

from __future__ import annotations

import math

import bpy

from ..graph import Socket, Tree, new_material
from ..graph import nodes as n
from .sky import Air, scene_seconds
from .volumes import volume_box


def make_fog(
    name: str, air: Air, low: tuple[float, float, float], size: float, wind: float = 0.4
) -> bpy.types.Object | None:
    """A box of fog on the land from `low` (m), or None without fog.

    Even fog costs least, for Cycles crosses an even volume in one step. Uneven fog (`air.patches`) is thickest at the lowest land, so it fills
    hollows, loses two thirds of it over a third of `air.fog_top`, and drifts with the wind and the scene's time.
    """
    if air.fog <= 0.0:
        return None
    half = size / 2 * 1.5
    bottom, top = low[2] - 5.0, low[2] + air.fog_top
    density = -math.log(1.0 - air.fog) / 100.0
    with new_material(name) as tree:
        thickness = density * _banks(tree, air, low[2], wind) if air.patches > 0.0 else density
        volume = tree.add(
            "ShaderNodeVolumeScatter", color=(*air.fog_color, 1.0), density=thickness, anisotropy=air.forward
        )
        tree.add("ShaderNodeOutputMaterial", volume=volume)
    tree.owner.diffuse_color = (*air.fog_color, 0.1)
    return volume_box(name, (low[0] - half, low[1] - half, bottom), (low[0] + half, low[1] + half, top), tree.owner)


def _banks(tree: Tree, air: Air, lowest: float, wind: float) -> Socket:
    """Factor of the density: about 1 on average at the ground, less above, in banks."""
    place = tree.add("ShaderNodeNewGeometry")["Position"]
    height = n.maximum(place.z - lowest, 0.0)
    thinning = n.math("EXPONENT", height / (air.fog_top / 3.0) * -1.0)
    seconds = scene_seconds(tree)
    drift = seconds * (0.3 + 1.5 * wind)
    at = n.combine_xyz(place.x - drift * math.cos(0.4), place.y - drift * math.sin(0.4), place.z * 2.2 - seconds * 0.12)
    bank = n.smoothstep(n.noise(at, scale=0.045, detail=3.0, roughness=0.55), 0.4, 0.66) * 2.2
    return n.mix(air.patches, 1.0, thinning * 1.6 * n.mix(air.patches * 0.85, 1.0, bank))
