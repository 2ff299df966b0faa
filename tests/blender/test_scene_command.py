"""`dreamgrove scene`: a file with a scene, its recipe, a picture; lists; refusals in a sentence, and nothing left behind."""

from __future__ import annotations

import json
from dataclasses import replace

import bpy
import pytest

DONE, FAILED, WRONG = 0, 1, 2
TINY = ("--size", "20", "--set", "resolution=32", "--set", "detail=0.1", "--set", "density=0.1")


@pytest.fixture(autouse=True)
def command(extension, module, monkeypatch, clean_scene):
    """The command line, with a forest of ferns alone."""
    biomes = module("procedural.scene.biomes")
    base, sources, scatter = (module(f"procedural.scene.{name}") for name in ("biomes.base", "sources", "scatter"))
    few = lambda recipe: (  # noqa: E731
        base.Layer(
            "Ferns", (sources.Plant("fern", 1, detail=0.1),), scatter.ScatterParams(density=0.5, shown=1.0), tall=True
        ),
    )
    monkeypatch.setattr(biomes, "BIOMES", (replace(biomes.FOREST, layers=few),))
    monkeypatch.setattr(module("operators.scene_command"), "BIOMES", biomes.BIOMES)
    main = module("operators.command_line").main
    return lambda *arguments: main([str(argument) for argument in arguments])


def counts() -> dict[str, int]:
    return {
        kind: len(getattr(bpy.data, kind))
        for kind in ("objects", "meshes", "worlds", "collections", "scenes", "node_groups")
    }


def test_a_scene_in_a_file_and_a_picture(command, tmp_path, capsys, module):
    before = counts()
    blend, picture = tmp_path / "new" / "forest.blend", tmp_path / "forest.png"
    words = (
        "scene",
        "autumn_forest",
        "--seed",
        2,
        "--time",
        11,
        *TINY,
        "-o",
        blend,
        "--render",
        picture,
        "--pixels",
        "32x18",
    )
    assert command(*words, "--samples", 1, "--json") == DONE
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["recipe"]["seed"] == 2 and result["recipe"]["time"] == 11.0 and result["recipe"]["day"] == 285
    assert result["bytes"] == blend.stat().st_size and set(result["steps_s"]) == set(
        module("procedural.scene.steps").STEPS
    )
    assert picture.is_file() and [each.name for each in blend.parent.iterdir()] == ["forest.blend"]
    assert counts() == before
    bpy.ops.wm.open_mainfile(filepath=str(blend), load_ui=False)
    scene = bpy.context.scene
    assert scene.name == "Forest" and scene.camera is not None and scene.world is not None
    recipe = module("procedural.scene.recipe")
    (home,) = (each for each in scene.collection.children if each.get(recipe.KEY))
    assert recipe.from_json(home[recipe.KEY]).seed == 2
    depsgraph = bpy.context.evaluated_depsgraph_get()
    assert any(each.is_instance for each in depsgraph.object_instances)
    again = tmp_path / "recipe.json"
    again.write_text(home[recipe.KEY])
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    assert command("scene", again, "--seed", 3, "-o", tmp_path / "b.blend", "--quiet") == DONE


def test_the_list(command, capsys):
    assert command("scene", "list", "--json") == DONE
    (line,) = (json.loads(each) for each in capsys.readouterr().out.splitlines())
    assert line["name"] == "forest" and set(line["looks"]) == {"forest", "autumn_forest"}
    assert command("scene", "list") == DONE


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("moon", "-o", "a.blend"), "no scene called 'moon'"),
        (("forest",), "say where it goes"),
        (("forest", "-o", "a.glb"), ".blend"),
        (("forest", "--render", "a.txt"), "--render takes"),
        (("forest", "--size", "-4", "-o", "a.blend"), "size is"),
        (("forest", "--set", "trees=4", "-o", "a.blend"), "'trees' is not a parameter; known are: biome"),
        (("forest", "--set", "time", "-o", "a.blend"), "NAME=VALUE"),
        (("forest", "--pixels", "big", "-o", "a.blend"), "960x540"),
        (("nowhere.json", "-o", "a.blend"), "cannot be read"),
    ],
)
def test_refusals(command, capsys, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    before = counts()
    assert command("scene", *words) == WRONG
    assert says in capsys.readouterr().err
    assert counts() == before and not list(tmp_path.iterdir())
