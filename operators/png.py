"""Small PNG pictures to arrays with zlib and numpy: job previews must not become images in the user's file.

Reads what the engine writes: 8 bits a channel, grey to RGBA, not interlaced (PNG specification, third edition).
"""

from __future__ import annotations

import struct
import zlib

import numpy as np

MAX_PIXELS = 4_194_304
_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


class PngError(ValueError):
    """Not a picture that can be shown; one sentence."""


def decode(data: bytes) -> np.ndarray:
    """uint8 [H, W, 4], sRGB, origin top left. Raises PngError."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise PngError("The picture is not a PNG")
    try:
        return _decode(data)
    except (struct.error, zlib.error, KeyError, IndexError) as error:
        raise PngError("The picture is damaged") from error


def _decode(data: bytes) -> np.ndarray:
    header, packed, offset = b"", b"", 8
    while offset + 8 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, offset)
        if kind == b"IHDR":
            header = data[offset + 8 : offset + 8 + length]
        elif kind == b"IDAT":
            packed += data[offset + 8 : offset + 8 + length]
        offset += 12 + length
    width, height, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if depth != 8 or color not in _CHANNELS or interlaced:
        raise PngError("The picture is of a kind of PNG that is not read here")
    if not 0 < width * height <= MAX_PIXELS:
        raise PngError("The picture is too large")
    channels = _CHANNELS[color]
    size = height * (width * channels + 1)
    raw = zlib.decompressobj().decompress(packed, size)
    if len(raw) != size:
        raise PngError("The picture is damaged")
    lines = np.frombuffer(raw, np.uint8).reshape(height, width * channels + 1)
    if lines[:, 0].max() > 4:
        raise PngError("The picture is damaged")
    return _rgba(_unfilter(lines[:, 0], lines[:, 1:].reshape(height, width, channels)))


def _unfilter(kinds: np.ndarray, filtered: np.ndarray) -> np.ndarray:
    """kinds [H], filtered [H, W, C] -> pixels [H, W, C].

    A pixel depends on its left, upper and upper left neighbours only, so all pixels of one anti-diagonal are found at once.
    """
    height, width, channels = filtered.shape
    if not kinds.any():
        return filtered
    # Skewed: row r is shifted right by r, so that a column is an anti-diagonal; the zeros around are the borders.
    skewed = np.zeros((height + 1, width + height + 1, channels), np.int16)
    rows = np.arange(height)
    for row in range(height):
        skewed[row + 1, row + 2 : row + 2 + width] = filtered[row]
    # Each of the two is read as "row r at diagonal d is column d - r".
    for diagonal in range(width + height - 1):
        first, last = max(0, diagonal - width + 1), min(height - 1, diagonal)
        here = rows[first : last + 1]
        kind = kinds[first : last + 1, None]
        at = diagonal + 2
        left = skewed[here + 1, at - 1] * (here < diagonal)[:, None]
        up = skewed[here, at - 1] * (here > 0)[:, None]
        corner = skewed[here, at - 2] * ((here > 0) & (here < diagonal))[:, None]
        guess = left + up - corner
        to_left, to_up, to_corner = abs(guess - left), abs(guess - up), abs(guess - corner)
        paeth = np.where((to_left <= to_up) & (to_left <= to_corner), left, np.where(to_up <= to_corner, up, corner))
        predicted = np.select([kind == 1, kind == 2, kind == 3, kind == 4], [left, up, (left + up) // 2, paeth], 0)
        skewed[here + 1, at] = (skewed[here + 1, at] + predicted) % 256
    return np.stack([skewed[row + 1, row + 2 : row + 2 + width] for row in range(height)]).astype(np.uint8)


def _rgba(pixels: np.ndarray) -> np.ndarray:
    height, width, channels = pixels.shape
    result = np.full((height, width, 4), 255, np.uint8)
    result[..., :3] = pixels[..., :3] if channels >= 3 else pixels[..., :1]
    if channels in (2, 4):
        result[..., 3] = pixels[..., -1]
    return result


def shrunk(pixels: np.ndarray, largest: int) -> np.ndarray:
    """The picture at most `largest` pixels a side, by averaging whole blocks. uint8 [H, W, 4]."""
    block = -(-max(pixels.shape[:2]) // largest)
    if block <= 1:
        return pixels
    height, width = (pixels.shape[0] // block) * block, (pixels.shape[1] // block) * block
    if not height or not width:
        return pixels[:largest, :largest]
    blocks = pixels[:height, :width].reshape(height // block, block, width // block, block, 4)
    return blocks.mean(axis=(1, 3)).astype(np.uint8)
