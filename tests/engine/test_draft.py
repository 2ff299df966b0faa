"""The draft prior from grids to drafts, with tiny networks: training resumes, weights load or say why not, drafts are repeatable."""

from __future__ import annotations

import json
import os
import sys

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from dreamgrove.engine.color import to_linear
from dreamgrove.engine.priors import draft_choice
from dreamgrove.engine.priors.draft import (
    Draft,
    DraftPrior,
    WeightsError,
    choose,
    decode_fields,
    without_specks,
)
from dreamgrove.engine.priors.draft_model import Decoder, sample_latents, shuffle
from dreamgrove.engine.training import distance as d
from dreamgrove.engine.training import draft_data
from dreamgrove.engine.training.draft import Trainer, main
from dreamgrove.engine.training.draft_autoencoder import Autoencoder, reconstruction
from dreamgrove.engine.training.draft_run import CheckpointError, alone
from dreamgrove.engine.training.drafts_judged import judged
from dreamgrove.engine.training.drafts_judged import main as judge_drafts
from dreamgrove.engine.training.judge import Judge, save_judge
from dreamgrove.engine.training.muon import orthogonalize
from dreamgrove.engine.words import understand

sys.path.insert(0, os.path.dirname(__file__))
from tiny_draft import TINY, TINY_FLOW, grid_set, trained_weights


@pytest.fixture(scope="module")
def grids(tmp_path_factory) -> d.GridSet:
    return grid_set(tmp_path_factory.mktemp("grids"))


@pytest.fixture(scope="module")
def trained(grids, tmp_path_factory):
    """(run folder, weights) after a second of every stage."""
    run = tmp_path_factory.mktemp("run")
    return run, trained_weights(grids, run)


# -- networks -------------------------------------------------------------------------------------


def test_head_at_cells_is_the_dense_head():
    torch.manual_seed(0)
    decoder = Decoder(TINY).eval()
    latents, cells = torch.randn(2, 4, 4, 4, 4), torch.randint(0, 32**3, (2, 50))
    full, some = decoder(latents), decoder.at_cells(latents, cells)
    x, y, z = cells // 1024, cells // 32 % 32, cells % 32
    for child in range(8):
        at = (2 * x + (child >> 2), 2 * y + (child >> 1 & 1), 2 * z + (child & 1))
        torch.testing.assert_close(full[torch.arange(2)[:, None], :, *at], some[:, :, child], atol=1e-5, rtol=0)


def test_shuffle_gives_children_their_places():
    x = torch.arange(16.0).reshape(1, 16, 1, 1, 1)  # channel = child * 2 + c
    y = shuffle(x)
    assert y.shape == (1, 2, 2, 2, 2)
    assert y[0, 1, 1, 0, 1] == (0b101) * 2 + 1


def test_sampler_integrates_a_known_path():
    """For data at one point m the velocity is (x - m) / t: every trajectory is straight and ends in m."""

    class Point(torch.nn.Module):
        config = TINY_FLOW

        def forward(self, x, t, concept, traits):
            target = torch.where(concept == self.config.num_concepts, 0.0, 2.0)
            return (x - target[:, None, None, None, None]) / t[:, None, None, None, None]

    noise = torch.randn(3, 4, 4, 4, 4, generator=torch.Generator().manual_seed(0))
    arguments = (torch.zeros(3, dtype=torch.long), torch.full((3, 5), torch.nan))
    for steps in (1, 4, 9):
        made = sample_latents(Point(), noise, *arguments, 1.0, steps)
        torch.testing.assert_close(made, torch.full_like(made, 2.0), atol=1e-5, rtol=0)
    guided = sample_latents(Point(), noise, *arguments, 1.5, 8)
    torch.testing.assert_close(guided, torch.full_like(guided, 3.0), atol=1e-5, rtol=0)  # v_u + 1.5 (v_c - v_u)


def test_orthogonalize_brings_singular_values_to_one():
    generator = torch.Generator().manual_seed(0)
    for shape in ((24, 64), (64, 24)):
        values = torch.linalg.svdvals(orthogonalize(torch.randn(shape, generator=generator)).float())
        assert values.min() > 0.5 and values.max() < 1.3
    low_rank = torch.randn(32, 2, generator=generator) @ torch.randn(2, 64, generator=generator)
    assert orthogonalize(low_rank).float().norm() < 10  # rounding must not make the iteration explode


# -- data and training ----------------------------------------------------------------------------


