"""Pictures of an asset before anybody opens it: a still in soft studio light and a turntable.

Key light from the upper left, with a soft shadow (several shadow maps over a disc); a rim light from behind; a sky whose share at each
vertex is measured once (shadow maps from all over the hemisphere); a floor that takes shadows and fades into the backdrop.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from ..color import to_linear, to_srgb
from ..rendering.raster_core import project, rasterize
from .kernels import in_threads
from .mesh import Context, Floats, Silent, Textures, UnwrappedMesh
from .preview_kernels import lit_share, shade_rows

THREADS = 2
FOV_Y = np.radians(26.0)
AZIMUTH, ELEVATION = np.radians(28.0), np.radians(17.0)
KEY_AZIMUTH, KEY_ELEVATION = np.radians(-48.0), np.radians(46.0)  # from the camera's azimuth
RIM_AZIMUTH, RIM_ELEVATION = np.radians(152.0), np.radians(34.0)
KEY_DISC = 0.16  # rad, the key light's radius as seen from the object
SKY_LIGHTS, SKY_MAP = 64, 128
FLOOR_CELLS, FLOOR_HALF = 160, 2.2
FLOOR_BLUR = 1.6  # cells; hides the steps between the single shadow maps
TINT = np.array([1.0, 0.985, 0.965], np.float32)
EXPOSURE = 1.12
_LINEAR = to_linear(np.arange(256, dtype=np.float32) / 255.0)


@dataclass(frozen=True)
class Stage:
    """What all pictures of an asset share. attributes: see shade_rows. floor_share: [G, G]."""

    vertices: Floats
    triangles: NDArray[np.int32]
    attributes: Floats
    floor: float
    floor_share: Floats
    reach: float
    textures: Textures


def render_preview(mesh: UnwrappedMesh, textures: Textures, size: int = 512, supersample: int = 3) -> NDArray[np.uint8]:
    """A still [size, size, 3] uint8 sRGB, three quarters from the front, on a neutral backdrop."""
    return _draw(set_stage(mesh, textures), AZIMUTH, size, supersample, lamps=16, shadow_map=384)


def render_turntable(
    mesh: UnwrappedMesh, textures: Textures, size: int = 256, frames: int = 36, context: Context | None = None
) -> NDArray[np.uint8]:
    """A full turn [frames, size, size, 3] uint8 sRGB; frame 0 is the preview's view. Camera and lights stand, the object turns."""
    context = context or Silent()
    stage = set_stage(mesh, textures)
    angles = AZIMUTH - np.arange(frames) * (2.0 * np.pi / frames)
    pictures = []
    with ThreadPoolExecutor(THREADS) as pool:
        waiting = [pool.submit(_draw, stage, a, size, 2, 8, 160, 1) for a in angles]
        try:
            for i, each in enumerate(waiting):
                context.check_cancelled()
                context.progress(i / frames, "Drawing the turntable")
                pictures.append(each.result())
        finally:
            for each in waiting:
                each.cancel()
    return np.stack(pictures)


def set_stage(mesh: UnwrappedMesh, textures: Textures) -> Stage:
    """Centre the object and measure how much sky each vertex, and each place on the floor, sees."""
    low, high = mesh.vertices.min(axis=0), mesh.vertices.max(axis=0)
    vertices = np.ascontiguousarray(mesh.vertices - 0.5 * (low + high), np.float32)
    reach = float(np.linalg.norm(vertices, axis=1).max())
    vertices /= reach  # the object fills the unit sphere, so that biases and the floor have one scale
    floor = float(vertices[:, 2].min())
    directions = _hemisphere(SKY_LIGHTS)
    frames, depths = _shadow_maps(vertices, mesh.triangles, directions, SKY_MAP)
    share = np.zeros(len(vertices), np.float32)
    in_threads(lit_share, len(vertices), THREADS, vertices, mesh.normals, directions, frames, depths, 0.03, share)
    on_floor = _on_floor(floor, directions, frames, depths)
    attributes = np.concatenate([vertices, mesh.normals, mesh.tangents, mesh.uv, share[:, None]], axis=1)
    return Stage(
        vertices,
        mesh.triangles,
        np.ascontiguousarray(attributes, np.float32),
        floor,
        on_floor,
        reach,
        textures,
    )


