"""The triangle rasteriser that everybody shares: which triangle is seen at each pixel, and where on it.

One numba kernel, no shading. The mesh renderer for training views, the previews, the shadow maps and the texture baker (which
rasterises in UV space with every inverse depth 1) are all built on it.

The kernel releases the GIL; `rasterize` cuts the picture into bands of rows and gives them to threads of ours. numba's
own parallel loops are avoided on purpose: its default threading layer ends the process when two Python threads enter it.

Screen coordinates: x to the right, y down, in pixels; the centre of the top left pixel is (0.5, 0.5). The third coordinate
is the inverse depth 1 / d (d: distance along the camera's -Z), the only quantity that a pinhole camera maps linearly to
the picture; larger is nearer. For orthographic pictures pass any value that falls linearly with depth and
`perspective=False`.
"""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

NEAR = 1e-3  # triangles that reach nearer than this (or behind the camera) are left out, not clipped


@dataclass(frozen=True)
class Fragments:
    """What is seen at each pixel.

    triangle: [H, W] int32, -1 where nothing is seen. barycentric: [H, W, 3] float32, weights of the triangle's corners,
    perspective-correct, sum 1 (0 where nothing is seen). inverse_depth: [H, W] float32, 0 (perspective) or -inf
    (orthographic) where nothing is seen.
    """

    triangle: Ints
    barycentric: Floats
    inverse_depth: Floats

    @property
    def mask(self) -> NDArray[np.bool_]:
        """[H, W], True where the mesh is seen."""
        return self.triangle >= 0

    def interpolate(self, attributes: NDArray, triangles: Ints) -> Floats:
        """A vertex attribute [V] or [V, C] at the pixels: [H, W] or [H, W, C] float32, 0 where nothing is seen."""
        values = np.ascontiguousarray(attributes, np.float32)
        flat = values.reshape(len(values), -1)
        out = _interpolate(self.triangle, self.barycentric, flat, np.ascontiguousarray(triangles, np.int32))
        return out.reshape(self.triangle.shape + values.shape[1:])


def project(vertices: NDArray, cam_to_world: NDArray, fov_y: float, height: int, width: int) -> Floats:
    """World points [V, 3] to screen coordinates [V, 3] (x px, y px, inverse depth; negative behind the camera).

    cam_to_world: [4, 4] rigid, camera looks down -Z, +Y up. fov_y: rad.
    """
    rotation, position = np.asarray(cam_to_world[:3, :3], np.float64), np.asarray(cam_to_world[:3, 3], np.float64)
    local = (np.asarray(vertices, np.float64) - position) @ rotation  # [V, 3] camera frame
    depth = -local[:, 2]
    depth = np.where(np.abs(depth) < 1e-9, 1e-9, depth)
    focal = 0.5 * height / np.tan(0.5 * fov_y)
    screen = np.stack(
        [0.5 * width + focal * local[:, 0] / depth, 0.5 * height - focal * local[:, 1] / depth, 1.0 / depth], axis=1
    )
    return screen.astype(np.float32)


