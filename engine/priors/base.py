"""The one interface of all image priors. A method never knows which prior it runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from torch import Tensor

from ..rendering.cameras import Cameras
from .schedule import NoiseSchedule

Shading = Literal["albedo", "lit"]


class PriorError(ValueError):
    """A prior cannot be used; one sentence that says why and what to do."""


@dataclass(frozen=True)
class Conditioning:
    """What a batch of B images is supposed to show.

    text: what `prepare` returned, or None for the unconditional score. cameras: B of them. background: [B, 3] linear RGB
    behind the object, None where unknown. num_views: that many consecutive images show one object (B is a multiple).
    Priors ignore what they do not condition on (`Prior.conditions_on`).
    """

    text: Any | None
    cameras: Cameras
    shading: Shading = "lit"
    background: Tensor | None = None
    num_views: int = 1


class Prior(Protocol):
    """A pretrained image diffusion model. Images are [B, 3, H, W] linear RGB outside, `encode`d inside."""

    name: str
    sha256: str
    resolution: int
    schedule: NoiseSchedule
    conditions_on: frozenset[str]  # of "text", "camera", "shading", "background"

    def prepare(self, prompt: str, negative: str = "") -> Any:
        """The words, once per job. Raises PriorError (or NotUnderstoodError) if the prior can make nothing of them."""
        ...

    def encode(self, images: Tensor) -> Tensor:
        """Rendered images [B, 3, H, W], linear RGB, to x_0 in the model's own range and size; differentiable."""
        ...

    def predict_noise(self, x_t: Tensor, t: Tensor, cond: Conditioning) -> Tensor:
        """eps of x_t at timesteps t [B] long."""
        ...

    def predict_noise_pair(self, x_t: Tensor, t: Tensor, cond: Conditioning) -> tuple[Tensor, Tensor]:
        """(eps with text, eps without) for classifier-free guidance, in one batch."""
        ...


def noise_pair(prior: Prior, x_t: Tensor, t: Tensor, cond: Conditioning) -> tuple[Tensor, Tensor]:
    """`predict_noise_pair` for priors that have no faster way: two calls."""
    return prior.predict_noise(x_t, t, cond), prior.predict_noise(x_t, t, replace(cond, text=None))
