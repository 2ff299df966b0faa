"""`blender --background [FILE] --command dreamgrove ...`: the same work as the sidebar, for scripts and farms.

Exit codes: 0 done; 1 the job failed; 2 the words or arguments are wrong; 3 no engine; 130 stopped.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..engine import environment, launcher
from ..engine.client import EngineError
from ..engine.protocol import JobRequest, JobState, JobStatus, Mend, ProtocolError
from ..engine.words import NotUnderstoodError, understand
from .engine_access import NoEngine, connect, find
from .importing import ImportProblem
from .scripting import JobFailed, fetch, finished, follow
from .settings import METHOD, settings
from .terminal import DONE, FAILED, NO_ENGINE, STOPPED, WRONG, Teller


def main(argv: Sequence[str]) -> int:
    """Run a command; the exit code. Nothing is raised at people."""
    parser = _parser()
    try:
        arguments = parser.parse_args(list(argv))
    except SystemExit as stop:  # argparse has said what is wrong
        return int(stop.code or 0)
    teller = Teller(arguments.quiet, arguments.json)
    try:
        return int(arguments.run(arguments, teller))
    except NoEngine as error:
        teller.error(str(error), error.mend)
        return NO_ENGINE
    except (NotUnderstoodError, ProtocolError) as error:
        teller.error(str(error), Mend.CHANGE_PROMPT)
        return WRONG
    except EngineError as error:
        teller.error(str(error), error.mend)
        return WRONG if 400 <= error.status < 500 else FAILED
    except JobFailed as error:
        teller.error(str(error), error.status.mend)
        return FAILED
    except (ImportProblem, environment.EnvironmentProblem) as error:
        teller.error(str(error))
        return FAILED
    except OSError as error:
        where = f"{error.filename} cannot be used ({error.strerror or error}); choose another place"
        teller.error(where if error.filename else error.strerror or str(error))
        return FAILED
    except KeyboardInterrupt:
        teller.error("Stopped")
        return STOPPED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dreamgrove", description="3D assets from words.")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--quiet", action="store_true", help="say nothing but errors")
    common.add_argument("--json", action="store_true", help="one JSON object a line, for programs")
    commands = parser.add_subparsers(dest="command", required=True)

    each = commands.add_parser("generate", parents=[common], help="words to an asset")
    each.add_argument("prompt")
    each.add_argument("--preset", default="standard", help="draft, standard, fine, scratch or paper")
    each.add_argument("--seed", type=int, default=0)
    each.add_argument("--size", type=float, help="longest side in metres (default: as the words imply)")
    each.add_argument("--prior", default="", help="name of a model folder set in the preferences")
    each.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the method")
    each.add_argument("--output", type=Path, required=True, help="folder for the bundle and asset.blend")
    each.add_argument(
        "--stop-engine", action="store_true", help="stop the engine afterwards, if it was started for this"
    )
    each.set_defaults(run=generate)

    each = commands.add_parser("export", parents=[common], help="fetch a finished job's files")
    each.add_argument("job")
    each.add_argument("--output", type=Path, required=True)
    each.set_defaults(run=export)

    each = commands.add_parser("jobs", parents=[common], help="list the engine's jobs")
    each.set_defaults(run=jobs)

    each = commands.add_parser("engine", parents=[common], help="the engine itself")
    each.add_argument("action", choices=("status", "start", "stop", "install", "remove"))
    each.set_defaults(run=engine)

    for module in _command_modules():
        module.add_to(commands, common)
    return parser


def _command_modules() -> tuple[Any, ...]:
    """Imported when a command runs: scenes, erosion and ground truth are much code, and the add-on's start does not wait for it."""
    from . import (
        dataset_command,
        flight_command,
        grow_command,
        land_command,
        scene_command,
        transpile_command,
        truth_command,
    )  # fmt: skip

    return (
        transpile_command, grow_command, land_command, scene_command, flight_command, truth_command, dataset_command,
    )  # fmt: skip


def generate(arguments: argparse.Namespace, teller: Teller) -> int:
    request = JobRequest(
        method=METHOD, prompt=arguments.prompt, preset=arguments.preset, seed=arguments.seed, size_m=arguments.size,
        params=_params(arguments.set), prior=arguments.prior,
    )  # fmt: skip
    if not request.prior:
        teller.say(understand(request.prompt).sentence())
    here = settings()
    running = find(here) is not None
    client = connect(here, teller.say)
    try:
        status = finished(follow(client, client.submit(request).id, teller.progress))
        folder = fetch(client, status, arguments.output)
    finally:
        if arguments.stop_engine and not running and not here.remote:
            launcher.stop(here.data)
    teller.result(f"Made in {_took(status)}: {folder}", output=str(folder), job=status.id, seconds=_seconds(status))
    return DONE


def export(arguments: argparse.Namespace, teller: Teller) -> int:
    client = connect(settings(), teller.say)
    status = client.job(arguments.job)
    if status.state is not JobState.DONE:
        teller.error(f"The job is {status.state}; only a finished one can be exported")
        return FAILED
    folder = fetch(client, status, arguments.output)
    teller.result(str(folder), output=str(folder), job=status.id)
    return DONE


def jobs(arguments: argparse.Namespace, teller: Teller) -> int:
    client = connect(settings(), teller.say)
    for status in client.jobs():
        text = f"{status.id}  {status.state:<9}  {status.fraction:4.0%}  {status.request.prompt[:60]}"
        teller.result(text, **status.to_json())
    return DONE


def engine(arguments: argparse.Namespace, teller: Teller) -> int:
    here = settings()
    if arguments.action == "install":
        wanted = environment.Wanted(extras=here.extras)
        teller.say(environment.plan(wanted).sentence())
        state = environment.install(here.engine, wanted, say=teller.say)
        teller.result(f"Installed in {state.folder}", folder=str(state.folder), status=str(state.status))
        return DONE
    if arguments.action == "remove":
        launcher.stop(here.data)
        environment.remove(here.engine)
        teller.result("Removed", folder=str(here.engine))
        return DONE
    if arguments.action == "stop":
        stopped = launcher.stop(here.data)
        teller.result("Stopped" if stopped else "No engine was running", stopped=stopped)
        return DONE
    client = connect(here, teller.say) if arguments.action == "start" else find(here)
    if client is None:
        state = environment.check(here.engine)
        teller.result(
            "Not running" if state.ready else (state.problem or "Not installed"), running=False, installed=state.ready
        )
        return DONE if state.ready else NO_ENGINE
    info = client.info()
    teller.result(f"Ready: {info.device}, {client.url}", running=True, installed=True, url=client.url, **info.to_json())
    return DONE


def _params(pairs: Sequence[str]) -> dict[str, Any]:
    """NAME=VALUE pairs; values as JSON where they are, else as text. Raises ProtocolError."""
    found: dict[str, Any] = {}
    for pair in pairs:
        name, separator, text = pair.partition("=")
        if not separator or not name:
            raise ProtocolError(f"--set takes NAME=VALUE, not {pair!r}")
        try:
            found[name] = json.loads(text)
        except ValueError:
            found[name] = text
    return found


def _seconds(status: JobStatus) -> float:
    return round((status.finished_s or time.time()) - (status.started_s or status.created_s), 2)


def _took(status: JobStatus) -> str:
    seconds = _seconds(status)
    return f"{seconds:.1f} s" if seconds < 90 else f"{int(seconds) // 60}:{int(seconds) % 60:02d} min"
