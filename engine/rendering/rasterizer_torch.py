"""`rasterizer.draw_maps` for many views at once in plain torch, for GPUs: same maps, same camera, same light.

Every triangle of every view is spread over the samples of its bounding box; one scatter-maximum of (inverse depth, triangle)
packed in 64 bits finds what is nearest; only that is shaded. On a CPU it is right but slow: the numba kernel is there for that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from .raster_core import NEAR
from .rasterizer import NUM_MAPS

if TYPE_CHECKING:
    from ..training.assets import Asset

_FRAGMENTS = 1 << 24  # held at once; about 1.5 GB
_LAST = (1 << 31) - 1


@dataclass(frozen=True)
class PackedAssets:
    """All assets on one device. attributes: [V, 8] normal 3, primary, tone, color 3. Offsets: [A + 1] long."""

    vertices: Tensor  # [V, 3]
    attributes: Tensor  # [V, 8]
    triangles: Tensor  # [F, 3] long, within the asset
    vertex_offsets: Tensor
    triangle_offsets: Tensor

    @classmethod
    def of(cls, assets: Sequence[Asset], device: torch.device | str) -> PackedAssets:
        def joined(arrays: list[np.ndarray]) -> Tensor:
            return torch.from_numpy(np.concatenate(arrays)).to(device)

        def offsets(counts: list[int]) -> Tensor:
            return torch.tensor(np.cumsum([0, *counts]), device=device)

        attributes = [np.column_stack([a.normals, a.primary, a.tone, a.color]).astype(np.float32) for a in assets]
        return cls(
            joined([a.vertices for a in assets]),
            joined(attributes),
            joined([a.triangles for a in assets]).long(),
            offsets([len(a.vertices) for a in assets]),
            offsets([len(a.triangles) for a in assets]),
        )


def _ragged(offsets: Tensor, index: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Rows offsets[i] .. offsets[i + 1] for every i of `index` [B], joined: (row, owner in 0..B-1, first joined row [B])."""
    counts = offsets[index + 1] - offsets[index]
    owner = torch.repeat_interleave(torch.arange(len(index), device=index.device), counts)
    first = counts.cumsum(0) - counts
    return offsets[index][owner] + torch.arange(len(owner), device=index.device) - first[owner], owner, first


def draw_maps_batch(
    assets: PackedAssets,
    index: Tensor,
    cam_to_world: Tensor,
    fov_y: Tensor,
    size: int,
    lights: Tensor,
    supersample: int = 2,
) -> Tensor:
    """The nine maps of `rasterizer` for B views.

    index: [B] long, which asset. cam_to_world: [B, 4, 4]. fov_y: [B] rad. lights: [B, 5] as `Light.packed`.
    Returns [B, 9, size, size] float32. Raises ValueError if the batch sizes differ.
    """
    views = len(index)
    if not len(cam_to_world) == len(fov_y) == len(lights) == views:
        raise ValueError(f"{views} assets, {len(cam_to_world)} cameras, {len(fov_y)} fov_y and {len(lights)} lights.")
    fine = size * supersample
    vertex, vertex_view, vertex_first = _ragged(assets.vertex_offsets, index)
    triangle, view, _ = _ragged(assets.triangle_offsets, index)
    corners = assets.triangles[triangle] + vertex_first[view][:, None]  # [F, 3] rows of `vertex`
    points = assets.vertices[vertex]
    screen = _project(points, cam_to_world[vertex_view], fov_y[vertex_view], fine)  # [V, 3] float64
    owner = _nearest(screen, corners, view, views, fine)  # [B * fine * fine], -1 where nothing is seen
    seen = (owner >= 0).nonzero().squeeze(1)
    values = _shade(
        points, assets.attributes[vertex], screen, corners[owner[seen]], seen, fine, cam_to_world, lights
    )  # [S, 9]
    maps = torch.zeros(views * fine * fine, NUM_MAPS, device=points.device)
    maps[seen] = values
    maps = maps.view(views, fine, fine, NUM_MAPS).permute(0, 3, 1, 2)
    return torch.nn.functional.avg_pool2d(maps, supersample).contiguous()


def _project(points: Tensor, cam_to_world: Tensor, fov_y: Tensor, fine: int) -> Tensor:
    """Screen x, y [px] and 1 / depth, 0 behind the camera: [V, 3] float64."""
    offset = (points - cam_to_world[:, :3, 3]).double()
    local = torch.einsum("vij,vi->vj", cam_to_world[:, :3, :3].double(), offset)
    depth = -local[:, 2]
    inverse = torch.where(depth > NEAR, 1.0 / depth.clamp_min(NEAR), 0.0)
    scale = 0.5 * fine / torch.tan(0.5 * fov_y.double()) * inverse
    return torch.stack([0.5 * fine + scale * local[:, 0], 0.5 * fine - scale * local[:, 1], inverse], dim=1)


