"""Land eroded by the engine: what procedural/grow/erosion does in numpy, on a GPU by torch and on a CPU by compiled kernels."""

from .falling import crumble
from .valleys import carve
from .water import Eroded, run_off

__all__ = ["Eroded", "carve", "crumble", "run_off"]
