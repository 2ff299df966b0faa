"""Starts, finds and stops the engine's server process. Standard library only, since Blender imports it.

The server outlives whoever started it. What joins the two is a data folder: the server writes there where it listens
(server.json) and what opens it (token, readable by its owner alone).
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import __version__
from .client import Client, EngineError
from .protocol import PROTOCOL, Mend, Readiness

STATE_FILE = "server.json"
TOKEN_FILE = "token"
LOG_FILE = "server.log"
EXIT_PORT_TAKEN, EXIT_RUNNING, EXIT_DATA = 13, 14, 15  # 3 is uvicorn's own
_MAX_LOG_BYTES = 4 * 1024 * 1024

Say = Callable[[str], None]

# Servers that this process started: on POSIX they stay zombies until they are waited for.
_children: dict[int, subprocess.Popen[bytes]] = {}


class LaunchError(RuntimeError):
    """The engine cannot be started or stopped: one sentence for the artist. mend: what would help."""

    def __init__(self, sentence: str, mend: Mend = Mend.SHOW_LOG):
        super().__init__(sentence)
        self.mend = mend


@dataclass(frozen=True)
class Endpoint:
    """A running engine of this machine."""

    url: str
    token: str
    pid: int
    version: str
    protocol: int = PROTOCOL

    def client(self, timeout_s: float = 10.0) -> Client:
        return Client(self.url, self.token, timeout_s)


def _quiet(line: str) -> None:
    """Where lines go when nobody reads them."""


def find(data: Path, timeout_s: float = 2.0) -> Endpoint | None:
    """The engine that runs on this data folder and answers; None when there is none."""
    endpoint = _endpoint(data)
    if endpoint is None:
        return None
    try:
        health = endpoint.client(timeout_s).health()
    except EngineError as error:
        # An answer, though a refusal, of another version's engine; silence and strangers are nobody.
        return endpoint if error.status == 502 and _alive(endpoint.pid) else None
    return endpoint if health.pid == endpoint.pid else None


def start(
    python: Path,
    data: Path,
    *,
    port: int | None = None,
    host: str = "127.0.0.1",
    device: str = "auto",
    models: Sequence[Path] = (),
    extra: Sequence[str] = (),
    timeout_s: float = 120.0,
    say: Say = _quiet,
    cancelled: Callable[[], bool] = lambda: False,
) -> Endpoint:
    """The engine on this data folder, ready for jobs: the one that runs, or a new one.

    python: the engine's interpreter (EnvironmentState.python). port: None = the usual one, or a free one when that is
    taken; a port that is given is used or refused. extra: further arguments of the server. An engine of another version
    is replaced; its jobs go on in the new one. Raises LaunchError with a sentence.
    """
    endpoint = find(data)
    if endpoint is not None and (endpoint.version != __version__ or endpoint.protocol != PROTOCOL):
        say(f"Replacing the engine of version {endpoint.version}")
        stop(data)
        endpoint = None
    ends = time.monotonic() + timeout_s
    if endpoint is None:
        say("Starting the engine")
        arguments = ["--data", str(data), "--host", host, "--device", device]
        arguments += ["--port", str(port)] if port is not None else []
        arguments += [part for model in models for part in ("--model", str(model))]
        endpoint = _started(_spawn(python, data, [*arguments, *extra]), data, ends, cancelled)
    say("Loading")
    return _ready(endpoint, data, ends, cancelled)


def stop(data: Path, timeout_s: float = 15.0) -> bool:
    """End the engine of this data folder; whether there was one. Running jobs go on when it is started again.

    Raises LaunchError when it does not end.
    """
    endpoint = find(data)
    if endpoint is None:
        return False
    try:
        endpoint.client().shutdown()
    except EngineError as error:
        raise LaunchError(f"The engine could not be asked to end: {error}") from error
    ends = time.monotonic() + timeout_s
    while _alive(endpoint.pid):
        if time.monotonic() > ends:
            raise LaunchError(f"The engine (process {endpoint.pid}) does not end; end it by hand.")
        time.sleep(0.05)
    return True


def log_file(data: Path) -> Path:
    return data / LOG_FILE


def _endpoint(data: Path) -> Endpoint | None:
    try:
        state: dict[str, Any] = json.loads((data / STATE_FILE).read_text("utf-8"))
        token = (data / TOKEN_FILE).read_text("ascii").strip()
        host = str(state["host"])
        # An engine that listens everywhere is found on the loopback address.
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        url = f"http://{f'[{host}]' if ':' in host else host}:{int(state['port'])}"
        return Endpoint(url, token, int(state["pid"]), str(state["version"]), int(state["protocol"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None  # not written yet, or left half-way by a crash: nobody is there to be found


def _spawn(python: Path, data: Path, arguments: list[str]) -> subprocess.Popen[bytes]:
    bootstrap = Path(__file__).resolve().parent / "bootstrap.py"
    command = [str(python), "-I", "-X", "utf8", str(bootstrap), "dreamgrove.engine.server", *arguments]
    if not Path(python).exists():
        raise LaunchError("The engine is not installed; install it in the preferences.", Mend.REPAIR_ENGINE)
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        log = data / LOG_FILE
        if log.exists() and log.stat().st_size > _MAX_LOG_BYTES:
            os.replace(log, log.with_suffix(".old.log"))
        with open(log, "ab") as output:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=data, **_detached()
            )
    except OSError as error:
        raise LaunchError(f"The engine cannot be started ({error.strerror or error}).") from error
    _children[process.pid] = process
    return process


def _detached() -> dict[str, Any]:
    """What lets a process live on when ours ends, terminal and job control included."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _started(process: subprocess.Popen[bytes], data: Path, ends: float, cancelled: Callable[[], bool]) -> Endpoint:
    """Wait until the new process answers."""
    while True:
        code = process.poll()
        endpoint = find(data)
        if endpoint is not None and (endpoint.pid == process.pid or code == EXIT_RUNNING):
            return endpoint
        if code is not None and code != EXIT_RUNNING:
            sentence = f"The engine ended at its start (exit code {code}); see its log in {data / LOG_FILE}."
            if code in (EXIT_PORT_TAKEN, EXIT_DATA):
                sentence = _last_words(data) or sentence
            raise LaunchError(sentence, Mend.NONE if code == EXIT_PORT_TAKEN else Mend.REPAIR_ENGINE)
        _check_time(ends, data, cancelled, process)


