"""Does the main job deliver? Every concept, several seeds, judged on the finished mesh, as the prior's study proposed.

    python -m dreamgrove.benchmarks.acceptance --assets DIR --judge FILE --output DIR [--preset draft] [--seeds 3] [--concepts a,b]

DIR of assets: shards of other seeds than the prior was trained on (procedural.export_assets). For each asset: class and colour
by the judge on renders of the mesh from unseen cameras (majority of views), azimuth error where the concept can tell it,
watertight, one part where the concept is one solid, silhouette overlap with the nearest asset of the generators, and Chamfer
distance against the spread of the generators. Controls that must fail: a wrong word, and a shape of revolution for an
asymmetric concept. Writes `acceptance-PRESET.json`, the same as tables, and pictures of all assets; resumes where it stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import trimesh
from scipy.spatial import cKDTree

from ..engine.lexicon import BASIC_COLORS, CONCEPTS
from ..engine.methods.context import JobContext
from ..engine.methods.dreamfusion import METHOD
from ..engine.protocol import JobRequest
from ..engine.rendering.cameras import orbit
from ..engine.rendering.rasterizer import draw_maps
from ..engine.training.assets import Asset, AssetLibrary
from ..engine.training.judge import ORDERS, assess, load_judge
from .acceptance_report import gallery, load_mesh, markdown, pictures, sheet

# Thin shapes lose more of their silhouette to the same error (study's figure), and what consists of loose parts may stay so.
THIN = frozenset({"flower", "grass", "chair", "lamp", "coral", "table"})
LOOSE = frozenset({"grass", "crystal", "bush", "mushroom"})
IOU_FLOOR, IOU_FLOOR_THIN, CHAMFER_FACTOR, AZIMUTH_DEG = 0.80, 0.65, 1.5, 25.0
NUM_VIEWS, SILHOUETTE_SIZE, POINTS = 12, 64, 3000
_DEG = np.pi / 180.0


def unseen_views(seed: int) -> Any:
    rng = np.random.default_rng(seed)
    azimuth = torch.from_numpy((np.arange(NUM_VIEWS) + rng.random(NUM_VIEWS)) * (2 * np.pi / NUM_VIEWS)).float()
    elevation = torch.from_numpy(rng.uniform(-5, 50, NUM_VIEWS) * _DEG).float()
    return orbit(azimuth, elevation)


def alphas(asset: Asset) -> np.ndarray:
    """Silhouettes from eight fixed views, bool [8, n, n]."""
    cameras = orbit(torch.arange(8) * (np.pi / 4), torch.tensor([10.0, 35.0] * 4) * _DEG).cam_to_world.numpy()
    return np.stack([draw_maps(asset, camera, 40 * _DEG, SILHOUETTE_SIZE)[0] > 0.5 for camera in cameras])


def surface_points(asset: Asset, seed: int = 0) -> np.ndarray:
    mesh = trimesh.Trimesh(asset.vertices, asset.triangles, process=False)
    return trimesh.sample.sample_surface(mesh, POINTS, seed=seed)[0]


def chamfer(a: np.ndarray, b: np.ndarray) -> float:
    """Mean of the two mean nearest distances, engine units."""
    return float((cKDTree(a).query(b)[0].mean() + cKDTree(b).query(a)[0].mean()) / 2)


class References:
    """The generators' own assets of one concept: silhouettes and points, made once."""

    def __init__(self, assets: Sequence[Asset]):
        self.alphas = [alphas(asset) for asset in assets]
        self.points = [surface_points(asset) for asset in assets]
        pairs = [(i, (i * 7 + 3) % len(assets)) for i in range(len(assets))]
        self.spread = float(np.median([chamfer(self.points[i], self.points[j]) for i, j in pairs if i != j]))

    def nearest(self, asset: Asset) -> tuple[float, float]:
        """Best mean silhouette overlap, and the Chamfer distance to the nearest, over the median between two of them."""
        own, points = alphas(asset), surface_points(asset)
        overlaps = [((own & a).sum() / max(1, (own | a).sum())) for a in self.alphas]
        best = np.argsort(overlaps)[::-1][:5]
        return float(max(overlaps)), min(chamfer(points, self.points[i]) for i in best) / self.spread


def judge_asset(asset: Asset, judge: Any, concept: int, color: int, order: int, seed: int) -> dict[str, Any]:
    cameras = unseen_views(seed)
    x = torch.from_numpy(pictures(asset, cameras)).float() * 2 - 1
    wanted = torch.full((NUM_VIEWS,), concept), torch.full((NUM_VIEWS,), color)
    found = assess(judge, x, *wanted, cameras.azimuth)
    error = None
    if order:
        error = float(found["error_deg"][:, ORDERS.index(order)].median()) / order
    return {
        "concept": float(found["concept_right"].float().mean()),
        "color": float(found["color_right"].float().mean()),
        "azimuth_deg": error,
    }


def revolution(asset: Asset) -> Asset:
    """A control: the asset smeared into a shape of revolution about its axis."""
    copies = []
    for turn in np.arange(12) * (np.pi / 6):
        c, s = np.cos(turn), np.sin(turn)
        copies.append(asset.vertices @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]], np.float32))
    count = len(asset.vertices)
    tile = [
        np.tile(a, (12, *[1] * (a.ndim - 1)))
        for a in (asset.normals, asset.primary, asset.tone, asset.color, asset.thin)
    ]
    triangles = np.concatenate([asset.triangles + i * count for i in range(12)]).astype(np.int32)
    return Asset(np.concatenate(copies).astype(np.float32), triangles, tile[0], tile[1], tile[2], tile[3], tile[4])


