"""One tree as a `with group(...)` block of a script in library style."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterator

import bpy

from .editor import HIDDEN, SHOWN, Editor, numbered, packed, signature
from .exceptions import COSMETIC
from .expressions import ATOM, Argument, Expression, arguments, attribute, call_name, constants, operator, property_text
from .flow import Flow, flow, shown, type_of
from .literals import filled, literal, wrapped
from .node_names import is_name, short_name
from .plan import Plan, plans
from .probe import Probe
from .spec import LinkSpec, NodeSpec, Properties, SocketSpec, TreeSpec, Value, same

WIDTH = 120
INDENT = 8
_LONG_LINE = 4000
_INLINE = 104  # the longest expression that is put into another
_DEPTH = 6
_SHAPED = {
    "VALUE",
    "INT",
    "INT_VECTOR",
    "BOOLEAN",
    "VECTOR",
    "RGBA",
    "ROTATION",
    "MATRIX",
    "STRING",
    "MENU",
    "GEOMETRY",
}
_COMMON_NAMES = {
    "Value",
    "Vector",
    "Result",
    "Output",
    "Geometry",
    "Color",
    "Boolean",
    "Attribute",
    "Rotation",
    "Matrix",
    "Integer",
}
_TAKEN = {
    *keyword.kwlist,
    *dir(builtins),
    *("n", "t", "p", "rng", "seed", "build", "sample", "vary", "bpy", "random", "param", "dataclass"),
    *("group", "material", "owned", "script", "muted", "bypass", "insert_after", "swap"),
}


class TreeWriter:
    """Writes the body of one tree's block. `groups` are the variables of the trees that are written already."""

    def __init__(self, tree: TreeSpec, probe: Probe, groups: dict[str, str], layout: bool = True) -> None:
        self.tree, self.groups, self.layout = tree, groups, layout
        self.plans = plans(tree, probe)
        self.flow: Flow = flow(tree, self.plans)
        self.lines: list[str] = []
        self.made: list[str] = []
        self.recorded: list[LinkSpec] = []
        self.variables: dict[str, str] = {}
        self.pending: dict[str, Expression] = {}
        self.names: dict[str, int] = {}
        self.said: dict[str, dict[int, Value]] = {}
        self.outputs: dict[str, Value] = {}
        self.needed = {link.from_node for link in self.flow.extra} | {link.to_node for link in self.flow.extra}
        self.replaced: dict[
            tuple[str, str, int], str
        ] = {}  # constants and properties that are parameters, by node and place
        self.fields: dict[str, set[str]] = {}
        self.probe = probe
        self.new_frame = (
            probe.node("NodeFrame", {}).properties if any(n.type == "NodeFrame" for n in tree.nodes) else {}
        )
        self.lost: list[str] = []

    def body(self) -> list[str]:
        """The statements, and the editor's data as the last of them."""
        starts = {plan.spec.pair: name for name, plan in self.plans.items() if plan.spec.pair in self.plans}
        ends = {start: end for end, start in starts.items()}
        for name in self.flow.order:
            if name in ends:
                self._zone(name, ends[name])
            elif name in starts:
                self._end(name)
            else:
                self._node(name)
        for link in self.flow.extra:
            source, target = self.variables[link.from_node], self.variables[link.to_node]
            self._line(
                f"t.link(({source}, {link.from_socket}), ({target}, {link.to_socket}){', True' if link.muted else ''})"
            )
            self.recorded.append(link)
        self.lines += self._editor()
        return self.lines

    def _line(self, text: str) -> None:
        self.lines.append(" " * INDENT + text)

    # Nodes

    def _known(self, plan: Plan) -> set[str]:
        """The names that a call takes as properties."""
        found = self.fields.get(plan.spec.type)
        if found is None:
            found = {f.name for f in self.probe.schema.fields(getattr(bpy.types, plan.spec.type))}
            self.fields[plan.spec.type] = found
        return found

    def _node(self, name: str) -> None:
        plan = self.plans[name]
        self.said[name] = constants(plan, self.flow) | self._parameters(plan)
        operands, types = {}, {}
        feeds = self.flow.feeds.get(name, {})
        single = all(len(links) == 1 and not links[0].muted for links in feeds.values())
        for place, links in feeds.items() if single else ():
            operands[place], types[place] = self._source(links[0]), self._type(links[0])
        # In shader trees the builder compares with Math nodes.
        sayable = self.tree.type != "ShaderNodeTree" or plan.spec.type in {"ShaderNodeMath", "ShaderNodeVectorMath"}
        made = operator(plan, self.flow, operands, types, self._texts(name)) if single and sayable else None
        if made is not None:
            constant = [i for i in shown(plan.sockets_in)[:2] if i not in operands]
            self.said[name] = {i: plan.spec.inputs[i].properties["default_value"] for i in constant}
            if len(made.text) > WIDTH - INDENT - 20:
                self._spill(plan)
                self._node(name)
                return
        else:
            made = self._call(plan)
        self._keep(name, made)

    def _texts(self, name: str) -> dict[int, str]:
        """The inputs of a node that are parameters, as they stand in the script."""
        return {place: text for (node, side, place), text in self.replaced.items() if node == name and side == "input"}

    def _parameters(self, plan: Plan) -> dict[int, Value]:
        """The constants that are said whatever they are, for they are parameters."""
        inputs = plan.spec.inputs
        return {place: inputs[place].properties["default_value"] for place in self._texts(plan.spec.name)}

    def _keep(self, name: str, made: Expression) -> None:
        """Put it into what uses it, if it is used once and short; else give it a name."""
        uses = self.flow.uses[name]
        if uses == 1 and name not in self.needed and len(made.text) <= _INLINE and made.depth <= _DEPTH:
            self.pending[name] = made
        else:
            self._statement(name, made, uses > 0 or name in self.needed)

    def _statement(self, name: str, made: Expression, named: bool) -> None:
        text = made.text
        if named:
            self.variables[name] = variable = self._variable(self.plans[name].spec, self.plans[name])
            text = f"{variable} = {text}"
        self._run(made)
        if len(text) + INDENT <= WIDTH:
            self._line(text)
        else:
            opening, parts, closing = _split_call(text)
            self.lines += wrapped(opening, parts, closing, INDENT, WIDTH)

    def _run(self, made: Expression) -> None:
        for node, is_new, links in made.events:
            if is_new:
                self.made.append(node)
            self.recorded += links

    def _call(self, plan: Plan) -> Expression:
        """A call; what would make it too long is named first."""
        while True:
            made = self._compose(plan, f"{call_name(self.tree.type, plan.spec.type)}(", ")", plan.properties, True)
            if len(made.text) <= WIDTH - INDENT - 8 or not self._spill(plan):
                return made

    def _spill(self, plan: Plan) -> bool:
        """Name the longest expression that a node would be given; False if there is none."""
        sources = {link.from_node for links in self.flow.feeds.get(plan.spec.name, {}).values() for link in links}
        waiting = [name for name in sources if name in self.pending]
        if not waiting:
            return False
        longest = max(waiting, key=lambda name: (len(self.pending[name].text), name))
        if len(self.pending[longest].text) < 16:
            return False
        # In order, for what is created first must stay first where both are named.
        self._statement(longest, self.pending.pop(longest), True)
        return True

    def _compose(
        self,
        plan: Plan,
        opening: str,
        closing: str,
        properties: Properties,
        is_new: bool,
        zone: Properties | None = None,
    ) -> Expression:
        name = plan.spec.name
        said = self.said.setdefault(name, constants(plan, self.flow))
        parts, odd, events = [], [], []
        depth = 0
        links: list[LinkSpec] = []
        late_links: list[LinkSpec] = []
        if "node_tree" in properties and properties["node_tree"] is not None:
            parts.append(property_text(plan, "node_tree", properties["node_tree"], self.groups))
        if zone:
            parts.append(self._zone_properties(plan, zone))
        for argument in arguments(plan, self.flow, self._known(plan), said):
            text, inner = self._argument(name, argument)
            events += [event for each in inner for event in each.events]
            depth = max([depth, *(each.depth for each in inner)])
            if argument.key and (argument.key.startswith("!") or not is_name(argument.key)):
                odd.append((argument, text))
                late_links += argument.links
            else:
                parts.append(f"{argument.key}={text}" if argument.key else text)
                links += argument.links
        if odd:
            inside = ", ".join(f"{literal(a.key.removeprefix('!'))}: {text}" for a, text in odd)
            parts.append(f"inputs={{{inside}}}")
            # The builder feeds positions, then `inputs`, then keywords.
            positional = [
                link for a in arguments(plan, self.flow, self._known(plan), said) if not a.key for link in a.links
            ]
            keyed = [link for link in links if link not in positional]
            links = [*positional, *late_links, *keyed]
        output = self._output_constant(plan)
        if output is not None and is_new:
            parts.append(f"output={output}")
        for key, value in properties.items():
            if key != "node_tree" or value is None:
                parts.append(f"{key}={property_text(plan, key, value, self.groups)}")
        text = opening + ", ".join(parts) + closing
        return Expression(text, ATOM, [*events, (name, is_new, links)], depth + 1)

    def _zone_properties(self, plan: Plan, zone: Properties) -> str:
        """The properties and items of a zone's output node, as a dict."""
        end = self.plans[plan.spec.pair]
        return (
            "{"
            + ", ".join(f"{literal(key)}: {property_text(end, key, value, self.groups)}" for key, value in zone.items())
            + "}"
        )

    def _argument(self, name: str, argument: Argument) -> tuple[str, list[Expression]]:
        if not argument.links:
            given = self.replaced.get((name, "input", argument.socket))
            return given or literal(argument.value), []
        inner = [self._source(link) for link in argument.links]
        texts = [
            f"muted({each.text})" if link.muted else each.text for link, each in zip(argument.links, inner, strict=True)
        ]
        return (texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"), inner

    def _source(self, link: LinkSpec) -> Expression:
        """What a link comes from: a pending expression, or a variable, with the output's name."""
        suffix = attribute(self.plans[link.from_node], link.from_socket)
        suffix = f"[{literal(self._identifier(link))}]" if suffix is None else suffix
        pending = self.pending.get(link.from_node)
        if pending is None:
            return Expression(self.variables[link.from_node] + suffix)
        text = pending.wrapped(ATOM) if suffix else pending.text
        return Expression(text + suffix, ATOM if suffix else pending.binds, pending.events, pending.depth)

    def _identifier(self, link: LinkSpec) -> str:
        return self.plans[link.from_node].sockets_out[link.from_socket].identifier

    def _type(self, link: LinkSpec) -> str:
        known = self.flow.types.get((link.from_node, link.from_socket))
        return known or type_of(self.plans[link.from_node].sockets_out[link.from_socket])

    def _output_constant(self, plan: Plan) -> str | None:
        """The constant of a node such as Value, which its output holds."""
        spec, born = plan.spec, plan.born
        if born is None or not spec.outputs or len(spec.outputs) != len(born.outputs) or spec.type == "NodeReroute":
            return None
        want, has = (node.outputs[0].properties.get("default_value") for node in (spec, born))
        if (
            want is None
            or same(want, has)
            or not isinstance(want, float | int | tuple)
            or spec.inputs
            or len(spec.outputs) > 1
        ):
            return None
        self.outputs[spec.name] = want
        return self.replaced.get((spec.name, "output", 0)) or literal(want)

    # Zones

    def _zone(self, name: str, end: str) -> None:
        plan, last = self.plans[name], self.plans[end]
        short = short_name(self.tree.type, plan.spec.type).removesuffix("_input")
        if short_name(self.tree.type, last.spec.type) == f"{short}_output":
            opening = f"n.{short}_zone("
        else:
            opening = f"t.zone({literal(plan.spec.type)}, {literal(last.spec.type)}, "
        made = self._compose(plan, opening, ")", {}, True, last.properties)
        made.events.append((end, True, []))
        first = self._variable(plan.spec, plan, f"{short}_in" if short else "")
        second = self._variable(last.spec, last, f"{short}_out" if short else "")
        self.variables[name], self.variables[end] = first, second
        self._run(made)
        text = f"{first}, {second} = {made.text}"
        if len(text) + INDENT <= WIDTH:
            self._line(text)
        else:
            opening, parts, closing = _split_call(text)
            self.lines += wrapped(opening, parts, closing, INDENT, WIDTH)

    def _end(self, name: str) -> None:
        plan = self.plans[name]
        while True:
            made = self._compose(plan, f"{self.variables[name]}.feed(", ")", {}, False)
            if len(made.text) <= WIDTH - INDENT or not self._spill(plan):
                break
        if made.text.endswith("feed()"):
            return
        self._run(made)
        opening, parts, closing = _split_call(made.text)
        self.lines += wrapped(opening, parts, closing, INDENT, WIDTH)

    # Names

    def _variable(self, spec: NodeSpec, plan: Plan, hint: str = "") -> str:
        """A telling name: the label's, the group's, the operation's or the type's."""
        label = spec.properties.get("label", "") or self._carried(spec)
        group = spec.properties.get("node_tree")
        operation = (
            spec.properties.get("operation", "") if "operation" in plan.properties or "Math" in spec.type else ""
        )
        short = short_name(self.tree.type, spec.type) or spec.type
        short = {"group_input": "i", "named_attribute": "attribute"}.get(short, short)
        for prefix in ("input_", "tex_", "bsdf_", "math_"):
            short = short.removeprefix(prefix)
        for text in (label, hint, getattr(group, "name", ""), operation, short):
            name = re.sub(r"[^a-z0-9]+", "_", str(text).lower()).strip("_")[:28].strip("_")
            if name and not name[0].isdigit():
                break
        else:
            name = "node"
        return self.unique(name)

    def _carried(self, spec: NodeSpec) -> str:
        """What a reroute carries, if that has a name of its own: the group's input, say."""
        links = self.flow.feeds.get(spec.name, {}).get(0) if spec.type == "NodeReroute" else None
        while links and self.plans[links[0].from_node].spec.type == "NodeReroute":
            links = self.flow.feeds.get(links[0].from_node, {}).get(0)
        if not links:
            return ""
        name = self.plans[links[0].from_node].sockets_out[links[0].from_socket].name
        return "" if name in _COMMON_NAMES else name

    def unique(self, name: str) -> str:
        while name in _TAKEN:
            name += "_"
        count = self.names.get(name, 0)
        self.names[name] = count + 1
        if not count:
            return name
        return self.unique(f"{name}{'' if name[-1] != '_' and not name[-1].isdigit() else '_'}{count + 1}")

    # The editor's data

    def _editor(self) -> list[str]:
        specs = {node.name: node for node in self.tree.nodes}
        frames = [node.name for node in self.tree.nodes if node.type == "NodeFrame"]
        number = {name: index for index, name in enumerate(frames)}
        looks: dict[str, int] = {}
        found: list[Properties] = []

        def record(name: str, extras: Properties) -> tuple:
            """Name, place, frame and look of a node; a look that several have is told once."""
            spec = specs[name]
            x, y = spec.properties.get("location_absolute", spec.properties.get("location", (0.0, 0.0)))
            look = looks.setdefault(repr(extras), len(looks)) if extras else -1
            if look == len(found):
                found.append(extras)
            base = getattr(bpy.types, spec.type).bl_rna.name
            return numbered(base, name), x, y, number.get(spec.parent, -1), look

        editor = Editor(
            nodes=signature([specs[name].type for name in self.made]),
            places=tuple(record(name, self._extras(name)) for name in self.made),
            frames=tuple(record(name, self._frame_extras(specs[name])) for name in frames),
            looks=tuple(found),
            links=tuple(self._link_order()),
            active=self.tree.active,
            absolute=any("location_absolute" in node.properties for node in self.tree.nodes),
        )
        # On lines of their own length, so that they are out of the way.
        chunks = [f'"{chunk}"' for chunk in _chunks(packed(editor), _LONG_LINE)]
        return filled(
            [f"t.editor({chunks[0]}", *chunks[1:-1], chunks[-1] + ")"]
            if len(chunks) > 1
            else [f"t.editor({chunks[0]})"],
            INDENT,
            WIDTH,
        )

    def _extras(self, name: str) -> Properties:
        """What the script's statements leave different from the source."""
        plan = self.plans[name]
        spec, born = plan.spec, plan.born
        assert born is not None
        coded = {**born.properties}
        found: Properties = {}
        for key, value in spec.properties.items():
            if key in {"location", "location_absolute"} or (key in plan.properties and key not in COSMETIC):
                if key in plan.properties and not same(value, coded.get(key)):
                    found[key] = value
                continue
            if key == "socket_idname" and spec.type == "NodeReroute":
                continue
            if key not in coded or not same(value, coded[key]):
                found[key] = value
        said = dict(self.said.get(name, {}))
        found |= self._socket_extras(spec, spec.inputs, born.inputs, said, "in")
        outputs = {0: self.outputs[name]} if name in self.outputs else {}
        found |= self._socket_extras(spec, spec.outputs, born.outputs, outputs, "out")
        if spec.custom:
            found["custom"] = spec.custom
        return found

    def _socket_extras(
        self,
        spec: NodeSpec,
        wanted: tuple[SocketSpec, ...],
        born: tuple[SocketSpec, ...],
        said: dict[int, Value],
        side: str,
    ) -> Properties:
        patches: dict[int, Value] = {}
        hidden: list[int] = []
        if len(wanted) != len(born):
            self.lost.append(f"node {spec.name!r} has {len(wanted)} {side}puts, a new one {len(born)}")
        reroute = spec.type == "NodeReroute"
        for place, (want, has) in enumerate(zip(wanted, born, strict=False)):
            patch: Properties = {}
            for key, value in want.properties.items():
                known = said[place] if key == "default_value" and place in said else has.properties.get(key)
                if key == "display_shape" and type_of(want) in _SHAPED and self.tree.type == "GeometryNodeTree":
                    continue  # follows from what is linked
                if not same(value, known) and not (key not in has.properties and reroute):
                    patch[key] = value
            if side == "out" and patch.get("hide") is True:
                hidden.append(place)
                del patch["hide"]
            if want.name != has.name:
                patch["name"] = want.name
            if reroute and side == "in" and not self.flow.feeds.get(spec.name) and want.type != "NodeSocketColor":
                patch["type"] = want.type
            if want.custom:
                patch["custom"] = want.custom
            if patch:
                patches[place] = (
                    patch["default_value"]
                    if set(patch) == {"default_value"} and not isinstance(patch["default_value"], dict)
                    else patch
                )
        found: Properties = {}
        if hidden and len(hidden) > len(wanted) // 2:
            found[SHOWN] = tuple(i for i in range(len(wanted)) if i not in hidden)
        elif hidden:
            found[HIDDEN] = tuple(hidden)
        if patches:
            found[side] = patches
        return found

    def _frame_extras(self, spec: NodeSpec) -> Properties:
        places = {"location", "location_absolute"}
        new = self.new_frame
        found = {k: v for k, v in spec.properties.items() if k not in places and not same(v, new.get(k))}
        return found | ({"custom": spec.custom} if spec.custom else {})

    def _link_order(self) -> list[int]:
        """Which of the script's links is the first, the second ... of the tree; empty where they come in order."""
        place = {link: index for index, link in enumerate(self.recorded)}
        order = [place[link] for link in self.tree.links if link in place]
        return order if order != sorted(order) else []


def _chunks(text: str, size: int) -> Iterator[str]:
    for start in range(0, len(text), size):
        yield text[start : start + size]


def _split_call(text: str) -> tuple[str, list[str], str]:
    """A call's opening, arguments and closing: split at commas outside of brackets and quotes."""
    start = text.index("(") + 1
    if not text.endswith(")"):
        return text, [], ""
    parts, depth, quote, last = [], 0, "", start
    index = start
    end = len(text) - 1
    while index < end:
        char = text[index]
        if quote:
            if char == "\\":
                index += 1
            elif char == quote:
                quote = ""
        elif char in "\"'":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if depth < 0:  # the bracket that opened first is not the one that ends the text: an operator's
                return text, [], ""
        elif char == "," and depth == 0:
            parts.append(text[last:index].strip())
            last = index + 1
        index += 1
    parts.append(text[last:end].strip())
    return text[:start], [part for part in parts if part], ")"
