"""Sockets as Python values: operators make Math, Vector Math, Boolean Math and Compare nodes.

A `Socket` is an output of a node (or an input of the group). `a * 2`, `v + (0, 0, 1)`, `x < y`, `p & q` work on sockets, nodes
(meaning their first output) and constants on either side.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Union

from .errors import GraphError

if TYPE_CHECKING:
    import bpy

    from .builder import Node, Tree

Number = float | int | bool
# Union, since the names in quotes cannot be joined by |
Input = Union["Socket", "Node", Number, str, tuple, list, "bpy.types.ID", None]
"""What may be given to an input: a socket, a node (its first output), a constant, a data-block; None leaves it alone."""

NUMERIC = frozenset({"VALUE", "INT", "BOOLEAN", "VECTOR", "RGBA"})
# Conversions that Blender makes without being asked, besides equal types and those among NUMERIC.
_IMPLICIT = {
    ("VECTOR", "ROTATION"),
    ("ROTATION", "VECTOR"),
    ("ROTATION", "MATRIX"),
    ("MATRIX", "ROTATION"),
    ("INT", "MENU"),
    ("VALUE", "ROTATION"),
    *((kind, "SHADER") for kind in NUMERIC),
}


def snake(name: str) -> str:
    """ "UV Map" -> "uv_map": how sockets are spelled as Python names."""
    return re.sub(r"[^0-9a-z]+", "_", name.lower()).strip("_")


def converts(source: str, target: str) -> bool:
    """Whether Blender turns the socket type `source` into `target` by itself."""
    return (
        source == target
        or {source, target} <= NUMERIC | {"INT_VECTOR"}
        or (source, target) in _IMPLICIT
        or target == "CUSTOM"
    )


class Operand:
    """The arithmetic shared by sockets and nodes."""

    __slots__ = ()

    def as_socket(self) -> Socket:
        raise NotImplementedError

    def __add__(self, other: Input) -> Socket:
        return _arithmetic("ADD", self, other)

    def __radd__(self, other: Input) -> Socket:
        return _arithmetic("ADD", other, self)

    def __sub__(self, other: Input) -> Socket:
        return _arithmetic("SUBTRACT", self, other)

    def __rsub__(self, other: Input) -> Socket:
        return _arithmetic("SUBTRACT", other, self)

    def __mul__(self, other: Input) -> Socket:
        return _arithmetic("MULTIPLY", self, other)

    def __rmul__(self, other: Input) -> Socket:
        return _arithmetic("MULTIPLY", other, self)

    def __truediv__(self, other: Input) -> Socket:
        return _arithmetic("DIVIDE", self, other)

    def __rtruediv__(self, other: Input) -> Socket:
        return _arithmetic("DIVIDE", other, self)

    def __floordiv__(self, other: Input) -> Socket:
        return math("FLOOR", self / other)

    def __mod__(self, other: Input) -> Socket:
        return _arithmetic("FLOORED_MODULO", self, other)

    def __pow__(self, other: Input) -> Socket:
        return _arithmetic("POWER", self, other)

    def __rpow__(self, other: Input) -> Socket:
        return _arithmetic("POWER", other, self)

    def __neg__(self) -> Socket:
        return _arithmetic("MULTIPLY", self, -1.0)

    def __abs__(self) -> Socket:
        return _unary("ABSOLUTE", self)

    def __lt__(self, other: Input) -> Socket:
        return _compare("LESS_THAN", self, other)

    def __le__(self, other: Input) -> Socket:
        return _compare("LESS_EQUAL", self, other)

    def __gt__(self, other: Input) -> Socket:
        return _compare("GREATER_THAN", self, other)

    def __ge__(self, other: Input) -> Socket:
        return _compare("GREATER_EQUAL", self, other)

    def __eq__(self, other: object) -> Socket:  # type: ignore[override]
        return _compare("EQUAL", self, other)  # type: ignore[arg-type]

    def __ne__(self, other: object) -> Socket:  # type: ignore[override]
        return _compare("NOT_EQUAL", self, other)  # type: ignore[arg-type]

    __hash__ = object.__hash__

    def __and__(self, other: Input) -> Socket:
        return _boolean("AND", self, other)

    def __rand__(self, other: Input) -> Socket:
        return _boolean("AND", other, self)

    def __or__(self, other: Input) -> Socket:
        return _boolean("OR", self, other)

    def __ror__(self, other: Input) -> Socket:
        return _boolean("OR", other, self)

    def __xor__(self, other: Input) -> Socket:
        return _boolean("XOR", self, other)

    def __invert__(self) -> Socket:
        return _boolean("NOT", self)

    def __bool__(self) -> bool:
        raise GraphError(
            f"{self.as_socket()} has no truth value while the graph is built; use switch(), & and | instead of if, and, or"
        )


class Socket(Operand):
    """An output socket: something that can be linked onward."""

    __slots__ = ("data", "tree")

    def __init__(self, tree: Tree, data: bpy.types.NodeSocket) -> None:
        self.tree = tree
        self.data = data

    def as_socket(self) -> Socket:
        return self

    @property
    def type(self) -> str:
        """Blender's socket type: VALUE, INT, BOOLEAN, VECTOR, RGBA, ROTATION, GEOMETRY, ..."""
        return self.tree.type_of(self.data)

    @property
    def x(self) -> Socket:
        return tree_of(self).separate(self)[0]

    @property
    def y(self) -> Socket:
        return tree_of(self).separate(self)[1]

    @property
    def z(self) -> Socket:
        return tree_of(self).separate(self)[2]

    @property
    def length(self) -> Socket:
        return vector_math("LENGTH", self)

    def normalized(self) -> Socket:
        return vector_math("NORMALIZE", self)

    def dot(self, other: Input) -> Socket:
        return vector_math("DOT_PRODUCT", self, other)

    def cross(self, other: Input) -> Socket:
        return vector_math("CROSS_PRODUCT", self, other)

    def __rshift__(self, target: Input) -> Any:
        """`socket >> node` links into the node's first input and returns the node."""
        from .builder import Node

        if not isinstance(target, Node):
            raise GraphError(f"{self} >> takes a node, not {target!r}")
        target.set_positional(self)
        return target

    def __repr__(self) -> str:
        node = self.data.node
        return f"{node.label or node.bl_label} > {self.data.name!r} ({self.type})"


