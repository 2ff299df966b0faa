"""Real loading code on tiny real pipelines: families, shapes, gradients, conversions and refusals."""

from __future__ import annotations

import importlib.util
import json
import os
import sys

import pytest
import torch

from dreamgrove.engine.priors.base import Conditioning, PriorError
from dreamgrove.engine.priors.diffusers_prior import DiffusersPrior
from dreamgrove.engine.rendering.cameras import orbit

if importlib.util.find_spec("diffusers") is None:
    if os.environ.get("CI"):
        raise RuntimeError("CI must test the big priors: install the engine's extra packages")
    pytest.skip("diffusers is not installed: the big priors are NOT tested here", allow_module_level=True)

sys.path.insert(0, os.path.dirname(__file__))
import tiny_pipelines

FAMILIES = ("stable_diffusion", "stable_diffusion_xl", "deepfloyd_if")


@pytest.fixture(scope="module", params=FAMILIES)
def prior(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    return DiffusersPrior(getattr(tiny_pipelines, request.param)(folder))


def conditioning(prior: DiffusersPrior, azimuths: list[float]) -> Conditioning:
    return Conditioning(
        text=prior.prepare("a red mushroom"), cameras=orbit(torch.tensor(azimuths), torch.zeros(len(azimuths)))
    )


def test_encode_is_differentiable_and_predict_has_its_shape(prior):
    images = torch.rand(2, 3, 16, 16, requires_grad=True)
    x = prior.encode(images)
    x.square().sum().backward()
    assert images.grad is not None
    assert float(images.grad.abs().sum()) > 0
    cond = conditioning(prior, [0.0, 3.0])
    t = torch.tensor([10, 900])
    text, uncond = prior.predict_noise_pair(x.detach(), t, cond)
    assert text.shape == uncond.shape == x.shape
    assert bool(torch.isfinite(text).all())
    torch.testing.assert_close(text, prior.predict_noise(x.detach(), t, cond), atol=1e-5, rtol=1e-4)
    assert float((text - uncond).abs().max()) > 0


def test_view_words_follow_the_cameras(prior):
    x = torch.randn(1, *prior.encode(torch.rand(1, 3, 16, 16)).shape[1:])
    t = torch.tensor([500])
    front = prior.predict_noise(x, t, conditioning(prior, [0.0]))
    back = prior.predict_noise(x, t, conditioning(prior, [3.14]))
    again = prior.predict_noise(x, t, conditioning(prior, [0.1]))
    assert float((front - back).abs().max()) > 0
    torch.testing.assert_close(front, again)


def test_schedule_is_the_pipelines_own(prior):
    assert prior.schedule.alphas_cumprod.dtype == torch.float64
    assert len(prior.schedule) == 1000
    assert len(prior.sha256) == 64


def test_v_prediction_becomes_noise(tmp_path):
    """The same U-Net read as v must give eps = sqrt(abar) v + sqrt(1 - abar) x_t."""
    as_eps = DiffusersPrior(tiny_pipelines.stable_diffusion(tmp_path / "eps"))
    as_v = DiffusersPrior(tiny_pipelines.stable_diffusion(tmp_path / "v", prediction="v_prediction"))
    x, t = torch.randn(2, 4, 8, 8), torch.tensor([100, 800])
    raw = as_eps.predict_noise(x, t, conditioning(as_eps, [0.0, 1.0]))
    found = as_v.predict_noise(x, t, conditioning(as_v, [0.0, 1.0]))
    abar = as_v.schedule.alphas_cumprod[t].float()[:, None, None, None]
    torch.testing.assert_close(found, abar.sqrt() * raw + (1 - abar).sqrt() * x, atol=1e-4, rtol=1e-4)


def test_pickled_weights_are_refused(tmp_path):
    folder = tiny_pipelines.stable_diffusion(tmp_path / "pickled")
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    with pytest.raises(PriorError, match=r"only diffusion_pytorch_model.bin, a pickle file.*get the safetensors"):
        DiffusersPrior(folder)


def test_damaged_weights_are_one_sentence(tmp_path):
    folder = tiny_pipelines.stable_diffusion(tmp_path / "damaged")
    weights = folder / "unet" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    with pytest.raises(PriorError, match="cannot be loaded") as caught:
        DiffusersPrior(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("index", "message"),
    [
        (None, "holds no model_index.json"),
        ("{", "is damaged"),
        (json.dumps({"_class_name": "AudioLDMPipeline"}), "AudioLDMPipeline pipeline; supported are"),
    ],
)
def test_other_folders_are_refused(tmp_path, index, message):
    if index is not None:
        (tmp_path / "model_index.json").write_text(index)
    with pytest.raises(PriorError, match=message):
        DiffusersPrior(tmp_path)
