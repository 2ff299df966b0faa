"""Groups inside a tree, made of Python functions: what the function reads from outside becomes an input of the group.

    @grouped("Daisy Ray")
    def ray(i, seed):                 # i: the inputs of the tree around it; seed: a socket
        ...
        return mesh                   # or several sockets, as a tuple

    mesh = ray(tree.i, tree.i.seed + 3)

Blender looks at a whole tree whenever a node is added to it, so that a tree of two thousand nodes takes a hundred times as long to make as
ten of two hundred; and an artist who opens the tree sees its parts by name. A function that is called again with other sockets, but the
same Python values, uses its group again.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import bpy

from .builder import Tree, current_tree, new_part
from .sockets import Operand, Socket

F = TypeVar("F", bound=Callable[..., Any])


def grouped(title: str) -> Callable[[F], F]:
    """Make a function that returns one or more sockets build its nodes in a group of that name."""

    def decorate(make: F) -> F:
        signature = inspect.signature(make)

        @wraps(make)
        def call(*positional: Any, **keywords: Any) -> Any:
            bound = signature.bind(*positional, **keywords)
            bound.apply_defaults()
            return _call(title, make, dict(bound.arguments))

        return call  # type: ignore[return-value]

    return decorate


def _call(title: str, make: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    outer = current_tree()
    fed = {name: value.as_socket() for name, value in arguments.items() if isinstance(value, Operand)}
    fixed = {name: value for name, value in arguments.items() if name not in fed}
    # Which function, and which Python values: those are kept by the cache, so that an id() is not used again
    key = (make, tuple((name, fed[name].type if name in fed else _key(fixed[name])) for name in arguments))
    if key not in outer.parts:
        outer.parts[key] = (*_build(outer, title, make, fed, fixed), fixed)
    group, names, captured, pack, _ = outer.parts[key]
    node = outer.group(group)
    for name, identifier in names.items():
        outer.link(fed[name], _input(node.data, identifier))
    for source, identifier in captured:
        outer.link(source, _input(node.data, identifier))
    return pack([Socket(outer, socket) for socket in node.data.outputs if socket.type != "CUSTOM"])


def _build(
    outer: Tree, title: str, make: Callable[..., Any], fed: dict[str, Socket], fixed: dict[str, Any]
) -> tuple[bpy.types.NodeTree, dict[str, str], list[tuple[Socket, str]], Callable[[list[Socket]], Any]]:
    with new_part(title, outer) as tree:
        inner = {name: tree.take(name.replace("_", " ").title(), socket.type) for name, socket in fed.items()}
        made = make(**inner, **fixed)
        several = isinstance(made, tuple)
        for number, each in enumerate(made if several else (made,)):
            fields = getattr(type(made), "_fields", ())
            label = fields[number] if fields else each.as_socket().type.title()
            tree.output(label, tree.bring_in(each.as_socket()))
        names = {name: socket.data.identifier for name, socket in inner.items()}
        captured = list(tree.captured)
    kind = type(made)

    def pack(sockets: list[Socket]) -> Any:
        if not several:
            return sockets[0]
        return kind(*sockets) if hasattr(kind, "_fields") else tuple(sockets)

    return tree.data, names, captured, pack


def _key(value: Any) -> Any:
    return value if isinstance(value, int | float | str | bool | type(None)) else id(value)


def _input(node: bpy.types.Node, identifier: str) -> bpy.types.NodeSocket:
    return next(socket for socket in node.inputs if socket.identifier == identifier)
