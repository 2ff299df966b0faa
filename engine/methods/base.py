"""What a method is, and how it says that it cannot. Standard library only: no torch is needed to describe a method."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...params import from_mapping, schema
from ..protocol import JobRequest, Mend, MethodInfo

if TYPE_CHECKING:
    from .context import JobContext


class JobError(RuntimeError):
    """A job cannot be done, for a reason that the artist can do something about: one sentence, and what would mend it."""

    def __init__(self, sentence: str, mend: Mend = Mend.SHOW_LOG):
        super().__init__(sentence)
        self.mend = mend


class Cancelled(Exception):
    """The artist has cancelled the job. Let it pass; the worker ends the job."""


@dataclass(frozen=True)
class Method:
    """A published way from words to an asset.

    params: a dataclass of `param` fields. presets: values by parameter, on top of the defaults. run: leaves the bundle in
    `context.folder`. warm: what an idle worker may load beforehand (weights, compiled kernels) for the given device.
    """

    name: str
    title: str
    params: type
    presets: Mapping[str, Mapping[str, Any]]
    run: Callable[[JobRequest, Any, JobContext], None]
    warm: Callable[[str], None] | None = None

    def parameters(self, request: JobRequest) -> Any:
        """The request's parameters on top of its preset's. Raises JobError naming what does not fit."""
        if request.preset not in self.presets:
            known = ", ".join(self.presets)
            raise JobError(f"{self.title} has no preset {request.preset!r}; it has: {known}.", Mend.CHANGE_PARAMETERS)
        try:
            return from_mapping(self.params, {**self.presets[request.preset], **request.params})
        except ValueError as error:
            raise JobError(f"{error}.", Mend.CHANGE_PARAMETERS) from error

    def info(self) -> MethodInfo:
        """The method as the wire describes it. Raises ValueError when a preset does not fit the parameters."""
        for values in self.presets.values():
            from_mapping(self.params, values)
        presets = {name: dict(values) for name, values in self.presets.items()}
        return MethodInfo(self.name, self.title, tuple(schema(self.params)), presets)
