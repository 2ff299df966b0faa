"""A graph as a script in library style: what a person would write on this package's builder, and would be glad to edit."""

from __future__ import annotations

from functools import cache

import bpy

from .build_interface import number_of
from .errors import GraphError
from .interface_items import KEYWORDS, SINGLE
from .literals import filled, literal, wrapped
from .probe import Probe, Scratch
from .spec import GraphSpec, InterfaceItem, Properties, TreeSpec, same
from .write_names import Names, plain_name
from .write_standalone import flat_text
from .write_tree import WIDTH, TreeWriter

_KINDS = {"ShaderNodeTree": "shader", "CompositorNodeTree": "compositor"}

_HEAD = """\
# A node graph as Python, on Dreamgrove's builder. Edit it as you like: nodes that stay as they are keep their places.
#
# Graph {name}, written by Dreamgrove on Blender {version}.
"""


def library(spec: GraphSpec, groups: dict[str, bpy.types.NodeTree]) -> str:
    """The script. groups: the trees of the graph in this file, by their names in the spec (needed to see what a new node is like)."""
    return LibraryWriter(spec, groups).text()


class LibraryWriter:
    """One script: its head, a block for each tree, users after what they use."""

    def __init__(self, spec: GraphSpec, groups: dict[str, bpy.types.NodeTree]) -> None:
        self.spec, self.groups = spec, groups
        self.variables: dict[str, str] = {}
        self.names = Names()
        self.scratch = Scratch(groups)
        self.numbered = False  # whether the items of the tree at hand say their numbers

    def text(self) -> str:
        body: list[str] = []
        with self.scratch:
            for tree in self.spec.trees:
                body += self.block(tree)
        root = self.variables[""]
        version = ".".join(map(str, self.spec.blender)) or "unknown"
        name = ascii(self.spec.owner.name if self.spec.owner else self.spec.root.name)
        text = "\n".join(body)
        names = ["AnimationSpec", "CurveSpec", "Group", "GroupRef", "Input", "Output", "Panel", "Ref"]
        names = [each for each in names if f"{each}(" in text]
        names += [each for each in ("group", "material", "muted", "n", "owned") if f"{each}(" in text or each == "n"]
        names += ["script"]
        lines = [
            _HEAD.format(name=name, version=version),
            f"from {__package__}.library import {', '.join(names)}\n\n",
            "@script",
            "def build():",
            text,
            f"    return {root}.{'owner' if self.spec.owner else 'data'}\n\n",
            'if __name__ == "__main__":',
            "    build()",
        ]
        return "\n".join(lines) + "\n"

    def block(self, tree: TreeSpec) -> list[str]:
        is_root = tree is self.spec.root
        owner = self.spec.owner if is_root else None
        probe = Probe(tree, owner, self.scratch)
        writer = self.writer(tree, probe)
        opening = self.opening(tree, probe)
        body = writer.body()
        if writer.rest.lost:
            raise GraphError(f"{tree.name!r}: {'; '.join(writer.rest.lost[:5])}")
        variable = self.variable(tree, is_root)
        lines = [line.replace("\0", variable) for line in opening]
        if tree.animation is not None:
            body.append(f"        t.animate({flat_text(tree.animation)})")
        if variable != "t":
            body = [
                line.replace("        t.", f"        {variable}.", 1) if line.startswith("        t.") else line
                for line in body
            ]
        return [*lines, *body]

    def writer(self, tree: TreeSpec, probe: Probe) -> TreeWriter:
        return TreeWriter(tree, probe, self.variables)

    def variable(self, tree: TreeSpec, is_root: bool) -> str:
        name = "t" if is_root else self.names.unique(f"{plain_name(tree.name)}_group")
        self.variables["" if is_root else tree.name] = name
        return name

    def opening(self, tree: TreeSpec, probe: Probe) -> list[str]:
        """The `with` line, and the interface."""
        new = probe.new_tree() | (
            {"use_fake_user": True} if tree.asset is not None else {}
        )  # marking an asset gives it one
        rest = {k: v for k, v in tree.properties.items() if k not in new or not same(v, new[k])}
        owner = self.spec.owner if tree is self.spec.root else None
        keywords = [f"{k}={literal(v)}" for k, v in rest.items()]
        if tree.custom:
            keywords.append(f"custom={literal(tree.custom, exact=True)}")
        if owner is not None:
            if owner.kind == "materials":
                parts = [literal(owner.name), *keywords]
                return wrapped("with material(", parts, ") as \0:", 4)
            return wrapped(
                "with owned(", [literal(owner.kind), literal(owner.name), literal(tree.type), *keywords], ") as \0:", 4
            )
        if tree.type != "GeometryNodeTree":
            keywords.insert(0, f"kind={literal(_KINDS.get(tree.type, tree.type))}")
        if tree.asset is not None:
            fresh = probe.new_asset()
            asset = {k: v for k, v in tree.asset.items() if not same(v, fresh.get(k))}
            keywords.append(f"asset={literal(asset)}")
        if not tree.interface:
            return wrapped("with group(", [literal(tree.name), *keywords], ") as \0:", 4)
        self.numbered = needs_numbers(tree)
        inner = self.items(tree, probe, -1, 8)
        flat = f"    with group({literal(tree.name)}, [{' '.join(line.strip() for line in inner).removesuffix(',')}"
        flat += f"], {', '.join(keywords)}) as \0:" if keywords else "]) as \0:"
        if len(flat) + 16 <= WIDTH:
            return [flat]
        lines = [f"    with group({literal(tree.name)}, [", *inner]
        closing = wrapped("], ", keywords, ") as \0:", 4) if keywords else ["    ]) as \0:"]
        return [*lines, *closing]

    def items(self, tree: TreeSpec, probe: Probe, parent: int, indent: int) -> list[str]:
        lines: list[str] = []
        numbered = self.numbered
        for index, item in enumerate(tree.interface):
            if item.parent != parent:
                continue
            parts = [literal(item.name)]
            if item.type != "PANEL":
                parts.append(literal(item.socket_type.removeprefix("NodeSocket")))
            parts += self.item_properties(item, probe)
            number = number_of(item.identifier)
            if numbered and number is not None:
                parts.append(f"id={number}")
            if item.custom:
                parts.append(f"custom={literal(item.custom, exact=True)}")
            if item.type == "PANEL":
                inner = self.items(tree, probe, index, indent + 4)
                close = f"], {', '.join(parts[1:])})," if parts[1:] else "]),"
                flat = f"Panel({parts[0]}, [{' '.join(line.strip() for line in inner).removesuffix(',')}{close}"
                if len(flat) + indent <= WIDTH and len(inner) <= 1:
                    lines.append(" " * indent + flat)
                else:
                    lines += [" " * indent + f"Panel({parts[0]}, [", *inner, *filled([close], indent)]
            else:
                lines += wrapped(f"{item.type.title()}(", parts, "),", indent)
        return lines

    def item_properties(self, item: InterfaceItem, probe: Probe) -> list[str]:
        new = probe.new_item(item)
        short = {value: key for key, value in KEYWORDS.items()}
        found: Properties = {k: v for k, v in item.properties.items() if k not in new or not same(v, new[k])}
        parts = []
        if found.get("default_value") is not None:
            parts.append(literal(found.pop("default_value")))
        if all(same(found.get(key), value) for key, value in SINGLE.items()):
            parts.append("single=True")
            found = {k: v for k, v in found.items() if k not in SINGLE}
        return parts + [f"{short.get(key, key)}={literal(value)}" for key, value in found.items()]


def needs_numbers(tree: TreeSpec) -> bool:
    """Whether the items' numbers are not those that Blender gives to new items in this order. Those of old files it gives no more."""
    numbers = [(index, number_of(item.identifier)) for index, item in enumerate(tree.interface)]
    if not numbers:
        return False
    first = _first_number()
    return any(number is not None and number != first + index for index, number in numbers)


@cache
def _first_number() -> int:
    """What Blender calls the first item of an interface: 0, or 1 in some versions."""
    tree = bpy.data.node_groups.new("scratch", "GeometryNodeTree")
    item = tree.interface.new_socket("first", in_out="INPUT", socket_type="NodeSocketFloat")
    number = int(item.identifier.removeprefix("Socket_"))
    bpy.data.node_groups.remove(tree)
    return number


__all__ = ["LibraryWriter", "library"]
