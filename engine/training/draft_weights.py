"""A draft model's weights as they are shipped, out of a training run's checkpoints."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..lexicon import TRAITS
from ..priors.draft import FORMAT, TRUNCATION
from .card import draft_section, write_section
from .distance import ATTRIBUTES, TONE_RANGE
from .draft_extents import extents_of
from .draft_run import CheckpointError, load_tensors, save_tensors
from .vocabulary import CONCEPTS

if TYPE_CHECKING:
    from .draft import Trainer


def export(trainer: Trainer, weights: Path, encoder: bool = False) -> Path:
    """fp16 decoder and averaged flow, with all that is needed to use them, as `engine/priors/draft.py` loads them.

    encoder: that too, for training to go on elsewhere (`training.begin`); such a file is not for shipping.
    """
    autoencoder, facts, _ = trainer.load_autoencoder(must_exist=True)
    if not (trainer.run / "flow.safetensors").exists():
        raise CheckpointError(f"There is no flow in {trainer.run}; run --stage flow first.")
    flow_tensors, flow_facts = load_tensors(trainer.run / "flow.safetensors")
    tensors = {f"decoder.{k}": v for k, v in autoencoder.decoder.state_dict().items()}
    if encoder:
        tensors |= {f"encoder.{k}": v for k, v in autoencoder.encoder.state_dict().items()}
    tensors |= {f"flow.{k[4:]}": v for k, v in flow_tensors.items() if k.startswith("ema.")}
    names = [each.name for each in CONCEPTS]
    names = names[: int(flow_facts["config"]["num_concepts"])]
    counts = np.bincount(trainer.grids.concept, minlength=len(names))[: len(names)]
    metadata = {
        "format": FORMAT,
        "kind": "dreamgrove draft prior",
        "decoder": facts["config"],
        "flow": flow_facts["config"],
        "truncation": TRUNCATION,
        "tone_range": TONE_RANGE,
        "attributes": ATTRIBUTES,
        "concepts": names,
        "traits": TRAITS,
        "training": {
            "assets": {name: int(n) for name, n in zip(names, counts, strict=True)},
            "autoencoder": {k: facts[k] for k in ("samples", "minutes", "held_out") if k in facts},
            "flow": {k: flow_facts[k] for k in ("samples", "minutes")},
            "date": time.strftime("%Y-%m-%d"),
        },
        "extents": extents_of(trainer.grids),
    }
    half = {k: v.half() if v.is_floating_point() else v for k, v in tensors.items() if "num_batches" not in k}
    save_tensors(weights, half, metadata)
    write_section(weights.parent, "draft", draft_section(metadata, weights, sum(v.numel() for v in half.values())))
    return weights


def keep(trainer: Trainer, weights: Path) -> Path:
    """All that training needs to go on elsewhere, encoder included."""
    return export(trainer, weights, encoder=True)


def extents(trainer: Trainer, weights: Path) -> Path:
    """Finished weights with the assets' measures as they are taken now; the model in them stays as it is."""
    tensors, facts = load_tensors(weights)
    facts["extents"] = extents_of(trainer.grids)
    save_tensors(weights, tensors, facts)
    write_section(weights.parent, "draft", draft_section(facts, weights, sum(v.numel() for v in tensors.values())))
    return weights
