"""The worker: one process, one job.

It loads what jobs need, says that it is ready, waits for a job on its standard input, and tells what happens in JSON
lines on what was its standard output. While the job runs, standard output and error go into the job's log.txt, so that
libraries may print as they like. When the standard input closes, its engine is gone, and it ends.

In:  {"type": "job", "id", "folder", "request", "preview"}   {"type": "cancel"}
Out: ready{info} warm progress{fraction, stage} preview{number} log{text} checkpoint heartbeat
     and last one of: done  cancelled  failed{error, mend}  unable{error, mend}
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import queue
import runpy
import sys
import threading
import time
import traceback
from importlib import metadata
from pathlib import Path
from typing import Any

from ... import __version__
from ..methods.base import Cancelled, JobError, Method
from ..protocol import EngineInfo, JobRequest, Mend
from .failures import explain
from .inventory import EMBEDDED, FoundPrior, find_priors
from .locks import FileLock

HEARTBEAT_S = 1.0
LOCK_FILE = "worker.lock"
_LOCK_TIMEOUT_S = 20.0


class Line:
    """The two pipes to the engine."""

    def __init__(self) -> None:
        # A descriptor of our own for messages; what libraries print goes to the engine's log until a job has its own.
        self._out = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)
        self._lock = threading.Lock()
        self.jobs: queue.Queue[dict[str, Any]] = queue.Queue()
        self.cancelled = threading.Event()
        threading.Thread(target=self._read, name="orders", daemon=True).start()

    def send(self, message: dict[str, Any]) -> None:
        line = json.dumps(message, allow_nan=False).encode() + b"\n"
        try:
            with self._lock:
                self._out.write(line)
                self._out.flush()
        except OSError:
            os._exit(1)  # nobody listens any more

    def _read(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            for line in sys.stdin.buffer:
                message = json.loads(line)
                if message["type"] == "job":
                    self.jobs.put(message)
                elif message["type"] == "cancel":
                    self.cancelled.set()
        os._exit(0)  # the engine is gone or has no work for us


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--model", action="append", default=[], type=Path)
    parser.add_argument("--methods", default="")
    options = parser.parse_args(arguments)
    if hasattr(os, "nice"):
        os.nice(5)  # Blender's window comes first
    line = Line()
    try:
        methods = load_methods(options.methods)
        priors = find_priors(options.model)
        device, label = find_device(options.device)
        info = EngineInfo(
            __version__,
            device=label,
            python=platform.python_version(),
            torch=_version_of("torch"),
            priors=tuple(each.info for each in priors),
            methods=tuple(each.info() for each in methods),
        )
    except Exception as error:
        traceback.print_exc()
        sentence, mend = explain(error)
        line.send({"type": "unable", "error": sentence, "mend": mend.value})
        return 1
    line.send({"type": "ready", "info": info.to_json()})
    for method in methods:
        if method.warm is not None and line.jobs.empty():
            try:
                method.warm(device)
            except Exception:  # the job itself will fail on it, and say why to the artist
                traceback.print_exc()
    line.send({"type": "warm"})
    run_job(line, line.jobs.get(), methods, priors, device)
    return 0


def run_job(
    line: Line, order: dict[str, Any], methods: tuple[Method, ...], priors: tuple[FoundPrior, ...], device: str
) -> None:
    """Run one job to its end and say how it ended."""
    from ..methods.context import JobContext

    folder = Path(order["folder"])
    _log_to(folder / "log.txt")
    threading.Thread(target=_beat, args=(line,), name="heartbeat", daemon=True).start()
    lock = FileLock(folder / LOCK_FILE)
    try:
        # A worker that a dead engine left behind may take a moment to notice.
        if not lock.acquire(_LOCK_TIMEOUT_S):
            raise JobError("The job is still running in another process; try again in a minute.", Mend.SAME_AGAIN)
        request = JobRequest.from_json(order["request"])
        method = _method(methods, request.method)
        context = JobContext(
            folder=folder,
            device=device,
            seed=request.seed,
            priors={each.info.name: each.path for each in priors},
            emit=line.send,
            cancelled=line.cancelled,
            preview_number=int(order.get("preview", 0)),
        )
        _check_prior(request, context.priors)
        method.run(request, method.parameters(request), context)
        if not (folder / "asset.glb").is_file():
            raise RuntimeError(f"the method {method.name} left no asset.glb")
        end: dict[str, Any] = {"type": "done"}
    except Cancelled:
        end = {"type": "cancelled"}
    except Exception as error:
        traceback.print_exc()
        sentence, mend = explain(error)
        end = {"type": "failed", "error": sentence, "mend": mend.value}
    finally:
        lock.release()
    sys.stdout.flush()
    sys.stderr.flush()
    line.send(end)


def load_methods(source: str) -> tuple[Method, ...]:
    """Ours, or those that the Python file `source` defines as METHODS."""
    if source:
        return tuple(runpy.run_path(source)["METHODS"])
    from .. import methods

    return methods.METHODS


def find_device(wanted: str) -> tuple[str, str]:
    """Torch's name of the device ("cpu", "cuda", "mps") and the one for people.

    Raises JobError when the wanted one is not there.
    """
    if wanted == "cpu":
        return "cpu", "CPU"
    import torch

    if wanted in ("auto", "cuda") and torch.cuda.is_available():
        return "cuda", torch.cuda.get_device_name()
    if wanted == "mps" and torch.backends.mps.is_available():
        return "mps", "Apple GPU"
    if wanted == "auto":
        return "cpu", "CPU"
    raise JobError(f"This machine has no device {wanted!r} that torch can use; choose CPU.", Mend.REPAIR_ENGINE)


def _method(methods: tuple[Method, ...], name: str) -> Method:
    for each in methods:
        if each.name == name:
            return each
    raise JobError(f"This engine has no method {name!r}; choose another.", Mend.CHANGE_PARAMETERS)


def _check_prior(request: JobRequest, priors: Any) -> None:
    if request.prior and request.prior not in priors:
        known = ", ".join(priors) or "none"
        sentence = f"The prior {request.prior!r} is not at hand any more; there are: {known}."
        raise JobError(sentence, Mend.CHANGE_PARAMETERS if request.prior == EMBEDDED else Mend.ADD_WEIGHTS)


def _version_of(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _log_to(path: Path) -> None:
    """Send this process's standard output and error, C libraries' included, to the end of a file."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)


def _beat(line: Line) -> None:
    while True:
        time.sleep(HEARTBEAT_S)
        line.send({"type": "heartbeat"})


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # at once: everything is written, and a thread still sits in a read
