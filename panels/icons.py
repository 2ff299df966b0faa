"""Job pictures as icons, in a collection of previews: they live in memory and never in the user's file."""

from __future__ import annotations

from typing import Any

import bpy.utils.previews
import numpy as np

from ..operators import png
from ..operators.jobs import Job

ICON_PX = 96
_collections: list[Any] = []
_numbers: dict[str, int] = {}


def icon_of(job: Job) -> int:
    """The icon that shows a job's newest picture; 0 before there is one."""
    if job.picture is None or not _collections:
        return 0
    pictures = _collections[0]
    preview = pictures[job.id] if job.id in pictures else pictures.new(job.id)
    if _numbers.get(job.id) != job.picture_number:
        pixels = png.shrunk(job.picture, ICON_PX)[::-1].astype(np.float32) / np.float32(255.0)
        preview.image_size = pixels.shape[1::-1]
        preview.image_pixels_float.foreach_set(np.ascontiguousarray(pixels).ravel())
        _numbers[job.id] = job.picture_number
    return preview.icon_id


def register() -> None:
    _collections.append(bpy.utils.previews.new())


def unregister() -> None:
    _numbers.clear()
    while _collections:
        bpy.utils.previews.remove(_collections.pop())
