"""Nodes as expressions: calls with arguments, and operators where they make exactly the node that is meant."""

from __future__ import annotations

from dataclasses import dataclass, field

from .flow import Flow, shown, type_of
from .literals import literal
from .node_names import is_name, short_name
from .plan import Plan, _is_items, shortened
from .sockets import NUMERIC, snake
from .spec import GroupRef, LinkSpec, NodeSpec, Properties, Ref, SocketSpec, Value, same
from .values import match

ATOM, POWER, UNARY, PRODUCT, SUM, AND, XOR, OR, COMPARISON = 9, 8, 7, 6, 5, 4, 3, 2, 1  # how tightly operators bind
_MATH = {
    "ADD": ("+", SUM),
    "SUBTRACT": ("-", SUM),
    "MULTIPLY": ("*", PRODUCT),
    "DIVIDE": ("/", PRODUCT),
    "FLOORED_MODULO": ("%", PRODUCT),
    "POWER": ("**", POWER),
}
_BOOLEAN = {"AND": ("&", AND), "OR": ("|", OR), "XOR": ("^", XOR)}
_COMPARE = {
    "LESS_THAN": "<",
    "LESS_EQUAL": "<=",
    "GREATER_THAN": ">",
    "GREATER_EQUAL": ">=",
    "EQUAL": "==",
    "NOT_EQUAL": "!=",
}
_VECTORS = {"VECTOR", "RGBA", "ROTATION"}
_FEW = 3  # arguments that need no names
_NODE_ATTRIBUTES = {"data", "tree", "set", "set_positional", "feed", "as_socket"}
# Constants of these socket types can be arguments; the rest is left to the editor's data.
_CONSTANTS = {"VALUE", "INT", "BOOLEAN", "VECTOR", "RGBA", "ROTATION", "STRING", "MENU"}


@dataclass
class Expression:
    """Source text, how tightly it binds, and what running it does in order: (node, is a new one, links that it is fed by)."""

    text: str
    binds: int = ATOM
    events: list[tuple[str, bool, list[LinkSpec]]] = field(default_factory=list)
    depth: int = 0

    def wrapped(self, binds: int) -> str:
        """In brackets, if what stands around it binds tighter."""
        return self.text if self.binds >= binds else f"({self.text})"


@dataclass(frozen=True)
class Argument:
    """One argument of a call: `key` is its keyword, or empty; `source` an expression in it, by the node that it stands for."""

    socket: int
    key: str
    links: tuple[LinkSpec, ...] = ()
    value: Value = None


def spelled(sockets: tuple[SocketSpec, ...], place: int) -> str | None:
    """A name under which the builder finds the socket: a Python name if there is one, else any text; None if nothing is clear."""
    places = shown(sockets)
    pairs = [(sockets[i].name, sockets[i].identifier) for i in places]
    socket = sockets[place]
    texts = (snake(socket.name), snake(socket.identifier), socket.name, socket.identifier)
    texts = (*texts[:2], texts[0] + "_", *texts[2:])
    for text in sorted(texts, key=lambda t: not is_name(t)):
        if text and place in places and match(pairs, text) == places.index(place):
            return text
    return None


def constants(plan: Plan, flow: Flow) -> dict[int, Value]:
    """The unlinked inputs whose constants a script says, by place."""
    assert plan.born is not None
    found: dict[int, Value] = {}
    if plan.spec.type == "NodeReroute" or len(plan.spec.inputs) != len(plan.born.inputs):
        return found
    linked = flow.feeds.get(plan.spec.name, {})
    for place in shown(plan.born.inputs):
        if place in linked:
            continue
        want, has = (s.properties.get("default_value") for s in (plan.spec.inputs[place], plan.born.inputs[place]))
        sayable = type_of(plan.born.inputs[place]) in _CONSTANTS or isinstance(want, Ref | GroupRef)
        if want is not None and sayable and not same(want, has) and spelled(plan.born.inputs, place) is not None:
            found[place] = want
    return found


def arguments(plan: Plan, flow: Flow, fields: set[str], said: dict[int, Value]) -> list[Argument]:
    """What the node is fed with, in the order of its inputs: the first by position, of short calls all, or where names are shared."""
    sockets = plan.sockets_in
    places = shown(sockets)
    names = [snake(sockets[i].name) for i in places]
    feeds = flow.feeds.get(plan.spec.name, {})
    all_by_position = len(set(names)) < len(names) or len(feeds) + len(said) <= _FEW
    by_position = len(places) if all_by_position else 1
    found: list[Argument] = []
    leading = True
    for number, place in enumerate(places):
        if place not in feeds and place not in said:
            leading = False
            continue
        leading = leading and number < by_position
        name = "" if leading else spelled(sockets, place) or ""
        if name and (name in fields or name in {"inputs", "output", "label", "mute"}):
            name = next((t for t in (sockets[place].name, sockets[place].identifier) if not is_name(t)), f"!{name}")
        found.append(Argument(place, name, tuple(feeds.get(place, ())), said.get(place)))
    return found


def attribute(plan: Plan, place: int) -> str | None:
    """What follows a node to mean one of its outputs; None if no name is clear."""
    places = shown(plan.sockets_out)
    if place == places[0] and (plan.spec.type != "NodeGroupInput" or len(places) == 1):
        return ""
    name = spelled(plan.sockets_out, place)
    if name is None:
        return None
    return f".{name}" if is_name(name) and name not in _NODE_ATTRIBUTES else f"[{literal(name)}]"


