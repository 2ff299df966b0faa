"""Scripts of graphs that were made on another Blender: what is lost is said, naming node and property; all else is there.

tests/blender/specs has the graphs as JSON, written by make_specs.py on 4.2 and on 5.2.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import bpy
import pytest
from evaluation import evaluate_group, is_empty, sources, unequal
from make_specs import FOLDER, LIMIT
from scripts import each_style, run_with_warnings

from dreamgrove.procedural.graph import GraphError, GraphSpec, build, compare, read, to_python
from dreamgrove.procedural.graph.spec import GroupRef, SocketSpec, TreeSpec

FILES = sorted(FOLDER.glob("*.json"))
each_file = pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)


def load(file: Path) -> GraphSpec:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return GraphSpec.from_json(file.read_text(encoding="utf-8"))


def is_from_here(spec: GraphSpec) -> bool:
    return spec.blender[:2] == tuple(bpy.app.version[:2])


Facts = dict[tuple[str, ...], object]


def facts(tree: TreeSpec) -> Facts:
    """Everything that a tree says of its nodes, links and interface, each under the names that a warning would have to use."""
    found: Facts = {}
    for node in tree.nodes:
        at = (f"node {node.name!r}",)
        found[*at, "type"] = node.type
        found[*at, "frame"] = node.parent
        found[*at, "zone"] = node.pair
        found |= dict(_simple(node.properties, at))
        for side, sockets in (("input", node.inputs), ("output", node.outputs)):
            for socket in sockets:
                found |= dict(_simple(socket.properties, (*at, f"{side} {socket.name!r}", _known_by(socket))))
    names = {node.name: node for node in tree.nodes}
    for link in tree.links:
        ends = (names[link.from_node].outputs[link.from_socket], names[link.to_node].inputs[link.to_socket])
        socket = f"input {ends[1].name!r}"
        found[f"node {link.to_node!r}", socket, link.from_node, _known_by(ends[0]), _known_by(ends[1])] = link.muted
    for item in tree.interface:
        at = (f"{'panel' if item.type == 'PANEL' else item.type.lower()} {item.name!r}",)
        found[*at, "type"] = (item.type, item.socket_type)
        found |= dict(_simple(item.properties, at))
    return found


def _known_by(socket: SocketSpec) -> str:
    """Its identifier; its name if a group has made it, for those of files before 4.0 are made anew."""
    return socket.name if re.fullmatch(r"(Input|Output|Socket)_\d+", socket.identifier) else socket.identifier


def _simple(properties: dict, at: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, value in properties.items():
        if name not in {"location", "location_absolute"}:  # tested below
            yield (*at, name), value.name.partition(".")[0] if isinstance(value, GroupRef) else value


def lost(spec: GraphSpec, made: GraphSpec, told: list[str]) -> list[str]:
    """What is not as it was, and is not said to be so by a sentence that names its tree, node, socket and property."""
    silent = []
    trees = {tree.name: tree for tree in made.trees[:-1]} | {spec.root.name: made.root}
    for tree in spec.trees:
        there, here = facts(tree), facts(trees[tree.name])
        said = [sentence for sentence in told if sentence.startswith(f"{tree.name!r} > ")]
        for path, value in there.items():
            if path in here and here[path] == value:
                continue
            node, rest = path[0], path[1:]
            about = [s for s in said if node in s]
            words = {repr(rest[-1]), f"> {rest[-1]}:"} if len(rest) == 1 else {rest[0], rest[-1]}
            whole = any(
                "has no node type" in s or f"has no {rest[0]} (" in s for s in about
            )  # the node or the socket itself
            if not whole and not any(any(word in s for word in words) for s in about):
                silent.append(f"{path}: {value!r} is now {here.get(path)!r}")
    return silent


@each_style
@each_file
def test_what_is_lost_is_told(file, style):
    spec = load(file)
    if style != "standalone" and not is_from_here(spec):  # scripts for people are for the Blender that wrote them
        with pytest.raises(GraphError, match=r"tree|node|has no"):
            run_with_warnings(to_python(spec, style))
        return
    made, told = run_with_warnings(to_python(spec, style))
    again = read(made)
    if is_from_here(spec):
        assert told == []
        assert [str(d) for d in compare(spec, again)] == []
    assert lost(spec, again, told) == []
    assert [(link.from_node, link.to_node) for link in again.root.links] or not spec.root.links
    for sentence in told:
        assert sentence.startswith(tuple(f"{tree.name!r} > " for tree in spec.trees)), sentence
        assert "Traceback" not in sentence
    assert len(told) < 60, "the same loss in many places is one sentence"


@each_file
def test_most_is_there_everywhere(file):
    """No node is lost on any Blender, and no link that is not told of."""
    spec = load(file)
    told: list[str] = []
    again = read(build(spec, told))
    assert len(again.trees) == len(spec.trees)
    for one, other in zip(spec.trees, again.trees, strict=True):
        assert len(one.nodes) == len(other.nodes)
        gone = len(one.links) - len(other.links)
        assert gone == sum("which a link needs" in sentence for sentence in told) <= 2
    assert not any("location" in sentence for sentence in told)


@each_file
def test_nodes_keep_their_places(file):
    """Blender asks for places in the tree since 4.4, before for those in the frame."""
    spec = load(file)
    tree = build(spec, [])
    absolute = {node.name: place(node) for node in tree.nodes}
    for node in spec.root.nodes:
        x, y = absolute[node.name]
        if "location_absolute" in node.properties:
            assert (x, y) == pytest.approx(node.properties["location_absolute"], abs=1e-3)
        else:
            frame = absolute[node.parent] if node.parent else (0.0, 0.0)
            assert (x - frame[0], y - frame[1]) == pytest.approx(node.properties["location"], abs=1e-3)


def test_the_same_graph_from_two_blenders_yields_the_same():
    """Both evaluated on the one that runs."""
    meshes = []
    for file in (path for path in FILES if path.stem.startswith("steps")):
        tree = build(load(file), [])
        meshes.append(evaluate_group(tree, sources()["nothing"]))
    assert len(meshes) == 2 and not is_empty(meshes[0])
    assert unequal(*meshes) == []


def place(node: bpy.types.Node) -> tuple[float, float]:
    if hasattr(node, "location_absolute"):
        return tuple(node.location_absolute)
    x, y = node.location
    return (x + place(node.parent)[0], y + place(node.parent)[1]) if node.parent else (x, y)


def test_the_files_are_there():
    assert {path.stem.rpartition("-")[2] for path in FILES} == {"4.2", "5.2"}
    for path in FILES:
        assert path.stat().st_size < LIMIT
        assert json.loads(path.read_text(encoding="utf-8"))["$"] == "GraphSpec"
