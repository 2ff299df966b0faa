"""Small images inside a script: their pixels as PNG in base64, and the code that makes images of them again.

Works on a script of any style: what builds is wrapped, so that the images are there before.
"""

from __future__ import annotations

import base64
import struct
import textwrap
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import bpy
import numpy as np

from .errors import GraphError
from .spec import GraphSpec, Ref

LARGEST_SIDE = 256  # pixels; larger images go along too if their PNG is small
LARGEST_PNG = 64 * 1024  # bytes
_LARGEST_READ = 4096  # pixels a side; nothing beyond is looked at
_MAIN = '\n\nif __name__ == "__main__":\n'

_CODE = '''

# Images: name, width, height, colour space, alpha mode, and the pixels as PNG in base64

_IMAGES = (
{images})

_build_graph = build


def _new_image(name, colorspace, alpha_mode, png):
    """An image of this name with these pixels, packed."""
    import base64
    import os
    import tempfile

    import bpy

    handle, path = tempfile.mkstemp(suffix=".png")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(base64.b64decode(png))
        image = bpy.data.images.load(path)
        image.pack()
    finally:
        os.remove(path)
    image.name, image.filepath_raw = name, ""
    for struct, attribute, value in ((image.colorspace_settings, "name", colorspace), (image, "alpha_mode", alpha_mode)):
        try:
            setattr(struct, attribute, value)
        except TypeError as error:
            import warnings

            warnings.warn(f"image {{name!r}} > {{attribute}}: cannot be {{value!r}}: {{error}}", stacklevel=3)
    return image


def build(*arguments, **named):
    """What is above, with the images that it needs; images of the same name and size that are in the file are used as they are."""
    import bpy

    aside = []
    for name, width, height, colorspace, alpha_mode, png in _IMAGES:
        there = bpy.data.images.get((name, None))
        if there is not None and tuple(there.size) == (width, height):
            continue
        if there is not None:
            there.name = "another " + name[:40]
        aside.append((there, _new_image(name, colorspace, alpha_mode, png), name))
    try:
        return _build_graph(*arguments, **named)
    finally:
        for there, image, name in aside:
            if there is not None:  # it had the name first
                image.name = name + ".001"
                there.name = name
'''


@dataclass(frozen=True, slots=True)
class EmbeddedImage:
    """An image as a script has it; `png` are the bytes of a PNG file, 8 bits a channel."""

    name: str
    width: int
    height: int
    colorspace: str
    alpha_mode: str
    png: bytes


def with_images(text: str, spec: GraphSpec) -> str:
    """The script, with the small images of this file that the graph refers to. Tells of others by a warning and in its head."""
    head, main, rest = text.rpartition(_MAIN)
    if not main:
        raise GraphError("this script does not build anything when it is run, so it cannot make images before")
    images, told = [], []
    for name in image_names(spec):
        found = embedded(name)
        if isinstance(found, str):
            told.append(found)
            warnings.warn(f"not in the script: {found}", stacklevel=3)
        else:
            images.append(found)
    if told:
        before, line, after = head.partition(
            "\nfrom __future__"
        )  # the names are no comment in the first two lines of a file
        lines = "".join(f"\n# Not in here: {ascii(each)[1:-1]}" for each in told)
        head = f"{before}{lines}{line}{after}" if line else f"# Images\n#{lines}\n{head}"
    if not images:
        return head + main + rest
    return head + _CODE.format(images="".join(map(_entry, images))) + main + rest


def image_names(spec: GraphSpec) -> list[str]:
    """The images of this file that a graph refers to, each once; those of libraries come from there."""
    return list(dict.fromkeys(ref.name for ref in _refs(spec) if ref.kind == "images" and not ref.library))


def _refs(value: Any) -> Iterator[Ref]:
    if isinstance(value, Ref):
        yield value
    elif is_dataclass(value):
        for f in fields(value):
            yield from _refs(getattr(value, f.name))
    elif isinstance(value, dict | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _refs(each)


def embedded(name: str) -> EmbeddedImage | str:
    """The image of that name in this file; a sentence if it cannot be embedded."""
    image = bpy.data.images.get((name, None))
    if image is None:
        return f"image {name!r}, which is not in this file"
    width, height = image.size
    size = f"image {name!r} of {width} x {height} pixels"
    if image.source not in {"FILE", "GENERATED"} or not width or not height:
        return f"{size}, which is no still picture that can be read ({image.source.lower()})"
    if max(width, height) > _LARGEST_READ:
        return f"{size}, which is too large"
    if image.is_float:
        return f"{size}, whose pixels are floats: PNG would round them"
    pixels = np.empty(width * height * image.channels, np.float32)
    image.pixels.foreach_get(pixels)
    bytes_of = np.rint(pixels * 255.0).astype(np.uint8).reshape(height, width, image.channels)
    png = png_of(bytes_of[::-1])
    if max(width, height) > LARGEST_SIDE and len(png) > LARGEST_PNG:
        return f"{size}, which is too large: {len(png) // 1024} KiB"
    return EmbeddedImage(name, width, height, image.colorspace_settings.name, image.alpha_mode, png)


def png_of(pixels: np.ndarray) -> bytes:
    """A PNG file of pixels [height, width, channels] uint8, top row first; channels: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA."""
    height, width, channels = pixels.shape
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    rows = np.zeros((height, 1 + width * channels), np.uint8)  # each row begins with its filter: none
    rows[:, 1:] = pixels.reshape(height, -1)

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    data = zlib.compress(rows.tobytes(), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def _entry(image: EmbeddedImage) -> str:
    facts = (image.name, image.width, image.height, image.colorspace, image.alpha_mode)
    lines = textwrap.wrap(base64.b64encode(image.png).decode("ascii"), 120)
    body = "\n".join(f'        "{line}"' for line in lines)
    return f"    (\n        {', '.join(map(repr, facts))},\n{body},\n    ),\n"
