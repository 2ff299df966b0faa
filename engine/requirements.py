"""What the engine's environment consists of, and what that costs: the one list of its packages. Standard library only."""

from __future__ import annotations

import platform
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from .installer import EnvironmentProblem

TORCH = "torch==2.13.0"
# Torch's own index has a build for Linux without CUDA; on PyPI, torch for Linux on x86-64 is the CUDA build.
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
REQUIREMENTS = (
    "numba==0.68.1",
    "numpy==2.4.6",
    "scipy==1.17.1",
    "safetensors==0.8.0",
    "fastapi==0.165.0",
    "uvicorn==0.54.0",
    "PyMCubes==0.1.6",
    "xatlas==0.0.11",
    "pillow==13.0.0",
)
EXTRAS = {
    "diffusers": ("diffusers==0.42.1", "transformers==5.23.0", "accelerate==1.15.0"),
    "training": ("libigl==2.6.3",),
    "ray": ("ray==2.60.0",),
}
_MODULES = ("torch", "numba", "numpy", "scipy", "safetensors", "fastapi", "uvicorn", "mcubes", "xatlas",
            "PIL")  # fmt: skip
_EXTRA_MODULES = {"diffusers": ("diffusers", "transformers", "accelerate"), "training": ("igl",), "ray": ("ray",)}
_MB = 1024**2
# Linux without CUDA: measured, rounded up. The others, and CUDA, are estimates from the sizes that the indexes give.
_BASE_MB = {"download": 140, "disk": 650}
_TORCH_MB = {
    "cuda": {"download": 3_200, "disk": 7_500},
    "linux": {"download": 190, "disk": 750},
    "win32": {"download": 130, "disk": 600},
    "darwin": {"download": 90, "disk": 400},
}
_EXTRA_MB = {
    "diffusers": {"download": 30, "disk": 220},
    "training": {"download": 14, "disk": 20},
    "ray": {"download": 75, "disk": 300},
}


@dataclass(frozen=True)
class Wanted:
    """What shall be in the environment.

    extras: of "diffusers" (other people's pretrained models), "training", "ray". torch: a pip requirement. index_url: a
    further package index, such as CPU_INDEX, "" = none. wheels: a folder of wheels to install from without a network.
    """

    extras: frozenset[str] = frozenset()
    torch: str = TORCH
    index_url: str = ""
    wheels: Path | None = None
    base: tuple[str, ...] = REQUIREMENTS

    def __post_init__(self) -> None:
        for extra in self.extras - EXTRAS.keys():
            raise EnvironmentProblem(f"There is no extra {extra!r}; there are: {', '.join(EXTRAS)}.")
        for requirement in (self.torch, *self.base):
            if requirement.startswith("-"):
                raise EnvironmentProblem(f"{requirement!r} is an option, not a package.")

    def requirements(self) -> tuple[str, ...]:
        extras = tuple(each for name in sorted(self.extras) for each in EXTRAS[name])
        return tuple(each for each in (self.torch, *self.base, *extras) if each)

    def modules(self) -> tuple[str, ...]:
        """What must be importable in the end."""
        if self.base != REQUIREMENTS:
            return ()
        return _MODULES + tuple(each for name in sorted(self.extras) for each in _EXTRA_MODULES[name])


@dataclass(frozen=True)
class Plan:
    """What an installation costs, about."""

    download_bytes: int
    disk_bytes: int
    requirements: tuple[str, ...]
    cuda: bool

    def sentence(self) -> str:
        extra = ", most of it for NVIDIA graphics cards" if self.cuda else ""
        return (
            f"Downloads about {size_text(self.download_bytes)} of Python packages{extra}; "
            f"takes about {size_text(self.disk_bytes)} on the disk."
        )


def suggested_index() -> str:
    """CPU_INDEX on a Linux PC without NVIDIA's driver, where torch from PyPI would bring gigabytes for nothing."""
    driver = Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi")
    return "" if driver or not _cuda_by_default() else CPU_INDEX


def plan(wanted: Wanted | None = None) -> Plan:
    """What installing would download and take; nothing is done or asked over the network."""
    wanted = wanted or Wanted()
    cuda = _cuda_by_default() and "/cpu" not in wanted.index_url and "+cpu" not in wanted.torch
    torch = _TORCH_MB["cuda" if cuda else "linux" if sys.platform.startswith("linux") else sys.platform]
    parts = [_BASE_MB, torch, *(_EXTRA_MB[name] for name in wanted.extras)]
    download, disk = (sum(part[kind] for part in parts) * _MB for kind in ("download", "disk"))
    return Plan(0 if wanted.wheels else download, disk, wanted.requirements(), cuda)


def _cuda_by_default() -> bool:
    return sys.platform.startswith("linux") and platform.machine() in ("x86_64", "AMD64")


def size_text(count: int) -> str:
    return f"{count / 1024**3:.1f} GB" if count >= 1000 * _MB else f"{max(1, round(count / _MB))} MB"
