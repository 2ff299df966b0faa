"""Transpile, run and compare through Blender's operators, in node editors of a Blender without a window.

What does not work so, and is tested in a real window (tests/window): the clipboard, panels and menus, file browsers, undo, and
windows that are opened.
"""

from __future__ import annotations

import addon_utils
import bpy
import pytest
from graphs import NAMES
from node_editors import EDITORS, blocks, comes_back, group_of, node_editor, run

from dreamgrove.procedural.graph import compare, read
from dreamgrove.procedural.graph.write import STYLES

HOSTILE = NAMES[0]


@pytest.fixture(autouse=True)
def here(extension, module):
    addon_utils.enable(extension.__name__, default_set=True)  # tests that reset all preferences have disabled it
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    module("operators.graph_properties").graphs().text = ""
    return module


@pytest.fixture
def material():
    return bpy.context.object.active_material


def only_text() -> bpy.types.Text:
    (text,) = bpy.data.texts
    return text


# Transpiling: sources


@pytest.mark.parametrize("kind", EDITORS)
def test_the_tree_that_is_open(kind):
    tree = group_of(kind)
    with node_editor(tree) as space:
        assert bpy.ops.dreamgrove.transpile(source="TREE") == {"FINISHED"}
        assert only_text().name == "node_group_scatter.py"
        assert comes_back(tree, only_text().as_string())
        # Inside the group, "this tree" is the group, "the whole tree" is not.
        inner = bpy.data.node_groups["Inner"]
        space.path.append(inner, node=tree.nodes[0])
        bpy.ops.dreamgrove.transpile(source="TREE")
        assert comes_back(inner, bpy.data.texts["node_group_inner.py"].as_string())
        bpy.data.texts.remove(bpy.data.texts["node_group_inner.py"])
        bpy.ops.dreamgrove.transpile(source="WHOLE")
        assert len(bpy.data.texts) == 1 and comes_back(tree, only_text().as_string())


def test_selected_nodes():
    tree = group_of("GeometryNodeTree")
    frame, math = tree.nodes.new("NodeFrame"), tree.nodes.new("ShaderNodeMath")
    math.parent = frame
    for node in tree.nodes:
        node.select = node == math
    with node_editor(tree):
        bpy.ops.dreamgrove.transpile(source="SELECTED")
        made = run(only_text().as_string())
        assert {n.bl_idname for n in made.nodes} == {"NodeFrame", "ShaderNodeMath"}
        assert len(made.interface.items_tree) == 1
        math.select = False
        with pytest.raises(RuntimeError, match="Select the nodes first"):
            bpy.ops.dreamgrove.transpile(source="SELECTED")


def test_the_tree_of_a_material_is_the_material(material):
    with node_editor(material.node_tree):
        for source in ("TREE", "WHOLE", "MATERIAL"):
            bpy.ops.dreamgrove.transpile(source=source)
            assert only_text().name == "material_material.py"
            assert isinstance(run(only_text().as_string()), bpy.types.Material)
    assert comes_back(material, only_text().as_string())


def test_modifier_and_world():
    tree = group_of("GeometryNodeTree")
    modifier = bpy.context.object.modifiers.new("Nodes", "NODES")
    modifier.node_group = tree
    bpy.context.object.modifiers.active = modifier
    bpy.ops.dreamgrove.transpile(source="MODIFIER")
    assert comes_back(tree, only_text().as_string())
    bpy.data.texts.remove(only_text())
    bpy.ops.dreamgrove.transpile(source="WORLD")
    assert comes_back(bpy.context.scene.world, only_text().as_string())


def test_the_compositor():
    scene = bpy.context.scene
    if hasattr(scene, "compositing_node_group"):
        scene.compositing_node_group = group_of("CompositorNodeTree")
    else:
        scene.use_nodes = True
    bpy.ops.dreamgrove.transpile(source="COMPOSITOR")
    assert comes_back(scene, only_text().as_string())


def _nothing() -> None:
    pass


def _no_object() -> None:
    bpy.context.view_layer.objects.active = None


def _no_material() -> None:
    bpy.context.object.data.materials.clear()


