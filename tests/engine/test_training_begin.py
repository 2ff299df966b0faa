"""Runs that begin with finished weights: the networks are the weights', training goes on from there, and nothing is overwritten."""

from __future__ import annotations

import json
import os
import sys

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from dreamgrove.engine.priors.embedded import WEIGHTS
from dreamgrove.engine.training.begin import DRAFT_WEIGHTS, begin_draft, begin_score, main
from dreamgrove.engine.training.draft import Trainer
from dreamgrove.engine.training.draft_run import CheckpointError, load_tensors
from dreamgrove.engine.training.draft_weights import export, keep
from dreamgrove.engine.training.export import export as export_score

sys.path.insert(0, os.path.dirname(__file__))
from tiny_draft import grid_set, trained_weights


def test_what_began_with_the_shipped_weights_exports_them_again(tmp_path):
    begin_score(WEIGHTS, tmp_path / "score")
    export_score(tmp_path / "score", tmp_path / "again.safetensors")
    before, after = load_file(WEIGHTS), load_file(tmp_path / "again.safetensors")
    assert before.keys() == after.keys() and all(torch.equal(before[k], after[k]) for k in before)


def test_a_draft_run_trains_an_encoder_for_the_decoder_it_was_given(tmp_path):
    (tmp_path / "grids").mkdir()
    grids = grid_set(tmp_path / "grids")
    weights = trained_weights(grids, tmp_path / "first")
    run = tmp_path / "run"
    begin_draft(weights, run)
    trainer = Trainer(grids, run)
    given, _, _ = trainer.load_autoencoder()
    before = {k: v.clone() for k, v in given.state_dict().items()}
    first = trainer.evaluate(given)["distance_voxels"]
    after = trainer.encoder(0.02)["distance_voxels"]
    made, facts, _ = trainer.load_autoencoder()
    changed = {k for k, v in made.state_dict().items() if not torch.equal(v, before[k])}
    assert changed and all(k.startswith("encoder.") for k in changed)
    assert np.isfinite([first, after]).all() and facts["samples"] > 0
    trainer.flow(0.005, batch=8)
    again = load_file(export(trainer, tmp_path / "again.safetensors"))
    shipped = load_file(weights)
    assert all(torch.equal(again[k], shipped[k]) for k in shipped if k.startswith("decoder."))


def test_what_is_kept_goes_on_elsewhere_with_its_encoder(tmp_path):
    (tmp_path / "grids").mkdir()
    grids = grid_set(tmp_path / "grids")
    trained_weights(grids, tmp_path / "first")
    trainer = Trainer(grids, tmp_path / "first")
    kept = keep(trainer, tmp_path / "kept" / "draft.safetensors")
    begin_draft(kept, tmp_path / "elsewhere")
    there, facts, _ = Trainer(grids, tmp_path / "elsewhere").load_autoencoder()
    here, own, _ = trainer.load_autoencoder()
    for name, value in here.state_dict().items():
        if value.is_floating_point():
            torch.testing.assert_close(there.state_dict()[name], value.half().float())
    assert facts["samples"] == own["samples"]


def test_runs_with_checkpoints_are_left_alone(tmp_path, capsys):
    begin_draft(DRAFT_WEIGHTS, tmp_path)
    stamp = (tmp_path / "flow.safetensors").stat().st_mtime_ns
    assert main(["--draft", str(tmp_path)]) == 1
    assert "exists" in capsys.readouterr().err
    assert (tmp_path / "flow.safetensors").stat().st_mtime_ns == stamp


def test_weights_of_another_network_are_refused_and_nothing_is_written(tmp_path):
    with safe_open(DRAFT_WEIGHTS, "pt") as file:
        facts = json.loads(file.metadata()["facts"])
    tensors = load_file(DRAFT_WEIGHTS)
    name = next(k for k in tensors if k.startswith("flow."))
    del tensors[name]
    save_file(tensors, tmp_path / "odd.safetensors", {"facts": json.dumps(facts)})
    with pytest.raises(CheckpointError, match=r"does not fit"):
        begin_draft(tmp_path / "odd.safetensors", tmp_path / "run")
    assert not list((tmp_path / "run").glob("*.safetensors"))
    assert load_tensors(DRAFT_WEIGHTS)[1] == facts
