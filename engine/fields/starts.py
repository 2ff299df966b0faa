"""Where a field starts: logits of density and albedo to which the network, zero at first, adds.

A start turns points [N, 3] into logits [4, N]: row 0 is the density's (sigma = density_scale * softplus(logit)), rows 1 to 3 are
the albedo's (albedo = sigmoid(logit)). Starts have no parameters to train.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numba import prange
from scipy.ndimage import distance_transform_edt
from torch import Tensor, nn

from ..numerics import array, check, finite, kernel


class Start(nn.Module):
    density_scale: float = 1.0

    def forward(self, points: Tensor, gradient: bool = False) -> tuple[Tensor, Tensor | None]:
        """(logits [4, N], gradient of the density's logit [N, 3] or None) at points [N, 3]."""
        raise NotImplementedError


class Blob(Start):
    """DreamFusion's start: `peak (1 - r / radius)` before the softplus, grey (arXiv:2209.14988, appendix A)."""

    def __init__(self, peak: float = 10.0, radius: float = 0.5, density_scale: float = 1.0) -> None:
        super().__init__()
        if radius <= 0.0 or density_scale <= 0.0:
            raise ValueError(f"radius and density_scale must be positive, not {radius} and {density_scale}.")
        self.peak, self.radius, self.density_scale = peak, radius, density_scale

    def forward(self, points: Tensor, gradient: bool = False) -> tuple[Tensor, Tensor | None]:
        r = torch.sqrt((points * points).sum(dim=-1) + 1e-12)
        logit = self.peak * (1.0 - r / self.radius)
        zero = torch.zeros_like(logit)
        slope = -(self.peak / self.radius) * points / r[:, None] if gradient else None
        return torch.stack([logit, zero, zero, zero]), slope


OUTSIDE = 3.0  # slope of a draft's logit outside of the surface, relative to inside


class GridStart(Start):
    """A draft as a start: with a network that adds nothing, the field is the draft.

    sdf: float32 [R, R, R], engine units, negative inside, samples at the voxel centres of [-1, 1]^3, index order [x, y, z]; it may be
    truncated. albedo: float32 [R, R, R, 3], linear RGB. width: engine units; the density's logit is -sdf / width inside and
    `OUTSIDE` times that outside, and density_scale is 1 / width. Rays that meet the surface lose half of their light about where sdf
    is 0. The steeper outside is for rays that graze it: they run through its haze for long, which would widen the silhouette by
    3 widths, and so makes it less than one. Raises ValueError, naming the array.
    """

    logits: Tensor

    def __init__(self, sdf: Any, albedo: Any, width: float = 0.02) -> None:
        super().__init__()
        sdf, albedo = torch.as_tensor(sdf), torch.as_tensor(albedo)
        check("sdf", sdf, (None, None, None), None)
        if len(set(sdf.shape)) != 1 or sdf.shape[0] < 2:
            raise ValueError(f"sdf must be a cube of at least 2^3 samples, not {list(sdf.shape)}.")
        check("albedo", albedo, (*sdf.shape, 3), None)
        finite("sdf", sdf)
        finite("albedo", albedo)
        if width <= 0.0:
            raise ValueError(f"width must be positive, not {width}.")
        self.density_scale = 1.0 / width
        distance = _untruncated(sdf.cpu().numpy().astype(np.float32))
        # float16 has 1e-3 near 1: nearer to the ends, a logit would only be hard to move
        colour = torch.logit(albedo.float().clamp(1e-3, 1.0 - 1e-3))
        logits = torch.cat([torch.from_numpy(-distance / width)[..., None], colour.cpu()], dim=-1)
        self.register_buffer("logits", logits.contiguous())  # [R, R, R, 4]

    def forward(self, points: Tensor, gradient: bool = False) -> tuple[Tensor, Tensor | None]:
        check("points", points, (None, 3))
        if points.device.type != "cpu" or points.requires_grad:
            return self.reference(points, gradient)
        values = np.empty((4, len(points)), np.float32)
        slope = np.empty((len(points) if gradient else 0, 3), np.float32)
        _trilinear(array(points), array(self.logits), values, slope)
        return torch.from_numpy(values), torch.from_numpy(slope) if gradient else None

    def reference(self, points: Tensor, gradient: bool = False) -> tuple[Tensor, Tensor | None]:
        """`forward` in plain torch: any device, differentiable in the points."""
        size = self.logits.shape[0]
        u = (points + 1.0) * (0.5 * size) - 0.5
        inside = ((u >= 0) & (u <= size - 1)).to(points.dtype)
        u = u.clamp(0.0, size - 1.0)
        cell = u.detach().long().clamp_max(size - 2)
        f = u - cell.to(points.dtype)  # [N, 3]
        values, slopes = points.new_zeros(len(points), 4), points.new_zeros(len(points), 3)
        for corner in range(8):
            bit = (corner & 1, corner >> 1 & 1, corner >> 2)
            at = self.logits[cell[:, 0] + bit[0], cell[:, 1] + bit[1], cell[:, 2] + bit[2]]  # [N, 4]
            x, y, z = (f[:, k] if bit[k] else 1.0 - f[:, k] for k in range(3))
            sx, sy, sz = (1.0 if b else -1.0 for b in bit)
            values = values + (x * y * z)[:, None] * at
            slopes = slopes + torch.stack([sx * y * z, sy * x * z, sz * x * y], dim=-1) * at[:, :1]
        steeper = torch.where(values[:, :1] < 0, OUTSIDE, 1.0).to(points.dtype)
        values = torch.cat([values[:, :1] * steeper, values[:, 1:]], dim=1)
        return values.T, slopes * inside * steeper * (0.5 * size) if gradient else None


def _untruncated(sdf: np.ndarray) -> np.ndarray:
    """The distance continued outside its truncation, so that far from the object there is nothing, not a thin fog.

    Beyond the largest value found, the Euclidean distance to the band is added; inside, the truncated value is dense enough.
    """
    limit = float(sdf.max())
    if limit <= 0.0:
        return sdf
    beyond = sdf >= limit * 0.999
    if beyond.all():
        raise ValueError("sdf has no surface: the draft is empty.")
    return sdf + np.where(beyond, distance_transform_edt(beyond) * (2.0 / len(sdf)), 0.0).astype(np.float32)


@kernel
def _trilinear(points, grid, values, slope):  # type: ignore[no-untyped-def]
    """values [4, N] at points [N, 3] of grid [R, R, R, 4]; slope [N, 3] of channel 0 unless it is empty."""
    count, size = points.shape[0], grid.shape[0]
    blocks = (count + 4095) // 4096
    one, zero, top = np.float32(1.0), np.float32(0.0), np.float32(size - 1)
    scale = np.float32(0.5 * size)
    for block in prange(blocks):
        for n in range(block * 4096, min(count, (block + 1) * 4096)):
            ux = (points[n, 0] + one) * scale - np.float32(0.5)
            uy = (points[n, 1] + one) * scale - np.float32(0.5)
            uz = (points[n, 2] + one) * scale - np.float32(0.5)
            in_x, in_y, in_z = zero <= ux <= top, zero <= uy <= top, zero <= uz <= top
            ux = (ux if ux < top else top) if ux > zero else zero  # NaN becomes 0: it must never become an index
            uy = (uy if uy < top else top) if uy > zero else zero
            uz = (uz if uz < top else top) if uz > zero else zero
            i, j, k = min(np.int64(ux), size - 2), min(np.int64(uy), size - 2), min(np.int64(uz), size - 2)
            fx, fy, fz = ux - np.float32(i), uy - np.float32(j), uz - np.float32(k)
            gx, gy, gz = one - fx, one - fy, one - fz
            steeper = one
            for c in range(4):
                a = gz * grid[i, j, k, c] + fz * grid[i, j, k + 1, c]
                b = gz * grid[i + 1, j, k, c] + fz * grid[i + 1, j, k + 1, c]
                d = gz * grid[i, j + 1, k, c] + fz * grid[i, j + 1, k + 1, c]
                e = gz * grid[i + 1, j + 1, k, c] + fz * grid[i + 1, j + 1, k + 1, c]
                value = gy * (gx * a + fx * b) + fy * (gx * d + fx * e)
                if c == 0 and value < zero:
                    steeper = np.float32(OUTSIDE)
                    value *= steeper
                values[c, n] = value
                if c == 0 and slope.shape[0] > 0:
                    v0, v1 = grid[i, j, k, 0], grid[i + 1, j, k, 0]
                    v2, v3 = grid[i, j + 1, k, 0], grid[i + 1, j + 1, k, 0]
                    v4, v5 = grid[i, j, k + 1, 0], grid[i + 1, j, k + 1, 0]
                    v6, v7 = grid[i, j + 1, k + 1, 0], grid[i + 1, j + 1, k + 1, 0]
                    slope[n, 0] = steeper * scale * (gy * (b - a) + fy * (e - d)) if in_x else zero
                    slope[n, 1] = steeper * scale * (gx * (d - a) + fx * (e - b)) if in_y else zero
                    low = gy * (gx * v0 + fx * v1) + fy * (gx * v2 + fx * v3)
                    high = gy * (gx * v4 + fx * v5) + fy * (gx * v6 + fx * v7)
                    slope[n, 2] = steeper * scale * (high - low) if in_z else zero
