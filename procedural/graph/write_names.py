"""Names for the variables of a script: telling, unique, and none of Python's own."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Mapping

from .flow import Flow
from .node_names import short_name
from .plan import Plan

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


class Names:
    """The names that a script has used."""

    def __init__(self) -> None:
        self.count: dict[str, int] = {}

    def unique(self, name: str) -> str:
        """The name, with a number behind it if it is taken."""
        while name in _TAKEN:
            name += "_"
        count = self.count.get(name, 0)
        self.count[name] = count + 1
        if not count:
            return name
        return self.unique(f"{name}{'' if name[-1] != '_' and not name[-1].isdigit() else '_'}{count + 1}")


def plain_name(*texts: object) -> str:
    """The first of some texts that makes a name."""
    for text in texts:
        name = re.sub(r"[^a-z0-9]+", "_", str(text).lower()).strip("_")[:28].strip("_")
        if name and not name[0].isdigit():
            return name
    return "node"


def telling(plan: Plan, tree_type: str, plans: Mapping[str, Plan], flow: Flow, hint: str = "") -> str:
    """What a node is called: by its label, what it carries, its group, its operation or its type."""
    spec = plan.spec
    group = spec.properties.get("node_tree")
    says_operation = "operation" in plan.properties or "Math" in spec.type
    operation = spec.properties.get("operation", "") if says_operation else ""
    short = short_name(tree_type, spec.type) or spec.type
    short = {"group_input": "i", "named_attribute": "attribute"}.get(short, short)
    for prefix in ("input_", "tex_", "bsdf_", "math_"):
        short = short.removeprefix(prefix)
    label = spec.properties.get("label", "") or _carried(plan, plans, flow)
    return plain_name(label, hint, getattr(group, "name", ""), operation, short)


def _carried(plan: Plan, plans: Mapping[str, Plan], flow: Flow) -> str:
    """What a reroute carries, if that has a name of its own: the group's input, say."""
    if plan.spec.type != "NodeReroute":
        return ""
    links = flow.feeds.get(plan.spec.name, {}).get(0)
    while links and plans[links[0].from_node].spec.type == "NodeReroute":
        links = flow.feeds.get(links[0].from_node, {}).get(0)
    if not links:
        return ""
    name = plans[links[0].from_node].sockets_out[links[0].from_socket].name
    return "" if name in _COMMON_NAMES else name
