"""A training run's averaged weights as the file that ships: fp16 safetensors with all facts in its metadata, and a card.

python -m dreamgrove.engine.training.export --run DIR --output engine/weights/score.safetensors [--evaluation FILE.json]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch

from ..lexicon import BASIC_COLORS, TRAITS
from ..priors.embedded import FORMAT, WEIGHTS, EmbeddedPrior
from ..priors.score_model import ScoreConfig, ScoreModel, num_parameters
from .draft_run import load_tensors, save_tensors
from .score import CHECKPOINT

CARD_BEGIN, CARD_END = "<!-- score: begin -->", "<!-- score: end -->"


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


def card(facts: dict[str, Any], weights: Path, evaluation: dict[str, Any] | None) -> str:
    """The score model's part of MODEL_CARD.md."""
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    lines = [
        "## Score model (`score.safetensors`)",
        "",
        "A text- and camera-conditioned diffusion model of pictures, 32 and 64 pixels, for score distillation. It draws the sixteen",
        "concepts of the lexicon in any colour from any side, and nothing else.",
        "",
        "| | |",
        "| --- | --- |",
        f"| parameters | {facts['parameters'] / 1e6:.1f} M, fp16, {weights.stat().st_size / 2**20:.1f} MB |",
        f"| SHA-256 | `{digest}` |",
        "| prediction, schedule | v; cosine, 1000 levels, shifted by resolution |",
        f"| trained on | {facts['images']:,} pictures in {facts['step']:,} steps, {facts['cpu_s'] / 60:.0f} CPU-minutes |",
        f"| concepts | {', '.join(facts['concepts'])} |",
        f"| adjectives change | {', '.join(facts['traits'])} |",
        "| data | renders of Dreamgrove's own generators, drawn while training; no third party's pictures, texts or weights |",
        "| not for | photographs, people, words beyond the lexicon, text in pictures, scenes |",
        "",
    ]
    if evaluation is not None:
        lines += [evaluation["markdown"].rstrip(), ""]
    return "\n".join(lines)


def write_card(path: Path, section: str) -> None:
    """Put the section between its marks in MODEL_CARD.md, leaving the rest as it is; makes the file if there is none."""
    text = path.read_text(encoding="utf-8") if path.exists() else "# Model card: the embedded prior\n"
    block = f"{CARD_BEGIN}\n{section}{CARD_END}\n"
    if CARD_BEGIN in text and CARD_END in text:
        before, rest = text.split(CARD_BEGIN, 1)
        text = before + block + rest.split(CARD_END, 1)[1].lstrip("\n")
    else:
        text = text.rstrip("\n") + "\n\n" + block
    handle, aside = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(aside, path)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="dreamgrove.engine.training.export", description=__doc__.split("\n")[0])
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    parser.add_argument("--evaluation", type=Path, help="JSON of training.evaluate, for the card")
    parser.add_argument("--guide-camera", action="store_true", help="guidance sharpens the azimuth too")
    args = parser.parse_args(arguments)
    facts = export(args.run, args.output, args.guide_camera)
    evaluation = json.loads(args.evaluation.read_text(encoding="utf-8")) if args.evaluation else None
    write_card(args.output.parent / "MODEL_CARD.md", card(facts, args.output, evaluation))
    sys.stdout.write(
        f"{args.output}: {args.output.stat().st_size / 2**20:.1f} MB, step {facts['step']}, {facts['images']} pictures\n"
    )


if __name__ == "__main__":
    main()
