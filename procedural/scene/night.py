"""The sky without the sun: twilight, moon and stars, exposed as a camera on a tripod would be, not as dark as they are.

Twilight is painted from how far the sun is below the horizon, for Blender's skies end there, and each version's differently.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from mathutils import Vector

from ..graph import Socket, Tree
from ..graph import nodes as n

TILT = math.radians(23.44)  # of the earth's axis
MONTH = 29.53  # days from new moon to new moon
MOON_AGE = 12.5  # days: two days before full, so that it stands high when the sun has set
MOON_RADIUS = math.radians(0.27)
MOONLIGHT = (0.5, 0.63, 0.86)  # scaled light on a surface that faces the full moon, as a night is exposed

# Sun's height, degrees; then linear RGB of the zenith, of the horizon, and of the glow above the sun.
_TWILIGHT = (
    (0.0, (0.085, 0.15, 0.3), (0.36, 0.32, 0.32), (1.0, 0.43, 0.14)),
    (-3.0, (0.06, 0.115, 0.27), (0.24, 0.24, 0.31), (0.85, 0.34, 0.12)),
    (-6.0, (0.034, 0.075, 0.215), (0.11, 0.15, 0.27), (0.55, 0.24, 0.11)),
    (-9.0, (0.018, 0.043, 0.135), (0.05, 0.088, 0.19), (0.22, 0.115, 0.085)),
    (-13.0, (0.0085, 0.019, 0.054), (0.022, 0.039, 0.083), (0.03, 0.03, 0.035)),
    (-18.0, (0.005, 0.0105, 0.0265), (0.014, 0.0235, 0.044), (0.0, 0.0, 0.0)),
)


@dataclass(frozen=True)
class Moon:
    """direction: unit vector to it. lit: share of its disc that is."""

    direction: Vector
    lit: float

    @property
    def elevation(self) -> float:
        """Above the horizon, rad."""
        return math.asin(max(-1.0, min(1.0, self.direction.z)))


def moon_at(latitude: float, day: float, hour: float, age: float = MOON_AGE) -> Moon:
    """Where the moon stands. latitude: rad; day: of the year; hour: of solar time; age: days since the new moon.

    The moon is taken to move evenly along the ecliptic, whose places are as in Meeus, Astronomical Algorithms (1991), eqs. 12.3, 12.4.
    Its way is up to 5 degrees off the ecliptic; here it is not.
    """
    sun = 2.0 * math.pi * (day + hour / 24.0 - 80.0) / 365.25  # ecliptic longitude, from the spring equinox
    ahead = 2.0 * math.pi * age / MONTH
    turn = math.radians(15.0 * (hour - 12.0)) - (_ascension(sun + ahead) - _ascension(sun))
    decline = math.asin(math.sin(TILT) * math.sin(sun + ahead))
    return Moon(Vector(toward(latitude, decline, turn)).normalized(), (1.0 - math.cos(ahead)) / 2.0)


def toward(latitude: float, declination: float, hour_angle: float) -> tuple[float, float, float]:
    """East, north and up of a unit vector to what stands there in the sky; all angles in rad, the hour angle 0 in the south and growing westward."""
    up = math.sin(latitude) * math.sin(declination) + math.cos(latitude) * math.cos(declination) * math.cos(hour_angle)
    east = -math.cos(declination) * math.sin(hour_angle)
    north = math.cos(latitude) * math.sin(declination) - math.sin(latitude) * math.cos(declination) * math.cos(
        hour_angle
    )
    return east, north, up


def _ascension(longitude: float) -> float:
    """Right ascension of a place on the ecliptic, rad."""
    return math.atan2(math.cos(TILT) * math.sin(longitude), math.cos(longitude))


def darkness(elevation: float) -> float:
    """How much of the night has come: 0 while the sun is up, 1 when its last light is gone. elevation: the sun's, rad."""
    return _step(math.degrees(elevation), -3.0, -13.0)


def moonlight(moon: Moon, elevation: float, haze: float) -> np.ndarray:
    """The moon's light [3] on a surface that faces it, under a sun at that elevation (rad)."""
    height = max(math.degrees(moon.elevation), 0.0)
    mass = 1.0 / (math.sin(math.radians(height)) + 0.50572 * (height + 6.07995) ** -1.6364)
    depth = np.array([0.043, 0.1, 0.22]) + haze * np.array([0.047, 0.06, 0.078])
    risen = _step(math.degrees(moon.elevation), -0.5, 3.0)
    return np.array(MOONLIGHT) * np.exp(-depth * mass) / np.exp(-depth) * moon.lit * risen * darkness(elevation)


