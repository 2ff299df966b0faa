"""What differs between two graphs, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields

from .exceptions import COSMETIC, LAYOUT
from .spec import (
    AnimationSpec,
    GraphSpec,
    Group,
    GroupRef,
    InterfaceItem,
    LinkSpec,
    NodeSpec,
    Properties,
    SocketSpec,
    TreeSpec,
    Value,
    same,
)

LEVELS = ("reachable", "everything", "layout")
_LONG = 55  # bytes; 63 is the longest name before 5.0
_NUMBER = re.compile(r"\.\d{3,}$")


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not the same in two graphs. `where` names the tree, node and socket, `what` says both values."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def compare(a: GraphSpec, b: GraphSpec, level: str = "everything") -> list[Difference]:
    """The differences between two graphs, empty if they are equal.

    level "reachable": only nodes that something shown or evaluated depends on, without what changes no result;
    "everything": all but places and sizes of nodes and the order in which they are drawn; "layout": these too.
    Names of data-blocks that differ in Blender's number alone (".001") are equal, for a file has every name once.
    Raises ValueError for another level.
    """
    if level not in LEVELS:
        raise ValueError(f"level must be one of {', '.join(LEVELS)}, not {level!r}")
    return list(_Comparison(a, b, level).graph())


class _Comparison:
    def __init__(self, a: GraphSpec, b: GraphSpec, level: str) -> None:
        self.a, self.b, self.level = a, b, level
        self.ignored = {"reachable": COSMETIC, "everything": LAYOUT, "layout": frozenset()}[level]
        self.partners = _pair(a, b)
        self.renamed: dict[str, dict[str, str]] = {}  # by tree of the first: its identifiers that Blender gives no more

    def graph(self) -> Iterator[Difference]:
        a, b = self.a, self.b
        if (a.owner is None) != (b.owner is None) or (a.owner and b.owner and a.owner.kind != b.owner.kind):
            yield Difference("graph", f"belongs to {_say(a.owner)} in one, {_say(b.owner)} in the other")
        elif a.owner and b.owner and not _same_name(a.owner.name, b.owner.name):
            yield Difference("graph", f"belongs to {a.owner.name!r} in one, {b.owner.name!r} in the other")
        others = {tree.name: tree for tree in b.trees[:-1]}
        for tree in a.trees[:-1]:
            partner = self.partners.get(tree.name)
            if partner is None:
                yield Difference(f"group {tree.name!r}", "is only in the first")
            else:
                yield from self.tree(tree, others[partner])
        for name in others.keys() - set(self.partners.values()):
            yield Difference(f"group {name!r}", "is only in the second")
        yield from self.tree(a.root, b.root)

    def tree(self, a: TreeSpec, b: TreeSpec) -> Iterator[Difference]:
        where = f"{a.name!r}"
        owned = a is self.a.root and self.a.owner is not None  # then Blender names it, and by versions of its own
        if not owned and not _same_name(a.name, b.name):
            yield Difference(where, f"is named {b.name!r} in the other")
        if a.type != b.type:
            yield Difference(where, f"is a {a.type} in one, a {b.type} in the other")
        yield from self.interface(a.interface, b.interface, a.name, where)
        kept_a, kept_b = self.kept(a), self.kept(b)
        nodes_a = {node.name: node for node in a.nodes if node.name in kept_a}
        nodes_b = {node.name: node for node in b.nodes if node.name in kept_b}
        for name, node in nodes_a.items():
            if name in nodes_b:
                yield from self.node(node, nodes_b[name], a.name, f"{where} > node {name!r}")
            else:
                yield Difference(f"{where} > node {name!r}", "is only in the first")
        for name in nodes_b:
            if name not in nodes_a:
                yield Difference(f"{where} > node {name!r}", "is only in the second")
        if self.level == "layout" and nodes_a.keys() == nodes_b.keys() and list(nodes_a) != list(nodes_b):
            yield Difference(where, "draws its nodes in another order")
        yield from self.links(a, b, kept_a, kept_b, where)
        if self.level == "reachable":
            return
        yield from self.properties(a.properties, b.properties, where)
        yield from self.properties(a.custom, b.custom, f"{where} > custom property")
        if a.active != b.active:
            yield Difference(where, f"has the active node {a.active!r} in one, {b.active!r} in the other")
        if (a.asset is None) != (b.asset is None):
            yield Difference(where, "is an asset only in the " + ("first" if a.asset is not None else "second"))
        elif a.asset is not None and b.asset is not None:
            yield from self.properties(a.asset, b.asset, f"{where} > asset")
        yield from self.animation(a.animation, b.animation, where)

    def kept(self, tree: TreeSpec) -> set[str]:
        if self.level != "reachable":
            return {node.name for node in tree.nodes}
        return reachable(tree)

    def interface(
        self, a: tuple[InterfaceItem, ...], b: tuple[InterfaceItem, ...], tree: str, where: str
    ) -> Iterator[Difference]:
        renamed = self.renamed.setdefault(tree, {})
        if len(a) != len(b):
            yield Difference(f"{where} > interface", f"has {len(a)} items in one, {len(b)} in the other")
        for one, other in zip(a, b, strict=False):
            at = f"{where} > {'panel' if one.type == 'PANEL' else one.type.lower()} {one.name!r}"
            for name in ("type", "name", "socket_type", "parent"):
                yield from self.value(getattr(one, name), getattr(other, name), at, name)
            if one.identifier != other.identifier and not _is_old(one.identifier) and not _is_old(other.identifier):
                yield Difference(
                    f"{at} > identifier", f"is {one.identifier!r} in one, {other.identifier!r} in the other"
                )
            renamed[one.identifier] = other.identifier
            yield from self.properties(one.properties, other.properties, at, self.ignored)
            yield from self.properties(one.custom, other.custom, f"{at} > custom property")

    def node(self, a: NodeSpec, b: NodeSpec, tree: str, where: str) -> Iterator[Difference]:
        if a.type != b.type:
            yield Difference(where, f"is a {a.type} in one, a {b.type} in the other")
            return
        if a.parent != b.parent and self.level != "reachable":
            yield Difference(where, f"is in the frame {a.parent!r} in one, {b.parent!r} in the other")
        yield from self.value(a.pair, b.pair, where, "zone")
        yield from self.properties(a.properties, b.properties, where, self.ignored)
        if self.level != "reachable":
            yield from self.properties(a.custom, b.custom, f"{where} > custom property")
        group = a.properties.get("node_tree")
        renamed = self.renamed.get(group.name if isinstance(group, GroupRef) else tree, {})
        yield from self.sockets(a.inputs, b.inputs, renamed, f"{where} > input")
        yield from self.sockets(a.outputs, b.outputs, renamed, f"{where} > output")

    def sockets(
        self, a: tuple[SocketSpec, ...], b: tuple[SocketSpec, ...], renamed: dict[str, str], where: str
    ) -> Iterator[Difference]:
        if len(a) != len(b):
            yield Difference(f"{where}s", f"are {len(a)} in one, {len(b)} in the other")
        for one, other in zip(a, b, strict=False):
            if one == other and same(one.properties, other.properties) and same(one.custom, other.custom):
                continue
            at = f"{where} {one.name!r}"
            if renamed.get(one.identifier) != other.identifier:
                yield from self.value(one.identifier, other.identifier, at, "identifier")
            for name in ("name", "type"):
                yield from self.value(getattr(one, name), getattr(other, name), at, name)
            yield from self.properties(one.properties, other.properties, at, self.ignored)
            if self.level != "reachable":
                yield from self.properties(one.custom, other.custom, f"{at} > custom property")

    def links(self, a: TreeSpec, b: TreeSpec, kept_a: set[str], kept_b: set[str], where: str) -> Iterator[Difference]:
        one = [link for link in a.links if link.from_node in kept_a and link.to_node in kept_a]
        other = [link for link in b.links if link.from_node in kept_b and link.to_node in kept_b]
        if self.level == "reachable":
            one, other = [x for x in one if not x.muted], [x for x in other if not x.muted]
        for some, rest, place in ((one, set(other), "first"), (other, set(one), "second")):
            for link in some:
                if link not in rest:
                    yield Difference(where, f"has the link {_say_link(link)} only in the {place}")
        if self.level != "reachable" and one != other and set(one) == set(other):
            yield Difference(where, "lists its links in another order")

    def animation(self, a: AnimationSpec | None, b: AnimationSpec | None, where: str) -> Iterator[Difference]:
        if a is None or b is None:
            if a is not b:
                yield Difference(where, "is animated only in the " + ("second" if a is None else "first"))
            return
        if not _same_name(a.action, b.action):
            yield Difference(where, f"has the action {a.action!r} in one, {b.action!r} in the other")
        yield from self.properties(a.properties, b.properties, f"{where} > animation")
        for kind, one, other in (("driver", a.drivers, b.drivers), ("F-curve", a.curves, b.curves)):
            curves = {(c.data_path, c.array_index): c for c in other}
            for curve in one:
                at = f"{where} > {kind} {curve.data_path}[{curve.array_index}]"
                partner = curves.pop((curve.data_path, curve.array_index), None)
                if partner is None:
                    yield Difference(at, "is only in the first")
                    continue
                for f in fields(curve):
                    yield from self.value(getattr(curve, f.name), getattr(partner, f.name), at, f.name)
            for path, index in curves:
                yield Difference(f"{where} > {kind} {path}[{index}]", "is only in the second")

    def properties(
        self, a: Properties, b: Properties, where: str, ignored: frozenset[str] = frozenset()
    ) -> Iterator[Difference]:
        """`ignored` are names in these properties alone: the location of a node is its place, that of a curve's point is not."""
        for name in (*a, *(b.keys() - a.keys())):
            if name in ignored:
                continue
            if name not in a or name not in b:
                yield Difference(f"{where} > {name}", "is only in the " + ("first" if name in a else "second"))
            else:
                yield from self.value(a[name], b[name], where, name)

    def value(self, a: Value, b: Value, where: str, name: str) -> Iterator[Difference]:
        """Only structs go deeper, and those are a few levels deep."""
        if same(a, b):
            return
        if isinstance(a, GroupRef) and isinstance(b, GroupRef):
            if self.partners.get(a.name) != b.name:
                yield Difference(f"{where} > {name}", f"is group {a.name!r} in one, {b.name!r} in the other")
        elif isinstance(a, Group) and isinstance(b, Group) and [k for k, _ in a.items] == [k for k, _ in b.items]:
            for (key, one), (_, other) in zip(a.items, b.items, strict=True):
                yield from self.value(one, other, where, f"{name}[{key!r}]")
        elif isinstance(a, dict) and isinstance(b, dict):
            yield from self.properties(a, b, f"{where} > {name}")
        elif isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b) and any(isinstance(v, dict) for v in a):
            for index, (one, other) in enumerate(zip(a, b, strict=True)):
                yield from self.value(one, other, where, f"{name}[{index}]")
        else:
            yield Difference(f"{where} > {name}", f"is {_say(a)} in one, {_say(b)} in the other")


