"""A script that makes a graph and needs nothing but bpy: the graph as data, and below it the code that builds from data.

That code is this package's own, taken from its files as they are; so a script loses no more than `build` does. All names
and texts of the graph are in the data, as literals: a name that looks like code stays a name.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from .errors import GraphError
from .spec import (
    AnimationSpec,
    CurveSpec,
    GraphSpec,
    InterfaceItem,
    LinkSpec,
    NodeSpec,
    Properties,
    SocketSpec,
    TreeSpec,
    Value,
    same,
)

_WIDTH = 150  # wide enough for most sockets on one line
# What building needs, users after what they use.
_MODULES = (
    *("errors", "spec", "exceptions", "rna", "owners", "animation"),
    *("build_interface", "build_items", "build_places", "build_reroutes", "build"),
)

_HEAD = """\
# A node graph as Python. Run it in Blender, or import it and call build(). It needs nothing but bpy.
# The code below the graph is free software under the GNU General Public License, version 3 or later.
# Graph {name}, written by Dreamgrove on Blender {version}.
"""

_TAIL = '''
# Running


_build_spec = build


def build() -> bpy.types.ID:
    """Make the graph; returns its tree, or the material, world, light ... that it belongs to. Warns of what this Blender
    does not take as it was; raises GraphError where nothing can be made."""
    problems: list[str] = []
    tree = _build_spec(graph(), problems)
    for problem in problems:
        warnings.warn(problem, stacklevel=2)
    return owner_of(tree) if tree.is_embedded_data else tree


if __name__ == "__main__":
    build()
'''


def standalone(spec: GraphSpec) -> str:
    """The script. Deterministic: the same spec gives the same text."""
    imports, code = _runtime()
    writer = _Writer(spec)
    version = ".".join(map(str, spec.blender)) or "unknown"
    name = ascii(spec.owner.name if spec.owner else spec.root.name)
    return "\n".join(
        [
            _HEAD.format(name=name, version=version),
            "from __future__ import annotations\n",
            *imports,
            "\n# Where this is run by exec(): dataclasses ask for the module that they are in.",
            "sys.modules.setdefault(__name__, types.ModuleType(__name__))",
            "\n\n# The graph\n\n",
            "def graph() -> GraphSpec:",
            "    # What most nodes and sockets of a type have; each says below what differs.",
            *writer.declarations(),
            f"    return {writer.text(spec, 4)}\n\n",
            "# Building\n\n",
            code,
            _TAIL,
        ]
    )


def flat_text(value: Any) -> str:
    """A part of a spec as an expression on one line."""
    return _Writer(GraphSpec(())).flat(value)


@cache
def _runtime() -> tuple[tuple[str, ...], str]:
    """The imports and the code of the modules, without their docstrings and imports of each other."""
    imports = {"sys", "types", "warnings"}
    names: dict[str, set[str]] = {}  # what is imported from modules
    parts: list[str] = []
    owners: dict[str, str] = {}
    for module in _MODULES:
        text = (Path(__file__).parent / f"{module}.py").read_text(encoding="utf-8")
        lines = text.splitlines()
        end = 0
        for node in ast.parse(text).body:
            start, end_before = end, node.end_lineno or node.lineno
            end = end_before
            if isinstance(node, ast.ImportFrom) and (node.level or node.module == "__future__"):
                continue
            if isinstance(node, ast.ImportFrom):
                names.setdefault(str(node.module), set()).update(each.name for each in node.names)
                continue
            if isinstance(node, ast.Import):
                imports.update(each.name for each in node.names)
                continue
            if isinstance(node, ast.Expr):
                continue  # the docstring
            for name in _names(node):
                if owners.setdefault(name, module) != module:
                    raise GraphError(f"{name} is in {owners[name]}.py and in {module}.py: one script cannot have both")
            parts += lines[start:end_before]
        parts.append("\n")
    plain = [f"import {name}" for name in sorted(imports)]
    whole = [f"from {module} import {', '.join(sorted(names[module]))}" for module in sorted(names)]
    return (*plain, *whole), "\n".join(parts).strip() + "\n"


def _names(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name):
                yield target.id


@dataclass(frozen=True, slots=True)
class _Name:
    """A name in the script."""

    text: str


_SIMPLE = {str, int, float, bool, type(None), _Name}


@dataclass(frozen=True, slots=True)
class _Patched:
    """Properties as those of a common base, and what differs."""

    base: _Name
    rest: Properties


# Parts that are never put on one line with others.
_LARGE = {TreeSpec, NodeSpec, SocketSpec, LinkSpec, InterfaceItem, CurveSpec, AnimationSpec}


class _Writer:
    """Values as text. What nodes or sockets of one type have in common is written once, and named."""

    def __init__(self, spec: GraphSpec) -> None:
        self.bases: dict[tuple[str, tuple[str, ...]], tuple[_Name, Properties]] = {}
        seen: dict[tuple[str, tuple[str, ...]], list[Properties]] = {}
        for tree in spec.trees:
            for node in tree.nodes:
                for each in (node, *node.inputs, *node.outputs):
                    seen.setdefault((each.type, tuple(each.properties)), []).append(each.properties)
        for (type_name, names), several in seen.items():
            common = {name: _most_common([properties[name] for properties in several]) for name in names}
            plain = re.sub(r"^(?![A-Za-z])", "Type", re.sub(r"[^A-Za-z0-9]", "", type_name))
            self.bases[type_name, names] = (_Name(f"{plain}_{len(self.bases)}"), common)

    def declarations(self) -> Iterator[str]:
        for name, properties in self.bases.values():
            yield f"    {name.text} = {self.text(properties, 4)}"

    def text(self, value: Any, indent: int) -> str:
        """A value as an expression, on one line if it fits."""
        parts = self.parts(value)
        if parts is None:
            return _literal(value)
        opening, items, closing = parts
        if not any(type(item) in _LARGE for _, item in items):
            line = self.flat(value)
            if len(line) <= _WIDTH - indent:
                return line
        inner = " " * (indent + 4)
        lines = [f"{inner}{key}{self.text(item, indent + 4)},\n" for key, item in items]
        return f"{opening}\n{''.join(lines)}{' ' * indent}{closing}"

    def flat(self, value: Any) -> str:
        parts = self.parts(value)
        if parts is None:
            return _literal(value)
        opening, items, closing = parts
        comma = "," if opening == "(" and len(items) == 1 else ""
        return f"{opening}{', '.join(key + self.flat(item) for key, item in items)}{comma}{closing}"

    def parts(self, value: Any) -> tuple[str, list[tuple[str, Any]], str] | None:
        """What opens, fills and closes a value of several; None for a simple one. Fields at their defaults are left out."""
        kind = type(value)
        if kind in _SIMPLE:
            return None
        if kind is dict:
            return "{", [(f"{k!r}: ", v) for k, v in value.items()], "}"
        if kind is tuple:
            return "(", [("", v) for v in value], ")"
        if kind is _Patched:
            return "{", [("**", value.base), *((f"{k!r}: ", v) for k, v in value.rest.items())], "}"
        items = []
        for name, key, default in _fields(kind):
            own = getattr(value, name)
            if key == "" or type(own) is not type(default) or own != default:
                items.append((key, own))
        if isinstance(value, NodeSpec | SocketSpec):
            name, common = self.bases[value.type, tuple(value.properties)]
            rest = {k: v for k, v in value.properties.items() if not same(v, common[k])}
            items = [(k, (_Patched(name, rest) if rest else name) if k == "properties=" else v) for k, v in items]
        return f"{type(value).__name__}(", items, ")"


def _most_common(values: list[Value]) -> Value:
    """The value that occurs most, by what it looks like: values need not be hashable, and 0.0 is not -0.0."""
    counts = Counter(map(repr, values))
    text = counts.most_common(1)[0][0]
    return next(value for value in values if repr(value) == text)


@cache
def _fields(kind: type) -> tuple[tuple[str, str, Any], ...]:
    """Name, keyword and default of each field of a dataclass; fields without default go by position."""
    found = []
    for f in fields(kind):
        default = f.default_factory() if f.default_factory is not MISSING else f.default
        found.append((f.name, "" if default is MISSING else f"{f.name}=", default))
    return tuple(found)


def _literal(value: Any) -> str:
    if isinstance(value, _Name):
        return value.text
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return f'float("{value!r}")'
    return repr(value)
