"""A scene that is being built in this session: its steps run on the main thread between the window's redraws, and can be cancelled.

Every step cleans up after itself when it is closed; what the steps before it have made stays.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import bpy

from ..params import ParameterError
from ..procedural.graph import GraphError
from ..procedural.scene.biomes import biome_of
from ..procedural.scene.recipe import SceneRecipe
from ..procedural.scene.steps import Progress, SceneError, run_step

log = logging.getLogger(__name__)


@dataclass
class Running:
    """What the panel shows of the step under way. fraction: of the step."""

    title: str
    scene: str
    step: str
    fraction: float = 0.0
    text: str = ""
    cancelled: bool = False


class Builder:
    """The session's one scene under way. problem: a sentence about the last one that failed, until the next begins."""

    def __init__(self, changed: Callable[[], None], finished: Callable[[str], None]) -> None:
        """changed: something to be seen has changed. finished(message): steps are done; the place of an undo step."""
        self.running: Running | None = None
        self.problem = ""
        self.failed_step = ""
        self._changed, self._finished = changed, finished
        self._steps: Iterator[None] | None = None

    def begin(self, recipe: SceneRecipe, steps: Sequence[str], scene: bpy.types.Scene) -> Iterator[None]:
        """The work, a generator for the session's pump. Raises SceneError if a scene is being built already."""
        if self.running is not None:
            raise SceneError(f"{self.running.title} is being built; wait for it or cancel it")
        self.problem = self.failed_step = ""
        self.running = Running(biome_of(recipe).title, scene.name, steps[0])
        self._steps = self._run(recipe, steps, scene)
        return self._steps

    def cancel(self) -> None:
        """Stop after the part under way, and take the unfinished step back."""
        if self.running is not None:
            self.running.cancelled = True
            self._changed()

    def interrupt(self) -> None:
        """Stop now: the file is about to change under it (undo, loading)."""
        if self._steps is not None:
            self._steps.close()  # type: ignore[attr-defined]

    def _run(self, recipe: SceneRecipe, steps: Sequence[str], scene: bpy.types.Scene) -> Iterator[None]:
        running = self.running
        assert running is not None
        done = []
        try:
            yield  # the button comes up before the first part takes its time
            for step in steps:
                running.step, running.fraction, running.text = step, 0.0, ""
                for progress in run_step(step, recipe, scene):
                    self._show(progress)
                    yield
                    if running.cancelled:
                        return
                done.append(step)
        except (ParameterError, SceneError, GraphError, KeyError, RuntimeError) as error:
            text = error.args[0] if isinstance(error, KeyError) and error.args else str(error)
            self._failed(running, f"{running.title} stopped at {running.step}: {' '.join(str(text).split())}")
        except GeneratorExit:
            raise
        except Exception as error:  # a mistake of ours: told in a sentence, its details in the console
            log.exception("%s, step %s", running.title, running.step)
            self._failed(running, f"{running.title} stopped at {running.step}: {' '.join(str(error).split())[:240]}")
        finally:
            self.running = self._steps = None
            if done:
                self._finished(f"Build {running.title}")
            self._changed()

    def _failed(self, running: Running, problem: str) -> None:
        self.problem, self.failed_step = problem, running.step

    def _show(self, progress: Progress) -> None:
        assert self.running is not None
        self.running.fraction, self.running.text = progress.fraction, progress.text
        self._changed()
