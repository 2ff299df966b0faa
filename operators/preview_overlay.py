"""While a job runs: a wire box of the asked size where its object will stand, and in it the live preview, facing the view.

Drawn with the gpu module over the viewport; nothing is added to the file. Without a window nothing happens, and the gpu module
is not even imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np

if TYPE_CHECKING:
    from .jobs import Job

DEFAULT_SIZE_M = 0.5
_EDGES = [(0, 1), (1, 3), (3, 2), (2, 0), (4, 5), (5, 7), (7, 6), (6, 4), (0, 4), (1, 5), (2, 6), (3, 7)]
_handle: list[Any] = []
_shown: list[Job] = []
# Job id -> (number of the picture, its texture).
_textures: dict[str, tuple[int, Any]] = {}
# What is still to be warmed up, one a redraw, and the handler that does it.
_cold = ["box", "picture"]
_warming: list[Any] = []


def show(jobs: Sequence[Job]) -> None:
    """Draw these jobs from now on: those that are under way for the file that is open."""
    if bpy.app.background:
        return
    _shown[:] = [job for job in jobs if job.active and job.place is not None and job.place.here]
    if _shown and not _handle:
        _handle.append(bpy.types.SpaceView3D.draw_handler_add(_draw, (), "WINDOW", "POST_VIEW"))
    elif not _shown:
        hide()
    for job_id in _textures.keys() - {job.id for job in _shown}:
        del _textures[job_id]


def hide() -> None:
    while _handle:
        bpy.types.SpaceView3D.draw_handler_remove(_handle.pop(), "WINDOW")
    _shown.clear()
    _textures.clear()


def box_corners(location: Sequence[float], size_m: float) -> np.ndarray:
    """The eight corners [8, 3] of a cube that stands on `location`, m, world."""
    signs = np.array([(x, y, z) for z in (0, 1) for y in (-1, 1) for x in (-1, 1)], np.float32)
    return np.float32(location) + signs * np.float32([size_m / 2, size_m / 2, size_m])


def billboard(center: np.ndarray, side_m: float, view: np.ndarray) -> np.ndarray:
    """Four corners [4, 3] of a square that faces the view: lower left, lower right, upper right, upper left.

    view: [4, 4], world to camera.
    """
    right, up = view[0, :3], view[1, :3]
    half = side_m / 2
    return np.float32([center + x * half * right + y * half * up for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))])


def prepare() -> None:
    """Have the graphics driver compile the two shaders before a job needs them: tens of milliseconds each, once."""
    if _cold and not _warming and not bpy.app.background:
        _warming.append(bpy.types.SpaceView3D.draw_handler_add(_warm_up, (), "WINDOW", "POST_VIEW"))


def close() -> None:
    """Draw nothing any more."""
    hide()
    while _warming:
        bpy.types.SpaceView3D.draw_handler_remove(_warming.pop(), "WINDOW")


def _warm_up() -> None:
    """Draws what cannot be seen: a box and a picture without size."""
    import gpu

    gpu.state.blend_set("ALPHA")
    point = np.zeros((8, 3), np.float32)
    if _cold.pop() == "box":
        _draw_box(point, (0.0, 0.0, 0.0, 0.0))
    else:
        _draw_picture(point[:4], _to_texture(np.zeros((2, 2, 4), np.uint8)))
    gpu.state.blend_set("NONE")
    if _cold:
        bpy.context.area.tag_redraw()
    else:
        bpy.types.SpaceView3D.draw_handler_remove(_warming.pop(), "WINDOW")


def _draw() -> None:
    import gpu

    context = bpy.context
    view = np.array(context.region_data.view_matrix)
    color = (*context.preferences.themes[0].view_3d.object_active[:3], 0.9)
    gpu.state.blend_set("ALPHA")
    gpu.state.depth_test_set("LESS_EQUAL")
    for job in _shown:
        if job.place.scene != context.scene.name:
            continue
        size = job.place.size_m or DEFAULT_SIZE_M
        corners = box_corners(job.place.location, size)
        _draw_box(corners, color)
        texture = _texture(job)
        if texture is not None:
            _draw_picture(billboard(corners.mean(axis=0), size * 0.98, view), texture)
    gpu.state.depth_test_set("NONE")
    gpu.state.blend_set("NONE")


def _draw_box(corners: np.ndarray, color: Sequence[float]) -> None:
    import gpu
    from gpu_extras.batch import batch_for_shader

    region = bpy.context.region
    shader = gpu.shader.from_builtin("POLYLINE_UNIFORM_COLOR")
    shader.uniform_float("viewportSize", (region.width, region.height))
    shader.uniform_float("lineWidth", 1.5 * bpy.context.preferences.system.ui_scale)
    shader.uniform_float("color", color)
    batch_for_shader(shader, "LINES", {"pos": corners.tolist()}, indices=_EDGES).draw(shader)


def _draw_picture(square: np.ndarray, texture: Any) -> None:
    import gpu
    from gpu_extras.batch import batch_for_shader

    shader = gpu.shader.from_builtin("IMAGE")
    shader.uniform_sampler("image", texture)
    places = {"pos": square.tolist(), "texCoord": [(0, 0), (1, 0), (1, 1), (0, 1)]}
    batch_for_shader(shader, "TRI_FAN", places).draw(shader)


def _texture(job: Job) -> Any:
    """The newest preview as a texture of linear colours; None before there is one."""
    if job.picture is None:
        return None
    number, texture = _textures.get(job.id, (-1, None))
    if number != job.picture_number:
        texture = _to_texture(job.picture)
        _textures[job.id] = (job.picture_number, texture)
    return texture


def _to_texture(picture: np.ndarray) -> Any:
    import gpu

    pixels = np.ascontiguousarray(picture[::-1], np.float32) / 255.0
    buffer = gpu.types.Buffer("FLOAT", pixels.size, pixels.ravel())
    return gpu.types.GPUTexture(pixels.shape[1::-1], format="RGBA8", data=buffer)
