"""A start without the 3D draft model: views of one object, drawn from the 2D prior at once, carved into a coarse coloured shape.

A prior whose views attend to each other (MVDream, arXiv:2308.16512) draws them as one object; its silhouettes cut the object out of the
cube (the visual hull of Laurentini 1994, smoothed), and what is seen first in each view colours it. Score distillation goes on
from there as from a draft. Begun at a blob it keeps the blob's silhouette: a render noised as far as the schedule goes still tells its
coarse shape, and each step's target is another object, so that stems and limbs average away.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from scipy.ndimage import distance_transform_edt, gaussian_filter, map_coordinates, maximum_filter, minimum_filter
from torch import Tensor

from ..color import linear_to_srgb, to_linear
from ..guidance.score_distillation import few_step_target
from ..priors.base import Conditioning, Prior
from ..priors.draft import TRUNCATION, Draft
from ..rendering.cameras import Cameras, ring

DDIM_STEPS = 20
ELEVATIONS_DEG = (5.0, 30.0, 15.0, 40.0)
# Behind the views: rare on what is made, and neither dark nor light, so that black and white matter stand out as well.
BACKGROUNDS = ((0.02, 0.6, 0.6), (0.6, 0.02, 0.6))
UNLIKE = 0.42  # sRGB distance from the background at which a pixel is as likely matter as not
SEEN_WITHIN = 2.0  # voxels behind the first matter that a pixel meets
COLOR_BLUR = 1.0  # voxels
NOTHING = "The views that were drawn show no common object; try another seed."


@dataclass(frozen=True)
class Views:
    """Pictures of one object: sRGB [V, R, R, 3] in 0..1, and where they were taken from. background: sRGB [3]."""

    pictures: np.ndarray
    cameras: Cameras
    background: np.ndarray


def draw_views(
    prior: Prior, text: Any, count: int, size: int, guidance_scale: float, color: Tensor, rng: torch.Generator
) -> Views:
    """Draw `count` views of one object from pure noise, by DDIM. color: [3], linear, what the words name."""
    device = rng.device
    background = _background_for(color.to(device))
    cameras = ring(count, ELEVATIONS_DEG, device)
    blank = torch.zeros_like(prior.encode(torch.zeros(count, 3, size, size, device=device)))
    eps = torch.randn(blank.shape, generator=rng, device=device, dtype=blank.dtype)
    last = torch.full((count,), len(prior.schedule.alphas_cumprod) - 1, device=device)
    behind = background.expand(count, 3).contiguous()
    asked = Conditioning(text=text, cameras=cameras, shading="albedo", background=behind, num_views=count)
    with torch.no_grad():
        x = few_step_target(prior, blank, last, eps, asked, guidance_scale, DDIM_STEPS)
    pictures = ((x + 1.0) / 2.0).clamp(0.0, 1.0).permute(0, 2, 3, 1).float().cpu().numpy()
    return Views(pictures, cameras.to("cpu"), linear_to_srgb(background).cpu().numpy())


def carve(views: Views, resolution: int = 64) -> Draft:
    """The shape whose silhouettes the pictures show, in their colours. Raises ValueError if nothing is left."""
    centers = (np.arange(resolution) + 0.5) * (2.0 / resolution) - 1.0
    points = np.stack(np.meshgrid(centers, centers, centers, indexing="ij"), axis=-1).reshape(-1, 3)
    shown = np.linalg.norm(views.pictures - views.background, axis=-1) / UNLIKE - 1.0  # [V, R, R], 0 at the silhouette
    seen, pixels, depths = [], [], []
    for index in range(len(shown)):
        pixel, depth = project(views.cameras, index, points, shown.shape[1])
        picture = gaussian_filter(_thin_parts_widened(np.clip(shown[index], -1.0, 1.0)), 0.5)
        seen.append(map_coordinates(picture, pixel.T, order=1, mode="constant", cval=-1.0))
        pixels.append(pixel)
        depths.append(depth)
    matter = np.sort(np.stack(seen), axis=0)[:2].mean(axis=0).reshape([resolution] * 3)
    matter = gaussian_filter(matter, 0.6)
    inside = matter > 0.0
    if inside.sum() < 30:
        raise ValueError(NOTHING)
    voxel = 2.0 / resolution
    distance = (distance_transform_edt(~inside) - distance_transform_edt(inside)) * voxel
    # Half a voxel lies between the transform's 1 and the surface; the level says where between the two it is.
    sdf = distance - np.sign(distance) * 0.5 * voxel - np.clip(matter, -0.5, 0.5) * voxel
    sdf = np.clip(gaussian_filter(sdf, 0.5), -TRUNCATION, TRUNCATION).astype(np.float32)
    return Draft(sdf, _colors(views.pictures, shown, inside, pixels, depths, voxel))


def _thin_parts_widened(picture: np.ndarray) -> np.ndarray:
    """A silhouette [R, R] (positive is matter) whose parts of up to four pixels are two pixels wider on each side.

    Views do not agree about a stem to the pixel, and what one of them misses is cut off.
    """
    opened = maximum_filter(minimum_filter(picture, 5), 5)
    thin = maximum_filter((picture > 0.0) & (opened <= 0.0), 5)
    return np.where(thin, maximum_filter(picture, 5), picture)


def project(cameras: Cameras, index: int, points: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Where one camera sees points [N, 3]: (row, column) [N, 2], pixel centres at whole numbers, and the depth [N]."""
    to_camera = cameras.world_to_cam()[index].numpy().astype(np.float64)
    local = points @ to_camera[:3, :3].T + to_camera[:3, 3]
    depth = -local[:, 2]
    scale = 0.5 * size / (math.tan(0.5 * float(cameras.fov_y[index])) * depth)
    row = 0.5 * size - local[:, 1] * scale - 0.5
    column = 0.5 * size + local[:, 0] * scale - 0.5
    return np.stack([row, column], axis=-1), depth


