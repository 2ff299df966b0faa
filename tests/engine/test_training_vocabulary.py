"""More concepts than the words know: their names, how often they are drawn, and what is refused before it does harm."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import trimesh
from torch import nn

from dreamgrove.engine.lexicon import CONCEPTS as KNOWN
from dreamgrove.engine.lexicon import TRAITS
from dreamgrove.engine.priors.draft_model import FlowConfig
from dreamgrove.engine.training import distance as d
from dreamgrove.engine.training.assets import Asset
from dreamgrove.engine.training.draft import Trainer
from dreamgrove.engine.training.draft_autoencoder import Autoencoder
from dreamgrove.engine.training.draft_data import balanced
from dreamgrove.engine.training.draft_flow import as_sampled
from dreamgrove.engine.training.draft_run import CheckpointError
from dreamgrove.engine.training.judge import Judge, load_judge, save_judge, widened
from dreamgrove.engine.training.muon import Muon, orthogonalize
from dreamgrove.engine.training.vocabulary import COMING, CONCEPTS


def test_names():
    names = [each.name for each in CONCEPTS]
    assert names[: len(KNOWN)] == [each.name for each in KNOWN], "shipped weights count from the front"
    assert len(set(names)) == len(names)
    words = [word for each in COMING for word in each.synonyms]
    assert len(set(words)) == len(words) and not set(words) & set(names)
    for each in COMING:
        assert set(each.traits) <= set(TRAITS) and each.size_m > 0
        assert all(0 <= channel <= 1 for channel in each.color)


@pytest.mark.parametrize(("amount", "rare"), [(0.0, 10), (0.5, 20), (1.0, 40)])
def test_rare_concepts_are_drawn_more_often(amount, rare):
    concepts = np.array([0] * 40 + [7] * 10)
    chosen = balanced(concepts, amount)
    counts = np.bincount(chosen, minlength=50)
    assert counts[:40].tolist() == [1] * 40
    assert counts[40:].sum() == rare and np.ptp(counts[40:]) == 0


def test_a_widened_judge_answers_as_before():
    torch.manual_seed(0)
    old = Judge(16).eval()
    wide = widened(old).eval()
    pictures = torch.randn(3, 3, 64, 64)
    before, after = old(pictures), wide(pictures)
    torch.testing.assert_close(after[0][:, :16], before[0])
    torch.testing.assert_close(after[1], before[1])
    torch.testing.assert_close(after[2][:, :16], before[2])
    assert after[0].shape == (3, len(CONCEPTS)) and not after[0][:, 16:].any()


def test_judges_of_the_first_concepts_are_still_judges(tmp_path):
    save_judge(tmp_path / "judge.safetensors", Judge(16), {})
    judge, facts = load_judge(tmp_path / "judge.safetensors")
    assert judge.concepts == 16 and facts["concepts"] == [each.name for each in CONCEPTS[:16]]


def test_concepts_that_a_flow_does_not_know_are_refused(tmp_path):
    """Number 16 of a flow that knows 16 would silently be its "no condition"."""
    mesh = trimesh.creation.box((1.0, 0.7, 0.5))
    count = len(mesh.vertices)
    asset = Asset(
        mesh.vertices.astype(np.float32), mesh.faces.astype(np.int32), np.zeros((count, 3), np.float32),
        np.ones(count, np.float32), np.ones(count, np.float32), np.zeros((count, 3), np.float32),
        np.zeros(len(mesh.faces), np.uint8), concept=16,
    )  # fmt: skip
    d.write_grids(tmp_path / "a.npz", [d.distance_grid(asset)] * 3)
    trainer = Trainer(d.GridSet(tmp_path), tmp_path / "run")
    trainer.autoencoder(0.001)
    tiny = {"width": 24, "depth": 1, "heads": 1}
    with pytest.raises(CheckpointError, match="widen it first"):
        trainer.flow(0.001, batch=2, config=FlowConfig(num_concepts=16, **tiny))
    trainer.flow(0.001, batch=2, config=FlowConfig(num_concepts=17, **tiny))
    assert trainer.evaluate(trainer.load_autoencoder()[0])["iou_by_concept"].keys() == {CONCEPTS[16].name}


def test_half_of_a_batch_is_as_the_flow_makes_it():
    class Asked(nn.Module):
        config = FlowConfig(num_concepts=3)

        def forward(self, x, t, concept, traits):
            self.seen = concept.tolist()
            return (x - 5.0) / t[:, None, None, None, None]  # leads to 5, whatever comes

    flow, latents = Asked(), torch.zeros(5, 64, 4, 4, 4)
    out = as_sampled(flow, latents, torch.arange(5), torch.randn(latents.shape))
    assert flow.seen == [0, 2, 4]
    assert torch.allclose(out[::2], torch.full_like(out[::2], 5.0), atol=1e-4)
    assert out[1::2].abs().max() < 2.0


def test_muon_does_not_care_how_a_kernel_lies_in_memory():
    torch.manual_seed(0)
    kernel, gradient = torch.randn(24, 20, 3, 3, 3), torch.randn(24, 20, 3, 3, 3)
    after = []
    for layout in (torch.contiguous_format, torch.channels_last_3d):
        conv = nn.Conv3d(20, 24, 3)
        conv.weight.data = kernel.clone(memory_format=layout)
        conv.weight.grad = gradient.clone(memory_format=layout)
        Muon(conv, 0.1, weight_decay=0.0).step()
        after.append(conv.weight.detach())
    torch.testing.assert_close(after[0], after[1], atol=2e-3, rtol=0)
    whole = orthogonalize((gradient * 1.95).flatten(1)).float().reshape(kernel.shape)
    torch.testing.assert_close(kernel - 0.1 * 0.2 * 540**0.5 * whole, after[0], atol=4e-3, rtol=0)


def test_a_frozen_encoder_is_asked_once(tmp_path, monkeypatch):
    mesh = trimesh.creation.box((1.0, 0.7, 0.5))
    count = len(mesh.vertices)
    asset = Asset(
        mesh.vertices.astype(np.float32), mesh.faces.astype(np.int32), np.zeros((count, 3), np.float32),
        np.ones(count, np.float32), np.ones(count, np.float32), np.zeros((count, 3), np.float32),
        np.zeros(len(mesh.faces), np.uint8),
    )  # fmt: skip
    d.write_grids(tmp_path / "a.npz", [d.distance_grid(asset)] * 3)
    trainer = Trainer(d.GridSet(tmp_path), tmp_path / "run")
    trainer.autoencoder(0.001)
    seen = []
    encoder = Autoencoder(trainer.load_autoencoder()[0].decoder.config).encoder
    original = type(encoder).forward
    monkeypatch.setattr(type(encoder), "forward", lambda self, x: (seen.append(len(x)), original(self, x))[1])
    trainer.decoder(0.02)
    # all assets with their mirror images; then once more for the figures and once for the sheet at the end
    assert seen[:2] == [3, 3] and len(seen) <= 4
