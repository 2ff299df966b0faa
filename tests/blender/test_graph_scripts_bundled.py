"""Scripts of the node groups that Blender itself brings make them again: of some, always the same; of all with --all-scripts."""

from __future__ import annotations

import bpy
import pytest
from bundled import FILES, load, nodes_in, one_in
from scripts import each_style, level_of, run

from dreamgrove.procedural.graph import compare, read, to_python


@each_style
@pytest.mark.parametrize("file", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_scripts_of_bundled_groups(file, style, request):
    everything = request.config.getoption("--all-scripts")
    groups = load(file)
    lost = {}
    for group in groups:
        if not everything and not one_in(3 if nodes_in(group) < 150 else 12, f"{group.name} {style}"):
            continue
        spec = read(group)
        made = run(to_python(spec, style))
        found = [str(d) for d in compare(spec, read(made), level_of(style))]
        if found:
            lost[group.name] = found[:5]
        bpy.data.batch_remove([g for g in bpy.data.node_groups if g not in groups])
    assert lost == {}


@each_style
def test_the_sample_is_one(style):
    """Some of them, small and large, are in what runs every time."""
    names = [f"{group.name} {style}" for file in FILES for group in load(file)]
    assert 3 <= sum(one_in(3, name) for name in names) < len(names) / 2
