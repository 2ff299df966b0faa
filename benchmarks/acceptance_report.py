"""What acceptance shows: finished meshes read back and drawn, sheets of them, and the figures as tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
import trimesh
from PIL import Image

from ..engine.color import to_linear, to_srgb
from ..engine.rendering.cameras import orbit
from ..engine.rendering.rasterizer import Light, compose, draw_maps
from ..engine.training.assets import Asset

VIEW_SIZE = 64
_DEG = np.pi / 180.0


def load_mesh(path: Path) -> tuple[Asset, trimesh.Trimesh]:
    """The bundle's mesh back in engine space with its texture's colours, and welded for the shape checks."""
    mesh = trimesh.load(path, force="mesh", process=False)
    picture = np.asarray(mesh.visual.material.baseColorTexture.convert("RGB"), np.float32) / 255.0
    height, width = picture.shape[:2]
    uv = np.asarray(mesh.visual.uv)
    column = np.clip((uv[:, 0] * width).astype(int), 0, width - 1)
    row = np.clip(((1.0 - uv[:, 1]) * height).astype(int), 0, height - 1)
    srgb = picture[row, column]
    linear = to_linear(srgb)
    vertices = np.asarray(mesh.vertices, np.float32)[:, [0, 2, 1]] * np.float32([1, -1, 1])
    middle = (vertices.max(0) + vertices.min(0)) / 2
    vertices = (vertices - middle) / np.linalg.norm(vertices - middle, axis=1).max() * 0.95
    welded = trimesh.Trimesh(vertices, mesh.faces, process=True, merge_norm=True, merge_tex=True)
    normals = np.asarray(trimesh.Trimesh(vertices, mesh.faces, process=False).vertex_normals, np.float32)
    count = len(vertices)
    asset = Asset(
        vertices, np.asarray(mesh.faces, np.int32), normals, np.zeros(count, np.float32), np.ones(count, np.float32), linear,
        np.zeros(len(mesh.faces), np.uint8),
    )  # fmt: skip
    return asset, welded


def pictures(asset: Asset, cameras: Any, size: int = VIEW_SIZE) -> np.ndarray:
    """sRGB [B, 3, size, size] on white, lit by a headlight from above."""
    images = []
    for camera in cameras.cam_to_world.numpy():
        light = Light(tuple(camera[:3, 2] + 0.5 * camera[:3, 1]), 0.35, 0.65)
        maps = draw_maps(asset, camera, 40 * _DEG, size, light)
        linear = compose(maps, np.ones(3, np.float32), np.ones(3, np.float32), True)
        images.append(to_srgb(linear))
    return np.stack(images)


def sheet(rows: list[dict[str, Any]], path: Path) -> None:
    """One picture of all assets, two views each, a row per concept."""
    lines: dict[str, list[np.ndarray]] = {}
    cameras = orbit(torch.arange(2) * 1.8 + 0.5, torch.full((2,), 20 * _DEG))
    for row in rows:
        asset, _ = load_mesh(Path(row["folder"]) / "asset.glb")
        lines.setdefault(row["name"], []).extend(np.moveaxis(pictures(asset, cameras, 112), 1, -1))
    width = max(map(len, lines.values()))
    blank = np.ones((112, 112, 3))
    picture = np.concatenate([np.concatenate(line + [blank] * (width - len(line)), 1) for line in lines.values()])
    Image.fromarray((picture.clip(0, 1) * 255).astype(np.uint8)).save(path)


def gallery(rows: list[dict[str, Any]], path: Path, columns: int = 8, size: int = 256) -> None:
    """The bundles' own pictures, the first accepted asset of each concept (the first one where none is)."""
    best: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["name"] not in best or (best[row["name"]]["fails"] and not row["fails"]):
            best[row["name"]] = row
    tiles = []
    for row in best.values():
        with Image.open(Path(row["folder"]) / "preview.png") as picture:
            tiles.append(picture.convert("RGB").resize((size, size), Image.Resampling.LANCZOS))
    whole = Image.new("RGB", (columns * size, -(-len(tiles) // columns) * size), tiles[0].getpixel((0, 0)))
    for index, tile in enumerate(tiles):
        whole.paste(tile, (index % columns * size, index // columns * size))
    whole.save(path)


def markdown(summary: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    """The figures as tables: a row per concept, then every asset that fails, by name."""
    controls = summary["controls_passed_wrongly"]
    lines = [
        f"{summary['accepted']} of {summary['assets']} assets accepted; the judge agrees on {summary['concept']:.3f} of the views about the "
        f"concept and on {summary['color']:.3f} about the colour; median {summary['median_seconds']:.1f} s an asset. Controls that passed, "
        f"though they must fail: wrong word {controls['wrong word']} of {controls['wrong word tried']}, shape of revolution "
        f"{controls['revolution']} of {controls['revolution tried']}.",
        "",
        "| concept | accepted | told as such | colour | parts | silhouette IoU (floor) | Chamfer | azimuth error |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in dict.fromkeys(row["name"] for row in rows):
        own = [row for row in rows if row["name"] == name]
        mean = {key: float(np.mean([row[key] for row in own])) for key in ("concept", "color", "iou", "chamfer")}
        angles = [row["azimuth_deg"] for row in own if row["azimuth_deg"] is not None]
        lines.append(
            f"| {name} | {sum(not row['fails'] for row in own)} of {len(own)} | {mean['concept']:.2f} | {mean['color']:.2f} | "
            f"{', '.join(str(row['parts']) for row in own)} | {mean['iou']:.2f} ({own[0]['iou_floor']:.2f}) | {mean['chamfer']:.2f} | "
            f"{f'{np.median(angles):.0f} degrees' if angles else '-'} |"
        )
    failed = [
        f"- a {r['color_name']} {r['name']}, seed {r['seed']}: {', '.join(r['fails'])}" for r in rows if r["fails"]
    ]
    return "\n".join([*lines, "", *(["Not accepted:", "", *failed] if failed else ["None fails."]), ""])