def twilight(elevation: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Zenith, horizon and glow, linear RGB, scaled; elevation: the sun's, rad."""
    heights = np.array([row[0] for row in _TWILIGHT])
    at = float(np.clip(math.degrees(elevation), heights.min(), heights.max()))
    made = []
    for column in (1, 2, 3):
        values = np.array([row[column] for row in _TWILIGHT])
        made.append(np.array([np.interp(at, heights[::-1], values[::-1, k]) for k in range(3)]))
    return made[0], made[1], made[2]


def night_sky(tree: Tree, day: Socket, way: Socket, toward: tuple[float, float, float], elevation: float, moon: Moon,
              seed: int, exposure: float = 1.0) -> Socket:  # fmt: skip
    """The sky by day going over into twilight, stars and moon. toward: the sun's direction; elevation: the sun's, rad; exposure: of twilight."""
    gone = _step(math.degrees(elevation), 1.0, -4.0)
    if gone <= 0.0:
        return day
    zenith, horizon, glow = (part * exposure for part in twilight(elevation))
    up = n.maximum(way.z, 0.0)
    low = n.math("POWER", 1.0 - up, 5.0)
    color = n.mix(low, n.color(tuple(zenith)), n.color(tuple(horizon)))
    flat = math.hypot(toward[0], toward[1]) or 1.0
    facing = (way.dot((toward[0] / flat, toward[1] / flat, 0.0)) * 0.5 + 0.5) ** 3.0
    # The glow hugs the horizon, and reaches higher above where the sun went down.
    near = n.math("EXPONENT", up / (facing * 0.16 + 0.03) * -1.0) * facing
    color = n.node("ShaderNodeMix", data_type="RGBA", blend_type="ADD", factor=near, a=color, b=n.color(tuple(glow)))
    color = color.as_socket()
    color = color * (n.smoothstep(way.z, -0.12, -0.01) * 0.8 + 0.2)  # below is the dark ground
    dark = darkness(elevation)
    if dark > 0.0:
        color = color + _stars(way, seed) * (dark * n.smoothstep(way.z, 0.02, 0.3))
        if moon.elevation > 0.0:
            color = color + _moon(way, moon, dark)
    return n.mix(gone, day * 1.0, color)


def _stars(way: Socket, seed: int) -> Socket:
    """Points of light, few bright and many faint, of a star's colours."""
    cells = n.voronoi(way * 62.0 + (float(seed % 97) * 131.7, 0.0, 0.0), scale=1.0)
    chance = cells["Color"]
    size = 0.06 + n.math("POWER", chance.x, 12.0) * 0.07
    bright = n.math("POWER", chance.y, 5.0) * 5.0 + 0.45
    warm = n.mix(chance.z, n.combine_xyz(0.7, 0.82, 1.0), n.combine_xyz(1.0, 0.9, 0.72))
    return warm * (n.smoothstep(cells["Distance"], size, size * 0.4) * bright)


def _moon(way: Socket, moon: Moon, dark: float) -> Socket:
    """Its disc with seas, and the air's glow about it."""
    at = tuple(moon.direction)
    apart = n.vector_math("LENGTH", way - at)
    disc = n.smoothstep(apart, MOON_RADIUS * 1.06, MOON_RADIUS * 0.94)
    seas = n.smoothstep(n.noise(way, scale=260.0, detail=3.0), 0.36, 0.66)
    face = n.combine_xyz(1.0, 0.95, 0.86) * (disc * (1.3 + seas * 1.7))
    air = n.math("EXPONENT", apart / -0.035) * 0.07 + n.math("EXPONENT", apart / -0.22) * 0.014
    return (face + n.combine_xyz(0.75, 0.87, 1.0) * air) * dark * moon.lit


def _step(value: float, low: float, high: float) -> float:
    """0 at low, 1 at high, smooth between; low may be the greater."""
    t = min(1.0, max(0.0, (value - low) / (high - low)))
    return t * t * (3.0 - 2.0 * t)
