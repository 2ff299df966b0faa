"""The engine's own Python: a virtual environment in a folder of its own, never Blender's. Standard library only.

    wanted = Wanted()
    print(plan(wanted).sentence())                      # said before anything is downloaded
    state = install(folder, wanted, say=print)          # blocks for minutes: call it from a thread

The environment is built beside its place (FOLDER.partial) and moved there when it works, so that what stands in the
folder is always whole. Whoever needs another torch (another CUDA, no CUDA) overrides `Wanted.torch` or `Wanted.index_url`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from .files import written_aside
from .installer import EnvironmentProblem, Hooks, no_window, run_pip
from .requirements import CPU_INDEX, REQUIREMENTS, Plan, Wanted, plan, size_text, suggested_index

__all__ = [
    "CPU_INDEX",
    "EnvironmentProblem",
    "EnvironmentState",
    "Plan",
    "Status",
    "Wanted",
    "check",
    "find_python",
    "install",
    "plan",
    "python_of",
    "remove",
    "repair",
    "suggested_index",
]

# PyMCubes has no wheels for Python 3.13 and later.
OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 12)
MARKER = "dreamgrove-engine.json"
KERNELS = "kernels"  # numba's cache: machine code of this computer, for these packages
# Older ones cannot report progress in a form for programs.
_PIP = "pip>=24.1"


class Status(StrEnum):
    MISSING = "missing"
    READY = "ready"
    OUTDATED = "outdated"
    BROKEN = "broken"


@dataclass(frozen=True)
class EnvironmentState:
    """What is in a folder. python: the engine's interpreter, None unless READY or OUTDATED. problem: one sentence."""

    status: Status
    folder: Path
    python: Path | None = None
    versions: dict[str, str] = field(default_factory=dict)
    problem: str = ""
    size_bytes: int = 0

    @property
    def ready(self) -> bool:
        return self.status is Status.READY


def check(folder: Path, wanted: Wanted | None = None, deep: bool = False) -> EnvironmentState:
    """What is in `folder`: quick, from its marker. deep: also start its Python and import everything (seconds)."""
    if not folder.exists():
        return EnvironmentState(Status.MISSING, folder)
    try:
        marker = json.loads((folder / MARKER).read_text("utf-8"))
        requirements, versions = tuple(marker["requirements"]), dict(marker["versions"])
        modules, size = tuple(marker["modules"]), int(marker["size_bytes"])
    except (OSError, ValueError, KeyError, TypeError):
        return _broken(folder, "The engine's environment is incomplete; repair it.")
    python = python_of(folder)
    if not python.exists() or not _home(folder).exists():
        return _broken(folder, "The Python that the engine was made with is gone; repair the engine.")
    if deep:
        try:
            versions = _versions(python, modules)
        except EnvironmentProblem as error:
            return _broken(folder, f"{error} Repair the engine.")
    if requirements != (wanted or Wanted()).requirements() and (wanted is not None or not _covers(requirements)):
        sentence = "The engine's packages are of another version than this add-on needs; repair the engine."
        return EnvironmentState(Status.OUTDATED, folder, python, versions, sentence, size)
    return EnvironmentState(Status.READY, folder, python, versions, "", size)


