"""What the machine says of itself, on every system: what else it does, and how much memory a process has had."""

from __future__ import annotations

import os
import sys


def load() -> str:
    """The load average of the last minute; Windows has none."""
    return f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"


def peak_mib() -> int | None:
    """The most memory that this process has had, MiB; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024**2 if sys.platform == "darwin" else 1024))
