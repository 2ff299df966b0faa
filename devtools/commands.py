"""What `python3 dev.py COMMAND` does. Each function returns an exit code; SetupError carries a sentence for the user."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .environments import (
    ENGINE_TOOLS,
    HOME,
    ROOT,
    WHEELS,
    BlenderHost,
    SetupError,
    blender_host,
    find_python,
    host_environment,
    mount,
    run,
    venv_python,
)

HOST = ROOT / "devtools" / "host.py"
CODE = (
    "__init__.py",
    "params.py",
    "land_params.py",
    "operators",
    "panels",
    "procedural",
    "engine",
    "devtools",
    "dev.py",
    "tests",
    "benchmarks",
)
TYPED = ("params.py", "land_params.py", "engine", "devtools", "dev.py")


def engine_python(tools: bool = False) -> Path:
    """The engine's environment, made by the very code behind the add-on's install button; with the checks' tools or not.

    Raises SetupError with what to do.
    """
    from . import engine_package

    environment = engine_package.load("environment")
    folder = HOME / "engine"
    python = find_python((3, 11)) or find_python((3, 12))
    # Tests exercise the big priors and Ray too; a newcomer's demo does not need them.
    # Once they are there they stay: changing between demo and test must not make the environment anew.
    with_extras = tools or (folder / "dreamgrove-tools.json").is_file()
    extras = frozenset({"diffusers", "training", "ray"}) if with_extras else frozenset()
    wanted = environment.Wanted(extras=extras)
    state = environment.check(folder, wanted)
    if not state.ready:
        try:
            wanted = environment.Wanted(extras=extras, index_url=_reachable(environment.suggested_index()))
            print(environment.plan(wanted).sentence(), flush=True)
            environment.install(folder, wanted, python=python, say=_say)
        except environment.EnvironmentProblem as error:
            raise SetupError(str(error)) from error
        mount(folder)
    interpreter = venv_python(folder)
    marker = folder / "dreamgrove-tools.json"
    if tools and (not marker.is_file() or json.loads(marker.read_text()) != list(ENGINE_TOOLS)):
        run([interpreter, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *ENGINE_TOOLS])
        mount(folder)
        marker.write_text(json.dumps(ENGINE_TOOLS))
    return interpreter


def _reachable(index: str) -> str:
    """The package index if it answers, else "": torch then comes from where all packages come from."""
    if index:
        try:
            urllib.request.urlopen(f"{index}/torch/", timeout=5.0).close()
        except OSError:
            return ""
    return index


def _say(line: str) -> None:
    print(line, flush=True)


def in_blender(host: BlenderHost, mode: str, arguments: Sequence[str]) -> int:
    """Run devtools/host.py in Blender's environment; its exit code."""
    environment = {**host_environment(), "DREAMGROVE_ENGINE": str(HOME / "engine")}
    if host.python is not None:
        command = [str(host.python), str(HOST), mode, *arguments]
    else:
        command = [str(host.blender), "--background", "--factory-startup", "--python-exit-code", "7"]
        command += ["--python", str(HOST), "--", mode, *arguments]
    return subprocess.run(command, env=environment).returncode


def demo(arguments: argparse.Namespace) -> int:
    """Words to a folder with an editable asset, on a machine with nothing but Python."""
    slug = re.sub(r"[^a-z0-9]+", "-", arguments.prompt.lower()).strip("-")[:60] or "asset"
    output = Path(arguments.output or ROOT / "out" / slug).resolve()
    host = blender_host()
    engine_python()
    command = ["generate", arguments.prompt, "--preset", arguments.preset, "--seed", str(arguments.seed)]
    code = in_blender(host, "command", [*command, "--output", str(output), "--stop-engine"])
    if code == 0:
        print(f"Your asset: {output}")
    return code


# What Blender does alone, without an engine.
ALONE = ("transpile", "grow", "list", "sheet", "materials", "assets", "scene", "truth", "dataset")


def command(arguments: argparse.Namespace) -> int:
    if not arguments.rest or arguments.rest[0] not in ALONE:
        engine_python()
    return in_blender(blender_host(), "command", arguments.rest)


def script(arguments: argparse.Namespace) -> int:
    return in_blender(blender_host(), "script", arguments.rest)


