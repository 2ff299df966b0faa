"""The server's parts alone: store, events, inventory, locks, sentences for failures."""

from __future__ import annotations

import asyncio
import errno
import json
import sqlite3
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import save_file

from dreamgrove.engine.executors.base import ExecutorError, WorkerSpec
from dreamgrove.engine.methods.base import JobError
from dreamgrove.engine.protocol import Event, EventType, JobRequest, JobState, JobStatus, Mend
from dreamgrove.engine.server.events import EventLog
from dreamgrove.engine.server.failures import explain
from dreamgrove.engine.server.inventory import find_priors
from dreamgrove.engine.server.locks import FileLock
from dreamgrove.engine.server.store import JobStore, StoreFull
from dreamgrove.engine.server.supervisor import Supervisor


def job(number: int = 0, **changes) -> JobStatus:
    return replace(JobStatus(f"{number:032x}", JobRequest("cube", "a cube"), created_s=float(number)), **changes)


# The store


def test_jobs_survive(tmp_path):
    store = JobStore(tmp_path / "jobs.sqlite3")
    store.add(job(1))
    store.add(job(2))
    store.update(job(1).id, state=JobState.RUNNING, fraction=0.5, stage="Growing")
    store.update(job(1).id, fraction=0.6)
    store.remove(job(2).id)
    store.close()
    again = JobStore(tmp_path / "jobs.sqlite3")
    (status,) = again.all()
    assert (status.state, status.fraction, status.request) == (JobState.RUNNING, 0.6, job().request)
    again.close()


def test_states_are_on_the_disk_at_once(tmp_path):
    store = JobStore(tmp_path / "jobs.sqlite3")
    store.add(job(1))
    store.update(job(1).id, state=JobState.DONE)
    reader = sqlite3.connect(tmp_path / "jobs.sqlite3")
    ((text,),) = reader.execute("SELECT status FROM jobs").fetchall()
    assert json.loads(text)["state"] == "done"
    reader.close()
    store.close()


def test_a_full_disk_loses_no_running_job(tmp_path):
    """SQLite says FULL for real: its page limit is reached, then lifted."""
    store = JobStore(tmp_path / "jobs.sqlite3")
    store.add(job(0))
    store._database.execute("PRAGMA max_page_count = 1")
    number = 1
    with pytest.raises(StoreFull):  # noqa: PT012
        for number in range(1, 200):
            store.add(job(number))
    assert store.get(job(number).id) is None, "a job that is refused is not there"
    big = "x" * 8_000
    store.update(job(0).id, state=JobState.FAILED, error=big)
    assert not store.flush()
    assert store.get(job(0).id).error == big, "what could not be written is still known"
    store._database.execute("PRAGMA max_page_count = 100000")
    assert store.flush()
    store.close()
    again = JobStore(tmp_path / "jobs.sqlite3")
    assert again.get(job(0).id).error == big
    again.close()


@pytest.mark.parametrize("content", [b"not a database" * 200, b""])
def test_a_damaged_store_is_set_aside(tmp_path, content):
    path = tmp_path / "jobs.sqlite3"
    path.write_bytes(content)
    store = JobStore(path)
    store.add(job(1))
    store.close()
    assert (store.set_aside is not None) == bool(content)
    if store.set_aside:
        assert store.set_aside.read_bytes() == content


# Events


async def collect(log: EventLog, last_id: str, status) -> list[Event]:
    return [event async for event in log.watch(status.id, last_id, lambda _: status, 0.2) if event is not None]


def test_a_late_watcher_gets_the_present_state():
    log, end = EventLog(), job(state=JobState.DONE)
    for number in range(1_000):
        log.publish(Event(EventType.PROGRESS, job(fraction=number / 1_000)))
    log.publish(Event(EventType.STATE, end))
    (event,) = asyncio.run(collect(log, "", end))
    assert (event.type, event.status) == (EventType.STATE, end)
    boot, number = event.id.split("-")
    assert number == "1001"
    assert [each.id for each in asyncio.run(collect(log, f"{boot}-999", end))] == [f"{boot}-1000", f"{boot}-1001"]
    assert len(asyncio.run(collect(log, f"{boot}-3", end))) == 1, "too long ago: the state"
    for strange in (f"{boot}-2000", f"{boot}--5", f"{boot}-x", "zz-4", "-", f"{boot}-{'9' * 500}"):
        assert len(asyncio.run(collect(log, strange, end))) == 1


