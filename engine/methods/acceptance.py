"""Whether a refined shape may replace the draft that it came from.

A prior can melt a sound draft; so a refinement is kept only if it hangs together at least as well, keeps the draft's
silhouettes broadly, is as long as it in every direction, and agrees with the prior (which knows the view) no worse than the draft did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ..guidance.score_distillation import few_step_target
from ..priors.base import Conditioning, Prior
from ..rendering.cameras import Cameras, ring

SILHOUETTE_IOU = 0.70
DISAGREEMENT_RATIO = 1.05
LEAST_SPAN = (
    0.85  # of the draft's: where a trunk or a leg comes off, silhouettes hardly change and the rest is in one piece
)
NUM_VIEWS = 8
ELEVATIONS_DEG = (10.0, 35.0)


@dataclass(frozen=True)
class Verdict:
    """accepted, and why, in words for the log and the recipe."""

    accepted: bool
    reasons: tuple[str, ...]

    def sentence(self) -> str:
        return ("refinement kept: " if self.accepted else "refinement left out, the draft stands: ") + "; ".join(
            self.reasons
        )


def fixed_views(device: torch.device | str) -> Cameras:
    """Eight views around the object, two elevations, the same for both shapes."""
    return ring(NUM_VIEWS, ELEVATIONS_DEG, device)


def silhouette_iou(a: Tensor, b: Tensor) -> float:
    """Mean over views of intersection over union of alphas [B, H, W] at one half; two empty views agree."""
    if a.shape != b.shape:
        raise ValueError(f"alphas differ in shape: {list(a.shape)} and {list(b.shape)}")
    a, b = a > 0.5, b > 0.5
    union = (a | b).flatten(1).sum(1).float()
    both = (a & b).flatten(1).sum(1).float()
    return float(torch.where(union > 0, both / union.clamp(min=1.0), torch.ones_like(union)).mean())


@torch.no_grad()
def disagreement(prior: Prior, rgb: Tensor, cameras: Cameras, text: object, background: Tensor, seed: int = 0) -> float:
    """How far the prior moves fixed albedo renders [B, 3, H, W] from middle noise: mean squared distance over 2 levels.

    Weak where the view does not fit the shape, for a prior that conditions on cameras. Lower is better.
    """
    rng = torch.Generator(device=rgb.device).manual_seed(seed)
    x = prior.encode(rgb)
    conditioning = Conditioning(text=text, cameras=cameras, shading="albedo", background=background, num_views=1)
    total = 0.0
    for share in (0.35, 0.6):
        level = int(share * len(prior.schedule.alphas_cumprod))
        t = torch.full((len(x),), level, dtype=torch.long, device=x.device)
        eps = torch.randn(x.shape, generator=rng, device=x.device)
        total += float((few_step_target(prior, x, t, eps, conditioning, 1.0, 1) - x).square().mean())
    return total / 2.0


def judge(
    components: tuple[int, int],
    iou: float,
    disagreements: tuple[float, float] | None,
    spans: tuple[Sequence[float], Sequence[float]],
    iou_floor: float = SILHOUETTE_IOU,
) -> Verdict:
    """components, disagreements, spans: (draft, refined). disagreements None for a prior that was not asked; spans: width, depth and
    height, in engine units."""
    reasons = [f"parts {components[0]} -> {components[1]}", f"silhouette overlap {iou:.2f}"]
    accepted = components[1] <= components[0] and iou >= iou_floor
    left = min(refined / max(draft, 1e-6) for draft, refined in zip(*spans, strict=True))
    if left < LEAST_SPAN:
        reasons.append(f"a part came off: {left:.0%} of its length is left")
        accepted = False
    if disagreements is not None:
        before, after = disagreements
        reasons.append(f"distance to the prior {before:.4f} -> {after:.4f}")
        accepted = accepted and after <= before * DISAGREEMENT_RATIO
    return Verdict(accepted, tuple(reasons))
