"""Runs the jobs: one worker process each, a warm spare at hand, lost workers replaced, every job brought to an end."""

from __future__ import annotations

import shutil
import sys
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..executors.base import Executor, ExecutorError, Worker, WorkerSpec
from ..protocol import (
    BUNDLE_FILES,
    EngineInfo,
    Event,
    EventType,
    Health,
    JobRequest,
    JobState,
    JobStatus,
    Mend,
    ProtocolError,
    Readiness,
)
from .events import EventLog
from .failures import DISK_FULL
from .store import JobStore, StoreFull

MAX_RESUMES = 2
MAX_WAITING = 200
MIN_FREE_BYTES = 200 * 1024**2
SOFT_CANCEL_S = 0.5
SILENCE_S = 180.0
_LINGER_S = 3.0
_SPARE_AFTER_S = 15.0
_RETRY_BROKEN_S = 30.0
_TICK_S = 0.25


class Refused(RuntimeError):
    """A request that cannot be met; the text is a sentence. status: the HTTP status that says so."""

    def __init__(self, sentence: str, status: int, mend: Mend = Mend.NONE):
        super().__init__(sentence)
        self.status = status
        self.mend = mend


@dataclass(eq=False)
class _Slot:
    """A worker and what it is doing; a spare while job_id is ""."""

    worker: Worker | None = None
    ready: bool = False
    job_id: str = ""
    heard_at: float = 0.0
    kill_at: float | None = None
    cancelled: bool = False
    ended: bool = False
    pace_from: tuple[float, float] | None = None
    problem: str = ""
    mend: Mend = Mend.NONE


