"""Trains the embedded 2D prior on views of exported assets.

    python -m dreamgrove.engine.training.score --assets DIR --run DIR --minutes N [--threads 1] [--resume] [--device cuda]

The run's folder gets `score.safetensors` (model, average, optimiser, step; every two minutes and at the end), `log.jsonl` and
`samples-*.png`. A session ends with the learning rate run down, so its average can be exported (`training.export`); the next one
resumes from there. `--dry-run` prints what would be done.

Half of the steps train one view at a time, half four views of one object; sizes 32 and 64 in turn. Timesteps lean to the noisy
end: there the condition decides what is drawn (the azimuth above all), and distillation asks there.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..priors.embedded import NUM_TIMESTEPS, native_bfloat16
from ..priors.schedule import NoiseSchedule
from ..priors.score_model import RESOLUTIONS, ScoreConditions, ScoreConfig, ScoreModel, num_parameters
from .assets import AssetLibrary
from .draft_run import CheckpointError, Clock, Log, load_tensors, pack, save_tensors, unpack
from .muon import Muon
from .views import Batch, DeviceViews, ViewPool, Views, azimuth_signal
from .vocabulary import CONCEPTS

CHECKPOINT = "score.safetensors"
HOLDOUT = 0.04


@dataclass(frozen=True)
class ScoreTraining:
    """Settings of a run. batch: pictures a step. share_64: of the steps at 64 px. share_views: of the steps with four views.

    lean: timesteps are u^(1 / lean) of the schedule, u uniform (1: uniform; more: noisier).
    """

    batch: int = 48
    share_64: float = 0.35
    share_views: float = 0.5
    lean: float = 1.6
    optimizer: str = "muon"  # or "adamw"
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    ema: float = 0.999
    reuse: float = 3.0
    capacity: int = 768
    asymmetric: float = 1.5  # how much more often the most azimuth-dependent concept is drawn: 1 + asymmetric * signal
    seed: int = 0


def schedule_for(resolution: int) -> NoiseSchedule:
    """32 px: cosine. 64 px: shifted, so that its 2 x 2 means are as noisy as 32 px at the same timestep."""
    return NoiseSchedule.cosine(NUM_TIMESTEPS, 2.0 * float(np.log(RESOLUTIONS[0] / resolution)))


def fraction(t: Tensor) -> Tensor:
    """The network's time of timesteps t [B] long."""
    return (t.float() + 0.5) / NUM_TIMESTEPS


