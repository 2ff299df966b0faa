"""Compiles the CPU kernels before the first job needs them: `python -m dreamgrove.engine.warm_up`.

Numba keeps the machine code in NUMBA_CACHE_DIR (the engine's environment has a folder for it; installing fills it), else beside the
sources. About a minute of a core once, some seconds of loading later.
"""

from __future__ import annotations

from .meshing.warmup import warm_up as warm_up_meshing
from .rendering.warm_up import warm_up as warm_up_rendering


def warm_up() -> None:
    """Raises what the kernels raise; a machine on which they do not compile cannot run the engine."""
    warm_up_rendering()
    warm_up_meshing()


if __name__ == "__main__":
    warm_up()
