"""Shading of samples: albedo, Lambert under one light, the same without colour, or normals as colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import torch
from torch import Tensor
from torch.nn.functional import normalize

from ..numerics import check
from .cameras import Cameras

Shading = Literal["albedo", "lambertian", "textureless", "normal"]
SHADINGS: tuple[str, ...] = get_args(Shading)


@dataclass(frozen=True)
class Light:
    """One white light per view. position: [B, 3], engine units; if `distant`, the direction towards the light instead.

    Brightness is ambient + diffuse * max(0, n . l), linear.
    """

    position: Tensor
    ambient: float = 0.1
    diffuse: float = 0.9
    distant: bool = False

    def __post_init__(self) -> None:
        check("position", self.position, (None, 3), None)


def random_light(rng: torch.Generator, cameras: Cameras, ambient: float = 0.1, diffuse: float = 0.9) -> Light:
    """A point light near each camera: its direction plus normal noise, at a distance of 0.8 to 1.5 (DreamFusion, appendix A.2)."""
    count = len(cameras)
    noise = torch.randn(count, 3, generator=rng, device=rng.device).to(cameras.device)
    distance = 0.8 + 0.7 * torch.rand(count, 1, generator=rng, device=rng.device).to(cameras.device)
    return Light(distance * normalize(normalize(cameras.positions, dim=-1) + noise, dim=-1), ambient, diffuse)


def shade(
    shading: Shading, albedo: Tensor, normals: Tensor | None, points: Tensor, view: Tensor, light: Light | None
) -> Tensor:
    """Colours [N, 3] of samples. albedo: [N, 3]; normals: [N, 3], unless shading is "albedo"; points: [N, 3]; view: int64 [N].

    Raises ValueError if what a shading needs is missing.
    """
    if shading not in SHADINGS:
        raise ValueError(f"shading must be one of {', '.join(SHADINGS)}, not {shading!r}.")
    if shading == "albedo":
        return albedo
    if normals is None:
        raise ValueError(f"normals are needed for {shading} shading.")
    if shading == "normal":
        return 0.5 * (normals + 1.0)
    if light is None:
        raise ValueError(f"light is needed for {shading} shading.")
    place = light.position.to(points.dtype)[view]
    towards = normalize(place if light.distant else place - points, dim=-1)
    bright = light.ambient + light.diffuse * torch.relu((normals * towards).sum(dim=-1, keepdim=True))
    return bright * albedo if shading == "lambertian" else bright.expand_as(albedo)
