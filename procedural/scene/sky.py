"""Sun and sky by place and time: where the sun stands, how strong and of what colour it is, the sky about it. Clouds, night and fog are in files of their own.

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
from ..graph import Socket, Tree, building
from ..graph import nodes as n
from .clouds import CloudParams, cloud_group, painted
from .night import Moon, darkness, moonlight, night_sky, toward, twilight

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
    patches: float = param(
        0.0, "How unevenly fog lies: 0 even, 1 in banks that thin out upward and drift", min=0.0, max=1.0
    )
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
    east, north, up = toward(latitude, declination, math.radians(15.0 * (hour - 12.0)))
    return Sun(math.asin(max(-1.0, min(1.0, up))), math.atan2(east, north) % (2 * math.pi))


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


def make_sun(name: str, sun: Sun, air: Air, moon: Moon | None = None) -> bpy.types.Object:
    """A sun lamp, not linked to any collection yet; when the sun is well down and a moon is given, the moon's. Softer and weaker under clouds."""
    light = bpy.data.lights.new(name, "SUN")
    veil = (1.0 - 0.97 * air.clouds * air.clouds) * (1.0 - 0.6 * air.clouds * air.thick**2)
    color, direction = sunlight(sun.elevation, air.haze) * air.sunlight * veil, sun.direction
    color = color * (1.0 - air.warmth * np.array([0.0, 0.35, 0.7]))
    if moon is not None and not color.any():
        color, direction = moonlight(moon, sun.elevation, air.haze) * min(air.sunlight, 3.0) * veil, moon.direction
    strength = float(color.max())
    light.energy = strength
    light.color = (color / max(strength, 1e-6)).tolist()
    light.angle = math.radians(0.53 + 12.0 * air.clouds**3)
    lamp = bpy.data.objects.new(name, light)
    lamp.rotation_euler = direction.to_track_quat("Z", "Y").to_euler()
    lamp.location = direction * 100.0
    return lamp


def make_world(
    name: str, sun: Sun, air: Air, seed: int = 0, moon: Moon | None = None, clouds: CloudParams | None = None,
    flat: bool = False,
) -> bpy.types.World:  # fmt: skip
    """A world with Blender's physical sky (Nishita up to 4.5, multiple scattering from 5.0 on), by night with moon and stars, its clouds before it.

    clouds: `clouds_of(...)`, or None for a sky without; flat: paint them in place of the volume. They drift with the scene's time.
    """
    world = bpy.data.worlds.new(name)
    try:
        if world.node_tree is None:
            world.use_nodes = True
        world.node_tree.nodes.clear()
        with building(world.node_tree, "shader", owner=world) as tree:
            color = _physical(tree, sun, air) * (SKY_SCALE * air.skylight)
            way = tree.add("ShaderNodeTexCoord")["Generated"]
            if moon is not None:
                color = night_sky(
                    tree, color, way, tuple(sun.direction), sun.elevation, moon, seed, min(air.skylight, 2.5) ** 0.7
                )
            if clouds is not None and clouds.cover > 0.0:
                surface = _clouded(tree, color, way, sun, air, moon, clouds, flat)
            else:
                surface = tree.add("ShaderNodeBackground", color=color, strength=1.0).as_socket()
            tree.add("ShaderNodeOutputWorld", surface=surface)
    except BaseException:
        bpy.data.worlds.remove(world)
        raise
    # The map that light is drawn from: Cycles' own choice for a sky has millions of points, which took up to half a minute; ours has no disc to find.
    world.cycles.sampling_method, world.cycles.sample_map_resolution = "MANUAL", 512
    return world


def _physical(tree: Tree, sun: Sun, air: Air) -> Socket:
    """Blender's own sky."""
    sky = tree.add("ShaderNodeTexSky", label="Sky")
    node = sky.data
    kinds = {item.identifier for item in node.bl_rna.properties["sky_type"].enum_items}
    node.sky_type = "MULTIPLE_SCATTERING" if "MULTIPLE_SCATTERING" in kinds else "NISHITA"
    node.sun_disc = False  # the lamp is the sun: it has softness and colour of its own
    node.sun_elevation = max(sun.elevation, math.radians(-4.0))  # further down it is painted
    node.sun_rotation = sun.azimuth
    node.air_density = 1.0
    dust = "aerosol_density" if hasattr(node, "aerosol_density") else "dust_density"
    setattr(node, dust, min(10.0, air.haze))
    color = sky.as_socket()
    if node.sky_type == "MULTIPLE_SCATTERING":
        color = n.mix(1.0, color, n.color((1.0, 0.86, 0.72)), blend="MULTIPLY")
    return color