def _colors(
    pictures: np.ndarray, shown: np.ndarray, inside: np.ndarray, pixels: list[np.ndarray], depths: list[np.ndarray],
    voxel: float,
) -> np.ndarray:  # fmt: skip
    """Linear RGB for every voxel: the mean of what the views show of it, or of the nearest voxel that one shows."""
    flat = np.flatnonzero(inside)
    size = pictures.shape[1]
    total, weight = np.zeros((len(flat), 3)), np.zeros(len(flat))
    for picture, like_matter, pixel, depth in zip(pictures, shown, pixels, depths, strict=True):
        at = np.clip(np.round(pixel[flat]).astype(int), 0, size - 1)
        first = np.full((size, size), np.inf)
        np.minimum.at(first, (at[:, 0], at[:, 1]), depth[flat])
        first = minimum_filter(first, 3)
        # The rim of a silhouette is mixed with what is behind it.
        matter = minimum_filter(like_matter, 3)[at[:, 0], at[:, 1]]
        visible = depth[flat] <= first[at[:, 0], at[:, 1]] + SEEN_WITHIN * voxel
        share = visible * np.clip(matter + 0.5, 0.0, 1.0)
        total += share[:, None] * _bilinear(picture, pixel[flat])
        weight += share
    sums = np.zeros((*inside.shape, 4))
    sums.reshape(-1, 4)[flat] = np.concatenate([total, weight[:, None]], axis=1)
    for channel in range(4):  # pixels are noisy: neighbours are averaged
        sums[..., channel] = gaussian_filter(sums[..., channel], COLOR_BLUR)
    known = sums[..., 3] > 1e-2
    if not known.any():
        raise ValueError(NOTHING)
    nearest = distance_transform_edt(~known, return_distances=False, return_indices=True)
    srgb = (sums[..., :3] / np.maximum(sums[..., 3:], 1e-9))[tuple(nearest)]
    return to_linear(np.clip(srgb, 0.0, 1.0))


def _bilinear(picture: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Bilinear samples [N, 3] of a picture [H, W, 3] at (row, column) [N, 2]."""
    return np.stack([map_coordinates(picture[..., k], at.T, order=1, mode="nearest") for k in range(3)], axis=-1)


def _background_for(color: Tensor) -> Tensor:
    """The candidate furthest from the colour, [3]."""
    candidates = torch.tensor(BACKGROUNDS, device=color.device)
    return candidates[int((candidates - color).square().sum(dim=1).argmax())]
