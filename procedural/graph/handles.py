"""What a tree under construction hands out: nodes, and the inputs and outputs of the group, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy

from . import values
from .errors import GraphError
from .sockets import Input, Operand, Socket

if TYPE_CHECKING:
    from .builder import Tree

COMMON_PROPERTIES = frozenset(bpy.types.Node.bl_rna.properties.keys()) - {"label", "mute"}


class Node(Operand):
    """A node; its outputs are attributes (`cone.mesh`, `cone["UV Map"]`), and it stands for its first output."""

    __slots__ = ("data", "tree")

    def __init__(self, tree: Tree, data: bpy.types.Node) -> None:
        self.tree = tree
        self.data = data

    def as_socket(self) -> Socket:
        for socket in self.data.outputs:
            if socket.enabled and socket.type != "CUSTOM":
                return Socket(self.tree, socket)
        raise GraphError(f"{values.title(self.data)} has no output")

    def __getattr__(self, name: str) -> Socket:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Socket:
        return Socket(self.tree, values.find(self.data, self.data.outputs, name, "output"))

    def set(self, inputs: dict[str, Input] | None = None, /, **keywords: Any) -> Node:
        """Set properties and inputs by name; `inputs` takes names that are no Python words. Returns the node."""
        rna = self.data.bl_rna.properties
        properties = {k: v for k, v in keywords.items() if k in rna and k not in COMMON_PROPERTIES}
        for name, value in properties.items():  # first, since they decide which sockets are there
            values.set_property(self.data, name, value)
        for name, value in (inputs or {}).items():
            self._feed(values.find(self.data, self.data.inputs, name, "input"), value)
        for name, value in keywords.items():
            if name not in properties:
                self._feed_keyword(name, value)
        return self

    def set_positional(self, *inputs: Input) -> Node:
        """Feed the enabled inputs in order; None skips one."""
        sockets = [s for s in self.data.inputs if s.enabled and s.type != "CUSTOM"]
        if len(inputs) > len(sockets):
            names = ", ".join(s.name for s in sockets)
            raise GraphError(f"{values.title(self.data)} has {len(sockets)} inputs ({names}), not {len(inputs)}")
        for socket, value in zip(sockets, inputs, strict=False):
            self._feed(socket, value)
        return self

    def feed(self, *positional: Input, inputs: dict[str, Input] | None = None, **keywords: Input) -> Node:
        """Feed inputs in order and by name, as when the node was added: for the output node of a zone. Returns the node."""
        self.set_positional(*positional)
        self.set(inputs)
        for name, value in keywords.items():
            self._feed_keyword(name, value)
        return self

    def _feed_keyword(self, name: str, value: Input) -> None:
        if value is None:
            return
        try:
            socket = values.find(self.data, self.data.inputs, name, "input")
        except GraphError as error:
            known = [p.identifier for p in self.data.bl_rna.properties if p.identifier not in COMMON_PROPERTIES]
            raise GraphError(f"{error}; properties: {', '.join(known) or 'none'}") from None
        self._feed(socket, value)

    def _feed(self, socket: bpy.types.NodeSocket, value: Input) -> None:
        if value is None:
            return
        if socket.is_multi_input and isinstance(value, list | tuple) and not values.is_constant(value):
            for each in value:
                self._feed(socket, each)
        elif isinstance(value, Operand):
            self.tree.link(value, socket)
        else:
            self.tree.set_constant(socket, value)

    def __repr__(self) -> str:
        return f"<{values.title(self.data)} in {self.data.id_data.name!r}>"


class Inputs:
    """`tree.i.NAME`: the group's inputs, as sockets."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def __getattr__(self, name: str) -> Socket:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._tree._group_input(name)

    __getitem__ = __getattr__


class _Output:
    """`tree.o.NAME << socket` declares an output of the group and links it."""

    def __init__(self, tree: Tree, name: str) -> None:
        self._tree, self._name = tree, name

    def __lshift__(self, value: Input) -> None:
        self._tree.output(self._name, value)


class Outputs:
    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def __getattr__(self, name: str) -> _Output:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Output(self._tree, name)

    __getitem__ = __getattr__
