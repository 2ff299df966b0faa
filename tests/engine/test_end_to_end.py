"""The true engine process with the shipped weights: words in, a textured mesh out; killed half-way and resumed."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from dreamgrove.engine import launcher
from dreamgrove.engine.client import EngineError
from dreamgrove.engine.protocol import EventType, JobRequest, JobState, Mend

SMALL = {"texture_size": 256, "mesh_resolution": 64, "faces": 2000}


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    data = tmp_path_factory.mktemp("engine") / "data"
    yield launcher.start(Path(sys.executable), data, device="cpu", timeout_s=180.0).client(timeout_s=30.0), data
    launcher.stop(data)


def finish(client, job_id: str):
    for event in client.events(job_id, patience_s=300.0):
        if event.status is not None and event.status.state.ended:
            break
    return client.job(job_id)


def test_words_to_a_textured_mesh(engine, tmp_path):
    client, _ = engine
    status = client.submit(JobRequest("dreamfusion", "a red mushroom", "draft", seed=3, params=SMALL))
    events = list(client.events(status.id, patience_s=300.0))
    final = client.job(status.id)
    assert final.state is JobState.DONE, final.error
    assert {event.type for event in events} >= {EventType.PROGRESS, EventType.STATE}
    client.download(status.id, tmp_path)
    mesh = trimesh.load(tmp_path / "asset.glb", force="mesh", process=False)
    assert 200 < len(mesh.faces) <= 2000
    assert float(mesh.extents.max()) == pytest.approx(0.15, rel=1e-3)
    assert float(mesh.vertices[:, 1].min()) == pytest.approx(0.0, abs=1e-4), "Y is up and the base is at the origin"
    welded = trimesh.Trimesh(mesh.vertices, mesh.faces, process=True, merge_norm=True, merge_tex=True)
    assert welded.is_watertight
    color = np.asarray(mesh.visual.material.baseColorTexture.convert("RGB"), float).reshape(-1, 3)
    reddish = (color[:, 0] > 1.6 * color[:, 1]) & (color[:, 0] > 1.6 * color[:, 2]) & (color[:, 0] > 80)
    assert reddish.mean() > 0.05, "a red mushroom has red on it"
    recipe = json.loads((tmp_path / "recipe.json").read_text())
    assert recipe["prompt"] == "a red mushroom"
    assert recipe["understood"] == "understood: mushroom, red"
    assert all(len(prior["sha256"]) == 64 for prior in recipe["priors"])
    preview = Image.open(io.BytesIO((tmp_path / "preview.png").read_bytes()))
    assert preview.size == (512, 512)
    assert getattr(Image.open(tmp_path / "turntable.webp"), "n_frames", 1) > 8


def test_a_short_distillation_survives_kill_9(engine, tmp_path):
    """The worker is killed while it distils; the job goes on from its checkpoint and ends well."""
    client, data = engine
    settings = {**SMALL, "iterations": 90, "resolution": 32, "fine_share": 0.0, "drafts": 1}
    status = client.submit(JobRequest("dreamfusion", "a green cactus", "standard", seed=1, params=settings))
    killed = False
    ends = time.monotonic() + 400
    while not client.job(status.id).state.ended:
        assert time.monotonic() < ends, client.job(status.id)
        checkpoint = next(data.rglob(f"{status.id}/checkpoint.safetensors"), None)
        if not killed and checkpoint is not None:
            pids = re.findall(r"process (\d+) started", launcher.log_file(data).read_text())
            for pid in map(int, pids):
                worker = Path(f"/proc/{pid}/cwd")
                if worker.exists() or not Path("/proc").exists():
                    os.kill(pid, signal.SIGKILL)
            killed = True
        time.sleep(0.1)
    final = client.job(status.id)
    assert killed, "the job ended before it could be killed"
    assert final.state is JobState.DONE, final.error
    assert final.resumes == 1
    client.download(status.id, tmp_path)
    assert "resumed at step" in (tmp_path / "log.txt").read_text()


def test_unknown_things_fail_with_a_sentence(engine):
    client, _ = engine
    status = client.submit(JobRequest("dreamfusion", "a dragon", "draft", params=SMALL))
    final = finish(client, status.id)
    assert final.state is JobState.FAILED
    assert "nearest: cactus" in final.error
    assert final.mend is Mend.CHANGE_PROMPT


def test_an_unknown_model_is_named(engine):
    client, _ = engine
    with pytest.raises(EngineError, match="no-such-model"):
        client.submit(JobRequest("dreamfusion", "a rock", "standard", prior="no-such-model", params=SMALL))