def rasterize(
    screen: NDArray, triangles: NDArray, height: int, width: int, *, perspective: bool = True, threads: int = 1
) -> Fragments:
    """The nearest triangle at every pixel's centre. Both sides of a triangle are drawn.

    screen: [V, 3] as `project` returns. triangles: [F, 3]. Raises ValueError if a shape is wrong or the picture is empty.
    """
    screen = np.ascontiguousarray(screen, np.float32)
    triangles = np.ascontiguousarray(triangles, np.int32)
    if screen.ndim != 2 or screen.shape[1] != 3:
        raise ValueError(f"screen must be [V, 3], not {list(screen.shape)}.")
    if triangles.ndim != 2 or triangles.shape[1] != 3:
        raise ValueError(f"triangles must be [F, 3], not {list(triangles.shape)}.")
    if height < 1 or width < 1:
        raise ValueError(f"The picture must have at least one pixel, not {height} x {width}.")
    if len(triangles) and (triangles.min() < 0 or triangles.max() >= len(screen)):
        raise ValueError(f"triangles names vertices outside 0 .. {len(screen) - 1}.")
    triangle = np.full((height, width), -1, np.int32)
    barycentric = np.zeros((height, width, 3), np.float32)
    depth = np.full((height, width), 0.0 if perspective else -np.inf, np.float32)
    if len(triangles):
        bands = max(1, min(threads, height // 16))
        edges = np.linspace(0, height, bands + 1).astype(int)

        def band(i: int) -> None:
            rasterize_rows(screen, triangles, edges[i], edges[i + 1], perspective, triangle, barycentric, depth)

        if bands == 1:
            band(0)
        else:
            with ThreadPoolExecutor(bands) as pool:
                list(pool.map(band, range(bands)))
    return Fragments(triangle, barycentric, depth)


@njit(cache=True, nogil=True)
def rasterize_rows(screen, triangles, first_row, end_row, perspective, triangle, barycentric, depth):
    """Draw rows first_row .. end_row - 1 into the whole picture's buffers (see Fragments), keeping what is nearer.

    screen [V, 3] f4, triangles [F, 3] i4; triangle [H, W] i4, barycentric [H, W, 3] f4, depth [H, W] f4 are written.
    """
    width = triangle.shape[1]
    for f in range(triangles.shape[0]):
        a, b, c = triangles[f, 0], triangles[f, 1], triangles[f, 2]
        wa, wb, wc = screen[a, 2], screen[b, 2], screen[c, 2]
        if perspective and not (0.0 < wa < 1.0 / NEAR and 0.0 < wb < 1.0 / NEAR and 0.0 < wc < 1.0 / NEAR):
            continue
        # float64: the edge functions of long thin triangles cancel badly in float32 and leave pinholes.
        ax, ay = np.float64(screen[a, 0]), np.float64(screen[a, 1])
        bx, by = np.float64(screen[b, 0]), np.float64(screen[b, 1])
        cx, cy = np.float64(screen[c, 0]), np.float64(screen[c, 1])
        low, high = min(ay, by, cy), max(ay, by, cy)
        left, right = min(ax, bx, cx), max(ax, bx, cx)
        if not (high >= first_row and low <= end_row and right >= 0.0 and left <= width):
            continue
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area == 0.0 or not np.isfinite(area):
            continue
        inverse = 1.0 / area
        row0, row1 = max(first_row, int(np.ceil(low - 0.5))), min(end_row - 1, int(np.floor(high - 0.5)))
        column0, column1 = max(0, int(np.ceil(left - 0.5))), min(width - 1, int(np.floor(right - 0.5)))
        # Barycentric weights are linear in x and y: value at (0, 0) and steps.
        lb_x, lb_y = (cy - ay) * inverse, -(cx - ax) * inverse
        lc_x, lc_y = -(by - ay) * inverse, (bx - ax) * inverse
        for row in range(row0, row1 + 1):
            y = row + 0.5 - ay
            for column in range(column0, column1 + 1):
                x = column + 0.5 - ax
                lb = lb_x * x + lb_y * y
                lc = lc_x * x + lc_y * y
                la = 1.0 - lb - lc
                # A hair of slack: a pixel on a shared edge is drawn by both triangles rather than by none.
                if la < -1e-9 or lb < -1e-9 or lc < -1e-9:
                    continue
                w = np.float32(la * wa + lb * wb + lc * wc)
                if w <= depth[row, column]:
                    continue
                depth[row, column] = w
                triangle[row, column] = f
                if perspective:
                    la, lb, lc = la * wa, lb * wb, lc * wc
                    total = 1.0 / (la + lb + lc)
                    la, lb, lc = la * total, lb * total, lc * total
                barycentric[row, column, 0] = la
                barycentric[row, column, 1] = lb
                barycentric[row, column, 2] = lc


@njit(cache=True, nogil=True)
def _interpolate(triangle, barycentric, attributes, triangles):
    height, width = triangle.shape
    channels = attributes.shape[1]
    out = np.zeros((height, width, channels), np.float32)
    for row in range(height):
        for column in range(width):
            f = triangle[row, column]
            if f < 0:
                continue
            for corner in range(3):
                weight = barycentric[row, column, corner]
                vertex = triangles[f, corner]
                for channel in range(channels):
                    out[row, column, channel] += weight * attributes[vertex, channel]
    return out
