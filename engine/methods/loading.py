"""Priors for methods: loaded once a process, so that a waiting worker has them before its job comes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from ..priors.base import Prior, PriorError
from ..priors.draft import DraftPrior, WeightsError
from ..priors.embedded import EmbeddedPrior
from ..protocol import Mend
from .base import JobError

EMBEDDED = "embedded"


@lru_cache(maxsize=1)
def _draft_prior(device: str) -> DraftPrior:
    return DraftPrior.load(device=device)


@lru_cache(maxsize=1)
def _embedded_prior(device: str) -> EmbeddedPrior:
    return EmbeddedPrior.load(device=device)


@lru_cache(maxsize=1)
def _diffusers_prior(folder: Path, device: str) -> Prior:
    from ..priors.diffusers_prior import DiffusersPrior

    return DiffusersPrior(folder, device)


def draft_prior(device: str) -> DraftPrior:
    """The embedded 3D model. Raises JobError when its weights are missing or damaged."""
    try:
        return _draft_prior(device)
    except WeightsError as error:
        raise JobError(str(error), Mend.REPAIR_ENGINE) from error


def score_prior(name: str, models: Mapping[str, Path], device: str) -> Prior:
    """The prior of that name: the embedded one for "" or "embedded", else the user's model folder of that name.

    Raises JobError with what to do.
    """
    try:
        if name in ("", EMBEDDED):
            return _embedded_prior(device)
        if name not in models:
            known = ", ".join([EMBEDDED, *models])
            raise JobError(f"No model called {name!r} is set up; there are: {known}.", Mend.ADD_WEIGHTS)
        return _diffusers_prior(Path(models[name]), device)
    except PriorError as error:
        mend = Mend.REPAIR_ENGINE if name in ("", EMBEDDED) else Mend.ADD_WEIGHTS
        raise JobError(str(error), mend) from error