def _draw(
    stage: Stage, azimuth: float, size: int, supersample: int, lamps: int, shadow_map: int, threads: int = THREADS
) -> NDArray[np.uint8]:
    """One picture [size, size, 3]."""
    pixels = size * supersample
    camera, eye = _camera(stage, azimuth)
    fragments = rasterize(
        project(stage.vertices, camera, FOV_Y, pixels, pixels), stage.triangles, pixels, pixels, threads=threads
    )
    key = _direction(azimuth + KEY_AZIMUTH, KEY_ELEVATION)
    frames, depths = _shadow_maps(stage.vertices, stage.triangles, _disc(key, lamps), shadow_map)
    floor_sun = _on_floor(stage.floor, np.tile([0.0, 0.0, 1.0], (lamps, 1)), frames, depths)
    textures = stage.textures
    rough = textures.metallic_roughness
    out = np.zeros((pixels, pixels, 3), np.float32)
    arguments = (
        *(fragments.triangle, fragments.barycentric, stage.triangles, stage.attributes),
        *(textures.base_color, textures.normal),
        np.zeros((1, 1, 3), np.uint8) if rough is None else rough,
        *(textures.roughness, _LINEAR, eye, _rays(camera, pixels), stage.floor, key),
        _direction(azimuth + RIM_AZIMUTH, RIM_ELEVATION),
        *(frames, depths, stage.floor_share, floor_sun, np.full(2, -FLOOR_HALF), 2.0 * FLOOR_HALF / (FLOOR_CELLS - 1)),
        *(_backdrop(pixels), TINT, out),
    )
    bands = np.linspace(0, pixels, 4 * threads + 1).astype(np.int64)
    if threads == 1:
        shade_rows(0, pixels, *arguments)
    else:
        with ThreadPoolExecutor(threads) as pool:
            for done in [pool.submit(shade_rows, bands[i], bands[i + 1], *arguments) for i in range(4 * threads)]:
                done.result()
    small = tone(EXPOSURE * out).reshape(size, supersample, size, supersample, 3).mean(axis=(1, 3))
    return np.rint(to_srgb(small) * 255.0).astype(np.uint8)


def tone(linear: Floats) -> Floats:
    """Leave up to 0.6 as it is and bend what is above smoothly towards 1, so that lit colour does not burn out."""
    knee = 0.6
    over = np.maximum(linear - knee, 0.0) / (1.0 - knee)
    return np.where(linear <= knee, linear, knee + (1.0 - knee) * (1.0 - np.exp(-over))).astype(np.float32)


def _on_floor(floor: float, directions: NDArray, frames: NDArray, depths: NDArray) -> Floats:
    """[G, G]: how much of the lights (see lit_share) each place on the floor at height `floor` sees; softened."""
    side = np.linspace(-FLOOR_HALF, FLOOR_HALF, FLOOR_CELLS, dtype=np.float32)
    x, y = np.meshgrid(side, side, indexing="ij")
    spots = np.stack([x.ravel(), y.ravel(), np.full(x.size, floor, np.float32)], axis=1)
    upward = np.tile(np.array([0, 0, 1], np.float32), (len(spots), 1))
    share = np.zeros(len(spots), np.float32)
    lit_share(0, len(spots), spots, upward, directions, frames, depths, 0.01, share)
    return gaussian_filter(share.reshape(x.shape), FLOOR_BLUR, mode="nearest")


