"""The model card beside the weights: a section for each model, made from the facts that its file carries."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from ..files import written_aside

DATA = "Dreamgrove's own generators, sampled and drawn here; no third party's pictures, shapes, texts or weights"


def score_section(facts: dict[str, Any], weights: Path, evaluation: dict[str, Any] | None) -> str:
    """The score model. evaluation: what training.evaluate found."""
    lines = [
        "## Score model (`score.safetensors`)",
        "",
        "A text- and camera-conditioned diffusion model of pictures, 32 and 64 pixels, for score distillation. It draws the sixteen",
        "concepts of the lexicon in any colour from any side, and nothing else.",
        "",
        *_table(
            weights,
            facts["parameters"],
            {
                "prediction, schedule": "v; cosine, 1000 levels, shifted by resolution",
                "trained on": f"{facts['images']:,} pictures in {facts['step']:,} steps, {facts['cpu_s'] / 60:.0f} CPU-minutes",
                "concepts": ", ".join(facts["concepts"]),
                "adjectives change": ", ".join(facts["traits"]),
                "data": DATA,
                "not for": "photographs, people, words beyond the lexicon, text in pictures, scenes",
            },
        ),
        "",
    ]
    if evaluation is not None:
        lines += [evaluation["markdown"].rstrip(), ""]
    return "\n".join(lines)


def draft_section(facts: dict[str, Any], weights: Path, parameters: int) -> str:
    """The draft model."""
    training = facts["training"]
    held = training["autoencoder"].get("held_out", {})
    return "\n".join(
        [
            "## Draft model (`draft.safetensors`)",
            "",
            "Latent flow matching of signed distance and colour, 64^3: a watertight coloured draft of one of the same sixteen concepts.",
            "",
            *_table(
                weights,
                parameters,
                {
                    "latents": f"4^3 x {facts['decoder']['latent_channels']}, continuous",
                    "trained on": f"{sum(training['assets'].values()):,} assets; autoencoder {training['autoencoder']['samples']:,} samples "
                    f"({training['autoencoder']['minutes']:.0f} CPU-minutes), flow {training['flow']['samples']:,} "
                    f"({training['flow']['minutes']:.0f} CPU-minutes)",
                    "held-out assets, reconstructed": f"overlap of insides {held.get('iou', float('nan')):.2f} (worst tenth "
                    f"{held.get('iou_worst_tenth', float('nan')):.2f}), surface off by {held.get('distance_voxels', float('nan')):.2f} voxels",
                    "data": DATA,
                    "not for": "anything but the sixteen concepts; parts thinner than a voxel and a half (3 % of the size)",
                },
            ),
            "",
        ]
    )


def _table(weights: Path, parameters: int, rows: dict[str, str]) -> list[str]:
    size = f"{parameters / 1e6:.1f} M, fp16, {weights.stat().st_size / 2**20:.1f} MB"
    digest = f"`{hashlib.sha256(weights.read_bytes()).hexdigest()}`"
    return [
        "| | |",
        "| --- | --- |",
        *(f"| {name} | {text} |" for name, text in {"parameters": size, "SHA-256": digest, **rows}.items()),
    ]


def write_section(folder: Path, name: str, section: str) -> None:
    """Put a section between its marks in the folder's MODEL_CARD.md, leaving the rest as it is; makes the file if there is none."""
    path = folder / "MODEL_CARD.md"
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    text = path.read_text(encoding="utf-8") if path.exists() else "# Model card: the embedded prior\n"
    block = f"{begin}\n{section}{end}\n"
    if begin in text and end in text:
        before, rest = text.split(begin, 1)
        text = before + block + rest.split(end, 1)[1].removeprefix("\n")
    else:
        text = text.rstrip("\n") + "\n\n" + block
    with written_aside(path) as aside:
        aside.write_text(text, encoding="utf-8")
