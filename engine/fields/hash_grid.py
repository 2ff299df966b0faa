"""Multi-resolution hash grid with a tiny MLP (Instant-NGP, arXiv:2201.05989) as one differentiable function.

`hash_mlp` is what fields call: numba kernels for float32 on a CPU, plain torch anywhere else. Both compute

    features = trilinear(table, points)     y = w2 relu(w1 features + b1) + b2     gradient = d y[0] / d points

and their derivatives. The spatial gradient is analytic, and differentiable itself, with respect to table and weights: normals cost one
more pass over the table instead of the six evaluations of finite differences (benchmarks/field_render.py has the figures).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...params import param
from ..numerics import array, check
from . import hash_grid_kernels, mlp_kernels

FEATURES = 2  # per level; the kernels are unrolled for it
_PRIMES = (1, 2654435761, 805459861)


@dataclass(frozen=True)
class HashGridParams:
    """The grid's size. 2^15 rows suffice for pictures of 64 to 128 pixels and stay in a CPU's cache; GPUs take 2^19."""

    levels: int = param(16, "Resolutions of the grid", min=1, max=24)
    log2_rows: int = param(15, "Rows of each level's table, as a power of two", min=8, max=22)
    coarsest: int = param(16, "Cells per axis of the coarsest level", min=2, max=64)
    finest: int = param(512, "Cells per axis of the finest level", min=16, max=8192)
    hidden: int = param(64, "Width of the MLP's hidden layer", min=8, max=256)

    @classmethod
    def for_cells(cls, finest: int) -> HashGridParams:
        """Levels a quarter apart up to `finest`, as many as Instant-NGP's 16 for 512 (arXiv:2201.05989, table 1: growth 1.26)."""
        coarsest = min(16, finest)
        return cls(levels=1 + round(math.log(finest / coarsest) / math.log(1.26)), coarsest=coarsest, finest=finest)

    def resolutions(self) -> np.ndarray:
        """int64 [L], cells per axis, in geometric progression."""
        if self.finest < self.coarsest:
            raise ValueError(f"finest ({self.finest}) must not be below coarsest ({self.coarsest}).")
        steps = np.arange(self.levels) / max(self.levels - 1, 1)
        return np.floor(self.coarsest * (self.finest / self.coarsest) ** steps + 1e-6).astype(np.int64)


def hash_mlp(
    points: Tensor,
    table: Tensor,
    w1: Tensor,
    b1: Tensor,
    w2: Tensor,
    b2: Tensor,
    resolutions: np.ndarray,
    gradient: bool = False,
    negligible: float = 0.0,
) -> tuple[Tensor, Tensor | None]:
    """(y [O, N], d y[0] / d points [N, 3] or None).

    points: [N, 3] in -1..1. table: [L, T, 2], T a power of two; only its first len(resolutions) levels are read. w1: [H, 2 L'] for
    the L' levels of resolutions, b1: [H], w2: [O, H], b2: [O]. Differentiable in all tensors; with gradient=True, not in the points. negligible: points whose gradient is below this share of the mean are left
    out of the backward pass where it is fast and the points need none (0: those without any, which changes nothing).
    Raises ValueError, naming the tensor, if shapes do not fit.
    """
    _check(points, table, w1, b1, w2, b2, resolutions)
    if gradient and points.requires_grad and torch.is_grad_enabled():
        raise ValueError("points must not require a gradient where the spatial gradient is asked for: detach them.")
    if points.device.type != "cpu" or table.dtype != torch.float32:
        return hash_mlp_reference(points, table, w1, b1, w2, b2, resolutions, gradient)
    y, slope = _HashMLP.apply(points, table, w1, b1, w2, b2, resolutions, gradient, negligible)
    return y, slope if gradient else None


