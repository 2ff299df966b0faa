"""Clouds before a sky's light: as a volume that the sky's shader marches through from below, or painted on a flat layer.

The volume is a slab between two heights, looked at in slices from its base upward; in each, noise in three dimensions says how dense it is there,
and the same noise a step towards the sun how much light comes through. So clouds have flat bases, heaped tops, lit and shaded sides, reach the
horizon and cost no volume steps: they are a part of the sky, infinitely far away, and cast no shadows on the land.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy
import numpy as np

from ...params import param
from ..graph import Socket, Tree, new_tree
from ..graph import nodes as n
from ..graph.kept import kept_group

GROUP_KEY = "dreamgrove_clouds"
VERSION = 1
SLICES = 8
STEP_TO_SUN = 0.16  # of the distance between clouds


@dataclass(frozen=True)
class CloudParams:
    """Clouds of one level. Metres, seconds, radians."""

    cover: float = param(0.4, "Share of the sky under clouds", min=0.0, max=1.0, unit="factor", panel="Shape")
    base: float = param(
        900.0, "Height of their bases above the camera", min=50.0, max=12_000.0, unit="m", panel="Shape"
    )
    thickness: float = param(650.0, "From their bases to their tops", min=1.0, max=10_000.0, unit="m", panel="Shape")
    size: float = param(1500.0, "Distance between clouds", min=20.0, max=50_000.0, unit="m", panel="Shape")
    density: float = param(14.0, "How much light they keep from top to base", min=0.0, max=200.0, panel="Shape")
    soft: float = param(0.055, "How soft their edges are", min=0.005, max=0.5, panel="Shape")
    seed: int = param(0, "Another sky", min=0, max=9999, panel="Shape")
    wind: float = param(8.0, "How fast they drift", min=0.0, max=100.0, unit="m/s", panel="Motion")
    direction: float = param(0.4, "Where they drift to, from +X", min=-6.3, max=6.3, unit="rad", panel="Motion")
    churn: float = param(0.004, "How fast they change their shape, of it in a second", min=0.0, max=1.0, panel="Motion")
    light: tuple[float, ...] = param((1.0, 1.0, 1.0), "Light of their sunny sides", min=0.0, max=1000.0, panel="Light")
    shade: tuple[float, ...] = param((0.3, 0.35, 0.4), "Light of their bases", min=0.0, max=1000.0, panel="Light")
    sight: float = param(
        14_000.0, "How far away they have lost two thirds to the haze", min=100.0, max=1e6, unit="m", panel="Light"
    )


def cloud_group() -> bpy.types.NodeTree:
    """The group "Cloud Volume": this file's, or a new one."""
    return kept_group(GROUP_KEY, VERSION, _build)


def _build() -> bpy.types.NodeTree:
    """Sky and a way to look in go in, the sky with its clouds comes out."""
    with new_tree("Cloud Volume", CloudParams(), kind="shader") as tree:
        clear = tree.socket_input("Sky", "NodeSocketColor", 0)
        way = tree.socket_input("Way", "NodeSocketVector", 1)
        sun = tree.socket_input("Sun", "NodeSocketVector", 2)
        seconds = tree.socket_input("Seconds", "NodeSocketFloat", 3)
        tree.o.color << _march(tree, clear, way, sun, seconds)
    tree.data[GROUP_KEY] = VERSION
    return tree.data


def _march(tree: Tree, clear: Socket, way: Socket, sun: Socket, seconds: Socket) -> Socket:
    i = tree.i
    rise = n.maximum(way.z, 0.0) + 0.02  # the earth bends away below the far ones
    flat = n.combine_xyz(way.x / rise, way.y / rise, 0.0) / i.size  # for each metre of height
    blown = n.combine_xyz(n.cos(i.direction), n.sin(i.direction), 0.0) * (seconds * i.wind / i.size)
    offset = n.combine_xyz(0.0, 0.0, seconds * i.churn + i.seed * 7.31) - blown
    # Every sample begins at another height within its slice, so that no slices are seen.
    jitter = tree.add("ShaderNodeTexWhiteNoise", noise_dimensions="3D", vector=way * 9173.0)["Value"]
    flatness = i.thickness / i.size
    edge = 0.665 - i.cover * 0.29 - i.cover * i.cover * i.cover * 0.12
    toward = n.combine_xyz(sun.x, sun.y, n.maximum(sun.z, 0.25)) * STEP_TO_SUN
    through, lit, dim = None, None, None
    for number in range(SLICES):
        share = (jitter + float(number)) / float(SLICES)
        place = flat * (i.base + i.thickness * share) + n.combine_xyz(0.0, 0.0, share * flatness * 1.25) + offset
        needed = edge + share * share * (0.3 - i.cover * 0.1)
        bulk = n.noise(place, scale=1.0, detail=6.0, roughness=0.6)
        dense = n.smoothstep(bulk, needed, needed + i.soft) * n.smoothstep(share, 0.0, 0.1)
        before = n.noise(place + toward, scale=1.0, detail=2.5, roughness=0.5)
        shadow = n.smoothstep(before, needed - 0.06, needed + 0.24)
        keep = n.math("EXPONENT", dense * i.density * (-1.0 / SLICES))
        taken = 1.0 - keep
        sunny = taken * (1.0 - shadow * 0.92) * (0.35 + share * 0.65)
        ambient = taken * (0.55 + share * 0.9)
        if through is None:
            through, lit, dim = keep, sunny, ambient
        else:
            lit, dim, through = lit + through * sunny, dim + through * ambient, through * keep
    ahead = n.math("POWER", n.clamp(way.dot(sun)), 10.0)
    glory = lit * (1.0 + ahead * 1.6 * (0.3 + through * 1.4))
    body = i.light * glory + i.shade * dim
    seen = n.math("EXPONENT", i.base / rise / i.sight * -1.0) * n.smoothstep(way.z, 0.0, 0.03)
    return n.mix(seen, clear * 1.0, body + clear * through)


def painted(
    tree: Tree, clear: Socket, way: Socket, params: CloudParams, heavy: float, toward: tuple[float, float, float],
    seconds: Socket,
) -> Socket:  # fmt: skip
    """The sky under clouds of a flat layer, thinner towards their edges and brighter about the sun; far ones melt into the haze.

    heavy: how dark their middles are, 0..1. Cheaper than the volume: for a quick look, and for what the sky only lights.
    """
    height = n.maximum(way.z, 0.0) + 0.12
    place = n.combine_xyz(way.x / height, way.y / height, params.seed * 3.7)
    pace = params.wind / params.base
    drift = n.combine_xyz(math.cos(params.direction) * pace, math.sin(params.direction) * pace, -params.churn)
    bulk = n.noise(place - drift * seconds, scale=0.55, detail=8.0, roughness=0.58, distortion=0.35)
    edge = 0.66 - 0.42 * params.cover
    there = n.smoothstep(bulk, edge, edge + 0.16)
    body = n.smoothstep(bulk, edge + 0.02, edge + 0.3)
    bright, dark = 0.6 * (np.array(params.light) + np.array(params.shade)), np.array(params.shade)
    ahead = n.math("POWER", n.clamp(way.dot(toward)), 6.0)
    rim = n.mix(ahead * 0.7, n.color(tuple(bright)), n.color(tuple(bright * 1.8)))
    shade = n.mix(body * (0.25 + 0.75 * heavy), rim, n.color(tuple(dark)))
    fade = n.smoothstep(way.z, 0.0, 0.12)
    return n.mix(there * fade * (0.55 + 0.45 * params.cover), clear, shade)
