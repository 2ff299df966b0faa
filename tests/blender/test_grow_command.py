"""`dreamgrove grow`, `list`, `sheet`, `materials`: files, batches that go on where they stopped, and refusals in a sentence."""

from __future__ import annotations

import json
import struct

import addon_utils
import bpy
import pytest

from dreamgrove.procedural.generators import FAMILIES
from dreamgrove.procedural.materials import MATERIALS

DONE, FAILED, WRONG = 0, 1, 2
KINDS = ("objects", "meshes", "materials", "node_groups", "collections", "scenes")


@pytest.fixture(autouse=True)
def command(extension, module, monkeypatch, tmp_path, clean_scene):
    addon_utils.enable(extension.__name__, default_set=True)
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    monkeypatch.setattr(module("operators.user_presets"), "user_folder", lambda: tmp_path / "user")
    main = module("operators.command_line").main
    return lambda *arguments: main([str(argument) for argument in arguments])


def counts() -> dict[str, int]:
    return {kind: len(getattr(bpy.data, kind)) for kind in KINDS}


def lines(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]


def opened(path) -> list[bpy.types.Object]:
    bpy.ops.wm.open_mainfile(filepath=str(path), load_ui=False)
    return list(bpy.context.scene.objects)


def test_a_live_blend(command, tmp_path, capsys, module):
    before = counts()
    path = tmp_path / "new" / "agave.blend"
    assert (
        command("grow", "variegated_agave", "--set", "length=1.5", "--set", "color=0.5,0.1,0.1", "-o", path, "--json")
        == DONE
    )
    (result,) = lines(capsys)
    assert result["output"] == str(path) and result["triangles"] > 10_000 and result["bytes"] == path.stat().st_size
    assert counts() == before and [each.name for each in path.parent.iterdir()] == ["agave.blend"]
    (item,) = opened(path)
    growing = module("operators.growing")
    assert growing.recipe(item)["parameters"] == result["recipe"]["parameters"]
    assert result["recipe"]["parameters"]["length"] == 1.5 and result["recipe"]["seed"] == 0
    assert result["recipe"]["parameters"]["leaves"] == 32, "without a seed, the preset as it is"
    assert [each.name for each in item.users_collection] == ["Dreamgrove"]


def test_seeds_are_individuals(command, tmp_path, capsys):
    family = next(each for each in FAMILIES if each.name == "agave")
    for seed, variation in ((4, 1.0), (4, 0.0)):
        assert (
            command("grow", "agave", "--seed", seed, "--variation", variation, "-o", tmp_path / "a.blend", "--json")
            == DONE
        )
    sampled, plain = (each["recipe"]["parameters"] for each in lines(capsys))
    assert sampled["length"] == pytest.approx(family.sample(4, "agave").length, rel=1e-5) and sampled["seed"] == 4
    assert plain["length"] == family.default.length and plain["seed"] == 4


def test_baked_with_levels_and_hull(command, tmp_path):
    path = tmp_path / "a.blend"
    assert command("grow", "agave", "--set", "detail=0.3", "--bake", "--levels", 2, "--hull", "-o", path) == DONE
    assert {item.name for item in opened(path)} == {"Agave", "Agave_LOD1", "Agave_LOD2", "Agave_hull"}
    assert not any(item.modifiers for item in bpy.data.objects)


def test_glb(command, tmp_path):
    path = tmp_path / "a.glb"
    before = counts()
    assert command("grow", "agave", "--set", "detail=0.3", "-o", path) == DONE
    assert counts() == before
    data = path.read_bytes()
    size, _ = struct.unpack_from("<II", data, 12)
    document = json.loads(data[20 : 20 + size])
    (node,) = (each for each in document["nodes"] if "mesh" in each)
    assert json.loads(node["extras"]["dreamgrove_recipe"])["family"] == "agave"
    assert "COLOR_0" in document["meshes"][0]["primitives"][0]["attributes"]
    assert [each["name"] for each in document["materials"]] == ["Agave"]
    bpy.ops.import_scene.gltf(filepath=str(path))
    assert max(bpy.context.selected_objects[0].dimensions) == pytest.approx(1.0, abs=0.5), "metres"