class Supervisor:
    """Owns the job store and the workers. Its methods may be called from any thread."""

    def __init__(
        self, data: Path, executor: Executor, spec: WorkerSpec, *, version: str, parallel: int = 1, spare: bool = True
    ):
        self.events = EventLog()
        self._data = data
        self._executor = executor
        self._spec = spec
        self._version = version
        self._parallel = parallel
        self._spare = spare
        self._changed = threading.Condition(threading.RLock())
        self._slots: set[_Slot] = set()
        self._info: EngineInfo | None = None
        self._problem, self._mend, self._retry_at = "", Mend.NONE, 0.0
        self._stopping = False
        (data / "jobs").mkdir(parents=True, exist_ok=True)
        self._store = JobStore(data / "jobs.sqlite3")
        if self._store.set_aside:
            _say(f"the job store was damaged; it is kept as {self._store.set_aside}, and a new one begun")
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    def start(self) -> None:
        """Take up what an earlier engine left, then work."""
        with self._changed:
            for status in self._store.in_state(JobState.RUNNING):
                self._lost(status, "The engine ended")
        self._thread.start()

    def stop(self) -> None:
        """End all workers. Running jobs go back to the queue, so that the next engine takes them up."""
        with self._changed:
            self._stopping = True
            slots = list(self._slots)
            for slot in slots:
                if slot.worker is not None:
                    slot.worker.kill()
            for status in self._store.in_state(JobState.RUNNING):
                self._state(status.id, state=JobState.QUEUED, stage="Waiting for the engine", remaining_s=None)
            self._changed.notify_all()
        self._thread.join(5.0)
        for slot in slots:
            if slot.worker is not None:
                slot.worker.wait(5.0)
        self._executor.close()
        self.events.close()
        self._store.close()

    def health(self) -> Health:
        with self._changed:
            readiness = Readiness.BROKEN if self._problem else Readiness.READY if self._info else Readiness.WARMING
            running = len(self._store.in_state(JobState.RUNNING))
            queued = len(self._store.in_state(JobState.QUEUED))
            return Health(
                readiness, self._version, running=running, queued=queued, problem=self._problem, mend=self._mend
            )

    def info(self, timeout_s: float = 0.0) -> EngineInfo:
        """What the engine can do, as its first worker told. Raises Refused while that is not known."""
        with self._changed:
            self._changed.wait_for(lambda: self._info or self._problem or self._stopping, timeout_s)
            if self._info is not None:
                return self._info
            if self._problem:
                raise Refused(self._problem, 503, self._mend)
            raise Refused("The engine is still loading; try again in a few seconds.", 503)

    def submit(self, request: JobRequest, wait_s: float = 60.0) -> JobStatus:
        """Queue a job. Raises Refused or ProtocolError with a sentence."""
        info = self.info(wait_s)
        info.method(request.method).check(request)
        if request.prior and request.prior not in {each.name for each in info.priors}:
            known = ", ".join(each.name for each in info.priors) or "none"
            raise ProtocolError(f"The engine has no prior {request.prior!r}; it has: {known}.")
        if shutil.disk_usage(self._data).free < MIN_FREE_BYTES:
            raise Refused(DISK_FULL, 507, Mend.FREE_SPACE)
        with self._changed:
            if self._stopping:
                raise Refused("The engine is ending; start it again.", 503, Mend.START_ENGINE)
            if len(self._store.in_state(JobState.QUEUED)) >= MAX_WAITING:
                raise Refused(f"There are {MAX_WAITING} jobs waiting already; cancel some first.", 429)
            status = JobStatus(uuid.uuid4().hex, request, stage="Waiting", created_s=time.time())
            folder = self.folder(status.id)
            try:
                folder.mkdir(mode=0o700)
                self._store.add(status)
            except (OSError, StoreFull) as error:
                _say(f"a job could not be stored: {error}")
                shutil.rmtree(folder, ignore_errors=True)
                raise Refused(DISK_FULL, 507, Mend.FREE_SPACE) from error
            self.events.publish(Event(EventType.STATE, status))
            self._changed.notify_all()
            return status

    def jobs(self) -> list[JobStatus]:
        """Newest first."""
        return self._store.all()

    def find(self, job_id: str) -> JobStatus | None:
        return self._store.get(job_id)

    def job(self, job_id: str) -> JobStatus:
        """Raises Refused (404) when there is no such job."""
        status = self._store.get(job_id)
        if status is None:
            raise Refused("There is no such job; it may have been deleted.", 404)
        return status

    def folder(self, job_id: str) -> Path:
        return self._data / "jobs" / job_id

    def cancel(self, job_id: str) -> JobStatus:
        """Ask a job to end; one that does not heed within half a second is ended."""
        with self._changed:
            status = self.job(job_id)
            if status.state is JobState.QUEUED:
                return self._end(job_id, JobState.CANCELLED)
            slot = next((each for each in self._slots if each.job_id == job_id), None)
            if slot is not None and not slot.cancelled and not slot.ended:
                slot.cancelled = True
                slot.kill_at = time.monotonic() + SOFT_CANCEL_S
                if slot.worker is not None:
                    slot.worker.send({"type": "cancel"})
                self._changed.notify_all()
            return self.job(job_id)

    def delete(self, job_id: str) -> None:
        """Cancel if need be, then remove the job and its files. Raises Refused when it cannot be ended or removed."""
        self.cancel(job_id)
        with self._changed:
            if not self._changed.wait_for(lambda: not any(each.job_id == job_id for each in self._slots), 10.0):
                raise Refused("The job does not end; try again in a few seconds.", 409)
            folder = self.folder(job_id)
            try:
                if folder.is_dir():
                    # Renamed first, so that a removal cut short leaves no half of a job.
                    trash = folder.with_name(f".removed-{job_id}")
                    folder.rename(trash)
                    shutil.rmtree(trash)
            except OSError as error:
                raise Refused(f"The job's files cannot be removed ({error.strerror or error}).", 409) from error
            self._store.remove(job_id)
            self.events.forget(job_id)

    # The supervisor's own thread

    def _run(self) -> None:
        with self._changed:
            while not self._stopping:
                self._fill_slots()
                now = time.monotonic()
                for slot in list(self._slots):
                    if slot.kill_at is not None and now >= slot.kill_at and slot.worker is not None:
                        slot.worker.kill()
                    elif slot.job_id and not slot.ended and now - slot.heard_at > SILENCE_S and slot.worker is not None:
                        _say(f"{slot.worker.label} has been silent for {SILENCE_S:.0f} s and is ended")
                        slot.worker.kill()
                self._store.flush()
                self._changed.wait(_TICK_S)

    def _fill_slots(self) -> None:
        """Start waiting jobs while there is room, and see to the spare."""
        busy = [slot for slot in self._slots if slot.job_id]
        for status in self._store.in_state(JobState.QUEUED)[: max(0, self._parallel - len(busy))]:
            slot = next((each for each in self._slots if not each.job_id and not each.ended), None) or self._new_slot()
            if slot is None:
                if self._problem:
                    self._end(status.id, JobState.FAILED, error=self._problem, mend=self._mend)
                continue
            busy.append(slot)
            self._assign(slot, status)
        has_spare = any(not slot.job_id for slot in self._slots)
        # While short jobs run, a spare's loading would only slow them down.
        quiet = not busy or all(self._running_for(slot.job_id) > _SPARE_AFTER_S for slot in busy)
        if not has_spare and quiet and (self._spare or self._info is None) and time.monotonic() >= self._retry_at:
            self._new_slot()

    def _running_for(self, job_id: str) -> float:
        started_s = self.job(job_id).started_s
        return 0.0 if started_s is None else time.time() - started_s

    def _new_slot(self) -> _Slot | None:
        slot = _Slot(heard_at=time.monotonic())
        self._slots.add(slot)
        try:
            slot.worker = self._executor.start(
                self._spec, lambda message: self._heard(slot, message), lambda code: self._exited(slot, code)
            )
        except ExecutorError as error:
            self._slots.discard(slot)
            self._broken(str(error), Mend.REPAIR_ENGINE)
            return None
        _say(f"{slot.worker.label} started")
        return slot

    def _assign(self, slot: _Slot, status: JobStatus) -> None:
        slot.job_id, slot.heard_at = status.id, time.monotonic()
        started_s = status.started_s or time.time()
        self._state(status.id, state=JobState.RUNNING, stage="Starting", started_s=started_s)
        assert slot.worker is not None
        slot.worker.send(
            {
                "type": "job",
                "id": status.id,
                "folder": str(self.folder(status.id).resolve()),
                "request": status.request.to_json(),
                "preview": status.preview,
            }
        )

    # What workers say, from their readers' threads

    def _heard(self, slot: _Slot, message: dict[str, Any]) -> None:
        with self._changed:
            slot.heard_at = time.monotonic()
            kind = message["type"]
            if kind == "ready":
                slot.ready = True
                info = EngineInfo.from_json({**message["info"], "executor": self._executor.name})
                self._info, self._problem, self._mend = info, "", Mend.NONE
                self._changed.notify_all()
            elif kind == "unable":
                slot.problem, slot.mend = str(message["error"]), Mend(message["mend"])
            elif kind == "broken":
                _say(f"a worker broke the protocol: {message['text']}")
            elif slot.job_id and not slot.ended and not self._stopping:
                self._heard_of_job(slot, kind, message)

    def _heard_of_job(self, slot: _Slot, kind: str, message: dict[str, Any]) -> None:
        job_id = slot.job_id
        if kind == "progress":
            fraction = min(max(float(message["fraction"]), 0.0), 1.0)
            remaining_s = _remaining_s(slot, fraction)
            status = self._store.update(
                job_id, fraction=fraction, stage=str(message["stage"])[:200], remaining_s=remaining_s
            )
            self.events.publish(Event(EventType.PROGRESS, status))
        elif kind == "preview":
            self.events.publish(Event(EventType.PREVIEW, self._store.update(job_id, preview=int(message["number"]))))
        elif kind == "log":
            self.events.publish(Event(EventType.LOG, self.job(job_id), text=str(message["text"])[:2_000]))
        elif kind in ("done", "cancelled", "failed"):
            slot.ended = True
            slot.kill_at = time.monotonic() + _LINGER_S
            if kind == "failed":
                self._end(job_id, JobState.FAILED, error=str(message["error"]), mend=Mend(message["mend"]))
            else:
                self._end(job_id, JobState(kind))

    def _exited(self, slot: _Slot, code: int) -> None:
        with self._changed:
            self._slots.discard(slot)
            self._changed.notify_all()
            if self._stopping:
                return
            if slot.problem or not slot.ready:
                why = slot.problem or f"The engine's worker ended while loading (exit code {code}); repair the engine."
                self._broken(why, slot.mend or Mend.REPAIR_ENGINE)
            if not slot.job_id or slot.ended:
                return
            status = self.job(slot.job_id)
            if slot.cancelled:
                self._end(status.id, JobState.CANCELLED)
            elif slot.problem or not slot.ready:
                self._end(status.id, JobState.FAILED, error=self._problem, mend=self._mend)
            else:
                _say(f"the worker of job {status.id} ended with code {code}")
                self._lost(status, "Its process was ended")

    def _broken(self, sentence: str, mend: Mend) -> None:
        """No worker can be had. Told at once, tried again after a while."""
        _say(sentence)
        self._problem, self._mend, self._retry_at = sentence, mend, time.monotonic() + _RETRY_BROKEN_S
        self._changed.notify_all()

    def _lost(self, status: JobStatus, what: str) -> None:
        """Queue a job again whose worker is gone, unless that has happened too often."""
        if status.resumes >= MAX_RESUMES:
            times = f"{status.resumes + 1} times"
            error = f"{what} {times}, most likely for want of memory; choose a lower preset or close other programs."
            self._end(status.id, JobState.FAILED, error=error, mend=Mend.LOWER_PRESET)
        else:
            self._state(
                status.id, state=JobState.QUEUED, stage="Resuming", resumes=status.resumes + 1, remaining_s=None
            )

    def _state(self, job_id: str, **changes: Any) -> JobStatus:
        status = self._store.update(job_id, **changes)
        kind = EventType.ERROR if status.state is JobState.FAILED else EventType.STATE
        self.events.publish(Event(kind, status))
        self._changed.notify_all()
        return status

    def _end(self, job_id: str, state: JobState, error: str = "", mend: Mend = Mend.NONE) -> JobStatus:
        folder = self.folder(job_id)
        done = {"fraction": 1.0, "stage": "Done"} if state is JobState.DONE else {"stage": ""}
        return self._state(
            job_id,
            state=state,
            error=error,
            mend=mend,
            finished_s=time.time(),
            remaining_s=None,
            files=tuple(name for name in BUNDLE_FILES if (folder / name).is_file()),
            **done,
        )


def _remaining_s(slot: _Slot, fraction: float) -> float | None:
    """Seconds left at this worker's pace since its first report; None while that would be a guess."""
    now = time.monotonic()
    if slot.pace_from is None:
        slot.pace_from = (now, fraction)
    began, fraction_then = slot.pace_from
    gained = fraction - fraction_then
    return (now - began) * (1.0 - fraction) / gained if gained >= 0.02 else None


def _say(text: str) -> None:
    """A line for the engine's log."""
    sys.stderr.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}\n")
    sys.stderr.flush()
