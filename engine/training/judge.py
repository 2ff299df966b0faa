"""A classifier of pictures that never sees the prior: which concept, which of the twelve colours, seen from where.

    python -m dreamgrove.engine.training.judge --assets DIR --output judge.safetensors --minutes N [--start OTHER.safetensors]

DIR must hold other seeds than the prior was trained on. A fifth of them is kept back; the accuracy on it is stored in the file.
How far a concept's azimuth can be told at all is measured there too, as an *order* k: the smallest of 1, 2, 4 for which
k * azimuth is told (1: from anywhere; 2: front and back look alike; 4: a square table; 0: a shape of revolution).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ..lexicon import BASIC_COLORS
from ..priors.embedded import native_bfloat16
from .assets import AssetLibrary
from .draft_run import CheckpointError, Clock, load_tensors, save_tensors
from .views import SIZE, ViewPool
from .vocabulary import CONCEPTS

ORDERS = (1, 2, 4)
HOLDOUT = 0.2
TELLING_DEG = 30.0  # a concept has order k if the median error of k * azimuth stays below; chance is 90
_BASIC = np.array(list(BASIC_COLORS.values()), np.float32)


def judged_looks(rng: np.random.Generator, concepts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """As views.random_looks, but only the twelve judged colours, slightly varied."""
    count = len(concepts)
    color = np.clip(_BASIC[rng.integers(len(_BASIC), size=count)] + rng.normal(0.0, 0.02, (count, 3)), 0.0, 1.0)
    background = np.where(rng.random((count, 1)) < 0.5, 1.0, rng.random((count, 3)))
    return color.astype(np.float32), background.astype(np.float32), (rng.random(count) < 0.5).astype(np.float32)


def nearest_color(color: Tensor) -> Tensor:
    """Index [B] of the judged colour nearest to sRGB [B, 3]."""
    return torch.cdist(color, torch.from_numpy(_BASIC).to(color.device)).argmin(dim=1)


class Judge(nn.Module):
    """Logits of concept and colour, and for every concept and order the direction (cos, sin) of k * azimuth."""

    def __init__(self, concepts: int = len(CONCEPTS)) -> None:
        super().__init__()
        self.concepts = concepts
        widths = (12, 32, 64, 96, 128)
        layers: list[nn.Module] = [nn.PixelUnshuffle(2)]
        for into, out in pairwise(widths):
            layers += [
                nn.Conv2d(into, out, 3, stride=1 if into == 12 else 2, padding=1),
                nn.GroupNorm(8, out),
                nn.SiLU(),
            ]
        layers += [nn.Conv2d(widths[-1], 128, 3, padding=1), nn.GroupNorm(8, 128), nn.SiLU(), nn.Flatten()]
        self.body = nn.Sequential(*layers, nn.Linear(128 * 16, 256), nn.SiLU(), nn.Dropout(0.2))
        self.concept = nn.Linear(256, concepts)
        self.color = nn.Linear(256, len(BASIC_COLORS))
        self.azimuth = nn.Linear(256, concepts * len(ORDERS) * 2)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """images: [B, 3, H, W] sRGB in -1..1, any size. Returns [B, concepts], [B, colours], [B, concepts, orders, 2]."""
        if images.shape[-1] != SIZE:
            images = F.interpolate(images, size=(SIZE, SIZE), mode="bilinear", antialias=True, align_corners=False)
        h = self.body(images)
        return self.concept(h), self.color(h), self.azimuth(h).unflatten(1, (self.concepts, len(ORDERS), 2))


def widened(judge: Judge) -> Judge:
    """One for all concepts of the vocabulary that begins where another stands; rows of new concepts begin at nothing."""
    wide, start = Judge(), judge.state_dict()
    with torch.no_grad():
        for name, value in wide.state_dict().items():
            value[: len(start[name])] = start[name]  # heads have their concepts' rows in front, all else is as long
            value[len(start[name]) :] = 0.0
    return wide


def directions(azimuth: Tensor) -> Tensor:
    """(cos, sin) of k * azimuth for each order: [B, orders, 2]."""
    turned = azimuth[:, None] * torch.tensor(ORDERS, device=azimuth.device)
    return torch.stack([turned.cos(), turned.sin()], dim=-1)


def azimuth_error(predicted: Tensor, azimuth: Tensor) -> Tensor:
    """Angle in degrees between k * azimuth and what the judge says, [B, orders], 0..180 (chance: 90)."""
    cosine = (F.normalize(predicted.float(), dim=-1) * directions(azimuth)).sum(-1)
    return torch.rad2deg(torch.arccos(cosine.clamp(-1.0, 1.0)))


@torch.no_grad()
def assess(judge: Judge, images: Tensor, concept: Tensor, color: Tensor, azimuth: Tensor) -> dict[str, Tensor]:
    """Per picture: concept_right, color_right (bool), error_deg [B, orders] as seen by the true concept's head."""
    logits, colors, turned = judge(images)
    own = turned[torch.arange(len(concept)), concept]
    return {
        "concept_right": logits.argmax(1) == concept,
        "color_right": colors.argmax(1) == color,
        "error_deg": azimuth_error(own, azimuth),
    }


