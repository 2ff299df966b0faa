"""Views of a known object give it back: projection, silhouettes, colours."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from dreamgrove.engine.color import linear_to_srgb
from dreamgrove.engine.fields.hash_grid_field import HashGridField
from dreamgrove.engine.fields.starts import GridStart
from dreamgrove.engine.methods.carving import ELEVATIONS_DEG, Views, carve, draw_views, project
from dreamgrove.engine.methods.loading import score_prior
from dreamgrove.engine.rendering.cameras import ring
from dreamgrove.engine.rendering.occupancy import Occupancy
from dreamgrove.engine.rendering.volume import render

BACKGROUND = torch.tensor([0.02, 0.6, 0.6])


def grid(resolution: int = 64) -> np.ndarray:
    centers = (np.arange(resolution) + 0.5) * (2.0 / resolution) - 1.0
    return np.stack(np.meshgrid(centers, centers, centers, indexing="ij"), axis=-1)


def photographed(sdf: np.ndarray, albedo: np.ndarray, count: int = 8, size: int = 64) -> Views:
    """Renders of a coloured distance field on the background."""
    field = HashGridField(GridStart(sdf.astype(np.float32), albedo.astype(np.float32)))
    cameras = ring(count, ELEVATIONS_DEG)
    with torch.no_grad():
        rgb = render(field, cameras, size, size, Occupancy.from_field(field), BACKGROUND.expand(count, 3)).rgb
    pictures = linear_to_srgb(rgb).permute(0, 2, 3, 1).numpy()
    return Views(pictures, cameras, linear_to_srgb(BACKGROUND).numpy())


def test_projection_agrees_with_the_rays():
    cameras = ring(5, ELEVATIONS_DEG)
    origins, directions = cameras.rays(64, 64)
    for index, (row, column) in enumerate([(3, 60), (31, 17), (50, 50), (0, 0), (63, 12)]):
        point = (origins + 2.5 * directions)[index, row, column].numpy()[None]
        (found,), _ = project(cameras, index, point, 64)
        assert found == pytest.approx([row, column], abs=1e-3)


def test_a_two_coloured_capsule_comes_back():
    """An asymmetric solid, lying off centre: a mirrored or turned camera would show."""
    at = grid()
    axis = np.clip(at[..., 0], -0.5, 0.2)
    away = np.linalg.norm(at - np.stack([axis, np.full_like(axis, 0.15), 0.4 * axis], axis=-1), axis=-1)
    sdf = away - 0.22
    albedo = np.where(at[..., :1] < -0.15, [0.7, 0.05, 0.02], [0.9, 0.9, 0.85])
    draft = carve(photographed(sdf, albedo))
    true, found = sdf < 0, draft.sdf < 0
    assert (true & found).sum() / (true | found).sum() > 0.75
    skin = np.abs(draft.sdf) < 0.03
    red, white = draft.albedo[skin & (at[..., 0] < -0.3)], draft.albedo[skin & (at[..., 0] > 0.0)]
    assert np.median(red, axis=0) == pytest.approx([0.7, 0.05, 0.02], abs=0.08)
    assert np.median(white, axis=0) == pytest.approx([0.9, 0.9, 0.85], abs=0.08)


def test_the_distance_is_one():
    """Spheres: the carved field is near the true distance where it is not truncated."""
    away = np.linalg.norm(grid(), axis=-1)
    draft = carve(photographed(away - 0.5, np.full((64, 64, 64, 3), 0.9)))
    near = np.abs(away - 0.5) < 0.1
    assert np.abs(draft.sdf - (away - 0.5))[near].mean() < 0.035


def test_nothing_in_common_is_a_sentence():
    cameras = ring(8, ELEVATIONS_DEG)
    background = linear_to_srgb(BACKGROUND).numpy()
    with pytest.raises(ValueError, match="try another seed"):
        carve(Views(np.broadcast_to(background, (8, 64, 64, 3)).copy(), cameras, background))


def test_the_shipped_prior_draws_one_object():
    """What the eight views of a pumpkin have in common is nearly what each of them shows."""
    prior = score_prior("", {}, "cpu")
    views = draw_views(
        prior,
        prior.prepare("an orange pumpkin"),
        8,
        64,
        3.0,
        torch.tensor([0.8, 0.2, 0.0]),
        torch.Generator().manual_seed(0),
    )
    draft = carve(views)
    field = HashGridField(GridStart(draft.sdf, draft.albedo))
    with torch.no_grad():
        alpha = render(field, views.cameras, 64, 64, Occupancy.from_field(field)).alpha[:, 0].numpy() > 0.5
    shown = np.linalg.norm(views.pictures - views.background, axis=-1) > 0.42
    assert (alpha & shown).sum() / (alpha | shown).sum() > 0.75
