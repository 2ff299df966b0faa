"""Score distillation against a prior whose score is known in closed form.

For data N(mean, std^2) per pixel the perfect noise prediction at level abar is
eps = sqrt(1 - abar) (x_t - sqrt(abar) mean) / (abar std^2 + 1 - abar).
"""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from dreamgrove.engine.guidance.annealing import NoiseRange
from dreamgrove.engine.guidance.score_distillation import (
    few_step_target,
    gradient_as_loss,
    guided_noise,
    score_distillation_gradient,
    target_loss,
)
from dreamgrove.engine.priors.base import Conditioning
from dreamgrove.engine.priors.schedule import NoiseSchedule
from dreamgrove.engine.rendering.cameras import orbit


class Gaussian:
    """The perfect prior of one Gaussian with text and another without."""

    name, sha256, resolution = "gaussian", "", 4
    conditions_on = frozenset({"text"})

    def __init__(self, mean: float, std: float, uncond_mean: float = 0.0):
        self.schedule = NoiseSchedule.cosine(1000)
        self.mean, self.std, self.uncond_mean = mean, std, uncond_mean
        self.calls = 0

    def prepare(self, prompt: str, negative: str = "") -> str:
        return prompt

    def encode(self, images: Tensor) -> Tensor:
        return images

    def predict_noise(self, x_t: Tensor, t: Tensor, cond: Conditioning) -> Tensor:
        self.calls += 1
        abar = self.schedule.alphas_cumprod[t].to(x_t.dtype)[:, None, None, None]
        mean = self.mean if cond.text is not None else self.uncond_mean
        return (1 - abar).sqrt() * (x_t - abar.sqrt() * mean) / (abar * self.std**2 + 1 - abar)

    def predict_noise_pair(self, x_t: Tensor, t: Tensor, cond: Conditioning) -> tuple[Tensor, Tensor]:
        return self.predict_noise(x_t, t, cond), self.predict_noise(x_t, t, replace(cond, text=None))


def conditioning(count: int) -> Conditioning:
    return Conditioning(text="words", cameras=orbit(torch.zeros(count), torch.zeros(count)))


def test_gradient_as_loss_has_exactly_that_gradient():
    x = torch.randn(3, 3, 4, 4, dtype=torch.float64, requires_grad=True)
    grad = torch.randn_like(x)
    gradient_as_loss(x, grad).backward()
    torch.testing.assert_close(x.grad, grad / 3)


def test_guidance_extrapolates_linearly():
    prior, cond = Gaussian(0.5, 0.1, -0.5), conditioning(2)
    x_t, t = torch.randn(2, 3, 4, 4), torch.tensor([300, 700])
    text, uncond = prior.predict_noise_pair(x_t, t, cond)
    for scale in (0.0, 1.0, 2.5, 7.5):
        torch.testing.assert_close(guided_noise(prior, x_t, t, cond, scale), uncond + scale * (text - uncond))


def test_expected_sds_gradient_is_the_scores_and_vanishes_at_the_mode():
    """E_eps[eps_hat - eps] = sqrt(abar (1 - abar)) (x - mean) / (abar std^2 + 1 - abar), so zero exactly at the mean."""
    prior = Gaussian(0.3, 0.2)
    rng = torch.Generator().manual_seed(0)
    count = 4096
    t = torch.full((count,), 500)
    abar = float(prior.schedule.alphas_cumprod[500])
    for value in (-0.6, 0.3, 0.9):
        x = torch.full((count, 1, 2, 2), value, dtype=torch.float64)
        eps = torch.randn(x.shape, generator=rng, dtype=torch.float64)
        grad = score_distillation_gradient(prior, x, t, eps, conditioning(count), 1.0, "uniform")
        expected = (abar * (1 - abar)) ** 0.5 * (value - 0.3) / (abar * 0.04 + 1 - abar)
        assert float(grad.mean()) == pytest.approx(expected, abs=0.02)


def test_weighting_scales_the_gradient():
    prior, x = Gaussian(0.0, 0.5), torch.randn(2, 3, 4, 4)
    eps, t, cond = torch.randn_like(x), torch.tensor([200, 800]), conditioning(2)
    plain = score_distillation_gradient(prior, x, t, eps, cond, 2.0, "uniform")
    weighted = score_distillation_gradient(prior, x, t, eps, cond, 2.0, "one_minus_abar")
    factor = (1 - prior.schedule.alphas_cumprod[t]).float()[:, None, None, None]
    torch.testing.assert_close(weighted, factor * plain)


@pytest.mark.parametrize("objective", ["sds", "few_step"])
def test_descent_reaches_the_known_optimum(objective):
    """Autograd through either loss carries a picture to the prior's mode."""
    prior, cond = Gaussian(0.4, 0.05), conditioning(8)
    rng = torch.Generator().manual_seed(1)
    pixels = torch.full((1, 3, 4, 4), -0.5, requires_grad=True)
    optimizer = torch.optim.Adam([pixels], lr=0.05)
    levels = NoiseRange(0.7, 0.2, anneal=True)
    for step in range(200):
        x = pixels.expand(8, -1, -1, -1)
        t = levels.sample(step / 200, 1, 1000, rng).expand(8)
        eps = torch.randn(x.shape, generator=rng)
        if objective == "sds":
            loss = gradient_as_loss(x, score_distillation_gradient(prior, x.detach(), t, eps, cond, 1.0))
        else:
            loss = target_loss(x, few_step_target(prior, x.detach(), t, eps, cond, 1.0, 3))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert float((pixels.detach() - 0.4).abs().max()) < 0.08


def test_few_steps_cost_what_they_say_and_more_steps_come_nearer():
    prior, cond = Gaussian(0.4, 0.05), conditioning(64)
    x = torch.zeros(64, 3, 4, 4)
    eps = torch.randn(x.shape, generator=torch.Generator().manual_seed(2))
    t = torch.full((64,), 900)
    spread = {}
    for steps in (1, 3, 10):
        prior.calls = 0
        target = few_step_target(prior, x, t, eps, cond, 1.0, steps)
        assert prior.calls == steps
        spread[steps] = float(target.std())
        assert float(target.mean()) == pytest.approx(0.4, abs=0.02)
    # One step gives the posterior mean, with almost no spread; more steps approach the data's own spread of .05.
    assert spread[1] < spread[3] < spread[10] < 0.06


def test_steps_must_be_positive():
    prior = Gaussian(0.0, 1.0)
    x = torch.zeros(1, 3, 4, 4)
    with pytest.raises(ValueError, match="num_steps is 0"):
        few_step_target(prior, x, torch.tensor([5]), x, conditioning(1), 1.0, 0)


def test_noise_range_falls_and_stays_inside():
    levels = NoiseRange(0.9, 0.2, anneal=True)
    rng = torch.Generator().manual_seed(0)
    middles = []
    for progress in (0.0, 0.5, 1.0):
        t = levels.sample(progress, 500, 1000, rng)
        assert 1 <= int(t.min()) <= int(t.max()) <= 999
        middles.append(float(t.float().mean()) / 1000)
    assert middles == pytest.approx([0.9, 0.55, 0.2], abs=0.02)
    fixed = NoiseRange(0.98, 0.98, 0.02).sample(0.7, 2000, 1000, rng)
    assert int(fixed.min()) < 60
    assert int(fixed.max()) > 930
    with pytest.raises(ValueError, match="noise range"):
        NoiseRange(0.5, 0.5, low=0.7)
