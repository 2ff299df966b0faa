"""The engine's erosion against numpy's: the same land, on a CPU to the last bit."""

from dataclasses import replace

import numba
import numpy as np
import pytest
import torch

from dreamgrove.engine.land import carve, crumble, erode, run_off, snow
from dreamgrove.engine.land.resample import resample
from dreamgrove.land_params import ErosionParams, HydraulicParams, SnowParams, ThermalParams, ValleyParams
from dreamgrove.procedural.grow import erosion
from dreamgrove.procedural.grow.erosion.resample import resample as resample_there
from dreamgrove.procedural.terrain.field import HeightField

SIZE = 2000.0
NEEDS_CUDA = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device: its CPU twin runs")
CUDA = pytest.param("cuda", marks=[NEEDS_CUDA, pytest.mark.cuda])


def land(count: int = 97) -> np.ndarray:
    rng = np.random.default_rng(2)
    total = np.zeros((count, count), np.float32)
    for octave in range(6):
        total += resample_there(rng.standard_normal((2 << octave,) * 2, np.float32), count) * np.float32(0.5**octave)
    return total * np.float32(80.0)


@pytest.mark.parametrize("count", [3, 41, 97])
def test_the_kernel_gives_the_bits_of_numpy(count):
    heights, params = land(count), HydraulicParams(iterations=40)
    hardness = np.random.default_rng(0).random((count, count), np.float32)
    there = erosion.run_off(HeightField(heights, SIZE, layers={"hardness": hardness}), params)
    here = run_off(torch.from_numpy(heights), SIZE, params, torch.from_numpy(hardness))
    assert np.array_equal(here.heights.numpy(), there.heights)
    assert np.abs(heights - there.heights).max() > 0.5


@pytest.mark.parametrize("device", ["cpu", CUDA])
def test_torch_gives_the_same_land(device):
    """Rounding grows where water spreads, so the tolerance is of the mean change; the worst seen is 0.2 % of the largest."""
    heights, params = land(), HydraulicParams(iterations=40)
    there = erosion.run_off(HeightField(heights, SIZE), params)
    here = run_off(torch.from_numpy(heights).to(device), SIZE, params, compiled=False)
    change = np.abs(there.heights - heights)
    apart = np.abs(here.heights.cpu().numpy() - there.heights)
    assert apart.mean() < 1e-3 * change.mean() and apart.max() < 0.02 * change.max()
    for name in ("sediment", "wear"):
        assert np.allclose(getattr(here, name).cpu(), there.layers[name], atol=0.02 * change.max())


@pytest.mark.parametrize("sea_level", [-1e6, 20.0])
def test_valleys_are_numpys_to_the_last_bit(sea_level):
    heights, params = land(), ValleyParams(steps=6, coarse=40, rise=0.5, sea_level=sea_level)
    there = erosion.carve(HeightField(heights, SIZE), params)
    here = carve(torch.from_numpy(heights), SIZE, params)
    assert np.array_equal(here.heights.numpy(), there.heights)
    assert np.abs(heights - there.heights).max() > 5.0


@pytest.mark.parametrize("device", ["cpu", CUDA])
def test_falling_rock_is_the_same(device):
    heights, params = land(), ThermalParams(iterations=30, talus=0.3)
    there = erosion.crumble(HeightField(heights, SIZE), params)
    here = crumble(torch.from_numpy(heights).to(device), SIZE, params, compiled=False)
    assert np.allclose(here.heights.cpu(), there.heights, atol=2e-3)
    assert np.abs(there.heights - heights).max() > 2.0
    quick = crumble(torch.from_numpy(heights), SIZE, params)
    assert np.array_equal(quick.heights.numpy(), there.heights)


