"""Reading, comparing and writing a graph as Python leave the file as it is, to the last byte of what would be saved."""

from __future__ import annotations

import random
from pathlib import Path

import bpy
import pytest
from graphs import KINDS, some_data
from random_graphs import random_graph
from scripts import each_style

from dreamgrove.procedural.graph import compare, read, to_python

OLD = bpy.app.version < (5, 0)  # these save addresses of the moment: only the length can be compared


def state(users: bool = True) -> dict[str, object]:
    """What else a file knows of its data-blocks: how many there are, and how many use each.

    users: False where nodes are made for a moment, as styles for people do: a new Render Layers node counts its scene as used
    twice, and takes one back; object sockets of 4.5 take back what they have not given. A file that is opened is counted anew.
    """
    blocks = [
        block for p in bpy.data.bl_rna.properties if p.type == "COLLECTION" for block in getattr(bpy.data, p.identifier)
    ]
    return {
        "blocks": [
            (block.bl_rna.identifier, block.name, block.users if users else None, block.use_fake_user)
            for block in blocks
        ],
        "dirty": bpy.data.is_dirty,
        "selected": [
            (tree.name, [(node.name, node.select) for node in tree.nodes], tree.nodes.active and tree.nodes.active.name)
            for tree in bpy.data.node_groups
        ],
        "scene": (bpy.context.scene.name, bpy.context.scene.frame_current, bpy.context.mode),
    }


def saved(path: Path) -> bytes:
    """The file as it would be saved now."""
    bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True, compress=False)
    return path.read_bytes()


@each_style
@pytest.mark.parametrize("kind", KINDS)
def test_the_source_is_untouched(kind, style, tmp_path):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    some_data()
    tree = random_graph(kind, 60, random.Random(f"{kind} untouched"))
    tree.asset_mark()
    tree.nodes[0].driver_add("location", 0)
    tree["note"] = {"a": [0.1, 2.0]}
    path = tmp_path / "file.blend"
    saved(path)
    users = style == "standalone"
    before, once = state(users), saved(path)
    assert len(saved(path)) == len(once)
    assert once == saved(path) or OLD, "saving alone changes what is saved, so this test says nothing"
    spec = read(tree)
    text = to_python(tree, style)
    assert compare(spec, read(tree), "layout") == []
    assert to_python(spec, style) == text
    assert state(users) == before
    after = saved(path)
    # Styles for people make nodes for a moment; on 5.2, after a thousand other tests, a byte somewhere has been seen to change by that.
    assert len(after) == len(once) and (after == once or OLD or not users)


def test_the_state_is_told(tmp_path):
    """The check itself sees a changed value, a new user, a new label."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    some_data()
    tree = bpy.data.node_groups.new("Tree", "GeometryNodeTree")
    tree.use_fake_user = True  # or it would not be saved at all
    before = state()
    tree.nodes.new("GeometryNodeSetMaterial").inputs["Material"].default_value = bpy.data.materials[0]
    assert state()["blocks"] != before["blocks"]
    path = tmp_path / "file.blend"
    saved(path)
    once = saved(path)
    tree.nodes[0].label = "x"
    assert once != saved(path)
