"""The differentiable volume renderer: a field seen by cameras."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ..fields.base import Field
from ..numerics import check
from .cameras import Cameras
from .compositing import composite
from .occupancy import Occupancy
from .ray_sampling import RaySampling, sample_rays
from .shading import Light, Shading, shade

RAYS_AT_ONCE = 1 << 15  # without gradients a large picture is drawn in parts: bounds the memory


@dataclass(frozen=True)
class RenderedViews:
    """rgb: [B, 3, H, W], linear, over the background (over black if there was none). alpha: [B, 1, H, W].

    depth: [B, 1, H, W], mean distance along the ray of what was hit, 0 where nothing was. normal: [B, 3, H, W], world, weighted by
    opacity (shorter than 1 where transparent), or None. orientation: scalar, mean over rays of sum_i sg(w_i) max(0, n_i . d)^2
    (DreamFusion's loss against normals that face away), or None. weights: [N], samples' weights (no gradient). num_samples: N.
    """

    rgb: Tensor
    alpha: Tensor
    depth: Tensor
    normal: Tensor | None
    orientation: Tensor | None
    weights: Tensor

    @property
    def num_samples(self) -> int:
        return len(self.weights)

    def sparsity(self) -> Tensor:
        """mean sqrt(alpha^2 + .01): as little matter as the pictures need (DreamFusion, appendix A)."""
        return torch.sqrt(self.alpha.square() + 0.01).mean()

    def opacity_entropy(self) -> Tensor:
        """Mean binary entropy of alpha, nats: pixels should be matter or background, not fog."""
        a = self.alpha.clamp(1e-3, 1.0 - 1e-3)
        return -(a * a.log() + (1.0 - a) * (1.0 - a).log()).mean()


def render(
    field: Field,
    cameras: Cameras,
    height: int,
    width: int,
    occupancy: Occupancy,
    background: Tensor | None = None,
    shading: Shading = "albedo",
    light: Light | None = None,
    rng: torch.Generator | None = None,
    sampling: RaySampling | None = None,
    normals: bool | None = None,
) -> RenderedViews:
    """Draw B views of a field in the unit sphere; differentiable in the field's parameters and the background.

    background: [B, 3], linear. rng: jitters the samples, one number drawn per view, so that a view's pixels depend on no other view;
    None puts samples in the middle of their bins. normals: also composite normals and the orientation loss (None: if the shading
    needs them). Raises ValueError, naming the tensor, if a shape does not fit.
    """
    views = len(cameras)
    if background is not None:
        check("background", background, (views, 3))
    if light is not None and len(light.position) != views:
        raise ValueError(f"light.position must be [{views}, 3] like the cameras, not {list(light.position.shape)}.")
    seeds = None
    if rng is not None:
        seeds = torch.cat([torch.randint(1 << 31, (1,), generator=rng, device=rng.device) for _ in range(views)])
    with_normals = shading != "albedo" if normals is None else normals or shading != "albedo"
    origins, directions = (rays.reshape(-1, 3) for rays in cameras.rays(height, width))
    pixels = torch.arange(height * width, device=cameras.device).repeat(views)
    view = torch.arange(views, device=cameras.device).repeat_interleave(height * width)
    ray_seeds = None if seeds is None else seeds.to(cameras.device)[view]
    at_once = len(origins) if torch.is_grad_enabled() else RAYS_AT_ONCE
    parts = []
    for first in range(0, len(origins), at_once):
        some = slice(first, first + at_once)
        samples = sample_rays(
            origins[some], directions[some], occupancy, sampling or RaySampling(),
            None if ray_seeds is None else ray_seeds[some], None if ray_seeds is None else pixels[some],
        )  # fmt: skip
        found = field.evaluate(samples.points, with_normals)
        color = shade(shading, found.albedo, found.normals, samples.points, view[some][samples.ray], light)
        channels = [color.T, samples.t[None]]
        if found.normals is not None and with_normals:
            channels.append(found.normals.T)
        sums, alpha, weights = composite(found.sigma, samples.delta, torch.cat(channels), samples.offsets)
        facing_away = sums.new_zeros(())
        if found.normals is not None and with_normals:
            away = torch.relu((found.normals * directions[some][samples.ray]).sum(dim=-1))
            facing_away = (weights * away.square()).sum()
        parts.append((sums, alpha, weights, facing_away))
    sums, alpha, weights = (torch.cat([part[i] for part in parts], dim=-1) for i in range(3))
    image = sums.reshape(-1, views, height, width).transpose(0, 1)  # [B, C, H, W]
    alpha = alpha.reshape(views, 1, height, width)
    rgb = image[:, :3]
    if background is not None:
        rgb = rgb + (1.0 - alpha) * background[:, :, None, None]
    return RenderedViews(
        rgb=rgb.contiguous(),
        alpha=alpha,
        depth=image[:, 3:4] / alpha.clamp_min(1e-3),  # thinner than that, a mean is noise: it fades to 0
        normal=image[:, 4:7] if with_normals else None,
        orientation=torch.stack([part[3] for part in parts]).sum() / len(origins) if with_normals else None,
        weights=weights,
    )
