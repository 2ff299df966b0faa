"""Train the draft prior: an autoencoder of distance grids, a flow on its latents, and the decoder once more.

    python -m dreamgrove.engine.training.draft --distances DIR --run DIR --minutes N
        --stage autoencoder|encoder|flow|decoder|export|keep|extents [--threads 1] [--device cpu|cuda] [--balance 0] [--weights FILE]

Every stage resumes from its checkpoint in the run's folder (saved every two minutes and at the end), writes `log.jsonl` and contact
sheets (`sheets/`), and `export` writes the fp16 weights that `engine/priors/draft.py` loads; `keep` adds the encoder, for training to go on
elsewhere; `extents` takes the assets' measures again for weights that were exported before. On a CPU in about an hour of one core: autoencoder
24 minutes, flow 24, decoder 6. Stages `decoder`
and `flow` need the autoencoder's checkpoint; after more of `autoencoder` or `encoder` the latents change, so train `flow` again (it resumes and
adapts). Weights that ship have no encoder: `training.begin` makes a run of them, and `encoder` trains one for their decoder.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..color import to_linear
from ..lexicon import TRAITS
from ..priors.draft import TRUNCATION, decode_fields
from ..priors.draft_model import CHANNELS, DecoderConfig, Flow, FlowConfig, sample_latents
from .distance import TONE_RANGE, GridError, GridSet, band, decode_distance
from .draft_autoencoder import Autoencoder, reconstruction
from .draft_data import NO_FLIP, balanced, epochs, make_batch
from .draft_flow import as_sampled, encode_all, flow_loss
from .draft_run import CheckpointError, Clock, Log, alone, load_tensors, pack, save_tensors, unpack
from .draft_sheet import render, save_sheet
from .draft_weights import export, extents, keep
from .muon import Muon
from .vocabulary import CONCEPTS

ADAM_LAYERS = ("position", "concept", "block_offset", "modulation", "embed", "out.", "time.", "traits.")
HOLD_OUT = 40  # one asset in so many
STAGES = ("autoencoder", "encoder", "flow", "decoder", "export", "keep", "extents")
WRITERS = {"export": export, "keep": keep, "extents": extents}
CELLS = 1024  # decoded cells an asset and step


class Trainer:
    """One run's folder, data and device. The random state of a session is (seed, samples seen)."""

    def __init__(self, grids: GridSet, run: Path, device: str = "cpu", seed: int = 0, balance: float = 0.0) -> None:
        """balance: 0 draws every asset alike, 1 every concept alike (`draft_data.balanced`)."""
        self.grids, self.run, self.device, self.seed = grids, Path(run), torch.device(device), seed
        # Held out by seed, so that shards which arrive later change nothing; never trained on.
        self.held = np.flatnonzero(grids.seed % HOLD_OUT == HOLD_OUT - 1)
        if not 0 < len(self.held) < len(grids):
            self.held = np.arange(0, len(grids), HOLD_OUT)
        train = np.setdiff1d(np.arange(len(grids)), self.held)
        self.train = train[balanced(grids.concept[train], balance)]

    def autocast(self) -> contextlib.AbstractContextManager:
        return torch.autocast(self.device.type, torch.bfloat16)

    # -- autoencoder ----------------------------------------------------------------------------

    def autoencoder(
        self, minutes: float, batch: int = 4, rate: float = 3e-3, config: DecoderConfig | None = None
    ) -> dict:
        """Train (or go on training) encoder and decoder together. Returns the errors on held-out assets."""
        return self._reconstruct("autoencoder", minutes, batch, rate, config)

    def decoder(self, minutes: float, batch: int = 4, rate: float = 2e-3) -> dict:
        """Train the decoder alone on the frozen encoder's latents, blurred as the flow's samples are (`as_sampled`)."""
        return self._reconstruct("decoder", minutes, batch, rate, None)

    def encoder(self, minutes: float, batch: int = 4, rate: float = 3e-3) -> dict:
        """Train an encoder whose latents the decoder, as it stands, makes the assets of."""
        return self._reconstruct("encoder", minutes, batch, rate, None)

    def _reconstruct(self, stage: str, minutes: float, batch: int, rate: float, config: DecoderConfig | None) -> dict:
        path = self.run / "autoencoder.safetensors"
        model, facts, tensors = self.load_autoencoder(config, must_exist=stage != "autoencoder")
        trained = {"autoencoder": model, "encoder": model.encoder, "decoder": model.decoder}[stage]
        model.requires_grad_(False)
        trained.requires_grad_(True)
        optimizer = Muon(trained, rate)
        if tensors:
            unpack(tensors, model, optimizer)
        rng = np.random.default_rng([self.seed, facts["samples"], 1])
        torch.manual_seed(self.seed + facts["samples"])
        flow, concept = self._averaged_flow(), torch.from_numpy(self.grids.concept).long()
        encoded = self.latents(model) if stage == "decoder" else None  # a frozen encoder need not be asked again
        clock, log = Clock(minutes, self.device), Log(self.run, stage)
        for chosen in epochs(len(self.train), batch, rng):
            if clock.done:
                break
            assets = self.train[chosen]
            flips = (rng.random(batch) < 0.5) & ~np.isin(self.grids.concept[assets], list(NO_FLIP))
            data = make_batch(self.grids, assets, flips, CELLS, rng).to(self.device)
            model.eval()
            trained.train()
            noise = torch.randn(batch, model.decoder.config.latent_channels, 4, 4, 4, device=self.device)
            with self.autocast():
                if encoded is None:
                    loss, parts = model.loss(data, noise)
                else:
                    with torch.no_grad():
                        latents = encoded[assets, flips.astype(np.int64)].to(self.device)
                        latents = as_sampled(flow, latents, concept[assets].to(self.device), noise)
                    loss, parts = reconstruction(model.decoder.at_cells(latents, data.cells).float(), data)
            _step(optimizer, loss, rate * clock.rate())
            clock.steps += 1
            facts["steps"] += 1
            facts["samples"] += batch
            log.add(
                {"loss": loss.item(), **{k: v.item() for k, v in parts.items()}},
                lambda: {
                    "samples": facts["samples"],
                    "seconds": round(clock.elapsed),
                    "per_s": batch * clock.steps / clock.elapsed,
                },
            )
            if clock.save_due():
                save_tensors(path, pack(model, optimizer), facts)
        facts["minutes"] = round(facts["minutes"] + clock.elapsed / 60, 2)
        facts["held_out"] = self.evaluate(model)
        save_tensors(path, pack(model, optimizer), facts)
        log.write({"done": True, "samples": facts["samples"], **facts["held_out"]})
        self.reconstruction_sheet(model, f"{stage}-{facts['samples']:07d}.png")
        return facts["held_out"]

    def load_autoencoder(self, config: DecoderConfig | None = None, must_exist: bool = False) -> tuple:
        """Returns (Autoencoder in eval mode, facts, checkpoint's tensors or {} for a fresh one)."""
        path = self.run / "autoencoder.safetensors"
        if not path.exists():
            if must_exist:
                raise CheckpointError(f"There is no autoencoder in {self.run}; run --stage autoencoder first.")
            torch.manual_seed(self.seed)
            config = config or DecoderConfig()
            facts: dict[str, Any] = {"config": asdict(config), "samples": 0, "steps": 0, "minutes": 0.0}
            tensors: dict[str, Tensor] = {}
        else:
            tensors, facts = load_tensors(path)
            config = DecoderConfig.from_mapping(facts["config"])
        model = Autoencoder(config).to(self.device).to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]
        if tensors:
            unpack(tensors, model)
        return model.eval(), facts, tensors

    @torch.no_grad()
    def evaluate(self, model: Autoencoder, batch: int = 8) -> dict[str, Any]:
        """Errors on held-out assets, noiseless latents: distance (voxels, within a voxel of the surface), colours (0..1), and the
        intersection over union of the insides (mean, mean of the worst tenth, and by concept)."""
        model.eval()
        errors, overlaps, colors = [], np.zeros(len(self.held)), []
        place = {int(index): i for i, index in enumerate(self.held)}
        for first in range(0, len(self.held), batch):
            indices = self.held[first : first + batch]
            data = make_batch(self.grids, indices, np.zeros(len(indices), bool), 1, np.random.default_rng(0))
            with self.autocast():
                out_fields = model.decoder(model.encoder(data.patches.to(self.device))).float().cpu().numpy()
            for index, out in zip(indices, out_fields, strict=True):
                grid = self.grids[int(index)]
                true = decode_distance(grid.distance)
                near = np.abs(true) < 2 / self.grids.resolution
                errors.append(
                    np.abs(np.clip(out[0], -1, 1) * TRUNCATION - true)[near].mean() * self.grids.resolution / 2
                )
                inside, made = true < 0, out[0] < 0
                overlaps[place[int(index)]] = (inside & made).sum() / max(1, (inside | made).sum())
                where = band(grid.distance)
                colors.append(np.abs(out[1, where] - grid.attributes[:, 0] / 255).mean())
        concepts = self.grids.concept[self.held]
        ordered = np.sort(overlaps)
        return {
            "distance_voxels": float(np.mean(errors)),
            "iou": float(np.mean(overlaps)),
            "iou_worst_tenth": float(np.mean(ordered[: max(1, len(ordered) // 10)])),
            "primary_error": float(np.mean(colors)),
            "iou_by_concept": {
                CONCEPTS[c].name: round(float(overlaps[concepts == c].mean()), 3) for c in np.unique(concepts)
            },
        }

    @torch.no_grad()
    def reconstruction_sheet(self, model: Autoencoder, name: str, count: int = len(CONCEPTS)) -> None:
        """Held-out assets, two views each: truth, then reconstruction; concepts' own colours."""
        model.eval()
        # One of each concept, as far as they are held out.
        _, first = np.unique(self.grids.concept[self.held], return_index=True)
        rows: list[list[np.ndarray]] = []
        for index in self.held[first][:count]:
            data = make_batch(self.grids, np.array([index]), np.zeros(1, bool), 1, np.random.default_rng(0))
            out = model.decoder(model.encoder(data.patches.to(self.device))).float().cpu()
            grid = self.grids[int(index)]
            truth = np.zeros((1, CHANNELS, *grid.distance.shape), np.float32)
            truth[0, 0] = decode_distance(grid.distance) / TRUNCATION
            truth[0, 1:, band(grid.distance)] = grid.attributes / 255
            color = to_linear(CONCEPTS[grid.concept].color)
            pictures = []
            for field in (truth, out.numpy()):
                sdf, albedo = decode_fields(field, color, TRUNCATION, TONE_RANGE)
                pictures += [render(sdf[0], albedo[0], azimuth) for azimuth in (0.6, 3.6)]
            rows.append(pictures)
        half = (len(rows) + 1) // 2
        blank = [np.full_like(rows[0][0], 255)] * 4
        rows += [blank] * (2 * half - len(rows))
        save_sheet(self.run / "sheets" / name, [a + b for a, b in zip(rows[:half], rows[half:], strict=True)])

    # -- flow -----------------------------------------------------------------------------------

    def latents(self, model: Autoencoder) -> Tensor:
        """[N, 2, C, 4, 4, 4] of all assets, kept in the run's folder for as long as the encoder stays as it is: only what is new is
        encoded."""
        path = self.run / "latents.safetensors"
        key = {"encoder": float(sum(p.detach().double().abs().sum() for p in model.encoder.parameters()))}
        sums = torch.tensor([self.grids.checksum(i) for i in range(len(self.grids))])
        kept: dict[int, Tensor] = {}
        if path.exists():
            tensors, found = load_tensors(path)
            if found == key:
                kept = dict(zip(tensors["checksums"].tolist(), tensors["latents"], strict=True))
        new = [i for i, each in enumerate(sums.tolist()) if each not in kept]
        if new:
            with self.autocast():
                encoded = encode_all(model, self.grids, self.device, np.array(new)).float()
            kept.update(zip(sums[new].tolist(), encoded, strict=True))
        latents = torch.stack([kept[each] for each in sums.tolist()])
        if new:
            save_tensors(path, {"latents": latents, "checksums": sums}, key)
        return latents

    def flow(self, minutes: float, batch: int = 64, rate: float = 1e-3, config: FlowConfig | None = None) -> float:
        """Train (or go on training) the flow; returns its last loss on held-out latents."""
        path = self.run / "flow.safetensors"
        autoencoder, _, _ = self.load_autoencoder(must_exist=True)
        latents = self.latents(autoencoder)
        model, facts, tensors = self.load_flow(config, latents.shape[2])
        self._demand_known(model)
        optimizer = Muon(model, rate, adam=ADAM_LAYERS)
        ema = unpack(tensors, model, optimizer) if tensors else {}
        ema = {k: v.to(self.device) for k, v in ema.items()} or {k: v.clone() for k, v in model.state_dict().items()}
        concept, traits = torch.from_numpy(self.grids.concept).long(), torch.from_numpy(self.grids.traits)
        rng = np.random.default_rng([self.seed, facts["samples"], 2])
        generator = torch.Generator().manual_seed(self.seed + facts["samples"])
        clock, log = Clock(minutes, self.device), Log(self.run, "flow")
        for chosen in epochs(2 * len(self.train), batch, rng):
            if clock.done:
                break
            asset, side = torch.from_numpy(self.train[chosen // 2]), torch.from_numpy(chosen % 2)
            x, label, shape = (v.to(self.device) for v in (latents[asset, side], concept[asset], traits[asset]))
            with self.autocast():
                loss = flow_loss(model, x, label, shape, generator)
            _step(optimizer, loss, rate * clock.rate())
            clock.steps += 1
            facts["steps"] += 1
            facts["samples"] += batch
            decay = min(0.999, facts["steps"] / (facts["steps"] + 20))
            for k, v in model.state_dict().items():
                ema[k].lerp_(v, 1 - decay)
            log.add(
                {"loss": loss.item()},
                lambda: {
                    "samples": facts["samples"],
                    "seconds": round(clock.elapsed),
                    "per_s": batch * clock.steps / clock.elapsed,
                },
            )
            if clock.save_due():
                save_tensors(path, pack(model, optimizer, ema), facts)
        facts["minutes"] = round(facts["minutes"] + clock.elapsed / 60, 2)
        save_tensors(path, pack(model, optimizer, ema), facts)
        model.load_state_dict(ema)
        held = self._held_loss(model, latents, concept, traits)
        log.write({"done": True, "samples": facts["samples"], "held_loss": held})
        self.sample_sheet(autoencoder, model, f"flow-{facts['samples']:08d}.png")
        return held

    def _averaged_flow(self) -> Flow | None:
        """The flow as it will be shipped; None before it is trained."""
        if not (self.run / "flow.safetensors").exists():
            return None
        flow, _, tensors = self.load_flow(None, 0)
        flow.load_state_dict({k[4:]: v for k, v in tensors.items() if k.startswith("ema.")})
        self._demand_known(flow)
        return flow.eval()

    def _demand_known(self, flow: Flow) -> None:
        if self.grids.concept.max() >= flow.config.num_concepts:
            raise CheckpointError(
                f"The grids have concepts beyond the flow's {flow.config.num_concepts}; widen it first (training.widen)."
            )

    def load_flow(self, config: FlowConfig | None, latent_channels: int) -> tuple[Flow, dict, dict[str, Tensor]]:
        path = self.run / "flow.safetensors"
        if path.exists():
            tensors, facts = load_tensors(path)
            config = FlowConfig(**facts["config"])
        else:
            torch.manual_seed(self.seed)
            config = config or FlowConfig(latent_channels=latent_channels, num_concepts=len(CONCEPTS))
            tensors, facts = {}, {"config": asdict(config), "samples": 0, "steps": 0, "minutes": 0.0}
        return Flow(config).to(self.device), facts, tensors

    @torch.no_grad()
    def _held_loss(self, model: Flow, latents: Tensor, concept: Tensor, traits: Tensor) -> float:
        generator = torch.Generator().manual_seed(1)
        held = torch.from_numpy(self.held)
        x, label, shape = (v.to(self.device) for v in (latents[held, 0], concept[held], traits[held]))
        with self.autocast():
            return float(np.mean([flow_loss(model, x, label, shape, generator).item() for _ in range(4)]))

    @torch.no_grad()
    def sample_sheet(
        self, autoencoder: Autoencoder, flow: Flow, name: str, count: int = 4, guidance: float = 2.0
    ) -> None:
        """`count` samples of every concept in the data, two views each, in the concept's own colour."""
        autoencoder.eval()
        flow.eval()
        rows = []
        for concept in np.unique(self.grids.concept[self.grids.concept < flow.config.num_concepts]):
            generator = torch.Generator().manual_seed(int(concept))
            noise = torch.randn(count, flow.config.latent_channels, 4, 4, 4, generator=generator).to(self.device)
            unsaid = torch.full((count, len(TRAITS)), torch.nan, device=self.device)
            with self.autocast():
                made = sample_latents(
                    flow, noise, torch.full((count,), int(concept), device=self.device), unsaid, guidance, 24
                )
                made_fields = autoencoder.decoder(made).float().cpu().numpy()
            color = to_linear(CONCEPTS[concept].color)
            sdf, albedo = decode_fields(made_fields, color, TRUNCATION, TONE_RANGE)
            rows.append([render(s, a, azimuth) for s, a in zip(sdf, albedo, strict=True) for azimuth in (0.6, 3.6)])
        save_sheet(self.run / "sheets" / name, rows)


def _step(optimizer: torch.optim.Optimizer, loss: Tensor, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_([p for g in optimizer.param_groups for p in g["params"]], 1.0)
    optimizer.step()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Train the draft prior.")
    parser.add_argument("--distances", type=Path, required=True, help="folder of distance grids")
    parser.add_argument("--run", type=Path, required=True, help="folder for checkpoints, log and sheets")
    parser.add_argument("--stage", choices=STAGES, required=True)
    parser.add_argument(
        "--minutes", type=float, default=10.0, help="CPU time per thread, or wall clock with --device cuda"
    )
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batch", type=int, default=0, help="0: the stage's own")
    parser.add_argument("--rate", type=float, default=0.0, help="learning rate; 0: the stage's own")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--balance", type=float, default=0.0, help="0: every asset alike; 1: every concept alike")
    parser.add_argument("--weights", type=Path, default=Path(__file__).parent.parent / "weights" / "draft.safetensors")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    given = {k: v for k, v in (("batch", options.batch), ("rate", options.rate)) if v}
    try:
        trainer = Trainer(GridSet(options.distances), options.run, options.device, options.seed, options.balance)
        if options.stage in WRITERS:
            sys.stdout.write(f"Wrote {WRITERS[options.stage](trainer, options.weights)}\n")
        else:
            with alone(options.run):
                getattr(trainer, options.stage)(options.minutes, **given)
    except (GridError, CheckpointError, FloatingPointError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
