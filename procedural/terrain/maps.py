"""Land as images and images as land: height, normal, flow, any layer, and semantics seen from above.

EXR files hold 32-bit floats, exact; PNG files 16 bits a channel, stretched over a range that is kept beside the image, in NAME.json:
`{"low": m, "high": m, "size": m, "center": [x, y]}`. Images are seen from above with +Y upward: the first row of the file is the land's last.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import bpy
import numpy as np

from .field import HeightField

MOST_PIXELS = 16_384  # a side
CLASSES = ("water", "sand", "grass", "soil", "rock", "rubble", "snow")
COLORS = (
    (38, 84, 124),
    (214, 190, 138),
    (88, 122, 52),
    (110, 84, 60),
    (120, 116, 110),
    (168, 156, 140),
    (240, 244, 248),
)


def write_map(values: np.ndarray, path: Path, field: HeightField | None = None) -> Path:
    """Write [N, M] or [N, M, 3] (rows towards +Y) as .exr (exact) or .png (16 bits, the range in NAME.json beside it). Returns the path.

    Raises ValueError for another suffix, another shape, or numbers that are not finite; nothing is written then.
    """
    path = Path(path)
    array = np.asarray(values, np.float64)
    if path.suffix not in (".exr", ".png"):
        raise ValueError(f"{path.name} is neither .exr nor .png; name the map with one of these")
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3) or 0 in array.shape:
        raise ValueError(f"a map is an array [N, M] or [N, M, 3], not {list(array.shape)}")
    if not np.isfinite(array).all():
        raise ValueError(f"{path.name} would hold numbers that are not finite; mend the layer first")
    told: dict[str, object] = {}
    if field is not None:
        told |= {"size": field.size, "center": list(field.center)}
    if path.suffix == ".png":
        low, high = float(array.min()), float(array.max())
        told |= {"low": low, "high": high}
        array = (array - low) / (high - low) if high > low else np.zeros_like(array)
    _save(array, path)
    if told:
        aside = path.with_name(f".part-{path.stem}.json")
        aside.write_text(json.dumps(told) + "\n")
        os.replace(aside, path.with_suffix(".json"))
    return path


def read_map(path: Path) -> np.ndarray:
    """A map as [N, M, 3] float32, rows towards +Y: in its own units where NAME.json tells the range, else as the file has it (PNG: 0..1).

    Raises ValueError for a file that is no image, or too large.
    """
    path = Path(path)
    values = _load(path)
    told = _told(path)
    if path.suffix.lower() == ".png" and "low" in told:
        low, high = float(told["low"]), float(told["high"])  # type: ignore[arg-type]
        values = (low + values.astype(np.float64) * (high - low)).astype(np.float32)
    return values


def read_height_map(
    path: Path, size: float | None = None, low: float | None = None, high: float | None = None
) -> HeightField:
    """An image of heights as land. size: side, m; low, high: heights of black and white, m; each as the file's NAME.json says, if it is not given.

    An image that is not square is cut to its middle square. Raises ValueError if the size is not known, or the file cannot be read.
    """
    path = Path(path)
    told = _told(path)
    side = size if size is not None else told.get("size")
    if side is None:
        raise ValueError(f"{path.name} does not say how large its land is; give the size in metres")
    if low is None and high is None:
        heights = read_map(path)[..., 0]
    else:
        start, end = 0.0 if low is None else low, 1.0 if high is None else high
        heights = start + _load(path)[..., 0] * (end - start)
    count = min(heights.shape)
    top, left = (heights.shape[0] - count) // 2, (heights.shape[1] - count) // 2
    center = told.get("center", (0.0, 0.0))
    return HeightField(heights[top : top + count, left : left + count].astype(np.float64), float(side), tuple(center))  # type: ignore[arg-type]


def write_maps(field: HeightField, folder: Path, suffix: str = ".exr") -> dict[str, Path]:
    """All maps of a land: height, normal (0..1, (n + 1) / 2), every layer, and semantics. Returns the files by name."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    maps: dict[str, np.ndarray] = {"height": field.heights, "normal": field.normals() * 0.5 + 0.5, **field.layers}
    files = {name: write_map(values, folder / f"{name}{suffix}", field) for name, values in maps.items()}
    files["semantic"] = write_semantic(semantic(field), folder / "semantic.png")
    return files


