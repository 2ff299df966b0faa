"""Hypothesis strategies for graph specs as plain data, and for one change of one. They need no Blender.

What they draw is well formed (links have their ends, groups come before their users, names are unique where Blender keeps them so) and
otherwise as hostile as data can be: names that try to be code, floats that print badly, every kind of value anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Any

from hypothesis import strategies as st

from dreamgrove.procedural.graph.compare import LEVELS, reachable
from dreamgrove.procedural.graph.exceptions import COSMETIC, LAYOUT
from dreamgrove.procedural.graph.spec import (
    AnimationSpec,
    CurveSpec,
    GraphSpec,
    Group,
    GroupRef,
    InterfaceItem,
    LinkSpec,
    NodeSpec,
    Ref,
    SocketSpec,
    TreeSpec,
)

HOSTILE = (
    '"); import os; os.system("',
    "'''); __import__('os').abort()  # ",
    '"""\nimport os\n"""',
    "",
    "None",
    "nan",
    "\x00",
    "a\x00b",
    "two\nlines\r\n",
    "\\",
    "\\'",
    "\u202eevil\u202c",  # right to left
    "שלום",
    "\u2028\u2029\x85",
    "\ufeff# -*- coding: cp037 -*-",
    "# Building\n\n",
    "{x} %s {{}}",
    "$",
    "dict",
    "GraphSpec",
    "class",
    "1st",
    "a.001",
    "ﬁ",  # Python reads such identifiers as others
    "x" * 63,
    "ü" * 31 + "x",
    "🌳" * 63 + "end",  # 255 bytes
)
ODD_FLOATS = (
    0.0,
    -0.0,
    float("nan"),
    float("inf"),
    -float("inf"),
    5e-324,
    -2.2250738585072014e-308,
    0.1,
    1e308,
    1e-7,
    1.0,
)

# Any character but surrogates, those that have a meaning somewhere most often.
_CHARACTERS = st.sampled_from("aQ1_ .$\"'\\{}()#%;\n\t\x00\x7f\x85\u2028\u202eßשﬁ日🌳") | st.integers(
    0, 0x10FFFF
).filter(lambda code: not 0xD800 <= code < 0xE000).map(chr)
texts = st.sampled_from(HOSTILE) | st.text(_CHARACTERS, max_size=8)
floats = st.sampled_from(ODD_FLOATS) | st.floats(allow_subnormal=True)
integers = st.sampled_from((0, 1, -1, 2**31 - 1, -(2**31), 2**63)) | st.integers()
scalars = st.none() | st.booleans() | integers | floats | texts
property_names = st.sampled_from(
    ("operation", "default_value", "mute", "enabled", "is_active_output", *sorted(LAYOUT), "color", "label", "hide")
)
keys = property_names | texts
kinds = st.sampled_from(("images", "objects", "collections", "materials", "texts"))
references = st.builds(Ref, kinds, texts, st.sampled_from(("", "//library.blend")) | texts)


@cache  # making strategies takes longer than drawing from them
def values(groups: tuple[str, ...]) -> st.SearchStrategy[Any]:
    """Any value of a property in a graph that has these groups."""
    simple = scalars | references | st.sampled_from([GroupRef(name) for name in ("", *groups)])
    numbers = st.lists(floats, max_size=4).map(tuple) | st.lists(scalars, max_size=3).map(tuple)
    struct = st.dictionaries(keys, simple | numbers, max_size=3)
    deep = st.dictionaries(keys, simple | struct, max_size=2)
    return simple | numbers | struct | deep | st.lists(struct, min_size=1, max_size=3).map(tuple)


@cache
def properties(groups: tuple[str, ...], size: int = 3) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(keys, values(groups), max_size=size)


@cache
def custom(groups: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Custom properties: groups of properties too."""
    inner = values(groups) | st.builds(Group, st.lists(st.tuples(texts, scalars), max_size=2).map(tuple))
    group = st.builds(Group, st.lists(st.tuples(texts, inner), max_size=3, unique_by=lambda i: i[0]).map(tuple))
    return st.dictionaries(texts, values(groups) | group, max_size=2)


@cache
def sockets(groups: tuple[str, ...]) -> st.SearchStrategy[tuple[SocketSpec, ...]]:
    types = st.sampled_from(("NodeSocketFloat", "NodeSocketVectorEuler2D", "NodeSocketMenu")) | texts
    one = st.builds(SocketSpec, texts, texts, types, properties(groups, 2), custom(groups))
    return st.lists(one, max_size=3, unique_by=lambda s: s.identifier).map(tuple)


