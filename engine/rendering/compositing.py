"""Volume rendering along packed rays, with exact derivatives.

    T_i = exp(-sum_{j < i} sigma_j delta_j)    w_i = T_i (1 - exp(-sigma_i delta_i))    out = sum_i w_i value_i

(Max 1995; NeRF, arXiv:2003.08934, eq. 3). A ray ends once T is below `STOP`; what lies behind has no weight and no gradient.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from numba import prange
from torch import Tensor

from ..numerics import array, check, kernel
from .ray_sampling import RAYS_PER_TASK, STOP


def composite(sigma: Tensor, delta: Tensor, values: Tensor, offsets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(sums [C, R], alpha [R], weights [N]) of C values per sample.

    sigma, delta: [N]. values: [C, N]. offsets: int64 [R + 1], ray r owns samples offsets[r] to offsets[r + 1]. Differentiable in sigma
    and values through sums and alpha; weights carry no gradient. Raises ValueError, naming the tensor, if shapes do not fit.
    """
    dtype = sigma.dtype
    check("sigma", sigma, (None,), dtype)
    check("delta", delta, (len(sigma),), dtype)
    check("values", values, (None, len(sigma)), dtype)
    check("offsets", offsets, (None,), torch.int64)
    if len(offsets) < 1 or int(offsets[-1]) != len(sigma):
        raise ValueError(f"offsets must end with sigma's length {len(sigma)}, not {offsets[-1:].tolist()}.")
    if sigma.device.type != "cpu" or dtype != torch.float32:
        return composite_reference(sigma, delta, values, offsets)
    return _Composite.apply(sigma, delta, values, offsets)


def composite_reference(sigma: Tensor, delta: Tensor, values: Tensor, offsets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """`composite` in plain torch: any device and dtype. Pads rays to the longest one."""
    counts = offsets.diff()
    rays, most = len(counts), int(counts.max()) if len(counts) else 0
    ray = torch.repeat_interleave(torch.arange(rays, device=sigma.device), counts)
    place = torch.arange(len(sigma), device=sigma.device) - offsets[:-1][ray]
    depth = sigma.new_zeros(rays, most + 1).index_put((ray, place + 1), sigma * delta)
    light = torch.exp(-depth.cumsum(dim=1))  # [R, S + 1], T before each sample
    before, after = light[ray, place], light[ray, place + 1]
    weights = torch.where(before >= STOP, before - after, torch.zeros_like(before))
    sums = sigma.new_zeros(len(values), rays).index_add(1, ray, values * weights)
    alpha = sigma.new_zeros(rays).index_add(0, ray, weights)
    return sums, alpha, weights.detach()


class _Composite(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, sigma, delta, values, offsets):  # type: ignore[no-untyped-def]
        rays = len(offsets) - 1
        sums = np.empty((len(values), rays), np.float32)
        alpha, weights = np.empty(rays, np.float32), np.empty(len(sigma), np.float32)
        _forward(array(sigma), array(delta), array(values), array(offsets), sums, alpha, weights)
        ctx.save_for_backward(sigma, delta, values, offsets)
        found = torch.from_numpy(weights)
        ctx.mark_non_differentiable(found)
        return torch.from_numpy(sums), torch.from_numpy(alpha), found

    @staticmethod
    def backward(ctx: Any, grad_sums, grad_alpha, _):  # type: ignore[no-untyped-def]
        sigma, delta, values, offsets = ctx.saved_tensors
        d_sigma, d_values = np.empty(len(sigma), np.float32), np.empty(tuple(values.shape), np.float32)
        _backward(
            array(sigma),
            array(delta),
            array(values),
            array(offsets),
            array(grad_sums),
            array(grad_alpha),
            d_sigma,
            d_values,
        )
        return torch.from_numpy(d_sigma), None, torch.from_numpy(d_values), None


@kernel
def _forward(sigma, delta, values, offsets, sums, alpha, weights):  # type: ignore[no-untyped-def]
    channels, rays = sums.shape
    for task in prange((rays + RAYS_PER_TASK - 1) // RAYS_PER_TASK):
        total = np.empty(channels)
        for r in range(task * RAYS_PER_TASK, min(rays, (task + 1) * RAYS_PER_TASK)):
            total[:] = 0.0
            light = 1.0
            for n in range(offsets[r], offsets[r + 1]):
                if light < STOP:
                    weights[n] = 0.0
                    continue
                passed = math.exp(-np.float64(sigma[n]) * delta[n])
                w = light * (1.0 - passed)
                light *= passed
                weights[n] = w
                for c in range(channels):
                    total[c] += w * values[c, n]
            alpha[r] = 1.0 - light
            for c in range(channels):
                sums[c, r] = total[c]


@kernel
def _backward(sigma, delta, values, offsets, grad_sums, grad_alpha, grad_sigma, grad_values):  # type: ignore[no-untyped-def]
    """d out / d sigma_i = delta_i (T_{i+1} g_i - sum_{j > i} w_j g_j), where g_i = d out / d w_i."""
    channels, rays = grad_sums.shape
    for task in prange((rays + RAYS_PER_TASK - 1) // RAYS_PER_TASK):
        for r in range(task * RAYS_PER_TASK, min(rays, (task + 1) * RAYS_PER_TASK)):
            light, behind = 1.0, 0.0
            end = offsets[r]
            for n in range(offsets[r], offsets[r + 1]):
                if light < STOP:
                    break
                end = n + 1
                passed = math.exp(-np.float64(sigma[n]) * delta[n])
                w = light * (1.0 - passed)
                light *= passed
                g = np.float64(grad_alpha[r])
                for c in range(channels):
                    g += grad_sums[c, r] * values[c, n]
                behind += w * g
            light = 1.0
            for n in range(offsets[r], end):
                passed = math.exp(-np.float64(sigma[n]) * delta[n])
                w = light * (1.0 - passed)
                light *= passed
                g = np.float64(grad_alpha[r])
                for c in range(channels):
                    g += grad_sums[c, r] * values[c, n]
                    grad_values[c, n] = w * grad_sums[c, r]
                behind -= w * g
                grad_sigma[n] = delta[n] * (light * g - behind)
            for n in range(end, offsets[r + 1]):
                grad_sigma[n] = 0.0
                for c in range(channels):
                    grad_values[c, n] = 0.0
