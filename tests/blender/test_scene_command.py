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


def test_a_flight_with_two_eyes_whose_frames_can_be_rendered(command, tmp_path, capsys):
    blend, flown = tmp_path / "forest.blend", tmp_path / "flown.blend"
    picture = tmp_path / "eyes.png"
    words = ("scene", "forest", *TINY, "--flight", 1, "--speed", 4, "--stereo", 0.1, "-o", blend, "--render", picture)
    assert command(*words, "--pixels", "32x18", "--samples", 1, "--json") == DONE
    facts = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert facts["flight"]["frames"] == [1, 24] and facts["flight"]["length_m"] > 1.0
    assert [name.rsplit("/", 1)[-1] for name in facts["pictures"]] == ["eyes_L.png", "eyes_R.png"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["eyes_L.png", "eyes_R.png", "forest.blend"]
    given = ("flight", blend, "--seconds", 0.5, "--speed", 4, "--stereo", 0.2, "--heading", 40)
    assert command(*given, "-o", flown, "--json") == DONE
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["frames"] == [1, 12]
    bpy.ops.wm.open_mainfile(filepath=str(flown), load_ui=False)
    scene = bpy.context.scene
    assert (scene.frame_start, scene.frame_end) == (1, 12) and scene.render.use_multiview
    assert sum(obj.type == "CAMERA" for obj in scene.objects) == 3, "one rig, not two"
    places = []
    for frame in (1, 12):
        scene.frame_set(frame)
        eyes = {
            obj.name[-1]: obj.matrix_world.translation.copy() for obj in scene.objects if obj.name[-2:] in ("_L", "_R")
        }
        assert (eyes["L"] - eyes["R"]).length == pytest.approx(0.2, rel=1e-3)
        places.append(eyes["L"])
    assert (places[0] - places[1]).length > 0.5
    truth = (
        "truth",
        flown,
        "--frames",
        "1-12:11",
        "--pixels",
        "16x12",
        "--samples",
        1,
        "--no-flow",
        "-o",
        tmp_path / "t",
    )
    assert command(*truth, "--quiet") == DONE and (tmp_path / "t" / "0012" / "depth.exr").is_file()


def test_flights_that_cannot_be(command, tmp_path, capsys):
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "none.blend"))
    assert command("flight", tmp_path / "none.blend", "-o", tmp_path / "a.blend") == WRONG
    assert "no place of Dreamgrove's" in capsys.readouterr().err
    assert command("flight", tmp_path / "none.blend", "--seconds", 0, "-o", tmp_path / "a.blend") == WRONG
    assert command("flight", tmp_path / "gone.blend", "-o", tmp_path / "a.blend") == WRONG
    assert command("scene", "forest", "--stereo", -1, "-o", tmp_path / "a.blend") == WRONG
    assert [each.name for each in tmp_path.iterdir()] == ["none.blend"]


def test_what_suits_a_weather_is_chosen_where_nobody_has(command, module):
    commands = module("operators.command_line")
    recipes = []
    for more in ((), ("--time", "12"), ("--weather", "clear")):
        words = ("scene", "forest", "--weather", "fireflies", *more, "-o", "a.blend")
        recipes.append(module("operators.scene_command").recipe_from(commands._parser().parse_args(words)))
    assert 20.0 < recipes[0].time < 22.0 and recipes[1].time == 12.0 and recipes[2].time == 16.6


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