def install(
    folder: Path,
    wanted: Wanted | None = None,
    *,
    python: Path | None = None,
    say: Callable[[str], None] = lambda line: None,
    progress: Callable[[float, str], None] = lambda fraction, stage: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> EnvironmentState:
    """Make the environment, in place of what is in `folder`; what was there stays until the new one works.

    python: what to make it with, None = the best found. say: takes each line of the log. Raises EnvironmentProblem with
    one sentence, also when cancelled; the folder is then as it was before.
    """
    wanted = wanted or Wanted()
    folder = folder.absolute()
    _check_ours(folder)
    hooks = Hooks(say, progress, cancelled)
    partial = folder.with_name(folder.name + ".partial")
    hooks.tell(0.0, "Looking for Python")
    base = _usable(python) if python else find_python()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _rmtree(partial)
        _check_space(folder.parent, plan(wanted), wanted)
        hooks.tell(0.02, "Making the environment")
        _make_venv(base, partial, hooks)
        run_pip(python_of(partial), _pip_arguments(python_of(partial), wanted), hooks, wanted.requirements())
        hooks.tell(0.94, "Trying it out")
        versions = _versions(python_of(partial), wanted.modules())
        if "numba" in wanted.modules():
            hooks.tell(0.96, "Compiling for this computer")
            _compile(partial)
        _settle(partial, folder)
        marker = {
            "requirements": wanted.requirements(),
            "modules": wanted.modules(),
            "versions": versions,
            "size_bytes": sum(each.lstat().st_size for each in partial.rglob("*")),
            "made_s": time.time(),
        }
        _write(partial / MARKER, json.dumps(marker, indent=1))
        _swap(partial, folder)
    except OSError as error:
        raise EnvironmentProblem(_disk_sentence(error, folder)) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    hooks.tell(1.0, "Installed")
    return check(folder, wanted)


def repair(folder: Path, wanted: Wanted | None = None, **options: Any) -> EnvironmentState:
    """Make the environment anew; takes what `install` takes. pip's cache saves most of the download."""
    return install(folder, wanted, **options)


def remove(folder: Path) -> None:
    """Remove the environment. Raises EnvironmentProblem when the folder holds something else, or is in use."""
    folder = folder.absolute()
    _check_ours(folder)
    old = folder.with_name(folder.name + ".removed")
    try:
        _rmtree(folder.with_name(folder.name + ".partial"))
        _rmtree(old)
        if folder.exists():
            folder.rename(old)
        _rmtree(old)
    except OSError as error:
        raise EnvironmentProblem(_disk_sentence(error, folder)) from error


def python_of(folder: Path) -> Path:
    """The interpreter of a virtual environment."""
    return folder / "Scripts" / "python.exe" if sys.platform == "win32" else folder / "bin" / "python"


def find_python() -> Path:
    """A Python that can make the environment: ours (inside Blender: Blender's own), or one on the search path.

    Raises EnvironmentProblem saying what to install.
    """
    names = [f"python{OLDEST_PYTHON[0]}.{minor}" for minor in range(NEWEST_PYTHON[1], OLDEST_PYTHON[1] - 1, -1)]
    found = [shutil.which(name) for name in (*names, "python3", "python")]
    ours = sys.executable if Path(sys.executable or "").stem.lower().startswith("python") else ""
    problems = []
    for candidate in dict.fromkeys(each for each in (ours, getattr(sys, "_base_executable", ""), *found) if each):
        try:
            return _usable(Path(candidate))
        except EnvironmentProblem as error:
            problems.append(str(error))
    details = " ".join(problems[:2])
    raise EnvironmentProblem(f"The engine needs Python {_python_range()} to be installed. {details}".strip())


def _usable(python: Path) -> Path:
    """Raises EnvironmentProblem unless this Python can make an environment for the engine."""
    code = "import sys; print(*sys.version_info[:2]); import venv, ensurepip"
    try:
        done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, timeout=120, **no_window())
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentProblem(f"{python} cannot be run.") from error
    words = done.stdout.split()
    version = tuple(int(word) for word in words[:2] if word.isdecimal())
    if len(version) != 2 or not OLDEST_PYTHON <= version <= NEWEST_PYTHON:
        said = ".".join(words[:2]) or "of no known version"
        raise EnvironmentProblem(f"{python} is Python {said}, but the engine needs {_python_range()}.")
    if done.returncode:
        hint = f"; on Debian and Ubuntu: sudo apt install python{words[0]}.{words[1]}-venv"
        raise EnvironmentProblem(f"{python} lacks the venv module{hint if sys.platform.startswith('linux') else ''}.")
    return python


def _make_venv(base: Path, folder: Path, hooks: Hooks) -> None:
    try:
        done = subprocess.run(
            [base, "-I", "-m", "venv", "--prompt", "dreamgrove", str(folder)],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=300,
            **no_window(),
        )
    except subprocess.TimeoutExpired as error:
        raise EnvironmentProblem(f"{base} did not make an environment within five minutes.") from error
    hooks.log(done.stdout + done.stderr)
    if done.returncode or not python_of(folder).exists():
        last = (done.stdout + done.stderr).strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        if "no space left" in done.stderr.lower():
            raise EnvironmentProblem("The disk is full; free some space, then install again.")
        raise EnvironmentProblem(f"{base} could not make an environment ({last[0][:200]}); choose another Python.")


def _pip_arguments(python: Path, wanted: Wanted) -> list[list[str]]:
    """Pip's command lines, in order."""
    source = ["--no-index", "--find-links", str(wanted.wheels)] if wanted.wheels else []
    if wanted.index_url:
        source += ["--extra-index-url", wanted.index_url]
    done = subprocess.run([python, "-I", "-m", "pip", "--version"], capture_output=True, text=True, **no_window())
    words = done.stdout.split()
    version = tuple(int(part) for part in words[1].split(".")[:2] if part.isdecimal()) if len(words) > 1 else ()
    modern = version >= (24, 1)
    upgrade = [] if modern or wanted.wheels else [["install", "--upgrade", _PIP]]
    bar = ["--progress-bar", "off" if wanted.wheels and not modern else "raw"]
    return [*upgrade, ["install", "--prefer-binary", *bar, *source, *wanted.requirements()]]


