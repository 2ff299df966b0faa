"""The engine as real processes: started, watched, cancelled, killed, found again. POSIX signals are used to kill."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import pytest

from dreamgrove.engine import launcher
from dreamgrove.engine.client import Client, EngineError
from dreamgrove.engine.launcher import Endpoint, LaunchError
from dreamgrove.engine.protocol import EventType, JobRequest, JobState, JobStatus, Mend

METHODS = Path(__file__).with_name("method_for_tests.py")
EXTRA = ["--methods", str(METHODS)]


def start(data: Path, **options) -> Endpoint:
    options.setdefault("extra", EXTRA)
    return launcher.start(Path(sys.executable), data, device="cpu", timeout_s=60.0, **options)


@pytest.fixture
def data(tmp_path):
    yield tmp_path / "data"
    launcher.stop(tmp_path / "data")


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """An engine for the tests that leave it whole."""
    folder = tmp_path_factory.mktemp("shared") / "data"
    yield start(folder), folder
    launcher.stop(folder)


def wait_for(client: Client, job_id: str, what, timeout_s: float = 20.0) -> JobStatus:
    ends = time.monotonic() + timeout_s
    while not what(status := client.job(job_id)):
        assert time.monotonic() < ends, status
        time.sleep(0.02)
    return status


def worker_pid(data: Path) -> int:
    """The worker that has the newest job, as the engine's log tells."""
    pids = [int(each) for each in re.findall(r"process (\d+) started", launcher.log_file(data).read_text())]
    alive = [pid for pid in pids if _runs(pid)]
    return alive[0]


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def slow(steps: int = 60) -> JobRequest:
    return JobRequest("cube", "a red cube", "draft", params={"steps": steps, "step_s": 0.05})


def test_words_to_files_over_the_wire(shared, tmp_path):
    client = shared[0].client()
    status = client.submit(JobRequest("cube", "a red cube", "draft", seed=3, params={"steps": 12, "step_s": 0.06}))
    events = list(client.events(status.id))
    assert events[0].type is EventType.STATE
    # What came before the watcher did (the log's first line, perhaps) is in the state that it is shown first.
    assert {each.type for each in events} >= {EventType.STATE, EventType.PROGRESS, EventType.PREVIEW}
    fractions = [each.status.fraction for each in events]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert any(each.status.remaining_s for each in events if each.type is EventType.PROGRESS)
    assert events[-1].status.state is JobState.DONE
    paths = client.download(status.id, tmp_path / "out")
    assert [each.name for each in paths] == ["asset.glb", "recipe.json", "log.txt"]
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == sorted(each.name for each in paths)
    assert client.preview(status.id).startswith(b"\x89PNG")
    assert client.jobs()[0].id == status.id
    client.delete(status.id)
    with pytest.raises(EngineError, match="no such job"):
        client.job(status.id)


def test_only_the_owner_reads_token_and_jobs(shared):
    folder = shared[1]
    for name in ("token", "server.json"):
        assert (folder / name).stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0


def test_wrong_token_is_a_sentence(shared):
    with pytest.raises(EngineError, match="token is missing or wrong") as caught:
        Client(shared[0].url, "x" * 43).health()
    assert caught.value.status == 401


def test_a_running_engine_is_found_not_started_twice(shared):
    endpoint, folder = shared
    assert launcher.find(folder) == endpoint
    assert start(folder) == endpoint


@pytest.mark.parametrize("trouble", ["none", "deaf"])
def test_cancel_takes_effect_within_a_second(shared, trouble):
    """Also of a method that never looks whether it is cancelled."""
    client = shared[0].client()
    status = client.submit(JobRequest("cube", "a", "endless", params={"trouble": trouble}))
    wait_for(client, status.id, lambda each: each.state is JobState.RUNNING)
    time.sleep(0.2)
    began = time.monotonic()
    client.cancel(status.id)
    wait_for(client, status.id, lambda each: each.state is JobState.CANCELLED)
    assert time.monotonic() - began < 1.0


def test_a_killed_worker_resumes_from_its_checkpoint(shared, tmp_path):
    endpoint, folder = shared
    client = endpoint.client()
    status = client.submit(slow(40))
    wait_for(client, status.id, lambda each: each.fraction > 0.4)
    os.kill(worker_pid(folder), signal.SIGKILL)
    events = list(client.events(status.id))
    assert events[-1].status.state is JobState.DONE and events[-1].status.resumes == 1
    (log,) = client.download(status.id, tmp_path, ("log.txt",))
    begun = [int(each) for each in re.findall(r"begins at step (\d+)", log.read_text())]
    assert len(begun) == 2 and begun[1] >= 14, "it went on, and did not start again"


