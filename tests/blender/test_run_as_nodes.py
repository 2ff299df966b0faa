"""Scripts as nodes: where they go, what goes wrong, and that nothing is left of what went wrong; and comparing two trees."""

from __future__ import annotations

import sys

import addon_utils
import bpy
import pytest
from graphs import NAMES
from node_editors import EDITORS, blocks, group_of, node_editor

from dreamgrove.procedural.graph import compare, read, to_python


@pytest.fixture(autouse=True)
def here(extension, module):
    addon_utils.enable(extension.__name__, default_set=True)  # tests that reset all preferences have disabled it
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    module("operators.graph_properties").graphs().text = ""
    return module


def text_of(source: str, name: str = "script.py") -> str:
    text = bpy.data.texts.new(name)
    text.from_string(source)
    return text.name


@pytest.mark.parametrize("kind", EDITORS)
def test_there_and_back(kind):
    """Transpile, run: the copy is open in the editor, and is equal."""
    tree = group_of(kind, NAMES[0])
    with node_editor(tree) as space:
        bpy.ops.dreamgrove.transpile(source="TREE")
        assert bpy.ops.dreamgrove.run_as_nodes(text=bpy.data.texts[0].name) == {"FINISHED"}
        copy = space.node_tree
        assert copy != tree and space.pin and compare(read(tree), read(copy), "layout") == []


def test_the_text_of_the_tab_is_what_was_transpiled(here):
    graphs = here("operators.graph_properties").graphs()
    bpy.ops.dreamgrove.transpile(source="MATERIAL")
    assert graphs.text == "material_material.py"
    assert bpy.ops.dreamgrove.run_as_nodes() == {"FINISHED"}
    assert "Material.001" in bpy.data.materials
    graphs.text = ""
    with pytest.raises(RuntimeError, match="Choose the text to run"):
        bpy.ops.dreamgrove.run_as_nodes()


def test_a_material_is_assigned_only_on_request():
    item = bpy.context.object
    script = text_of(to_python(item.active_material))
    bpy.ops.dreamgrove.run_as_nodes(text=script)
    assert item.active_material.name == "Material" and bpy.data.materials["Material.001"].users == 0
    bpy.ops.dreamgrove.run_as_nodes(text=script, use=True)
    assert item.active_material.name == "Material.002" and len(item.data.materials) == 1


def test_world_light_modifier_and_compositing():
    scene, cube, lamp = bpy.context.scene, bpy.context.object, bpy.data.objects["Light"]
    bpy.ops.dreamgrove.run_as_nodes(text=text_of(to_python(scene.world)), use=True)
    assert scene.world.name == "World.001"
    tree = group_of("GeometryNodeTree")
    tree.is_modifier = True
    bpy.ops.dreamgrove.run_as_nodes(text=text_of(to_python(tree)), use=True)
    assert cube.modifiers.active.node_group.name == "Scatter.001"
    bpy.ops.dreamgrove.run_as_nodes(text=text_of(to_python(group_of("CompositorNodeTree", "Comp"))), use=True)
    if hasattr(scene, "compositing_node_group"):
        assert scene.compositing_node_group.name == "Comp.001"
    lamp.data.use_nodes = True
    bpy.context.view_layer.objects.active = lamp
    bpy.ops.dreamgrove.run_as_nodes(text=text_of(to_python(lamp.data)), use=True)
    assert lamp.data.name == "Light.001"
    # What does not fit the active object is made, and not forced on it.
    for source in (tree, bpy.data.materials["Material"]):
        bpy.ops.dreamgrove.run_as_nodes(text=text_of(to_python(source)), use=True)
    assert len(lamp.modifiers) == 0 and lamp.data.name == "Light.001"
    assert "Scatter.002" in bpy.data.node_groups and "Material.001" in bpy.data.materials


def test_an_editor_of_another_kind_is_left_alone():
    tree = group_of("ShaderNodeTree")
    script = text_of(to_python(group_of("GeometryNodeTree", "Other")))
    with node_editor(tree) as space:
        bpy.ops.dreamgrove.run_as_nodes(text=script)
        assert space.node_tree == tree
    assert bpy.data.node_groups["Other.001"].use_fake_user, "saving would drop it else"


def test_a_file(tmp_path):
    (tmp_path / "bark.py").write_text(to_python(bpy.context.object.active_material), encoding="utf-8")
    assert bpy.ops.dreamgrove.run_file_as_nodes(filepath=str(tmp_path / "bark.py")) == {"FINISHED"}
    assert "Material.001" in bpy.data.materials


