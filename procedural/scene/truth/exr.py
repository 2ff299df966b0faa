"""OpenEXR pictures with numpy alone: what Blender writes of its passes, and what the ground truth is kept in.

Scanline pictures, one part or several, without compression or with ZIP (of 1 or 16 lines); channels of half, float or unsigned 32-bit
integers. Tiles, deep pixels, other compressions and subsampled channels are refused. Any program that reads OpenEXR reads what is written here.
Source: "Technical Introduction to OpenEXR" and "OpenEXR File Layout" (openexr.com).
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_MAGIC = 20000630
_TYPES = (np.dtype("<u4"), np.dtype("<f2"), np.dtype("<f4"))  # by the number that the file has for them
_LINES = {0: 1, 2: 1, 3: 16}  # compression -> lines of a block: none, ZIPS, ZIP
_ZIP = 3
_TILED, _DEEP, _PARTS = 0x200, 0x800, 0x1000
_MOST_PIXELS = 1 << 28


class ExrError(ValueError):
    """A file that cannot be read as one of these pictures; one sentence."""


@dataclass(frozen=True)
class _Part:
    """One picture of a file. channels: name and type in the order of the file; box: left, top, right, bottom, inclusive."""

    channels: tuple[tuple[str, np.dtype], ...]
    compression: int
    box: tuple[int, int, int, int]
    attributes: dict[str, Any]

    @property
    def shape(self) -> tuple[int, int]:
        left, top, right, bottom = self.box
        return bottom - top + 1, right - left + 1

    @property
    def blocks(self) -> int:
        return -(-self.shape[0] // _LINES[self.compression])


def read_exr(path: Path | str) -> dict[str, np.ndarray]:
    """All channels of a file by name, each [H, W] float16, float32 or uint32, top row first. Raises ExrError, OSError."""
    data = Path(path).read_bytes()
    try:
        return _read(data)
    except (struct.error, IndexError, zlib.error, UnicodeDecodeError, ValueError) as error:
        if isinstance(error, ExrError):
            raise ExrError(f"{path} {error}") from None
        raise ExrError(f"{path} is damaged or no OpenEXR picture: {error}") from error


def read_attributes(path: Path | str) -> dict[str, Any]:
    """The texts and numbers in the header of a file (of its first part). Raises ExrError, OSError."""
    data = Path(path).read_bytes()
    try:
        return _headers(data)[0][0].attributes
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise ExrError(f"{path} is damaged or no OpenEXR picture: {error}") from error


def write_exr(
    path: Path | str, channels: Mapping[str, np.ndarray], attributes: Mapping[str, str] | None = None
) -> None:
    """Write channels [H, W] (float16, float32 or uint32; top row first) of one size, ZIP compressed; complete or not there.

    attributes: texts for the header. Raises ValueError, OSError.
    """
    path = Path(path)
    aside = path.with_name(f".{path.name}.part")
    try:
        aside.write_bytes(_written(channels, attributes or {}))
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def stacked(channels: Mapping[str, np.ndarray], names: Sequence[str], prefix: str = "") -> np.ndarray:
    """Channels such as "RGB" or "XYZ" (with a prefix such as "View.Normal.") as one array [H, W, C]. Raises KeyError."""
    return np.stack([channels[prefix + name] for name in names], -1)


# Reading -------------------------------------------------------------------------------------------------------------


def _read(data: bytes) -> dict[str, np.ndarray]:
    parts, at, several = _headers(data)
    places = [at]
    for part in parts:
        places.append(places[-1] + 8 * part.blocks)
    found: dict[str, np.ndarray] = {}
    for part, place in zip(parts, places, strict=False):
        height, width = part.shape
        found |= {name: np.zeros((height, width), kind) for name, kind in part.channels}
        for offset in struct.unpack_from(f"<{part.blocks}Q", data, place):
            _read_block(data, offset + 4 * several, part, found)
    return found


def _read_block(data: bytes, at: int, part: _Part, into: dict[str, np.ndarray]) -> None:
    height, width = part.shape
    line, size = struct.unpack_from("<ii", data, at)
    row = line - part.box[1]
    lines = min(_LINES[part.compression], height - row)
    raw = data[at + 8 : at + 8 + size]
    wanted = lines * width * sum(kind.itemsize for _, kind in part.channels)
    if part.compression and len(raw) < wanted:  # a block that does not shrink is kept as it is
        raw = _unpredicted(zlib.decompress(raw))
    if len(raw) != wanted:
        raise ExrError("ends too early")
    block = np.frombuffer(raw, np.uint8).reshape(lines, -1)
    begin = 0
    for name, kind in part.channels:
        end = begin + width * kind.itemsize
        into[name][row : row + lines] = np.ascontiguousarray(block[:, begin:end]).view(kind)
        begin = end


def _unpredicted(raw: bytes) -> bytes:
    """ZIP blocks hold differences between neighbouring bytes, all even bytes before all odd ones."""
    steps = np.frombuffer(raw, np.uint8).copy()
    steps[1:] -= 128
    values = np.cumsum(steps, dtype=np.uint8)
    out = np.empty_like(values)
    half = (len(values) + 1) // 2
    out[0::2], out[1::2] = values[:half], values[half:]
    return out.tobytes()


def _headers(data: bytes) -> tuple[list[_Part], int, bool]:
    """Parts, where the tables of offsets begin, whether blocks begin with their part's number."""
    magic, version = struct.unpack_from("<iI", data)
    if magic != _MAGIC:
        raise ExrError("is no OpenEXR picture")
    if version & (_TILED | _DEEP):
        raise ExrError("has tiles or deep pixels; only scanline pictures can be read")
    several = bool(version & _PARTS)
    parts, at = [], 8
    while data[at]:
        part, at = _header(data, at)
        parts.append(part)
        if not several:
            return parts, at, False
    return parts, at + 1, True