@cache
def items(groups: tuple[str, ...]) -> st.SearchStrategy[tuple[InterfaceItem, ...]]:
    identifiers = st.integers(0, 90).map(lambda n: f"Socket_{n}") | st.sampled_from(("Input_2", "7", ""))
    one = st.builds(
        InterfaceItem,
        st.sampled_from(("INPUT", "OUTPUT", "PANEL")),
        texts,
        st.sampled_from(("", "NodeSocketFloat")) | texts,
        identifiers,
        st.integers(-1, 1),
        properties(groups, 2),
        custom(groups),
    )
    return st.lists(one, max_size=3, unique_by=lambda i: i.identifier).map(tuple)


@cache
def curves(groups: tuple[str, ...]) -> st.SearchStrategy[tuple[CurveSpec, ...]]:
    one = st.builds(
        CurveSpec,
        texts,
        st.integers(0, 3),
        properties(groups, 2),
        st.lists(properties(groups, 2), max_size=2).map(tuple),
        st.lists(properties(groups, 1), max_size=1).map(tuple),
        texts,
        st.none() | properties(groups, 2),
    )
    return st.lists(one, max_size=2, unique_by=lambda c: (c.data_path, c.array_index)).map(tuple)


@cache
def animations(groups: tuple[str, ...]) -> st.SearchStrategy[AnimationSpec | None]:
    return st.none() | st.builds(AnimationSpec, curves(groups), texts, curves(groups), properties(groups, 1))


@cache
def node_parts(groups: tuple[str, ...], names: tuple[str, ...]) -> tuple[st.SearchStrategy[NodeSpec], ...]:
    """A strategy for each node of a tree."""
    types = st.sampled_from(("NodeGroupOutput", "NodeFrame", "GeometryNodeViewer", "ShaderNodeMath")) | texts
    others = st.just("") | st.sampled_from(names)
    side = sockets(groups)
    return tuple(
        st.builds(NodeSpec, st.just(n), types, others, others, properties(groups), side, side, custom(groups))
        for n in names
    )


@st.composite
def trees(draw: st.DrawFn, name: str, groups: tuple[str, ...]) -> TreeSpec:
    names = draw(st.lists(texts.filter(bool), max_size=4, unique=True))
    nodes = [draw(node) for node in node_parts(groups, tuple(names))] if names else []
    ends = st.builds(
        LinkSpec,
        *(st.sampled_from(names), st.integers(0, 3)) * 2,
        st.booleans(),
        st.integers(0, 2),
    )
    ends_of = lambda link: (link.from_node, link.from_socket, link.to_node, link.to_socket)  # noqa: E731
    return TreeSpec(
        name=name,
        type=draw(st.sampled_from(("GeometryNodeTree", "ShaderNodeTree")) | texts),
        properties=draw(properties(groups)),
        interface=draw(items(groups)),
        nodes=tuple(nodes),
        links=tuple(draw(st.lists(ends, max_size=4, unique_by=ends_of))) if names else (),
        active=draw(st.just("") | st.sampled_from(names)) if names else "",
        animation=draw(animations(groups)),
        asset=draw(st.none() | properties(groups, 2)),
        custom=draw(custom(groups)),
    )


@st.composite
def specs(draw: st.DrawFn) -> GraphSpec:
    """A graph of up to three trees."""
    names = draw(st.lists(texts.filter(bool), min_size=1, max_size=3, unique=True))
    parts = [draw(trees(name, tuple(names[:index]))) for index, name in enumerate(names)]
    owner = draw(st.none() | st.builds(Ref, st.sampled_from(("materials", "worlds")), texts))
    return GraphSpec(tuple(parts), owner, draw(st.lists(st.integers(0, 9), max_size=3).map(tuple)))


# One change


@dataclass(frozen=True, slots=True)
class Change:
    """A graph with one thing changed. `told` are the levels at which it must be seen, `unseen` those at which it must not."""

    where: str
    after: GraphSpec
    told: frozenset[str]
    unseen: frozenset[str] = frozenset()


Path = tuple[Any, ...]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """The way to every value in a spec: field names, keys, positions."""
    yield path
    if is_dataclass(value):
        for f in fields(value):
            yield from places(getattr(value, f.name), (*path, f.name))
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from places(each, (*path, ("key", key)))
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            yield from places(each, (*path, index))


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = _step(value, step)
    return value


def _step(value: Any, step: Any) -> Any:
    if isinstance(step, str):
        return getattr(value, step)
    return value[step[1]] if isinstance(step, tuple) else value[step]


