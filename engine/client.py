"""The engine's client: plain HTTP with time-outs everywhere. Standard library only, since Blender imports it.

Every method blocks; call it from a thread. Whatever goes wrong arrives as an EngineError whose text is one sentence for
the artist.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .files import written_aside
from .protocol import (
    BUNDLE_FILES,
    MAX_FILE_BYTES,
    MAX_REPLY_BYTES,
    EngineInfo,
    Event,
    Health,
    JobRequest,
    JobStatus,
    Mend,
    ProtocolError,
    Readiness,
    check_file_name,
    check_job_id,
)

_CHUNK_BYTES = 256 * 1024
_MAX_EVENT_BYTES = 1024 * 1024
# The server sends a comment every 5 s when nothing happens; three missed ones mean that the line is dead.
_STREAM_TIMEOUT_S = 16.0


class EngineError(RuntimeError):
    """Why the engine did not do it, as one sentence for the artist.

    status: HTTP status, 0 when there was no answer. mend: what would help.
    """

    def __init__(self, sentence: str, status: int = 0, mend: Mend = Mend.NONE):
        super().__init__(sentence)
        self.status = status
        self.mend = mend


@dataclass(frozen=True)
class Client:
    """One engine at `url` (http or https). timeout_s: for one request, connecting included."""

    url: str
    token: str = ""
    timeout_s: float = 10.0

    def __post_init__(self) -> None:
        try:
            parts = urllib.parse.urlsplit(self.url)
            usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            raise EngineError(f"The engine's address {self.url!r} is not one; write it like http://127.0.0.1:8753.")
        if not self.token.isascii() or not self.token.isprintable():
            raise EngineError("The engine's token has a character that no token has; copy it again.")

    def health(self) -> Health:
        return self._ask("GET", "/health", Health)

    def info(self) -> EngineInfo:
        return self._ask("GET", "/info", EngineInfo)

    def wait_ready(self, timeout_s: float = 120.0) -> EngineInfo:
        """Wait until the engine can take jobs. Raises EngineError when it cannot, or not in time."""
        ends = time.monotonic() + timeout_s
        while True:
            health = self.health()
            if health.readiness is Readiness.READY:
                return self.info()
            if health.readiness is Readiness.BROKEN:
                raise EngineError(health.problem, mend=health.mend)
            if time.monotonic() >= ends:
                raise EngineError(
                    f"The engine was not ready within {timeout_s:.0f} s; see its log.", mend=Mend.SHOW_LOG
                )
            time.sleep(0.1)

    def understand(self, prompt: str) -> dict[str, Any]:
        """What the embedded prior makes of the words: concept, color, color_name, traits, unknown, sentence."""
        return self._json("GET", "/understand?" + urllib.parse.urlencode({"prompt": prompt}))

    def submit(self, request: JobRequest) -> JobStatus:
        return self._ask("POST", "/jobs", JobStatus, request.to_json())

    def jobs(self) -> list[JobStatus]:
        """All jobs that the engine remembers, newest first."""
        reply = self._json("GET", "/jobs")
        return [_parsed(JobStatus, each) for each in reply.get("jobs", ())]

    def job(self, job_id: str) -> JobStatus:
        return self._ask("GET", f"/jobs/{check_job_id(job_id)}", JobStatus)

    def cancel(self, job_id: str) -> JobStatus:
        """Ask for the end of a job; harmless when it has ended. It stops within a second."""
        return self._ask("POST", f"/jobs/{check_job_id(job_id)}/cancel", JobStatus)

    def delete(self, job_id: str) -> None:
        """Remove a job with its files, cancelling it first if it still runs."""
        self._json("DELETE", f"/jobs/{check_job_id(job_id)}")

    def shutdown(self) -> None:
        """End the engine. Running jobs stop, and go on when it is started again."""
        self._json("POST", "/shutdown")

    def preview(self, job_id: str) -> bytes:
        """The newest live preview, a PNG. Raises EngineError (status 404) while there is none."""
        with self._response("GET", f"/jobs/{check_job_id(job_id)}/preview") as response:
            return _bounded(response)

    def download(self, job_id: str, folder: Path | str, names: tuple[str, ...] = ()) -> list[Path]:
        """Fetch the bundle's files (all there are, or `names`) into `folder`; each appears whole or not at all."""
        folder = Path(folder)
        wanted = names or self.job(job_id).files
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return [self._download_one(job_id, check_file_name(name), folder) for name in wanted]
        except OSError as error:
            raise EngineError(
                f"Cannot write into {folder} ({error.strerror or error}); choose another folder."
            ) from error

    def events(self, job_id: str, patience_s: float = 30.0) -> Iterator[Event]:
        """The job's events, from its present state (always the first event) to its end.

        Reconnects by itself; raises EngineError when the engine stays away for `patience_s` or refuses.
        """
        path, last_id, lost_at = f"/jobs/{check_job_id(job_id)}/events", "", None
        while True:
            try:
                for event in self._stream(path, last_id):
                    last_id, lost_at = event.id, None
                    yield event
                    if event.status.state.ended:
                        return
            except EngineError as error:
                if error.status:
                    raise
                lost_at = lost_at or time.monotonic()
                if time.monotonic() - lost_at > patience_s:
                    raise
            time.sleep(0.3)

    def _stream(self, path: str, last_id: str) -> Iterator[Event]:
        headers = {"Accept": "text/event-stream"}
        if last_id:
            headers["Last-Event-ID"] = last_id
        with self._response("GET", path, headers=headers, timeout_s=_STREAM_TIMEOUT_S) as response:
            data: list[str] = []
            while True:
                line = _readline(response)
                if not line:
                    return
                text = line.decode("utf-8", "replace").rstrip("\r\n")
                if text.startswith("data:"):
                    data.append(text[5:].lstrip())
                elif not text and data:
                    yield _parsed(Event, _decoded("\n".join(data)))
                    data = []

    def _download_one(self, job_id: str, name: str, folder: Path) -> Path:
        with (
            written_aside(folder / name) as aside,
            self._response("GET", f"/jobs/{job_id}/files/{name}") as response,
            aside.open("wb") as file,
        ):
            expected, got = int(response.headers.get("Content-Length", "-1")), 0
            while chunk := _read(response, _CHUNK_BYTES):
                got += len(chunk)
                if got > MAX_FILE_BYTES:
                    raise EngineError(f"The engine's file {name} is larger than any asset should be.")
                file.write(chunk)
            if expected >= 0 and got != expected:
                raise EngineError(f"The connection broke while fetching {name}; try again.")
        return folder / name

    def _ask(self, method: str, path: str, kind: Any, body: Any = None) -> Any:
        return _parsed(kind, self._json(method, path, body))

    def _json(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        with self._response(method, path, body) as response:
            reply = _decoded(_bounded(response) or b"{}")
        if not isinstance(reply, dict):
            raise EngineError("The engine answered something that is no answer; is another program at its address?")
        return reply

    @contextlib.contextmanager
    def _response(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None, timeout_s: float = 0.0
    ) -> Iterator[http.client.HTTPResponse]:
        """An answer with a good status, to be read in the block. Everything else becomes an EngineError."""
        parts = urllib.parse.urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=timeout_s or self.timeout_s)
        sent = {"Authorization": f"Bearer {self.token}", "Accept": "application/json", **(headers or {})}
        payload = None
        if body is not None:
            payload = json.dumps(body, allow_nan=False).encode()
            sent["Content-Type"] = "application/json"
        try:
            try:
                connection.request(method, parts.path.rstrip("/") + path, payload, sent)
                response = connection.getresponse()
            except (OSError, http.client.HTTPException) as error:
                raise _unreachable(self.url, error) from error
            if response.status >= 300:
                raise _refusal(response)
            yield response
        finally:
            connection.close()