def test_watchers_wake_and_idle():
    log, state = EventLog(), [job(state=JobState.RUNNING)]

    async def watch() -> list[Event | None]:
        seen: list[Event | None] = []
        async for event in log.watch(job().id, "", lambda _: state[0], 0.05):
            seen.append(event)
            if seen == [seen[0], None]:
                state[0] = job(state=JobState.CANCELLED)
                await asyncio.to_thread(log.publish, Event(EventType.STATE, state[0]))
        return seen

    first, idle, last = asyncio.run(asyncio.wait_for(watch(), 5.0))
    assert first.status.state is JobState.RUNNING and idle is None and last.status.state is JobState.CANCELLED


def test_deleted_jobs_and_a_closed_log_end_their_streams():
    log = EventLog()

    async def watch(status) -> int:
        return len([each async for each in log.watch(job().id, "", status, 0.05)])

    assert asyncio.run(asyncio.wait_for(watch(lambda _: None), 5.0)) == 0
    log.close()
    assert asyncio.run(asyncio.wait_for(watch(lambda _: job()), 5.0)) == 0


# What is at hand


def test_priors_are_found_by_their_safetensors(tmp_path):
    weights, models = tmp_path / "weights", tmp_path / "models"
    for name in ("sd15", "pickled", "no_index"):
        (models / name / "unet").mkdir(parents=True)
    for name in ("sd15", "pickled"):
        (models / name / "model_index.json").write_text("{}")
    (models / "pickled" / "unet" / "model.bin").write_bytes(b"\x80\x04")
    weights.mkdir()
    for path in (models / "sd15" / "unet" / "model.safetensors", weights / "score.safetensors"):
        save_file({"w": np.ones(2)}, path)
    found = find_priors([models, models / "sd15", tmp_path / "gone"], weights)
    assert [(each.info.name, each.info.kind) for each in found] == [
        ("embedded", "embedded"),
        ("sd15", "diffusers"),
        ("sd15-2", "diffusers"),
    ]
    assert len(found[0].info.sha256) == 64
    assert find_priors([], tmp_path / "gone") == ()


def test_locks_end_with_their_process(tmp_path):
    path = tmp_path / "lock"
    code = (
        "import fcntl, os, sys, time\n"
        f"d = os.open({str(path)!r}, os.O_RDWR | os.O_CREAT)\n"
        "fcntl.flock(d, fcntl.LOCK_EX); print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    holder.stdout.readline()
    lock = FileLock(path)
    assert not lock.acquire(0.1)
    holder.kill()
    assert lock.acquire(5.0)
    assert not FileLock(path).acquire()
    lock.release()
    holder.stdout.close()
    holder.wait()


@pytest.mark.parametrize(
    ("error", "mend"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), Mend.FREE_SPACE),
        (RuntimeError("I/O error: No space left on device (os error 28)"), Mend.FREE_SPACE),
        (MemoryError(), Mend.LOWER_PRESET),
        (RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"), Mend.LOWER_PRESET),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried"), Mend.LOWER_PRESET),
        (ModuleNotFoundError("No module named 'xatlas'"), Mend.REPAIR_ENGINE),
        (PermissionError(13, "Permission denied"), Mend.SHOW_LOG),
        (ValueError("line\nline " + "x" * 1000), Mend.SHOW_LOG),
        (JobError("No such thing.", Mend.CHANGE_PROMPT), Mend.CHANGE_PROMPT),
    ],
)
def test_failures_are_one_sentence(error, mend):
    sentence, offered = explain(error)
    assert offered is mend
    assert sentence.endswith(".") and "\n" not in sentence and len(sentence) < 300


# Executors


def test_a_worker_that_cannot_be_started_breaks_the_engine_not_the_server(tmp_path):
    class Nowhere:
        name = "nowhere"

        def start(self, spec, on_message, on_exit):
            raise ExecutorError("A worker cannot be started (no room).")

        def close(self):
            pass

    supervisor = Supervisor(tmp_path, Nowhere(), WorkerSpec(tmp_path), version="0")
    supervisor.start()
    with pytest.raises(Exception, match="no room"):
        supervisor.info(5.0)
    assert supervisor.health().readiness == "broken"
    supervisor.stop()


def test_ray_is_optional(monkeypatch):
    from dreamgrove.engine.executors.ray import RayExecutor

    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ExecutorError, match="Ray is not installed"):
        RayExecutor()
