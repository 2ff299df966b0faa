"""Stubs for `n` (library.py), so that editors complete nodes, inputs and properties: one line a node, from the running Blender.

    python3 dev.py python -m dreamgrove.procedural.graph.stub_writer     # writes procedural/graph/stubs/*.pyi

They are only for type checkers and editors; running scripts ask the Blender that they run in.
"""

from __future__ import annotations

import keyword
from pathlib import Path
from typing import Any

import bpy

from .node_names import is_name, short_name, short_names
from .rna import Schema
from .sockets import snake

FOLDER = Path(__file__).parent / "stubs"
KINDS = {"geometry": "GeometryNodeTree", "shader": "ShaderNodeTree", "compositor": "CompositorNodeTree"}
_SIMPLE = {"BOOLEAN": "bool", "INT": "int", "FLOAT": "float", "STRING": "str"}
_OWN = set(bpy.types.Node.bl_rna.properties.keys()) - {"mute", "label"}
_HEAD = '''\
"""The nodes of {kind} trees as `n` has them, in Blender {version}; written by stub_writer.py. Strings behind signatures say outputs."""

from typing import Any, Literal

from ..builder import Node
from ..library import Fed

class {name}:
'''


def stub(kind: str) -> str:
    """The stub of one kind of tree. Makes nodes in a scratch tree, which is removed again."""
    tree = bpy.data.node_groups.new("stubs", KINDS[kind])
    schema = Schema()
    lines, zones = [], []
    try:
        for name, bl_idname in sorted(short_names(KINDS[kind]).items()):
            try:
                node = tree.nodes.new(bl_idname)
            except RuntimeError:
                continue  # not in this kind of tree
            if short_name(KINDS[kind], bl_idname) == name:
                lines.append(f"    def {_method(name, node, schema)}")
            if "pair_with_output" in node.bl_rna.functions:
                zones.append(name.removesuffix("_input"))
            tree.nodes.remove(node)
        lines += [f"    def {zone}_zone(self, *feeds: Any, **inputs: Fed) -> tuple[Node, Node]: ..." for zone in zones]
    finally:
        bpy.data.node_groups.remove(tree)
    version = ".".join(map(str, bpy.app.version[:2]))
    return _HEAD.format(kind=kind, version=version, name=f"{kind.title()}Nodes") + "\n".join(lines) + "\n"


def _method(name: str, node: Any, schema: Schema) -> str:
    known = {f.name: f.kind for f in schema.fields(node) if f.name not in _OWN}
    properties = [
        f"{key}: {_type(node.bl_rna.properties[key])} = ..."
        for key in known
        if is_name(key) and key not in {"mute", "label"} and known[key] in {"scalar", "array", "flags", "items"}
    ]
    inputs = [f"{key}: Fed = ..." for key in _names(node.inputs) if key not in known]
    outputs = ", ".join(_names(node.outputs)) or "nothing"
    parts = ["self", *inputs, *(["*"] if properties else []), *properties, "**more: Any"]
    return f'{name}({", ".join(parts)}) -> Node: "{node.bl_label}; gives {outputs}"'


def _names(sockets: Any) -> list[str]:
    """The available sockets' Python names, each once; where a name is shared, the identifiers'."""
    shown = [s for s in sockets if s.enabled and s.type != "CUSTOM"]
    plain = [snake(s.name) for s in shown]
    found: dict[str, None] = {}
    for socket, name in zip(shown, plain, strict=True):
        text = snake(socket.identifier) if plain.count(name) > 1 else name
        text += "_" if keyword.iskeyword(text) or text == "self" else ""
        if is_name(text):
            found[text] = None
    return list(found)


def _type(prop: Any) -> str:
    if prop.type == "COLLECTION":
        return "Any"
    if getattr(prop, "is_array", False):
        return "tuple"
    if prop.type == "ENUM":
        items = [item.identifier for item in prop.enum_items_static] if hasattr(prop, "enum_items_static") else []
        if prop.is_enum_flag or not items or len(items) > 60:
            return "set[str]" if prop.is_enum_flag else "str"
        return f"Literal[{', '.join(repr(item) for item in items)}]"
    return _SIMPLE.get(prop.type, "Any")


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in KINDS:
        (FOLDER / f"{each}.pyi").write_text(stub(each), encoding="utf-8")
