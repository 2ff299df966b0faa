"""What the tests of the graph layer share: every node type there is, random values for all that can be set, and the round trip."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Iterator
from typing import Any

import bpy

from dreamgrove.procedural.graph import GraphSpec, build, compare, read

KINDS = ("GeometryNodeTree", "ShaderNodeTree", "CompositorNodeTree", "TextureNodeTree")
NAMES = (
    '"); import os; os.system("',
    "plain",
    "two\nlines",
    'back\\slash \'quotes\' """',
    "ünï – 日本 🌳",
    " spaces ",
    "{x} %s",
)
ZONES = {
    "GeometryNodeSimulationInput": "GeometryNodeSimulationOutput",
    "GeometryNodeRepeatInput": "GeometryNodeRepeatOutput",
    "GeometryNodeForeachGeometryElementInput": "GeometryNodeForeachGeometryElementOutput",
    "NodeClosureInput": "NodeClosureOutput",
}
LEFT_ALONE = {
    "rna_type",
    "select",
    "name",
    "parent",  # frames are tested by themselves
    "use_extra_user",
    "auto_remove",  # True removes the item
    "is_missing",
}
NOT_READ = {
    "rna_type",
    "select",
    "identifier",  # of a socket: compared by the specs, which know of old ones
    "width",  # of a reroute
}


def node_types(kind: str) -> list[str]:
    """The node types that this Blender takes in such a tree."""
    tree = bpy.data.node_groups.new("probe", kind)
    found = []
    for name in sorted(dir(bpy.types)):
        cls = getattr(bpy.types, name)
        if isinstance(cls, type) and issubclass(cls, bpy.types.Node):
            try:
                tree.nodes.new(name)
            except RuntimeError:
                continue
            found.append(name)
    bpy.data.node_groups.remove(tree)
    return found


def new_tree(kind: str = "GeometryNodeTree", name: str = "Tree") -> bpy.types.NodeTree:
    return bpy.data.node_groups.new(name, kind)


def chain(tree: bpy.types.NodeTree, length: int) -> list[bpy.types.Node]:
    nodes = [tree.nodes.new("ShaderNodeMath") for _ in range(length)]
    for one, other in itertools.pairwise(nodes):
        tree.links.new(one.outputs[0], other.inputs[0])
    return nodes


def round_trip(source: bpy.types.ID, level: str = "layout") -> list[str]:
    """What is lost from a tree by reading it, writing it as JSON, and building it again; and what reading it changes."""
    first = read(source)
    told: list[str] = []
    again = build(GraphSpec.from_json(first.to_json()), told)
    lost = [str(d) for d in compare(first, read(again), level)] + told
    tree = source if isinstance(source, bpy.types.NodeTree) else None
    if tree is not None and not lost:
        lost += differing(tree, again)
    if compare(first, read(source), "layout"):
        lost.append("reading twice gives two specs")
    return lost


def differing(a: bpy.types.NodeTree, b: bpy.types.NodeTree) -> list[str]:
    """What differs by RNA alone, without the code that is tested: all properties of all nodes, sockets, and structs in them."""
    lost = []
    for x, y in zip(a.nodes, b.nodes, strict=True):
        pairs = [(x, y), *zip(x.inputs, y.inputs, strict=True), *zip(x.outputs, y.outputs, strict=True)]
        for one, other in pairs:
            there, here = dict(plain(one)), dict(plain(other))
            lost += [
                f"{x.name}: {path} {there.get(path)!r} {here.get(path)!r}"
                for path in there | here
                if there.get(path) != here.get(path)
            ]
    return lost