def test_warnings_are_reported(capfd):
    tree = group_of("ShaderNodeTree")
    tree.nodes.new("ShaderNodeTexImage").image = bpy.data.images.new("bark", 4, 4)
    script = text_of(to_python(tree))
    bpy.data.images.remove(bpy.data.images["bark"])
    assert bpy.ops.dreamgrove.run_as_nodes(text=script) == {"FINISHED"}
    assert "needs 'bark' in images" in capfd.readouterr().out


@pytest.mark.parametrize("name", ["dreamgrove", "bl_ext.elsewhere.dreamgrove", "bl_ext.user_default.dreamgrove"])
def test_scripts_find_dreamgrove_by_any_of_its_names(name, monkeypatch, here):
    """Scripts of the library style import it by the name that it had where they were written."""
    for each in [n for n in sys.modules if n == "dreamgrove" or n.startswith("dreamgrove.")]:
        monkeypatch.delitem(sys.modules, each)
    before = set(sys.modules)
    source = (
        f"from {name}.procedural.graph import GraphSpec\nfrom {name}.procedural.graph import literals\n"
        "import bpy\ndef build():\n"
        "    return bpy.data.node_groups.new(GraphSpec.__module__[:40] + literals.__name__[:6], 'ShaderNodeTree')\n"
    )
    made = here("operators.transpile_run").run_script(source, "script")
    assert made.block.name.startswith("bl_ext.user_default") and made.block.name.endswith("bl_ext"), "one package only"
    assert {n for n in set(sys.modules) - before if not n.startswith("bl_ext.user_default.")} == set()
    assert "bl_ext.user_default.dreamgrove.procedural.graph" in sys.modules


FAILING = {
    "import bpy\nbpy.data.meshes.new('x')\ndef build(:\n": r"is no Python: line 3: ",
    "import bpy\nbpy.data.meshes.new('x')\n": r"defines no build\(\)",
    "build = 7": r"defines no build\(\)",
    "import bpy\ndef build():\n    bpy.data.node_groups.new('x', 'ShaderNodeTree')\n    return 1 / 0\n": (
        r"script.py failed in line 4: ZeroDivisionError: division by zero"
    ),
    "import bpy\nbpy.data.images.new('x', 4, 4)\nimport nothing_like_it\n": r"line 3: ModuleNotFoundError",
    "import bpy\ndef build():\n    return bpy.data.meshes.new('x')\n": r"returned .*meshes.*nothing that has nodes",
    "def build(): pass": r"returned None, which is nothing that has nodes",
    "import bpy\nbpy.data.worlds.new('x')\nraise SystemExit(3)": r"line 3: SystemExit: 3",
    "def build():\n    raise KeyboardInterrupt": r"line 2: KeyboardInterrupt",
    "def build():\n    return build()": r"line 2: RecursionError",
    "def build(x): pass": r"failed: TypeError: build\(\) missing 1 required",
    "import bpy, warnings\ndef build():\n    bpy.data.materials.new('x')\n    raise ValueError('a\\nb')": r"line 4: ValueError: a b",
    "x = 'a\\ud800'\nraise ValueError(x)": r"line 2: ValueError",
}


@pytest.mark.parametrize("source", FAILING)
def test_what_goes_wrong_is_a_sentence_and_nothing_stays(source, tmp_path):
    script = text_of(source)
    (tmp_path / "script.py").write_text(source, encoding="utf-8")
    before = blocks()
    for call in (
        lambda: bpy.ops.dreamgrove.run_as_nodes(text=script),
        lambda: bpy.ops.dreamgrove.run_file_as_nodes(filepath=str(tmp_path / "script.py")),
    ):
        with pytest.raises(RuntimeError, match=FAILING[source]) as caught:
            call()
        assert "Traceback" not in str(caught.value) and len(str(caught.value).strip().splitlines()) == 1
        assert blocks() == before


