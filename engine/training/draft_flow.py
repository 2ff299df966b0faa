"""The draft model's flow: rectified flow matching on the autoencoder's latents."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from ..priors.draft_model import NUM_TRAITS, Flow
from .distance import GridSet
from .draft_autoencoder import Autoencoder
from .draft_data import NO_FLIP, make_batch

CONCEPT_DROPOUT = 0.1
TRAIT_DROPOUT = 0.5  # most prompts say none or one


@torch.no_grad()
def encode_all(
    autoencoder: Autoencoder, grids: GridSet, device: torch.device, which: np.ndarray, batch: int = 16
) -> Tensor:
    """Latents of some assets (indices [N]) and of their mirror images. Returns float32 [N, 2, C, 4, 4, 4] on the CPU; where a mirror
    image is not of the concept the second is the first."""
    autoencoder.eval()
    encoded = []
    for first in range(0, len(which), batch):
        indices = which[first : first + batch]
        both = []
        for flip in (False, True):
            mirrored = flip & ~np.isin(grids.concept[indices], list(NO_FLIP))
            patches = make_batch(grids, indices, mirrored, 1, np.random.default_rng(0)).patches.to(device)
            both.append(autoencoder.encoder(patches).cpu())
        encoded.append(torch.stack(both, 1))
    return torch.cat(encoded)


def flow_loss(flow: Flow, latents: Tensor, concept: Tensor, traits: Tensor, generator: torch.Generator) -> Tensor:
    """Mean squared error of the velocity at logit-normal times (arXiv:2403.03206, eq. 19).

    latents: [B, C, 4, 4, 4]; concept: long [B]; traits: [B, 5], NaN = unknown. The generator is the CPU's, so that a run gives the
    same draws on every device.
    """
    b = len(latents)

    def draw(*shape: int, normal: bool = False) -> Tensor:
        make = torch.randn if normal else torch.rand
        return make(*shape, generator=generator).to(latents.device)

    t = draw(b, normal=True).sigmoid()
    noise = draw(*latents.shape, normal=True)
    x_t = torch.lerp(latents, noise, t[:, None, None, None, None])
    dropped = draw(b) < CONCEPT_DROPOUT
    concept = torch.where(dropped, flow.config.num_concepts, concept)
    unsaid = (draw(*traits.shape) < TRAIT_DROPOUT) | (draw(b, 1) < 0.3) | dropped[:, None]
    v = flow(x_t, t, concept, traits.masked_fill(unsaid, torch.nan))
    return F.mse_loss(v.float(), noise - latents)


@torch.no_grad()
def as_sampled(flow: Flow | None, latents: Tensor, concept: Tensor, noise: Tensor) -> Tensor:
    """Latents with the faults of the flow's samples, for a decoder that must put up with them.

    Half of the batch is what the flow makes of them in one step from a random t in .05 .. .4, so still the same asset but without what
    the flow does not know; the other half, or all of it before there is a flow, is noised by up to .25. noise: like latents.
    """
    b = len(latents)
    shape = (b, 1, 1, 1, 1)
    noised = latents + 0.25 * torch.rand(shape, device=latents.device) * noise
    if flow is None:
        return noised
    even = torch.arange(0, b, 2, device=latents.device)
    t = (0.05 + 0.35 * torch.rand(b, device=latents.device))[even]
    x_t = torch.lerp(latents[even], noise[even], t.reshape(-1, 1, 1, 1, 1))
    traits = torch.full((len(even), NUM_TRAITS), torch.nan, device=latents.device)
    made = x_t - t.reshape(-1, 1, 1, 1, 1) * flow(x_t, t, concept[even], traits).float()
    return noised.index_copy(0, even, made)