def operator(
    plan: Plan, flow: Flow, operands: dict[int, Expression], types: dict[int, str], texts: dict[int, str]
) -> Expression | None:
    """The node as an operator on its operands; None if that would make another node.

    operands: the expressions of linked inputs; types: what the script sees of their types; texts: constants that are parameters.
    """
    spec, born = plan.spec, plan.born
    assert born is not None
    if any(name not in {"operation", "data_type", "mode"} for name in plan.properties):
        return None
    places = shown(born.inputs)
    operation = spec.properties.get("operation", "")
    values = {i: spec.inputs[i].properties.get("default_value") for i in places}
    match spec.type:
        case "ShaderNodeMath" if operation in _MATH and len(places) == 2:
            if any(kind not in NUMERIC or kind in _VECTORS for kind in types.values()):
                return None
            sign, binds = _MATH[operation]
        case "ShaderNodeVectorMath" if operation in {"ADD", "SUBTRACT", "MULTIPLY", "DIVIDE"} and len(places) == 2:
            if not any(kind in _VECTORS for kind in types.values()):
                return None
            if operation == "MULTIPLY" and any(kind not in _VECTORS for kind in types.values()):
                return None
            if any(kind not in NUMERIC | _VECTORS for kind in types.values()):
                return None
            sign, binds = _MATH[operation]
        case "ShaderNodeVectorMath" if operation == "SCALE" and len(places) == 2:
            if types.get(places[0]) not in _VECTORS or types.get(places[1], "VALUE") not in {"VALUE", "INT", "BOOLEAN"}:
                return None
            sign, binds = "*", PRODUCT
        case "FunctionNodeBooleanMath" if operation in _BOOLEAN and len(places) == 2:
            sign, binds = _BOOLEAN[operation]
        case "FunctionNodeBooleanMath" if operation == "NOT" and len(operands) == 1:
            one = operands[places[0]]
            return _made(spec, flow, f"~{one.wrapped(UNARY)}", UNARY, [one], [places[0]])
        case "FunctionNodeCompare" if operation in _COMPARE:
            if not _compares(spec, places, types, values, operation) or places[0] not in operands:
                return None
            sign, binds = _COMPARE[operation], COMPARISON
        case _:
            return None
    if not operands or any(kind in {"BUNDLE", "CLOSURE"} for kind in types.values()):
        return None
    sides = []
    for number, place in enumerate(places[:2]):
        tighter = binds + (1 if (number == 1) != (sign == "**") or binds == COMPARISON else 0)
        said = texts.get(place) or literal(values[place])
        sides.append(operands[place].wrapped(tighter) if place in operands else said)
    negative = sign == "**" and sides[0].startswith("-")
    left = f"({sides[0]})" if negative else sides[0]
    return _made(
        spec, flow, f"{left} {sign} {sides[1]}", binds, [operands[p] for p in places[:2] if p in operands], places[:2]
    )


def _compares(
    spec: NodeSpec, places: list[int], types: dict[int, str], values: dict[int, Value], operation: str
) -> bool:
    """Whether the builder's comparison of such operands makes this very node."""
    data_type, kinds = spec.properties.get("data_type"), set(types.values())
    others = places[2:]
    if others and (operation not in {"EQUAL", "NOT_EQUAL"} or not same(values[others[0]], _EPSILON)):
        return False
    constant = [values[p] for p in places[:2] if p not in types]
    if data_type == "FLOAT":
        return kinds <= NUMERIC - _VECTORS and ("VALUE" in kinds or any(isinstance(v, float) for v in constant))
    if data_type == "INT":
        boolean = kinds == {"BOOLEAN"} and not constant and operation in {"EQUAL", "NOT_EQUAL"}
        return kinds <= {"INT", "BOOLEAN"} and not boolean
    if data_type == "VECTOR":
        return spec.properties.get("mode") == "ELEMENT" and bool(kinds & _VECTORS) and kinds <= NUMERIC | _VECTORS
    return False


_EPSILON = 0.0010000000474974513  # the default of Compare's third input


def _made(spec: NodeSpec, flow: Flow, text: str, binds: int, parts: list[Expression], places: list[int]) -> Expression:
    links = [link for place in places for link in flow.feeds.get(spec.name, {}).get(place, ())]
    events = [event for part in parts for event in part.events]
    return Expression(text, binds, [*events, (spec.name, True, links)], 1 + max((p.depth for p in parts), default=0))


def property_text(plan: Plan, name: str, value: Value, groups: dict[str, str]) -> str:
    """A property's value; groups of the script by their variables."""
    if isinstance(value, GroupRef) and value.name in groups:
        return groups[value.name]
    if isinstance(value, tuple) and value and isinstance(value[0], dict) and _is_items(plan.spec.type, name):
        value = shortened(plan.spec.type, name, value)
    return literal(value)


def call_name(tree_type: str, node_type: str) -> str:
    name = short_name(tree_type, node_type)
    return f"n.{name}" if name else f"n[{literal(node_type)}]"


__all__ = [
    "Argument",
    "Expression",
    "Properties",
    "arguments",
    "attribute",
    "call_name",
    "constants",
    "operator",
    "spelled",
]
