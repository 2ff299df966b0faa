"""A graph as a generator: library code with typed parameters, `sample(seed)`, and a hook for varying the structure."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import bpy

from .expressions import spelled
from .flow import short_type, shown, type_of
from .interface_items import KEYWORDS
from .literals import literal
from .node_names import is_name
from .probe import Probe
from .sockets import snake
from .spec import GraphSpec, InterfaceItem, NodeSpec, Properties, TreeSpec, Value, same
from .values import _quoted
from .write_library import LibraryWriter
from .write_tree import TreeWriter

Chosen = Sequence[tuple[str, str]]
_KINDS = {
    "VALUE",
    "INT",
    "BOOLEAN",
    "VECTOR",
    "RGBA",
    "ROTATION",
    "STRING",
    "MENU",
}  # sockets whose constants can be parameters
_UNITS = {
    "DISTANCE": "m",
    "TRANSLATION": "m",
    "ANGLE": "rad",
    "EULER": "rad",
    "FACTOR": "factor",
    "VELOCITY": "m/s",
    "TIME": "s",
}
_MOST = 24  # parameters found by themselves, where a graph has no inputs
_WIDE = 20.0  # a range so many times the default (or 1) says what is possible, not what is usual
_ENDLESS = 1e6  # a range that is no more than what the type can hold

_PARAMS = '''
# Where this is run by exec(): dataclasses ask for the module that they are in.
sys.modules.setdefault(__name__, types.ModuleType(__name__))


@dataclass(frozen=True)
class Params:
    """{title}"""

{fields}


def sample(seed: int) -> Params:
    """The parameters of this seed: change the ranges to your taste."""
    rng = random.Random(seed)
    return Params(
{draws}
    )


def vary(t: GraphTree, rng: random.Random) -> None:
    """Vary the structure, by `rng`: called when all nodes are there, if build() is given a seed. As written it changes nothing."""
    # For example: if rng.random() < 0.5: bypass(t, t.node({example}))
'''


@dataclass(frozen=True)
class Parameter:
    """A field of Params: its name, default, what a person reads, range, and the choices of a menu."""

    name: str
    default: Value
    help: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    choices: tuple[str, ...] = ()

    def field(self) -> str:
        parts = [literal(self.default), literal(self.help)]
        parts += [f"min={_bound(self.low, self.default)}"] if self.low is not None else []
        parts += [f"max={_bound(self.high, self.default)}"] if self.high is not None else []
        parts += [f"unit={literal(self.unit)}"] if self.unit else []
        parts += [f"choices={literal(self.choices)}"] if self.choices else []
        kind = {bool: "bool", int: "int", float: "float", str: "str"}.get(type(self.default), "tuple[float, ...]")
        return f"    {self.name}: {kind} = param({', '.join(parts)})"

    def draw(self) -> str:
        """How `sample` draws it: over its range, or about the default where the range has no ends or says little."""
        if isinstance(self.default, bool):
            return f"{self.name}=rng.random() < 0.5"
        if self.choices:
            return f"{self.name}=rng.choice({literal(self.choices)})"
        if isinstance(self.default, str):
            return f"{self.name}={literal(self.default)}"
        if isinstance(self.default, tuple):
            return f"{self.name}=({', '.join(self._number(v) for v in self.default)},)"
        return f"{self.name}={self._number(self.default)}"

    def _number(self, value: float | int) -> str:
        low, high = self.low, self.high
        wide = low is not None and high is not None and high - low > _WIDE * max(abs(value), 1.0)
        if low is None or high is None or (wide and "seed" not in self.name):
            reach = abs(value) * 0.5 or 1.0
            low = value - reach if low is None else max(low, value - reach)
            high = value + reach if high is None else min(high, value + reach)
        if isinstance(value, int):
            return f"rng.randint({round(low)}, {round(high)})"
        return f"rng.uniform({float(f'{low:.6g}')!r}, {float(f'{high:.6g}')!r})"


def _bound(value: float, default: Value) -> str:
    return repr(int(value)) if isinstance(default, int) else literal(float(value))


def generator(spec: GraphSpec, groups: dict[str, bpy.types.NodeTree], chosen: Chosen | None = None) -> str:
    """The script. chosen: (node, socket) by name or identifier, of the graph itself, that become parameters.

    Where nothing is chosen, the group's inputs do; of a graph without any, the constants that are not as Blender has them.
    Raises ValueError naming what is chosen and not there.
    """
    return _GeneratorWriter(spec, groups, chosen).text()


class _GeneratorWriter(LibraryWriter):
    def __init__(self, spec: GraphSpec, groups: dict[str, bpy.types.NodeTree], chosen: Chosen | None) -> None:
        super().__init__(spec, groups)
        self.chosen = chosen
        self.parameters: list[Parameter] = []
        self.of_item: dict[str, str] = {}
        self.used_names: set[str] = set()
        if chosen is None:
            for item in spec.root.interface:
                self._item_parameter(item)

    # Parameters

    def _name(self, *texts: str) -> str:
        base = next((n for t in texts for n in [snake(t)] if n and is_name(n) and not n[0].isdigit()), "value")
        name, count = base, 2
        while name in self.used_names:
            name, count = f"{base}_{count}", count + 1
        self.used_names.add(name)
        return name

    def _item_parameter(self, item: InterfaceItem) -> None:
        default = item.properties.get("default_value")
        kind = short_type(item.socket_type)
        if (
            item.type != "INPUT"
            or kind not in _KINDS
            or not _is_finite(default)
            or item.properties.get("is_panel_toggle")
        ):
            return
        choices = self._choices(item) if kind == "MENU" else ()
        if kind == "MENU" and default not in choices:
            return
        name = self._name(item.name, item.identifier)
        self.of_item[item.identifier] = name
        low = _end(item.properties.get("min_value"), default, upper=False)
        high = _end(item.properties.get("max_value"), default, upper=True)
        unit = _UNITS.get(str(item.properties.get("subtype", "")), "")
        low, high = (0.0, 1.0) if kind == "RGBA" and _within(default) else (low, high)
        help_text = item.properties.get("description") or item.name or name
        self.parameters.append(Parameter(name, default, help_text.rstrip("."), low, high, unit, choices))

    def _choices(self, item: InterfaceItem) -> tuple[str, ...]:
        """The items of a menu input, which Blender tells when it is given what is none."""
        live = next(
            i for i in self.groups[""].interface.items_tree if getattr(i, "identifier", None) == item.identifier
        )
        try:
            live.default_value = "\0no such item"
        except TypeError as error:
            return tuple(_quoted(str(error)))
        return ()

    def choose(self, writer: TreeWriter) -> None:
        """Make constants of the graph's nodes parameters."""
        if self.chosen is None and (self.parameters or any(i.type == "INPUT" for i in self.spec.root.interface)):
            return
        wanted = self._found(writer) if self.chosen is None else [self._resolve(writer, *each) for each in self.chosen]
        for node, side, place in wanted:
            socket = (node.inputs if side == "input" else node.outputs)[place]
            default = socket.properties["default_value"]
            label = node.properties.get("label") or node.name
            told = f"{socket.name} of {label}" if side == "input" else label
            name = self._name(told if side == "input" else label, f"{node.type}_{socket.name}")
            low, high = (
                (0.0, 1.0)
                if type_of(socket) == "RGBA" and _within(default)
                else _limits(socket.type, node, place, side)
            )
            self.parameters.append(Parameter(name, default, told, low, high))
            writer.replaced[node.name, side, place] = f"p.{name}"

    def _found(self, writer: TreeWriter) -> list[tuple[NodeSpec, str, int]]:
        found: list[tuple[NodeSpec, str, int]] = []
        for name, plan in writer.plans.items():
            assert plan.born is not None
            linked = writer.flow.feeds.get(name, {})
            if plan.spec.type == "NodeReroute" or len(plan.born.inputs) != len(plan.spec.inputs):
                continue
            for place in shown(plan.born.inputs):
                want, has = (n.inputs[place].properties.get("default_value") for n in (plan.spec, plan.born))
                kind = type_of(plan.born.inputs[place])
                if (
                    place not in linked
                    and want is not None
                    and not same(want, has)
                    and kind in _KINDS
                    and kind not in {"STRING", "MENU"}
                ):
                    found.append((plan.spec, "input", place))
            if (
                not plan.spec.inputs
                and len(plan.spec.outputs) == 1
                and plan.spec.type not in {"NodeGroupInput", "NodeReroute"}
            ):
                want, has = (n.outputs[0].properties.get("default_value") for n in (plan.spec, plan.born))
                if _is_finite(want) and not same(want, has):
                    found.append((plan.spec, "output", 0))
        return found[:_MOST]

    def _resolve(self, writer: TreeWriter, node_name: str, socket_name: str) -> tuple[NodeSpec, str, int]:
        plan = writer.plans.get(node_name)
        if plan is None:
            raise ValueError(f"{self.spec.root.name!r} has no node {node_name!r} to take a parameter from")
        linked = writer.flow.feeds.get(node_name, {})
        for place in shown(plan.sockets_in):
            socket = plan.spec.inputs[place]
            names = {socket.name, socket.identifier, spelled(plan.sockets_in, place)}
            if socket_name in names and place not in linked and type_of(socket) in _KINDS:
                return plan.spec, "input", place
        if not plan.spec.inputs and socket_name in {s.name for s in plan.spec.outputs[:1]}:
            return plan.spec, "output", 0
        free = [plan.spec.inputs[i].name for i in shown(plan.sockets_in) if i not in linked]
        raise ValueError(
            f"node {node_name!r} has no unlinked input {socket_name!r} that holds a value; it has {', '.join(free) or 'none'}"
        )

    # Text

    def writer(self, tree: TreeSpec, probe: Probe) -> TreeWriter:
        made = super().writer(tree, probe)
        if tree is self.spec.root:
            self.choose(made)
        return made

    def item_properties(self, item: InterfaceItem, probe: Probe) -> list[str]:
        name = self.of_item.get(item.identifier) if item in self.spec.root.interface else None
        if name is None:
            return super().item_properties(item, probe)
        new = probe.new_item(item)
        rest: Properties = {
            k: v for k, v in item.properties.items() if k != "default_value" and (k not in new or not same(v, new[k]))
        }
        short = {value: key for key, value in KEYWORDS.items()}
        return [f"p.{name}", *(f"{short.get(key, key)}={literal(value)}" for key, value in rest.items())]

    def text(self) -> str:
        code = super().text()
        parameters = "\n".join(p.field() for p in self.parameters) or "    # nothing in this graph is open"
        draws = "\n".join(f"        {p.draw()}," for p in self.parameters)
        title = f"What can be set of {self.spec.owner.name if self.spec.owner else self.spec.root.name!a}."
        example = next(
            (n.name for n in self.spec.root.nodes if n.inputs and n.outputs and n.type != "NodeReroute"), "Math"
        )
        code = re.sub(
            r"^from (\S+)\.library import (.*)$",
            lambda m: "\n".join(
                [
                    "import random",
                    "import sys",
                    "import types",
                    "from dataclasses import dataclass\n",
                    f"from {__package__.rpartition('.procedural')[0]}.params import param",
                    f"from {m[1]}.library import GraphTree, {m[2]}",
                    f"from {m[1]}.structure import bypass, insert_after, swap  # noqa: F401 (for vary)\n",
                ]
            ),
            code,
            count=1,
            flags=re.MULTILINE,
        )
        hook = _PARAMS.format(
            title=title.replace("\\", "\\\\").replace('"', '\\"'),
            fields=parameters,
            draws=draws,
            example=ascii(example),
        )
        before, _, after = code.partition("\n@script\ndef build():\n")
        body, _, end = after.rpartition("    return ")
        call = "        if seed is not None:\n            vary(t, random.Random(seed))\n"
        head = "@script\ndef build(p: Params = Params(), seed: int | None = None):  # noqa: B008 (frozen)\n"
        return f"{before.rstrip()}\n\n{hook}\n\n{head}{body}{call}    return {end}"


