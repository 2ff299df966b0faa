"""The optimisation itself: a prior's score shapes a radiance field. Knows no prompts, drafts, meshes or files."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..color import linear_to_srgb
from ..fields.hash_grid_field import HashGridField
from ..fields.starts import GridStart
from ..guidance.annealing import NoiseRange
from ..guidance.score_distillation import (
    few_step_target,
    gradient_as_loss,
    score_distillation_gradient,
    target_loss,
)
from ..priors.base import Conditioning, Prior
from ..rendering.cameras import Cameras, OrbitRange, orbit, random_orbit
from ..rendering.occupancy import Occupancy
from ..rendering.ray_sampling import RaySampling
from ..rendering.shading import Light, Shading, random_light
from ..rendering.volume import RenderedViews, render
from .context import JobContext
from .settings import DreamFusionParams

OCCUPANCY_EVERY = 16
CHECKPOINT_EVERY_S = 15.0
PREVIEW_EVERY_S = 2.5
KEPT_POINTS = 4096
# Pixels of a step are off by .6 % on average (16 samples: .4 %), which drowns in the noise that the prior is shown.
SAMPLING = RaySampling(samples=12)
# Of a solid's samples three fifths, in front of the surface and behind it, carry a thousandth of the gradient: they are left out.
NEGLIGIBLE = 0.02


@dataclass
class Distillation:
    """One run, resumable: field, optimiser, random state and the step it is at.

    held: what else belongs into every checkpoint (the draft that the field started from).
    """

    field: HashGridField
    prior: Prior
    text: Any
    params: DreamFusionParams
    orbit: OrbitRange
    seed: int
    occupancy: Occupancy
    optimizer: torch.optim.Optimizer
    rng: torch.Generator
    step: int = 0
    prior_s: float = 0.0
    total_s: float = 0.0
    held: dict[str, Any] = dataclass_field(default_factory=dict)

    @classmethod
    def begin(
        cls,
        field: HashGridField,
        prior: Prior,
        text: Any,
        params: DreamFusionParams,
        within: OrbitRange,
        seed: int,
        device: str,
    ) -> Distillation:
        """A fresh run. Everything random comes from `seed`."""
        optimizer = torch.optim.Adam(
            [
                {"params": field.grid_parameters(), "lr": params.field_rate},
                {"params": field.mlp_parameters(), "lr": params.network_rate},
            ],
            betas=(0.9, 0.99),
            eps=1e-15,
            fused=True,
        )
        field.negligible = NEGLIGIBLE
        rng = torch.Generator(device=device).manual_seed(seed)
        return cls(field, prior, text, params, within, seed, Occupancy.from_field(field), optimizer, rng)

    def state(self) -> dict[str, Any]:
        """All that a killed worker needs to go on exactly here."""
        return {
            "step": self.step,
            "field": self.field.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "occupancy": self.occupancy.state_dict(),
            "rng": self.rng.get_state(),
        }

    def resume(self, state: dict[str, Any]) -> None:
        """Go on from `state()`."""
        self.step = int(state["step"])
        self.field.load_state_dict(state["field"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.occupancy.load_state_dict(state["occupancy"])
        self.rng.set_state(state["rng"])

    @property
    def progress(self) -> float:
        return self.step / max(1, self.params.iterations)

    def run(self, context: JobContext, first: float, last: float) -> None:
        """Optimise to the end, telling progress between the fractions `first` and `last`, with previews and checkpoints."""
        started = time.monotonic()
        shown = started
        saved = -math.inf  # the first step is kept: all that came before it (drafts, warm-up) need not be done again
        while self.step < self.params.iterations:
            context.progress(first + (last - first) * self.progress, "Distilling")
            loss = self.one_step(context)
            now = time.monotonic()
            if not math.isfinite(loss):
                raise FloatingPointError(f"the loss became {loss} at step {self.step}")
            if now - shown > PREVIEW_EVERY_S:
                shown = now
                context.preview(self.picture())
            if now - saved > CHECKPOINT_EVERY_S:
                saved = now
                context.save_checkpoint({"distillation": self.state(), **self.held})
        self.total_s += time.monotonic() - started

    def one_step(self, context: JobContext | None = None) -> float:
        """One iteration; the loss."""
        p = self.params
        if self.step % OCCUPANCY_EVERY == 0:
            self.occupancy.update(self.field, self.rng)
        size = p.fine_resolution if self.progress >= 1.0 - p.fine_share else p.resolution
        cameras = random_orbit(self.rng, p.views, self.orbit)
        shading, lit = self._shading()
        background = self._background(p.views)
        views = render(
            self.field, cameras, size, size, self.occupancy, background, shading,
            self._light(cameras) if shading != "albedo" else None, self.rng, SAMPLING,
        )  # fmt: skip
        x = self.prior.encode(views.rgb)
        conditioning = Conditioning(
            text=self.text,
            cameras=cameras,
            shading="lit" if lit else "albedo",
            background=background,
            num_views=p.views,
        )
        if context is not None:
            context.check_cancelled()
        loss = self._score_loss(x, conditioning) + self._regularisers(views)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.step += 1
        return float(loss.detach())

    def _score_loss(self, x: Tensor, conditioning: Conditioning) -> Tensor:
        p = self.params
        few_step = p.objective == "few_step"
        levels = NoiseRange(p.noise_start, p.noise_end, low=0.02, anneal=few_step)
        # Views of one object share a level: they attend to each other, and see one stage of one object.
        objects = 1 if few_step else len(x)
        t = (
            levels.sample(self.progress, objects, len(self.prior.schedule.alphas_cumprod), self.rng)
            .expand(len(x))
            .contiguous()
        )
        eps = torch.randn(x.shape, generator=self.rng, device=x.device, dtype=x.dtype)
        begun = time.monotonic()
        if few_step:
            target = few_step_target(self.prior, x.detach(), t, eps, conditioning, p.guidance_scale, p.prior_steps)
            loss = target_loss(x, target)
        else:
            grad = score_distillation_gradient(self.prior, x.detach(), t, eps, conditioning, p.guidance_scale)
            loss = gradient_as_loss(x, grad)
        self.prior_s += time.monotonic() - begun
        return loss

    def _regularisers(self, views: RenderedViews) -> Tensor:
        p = self.params
        loss = p.sparsity * views.sparsity()
        ramp = min(1.0, max(0.0, (self.progress - 0.25) / 0.25))
        if ramp > 0.0:
            loss = loss + ramp * p.entropy * views.opacity_entropy()
        if views.orientation is not None:
            loss = loss + p.orientation * views.orientation
        if p.keep_draft > 0.0 and isinstance(self.field.start, GridStart):
            loss = loss + p.keep_draft * (1.0 - self.progress) * self._change()
        return loss

    def _change(self) -> Tensor:
        """How far the field has left its draft where there is matter: mean square of the logits' change, density's in units of
        what turns matter into nothing (1 / density_scale's softplus knee, about 4), each saturating."""
        points = self.occupancy.sample(KEPT_POINTS, self.rng)
        if not len(points):
            return torch.zeros((), device=points.device)
        change = self.field.change(points)
        density = 1.0 - torch.exp(-((change[0] / 4.0) ** 2))
        color = 1.0 - torch.exp(-(change[1:] ** 2).mean(dim=0))
        return density.mean() + color.mean()

    def _shading(self) -> tuple[Shading, bool]:
        """The step's shading, and whether the prior is told that it is lit.

        A prior that knows nothing of shading sees DreamFusion's mixture: albedo for the first fifth, then with
        `lit_share` lambertian, half of those without texture (arXiv:2209.14988, sec. 3.1).
        """
        draw = torch.rand(2, generator=self.rng, device=self.rng.device).tolist()
        if "shading" in self.prior.conditions_on:
            lit = draw[0] < self.params.lit_share
            return ("lambertian" if lit else "albedo"), lit
        if self.progress < 0.2 or draw[0] >= self.params.lit_share:
            return "albedo", False
        return ("textureless" if draw[1] < 0.5 else "lambertian"), True

    def _light(self, cameras: Cameras) -> Light:
        """Where the prior knows shading, a light as in its training pictures; else DreamFusion's."""
        if "shading" in self.prior.conditions_on:
            return replace(random_light(self.rng, cameras, ambient=0.3, diffuse=0.7), distant=True)
        return random_light(self.rng, cameras)

    def _background(self, views: int) -> Tensor:
        """[views, 3], linear: white in two of five steps, else a random colour, the same behind all views of a step."""
        draw = torch.rand(4, generator=self.rng, device=self.rng.device)
        color = torch.ones(3, device=self.rng.device) if float(draw[3]) < 0.4 else draw[:3]
        return color.expand(views, 3).contiguous()

    def picture(self) -> np.ndarray:
        """A look at the field as it is: uint8 [H, W, 4], sRGB and alpha."""
        return look(self.field, self.occupancy, orbit(math.radians(35.0), math.radians(20.0)))


@torch.no_grad()
def look(field: HashGridField, occupancy: Occupancy, camera: Cameras, size: int = 160) -> np.ndarray:
    """A field from one camera, nothing behind it: uint8 [H, W, 4], sRGB and alpha (not multiplied in)."""
    views = render(field, camera.to(next(field.parameters()).device), size, size, occupancy)
    alpha = views.alpha[0].clamp(0.0, 1.0)
    rgb = views.rgb[0] / alpha.clamp_min(1e-4)
    rgba = torch.cat([linear_to_srgb(rgb), alpha]).mul(255.0).add(0.5).to(torch.uint8)
    return np.ascontiguousarray(rgba.permute(1, 2, 0).cpu().numpy())


@torch.no_grad()
def silhouettes(field: HashGridField, occupancy: Occupancy, cameras: Cameras, size: int = 96) -> Tensor:
    """Alpha of the field from fixed views, [B, H, W], without jitter."""
    background = torch.zeros(len(cameras), 3, device=cameras.device)
    return render(field, cameras, size, size, occupancy, background).alpha[:, 0]
