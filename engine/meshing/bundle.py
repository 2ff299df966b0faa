"""The asset bundle: the folder that every job yields. The log is the worker's; all else is written here."""

from __future__ import annotations

import contextlib
import io
import json
import platform
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from PIL import Image

from ... import __version__
from ..files import written_aside
from .gltf import write_glb
from .mesh import Context, Part, Silent
from .pipeline import Asset
from .preview import render_preview, render_turntable

MESH_FILE, PREVIEW_FILE, TURNTABLE_FILE, RECIPE_FILE = "asset.glb", "preview.png", "turntable.webp", "recipe.json"
TURNTABLE_FRAME_MS = 80
_PACKAGES = ("torch", "numpy", "scipy", "numba", "PyMCubes", "xatlas", "pillow")


@dataclass(frozen=True)
class Bundle:
    """Where the files are."""

    mesh: Path
    preview: Path
    turntable: Path
    recipe: Path


def make_recipe(
    method: str,
    params: dict[str, Any],
    seed: int,
    priors: dict[str, str] | None = None,
    timings: dict[str, float] | None = None,
) -> dict[str, Any]:
    """What remakes the asset: method, every parameter, seed, priors (name -> SHA-256), versions; and how long the stages took.

    params: plain JSON values, see params.to_mapping.
    """
    return {
        "dreamgrove": __version__,
        "method": method,
        "params": params,
        "seed": seed,
        "priors": [{"name": name, "sha256": sha256} for name, sha256 in sorted((priors or {}).items())],
        "versions": _versions(),
        "timings": dict(timings or {}),
    }


def write_bundle(
    folder: Path, asset: Asset, recipe: dict[str, Any], size_m: float, name: str, context: Context | None = None
) -> Bundle:
    """Write all files of the bundle into `folder`: first aside, then renamed together, the mesh last.

    recipe: as `make_recipe` returns; the meshing's timings and figures and the size are added to it. size_m: longest side of
    the object's box, m. A cancelled or failed call leaves no half bundle: the files that were there stay as they were.
    """
    context = context or Silent()
    folder.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    context.progress(0.0, "Drawing the picture")
    preview = render_preview(asset.mesh, asset.textures)
    context.check_cancelled()
    frames = render_turntable(asset.mesh, asset.textures, context=Part(context, 0.2, 0.7))
    context.progress(0.7, "Writing the files")
    files = {PREVIEW_FILE: _encode(Image.fromarray(preview), "PNG"), TURNTABLE_FILE: _animation(frames)}
    context.check_cancelled()
    context.progress(0.85, "Writing the files")
    recipe = recipe | {
        "size_m": size_m,
        "name": name,
        "mesh": asset.notes,
        "timings": recipe.get("timings", {}) | {f"mesh.{k}": v for k, v in asset.timings.items()},
    }
    recipe["timings"]["pictures"] = round(time.perf_counter() - started, 3)
    files[RECIPE_FILE] = json.dumps(recipe, indent=2, ensure_ascii=False).encode()
    with contextlib.ExitStack() as stack:  # renamed when all are written; the last name entered is renamed first
        write_glb(
            stack.enter_context(written_aside(folder / MESH_FILE)), asset.mesh, asset.textures, size_m, name, recipe
        )
        for each, data in files.items():
            stack.enter_context(written_aside(folder / each)).write_bytes(data)
        context.check_cancelled()
    context.progress(1.0, "Writing the files")
    return Bundle(*(folder / each for each in (MESH_FILE, PREVIEW_FILE, TURNTABLE_FILE, RECIPE_FILE)))


def _encode(picture: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


def _animation(frames: Any) -> bytes:
    """frames [N, H, W, 3] uint8 as an endless WebP."""
    pictures = [Image.fromarray(frame) for frame in frames]
    out = io.BytesIO()
    pictures[0].save(
        out,
        "WEBP",
        save_all=True,
        append_images=pictures[1:],
        duration=TURNTABLE_FRAME_MS,
        loop=0,
        quality=80,
        method=1,
    )
    return out.getvalue()


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            versions[package] = "absent"
    return versions
