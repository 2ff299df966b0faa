"""A training run's averaged weights as the file that ships: fp16 safetensors with all facts in its metadata, and a card.

python -m dreamgrove.engine.training.export --run DIR --output engine/weights/score.safetensors [--evaluation FILE.json]
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import torch

from ..lexicon import BASIC_COLORS, TRAITS
from ..priors.embedded import FORMAT, WEIGHTS, EmbeddedPrior
from ..priors.score_model import ScoreConfig, ScoreModel, num_parameters
from .card import score_section, write_section
from .draft_run import load_tensors, save_tensors
from .score import CHECKPOINT


def export(run: Path, output: Path, guide_camera: bool = False) -> dict[str, Any]:
    """Write the averaged weights of `run` to `output` in fp16 and read them back; returns the facts stored with them.

    Raises CheckpointError if the run has no whole checkpoint, FloatingPointError if a weight does not fit fp16.
    """
    tensors, facts = load_tensors(run / CHECKPOINT)
    halves = {name[4:]: value.half() for name, value in tensors.items() if name.startswith("ema.")}
    broken = [name for name, value in halves.items() if not bool(torch.isfinite(value).all())]
    if broken:
        raise FloatingPointError(f"{broken[0]} does not fit half precision; train on before exporting.")
    model = ScoreModel(ScoreConfig.from_dict(facts["config"]))
    stored = {
        **facts, "format": FORMAT, "traits": list(TRAITS), "colors": list(BASIC_COLORS), "guide_camera": guide_camera,
        "parameters": num_parameters(model),
    }  # fmt: skip
    save_tensors(output, halves, stored)
    EmbeddedPrior.load(output)  # what cannot be loaded must not ship
    return stored


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="dreamgrove.engine.training.export", description=__doc__.split("\n")[0])
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    parser.add_argument("--evaluation", type=Path, help="JSON of training.evaluate, for the card")
    parser.add_argument("--guide-camera", action="store_true", help="guidance sharpens the azimuth too")
    args = parser.parse_args(arguments)
    facts = export(args.run, args.output, args.guide_camera)
    evaluation = json.loads(args.evaluation.read_text(encoding="utf-8")) if args.evaluation else None
    write_section(args.output.parent, "score", score_section(facts, args.output, evaluation))
    sys.stdout.write(
        f"{args.output}: {args.output.stat().st_size / 2**20:.1f} MB, step {facts['step']}, {facts['images']} pictures\n"
    )


if __name__ == "__main__":
    main()
