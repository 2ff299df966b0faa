"""Land eroded by the engine: what procedural/grow/erosion does in numpy, on a GPU by torch and on a CPU by compiled kernels."""

from .erosion import Land, erode
from .falling import crumble
from .snow import snow
from .valleys import carve
from .water import Eroded, run_off

__all__ = ["Eroded", "Land", "carve", "crumble", "erode", "run_off", "snow"]