def test_a_batch_goes_on_where_it_stopped(command, tmp_path, capsys):
    folder = tmp_path / "many"
    batch = ("grow", "agave", "--set", "detail=0.2", "--seed", 3, "--count", 2, "--jobs", 2, "-o", folder, "--json")
    assert command(*batch) == DONE
    said = lines(capsys)
    assert (said[-1]["made"], said[-1]["skipped"], said[-1]["failed"]) == (2, 0, 0)
    assert [each["event"] for each in said].count("progress") == 2
    assert {path.name for path in folder.iterdir()} == {"agave_0003.blend", "agave_0004.blend", "manifest.json"}
    manifest = json.loads((folder / "manifest.json").read_text())
    assert [each["file"] for each in manifest["made"]] == ["agave_0003.blend", "agave_0004.blend"]
    assert [each["recipe"]["seed"] for each in manifest["made"]] == [3, 4]
    assert manifest["made"][0]["recipe"]["parameters"] != manifest["made"][1]["recipe"]["parameters"]
    kept = (folder / "agave_0003.blend").stat().st_mtime_ns
    (folder / "agave_0004.blend").unlink()
    assert command(*batch) == DONE
    said = lines(capsys)
    assert (said[-1]["made"], said[-1]["skipped"]) == (1, 1)
    assert (folder / "agave_0003.blend").stat().st_mtime_ns == kept
    assert command(*batch) == DONE and lines(capsys)[-1]["skipped"] == 2


def test_a_batch_without_ray(command, tmp_path, capsys):
    import importlib.util

    if importlib.util.find_spec("ray") is not None:
        pytest.skip("Ray is here")
    assert command("grow", "agave", "--count", 2, "--executor", "ray", "-o", tmp_path / "many") == FAILED
    assert "Ray is not in this Blender's Python" in capsys.readouterr().err


class FakeWorker:
    """Does orders at once; dies of the order "die"."""

    def __init__(self, on_message, on_exit):
        self.on_message, self.on_exit, self.label = on_message, on_exit, "fake"
        on_message({"type": "ready"})

    def send(self, message):
        if message.get("order") == "die":
            self.on_exit(9)
        else:
            self.on_message({"type": "done", "number": message["number"]})

    def kill(self):
        self.on_exit(0)

    def wait(self, timeout_s):
        return True


class FakeExecutor:
    name = "fake"

    def __init__(self, worker):
        self.worker, self.started = worker, 0

    def start(self, spec, on_message, on_exit):
        self.started += 1
        return self.worker(on_message, on_exit)

    def close(self):
        self.closed = True


def test_a_worker_that_dies_costs_one_order(module):
    batch = module("operators.grow_batch")
    told, executor = [], FakeExecutor(FakeWorker)
    crew = batch.Crew(executor, None, 2, lambda number, message: told.append((number, message["type"])))
    crew.run([{"order": each} for each in ("a", "die", "b", "c", "die", "d")])
    assert sorted(told) == [(0, "done"), (1, "failed"), (2, "done"), (3, "done"), (4, "failed"), (5, "done")]
    assert executor.closed and executor.started >= 3


def test_workers_that_do_not_start_end_the_batch(module):
    batch = module("operators.grow_batch")

    class Dead(FakeWorker):
        def __init__(self, on_message, on_exit):
            on_exit(7)

        def kill(self):
            pass

    executor = FakeExecutor(Dead)
    with pytest.raises(batch.BatchProblem, match="exit code 7"):
        batch.Crew(executor, None, 2, lambda *told: None).run([{"order": each} for each in range(9)])
    assert executor.closed and executor.started < 9