def _end(value: Value, default: Value, upper: bool) -> float | None:
    """An end of a range; None if it is only the type's own, or where the default is beyond it."""
    if not isinstance(value, int | float) or abs(value) >= _ENDLESS:
        return None
    numbers = default if isinstance(default, tuple) else (default,)
    beyond = any(n > value if upper else n < value for n in numbers if isinstance(n, int | float))
    return None if beyond else value


def _is_finite(value: Value) -> bool:
    numbers = value if isinstance(value, tuple) else (value,)
    return value is not None and all(math.isfinite(n) for n in numbers if isinstance(n, float))


def _within(value: Value) -> bool:
    return isinstance(value, tuple) and all(0.0 <= v <= 1.0 for v in value)


def _limits(socket_type: str, node: NodeSpec, place: int, side: str) -> tuple[float | None, float | None]:
    """The range of a node's socket, by its class ("NodeSocketFloatFactor")."""
    cls = getattr(bpy.types, socket_type, None)
    prop = cls.bl_rna.properties.get("default_value") if cls is not None else None
    if prop is None or prop.type not in {"FLOAT", "INT"}:
        return None, None
    default = (node.inputs if side == "input" else node.outputs)[place].properties["default_value"]
    low, high = _end(prop.soft_min, default, upper=False), _end(prop.soft_max, default, upper=True)
    return low, high