def plain(struct: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """All settable simple properties of a struct, and of structs and collections in it, as text."""
    for prop in struct.bl_rna.properties:
        name = prop.identifier
        if name in NOT_READ or name.startswith("bl_") or is_other_node(prop):
            continue
        if prop.type == "POINTER":
            value = getattr(struct, name)
            if value is None or isinstance(value, bpy.types.ID | bpy.types.Node | bpy.types.NodeSocket):
                yield f"{path}{name}", re.sub(r"\.\d{3}$", "", value.name)[:25] if value is not None else "None"
            elif depth < 4:
                yield from plain(value, f"{path}{name}.", depth + 1)
        elif prop.type == "COLLECTION":
            if depth < 4 and name not in {"inputs", "outputs", "internal_links"}:
                for index, item in enumerate(getattr(struct, name)):
                    yield from plain(item, f"{path}{name}[{index}].", depth + 1)
        elif not prop.is_readonly:  # is_inactive, for one, kills Blender 5.2 on a socket that is switched off by hand
            value = getattr(struct, name)
            yield (
                f"{path}{name}",
                repr(
                    [tuple(v) if hasattr(v, "__len__") else v for v in value]
                    if getattr(prop, "is_array", False)
                    else value
                ),
            )


def is_other_node(prop: Any) -> bool:
    """A pointer to the other end of a zone, say; asking an unpaired one ends Blender 4.5."""
    return prop.type == "POINTER" and prop.is_readonly and prop.fixed_type.identifier in {"Node", "NodeSocket"}


# Random values


def randomise(struct: Any, rng: random.Random, depth: int = 0) -> None:
    """Set every property to a random value that Blender takes, in random order; items are added where they can be."""
    properties = [p for p in struct.bl_rna.properties if p.identifier not in LEFT_ALONE and not is_other_node(p)]
    properties = [p for p in properties if not p.identifier.startswith("bl_")]
    if isinstance(struct, bpy.types.NodeSocket):
        properties = [p for p in properties if p.identifier != "type"]  # its class, really
    if isinstance(struct, bpy.types.NodeTreeInterfaceSocket):
        properties = [p for p in properties if p.identifier != "socket_type"]  # its class
    rng.shuffle(properties)
    properties.sort(key=lambda p: p.identifier not in {"socket_type", "data_type"})  # they say what others may be
    for prop in properties:
        try:
            _set_random(struct, prop, rng, depth)
        except (TypeError, ValueError, AttributeError, RuntimeError):
            continue  # Blender does not take this one here
    if isinstance(struct, bpy.types.CurveMapping):
        struct.update()  # sorts and clips points, as the editor does after each change


def randomise_node(node: bpy.types.Node, rng: random.Random) -> None:
    """All of a node: its properties, then the values of the sockets that these leave."""
    randomise(node, rng)
    for sockets in (node.inputs, node.outputs):
        for socket in list(sockets):
            randomise(socket, rng)


def _set_random(struct: Any, prop: Any, rng: random.Random, depth: int) -> None:
    name = prop.identifier
    if prop.type == "COLLECTION":
        if name not in {"inputs", "outputs", "internal_links", "interface_items"} and depth < 4:
            _fill(struct, prop, rng)
            for index in range(len(getattr(struct, name))):
                if index < len(getattr(struct, name)):
                    randomise(getattr(struct, name)[index], rng, depth + 1)
    elif prop.type == "POINTER":
        value = getattr(struct, name)
        if not prop.is_readonly:
            setattr(struct, name, rng.choice([None, *_blocks(prop.fixed_type)]))
        elif (
            value is not None
            and not isinstance(value, bpy.types.ID | bpy.types.Node | bpy.types.NodeSocket)
            and depth < 4
        ):
            randomise(value, rng, depth + 1)
    elif not prop.is_readonly:
        if getattr(prop, "is_array", False):
            for index in range(len(getattr(struct, name))):
                getattr(struct, name)[index] = _scalar(struct, prop, rng)
        else:
            setattr(struct, name, _scalar(struct, prop, rng))


def _scalar(struct: Any, prop: Any, rng: random.Random) -> Any:
    if prop.type == "BOOLEAN":
        return rng.random() < 0.5
    if prop.type == "INT":
        return rng.randint(max(prop.soft_min, -(10**6)), min(prop.soft_max, 10**6))
    if prop.type == "FLOAT":
        low, high = max(prop.hard_min, -1e5), min(prop.hard_max, 1e5)
        return rng.choice([rng.uniform(max(low, -2.0), min(high, 2.0)), rng.uniform(low, high), max(low, 1e-7)])
    if prop.type == "STRING":
        return rng.choice(NAMES)
    choices = choices_of(struct, prop)
    if prop.is_enum_flag:
        return {c for c in choices if rng.random() < 0.5}
    return rng.choice(choices)


def choices_of(struct: Any, prop: Any) -> list[str]:
    """The items of an enum as it is now: Blender tells those of a dynamic enum only when it refuses one."""
    try:
        setattr(struct, prop.identifier, {"no such item"} if prop.is_enum_flag else "no such item")
    except TypeError as error:
        found = re.findall(r"'((?:[^'\\]|\\.)*)'", str(error).partition("not found in")[2])
        if found:
            return found
    return [item.identifier for item in prop.enum_items] or [""]


def _fill(struct: Any, prop: Any, rng: random.Random) -> None:
    items = getattr(struct, prop.identifier)
    new = items.bl_rna.functions.get("new") if prop.srna is not None else None
    if new is None:
        return
    for _ in range(rng.randint(0, 3)):
        arguments = {}
        for parameter in new.parameters:
            if parameter.is_output:
                continue
            if parameter.type == "ENUM":
                arguments[parameter.identifier] = rng.choice([i.identifier for i in parameter.enum_items])
            elif parameter.type == "STRING":
                arguments[parameter.identifier] = rng.choice(NAMES)
            else:
                arguments[parameter.identifier] = rng.random()
        try:
            items.new(**arguments)
        except (TypeError, RuntimeError, ValueError):
            continue
    if "remove" in items.bl_rna.functions and len(items) > 3:  # leave a gap in the numbers
        items.remove(items[rng.randrange(1, len(items) - 1)])


def _blocks(rna: Any) -> list[bpy.types.ID]:
    for prop in bpy.data.bl_rna.properties:
        if prop.type == "COLLECTION" and prop.fixed_type.identifier == rna.identifier:
            blocks = getattr(bpy.data, prop.identifier)
            return [b for b in blocks if b.library is None and rna.identifier != "NodeTree"]
    return []


def some_data() -> None:
    """One data-block of each kind that nodes refer to, under a name that tries to be code."""
    name = NAMES[0]
    bpy.data.images.new(name, 4, 4)
    bpy.data.objects.new(name, bpy.data.meshes.new(name))
    bpy.data.collections.new(name)
    bpy.data.materials.new(name)
    bpy.data.texts.new(name)
    bpy.data.textures.new(name, "CLOUDS")
    bpy.data.masks.new(name)
    bpy.data.curves.new(name, "CURVE")
