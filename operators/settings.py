"""Where things lie and what the user prefers, readable with and without stored preferences (`--factory-startup` has none)."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import bpy

from .. import __package__ as PACKAGE

METHOD = "dreamfusion"
PRESETS = (
    ("draft", "Draft", "A coloured mesh in seconds, straight from the 3D model"),
    ("standard", "Standard", "A draft, refined by the image model"),
    ("fine", "Fine", "More drafts, a longer refinement, a finer surface"),
)
# What a job takes on two CPU cores, until this computer's own jobs tell better.
PRESET_SECONDS = {"draft": 10.0, "standard": 90.0, "fine": 300.0}


@dataclass(frozen=True)
class Settings:
    """engine: folder of the engine's own Python. data: job store, token and log. url, token: an engine that runs elsewhere.
    online: whether Blender's user allows what goes beyond this computer."""

    engine: Path
    data: Path
    output: Path
    url: str = ""
    token: str = ""
    models: tuple[Path, ...] = ()
    extras: frozenset[str] = frozenset()
    online: bool = False

    @property
    def remote(self) -> bool:
        return bool(self.url)


def preferences() -> bpy.types.AddonPreferences | None:
    """The add-on's stored preferences; None when it was enabled without storing any."""
    addon = bpy.context.preferences.addons.get(PACKAGE)
    return addon.preferences if addon is not None else None


def settings() -> Settings:
    """What holds now. DREAMGROVE_ENGINE and DREAMGROVE_DATA override the folders (checkouts and tests use them)."""
    stored = preferences()
    home = user_folder()
    engine = os.environ.get("DREAMGROVE_ENGINE") or getattr(stored, "engine_folder", "") or str(home / "engine")
    data = os.environ.get("DREAMGROVE_DATA") or str(home / "data")
    output = getattr(stored, "output_folder", "") or str(home / "assets")
    models = tuple(Path(bpy.path.abspath(item.folder)) for item in getattr(stored, "models", ()) if item.folder)
    big = bool(getattr(stored, "big_priors", False))
    return Settings(
        engine=Path(bpy.path.abspath(engine)),
        data=Path(bpy.path.abspath(data)),
        output=Path(bpy.path.abspath(output)),
        url=os.environ.get("DREAMGROVE_URL", "") or getattr(stored, "engine_url", ""),
        token=os.environ.get("DREAMGROVE_TOKEN", "") or getattr(stored, "engine_token", ""),
        models=models,
        extras=frozenset({"diffusers"}) if big else frozenset(),
        online=bool(bpy.app.online_access),
    )


def user_folder() -> Path:
    """The one place where an extension may write."""
    if PACKAGE.startswith("bl_ext."):
        return Path(bpy.utils.extension_path_user(PACKAGE, path="", create=True))
    base = Path(
        os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")
    )  # imported as a library, without the extension
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home()))
    return base / "dreamgrove"
