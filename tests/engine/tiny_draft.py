"""A draft model small enough to train in a second, and boxes for it to learn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import trimesh

from dreamgrove.engine.priors.draft_model import DecoderConfig, FlowConfig
from dreamgrove.engine.training import distance as d
from dreamgrove.engine.training.assets import Asset
from dreamgrove.engine.training.draft import Trainer
from dreamgrove.engine.training.draft_weights import export

TINY = DecoderConfig(latent_channels=4, widths=(16, 16, 16, 8), head=16)
TINY_FLOW = FlowConfig(latent_channels=4, width=32, depth=1, heads=2)


def grid(size: tuple[float, float, float], concept: int, seed: int) -> d.Grid:
    mesh = trimesh.creation.box(size)
    count = len(mesh.vertices)
    return d.distance_grid(
        Asset(
            mesh.vertices.astype(np.float32),
            mesh.faces.astype(np.int32),
            np.zeros((count, 3), np.float32),
            (mesh.vertices[:, 2] > 0).astype(np.float32),
            np.ones(count, np.float32),
            np.full((count, 3), 0.25, np.float32),
            np.zeros(len(mesh.faces), np.uint8),
            concept,
            seed,
            np.array([0.5, np.nan, np.nan, np.nan, np.nan], np.float32),
        )
    )


def grid_set(folder: Path) -> d.GridSet:
    """Eight boxes of two concepts."""
    rng = np.random.default_rng(0)
    d.write_grids(folder / "a.npz", [grid(tuple(rng.uniform(0.3, 1.0, 3)), i % 2, i) for i in range(8)])
    return d.GridSet(folder)


def trained_weights(grids: d.GridSet, run: Path) -> Path:
    """The weights after a second of every stage; checkpoints are in the run's folder."""
    trainer = Trainer(grids, run)
    trainer.autoencoder(0.02, config=TINY)
    trainer.flow(0.01, batch=8, config=TINY_FLOW)
    trainer.decoder(0.01)
    return export(trainer, run / "draft.safetensors")