def _ready(endpoint: Endpoint, data: Path, ends: float, cancelled: Callable[[], bool]) -> Endpoint:
    """Wait until the engine's first worker has loaded."""
    while True:
        try:
            health = endpoint.client().health()
        except EngineError as error:
            raise LaunchError(f"The engine ended while loading: {error}", error.mend) from error
        if health.readiness is Readiness.READY:
            return endpoint
        if health.readiness is Readiness.BROKEN:
            raise LaunchError(health.problem, health.mend)
        _check_time(ends, data, cancelled, None)


def _check_time(
    ends: float, data: Path, cancelled: Callable[[], bool], process: subprocess.Popen[bytes] | None
) -> None:
    late = time.monotonic() > ends
    if late or cancelled():
        if process is not None:
            process.kill()
            process.wait(5.0)
        reason = f"The engine did not start in time; see its log in {data / LOG_FILE}." if late else "Cancelled."
        raise LaunchError(reason)
    time.sleep(0.1)


def _last_words(data: Path) -> str:
    with contextlib.suppress(OSError):
        lines = (data / LOG_FILE).read_text("utf-8", "replace").strip().splitlines()
        return lines[-1].strip()[:500] if lines else ""
    return ""


def _alive(pid: int) -> bool:
    child = _children.get(pid)
    if child is not None:
        return child.poll() is None
    if sys.platform == "win32":
        listing = subprocess.run(
            ["tasklist", "/FI", f"PID eq {pid}", "/NH"], capture_output=True, creationflags=subprocess.CREATE_NO_WINDOW
        )
        return str(pid).encode() in listing.stdout
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
