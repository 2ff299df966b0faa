"""The training loop on primitive meshes: it learns, stops, resumes, exports; the pool of views keeps its promises."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from dreamgrove.engine.lexicon import BASIC_COLORS
from dreamgrove.engine.priors.embedded import EmbeddedPrior
from dreamgrove.engine.priors.score_model import ScoreConfig, ScoreModel
from dreamgrove.engine.training.assets import AssetLibrary, write_shard
from dreamgrove.engine.training.card import write_section
from dreamgrove.engine.training.draft_run import CheckpointError, load_tensors
from dreamgrove.engine.training.evaluate import evaluate, questions, thinned
from dreamgrove.engine.training.export import export
from dreamgrove.engine.training.grids import conditions, save_picture, tile
from dreamgrove.engine.training.judge import Judge, azimuth_error, directions, judged_looks, nearest_color
from dreamgrove.engine.training.score import CHECKPOINT, ScoreTraining, Trainer, loss_of, main, sample
from dreamgrove.engine.training.views import DeviceViews, ViewPool, azimuth_signal, random_cameras, random_looks

sys.path.insert(0, os.path.dirname(__file__))
from compact_meshes import chair, sphere

SMALL = ScoreConfig(channels=(16, 16, 16), thin_channels=8, condition_width=32, head_width=16, volume_size=4)
NEEDS_CUDA = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device: its CPU twin runs")
QUICK = ScoreTraining(batch=8, capacity=16, learning_rate=3e-3)


@pytest.fixture(scope="module")
def assets(tmp_path_factory):
    folder = tmp_path_factory.mktemp("assets")
    write_shard(folder / "a.npz", [chair(seed=s) for s in range(6)] + [sphere(concept=2, seed=s) for s in range(6)])
    return folder


@pytest.mark.parametrize("device", ["cpu thread", "cpu", pytest.param("cuda", marks=NEEDS_CUDA)])
def test_a_batch_shows_what_it_says(assets, device):
    """A sphere all of the prompt's colour, unlit: the picture's centre is that colour, its corner the background."""
    library = AssetLibrary(assets)
    views = ViewPool(library, 0, capacity=16) if device == "cpu thread" else DeviceViews(library, 0, device=device)
    with views as pool:
        for resolution, views in ((64, 4), (32, 1)):
            batch = pool.batch(8, views, resolution, device.split()[0])
            assert batch.x_0.shape == (8 * views, 3, resolution, resolution)
            assert batch.cond.num_views == views
            ball = (batch.cond.concept == 2) & (batch.cond.lit == 0)
            centre = 0.5 * batch.x_0[:, :, resolution // 2, resolution // 2] + 0.5
            torch.testing.assert_close(centre[ball], batch.cond.color[ball], atol=2e-3, rtol=0)
            torch.testing.assert_close(0.5 * batch.x_0[:, :, 0, 0] + 0.5, batch.cond.background, atol=2e-3, rtol=0)
            if views == 4:
                turns = batch.cond.cameras.azimuth.view(-1, 4).diff(dim=1)
                torch.testing.assert_close(turns.cos(), torch.zeros_like(turns), atol=1e-5, rtol=0)


def test_conditions_are_dropped_at_their_rates(assets):
    with ViewPool(AssetLibrary(assets), 0, capacity=16, reuse=1e9) as pool:
        batches = [pool.batch(64, 1, 32).cond for _ in range(12)]
    text, camera = (torch.cat([getattr(b, n) for b in batches]).mean() for n in ("text_known", "camera_known"))
    assert 0.85 < float(text) < 0.95
    assert 0.91 < float(camera) < 0.97
    assert float(torch.cat([b.traits_known for b in batches]).sum()) == 0.0  # primitives have no traits


def test_views_are_used_no_more_than_asked(assets):
    with ViewPool(AssetLibrary(assets), 0, capacity=16, reuse=2.0) as pool:
        for _ in range(20):
            pool.batch(8, 1, 32)
        assert pool.drawn_views >= 20 * 8 / 2.0


def test_a_failing_thread_is_heard(assets):
    pool = ViewPool(AssetLibrary(assets), 0, capacity=16)
    pool._assets = [replace(sphere(), vertices=None)] * 12
    with pool, pytest.raises(RuntimeError, match="draws views"):
        pool.batch(2, 1, 32)


def test_azimuth_signal_is_measured(assets):
    signal = azimuth_signal(AssetLibrary(assets), 16)
    assert signal[13] == 1.0
    assert signal[2] < 0.05


def test_looks_and_cameras_stay_in_range():
    rng = np.random.default_rng(0)
    for looks in (random_looks, judged_looks):
        color, background, lit = looks(rng, np.arange(16).repeat(50))
        for values in (color, background, lit):
            assert values.dtype == np.float32
            assert values.min() >= 0.0
            assert values.max() <= 1.0
    cameras = np.concatenate([random_cameras(rng, 4) for _ in range(100)])
    assert np.degrees(cameras[:, 1]).min() >= -10.01
    assert np.degrees(cameras[:, 1]).max() <= 60.01


def test_all_views_of_an_object_share_a_timestep(assets):
    """Else the views could not be denoised together."""
    levels = []

    class Spy(ScoreModel):
        def forward(self, x, time, cond):
            levels.append(time)
            return super().forward(x, time, cond)

    with ViewPool(AssetLibrary(assets), 0, capacity=16) as pool:
        loss_of(Spy(SMALL), pool.batch(2, 4, 32), QUICK, torch.Generator().manual_seed(0))
    assert levels[0].view(2, 4).std(dim=1).max() == 0.0


def test_training_learns(assets, tmp_path):
    """Forty steps of a tiny network take off a good part of the loss (worst seen: .93 -> .60)."""
    trainer = Trainer(tmp_path, QUICK, SMALL)
    with ViewPool(AssetLibrary(assets), 0, capacity=16, reuse=1e9) as pool:
        losses = [trainer.train_step(pool, 1.0)[0] for _ in range(40)]
    assert np.mean(losses[-10:]) < 0.85 * np.mean(losses[:10])


def test_stop_and_resume_goes_on_as_if_nothing_had_been(assets, tmp_path):
    trainer = Trainer(tmp_path, QUICK, SMALL)
    with ViewPool(AssetLibrary(assets), 0, capacity=16, reuse=1e9) as pool:
        for _ in range(3):
            trainer.train_step(pool, 1.0)
        trainer.save()
        again = Trainer(tmp_path, QUICK, SMALL)
        again.resume()
        assert (again.step, again.images) == (3, 24)
        for mine, other in ((trainer.average, again.average), (trainer.model.state_dict(), again.model.state_dict())):
            for name, value in mine.items():
                torch.testing.assert_close(other[name], value, atol=0, rtol=0)
        for group, other in zip(trainer.optimizer.param_groups, again.optimizer.param_groups, strict=True):
            for p, q in zip(group["params"], other["params"], strict=True):
                mine, loaded = trainer.optimizer.state[p], again.optimizer.state[q]
                assert mine.keys() == loaded.keys()
                for key, value in mine.items():
                    torch.testing.assert_close(loaded[key], value, atol=0, rtol=0)
        again.train_step(pool, 1.0)
    assert again.step == 4
    with pytest.raises(ValueError, match="another network size"):
        Trainer(tmp_path, QUICK, replace(SMALL, volume_size=5)).resume()


def test_a_damaged_checkpoint_is_named(tmp_path):
    (tmp_path / CHECKPOINT).write_bytes(b"nothing")
    with pytest.raises(CheckpointError, match=CHECKPOINT):
        Trainer(tmp_path, QUICK, SMALL).resume()


def test_the_command(assets, tmp_path, capsys):
    """The command trains, checkpoints and logs; twice without --resume is refused."""
    words = [
        "--assets",
        str(assets),
        "--run",
        str(tmp_path),
        "--minutes",
        "0.03",
        "--batch",
        "8",
        "--channels",
        "32",
        "32",
        "32",
    ]
    words += ["--sample-minutes", "0"]
    main(words)
    tensors, facts = load_tensors(tmp_path / CHECKPOINT)
    assert facts["step"] >= 1
    assert any(name.startswith("ema.") for name in tensors)
    assert json.loads((tmp_path / "log.jsonl").read_text().splitlines()[0])["assets"] == 12
    with pytest.raises(SystemExit):
        main(words)
    main([*words, "--resume"])
    assert load_tensors(tmp_path / CHECKPOINT)[1]["step"] > facts["step"]


def test_export_is_loadable_and_honest(assets, tmp_path):
    trainer = Trainer(tmp_path / "run", QUICK, SMALL)
    trainer.images = 1234
    trainer.save()
    facts = export(tmp_path / "run", tmp_path / "score.safetensors", guide_camera=True)
    prior = EmbeddedPrior.load(tmp_path / "score.safetensors")
    assert prior.facts["images"] == facts["images"] == 1234
    assert prior.guide_camera
    for name, value in prior.model.state_dict().items():
        torch.testing.assert_close(value, trainer.average[name].half().float(), atol=0, rtol=0)


def test_grids_are_pictures(tmp_path):
    from PIL import Image

    save_picture(tmp_path / "grid.png", tile(torch.rand(5, 3, 8, 8), 3))
    assert Image.open(tmp_path / "grid.png").size == (24, 16)
    cond = conditions([0, 1, 2, 3], [(0.5, 0.5, 0.5)] * 4, [0.0, 1.0, 2.0, 3.0], num_views=4)
    images = sample(ScoreModel(SMALL), cond, 32, guidance_scale=2.0, num_steps=2)
    assert images.shape == (4, 3, 32, 32)
    assert float(images.min()) >= 0.0
    assert float(images.max()) <= 1.0


def test_the_card_keeps_what_others_wrote(tmp_path):
    card = tmp_path / "MODEL_CARD.md"
    card.write_text("# Model card\n\n## Draft model\n\nwords\n")
    write_section(tmp_path, "score", "one\n")
    write_section(tmp_path, "draft", "three\n")
    write_section(tmp_path, "score", "two\n")
    text = card.read_text()
    assert "words" in text
    assert "two" in text
    assert "three" in text
    assert "one\n" not in text


def test_the_judges_angles():
    azimuth = torch.tensor([0.0, 1.0, 3.0])
    exact = directions(azimuth)
    torch.testing.assert_close(azimuth_error(exact, azimuth), torch.zeros(3, 3), atol=0.1, rtol=0)
    off = azimuth_error(directions(azimuth + 0.25), azimuth)
    torch.testing.assert_close(off, torch.rad2deg(torch.tensor([[0.25, 0.5, 1.0]])).expand(3, 3), atol=0.1, rtol=0)
    basic = torch.tensor(list(BASIC_COLORS.values()))
    assert nearest_color(basic + 0.01).tolist() == list(range(12))
    concept, color, turned = Judge(16)(torch.zeros(2, 3, 32, 32))
    assert (concept.shape, color.shape, turned.shape) == ((2, 16), (2, 12), (2, 16, 3, 2))


def test_evaluation_asks_fairly_and_reports(tmp_path):
    """A judge that knows nothing finds nothing; every figure of the report is there, the controls too."""
    cond, color = questions(1, 0, concepts=16)
    assert len(color) == 16 * 12 * 4
    few, few_color = thinned(cond, color, 12)
    assert sorted(few.concept[::4].tolist()) == list(range(16))
    assert len(few_color) == 64
    facts = {
        "azimuth_order": {"chair": 1, "table": 4},
        "held_out": {"concept": 1.0, "color": 1.0, "azimuth_error_deg": 9.0},
    }
    torch.manual_seed(0)
    result = evaluate(ScoreModel(SMALL), Judge().eval(), facts, tmp_path, steps=1, every=12)
    assert set(result["controls"]) == {
        "wrong prompt",
        "camera turned by 90 degrees",
        "guidance 30",
        "untrained network",
    }
    assert result["results"]["64 px"]["concept"] < 0.3
    assert result["results"]["64 px"]["azimuth"]["table"]["order"] == 4
    for name in ("chair", "teal", "guidance 30", "one view at a time"):
        assert name in result["markdown"]
    assert (tmp_path / "score-samples.png").is_file()
