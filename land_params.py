"""What land is eroded by: the parameters that numpy (procedural/grow/erosion) and the engine's twin (engine/land) share.

Lengths on the land are shares of its size, so that the same numbers make the same land of 100 m and of 100 km, at 256 and at 2,048 points.
Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass

from .params import param

NO_SEA = -1e6  # m, a sea level under every land

# Running water, in units of thousandths of the land's size and seconds.
GRAVITY = 9.81
DEEP = 0.35  # water that the time step must stay stable for, units
COURANT = 0.45
LEAST_WATER = 1e-7  # water below which a cell is dry, units
CHEZY = 0.25  # friction at 1: a stream 1 deep falling 0.1 runs 2 units a second
RAIN, DRYING, CAPACITY, WEAR, SETTLING = 0.004, 0.05, 1.2, 0.6, 0.8  # a second, at factors of 1
BITE = 0.25  # most that a step takes or lays, of the drop to the neighbours
EDGE_FALL = 0.02  # how steeply water leaves over the edge of level land


@dataclass(frozen=True)
class ValleyParams:
    """Rivers that cut valleys through all of the land (stream power)."""

    seed: int = param(0, "Another course of the same rivers", min=0, max=2**31 - 1)
    age: float = param(
        2.0, "How far valleys have worked back from the outlets, in sizes of the land", min=0.0, max=20.0
    )
    steps: int = param(24, "Steps of each resolution; more follow the rivers more closely", min=1, max=500)
    rise: float = param(
        0.0, "How much of its first height the land rises again meanwhile", min=0.0, max=20.0, unit="factor"
    )
    wander: float = param(
        1.0, "How freely streams run between the eight ways of the grid", min=0.0, max=1.0, unit="factor"
    )
    talus: float = param(0.65, "Steepest slope that valley sides keep", min=0.05, max=1.5, unit="rad")
    sea_level: float = param(0.0, "Height of the sea, below which rivers cut nothing", min=NO_SEA, max=1e5, unit="m")
    coarse: int = param(512, "Points along a side of the first resolution", min=16, max=4096)


@dataclass(frozen=True)
class HydraulicParams:
    """Rain that runs off as shallow water, takes soil where it is fast and lays it down where it is slow."""

    seed: int = param(0, "Other places of the showers", min=0, max=2**31 - 1)
    iterations: int = param(200, "Steps of the water", min=0, max=100_000)
    rain: float = param(1.0, "Water that falls", min=0.0, max=10.0, unit="factor")
    showers: float = param(0.4, "How unevenly the rain falls", min=0.0, max=1.0, unit="factor")
    drying: float = param(0.3, "How fast water dries up", min=0.0, max=10.0, unit="factor")
    capacity: float = param(1.0, "How much soil running water holds", min=0.0, max=10.0, unit="factor")
    wear: float = param(0.5, "How fast it takes what it can hold", min=0.0, max=10.0, unit="factor")
    settling: float = param(1.0, "How fast it drops what it cannot hold", min=0.0, max=10.0, unit="factor")
    friction: float = param(1.0, "Roughness of the ground, which slows the water", min=0.05, max=20.0, unit="factor")


@dataclass(frozen=True)
class ThermalParams:
    """Rock that breaks off where it is too steep, and lies below as scree."""

    iterations: int = param(50, "Steps of the falling", min=0, max=100_000)
    talus: float = param(0.6, "Slope at which scree lies", min=0.02, max=1.5, unit="rad")
    rate: float = param(1.0, "How much of what is too steep falls in a step", min=0.0, max=1.0, unit="factor")


@dataclass(frozen=True)
class SnowParams:
    """Snow that has fallen, been blown over ridges and slid down."""

    depth: float = param(1.5, "Snow that falls high up", min=0.0, max=100.0, unit="m")
    line: float = param(
        0.5, "Where snow begins, between the land's lowest and highest point", min=-1.0, max=2.0, unit="factor"
    )
    fade: float = param(0.2, "Over what share of the land's height it begins", min=0.001, max=2.0, unit="factor")
    hold: float = param(0.8, "Slope from which snow slides", min=0.1, max=1.5, unit="rad")
    wind: float = param(0.6, "How much wind sweeps its side and loads the other", min=0.0, max=1.0, unit="factor")
    direction: float = param(0.6, "Where the wind blows to, from +X to +Y", min=-6.3, max=6.3, unit="rad")
    slides: int = param(40, "Steps of the avalanches", min=0, max=2000)


@dataclass(frozen=True)
class DuneParams:
    """Sand that wind carries in leaps, heaps up and lets slide."""

    seed: int = param(0, "Other dunes", min=0, max=2**31 - 1)
    iterations: int = param(600, "Gusts", min=0, max=100_000)
    sand: float = param(0.012, "Sand that lies on level ground, of the land's size", min=0.0, max=0.2, unit="factor")
    direction: float = param(0.0, "Where the wind blows to, from +X to +Y", min=-6.3, max=6.3, unit="rad")
    turning: float = param(
        0.8,
        "How far the direction of the wind swings: 0 makes lone crescents and streaks, more makes long ranks",
        min=0.0,
        max=1.6,
        unit="rad",
    )
    leap: float = param(5.0, "How far sand leaps, points of the grid", min=1.0, max=50.0)
    repose: float = param(0.58, "Slope at which sand lies", min=0.1, max=1.2, unit="rad")
    points: int = param(160, "Points along a side that dunes are made at; they are wider with fewer", min=32, max=4096)


@dataclass(frozen=True)
class ErosionParams:
    """All of a land's erosion: valleys, falling rock, running water, snow."""

    seed: int = param(0, "Another course of the same erosion", min=0, max=2**31 - 1)
    valleys: float = param(2.0, "How far rivers have cut their valleys back", min=0.0, max=20.0, panel="Rivers")
    rise: float = param(0.0, "How much the land rises meanwhile", min=0.0, max=20.0, unit="factor", panel="Rivers")
    talus: float = param(0.7, "Steepest slope that rock keeps", min=0.05, max=1.5, unit="rad", panel="Rock")
    crumbling: int = param(12, "Steps of falling rock", min=0, max=10_000, panel="Rock")
    iterations: int = param(200, "Steps of running water", min=0, max=100_000, panel="Water")
    rain: float = param(1.0, "Water that falls", min=0.0, max=10.0, unit="factor", panel="Water")
    capacity: float = param(1.0, "How much soil water holds", min=0.0, max=10.0, unit="factor", panel="Water")
    sea_level: float = param(0.0, "Height of the sea", min=NO_SEA, max=1e5, unit="m", panel="Water")
    snow: float = param(0.0, "Snow that falls high up", min=0.0, max=100.0, unit="m", panel="Snow")
    snow_line: float = param(
        0.6, "Where snow begins, between lowest and highest point", min=-1.0, max=2.0, unit="factor", panel="Snow"
    )
    wind: float = param(0.6, "Where the wind blows to, from +X to +Y", min=-6.3, max=6.3, unit="rad", panel="Snow")
