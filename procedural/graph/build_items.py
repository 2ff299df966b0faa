"""The dynamic items of a node from its spec: the sockets of zones, switches, bundles ..., under the numbers that they had.

An item's sockets are named by a running number of the node ("Item_3"). Blender counts on when items go, so whatever is
missing between two numbers is made and removed again; and several collections of a node may share one count.
"""

from __future__ import annotations

import re
from typing import Any

import bpy

from .exceptions import ITEM_SOCKETS, NUMBERS_OF_OLD_SOCKETS, SOCKET_TYPE_OF_DATA_TYPE, SOCKETS_NAMED_ON_CREATION
from .rna import Schema
from .spec import NodeSpec, Properties


def item_numbers(node: Any, pair: Any, type_name: str, collection: str) -> list[int]:
    """The numbers of the items of a collection, in order, told by the sockets that they make.

    node, pair: bpy nodes or their specs; pair is the input node of a zone that the node closes, or None.
    """
    owner, side, prefix = ITEM_SOCKETS.get((type_name, collection), ("node", "inputs", "Item"))
    source = node if owner == "node" else pair
    if source is None:
        return []
    numbers = []
    for socket in getattr(source, side):
        match = re.fullmatch(rf"{prefix}(?:_(\d+))?", socket.identifier)
        number = int(match[1] or 0) if match else NUMBERS_OF_OLD_SOCKETS.get((type_name, socket.identifier))
        if number is not None:
            numbers.append(number)
    return numbers


def build_items(
    node: bpy.types.Node, spec: NodeSpec, pair: bpy.types.Node | None, pair_spec: NodeSpec | None, schema: Schema
) -> None:
    """Give a node as many items as the spec has, of the same types, numbers and order. Their properties are set later."""
    missing: list[tuple[int, str, Properties]] = []
    orders: dict[str, list[int]] = {}
    unnumbered: list[tuple[Any, tuple[Properties, ...]]] = []
    for f in schema.fields(node):
        if f.kind != "items" or f.name not in spec.properties:
            continue
        items, wanted = getattr(node, f.name), spec.properties[f.name]
        numbers = item_numbers(spec, pair_spec, spec.type, f.name)
        have = item_numbers(node, pair, spec.type, f.name)
        if len(numbers) != len(wanted) or len(have) != len(items):
            named = (spec.type, f.name) in SOCKETS_NAMED_ON_CREATION and len(spec.inputs) == len(wanted)
            unnumbered.append((items, tuple({"name": s.identifier} for s in spec.inputs) if named else wanted))
            continue
        orders[f.name] = numbers
        missing += [(n, f.name, item) for n, item in zip(numbers, wanted, strict=True) if n not in have]
    for number, name, item in sorted(missing, key=lambda m: m[0]):
        last = -1
        while last < number:  # what is too many goes in the end: some nodes would give its number again
            new_item(getattr(node, name), item)
            has = item_numbers(node, pair, spec.type, name)
            if not has or has[-1] <= last:
                break
            last = has[-1]
        numbers = orders[name]
        numbers[numbers.index(number)] = last  # the same, unless Blender counted on before
    for name, numbers in orders.items():
        items = getattr(node, name)
        has = item_numbers(node, pair, spec.type, name)
        for index in reversed(range(len(has))):
            if has[index] not in numbers:
                items.remove(items[index])
        for position, number in enumerate(numbers):
            has = item_numbers(node, pair, spec.type, name)
            if number in has and has.index(number) != position:
                items.move(has.index(number), position)
    for items, wanted in unnumbered:  # last, for these may share a count with others
        resize(items, wanted)


def resize(items: Any, wanted: tuple[Properties, ...]) -> None:
    """As many items as wanted, of the wanted types. Where items can be cleared they are made anew, for their names are unique."""
    if "clear" in items.bl_rna.functions:
        items.clear()
    while len(items) > len(wanted):
        items.remove(items[len(items) - 1])
    for item in wanted[len(items) :]:
        new_item(items, item)


def new_item(items: Any, wanted: Properties) -> None:
    """Add an item by what `items.new()` asks for."""
    location = wanted.get("location", (0.0, 0.0))
    choices = {
        "name": wanted.get("name", wanted.get("path", "")),
        "socket_type": wanted.get("socket_type") or SOCKET_TYPE_OF_DATA_TYPE.get(wanted.get("data_type", ""), "FLOAT"),
        "position": wanted.get("position", location[0]),
        "value": location[-1],
    }
    parameters = [p.identifier for p in items.bl_rna.functions["new"].parameters if not p.is_output]
    items.new(**{name: choices[name] for name in parameters if name in choices})
