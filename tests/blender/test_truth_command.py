"""`dreamgrove truth` and `dreamgrove dataset`: files, resuming, and refusals in a sentence."""

from __future__ import annotations

import json

import addon_utils
import bpy
import numpy as np
import pytest
from truth_scene import box_mesh, item, item_camera, material

from dreamgrove.procedural.scene import dataset
from dreamgrove.procedural.scene.recipe import SceneRecipe
from dreamgrove.procedural.scene.truth.load import open_truth
from dreamgrove.procedural.scene.truth.render import TruthParams

DONE, FAILED, WRONG = 0, 1, 2


@pytest.fixture(autouse=True)
def command(extension, module, clean_scene):
    addon_utils.enable(extension.__name__, default_set=True)
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    main = module("operators.command_line").main
    return lambda *arguments: main([str(argument) for argument in arguments])


def lines(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


def small_scene(seed: int = 0) -> bpy.types.Scene:
    """A box and a camera; where the box is, is of the seed."""
    scene = bpy.context.scene
    item("Crate", box_mesh(1.0), (np.random.default_rng(seed).uniform(-1, 1), 0, 1.5), material("Wood"))
    camera = item_camera(scene)
    camera.location, camera.rotation_euler = (0, -5, 1.5), (1.5708, 0, 0)
    return scene


def test_truth_of_a_file(command, tmp_path, capsys):
    scene = small_scene()
    scene.name = "Yard"
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "yard.blend"))
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    given = ("truth", tmp_path / "yard.blend", "--pixels", "32x24", "--samples", 1, "--no-flow", "--json")
    assert command(*given, "--frames", "1-5:4", "--stereo", 0.1, "-o", tmp_path / "out") == DONE
    result = lines(capsys)[-1]
    assert result["frames"] == 2 and result["views"] == ["left", "right"] and result["classes"] == ["crate"]
    truth = open_truth(tmp_path / "out")
    assert [frame.number for frame in truth.frames] == [1, 5] and truth.baseline == 0.1
    view = truth.frames[1].views["right"]
    assert view.depth.shape == (24, 32) and truth.instances[1]["name"] == "Crate"
    assert not (view.folder / "flow.exr").exists() and (tmp_path / "out" / "0005" / "left" / "image.png").is_file()
    assert command(*given, "-o", tmp_path / "out") == DONE, "a truth is replaced"
    assert len(open_truth(tmp_path / "out").frames) == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out", "yard.blend"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("truth", "missing.blend", "-o", "X"), WRONG, "There is no file missing.blend"),
        (("truth", "--frames", "9-1", "-o", "X"), WRONG, "--frames takes 1-10"),
        (("truth", "--pixels", "big", "-o", "X"), WRONG, "--pixels takes"),
        (("truth", "--samples", "0", "-o", "X"), WRONG, "samples is 0; it takes 1 to"),
        (("truth", "--name", "Nowhere", "-o", "X"), WRONG, "no scene 'Nowhere'"),
        (("truth", "-o", "X"), FAILED, "no camera"),
        (("dataset", "--biome", "moon", "-o", "X"), WRONG, "no scene called 'moon'"),
        (("dataset", "--count", "0", "-o", "X"), WRONG, "--seed and --count"),
        (("dataset", "--jobs", "0", "-o", "X"), WRONG, "--jobs is 0"),
        (("dataset", "--recipe", "missing.json", "-o", "X"), WRONG, "is no recipe"),
        (("dataset", "--set", "size=1", "-o", "X"), WRONG, "size is 1"),
    ],
)
def test_refusals(command, tmp_path, monkeypatch, capsys, arguments, code, says):
    monkeypatch.chdir(tmp_path)
    assert command(*arguments) == code
    assert says in capsys.readouterr().err and not list(tmp_path.iterdir())


@pytest.fixture
def workers(module, monkeypatch):
    """Workers that are this process, and build a box in place of a forest. What they fail at."""
    fails: set[str] = set()
    inside = module("procedural.scene.dataset")
    monkeypatch.setattr(inside, "build_all", lambda recipe: small_scene(recipe.seed))
    work = module("operators.grow_worker")._TASKS["scene"]

    def have_made(messages, names, folder, jobs, executor, teller, done):
        for number, (message, name) in enumerate(zip(messages, names, strict=True)):
            if name not in fails:
                done(number, work(json.loads(json.dumps(message))))
        failed = len(fails & set(names))
        return len(messages) - failed, failed

    monkeypatch.setattr(module("operators.dataset_command"), "have_made", have_made)
    return fails


def test_data_sets_go_on_and_are_reproducible(command, workers, tmp_path, capsys):
    folder = tmp_path / "set"
    given = ("dataset", "--count", 3, "--pixels", "24x16", "--samples", 1, "--no-flow", "--json")
    workers.add("forest_000001")
    assert command(*given, "-o", folder) == FAILED
    workers.clear()
    with (folder / "manifest.jsonl").open("a") as manifest:
        manifest.write('{"item": {"name": "cut o')
    before = folder / "forest_000002" / "0001" / "masks.exr"
    stamp = before.stat().st_mtime_ns
    capsys.readouterr()
    assert command(*given, "-o", folder) == DONE
    result = lines(capsys)[-1]
    assert (result["made"], result["skipped"]) == (1, 2) and before.stat().st_mtime_ns == stamp
    manifest = [json.loads(line) for line in (folder / "manifest.jsonl").read_text().splitlines()]
    assert sorted(each["item"]["name"] for each in manifest) == [f"forest_{n:06d}" for n in range(3)]
    assert all(each["classes"] == ["crate"] and each["render_s"] >= 0 for each in manifest)
    again = tmp_path / "again"
    assert command("dataset", "--recipe", folder / "forest_000001" / "recipe.json", "-o", again) == DONE
    for name in ("masks", "depth", "image"):
        first, second = (each / "forest_000001" / "0001" / f"{name}.exr" for each in (folder, again))
        assert first.read_bytes() == second.read_bytes()
    assert command(*given, "--samples", 2, "-o", folder) == DONE, "another recipe: made anew"
    assert lines(capsys)[-1]["made"] == 3


def test_varied_recipes():
    look = SceneRecipe(size=50.0)
    items = dataset.items({"forest": look}, range(40), TruthParams(), (96, 54), 1, keep={"lens"})
    recipes = [each.scene for each in items]
    assert len({each["time"] for each in recipes}) > 30 and len({each["weather"] for each in recipes}) >= 3
    assert all(each["lens"] == look.lens and each["size"] == 50.0 for each in recipes)
    for each in recipes:
        assert abs(each["time"] - 12.0) < dataset.daylight(each["latitude"], each["day"]) / 2
    later = dataset.items({"forest": look}, range(20, 40), TruthParams(), (96, 54), 1, keep={"lens"})
    assert later == items[20:], "an item does not depend on which set it is in"
    steady = dataset.items({"a": look, "b": look}, range(4), TruthParams(), (96, 54), 1, keep=None)
    assert [each.name for each in steady] == ["a_000000", "b_000001", "a_000002", "b_000003"]
    assert all({**each.scene, "seed": 0} == {**steady[0].scene, "seed": 0} for each in steady)
    assert dataset.daylight(0.0, 100) == pytest.approx(12.0) and dataset.daylight(1.5, 172) == pytest.approx(24.0)