def _no_group() -> None:
    modifier = bpy.context.object.modifiers.new("Nodes", "NODES")
    modifier.node_group = None
    bpy.context.object.modifiers.active = modifier


def _no_world() -> None:
    bpy.context.scene.world = None


@pytest.mark.parametrize(
    ("source", "prepare", "says"),
    [
        ("TREE", _nothing, "Open a node editor, or choose another source"),
        ("WHOLE", _nothing, "Open a node editor"),
        ("SELECTED", _nothing, "Open a node editor"),
        ("MATERIAL", _no_object, "no active object"),
        ("MATERIAL", _no_material, "Object 'Cube' has no active material"),
        ("MODIFIER", _no_object, "no active object"),
        ("MODIFIER", _nothing, "is no Geometry Nodes modifier"),
        ("MODIFIER", _no_group, "has no node group"),
        ("WORLD", _no_world, "The scene has no world"),
        ("COMPOSITOR", _nothing, "Scene 'Scene' has no nodes"),
    ],
)
def test_what_is_not_there_is_a_sentence(source, prepare, says, tmp_path):
    prepare()
    before = blocks()
    with pytest.raises(RuntimeError, match=says):
        bpy.ops.dreamgrove.transpile(source=source)
    with pytest.raises(RuntimeError, match=says):
        bpy.ops.dreamgrove.export_python(source=source, filepath=str(tmp_path / "out.py"))
    assert blocks() == before and list(tmp_path.iterdir()) == []


def test_an_empty_node_editor():
    with node_editor(group_of("GeometryNodeTree")) as space:
        space.node_tree = None
        with pytest.raises(RuntimeError, match="no node tree in the node editor"):
            bpy.ops.dreamgrove.transpile(source="TREE")


def test_a_file_without_nodes_greys_it():
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    for kind in ("materials", "worlds", "node_groups", "lights", "linestyles"):
        bpy.data.batch_remove(getattr(bpy.data, kind))
    for scene in bpy.data.scenes:
        if getattr(scene, "node_tree", None) is not None:
            pytest.skip("this Blender gives every scene a tree")
    for name in ("transpile", "export_python", "export_all_python", "copy_as_python", "run_as_nodes"):
        assert not getattr(bpy.ops.dreamgrove, name).poll()


def test_what_cannot_be_read_is_a_sentence(here, monkeypatch):
    scripts = here("operators.graph_scripts")

    def refuse(source):
        raise scripts.GraphError("node 'x' cannot be read: this Blender does not know its type")

    monkeypatch.setattr(scripts, "read", refuse)
    before = blocks()
    with pytest.raises(RuntimeError, match="node 'x' cannot be read"):
        bpy.ops.dreamgrove.transpile(source="MATERIAL")
    assert blocks() == before


# Transpiling: styles and targets


@pytest.mark.parametrize("style", STYLES)
def test_every_style_that_there_is(style, material, here):
    bpy.ops.dreamgrove.transpile(source="MATERIAL", style=style.upper())
    assert here("operators.transpile_run").run_script(only_text().as_string(), "a script")
    items = bpy.ops.dreamgrove.transpile.get_rna_type().properties["style"].enum_items
    assert [item.identifier.lower() for item in items] == list(STYLES)
    assert all(item.description for item in items)


def test_a_text_that_nobody_has_touched_is_replaced(material):
    for _ in range(2):
        bpy.ops.dreamgrove.transpile(source="MATERIAL")
    text = only_text()
    text.write("# mine\n")
    material.node_tree.nodes.new("ShaderNodeMath")
    bpy.ops.dreamgrove.transpile(source="MATERIAL")
    assert [t.name for t in bpy.data.texts] == ["material_material.py", "material_material.py.001"]
    assert "# mine" in text.as_string() and "ShaderNodeMath" in bpy.data.texts[1].as_string()
    # Two names that make one file name are two texts.
    material.name = "Material!"
    bpy.ops.dreamgrove.transpile(source="MATERIAL")
    assert len(bpy.data.texts) == 3


def test_without_a_window_there_is_no_clipboard():
    assert not bpy.ops.dreamgrove.copy_as_python.poll()


