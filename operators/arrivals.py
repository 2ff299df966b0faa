"""Finished assets come into the scene one at a time, a step a tick, each as one undo step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from . import places
from .importing import Bundle, Imported, ImportProblem, import_steps
from .pump import Pump
from .undo import push_undo

if TYPE_CHECKING:
    from .jobs import Job


class Arrivals:
    """`arrived(job, came, problem)` is called when an object stands in the scene, or does not; then `problem` says why, unless
    another file is open than the one that it was made for."""

    def __init__(self, pump: Pump, arrived: Callable[[Job, bool, str], None]):
        self._pump = pump
        self._arrived = arrived
        self._waiting: list[tuple[Job, Bundle]] = []
        self._current: tuple[Job, Bundle] | None = None
        self._steps: Iterator[str] | None = None
        self.longest_step_s = 0.0

    def add(self, job: Job, bundle: Bundle) -> None:
        self._waiting.append((job, bundle))

    def drop(self, job: Job) -> None:
        """Forget a job; what it has made so far is removed."""
        self._waiting = [each for each in self._waiting if each[0] is not job]
        if self._current is not None and self._current[0] is job:
            self._current = None
            self._stop()

    def interrupt(self) -> None:
        """Undo, redo or another file is about to replace the scene's data: take back what is half done, and start it again
        afterwards."""
        if self._current is not None:
            self._waiting.insert(0, self._current)
            self._current = None
            self._stop()

    def tick(self) -> None:
        """Begin with the next one, if the scene can take it now."""
        if self._current is not None or not self._waiting:
            return
        job, bundle = self._waiting[0]
        assert job.place is not None
        if not job.place.here:
            self._waiting.pop(0)
            self._arrived(job, False, "")
            return
        job.hint = places.hindrance()
        if job.hint:
            return
        self._current = self._waiting.pop(0)
        self._steps = self._bring(job, bundle)
        self._pump.steps(self._steps)

    def _bring(self, job: Job, bundle: Bundle) -> Iterator[str]:
        assert job.place is not None
        scene, layer = job.place.scene_and_layer()
        request = job.status.request
        name = request.name or request.prompt
        try:
            yield from import_steps(Imported(), scene, bundle, name, job.place.location, layer)
            yield "undo"
            push_undo(f"Dreamgrove: {name[:40]}")
        except ImportProblem as error:
            self._finish(job, str(error))
        except (RuntimeError, TypeError, MemoryError) as error:  # Blender's own refusals; the artist must hear of them
            self._finish(job, f"Blender could not take the asset ({error})")
        else:
            self._finish(job, "")

    def _finish(self, job: Job, problem: str) -> None:
        self._current = self._steps = None
        self._arrived(job, not problem, problem)

    def _stop(self) -> None:
        steps, self._steps = self._steps, None
        if steps is not None:
            steps.close()  # type: ignore[attr-defined]
