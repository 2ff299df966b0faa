"""The interface of a group as scripts declare it: inputs, outputs and panels in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .spec import InterfaceItem, Properties, Value

# Short keywords for the properties that most sockets have.
KEYWORDS = {
    "default": "default_value",
    "min": "min_value",
    "max": "max_value",
    "tip": "description",
    "structure": "structure_type",
    "non_field": "force_non_field",
}
SINGLE: Properties = {"structure_type": "SINGLE", "force_non_field": True}  # what `single=True` stands for


@dataclass(frozen=True)
class Panel:
    """A panel with what is in it. Keywords: its properties (tip, default_closed ...). `id`: its number, where that is not the next one."""

    name: str
    items: Sequence[InterfaceItem | Panel] = ()
    properties: Properties = field(default_factory=dict)
    id: str = ""
    custom: Properties = field(default_factory=dict)

    def __init__(
        self,
        name: str,
        items: Sequence[InterfaceItem | Panel] = (),
        *,
        id: int | str = "",
        custom: Properties | None = None,
        **properties: Value,
    ) -> None:
        properties = {KEYWORDS.get(key, key): value for key, value in properties.items()}
        for key, value in {"name": name, "items": items, "properties": properties, "id": str(id)}.items():
            object.__setattr__(self, key, value)
        object.__setattr__(self, "custom", custom or {})


def Input(
    name: str,
    type: str,
    default: Any = None,
    *,
    id: int | str = "",
    custom: Properties | None = None,
    **properties: Value,
) -> InterfaceItem:
    """An input of a group. type: "Float", "Geometry", "Color" ...; keywords: its properties (min, max, subtype, tip ...), and
    single: one value, no field.

    id: the number in its identifier ("Socket_3"), by which modifiers and drivers know it, where it is not the next one.
    """
    return _socket("INPUT", name, type, default, id, custom, properties)


def Output(
    name: str,
    type: str,
    default: Any = None,
    *,
    id: int | str = "",
    custom: Properties | None = None,
    **properties: Value,
) -> InterfaceItem:
    """An output of a group; see `Input`."""
    return _socket("OUTPUT", name, type, default, id, custom, properties)


def socket_type(name: str) -> str:
    return name if name.startswith("NodeSocket") else f"NodeSocket{name}"


def _socket(
    side: str, name: str, type: str, default: Any, id: int | str, custom: Properties | None, properties: Properties
) -> InterfaceItem:
    if default is not None:
        properties = {"default": default, **properties}
    if properties.pop("single", False):
        properties |= SINGLE
    wanted = {KEYWORDS.get(k, k): tuple(v) if isinstance(v, list) else v for k, v in properties.items()}
    identifier = f"Socket_{id}" if isinstance(id, int) else id
    return InterfaceItem(side, name, socket_type(type), identifier, properties=wanted, custom=custom or {})


def flattened(items: Sequence[InterfaceItem | Panel]) -> tuple[InterfaceItem, ...]:
    """The items as a spec has them: panels before what is in them, with the numbers that Blender would give where none is said."""
    flat: list[InterfaceItem] = []

    def walk(several: Sequence[InterfaceItem | Panel], parent: int) -> None:
        for item in several:
            place = len(flat)
            if isinstance(item, Panel):
                flat.append(
                    InterfaceItem(
                        "PANEL", item.name, "", item.id, parent, properties=item.properties, custom=item.custom
                    )
                )
                walk(item.items, place)
            else:
                rest = (item.identifier, parent, item.properties, item.custom)
                flat.append(InterfaceItem(item.type, item.name, item.socket_type, *rest))

    walk(items, -1)
    return tuple(flat)