def _header(data: bytes, at: int) -> tuple[_Part, int]:
    values: dict[str, Any] = {}
    while data[at]:
        name, at = _text(data, at)
        kind, at = _text(data, at)
        (size,) = struct.unpack_from("<i", data, at)
        values[name] = _value(kind, data[at + 4 : at + 4 + size])
        at += 4 + size
    compression = values.get("compression", 0)
    if compression not in _LINES:
        raise ExrError("is compressed in a way that cannot be read here; write it with ZIP")
    if values.get("type", "scanlineimage") != "scanlineimage":
        raise ExrError("has tiles or deep pixels; only scanline pictures can be read")
    part = _Part(tuple(values["channels"]), compression, values["dataWindow"], values)
    if min(part.shape) < 1 or part.shape[0] * part.shape[1] > _MOST_PIXELS:
        raise ExrError(f"claims a size of {part.shape[1]} x {part.shape[0]}")
    return part, at + 1


def _value(kind: str, raw: bytes) -> Any:
    if kind == "string":
        return raw.decode("utf-8", "replace")
    if kind == "box2i":
        return struct.unpack("<4i", raw)
    if kind == "compression":
        return raw[0]
    if kind in ("int", "float"):
        return struct.unpack("<i" if kind == "int" else "<f", raw)[0]
    return _channels(raw) if kind == "chlist" else None


def _channels(raw: bytes) -> list[tuple[str, np.dtype]]:
    found, at = [], 0
    while raw[at]:
        name, at = _text(raw, at)
        kind, _, across, down = struct.unpack_from("<iIii", raw, at)
        if (across, down) != (1, 1):
            raise ExrError("has subsampled channels; they cannot be read here")
        found.append((name, _TYPES[kind]))
        at += 16
    return found


def _text(data: bytes, at: int) -> tuple[str, int]:
    end = data.index(0, at)
    return data[at:end].decode(), end + 1


# Writing -------------------------------------------------------------------------------------------------------------


def _written(channels: Mapping[str, np.ndarray], attributes: Mapping[str, str]) -> bytes:
    kinds = {name: _type_number(name, values) for name, values in channels.items()}
    shapes = {values.shape for values in channels.values()}
    if len(shapes) != 1 or len(next(iter(shapes))) != 2:
        raise ValueError(f"channels of a picture are [H, W] of one size, not {sorted(map(str, shapes))}")
    height, width = next(iter(shapes))
    names = sorted(channels)  # readers expect them so
    listed = b"".join(name.encode() + b"\0" + struct.pack("<iIii", kinds[name], 0, 1, 1) for name in names) + b"\0"
    box = struct.pack("<4i", 0, 0, width - 1, height - 1)
    header = [
        _attribute("channels", "chlist", listed),
        _attribute("compression", "compression", bytes([_ZIP])),
        _attribute("dataWindow", "box2i", box),
        _attribute("displayWindow", "box2i", box),
        _attribute("lineOrder", "lineOrder", b"\0"),
        _attribute("pixelAspectRatio", "float", struct.pack("<f", 1.0)),
        _attribute("screenWindowCenter", "v2f", struct.pack("<2f", 0.0, 0.0)),
        _attribute("screenWindowWidth", "float", struct.pack("<f", 1.0)),
        *(_attribute(name, "string", text.encode()) for name, text in attributes.items()),
        b"\0",
    ]
    long_names = 0x400 if any(len(name) > 31 for name in [*names, *attributes]) else 0
    head = struct.pack("<iI", _MAGIC, 2 | long_names) + b"".join(header)
    rows = [channels[name].astype(_TYPES[kinds[name]], copy=False) for name in names]
    blocks = []
    for top in range(0, height, _LINES[_ZIP]):
        lines = [np.ascontiguousarray(each[top : top + _LINES[_ZIP]]).view(np.uint8) for each in rows]
        raw = np.concatenate(lines, axis=1).tobytes()
        packed = zlib.compress(_predicted(raw), 4)
        packed = packed if len(packed) < len(raw) else raw
        blocks.append(struct.pack("<ii", top, len(packed)) + packed)
    start = len(head) + 8 * len(blocks)
    offsets = start + np.cumsum([0, *map(len, blocks[:-1])])
    return head + struct.pack(f"<{len(blocks)}Q", *offsets.tolist()) + b"".join(blocks)


def _predicted(raw: bytes) -> bytes:
    values = np.frombuffer(raw, np.uint8)
    split = np.concatenate([values[0::2], values[1::2]])
    out = split.copy()
    out[1:] = split[1:] - split[:-1] + np.uint8(128)
    return out.tobytes()


def _attribute(name: str, kind: str, raw: bytes) -> bytes:
    return name.encode() + b"\0" + kind.encode() + b"\0" + struct.pack("<i", len(raw)) + raw


def _type_number(name: str, values: np.ndarray) -> int:
    for number, kind in enumerate(_TYPES):
        if values.dtype == kind:
            return number
    raise ValueError(f"channel {name!r} is {values.dtype}; pictures hold float16, float32 or uint32")
