"""The recipe from words to a bundle, with doubles for the priors whose answers are known: a draft that is a two-coloured ball,
and a score model that wants a smaller ball. The shipped priors are exercised through the real engine process elsewhere."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import numpy as np
import pytest
import torch
import trimesh
from torch import Tensor

from dreamgrove.engine.color import linear_to_srgb
from dreamgrove.engine.fields import GridStart, HashGridField, HashGridParams
from dreamgrove.engine.methods import dreamfusion
from dreamgrove.engine.methods.base import Cancelled, JobError
from dreamgrove.engine.methods.context import JobContext
from dreamgrove.engine.methods.distillation import Distillation
from dreamgrove.engine.methods.settings import DreamFusionParams
from dreamgrove.engine.priors.base import Conditioning
from dreamgrove.engine.priors.draft import Draft
from dreamgrove.engine.priors.schedule import NoiseSchedule
from dreamgrove.engine.protocol import JobRequest
from dreamgrove.engine.rendering.cameras import PRIOR_ORBIT

SMALL = {"faces": 400, "texture_size": 128, "mesh_resolution": 32}


def ball(radius: float) -> Draft:
    axis = (np.arange(64) + 0.5) / 32 - 1
    x, y, z = np.meshgrid(axis, axis, axis, indexing="ij")
    sdf = np.clip(np.sqrt(x * x + y * y + z * z) - radius, -0.15, 0.15).astype(np.float32)
    albedo = np.where((z > 0)[..., None], [0.7, 0.05, 0.04], [0.8, 0.75, 0.6]).astype(np.float32)
    return Draft(sdf, albedo)


class Drafts:
    """A draft model that always draws balls; the second is in two parts, so it must not be taken."""

    name, sha256 = "draft", "d" * 64

    def sample(self, understanding, count, seed, guidance_scale, on_progress):
        on_progress(0.5)
        broken = ball(0.3)
        broken.sdf[:8, :8, :8] = -0.1
        return [broken, *[ball(0.6)] * (count - 1)]

    def assess(self, drafts, concept):
        from dreamgrove.engine.priors import draft_choice

        return draft_choice.assess([each.sdf for each in drafts])

    def choose(self, drafts, concept):
        from dreamgrove.engine.priors import draft_choice

        return draft_choice.choose([each.sdf for each in drafts])


class WantsDisc:
    """A score model that is certain of a red disc of a given radius before any background."""

    name, sha256, resolution = "disc", "e" * 64, 32
    conditions_on = frozenset({"text", "camera", "shading", "background"})

    def __init__(self, radius_px: float):
        self.schedule = NoiseSchedule.cosine(1000)
        self.radius_px = radius_px

    def prepare(self, prompt: str, negative: str = "") -> str:
        return prompt

    def encode(self, images: Tensor) -> Tensor:
        return linear_to_srgb(images) * 2 - 1

    def predict_noise(self, x_t: Tensor, t: Tensor, cond: Conditioning) -> Tensor:
        size = x_t.shape[-1]
        axis = torch.arange(size) + 0.5 - size / 2
        inside = (axis[:, None] ** 2 + axis[None] ** 2).sqrt() < self.radius_px * size / 32
        image = torch.where(inside, torch.tensor([0.7, 0.05, 0.04])[:, None, None], cond.background[:, :, None, None])
        return self.schedule.eps_from_x0(x_t, self.encode(image), t)

    def predict_noise_pair(self, x_t: Tensor, t: Tensor, cond: Conditioning) -> tuple[Tensor, Tensor]:
        eps = self.predict_noise(x_t, t, cond)
        return eps, eps


@pytest.fixture
def doubles(monkeypatch):
    monkeypatch.setattr(dreamfusion, "draft_prior", lambda device: Drafts())
    monkeypatch.setattr(dreamfusion, "score_prior", lambda name, models, device: WantsDisc(8.0))


def run(folder, prompt="a red pumpkin", preset="draft", context=None, **params):
    request = JobRequest(method="dreamfusion", prompt=prompt, preset=preset, seed=3, params={**SMALL, **params})
    context = context or JobContext(folder, "cpu", 3)
    dreamfusion.METHOD.run(request, dreamfusion.METHOD.parameters(request), context)
    return json.loads((folder / "recipe.json").read_text())


def diameter_px(radius: float, size: int = 32) -> float:
    """A ball's picture from distance 3 at 40 degrees."""
    return size * np.tan(np.arcsin(radius / 3)) / np.tan(np.radians(20))


def test_draft_preset_takes_the_sound_draft_and_writes_the_bundle(tmp_path, doubles):
    recipe = run(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} >= {"asset.glb", "preview.png", "turntable.webp", "recipe.json"}
    mesh = trimesh.load(tmp_path / "asset.glb", force="mesh")
    assert float(mesh.extents.max()) == pytest.approx(0.35, rel=1e-3), "a pumpkin's own size"
    assert len(mesh.faces) <= 400
    assert recipe["prompt"] == "a red pumpkin"
    assert recipe["params"]["iterations"] == 0
    assert recipe["priors"] == [{"name": "draft", "sha256": "d" * 64}]


