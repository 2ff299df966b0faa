"""Presets that artists have saved: one JSON file each in the extension's user folder, listed beside ours."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import __version__
from ..engine.files import written_aside
from ..params import ParameterError, ParamInfo, from_mapping, params_of, to_mapping
from ..procedural.generators import FAMILIES, Family
from ..procedural.generators.base import VERSION
from .param_properties import plain
from .settings import user_folder

_MAX_NAME = 60
_LARGEST_BYTES = 1024 * 1024


class PresetProblem(RuntimeError):
    """A preset that cannot be saved, read or deleted; one sentence."""


@dataclass(frozen=True)
class UserPreset:
    """name: its word, unlike any of ours. title: what the artist called it."""

    name: str
    title: str
    family: Family
    params: Any


_read: dict[tuple[Any, ...], tuple[UserPreset, ...]] = {}


def presets_folder() -> Path:
    return user_folder() / "presets"


def user_presets() -> tuple[UserPreset, ...]:
    """All that can be read, by name; files that cannot are left alone and out. Read anew only when a file has changed."""
    folder = presets_folder()
    try:
        entries = sorted(folder.glob("*.json"))
        state = (folder, *((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in entries))
    except OSError:  # no folder yet, or a file that has just gone
        return ()
    if state not in _read:
        found = []
        for path in entries:
            try:
                found.append(read_preset(path))
            except PresetProblem:
                continue  # `grow NAME` and the panel simply do not know it; `find_user_preset` says why
        _read.clear()
        _read[state] = tuple(found)
    return _read[state]


def find_user_preset(name: str) -> UserPreset | None:
    """The preset of that name; None if there is no such file. Raises PresetProblem if it cannot be read."""
    found = next((each for each in user_presets() if each.name == name), None)
    path = presets_folder() / f"{name}.json"
    if found is None and re.fullmatch(r"[a-z0-9_]+", name) and path.is_file():
        return read_preset(path)
    return found


def params_of_preset(family: Family, name: str) -> Any:
    """The parameters of a preset of ours or of the artist's; None if the family has none of that name."""
    if name in family.presets:
        return family.presets[name]
    return next((each.params for each in user_presets() if each.name == name and each.family is family), None)


def save_preset(title: str, family: Family, params: Any) -> UserPreset:
    """Write a preset (in place of the artist's own of that name). Raises PresetProblem."""
    name = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")[:_MAX_NAME]
    if not name:
        raise PresetProblem("Give the preset a name with letters or digits")
    ours = {known for each in FAMILIES for known in (each.name, *each.presets)}
    if name in ours:
        raise PresetProblem(f"{title!r} is one of Dreamgrove's own; choose another name")
    content = content_of(title.strip(), family, params)
    path = presets_folder() / f"{name}.json"
    try:
        with written_aside(path) as aside:
            aside.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise PresetProblem(f"{path} cannot be written: {error.strerror or error}") from error
    return UserPreset(name, title.strip(), family, params)


def delete_preset(name: str) -> None:
    """Raises PresetProblem."""
    if find_user_preset(name) is None:
        raise PresetProblem(f"There is no preset of yours called {name!r}")
    try:
        (presets_folder() / f"{name}.json").unlink()
    except OSError as error:
        raise PresetProblem(f"The preset cannot be deleted: {error.strerror or error}") from error


def read_preset(path: Path) -> UserPreset:
    """Parameters that a newer version has added take their defaults; those that are gone are passed over. Raises PresetProblem."""
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise ValueError("it is too large")
        content = json.loads(path.read_text(encoding="utf-8"))
        return preset_from(path.stem, content)
    except StopIteration:
        raise PresetProblem(f"{path.name} is of a family that is not known") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ParameterError) as error:
        raise PresetProblem(f"{path.name} is no preset: {error}") from error


def preset_from(name: str, content: Mapping[str, Any]) -> UserPreset:
    """A preset of what its file has. Raises StopIteration for an unknown family, ParameterError, KeyError or TypeError for other things."""
    family = next(each for each in FAMILIES if each.name == content["family"])
    params = from_mapping(family.params, _fitting(family, content["parameters"]))
    return UserPreset(name, str(content.get("title") or name), family, params)


def content_of(title: str, family: Family, params: Any) -> dict[str, Any]:
    """What a preset's file has."""
    values = {key: plain(value) for key, value in to_mapping(params).items()}
    versions = {"dreamgrove": __version__, "graph": VERSION}
    return {"title": title, "family": family.name, "parameters": values, "versions": versions}


def _fitting(family: Family, values: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the values that are the family's parameters, brought into range: another version may have written them."""
    infos = {info.name: info for info in params_of(family.params)}
    return {name: infos[name].check(_clamped(infos[name], value)) for name, value in values.items() if name in infos}


def _clamped(info: ParamInfo, value: Any) -> Any:
    numbers = value if isinstance(value, list) else [value]
    sound = all(isinstance(each, int | float) and not isinstance(each, bool) for each in numbers)
    if sound and info.kind in (int, float, tuple) and isinstance(value, list) == (info.kind is tuple):
        return info.clamp(value)
    return value
