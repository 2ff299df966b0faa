"""A checkpoint with more concepts: what it knew it still does, and what is new begins near what it is like."""

from __future__ import annotations

from dataclasses import asdict

import pytest
import torch

from dreamgrove.engine.priors.draft_model import Flow, FlowConfig
from dreamgrove.engine.training.draft_run import load_tensors, pack, save_tensors
from dreamgrove.engine.training.widen import main, widen, widened

CONFIG = FlowConfig(latent_channels=4, width=24, depth=1, heads=2, num_concepts=3)


@pytest.fixture
def checkpoint(tmp_path):
    torch.manual_seed(0)
    flow = Flow(CONFIG)
    for parameter in flow.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    optimizer = torch.optim.Adam(flow.parameters(), lr=1e-3)
    answer(flow, 1).sum().backward()
    optimizer.step()
    path = tmp_path / "flow.safetensors"
    save_tensors(
        path,
        pack(flow, optimizer, {k: v.clone() for k, v in flow.state_dict().items()}),
        {"config": asdict(CONFIG), "samples": 7},
    )
    return path, flow


def answer(flow: Flow, concept: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(5)
    x = torch.randn(2, CONFIG.latent_channels, 4, 4, 4, generator=generator)
    return flow(x, torch.tensor([0.3, 0.6]), torch.full((2,), concept), torch.full((2, 5), torch.nan))


def test_what_it_knew_stays(checkpoint):
    path, flow = checkpoint
    names = widen(path, 6, {4: 1})
    assert {"model.concept.weight", "ema.concept.weight"} <= set(names)
    tensors, facts = load_tensors(path)
    assert facts["config"]["num_concepts"] == 6 and facts["samples"] == 7
    wide = Flow(FlowConfig(**facts["config"]))
    wide.load_state_dict({k[6:]: v for k, v in tensors.items() if k.startswith("model.")})
    for old, new in ((0, 0), (1, 1), (2, 2), (3, 6)):  # 3 was, and 6 is, "no condition"
        assert torch.allclose(answer(flow, old), answer(wide, new))
    near, far = (float((answer(wide, 4) - answer(wide, k)).detach().abs().mean()) for k in (1, 2))
    assert 0 < near < far
    moments = [v for k, v in tensors.items() if k.startswith("optimizer.") and v.ndim == 2 and len(v) == 7]
    assert moments and all((v[3:6] == 0).all() for v in moments)
    assert any((v[1] != 0).any() for v in moments)
    assert path.with_suffix(".safetensors.before-widening").exists()


def test_no_two_new_ones_are_the_same():
    table = torch.randn(4, 8)
    wide = widened(table, 7, {}, moments=False)
    assert len(torch.unique(wide, dim=0)) == 8


def test_what_does_not_fit_is_refused(checkpoint, capsys):
    path, _ = checkpoint
    before = path.read_bytes()
    for arguments, words in (
        (["--concepts", "2"], "has 3 concepts already"),
        (["--concepts", "5", "--like", "2=0"], "new concepts are 3 to 4"),
        (["--concepts", "5", "--like", "3=9"], "models 0 to 2"),
    ):
        assert main([str(path), *arguments]) == 1
        assert words in capsys.readouterr().err
    assert path.read_bytes() == before
    path.write_bytes(b"nothing")
    assert main([str(path), "--concepts", "5"]) == 1
    assert "cannot be read" in capsys.readouterr().err
