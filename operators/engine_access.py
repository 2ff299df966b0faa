"""From settings to a client of a running engine. Everything here blocks: call it from a thread, or on the command line."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable

from ..engine import environment, launcher
from ..engine.client import Client, EngineError
from ..engine.launcher import LaunchError
from ..engine.protocol import Mend
from .settings import Settings

ONLINE_HINT = "Turn on Allow Online Access in Blender's preferences (System)"


class NoEngine(RuntimeError):
    """There is no engine to talk to; one sentence, and what would mend it."""

    def __init__(self, sentence: str, mend: Mend = Mend.NONE):
        super().__init__(sentence)
        self.mend = mend


def remote_host(settings: Settings) -> str:
    """The name of the other computer that the engine runs on; "" when it is this one."""
    host = urllib.parse.urlsplit(settings.url).hostname if settings.remote else None
    return "" if host is None or host in ("127.0.0.1", "localhost", "::1") else host


def check_online(settings: Settings) -> None:
    """Raises NoEngine for an engine on another machine while Blender may not go online. The command line is not asked: who
    types an address means it."""
    host = remote_host(settings)
    if host and not settings.online:
        raise NoEngine(f"{ONLINE_HINT} to use the engine at {host}", Mend.NONE)


def wanted(settings: Settings) -> environment.Wanted:
    """What the engine's environment shall hold on this machine."""
    return environment.Wanted(extras=settings.extras, index_url=environment.suggested_index())


def find(settings: Settings, timeout_s: float = 10.0) -> Client | None:
    """A client of the engine that already runs, here or elsewhere; None if none runs here. Raises NoEngine for one elsewhere
    that does not answer."""
    if settings.remote:
        client = Client(settings.url, settings.token, timeout_s)
        try:
            client.info()
        except EngineError as error:
            raise NoEngine(str(error), error.mend) from error
        return client
    endpoint = launcher.find(settings.data)
    return endpoint.client(timeout_s) if endpoint is not None else None


def connect(settings: Settings, say: Callable[[str], None], cancelled: Callable[[], bool] = lambda: False) -> Client:
    """A client; starts the engine if it is installed and not running. Raises NoEngine."""
    client = find(settings)
    if client is not None:
        return client
    state = environment.check(settings.engine)
    if not state.ready or state.python is None:
        why = state.problem or "The engine is not installed"
        raise NoEngine(
            f"{why.rstrip('.')}. Install it in Dreamgrove's preferences, or run: dreamgrove engine install",
            Mend.REPAIR_ENGINE,
        )
    try:
        endpoint = launcher.start(state.python, settings.data, models=settings.models, say=say, cancelled=cancelled)
    except LaunchError as error:
        raise NoEngine(str(error), error.mend) from error
    return endpoint.client()
