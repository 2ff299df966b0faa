"""Workers as processes of this machine."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from typing import IO, Any

from ..installer import own_group
from .base import MAX_LINE_BYTES, ExecutorError, OnExit, OnMessage, WorkerSpec


class LocalExecutor:
    """Starts each worker as a child process; messages travel over its standard input and output."""

    name = "local"

    def start(self, spec: WorkerSpec, on_message: OnMessage, on_exit: OnExit) -> LocalWorker:
        try:
            process = subprocess.Popen(
                spec.command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, **spec.environment},
                cwd=spec.data,
                **own_group(),
            )
        except OSError as error:
            raise ExecutorError(f"A worker cannot be started ({error.strerror or error}).") from error
        return LocalWorker(process, on_message, on_exit)

    def close(self) -> None:
        """Nothing is held."""


class LocalWorker:
    """One child process, with a thread that reads what it says."""

    def __init__(self, process: subprocess.Popen[bytes], on_message: OnMessage, on_exit: OnExit):
        self._process = process
        self._on_message = on_message
        self._on_exit = on_exit
        self._write_lock = threading.Lock()
        threading.Thread(target=self._read, name=f"worker-{process.pid}", daemon=True).start()

    @property
    def label(self) -> str:
        return f"process {self._process.pid}"

    def send(self, message: dict[str, Any]) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with self._write_lock, contextlib.suppress(OSError, ValueError):  # ended: on_exit tells
            pipe.write(json.dumps(message, allow_nan=False).encode() + b"\n")
            pipe.flush()

    def kill(self) -> None:
        if self._process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if sys.platform == "win32":
                self._process.kill()
            else:  # the worker leads a group of its own, so that its children go with it
                os.killpg(self._process.pid, signal.SIGKILL)

    def wait(self, timeout_s: float) -> bool:
        try:
            self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _read(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        try:
            read_messages(pipe, self._on_message)
        except ValueError as error:
            self._on_message({"type": "broken", "text": str(error)})
            self.kill()
        finally:
            code = self._process.wait()
            with self._write_lock, contextlib.suppress(OSError):
                assert self._process.stdin is not None
                self._process.stdin.close()
            pipe.close()
            self._on_exit(code)


def read_messages(pipe: IO[bytes], on_message: OnMessage) -> None:
    """Read JSON lines until the pipe closes. Raises ValueError for what is no message."""
    while line := pipe.readline(MAX_LINE_BYTES):
        if not line.endswith(b"\n"):
            if len(line) >= MAX_LINE_BYTES:
                raise ValueError("the worker sent a line without an end")
            return  # cut off in mid-message by its death
        message = json.loads(line)
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            raise ValueError("the worker sent something that is no message")
        on_message(message)
