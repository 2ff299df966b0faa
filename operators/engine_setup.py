"""Installing, repairing and removing the engine's environment from within Blender: one task at a time, in a thread."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Literal

from ..engine import environment, launcher
from ..engine.environment import EnvironmentProblem
from ..engine.launcher import LaunchError
from .engine_access import wanted
from .engine_link import EngineLink
from .pump import Pump
from .settings import Settings, settings

Task = Literal["install", "repair", "remove"]
SHOWN_LINES = 200
_DOING = {"install": "Installing", "repair": "Repairing", "remove": "Removing"}


class Setup:
    """task: what is under way, None = nothing. fraction, stage, lines: how it goes. problem: why the last one failed."""

    def __init__(self, pump: Pump, link: EngineLink, changed: Callable[[], None]):
        self._pump, self._link, self._changed = pump, link, changed
        self._cancelled = threading.Event()
        self.task: Task | None = None
        self.fraction = 0.0
        self.stage = ""
        self.problem = ""
        self.lines: deque[str] = deque(maxlen=SHOWN_LINES)

    @property
    def doing(self) -> str:
        """What is under way, in words."""
        return _DOING[self.task] if self.task else ""

    @property
    def cancelling(self) -> bool:
        return self.task is not None and self._cancelled.is_set()

    def begin(self, task: Task) -> None:
        """Raises RuntimeError when something is under way."""
        if self.task is not None:
            raise RuntimeError(f"Wait: {self.doing.lower()} the engine is under way")
        here = settings()
        self.task, self.fraction, self.stage, self.problem = task, 0.0, "", ""
        self.lines.clear()
        self._cancelled.clear()
        self._changed()
        self._pump.spawn(lambda: self._work(task, here), task)

    def cancel(self) -> None:
        """What stands stays as it was before; an install that goes on for a moment ends by itself."""
        self._cancelled.set()
        self._changed()

    def close(self) -> None:
        self._cancelled.set()

    def _work(self, task: Task, here: Settings) -> None:
        try:
            if task != "install":
                launcher.stop(here.data)
            if task == "remove":
                environment.remove(here.engine)
            else:
                make = environment.install if task == "install" else environment.repair
                make(
                    here.engine,
                    wanted(here),
                    say=lambda line: self._pump.post(self._said, line),
                    progress=lambda fraction, stage: self._pump.post(self._progressed, fraction, stage),
                    cancelled=self._cancelled.is_set,
                )
        except (EnvironmentProblem, LaunchError) as error:
            self._pump.post(self._ended, "" if self._cancelled.is_set() else str(error))
        except Exception as error:
            self._pump.post(self._ended, f"{_DOING[task]} the engine failed ({error})")
            raise
        else:
            self._pump.post(self._ended, "")

    def _said(self, line: str) -> None:
        self.lines.append(line.rstrip())
        self._changed()

    def _progressed(self, fraction: float, stage: str) -> None:
        self.fraction, self.stage = fraction, stage
        self._changed()

    def _ended(self, problem: str) -> None:
        self.task, self.problem = None, problem
        self._link.look_again()
        self._changed()
