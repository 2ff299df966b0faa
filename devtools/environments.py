"""The two environments of a checkout: Blender's Python (a bpy wheel) and the engine's (torch). Standard library only."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".dev"

# The bpy wheels that exist, by the Python that they need (PyPI, November 2026).
WHEELS = {(3, 11): ("5.0.1", "4.5.15", "4.2.23"), (3, 13): ("5.2.3",)}
BLENDER_TOOLS = ("pytest==9.2.0", "hypothesis==6.170.15", "pillow==13.0.0")
ENGINE_TOOLS = (
    "pytest==9.2.0",
    "hypothesis==6.170.15",
    "httpx==0.28.1",
    "trimesh==5.2.0",
    "ruff==0.17.5",
    "mypy==2.4.1",
)


class SetupError(RuntimeError):
    """Something that this machine lacks; the text says what to do."""


@dataclass(frozen=True)
class BlenderHost:
    """Where Blender's side runs: a Python with the bpy wheel, or an installed Blender."""

    version: str
    python: Path | None = None
    blender: Path | None = None


def venv_python(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(command: Sequence[str | Path], **options: object) -> None:
    """Run a command and let its output through. Raises SetupError when it fails."""
    done = subprocess.run([str(part) for part in command], **options)  # type: ignore[call-overload]
    if done.returncode != 0:
        raise SetupError(f"This command failed (exit code {done.returncode}): {' '.join(map(str, command))}")


def find_python(version: tuple[int, int]) -> Path | None:
    """A real interpreter of that version on this machine: this one, or one on the PATH that starts."""
    if sys.version_info[:2] == version:
        return Path(sys.executable)
    name = f"python{version[0]}.{version[1]}"
    candidates = [shutil.which(name)]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    if pyenv.is_dir():
        candidates += [str(path) for path in sorted(pyenv.glob(f"{version[0]}.{version[1]}.*/bin/python"))]
    for candidate in candidates:
        if candidate is None:
            continue
        probe = subprocess.run(
            [candidate, "-c", "import sys, venv; print(sys.version_info[:2])"], capture_output=True, text=True
        )
        if probe.returncode == 0 and probe.stdout.strip() == str(version):
            return Path(candidate)
    return None


def make_venv(folder: Path, python: Path, requirements: Sequence[str]) -> Path:
    """A virtual environment with exactly these packages; made aside and renamed, and only when it is not there yet."""
    marker = folder / "dreamgrove-environment.json"
    wanted = {"python": str(python), "requirements": list(requirements), "root": str(ROOT)}
    if marker.is_file() and json.loads(marker.read_text()) == wanted and venv_python(folder).exists():
        return venv_python(folder)
    if folder.exists():
        shutil.rmtree(folder)
    print(f"Setting up {folder.relative_to(ROOT)}: {', '.join(requirements)}", flush=True)
    # A virtual environment holds its own path, so it is made in place and counts only once the marker stands in it.
    run([python, "-m", "venv", folder])
    run([venv_python(folder), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements])
    mount(folder)
    aside = marker.with_suffix(".partial")
    aside.write_text(json.dumps(wanted, indent=1))
    aside.replace(marker)
    return venv_python(folder)


def mount(environment: Path) -> None:
    """Make this checkout importable as `dreamgrove` in an environment, whatever the checkout's folder is called."""
    site = subprocess.run(
        [venv_python(environment), "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    code = (
        f'"""Makes the checkout importable as `dreamgrove`."""\nimport importlib.util\nimport sys\n'
        f"ROOT = {str(ROOT)!r}\n\n\n"
        "class Finder:\n"
        "    @staticmethod\n"
        "    def find_spec(name, path=None, target=None):\n"
        "        if name != 'dreamgrove':\n"
        "            return None\n"
        "        return importlib.util.spec_from_file_location(\n"
        "            name, ROOT + '/__init__.py', submodule_search_locations=[ROOT]\n"
        "        )\n\n\n"
        "sys.meta_path.append(Finder)\n"
    )
    Path(site, "dreamgrove_checkout.py").write_text(code)
    Path(site, "dreamgrove_checkout.pth").write_text("import dreamgrove_checkout\n")


def blender_host(version: str | None = None) -> BlenderHost:
    """Blender's side for this machine.

    A wheel when a fitting Python is here; otherwise an installed Blender; otherwise SetupError says what to install.
    """
    for python_version, wheels in WHEELS.items():
        wheel = wheels[0] if version is None else version
        python = find_python(python_version) if wheel in wheels else None
        if python is not None:
            folder = HOME / f"blender-{wheel}"
            return BlenderHost(wheel, python=make_venv(folder, python, (f"bpy=={wheel}", *BLENDER_TOOLS)))
    blender = os.environ.get("DREAMGROVE_BLENDER") or shutil.which("blender")
    if blender and version is None:
        text = subprocess.run([blender, "--version"], capture_output=True, text=True, check=True).stdout
        return BlenderHost(text.split()[1], blender=Path(blender))
    pythons = " or ".join(f"{major}.{minor}" for major, minor in WHEELS)
    raise SetupError(
        f"No Blender for this: bpy wheels need Python {pythons} (this is {sys.version.split()[0]}). "
        f"Install one of those, or install Blender 4.2 or later and put it on the PATH or in DREAMGROVE_BLENDER"
    )


def host_environment() -> dict[str, str]:
    """Variables under which Blender runs from a checkout: its own resources, so that the user's Blender is untouched."""
    resources = HOME / "resources"
    link = resources / "extensions" / "user_default" / "dreamgrove"
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.exists():
        if os.name == "nt":
            run(["cmd", "/c", "mklink", "/J", link, ROOT], stdout=subprocess.DEVNULL)
        else:
            link.unlink(missing_ok=True)
            link.symlink_to(ROOT, target_is_directory=True)
    return {**os.environ, "BLENDER_USER_RESOURCES": str(resources), "PYTHONUTF8": "1"}
