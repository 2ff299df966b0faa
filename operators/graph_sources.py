"""Which node trees there are: what the context means by "this tree" or "the active material", what a name means, all of a file.

A graph is meant by the data-block that has it: a node group, or the material, world, light, line style, scene or texture around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import bpy

from ..procedural.graph import GraphError, GraphSpec, owner_of, read
from ..procedural.graph.subset import subset


class NoGraph(ValueError):
    """There is no such graph; the text is a sentence that says what to do."""


@dataclass(frozen=True)
class Kind:
    """What can have a node tree. `collection`: its name in bpy.data. `type`: in bpy.types. `name`: as people say it."""

    collection: str
    type: str
    name: str
    icon: str


KINDS = (
    Kind("node_groups", "NodeTree", "node group", "NODETREE"),
    Kind("materials", "Material", "material", "MATERIAL"),
    Kind("worlds", "World", "world", "WORLD"),
    Kind("lights", "Light", "light", "LIGHT"),
    Kind("scenes", "Scene", "scene", "SCENE_DATA"),
    Kind("linestyles", "FreestyleLineStyle", "line style", "LINE_DATA"),
    Kind("textures", "Texture", "texture", "TEXTURE"),
)

# Identifier, label, tooltip of what can be transpiled.
SOURCES = (
    ("TREE", "This Tree", "The tree that is open in the node editor; inside a group, that group"),
    ("WHOLE", "Whole Tree", "The tree that the node editor started from, whichever group is open in it"),
    ("SELECTED", "Selected Nodes", "The selected nodes with the links between them, their frames and zones"),
    ("MATERIAL", "Active Material", "The active material of the active object"),
    ("MODIFIER", "Active Modifier", "The node group of the active object's active modifier"),
    ("WORLD", "World", "The scene's world"),
    ("COMPOSITOR", "Compositor", "The scene's compositing nodes"),
)


def tree_in(block: bpy.types.ID | None) -> bpy.types.NodeTree | None:
    """The node tree that a data-block is or has; None if it has none."""
    if block is None or isinstance(block, bpy.types.NodeTree):
        return block
    return getattr(block, "node_tree", None) or getattr(block, "compositing_node_group", None)


def kind_of(block: bpy.types.ID) -> Kind:
    """Raises NoGraph for what never has a node tree."""
    for kind in KINDS:
        if isinstance(block, getattr(bpy.types, kind.type)):
            return kind
    raise NoGraph(f"{block.name!r} is a {block.bl_rna.name.lower()}, which has no nodes")


def title(block: bpy.types.ID) -> str:
    """Such as: material 'Bark'. A tree that belongs to something is named by that."""
    if isinstance(block, bpy.types.NodeTree) and block.is_embedded_data:
        try:
            block = owner_of(block)
        except GraphError:
            return f"node tree {block.name!r}"
    return f"{kind_of(block).name} {block.name!r}"


# By what the context shows


def node_editor(context: bpy.types.Context) -> bpy.types.SpaceNodeEditor | None:
    """The node editor that the context is in, else the largest one of the window; only of kinds that Dreamgrove reads."""
    space = context.space_data
    if space is not None and space.type == "NODE_EDITOR":
        return space
    areas = [area for area in context.screen.areas if area.type == "NODE_EDITOR"] if context.screen else []
    largest = max(areas, key=lambda area: area.width * area.height, default=None)
    return largest.spaces.active if largest else None


def block_of(context: bpy.types.Context, source: str) -> bpy.types.ID:
    """The data-block that a source of SOURCES means. Raises NoGraph."""
    block = _FINDERS[source](context)
    if tree_in(block) is None:
        raise NoGraph(f"{kind_of(block).name.capitalize()} {block.name!r} has no nodes")
    return block


def part_of(block: bpy.types.ID) -> GraphSpec:
    """The graph of the selected nodes. Raises NoGraph or GraphError."""
    names = [node.name for node in tree_in(block).nodes if node.select]
    if not names:
        raise NoGraph("Select the nodes first")
    return subset(read(block), names)


def _edited(context: bpy.types.Context, whole: bool = False) -> bpy.types.ID:
    space = node_editor(context)
    if space is None:
        raise NoGraph("Open a node editor, or choose another source")
    tree = space.node_tree if whole else space.edit_tree
    if tree is None:
        raise NoGraph("There is no node tree in the node editor")
    return tree


def _material(context: bpy.types.Context) -> bpy.types.ID:
    item = context.object
    if item is None:
        raise NoGraph("There is no active object")
    if item.active_material is None:
        raise NoGraph(f"Object {item.name!r} has no active material")
    return item.active_material


def _modifier(context: bpy.types.Context) -> bpy.types.ID:
    item = context.object
    if item is None:
        raise NoGraph("There is no active object")
    modifier = item.modifiers.active
    if modifier is None or modifier.type != "NODES":
        raise NoGraph(f"The active modifier of object {item.name!r} is no Geometry Nodes modifier")
    if modifier.node_group is None:
        raise NoGraph(f"Modifier {modifier.name!r} has no node group")
    return modifier.node_group


def _world(context: bpy.types.Context) -> bpy.types.ID:
    if context.scene.world is None:
        raise NoGraph("The scene has no world")
    return context.scene.world


_FINDERS: dict[str, Callable[[bpy.types.Context], bpy.types.ID]] = {
    "TREE": _edited,
    "WHOLE": lambda context: _edited(context, whole=True),
    "SELECTED": _edited,
    "MATERIAL": _material,
    "MODIFIER": _modifier,
    "WORLD": _world,
    # From 5.0 on compositing nodes are a group like others; before, they are the scene's own.
    "COMPOSITOR": lambda context: getattr(context.scene, "compositing_node_group", None) or context.scene,
}


# By name


def all_blocks(linked: bool = False) -> Iterator[bpy.types.ID]:
    """Everything of the file that has nodes of its own, kind by kind; linked: what is from other files too."""
    for kind in KINDS:
        for block in getattr(bpy.data, kind.collection):
            tree = tree_in(block)
            own = tree is not None and (tree is block or tree.is_embedded_data)
            if own and (linked or block.library is None):
                yield block


def find(kind: str, name: str) -> bpy.types.ID:
    """A data-block by the name of its kind ("material") and its own. Raises NoGraph."""
    collection = next(each.collection for each in KINDS if each.name == kind)
    block = getattr(bpy.data, collection).get(name)
    if block is None:
        raise NoGraph(f"There is no {kind} {name!r} in this file")
    if tree_in(block) is None:
        raise NoGraph(f"The {kind} {name!r} has no nodes")
    return block


def find_any(text: str) -> bpy.types.ID:
    """What `text` means: a name of anything with nodes, or KIND:NAME ("material:Bark"). Raises NoGraph."""
    found = [block for block in all_blocks(linked=True) if block.name == text]
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        choices = " or ".join(f"{kind_of(block).name}:{text}" for block in found)
        raise NoGraph(f"{text!r} is the name of several things; say {choices}")
    kind, separator, name = text.partition(":")
    if separator and kind in {each.name for each in KINDS}:
        return find(kind, name)
    raise NoGraph(f"Nothing in this file that has nodes is named {text!r}")
