"""Blender's side of the tests: a fresh user folder with this checkout linked as an installed extension.

The folder is chosen before bpy is imported for the first time, since Blender reads the variable at its start.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

_RESOURCES = Path(tempfile.mkdtemp(prefix="dreamgrove-blender-"))
atexit.register(shutil.rmtree, _RESOURCES, ignore_errors=True)
os.environ["BLENDER_USER_RESOURCES"] = str(_RESOURCES)
sys.path.append(str(Path(__file__).parent))

import bpy  # noqa: E402
import pytest  # noqa: E402

from dreamgrove.procedural.ending import end  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "bl_ext.user_default.dreamgrove"


def pytest_addoption(parser):
    parser.addoption(
        "--all-scripts",
        action="store_true",
        help="run the scripts, in every style, of all node groups that Blender brings, not of a sample (many minutes)",
    )
    parser.addoption(
        "--write-family-meshes",
        action="store_true",
        help="write family_meshes.json anew, on one Blender (test_families.py)",
    )


def pytest_sessionfinish(session, exitstatus):
    session.config.dreamgrove_exit = int(exitstatus)


def pytest_unconfigure(config):
    """By then pytest has said everything; its own exit code must be the process's (procedural/ending.py says what wheels do)."""
    if hasattr(config, "dreamgrove_exit"):
        end(config.dreamgrove_exit)


@pytest.fixture(scope="session")
def extension():
    """The extension as Blender has it, enabled; its modules are `bl_ext.user_default.dreamgrove...`."""
    import addon_utils

    folder = Path(bpy.utils.user_resource("EXTENSIONS", path="user_default", create=True))
    if not (folder / "dreamgrove").exists():
        (folder / "dreamgrove").symlink_to(ROOT, target_is_directory=True)
    module = addon_utils.enable(PACKAGE, default_set=True)
    assert module is not None, "the extension cannot be enabled; the lines above say why"
    yield module
    addon_utils.disable(PACKAGE, default_set=True)


@pytest.fixture
def module(extension):
    """`module("operators.jobs")`: a module of the enabled extension."""
    from importlib import import_module

    return lambda name: import_module(f"{PACKAGE}.{name}")


@pytest.fixture
def clean_scene():
    """An empty file."""
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