def test_a_worker_that_always_dies_fails_after_two_resumes(shared):
    client = shared[0].client()
    status = client.submit(JobRequest("cube", "a", "draft", params={"trouble": "dies", "steps": 1}))
    status = wait_for(client, status.id, lambda each: each.state.ended)
    assert (status.state, status.resumes, status.mend) == (JobState.FAILED, 2, Mend.LOWER_PRESET)
    assert status.error.startswith("Its process was ended 3 times")


def test_a_job_survives_its_servers(data):
    """kill -9 of the server: its worker ends by itself, and the next engine takes the job up where it was."""
    endpoint = start(data)
    client = endpoint.client()
    job_id = client.submit(slow(80)).id
    wait_for(client, job_id, lambda each: each.fraction > 0.2)
    worker = worker_pid(data)
    lines: list[JobStatus] = []
    watcher = threading.Thread(target=lambda: lines.extend(e.status for e in client.events(job_id)), daemon=True)
    watcher.start()
    os.kill(endpoint.pid, signal.SIGKILL)
    ends = time.monotonic() + 5.0
    while _runs(worker):
        assert time.monotonic() < ends, "the worker outlived its engine"
        time.sleep(0.02)
    assert launcher.find(data) is None
    port = int(endpoint.url.rsplit(":", 1)[1])
    again = start(data, port=port)
    assert again.pid != endpoint.pid and again.token == endpoint.token
    wait_for(again.client(), job_id, lambda each: each.fraction > 0.5)
    # And once more, in good order this time: that is nobody's failure.
    assert launcher.stop(data)
    assert launcher.find(data) is None and not launcher.stop(data)
    status = wait_for(start(data, port=port).client(), job_id, lambda each: each.state.ended)
    assert (status.state, status.resumes) == (JobState.DONE, 1)
    watcher.join(10.0)
    assert lines[-1].state is JobState.DONE, "who watched before the crash sees the end"
    log = (data / "jobs" / job_id / "log.txt").read_text()
    begun = [int(each) for each in re.findall(r"begins at step (\d+)", log)]
    assert len(begun) == 3 and 10 < begun[1] < begun[2]


def test_ports(shared, tmp_path):
    """A port that was asked for is had or refused; without a wish any free one will do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(LaunchError, match=rf"cannot listen on 127\.0\.0\.1:{port} .*choose another"):
            start(tmp_path / "other", port=port)
        # The usual port is taken by now: by the shared engine, or by whoever kept that from having it.
        other = start(tmp_path / "other")
    assert other.url != shared[0].url
    assert other.client().health().pid != shared[0].client().health().pid
    assert launcher.stop(tmp_path / "other")


def test_an_engine_that_cannot_load_says_so(tmp_path):
    broken = tmp_path / "methods.py"
    broken.write_text("import a_module_that_is_not_there\n")
    with pytest.raises(
        LaunchError, match=r"part of the engine cannot be loaded .*a_module_that_is_not_there"
    ) as caught:
        start(tmp_path / "data", extra=["--methods", str(broken)])
    assert caught.value.mend is Mend.REPAIR_ENGINE
    endpoint = launcher.find(tmp_path / "data")
    assert endpoint is not None
    with pytest.raises(EngineError, match="cannot be loaded") as refused:
        endpoint.client().submit(slow())
    assert refused.value.status == 503
    launcher.stop(tmp_path / "data")


def test_not_installed_and_unusable_folders(tmp_path):
    with pytest.raises(LaunchError, match="not installed") as caught:
        launcher.start(tmp_path / "python", tmp_path / "data")
    assert caught.value.mend is Mend.REPAIR_ENGINE
    (tmp_path / "file").write_text("")
    with pytest.raises(LaunchError):
        start(tmp_path / "file")


def test_a_token_that_others_can_read_is_refused(data):
    data.mkdir(mode=0o700)
    (data / "token").write_text("t" * 43)
    (data / "token").chmod(0o644)
    with pytest.raises(LaunchError, match="others may read the token"):
        start(data)