def test_a_file(material, tmp_path, here):
    path = tmp_path / "new" / "bark.py"
    assert bpy.ops.dreamgrove.export_python(source="MATERIAL", filepath=str(path)) == {"FINISHED"}
    assert comes_back(material, path.read_text(encoding="utf-8"))
    assert [p.name for p in path.parent.iterdir()] == ["bark.py"]
    path.write_text("of yesterday")
    assert bpy.ops.dreamgrove.export_python(source="MATERIAL", filepath=str(path)) == {"FINISHED"}
    assert "def build" in path.read_text(encoding="utf-8")
    report = here("operators.transpile").last_report()
    assert report.tree == material.node_tree.session_uid and report.place == "bark.py"


@pytest.mark.parametrize("where", ["file/out.py", "folder", "x" * 300 + ".py"])
def test_a_file_that_cannot_be_written(material, tmp_path, where):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    with pytest.raises(RuntimeError, match="cannot be written"):
        bpy.ops.dreamgrove.export_python(source="MATERIAL", filepath=str(tmp_path / where))
    assert {p.name for p in tmp_path.iterdir()} == {"file", "folder"}
    assert (tmp_path / "file").read_text() == "mine" and list((tmp_path / "folder").iterdir()) == []


def test_everything_in_the_file(tmp_path):
    names = [*NAMES, "CON", "con", "../up", "a/b", "a\\b", "", "é", "é" * 40, "é" * 40, "class", "Class", "." * 20]
    trees = [bpy.data.node_groups.new(name or " ", EDITORS[i % 3]) for i, name in enumerate(names)]
    bpy.data.lights[0].use_nodes = True
    before = blocks()
    assert bpy.ops.dreamgrove.export_all_python(directory=str(tmp_path / "all")) == {"FINISHED"}
    assert blocks() == before
    files = sorted((tmp_path / "all").iterdir())
    assert [p.parent for p in files] == [tmp_path / "all"] * len(files), "no name leads out of the folder"
    assert all(p.stem.isidentifier() and p.stem == p.stem.lower() and len(p.name) < 64 for p in files)
    expected = sum(m.node_tree is not None for m in (*bpy.data.materials, *bpy.data.worlds)) + len(trees) + 1
    assert len([p for p in files if not p.stem.startswith("line_style")]) == expected
    titles = {read(tree).root.name for tree in trees}
    made = [run(p.read_text(encoding="utf-8")) for p in files if p.name.startswith("node_group")]
    assert len(made) == len(trees) and len({m.bl_idname for m in made}) == 3
    assert all(any(compare(read(m), read(t), "layout") == [] for t in trees) for m in made) and titles
    with pytest.raises(RuntimeError, match="cannot be written"):
        bpy.ops.dreamgrove.export_all_python(directory=str(files[0]))
    with pytest.raises(RuntimeError, match="Choose a folder"):
        bpy.ops.dreamgrove.export_all_python()


@pytest.mark.parametrize("style", STYLES)
def test_everything_in_every_style(style, tmp_path):
    for kind in EDITORS:
        group_of(kind, kind)
    before = blocks()
    assert bpy.ops.dreamgrove.export_all_python(directory=str(tmp_path), style=style.upper()) == {"FINISHED"}
    names = {p.stem for p in tmp_path.iterdir()}
    assert {f"node_group_{kind.lower()}" for kind in EDITORS} | {"material_material", "world_world"} <= names
    assert not any("probe" in name or "scratch" in name for name in names) and blocks() == before


