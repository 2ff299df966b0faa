"""Sun and sky by place and time: where the sun stands, how strong and of what colour it is, the sky about it, clouds and fog.

Light is scaled so that a clear noon is well exposed at Blender's default exposure: one unit here is 16 of Blender's sky (about 200 W/m2).
North is +Y, east +X; azimuths run from north by east, as Blender's sky has them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Vector

from ...params import param
from ..graph import building, new_material
from ..graph import nodes as n

SKY_SCALE = 1.0 / 16.0
SUN_ABOVE_AIR = 5.6  # of the scaled light, on a surface that faces it


@dataclass(frozen=True)
class Air:
    """What lies between the sun and the ground."""

    haze: float = param(1.0, "Dust and moisture in the air, 1 for a clear day", min=0.0, max=10.0)
    clouds: float = param(0.0, "Share of the sky under clouds", min=0.0, max=1.0)
    thick: float = param(0.5, "How dark clouds are: 0 thin and white, 1 a thunderstorm", min=0.0, max=1.0)
    fog: float = param(0.0, "Share of light that is lost to fog over 100 m", min=0.0, max=0.999)
    fog_top: float = param(30.0, "How high fog stands above the lowest land", min=0.1, max=2000.0, unit="m")
    fog_color: tuple[float, ...] = param((0.92, 0.95, 1.0), "Colour of fog, linear RGB", min=0, max=1)
    forward: float = param(0.55, "How far fog throws light forward, towards who looks at the sun", min=-0.9, max=0.9)
    sunlight: float = param(1.0, "Factor of the sun's strength", min=0.0, max=10.0)
    skylight: float = param(1.0, "Factor of the sky's strength", min=0.0, max=10.0)
    warmth: float = param(0.0, "Reddens the sun beyond what the air does", min=0.0, max=1.0)


@dataclass(frozen=True)
class Sun:
    """elevation above the horizon and azimuth from north by east, rad."""

    elevation: float
    azimuth: float

    @property
    def direction(self) -> Vector:
        """Unit vector to the sun."""
        flat = math.cos(self.elevation)
        return Vector((flat * math.sin(self.azimuth), flat * math.cos(self.azimuth), math.sin(self.elevation)))


def sun_at(latitude: float, day: float, hour: float) -> Sun:
    """Where the sun stands. latitude: rad, north positive; day: of the year, 1..365; hour: of solar time, 12 when it is highest.

    Declination by Spencer's series (1971; as in Iqbal, An Introduction to Solar Radiation, 1983, eq. 1.3.1), good to 0.04 degrees.
    """
    turn = 2.0 * math.pi * (day - 1 + (hour - 12) / 24) / 365.0
    declination = (
        0.006918
        - 0.399912 * math.cos(turn)
        + 0.070257 * math.sin(turn)
        - 0.006758 * math.cos(2 * turn)
        + 0.000907 * math.sin(2 * turn)
        - 0.002697 * math.cos(3 * turn)
        + 0.00148 * math.sin(3 * turn)
    )
    angle = math.radians(15.0 * (hour - 12.0))
    sine = math.sin(latitude) * math.sin(declination) + math.cos(latitude) * math.cos(declination) * math.cos(angle)
    east = -math.cos(declination) * math.sin(angle)
    north = math.cos(latitude) * math.sin(declination) - math.sin(latitude) * math.cos(declination) * math.cos(angle)
    return Sun(math.asin(max(-1.0, min(1.0, sine))), math.atan2(east, north) % (2 * math.pi))


def sunlight(elevation: float, haze: float) -> np.ndarray:
    """The sun's light [3] (linear RGB, scaled) on a surface that faces it, after the air.

    Air mass by Kasten and Young (1989); extinction by molecules as wavelength^-4 (0.043, 0.1, 0.22 for red, green, blue) and by
    haze as wavelength^-1.3 (Angstrom), 0.06 at green for haze 1.
    """
    if elevation < math.radians(-1.0):
        return np.zeros(3)
    degrees = max(math.degrees(elevation), 0.0)
    mass = 1.0 / (math.sin(math.radians(degrees)) + 0.50572 * (degrees + 6.07995) ** -1.6364)
    depth = np.array([0.043, 0.1, 0.22]) + haze * np.array([0.047, 0.06, 0.078])
    below = float(np.clip(1.0 + math.degrees(elevation), 0.0, 1.0))  # half a degree of disc, and the glow after it
    return SUN_ABOVE_AIR * np.exp(-depth * mass) * below


def make_sun(name: str, sun: Sun, air: Air) -> bpy.types.Object:
    """A sun lamp, not linked to any collection yet. Under clouds it is weaker and softer."""
    light = bpy.data.lights.new(name, "SUN")
    color = sunlight(sun.elevation, air.haze) * air.sunlight * (1.0 - 0.97 * air.clouds * air.clouds)
    color = color * (1.0 - air.warmth * np.array([0.0, 0.35, 0.7]))
    strength = float(color.max())
    light.energy = strength
    light.color = (color / max(strength, 1e-6)).tolist()
    light.angle = math.radians(0.53 + 12.0 * air.clouds**3)
    lamp = bpy.data.objects.new(name, light)
    lamp.rotation_euler = sun.direction.to_track_quat("Z", "Y").to_euler()
    lamp.location = sun.direction * 100.0
    return lamp


def make_world(name: str, sun: Sun, air: Air, seed: int = 0) -> bpy.types.World:
    """A world with Blender's physical sky (Nishita up to 4.5, multiple scattering from 5.0 on), its clouds before it."""
    world = bpy.data.worlds.new(name)
    try:
        if world.node_tree is None:
            world.use_nodes = True
        world.node_tree.nodes.clear()
        with building(world.node_tree, "shader", owner=world) as tree:
            sky = tree.add("ShaderNodeTexSky", label="Sky")
            node = sky.data
            kinds = {item.identifier for item in node.bl_rna.properties["sky_type"].enum_items}
            node.sky_type = "MULTIPLE_SCATTERING" if "MULTIPLE_SCATTERING" in kinds else "NISHITA"
            node.sun_disc = False  # the lamp is the sun: it has softness and colour of its own
            node.sun_elevation = max(sun.elevation, math.radians(-6.0))
            node.sun_rotation = sun.azimuth
            node.air_density = 1.0
            dust = "aerosol_density" if hasattr(node, "aerosol_density") else "dust_density"
            setattr(node, dust, min(10.0, air.haze))
            newer = node.sky_type == "MULTIPLE_SCATTERING"
            color = sky.as_socket()
            color = n.mix(1.0, color, n.color((1.0, 0.86, 0.72)), blend="MULTIPLY") if newer else color
            color = _clouds(tree, color, sun, air, seed)
            strength = SKY_SCALE * air.skylight * (1.0 + 2.0 * max(0.0, -math.sin(sun.elevation)) * 10.0)
            tree.add("ShaderNodeOutputWorld", surface=tree.add("ShaderNodeBackground", color=color, strength=strength))
    except BaseException:
        bpy.data.worlds.remove(world)
        raise
    return world


