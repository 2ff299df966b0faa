"""The order in which a script adds nodes, and which links it can say as arguments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from .plan import Plan
from .sockets import converts
from .spec import LinkSpec, SocketSpec, TreeSpec

# Blender's short names of socket types, by the beginning of a socket's class.
_TYPES = {
    "NodeSocketFloat": "VALUE",
    "NodeSocketIntVector": "INT_VECTOR",
    "NodeSocketInt": "INT",
    "NodeSocketBool": "BOOLEAN",
    "NodeSocketVector": "VECTOR",
    "NodeSocketColor": "RGBA",
    "NodeSocketRotation": "ROTATION",
    "NodeSocketMatrix": "MATRIX",
    "NodeSocketString": "STRING",
    "NodeSocketMenu": "MENU",
    "NodeSocketShader": "SHADER",
    "NodeSocketVirtual": "CUSTOM",
}


def type_of(socket: SocketSpec) -> str:
    """The socket's short type: VALUE for any NodeSocketFloat..., GEOMETRY for NodeSocketGeometry."""
    return short_type(socket.type)


@cache
def short_type(socket_type: str) -> str:
    """The same of a socket's class."""
    found = (name for start, name in _TYPES.items() if socket_type.startswith(start))
    return next(found, socket_type.removeprefix("NodeSocket").upper())


def shown(sockets: tuple[SocketSpec, ...]) -> list[int]:
    """The places of the sockets that a script can name: the available ones."""
    return [i for i, s in enumerate(sockets) if s.properties.get("enabled", True) and type_of(s) != "CUSTOM"]


@dataclass
class Flow:
    """Nodes in order (those that a node is fed from before it), links as arguments by node and input, and the other links."""

    order: list[str] = field(default_factory=list)
    feeds: dict[str, dict[int, list[LinkSpec]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    extra: list[LinkSpec] = field(default_factory=list)
    uses: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # how often a node's outputs are asked for
    types: dict[tuple[str, int], str] = field(default_factory=dict)  # of outputs, as a running script sees them


def flow(tree: TreeSpec, plans: Mapping[str, Plan]) -> Flow:
    """Depth first from the ends: what a node needs comes just before it. Without recursion, for chains may be long."""
    found = Flow()
    incoming: dict[str, list[LinkSpec]] = defaultdict(list)
    users: dict[str, int] = defaultdict(int)
    for link in tree.links:
        if link.from_node in plans and link.to_node in plans:
            incoming[link.to_node].append(link)
            users[link.from_node] += 1
    for links in incoming.values():
        links.sort(key=lambda link: (link.to_socket, link.order))
    starts = {plan.spec.pair: name for name, plan in plans.items() if plan.spec.pair in plans}
    done: dict[str, bool] = {}  # False while what the node needs is visited
    back: set[LinkSpec] = set()
    for root in [*(name for name in plans if not users[name]), *plans]:
        stack = [(root, iter(_needs(root, incoming, starts)))]
        if root in done:
            continue
        done[root] = False
        while stack:
            name, needs = stack[-1]
            need = next(needs, None)
            if need is None:
                done[name] = True
                found.order.append(name)
                stack.pop()
                continue
            source, link = need
            if source not in done:
                done[source] = False
                stack.append((source, iter(_needs(source, incoming, starts))))
            elif not done[source] and link is not None:
                back.add(link)
    for name in found.order:
        for link in incoming[name]:
            _sort_in(link, back, plans, found)
    return found


def _needs(
    name: str, incoming: Mapping[str, list[LinkSpec]], starts: Mapping[str, str]
) -> list[tuple[str, LinkSpec | None]]:
    first: list[tuple[str, LinkSpec | None]] = [(starts[name], None)] if name in starts else []
    return [*first, *((link.from_node, link) for link in incoming.get(name, ()))]


def _sort_in(link: LinkSpec, back: set[LinkSpec], plans: Mapping[str, Plan], found: Flow) -> None:
    source, target = plans[link.from_node], plans[link.to_node]
    says = (
        link not in back
        and link.from_socket in shown(source.sockets_out)
        and link.to_socket in shown(target.sockets_in)
    )
    if says:
        kind = found.types.get((link.from_node, link.from_socket)) or type_of(source.sockets_out[link.from_socket])
        socket = target.sockets_in[link.to_socket]
        earlier = found.feeds[link.to_node][link.to_socket]
        says = target.spec.type == "NodeReroute" or converts(kind, type_of(socket))
        says = says and (not earlier or socket.properties.get("link_limit", 1) != 1)
        if says and target.spec.type == "NodeReroute":
            found.types[link.to_node, 0] = kind
    if says:
        found.feeds[link.to_node][link.to_socket].append(link)
        found.uses[link.from_node] += 1
    else:
        found.extra.append(link)
