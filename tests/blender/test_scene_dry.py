"""Desert and plain: open ground where plants stand, land forms about it, no step between the two."""

from __future__ import annotations

import numpy as np
import pytest

from dreamgrove.procedural.scene.biomes import find_biome
from dreamgrove.procedural.scene.biomes.desert import EVENING
from dreamgrove.procedural.scene.biomes.desert import heights as desert_heights
from dreamgrove.procedural.scene.biomes.plain import heights as plain_heights


@pytest.fixture(autouse=True)
def empty(clean_scene):
    """An empty file."""


def rings(radii: np.ndarray, ways: int = 96) -> tuple[np.ndarray, np.ndarray]:
    """Places [R, ways] m about the middle, from +X to +Y."""
    angle = (np.arange(ways) + 0.5) / ways * 2 * np.pi
    return radii[:, None] * np.cos(angle), radii[:, None] * np.sin(angle)


def test_a_desert_is_open_under_mesas_and_the_evening_sun_reaches_it():
    biome, look = find_biome("desert")
    at = desert_heights(biome.recipe(look, seed=5))
    far = np.linspace(400.0, 1500.0, 111)
    z, layers = at(*rings(far))
    inner, named = at(*rings(np.linspace(1.0, 140.0, 140)))
    assert np.ptp(inner) < 12.0 and not named["rock"].any()  # a place for plants and a camera
    assert z.max() > 90.0  # tables
    assert layers["rock"][z > 60.0].mean() > 4 * layers["rock"][z < 12.0].mean()  # walls are rock, plains are not
    skyline = np.arctan(z / far[:, None]).max(0).reshape(24, -1).max(1)
    assert skyline.max() > 0.1
    assert skyline[EVENING].max() < 0.24  # the sun, 0.3 rad high at the usual hour, is not behind a wall
    assert named["wash"].max() == 1.0 and named["wash"][named["off_wash"] > 5.0].max() == 0.0


def test_a_plain_rolls_on_without_a_step_to_hills_on_the_horizon():
    biome, look = find_biome("plain")
    recipe = biome.recipe(look, seed=5)
    at = plain_heights(recipe)
    half = recipe.size / 2
    radii = np.linspace(half * 0.5, half * 2.0, 241)
    z, layers = at(*rings(radii))
    assert np.abs(np.diff(z, axis=0)).max() < 0.35 * (radii[1] - radii[0])  # one could drive over it
    low, high = at(*rings(np.array([half])))[0].max(), at(*rings(np.array([3300.0])))[0].max()
    assert low < 12.0 and high > 60.0
    for name in ("lush", "russet", "plumes", "bloom"):  # colours lie in patches: none everywhere, none nowhere
        assert 0.01 < (layers[name] > 0.5).mean() < 0.6, name
