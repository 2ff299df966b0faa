"""The seam between the supervisor and the place where workers run.

A worker is a process running `engine.server.worker`; it is told what to do, and tells what happens, in JSON lines. The
same worker program runs under every executor, so the same job runs on any of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

MAX_LINE_BYTES = 16 * 1024 * 1024

OnMessage = Callable[[dict[str, Any]], None]
OnExit = Callable[[int], None]


class ExecutorError(RuntimeError):
    """A worker cannot be started here; the text is one sentence."""


@dataclass(frozen=True)
class WorkerSpec:
    """How to start a worker. data: the engine's data folder. methods: a Python file that defines METHODS, "" = ours."""

    data: Path
    device: str = "auto"
    models: tuple[Path, ...] = ()
    methods: str = ""
    environment: dict[str, str] = field(default_factory=dict)

    def arguments(self) -> list[str]:
        """What follows the Python interpreter on the command line. Isolated mode: no user site, no PYTHONPATH."""
        bootstrap = Path(__file__).resolve().parents[1] / "bootstrap.py"
        line = ["-I", "-X", "utf8", str(bootstrap), "dreamgrove.engine.server.worker", "--device", self.device]
        line += [part for model in self.models for part in ("--model", str(model))]
        return line + (["--methods", self.methods] if self.methods else [])

    def command(self) -> list[str]:
        return [sys.executable, *self.arguments()]


class Worker(Protocol):
    """A started worker process. Its methods may be called from any thread and never raise because it has ended."""

    @property
    def label(self) -> str:
        """Where it runs, for the log, such as "process 1234"."""
        ...

    def send(self, message: dict[str, Any]) -> None:
        """Hand it a message; lost without a word if it has ended (on_exit tells)."""
        ...

    def kill(self) -> None:
        """End it at once, with whatever it has started."""
        ...

    def wait(self, timeout_s: float) -> bool:
        """Whether it has ended within the time."""
        ...


class Executor(Protocol):
    """A place that starts workers."""

    name: str

    def start(self, spec: WorkerSpec, on_message: OnMessage, on_exit: OnExit) -> Worker:
        """Start a worker; the callbacks are called from another thread, on_exit once and last.

        Raises ExecutorError when it cannot be started.
        """
        ...

    def close(self) -> None:
        """Let go of what the executor itself holds; workers have ended by then."""
        ...
