"""Which pretrained models are at hand: the embedded prior, and diffusers pipelines in folders that the user names.

Only looks at files; nothing is loaded. Weights that are not safetensors do not count: pickles are never read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..protocol import PriorInfo

WEIGHTS = Path(__file__).resolve().parents[1] / "weights"
EMBEDDED = "embedded"


@dataclass(frozen=True)
class FoundPrior:
    """A model and where it lies."""

    info: PriorInfo
    path: Path


def find_priors(models: Iterable[Path] = (), weights: Path = WEIGHTS) -> tuple[FoundPrior, ...]:
    """The embedded prior if its weights are there, then every pipeline at or directly under each of `models`.

    Two pipelines of one name are told apart by a number.
    """
    found: list[FoundPrior] = []
    files = sorted(weights.glob("*.safetensors")) if weights.is_dir() else []
    if files:
        found.append(FoundPrior(PriorInfo(EMBEDDED, "embedded", "Embedded prior", _sha256(files)), weights))
    for folder in models:
        candidates = [folder, *sorted(each for each in folder.iterdir() if each.is_dir())] if folder.is_dir() else []
        for each in candidates:
            if (each / "model_index.json").is_file() and any(each.glob("*/*.safetensors")):
                name = _free_name(each.resolve().name, {prior.info.name for prior in found})
                found.append(FoundPrior(PriorInfo(name, "diffusers", name), each.resolve()))
    return tuple(found)


def _free_name(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}-{number}", number + 1
    return free


def _sha256(files: Iterable[Path]) -> str:
    """Of the files' contents, one after the other."""
    digest = hashlib.sha256()
    for path in files:
        with open(path, "rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()
