"""What the judge makes of drafts, concept by concept: a quick measure of draft weights, before any mesh is made of them.

    python -m dreamgrove.engine.training.drafts_judged --weights draft.safetensors --judge judge.safetensors --output DIR [--count 3]

A draft of every concept that the weights know, in each of `count` judged colours, seen from eight sides by sphere tracing. Told are the shares of
the views in which the judge sees the concept and the colour, how many drafts are of one part, and how sound the draft is by
`draft_choice`. Words are not asked, so weights can be measured that know more than the words. Writes `drafts-judged.json` and `drafts-judged.png`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..files import written_aside
from ..lexicon import BASIC_COLORS
from ..priors.draft import DraftPrior
from .draft_sheet import render, save_sheet
from .judge import Judge, assess, load_judge
from .vocabulary import CONCEPTS

AZIMUTHS = np.arange(8) * (np.pi / 4) + 0.3
ELEVATIONS = (0.15, 0.6)  # in turn
DRAWN, SEEN = 128, 64  # pixels; 2 x 2 means are what a box filter would have drawn


@dataclass(frozen=True)
class Asked:
    """What `DraftPrior.sample` wants of an `Understanding`."""

    concept_index: int
    color: tuple[float, float, float]  # sRGB
    traits: dict[str, float] = field(default_factory=dict)

    @property
    def concept(self) -> str:
        return CONCEPTS[self.concept_index].name


def views(sdf: np.ndarray, albedo: np.ndarray) -> list[np.ndarray]:
    """uint8 [64, 64, 3] from each side."""
    found = []
    for i, azimuth in enumerate(AZIMUTHS):
        drawn = render(sdf, albedo, float(azimuth), ELEVATIONS[i % 2], DRAWN).astype(np.float32)
        found.append((drawn.reshape(SEEN, 2, SEEN, 2, 3).mean((1, 3)) + 0.5).astype(np.uint8))
    return found


def judged(
    prior: DraftPrior, judge: Judge, count: int = 3, names: Sequence[str] = ()
) -> tuple[dict[str, Any], list[list[np.ndarray]]]:
    """Figures by concept and over all, and rows of pictures. Concepts that the judge does not know are left out."""
    known = min(prior.flow.config.num_concepts, judge.concepts)
    colors = list(BASIC_COLORS.values())
    rows, pictures = {}, []
    for index, concept in enumerate(CONCEPTS[:known]):
        if (names and concept.name not in names) or prior.extents(concept.name) is None:
            continue
        told: dict[str, list[float]] = {"concept": [], "color": [], "one part": [], "soundness": []}
        shown = []
        for seed in range(count):
            which = (index * 5 + seed * 4) % len(colors)
            (draft,) = prior.sample(Asked(index, colors[which]), 1, seed)  # type: ignore[arg-type]  # no words here
            seen = views(draft.sdf, draft.albedo)
            shown += [seen[0], seen[3]]
            x = torch.from_numpy(np.stack(seen)).permute(0, 3, 1, 2).float() / 127.5 - 1.0
            wanted = torch.full((len(x),), index), torch.full((len(x),), which)
            result = assess(judge, x, *wanted, torch.from_numpy(AZIMUTHS).float())
            (verdict,) = prior.assess([draft], concept.name)
            told["concept"].append(float(result["concept_right"].float().mean()))
            told["color"].append(float(result["color_right"].float().mean()))
            told["one part"].append(float(verdict.measures.components == 1))
            told["soundness"].append(float(verdict.score))
        rows[concept.name] = {key: round(float(np.mean(values)), 3) for key, values in told.items()}
        pictures.append(shown)
    if not rows:
        raise ValueError("There is no concept that both the weights and the judge know.")
    keys = next(iter(rows.values()))
    return {
        "all": {key: round(float(np.mean([row[key] for row in rows.values()])), 3) for key in keys},
        **rows,
    }, pictures


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="drafts_judged", description=__doc__.split("\n")[0])
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--judge", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--count", type=int, default=3, help="drafts of each concept")
    parser.add_argument("--concepts", default="", help="names with commas; all if empty")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    names = [name for name in options.concepts.split(",") if name]
    found, pictures = judged(DraftPrior.load(options.weights), load_judge(options.judge)[0], options.count, names)
    options.output.mkdir(parents=True, exist_ok=True)
    with written_aside(options.output / "drafts-judged.json") as aside:
        aside.write_text(json.dumps(found, indent=1), encoding="utf-8")
    save_sheet(options.output / "drafts-judged.png", pictures)
    for name, row in found.items():
        sys.stdout.write(f"{name}: {', '.join(f'{key} {value:.2f}' for key, value in row.items())}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
