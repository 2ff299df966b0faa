"""One tree as a `with group(...)` block of a script in library style."""

from __future__ import annotations

import bpy

from .editor import packed
from .expressions import ATOM, Argument, Expression, arguments, attribute, call_name, constants, operator, property_text
from .flow import Flow, flow, shown, type_of
from .literals import filled, literal, wrapped
from .node_names import is_name, short_name
from .plan import Plan, plans
from .probe import Probe
from .spec import LinkSpec, Properties, TreeSpec, Value, same
from .write_editor import Remainder
from .write_names import Names, telling

WIDTH = 120
INDENT = 8
_LONG_LINE = 4000  # characters of packed data
_INLINE = 104  # the longest expression that is put into another
_DEPTH = 6


class TreeWriter:
    """Writes the body of one tree's block. `groups` are the variables of the trees that are written already."""

    def __init__(self, tree: TreeSpec, probe: Probe, groups: dict[str, str]) -> None:
        self.tree, self.groups = tree, groups
        self.plans = plans(tree, probe)
        self.flow: Flow = flow(tree, self.plans)
        self.lines: list[str] = []
        self.variables: dict[str, str] = {}
        self.pending: dict[str, Expression] = {}
        self.names = Names()
        self.needed = {link.from_node for link in self.flow.extra} | {link.to_node for link in self.flow.extra}
        # Constants that are parameters: their text, by (node, "input" or "output", place).
        self.replaced: dict[tuple[str, str, int], str] = {}
        self.fields: dict[str, set[str]] = {}
        self.probe = probe
        has_frames = any(node.type == "NodeFrame" for node in tree.nodes)
        new_frame = probe.node("NodeFrame", {}).properties if has_frames else {}
        self.rest = Remainder(tree, self.plans, self.flow, new_frame)

    def body(self) -> list[str]:
        """The statements, and the editor's data as the last of them."""
        starts = {plan.spec.pair: name for name, plan in self.plans.items() if plan.spec.pair in self.plans}
        ends = {start: end for end, start in starts.items()}
        for name in self.flow.order:
            if name in ends:
                if name not in self.variables:
                    self._zone(name, ends[name])
            elif name in starts:
                if starts[name] not in self.variables:  # its input node waits for it: links go round in a circle
                    self._leave_to_links(starts[name])
                    self._zone(starts[name], name)
                self._end(name)
            else:
                self._node(name)
        for link in self.flow.extra:
            source, target = self.variables[link.from_node], self.variables[link.to_node]
            self._line(
                f"t.link(({source}, {link.from_socket}), ({target}, {link.to_socket}){', True' if link.muted else ''})"
            )
            self.rest.recorded.append(link)
        # On a line of its own length, so that it is out of the way.
        data = packed(self.rest.data())
        chunks = [f'"{data[start : start + _LONG_LINE]}"' for start in range(0, len(data), _LONG_LINE)]
        chunks[0] = f"t.editor({chunks[0]}"
        self.lines += filled([*chunks[:-1], chunks[-1] + ")"], INDENT, WIDTH)
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
        self.rest.said[name] = constants(plan, self.flow) | self._parameters(plan)
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
            self.rest.said[name] = {i: plan.spec.inputs[i].properties["default_value"] for i in constant}
            if len(made.text) > WIDTH - INDENT - 20 and self._spill(plan):
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
            self.variables[name] = variable = self._variable(self.plans[name])
            text = f"{variable} = {text}"
        self._run(made)
        self._put(text)

    def _put(self, text: str) -> None:
        """A statement, on as many lines as it needs."""
        if len(text) + INDENT <= WIDTH:
            self._line(text)
        else:
            opening, parts, closing = _split_call(text)
            self.lines += wrapped(opening, parts, closing, INDENT, WIDTH)

    def _run(self, made: Expression) -> None:
        for node, is_new, links in made.events:
            if is_new:
                self.rest.made.append(node)
            self.rest.recorded += links

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
        said = self.rest.said.setdefault(name, constants(plan, self.flow))
        parts, odd, events = [], [], []
        depth = 0
        # The builder feeds positions, then `inputs`, then keywords.
        by_position: list[LinkSpec] = []
        by_text: list[LinkSpec] = []
        by_keyword: list[LinkSpec] = []
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
                by_text += argument.links
            elif argument.key:
                parts.append(f"{argument.key}={text}")
                by_keyword += argument.links
            else:
                parts.append(text)
                by_position += argument.links
        if odd:
            inside = ", ".join(f"{literal(a.key.removeprefix('!'))}: {text}" for a, text in odd)
            parts.append(f"inputs={{{inside}}}")
        output = self._output_constant(plan)
        if output is not None and is_new:
            parts.append(f"output={output}")
        for key, value in properties.items():
            if key != "node_tree" or value is None:
                parts.append(f"{key}={property_text(plan, key, value, self.groups)}")
        text = opening + ", ".join(parts) + closing
        links = [*by_position, *by_text, *by_keyword]
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
        self.rest.outputs[spec.name] = want
        return self.replaced.get((spec.name, "output", 0)) or literal(want)

    # Zones

    def _leave_to_links(self, name: str) -> None:
        """What is not there yet to feed a node with is linked at the end."""
        feeds = self.flow.feeds[name]
        for place, links in list(feeds.items()):
            missing = [link for link in links if link.from_node not in self.variables.keys() | self.pending.keys()]
            self.flow.extra += missing
            for link in missing:
                self.needed |= {link.from_node, name}
                self.flow.uses[link.from_node] -= 1
            feeds[place] = [link for link in links if link not in missing]
            if not feeds[place]:
                del feeds[place]

    def _zone(self, name: str, end: str) -> None:
        plan, last = self.plans[name], self.plans[end]
        short = short_name(self.tree.type, plan.spec.type).removesuffix("_input")
        if short_name(self.tree.type, last.spec.type) == f"{short}_output":
            opening = f"n.{short}_zone("
        else:
            opening = f"t.zone({literal(plan.spec.type)}, {literal(last.spec.type)}, "
        made = self._compose(plan, opening, ")", {}, True, last.properties)
        made.events.append((end, True, []))
        first = self._variable(plan, f"{short}_in" if short else "")
        second = self._variable(last, f"{short}_out" if short else "")
        self.variables[name], self.variables[end] = first, second
        self._run(made)
        self._put(f"{first}, {second} = {made.text}")

    def _end(self, name: str) -> None:
        plan = self.plans[name]
        while True:
            made = self._compose(plan, f"{self.variables[name]}.feed(", ")", {}, False)
            if len(made.text) <= WIDTH - INDENT or not self._spill(plan):
                break
        if made.text.endswith("feed()"):
            return
        self._run(made)
        self._put(made.text)

    def _variable(self, plan: Plan, hint: str = "") -> str:
        return self.names.unique(telling(plan, self.tree.type, self.plans, self.flow, hint))


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
