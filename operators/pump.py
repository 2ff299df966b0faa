"""Work in threads, its results on the main thread, a little at a time, so that the window never waits.

    pump.spawn(lambda: pump.post(show, slow_request()), "request")   # `show` runs on the main thread
    pump.steps(generator)                                             # one step of it a tick

Threads never touch bpy. In a window an app timer ticks; headless callers, where timers never fire, call `run_until`.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import bpy

log = logging.getLogger(__name__)

BUDGET_S = 0.005
BUSY_INTERVAL_S, IDLE_INTERVAL_S = 0.02, 0.1


class Pump:
    """A queue that the main thread empties. `each_tick` is called in every tick, at its end."""

    def __init__(self, each_tick: Callable[[], None]):
        self._messages: queue.SimpleQueue[tuple[Callable[..., None], tuple[Any, ...]]] = queue.SimpleQueue()
        self._steps: deque[Iterator[object]] = deque()
        self._each_tick = each_tick
        self._closed = threading.Event()
        self.longest_tick_s = 0.0

    def post(self, call: Callable[..., None], *arguments: Any) -> None:
        """From any thread: have `call` run on the main thread."""
        if not self._closed.is_set():
            self._messages.put((call, arguments))

    def spawn(self, work: Callable[[], None], name: str) -> threading.Thread:
        """Run blocking work in a thread that does not keep Blender from ending."""

        def guarded() -> None:
            try:
                work()
            except Exception:  # a mistake of ours: the console is where it can be found, and the others go on
                log.exception("%s failed", name)

        thread = threading.Thread(target=guarded, name=f"dreamgrove {name}", daemon=True)
        thread.start()
        return thread

    def steps(self, iterator: Iterator[object]) -> None:
        """On the main thread: have one step of `iterator` taken a tick, after those that came before it."""
        self._steps.append(iterator)

    @property
    def stepping(self) -> bool:
        return bool(self._steps)

    def start(self) -> None:
        bpy.app.timers.register(self._timer, first_interval=IDLE_INTERVAL_S, persistent=True)

    def close(self) -> None:
        """Nothing is done any more; generators that were under way clean up after themselves."""
        self._closed.set()
        if bpy.app.timers.is_registered(self._timer):
            bpy.app.timers.unregister(self._timer)
        while self._steps:
            self._steps.popleft().close()  # type: ignore[attr-defined]

    def tick(self) -> bool:
        """Handle messages within the budget, then take one step. Returns whether there was anything to do."""
        began = time.perf_counter()
        worked = False
        while time.perf_counter() - began < BUDGET_S:
            try:
                call, arguments = self._messages.get_nowait()
            except queue.Empty:
                break
            worked = True
            try:
                call(*arguments)
            except Exception:  # one bad message must not end the timer, or all later ones are lost
                log.exception("%s failed", call)
        if self._steps:
            worked = True
            try:
                next(self._steps[0])
            except StopIteration:
                self._steps.popleft()
            except Exception:
                self._steps.popleft()
                log.exception("a step failed")
        self._each_tick()
        self.longest_tick_s = max(self.longest_tick_s, time.perf_counter() - began)
        return worked

    def run_until(self, done: Callable[[], bool], timeout_s: float) -> bool:
        """Tick until `done`, where no timer does it (scripts, tests). Returns whether it was reached in time."""
        ends = time.monotonic() + timeout_s
        while not done():
            if time.monotonic() > ends:
                return False
            if not self.tick():
                time.sleep(0.005)
        return True

    def _timer(self) -> float | None:
        if self._closed.is_set():
            return None
        return BUSY_INTERVAL_S if self.tick() else IDLE_INTERVAL_S
