"""A node graph as plain data: what `read` yields, `build` makes trees from, and `compare` compares. Needs no Blender.

Property values are None, bool, int, float, str, tuples of those (vectors, matrices flattened, enum flags sorted), dicts (a nested
struct: curve mapping, ramp, image user), tuples of dicts (a collection), or references: `Ref` to a data-block, `GroupRef` to
another tree of the same spec, `Group` for a custom property that is itself a group of properties.
"""

from __future__ import annotations

import json
import math
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

Value = Any
Properties = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Ref:
    """A data-block: `kind` is its collection in bpy.data ("images"), `library` the path of its file, "" for this one."""

    kind: str
    name: str
    library: str = ""


@dataclass(frozen=True, slots=True)
class GroupRef:
    """A tree that is part of the spec, by the name under which `GraphSpec.trees` has it; "" is the root."""

    name: str


@dataclass(frozen=True, slots=True)
class Group:
    """A custom property holding properties, in order."""

    items: tuple[tuple[str, Value], ...] = ()


@dataclass(frozen=True, slots=True)
class SocketSpec:
    """A socket, available or not; `type` is its bl_idname. `properties` has `default_value` where the socket has one."""

    identifier: str
    name: str
    type: str
    properties: Properties = field(default_factory=dict)
    custom: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """A node. `parent` is the name of its frame; `pair` the name of the output node of the zone that it opens."""

    name: str
    type: str
    parent: str = ""
    pair: str = ""
    properties: Properties = field(default_factory=dict)
    inputs: tuple[SocketSpec, ...] = ()
    outputs: tuple[SocketSpec, ...] = ()
    custom: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LinkSpec:
    """A link between the sockets at two positions; `order` is its place among the links of a multi-input."""

    from_node: str
    from_socket: int
    to_node: str
    to_socket: int
    muted: bool = False
    order: int = 0


@dataclass(frozen=True, slots=True)
class InterfaceItem:
    """A socket or panel of a group's interface. `parent` is the position of its panel in the interface, -1 for none.

    `type` is "INPUT", "OUTPUT" or "PANEL"; `socket_type` is empty for panels. A panel's identifier is its number, empty before Blender 5.0.
    """

    type: str
    name: str
    socket_type: str = ""
    identifier: str = ""
    parent: int = -1
    properties: Properties = field(default_factory=dict)
    custom: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CurveSpec:
    """An F-curve: key frames as dicts, modifiers as dicts with their `type`, and, for a driver, what drives it."""

    data_path: str
    array_index: int
    properties: Properties = field(default_factory=dict)
    keyframes: tuple[Properties, ...] = ()
    modifiers: tuple[Properties, ...] = ()
    group: str = ""
    driver: Properties | None = None


@dataclass(frozen=True, slots=True)
class AnimationSpec:
    """Drivers and the action's curves on a tree."""

    drivers: tuple[CurveSpec, ...] = ()
    action: str = ""
    curves: tuple[CurveSpec, ...] = ()
    properties: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TreeSpec:
    """One node tree; `type` is its bl_idname, `active` its active node. `asset` is its asset metadata, None if it is no asset."""

    name: str
    type: str
    properties: Properties = field(default_factory=dict)
    interface: tuple[InterfaceItem, ...] = ()
    nodes: tuple[NodeSpec, ...] = ()
    links: tuple[LinkSpec, ...] = ()
    active: str = ""
    animation: AnimationSpec | None = None
    asset: Properties | None = None
    custom: Properties = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GraphSpec:
    """A tree and all groups that it uses. `trees` holds each once, users after what they use, so the graph itself is last.

    `owner` is the material, world, light or scene whose tree the graph is, None for a node group. `blender` is the version
    that it was read on.
    """

    trees: tuple[TreeSpec, ...]
    owner: Ref | None = None
    blender: tuple[int, ...] = ()

    @property
    def root(self) -> TreeSpec:
        return self.trees[-1]

    def to_json(self, indent: int | None = None) -> str:
        """Strict JSON (no bare NaN); every float keeps its last bit."""
        return json.dumps(_encode(self), ensure_ascii=False, allow_nan=False, indent=indent)

    @staticmethod
    def from_json(text: str) -> GraphSpec:
        """The spec again. Raises ValueError if the text is no spec."""
        spec = _decode(json.loads(text))
        if not isinstance(spec, GraphSpec) or not spec.trees:
            raise ValueError("this JSON is no graph spec")
        return spec


def same(a: Value, b: Value) -> bool:
    """Equal to the last bit: types and signs of zeros count, NaN equals NaN."""
    kind = type(a)
    if kind is not type(b):
        return False
    if kind is float:
        return (a == b and math.copysign(1.0, a) == math.copysign(1.0, b)) or (a != a and b != b)
    if kind is tuple:
        return len(a) == len(b) and all(map(same, a, b))
    if kind is dict:
        return a.keys() == b.keys() and all(same(v, b[k]) for k, v in a.items())
    if kind is Group:
        return same(a.items, b.items)
    return a == b


_CLASSES: dict[str, type] = {
    c.__name__: c
    for c in (
        *(Ref, GroupRef, Group, SocketSpec, NodeSpec, LinkSpec),
        *(InterfaceItem, CurveSpec, AnimationSpec, TreeSpec, GraphSpec),
    )
}
_TAG = "$"  # marks what JSON has no type for; a plain dict with such a key is written as its items


def _encode(value: Value) -> Any:
    name = type(value).__name__
    if name in _CLASSES:
        return {
            _TAG: name,
            **{f.name: _encode(getattr(value, f.name)) for f in fields(value) if not _is_default(value, f)},
        }
    if isinstance(value, dict):
        if _TAG in value:
            return {_TAG: "dict", "items": [[k, _encode(v)] for k, v in value.items()]}
        return {k: _encode(v) for k, v in value.items()}
    if isinstance(value, tuple):
        return [_encode(v) for v in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return {_TAG: "float", "value": repr(value)}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"a spec cannot hold {value!r}")


def _is_default(value: Any, f: Any) -> bool:
    """Whether a field is at its default, which is not written; None and {} are not the same (no asset; one without data)."""
    default = f.default_factory() if f.default_factory is not MISSING else f.default
    own = getattr(value, f.name)
    return type(own) is type(default) and own == default


def _decode(value: Any) -> Value:
    if isinstance(value, list):
        return tuple(_decode(v) for v in value)
    if not isinstance(value, dict):
        return value
    tag = value.get(_TAG)
    if tag is None:
        return {k: _decode(v) for k, v in value.items()}
    if tag == "float":
        return float(value["value"])
    if tag == "dict":
        return {k: _decode(v) for k, v in value["items"]}
    if tag not in _CLASSES:
        raise ValueError(f"this JSON is no graph spec: unknown {tag!r}")
    try:
        return _CLASSES[tag](**{k: _decode(v) for k, v in value.items() if k != _TAG})
    except TypeError as error:
        raise ValueError(f"this JSON is no graph spec: {error}") from None
