"""Noise schedules in float64 and the conversions between what diffusion models predict.

x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) eps                         (DDPM, arXiv:2006.11239, eq. 4)
v   = sqrt(abar_t) eps - sqrt(1 - abar_t) x_0                         (progressive distillation, arXiv:2202.00512)
log SNR_t = log(abar_t / (1 - abar_t))
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class NoiseSchedule:
    """alphas_cumprod: abar, [T] float64, falling strictly within (0, 1); index 0 is the least noise."""

    alphas_cumprod: Tensor

    def __post_init__(self) -> None:
        abar = self.alphas_cumprod
        if abar.ndim != 1 or abar.dtype != torch.float64:
            raise ValueError(f"alphas_cumprod must be [T] float64, not {list(abar.shape)} {abar.dtype}.")
        if not bool(((abar > 0.0) & (abar < 1.0)).all()) or not bool((abar[1:] < abar[:-1]).all()):
            raise ValueError("alphas_cumprod must fall strictly within (0, 1).")

    @classmethod
    def cosine(cls, num_timesteps: int = 1000, shift: float = 0.0) -> NoiseSchedule:
        """log SNR = -2 log tan(pi t / 2) + shift at t = (i + .5) / T (simple diffusion, arXiv:2301.11093, section 2.1).

        shift: 2 log(d0 / d) makes pictures of d pixels, averaged down to d0, as noisy as the schedule of d0 unshifted.
        """
        t = (torch.arange(num_timesteps, dtype=torch.float64) + 0.5) / num_timesteps
        return cls(torch.sigmoid(-2.0 * torch.log(torch.tan(0.5 * math.pi * t)) + shift))

    def __len__(self) -> int:
        return len(self.alphas_cumprod)

    def log_snr(self, t: Tensor) -> Tensor:
        """[B] float64 of timesteps t [B] long."""
        return torch.logit(self._abar(t))

    def _abar(self, t: Tensor) -> Tensor:
        return self.alphas_cumprod.to(t.device)[t]

    def _signal_noise(self, t: Tensor, like: Tensor) -> tuple[Tensor, Tensor]:
        """sqrt(abar), sqrt(1 - abar) as [B, 1, ...] in float64 rounded to the images' type."""
        abar = self._abar(t).reshape(-1, *[1] * (like.ndim - 1))
        return abar.sqrt().to(like.dtype), (1.0 - abar).sqrt().to(like.dtype)

    def add_noise(self, x_0: Tensor, eps: Tensor, t: Tensor) -> Tensor:
        """x_t of clean images [B, ...]."""
        signal, noise = self._signal_noise(t, x_0)
        return signal * x_0 + noise * eps

    def velocity(self, x_0: Tensor, eps: Tensor, t: Tensor) -> Tensor:
        signal, noise = self._signal_noise(t, x_0)
        return signal * eps - noise * x_0

    def x0_from_v(self, x_t: Tensor, v: Tensor, t: Tensor) -> Tensor:
        signal, noise = self._signal_noise(t, x_t)
        return signal * x_t - noise * v

    def eps_from_v(self, x_t: Tensor, v: Tensor, t: Tensor) -> Tensor:
        signal, noise = self._signal_noise(t, x_t)
        return noise * x_t + signal * v

    def x0_from_eps(self, x_t: Tensor, eps: Tensor, t: Tensor) -> Tensor:
        signal, noise = self._signal_noise(t, x_t)
        return (x_t - noise * eps) / signal

    def eps_from_x0(self, x_t: Tensor, x_0: Tensor, t: Tensor) -> Tensor:
        signal, noise = self._signal_noise(t, x_t)
        return (x_t - signal * x_0) / noise

    def ddim_step(self, x_t: Tensor, x_0: Tensor, t: Tensor, t_next: Tensor) -> Tensor:
        """Deterministic step to the lower level t_next; -1 is no noise at all (DDIM, arXiv:2010.02502, eq. 12, sigma 0)."""
        eps = self.eps_from_x0(x_t, x_0, t)
        done = (t_next < 0).reshape(-1, *[1] * (x_t.ndim - 1))
        return torch.where(done, x_0, self.add_noise(x_0, eps, t_next.clamp_min(0)))

    def timesteps(self, num_steps: int, start: int | None = None) -> list[int]:
        """`num_steps` levels from `start` (default: the noisiest) down, evenly spaced, to be followed by -1."""
        start = len(self) - 1 if start is None else start
        if num_steps < 1 or not 0 <= start < len(self):
            raise ValueError(f"{num_steps} steps from level {start} do not fit a schedule of {len(self)} levels.")
        return [round(start - i * (start + 1) / num_steps) for i in range(num_steps)]
