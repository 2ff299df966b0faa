"""Score distillation: a diffusion prior's score as a gradient on rendered images.

- `score_distillation_gradient`: DreamFusion (Poole et al., arXiv:2209.14988), eq. 3, the epsilon form.
- `few_step_target`: the x0 form with a few DDIM steps under guidance; steadier with small pixel priors, whose one-step x0
  is blurred and whose epsilon form needs a guidance scale that tears shapes apart.

Symbols as in the papers: x_t = sqrt(abar_t) x + sqrt(1 - abar_t) eps.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

from ..priors.base import Conditioning, Prior

Weighting = Literal["one_minus_abar", "uniform", "fantasia"]


def guided_noise(prior: Prior, x_t: Tensor, t: Tensor, conditioning: Conditioning, guidance_scale: float) -> Tensor:
    """Classifier-free guidance (arXiv:2207.12598): eps_hat = eps_uncond + s (eps_text - eps_uncond)."""
    if guidance_scale == 1.0:
        return prior.predict_noise(x_t, t, conditioning)
    eps_text, eps_uncond = prior.predict_noise_pair(x_t, t, conditioning)
    return eps_uncond + guidance_scale * (eps_text - eps_uncond)


def weight(abar: Tensor, weighting: Weighting) -> Tensor:
    """w(t): DreamFusion 1 - abar; Magic3D 1; Fantasia3D sqrt(abar) (1 - abar)."""
    if weighting == "one_minus_abar":
        return 1.0 - abar
    if weighting == "fantasia":
        return abar.sqrt() * (1.0 - abar)
    return torch.ones_like(abar)


@torch.no_grad()
def score_distillation_gradient(
    prior: Prior,
    x: Tensor,
    t: Tensor,
    eps: Tensor,
    conditioning: Conditioning,
    guidance_scale: float,
    weighting: Weighting = "one_minus_abar",
) -> Tensor:
    """grad_x = w(t) (eps_hat - eps) (DreamFusion eq. 3), [B, C, H, W]; the U-Net's Jacobian is left out by design."""
    x_t = prior.schedule.add_noise(x, eps, t)
    eps_hat = guided_noise(prior, x_t, t, conditioning, guidance_scale)
    abar = prior.schedule.alphas_cumprod.to(t.device)[t].to(x.dtype)[:, None, None, None]
    return torch.nan_to_num(weight(abar, weighting) * (eps_hat - eps))


def gradient_as_loss(x: Tensor, grad: Tensor) -> Tensor:
    """A scalar whose derivative by x is exactly grad / B: 0.5 ||x - sg(x - grad)||^2 / B."""
    target = (x - grad).detach()
    return 0.5 * (x - target).square().sum() / len(x)


@torch.no_grad()
def few_step_target(
    prior: Prior,
    x: Tensor,
    t: Tensor,
    eps: Tensor,
    conditioning: Conditioning,
    guidance_scale: float,
    num_steps: int = 3,
) -> Tensor:
    """What the prior thinks the noised render was: x0 after `num_steps` deterministic DDIM steps (arXiv:2010.02502, eq. 12).

    t: [B], the level to which the render is noised. Steps are spaced evenly from t to 0. Returns [B, C, H, W].
    """
    if num_steps < 1:
        raise ValueError(f"num_steps is {num_steps}; it takes 1 or more")
    schedule = prior.schedule
    x_t, x0 = schedule.add_noise(x, eps, t), x
    for step in range(num_steps):
        eps_hat = guided_noise(prior, x_t, t, conditioning, guidance_scale)
        x0 = schedule.x0_from_eps(x_t, eps_hat, t).clamp(-1.0, 1.0)
        if step < num_steps - 1:
            # The step takes the noise that agrees with the clamped x0, so that clamping does not leave the marginal.
            t_next = (t * (num_steps - step - 1)) // (num_steps - step)
            x_t, t = schedule.ddim_step(x_t, x0, t, t_next), t_next
    return x0


def target_loss(x: Tensor, target: Tensor) -> Tensor:
    """Reconstruction form: mean over images of the squared distance to a fixed target, per pixel."""
    return (x - target.detach()).square().mean()
