"""What is known of the engine, kept up to date by a thread that looks every few seconds; starting and stopping it.

Everything public is for the main thread, except `connect`, which blocks and is for worker threads.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from ..engine import environment, launcher
from ..engine.client import Client, EngineError
from ..engine.launcher import LaunchError
from ..engine.protocol import EngineInfo, JobStatus, Mend, Readiness
from . import engine_access
from .engine_access import NoEngine
from .pump import Pump
from .settings import Settings, settings

log = logging.getLogger(__name__)

LOOK_INTERVAL_S = 3.0


class Link(Enum):
    """How we stand with the engine."""

    UNKNOWN = auto()
    MISSING = auto()  # not installed, or to be repaired
    STOPPED = auto()  # installed, not running
    STARTING = auto()
    READY = auto()
    LOST = auto()  # it should be there and is not, or is broken: `problem` says why


@dataclass(frozen=True)
class Sight:
    """One look. jobs: None when there was nobody to ask. began: monotonic time before asking."""

    link: Link
    began: float
    environment: environment.EnvironmentState | None = None
    client: Client | None = None
    info: EngineInfo | None = None
    jobs: tuple[JobStatus, ...] | None = None
    problem: str = ""
    mend: Mend = Mend.NONE


class EngineLink:
    """`changed` is called on the main thread after every look, with what was seen."""

    def __init__(self, pump: Pump, changed: Callable[[Sight], None]):
        self._pump = pump
        self._changed = changed
        self._closed = threading.Event()
        self._wake = threading.Event()
        self._connecting = threading.Lock()
        self._starts = 0
        self._start_failed = False
        self.settings: Settings = settings()
        self.sight = Sight(Link.UNKNOWN, time.monotonic())
        self.stage = ""

    def begin(self) -> None:
        self._pump.spawn(self._watch, "engine watcher")

    def close(self) -> None:
        self._closed.set()
        self._wake.set()

    def look_again(self) -> None:
        """Read the preferences anew and look at once."""
        self.settings = settings()
        self._wake.set()

    def wake(self) -> None:
        """From any thread: look soon, not only at the next turn."""
        self._wake.set()

    @property
    def link(self) -> Link:
        return Link.STARTING if self._starts and self.sight.link is not Link.READY else self.sight.link

    def start(self) -> None:
        """Start the engine, or connect to the one elsewhere; what comes of it shows in `sight`."""

        def work() -> None:
            try:
                self.connect(self._closed.is_set)
            except NoEngine as error:
                self._pump.post(self._failed, error)
            except EngineError as error:
                self._pump.post(self._failed, NoEngine(str(error), error.mend))

        self.settings = settings()
        self._pump.spawn(work, "engine start")

    def stop(self) -> None:
        """End the engine of this machine; its jobs go on when it is started again."""
        here = self.settings

        def work() -> None:
            try:
                launcher.stop(here.data)
            except LaunchError as error:
                self._pump.post(self._failed, NoEngine(str(error), error.mend))
            self._wake.set()

        self._pump.spawn(work, "engine stop")

    def connect(self, cancelled: Callable[[], bool]) -> tuple[Client, EngineInfo]:
        """For threads: a client of a ready engine, which is started if need be. Raises NoEngine, EngineError."""
        here = self.settings
        engine_access.check_online(here)
        self._pump.post(self._starting, 1)
        try:
            with self._connecting:  # two jobs asked for at once start one engine
                client = engine_access.connect(here, lambda text: self._pump.post(self._staged, text), cancelled)
                info = client.wait_ready()
        finally:
            self._pump.post(self._starting, -1)
            self._wake.set()
        return client, info

    def _watch(self) -> None:
        while not self._closed.is_set():
            self._wake.clear()
            try:
                sight = self._look(self.settings)
            except Exception:  # a mistake of ours must not blind the add-on for good
                log.exception("looking for the engine failed")
            else:
                self._pump.post(self._seen, sight)
            self._wake.wait(LOOK_INTERVAL_S)

    def _look(self, here: Settings) -> Sight:
        began = time.monotonic()
        state = None if here.remote else environment.check(here.engine)
        try:
            engine_access.check_online(here)
            client = engine_access.find(here)
            if client is None:
                assert state is not None
                if state.ready:
                    return Sight(Link.STOPPED, began, state)
                missing = state.status is environment.Status.MISSING
                problem = "" if missing else state.problem
                return Sight(Link.MISSING, began, state, problem=problem, mend=Mend.REPAIR_ENGINE)
            health = client.health()
            if health.readiness is Readiness.BROKEN:
                return Sight(Link.LOST, began, state, client, problem=health.problem, mend=health.mend)
            jobs = tuple(client.jobs())
            if health.readiness is Readiness.WARMING:
                return Sight(Link.STARTING, began, state, client, jobs=jobs)
            return Sight(Link.READY, began, state, client, client.info(), jobs)
        except (NoEngine, EngineError) as error:
            return Sight(Link.LOST, began, state, problem=str(error), mend=error.mend)

    def _seen(self, sight: Sight) -> None:
        if self._start_failed and sight.link is Link.STOPPED:
            return  # why it could not be started stays to be read until something changes
        self._start_failed = False
        self.sight = sight
        self._changed(sight)

    def _failed(self, error: NoEngine) -> None:
        state = self.sight.environment
        self._start_failed = True
        self.sight = Sight(Link.LOST, time.monotonic(), state, problem=str(error), mend=error.mend)
        self._changed(self.sight)

    def _starting(self, change: int) -> None:
        self._starts += change
        if change > 0 and self.sight.link is Link.LOST:
            self._start_failed = False
            self.sight = Sight(Link.STOPPED, time.monotonic(), self.sight.environment)

    def _staged(self, text: str) -> None:
        self.stage = text
