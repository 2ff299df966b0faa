"""Previews are read as they were written, whatever filters the writer took; what is no picture is refused in a sentence."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from bundles import checker, png


@pytest.fixture
def reader(module):
    return module("operators.png")


@pytest.mark.parametrize("filters", [0, 1, 2, 3, 4, None])
@pytest.mark.parametrize("shape", [(1, 1, 3), (7, 5, 3), (5, 11, 4), (33, 20, 3)])
def test_round_trip(reader, filters, shape):
    pixels = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    decoded = reader.decode(png(pixels, filters))
    assert decoded.shape == (*shape[:2], 4) and decoded.dtype == np.uint8
    assert (decoded[..., : shape[2]] == pixels).all()
    assert shape[2] == 4 or (decoded[..., 3] == 255).all()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def file(width=4, height=4, depth=8, color=2, interlaced=0, body=None) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlaced)
    data = zlib.compress(bytes(height * (width * 3 + 1)) if body is None else body)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"\x89PNG\r\n\x1a\n",
        png(checker(8))[:60],
        file(depth=16),
        file(color=3),
        file(interlaced=1),
        file(width=0),
        file(width=100_000, height=100_000, body=b""),
        file(body=b"\x09" * 52),
        file(body=b"\0" * 10),
    ],
)
def test_anything_else_is_a_sentence(reader, content):
    with pytest.raises(reader.PngError, match="The picture is"):
        reader.decode(content)


def test_a_bomb_is_not_unpacked(reader):
    """A header that promises little bounds what is unpacked of much."""
    bomb = file(width=4, height=4, body=b"\0" * 50_000_000)
    assert reader.decode(bomb).shape == (4, 4, 4)


def test_shrinking_keeps_colours_and_proportions(reader):
    pixels = np.full((300, 150, 4), 90, np.uint8)
    small = reader.shrunk(pixels, 100)
    assert small.shape == (100, 50, 4) and (small == 90).all()
    assert reader.shrunk(pixels, 300) is pixels