def prebuild(arguments: argparse.Namespace) -> int:
    """Node groups of families and materials into procedural/prebuilt, by the oldest Blender: newer ones read what it writes."""
    oldest = min(
        (wheel for wheels in WHEELS.values() for wheel in wheels), key=lambda v: [int(n) for n in v.split(".")]
    )
    return in_blender(blender_host(oldest), "script", [str(ROOT / "devtools" / "prebuild.py"), *arguments.rest])


def thumbnails(arguments: argparse.Namespace) -> int:
    """The sidebar's pictures of presets and materials that are missing, or those named."""
    return in_blender(blender_host(), "script", [str(ROOT / "devtools" / "thumbnails.py"), *arguments.rest])


LONGEST_TESTS = 40 * 60  # seconds in one Blender; a test that hangs must still be told from its output


def test(arguments: argparse.Namespace) -> int:
    """Lint, types, then the tests in the engine's environment and in every Blender that this machine can have."""
    results: dict[str, int] = {}
    python = engine_python(tools=True)
    if not arguments.rest:
        results["lint and types"] = lint(arguments)
    paths = arguments.rest or ["tests/common", "tests/engine"]
    environment = {**os.environ, "DREAMGROVE_ENGINE": str(HOME / "engine"), "PYTHONUTF8": "1"}
    engine_paths = [path for path in paths if "tests/blender" not in path]
    blender_paths = [path for path in paths if "tests/blender" in path] or (
        [] if arguments.rest else ["tests/common", "tests/blender"]
    )
    if engine_paths:
        results["engine"] = subprocess.run(
            [python, "-m", "pytest", *engine_paths], cwd=ROOT, env=environment
        ).returncode
    versions = (
        [arguments.blender]
        if arguments.blender
        else [w for p, wheels in WHEELS.items() if find_python(p) for w in wheels]
    )
    if not versions:
        raise SetupError("The Blender tests need Python 3.11 or 3.13 for a bpy wheel; install one of them")
    hosts = {version: blender_host(version) for version in versions} if blender_paths else {}
    with ThreadPoolExecutor(max_workers=max(1, min(2, (os.cpu_count() or 1)))) as pool:
        waiting = {
            version: pool.submit(_blender_tests, host, version, blender_paths, environment, to_file=len(hosts) > 1)
            for version, host in hosts.items()
        }
        for version, tests in waiting.items():
            print(f"== Blender {version}", flush=True)
            code, output = tests.result()
            print(output, flush=True)
            results[f"Blender {version}"] = code
    for name, code in results.items():
        print(f"{'ok    ' if code == 0 else 'FAILED'} {name}")
    return max(results.values(), default=1)


def _blender_tests(
    host: BlenderHost, version: str, paths: list[str], environment: dict[str, str], to_file: bool
) -> tuple[int, str]:
    """Run the tests in one Blender. Returns the exit status and, where several run side by side, what they printed."""
    assert host.python is not None
    wheel_environment = {**environment, "DREAMGROVE_EXPECT_BLENDER": version}
    command = [host.python, "-m", "pytest", *paths]
    if not to_file:
        return subprocess.run(command, cwd=ROOT, env=wheel_environment).returncode, ""
    path = HOME / f"tests-{version}.log"
    started = time.monotonic()
    with path.open("w", encoding="utf-8") as log:
        try:
            code = subprocess.run(
                command, cwd=ROOT, env=wheel_environment, stdout=log, stderr=subprocess.STDOUT, timeout=LONGEST_TESTS
            ).returncode
        except subprocess.TimeoutExpired:
            code = 124
    took = f"{version}: {(time.monotonic() - started) / 60:.1f} minutes"
    if code == 124:
        took += f", stopped: tests may take {LONGEST_TESTS // 60} minutes"
    return code, f"{path.read_text(encoding='utf-8', errors='replace')}{took}"


