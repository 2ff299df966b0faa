"""What happens to jobs, for whoever watches: each watcher reads at its own pace from a short memory."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace

from ..protocol import Event, EventType, JobStatus

_REMEMBERED = 256


@dataclass
class _Story:
    """One job's events: how many there were, and the latest of them (the newest is number `count`)."""

    count: int = 0
    latest: deque[Event] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))


class EventLog:
    """The latest events of every job. Safe to use from several threads; `watch` belongs to an event loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._boot = secrets.token_hex(4)  # numbers begin anew with the engine, so ids of an earlier one are unknown
        self._stories: dict[str, _Story] = {}
        self._watchers: dict[object, tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = {}
        self._closed = False

    def publish(self, event: Event) -> None:
        with self._lock:
            story = self._stories.setdefault(event.status.id, _Story())
            story.count += 1
            story.latest.append(replace(event, id=f"{self._boot}-{story.count}"))
            self._wake(event.status.id)

    def forget(self, job_id: str) -> None:
        """The job is gone; whoever watches it sees the end of its stream."""
        with self._lock:
            self._stories.pop(job_id, None)
            self._wake(job_id)

    def close(self) -> None:
        """End every stream."""
        with self._lock:
            self._closed = True
            self._wake(None)

    def _wake(self, job_id: str | None) -> None:
        for watched, loop, signal in self._watchers.values():
            if job_id in (None, watched) and not loop.is_closed():
                loop.call_soon_threadsafe(signal.set)

    async def watch(
        self, job_id: str, last_id: str, status: Callable[[str], JobStatus | None], idle_s: float
    ) -> AsyncIterator[Event | None]:
        """Events of a job after `last_id`, to its end; None whenever nothing has happened for `idle_s`.

        Where `last_id` is empty, unknown or too long ago, the present state comes instead, as a state event.
        """
        key, signal = object(), asyncio.Event()
        with self._lock:
            self._watchers[key] = (job_id, asyncio.get_running_loop(), signal)
        seen = self._number(last_id)
        try:
            while not self._closed:
                signal.clear()
                events, seen = self._after(job_id, seen, status)
                for event in events:
                    yield event
                now = status(job_id)
                if now is None or (now.state.ended and not self._is_news(job_id, seen)):
                    return
                try:
                    await asyncio.wait_for(signal.wait(), idle_s)
                except TimeoutError:
                    yield None
        finally:
            with self._lock:
                del self._watchers[key]

    def _after(self, job_id: str, seen: int, status: Callable[[str], JobStatus | None]) -> tuple[list[Event], int]:
        """What a watcher who knows the events up to number `seen` (-1 = none) has missed, and what it knows then."""
        with self._lock:
            story = self._stories.get(job_id, _Story())
            first = story.count - len(story.latest) + 1
            if first - 1 <= seen <= story.count:
                return list(story.latest)[seen - first + 1 :], story.count
            count = story.count
        now = status(job_id)
        return ([] if now is None else [Event(EventType.STATE, now, f"{self._boot}-{count}")]), count

    def _is_news(self, job_id: str, seen: int) -> bool:
        with self._lock:
            return self._stories.get(job_id, _Story()).count > seen

    def _number(self, event_id: str) -> int:
        boot, _, number = event_id.partition("-")
        return int(number) if boot == self._boot and number.isdecimal() and len(number) < 12 else -1
