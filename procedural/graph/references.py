"""What a spec, or any part of it, refers to. Needs no Blender."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from .spec import GroupRef, Ref, Value


def references(value: Value) -> Iterator[Ref | GroupRef]:
    """All data-blocks and groups that a value or a part of a spec refers to, at any depth, without recursion."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Ref | GroupRef):
            yield each
        elif isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, tuple):
            waiting += each
        elif is_dataclass(each):
            waiting += [getattr(each, f.name) for f in fields(each)]
