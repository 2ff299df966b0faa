"""Training views of compact meshes: the shared rasteriser at `supersample` times the size, shaded and box filtered.

What it draws is kept apart, so that colour, background and shading are redrawn later without drawing again. A drawn view
is nine maps, all linear, all multiplied by coverage before filtering (so the composition below is exact, not approximate):

    0 alpha              coverage
    1 primary            primary * tone                 5 lit primary      the same times the light's shading
    2..4 other           (1 - primary) * color          6..8 lit other     the same times the light's shading

    image = primary * C + other + (1 - alpha) * background          C = linear RGB of the prompt's colour

Shading is Lambert with an ambient share, two-sided: ambient + diffuse * max(0, n . l). Numba, without the GIL, so that a
thread draws while another trains; `rasterizer_torch.py` draws the same in batches on a GPU. Cameras look down their -Z with
+Y up; row 0 is the image's top. Triangles that reach behind the camera are left out: training cameras stay outside.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from .raster_core import NEAR, rasterize_rows

if TYPE_CHECKING:
    from ..training.assets import Asset

NUM_MAPS = 9


@dataclass(frozen=True)
class Light:
    """A distant light. direction: [3] towards the light, engine space, any length; ambient + diffuse is the brightest."""

    direction: tuple[float, float, float] = (0.3, -0.6, 0.74)
    ambient: float = 0.3
    diffuse: float = 0.7

    def packed(self) -> np.ndarray:
        """[5] float32: unit direction, ambient, diffuse."""
        d = np.asarray(self.direction, np.float64)
        length = max(float(np.linalg.norm(d)), 1e-9)
        return np.array([*(d / length), self.ambient, self.diffuse], np.float32)


@dataclass(frozen=True)
class Surface:
    """What a camera sees, per pixel; attributes are averaged over the covered part and zero where nothing is covered."""

    alpha: np.ndarray  # [H, W] coverage
    primary: np.ndarray  # [H, W] share of the prompt's colour
    tone: np.ndarray  # [H, W]
    color: np.ndarray  # [H, W, 3] linear RGB of the rest
    normal: np.ndarray  # [H, W, 3] unit, engine space, facing the camera
    depth: np.ndarray  # [H, W] along the camera's -Z, engine units


@numba.njit(nogil=True, fastmath=True, cache=True)
def _project(vertices, cam_to_world, focal, size):  # type: ignore[no-untyped-def]
    """Screen x, y [px] and 1/depth of each vertex: [V, 3] float32; 1/depth is 0 behind the camera."""
    screen = np.zeros((vertices.shape[0], 3), np.float32)
    half = np.float32(0.5 * size)
    for i in range(vertices.shape[0]):
        px = vertices[i, 0] - cam_to_world[0, 3]
        py = vertices[i, 1] - cam_to_world[1, 3]
        pz = vertices[i, 2] - cam_to_world[2, 3]
        x = cam_to_world[0, 0] * px + cam_to_world[1, 0] * py + cam_to_world[2, 0] * pz
        y = cam_to_world[0, 1] * px + cam_to_world[1, 1] * py + cam_to_world[2, 1] * pz
        depth = -(cam_to_world[0, 2] * px + cam_to_world[1, 2] * py + cam_to_world[2, 2] * pz)
        if depth > NEAR:
            inverse = np.float32(1.0) / np.float32(depth)
            screen[i, 0] = (np.float32(1.0) + focal * x * inverse) * half
            screen[i, 1] = (np.float32(1.0) - focal * y * inverse) * half
            screen[i, 2] = inverse
    return screen


@numba.njit(nogil=True, fastmath=True, cache=True, inline="always")
def _normal(normals, vertices, triangle, ka, kb, kc, eye):  # type: ignore[no-untyped-def]
    """Unit shading normal, turned towards the camera (judged by the flat face, so silhouettes do not flicker)."""
    a, b, c = triangle[0], triangle[1], triangle[2]
    nx = ka * normals[a, 0] + kb * normals[b, 0] + kc * normals[c, 0]
    ny = ka * normals[a, 1] + kb * normals[b, 1] + kc * normals[c, 1]
    nz = ka * normals[a, 2] + kb * normals[b, 2] + kc * normals[c, 2]
    ex, ey, ez = vertices[b, 0] - vertices[a, 0], vertices[b, 1] - vertices[a, 1], vertices[b, 2] - vertices[a, 2]
    gx, gy, gz = vertices[c, 0] - vertices[a, 0], vertices[c, 1] - vertices[a, 1], vertices[c, 2] - vertices[a, 2]
    fx, fy, fz = ey * gz - ez * gy, ez * gx - ex * gz, ex * gy - ey * gx
    towards = fx * (eye[0] - vertices[a, 0]) + fy * (eye[1] - vertices[a, 1]) + fz * (eye[2] - vertices[a, 2])
    agrees = fx * nx + fy * ny + fz * nz
    length = math.sqrt(nx * nx + ny * ny + nz * nz) + 1e-12
    if towards * agrees < 0.0:
        length = -length
    return np.float32(nx / length), np.float32(ny / length), np.float32(nz / length)


@numba.njit(nogil=True, fastmath=True, cache=True)
def _draw_maps(vertices, triangles, normals, primary, tone, color, cam_to_world, focal, size, factor, light):  # type: ignore[no-untyped-def]
    """The nine maps of the module's docstring, [9, size, size] float32."""
    fine = size * factor
    screen = _project(vertices, cam_to_world, focal, fine)
    owner = np.full((fine, fine), -1, np.int32)
    weights = np.zeros((fine, fine, 3), np.float32)
    inverse_depth = np.zeros((fine, fine), np.float32)
    rasterize_rows(screen, triangles, 0, fine, True, owner, weights, inverse_depth)
    eye = cam_to_world[:, 3]
    maps = np.zeros((NUM_MAPS, size, size), np.float32)
    share = np.float32(1.0 / (factor * factor))
    for y in range(fine):
        for x in range(fine):
            f = owner[y, x]
            if f < 0:
                continue
            triangle = triangles[f]
            a, b, c = triangle[0], triangle[1], triangle[2]
            ka, kb, kc = weights[y, x, 0], weights[y, x, 1], weights[y, x, 2]
            nx, ny, nz = _normal(normals, vertices, triangle, ka, kb, kc, eye)
            shade = light[3] + light[4] * max(np.float32(0.0), nx * light[0] + ny * light[1] + nz * light[2])
            p = ka * primary[a] + kb * primary[b] + kc * primary[c]
            t = ka * tone[a] + kb * tone[b] + kc * tone[c]
            row, column = y // factor, x // factor
            maps[0, row, column] += share
            value = p * t * share
            maps[1, row, column] += value
            maps[5, row, column] += value * shade
            rest = (np.float32(1.0) - p) * share
            for channel in range(3):
                value = rest * (ka * color[a, channel] + kb * color[b, channel] + kc * color[c, channel])
                maps[2 + channel, row, column] += value
                maps[6 + channel, row, column] += value * shade
    return maps


