"""Many files at once: a crew of worker processes through the engine's executors (this machine's processes, or Ray).

A worker is a Blender that takes one order after the other; one that dies costs the order that it had, and another takes its place.
"""

from __future__ import annotations

import importlib.util
import queue
import sys
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bpy

from ..engine.executors.base import Executor, ExecutorError, Worker, WorkerSpec
from ..engine.executors.local import LocalExecutor

EXECUTORS = ("local", "ray")
_HERE = Path(__file__).resolve().parent
_FEW_DEATHS = 3  # of workers that have finished nothing, one after the other, until the batch is given up


class BatchProblem(RuntimeError):
    """A batch cannot be begun or gone on with; one sentence."""


@dataclass(frozen=True)
class BlenderSpec(WorkerSpec):
    """A worker that is a Blender like this one. data: the folder that it runs in."""

    blender: tuple[str, ...] = field(default_factory=tuple)

    def arguments(self) -> list[str]:
        return ["-I", "-X", "utf8", str(_HERE / "grow_relay.py"), *self.blender]


def blender_spec(folder: Path) -> BlenderSpec:
    begin = str(_HERE / "grow_begin.py")
    if not bpy.app.binary_path:  # a wheel
        return BlenderSpec(folder, "cpu", blender=(sys.executable, begin))
    start = (bpy.app.binary_path, "--background", "--factory-startup", "--python-exit-code", "7", "--python", begin)
    return BlenderSpec(folder, "cpu", blender=start)


def executor_named(name: str) -> Executor:
    """Raises BatchProblem."""
    if name == "local":
        return LocalExecutor()
    if importlib.util.find_spec("ray") is None:
        raise BatchProblem("Ray is not in this Blender's Python; install it there, or leave --executor ray out")
    from ..engine.executors.ray import RayExecutor

    try:
        return RayExecutor()
    except ExecutorError as error:
        raise BatchProblem(str(error)) from error


@dataclass
class _Hand:
    """A worker of the crew. number: of the order that it has, None = none."""

    worker: Worker
    number: int | None = None
    finished: int = 0


class Crew:
    """Has orders done by workers. told(number, message): called in this thread with every done, failed or progress message."""

    def __init__(
        self, executor: Executor, spec: WorkerSpec, size: int, told: Callable[[int, dict[str, Any]], None]
    ) -> None:
        self._executor, self._spec, self._size, self._told = executor, spec, size, told
        self._events: queue.SimpleQueue[tuple[int, dict[str, Any]]] = queue.SimpleQueue()
        self._hands: dict[int, _Hand] = {}
        self._begun = 0
        self._deaths = 0

    def run(self, orders: Sequence[dict[str, Any]]) -> None:
        """Until every order is done or has failed. Raises BatchProblem if no worker can be had; all are ended then."""
        self._waiting = deque(enumerate(orders))
        try:
            for _ in range(min(self._size, len(orders))):
                self._begin()
            while self._hands:
                self._handle(*self._events.get())
        finally:
            for hand in self._hands.values():
                hand.worker.kill()
            self._executor.close()

    def _begin(self) -> None:
        key = self._begun
        self._begun += 1
        post = lambda message: self._events.put((key, message))  # noqa: E731
        try:
            worker = self._executor.start(self._spec, post, lambda code: post({"type": "ended", "code": code}))
        except ExecutorError as error:
            raise BatchProblem(str(error)) from error
        self._hands[key] = _Hand(worker)

    def _handle(self, key: int, message: dict[str, Any]) -> None:
        hand = self._hands.get(key)
        if hand is None:
            return
        kind = message["type"]
        if kind == "progress":
            self._told(hand.number or 0, message)
        elif kind in ("done", "failed"):
            number, hand.number = hand.number, None
            hand.finished += 1
            self._deaths = 0
            self._told(number or 0, message)
            self._next(key, hand)
        elif kind == "ready":
            self._next(key, hand)
        elif kind == "ended":
            self._ended(key, hand, message["code"])

    def _next(self, key: int, hand: _Hand) -> None:
        if not self._waiting:
            del self._hands[key]
            hand.worker.kill()
            return
        hand.number, order = self._waiting.popleft()
        hand.worker.send({**order, "number": hand.number})

    def _ended(self, key: int, hand: _Hand, code: int) -> None:
        del self._hands[key]
        self._deaths += 1
        if hand.number is not None:
            self._told(hand.number, {"type": "failed", "error": f"the worker ended (exit code {code})"})
        elif self._deaths >= _FEW_DEATHS or not self._waiting:
            raise BatchProblem(f"Workers do not start (exit code {code}); the lines above say why")
        if self._waiting:
            self._begin()
