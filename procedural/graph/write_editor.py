"""The editor's data of a tree: what differs between it and what a script's statements make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import bpy

from .editor import HIDDEN, SHOWN, Editor, numbered, signature
from .exceptions import COSMETIC, NEEDS_OTHERS
from .flow import Flow, type_of
from .plan import Plan
from .spec import LinkSpec, NodeSpec, Properties, SocketSpec, TreeSpec, Value, same

# Sockets whose shape follows from what is linked, in geometry trees.
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


@dataclass
class Remainder:
    """Collects what is left to tell of a tree. `made`: its nodes in the script's order; `recorded`: its links in the script's order;
    said, outputs: the constants that statements say, of inputs by node and place, of first outputs by node; new_frame: a new frame.
    """

    tree: TreeSpec
    plans: Mapping[str, Plan]
    flow: Flow
    new_frame: Properties
    made: list[str] = field(default_factory=list)
    recorded: list[LinkSpec] = field(default_factory=list)
    said: dict[str, dict[int, Value]] = field(default_factory=dict)
    outputs: dict[str, Value] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)

    def data(self) -> Editor:
        """The data that a script's statements leave to be told."""
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

        return Editor(
            nodes=signature([specs[name].type for name in self.made]),
            places=tuple(record(name, self._extras(name)) for name in self.made),
            frames=tuple(record(name, self._frame_extras(specs[name])) for name in frames),
            looks=tuple(found),
            links=tuple(self._link_order()),
            active=self.tree.active,
            absolute=any("location_absolute" in node.properties for node in self.tree.nodes),
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
                if key in plan.properties and key not in NEEDS_OTHERS and not same(value, coded.get(key)):
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