def hash_mlp_reference(
    points: Tensor,
    table: Tensor,
    w1: Tensor,
    b1: Tensor,
    w2: Tensor,
    b2: Tensor,
    resolutions: np.ndarray,
    gradient: bool = False,
    negligible: float = 0.0,
) -> tuple[Tensor, Tensor | None]:
    """`hash_mlp` in plain torch: any device and dtype; it leaves nothing out."""
    rows, fraction, inside = _corners(points, table.shape[1], resolutions)  # [L, N, 8], [L, N, 3], [L, N, 3]
    levels = torch.arange(len(resolutions), device=points.device)[:, None, None]
    values = table[levels, rows]  # [L, N, 8, 2]
    bits = torch.tensor([[c & 1, c >> 1 & 1, c >> 2] for c in range(8)], device=points.device, dtype=torch.bool)
    share = torch.where(bits, fraction[..., None, :], 1.0 - fraction[..., None, :])  # [L, N, 8, 3]
    features = (share.prod(dim=-1, keepdim=True) * values).sum(dim=2)  # [L, N, 2]
    features = features.permute(0, 2, 1).reshape(-1, len(points))  # [2 L, N]
    before = torch.addmm(b1[:, None], w1, features)
    y = torch.addmm(b2[:, None], w2, torch.relu(before))
    if not gradient:
        return y, None
    slope = w1.T @ ((before > 0).to(w2.dtype) * w2[0][:, None])  # [2 L, N], d y[0] / d features
    pulled = (values * slope.reshape(len(resolutions), FEATURES, 1, -1).permute(0, 3, 2, 1)).sum(dim=-1)  # [L, N, 8]
    sign = torch.where(bits, 1.0, -1.0).to(points.dtype)
    others = torch.stack(
        [share[..., 1] * share[..., 2], share[..., 0] * share[..., 2], share[..., 0] * share[..., 1]], dim=-1
    )
    scale = 0.5 * torch.as_tensor(resolutions, device=points.device, dtype=points.dtype)[:, None, None]
    return y, ((others * sign * pulled[..., None]).sum(dim=2) * scale * inside).sum(dim=0)


def _corners(points: Tensor, size: int, resolutions: np.ndarray) -> tuple[Tensor, Tensor, Tensor]:
    """Table rows of the eight corners [L, N, 8], position within the cell [L, N, 3], whether it lies inside [L, N, 3] (0 or 1)."""
    res = torch.as_tensor(resolutions, device=points.device)[:, None, None]
    u = (points[None] + 1.0) * 0.5 * res.to(points.dtype)
    inside = ((u >= 0) & (u <= res)).to(points.dtype)
    u = torch.nan_to_num(u).clamp_min(0.0).minimum(res.to(points.dtype))
    cell = u.detach().long().minimum(res - 1)
    corner = torch.tensor([[c & 1, c >> 1 & 1, c >> 2] for c in range(8)], device=points.device)
    x, y, z = (cell[:, :, None, :] + corner).unbind(dim=-1)  # [L, N, 8]
    side = res + 1
    dense = x + side * (y + side * z)
    hashed = (x * _PRIMES[0] ^ y * _PRIMES[1] ^ z * _PRIMES[2]) & (size - 1)
    return torch.where(side**3 <= size, dense, hashed), u - cell.to(points.dtype), inside


