"""Blender's structs as plain data and back, by introspection: what is settable is read, what differs is set.

Recursion here goes over structs inside structs (a ramp in a mapping in a node), never over links.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import bpy

from .exceptions import NEEDS_LINKS, OWNED_POINTERS, SECOND_VIEWS, SKIPPED, SUPERSEDED
from .spec import Group, GroupRef, Properties, Ref, Value, same

_PASSES = 5  # properties decide which values others accept; the longest such chain seen is three


@dataclass(frozen=True, slots=True)
class Field:
    """A property that a spec keeps. `kind`: scalar, array, flags, block, struct, collection, items (of a node) or owned."""

    name: str
    kind: str
    growable: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that Blender did not take as the spec has it."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def lineage(rna: Any) -> Iterator[str]:
    """The identifiers of a struct and all that it derives from."""
    while rna is not None:
        yield rna.identifier
        rna = rna.base


class Schema:
    """Which properties of each struct a spec keeps, asked once of the running Blender; and data-blocks by reference.

    `parts` gives the trees that are part of the spec their names in it, `groups` finds them by these names when building.
    """

    def __init__(self) -> None:
        self._fields: dict[str, tuple[Field, ...]] = {}
        self._by_name: dict[str, dict[str, Field]] = {}
        self._kinds = {
            p.fixed_type.identifier: p.identifier for p in bpy.data.bl_rna.properties if p.type == "COLLECTION"
        }
        self.parts: dict[bpy.types.ID, str] = {}
        self.groups: dict[str, bpy.types.NodeTree] = {}
        self.without_custom: set[type] = set()  # structs without custom properties
        self.num_set = 0  # how often something has been set to another value
        self.linked = True  # whether a tree that is being built has its links already

    def fields(self, struct: Any) -> tuple[Field, ...]:
        """The kept properties: plain ones first, then structs, then collections, each as RNA has them."""
        rna = struct.bl_rna
        found = self._fields.get(rna.identifier)
        if found is None:
            skipped = {name for base in lineage(rna) for name in SKIPPED.get(base, ())}
            skipped |= {old for old, new in SUPERSEDED.items() if new in rna.properties}
            kept = [self._field(rna, p) for p in rna.properties if p.identifier not in skipped]
            order = ("scalar", "flags", "array", "block", "owned", "struct", "collection", "items")
            found = tuple(sorted((f for f in kept if f is not None), key=lambda f: order.index(f.kind)))
            self._fields[rna.identifier] = found
        return found

    def by_name(self, struct: Any) -> dict[str, Field]:
        """The kept properties by their names."""
        rna = struct.bl_rna
        found = self._by_name.get(rna.identifier)
        if found is None:
            found = self._by_name[rna.identifier] = {f.name: f for f in self.fields(struct)}
        return found

    def _field(self, rna: Any, prop: Any) -> Field | None:
        name = prop.identifier
        if name == "rna_type" or name.startswith("bl_"):
            return None
        if prop.type == "POINTER":
            bases = set(lineage(prop.fixed_type))
            if "ID" in bases:
                return None if prop.is_readonly else Field(name, "block")
            if (rna.identifier, name) in OWNED_POINTERS:
                return Field(name, "owned")
            own = prop.is_readonly and not bases & {"Node", "NodeTree", "NodeSocket", "Struct"}
            return Field(name, "struct") if own and self._settable(prop.fixed_type) else None
        if prop.type == "COLLECTION":
            if {"Node", "NodeSocket", "NodeLink"} & set(lineage(prop.fixed_type)):
                return None
            growable = prop.srna is not None and "new" in prop.srna.functions
            growable = growable and (rna.identifier, name) not in SECOND_VIEWS
            kind = "items" if growable and "Node" in lineage(rna) else "collection"
            return Field(name, kind, growable) if growable or self._settable(prop.fixed_type) else None
        if prop.is_readonly:
            return None
        if prop.type == "ENUM" and prop.is_enum_flag:
            return Field(name, "flags")
        return Field(name, "array" if getattr(prop, "is_array", False) else "scalar")

    def _settable(self, rna: Any) -> bool:
        return any(not p.is_readonly or p.type in {"POINTER", "COLLECTION"} for p in rna.properties if p.name != "RNA")

    def refer(self, block: bpy.types.ID | None) -> Ref | GroupRef | None:
        """How a spec names a data-block."""
        if block is None:
            return None
        if block in self.parts:
            return GroupRef(self.parts[block])
        kind = next(self._kinds[base] for base in lineage(block.bl_rna) if base in self._kinds)
        return Ref(kind, block.name, block.library.filepath if block.library else "")

    def resolve(self, reference: Ref | GroupRef) -> bpy.types.ID:
        """The data-block. Raises LookupError naming what is missing."""
        if isinstance(reference, GroupRef):
            if reference.name not in self.groups:
                raise LookupError(f"needs the group {reference.name!r}, which is not made yet: is it a part of itself?")
            return self.groups[reference.name]
        known = reference.kind in self._kinds.values()
        found = getattr(bpy.data, reference.kind).get((reference.name, reference.library or None)) if known else None
        if found is None:
            source = f"linked from {reference.library!r}" if reference.library else "in this file"
            raise LookupError(f"needs {reference.name!r} in {reference.kind}, {source}, and there is none")
        return found

    # Reading

    def read(self, struct: Any) -> Properties:
        """All kept properties of a struct."""
        return {f.name: self.get(struct, f) for f in self.fields(struct)}

    def get(self, struct: Any, field: Field) -> Value:
        """One property as plain data."""
        value = getattr(struct, field.name)
        match field.kind:
            case "scalar":
                return value
            case "array":
                return tuple(flat(value))
            case "flags":
                return tuple(sorted(value))
            case "block":
                return self.refer(value)
            case "owned":
                return value.name if value is not None else None
            case "struct":
                return self.read(value) if value is not None else None
            case _:
                return tuple(self.read(item) for item in value)

    # Writing

    def write(self, struct: Any, wanted: Properties, where: str) -> list[Problem]:
        """Set what differs, again and again while that helps. Items of nodes must be there (`build_items`).

        Returns what Blender did not take.
        """
        known = self.by_name(struct)
        if self.linked and all(name in known and holds(self.get(struct, known[name]), v) for name, v in wanted.items()):
            return []  # as nearly everything is, most of the time
        problems = [Problem(where, f"has no property {name!r}") for name in wanted if name not in known]
        fields = [known[name] for name in wanted if name in known]
        if not self.linked:
            fields = [f for f in fields if (struct.bl_rna.identifier, f.name) not in NEEDS_LINKS]
        errors: dict[str, str] = {}
        before: list[Value] = []
        for attempt in range(_PASSES):
            have = [self.get(struct, f) for f in fields]
            wrong = [f for f, value in zip(fields, have, strict=True) if not holds(value, wanted[f.name])]
            if not wrong:
                return problems
            if attempt > 1 and same(tuple(have), tuple(before)):
                break
            before = have
            errors.clear()
            for f in reversed(wrong) if attempt % 2 else wrong:  # of two that change each other, either may be last
                self._try(struct, f, wanted[f.name], where, errors)
            if isinstance(struct, bpy.types.CurveMapping):
                _update_curves(struct)
        for f in wrong:
            if f.kind in {"struct", "collection", "items"} and f.name not in errors:
                errors[f.name] = "differs"
            has = _short(self.get(struct, f))
            reason = errors.get(f.name, f"stays {has}")
            problems.append(Problem(f"{where} > {f.name}", f"cannot be {_short(wanted[f.name])}: {reason}"))
        return problems

    def _try(self, struct: Any, f: Field, value: Value, where: str, errors: dict[str, str]) -> None:
        try:
            self._set(struct, f, value, where, errors)
            self.num_set += f.kind not in {"struct", "collection", "items"}
        except (TypeError, ValueError, AttributeError, RuntimeError, LookupError) as error:
            errors[f.name] = str(error)  # a later pass may succeed; if none does, this is reported

    def _set(self, struct: Any, f: Field, value: Value, where: str, errors: dict[str, str]) -> None:
        match f.kind:
            case "flags":
                setattr(struct, f.name, set(value))
            case "array":
                current = getattr(struct, f.name)
                setattr(struct, f.name, nested(value, len(current)))
            case "block":
                setattr(struct, f.name, self.resolve(value) if value is not None else None)
            case "owned":
                source, collection = OWNED_POINTERS[(struct.bl_rna.identifier, f.name)]
                owner = getattr(struct, source)
                setattr(struct, f.name, getattr(owner, collection)[value] if value is not None else None)
            case "struct":
                inner = getattr(struct, f.name)
                if inner is not None and value is not None:
                    problems = self.write(inner, value, where)
                    if problems:
                        errors[f.name] = "; ".join(map(str, problems))
            case "collection" | "items":
                items = getattr(struct, f.name)
                if f.growable and f.kind != "items":
                    _resize(items, value)
                if len(items) != len(value):
                    raise ValueError(f"has {len(items)} items, not {len(value)}")
                for index, (item, wanted) in enumerate(zip(items, value, strict=True)):
                    problems = self.write(item, wanted, f"{where} > {f.name}[{index}]")
                    if problems:
                        errors[f.name] = "; ".join(map(str, problems))
            case _:
                setattr(struct, f.name, value)


_PLAIN = {bool, int, str, type(None)}  # of which equal ones are the same


def holds(have: Value, wanted: Value) -> bool:
    """Whether a value is what is wanted; of structs, only what is wanted counts."""
    if type(have) in _PLAIN:
        return have == wanted and type(have) is type(wanted)
    if isinstance(wanted, dict) and isinstance(have, dict):
        return all(name in have and holds(have[name], value) for name, value in wanted.items())
    if isinstance(wanted, tuple) and isinstance(have, tuple):
        return len(have) == len(wanted) and all(map(holds, have, wanted))
    if isinstance(have, float) and isinstance(wanted, float | int) and not same(have, wanted):
        return _single(float(wanted)) == have and (have != 0 or math.copysign(1, have) == math.copysign(1, wanted))
    return same(have, wanted)


def _single(value: float) -> float:
    """The nearest number of single precision, in which Blender stores nearly all: 0.1 is as good as all its digits."""
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return value


def _resize(items: Any, wanted: tuple[Properties, ...]) -> None:
    """As many points, stops or tags as wanted."""
    while len(items) > len(wanted):
        items.remove(items[len(items) - 1])
    parameters = [p.identifier for p in items.bl_rna.functions["new"].parameters if not p.is_output]
    for item in wanted[len(items) :]:
        location = item.get("location", (0.0, 0.0))
        choices = {
            "name": item.get("name", ""),
            "position": item.get("position", location[0]),
            "value": location[-1],
        }
        items.new(**{name: choices[name] for name in parameters if name in choices})


def _update_curves(mapping: bpy.types.CurveMapping) -> None:
    """Tell a mapping that its points have changed. It would move those selected, as new ones are, into the clipping range."""
    for curve in mapping.curves:
        for point in curve.points:
            point.select = False
    mapping.update()


def flat(value: Any) -> Iterator[Any]:
    """The numbers of a vector or matrix."""
    for each in value:
        if hasattr(each, "__len__"):
            yield from flat(each)
        else:
            yield each


def nested(numbers: tuple[Any, ...], rows: int) -> Any:
    """Numbers as `rows` rows if they are more than that: the way in for a matrix."""
    if len(numbers) == rows or rows == 0:
        return numbers
    columns = len(numbers) // rows
    return tuple(numbers[i : i + columns] for i in range(0, len(numbers), columns))


def _short(value: Value) -> str:
    text = repr(value)
    return text if len(text) <= 200 else text[:197] + "..."


def identifier_of(item: Any) -> str:
    """The identifier of a socket, the number of a panel; "" where Blender does not tell (panels before 5.0)."""
    return str(item.identifier if item.item_type == "SOCKET" else getattr(item, "persistent_uid", ""))


# Custom properties


def read_custom(struct: Any, schema: Schema) -> Properties:
    """The custom properties of a struct, in order; none if its type cannot have any."""
    if type(struct) in schema.without_custom:
        return {}
    try:
        names = list(struct.keys())
    except TypeError:
        schema.without_custom.add(type(struct))
        return {}
    return {name: _custom_value(struct[name], schema) for name in names}


def _custom_value(value: Any, schema: Schema) -> Value:
    if isinstance(value, bpy.types.ID):
        return schema.refer(value)
    if hasattr(value, "to_dict"):
        return Group(tuple((name, _custom_value(value[name], schema)) for name in list(value)))
    if hasattr(value, "to_list"):
        return tuple(value.to_list())
    if isinstance(value, list):
        return tuple(_custom_value(v, schema) for v in value)
    return value


def write_custom(struct: Any, wanted: Properties, where: str, schema: Schema) -> list[Problem]:
    """Set custom properties. Returns what Blender did not take, or what refers to a data-block that is missing."""
    problems = []
    for name, value in wanted.items():
        try:
            struct[name] = _plain(value, schema)
        except (TypeError, ValueError, LookupError, OverflowError) as error:
            problems.append(Problem(f"{where} > custom property {name!r}", str(error)))
    return problems


def _plain(value: Value, schema: Schema) -> Any:
    if isinstance(value, Ref | GroupRef):
        return schema.resolve(value)
    if isinstance(value, Group):
        return {name: _plain(v, schema) for name, v in value.items}
    if isinstance(value, tuple):
        return [_plain(v, schema) for v in value]
    return value
