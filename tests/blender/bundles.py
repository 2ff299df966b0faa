"""Asset bundles written by a few lines of our own, so that importing is tested apart from the engine. numpy only.

The shape is a bumpy, closed ball with a seam and two poles, as wide as it is deep and a little taller; its texture is a
checker in the given colour.
"""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np

RECIPE: dict[str, Any] = {
    "method": "dreamfusion",
    "prompt": "a red mushroom",
    "preset": "draft",
    "seed": 3,
    "size_m": 0.3,
    "params": {"iterations": 0, "faces": 5000},
    "priors": {"draft": "0" * 64},
}


def png(pixels: np.ndarray, filters: int | None = 0) -> bytes:
    """A PNG of uint8 [H, W, 3 or 4]. filters: the row filter (0..4) used throughout, None = all of them in turn."""
    height, width, channels = pixels.shape
    rows = []
    before = np.zeros(width * channels, np.int16)
    for index, row in enumerate(pixels.reshape(height, -1).astype(np.int16)):
        kind = index % 5 if filters is None else filters
        left = np.concatenate([np.zeros(channels, np.int16), row[:-channels]])
        corner = np.concatenate([np.zeros(channels, np.int16), before[:-channels]])
        guess = left + before - corner
        away = np.stack([abs(guess - left), abs(guess - before), abs(guess - corner)])
        paeth = np.choose(away.argmin(axis=0), [left, before, corner])
        predicted = (np.zeros_like(row), left, before, (left + before) // 2, paeth)[kind]
        rows.append(bytes([kind]) + ((row - predicted) % 256).astype(np.uint8).tobytes())
        before = row
    header = struct.pack(">IIBBBBB", width, height, 8, {3: 2, 4: 6}[channels], 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 1)), (b"IEND", b""))
    chunks = [struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in parts]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def checker(size: int, color: tuple[int, int, int] = (200, 40, 30)) -> np.ndarray:
    """uint8 [size, size, 3]."""
    x, y = np.meshgrid(np.arange(size), np.arange(size))
    shade = np.where((x * 8 // size + y * 8 // size) % 2, 1.0, 0.6)
    return (shade[..., None] * np.float64(color)).astype(np.uint8)


def ball(faces: int, size_m: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """positions float32 [V, 3] (glTF: Y up, metres, base at 0), uv float32 [V, 2], triangles uint32 [F, 3].

    Vertices are split along the seam and at the poles, as a real unwrapped mesh is.
    """
    columns = max(3, round((faces / 2) ** 0.5))
    rings = max(3, round(faces / columns / 2))
    u, v = np.meshgrid(np.linspace(0, 1, columns + 1), np.linspace(0, 1, rings + 1))
    around, down = u * 2 * np.pi, v * np.pi
    bump = 1 + 0.08 * np.sin(5 * around) * np.sin(down) ** 2
    xyz = np.stack([np.sin(down) * np.cos(around), np.cos(down), -np.sin(down) * np.sin(around)], axis=-1)
    xyz *= bump[..., None] * np.array([0.8, 1.0, 0.8])
    xyz[:, -1] = xyz[:, 0]  # the very same places on both sides of the seam
    xyz[0], xyz[-1] = (0, 1, 0), (0, -1, 0)
    scale = size_m / np.ptp(xyz.reshape(-1, 3), axis=0).max()
    positions = (xyz.reshape(-1, 3) - [0, xyz[..., 1].min(), 0]) * scale
    row, column = np.meshgrid(np.arange(rings), np.arange(columns), indexing="ij")
    first = (row * (columns + 1) + column).ravel()
    below = first + columns + 1
    upper = np.stack([first, below, first + 1], axis=1)[row.ravel() > 0]
    lower = np.stack([first + 1, below, below + 1], axis=1)[row.ravel() < rings - 1]
    triangles = np.concatenate([upper, lower]).astype(np.uint32)
    return positions.astype(np.float32), np.stack([u, v], axis=-1).reshape(-1, 2).astype(np.float32), triangles


def glb(faces: int = 500, size_m: float = 0.3, texture_px: int = 64, textures: int = 3, **changes: Any) -> bytes:
    """A whole file. changes: top-level entries of the JSON to replace, to make it wrong."""
    positions, uv, triangles = ball(faces, size_m)
    pictures = [checker(texture_px), checker(texture_px, (127, 127, 255)), checker(texture_px, (0, 180, 0))][:textures]
    blobs = [positions.tobytes(), uv.tobytes(), triangles.tobytes(), *(png(each) for each in pictures)]
    views, binary = [], b""
    for blob in blobs:
        views.append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(blob)})
        binary += blob + b"\0" * (-len(blob) % 4)
    surface: dict[str, Any] = {"roughnessFactor": 0.6, "metallicFactor": 0.0}
    material: dict[str, Any] = {"pbrMetallicRoughness": surface}
    if textures > 0:
        surface["baseColorTexture"] = {"index": 0}
    if textures > 1:
        material["normalTexture"] = {"index": 1}
    if textures > 2:
        surface["metallicRoughnessTexture"] = {"index": 2}
    document: dict[str, Any] = {
        "asset": {"version": "2.0"},
        "buffers": [{"byteLength": len(binary)}],
        "bufferViews": views,
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": len(positions), "type": "VEC3"},
            {"bufferView": 1, "componentType": 5126, "count": len(uv), "type": "VEC2"},
            {"bufferView": 2, "componentType": 5125, "count": triangles.size, "type": "SCALAR"},
        ],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "indices": 2, "material": 0}]}],
        "materials": [material],
        "textures": [{"source": index} for index in range(textures)],
        "images": [{"bufferView": 3 + index, "mimeType": "image/png"} for index in range(textures)],
        "nodes": [{"mesh": 0}],
        **changes,
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    body = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
    return struct.pack("<III", 0x46546C67, 2, 12 + len(body)) + body


def write_bundle(folder: Path, recipe: dict[str, Any] | None = None, **options: Any) -> Path:
    """The folder that a job leaves; options as `glb` takes them."""
    folder.mkdir(parents=True, exist_ok=True)
    recipe = RECIPE if recipe is None else recipe
    (folder / "asset.glb").write_bytes(glb(**{"size_m": recipe.get("size_m", 0.3), **options}))
    (folder / "preview.png").write_bytes(png(checker(128)))
    (folder / "recipe.json").write_text(json.dumps(recipe), encoding="utf-8")
    (folder / "log.txt").write_text("made by a test\n", encoding="utf-8")
    return folder
