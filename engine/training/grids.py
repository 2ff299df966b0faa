"""Pictures for people: samples of the prior, and the training views themselves, as grids."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from ..files import written_aside
from ..lexicon import BASIC_COLORS
from ..priors.score_model import ScoreConditions, ScoreModel
from ..rendering.cameras import orbit
from .vocabulary import CONCEPTS


def conditions(
    concepts: Sequence[int],
    colors: Sequence[Sequence[float]],
    azimuths: Sequence[float],
    elevations: Sequence[float] | None = None,
    num_views: int = 1,
    lit: bool = True,
    device: str = "cpu",
) -> ScoreConditions:
    """One picture each of a concept in a colour (sRGB) from an azimuth (rad), on white; no traits said."""
    count = len(concepts)
    ones, none = torch.ones(count, device=device), torch.zeros(count, 5, device=device)
    elevation = torch.full((count,), 0.35) if elevations is None else torch.tensor(elevations, dtype=torch.float32)
    return ScoreConditions(
        concept=torch.tensor(concepts, dtype=torch.long, device=device),
        color=torch.tensor(np.asarray(colors, np.float32), device=device),
        traits=none,
        traits_known=none,
        text_known=ones,
        lit=ones * float(lit),
        background=torch.ones(count, 3, device=device),
        background_known=ones,
        cameras=orbit(torch.tensor(azimuths, dtype=torch.float32), elevation).to(device),
        camera_known=ones,
        num_views=num_views,
    )


def tile(images: Tensor, columns: int) -> np.ndarray:
    """[N, 3, H, W] sRGB in 0..1 to one [rows * H, columns * W, 3] uint8 picture."""
    count, _, height, width = images.shape
    rows = math.ceil(count / columns)
    sheet = torch.ones(rows * columns, 3, height, width)
    sheet[:count] = images.detach().cpu().float()
    sheet = sheet.reshape(rows, columns, 3, height, width).permute(0, 3, 1, 4, 2)
    return (sheet.reshape(rows * height, columns * width, 3).clamp(0.0, 1.0).numpy() * 255.0 + 0.5).astype(np.uint8)


def save_picture(path: Path, pixels: np.ndarray) -> None:
    """As PNG."""
    with written_aside(path) as aside:
        Image.fromarray(pixels).save(aside, format="PNG")


def sample_grid(
    model: ScoreModel, path: Path, resolution: int = 64, guidance_scale: float = 3.0, num_steps: int = 16
) -> None:
    """One row a concept: four views of one object in the concept's own colour, then four of one in a judged colour."""
    from .score import sample

    device = str(next(model.parameters()).device)
    basic = list(BASIC_COLORS.values())
    turns = [0.5 + 0.5 * math.pi * k for k in range(4)]
    concepts, colors, azimuths = [], [], []
    for index, concept in enumerate(CONCEPTS[: model.config.num_concepts]):
        for color in (concept.color, basic[(5 * index) % len(basic)]):
            concepts += [index] * 4
            colors += [color] * 4
            azimuths += turns
    cond = conditions(concepts, colors, azimuths, num_views=4, device=device)
    save_picture(path, tile(sample(model, cond, resolution, guidance_scale, num_steps), 8))


def view_grid(batch_images: Tensor, path: Path, columns: int = 8) -> None:
    """Training pictures [N, 3, R, R] in -1..1 as they are, to look at."""
    save_picture(path, tile(0.5 * batch_images + 0.5, columns))
