"""Values as source text that a person would write: 0.1 for the nearest single-precision number, not 0.10000000149011612."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from .spec import Group, GroupRef, Ref, Value


def number(value: float) -> str:
    """The shortest text that gives the number back where it is stored in single precision, as Blender stores nearly all."""
    if not math.isfinite(value):
        return f'float("{value!r}")'
    single = np.float32(value)
    if float(single) != value:
        return repr(value)  # a double
    text = np.format_float_positional(single, unique=True, trim="0")
    if len(text) > 12:
        text = min(text, np.format_float_scientific(single, unique=True, trim="-"), key=len)
    return text if any(c in text for c in ".e") else f"{text}.0"


def literal(value: Value, exact: bool = False) -> str:
    """A value of a spec as an expression. `exact`: floats to the last bit of a double, as custom properties have them."""
    match value:
        case bool() | None | str() | int():
            return _text(value) if isinstance(value, str) else repr(value)
        case float():
            return number(value) if not exact or not math.isfinite(value) else repr(value)
        case Ref(kind, name, library):
            return f"Ref({_text(kind)}, {_text(name)}{f', {_text(library)}' if library else ''})"
        case GroupRef(name):
            return f"GroupRef({_text(name)})"
        case Group(items):
            return f"Group({literal(items, exact)})"
        case dict():
            return "{" + ", ".join(f"{_text(k)}: {literal(v, exact)}" for k, v in value.items()) + "}"
        case tuple():
            inner = ", ".join(literal(v, exact) for v in value)
            return f"({inner},)" if len(value) == 1 else f"({inner})"
    raise TypeError(f"no literal for {value!r}")


def _text(value: str) -> str:
    """A quoted text, in double quotes where that needs no escapes."""
    quoted = repr(value)
    if quoted[0] == "'" and '"' not in value:
        return f'"{quoted[1:-1]}"'
    return quoted


def wrapped(opening: str, parts: Iterable[str], closing: str, indent: int, width: int = 120) -> list[str]:
    """`opening part, part, ... closing` on as few lines as `width` allows; what follows the first is indented by four more."""
    items = list(parts)
    if not items:
        return [" " * indent + opening + closing]
    items = [f"{item}," for item in items[:-1]] + [items[-1] + closing]
    return filled([opening + items[0], *items[1:]], indent, width)


def filled(tokens: Iterable[str], indent: int, width: int = 120) -> list[str]:
    """Tokens with spaces between them on as few lines as `width` allows; what follows the first is indented by four more."""
    lines = [" " * indent]
    for token in tokens:
        if len(lines[-1]) + 1 + len(token) > width and lines[-1].strip():
            lines.append(" " * (indent + 4) + token)
        else:
            lines[-1] += (" " if lines[-1].strip() else "") + token
    return lines
