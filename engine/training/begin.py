"""Begin training runs with weights that are finished: with those that ship, say, where a run's own checkpoints are gone.

    python -m dreamgrove.engine.training.begin [--draft RUN] [--score RUN] [--draft-weights FILE] [--score-weights FILE]

The average that was exported becomes both network and average; the optimiser begins anew, so the first minutes of training only find its pace.
A draft model ships without its encoder: the run has an untrained one, which `training.draft --stage encoder` fits to the decoder before anything
else is trained. Weights that `--stage keep` wrote have it. Runs that have checkpoints are left alone.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ..priors.draft_model import DecoderConfig, Flow, FlowConfig
from ..priors.embedded import WEIGHTS
from ..priors.score_model import ScoreConfig, ScoreModel
from .draft_autoencoder import Autoencoder
from .draft_run import CheckpointError, load_tensors, save_tensors
from .score import CHECKPOINT

DRAFT_WEIGHTS = WEIGHTS.with_name("draft.safetensors")
FLOW_BATCH = 64  # by which samples count as steps


def begin_draft(weights: Path, run: Path, seed: int = 0) -> None:
    """A draft model's run, with the weights' encoder or an untrained one. Raises CheckpointError if the weights cannot be read or the run has checkpoints."""
    paths = run / "autoencoder.safetensors", run / "flow.safetensors"
    _demand_new(*paths)
    tensors, facts = load_tensors(weights)
    torch.manual_seed(seed)
    autoencoder = Autoencoder(DecoderConfig.from_mapping(facts["decoder"]))
    _load(autoencoder.decoder, _part(tensors, "decoder."), weights)
    if encoder := _part(tensors, "encoder."):
        _load(autoencoder.encoder, encoder, weights)
    flow = Flow(FlowConfig(**facts["flow"]))
    _load(flow, _part(tensors, "flow."), weights)
    told = facts["training"]
    save_tensors(
        paths[0],
        {f"model.{k}": v for k, v in autoencoder.state_dict().items()},
        {"config": facts["decoder"], "steps": 0, **_counts(told["autoencoder"])},
    )
    steps = told["flow"]["samples"] // FLOW_BATCH
    save_tensors(paths[1], _twice(flow), {"config": facts["flow"], "steps": steps, **_counts(told["flow"])})


def begin_score(weights: Path, run: Path) -> None:
    """A score model's run. Raises CheckpointError as `begin_draft`."""
    path = run / CHECKPOINT
    _demand_new(path)
    tensors, facts = load_tensors(weights)
    model = ScoreModel(ScoreConfig.from_dict(facts["config"]))
    _load(model, tensors, weights)
    kept = ("config", "settings", "step", "images", "cpu_s", "concepts")
    save_tensors(path, _twice(model), {name: facts[name] for name in kept})


def _demand_new(*paths: Path) -> None:
    if there := [path for path in paths if path.exists()]:
        raise CheckpointError(f"{there[0]} exists: go on from it, or begin in another folder.")


def _counts(told: Mapping[str, Any]) -> dict[str, Any]:
    return {"samples": told["samples"], "minutes": told["minutes"]}


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}


def _twice(model: nn.Module) -> dict[str, Tensor]:
    state = model.state_dict()
    return {f"{kind}.{k}": v.clone() for kind in ("model", "ema") for k, v in state.items()}


def _load(model: nn.Module, tensors: Mapping[str, Tensor], weights: Path) -> None:
    """In full precision; how many batches a normalisation has seen is not stored, nor asked for. Raises CheckpointError if they do not fit."""
    own = model.state_dict()
    missing = {k for k in own if not k.endswith("num_batches_tracked")} - set(tensors)
    if missing or set(tensors) - set(own):
        odd = sorted(missing or set(tensors) - set(own))[0]
        raise CheckpointError(f"{weights} does not fit the network ({odd}); take weights of this version.")
    model.load_state_dict({k: tensors[k].to(v.dtype) if k in tensors else v for k, v in own.items()})


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="begin", description=__doc__.split("\n")[0])
    parser.add_argument("--draft", type=Path, metavar="RUN", help="folder of the draft model's run")
    parser.add_argument("--score", type=Path, metavar="RUN", help="folder of the score model's run")
    parser.add_argument("--draft-weights", type=Path, default=DRAFT_WEIGHTS)
    parser.add_argument("--score-weights", type=Path, default=WEIGHTS)
    options = parser.parse_args(arguments)
    if not (options.draft or options.score):
        parser.error("name a folder for --draft, --score or both")
    try:
        if options.draft:
            begin_draft(options.draft_weights, options.draft)
        if options.score:
            begin_score(options.score_weights, options.score)
    except CheckpointError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