@numba.njit(nogil=True, fastmath=True, cache=True)
def _draw_surface(vertices, triangles, normals, primary, tone, color, cam_to_world, focal, size, factor):  # type: ignore[no-untyped-def]
    """Sums over the covered samples: alpha, primary, tone, color 3, normal 3, depth: [10, size, size] float32."""
    fine = size * factor
    screen = _project(vertices, cam_to_world, focal, fine)
    owner = np.full((fine, fine), -1, np.int32)
    weights = np.zeros((fine, fine, 3), np.float32)
    inverse_depth = np.zeros((fine, fine), np.float32)
    rasterize_rows(screen, triangles, 0, fine, True, owner, weights, inverse_depth)
    eye = cam_to_world[:, 3]
    sums = np.zeros((10, size, size), np.float32)
    for y in range(fine):
        for x in range(fine):
            f = owner[y, x]
            if f < 0:
                continue
            triangle = triangles[f]
            a, b, c = triangle[0], triangle[1], triangle[2]
            ka, kb, kc = weights[y, x, 0], weights[y, x, 1], weights[y, x, 2]
            nx, ny, nz = _normal(normals, vertices, triangle, ka, kb, kc, eye)
            row, column = y // factor, x // factor
            sums[0, row, column] += np.float32(1.0)
            sums[1, row, column] += ka * primary[a] + kb * primary[b] + kc * primary[c]
            sums[2, row, column] += ka * tone[a] + kb * tone[b] + kc * tone[c]
            for channel in range(3):
                sums[3 + channel, row, column] += (
                    ka * color[a, channel] + kb * color[b, channel] + kc * color[c, channel]
                )
            sums[6, row, column] += nx
            sums[7, row, column] += ny
            sums[8, row, column] += nz
            sums[9, row, column] += np.float32(1.0) / inverse_depth[y, x]
    return sums


