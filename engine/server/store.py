"""The jobs, kept in SQLite (write-ahead log) so that they survive the engine.

All jobs are also held in memory: reading never touches the disk, and a disk that is full for a while costs no running
job (what could not be written is written later).
"""

from __future__ import annotations

import dataclasses
import json
import os
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

from ..protocol import JobState, JobStatus, ProtocolError, check_job_id

_SCHEMA_VERSION = 1
_PROGRESS_INTERVAL_S = 2.0


class StoreFull(RuntimeError):
    """The disk has no room for a new job."""


class JobStore:
    """Every job that this engine remembers. Safe to use from several threads."""

    def __init__(self, path: Path):
        """Opens or makes the store at `path`. A damaged one is set aside as NAME.damaged-TIME, and a new one begun.

        Raises OSError or sqlite3.Error when nothing can be written there at all.
        """
        self._lock = threading.RLock()
        self._jobs: dict[str, JobStatus] = {}
        self._unwritten: set[str] = set()
        self._written_at: dict[str, float] = {}
        self.set_aside: Path | None = None
        try:
            self._database = self._open(path)
        except (sqlite3.DatabaseError, ProtocolError, ValueError) as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            self.set_aside = path.with_name(f"{path.name}.damaged-{int(time.time())}")
            self._jobs.clear()
            os.replace(path, self.set_aside)
            for suffix in ("-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            self._database = self._open(path)

    def _open(self, path: Path) -> sqlite3.Connection:
        database = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=5.0)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, _SCHEMA_VERSION):
                raise ValueError(f"job store of version {version}")
            database.execute("CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, status TEXT NOT NULL) STRICT")
            database.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
            for job_id, text in database.execute("SELECT id, status FROM jobs"):
                self._jobs[check_job_id(job_id)] = JobStatus.from_json(json.loads(text))
        except BaseException:
            database.close()
            raise
        return database

    def add(self, status: JobStatus) -> None:
        """Raises StoreFull when it cannot be written; then the job is not there."""
        with self._lock:
            self._jobs[status.id] = status
            try:
                self._write(status.id)
            except sqlite3.OperationalError as error:
                del self._jobs[status.id]
                raise StoreFull(str(error)) from error

    def get(self, job_id: str) -> JobStatus | None:
        with self._lock:
            return self._jobs.get(job_id)

    def all(self) -> list[JobStatus]:
        """Newest first."""
        with self._lock:
            return sorted(self._jobs.values(), key=lambda each: (-each.created_s, each.id))

    def in_state(self, *states: JobState) -> list[JobStatus]:
        """Oldest first."""
        return [each for each in reversed(self.all()) if each.state in states]

    def update(self, job_id: str, **changes: Any) -> JobStatus:
        """Change a job; what changes its state is on the disk on return, progress within 2 s (or as soon as it can)."""
        with self._lock:
            before = self._jobs[job_id]
            status = self._jobs[job_id] = dataclasses.replace(before, **changes)
            self._unwritten.add(job_id)
            due = time.monotonic() - self._written_at.get(job_id, 0.0) >= _PROGRESS_INTERVAL_S
            if status.state is not before.state or due:
                self.flush()
            return status

    def flush(self) -> bool:
        """Write what is unwritten; whether all could be."""
        with self._lock:
            try:
                for job_id in sorted(self._unwritten):
                    self._write(job_id)
            except sqlite3.OperationalError:  # full: it stays unwritten until the next time
                return False
            return True

    def remove(self, job_id: str) -> None:
        with self._lock:
            self._jobs.pop(job_id, None)
            self._unwritten.discard(job_id)
            self._database.execute("DELETE FROM jobs WHERE id = ?", (job_id,))

    def close(self) -> None:
        with self._lock:
            self.flush()
            self._database.close()

    def _write(self, job_id: str) -> None:
        text = json.dumps(self._jobs[job_id].to_json())
        self._database.execute("INSERT OR REPLACE INTO jobs (id, status) VALUES (?, ?)", (job_id, text))
        self._unwritten.discard(job_id)
        self._written_at[job_id] = time.monotonic()