def _unreachable(url: str, error: Exception) -> EngineError:
    if isinstance(error, TimeoutError):
        return EngineError(f"The engine at {url} does not answer; it may be busy or stuck.", mend=Mend.START_ENGINE)
    if isinstance(error, ConnectionRefusedError):
        return EngineError(f"No engine is running at {url}; start it.", mend=Mend.START_ENGINE)
    return EngineError(f"The engine at {url} cannot be reached ({_reason(error)}).", mend=Mend.START_ENGINE)


def _refusal(response: http.client.HTTPResponse) -> EngineError:
    try:
        reply = json.loads(_bounded(response))
        sentence, mend = str(reply["error"]), Mend(reply.get("mend", ""))
    except (ValueError, KeyError, TypeError):
        sentence, mend = f"The engine's address answered with HTTP status {response.status}.", Mend.NONE
    return EngineError(_one_line(sentence), response.status, mend)


def _read(response: http.client.HTTPResponse, size: int) -> bytes:
    try:
        return response.read(size)
    except (OSError, http.client.HTTPException) as error:
        raise EngineError(f"The connection to the engine broke ({_reason(error)}); try again.") from error


def _readline(response: http.client.HTTPResponse) -> bytes:
    try:
        line = response.readline(_MAX_EVENT_BYTES)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise EngineError(f"The connection to the engine broke ({_reason(error)}).") from error
    if len(line) >= _MAX_EVENT_BYTES:
        raise EngineError("The engine sent an event that is too long.", status=502)
    return line


def _bounded(response: http.client.HTTPResponse) -> bytes:
    content = _read(response, MAX_REPLY_BYTES + 1)
    if len(content) > MAX_REPLY_BYTES:
        raise EngineError("The engine's answer is too long to be one.", status=502)
    if response.length:  # what was promised and has not come; a bounded read does not complain of it
        raise EngineError("The connection to the engine broke in the middle of its answer; try again.")
    return content


def _decoded(content: bytes | str) -> Any:
    try:
        return json.loads(content)
    except ValueError as error:
        raise EngineError(
            "The engine answered something that is no answer; is another program at its address?", status=502
        ) from error


def _parsed(kind: Any, value: Any) -> Any:
    try:
        return kind.from_json(value)
    except ProtocolError as error:
        raise EngineError(f"The engine speaks another version than this add-on: {error}", status=502) from error


def _reason(error: Exception) -> str:
    return _one_line(getattr(error, "strerror", None) or str(error) or type(error).__name__)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()[:500]


__all__ = ["BUNDLE_FILES", "Client", "EngineError"]