def _camera(cam_to_world: Any, fov_y: float) -> tuple[np.ndarray, np.float32]:
    """cam_to_world as [4, 4] float32 and the focal length in half image heights. Raises ValueError on other shapes."""
    matrix = np.ascontiguousarray(cam_to_world, dtype=np.float32)
    if matrix.shape != (4, 4):
        raise ValueError(f"cam_to_world must be [4, 4], got {list(matrix.shape)}.")
    if not 0.0 < float(fov_y) < math.pi:
        raise ValueError(f"fov_y must lie between 0 and pi rad, got {float(fov_y)}.")
    return matrix, np.float32(1.0 / math.tan(0.5 * float(fov_y)))


def _attributes(asset: Asset) -> Any:
    return asset.vertices, asset.triangles, asset.normals, asset.primary, asset.tone, asset.color


def draw_maps(
    asset: Asset,
    cam_to_world: Any,
    fov_y: float,
    size: int,
    light: Light | np.ndarray | None = None,
    supersample: int = 2,
) -> np.ndarray:
    """The nine maps of one square view (module docstring). cam_to_world: [4, 4]; fov_y: rad. Returns [9, size, size].

    light: a Light, or one already packed.
    """
    matrix, focal = _camera(cam_to_world, fov_y)
    packed = light if isinstance(light, np.ndarray) else (light or Light()).packed()
    return _draw_maps(*_attributes(asset), matrix, focal, size, supersample, packed)  # type: ignore[call-arg]  # numba


def draw_surface(asset: Asset, cam_to_world: Any, fov_y: float, size: int, supersample: int = 2) -> Surface:
    """What the camera sees, per pixel and unshaded."""
    matrix, focal = _camera(cam_to_world, fov_y)
    sums = _draw_surface(*_attributes(asset), matrix, focal, size, supersample)  # type: ignore[call-arg]  # numba
    covered = np.maximum(sums[0], 1.0)
    normal = np.moveaxis(sums[6:9], 0, -1)
    return Surface(
        alpha=sums[0] / float(supersample * supersample),
        primary=sums[1] / covered,
        tone=sums[2] / covered,
        color=np.moveaxis(sums[3:6], 0, -1) / covered[..., None],
        normal=normal / np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-12),
        depth=sums[9] / covered,
    )


def compose(maps: Any, color: Any, background: Any, lit: Any) -> Any:
    """Colour drawn maps in: the equation of the module's docstring, for numpy arrays and torch tensors alike.

    maps: [..., 9, H, W]; color, background: [..., 3] linear RGB; lit: bool or [...] of 0/1.
    Returns [..., 3, H, W], linear RGB.
    """
    alpha, primary, other = maps[..., 0:1, :, :], maps[..., 1:2, :, :], maps[..., 2:5, :, :]
    if lit is True:
        primary, other = maps[..., 5:6, :, :], maps[..., 6:9, :, :]
    elif lit is not False:
        on = lit[..., None, None, None]
        primary = primary + on * (maps[..., 5:6, :, :] - primary)
        other = other + on * (maps[..., 6:9, :, :] - other)
    return primary * color[..., :, None, None] + other + (1.0 - alpha) * background[..., :, None, None]


def render(
    asset: Asset,
    cam_to_world: Any,
    fov_y: float,
    size: int,
    color: Sequence[float],
    background: Sequence[float] = (1.0, 1.0, 1.0),
    light: Light | None = None,
    supersample: int = 4,
) -> np.ndarray:
    """One finished picture. color, background: linear RGB; light None = albedo alone. Returns [size, size, 3], linear."""
    maps = draw_maps(asset, cam_to_world, fov_y, size, light, supersample)
    image = compose(maps, np.asarray(color, np.float32), np.asarray(background, np.float32), light is not None)
    return np.moveaxis(image, 0, -1)