def put(value: Any, path: Path, new: Any) -> Any:
    """A copy with another value at a place."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    inner = put(_step(value, step), rest, new)
    if isinstance(step, str):
        return replace(value, **{step: inner})
    if isinstance(step, tuple):
        return {**value, step[1]: inner}
    return (*value[:step], inner, *value[step + 1 :])


@st.composite
def changes(draw: st.DrawFn, spec: GraphSpec) -> Change:
    """One change of this graph: a value, a key, an item, a name, a link, an order."""
    how = [lambda: draw(_value_changes(spec))]
    if any(tree.links for tree in spec.trees):
        how.append(lambda: draw(_link_changes(spec)))
    if any(tree.nodes for tree in spec.trees):
        how.append(lambda: draw(_node_changes(spec)))
    how.append(lambda: draw(_tree_changes(spec)))
    return draw(st.sampled_from(how))()


@st.composite
def _value_changes(draw: st.DrawFn, spec: GraphSpec) -> Change:
    paths = [path for path in places(spec) if _changeable(spec, path)]
    path = draw(st.sampled_from(paths))
    old = at(spec, path)
    groups = tuple(tree.name for tree in spec.trees[:-1])
    if path[-1] == "owner":
        new = None if old is not None else Ref("lights", "Lamp")
    elif isinstance(old, dict) and old and draw(st.booleans()):
        gone = draw(st.sampled_from(sorted(old)))
        path, new = (*path, ("key", gone)), {k: v for k, v in old.items() if k != gone}
        return Change(f"{path} is gone", put(spec, path[:-1], new), *_levels(spec, path))
    elif isinstance(old, dict):
        key = draw(keys.filter(lambda k: k not in old))
        return Change(
            f"{path} has {key!r}",
            put(spec, path, {**old, key: draw(values(groups))}),
            *_levels(spec, (*path, ("key", key))),
        )
    elif isinstance(old, tuple):  # one of its own kinds more, or one less
        new = old[:-1] if draw(st.booleans()) else (*old, old[-1])
    elif _is_value(path):
        new = draw(values(groups).filter(lambda v: repr(v) != repr(old) and not isinstance(v, GroupRef)))
    elif isinstance(old, bool):
        new = not old
    elif isinstance(old, int):
        new = draw(st.integers(0, 99).filter(lambda v: v != old))
    else:
        new = another_name(old)
    return Change(f"{path}: {old!r} -> {new!r}", put(spec, path, new), *_levels(spec, path))


def another_name(old: str) -> str:
    """One that Blender's numbers and shortened names do not make of it."""
    return "Q" if not old.startswith("Q") else "R"


def _is_value(path: Path) -> bool:
    """Whether any value may stand there: below properties, and no part of a reference, and no name in a group of properties."""
    below = any(isinstance(step, tuple) for step in path)
    return below and not isinstance(path[-1], str) and not (path[-1] == 0 and _in_pair(path))


def _in_pair(path: Path) -> bool:
    """Whether this is the name or the value of a property in a `Group`."""
    return len(path) > 2 and path[-3] == "items" and isinstance(path[-2], int)


def _changeable(spec: GraphSpec, path: Path) -> bool:
    """Whether `_value_changes` can change what is there, and leave a graph that is well formed."""
    value, last = at(spec, path), path[-1] if path else None
    if not path or path[0] == "blender" or "links" in path[:3]:
        return False
    if path[0] == "owner":
        return path == ("owner",) or last in {"name", "kind"}
    if last in {"parent", "pair", "active"} and isinstance(value, str):
        return False  # names of other parts; and parts that others know by their names
    if last == "name" and (len(path) == 3 or isinstance(at(spec, path[:-1]), NodeSpec | GroupRef)):
        return False
    if last == "identifier" and isinstance(at(spec, path[:-1]), InterfaceItem):
        return value.startswith("Socket_")  # those of old files are made anew, so they are not compared
    if value is None or is_dataclass(value):
        return _is_value(path) and not isinstance(value, Group)
    if isinstance(value, tuple):
        own = _is_value(path) or last in {"inputs", "outputs", "interface", "keyframes", "modifiers", "items"}
        return own and bool(value) and not (path[-2] == "items" and isinstance(last, int))
    return True


def _levels(spec: GraphSpec, path: Path) -> tuple[frozenset[str], frozenset[str]]:
    """The levels at which a change there must be told, and must not be."""
    if path[0] == "owner":
        return frozenset(LEVELS), frozenset()
    tree, part = spec.trees[path[1]], path[2]
    node = tree.nodes[path[3]] if part == "nodes" else None
    top = next((i for i, step in enumerate(path) if step == "properties"), None)
    if part in {"nodes", "interface"} and top is not None and len(path) > top + 1 and "custom" not in path[:top]:
        name = path[top + 1][1]
        if name in LAYOUT:
            return frozenset({"layout"}), frozenset({"reachable", "everything"})
        if name in COSMETIC:
            return frozenset({"everything", "layout"}), frozenset({"reachable"})
        if node is None or node.name in reachable(tree):
            return frozenset(LEVELS), frozenset()
    return frozenset({"everything", "layout"}), frozenset()