def type_of(value: Input) -> str:
    """The socket type that a value has as an operand."""
    if isinstance(value, Operand):
        return value.as_socket().type
    if isinstance(value, bool):
        return "BOOLEAN"
    if isinstance(value, int):
        return "INT"
    if isinstance(value, float):
        return "VALUE"
    if isinstance(value, tuple | list) or (hasattr(value, "__len__") and not isinstance(value, str)):
        return "VECTOR" if len(value) == 3 else "RGBA"  # type: ignore[arg-type]
    raise GraphError(f"{value!r} cannot be an operand; it takes a socket, a number or three numbers")


def tree_of(*values: Input) -> Tree:
    """The tree to add to: the one being built, which may be a part of the one the values come from."""
    from .builder import current_tree, innermost

    if (tree := innermost()) is not None:
        return tree
    for value in values:
        if isinstance(value, Operand):
            return value.as_socket().tree
    return current_tree()


def math(operation: str, *values: Input, clamp: bool = False) -> Socket:
    """A Math node on one to three numbers: `math("SINE", x)`, `math("MULTIPLY_ADD", a, b, c)`."""
    return tree_of(*values).add("ShaderNodeMath", *values, operation=operation, use_clamp=clamp).as_socket()


def vector_math(operation: str, *values: Input, **inputs: Input) -> Socket:
    """A Vector Math node; the result is a vector, or a number for LENGTH, DISTANCE and DOT_PRODUCT."""
    return tree_of(*values).add("ShaderNodeVectorMath", *values, operation=operation, **inputs).as_socket()


def _is_vector(*values: Input) -> bool:
    kinds = [type_of(value) for value in values]
    for kind, value in zip(kinds, values, strict=True):
        if kind not in NUMERIC and kind != "ROTATION":
            raise GraphError(f"{value!r} is no number or vector; arithmetic takes {', '.join(sorted(NUMERIC))}")
    return any(kind in {"VECTOR", "RGBA", "ROTATION"} for kind in kinds)


def _spread(value: Input) -> Input:
    """A plain number as three, so that a vector input accepts it."""
    return (float(value),) * 3 if isinstance(value, int | float) else value


def _arithmetic(operation: str, a: Input, b: Input) -> Socket:
    if not _is_vector(a, b):
        return math(operation, a, b)
    if operation == "MULTIPLY" and type_of(b) in {"VALUE", "INT", "BOOLEAN"}:
        return vector_math("SCALE", a, scale=b)
    if operation == "MULTIPLY" and type_of(a) in {"VALUE", "INT", "BOOLEAN"}:
        return vector_math("SCALE", b, scale=a)
    if operation == "FLOORED_MODULO":
        raise GraphError("% works on numbers; take the components .x, .y, .z of a vector")
    return vector_math(operation, _spread(a), _spread(b))


def _unary(operation: str, a: Input) -> Socket:
    return vector_math(operation, a) if _is_vector(a) else math(operation, a)


def _compare(operation: str, a: Input, b: Input) -> Socket:
    tree = tree_of(a, b)
    if isinstance(b, str):
        tree = a.as_socket().tree if isinstance(a, Operand) else tree  # a menu belongs to the tree that declares it
        return tree.menu_index(a, b) if operation == "EQUAL" else ~tree.menu_index(a, b)
    if tree.kind == "shader":
        if operation in {"LESS_THAN", "GREATER_THAN"}:
            return math(operation, a, b)
        if operation in {"LESS_EQUAL", "GREATER_EQUAL"}:
            return 1.0 - math("GREATER_THAN" if operation == "LESS_EQUAL" else "LESS_THAN", a, b)
        same = math("COMPARE", a, b, 1e-5)
        return same if operation == "EQUAL" else 1.0 - same
    kinds = {type_of(a), type_of(b)}
    if kinds == {"BOOLEAN"} and operation in {"EQUAL", "NOT_EQUAL"}:
        return _boolean("XNOR" if operation == "EQUAL" else "XOR", a, b)
    if kinds <= {"INT", "BOOLEAN"}:
        return tree.add("FunctionNodeCompare", a, b, data_type="INT", operation=operation).as_socket()
    if _is_vector(a, b):
        a, b = _spread(a), _spread(b)
        return tree.add(
            "FunctionNodeCompare", a, b, data_type="VECTOR", mode="ELEMENT", operation=operation
        ).as_socket()
    return tree.add("FunctionNodeCompare", a, b, data_type="FLOAT", operation=operation).as_socket()


def _boolean(operation: str, *values: Input) -> Socket:
    tree = tree_of(*values)
    if tree.kind == "shader":  # no booleans there: 0 and 1 stand for them
        if operation == "NOT":
            return 1.0 - math("ADD", values[0], 0.0)
        if operation == "XOR":
            return math("ABSOLUTE", math("SUBTRACT", *values))
        return math({"AND": "MULTIPLY", "OR": "MAXIMUM"}[operation], *values)
    return tree.add("FunctionNodeBooleanMath", *values, operation=operation).as_socket()