def train_judge(
    assets: Path, minutes: float, seed: int = 0, batch: int = 96, start: Judge | None = None
) -> tuple[Judge, dict[str, Any]]:
    """Train (from `start`, widened, if there is one) and measure. Returns the judge and its facts (held-out accuracy, azimuth order by
    concept)."""
    torch.manual_seed(seed)
    library = AssetLibrary(assets, HOLDOUT)
    judge = Judge() if start is None else widened(start).train()
    judge.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # stubs lack it
    optimizer = torch.optim.AdamW(judge.parameters(), lr=1.5e-3, weight_decay=0.02)
    clock, bfloat16 = Clock(minutes, torch.device("cpu"), warmup_steps=100), native_bfloat16(torch.device("cpu"))
    images_seen, began = 0, time.process_time()
    with ViewPool(library, seed, capacity=512, reuse=3.0) as pool:
        while not clock.done:
            taken = pool.batch(batch, 1, SIZE, looks=judged_looks)
            x, cond = taken.x_0, taken.cond
            if clock.steps % 2:  # half of the pictures as the 32 px prior would draw them, and never quite clean
                x = F.avg_pool2d(x, 2)
            x = x + 0.08 * torch.rand(()) * torch.randn_like(x)
            with torch.autocast("cpu", torch.bfloat16, enabled=bfloat16):
                concepts, colors, turned = judge(x.contiguous(memory_format=torch.channels_last))
            own = turned[torch.arange(len(x)), cond.concept].float()
            loss = F.cross_entropy(concepts.float(), cond.concept, label_smoothing=0.05)
            loss = loss + F.cross_entropy(colors.float(), nearest_color(cond.color), label_smoothing=0.05)
            loss = loss + (own - directions(cond.cameras.azimuth)).square().sum(-1).mean()
            for group in optimizer.param_groups:
                group["lr"] = 1.5e-3 * clock.rate()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            clock.steps += 1
            images_seen += len(x)
    judge.eval()
    facts = measure(judge, library, seed + 1)
    return judge, {
        **facts,
        "images": images_seen,
        "assets": len(library),
        "cpu_s": round(time.process_time() - began, 1),
    }


def measure(judge: Judge, library: AssetLibrary, seed: int, count: int = 3072) -> dict[str, Any]:
    """Accuracy on the library's held-out assets, by concept and colour, and each concept's azimuth order."""
    rows: dict[str, list[Tensor]] = {
        "concept": [],
        "color": [],
        "concept_right": [],
        "color_right": [],
        "error_deg": [],
    }
    with ViewPool(library, seed, capacity=count // 4, reuse=1.0, held_out=True) as pool:
        for _ in range(count // 128):
            taken = pool.batch(128, 1, SIZE, looks=judged_looks)
            concept, color = taken.cond.concept, nearest_color(taken.cond.color)
            result = assess(judge, taken.x_0, concept, color, taken.cond.cameras.azimuth)
            for key, value in {"concept": concept, "color": color, **result}.items():
                rows[key].append(value)
    table = {key: torch.cat(value) for key, value in rows.items()}
    orders, errors, by_concept = {}, {}, {}
    for index, each in enumerate(CONCEPTS):
        here = table["concept"] == index
        if not bool(here.any()):
            continue
        medians = table["error_deg"][here].median(dim=0).values
        telling = [k for k, m in zip(ORDERS, medians.tolist(), strict=True) if m < TELLING_DEG]
        orders[each.name] = telling[0] if telling else 0
        errors[each.name] = [round(m, 1) for m in medians.tolist()]
        by_concept[each.name] = round(float(table["concept_right"][here].float().mean()), 3)
    asymmetric = torch.tensor([orders.get(CONCEPTS[int(c)].name) == 1 for c in table["concept"]])
    return {
        "held_out": {
            "concept": round(float(table["concept_right"].float().mean()), 4),
            "color": round(float(table["color_right"].float().mean()), 4),
            "azimuth_error_deg": round(float(table["error_deg"][asymmetric, 0].median()), 1)
            if asymmetric.any()
            else None,
            "by_concept": by_concept,
            "azimuth_median_error_deg_by_order": errors,
        },
        "azimuth_order": orders,
    }


def save_judge(path: Path, judge: Judge, facts: dict[str, Any]) -> None:
    save_tensors(
        path,
        judge.state_dict(),
        {**facts, "concepts": [c.name for c in CONCEPTS[: judge.concepts]], "format": "judge-1"},
    )


def load_judge(path: Path) -> tuple[Judge, dict[str, Any]]:
    """Raises CheckpointError if the file is no judge for this vocabulary, or for its first concepts."""
    tensors, facts = load_tensors(path)
    names = facts.get("concepts") or []
    if facts.get("format") != "judge-1" or not names or names != [c.name for c in CONCEPTS][: len(names)]:
        raise CheckpointError(f"{path} is not a judge of this vocabulary; train one with training.judge.")
    judge = Judge(len(names))
    judge.load_state_dict(tensors)
    return judge.eval(), facts


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="dreamgrove.engine.training.judge", description=__doc__.split("\n")[0])
    parser.add_argument("--assets", type=Path, required=True, help="shards of seeds that the prior never saw")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=5.0, help="CPU time")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--start", type=Path, help="a judge to begin from, of these concepts or of the first of them")
    args = parser.parse_args(arguments)
    torch.set_num_threads(args.threads)
    judge, facts = train_judge(
        args.assets, args.minutes, args.seed, start=load_judge(args.start)[0] if args.start else None
    )
    save_judge(args.output, judge, facts)
    sys.stdout.write(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
