"""The wire's types: what is good survives the way, what is not is refused in a sentence."""

from __future__ import annotations

import json

import pytest

from dreamgrove.engine.protocol import (
    MAX_PROMPT_CHARS,
    EngineInfo,
    Event,
    EventType,
    Health,
    JobRequest,
    JobState,
    JobStatus,
    Mend,
    MethodInfo,
    PriorInfo,
    ProtocolError,
    Readiness,
    check_file_name,
    check_job_id,
)
from dreamgrove.params import param, schema

GOOD = {"method": "dreamfusion", "prompt": "a red mushroom"}


def cube_info() -> MethodInfo:
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class Params:
        steps: int = param(5, "How many steps", min=1, max=100)
        up: tuple[float, ...] = param((0.0, 0.0, 1.0), "Which way is up", min=-1, max=1)

    return MethodInfo("cube", "Cube", tuple(schema(Params)), {"draft": {}, "fine": {"steps": 50}})


def test_messages_survive_the_way():
    request = JobRequest("cube", "a 红色 mushroom 🍄", size_m=0.3, params={"steps": 3, "up": [0, 0, 1], "on": True})
    status = JobStatus("0" * 32, request, JobState.FAILED, 0.5, error="No.", mend=Mend.LOWER_PRESET, files=("log.txt",))
    info = EngineInfo("1", priors=(PriorInfo("embedded", "embedded"),), methods=(cube_info(),))
    for message in (
        request,
        status,
        Event(EventType.LOG, status, "a-1", "hello"),
        info,
        Health(Readiness.WARMING, "1"),
    ):
        wire = json.loads(json.dumps(message.to_json(), allow_nan=False))
        again = type(message).from_json(wire)
        assert again.to_json() == message.to_json()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"prompt": ""}, "Type what to make"),
        ({"prompt": " \n\t "}, "Type what to make"),
        ({"prompt": "x" * 10_000}, "10,000 characters; shorten it to 2,000"),
        ({"prompt": "bell\x07"}, "cannot be shown"),
        ({"prompt": "half \ud800"}, "cannot be shown"),
        ({"prompt": 5}, "prompt must be a text, not a number"),
        ({"prompt": None}, "prompt must be a text, not null"),
        ({"method": "../etc"}, "not a name"),
        ({"preset": "a b"}, "not a name"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 2**31}, "it takes 0 to 2147483647"),
        ({"seed": 10**500}, "seed"),
        ({"seed": 1.5}, "whole number"),
        ({"seed": True}, "whole number"),
        ({"size_m": 0}, "it takes 0.001 to 1000 m"),
        ({"size_m": float("nan")}, "finite number"),
        ({"size_m": "1"}, "finite number"),
        ({"params": []}, "must be an object"),
        ({"params": {"a": {}}}, "parameter a must be"),
        ({"params": {"a": float("inf")}}, "parameter a must be"),
        ({"params": {"a": [1, "b"]}}, "parameter a must be"),
        ({"params": {"a b": 1}}, "not a name"),
        ({"params": {f"p{i}": 1 for i in range(65)}}, "65 parameters"),
        ({"name": "two\nlines"}, "one line"),
        ({"name": "x" * 101}, "at most 100"),
        ({"colour": "red"}, "no field 'colour'"),
    ],
)
def test_bad_requests_are_refused_in_a_sentence(changes, words):
    with pytest.raises(ProtocolError, match=r"\.$") as caught:
        JobRequest.from_json({**GOOD, **changes})
    assert words in str(caught.value)
    assert len(str(caught.value)) < 300


def test_missing_and_wrong_kinds():
    with pytest.raises(ProtocolError, match="lacks prompt"):
        JobRequest.from_json({"method": "x"})
    with pytest.raises(ProtocolError, match="must be a JSON object, not a list"):
        JobRequest.from_json([])
    with pytest.raises(ProtocolError, match="takes one of 'queued'"):
        JobStatus.from_json({"id": "0" * 32, "request": GOOD, "state": "asleep"})


def test_prompts_are_tidied_and_every_script_is_welcome():
    assert JobRequest("m", "  a red\u3000mushroom \n with dots ").prompt == "a red mushroom with dots"
    assert JobRequest("m", "红色的蘑菇").prompt == "红色的蘑菇"
    assert len(JobRequest("m", "x" * MAX_PROMPT_CHARS).prompt) == MAX_PROMPT_CHARS


def test_method_checks_preset_and_parameters():
    info = cube_info()
    info.check(JobRequest("cube", "a", "fine", params={"steps": 3, "up": [0, 0, 1]}))
    for changes, words in (
        ({"preset": "best"}, "no preset 'best'; it has: draft, fine"),
        ({"preset": "draft", "params": {"steps": 0}}, "steps is 0; it takes 1 to 100"),
        ({"preset": "draft", "params": {"stpes": 3}}, "no parameter 'stpes'"),
        ({"preset": "draft", "params": {"up": [0, 1]}}, "3 numbers"),
    ):
        with pytest.raises(ProtocolError) as caught:
            info.check(JobRequest.from_json({**GOOD, **changes}))
        assert words in str(caught.value)
    with pytest.raises(ProtocolError, match="no method 'x'; it has: cube"):
        EngineInfo("1", methods=(info,)).method("x")


@pytest.mark.parametrize(
    "name", ["", "..", "../token", "asset.glb/..", "/etc/passwd", "checkpoint.safetensors", "ASSET.GLB"]
)
def test_only_bundle_files_have_names(name):
    with pytest.raises(ProtocolError):
        check_file_name(name)


@pytest.mark.parametrize("text", ["", "0" * 31, "0" * 33, "G" * 32, "../" + "0" * 29, "0" * 32 + "\n"])
def test_job_ids_are_safe_in_a_path(text):
    with pytest.raises(ProtocolError):
        check_job_id(text)
