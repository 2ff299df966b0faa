"""`dreamgrove land`: maps and files of forms, height maps and solid forms; refusals in a sentence, and nothing left behind."""

from __future__ import annotations

import json

import addon_utils
import bpy
import numpy as np
import pytest

from dreamgrove.procedural.terrain.field import HeightField
from dreamgrove.procedural.terrain.maps import read_height_map, write_map

DONE, FAILED, WRONG = 0, 1, 2


@pytest.fixture(autouse=True)
def command(extension, module, clean_scene):
    addon_utils.enable(extension.__name__, default_set=True)
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    main = module("operators.command_line").main
    return lambda *arguments: main([str(argument) for argument in arguments])


def result(capsys) -> dict:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")][-1]


def counts() -> dict[str, int]:
    return {kind: len(getattr(bpy.data, kind)) for kind in ("objects", "meshes", "scenes", "materials", "images")}


def test_a_form_as_maps_and_as_a_live_land(command, tmp_path, capsys):
    before = counts()
    maps, blend = tmp_path / "maps", tmp_path / "new" / "mesa.blend"
    words = ("land", "mesa", "--size", 300, "--points", 48, "--seed", 3, "--erosion", "iterations=4", "--json")
    assert command(*words, "-o", maps, "-o", blend) == DONE
    facts = result(capsys)
    assert (
        facts["points"] == 48
        and facts["size_m"] == pytest.approx(300.0)
        and facts["recipe"]["erosion"]["iterations"] == 4
    )
    names = {path.stem for path in maps.iterdir()}
    assert {"height", "normal", "semantic", "flow", "slope"} <= names and counts() == before
    field = read_height_map(maps / "height.exr")
    low, high = facts["heights_m"]
    assert field.count == 48 and field.heights.min() == pytest.approx(low, abs=0.01) and high > low
    bpy.ops.wm.open_mainfile(filepath=str(blend), load_ui=False)
    (obj,) = bpy.context.scene.objects
    groups = [modifier.node_group.name for modifier in obj.modifiers]
    assert groups == ["Mesa", "Land Eroded", "Land Surface"]
    assert not [path for path in blend.parent.iterdir() if path.name.startswith(".")]


def test_a_height_map_comes_in_and_goes_out(command, tmp_path, capsys):
    rng = np.random.default_rng(1)
    write_map(rng.normal(0.0, 4.0, (33, 33)), tmp_path / "in.png", HeightField(np.zeros((33, 33)), 80.0))
    assert command("land", "--from", tmp_path / "in.png", "-o", tmp_path / "out.exr", "--json") == DONE
    assert result(capsys)["points"] == 33
    before, after = (read_height_map(tmp_path / name) for name in ("in.png", "out.exr"))
    assert after.size == 80.0
    np.testing.assert_allclose(after.heights, before.heights, atol=1e-3)
    given = ("land", "--from", tmp_path / "in.png", "--size", 40, "--low", 0, "--high", 5, "--points", 17)
    assert command(*given, "-o", tmp_path / "b.exr", "--quiet") == DONE
    other = read_height_map(tmp_path / "b.exr")
    assert other.count == 17 and other.size == 40.0 and other.heights.min() > -1e-3 and other.heights.max() <= 5.001


def test_solid_land(command, tmp_path, capsys):
    blend = tmp_path / "arch.blend"
    flat = write_map(np.zeros((33, 33)), tmp_path / "flat.exr", HeightField(np.zeros((33, 33)), 60.0))
    given = ("land", "--from", flat, "--solid", "arch=1,boulder=3", "--solid-set", "cell=1.2", "--json")
    assert command(*given, "-o", blend) == DONE
    facts = result(capsys)
    solid = facts["recipe"]["solid"]
    assert (solid["arches"], solid["boulders"], solid["caves"], solid["cell"]) == (1, 3, 0, 1.2)
    assert solid["arch_span"] == pytest.approx(24.0 * 60 / 200) and facts["vertices"] > 33 * 33
    bpy.ops.wm.open_mainfile(filepath=str(blend), load_ui=False)
    (obj,) = bpy.context.scene.objects
    assert max(v.co.z for v in obj.data.vertices) > 1.0 and obj.data.attributes.get("depth")


def test_the_list(command, capsys):
    assert command("land", "list", "--json") == DONE
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert "alps" in next(each for each in lines if each.get("name") == "mountains")["presets"]
    assert lines[-1]["solid"] == ["cave", "arch", "overhang", "floating", "boulder"]
    assert command("land", "list") == DONE


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("alps",), "say where it goes"),
        (("-o", "maps"), "say what land"),
        (("moon", "-o", "maps"), "no land called 'moon'; there are"),
        (("agave", "-o", "maps"), "'agave' is no land"),
        (("alps", "-o", "a.glb"), "not 'a.glb'"),
        (("alps", "--points", "4", "-o", "maps"), "--points is 4"),
        (("alps", "--size", "1", "-o", "maps"), "size is 1"),
        (("alps", "--set", "trees=4", "-o", "maps"), "'trees' is not a parameter"),
        (("alps", "--erosion", "rain=-1", "-o", "maps"), "rain is -1"),
        (("alps", "--solid", "arch", "-o", "maps"), "solid land is no map"),
        (("alps", "--solid", "bridge", "-o", "a.blend"), "--solid takes cave, arch"),
        (("alps", "--solid-set", "cell=1", "-o", "a.blend"), "needs --solid"),
        (("alps", "--low", "1", "-o", "maps"), "--from"),
        (("--from", "none.exr", "-o", "maps"), "There is no file none.exr"),
        (("--from", "none.exr", "--set", "a=1", "-o", "maps"), "a height map is as it is"),
    ],
)
def test_refusals(command, capsys, tmp_path, monkeypatch, words, says):
    monkeypatch.chdir(tmp_path)
    before = counts()
    assert command("land", *words) == WRONG
    assert says in capsys.readouterr().err
    assert counts() == before and not list(tmp_path.iterdir())


def test_an_image_that_does_not_say_its_size(command, capsys, tmp_path):
    write_map(np.eye(9), tmp_path / "a.exr")
    assert command("land", "--from", tmp_path / "a.exr", "-o", tmp_path / "b.exr") == WRONG
    assert "give the size in metres" in capsys.readouterr().err and not (tmp_path / "b.exr").exists()
    (tmp_path / "c.exr").write_text("no image")
    assert command("land", "--from", tmp_path / "c.exr", "--size", 4, "-o", tmp_path / "b.exr") == WRONG


@pytest.mark.parametrize("name", ["maps", "land.blend", "land.exr"])
def test_a_place_that_takes_no_files_is_told_in_a_sentence(command, tmp_path, capsys, name):
    (tmp_path / "file").write_text("in the way")
    assert command("land", "mesa", "--points", 16, "-o", tmp_path / "file" / name) == FAILED
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert "choose another place" in said and "Errno" not in said and str(tmp_path / "file") in said
    assert (tmp_path / "file").read_text() == "in the way" and len(list(tmp_path.iterdir())) == 1