class _HashMLP(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, points, table, w1, b1, w2, b2, resolutions, gradient, negligible):  # type: ignore[no-untyped-def]
        count = len(points)
        xyz, rows = array(points), array(table)
        weights = array(w1), array(b1), array(w2), array(b2)
        features = np.empty((w1.shape[1], count), np.float32)
        y = np.empty((w2.shape[0], count), np.float32)
        slope = np.empty((w1.shape[1], count) if gradient else (0, 0), np.float32)
        spatial = np.empty((count, 3) if gradient else (0, 3), np.float32)
        hash_grid_kernels.encode(xyz, rows, resolutions, features)
        mlp_kernels.forward(features, *weights, y, slope)
        if gradient:
            hash_grid_kernels.spatial_gradient(xyz, rows, resolutions, slope, spatial)
        ctx.save_for_backward(points, table, w1, b1, w2)
        ctx.kept = (features, slope, resolutions, gradient, negligible)
        return torch.from_numpy(y), torch.from_numpy(spatial)

    @staticmethod
    def backward(ctx: Any, grad_y, grad_spatial):  # type: ignore[no-untyped-def]
        points, table, w1, b1, w2 = ctx.saved_tensors
        features, slope, resolutions, gradient, negligible = ctx.kept
        xyz, rows, d_y = array(points), array(table), array(grad_y)
        directions = array(grad_spatial) if gradient else np.empty((0, 3), np.float32)
        hidden, inputs = w1.shape
        outputs, pieces = w2.shape[0], mlp_kernels.PIECES
        if ctx.needs_input_grad[0]:
            chosen = np.arange(len(xyz))
        else:  # most of a render's samples lie in front of the surface or behind it
            chosen = _significant(d_y, directions, negligible)
            xyz = xyz[chosen]
            if gradient:
                slope, directions = slope[:, chosen], directions[chosen]
        d_slope = np.empty(slope.shape, np.float32)
        if gradient:
            hash_grid_kernels.directional_derivative(xyz, rows, resolutions, directions, d_slope)
        d_features = np.empty((inputs, len(chosen)), np.float32)
        d_w1, d_b1 = np.zeros((pieces, hidden, inputs), np.float32), np.zeros((pieces, hidden), np.float32)
        d_w2, d_b2 = np.zeros((pieces, outputs, hidden), np.float32), np.zeros((pieces, outputs), np.float32)
        mlp_kernels.backward(
            features, chosen, array(w1), array(b1), array(w2), d_y, d_slope, d_features, d_w1, d_b1, d_w2, d_b2
        )
        d_table = d_points = None
        if ctx.needs_input_grad[1]:
            grown = np.zeros(tuple(table.shape), np.float32)
            if gradient:
                hash_grid_kernels.scatter_with_slopes(xyz, resolutions, d_features, slope, directions, grown)
            else:
                hash_grid_kernels.scatter(xyz, resolutions, d_features, grown)
            d_table = torch.from_numpy(grown)
        if ctx.needs_input_grad[0]:
            moved = np.empty((len(points), 3), np.float32)
            hash_grid_kernels.spatial_gradient(xyz, rows, resolutions, d_features, moved)
            d_points = torch.from_numpy(moved)
        sums = (torch.from_numpy(g.sum(axis=0)) for g in (d_w1, d_b1, d_w2, d_b2))
        return d_points, d_table, *sums, None, None, None


def _significant(grad_y: np.ndarray, grad_spatial: np.ndarray, negligible: float) -> np.ndarray:
    """Points, int64 [M] ascending, whose gradient is not negligible. grad_y: [O, N]; grad_spatial: [N, 3] or [0, 3]."""
    taken = _stands_out(grad_y.T, negligible)
    if len(grad_spatial):
        taken |= _stands_out(grad_spatial, negligible)
    return np.flatnonzero(taken)


def _stands_out(gradient: np.ndarray, negligible: float) -> np.ndarray:
    """bool [N]: rows of [N, C] whose absolute sum is above that share of the mean of all rows'. NaN stands out."""
    size = np.abs(gradient).sum(axis=1)
    return ~(size <= negligible * size.mean(dtype=np.float64))


def _check(
    points: Tensor, table: Tensor, w1: Tensor, b1: Tensor, w2: Tensor, b2: Tensor, resolutions: np.ndarray
) -> None:
    dtype = table.dtype
    check("points", points, (None, 3), dtype)
    check("table", table, (None, None, FEATURES), dtype)
    rows = table.shape[1]
    if rows & (rows - 1) or rows == 0:
        raise ValueError(f"table must have a power of two of rows, not {rows}.")
    if not 1 <= len(resolutions) <= len(table):
        raise ValueError(f"resolutions must name 1 to {len(table)} levels, as table has, not {len(resolutions)}.")
    hidden = w1.shape[0]
    check("w1", w1, (None, FEATURES * len(resolutions)), dtype)
    check("b1", b1, (hidden,), dtype)
    check("w2", w2, (None, hidden), dtype)
    check("b2", b2, (w2.shape[0],), dtype)