def _weights(a: Tensor, b: Tensor, c: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Screen barycentrics [N] of the points (x, y) [N] in triangles with corners [N, 3]."""
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    px, py = x - a[:, 0], y - a[:, 1]
    lb = (px * (c[:, 1] - a[:, 1]) - py * (c[:, 0] - a[:, 0])) / area
    lc = (py * (b[:, 0] - a[:, 0]) - px * (b[:, 1] - a[:, 1])) / area
    return 1.0 - lb - lc, lb, lc


def _nearest(screen: Tensor, corners: Tensor, view: Tensor, views: int, fine: int) -> Tensor:
    """Row of `corners` seen at each sample, [views * fine * fine], -1 for none; of equals the first, as the kernel does."""
    a, b, c = (screen[corners[:, k]] for k in range(3))  # [F, 3]
    stacked = torch.stack([a, b, c])
    low = torch.ceil(stacked[..., :2].amin(0) - 0.5).clamp(0, fine).long()
    high = torch.floor(stacked[..., :2].amax(0) - 0.5).clamp(-1, fine - 1).long()
    extent = (high - low + 1).clamp_min(0)
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    drawn = (stacked[..., 2] > 0.0).all(0) & (area != 0.0)
    counts = extent[:, 0] * extent[:, 1] * drawn
    best = torch.zeros(views * fine * fine, dtype=torch.int64, device=screen.device)
    for rows in _chunks(counts):
        wide = counts[rows]
        f = torch.repeat_interleave(rows, wide)
        k = torch.arange(len(f), device=f.device) - torch.repeat_interleave(wide.cumsum(0) - wide, wide)
        x, y = low[f, 0] + k % extent[f, 0], low[f, 1] + torch.div(k, extent[f, 0], rounding_mode="floor")
        la, lb, lc = _weights(a[f], b[f], c[f], x + 0.5, y + 0.5)
        inside = (la >= -1e-9) & (lb >= -1e-9) & (lc >= -1e-9)
        inverse = (la * a[f, 2] + lb * b[f, 2] + lc * c[f, 2]).float()
        # Positive floats order like their bits; the lower half breaks ties towards the first triangle.
        key = (inverse.view(torch.int32).long() << 32) | (_LAST - f)
        sample = (view[f] * fine + y) * fine + x
        best.scatter_reduce_(0, sample[inside], key[inside], "amax")
    return torch.where(best > 0, _LAST - (best & 0xFFFFFFFF), -1)


def _chunks(counts: Tensor) -> list[Tensor]:
    """Rows with work, in runs of at most `_FRAGMENTS` samples (a single row may exceed it)."""
    rows = counts.nonzero().squeeze(1)
    part = torch.div(counts[rows].cumsum(0), _FRAGMENTS, rounding_mode="floor")
    return [rows[part == k] for k in part.unique().tolist()]


def _shade(
    points: Tensor, attributes: Tensor, screen: Tensor, corners: Tensor, seen: Tensor, fine: int, cam_to_world: Tensor,
    lights: Tensor,
) -> Tensor:  # fmt: skip
    """Map values [S, 9] of the seen samples; corners: [S, 3] of the triangle seen there."""
    view = torch.div(seen, fine * fine, rounding_mode="floor")
    rest = seen - view * fine * fine
    y = torch.div(rest, fine, rounding_mode="floor")
    x = rest - y * fine
    a, b, c = screen[corners[:, 0]], screen[corners[:, 1]], screen[corners[:, 2]]
    weights = torch.stack(_weights(a, b, c, x + 0.5, y + 0.5), dim=1)  # [S, 3]
    weights = weights * torch.stack([a[:, 2], b[:, 2], c[:, 2]], dim=1)
    weights = (weights / weights.sum(dim=1, keepdim=True)).float()
    values = torch.einsum("sk,skc->sc", weights, attributes[corners])  # [S, 8]
    normal, primary, tone, color = values[:, :3], values[:, 3:4], values[:, 4:5], values[:, 5:8]
    va, vb, vc = (points[corners[:, k]] for k in range(3))
    face = torch.linalg.cross(vb - va, vc - va)
    towards = (face * (cam_to_world[view, :3, 3] - va)).sum(1)
    agrees = (face * normal).sum(1)
    normal = torch.nn.functional.normalize(normal, dim=1)
    normal = torch.where((towards * agrees < 0.0)[:, None], -normal, normal)
    light = lights[view]
    lambert = (normal * light[:, :3]).sum(1, keepdim=True).clamp_min(0.0)
    shade = light[:, 3:4] + light[:, 4:5] * lambert
    albedo = torch.cat([primary * tone, (1.0 - primary) * color], dim=1)  # [S, 4]
    return torch.cat([torch.ones_like(primary), albedo, albedo * shade], dim=1)