def test_all_or_nothing(tmp_path, here, monkeypatch):
    """A disk that is full, or a folder where a file is to be: the folder is as it was."""
    (tmp_path / "world_world.py").mkdir()
    (tmp_path / "material_material.py").write_text("of yesterday")
    with pytest.raises(RuntimeError, match=r"world_world.py cannot be written: it is a folder"):
        bpy.ops.dreamgrove.export_all_python(directory=str(tmp_path))
    assert {p.name for p in tmp_path.iterdir()} == {"world_world.py", "material_material.py"}
    assert (tmp_path / "material_material.py").read_text() == "of yesterday"

    def full(path, text):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(here("operators.graph_scripts"), "write_file", full)
    with pytest.raises(RuntimeError, match="No space left"):
        bpy.ops.dreamgrove.export_all_python(directory=str(tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_one_that_cannot_be_read_does_not_stop_the_others(tmp_path, here, monkeypatch, capfd):
    scripts = here("operators.graph_scripts")
    real = scripts.read

    def refuse(source):
        if isinstance(source, bpy.types.World):
            raise scripts.GraphError("node 'x' cannot be read")
        return real(source)

    monkeypatch.setattr(scripts, "read", refuse)
    assert bpy.ops.dreamgrove.export_all_python(directory=str(tmp_path)) == {"FINISHED"}
    assert "material_material.py" in {p.name for p in tmp_path.iterdir()}
    assert not any(p.name.startswith("world") for p in tmp_path.iterdir())
    assert "world 'World': node 'x' cannot be read" in capfd.readouterr().out


# The report


def test_what_a_reader_needs_is_told(material, here, tmp_path):
    nodes = material.node_tree.nodes
    for index in range(7):
        nodes.new("ShaderNodeTexImage").image = bpy.data.images.new(f"bark {index}", 4, 4)
    nodes.new("ShaderNodeMath").inputs[0].driver_add("default_value")
    bpy.ops.dreamgrove.transpile(source="MATERIAL")
    report = here("operators.transpile").last_report()
    assert (
        "Needs the images 'bark 0', 'bark 1', 'bark 2', 'bark 3', 'bark 4' and 2 more of this file"
        in report.script.notes
    )
    assert report.script.counts["node"] == 10
    assert report.script.sentence().startswith("Material 'Material': 10 nodes, 1 link, 1 driver; ")
    bpy.data.libraries.write(str(tmp_path / "l.blend"), {bpy.data.images["bark 0"]})
    with bpy.data.libraries.load(str(tmp_path / "l.blend"), link=True) as (_, target):
        target.images = ["bark 0"]
    nodes[-2].image = bpy.data.images["bark 0", bpy.data.libraries[0].filepath]
    bpy.ops.dreamgrove.transpile(source="MATERIAL")
    notes = here("operators.transpile").last_report().script.notes
    assert any(note.startswith("Needs the image 'bark 0' linked from ") for note in notes)


def test_what_is_left_out_is_told(here):
    tree = group_of("GeometryNodeTree")
    tree.animation_data_create().nla_tracks.new()
    item = tree.interface.items_tree[0]
    with node_editor(tree):
        bpy.ops.dreamgrove.transpile(source="TREE")
    notes = here("operators.transpile").last_report().script.notes
    assert "Leaves out 1 NLA track" in notes and item.identifier.startswith("Socket_")
    scripts = here("operators.graph_scripts")
    spec = scripts.read(tree)
    old = [here("procedural.graph.spec").InterfaceItem("INPUT", "Size", "NodeSocketFloat", "Input_2")]
    from dataclasses import replace

    spec = replace(spec, trees=(*spec.trees[:-1], replace(spec.root, interface=tuple(old))))
    script = scripts.transpile(tree, "standalone", spec)
    assert "Gets new identifiers for 1 socket from before Blender 4.0: 'Size'" in script.notes


def test_checking_leaves_nothing_and_finds_what_differs(material, here, monkeypatch):
    before = blocks()
    assert bpy.ops.dreamgrove.transpile(source="MATERIAL", check=True) == {"FINISHED"}
    script = here("operators.transpile").last_report().script
    assert script.checked and script.notes == () and script.sentence().endswith("; makes the same again")
    assert {**blocks(), "texts": []} == {**before, "texts": []}
    spec = read(material)
    scripts = here("operators.graph_scripts")
    real = scripts.to_python
    monkeypatch.setattr(scripts, "to_python", lambda s, **style: real(s, **style).replace("Principled", "Prince"))
    bpy.ops.dreamgrove.transpile(source="MATERIAL", check=True)
    assert any("Prince" in note for note in here("operators.transpile").last_report().script.notes)
    monkeypatch.setattr(scripts, "to_python", lambda s, **style: "import nothing_like_it")
    bpy.ops.dreamgrove.transpile(source="MATERIAL", check=True)
    assert "ModuleNotFoundError" in here("operators.transpile").last_report().script.notes[-1]
    assert {**blocks(), "texts": []} == {**before, "texts": []} and read(material) == spec
