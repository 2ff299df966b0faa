"""What a script keeps of the editor: names and places of nodes, frames, labels, what is hidden, the order of links.

One record a node, in the order in which the script adds nodes. A signature of two letters a node says which type a record is for, so
that after a change of the script records still find their nodes: those of nodes that are as written are used, others not.
Nothing in it changes what a tree computes, so scripts have it packed: JSON, deflated, in base 85. `plain(text)` shows it.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import math
import string
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

import bpy

from . import layout
from .build import _place, _settle
from .build_places import IN_FRAME, IN_TREE, places_for_here
from .build_reroutes import type_reroutes
from .errors import GraphError
from .literals import number
from .read import _read_node
from .rna import Problem, _single, write_custom
from .spec import NodeSpec, Properties, SocketSpec, TreeSpec, Value, _decode, _encode

if TYPE_CHECKING:
    from .library import GraphTree

_LETTERS = string.ascii_letters + string.digits
# What such data often have, the most usual last. Part of the format: scripts that are packed with it can only be read with it.
_USUAL = (
    b'"pin_gizmo":true"show_expanded":true"hide_value":true"use_custom_color":true,"color":[0.608,0.608,0.608]"width":140,'
    b'"height":100,"custom":{"$":{"default_value":"show_texture":false"show_preview":true"warning_propagation":"ALL"'
    b'"label_size":20"shrink":false,"label":"name":"description":"display_shape":"LINE""DIAMOND"{"out":{"0":"in":{"1":[0,0,0]'
    b'{"2":{"hide":true},"3":{"hide":true}}},{"show_options":false,"hide":true},{"show_options":false,"hidden":[0,1]},'
    b'{"show_options":false,"shown":[0]},{"shown":[1]},{"shown":[2]},{"show_options":false}],"links":[],"absolute":false,'
    b'"active":"Group Output"}],"frames":[[0,-1,-20,-100,-200,-300,-400,-500,-600,-700,-800,-1000,-1200,140,160,180,200,220,240,'
    b'[-1,-1,-1,-1,-1,-1,-1,-1,-1,-1],[0,0,0,0,0,0,0,0,0,0,0,1,2,3,4,5,6,7,8,9,10,11,12,],"looks":[{"nodes":"vazE","places":[[0,'
)
_LARGEST = 1 << 26  # bytes; a tree of 10,000 nodes has about a million
HIDDEN, SHOWN = "hidden", "shown"  # outputs by number: these are hidden, or all but these


@dataclass(frozen=True)
class Editor:
    """See the module. A place is (name, x, y, frame, look): the frame's number or -1, and the number in `looks` of what else
    differs from a new node, or -1.

    A name that is a number n stands for Blender's own: "Math", "Math.001" ... Frames have records of the same form.
    links: for each link in Blender's order, its number in the script's. absolute: places are those in the tree, not those in frames.
    """

    nodes: str = ""
    places: tuple[tuple, ...] = ()
    frames: Sequence[tuple] = ()
    looks: Sequence[Properties] = ()
    links: Sequence[int] = ()
    active: str = ""
    absolute: bool = True


def packed(editor: Editor) -> str:
    """The data as text for a script."""
    columns = list(zip(*editor.places, strict=True)) if editor.places else []
    fields = {f.name: getattr(editor, f.name) for f in dataclasses.fields(editor)}
    left_out = {f.name for f in dataclasses.fields(editor) if fields[f.name] == f.default}
    content = {**fields, "places": columns}
    left = {k: _plain(v) for k, v in content.items() if k not in left_out}
    text = json.dumps(left, separators=(",", ":"), ensure_ascii=False)
    pack = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, _USUAL)
    return base64.b85encode(pack.compress(text.encode()) + pack.flush()).decode()


def _plain(value: Any) -> Any:
    """As JSON has it; numbers short, references and what JSON has no word for under "$"."""
    match value:
        case bool() | None | int() | str():
            return value
        case float():
            short = json.loads(number(value)) if math.isfinite(value) else None
            if short is None or _single(short) != value or math.copysign(1, short) != math.copysign(1, value):
                return {"$": _encode(value)}
            return int(short) if short == int(short) and value != 0 else short
        case dict():
            if all(
                isinstance(k, int) or (isinstance(k, str) and not k.lstrip("-").isdecimal() and k != "$") for k in value
            ):
                # Custom properties are doubles, to be kept to the last bit.
                return {str(k): {"$": _encode(v)} if k == "custom" else _plain(v) for k, v in value.items()}
            return {"$": _encode(value)}
        case list() | tuple():
            return [_plain(v) for v in value]
    return {"$": _encode(value)}


def plain(text: str) -> Editor:
    """Packed data again. Raises GraphError if the text is no such data."""
    try:
        unpack = zlib.decompressobj(-15, _USUAL)
        content = json.loads(unpack.decompress(base64.b85decode(text), _LARGEST))
        places = tuple(tuple(row) for row in zip(*content.pop("places", ()), strict=True))
        return Editor(places=places, **{k: _tuples(v) for k, v in content.items()})
    except (ValueError, TypeError, AttributeError, zlib.error) as error:
        raise GraphError(
            f"the editor's data cannot be read ({error}); without them, t.editor() lays the graph out anew"
        ) from None


def _tuples(value: Any) -> Any:
    """JSON's lists as tuples, its keys that are numbers as numbers."""
    if isinstance(value, list):
        return tuple(map(_tuples, value))
    if isinstance(value, dict):
        if value.keys() == {"$"}:
            return _decode(value["$"])
        return {int(k) if k.lstrip("-").isdecimal() else k: _tuples(v) for k, v in value.items()}
    return value


