"""The last group on a land: what it is like at every point, as attributes for shaders, scattering and maps; and its material.

`slope` (rad), `altitude` (m over z = 0), `wetness` (0..1), `snow` (m). What erosion has found under the names `wetness` and `snow` is kept:
the group only adds to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from ...params import check, param
from ..graph import Socket, apply_group, new_tree
from ..graph import nodes as n
from ..graph.kept import kept_group
from ..graph.modifiers import set_inputs
from ..materials import shared
from ..materials.land import LAND, LandParams

SURFACE_KEY = "dreamgrove_land_surface"  # on the group: its version
VERSION = 1


@dataclass(frozen=True)
class SurfaceParams:
    """Metres and radians, of the object's own space."""

    water_level: float = param(0.0, "Height of still water", min=-10_000.0, max=10_000.0, unit="m", panel="Water")
    shore: float = param(
        0.0,
        "Height above still water up to which ground is wet, 0 for none",
        min=0.0,
        max=100.0,
        unit="m",
        panel="Water",
    )
    streams: float = param(
        0.7, "How wet ground is where water flows", min=0.0, max=1.0, panel="Water", usual=(0.5, 0.9)
    )
    catchment: float = param(
        40_000.0, "Area, m2, that must drain through a point for water to run there", min=1.0, max=1e9, panel="Water"
    )
    snow: float = param(0.0, "Depth of snow fallen on all that can hold it", min=0.0, max=20.0, unit="m", panel="Snow")
    snow_line: float = param(
        -10_000.0, "Height above which it falls", min=-10_000.0, max=10_000.0, unit="m", panel="Snow"
    )
    snow_band: float = param(
        60.0, "Height over which it grows to its full depth", min=0.1, max=2000.0, unit="m", panel="Snow"
    )
    holds: float = param(
        0.75, "Slope above which snow slides off", min=0.05, max=1.57, unit="rad", panel="Snow", usual=(0.65, 0.85)
    )


def group() -> bpy.types.NodeTree:
    """The group "Land Surface": this file's or a new one."""
    return kept_group(SURFACE_KEY, VERSION, _build)


def add_surface(
    obj: bpy.types.Object, params: SurfaceParams | None = None, material: bpy.types.Material | None = None
) -> bpy.types.Modifier:
    """Put the group last on an object, or set it anew where it is; material: of the land (the usual one). Raises ParameterError."""
    values = check(params or SurfaceParams())
    modifier = apply_group(obj, group(), values)
    set_inputs(modifier, {"Land Material": material or shared(LAND, LandParams(), "Land")})
    last = len(obj.modifiers) - 1
    place = obj.modifiers.find(modifier.name)
    if place != last:
        obj.modifiers.move(place, last)
    return modifier


def _build() -> bpy.types.NodeTree:
    with new_tree("Land Surface", SurfaceParams()) as tree:
        land = tree.geometry_input()
        i = tree.i
        material = tree.material_input("Land Material", shared(LAND, LandParams(), "Land"), "What the land is made of")
        slope = n.math("ARCCOSINE", n.clamp(n.normal().z, -1.0, 1.0))
        land, slope = n.capture(land, slope)
        altitude = n.position().z
        near = n.smoothstep(altitude, i.water_level + n.maximum(i.shore, 1e-4), i.water_level) * (i.shore > 0.0)
        wetness = n.clamp(
            _told("wetness")
            + near
            + n.maximum(_told("stream"), n.smoothstep(_told("catchment"), i.catchment * 0.6, i.catchment * 2.0))
            * i.streams
        )
        above = n.smoothstep(altitude, i.snow_line, i.snow_line + i.snow_band)
        lies = i.snow * above * n.smoothstep(slope, i.holds + 0.12, i.holds - 0.12)
        for name, value in (
            ("slope", slope),
            ("altitude", altitude),
            ("wetness", wetness),
            ("snow", n.maximum(_told("snow"), lies)),
        ):
            land = n.store(land, name, value)
        tree.o.geometry << n.set_material(land, material)
    tree.data[SURFACE_KEY] = VERSION
    return tree.data


def _told(name: str) -> Socket:
    return n.attribute(name)
