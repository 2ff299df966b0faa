"""The embedded prior's network, its adapter to the Prior interface, and its weights file."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from dreamgrove.engine.color import linear_to_srgb, srgb_to_linear
from dreamgrove.engine.lexicon import CONCEPTS, TRAITS
from dreamgrove.engine.priors.base import Conditioning, PriorError
from dreamgrove.engine.priors.embedded import FORMAT, GUIDED_CHROMA, EmbeddedPrior
from dreamgrove.engine.priors.score_model import ScoreConfig, ScoreModel
from dreamgrove.engine.rendering.cameras import orbit
from dreamgrove.engine.training.draft_run import save_tensors
from dreamgrove.engine.training.grids import conditions
from dreamgrove.engine.words import NotUnderstoodError

SMALL = ScoreConfig(channels=(16, 32, 32), thin_channels=8, condition_width=32, head_width=16, volume_size=4)


@pytest.fixture(scope="module")
def model() -> ScoreModel:
    """Small, and with its zeroed last layers stirred, so that everything shows in the output."""
    torch.manual_seed(0)
    made = ScoreModel(SMALL).eval()
    with torch.no_grad():
        for parameter in made.parameters():
            if not bool(parameter.any()):
                parameter.normal_(0.0, 0.2)
    return made


def ask(count: int = 4, num_views: int = 1):
    return conditions(
        [3] * count, [(0.8, 0.1, 0.1)] * count, [0.4 + 0.5 * math.pi * k for k in range(count)], None, num_views
    )


def noise(count: int = 4, resolution: int = 32, seed: int = 0) -> torch.Tensor:
    return torch.randn(count, 3, resolution, resolution, generator=torch.Generator().manual_seed(seed))


TIME = torch.full((4,), 0.6)


@pytest.mark.parametrize("resolution", [32, 64])
@pytest.mark.parametrize("num_views", [1, 4])
def test_output_is_like_the_input(model, resolution, num_views):
    out = model(noise(resolution=resolution), TIME, ask(num_views=num_views))
    assert out.shape == (4, 3, resolution, resolution)
    assert bool(torch.isfinite(out).all())


@torch.no_grad()
def test_every_condition_shows(model):
    x, base = noise(), ask()
    ones = torch.ones(4)
    plain = model(x, TIME, base)
    traits = torch.full((4, 5), 0.7)
    changes = {
        "concept": {"concept": base.concept + 1},
        "color": {"color": 1.0 - base.color},
        "traits": {"traits": traits, "traits_known": torch.ones(4, 5)},
        "lit": {"lit": 0.0 * ones},
        "background": {"background": 0.0 * base.background},
        "azimuth": {"cameras": orbit(base.cameras.azimuth + 0.5, base.cameras.elevation)},
        "elevation": {"cameras": orbit(base.cameras.azimuth, base.cameras.elevation + 0.3)},
        "time": {},
    }
    for name, change in changes.items():
        other = model(x, TIME if change else TIME - 0.2, replace(base, **change))
        assert float((other - plain).abs().max()) > 1e-4, name


@torch.no_grad()
def test_what_is_not_known_does_not_matter(model):
    """Values behind a mask of zeros must have no effect: else unsaid traits would mean something."""
    x, none = noise(), torch.zeros(4)
    blind = replace(ask(), text_known=none, camera_known=none, background_known=none)
    other = replace(
        blind, concept=blind.concept + 2, color=1.0 - blind.color, traits=torch.ones(4, 5), traits_known=torch.ones(4, 5),
        background=0.0 * blind.background, cameras=orbit(blind.cameras.azimuth + 1.0, blind.cameras.elevation + 0.2, 3.1),
    )  # fmt: skip
    torch.testing.assert_close(model(x, TIME, other), model(x, TIME, blind))
    unsaid = replace(ask(), traits=torch.ones(4, 5))
    torch.testing.assert_close(model(x, TIME, unsaid), model(x, TIME, ask()))


@torch.no_grad()
def test_views_of_one_object_attend_to_each_other(model):
    """With four views, changing one changes the others; with one view each, it does not."""
    x = noise()
    changed = x.clone()
    changed[3] = noise(1, seed=5)[0]
    apart = (model(changed, TIME, ask()) - model(x, TIME, ask())).abs().amax(dim=(1, 2, 3))
    together = (model(changed, TIME, ask(num_views=4)) - model(x, TIME, ask(num_views=4))).abs().amax(dim=(1, 2, 3))
    assert float(apart[:3].max()) < 1e-5
    assert float(together[:3].min()) > 1e-4


@torch.no_grad()
def test_the_volume_turns_with_the_object(model):
    """A volume that is zero but at +X is met by the rays of a camera at +X (near) and by none left of it from the front."""
    volume = ScoreModel(SMALL).volume
    volume.table.zero_()
    grid = volume.table[3, 0].view(SMALL.volume_features, *[SMALL.volume_size] * 3)  # [F, z, y, x]
    grid[:, :, :, -1] = 1.0
    cond = conditions([3, 3], [(1, 1, 1)] * 2, [0.0, math.pi / 2], [0.0, 0.0])
    seen = volume(cond, *cond.cameras.rays(16, 16))
    seen = seen.unflatten(1, (SMALL.volume_features, SMALL.volume_samples))[:, 0]  # [views, samples, 16, 16]
    assert (
        float(seen[0, :, :, 11:].sum()) > 10 * float(seen[0, :, :, :5].abs().sum()) + 1.0
    )  # +X is right in the front view
    assert float(seen[1, :3].sum()) > 10 * float(seen[1, -3:].abs().sum()) + 1.0  # and near in the view from +X


def test_wrong_sizes_are_refused(model):
    with pytest.raises(ValueError, match="R in"):
        model(noise(resolution=48), TIME, ask())
    with pytest.raises(ValueError, match="views"):
        model(noise(), TIME, replace(ask(), num_views=3))
    with pytest.raises(ValueError, match="another network"):
        ScoreConfig.from_dict({"depth": 3})


@pytest.fixture
def weights(model, tmp_path) -> Path:
    facts = {
        "format": FORMAT,
        "config": SMALL.to_dict(),
        "concepts": [c.name for c in CONCEPTS],
        "traits": list(TRAITS),
    }
    save_tensors(tmp_path / "score.safetensors", {k: v.half() for k, v in model.state_dict().items()}, facts)
    return tmp_path / "score.safetensors"


@pytest.fixture
def prior(weights) -> EmbeddedPrior:
    return EmbeddedPrior.load(weights)


@torch.no_grad()
@pytest.mark.parametrize("resolution", [32, 64])
def test_a_pair_is_two_single_predictions(prior, resolution):
    cameras = orbit(torch.arange(4) * 1.5, torch.full((4,), 0.3))
    cond = Conditioning(prior.prepare("a tall red cactus"), cameras, "albedo", torch.ones(4, 3), 4)
    x, t = noise(resolution=resolution), torch.full((4,), 500)
    with_text, without = prior.predict_noise_pair(x, t, cond)
    tolerance = {"atol": 0.05, "rtol": 0.05}  # bfloat16 where the processor has it; worst seen .015
    torch.testing.assert_close(with_text, prior.predict_noise(x, t, cond), **tolerance)
    difference = prior.predict_noise(x, t, replace(cond, text=None)) - with_text
    grey = difference.mean(dim=1, keepdim=True)
    torch.testing.assert_close(without, with_text + grey + GUIDED_CHROMA * (difference - grey), **tolerance)
    assert float((with_text - without).abs().max()) > 1e-3


@torch.no_grad()
def test_noise_is_v_rewritten(prior):
    """eps and v of the same network say the same x_0."""
    cond = Conditioning(None, orbit(torch.zeros(4), torch.zeros(4)), "lit", None, 1)
    x, t = noise(), torch.tensor([100, 400, 700, 900])
    eps = prior.predict_noise(x, t, cond)
    v = prior.schedule.velocity(prior.schedule.x0_from_eps(x, eps, t), eps, t)
    torch.testing.assert_close(prior.schedule.eps_from_v(x, v, t), eps, atol=1e-3, rtol=1e-3)


def test_encode_is_srgb_and_differentiable(prior):
    images = torch.rand(2, 3, 64, 64, requires_grad=True)
    x = prior.encode(images)
    assert x.shape == (2, 3, 64, 64)
    torch.testing.assert_close(x.detach(), 2.0 * linear_to_srgb(images.detach()) - 1.0)
    x.sum().backward()
    assert bool((images.grad > 0).all())
    assert prior.encode(torch.rand(1, 3, 128, 128)).shape[-1] == 64
    assert prior.encode(torch.rand(1, 3, 40, 40)).shape[-1] == 32
    flat = prior.encode(torch.full((1, 3, 100, 100), 0.5))
    torch.testing.assert_close(flat, torch.full_like(flat, 2.0 * float(linear_to_srgb(torch.tensor(0.5))) - 1.0))


def test_srgb_and_back():
    values = torch.linspace(0.0, 1.0, 101)
    torch.testing.assert_close(srgb_to_linear(linear_to_srgb(values)), values, atol=1e-6, rtol=0)


def test_words(prior):
    text = prior.prepare("a very tall teal toadstool")
    assert text.understanding.concept == "mushroom"
    assert float(text.traits_known[0]) == 1.0
    assert float(text.traits[0]) > 0.7
    with pytest.raises(NotUnderstoodError):
        prior.prepare("a dragon")


def test_damaged_weights_are_named(weights, tmp_path):
    with pytest.raises(PriorError, match="missing"):
        EmbeddedPrior.load(tmp_path / "none.safetensors")
    data = weights.read_bytes()
    for name, broken in {"cut": data[: len(data) // 2], "empty": b"", "text": b"<html>not found</html>" * 50}.items():
        path = tmp_path / f"{name}.safetensors"
        path.write_bytes(broken)
        with pytest.raises(PriorError, match="damaged"):
            EmbeddedPrior.load(path)
    pickled = tmp_path / "score.pt"
    torch.save({"a": torch.ones(1)}, pickled)
    with pytest.raises(PriorError, match="not a safetensors"):
        EmbeddedPrior.load(pickled)
    disguised = tmp_path / "disguised.safetensors"
    disguised.write_bytes(pickled.read_bytes())
    with pytest.raises(PriorError, match="damaged"):
        EmbeddedPrior.load(disguised)
    tensors = load_file(weights)
    tensors.pop("conditioner.turned")
    save_file(tensors, tmp_path / "short.safetensors")
    with pytest.raises(PriorError, match="damaged"):
        EmbeddedPrior.load(tmp_path / "short.safetensors")


def test_not_a_number_is_found(model, tmp_path):
    facts = {
        "format": FORMAT,
        "config": SMALL.to_dict(),
        "concepts": [c.name for c in CONCEPTS],
        "traits": list(TRAITS),
    }
    tensors = {k: v.clone() for k, v in model.state_dict().items()}
    tensors["conditioner.turned"][0, 0, 0] = float("nan")
    save_tensors(tmp_path / "nan.safetensors", tensors, facts)
    with pytest.raises(PriorError, match="finite"):
        EmbeddedPrior.load(tmp_path / "nan.safetensors")


def test_the_file_is_known_by_its_hash(weights, prior):
    import hashlib

    assert prior.sha256 == hashlib.sha256(weights.read_bytes()).hexdigest()
