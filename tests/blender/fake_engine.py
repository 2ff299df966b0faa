"""An engine of a few lines that speaks the wire's types, so that Blender's side is tested without torch: what its jobs do is
decided by the test. Standard library only (and the package's own protocol)."""

from __future__ import annotations

import json
import threading
import time
import uuid
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from bundles import checker, png, write_bundle

from dreamgrove.engine.protocol import (
    EngineInfo,
    Event,
    EventType,
    Health,
    JobRequest,
    JobState,
    JobStatus,
    Mend,
    MethodInfo,
    ProtocolError,
    Readiness,
)

TOKEN = "t" * 43
METHOD = MethodInfo(
    "dreamfusion",
    "DreamFusion",
    (
        {"name": "iterations", "label": "Iterations", "type": "int", "default": 80, "help": "Steps", "min": 0,
         "max": 50000, "unit": "", "choices": [], "panel": "Distillation"},
        {"name": "faces", "label": "Faces", "type": "int", "default": 20000, "help": "Triangles", "min": 200,
         "max": 200000, "unit": "", "choices": [], "panel": "Mesh"},
        {"name": "guidance", "label": "Guidance", "type": "float", "default": 0.1, "help": "How strongly", "min": 0.0,
         "max": 10.0, "unit": "factor", "choices": [], "panel": "Distillation"},
        {"name": "objective", "label": "Objective", "type": "text", "default": "few_step", "help": "The loss",
         "min": None, "max": None, "unit": "", "choices": ["few_step", "sds"], "panel": "Distillation"},
        {"name": "fast", "label": "Fast", "type": "bool", "default": False, "help": "Whether", "min": None,
         "max": None, "unit": "", "choices": [], "panel": ""},
    ),
    {"draft": {"iterations": 0}, "standard": {}, "fine": {"iterations": 300}},
)  # fmt: skip


class FakeEngine:
    """Jobs run as far as the test says: `step(id, fraction)`, `finish(id)`, `fail(id, sentence, mend)`."""

    def __init__(self, folder: Path, port: int = 0):
        self.folder = folder
        self.statuses: dict[str, JobStatus] = {}
        self.asked: list[JobRequest] = []
        self.changed = threading.Condition()
        self.automatic = False
        self.bundle: dict[str, Any] = {}
        engine = self

        class Handler(_Handler):
            owner = engine

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.running = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def port(self) -> int:
        return self.server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self.running = False
        with self.changed:
            self.changed.notify_all()
        self.server.shutdown()
        self.server.server_close()

    def add(self, request: JobRequest, state: JobState = JobState.QUEUED) -> JobStatus:
        status = JobStatus(uuid.uuid4().hex, request, created_s=time.time())
        self._set(status)
        if state is JobState.DONE or self.automatic:
            self.finish(status.id)
        return self.statuses[status.id]

    def step(self, job_id: str, fraction: float, stage: str = "Growing") -> None:
        old = self.statuses[job_id]
        self._set(
            replace(old, state=JobState.RUNNING, fraction=fraction, stage=stage, started_s=old.started_s or time.time(),
                    remaining_s=9.0, preview=old.preview + 1)
        )  # fmt: skip

    def finish(self, job_id: str) -> None:
        old = self.statuses[job_id]
        write_bundle(self.folder / job_id, **self.bundle)
        names = ("asset.glb", "preview.png", "recipe.json", "log.txt")
        now = time.time()
        self._set(
            replace(old, state=JobState.DONE, fraction=1.0, files=names, started_s=now - 7, finished_s=now, preview=1)
        )

    def fail(self, job_id: str, sentence: str, mend: Mend = Mend.NONE) -> None:
        self._set(replace(self.statuses[job_id], state=JobState.FAILED, error=sentence, mend=mend))

    def _set(self, status: JobStatus) -> None:
        with self.changed:
            self.statuses[status.id] = status
            self.changed.notify_all()


class _Handler(BaseHTTPRequestHandler):
    owner: FakeEngine
    protocol_version = "HTTP/1.0"

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""

    def do_GET(self) -> None:
        parts = self.path.strip("/").split("/")
        if not self._allowed():
            return
        if parts == ["health"]:
            self._json(Health(Readiness.READY, "0.1.0"))
        elif parts == ["info"]:
            self._json(EngineInfo("0.1.0", device="CPU", methods=(METHOD,)))
        elif parts == ["jobs"]:
            jobs = sorted(self.owner.statuses.values(), key=lambda each: -each.created_s)
            self._send(json.dumps({"jobs": [each.to_json() for each in jobs]}).encode())
        elif len(parts) > 1 and parts[1] not in self.owner.statuses:
            self._refuse(404, "There is no such job.")
        elif len(parts) == 2:
            self._json(self.owner.statuses[parts[1]])
        elif parts[2] == "events":
            self._events(parts[1])
        elif parts[2] == "preview":
            self._send(png(checker(64, (40, 160, 60)), None), "image/png")
        elif parts[2] == "files":
            self._send((self.owner.folder / parts[1] / parts[3]).read_bytes(), "application/octet-stream")

    def do_POST(self) -> None:
        parts = self.path.strip("/").split("/")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self._allowed():
            return
        if parts == ["jobs"]:
            try:
                request = JobRequest.from_json(json.loads(body))
                METHOD.check(request)
            except ProtocolError as error:
                self._refuse(422, str(error))
                return
            self.owner.asked.append(request)
            self._json(self.owner.add(request))
        elif len(parts) == 3 and parts[2] == "cancel":
            self.owner._set(replace(self.owner.statuses[parts[1]], state=JobState.CANCELLED))
            self._json(self.owner.statuses[parts[1]])

    def do_DELETE(self) -> None:
        if self._allowed():
            del self.owner.statuses[self.path.strip("/").split("/")[1]]
            self._send(b"{}")

    def _events(self, job_id: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        sent = None
        while self.owner.running:
            with self.owner.changed:
                status = self.owner.statuses.get(job_id)
                if status is sent:
                    self.owner.changed.wait(0.2)
                    continue
            if status is None:
                return
            sent = status
            kind = EventType.STATE if status.state.ended else EventType.PROGRESS
            text = json.dumps(Event(kind, status, id=str(time.monotonic_ns())).to_json())
            try:
                self.wfile.write(f"data: {text}\n\n".encode())
                self.wfile.flush()
            except OSError:
                return
            if status.state.ended:
                return

    def _allowed(self) -> bool:
        if self.headers.get("Authorization") == f"Bearer {TOKEN}":
            return True
        self._refuse(401, "The token is missing or wrong.")
        return False

    def _refuse(self, status: int, sentence: str) -> None:
        self._send(json.dumps({"error": sentence, "mend": ""}).encode(), status=status)

    def _json(self, message: Any) -> None:
        self._send(json.dumps(message.to_json()).encode())

    def _send(self, body: bytes, kind: str = "application/json", status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