def test_names_that_are_taken_anew_do_not_save_what_is_new(here):
    """What was there is known by its number, not by its name: a script that renames cannot hide what it has made."""
    script = text_of(
        "import bpy\ndef build():\n    old = bpy.data.materials['Material']\n    old.name = 'Renamed'\n"
        "    bpy.data.materials.new('Material')\n    raise ValueError\n"
    )
    uid = bpy.data.materials["Material"].session_uid
    with pytest.raises(RuntimeError, match="line 6: ValueError"):
        bpy.ops.dreamgrove.run_as_nodes(text=script)
    assert [m.session_uid for m in bpy.data.materials if not m.name.startswith("Dots")] == [uid]


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"\xff\xfe\x00", "is not UTF-8"), (b"a = '\x00'", "is no Python"), (None, "cannot be read")],
)
def test_files_that_are_no_scripts(tmp_path, content, says):
    path = tmp_path / "script.py"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RuntimeError, match=says):
        bpy.ops.dreamgrove.run_file_as_nodes(filepath=str(path))


def test_a_text_that_is_not_there():
    assert not bpy.ops.dreamgrove.run_as_nodes.poll()
    bpy.data.texts.new("a")
    with pytest.raises(RuntimeError, match="There is no text 'b' in this file"):
        bpy.ops.dreamgrove.run_as_nodes(text="b")


def test_tooltips_say_that_scripts_are_code():
    for name in ("run_as_nodes", "run_file_as_nodes"):
        assert "run only what you trust" in getattr(bpy.ops.dreamgrove, name).get_rna_type().description


# Comparing


def test_differences_in_words(here):
    a, b = group_of("GeometryNodeTree", "A"), group_of("GeometryNodeTree", "B")
    b.nodes.new("ShaderNodeMath").location = (1.0, 2.0)
    assert bpy.ops.dreamgrove.compare_graphs(first="A", second="B") == {"FINISHED"}
    found = here("operators.graph_diff").last_comparison()
    assert found.differences == tuple(map(str, compare(read(a), read(b), "everything"))) != ()
    assert any("'Math'" in each and "only in the second" in each for each in found.differences)
    items = here("operators.graph_properties").graphs().differences
    assert len(items) == len(found.differences) > 1
    assert all(long.endswith(item.name) for item, long in zip(items, found.differences, strict=True))
    assert [item.name for item in items if "'Math'" in item.name] == ["node 'Math': is only in the second"]
    bpy.ops.dreamgrove.compare_graphs(first="A", second="B", level="REACHABLE")
    assert len(here("operators.graph_diff").last_comparison().differences) < len(found.differences)


def test_the_two_that_are_chosen_in_the_tab(here):
    a, b = group_of("ShaderNodeTree", "A"), bpy.data.materials["Material"]
    both, diff = bpy.context.scene.dreamgrove_compared, here("operators.graph_diff")
    with node_editor(a):
        with pytest.raises(RuntimeError, match="Choose the second node group"):
            bpy.ops.dreamgrove.compare_graphs()
        both.second.kind = "MATERIAL"
        both.second.material = b
        bpy.ops.dreamgrove.compare_graphs()
        assert diff.last_comparison().trees == (a.session_uid, b.node_tree.session_uid)
        both.second.kind, both.second.node_group = "NODE_GROUP", a
        with pytest.raises(RuntimeError, match="one and the same"):
            bpy.ops.dreamgrove.compare_graphs()
    both.first.kind, both.first.node_group = "NODE_GROUP", bpy.data.node_groups["Inner"]
    bpy.ops.dreamgrove.compare_graphs()
    bpy.data.node_groups.remove(a)
    assert both.second.node_group is None, "what is removed is chosen no more"
    with pytest.raises(RuntimeError, match="Choose the second"):
        bpy.ops.dreamgrove.compare_graphs()


def test_names_that_mean_several_things():
    bpy.data.node_groups.new("World", "ShaderNodeTree")
    with pytest.raises(RuntimeError, match="node group:World or world:World"):
        bpy.ops.dreamgrove.compare_graphs(first="World", second="Material")
    assert bpy.ops.dreamgrove.compare_graphs(first="world:World", second="Material") == {"FINISHED"}
    with pytest.raises(RuntimeError, match="is named 'no such'"):
        bpy.ops.dreamgrove.compare_graphs(first="no such", second="Material")


def test_long_lists_are_cut_for_the_eye(here, monkeypatch):
    diff = here("operators.graph_diff")
    monkeypatch.setattr(diff, "MOST_SHOWN", 2)
    bpy.ops.dreamgrove.compare_graphs(first="Material", second="World")
    assert len(here("operators.graph_properties").graphs().differences) == 2 < len(diff.last_comparison().differences)
