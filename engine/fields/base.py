"""What a field is: points in, density and colour out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ..numerics import check


@dataclass(frozen=True)
class FieldSamples:
    """sigma: [N], per engine unit. albedo: [N, 3], linear RGB in 0..1. normals: [N, 3], unit, outwards (zero where flat), or None."""

    sigma: Tensor
    albedo: Tensor
    normals: Tensor | None = None


class Field(nn.Module):
    """A radiance field over the unit sphere. Points are float32 [N, 3], engine space."""

    def evaluate(self, points: Tensor, normals: bool = False) -> FieldSamples:
        """Everything a renderer needs of the points in one evaluation; differentiable in the field's parameters."""
        raise NotImplementedError

    def density(self, points: Tensor) -> Tensor:
        """sigma [N]."""
        return self.evaluate(points).sigma

    def normals(self, points: Tensor) -> Tensor:
        """Unit outward normals [N, 3]: down the density's gradient."""
        found = self.evaluate(points, normals=True).normals
        assert found is not None
        return found

    def forward(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """(sigma [N], albedo [N, 3])."""
        samples = self.evaluate(points)
        return samples.sigma, samples.albedo


def outward(gradient: Tensor) -> Tensor:
    """Unit normals [N, 3] down a gradient [N, 3]; zero (and with a finite derivative) where the gradient vanishes."""
    return -gradient / torch.sqrt((gradient * gradient).sum(dim=-1, keepdim=True) + 1e-8)


def finite_difference_gradient(value: Callable[[Tensor], Tensor], points: Tensor, step: float) -> Tensor:
    """Gradient [N, 3] of value ([N, 3] -> [N]) by central differences: six evaluations, in one call."""
    check("points", points, (None, 3), None)
    offsets = torch.eye(3, dtype=points.dtype, device=points.device) * step
    around = torch.cat([points[None] + offsets[:, None], points[None] - offsets[:, None]])  # [6, N, 3]
    found = value(around.reshape(-1, 3)).reshape(2, 3, -1)
    return ((found[0] - found[1]) / (2.0 * step)).T
