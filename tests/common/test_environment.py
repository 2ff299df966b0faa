"""The engine's environment: a real virtual environment and a real pip, with small wheels made here; no network."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from dreamgrove.engine import environment, installer, requirements
from dreamgrove.engine.environment import EnvironmentProblem, Status, Wanted, check, install, plan, remove


def wheel(folder: Path, name: str, version: str, code: str) -> None:
    """A wheel with one module."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": code,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = [
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}"
        for path, text in files.items()
    ]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,"]) + "\n"
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An environment with one package, its wheels, and what was said on the way."""
    home = tmp_path_factory.mktemp("home with a space")
    wheel(home / "wheels", "torchling", "1.0", "SIZE = 3\n")
    wanted = Wanted(torch="torchling==1.0", base=(), wheels=home / "wheels")
    lines, steps = [], []
    state = install(home / "engine", wanted, say=lines.append, progress=lambda *step: steps.append(step))
    return state, wanted, lines, steps


@pytest.fixture
def quick_venv(made, monkeypatch):
    """Copies the environment that was made, in place of making another one from nothing (10 s)."""

    def copy(base: Path, folder: Path, hooks: object) -> None:
        shutil.copytree(made[0].folder, folder, symlinks=True)

    monkeypatch.setattr(environment, "_make_venv", copy)


def test_install_makes_a_working_python(made):
    state, wanted, lines, steps = made
    assert state.status is Status.READY and state.ready
    assert state.versions["torchling"] == "1.0" and state.size_bytes > 100_000
    code = "import torchling, sys; print(torchling.SIZE, sys.prefix)"
    said = subprocess.run([state.python, "-I", "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split(maxsplit=1) == ["3", str(state.folder) + "\n"]
    assert any("torchling" in line for line in lines)
    fractions = [fraction for fraction, _ in steps]
    assert fractions == sorted(fractions) and (fractions[0], fractions[-1]) == (0.0, 1.0)
    assert [each.name for each in state.folder.parent.iterdir() if "." in each.name] == [], "nothing is left beside it"
    if os.name == "posix":
        assert ".partial" not in (state.folder / "bin" / "activate").read_text()
    assert check(state.folder, wanted, deep=True).ready


def test_another_wish_is_outdated(made):
    state, wanted, *_ = made
    other = check(state.folder, Wanted(torch="torchling==2.0", base=(), wheels=wanted.wheels))
    assert other.status is Status.OUTDATED and other.python == state.python and other.problem.endswith(".")


def test_a_failed_install_leaves_the_one_before(made, quick_venv):
    state, wanted, *_ = made
    with pytest.raises(EnvironmentProblem, match=r"no dragonling==9"):
        install(state.folder, Wanted(torch="dragonling==9", base=(), wheels=wanted.wheels))
    assert check(state.folder, wanted).ready
    assert not state.folder.with_name("engine.partial").exists()


def test_cancelling_leaves_nothing(made, quick_venv, tmp_path):
    _, wanted, *_ = made
    steps = []
    with pytest.raises(EnvironmentProblem, match="cancelled"):
        install(tmp_path / "e", wanted, progress=lambda *step: steps.append(step), cancelled=lambda: len(steps) > 2)
    assert list(tmp_path.iterdir()) == []


def test_broken_ones_are_noticed_and_removed(made, tmp_path):
    state, wanted, *_ = made
    copy = tmp_path / "engine"
    shutil.copytree(state.folder, copy, symlinks=True)
    config = copy / "pyvenv.cfg"
    config.write_text(config.read_text().replace("home = ", "home = /gone"))
    assert check(copy, wanted).status is Status.BROKEN
    assert "Python that the engine was made with is gone" in check(copy, wanted).problem
    (copy / environment.MARKER).write_text("{")
    assert check(copy, wanted).status is Status.BROKEN
    (copy / environment.MARKER).write_text(json.dumps({"requirements": []}))
    assert check(copy, wanted).status is Status.BROKEN
    remove(copy)
    assert check(copy, wanted).status is Status.MISSING and list(tmp_path.iterdir()) == []
    remove(copy)  # twice is harmless


def test_foreign_folders_are_left_alone(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"precious")
    for act in (install, remove):
        with pytest.raises(EnvironmentProblem, match="something else"):
            act(tmp_path)
    assert (tmp_path / "photo.jpg").read_bytes() == b"precious"


def test_too_little_space_is_said_before_anything_is_done(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**10, 10**10, 10**8))
    with pytest.raises(EnvironmentProblem, match=r"takes about .* but only 95 MB are free"):
        install(tmp_path / "e")
    assert list(tmp_path.iterdir()) == []


def test_unfit_pythons(tmp_path):
    with pytest.raises(EnvironmentProblem, match="cannot be run"):
        install(tmp_path / "e", python=tmp_path / "nowhere")
    if os.name == "posix":
        old = tmp_path / "python"
        old.write_text("#!/bin/sh\necho 3 9\n")
        old.chmod(0o755)
        with pytest.raises(EnvironmentProblem, match=r"is Python 3\.9, but the engine needs"):
            install(tmp_path / "e", python=old)
        old.write_text("#!/bin/sh\necho 3 11\nexit 1\n")
        with pytest.raises(EnvironmentProblem, match="lacks the venv module"):
            install(tmp_path / "e", python=old)


def test_the_plan_says_what_it_costs(monkeypatch):
    monkeypatch.setattr(requirements, "_cuda_by_default", lambda: True)
    big, small = plan(), plan(Wanted(index_url=requirements.CPU_INDEX))
    assert big.disk_bytes > 3 * small.disk_bytes and "NVIDIA" in big.sentence() and "NVIDIA" not in small.sentence()
    assert plan(Wanted(frozenset({"diffusers"}))).download_bytes > big.download_bytes
    assert any(each.startswith("diffusers==") for each in plan(Wanted(frozenset({"diffusers"}))).requirements)
    with pytest.raises(EnvironmentProblem, match="no extra 'magic'"):
        Wanted(frozenset({"magic"}))
    with pytest.raises(EnvironmentProblem, match="is an option"):
        Wanted(torch="--index-url=http://evil.example")


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("WARNING: Retrying ... NewConnectionError('...: Failed to establish a new connection", "check the internet"),
        ("Temporary failure in name resolution\nERROR: No matching distribution found for torch", "check the internet"),
        ("ERROR: No matching distribution found for torch==9", "no torch==9 for this computer"),
        ("SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED", "certificate"),
        ("ERROR: Failed building wheel for PyMCubes", "could not be built"),
        ("ERROR: something new", "something new"),
        ("", "exit code 1"),
    ],
)
def test_pips_failures_are_sentences(output, words):
    sentence = installer.explain(output, 1)
    assert words in sentence and sentence.endswith(".")


def test_pips_progress_is_read():
    gauge = installer._Gauge(expected_files=6)
    seen = []
    for line in (
        "Collecting torch==2.13.0",
        "  Downloading torch-2.13.0-cp311-cp311-linux_x86_64.whl.metadata (30 kB)",
        "  Downloading torch-2.13.0-cp311-cp311-linux_x86_64.whl (190 MB)",
        "Progress 0 of 1000",
        "Progress 1000 of 1000",
        "  Using cached numpy-2.4.6-cp311.whl (16 MB)",
        "Installing collected packages: numpy, torch",
    ):
        assert gauge.read(line) == (not line.startswith("Progress"))
        seen.append(gauge.fraction())
    assert seen == sorted(seen) and 0 < seen[0] < seen[-1] < 1
    assert gauge.files == 2


def test_index_that_is_gone_is_a_sentence(made, tmp_path):
    """The real pip against a port where nobody is."""
    state, *_ = made
    command = [str(state.python), "-I", "-m", "pip", "install", "--retries", "1", "--timeout", "2"]
    command += ["--index-url", "http://127.0.0.1:9/simple", "--no-cache-dir", "dragonling"]
    environ = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
    environ["PIP_CONFIG_FILE"] = os.devnull
    done = subprocess.run(command, capture_output=True, text=True, env=environ)
    assert "cannot be reached; check the internet connection" in installer.explain(done.stdout + done.stderr, 1)
