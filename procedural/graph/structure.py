"""Changing the structure of a graph while a script builds it: what the `vary` hook of a generator works with.

All of them act on a tree whose nodes are there and whose links are only noted yet, so they are quick, and nothing is left behind.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy

from .builder import Node
from .errors import GraphError
from .library import GraphTree
from .sockets import Operand, Socket, converts


def bypass(t: GraphTree, node: Node) -> None:
    """Take a node out: what it gave is now what it was given, for each output by the first linked input of a type that converts.

    Raises GraphError if something is linked to an output for which there is no such input.
    """
    data = node.data
    arriving = {link[3]: link for link in t.links_made if link[2] == data}
    kept = []
    for source, output, target, place, is_muted in t.links_made:
        if source != data:
            kept.append((source, output, target, place, is_muted))
            continue
        kind = data.outputs[output].type
        for number in sorted(arriving):
            given = arriving[number]
            if converts(data.inputs[number].type, kind) and converts(given[0].outputs[given[1]].type, kind):
                kept.append((given[0], given[1], target, place, is_muted))
                break
        else:
            what = data.outputs[output].name
            raise GraphError(f"{node!r} cannot be bypassed: nothing linked to it can stand for its output {what!r}")
    t.links_made[:] = [link for link in kept if data not in (link[0], link[2])]
    _remove(t, data)


def insert_after(t: GraphTree, source: Operand, make: Callable[[Socket], Operand]) -> Node:
    """Put nodes behind an output: `make(socket)` adds them, and what followed the output now follows what `make` returns."""
    socket = source.as_socket()
    followed = [i for i, link in enumerate(t.links_made) if link[0].outputs[link[1]] == socket.data]
    result = make(socket).as_socket()
    node = result.data.node
    output = next(i for i, each in enumerate(node.outputs) if each == result.data)
    for index in followed:
        _, _, target, place, is_muted = t.links_made[index]
        t.links_made[index] = (node, output, target, place, is_muted)
    return Node(t, node)


def swap(t: GraphTree, one: Operand, other: Operand) -> None:
    """Exchange two outputs: what followed one follows the other. Raises GraphError if their types do not convert."""
    first, second = one.as_socket(), other.as_socket()
    if not (converts(first.type, second.type) and converts(second.type, first.type)):
        raise GraphError(
            f"{first} and {second} cannot be swapped: {first.type} and {second.type} do not convert into each other"
        )
    ends = {_end(first): _end(second), _end(second): _end(first)}
    t.links_made[:] = [(*ends.get(link[:2], link[:2]), *link[2:]) for link in t.links_made]


def _end(socket: Socket) -> tuple[bpy.types.Node, int]:
    node = socket.data.node
    return node, next(i for i, each in enumerate(node.outputs) if each == socket.data)


def _remove(t: GraphTree, data: Any) -> None:
    t.nodes_made.remove(data)
    t.data.nodes.remove(data)