@pytest.mark.parametrize("device", ["cpu", CUDA])
@pytest.mark.parametrize("compiled", [True, False])
def test_snow_is_the_same(device, compiled):
    """The worst seen is 2e-7 m; slides take as much as there is."""
    if compiled and device != "cpu":
        pytest.skip("kernels are for CPUs")
    heights, params = land(), SnowParams(depth=3.0, line=0.3, hold=0.2, direction=2.0)
    there = erosion.snow(HeightField(heights, SIZE), params).layers["snow"]
    here = snow(torch.from_numpy(heights).to(device), SIZE, params, compiled=compiled)
    still = erosion.snow(HeightField(heights, SIZE), replace(params, slides=0)).layers["snow"]
    assert np.allclose(here.cpu(), there, atol=2e-5) and np.abs(there - still).max() > 0.5


@pytest.mark.parametrize("device", ["cpu", CUDA])
@pytest.mark.parametrize("hard", [False, True])
def test_all_of_erosion_is_the_same(device, hard):
    """On a CPU heights have numpy's bits, and those alone are compared exactly: torch's logarithm and tangent round otherwise."""
    heights = land(201)
    params = ErosionParams(seed=3, valleys=1.0, rise=0.3, iterations=12, snow=1.5, snow_line=0.4, sea_level=-60.0)
    layers = {"hardness": np.random.default_rng(0).random(heights.shape, np.float32)} if hard else {}
    there = erosion.erode(HeightField(heights, SIZE, layers=layers), params)
    given = torch.from_numpy(heights.copy()).to(device)
    here = erode(given, SIZE, params, torch.from_numpy(layers["hardness"]).to(device) if hard else None)
    assert np.array_equal(given.cpu(), heights), "what is given stays"
    assert here.layers.keys() == there.layers.keys()
    assert {str(each.dtype) for each in here.layers.values()} == {"torch.float32"}
    if device == "cpu":
        assert np.array_equal(here.heights.numpy(), there.heights)
        for name, values in there.layers.items():
            assert np.allclose(here.layers[name], values, rtol=1e-5, atol=1e-5), name
    change = np.abs(there.heights - heights)
    assert np.abs(here.heights.cpu().numpy() - there.heights).mean() < 0.01 * change.mean() and change.max() > 5.0
    assert (there.layers["snow"] > 0.1).any() and (there.layers["water"] > 0.0).any()


def test_threads_change_nothing():
    heights, params = torch.from_numpy(land(201)), ErosionParams(iterations=10, snow=1.5)
    most = numba.get_num_threads()
    try:
        numba.set_num_threads(1)
        alone = erode(heights, SIZE, params)
    finally:
        numba.set_num_threads(most)
    together = erode(heights, SIZE, params)
    assert torch.equal(alone.heights, together.heights) and torch.equal(alone.layers["snow"], together.layers["snow"])


def test_progress_goes_from_start_to_end():
    shares = []
    erode(torch.from_numpy(land(33)), SIZE, ErosionParams(iterations=4, crumbling=3, snow=1.0), progress=shares.append)
    assert shares == sorted(shares) and 0.0 < shares[0] < 0.05 and shares[-1] > 0.97


@pytest.mark.parametrize("counts", [(97, 33), (33, 97), (9, 64)])
def test_resampling_is_the_same(counts):
    values = np.random.default_rng(1).random((counts[0],) * 2, np.float32)
    assert np.allclose(resample(torch.from_numpy(values), counts[1]), resample_there(values, counts[1]), atol=1e-6)


def test_it_can_be_stopped_and_refuses_what_it_cannot_erode():
    class Stop(Exception):
        pass

    def stop(share: float) -> None:
        if share >= 0.5:
            raise Stop

    with pytest.raises(Stop):
        run_off(torch.from_numpy(land(33)), SIZE, HydraulicParams(iterations=4), progress=stop)
    with pytest.raises(ValueError, match="square"):
        run_off(torch.zeros(4, 5), SIZE)
    with pytest.raises(ValueError, match="NaN"):
        run_off(torch.full((4, 4), torch.nan), SIZE)
