"""One node with its properties and items, as scripts ask for it: what the library's runtime makes, and what its writer measures against."""

from __future__ import annotations

from typing import Any

import bpy

from .build_items import build_items, item_numbers, new_item
from .errors import GraphError
from .exceptions import ITEM_SOCKETS
from .rna import Schema
from .spec import NodeSpec, Properties, SocketSpec

NUMBER = "number"  # the key of an item's running number, where it is not the next one


def set_properties(
    node: bpy.types.Node, wanted: Properties, schema: Schema, pair: bpy.types.Node | None = None
) -> None:
    """Set properties, items and structs (curves, ramps) of a node that has just been made. Parts of structs may be left out.

    wanted: values as in a spec; items as dicts, which may have a "number", or as names, or as names and types.
    pair: the input node of the zone that the node closes.
    Raises GraphError naming the property and what it accepts.
    """
    kinds = {f.name: f.kind for f in schema.fields(node)}
    items = {name: _rows(node, name, value) for name, value in wanted.items() if kinds.get(name) == "items"}
    where = f"{node.bl_label} ({node.bl_idname})"
    early = {name: value for name, value in wanted.items() if name not in items}
    problems = schema.write(node, early, where)
    if items:
        try:
            _make_items(node, pair, items, schema)
        except (TypeError, ValueError, RuntimeError) as error:
            raise GraphError(f"{where}: cannot have these items: {error}") from None
        plain = {name: tuple(map(_without_number, rows)) for name, rows in items.items()}
        problems = schema.write(node, {**early, **plain}, where)
    if problems:
        raise GraphError("; ".join(_told(node, p.where, p.what) for p in problems[:5]))


def item_keys(node: bpy.types.Node, collection: str) -> tuple[str, str]:
    """What the name and the type of a node's items are called; "" where they have none."""
    known = node.bl_rna.properties[collection].fixed_type.properties
    name = next((key for key in ("name", "path") if key in known and not known[key].is_readonly), "")
    return name, next((key for key in ("socket_type", "data_type") if key in known), "")


def _rows(node: bpy.types.Node, collection: str, rows: tuple | int) -> tuple[Properties, ...]:
    """Items as dicts, whatever form they were given in: their number, names, names and types, a running number behind these, dicts."""
    name, kind = item_keys(node, collection)
    if isinstance(rows, int):
        return ({},) * rows
    found = []
    for row in rows:
        if isinstance(row, dict):
            found.append(dict(row))
            continue
        values = row if isinstance(row, tuple) else (row,)
        number = {NUMBER: values[-1]} if isinstance(values[-1], int) else {}
        found.append(dict(zip((name, kind), values[: len(values) - len(number)], strict=False)) | number)
    return tuple(found)


def _told(node: bpy.types.Node, where: str, what: str) -> str:
    """A problem, and what the property takes if it is a choice."""
    prop = node.bl_rna.properties.get(where.rpartition(" > ")[2])
    if prop is not None and prop.type == "ENUM" and prop.enum_items and "not found" not in what:
        what += f"; it takes {', '.join(item.identifier for item in prop.enum_items)}"
    return f"{where}: {what}"


def _make_items(
    node: bpy.types.Node, pair: bpy.types.Node | None, items: dict[str, tuple[Properties, ...]], schema: Schema
) -> None:
    """As many items as asked for, of the asked types; under the asked numbers where any is given, else under the next ones."""
    if not any(NUMBER in row for rows in items.values() for row in rows):
        for name, rows in items.items():
            have = getattr(node, name)
            while len(have) > len(rows):
                have.remove(have[len(have) - 1])
            for row in rows[len(have) :]:
                new_item(have, row)
        return
    sides: dict[tuple[str, str], list[SocketSpec]] = {}
    for name, rows in items.items():
        owner, side, prefix = ITEM_SOCKETS.get((node.bl_idname, name), ("node", "inputs", "Item"))
        for row in rows:
            number = row.get(NUMBER, "")
            identifier = number if isinstance(number, str) else f"{prefix}_{number}"
            sides.setdefault((owner, side), []).append(SocketSpec(identifier, "", ""))

    def spec(owner: str, type_name: str, properties: Properties) -> NodeSpec:
        sockets = {side: tuple(sides.get((owner, side), ())) for side in ("inputs", "outputs")}
        return NodeSpec("", type_name, properties=properties, **sockets)

    plain = {name: tuple(_without_number(row) for row in rows) for name, rows in items.items()}
    pair_spec = spec("pair", pair.bl_idname, {}) if pair is not None else None
    build_items(node, spec("node", node.bl_idname, plain), pair, pair_spec, schema)


def _without_number(row: Properties) -> Properties:
    return {name: value for name, value in row.items() if name != NUMBER}


def numbers_of(spec: NodeSpec, pair: NodeSpec | None, collection: str) -> list[int]:
    """The running numbers of a node's items, by its spec; empty where sockets do not tell."""
    numbers = item_numbers(spec, pair, spec.type, collection)
    return numbers if len(numbers) == len(spec.properties.get(collection, ())) else []


def fresh(tree: bpy.types.NodeTree, bl_idname: str) -> Any:
    """A new node. Raises GraphError if this Blender or this kind of tree has none of the type."""
    try:
        return tree.nodes.new(bl_idname)
    except RuntimeError:
        version = bpy.app.version_string
        raise GraphError(f"Blender {version} has no node {bl_idname!r} in a {tree.bl_idname}") from None
