"""The interface of a group from its spec: the items in their places, under the identifiers that they had."""

from __future__ import annotations

import re
from typing import Any

import bpy

from .errors import GraphError
from .rna import Problem, Schema, identifier_of, write_custom
from .spec import InterfaceItem

_NUMBERED = re.compile(r"(?:Socket_)?(\d{1,5})")  # more would take minutes to count up to


def number_of(identifier: str) -> int | None:
    """The running number in an identifier that Blender gives today; None for those of old files ("Input_2")."""
    match = _NUMBERED.fullmatch(identifier)
    return int(match[1]) if match else None


def build_interface(tree: bpy.types.NodeTree, wanted: tuple[InterfaceItem, ...], schema: Schema) -> list[Problem]:
    """Make all items, in their panels, in order. Returns what Blender did not take.

    Identifiers are running numbers of the tree: whatever is missing between two of them is made and removed again.
    """
    made: dict[int, Any] = {}
    numbers = {index: number_of(item.identifier) for index, item in enumerate(wanted)}
    unnumbered = len(wanted) and max((n for n in numbers.values() if n is not None), default=0) + 1
    for index in sorted(numbers, key=lambda i: (unnumbered if numbers[i] is None else numbers[i], i)):
        made[index] = _new_item(tree, wanted[index], numbers[index])
    places = _into_panels(tree, wanted, made)
    problems = _write([made[index] for index in range(len(wanted))], wanted, schema)
    for index in sorted(range(len(wanted)), key=lambda i: wanted[i].type == "PANEL"):
        if made[index].position != places[index]:
            tree.interface.move(made[index], places[index])
    return problems


def _new_item(tree: bpy.types.NodeTree, item: InterfaceItem, number: int | None) -> Any:
    while True:
        try:
            if item.type == "PANEL":
                made = tree.interface.new_panel(item.name)
            else:
                made = tree.interface.new_socket(item.name, in_out=item.type, socket_type=item.socket_type)
        except (TypeError, RuntimeError):
            what = f"{item.type.lower()} of type {item.socket_type!r}"
            raise GraphError(f"{tree.name!r}: this Blender gives the group no {what}: {item.name!r}") from None
        has = number_of(identifier_of(made))
        if number is None or has is None or has >= number:
            return made
        tree.interface.remove(made)


def _into_panels(tree: bpy.types.NodeTree, wanted: tuple[InterfaceItem, ...], made: dict[int, Any]) -> list[int]:
    """Move all items into their panels; returns the place of each there.

    Blender keeps a panel's toggle above everything and panels below the sockets beside them: to take their places, toggles
    must have their properties first, and panels come last.
    """
    places: list[int] = []
    count: dict[int, int] = {}
    for index, item in enumerate(wanted):
        places.append(count.get(item.parent, 0))
        count[item.parent] = places[index] + 1
        if item.parent >= 0:
            tree.interface.move_to_parent(made[index], made[item.parent], places[index])
    return places


def write_interface(tree: bpy.types.NodeTree, wanted: tuple[InterfaceItem, ...], schema: Schema) -> list[Problem]:
    """Set the properties of items that are there. Menus take their defaults only when the nodes that define them are linked."""
    return _write(list(tree.interface.items_tree), wanted, schema)


def _write(items: list[Any], wanted: tuple[InterfaceItem, ...], schema: Schema) -> list[Problem]:
    problems = []
    for item, spec in zip(items, wanted, strict=True):
        where = f"{'panel' if spec.type == 'PANEL' else spec.type.lower()} {spec.name!r}"
        if item.name != spec.name:
            item.name = spec.name
        found = schema.write(item, spec.properties, where)
        if found and "subtype" in spec.properties and "default_value" in spec.properties:
            item.subtype = "NONE"  # a value from before the subtype may be outside its range
            schema.write(item, {"default_value": spec.properties["default_value"]}, where)
            found = schema.write(item, spec.properties, where)
        problems += found
        problems += write_custom(item, spec.custom, where, schema)
    return problems
