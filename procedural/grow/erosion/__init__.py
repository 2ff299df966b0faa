"""Erosion of land given as heights, in numpy alone: valleys, running water, falling rock, dunes, snow, and the ways of water."""

from .desert import dunes, dunes_steps
from .flow import Drainage, drain
from .hydraulic import run_off, run_off_steps
from .land import erode, erode_steps
from .measure import measured
from .network import River, rivers
from .snowfall import snow, snow_steps
from .thermal import crumble, crumble_steps
from .valleys import carve, carve_steps

__all__ = [
    "Drainage", "River", "carve", "carve_steps", "crumble", "crumble_steps", "drain", "dunes", "dunes_steps", "erode", "erode_steps",
    "measured", "rivers", "run_off", "run_off_steps", "snow", "snow_steps",
]  # fmt: skip
