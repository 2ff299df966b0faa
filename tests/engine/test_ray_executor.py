"""The same job on a real Ray, begun on this machine. Skipped where Ray is not installed (it is an extra)."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from dreamgrove.engine.executors.base import WorkerSpec
from dreamgrove.engine.executors.ray import RayExecutor
from dreamgrove.engine.protocol import JobRequest, JobState
from dreamgrove.engine.server.supervisor import Supervisor

pytest.importorskip("ray", reason="Ray is an extra: install the engine with the extra 'ray' to run this")

METHODS = Path(__file__).with_name("method_for_tests.py")


def test_jobs_run_cancel_and_resume_on_ray(tmp_path):
    spec = WorkerSpec(tmp_path, "cpu", methods=str(METHODS))
    supervisor = Supervisor(tmp_path, RayExecutor("local"), spec, version="0", spare=False)
    supervisor.start()

    def ended(job_id: str, timeout_s: float = 60.0) -> JobState:
        ends = time.monotonic() + timeout_s
        while not supervisor.job(job_id).state.ended and time.monotonic() < ends:
            time.sleep(0.05)
        return supervisor.job(job_id).state

    try:
        assert supervisor.info(90.0).executor == "ray"
        job = supervisor.submit(JobRequest("cube", "a cube", "draft"))
        assert ended(job.id) is JobState.DONE
        assert (supervisor.folder(job.id) / "asset.glb").read_bytes().startswith(b"glTF")
        dies = supervisor.submit(JobRequest("cube", "a", "draft", params={"trouble": "dies", "steps": 1}))
        assert ended(dies.id) is JobState.FAILED and supervisor.job(dies.id).resumes == 2
        endless = supervisor.submit(JobRequest("cube", "a", "endless", params={"trouble": "deaf"}))
        while supervisor.job(endless.id).state is not JobState.RUNNING:
            time.sleep(0.05)
        time.sleep(3.0)
        began = time.monotonic()
        supervisor.cancel(endless.id)
        assert ended(endless.id) is JobState.CANCELLED
        assert time.monotonic() - began < 2.0
    finally:
        supervisor.stop()


def test_closing_ends_workers_and_begins_no_new_cluster(tmp_path):
    import ray

    executor = RayExecutor("local")
    codes: list[int] = []
    worker = executor.start(WorkerSpec(tmp_path, "cpu", methods=str(METHODS)), lambda message: None, codes.append)
    worker.kill()  # as a batch does with a worker that has nothing left to do
    executor.close()
    assert worker.wait(0.0) and len(codes) == 1
    time.sleep(1.0)
    assert not ray.is_initialized()
