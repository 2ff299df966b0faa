"""What the prior obeys: samples at cameras it never saw, looked at by the judge; with controls that must fail.

    python -m dreamgrove.engine.training.evaluate --weights engine/weights/score.safetensors --judge judge.safetensors --output DIR

Writes `score-evaluation.json` (with a `markdown` field for the docs and the card) and grids of samples, the controls among them.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..files import written_aside
from ..lexicon import BASIC_COLORS
from ..priors.embedded import read_weights
from ..priors.score_model import ScoreConditions, ScoreModel
from ..rendering.cameras import orbit
from .grids import conditions, sample_grid, save_picture, tile
from .judge import ORDERS, Judge, assess, load_judge
from .score import sample
from .views import random_cameras
from .vocabulary import CONCEPTS

COLOR_NAMES = tuple(BASIC_COLORS)


def questions(
    per_pair: int, seed: int, num_views: int = 4, concepts: int = len(CONCEPTS)
) -> tuple[ScoreConditions, Tensor]:
    """Every concept in every judged colour, `per_pair` objects of `num_views` views each; colour indices [B]."""
    rng = np.random.default_rng(seed)
    rows = [(c, k) for c in range(concepts) for k in range(len(COLOR_NAMES)) for _ in range(per_pair)]
    cameras = np.concatenate([random_cameras(rng, num_views) for _ in rows])
    pairs = np.repeat(np.array(rows), num_views, axis=0)
    basic = np.array(list(BASIC_COLORS.values()), np.float32)
    cond = conditions(
        pairs[:, 0].tolist(), basic[pairs[:, 1]].tolist(), cameras[:, 0].tolist(), cameras[:, 1].tolist(), num_views
    )
    return cond, torch.from_numpy(pairs[:, 1].copy())


def thinned(cond: ScoreConditions, color: Tensor, every: int) -> tuple[ScoreConditions, Tensor]:
    """One object in `every`, so that each concept and each colour loses alike."""
    keep = (cond.concept + color) % every == 0
    return replace(cond, **{k: v[keep] for k, v in vars(cond).items() if k != "num_views"}), color[keep]


def part(cond: ScoreConditions, begin: int, end: int) -> ScoreConditions:
    """Rows begin .. end - 1."""
    changed = {
        name: value[begin:end] for name, value in vars(cond).items() if name != "num_views"
    }  # cameras slice alike
    return replace(cond, **changed)


def draw(model: ScoreModel, cond: ScoreConditions, chunk: int = 96, **options: Any) -> Tensor:
    """`score.sample` in chunks (a chunk is a whole number of objects); [B, 3, R, R] sRGB in 0..1."""
    chunk -= chunk % cond.num_views
    seed = options.pop("seed", 0)
    return torch.cat(
        [
            sample(model, part(cond, begin, begin + chunk), seed=seed + begin, **options)
            for begin in range(0, len(cond.concept), chunk)
        ]
    )


def report(
    judge: Judge, images: Tensor, cond: ScoreConditions, color: Tensor, orders: dict[str, int]
) -> dict[str, Any]:
    """Accuracy by concept and colour; azimuth error by concept in its own order, as an angle of the object."""
    found: dict[str, list[Tensor]] = {key: [] for key in ("concept_right", "color_right", "error_deg")}
    for begin in range(0, len(images), 256):
        rows = slice(begin, begin + 256)
        result = assess(judge, 2.0 * images[rows] - 1.0, cond.concept[rows], color[rows], cond.cameras.azimuth[rows])
        for key, value in result.items():
            found[key].append(value)
    right, colored, error = (torch.cat(found[key]) for key in ("concept_right", "color_right", "error_deg"))
    by_concept, azimuth = {}, {}
    asymmetric = torch.zeros(len(images), dtype=torch.bool)
    for index, concept in enumerate(CONCEPTS):
        here = cond.concept == index
        if not bool(here.any()):
            continue
        by_concept[concept.name] = {
            "concept": round(float(right[here].float().mean()), 3),
            "color": round(float(colored[here].float().mean()), 3),
        }
        order = orders.get(concept.name, 0)
        if order:
            column = ORDERS.index(order)
            azimuth[concept.name] = {"order": order, "median_error_deg": round(float(error[here, column].median()), 1)}
            if order == 1:
                asymmetric |= here
    return {
        "concept": round(float(right.float().mean()), 4),
        "color": round(float(colored.float().mean()), 4),
        "by_concept": by_concept,
        "by_color": {
            name: round(float(colored[color == k].float().mean()), 3)
            for k, name in enumerate(COLOR_NAMES)
            if bool((color == k).any())
        },
        "azimuth": azimuth,
        "azimuth_median_error_deg": round(float(error[asymmetric, 0].median()), 1) if bool(asymmetric.any()) else None,
        "samples": len(images),
    }


def evaluate(
    model: ScoreModel, judge: Judge, judge_facts: dict[str, Any], output: Path, per_pair: int = 1, guidance: float = 3.0,
    guide_camera: bool = False, seed: int = 1000, steps: int = 12, every: int = 1,
) -> dict[str, Any]:  # fmt: skip
    """All figures; grids go to `output`. every: ask only one object in so many (1: all; the lesser rows always ask fewer)."""
    began = time.process_time()
    orders = judge_facts["azimuth_order"]
    common: dict[str, Any] = {"num_steps": steps, "seed": seed, "guide_camera": guide_camera}
    cond, color = questions(per_pair, seed, concepts=model.config.num_concepts)
    rows = {"64 px": (64, every, 4), "32 px": (32, 2 * every, 4), "64 px, one view at a time": (64, 4 * every, 1)}
    results: dict[str, Any] = {}
    for name, (resolution, share, views) in rows.items():
        asked, shown = thinned(cond, color, share)
        asked = replace(asked, num_views=views)
        images = draw(model, asked, resolution=resolution, guidance_scale=guidance, **common)
        results[name] = report(judge, images, asked, shown, orders)
        if share == 1:
            firsts = images[:: 4 * per_pair]
            save_picture(output / f"score-concepts-colors-{resolution}.png", tile(firsts, len(COLOR_NAMES)))
    controls = _controls(model, judge, *thinned(cond, color, 6 * every), orders, output, guidance, common)
    sample_grid(model, output / "score-samples.png", guidance_scale=guidance, num_steps=steps)
    facts = {
        "guidance_scale": guidance, "guide_camera": guide_camera, "ddim_steps": steps, "results": results,
        "controls": controls, "judge": judge_facts["held_out"], "azimuth_order": orders,
        "cpu_s": round(time.process_time() - began, 1),
    }  # fmt: skip
    return {**facts, "markdown": markdown(facts)}


def _controls(
    model: ScoreModel, judge: Judge, cond: ScoreConditions, color: Tensor, orders: dict[str, int], output: Path,
    guidance: float, common: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Things that must not pass: asked for something else than they are judged by, or drawn badly."""
    c = cond.cameras
    turned = orbit(c.azimuth + torch.pi / 2, c.elevation, c.distance, c.fov_y)
    wrong = (cond.concept + 1) % model.config.num_concepts
    plans = {
        "wrong prompt": (model, replace(cond, concept=wrong), guidance),
        "camera turned by 90 degrees": (model, replace(cond, cameras=turned), guidance),
        "guidance 30": (model, cond, 30.0),
        "untrained network": (ScoreModel(model.config).eval(), cond, guidance),
    }
    results = {}
    for name, (network, asked, scale) in plans.items():
        images = draw(network, asked, resolution=64, guidance_scale=scale, **common)
        told = report(judge, images, cond, color, orders)
        results[name] = {key: told[key] for key in ("concept", "color", "azimuth_median_error_deg")}
        save_picture(output / f"score-control-{name.replace(' ', '-')}.png", tile(images[::4][:96], 8))
    return results