def signature(types: Sequence[str]) -> str:
    """Two letters for each node type."""
    codes = (zlib.crc32(name.encode()) % len(_LETTERS) ** 2 for name in types)
    return "".join(_LETTERS[code // len(_LETTERS)] + _LETTERS[code % len(_LETTERS)] for code in codes)


def numbered(base: str, name: str) -> str | int:
    """A name as its number, if it is Blender's own for a node whose first would be called `base`."""
    if name == base:
        return 0
    stem, dot, digits = name.rpartition(".")
    if dot and stem == base and len(digits) == 3 and digits.isdecimal() and int(digits) > 0:
        return int(digits)
    return name


def name_of(base: str, name: str | int) -> str:
    """The reverse of `numbered`."""
    if isinstance(name, str):
        return name
    return f"{base}.{name:03d}" if name else base


def base_name(node: bpy.types.Node) -> str:
    """What the first node of this type is called in a tree."""
    return node.bl_rna.name


def apply_editor(
    tree: GraphTree,
    editor: Editor,
    late: Sequence[tuple[bpy.types.NodeSocket, Value]],
    late_properties: Mapping[bpy.types.Node, Properties],
) -> list[Problem]:
    """Give nodes their records, make the links, set what these bring about, and place what has no record.

    late, late_properties: constants and properties that the script has said, and that wait for links or for other nodes.
    """
    data, schema, nodes = tree.data, tree.schema, tree.nodes_made
    records = _records(editor, nodes)
    wanted: list[NodeSpec] = [_read_node(node, schema) for node in nodes]
    menus = {(node.name, socket.identifier): value for socket, value in late for node in [socket.node]}
    wanted = [_with_menus(spec, menus) for spec in wanted]
    frames = _frames(tree, editor)
    problems: list[Problem] = []
    _rename({node: name_of(base_name(node), record[0]) for node, record in records.items()}, data)
    live: dict[str, bpy.types.Node] = {}
    new: list[NodeSpec] = []
    placed: list[NodeSpec] = []
    for node, read in zip(nodes, wanted, strict=True):
        live[node.name] = node
        spec = replace(read, properties={**read.properties, **late_properties.get(node, {})})
        if node in records:
            placed.append(_recorded(editor, node, spec, records[node], frames))
        else:
            new.append(replace(spec, name=node.name))
    for frame, record in zip(frames, editor.frames, strict=False):
        live[frame.name] = frame
        placed.append(_recorded(editor, frame, _read_node(frame, schema), record, frames))
    here = places_for_here(TreeSpec("", "", nodes=tuple(placed)), {f.name for f in schema.fields(bpy.types.Node)})
    specs = {spec.name: spec for spec in (*here.nodes, *new)}
    _link(tree, editor)
    schema.linked = True
    type_reroutes(data, live, specs)
    _place(data, TreeSpec("", "", nodes=tuple(specs[node.name] for node in data.nodes if node.name in specs)), schema)
    for spec in specs.values():
        problems += write_custom(live[spec.name], spec.custom, f"node {spec.name!r}", schema)
    problems += _settle(live, specs, schema)
    if editor.active in live:
        data.nodes.active = live[editor.active]
    _arrange(tree, {node.name for node in tree.nodes_made if node not in records}, bool(records))
    return problems


def _records(editor: Editor, nodes: Sequence[bpy.types.Node]) -> dict[bpy.types.Node, tuple]:
    """Which record is for which node."""
    types = [node.bl_idname for node in nodes]
    now, then = signature(types), editor.nodes
    pairs_now, pairs_then = ([text[i : i + 2] for i in range(0, len(text), 2)] for text in (now, then))
    if pairs_now == pairs_then:
        return dict(zip(nodes, editor.places, strict=False))
    found = {}
    for block in SequenceMatcher(None, pairs_then, pairs_now, autojunk=False).get_matching_blocks():
        for k in range(block.size):
            if block.a + k < len(editor.places):
                found[nodes[block.b + k]] = editor.places[block.a + k]
    return found


def _parts(editor: Editor, record: tuple) -> tuple[str | int, float, float, int, Properties]:
    name, x, y, frame, look = record
    return name, x, y, frame, editor.looks[look] if 0 <= look < len(editor.looks) else {}


def _rename(names: dict[bpy.types.Node, str], tree: bpy.types.NodeTree) -> None:
    """Give nodes their names, each once if it can be: for every new name Blender looks through the whole file."""
    holder = {node.name: node for node in tree.nodes}
    waiting = {node: name for node, name in names.items() if node.name != name}
    while waiting:
        free = {node: name for node, name in waiting.items() if name not in holder}
        if not free:  # they go round in a circle, or a node without a record has the name
            name = next(iter(waiting.values()))
            free = {holder[name]: f"\u2063{len(waiting)}"}
        for node, name in free.items():
            if name in holder:
                continue
            del holder[node.name]
            node.name = name
            holder[name] = node
            if names.get(node) == name:
                del waiting[node]
    for node in holder.values():
        if node not in names and node.name.startswith("\u2063"):
            node.name = base_name(node)  # with a number, for its name is taken now


def _recorded(
    editor: Editor, node: bpy.types.Node, spec: NodeSpec, record: tuple, frames: Sequence[bpy.types.Node]
) -> NodeSpec:
    """What a node shall be by its record. Puts it into its frame."""
    _, x, y, frame, extras = _parts(editor, record)
    if 0 <= frame < len(frames):
        node.parent = frames[frame]
    place = {IN_TREE if editor.absolute else IN_FRAME: (float(x), float(y))}
    rest = {k: v for k, v in spec.properties.items() if k not in (IN_TREE, IN_FRAME)}
    parent = node.parent.name if node.parent else ""
    return _patched(replace(spec, name=node.name, parent=parent, properties=rest), {**place, **extras})


def _frames(tree: GraphTree, editor: Editor) -> list[bpy.types.Node]:
    frames: list[bpy.types.Node] = []
    for record in editor.frames:
        frame = tree.data.nodes.new("NodeFrame")
        frame.name = name_of(base_name(frame), record[0])
        frames.append(frame)
    for frame, record in zip(frames, editor.frames, strict=True):
        parent = _parts(editor, record)[3]
        if 0 <= parent < len(frames):
            frame.parent = frames[parent]
    return frames


def _patched(spec: NodeSpec, extras: Properties) -> NodeSpec:
    """A node's spec with the differences that its record has."""
    sides: dict[str, dict[int, Any]] = {"in": dict(extras.get("in", {})), "out": dict(extras.get("out", {}))}
    hidden = set(extras.get(HIDDEN, ()))
    if SHOWN in extras:
        hidden = set(range(len(spec.outputs))) - set(extras[SHOWN])
    for place in hidden:
        given = sides["out"].get(place, {})
        sides["out"][place] = {"hide": True, **(given if isinstance(given, dict) else {"default_value": given})}
    own = {k: v for k, v in extras.items() if k not in {"in", "out", "custom", HIDDEN, SHOWN}}
    return replace(
        spec,
        properties={**spec.properties, **own},
        custom={**spec.custom, **extras.get("custom", {})},
        inputs=_patched_sockets(spec.inputs, sides["in"]),
        outputs=_patched_sockets(spec.outputs, sides["out"]),
    )


def _patched_sockets(sockets: tuple[SocketSpec, ...], patches: dict[int, Any]) -> tuple[SocketSpec, ...]:
    if not patches:
        return sockets
    found = list(sockets)
    for place, patch in patches.items():
        if place < len(found):
            given = dict(patch) if isinstance(patch, dict) else {"default_value": patch}
            custom, name = given.pop("custom", {}), given.pop("name", found[place].name)
            socket_type = given.pop("type", found[place].type)
            properties = {**found[place].properties, **given}
            found[place] = replace(found[place], name=name, type=socket_type, properties=properties, custom=custom)
    return tuple(found)


def _with_menus(spec: NodeSpec, late: dict[tuple[str, str], Value]) -> NodeSpec:
    """Without what links decide: a socket's shape, the choice of a menu (unless the script has set it), all that a reroute carries."""

    def kept(socket: SocketSpec) -> SocketSpec:
        properties = {k: v for k, v in socket.properties.items() if k != "display_shape"}
        if (spec.name, socket.identifier) in late:
            properties = {**properties, "default_value": late[spec.name, socket.identifier]}
        elif (socket.type == "NodeSocketMenu" and not properties.get("default_value")) or spec.type == "NodeReroute":
            properties = {k: v for k, v in properties.items() if k != "default_value"}
        return replace(socket, properties=properties)

    properties = spec.properties
    if spec.type == "NodeReroute":
        properties = {k: v for k, v in properties.items() if k != "socket_idname"}
    return replace(
        spec,
        properties=properties,
        inputs=tuple(map(kept, spec.inputs)),
        outputs=tuple(map(kept, spec.outputs)),
    )


def _link(tree: GraphTree, editor: Editor) -> None:
    links = tree.links_made
    if sorted(editor.links) == list(range(len(links))):
        links = [links[number] for number in editor.links]
    for source, output, target, place, is_muted in links:
        made = tree.data.links.new(source.outputs[output], target.inputs[place], verify_limits=False)
        if is_muted:
            made.is_muted = True


def _arrange(tree: GraphTree, new: set[str], some_are_placed: bool) -> None:
    """Place what no record places."""
    if not some_are_placed:
        layout.arrange(tree.data)
    elif new:
        layout.arrange(tree.data, new)
