"""The routes and their guard, in-process: no ports, but a real supervisor with real workers behind."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from dreamgrove.engine.executors.base import WorkerSpec
from dreamgrove.engine.executors.local import LocalExecutor
from dreamgrove.engine.protocol import MAX_BODY_BYTES, JobState, JobStatus
from dreamgrove.engine.server import supervisor as supervisor_module
from dreamgrove.engine.server.app import create_app
from dreamgrove.engine.server.guard import Guard
from dreamgrove.engine.server.supervisor import Supervisor

TOKEN = "t" * 43
METHODS = Path(__file__).with_name("method_for_tests.py")
GOOD = {"method": "cube", "prompt": "a red cube", "preset": "draft"}


@pytest.fixture(scope="module")
def supervisor(tmp_path_factory) -> Supervisor:
    data = tmp_path_factory.mktemp("data")
    return Supervisor(data, LocalExecutor(), WorkerSpec(data, "cpu", methods=str(METHODS)), version="0")


@pytest.fixture(scope="module")
def stopped() -> list[bool]:
    return []


@pytest.fixture(scope="module")
def client(supervisor, stopped) -> Iterator[TestClient]:
    app = Guard(create_app(supervisor, lambda: stopped.append(True)), TOKEN)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with TestClient(app, "http://127.0.0.1", headers=headers, raise_server_exceptions=False) as client:
        supervisor.info(30.0)
        yield client


@pytest.fixture(scope="module")
def done_job(client) -> JobStatus:
    return finished(client, submit(client))


def submit(client: TestClient, **changes) -> str:
    reply = client.post("/jobs", json={**GOOD, **changes})
    assert reply.status_code == 201, reply.text
    return reply.json()["id"]


def finished(client: TestClient, job_id: str, timeout_s: float = 20.0) -> JobStatus:
    ends = time.monotonic() + timeout_s
    while time.monotonic() < ends:
        status = JobStatus.from_json(client.get(f"/jobs/{job_id}").json())
        if status.state.ended:
            return status
        time.sleep(0.02)
    raise AssertionError(f"job did not end: {status}")


def test_a_job_from_words_to_files(client, done_job):
    assert done_job.state is JobState.DONE
    assert done_job.files == ("asset.glb", "recipe.json", "log.txt")
    asset = client.get(f"/jobs/{done_job.id}/files/asset.glb")
    assert asset.content.startswith(b"glTF") and asset.headers["content-type"] == "model/gltf-binary"
    assert client.get(f"/jobs/{done_job.id}/files/recipe.json").json()["prompt"] == "a red cube"
    assert "begins at step 0" in client.get(f"/jobs/{done_job.id}/files/log.txt").text
    assert client.get(f"/jobs/{done_job.id}/preview").content.startswith(b"\x89PNG")
    assert done_job.id in {each["id"] for each in client.get("/jobs").json()["jobs"]}


def test_info_and_health(client):
    info = client.get("/info").json()
    assert [each["name"] for each in info["methods"]] == ["cube"]
    assert info["executor"] == "local" and info["device"] == "CPU"
    assert client.get("/health").json()["readiness"] == "ready"


def test_understanding(client):
    known = client.get("/understand", params={"prompt": "a tall red mushroom"}).json()
    assert known["understood"] and known["concept"] == "mushroom" and known["color_name"] == "red"
    unknown = client.get("/understand", params={"prompt": "zzzz qqqq"}).json()
    assert not unknown["understood"] and unknown["sentence"]
    assert client.get("/understand", params={"prompt": "x" * 3_000}).status_code == 422


def test_events_replay_and_continue(client, done_job):
    text = client.get(f"/jobs/{done_job.id}/events").text
    (block,) = [each for each in text.split("\n\n") if "data:" in each]
    fields = dict(line.split(": ", 1) for line in block.splitlines())
    assert fields["event"] == "state"
    assert json.loads(fields["data"])["status"]["state"] == "done"
    boot, number = fields["id"].split("-")
    rest = client.get(f"/jobs/{done_job.id}/events", headers={"Last-Event-ID": f"{boot}-{int(number) - 2}"}).text
    assert rest.count("data:") == 2, "exactly what was missed"
    assert client.get(f"/jobs/{done_job.id}/events", headers={"Last-Event-ID": fields["id"]}).text.count("data:") == 0
    strange = client.get(f"/jobs/{done_job.id}/events", headers={"Last-Event-ID": "elsewhere-7"}).text
    assert strange.count("data:") == 1, "an id of another engine brings the present state"


@pytest.mark.parametrize(
    ("trouble", "mend", "words"),
    [
        ("disk", "free_space", "The disk is full"),
        ("memory", "lower_preset", "not enough memory"),
        ("bug", "show_log", "ValueError: a bug of the method's own"),
        ("hint", "change_prompt", "A cube cannot be a dragon"),
        ("lazy", "show_log", "left no asset.glb"),
    ],
)
def test_failures_are_sentences_with_a_mend(client, trouble, mend, words):
    status = finished(client, submit(client, params={"trouble": trouble, "steps": 1}))
    assert (status.state, status.mend) == (JobState.FAILED, mend)
    assert words in status.error and status.error.endswith(".")
    if trouble == "bug":
        assert "Traceback" in client.get(f"/jobs/{status.id}/files/log.txt").text


def test_queue_cancel_and_delete(client, supervisor):
    running, waiting = submit(client, preset="endless"), submit(client)
    assert client.post(f"/jobs/{waiting}/cancel").json()["state"] == "cancelled"
    began = time.monotonic()
    client.post(f"/jobs/{running}/cancel")
    assert finished(client, running).state is JobState.CANCELLED
    assert time.monotonic() - began < 1.0
    folder = supervisor.folder(running)
    assert folder.is_dir()
    assert client.delete(f"/jobs/{running}").status_code == 200
    assert not folder.exists()
    assert client.get(f"/jobs/{running}").status_code == 404
    assert client.post(f"/jobs/{waiting}/cancel").json()["state"] == "cancelled", "cancelling twice is harmless"


def test_delete_of_a_running_job(client, supervisor):
    job_id = submit(client, preset="endless")
    assert client.delete(f"/jobs/{job_id}").status_code == 200
    assert client.get(f"/jobs/{job_id}").status_code == 404
    assert not supervisor.folder(job_id).exists()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({**GOOD, "prompt": ""}, "Type what to make"),
        ({**GOOD, "prompt": "x" * 10_000}, "shorten it"),
        ({**GOOD, "method": "magic"}, "no method 'magic'"),
        ({**GOOD, "preset": "best"}, "no preset 'best'"),
        ({**GOOD, "params": {"steps": 0}}, "steps is 0; it takes 1 to 10000"),
        ({**GOOD, "prior": "sd15"}, "no prior 'sd15'"),
        ({**GOOD, "folder": "/etc"}, "no field 'folder'"),
    ],
)
def test_bad_jobs_are_refused(client, body, words):
    reply = client.post("/jobs", json=body)
    assert reply.status_code == 422
    assert words in reply.json()["error"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1,2", b'{"prompt": NaN}', b"\xff\xfe", b"[" * 50_000])
def test_malformed_bodies(client, content):
    assert client.post("/jobs", content=content).status_code == 422


def test_prompts_of_any_script(client):
    status = finished(client, submit(client, prompt="红色的蘑菇 🍄"))
    assert status.state is JobState.DONE and status.request.prompt == "红色的蘑菇 🍄"


def test_a_full_disk_refuses_new_jobs(client, monkeypatch):
    monkeypatch.setattr(supervisor_module, "MIN_FREE_BYTES", 2**60)
    reply = client.post("/jobs", json=GOOD)
    assert reply.status_code == 507
    assert reply.json() == {"error": "The disk is full; free some space, then run the job again.", "mend": "free_space"}


ROUTES = [
    ("GET", "/health"),
    ("GET", "/info"),
    ("GET", "/jobs"),
    ("POST", "/jobs"),
    ("GET", "/jobs/" + "0" * 32),
    ("DELETE", "/jobs/" + "0" * 32),
    ("POST", "/jobs/" + "0" * 32 + "/cancel"),
    ("GET", "/jobs/" + "0" * 32 + "/events"),
    ("GET", "/jobs/" + "0" * 32 + "/preview"),
    ("GET", "/jobs/" + "0" * 32 + "/files/asset.glb"),
    ("POST", "/shutdown"),
    ("GET", "/understand"),
    ("GET", "/openapi.json"),
    ("GET", "/"),
    ("OPTIONS", "/jobs"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_wants_the_token(client, stopped, method, path):
    for token in ("", "Bearer", "Bearer wrong", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}"):
        reply = client.request(method, path, headers={"Authorization": token})
        assert reply.status_code == 401, (path, token)
        assert reply.json()["error"].endswith(".")
        assert not any(name.startswith("access-control") for name in reply.headers)
    assert stopped == []


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "localhost@evil.example", "[::1", "0.0.0.0"]
)
def test_hostile_hosts(client, host):
    assert client.get("/health", headers={"Host": host}).status_code == 421


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8753", "LOCALHOST:1", "[::1]:8753"])
def test_own_hosts(client, host):
    assert client.get("/health", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:8753", "file://"])
def test_web_pages_are_refused(client, origin):
    assert client.get("/health", headers={"Origin": origin}).status_code == 403


def test_bodies_are_bounded(client):
    assert client.post("/jobs", content=b"x" * (MAX_BODY_BYTES + 1)).status_code == 413

    def endless() -> Iterator[bytes]:  # chunked: no length is promised
        for _ in range(100):
            yield b" " * 4096

    assert client.post("/jobs", content=endless()).status_code == 413
    for length in ("-1", "99999999999999999999", "x"):
        assert client.post("/jobs", content=b"{}", headers={"Content-Length": length}).status_code == 413


@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2ftoken",
        "%2e%2e/%2e%2e/token",
        "checkpoint.safetensors",
        "worker.lock",
        "live.png",
        "asset.glb%00",
        "%2fetc%2fpasswd",
    ],
)
def test_paths_cannot_leave_the_folder(client, done_job, name):
    reply = client.get(f"/jobs/{done_job.id}/files/{name}")
    assert reply.status_code in (404, 422), reply.text
    assert TOKEN not in reply.text


@pytest.mark.parametrize("job_id", ["..", "%2e%2e", "x" * 32, "0" * 31, "..%2f..%2fjobs"])
def test_job_ids_cannot_be_paths(client, job_id):
    for path in (f"/jobs/{job_id}", f"/jobs/{job_id}/files/log.txt", f"/jobs/{job_id}/preview"):
        assert client.get(path).status_code in (404, 422)


def test_links_are_not_followed(client, supervisor, done_job, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret")
    link = supervisor.folder(done_job.id) / "turntable.webp"
    try:
        link.symlink_to(secret)
    except OSError:
        pytest.skip("this account may not make symbolic links")
    try:
        assert client.get(f"/jobs/{done_job.id}/files/turntable.webp").status_code == 404
    finally:
        link.unlink()


def test_unknown_addresses_are_sentences(client):
    reply = client.get("/nowhere")
    assert reply.status_code == 404 and reply.json()["error"].endswith(".")
    assert client.put("/jobs").status_code == 405


def test_shutdown_asks_the_server_to_end(client, stopped):
    assert client.post("/shutdown").status_code == 200
    assert stopped == [True]
    stopped.clear()
