"""Part of a graph: some of its nodes, and what they need to be whole. Needs no Blender."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from .errors import GraphError
from .references import references
from .spec import AnimationSpec, CurveSpec, GraphSpec, GroupRef, LinkSpec, SocketSpec, TreeSpec

_NODE_PATH = re.compile(r'nodes\["((?:[^"\\]|\\.)*)"\]')
_INFERRED = {"display_shape"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f"}


def subset(spec: GraphSpec, node_names: Iterable[str]) -> GraphSpec:
    """The graph with only those nodes of its root tree, and only the groups that it still uses.

    Comes along: the frames that they are in, the other end of a zone. Stays: links between kept nodes, and drivers and F-curves of
    anything but nodes that go; the interface, as it is. Where links are cut, what follows from them is left to Blender.
    Raises GraphError for a name that no node has.
    """
    root = spec.root
    kept = _with_company(root, set(node_names))
    smaller = replace(
        root,
        nodes=tuple(node for node in root.nodes if node.name in kept),
        links=_links(root.links, kept),
        active=root.active if root.active in kept else "",
        animation=_animation(root.animation, kept),
    )
    part = replace(spec, trees=(*_used(smaller, spec.trees[:-1]), smaller))
    return part if len(smaller.links) == len(root.links) else without_inferred(part)


def without_inferred(spec: GraphSpec) -> GraphSpec:
    """The same without what Blender itself infers for the root's sockets from all that is linked: how they are drawn."""

    def plain(sockets: tuple[SocketSpec, ...]) -> tuple[SocketSpec, ...]:
        return tuple(
            replace(each, properties={k: v for k, v in each.properties.items() if k not in _INFERRED})
            for each in sockets
        )

    root = spec.root
    nodes = tuple(replace(node, inputs=plain(node.inputs), outputs=plain(node.outputs)) for node in root.nodes)
    return replace(spec, trees=(*spec.trees[:-1], replace(root, nodes=nodes)))


def _with_company(tree: TreeSpec, names: set[str]) -> set[str]:
    """Those nodes, both ends of their zones, and the frames around them."""
    nodes = {node.name: node for node in tree.nodes}
    for name in sorted(names):
        if name not in nodes:
            raise GraphError(f"{tree.name!r} has no node {name!r}")
    starts = {node.pair: node.name for node in tree.nodes if node.pair}
    kept: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in kept:
            kept.add(name)
            company = (nodes[name].parent, nodes[name].pair, starts.get(name, ""))
            waiting += [other for other in company if other]
    return kept


def _links(links: tuple[LinkSpec, ...], kept: set[str]) -> tuple[LinkSpec, ...]:
    """The links between kept nodes; those of a multi-input are numbered anew, without gaps."""
    left = [link for link in links if link.from_node in kept and link.to_node in kept]
    orders: dict[tuple[str, int], list[int]] = defaultdict(list)
    for link in left:
        orders[link.to_node, link.to_socket].append(link.order)
    places = {target: {order: place for place, order in enumerate(sorted(all_))} for target, all_ in orders.items()}
    return tuple(replace(link, order=places[link.to_node, link.to_socket][link.order]) for link in left)


def _animation(animation: AnimationSpec | None, kept: set[str]) -> AnimationSpec | None:
    if animation is None:
        return None
    drivers = tuple(curve for curve in animation.drivers if _node_of(curve) in {None, *kept})
    curves = tuple(curve for curve in animation.curves if _node_of(curve) in {None, *kept})
    if animation.curves and not curves:
        animation = replace(animation, action="")
    if not drivers and not animation.action:
        return None
    return replace(animation, drivers=drivers, curves=curves)


def _node_of(curve: CurveSpec) -> str | None:
    """The name of the node that a curve moves; None if it moves something else of the tree."""
    found = _NODE_PATH.match(curve.data_path)
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), found[1], flags=re.DOTALL) if found else None


def _used(root: TreeSpec, groups: tuple[TreeSpec, ...]) -> Iterator[TreeSpec]:
    """The groups that a tree uses, and those that these use, in the order they had."""
    by_name = {tree.name: tree for tree in groups}
    used: set[str] = set()
    waiting = _groups_in(root)
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in used:
            used.add(name)
            waiting |= _groups_in(by_name[name])
    return (tree for tree in groups if tree.name in used)


def _groups_in(tree: TreeSpec) -> set[str]:
    """The names of all groups that a tree refers to."""
    return {each.name for each in references(tree) if isinstance(each, GroupRef)}