def lint(arguments: argparse.Namespace) -> int:
    """The one check that people and CI share."""
    python = engine_python(tools=True)
    present = [name for name in CODE if (ROOT / name).exists()]
    checks = (
        [python, "-m", "ruff", "check", *present],
        [python, "-m", "ruff", "format", "--check", *present],
        [python, "-m", "mypy", "-p", "dreamgrove.engine", "-m", "dreamgrove.params", "-m", "dreamgrove.land_params"],
    )
    # mypy sees the package under its own name through a link outside the checkout's root.
    links = HOME / "links"
    links.mkdir(parents=True, exist_ok=True)
    if not (links / "dreamgrove").exists():
        (links / "dreamgrove").symlink_to(ROOT, target_is_directory=True)
    worst = 0
    for each in checks:
        cwd = links if "mypy" in each else ROOT
        options = ["--config-file", str(ROOT / "pyproject.toml")] if "mypy" in each else []
        worst = max(worst, subprocess.run([*map(str, each), *options], cwd=cwd).returncode)
    return worst


def build(arguments: argparse.Namespace) -> int:
    """The extension's zip in dist/, made and validated by Blender's own tool."""
    dist = ROOT / "dist"
    dist.mkdir(exist_ok=True)
    host = blender_host()
    if host.blender is not None:
        base = [str(host.blender), "--factory-startup", "--command", "extension"]
    else:
        # The wheel carries Blender's own extension tool; it runs as a plain script, without starting Blender.
        tool = next(Path(host.python).parents[1].rglob("bl_pkg/cli/blender_ext.py"), None) if host.python else None
        if tool is None:
            raise SetupError("This bpy wheel has no extension tool; install Blender and put it on the PATH")
        base = [str(host.python), str(tool)]
    run([*base, "validate", ROOT])
    run([*base, "build", "--source-dir", ROOT, "--output-dir", dist])
    return 0


# Beside the measurements of speed: acceptance takes a data set and an hour.
NOT_SPEED = ("__init__", "acceptance", "acceptance_report")
PASSED_ON = ("run", "python", "thumbnails", "prebuild")  # what follows is for Blender's side
IN_BLENDER = ("families", "graphs", "layout", "scatter", "terrain")


def bench(arguments: argparse.Namespace) -> int:
    python = engine_python(tools=True)
    worst = 0
    names = arguments.rest or sorted(
        path.stem for path in (ROOT / "benchmarks").glob("*.py") if path.stem not in NOT_SPEED
    )
    for name in names:
        print(f"== {name}", flush=True)
        place = blender_host().python if name in IN_BLENDER else python
        if place is None:
            raise SetupError(f"{name} is measured in Blender as a wheel: install Python 3.11 or 3.13")
        worst = max(worst, subprocess.run([place, "-m", f"dreamgrove.benchmarks.{name}"], cwd=ROOT).returncode)
    return worst


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="dev.py", description="The one door for a developer or a newcomer.")
    commands = parser.add_subparsers(dest="name", required=True)
    each = commands.add_parser("demo", help="set everything up and make one asset from words")
    each.add_argument("prompt")
    each.add_argument("--preset", default="standard", choices=("draft", "standard", "fine"))
    each.add_argument("--seed", type=int, default=0)
    each.add_argument("--output", help="folder for the asset (default: out/WORDS)")
    each.set_defaults(function=demo)
    each = commands.add_parser("test", help="set everything up and test")
    each.add_argument("--blender", help="only this bpy version")
    each.set_defaults(function=test)
    for name, function, text in (
        ("lint", lint, "format, lint and types"),
        ("build", build, "make the extension's zip"),
        ("bench", bench, "measure speed (all of benchmarks/, or the named ones)"),
        ("run", command, "a command of the extension, in Blender's environment"),
        ("python", script, "a Python file in Blender's environment"),
        (
            "prebuild",
            prebuild,
            "build the node groups of families and materials that are out of date, or those of the named categories",
        ),
        ("thumbnails", thumbnails, "draw the sidebar's pictures that are missing, or those named"),
    ):
        each = commands.add_parser(name, help=text, add_help=name not in PASSED_ON)
        each.set_defaults(function=function)
    if argv and argv[0] in PASSED_ON:
        arguments, rest = parser.parse_args(argv[:1]), list(argv[1:])
    else:
        arguments, rest = parser.parse_known_args(argv)
        if rest and arguments.name not in ("test", "bench"):
            parser.error(f"unrecognised: {' '.join(rest)}")
    arguments.rest = rest
    try:
        return int(arguments.function(arguments))
    except SetupError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped", file=sys.stderr)
        return 130
