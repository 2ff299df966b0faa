"""Noise schedules: identities between what diffusion models predict, and the limits of DDIM."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from dreamgrove.engine.priors.embedded import network_time
from dreamgrove.engine.priors.schedule import NoiseSchedule
from dreamgrove.engine.training.score import fraction, schedule_for

COSINE = NoiseSchedule.cosine(1000)
levels = st.integers(0, 999)


def images(seed: int, count: int = 2) -> torch.Tensor:
    return torch.randn(count, 3, 4, 4, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@settings(max_examples=40, deadline=None)
@given(level=levels, seed=st.integers(0, 2**20))
def test_conversions_are_each_others_inverses(level, seed):
    t = torch.tensor([level, 999 - level])
    x_0, eps = images(seed), images(seed + 1)
    x_t, v = COSINE.add_noise(x_0, eps, t), COSINE.velocity(x_0, eps, t)
    for got, wanted in (
        (COSINE.x0_from_v(x_t, v, t), x_0),
        (COSINE.eps_from_v(x_t, v, t), eps),
        (COSINE.eps_from_x0(x_t, x_0, t), eps),
    ):
        torch.testing.assert_close(got, wanted, atol=1e-5, rtol=0)
    # dividing by sqrt(abar) loses digits at the noisiest level: 1e-16 / 8e-4
    torch.testing.assert_close(COSINE.x0_from_eps(x_t, eps, t), x_0, atol=1e-9, rtol=0)


@settings(max_examples=20, deadline=None)
@given(start=st.integers(1, 999), steps=st.integers(1, 30), seed=st.integers(0, 2**20))
def test_ddim_with_the_true_x0_ends_there(start, steps, seed):
    """Whatever the steps, a perfect denoiser leads back to the clean image."""
    x_0 = images(seed, 1)
    t = COSINE.timesteps(min(steps, start), start)
    x = COSINE.add_noise(x_0, images(seed + 1, 1), torch.tensor([start]))
    for level, after in zip(t, [*t[1:], -1], strict=True):
        x = COSINE.ddim_step(x, x_0, torch.tensor([level]), torch.tensor([after]))
    torch.testing.assert_close(x, x_0, atol=1e-9, rtol=0)


def test_ddim_keeps_the_noise():
    """One step with the true x_0 is the forward process with the same eps."""
    x_0, eps = images(0), images(1)
    t, after = torch.tensor([800, 700]), torch.tensor([300, 20])
    stepped = COSINE.ddim_step(COSINE.add_noise(x_0, eps, t), x_0, t, after)
    torch.testing.assert_close(stepped, COSINE.add_noise(x_0, eps, after), atol=1e-9, rtol=0)


def test_the_cosine_schedule_is_the_cosine():
    t = (torch.arange(1000, dtype=torch.float64) + 0.5) / 1000
    torch.testing.assert_close(COSINE.alphas_cumprod, torch.cos(0.5 * math.pi * t) ** 2, atol=1e-12, rtol=0)


def test_64_pixels_averaged_down_are_as_noisy_as_32():
    """Means of four pixels have a quarter of the noise's variance."""
    coarse, fine = schedule_for(32).alphas_cumprod, schedule_for(64).alphas_cumprod
    snr = coarse / (1 - coarse)
    snr_of_means = fine / ((1 - fine) / 4.0)
    torch.testing.assert_close(snr, snr_of_means, rtol=1e-9, atol=0)


@pytest.mark.parametrize("resolution", [32, 64])
def test_network_time_is_the_time_of_the_same_noise(resolution):
    """Outside there is one schedule for both sizes; the network must be told its own time for the noise that is there."""
    trained = schedule_for(resolution)
    for level in (5, 300, 800, 990):
        time = network_time(trained, torch.tensor([level]), resolution)
        torch.testing.assert_close(time, fraction(torch.tensor([level])), atol=1e-6, rtol=0)


def test_timesteps_fall_and_fit():
    for count, start in ((1, 0), (16, 999), (7, 6), (30, 500)):
        t = COSINE.timesteps(count, start)
        assert len(t) == count
        assert t[0] == start
        assert all(0 <= b < a for a, b in itertools.pairwise(t))
    with pytest.raises(ValueError, match="steps"):
        COSINE.timesteps(0)


def test_schedules_that_are_none_are_refused():
    with pytest.raises(ValueError, match="float64"):
        NoiseSchedule(torch.linspace(0.9, 0.1, 5))
    with pytest.raises(ValueError, match="fall"):
        NoiseSchedule(torch.linspace(0.1, 0.9, 5, dtype=torch.float64))
