"""What every request must pass: a known host, no foreign page, the token, a bounded body. Plain ASGI."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..protocol import MAX_BODY_BYTES

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")


class Guard:
    """Wraps an app. hosts: the names under which it may be addressed, without port.

    The Host check stops pages that point a name of theirs at this machine (DNS rebinding); no page has business here, so
    a request with an Origin is refused whatever it says; there are no CORS headers.
    """

    def __init__(self, app: ASGIApp, token: str, hosts: Collection[str] = LOOPBACK_NAMES):
        if len(token) < 32:
            raise ValueError("the token is too short to protect anything")
        self._app = app
        self._token = token.encode()
        self._hosts = {host.lower() for host in hosts if host}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # no websockets here
            return
        headers: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.lower(), []).append(value)
        refusal = self._refusal(headers)
        if refusal is None:
            refusal = _length_refusal(headers)
        if refusal is not None:
            await _answer(send, *refusal)
            return
        body = await _body(receive)
        if body is None:
            await _answer(send, 413, f"The request is larger than {MAX_BODY_BYTES // 1024} KiB.")
            return
        await self._app(scope, _replay(body, receive), send)

    def _refusal(self, headers: dict[bytes, list[bytes]]) -> tuple[int, str] | None:
        hosts = headers.get(b"host", [])
        if len(hosts) != 1 or _host_name(hosts[0]) not in self._hosts:
            return 421, "The engine is not known under this name; start it with --allow-host NAME."
        if b"origin" in headers:
            return 403, "The engine does not answer web pages."
        given = headers.get(b"authorization", [])
        scheme, _, token = (given[0] if len(given) == 1 else b"").partition(b" ")
        if scheme.lower() != b"bearer" or not hmac.compare_digest(token, self._token):
            return 401, "The engine's token is missing or wrong; copy it from the machine where the engine runs."
        return None


def _host_name(header: bytes) -> str:
    """The name in a Host header, "" where it is none. IPv6 addresses stand in brackets."""
    match = re.fullmatch(rb"(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+))(?::[0-9]{1,5})?", header.lower())
    return (match[1] or match[2]).decode("ascii") if match else ""


def _length_refusal(headers: dict[bytes, list[bytes]]) -> tuple[int, str] | None:
    for value in headers.get(b"content-length", []):
        if not value.isdigit() or len(value) > 12 or int(value) > MAX_BODY_BYTES:
            return 413, f"The request is larger than {MAX_BODY_BYTES // 1024} KiB."
    return None


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None when it is too large, whatever its headers said."""
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return b""
        part = message.get("body", b"")
        size += len(part)
        if size > MAX_BODY_BYTES:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _replay(body: bytes, receive: Receive) -> Receive:
    """Hands out the body that was read, then what comes after it (a disconnection)."""
    given = False

    async def replay() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _answer(send: Send, status: int, sentence: str) -> None:
    content = json.dumps({"error": sentence, "mend": ""}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    headers.append((b"connection", b"close"))  # what is left of a refused body is not read
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})
