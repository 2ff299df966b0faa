"""Which source files a module's results depend on, found by following its imports inside the package.

Reading import lines costs a few milliseconds; importing nothing and parsing nothing keeps it cheap enough for an artist's first click.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

_IMPORT = re.compile(r"^from (\.+)([\w.]*) import (\([^)]*\)|[^\n]*)", re.MULTILINE)
_NAME = re.compile(r"(\w+)(?: as (\w+))?")


def closure(starts: Iterable[Path], follow: Callable[[Path], bool]) -> set[Path]:
    """The files `starts` and all that they import, directly or not, of those that `follow` accepts.

    A name that a package only passes on (`from .materials import shared`, which materials/__init__.py has from base.py) leads to
    where it comes from, not to all else that the package's own file imports.
    """
    found: set[Path] = set()
    waiting = list(starts)
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.add(path)
        waiting += [each for each in imported(path) if each not in found and follow(each)]
    return found


def imported(path: Path) -> Iterator[Path]:
    """The package's files that a file imports from, by its relative imports."""
    for folder, name, _ in _imports(path):
        place = _source_of(folder, name)
        if place is not None:
            yield place


def _imports(path: Path) -> Iterator[tuple[Path, str, str]]:
    """(module or package without suffix, name, name here) of every relative import."""
    for dots, module, names in _IMPORT.findall(path.read_text(encoding="utf-8")):
        place = path.parent
        for _ in dots[1:]:
            place = place.parent
        place = place.joinpath(*module.split(".")) if module else place
        bare = re.sub(r"#[^\n]*", "", names)
        for name, here in _NAME.findall(bare):
            yield place, name, here or name


def _source_of(place: Path, name: str) -> Path | None:
    """The file in which `from place import name` finds it; None if there is none (a module outside the package)."""
    module = place.with_suffix(".py")
    if module.is_file():
        return module
    if (submodule := place / f"{name}.py").is_file():
        return submodule
    if (subpackage := place / name / "__init__.py").is_file():
        return subpackage
    package = place / "__init__.py"
    if not package.is_file():
        return None
    for origin, original, here in _imports(package):
        if here == name:
            return _source_of(origin, original)
    return package
