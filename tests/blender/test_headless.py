"""The command line and the scripting call, against an engine that the test moves: exit codes, outputs, and nothing half-written."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import bpy
import pytest
from fake_engine import TOKEN, FakeEngine

from dreamgrove.engine.protocol import JobState, Mend

DONE, FAILED, WRONG, NO_ENGINE = 0, 1, 2, 3


@pytest.fixture
def engine(tmp_path):
    fake = FakeEngine(tmp_path / "jobs")
    fake.automatic = True
    yield fake
    fake.close()


@pytest.fixture
def here(monkeypatch, engine, extension, module, clean_scene):
    monkeypatch.setenv("DREAMGROVE_URL", engine.url)
    monkeypatch.setenv("DREAMGROVE_TOKEN", TOKEN)
    return module


@pytest.fixture
def command(here):
    return here("operators.command_line").main


def data() -> dict[str, int]:
    """How much of everything is in the file."""
    kinds = ("objects", "meshes", "materials", "images", "scenes", "collections")
    return {kind: len(getattr(bpy.data, kind)) for kind in kinds}


def lines(capsys) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def fail_the_next(engine: FakeEngine, sentence: str, mend: Mend) -> None:
    """The next job fails as soon as it is there."""
    engine.automatic = False

    def wait() -> None:
        with engine.changed:
            engine.changed.wait_for(lambda: any(not s.state.ended for s in engine.statuses.values()), 20.0)
        for job_id in list(engine.statuses):
            engine.fail(job_id, sentence, mend)

    threading.Thread(target=wait, daemon=True).start()


def test_generate_writes_the_bundle_and_a_blend(command, engine, tmp_path, capsys):
    before = data()
    output = tmp_path / "out"
    code = command(
        ["generate", "a red mushroom", "--preset", "draft", "--seed", "3", "--size", "0.4", "--set", "faces=900",
         "--output", str(output)]
    )  # fmt: skip
    assert code == DONE
    asked = engine.asked[0]
    assert (asked.prompt, asked.preset, asked.seed, asked.size_m) == ("a red mushroom", "draft", 3, 0.4)
    assert asked.params == {"faces": 900}
    assert {path.name for path in output.iterdir()} == {
        "asset.blend", "asset.glb", "preview.png", "recipe.json", "log.txt",
    }  # fmt: skip
    assert data() == before, "the open file is as it was"
    said = capsys.readouterr()
    assert str(output) in said.out.splitlines()[-1]
    assert "mushroom" in said.err
    with bpy.data.libraries.load(str(output / "asset.blend")) as (found, _):
        assert found.objects == ["a red mushroom"] and found.scenes == ["Asset"]


def test_json_is_one_object_a_line(command, engine, tmp_path, capsys):
    assert command(["generate", "a red mushroom", "--json", "--output", str(tmp_path / "out")]) == DONE
    said = lines(capsys)
    assert said[-1]["event"] == "result" and Path(said[-1]["output"]) == tmp_path / "out"
    assert command(["jobs", "--json"]) == DONE
    (job,) = lines(capsys)
    assert job["state"] == "done" and job["request"]["prompt"] == "a red mushroom"
    assert command(["engine", "status", "--json"]) == DONE
    assert lines(capsys)[0]["running"] is True


def test_quiet_says_nothing(command, tmp_path, capsys):
    assert command(["generate", "a red mushroom", "--quiet", "--output", str(tmp_path / "out")]) == DONE
    assert capsys.readouterr() == ("", "")


def test_a_finished_job_is_exported(command, engine, tmp_path, capsys):
    job = engine.add(_request("a red mushroom"), JobState.DONE)
    assert command(["export", job.id, "--output", str(tmp_path / "again")]) == DONE
    assert (tmp_path / "again" / "asset.blend").is_file()
    assert command(["export", "0" * 32, "--output", str(tmp_path / "none")]) == WRONG
    assert "no such job" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["generate", ""], "what to make"),
        (["generate", "x" * 10_000], "10,000 characters"),
        (["generate", "一个红蘑菇"], "embedded prior"),
        (["generate", "a dragon"], "dragon"),
        (["generate", "a red mushroom", "--set", "faces"], "NAME=VALUE"),
        (["generate", "a red mushroom", "--set", "faces=1"], "faces"),
        (["generate", "a red mushroom", "--preset", "splendid"], "splendid"),
    ],
)
def test_what_is_wrong_is_one_sentence(command, engine, tmp_path, capsys, arguments, says):
    assert command([*arguments, "--output", str(tmp_path / "out")]) == WRONG
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert says in said and "Traceback" not in said
    assert not (tmp_path / "out").exists()


def test_wrong_arguments_are_argparse_s(command, capsys):
    assert command(["generate"]) == WRONG
    assert command([]) == WRONG
    assert "usage" in capsys.readouterr().err


def test_a_wrong_token(command, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("DREAMGROVE_TOKEN", "z" * 43)
    assert command(["generate", "a red mushroom", "--output", str(tmp_path / "out")]) in (WRONG, NO_ENGINE)
    assert "token" in capsys.readouterr().err


def test_no_engine(command, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("DREAMGROVE_URL", "http://127.0.0.1:9")
    assert command(["generate", "a red mushroom", "--output", str(tmp_path / "out")]) == NO_ENGINE
    assert "127.0.0.1:9" in capsys.readouterr().err


def test_a_job_that_fails(command, engine, tmp_path, capsys):
    fail_the_next(engine, "The disk is full; free some space, then try again.", Mend.SAME_AGAIN)
    assert command(["generate", "a red mushroom", "--output", str(tmp_path / "out")]) == FAILED
    assert "The disk is full" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_an_output_that_cannot_be_written(command, tmp_path, capsys):
    (tmp_path / "file").write_text("mine")
    assert command(["generate", "a red mushroom", "--output", str(tmp_path / "file" / "out")]) == FAILED
    assert "Traceback" not in capsys.readouterr().err
    assert (tmp_path / "file").read_text() == "mine"


def test_damaged_files_leave_the_old_output(command, engine, tmp_path, capsys):
    output = tmp_path / "out"
    output.mkdir()
    (output / "asset.glb").write_bytes(b"of yesterday")
    job = engine.add(_request("a red mushroom"), JobState.DONE)
    (engine.folder / job.id / "asset.glb").write_bytes(b"glTF but not really")
    before = data()
    assert command(["export", job.id, "--output", str(output)]) == FAILED
    assert (output / "asset.glb").read_bytes() == b"of yesterday"
    assert [path.name for path in tmp_path.iterdir() if ".part" in path.name] == []
    assert data() == before


def test_three_lines_of_python(here, engine, tmp_path):
    made = here("operators.scripting").generate("a red mushroom", preset="draft", seed=5, location=(1.0, 0.0, 0.0))
    assert made.object.name == "a red mushroom" and tuple(made.object.location) == (1.0, 0.0, 0.0)
    assert made.object.name in bpy.context.scene.objects and made.folder is None
    assert engine.asked[0].seed == 5
    kept = here("operators.scripting").generate("a red mushroom", output=tmp_path / "kept")
    assert (kept.folder / "asset.blend").is_file() and kept.object.name == "a red mushroom.001"


def test_a_script_gets_an_exception(here, engine):
    scripting = here("operators.scripting")
    fail_the_next(engine, "Out of memory; choose a smaller preset.", Mend.NONE)
    before = data()
    with pytest.raises(scripting.JobFailed, match="Out of memory"):
        scripting.generate("a red mushroom")
    assert data() == before


def _request(prompt: str):
    from dreamgrove.engine.protocol import JobRequest

    return JobRequest(method="dreamfusion", prompt=prompt, preset="draft")