def test_batches_hold_the_grid(grids):
    """Patches and cells against plain indexing, mirrored or not."""
    rng = np.random.default_rng(0)
    batch = draft_data.make_batch(grids, np.array([1, 1]), np.array([False, True]), 200, rng)
    g = grids[1]
    field = torch.from_numpy(d.decode_distance(g.distance) / np.float32(d.TRUNCATION))
    known = torch.zeros(64, 64, 64, 5)
    known[torch.from_numpy(d.band(g.distance))] = torch.from_numpy(g.attributes / np.float32(255))
    for i, (values, colors) in enumerate(((field, known), (field.flip(0), known.flip(0)))):
        patches = batch.patches[i, :64].reshape(4, 4, 4, 16, 16, 16).permute(3, 0, 4, 1, 5, 2).reshape(64, 64, 64)
        torch.testing.assert_close(patches, values, atol=1e-6, rtol=0)
        cells = batch.cells[i]
        x, y, z = 2 * (cells // 1024), 2 * (cells // 32 % 32), 2 * (cells % 32)
        for child in range(8):
            at = (x + (child >> 2), y + (child >> 1 & 1), z + (child & 1))
            torch.testing.assert_close(batch.distance[i, :, child], values[at], atol=1e-6, rtol=0)
            torch.testing.assert_close(batch.attributes[i, :, child], colors[at], atol=1e-6, rtol=0)
            assert (batch.present[i, :, child] == (values[at].abs() * 4.8 <= d.BAND)).float().mean() > 0.95
    assert batch.present.mean() > 0.3  # most cells are at the surface


def test_perfect_output_has_no_loss(grids):
    batch = draft_data.make_batch(grids, np.array([0]), np.array([False]), 100, np.random.default_rng(0))
    out = torch.cat([batch.distance[..., None], batch.attributes], -1)
    loss, parts = reconstruction(out, batch)
    assert loss == 0 and set(parts) == {"distance", "primary", "tone", "color"}
    assert reconstruction(out + 0.1, batch)[0] > 0.1


def test_autoencoder_learns_one_asset(grids):
    """Fifty steps on one box: the error must fall to a third. Guards the wiring, not the quality."""
    torch.manual_seed(0)
    model = Autoencoder(TINY)
    optimizer = torch.optim.Adam(model.parameters(), 1e-2)
    rng, losses = np.random.default_rng(0), []
    for _ in range(50):
        batch = draft_data.make_batch(grids, np.array([0, 1]), np.zeros(2, bool), 128, rng)
        loss, _ = model.loss(batch, torch.randn(2, 4, 4, 4, 4))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert np.mean(losses[-5:]) < np.mean(losses[:3]) / 3


def test_stages_resume_and_log(grids, trained):
    run, _ = trained
    trainer = Trainer(grids, run)
    _, before, tensors = trainer.load_autoencoder()
    assert before["samples"] > 0 and any(k.startswith("optimizer.") for k in tensors)
    trainer.flow(0.005, batch=8)
    lines = [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]
    assert {line["stage"] for line in lines} == {"autoencoder", "flow", "decoder"}
    done = [line["samples"] for line in lines if line.get("done") and line["stage"] == "flow"]
    assert done[1] > done[0] > 0
    assert len(list((run / "sheets").glob("*.png"))) >= 3


def test_decoder_stage_leaves_the_encoder_alone(grids, trained):
    run, _ = trained
    before = Trainer(grids, run).load_autoencoder()[0].encoder.state_dict()
    Trainer(grids, run).decoder(0.005)
    after = Trainer(grids, run).load_autoencoder()[0].encoder.state_dict()
    assert all(torch.equal(before[k], after[k]) for k in before)


def test_command_line_says_what_is_missing(grids, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    arguments = ["--run", str(tmp_path / "run"), "--stage", "flow", "--minutes", "0.01"]
    threads = torch.get_num_threads()
    assert main(["--distances", str(tmp_path / "empty"), *arguments]) == 2
    assert "build them" in capsys.readouterr().err
    d.write_grids(tmp_path / "grids" / "a.npz", [grids[0], grids[1]])
    assert main(["--distances", str(tmp_path / "grids"), *arguments]) == 2
    assert "--stage autoencoder first" in capsys.readouterr().err
    torch.set_num_threads(threads)


def test_two_trainings_do_not_share_a_folder(tmp_path):
    with alone(tmp_path), pytest.raises(CheckpointError, match="Another process"), alone(tmp_path):
        pass
    with alone(tmp_path):  # free again
        pass


# -- drafts ---------------------------------------------------------------------------------------


def test_drafts_are_repeatable_whatever_the_count(trained):
    prior = DraftPrior.load(trained[1])
    words = understand("a tall red mushroom")
    progress: list[float] = []
    three = prior.sample(words, 3, seed=5, steps=4, on_progress=progress.append)
    one = prior.sample(words, 1, seed=5, steps=4)
    np.testing.assert_array_equal(three[0].sdf, one[0].sdf)
    np.testing.assert_array_equal(three[0].albedo, one[0].albedo)
    assert not np.array_equal(three[1].sdf, three[0].sdf)
    assert progress == sorted(progress) and len(progress) == 6 and progress[-1] < 1
    draft = three[0]
    assert draft.sdf.shape == (64,) * 3 and draft.albedo.shape == (64, 64, 64, 3)
    assert draft.sdf.dtype == draft.albedo.dtype == np.float32
    assert np.abs(draft.sdf).max() <= d.TRUNCATION + 1e-6 and 0 <= draft.albedo.min() <= draft.albedo.max() <= 1
    assert 0 <= prior.choose(three, "mushroom") < 3
    assert len(prior.sha256) == 64


def test_cancelling_between_steps(trained):
    prior = DraftPrior.load(trained[1])

    def cancel(fraction: float) -> None:
        if fraction > 0.4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prior.sample(understand("a mushroom"), 2, steps=4, on_progress=cancel)


def test_unknown_concepts_are_refused(trained):
    prior = DraftPrior.load(trained[1])
    with pytest.raises(ValueError, match="'chair'"):
        prior.sample(understand("a chair"), 1)


def test_drafts_are_judged_by_concept(trained, tmp_path, capsys):
    """A judge that sees trees everywhere finds no mushroom; figures, their mean and pictures are there."""
    judge = Judge(16)
    with torch.no_grad():
        judge.concept.weight.zero_()
        judge.concept.bias.copy_(torch.nn.functional.one_hot(torch.tensor(1), 16))
    save_judge(tmp_path / "judge.safetensors", judge, {})
    arguments = [
        "--weights",
        str(trained[1]),
        "--judge",
        str(tmp_path / "judge.safetensors"),
        "--output",
        str(tmp_path),
    ]
    threads = torch.get_num_threads()
    assert judge_drafts([*arguments, "--count", "1"]) == 0
    torch.set_num_threads(threads)
    found = json.loads((tmp_path / "drafts-judged.json").read_text())
    assert list(found) == ["all", "mushroom", "tree"], "the concepts that the grids are of"
    assert (found["mushroom"]["concept"], found["tree"]["concept"], found["all"]["concept"]) == (0.0, 1.0, 0.5)
    assert set(found["all"]) == {"concept", "color", "one part", "soundness"}
    assert "tree: concept 1.00" in capsys.readouterr().out and (tmp_path / "drafts-judged.png").is_file()
    with pytest.raises(ValueError, match="no concept that both"):
        judged(DraftPrior.load(trained[1]), judge, names=["chair"])


def test_colour_is_applied_exactly():
    fields = np.zeros((1, 6, 2, 2, 2), np.float32)
    fields[:, 1, 0] = 1  # primary at x = 0
    fields[:, 2] = 0.5
    fields[:, 3:] = 0.5
    red = to_linear((1.0, 0.0, 0.0))
    _, albedo = decode_fields(fields, red, 0.15, 2.0)
    np.testing.assert_allclose(albedo[0, 0, 0, 0], [1, 0, 0])
    np.testing.assert_allclose(albedo[0, 1, 0, 0], [0.25] * 3)


def weights_with(path, source, tensors=None, facts=None):
    with safe_open(source, "pt") as file:
        own = {k: file.get_tensor(k) for k in file.keys()}  # noqa: SIM118
        own_facts = json.loads(file.metadata()["facts"])
    save_file({**own, **(tensors or {})}, path, {"facts": json.dumps({**own_facts, **(facts or {})})})
    return path


def test_bad_weights_are_one_clear_sentence(trained, tmp_path):
    good = trained[1]
    cases = {
        "missing": tmp_path / "none.safetensors",
        "damaged": tmp_path / "cut.safetensors",
        "refused": tmp_path / "draft.pt",
        "not finite": weights_with(tmp_path / "nan.safetensors", good, {"flow.out.bias": torch.full((4,), torch.nan)}),
        "another version": weights_with(tmp_path / "version.safetensors", good, facts={"format": 99}),
        "other concepts": weights_with(tmp_path / "words.safetensors", good, facts={"concepts": ["dragon"]}),
        "not a complete": weights_with(tmp_path / "wide.safetensors", good, facts={"flow": {"width": 64}}),
    }
    cases["damaged"].write_bytes(good.read_bytes()[:1000])
    cases["refused"].write_bytes(b"\x80\x04.")
    for words, path in cases.items():
        with pytest.raises(WeightsError, match=words) as caught:
            DraftPrior.load(path)
        assert "\n" not in str(caught.value)


def test_shared_constants_agree():
    """The numba batcher repeats the band's width, the prior its channels."""
    codes = np.arange(256, dtype=np.uint8)
    cube = np.full((64, 64, 64), 255, np.uint8)
    cube.ravel()[:256] = codes
    widest = np.abs(codes[d.band(cube).ravel()[:256]].astype(int) - 128).max()
    assert widest == draft_data.BAND_CODES
    assert len(d.ATTRIBUTES) == 5


# -- choice ---------------------------------------------------------------------------------------


def ball(radius: float, center=(0, 0, 0)) -> np.ndarray:
    points = d.voxel_centers()
    return np.clip(np.linalg.norm(points - np.array(center), axis=-1) - radius, -0.15, 0.15).astype(np.float32)


def test_choice_prefers_one_sound_part():
    sound = ball(0.5)
    broken = np.minimum(ball(0.3, (0, 0, 0.5)), ball(0.3, (0, 0, -0.5)))
    cut_off = ball(0.5, (0.7, 0, 0))
    empty = np.full((64,) * 3, 0.15, np.float32)
    fields = [empty, broken, sound, cut_off]
    assert draft_choice.choose(fields) == 2
    verdicts = draft_choice.assess(fields)
    assert verdicts[1].measures.components == 2 and verdicts[3].touches_box and verdicts[0].score < -5
    assert "2 part(s)" in verdicts[1].sentence() and "cut off" in verdicts[3].sentence()
    assert choose([Draft(f, np.zeros((64, 64, 64, 3), np.float32)) for f in fields]) == 2


def test_choice_knows_what_is_usual():
    """Two parts are fine where the training assets had two."""
    pair = np.minimum(ball(0.3, (0, 0, 0.5)), ball(0.3, (0, 0, -0.5)))
    usual = {"components": [2, 2, 2], "largest": [0.45, 0.5, 0.55]}
    assert draft_choice.choose([ball(0.5), pair], usual) == 1
    with pytest.raises(ValueError, match="no draft"):
        draft_choice.choose([])


def ring_of(radius: float, tube: float) -> np.ndarray:
    """A torus around z."""
    x, y, z = np.moveaxis(d.voxel_centers(), -1, 0)
    return np.clip(np.hypot(np.hypot(x, y) - radius, z) - tube, -0.15, 0.15).astype(np.float32)


def test_handles_are_counted():
    torus = ring_of(0.5, 0.15)
    assert draft_choice.genus(ball(0.5)) == 0 and draft_choice.genus(torus) == 1
    two = np.minimum(np.roll(ring_of(0.25, 0.1), -11, axis=0), np.roll(ring_of(0.25, 0.1), 10, axis=0))
    assert draft_choice.genus(two) == 2
    hollow = np.maximum(ball(0.5), -ball(0.3))
    assert draft_choice.genus(hollow) == 0, "a hollow inside is no handle"
    assert draft_choice.genus(np.minimum(ball(0.5), np.roll(ring_of(0.2, 0.1), 22, axis=2))) == 0, "the largest piece"
    assert draft_choice.handles(torus) == 1
    assert draft_choice.handles(ring_of(0.2, 0.18)) == 0, "so narrow a tunnel does not count"
    assert draft_choice.genus(np.full((64,) * 3, 0.15, np.float32)) == 0


def test_a_handle_counts_against_a_draft_where_assets_have_none():
    mug = np.minimum(ball(0.4), np.roll(ring_of(0.25, 0.08).transpose(0, 2, 1), 13, axis=0))
    fields = [mug, ball(0.4)]
    without = {"components": [1, 1, 1]}  # weights of before
    plain = without | {"handles": [0, 0, 0]}
    verdict = draft_choice.assess(fields, plain)[0]
    assert verdict.measures.handles == 1 and verdict.penalties["handles"] == pytest.approx(0.5)
    assert "1 handle(s)" in verdict.sentence()
    assert draft_choice.choose(fields, plain) == 1
    assert draft_choice.assess(fields, without)[0].score == pytest.approx(draft_choice.assess(fields, without)[1].score)
    cups = without | {"handles": [0, 1, 1]}
    assert draft_choice.assess(fields, cups)[0].penalties["handles"] == 0


def test_specks_go_and_parts_stay():
    field = np.minimum(np.minimum(ball(0.4, (0, 0, 0.4)), ball(0.3, (0, 0, -0.5))), ball(0.05, (0.8, 0, 0)))
    clean = without_specks(field)
    assert draft_choice.measure(clean).components == 2
    assert clean[57, 32, 32] > 0 > field[57, 32, 32]
    np.testing.assert_array_equal(clean[:50], field[:50])
