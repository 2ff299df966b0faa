"""The client against servers that misbehave: each a sentence, none a hang."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dreamgrove.engine import client as client_module
from dreamgrove.engine.client import Client, EngineError
from dreamgrove.engine.protocol import Event, EventType, JobRequest, JobState, JobStatus

JOB = JobStatus("0" * 32, JobRequest("cube", "a cube"), JobState.RUNNING, files=("asset.glb", "log.txt"))
DONE = JobStatus("0" * 32, JOB.request, JobState.DONE, 1.0)


class Script(ThreadingHTTPServer):
    """Answers each request with what `answers` has for its path, in turn; the last one again and again."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers: dict[str, list] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))
        queue = self.server.answers[self.path]
        answer = queue.pop(0) if len(queue) > 1 else queue[0]
        self.close_connection = True
        answer(self) if callable(answer) else self.wfile.write(answer)

    do_POST = do_DELETE = do_GET

    def log_message(self, *_) -> None:
        pass


def http(body: bytes | dict, status: str = "200 OK", length: int | None = None) -> bytes:
    body = json.dumps(body).encode() if isinstance(body, dict) else body
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body) if length is None else length}\r\n\r\n".encode() + body


def stream(*events: Event) -> bytes:
    text = "".join(f": hello\n\nid: {each.id}\nevent: x\ndata: {json.dumps(each.to_json())}\n\n" for each in events)
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + text.encode()


@pytest.fixture
def server() -> Iterator[Script]:
    server = Script()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(server) -> Client:
    return Client(server.url, "t" * 43, timeout_s=0.5)


def test_the_token_travels_and_answers_are_read(server, client):
    server.answers["/jobs"] = [http({"jobs": [JOB.to_json()]})]
    assert client.jobs() == [JOB]
    assert server.seen[0][1]["Authorization"] == "Bearer " + "t" * 43
    assert "Origin" not in server.seen[0][1]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (http(b"<html>"), "is another program at its address"),
        (http(b"[]"), "is another program at its address"),
        (http({"nonsense": 1}), "speaks another version than this add-on"),
        (http({"error": "Not\ntoday."}, "503 No"), "Not today."),
        (http(b"oops", "500 No"), "HTTP status 500"),
        (http(b"", "302 Found\r\nLocation: http://evil.example/"), "HTTP status 302"),
        (b"SSH-2.0-OpenSSH\r\n", "cannot be reached"),
        (b"", "cannot be reached"),
        (http(b'{"', length=500), "connection to the engine broke"),
        (lambda _: time.sleep(1.0), "does not answer"),
    ],
)
def test_strange_answers_are_sentences(server, client, answer, words):
    server.answers["/health"] = [answer]
    began = time.monotonic()
    with pytest.raises(EngineError) as caught:
        client.health()
    assert words in str(caught.value)
    assert time.monotonic() - began < 3.0


def test_answers_are_bounded(server, client, monkeypatch):
    monkeypatch.setattr(client_module, "MAX_REPLY_BYTES", 1_000)
    server.answers["/health"] = [http(b" " * 2_000)]
    with pytest.raises(EngineError, match="too long"):
        client.health()


def test_nobody_there():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(EngineError, match=f"No engine is running at http://127.0.0.1:{port}; start it") as caught:
        Client(f"http://127.0.0.1:{port}").health()
    assert caught.value.status == 0


@pytest.mark.parametrize("url", ["", "ftp://x", "http://", "127.0.0.1:80", "http://a:99999", "http://[::1"])
def test_addresses_are_checked(url):
    with pytest.raises(EngineError, match="address"):
        Client(url)


def test_tokens_cannot_inject_headers():
    with pytest.raises(EngineError, match="token"):
        Client("http://127.0.0.1:1", "a\r\nX: y")


def test_events_reconnect_where_they_were_cut(server, client):
    path = f"/jobs/{JOB.id}/events"
    first = [Event(EventType.STATE, JOB, "b-1"), Event(EventType.PROGRESS, JOB, "b-2")]
    last = Event(EventType.STATE, DONE, "b-3")
    server.answers[path] = [stream(*first), b"", http({"error": "x"}, "200 OK", length=0), stream(last)]
    assert list(client.events(JOB.id)) == [*first, last]
    resumed = [headers.get("Last-Event-ID") for _, headers in server.seen]
    assert resumed == [None, "b-2", "b-2", "b-2"]


def test_events_give_up_on_a_refusal_and_after_their_patience(server, client):
    path = f"/jobs/{JOB.id}/events"
    server.answers[path] = [http({"error": "There is no such job."}, "404 No")]
    with pytest.raises(EngineError, match="no such job"):
        list(client.events(JOB.id))
    server.answers[path] = [b""]
    began = time.monotonic()
    with pytest.raises(EngineError, match="cannot be reached"):
        list(client.events(JOB.id, patience_s=0.5))
    assert time.monotonic() - began < 3.0


def test_downloads_appear_whole_or_not_at_all(server, client, tmp_path):
    server.answers[f"/jobs/{JOB.id}"] = [http(JOB.to_json())]
    server.answers[f"/jobs/{JOB.id}/files/asset.glb"] = [http(b"glTF" * 10)]
    server.answers[f"/jobs/{JOB.id}/files/log.txt"] = [http(b"half", length=1_000)]
    with pytest.raises(EngineError, match="broke"):
        client.download(JOB.id, tmp_path)
    assert [each.name for each in tmp_path.iterdir()] == ["asset.glb"]
    server.answers[f"/jobs/{JOB.id}/files/log.txt"] = [http(b"whole")]
    assert client.download(JOB.id, tmp_path / "new" / "folder")[1].read_bytes() == b"whole"


def test_a_hostile_engine_cannot_choose_where_files_go(server, client, tmp_path):
    evil = {**JOB.to_json(), "files": ["../../evil"]}
    server.answers[f"/jobs/{JOB.id}"] = [http(evil)]
    with pytest.raises(ValueError, match="not a file of a job"):
        client.download(JOB.id, tmp_path / "out")
    assert list(tmp_path.rglob("*evil*")) == []


def test_a_folder_that_cannot_be_written(server, client, tmp_path):
    server.answers[f"/jobs/{JOB.id}"] = [http(JOB.to_json())]
    (tmp_path / "file").write_text("")
    with pytest.raises(EngineError, match="choose another folder"):
        client.download(JOB.id, tmp_path / "file")
