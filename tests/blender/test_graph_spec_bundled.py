"""Every node group, material, world and light in the .blend files that Blender itself brings comes back as it was."""

from __future__ import annotations

import bpy
import pytest
from bundled import FILES
from graphs import round_trip


@pytest.mark.parametrize("file", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_bundled_file(file):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    with bpy.data.libraries.load(str(file)) as (source, target):
        target.node_groups, target.materials = list(source.node_groups), list(source.materials)
        target.worlds, target.lights = list(source.worlds), list(source.lights)
    owners = [*bpy.data.materials, *bpy.data.worlds, *bpy.data.lights]
    sources = [*bpy.data.node_groups, *(o for o in owners if o.node_tree)]
    kept = {*bpy.data.node_groups, *owners}
    lost = {}
    for each in sources:
        found = round_trip(each)
        if found:
            lost[each.name] = found[:5]
        made = [*bpy.data.node_groups, *bpy.data.materials, *bpy.data.worlds, *bpy.data.lights]
        bpy.data.batch_remove([block for block in made if block not in kept])
    assert lost == {}


def test_there_are_bundled_groups():
    assert FILES
