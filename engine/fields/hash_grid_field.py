"""A radiance field: a start (blob or draft) plus a hash grid with a tiny MLP."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from ..numerics import check
from .base import Field, FieldSamples, outward
from .hash_grid import FEATURES, HashGridParams, hash_mlp
from .starts import Blob, Start


class HashGridField(Field):
    """sigma = density_scale * softplus(mlp + start), albedo = sigmoid(mlp + start), linear RGB.

    The MLP's last layer starts at zero, so the untrained field is exactly its start. `grid_parameters` and `mlp_parameters` are
    apart because methods give them different rates. `negligible` is `hash_mlp`'s: exact unless a method sets it.
    """

    active_levels: Tensor

    def __init__(
        self, start: Start | None = None, params: HashGridParams | None = None, rng: torch.Generator | None = None
    ) -> None:
        """rng: draws the initial table and first layer (torch's global generator if None)."""
        super().__init__()
        self.params = params or HashGridParams()
        self.start = start or Blob()
        self._resolutions = self.params.resolutions()
        width, inputs = self.params.hidden, FEATURES * self.params.levels
        # Instant-NGP draws +-1e-4; with a last layer at zero a larger range is safe, and space is told apart from the first step on.
        self.table = nn.Parameter(_uniform((self.params.levels, 2**self.params.log2_rows, FEATURES), 0.1, rng))
        self.w1 = nn.Parameter(_uniform((width, inputs), math.sqrt(6.0 / inputs), rng))
        self.b1 = nn.Parameter(torch.zeros(width))
        self.w2 = nn.Parameter(torch.zeros(4, width))
        self.b2 = nn.Parameter(torch.zeros(4))
        self.negligible = 0.0
        self.register_buffer("active_levels", torch.tensor(self.params.levels))

    @property
    def density_scale(self) -> float:
        return self.start.density_scale

    def grid_parameters(self) -> list[nn.Parameter]:
        return [self.table]

    def mlp_parameters(self) -> list[nn.Parameter]:
        return [self.w1, self.b1, self.w2, self.b2]

    def set_active_levels(self, count: int) -> None:
        """Use only the `count` coarsest levels (progressive training; fewer are faster). Kept in the state dict."""
        if not 1 <= count <= self.params.levels:
            raise ValueError(f"active levels must be 1 to {self.params.levels}, not {count}.")
        self.active_levels.fill_(count)

    def evaluate(self, points: Tensor, normals: bool = False) -> FieldSamples:
        logits, gradient = self._logits(points, normals, outputs=4)
        sigma = self.density_scale * softplus(logits[0])
        albedo = torch.sigmoid(logits[1:]).T
        return FieldSamples(sigma, albedo, None if gradient is None else outward(gradient))

    def density(self, points: Tensor) -> Tensor:
        return self.density_scale * softplus(self.density_logit(points))

    def density_logit(self, points: Tensor) -> Tensor:
        """[N], before the softplus: nearly linear across a surface, hence better than sigma for iso-surfaces."""
        return self._logits(points, False, outputs=1)[0][0]

    def change(self, points: Tensor) -> Tensor:
        """[4, N]: what training has added to the start's logits, density first. Differentiable."""
        return self._added(points, False, outputs=4)[0]

    def _logits(self, points: Tensor, gradient: bool, outputs: int) -> tuple[Tensor, Tensor | None]:
        added, slope = self._added(points, gradient, outputs)
        base, base_slope = self.start(points, gradient)
        if slope is None or base_slope is None:
            return added + base[:outputs], None
        return added + base[:outputs], slope + base_slope

    def _added(self, points: Tensor, gradient: bool, outputs: int) -> tuple[Tensor, Tensor | None]:
        """What the network adds to the start's logits, [outputs, N], and the gradient of its first row."""
        check("points", points, (None, 3))
        levels = int(self.active_levels)
        w1 = self.w1[:, : FEATURES * levels]
        return hash_mlp(
            points, self.table, w1, self.b1, self.w2[:outputs], self.b2[:outputs], self._resolutions[:levels], gradient,
            self.negligible,
        )  # fmt: skip


def _uniform(shape: tuple[int, ...], limit: float, rng: torch.Generator | None) -> Tensor:
    device = None if rng is None else rng.device
    return limit * (2.0 * torch.rand(shape, generator=rng, device=device) - 1.0)
