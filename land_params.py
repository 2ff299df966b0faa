"""What land is eroded by: the parameters that numpy (procedural/grow/erosion) and the engine's twin (engine/land) share.

Lengths on the land are shares of its size, so that the same numbers make the same land of 100 m and of 100 km, at 256 and at 2,048 points.
Standard library only.
"""

from __future__ import annotations

from dataclasses import dataclass

from .params import param

NO_SEA = -1e6  # m, a sea level under every land


@dataclass(frozen=True)
class ValleyParams:
    """Rivers that cut valleys through all of the land (stream power)."""

    seed: int = param(0, "Another course of the same rivers", min=0, max=2**31 - 1)
    age: float = param(2.0, "How far valleys have worked back from the outlets, in sizes of the land", min=0.0, max=20.0)
    steps: int = param(24, "Steps of each resolution; more follow the rivers more closely", min=1, max=500)
    rise: float = param(
        0.0, "How much of its first height the land rises again meanwhile", min=0.0, max=20.0, unit="factor"
    )
    wander: float = param(1.0, "How freely streams run between the eight ways of the grid", min=0.0, max=1.0, unit="factor")
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
