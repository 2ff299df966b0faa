"""What a script must say of each node, and what the node will be like after it: the difference to a new node of its type."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

import bpy

from .create import NUMBER, item_keys, numbers_of
from .errors import GraphError
from .exceptions import COSMETIC, NEEDS_LINKS, NEEDS_OTHERS, SECOND_VIEWS
from .probe import Probe
from .spec import NodeSpec, Properties, SocketSpec, TreeSpec, Value, same

_LATER = COSMETIC | {name for _, name in NEEDS_LINKS}
ITEM_KEYS = ("name", "path", "socket_type", "data_type", "location", "position")


@dataclass
class Plan:
    """A node of the source (`spec`), the properties that its script sets, and the node as it then is, before anything is fed."""

    spec: NodeSpec
    properties: Properties = field(default_factory=dict)
    born: NodeSpec | None = None

    @property
    def sockets_in(self) -> tuple[SocketSpec, ...]:
        assert self.born is not None
        return self.born.inputs

    @property
    def sockets_out(self) -> tuple[SocketSpec, ...]:
        assert self.born is not None
        return self.born.outputs


def plans(tree: TreeSpec, probe: Probe) -> dict[str, Plan]:
    """A plan for every node but frames."""
    specs = {node.name: node for node in tree.nodes}
    starts = {node.pair: node for node in tree.nodes if node.pair in specs}
    found: dict[str, Plan] = {}
    for node in tree.nodes:
        if node.type == "NodeFrame" or (node.pair in specs):
            continue
        if node.name in starts:
            start = starts[node.name]
            found[start.name], found[node.name] = _zone(start, node, probe)
        elif node.type == "NodeReroute":
            found[node.name] = Plan(node, {}, probe.reroute(node.inputs[0].type) if node.inputs else node)
        else:
            found[node.name] = _node(node, probe)
    for name, plan in found.items():
        several = sum(node.type == plan.spec.type for node in tree.nodes) > 1
        for late in NEEDS_OTHERS.keys() & plan.spec.properties.keys() if several else ():
            found[name].properties[late] = plan.spec.properties[late]
    return {name: found[name] for name in specs if name in found}


def _node(node: NodeSpec, probe: Probe) -> Plan:
    new = probe.node(node.type, {})
    properties = _settable(node, new)
    if not properties:
        return Plan(node, {}, new)
    try:
        probe.node(node.type, properties)
    except (
        GraphError
    ):  # some of them change each other: those are left to the editor's data, which are set until all fit
        kept: Properties = {}
        for name, value in properties.items():
            with suppress(GraphError):
                probe.node(node.type, {**kept, name: value})
                kept[name] = value
        return Plan(node, kept, probe.node(node.type, kept))
    for _ in range(2):
        born = probe.node(node.type, properties)
        more = _complete(node, None, born, None, properties)
        if more == properties:
            break
        properties = more
    return Plan(node, properties, probe.node(node.type, properties))


def _zone(start: NodeSpec, end: NodeSpec, probe: Probe) -> tuple[Plan, Plan]:
    _, new = probe.zone(start.type, end.type, {})
    properties = _settable(end, new)
    for _ in range(2):
        born_start, born = probe.zone(start.type, end.type, properties)
        more = _complete(end, start, born, born_start, properties)
        if more == properties:
            break
        properties = more
    born_start, born = probe.zone(start.type, end.type, properties)
    return Plan(start, {}, born_start), Plan(end, properties, born)


def _settable(node: NodeSpec, new: NodeSpec) -> Properties:
    """What a script sets on the node; of items only what they are made from."""
    found = {}
    for name, value in node.properties.items():
        if name in COSMETIC or name in NEEDS_OTHERS or (name in new.properties and same(value, new.properties[name])):
            continue
        if _is_items(node.type, name):
            found[name] = tuple({k: row[k] for k in ITEM_KEYS if k in row} for row in value)
        else:
            found[name] = _less(value, new.properties.get(name))
    return found


def _is_items(node_type: str, name: str) -> bool:
    prop = getattr(bpy.types, node_type).bl_rna.properties.get(name)
    if prop is None or prop.type != "COLLECTION" or (node_type, name) in SECOND_VIEWS:
        return False
    return prop.srna is not None and "new" in prop.srna.functions


def _less(value: Value, new: Value) -> Value:
    """Of structs only what differs."""
    if isinstance(value, dict) and isinstance(new, dict):
        return {k: _less(v, new.get(k)) for k, v in value.items() if k not in new or not same(v, new[k])}
    both = isinstance(value, tuple) and isinstance(new, tuple) and len(value) == len(new)
    if both and value and all(isinstance(v, dict) for v in value):
        return tuple(map(_less, value, new))
    return value


def _complete(
    node: NodeSpec, start: NodeSpec | None, born: NodeSpec, born_start: NodeSpec | None, properties: Properties
) -> Properties:
    """The properties with what is still missing: of items the rest and their numbers, and what others have changed again."""
    found = dict(properties)
    for name, value in node.properties.items():
        if name in COSMETIC or name in NEEDS_OTHERS:
            continue
        if name in found and _is_items(node.type, name):
            rows = list(found[name])
            have = born.properties.get(name, ())
            for index, row in enumerate(value):
                known = have[index] if index < len(have) else {}
                rows[index] = {
                    **rows[index],
                    **{k: v for k, v in row.items() if k not in _LATER and (k not in known or not same(v, known[k]))},
                }
            found[name] = tuple(rows)
        elif name not in found and not same(value, born.properties.get(name)):
            found[name] = value
    mine = [*_identifiers(node), *_identifiers(start)]
    if mine != [*_identifiers(born), *_identifiers(born_start)]:
        for name in found:
            if _is_items(node.type, name):
                numbers = numbers_of(node, start, name)
                named = [s.identifier for s in node.inputs] if len(node.inputs) == len(found[name]) else []
                keys = numbers or named
                found[name] = (
                    tuple({**row, NUMBER: key} for row, key in zip(found[name], keys, strict=False))
                    if keys
                    else found[name]
                )
    return found


def _identifiers(node: NodeSpec | None) -> list[str]:
    return [s.identifier for s in (*node.inputs, *node.outputs)] if node is not None else []


def shortened(node_type: str, name: str, rows: tuple[Properties, ...]) -> Value:
    """Items in the shortest form that says all: their number, names, names and types, these with numbers, dicts."""
    name_key, type_key = item_keys(getattr(bpy.types, node_type), name)
    if rows and not any(rows):
        return len(rows)
    found: list[Value] = []
    for row in rows:
        keys = [key for key in (name_key, type_key, NUMBER) if key in row]
        number_fits = NUMBER not in row or (isinstance(row[NUMBER], int) and name_key in row)
        if name_key in row and set(row) == set(keys) and number_fits and not isinstance(row.get(type_key), int):
            found.append(tuple(row[key] for key in keys) if len(keys) > 1 else row[name_key])
        else:
            found.append(row)
    return tuple(found)


__all__ = ["Plan", "plans", "shortened"]