def _versions(python: Path, modules: tuple[str, ...]) -> dict[str, str]:
    """Import every module in a process of its own; versions of all installed packages. Raises EnvironmentProblem."""
    code = (
        "import json, platform, importlib, sys\n"
        "from importlib import metadata\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "versions = {each.metadata['Name']: each.version for each in metadata.distributions()}\n"
        "print(json.dumps({**versions, 'python': platform.python_version()}))\n"
    )
    try:
        done = subprocess.run(
            [python, "-I", "-c", code, *modules], capture_output=True, text=True, timeout=300, **no_window()
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentProblem("The engine's Python does not run.") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1][:200]
        raise EnvironmentProblem(f"A package of the engine does not load ({last}).")
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def _compile(folder: Path) -> None:
    """Fill the cache of compiled kernels, so that the first job need not. Raises EnvironmentProblem when they do not compile."""
    bootstrap = Path(__file__).with_name("bootstrap.py")
    try:
        done = subprocess.run(
            [python_of(folder), "-I", bootstrap, "dreamgrove.engine.warm_up"],
            env={**os.environ, "NUMBA_CACHE_DIR": str(folder / KERNELS)},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=900,
            **no_window(),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EnvironmentProblem(
            "The engine's kernels were not compiled in time; try again on a quieter computer."
        ) from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1][:200]
        raise EnvironmentProblem(f"The engine's kernels do not compile on this computer ({last}).")


def kernels_folder(prefix: Path, data: Path) -> Path:
    """Where an engine keeps its compiled kernels: its environment's folder, or its data's if that cannot be written."""
    return prefix / KERNELS if os.access(prefix, os.W_OK) else data / KERNELS


def _settle(partial: Path, folder: Path) -> None:
    """Write the final folder's name into the scripts that have the partial one's (pip, activate ...)."""
    here, there = os.fsencode(partial), os.fsencode(folder)
    for path in [partial / "pyvenv.cfg", *python_of(partial).parent.iterdir()]:
        if path.is_file() and not path.is_symlink() and path.suffix != ".exe" and path.stat().st_size < 1_000_000:
            content = path.read_bytes()
            if here in content:
                path.write_bytes(content.replace(here, there))


def _swap(partial: Path, folder: Path) -> None:
    """Put the new environment in its place; the old one is back if that fails."""
    old = folder.with_name(folder.name + ".removed")
    _rmtree(old)
    if folder.exists():
        folder.rename(old)
    try:
        partial.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _check_ours(folder: Path) -> None:
    """Raises EnvironmentProblem when the folder holds something that is no engine environment."""
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).exists():
        raise EnvironmentProblem(f"{folder} holds something else; choose an empty folder for the engine.")
    if folder.exists() and not folder.is_dir():
        raise EnvironmentProblem(f"{folder} is a file; choose a folder for the engine.")


def _check_space(parent: Path, cost: Plan, wanted: Wanted) -> None:
    free = shutil.disk_usage(parent).free
    if wanted.base == REQUIREMENTS and free < cost.disk_bytes:
        raise EnvironmentProblem(
            f"The engine takes about {size_text(cost.disk_bytes)}, but only {size_text(free)} are free on the disk of {parent}; "
            "free some space or choose another folder."
        )


def _broken(folder: Path, sentence: str) -> EnvironmentState:
    return EnvironmentState(Status.BROKEN, folder, problem=sentence)


def _covers(requirements: tuple[str, ...]) -> bool:
    """Whether the packages that every engine needs are there; torch and extras are the user's choice."""
    return set(REQUIREMENTS) <= set(requirements) and any(each.startswith("torch") for each in requirements)


def _home(folder: Path) -> Path:
    """The folder of the Python that the environment was made with."""
    for line in (folder / "pyvenv.cfg").read_text("utf-8", "replace").splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "home":
            return Path(value.strip())
    return folder


def _disk_sentence(error: OSError, folder: Path) -> str:
    if error.errno == 28 or getattr(error, "winerror", 0) == 112:
        return "The disk is full; free some space, then install again."
    if sys.platform == "win32" and isinstance(error, PermissionError):
        return f"{folder} is in use or protected; stop the engine, then try again."
    return f"Cannot write {folder} ({error.strerror or error}); choose another folder for the engine."


def _rmtree(path: Path) -> None:
    if path.exists():
        shutil.rmtree(path)


def _write(path: Path, text: str) -> None:
    with written_aside(path) as aside:
        aside.write_text(text, "utf-8")


def _python_range() -> str:
    return " or ".join(f"{OLDEST_PYTHON[0]}.{minor}" for minor in range(OLDEST_PYTHON[1], NEWEST_PYTHON[1] + 1))