def semantic(
    field: HeightField,
    sea_level: float = -np.inf,
    steep: float = 0.62,
    beach: float = 2.0,
    grass_line: float = np.inf,
    snow_depth: float = 0.05,
) -> np.ndarray:
    """What lies where, [N, N] uint8, numbers into CLASSES, by the same masks as the land's material: water over all, then snow, rock, rubble, sand,
    grass below its line, soil above it. Layers used where they are there: water, snow, sediment, stream, slope.
    """
    layers: Mapping[str, np.ndarray] = field.layers
    none = np.zeros_like(field.heights)
    slope = layers.get("slope", field.slope())
    number = {name: index for index, name in enumerate(CLASSES)}
    out = np.full(field.heights.shape, number["grass"], np.uint8)
    out[field.heights > grass_line] = number["soil"]
    out[(field.heights < sea_level + beach) & np.isfinite(sea_level)] = number["sand"]
    out[
        (layers.get("sediment", none) > 1.5)
        | (layers.get("stream", none) > 0.5)
        | ((slope > steep * 0.75) & (slope <= steep))
    ] = number["rubble"]
    out[slope > steep] = number["rock"]
    out[(layers.get("snow", none) > snow_depth)] = number["snow"]
    out[(field.heights < sea_level) | (layers.get("water", none) > 0.02)] = number["water"]
    return out


def write_semantic(numbers: np.ndarray, path: Path) -> Path:
    """Numbers [N, N] into CLASSES as a PNG in their colours; the table of names and colours in NAME.json beside it."""
    path = Path(path)
    if numbers.max(initial=0) >= len(CLASSES):
        raise ValueError(f"class {int(numbers.max())} has no name; there are {len(CLASSES)}")
    _save(np.asarray(COLORS, np.float64)[numbers] / 255.0, path)
    table = {
        "classes": [
            {"number": i, "name": n, "color": list(c)} for i, (n, c) in enumerate(zip(CLASSES, COLORS, strict=True))
        ]
    }
    aside = path.with_name(f".part-{path.stem}.json")
    aside.write_text(json.dumps(table) + "\n")
    os.replace(aside, path.with_suffix(".json"))
    return path


def read_semantic(path: Path) -> np.ndarray:
    """A semantic map as numbers into CLASSES, [N, N] uint8, rows towards +Y: each pixel's nearest colour."""
    colors = np.rint(_load(Path(path)).astype(np.float64) * 255.0)
    away = np.stack([np.abs(colors - np.array(color)).sum(-1) for color in COLORS], -1)
    return away.argmin(-1).astype(np.uint8)


def _save(array: np.ndarray, path: Path) -> None:
    """Write [N, M] or [N, M, 3], without any view transform, aside first."""
    rgb = array if array.ndim == 3 else np.repeat(array[..., None], 3, axis=-1)
    height, width = rgb.shape[:2]
    pixels = np.ones((height, width, 4), np.float32)
    pixels[..., :3] = rgb
    exr = path.suffix == ".exr"
    aside = path.with_name(f".part-{path.name}")
    image = bpy.data.images.new("map", width, height, alpha=False, float_buffer=True, is_data=True)
    scene = bpy.data.scenes.new("map")
    try:
        image.pixels.foreach_set(pixels.ravel())  # Blender's rows run upward, as ours do
        settings = scene.render.image_settings
        if hasattr(settings, "media_type"):  # 5.0 and later
            settings.media_type = "IMAGE"
        settings.file_format = "OPEN_EXR" if exr else "PNG"
        settings.color_mode = "RGB"
        settings.color_depth = "32" if exr else "16"
        scene.view_settings.view_transform = "Raw"
        if exr:
            settings.exr_codec = "ZIP"
        image.save_render(str(aside.absolute()), scene=scene)
        os.replace(aside, path)
    finally:
        bpy.data.images.remove(image)
        bpy.data.scenes.remove(scene)
        aside.unlink(missing_ok=True)


def _load(path: Path) -> np.ndarray:
    """[N, M, 3] float32 as the file has them, rows upward."""
    try:
        image = bpy.data.images.load(str(path.absolute()))
    except RuntimeError:
        raise ValueError(f"{path} cannot be read as an image; give a PNG, TIFF or EXR file") from None
    try:
        image.colorspace_settings.name = "Non-Color"
        width, height = image.size
        if not width or not height:
            raise ValueError(f"{path} cannot be read as an image; give a PNG, TIFF or EXR file")
        if max(width, height) > MOST_PIXELS:
            raise ValueError(f"{path.name} has {width} x {height} pixels; scale it to {MOST_PIXELS} or fewer a side")
        pixels = np.zeros(width * height * image.channels, np.float32)
        image.pixels.foreach_get(pixels)
        channels = image.channels
    finally:
        bpy.data.images.remove(image)
    pixels = pixels.reshape(height, width, channels)
    return pixels[..., :3] if channels >= 3 else np.repeat(pixels[..., :1], 3, axis=-1)


def _told(path: Path) -> dict[str, object]:
    beside = path.with_suffix(".json")
    if not beside.is_file():
        return {}
    try:
        told = json.loads(beside.read_text())
    except ValueError:
        raise ValueError(f"{beside.name} is no JSON; delete it, or write the map again") from None
    return told if isinstance(told, dict) else {}
