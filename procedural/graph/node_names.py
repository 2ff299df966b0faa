"""Node types by short names: "set_position" in a geometry tree is GeometryNodeSetPosition, "math" is ShaderNodeMath anywhere."""

from __future__ import annotations

import keyword
import re
from functools import cache

import bpy

# Which families of nodes a tree takes, the likelier meaning of a name first.
_PREFIXES = {
    "GeometryNodeTree": ("GeometryNode", "FunctionNode", "ShaderNode", "Node"),
    "ShaderNodeTree": ("ShaderNode", "FunctionNode", "Node", "GeometryNode"),
    "CompositorNodeTree": ("CompositorNode", "ShaderNode", "FunctionNode", "Node", "GeometryNode"),
    "TextureNodeTree": ("TextureNode", "ShaderNode", "Node"),
}


def words_of(camel: str) -> str:
    """ "TexNoise" -> "tex_noise", "BsdfPrincipled" -> "bsdf_principled", "CombineXYZ" -> "combine_xyz"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", camel).lower()


def is_name(text: str) -> bool:
    """Whether a text can stand as an attribute or a keyword in Python."""
    return text.isidentifier() and text.isascii() and not keyword.iskeyword(text)


def short_name(tree_type: str, bl_idname: str) -> str:
    """How scripts call a node type; "" where no short name leads back to it."""
    for prefix in _PREFIXES.get(tree_type, ()):
        if bl_idname.startswith(prefix):
            name = words_of(bl_idname.removeprefix(prefix))
            name += "_" if keyword.iskeyword(name) else ""
            if is_name(name) and resolve(tree_type, name) == bl_idname:
                return name
    return ""


def resolve(tree_type: str, name: str) -> str | None:
    """The node type of a short name; None if there is none."""
    found = _table(tree_type).get(name)
    if found is None:
        _table.cache_clear()  # an add-on may have brought nodes since
        found = _table(tree_type).get(name)
    return found


def short_names(tree_type: str) -> dict[str, str]:
    """All short names of a tree's nodes, with their types."""
    return dict(_table(tree_type))


@cache
def _table(tree_type: str) -> dict[str, str]:
    table: dict[str, str] = {}
    types = [name for name in dir(bpy.types) if _is_node(name)]
    for prefix in _PREFIXES.get(tree_type, ()):
        for bl_idname in types:
            if bl_idname.startswith(prefix):
                name = words_of(bl_idname.removeprefix(prefix))
                table.setdefault(name + ("_" if keyword.iskeyword(name) else ""), bl_idname)
    return table


@cache
def _is_node(name: str) -> bool:
    cls = getattr(bpy.types, name)
    return isinstance(cls, type) and issubclass(cls, bpy.types.Node)