def loss_of(model: ScoreModel, batch: Batch, settings: ScoreTraining, rng: torch.Generator) -> Tensor:
    """v-prediction loss of a batch. All views of one object share a timestep.

    Plain squared error of v is an x_0 weight of SNR + 1 (truncated-SNR-like at the noisy end); what leans it is the
    distribution of timesteps.
    """
    views, count = batch.cond.num_views, len(batch.x_0)
    device = batch.x_0.device
    # Stratified: every step sees all noise levels.
    on: dict[str, Any] = {"generator": rng, "device": rng.device}
    u = (torch.randperm(count // views, **on) + torch.rand(count // views, **on)) / (count // views)
    t = (u ** (1.0 / settings.lean) * NUM_TIMESTEPS).long().clamp_max(NUM_TIMESTEPS - 1).repeat_interleave(views)
    t = t.to(device)
    schedule = schedule_for(batch.x_0.shape[-1])
    eps = torch.randn(batch.x_0.shape, **on).to(device)
    x_t = schedule.add_noise(batch.x_0, eps, t)
    v = model(x_t, fraction(t), batch.cond)
    return (v - schedule.velocity(batch.x_0, eps, t)).square().mean()


@torch.no_grad()
def update_average(average: dict[str, Tensor], model: ScoreModel, decay: float, step: int) -> None:
    """Exponential moving average, with a short memory while the run is young."""
    decay = min(decay, (1.0 + step) / (10.0 + step))
    names, values = zip(*model.state_dict().items(), strict=True)
    torch._foreach_lerp_([average[n] for n in names], list(values), 1.0 - decay)


@torch.no_grad()
def sample(
    model: ScoreModel,
    cond: ScoreConditions,
    resolution: int,
    guidance_scale: float = 3.0,
    num_steps: int = 16,
    seed: int = 0,
    guide_camera: bool = False,
) -> Tensor:
    """Pictures from pure noise by DDIM under classifier-free guidance: [B, 3, R, R], sRGB in 0..1.

    guide_camera: the unconditional half does not know the camera either, so that guidance sharpens the azimuth too.
    """
    schedule = schedule_for(resolution)
    count, device = len(cond.concept), cond.color.device
    x = torch.randn(count, 3, resolution, resolution, generator=torch.Generator().manual_seed(seed)).to(device)
    both = cond.concatenated(cond.without_text(camera_too=guide_camera))
    levels = schedule.timesteps(num_steps)
    for level, after in zip(levels, [*levels[1:], -1], strict=True):
        t = torch.full((count,), level, device=device)
        with torch.autocast(device.type, torch.bfloat16, enabled=native_bfloat16(device)):
            v_text, v_none = model(torch.cat([x, x]), fraction(torch.cat([t, t])), both).chunk(2)
        x_0 = schedule.x0_from_v(x, v_none + guidance_scale * (v_text - v_none), t).clamp(-1.0, 1.0)
        x = schedule.ddim_step(x, x_0, t, torch.full_like(t, after))
    return (0.5 * x + 0.5).clamp(0.0, 1.0)


def make_optimizer(model: ScoreModel, settings: ScoreTraining) -> torch.optim.Optimizer:
    """AdamW for all, or Muon for the 3 x 3 kernels of the trunk and Adam for the rest (small matrices cost Muon too much)."""
    if settings.optimizer == "muon":
        kernels = (n for n, p in model.named_parameters() if p.ndim == 4 and p.shape[-1] == 3)
        trunk = {n for n in kernels if not n.startswith(("enter", "leave"))}
        adam = [n for n, _ in model.named_parameters() if n not in trunk]
        return Muon(model, settings.learning_rate, settings.weight_decay, adam=adam)
    decayed = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    groups = [
        {"params": decayed, "weight_decay": settings.weight_decay},
        {"params": plain, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=settings.learning_rate, betas=(0.9, 0.98), fused=True)


class Trainer:
    """Model, average, optimiser and their checkpoint in one folder."""

    def __init__(self, run: Path, settings: ScoreTraining, config: ScoreConfig, device: str = "cpu"):
        torch.manual_seed(settings.seed)
        self.run, self.settings, self.config, self.device = Path(run), settings, config, device
        self.model = ScoreModel(config).placed(device)
        self.optimizer = make_optimizer(self.model, settings)
        self.average = {k: v.detach().clone() for k, v in self.model.state_dict().items()}
        self.step = self.images = 0
        self.cpu_s = 0.0
        self.choice = np.random.default_rng([settings.seed, 2])
        self.noise = torch.Generator(device).manual_seed(settings.seed + 1)
        self.bfloat16 = native_bfloat16(torch.device(device))

    @property
    def facts(self) -> dict:
        return {
            "config": self.config.to_dict(), "settings": asdict(self.settings), "step": self.step, "images": self.images,
            "cpu_s": round(self.cpu_s, 1), "concepts": [c.name for c in CONCEPTS[: self.config.num_concepts]],
        }  # fmt: skip

    def save(self) -> None:
        save_tensors(self.run / CHECKPOINT, pack(self.model, self.optimizer, self.average), self.facts)

    def resume(self) -> None:
        """Raises CheckpointError if there is nothing (whole) to resume from, ValueError if the network's sizes differ."""
        tensors, facts = load_tensors(self.run / CHECKPOINT)
        if ScoreConfig.from_dict(facts["config"]) != self.config:
            raise ValueError(f"{self.run / CHECKPOINT} is of another network size; train into another folder.")
        self.average = {k: v.to(self.device) for k, v in unpack(tensors, self.model, self.optimizer).items()}
        self.step, self.images, self.cpu_s = facts["step"], facts["images"], facts["cpu_s"]
        self.noise.manual_seed(self.settings.seed + 1 + self.step)
        self.choice = np.random.default_rng([self.settings.seed, 2, self.step])

    def averaged(self) -> ScoreModel:
        """The network with the averaged weights."""
        model = ScoreModel(self.config).placed(self.device)
        model.load_state_dict(self.average)
        return model.eval()

    def train_step(self, pool: Views, rate: float) -> tuple[float, Batch]:
        """One step at the learning rate times `rate`; returns the loss and the batch."""
        s = self.settings
        resolution = RESOLUTIONS[int(self.choice.random() < s.share_64)]
        views = 4 if self.choice.random() < s.share_views else 1
        batch = pool.batch(s.batch // views, views, resolution, self.device)
        for group in self.optimizer.param_groups:
            group["lr"] = s.learning_rate * rate
        self.model.train()
        with torch.autocast(self.device.split(":")[0], torch.bfloat16, enabled=self.bfloat16):
            loss = loss_of(self.model, batch, s, self.noise)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0, foreach=True)
        self.optimizer.step()
        update_average(self.average, self.model, s.ema, self.step)
        self.step += 1
        self.images += len(batch.x_0)
        return float(loss.detach()), batch


def views_for(trainer: Trainer, library: AssetLibrary, weights: np.ndarray) -> Views:
    """Drawn by a thread beside a CPU's training; drawn where the model is on a GPU."""
    s, seed = trainer.settings, trainer.settings.seed + trainer.step
    if trainer.device.startswith("cuda"):
        return DeviceViews(library, seed, weights, device=trainer.device)
    return ViewPool(library, seed, s.capacity, s.reuse, weights)


def train(trainer: Trainer, assets: Path, minutes: float, sample_every_s: float = 600.0) -> None:
    """Train for `minutes` of CPU time (on a GPU: wall clock), as `draft_run.Clock` counts them.

    sample_every_s: wall clock between grids of samples; 0 draws none.
    """
    from .grids import sample_grid  # draws pictures; not needed to train

    library = AssetLibrary(assets, HOLDOUT)
    if any(asset.concept >= trainer.config.num_concepts for asset in library):
        raise CheckpointError(
            f"{assets} has concepts beyond the network's {trainer.config.num_concepts}; widen it first (training.widen)."
        )
    signal = azimuth_signal(library, len(CONCEPTS))
    weights = 1.0 + trainer.settings.asymmetric * signal
    log, clock = Log(trainer.run, "score"), Clock(minutes, torch.device(trainer.device), warmup_steps=100)
    log.write({"assets": len(library), "parameters": num_parameters(trainer.model), "bfloat16": trainer.bfloat16,
               "azimuth_signal": {c.name: round(float(s), 3) for c, s in zip(CONCEPTS, signal, strict=True)}})  # fmt: skip
    began_cpu, before, last_sample = time.process_time(), trainer.cpu_s, time.monotonic()
    began_images, began_wall = trainer.images, time.monotonic()
    by_size = dict.fromkeys(RESOLUTIONS, 0.7)  # running means of the loss
    with views_for(trainer, library, weights) as pool:
        while not clock.done:
            loss, batch = trainer.train_step(pool, clock.rate())
            clock.steps += 1
            if not np.isfinite(loss):
                raise FloatingPointError(
                    f"The loss is {loss} at step {trainer.step}; resume with a lower learning rate."
                )
            size = batch.x_0.shape[-1]
            trainer.cpu_s = before + time.process_time() - began_cpu
            by_size[size] += 0.02 * (loss - by_size[size])
            log.add(
                {"loss": loss},
                lambda: {
                    "step": trainer.step, "images": trainer.images, "rate": round(clock.rate(), 3),
                    "loss_32": by_size[32], "loss_64": by_size[64],
                    "images_per_s": round((trainer.images - began_images) / (time.monotonic() - began_wall), 1),
                    "images_per_cpu_s": round((trainer.images - began_images) / (trainer.cpu_s - before + 1e-9), 1),
                    "views_drawn": pool.drawn_views, "minutes": round(clock.elapsed / 60, 2),
                },
            )  # fmt: skip
            if clock.save_due():
                trainer.save()
            if sample_every_s and time.monotonic() - last_sample > sample_every_s:
                sample_grid(trainer.averaged(), trainer.run / f"samples-{trainer.images:09d}.png")
                last_sample = time.monotonic()
    trainer.save()
    if sample_every_s:
        sample_grid(trainer.averaged(), trainer.run / f"samples-{trainer.images:09d}.png")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="dreamgrove.engine.training.score", description=__doc__.split("\n")[0])
    parser.add_argument("--assets", type=Path, required=True, help="folder of shards (procedural.export_assets)")
    parser.add_argument("--run", type=Path, required=True, help="folder of checkpoints, log and samples")
    parser.add_argument("--minutes", type=float, required=True, help="CPU time; with --device cuda, wall clock")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--resume", action="store_true", help="go on from the run's checkpoint")
    parser.add_argument("--sample-minutes", type=float, default=10.0, help="between grids of samples; 0 draws none")
    parser.add_argument("--batch", type=int, default=ScoreTraining.batch)
    parser.add_argument("--learning-rate", type=float, default=ScoreTraining.learning_rate)
    parser.add_argument("--optimizer", choices=("muon", "adamw"), default=ScoreTraining.optimizer)
    parser.add_argument("--ema", type=float, default=ScoreTraining.ema)
    parser.add_argument("--share-64", type=float, default=ScoreTraining.share_64)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--channels", type=int, nargs=3, default=ScoreConfig.channels)
    parser.add_argument("--dry-run", action="store_true", help="print the resolved settings and stop")
    args = parser.parse_args(arguments)
    torch.set_num_threads(args.threads)
    settings = ScoreTraining(batch=args.batch, learning_rate=args.learning_rate, ema=args.ema, share_64=args.share_64,
                             optimizer=args.optimizer, seed=args.seed)  # fmt: skip
    config = ScoreConfig(channels=tuple(args.channels), num_concepts=len(CONCEPTS))
    if args.resume:  # one that was widened, or trained when there were fewer, stays as it is
        config = ScoreConfig.from_dict(load_tensors(args.run / CHECKPOINT)[1]["config"])
    if args.dry_run:
        sys.stdout.write(json.dumps({"settings": asdict(settings), "config": config.to_dict()}, indent=1) + "\n")
        return
    if (args.run / CHECKPOINT).exists() and not args.resume:
        parser.error(f"{args.run / CHECKPOINT} exists: add --resume to go on from it, or train into another folder.")
    trainer = Trainer(args.run, settings, config, args.device)
    if args.resume:
        trainer.resume()
    train(trainer, args.assets, args.minutes, 60.0 * args.sample_minutes)


if __name__ == "__main__":
    main()
