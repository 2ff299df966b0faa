"""The engine's server process.

    python -I engine/bootstrap.py dreamgrove.engine.server --data DIR

Exit codes: 0 ended as asked, 2 wrong arguments, 13 the port is taken, 14 an engine already runs on this data folder,
15 the data folder cannot be used, 3 anything else at the start. The last line on standard error is the sentence for the artist.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import secrets
import socket
import sys
import time
from pathlib import Path

import uvicorn

from ... import __version__
from ..environment import kernels_folder
from ..executors.base import Executor, ExecutorError, WorkerSpec
from ..files import written_aside
from ..launcher import EXIT_DATA, EXIT_PORT_TAKEN, EXIT_RUNNING, STATE_FILE, TOKEN_FILE
from ..protocol import DEFAULT_PORT, PROTOCOL
from .app import create_app
from .guard import LOOPBACK_NAMES, Guard
from .locks import FileLock
from .supervisor import Supervisor


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    data: Path = options.data.resolve()
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(data / "server.lock")
        alone = lock.acquire(timeout_s=2.0)
    except OSError as error:
        return _end(EXIT_DATA, f"The engine cannot use the folder {data} ({error.strerror or error}); choose another.")
    if not alone:
        return _end(EXIT_RUNNING, f"An engine is already running on {data}.")
    try:
        listener = _listen(options.host, options.port)
    except OSError as error:
        wanted = options.port if options.port is not None else DEFAULT_PORT
        return _end(
            EXIT_PORT_TAKEN,
            f"The engine cannot listen on {options.host}:{wanted} ({error.strerror or error}); "
            "another program may use that port: choose another one, or none to have a free one found.",
        )
    try:
        executor = _executor(options)
        token = read_or_make_token(data / TOKEN_FILE)
        spec = WorkerSpec(
            data=data,
            device=options.device,
            models=tuple(each.resolve() for each in options.model),
            methods=str(options.methods.resolve()) if options.methods else "",
            environment={"NUMBA_CACHE_DIR": str(kernels_folder(Path(sys.prefix), data))},
        )
        supervisor = Supervisor(
            data, executor, spec, version=__version__, parallel=options.parallel, spare=not options.no_spare
        )
        _write_state(data / STATE_FILE, options.host, listener.getsockname()[1])
    except (OSError, ExecutorError, ValueError) as error:
        listener.close()
        return _end(EXIT_DATA, f"The engine cannot start: {error}")

    server: uvicorn.Server

    def stop() -> None:
        server.should_exit = True
        supervisor.events.close()  # or open streams would keep the server from ending

    app = Guard(create_app(supervisor, stop), token, {*LOOPBACK_NAMES, options.host, *options.allow_host})
    config = uvicorn.Config(
        app, lifespan="on", log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=2
    )
    server = uvicorn.Server(config)
    try:
        server.run(sockets=[listener])
    finally:
        with contextlib.suppress(OSError):
            (data / STATE_FILE).unlink()
        lock.release()
    return 0


def read_or_make_token(path: Path) -> str:
    """The token in a file that its owner alone can read. Raises ValueError when others could have read or written it."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        status = path.stat()
        if os.name == "posix" and (status.st_mode & 0o077 or status.st_uid != os.getuid()):
            raise ValueError(f"others may read the token in {path}; delete that file, and a new one is made.") from None
        token = path.read_text("ascii").strip()
        if not re.fullmatch(r"[A-Za-z0-9_-]{32,128}", token):
            raise ValueError(f"the token in {path} is not one; delete that file, and a new one is made.") from None
        return token
    token = secrets.token_urlsafe(32)
    with os.fdopen(descriptor, "w") as file:
        file.write(token + "\n")
    return token


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dreamgrove engine", description="Dreamgrove's engine: makes assets for Blender"
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of jobs, token and log")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine alone)")
    parser.add_argument("--port", type=int, help=f"port to listen on (default: {DEFAULT_PORT}, or a free one)")
    parser.add_argument("--allow-host", action="append", default=[], help="a further name the engine is addressed by")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda", "mps"))
    parser.add_argument(
        "--model", action="append", default=[], type=Path, help="folder of a diffusers pipeline, or of several"
    )
    parser.add_argument("--parallel", type=int, default=1, help="jobs at a time")
    parser.add_argument("--no-spare", action="store_true", help="keep no loaded worker waiting (saves memory)")
    parser.add_argument("--executor", default="local", choices=("local", "ray"))
    parser.add_argument("--ray-address", default="", help="a Ray cluster's address (default: Ray's own choice)")
    parser.add_argument("--methods", type=Path, help="a Python file that defines METHODS, in place of ours")
    return parser


def _executor(options: argparse.Namespace) -> Executor:
    if options.executor == "ray":
        from ..executors.ray import RayExecutor

        return RayExecutor(options.ray_address)
    from ..executors.local import LocalExecutor

    return LocalExecutor()


def _listen(host: str, port: int | None) -> socket.socket:
    """A bound socket: the wanted port or none; without a wish the default one, or any that is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for candidate in (port,) if port is not None else (DEFAULT_PORT, 0):
        listener = socket.socket(family, socket.SOCK_STREAM)
        # On Windows SO_REUSEADDR would let two programs share a port.
        if sys.platform == "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(128)
        except (OSError, OverflowError) as error:
            listener.close()
            failure = error if isinstance(error, OSError) else OSError(0, "a port is a number from 0 to 65535")
            continue
        return listener
    raise failure


def _write_state(path: Path, host: str, port: int) -> None:
    """Tell launchers where the engine is; whole or not at all."""
    state = {
        "host": host,
        "port": port,
        "pid": os.getpid(),
        "version": __version__,
        "protocol": PROTOCOL,
        "started_s": time.time(),
    }
    with written_aside(path, 0o600) as aside:
        aside.write_text(json.dumps(state), "utf-8")


def _end(code: int, sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
