"""Workers on a Ray cluster: the same worker program, started by an actor on whichever node has room.

The data folder must be the same path on every node (a shared file system), and so must the engine's Python and this
package. One GPU is asked for when the device is "cuda".
"""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import threading
import time
from typing import Any

from .base import ExecutorError, OnExit, OnMessage, WorkerSpec

_POLL_S = 30.0
_END_S = 10.0  # a worker may take to end when all is closed


class RayExecutor:
    """Starts each worker through an actor of its own, which ends with it."""

    name = "ray"

    def __init__(self, address: str = ""):
        """Joins the cluster at `address`, or begins one on this machine. Raises ExecutorError."""
        try:
            import ray
        except ImportError as error:
            raise ExecutorError("Ray is not installed; install the engine again with the extra 'ray'.") from error
        try:
            ray.init(
                address=address or None,
                logging_level=logging.WARNING,
                include_dashboard=False,
                log_to_driver=False,
                ignore_reinit_error=True,
            )
        except (ConnectionError, RuntimeError, ValueError, OSError) as error:
            raise ExecutorError(f"The Ray cluster cannot be joined ({' '.join(str(error).split())[:200]}).") from error
        self._ray = ray
        self._workers: list[RayWorker] = []

    def start(self, spec: WorkerSpec, on_message: OnMessage, on_exit: OnExit) -> RayWorker:
        # Two threads: one waits for the process's lines while the other takes orders.
        options = {"num_gpus": 1 if spec.device == "cuda" else 0, "num_cpus": 1, "max_concurrency": 3}
        actor: Any = (
            self._ray.remote(_actor_class())
            .options(**options)
            .remote([sys.executable, *spec.arguments()], spec.environment, str(spec.data))
        )
        worker = RayWorker(self._ray, actor, on_message, on_exit)
        self._workers = [each for each in self._workers if not each.wait(0.0)] + [worker]
        return worker

    def close(self) -> None:
        """Ends what still runs, and waits for it: a call that a thread makes after the end would begin a new cluster."""
        for worker in self._workers:
            worker.kill()
        deadline = time.monotonic() + _END_S
        for worker in self._workers:
            worker.wait(max(deadline - time.monotonic(), 0.0))
        self._ray.shutdown()


class RayWorker:
    """One actor, with a thread that fetches what its process says."""

    def __init__(self, ray: Any, actor: Any, on_message: OnMessage, on_exit: OnExit):
        self._ray = ray
        self._actor = actor
        self._on_message = on_message
        self._on_exit = on_exit
        self._over = threading.Event()
        threading.Thread(target=self._read, name="ray-worker", daemon=True).start()

    @property
    def label(self) -> str:
        return f"Ray actor {self._actor._actor_id.hex()[:8]}"

    def send(self, message: dict[str, Any]) -> None:
        self._actor.send.remote(json.dumps(message, allow_nan=False))

    def kill(self) -> None:
        if not self._over.is_set():
            self._actor.kill.remote()

    def wait(self, timeout_s: float) -> bool:
        return self._over.wait(timeout_s)

    def _read(self) -> None:
        code = -1
        try:
            while True:
                lines, ended = self._ray.get(self._actor.receive.remote(_POLL_S))
                for line in lines:
                    self._on_message(json.loads(line))
                if ended is not None:
                    code = ended
                    break
        except (self._ray.exceptions.RayError, ValueError) as error:
            self._on_message({"type": "broken", "text": " ".join(str(error).split())[:300]})
        finally:
            # Its process ends with the actor: its standard input closes.
            with contextlib.suppress(self._ray.exceptions.RayError):
                self._ray.kill(self._actor)
            self._over.set()
            self._on_exit(code)


def _actor_class() -> type:
    """The actor. Defined inside a function so that Ray ships it by value: nodes need not import this package."""

    class WorkerProcess:
        """A worker process on this node, and the lines it has said since they were last fetched."""

        def __init__(self, command: list[str], environment: dict[str, str], folder: str):
            import os
            import subprocess
            import threading

            self._said: list[str] = []
            self._news = threading.Condition()
            self._closed = False
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=folder,
                env={**os.environ, **environment},
                start_new_session=sys.platform != "win32",
            )
            threading.Thread(target=self._read, daemon=True).start()

        def _read(self) -> None:
            for line in self._process.stdout:  # type: ignore[union-attr]
                with self._news:
                    self._said.append(line.decode("utf-8", "replace"))
                    self._news.notify_all()
            self._process.wait()
            with self._news:
                self._closed = True
                self._news.notify_all()

        def receive(self, timeout_s: float) -> tuple[list[str], int | None]:
            """Lines as soon as there are any; with them the exit code once the process has ended."""
            with self._news:
                self._news.wait_for(lambda: self._said or self._closed, timeout_s)
                lines, self._said = self._said, []
                return lines, self._process.returncode if self._closed else None

        def send(self, line: str) -> None:
            with contextlib.suppress(OSError, ValueError):  # it has ended: `receive` tells
                self._process.stdin.write(line.encode() + b"\n")  # type: ignore[union-attr]
                self._process.stdin.flush()  # type: ignore[union-attr]

        def kill(self) -> None:
            if self._process.poll() is None:
                self._process.kill()

    return WorkerProcess
