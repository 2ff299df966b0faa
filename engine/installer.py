"""Runs pip for `environment` and tells how it goes: lines, a fraction, and one sentence when it fails. Standard library."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Of the whole installation: downloads take from the first to the second, unpacking to the third.
_FRACTIONS = (0.06, 0.72, 0.93)
_RETRIES = ("--retries", "2", "--timeout", "30", "--disable-pip-version-check", "--no-input")

# What pip says -> what the artist is told. The first that is found counts.
_SENTENCES = (
    (r"No space left on device|not enough space on the disk|\[Errno 28\]", "The disk is full; free some space, then install again."),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError|SSL: ",
        "The package index's certificate is not trusted here; a proxy or an old certificate store may be in the way.",
    ),
    (
        r"NewConnectionError|NameResolutionError|Temporary failure in name resolution|getaddrinfo failed|Network is unreachable"
        r"|ConnectTimeoutError|ReadTimeoutError|Connection refused|ProxyError|ConnectionResetError|Max retries exceeded",
        "The package index cannot be reached; check the internet connection, then install again.",
    ),
    (
        r"No matching distribution found for (?P<what>[^\s;]+)",
        "The package index has no {what} for this computer and its Python; another Python or torch build may be needed.",
    ),
    (r"Permission denied|\[Errno 13\]|\[WinError 5\]", "The engine's folder cannot be written; choose another folder."),
    (r"Killed|MemoryError", "There was not enough memory to install; close other programs, then install again."),
    (
        r"Failed building wheel|Microsoft Visual C\+\+|error: command .* failed|subprocess-exited-with-error",
        "A package could not be built on this computer; see the installation's log.",
    ),
)  # fmt: skip


class EnvironmentProblem(RuntimeError):
    """The environment cannot be made, repaired or removed; the text is one sentence for the artist."""


@dataclass(frozen=True)
class Hooks:
    """Who wants to know, and who may stop it."""

    say: Callable[[str], None]
    progress: Callable[[float, str], None]
    cancelled: Callable[[], bool]

    def tell(self, fraction: float, stage: str) -> None:
        """Raises EnvironmentProblem when the artist has cancelled."""
        if self.cancelled():
            raise EnvironmentProblem("The installation was cancelled.")
        self.progress(fraction, stage)

    def log(self, text: str) -> None:
        for line in text.splitlines():
            if line.strip():
                self.say(line.rstrip())


@dataclass
class _Gauge:
    """How far pip is, read off its lines. Sizes come one file at a time, so the share of files leads."""

    expected_files: int
    files: int = 0
    share: float = 0.0
    stage: str = "Asking the package index"
    installing: bool = False

    def read(self, line: str) -> bool:
        """Take in a line; whether it belongs in the log."""
        if match := re.match(r"Progress (\d+) of (\d+)", line):
            self.share = int(match[1]) / max(int(match[2]), 1)
            return False
        if match := re.match(r"\s*(?:Downloading|Using cached) (\S+?)(?: \((.+)\))?$", line):
            if not match[1].endswith(".metadata"):
                self.files, self.share = self.files + 1, 0.0
                name = match[1].rsplit("/", 1)[-1].split("-")[0]
                self.stage = f"Downloading {name}" + (f" ({match[2]})" if match[2] else "")
        elif line.startswith("Installing collected packages"):
            self.installing, self.stage = True, "Unpacking"
        return True

    def fraction(self) -> float:
        if self.installing:
            return _FRACTIONS[1]
        done = max(self.files - 1, 0) + self.share
        # Nobody knows how many files there will be, so it nears its end and never stands there too early.
        return _FRACTIONS[0] + (_FRACTIONS[1] - _FRACTIONS[0]) * done / (done + max(self.expected_files - done, 3.0))


def run_pip(python: Path, commands: Sequence[Sequence[str]], hooks: Hooks, requirements: Sequence[str]) -> None:
    """Run pip's command lines one after the other. Raises EnvironmentProblem: failed, or cancelled (pip is ended)."""
    # Each of our requirements brings about two of its own; CUDA's come on top and only slow the bar.
    gauge = _Gauge(expected_files=3 * len(requirements))
    for arguments in commands:
        _run([str(python), "-I", "-m", "pip", arguments[0], *_RETRIES, *arguments[1:]], gauge, hooks)
    hooks.tell(_FRACTIONS[2], "Unpacked")


def _run(command: list[str], gauge: _Gauge, hooks: Hooks) -> None:
    hooks.say("$ " + " ".join(command[3:]))
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=environment,
            **own_group(),
        )
    except OSError as error:
        raise EnvironmentProblem(f"pip cannot be run ({error.strerror or error}).") from error
    lines: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(process, lines), name="pip", daemon=True).start()
    said: list[str] = []
    try:
        while True:
            hooks.tell(gauge.fraction(), gauge.stage)
            try:
                line = lines.get(timeout=0.2)
            except queue.Empty:
                continue
            if line is None:
                break
            if gauge.read(line):
                said.append(line)
                hooks.log(line)
        code = process.wait()
    finally:
        _end(process)
    if code:
        raise EnvironmentProblem(explain("\n".join(said[-200:]), code))


def explain(output: str, code: int) -> str:
    """One sentence for what pip said before it failed."""
    for pattern, sentence in _SENTENCES:
        if match := re.search(pattern, output):
            return sentence.format(**match.groupdict())
    errors = [line for line in output.splitlines() if line.startswith("ERROR:")]
    last = errors[-1][6:].strip()[:200] if errors else f"exit code {code}"
    return f"The packages could not be installed ({last}); see the installation's log."


def own_group() -> dict[str, Any]:
    """Options for a child process that can be ended with all it has started, and shows no window."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def no_window() -> dict[str, Any]:
    """Options for a short child process that shows no window."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW}
    return {}


def _read(process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line.rstrip())
    lines.put(None)


def _end(process: subprocess.Popen[str]) -> None:
    """End pip and what it started, if it still runs."""
    if process.poll() is None:
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10.0)
    if process.stdout is not None:
        process.stdout.close()