def verdict(row: dict[str, Any]) -> list[str]:
    """What the row fails, in words; empty if it is accepted."""
    thin = row["name"] in THIN
    fails = []
    if row["concept"] < 0.5:
        fails.append("concept")
    if row["color"] < 0.5:
        fails.append("colour")
    if not row["watertight"]:
        fails.append("not watertight")
    if row["parts"] > 1 and row["name"] not in LOOSE:
        fails.append(f"{row['parts']} parts")
    if row["iou"] < (IOU_FLOOR_THIN if thin else IOU_FLOOR):
        fails.append(f"IoU {row['iou']:.2f}")
    if row["chamfer"] > CHAMFER_FACTOR:
        fails.append(f"Chamfer {row['chamfer']:.2f}")
    if row["azimuth_deg"] is not None and row["azimuth_deg"] > AZIMUTH_DEG:
        fails.append(f"azimuth {row['azimuth_deg']:.0f}")
    return fails


def make(folder: Path, prompt: str, preset: str, seed: int) -> float:
    """Run the job here, in this process; its seconds. A finished folder is kept."""
    done = folder / "seconds.json"
    if done.is_file():
        return float(json.loads(done.read_text()))
    folder.mkdir(parents=True, exist_ok=True)
    request = JobRequest(method="dreamfusion", prompt=prompt, preset=preset, seed=seed)
    began = time.monotonic()
    METHOD.run(request, METHOD.parameters(request), JobContext(folder, "cpu", seed))
    seconds = time.monotonic() - began
    done.write_text(json.dumps(seconds))
    return seconds


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Judge finished meshes of every concept.")
    parser.add_argument("--assets", type=Path, required=True)
    parser.add_argument("--judge", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--preset", default="draft")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--concepts", default="")
    arguments = parser.parse_args(argv)
    judge, facts = load_judge(arguments.judge)
    judge.eval()
    library = AssetLibrary(arguments.assets)
    names = arguments.concepts.split(",") if arguments.concepts else [concept.name for concept in CONCEPTS]
    colors = list(BASIC_COLORS)
    rows: list[dict[str, Any]] = []
    controls = {"wrong word": 0, "wrong word tried": 0, "revolution": 0, "revolution tried": 0}
    for index, concept in enumerate(CONCEPTS):
        if concept.name not in names:
            continue
        references = References([asset for asset in library if asset.concept == index][:60])
        order = int(facts["azimuth_order"].get(concept.name, 0))
        for seed in range(arguments.seeds):
            color = (index * 5 + seed * 4) % len(colors)
            folder = arguments.output / arguments.preset / f"{concept.name}-{seed}"
            seconds = make(folder, f"a {colors[color]} {concept.name}", arguments.preset, seed)
            asset, welded = load_mesh(folder / "asset.glb")
            iou, distance = references.nearest(asset)
            row = {
                "name": concept.name, "color_name": colors[color], "seed": seed, "seconds": round(seconds, 1),
                "watertight": bool(welded.is_watertight), "parts": int(welded.body_count), "faces": len(welded.faces),
                "iou": round(iou, 3), "chamfer": round(distance, 2), "folder": str(folder),
                **judge_asset(asset, judge, index, color, order, seed),
            }  # fmt: skip
            row["fails"] = verdict(row)
            rows.append(row)
            wrong = judge_asset(asset, judge, (index + 3) % len(CONCEPTS), (color + 5) % len(colors), 0, seed)
            controls["wrong word tried"] += 1
            controls["wrong word"] += int(wrong["concept"] >= 0.5 or wrong["color"] >= 0.5)
            if order == 1:
                turned = judge_asset(revolution(asset), judge, index, color, order, seed)
                controls["revolution tried"] += 1
                controls["revolution"] += int(turned["azimuth_deg"] <= AZIMUTH_DEG and turned["concept"] >= 0.5)
            print(
                f"{concept.name} {colors[color]} seed {seed}: {', '.join(row['fails']) or 'ok'} ({seconds:.1f} s)",
                flush=True,
            )
    summary = {
        "accepted": sum(not row["fails"] for row in rows), "assets": len(rows),
        "concept": float(np.mean([row["concept"] for row in rows])), "color": float(np.mean([row["color"] for row in rows])),
        "median_seconds": float(np.median([row["seconds"] for row in rows])), "controls_passed_wrongly": controls,
    }  # fmt: skip
    arguments.output.mkdir(parents=True, exist_ok=True)
    (arguments.output / f"acceptance-{arguments.preset}.json").write_text(
        json.dumps({"summary": summary, "rows": rows}, indent=1)
    )
    (arguments.output / f"acceptance-{arguments.preset}.md").write_text(markdown(summary, rows))
    sheet(rows, arguments.output / f"acceptance-{arguments.preset}.png")
    gallery(rows, arguments.output / f"gallery-{arguments.preset}.png")
    print(json.dumps(summary, indent=1))
    return 0 if summary["accepted"] == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
