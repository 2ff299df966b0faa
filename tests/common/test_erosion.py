"""Erosion: nothing is lost or made, rain reaches outlets, rubble lies at its angle, the same seed gives the same land."""

import numpy as np
import pytest

from dreamgrove.land_params import DuneParams, ErosionParams, HydraulicParams, SnowParams, ThermalParams, ValleyParams
from dreamgrove.procedural.grow.erosion import (
    carve,
    crumble,
    drain,
    dunes,
    erode,
    erode_steps,
    measured,
    rivers,
    snow,
)  # fmt: skip
from dreamgrove.procedural.grow.erosion.flow import outlets_of
from dreamgrove.procedural.grow.erosion.hydraulic import ShallowWater
from dreamgrove.procedural.grow.erosion.resample import resample
from dreamgrove.procedural.terrain.field import HeightField


def rough(count: int = 65, size: float = 1000.0, height: float = 120.0, seed: int = 1) -> HeightField:
    """Land of noise at six widths, the same in the large at each resolution."""
    rng = np.random.default_rng(seed)
    heights = np.zeros((count, count), np.float32)
    for octave in range(6):
        heights += resample(rng.standard_normal((2 << octave,) * 2, np.float32), count) * np.float32(0.5**octave)
    heights -= heights.min()
    return HeightField(heights / heights.max() * np.float32(height), size)


