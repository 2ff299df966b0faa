"""A compact binary glTF 2.0 writer: one mesh, one material, textures inside the file.

Engine space (Z up, front -Y) becomes glTF's (Y up, front +Z): (x, y, z) -> (x, z, -y), a rotation, so winding stays. Lengths
become metres, the origin the middle of the object's base. Specification: Khronos glTF 2.0, sections 3.6 (geometry), 3.9
(materials), 4 (GLB).
"""

from __future__ import annotations

import io
import json
import struct
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..files import written_aside
from .mesh import Floats, MeshingError, Textures, UnwrappedMesh

FLOAT, UINT16, UINT32 = 5126, 5123, 5125
ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963
LINEAR, LINEAR_MIPMAP_LINEAR, REPEAT = 9729, 9987, 10497
RECIPE_KEY = "dreamgrove_recipe"  # in the node's extras: importers make it a custom property of the object


def to_metres(vertices: NDArray, size_m: float) -> tuple[Floats, float]:
    """Vertices [V, 3] in metres (still Z up) with the origin in the middle of the base, and the factor metres per engine unit.

    size_m: the longest side of the object's box.
    """
    low, high = vertices.min(axis=0).astype(np.float64), vertices.max(axis=0).astype(np.float64)
    longest = float((high - low).max())
    if not longest > 0.0 or not size_m > 0.0:
        raise MeshingError(f"An object of {longest:g} units cannot be made {size_m:g} m large.")
    scale = size_m / longest
    origin = np.array([(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, low[2]])
    return ((vertices - origin) * scale).astype(np.float32), scale


def y_up(vectors: NDArray) -> Floats:
    """[N, 3] from Z up, front -Y to Y up, front +Z."""
    return np.ascontiguousarray(np.stack([vectors[:, 0], vectors[:, 2], -vectors[:, 1]], axis=1), np.float32)


def write_glb(
    path: Path, mesh: UnwrappedMesh, textures: Textures, size_m: float, name: str, recipe: dict[str, Any] | None = None
) -> None:
    """Write the asset, aside and then renamed. size_m: longest side, m. recipe: any JSON; rides in the asset and on the node."""
    data = encode_glb(mesh, textures, size_m, name, recipe)
    with written_aside(path) as aside:
        aside.write_bytes(data)


def encode_glb(
    mesh: UnwrappedMesh, textures: Textures, size_m: float, name: str, recipe: dict[str, Any] | None = None
) -> bytes:
    """The file's bytes; see `write_glb`."""
    for what, values in (("vertices", mesh.vertices), ("normals", mesh.normals), ("uv", mesh.uv)):
        if not np.isfinite(values).all():
            raise MeshingError(f"The mesh's {what} hold values that are not numbers; it cannot be written.")
    out = _Buffer()
    metres, _ = to_metres(mesh.vertices, size_m)
    tangents = np.concatenate([y_up(mesh.tangents[:, :3]), mesh.tangents[:, 3:]], axis=1).astype(np.float32)
    indices = mesh.triangles.astype(np.uint16 if len(mesh.vertices) < 65_535 else np.uint32).ravel()
    primitive = {
        "attributes": {
            "POSITION": out.add_vertices(y_up(metres), bounds=True),
            "NORMAL": out.add_vertices(y_up(mesh.normals)),
            "TANGENT": out.add_vertices(tangents),
            "TEXCOORD_0": out.add_vertices(mesh.uv),
        },
        "indices": out.add_indices(indices),
        "material": 0,
        "mode": 4,
    }
    pictures = [("base color", textures.base_color), ("normal", textures.normal)]
    if textures.metallic_roughness is not None:
        pictures.append(("metallic roughness", textures.metallic_roughness))
    with ThreadPoolExecutor(2) as pool:  # zlib releases the interpreter's lock
        for (label, _), png in zip(pictures, pool.map(encode_png, (p for _, p in pictures)), strict=True):
            out.add_image(f"{name} {label}", png)
    surface: dict[str, Any] = {
        "baseColorTexture": {"index": 0},
        "metallicFactor": 0.0,
        "roughnessFactor": textures.roughness,
    }
    if textures.metallic_roughness is not None:
        # Blue, metallic, is 0 throughout; the factor 1 lets an artist paint it.
        surface |= {"metallicRoughnessTexture": {"index": 2}, "metallicFactor": 1.0, "roughnessFactor": 1.0}
    node: dict[str, Any] = {"mesh": 0, "name": name}
    asset: dict[str, Any] = {"version": "2.0", "generator": "Dreamgrove"}
    if recipe is not None:
        node["extras"] = {RECIPE_KEY: json.dumps(recipe, sort_keys=True)}
        asset["extras"] = {RECIPE_KEY: recipe}
    return out.finish(
        {
            "asset": asset,
            "scene": 0,
            "scenes": [{"name": name, "nodes": [0]}],
            "nodes": [node],
            "meshes": [{"name": name, "primitives": [primitive]}],
            "materials": [
                {"name": name, "pbrMetallicRoughness": surface, "normalTexture": {"index": 1}, "doubleSided": False}
            ],
            "textures": [{"sampler": 0, "source": i} for i in range(len(pictures))],
            "samplers": [{"magFilter": LINEAR, "minFilter": LINEAR_MIPMAP_LINEAR, "wrapS": REPEAT, "wrapT": REPEAT}],
        }
    )


def encode_png(picture: NDArray[np.uint8]) -> bytes:
    """An 8-bit PNG of [H, W, 3 or 4]. Carries no colour profile: glTF fixes each texture's meaning."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG", compress_level=4)
    return out.getvalue()


class _Buffer:
    """Collects the binary chunk and what describes it."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []
        self.images: list[dict[str, Any]] = []

    def add_vertices(self, values: Floats, bounds: bool = False) -> int:
        accessor = {
            "bufferView": self._view(values.tobytes(), ARRAY_BUFFER),
            "componentType": FLOAT,
            "count": len(values),
            "type": f"VEC{values.shape[1]}",
        }
        if bounds:
            accessor |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def add_indices(self, indices: NDArray) -> int:
        self.accessors.append(
            {
                "bufferView": self._view(indices.tobytes(), ELEMENT_ARRAY_BUFFER),
                "componentType": UINT16 if indices.dtype == np.uint16 else UINT32,
                "count": len(indices),
                "type": "SCALAR",
            }
        )
        return len(self.accessors) - 1

    def add_image(self, name: str, png: bytes) -> None:
        self.images.append({"name": name, "bufferView": self._view(png), "mimeType": "image/png"})

    def finish(self, document: dict[str, Any]) -> bytes:
        """Header, JSON chunk, binary chunk; each padded to four bytes."""
        document |= {
            "bufferViews": self.views,
            "accessors": self.accessors,
            "images": self.images,
            "buffers": [{"byteLength": len(self.data)}],
        }
        text = json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
        text += b" " * (-len(text) % 4)
        length = 12 + 8 + len(text) + 8 + len(self.data)
        return b"".join(
            [
                struct.pack("<4sII", b"glTF", 2, length),
                struct.pack("<I4s", len(text), b"JSON"),
                text,
                struct.pack("<I4s", len(self.data), b"BIN\0"),
                bytes(self.data),
            ]
        )

    def _view(self, data: bytes, target: int | None = None) -> int:
        view: dict[str, Any] = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(data)}
        if target is not None:
            view["target"] = target
        self.views.append(view)
        self.data += data + b"\0" * (-len(data) % 4)
        return len(self.views) - 1
