"""`dreamgrove transpile`: what it writes and says, and its exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import addon_utils
import bpy
import pytest
from graphs import NAMES
from node_editors import blocks, comes_back, group_of, run

from dreamgrove.procedural.graph import compare, read
from dreamgrove.procedural.graph.write import STYLES

ROOT = Path(__file__).resolve().parents[2]
DONE, FAILED, WRONG = 0, 1, 2


@pytest.fixture(autouse=True)
def command(extension, module):
    addon_utils.enable(extension.__name__, default_set=True)  # tests that reset all preferences have disabled it
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    main = module("operators.command_line").main
    return lambda *arguments: main(["transpile", *map(str, arguments)])


def test_to_a_file(command, tmp_path, capsys):
    tree, before = group_of("GeometryNodeTree", NAMES[0]), blocks()
    assert command("--tree", NAMES[0], "-o", tmp_path / "new" / "out.py") == DONE
    said = capsys.readouterr()
    assert said.out.startswith("Node group ") and "4 nodes, 0 links, 1 group" in said.out
    assert blocks() == before
    assert comes_back(tree, (tmp_path / "new" / "out.py").read_text(encoding="utf-8"))


@pytest.mark.parametrize("output", [(), ("-o", "-"), ("-o", "-", "--quiet")])
def test_to_stdout(command, capsys, output):
    assert command("--material", "Material", *output) == DONE
    said = capsys.readouterr()
    assert comes_back(bpy.data.materials["Material"], said.out), "nothing but the script"
    assert ("Material 'Material': " in said.err) == ("--quiet" not in output)


@pytest.mark.parametrize("style", STYLES)
def test_styles(command, style, capsys, module):
    assert command("--world", "World", "--style", style) == DONE
    assert module("operators.transpile_run").run_script(capsys.readouterr().out, "script")


def test_parameters_of_a_generator(command, capsys):
    assert (
        command("--material", "Material", "--style", "generator", "--parameter", "Principled BSDF", "Roughness") == DONE
    )
    assert "roughness" in capsys.readouterr().out
    assert (
        command("--material", "Material", "--style", "generator", "--parameter", "Principled BSDF", "Roundness")
        == WRONG
    )
    assert "Roundness" in capsys.readouterr().err
    assert command("--material", "Material", "--parameter", "Principled BSDF", "Roughness") == WRONG


def test_every_kind(command, capsys):
    bpy.data.lights[0].use_nodes = True
    scene = bpy.context.scene
    if hasattr(scene, "compositing_node_group"):
        scene.compositing_node_group = group_of("CompositorNodeTree")
    else:
        scene.use_nodes = True
    bpy.data.textures.new("Noise", "CLOUDS").use_nodes = True
    sources = {"light": bpy.data.lights[0], "scene": scene, "texture": bpy.data.textures["Noise"]}
    for option, source in sources.items():
        assert command(f"--{option}", source.name) == DONE
        assert comes_back(source, capsys.readouterr().out)


def test_only_some_nodes(command, capsys):
    assert command("--material", "Material", "--node", "Principled BSDF") == DONE
    assert [n.name for n in run(capsys.readouterr().out).node_tree.nodes] == ["Principled BSDF"]
    assert command("--material", "Material", "--node", "no such") == FAILED
    assert "has no node 'no such'" in capsys.readouterr().err


def test_all_to_a_folder(command, tmp_path, capsys):
    for name in NAMES:
        group_of("GeometryNodeTree", name)
    assert command("--all", "-o", tmp_path / "all", "--json") == DONE
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {each["event"] for each in said} == {"result"}
    files = {str(p) for p in (tmp_path / "all").iterdir()}
    assert {each["output"] for each in said} == files and len(files) == len(said) > len(NAMES) * 2


def test_one_that_cannot_be_read(command, tmp_path, capsys, module, monkeypatch):
    scripts = module("operators.graph_scripts")
    real = scripts.read

    def refuse(source):
        if isinstance(source, bpy.types.World):
            raise scripts.GraphError("node 'x' cannot be read")
        return real(source)

    monkeypatch.setattr(scripts, "read", refuse)
    assert command("--all", "-o", tmp_path) == FAILED
    assert "world 'World': node 'x' cannot be read" in capsys.readouterr().err
    assert (tmp_path / "material_material.py").exists()
    assert command("--world", "World") == FAILED
    assert capsys.readouterr() == ("", "node 'x' cannot be read\n")


def test_list(command, capsys):
    group_of("GeometryNodeTree", NAMES[1])
    assert command("--list") == DONE
    assert "node group 'plain': 4 nodes, 0 links, 1 group\n" in capsys.readouterr().out
    assert command("--list", "--json") == DONE
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (plain,) = (each for each in said if each["name"] == "plain")
    assert plain["kind"] == "node group" and plain["counts"]["node"] == 4 and plain["counts"]["group"] == 1
    assert {"Inner", "Material", "World"} <= {each["name"] for each in said}


def test_compare(command, capsys):
    for name in ("A", "B"):
        group_of("GeometryNodeTree", name)
    bpy.data.node_groups["B"].nodes.new("ShaderNodeMath")
    assert command("--compare", "A", "B") == FAILED, "1 says that there are differences"
    said = capsys.readouterr()
    assert any("'Math'" in line for line in said.out.splitlines()) and "differences" in said.err
    bpy.data.node_groups["A"].name = "Inner.007"
    bpy.data.node_groups["Inner"].copy().name = "Inner.008"
    assert command("--compare", "Inner", "node group:Inner.008", "--level", "layout") == DONE
    assert command("--compare", "Inner", "nothing") == WRONG
    assert command("--compare", "A", "B", "--json") == WRONG
    capsys.readouterr()
    assert command("--compare", "World", "Material", "--json") == FAILED
    assert all("difference" in json.loads(line) for line in capsys.readouterr().out.splitlines())


def test_check(command, tmp_path, capsys, module, monkeypatch):
    before = blocks()
    assert command("--material", "Material", "--check", "-o", tmp_path / "out.py") == DONE
    scripts = module("operators.graph_scripts")
    real = scripts.to_python
    monkeypatch.setattr(scripts, "to_python", lambda s, **style: real(s, **style).replace("Principled", "Prince"))
    assert command("--material", "Material", "--check", "-o", tmp_path / "out.py") == FAILED
    assert "Prince" in capsys.readouterr().err and blocks() == before


@pytest.mark.parametrize(
    ("arguments", "says", "code"),
    [
        ((), "one of the arguments", WRONG),
        (("--tree", "A", "--all"), "not allowed with", WRONG),
        (("--tree", "no such"), "There is no node group 'no such' in this file", WRONG),
        (("--scene", "Scene"), "The scene 'Scene' has no nodes", WRONG),
        (("--all",), "-o FOLDER", WRONG),
        (("--all", "--check", "-o", "x"), "go with one graph", WRONG),
        (("nowhere.blend", "--list"), "There is no file nowhere.blend", WRONG),
        (("--world", "World", "--style", "haiku"), "invalid choice", WRONG),
    ],
)
def test_what_is_wrong_is_one_sentence(command, capsys, arguments, says, code):
    before = blocks()
    assert command(*arguments) == code
    said = capsys.readouterr()
    assert says in said.err and "Traceback" not in said.err and said.out == "" and blocks() == before


def test_a_file_that_cannot_be_written(command, capsys, tmp_path):
    (tmp_path / "file").write_text("mine")
    for output in (tmp_path / "file" / "out.py", tmp_path):
        assert command("--world", "World", "-o", output) == FAILED
    assert command("--all", "-o", tmp_path / "file") == FAILED
    assert "Traceback" not in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["file"] and (tmp_path / "file").read_text() == "mine"


def test_a_blend_file_of_which_no_script_is_run(command, capsys, tmp_path):
    tree = group_of("GeometryNodeTree", "Kept")
    tree.use_fake_user = True
    spec = read(tree)
    text = bpy.data.texts.new("startup.py")
    text.from_string("import bpy\nbpy.data.node_groups.new('ran', 'ShaderNodeTree')\n")
    text.use_module = True
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "file.blend"))
    bpy.ops.wm.read_homefile(use_factory_startup=True)
    assert command(tmp_path / "file.blend", "--tree", "Kept", "-o", tmp_path / "out.py") == DONE
    assert "ran" not in bpy.data.node_groups
    assert compare(spec, read(run((tmp_path / "out.py").read_text())), "layout") == []
    (tmp_path / "broken.blend").write_bytes(b"BLENDER nonsense")
    assert command(tmp_path / "broken.blend", "--list") == WRONG
    assert "cannot be opened" in capsys.readouterr().err


def test_in_a_blender_of_its_own(tmp_path):
    """As `python3 dev.py run transpile FILE ...` does: a process of its own, with the extension installed."""
    group_of("GeometryNodeTree", "Kept").use_fake_user = True
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "file.blend"))
    extensions = tmp_path / "resources" / "extensions" / "user_default"
    extensions.mkdir(parents=True)
    (extensions / "dreamgrove").symlink_to(ROOT, target_is_directory=True)

    arguments = ("command", "transpile", tmp_path / "file.blend", "--tree", "Kept", "-o", tmp_path / "out.py")
    done = subprocess.run(
        [sys.executable, str(ROOT / "devtools" / "host.py"), *map(str, arguments)],
        capture_output=True, text=True, timeout=300,
        env={**os.environ, "BLENDER_USER_RESOURCES": str(tmp_path / "resources")},
    )  # fmt: skip
    assert done.returncode == DONE, done.stderr
    assert comes_back(bpy.data.node_groups["Kept"], (tmp_path / "out.py").read_text(encoding="utf-8"))