def bowl(count: int = 33) -> HeightField:
    """A round basin in a plateau; its rim is lowest at one point, in the east, at 8 m; the plateau falls to the edges."""
    field = HeightField(np.zeros((count, count), np.float32), 32.0)
    x, y = field.points()[..., 0], field.points()[..., 1]
    radius = np.hypot(x, y)
    heights = np.where(radius < 8, 2 + radius, 10 - (radius - 8) * 0.3)
    notch = heights[count // 2, count // 2 + 6 :]
    notch[:] = np.minimum(notch, 8)
    return HeightField(heights.astype(np.float32), 32.0)


def test_all_rain_reaches_outlets():
    field = rough(97)
    ways = drain(field.heights, wander=1.0, seed=3)
    total = ways.accumulate()
    outlets = ways.order[: ways.levels[1]]
    assert total[outlets].sum() == 97 * 97
    rows, columns = np.divmod(outlets_of(ways), 97)
    assert np.all((rows % 96 == 0) | (columns % 96 == 0)), "water ends at the edges only"


def test_receivers_are_neighbours_and_come_first():
    ways = drain(rough(64).heights)
    own = np.arange(64 * 64)
    assert np.abs(own // 64 - ways.receiver // 64).max() == 1 == np.abs(own % 64 - ways.receiver % 64).max()
    place = np.empty_like(own)
    place[ways.order] = own
    assert np.all((place[ways.receiver] < place) | (ways.receiver == own))


def test_a_basin_fills_to_its_lowest_pass_and_drains_over_it():
    field = bowl()
    ways = drain(field.heights)
    middle = 16 * 33 + 16
    assert ways.filled[16, 16] == 8.0
    assert np.isclose((ways.filled - field.heights).max(), 6.0)
    assert outlets_of(ways)[middle] == 16 * 33 + 32, "over the notch to the east"
    assert measured(field).layers["water"][16, 16] == 6.0


def test_filling_is_the_least_possible():
    """Against the definition: from each point a way out exists that never rises over the filled height, and no lower one does."""
    heights = rough(25, seed=4).heights
    level = np.full((27, 27), -np.inf, np.float32)
    level[1:-1, 1:-1] = np.inf
    while True:  # Planchon and Darboux, 2002
        around = np.minimum.reduce([level[1 + i : 26 + i, 1 + j : 26 + j] for i in (-1, 0, 1) for j in (-1, 0, 1)])
        lower = np.maximum(heights, around)
        if np.array_equal(lower, level[1:-1, 1:-1]):
            break
        level[1:-1, 1:-1] = lower
    assert np.array_equal(drain(heights).filled, lower)


def test_running_water_loses_and_makes_no_soil():
    field = rough(65)
    water = ShallowWater(field, HydraulicParams(iterations=60))
    lost = 0.0
    with water.bands:
        for _ in range(60):
            water.step()
            share = water.dt / water.cell
            lost += share * (water.soil_x[:, -1].sum(dtype=float) - water.soil_x[:, 0].sum(dtype=float))
            lost += share * (water.soil_y[-1].sum(dtype=float) - water.soil_y[0].sum(dtype=float))
    made = water.result()
    unit = field.size / 1000.0
    eroded = made.layers["wear"].sum(dtype=float) / unit
    laid = made.layers["sediment"].sum(dtype=float) / unit
    assert eroded > 10 and laid > 5 and lost > 0
    assert np.isclose(eroded, laid + lost, rtol=2e-3)


@pytest.mark.parametrize("threads", [1, 3])
def test_running_water_does_not_depend_on_threads(threads, monkeypatch):
    monkeypatch.setattr("dreamgrove.procedural.grow.erosion.bands.CACHED", 65 * 7)
    field = rough(65)
    made, reference = ShallowWater(field, HydraulicParams(), threads), ShallowWater(field, HydraulicParams(), 1)
    monkeypatch.undo()
    whole = ShallowWater(field, HydraulicParams(), 1)
    for water in (made, reference, whole):
        with water.bands:
            for _ in range(10):
                water.step()
    assert np.array_equal(made.bed, reference.bed)
    assert np.array_equal(made.bed, whole.bed), "bands join without a seam"


def test_rubble_lies_at_its_angle_and_none_is_lost():
    x = np.linspace(-1, 1, 41)
    heights = np.where(np.hypot(x[:, None], x) < 0.25, 12.0, 0.0).astype(np.float32)
    field = HeightField(heights, 40.0)
    made = crumble(field, ThermalParams(iterations=2000, talus=0.55))
    for down, right in ((0, 1), (1, 0), (1, 1)):
        rise = np.abs(made.heights[down:, right:] - made.heights[: 41 - down, : 41 - right]) / np.hypot(down, right)
        assert rise.max() < np.tan(0.55) * 1.02
    assert np.isclose(made.heights.sum(), heights.sum(), rtol=1e-5)
    assert np.isclose(made.layers["sediment"].sum(), made.layers["wear"].sum(), rtol=1e-4)


def test_rivers_cut_valleys_that_drain():
    field = rough(129, height=60.0)
    made = carve(field, ValleyParams(age=4.0, steps=10, coarse=64, sea_level=-1e6))
    before, after = drain(field.heights), drain(made.heights)
    assert (after.filled > made.heights + 0.01).mean() < 0.2 * (before.filled > field.heights + 0.01).mean()
    assert np.allclose(made.heights, field.heights - made.layers["wear"] + made.layers["sediment"], atol=1e-3)
    assert made.heights.min() >= field.heights.min() - 3.0


def test_erosion_in_the_large_does_not_depend_on_resolution():
    params = ErosionParams(iterations=20, sea_level=-1e6)
    coarse, fine = (erode(rough(count, 2000.0), params).heights for count in (65, 129))
    before = resample(rough(129, 2000.0).heights, 17)
    worn_coarse, worn_fine = before - resample(coarse, 17), before - resample(fine, 17)
    assert np.corrcoef(worn_coarse.ravel(), worn_fine.ravel())[0, 1] > 0.85
    assert 0.6 < worn_coarse.mean() / worn_fine.mean() < 1.7


def test_the_same_seed_gives_the_same_land_and_another_another():
    field, params = rough(49), ErosionParams(iterations=10, snow=1.0)
    one, two = erode(field, params), erode(field, params)
    other = erode(field, ErosionParams(iterations=10, snow=1.0, seed=5))
    assert np.array_equal(one.heights, two.heights)
    assert not np.array_equal(one.heights, other.heights)
    wanted = {"sediment", "wear", "runoff", "snow", "slope", "altitude", "flow", "catchment", "water", "wetness"}
    assert set(one.layers) == wanted
    assert all(np.isfinite(values).all() and values.dtype == np.float32 for values in one.layers.values())
    assert np.array_equal(field.heights, rough(49).heights), "what is given does not change"


def test_level_and_tiny_land_erodes():
    for count in (2, 3, 8):
        made = erode(HeightField(np.full((count, count), 5.0), 10.0), ErosionParams(iterations=3, snow=1.0))
        assert np.isfinite(made.heights).all()


def test_progress_rises_to_one_and_can_be_left():
    shares = list(erode_steps(rough(33), ErosionParams(iterations=5, snow=1.0)))
    assert shares == sorted(shares) and 0.0 < shares[0] < 0.1 and shares[-1] > 0.95
    steps = erode_steps(rough(33))
    next(steps)
    steps.close()


def test_snow_lies_high_in_the_lee_and_not_on_walls():
    field = HeightField(np.zeros((65, 65), np.float32), 64.0)
    x = field.points()[..., 0]
    ridge = HeightField(np.maximum(20 - np.abs(x) * 0.8, 0).astype(np.float32), 64.0)
    depth = snow(ridge, SnowParams(line=0.3, wind=0.8, direction=0.0, slides=0)).layers["snow"]
    assert depth[32, 44] > 1.5 * depth[32, 20], "wind to +X loads the side of +X"
    assert depth[32, 2] == 0.0
    wall = HeightField(np.where(x > 0, 20.0, 0.0).astype(np.float32), 64.0)
    calm = SnowParams(line=-1.0, wind=0.0, slides=0)
    still, slid = (snow(wall, p).layers["snow"] for p in (calm, SnowParams(line=-1.0, wind=0.0, slides=60)))
    assert slid[32, 33] < 0.5 * still[32, 33]
    assert np.isclose(slid.sum(), still.sum(), rtol=1e-4)


def test_dunes_keep_their_sand_and_rise():
    field = HeightField(np.zeros((65, 65), np.float32), 200.0)
    params = DuneParams(iterations=150, points=64, turning=0.0)
    sand = dunes(field, params).layers["sand"]
    assert np.isclose(sand.mean(), params.sand * 200.0, rtol=0.15)
    assert sand.std() > 0.1 * sand.mean()
    assert np.array_equal(sand, dunes(field, params).layers["sand"])


def test_rivers_join_and_grow():
    field = rough(129)
    network = rivers(carve(field, ValleyParams(steps=6, sea_level=-1e6)), 0.004)
    ends = {tuple(river.points[-1]) for river in network}
    starts = {tuple(river.points[0]) for river in network}
    assert len(ends & starts) > 3
    assert max(river.order for river in network) >= 2
    assert all(np.all(np.diff(river.flow) > 0) for river in network)