def reachable(tree: TreeSpec) -> set[str]:
    """The nodes that what a tree yields depends on, and the zones that they are in."""
    sources: dict[str, set[str]] = {node.name: set() for node in tree.nodes}
    for link in tree.links:
        if not link.muted:
            sources[link.to_node].add(link.from_node)
    for node in tree.nodes:
        if node.pair:  # a zone ends in its output node, and is nothing without its input node
            sources[node.pair].add(node.name)
            sources[node.name].add(node.pair)
    found: set[str] = set()
    waiting = [node.name for node in tree.nodes if _is_end(node)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += sources[name]
    return found


def _is_end(node: NodeSpec) -> bool:
    if node.type == "NodeFrame" or "Viewer" in node.type or node.properties.get("mute"):
        return False
    return not any(s.properties.get("enabled", True) for s in node.outputs) and node.properties.get(
        "is_active_output", True
    )


def _is_old(identifier: str) -> bool:
    """Whether a socket of an interface has an identifier of a file before 4.0 ("Input_2"); new ones cannot be made."""
    return re.fullmatch(r"(?:Socket_)?\d*", identifier) is None


def _pair(a: GraphSpec, b: GraphSpec) -> dict[str, str]:
    """Which group of the second is which of the first: by the nodes that use them, then by name, then without Blender's number."""
    partners = {"": ""}
    trees_a, trees_b = ({"": spec.root} | {tree.name: tree for tree in spec.trees[:-1]} for spec in (a, b))
    waiting = [""]
    while waiting:
        one = waiting.pop()
        used = {node.name: node.properties.get("node_tree") for node in trees_b[partners[one]].nodes}
        for node in trees_a[one].nodes:
            mine, other = node.properties.get("node_tree"), used.get(node.name)
            if isinstance(mine, GroupRef) and isinstance(other, GroupRef) and _same_name(mine.name, other.name):
                known = mine.name in partners or other.name in partners.values()
                if not known and mine.name in trees_a and other.name in trees_b:
                    partners[mine.name] = other.name
                    waiting.append(mine.name)
    rest = {tree.name: None for tree in b.trees[:-1] if tree.name not in partners.values()}
    for equal in (lambda x, y: x == y, _same_name):
        for tree in a.trees[:-1]:
            if tree.name not in partners:
                partner = next((name for name in rest if equal(tree.name, name)), None)
                if partner is not None:
                    partners[tree.name] = partner
                    del rest[partner]
    return partners


def _same_name(a: str, b: str) -> bool:
    """Equal, but for the number that Blender gives to a name that is taken; before 5.0 it also shortens long ones for that."""
    stem_a, stem_b = sorted((_NUMBER.sub("", a), _NUMBER.sub("", b)), key=len)
    return stem_a == stem_b or (len(stem_a.encode()) >= _LONG and stem_b.startswith(stem_a))


def _say(value: Value) -> str:
    text = repr(value)
    return text if len(text) <= 120 else text[:117] + "..."


def _say_link(link: LinkSpec) -> str:
    muted = " (muted)" if link.muted else ""
    place = f" as number {link.order + 1}" if link.order else ""
    return f"{link.from_node!r}[{link.from_socket}] -> {link.to_node!r}[{link.to_socket}]{place}{muted}"
