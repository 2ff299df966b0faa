"""Prebuilt groups: there for all, up to date, equal to what the sources build, and no copies of what a file has already."""

from __future__ import annotations

from dataclasses import replace

import bpy
import numpy as np
import pytest
from shares import VERSIONS, shared

from dreamgrove.procedural import prebuilt
from dreamgrove.procedural.generators import FAMILIES, Family
from dreamgrove.procedural.generators.base import FAMILY_KEY, build_group, group_of, grow, regrow
from dreamgrove.procedural.graph import compare, evaluate_realized, read
from dreamgrove.procedural.materials import MATERIALS
from dreamgrove.procedural.materials.base import KIND_KEY

MEND = "run: python3 dev.py prebuild"


@pytest.fixture(autouse=True)
def _empty_file():
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)


def names_in(category: str) -> set[str]:
    with bpy.data.libraries.load(str(prebuilt.path_of(category))) as (there, _):
        return set(there.node_groups)


def test_all_families_and_materials_are_there_and_up_to_date():
    wanted = {f"{KIND_KEY}:{kind.name}:{prebuilt.fingerprint('')}" for kind in MATERIALS}
    assert wanted <= names_in(""), MEND
    for family in FAMILIES:
        category = family.category.lower()
        assert f"{FAMILY_KEY}:{family.name}:{prebuilt.fingerprint(category)}" in names_in(category), MEND


@pytest.mark.parametrize("family", shared(FAMILIES, of=8), ids=lambda f: f.name)
def test_what_is_loaded_grows_what_the_sources_grow(family: Family):
    """Some on each Blender. Newer ones mark nodes of older files so that they go on working as they did there."""
    obj = grow(family, replace(family.default, detail=0.25))
    loaded = obj.modifiers[0].node_group
    assert "dreamgrove_title" in loaded, "it was built, not loaded"
    first = evaluate_realized(obj)
    built = build_group(family)
    if bpy.app.version[:2] == VERSIONS[0]:
        del loaded["dreamgrove_title"]
        assert [str(each) for each in compare(read(built), read(loaded), level="reachable")] == []
    loaded[FAMILY_KEY] = "not this one"
    obj.modifiers[0].node_group = built
    regrow(obj, family, replace(family.default, detail=0.25))
    second = evaluate_realized(obj)
    assert first.vertices.shape == second.vertices.shape
    assert np.allclose(first.vertices, second.vertices, atol=1e-4 * np.ptp(first.vertices))


def test_what_the_file_has_is_used():
    category = FAMILIES[0].category
    first, second = [family for family in FAMILIES if family.category == category][:2]
    for family in (first, second):
        grow(family, family.default)
    names = [(m.get(KIND_KEY), m.get(prebuilt.NAME_KEY)) for m in bpy.data.materials if m.get(KIND_KEY)]
    assert len(names) == len(set(names))
    kinds = [tree.get(KIND_KEY) for tree in bpy.data.node_groups if tree.get(KIND_KEY)]
    assert len(kinds) == len(set(kinds))
    assert not [tree.name for tree in bpy.data.node_groups if tree.name.startswith("dreamgrove_")]
    assert group_of(first).name.startswith(first.title.split()[0])


def test_changed_sources_are_built(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(prebuilt, "fingerprint", lambda category: "0000")
    assert prebuilt.load("ground", FAMILY_KEY, "agave") is None
    family = next(f for f in FAMILIES if f.name == "agave")
    assert group_of(family).nodes


def a_package(root, leaf: bytes) -> None:
    """A tiny package: one family, of a material that its package passes on, beside one that it does not use."""
    files = {
        "params.py": b"",
        "procedural/graph/builder.py": b"",
        "procedural/generators/ground/moss.py": b"from ...materials import (\n    leaf as green,  # a name\n)\nfrom ...parts import blades\n",
        "procedural/materials/__init__.py": b"from .leaf import leaf\nfrom .stone import stone\n",
        "procedural/materials/leaf.py": leaf,
        "procedural/materials/stone.py": b"stone = 1\n",
        "procedural/parts/blades.py": b"",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text)
    for name in prebuilt._GRAPH:
        (root / "procedural" / "graph" / f"{name}.py").touch()


def test_line_ends_do_not_count(tmp_path, monkeypatch: pytest.MonkeyPatch):
    prints = []
    for text in (b"leaf = 1\nb = 2\n", b"leaf = 1\r\nb = 2\r\n", b"leaf = 1\nb = 3\n"):
        a_package(tmp_path, text)
        monkeypatch.setattr(prebuilt, "HERE", tmp_path / "procedural")
        prebuilt.fingerprint.cache_clear()
        prints.append(prebuilt.fingerprint("ground"))
    prebuilt.fingerprint.cache_clear()
    assert prints[0] == prints[1] != prints[2]


def test_a_group_is_of_what_its_source_imports(tmp_path, monkeypatch: pytest.MonkeyPatch):
    """Through names that a package passes on, and no further; so a change to one material leaves other families' groups alone."""
    a_package(tmp_path, b"leaf = 1\n")
    monkeypatch.setattr(prebuilt, "HERE", tmp_path / "procedural")
    found = {path.stem for path in prebuilt.sources("ground")} - set(prebuilt._GRAPH)
    assert found == {"params", "moss", "leaf", "blades"}
