"""The group "Sway in Wind": what is scattered bows in gusts that run over the land, each by its own size and pace.

A modifier of its own after "Scatter", so that stones, which get none, are not evaluated anew at every frame. Whole individuals turn about their foot;
how leaves move on a tree near the camera is the tree's own graph's affair. Nothing is simulated: any frame stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ...params import param
from ..generators.base import Family
from ..graph import new_tree
from ..graph import nodes as n
from ..graph.kept import kept_group
from ..graph.modifiers import apply_group
from .weather import WIND_DIRECTION

GROUP_KEY = "dreamgrove_sway"
VERSION = 1
SOFTEST = 0.13  # rad that a blade of grass bows in a full wind


@dataclass(frozen=True)
class SwayParams:
    """Metres, seconds and radians."""

    wind: float = param(0.4, "How strong the wind is", min=0.0, max=2.0)
    direction: float = param(WIND_DIRECTION, "Where it blows to, from +X", min=-6.3, max=6.3, unit="rad")
    give: float = param(0.05, "How far they bow in a full wind", min=0.0, max=1.5, unit="rad")
    pace: float = param(1.0, "How often a second they swing back and forth", min=0.0, max=20.0)
    gust: float = param(14.0, "Size of a gust", min=0.1, max=1000.0, unit="m")
    speed: float = param(6.0, "Speed of gusts in a full wind", min=0.0, max=100.0, unit="m/s")
    seed: int = param(0, "Another wind", min=0, max=9999)


def sway_group() -> bpy.types.NodeTree:
    """This file's group, or a new one."""
    return kept_group(GROUP_KEY, VERSION, lambda: build(SwayParams()))


def build(p: SwayParams) -> bpy.types.NodeTree:
    """The group; its inputs are the instances and the fields of SwayParams."""
    with new_tree("Sway in Wind", p) as tree:
        i = tree.i
        instances = tree.geometry_input()
        seconds = tree.add("GeometryNodeInputSceneTime")["Seconds"]
        place = n.position()
        ahead = n.combine_xyz(n.cos(i.direction), n.sin(i.direction), 0.0)
        with tree.frame("Gusts"):
            at = (place - ahead * (seconds * i.speed * i.wind)) / i.gust
            push = n.noise(at * (1.0, 1.0, 0.0), scale=1.0, detail=1.5, roughness=0.5, w=i.seed * 0.53)
            push = 0.25 + 0.75 * n.smoothstep(push, 0.3, 0.7)
        with tree.frame("Swinging"):
            own = n.random_value((0.0, 0.0, 0.8), (6.2832, 6.2832, 1.25), seed=i.seed + 21)
            turn = seconds * i.pace * own.z * 6.2832
            back, across = n.sin(turn + own.x) * 0.3, n.sin(turn * 0.77 + own.y) * 0.22
        strength = i.wind * i.give * push
        bow = ahead * (1.0 + back) + n.combine_xyz(n.sin(i.direction) * -1.0, n.cos(i.direction), 0.0) * across
        bow = bow * strength
        # To bow towards +X is to turn about +Y.
        turned = n.first_output("FunctionNodeEulerToRotation", euler=n.combine_xyz(bow.y * -1.0, bow.x, 0.0))
        rotated = n.first_output(
            "GeometryNodeRotateInstances", instances=instances, rotation=turned, pivot_point=place, local_space=False
        )
        tree.o.geometry << rotated
    tree.data[GROUP_KEY] = VERSION
    return tree.data


def gives(family: Family) -> bool:
    """Whether the wind, or under water the swell, moves what the family grows."""
    soft = family.category in ("Trees", "Flowers", "Ground") or family.name in ("kelp", "seaweed", "fan_coral")
    return soft and family.name not in ("agave", "ivy", "leaf", "moss_patch", "rosette_succulent")


def sway_of(height: float, wind: float, seed: int) -> SwayParams:
    """How plants so high, m, sway: the higher, the slower and the less far."""
    return SwayParams(
        wind=min(wind, 2.0), give=SOFTEST / (1.0 + height), pace=1.0 / (0.45 + 0.2 * height), seed=seed % 10_000
    )


def add_sway(obj: bpy.types.Object, params: SwayParams) -> bpy.types.Modifier:
    """A modifier on a scatter layer that moves what it scatters."""
    return apply_group(obj, sway_group(), params)