def clouds_of(sun: Sun, air: Air, seed: int = 0, wind: float = 0.4, moon: Moon | None = None) -> CloudParams:
    """The clouds of an air: heaps under a fair sky, a low closed ceiling under a covered one, lit as the sun stands. wind: the recipe's."""
    closed = float(np.clip((air.clouds - 0.6) / 0.35, 0.0, 1.0))
    day = float(np.clip(math.sin(max(sun.elevation, 0.0)) * 2.0 + 0.12, 0.05, 1.0))
    light = sunlight(max(sun.elevation, 0.03), air.haze)
    low = 1.0 - 0.75 * air.thick
    bright = (
        (light * 0.34 + 0.075 * np.array([0.9, 0.95, 1.0])) * day * (1.0 - 0.85 * closed) * (1.0 - 0.6 * air.thick**2)
    )
    dark = (light.mean() * 0.05 + 0.065) * day * np.array([0.84, 0.91, 1.0]) * (0.35 + 0.65 * low)
    # A photographer gives a thin grey sky more light, a thunderstorm none.
    exposed = 1.0 + 1.3 * closed * (1.0 - air.thick)
    bright, dark = bright * exposed, dark * exposed
    night = darkness(sun.elevation + math.radians(3.0))
    if sun.elevation < 0.0:  # twilight: from the horizon's glow beneath, and from the sky
        zenith, horizon, glow = twilight(sun.elevation)
        share = min(1.0, -math.degrees(sun.elevation) / 3.0)
        bright = bright * (1.0 - share) + share * (glow * 0.5 + horizon * 0.4) * (1.0 - 0.7 * closed)
        dark = dark * (1.0 - share) + share * (zenith * 0.55 + horizon * 0.12)
        if moon is not None and night > 0.0:
            bright = bright + moonlight(moon, sun.elevation, air.haze) * 0.22 * (1.0 - 0.6 * closed)
    return CloudParams(
        cover=air.clouds,
        base=1000.0 - 450.0 * closed,
        thickness=700.0 - 350.0 * closed + 300.0 * air.thick,
        size=1700.0 - 500.0 * closed,
        density=13.0 + 8.0 * air.thick,
        soft=0.036 + 0.15 * closed,
        seed=seed % 10_000,
        wind=min(100.0, 4.0 + 14.0 * wind),
        light=tuple(float(v) for v in bright * air.skylight),
        shade=tuple(float(v) for v in dark * air.skylight),
        sight=24_000.0 / math.sqrt(max(air.haze, 0.3)),
    )


def _clouded(
    tree: Tree, clear: Socket, way: Socket, sun: Sun, air: Air, moon: Moon | None, clouds: CloudParams, flat: bool
) -> Socket:
    by_night = moon is not None and darkness(sun.elevation) > 0.5
    toward = tuple(moon.direction if by_night and moon is not None else sun.direction)
    seconds = scene_seconds(tree)
    light = painted(tree, clear, way, clouds, air.thick, toward, seconds)
    light = tree.add("ShaderNodeBackground", color=light, strength=1.0).as_socket()
    if flat:
        return light
    group = tree.group(cloud_group())
    group.set({"Sky": clear, "Way": way, "Sun": toward, "Seconds": seconds})
    group.set(**vars(clouds))
    seen = tree.add("ShaderNodeBackground", color=group.as_socket(), strength=1.0)
    # What is only lit by the sky, or drawn towards it, does not see shapes: it gets the painted ones, at a tenth of the cost.
    path = tree.add("ShaderNodeLightPath")
    looks = n.math("ADD", path["Is Camera Ray"] + path["Is Glossy Ray"], path["Is Transmission Ray"], clamp=True)
    return tree.add("ShaderNodeMixShader", looks, light, seen).as_socket()


def scene_seconds(tree: Tree) -> Socket:
    """The scene's time, s: a number driven by the frame."""
    made = tree.add("ShaderNodeValue", label="Seconds")
    driver = made.data.outputs[0].driver_add("default_value").driver
    variable = driver.variables.new()
    variable.name, variable.type = "fps", "CONTEXT_PROP"
    variable.targets[0].context_property = "ACTIVE_SCENE"
    variable.targets[0].data_path = "render.fps"
    driver.expression = "frame / fps"
    return made.as_socket()
