"""The routes: thin; the supervisor decides."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from ..protocol import (
    MAX_PROMPT_CHARS,
    PREVIEW_FILE,
    JobRequest,
    Mend,
    ProtocolError,
    check_file_name,
    check_job_id,
)
from ..words import NotUnderstoodError, understand
from .supervisor import Refused, Supervisor

KEEP_ALIVE_S = 5.0
_MEDIA_TYPES = {".glb": "model/gltf-binary", ".png": "image/png", ".webp": "image/webp", ".json": "application/json"}


def create_app(supervisor: Supervisor, stop: Callable[[], None]) -> FastAPI:
    """The application, without its guard. stop: asks the server that runs it to end."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        supervisor.start()
        yield
        await run_in_threadpool(supervisor.stop)

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    _add_errors(app)

    @app.get("/health")
    async def health() -> Response:
        return JSONResponse({**supervisor.health().to_json(), "pid": os.getpid()})

    @app.get("/info")
    async def info() -> Response:
        return JSONResponse(supervisor.info().to_json())

    @app.get("/understand")
    async def understood(prompt: str = "") -> Response:
        if not 0 < len(prompt.strip()) <= MAX_PROMPT_CHARS:
            raise ProtocolError(f"Type what to make, in at most {MAX_PROMPT_CHARS:,} characters.")
        try:
            meaning = understand(prompt)
        except NotUnderstoodError as error:
            return JSONResponse({"understood": False, "sentence": str(error)})
        return JSONResponse(
            {
                "understood": True,
                "sentence": meaning.sentence(),
                "concept": meaning.concept,
                "color_name": meaning.color_name,
                "color": list(meaning.color),
                "traits": meaning.traits,
                "unknown": list(meaning.unknown),
                "size_m": meaning.size_m,
            }
        )

    @app.post("/jobs")
    async def submit(request: Request) -> Response:
        wanted = JobRequest.from_json(_json(await request.body()))
        status = await run_in_threadpool(supervisor.submit, wanted)
        return JSONResponse(status.to_json(), 201)

    @app.get("/jobs")
    async def jobs() -> Response:
        return JSONResponse({"jobs": [each.to_json() for each in supervisor.jobs()]})

    @app.get("/jobs/{job_id}")
    async def job(job_id: str) -> Response:
        return JSONResponse(supervisor.job(check_job_id(job_id)).to_json())

    @app.post("/jobs/{job_id}/cancel")
    async def cancel(job_id: str) -> Response:
        status = await run_in_threadpool(supervisor.cancel, check_job_id(job_id))
        return JSONResponse(status.to_json())

    @app.delete("/jobs/{job_id}")
    async def delete(job_id: str) -> Response:
        await run_in_threadpool(supervisor.delete, check_job_id(job_id))
        return JSONResponse({})

    @app.get("/jobs/{job_id}/events")
    async def events(job_id: str, request: Request) -> Response:
        supervisor.job(check_job_id(job_id))
        last_id = request.headers.get("Last-Event-ID", "")
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(_stream(supervisor, job_id, last_id), media_type="text/event-stream", headers=headers)

    @app.get("/jobs/{job_id}/preview")
    async def preview(job_id: str) -> Response:
        return _file(supervisor, check_job_id(job_id), PREVIEW_FILE)

    @app.get("/jobs/{job_id}/files/{name}")
    async def file(job_id: str, name: str) -> Response:
        return _file(supervisor, check_job_id(job_id), check_file_name(name))

    @app.post("/shutdown")
    async def shutdown() -> Response:
        stop()
        return JSONResponse({})

    return app


def _json(body: bytes) -> Any:
    """Strict JSON: no NaN, and nesting that cannot exhaust the stack."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        return json.loads(body, parse_constant=refuse)
    except (ValueError, RecursionError):
        raise ProtocolError("The request is not JSON.") from None


async def _stream(supervisor: Supervisor, job_id: str, last_id: str) -> AsyncIterator[bytes]:
    yield b"retry: 500\n\n"
    async for event in supervisor.events.watch(job_id, last_id, supervisor.find, KEEP_ALIVE_S):
        if event is None:
            yield b": still here\n\n"
        else:
            data = json.dumps(event.to_json())
            yield f"id: {event.id}\nevent: {event.type.value}\ndata: {data}\n\n".encode()


def _file(supervisor: Supervisor, job_id: str, name: str) -> Response:
    """A file of a job's folder; `name` has been checked against the whitelist. Links are not followed."""
    supervisor.job(job_id)
    path = supervisor.folder(job_id) / name
    try:
        status = path.lstat()
    except OSError:
        raise Refused(f"The job has no {name} yet.", 404) from None
    if not stat.S_ISREG(status.st_mode):
        raise Refused(f"The job's {name} is not a plain file.", 404)
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if name == "log.txt":  # it may grow while it is read, past the length that would be promised
        with open(path, "rb") as file:
            content = file.read(status.st_size)
        return Response(content, media_type="text/plain; charset=utf-8", headers=headers)
    return FileResponse(path, media_type=_MEDIA_TYPES[path.suffix], headers=headers, stat_result=status)


def _add_errors(app: FastAPI) -> None:
    """Every failure is answered with one sentence."""

    def answer(status: int, sentence: str, mend: Mend = Mend.NONE) -> JSONResponse:
        return JSONResponse({"error": sentence, "mend": mend.value}, status)

    @app.exception_handler(ProtocolError)
    async def malformed(_: Request, error: ProtocolError) -> Response:
        return answer(422, str(error))

    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> Response:
        return answer(error.status, str(error), error.mend)

    @app.exception_handler(HTTPException)
    async def http(_: Request, error: HTTPException) -> Response:
        sentences = {404: "The engine has no such address.", 405: "The engine does not take this here."}
        return answer(error.status_code, sentences.get(error.status_code, f"{error.detail}."))

    @app.exception_handler(Exception)
    async def ours(_: Request, error: Exception) -> Response:
        # Starlette raises it again after answering, so that it is in the server's log.
        return answer(500, f"The engine met an error of its own ({type(error).__name__}); see its log.", Mend.SHOW_LOG)
