"""Reads the engine's `asset.glb` (glTF 2.0 binary, one mesh, embedded PNG textures) with numpy, without touching the scene.

Blender's own importer takes seconds and is one long call; this takes milliseconds, and can be spread over frames. Files of other
origin go through Blender's importer, not through this.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

MAGIC, JSON_CHUNK, BIN_CHUNK = 0x46546C67, 0x4E4F534A, 0x004E4942
MAX_BYTES = 512 * 1024 * 1024
MAX_VERTICES = 2_000_000  # its cube is still an int64
_DTYPES = {5121: np.uint8, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


class GlbError(ValueError):
    """The file is not an asset of the engine, or is damaged; one sentence."""


@dataclass(frozen=True)
class GlbAsset:
    """One textured mesh, in Blender's frame: Z up, metres, origin at the base's centre.

    vertices: float32 [V, 3], welded. triangles: int32 [F, 3]. uv: float32 [F * 3, 2] per corner, origin bottom left.
    images: role (base_color, normal, metallic_roughness) -> PNG bytes. roughness, metallic: factors.
    """

    vertices: np.ndarray
    triangles: np.ndarray
    uv: np.ndarray
    images: dict[str, bytes] = field(default_factory=dict)
    roughness: float = 1.0
    metallic: float = 0.0


def read_glb(path: Path) -> GlbAsset:
    """Raises GlbError for whatever is wrong with the file, OSError when it cannot be read."""
    if path.stat().st_size > MAX_BYTES:
        raise GlbError(f"{path.name} is larger than {MAX_BYTES >> 20} MiB")
    try:
        return _parse(path.read_bytes())
    except GlbError as error:
        raise GlbError(f"{path.name} cannot be imported: {error}") from error
    except (AttributeError, KeyError, IndexError, TypeError, ValueError, RecursionError, struct.error) as error:
        raise GlbError(f"{path.name} is damaged; make the asset again") from error


def _parse(data: bytes) -> GlbAsset:
    magic, version, _ = struct.unpack_from("<III", data)
    if magic != MAGIC or version != 2:
        raise GlbError("it is no glTF 2.0 binary file")
    document, binary = _chunks(data)
    primitive = document["meshes"][0]["primitives"][0]
    attributes = primitive["attributes"]
    positions = _accessor(document, binary, attributes["POSITION"]).reshape(-1, 3)
    uv = _accessor(document, binary, attributes["TEXCOORD_0"]).reshape(-1, 2)
    indices = _accessor(document, binary, primitive["indices"]).astype(np.int64)
    bound = min(len(positions), MAX_VERTICES)
    if len(indices) % 3 or len(indices) == 0 or indices.max() >= bound or len(uv) != len(positions):
        raise GlbError("its mesh does not hold together")
    if not (np.isfinite(positions).all() and np.isfinite(uv).all()):
        raise GlbError("its mesh holds numbers that are not finite")
    # Vertices were split along texture seams; an artist wants the closed surface back.
    unique, inverse = _welded(positions)
    triangles = inverse[indices].reshape(-1, 3)
    corners = uv[indices] * np.float32([1.0, -1.0]) + np.float32([0.0, 1.0])
    whole = _sound(triangles, len(unique))
    if not whole.any():
        raise GlbError("its mesh has no surface")
    vertices = unique[:, [0, 2, 1]] * np.float32([1.0, -1.0, 1.0])
    images, roughness, metallic = _material(document, binary, primitive.get("material"))
    return GlbAsset(
        np.ascontiguousarray(vertices, np.float32),
        np.ascontiguousarray(triangles[whole], np.int32),
        np.ascontiguousarray(corners.reshape(-1, 3, 2)[whole].reshape(-1, 2), np.float32),
        images,
        roughness,
        metallic,
    )


def _welded(positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct positions [U, 3] and, for each given one, which it is [V]. Quicker than np.unique over an axis."""
    order = np.lexsort(positions.T)
    ordered = positions[order]
    new = np.ones(len(positions), bool)
    new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    inverse = np.empty_like(order)
    inverse[order] = np.cumsum(new) - 1
    return ordered[new], inverse


def _sound(triangles: np.ndarray, num_vertices: int) -> np.ndarray:
    """Which triangles [F] have three corners and are the first on them: what Blender's own check would take out."""
    low, middle, high = np.sort(triangles, axis=1).T.astype(np.int64)
    _, first = np.unique((low * num_vertices + middle) * num_vertices + high, return_index=True)
    keep = np.zeros(len(triangles), bool)
    keep[first] = True
    return keep & (low != middle) & (middle != high)


def _chunks(data: bytes) -> tuple[dict, bytes]:
    document: dict = {}
    binary = b""
    offset = 12
    while offset + 8 <= len(data):
        length, kind = struct.unpack_from("<II", data, offset)
        body = data[offset + 8 : offset + 8 + length]
        if len(body) != length:
            raise GlbError("it ends too early")
        if kind == JSON_CHUNK:
            document = json.loads(body)
        elif kind == BIN_CHUNK:
            binary = body
        offset += 8 + length
    return document, binary


def _view(document: dict, binary: bytes, index: int) -> bytes:
    view = document["bufferViews"][index]
    start = view.get("byteOffset", 0)
    found = binary[start : start + view["byteLength"]]
    if len(found) != view["byteLength"]:
        raise GlbError("it ends too early")
    return found


def _accessor(document: dict, binary: bytes, index: int) -> np.ndarray:
    accessor = document["accessors"][index]
    dtype = np.dtype(_DTYPES[accessor["componentType"]])
    count = accessor["count"] * _WIDTHS[accessor["type"]]
    body = _view(document, binary, accessor["bufferView"])
    return np.frombuffer(body, dtype, count, accessor.get("byteOffset", 0))


def _material(document: dict, binary: bytes, index: int | None) -> tuple[dict[str, bytes], float, float]:
    if index is None:
        return {}, 1.0, 0.0
    material = document["materials"][index]
    surface = material.get("pbrMetallicRoughness", {})
    roles = {
        "base_color": surface.get("baseColorTexture"),
        "metallic_roughness": surface.get("metallicRoughnessTexture"),
        "normal": material.get("normalTexture"),
    }
    images = {}
    for role, texture in roles.items():
        if texture is not None:
            source = document["textures"][texture["index"]]["source"]
            images[role] = _view(document, binary, document["images"][source]["bufferView"])
    return images, float(surface.get("roughnessFactor", 1.0)), float(surface.get("metallicFactor", 1.0))