def _camera(stage: Stage, azimuth: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """cam_to_world [4, 4] and the eye [3]: the object's unit sphere just fits, a little below the middle."""
    back = _direction(azimuth, ELEVATION)
    right = np.array([np.cos(azimuth), np.sin(azimuth), 0.0])
    up = np.cross(back, right)
    # The same distance for every frame of a turn: judged by the height and by the widest turn around the axis.
    half_height = 0.5 * np.ptp(stage.vertices[:, 2]) * np.cos(ELEVATION)
    widest = float(np.linalg.norm(stage.vertices[:, :2], axis=1).max())
    half = max(half_height + widest * np.sin(ELEVATION), widest)
    distance = 1.1 * half / np.tan(0.5 * FOV_Y) + 0.45 * widest
    eye = back * distance - up * 0.03 * half
    camera = np.eye(4)
    camera[:3, :3] = np.stack([right, up, back], axis=1)
    camera[:3, 3] = eye
    return camera, eye


def _rays(camera: NDArray, pixels: int) -> NDArray[np.float64]:
    """[3, 3]: direction steps per column and per row, and the direction at pixel (0, 0)."""
    focal = 0.5 * pixels / np.tan(0.5 * FOV_Y)
    right, up, back = camera[:3, 0], camera[:3, 1], camera[:3, 2]
    middle = 0.5 * pixels - 0.5
    corner = -back * focal - right * middle + up * middle
    return np.stack([right, -up, corner], axis=1)


def _backdrop(pixels: int) -> Floats:
    """[P, P] linear: lightest behind the object, falling off to the corners."""
    side = (np.arange(pixels, dtype=np.float32) + 0.5) / pixels - 0.5
    far = np.sqrt(side[None, :] ** 2 + (side[:, None] + 0.04) ** 2)
    return (0.66 - 0.42 * np.clip(far - 0.12, 0.0, 1.0) ** 1.3).astype(np.float32)


def _direction(azimuth: float, elevation: float) -> NDArray[np.float64]:
    """[3] unit, azimuth 0 at -Y, counter-clockwise seen from above."""
    return np.array(
        [np.cos(elevation) * np.sin(azimuth), -np.cos(elevation) * np.cos(azimuth), np.sin(elevation)], np.float64
    )


def _hemisphere(count: int) -> NDArray[np.float64]:
    """[count, 3] directions spread evenly over the upper half (Fibonacci)."""
    i = np.arange(count) + 0.5
    z = 1.0 - i / count * 0.97
    turn = i * np.pi * (3.0 - np.sqrt(5.0))
    radius = np.sqrt(1.0 - z * z)
    return np.stack([radius * np.cos(turn), radius * np.sin(turn), z], axis=1)


def _disc(direction: NDArray, count: int) -> NDArray[np.float64]:
    """[count, 3] unit directions spread over a disc of KEY_DISC radians about `direction`."""
    side = np.cross([0.0, 0.0, 1.0], direction)
    side /= np.linalg.norm(side)
    up = np.cross(direction, side)
    i = np.arange(count) + 0.5
    radius, turn = KEY_DISC * np.sqrt(i / count), i * np.pi * (3.0 - np.sqrt(5.0))
    spread = direction + (radius * np.cos(turn))[:, None] * side + (radius * np.sin(turn))[:, None] * up
    return spread / np.linalg.norm(spread, axis=1, keepdims=True)


def _shadow_maps(
    vertices: Floats, triangles: NDArray, directions: NDArray, size: int
) -> tuple[NDArray[np.float64], Floats]:
    """(frames [L, 3, 4] world to map column, row, depth; depths [L, size, size]) of the unit sphere seen along each direction."""
    frames = np.zeros((len(directions), 3, 4))
    depths = np.zeros((len(directions), size, size), np.float32)
    for i, toward in enumerate(directions):
        helper = np.array([0.0, 0.0, 1.0]) if abs(toward[2]) < 0.9 else np.array([1.0, 0.0, 0.0])
        right = np.cross(helper, toward)
        right /= np.linalg.norm(right)
        up = np.cross(toward, right)
        scale = 0.49 * size
        frames[i, 0] = [*(scale * right), 0.5 * size]
        frames[i, 1] = [*(-scale * up), 0.5 * size]
        frames[i, 2] = [*toward, 0.0]
        screen = vertices @ frames[i, :, :3].T.astype(np.float32) + frames[i, :, 3].astype(np.float32)
        depths[i] = rasterize(screen, triangles, size, size, perspective=False).inverse_depth
    return frames, depths
