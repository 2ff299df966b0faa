"""Finding sockets by name, and setting constants and properties with errors that say what is accepted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import bpy

from .errors import GraphError
from .sockets import snake

_DATA_BLOCKS = {
    "OBJECT": bpy.types.Object,
    "COLLECTION": bpy.types.Collection,
    "MATERIAL": bpy.types.Material,
    "IMAGE": bpy.types.Image,
    "TEXTURE": bpy.types.Texture,
}


def title(node: bpy.types.Node) -> str:
    """How errors call a node: its label or type name and its identifier."""
    return f"{node.label or node.bl_label} ({node.bl_idname})"


def where(socket: bpy.types.NodeSocket) -> str:
    """How errors call a socket."""
    return f"{title(socket.node)} > {socket.name!r}"


def find(
    node: bpy.types.Node, sockets: Iterable[bpy.types.NodeSocket], name: str, direction: str
) -> bpy.types.NodeSocket:
    """The enabled socket called `name`: by identifier, by name, or by either in snake case.

    Raises GraphError, listing what there is, when none or several match.
    """
    enabled = [s for s in sockets if s.enabled and s.type != "CUSTOM"]
    found = match([(s.name, s.identifier) for s in enabled], name)
    if found is not None:
        return enabled[found]
    known = ", ".join(f"{s.name!r}" + (f" [{s.identifier}]" if s.identifier != s.name else "") for s in enabled)
    raise GraphError(f"{title(node)} has no {direction} {name!r}; it has {known or 'none'}")


def match(sockets: Sequence[tuple[str, str]], wanted: str) -> int | None:
    """Which of some sockets, told by name and identifier, is meant; None if none is, or if it is not clear which."""
    plain = wanted.rstrip("_")  # `from_` for a socket called "From"
    for key in (
        lambda name, _: name == wanted,
        lambda _, identifier: identifier == wanted,
        lambda name, _: snake(name) == plain,
        lambda _, identifier: snake(identifier) == plain,
    ):
        found = [index for index, socket in enumerate(sockets) if key(*socket)]
        if len(found) > 1:  # Math has three called "Value": then the identifier decides
            found = [i for i in found if wanted in (sockets[i][1], snake(sockets[i][1]))]
        if len(found) == 1:
            return found[0]
    return None


_PLAIN = ("ENUM", "BOOLEAN", "INT", "STRING")


def set_property(node: bpy.types.Node, name: str, value: Any) -> None:
    """Set an RNA property of a node. Raises GraphError naming the accepted values."""
    try:
        if node.bl_rna.properties[name].type in _PLAIN and getattr(node, name) == value:
            return  # every write makes Blender look through the whole tree again
        setattr(node, name, value)
    except (TypeError, AttributeError, ValueError) as error:
        prop = node.bl_rna.properties[name]
        accepts = str(error)
        if prop.type == "ENUM" and prop.enum_items:
            accepts = "it takes " + ", ".join(item.identifier for item in prop.enum_items)
        raise GraphError(f"{title(node)}: property {name!r} cannot be {value!r}; {accepts}") from None


def set_default(socket: bpy.types.NodeSocket, value: Any) -> None:
    """Set the constant of an unlinked input. Raises GraphError naming node, socket and what it takes."""
    kind = socket.type
    if not hasattr(socket, "default_value"):
        raise GraphError(f"{where(socket)} takes a link from a {kind} socket, not the constant {value!r}")
    try:
        if kind == "MENU":
            _set_menu(socket, value)
        elif kind in _DATA_BLOCKS:
            if not isinstance(value, _DATA_BLOCKS[kind]):
                raise TypeError
            socket.default_value = value
        elif kind == "STRING":
            if not isinstance(value, str):
                raise TypeError
            socket.default_value = value
        elif kind == "BOOLEAN":
            _change(socket, _number(value) != 0)
        elif kind == "INT":
            if _number(value) != int(value):
                raise TypeError
            _change(socket, int(value))
        elif kind == "VALUE":
            _change(socket, _number(value))
        else:
            numbers = _numbers(value, len(socket.default_value), kind == "RGBA")
            if repr(tuple(socket.default_value)) != repr(numbers):
                socket.default_value = numbers
    except (TypeError, ValueError, AttributeError) as error:
        detail = f" ({error})" if str(error) else ""
        raise GraphError(f"{where(socket)} takes {_accepts(socket)}, not {value!r}{detail}") from None


def _change(socket: bpy.types.NodeSocket, value: float | bool) -> None:
    """Write a constant, if it is another one: every write makes Blender look through the whole tree again."""
    if repr(socket.default_value) != repr(value):  # zero and minus zero are equal, but not the same
        socket.default_value = value


def is_constant(value: Any) -> bool:
    """Whether a list or tuple is one value of numbers, not several things to link."""
    return bool(value) and all(isinstance(each, int | float) for each in value)


def _number(value: Any) -> float:
    if isinstance(value, str) or not hasattr(value, "__float__"):
        raise TypeError
    return float(value)


def _numbers(value: Any, length: int, is_color: bool) -> tuple[float, ...]:
    if isinstance(value, str):
        raise TypeError
    if hasattr(value, "__float__") and not hasattr(value, "__len__"):
        value = (value,) * (3 if is_color else length)
    numbers = tuple(float(v) for v in value)
    if is_color and len(numbers) == 3:
        numbers += (1.0,)
    if len(numbers) != length:
        raise TypeError(f"{len(numbers)} numbers given")
    return numbers


def _set_menu(socket: bpy.types.NodeSocket, value: Any) -> None:
    """Menus know their items by display name ("Factor"); identifiers of the former enum ("FACTOR") are accepted too."""
    if not isinstance(value, str):
        raise TypeError
    try:
        socket.default_value = value
    except TypeError as error:
        accepted = _quoted(str(error))
        for name in accepted:
            if snake(name) == snake(value):
                socket.default_value = name
                return
        raise TypeError("one of " + ", ".join(accepted)) from None


def _quoted(text: str) -> list[str]:
    """The names in Blender's message "enum "X" not found in ('A', 'B')"."""
    return [part.strip(" '\"") for part in text[text.rfind("(") + 1 : text.rfind(")")].split(",") if part.strip(" '\"")]


def _accepts(socket: bpy.types.NodeSocket) -> str:
    kind = socket.type
    words = {
        "VALUE": "a number",
        "INT": "a whole number",
        "BOOLEAN": "true or false",
        "VECTOR": "three numbers",
        "ROTATION": "three Euler angles in rad",
        "RGBA": "a colour of three or four numbers",
        "STRING": "a text",
        "MENU": "a menu item",
    }
    if kind in _DATA_BLOCKS:
        return f"a bpy.types.{_DATA_BLOCKS[kind].__name__} or a socket"
    return f"{words.get(kind, kind)} or a socket"