def test_same_seed_same_bytes(tmp_path, doubles):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    run(tmp_path / "a")
    run(tmp_path / "b")
    assert (tmp_path / "a" / "asset.glb").read_bytes() != b""
    first, second = (trimesh.load(tmp_path / each / "asset.glb", force="mesh") for each in "ab")
    np.testing.assert_array_equal(first.vertices, second.vertices)
    np.testing.assert_array_equal(first.faces, second.faces)


def test_distillation_moves_the_field_to_what_the_prior_wants(tmp_path, doubles):
    """From a ball of radius .6 towards one whose picture has a radius of 8 px: about .54 at 32 px."""
    run(
        tmp_path, preset="standard", iterations=60, fine_share=0.0, lit_share=0.0, resolution=32, guidance_scale=1.0,
        noise_start=0.6, noise_end=0.3,
    )  # fmt: skip
    recipe = json.loads((tmp_path / "recipe.json").read_text())
    assert "refinement" in recipe
    assert recipe["timings"]["prior"] > 0
    assert {each["name"] for each in recipe["priors"]} == {"draft", "disc"}


@pytest.mark.parametrize(("first_views", "noise_start"), [(8, 0.6), (0, 0.95)], ids=["carved", "blob"])
def test_from_nothing_finds_the_wanted_ball(tmp_path, doubles, first_views, noise_start):
    recipe = run(
        tmp_path, preset="scratch", iterations=150, fine_share=0.0, lit_share=0.0, resolution=32, guidance_scale=1.0,
        first_views=first_views, noise_start=noise_start,
    )  # fmt: skip
    mesh = trimesh.load(tmp_path / "asset.glb", force="mesh")
    assert recipe["params"]["drafts"] == 0
    extents = np.sort(mesh.extents)
    assert extents[0] / extents[2] > 0.8, "about as wide as deep as tall"


def test_cancelling_stops_within_a_step(tmp_path, doubles):
    cancelled = threading.Event()

    def emit(message):
        if message["type"] == "progress" and message["stage"] == "Distilling":
            cancelled.set()

    context = JobContext(tmp_path, "cpu", 3, emit=emit, cancelled=cancelled)
    with pytest.raises(Cancelled):
        run(tmp_path, preset="standard", context=context)
    assert not (tmp_path / "asset.glb").exists()


def test_a_checkpoint_resumes_where_it_stopped(tmp_path, doubles, monkeypatch):
    """Killed at step 12 of 20, the second run does the remaining 8 and ends where an uninterrupted one does."""
    from dreamgrove.engine.methods import distillation

    monkeypatch.setattr(distillation, "CHECKPOINT_EVERY_S", -1.0)
    settings = {"preset": "standard", "iterations": 20, "fine_share": 0.0, "resolution": 16}
    steps = []
    original = distillation.Distillation.one_step

    def counted(self, context=None):
        if len(steps) == 12 and not resumed:
            raise KeyboardInterrupt
        steps.append(self.step)
        return original(self, context)

    monkeypatch.setattr(distillation.Distillation, "one_step", counted)
    resumed = False
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, **settings)
    resumed = True
    run(tmp_path, **settings)
    assert steps == [*range(12), *range(12, 20)]


@pytest.mark.parametrize(
    ("prompt", "message"),
    [("a dragon", "nearest"), ("红色的蘑菇", "not something"), ("of the", "names nothing|not something")],
)
def test_what_is_not_understood_is_said(tmp_path, doubles, prompt, message):
    with pytest.raises(JobError, match=message):
        run(tmp_path, prompt=prompt)
    assert list(tmp_path.iterdir()) == []


def test_contradictory_parameters_are_refused(tmp_path, doubles):
    with pytest.raises(JobError, match="Neither drafts nor steps"):
        run(tmp_path, drafts=0, iterations=0)
    request = JobRequest(method="dreamfusion", prompt="a rock", preset="draft", params={"faces": 1})
    with pytest.raises(JobError, match="faces is 1"):
        dreamfusion.METHOD.parameters(request)
    with pytest.raises(JobError, match="no preset"):
        dreamfusion.METHOD.parameters(replace(request, preset="best"))


def test_a_draft_is_held_where_the_prior_says_nothing(monkeypatch):
    """With only the pull to the draft, a field that has left it comes back; without the pull it stays away."""
    draft = ball(0.5)
    for weight, comes_back in ((1.0, True), (0.0, False)):
        field = HashGridField(
            GridStart(draft.sdf, draft.albedo), HashGridParams.for_cells(32), torch.Generator().manual_seed(0)
        )
        with torch.no_grad():
            field.b2.copy_(torch.tensor([0.0, 1.0, -1.0, 0.0]))
        params = DreamFusionParams(iterations=60, keep_draft=weight, entropy=0.0, sparsity=0.0, orientation=0.0)
        work = Distillation.begin(field, _Silent(), None, params, PRIOR_ORBIT, 0, "cpu")
        monkeypatch.setattr(work, "_score_loss", lambda x, conditioning: 0.0 * x.sum())
        points = torch.zeros(1, 3)
        before = float(field.change(points)[1:].detach().norm())
        for _ in range(30):
            work.one_step()
        after = float(field.change(points)[1:].detach().norm())
        assert (after < 0.5 * before) == comes_back


class _Silent:
    """A prior that is never asked."""

    conditions_on = frozenset({"camera", "shading"})

    @staticmethod
    def encode(images):
        return images