@st.composite
def _link_changes(draw: st.DrawFn, spec: GraphSpec) -> Change:
    number = draw(st.sampled_from([i for i, tree in enumerate(spec.trees) if tree.links]))
    tree = spec.trees[number]
    index = draw(st.integers(0, len(tree.links) - 1))
    link = tree.links[index]
    kept = reachable(tree)
    seen = not link.muted and link.from_node in kept and link.to_node in kept
    told = frozenset(LEVELS if seen else LEVELS[1:])
    match draw(st.sampled_from(("gone", "muted", "moved", "order", "swapped"))):
        case "gone":
            links = (*tree.links[:index], *tree.links[index + 1 :])
        case "muted":
            links = put(tree.links, (index, "muted"), not link.muted)
        case "moved":
            links = put(tree.links, (index, "to_socket"), link.to_socket + 10)
        case "order":
            links = put(tree.links, (index, "order"), link.order + 1)
        case _:
            links = (*tree.links[1:], tree.links[0])
            told = frozenset(LEVELS[1:] if len(tree.links) > 1 else ())
    return Change(f"links {tree.links} -> {links}", put(spec, ("trees", number, "links"), links), told)


@st.composite
def _node_changes(draw: st.DrawFn, spec: GraphSpec) -> Change:
    number = draw(st.sampled_from([i for i, tree in enumerate(spec.trees) if tree.nodes]))
    tree = spec.trees[number]
    node = draw(st.sampled_from(tree.nodes))
    told = frozenset(LEVELS if node.name in reachable(tree) else LEVELS[1:])
    unseen: frozenset[str] = frozenset()
    match draw(st.sampled_from(("renamed", "gone", "framed", "drawn later", "active"))):
        case "renamed":
            new = next(name for name in ("Q", "R", "S", "T", "U") if all(name != other.name for other in tree.nodes))
            after = _rename_node(tree, node.name, new)
        case "gone":
            after = _without_node(tree, node.name)
        case "framed":
            after = put(tree, ("nodes", tree.nodes.index(node), "parent"), another_name(node.parent))
            told, unseen = frozenset(LEVELS[1:]), frozenset({"reachable"})
        case "active":
            after = replace(tree, active=another_name(tree.active))
            told, unseen = frozenset(LEVELS[1:]), frozenset({"reachable"})
        case _:
            after = replace(tree, nodes=(*tree.nodes[1:], tree.nodes[0]))
            told, unseen = frozenset({"layout"} if len(tree.nodes) > 1 else ()), frozenset(LEVELS[:2])
    return Change(f"node {node.name!r} of {tree.name!r}", put(spec, ("trees", number), after), told, unseen)


def _rename_node(tree: TreeSpec, old: str, new: str) -> TreeSpec:
    def name(text: str) -> str:
        return new if text == old else text

    return replace(
        tree,
        nodes=tuple(replace(n, name=name(n.name), parent=name(n.parent), pair=name(n.pair)) for n in tree.nodes),
        links=tuple(replace(k, from_node=name(k.from_node), to_node=name(k.to_node)) for k in tree.links),
        active=name(tree.active),
    )


def _without_node(tree: TreeSpec, gone: str) -> TreeSpec:
    def name(text: str) -> str:
        return "" if text == gone else text

    return replace(
        tree,
        nodes=tuple(replace(n, parent=name(n.parent), pair=name(n.pair)) for n in tree.nodes if n.name != gone),
        links=tuple(k for k in tree.links if gone not in {k.from_node, k.to_node}),
        active=name(tree.active),
    )


@st.composite
def _tree_changes(draw: st.DrawFn, spec: GraphSpec) -> Change:
    """Of a tree as a whole: its name, a group more, its asset or animation, its curves."""
    number = draw(st.integers(0, len(spec.trees) - 1))
    tree, rest = spec.trees[number], LEVELS[1:]
    is_root = number == len(spec.trees) - 1
    match draw(st.sampled_from(("root's name", "another group", "asset", "animation", "drivers"))):
        case "root's name" if is_root and spec.owner is None:  # an owner's tree has a name of Blender's
            return Change("root", put(spec, ("trees", number, "name"), another_name(tree.name)), frozenset(LEVELS))
        case "another group":
            new = TreeSpec("Q" * 5, "ShaderNodeTree")
            return Change("one group more", replace(spec, trees=(new, *spec.trees)), frozenset(LEVELS))
        case "asset":
            after = replace(tree, asset={} if tree.asset is None else None)
        case "drivers" if tree.animation is not None and tree.animation.drivers:
            after = put(tree, ("animation", "drivers"), tree.animation.drivers[1:])
        case _:
            after = replace(tree, animation=AnimationSpec() if tree.animation is None else None)
    return Change(f"tree {tree.name!r}", put(spec, ("trees", number), after), frozenset(rest), frozenset({"reachable"}))