def test_list(command, capsys):
    assert command("list", "--json") == DONE
    said = {each["name"]: each for each in lines(capsys)}
    assert set(said) == {family.name for family in FAMILIES}
    agave = said["agave"]
    assert agave["category"] == "Ground" and next(iter(agave["presets"])) == "agave"
    length = next(each for each in agave["parameters"] if each["name"] == "length")
    assert (length["min"], length["max"], length["unit"]) == (0.05, 2.5, "m")
    assert command("list", "agave") == DONE
    assert "length = 0.55  (0.05 to 2.5 m)  Length of a grown leaf" in capsys.readouterr().out


def test_materials_list(command, capsys):
    assert command("materials", "list", "--json") == DONE
    said = {each["name"]: each for each in lines(capsys)}
    assert set(said) == {kind.name for kind in MATERIALS} and said["plain"]["parameters"]
    assert command("materials", "list") == DONE and "plain (Basic)" in capsys.readouterr().out


def test_one_s_own_preset(command, tmp_path, capsys, module):
    family = next(each for each in module("procedural.generators").FAMILIES if each.name == "agave")
    presets = module("operators.user_presets")
    presets.save_preset("Mine", family, family.presets["artichoke_agave"])
    assert command("grow", "mine", "-o", tmp_path / "a.blend", "--json") == DONE
    (result,) = lines(capsys)
    assert (result["recipe"]["preset"], result["recipe"]["parameters"]["leaves"]) == ("mine", 60)
    assert command("list", "--json") == DONE
    assert next(each for each in lines(capsys) if each["name"] == "agave")["own"] == ["mine"]


def test_sheet(command, tmp_path, capsys):
    path = tmp_path / "sheet.png"
    options = ("--pixels", 16, "--samples", 1, "-o", path)
    assert command("sheet", "agave", "--seeds", 2, "--set", "detail=0.1", *options) == DONE
    assert capsys.readouterr().out.strip().endswith(str(path))
    assert tuple(bpy.data.images.load(str(path)).size) == (32, 16)
    assert command("sheet", "plain", "--seeds", 1, *options) == DONE


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("grow", "dragon", "-o", "x.blend"), "nothing called 'dragon' can be grown; there are"),
        (("grow", "agave", "-o", "x.obj"), ".blend or .glb"),
        (("grow", "agave", "--set", "height=3", "-o", "x.blend"), "'height' is not a parameter; known are: leaves"),
        (("grow", "agave", "--set", "length=30", "-o", "x.blend"), "it takes 0.05 to 2.5 m"),
        (("grow", "agave", "--set", "length=long", "-o", "x.blend"), "it takes a number"),
        (("grow", "agave", "--set", "color=1,2", "-o", "x.blend"), "3 numbers"),
        (("grow", "agave", "--set", "length", "-o", "x.blend"), "NAME=VALUE"),
        (("grow", "agave", "--seed", "-1", "-o", "x.blend"), "0 to 9999"),
        (("grow", "agave", "--variation", "2", "-o", "x.blend"), "0 to 1"),
        (("grow", "agave", "--count", "0", "-o", "x"), "1 to 10000"),
        (("grow", "agave", "--count", "2", "-o", "x.blend"), "a folder"),
        (("grow", "agave", "--count", "2", "--jobs", "0", "-o", "x"), "1 or more"),
        (("list", "dragon"), "nothing called 'dragon'"),
        (("sheet", "dragon", "-o", "x.png"), "nothing called 'dragon'"),
        (("sheet", "agave", "-o", "x.tif"), ".png"),
    ],
)
def test_what_is_wrong_is_one_sentence(command, tmp_path, capsys, monkeypatch, arguments, says):
    monkeypatch.chdir(tmp_path)
    before = counts()
    assert command(*arguments) == WRONG
    said = capsys.readouterr()
    assert says in said.err and "Traceback" not in said.err and said.out == ""
    assert counts() == before and not list(tmp_path.glob("x*"))


def test_a_file_that_cannot_be_written(command, tmp_path, capsys):
    (tmp_path / "file").write_text("mine")
    before = counts()
    assert command("grow", "agave", "-o", tmp_path / "file" / "a.blend") == FAILED
    assert "Traceback" not in capsys.readouterr().err and counts() == before