def _clouds(tree: object, clear: object, sun: Sun, air: Air, seed: int) -> object:
    """Clouds on a flat layer overhead, thinner towards their edges and brighter about the sun; far ones melt into the haze."""
    if air.clouds <= 0.0:
        return clear
    way = tree.add("ShaderNodeTexCoord")["Generated"]  # type: ignore[attr-defined]
    height = n.maximum(way.z, 0.0) + 0.12
    place = n.combine_xyz(way.x / height, way.y / height, seed * 3.7)
    bulk = n.noise(place, scale=0.55, detail=8.0, roughness=0.58, distortion=0.35)
    edge = 0.66 - 0.42 * air.clouds
    there = n.smoothstep(bulk, edge, edge + 0.16)
    body = n.smoothstep(bulk, edge + 0.02, edge + 0.3)
    light = sunlight(max(sun.elevation, 0.03), air.haze) / SKY_SCALE
    day = float(np.clip(math.sin(max(sun.elevation, 0.0)) * 2.0 + 0.12, 0.05, 1.0))
    bright = light * 0.2 * day + 1.2 * day
    dark = (light.mean() * 0.045 + 1.0) * day * (1.0 - 0.75 * air.thick) * np.array([0.82, 0.9, 1.0])
    toward = n.math("POWER", n.clamp(way.dot(tuple(sun.direction))), 6.0)
    rim = n.mix(toward * 0.7, n.color(tuple(bright)), n.color(tuple(bright * 1.8)))
    shade = n.mix(body * (0.25 + 0.75 * air.thick), rim, n.color(tuple(dark)))
    fade = n.smoothstep(way.z, 0.0, 0.12)
    return n.mix(there * fade * (0.55 + 0.45 * air.clouds), clear, shade)


def make_fog(name: str, air: Air, low: tuple[float, float, float], size: float) -> bpy.types.Object | None:
    """A box of even fog on the land from `low` (m), or None without fog. Even, for Cycles walks an even volume in one step."""
    if air.fog <= 0.0:
        return None
    half = size / 2 * 1.5
    bottom, top = low[2] - 5.0, low[2] + air.fog_top
    corners = [
        (x, y, z) for z in (bottom, top) for y in (low[1] - half, low[1] + half) for x in (low[0] - half, low[0] + half)
    ]
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(corners, [], [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (1, 3, 7, 5), (3, 2, 6, 7), (2, 0, 4, 6)])
    density = -math.log(1.0 - air.fog) / 100.0
    with new_material(name) as tree:
        volume = tree.add(
            "ShaderNodeVolumeScatter", color=(*air.fog_color, 1.0), density=density, anisotropy=air.forward
        )
        tree.add("ShaderNodeOutputMaterial", volume=volume)
    tree.owner.diffuse_color = (*air.fog_color, 0.1)
    mesh.materials.append(tree.owner)
    fog = bpy.data.objects.new(name, mesh)
    fog.display_type = "BOUNDS"
    fog.hide_select = True
    return fog
