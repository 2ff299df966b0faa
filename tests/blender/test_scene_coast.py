"""The coast: a beach between cliffs on every seed, and a sea that knows the ground below it."""

from __future__ import annotations

import numpy as np
import pytest

from dreamgrove.procedural.scene.biomes.coast import COAST, heights, waterline
from dreamgrove.procedural.scene.ground import square
from dreamgrove.procedural.scene.surf import SurfParams, surf_sheet


@pytest.fixture(autouse=True)
def empty(clean_scene):
    """An empty file."""


@pytest.mark.parametrize("seed", [1, 2])
def test_a_beach_lies_between_sea_and_land(seed):
    recipe = COAST.recipe(seed=seed)
    land, line = heights(recipe), waterline(recipe)
    x = np.linspace(-35.0, 35.0, 41)  # cliffs come near farther along
    edge, _ = land(x, line(x))
    assert np.abs(edge).max() < 0.7  # a smooth join to the land lifts it; the sea's level is 0
    walk, layers = land(x, line(x) + 22.0)
    assert (walk > 0.0).all() and (walk < 4.5).all() and (layers["strand"] > 0.5).all()
    assert (land(x, line(x) - 30.0)[0] < -0.5).all()
    assert (land(x, line(x) + 110.0)[0] > 4.0).all()
    whole = square(land, 120, 1200.0)
    assert whole.heights.max() > 35.0 and whole.layers["rock"].max() == 1.0  # cliffs beyond the bay
    again, _ = heights(recipe)(x, line(x))
    assert (again == edge).all()


def test_the_sea_reaches_the_horizon_and_breaks_on_the_sand():
    params = SurfParams(step=2.0, half=80.0)

    def ground(x, y):
        return np.where(y > 0.0, y * 0.05, y * 0.03), {}

    sheet = surf_sheet("Sea", lambda x: x * 0.0, ground, params, 3)
    mesh = sheet.data
    points = np.zeros(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", points)
    points = points.reshape(-1, 3).astype(float)
    values = {}
    for name in ("depth", "foam"):
        values[name] = np.zeros(len(points), np.float32)
        mesh.attributes[name].data.foreach_get("value", values[name])
    assert points[:, 1].min() <= -params.reach and np.abs(points[:, 0]).max() >= params.reach
    assert np.abs(points[np.abs(points[:, 1]) > 2000.0, 2]).max() < 0.05  # level at the horizon
    assert min(face.normal.z for face in mesh.polygons) > 0.0
    there = (values["depth"] > -0.9) & (values["depth"] < 900.0)
    floor = ground(points[:, 0], points[:, 1])[0]
    assert values["depth"][there] == pytest.approx(points[there, 2] - floor[there], abs=2e-3)
    assert values["foam"].min() >= 0.0 and values["foam"].max() <= 1.0
    inside = np.abs(points[:, 0]) < params.half
    shore, offshore = np.abs(points[:, 1]) < 6.0, points[:, 1] < -200.0
    assert values["foam"][inside & shore].mean() > 0.2 > 0.02 > values["foam"][inside & offshore].mean()