def markdown(facts: dict[str, Any]) -> str:
    """The figures as tables."""
    lines = [
        "### What it obeys",
        "",
        f"Samples at random cameras (guidance {facts['guidance_scale']:g}, {facts['ddim_steps']} DDIM steps), looked at by a classifier "
        f"that was trained on other seeds and never saw the prior (its own held-out accuracy: concept {facts['judge']['concept']:.3f}, "
        f"colour {facts['judge']['color']:.3f}, azimuth {_degrees(facts['judge']['azimuth_error_deg'])}).",
        "",
        "| | concept | colour | azimuth, median error on asymmetric concepts | samples |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, row in facts["results"].items():
        lines.append(f"| {name} | {row['concept']:.3f} | {row['color']:.3f} | "
                     f"{_degrees(row['azimuth_median_error_deg'])} | {row['samples']} |")  # fmt: skip
    lines += ["", "Controls, which must fail:", "", "| | concept | colour | azimuth |", "| --- | --- | --- | --- |"]
    for name, row in facts["controls"].items():
        lines.append(
            f"| {name} | {row['concept']:.3f} | {row['color']:.3f} | {_degrees(row['azimuth_median_error_deg'])} |"
        )
    main = facts["results"]["64 px"]
    lines += [
        "",
        "| concept | told as such | colour | azimuth order | median error |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, row in main["by_concept"].items():
        turn = main["azimuth"].get(name)
        order = facts["azimuth_order"].get(name, 0)
        told = f"{turn['median_error_deg']:.0f} degrees" if turn else "-"
        lines.append(f"| {name} | {row['concept']:.2f} | {row['color']:.2f} | {order or 'none'} | {told} |")
    lines += ["", "Azimuth order k: k times the azimuth can be told from real renders (1: from anywhere, 2: front and back alike, "
              "4: square; none: a shape of revolution or no front). Errors are of k times the azimuth; chance is 90 degrees.",
              "", "| colour | obeyed |", "| --- | --- |"]  # fmt: skip
    lines += [f"| {name} | {value:.2f} |" for name, value in main["by_color"].items()]
    return "\n".join(lines) + "\n"


def _degrees(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} degrees"


def write_json(path: Path, data: dict[str, Any]) -> None:
    with written_aside(path) as aside:
        aside.write_text(json.dumps(data, indent=1), encoding="utf-8")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="dreamgrove.engine.training.evaluate", description=__doc__.split("\n")[0])
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--judge", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--guidance", type=float, default=3.0)
    parser.add_argument("--guide-camera", action="store_true")
    parser.add_argument("--per-pair", type=int, default=1, help="objects (of four views) for each concept and colour")
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--every", type=int, default=1, help="ask one object in so many: a quick look")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args(arguments)
    torch.set_num_threads(args.threads)
    model, facts, digest = read_weights(args.weights)
    judge, judge_facts = load_judge(args.judge)
    model = model.placed("cpu").eval()
    result = evaluate(model, judge, judge_facts, args.output, args.per_pair, args.guidance, args.guide_camera,
                      steps=args.steps, every=args.every)  # fmt: skip
    write_json(args.output / "score-evaluation.json", {**result, "weights_sha256": digest, "images": facts["images"]})


if __name__ == "__main__":
    main()
